//! What was typed after `cargo xtask`. Pure.

use crate::steps::Part;
use crate::window::WindowTest;

/// Shown for `help` and after a mistake.
pub const USAGE: &str = "\
Usage: cargo xtask <command>

  run [-- ARGUMENTS]        build the window and open it; without a display, practise in the terminal
                            (ARGUMENTS go to the program, for example -- --data-dir DIR)
  test [core|ui|window]...  check everything, or only the parts named
  window [journey|interview|cases|start|screenshots]...
                            drive the window already built in target/release; builds nothing
  bench [-- ARGUMENTS]      measure a release build
  bench planner [--learners FILE]
                            judge the planner against simulated learners
  bench drills [--seeds N] [D01 ...]
                            try every drill against its second solver, and time what is drawn
  help                      this text

What is missing on the machine is installed first; Rust and Node.js 20.19 or newer have to be there.";

/// A command with its arguments.
#[derive(Debug, PartialEq, Eq)]
pub enum Command {
    /// Print the usage.
    Help,
    /// Build and open the program.
    Run {
        /// For the program.
        passed_on: Vec<String>,
    },
    /// Check parts of the project; none named means all.
    Test {
        /// In the order typed.
        parts: Vec<Part>,
    },
    /// Drive the built window; none named means all.
    Window {
        /// In the order typed.
        files: Vec<WindowTest>,
    },
    /// Measure what learners wait for.
    Bench {
        /// For the measuring program.
        passed_on: Vec<String>,
    },
    /// Try the drills against their second solvers.
    BenchDrills {
        /// For the trying program.
        passed_on: Vec<String>,
    },
    /// Judge the planner.
    BenchPlanner {
        /// For the judging program.
        passed_on: Vec<String>,
    },
}

/// Reads the arguments; the error is a sentence about the first one that makes no sense.
pub fn parse(given: &[String]) -> Result<Command, String> {
    let Some((name, rest)) = given.split_first() else {
        return Err("Which command?".to_owned());
    };
    match name.as_str() {
        "help" | "--help" | "-h" => Ok(Command::Help),
        "run" => Ok(Command::Run { passed_on: after_dashes(rest)? }),
        "bench" => match rest.split_first() {
            Some((subject, passed_on)) if subject == "planner" => {
                Ok(Command::BenchPlanner { passed_on: passed_on.to_vec() })
            }
            Some((subject, passed_on)) if subject == "drills" => {
                Ok(Command::BenchDrills { passed_on: passed_on.to_vec() })
            }
            _ => Ok(Command::Bench { passed_on: after_dashes(rest)? }),
        },
        "test" => Ok(Command::Test { parts: each(rest, Part::named)? }),
        "window" => Ok(Command::Window { files: each(rest, WindowTest::named)? }),
        _ => Err(format!("Unknown command: {name}")),
    }
}

/// The dashes are asked for, so that a mistyped option of xtask is not handed to the program in silence.
fn after_dashes(rest: &[String]) -> Result<Vec<String>, String> {
    match rest.split_first() {
        None => Ok(Vec::new()),
        Some((dashes, passed_on)) if dashes == "--" => Ok(passed_on.to_vec()),
        Some((other, _)) => {
            Err(format!("Unexpected argument: {other} (arguments for the program follow --)"))
        }
    }
}

fn each<T>(rest: &[String], named: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, String> {
    rest.iter().map(|name| named(name).ok_or_else(|| format!("Unexpected argument: {name}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command, String> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        parse(&words)
    }

    #[test]
    fn arguments_after_the_dashes_go_to_the_program() {
        let passed_on = vec!["--data-dir".to_owned(), "x".to_owned()];
        assert_eq!(parsed("run -- --data-dir x"), Ok(Command::Run { passed_on: passed_on.clone() }));
        assert_eq!(parsed("bench -- --data-dir x"), Ok(Command::Bench { passed_on }));
        let passed_on = vec!["--learners".to_owned(), "x".to_owned()];
        assert_eq!(parsed("bench planner --learners x"), Ok(Command::BenchPlanner { passed_on }));
        assert_eq!(parsed("run"), Ok(Command::Run { passed_on: vec![] }));
        assert_eq!(parsed("run --"), Ok(Command::Run { passed_on: vec![] }));
    }

    #[test]
    fn parts_of_the_test_can_be_chosen() {
        assert_eq!(parsed("test"), Ok(Command::Test { parts: vec![] }));
        assert_eq!(parsed("test ui core"), Ok(Command::Test { parts: vec![Part::Ui, Part::Core] }));
        assert_eq!(parsed("window start"), Ok(Command::Window { files: vec![WindowTest::Start] }));
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        for (line, named) in [
            ("", "Which command"),
            ("fly", "fly"),
            ("test cellar", "cellar"),
            ("window cellar", "cellar"),
            ("run --data-dir x", "--data-dir"),
        ] {
            let mistake = parsed(line).unwrap_err();
            assert!(mistake.contains(named), "{line:?} gave {mistake:?}");
        }
    }

    #[test]
    fn every_command_stands_in_the_usage() {
        for name in ["run", "test", "window", "bench", "help"] {
            assert!(USAGE.lines().any(|line| line.trim_start().starts_with(name)), "{name} is not explained");
        }
    }
}
