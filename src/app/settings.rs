//! Settings: what a learner has chosen, and interview rounds.

use std::collections::BTreeMap;

use chrono::NaiveTime;

use super::{App, Round, Settings, SettingsPage, Theme, first_track, memory, takes};
use crate::error::{Error, Result};
use crate::model::{Language, Track, TrackId};
use crate::store::{Reading, RoundRow};
use crate::time::Moment;

/// Longest name of a round, in characters.
const LONGEST_NAME: usize = 80;

impl Default for Settings {
    fn default() -> Self {
        Self {
            set_up: false,
            interface_language: Language::En,
            content_language: Language::En,
            theme: Theme::System,
            track: first_track(),
            minutes_per_day: 30,
            weekday_minutes: [None; 7],
            holidays: None,
            goal: 0.8,
            desired_retention: 0.9,
        }
    }
}

impl Settings {
    /// The Chinese that stands beside English: Simplified where it was chosen for content or interface.
    pub fn chinese(&self) -> Language {
        match (self.content_language, self.interface_language) {
            (Language::En, Language::En | Language::ZhTw) | (Language::ZhTw, _) => Language::ZhTw,
            (Language::ZhCn, _) | (Language::En, Language::ZhCn) => Language::ZhCn,
        }
    }
}

impl App {
    /// The learner's choices.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Interview rounds by date.
    pub fn rounds(&self) -> &[Round] {
        &self.rounds
    }

    /// Settings and what stands around them.
    pub fn settings_page(&self) -> SettingsPage {
        let folder = self.store.path().parent().unwrap_or(self.store.path());
        SettingsPage {
            settings: self.settings.clone(),
            rounds: self.rounds.clone(),
            data_dir: folder.display().to_string(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }

    /// Keeps settings. Another track is scheduled from now on; another desired retention moves every due day.
    ///
    /// # Errors
    /// [`Error::BadValue`] for a value out of range or a track that is none, and those of the database: then the
    /// settings are what they were.
    pub fn save_settings(&mut self, settings: Settings) -> Result<Settings> {
        let bad = |field, value: String| Err(Error::BadValue { field, value });
        if !(5..=600).contains(&settings.minutes_per_day) {
            return bad("minutes_per_day", settings.minutes_per_day.to_string());
        }
        if let Some(minutes) = settings.weekday_minutes.iter().flatten().find(|minutes| **minutes > 600) {
            return bad("weekday_minutes", minutes.to_string());
        }
        if !(0.5..=0.99).contains(&settings.goal) {
            return bad("goal", settings.goal.to_string());
        }
        if !(0.70..=0.97).contains(&settings.desired_retention) {
            return bad("desired_retention", settings.desired_retention.to_string());
        }
        let tracks = self.tracks()?;
        let Some(track) = track_of(&tracks, &settings.track) else {
            return bad("track", settings.track.0);
        };
        let mut moved = Vec::new();
        if settings.track != self.settings.track {
            self.store.read().items(|item| {
                let taken = takes(track, &item);
                moved.push((item.reference, taken));
                Ok(())
            })?;
        }
        let rows = match serde_json::to_value(&settings) {
            Ok(serde_json::Value::Object(rows)) => rows,
            _ => return bad("settings", String::new()),
        };
        self.store.transact(|transaction| {
            for (name, value) in &rows {
                transaction.set_setting(name, value)?;
            }
            for (item, taken) in &moved {
                transaction.set_in_track(item, *taken)?;
            }
            Ok(())
        })?;
        self.queue.take();
        let other_retention = settings.desired_retention != self.settings.desired_retention;
        self.settings = settings;
        self.calendar = Self::load_calendar(self.store.read(), &self.settings)?;
        if other_retention {
            self.memory = memory(&self.store, &self.settings)?;
            self.rebuild_cards()?;
        }
        Ok(self.settings.clone())
    }

    /// Keeps these interview rounds and no others. A date before today is refused unless it was there already: past
    /// rounds are history.
    ///
    /// # Errors
    /// [`Error::DateInPast`], [`Error::BadValue`] for a time that is none or a name that is too long, and those of the
    /// database: then the rounds are what they were.
    pub fn save_rounds(&mut self, mut rounds: Vec<Round>, now: Moment) -> Result<Vec<Round>> {
        let today = now.local_date();
        for round in &mut rounds {
            round.name = round.name.trim().to_owned();
            if round.name.chars().count() > LONGEST_NAME {
                return Err(Error::BadValue { field: "round_name", value: round.name.clone() });
            }
            round.time = round.time.take().filter(|time| !time.trim().is_empty());
            round.zone = round.zone.take().filter(|zone| !zone.trim().is_empty());
            if let Some(time) = &round.time
                && NaiveTime::parse_from_str(time, "%H:%M").is_err()
            {
                return Err(Error::BadValue { field: "round_time", value: time.clone() });
            }
            let factors = round.focus.domains.values().chain(round.focus.kinds.values());
            if let Some(factor) = factors.copied().find(|factor| !(0.0..=4.0).contains(factor)) {
                return Err(Error::BadValue { field: "focus", value: factor.to_string() });
            }
            let known = self.rounds.iter().any(|old| old.date == round.date);
            if round.date < today && !known {
                return Err(Error::DateInPast { date: round.date.to_string(), today: today.to_string() });
            }
        }
        rounds.sort_by(|a, b| (a.date, &a.time).cmp(&(b.date, &b.time)));
        let rows: Vec<RoundRow> = rounds
            .iter()
            .map(|round| {
                Ok(RoundRow {
                    name: round.name.clone(),
                    date: round.date,
                    time: round.time.clone(),
                    zone: round.zone.clone(),
                    focus: serde_json::to_value(&round.focus).map_err(unreadable_rounds)?,
                })
            })
            .collect::<Result<_>>()?;
        self.store.transact(|transaction| transaction.set_rounds(&rows))?;
        self.rounds = rounds;
        self.queue.take();
        Ok(self.rounds.clone())
    }

    /// The chosen track; none where the bank no longer has it.
    pub(super) fn track(&self) -> Result<Option<Track>> {
        Ok(self.tracks()?.into_iter().find(|track| track.id == self.settings.track))
    }

    pub(super) fn tracks(&self) -> Result<Vec<Track>> {
        let text = self.store.read().fact("tracks")?.unwrap_or_else(|| "[]".to_owned());
        serde_json::from_str(&text)
            .map_err(|error| Error::BadRecord { what: "tracks".to_owned(), reason: error.to_string() })
    }
}

pub(super) fn track_of<'a>(tracks: &'a [Track], id: &TrackId) -> Option<&'a Track> {
    tracks.iter().find(|track| track.id == *id)
}

/// The stored settings over the defaults, so that a setting added later has a value in every file.
pub(super) fn load(read: Reading<'_>) -> Result<Settings> {
    let stored: BTreeMap<String, serde_json::Value> = read.settings()?;
    let unreadable = |reason: String| Error::BadRecord { what: "settings".to_owned(), reason };
    let mut values =
        serde_json::to_value(Settings::default()).map_err(|error| unreadable(error.to_string()))?;
    if let Some(values) = values.as_object_mut() {
        values.extend(stored);
    }
    serde_json::from_value(values).map_err(|error| unreadable(error.to_string()))
}

pub(super) fn load_rounds(read: Reading<'_>) -> Result<Vec<Round>> {
    let round = |row: RoundRow| {
        let focus = serde_json::from_value(row.focus).map_err(unreadable_rounds)?;
        Ok(Round { name: row.name, date: row.date, time: row.time, zone: row.zone, focus })
    };
    read.rounds()?.into_iter().map(round).collect()
}

fn unreadable_rounds(error: serde_json::Error) -> Error {
    Error::BadRecord { what: "rounds".to_owned(), reason: error.to_string() }
}
