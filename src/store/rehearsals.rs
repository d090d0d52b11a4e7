//! Rehearsals and mock loops.

use rusqlite::{Row, params};

use super::{Reading, Transaction, json, to_json};
use crate::error::Result;
use crate::model::{Account, ItemKind, ItemRef, Mock, StoryId};
use crate::time::{Moment, StudyDay};

/// A rehearsal as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptRehearsal {
    /// Its number; never given again.
    pub number: u32,
    /// What was asked.
    pub item: ItemRef,
    /// The story that was told, if it was named.
    pub story: Option<StoryId>,
    /// The mock loop it belongs to and the round, from 0; none for one by itself.
    pub mock: Option<(u32, u32)>,
    /// When it began.
    pub started: Moment,
    /// Whether it is over.
    pub ended: bool,
    /// Whether there is to be a recording.
    pub recording: bool,
    /// The answer.
    pub account: Account,
}

/// A mock loop as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptMock {
    /// Its number; never given again.
    pub number: u32,
    /// When it began.
    pub started: Moment,
    /// Whether it is over.
    pub ended: bool,
    /// What it was drawn from.
    pub seed: u32,
    /// The loop.
    pub mock: Mock,
}

const REHEARSAL: &str = "SELECT number, kind, item, story, mock, round, started_at_ms, offset_minutes,
    ended_at_ms IS NOT NULL AS ended, recording, body FROM rehearsals";
const MOCK: &str =
    "SELECT number, started_at_ms, offset_minutes, ended_at_ms IS NOT NULL AS ended, seed, body FROM mocks";

impl Reading<'_> {
    fn rehearsals_where(&self, condition: &str, params: impl rusqlite::Params) -> Result<Vec<KeptRehearsal>> {
        let rows = self.list(&format!("{REHEARSAL} WHERE {condition}"), params, |row| {
            let mock: Option<u32> = row.get("mock")?;
            let round: Option<u32> = row.get("round")?;
            let kept = KeptRehearsal {
                number: row.get("number")?,
                item: ItemRef { kind: ItemKind(row.get("kind")?), id: row.get("item")? },
                story: row.get::<_, Option<String>>("story")?.map(StoryId),
                mock: mock.zip(round),
                started: started(row)?,
                ended: row.get("ended")?,
                recording: row.get("recording")?,
                account: Account::default(),
            };
            Ok((kept, row.get::<_, String>("body")?))
        })?;
        rows.into_iter()
            .map(|(kept, body)| {
                let account = json(&format!("rehearsal {}", kept.number), &body)?;
                Ok(KeptRehearsal { account, ..kept })
            })
            .collect()
    }

    /// A rehearsal; none if there is no such.
    ///
    /// # Errors
    /// Those of the database, and [`crate::error::Error::BadRecord`].
    pub fn rehearsal(&self, number: u32) -> Result<Option<KeptRehearsal>> {
        Ok(self.rehearsals_where("number = ?1", [number])?.pop())
    }

    /// Rehearsals of an item outside mock loops, newest first.
    ///
    /// # Errors
    /// Those of the database, and [`crate::error::Error::BadRecord`].
    pub fn rehearsals_of(&self, item: &ItemRef) -> Result<Vec<KeptRehearsal>> {
        let condition = "kind = ?1 AND item = ?2 AND mock IS NULL ORDER BY number DESC";
        self.rehearsals_where(condition, params![item.kind.0, item.id])
    }

    /// The answers of a mock loop, in the order of asking.
    ///
    /// # Errors
    /// Those of the database, and [`crate::error::Error::BadRecord`].
    pub fn answers_of_mock(&self, mock: u32) -> Result<Vec<KeptRehearsal>> {
        self.rehearsals_where("mock = ?1 ORDER BY number", [mock])
    }

    /// Everything that has a recording, newest first.
    ///
    /// # Errors
    /// Those of the database, and [`crate::error::Error::BadRecord`].
    pub fn recorded(&self) -> Result<Vec<KeptRehearsal>> {
        self.rehearsals_where("recording = 1 ORDER BY number DESC", [])
    }

    /// Every rehearsal and answer of a mock loop, oldest first.
    ///
    /// # Errors
    /// Those of the database, and [`crate::error::Error::BadRecord`].
    pub fn all_rehearsals(&self) -> Result<Vec<KeptRehearsal>> {
        self.rehearsals_where("1 ORDER BY number", [])
    }

    /// How often a story was told to its end, by itself or to a prompt, and the last day of it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn told(&self, story: &StoryId) -> Result<(u32, Option<StudyDay>)> {
        let told = self.one(
            "SELECT count(*), max(study_day) FROM rehearsals WHERE story = ?1 AND ended_at_ms IS NOT NULL",
            [&story.0],
            |row| Ok((row.get(0)?, row.get::<_, Option<i32>>(1)?.map(StudyDay))),
        )?;
        Ok(told.unwrap_or_default())
    }

    fn mocks_where(&self, condition: &str, params: impl rusqlite::Params) -> Result<Vec<KeptMock>> {
        let rows = self.list(&format!("{MOCK} WHERE {condition}"), params, |row| {
            let kept = KeptMock {
                number: row.get("number")?,
                started: started(row)?,
                ended: row.get("ended")?,
                seed: row.get("seed")?,
                mock: Mock::default(),
            };
            Ok((kept, row.get::<_, String>("body")?))
        })?;
        rows.into_iter()
            .map(|(kept, body)| {
                Ok(KeptMock { mock: json(&format!("mock loop {}", kept.number), &body)?, ..kept })
            })
            .collect()
    }

    /// A mock loop; none if there is no such.
    ///
    /// # Errors
    /// Those of the database, and [`crate::error::Error::BadRecord`].
    pub fn mock(&self, number: u32) -> Result<Option<KeptMock>> {
        Ok(self.mocks_where("number = ?1", [number])?.pop())
    }

    /// Every mock loop, newest first.
    ///
    /// # Errors
    /// Those of the database, and [`crate::error::Error::BadRecord`].
    pub fn mocks(&self) -> Result<Vec<KeptMock>> {
        self.mocks_where("1 ORDER BY number DESC", [])
    }
}

impl Transaction<'_> {
    /// Begins a rehearsal and gives its number.
    ///
    /// # Errors
    /// Those of the database.
    pub fn begin_rehearsal(
        &self,
        item: &ItemRef,
        story: Option<&StoryId>,
        mock: Option<(u32, u32)>,
        account: &Account,
        now: Moment,
    ) -> Result<u32> {
        self.execute(
            "INSERT INTO rehearsals (kind, item, story, mock, round, started_at_ms, offset_minutes, study_day, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                item.kind.0,
                item.id,
                story.map(|story| &story.0),
                mock.map(|(mock, _)| mock),
                mock.map(|(_, round)| round),
                now.utc_ms,
                now.offset_minutes,
                now.study_day().0,
                to_json("rehearsal", account)?,
            ],
        )?;
        Ok(u32::try_from(self.inner.last_insert_rowid()).unwrap_or(u32::MAX))
    }

    /// Keeps an answer and the story it tells.
    ///
    /// # Errors
    /// Those of the database.
    pub fn keep_account(&self, number: u32, story: Option<&StoryId>, account: &Account) -> Result<()> {
        self.execute(
            "UPDATE rehearsals SET story = ?2, body = ?3 WHERE number = ?1",
            params![number, story.map(|story| &story.0), to_json("rehearsal", account)?],
        )?;
        Ok(())
    }

    /// Says that a rehearsal is over.
    ///
    /// # Errors
    /// Those of the database.
    pub fn end_rehearsal(&self, number: u32, now: Moment) -> Result<()> {
        self.execute(
            "UPDATE rehearsals SET ended_at_ms = ?2 WHERE number = ?1",
            params![number, now.utc_ms],
        )?;
        Ok(())
    }

    /// Says whether a rehearsal has a recording.
    ///
    /// # Errors
    /// Those of the database.
    pub fn set_recording(&self, number: u32, recording: bool) -> Result<()> {
        self.execute("UPDATE rehearsals SET recording = ?2 WHERE number = ?1", params![number, recording])?;
        Ok(())
    }

    /// Deletes a rehearsal.
    ///
    /// # Errors
    /// Those of the database.
    pub fn delete_rehearsal(&self, number: u32) -> Result<()> {
        self.execute("DELETE FROM rehearsals WHERE number = ?1", [number])?;
        Ok(())
    }

    /// Begins a mock loop and gives its number.
    ///
    /// # Errors
    /// Those of the database.
    pub fn begin_mock(&self, seed: u32, mock: &Mock, now: Moment) -> Result<u32> {
        self.execute(
            "INSERT INTO mocks (started_at_ms, offset_minutes, seed, body) VALUES (?1, ?2, ?3, ?4)",
            params![now.utc_ms, now.offset_minutes, seed, to_json("mock loop", mock)?],
        )?;
        Ok(u32::try_from(self.inner.last_insert_rowid()).unwrap_or(u32::MAX))
    }

    /// Keeps a mock loop.
    ///
    /// # Errors
    /// Those of the database.
    pub fn keep_mock(&self, number: u32, mock: &Mock) -> Result<()> {
        self.execute(
            "UPDATE mocks SET body = ?2 WHERE number = ?1",
            params![number, to_json("mock loop", mock)?],
        )?;
        Ok(())
    }

    /// Says that a mock loop is over.
    ///
    /// # Errors
    /// Those of the database.
    pub fn end_mock(&self, number: u32, now: Moment) -> Result<()> {
        self.execute("UPDATE mocks SET ended_at_ms = ?2 WHERE number = ?1", params![number, now.utc_ms])?;
        Ok(())
    }

    /// Deletes a mock loop with its answers.
    ///
    /// # Errors
    /// Those of the database.
    pub fn delete_mock(&self, number: u32) -> Result<()> {
        self.execute("DELETE FROM mocks WHERE number = ?1", [number])?;
        Ok(())
    }
}

fn started(row: &Row<'_>) -> rusqlite::Result<Moment> {
    Ok(Moment { utc_ms: row.get("started_at_ms")?, offset_minutes: row.get("offset_minutes")? })
}
