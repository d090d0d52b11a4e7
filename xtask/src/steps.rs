//! `cargo xtask test`: the steps, in an order that fails fast, and the account at the end.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::packages::{self, Purpose};
use crate::process::{Job, span};
use crate::tools;
use crate::window::{self, Extent, WindowTest};

/// A part of the project that can be checked alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The core, its command line and these commands: needs no window libraries.
    Core,
    /// The interface, in Node.js.
    Ui,
    /// The window as released, driven like a learner drives it.
    Window,
}

impl Part {
    /// By the name typed.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "core" => Some(Self::Core),
            "ui" => Some(Self::Ui),
            "window" => Some(Self::Window),
            _ => None,
        }
    }
}

enum Work {
    Tools { node: bool },
    SystemPackages(&'static [Purpose]),
    NpmPackages,
    Job(Job),
    Window(WindowTest),
}

struct Step {
    name: &'static str,
    work: Work,
}

impl Step {
    fn job(name: &'static str, line: &str) -> Self {
        Self { name, work: Work::Job(Job::new(line)) }
    }

    fn npm(name: &'static str, line: &str) -> Self {
        Self { name, work: Work::Job(Job::new(line).within("ui")) }
    }

    fn run(&self) -> Result<(), String> {
        match &self.work {
            Work::Tools { node } => {
                tools::require_components()?;
                if *node { tools::require_node() } else { Ok(()) }
            }
            Work::SystemPackages(purposes) => packages::install_missing(purposes),
            Work::NpmPackages => tools::npm_install(),
            Work::Job(job) => job.run(),
            Work::Window(file) => window::drive(*file, Extent::Sample),
        }
    }

    /// What to type to repeat this step alone.
    fn alone(&self) -> String {
        match &self.work {
            Work::Tools { .. } | Work::SystemPackages(_) => "cargo xtask test".to_owned(),
            Work::NpmPackages => tools::npm_job().to_string(),
            Work::Job(job) => job.to_string(),
            Work::Window(file) => format!("cargo xtask window {}", file.name()),
        }
    }
}

/// The steps for these parts, all parts if none is named. What several parts need comes once.
fn plan(parts: &[Part], can_drive: bool) -> Vec<Step> {
    let everything = parts.is_empty();
    let wants = |part| everything || parts.contains(&part);
    let (core, ui, window) = (wants(Part::Core), wants(Part::Ui), wants(Part::Window));
    // Alone, the core is checked without the window's crate, which would ask for GTK and a built interface.
    let crates =
        if everything { "--workspace" } else { "-p divedeep -p divedeep-cases -p divedeep-model -p xtask" };

    let mut steps = vec![Step { name: "tools", work: Work::Tools { node: ui || window } }];
    let purposes: &[Purpose] = match (window, core) {
        (true, true) => &[Purpose::Build, Purpose::Test, Purpose::Verify],
        (true, false) => &[Purpose::Build, Purpose::Test],
        (false, true) => &[Purpose::Verify],
        (false, false) => &[],
    };
    if !purposes.is_empty() {
        steps.push(Step { name: "system packages", work: Work::SystemPackages(purposes) });
    }
    if core {
        steps.push(Step::job("formatting", "cargo fmt --all --check"));
    }
    if ui || window {
        steps.push(Step { name: "npm packages", work: Work::NpmPackages });
    }
    if ui {
        steps.push(Step::npm("interface: types and lints", "npm run check"));
        steps.push(Step::npm("interface: tests", "npm test"));
    }
    if ui || window {
        // The window embeds ui/dist, so this stands before whatever compiles the window.
        steps.push(Step::npm("interface: build", "npm run build"));
    }
    if core {
        // Both as release builds: what they compile for procedural macros and build scripts serves the window's
        // release build below, and no debug build of the window's crates is ever made.
        steps.push(Step::job(
            "lints",
            &format!("cargo clippy --release {crates} --all-targets -- -D warnings"),
        ));
        let documentation =
            Job::new(&format!("cargo doc --release --no-deps {crates}")).env("RUSTDOCFLAGS", "-D warnings");
        steps.push(Step { name: "documentation", work: Work::Job(documentation) });
        // The window's crate has no tests of its own: the window tests drive the release build instead. One package
        // at a time, so that each is compiled with the same features as by `cargo run` and `cargo xtask`.
        steps.push(Step::job("tests", "cargo test -p divedeep -p divedeep-cases -p divedeep-model"));
        steps.push(Step::job("tests: xtask", "cargo test -p xtask"));
        steps.push(Step::job("bank: verify", "cargo test -p divedeep --test bank -- --ignored --nocapture"));
    }
    if window {
        // One release build serves every test of the window: five minutes cold, so never a second one.
        steps.push(Step::job("release build", "cargo build --release --workspace --bins"));
        let drives = WindowTest::ALL.map(|file| Step { name: file.step(), work: Work::Window(file) });
        steps.extend(drives.into_iter().filter(|_| can_drive));
    }
    steps
}

/// Runs the steps up to the first failure.
pub fn test(parts: &[Part]) -> ExitCode {
    let can_drive = cfg!(target_os = "linux");
    let steps = plan(parts, can_drive);
    let mut done: Vec<(&str, Duration)> = Vec::new();
    let mut failure = None;
    for (at, step) in steps.iter().enumerate() {
        println!("\n==> [{}/{}] {}", at + 1, steps.len(), step.name);
        let start = Instant::now();
        let outcome = step.run();
        done.push((step.name, start.elapsed()));
        if let Err(reason) = outcome {
            failure = Some((step, reason));
            break;
        }
    }
    println!("\n{}", table(&done, failure.is_some()));
    if !can_drive {
        println!("The window was not driven: that is possible on Linux only.");
    }
    if let Some((step, reason)) = &failure {
        println!("Step failed: {}. {reason}\nTo repeat it alone: {}", step.name, step.alone());
    }
    // Last, because machines read it.
    println!("{}", tally(done.len(), failure.is_some()));
    if failure.is_some() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn table(done: &[(&str, Duration)], last_failed: bool) -> String {
    let mut lines = String::new();
    let mut total = Duration::ZERO;
    for (at, (name, took)) in done.iter().enumerate() {
        let failed = last_failed && at + 1 == done.len();
        let verdict = if failed { "FAILED" } else { "ok" };
        lines.push_str(&format!("{name:32} {verdict:6} {:>12}\n", span(*took)));
        total += *took;
    }
    lines.push_str(&format!("{:32} {:6} {:>12}", "in all", "", span(total)));
    lines
}

fn tally(done: usize, last_failed: bool) -> String {
    let failed = usize::from(last_failed);
    format!("{} passed, {failed} failed", done - failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(parts: &[Part]) -> Vec<&'static str> {
        plan(parts, true).iter().map(|step| step.name).collect()
    }

    fn at(names: &[&str], name: &str) -> usize {
        names.iter().position(|other| *other == name).unwrap()
    }

    #[test]
    fn quick_checks_come_before_slow_ones() {
        let names = names(&[]);
        let order = [
            "tools",
            "formatting",
            "interface: types and lints",
            "interface: build",
            "lints",
            "documentation",
            "tests",
            "bank: verify",
            "release build",
            "window: journey",
        ];
        for pair in order.windows(2) {
            assert!(at(&names, pair[0]) < at(&names, pair[1]), "{pair:?} in {names:?}");
        }
    }

    #[test]
    fn no_step_comes_twice() {
        for parts in [&[][..], &[Part::Ui, Part::Window], &[Part::Core, Part::Ui, Part::Window]] {
            let mut names = names(parts);
            let steps = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), steps, "{parts:?}");
        }
    }

    #[test]
    fn the_core_alone_needs_neither_node_nor_a_window() {
        let steps = plan(&[Part::Core], true);
        assert!(matches!(steps[0].work, Work::Tools { node: false }));
        for step in &steps {
            assert!(
                !step.alone().contains("npm") && !step.alone().contains("--workspace"),
                "{}",
                step.alone()
            );
        }
    }

    #[test]
    fn where_the_window_cannot_be_driven_it_is_still_built() {
        let steps = plan(&[], false);
        assert_eq!(steps.last().map(|step| step.name), Some("release build"));
    }

    #[test]
    fn every_step_can_be_repeated_alone() {
        for step in plan(&[], true) {
            assert!(!step.alone().is_empty(), "{}", step.name);
        }
        let steps = plan(&[], true);
        let documentation = steps.iter().find(|step| step.name == "documentation").unwrap();
        assert_eq!(
            documentation.alone(),
            "RUSTDOCFLAGS='-D warnings' cargo doc --release --no-deps --workspace"
        );
    }

    #[test]
    fn the_last_line_counts_steps() {
        assert_eq!(tally(12, false), "12 passed, 0 failed");
        assert_eq!(tally(3, true), "2 passed, 1 failed");
        let text = table(&[("a", Duration::from_secs(1)), ("b", Duration::from_secs(2))], true);
        assert!(text.contains("FAILED") && text.contains("3.0 s"), "{text}");
    }
}
