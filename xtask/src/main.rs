//! The commands to remember: `cargo xtask run`, `test`, `window` and `bench`.
//!
//! Everything a fresh machine needs beyond Rust and Node.js is found or installed here, so that no one
//! has to read a list first. It only starts other programs; what they do is not decided here.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line speaks by printing")]

use std::process::ExitCode;

mod arguments;
mod commands;
mod packages;
mod process;
#[cfg(target_os = "linux")]
mod stage;
mod steps;
mod tools;
mod window;

use arguments::{Command, USAGE};

fn main() -> ExitCode {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let command = match arguments::parse(&given) {
        Ok(command) => command,
        Err(mistake) => {
            eprintln!("{mistake}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let outcome = match command {
        Command::Help => {
            println!("{USAGE}");
            Ok(())
        }
        Command::Run { passed_on } => commands::run(&passed_on),
        Command::Test { parts } => return steps::test(&parts),
        Command::Window { files } => commands::window(&files),
        Command::Bench { passed_on } => commands::bench(&passed_on),
        Command::BenchDrills { passed_on } => commands::bench_drills(&passed_on),
        Command::BenchPlanner { passed_on } => commands::bench_planner(&passed_on),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}
