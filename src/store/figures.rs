//! Counts over the log and the cards.

use rusqlite::params;

use super::{Reading, from_word};
use crate::error::Result;
use crate::model::{DeviceId, ItemKind, ItemRef, QuestionKind};
use crate::time::StudyDay;

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

/// How many items of the track a topic has at a depth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellFigure {
    /// The domain's id.
    pub domain: String,
    /// The topic's id within it.
    pub topic: String,
    /// 1 to 4.
    pub depth: u8,
    /// Items of the track.
    pub items: u32,
}

/// A practised item of the track.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ItemFigure<'a> {
    /// Domain id.
    pub domain: &'a str,
    /// Topic id.
    pub topic: &'a str,
    /// 1 to 4.
    pub depth: u8,
    /// Days until recall falls to 0.9.
    pub stability: f32,
    /// 1 to 10.
    pub difficulty: f32,
    /// The study day of the last answer.
    pub last_day: StudyDay,
    /// The study day it is due.
    pub due_day: StudyDay,
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

/// An answer in the walk over all of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WalkedAnswer<'a> {
    /// The item's kind.
    pub kind: &'a str,
    /// The item's id.
    pub item: &'a str,
    /// Study day.
    pub day: i32,
    /// 1 (again) to 4.
    pub grade: u8,
    /// Milliseconds from prompt to grade.
    pub total_ms: i64,
    /// Study days since the item's answer before; none for the first.
    pub elapsed_days: Option<u32>,
    /// Recall that was predicted; none for the first.
    pub predicted: Option<f64>,
    /// Whether the prompt was in English.
    pub in_english: bool,
    /// -1 for one that was undone, which was given as counted before; otherwise 1.
    pub sign: i64,
}

/// What the walk reads of an answer: all of it stands in one index, in the order of items.
const WALKED: &str =
    "r.kind, r.item, r.study_day, r.grade, r.total_ms, r.elapsed_days, r.predicted_recall, r.prompt_language";

impl Reading<'_> {
    /// Every answer, item by item; those that were undone once more at the end, to be taken off again.
    ///
    /// # Errors
    /// Those of the database.
    pub fn walk_answers(&self, mut take: impl FnMut(&WalkedAnswer<'_>)) -> Result<()> {
        let all = format!("SELECT {WALKED} FROM reviews r WHERE r.grade IS NOT NULL ORDER BY r.kind, r.item");
        let undone = format!(
            "SELECT {WALKED} FROM reviews v
             JOIN reviews r ON r.device = v.voids_device AND r.sequence = v.voids_sequence
             WHERE v.voids_device IS NOT NULL AND r.grade IS NOT NULL"
        );
        self.walked(&all, [], 1, &mut take)?;
        self.walked(&undone, [], -1, &mut take)
    }

    /// What a device's rows after one of them add to [`Reading::walk_answers`], and take off again.
    ///
    /// # Errors
    /// Those of the database.
    pub fn walk_answers_after(
        &self,
        device: &str,
        sequence: u32,
        mut take: impl FnMut(&WalkedAnswer<'_>),
    ) -> Result<()> {
        let new = format!(
            "SELECT {WALKED} FROM reviews r WHERE r.device = ?1 AND r.sequence > ?2 AND r.grade IS NOT NULL"
        );
        let undone = format!(
            "SELECT {WALKED} FROM reviews v
             JOIN reviews r ON r.device = v.voids_device AND r.sequence = v.voids_sequence
             WHERE v.device = ?1 AND v.sequence > ?2 AND v.voids_device IS NOT NULL AND r.grade IS NOT NULL"
        );
        self.walked(&new, params![device, sequence], 1, &mut take)?;
        self.walked(&undone, params![device, sequence], -1, &mut take)
    }

    fn walked(
        &self,
        sql: &str,
        params: impl rusqlite::Params,
        sign: i64,
        take: &mut impl FnMut(&WalkedAnswer<'_>),
    ) -> Result<()> {
        self.walk(sql, params, |row| {
            let mut read = || -> rusqlite::Result<()> {
                take(&WalkedAnswer {
                    kind: row.get_ref(0)?.as_str()?,
                    item: row.get_ref(1)?.as_str()?,
                    day: row.get(2)?,
                    grade: row.get(3)?,
                    total_ms: row.get(4)?,
                    elapsed_days: row.get(5)?,
                    predicted: row.get(6)?,
                    in_english: row.get_ref(7)?.as_str()? == "en",
                    sign,
                });
                Ok(())
            };
            read().map_err(|error| self.explain(error))?;
            Ok(true)
        })
    }

    /// Items of the track by topic and depth.
    ///
    /// # Errors
    /// Those of the database.
    pub fn track_cells(&self) -> Result<Vec<CellFigure>> {
        self.list(
            "SELECT domain, topic, depth, count(*) AS items FROM items WHERE in_track = 1 AND retired = 0
             GROUP BY domain, topic, depth",
            [],
            |row| {
                Ok(CellFigure {
                    domain: row.get("domain")?,
                    topic: row.get("topic")?,
                    depth: row.get("depth")?,
                    items: row.get("items")?,
                })
            },
        )
    }

    /// An item's domain.
    ///
    /// # Errors
    /// Those of the database.
    pub fn domain_of(&self, item: &ItemRef) -> Result<Option<String>> {
        self.one(
            "SELECT domain FROM items WHERE kind = ?1 AND id = ?2",
            params![item.kind.0, item.id],
            |row| row.get("domain"),
        )
    }

    /// Each item's domain, with its kind and id.
    ///
    /// # Errors
    /// Those of the database.
    pub fn domains_of_items(&self) -> Result<Vec<(ItemRef, String)>> {
        self.list("SELECT kind, id, domain FROM items", [], |row| {
            Ok((ItemRef { kind: ItemKind(row.get("kind")?), id: row.get("id")? }, row.get("domain")?))
        })
    }

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

    /// Answers a study day or more after the item's answer before.
    ///
    /// # Errors
    /// Those of the database.
    pub fn count_recalls(&self) -> Result<u32> {
        self.count("SELECT count(*) FROM answers WHERE elapsed_days >= 1", [])
    }

    /// Items practised at least once.
    ///
    /// # Errors
    /// Those of the database.
    pub fn count_cards(&self) -> Result<u32> {
        self.count("SELECT count(*) FROM cards", [])
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

    /// Walks over the practised items of the track, in no order.
    ///
    /// # Errors
    /// Those of the database.
    pub fn practised(&self, mut take: impl FnMut(&ItemFigure<'_>)) -> Result<()> {
        // The order is the table's own; without it the planner walks by an index and looks up each row.
        self.walk(
            "SELECT i.domain, i.topic, i.depth, c.stability, c.difficulty, c.last_day, c.due_day
             FROM cards c CROSS JOIN items i ON i.number = c.number
             WHERE i.in_track = 1 AND i.retired = 0 ORDER BY c.kind, c.id",
            [],
            |row| {
                let mut read = || -> rusqlite::Result<()> {
                    take(&ItemFigure {
                        domain: row.get_ref(0)?.as_str()?,
                        topic: row.get_ref(1)?.as_str()?,
                        depth: row.get(2)?,
                        stability: row.get(3)?,
                        difficulty: row.get(4)?,
                        last_day: StudyDay(row.get(5)?),
                        due_day: StudyDay(row.get(6)?),
                    });
                    Ok(())
                };
                read().map_err(|error| self.explain(error))?;
                Ok(true)
            },
        )
    }
}
