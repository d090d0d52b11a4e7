//! Drills in the terminal: the list of families, and one case to answer. Cases by seed are for trying and comparing;
//! nothing is graded.

use std::io::{self, BufRead, Write};

use clap::Args;
use divedeep::bank::{Bank, Source};
use divedeep::cloud::Seed;
use divedeep::drill::{self, Answer, Case, Verdict};
use divedeep::error::Error;
use divedeep::model::{Language, Text, blocks, inlines};

use super::practice::{Typed, ask};
use super::{Stop, Words, line, lines, print_json};

/// A drill by seed, or the list of families.
#[derive(Args)]
pub struct DrillArguments {
    /// A family, D01 to D22, or `list`.
    family: String,
    /// A number or a word; the same seed gives the same case everywhere. Without one, a new case is drawn.
    #[arg(long)]
    seed: Option<Seed>,
    /// 1 is the easiest.
    #[arg(long, default_value_t = 1)]
    level: u8,
    /// As JSON, with the answers.
    #[arg(long)]
    json: bool,
}

impl DrillArguments {
    /// Does it.
    pub fn run(
        self,
        source: &Source,
        language: Language,
        new_seed: impl FnOnce() -> u32,
        input: &mut impl BufRead,
        out: &mut impl Write,
    ) -> Result<(), Stop> {
        if self.family == "list" {
            return list(source, language, self.json, out);
        }
        let Some(family) = drill::family(&self.family) else {
            return Err(Error::NoSuchItem { item: self.family }.into());
        };
        if !(1..=family.levels()).contains(&self.level) {
            return Err(Error::BadValue { field: "level", value: self.level.to_string() }.into());
        }
        let seed = self.seed.unwrap_or_else(|| Seed(new_seed()));
        let case = family.case(self.level, seed);
        if self.json {
            return print_json(out, &case);
        }
        writeln!(out, "{}", heading(&case, language))?;
        let Some(typed) = play(&case, language, input, out)? else { return Ok(()) };
        print_verdicts(out, &case, &typed, language)?;
        Ok(())
    }
}

fn list(source: &Source, language: Language, json: bool, out: &mut impl Write) -> Result<(), Stop> {
    let bank = Bank::read(source)?;
    let rows = bank.drills().filter_map(|entry| Some((entry, drill::family(&entry.id)?)));
    if json {
        let rows = rows.map(|(entry, family)| {
            serde_json::json!({
                "id": family.id, "name": entry.name, "about": entry.about, "domain": family.place.0,
                "topic": family.place.1, "levels": family.levels(), "depths": family.depths,
                "version": family.version, "sources": family.sources,
            })
        });
        return print_json(out, &rows.collect::<Vec<_>>());
    }
    let words = Words(language);
    for (entry, family) in rows {
        let levels = words.pick("levels 1 to {}", "難度1到{}").replace("{}", &family.levels().to_string());
        writeln!(out, "{}  {} ({levels})", family.id, entry.name.get(language))?;
        writeln!(out, "     {}", entry.about.get(language))?;
    }
    Ok(())
}

/// `D01 · level 2 of 3 · seed 48213 · version 1`.
pub fn heading(case: &Case, language: Language) -> String {
    let levels = drill::family(&case.family).map_or(case.level, drill::Family::levels);
    Words(language)
        .pick(
            "{id} · level {level} of {levels} · seed {seed} · version {version}",
            "{id} · 難度 {level}/{levels} · 種子 {seed} · 版本 {version}",
        )
        .replace("{id}", &case.family)
        .replace("{levels}", &levels.to_string())
        .replace("{level}", &case.level.to_string())
        .replace("{seed}", &case.seed.to_string())
        .replace("{version}", &case.version.to_string())
}

/// Shows a case and takes its answers; none when the input ended or the learner left with `q`. What cannot be read is asked
/// for again; an empty line is not known.
pub fn play(
    case: &Case,
    language: Language,
    input: &mut impl BufRead,
    out: &mut impl Write,
) -> Result<Option<Vec<String>>, Stop> {
    let words = Words(language);
    let prompt = in_language(words, &case.exercise.prompt);
    writeln!(out)?;
    for text in lines(&blocks(&prompt), "") {
        writeln!(out, "{text}")?;
    }
    for evidence in &case.exercise.evidence {
        writeln!(out)?;
        for text in evidence.text.trim_matches('\n').lines() {
            writeln!(out, "    {text}")?;
        }
    }
    let mut typed = Vec::new();
    for asked in &case.exercise.asks {
        writeln!(out, "\n{}", words_of(words, &asked.label))?;
        let hint = match &asked.answer {
            Answer::Choice { options, .. } | Answer::Several { options, .. } => {
                for (letter, option) in ('a'..).zip(options) {
                    writeln!(out, "  {letter}  {}", words_of(words, &option.text))?;
                }
                match &asked.answer {
                    Answer::Several { .. } => {
                        words.pick("letters of all that hold > ", "所有符合的選項字母 > ")
                    }
                    _ => words.pick("letter > ", "選項字母 > "),
                }
            }
            Answer::Number { unit, .. } => format!("{} > ", unit.symbol()).into(),
            Answer::Typed { .. } => "> ".into(),
        };
        loop {
            match ask(input, out, hint.trim_start())? {
                Typed::End => return Ok(None),
                Typed::Text(text) if text == "q" => return Ok(None),
                // Nothing typed is nothing known; what cannot be read may be a slip.
                Typed::Text(text) if !text.is_empty() && asked.answer.judge(&text) == Verdict::Unreadable => {
                    let note = words.pick(
                        "That cannot be read as an answer to this; try again (`q` leaves).",
                        "這看不出是這題的答案，請再試一次（輸入q離開）。",
                    );
                    writeln!(out, "{note}")?;
                }
                Typed::Text(text) => {
                    typed.push(text);
                    break;
                }
            }
        }
    }
    Ok(Some(typed))
}

/// Says what was right, and shows the worked solution.
pub fn print_verdicts(
    out: &mut impl Write,
    case: &Case,
    typed: &[String],
    language: Language,
) -> io::Result<()> {
    let words = Words(language);
    writeln!(out)?;
    for (asked, typed) in case.exercise.asks.iter().zip(typed) {
        let (mark, why) = match asked.answer.judge(typed) {
            Verdict::Right => (words.pick("right", "對"), None),
            Verdict::Wrong(why) => (words.pick("wrong", "錯"), why),
            Verdict::Unreadable => (words.pick("not known", "不知道"), None),
        };
        writeln!(out, "{mark}: {} → {}", words_of(words, &asked.label), asked.answer.right())?;
        if let Some(why) = why {
            writeln!(out, "    {}", words_of(words, &why))?;
        }
    }
    writeln!(out)?;
    for (number, step) in case.exercise.steps.iter().enumerate() {
        let step = in_language(words, step);
        let mut text = lines(&blocks(&step), "   ");
        if let Some(first) = text.first_mut() {
            *first = format!("{:2} {}", number + 1, first.trim_start());
        }
        for text in text {
            writeln!(out, "{text}")?;
        }
    }
    Ok(())
}

fn in_language(words: Words, text: &Text) -> String {
    words.pick(&text.en, &text.zh_tw).into_owned()
}

fn words_of(words: Words, text: &Text) -> String {
    line(&inlines(&in_language(words, text)))
}
