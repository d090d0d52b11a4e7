//! What crosses to a shell about drills.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::MemoryView;
use crate::cloud::Seed;
use crate::drill::Form;
use crate::model::{Block, Evidence, Grade, Inline, ItemRef, Language, Text};

/// Something in each language that a learner can switch between.
pub type InLanguages<T> = BTreeMap<Language, T>;

/// The drill families.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct DrillsPage {
    /// By id.
    pub rows: Vec<DrillRow>,
}

/// A drill family and how it went.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct DrillRow {
    /// The family as an item.
    pub item: ItemRef,
    /// Its name.
    pub name: Text,
    /// One sentence: what is trained.
    pub about: Text,
    /// Domain id.
    pub domain: String,
    /// The level that is asked next, from 1.
    pub level: u8,
    /// The highest level that the track needs.
    pub levels: u8,
    /// How many levels it has in all.
    pub all_levels: u8,
    /// Cases answered.
    pub answered: u32,
    /// Of them not graded again.
    pub passed: u32,
    /// Whether the track schedules it.
    pub in_track: bool,
    /// What is known of the learner's memory of it; none if never practised.
    pub memory: Option<MemoryView>,
    /// Answered cases, newest first.
    pub past: Vec<PastCase>,
}

/// A case that was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PastCase {
    /// From 1.
    pub level: u8,
    /// What it was drawn from.
    pub seed: Seed,
    /// The learner's grade.
    pub grade: Grade,
    /// The study day.
    #[cfg_attr(test, ts(type = "string"))]
    pub date: NaiveDate,
}

/// A case to answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct DrillCase {
    /// Its family's id.
    pub family: String,
    /// From 1.
    pub level: u8,
    /// How many levels the family has.
    pub levels: u8,
    /// What it was drawn from.
    pub seed: Seed,
    /// The family's version.
    pub version: u32,
    /// Target time in seconds.
    pub seconds: u32,
    /// What is asked.
    #[cfg_attr(test, ts(type = "Partial<Record<Language, Block[]>>"))]
    pub prompt: InLanguages<Vec<Block>>,
    /// What to read first; the same in every language.
    pub evidence: Vec<Evidence>,
    /// What has to be answered.
    pub asks: Vec<Ask>,
    /// Primary sources of its rules.
    pub sources: Vec<String>,
}

/// One thing to answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Ask {
    /// Name within the case.
    pub id: String,
    /// What is wanted.
    #[cfg_attr(test, ts(type = "Partial<Record<Language, Inline[]>>"))]
    pub label: InLanguages<Vec<Inline>>,
    /// How it is answered.
    pub form: AskForm,
    /// The options of a choice, in order; named by letters.
    #[cfg_attr(test, ts(type = "Partial<Record<Language, Inline[]>>[]"))]
    pub options: Vec<InLanguages<Vec<Inline>>>,
}

/// How something is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum AskForm {
    /// The letter of one option.
    Choice,
    /// The letters of all options that hold; nothing for none.
    Several,
    /// A number.
    Number {
        /// What a number without a unit counts as; empty for a count.
        unit: String,
    },
    /// Something typed.
    Typed {
        /// How it is read.
        form: Form,
    },
}

/// Answers to a case.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct DrillAnswer {
    /// The family's id.
    pub family: String,
    /// The case's level.
    pub level: u8,
    /// The case's seed.
    pub seed: Seed,
    /// What was typed, in the order asked; options by their letters.
    pub typed: Vec<String>,
    /// Whether the learner wants to see the answers: what cannot be read then is not known.
    #[serde(default)]
    pub given_up: bool,
}

/// What became of answers to a case.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct DrillVerdict {
    /// In the order asked.
    pub asks: Vec<AskVerdict>,
    /// The worked solution; empty while an answer could not be read.
    #[cfg_attr(test, ts(type = "Partial<Record<Language, Block[]>>[]"))]
    pub steps: Vec<InLanguages<Vec<Block>>>,
    /// The grade this suggests; none while an answer could not be read.
    pub proposed: Option<Grade>,
}

/// What became of one answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct AskVerdict {
    /// Whether it is right; none where it could not be read and may be typed again.
    pub right: Option<bool>,
    /// The right answer, as it would be typed; empty while an answer could not be read.
    pub answer: String,
    /// Why the given answer is wrong, where the mistake is a known one.
    #[cfg_attr(test, ts(type = "Partial<Record<Language, Inline[]>> | null"))]
    pub why: Option<InLanguages<Vec<Inline>>>,
    /// Why each option is right or wrong.
    #[cfg_attr(test, ts(type = "Partial<Record<Language, Inline[]>>[]"))]
    pub options: Vec<InLanguages<Vec<Inline>>>,
}
