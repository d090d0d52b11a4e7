//! What can be asked: the installed bank, and the queries that make the day's list.

use rusqlite::{Row, params, params_from_iter, types::Value};

use super::{Reading, Transaction, cards, from_word, json, to_json, word};
use crate::error::Result;
use crate::model::{Body, CardState, Frequency, Item, ItemKind, ItemRef, QuestionKind, Status, Text};
use crate::time::StudyDay;

/// An item on the day's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scheduled {
    /// Its name.
    pub item: ItemRef,
    /// Its domain.
    pub domain: String,
    /// Target time in seconds.
    pub seconds: u32,
}

/// An item's place and words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Titled {
    /// Its name.
    pub item: ItemRef,
    /// Its prompt, plain.
    pub title: Text,
    /// Domain id.
    pub domain: String,
    /// Topic id.
    pub topic: String,
    /// 1 to 4.
    pub depth: u8,
}

/// An item of the track with what planning needs.
#[derive(Clone, Debug)]
pub struct Plannable {
    /// What the day's list shows.
    pub scheduled: Scheduled,
    /// Topic id.
    pub topic: String,
    /// 1 to 4.
    pub depth: u8,
    /// What sort of question; none for a prompt.
    pub question_kind: Option<QuestionKind>,
    /// How often interviews ask it.
    pub freq: Frequency,
    /// Its card; none if never practised.
    pub card: Option<CardState>,
}

/// New items, and how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewItems {
    /// Items of the track.
    pub in_track: u32,
    /// Of them never practised.
    pub unseen: u32,
}

/// Which rows to list.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// A domain's id.
    pub domain: Option<String>,
    /// A topic's id.
    pub topic: Option<String>,
    /// 1 to 4.
    pub depth: Option<u8>,
    /// Only what the track schedules.
    pub in_track: bool,
    /// Rows to pass over.
    pub offset: u32,
    /// Rows wanted.
    pub limit: u32,
}

/// A listed item, without its content.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its name.
    pub item: ItemRef,
    /// Domain id.
    pub domain: String,
    /// Topic id.
    pub topic: String,
    /// 1 to 4.
    pub depth: u8,
    /// What sort of question; none for a prompt.
    pub question_kind: Option<QuestionKind>,
    /// How often interviews ask it.
    pub freq: Frequency,
    /// How far it has been checked.
    pub status: Status,
    /// The prompt's plain words.
    pub prompt: Text,
    /// Whether the track schedules it.
    pub in_track: bool,
    /// Its card; none if never practised.
    pub card: Option<CardState>,
}

/// What is due on a study day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// The study day.
    pub today: StudyDay,
    /// Whether everything practised before today is due, because the interview is at hand.
    pub everything: bool,
}

impl Reading<'_> {
    /// An item with its content; none if the bank never had it. Retired items are found, too.
    ///
    /// # Errors
    /// Those of the database, and [`crate::error::Error::BadRecord`].
    pub fn item(&self, item: &ItemRef) -> Result<Option<Item>> {
        let mut found = None;
        self.walk(
            "SELECT * FROM items JOIN contents USING (number) WHERE kind = ?1 AND id = ?2",
            params![item.kind.0, item.id],
            |row| {
                found = Some(self.item_of(row)?);
                Ok(false)
            },
        )?;
        Ok(found)
    }

    fn item_of(&self, row: &Row<'_>) -> Result<Item> {
        let text = |column: &str| row.get::<_, String>(column).map_err(|error| self.explain(error));
        let number = |column: &str| row.get::<_, u32>(column).map_err(|error| self.explain(error));
        let reference = ItemRef { kind: ItemKind(text("kind")?), id: text("id")? };
        let body: Body = json(&format!("item {reference}"), &text("body")?)?;
        Ok(Item {
            revision: number("revision")?,
            domain: text("domain")?,
            topic: text("topic")?,
            depth: row.get("depth").map_err(|error| self.explain(error))?,
            freq: frequency(number("freq")?),
            seconds: number("seconds")?,
            status: from_word("status", text("status")?)?,
            reference,
            body,
        })
    }

    /// Whether the chosen track schedules an item.
    ///
    /// # Errors
    /// Those of the database.
    pub fn is_in_track(&self, item: &ItemRef) -> Result<bool> {
        let found = self.one(
            "SELECT in_track FROM items WHERE kind = ?1 AND id = ?2 AND retired = 0",
            params![item.kind.0, item.id],
            |row| row.get(0),
        )?;
        Ok(found.unwrap_or(false))
    }

    /// Items that failed today and come back today, soonest first, with the time (UTC milliseconds) of each.
    ///
    /// # Errors
    /// Those of the database.
    pub fn back_today(&self, today: StudyDay) -> Result<Vec<(i64, Scheduled)>> {
        self.list(
            "SELECT i.kind, i.id, i.domain, i.seconds, c.due_at_ms
             FROM cards c INDEXED BY cards_back_today CROSS JOIN items i ON i.number = c.number
             WHERE c.due_at_ms IS NOT NULL AND c.due_day = ?1 AND i.in_track = 1 AND i.retired = 0
             ORDER BY c.due_at_ms",
            [today.0],
            |row| Ok((row.get("due_at_ms")?, scheduled(row)?)),
        )
    }

    /// Walks over what is due, longest overdue first, until `take` says false. What failed today is not in it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn due(&self, due: Due, mut take: impl FnMut(Scheduled) -> bool) -> Result<()> {
        self.walk(
            &format!(
                "SELECT c.kind, c.id, i.domain, i.seconds
                 FROM cards c INDEXED BY cards_due CROSS JOIN items i ON i.number = c.number
                 WHERE {} AND i.in_track = 1 AND i.retired = 0 ORDER BY c.due_day, c.shuffle",
                due_condition(due)
            ),
            [due.today.0],
            |row| Ok(take(scheduled(row).map_err(|error| self.explain(error))?)),
        )
    }

    /// How many items are due.
    ///
    /// # Errors
    /// Those of the database.
    pub fn count_due(&self, due: Due) -> Result<u32> {
        self.count(
            &format!(
                "SELECT count(*) FROM cards c INDEXED BY cards_due CROSS JOIN items i ON i.number = c.number
                 WHERE {} AND i.in_track = 1 AND i.retired = 0",
                due_condition(due)
            ),
            [due.today.0],
        )
    }

    /// Walks over the track's new items by depth, frequency and shuffle, until `take` says false.
    ///
    /// # Errors
    /// Those of the database.
    pub fn new_items(&self, mut take: impl FnMut(Scheduled) -> bool) -> Result<()> {
        self.walk(
            "SELECT kind, id, domain, seconds FROM items INDEXED BY items_new
             WHERE in_track = 1 AND retired = 0 AND seen = 0 ORDER BY depth, freq, shuffle",
            [],
            |row| Ok(take(scheduled(row).map_err(|error| self.explain(error))?)),
        )
    }

    /// Every item of the track, by depth, frequency and shuffle.
    ///
    /// # Errors
    /// Those of the database.
    pub fn plannable(&self) -> Result<Vec<Plannable>> {
        let mut items = Vec::new();
        self.walk(
            "SELECT i.kind, i.id, i.domain, i.topic, i.seconds, i.depth, i.freq, i.question_kind, c.stability,
                 c.difficulty, c.last_day, c.due_day, c.due_at_ms, c.answers, c.lapses
             FROM items i INDEXED BY items_of_track LEFT JOIN cards c ON c.kind = i.kind AND c.id = i.id
             WHERE i.in_track = 1 AND i.retired = 0 ORDER BY i.depth, i.freq, i.shuffle",
            [],
            |row| {
                let explain = |error| self.explain(error);
                let kind: Option<String> = row.get("question_kind").map_err(explain)?;
                let seen: Option<f64> = row.get("stability").map_err(explain)?;
                items.push(Plannable {
                    scheduled: scheduled(row).map_err(explain)?,
                    topic: row.get("topic").map_err(explain)?,
                    depth: row.get("depth").map_err(explain)?,
                    question_kind: kind.map(|kind| from_word("question kind", kind)).transpose()?,
                    freq: frequency(row.get("freq").map_err(explain)?),
                    card: seen.map(|_| cards::card(row)).transpose().map_err(explain)?,
                });
                Ok(true)
            },
        )?;
        Ok(items)
    }

    /// How many items the track has, and how many of them are new.
    ///
    /// # Errors
    /// Those of the database.
    pub fn count_new(&self) -> Result<NewItems> {
        Ok(NewItems {
            in_track: self.count(
                "SELECT count(*) FROM items INDEXED BY items_of_track WHERE in_track = 1 AND retired = 0",
                [],
            )?,
            unseen: self.count(
                "SELECT count(*) FROM items INDEXED BY items_new WHERE in_track = 1 AND retired = 0 AND seen = 0",
                [],
            )?,
        })
    }

    /// A page of items and how many match in all.
    ///
    /// # Errors
    /// Those of the database, and [`crate::error::Error::BadRecord`].
    pub fn list_items(&self, listing: &Listing) -> Result<(u32, Vec<Listed>)> {
        let mut conditions = vec!["i.retired = 0"];
        let mut values: Vec<Value> = Vec::new();
        if let Some(domain) = &listing.domain {
            conditions.push("i.domain = ?");
            values.push(domain.clone().into());
        }
        if let Some(topic) = &listing.topic {
            conditions.push("i.topic = ?");
            values.push(topic.clone().into());
        }
        if let Some(depth) = listing.depth {
            conditions.push("i.depth = ?");
            values.push(i64::from(depth).into());
        }
        if listing.in_track {
            conditions.push("i.in_track = 1");
        }
        let conditions = conditions.join(" AND ");
        let total = self.count(
            &format!("SELECT count(*) FROM items i WHERE {conditions}"),
            params_from_iter(values.iter()),
        )?;
        values.push(i64::from(listing.limit).into());
        values.push(i64::from(listing.offset).into());
        let mut rows = Vec::new();
        self.walk(
            &format!(
                "SELECT i.kind, i.id, i.domain, i.topic, i.depth, i.freq, i.status, i.question_kind, t.title,
                     i.in_track, c.stability, c.difficulty, c.last_day, c.due_day, c.due_at_ms, c.answers, c.lapses
                 FROM items i JOIN contents t ON t.number = i.number LEFT JOIN cards c ON c.kind = i.kind AND c.id = i.id
                 WHERE {conditions} ORDER BY i.domain, i.topic, i.depth, i.id LIMIT ? OFFSET ?"
            ),
            params_from_iter(values.iter()),
            |row| {
                rows.push(self.listed(row)?);
                Ok(true)
            },
        )?;
        Ok((total, rows))
    }

    fn listed(&self, row: &Row<'_>) -> Result<Listed> {
        let text = |column: &str| row.get::<_, String>(column).map_err(|error| self.explain(error));
        let stability: Option<f64> = row.get("stability").map_err(|error| self.explain(error))?;
        let card = match stability {
            Some(_) => Some(cards::card(row).map_err(|error| self.explain(error))?),
            None => None,
        };
        let kind: Option<String> = row.get("question_kind").map_err(|error| self.explain(error))?;
        Ok(Listed {
            item: ItemRef { kind: ItemKind(text("kind")?), id: text("id")? },
            domain: text("domain")?,
            topic: text("topic")?,
            depth: row.get("depth").map_err(|error| self.explain(error))?,
            question_kind: kind.map(|kind| from_word("question kind", kind)).transpose()?,
            freq: frequency(row.get("freq").map_err(|error| self.explain(error))?),
            status: from_word("status", text("status")?)?,
            prompt: json("title", &text("title")?)?,
            in_track: row.get("in_track").map_err(|error| self.explain(error))?,
            card,
        })
    }

    /// An item's prompt, without marks.
    ///
    /// # Errors
    /// Those of the database, and [`crate::error::Error::BadRecord`].
    pub fn title(&self, item: &ItemRef) -> Result<Option<Text>> {
        let title = self.one(
            "SELECT t.title FROM items i JOIN contents t USING (number) WHERE i.kind = ?1 AND i.id = ?2",
            params![item.kind.0, item.id],
            |row| row.get::<_, String>("title"),
        )?;
        title.map(|title| json("title", &title)).transpose()
    }

    /// Every item that was practised and is in the bank: its place and its prompt's plain words.
    ///
    /// # Errors
    /// Those of the database, and [`crate::error::Error::BadRecord`].
    pub fn practised_titles(&self) -> Result<Vec<Titled>> {
        let rows = self.list(
            "SELECT i.kind, i.id, i.domain, i.topic, i.depth, t.title
             FROM cards c JOIN items i ON i.number = c.number JOIN contents t ON t.number = i.number",
            [],
            |row| {
                let titled = Titled {
                    item: ItemRef { kind: ItemKind(row.get("kind")?), id: row.get("id")? },
                    title: Text::default(),
                    domain: row.get("domain")?,
                    topic: row.get("topic")?,
                    depth: row.get("depth")?,
                };
                Ok((titled, row.get::<_, String>("title")?))
            },
        )?;
        rows.into_iter()
            .map(|(titled, title)| Ok(Titled { title: json("title", &title)?, ..titled }))
            .collect()
    }

    /// Every item in the bank with its content.
    ///
    /// # Errors
    /// Those of the database, and [`crate::error::Error::BadRecord`].
    pub fn items(&self, mut take: impl FnMut(Item) -> Result<()>) -> Result<()> {
        self.walk("SELECT * FROM items JOIN contents USING (number) WHERE retired = 0", [], |row| {
            take(self.item_of(row)?)?;
            Ok(true)
        })
    }
}

impl Transaction<'_> {
    /// Marks everything of the bank as no longer in it; [`Transaction::install_item`] takes the mark off again. Stories
    /// are the learner's and stay.
    ///
    /// # Errors
    /// Those of the database.
    pub fn retire_all(&self) -> Result<()> {
        self.execute("UPDATE items SET retired = 1 WHERE retired = 0 AND kind <> ?1", [ItemKind::STORY])?;
        Ok(())
    }

    /// Keeps an item of the bank. Its shuffle number is kept where it has one already.
    ///
    /// # Errors
    /// Those of the database.
    pub fn install_item(&self, item: &Item, title: &Text, shuffle: u32, in_track: bool) -> Result<()> {
        let question_kind = match &item.body {
            Body::Question(question) => Some(question.kind.name()),
            Body::Prompt { .. } | Body::Story(_) | Body::Drill(_) | Body::Incident(_) => None,
        };
        self.execute(
            "INSERT INTO items (kind, id, revision, domain, topic, depth, freq, seconds, status, question_kind,
                 shuffle, in_track, seen)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12,
                 EXISTS (SELECT 1 FROM cards c WHERE c.kind = ?1 AND c.id = ?2))
             ON CONFLICT (kind, id) DO UPDATE SET revision = excluded.revision, domain = excluded.domain,
                 topic = excluded.topic, depth = excluded.depth, freq = excluded.freq, seconds = excluded.seconds,
                 status = excluded.status, question_kind = excluded.question_kind, in_track = excluded.in_track,
                 retired = 0",
            params![
                item.reference.kind.0,
                item.reference.id,
                item.revision,
                item.domain,
                item.topic,
                item.depth,
                item.freq as u8,
                item.seconds,
                word("status", &item.status)?,
                question_kind,
                shuffle,
                in_track,
            ],
        )?;
        self.execute(
            "INSERT INTO contents (number, title, body)
             SELECT number, ?3, ?4 FROM items WHERE kind = ?1 AND id = ?2
             ON CONFLICT (number) DO UPDATE SET title = excluded.title, body = excluded.body",
            params![
                item.reference.kind.0,
                item.reference.id,
                to_json("title", title)?,
                to_json("item", &item.body)?
            ],
        )?;
        // A card may be older than its item: the log came from elsewhere, or the bank had dropped the item.
        self.execute(
            "UPDATE cards SET (number, shuffle) = (SELECT number, shuffle FROM items WHERE kind = ?1 AND id = ?2)
             WHERE kind = ?1 AND id = ?2 AND number IS NULL",
            params![item.reference.kind.0, item.reference.id],
        )?;
        Ok(())
    }

    /// Takes an item out with what it says; its answers stay in the log.
    ///
    /// # Errors
    /// Those of the database.
    pub fn forget_item(&self, item: &ItemRef) -> Result<()> {
        let name = params![item.kind.0, item.id];
        self.execute(
            "DELETE FROM contents WHERE number = (SELECT number FROM items WHERE kind = ?1 AND id = ?2)",
            name,
        )?;
        self.execute("UPDATE items SET retired = 1, in_track = 0 WHERE kind = ?1 AND id = ?2", name)?;
        Ok(())
    }

    /// Says whether the chosen track schedules an item.
    ///
    /// # Errors
    /// Those of the database.
    pub fn set_in_track(&self, item: &ItemRef, in_track: bool) -> Result<()> {
        self.execute(
            "UPDATE items SET in_track = ?3 WHERE kind = ?1 AND id = ?2 AND in_track <> ?3",
            params![item.kind.0, item.id, in_track],
        )?;
        Ok(())
    }
}

/// What failed today is not due again before its time, and has its own query.
fn due_condition(due: Due) -> &'static str {
    if due.everything {
        "c.last_day < ?1"
    } else {
        "c.due_day <= ?1 AND (c.due_at_ms IS NULL OR c.due_day < ?1)"
    }
}

pub(super) fn scheduled(row: &Row<'_>) -> rusqlite::Result<Scheduled> {
    Ok(Scheduled {
        item: ItemRef { kind: ItemKind(row.get("kind")?), id: row.get("id")? },
        domain: row.get("domain")?,
        seconds: row.get("seconds")?,
    })
}

fn frequency(number: u32) -> Frequency {
    match number {
        0 => Frequency::Core,
        1 => Frequency::Common,
        _ => Frequency::Rare,
    }
}
