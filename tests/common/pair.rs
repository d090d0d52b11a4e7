//! A learner and a mentor with a folder each and nothing between them but files.

use std::path::{Path, PathBuf};

use divedeep::app::{Access, App, Feedback, Selection, Taking, Trust};
use divedeep::bank::Source;
use divedeep::error::{Error, Refusal};
use divedeep::model::{Grade, Role, Story, StoryId, Strength, Telling};
use divedeep::packet::{Identity, PacketKind, seal};
use divedeep::time::Moment;
use rand::SeedableRng;
use rand::rngs::StdRng;
use tempfile::TempDir;

use super::{days_later, grade_next, taipei};

pub const NINE: &str = "2026-11-21 09:00";
/// From somebody known, although one before it is missing.
pub const WITHOUT: Taking = Taking { role: None, trust: Trust::Known, words: None, without: true };

pub fn drawn(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

/// Somebody with a data folder of their own.
pub struct Person {
    pub folder: TempDir,
    pub app: App,
}

impl Person {
    pub fn new(name: &str, seed: u64) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut app =
            App::open(folder.path(), Access::Write, &Source::BuiltIn, &mut drawn(seed)).expect("opened");
        app.set_name(name).expect("kept");
        app.me(&mut drawn(seed + 100)).expect("keys");
        Self { folder, app }
    }

    pub fn address(&self) -> String {
        self.app.me(&mut drawn(0)).expect("keys are there").address
    }

    pub fn keys(&self) -> Identity {
        let text = std::fs::read_to_string(self.folder.path().join("keys.txt")).expect("a key file");
        Identity::parse(&text).expect("keys")
    }

    pub fn take(&mut self, path: &Path, trust: Trust, now: Moment) -> Result<u32, Error> {
        self.app
            .packet_take(path, Taking { trust, ..Taking::default() }, now, &mut drawn(1))
            .map(|taken| taken.contact)
    }
}

/// Mei learns, Bo mentors; each knows the other's address.
pub struct Pair {
    pub mei: Person,
    pub bo: Person,
    pub mentor: u32,
    pub files: TempDir,
}

impl Pair {
    pub fn new() -> Self {
        let (mut mei, bo) = (Person::new("Mei", 1), Person::new("Bo", 2));
        let address = bo.address();
        let mentor =
            mei.app.contact_add(Role::Mentor, "Bo", &address, taipei(NINE), &mut drawn(3)).expect("added");
        Self { mei, bo, mentor, files: tempfile::tempdir().expect("a folder") }
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.files.path().join(name)
    }

    pub fn share(&mut self, name: &str, selection: &Selection, now: Moment) -> PathBuf {
        let path = self.file(name);
        self.mei.app.share_make(selection, self.mentor, &path, false, now, &mut drawn(4)).expect("made");
        path
    }
}

pub fn story(app: &mut App, title: &str, action: &str, now: Moment) -> StoryId {
    let id = app.story_create(now).expect("created").id;
    let story = Story {
        english: Telling {
            title: title.to_owned(),
            situation: "At Globex the checkout failed every night.".to_owned(),
            task: "I had to find out why.".to_owned(),
            action: action.to_owned(),
            result: "Failures fell from 3.1 % to 0.2 % in 14 days.".to_owned(),
            ..Telling::default()
        },
        principles: [("dive-deep".to_owned(), Strength::Strong)].into(),
        people: vec!["Ann Lee".to_owned()],
        ..Story::default()
    };
    app.story_save(&id, story, now).expect("saved");
    id
}

pub fn everything(stories: Vec<StoryId>) -> Selection {
    Selection {
        question: "Is my story clear?".to_owned(),
        progress: true,
        answers: true,
        stories,
        redact: true,
        ..Selection::default()
    }
}

pub fn study(app: &mut App, days: i64, from: Moment) -> Moment {
    for day in 0..days {
        let now = days_later(from, day);
        for turn in 0..5 {
            if app.practice_next(now).expect("a page").card.is_some() {
                grade_next(app, if turn == 2 { Grade::Again } else { Grade::Good }, now);
            }
        }
    }
    days_later(from, days)
}

pub fn refusal<T: std::fmt::Debug>(result: Result<T, Error>) -> Refusal {
    match result {
        Err(Error::Packet(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

/// Bo answers Mei's newest review with a letter.
pub fn letter(pair: &mut Pair, learner: u32, name: &str, words: &str, now: Moment) -> PathBuf {
    let draft = Feedback { words: words.to_owned(), ..Feedback::default() };
    pair.bo.app.feedback_keep(learner, &draft).expect("kept");
    let path = pair.file(name);
    pair.bo.app.feedback_make(learner, &path, false, now, &mut drawn(5)).expect("made");
    path
}

/// A packet that says whatever a test makes it say: its sequence stands for what came before it, too.
pub fn sealed(
    from: &Identity,
    to: &Identity,
    kind: PacketKind,
    sequence: u32,
    at_ms: i64,
    said: &serde_json::Value,
    file: &Path,
) {
    let mut bytes = Vec::new();
    let payload = serde_json::to_vec(said).expect("JSON");
    seal(&mut bytes, from, &to.address(), kind, (sequence, None), at_ms, &payload, &[]).expect("memory");
    std::fs::write(file, bytes).expect("written");
}
