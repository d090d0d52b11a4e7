//! What a packet may say: as much as a person can have said, and nothing that nobody can have. One rule for who writes a
//! packet and who takes it. Pure.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::figures::Facts;
use super::{Assignment, Comment, Feedback, Parts, Place, Shared};
use crate::model::{Score, Text};
use crate::packet::Header;

/// The end of the year 9999, UTC milliseconds.
const LAST_MS: i64 = 253_402_300_799_000;
/// Longest text of a comment, an assignment or a letter, in bytes; the window's fields take fewer letters than that.
const LONGEST: usize = 100_000;
/// Most comments, and most assignments, of a feedback packet.
const MOST_REMARKS: usize = 1000;
/// Most stories, told answers, mock loops or plays of a review packet: years of study have hundreds.
const MOST: usize = 5000;
/// Most items of a review packet: banks have thousands.
const MOST_ITEMS: usize = 50_000;

/// Whether a header's time can be one.
pub(super) fn is_believable(header: &Header) -> bool {
    time(header.created_at_ms)
}

fn time(at_ms: i64) -> bool {
    (0..=LAST_MS).contains(&at_ms)
}

fn date(date: NaiveDate) -> bool {
    let first = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap_or_default();
    let last = NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or_default();
    (first..=last).contains(&date)
}

/// Whether at most `most`, and no two by the same name.
fn few_and_distinct<T: Ord>(names: impl ExactSizeIterator<Item = T>, most: usize) -> bool {
    let count = names.len();
    count <= most && names.collect::<BTreeSet<T>>().len() == count
}

impl Shared {
    /// Whether this can be somebody's account of themselves at all: times, figures, and how much it is.
    pub(super) fn is_believable(&self) -> bool {
        let Parts { items, stories, told, mocks, plays, interview, .. } = &self.parts;
        let mut times = items
            .iter()
            .flat_map(|item| item.answers.iter().map(|answer| answer.at_ms))
            .chain(stories.iter().map(|story| story.changed_at_ms))
            .chain(told.iter().map(|told| told.at_ms))
            .chain(mocks.iter().map(|mock| mock.at_ms))
            .chain(plays.iter().map(|play| play.at_ms));
        times.all(time)
            && interview.is_none_or(date)
            && few_and_distinct(items.iter().map(|item| &item.item), MOST_ITEMS)
            && few_and_distinct(stories.iter().map(|story| &story.id), MOST)
            && few_and_distinct(told.iter().map(|told| told.number), MOST)
            && few_and_distinct(mocks.iter().map(|mock| mock.number), MOST)
            && few_and_distinct(plays.iter().map(|play| play.number), MOST)
            && self.facts.as_ref().is_none_or(Facts::is_believable)
    }
}

impl Feedback {
    /// Whether it is no more than a feedback packet may hold.
    pub(super) fn fits(&self) -> bool {
        let text = |text: &Text| {
            text.en.len() + text.zh_tw.len() + text.zh_cn.as_ref().map_or(0, String::len) <= LONGEST
        };
        let comment = |one: &Comment| {
            [&one.words, &one.quote, &one.item.kind.0, &one.item.id]
                .iter()
                .all(|words| words.len() <= LONGEST)
                && text(&one.title)
                && one.scores.len() <= 100
                && one.scores.iter().all(|(name, score)| name.len() + score.because.len() <= LONGEST)
        };
        let assignment = |one: &Assignment| {
            one.words.len() <= LONGEST
                && text(&one.title)
                && one.item.as_ref().is_none_or(|item| item.kind.0.len() + item.id.len() <= LONGEST)
        };
        self.words.len() <= LONGEST
            && self.comments.len() <= MOST_REMARKS
            && self.assignments.len() <= MOST_REMARKS
            && self.comments.iter().all(comment)
            && self.assignments.iter().all(assignment)
    }

    /// Whether its times, dates and scores can be such.
    pub(super) fn is_believable(&self) -> bool {
        let score = |score: &Score| (1..=4).contains(&score.value);
        let place = |place: &Place| !matches!(place, Place::Answer { at_ms } if !time(*at_ms));
        time(self.seen_at_ms)
            && self.comments.iter().all(|one| place(&one.place) && one.scores.values().all(score))
            && self.assignments.iter().all(|one| date(one.due))
    }
}
