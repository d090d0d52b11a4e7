//! Role tracks: which depth of which domain a role needs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Question, Text};

/// A track's name, for example `csa` or `linux-engineer`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TrackId(pub String);

/// Associate or Engineer: the same work, a different bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Level {
    /// Cloud Support Associate.
    Associate,
    /// Cloud Support Engineer.
    Engineer,
}

/// What a role needs: a depth for each domain, with exceptions by topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Track {
    /// The name in settings.
    pub id: TrackId,
    /// What learners see.
    pub name: Text,
    /// The bar.
    pub level: Level,
    /// One sentence: who it is for.
    pub about: Text,
    /// Depth needed by domain, 0 (not at all) to 4.
    pub depths: BTreeMap<String, u8>,
    /// Depth needed by `domain/topic`, where it differs from the domain's.
    #[serde(default)]
    pub topics: BTreeMap<String, u8>,
}

impl Track {
    /// The depth this track needs of a topic, 0 to 4.
    pub fn depth_of(&self, domain: &str, topic: &str) -> u8 {
        let exception = self.topics.get(&format!("{domain}/{topic}"));
        exception.or_else(|| self.depths.get(domain)).copied().unwrap_or(0)
    }

    /// Whether the track schedules a question: its depth is needed, or the question says so itself.
    pub fn takes(&self, question: &Question) -> bool {
        match question.tracks_override.get(&self.id.0) {
            Some(taken) => *taken,
            None => question.depth <= self.depth_of(question.domain(), question.topic()),
        }
    }
}

/// A domain of knowledge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Domain {
    /// Kebab-case name, for example `aws-core`.
    pub id: String,
    /// What learners see.
    pub name: Text,
}

/// A topic of a domain and how many questions are planned for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topic {
    /// The domain's id.
    pub domain: String,
    /// Kebab-case name within the domain.
    pub id: String,
    /// What learners see.
    pub name: Text,
    /// Questions planned at depth 1 to 4.
    pub planned: [u16; 4],
}
