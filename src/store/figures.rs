//! Counts over the log and the cards.

use rusqlite::params;

use super::{Reading, cards, from_word};
use crate::error::Result;
use crate::model::{CardState, DeviceId, QuestionKind};
use crate::time::StudyDay;

/// The log in a few numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Answers graded.
    pub answers: u32,
    /// Milliseconds they took.
    pub total_ms: i64,
    /// Answers a study day or more after the item's answer before.
    pub recalls: u32,
    /// Of them passes.
    pub passes: u32,
    /// Items practised at least once.
    pub items_seen: u32,
}

/// A day's number of answers or due items, and the milliseconds they took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayFigure {
    /// The study day.
    pub day: StudyDay,
    /// How many.
    pub items: u32,
    /// Milliseconds spent.
    pub total_ms: i64,
}

/// How many items of the track a domain has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DomainFigure {
    /// The domain's id.
    pub domain: String,
    /// Items of the track.
    pub in_track: u32,
}

/// A practised item of the track.
#[derive(Clone, Debug)]
pub struct ItemFigure {
    /// Its domain.
    pub domain: String,
    /// Its card.
    pub card: CardState,
}

/// How long a learner's answers took, against their target times.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// What sort of question; none for a prompt.
    pub question_kind: Option<QuestionKind>,
    /// Whether it was the item's first answer.
    pub first: bool,
    /// The grade, 1 (again) to 4.
    pub grade: u8,
    /// Answers.
    pub answers: u32,
    /// Their times added up, each in units of its item's target time (5 at most: somebody left the desk).
    pub ratio: f64,
}

impl Reading<'_> {
    /// The pace of a device's newest answers.
    ///
    /// # Errors
    /// Those of the database.
    pub fn pace(&self, device: &DeviceId) -> Result<Vec<Pace>> {
        let rows = self.list(
            "SELECT i.question_kind, a.elapsed_days IS NULL AS first, a.grade, count(*) AS answers,
                 sum(min(a.total_ms / 1000.0 / i.seconds, 5.0)) AS ratio
             FROM (SELECT * FROM answers WHERE device = ?1 ORDER BY sequence DESC LIMIT 2000) a
             JOIN items i ON i.kind = a.kind AND i.id = a.item GROUP BY 1, 2, 3",
            [&device.0],
            |row| {
                let pace = Pace {
                    question_kind: None,
                    first: row.get("first")?,
                    grade: row.get("grade")?,
                    answers: row.get("answers")?,
                    ratio: row.get("ratio")?,
                };
                Ok((row.get::<_, Option<String>>("question_kind")?, pace))
            },
        )?;
        let kind = |kind: Option<String>| kind.map(|kind| from_word("question kind", kind)).transpose();
        rows.into_iter().map(|(word, pace)| Ok(Pace { question_kind: kind(word)?, ..pace })).collect()
    }

    /// The log in a few numbers.
    ///
    /// # Errors
    /// Those of the database.
    pub fn totals(&self) -> Result<Totals> {
        let mut totals = self
            .one(
                "SELECT count(*) AS answers, coalesce(sum(total_ms), 0) AS total_ms,
                     coalesce(sum(elapsed_days >= 1), 0) AS recalls,
                     coalesce(sum(elapsed_days >= 1 AND grade > 1), 0) AS passes
                 FROM answers",
                [],
                |row| {
                    Ok(Totals {
                        answers: row.get("answers")?,
                        total_ms: row.get("total_ms")?,
                        recalls: row.get("recalls")?,
                        passes: row.get("passes")?,
                        items_seen: 0,
                    })
                },
            )?
            .unwrap_or_default();
        totals.items_seen = self.count("SELECT count(*) FROM cards", [])?;
        Ok(totals)
    }

    /// Answers by study day from `first` on, days without any left out.
    ///
    /// # Errors
    /// Those of the database.
    pub fn answers_by_day(&self, first: StudyDay) -> Result<Vec<DayFigure>> {
        self.list(
            "SELECT study_day, count(*) AS items, sum(total_ms) AS total_ms FROM answers WHERE study_day >= ?1
             GROUP BY study_day ORDER BY study_day",
            [first.0],
            |row| {
                Ok(DayFigure {
                    day: StudyDay(row.get("study_day")?),
                    items: row.get("items")?,
                    total_ms: row.get("total_ms")?,
                })
            },
        )
    }

    /// Due items of the track by study day up to `last`; what is overdue counts for `today`, and what is due after
    /// `cap` counts for `cap`.
    ///
    /// # Errors
    /// Those of the database.
    pub fn due_by_day(
        &self,
        today: StudyDay,
        last: StudyDay,
        cap: Option<StudyDay>,
    ) -> Result<Vec<DayFigure>> {
        self.list(
            "SELECT max(?1, min(c.due_day, ?3)) AS day, count(*) AS items
             FROM cards c JOIN items i ON i.number = c.number
             WHERE i.in_track = 1 AND i.retired = 0 AND min(c.due_day, ?3) <= ?2 GROUP BY day ORDER BY day",
            params![today.0, last.0, cap.map_or(i32::MAX, |cap| cap.0)],
            |row| Ok(DayFigure { day: StudyDay(row.get("day")?), items: row.get("items")?, total_ms: 0 }),
        )
    }

    /// Items of the track by domain.
    ///
    /// # Errors
    /// Those of the database.
    pub fn track_by_domain(&self) -> Result<Vec<DomainFigure>> {
        self.list(
            "SELECT domain, count(*) AS items FROM items INDEXED BY items_of_track WHERE in_track = 1 AND retired = 0 GROUP BY domain",
            [],
            |row| Ok(DomainFigure { domain: row.get("domain")?, in_track: row.get("items")? }),
        )
    }

    /// Every practised item of the track.
    ///
    /// # Errors
    /// Those of the database.
    pub fn practised(&self) -> Result<Vec<ItemFigure>> {
        self.list(
            "SELECT i.domain, c.* FROM cards c JOIN items i ON i.number = c.number
             WHERE i.in_track = 1 AND i.retired = 0",
            [],
            |row| Ok(ItemFigure { domain: row.get("domain")?, card: cards::card(row)? }),
        )
    }
}
