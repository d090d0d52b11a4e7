//! The window: whether there is a display for it, and the tests that drive it (`tests/window`).

use std::path::PathBuf;
use std::time::Duration;

use crate::process::{Job, root, target_dir};
#[cfg(target_os = "linux")]
use crate::stage::Stage;

/// Longest that one file of window tests may take.
const LIMIT: Duration = Duration::from_secs(15 * 60);

/// A file of window tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowTest {
    /// A learner's first two sittings.
    Journey,
    /// Stories, a rehearsal and a mock loop.
    Interview,
    /// Drills and incidents.
    Cases,
    /// A learner and a mentor, with files between them.
    Mentor,
    /// Files that cannot be opened.
    Start,
    /// A picture of every screen.
    Screenshots,
}

impl WindowTest {
    /// In the order they run.
    pub const ALL: [Self; 6] =
        [Self::Journey, Self::Interview, Self::Cases, Self::Mentor, Self::Start, Self::Screenshots];

    /// By the name typed.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|test| test.name() == name)
    }

    /// Also the file's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Journey => "journey",
            Self::Interview => "interview",
            Self::Cases => "cases",
            Self::Mentor => "mentor",
            Self::Start => "start",
            Self::Screenshots => "screenshots",
        }
    }

    /// The name among the steps of `cargo xtask test`.
    pub fn step(self) -> &'static str {
        match self {
            Self::Journey => "window: journey",
            Self::Interview => "window: interview",
            Self::Cases => "window: cases",
            Self::Mentor => "window: mentor",
            Self::Start => "window: start",
            Self::Screenshots => "window: screenshots",
        }
    }
}

/// How much of what a file of tests can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Each language and each theme once: what fits into every run.
    Sample,
    /// Every language in every theme.
    Whole,
}

/// A program as `cargo build --release` leaves it.
pub fn built(name: &str) -> PathBuf {
    target_dir().join("release").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// Where pictures and logs go.
fn pictures() -> PathBuf {
    target_dir().join("window")
}

/// Whether a window could be seen by someone.
pub fn has_display() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    display_found(std::env::consts::OS, set)
}

fn display_found(system: &str, set: impl Fn(&str) -> bool) -> bool {
    matches!(system, "windows" | "macos") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

/// Drives the built window through one file of tests.
pub fn drive(test: WindowTest, extent: Extent) -> Result<(), String> {
    node(&["--test-reporter=spec"], &format!("{}.test.mjs", test.name()), extent)
}

/// Measures how long the built window takes to start and to go on.
pub fn measure() -> Result<(), String> {
    node(&[], "start-time.mjs", Extent::Whole)
}

/// Runs a script of `tests/window` with the built window on a stage.
fn node(options: &[&str], script: &str, extent: Extent) -> Result<(), String> {
    let program = built("divedeep-window");
    if !program.is_file() {
        return Err(format!("{} is missing: cargo build --release -p divedeep-window", program.display()));
    }
    let file = root().join("tests/window").join(script);
    let job = Job::new("node")
        .args(options.iter().copied())
        .args([file.to_string_lossy()])
        .env("DIVEDEEP_WINDOW", program.to_string_lossy())
        .env("DIVEDEEP_PICTURES", pictures().to_string_lossy())
        .env("DIVEDEEP_EXTENT", if extent == Extent::Whole { "whole" } else { "sample" });
    on_a_stage(job, LIMIT)
}

/// Runs a job on a virtual display with a message bus.
#[cfg(target_os = "linux")]
fn on_a_stage(job: Job, limit: Duration) -> Result<(), String> {
    let logs = pictures();
    std::fs::create_dir_all(&logs)
        .map_err(|error| format!("{} could not be made: {error}", logs.display()))?;
    Stage::start(&logs)?.run(job, limit)
}

/// Elsewhere the system's web view has no driver that could be used the same way.
#[cfg(not(target_os = "linux"))]
fn on_a_stage(_: Job, _: Duration) -> Result<(), String> {
    Err("The window can be driven on Linux only; here, choose `cargo xtask test core ui`.".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_display_is_found_by_the_environment() {
        for (system, variable, found) in [
            ("linux", "", false),
            ("linux", "DISPLAY", true),
            ("linux", "WAYLAND_DISPLAY", true),
            ("macos", "", true),
            ("windows", "", true),
        ] {
            assert_eq!(display_found(system, |name| name == variable), found, "{system} with {variable:?}");
        }
    }

    #[test]
    fn every_window_test_has_its_file_and_name() {
        for test in WindowTest::ALL {
            assert_eq!(WindowTest::named(test.name()), Some(test));
            assert!(test.step().ends_with(test.name()));
            let file = root().join("tests/window").join(format!("{}.test.mjs", test.name()));
            assert!(file.is_file(), "{}", file.display());
        }
        assert_eq!(WindowTest::named("cellar"), None);
    }
}
