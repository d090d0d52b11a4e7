//! Every drill against its second solver on many seeds, and how long cases and worlds take to draw.
//!
//! Run by `cargo xtask bench drills [--seeds N] [D01 ...]`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a measuring program"
)]

#[path = "../tests/drills/solvers/mod.rs"]
mod solvers;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use divedeep_cases::cloud::Seed;
use divedeep_cases::drill;
use divedeep_cases::incident::WORLDS;

/// Cases handed to a solver at once: it may start a server for them.
const AT_ONCE: usize = 500;
/// Seeds of each world that are timed.
const WORLD_SEEDS: u32 = 200;

fn main() -> ExitCode {
    let mut seeds = 10_000;
    let mut wanted: Vec<String> = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--seeds" {
            seeds = arguments.next().and_then(|number| number.parse().ok()).expect("--seeds takes a number");
        } else if argument != "--" {
            drill::family(&argument.to_uppercase())
                .unwrap_or_else(|| panic!("no drill is called {argument}"));
            wanted.push(argument);
        }
    }

    let mut faults = 0;
    println!("drill level   cases  faults   drawn: median       max  second solver");
    for solver in solvers::ALL {
        if !wanted.is_empty() && !wanted.iter().any(|id| id.eq_ignore_ascii_case(solver.family)) {
            continue;
        }
        let family = drill::family(solver.family).expect("a family");
        for level in 1..=family.levels() {
            let mut times = Vec::new();
            let mut found = Vec::new();
            let all: Vec<u32> = (0..seeds).collect();
            for some in all.chunks(AT_ONCE) {
                let draw = |seed: &u32| {
                    let (case, time) = twice(|| family.case(level, Seed(*seed)));
                    times.push(time);
                    case
                };
                let cases: Vec<_> = some.iter().map(draw).collect();
                found.extend(solver.faults(&cases));
            }
            let (median, most) = summary(&mut times);
            println!(
                "{:5} {level:5} {seeds:7} {:7} {median:>12.1?} {most:>11.1?}  {}",
                solver.family,
                found.len(),
                solver.how
            );
            for fault in found.iter().take(3) {
                eprintln!("{fault}");
            }
            faults += found.len();
        }
    }

    if wanted.is_empty() {
        println!("\nworld  causes  drawn: median       max");
        for world in WORLDS {
            let mut times = Vec::new();
            for seed in 0..WORLD_SEEDS {
                for cause in world.causes {
                    times.push(twice(|| world.case(cause, Seed(seed))).1);
                }
            }
            let (median, most) = summary(&mut times);
            println!("{:5} {:7} {median:>12.1?} {most:>11.1?}", world.id, world.causes.len());
        }
    }
    if faults == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Does something twice; the shorter time is its own, not that of whatever else the machine did meanwhile.
fn twice<T>(act: impl Fn() -> T) -> (T, Duration) {
    let once = || {
        let began = Instant::now();
        let done = std::hint::black_box(act());
        (done, began.elapsed())
    };
    let (_, first) = once();
    let (done, second) = once();
    (done, first.min(second))
}

fn summary(times: &mut [Duration]) -> (Duration, Duration) {
    times.sort();
    let median = times.get(times.len() / 2).copied().unwrap_or_default();
    (median, times.last().copied().unwrap_or_default())
}
