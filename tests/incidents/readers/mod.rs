//! Readers: each knows an incident's evidence as text only, finds in it what a learner should find, and compares what
//! different pieces say of the same thing. Written without the world's code.

mod i07;
mod i11;
mod i13;
mod i14;
mod i15;
mod i18;
mod i24;

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use divedeep::incident::{Series, View};
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

/// Every reader, in the order of the worlds.
pub const ALL: &[Reader] = &[
    Reader { incident: "I07", finding: i07::finding, contradictions: i07::contradictions },
    Reader { incident: "I11", finding: i11::finding, contradictions: i11::contradictions },
    Reader { incident: "I13", finding: i13::finding, contradictions: i13::contradictions },
    Reader { incident: "I14", finding: i14::finding, contradictions: i14::contradictions },
    Reader { incident: "I15", finding: i15::finding, contradictions: i15::contradictions },
    Reader { incident: "I18", finding: i18::finding, contradictions: i18::contradictions },
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

/// The first thing a pattern's first group matches; empty where nothing does.
fn first(pattern: &str, text: &str) -> String {
    all(pattern, text).into_iter().next().unwrap_or_default()
}
