//! Drills: which case is asked next, how it is judged, and the page that lists the families.
//!
//! A family is one item of the scheduler. Each time it is asked, a seed that the learner has not met is drawn, at the
//! level the past answers ask for. A case that was opened stays the same until it is graded.

use serde_json::json;

use super::{App, Ask, DrillAnswer, DrillCase, DrillRow, DrillVerdict, DrillsPage, PastCase};
use crate::cloud::Seed;
use crate::drill::{self, Answer, Case, Exercise, FAMILIES, Family, Verdict};
use crate::error::{Error, Result};
use crate::model::{DrillEntry, Grade, Item, ItemKind, ItemRef, Language, Text, blocks, inlines};
use crate::store::NewCase;
use crate::time::Moment;

/// Seeds of asked cases have at most this many: short enough to be told.
const SEEDS: u32 = 999_999;

/// Most typed bytes of one answer that are kept.
const LONGEST: usize = 4_000;

/// Files a drill family of the bank; none where the program does not know it.
pub(super) fn filed(entry: &DrillEntry) -> Option<Item> {
    let family = drill::family(&entry.id)?;
    Some(Item {
        reference: ItemRef::drill(family.id),
        revision: family.version,
        domain: family.place.0.to_owned(),
        topic: family.place.1.to_owned(),
        depth: family.depths.first().copied().unwrap_or(1),
        freq: entry.freq,
        seconds: family.seconds,
        status: entry.status,
        body: crate::model::Body::Drill(Box::new(entry.clone())),
    })
}

/// The families and their versions: another one and the bank is installed again.
pub(super) fn edition() -> String {
    FAMILIES.iter().map(|family| format!(" {}.{}", family.id, family.version)).collect()
}

impl App {
    /// Every family with how it went, in the order of their ids.
    ///
    /// # Errors
    /// Those of the database.
    pub fn drills(&self, now: Moment) -> Result<DrillsPage> {
        let read = self.store.read();
        let kept = read.drill_cases(None)?;
        let mut rows = Vec::new();
        for family in FAMILIES {
            let item = ItemRef::drill(family.id);
            let Some(title) = read.title(&item)? else { continue };
            let own: Vec<_> = kept.iter().filter(|case| case.family == family.id).collect();
            let past: Vec<PastCase> = own
                .iter()
                .rev()
                .map(|case| PastCase {
                    level: case.level,
                    seed: Seed(case.seed),
                    grade: case.grade,
                    date: case.day.date(),
                })
                .collect();
            let body = self.item(&item)?.body;
            let crate::model::Body::Drill(entry) = body else { continue };
            rows.push(DrillRow {
                item: item.clone(),
                name: entry.name,
                about: title,
                domain: family.place.0.to_owned(),
                level: self
                    .level(family, &own.iter().map(|case| (case.level, case.grade)).collect::<Vec<_>>())?,
                levels: self.highest(family)?,
                all_levels: family.levels(),
                answered: own.len() as u32,
                passed: own.iter().filter(|case| case.grade != Grade::Again).count() as u32,
                in_track: read.is_in_track(&item)?,
                memory: read.card(&item)?.as_ref().map(|card| self.memory_view(card, now)),
                past,
            });
        }
        Ok(DrillsPage { rows })
    }

    /// A case to look at or to play again, named by level and seed. Answers to it are judged, not graded.
    ///
    /// # Errors
    /// [`Error::NoSuchItem`] for a family that is none, [`Error::BadValue`] for a seed that is neither number nor word or a
    /// level the family does not have.
    pub fn drill_case(&self, family: &str, level: u8, seed: &str) -> Result<DrillCase> {
        let family = known(family)?;
        let seed: Seed =
            seed.parse().map_err(|_| Error::BadValue { field: "seed", value: seed.to_owned() })?;
        if !(1..=family.levels()).contains(&level) {
            return Err(Error::BadValue { field: "level", value: level.to_string() });
        }
        Ok(self.shown_case(family, &family.case(level, seed)))
    }

    /// Judges answers to a case: what was right, why not, and the worked solution.
    ///
    /// # Errors
    /// [`Error::NoSuchItem`] for a family that is none, [`Error::BadValue`] for answers that do not fit the case.
    pub fn drill_check(&self, answer: &DrillAnswer) -> Result<DrillVerdict> {
        let (_, case) = answered(answer)?;
        let judged = judged(&case.exercise, answer)?;
        let readable = !judged.contains(&Verdict::Unreadable);
        let asks = case.exercise.asks.iter().zip(&judged).map(|(ask, verdict)| {
            let (right, why) = match verdict {
                Verdict::Right => (Some(true), None),
                Verdict::Wrong(why) => (Some(false), why.clone()),
                Verdict::Unreadable => (None, None),
            };
            super::AskVerdict {
                right,
                // Nothing is given away while an answer can be typed again.
                answer: if readable { ask.answer.right() } else { String::new() },
                why: if readable { why.map(|why| self.lines(&why)) } else { None },
                options: match &ask.answer {
                    Answer::Choice { options, .. } | Answer::Several { options, .. } if readable => {
                        options.iter().map(|option| self.lines(&option.why)).collect()
                    }
                    _ => Vec::new(),
                },
            }
        });
        let asks: Vec<_> = asks.collect();
        let steps = if readable {
            case.exercise.steps.iter().map(|step| self.blocks(step)).collect()
        } else {
            Vec::new()
        };
        Ok(DrillVerdict { asks, steps, proposed: readable.then(|| proposed(&judged)) })
    }

    /// The case that a scheduled family asks now: the one that is open, or a new one.
    pub(super) fn open_case(&self, item: &ItemRef) -> Result<Option<DrillCase>> {
        if item.kind.0 != ItemKind::DRILL {
            return Ok(None);
        }
        let Some(family) = drill::family(&item.id) else { return Ok(None) };
        let open = self.open_cases.borrow().get(family.id).copied();
        let (level, seed) = match open {
            Some(open) => open,
            None => {
                let past = self.store.read().drill_cases(Some(family.id))?;
                let past: Vec<_> = past.iter().map(|case| (case.level, case.grade)).collect();
                let level = self.level(family, &past)?;
                let seed = self.new_seed(family, level)?;
                self.open_cases.borrow_mut().insert(family.id, (level, seed));
                (level, seed)
            }
        };
        Ok(Some(self.shown_case(family, &family.case(level, seed))))
    }

    /// A seed the learner has not met at this level.
    fn new_seed(&self, family: &Family, level: u8) -> Result<Seed> {
        let mut seed = self.draw.borrow_mut().int(1, SEEDS);
        while self.store.read().knows_case(family.id, level, seed)? {
            seed = seed % SEEDS + 1;
        }
        Ok(Seed(seed))
    }

    /// The level to ask next, within what the track needs.
    fn level(&self, family: &Family, past: &[(u8, Grade)]) -> Result<u8> {
        Ok(drill::next_level(past, self.highest(family)?))
    }

    /// The highest level of a family that the track needs; all of them where the track does not take it at all.
    fn highest(&self, family: &Family) -> Result<u8> {
        let (domain, topic) = family.place;
        let needed = self.track()?.map_or(4, |track| track.depth_of(domain, topic));
        let within = family.depths.iter().filter(|depth| **depth <= needed).count();
        Ok(u8::try_from(within).ok().filter(|levels| *levels > 0).unwrap_or(family.levels()))
    }

    /// What is kept of an answered case beside its review, and the grade its answers propose.
    pub(super) fn kept_case(answer: &DrillAnswer) -> Result<(NewCase<'static>, Grade)> {
        let (family, case) = answered(answer)?;
        let judged = judged(&case.exercise, answer)?;
        let body = json!({ "case": case, "typed": answer.typed });
        let (level, seed, version) = (case.level, case.seed.0, case.version);
        Ok((NewCase { family: family.id, level, seed, version, body }, proposed(&judged)))
    }

    /// The case of a family is done: the next time another is drawn.
    pub(super) fn close_case(&self, item: &ItemRef) {
        self.open_cases.borrow_mut().remove(item.id.as_str());
    }

    fn shown_case(&self, family: &Family, case: &Case) -> DrillCase {
        DrillCase {
            family: family.id.to_owned(),
            level: case.level,
            levels: family.levels(),
            seed: case.seed,
            version: case.version,
            seconds: family.seconds_at(case.level),
            prompt: self.blocks(&case.exercise.prompt),
            evidence: case.exercise.evidence.clone(),
            asks: case
                .exercise
                .asks
                .iter()
                .map(|ask| Ask {
                    id: ask.id.clone(),
                    label: self.lines(&ask.label),
                    form: match &ask.answer {
                        Answer::Choice { .. } => super::AskForm::Choice,
                        Answer::Several { .. } => super::AskForm::Several,
                        Answer::Number { unit, .. } => {
                            super::AskForm::Number { unit: unit.symbol().to_owned() }
                        }
                        Answer::Typed { form, .. } => super::AskForm::Typed { form: *form },
                    },
                    options: match &ask.answer {
                        Answer::Choice { options, .. } | Answer::Several { options, .. } => {
                            options.iter().map(|option| self.lines(&option.text)).collect()
                        }
                        _ => Vec::new(),
                    },
                })
                .collect(),
            sources: family.sources.iter().map(|source| (*source).to_owned()).collect(),
        }
    }

    /// A text of a template in the languages a learner can switch between.
    pub(super) fn faces<T>(&self, text: &Text, read: impl Fn(&str) -> T) -> super::InLanguages<T> {
        let chinese = self.settings.chinese();
        let words = match chinese {
            Language::ZhCn => self.simplified(&text.zh_tw),
            _ => text.zh_tw.clone(),
        };
        [(Language::En, read(&text.en)), (chinese, read(&words))].into_iter().collect()
    }

    fn lines(&self, text: &Text) -> super::InLanguages<Vec<crate::model::Inline>> {
        self.faces(text, inlines)
    }

    fn blocks(&self, text: &Text) -> super::InLanguages<Vec<crate::model::Block>> {
        self.faces(text, blocks)
    }
}

fn known(id: &str) -> Result<&'static Family> {
    drill::family(id).ok_or_else(|| Error::NoSuchItem { item: id.to_owned() })
}

/// The case that was answered.
fn answered(answer: &DrillAnswer) -> Result<(&'static Family, Case)> {
    let family = known(&answer.family)?;
    if !(1..=family.levels()).contains(&answer.level) {
        return Err(Error::BadValue { field: "level", value: answer.level.to_string() });
    }
    Ok((family, family.case(answer.level, answer.seed)))
}

fn judged(exercise: &Exercise, answer: &DrillAnswer) -> Result<Vec<Verdict>> {
    let (asked, typed) = (exercise.asks.len(), answer.typed.len());
    if asked != typed {
        return Err(Error::BadValue {
            field: "answer",
            value: format!("{typed} answers to {asked} questions"),
        });
    }
    if let Some(long) = answer.typed.iter().find(|typed| typed.len() > LONGEST) {
        return Err(Error::BadValue { field: "answer", value: format!("{} bytes", long.len()) });
    }
    let judge = |(ask, typed): (&drill::Ask, &String)| match ask.answer.judge(typed) {
        Verdict::Unreadable if answer.given_up => Verdict::Wrong(None),
        verdict => verdict,
    };
    Ok(exercise.asks.iter().zip(&answer.typed).map(judge).collect())
}

/// All right is good; at least half right is hard, which is a pass that comes back soon; less is again.
fn proposed(judged: &[Verdict]) -> Grade {
    let right = judged.iter().filter(|verdict| **verdict == Verdict::Right).count();
    match right {
        right if right == judged.len() => Grade::Good,
        right if right * 2 >= judged.len() => Grade::Hard,
        _ => Grade::Again,
    }
}
