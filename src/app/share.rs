//! The learner's side: what is shared, with whom, and what came back.

use std::collections::HashMap;
use std::path::Path;

use rand::Rng;

use super::contacts::{NAME, contact_view};
use super::packets::zipped;
use super::{
    App, AssignmentView, CommentView, Contact, FoundIn, MockShared, Parts, PracticedAnswer, PracticedItem,
    Request, Selection, ShareChoices, SharePage, SharePreview, Shared, StoryShared, ToldChoice, ToldShared,
    file, stories,
};
use crate::error::{Error, Result};
use crate::model::{ItemKind, ItemRef, Language, PacketKind, Role, Story, StoryId, Text};
use crate::packet::{Address, LARGEST, Part, largest_payload, seal};
use crate::report::document;
use crate::store::{FeedbackRow, KeptContact, KeptRehearsal, NewPacket, Transaction};
use crate::story::{FindingKind, black_out, redaction};
use crate::time::{Moment, StudyDay};

/// Longest question to a mentor, in bytes.
const LONGEST: usize = 10_000;

/// Room for what a packet adds to its parts, in bytes.
const SPARE: u64 = 1024 * 1024;

/// A packet that is to be made.
pub(super) struct Letter {
    /// Whom it is for.
    pub(super) contact: KeptContact,
    /// What it is.
    pub(super) kind: PacketKind,
    /// What it says.
    pub(super) payload: Vec<u8>,
    /// Recordings.
    pub(super) parts: Vec<Part>,
}

fn too_much(bytes: u64, most: u64) -> Result<()> {
    if bytes > most { Err(Error::TooMuchToSend { bytes, most }) } else { Ok(()) }
}

impl App {
    /// What can be shared, with whom, and what came back.
    ///
    /// # Errors
    /// Those of the database and of [`App::me`].
    pub fn share_page(&self, now: Moment, chance: &mut impl Rng) -> Result<SharePage> {
        let read = self.store.read();
        let kept = read.contacts(None)?;
        let mentors: Vec<Contact> =
            kept.iter().filter(|one| one.role == Role::Mentor).map(|one| contact_view(one, &kept)).collect();
        let mut requests = Vec::new();
        let mut letters = Vec::new();
        for mentor in &mentors {
            for packet in read.packets(mentor.number, true, PacketKind::Review)? {
                requests.push(Request {
                    mentor: mentor.name.clone(),
                    sequence: packet.sequence,
                    asked_at_ms: packet.created_at_ms,
                    seen_at_ms: packet.seen_at_ms,
                    answered_at_ms: packet.answered_at_ms,
                });
            }
            for packet in read.packets(mentor.number, false, PacketKind::Feedback)? {
                let words = self.said::<super::Feedback>(packet.number)?.map(|said| said.words);
                let words = words.filter(|words| !words.trim().is_empty());
                letters.extend(words.map(|words| (mentor.name.clone(), packet.created_at_ms, words)));
            }
        }
        requests.sort_by_key(|request| std::cmp::Reverse(request.asked_at_ms));
        letters.sort_by_key(|(_, at_ms, _)| std::cmp::Reverse(*at_ms));
        Ok(SharePage {
            me: self.me(chance)?,
            mentors,
            requests,
            letters,
            comments: self.comments(None)?,
            assignments: self.assignments(now)?,
            choices: self.share_choices()?,
        })
    }

    /// What can be shared.
    ///
    /// # Errors
    /// Those of the database.
    pub fn share_choices(&self) -> Result<ShareChoices> {
        let read = self.store.read();
        let stories = read.stories()?.into_iter();
        let written = |story: &Story| !(story.english.is_empty() && story.chinese.is_empty());
        let mut told = Vec::new();
        for kept in read.all_rehearsals()?.into_iter().rev().filter(|kept| kept.ended) {
            told.push(ToldChoice {
                number: kept.number,
                title: read.title(&kept.item)?.unwrap_or_default(),
                at_ms: kept.started.utc_ms,
                mock: kept.mock.map(|(mock, _)| mock),
                recording_bytes: self.recording_bytes(&kept),
            });
        }
        let mut plays = Vec::new();
        for play in read.plays(None)?.into_iter().filter(|play| play.ended_at_ms.is_some()) {
            let title = read.title(&ItemRef::incident(&play.incident))?.unwrap_or_default();
            plays.push((play.number, title, play.started.utc_ms));
        }
        Ok(ShareChoices {
            items: read.count_cards()?,
            stories: stories
                .filter(|kept| written(&kept.story))
                .map(|kept| (kept.id, kept.story.title()))
                .collect(),
            told,
            mocks: read.mocks()?.into_iter().map(|mock| (mock.number, mock.started.utc_ms)).collect(),
            plays,
        })
    }

    /// What would leave with this selection, exactly, and what the redaction check says to it.
    ///
    /// # Errors
    /// [`Error::NoSuchItem`], [`Error::BadValue`] for a question of more than 10 kB, and those of the database.
    pub fn share_preview(
        &mut self,
        selection: &Selection,
        language: Language,
        now: Moment,
    ) -> Result<SharePreview> {
        let (shared, blacked_out) = self.shared(selection, now)?;
        let names: Vec<String> = self.private_names(&shared.parts)?;
        let mut findings: Vec<FoundIn> = Vec::new();
        let mut parts = shared.parts;
        parts.written(|place, text| {
            for finding in redaction(text, &names) {
                let found = FoundIn { place: place.clone(), finding };
                let same = |other: &FoundIn| {
                    other.place == found.place && other.finding.words == found.finding.words
                };
                if !findings.iter().any(same) {
                    findings.push(found);
                }
            }
        });
        let mut recordings_bytes = 0;
        for told in parts.told.iter().filter(|told| told.recording) {
            recordings_bytes += self.recording_bytes(&self.kept_rehearsal(told.number)?).unwrap_or(0);
        }
        let figures = shared.facts.as_ref().map(|facts| self.figures_of(facts, language)).transpose()?;
        Ok(SharePreview { parts, figures, findings, blacked_out, recordings_bytes })
    }

    /// Makes a review packet for a mentor and remembers that it was asked for. The file appears whole or not at all; the
    /// dialog, or the shell, asked before one is replaced.
    ///
    /// # Errors
    /// Those of [`App::share_preview`], [`Error::WriteFile`], [`Error::DiskFull`].
    pub fn share_make(
        &mut self,
        selection: &Selection,
        mentor: u32,
        path: &Path,
        replace: bool,
        now: Moment,
        chance: &mut impl Rng,
    ) -> Result<()> {
        let contact = self.kept_contact(mentor)?;
        if contact.role != Role::Mentor {
            return Err(Error::NoSuchItem { item: format!("mentor {mentor}") });
        }
        let (shared, _) = self.shared(selection, now)?;
        let mut parts = Vec::new();
        for told in shared.parts.told.iter().filter(|told| told.recording) {
            let from = self.recording_path(told.number);
            let bytes = std::fs::read(&from)
                .map_err(|error| Error::ReadFile { path: from.clone(), reason: error.to_string() })?;
            parts.push(Part { name: format!("recordings/{}.wav", told.number), bytes });
        }
        let payload = serde_json::to_vec(&shared)
            .map_err(|error| Error::BadRecord { what: "packet".to_owned(), reason: error.to_string() })?;
        let letter = Letter { contact, kind: PacketKind::Review, payload, parts };
        self.send(&letter, path, replace, now, chance, |_| Ok(()))
    }

    /// Writes a packet, and keeps that it was made together with what else follows from it.
    ///
    /// # Errors
    /// [`Error::TooMuchToSend`] before anything is written, [`Error::WriteFile`], [`Error::DiskFull`], and those of `also`
    /// and of the database.
    pub(super) fn send(
        &mut self,
        letter: &Letter,
        path: &Path,
        replace: bool,
        now: Moment,
        chance: &mut impl Rng,
        also: impl FnOnce(&Transaction<'_>) -> Result<()>,
    ) -> Result<()> {
        let Letter { contact, kind, payload, parts } = letter;
        let (contact, kind) = (contact, *kind);
        let recordings: u64 = parts.iter().map(|part| part.bytes.len() as u64).sum();
        too_much(payload.len() as u64, largest_payload(kind))?;
        too_much(recordings + payload.len() as u64, LARGEST - SPARE)?;
        let identity = self.identity(chance)?;
        let recipient: Address = contact
            .address
            .parse()
            .map_err(|_| Error::BadRecord { what: "address".to_owned(), reason: contact.address.clone() })?;
        let last = self.store.read().packets(contact.number, true, kind)?.into_iter().next();
        let sequence = last.as_ref().map_or(1, |last| last.sequence.saturating_add(1));
        let order = (sequence, last.map(|last| last.digest));
        // One's own feedback is shown again; of a review its learner has what it was made of.
        let body = if kind == PacketKind::Feedback { Some(zipped(payload)?) } else { None };
        self.store.transact(|transaction| {
            let header = file::write(path, replace, |out| {
                seal(out, &identity, &recipient, kind, order.clone(), now.utc_ms, payload, parts)
                    .map_err(|error| file::failed(path, &error))
            })?;
            transaction.add_packet(
                &NewPacket {
                    contact: contact.number,
                    sent: true,
                    kind,
                    sequence,
                    digest: &header.digest(),
                    created_at_ms: now.utc_ms,
                    summary: None,
                    body: body.as_deref(),
                },
                now,
            )?;
            also(transaction)
        })
    }

    /// Writes what was chosen as one HTML file, for a mentor without the program.
    ///
    /// # Errors
    /// Those of [`App::share_preview`], [`Error::WriteFile`] also where the file exists and `replace` is false,
    /// [`Error::DiskFull`].
    pub fn report_write(
        &mut self,
        selection: &Selection,
        language: Language,
        path: &Path,
        replace: bool,
        now: Moment,
    ) -> Result<()> {
        let (shared, _) = self.shared(selection, now)?;
        let text = document(&self.report_of(&shared, language, now)?);
        file::write_all(path, replace, text.as_bytes())
    }

    /// Gathers what was chosen, and blacks out what must not leave; how many places that were.
    fn shared(&mut self, selection: &Selection, now: Moment) -> Result<(Shared, u32)> {
        if selection.question.len() > LONGEST {
            let value = format!("{} bytes", selection.question.len());
            return Err(Error::BadValue { field: "question", value });
        }
        let facts = if selection.progress { Some(self.facts(now)?) } else { None };
        let rounds = self.rounds.iter().filter(|_| selection.progress);
        let mut parts = Parts {
            name: self.setting(NAME)?,
            question: selection.question.clone(),
            language: self.settings.interface_language,
            track: self.settings.track.clone(),
            // When the interview is belongs to the figures: they are reckoned towards it.
            interview: rounds.map(|round| round.date).find(|date| *date >= now.local_date()),
            progress: selection.progress,
            items: if selection.answers { self.practised_items()? } else { Vec::new() },
            told: self.told_shared(selection)?,
            stories: Vec::new(),
            mocks: Vec::new(),
            plays: Vec::new(),
        };
        for id in &selection.stories {
            parts.stories.push(self.story_in(id)?);
        }
        for mock in self.store.read().mocks()?.into_iter().filter(|one| selection.mocks.contains(&one.number))
        {
            parts.mocks.push(MockShared {
                number: mock.number,
                at_ms: mock.started.utc_ms,
                // Who asked is a person: only what was asked about leaves.
                rounds: mock.mock.rounds.into_iter().map(|round| round.area).collect(),
                own_questions: mock.mock.own_questions,
            });
        }
        for number in &selection.plays {
            parts.plays.push(self.play_shared(*number)?);
        }
        let names = self.private_names(&parts)?;
        // Names of people are in the story only so that they can be kept out of it.
        parts.stories.iter_mut().for_each(|story| story.story.people.clear());
        let mut blacked_out = 0;
        parts.written(|_, text| {
            let wanted = |kind| selection.redact || kind == FindingKind::Listed;
            let (out, count) = black_out(text, &names, wanted);
            blacked_out += count;
            *text = out;
        });
        Ok((Shared { facts, parts }, blacked_out))
    }

    /// Names that never leave: those listed, and the people of every story. Of every one, because a person who belongs to
    /// one story may be named in another or in an answer.
    fn private_names(&self, parts: &Parts) -> Result<Vec<String>> {
        let mut names: Vec<String> = self.setting(stories::PRIVATE_NAMES)?;
        names.extend(self.store.read().stories()?.into_iter().flat_map(|kept| kept.story.people));
        // One's own name is what the packet is signed with.
        names.retain(|name| !name.trim().is_empty() && name.trim() != parts.name.trim());
        names.sort();
        names.dedup();
        Ok(names)
    }

    fn practised_items(&self) -> Result<Vec<PracticedItem>> {
        let read = self.store.read();
        let mut places: HashMap<String, HashMap<String, usize>> = HashMap::new();
        let mut items: Vec<PracticedItem> = Vec::new();
        // Stories are shared by name or not at all: their titles are the learner's own words.
        let asked =
            read.practised_titles()?.into_iter().filter(|listed| listed.item.kind.0 != ItemKind::STORY);
        for listed in asked {
            let ItemRef { kind, id } = listed.item.clone();
            places.entry(kind.0).or_default().insert(id, items.len());
            items.push(PracticedItem {
                item: listed.item,
                title: listed.title,
                domain: listed.domain,
                topic: listed.topic,
                depth: listed.depth,
                answers: Vec::new(),
            });
        }
        read.given_answers(|kind, id, answer| {
            let place = places.get(kind).and_then(|places| places.get(id));
            if let Some(found) = place.and_then(|place| items.get_mut(*place)) {
                found.answers.push(PracticedAnswer {
                    at_ms: answer.at_ms,
                    grade: answer.grade,
                    language: answer.language,
                    words: answer.words,
                });
            }
        })?;
        items.retain(|item| !item.answers.is_empty());
        items.sort_by_key(|item| std::cmp::Reverse(item.answers.first().map_or(0, |answer| answer.at_ms)));
        Ok(items)
    }

    fn story_in(&self, id: &StoryId) -> Result<StoryShared> {
        let kept = self.kept_story(id, None)?;
        Ok(StoryShared {
            id: id.clone(),
            changed_at_ms: kept.version.changed_at_ms,
            times_told: self.told(id)?.times,
            story: kept.story,
        })
    }

    fn told_shared(&self, selection: &Selection) -> Result<Vec<ToldShared>> {
        let read = self.store.read();
        let wanted = |kept: &KeptRehearsal| match kept.mock {
            Some((mock, _)) => selection.mocks.contains(&mock),
            None => selection.told.contains(&kept.number),
        };
        let mut told = Vec::new();
        for kept in read.all_rehearsals()?.into_iter().rev().filter(|kept| kept.ended && wanted(kept)) {
            let recording =
                selection.recordings.contains(&kept.number) && self.recording_bytes(&kept).is_some();
            told.push(ToldShared {
                number: kept.number,
                title: read.title(&kept.item)?.unwrap_or_default(),
                mock: kept.mock,
                at_ms: kept.started.utc_ms,
                recording,
                account: kept.account,
                item: kept.item,
            });
        }
        Ok(told)
    }

    /// Comments, newest first; with an item, only those on it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn comments(&self, item: Option<&ItemRef>) -> Result<Vec<CommentView>> {
        let rows = self.store.read().comments(item)?;
        let view = |row: FeedbackRow<_>| CommentView {
            packet: row.packet,
            id: row.id,
            mentor: row.mentor,
            at_ms: row.at_ms,
            read: row.settled_at_ms.is_some(),
            comment: row.body,
        };
        Ok(rows.into_iter().map(view).collect())
    }

    /// Keeps that the comments on an item were read; without one, all of them.
    ///
    /// # Errors
    /// Those of the database.
    pub fn comments_read(&mut self, item: Option<&ItemRef>, now: Moment) -> Result<()> {
        self.store.transact(|transaction| transaction.comments_read(item, now))
    }

    /// Assignments: what is open first, by due day; then what was done, the newest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn assignments(&self, now: Moment) -> Result<Vec<AssignmentView>> {
        let read = self.store.read();
        let today = now.study_day();
        let mut found = Vec::new();
        for row in read.assignments::<super::Assignment>()? {
            let assignment = row.body;
            found.push(AssignmentView {
                packet: row.packet,
                id: row.id,
                mentor: row.mentor,
                done: row.settled_at_ms.is_some(),
                days_left: StudyDay::of_date(assignment.due).0.saturating_sub(today.0),
                known: match &assignment.item {
                    Some(item) => read.item(item)?.is_some(),
                    None => false,
                },
                assignment,
            });
        }
        found.sort_by_key(|one| (one.done, if one.done { -one.days_left } else { one.days_left }));
        Ok(found)
    }

    /// Ticks an assignment off, or takes the tick away.
    ///
    /// # Errors
    /// Those of the database.
    pub fn assignment_done(&mut self, packet: u32, id: u32, done: bool, now: Moment) -> Result<()> {
        self.store
            .transact(|transaction| transaction.set_assignment_done(packet, id, done.then_some(now)))?;
        self.queue.take();
        Ok(())
    }
}

impl Parts {
    /// Every text the learner wrote, with the title of what it belongs to.
    pub(super) fn written(&mut self, mut take: impl FnMut(&Text, &mut String)) {
        let none = Text::default();
        take(&none, &mut self.question);
        for item in &mut self.items {
            for words in item.answers.iter_mut().filter_map(|answer| answer.words.as_mut()) {
                take(&item.title, words);
            }
        }
        for shared in &mut self.stories {
            let title = shared.story.title();
            take(&title, &mut shared.story.when);
            for telling in [&mut shared.story.english, &mut shared.story.chinese] {
                for text in telling.texts_mut() {
                    take(&title, text);
                }
            }
        }
        for told in &mut self.told {
            let place = told.title.clone();
            take(&place, &mut told.account.words);
            for probe in &mut told.account.probes {
                take(&place, &mut probe.words);
            }
            for score in told.account.scores.values_mut() {
                take(&place, &mut score.because);
            }
            // The title of a story that was told is the learner's own words.
            if told.item.kind.0 == ItemKind::STORY {
                for title in
                    [Some(&mut told.title.en), Some(&mut told.title.zh_tw), told.title.zh_cn.as_mut()]
                {
                    title.into_iter().for_each(|title| take(&place, title));
                }
            }
        }
        for mock in &mut self.mocks {
            take(&none, &mut mock.own_questions);
        }
        for play in &mut self.plays {
            let post = &mut play.post;
            for text in [&mut play.update, &mut post.mechanism, &mut post.owner, &mut post.date] {
                take(&play.title, text);
            }
        }
    }

    /// Leaves of items what a person can look at.
    pub(super) fn shorten(&mut self) {
        /// Items that are shown.
        const ITEMS: usize = 200;
        /// Answers of each.
        const ANSWERS: usize = 6;
        self.items.truncate(ITEMS);
        self.items.iter_mut().for_each(|item| item.answers.truncate(ANSWERS));
    }
}
