//! What of reviews by mentors crosses to a shell: contacts, both sides' pages, what a packet was.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Assignment, Comment, Feedback, FiguresPage, Parts};
use crate::model::{ItemRef, Role, StoryId, Text};
use crate::story::Finding;

/// What leaves with a packet, before it leaves.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SharePreview {
    /// What is said, exactly.
    pub parts: Parts,
    /// The figures as the mentor will see them; none where they are not shared.
    pub figures: Option<FiguresPage>,
    /// What the redaction check still finds in what leaves, each once, and where.
    pub findings: Vec<FoundIn>,
    /// What was blacked out, in places.
    pub blacked_out: u32,
    /// Bytes of the recordings.
    pub recordings_bytes: u64,
}

/// Something that perhaps should not leave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct FoundIn {
    /// The story's, answer's or incident's title.
    pub place: Text,
    /// What it is.
    pub finding: Finding,
}

/// Oneself, as others know one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Me {
    /// What one calls oneself; empty before one said.
    pub name: String,
    /// Where packets for one go.
    pub address: String,
    /// Its fingerprint, to be read out and compared.
    pub words: Vec<String>,
}

/// Somebody packets are exchanged with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Contact {
    /// Its number.
    pub number: u32,
    /// What the other is to this one.
    pub role: Role,
    /// The name.
    pub name: String,
    /// The fingerprint, to be compared.
    pub words: Vec<String>,
    /// Whether the fingerprints were compared.
    pub compared: bool,
    /// Another contact of the same name and role with another key: one of the two is not who they say, or got new keys.
    pub changed_key: bool,
}

/// A review that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Request {
    /// The mentor's name.
    pub mentor: String,
    /// Counts from 1, for each mentor.
    pub sequence: u32,
    /// When it was made, UTC milliseconds.
    pub asked_at_ms: i64,
    /// When the mentor opened it.
    pub seen_at_ms: Option<i64>,
    /// When the mentor answered.
    pub answered_at_ms: Option<i64>,
}

/// A comment as its learner sees it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct CommentView {
    /// The packet it came in.
    pub packet: u32,
    /// Its number within that.
    pub id: u32,
    /// The mentor's name.
    pub mentor: String,
    /// When it was written, UTC milliseconds.
    pub at_ms: i64,
    /// Whether it was read.
    pub read: bool,
    /// What it says.
    pub comment: Comment,
}

/// An assignment as its learner sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct AssignmentView {
    /// The packet it came in.
    pub packet: u32,
    /// Its number within that.
    pub id: u32,
    /// The mentor's name.
    pub mentor: String,
    /// What to do.
    pub assignment: Assignment,
    /// Whether it was done.
    pub done: bool,
    /// Days left; negative when overdue.
    pub days_left: i32,
    /// Whether the program knows the item, so that it can be opened.
    pub known: bool,
}

/// The learner's side: what can be shared, with whom, and what came back.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SharePage {
    /// Oneself.
    pub me: Me,
    /// Mentors.
    pub mentors: Vec<Contact>,
    /// Reviews asked for, newest first.
    pub requests: Vec<Request>,
    /// What the mentors said on the whole: name, when (UTC milliseconds), words; newest first.
    pub letters: Vec<(String, i64, String)>,
    /// Comments, newest first.
    pub comments: Vec<CommentView>,
    /// Assignments, what is open and due soonest first.
    pub assignments: Vec<AssignmentView>,
    /// What can be shared.
    pub choices: ShareChoices,
}

/// What can be shared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ShareChoices {
    /// Items answered.
    pub items: u32,
    /// Stories that are written: id and title.
    pub stories: Vec<(StoryId, Text)>,
    /// Answers told at length, newest first.
    pub told: Vec<ToldChoice>,
    /// Mock loops: number and when (UTC milliseconds), newest first.
    pub mocks: Vec<(u32, i64)>,
    /// Finished plays: number, title, when (UTC milliseconds), newest first.
    pub plays: Vec<(u32, Text, i64)>,
}

/// A told answer that can be shared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ToldChoice {
    /// Its number.
    pub number: u32,
    /// What was asked.
    pub title: Text,
    /// When it began, UTC milliseconds.
    pub at_ms: i64,
    /// The mock loop it belongs to.
    pub mock: Option<u32>,
    /// Bytes of its recording; none without one.
    pub recording_bytes: Option<u64>,
}

/// What to do with a packet of somebody who is not known by that key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Trust {
    /// Refuse it, and say whose it claims to be.
    #[default]
    Known,
    /// Take its sender as a contact from now on.
    New,
}

/// How a packet is to be taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taking {
    /// Whom it must come from: a learner's is a review, a mentor's is feedback; none for either.
    pub role: Option<Role>,
    /// What to do where its sender is not known.
    pub trust: Trust,
    /// The words of the sender's fingerprint that were compared, with spaces; none where the shell does not know them.
    pub words: Option<String>,
    /// Whether it is taken although one before it is missing.
    pub without: bool,
}

/// What a packet said when it was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PacketView {
    /// Its sender's name, by their own account.
    pub name: String,
    /// The sender's fingerprint.
    pub words: Vec<String>,
    /// The sender, if known by this key.
    pub contact: Option<u32>,
    /// What the sender is to this one: a learner for reviews, a mentor for feedback.
    pub role: Role,
    /// Which one it is, from 1.
    pub sequence: u32,
    /// When it was made, UTC milliseconds, by the sender's clock.
    pub created_at_ms: i64,
    /// Names and bytes of its parts.
    pub recordings: Vec<(String, u64)>,
}

/// A packet that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PacketTaken {
    /// What its sender is to this one: a learner's is on the mentor's desk now, a mentor's was applied.
    pub role: Role,
    /// The sender.
    pub contact: u32,
}

/// The mentor's side: learners in a table.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct CohortPage {
    /// Oneself.
    pub me: Me,
    /// Learners: who waits longest for a review first, then by name.
    pub learners: Vec<CohortRow>,
}

/// A learner in the table.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct CohortRow {
    /// Who it is.
    pub contact: Contact,
    /// Share of the role's items that could be recalled when the last packet was made, 0 to 1; self-reported.
    pub readiness: Option<f64>,
    /// Its change against the packet before.
    pub trend: Option<f64>,
    /// Days since the last answer.
    pub idle_days: Option<u32>,
    /// The domain known least.
    pub weakest: Option<String>,
    /// The interview's local date.
    #[cfg_attr(test, ts(type = "string | null"))]
    pub interview: Option<NaiveDate>,
    /// Packets taken.
    pub packets: u32,
    /// Days that the newest packet waits for an answer; none when it was answered, or there is none.
    pub waiting_days: Option<u32>,
}

/// A learner's newest packet on the mentor's desk.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ReviewPage {
    /// Who it is.
    pub contact: Contact,
    /// The packet's number here; recordings are fetched by it.
    pub packet: u32,
    /// Which one it is, from 1.
    pub sequence: u32,
    /// When it was made, UTC milliseconds.
    pub asked_at_ms: i64,
    /// When it was answered.
    pub answered_at_ms: Option<i64>,
    /// What it says; of items only those that need a look.
    pub parts: Parts,
    /// Items answered in all.
    pub items: u32,
    /// The figures.
    pub figures: Option<FiguresPage>,
    /// What changed since the last review; none at the first.
    pub changes: Option<Changes>,
    /// What is being written.
    pub draft: Feedback,
    /// What was sent before, newest first: when (UTC milliseconds) and what.
    pub sent: Vec<(i64, Feedback)>,
}

/// What changed between two packets of a learner.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Changes {
    /// When the packet before was made, UTC milliseconds.
    pub since_ms: i64,
    /// Answers since; none where progress was not shared both times.
    pub answers: Option<i64>,
    /// Days with answers since.
    pub active_days: Option<u32>,
    /// Share of the role's items that could be recalled, before and now.
    pub readiness: Option<(f64, f64)>,
    /// Share of later answers that passed, before and since.
    pub retention: Option<(Option<f64>, Option<f64>)>,
    /// Domains whose share moved, most first: id, before, now.
    pub domains: Vec<(String, f64, f64)>,
    /// Stories that are new or were changed.
    pub stories: Vec<StoryId>,
    /// Told answers that are new.
    pub told: Vec<u32>,
    /// Mock loops that are new.
    pub mocks: Vec<u32>,
    /// Plays that are new.
    pub plays: Vec<u32>,
    /// Items that were answered again with `again` after they had been passed.
    pub forgotten: Vec<ItemRef>,
    /// Assignments of the last feedback: what it was, and whether the item was answered since.
    pub assignments: Vec<(Assignment, Option<bool>)>,
}

/// What the cohort's table shows of a packet.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Summary {
    /// Share of the role's items that could be recalled, 0 to 1; none where progress was not shared.
    pub readiness: Option<f64>,
    /// The day of the last answer.
    pub last_day: Option<NaiveDate>,
    /// The domain known least.
    pub weakest: Option<String>,
    /// The next interview round.
    pub interview: Option<NaiveDate>,
}
