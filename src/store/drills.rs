//! Answered cases of drills.

use rusqlite::params;

use super::{Reading, Transaction, json, to_json};
use crate::error::Result;
use crate::model::{Grade, ReviewKey};
use crate::time::StudyDay;

/// An answered case, but for the case itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptCase {
    /// Its review.
    pub review: ReviewKey,
    /// Its family's id.
    pub family: String,
    /// Its level, from 1.
    pub level: u8,
    /// What it was drawn from.
    pub seed: u32,
    /// The learner's grade.
    pub grade: Grade,
    /// The study day.
    pub day: StudyDay,
}

impl Reading<'_> {
    /// Answered cases whose answers are not void, oldest first; with a family, only its own.
    ///
    /// # Errors
    /// Those of the database.
    pub fn drill_cases(&self, family: Option<&str>) -> Result<Vec<KeptCase>> {
        // CROSS: cases are few and answers many, which the planner does not know.
        let rows = self.list(
            "SELECT c.device, c.sequence, c.family, c.level, c.seed, a.grade, a.study_day
             FROM drill_cases c CROSS JOIN answers a ON a.device = c.device AND a.sequence = c.sequence
             WHERE ?1 IS NULL OR c.family = ?1 ORDER BY a.order_ms, c.device, c.sequence",
            [family],
            |row| {
                let review = ReviewKey {
                    device: crate::model::DeviceId(row.get("device")?),
                    sequence: row.get("sequence")?,
                };
                let grade: i64 = row.get("grade")?;
                Ok((
                    grade,
                    KeptCase {
                        review,
                        family: row.get("family")?,
                        level: row.get("level")?,
                        seed: row.get("seed")?,
                        grade: Grade::Again,
                        day: StudyDay(row.get("study_day")?),
                    },
                ))
            },
        )?;
        let graded = |(number, case): (i64, KeptCase)| {
            let grade = Grade::from_number(number);
            let bad = || crate::error::Error::BadRecord {
                what: format!("case of {}", case.family),
                reason: format!("grade {number}"),
            };
            Ok(KeptCase { grade: grade.ok_or_else(bad)?, ..case })
        };
        rows.into_iter().map(graded).collect()
    }

    /// Whether a case was answered before, void or not: its numbers are known.
    ///
    /// # Errors
    /// Those of the database.
    pub fn knows_case(&self, family: &str, level: u8, seed: u32) -> Result<bool> {
        let found = self.count(
            "SELECT count(*) FROM drill_cases WHERE family = ?1 AND level = ?2 AND seed = ?3",
            params![family, level, seed],
        )?;
        Ok(found > 0)
    }

    /// What was kept of an answered case.
    ///
    /// # Errors
    /// Those of the database, and [`crate::error::Error::BadRecord`].
    pub fn drill_case(&self, review: &ReviewKey) -> Result<Option<serde_json::Value>> {
        let body = self.one(
            "SELECT body FROM drill_cases WHERE device = ?1 AND sequence = ?2",
            params![review.device.0, review.sequence],
            |row| row.get::<_, String>("body"),
        )?;
        body.map(|body| json("case", &body)).transpose()
    }
}

impl Transaction<'_> {
    /// Keeps an answered case with its review.
    ///
    /// # Errors
    /// Those of the database.
    pub fn keep_case(&self, review: &ReviewKey, case: &NewCase<'_>) -> Result<()> {
        self.execute(
            "INSERT INTO drill_cases (device, sequence, family, level, seed, version, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                review.device.0,
                review.sequence,
                case.family,
                case.level,
                case.seed,
                case.version,
                to_json("case", &case.body)?
            ],
        )?;
        Ok(())
    }
}

/// An answered case on its way in.
pub struct NewCase<'a> {
    /// Its family's id.
    pub family: &'a str,
    /// Its level, from 1.
    pub level: u8,
    /// What it was drawn from.
    pub seed: u32,
    /// The family's version.
    pub version: u32,
    /// The case and what was typed.
    pub body: serde_json::Value,
}
