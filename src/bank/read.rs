//! Files to records. A faulty record does not hide the faults of the others.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::language::{Term, Wording};
use super::reviews::{Reading, Rejected};
use super::simplified::{Phrase, Texts};
use super::source::SourceFile;
use super::{Bank, Placed, Source};
use crate::error::{Fault, Result};
use crate::model::{Domain, Level, Principle, RubricDimension, Text, Topic, Track, TrackId};

/// Reads a bank, and everything that is wrong with its structure.
pub(super) fn read(source: &Source) -> Result<(Bank, Vec<Fault>)> {
    let mut bank = Bank::default();
    let mut faults = Vec::new();
    for file in source.files()? {
        let Some(file) = TextFile::of(file, &mut faults) else { continue };
        match file.path.as_str() {
            "domains.toml" => {
                let domains: Vec<Placed<Domain>> = file.records("domain", &mut faults);
                bank.domains = domains.into_iter().map(|placed| placed.record).collect();
            }
            "tracks.toml" => bank.tracks = tracks(&file, &mut faults),
            "topics.tsv" => bank.topics = file.rows(&mut faults, topic),
            "wording.tsv" => bank.wording = file.rows(&mut faults, Wording::of_row),
            "glossary.tsv" => bank.glossary = file.rows(&mut faults, Term::of_row),
            "zh-CN/words.tsv" => bank.phrases = file.rows(&mut faults, Phrase::of_row),
            "zh-CN/overrides.toml" => bank.overrides = file.whole(&mut faults).unwrap_or_default(),
            "plan.toml" => bank.plan = file.whole(&mut faults).unwrap_or_default(),
            "reviews/rounds.toml" => bank.reviews.rounds = file.records("round", &mut faults),
            "reviews/readings.tsv" => bank.reviews.readings = file.placed_rows(&mut faults, Reading::of_row),
            "reviews/rejected.tsv" => bank.reviews.rejected = file.placed_rows(&mut faults, Rejected::of_row),
            path if path.starts_with("zh-CN/") && path.ends_with(".toml") => {
                bank.simplified
                    .extend(file.whole::<BTreeMap<String, Texts>>(&mut faults).unwrap_or_default());
            }
            "principles/common.toml" => {
                if let Some(common) = file.whole::<Common>(&mut faults) {
                    bank.common_probes = common.probes;
                    bank.common_probes_about = common.probes_about;
                    bank.common_red_flags = common.red_flags;
                }
            }
            "principles/rubric.toml" => {
                bank.rubric =
                    file.whole::<Rubric>(&mut faults).map(|rubric| rubric.dimension).unwrap_or_default();
            }
            path if path.starts_with("principles/") && path.ends_with(".toml") => {
                bank.principles.extend(file.records("principle", &mut faults));
                bank.prompts.extend(file.records("prompt", &mut faults));
            }
            "drills.toml" => bank.drills = file.records("drill", &mut faults),
            path if path.starts_with("incidents/") && path.ends_with(".toml") => {
                bank.incidents.extend(file.records("incident", &mut faults));
            }
            path if path.starts_with("questions/") && path.ends_with(".toml") => {
                bank.questions.extend(file.records("question", &mut faults));
            }
            _ => {}
        }
    }
    cross_check(&bank, &mut faults);
    bank.put_simplified();
    Ok((bank, faults))
}

/// What Simplified Chinese is derived with, and nothing else of a bank.
pub(super) fn words(source: &Source) -> Result<(Vec<Phrase>, Vec<Term>)> {
    let (mut phrases, mut terms, mut faults) = (Vec::new(), Vec::new(), Vec::new());
    for file in source.files()? {
        match file.path.as_str() {
            "glossary.tsv" => {
                terms
                    .extend(TextFile::of(file, &mut faults).map(|file| file.rows(&mut faults, Term::of_row)));
            }
            "zh-CN/words.tsv" => {
                phrases.extend(
                    TextFile::of(file, &mut faults).map(|file| file.rows(&mut faults, Phrase::of_row)),
                );
            }
            _ => {}
        }
    }
    Ok((phrases.into_iter().flatten().collect(), terms.into_iter().flatten().collect()))
}

/// How a told story is judged.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rubric {
    dimension: Vec<RubricDimension>,
}

/// What holds for the stories of every principle.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Common {
    probes: Vec<Text>,
    /// The rubric's dimension that each probe goes for, in the same order.
    #[serde(default)]
    probes_about: Vec<String>,
    red_flags: Vec<Text>,
}

/// A file's text, with line ends made `\n` and without a byte order mark.
struct TextFile {
    path: String,
    text: String,
    /// Offset of each line's end, to find lines by offset.
    line_ends: Vec<usize>,
}

impl TextFile {
    fn of(file: SourceFile, faults: &mut Vec<Fault>) -> Option<Self> {
        match String::from_utf8(file.bytes) {
            Ok(text) => {
                let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
                let line_ends = text.match_indices('\n').map(|(at, _)| at).collect();
                Some(Self { path: file.path, text, line_ends })
            }
            Err(error) => {
                let good = error.utf8_error().valid_up_to();
                let line = 1 + error.as_bytes().iter().take(good).filter(|b| **b == b'\n').count();
                let reason = "not UTF-8 text: save the file as UTF-8".to_owned();
                faults.push(Fault { file: file.path, line, reason });
                None
            }
        }
    }

    fn fault(&self, line: usize, reason: impl Into<String>) -> Fault {
        Fault { file: self.path.clone(), line, reason: reason.into() }
    }

    fn line_at(&self, offset: usize) -> usize {
        1 + self.line_ends.partition_point(|end| *end < offset)
    }

    fn toml_fault(&self, error: &toml::de::Error, fallback_line: usize) -> Fault {
        let line = error.span().map_or(fallback_line, |span| self.line_at(span.start));
        self.fault(line, error.message().trim().to_owned())
    }

    /// The whole file as one record.
    fn whole<T: DeserializeOwned>(&self, faults: &mut Vec<Fault>) -> Option<T> {
        toml::from_str(&self.text).map_err(|error| faults.push(self.toml_fault(&error, 1))).ok()
    }

    /// The records of the array of tables `name`. Each must have its `id` first.
    fn records<T: DeserializeOwned>(&self, name: &str, faults: &mut Vec<Fault>) -> Vec<Placed<T>> {
        let (document, errors) = DeTable::parse_recoverable(&self.text);
        if !errors.is_empty() {
            for error in &errors {
                let fault = self.toml_fault(error, 1);
                if !faults.contains(&fault) {
                    faults.push(fault);
                }
            }
            return Vec::new();
        }
        for (key, _) in document.get_ref() {
            let known = [
                "domain",
                "track",
                "profile",
                "question",
                "prompt",
                "principle",
                "round",
                "drill",
                "incident",
            ];
            if !known.contains(&key.get_ref().as_ref()) {
                let line = self.line_at(key.span().start);
                let fault = self.fault(line, format!("unknown table '{}'", key.get_ref()));
                if !faults.contains(&fault) {
                    faults.push(fault);
                }
            }
        }
        let Some(array) = document.get_ref().get(name) else { return Vec::new() };
        let DeValue::Array(array) = array.get_ref() else {
            faults.push(self.fault(
                self.line_at(array.span().start),
                format!("'{name}' must be written as [[{name}]] tables"),
            ));
            return Vec::new();
        };
        let mut records = Vec::new();
        for value in array.iter() {
            let table_line = self.line_at(value.span().start);
            let line = match self.id_line(value, name) {
                Ok(line) => line,
                Err(reason) => {
                    faults.push(self.fault(table_line, reason));
                    continue;
                }
            };
            match T::deserialize(ValueDeserializer::from(value.clone())) {
                Ok(record) => records.push(Placed { file: self.path.clone(), line, record }),
                Err(error) => faults.push(self.toml_fault(&error, line)),
            }
        }
        records
    }

    fn id_line(&self, value: &Spanned<DeValue<'_>>, name: &str) -> std::result::Result<usize, String> {
        let DeValue::Table(table) = value.get_ref() else {
            return Err(format!("'{name}' must be written as [[{name}]] tables"));
        };
        let first = table.keys().min_by_key(|key| key.span().start);
        match first {
            Some(key) if key.get_ref() == "id" => Ok(self.line_at(key.span().start)),
            _ => Err(format!("[[{name}]] must begin with its id")),
        }
    }

    /// [`TextFile::rows`], each with its line.
    fn placed_rows<T>(
        &self,
        faults: &mut Vec<Fault>,
        row: impl Fn(&[&str]) -> std::result::Result<T, String>,
    ) -> Vec<Placed<T>> {
        let rows = self.numbered_rows(faults, row).into_iter();
        rows.map(|(line, record)| Placed { file: self.path.clone(), line, record }).collect()
    }

    /// The rows of a tab-separated file; empty lines and those that begin with # are passed over.
    fn rows<T>(
        &self,
        faults: &mut Vec<Fault>,
        row: impl Fn(&[&str]) -> std::result::Result<T, String>,
    ) -> Vec<T> {
        self.numbered_rows(faults, row).into_iter().map(|(_, row)| row).collect()
    }

    fn numbered_rows<T>(
        &self,
        faults: &mut Vec<Fault>,
        row: impl Fn(&[&str]) -> std::result::Result<T, String>,
    ) -> Vec<(usize, T)> {
        let mut rows = Vec::new();
        for (index, line) in self.text.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let cells: Vec<&str> = line.split('\t').map(str::trim).collect();
            match row(&cells) {
                Ok(value) => rows.push((index + 1, value)),
                Err(reason) => faults.push(self.fault(index + 1, reason)),
            }
        }
        rows
    }
}

fn topic(cells: &[&str]) -> std::result::Result<Topic, String> {
    let &[domain, id, en, zh_tw, d1, d2, d3, d4] = cells else {
        return Err(format!("a topic has 8 columns, found {}", cells.len()));
    };
    let mut planned = [0; 4];
    for (place, cell) in planned.iter_mut().zip([d1, d2, d3, d4]) {
        *place = cell.parse().map_err(|_| format!("'{cell}' is not a number of questions"))?;
    }
    Ok(Topic {
        domain: domain.to_owned(),
        id: id.to_owned(),
        name: Text { en: en.to_owned(), zh_tw: zh_tw.to_owned(), zh_cn: None },
        planned,
    })
}

/// A profile as written: one set of Engineer depths, from which the Associate's track is derived.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Profile {
    id: String,
    name: Text,
    about: Text,
    depths: BTreeMap<String, u8>,
    #[serde(default)]
    topics: BTreeMap<String, u8>,
}

/// Whole tracks as written, then for each profile its Associate and its Engineer track.
fn tracks(file: &TextFile, faults: &mut Vec<Fault>) -> Vec<Track> {
    let mut tracks: Vec<Track> =
        file.records("track", faults).into_iter().map(|placed: Placed<Track>| placed.record).collect();
    let profiles: Vec<Placed<Profile>> = file.records("profile", faults);
    for Placed { record: profile, .. } in profiles {
        // Associate in a profile: one less where the Engineer needs 3 or 4 (syllabus section 2).
        let associate_depths = profile
            .depths
            .iter()
            .map(|(domain, depth)| (domain.clone(), if *depth >= 3 { depth - 1 } else { *depth }))
            .collect();
        let named = |level: Level, en: &str, zh_tw: &str| Text {
            en: format!("{en} · {}", profile.name.en),
            zh_tw: format!("{zh_tw} · {}", profile.name.zh_tw),
            zh_cn: profile.name.zh_cn.as_ref().map(|name| match level {
                Level::Associate => format!("云支持专员 · {name}"),
                Level::Engineer => format!("云支持工程师 · {name}"),
            }),
        };
        tracks.push(Track {
            id: TrackId(format!("{}-associate", profile.id)),
            name: named(Level::Associate, "Support Associate", "雲端支援專員"),
            level: Level::Associate,
            about: profile.about.clone(),
            depths: associate_depths,
            topics: BTreeMap::new(),
        });
        tracks.push(Track {
            id: TrackId(format!("{}-engineer", profile.id)),
            name: named(Level::Engineer, "Support Engineer", "雲端支援工程師"),
            level: Level::Engineer,
            about: profile.about,
            depths: profile.depths,
            topics: profile.topics,
        });
    }
    tracks
}

/// Ids, links and ranges that the rest of the program relies on.
fn cross_check(bank: &Bank, faults: &mut Vec<Fault>) {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    let mut once = |kind: &str, id: &str, file: &str, line: usize| {
        let first = seen.insert(format!("{kind} {id}"), format!("{file}:{line}"))?;
        Some(format!("{kind} id '{id}' stands already at {first}"))
    };
    let topics: BTreeSet<(&str, &str)> =
        bank.topics.iter().map(|topic| (topic.domain.as_str(), topic.id.as_str())).collect();
    let questions: BTreeSet<&str> = bank.questions.iter().map(|placed| placed.record.id.as_str()).collect();
    let tracks: BTreeSet<&str> = bank.tracks.iter().map(|track| track.id.0.as_str()).collect();

    for placed in &bank.questions {
        let question = &placed.record;
        let mut fault = |reason: String| faults.push(placed.fault(reason));
        if let Some(reason) = once("question", &question.id, &placed.file, placed.line) {
            fault(reason);
        }
        if !is_id(&question.id, 3) {
            fault(format!("'{}' is not an id of the form domain/topic/slug", question.id));
        } else if !topics.contains(&(question.domain(), question.topic())) {
            fault(format!("there is no topic '{}' in domain '{}'", question.topic(), question.domain()));
        } else if placed.file != format!("questions/{}/{}.toml", question.domain(), question.topic()) {
            fault(format!(
                "'{}' belongs in questions/{}/{}.toml",
                question.id,
                question.domain(),
                question.topic()
            ));
        }
        if question.rev == 0 {
            fault("rev counts from 1".to_owned());
        }
        if !(1..=4).contains(&question.depth) {
            fault(format!("depth {} is not 1 to 4", question.depth));
        }
        if !(10..=900).contains(&question.seconds) {
            fault(format!("seconds {} is not 10 to 900", question.seconds));
        }
        for point in &question.key_points {
            if !(1..=3).contains(&point.weight) {
                fault(format!("key point '{}': weight {} is not 1 to 3", point.id, point.weight));
            }
        }
        let links = question
            .see_also
            .iter()
            .chain(question.term_probes.iter().map(|probe| &probe.question))
            .chain(question.follow_ups.iter().filter_map(|follow_up| follow_up.question.as_ref()));
        for link in links {
            if !questions.contains(link.as_str()) {
                fault(format!("it links to '{link}', which is not in the bank"));
            } else if *link == question.id {
                fault("it links to itself".to_owned());
            }
        }
        for track in question.tracks_override.keys() {
            if !tracks.contains(track.as_str()) {
                fault(format!("tracks_override names '{track}', which is not a track"));
            }
        }
    }

    for placed in &bank.drills {
        if let Some(reason) = once("drill", &placed.record.id, &placed.file, placed.line) {
            faults.push(placed.fault(reason));
        }
    }
    for placed in &bank.incidents {
        let incident = &placed.record;
        let mut fault = |reason: String| faults.push(placed.fault(reason));
        if let Some(reason) = once("incident", &incident.id, &placed.file, placed.line) {
            fault(reason);
        }
        if !topics.contains(&(incident.domain.as_str(), incident.topic.as_str())) {
            fault(format!("there is no topic '{}' in domain '{}'", incident.topic, incident.domain));
        }
        if placed.file != format!("incidents/{}.toml", incident.id) {
            fault(format!("it belongs in incidents/{}.toml", incident.id));
        }
        if !(1..=4).contains(&incident.depth) {
            fault(format!("depth {} is not 1 to 4", incident.depth));
        }
        if !(300..=3600).contains(&incident.seconds) {
            fault(format!("seconds {} is not 300 to 3600", incident.seconds));
        }
    }

    let principles: BTreeMap<&str, &Principle> =
        bank.principles.iter().map(|placed| (placed.record.id.as_str(), &placed.record)).collect();
    for placed in &bank.principles {
        if let Some(reason) = once("principle", &placed.record.id, &placed.file, placed.line) {
            faults.push(placed.fault(reason));
        }
        if placed.file != format!("principles/{}.toml", placed.record.id) {
            faults.push(placed.fault(format!("it belongs in principles/{}.toml", placed.record.id)));
        }
    }
    for placed in &bank.prompts {
        let prompt = &placed.record;
        let mut fault = |reason: String| faults.push(placed.fault(reason));
        if let Some(reason) = once("prompt", &prompt.id, &placed.file, placed.line) {
            fault(reason);
        }
        if !is_id(&prompt.id, 2) {
            fault(format!("'{}' is not an id of the form principle/slug", prompt.id));
        } else if !principles.contains_key(prompt.principle()) {
            fault(format!("there is no principle '{}'", prompt.principle()));
        }
        if prompt.rev == 0 {
            fault("rev counts from 1".to_owned());
        }
        if !(10..=900).contains(&prompt.seconds) {
            fault(format!("seconds {} is not 10 to 900", prompt.seconds));
        }
        for other in &prompt.serves {
            if !principles.contains_key(other.as_str()) {
                fault(format!("it serves '{other}', which is not a principle"));
            }
        }
    }
    for track in &bank.tracks {
        for domain in track.depths.keys() {
            if !bank.domains.iter().any(|known| known.id == *domain) {
                faults.push(Fault {
                    file: "tracks.toml".to_owned(),
                    line: 1,
                    reason: format!(
                        "track '{}' names domain '{domain}', which is not in domains.toml",
                        track.id.0
                    ),
                });
            }
        }
        for topic in track.topics.keys() {
            let known = topic.split_once('/').is_some_and(|pair| topics.contains(&pair));
            if !known {
                faults.push(Fault {
                    file: "tracks.toml".to_owned(),
                    line: 1,
                    reason: format!(
                        "track '{}' names topic '{topic}', which is not in topics.tsv",
                        track.id.0
                    ),
                });
            }
        }
    }
}

/// Whether an id is `parts` parts of lower case letters, digits and hyphens.
pub(super) fn is_id(id: &str, parts: usize) -> bool {
    let is_part = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    id.split('/').count() == parts && id.split('/').all(is_part)
}
