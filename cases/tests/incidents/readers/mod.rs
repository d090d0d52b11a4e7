//! Readers: each knows an incident's evidence as text only, finds in it what a learner should find, and compares what
//! different pieces say of the same thing. Written without the world's code.

mod i01;
mod i02;
mod i03;
mod i04;
mod i05;
mod i06;
mod i07;
mod i08;
mod i09;
mod i10;
mod i11;
mod i12;
mod i13;
mod i14;
mod i15;
mod i16;
mod i17;
mod i18;
mod i19;
mod i20;
mod i21;
mod i22;
mod i23;
mod i24;

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use divedeep_cases::incident::{Series, View};
use regex::Regex;

/// What each check shows as text, by the check's id.
pub type Texts<'a> = BTreeMap<&'a str, String>;
/// What each check shows, by the check's id.
pub type Views = BTreeMap<String, View>;

/// A reader of one incident's evidence.
pub struct Reader {
    /// Whose.
    pub incident: &'static str,
    /// What a check's text (and its metrics) tells: the world's word for it.
    pub finding: fn(check: &str, text: &str, series: &[Series]) -> String,
    /// Pieces that contradict each other, in words.
    pub contradictions: fn(texts: &Texts<'_>, views: &Views) -> Vec<String>,
}

/// What a reader found to contradict itself.
#[derive(Default)]
pub struct Faults {
    /// In words.
    pub found: Vec<String>,
}

impl Faults {
    /// Notes a fault where something does not hold.
    fn expect(&mut self, holds: bool, fault: impl Into<String>) {
        if !holds {
            self.found.push(fault.into());
        }
    }
}

/// Every reader, in the order of the worlds.
pub const ALL: &[Reader] = &[
    Reader { incident: "I01", finding: i01::finding, contradictions: i01::contradictions },
    Reader { incident: "I02", finding: i02::finding, contradictions: i02::contradictions },
    Reader { incident: "I03", finding: i03::finding, contradictions: i03::contradictions },
    Reader { incident: "I04", finding: i04::finding, contradictions: i04::contradictions },
    Reader { incident: "I05", finding: i05::finding, contradictions: i05::contradictions },
    Reader { incident: "I06", finding: i06::finding, contradictions: i06::contradictions },
    Reader { incident: "I07", finding: i07::finding, contradictions: i07::contradictions },
    Reader { incident: "I08", finding: i08::finding, contradictions: i08::contradictions },
    Reader { incident: "I09", finding: i09::finding, contradictions: i09::contradictions },
    Reader { incident: "I10", finding: i10::finding, contradictions: i10::contradictions },
    Reader { incident: "I11", finding: i11::finding, contradictions: i11::contradictions },
    Reader { incident: "I12", finding: i12::finding, contradictions: i12::contradictions },
    Reader { incident: "I13", finding: i13::finding, contradictions: i13::contradictions },
    Reader { incident: "I14", finding: i14::finding, contradictions: i14::contradictions },
    Reader { incident: "I15", finding: i15::finding, contradictions: i15::contradictions },
    Reader { incident: "I16", finding: i16::finding, contradictions: i16::contradictions },
    Reader { incident: "I17", finding: i17::finding, contradictions: i17::contradictions },
    Reader { incident: "I18", finding: i18::finding, contradictions: i18::contradictions },
    Reader { incident: "I19", finding: i19::finding, contradictions: i19::contradictions },
    Reader { incident: "I20", finding: i20::finding, contradictions: i20::contradictions },
    Reader { incident: "I21", finding: i21::finding, contradictions: i21::contradictions },
    Reader { incident: "I22", finding: i22::finding, contradictions: i22::contradictions },
    Reader { incident: "I23", finding: i23::finding, contradictions: i23::contradictions },
    Reader { incident: "I24", finding: i24::finding, contradictions: i24::contradictions },
];

/// Everything a pattern's first group matches.
fn all(pattern: &str, text: &str) -> Vec<String> {
    thread_local! {
        // Compiling a pattern takes longer than all its searches.
        static PATTERNS: RefCell<HashMap<String, Regex>> = RefCell::default();
    }
    PATTERNS.with_borrow_mut(|patterns| {
        if !patterns.contains_key(pattern) {
            patterns.insert(pattern.to_owned(), Regex::new(pattern).expect("a pattern"));
        }
        patterns[pattern]
            .captures_iter(text)
            .filter_map(|found| Some(found.get(1)?.as_str().to_owned()))
            .collect()
    })
}

/// Whether a name ends in a hash as replica sets have: a decimal number in Kubernetes's letters for digits.
fn is_replica_set(name: &str) -> bool {
    let hash = name.rsplit('-').next().unwrap_or_default();
    (1..=10).contains(&hash.len()) && hash.chars().all(|one| "456789bcdf".contains(one))
}

/// The first thing a pattern's first group matches; empty where nothing does.
fn first(pattern: &str, text: &str) -> String {
    all(pattern, text).into_iter().next().unwrap_or_default()
}
