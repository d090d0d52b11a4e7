//! Node.js, npm, cargo's components, and the interface's npm packages.

use std::path::Path;
use std::time::SystemTime;

use crate::process::{Job, root};

/// Oldest Node.js that builds the interface, major and minor: vite asks for it.
const OLDEST_NODE: (u32, u32) = (20, 19);

/// The error is one sentence: what is missing and what to do.
pub fn require_node() -> Result<(), String> {
    judge_node(Job::new("node --version").printed().as_deref())?;
    match Job::new("npm --version").printed() {
        Some(_) => Ok(()),
        None => {
            Err("npm is missing: it comes with Node.js from https://nodejs.org (on Debian: the package npm)."
                .into())
        }
    }
}

fn judge_node(version: Option<&str>) -> Result<(), String> {
    let (major, minor) = OLDEST_NODE;
    let wanted = format!("install Node.js {major}.{minor} or newer from https://nodejs.org and try again");
    let Some(version) = version else {
        return Err(format!("Node.js is missing: {wanted}."));
    };
    match major_minor(version) {
        Some(found) if found >= OLDEST_NODE => Ok(()),
        _ => Err(format!("Node.js {version} is too old: {wanted}.")),
    }
}

fn major_minor(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.trim_start_matches('v').split('.').map(|number| number.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

/// Formatting and linting are components that a minimal Rust lacks.
pub fn require_components() -> Result<(), String> {
    for (subcommand, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if Job::new("cargo").args([subcommand, "--version"]).printed().is_none() {
            return Err(format!("cargo {subcommand} is missing: run `rustup component add {component}`."));
        }
    }
    Ok(())
}

/// Installs the interface's npm packages if the lock file changed since the last time.
/// No package runs a script of its own while being installed.
pub fn npm_install() -> Result<(), String> {
    let ui = root().join("ui");
    // npm writes the second file as its last act, so half an installation counts as none.
    if !is_stale(written(&ui.join("package-lock.json")), written(&ui.join("node_modules/.package-lock.json")))
    {
        println!("    the npm packages are up to date");
        return Ok(());
    }
    npm_job().run()
}

/// What `npm_install` runs.
pub fn npm_job() -> Job {
    Job::new("npm ci --ignore-scripts --no-audit --no-fund").within("ui")
}

fn written(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|metadata| metadata.modified()).ok()
}

fn is_stale(lock: Option<SystemTime>, installed: Option<SystemTime>) -> bool {
    match (lock, installed) {
        (Some(lock), Some(installed)) => installed < lock,
        // Without a lock file npm has the better sentence.
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn node_is_judged_by_its_version() {
        for (version, fine) in [
            (Some("v20.19.0"), true),
            (Some("v20.20.2"), true),
            (Some("v24.1.0"), true),
            (Some("v20.18.3"), false),
            (Some("v18.20.0"), false),
            (Some("strange"), false),
            (None, false),
        ] {
            assert_eq!(judge_node(version).is_ok(), fine, "{version:?}");
        }
        let sentence = judge_node(Some("v18.20.0")).unwrap_err();
        assert!(sentence.contains("v18.20.0") && sentence.contains("20.19"), "{sentence}");
    }

    #[test]
    fn npm_packages_older_than_the_lock_file_are_stale() {
        let (early, late) = (SystemTime::UNIX_EPOCH, SystemTime::UNIX_EPOCH + Duration::from_secs(1));
        assert!(is_stale(Some(late), Some(early)), "the lock file changed");
        assert!(!is_stale(Some(early), Some(late)), "installed after the lock file was written");
        assert!(!is_stale(Some(early), Some(early)), "a copy may give both the same time");
        assert!(is_stale(Some(early), None), "never installed");
    }
}
