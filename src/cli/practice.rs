//! A sitting in the terminal: the same job on the same file as the window. The end of input ends it calmly.

use std::borrow::Cow;
use std::io::{self, BufRead, Write};
use std::time::Instant;

use divedeep::app::{Answer, App, Card, DrillAnswer, DrillCase, Focus, Practice, Round, Settings};
use divedeep::drill::{self, Case};
use divedeep::error::Error;
use divedeep::model::{AnswerMode, Grade, ItemView, Language, SessionKind};
use divedeep::shell;

use super::{Words, line, lines, today};
use crate::Stop;

/// What a learner typed at a prompt.
pub(super) enum Typed {
    Text(String),
    End,
}

/// How a card ended.
enum Turn {
    Next(Box<Practice>),
    Quit,
}

/// Runs a sitting until the list is done, the learner quits, or the input ends.
pub fn run(
    app: &mut App,
    input: &mut impl BufRead,
    out: &mut impl Write,
    language: &mut Language,
) -> Result<(), Stop> {
    if !app.settings().set_up && !first_run(app, input, out, language)? {
        return Ok(());
    }
    *language = app.settings().interface_language;
    let words = Words(*language);
    let start = app.start_page(shell::now())?;
    today::print(out, &app.today(shell::now())?, &start.outline, *language)?;
    let mut content = app.settings().content_language;
    let mut practice = app.practice_next(shell::now())?;
    loop {
        let Some(card) = &practice.card else {
            writeln!(
                out,
                "\n{}",
                words.pick(
                    "Today's list is done. `m` for ten more minutes, Enter to end.",
                    "今天的清單完成了。輸入m再練10分鐘，按Enter結束。",
                )
            )?;
            match ask(input, out, "> ")? {
                Typed::Text(text) if text == "m" => {
                    practice = app.practice_more(shell::now())?;
                    if practice.card.is_none() {
                        writeln!(out, "{}", words.pick("Nothing is left.", "沒有題目了。"))?;
                        return Ok(());
                    }
                    continue;
                }
                Typed::Text(text) if text == "u" && practice.can_undo => {
                    practice = app.practice_undo(shell::now())?;
                    continue;
                }
                _ => return Ok(()),
            }
        };
        match turn(app, card, practice.left, &mut content, words, input, out)? {
            Turn::Next(next) => practice = *next,
            Turn::Quit => return Ok(()),
        }
    }
}

/// The first-run questions; false when the input ended before the last.
fn first_run(
    app: &mut App,
    input: &mut impl BufRead,
    out: &mut impl Write,
    language: &mut Language,
) -> Result<bool, Stop> {
    writeln!(out, "Divedeep\n\nLanguage / 語言\n  1  English\n  2  繁體中文\n  3  简体中文")?;
    let chosen = loop {
        match ask(input, out, "> ")? {
            Typed::End => return Ok(false),
            Typed::Text(text) => match text.as_str() {
                "1" => break Language::En,
                "2" => break Language::ZhTw,
                "3" => break Language::ZhCn,
                _ => {}
            },
        }
    };
    *language = chosen;
    let words = Words(chosen);

    let tracks = app.start_page(shell::now())?.outline.tracks;
    writeln!(out, "\n{}", words.pick("Role track", "職位"))?;
    for (index, track) in tracks.iter().enumerate() {
        writeln!(out, " {:2}  {} ({})", index + 1, track.name.get(chosen), track.questions + track.prompts)?;
    }
    let track = loop {
        match ask(input, out, "> ")? {
            Typed::End => return Ok(false),
            Typed::Text(text) => {
                let number = text.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
                if let Some(track) = number.and_then(|index| tracks.get(index)) {
                    break track.id.clone();
                }
            }
        }
    };

    writeln!(
        out,
        "\n{}",
        words.pick(
            "Interview date, YYYY-MM-DD (Enter: none yet)",
            "面試日期，YYYY-MM-DD（直接按Enter：還沒有）",
        )
    )?;
    loop {
        match ask(input, out, "> ")? {
            Typed::End => return Ok(false),
            Typed::Text(text) if text.is_empty() => break,
            Typed::Text(text) => {
                let Ok(date) = text.parse() else {
                    let error = Error::BadValue { field: "round_date", value: text };
                    writeln!(out, "{}", shell::sentence(&error, chosen))?;
                    continue;
                };
                let round =
                    Round { name: String::new(), date, time: None, zone: None, focus: Focus::default() };
                match app.save_rounds(vec![round], shell::now()) {
                    Ok(_) => break,
                    Err(error @ Error::DateInPast { .. }) => {
                        writeln!(out, "{}", shell::sentence(&error, chosen))?;
                    }
                    Err(error) => return Err(error.into()),
                }
            }
        }
    }

    writeln!(
        out,
        "\n{}",
        words.pick("Minutes a day, 5 to 600 (Enter: 30)", "每天幾分鐘，5到600（直接按Enter：30）")
    )?;
    loop {
        let minutes = match ask(input, out, "> ")? {
            Typed::End => return Ok(false),
            Typed::Text(text) if text.is_empty() => Some(30),
            Typed::Text(text) => text.parse().ok(),
        };
        let Some(minutes_per_day) = minutes else { continue };
        let settings = Settings {
            set_up: true,
            interface_language: chosen,
            content_language: chosen,
            track: track.clone(),
            minutes_per_day,
            ..app.settings().clone()
        };
        match app.save_settings(settings) {
            Ok(_) => return Ok(true),
            Err(error @ Error::BadValue { .. }) => writeln!(out, "{}", shell::sentence(&error, chosen))?,
            Err(error) => return Err(error.into()),
        }
    }
}

fn turn(
    app: &mut App,
    card: &Card,
    left: u32,
    content: &mut Language,
    words: Words,
    input: &mut impl BufRead,
    out: &mut impl Write,
) -> Result<Turn, Stop> {
    let view = &card.view;
    let prompt_language = *content;
    let shown = Instant::now();
    if let Some(case) = card.drill.as_ref().and_then(case_of) {
        print_head(out, view, words, left)?;
        return drill_turn(app, card, &case, *content, shown, words, input, out);
    }
    print_prompt(out, view, *content, words, left)?;
    let answer = loop {
        match ask(
            input,
            out,
            &words.pick(
                "[Enter: answer, or type yours · l n u q] > ",
                "[Enter看答案，或輸入你的答案 · l n u q] > ",
            ),
        )? {
            Typed::End => return Ok(Turn::Quit),
            Typed::Text(text) => match text.as_str() {
                "q" => return Ok(Turn::Quit),
                "l" => {
                    *content = other(*content, app.settings().chinese());
                    print_prompt(out, view, *content, words, left)?;
                }
                "n" => {
                    let next = app.practice_put_off(view.item.clone(), shell::now())?;
                    return Ok(Turn::Next(Box::new(next)));
                }
                "u" => match app.practice_undo(shell::now()) {
                    Ok(practice) => return Ok(Turn::Next(Box::new(practice))),
                    Err(error @ Error::NothingToUndo) => {
                        writeln!(out, "{}", shell::sentence(&error, words.0))?;
                    }
                    Err(error) => return Err(error.into()),
                },
                "" => break None,
                _ => break Some(text),
            },
        }
    };
    let think_ms = milliseconds(shown);
    let reveal_language = *content;
    let points = print_answer(out, view, *content, words)?;
    let mut ticked = Vec::new();
    let mut proposed = None;
    if !points.is_empty() {
        match ask(input, out, &words.pick("points you said, e.g. 1 3 > ", "你說到的重點，例如1 3 > "))?
        {
            Typed::End => return Ok(Turn::Quit),
            Typed::Text(text) => {
                ticked = text
                    .split(|c: char| !c.is_ascii_digit())
                    .filter_map(|number| number.parse::<usize>().ok()?.checked_sub(1))
                    .filter_map(|index| points.get(index).cloned())
                    .collect();
                proposed = app.practice_propose(&view.item, &ticked)?;
            }
        }
    }
    let answer_again = |out: &mut _, content: &mut Language| {
        *content = other(*content, app.settings().chinese());
        print_answer(out, view, *content, words).map(drop)
    };
    let Some(grade) = grade(card, proposed, words, content, input, out, answer_again)? else {
        return Ok(Turn::Quit);
    };
    let practice = app.practice_grade(
        Answer {
            item: view.item.clone(),
            revision: view.revision,
            session: SessionKind::Today,
            grade,
            ticked,
            answer_mode: if answer.is_some() { AnswerMode::Typed } else { AnswerMode::Thought },
            answer,
            prompt_language,
            reveal_language,
            think_ms,
            total_ms: milliseconds(shown),
            drill: None,
            play: None,
        },
        shell::now(),
    )?;
    Ok(Turn::Next(Box::new(practice)))
}

/// The case that a card asks.
fn case_of(shown: &DrillCase) -> Option<Case> {
    Some(drill::family(&shown.family)?.case(shown.level, shown.seed))
}

#[expect(clippy::too_many_arguments, reason = "a turn of a sitting needs all of the sitting")]
fn drill_turn(
    app: &mut App,
    card: &Card,
    case: &Case,
    language: Language,
    shown: Instant,
    words: Words,
    input: &mut impl BufRead,
    out: &mut impl Write,
) -> Result<Turn, Stop> {
    writeln!(out, "{}", super::drill::heading(case, words.0))?;
    let Some(typed) = super::drill::play(case, language, input, out)? else { return Ok(Turn::Quit) };
    let think_ms = milliseconds(shown);
    super::drill::print_verdicts(out, case, &typed, language)?;
    let drill = DrillAnswer {
        family: case.family.clone(),
        level: case.level,
        seed: case.seed,
        typed,
        given_up: true,
    };
    let proposed = app.drill_check(&drill)?.proposed;
    let mut content = language;
    let again = |_: &mut _, _: &mut Language| Ok(());
    let Some(grade) = grade(card, proposed, words, &mut content, input, out, again)? else {
        return Ok(Turn::Quit);
    };
    let practice = app.practice_grade(
        Answer {
            item: card.view.item.clone(),
            revision: card.view.revision,
            session: SessionKind::Today,
            grade,
            ticked: Vec::new(),
            answer_mode: AnswerMode::Typed,
            answer: None,
            prompt_language: language,
            reveal_language: language,
            think_ms,
            total_ms: milliseconds(shown),
            drill: Some(drill),
            play: None,
        },
        shell::now(),
    )?;
    Ok(Turn::Next(Box::new(practice)))
}

/// Asks for the grade; none when the input ended or the learner left. `l` shows the answer in the other language.
fn grade<W: Write>(
    card: &Card,
    proposed: Option<Grade>,
    words: Words,
    content: &mut Language,
    input: &mut impl BufRead,
    out: &mut W,
    mut switch: impl FnMut(&mut W, &mut Language) -> io::Result<()>,
) -> io::Result<Option<Grade>> {
    loop {
        let choices: Vec<String> = card
            .choices
            .iter()
            .map(|choice| {
                let mark = if proposed == Some(choice.grade) { "*" } else { "" };
                let after = match choice.interval_days {
                    0 => words.pick("{} min", "{}分鐘").replace("{}", &choice.interval_minutes.to_string()),
                    days => words.pick("{} d", "{}天").replace("{}", &days.to_string()),
                };
                format!("{}{mark} {} {after}", choice.grade.number(), grade_name(choice.grade, words))
            })
            .collect();
        match ask(input, out, &format!("{} > ", choices.join(" | ")))? {
            Typed::End => return Ok(None),
            Typed::Text(text) => match text.as_str() {
                "q" => return Ok(None),
                "l" => switch(out, content)?,
                "" if proposed.is_some() => return Ok(proposed),
                text => {
                    let grade = text.parse().ok().and_then(Grade::from_number);
                    if grade.is_some() {
                        return Ok(grade);
                    }
                }
            },
        }
    }
}

fn print_head(out: &mut impl Write, view: &ItemView, words: Words, left: u32) -> io::Result<()> {
    let place = match view.question_kind {
        Some(kind) => format!(
            "{}/{} · {} {} · {}",
            view.domain,
            view.topic,
            words.pick("depth", "深度"),
            view.depth,
            kind.name()
        ),
        None => view.topic.clone(),
    };
    writeln!(
        out,
        "\n── {place} · {}:{:02} · {} {left} ──\n",
        view.seconds / 60,
        view.seconds % 60,
        words.pick("left", "剩下")
    )
}

fn print_prompt(
    out: &mut impl Write,
    view: &ItemView,
    language: Language,
    words: Words,
    left: u32,
) -> io::Result<()> {
    print_head(out, view, words, left)?;
    let Some(face) = view.faces.get(&language) else { return Ok(()) };
    for text in lines(&face.prompt, "") {
        writeln!(out, "{text}")?;
    }
    for evidence in &view.evidence {
        writeln!(out)?;
        for text in evidence.text.trim_matches('\n').lines() {
            writeln!(out, "    {text}")?;
        }
    }
    writeln!(out)
}

/// Prints the answer and gives the ids of the key points in the order of their numbers.
fn print_answer(
    out: &mut impl Write,
    view: &ItemView,
    language: Language,
    words: Words,
) -> io::Result<Vec<String>> {
    let Some(face) = view.faces.get(&language) else { return Ok(Vec::new()) };
    writeln!(out)?;
    if let Some(principle) = &face.principle {
        match &principle.gloss {
            Some(gloss) if !principle.gloss_checked => {
                writeln!(out, "{} {gloss}（非官方譯名）", principle.name)?;
            }
            Some(gloss) => writeln!(out, "{} {gloss}", principle.name)?,
            None => writeln!(out, "{}", principle.name)?,
        }
        writeln!(out, "{}", line(&principle.looks_for))?;
        writeln!(
            out,
            "\n{}\n  {}",
            words.pick("What interviewers look for here", "面試官在這一題想聽到什麼"),
            line(&face.looks_for)
        )?;
    }
    for text in lines(&face.answer, "") {
        writeln!(out, "{text}")?;
    }
    for (index, point) in face.key_points.iter().enumerate() {
        let must = if point.must { words.pick(" (must)", "（必要）") } else { "".into() };
        writeln!(out, "{}{:3}  {}{must}", if index == 0 { "\n" } else { "" }, index + 1, line(&point.text))?;
    }
    let mut section = |title: &str, texts: Vec<String>| -> io::Result<()> {
        if !texts.is_empty() {
            writeln!(out, "\n{title}")?;
            for text in texts {
                writeln!(out, "  - {text}")?;
            }
        }
        Ok(())
    };
    section(
        &words.pick("Common mistakes", "常見錯誤"),
        face.mistakes.iter().map(|m| format!("{}: {}", line(&m.claim), line(&m.why))).collect(),
    )?;
    section(
        &words.pick("What may be asked next", "接下來可能會問"),
        face.probes.iter().map(|p| line(&p.text)).collect(),
    )?;
    section(
        &words.pick("What makes an answer fail", "會讓回答失分的地方"),
        face.red_flags.iter().map(|flag| line(flag)).collect(),
    )?;
    section(
        &words.pick("Sources", "資料來源"),
        view.references.iter().map(|r| format!("{}, {}", r.work, r.part)).collect(),
    )?;
    writeln!(out)?;
    Ok(face.key_points.iter().map(|point| point.id.clone()).collect())
}

fn grade_name(grade: Grade, words: Words) -> Cow<'static, str> {
    match grade {
        Grade::Again => words.pick("Again", "忘了"),
        Grade::Hard => words.pick("Hard", "吃力"),
        Grade::Good => words.pick("Good", "記得"),
        Grade::Easy => words.pick("Easy", "輕鬆"),
    }
}

/// The card's other language: from English to the learner's Chinese and back.
fn other(language: Language, chinese: Language) -> Language {
    if language == Language::En { chinese } else { Language::En }
}

fn milliseconds(since: Instant) -> u32 {
    u32::try_from(since.elapsed().as_millis()).unwrap_or(u32::MAX)
}

pub(super) fn ask(input: &mut impl BufRead, out: &mut impl Write, prompt: &str) -> io::Result<Typed> {
    write!(out, "{prompt}")?;
    out.flush()?;
    let mut bytes = Vec::new();
    // Bytes, because a terminal may send what is no UTF-8; that must not end the sitting.
    if input.read_until(b'\n', &mut bytes)? == 0 {
        writeln!(out)?;
        return Ok(Typed::End);
    }
    Ok(Typed::Text(String::from_utf8_lossy(&bytes).trim().to_owned()))
}
