//! Names of things: what an item, a device and a review are called.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What sort of thing is scheduled. Open on purpose: stories, drills and incidents join the same scheduler.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ItemKind(pub String);

impl ItemKind {
    /// A technical question.
    pub const QUESTION: &str = "question";
    /// A Leadership-Principle prompt.
    pub const PROMPT: &str = "prompt";
    /// A story of the learner's own.
    pub const STORY: &str = "story";
    /// A drill family.
    pub const DRILL: &str = "drill";
    /// An incident.
    pub const INCIDENT: &str = "incident";
}

/// An item's name: its kind and its id within the kind, for example `question linux/boot-process/stages`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ItemRef {
    /// The kind.
    pub kind: ItemKind,
    /// The id within the kind; never reused.
    pub id: String,
}

impl ItemRef {
    /// The name of a technical question.
    pub fn question(id: &str) -> Self {
        Self { kind: ItemKind(ItemKind::QUESTION.to_owned()), id: id.to_owned() }
    }

    /// The name of a Leadership-Principle prompt.
    pub fn prompt(id: &str) -> Self {
        Self { kind: ItemKind(ItemKind::PROMPT.to_owned()), id: id.to_owned() }
    }

    /// The name of a drill family as something to practise.
    pub fn drill(id: &str) -> Self {
        Self { kind: ItemKind(ItemKind::DRILL.to_owned()), id: id.to_owned() }
    }

    /// The name of an incident as something to practise.
    pub fn incident(id: &str) -> Self {
        Self { kind: ItemKind(ItemKind::INCIDENT.to_owned()), id: id.to_owned() }
    }

    /// The name of a story as something to rehearse.
    pub fn story(id: &super::StoryId) -> Self {
        Self { kind: ItemKind(ItemKind::STORY.to_owned()), id: id.0.clone() }
    }
}

impl fmt::Display for ItemRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind.0, self.id)
    }
}

/// The installation that wrote a review: 16 hexadecimal digits drawn once per data folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DeviceId(pub String);

/// A review's name: who wrote it and the how-manieth of that device it is (from 1, without gaps).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ReviewKey {
    /// The device.
    pub device: DeviceId,
    /// The sequence number on that device, from 1.
    pub sequence: u32,
}
