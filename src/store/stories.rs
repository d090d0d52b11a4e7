//! Stories and their versions.

use rusqlite::params;

use super::{Reading, Transaction, json, to_json};
use crate::error::Result;
use crate::model::{Story, StoryId};

/// A story as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptStory {
    /// Its name.
    pub id: StoryId,
    /// Its newest version.
    pub version: Version,
    /// The story.
    pub story: Story,
}

/// A version of a story, without the story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    /// From 1.
    pub number: u32,
    /// When it was last changed, UTC milliseconds.
    pub changed_at_ms: i64,
}

impl Reading<'_> {
    /// Every story, the one changed last first.
    ///
    /// # Errors
    /// Those of the database, and [`crate::error::Error::BadRecord`].
    pub fn stories(&self) -> Result<Vec<KeptStory>> {
        let rows = self.list(
            "SELECT v.story, v.number, v.changed_at_ms, v.body FROM story_versions v
             WHERE v.number = (SELECT max(number) FROM story_versions n WHERE n.story = v.story)
             ORDER BY v.changed_at_ms DESC, v.story",
            [],
            |row| {
                let version =
                    Version { number: row.get("number")?, changed_at_ms: row.get("changed_at_ms")? };
                Ok((StoryId(row.get("story")?), version, row.get::<_, String>("body")?))
            },
        )?;
        rows.into_iter()
            .map(|(id, version, body)| {
                let story = json(&format!("story {}", id.0), &body)?;
                Ok(KeptStory { id, version, story })
            })
            .collect()
    }

    /// A version of a story; the newest where none is named; none where there is no such.
    ///
    /// # Errors
    /// Those of the database, and [`crate::error::Error::BadRecord`].
    pub fn story(&self, id: &StoryId, number: Option<u32>) -> Result<Option<KeptStory>> {
        let row = self.one(
            "SELECT number, changed_at_ms, body FROM story_versions
             WHERE story = ?1 AND (?2 IS NULL OR number = ?2) ORDER BY number DESC LIMIT 1",
            params![id.0, number],
            |row| {
                let version =
                    Version { number: row.get("number")?, changed_at_ms: row.get("changed_at_ms")? };
                Ok((version, row.get::<_, String>("body")?))
            },
        )?;
        row.map(|(version, body)| {
            Ok(KeptStory { id: id.clone(), version, story: json(&format!("story {}", id.0), &body)? })
        })
        .transpose()
    }

    /// Every version of a story, newest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn story_versions(&self, id: &StoryId) -> Result<Vec<Version>> {
        self.list(
            "SELECT number, changed_at_ms FROM story_versions WHERE story = ?1 ORDER BY number DESC",
            [&id.0],
            |row| Ok(Version { number: row.get("number")?, changed_at_ms: row.get("changed_at_ms")? }),
        )
    }
}

impl Transaction<'_> {
    /// Keeps a version of a story, in place of the one of the same number.
    ///
    /// # Errors
    /// Those of the database.
    pub fn keep_story(&self, id: &StoryId, version: Version, story: &Story) -> Result<()> {
        self.execute(
            "INSERT INTO stories (id, created_at_ms) VALUES (?1, ?2) ON CONFLICT (id) DO NOTHING",
            params![id.0, version.changed_at_ms],
        )?;
        self.execute(
            "INSERT INTO story_versions (story, number, changed_at_ms, body) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (story, number) DO UPDATE SET changed_at_ms = excluded.changed_at_ms, body = excluded.body",
            params![id.0, version.number, version.changed_at_ms, to_json("story", story)?],
        )?;
        Ok(())
    }

    /// Deletes a story with all its versions.
    ///
    /// # Errors
    /// Those of the database.
    pub fn delete_story(&self, id: &StoryId) -> Result<()> {
        self.execute("DELETE FROM stories WHERE id = ?1", [&id.0])?;
        Ok(())
    }
}
