//! Counting: everything the log says in sums, kept with how far they go, and what is known now of each topic.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::App;
use crate::error::Result;
use crate::memory::Trace;
use crate::model::{ItemKind, ItemRef, Language};
use crate::progress::{AnswerRow, Cell, Tally};
use crate::store::{ItemFigure, Reading, WalkedAnswer};
use crate::time::Moment;

/// The fact that holds what was counted.
pub(super) const COUNTED: &str = "counted";
/// Counts up when figures are counted in another way.
const COUNTED_VERSION: u32 = 1;
/// New rows of the log after which what was counted is kept again.
const KEEP_AFTER: u32 = 200;

/// What was counted, and how far.
#[derive(Serialize, Deserialize)]
struct Counted {
    version: u32,
    /// The bank's fingerprint: another bank may file items elsewhere.
    bank: String,
    /// The last row of each device.
    read: BTreeMap<String, u32>,
    tally: Tally,
}

fn row_of(answer: &WalkedAnswer<'_>, domain: Option<usize>) -> AnswerRow {
    AnswerRow {
        domain,
        day: answer.day,
        grade: answer.grade,
        total_ms: answer.total_ms,
        elapsed_days: answer.elapsed_days,
        predicted: answer.predicted,
        language: if answer.in_english { Language::En } else { Language::ZhTw },
        sign: answer.sign,
    }
}

impl App {
    /// Everything the log says. What was counted before is kept, with how far into the log it goes, so that a page of
    /// figures reads only what is new; `doctor` compares it with the whole log.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) fn tally(&mut self) -> Result<Tally> {
        let (counted, new) = self.counted()?;
        if new >= KEEP_AFTER && self.store.writes() {
            let text = serde_json::to_string(&counted).unwrap_or_default();
            self.store.transact(|transaction| transaction.set_fact(COUNTED, &text))?;
        }
        Ok(counted.tally)
    }

    /// Whether what is kept, with what came after it, is what the whole log says.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) fn counts_agree(&self) -> Result<bool> {
        Ok(self.counted()?.0.tally.agrees(&self.tally_of_all()?))
    }

    /// What is kept with what came after it, and how many rows came after.
    fn counted(&self) -> Result<(Counted, u32)> {
        let read = self.store.read();
        let bank = read.fact("bank")?.unwrap_or_default();
        let kept = read.fact(COUNTED)?.and_then(|kept| serde_json::from_str::<Counted>(&kept).ok());
        let kept = kept.filter(|kept| kept.version == COUNTED_VERSION && kept.bank == bank);
        let newest: BTreeMap<String, u32> = read.newest_of_devices()?.into_iter().collect();
        match kept {
            Some(mut kept) => {
                let mut domains = self.domain_finder()?;
                let mut new = 0;
                for (device, last) in &newest {
                    let first = kept.read.get(device).copied().unwrap_or(0);
                    if first < *last {
                        new += last - first;
                        read.walk_answers_after(device, first, |answer| {
                            kept.tally.add(&row_of(answer, domains(&read, answer)));
                        })?;
                    }
                }
                kept.read = newest;
                Ok((kept, new))
            }
            None => {
                let tally = self.tally_of_all()?;
                Ok((Counted { version: COUNTED_VERSION, bank, read: newest, tally }, u32::MAX))
            }
        }
    }

    /// Everything the log says, in one walk over all of it.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) fn tally_of_all(&self) -> Result<Tally> {
        let domains = self.domain_ids()?;
        let read = self.store.read();
        let index: HashMap<&str, usize> =
            domains.iter().enumerate().map(|(at, id)| (id.as_str(), at)).collect();
        let mut items: HashMap<(String, String), Option<usize>> = HashMap::new();
        for (item, domain) in read.domains_of_items()? {
            items.insert((item.kind.0, item.id), index.get(domain.as_str()).copied());
        }
        let mut tally = Tally::new(domains.len());
        // Answers come item by item: the domain is looked up once for all of an item's.
        let mut last = (String::new(), String::new());
        let mut domain = None;
        read.walk_answers(|answer| {
            if last.1 != answer.item || last.0 != answer.kind {
                last = (answer.kind.to_owned(), answer.item.to_owned());
                domain = items.get(&last).copied().flatten();
            }
            tally.add(&row_of(answer, domain));
        })?;
        Ok(tally)
    }

    /// Looks up the places of items' domains one by one.
    fn domain_finder(&self) -> Result<impl FnMut(&Reading<'_>, &WalkedAnswer<'_>) -> Option<usize> + use<>> {
        let domains = self.domain_ids()?;
        Ok(move |read: &Reading<'_>, answer: &WalkedAnswer<'_>| {
            let item = ItemRef { kind: ItemKind(answer.kind.to_owned()), id: answer.item.to_owned() };
            let domain = read.domain_of(&item).ok().flatten()?;
            domains.iter().position(|id| *id == domain)
        })
    }

    /// The domains in the order learners see.
    pub(super) fn domain_ids(&self) -> Result<Vec<String>> {
        Ok(self.outline()?.domains.into_iter().map(|domain| domain.id).collect())
    }

    /// What would be recalled of an item now, 0 to 1.
    pub(super) fn recall_of(&self, item: &ItemFigure<'_>, now: Moment) -> f64 {
        let trace = Trace { stability: item.stability, difficulty: item.difficulty };
        f64::from(self.memory.retrievability(trace, now.study_day().since(item.last_day) as f32))
    }

    /// What is known now of each topic of the track at each depth.
    pub(super) fn cells(&self, now: Moment) -> Result<Vec<Cell>> {
        let read = self.store.read();
        let mut cells: Vec<Cell> = read
            .track_cells()?
            .into_iter()
            .map(|cell| Cell {
                domain: cell.domain,
                topic: cell.topic,
                depth: cell.depth,
                items: cell.items,
                ..Cell::default()
            })
            .collect();
        let places: HashMap<(String, String, u8), usize> = cells
            .iter()
            .enumerate()
            .map(|(at, cell)| ((cell.domain.clone(), cell.topic.clone(), cell.depth), at))
            .collect();
        // Items of a topic stand together for the most part: the last one's place is tried first.
        let mut last = None;
        read.practised(|item| {
            let here = |cell: &Cell| {
                cell.depth == item.depth && cell.topic == item.topic && cell.domain == item.domain
            };
            let at = last.filter(|at| cells.get(*at).is_some_and(here)).or_else(|| {
                places.get(&(item.domain.to_owned(), item.topic.to_owned(), item.depth)).copied()
            });
            last = at;
            if let Some(cell) = at.and_then(|at| cells.get_mut(at)) {
                cell.seen += 1;
                cell.recall += self.recall_of(item, now);
            }
        })?;
        Ok(cells)
    }
}
