//! People packets are exchanged with, and what packets are.

use serde::{Deserialize, Serialize};

/// What somebody is to this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Role {
    /// Looks at what this one sends.
    Mentor,
    /// Sends what this one looks at.
    Learner,
}

/// What a packet is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum PacketKind {
    /// From a learner: look at this.
    Review,
    /// From a mentor: this is what I think.
    Feedback,
}
