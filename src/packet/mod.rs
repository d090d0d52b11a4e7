//! Packets between a learner and a mentor: one file, signed by who sends it, encrypted to who gets it. Pure but for chance.
//!
//! A packet is an age file (<https://age-encryption.org/v1>, X25519); `age -d -i keys.txt packet` opens it. Inside is a
//! tar archive:
//!
//! ```text
//! header.json         who to whom, which one in order, what came before it, and the SHA-256 of everything below
//! signature           Ed25519 over "divedeep packet v1\n" and the bytes of header.json, in hexadecimal
//! payload.json.gz     what is said
//! recordings/7.wav    recordings that were chosen
//! ```
//!
//! The signature is inside, and names the recipient: a packet cannot be passed on as if it had been written to somebody
//! else, and nobody but the recipient learns who wrote it. Sequence and the hash of the packet before it show what is
//! missing, old or put in between.

mod keys;
mod seal;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use keys::{Address, Identity};
pub use seal::{Opened, Part, open, seal};

/// The format this program writes, and the newest it reads.
pub const FORMAT: u32 = 1;
/// Largest packet that is opened, in bytes: the longest recordings are 20 MB each.
pub const LARGEST: u64 = 300 * 1024 * 1024;
/// Largest payload, unpacked, in bytes: ten times that of a year of study.
pub const LARGEST_PAYLOAD: u64 = 128 * 1024 * 1024;

/// What stands above a packet, and is signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// [`FORMAT`] of its writer.
    pub format: u32,
    /// What it is.
    pub kind: PacketKind,
    /// Who wrote it.
    pub sender: Address,
    /// Whom it is for.
    pub recipient: Address,
    /// Counts from 1, for each sender, recipient and kind.
    pub sequence: u32,
    /// [`Header::digest`] of the packet before it; none for the first.
    pub previous: Option<String>,
    /// When it was made, UTC milliseconds, by the sender's clock.
    pub created_at_ms: i64,
    /// SHA-256 of each part, in hexadecimal, by its name.
    pub parts: BTreeMap<String, String>,
}

/// What a packet is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum PacketKind {
    /// From a learner: look at this.
    Review,
    /// From a mentor: this is what I think.
    Feedback,
}

/// Why a packet was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is no packet, was cut off, or was changed on the way.
    #[error("it is damaged or no packet")]
    Damaged,
    /// It was encrypted to somebody else, or written to somebody else and passed on.
    #[error("it is for somebody else")]
    NotForYou,
    /// Its signature is not that of the sender it names.
    #[error("it was not signed by the sender it names")]
    Forged,
    /// It was made by a newer version.
    #[error("it was made by a newer Divedeep")]
    TooNew,
    /// It is larger than any packet should be.
    #[error("it is too large")]
    TooLarge,
    /// The learner or mentor does not know its sender.
    #[error("its sender is not known")]
    UnknownSender,
    /// It was taken before, or is older than one that was.
    #[error("it was taken before")]
    Known,
    /// One before it is missing.
    #[error("one before it is missing")]
    OutOfOrder,
    /// It is of the other kind: a review where feedback is expected, or the other way round.
    #[error("it is not of the kind expected here")]
    WrongKind,
}

impl Refusal {
    /// The code that names its sentence.
    pub fn code(self) -> &'static str {
        match self {
            Self::Damaged => "packet_damaged",
            Self::NotForYou => "packet_not_for_you",
            Self::Forged => "packet_forged",
            Self::TooNew => "packet_too_new",
            Self::TooLarge => "packet_too_large",
            Self::UnknownSender => "packet_unknown_sender",
            Self::Known => "packet_known",
            Self::OutOfOrder => "packet_out_of_order",
            Self::WrongKind => "packet_wrong_kind",
        }
    }
}

#[cfg(test)]
mod tests;
