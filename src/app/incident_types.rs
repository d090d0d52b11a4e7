//! What crosses to a shell about incidents.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{InLanguages, MemoryView};
use crate::cloud::Seed;
use crate::incident::{Debrief, Mark, Play, PostAction, Series, Tone};
use crate::model::{Aim, Block, Evidence, Inline, ItemRef, Reference, Severity, Symptom, Text, UpdatePart};

/// The incidents.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct IncidentsPage {
    /// By id.
    pub rows: Vec<IncidentRow>,
}

/// An incident and how it went.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct IncidentRow {
    /// The incident as an item.
    pub item: ItemRef,
    /// Its title.
    pub title: Text,
    /// How the customer's words sound.
    pub symptom: Symptom,
    /// How bad it is.
    pub severity: Severity,
    /// Domain id.
    pub domain: String,
    /// 1 to 4.
    pub depth: u8,
    /// Whether it comes with a colleague's notes.
    pub escalated: bool,
    /// Plays that were finished.
    pub plays: u32,
    /// The best of them, 0 to 100.
    pub best_points: Option<u32>,
    /// The day of the last.
    #[cfg_attr(test, ts(type = "string | null"))]
    pub last: Option<NaiveDate>,
    /// The last: its debrief can be read again.
    pub last_play: Option<u32>,
    /// A play that can be gone on with.
    pub open: Option<u32>,
    /// Whether the learner wrote a runbook for it.
    pub runbook: bool,
    /// Whether the track schedules it.
    pub in_track: bool,
    /// What is known of the learner's memory of it; none if never graded.
    pub memory: Option<MemoryView>,
}

/// A play as it stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PlayPage {
    /// Its number.
    pub number: u32,
    /// The incident as an item.
    pub item: ItemRef,
    /// The record's revision.
    pub revision: u32,
    /// What it was drawn from.
    pub seed: Seed,
    /// The world's version.
    pub version: u32,
    /// Whether it is over.
    pub ended: bool,
    /// The day it began.
    #[cfg_attr(test, ts(type = "string"))]
    pub started: NaiveDate,
    /// The response clock, in minutes.
    pub minute: u32,
    /// How bad it is.
    pub severity: Severity,
    /// Minutes to the first response.
    pub response_minutes: u32,
    /// Target time to play it, in seconds.
    pub seconds: u32,
    /// Its title.
    #[cfg_attr(test, ts(type = "Partial<Record<Language, Inline[]>>"))]
    pub title: InLanguages<Vec<Inline>>,
    /// The customer's words.
    #[cfg_attr(test, ts(type = "Partial<Record<Language, Block[]>>"))]
    pub customer: InLanguages<Vec<Block>>,
    /// Notes of the colleague who had it before.
    pub notes: Vec<NoteView>,
    /// What may be the cause.
    pub hypotheses: Vec<HypothesisView>,
    /// Evidence that can be asked for.
    pub checks: Vec<CheckView>,
    /// What can be done.
    pub actions: Vec<ActionView>,
    /// Parts that the update seems to have.
    pub seems: Vec<UpdatePart>,
    /// Words in the update that blame or guess.
    pub tone: Vec<Tone>,
    /// What was done and written.
    pub play: Play,
    /// How it went; none while it is not over.
    pub debrief: Option<DebriefPage>,
    /// The learner's own runbook.
    pub runbook: Option<String>,
}

/// A colleague's note.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct NoteView {
    /// What it says.
    #[cfg_attr(test, ts(type = "Partial<Record<Language, Inline[]>>"))]
    pub text: InLanguages<Vec<Inline>>,
    /// For the wrong one, when the play is over: what is wrong with it.
    #[cfg_attr(test, ts(type = "Partial<Record<Language, Inline[]>> | null"))]
    pub wrong: Option<InLanguages<Vec<Inline>>>,
}

/// A hypothesis on the board.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct HypothesisView {
    /// Its id.
    pub id: String,
    /// The claim.
    #[cfg_attr(test, ts(type = "Partial<Record<Language, Inline[]>>"))]
    pub claim: InLanguages<Vec<Inline>>,
    /// What the learner thinks of it; none while it is open.
    pub mark: Option<Mark>,
    /// When the play is over: why it is the cause, or what rules it out.
    #[cfg_attr(test, ts(type = "Partial<Record<Language, Inline[]>> | null"))]
    pub why: Option<InLanguages<Vec<Inline>>>,
}

/// A check.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct CheckView {
    /// Its id.
    pub id: String,
    /// What is asked for.
    #[cfg_attr(test, ts(type = "Partial<Record<Language, Inline[]>>"))]
    pub name: InLanguages<Vec<Inline>>,
    /// What it costs, in minutes.
    pub minutes: u32,
    /// What it shows; none before it was asked for.
    pub view: Option<EvidenceView>,
    /// When the play is over: how it is read.
    #[cfg_attr(test, ts(type = "Partial<Record<Language, Inline[]>> | null"))]
    pub reading: Option<InLanguages<Vec<Inline>>>,
}

/// What a check shows.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct EvidenceView {
    /// Text to read.
    pub evidence: Vec<Evidence>,
    /// Metrics to plot.
    pub series: Vec<Series>,
}

impl From<(Vec<Evidence>, Vec<Series>)> for EvidenceView {
    fn from((evidence, series): (Vec<Evidence>, Vec<Series>)) -> Self {
        Self { evidence, series }
    }
}

/// An action.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ActionView {
    /// Its id.
    pub id: String,
    /// What is done.
    #[cfg_attr(test, ts(type = "Partial<Record<Language, Inline[]>>"))]
    pub text: InLanguages<Vec<Inline>>,
    /// What it is for.
    pub aim: Aim,
    /// What it costs, in minutes.
    pub minutes: u32,
    /// Once it was taken: whether the customer works again by it.
    pub restored: Option<bool>,
    /// Whether it was taken and made things worse.
    pub harmed: bool,
    /// When the play is over: why it is right or wrong.
    #[cfg_attr(test, ts(type = "Partial<Record<Language, Inline[]>> | null"))]
    pub why: Option<InLanguages<Vec<Inline>>>,
}

/// What a learner writes while playing.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PlayDraft {
    /// The board.
    pub marks: BTreeMap<String, Mark>,
    /// The update to the customer.
    pub update: String,
    /// The parts it has, as the learner sees it.
    pub parts: BTreeSet<UpdatePart>,
    /// What keeps it from coming back.
    pub post: PostAction,
}

/// How a play went, with what a good one looks like.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct DebriefPage {
    /// The score with its reasons.
    pub debrief: Debrief,
    /// Whether the world had the cause that the words below were written for; they are the incident's, not the play's.
    pub usual: bool,
    /// A good first response.
    #[cfg_attr(test, ts(type = "Partial<Record<Language, Block[]>>"))]
    pub first_response: InLanguages<Vec<Block>>,
    /// What a good update says.
    #[cfg_attr(test, ts(type = "[UpdatePart, Partial<Record<Language, Inline[]>>][]"))]
    pub update: Vec<(UpdatePart, InLanguages<Vec<Inline>>)>,
    /// Good post-incident actions.
    #[cfg_attr(test, ts(type = "Partial<Record<Language, Inline[]>>[]"))]
    pub prevention: Vec<InLanguages<Vec<Inline>>>,
    /// Who would be called in, and when.
    #[cfg_attr(test, ts(type = "Partial<Record<Language, Inline[]>>"))]
    pub escalation: InLanguages<Vec<Inline>>,
    /// How monitoring would have shown it first.
    #[cfg_attr(test, ts(type = "Partial<Record<Language, Inline[]>>"))]
    pub monitoring: InLanguages<Vec<Inline>>,
    /// A good runbook.
    #[cfg_attr(test, ts(type = "Partial<Record<Language, Inline[]>>[]"))]
    pub runbook: Vec<InLanguages<Vec<Inline>>>,
    /// Primary sources.
    pub references: Vec<Reference>,
    /// How many causes it can have when it is played again.
    pub variants: u32,
}
