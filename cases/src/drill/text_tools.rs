//! D20: a question about a log file, the command that answers it, and what commands really print.
//!
//! Every output is worked out here and checked against the real programs by the second solver, also those of the
//! commands that are wrong.

mod first;
mod logs;
mod second;
mod third;

use std::collections::BTreeMap;

use serde_json::json;

use super::{Answer, Ask, Choice, Exercise, Family, Form, Trap, Unit, shown};
use crate::cloud::Draw;
use crate::model::{EvidenceType, Text};

pub(super) const FAMILY: Family = Family {
    id: "D20",
    place: ("scripting-logs", "access-log-triage"),
    depths: &[1, 2, 3],
    seconds: 150,
    version: 2,
    sources: &[
        "POSIX.1-2017, Shell & Utilities: awk, cut, grep, sed, sort, uniq, wc; Base Definitions, chapter 9 (regular expressions)",
        "mawk(1)",
        "jq 1.6 Manual",
        "nginx documentation, ngx_http_log_module (the combined format)",
        "Elastic Load Balancing, Application Load Balancers, Access logs for your Application Load Balancer",
    ],
    draw,
};

/// A command, what it prints on this file, and why that is or is not the answer.
struct Command {
    line: String,
    prints: String,
    why: Text,
}

fn command(
    line: impl Into<String>,
    prints: impl ToString,
    en: impl Into<String>,
    zh: impl Into<String>,
) -> Command {
    Command { line: line.into(), prints: prints.to_string(), why: Text::new(en, zh) }
}

/// A question about files.
struct Puzzle {
    /// Its name, for programs that answer it, and its figures.
    question: &'static str,
    figures: serde_json::Value,
    /// What the files are.
    about: Text,
    /// Each with the command that shows it.
    files: Vec<(String, Vec<String>)>,
    /// What is wanted.
    wanted: Text,
    /// Its unit, if it is a number.
    number: Option<Unit>,
    right: Command,
    wrong: Vec<Command>,
    /// Another command, whose output is asked for.
    other: (String, String),
    other_why: Text,
    steps: Vec<Text>,
}

/// The answer in what a command prints: its last word.
fn answer(prints: &str) -> &str {
    prints.split_whitespace().last().unwrap_or_default()
}

/// A mean is rounded: it may be off in its last digit.
fn tolerance(prints: &str) -> f64 {
    if prints.contains('.') { 0.001 } else { 0.0 }
}

impl Puzzle {
    /// Whether no wrong command gives the answer, and no two commands are the same.
    fn fair(&self) -> bool {
        let right = answer(&self.right.prints);
        let mut lines: Vec<&str> = self.wrong.iter().map(|wrong| wrong.line.as_str()).collect();
        lines.extend([self.right.line.as_str(), self.other.0.as_str()]);
        let count = lines.len();
        lines.sort_unstable();
        lines.dedup();
        lines.len() == count
            && !right.is_empty()
            && !self.other.1.trim().is_empty()
            && self.wrong.iter().all(|wrong| !self.gives(answer(&wrong.prints), right))
    }

    /// Whether a value would be taken for the right one.
    fn gives(&self, value: &str, right: &str) -> bool {
        match (value.parse::<f64>(), right.parse::<f64>()) {
            (Ok(value), Ok(right)) if self.number.is_some() => {
                (value - right).abs() <= 2.0 * tolerance(&self.right.prints)
            }
            _ => value == right,
        }
    }

    fn exercise(self, draw: &mut Draw) -> Exercise {
        let right = answer(&self.right.prints).to_owned();
        let mut traps: Vec<Trap> = Vec::new();
        for wrong in &self.wrong {
            let value = answer(&wrong.prints);
            let readable = if self.number.is_some() {
                value.parse::<f64>().is_ok_and(|value| value >= 0.0)
            } else {
                !value.is_empty()
            };
            if readable && !traps.iter().any(|trap| trap.value == value) {
                let (en, zh) = (
                    format!("`{}`: {}", wrong.line, wrong.why.en),
                    format!("`{}`：{}", wrong.line, wrong.why.zh_tw),
                );
                traps.push(Trap::new(
                    value,
                    Text::new(format!("That is what this prints: {en}"), format!("這是下列指令的輸出：{zh}")),
                ));
            }
        }
        let result = if let Some(unit) = self.number {
            let (value, tolerance) = (right.parse().unwrap_or_default(), tolerance(&right));
            Answer::Number { value, tolerance, unit, traps }
        } else {
            Answer::Typed { form: Form::Words, right: right.clone(), also: Vec::new(), traps }
        };
        let option = |command: &Command| {
            let text = format!("`{}`", command.line);
            let (prints_en, prints_zh) = match command.prints.split_whitespace().collect::<Vec<_>>().join(" ")
            {
                none if none.is_empty() => ("Prints nothing".to_owned(), "不會印出任何內容".to_owned()),
                prints => (format!("Prints `{prints}`"), format!("印出`{prints}`")),
            };
            Choice::new(
                Text::new(text.clone(), text),
                Text::new(
                    format!("{prints_en}: {}", command.why.en),
                    format!("{prints_zh}：{}", command.why.zh_tw),
                ),
            )
        };
        let options = std::iter::once(&self.right).chain(&self.wrong).map(option).collect();
        let other_prints = self.other.1.split_whitespace().collect::<Vec<_>>().join(" ");
        let other = match other_prints.parse::<u64>() {
            Ok(count) => Answer::count(count, Vec::new()),
            Err(_) => Answer::typed(Form::Words, &other_prints),
        };
        let mut steps = self.steps;
        steps.push(Text::new(
            format!("`{}` prints `{}`: {}", self.right.line, self.right.prints.trim(), self.right.why.en),
            format!("`{}`印出`{}`：{}", self.right.line, self.right.prints.trim(), self.right.why.zh_tw),
        ));
        steps.push(Text::new(
            format!("`{}` prints `{other_prints}`: {}", self.other.0, self.other_why.en),
            format!("`{}`印出`{other_prints}`：{}", self.other.0, self.other_why.zh_tw),
        ));
        Exercise {
            prompt: Text::new(
                format!(
                    "{} Commands run in bash with `LC_ALL=C`: GNU grep, sed and coreutils, mawk as `awk`, jq 1.6.",
                    self.about.en
                ),
                format!(
                    "{}指令在bash裡以`LC_ALL=C`執行：GNU grep、sed與coreutils，`awk`是mawk，jq為1.6版。",
                    self.about.zh_tw
                ),
            ),
            evidence: self
                .files
                .iter()
                .map(|(show, lines)| shown(EvidenceType::Log, format!("$ {show}\n{}\n", lines.join("\n"))))
                .collect(),
            asks: vec![
                Ask::new("result", self.wanted, result),
                Ask::new(
                    "command",
                    Text::new("Which command prints that answer", "哪個指令會印出這個答案"),
                    Answer::choice(draw, options),
                ),
                Ask::new(
                    "prints",
                    Text::new(
                        format!("What this prints (white space does not matter): `{}`", self.other.0),
                        format!("這個指令會印出什麼（空白不計）：`{}`", self.other.0),
                    ),
                    other,
                ),
            ],
            steps,
            given: json!({ "question": self.question, "figures": self.figures }),
        }
    }
}

fn draw(draw: &mut Draw, level: u8) -> Exercise {
    let kinds: &[fn(&mut Draw) -> Option<Puzzle>] = match level {
        1 => first::KINDS,
        2 => second::KINDS,
        _ => third::KINDS,
    };
    let kind = draw.pick(kinds);
    // A draw whose commands happen to agree is drawn again; a few tries are enough.
    for _ in 0..1000 {
        if let Some(puzzle) = kind(draw).filter(Puzzle::fair) {
            return puzzle.exercise(draw);
        }
    }
    Exercise::default()
}

/// A command's text with its figures.
fn fill(text: &str, figures: &[(&str, &str)]) -> String {
    figures.iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
}

/// How many lines hold a pattern somewhere: `#` is a digit, `.` any character, others are themselves.
fn matching(pattern: &str, lines: &[String]) -> usize {
    lines.iter().filter(|line| holds(pattern, line)).count()
}

fn holds(pattern: &str, line: &str) -> bool {
    let same = |(pattern, byte): (&u8, &u8)| match pattern {
        b'#' => byte.is_ascii_digit(),
        b'.' => true,
        _ => pattern == byte,
    };
    line.as_bytes()
        .windows(pattern.len().max(1))
        .any(|window| pattern.as_bytes().iter().zip(window).all(same))
}

/// What `sort | uniq -c | sort -rn | head -n 1` prints; none where two share the lead.
fn most<T: AsRef<str>>(items: impl IntoIterator<Item = T>) -> Option<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for item in items {
        *counts.entry(item.as_ref().to_owned()).or_default() += 1;
    }
    lead(counts.into_iter().map(|(item, count)| (count as u64, item)))
}

/// `count item` of the largest count; none where two share it.
fn lead(counts: impl IntoIterator<Item = (u64, String)>) -> Option<String> {
    let mut counts: Vec<(u64, String)> = counts.into_iter().collect();
    counts.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    match counts.as_slice() {
        [(first, _), (second, _), ..] if first == second => None,
        [(count, item), ..] => Some(format!("{count} {item}")),
        [] => None,
    }
}

/// What `uniq -c | sort -rn | head -n 1` prints without sorting first; none where two share the lead.
fn longest_run<T: AsRef<str>>(items: impl IntoIterator<Item = T>) -> Option<String> {
    let mut runs: Vec<(u64, String)> = Vec::new();
    for item in items {
        match runs.last_mut() {
            Some((count, last)) if last == item.as_ref() => *count += 1,
            _ => runs.push((1, item.as_ref().to_owned())),
        }
    }
    lead(runs)
}

/// How many different ones there are.
fn different<T: Ord>(items: impl IntoIterator<Item = T>) -> usize {
    items.into_iter().collect::<std::collections::BTreeSet<_>>().len()
}
