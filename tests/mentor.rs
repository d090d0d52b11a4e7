//! A review goes to a mentor and comes back: comments, assignments, what changed, who is removed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on should stop"
)]

mod common;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use common::pair::*;
use common::*;
use divedeep::app::{App, Assignment, Comment, Feedback, Place, PracticedItem, Selection, Trust};
use divedeep::error::{Error, Refusal};
use divedeep::model::{Account, Grade, ItemRef, Language, Manner, Role, Score, StoryPart, Text};
use divedeep::time::Moment;

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
    assert!(pair.bo.app.cohort(now, &mut drawn(0)).expect("a table").learners.is_empty());
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
    pair.bo.app.feedback_make(learner, &back, false, later, &mut drawn(5)).expect("made");
    assert_eq!(pair.bo.app.review(learner, Language::En).expect("a page").sent.len(), 1);
    assert_eq!(pair.bo.app.cohort(later, &mut drawn(0)).expect("a table").learners[0].waiting_days, None);

    // The learner applies it: comments stand where they belong, the assignment is asked first, dates are kept.
    let at = days_later(now, 2);
    pair.mei.take(&back, Trust::Known, at).expect("applied");
    let comments = pair.mei.app.comments(Some(&prompt)).expect("comments");
    assert_eq!(comments.len(), 2);
    assert_eq!((comments[0].mentor.as_str(), comments[0].read), ("Bo", false));
    let share = pair.mei.app.share_page(at, &mut drawn(0)).expect("a page");
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
    let before = pair.mei.app.share_page(at, &mut drawn(0)).expect("a page");
    assert_eq!(refusal(pair.mei.take(&back, Trust::Known, at)), Refusal::Known);
    assert_eq!(pair.mei.app.share_page(at, &mut drawn(0)).expect("a page"), before);
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
    assert!(pair.mei.app.share_page(now, &mut drawn(0)).expect("a page").letters.is_empty());
    let address = pair.bo.address();
    let again = pair.mei.app.contact_add(Role::Mentor, "Bo", &address, now, &mut drawn(3)).expect("added");
    assert_eq!(again, pair.mentor);
    assert!(!pair.mei.app.contacts().expect("contacts")[0].compared);
    assert_eq!(refusal(pair.mei.take(&first, Trust::Known, now)), Refusal::Known, "an old one stays old");
    let later = days_later(now, 1);
    let two = pair.share("2.age", &Selection::progress(), later);
    pair.bo.take(&two, Trust::Known, later).expect("right after the first");

    // The mentor removes the learner; her next packet brings her back, and what he sends then is taken.
    pair.bo.app.contact_remove(learner, later).expect("removed");
    assert!(pair.bo.app.cohort(later, &mut drawn(0)).expect("a table").learners.is_empty());
    let latest = days_later(now, 2);
    let three = pair.share("3.age", &Selection::progress(), latest);
    assert!(matches!(pair.bo.take(&three, Trust::Known, latest), Err(Error::UnknownSender { .. })));
    let learner = pair.bo.take(&three, Trust::New, latest).expect("taken");
    let row = pair.bo.app.cohort(latest, &mut drawn(0)).expect("a table").learners[0].clone();
    assert_eq!((row.packets, row.contact.name.as_str()), (1, "Mei"), "what was before is forgotten");
    assert_eq!(pair.bo.app.review(learner, Language::En).expect("a page").changes, None);
    let back = letter(&mut pair, learner, "2f.age", "Still good.", latest);
    pair.mei.take(&back, Trust::Known, latest).expect("applied");
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
    let made = pair.bo.app.feedback_make(learner, &path, false, now, &mut drawn(5));
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
    let assign = |item: &PracticedItem, due: Moment| Assignment {
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
        pair.bo.app.feedback_make(learner, &path, false, at, &mut drawn(5)).expect("made");
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
    pair.bo.app.feedback_make(learner, &pair.file("1f.age"), false, now, &mut drawn(5)).expect("made");
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
    let row = &pair.bo.app.cohort(later, &mut drawn(0)).expect("a table").learners[0];
    assert!(row.readiness.is_some() && row.trend.is_some());
    assert_eq!((row.packets, row.waiting_days), (2, Some(0)));
    assert_eq!(row.idle_days, Some(1));
}

#[test]
fn assignments_are_spread_over_the_days_they_have() {
    let mut pair = Pair::new();
    let now = study(&mut pair.mei.app, 2, taipei(NINE));
    let review = pair.share("1.age", &everything(Vec::new()), now);
    let learner = pair.bo.take(&review, Trust::New, now).expect("taken");
    let items = pair.bo.app.review(learner, Language::En).expect("a page").parts.items;
    let due = now.local_date() + chrono::Days::new(3);
    let assignment = |item: &PracticedItem, due: NaiveDate| Assignment {
        item: Some(item.item.clone()),
        title: item.title.clone(),
        words: String::new(),
        due,
    };
    let assignments: Vec<Assignment> = items.iter().take(8).map(|item| assignment(item, due)).collect();
    assert_eq!(assignments.len(), 8);
    pair.bo.app.feedback_keep(learner, &Feedback { assignments, ..Feedback::default() }).expect("kept");
    let back = pair.file("f.age");
    pair.bo.app.feedback_make(learner, &back, false, now, &mut drawn(5)).expect("made");
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
