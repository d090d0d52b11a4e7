//! The story bank: writing, versions, the matrix, the panel, and what leaves the machine.

use std::path::Path;

use serde::de::DeserializeOwned;

use super::{App, Draft, PartLength, SharedStory, StoriesPage, StoryPage, StoryRow, VersionRow, file, title};
use crate::error::{Error, Result};
use crate::model::{Item, ItemRef, Language, Story, StoryId, StoryPart};
use crate::store::{KeptStory, Version};
use crate::story::{self, Interviewer, Told};
use crate::time::Moment;

/// Saves within this time of the last change belong to the same version.
const SITTING_MS: i64 = 30 * 60_000;
/// Longest text of a story, in characters: ten times what can be told.
const LONGEST: usize = 10_000;
/// Most names, interviewers, and principles of an interviewer.
const MOST: usize = 100;
/// Names of settings.
pub(super) const PANEL: &str = "panel";
pub(super) const PRIVATE_NAMES: &str = "private_names";

impl App {
    /// The list, the matrix and the panel.
    ///
    /// # Errors
    /// Those of the database.
    pub fn stories(&self, now: Moment) -> Result<StoriesPage> {
        let stories = self.store.read().stories()?;
        let mut rows = Vec::new();
        let mut told = Vec::new();
        for kept in stories {
            let KeptStory { id, story, .. } = kept;
            let times = self.told(&id)?;
            rows.push(StoryRow {
                id: id.clone(),
                title: story.title(),
                principles: story.principles.clone(),
                languages: self.languages_of(&story),
                times_told: times.times,
                last_told: times.last.map(|day| day.date()),
            });
            told.push((id, story, times));
        }
        let panel: Vec<Interviewer> = self.setting(PANEL)?;
        let tellable: Vec<(StoryId, Story)> = told
            .iter()
            .filter(|(_, story, _)| story.is_tellable())
            .map(|(id, story, _)| (id.clone(), story.clone()))
            .collect();
        Ok(StoriesPage {
            stories: rows,
            coverage: story::coverage(&self.principles()?, &told, now.study_day()),
            plan: story::plan_panel(&panel, &tellable),
            panel,
            private_names: self.setting(PRIVATE_NAMES)?,
        })
    }

    /// Begins a story.
    ///
    /// # Errors
    /// Those of the database.
    pub fn story_create(&mut self, now: Moment) -> Result<StoryPage> {
        let mut at_ms = now.utc_ms;
        let mut id = self.story_id(at_ms);
        while self.store.read().story(&id, None)?.is_some() {
            at_ms += 1;
            id = self.story_id(at_ms);
        }
        let version = Version { number: 1, changed_at_ms: now.utc_ms };
        self.store.transact(|transaction| transaction.keep_story(&id, version, &Story::default()))?;
        self.story(&id)
    }

    fn story_id(&self, at_ms: i64) -> StoryId {
        StoryId(format!("{}-{at_ms}", self.device.0))
    }

    /// A story on the desk.
    ///
    /// # Errors
    /// [`Error::NoSuchItem`], and those of the database.
    pub fn story(&self, id: &StoryId) -> Result<StoryPage> {
        let kept = self.kept_story(id, None)?;
        let draft = |language| {
            let telling = kept.story.telling(language);
            let seconds = |text: &str| story::speaking_seconds(text, language);
            Draft {
                language,
                hints: story::hints(&kept.story, language),
                parts: StoryPart::ALL
                    .map(|part| PartLength { part, seconds: seconds(telling.part(part)) })
                    .to_vec(),
                versions: [seconds(&telling.seconds_30), seconds(&telling.seconds_90)],
            }
        };
        let versions = self.store.read().story_versions(id)?.into_iter();
        Ok(StoryPage {
            id: id.clone(),
            drafts: [Language::En, self.settings.chinese()].map(draft).to_vec(),
            versions: versions
                .map(|Version { number, changed_at_ms }| VersionRow { number, changed_at_ms })
                .collect(),
            story: kept.story,
        })
    }

    /// Keeps a story. What is saved within half an hour of the last change belongs to the same version.
    ///
    /// # Errors
    /// [`Error::NoSuchItem`], [`Error::BadValue`] for a text that is too long or a principle that is none, and those of
    /// the database: then the story is what it was.
    pub fn story_save(&mut self, id: &StoryId, story: Story, now: Moment) -> Result<StoryPage> {
        self.check_story(&story)?;
        let kept = self.kept_story(id, None)?;
        if kept.story != story {
            let Version { number, changed_at_ms } = kept.version;
            let same = now.utc_ms.saturating_sub(changed_at_ms) < SITTING_MS;
            self.keep_story(id, if same { number } else { number + 1 }, &story, now)?;
        }
        self.story(id)
    }

    /// A version as it was.
    ///
    /// # Errors
    /// [`Error::NoSuchItem`], and those of the database.
    pub fn story_version(&self, id: &StoryId, number: u32) -> Result<Story> {
        Ok(self.kept_story(id, Some(number))?.story)
    }

    /// Makes an old version the newest; the ones between stay.
    ///
    /// # Errors
    /// Those of [`App::story_version`].
    pub fn story_restore(&mut self, id: &StoryId, number: u32, now: Moment) -> Result<StoryPage> {
        let old = self.story_version(id, number)?;
        let newest = self.kept_story(id, None)?.version.number;
        self.keep_story(id, newest + 1, &old, now)?;
        self.story(id)
    }

    /// Deletes a story with its versions and what was rehearsed of it. Grades stay in the log, without its words.
    ///
    /// # Errors
    /// [`Error::NoSuchItem`], [`Error::WriteFile`], and those of the database.
    pub fn story_delete(&mut self, id: &StoryId) -> Result<()> {
        self.kept_story(id, None)?;
        let item = ItemRef::story(id);
        for rehearsal in self.store.read().rehearsals_of(&item)? {
            self.rehearsal_delete(rehearsal.number)?;
        }
        self.queue.take();
        self.asked.take();
        self.store.transact(|transaction| {
            transaction.delete_story(id)?;
            // Comments quote the story, and assignments name it.
            transaction.delete_remarks(&item)?;
            transaction.forget_item(&item)
        })
    }

    /// Keeps who will interview and what about.
    ///
    /// # Errors
    /// [`Error::BadValue`] for a principle that is none or too many of anything, and those of the database.
    pub fn panel_save(&mut self, panel: &[Interviewer]) -> Result<()> {
        let known = self.principles()?;
        let too_many = panel.len() > MOST || panel.iter().any(|person| person.principles.len() > known.len());
        if too_many || panel.iter().any(|person| person.name.chars().count() > MOST) {
            return Err(Error::BadValue { field: "panel", value: panel.len().to_string() });
        }
        for principle in panel.iter().flat_map(|person| &person.principles) {
            if !known.contains(principle) {
                return Err(Error::BadValue { field: "principle", value: principle.clone() });
            }
        }
        self.keep_setting(PANEL, &panel)
    }

    /// Keeps the names that never leave the machine. Empty and repeated ones are dropped.
    ///
    /// # Errors
    /// [`Error::BadValue`] for too many or too long ones, and those of the database.
    pub fn private_names_save(&mut self, names: &[String]) -> Result<()> {
        let mut kept: Vec<&str> = Vec::new();
        for name in names.iter().map(|name| name.trim()).filter(|name| !name.is_empty()) {
            if !kept.contains(&name) {
                kept.push(name);
            }
        }
        if kept.len() > 10 * MOST || kept.iter().any(|name| name.chars().count() > MOST) {
            return Err(Error::BadValue { field: "private_names", value: kept.len().to_string() });
        }
        self.keep_setting(PRIVATE_NAMES, &kept)
    }

    /// A story as it would leave the machine, and what in it should be looked at first.
    ///
    /// # Errors
    /// [`Error::NoSuchItem`], and those of the database.
    pub fn story_shared(&self, id: &StoryId, language: Language) -> Result<SharedStory> {
        let story = self.kept_story(id, None)?.story;
        let telling = story.telling(language);
        let mut text = format!("# {}\n", telling.title.trim());
        if !story.when.trim().is_empty() {
            text.push_str(&format!("\n{}\n", story.when.trim()));
        }
        for line in telling.lines(language) {
            text.push_str(&format!("\n{line}\n"));
        }
        for more in [&telling.metrics, &telling.seconds_30, &telling.seconds_90] {
            if !more.trim().is_empty() {
                text.push_str(&format!("\n{}\n", more.trim()));
            }
        }
        let mut names: Vec<String> = self.setting(PRIVATE_NAMES)?;
        names.extend(story.people);
        Ok(SharedStory {
            findings: story::redaction(&text, &names),
            redacted: story::redacted(&text, &names),
            text,
        })
    }

    /// Writes a story to a file, blacked out where `redact` says so.
    ///
    /// # Errors
    /// Those of [`App::story_shared`], [`Error::WriteFile`], and [`Error::DiskFull`].
    pub fn story_write(&self, id: &StoryId, language: Language, redact: bool, path: &Path) -> Result<()> {
        let shared = self.story_shared(id, language)?;
        let text = if redact { shared.redacted } else { shared.text };
        file::write_all(path, true, text.as_bytes())
    }

    fn keep_story(&mut self, id: &StoryId, number: u32, story: &Story, now: Moment) -> Result<()> {
        let version = Version { number, changed_at_ms: now.utc_ms };
        let item = Item::of_story(id, number, story.clone());
        // Drawn from the name: stories are few, and a clock or a source of chance would be one more thing to hand over.
        let shuffle =
            id.0.bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
        self.queue.take();
        self.asked.take();
        self.store.transact(|transaction| {
            transaction.keep_story(id, version, story)?;
            transaction.install_item(&item, &title(&item), shuffle, story.is_tellable())
        })
    }

    pub(super) fn kept_story(&self, id: &StoryId, number: Option<u32>) -> Result<KeptStory> {
        self.store.read().story(id, number)?.ok_or_else(|| Error::NoSuchItem { item: id.0.clone() })
    }

    fn check_story(&self, story: &Story) -> Result<()> {
        let texts = [&story.english, &story.chinese].into_iter().flat_map(|telling| telling.texts());
        if let Some(long) = texts.chain([story.when.as_str()]).find(|text| text.chars().count() > LONGEST) {
            let value = format!("{} characters", long.chars().count());
            return Err(Error::BadValue { field: "story", value });
        }
        if story.people.len() > MOST || story.people.iter().any(|name| name.chars().count() > MOST) {
            return Err(Error::BadValue { field: "people", value: story.people.len().to_string() });
        }
        let known = self.principles()?;
        match story.principles.keys().find(|principle| !known.contains(principle)) {
            Some(principle) => Err(Error::BadValue { field: "principle", value: principle.clone() }),
            None => Ok(()),
        }
    }

    fn languages_of(&self, story: &Story) -> Vec<Language> {
        let languages = [Language::En, self.settings.chinese()];
        languages.into_iter().filter(|language| story.telling(*language).is_tellable()).collect()
    }

    pub(super) fn told(&self, id: &StoryId) -> Result<Told> {
        let (times, last) = self.store.read().told(id)?;
        Ok(Told { times, last })
    }

    /// The principles' ids in their published order.
    pub(super) fn principles(&self) -> Result<Vec<String>> {
        let topics = self.outline()?.topics.into_iter();
        Ok(topics.filter(|topic| topic.domain == Item::PRINCIPLES).map(|topic| topic.id).collect())
    }

    /// A choice of the learner's that stands outside the settings page; its default where nothing was chosen.
    pub(super) fn setting<T: DeserializeOwned + Default>(&self, name: &str) -> Result<T> {
        let Some(value) = self.store.read().settings()?.remove(name) else { return Ok(T::default()) };
        serde_json::from_value(value)
            .map_err(|error| Error::BadRecord { what: name.to_owned(), reason: error.to_string() })
    }

    pub(super) fn keep_setting(&mut self, name: &str, value: &impl serde::Serialize) -> Result<()> {
        let value = serde_json::to_value(value)
            .map_err(|error| Error::BadRecord { what: name.to_owned(), reason: error.to_string() })?;
        self.store.transact(|transaction| transaction.set_setting(name, &value))
    }
}
