//! What is in the bank, counted.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Bank, Figures};
use crate::model::{Runner, Status};

/// How many, and how far checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    /// All.
    pub total: usize,
    /// Written only.
    pub draft: usize,
    /// Read blind by someone else and mended.
    pub reviewed: usize,
    /// Reviewed, and the facts run or found in the sources.
    pub verified: usize,
}

impl Count {
    fn add(&mut self, status: Status) {
        self.total += 1;
        match status {
            Status::Draft => self.draft += 1,
            Status::Reviewed => self.reviewed += 1,
            Status::Verified => self.verified += 1,
        }
    }
}

/// The bank in numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Stats {
    /// Technical questions.
    pub questions: Count,
    /// Behavioural prompts.
    pub prompts: Count,
    /// Questions planned by the syllabus.
    pub planned: u32,
    /// Questions by domain.
    pub by_domain: BTreeMap<String, Count>,
    /// Questions by `domain/topic`.
    pub by_topic: BTreeMap<String, Count>,
    /// Questions by depth.
    pub by_depth: BTreeMap<u8, Count>,
    /// Questions by kind.
    pub by_kind: BTreeMap<String, Count>,
    /// Prompts by principle.
    pub by_principle: BTreeMap<String, Count>,
    /// Items (questions and prompts) complete in each language.
    pub by_language: BTreeMap<String, usize>,
    /// Questions in scope of each track.
    pub by_track: BTreeMap<String, usize>,
    /// Questions with an executable check, by kind.
    pub with_verify: BTreeMap<String, usize>,
    /// What reading has shown.
    pub reviews: Figures,
}

impl Bank {
    /// Counts the bank.
    pub fn stats(&self) -> Stats {
        let mut stats = Stats {
            planned: self.topics.iter().flat_map(|topic| topic.planned).map(u32::from).sum(),
            reviews: self.reviews.figures(),
            ..Stats::default()
        };
        for track in &self.tracks {
            stats.by_track.insert(track.id.0.clone(), 0);
        }
        for question in self.questions() {
            let topic = format!("{}/{}", question.domain(), question.topic());
            stats.questions.add(question.status);
            stats.by_domain.entry(question.domain().to_owned()).or_default().add(question.status);
            stats.by_topic.entry(topic).or_default().add(question.status);
            stats.by_depth.entry(question.depth).or_default().add(question.status);
            stats.by_kind.entry(question.kind.name().to_owned()).or_default().add(question.status);
            let runs = question.verify.as_ref().is_some_and(|verify| verify.runner != Runner::None);
            *stats.with_verify.entry(question.kind.name().to_owned()).or_default() += usize::from(runs);
            for track in self.tracks.iter().filter(|track| track.takes(question)) {
                *stats.by_track.entry(track.id.0.clone()).or_default() += 1;
            }
        }
        for prompt in self.prompts.iter().map(|placed| &placed.record) {
            stats.prompts.add(prompt.status);
            stats.by_principle.entry(prompt.principle().to_owned()).or_default().add(prompt.status);
        }
        let texts = self
            .questions
            .iter()
            .map(|placed| &placed.record.answer)
            .chain(self.prompts.iter().map(|placed| &placed.record.prompt));
        for text in texts {
            for (language, complete) in [
                ("en", !text.en.trim().is_empty()),
                ("zh-TW", !text.zh_tw.trim().is_empty()),
                ("zh-CN", text.zh_cn.is_some()),
            ] {
                *stats.by_language.entry(language.to_owned()).or_default() += usize::from(complete);
            }
        }
        stats
    }
}
