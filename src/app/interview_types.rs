//! What crosses to a shell about rehearsals and mock loops.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Card;
use crate::interview::{Shape, Weak};
use crate::model::{
    Account, Grade, ItemRef, ItemView, Language, Manner, MockRound, Score, StoryId, Strength, Text,
};

/// An item to rehearse.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RehearsalDesk {
    /// The item, with what each grade would do.
    pub card: Card,
    /// A rehearsal of it that was not finished.
    pub open: Option<RehearsalPage>,
    /// Finished ones, newest first.
    pub past: Vec<RehearsalPage>,
    /// Stories that can be told to it, the most fitting first; empty for a story itself.
    pub stories: Vec<StoryChoice>,
    /// What recordings take on the disk.
    pub recordings: Recordings,
}

/// A story that can be told to a prompt.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct StoryChoice {
    /// Its name.
    pub id: StoryId,
    /// Its title.
    pub title: Text,
    /// How strongly it shows the prompt's principle; none where it does not.
    pub strength: Option<Strength>,
}

/// A rehearsal, or an answer of a mock loop.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RehearsalPage {
    /// Its number.
    pub number: u32,
    /// What was asked.
    pub item: ItemRef,
    /// The story that was told, if it was named.
    pub story: Option<StoryId>,
    /// When it began, UTC milliseconds.
    pub started_at_ms: i64,
    /// Whether it is over.
    pub ended: bool,
    /// Bytes of its recording; none without one.
    pub recording_bytes: Option<u64>,
    /// The answer.
    pub account: Account,
    /// Shares of its parts; none where they were not marked.
    pub shape: Option<Shape>,
    /// The figures of its delivery; none without a recording.
    pub figures: Option<Figures>,
    /// Where it seems weak, and why.
    pub weak: Vec<Weak>,
    /// Mean of the scores, 1 to 4; none without any.
    pub mean: Option<f64>,
    /// The two dimensions with the lowest scores.
    pub weakest: Vec<String>,
    /// The grade that the scores propose.
    pub proposed: Option<Grade>,
}

/// Figures of a delivery, each computed on this machine from loudness alone.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Figures {
    /// From the first sound to the last, milliseconds.
    pub speech_ms: u32,
    /// Silences of at least 300 ms between.
    pub pauses: u32,
    /// Milliseconds of silence in all of them.
    pub paused_ms: u32,
    /// The longest of them, milliseconds.
    pub longest_pause_ms: u32,
    /// Where the longest one begins, milliseconds from the start.
    pub longest_pause_at_ms: Option<u32>,
    /// Syllables a minute, pauses included: an estimate; none for too little speech.
    pub syllables_per_minute: Option<f64>,
}

/// What recordings take on the disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Recordings {
    /// Bytes in all.
    pub used_bytes: u64,
    /// The most they may take.
    pub limit_bytes: u64,
    /// Each of them, newest first.
    pub rows: Vec<RecordingRow>,
}

/// A recording.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RecordingRow {
    /// The rehearsal's number.
    pub number: u32,
    /// What was asked, in words.
    pub title: Text,
    /// When it began, UTC milliseconds.
    pub started_at_ms: i64,
    /// Bytes.
    pub bytes: u64,
}

/// Mock loops: one to go on with, and those that are over.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct MocksPage {
    /// The newest that is not over.
    pub open: Option<MockRow>,
    /// Those that are over, newest first.
    pub past: Vec<MockRow>,
    /// People on the panel that the learner wrote down.
    pub panel_size: u32,
    /// A seed that was not used yet.
    pub seed: u32,
}

/// A mock loop in the list.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct MockRow {
    /// Its number.
    pub number: u32,
    /// What it was drawn from.
    pub seed: u32,
    /// When it began, UTC milliseconds.
    pub started_at_ms: i64,
    /// Rounds in all.
    pub rounds: u32,
    /// Of them scored.
    pub scored: u32,
    /// Mean of all behavioural scores, 1 to 4; none without any.
    pub mean: Option<f64>,
    /// Mean score by dimension.
    pub dimensions: BTreeMap<String, f64>,
    /// Share of the key points (by weight) that technical answers named, 0 to 1; none without any.
    pub technical: Option<f64>,
}

/// A mock loop where it stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct MockPage {
    /// Its number.
    pub number: u32,
    /// What it was drawn from.
    pub seed: u32,
    /// Typed or spoken.
    pub manner: Manner,
    /// When it began, UTC milliseconds.
    pub started_at_ms: i64,
    /// Its rounds.
    pub rounds: Vec<MockRound>,
    /// What the candidate asks at the end.
    pub own_questions: String,
    /// What comes now.
    pub stage: MockStage,
}

/// What comes now in a mock loop.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "name", rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum MockStage {
    /// A question to answer.
    Asking {
        /// The round, from 0.
        round: u32,
        /// The question and its answer so far.
        question: Box<MockAnswer>,
    },
    /// A round to score, its answers beside the rubric.
    Scoring {
        /// The round, from 0.
        round: u32,
        /// Its answers.
        answers: Vec<MockAnswer>,
        /// Stories that may have been told.
        stories: Vec<StoryChoice>,
    },
    /// The candidate's own questions.
    OwnQuestions,
    /// It is over: everything that was said and scored.
    Debrief {
        /// Every answer, by round.
        answers: Vec<MockAnswer>,
        /// This loop's means.
        means: Box<MockRow>,
        /// The loops before it, newest first.
        before: Vec<MockRow>,
        /// Titles of stories told more than twice.
        told_too_often: Vec<Text>,
    },
}

/// A question of a mock loop with its answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct MockAnswer {
    /// The round, from 0.
    pub round: u32,
    /// The question.
    pub view: ItemView,
    /// The language of its round.
    pub language: Language,
    /// The term of the answer before that led to it.
    pub term: Option<String>,
    /// The answer.
    pub answer: RehearsalPage,
    /// For a technical question: share of its key points (by weight) that were ticked, 0 to 1.
    pub share: Option<f64>,
}

/// A scored answer of a mock loop on its way in.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ScoredAnswer {
    /// The answer's number.
    pub number: u32,
    /// The story that was told.
    pub story: Option<StoryId>,
    /// Scores by dimension.
    pub scores: BTreeMap<String, Score>,
    /// Ids of the key points that were named.
    pub ticked: Vec<String>,
}
