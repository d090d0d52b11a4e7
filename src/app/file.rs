//! Files that a learner asked for: whole or not at all.

use std::io::{BufWriter, Error as IoError, ErrorKind, Write};
use std::path::Path;

use tempfile::NamedTempFile;

use crate::error::{Error, Result};

/// Writes a file. It appears under its name when all of it is on disk; until then what stood there stays.
///
/// # Errors
/// [`Error::WriteFile`] also where the file exists and `replace` is false, [`Error::DiskFull`], and those of `fill`.
pub(super) fn write<T>(
    path: &Path,
    replace: bool,
    fill: impl FnOnce(&mut BufWriter<&mut NamedTempFile>) -> Result<T>,
) -> Result<T> {
    if path.exists() && !replace {
        let reason = "the file exists already".to_owned();
        return Err(Error::WriteFile { path: path.to_owned(), reason });
    }
    let failed = |error: IoError| failed(path, &error);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut unfinished = NamedTempFile::new_in(folder).map_err(failed)?;
    let mut out = BufWriter::new(&mut unfinished);
    let filled = fill(&mut out)?;
    out.flush().map_err(failed)?;
    drop(out);
    unfinished.as_file().sync_all().map_err(failed)?;
    unfinished.persist(path).map_err(|error| failed(error.error))?;
    Ok(filled)
}

/// Writes a file of these bytes, as [`write`] does.
///
/// # Errors
/// Those of [`write`].
pub(super) fn write_all(path: &Path, replace: bool, bytes: &[u8]) -> Result<()> {
    write(path, replace, |out| out.write_all(bytes).map_err(|error| failed(path, &error)))
}

/// What went wrong while a file was written.
pub(super) fn failed(path: &Path, error: &IoError) -> Error {
    match error.kind() {
        ErrorKind::StorageFull => Error::DiskFull { path: path.to_owned() },
        _ => Error::WriteFile { path: path.to_owned(), reason: error.to_string() },
    }
}
