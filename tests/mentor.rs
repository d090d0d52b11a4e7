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
const WITHOUT: Taking = Taking { role: None, trust: Trust::Known, words: None, without: true };

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

    pair.bo.app.contact_remove(learner, now).expect("deleted");
    assert_eq!(folders(), ["mine"]);
}

/// Bo answers Mei's newest review with a letter.
fn letter(pair: &mut Pair, learner: u32, name: &str, words: &str, now: Moment) -> PathBuf {
    let draft = Feedback { words: words.to_owned(), ..Feedback::default() };
    pair.bo.app.feedback_keep(learner, &draft).expect("kept");
    let path = pair.file(name);
    pair.bo.app.feedback_make(learner, &path, false, now, &mut chance(5)).expect("made");
    path
}

#[test]
fn removing_somebody_forgets_what_they_said_but_not_where_the_exchange_stands() {
    let mut pair = Pair::new();
    let now = study(&mut pair.mei.app, 1, taipei(NINE));
    let one = pair.share("1.age", &Selection::progress(), now);
    let learner = pair.bo.take(&one, Trust::New, now).expect("taken");
    let first = letter(&mut pair, learner, "1f.age", "Good.", now);
    pair.mei.take(&first, Trust::Known, now).expect("applied");

    // The learner removes the mentor and adds them again: what she sends next is taken.
    pair.mei.app.contact_remove(pair.mentor, now).expect("removed");
    assert!(pair.mei.app.contacts().expect("contacts").is_empty());
    assert!(pair.mei.app.share_page(now, &mut chance(0)).expect("a page").letters.is_empty());
    let address = pair.bo.address();
    let again = pair.mei.app.contact_add(Role::Mentor, "Bo", &address, now, &mut chance(3)).expect("added");
    assert_eq!(again, pair.mentor);
    assert!(!pair.mei.app.contacts().expect("contacts")[0].compared);
    assert_eq!(refusal(pair.mei.take(&first, Trust::Known, now)), Refusal::Known, "an old one stays old");
    let later = days_later(now, 1);
    let two = pair.share("2.age", &Selection::progress(), later);
    pair.bo.take(&two, Trust::Known, later).expect("right after the first");

    // The mentor removes the learner; her next packet brings her back, and what he sends then is taken.
    pair.bo.app.contact_remove(learner, later).expect("removed");
    assert!(pair.bo.app.cohort(later, &mut chance(0)).expect("a table").learners.is_empty());
    let latest = days_later(now, 2);
    let three = pair.share("3.age", &Selection::progress(), latest);
    assert!(matches!(pair.bo.take(&three, Trust::Known, latest), Err(Error::UnknownSender { .. })));
    let learner = pair.bo.take(&three, Trust::New, latest).expect("taken");
    let row = pair.bo.app.cohort(latest, &mut chance(0)).expect("a table").learners[0].clone();
    assert_eq!((row.packets, row.contact.name.as_str()), (1, "Mei"), "what was before is forgotten");
    assert_eq!(pair.bo.app.review(learner, Language::En).expect("a page").changes, None);
    let back = letter(&mut pair, learner, "2f.age", "Still good.", latest);
    pair.mei.take(&back, Trust::Known, latest).expect("applied");
}

#[test]
fn a_sender_who_restored_an_older_backup_is_not_taken_for_a_replay() {
    let mut pair = Pair::new();
    let now = study(&mut pair.mei.app, 1, taipei(NINE));
    let one = pair.share("1.age", &Selection::progress(), now);
    pair.bo.take(&one, Trust::New, now).expect("taken");
    let folder = pair.mei.folder.path().to_owned();
    let backup = tempfile::tempdir().expect("a folder");
    let copy = backup.path().join("divedeep.db");
    rusqlite::Connection::open(database(&folder))
        .expect("a database")
        .execute("VACUUM INTO ?1", [copy.to_str().expect("a path")])
        .expect("a backup");
    let two = pair.share("2.age", &Selection::progress(), days_later(now, 1));
    pair.bo.take(&two, Trust::Known, days_later(now, 1)).expect("taken");

    let restored = tempfile::tempdir().expect("a folder");
    std::fs::copy(&copy, database(restored.path())).expect("restored");
    std::fs::copy(folder.join("keys.txt"), restored.path().join("keys.txt")).expect("restored");
    pair.mei.app =
        App::open(restored.path(), Access::Write, &Source::BuiltIn, &mut chance(8)).expect("opened");
    let later = days_later(now, 2);
    let other = pair.share("2b.age", &Selection::progress(), later);
    assert_eq!(refusal(pair.bo.take(&other, Trust::Known, later)), Refusal::OutOfOrder);
    pair.bo.app.packet_take(&other, WITHOUT, later, &mut chance(1)).expect("taken without");
    let next = pair.share("3b.age", &Selection::progress(), days_later(now, 3));
    pair.bo.take(&next, Trust::Known, days_later(now, 3)).expect("right after it");
    assert_eq!(refusal(pair.bo.take(&two, Trust::Known, later)), Refusal::Known);
}

#[test]
fn who_is_agreed_to_is_who_was_compared() {
    let mut pair = Pair::new();
    let now = study(&mut pair.mei.app, 1, taipei(NINE));
    let path = pair.share("review.age", &Selection::progress(), now);
    let mut taking = Taking { trust: Trust::New, words: Some("other words".to_owned()), ..Taking::default() };
    let refused = pair.bo.app.packet_take(&path, taking.clone(), now, &mut chance(1));
    let Err(Error::UnknownSender { words, .. }) = refused else { panic!("{refused:?}") };
    taking.words = Some(words);
    pair.bo.app.packet_take(&path, taking, now, &mut chance(1)).expect("taken");
}

#[test]
fn feedback_that_could_not_be_taken_is_not_made_and_its_draft_stays() {
    let mut pair = Pair::new();
    let now = study(&mut pair.mei.app, 1, taipei(NINE));
    let review = pair.share("review.age", &Selection::progress(), now);
    let learner = pair.bo.take(&review, Trust::New, now).expect("taken");
    let draft = Feedback { words: "很好。".repeat(20_000), ..Feedback::default() };
    pair.bo.app.feedback_keep(learner, &draft).expect("kept");
    let path = pair.file("feedback.age");
    let made = pair.bo.app.feedback_make(learner, &path, false, now, &mut chance(5));
    assert!(matches!(made, Err(Error::TooMuchToSend { .. })), "{made:?}");
    assert!(!path.exists());
    assert_eq!(pair.bo.app.review(learner, Language::En).expect("a page").draft.words, draft.words);
    // As long as the window's field lets one write.
    let long = letter(&mut pair, learner, "long.age", &"好".repeat(20_000), now);
    pair.mei.take(&long, Trust::Known, now).expect("applied");
}

#[test]
fn an_answer_settles_an_assignment_once_and_later_answers_take_no_place() {
    let mut pair = Pair::new();
    let now = study(&mut pair.mei.app, 3, taipei(NINE));
    let review = pair.share("review.age", &everything(Vec::new()), now);
    let learner = pair.bo.take(&review, Trust::New, now).expect("taken");
    let items = pair.bo.app.review(learner, Language::En).expect("a page").parts.items;
    let assign = |item: &divedeep::app::PracticedItem, due: Moment| Assignment {
        item: Some(item.item.clone()),
        title: item.title.clone(),
        words: String::new(),
        due: due.local_date(),
    };
    let today = days_later(now, 1);
    let send = |pair: &mut Pair, name: &str, assignments: Vec<Assignment>, at: Moment| {
        let draft = Feedback { assignments, ..Feedback::default() };
        pair.bo.app.feedback_keep(learner, &draft).expect("kept");
        let path = pair.file(name);
        pair.bo.app.feedback_make(learner, &path, false, at, &mut chance(5)).expect("made");
        pair.mei.take(&path, Trust::Known, at).expect("applied");
    };
    send(&mut pair, "old.age", vec![assign(&items[0], now)], now);
    let first = pair.mei.app.practice_next(now).expect("a page").card.expect("a card").view.item;
    assert_eq!(first, items[0].item);
    grade_next(&mut pair.mei.app, Grade::Again, now);
    // The day after, three more are due today. The old one is asked again, and takes none of their places.
    send(&mut pair, "new.age", items[1..4].iter().map(|item| assign(item, today)).collect(), today);
    let assigned = |app: &mut App, at| {
        let mut asked = Vec::new();
        while let Some(card) = app.practice_next(at).expect("a page").card {
            let item = card.view.item.clone();
            if !items[1..4].iter().any(|one| one.item == item) || asked.len() > 20 {
                break;
            }
            asked.push(item);
            grade_next(app, Grade::Good, at);
        }
        asked.len()
    };
    pair.mei.app.practice_grade(answer(&items[0].item, Grade::Good), today).expect("graded");
    assert_eq!(assigned(&mut pair.mei.app, today), 3);
}

#[test]
fn a_packet_of_the_other_kind_belongs_to_the_other_command() {
    let mut pair = Pair::new();
    let now = study(&mut pair.mei.app, 1, taipei(NINE));
    let review = pair.share("review.age", &Selection::progress(), now);
    let feedback = Taking { role: Some(Role::Mentor), trust: Trust::New, ..Taking::default() };
    assert_eq!(
        refusal(pair.bo.app.packet_take(&review, feedback.clone(), now, &mut chance(1))),
        Refusal::WrongKind
    );
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
    // When the interview is goes with the figures, and with nothing else.
    pair.mei.app.save_rounds(vec![round("2026-12-24")], now).expect("kept");
    assert!(read(&mut pair, "figures.age", &Selection::progress()).contains("2026-12-24"));
    let text = read(&mut pair, "nothing.age", &Selection::default());
    for (part, word) in
        [("stories", "Shown"), ("items", "grade"), ("figures", "tally"), ("interview", "2026-12-24")]
    {
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
        seal(
            &mut bytes,
            &mei,
            &bo.address(),
            PacketKind::Review,
            order,
            now.utc_ms + i64::from(sequence),
            &payload,
            &[],
        )
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

    // The same of times nobody can have in the header, and of a thing that is there twice.
    let mut send = |payload: &[u8], at_ms: i64, sequence: u32| {
        let mut bytes = Vec::new();
        seal(&mut bytes, &mei, &bo.address(), PacketKind::Review, (sequence, None), at_ms, payload, &[])
            .expect("memory");
        let file = pair.file("absurd.age");
        std::fs::write(&file, bytes).expect("written");
        refusal(pair.bo.app.packet_take(&file, WITHOUT, now, &mut chance(1)))
    };
    assert_eq!(send(&opened.payload, i64::MAX, 5000), Refusal::Damaged);
    let mut twice = said.clone();
    let items = twice["parts"]["items"].as_array_mut().expect("items");
    items.push(items[0].clone());
    assert_eq!(send(&serde_json::to_vec(&twice).expect("JSON"), now.utc_ms, 5001), Refusal::Damaged);
}

#[test]
fn feedback_of_absurd_numbers_is_refused_or_shown_and_harms_nothing() {
    let mut pair = Pair::new();
    let now = study(&mut pair.mei.app, 2, taipei(NINE));
    let review = pair.share("review.age", &everything(Vec::new()), now);
    let learner = pair.bo.take(&review, Trust::New, now).expect("taken");
    let item = pair.bo.app.review(learner, Language::En).expect("a page").parts.items[0].clone();
    let score = Score { value: 3, because: String::new(), at_ms: Some(100) };
    let feedback = Feedback {
        words: "Good.".to_owned(),
        seen_at_ms: now.utc_ms,
        comments: vec![Comment {
            item: item.item.clone(),
            title: item.title.clone(),
            place: Place::Answer { at_ms: now.utc_ms },
            quote: String::new(),
            words: "Why?".to_owned(),
            scores: [("action".to_owned(), score)].into(),
        }],
        assignments: vec![Assignment {
            item: Some(item.item),
            title: item.title,
            words: String::new(),
            due: now.local_date(),
        }],
        ..Feedback::default()
    };
    let (bo, mei) = (pair.bo.keys(), pair.mei.keys());
    let said = serde_json::to_value(&feedback).expect("JSON");
    let mut paths = Vec::new();
    numbers(&said, "", &mut paths);
    let mut tried = 0;
    let mut send = |said: &serde_json::Value, sequence: u32| {
        let mut bytes = Vec::new();
        let payload = serde_json::to_vec(said).expect("JSON");
        let order = (sequence, None);
        seal(
            &mut bytes,
            &bo,
            &mei.address(),
            PacketKind::Feedback,
            order,
            now.utc_ms + i64::from(sequence),
            &payload,
            &[],
        )
        .expect("memory");
        let file = pair.file("absurd.age");
        std::fs::write(&file, bytes).expect("written");
        match pair.mei.app.packet_take(&file, WITHOUT, now, &mut chance(1)) {
            Ok(_) => {
                let page = pair.mei.app.share_page(now, &mut chance(0)).expect("a page");
                let day = |at_ms: i64| (0..=253_402_300_799_000).contains(&at_ms);
                assert!(page.requests.iter().all(|one| one.seen_at_ms.is_none_or(day)));
                assert!(
                    page.comments.iter().all(|one| one.comment.scores.values().all(|score| score.value <= 4))
                );
                pair.mei.app.today(now).expect("today");
            }
            Err(error) => assert_eq!(error.code(), "packet_damaged", "{said}: {error}"),
        }
        tried += 1;
    };
    for (sequence, path) in (1..).step_by(10).zip(&paths) {
        for (more, absurd) in (0..).zip(["9223372036854775807", "-1", "0", "255", "9e300"]) {
            let mut changed = said.clone();
            *changed.pointer_mut(path).expect("a place") = serde_json::from_str(absurd).expect("a number");
            send(&changed, sequence + more);
        }
    }
    for (sequence, due) in (900..).zip(["-0001-01-01", "+99999-01-01", "2026-13-01", ""]) {
        let mut changed = said.clone();
        changed["assignments"][0]["due"] = due.into();
        send(&changed, sequence);
    }
    assert!(tried > 15);
}

#[test]
fn a_name_is_shown_on_one_line_and_no_longer_than_a_name() {
    let mut pair = Pair::new();
    let now = study(&mut pair.mei.app, 1, taipei(NINE));
    let review = pair.share("review.age", &Selection::progress(), now);
    let opened = open(&pair.bo.keys(), &std::fs::read(&review).expect("a packet")).expect("it opens");
    let mut said: serde_json::Value = serde_json::from_slice(&opened.payload).expect("JSON");
    for (name, shown) in [
        ("Bo\n\nThe words are the same. \u{202e}", "BoThe words are the same."),
        ("", "?"),
        (&"好".repeat(1_000_000), &"好".repeat(26)),
    ] {
        said["parts"]["name"] = name.into();
        let payload = serde_json::to_vec(&said).expect("JSON");
        let mut bytes = Vec::new();
        let to = pair.bo.keys().address();
        seal(&mut bytes, &pair.mei.keys(), &to, PacketKind::Review, (1, None), now.utc_ms, &payload, &[])
            .expect("memory");
        let file = pair.file("named.age");
        std::fs::write(&file, bytes).expect("written");
        match pair.bo.take(&file, Trust::Known, now) {
            Err(Error::UnknownSender { name, .. }) => assert_eq!(name.trim(), shown),
            other => panic!("{other:?}"),
        }
    }
}
