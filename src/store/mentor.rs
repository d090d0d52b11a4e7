//! Contacts, packets, and what came in them.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rusqlite::{Row, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Reading, Scheduled, Transaction, from_word, items, json, to_json, word};
use crate::error::{Error, Result};
use crate::model::{ItemRef, PacketKind, Role};
use crate::time::{Moment, StudyDay};

/// A contact as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptContact {
    /// Its number; never given again.
    pub number: u32,
    /// What the other is to this one.
    pub role: Role,
    /// The name.
    pub name: String,
    /// The address, as packets write it.
    pub address: String,
    /// Whether the fingerprints were compared.
    pub compared: bool,
}

/// A packet as it is kept, without what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptPacket {
    /// Its number; never given again.
    pub number: u32,
    /// Who it was made for or came from.
    pub contact: u32,
    /// Counts from 1, for each contact, direction and kind.
    pub sequence: u32,
    /// The digest of its header.
    pub digest: String,
    /// When it was made, UTC milliseconds, by its sender's clock.
    pub created_at_ms: i64,
    /// When it was made or taken here, UTC milliseconds.
    pub at_ms: i64,
    /// When the mentor opened it, UTC milliseconds.
    pub seen_at_ms: Option<i64>,
    /// When the mentor answered it, UTC milliseconds.
    pub answered_at_ms: Option<i64>,
    /// What the cohort's table shows of it, as JSON.
    pub summary: Option<String>,
}

/// A packet that is to be kept.
#[derive(Clone, Copy, Debug)]
pub struct NewPacket<'a> {
    /// Who it was made for or came from.
    pub contact: u32,
    /// Whether it was made here.
    pub sent: bool,
    /// What it is.
    pub kind: PacketKind,
    /// Counts from 1.
    pub sequence: u32,
    /// The digest of its header.
    pub digest: &'a str,
    /// When it was made, UTC milliseconds, by its sender's clock.
    pub created_at_ms: i64,
    /// What the cohort's table shows of it, as JSON.
    pub summary: Option<&'a str>,
    /// What it says, packed; none where that is not needed again.
    pub body: Option<&'a [u8]>,
}

/// A row of a feedback packet: a comment or an assignment.
#[derive(Clone, Debug, PartialEq)]
pub struct FeedbackRow<T> {
    /// The packet.
    pub packet: u32,
    /// Its number within the packet.
    pub id: u32,
    /// The mentor's name.
    pub mentor: String,
    /// When the packet was made, UTC milliseconds.
    pub at_ms: i64,
    /// When it was read or done, UTC milliseconds.
    pub settled_at_ms: Option<i64>,
    /// What it says.
    pub body: T,
}

impl Reading<'_> {
    /// Contacts by name, without those that were removed; with a role, only those.
    ///
    /// # Errors
    /// Those of the database.
    pub fn contacts(&self, role: Option<Role>) -> Result<Vec<KeptContact>> {
        let role = role.map(|role| word("role", &role)).transpose()?;
        let rows = self.list(
            "SELECT number, role, name, address, compared_at_ms IS NOT NULL AS compared FROM contacts
             WHERE removed_at_ms IS NULL AND (?1 IS NULL OR role = ?1) ORDER BY name, number",
            [role],
            |row| {
                Ok((
                    row.get::<_, String>("role")?,
                    KeptContact {
                        number: row.get("number")?,
                        role: Role::Mentor,
                        name: row.get("name")?,
                        address: row.get("address")?,
                        compared: row.get("compared")?,
                    },
                ))
            },
        )?;
        rows.into_iter()
            .map(|(role, contact)| Ok(KeptContact { role: from_word("role", role)?, ..contact }))
            .collect()
    }

    /// The number of whoever stands under an address, also of one who was removed.
    ///
    /// # Errors
    /// Those of the database.
    pub fn contact_number(&self, role: Role, address: &str) -> Result<Option<u32>> {
        let role = word("role", &role)?;
        self.one(
            "SELECT number FROM contacts WHERE role = ?1 AND address = ?2",
            [role.as_str(), address],
            |row| row.get(0),
        )
    }

    /// Packets of a contact in one direction, the one that was made or taken last in front.
    ///
    /// # Errors
    /// Those of the database.
    pub fn packets(&self, contact: u32, sent: bool, kind: PacketKind) -> Result<Vec<KeptPacket>> {
        self.list(
            "SELECT number, contact, sequence, digest, created_at_ms, at_ms, seen_at_ms, answered_at_ms, summary FROM packets
             WHERE contact = ?1 AND sent = ?2 AND kind = ?3 ORDER BY number DESC",
            params![contact, sent, word("kind", &kind)?],
            |row| {
                Ok(KeptPacket {
                    number: row.get("number")?,
                    contact: row.get("contact")?,
                    sequence: row.get("sequence")?,
                    digest: row.get("digest")?,
                    created_at_ms: row.get("created_at_ms")?,
                    at_ms: row.get("at_ms")?,
                    seen_at_ms: row.get("seen_at_ms")?,
                    answered_at_ms: row.get("answered_at_ms")?,
                    summary: row.get("summary")?,
                })
            },
        )
    }

    /// What a packet says, packed; none where it was not kept.
    ///
    /// # Errors
    /// Those of the database.
    pub fn packet_body(&self, number: u32) -> Result<Option<Vec<u8>>> {
        let body = self.one("SELECT body FROM packets WHERE number = ?1", [number], |row| row.get("body"))?;
        Ok(body.flatten())
    }

    /// The packets of which what they say is kept.
    ///
    /// # Errors
    /// Those of the database.
    pub fn packets_with_body(&self) -> Result<BTreeSet<u32>> {
        let numbers = self.list("SELECT number FROM packets WHERE body IS NOT NULL", [], |row| row.get(0))?;
        Ok(numbers.into_iter().collect())
    }

    /// Comments, newest first; with an item, only those on it.
    ///
    /// # Errors
    /// Those of the database, and [`Error::BadRecord`].
    pub fn comments<T: DeserializeOwned>(&self, item: Option<&ItemRef>) -> Result<Vec<FeedbackRow<T>>> {
        let rows = self.list(
            "SELECT c.packet, c.id, p.created_at_ms, k.name, c.read_at_ms AS settled, c.body
             FROM comments c JOIN packets p ON p.number = c.packet JOIN contacts k ON k.number = p.contact
             WHERE ?1 IS NULL OR (c.kind = ?1 AND c.item = ?2) ORDER BY p.created_at_ms DESC, c.packet DESC, c.id",
            params![item.map(|item| &item.kind.0), item.map(|item| &item.id)],
            feedback_row,
        )?;
        rows.into_iter().map(|row| read_body("comment", row)).collect()
    }

    /// Comments that were not read.
    ///
    /// # Errors
    /// Those of the database.
    pub fn unread_comments(&self) -> Result<u32> {
        self.count("SELECT count(*) FROM comments WHERE read_at_ms IS NULL", [])
    }

    /// Assignments, the one due first in front. One of an item is settled by an answer to it after the assignment came.
    ///
    /// # Errors
    /// Those of the database, and [`Error::BadRecord`].
    pub fn assignments<T: DeserializeOwned>(&self) -> Result<Vec<FeedbackRow<T>>> {
        let rows = self.list(
            "SELECT s.packet, s.id, p.created_at_ms, k.name, s.body, coalesce(s.done_at_ms,
                 (SELECT min(a.at_ms) FROM answers a
                  WHERE a.kind = s.kind AND a.item = s.item AND a.at_ms >= s.taken_at_ms)) AS settled
             FROM assignments s JOIN packets p ON p.number = s.packet JOIN contacts k ON k.number = p.contact
             ORDER BY s.due, s.packet, s.id",
            [],
            feedback_row,
        )?;
        rows.into_iter().map(|row| read_body("assignment", row)).collect()
    }

    /// Items of assignments that are open, or were settled by an answer of this study day: when each is due, whether it is
    /// open, and what the day's list needs; only items the bank has. The one due first comes first.
    ///
    /// # Errors
    /// Those of the database, and [`Error::BadRecord`].
    pub fn assigned(&self, today: StudyDay) -> Result<Vec<(StudyDay, bool, Scheduled, bool)>> {
        let rows = self.list(
            "SELECT i.kind, i.id, i.domain, i.seconds, i.seen, s.due, s.done_at_ms IS NULL AND NOT EXISTS
                 (SELECT 1 FROM answers a WHERE a.kind = s.kind AND a.item = s.item AND a.at_ms >= s.taken_at_ms) AS open
             FROM assignments s JOIN items i ON i.kind = s.kind AND i.id = s.item
             WHERE i.retired = 0 AND (open OR s.done_at_ms IS NULL AND ?1 =
                 (SELECT min(a.study_day) FROM answers a
                  WHERE a.kind = s.kind AND a.item = s.item AND a.at_ms >= s.taken_at_ms))
             ORDER BY s.due, s.packet, s.id",
            [today.0],
            |row| {
                let seen: bool = row.get("seen")?;
                Ok((row.get::<_, String>("due")?, row.get("open")?, items::scheduled(row)?, !seen))
            },
        )?;
        let due = |text: &str| {
            let date: Option<NaiveDate> = text.parse().ok();
            let reason = format!("'{text}' is not a date");
            date.map(StudyDay::of_date).ok_or(Error::BadRecord { what: "assignment".to_owned(), reason })
        };
        rows.into_iter().map(|(date, open, item, is_new)| Ok((due(&date)?, open, item, is_new))).collect()
    }

    /// The feedback that is being written for a learner.
    ///
    /// # Errors
    /// Those of the database, and [`Error::BadRecord`].
    pub fn feedback_draft<T: DeserializeOwned>(&self, contact: u32) -> Result<Option<T>> {
        let body =
            self.one("SELECT body FROM feedback_drafts WHERE contact = ?1", [contact], |row| row.get(0))?;
        body.map(|body: String| json("feedback", &body)).transpose()
    }
}

/// A row of a comment or an assignment, its body as text.
fn feedback_row(row: &Row<'_>) -> rusqlite::Result<FeedbackRow<String>> {
    Ok(FeedbackRow {
        packet: row.get("packet")?,
        id: row.get("id")?,
        mentor: row.get("name")?,
        at_ms: row.get("created_at_ms")?,
        settled_at_ms: row.get("settled")?,
        body: row.get("body")?,
    })
}

fn read_body<T: DeserializeOwned>(what: &str, row: FeedbackRow<String>) -> Result<FeedbackRow<T>> {
    let FeedbackRow { packet, id, mentor, at_ms, settled_at_ms, body } = row;
    Ok(FeedbackRow { body: json(what, &body)?, packet, id, mentor, at_ms, settled_at_ms })
}

impl Transaction<'_> {
    /// Keeps a contact and gives its number: that from before, if it was removed.
    ///
    /// # Errors
    /// Those of the database.
    pub fn add_contact(&self, role: Role, name: &str, address: &str, now: Moment) -> Result<u32> {
        let role_word = word("role", &role)?;
        self.execute(
            "INSERT INTO contacts (role, name, address, since_ms) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (role, address) DO UPDATE
             SET name = excluded.name, since_ms = excluded.since_ms, removed_at_ms = NULL",
            params![role_word, name, address, now.utc_ms],
        )?;
        let number = self.read().contact_number(role, address)?;
        number.ok_or_else(|| Error::NoSuchItem { item: "contact".to_owned() })
    }

    /// Keeps whether the fingerprints of a contact were compared, and when.
    ///
    /// # Errors
    /// Those of the database.
    pub fn set_compared(&self, contact: u32, compared: Option<Moment>) -> Result<()> {
        self.execute(
            "UPDATE contacts SET compared_at_ms = ?2 WHERE number = ?1",
            params![contact, compared.map(|at| at.utc_ms)],
        )?;
        Ok(())
    }

    /// Removes a contact with everything that came from there. The address stays, and which packets there were.
    ///
    /// # Errors
    /// Those of the database.
    pub fn remove_contact(&self, contact: u32, now: Moment) -> Result<()> {
        for table in ["comments", "assignments"] {
            let of_contact = "packet IN (SELECT number FROM packets WHERE contact = ?1)";
            self.execute(&format!("DELETE FROM {table} WHERE {of_contact}"), [contact])?;
        }
        self.execute("DELETE FROM feedback_drafts WHERE contact = ?1", [contact])?;
        self.execute("UPDATE packets SET body = NULL, summary = NULL WHERE contact = ?1", [contact])?;
        self.execute(
            "UPDATE contacts SET removed_at_ms = ?2, name = '', compared_at_ms = NULL WHERE number = ?1",
            params![contact, now.utc_ms],
        )?;
        Ok(())
    }

    /// Deletes what mentors said of an item.
    ///
    /// # Errors
    /// Those of the database.
    pub fn delete_remarks(&self, item: &ItemRef) -> Result<()> {
        for table in ["comments", "assignments"] {
            self.execute(
                &format!("DELETE FROM {table} WHERE kind = ?1 AND item = ?2"),
                [&item.kind.0, &item.id],
            )?;
        }
        Ok(())
    }

    /// Keeps a packet and gives its number.
    ///
    /// # Errors
    /// Those of the database.
    pub fn add_packet(&self, packet: &NewPacket<'_>, now: Moment) -> Result<u32> {
        self.execute(
            "INSERT INTO packets (contact, sent, kind, sequence, digest, created_at_ms, at_ms, summary, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                packet.contact,
                packet.sent,
                word("kind", &packet.kind)?,
                packet.sequence,
                packet.digest,
                packet.created_at_ms,
                now.utc_ms,
                packet.summary,
                packet.body,
            ],
        )?;
        Ok(u32::try_from(self.inner.last_insert_rowid()).unwrap_or(u32::MAX))
    }

    /// Keeps when a review was seen and answered. The first of each stays.
    ///
    /// # Errors
    /// Those of the database.
    pub fn set_answered(&self, packet: u32, seen_at_ms: i64, answered_at_ms: i64) -> Result<()> {
        self.execute(
            "UPDATE packets SET seen_at_ms = coalesce(seen_at_ms, ?2), answered_at_ms = coalesce(answered_at_ms, ?3)
             WHERE number = ?1",
            params![packet, seen_at_ms, answered_at_ms],
        )?;
        Ok(())
    }

    /// Lets go of what a contact's packets say, but for these; that they came stays.
    ///
    /// # Errors
    /// Those of the database.
    pub fn drop_bodies(&self, contact: u32, keep: &[u32]) -> Result<()> {
        self.execute(
            "UPDATE packets SET body = NULL WHERE contact = ?1 AND sent = 0 AND body IS NOT NULL
             AND number NOT IN (SELECT value FROM json_each(?2))",
            params![contact, to_json("packets", &keep)?],
        )?;
        Ok(())
    }

    /// Keeps a comment.
    ///
    /// # Errors
    /// Those of the database.
    pub fn add_comment(&self, packet: u32, id: u32, item: &ItemRef, body: &impl Serialize) -> Result<()> {
        self.execute(
            "INSERT INTO comments (packet, id, kind, item, body) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![packet, id, item.kind.0, item.id, to_json("comment", body)?],
        )?;
        Ok(())
    }

    /// Keeps that every comment on an item was read; without one, every comment.
    ///
    /// # Errors
    /// Those of the database.
    pub fn comments_read(&self, item: Option<&ItemRef>, now: Moment) -> Result<()> {
        self.execute(
            "UPDATE comments SET read_at_ms = ?3
             WHERE read_at_ms IS NULL AND (?1 IS NULL OR (kind = ?1 AND item = ?2))",
            params![item.map(|item| &item.kind.0), item.map(|item| &item.id), now.utc_ms],
        )?;
        Ok(())
    }

    /// Keeps an assignment.
    ///
    /// # Errors
    /// Those of the database.
    pub fn add_assignment(
        &self,
        packet: u32,
        id: u32,
        item: Option<&ItemRef>,
        due: NaiveDate,
        body: &impl Serialize,
        now: Moment,
    ) -> Result<()> {
        self.execute(
            "INSERT INTO assignments (packet, id, kind, item, due, taken_at_ms, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                packet,
                id,
                item.map(|item| &item.kind.0),
                item.map(|item| &item.id),
                due.to_string(),
                now.utc_ms,
                to_json("assignment", body)?
            ],
        )?;
        Ok(())
    }

    /// Keeps the learner's tick on an assignment, or takes it away.
    ///
    /// # Errors
    /// Those of the database.
    pub fn set_assignment_done(&self, packet: u32, id: u32, done: Option<Moment>) -> Result<()> {
        self.execute(
            "UPDATE assignments SET done_at_ms = ?3 WHERE packet = ?1 AND id = ?2",
            params![packet, id, done.map(|at| at.utc_ms)],
        )?;
        Ok(())
    }

    /// Keeps the feedback that is being written for a learner; none when it was sent.
    ///
    /// # Errors
    /// Those of the database.
    pub fn keep_feedback_draft(&self, contact: u32, draft: Option<&impl Serialize>) -> Result<()> {
        match draft {
            Some(draft) => self.execute(
                "INSERT INTO feedback_drafts (contact, body) VALUES (?1, ?2)
                 ON CONFLICT (contact) DO UPDATE SET body = excluded.body",
                params![contact, to_json("feedback", draft)?],
            )?,
            None => self.execute("DELETE FROM feedback_drafts WHERE contact = ?1", [contact])?,
        };
        Ok(())
    }
}
