//! A learner and a mentor with a folder each and nothing between them but files.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on should stop"
)]

mod common;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use common::*;
use divedeep::app::{Access, App, Assignment, Comment, Feedback, Place, Selection, Taking, Trust};
use divedeep::bank::Source;
use divedeep::error::{Error, Refusal};
use divedeep::model::{
    Account, Grade, ItemRef, Language, Manner, Role, Score, Story, StoryId, StoryPart, Strength, Telling,
    Text,
};
use divedeep::packet::{Header, Identity, PacketKind, open, seal};
use divedeep::time::Moment;
use rand::SeedableRng;
use rand::rngs::StdRng;
use tempfile::TempDir;

const NINE: &str = "2026-11-21 09:00";
/// From somebody known, although one before it is missing.
const WITHOUT: Taking = Taking { role: None, trust: Trust::Known, without: true };

fn chance(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

/// Somebody with a data folder of their own.
struct Person {
    folder: TempDir,
    app: App,
}

impl Person {
    fn new(name: &str, seed: u64) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut app =
            App::open(folder.path(), Access::Write, &Source::BuiltIn, &mut chance(seed)).expect("opened");
        app.set_name(name).expect("kept");
        app.me(&mut chance(seed + 100)).expect("keys");
        Self { folder, app }
    }

    fn address(&self) -> String {
        self.app.me(&mut chance(0)).expect("keys are there").address
    }

    fn keys(&self) -> Identity {
        let text = std::fs::read_to_string(self.folder.path().join("keys.txt")).expect("a key file");
        Identity::parse(&text).expect("keys")
    }

    fn take(&mut self, path: &Path, trust: Trust, now: Moment) -> Result<u32, Error> {
        self.app
            .packet_take(path, Taking { trust, ..Taking::default() }, now, &mut chance(1))
            .map(|taken| taken.contact)
    }
}

/// Mei learns, Bo mentors; each knows the other's address.
struct Pair {
    mei: Person,
    bo: Person,
    mentor: u32,
    files: TempDir,
}

impl Pair {
    fn new() -> Self {
        let (mut mei, bo) = (Person::new("Mei", 1), Person::new("Bo", 2));
        let address = bo.address();
        let mentor =
            mei.app.contact_add(Role::Mentor, "Bo", &address, taipei(NINE), &mut chance(3)).expect("added");
        Self { mei, bo, mentor, files: tempfile::tempdir().expect("a folder") }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.files.path().join(name)
    }

    fn share(&mut self, name: &str, selection: &Selection, now: Moment) -> PathBuf {
        let path = self.file(name);
        self.mei.app.share_make(selection, self.mentor, &path, false, now, &mut chance(4)).expect("made");
        path
    }
}

fn story(app: &mut App, title: &str, action: &str, now: Moment) -> StoryId {
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

fn everything(stories: Vec<StoryId>) -> Selection {
    Selection {
        question: "Is my story clear?".to_owned(),
        progress: true,
        answers: true,
        stories,
        redact: true,
        ..Selection::default()
    }
}

fn study(app: &mut App, days: i64, from: Moment) -> Moment {
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

fn refusal<T: std::fmt::Debug>(result: Result<T, Error>) -> Refusal {
    match result {
        Err(Error::Packet(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn a_review_goes_there_and_back_through_files_only() {
    let mut pair = Pair::new();
    let now = study(&mut pair.mei.app, 4, taipei(NINE));
    let id = story(&mut pair.mei.app, "Night failures", "I read the logs with Ann Lee and found it.", now);
    let prompt = ItemRef::story(&id);
    let told = pair.mei.app.rehearsal_begin(&prompt, Manner::Typed, Language::En, now).expect("begun");
    let account = Account {
        words: "I read the logs.".to_owned(),
        told_ms: 60_000,
        scores: [("structure".to_owned(), Score { value: 2, because: String::new(), at_ms: None })].into(),
        ..Account::default()
    };
    pair.mei.app.rehearsal_finish(told.number, Some(&id), account, now).expect("finished");
    let selection = Selection { told: vec![told.number], ..everything(vec![id.clone()]) };
    let preview = pair.mei.app.share_preview(&selection, Language::En, now).expect("a preview");
    assert!(preview.findings.is_empty(), "what was found is blacked out: {:?}", preview.findings);
    assert!(preview.blacked_out >= 1);
    let review = pair.share("review.age", &selection, now);

    // The mentor sees it for the first time: the words are compared, then it is taken.
    let refused = pair.bo.take(&review, Trust::Known, now);
    let words = pair.mei.keys().address().words().join(" ");
    match refused {
        Err(Error::UnknownSender { name, words: shown }) => {
            assert_eq!((name.as_str(), shown), ("Mei", words), "the words are those Mei sees");
        }
        other => panic!("{other:?}"),
    }
    assert!(pair.bo.app.cohort(now, &mut chance(0)).expect("a table").learners.is_empty());
    let later = days_later(now, 1);
    let learner = pair.bo.take(&review, Trust::New, later).expect("taken");
    let page = pair.bo.app.review(learner, Language::ZhTw).expect("a page");
    assert_eq!(page.parts, preview.parts, "what was shown before is what arrived");
    assert_eq!(page.figures.as_ref().map(|page| page.figures.len()), Some(13));
    let shared = &page.parts.stories[0].story;
    assert_eq!(shared.english.action, "I read the logs with ███ and found it.");
    assert!(shared.people.is_empty());

    // Comments, scores, an assignment; the draft stays until it is sent.
    let answered = page.parts.items[0].clone();
    let draft = Feedback {
        words: "Good. Say more of your own part.".to_owned(),
        comments: vec![
            Comment {
                item: prompt.clone(),
                title: Text::default(),
                place: Place::Part { part: StoryPart::Action, language: Language::En },
                quote: "I read the logs".to_owned(),
                words: "Which logs?".to_owned(),
                scores: BTreeMap::new(),
            },
            Comment {
                item: prompt.clone(),
                title: Text::default(),
                place: Place::Told { number: told.number },
                quote: String::new(),
                words: String::new(),
                scores: [(
                    "structure".to_owned(),
                    Score { value: 3, because: "clear".to_owned(), at_ms: None },
                )]
                .into(),
            },
        ],
        assignments: vec![Assignment {
            item: Some(answered.item.clone()),
            title: answered.title.clone(),
            words: "Again, aloud.".to_owned(),
            due: later.local_date() + chrono::Days::new(3),
        }],
        ..Feedback::default()
    };
    pair.bo.app.feedback_keep(learner, &draft).expect("kept");
    let back = pair.file("feedback.age");
    pair.bo.app.feedback_make(learner, &back, false, later, &mut chance(5)).expect("made");
    assert_eq!(pair.bo.app.review(learner, Language::En).expect("a page").sent.len(), 1);
    assert_eq!(pair.bo.app.cohort(later, &mut chance(0)).expect("a table").learners[0].waiting_days, None);

    // The learner applies it: comments stand where they belong, the assignment is asked first, dates are kept.
    let at = days_later(now, 2);
    pair.mei.take(&back, Trust::Known, at).expect("applied");
    let comments = pair.mei.app.comments(Some(&prompt)).expect("comments");
    assert_eq!(comments.len(), 2);
    assert_eq!((comments[0].mentor.as_str(), comments[0].read), ("Bo", false));
    let share = pair.mei.app.share_page(at, &mut chance(0)).expect("a page");
    assert_eq!(share.requests[0].seen_at_ms, Some(later.utc_ms));
    assert_eq!(share.requests[0].answered_at_ms, Some(later.utc_ms));
    assert_eq!(share.letters.len(), 1);
    let today = pair.mei.app.today(at).expect("today");
    assert_eq!((today.assignments.len(), today.unread_comments), (1, 2));
    let first = pair.mei.app.practice_next(at).expect("a page").card.expect("a card");
    assert_eq!(first.view.item, answered.item, "what was assigned comes first");
    grade_next(&mut pair.mei.app, Grade::Good, at);
    assert!(pair.mei.app.today(at).expect("today").assignments.is_empty(), "an answer settles it");
    pair.mei.app.practice_undo(at).expect("undone");
    assert_eq!(pair.mei.app.today(at).expect("today").assignments.len(), 1, "undone, it is open again");

    // Applying twice changes nothing.
    let before = pair.mei.app.share_page(at, &mut chance(0)).expect("a page");
    assert_eq!(refusal(pair.mei.take(&back, Trust::Known, at)), Refusal::Known);
    assert_eq!(pair.mei.app.share_page(at, &mut chance(0)).expect("a page"), before);
}

#[test]
fn recordings_that_came_are_deleted_with_the_packet_and_with_the_contact() {
    let mut pair = Pair::new();
    let now = study(&mut pair.mei.app, 1, taipei(NINE));
    let id = story(&mut pair.mei.app, "Night failures", "I read the logs.", now);
    let told =
        pair.mei.app.rehearsal_begin(&ItemRef::story(&id), Manner::Spoken, Language::En, now).expect("begun");
    let path = pair.mei.app.recording_begin(told.number).expect("a place");
    let mut recording = divedeep::speech::Recording::open(&path).expect("a recording");
    recording.hear(&[0.1; 16_000], 16_000).expect("heard");
    recording.finish().expect("finished");
    pair.mei.app.rehearsal_finish(told.number, Some(&id), Account::default(), now).expect("finished");
    let spoken = Selection { told: vec![told.number], recordings: vec![told.number], ..everything(vec![id]) };
    let received = pair.bo.folder.path().join("received");
    let folders = || {
        let entries = std::fs::read_dir(&received).expect("a folder").flatten();
        let mut names: Vec<String> =
            entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    };

    let first = pair.share("1.age", &spoken, now);
    let learner = pair.bo.take(&first, Trust::New, now).expect("taken");
    let packet = pair.bo.app.review(learner, Language::En).expect("a page").packet;
    let sound = pair.bo.app.received_recording(packet, told.number).expect("it came with it");
    assert_eq!(sound, pair.mei.app.recording(told.number).expect("her own"));
    // Whatever somebody else put there is not ours to delete.
    std::fs::create_dir(received.join("mine")).expect("a folder");

    // Two more packets: the words of the first are let go, and its recordings.
    for name in ["2.age", "3.age"] {
        let next = pair.share(name, &spoken, now);
        pair.bo.take(&next, Trust::Known, now).expect("taken");
    }
    let newest = pair.bo.app.review(learner, Language::En).expect("a page").packet;
    assert_eq!(folders().len(), 3, "the newest, the one to compare with, and not ours: {:?}", folders());
    assert!(matches!(pair.bo.app.received_recording(packet, told.number), Err(Error::ReadFile { .. })));
    pair.bo.app.received_recording(newest, told.number).expect("of the newest");

    pair.bo.app.contact_delete(learner).expect("deleted");
    assert_eq!(folders(), ["mine"]);
}

#[test]
fn a_packet_of_the_other_kind_belongs_to_the_other_command() {
    let mut pair = Pair::new();
    let now = study(&mut pair.mei.app, 1, taipei(NINE));
    let review = pair.share("review.age", &Selection::progress(), now);
    let feedback = Taking { role: Some(Role::Mentor), trust: Trust::New, without: false };
    assert_eq!(refusal(pair.bo.app.packet_take(&review, feedback, now, &mut chance(1))), Refusal::WrongKind);
    assert!(pair.bo.app.contacts().expect("contacts").is_empty(), "nothing was kept");
    let learner = Taking { role: Some(Role::Learner), ..feedback };
    pair.bo.app.packet_take(&review, learner, now, &mut chance(1)).expect("taken");
}

#[test]
fn the_next_review_says_what_changed() {
    let mut pair = Pair::new();
    let now = study(&mut pair.mei.app, 3, taipei(NINE));
    let id = story(&mut pair.mei.app, "First", "I did it.", now);
    let first = pair.share("1.age", &everything(vec![id.clone()]), now);
    let learner = pair.bo.take(&first, Trust::New, now).expect("taken");
    assert_eq!(pair.bo.app.review(learner, Language::En).expect("a page").changes, None);
    let item = pair.bo.app.review(learner, Language::En).expect("a page").parts.items[0].clone();
    let assignment =
        Assignment { item: Some(item.item), title: item.title, words: String::new(), due: now.local_date() };
    let draft = Feedback { assignments: vec![assignment.clone()], ..Feedback::default() };
    pair.bo.app.feedback_keep(learner, &draft).expect("kept");
    pair.bo.app.feedback_make(learner, &pair.file("1f.age"), false, now, &mut chance(5)).expect("made");
    pair.mei.take(&pair.file("1f.age"), Trust::Known, now).expect("applied");

    let later = study(&mut pair.mei.app, 4, days_later(now, 1));
    let second = story(&mut pair.mei.app, "Second", "I did more.", later);
    let next = pair.share("2.age", &everything(vec![id, second.clone()]), later);
    assert_eq!(pair.bo.take(&next, Trust::Known, later).expect("taken"), learner);
    let changes = pair.bo.app.review(learner, Language::En).expect("a page").changes.expect("changes");
    assert_eq!(changes.since_ms, now.utc_ms);
    assert_eq!(changes.stories, [second]);
    assert!(changes.answers.expect("both shared progress") > 0);
    assert_eq!(changes.active_days, Some(4));
    assert_eq!(changes.assignments, [(assignment, Some(true))], "what was assigned was practised");
    let row = &pair.bo.app.cohort(later, &mut chance(0)).expect("a table").learners[0];
    assert!(row.readiness.is_some() && row.trend.is_some());
    assert_eq!((row.packets, row.waiting_days), (2, Some(0)));
    assert_eq!(row.idle_days, Some(1));
}

#[test]
fn what_cannot_be_taken_is_refused_with_its_own_reason_and_changes_nothing() {
    let mut pair = Pair::new();
    let now = study(&mut pair.mei.app, 2, taipei(NINE));
    let one = pair.share("1.age", &Selection::progress(), now);
    let two = pair.share("2.age", &Selection::progress(), days_later(now, 1));
    let three = pair.share("3.age", &Selection::progress(), days_later(now, 2));
    let learner = pair.bo.take(&one, Trust::New, now).expect("taken");
    let table = |pair: &Pair| pair.bo.app.cohort(now, &mut chance(0)).expect("a table");
    let before = table(&pair);

    let put = |pair: &Pair, name: &str, bytes: &[u8]| {
        let path = pair.file(name);
        std::fs::write(&path, bytes).expect("written");
        path
    };
    let good = std::fs::read(&two).expect("a packet");
    let mut tampered = good.clone();
    let middle = tampered.len() / 2;
    tampered[middle] ^= 1;
    let oversized = pair.file("large.age");
    std::fs::File::create(&oversized)
        .and_then(|file| file.set_len(divedeep::packet::LARGEST + 1))
        .expect("a sparse file");
    let (mei, bo) = (pair.mei.keys(), pair.bo.keys());
    let sealed = |from: &Identity, to: &Identity, change: &dyn Fn(&mut Header)| {
        let mut bytes = Vec::new();
        let order = (2, None);
        let header = seal(&mut bytes, from, &to.address(), PacketKind::Review, order, now.utc_ms, b"{}", &[])
            .expect("memory");
        let mut changed = header.clone();
        change(&mut changed);
        (bytes, changed)
    };
    let stranger = Identity::generate(&mut chance(9));
    let (for_stranger, _) = sealed(&mei, &stranger, &|_| ());
    let (nonsense, _) = sealed(&mei, &bo, &|_| ());
    assert!(open(&bo, &nonsense).is_ok(), "a good packet that says nothing this program knows");
    for (name, bytes, expected) in [
        ("truncated", &good[..good.len() - 20], Refusal::Damaged),
        ("tampered", &tampered[..], Refusal::Damaged),
        ("no packet", &b"hello"[..], Refusal::Damaged),
        ("empty", &b""[..], Refusal::Damaged),
        ("another's", &for_stranger[..], Refusal::NotForYou),
        ("nonsense", &nonsense[..], Refusal::Damaged),
    ] {
        let path = put(&pair, name, bytes);
        assert_eq!(refusal(pair.bo.take(&path, Trust::Known, now)), expected, "{name}");
    }
    assert_eq!(refusal(pair.bo.take(&oversized, Trust::Known, now)), Refusal::TooLarge);
    assert_eq!(refusal(pair.bo.take(&one, Trust::Known, now)), Refusal::Known, "replayed");
    assert_eq!(refusal(pair.bo.take(&three, Trust::Known, now)), Refusal::OutOfOrder);
    assert_eq!(refusal(pair.mei.take(&one, Trust::Known, now)), Refusal::NotForYou, "its own sender");
    let missing = pair.bo.take(&pair.file("no.age"), Trust::Known, now);
    assert!(matches!(missing, Err(Error::ReadFile { .. })), "{missing:?}");
    assert_eq!(table(&pair), before, "nothing of it left a trace");

    // The one in between arrives, or is said to be lost.
    assert_eq!(pair.bo.take(&two, Trust::Known, now).expect("in order"), learner);
    pair.bo.take(&three, Trust::Known, now).expect("in order");
    assert_eq!(refusal(pair.bo.take(&two, Trust::Known, now)), Refusal::Known, "older than the newest");
    pair.share("4.age", &Selection::progress(), days_later(now, 3));
    let five = pair.share("5.age", &Selection::progress(), days_later(now, 4));
    assert_eq!(refusal(pair.bo.take(&five, Trust::Known, now)), Refusal::OutOfOrder);
    pair.bo.app.packet_take(&five, WITHOUT, now, &mut chance(1)).expect("without number 4");
}

#[test]
fn a_changed_key_is_told_loudly_and_stays_apart() {
    let mut pair = Pair::new();
    let now = study(&mut pair.mei.app, 2, taipei(NINE));
    let first = pair.share("1.age", &Selection::progress(), now);
    let learner = pair.bo.take(&first, Trust::New, now).expect("taken");
    pair.bo.app.contact_compared(learner, true, now).expect("kept");

    // Somebody who calls themselves Mei.
    let mut other = Person::new(" mei ", 7);
    let bo = pair.bo.address();
    let mentor = other.app.contact_add(Role::Mentor, "Bo", &bo, now, &mut chance(3)).expect("added");
    let path = pair.file("other.age");
    other.app.share_make(&Selection::progress(), mentor, &path, false, now, &mut chance(4)).expect("made");
    match pair.bo.take(&path, Trust::Known, now) {
        Err(error @ Error::ChangedKey { .. }) => {
            assert_eq!(error.code(), "changed_key");
            assert!(error.params()["words"].split(' ').count() == 8);
        }
        other => panic!("{other:?}"),
    }
    let second = pair.bo.take(&path, Trust::New, now).expect("taken, as somebody else");
    assert_ne!(second, learner);
    let cohort = pair.bo.app.cohort(now, &mut chance(0)).expect("a table");
    let of = |number: u32| cohort.learners.iter().find(|row| row.contact.number == number).expect("a row");
    assert!(of(learner).contact.compared && !of(learner).contact.changed_key);
    assert!(!of(second).contact.compared && of(second).contact.changed_key);
}

#[test]
fn nothing_outside_the_chosen_parts_leaves() {
    let mut pair = Pair::new();
    let now = study(&mut pair.mei.app, 2, taipei(NINE));
    pair.mei.app.private_names_save(&["Globex".to_owned()]).expect("kept");
    let shown = story(&mut pair.mei.app, "Shown story", "I asked Ann Lee at 10.2.3.4 about it.", now);
    let hidden = story(&mut pair.mei.app, "Hidden story", "I kept a secret thing.", now);
    // A graded story is an answered item, whose title is the learner's own words.
    let answer = answer(&ItemRef::story(&hidden), Grade::Good);
    pair.mei.app.practice_grade(answer, now).expect("graded");
    let read = |pair: &mut Pair, name: &str, selection: &Selection| {
        let path = pair.share(name, selection, now);
        let opened = open(&pair.bo.keys(), &std::fs::read(path).expect("a packet")).expect("it opens");
        assert!(opened.parts.is_empty(), "no recording was chosen");
        String::from_utf8(opened.payload).expect("JSON")
    };
    let text = read(&mut pair, "story.age", &everything(vec![shown.clone()]));
    assert!(text.contains("Shown story"));
    for secret in ["Hidden", "secret thing", "Ann Lee", "Globex", "10.2.3.4", &hidden.0] {
        assert!(!text.contains(secret), "{secret} left");
    }
    let text = read(&mut pair, "nothing.age", &Selection::default());
    for (part, word) in [("stories", "Shown"), ("items", "grade"), ("figures", "tally")] {
        assert!(!text.contains(word), "{part} left without being chosen: {text}");
    }
    // Without blacking out, listed names and people stay out all the same; the rest is the learner's choice, and is told.
    let open_eyed = Selection { redact: false, ..everything(vec![shown]) };
    let preview = pair.mei.app.share_preview(&open_eyed, Language::En, now).expect("a preview");
    let found: Vec<&str> = preview.findings.iter().map(|found| found.finding.words.as_str()).collect();
    assert_eq!(found, ["10.2.3.4"]);
    let text = read(&mut pair, "open.age", &open_eyed);
    assert!(text.contains("10.2.3.4") && !text.contains("Ann Lee") && !text.contains("Globex"));
}

#[test]
fn assignments_are_spread_over_the_days_they_have() {
    let mut pair = Pair::new();
    let now = study(&mut pair.mei.app, 2, taipei(NINE));
    let review = pair.share("1.age", &everything(Vec::new()), now);
    let learner = pair.bo.take(&review, Trust::New, now).expect("taken");
    let items = pair.bo.app.review(learner, Language::En).expect("a page").parts.items;
    let due = now.local_date() + chrono::Days::new(3);
    let assignment = |item: &divedeep::app::PracticedItem, due: NaiveDate| Assignment {
        item: Some(item.item.clone()),
        title: item.title.clone(),
        words: String::new(),
        due,
    };
    let assignments: Vec<Assignment> = items.iter().take(8).map(|item| assignment(item, due)).collect();
    assert_eq!(assignments.len(), 8);
    pair.bo.app.feedback_keep(learner, &Feedback { assignments, ..Feedback::default() }).expect("kept");
    let back = pair.file("f.age");
    pair.bo.app.feedback_make(learner, &back, false, now, &mut chance(5)).expect("made");
    pair.mei.take(&back, Trust::Known, now).expect("applied");
    let open = |app: &App, at: Moment| app.today(at).expect("today").assignments.len();
    // Eight in four days: two a day come first.
    for day in 0..4 {
        let at = days_later(now, day);
        for _ in 0..2 {
            let before = open(&pair.mei.app, at);
            grade_next(&mut pair.mei.app, Grade::Good, at);
            assert_eq!(open(&pair.mei.app, at), before - 1, "day {day}");
        }
    }
    assert_eq!(open(&pair.mei.app, days_later(now, 3)), 0);
}

#[test]
fn keys_are_the_owners_alone_and_addresses_are_checked() {
    let mut mei = Person::new("Mei", 1);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(mei.folder.path().join("keys.txt")).expect("keys").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let now = taipei(NINE);
    let address = mei.address();
    for (name, text) in
        [("Bo", "no address"), ("Bo", ""), ("Bo", &address), ("", &Person::new("Bo", 2).address())]
    {
        let refused = mei.app.contact_add(Role::Mentor, name, text, now, &mut chance(3));
        assert!(matches!(refused, Err(Error::NotAnAddress { .. } | Error::BadValue { .. })), "{refused:?}");
    }
    assert!(mei.app.contacts().expect("contacts").is_empty());
    std::fs::write(mei.folder.path().join("keys.txt"), "broken").expect("written");
    let broken = mei.app.me(&mut chance(0));
    assert!(matches!(broken, Err(Error::ReadFile { .. })), "never replaced by new keys: {broken:?}");
}

/// Every number of a JSON value, by its path.
fn numbers(value: &serde_json::Value, path: &str, found: &mut Vec<String>) {
    match value {
        serde_json::Value::Number(_) => found.push(path.to_owned()),
        serde_json::Value::Array(list) => {
            for (at, one) in list.iter().enumerate().take(3) {
                numbers(one, &format!("{path}/{at}"), found);
            }
        }
        serde_json::Value::Object(map) => {
            for (name, one) in map.iter().take(40) {
                numbers(one, &format!("{path}/{}", name.replace('/', "~1")), found);
            }
        }
        _ => {}
    }
}

#[test]
fn a_packet_of_absurd_numbers_is_refused_or_shown_and_harms_nothing() {
    let mut pair = Pair::new();
    let now = study(&mut pair.mei.app, 2, taipei(NINE));
    let id = story(&mut pair.mei.app, "Story", "I did it.", now);
    let review = pair.share("1.age", &everything(vec![id]), now);
    let (mei, bo) = (pair.mei.keys(), pair.bo.keys());
    let opened = open(&bo, &std::fs::read(&review).expect("a packet")).expect("it opens");
    let learner = pair.bo.take(&review, Trust::New, now).expect("taken");
    let said: serde_json::Value = serde_json::from_slice(&opened.payload).expect("JSON");
    let mut paths = Vec::new();
    numbers(&said, "", &mut paths);
    assert!(paths.len() > 100, "{} numbers", paths.len());
    let mut taken = 0;
    for (sequence, path) in (2..).zip(&paths) {
        let absurd = ["2147483647", "-2147483648", "0", "255", "4294967295", "9e300", "-1"];
        let mut changed = said.clone();
        let number = absurd[sequence as usize % absurd.len()];
        *changed.pointer_mut(path).expect("a place") = serde_json::from_str(number).expect("a number");
        let payload = serde_json::to_vec(&changed).expect("JSON");
        let mut bytes = Vec::new();
        let order = (sequence, None);
        seal(&mut bytes, &mei, &bo.address(), PacketKind::Review, order, now.utc_ms, &payload, &[])
            .expect("memory");
        let file = pair.file("absurd.age");
        std::fs::write(&file, bytes).expect("written");
        match pair.bo.app.packet_take(&file, WITHOUT, now, &mut chance(1)) {
            Ok(_) => {
                taken += 1;
                pair.bo.app.review(learner, Language::En).expect("a page");
                pair.bo.app.cohort(now, &mut chance(0)).expect("a table");
            }
            Err(error) => assert_eq!(error.code(), "packet_damaged", "{path} {number}: {error}"),
        }
    }
    assert!(taken > 20, "{taken} of {} were shown", paths.len());
}
