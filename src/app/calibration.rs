//! Calibration: a first sitting across all domains, so that the plan sees early what a learner knows already and how
//! fast they are. The same items come back first on the next day, which shows how this learner remembers.

use std::sync::Arc;

use super::App;
use super::day::Waiting;
use crate::error::Result;
use crate::model::{ItemKind, ItemRef};
use crate::store::Plannable;
use crate::time::Moment;

/// Items asked: about twenty minutes.
const ITEMS: usize = 12;
/// The fact that keeps them.
const FACT: &str = "calibration";

impl App {
    /// Puts a calibration at the head of today's list. It takes one item of each domain in turn, the shallowest and
    /// most frequent first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn calibrate(&mut self) -> Result<()> {
        let mut left: Vec<Plannable> = self.store.read().plannable()?;
        // Whole incidents would take the time of all the others.
        left.retain(|item| item.card.is_none() && item.scheduled.item.kind.0 != ItemKind::INCIDENT);
        let mut domains: Vec<String> = Vec::new();
        for item in &left {
            if !domains.contains(&item.scheduled.domain) {
                domains.push(item.scheduled.domain.clone());
            }
        }
        // The track's items stand in the order of depth and frequency.
        let mut chosen = Vec::new();
        while chosen.len() < ITEMS && !left.is_empty() {
            for domain in &domains {
                let next = left.iter().position(|item| item.scheduled.domain == *domain);
                if let Some(next) = next.filter(|_| chosen.len() < ITEMS) {
                    chosen.push(left.remove(next).scheduled.item);
                }
            }
        }
        self.store.transact(|transaction| super::set_json(transaction, FACT, &chosen))?;
        self.calibration = chosen;
        self.queue.take();
        Ok(())
    }

    /// The items of the calibration, none if there was none.
    pub(super) fn load_calibration(read: crate::store::Reading<'_>) -> Result<Vec<ItemRef>> {
        let text = read.fact(FACT)?;
        // It only changes an order: what cannot be read is no calibration.
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
    }

    /// What of the calibration is asked now: its new items, and on a later day each once more.
    pub(super) fn calibration_list(&self, now: Moment) -> Result<Vec<Waiting>> {
        if self.calibration.is_empty() {
            return Ok(Vec::new());
        }
        let today = now.study_day();
        let mut items = self.store.read().plannable()?;
        items.retain(|item| {
            self.calibration.contains(&item.scheduled.item)
                && item.card.as_ref().is_none_or(|card| card.answers == 1 && today.since(card.last_day) >= 1)
        });
        items.sort_by_key(|item| self.calibration.iter().position(|chosen| *chosen == item.scheduled.item));
        Ok(items.into_iter().map(|item| (Arc::new(item.scheduled), item.card.is_none())).collect())
    }
}
