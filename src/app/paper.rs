//! What a learner shares as a document, for a mentor without the program.

use std::collections::BTreeMap;

use super::figures::Words;
use super::{App, Outcome, Parts, PlayShared, Shared, StoryShared, ToldShared};
use crate::chart::Table;
use crate::error::Result;
use crate::incident::StepKind;
use crate::model::{Grade, Item, Language, RubricDimension, Score};
use crate::report::{Chapter, Piece, Report};
use crate::time::Moment;

/// Items in the table of answers: what was answered last.
const ITEMS: usize = 100;

impl App {
    /// The report of what is shared, in one language. What the learner wrote stays in the language it was written in.
    pub(super) fn report_of(&self, shared: &Shared, language: Language, now: Moment) -> Result<Report> {
        let outline = self.outline()?;
        let track = outline.tracks.iter().find(|track| track.id == shared.parts.track);
        let track =
            track.map_or_else(|| shared.parts.track.0.clone(), |track| track.name.get(language).to_owned());
        let rubric = outline.rubric.clone();
        let words = &Words::new(self, outline, language);
        let page = match &shared.facts {
            Some(facts) => self.figures_of(facts, language)?,
            None => super::FiguresPage { readiness: String::new(), figures: Vec::new() },
        };
        let parts = &shared.parts;
        let chapters = [
            question(words, parts),
            stories(words, &parts.stories),
            told(words, &rubric, parts),
            plays(words, &parts.plays),
            answers(words, parts),
        ];
        let name = if parts.name.is_empty() { String::new() } else { format!("{} · ", parts.name) };
        let today = now.local_date();
        Ok(Report {
            language,
            title: words.say("Progress report", "學習進度報告"),
            about: words.say(
                format!("{name}{track} · {today} · Everything here is the learner's own account: answers are graded by who gave them."),
                format!("{name}{track} · {today} · 以上皆為學習者自述：作答由本人自評。"),
            ),
            readiness: page.readiness,
            figures: page.figures,
            numbers: words.say("The numbers", "數字"),
            chapters: chapters.into_iter().flatten().collect(),
        })
    }
}

fn question(words: &Words<'_>, parts: &Parts) -> Option<Chapter> {
    let asked = parts.question.trim();
    (!asked.is_empty()).then(|| Chapter {
        title: words.say("What the learner asks", "學習者想問的"),
        pieces: vec![Piece::Text(asked.to_owned())],
    })
}

fn stories(words: &Words<'_>, stories: &[StoryShared]) -> Option<Chapter> {
    let mut pieces = Vec::new();
    for shared in stories {
        let story = &shared.story;
        pieces.push(Piece::Heading(words.name(&story.title())));
        let shown: Vec<String> = story
            .principles
            .iter()
            .map(|(id, strength)| {
                format!("{} {}", words.topic(Item::PRINCIPLES, id), "●".repeat(strength.number().into()))
            })
            .collect();
        pieces.push(Piece::Note(
            [story.when.trim(), &words.list(&shown)]
                .into_iter()
                .filter(|text| !text.is_empty())
                .collect::<Vec<_>>()
                .join(" · "),
        ));
        for (language, telling) in [(Language::En, &story.english), (Language::ZhTw, &story.chinese)] {
            pieces.extend(telling.lines(language).into_iter().map(Piece::Text));
            let more = [&telling.metrics, &telling.seconds_30, &telling.seconds_90];
            pieces.extend(
                more.into_iter()
                    .filter(|text| !text.trim().is_empty())
                    .map(|text| Piece::Text(text.trim().to_owned())),
            );
        }
    }
    (!pieces.is_empty()).then(|| Chapter { title: words.say("Stories", "故事"), pieces })
}

fn told(words: &Words<'_>, rubric: &[RubricDimension], parts: &Parts) -> Option<Chapter> {
    let mut pieces = Vec::new();
    for mock in &parts.mocks {
        let of = |told: &&ToldShared| told.mock.is_some_and(|(number, _)| number == mock.number);
        let mut answers: Vec<_> = parts.told.iter().filter(of).collect();
        answers.sort_by_key(|told| told.number);
        pieces.push(Piece::Heading(words.say(
            format!("Mock loop of {}, {} rounds", date(mock.at_ms), mock.rounds.len()),
            format!("{}的模擬面試，共{}輪", date(mock.at_ms), mock.rounds.len()),
        )));
        answers.iter().for_each(|told| answer(words, rubric, told, &mut pieces));
        if !mock.own_questions.trim().is_empty() {
            pieces.push(Piece::Note(words.say("Own questions to the interviewers", "自己想問面試官的問題")));
            pieces.push(Piece::Text(mock.own_questions.trim().to_owned()));
        }
    }
    for told in parts.told.iter().filter(|told| told.mock.is_none()) {
        answer(words, rubric, told, &mut pieces);
    }
    (!pieces.is_empty())
        .then(|| Chapter { title: words.say("Answers told at length", "完整的口說作答"), pieces })
}

fn answer(words: &Words<'_>, rubric: &[RubricDimension], told: &ToldShared, pieces: &mut Vec<Piece>) {
    let account = &told.account;
    pieces.push(Piece::Heading(words.name(&told.title)));
    let seconds = account.told_ms / 1000;
    pieces.push(Piece::Note(words.say(
        format!("{}, told in {seconds} s", date(told.at_ms)),
        format!("{}，講了{seconds}秒", date(told.at_ms)),
    )));
    pieces.push(Piece::Text(account.words.trim().to_owned()));
    for probe in &account.probes {
        pieces.push(Piece::Note(words.name(&probe.text)));
        pieces.push(Piece::Text(probe.words.trim().to_owned()));
    }
    if !account.scores.is_empty() {
        pieces.push(Piece::Table(scores(words, rubric, &account.scores)));
    }
    pieces.retain(|piece| !matches!(piece, Piece::Text(text) | Piece::Note(text) if text.is_empty()));
}

fn scores(words: &Words<'_>, rubric: &[RubricDimension], scores: &BTreeMap<String, Score>) -> Table {
    let mut table = words.table(&[("Own score", "自評"), ("#1 to 4", "#1到4"), ("Because", "理由")]);
    for (id, score) in scores {
        let name =
            rubric.iter().find(|one| one.id == *id).map_or_else(|| id.clone(), |one| words.name(&one.name));
        table.rows.push(vec![name, score.value.to_string(), score.because.clone()]);
    }
    table
}

fn plays(words: &Words<'_>, plays: &[PlayShared]) -> Option<Chapter> {
    let mut pieces = Vec::new();
    for play in plays {
        pieces.push(Piece::Heading(format!("{} {}", play.item.id, words.name(&play.title))));
        pieces.push(Piece::Note(words.say(
            format!("{}, seed {}, {} points of 100", date(play.at_ms), play.seed, play.points),
            format!("{}，種子{}，{}分（滿分100）", date(play.at_ms), play.seed, play.points),
        )));
        let mut table = words.table(&[("#Minute", "#分鐘"), ("Step", "步驟"), ("", "")]);
        for step in &play.steps {
            let what = match step.kind {
                StepKind::Check => words.say("Asked for: ", "查看："),
                StepKind::Cause => words.say("Named the cause: ", "認定原因："),
                StepKind::Act => words.say("Did: ", "處置："),
                StepKind::Update => words.say("Wrote to the customer", "回覆客戶"),
            };
            let outcome = match step.outcome {
                Outcome::Plain => String::new(),
                Outcome::Good => words.say("helped", "有幫助"),
                Outcome::Idle => words.say("did not help", "沒有幫助"),
                Outcome::Harm => words.say("made it worse", "使情況惡化"),
            };
            table.rows.push(vec![step.minute.to_string(), what + &words.name(&step.words), outcome]);
        }
        pieces.push(Piece::Table(table));
        let post = [&play.post.mechanism, &play.post.owner, &play.post.date];
        let post: Vec<&str> =
            post.into_iter().map(|text| text.trim()).filter(|text| !text.is_empty()).collect();
        for text in [play.update.trim(), &post.join(" · ")] {
            if !text.is_empty() {
                pieces.push(Piece::Text(text.to_owned()));
            }
        }
    }
    (!pieces.is_empty()).then(|| Chapter { title: words.say("Incidents", "事件"), pieces })
}

fn answers(words: &Words<'_>, parts: &Parts) -> Option<Chapter> {
    let mut table = words.table(&[
        ("Item", "題目"),
        ("Domain", "領域"),
        ("#Answers", "#作答"),
        ("Newest first", "新的在前"),
        ("Words", "文字"),
    ]);
    let grade = |grade: Grade| match grade {
        Grade::Again => words.say("again", "忘了"),
        Grade::Hard => words.say("hard", "吃力"),
        Grade::Good => words.say("good", "記得"),
        Grade::Easy => words.say("easy", "輕鬆"),
    };
    for item in parts.items.iter().take(ITEMS) {
        let grades: Vec<String> = item.answers.iter().take(6).map(|answer| grade(answer.grade)).collect();
        let typed = item.answers.iter().find_map(|answer| answer.words.clone()).unwrap_or_default();
        table.rows.push(vec![
            words.name(&item.title),
            words.domain(&item.domain),
            item.answers.len().to_string(),
            words.list(&grades),
            typed,
        ]);
    }
    let more = parts.items.len().saturating_sub(ITEMS);
    let mut pieces = vec![Piece::Table(table)];
    if more > 0 {
        pieces.push(Piece::Note(words.say(format!("and {more} more items"), format!("另有{more}題"))));
    }
    (!parts.items.is_empty())
        .then(|| Chapter { title: words.say("Answered items", "作答過的題目"), pieces })
}

/// The day of a time in UTC milliseconds.
fn date(at_ms: i64) -> String {
    Moment { utc_ms: at_ms, offset_minutes: 0 }.local_date().to_string()
}
