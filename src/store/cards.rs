//! The cache of memory states.

use rusqlite::{Row, params};

use super::{Reading, Transaction};
use crate::error::Result;
use crate::model::{CardState, ItemKind, ItemRef};
use crate::time::StudyDay;

pub(super) fn card(row: &Row<'_>) -> rusqlite::Result<CardState> {
    Ok(CardState {
        stability: row.get("stability")?,
        difficulty: row.get("difficulty")?,
        last_day: StudyDay(row.get("last_day")?),
        due_day: StudyDay(row.get("due_day")?),
        due_at_ms: row.get("due_at_ms")?,
        answers: row.get("answers")?,
        lapses: row.get("lapses")?,
    })
}

impl Reading<'_> {
    /// An item's card; none if it was never practised.
    ///
    /// # Errors
    /// Those of the database.
    pub fn card(&self, item: &ItemRef) -> Result<Option<CardState>> {
        self.one("SELECT * FROM cards WHERE kind = ?1 AND id = ?2", params![item.kind.0, item.id], card)
    }

    /// Every card, by kind and id.
    ///
    /// # Errors
    /// Those of the database.
    pub fn cards(&self) -> Result<Vec<(ItemRef, CardState)>> {
        self.list("SELECT * FROM cards ORDER BY kind, id", [], |row| {
            let item = ItemRef { kind: ItemKind(row.get("kind")?), id: row.get("id")? };
            Ok((item, card(row)?))
        })
    }
}

impl Transaction<'_> {
    /// Keeps a card, or removes it where `card` is none (its only answer was undone).
    ///
    /// # Errors
    /// Those of the database.
    pub fn set_card(&self, item: &ItemRef, card: Option<&CardState>) -> Result<()> {
        match card {
            Some(card) => {
                self.execute(
                    "INSERT INTO cards (kind, id, stability, difficulty, last_day, due_day, due_at_ms, answers,
                         lapses, number, shuffle)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,
                         (SELECT number FROM items WHERE kind = ?1 AND id = ?2),
                         (SELECT shuffle FROM items WHERE kind = ?1 AND id = ?2))
                     ON CONFLICT (kind, id) DO UPDATE SET stability = excluded.stability,
                         difficulty = excluded.difficulty, last_day = excluded.last_day,
                         due_day = excluded.due_day, due_at_ms = excluded.due_at_ms,
                         answers = excluded.answers, lapses = excluded.lapses",
                    params![
                        item.kind.0,
                        item.id,
                        card.stability,
                        card.difficulty,
                        card.last_day.0,
                        card.due_day.0,
                        card.due_at_ms,
                        card.answers,
                        card.lapses
                    ],
                )?;
            }
            None => {
                self.execute("DELETE FROM cards WHERE kind = ?1 AND id = ?2", params![item.kind.0, item.id])?;
            }
        }
        self.execute(
            "UPDATE items SET seen = ?3 WHERE kind = ?1 AND id = ?2 AND seen <> ?3",
            params![item.kind.0, item.id, card.is_some()],
        )?;
        Ok(())
    }

    /// Throws the cache away, for a replay.
    ///
    /// # Errors
    /// Those of the database.
    pub fn clear_cards(&self) -> Result<()> {
        self.execute("DELETE FROM cards", [])?;
        self.execute("UPDATE items SET seen = 0 WHERE seen = 1", [])?;
        Ok(())
    }
}
