//! Grades and the review log's entries.

use serde::{Deserialize, Serialize};

use super::{DeviceId, ItemRef, KeyPoint, Language, ReviewKey};
use crate::time::Moment;

/// The four grades of FSRS. Hard is a pass: it lengthens the interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Grade {
    /// Not recalled.
    Again,
    /// Recalled with trouble.
    Hard,
    /// Recalled.
    Good,
    /// Recalled without effort.
    Easy,
}

impl Grade {
    /// From worst to best.
    pub const ALL: [Self; 4] = [Self::Again, Self::Hard, Self::Good, Self::Easy];

    /// 1 (again) to 4 (easy), as FSRS and the keys of the keyboard number them.
    pub fn number(self) -> u8 {
        self as u8 + 1
    }

    /// The grade of a number from 1 to 4.
    pub fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|grade| i64::from(grade.number()) == number)
    }

    /// Whether the item was recalled.
    pub fn is_pass(self) -> bool {
        self != Self::Again
    }
}

/// Grade proposed from the ticked key points: a share of the weights of at least 0.9 proposes easy, 0.7 good,
/// 0.5 hard, below that or with any `must` point missing again (syllabus section 3.2).
/// None when there is nothing to tick.
pub fn propose_grade(points: &[KeyPoint], ticked: &[String]) -> Option<Grade> {
    let all: u32 = points.iter().map(|point| u32::from(point.weight)).sum();
    if all == 0 {
        return None;
    }
    let has = |point: &&KeyPoint| ticked.contains(&point.id);
    if points.iter().filter(|point| point.must).any(|point| !has(&point)) {
        return Some(Grade::Again);
    }
    let won: u32 = points.iter().filter(has).map(|point| u32::from(point.weight)).sum();
    // Tenths, so that 9 of 10 is 0.9 exactly.
    Some(match won * 10 {
        share if share >= all * 9 => Grade::Easy,
        share if share >= all * 7 => Grade::Good,
        share if share >= all * 5 => Grade::Hard,
        _ => Grade::Again,
    })
}

/// What sort of sitting a review belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum SessionKind {
    /// The day's list.
    Today,
    /// An item picked by hand.
    Browse,
}

/// How an answer was given before the reveal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum AnswerMode {
    /// Thought or said aloud, not kept.
    Thought,
    /// Typed.
    Typed,
}

/// One graded answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Review {
    /// What was asked.
    pub item: ItemRef,
    /// The item's revision at that time.
    pub revision: u32,
    /// What sort of sitting.
    pub session: SessionKind,
    /// The learner's grade.
    pub grade: Grade,
    /// The grade the ticked key points proposed, if any.
    pub proposed: Option<Grade>,
    /// Ids of the ticked key points.
    pub ticked: Vec<String>,
    /// How it was answered.
    pub answer_mode: AnswerMode,
    /// The typed answer, if any.
    pub answer: Option<String>,
    /// Language of the prompt.
    pub prompt_language: Language,
    /// Language on screen when the answer was revealed.
    pub reveal_language: Language,
    /// From prompt to reveal, milliseconds.
    pub think_ms: u32,
    /// From prompt to grade, milliseconds.
    pub total_ms: u32,
    /// Recall that the memory model predicted, 0 to 1; none for a first review.
    pub predicted_recall: Option<f64>,
    /// The parameter set that predicted it.
    pub parameter_set: u32,
    /// When.
    pub at: Moment,
}

/// A row of the append-only log: a review, or the voiding of an earlier one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum ReviewRow {
    /// A graded answer.
    Review {
        /// Its name.
        key: ReviewKey,
        /// The answer.
        review: Box<Review>,
    },
    /// The undoing of an earlier row.
    Void {
        /// Its own name.
        key: ReviewKey,
        /// What it makes void.
        voids: ReviewKey,
        /// When.
        at: Moment,
    },
}

impl ReviewRow {
    /// The row's name.
    pub fn key(&self) -> &ReviewKey {
        match self {
            Self::Review { key, .. } | Self::Void { key, .. } => key,
        }
    }

    /// The device that wrote it.
    pub fn device(&self) -> &DeviceId {
        &self.key().device
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points() -> Vec<KeyPoint> {
        [("a", 3, true), ("b", 3, false), ("c", 2, false), ("d", 1, false), ("e", 1, false)]
            .into_iter()
            .map(|(id, weight, must)| KeyPoint {
                id: id.to_owned(),
                weight,
                must,
                text: super::super::Text::default(),
            })
            .collect()
    }

    #[test]
    fn the_share_of_ticked_weight_proposes_the_grade() {
        for (ticked, proposed, why) in [
            ("abcde", Grade::Easy, "all of it"),
            ("abcd", Grade::Easy, "9 of 10 is easy"),
            ("abc", Grade::Good, "8 of 10"),
            ("abd", Grade::Good, "7 of 10 is good"),
            ("ac", Grade::Hard, "5 of 10 is hard"),
            ("ad", Grade::Again, "4 of 10"),
            ("bcde", Grade::Again, "a must is missing"),
            ("", Grade::Again, "nothing"),
        ] {
            let ticked: Vec<String> = ticked.chars().map(String::from).collect();
            assert_eq!(propose_grade(&points(), &ticked), Some(proposed), "{why}");
        }
        assert_eq!(propose_grade(&[], &[]), None, "a prompt has nothing to tick");
    }
}
