//! The use cases: one file for each screen. Shells call only this room; here the other rooms meet.
//!
//! An [`App`] is an open data folder. Its methods take the time as an argument and answer with plain types that a
//! shell can show or send over a wire.

mod belief;
mod browse;
mod calendar;
mod calibration;
mod changes;
mod contacts;
mod counting;
mod day;
mod doctor;
mod drill_types;
mod drills;
mod export;
mod figures;
mod file;
mod incident_types;
mod incidents;
mod interview_types;
mod learning;
mod mentor;
mod mentor_types;
mod mock;
mod packet_types;
mod packets;
mod paper;
mod plan;
mod plan_types;
mod practice;
mod progress;
mod rehearsal;
mod report;
mod settings;
mod share;
mod stories;
mod story_types;
mod today;
mod types;
#[cfg(test)]
mod wire;

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::path::Path;

use rand::{Rng, RngExt};

use crate::bank::{Bank, Simplifier, Source};
use crate::cloud::{Draw, Seed};
use crate::error::{Error, Result};
use crate::interview::Probe;
use crate::memory::Memory;
use crate::model::{Body, CardState, DeviceId, Grade, Item, ItemKind, ItemRef, Text, Track, TrackId, plain};
use crate::plan::Calendar;
use crate::store::{ParameterSet, Store, Transaction};
use crate::time::{Moment, StudyDay};

pub use crate::store::Access;
pub use doctor::{Finding, Report};
pub use drill_types::*;
pub use incident_types::*;
pub use interview_types::*;
pub use learning::Study;
pub use mentor_types::*;
pub use packet_types::*;
pub use plan_types::*;
pub use story_types::*;
pub use types::*;

/// An open data folder.
pub struct App {
    store: Store,
    memory: Memory,
    settings: Settings,
    rounds: Vec<Round>,
    device: DeviceId,
    /// Minutes added to a study day's plan by "go on"; gone with the day and with the program.
    more: Option<(StudyDay, u32)>,
    /// Items the learner put off for a study day; they come back with the next day or start of the program.
    put_off: Option<(StudyDay, Vec<ItemRef>)>,
    calendar: Calendar,
    /// Items of the calibration, in the order of asking.
    calibration: Vec<ItemRef>,
    /// The item asked last, so that grading it need not read it again.
    asked: RefCell<Option<Item>>,
    /// What waits, so that the next card need not search for it again; none after anything but an answer changed it.
    queue: RefCell<Option<day::Queue>>,
    /// The planner and its prices, kept between plans.
    workshop: RefCell<Option<plan::Workshop>>,
    /// What cases are drawn with.
    draw: RefCell<Draw>,
    /// The case of each drill family that was shown and not graded yet: level and seed.
    open_cases: RefCell<BTreeMap<&'static str, (u8, Seed)>>,
    /// Derives Simplified Chinese from what is put together while the program runs; loaded when it is needed.
    simplifier: OnceCell<Option<Simplifier>>,
}

impl App {
    /// Opens a data folder. A writer installs the bank if it changed and rebuilds the cards if they were computed
    /// with other parameters; `chance` draws the device's name and the order of new items, once.
    ///
    /// # Errors
    /// Those of [`Store::open`], and [`Error::BadBank`] or [`Error::NoBank`] for a bank that cannot be used.
    pub fn open(folder: &Path, access: Access, bank: &Source, chance: &mut impl Rng) -> Result<Self> {
        let mut store = Store::open(folder, access)?;
        match access {
            Access::Write => install(&mut store, bank, chance)?,
            // Made by a writer that could not read its bank: nothing has been practised yet.
            Access::Read if store.read().fact("bank")?.is_none() => {
                return Err(Error::NoDatabase { path: store.path().to_owned() });
            }
            Access::Read => {}
        }
        Self::start(store, access, chance)
    }

    /// A data folder in memory, for tests and measurements.
    ///
    /// # Errors
    /// Those of [`App::open`].
    pub fn in_memory(bank: &Source, chance: &mut impl Rng) -> Result<Self> {
        let mut store = Store::in_memory()?;
        install(&mut store, bank, chance)?;
        Self::start(store, Access::Write, chance)
    }

    fn start(store: Store, access: Access, chance: &mut impl Rng) -> Result<Self> {
        let read = store.read();
        let settings = settings::load(read)?;
        let rounds = settings::load_rounds(read)?;
        let calendar = Self::load_calendar(read, &settings)?;
        let calibration = Self::load_calibration(read)?;
        let device = DeviceId(read.fact("device")?.unwrap_or_default());
        let memory = memory(&store, &settings)?;
        let mut app = Self {
            store,
            memory,
            settings,
            rounds,
            device,
            more: None,
            put_off: None,
            calendar,
            calibration,
            asked: RefCell::default(),
            queue: RefCell::default(),
            workshop: RefCell::default(),
            draw: RefCell::new(Draw::new("cases", Seed(chance.random()))),
            open_cases: RefCell::default(),
            simplifier: OnceCell::new(),
        };
        if access == Access::Write && app.store.read().fact("cards")?.as_deref() != Some(&app.cards_key()) {
            app.rebuild_cards()?;
        }
        Ok(app)
    }

    /// What a shell needs before it shows anything.
    ///
    /// # Errors
    /// Those of the database.
    pub fn start_page(&self, now: Moment) -> Result<Start> {
        Ok(Start {
            settings: self.settings.clone(),
            rounds: self.rounds.clone(),
            outline: self.outline()?,
            notices: self.notices(now)?,
            today: now.local_date(),
        })
    }

    /// The bank's outline as it was installed.
    fn outline(&self) -> Result<Outline> {
        let outline = self.store.read().fact("outline")?.unwrap_or_else(|| "null".to_owned());
        serde_json::from_str(&outline)
            .map_err(|error| Error::BadRecord { what: "outline".to_owned(), reason: error.to_string() })
    }

    /// What to know before starting.
    fn notices(&self, now: Moment) -> Result<Vec<Notice>> {
        // Clocks are set by minutes all the time; only more than that is worth a word.
        const SLACK_MS: i64 = 10 * 60_000;
        let mut notices = Vec::new();
        if let Some(last) = self.store.read().newest_review()?
            && last.utc_ms > now.utc_ms.saturating_add(SLACK_MS)
        {
            notices.push(Notice::ClockBehind { last_review: last.local_date() });
        }
        if let Some(last) = self.rounds.last()
            && last.date < now.local_date()
        {
            notices.push(Notice::RoundsOver { last_round: last.date });
        }
        Ok(notices)
    }

    /// What the cards were computed with: while it is the same, the cache holds.
    fn cards_key(&self) -> String {
        format!("fsrs-6 set {} retention {}", self.memory.parameter_set(), self.settings.desired_retention)
    }

    /// Rebuilds every card from the log.
    ///
    /// # Errors
    /// Those of the database and of the memory model.
    pub fn rebuild_cards(&mut self) -> Result<()> {
        self.queue.take();
        let cards = self.replay(None)?;
        let key = self.cards_key();
        self.store.transact(|transaction| {
            transaction.clear_cards()?;
            for (item, card) in &cards {
                transaction.set_card(item, Some(card))?;
            }
            // What was counted is counted anew, too.
            transaction.set_fact(counting::COUNTED, "")?;
            transaction.set_fact("cards", &key)
        })
    }

    /// The cards that the log gives; with an item, only its own.
    fn replay(&self, item: Option<&ItemRef>) -> Result<Vec<(ItemRef, CardState)>> {
        let mut cards: BTreeMap<ItemRef, CardState> = Default::default();
        self.store.read().replay(item, |item, grade: Grade, at| {
            let card = self.memory.answered(cards.get(&item), grade, at)?;
            cards.insert(item, card);
            Ok(())
        })?;
        Ok(cards.into_iter().collect())
    }

    /// An item's content.
    fn item(&self, item: &ItemRef) -> Result<Item> {
        self.store.read().item(item)?.ok_or_else(|| Error::NoSuchItem { item: item.id.clone() })
    }

    /// Taiwan's Chinese as the mainland writes it; unchanged where the dictionaries cannot be loaded.
    fn simplified(&self, text: &str) -> String {
        let simplifier = self.simplifier.get_or_init(|| Simplifier::built_in().ok());
        simplifier.as_ref().map_or_else(|| text.to_owned(), |simplifier| simplifier.markdown(text))
    }

    /// The newest round that is not over, as a study day.
    fn last_round(&self, now: Moment) -> Option<StudyDay> {
        let last = self.rounds.last()?;
        (last.date >= now.local_date()).then(|| StudyDay::of_date(last.date))
    }
}

fn memory(store: &Store, settings: &Settings) -> Result<Memory> {
    let set = store.read().newest_parameters()?.unwrap_or_else(default_parameters);
    Memory::new(set.number, &set.parameters, settings.desired_retention)
}

/// The set that stands before anything is known of a learner.
fn default_parameters() -> ParameterSet {
    ParameterSet {
        number: 1,
        parameters: Memory::default_parameters(),
        fitted_at_ms: None,
        evidence: None,
        learner: None,
    }
}

/// Brings the bank into the database if it is another than the one installed. Items keep their history; what the bank
/// dropped is retired, not deleted.
fn install(store: &mut Store, source: &Source, chance: &mut impl Rng) -> Result<()> {
    let installed = store.read().fact("bank")?;
    let fingerprint = match source.fingerprint()?.map(|bank| bank + &drills::edition()) {
        Some(fingerprint) if installed.as_deref() != Some(&fingerprint) => fingerprint,
        None if installed.is_none() => {
            return Err(Error::NoDatabase { path: store.path().to_owned() });
        }
        _ => return Ok(()),
    };
    let bank = Bank::read(source)?;
    let settings = settings::load(store.read())?;
    let track = settings::track_of(&bank.tracks, &settings.track);
    let outline = outline(&bank);
    store.transact(|transaction| {
        if transaction.read().fact("device")?.is_none() {
            transaction.set_fact("device", &format!("{:016x}", chance.random::<u64>()))?;
            transaction.add_parameters(&default_parameters())?;
        }
        transaction.retire_all()?;
        for item in items(&bank) {
            let in_track = track.is_none_or(|track| takes(track, &item));
            transaction.install_item(&item, &title(&item), chance.random::<u32>(), in_track)?;
        }
        set_json(transaction, "outline", &outline)?;
        set_json(transaction, "tracks", &bank.tracks)?;
        transaction.set_fact("bank", &fingerprint)
    })
}

fn set_json(transaction: &Transaction<'_>, name: &str, value: &impl serde::Serialize) -> Result<()> {
    let text = serde_json::to_string(value)
        .map_err(|error| Error::BadRecord { what: name.to_owned(), reason: error.to_string() })?;
    transaction.set_fact(name, &text)
}

/// Whether a track schedules an item. Every track takes every behavioural prompt: half of the interview is about them.
fn takes(track: &Track, item: &Item) -> bool {
    match &item.body {
        Body::Question(question) => track.takes(question),
        Body::Prompt { .. } | Body::Story(_) => true,
        Body::Drill(_) | Body::Incident(_) => item.depth <= track.depth_of(&item.domain, &item.topic),
    }
}

/// What a bank gives to practise. A drill or an incident that this version of the program cannot draw is passed over.
fn items(bank: &Bank) -> impl Iterator<Item = Item> + '_ {
    let known = |item: &Item| {
        item.reference.kind.0 != ItemKind::INCIDENT || crate::incident::world(&item.reference.id).is_some()
    };
    bank.items().filter(known).chain(bank.drills().filter_map(drills::filed))
}

/// The prompt's plain words, for lists.
fn title(item: &Item) -> Text {
    let prompt = match &item.body {
        Body::Question(question) => &question.prompt,
        Body::Prompt { prompt, .. } => &prompt.prompt,
        Body::Story(story) => return story.title(),
        Body::Drill(drill) => &drill.about,
        Body::Incident(incident) => &incident.title,
    };
    Text { en: plain(&prompt.en), zh_tw: plain(&prompt.zh_tw), zh_cn: prompt.zh_cn.as_deref().map(plain) }
}

fn outline(bank: &Bank) -> Outline {
    let mut outline = Outline {
        domains: bank.domains.clone(),
        topics: Vec::new(),
        tracks: bank.tracks.iter().map(TrackOutline::of).collect(),
        rubric: bank.rubric.clone(),
        probes: bank.common_probes().map(|(text, about)| Probe { text, about }).collect(),
        items: 0,
    };
    let topics = bank.topics.iter().map(|topic| TopicName {
        domain: topic.domain.clone(),
        id: topic.id.clone(),
        name: topic.name.clone(),
    });
    outline.topics.extend(topics);
    outline.topics.extend(bank.principles().map(|principle| TopicName {
        domain: Item::PRINCIPLES.to_owned(),
        id: principle.id.clone(),
        name: principle.name.clone(),
    }));
    outline.domains.push(crate::model::Domain {
        id: Item::PRINCIPLES.to_owned(),
        name: Text {
            en: "Leadership Principles".to_owned(),
            zh_tw: "領導力準則".to_owned(),
            zh_cn: Some("领导力准则".to_owned()),
        },
    });
    for item in items(bank) {
        outline.items += 1;
        for (track, counted) in bank.tracks.iter().zip(&mut outline.tracks) {
            if takes(track, &item) {
                match item.body {
                    Body::Question(_) => counted.questions += 1,
                    Body::Prompt { .. } => counted.prompts += 1,
                    Body::Drill(_) => counted.drills += 1,
                    Body::Incident(_) => counted.incidents += 1,
                    Body::Story(_) => {}
                }
            }
        }
    }
    outline
}

/// The track that is scheduled before a learner has chosen.
fn first_track() -> TrackId {
    TrackId("csa".to_owned())
}
