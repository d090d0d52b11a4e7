//! The question bank: files under `data/` become checked items.
//!
//! - `source`: where the files come from: the folder compiled into the program, or one named by the user.
//! - `read`: files to records; every fault is told with file, line and reason.
//! - `check`: the quality rules an author is held to (`divedeep bank check`).
//! - `evidence`: what evidence may show, and whether it agrees with itself.
//! - `draft`: the record an author begins with (`divedeep bank new`).
//! - `language`: parity of the two languages, and Taiwan's wording.
//! - `plan`: what the bank promises to be complete in.
//! - `reviews`: who read what, and what was wrong.
//! - `simplified`: Simplified Chinese, derived and stored.
//! - `stats`: what is in the bank.
//!
//! Deliberately not here: keeping items in the database (`store`) and deciding what to study (`app`).

mod check;
mod draft;
mod evidence;
mod language;
mod plan;
mod read;
mod reviews;
mod simplified;
mod source;
mod stats;

use std::collections::BTreeMap;

use crate::error::{Error, Fault, Result};
use crate::model::{
    Domain, DrillEntry, Incident, Item, Principle, Prompt, Question, RubricDimension, Text, Topic, Track,
};

pub use draft::Draft;
pub use reviews::Figures;
pub use simplified::Simplifier;
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
    pub(crate) drills: Vec<Placed<DrillEntry>>,
    pub(crate) incidents: Vec<Placed<Incident>>,
    /// Probes for every story.
    pub(crate) common_probes: Vec<Text>,
    /// The rubric's dimension that each of them goes for; may be shorter.
    pub(crate) common_probes_about: Vec<String>,
    /// Red flags of every story.
    pub(crate) common_red_flags: Vec<Text>,
    /// How a told story is judged.
    pub rubric: Vec<RubricDimension>,
    /// The domains, in the order learners see.
    pub domains: Vec<Domain>,
    /// The topics, in the order of the syllabus.
    pub topics: Vec<Topic>,
    /// The role tracks, in the order learners see.
    pub tracks: Vec<Track>,
    pub(crate) wording: Vec<language::Wording>,
    pub(crate) glossary: Vec<language::Term>,
    plan: plan::Plan,
    reviews: reviews::Reviews,
    phrases: Vec<simplified::Phrase>,
    /// What was derived, by item.
    simplified: BTreeMap<String, simplified::Texts>,
    /// What an author wrote instead, by item.
    overrides: BTreeMap<String, simplified::Texts>,
}

/// The texts of one item or one part of the outline.
struct Texts<'a> {
    /// Where its Simplified Chinese is kept, relative to the bank's folder.
    file: String,
    id: String,
    texts: Vec<(String, &'a Text)>,
}

impl<'a> Texts<'a> {
    fn outline(id: String, texts: Vec<(&str, &'a Text)>) -> Self {
        let texts = texts.into_iter().map(|(name, text)| (name.to_owned(), text)).collect();
        Self { file: "zh-CN/outline.toml".to_owned(), id, texts }
    }
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
        faults.extend(bank.not_simplified(source)?);
        faults.sort();
        faults.dedup();
        Ok((bank, faults))
    }

    /// From Taiwan's Chinese to the mainland's, by this bank's glossary and phrases.
    ///
    /// # Errors
    /// Those of [`Simplifier`].
    pub fn simplifier(&self) -> Result<Simplifier> {
        Simplifier::new(&self.phrases, &self.glossary)
    }

    /// The files that hold the bank's Simplified Chinese, as they should be now: path within the bank and content.
    ///
    /// # Errors
    /// Those of [`Simplifier`].
    pub fn simplify(&self) -> Result<BTreeMap<String, String>> {
        let simplifier = self.simplifier()?;
        let mut files: BTreeMap<String, BTreeMap<String, simplified::Texts>> = BTreeMap::new();
        for Texts { file, id, texts } in self.texts() {
            let derived = texts.into_iter().map(|(name, text)| {
                let own = self.overrides.get(&id).and_then(|texts| texts.get(&name)).cloned();
                (name, own.unwrap_or_else(|| simplifier.markdown(&text.zh_tw)))
            });
            files.entry(file).or_default().insert(id.clone(), derived.collect());
        }
        Ok(files.into_iter().map(|(path, items)| (path, simplified::file(&items))).collect())
    }

    /// Files of Simplified Chinese that are not what they should be.
    fn not_simplified(&self, source: &Source) -> Result<Vec<Fault>> {
        if !self.plan.simplified {
            return Ok(Vec::new());
        }
        let there: BTreeMap<String, Vec<u8>> =
            source.files()?.into_iter().map(|file| (file.path, file.bytes)).collect();
        let stale =
            |path: &String, content: &String| there.get(path).is_none_or(|is| is != content.as_bytes());
        let files = self.simplify()?.into_iter().filter(|(path, content)| stale(path, content));
        let reason = "it is not what the zh-TW texts give now: run `divedeep bank simplify`";
        Ok(files.map(|(file, _)| Fault { file, line: 1, reason: reason.to_owned() }).collect())
    }

    /// Every text, item by item.
    fn texts(&self) -> Vec<Texts<'_>> {
        let stored = |file: &str| format!("zh-CN/{file}");
        let mut all = Vec::new();
        for domain in &self.domains {
            all.push(Texts::outline(format!("domain {}", domain.id), vec![("name", &domain.name)]));
        }
        for topic in &self.topics {
            all.push(Texts::outline(
                format!("topic {}/{}", topic.domain, topic.id),
                vec![("name", &topic.name)],
            ));
        }
        for track in &self.tracks {
            all.push(Texts::outline(
                format!("track {}", track.id.0),
                vec![("name", &track.name), ("about", &track.about)],
            ));
        }
        for placed in &self.questions {
            let id = placed.record.id.clone();
            all.push(Texts { file: stored(&placed.file), id, texts: placed.record.texts() });
        }
        for placed in &self.principles {
            let id = placed.record.id.clone();
            all.push(Texts { file: stored(&placed.file), id, texts: placed.record.texts() });
        }
        for placed in &self.prompts {
            let id = placed.record.id.clone();
            all.push(Texts { file: stored(&placed.file), id, texts: placed.record.texts() });
        }
        for placed in &self.drills {
            let id = placed.record.id.clone();
            all.push(Texts { file: stored(&placed.file), id, texts: placed.record.texts() });
        }
        for placed in &self.incidents {
            let id = placed.record.id.clone();
            all.push(Texts { file: stored(&placed.file), id, texts: placed.record.texts() });
        }
        for dimension in &self.rubric {
            let anchors = dimension.anchors.iter().enumerate();
            let anchors = anchors.map(|(index, text)| (format!("anchors.{}", index + 1), text));
            all.push(Texts {
                file: stored("principles/rubric.toml"),
                id: format!("rubric {}", dimension.id),
                texts: std::iter::once(("name".to_owned(), &dimension.name)).chain(anchors).collect(),
            });
        }
        let numbered = |name: &'static str, list| {
            let list: &[Text] = list;
            list.iter().enumerate().map(move |(index, text)| (format!("{name}.{}", index + 1), text))
        };
        let common =
            numbered("probes", &self.common_probes).chain(numbered("red_flags", &self.common_red_flags));
        all.push(Texts {
            file: stored("principles/common.toml"),
            id: "common".to_owned(),
            texts: common.collect(),
        });
        all
    }

    /// Fills in the Simplified Chinese that is stored.
    fn put_simplified(&mut self) {
        let simplified = std::mem::take(&mut self.simplified);
        let put = |id: String, name: &str, text: &mut Text| {
            if let Some(derived) = simplified.get(&id).and_then(|texts| texts.get(name)) {
                text.zh_cn = Some(derived.clone());
            }
        };
        for domain in &mut self.domains {
            put(format!("domain {}", domain.id), "name", &mut domain.name);
        }
        for topic in &mut self.topics {
            put(format!("topic {}/{}", topic.domain, topic.id), "name", &mut topic.name);
        }
        for track in &mut self.tracks {
            put(format!("track {}", track.id.0), "name", &mut track.name);
            put(format!("track {}", track.id.0), "about", &mut track.about);
        }
        for placed in &mut self.questions {
            let id = placed.record.id.clone();
            placed.record.texts_mut().into_iter().for_each(|(name, text)| put(id.clone(), &name, text));
        }
        for placed in &mut self.principles {
            let id = placed.record.id.clone();
            placed.record.texts_mut().into_iter().for_each(|(name, text)| put(id.clone(), &name, text));
        }
        for placed in &mut self.prompts {
            let id = placed.record.id.clone();
            placed.record.texts_mut().into_iter().for_each(|(name, text)| put(id.clone(), &name, text));
        }
        for placed in &mut self.drills {
            let id = placed.record.id.clone();
            placed.record.texts_mut().into_iter().for_each(|(name, text)| put(id.clone(), &name, text));
        }
        for placed in &mut self.incidents {
            let id = placed.record.id.clone();
            placed.record.texts_mut().into_iter().for_each(|(name, text)| put(id.clone(), &name, text));
        }
        for dimension in &mut self.rubric {
            let id = format!("rubric {}", dimension.id);
            put(id.clone(), "name", &mut dimension.name);
            for (index, text) in dimension.anchors.iter_mut().enumerate() {
                put(id.clone(), &format!("anchors.{}", index + 1), text);
            }
        }
        for (name, list) in [("probes", &mut self.common_probes), ("red_flags", &mut self.common_red_flags)] {
            for (index, text) in list.iter_mut().enumerate() {
                put("common".to_owned(), &format!("{name}.{}", index + 1), text);
            }
        }
        self.simplified = simplified;
    }

    /// The drill families it lists; what they draw is the program's own.
    pub fn drills(&self) -> impl Iterator<Item = &DrillEntry> {
        self.drills.iter().map(|placed| &placed.record)
    }

    /// The incidents' records.
    pub fn incidents(&self) -> impl Iterator<Item = &Incident> {
        self.incidents.iter().map(|placed| &placed.record)
    }

    /// The items but the drills, in no particular order.
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
        let incidents = self.incidents.iter().map(|placed| Item::of_incident(placed.record.clone()));
        questions.chain(prompts).chain(incidents)
    }

    /// Probes for every story, with the rubric's dimension they go for.
    pub fn common_probes(&self) -> impl Iterator<Item = (Text, Option<String>)> + '_ {
        let about = self.common_probes_about.iter().cloned().map(Some).chain(std::iter::repeat(None));
        self.common_probes.iter().cloned().zip(about)
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
