//! What crosses to a shell about stories.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

use crate::model::{Language, Story, StoryId, StoryPart, Strength, Text};
use crate::story::{Coverage, Finding, Hint, Interviewer, PanelPlan};

/// The story bank: the list, the matrix, the panel.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct StoriesPage {
    /// Stories, the one changed last first.
    pub stories: Vec<StoryRow>,
    /// What the matrix of stories and principles says.
    pub coverage: Coverage,
    /// Who will interview and what about.
    pub panel: Vec<Interviewer>,
    /// Who should hear which story.
    pub plan: PanelPlan,
    /// Names that never leave the machine: customers, companies, projects.
    pub private_names: Vec<String>,
}

/// A story in the list.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct StoryRow {
    /// Its name.
    pub id: StoryId,
    /// Its title; empty while it has none.
    pub title: Text,
    /// How strongly it shows each principle.
    pub principles: BTreeMap<String, Strength>,
    /// Languages in which it can be told.
    pub languages: Vec<Language>,
    /// How often it was told.
    pub times_told: u32,
    /// The day it was told last.
    #[cfg_attr(test, ts(type = "string | null"))]
    pub last_told: Option<NaiveDate>,
}

/// A story on the desk.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct StoryPage {
    /// Its name.
    pub id: StoryId,
    /// The story.
    pub story: Story,
    /// What can be said of it in English and in the learner's Chinese.
    pub drafts: Vec<Draft>,
    /// Its versions, newest first.
    pub versions: Vec<VersionRow>,
}

/// What can be said of a story in one language.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Draft {
    /// The language.
    pub language: Language,
    /// Hints, each with what was counted.
    pub hints: Vec<Hint>,
    /// Seconds it takes to say each part.
    pub parts: Vec<PartLength>,
    /// Seconds of the version of 30 seconds, and of the one of 90.
    pub versions: [u32; 2],
}

/// How long a part takes to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PartLength {
    /// The part.
    pub part: StoryPart,
    /// Seconds.
    pub seconds: u32,
}

/// A version of a story: a sitting of writing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct VersionRow {
    /// From 1.
    pub number: u32,
    /// When it was last changed, UTC milliseconds.
    pub changed_at_ms: i64,
}

/// A story as it would leave the machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SharedStory {
    /// The whole text.
    pub text: String,
    /// What should be looked at before it leaves.
    pub findings: Vec<Finding>,
    /// The text with that blacked out.
    pub redacted: String,
}
