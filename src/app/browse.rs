//! Browse: everything in the bank, whether the track schedules it or not.

use super::{App, BrowseFilter, BrowseItem, BrowsePage, BrowseRow, MemoryView, PastAnswer};
use crate::error::Result;
use crate::model::{CardState, ItemRef};
use crate::store::Listing;
use crate::time::Moment;

/// Most rows of one page.
const LONGEST_PAGE: u32 = 500;

impl App {
    /// A page of the bank.
    ///
    /// # Errors
    /// Those of the database.
    pub fn browse(&self, filter: &BrowseFilter, now: Moment) -> Result<BrowsePage> {
        let (total, rows) = self.store.read().list_items(&Listing {
            domain: filter.domain.clone(),
            topic: filter.topic.clone(),
            depth: filter.depth,
            in_track: filter.in_track,
            offset: filter.offset,
            limit: filter.limit.min(LONGEST_PAGE),
        })?;
        let row = |listed: crate::store::Listed| BrowseRow {
            item: listed.item,
            domain: listed.domain,
            topic: listed.topic,
            depth: listed.depth,
            question_kind: listed.question_kind,
            freq: listed.freq,
            status: listed.status,
            prompt: listed.prompt,
            in_track: listed.in_track,
            memory: listed.card.as_ref().map(|card| self.memory_view(card, now)),
        };
        Ok(BrowsePage { total, rows: rows.into_iter().map(row).collect() })
    }

    /// An item with its history.
    ///
    /// # Errors
    /// [`crate::error::Error::NoSuchItem`], and those of the database.
    pub fn browse_item(&self, item: &ItemRef, now: Moment) -> Result<BrowseItem> {
        let view = self.item(item)?.view(self.settings.chinese());
        let read = self.store.read();
        let history = read.answers_of(item)?.into_iter().map(|review| PastAnswer {
            date: review.at.study_day().date(),
            grade: review.grade,
            total_ms: review.total_ms,
            prompt_language: review.prompt_language,
            answer: review.answer,
        });
        Ok(BrowseItem {
            view,
            in_track: read.is_in_track(item)?,
            memory: read.card(item)?.as_ref().map(|card| self.memory_view(card, now)),
            history: history.collect(),
        })
    }

    pub(super) fn memory_view(&self, card: &CardState, now: Moment) -> MemoryView {
        let due_day = self.cap(now).map_or(card.due_day, |cap| card.due_day.min(cap));
        MemoryView {
            recall: self.memory.recall(card, now),
            stability_days: card.stability,
            difficulty: card.difficulty,
            due_in_days: due_day.0.saturating_sub(now.study_day().0),
            answers: card.answers,
            lapses: card.lapses,
        }
    }
}
