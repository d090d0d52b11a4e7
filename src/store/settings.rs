//! Settings, interview rounds, the calendar and parameter sets.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rusqlite::params;

use super::{Reading, Transaction, from_word, json, to_json, word};
use crate::error::{Error, Result};
use crate::model::DayKind;

/// A round as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoundRow {
    /// The learner's name for it.
    pub name: String,
    /// Local date.
    pub date: NaiveDate,
    /// Local time, `HH:MM`.
    pub time: Option<String>,
    /// IANA time zone.
    pub zone: Option<String>,
    /// What it asks more or less of, as JSON.
    pub focus: serde_json::Value,
}

/// A set of parameters of the memory model and what is known of it.
#[derive(Clone, Debug, PartialEq)]
pub struct ParameterSet {
    /// Its number; set 1 is the model's defaults.
    pub number: u32,
    /// 21 numbers.
    pub parameters: Vec<f32>,
    /// When it was fitted, UTC milliseconds; none for the defaults.
    pub fitted_at_ms: Option<i64>,
    /// What the fit stands on, as JSON; none for the defaults.
    pub evidence: Option<serde_json::Value>,
    /// Where the search for the learner's memory stands, as JSON; none for the defaults.
    pub learner: Option<serde_json::Value>,
}

impl Reading<'_> {
    /// Every setting by name, as JSON.
    ///
    /// # Errors
    /// Those of the database, and [`Error::BadRecord`] for a value that is not JSON.
    pub fn settings(&self) -> Result<BTreeMap<String, serde_json::Value>> {
        let rows = self.list("SELECT name, value FROM settings", [], |row| {
            Ok((row.get::<_, String>("name")?, row.get::<_, String>("value")?))
        })?;
        rows.into_iter()
            .map(|(name, value)| {
                let value = json(&format!("setting {name}"), &value)?;
                Ok((name, value))
            })
            .collect()
    }

    /// Interview rounds by date.
    ///
    /// # Errors
    /// Those of the database, and [`Error::BadRecord`] for a date that is none.
    pub fn rounds(&self) -> Result<Vec<RoundRow>> {
        let rows = self.list(
            "SELECT name, date, time, zone, focus FROM rounds ORDER BY date, time, number",
            [],
            |row| {
                let text = |column: &str| row.get::<_, String>(column);
                Ok((text("name")?, text("date")?, row.get("time")?, row.get("zone")?, text("focus")?))
            },
        )?;
        rows.into_iter()
            .map(|(name, date, time, zone, focus)| {
                let what = format!("round {name}");
                Ok(RoundRow { date: date_of(&what, &date)?, focus: json(&what, &focus)?, name, time, zone })
            })
            .collect()
    }

    /// Days of the calendar that the learner named.
    ///
    /// # Errors
    /// Those of the database, and [`Error::BadRecord`].
    pub fn calendar_days(&self) -> Result<BTreeMap<NaiveDate, DayKind>> {
        let rows = self.list("SELECT date, kind FROM calendar_days", [], |row| {
            Ok((row.get::<_, String>("date")?, row.get::<_, String>("kind")?))
        })?;
        rows.into_iter()
            .map(|(date, kind)| Ok((date_of("calendar", &date)?, from_word("kind of day", kind)?)))
            .collect()
    }

    /// The newest parameter set.
    ///
    /// # Errors
    /// Those of the database, and [`Error::BadRecord`].
    pub fn newest_parameters(&self) -> Result<Option<ParameterSet>> {
        let row = self.one(
            "SELECT number, parameters, fitted_at_ms, evidence, learner FROM parameter_sets
             ORDER BY number DESC LIMIT 1",
            [],
            |row| {
                let text = |column: &str| row.get::<_, Option<String>>(column);
                Ok((
                    row.get("number")?,
                    row.get::<_, String>("parameters")?,
                    row.get("fitted_at_ms")?,
                    text("evidence")?,
                    text("learner")?,
                ))
            },
        )?;
        let Some((number, parameters, fitted_at_ms, evidence, learner)) = row else { return Ok(None) };
        let read = |what: &str, text: Option<String>| text.map(|text| json(what, &text)).transpose();
        Ok(Some(ParameterSet {
            number,
            parameters: json("parameters", &parameters)?,
            fitted_at_ms,
            evidence: read("evidence", evidence)?,
            learner: read("learner", learner)?,
        }))
    }
}

fn date_of(what: &str, text: &str) -> Result<NaiveDate> {
    text.parse()
        .map_err(|_| Error::BadRecord { what: what.to_owned(), reason: format!("'{text}' is not a date") })
}

impl Transaction<'_> {
    /// Keeps a setting.
    ///
    /// # Errors
    /// Those of the database.
    pub fn set_setting(&self, name: &str, value: &serde_json::Value) -> Result<()> {
        self.execute(
            "INSERT INTO settings (name, value) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            params![name, to_json(name, value)?],
        )?;
        Ok(())
    }

    /// Keeps these rounds and no others.
    ///
    /// # Errors
    /// Those of the database.
    pub fn set_rounds(&self, rounds: &[RoundRow]) -> Result<()> {
        self.execute("DELETE FROM rounds", [])?;
        for round in rounds {
            self.execute(
                "INSERT INTO rounds (name, date, time, zone, focus) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![
                    round.name,
                    round.date.to_string(),
                    round.time,
                    round.zone,
                    to_json("focus", &round.focus)?
                ],
            )?;
        }
        Ok(())
    }

    /// Keeps what a day of the calendar is; none for what its weekday says.
    ///
    /// # Errors
    /// Those of the database.
    pub fn set_calendar_day(&self, date: NaiveDate, kind: Option<DayKind>) -> Result<()> {
        match kind {
            Some(kind) => self.execute(
                "INSERT INTO calendar_days (date, kind) VALUES (?1, ?2)
                 ON CONFLICT (date) DO UPDATE SET kind = excluded.kind",
                params![date.to_string(), word("kind of day", &kind)?],
            )?,
            None => self.execute("DELETE FROM calendar_days WHERE date = ?1", [date.to_string()])?,
        };
        Ok(())
    }

    /// Keeps a parameter set under its number.
    ///
    /// # Errors
    /// Those of the database.
    pub fn add_parameters(&self, set: &ParameterSet) -> Result<()> {
        let text = |value: &Option<serde_json::Value>| {
            value.as_ref().map(|value| to_json("parameters", value)).transpose()
        };
        self.execute(
            "INSERT INTO parameter_sets (number, model, parameters, fitted_at_ms, evidence, learner)
             VALUES (?1, 'FSRS-6', ?2, ?3, ?4, ?5)",
            params![
                set.number,
                to_json("parameters", &set.parameters)?,
                set.fitted_at_ms,
                text(&set.evidence)?,
                text(&set.learner)?
            ],
        )?;
        Ok(())
    }
}
