//! Second solvers: each reads a case as a learner does (its evidence, and the figures its prompt gives) and answers by
//! another way than the family itself.

mod d01;
mod d02;
mod d03;
mod d04;
mod d05;
mod d06;
mod d07;
mod d08;
mod d09;
mod d10;
mod d11;
mod d12;
mod d13;
mod d14;
mod d15;
mod d16;
mod d17;
mod d18;
mod d19;
mod d20;
mod d21;
mod d22;
mod postgres;
mod scripted;

use std::io::Write;
use std::process::{Command, Stdio};

use divedeep_cases::drill::{Answer, Ask, Case, Verdict};

/// A second solver.
pub struct Solver {
    /// Whose.
    pub family: &'static str,
    /// How it answers, for the report.
    #[allow(dead_code, reason = "the tests print no report")]
    pub how: &'static str,
    /// Solves cases of one level; what does not agree, in words.
    check: fn(&[Case]) -> Vec<String>,
}

impl Solver {
    /// What is wrong with cases of one level, in words: one that asks nothing, and whatever this solver answers otherwise.
    pub fn faults(&self, cases: &[Case]) -> Vec<String> {
        let (whole, empty): (Vec<Case>, Vec<Case>) =
            cases.iter().cloned().partition(|case| !case.exercise.asks.is_empty());
        let nothing = empty.iter().map(|case| format!("seed {}: nothing is asked", case.seed));
        nothing.chain((self.check)(&whole)).collect()
    }
}

/// Every second solver, in the order of the families.
pub const ALL: &[Solver] = &[
    Solver { family: "D01", how: "Python ipaddress", check: d01::check },
    Solver {
        family: "D02",
        how: "ip route get in a network namespace, and a scan by bits",
        check: d02::check,
    },
    Solver { family: "D03", how: "rules in closed form, in Python", check: d03::check },
    Solver { family: "D04", how: "mawk for totals, Python for what records mean", check: d04::check },
    Solver { family: "D05", how: "the documented flow chart in Python", check: d05::check },
    Solver { family: "D06", how: "each gate by itself, in Python", check: d06::check },
    Solver { family: "D07", how: "the kernel, as those users", check: d07::check },
    Solver { family: "D08", how: "Rules over the tools' output, in Python", check: d08::check },
    Solver { family: "D09", how: "Bash itself; for containers a table", check: d09::check },
    Solver { family: "D10", how: "a replay of RFC 9293's states in Python", check: d10::check },
    Solver {
        family: "D11",
        how: "a simulation in Python; the zones of every tenth case in BIND",
        check: d11::check,
    },
    Solver { family: "D12", how: "real certificates, libcrypto and the openssl program", check: d12::check },
    Solver {
        family: "D13",
        how: "an oracle from the documentation over the log lines, in Python",
        check: d13::check,
    },
    Solver { family: "D14", how: "PostgreSQL 15, one session each, every case", check: d14::check },
    Solver {
        family: "D15",
        how: "every row enumerated; every 50th case in PostgreSQL 15",
        check: d15::check,
    },
    Solver { family: "D16", how: "Python, second by second", check: d16::check },
    Solver { family: "D17", how: "block and container simulation in Python", check: d17::check },
    Solver { family: "D18", how: "greedy packing and a clock in Python", check: d18::check },
    Solver { family: "D19", how: "every minute in Python with zoneinfo; systemd-analyze", check: d19::check },
    Solver {
        family: "D20",
        how: "mawk, jq, grep and the others in bash; Python on the text",
        check: d20::check,
    },
    Solver { family: "D21", how: "the question and every query as SQL in SQLite", check: d21::check },
    Solver { family: "D22", how: "Python, second by second and with exact fractions", check: d22::check },
];

/// What does not agree with the answers a second solver typed, by the names of what is asked.
fn compare(case: &Case, answers: &[(&str, String)]) -> Vec<String> {
    let name = format!("{} level {} seed {}", case.family, case.level, case.seed);
    let asked: Vec<_> = case.exercise.asks.iter().map(|ask| ask.id.as_str()).collect();
    let answered: Vec<_> = answers.iter().map(|(id, _)| *id).collect();
    if asked != answered {
        return vec![format!("{name}: asked {asked:?}, the second solver answered {answered:?}")];
    }
    let mut faults = Vec::new();
    for (ask, (_, typed)) in case.exercise.asks.iter().zip(answers) {
        if ask.answer.judge(typed) != Verdict::Right {
            let right = ask.answer.right();
            let prompt = &case.exercise.prompt.en;
            faults.push(format!("{name}, {}: {right:?}, the second solver says {typed:?}\n{prompt}", ask.id));
        }
    }
    faults
}

/// The letter of the option that a text (English) is, for [`compare`]; `?` where no option is.
fn letter_of(case: &Case, ask: &str, option: impl Fn(&str) -> bool) -> String {
    let ask = case.exercise.asks.iter().find(|found| found.id == ask);
    let options = match ask.map(|ask| &ask.answer) {
        Some(Answer::Choice { options, .. } | Answer::Several { options, .. }) => options.as_slice(),
        _ => &[],
    };
    let letters = ('a'..).zip(options).filter(|(_, found)| option(&found.text.en)).map(|(letter, _)| letter);
    let letters: Vec<String> = letters.map(String::from).collect();
    if letters.is_empty() { "?".to_owned() } else { letters.join(" ") }
}

/// The options of an ask by its id (English), in the order shown; none where it is not asked.
fn options_of(case: &Case, ask: &str) -> Vec<String> {
    let ask = case.exercise.asks.iter().find(|found| found.id == ask);
    ask.map(options).unwrap_or_default().into_iter().map(str::to_owned).collect()
}

/// The English texts of an ask's options; none where something is typed.
fn options(ask: &Ask) -> Vec<&str> {
    match &ask.answer {
        Answer::Choice { options, .. } | Answer::Several { options, .. } => {
            options.iter().map(|option| option.text.en.as_str()).collect()
        }
        _ => Vec::new(),
    }
}

/// Runs a program on some input and gives its lines.
fn run(program: &str, arguments: &[&str], input: &str) -> Vec<String> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{program} must be installed: {error}"));
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.to_owned();
    // From another thread: a program that answers while it reads would wait for us, and we for it.
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().expect("its output");
    // A program may stop reading early.
    let _ = writer.join().expect("no panic");
    assert!(output.status.success(), "{program} {arguments:?}: {}", output.status);
    String::from_utf8(output.stdout).expect("text").lines().map(str::to_owned).collect()
}

/// Runs a Python program on one JSON object a line; it prints one line for each.
fn python(script: &str, inputs: impl Iterator<Item = serde_json::Value>) -> Vec<String> {
    let input: String = inputs.map(|input| format!("{input}\n")).collect();
    run("python3", &["-c", script], &input)
}
