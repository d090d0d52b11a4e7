//! The append-only log.

use rusqlite::{Row, params};

use super::{Reading, Transaction, from_word, json, to_json, word};
use crate::error::{Error, Result};
use crate::model::{DeviceId, Grade, ItemKind, ItemRef, Language, Review, ReviewKey, ReviewRow};
use crate::time::{Moment, StudyDay};

/// `newest`: the last row of each device. Within a device the order of replay is the order of sequence, so the newest
/// row of all is among them; devices are found by jumping through the key, not by walking over the log.
const NEWEST_OF_EACH_DEVICE: &str = "
    WITH RECURSIVE devices (device) AS (
        SELECT min(device) FROM reviews
        UNION ALL
        SELECT (SELECT min(r.device) FROM reviews r WHERE r.device > devices.device) FROM devices
        WHERE devices.device IS NOT NULL
    ), newest AS (
        SELECT r.* FROM devices JOIN reviews r ON r.device = devices.device
            AND r.sequence = (SELECT max(sequence) FROM reviews l WHERE l.device = devices.device)
    )";

/// A review on its way into the log, with what the scheduler knew.
pub struct NewReview<'a> {
    /// The answer.
    pub review: &'a Review,
    /// Study days since the item's answer before; none for the first.
    pub elapsed_days: Option<u32>,
}

/// An answer, as learning a memory sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// What was asked.
    pub item: ItemRef,
    /// The grade.
    pub grade: Grade,
    /// The study day.
    pub day: StudyDay,
}

/// An answer as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct GivenAnswer {
    /// When, UTC milliseconds.
    pub at_ms: i64,
    /// The learner's grade.
    pub grade: Grade,
    /// The prompt's language.
    pub language: Language,
    /// What was typed.
    pub words: Option<String>,
}

impl Reading<'_> {
    /// The time of the newest row by the order of replay; none for an empty log.
    ///
    /// # Errors
    /// Those of the database.
    pub fn newest_review(&self) -> Result<Option<Moment>> {
        self.one(
            &format!("{NEWEST_OF_EACH_DEVICE} SELECT at_ms, offset_minutes FROM newest ORDER BY order_ms DESC LIMIT 1"),
            [],
            moment,
        )
    }

    /// The newest row of each device: its sequence.
    ///
    /// # Errors
    /// Those of the database.
    pub fn newest_of_devices(&self) -> Result<Vec<(String, u32)>> {
        self.list(&format!("{NEWEST_OF_EACH_DEVICE} SELECT device, sequence FROM newest"), [], |row| {
            Ok((row.get("device")?, row.get("sequence")?))
        })
    }

    /// The newest answer of a device that is not void: its name, its item and its study day.
    ///
    /// # Errors
    /// Those of the database.
    pub fn newest_answer(&self, device: &DeviceId) -> Result<Option<(ReviewKey, ItemRef, StudyDay)>> {
        self.one(
            "SELECT sequence, kind, item, study_day FROM answers WHERE device = ?1 ORDER BY sequence DESC LIMIT 1",
            [&device.0],
            |row| {
                let key = ReviewKey { device: device.clone(), sequence: row.get("sequence")? };
                let item = ItemRef { kind: ItemKind(row.get("kind")?), id: row.get("item")? };
                Ok((key, item, StudyDay(row.get("study_day")?)))
            },
        )
    }

    /// The study day of the first answer; none for an empty log.
    ///
    /// # Errors
    /// Those of the database.
    pub fn first_day(&self) -> Result<Option<StudyDay>> {
        let first = self.one("SELECT min(study_day) FROM reviews", [], |row| row.get::<_, Option<i32>>(0))?;
        Ok(first.flatten().map(StudyDay))
    }

    /// Answers graded on a study day and the milliseconds they took.
    ///
    /// # Errors
    /// Those of the database.
    pub fn done_on(&self, day: StudyDay) -> Result<(u32, i64)> {
        let done = self.one(
            "SELECT count(*), coalesce(sum(total_ms), 0) FROM answers WHERE study_day = ?1",
            [day.0],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        Ok(done.unwrap_or_default())
    }

    /// What replay needs of each answer that is not void, in the order of replay. With an item, only its answers.
    ///
    /// # Errors
    /// Those of the database.
    pub fn replay(
        &self,
        item: Option<&ItemRef>,
        mut take: impl FnMut(ItemRef, Grade, Moment) -> Result<()>,
    ) -> Result<()> {
        let read = |row: &Row<'_>| -> rusqlite::Result<_> {
            let item = ItemRef { kind: ItemKind(row.get("kind")?), id: row.get("item")? };
            Ok((item, row.get::<_, i64>("grade")?, moment(row)?))
        };
        let mut step = |row: &Row<'_>| {
            let (item, grade, at) = read(row).map_err(|error| self.explain(error))?;
            take(item, grade_of(grade)?, at)?;
            Ok(true)
        };
        match item {
            None => self.walk(
                "SELECT kind, item, grade, at_ms, offset_minutes FROM answers ORDER BY order_ms, device, sequence",
                [],
                &mut step,
            ),
            Some(item) => self.walk(
                "SELECT kind, item, grade, at_ms, offset_minutes FROM answers WHERE kind = ?1 AND item = ?2
                 ORDER BY order_ms, device, sequence",
                params![item.kind.0, item.id],
                &mut step,
            ),
        }
    }

    /// What learning a memory needs of each answer that is not void: item by item, each item's in the order of replay.
    ///
    /// # Errors
    /// Those of the database.
    pub fn answered(&self, mut take: impl FnMut(Answered)) -> Result<()> {
        self.walk(
            "SELECT kind, item, grade, study_day FROM answers ORDER BY kind, item, order_ms, device, sequence",
            [],
            |row| {
                let read = |row: &Row<'_>| -> rusqlite::Result<_> {
                    let item = ItemRef { kind: ItemKind(row.get("kind")?), id: row.get("item")? };
                    Ok((item, row.get::<_, i64>("grade")?, StudyDay(row.get("study_day")?)))
                };
                let (item, grade, day) = read(row).map_err(|error| self.explain(error))?;
                take(Answered { item, grade: grade_of(grade)?, day });
                Ok(true)
            },
        )
    }

    /// An item's answers that are not void, newest first.
    ///
    /// # Errors
    /// Those of the database, and [`Error::BadRecord`].
    pub fn answers_of(&self, item: &ItemRef) -> Result<Vec<Review>> {
        let mut answers = Vec::new();
        self.walk(
            "SELECT * FROM answers WHERE kind = ?1 AND item = ?2 ORDER BY order_ms DESC, device DESC, sequence DESC",
            params![item.kind.0, item.id],
            |row| {
                answers.push(self.review(row)?);
                Ok(true)
            },
        )?;
        Ok(answers)
    }

    /// Every answer that is not void, of each item the newest first: what a mentor may be shown of it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn given_answers(&self, mut take: impl FnMut(&str, &str, GivenAnswer)) -> Result<()> {
        self.walk(
            "SELECT kind, item, grade, at_ms, prompt_language, answer FROM answers
             ORDER BY order_ms DESC, device, sequence DESC",
            [],
            |row| {
                let explain = |error| self.explain(error);
                let text = |column: usize| -> Result<&str> {
                    let text = row.get_ref(column).map_err(explain)?.as_str();
                    text.map_err(|error| self.explain(error.into()))
                };
                let language = text(4)?;
                let language = language.parse().map_err(|_| Error::BadRecord {
                    what: "language".to_owned(),
                    reason: format!("'{language}' is no language"),
                })?;
                let answer = GivenAnswer {
                    grade: grade_of(row.get(2).map_err(explain)?)?,
                    at_ms: row.get(3).map_err(explain)?,
                    language,
                    words: row.get(5).map_err(explain)?,
                };
                take(text(0)?, text(1)?, answer);
                Ok(true)
            },
        )
    }

    /// Every row of the log in the order of replay, voided and voiding ones included.
    ///
    /// # Errors
    /// Those of the database, and [`Error::BadRecord`].
    pub fn log(&self, mut take: impl FnMut(ReviewRow) -> Result<()>) -> Result<()> {
        self.walk("SELECT * FROM reviews ORDER BY order_ms, device, sequence", [], |row| {
            take(self.row(row)?)?;
            Ok(true)
        })
    }

    fn row(&self, row: &Row<'_>) -> Result<ReviewRow> {
        let keys = || -> rusqlite::Result<_> {
            let key = ReviewKey { device: DeviceId(row.get("device")?), sequence: row.get("sequence")? };
            let voids: Option<String> = row.get("voids_device")?;
            let voids = match voids {
                Some(device) => {
                    Some(ReviewKey { device: DeviceId(device), sequence: row.get("voids_sequence")? })
                }
                None => None,
            };
            Ok((key, voids, moment(row)?))
        };
        let (key, voids, at) = keys().map_err(|error| self.explain(error))?;
        Ok(match voids {
            Some(voids) => ReviewRow::Void { key, voids, at },
            None => ReviewRow::Review { key, review: Box::new(self.review(row)?) },
        })
    }

    fn review(&self, row: &Row<'_>) -> Result<Review> {
        let text = |column: &str| row.get::<_, String>(column).map_err(|error| self.explain(error));
        let number = |column: &str| row.get::<_, u32>(column).map_err(|error| self.explain(error));
        let maybe = |column: &str| row.get::<_, Option<i64>>(column).map_err(|e| self.explain(e));
        Ok(Review {
            item: ItemRef { kind: ItemKind(text("kind")?), id: text("item")? },
            revision: number("revision")?,
            session: from_word("session", text("session")?)?,
            grade: grade_of(number("grade")?.into())?,
            proposed: maybe("proposed")?.map(grade_of).transpose()?,
            ticked: json("ticked", &text("ticked")?)?,
            answer_mode: from_word("answer mode", text("answer_mode")?)?,
            answer: row.get("answer").map_err(|error| self.explain(error))?,
            prompt_language: from_word("language", text("prompt_language")?)?,
            reveal_language: from_word("language", text("reveal_language")?)?,
            think_ms: number("think_ms")?,
            total_ms: number("total_ms")?,
            predicted_recall: row.get("predicted_recall").map_err(|error| self.explain(error))?,
            parameter_set: number("parameter_set")?,
            at: moment(row).map_err(|error| self.explain(error))?,
        })
    }
}

impl Transaction<'_> {
    /// Appends a graded answer.
    ///
    /// # Errors
    /// Those of the database.
    pub fn append_review(&self, device: &DeviceId, new: &NewReview<'_>) -> Result<ReviewKey> {
        let review = new.review;
        let sequence = self.next_sequence(device)?;
        self.execute(
            "INSERT INTO reviews (device, sequence, order_ms, at_ms, offset_minutes, study_day, kind, item, revision,
                 session, grade, proposed, ticked, answer_mode, answer, prompt_language, reveal_language, think_ms,
                 total_ms, elapsed_days, predicted_recall, parameter_set)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20,
                 ?21, ?22)",
            params![
                device.0,
                sequence,
                self.order(review.at)?,
                review.at.utc_ms,
                review.at.offset_minutes,
                review.at.study_day().0,
                review.item.kind.0,
                review.item.id,
                review.revision,
                word("session", &review.session)?,
                review.grade.number(),
                review.proposed.map(Grade::number),
                to_json("ticked", &review.ticked)?,
                word("answer mode", &review.answer_mode)?,
                review.answer,
                review.prompt_language.tag(),
                review.reveal_language.tag(),
                review.think_ms,
                review.total_ms,
                new.elapsed_days,
                review.predicted_recall,
                review.parameter_set,
            ],
        )?;
        Ok(ReviewKey { device: device.clone(), sequence })
    }

    /// Appends a row that makes an earlier answer void.
    ///
    /// # Errors
    /// Those of the database.
    pub fn append_void(&self, device: &DeviceId, voids: &ReviewKey, at: Moment) -> Result<ReviewKey> {
        let sequence = self.next_sequence(device)?;
        self.execute(
            "INSERT INTO reviews (device, sequence, order_ms, at_ms, offset_minutes, study_day, voids_device,
                 voids_sequence)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                device.0,
                sequence,
                self.order(at)?,
                at.utc_ms,
                at.offset_minutes,
                at.study_day().0,
                voids.device.0,
                voids.sequence
            ],
        )?;
        Ok(ReviewKey { device: device.clone(), sequence })
    }

    fn next_sequence(&self, device: &DeviceId) -> Result<u32> {
        self.read().count("SELECT coalesce(max(sequence), 0) + 1 FROM reviews WHERE device = ?1", [&device.0])
    }

    /// A clock that was set back must not put a new row before older ones.
    fn order(&self, at: Moment) -> Result<i64> {
        let greatest = self.read().one(
            &format!("{NEWEST_OF_EACH_DEVICE} SELECT max(order_ms) FROM newest"),
            [],
            |row| row.get::<_, Option<i64>>(0),
        )?;
        Ok(greatest.flatten().map_or(at.utc_ms, |greatest| greatest.max(at.utc_ms)))
    }
}

fn moment(row: &Row<'_>) -> rusqlite::Result<Moment> {
    Ok(Moment { utc_ms: row.get("at_ms")?, offset_minutes: row.get("offset_minutes")? })
}

fn grade_of(number: i64) -> Result<Grade> {
    Grade::from_number(number).ok_or_else(|| Error::BadRecord {
        what: "grade".to_owned(),
        reason: format!("{number} is not 1 to 4"),
    })
}
