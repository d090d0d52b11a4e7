//! Mock loops: drawn, answered, gone on with, scored, debriefed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should stop"
)]

mod common;

use std::collections::BTreeMap;

use common::*;
use divedeep::app::{Access, App, MockAnswer, MockPage, MockStage, ScoredAnswer};
use divedeep::error::Error;
use divedeep::interview::MockWish;
use divedeep::model::{Account, Language, Manner, Score};
use divedeep::story::Interviewer;
use divedeep::time::Moment;

fn wish(seed: u32, rounds: usize) -> MockWish {
    MockWish { seed, languages: vec![Language::En; rounds], manner: Manner::Typed }
}

fn app() -> App {
    App::in_memory(&BankFolder::with_principles().source(), &mut chance()).expect("an app")
}

fn asking(page: &MockPage) -> &MockAnswer {
    match &page.stage {
        MockStage::Asking { question, .. } => question,
        other => panic!("a question was expected, not {other:?}"),
    }
}

/// Answers every question of the round with these words and gives what is to be scored.
fn answer_round(app: &mut App, mut page: MockPage, words: &str, now: Moment) -> (u32, Vec<MockAnswer>) {
    loop {
        match page.stage {
            MockStage::Asking { question, .. } => {
                let account = Account { words: words.to_owned(), told_ms: 60_000, ..question.answer.account };
                page =
                    app.mock_next(page.number, question.answer.number, account, &[], now).expect("the next");
            }
            MockStage::Scoring { round, answers, .. } => return (round, answers),
            other => panic!("neither asked nor scored: {other:?}"),
        }
    }
}

fn scored(answers: &[MockAnswer], value: u8) -> Vec<ScoredAnswer> {
    answers
        .iter()
        .map(|answer| ScoredAnswer {
            number: answer.answer.number,
            story: None,
            scores: match answer.share {
                Some(_) => BTreeMap::new(),
                None => BTreeMap::from([(
                    "action".to_owned(),
                    Score { value, because: "I looked".to_owned(), at_ms: None },
                )]),
            },
            ticked: vec!["a".to_owned()],
        })
        .collect()
}

#[test]
fn a_loop_of_two_rounds_goes_from_the_first_question_to_its_debrief() {
    let now = taipei("2026-11-21 09:00");
    let mut app = app();
    let mut page = app.mock_start(&wish(7, 2), now).expect("a loop");
    assert_eq!(page.rounds.len(), 2);
    assert!(app.mocks(now).expect("the list").open.is_some());
    for round in 0..2 {
        let (place, answers) = answer_round(&mut app, page, "I looked at 3 logs for 2 hours", now);
        assert_eq!(place, round);
        assert!(!answers.is_empty());
        let number = app.mocks(now).expect("the list").open.expect("open").number;
        page = app.mock_score(number, round, scored(&answers, 2 + round as u8), now).expect("scored");
    }
    assert_eq!(page.stage, MockStage::OwnQuestions);
    let kept =
        app.mock_own_questions(page.number, "What does a good first year look like?".into(), false, now);
    assert_eq!(kept.expect("kept").stage, MockStage::OwnQuestions);
    let page = app
        .mock_own_questions(page.number, "What does a good year look like?".into(), true, now)
        .expect("ended");
    let MockStage::Debrief { answers, means, before, .. } = page.stage else {
        panic!("a debrief was expected")
    };
    assert!(answers.iter().all(|answer| answer.answer.account.words.starts_with("I looked")));
    assert!(before.is_empty());
    let mean = means.mean.expect("scored");
    assert!(mean > 2.0 && mean < 3.0, "one round at 2, one at 3: {mean}");
    // Key point a weighs 3 of 6.
    assert_eq!(means.technical, Some(0.5));
    assert_eq!(means.scored, 2);
    let list = app.mocks(now).expect("the list");
    assert!(list.open.is_none() && list.past.len() == 1);
    assert_ne!(list.seed, 7, "a seed that was not used");
}

#[test]
fn the_same_seed_asks_the_same_and_the_panel_decides_who_asks() {
    let now = taipei("2026-11-21 09:00");
    let mut app = app();
    let first = app.mock_start(&wish(11, 3), now).expect("a loop");
    let again = app.mock_start(&wish(11, 3), now).expect("a loop");
    let asked = |page: &MockPage| -> Vec<_> {
        page.rounds.iter().flat_map(|round| round.questions.iter().map(|asked| asked.item.clone())).collect()
    };
    assert_eq!(asked(&first), asked(&again));
    let person = |name: &str, bar_raiser| Interviewer {
        name: name.to_owned(),
        principles: vec!["earn-trust".to_owned()],
        bar_raiser,
    };
    app.panel_save(&[person("Lin", false), person("Wu", true)]).expect("a panel");
    let page = app.mock_start(&wish(11, 2), now).expect("a loop");
    let names: Vec<_> =
        page.rounds.iter().map(|round| (round.interviewer.as_str(), round.bar_raiser)).collect();
    assert_eq!(names, [("Lin", false), ("Wu", true)]);
    assert!(page.rounds.iter().all(|round| round.principles == ["earn-trust"]));
}

#[test]
fn a_loop_is_gone_on_with_after_the_program_ended_in_the_middle_of_an_answer() {
    let now = taipei("2026-11-21 09:00");
    let folder = tempfile::tempdir().expect("a folder");
    let bank = BankFolder::with_principles();
    let open = || App::open(folder.path(), Access::Write, &bank.source(), &mut chance()).expect("an app");
    let mut app = open();
    let page = app.mock_start(&wish(3, 2), now).expect("a loop");
    let answer = asking(&page).answer.clone();
    let account = Account { words: "It was a Friday".to_owned(), told_ms: 4_000, ..answer.account };
    app.rehearsal_keep(answer.number, None, account).expect("kept");
    drop(app);
    let app = open();
    let number = app.mocks(now).expect("the list").open.expect("to go on with").number;
    let page = app.mock(number).expect("the loop");
    assert_eq!(asking(&page).answer.account.words, "It was a Friday");
    assert_eq!(asking(&page).answer.number, answer.number);
}

#[test]
fn a_term_that_is_said_becomes_the_next_question_twice_at_most() {
    // On the real bank: its questions have term probes.
    let now = taipei("2026-11-21 09:00");
    let mut app = App::in_memory(&divedeep::bank::Source::BuiltIn, &mut chance()).expect("an app");
    let (mut followed, mut longest) = (0, 0);
    for seed in 0..6 {
        let mut page = app.mock_start(&wish(seed, 1), now).expect("a loop");
        let mut chain = 0;
        while let MockStage::Asking { question, .. } = &page.stage {
            chain = if question.term.is_some() { chain + 1 } else { 0 };
            longest = longest.max(chain);
            followed += u32::from(question.term.is_some());
            let (number, answer) = (page.number, question.answer.clone());
            let words =
                "First DNS, then the TCP connection, maybe the page cache or a security group".to_owned();
            let account = Account { words, ..answer.account };
            page = app.mock_next(number, answer.number, account, &[], now).expect("the next");
        }
        let asked: Vec<_> =
            page.rounds.iter().flat_map(|round| &round.questions).map(|asked| &asked.item).collect();
        let distinct: std::collections::BTreeSet<_> = asked.iter().collect();
        assert_eq!(distinct.len(), asked.len(), "nothing is asked twice");
        app.mock_stop(page.number, now).expect("stopped");
    }
    assert!(followed > 0, "terms lead to questions");
    assert!(longest <= 2, "{longest}");
}

#[test]
fn a_loop_can_be_ended_early_and_deleted_with_everything_of_it() {
    let now = taipei("2026-11-21 09:00");
    let mut app = app();
    let page = app.mock_start(&wish(5, 4), now).expect("a loop");
    let answer = asking(&page).answer.number;
    let page = app.mock_stop(page.number, now).expect("stopped");
    let MockStage::Debrief { means, .. } = &page.stage else { panic!("a debrief was expected") };
    assert_eq!((means.scored, means.mean), (0, None), "nothing is scored that was not");
    app.mock_delete(page.number).expect("deleted");
    assert!(matches!(app.mock(page.number), Err(Error::NoSuchItem { .. })));
    assert!(matches!(app.rehearsal(answer), Err(Error::NoSuchItem { .. })));
    assert!(app.mocks(now).expect("the list").past.is_empty());
}

#[test]
fn what_cannot_be_is_refused() {
    let now = taipei("2026-11-21 09:00");
    let mut app = app();
    for rounds in [0, 7] {
        assert!(matches!(app.mock_start(&wish(1, rounds), now), Err(Error::BadValue { .. })));
    }
    let page = app.mock_start(&wish(1, 2), now).expect("a loop");
    let answer = asking(&page).answer.clone();
    let other =
        vec![ScoredAnswer { number: answer.number, story: None, scores: BTreeMap::new(), ticked: vec![] }];
    assert!(
        matches!(app.mock_score(page.number, 1, other, now), Err(Error::NoSuchItem { .. })),
        "of another round"
    );
    assert!(matches!(app.mock_score(page.number, 9, vec![], now), Err(Error::NoSuchItem { .. })));
    assert!(matches!(
        app.mock_own_questions(page.number, "x".repeat(20_001), true, now),
        Err(Error::BadValue { .. })
    ));
    assert_eq!(app.mock(page.number).expect("the loop"), page, "nothing was changed");
}

#[test]
fn scores_never_change_what_was_said() {
    let now = taipei("2026-11-21 09:00");
    let mut app = app();
    let page = app.mock_start(&wish(2, 1), now).expect("a loop");
    let number = page.number;
    let (round, answers) = answer_round(&mut app, page, "What I said", now);
    app.mock_score(number, round, scored(&answers, 4), now).expect("scored");
    for answer in answers {
        assert_eq!(app.rehearsal(answer.answer.number).expect("the answer").account.words, "What I said");
    }
}

#[test]
fn prompts_in_a_loop_bring_their_probes() {
    let now = taipei("2026-11-21 09:00");
    let mut app = app();
    let page = app.mock_start(&wish(2, 1), now).expect("a loop");
    let first = asking(&page);
    assert!(matches!(first.view.item.kind.0.as_str(), "prompt"));
    assert_eq!(first.answer.account.probes.len(), 2);
}
