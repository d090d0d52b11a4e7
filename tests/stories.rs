//! Stories: written, versioned, mapped, planned for a panel, shared without names, rehearsed like any other item.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should stop"
)]

mod common;

use common::*;
use divedeep::app::{Access, App};
use divedeep::error::Error;
use divedeep::model::{Account, Grade, ItemRef, Language, Manner, Score, Story, StoryId, Strength, Telling};
use divedeep::story::{FindingKind, GapKind, Hint, Interviewer};
use divedeep::time::Moment;

const DIVE: &str = "dive-deep";
const TRUST: &str = "earn-trust";

fn story(title: &str, principles: &[(&str, Strength)]) -> Story {
    Story {
        when: "March 2025".to_owned(),
        english: Telling {
            title: title.to_owned(),
            situation: "The checkout failed for 3 % of customers.".to_owned(),
            task: "I had to find out why.".to_owned(),
            action: "I compared failing hosts with good ones.".to_owned(),
            result: "Errors fell to 0.".to_owned(),
            lesson: "I wrote a runbook.".to_owned(),
            ..Telling::default()
        },
        principles: principles.iter().map(|(id, strength)| ((*id).to_owned(), *strength)).collect(),
        ..Story::default()
    }
}

/// An app with the two principles of the small bank, and a story in it.
fn with_story(now: Moment) -> (App, StoryId) {
    let mut app = App::in_memory(&BankFolder::with_principles().source(), &mut chance()).expect("an app");
    let id = app.story_create(now).expect("a story").id;
    app.story_save(&id, story("The night the DNS broke", &[(DIVE, Strength::Strong)]), now).expect("saved");
    (app, id)
}

#[test]
fn saves_within_half_an_hour_are_one_version_and_old_ones_come_back() {
    let now = taipei("2026-11-21 09:00");
    let (mut app, id) = with_story(now);
    let mut next = app.story(&id).expect("the story").story;
    next.english.title = "Better".to_owned();
    let page = app.story_save(&id, next.clone(), minutes_later(now, 20)).expect("saved");
    assert_eq!(page.versions.len(), 1, "the same sitting");
    next.english.title = "Best".to_owned();
    let later = minutes_later(now, 120);
    let page = app.story_save(&id, next.clone(), later).expect("saved");
    assert_eq!(page.versions.iter().map(|version| version.number).collect::<Vec<_>>(), [2, 1]);
    // Saving what is there already begins no version.
    let page = app.story_save(&id, next, minutes_later(later, 300)).expect("saved");
    assert_eq!(page.versions.len(), 2);
    assert_eq!(app.story_version(&id, 1).expect("the old one").english.title, "Better");
    let page = app.story_restore(&id, 1, minutes_later(later, 301)).expect("restored");
    assert_eq!((page.story.english.title.as_str(), page.versions.len()), ("Better", 3));
    assert!(matches!(app.story_version(&id, 9), Err(Error::NoSuchItem { .. })));
}

#[test]
fn mapping_a_story_changes_the_matrix() {
    let now = taipei("2026-11-21 09:00");
    let mut app = App::in_memory(&BankFolder::with_principles().source(), &mut chance()).expect("an app");
    let before = app.stories(now).expect("the page").coverage;
    assert_eq!(before.covered, 0);
    assert!(before.gaps.iter().all(|gap| gap.kind == GapKind::Uncovered) && before.gaps.len() == 2);
    let id = app.story_create(now).expect("a story").id;
    app.story_save(&id, story("DNS", &[(DIVE, Strength::Clear)]), now).expect("saved");
    let page = app.stories(now).expect("the page");
    assert_eq!(page.coverage.covered, 1);
    let gap = page.coverage.gaps.iter().find(|gap| gap.principle == DIVE).expect("one story is thin");
    assert_eq!(gap.kind, GapKind::Single);
    assert_eq!(page.stories[0].languages, [Language::En]);
}

#[test]
fn a_panel_is_planned_and_planned_anew_when_a_story_changes() {
    let now = taipei("2026-11-21 09:00");
    let (mut app, id) = with_story(now);
    let person = |principles: &[&str]| Interviewer {
        name: "Hiring manager".to_owned(),
        principles: principles.iter().map(|id| (*id).to_owned()).collect(),
        bar_raiser: false,
    };
    app.panel_save(&[person(&[DIVE, TRUST]), person(&[DIVE])]).expect("a panel");
    let plan = app.stories(now).expect("the page").plan;
    assert_eq!((plan.answered, plan.repeats, plan.without_story.as_slice()), (2, 1, &[TRUST.to_owned()][..]));
    let second = app.story_create(now).expect("a story").id;
    app.story_save(
        &second,
        story("Bad news early", &[(TRUST, Strength::Clear), (DIVE, Strength::Weak)]),
        now,
    )
    .expect("saved");
    let plan = app.stories(now).expect("the page").plan;
    assert_eq!((plan.answered, plan.repeats), (3, 1), "three questions, two stories");
    assert!(plan.seats.iter().any(|seat| seat.story.as_ref() == Some(&id)));
    let refused = app.panel_save(&[person(&["no-such-principle"])]);
    assert!(matches!(refused, Err(Error::BadValue { .. })));
}

#[test]
fn a_story_is_scheduled_rehearsed_and_graded_like_any_other_item() {
    let now = taipei("2026-11-21 09:00");
    let (mut app, id) = with_story(now);
    let item = ItemRef::story(&id);
    let desk = app.rehearsal_desk(&item, now).expect("the desk");
    assert!(desk.open.is_none() && desk.past.is_empty());
    assert_eq!(desk.card.choices.len(), 4);
    let begun = app.rehearsal_begin(&item, Manner::Typed, Language::En, now).expect("begun");
    assert_eq!(begun.story.as_ref(), Some(&id), "a story tells itself");
    let mut account = begun.account;
    account.words = "We fixed it.".to_owned();
    account.marks_ms = vec![20_000, 50_000, 80_000];
    (account.told_ms, account.scores) = (100_000, Default::default());
    let told = app.rehearsal_told(begun.number, Some(&id), account).expect("told");
    assert_eq!(told.shape.expect("marked").action, 30);
    assert_eq!(told.weak[0].dimension, "action");
    assert_eq!(told.account.probes.len(), 3);
    assert_eq!(told.account.probes[0].about.as_deref(), Some("action"), "weighted to the weak part");
    let mut account = told.account;
    account.probes[0].words = "Because rolling back was quicker.".to_owned();
    account
        .scores
        .insert("action".to_owned(), Score { value: 2, because: "fixed it".to_owned(), at_ms: None });
    account.scores.insert("result".to_owned(), Score { value: 3, because: String::new(), at_ms: None });
    let done =
        app.rehearsal_finish(begun.number, Some(&id), account, minutes_later(now, 6)).expect("finished");
    assert_eq!((done.mean, done.proposed, done.ended), (Some(2.5), Some(Grade::Good), true));
    app.practice_grade(answer(&item, Grade::Good), minutes_later(now, 7)).expect("graded");
    assert_eq!(app.browse_item(&item, now).expect("the item").history.len(), 1);
    let page = app.stories(now).expect("the page");
    assert_eq!(
        (page.stories[0].times_told, page.stories[0].last_told),
        (1, Some("2026-11-21".parse().unwrap()))
    );
    // The next time the low score of this time counts as weak.
    let again =
        app.rehearsal_begin(&item, Manner::Typed, Language::En, minutes_later(now, 60)).expect("begun");
    let told = app.rehearsal_told(again.number, None, again.account).expect("told");
    assert!(told.weak.iter().any(|weak| weak.dimension == "action"));
}

#[test]
fn what_was_typed_in_a_rehearsal_survives_the_end_of_the_program() {
    let now = taipei("2026-11-21 09:00");
    let folder = tempfile::tempdir().expect("a folder");
    let bank = BankFolder::with_principles();
    let open = || App::open(folder.path(), Access::Write, &bank.source(), &mut chance()).expect("an app");
    let item = ItemRef::prompt("dive-deep/hardest-fault");
    let mut app = open();
    let begun = app.rehearsal_begin(&item, Manner::Typed, Language::En, now).expect("begun");
    let account =
        Account { words: "It began at two in the morning".to_owned(), told_ms: 9_000, ..begun.account };
    app.rehearsal_keep(begun.number, None, account).expect("kept");
    // As after a kill: nothing is closed.
    std::mem::forget(app);
    let copy = tempfile::tempdir().expect("a folder");
    for file in ["divedeep.db", "divedeep.db-wal"] {
        let _ = std::fs::copy(folder.path().join(file), copy.path().join(file));
    }
    let app = App::open(copy.path(), Access::Write, &bank.source(), &mut chance()).expect("an app");
    let open = app.rehearsal_desk(&item, now).expect("the desk").open.expect("to go on with");
    assert_eq!(
        (open.account.words.as_str(), open.account.told_ms),
        ("It began at two in the morning", 9_000)
    );
}

#[test]
fn names_are_found_before_a_story_leaves_and_blacked_out_where_wanted() {
    let now = taipei("2026-11-21 09:00");
    let (mut app, id) = with_story(now);
    let mut body = app.story(&id).expect("the story").story;
    body.english.action =
        "I called Ann Lee at ann@example.com about account 111122223333 of Acme.".to_owned();
    body.people = vec!["Ann Lee".to_owned()];
    app.story_save(&id, body, now).expect("saved");
    app.private_names_save(&[" Acme ".to_owned(), String::new(), "Acme".to_owned()]).expect("saved");
    assert_eq!(app.stories(now).expect("the page").private_names, ["Acme"]);
    let shared = app.story_shared(&id, Language::En).expect("a preview");
    let kinds: Vec<_> = shared.findings.iter().map(|finding| finding.kind).collect();
    assert_eq!(kinds, [FindingKind::Listed, FindingKind::Email, FindingKind::AccountId, FindingKind::Listed]);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("story.md");
    app.story_write(&id, Language::En, true, &path).expect("written");
    let text = std::fs::read_to_string(&path).expect("the file");
    assert!(!text.contains("Ann") && !text.contains("Acme") && text.contains("I called ███"), "{text}");
}

#[test]
fn deleting_a_story_takes_its_words_and_leaves_the_log() {
    let now = taipei("2026-11-21 09:00");
    let (mut app, id) = with_story(now);
    let item = ItemRef::story(&id);
    app.practice_grade(answer(&item, Grade::Good), now).expect("graded");
    let begun = app.rehearsal_begin(&item, Manner::Typed, Language::En, now).expect("begun");
    app.story_delete(&id).expect("deleted");
    assert!(matches!(app.rehearsal(begun.number), Err(Error::NoSuchItem { .. })));
    assert!(matches!(app.story(&id), Err(Error::NoSuchItem { .. })));
    assert!(matches!(app.practice_open(&item, now), Err(Error::NoSuchItem { .. })));
    assert!(app.stories(now).expect("the page").stories.is_empty());
    assert_eq!(app.progress(now).expect("progress").answers, 1);
    assert!(app.doctor().expect("a report").is_sound());
}

#[test]
fn a_new_edition_of_the_bank_keeps_stories_scheduled() {
    let now = taipei("2026-11-21 09:00");
    let folder = tempfile::tempdir().expect("a folder");
    let mut app =
        App::open(folder.path(), Access::Write, &BankFolder::with_principles().source(), &mut chance())
            .expect("an app");
    let id = app.story_create(now).expect("a story").id;
    app.story_save(&id, story("DNS", &[(DIVE, Strength::Clear)]), now).expect("saved");
    drop(app);
    let app = app_in(folder.path());
    assert!(app.browse_item(&ItemRef::story(&id), now).expect("the item").in_track);
}

#[test]
fn what_cannot_be_is_refused_and_nothing_is_lost() {
    let now = taipei("2026-11-21 09:00");
    let (mut app, id) = with_story(now);
    let good = app.story(&id).expect("the story").story;
    for (name, change) in [
        (
            "too long",
            Box::new(|story: &mut Story| story.english.action = "x".repeat(10_001))
                as Box<dyn Fn(&mut Story)>,
        ),
        (
            "no principle",
            Box::new(|story: &mut Story| {
                story.principles.insert("kindness".to_owned(), Strength::Clear);
            }),
        ),
        ("a crowd", Box::new(|story: &mut Story| story.people = vec!["x".to_owned(); 101])),
    ] {
        let mut bad = good.clone();
        change(&mut bad);
        assert!(matches!(app.story_save(&id, bad, now), Err(Error::BadValue { .. })), "{name}");
        assert_eq!(app.story(&id).expect("the story").story, good, "{name}");
    }
    let begun = app.rehearsal_begin(&ItemRef::story(&id), Manner::Typed, Language::En, now).expect("begun");
    for (dimension, value) in [("action", 5), ("action", 0), ("charm", 3)] {
        let mut account = begun.account.clone();
        account.scores.insert(dimension.to_owned(), Score { value, because: String::new(), at_ms: None });
        assert!(matches!(app.rehearsal_keep(begun.number, None, account), Err(Error::BadValue { .. })));
    }
    let nobody = StoryId("nobody".to_owned());
    assert!(matches!(app.story_save(&nobody, good, now), Err(Error::NoSuchItem { .. })));
    assert!(matches!(app.rehearsal_finish(99, None, Account::default(), now), Err(Error::NoSuchItem { .. })));
}

#[test]
fn hints_and_speaking_times_come_with_the_desk() {
    let now = taipei("2026-11-21 09:00");
    let (app, id) = with_story(now);
    let page = app.story(&id).expect("the story");
    assert_eq!(
        page.drafts.iter().map(|draft| draft.language).collect::<Vec<_>>(),
        [Language::En, Language::ZhTw]
    );
    assert!(page.drafts[0].hints.iter().any(|hint| matches!(hint, Hint::TooShort { fewest: 280, .. })));
    assert!(page.drafts[1].hints.is_empty(), "nothing is begun in Chinese");
    assert_eq!(page.drafts[0].parts.len(), 5);
}

#[test]
fn recordings_stay_beside_the_database_and_are_deleted_one_by_one() {
    let now = taipei("2026-11-21 09:00");
    let folder = tempfile::tempdir().expect("a folder");
    let bank = BankFolder::with_principles();
    let mut app = App::open(folder.path(), Access::Write, &bank.source(), &mut chance()).expect("an app");
    let item = ItemRef::prompt("dive-deep/hardest-fault");
    let mut numbers = Vec::new();
    for _ in 0..2 {
        let begun = app.rehearsal_begin(&item, Manner::Spoken, Language::En, now).expect("begun");
        let path = app.recording_begin(begun.number).expect("a place");
        assert!(path.starts_with(folder.path()));
        let mut recording = divedeep::speech::Recording::open(&path).expect("a recording");
        // Five bursts of a voice's pitch: loud, then still, so that something is found to measure.
        for second in 0..12 {
            let voice = |n: u32| {
                let wave = (n as f32 * 150.0 * std::f32::consts::TAU / 16_000.0).sin();
                let vowel = (n as f32 * 700.0 * std::f32::consts::TAU / 16_000.0).sin();
                if second % 3 == 2 { 0.0 } else { (wave + vowel) * 0.2 * ((n / 2_000 % 2) as f32 + 0.1) }
            };
            recording.hear(&(0..16_000).map(voice).collect::<Vec<_>>(), 16_000).expect("heard");
        }
        recording.finish().expect("finished");
        let told = app.rehearsal_told(begun.number, None, begun.account).expect("told");
        assert_eq!(told.figures.as_ref().map(|figures| figures.pauses), Some(3), "{:?}", told.figures);
        app.rehearsal_finish(begun.number, None, told.account, now).expect("finished");
        numbers.push(begun.number);
    }
    let all = app.recordings().expect("recordings");
    assert_eq!(all.rows.len(), 2);
    assert!(all.used_bytes > 700_000 && all.used_bytes < all.limit_bytes);
    assert!(app.recording(numbers[0]).expect("bytes").starts_with(b"RIFF"));
    app.recording_delete(numbers[0]).expect("deleted");
    assert!(matches!(app.recording(numbers[0]), Err(Error::NoSuchItem { .. })));
    let kept = app.rehearsal(numbers[0]).expect("the rehearsal");
    assert!(kept.figures.is_some() && kept.recording_bytes.is_none(), "figures stay");
    app.rehearsal_delete(numbers[1]).expect("deleted");
    assert!(app.recordings().expect("recordings").rows.is_empty());
    assert_eq!(std::fs::read_dir(folder.path().join("recordings")).expect("the folder").count(), 0);
}
