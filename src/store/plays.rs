//! Plays of incidents, and the learner's runbooks.

use rusqlite::{Row, params};

use super::{Reading, Transaction, json, to_json};
use crate::error::Result;
use crate::time::Moment;

/// A play as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptPlay {
    /// Its number; never given again.
    pub number: u32,
    /// The incident's id.
    pub incident: String,
    /// What it was drawn from.
    pub seed: u32,
    /// When it began.
    pub started: Moment,
    /// When it ended, UTC milliseconds; none while it can be gone on with.
    pub ended_at_ms: Option<i64>,
    /// The case, the steps and the words.
    pub body: serde_json::Value,
}

const PLAY: &str =
    "SELECT number, incident, seed, started_at_ms, offset_minutes, ended_at_ms, body FROM plays";

impl Reading<'_> {
    /// Every play, newest first; with an incident, only its own.
    ///
    /// # Errors
    /// Those of the database, and [`crate::error::Error::BadRecord`].
    pub fn plays(&self, incident: Option<&str>) -> Result<Vec<KeptPlay>> {
        let rows = self.list(
            &format!("{PLAY} WHERE ?1 IS NULL OR incident = ?1 ORDER BY number DESC"),
            [incident],
            row_of,
        )?;
        rows.into_iter().map(kept).collect()
    }

    /// Finished plays, oldest first: when each began, its incident and its points.
    ///
    /// # Errors
    /// Those of the database.
    pub fn finished_plays(&self) -> Result<Vec<(Moment, String, u32)>> {
        self.list(
            "SELECT incident, started_at_ms, offset_minutes, json_extract(body, '$.points') AS points FROM plays
             WHERE ended_at_ms IS NOT NULL AND points IS NOT NULL ORDER BY started_at_ms, number",
            [],
            |row| {
                let at = Moment { utc_ms: row.get("started_at_ms")?, offset_minutes: row.get("offset_minutes")? };
                Ok((at, row.get("incident")?, row.get("points")?))
            },
        )
    }

    /// A play; none where there is no such.
    ///
    /// # Errors
    /// Those of the database, and [`crate::error::Error::BadRecord`].
    pub fn play(&self, number: u32) -> Result<Option<KeptPlay>> {
        self.one(&format!("{PLAY} WHERE number = ?1"), [number], row_of)?.map(kept).transpose()
    }

    /// The learner's runbook for an incident.
    ///
    /// # Errors
    /// Those of the database, and [`crate::error::Error::BadRecord`].
    pub fn runbook(&self, incident: &str) -> Result<Option<serde_json::Value>> {
        let body = self.one("SELECT body FROM runbooks WHERE incident = ?1", [incident], |row| {
            row.get::<_, String>("body")
        })?;
        body.map(|body| json("runbook", &body)).transpose()
    }

    /// Every runbook, by incident.
    ///
    /// # Errors
    /// Those of the database, and [`crate::error::Error::BadRecord`].
    pub fn runbooks(&self) -> Result<Vec<(String, serde_json::Value)>> {
        let rows = self.list("SELECT incident, body FROM runbooks ORDER BY incident", [], |row| {
            Ok((row.get::<_, String>("incident")?, row.get::<_, String>("body")?))
        })?;
        rows.into_iter().map(|(incident, body)| Ok((incident, json("runbook", &body)?))).collect()
    }
}

impl Transaction<'_> {
    /// Begins a play and gives its number.
    ///
    /// # Errors
    /// Those of the database.
    pub fn begin_play(
        &self,
        incident: &str,
        (seed, version, cause): (u32, u32, &str),
        body: &serde_json::Value,
        now: Moment,
    ) -> Result<u32> {
        self.execute(
            "INSERT INTO plays (incident, seed, version, cause, started_at_ms, offset_minutes, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![incident, seed, version, cause, now.utc_ms, now.offset_minutes, to_json("play", body)?],
        )?;
        Ok(u32::try_from(self.inner.last_insert_rowid()).unwrap_or(u32::MAX))
    }

    /// Keeps what was done so far; with a time, the play is over.
    ///
    /// # Errors
    /// Those of the database.
    pub fn keep_play(&self, number: u32, body: &serde_json::Value, ended: Option<Moment>) -> Result<()> {
        self.execute(
            "UPDATE plays SET body = ?2, ended_at_ms = coalesce(ended_at_ms, ?3) WHERE number = ?1",
            params![number, to_json("play", body)?, ended.map(|moment| moment.utc_ms)],
        )?;
        Ok(())
    }

    /// Deletes a play.
    ///
    /// # Errors
    /// Those of the database.
    pub fn delete_play(&self, number: u32) -> Result<()> {
        self.execute("DELETE FROM plays WHERE number = ?1", [number])?;
        Ok(())
    }

    /// Keeps the learner's runbook for an incident.
    ///
    /// # Errors
    /// Those of the database.
    pub fn keep_runbook(&self, incident: &str, body: &serde_json::Value, now: Moment) -> Result<()> {
        self.execute(
            "INSERT INTO runbooks (incident, changed_at_ms, body) VALUES (?1, ?2, ?3)
             ON CONFLICT (incident) DO UPDATE SET changed_at_ms = excluded.changed_at_ms, body = excluded.body",
            params![incident, now.utc_ms, to_json("runbook", body)?],
        )?;
        Ok(())
    }
}

fn row_of(row: &Row<'_>) -> rusqlite::Result<(KeptPlay, String)> {
    let kept = KeptPlay {
        number: row.get("number")?,
        incident: row.get("incident")?,
        seed: row.get("seed")?,
        started: Moment { utc_ms: row.get("started_at_ms")?, offset_minutes: row.get("offset_minutes")? },
        ended_at_ms: row.get("ended_at_ms")?,
        body: serde_json::Value::Null,
    };
    Ok((kept, row.get("body")?))
}

fn kept((play, body): (KeptPlay, String)) -> Result<KeptPlay> {
    Ok(KeptPlay { body: json(&format!("play {}", play.number), &body)?, ..play })
}
