//! The mentor's side: learners in a table, a learner's newest packet, and the feedback to it.

use std::path::Path;

use rand::Rng;

use super::changes::changes;
use super::contacts::{NAME, contact_view};
use super::share::Letter;
use super::{App, CohortPage, CohortRow, Feedback, ReviewPage, Shared, Summary};
use crate::error::{Error, Result};
use crate::model::{Language, PacketKind, Role};
use crate::packet::largest_payload;
use crate::store::KeptPacket;
use crate::time::{Moment, StudyDay};

/// Fewest items of a domain that make it the weakest: a domain of one item says little.
const ENOUGH: u64 = 3;

impl Summary {
    /// Of what a packet says.
    pub(super) fn of(shared: &Shared) -> Self {
        let facts = shared.facts.as_ref();
        let ready = facts.map(|facts| facts.readiness());
        let last = facts.and_then(|facts| {
            facts.tally.days.iter().filter(|(_, day)| day.answers > 0).map(|(day, _)| *day).max()
        });
        let weakest = ready.as_ref().and_then(|ready| {
            let enough = ready.domains.iter().filter(|domain| domain.items >= ENOUGH);
            enough.min_by(|a, b| a.strength.total_cmp(&b.strength)).map(|domain| domain.domain.clone())
        });
        Self {
            readiness: ready.map(|ready| ready.strength),
            last_day: last.map(|day| StudyDay(day).date()),
            weakest,
            interview: shared.parts.interview,
        }
    }
}

impl App {
    /// Every learner who sent something, or was added, in a table.
    ///
    /// # Errors
    /// Those of the database and of [`App::me`].
    pub fn cohort(&self, now: Moment, chance: &mut impl Rng) -> Result<CohortPage> {
        let read = self.store.read();
        let kept = read.contacts(None)?;
        let mut learners = Vec::new();
        for contact in kept.iter().filter(|one| one.role == Role::Learner) {
            let packets = self.reviews_of(contact.number)?;
            let summary = |packet: &KeptPacket| -> Summary {
                let text = packet.summary.as_deref().unwrap_or_default();
                serde_json::from_str(text).unwrap_or_default()
            };
            let summaries: Vec<Summary> = packets.iter().map(summary).collect();
            let newest = summaries.first().cloned().unwrap_or_default();
            let before = summaries.get(1).and_then(|before| before.readiness);
            let today = now.study_day();
            let waits = packets.first().filter(|packet| packet.answered_at_ms.is_none());
            learners.push(CohortRow {
                contact: contact_view(contact, &kept),
                readiness: newest.readiness,
                trend: newest.readiness.zip(before).map(|(now, before)| now - before),
                idle_days: newest.last_day.map(|day| today.since(StudyDay::of_date(day))),
                weakest: newest.weakest,
                interview: newest.interview,
                packets: packets.len() as u32,
                waiting_days: waits.map(|packet| days_between(packet.at_ms, now.utc_ms)),
            });
        }
        learners.sort_by(|a, b| {
            b.waiting_days.cmp(&a.waiting_days).then_with(|| a.contact.name.cmp(&b.contact.name))
        });
        Ok(CohortPage { me: self.me(chance)?, learners })
    }

    /// A learner's newest packet, what changed since the last review, and the feedback so far.
    ///
    /// # Errors
    /// [`Error::NoSuchItem`] also for a learner who has sent nothing, and those of the database.
    pub fn review(&self, learner: u32, language: Language) -> Result<ReviewPage> {
        let read = self.store.read();
        let kept = read.contacts(None)?;
        let contact = self.learner(learner)?;
        let packets = self.reviews_of(learner)?;
        let none = || Error::NoSuchItem { item: format!("packet of {}", contact.name) };
        let (newest, earlier) = packets.split_first().ok_or_else(none)?;
        let Shared { facts, mut parts } = self.said(newest.number)?.ok_or_else(none)?;
        // Against the last review that was answered; before the first answer, against the packet before.
        let before = earlier.iter().find(|one| one.answered_at_ms.is_some()).or(earlier.first());
        let before: Option<(i64, Shared)> = match before {
            Some(before) => self.said(before.number)?.map(|said| (before.created_at_ms, said)),
            None => None,
        };
        let mut sent = Vec::new();
        for packet in read.packets(learner, true, PacketKind::Feedback)? {
            sent.extend(self.said::<Feedback>(packet.number)?.map(|said| (packet.created_at_ms, said)));
        }
        let changes = before.map(|(since_ms, before)| {
            let asked = sent.first().map(|(at_ms, feedback): &(i64, Feedback)| (*at_ms, feedback));
            changes(since_ms, &before, &Shared { facts: facts.clone(), parts: parts.clone() }, asked)
        });
        let figures = facts.as_ref().map(|facts| self.figures_of(facts, language)).transpose()?;
        let items = parts.items.len() as u32;
        parts.shorten();
        Ok(ReviewPage {
            contact: contact_view(&contact, &kept),
            packet: newest.number,
            sequence: newest.sequence,
            asked_at_ms: newest.created_at_ms,
            answered_at_ms: newest.answered_at_ms,
            parts,
            items,
            figures,
            changes,
            draft: read.feedback_draft(learner)?.unwrap_or_default(),
            sent,
        })
    }

    /// Keeps the feedback that is being written.
    ///
    /// # Errors
    /// [`Error::NoSuchItem`], and those of the database.
    pub fn feedback_keep(&mut self, learner: u32, draft: &Feedback) -> Result<()> {
        self.learner(learner)?;
        self.store.transact(|transaction| transaction.keep_feedback_draft(learner, Some(draft)))
    }

    /// Makes a feedback packet from the draft, answering the learner's newest packet, and clears the draft.
    ///
    /// # Errors
    /// [`Error::NoSuchItem`] also for a learner who has sent nothing, [`Error::BadValue`] for a draft that says nothing,
    /// [`Error::TooMuchToSend`], [`Error::WriteFile`], [`Error::DiskFull`], and those of the database.
    pub fn feedback_make(
        &mut self,
        learner: u32,
        path: &Path,
        replace: bool,
        now: Moment,
        chance: &mut impl Rng,
    ) -> Result<()> {
        let contact = self.learner(learner)?;
        let packets = self.reviews_of(learner)?;
        let none = || Error::NoSuchItem { item: format!("packet of {}", contact.name) };
        let newest = packets.first().ok_or_else(none)?;
        let mut feedback: Feedback = self.store.read().feedback_draft(learner)?.unwrap_or_default();
        feedback.comments.retain(|one| !one.words.trim().is_empty() || !one.scores.is_empty());
        if !feedback.fits() {
            let bytes = serde_json::to_vec(&feedback).map_or(0, |text| text.len() as u64);
            return Err(Error::TooMuchToSend { bytes, most: largest_payload(PacketKind::Feedback) });
        }
        if feedback.words.trim().is_empty() && feedback.comments.is_empty() && feedback.assignments.is_empty()
        {
            return Err(Error::BadValue { field: "feedback", value: String::new() });
        }
        feedback.name = self.setting(NAME)?;
        feedback.review = newest.digest.clone();
        feedback.seen_at_ms = newest.at_ms;
        let payload = serde_json::to_vec(&feedback)
            .map_err(|error| Error::BadRecord { what: "feedback".to_owned(), reason: error.to_string() })?;
        let letter = Letter { contact, kind: PacketKind::Feedback, payload, parts: Vec::new() };
        self.send(&letter, path, replace, now, chance, |transaction| {
            transaction.set_answered(newest.number, newest.at_ms, now.utc_ms)?;
            transaction.keep_feedback_draft(learner, None::<&Feedback>)
        })
    }

    /// The reviews a learner sent, newest first; without those from before they were removed.
    fn reviews_of(&self, learner: u32) -> Result<Vec<KeptPacket>> {
        let mut packets = self.store.read().packets(learner, false, PacketKind::Review)?;
        packets.retain(|packet| packet.summary.is_some());
        Ok(packets)
    }

    fn learner(&self, number: u32) -> Result<crate::store::KeptContact> {
        let contact = self.kept_contact(number)?;
        match contact.role {
            Role::Learner => Ok(contact),
            Role::Mentor => Err(Error::NoSuchItem { item: format!("learner {number}") }),
        }
    }
}

/// Whole days between two times in UTC milliseconds; none before.
fn days_between(from_ms: i64, to_ms: i64) -> u32 {
    u32::try_from(to_ms.saturating_sub(from_ms) / 86_400_000).unwrap_or(0)
}
