//! The one SQLite file. The only room that names `rusqlite`; SQL stands beside the types it fills.
//!
//! One writer at a time (a lock file, whatever the platform's databases think), readers beside it. WAL, and
//! synchronous=FULL: an answer that was acknowledged survives a power cut. A file is never replaced, moved or emptied
//! here; what cannot be read is refused with its reason and left as it is.

mod cards;
mod drills;
mod figures;
mod items;
mod mentor;
mod open;
mod plays;
mod rehearsals;
mod reviews;
mod settings;
mod stories;

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use serde::de::DeserializeOwned;

use crate::error::{Error, Result};

pub use drills::{KeptCase, NewCase};
pub use figures::{CellFigure, DayFigure, DomainFigure, ItemFigure, Pace, WalkedAnswer};
pub use items::{Due, Listed, Listing, NewItems, Plannable, Scheduled, Titled};
pub use mentor::{FeedbackRow, KeptContact, KeptPacket, NewPacket};
pub use plays::KeptPlay;
pub use rehearsals::{KeptMock, KeptRehearsal};
pub use reviews::{Answered, GivenAnswer, NewReview};
pub use settings::{ParameterSet, RoundRow};
pub use stories::{KeptStory, Version};

/// Whether a store may be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// The one that writes.
    Write,
    /// One of many that look.
    Read,
}

/// An open database.
pub struct Store {
    connection: Connection,
    path: PathBuf,
    // Held for as long as the store is open; the system releases it even after a crash.
    _lock: Option<std::fs::File>,
}

impl Store {
    /// The database's path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Runs `work` in one transaction: all of it is kept, or none.
    ///
    /// # Errors
    /// Those of `work`, and those of the database.
    pub fn transact<T>(&mut self, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        let path = self.path.clone();
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|error| open::explain(error, &path))?;
        let transaction = Transaction { inner: transaction, path: &path };
        let value = work(&transaction)?;
        transaction.inner.commit().map_err(|error| open::explain(error, &path))?;
        Ok(value)
    }

    /// Whether this is the one that writes.
    pub fn writes(&self) -> bool {
        !self.connection.is_readonly("main").unwrap_or(true)
    }

    /// A view of the database for reading.
    pub fn read(&self) -> Reading<'_> {
        Reading { connection: &self.connection, path: &self.path }
    }

    /// What SQLite finds wrong with the file; empty when it is sound.
    ///
    /// # Errors
    /// Those of the database.
    pub fn integrity(&self) -> Result<Vec<String>> {
        let read = self.read();
        let mut found = read.list("PRAGMA integrity_check(20)", [], |row| row.get::<_, String>(0))?;
        found.retain(|line| line != "ok");
        found.extend(read.list("PRAGMA foreign_key_check", [], |row| {
            Ok(format!("broken reference in table {}", row.get::<_, String>(0)?))
        })?);
        Ok(found)
    }
}

/// An open transaction: everything [`Reading`] can do, and changes.
pub struct Transaction<'a> {
    inner: rusqlite::Transaction<'a>,
    path: &'a Path,
}

impl Transaction<'_> {
    /// Reads within the transaction.
    pub fn read(&self) -> Reading<'_> {
        Reading { connection: &self.inner, path: self.path }
    }

    fn execute(&self, sql: &str, params: impl rusqlite::Params) -> Result<usize> {
        let mut statement = self.inner.prepare_cached(sql).map_err(|e| open::explain(e, self.path))?;
        statement.execute(params).map_err(|error| open::explain(error, self.path))
    }

    /// Keeps a fact about this file.
    ///
    /// # Errors
    /// Those of the database.
    pub fn set_fact(&self, name: &str, value: &str) -> Result<()> {
        self.execute(
            "INSERT INTO facts (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            params![name, value],
        )?;
        Ok(())
    }
}

/// Reads from the database; its methods stand beside the tables they read.
#[derive(Clone, Copy)]
pub struct Reading<'a> {
    connection: &'a Connection,
    path: &'a Path,
}

impl Reading<'_> {
    /// A fact about this file.
    ///
    /// # Errors
    /// Those of the database.
    pub fn fact(&self, name: &str) -> Result<Option<String>> {
        self.one("SELECT value FROM facts WHERE name = ?1", [name], |row| row.get("value"))
    }

    fn one<T>(
        &self,
        sql: &str,
        params: impl rusqlite::Params,
        row: impl FnOnce(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>> {
        let mut statement = self.connection.prepare_cached(sql).map_err(|e| self.explain(e))?;
        statement.query_row(params, row).optional().map_err(|error| self.explain(error))
    }

    fn list<T>(
        &self,
        sql: &str,
        params: impl rusqlite::Params,
        row: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        let mut statement = self.connection.prepare_cached(sql).map_err(|e| self.explain(e))?;
        let rows = statement.query_map(params, row).map_err(|error| self.explain(error))?;
        rows.collect::<rusqlite::Result<_>>().map_err(|error| self.explain(error))
    }

    /// Walks over rows until `take` says false.
    fn walk(
        &self,
        sql: &str,
        params: impl rusqlite::Params,
        mut take: impl FnMut(&rusqlite::Row<'_>) -> Result<bool>,
    ) -> Result<()> {
        let mut statement = self.connection.prepare_cached(sql).map_err(|e| self.explain(e))?;
        let mut rows = statement.query(params).map_err(|error| self.explain(error))?;
        while let Some(row) = rows.next().map_err(|error| self.explain(error))? {
            if !take(row)? {
                break;
            }
        }
        Ok(())
    }

    fn count(&self, sql: &str, params: impl rusqlite::Params) -> Result<u32> {
        Ok(self.one(sql, params, |row| row.get::<_, u32>(0))?.unwrap_or(0))
    }

    fn explain(&self, error: rusqlite::Error) -> Error {
        open::explain(error, self.path)
    }
}

/// A JSON column as its type.
fn json<T: DeserializeOwned>(what: &str, text: &str) -> Result<T> {
    serde_json::from_str(text)
        .map_err(|error| Error::BadRecord { what: what.to_owned(), reason: error.to_string() })
}

/// A type as a JSON column.
fn to_json(what: &str, value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|error| Error::BadRecord { what: what.to_owned(), reason: error.to_string() })
}

/// A one-word enum (a language, a status) as serde names it.
fn word(what: &str, value: &impl serde::Serialize) -> Result<String> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        _ => Err(Error::BadRecord { what: what.to_owned(), reason: "not one word".to_owned() }),
    }
}

/// A one-word enum from its column.
fn from_word<T: DeserializeOwned>(what: &str, text: String) -> Result<T> {
    serde_json::from_value(serde_json::Value::String(text))
        .map_err(|error| Error::BadRecord { what: what.to_owned(), reason: error.to_string() })
}
