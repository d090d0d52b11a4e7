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

pub use crate::error::Refusal;
pub use crate::model::PacketKind;
pub use keys::{Address, Identity};
pub use seal::{Opened, Part, open, seal};

/// The format this program writes, and the newest it reads.
pub const FORMAT: u32 = 1;
/// Largest packet that is opened, in bytes: the longest recordings are 20 MB each.
pub const LARGEST: u64 = 300 * 1024 * 1024;

/// Largest payload, unpacked, in bytes: of a review five times that of a year of hard study.
pub fn largest_payload(kind: PacketKind) -> u64 {
    match kind {
        PacketKind::Review => 64 * 1024 * 1024,
        PacketKind::Feedback => 4 * 1024 * 1024,
    }
}

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

#[cfg(test)]
mod tests;
