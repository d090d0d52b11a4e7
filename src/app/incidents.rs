//! Incidents: plays from the customer's words to the debrief.
//!
//! A play is kept with its case and its record, so that it stays what it was. Which cause a world has follows from its
//! seed: the first play of an incident has the usual one, later ones any that the record calls a variant.

use std::path::Path;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{
    ActionView, App, CheckView, DebriefPage, HypothesisView, IncidentRow, IncidentsPage, NoteView, Outcome,
    PlayDraft, PlayPage, PlayShared, StepShared, file,
};
use crate::cloud::Seed;
use crate::error::{Error, Result};
use crate::incident::{
    self, Case, Debrief, Diagnosis, Play, Step, StepKind, WORLDS, parts_in, playable, score,
};
use crate::model::{Body, Incident, ItemRef, Text, blocks, inlines, plain};
use crate::store::KeptPlay;
use crate::time::Moment;

/// Seeds of plays have at most this many: short enough to be told.
const SEEDS: u32 = 999_999;
/// Minutes of the response clock that writing to the customer takes.
const UPDATE_MINUTES: u32 = 5;
/// Most bytes of words in a play that are kept.
const LONGEST: usize = 50_000;

/// What is kept of a play.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Kept {
    case: Case,
    record: Incident,
    play: Play,
    /// What it scored, once it is over: working it out again takes every world of the incident.
    #[serde(default)]
    points: Option<u32>,
}

impl Kept {
    fn debrief(&self) -> Option<Debrief> {
        let world = incident::world(&self.case.incident)?;
        let diagnosis = Diagnosis::new(world, self.case.seed, &self.case.cause, &self.record.checks);
        Some(score(&self.play, &diagnosis, &self.record.actions))
    }

    /// The response clock, in minutes.
    fn minute(&self) -> u32 {
        self.play.steps.last().map_or(0, |step| step.minute)
    }

    fn step(&mut self, kind: StepKind, id: &str, minutes: u32) {
        let minute = self.minute().saturating_add(minutes);
        self.play.steps.push(Step { kind, id: id.to_owned(), minute });
    }

    fn did(&self, kind: StepKind, id: &str) -> bool {
        self.play.steps.iter().any(|step| step.kind == kind && step.id == id)
    }
}

impl App {
    /// Every incident that can be played, with how it went.
    ///
    /// # Errors
    /// Those of the database.
    pub fn incidents(&self, now: Moment) -> Result<IncidentsPage> {
        let read = self.store.read();
        let plays = read.plays(None)?;
        let runbooks: Vec<String> = read.runbooks()?.into_iter().map(|(incident, _)| incident).collect();
        let mut rows = Vec::new();
        for world in WORLDS {
            let item = ItemRef::incident(world.id);
            let Some(found) = read.item(&item)? else { continue };
            let Body::Incident(record) = found.body else { continue };
            let own = || plays.iter().filter(|play| play.incident == world.id);
            let ended = || own().filter(|play| play.ended_at_ms.is_some());
            let points = ended().filter_map(|play| {
                let kept = kept(play).ok()?;
                kept.points.or_else(|| Some(kept.debrief()?.points))
            });
            rows.push(IncidentRow {
                title: record.title,
                symptom: record.symptom,
                severity: record.severity,
                domain: record.domain,
                depth: record.depth,
                escalated: !record.notes.is_empty(),
                plays: ended().count() as u32,
                best_points: points.max(),
                last: ended().next().map(|play| play.started.local_date()),
                last_play: ended().next().map(|play| play.number),
                open: own().find(|play| play.ended_at_ms.is_none()).map(|play| play.number),
                runbook: runbooks.iter().any(|incident| incident == world.id),
                in_track: read.is_in_track(&item)?,
                memory: read.card(&item)?.as_ref().map(|card| self.memory_view(card, now)),
                item,
            });
        }
        Ok(IncidentsPage { rows })
    }

    /// Begins a play. Without a seed the learner gets one not met before; the first time, one with the usual cause.
    ///
    /// # Errors
    /// [`Error::NoSuchItem`], [`Error::BadValue`] for a seed that is neither number nor word, and those of the database.
    pub fn incident_start(&mut self, id: &str, seed: Option<&str>, now: Moment) -> Result<PlayPage> {
        let missing = || Error::NoSuchItem { item: id.to_owned() };
        let world = incident::world(id).ok_or_else(missing)?;
        let Body::Incident(record) = self.item(&ItemRef::incident(world.id))?.body else {
            return Err(missing());
        };
        let seed = match seed.filter(|seed| !seed.trim().is_empty()) {
            Some(text) => {
                text.parse().map_err(|_| Error::BadValue { field: "seed", value: text.to_owned() })?
            }
            None => self.unmet_seed(world.id, &record)?,
        };
        let cause = incident::cause_of(&record, seed).to_owned();
        let case = world.case(&cause, seed);
        let kept = Kept { case, record: *record, play: Play::default(), points: None };
        let body = value(&kept)?;
        let number = self.store.transact(|transaction| {
            transaction.begin_play(world.id, (seed.0, world.version, &cause), &body, now)
        })?;
        self.incident(number)
    }

    /// Finished plays, oldest first: the day, the incident and the points.
    pub(super) fn played(&self) -> Result<Vec<(NaiveDate, String, u32)>> {
        let scored = self.store.read().finished_plays()?.into_iter();
        Ok(scored.map(|(at, incident, points)| (at.local_date(), incident, points)).collect())
    }

    /// A finished play as a mentor is shown it: what was done, in words, and what it was worth.
    ///
    /// # Errors
    /// [`Error::NoSuchItem`] also for a play that is not over, and those of the database.
    pub(super) fn play_shared(&self, number: u32) -> Result<PlayShared> {
        let row = self.kept_play(number)?;
        let missing = || Error::NoSuchItem { item: format!("play {number}") };
        let kept = kept(&row)?;
        let debrief = kept.debrief().filter(|_| row.ended_at_ms.is_some()).ok_or_else(missing)?;
        let Kept { case, record, play, points } = kept;
        let filled = |text: &Text| Text {
            en: plain(&case.scene.fill(&text.en)),
            zh_tw: plain(&case.scene.fill(&text.zh_tw)),
            zh_cn: text.zh_cn.as_deref().map(|text| plain(&case.scene.fill(text))),
        };
        let step = |step: &Step| {
            let (words, outcome) = match step.kind {
                StepKind::Check => {
                    let told = debrief.checks.iter().any(|check| check.id == step.id && check.bits > 0.0);
                    let check = record.checks.iter().find(|check| check.id == step.id);
                    (check.map(|check| filled(&check.name)), if told { Outcome::Good } else { Outcome::Idle })
                }
                StepKind::Cause => {
                    let right = step.id == case.cause;
                    let claim = record.hypotheses.iter().find(|one| one.id == step.id);
                    (claim.map(|one| filled(&one.claim)), if right { Outcome::Good } else { Outcome::Idle })
                }
                StepKind::Act => {
                    let scored = debrief.actions.iter().find(|action| action.id == step.id);
                    let outcome = match scored {
                        Some(action) if action.helps => Outcome::Good,
                        Some(action) if action.harm => Outcome::Harm,
                        _ => Outcome::Idle,
                    };
                    let action = record.actions.iter().find(|action| action.id == step.id);
                    (action.map(|action| filled(&action.text)), outcome)
                }
                StepKind::Update => (None, Outcome::Plain),
            };
            StepShared { minute: step.minute, kind: step.kind, words: words.unwrap_or_default(), outcome }
        };
        Ok(PlayShared {
            number,
            item: ItemRef::incident(&case.incident),
            title: filled(&record.title),
            seed: case.seed.0,
            at_ms: row.started.utc_ms,
            points: points.unwrap_or(debrief.points),
            steps: play.steps.iter().map(step).collect(),
            update: play.update,
            post: play.post,
        })
    }

    fn unmet_seed(&self, id: &str, record: &Incident) -> Result<Seed> {
        let met: Vec<u32> = self.store.read().plays(Some(id))?.into_iter().map(|play| play.seed).collect();
        let usual = record.hypotheses.first().map_or("", |hypothesis| hypothesis.id.as_str());
        let mut seed = self.draw.borrow_mut().int(1, SEEDS);
        for _ in 0..SEEDS {
            let fits = !met.is_empty() || incident::cause_of(record, Seed(seed)) == usual;
            if fits && !met.contains(&seed) {
                break;
            }
            seed = seed % SEEDS + 1;
        }
        Ok(Seed(seed))
    }

    /// A play as it stands.
    ///
    /// # Errors
    /// [`Error::NoSuchItem`], and those of the database.
    pub fn incident(&self, number: u32) -> Result<PlayPage> {
        let row = self.kept_play(number)?;
        self.play_page(&row, &kept(&row)?)
    }

    /// Asks for evidence. Asking again shows it again for nothing.
    ///
    /// # Errors
    /// [`Error::NoSuchItem`] also for a check the incident does not have, [`Error::BadValue`] for a play that is over, and
    /// those of the database.
    pub fn incident_check(&mut self, number: u32, check: &str) -> Result<PlayPage> {
        self.change_play(number, None, |kept| {
            let found = kept.record.checks.iter().find(|known| known.id == check);
            let minutes = found.ok_or_else(|| Error::NoSuchItem { item: check.to_owned() })?.minutes;
            if !kept.did(StepKind::Check, check) {
                kept.step(StepKind::Check, check, minutes);
            }
            Ok(())
        })
    }

    /// Writes what a check showed as a file, to be looked into with other programs: the output alone, without the command
    /// above it; several commands stay where they are, so that their outputs can be told apart.
    ///
    /// # Errors
    /// [`Error::NoSuchItem`] also for a check that was not asked for, [`Error::WriteFile`], [`Error::DiskFull`], and those of
    /// the database.
    pub fn incident_save(&self, number: u32, check: &str, path: &Path) -> Result<()> {
        let page = self.incident(number)?;
        let shown = page.checks.into_iter().find(|known| known.id == check).and_then(|known| known.view);
        let shown = shown.ok_or_else(|| Error::NoSuchItem { item: check.to_owned() })?;
        let texts: Vec<&str> = shown.evidence.iter().map(|piece| piece.text.as_str()).collect();
        let text = texts.join("\n");
        let output = match text.split_once('\n') {
            Some((command, output)) if command.starts_with("$ ") && !output.contains("\n$ ") => output,
            _ => &text,
        };
        file::write_all(path, true, output.as_bytes())
    }

    /// Names the cause. It can be named again; the last one counts, with the evidence there was then.
    ///
    /// # Errors
    /// Those of [`App::incident_check`].
    pub fn incident_cause(&mut self, number: u32, hypothesis: &str) -> Result<PlayPage> {
        self.change_play(number, None, |kept| {
            if !kept.record.hypotheses.iter().any(|known| known.id == hypothesis) {
                return Err(Error::NoSuchItem { item: hypothesis.to_owned() });
            }
            if kept.play.cause.as_deref() != Some(hypothesis) {
                kept.play.cause = Some(hypothesis.to_owned());
                kept.step(StepKind::Cause, hypothesis, 0);
            }
            Ok(())
        })
    }

    /// Takes an action, once.
    ///
    /// # Errors
    /// Those of [`App::incident_check`].
    pub fn incident_act(&mut self, number: u32, action: &str) -> Result<PlayPage> {
        self.change_play(number, None, |kept| {
            let found = kept.record.actions.iter().find(|known| known.id == action);
            let minutes = found.ok_or_else(|| Error::NoSuchItem { item: action.to_owned() })?.minutes;
            if !kept.did(StepKind::Act, action) {
                kept.step(StepKind::Act, action, minutes);
            }
            Ok(())
        })
    }

    /// Keeps the board and the words as they stand.
    ///
    /// # Errors
    /// Those of [`App::incident_check`], [`Error::BadValue`] also for words of more than 50 kB.
    pub fn incident_keep(&mut self, number: u32, draft: PlayDraft) -> Result<PlayPage> {
        let post = &draft.post;
        let length = [&draft.update, &post.mechanism, &post.owner, &post.date].map(|text| text.len());
        let length: usize = length.iter().sum();
        if length > LONGEST {
            return Err(Error::BadValue { field: "answer", value: format!("{length} bytes") });
        }
        self.change_play(number, None, |kept| {
            kept.play.marks = draft
                .marks
                .into_iter()
                .filter(|(id, _)| kept.record.hypotheses.iter().any(|known| known.id == *id))
                .collect();
            kept.play.update = draft.update;
            kept.play.parts = draft.parts;
            kept.play.post = draft.post;
            Ok(())
        })
    }

    /// Writes to the customer: what stands in the update goes out.
    ///
    /// # Errors
    /// Those of [`App::incident_check`], [`Error::BadValue`] also for an empty update.
    pub fn incident_send(&mut self, number: u32) -> Result<PlayPage> {
        self.change_play(number, None, |kept| {
            if kept.play.update.trim().is_empty() {
                return Err(Error::BadValue { field: "answer", value: String::new() });
            }
            kept.step(StepKind::Update, "update", UPDATE_MINUTES);
            Ok(())
        })
    }

    /// Ends a play: from now on it shows its debrief.
    ///
    /// # Errors
    /// Those of [`App::incident_check`].
    pub fn incident_end(&mut self, number: u32, now: Moment) -> Result<PlayPage> {
        self.change_play(number, Some(now), |_| Ok(()))
    }

    /// Deletes a play.
    ///
    /// # Errors
    /// Those of the database.
    pub fn incident_delete(&mut self, number: u32, now: Moment) -> Result<IncidentsPage> {
        self.store.transact(|transaction| transaction.delete_play(number))?;
        self.incidents(now)
    }

    /// Keeps the learner's own runbook for an incident.
    ///
    /// # Errors
    /// [`Error::NoSuchItem`], [`Error::BadValue`] for more than 50 kB, and those of the database.
    pub fn incident_runbook(&mut self, id: &str, text: &str, now: Moment) -> Result<()> {
        let world = incident::world(id).ok_or_else(|| Error::NoSuchItem { item: id.to_owned() })?;
        if text.len() > LONGEST {
            return Err(Error::BadValue { field: "answer", value: format!("{} bytes", text.len()) });
        }
        self.store.transact(|transaction| transaction.keep_runbook(world.id, &text.into(), now))
    }

    /// The grade that a finished play proposes; none for one that is not over.
    pub(super) fn play_grade(&self, number: u32) -> Result<Option<crate::model::Grade>> {
        let row = self.kept_play(number)?;
        if row.ended_at_ms.is_none() {
            return Ok(None);
        }
        Ok(kept(&row)?.debrief().map(|debrief| debrief.proposed))
    }

    fn kept_play(&self, number: u32) -> Result<KeptPlay> {
        let play = self.store.read().play(number)?;
        play.ok_or_else(|| Error::NoSuchItem { item: format!("play {number}") })
    }

    fn change_play(
        &mut self,
        number: u32,
        ended: Option<Moment>,
        change: impl FnOnce(&mut Kept) -> Result<()>,
    ) -> Result<PlayPage> {
        let row = self.kept_play(number)?;
        if row.ended_at_ms.is_some() {
            return Err(Error::BadValue { field: "play", value: number.to_string() });
        }
        let mut kept = kept(&row)?;
        change(&mut kept)?;
        if ended.is_some() {
            kept.points = kept.debrief().map(|debrief| debrief.points);
        }
        let body = value(&kept)?;
        self.store.transact(|transaction| transaction.keep_play(number, &body, ended))?;
        self.incident(number)
    }

    fn play_page(&self, row: &KeptPlay, kept: &Kept) -> Result<PlayPage> {
        let Kept { case, record, play, .. } = kept;
        let ended = row.ended_at_ms.is_some();
        let line = |text: &Text| self.faces(text, |text| inlines(&case.scene.fill(text)));
        let block = |text: &Text| self.faces(text, |text| blocks(&case.scene.fill(text)));
        let debrief = if ended { kept.debrief() } else { None };
        let restored = |action: &crate::model::Action| {
            action.helps.contains(&case.cause) && action.aim == crate::model::Aim::Restore
        };
        Ok(PlayPage {
            number: row.number,
            item: ItemRef::incident(&case.incident),
            revision: record.rev,
            seed: case.seed,
            version: case.version,
            ended,
            started: row.started.local_date(),
            minute: kept.minute(),
            severity: record.severity,
            response_minutes: record.severity.response_minutes(),
            seconds: record.seconds,
            title: line(&record.title),
            customer: block(&record.customer),
            notes: record
                .notes
                .iter()
                .map(|note| NoteView {
                    text: line(&note.text),
                    wrong: note.wrong.as_ref().filter(|_| ended).map(&line),
                })
                .collect(),
            hypotheses: record
                .hypotheses
                .iter()
                .map(|one| HypothesisView {
                    id: one.id.clone(),
                    claim: line(&one.claim),
                    mark: play.marks.get(&one.id).copied(),
                    why: record.why_hypothesis(one, &case.cause).filter(|_| ended).map(&line),
                })
                .collect(),
            checks: record
                .checks
                .iter()
                .map(|check| CheckView {
                    id: check.id.clone(),
                    name: line(&check.name),
                    minutes: check.minutes,
                    view: case
                        .scene
                        .views
                        .get(&check.id)
                        .filter(|_| ended || kept.did(StepKind::Check, &check.id))
                        .map(|view| (view.evidence.clone(), view.series.clone()).into()),
                    reading: ended.then(|| line(&check.reading)),
                })
                .collect(),
            actions: record
                .actions
                .iter()
                .map(|action| {
                    let done = kept.did(StepKind::Act, &action.id);
                    ActionView {
                        id: action.id.clone(),
                        text: line(&action.text),
                        aim: action.aim,
                        minutes: action.minutes,
                        restored: done.then(|| restored(action)),
                        harmed: done && action.harm && !action.helps.contains(&case.cause),
                        why: record.why_action(action, &case.cause).filter(|_| ended).map(&line),
                    }
                })
                .collect(),
            seems: parts_in(&play.update).into_iter().map(|(part, _)| part).collect(),
            tone: incident::tone(&play.update),
            play: play.clone(),
            debrief: debrief.map(|debrief| DebriefPage {
                debrief,
                usual: record.is_usual(&case.cause),
                first_response: block(&record.first_response),
                update: record.update.iter().map(|point| (point.id, line(&point.text))).collect(),
                prevention: record.prevention.iter().map(line).collect(),
                escalation: line(&record.escalation),
                monitoring: line(&record.monitoring),
                runbook: record.runbook.iter().map(line).collect(),
                references: record.refs.clone(),
                variants: playable(record).len() as u32,
            }),
            runbook: match self.store.read().runbook(&case.incident)? {
                Some(serde_json::Value::String(text)) => Some(text),
                _ => None,
            },
        })
    }
}

fn kept(row: &KeptPlay) -> Result<Kept> {
    serde_json::from_value(row.body.clone()).map_err(|error| unreadable(row.number, &error))
}

fn value(kept: &Kept) -> Result<serde_json::Value> {
    serde_json::to_value(kept).map_err(|error| unreadable(0, &error))
}

fn unreadable(number: u32, error: &serde_json::Error) -> Error {
    Error::BadRecord { what: format!("play {number}"), reason: error.to_string() }
}
