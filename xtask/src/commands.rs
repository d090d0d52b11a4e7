//! `cargo xtask run`, `window` and `bench`: from a fresh machine to the running program.

use crate::packages::{self, Purpose};
use crate::process::{Job, timed};
use crate::tools;
use crate::window::{self, Extent, WindowTest};

/// Builds the window and opens it, or practises in the terminal where no window could be seen.
pub fn run(passed_on: &[String]) -> Result<(), String> {
    if !window::has_display() {
        println!(
            "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so you practise in this terminal."
        );
        timed("terminal session: build", || Job::new("cargo build --release --bin divedeep").run())?;
        return open("divedeep", &["practice"], passed_on);
    }
    build_window(&[Purpose::Build])?;
    open("divedeep-window", &[], passed_on)
}

/// Opens a built program where the learner stands, so that a relative `--data-dir` means what they typed.
fn open(name: &str, args: &[&str], passed_on: &[String]) -> Result<(), String> {
    let program = window::built(name);
    println!("\n==> opening {}", program.display());
    let status = std::process::Command::new(&program).args(args).args(passed_on).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{name} ended with {status}")),
        Err(error) => Err(format!("{} could not be started: {error}", program.display())),
    }
}

/// Drives the window that is already built.
pub fn window(files: &[WindowTest]) -> Result<(), String> {
    let files = if files.is_empty() { &WindowTest::ALL } else { files };
    for file in files {
        timed(file.step(), || window::drive(*file, Extent::Whole))?;
    }
    Ok(())
}

/// Measures a release build; the window's start is measured on a virtual display.
pub fn bench(passed_on: &[String]) -> Result<(), String> {
    build_window(&[Purpose::Build, Purpose::Test])?;
    timed("measuring program: build", || Job::new("cargo build --release --example bench").run())?;
    let core = Job::new("cargo run --release --quiet --example bench --").args(passed_on);
    timed("measuring the core", || core.run())?;
    timed("measuring the window", window::measure)
}

/// Judges the planner against simulated learners.
pub fn bench_planner(passed_on: &[String]) -> Result<(), String> {
    timed("judging program: build", || Job::new("cargo build --release --example planner").run())?;
    let judge = Job::new("cargo run --release --quiet --example planner --").args(passed_on);
    timed("judging the planner", || judge.run())
}

/// Tries every drill against its second solver.
pub fn bench_drills(passed_on: &[String]) -> Result<(), String> {
    timed("system packages", || packages::install_missing(&[Purpose::Verify]))?;
    timed("trying program: build", || {
        Job::new("cargo build --release -p divedeep-cases --example drills").run()
    })?;
    let trial = Job::new("cargo run --release --quiet -p divedeep-cases --example drills --").args(passed_on);
    timed("trying the drills", || trial.run())
}

fn build_window(purposes: &[Purpose]) -> Result<(), String> {
    tools::require_node()?;
    timed("system packages", || packages::install_missing(purposes))?;
    timed("npm packages", tools::npm_install)?;
    timed("interface: build", || Job::new("npm run build").within("ui").run())?;
    timed("window: build", || Job::new("cargo build --release -p divedeep-window").run())
}
