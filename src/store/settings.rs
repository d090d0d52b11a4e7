//! Settings, interview rounds and parameter sets.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rusqlite::params;

use super::{Reading, Transaction, json, to_json};
use crate::error::{Error, Result};

/// A round as it is kept: name, date, time, zone.
pub type RoundRow = (String, NaiveDate, Option<String>, Option<String>);

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
        let rows =
            self.list("SELECT name, date, time, zone FROM rounds ORDER BY date, time, number", [], |row| {
                Ok((
                    row.get::<_, String>("name")?,
                    row.get::<_, String>("date")?,
                    row.get::<_, Option<String>>("time")?,
                    row.get::<_, Option<String>>("zone")?,
                ))
            })?;
        rows.into_iter()
            .map(|(name, date, time, zone)| {
                let date = date.parse().map_err(|_| Error::BadRecord {
                    what: format!("round {name}"),
                    reason: format!("'{date}' is not a date"),
                })?;
                Ok((name, date, time, zone))
            })
            .collect()
    }

    /// The newest parameter set: its number and its numbers.
    ///
    /// # Errors
    /// Those of the database, and [`Error::BadRecord`].
    pub fn newest_parameters(&self) -> Result<Option<(u32, Vec<f32>)>> {
        let row = self.one(
            "SELECT number, parameters FROM parameter_sets ORDER BY number DESC LIMIT 1",
            [],
            |row| Ok((row.get::<_, u32>("number")?, row.get::<_, String>("parameters")?)),
        )?;
        row.map(|(number, text)| Ok((number, json("parameters", &text)?))).transpose()
    }
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
        for (name, date, time, zone) in rounds {
            self.execute(
                "INSERT INTO rounds (name, date, time, zone) VALUES (?1, ?2, ?3, ?4)",
                params![name, date.to_string(), time, zone],
            )?;
        }
        Ok(())
    }

    /// Keeps a parameter set under a number.
    ///
    /// # Errors
    /// Those of the database.
    pub fn add_parameters(&self, number: u32, parameters: &[f32]) -> Result<()> {
        self.execute(
            "INSERT INTO parameter_sets (number, model, parameters) VALUES (?1, 'FSRS-6', ?2)",
            params![number, to_json("parameters", &parameters)?],
        )?;
        Ok(())
    }
}
