//! Who read what, and what was wrong (syllabus section 7.1).
//!
//! A reader answers first, then compares and files findings. `reviews/rounds.toml` describes the rounds of reading,
//! `reviews/readings.tsv` has a row for each item read, `reviews/rejected.tsv` what was found false and must not be
//! said again.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Bank, Placed};
use crate::error::Fault;
use crate::model::{Interval, Status};

/// What can be wrong with an item: wrong, misleading or lacking a must, outdated, language, ambiguous.
const CLASSES: [&str; 5] = ["E1", "E2", "E3", "E4", "E5"];

/// Everything recorded about reading.
#[derive(Clone, Debug, Default)]
pub(super) struct Reviews {
    pub rounds: Vec<Placed<Round>>,
    pub readings: Vec<Placed<Reading>>,
    pub rejected: Vec<Placed<Rejected>>,
}

/// A round of reading.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Round {
    /// Its name in the readings.
    pub id: String,
    /// When it ended.
    #[expect(dead_code, reason = "for people who read the file")]
    pub date: NaiveDate,
    /// How it was done, who read, and what was not looked at.
    #[expect(dead_code, reason = "for people who read the file")]
    pub about: String,
    /// Whether its items were drawn at random among those nobody had read or mended: only such a round measures.
    #[serde(default)]
    pub sample: bool,
    /// Errors planted to test the reader.
    #[serde(default)]
    pub planted: u32,
    /// Planted errors that the reader found.
    #[serde(default)]
    pub planted_found: u32,
}

/// One reading of one item: round, item, revision, findings (`-` or `E2,E4`), what was done, note.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    pub round: String,
    pub item: String,
    pub findings: BTreeSet<String>,
    /// Whether nothing is left to mend.
    pub settled: bool,
}

impl Reading {
    pub(super) fn of_row(cells: &[&str]) -> Result<Self, String> {
        let &[round, item, revision, findings, outcome, _note] = cells else {
            return Err(format!("a reading has 6 columns, found {}", cells.len()));
        };
        revision.parse::<u32>().map_err(|_| format!("'{revision}' is not a revision"))?;
        let findings: BTreeSet<String> =
            findings.split(',').filter(|finding| *finding != "-").map(str::to_owned).collect();
        if let Some(unknown) = findings.iter().find(|finding| !CLASSES.contains(&finding.as_str())) {
            return Err(format!("'{unknown}' is not one of E1 to E5"));
        }
        let settled = match outcome {
            "mended" | "kept" => true,
            "open" => false,
            _ => return Err(format!("'{outcome}' is not one of mended, kept, open")),
        };
        if !settled && findings.is_empty() {
            return Err("a reading without findings has nothing open".to_owned());
        }
        Ok(Self { round: round.to_owned(), item: item.to_owned(), findings, settled })
    }
}

/// What was found false: item, the words that must not stand in the bank again, the truth.
#[derive(Clone, Debug)]
pub(super) struct Rejected {
    pub words: String,
    pub truth: String,
}

impl Rejected {
    pub(super) fn of_row(cells: &[&str]) -> Result<Self, String> {
        match *cells {
            [_, words, truth] if words.len() >= 8 => {
                Ok(Self { words: words.to_lowercase(), truth: truth.to_owned() })
            }
            [_, words, _] => Err(format!("'{words}' is too short to tell a claim by")),
            _ => Err(format!("a rejected claim has 3 columns, found {}", cells.len())),
        }
    }
}

/// Reviews that do not fit the bank, and claims that came back.
pub(super) fn check(bank: &Bank) -> Vec<Fault> {
    let mut faults = Vec::new();
    let reviews = &bank.reviews;
    let rounds: BTreeSet<&str> = reviews.rounds.iter().map(|round| round.record.id.as_str()).collect();
    let mut read: BTreeMap<&str, bool> = BTreeMap::new();
    for placed in &reviews.readings {
        let reading = &placed.record;
        if !rounds.contains(reading.round.as_str()) {
            faults.push(placed.fault(format!("there is no round '{}'", reading.round)));
        }
        // Whatever is open in any reading is open.
        *read.entry(&reading.item).or_insert(true) &= reading.settled;
    }
    let questions =
        bank.questions.iter().map(|placed| (&placed.record.id, placed.record.status, placed.fault("")));
    let prompts =
        bank.prompts.iter().map(|placed| (&placed.record.id, placed.record.status, placed.fault("")));
    let drills = bank.drills.iter().map(|placed| (&placed.record.id, placed.record.status, placed.fault("")));
    let incidents =
        bank.incidents.iter().map(|placed| (&placed.record.id, placed.record.status, placed.fault("")));
    let mut known = BTreeSet::new();
    for (id, status, place) in questions.chain(prompts).chain(drills).chain(incidents) {
        known.insert(id.as_str());
        let reason = match (status, read.get(id.as_str())) {
            (Status::Draft, _) | (_, Some(true)) => continue,
            (_, None) => "it is said to be reviewed, and no reading of it is recorded",
            (_, Some(false)) => "it is said to be reviewed, and a finding about it is open",
        };
        faults.push(Fault { reason: reason.to_owned(), ..place });
    }
    for placed in &reviews.readings {
        if !known.contains(placed.record.item.as_str()) {
            faults.push(placed.fault(format!("there is no item '{}'", placed.record.item)));
        }
    }
    for texts in bank.texts() {
        for (name, text) in &texts.texts {
            let english = text.en.to_lowercase();
            for rejected in reviews.rejected.iter().map(|placed| &placed.record) {
                // A mistake's claim is false on purpose.
                if english.contains(&rejected.words) && !name.ends_with(".claim") {
                    faults.push(Fault {
                        file: "reviews/rejected.tsv".to_owned(),
                        line: 1,
                        reason: format!(
                            "{} ({name}) says '{}' again: {}",
                            texts.id, rejected.words, rejected.truth
                        ),
                    });
                }
            }
        }
    }
    faults
}

/// What reading has shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Figures {
    /// Readings in all.
    pub readings: usize,
    /// Items read at least once.
    pub items: usize,
    /// Readings with a finding of each class.
    pub by_class: BTreeMap<String, usize>,
    /// Findings not yet settled.
    pub open: usize,
    /// Claims that must not come back.
    pub rejected: usize,
    /// E1 or E2 in each fresh sample whose reader found at least 80 % of the planted errors, by round.
    pub error_rate: BTreeMap<String, Interval>,
}

impl Reviews {
    pub(super) fn figures(&self) -> Figures {
        let mut figures = Figures { rejected: self.rejected.len(), ..Figures::default() };
        let mut items = BTreeSet::new();
        for reading in self.readings.iter().map(|placed| &placed.record) {
            figures.readings += 1;
            items.insert(reading.item.as_str());
            figures.open += usize::from(!reading.settled);
            for finding in &reading.findings {
                *figures.by_class.entry(finding.clone()).or_default() += 1;
            }
        }
        figures.items = items.len();
        for round in self.rounds.iter().map(|placed| &placed.record) {
            if !round.sample || round.planted_found * 5 < round.planted * 4 {
                continue;
            }
            let of_round: Vec<&Reading> = self
                .readings
                .iter()
                .map(|placed| &placed.record)
                .filter(|reading| reading.round == round.id)
                .collect();
            let wrong = of_round
                .iter()
                .filter(|reading| reading.findings.contains("E1") || reading.findings.contains("E2"));
            figures.error_rate.insert(round.id.clone(), Interval::of(wrong.count(), of_round.len()));
        }
        figures
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilsons_interval_is_the_one_of_the_syllabus() {
        let three = Interval::of(3, 300);
        assert!((three.high - 0.029).abs() < 0.0005, "{three:?}");
        let none = Interval::of(0, 300);
        assert!((none.high - 0.0126).abs() < 0.0005 && none.low == 0.0, "{none:?}");
    }

    #[test]
    fn a_reading_says_what_was_found_and_what_became_of_it() {
        let reading = Reading::of_row(&["r", "x/y/z", "1", "E2,E4", "mended", "why"]).expect("a reading");
        assert!(reading.settled && reading.findings.len() == 2);
        for wrong in [
            ["r", "x", "1", "E9", "mended", ""],
            ["r", "x", "1", "E1", "later", ""],
            ["r", "x", "1", "-", "open", ""],
        ] {
            assert!(Reading::of_row(&wrong).is_err(), "{wrong:?}");
        }
    }
}
