//! The question bank: files under `data/` become checked items.
//!
//! - `source`: where the files come from: the folder compiled into the program, or one named by the user.
//! - `read`: files to records; every fault is told with file, line and reason.
//! - `check`: the quality rules an author is held to (`divedeep bank check`).
//! - `evidence`: what evidence may show, and whether it agrees with itself.
//! - `draft`: the record an author begins with (`divedeep bank new`).
//! - `language`: parity of the two languages, and Taiwan's wording.
//! - `stats`: what is in the bank.
//!
//! Deliberately not here: keeping items in the database (`store`) and deciding what to study (`app`).

mod check;
mod draft;
mod evidence;
mod language;
mod read;
mod source;
mod stats;

use crate::error::{Error, Fault, Result};
use crate::model::{Domain, Item, Principle, Prompt, Question, Text, Topic, Track};

pub use draft::Draft;
pub use source::Source;
pub use stats::{Count, Stats};

/// A record and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Placed<T> {
    /// The file, relative to the bank's folder.
    pub file: String,
    /// Line of the record's id, from 1.
    pub line: usize,
    /// The record.
    pub record: T,
}

impl<T> Placed<T> {
    fn fault(&self, reason: impl Into<String>) -> Fault {
        Fault { file: self.file.clone(), line: self.line, reason: reason.into() }
    }
}

/// Everything that a bank's folder holds, read and cross-checked.
#[derive(Clone, Debug, Default)]
pub struct Bank {
    pub(crate) questions: Vec<Placed<Question>>,
    pub(crate) principles: Vec<Placed<Principle>>,
    pub(crate) prompts: Vec<Placed<Prompt>>,
    /// Probes for every story.
    pub(crate) common_probes: Vec<Text>,
    /// Red flags of every story.
    pub(crate) common_red_flags: Vec<Text>,
    /// The domains, in the order learners see.
    pub domains: Vec<Domain>,
    /// The topics, in the order of the syllabus.
    pub topics: Vec<Topic>,
    /// The role tracks, in the order learners see.
    pub tracks: Vec<Track>,
    pub(crate) wording: Vec<language::Wording>,
    pub(crate) glossary: Vec<language::Term>,
}

impl Bank {
    /// Reads a bank.
    ///
    /// # Errors
    /// [`Error::NoBank`] when the folder cannot be read or has no questions in it, [`Error::BadBank`] with every
    /// fault found.
    pub fn read(source: &Source) -> Result<Self> {
        let (bank, mut faults) = read::read(source)?;
        if faults.is_empty() {
            Ok(bank)
        } else {
            faults.sort();
            faults.dedup();
            Err(Error::BadBank(faults))
        }
    }

    /// Everything an author should mend, in the order of files and lines: the faults that keep a bank from being
    /// read, then the quality rules of the syllabus.
    ///
    /// # Errors
    /// [`Error::NoBank`] when there is no folder to check.
    pub fn check(source: &Source) -> Result<(Self, Vec<Fault>)> {
        let (bank, mut faults) = read::read(source)?;
        faults.extend(check::check(&bank));
        faults.sort();
        faults.dedup();
        Ok((bank, faults))
    }

    /// The items, in no particular order.
    pub fn items(&self) -> impl Iterator<Item = Item> + '_ {
        let questions = self.questions.iter().map(|placed| Item::of_question(placed.record.clone()));
        let prompts = self.prompts.iter().filter_map(|placed| {
            let principle =
                self.principles.iter().find(|principle| principle.record.id == placed.record.principle())?;
            Some(Item::of_prompt(
                placed.record.clone(),
                &principle.record,
                &self.common_probes,
                &self.common_red_flags,
            ))
        });
        questions.chain(prompts)
    }

    /// The Leadership Principles in their published order.
    pub fn principles(&self) -> impl Iterator<Item = &Principle> {
        let mut principles: Vec<_> = self.principles.iter().map(|placed| &placed.record).collect();
        principles.sort_by_key(|principle| principle.number);
        principles.into_iter()
    }

    /// The technical questions.
    pub fn questions(&self) -> impl Iterator<Item = &Question> {
        self.questions.iter().map(|placed| &placed.record)
    }
}
