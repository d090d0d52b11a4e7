//! Rehearsals: a prompt or a story told at length, its recording, what is asked back, the learner's own scores.

use std::path::PathBuf;

use super::{App, Figures, RecordingRow, Recordings, RehearsalDesk, RehearsalPage, StoryChoice};
use crate::error::{Error, Result};
use crate::interview::{self, Probe};
use crate::model::{Account, Body, Delivery, Item, ItemRef, Language, Manner, StoryId};
use crate::speech;
use crate::store::KeptRehearsal;
use crate::time::Moment;

/// Longest typed answer and reason, in bytes.
const LONGEST: usize = 100_000;
/// Most that recordings may take on the disk: about four and a half hours.
const RECORDINGS_LIMIT_BYTES: u64 = 500_000_000;

impl App {
    /// An item to rehearse, with the rehearsal that was not finished and those that were.
    ///
    /// # Errors
    /// [`Error::NoSuchItem`], and those of the database and of the memory model.
    pub fn rehearsal_desk(&self, item: &ItemRef, now: Moment) -> Result<RehearsalDesk> {
        let card =
            self.practice_open(item, now)?.card.ok_or_else(|| Error::NoSuchItem { item: item.id.clone() })?;
        let kept = self.store.read().rehearsals_of(item)?;
        let mut pages = Vec::new();
        for (place, rehearsal) in kept.iter().enumerate() {
            pages.push(self.rehearsal_page(rehearsal, kept.get(place + 1).map(|before| &before.account)));
        }
        // Only the newest can be gone on with; an older one that was left is as good as never begun.
        let open = pages.first().filter(|page| !page.ended).cloned();
        let stories = match &self.item(item)?.body {
            Body::Story(_) => Vec::new(),
            Body::Prompt { principle, .. } => self.story_choices(Some(&principle.id))?,
            Body::Question(_) | Body::Drill(_) | Body::Incident(_) => self.story_choices(None)?,
        };
        Ok(RehearsalDesk {
            card,
            open,
            past: pages.into_iter().filter(|page| page.ended).collect(),
            stories,
            recordings: self.recordings()?,
        })
    }

    /// Begins a rehearsal.
    ///
    /// # Errors
    /// [`Error::NoSuchItem`], and those of the database.
    pub fn rehearsal_begin(
        &mut self,
        item: &ItemRef,
        manner: Manner,
        language: Language,
        now: Moment,
    ) -> Result<RehearsalPage> {
        let story = match &self.item(item)?.body {
            Body::Story(_) => Some(StoryId(item.id.clone())),
            _ => None,
        };
        let account = Account { manner, language, ..Account::default() };
        let number = self
            .store
            .transact(|transaction| transaction.begin_rehearsal(item, story.as_ref(), None, &account, now))?;
        self.rehearsal(number)
    }

    /// A rehearsal, finished or not.
    ///
    /// # Errors
    /// [`Error::NoSuchItem`], and those of the database.
    pub fn rehearsal(&self, number: u32) -> Result<RehearsalPage> {
        let kept = self.kept_rehearsal(number)?;
        let before = self.before(&kept)?;
        Ok(self.rehearsal_page(&kept, before.as_ref().map(|before| &before.account)))
    }

    /// Keeps an answer on its way. Called every second, so that no more than that is ever lost. Figures, and questions
    /// asked back, are kept as they are.
    ///
    /// # Errors
    /// [`Error::NoSuchItem`], [`Error::BadValue`] for a score or a text out of range, and those of the database.
    pub fn rehearsal_keep(&mut self, number: u32, story: Option<&StoryId>, account: Account) -> Result<()> {
        let kept = self.kept_rehearsal(number)?;
        self.keep_account(&kept, story, account)
    }

    fn keep_account(
        &mut self,
        kept: &KeptRehearsal,
        story: Option<&StoryId>,
        account: Account,
    ) -> Result<()> {
        self.check_account(&account)?;
        if let Some(story) = story {
            self.kept_story(story, None)?;
        }
        // What the core computed is the core's.
        let account = Account { delivery: kept.account.delivery.clone(), ..account };
        self.store.transact(|transaction| transaction.keep_account(kept.number, story, &account))
    }

    /// The telling is over: reads the recording, if there is one, and chooses what is asked back.
    ///
    /// # Errors
    /// Those of [`App::rehearsal_keep`].
    pub fn rehearsal_told(
        &mut self,
        number: u32,
        story: Option<&StoryId>,
        account: Account,
    ) -> Result<RehearsalPage> {
        let mut kept = self.kept_rehearsal(number)?;
        kept.account.delivery = self.read_delivery(&kept);
        let mut account = account;
        if account.probes.is_empty() && kept.mock.is_none() {
            let (own, common) = self.probes_of(&self.item(&kept.item)?)?;
            let before = self.before(&kept)?;
            let weak = interview::weak_points(&account, before.as_ref().map(|before| &before.account));
            let times = self.store.read().rehearsals_of(&kept.item)?.iter().filter(|one| one.ended).count();
            account.probes = interview::choose_probes(&own, &common, &weak, times);
        }
        self.keep_account(&kept, story, account)?;
        self.rehearsal(number)
    }

    /// Ends a rehearsal with its scores.
    ///
    /// # Errors
    /// Those of [`App::rehearsal_keep`].
    pub fn rehearsal_finish(
        &mut self,
        number: u32,
        story: Option<&StoryId>,
        account: Account,
        now: Moment,
    ) -> Result<RehearsalPage> {
        let mut kept = self.kept_rehearsal(number)?;
        // The figures are the telling's: by now what was asked back is on the recording, too.
        kept.account.delivery = kept.account.delivery.take().or_else(|| self.read_delivery(&kept));
        self.keep_account(&kept, story, account)?;
        self.store.transact(|transaction| transaction.end_rehearsal(number, now))?;
        self.rehearsal(number)
    }

    /// Deletes a rehearsal with its recording. The grade that came of it stays.
    ///
    /// # Errors
    /// [`Error::NoSuchItem`], [`Error::WriteFile`], and those of the database.
    pub fn rehearsal_delete(&mut self, number: u32) -> Result<()> {
        self.kept_rehearsal(number)?;
        self.remove_recording(number)?;
        self.store.transact(|transaction| transaction.delete_rehearsal(number))
    }

    /// What recordings take on the disk.
    ///
    /// # Errors
    /// Those of the database.
    pub fn recordings(&self) -> Result<Recordings> {
        let mut rows = Vec::new();
        for kept in self.store.read().recorded()? {
            let Some(bytes) = self.recording_bytes(&kept) else { continue };
            rows.push(RecordingRow {
                number: kept.number,
                title: self.store.read().title(&kept.item)?.unwrap_or_default(),
                started_at_ms: kept.started.utc_ms,
                bytes,
            });
        }
        Ok(Recordings {
            used_bytes: rows.iter().map(|row| row.bytes).sum(),
            limit_bytes: RECORDINGS_LIMIT_BYTES,
            rows,
        })
    }

    /// Where a rehearsal is to be recorded; the folder is there afterwards. A recording that is there is gone on with.
    ///
    /// # Errors
    /// [`Error::NoSuchItem`], [`Error::RecordingsFull`], [`Error::WriteFile`], and those of the database.
    pub fn recording_begin(&mut self, number: u32) -> Result<PathBuf> {
        self.kept_rehearsal(number)?;
        let used = self.recordings()?.used_bytes;
        if used >= RECORDINGS_LIMIT_BYTES {
            return Err(Error::RecordingsFull { megabytes: RECORDINGS_LIMIT_BYTES / 1_000_000 });
        }
        let path = self.recording_path(number);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)
                .map_err(|error| Error::WriteFile { path: folder.to_owned(), reason: error.to_string() })?;
        }
        self.store.transact(|transaction| transaction.set_recording(number, true))?;
        Ok(path)
    }

    /// The bytes of a recording, a WAV file.
    ///
    /// # Errors
    /// [`Error::NoSuchItem`] where there is none, [`Error::WriteFile`] where it cannot be read.
    pub fn recording(&self, number: u32) -> Result<Vec<u8>> {
        let kept = self.kept_rehearsal(number)?;
        if self.recording_bytes(&kept).is_none() {
            return Err(Error::NoSuchItem { item: format!("recording {number}") });
        }
        let path = self.recording_path(number);
        std::fs::read(&path).map_err(|error| Error::ReadFile { path, reason: error.to_string() })
    }

    /// Deletes a recording; its figures stay.
    ///
    /// # Errors
    /// [`Error::NoSuchItem`], [`Error::WriteFile`], and those of the database.
    pub fn recording_delete(&mut self, number: u32) -> Result<()> {
        self.kept_rehearsal(number)?;
        self.remove_recording(number)?;
        self.store.transact(|transaction| transaction.set_recording(number, false))
    }

    pub(super) fn remove_recording(&self, number: u32) -> Result<()> {
        let path = self.recording_path(number);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(Error::WriteFile { path, reason: error.to_string() })
            }
            _ => Ok(()),
        }
    }

    pub(super) fn recording_path(&self, number: u32) -> PathBuf {
        self.store.path().with_file_name("recordings").join(format!("{number}.wav"))
    }

    pub(super) fn recording_bytes(&self, kept: &KeptRehearsal) -> Option<u64> {
        let found = kept.recording.then(|| std::fs::metadata(self.recording_path(kept.number)).ok())?;
        found.map(|file| file.len())
    }

    /// The figures of a recording; none where there is none or it cannot be read as one.
    fn read_delivery(&self, kept: &KeptRehearsal) -> Option<Delivery> {
        self.recording_bytes(kept)?;
        let (samples, rate) = speech::read(&self.recording_path(kept.number)).ok()?;
        Some(speech::delivery(&samples, rate))
    }

    pub(super) fn kept_rehearsal(&self, number: u32) -> Result<KeptRehearsal> {
        let found = self.store.read().rehearsal(number)?;
        found.ok_or_else(|| Error::NoSuchItem { item: format!("rehearsal {number}") })
    }

    /// The finished rehearsal of the same item before this one.
    fn before(&self, kept: &KeptRehearsal) -> Result<Option<KeptRehearsal>> {
        let all = self.store.read().rehearsals_of(&kept.item)?;
        Ok(all.into_iter().find(|one| one.ended && one.number < kept.number))
    }

    pub(super) fn rehearsal_page(&self, kept: &KeptRehearsal, before: Option<&Account>) -> RehearsalPage {
        let account = &kept.account;
        let mean = interview::mean_score(account);
        let mut low: Vec<_> =
            account.scores.iter().map(|(dimension, score)| (score.value, dimension)).collect();
        low.sort();
        RehearsalPage {
            number: kept.number,
            item: kept.item.clone(),
            story: kept.story.clone(),
            started_at_ms: kept.started.utc_ms,
            ended: kept.ended,
            recording_bytes: self.recording_bytes(kept),
            shape: interview::shape(account),
            figures: account.delivery.as_ref().map(figures),
            weak: interview::weak_points(account, before),
            weakest: low.into_iter().take(2).map(|(_, dimension)| dimension.clone()).collect(),
            proposed: mean.map(interview::proposed_grade),
            mean,
            account: kept.account.clone(),
        }
    }

    /// Stories that can be told, those that show the principle first.
    pub(super) fn story_choices(&self, principle: Option<&str>) -> Result<Vec<StoryChoice>> {
        let stories = self.store.read().stories()?.into_iter().filter(|kept| kept.story.is_tellable());
        let choice = |kept: crate::store::KeptStory| StoryChoice {
            title: kept.story.title(),
            strength: principle.and_then(|principle| kept.story.principles.get(principle).copied()),
            id: kept.id,
        };
        let mut choices: Vec<StoryChoice> = stories.map(choice).collect();
        choices.sort_by_key(|choice| std::cmp::Reverse(choice.strength));
        Ok(choices)
    }

    /// An item's own probes, and those for every story.
    pub(super) fn probes_of(&self, item: &Item) -> Result<(Vec<Probe>, Vec<Probe>)> {
        let own = match &item.body {
            Body::Prompt { prompt, principle, .. } => {
                let texts = prompt.probes.iter().chain(&principle.probes).cloned();
                texts.map(|text| Probe { text, about: None }).collect()
            }
            _ => Vec::new(),
        };
        Ok((own, self.outline()?.probes))
    }

    pub(super) fn check_account(&self, account: &Account) -> Result<()> {
        let texts = account.probes.iter().map(|probe| &probe.words);
        let texts = texts.chain(account.scores.values().map(|score| &score.because)).chain([&account.words]);
        if texts.map(String::len).sum::<usize>() > LONGEST {
            return Err(Error::BadValue { field: "answer", value: format!("more than {LONGEST} bytes") });
        }
        if account.marks_ms.len() > 4 || account.probes.len() > 20 || account.ticked.len() > 100 {
            return Err(Error::BadValue { field: "answer", value: account.marks_ms.len().to_string() });
        }
        let rubric = self.outline()?.rubric;
        for (dimension, score) in &account.scores {
            if !(1..=4).contains(&score.value) || !rubric.iter().any(|known| known.id == *dimension) {
                return Err(Error::BadValue {
                    field: "score",
                    value: format!("{dimension} {}", score.value),
                });
            }
        }
        Ok(())
    }
}

/// Speech shorter than this says nothing about a pace.
const SHORTEST_SPEECH_MS: u32 = 5_000;

fn figures(delivery: &Delivery) -> Figures {
    let longest = delivery.longest_pause();
    let pace = delivery.syllables_per_minute().filter(|_| delivery.speech_ms() >= SHORTEST_SPEECH_MS);
    Figures {
        speech_ms: delivery.speech_ms(),
        pauses: delivery.pauses.len() as u32,
        paused_ms: delivery.pauses.iter().map(|pause| pause.length_ms()).sum(),
        longest_pause_ms: longest.map_or(0, crate::model::Pause::length_ms),
        longest_pause_at_ms: longest.map(|pause| pause.start_ms),
        syllables_per_minute: pace.map(f64::from),
    }
}
