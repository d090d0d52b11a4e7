//! What learners and mentors send each other: the payloads of review and feedback packets.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::figures::Facts;
use crate::incident::{PostAction, StepKind};
use crate::model::{Account, Grade, ItemRef, Language, Score, Story, StoryId, StoryPart, Text, TrackId};

/// What a learner chooses to share. Nothing is shared that is not named here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Selection {
    /// What the mentor is asked, in the learner's words.
    pub question: String,
    /// The figures of the progress page.
    pub progress: bool,
    /// Every answered item with its grades and the words typed.
    pub answers: bool,
    /// Stories.
    pub stories: Vec<StoryId>,
    /// Answers told at length, by number, outside of mock loops.
    pub told: Vec<u32>,
    /// Mock loops with their answers, by number.
    pub mocks: Vec<u32>,
    /// Finished plays of incidents, by number.
    pub plays: Vec<u32>,
    /// Recordings, by the number of the answer; only of answers that are shared.
    pub recordings: Vec<u32>,
    /// Whether what the redaction check finds is blacked out. Listed names always are.
    pub redact: bool,
}

impl Selection {
    /// The figures alone.
    pub fn progress() -> Self {
        Self { progress: true, redact: true, ..Self::default() }
    }
}

/// What a review packet says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Shared {
    /// The figures' facts.
    pub facts: Option<Facts>,
    /// Everything else.
    pub parts: Parts,
}

/// What a review packet says beside figures. Everything in it is the learner's own account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Parts {
    /// What the learner calls themselves.
    pub name: String,
    /// What the mentor is asked.
    pub question: String,
    /// The learner's interface language.
    pub language: Language,
    /// The role track.
    pub track: TrackId,
    /// The next interview round, local date; only with the figures.
    #[cfg_attr(test, ts(type = "string | null"))]
    pub interview: Option<NaiveDate>,
    /// Whether the figures' facts are in it.
    pub progress: bool,
    /// Answered items, the one answered last first.
    pub items: Vec<PracticedItem>,
    /// Stories.
    pub stories: Vec<StoryShared>,
    /// Answers told at length, newest first.
    pub told: Vec<ToldShared>,
    /// Mock loops, newest first; their answers stand in `told`.
    pub mocks: Vec<MockShared>,
    /// Plays of incidents, newest first.
    pub plays: Vec<PlayShared>,
}

/// An item and its answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PracticedItem {
    /// Its name.
    pub item: ItemRef,
    /// Its prompt, plain.
    pub title: Text,
    /// Its domain's id.
    pub domain: String,
    /// Its topic's id.
    pub topic: String,
    /// 1 to 4.
    pub depth: u8,
    /// Its answers, newest first.
    pub answers: Vec<PracticedAnswer>,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PracticedAnswer {
    /// When, UTC milliseconds.
    pub at_ms: i64,
    /// The learner's own grade.
    pub grade: Grade,
    /// The prompt's language.
    pub language: Language,
    /// What was typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
}

/// A story.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct StoryShared {
    /// Its name.
    pub id: StoryId,
    /// When it was last changed, UTC milliseconds.
    pub changed_at_ms: i64,
    /// How often it was told.
    pub times_told: u32,
    /// The story, without names of people.
    pub story: Story,
}

/// An answer told at length.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ToldShared {
    /// Its number.
    pub number: u32,
    /// What was asked.
    pub item: ItemRef,
    /// What was asked, plain.
    pub title: Text,
    /// The mock loop and the round, from 0, it belongs to.
    pub mock: Option<(u32, u32)>,
    /// When it began, UTC milliseconds.
    pub at_ms: i64,
    /// The words, the times, what was asked back, the learner's own scores.
    pub account: Account,
    /// Whether its recording is in the packet.
    pub recording: bool,
}

/// A mock loop.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct MockShared {
    /// Its number.
    pub number: u32,
    /// When it began, UTC milliseconds.
    pub at_ms: i64,
    /// What each round was about beside principles: the domain's id; empty where there was nothing else.
    pub rounds: Vec<String>,
    /// The candidate's own questions.
    pub own_questions: String,
}

/// A finished play of an incident.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PlayShared {
    /// Its number.
    pub number: u32,
    /// The incident.
    pub item: ItemRef,
    /// Its title.
    pub title: Text,
    /// What it was drawn from.
    pub seed: u32,
    /// When it began, UTC milliseconds.
    pub at_ms: i64,
    /// Points of 100.
    pub points: u32,
    /// What was done, in its order.
    pub steps: Vec<StepShared>,
    /// What the customer was written.
    pub update: String,
    /// The post-incident action.
    pub post: PostAction,
}

/// A step of a play.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct StepShared {
    /// Minutes on the incident's clock when it was over.
    pub minute: u32,
    /// What sort of step it was.
    pub kind: StepKind,
    /// What was done; empty for an update, whose words stand in the play.
    pub words: Text,
    /// What it was worth.
    pub outcome: Outcome,
}

/// What a step of a play was worth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Outcome {
    /// Nothing to say.
    #[default]
    Plain,
    /// Evidence that ruled something out, a right cause, an action that helps.
    Good,
    /// Evidence that told nothing new, a wrong cause, an action that does not help.
    Idle,
    /// An action that made it worse.
    Harm,
}

/// Where a comment belongs within an item.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Place {
    /// The item as a whole.
    #[default]
    Whole,
    /// An answer, by its time.
    Answer {
        /// UTC milliseconds.
        at_ms: i64,
    },
    /// A part of a story in one language.
    Part {
        /// The part.
        part: StoryPart,
        /// The language.
        language: Language,
    },
    /// An answer told at length.
    Told {
        /// Its number.
        number: u32,
    },
    /// A play of an incident, or one of its steps.
    Play {
        /// Its number.
        number: u32,
        /// The step, from 0; none for the whole play.
        step: Option<u32>,
    },
}

/// A mentor's comment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Comment {
    /// What it is about.
    pub item: ItemRef,
    /// What it is about, in words.
    pub title: Text,
    /// Where it belongs.
    pub place: Place,
    /// The words it speaks of.
    #[serde(default)]
    pub quote: String,
    /// What the mentor says.
    pub words: String,
    /// The mentor's scores on the rubric, by dimension, 1 to 4.
    #[serde(default)]
    pub scores: BTreeMap<String, Score>,
}

/// Something a mentor wants done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Assignment {
    /// The item to practise; none for anything else.
    pub item: Option<ItemRef>,
    /// The item in words; empty where there is none.
    pub title: Text,
    /// What to do.
    pub words: String,
    /// By when, local date.
    #[cfg_attr(test, ts(type = "string"))]
    pub due: NaiveDate,
}

/// What a feedback packet says; while it is written, its draft.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Feedback {
    /// What the mentor calls themselves.
    pub name: String,
    /// The digest of the review it answers.
    pub review: String,
    /// When that was opened, UTC milliseconds.
    pub seen_at_ms: i64,
    /// What the mentor says on the whole.
    pub words: String,
    /// Comments.
    pub comments: Vec<Comment>,
    /// Assignments.
    pub assignments: Vec<Assignment>,
}
