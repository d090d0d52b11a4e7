//! Where a bank's files come from.

use std::hash::Hasher;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use crate::error::{Error, Result};

static BUILT_IN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/data");

/// Where a bank's files come from.
#[derive(Clone, Debug)]
pub enum Source {
    /// The bank compiled into the program.
    BuiltIn,
    /// A folder laid out like `data/`. Domains, topics, tracks and wording that it does not bring are the
    /// built-in ones; drills and incidents only those it lists.
    Folder(PathBuf),
    /// Whatever bank the data folder has installed; no file is read.
    Installed,
}

/// A file of a bank.
pub(crate) struct SourceFile {
    /// Path relative to the bank's folder, with forward slashes.
    pub path: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Source {
    /// The files, sorted by path.
    pub(crate) fn files(&self) -> Result<Vec<SourceFile>> {
        let mut files = match self {
            Self::BuiltIn => built_in(),
            Self::Installed => Vec::new(),
            Self::Folder(folder) => {
                let mut files = Vec::new();
                walk(folder, folder, &mut files).map_err(|error| no_bank(folder, error.to_string()))?;
                if !files.iter().any(|file| is_content(&file.path)) {
                    return Err(no_bank(
                        folder,
                        "it has no questions/*/*.toml and no principles/*.toml".to_owned(),
                    ));
                }
                for file in built_in() {
                    if !is_own(&file.path) && !files.iter().any(|own| own.path == file.path) {
                        files.push(file);
                    }
                }
                files
            }
        };
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(files)
    }

    /// A number that changes when any file changes; the built-in bank's costs nothing to compute. None for the
    /// installed bank, which is always the right one.
    ///
    /// # Errors
    /// [`Error::NoBank`] when the folder cannot be read.
    pub fn fingerprint(&self) -> Result<Option<String>> {
        match self {
            Self::Installed => Ok(None),
            // build.rs hashes the files once, when the program is built.
            Self::BuiltIn => Ok(Some(env!("DIVEDEEP_BANK_FINGERPRINT").to_owned())),
            Self::Folder(_) => {
                let mut hasher = std::hash::DefaultHasher::new();
                for file in self.files()? {
                    hasher.write(file.path.as_bytes());
                    hasher.write_u8(0);
                    hasher.write(&file.bytes);
                    hasher.write_u8(0);
                }
                Ok(Some(format!("folder-{:016x}", hasher.finish())))
            }
        }
    }
}

/// Whether a file holds questions or prompts, as opposed to the outline that every bank can share.
pub(crate) fn is_content(path: &str) -> bool {
    path.ends_with(".toml") && (path.starts_with("questions/") || path.starts_with("principles/"))
}

/// Whether a file speaks of one bank's content, and so is of no use to another.
fn is_own(path: &str) -> bool {
    is_content(path)
        || path == "plan.toml"
        || path == "drills.toml"
        || path == "zh-CN/drills.toml"
        || path.starts_with("incidents/")
        || path.starts_with("zh-CN/incidents/")
        || path.starts_with("reviews/")
        || path.starts_with("zh-CN/questions/")
        || path.starts_with("zh-CN/principles/")
}

fn no_bank(folder: &Path, reason: String) -> Error {
    Error::NoBank { path: folder.to_owned(), reason }
}

fn built_in() -> Vec<SourceFile> {
    fn collect(dir: &Dir<'_>, files: &mut Vec<SourceFile>) {
        for file in dir.files() {
            files.push(SourceFile {
                path: file.path().to_string_lossy().replace('\\', "/"),
                bytes: file.contents().to_vec(),
            });
        }
        for dir in dir.dirs() {
            collect(dir, files);
        }
    }
    let mut files = Vec::new();
    collect(&BUILT_IN, &mut files);
    files
}

fn walk(root: &Path, folder: &Path, files: &mut Vec<SourceFile>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        // Links are not followed: a bank is plain files, and a loop of links has no end.
        let kind = entry.file_type()?;
        if kind.is_dir() {
            walk(root, &path, files)?;
        } else if kind.is_file() && path.extension().is_some_and(|e| e == "toml" || e == "tsv") {
            let name = path.strip_prefix(root).unwrap_or(&path);
            files.push(SourceFile {
                path: name.to_string_lossy().replace('\\', "/"),
                bytes: std::fs::read(&path)?,
            });
        }
    }
    Ok(())
}
