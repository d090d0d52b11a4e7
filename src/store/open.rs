//! Opening the file: locks, refusals, migrations.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};
use rusqlite_migration::{M, Migrations};

use super::{Access, Store};
use crate::error::{Error, Result};

/// The database's name in the data folder.
const DATABASE: &str = "divedeep.db";
/// The name of the writer's lock file.
const LOCK: &str = "divedeep.lock";
/// How often the lock is asked for before the folder counts as in use, and the pause between.
const LOCK_TRIES: u32 = 6;
const LOCK_PAUSE: Duration = Duration::from_millis(50);

/// Every migration, oldest first. Released ones are never edited; a file's `user_version` counts them.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_first.sql"),
    include_str!("migrations/0002_plan.sql"),
    include_str!("migrations/0003_stories.sql"),
    include_str!("migrations/0004_cases.sql"),
    include_str!("migrations/0005_figures.sql"),
    include_str!("migrations/0006_mentor.sql"),
    include_str!("migrations/0007_removed.sql"),
];

fn migrations() -> Migrations<'static> {
    Migrations::new(MIGRATIONS.iter().map(|sql| M::up(sql).foreign_key_check()).collect())
}

fn newest() -> i64 {
    MIGRATIONS.len() as i64
}

impl Store {
    /// Opens the database of a data folder, creating both when they do not exist.
    ///
    /// # Errors
    /// [`Error::DataFolderIsFile`], [`Error::DataFolder`], [`Error::InUse`] (writers only), [`Error::NoDatabase`]
    /// (readers only), [`Error::Corrupt`] (also for an empty file), [`Error::FileTooNew`], [`Error::ReadOnly`],
    /// [`Error::DiskFull`], [`Error::Upgrade`]. The file is left as it was in every case.
    pub fn open(folder: &Path, access: Access) -> Result<Self> {
        let path = folder.join(DATABASE);
        if folder.is_file() {
            return Err(Error::DataFolderIsFile { path: folder.to_owned() });
        }
        match access {
            Access::Read => open_to_read(path),
            Access::Write => {
                std::fs::create_dir_all(folder).map_err(|error| Error::DataFolder {
                    path: folder.to_owned(),
                    reason: error.to_string(),
                })?;
                open_to_write(folder, path)
            }
        }
    }

    /// A database in memory, for tests and measurements.
    ///
    /// # Errors
    /// Those of the database.
    pub fn in_memory() -> Result<Self> {
        let path = PathBuf::from(":memory:");
        let mut connection = Connection::open_in_memory().map_err(|error| explain(error, &path))?;
        prepare(&connection, Access::Write).map_err(|error| explain(error, &path))?;
        migrate(&mut connection, &path)?;
        Ok(Self { connection, path, _lock: None })
    }
}

fn open_to_read(path: PathBuf) -> Result<Store> {
    if !look_at_header(&path)? {
        return Err(Error::NoDatabase { path });
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut opened = Connection::open_with_flags(&path, flags).and_then(|connection| {
        prepare(&connection, Access::Read)?;
        version(&connection)?;
        Ok(connection)
    });
    let wal = path.with_extension("db-wal");
    if opened.is_err() && !wal.exists() {
        // A WAL database in a folder that cannot be written needs to be told that nobody will change it.
        let uri = format!("file:{}?immutable=1", uri_path(&path));
        opened =
            Connection::open_with_flags(uri, flags | OpenFlags::SQLITE_OPEN_URI).and_then(|connection| {
                prepare(&connection, Access::Read)?;
                version(&connection)?;
                Ok(connection)
            });
    }
    let connection = opened.map_err(|error| explain(error, &path))?;
    let found = version(&connection).map_err(|error| explain(error, &path))?;
    if found > newest() {
        return Err(Error::FileTooNew { path, found, supported: newest() });
    }
    if found < newest() {
        let reason = "open it once with the window or `divedeep practice`".to_owned();
        return Err(Error::Upgrade { path, from: found, reason });
    }
    Ok(Store { connection, path, _lock: None })
}

fn uri_path(path: &Path) -> String {
    path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23")
}

fn open_to_write(folder: &Path, path: PathBuf) -> Result<Store> {
    let lock = lock(folder, &path)?;
    if !look_at_header(&path)? {
        create(&path)?;
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(&path, flags).map_err(|error| explain(error, &path))?;
    if connection.is_readonly("main").map_err(|error| explain(error, &path))? {
        return Err(Error::ReadOnly { path });
    }
    prepare(&connection, Access::Write).map_err(|error| explain(error, &path))?;
    migrate(&mut connection, &path)?;
    Ok(Store { connection, path, _lock: Some(lock) })
}

fn lock(folder: &Path, path: &Path) -> Result<File> {
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(folder.join(LOCK)).map_err(
        |error| match error.kind() {
            ErrorKind::StorageFull => Error::DiskFull { path: folder.to_owned() },
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                Error::ReadOnly { path: folder.to_owned() }
            }
            _ => Error::DataFolder { path: folder.to_owned(), reason: error.to_string() },
        },
    )?;
    // A window that is closing, or a process that is just being started and still shares this one's open files, lets go
    // in a moment.
    let mut tries = 1..LOCK_TRIES;
    let locked = loop {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) if tries.next().is_some() => std::thread::sleep(LOCK_PAUSE),
            other => break other,
        }
    };
    match locked {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::InUse { path: path.to_owned() }),
        Err(TryLockError::Error(error)) => {
            Err(Error::DataFolder { path: folder.to_owned(), reason: error.to_string() })
        }
    }
}

/// Reads the first bytes before SQLite may touch the file: false when there is none, an error when it is not ours to
/// open. The newest version may still stand in the WAL, so it is asked again after opening.
fn look_at_header(path: &Path) -> Result<bool> {
    let corrupt = |reason: &str| Error::Corrupt { path: path.to_owned(), reason: reason.to_owned() };
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(corrupt(&error.to_string())),
    };
    let mut header = [0; 100];
    let mut length = 0;
    while let Some(rest) = header.get_mut(length..).filter(|rest| !rest.is_empty()) {
        match file.read(rest) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) => return Err(corrupt(&error.to_string())),
        }
    }
    if length == 0 {
        return Err(corrupt("the file is empty"));
    }
    if length < header.len() || !header.starts_with(b"SQLite format 3\0") {
        return Err(corrupt("the file is not a database"));
    }
    // The file format keeps user_version at bytes 60 to 63, big-endian.
    let [.., a, b, c, d] = header[..64] else { return Err(corrupt("the file is not a database")) };
    let found = i64::from(i32::from_be_bytes([a, b, c, d]));
    if found > newest() {
        return Err(Error::FileTooNew { path: path.to_owned(), found, supported: newest() });
    }
    Ok(true)
}

/// Makes a new database under another name and moves it into place, so that a file of that name is always whole.
fn create(path: &Path) -> Result<()> {
    let unfinished = path.with_extension("db.new");
    let _ = std::fs::remove_file(&unfinished);
    {
        let mut connection = Connection::open(&unfinished).map_err(|error| explain(error, path))?;
        migrate(&mut connection, path)?;
    }
    std::fs::rename(&unfinished, path)
        .map_err(|error| Error::DataFolder { path: path.to_owned(), reason: error.to_string() })
}

fn prepare(connection: &Connection, access: Access) -> rusqlite::Result<()> {
    connection.busy_timeout(Duration::from_secs(2))?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.execute_batch(
        "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY;",
    )?;
    if access == Access::Write {
        // Asks for the mode and gets its name back, hence a query.
        connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
        connection.execute_batch("PRAGMA synchronous = FULL;")?;
    }
    Ok(())
}

fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

fn migrate(connection: &mut Connection, path: &Path) -> Result<()> {
    let found = version(connection).map_err(|error| explain(error, path))?;
    if found > newest() {
        return Err(Error::FileTooNew { path: path.to_owned(), found, supported: newest() });
    }
    if found == newest() {
        return Ok(());
    }
    if found > 0 {
        back_up(connection, path, found)?;
    }
    migrations().to_latest(connection).map_err(|error| match error {
        rusqlite_migration::Error::RusqliteError { err, .. } => explain(err, path),
        other => Error::Upgrade { path: path.to_owned(), from: found, reason: other.to_string() },
    })
}

/// Keeps a copy of the file as it was before an upgrade.
fn back_up(connection: &Connection, path: &Path, from: i64) -> Result<()> {
    let copy = path.with_extension(format!("before-version-{}.db", from + 1));
    if copy.exists() {
        return Ok(());
    }
    connection
        .execute("VACUUM INTO ?1", [copy.to_string_lossy()])
        .map(|_| ())
        .map_err(|error| explain(error, path))
}

/// The database's error as ours.
pub(super) fn explain(error: rusqlite::Error, path: &Path) -> Error {
    let path = path.to_owned();
    let code = match &error {
        rusqlite::Error::SqliteFailure(failure, _) => Some(failure.code),
        rusqlite::Error::SqlInputError { error, .. } => Some(error.code),
        _ => None,
    };
    match code {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            Error::Corrupt { path, reason: error.to_string() }
        }
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            Error::ReadOnly { path }
        }
        Some(ErrorCode::DiskFull) => Error::DiskFull { path },
        // Where the write-ahead log's index cannot grow, SQLite only says that input or output failed.
        Some(ErrorCode::SystemIoFailure) if is_full(&path) => Error::DiskFull { path },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Error::InUse { path },
        _ => Error::Database(error),
    }
}

/// Whether the disk under a path takes no more.
fn is_full(path: &Path) -> bool {
    let probe = path.with_extension("probe");
    let written = std::fs::write(&probe, [0; 65_536]);
    let _ = std::fs::remove_file(&probe);
    written.is_err_and(|error| error.kind() == ErrorKind::StorageFull)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_migrations_are_sound() {
        migrations().validate().expect("every migration applies to an empty file");
    }

    #[test]
    fn the_bundled_sqlite_has_the_wal_reset_fix() {
        // 3.7.0 to 3.51.2 can corrupt a file when two connections write and checkpoint at once.
        assert!(rusqlite::version_number() >= 3_051_003, "{}", rusqlite::version());
    }
}
