//! Hashes the built-in bank, so that opening the program can tell an unchanged bank without reading it.

use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};

fn main() -> std::io::Result<()> {
    let mut files = Vec::new();
    collect(Path::new("data"), &mut files)?;
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        hasher.write(file.to_string_lossy().as_bytes());
        hasher.write_u8(0);
        hasher.write(&std::fs::read(file)?);
        hasher.write_u8(0);
    }
    println!("cargo:rerun-if-changed=data");
    println!("cargo:rustc-env=DIVEDEEP_BANK_FINGERPRINT=built-in-{:016x}", hasher.finish());
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
