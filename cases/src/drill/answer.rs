//! Answers and how they are judged: by value, never by spelling.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use chrono::{NaiveDate, NaiveDateTime};
use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};

use super::Exercise;
use crate::model::Text;

/// What is right, and why other answers are not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Answer {
    /// One of some options.
    Choice {
        /// The options, in the order shown.
        options: Vec<Choice>,
        /// Index of the right one.
        right: usize,
    },
    /// All that hold of some options.
    Several {
        /// The options, in the order shown.
        options: Vec<Choice>,
        /// Indexes of the right ones, ascending; may be empty.
        right: Vec<usize>,
    },
    /// A number.
    Number {
        /// The right number, in `unit`.
        value: f64,
        /// How far off an answer may be, in `unit`; 0 for a count.
        tolerance: f64,
        /// What is typed without a unit counts as this.
        unit: Unit,
        /// What common mistakes give.
        traps: Vec<Trap>,
    },
    /// Something typed.
    Typed {
        /// How it is read.
        form: Form,
        /// The right answer, as a learner would type it.
        right: String,
        /// Others that are as right.
        also: Vec<String>,
        /// What common mistakes give.
        traps: Vec<Trap>,
    },
}

/// An option.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What it says.
    pub text: Text,
    /// Why it is right, or wrong, here.
    pub why: Text,
}

/// A wrong answer that a known mistake gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trap {
    /// The wrong answer, as it would be typed.
    pub value: String,
    /// The mistake.
    pub why: Text,
}

/// How a typed answer is read. Outer space, case and full-width characters never matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Form {
    /// An IPv4 address.
    Address,
    /// An IPv4 network, for example `10.0.4.0/22`; host bits may be set.
    Network,
    /// File mode: octal (`640`, `0640`) or symbolic (`rw-r-----`).
    Mode,
    /// A date and time, `2026-03-01 07:30` or `2026-03-01T07:30:00`.
    Moment,
    /// Dates and times in order, separated by commas or new lines.
    Moments,
    /// Words; runs of white space count as one.
    Words,
    /// Words in any order, separated by commas or spaces.
    Set,
    /// Words in this order, separated by commas or spaces.
    List,
}

/// The unit of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[expect(missing_docs, reason = "the names are the units")]
pub enum Unit {
    /// A count, or a ratio: no unit.
    None,
    Percent,
    Milliseconds,
    Seconds,
    Minutes,
    Hours,
    Days,
    Bytes,
    KiB,
    MiB,
    GiB,
    TiB,
    MB,
    GB,
    TB,
    /// Operations a second.
    Iops,
    /// Things a second.
    PerSecond,
    MBPerSecond,
    MiBPerSecond,
}

/// What is measured, so that one is not taken for the other.
#[derive(PartialEq)]
enum Dimension {
    Plain,
    Percent,
    Time,
    Data,
    Rate,
    DataRate,
}

impl Unit {
    /// How it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Percent => "%",
            Self::Milliseconds => "ms",
            Self::Seconds => "s",
            Self::Minutes => "min",
            Self::Hours => "h",
            Self::Days => "d",
            Self::Bytes => "B",
            Self::KiB => "KiB",
            Self::MiB => "MiB",
            Self::GiB => "GiB",
            Self::TiB => "TiB",
            Self::MB => "MB",
            Self::GB => "GB",
            Self::TB => "TB",
            Self::Iops => "IOPS",
            Self::PerSecond => "/s",
            Self::MBPerSecond => "MB/s",
            Self::MiBPerSecond => "MiB/s",
        }
    }

    /// What it measures, and how many seconds, bytes or bytes a second it is.
    fn measure(self) -> (Dimension, f64) {
        const KI: f64 = 1024.0;
        match self {
            Self::None => (Dimension::Plain, 1.0),
            Self::Percent => (Dimension::Percent, 1.0),
            Self::Milliseconds => (Dimension::Time, 0.001),
            Self::Seconds => (Dimension::Time, 1.0),
            Self::Minutes => (Dimension::Time, 60.0),
            Self::Hours => (Dimension::Time, 3600.0),
            Self::Days => (Dimension::Time, 86_400.0),
            Self::Bytes => (Dimension::Data, 1.0),
            Self::KiB => (Dimension::Data, KI),
            Self::MiB => (Dimension::Data, KI * KI),
            Self::GiB => (Dimension::Data, KI * KI * KI),
            Self::TiB => (Dimension::Data, KI * KI * KI * KI),
            Self::MB => (Dimension::Data, 1e6),
            Self::GB => (Dimension::Data, 1e9),
            Self::TB => (Dimension::Data, 1e12),
            Self::Iops | Self::PerSecond => (Dimension::Rate, 1.0),
            Self::MBPerSecond => (Dimension::DataRate, 1e6),
            Self::MiBPerSecond => (Dimension::DataRate, KI * KI),
        }
    }

    /// The unit a learner typed, in English or Chinese; none for something else.
    fn read(text: &str) -> Option<Self> {
        Some(match text {
            "" => Self::None,
            "%" | "percent" | "趴" => Self::Percent,
            "ms" | "msec" | "毫秒" => Self::Milliseconds,
            "s" | "sec" | "secs" | "second" | "seconds" | "秒" => Self::Seconds,
            "m" | "min" | "mins" | "minute" | "minutes" | "分" | "分鐘" | "分钟" => Self::Minutes,
            "h" | "hr" | "hrs" | "hour" | "hours" | "小時" | "小时" => Self::Hours,
            "d" | "day" | "days" | "天" | "日" => Self::Days,
            "b" | "byte" | "bytes" | "位元組" | "字节" => Self::Bytes,
            "kib" => Self::KiB,
            "mib" => Self::MiB,
            "gib" => Self::GiB,
            "tib" => Self::TiB,
            "mb" => Self::MB,
            "gb" => Self::GB,
            "tb" => Self::TB,
            "iops" => Self::Iops,
            "/s" | "rps" | "qps" | "tps" | "per second" => Self::PerSecond,
            "mb/s" => Self::MBPerSecond,
            "mib/s" => Self::MiBPerSecond,
            _ => return None,
        })
    }
}

/// What became of an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// It is right.
    Right,
    /// It is wrong; why, where the mistake is a known one.
    Wrong(Option<Text>),
    /// It cannot be read as what was asked for: it may be typed again.
    Unreadable,
}

impl Answer {
    /// Judges an answer. Options are named by their letters (`a`, or `a c` for several; nothing for none of them).
    pub fn judge(&self, typed: &str) -> Verdict {
        let typed = plain(typed);
        match self {
            Self::Choice { options, right } => match letters(&typed, options.len()).as_deref() {
                Some([chosen]) if chosen == right => Verdict::Right,
                Some([chosen]) => Verdict::Wrong(options.get(*chosen).map(|option| option.why.clone())),
                _ => Verdict::Unreadable,
            },
            Self::Several { options, right } => match letters(&typed, options.len()) {
                Some(chosen) if chosen == *right => Verdict::Right,
                Some(chosen) => {
                    let differs = |index: &usize| chosen.contains(index) != right.contains(index);
                    let first = (0..options.len()).find(differs);
                    Verdict::Wrong(
                        first.and_then(|index| options.get(index)).map(|option| option.why.clone()),
                    )
                }
                None => Verdict::Unreadable,
            },
            Self::Number { value, tolerance, unit, traps } => match number(&typed, *unit) {
                Some(given) if near(given, *value, *tolerance) => Verdict::Right,
                Some(given) => {
                    let trap = traps.iter().find(|trap| {
                        number(&plain(&trap.value), *unit).is_some_and(|wrong| near(given, wrong, *tolerance))
                    });
                    Verdict::Wrong(trap.map(|trap| trap.why.clone()))
                }
                None => Verdict::Unreadable,
            },
            Self::Typed { form, right, also, traps } => match form.read(&typed) {
                Some(given) => {
                    let same = |text: &str| form.read(&plain(text)).as_ref() == Some(&given);
                    if same(right) || also.iter().any(|text| same(text)) {
                        Verdict::Right
                    } else {
                        let trap = traps.iter().find(|trap| same(&trap.value));
                        Verdict::Wrong(trap.map(|trap| trap.why.clone()))
                    }
                }
                None => Verdict::Unreadable,
            },
        }
    }

    /// The right answer as it would be typed.
    pub fn right(&self) -> String {
        match self {
            Self::Choice { right, .. } => letter(*right).to_string(),
            Self::Several { right, .. } => {
                right.iter().map(|index| letter(*index).to_string()).collect::<Vec<_>>().join(" ")
            }
            Self::Number { value, unit, .. } => {
                format!("{} {}", written(*value), unit.symbol()).trim().to_owned()
            }
            Self::Typed { right, .. } => right.clone(),
        }
    }

    /// A choice whose right option comes first here; the order shown is drawn.
    pub fn choice(draw: &mut crate::cloud::Draw, options: Vec<Choice>) -> Self {
        let mut order: Vec<usize> = (0..options.len()).collect();
        draw.shuffle(&mut order);
        let right = order.iter().position(|index| *index == 0).unwrap_or_default();
        let options = order.iter().filter_map(|index| options.get(*index).cloned()).collect();
        Self::Choice { options, right }
    }

    /// Something typed without known mistakes.
    pub fn typed(form: Form, right: impl ToString) -> Self {
        Self::Typed { form, right: right.to_string(), also: Vec::new(), traps: Vec::new() }
    }

    /// A count.
    pub fn count(value: u64, traps: Vec<Trap>) -> Self {
        Self::Number { value: value as f64, tolerance: 0.0, unit: Unit::None, traps }
    }
}

impl Trap {
    /// A wrong answer and the mistake behind it.
    pub fn new(value: impl ToString, why: Text) -> Self {
        Self { value: value.to_string(), why }
    }
}

impl Choice {
    /// An option and why it is right or wrong.
    pub fn new(text: Text, why: Text) -> Self {
        Self { text, why }
    }
}

impl Form {
    /// The value of a text in this form, written in the one way it is compared in.
    fn read(self, text: &str) -> Option<String> {
        if text.is_empty() {
            return None;
        }
        let pieces = || text.split([',', '、', ';', ' ', '\n', '\t']).filter(|piece| !piece.is_empty());
        match self {
            Self::Address => text.parse::<Ipv4Addr>().ok().map(|address| address.to_string()),
            Self::Network => {
                let text = text.replace(' ', "");
                text.parse::<Ipv4Net>().ok().map(|network| network.trunc().to_string())
            }
            Self::Mode => mode(text).map(|mode| format!("{mode:04o}")),
            Self::Moment => moment(text).map(|moment| moment.to_string()),
            Self::Moments => {
                let moments =
                    text.split([',', '、', ';', '\n']).map(str::trim).filter(|piece| !piece.is_empty());
                let moments: Option<Vec<_>> = moments.map(moment).collect();
                moments.map(|moments| moments.iter().map(ToString::to_string).collect::<Vec<_>>().join(","))
            }
            Self::Words => Some(text.split_whitespace().collect::<Vec<_>>().join(" ")),
            Self::Set => Some(pieces().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(" ")),
            Self::List => Some(pieces().collect::<Vec<_>>().join(" ")),
        }
    }
}

/// Lower case, ASCII for full-width forms (U+FF01 to U+FF5E) and the ideographic space, no outer space.
pub fn plain(text: &str) -> String {
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' => ' ',
        _ => c,
    };
    text.trim().chars().map(narrow).collect::<String>().trim().to_lowercase()
}

/// `a` for 0.
fn letter(index: usize) -> char {
    u8::try_from(index).ok().and_then(|index| b'a'.checked_add(index)).map_or('?', char::from)
}

/// Indexes of the options that letters name, ascending; none where something else stands among them.
fn letters(text: &str, options: usize) -> Option<Vec<usize>> {
    let mut chosen = BTreeSet::new();
    for c in text.chars().filter(|c| !c.is_whitespace() && !",、;.()".contains(*c)) {
        chosen.insert((0..options).find(|index| letter(*index) == c)?);
    }
    Some(chosen.into_iter().collect())
}

/// A number with an optional unit, in `unit`; none for anything else. `1,024`, `1 024`, `1.5 h`, `1h 20min`, `3k`, `/26`.
fn number(text: &str, unit: Unit) -> Option<f64> {
    let (dimension, scale) = unit.measure();
    let mut rest = text.trim();
    // A prefix length may be typed as one: `/26`.
    if let Some(length) = rest.strip_prefix('/').filter(|_| unit == Unit::None) {
        let bits = length.trim().parse::<u8>().ok()?;
        return (bits <= 32).then_some(f64::from(bits));
    }
    let negative = rest.starts_with(['-', '−']);
    rest = rest.trim_start_matches(['+', '-', '−', '~', '≈', '=']).trim_start();
    let mut sum = 0.0;
    let mut parts = 0;
    let mut bare = false;
    while !rest.is_empty() {
        let (value, after) = leading(rest)?;
        let end = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
        let (word, next) = after.split_at(end);
        let word = word.trim();
        bare |= word.is_empty();
        let (factor, typed) = match word {
            "k" => (1e3, unit),
            _ => match Unit::read(word)? {
                Unit::None => (1.0, unit),
                typed => (1.0, typed),
            },
        };
        let (typed_dimension, typed_scale) = typed.measure();
        if typed_dimension != dimension {
            return None;
        }
        sum += value * factor * typed_scale / scale;
        parts += 1;
        rest = next;
    }
    // Only times are said in parts: 1 h 20 min.
    (parts == 1 || parts > 1 && dimension == Dimension::Time && !bare).then_some(if negative {
        -sum
    } else {
        sum
    })
}

/// The number a text starts with, and what follows. Groups of three digits may be set off by commas or spaces.
fn leading(text: &str) -> Option<(f64, &str)> {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut digits = String::new();
    let mut at = 0;
    while digit(at) {
        digits.push(char::from(*bytes.get(at)?));
        at += 1;
        let sets_off = matches!(bytes.get(at), Some(b',' | b' ' | b'_'));
        if sets_off && digit(at + 1) && digit(at + 2) && digit(at + 3) && !digit(at + 4) {
            at += 1;
        }
    }
    if bytes.get(at) == Some(&b'.') && digit(at + 1) {
        digits.push('.');
        at += 1;
        while digit(at) {
            digits.push(char::from(*bytes.get(at)?));
            at += 1;
        }
    }
    let value: f64 = digits.parse().ok()?;
    value.is_finite().then_some((value, text.get(at..).unwrap_or_default()))
}

/// Within a tolerance, and a hair for rounding.
fn near(given: f64, value: f64, tolerance: f64) -> bool {
    (given - value).abs() <= tolerance + 1e-9 * value.abs().max(1.0)
}

/// A number without needless digits.
fn written(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn mode(text: &str) -> Option<u32> {
    let text = text.replace(' ', "");
    if (3..=5).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return u32::from_str_radix(&text, 8).ok().filter(|mode| *mode <= 0o7777);
    }
    // As `ls -l` shows it, with or without the letter for the type.
    let text = if text.len() == 10 { text.get(1..)? } else { &text };
    if text.len() != 9 {
        return None;
    }
    let mut mode = 0;
    for (place, c) in text.chars().enumerate() {
        let bit = 0o400 >> place;
        let special = [0o4000, 0o2000, 0o1000].get(place / 3).copied()?;
        mode |= match (place % 3, c) {
            (_, '-') => 0,
            (0, 'r') | (1, 'w') | (2, 'x') => bit,
            // Case is lost by now: `S` and `T`, set without execution, can only be typed as octal.
            (2, 's') if place < 8 => bit | special,
            (2, 't') if place == 8 => bit | special,
            _ => return None,
        };
    }
    Some(mode)
}

fn moment(text: &str) -> Option<NaiveDateTime> {
    let text = text.trim().trim_end_matches('z').replace('t', " ");
    let (date, time) = text.split_once(' ')?;
    let date = NaiveDate::parse_from_str(date, "%Y-%m-%d").ok()?;
    let time = time.trim();
    let parts: Option<Vec<u32>> = time.split(':').map(|part| part.parse().ok()).collect();
    match *parts?.as_slice() {
        [hour, minute] => date.and_hms_opt(hour, minute, 0),
        [hour, minute, second] => date.and_hms_opt(hour, minute, second),
        _ => None,
    }
}

impl Exercise {
    /// What is wrong with an exercise, if anything: every case must be answerable and fair.
    ///
    /// # Errors
    /// The first fault, in words for its author.
    pub fn check(&self) -> Result<(), String> {
        let written = |text: &Text| !text.en.trim().is_empty() && !text.zh_tw.trim().is_empty();
        if !written(&self.prompt) || self.asks.is_empty() || self.steps.is_empty() {
            return Err("a prompt, something to answer and steps are needed".to_owned());
        }
        if let Some(step) = self.steps.iter().find(|step| !written(step)) {
            return Err(format!("a step lacks a language: {step:?}"));
        }
        for ask in &self.asks {
            let name = &ask.id;
            if !written(&ask.label) {
                return Err(format!("{name}: its label lacks a language"));
            }
            if ask.answer.judge(&ask.answer.right()) != Verdict::Right {
                return Err(format!("{name}: its own answer {:?} is not right", ask.answer.right()));
            }
            match &ask.answer {
                Answer::Choice { options, .. } | Answer::Several { options, .. } => {
                    let texts: BTreeSet<_> = options.iter().map(|option| &option.text.en).collect();
                    if texts.len() != options.len() || !(2..=8).contains(&options.len()) {
                        return Err(format!("{name}: 2 to 8 different options are needed"));
                    }
                    if !options.iter().all(|option| written(&option.text) && written(&option.why)) {
                        return Err(format!("{name}: an option lacks a language or its reason"));
                    }
                }
                Answer::Number { traps, .. } | Answer::Typed { traps, .. } => {
                    for trap in traps {
                        match ask.answer.judge(&trap.value) {
                            Verdict::Wrong(Some(_)) if written(&trap.why) => {}
                            verdict => return Err(format!("{name}: trap {:?} is {verdict:?}", trap.value)),
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(en: &str) -> Text {
        Text::new(en, en)
    }

    #[test]
    fn numbers_are_judged_by_value() {
        let answer = Answer::Number {
            value: 1500.0,
            tolerance: 0.0,
            unit: Unit::Seconds,
            traps: vec![Trap::new("25", text("minutes, not seconds"))],
        };
        for right in
            ["1500", "1,500", "1 500 s", "25 min", "25分鐘", "1.5k", "１５００", " =1500.0 ", "0h 25m"]
        {
            assert_eq!(answer.judge(right), Verdict::Right, "{right}");
        }
        assert_eq!(answer.judge("25"), Verdict::Wrong(Some(text("minutes, not seconds"))));
        assert_eq!(answer.judge("-1500"), Verdict::Wrong(None));
        for unreadable in ["", "many", "15 GiB", "1,50,0 x", "1500 apples", "1e999", "..", "9 9"] {
            assert_eq!(answer.judge(unreadable), Verdict::Unreadable, "{unreadable}");
        }
        let size = Answer::Number { value: 1.5, tolerance: 0.01, unit: Unit::GiB, traps: Vec::new() };
        assert_eq!(size.judge("1536 MiB"), Verdict::Right);
        assert_eq!(size.judge("1.5 GB"), Verdict::Wrong(None), "powers of ten are not powers of two");
    }

    #[test]
    fn a_prefix_length_may_have_its_slash() {
        let bits = Answer::count(26, vec![Trap::new(27, text("one bit too many"))]);
        for right in ["26", "/26", "／26", "/ 26"] {
            assert_eq!(bits.judge(right), Verdict::Right, "{right}");
        }
        assert_eq!(bits.judge("/27"), Verdict::Wrong(Some(text("one bit too many"))));
        for unreadable in ["/", "/33", "/1,5", "26/", "10.0.0.0/26"] {
            assert_eq!(bits.judge(unreadable), Verdict::Unreadable, "{unreadable}");
        }
        let time = Answer::Number { value: 26.0, tolerance: 0.0, unit: Unit::Seconds, traps: Vec::new() };
        assert_eq!(time.judge("/26"), Verdict::Unreadable);
    }

    #[test]
    fn options_are_named_by_letters() {
        let option = |en: &str| Choice::new(text(en), text(&format!("why {en}")));
        let one = Answer::Choice { options: vec![option("x"), option("y"), option("z")], right: 1 };
        assert_eq!(one.judge(" B. "), Verdict::Right);
        assert_eq!(one.judge("c"), Verdict::Wrong(Some(text("why z"))));
        assert_eq!(one.judge("d"), Verdict::Unreadable);
        assert_eq!(one.judge("ab"), Verdict::Unreadable);
        let several =
            Answer::Several { options: vec![option("x"), option("y"), option("z")], right: vec![0, 2] };
        assert_eq!(several.judge("C, a"), Verdict::Right);
        assert_eq!(several.judge("a"), Verdict::Wrong(Some(text("why z"))));
        assert_eq!(several.judge(""), Verdict::Wrong(Some(text("why x"))), "none of them is an answer");
    }

    #[test]
    fn typed_answers_are_judged_by_value() {
        let right = |form: Form, answer: &str, typed: &[&str]| {
            let answer = Answer::Typed { form, right: answer.into(), also: Vec::new(), traps: Vec::new() };
            for typed in typed {
                assert_eq!(answer.judge(typed), Verdict::Right, "{typed} as {form:?}");
            }
            answer
        };
        right(Form::Network, "10.0.4.0/22", &["10.0.4.0/22", "10.0.5.9 / 22"]);
        right(Form::Address, "10.0.7.254", &["10.0.7.254", "１０.0.7.254"]);
        let mode = right(Form::Mode, "0640", &["640", "0640", "rw-r-----", "-rw-r-----"]);
        assert_eq!(mode.judge("rw-r--r--"), Verdict::Wrong(None));
        assert_eq!(mode.judge("888"), Verdict::Unreadable);
        assert_eq!(right(Form::Mode, "2755", &["rwxr-sr-x"]).judge("rwxr-xr-t"), Verdict::Wrong(None));
        right(Form::Moment, "2026-03-01 07:30", &["2026-03-01T07:30:00Z", "2026-3-1 7:30"]);
        right(Form::Set, "i-1 i-2", &["i-2, i-1", "I-1、I-2"]);
        let list = right(Form::List, "a b", &["a, b"]);
        assert_eq!(list.judge("b a"), Verdict::Wrong(None));
        let bad =
            Answer::Typed { form: Form::Network, right: "10.0.0.0/8".into(), also: vec![], traps: vec![] };
        for unreadable in ["", "10.0.0.0", "10.0.0.0/33", "300.0.0.0/8", "/", "💥"] {
            assert_eq!(bad.judge(unreadable), Verdict::Unreadable, "{unreadable}");
        }
    }

    proptest::proptest! {
        #[test]
        fn nothing_typed_makes_judging_fail(typed in "\\PC{0,40}") {
            let text = text("x");
            let option = Choice::new(text.clone(), text.clone());
            let answers = [
                Answer::count(7, vec![Trap::new("8", text)]),
                Answer::Several { options: vec![option.clone(), option.clone()], right: vec![1] },
                Answer::Choice { options: vec![option.clone(), option], right: 0 },
            ];
            for answer in answers {
                answer.judge(&typed);
            }
            for form in [Form::Address, Form::Network, Form::Mode, Form::Moment, Form::Moments, Form::Words, Form::Set,
                Form::List] {
                let right = "1".to_owned();
                Answer::Typed { form, right, also: Vec::new(), traps: Vec::new() }.judge(&typed);
            }
        }
    }
}
