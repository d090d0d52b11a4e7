//! A learner answers drills and plays incidents.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on should stop"
)]

mod common;

use std::collections::BTreeSet;

use common::*;
use divedeep::app::{Access, Answer, App, DrillAnswer, DrillCase, PlayDraft};
use divedeep::bank::{Bank, Source};
use divedeep::cloud::Seed;
use divedeep::drill::{self, FAMILIES};
use divedeep::error::Error;
use divedeep::incident::{Guess, Mark, PostAction, WORLDS, tone};
use divedeep::model::{Grade, ItemRef, Language, UpdatePart};

const NINE: &str = "2026-11-21 09:00";

/// A bank with the drills and incidents of the built-in one.
fn with_cases() -> BankFolder {
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/data");
    let read = |path: &str| std::fs::read_to_string(format!("{data}/{path}")).expect("a file of the bank");
    BankFolder::small()
        .with("drills.toml", read("drills.toml"))
        .with("incidents/I24.toml", read("incidents/I24.toml"))
}

fn learner() -> App {
    let app = App::in_memory(&with_cases().source(), &mut chance()).expect("an app");
    with_settings(app, |settings| settings.track.0 = "devops-engineer".to_owned())
}

/// The right answers to a case.
fn right(case: &DrillCase) -> DrillAnswer {
    let family = drill::family(&case.family).expect("a family");
    let asks = family.case(case.level, case.seed).exercise.asks;
    let typed = asks.iter().map(|ask| ask.answer.right()).collect();
    DrillAnswer { family: case.family.clone(), level: case.level, seed: case.seed, typed, given_up: false }
}

fn shown(app: &App, id: &str) -> DrillCase {
    let practice = app.practice_open(&ItemRef::drill(id), taipei(NINE)).expect("the drill");
    practice.card.expect("a card").drill.expect("a case")
}

fn grade(app: &mut App, drill: DrillAnswer, grade: Grade, day: i64) {
    let item = ItemRef::drill(&drill.family);
    let answer = Answer { drill: Some(drill), ticked: Vec::new(), ..answer(&item, grade) };
    app.practice_grade(answer, days_later(taipei(NINE), day)).expect("the answer is kept");
}

#[test]
fn the_bank_lists_what_the_program_can_draw_and_files_it_under_its_topics() {
    let bank = Bank::read(&Source::BuiltIn).expect("the built-in bank");
    let drills: Vec<_> = bank.drills().map(|entry| entry.id.as_str()).collect();
    assert_eq!(drills, FAMILIES.iter().map(|family| family.id).collect::<Vec<_>>());
    let incidents: BTreeSet<_> = bank.incidents().map(|incident| incident.id.as_str()).collect();
    assert_eq!(incidents, WORLDS.iter().map(|world| world.id).collect());
    for family in FAMILIES {
        let (domain, topic) = family.place;
        assert!(bank.topics.iter().any(|known| known.domain == domain && known.id == topic), "{}", family.id);
    }
}

#[test]
fn a_case_stays_until_it_is_graded_and_never_comes_back() {
    let mut app = learner();
    let first = shown(&app, "D01");
    assert_eq!(shown(&app, "D01"), first, "looking elsewhere draws nothing new");
    let mut met = BTreeSet::new();
    for day in 0..12 {
        let case = shown(&app, "D01");
        assert!(met.insert((case.level, case.seed)), "{case:?} came twice");
        let answer = right(&case);
        grade(&mut app, answer, Grade::Good, day);
    }
    let row = app.drills(taipei(NINE)).expect("the page").rows.into_iter().next().expect("D01");
    assert_eq!((row.answered, row.passed), (12, 12));
    assert_eq!(row.level, row.levels, "two passes in a row and it gets harder");
    assert_eq!(row.past.len(), 12);
    assert!(app.practice_undo(days_later(taipei(NINE), 11)).is_ok());
    let case = shown(&app, "D01");
    assert!(!met.contains(&(case.level, case.seed)), "what was undone has been seen");
    assert_eq!(app.drills(taipei(NINE)).expect("the page").rows[0].answered, 11);
}

#[test]
fn answers_are_judged_explained_and_propose_the_grade() {
    let app = learner();
    let case = app.drill_case("d01", 1, "48213").expect("a case by its seed");
    assert_eq!(app.drill_case("D01", 1, "48213").expect("the same"), case);
    let all_right = right(&case);
    let verdict = app.drill_check(&all_right).expect("a verdict");
    assert!(verdict.asks.iter().all(|ask| ask.right == Some(true)));
    assert_eq!(verdict.proposed, Some(Grade::Good));
    assert!(!verdict.steps.is_empty());

    let mut wrong = all_right.clone();
    wrong.typed[0] = "10.0.0.0/8".to_owned();
    assert_eq!(app.drill_check(&wrong).expect("a verdict").proposed, Some(Grade::Hard), "two of three");
    wrong.typed[1] = "1.1.1.1".to_owned();
    assert_eq!(app.drill_check(&wrong).expect("a verdict").proposed, Some(Grade::Again));

    let mut half_typed = all_right.clone();
    half_typed.typed[2] = "abo".to_owned();
    let verdict = app.drill_check(&half_typed).expect("a verdict");
    assert_eq!(verdict.asks[2].right, None);
    assert_eq!(verdict.proposed, None);
    let given_away = |verdict: &divedeep::app::DrillVerdict| {
        !verdict.steps.is_empty()
            || verdict.asks.iter().any(|ask| !ask.answer.is_empty() || ask.why.is_some())
    };
    assert!(!given_away(&verdict), "it can be typed again");
    let given_up = app.drill_check(&DrillAnswer { given_up: true, ..half_typed }).expect("a verdict");
    assert!(given_away(&given_up), "who wants to see the answers sees them");
    assert_eq!(given_up.proposed, Some(Grade::Hard));
}

#[test]
fn bad_input_to_a_drill_is_refused_and_keeps_nothing() {
    let mut app = learner();
    assert!(matches!(app.drill_case("D99", 1, "1"), Err(Error::NoSuchItem { .. })));
    assert!(matches!(app.drill_case("D01", 9, "1"), Err(Error::BadValue { field: "level", .. })));
    assert!(matches!(app.drill_case("D01", 1, " "), Err(Error::BadValue { field: "seed", .. })));
    assert!(app.drill_case("D01", 1, "a word").is_ok());
    let good = right(&shown(&app, "D01"));
    for bad in [
        DrillAnswer { typed: Vec::new(), ..good.clone() },
        DrillAnswer { level: 0, ..good.clone() },
        DrillAnswer { family: "D77".to_owned(), ..good.clone() },
        DrillAnswer { typed: good.typed.iter().map(|_| "9".repeat(5000)).collect(), ..good.clone() },
    ] {
        assert!(app.drill_check(&bad).is_err(), "{bad:?}");
        let item = ItemRef::drill("D01");
        let bad = Answer { drill: Some(bad), ..answer(&item, Grade::Good) };
        assert!(app.practice_grade(bad, taipei(NINE)).is_err());
    }
    let without = answer(&ItemRef::drill("D01"), Grade::Good);
    assert!(app.practice_grade(without, taipei(NINE)).is_err(), "a grade needs its case");
    assert_eq!(app.progress(taipei(NINE)).expect("progress").answers, 0);
}

#[test]
fn a_learner_of_simplified_chinese_reads_simplified_cases() {
    let app = with_settings(learner(), |settings| {
        settings.interface_language = Language::ZhCn;
        settings.content_language = Language::ZhCn;
    });
    let case = app.drill_case("D01", 2, "7").expect("a case");
    assert_eq!(case.prompt.keys().copied().collect::<Vec<_>>(), [Language::En, Language::ZhCn]);
    let text = format!("{:?}", case.prompt[&Language::ZhCn]);
    assert!(text.contains("子网") && !text.contains('網'), "{text}");
}

#[test]
fn an_incident_is_played_from_the_customers_words_to_the_debrief() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = with_cases();
    let bank = files.source();
    let mut app = App::open(folder.path(), Access::Write, &bank, &mut chance()).expect("an app");
    let now = taipei(NINE);
    let play = app.incident_start("I24", None, now).expect("a play");
    assert!(play.debrief.is_none() && play.checks.iter().all(|check| check.view.is_none()));
    assert!(play.hypotheses.iter().all(|one| one.why.is_none()), "nothing is given away");
    let words = format!("{:?}", play.customer);
    assert!(!words.contains('{') || !words.contains("{service}"), "{words}");

    let number = play.number;
    app.incident_check(number, "container-log").expect("evidence");
    let play = app.incident_check(number, "manifest").expect("evidence");
    assert_eq!(play.minute, 7);
    assert_eq!(app.incident_check(number, "manifest").expect("again").minute, 7, "asked for once");
    assert!(play.checks.iter().filter(|check| check.view.is_some()).count() == 2);
    app.incident_cause(number, "image-architecture").expect("a cause");
    let play = app.incident_act(number, "keep-old").expect("an action");
    assert_eq!(play.actions.iter().find(|one| one.id == "keep-old").expect("it").restored, Some(true));
    app.incident_act(number, "rebuild").expect("an action");
    let draft = PlayDraft {
        marks: [("registry-access".to_owned(), Mark::RuledOut), ("nobody".to_owned(), Mark::Supported)]
            .into(),
        update: "Users are not affected. The image is for arm64. We will rebuild it; next word at 14:30."
            .to_owned(),
        parts: [UpdatePart::Impact, UpdatePart::Known, UpdatePart::NextStep, UpdatePart::NextTime].into(),
        post: PostAction {
            mechanism: "The pipeline checks the architecture".into(),
            owner: "pipeline team".into(),
            date: "Friday".into(),
        },
    };
    app.incident_keep(number, draft).expect("kept");

    // The program ends in the middle: nothing is lost.
    drop(app);
    let mut app = App::open(folder.path(), Access::Write, &bank, &mut chance()).expect("opened again");
    assert_eq!(app.incidents(now).expect("the page").rows[0].open, Some(number));
    let play = app.incident(number).expect("the play");
    assert_eq!(play.play.marks.len(), 1, "a hypothesis nobody knows is not kept");
    app.incident_send(number).expect("sent");
    let play = app.incident_end(number, now).expect("over");
    let debrief = play.debrief.expect("a debrief");
    assert_eq!(debrief.debrief.guess, Guess::Proved);
    assert_eq!(debrief.debrief.cause_points, 25);
    assert_eq!(
        (debrief.debrief.order_points, debrief.debrief.update_points, debrief.debrief.post_points),
        (20, 20, 5)
    );
    assert!(debrief.debrief.points >= 85, "{:?}", debrief.debrief);
    assert!(play.hypotheses.iter().all(|one| one.why.is_some()), "the usual cause: all of it is true");
    assert!(app.incident_check(number, "nodes").is_err(), "a play that is over changes no more");

    let item = ItemRef::incident("I24");
    let graded = Answer { play: Some(number), ticked: Vec::new(), ..answer(&item, Grade::Good) };
    app.practice_grade(graded, now).expect("graded");
    let again = app.incident_start("I24", None, now).expect("another play");
    assert_ne!(again.seed, play.seed, "no world comes twice");
    app.incident_runbook("I24", "Look at the first line of the log.", now).expect("a runbook");
    assert_eq!(
        app.incident(number).expect("the play").runbook.as_deref(),
        Some("Look at the first line of the log.")
    );
}

#[test]
fn evidence_is_written_as_a_file_that_other_programs_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("manifest.txt");
    let mut app = learner();
    let now = taipei(NINE);
    let number = app.incident_start("I24", None, now).expect("a play").number;
    let unasked = app.incident_save(number, "manifest", &path);
    assert!(matches!(unasked, Err(Error::NoSuchItem { .. })), "what was not asked for is not given away");
    assert!(!path.exists());

    let shown = |app: &mut App, check: &str| {
        let play = app.incident_check(number, check).expect("evidence");
        app.incident_save(number, check, &path).expect("written");
        let view = play.checks.into_iter().find(|known| known.id == check).expect("it").view;
        let texts: Vec<String> =
            view.expect("evidence").evidence.into_iter().map(|piece| piece.text).collect();
        (texts.join("\n"), std::fs::read_to_string(&path).expect("a file"))
    };
    let (text, written) = shown(&mut app, "container-log");
    let output = text.split_once('\n').expect("a command and its output").1;
    assert!(text.starts_with("$ ") && written == output, "{written}");
    let (text, written) = shown(&mut app, "manifest");
    assert!(text.matches("$ ").count() > 1 && written == text, "several commands stay above their outputs");
    let nowhere = folder.path().join("missing/manifest.txt");
    assert!(matches!(app.incident_save(number, "manifest", &nowhere), Err(Error::WriteFile { .. })));
}

#[test]
fn where_it_was_another_cause_the_debrief_says_nothing_of_the_usual_one() {
    let mut app = learner();
    let now = taipei(NINE);
    // The first play has the usual cause; with seeds come the others.
    let mut seen = 0;
    for seed in 0..40 {
        let number = app.incident_start("I24", Some(&seed.to_string()), now).expect("a play").number;
        let play = app.incident_end(number, now).expect("over");
        let debrief = play.debrief.expect("a debrief");
        let usual = &play.hypotheses[0];
        if debrief.usual {
            assert_eq!(usual.id, debrief.debrief.cause);
            assert!(usual.why.is_some());
            continue;
        }
        seen += 1;
        assert!(usual.why.is_none(), "{seed}: {:?}", usual.why);
        let cause = play.hypotheses.iter().find(|one| one.id == debrief.debrief.cause).expect("the cause");
        assert!(cause.why.is_some());
    }
    assert!(seen > 0);
}

#[test]
fn the_models_of_updates_neither_blame_nor_guess() {
    let bank = Bank::read(&Source::BuiltIn).expect("the built-in bank");
    for record in bank.incidents() {
        for point in &record.update {
            assert_eq!(tone(&point.text.en), [], "{}: {}", record.id, point.text.en);
            assert_eq!(tone(&point.text.zh_tw), [], "{}: {}", record.id, point.text.zh_tw);
        }
    }
}

#[test]
fn guessing_harm_and_silence_cost_points_and_the_debrief_says_so() {
    let mut app = learner();
    let now = taipei(NINE);
    let number = app.incident_start("I24", Some("8"), now).expect("a play").number;
    let usual = app.incident(number).expect("the play").hypotheses[0].id.clone();
    app.incident_cause(number, &usual).expect("a cause");
    app.incident_act(number, "stop-old").expect("an action");
    app.incident_act(number, "rebuild").expect("an action");
    assert!(app.incident_send(number).is_err(), "nothing to send");
    let debrief = app.incident_end(number, now).expect("over").debrief.expect("a debrief").debrief;
    assert_eq!(debrief.guess, Guess::Lucky, "no evidence was asked for");
    assert_eq!((debrief.cause_points, debrief.evidence_points, debrief.order_points), (12, 0, 0));
    assert_eq!(debrief.missing.len(), 4);
    assert!(debrief.actions[0].harm && debrief.actions[1].early);
    assert_eq!(debrief.proposed, Grade::Again);
}

#[test]
fn a_seed_gives_the_same_incident_on_another_machine() {
    let now = taipei(NINE);
    let evidence = |app: &mut App| {
        let number = app.incident_start("I24", Some("taipei"), now).expect("a play").number;
        let page = app.incident_end(number, now).expect("over");
        (page.seed, page.customer, page.checks, page.debrief.expect("a debrief").debrief.cause)
    };
    assert_eq!(evidence(&mut learner()), evidence(&mut learner()));
    assert_eq!("taipei".parse::<Seed>().expect("a seed"), evidence(&mut learner()).0);
    assert!(learner().incident_start("I24", Some(&"x".repeat(99)), now).is_err());
    assert!(matches!(learner().incident_start("I99", None, now), Err(Error::NoSuchItem { .. })));
}
