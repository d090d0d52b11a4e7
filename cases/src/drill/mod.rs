//! Generated exercises: a seed gives a case, the program computes its answer.
//!
//! A *family* is a kind of exercise ([`Family`], one file each) and an item of the scheduler; a *case* is one exercise
//! with its numbers. The same family, version, level and seed give the same case on every machine. Pure.
//!
//! Every family is checked against a second solver, written differently and where possible a real program, in
//! `tests/drills/`.

mod answer;
mod bottleneck;
mod burst_arithmetic;
mod dns_chain;
mod exit_codes;
mod figure;
mod flow_logs;
mod hdfs_yarn;
mod http_triage;
mod iam_evaluation;
mod index_choice;
mod logs_insights;
mod permissions;
mod reachability;
mod replication_lag;
mod routes;
mod s3_access;
mod schedules;
mod spark;
mod sql_anomalies;
mod subnets;
mod tcp_trace;
mod text_tools;
mod tls_chain;

use serde::{Deserialize, Serialize};

use crate::cloud::{Draw, Seed};
use crate::model::{Evidence, EvidenceType, Grade, Provenance, Text};

pub use answer::{Answer, Choice, Form, Trap, Unit, Verdict, plain};

/// A kind of exercise. Its words stand in the bank (`data/drills.toml`).
#[derive(Debug)]
pub struct Family {
    /// `D01` to `D22`; never reused.
    pub id: &'static str,
    /// Domain and topic it is filed under.
    pub place: (&'static str, &'static str),
    /// The depth (1 to 4) of each level, level 1 first; at least three levels.
    pub depths: &'static [u8],
    /// Target time of level 1, in seconds; each further level gets a half more.
    pub seconds: u32,
    /// Counts up whenever a seed would give another case than before.
    pub version: u32,
    /// Primary sources of its rules.
    pub sources: &'static [&'static str],
    /// Draws a case of a level, from 1.
    draw: fn(&mut Draw, u8) -> Exercise,
}

/// Every family, by id.
pub const FAMILIES: &[&Family] = &[
    &subnets::FAMILY,
    &routes::FAMILY,
    &reachability::FAMILY,
    &flow_logs::FAMILY,
    &iam_evaluation::FAMILY,
    &s3_access::FAMILY,
    &permissions::FAMILY,
    &bottleneck::FAMILY,
    &exit_codes::FAMILY,
    &tcp_trace::FAMILY,
    &dns_chain::FAMILY,
    &tls_chain::FAMILY,
    &http_triage::FAMILY,
    &sql_anomalies::FAMILY,
    &index_choice::FAMILY,
    &replication_lag::FAMILY,
    &hdfs_yarn::FAMILY,
    &spark::FAMILY,
    &schedules::FAMILY,
    &text_tools::FAMILY,
    &logs_insights::FAMILY,
    &burst_arithmetic::FAMILY,
];

/// What a family draws.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Exercise {
    /// What is asked, as Markdown.
    pub prompt: Text,
    /// What to read first; the same in every language.
    pub evidence: Vec<Evidence>,
    /// What has to be answered, in order; at least one.
    pub asks: Vec<Ask>,
    /// How the answer is found, step by step, as Markdown.
    pub steps: Vec<Text>,
    /// The figures of the prompt by name, for programs that solve the case.
    pub given: serde_json::Value,
}

/// One thing to answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ask {
    /// Name within the case, kebab-case.
    pub id: String,
    /// What is wanted, in a few words.
    pub label: Text,
    /// What is right, and why other answers are not.
    pub answer: Answer,
}

impl Ask {
    /// A thing to answer.
    pub fn new(id: &str, label: Text, answer: Answer) -> Self {
        Self { id: id.to_owned(), label, answer }
    }
}

/// An exercise with what it was drawn from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// Its family's id.
    pub family: String,
    /// The family's version that drew it.
    pub version: u32,
    /// From 1.
    pub level: u8,
    /// What it was drawn from.
    pub seed: Seed,
    /// The exercise.
    #[serde(flatten)]
    pub exercise: Exercise,
}

impl Family {
    /// The case of a level and a seed. A level the family does not have is its nearest.
    pub fn case(&self, level: u8, seed: Seed) -> Case {
        let level = level.clamp(1, self.levels());
        let mut draw = Draw::new(&format!("{} v{} level {level}", self.id, self.version), seed);
        let exercise = (self.draw)(&mut draw, level);
        Case { family: self.id.to_owned(), version: self.version, level, seed, exercise }
    }

    /// How many levels it has.
    pub fn levels(&self) -> u8 {
        u8::try_from(self.depths.len()).unwrap_or(u8::MAX)
    }

    /// Target time of a level, in seconds.
    pub fn seconds_at(&self, level: u8) -> u32 {
        self.seconds + self.seconds / 2 * u32::from(level.saturating_sub(1))
    }
}

/// The family of an id, whatever its case.
pub fn family(id: &str) -> Option<&'static Family> {
    FAMILIES.iter().copied().find(|family| family.id.eq_ignore_ascii_case(id))
}

/// The level to ask after these cases (level and grade, oldest first), at most `highest`: one up after two passes in a row
/// without effort, one down after two failures in a row. It begins at 1.
pub fn next_level(past: &[(u8, Grade)], highest: u8) -> u8 {
    let Some((level, last)) = past.last() else { return 1 };
    let before = past.iter().rev().nth(1).filter(|(before, _)| before == level).map(|(_, grade)| *grade);
    let passed = |grade: Grade| matches!(grade, Grade::Good | Grade::Easy);
    let next = match before {
        Some(before) if passed(before) && passed(*last) => level.saturating_add(1),
        Some(Grade::Again) if *last == Grade::Again => level.saturating_sub(1),
        _ => *level,
    };
    next.clamp(1, highest.max(1))
}

/// A piece of evidence the model wrote.
fn shown(kind: EvidenceType, text: impl Into<String>) -> Evidence {
    Evidence { kind, provenance: Provenance::Synthetic, redactions: Vec::new(), text: text.into() }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn families_are_in_order_and_say_what_they_train() {
        let ids: Vec<_> = FAMILIES.iter().map(|family| family.id).collect();
        assert!(ids.is_sorted() && ids.iter().collect::<BTreeSet<_>>().len() == ids.len(), "{ids:?}");
        for family in FAMILIES {
            assert!(family.levels() >= 3, "{}", family.id);
            assert!(family.depths.iter().all(|depth| (1..=4).contains(depth)), "{}", family.id);
            assert!(family.depths.is_sorted(), "{}: a higher level is not easier", family.id);
            assert!(!family.sources.is_empty(), "{}: no claim without its rule", family.id);
        }
    }

    #[test]
    fn levels_go_up_after_two_passes_and_down_after_two_failures() {
        use Grade::{Again, Easy, Good, Hard};
        assert_eq!(next_level(&[], 3), 1);
        assert_eq!(next_level(&[(1, Good)], 3), 1, "one pass may be luck");
        assert_eq!(next_level(&[(1, Good), (1, Easy)], 3), 2);
        assert_eq!(next_level(&[(1, Good), (1, Hard)], 3), 1, "a pass with effort is not enough");
        assert_eq!(next_level(&[(1, Good), (1, Good), (2, Good)], 3), 2, "each level by itself");
        assert_eq!(next_level(&[(2, Again), (2, Again)], 3), 1);
        assert_eq!(next_level(&[(1, Again), (1, Again)], 3), 1);
        assert_eq!(next_level(&[(3, Good), (3, Good)], 3), 3);
        assert_eq!(next_level(&[(3, Good)], 2), 2, "another track may need less");
    }

    #[test]
    fn a_seed_gives_the_same_case_and_another_seed_another() {
        for family in FAMILIES {
            for level in 1..=family.levels() {
                let mut prompts = BTreeSet::new();
                for seed in 0..200 {
                    let case = family.case(level, Seed(seed));
                    assert_eq!(case, family.case(level, Seed(seed)), "{} {level} {seed}", family.id);
                    prompts.insert(format!("{:?}{:?}", case.exercise.prompt, case.exercise.evidence));
                }
                assert!(prompts.len() >= 190, "{} level {level}: {} of 200 differ", family.id, prompts.len());
            }
        }
    }

    #[test]
    fn every_case_can_be_answered_and_every_wrong_answer_is_explained() {
        for family in FAMILIES {
            for level in 1..=family.levels() {
                for seed in 0..300 {
                    let case = family.case(level, Seed(seed));
                    let name = format!("{} level {level} seed {seed}", family.id);
                    case.exercise.check().unwrap_or_else(|fault| panic!("{name}: {fault}\n{case:#?}"));
                }
            }
        }
    }
}
