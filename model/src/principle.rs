//! Leadership Principles and the prompts that ask for a story about one.

use serde::{Deserialize, Serialize};

use super::{Frequency, Status, Text};

/// One of the sixteen Leadership Principles and what holds for every story told about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Principle {
    /// Kebab-case English name, for example `dive-deep`.
    pub id: String,
    /// Its place in the published list, 1 to 16.
    pub number: u8,
    /// The name. The Chinese one is a gloss unless `chinese_name_checked`.
    pub name: Text,
    /// Whether the Chinese name was checked against an official page.
    #[serde(default)]
    pub chinese_name_checked: bool,
    /// How often support interviews ask for it.
    pub prominence: Prominence,
    /// What interviewers look for.
    pub looks_for: Text,
    /// Questions that any story about it meets.
    pub probes: Vec<Text>,
    /// What makes such a story fail.
    pub red_flags: Vec<Text>,
}

/// How often support interviews ask for a principle; declared from most to least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Prominence {
    /// Nearly every loop.
    Core,
    /// Many loops.
    Often,
    /// Some loops.
    Sometimes,
    /// Hardly for individual contributors.
    Rare,
}

/// A behavioural prompt: "tell me about a time when ...".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prompt {
    /// `principle/slug`, never reused.
    pub id: String,
    /// Counts up from 1 with each change that a learner should notice.
    pub rev: u32,
    /// How far it has been checked.
    pub status: Status,
    /// How often interviews ask it.
    pub freq: Frequency,
    /// Target time to tell the story, in seconds.
    pub seconds: u32,
    /// The theme in a few words.
    pub theme: Text,
    /// What the interviewer says.
    pub prompt: Text,
    /// What a strong story about this prompt shows.
    pub looks_for: Text,
    /// Follow-up questions of this prompt, at least three.
    pub probes: Vec<Text>,
    /// What makes an answer to this prompt fail.
    pub red_flags: Vec<Text>,
    /// Ids of other principles the same story can serve.
    pub serves: Vec<String>,
}

/// Names of numbered texts: `probes.1`, `probes.2` ...
macro_rules! numbered {
    ($texts:ident, $name:literal, $list:expr) => {
        for (index, text) in $list.enumerate() {
            $texts.push((format!(concat!($name, ".{}"), index + 1), text));
        }
    };
}

/// Every text of a principle with its name, borrowed one way or the other.
macro_rules! principle_texts {
    ($principle:expr, $iter:ident $(, $mutable:tt)?) => {{
        let principle = $principle;
        let mut texts = vec![
            ("name".to_owned(), & $($mutable)? principle.name),
            ("looks_for".to_owned(), & $($mutable)? principle.looks_for),
        ];
        numbered!(texts, "probes", principle.probes.$iter());
        numbered!(texts, "red_flags", principle.red_flags.$iter());
        texts
    }};
}

/// Every text of a prompt with its name, borrowed one way or the other.
macro_rules! prompt_texts {
    ($prompt:expr, $iter:ident $(, $mutable:tt)?) => {{
        let prompt = $prompt;
        let mut texts = vec![
            ("theme".to_owned(), & $($mutable)? prompt.theme),
            ("prompt".to_owned(), & $($mutable)? prompt.prompt),
            ("looks_for".to_owned(), & $($mutable)? prompt.looks_for),
        ];
        numbered!(texts, "probes", prompt.probes.$iter());
        numbered!(texts, "red_flags", prompt.red_flags.$iter());
        texts
    }};
}

impl Principle {
    /// Every text with its name within the principle, for example `probes.1`.
    pub fn texts(&self) -> Vec<(String, &Text)> {
        principle_texts!(self, iter)
    }

    /// [`Principle::texts`], to be changed.
    pub fn texts_mut(&mut self) -> Vec<(String, &mut Text)> {
        principle_texts!(self, iter_mut, mut)
    }
}

impl Prompt {
    /// Every text with its name within the prompt, for example `probes.1`.
    pub fn texts(&self) -> Vec<(String, &Text)> {
        prompt_texts!(self, iter)
    }

    /// [`Prompt::texts`], to be changed.
    pub fn texts_mut(&mut self) -> Vec<(String, &mut Text)> {
        prompt_texts!(self, iter_mut, mut)
    }

    /// The principle's id: the id's first part.
    pub fn principle(&self) -> &str {
        self.id.split('/').next().unwrap_or_default()
    }
}

/// A dimension in which a told story is judged, 1 to 4. The rubric is ours: the company's own form is not public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RubricDimension {
    /// Its id within the rubric.
    pub id: String,
    /// What is judged.
    pub name: Text,
    /// What 1, 2, 3 and 4 look like.
    pub anchors: [Text; 4],
}
