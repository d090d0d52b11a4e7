//! The plan to the interview as a learner meets it: the calendar, what it costs to pause, what learning finds.
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
use common::*;
use divedeep::app::{App, DayChoice, Focus, PlanPage, PlanWish, Round};
use divedeep::error::Error;
use divedeep::memory::Memory;
use divedeep::model::{DayKind, Grade, Region};
use divedeep::plan::Method;
use divedeep::time::Moment;
use rand::{RngExt, SeedableRng, rngs::StdRng};

/// A Saturday.
const NINE: &str = "2026-11-21 09:00";

fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn minutes(minutes: u32) -> PlanWish {
    PlanWish { minutes_per_day: Some(minutes), days: Vec::new() }
}

fn days(kind: DayKind, days: &[&str]) -> Vec<DayChoice> {
    days.iter().map(|day| DayChoice { date: date(day), kind: Some(kind) }).collect()
}

fn kept(app: &App, now: Moment) -> PlanPage {
    app.plan(&PlanWish::default(), now).expect("a plan")
}

/// What is expected to be known at the last round.
fn known(page: &PlanPage) -> f64 {
    page.rounds.last().expect("a round").known
}

/// A bank of one domain, large enough that time is short.
fn large(items: usize) -> BankFolder {
    let text: String = (0..items).map(|n| question(&format!("linux/boot-process/q{n}"), 1, "core")).collect();
    BankFolder::small().with("questions/linux/boot-process.toml", text)
}

#[test]
fn with_an_interview_the_plan_decides_what_comes_first() {
    let mut app = app();
    let now = taipei(NINE);
    assert!(
        app.plan(&PlanWish::default(), now).expect("a calendar").rounds.is_empty(),
        "nothing to plan for"
    );
    app.save_rounds(vec![round("2026-12-05")], now).expect("a round");
    let page = app.plan(&PlanWish::default(), now).expect("a plan");
    assert_eq!((page.days_left, page.known.len(), page.rounds.len()), (14, 15, 1));
    assert_eq!(page.known[0].known, 0.0, "nothing is known yet");
    assert!(page.rounds[0].known > 0.5, "{page:?}");
    let first = app.practice_next(now).expect("a page").card.expect("an item").view.item;
    assert_eq!(page.list[0].item, first, "what the plan puts first is asked first");
    let next = app.practice_grade(answer(&first, Grade::Good), now).expect("kept");
    assert_ne!(next.card.expect("another").view.item, first);
}

#[test]
fn more_minutes_are_worth_what_the_plan_says_and_what_there_is_no_time_for_is_named() {
    let mut app = app();
    let now = taipei(NINE);
    app.save_rounds(vec![round("2026-11-24")], now).expect("a round");
    let few = app.plan(&minutes(2), now).expect("a plan");
    let more = app.plan(&minutes(12), now).expect("a plan");
    assert!(few.dropped_count > 0 && !few.dropped.is_empty(), "{few:?}");
    assert!(few.ten_more_minutes > more.ten_more_minutes);
    assert!(more.rounds[0].known > few.rounds[0].known);
    let none = app.plan(&minutes(0), now).expect("a plan");
    assert!(none.list.is_empty() && none.rounds[0].known < 0.01, "{none:?}");
}

#[test]
fn dates_that_leave_nothing_to_plan_have_their_own_answers() {
    let mut app = app();
    let now = taipei(NINE);
    app.save_rounds(vec![round("2026-11-21")], now).expect("today");
    assert_eq!(app.plan(&PlanWish::default(), now).expect("today still counts").days_left, 1);
    assert!(
        app.plan(&PlanWish::default(), days_later(now, 1)).expect("a calendar").rounds.is_empty(),
        "over"
    );
    app.save_rounds(vec![round("2027-11-21")], now).expect("in a year");
    assert!(
        app.plan(&PlanWish::default(), now).expect("a calendar").rounds.is_empty(),
        "too far to plan for"
    );
    assert!(app.practice_next(now).expect("a page").card.is_some(), "and practice goes on");
    // A clock that jumps back: the round is further away, and no time has passed for what was answered later.
    app.save_rounds(vec![round("2026-11-30")], now).expect("a round");
    grade_next(&mut app, Grade::Good, now);
    let back = app.plan(&PlanWish::default(), days_later(now, -3)).expect("a plan");
    assert_eq!(back.days_left, 12);
}

#[test]
fn a_weekend_a_holiday_and_a_day_off_have_their_own_minutes() {
    let mut app = with_settings(app(), |settings| {
        settings.minutes_per_day = 40;
        settings.weekday_minutes[5] = Some(90);
        settings.weekday_minutes[6] = Some(10);
        settings.holidays = Some(Region::Taiwan);
    });
    let now = taipei(NINE);
    app.save_rounds(vec![round("2027-01-10")], now).expect("a round");
    app.save_days(&days(DayKind::Off, &["2026-11-24"])).expect("kept");
    app.save_days(&days(DayKind::Heavy, &["2026-11-25"])).expect("kept");
    let page = kept(&app, now);
    let of = |day: &str| page.calendar.iter().find(|it| it.date == date(day)).expect("in the calendar");
    assert_eq!(page.calendar[0].date, date("2026-11-16"), "from Monday of this week");
    assert_eq!(page.calendar.last().map(|it| it.date), Some(date("2027-01-10")), "to the round");
    let minutes =
        ["2026-11-21", "2026-11-22", "2026-11-23", "2026-11-24", "2026-11-25"].map(|day| of(day).minutes);
    assert_eq!(minutes, [90, 10, 40, 0, 60]);
    assert_eq!(of("2026-12-25").minutes, 10, "Constitution Day is a Sunday");
    assert!(of("2026-12-25").holiday.is_some());
    assert_eq!(app.today(now).expect("today").minutes_planned, 90);
    let off = days_later(now, 3);
    assert_eq!(app.today(off).expect("today").minutes_planned, 0, "the day off");
    assert!(app.practice_next(off).expect("a page").card.is_none());
    app.save_days(&[DayChoice { date: date("2026-11-24"), kind: None }]).expect("kept");
    assert_eq!(app.today(off).expect("today").minutes_planned, 40);
    app.save_days(&days(DayKind::Off, &["2026-11-24"])).expect("kept");
    assert!(app.practice_more(off).expect("a page").card.is_some(), "who wants to can");
}

#[test]
fn a_pause_shows_its_cost_before_it_is_kept_and_heavy_days_what_they_bring() {
    let mut app = App::in_memory(&large(120).source(), &mut chance()).expect("an app");
    let now = taipei(NINE);
    app.save_rounds(vec![round("2026-12-05")], now).expect("a round");
    let before = kept(&app, now);
    let pause = days(DayKind::Off, &["2026-11-21", "2026-11-22", "2026-11-23", "2026-11-24", "2026-11-25"]);
    let wish = PlanWish { minutes_per_day: None, days: pause.clone() };
    let paused = app.plan(&wish, now).expect("a plan");
    assert!(known(&paused) < known(&before) - 0.02, "{} against {}", known(&paused), known(&before));
    assert!(paused.list.is_empty(), "today would be off");
    assert_eq!(known(&kept(&app, now)), known(&before), "looking keeps nothing");

    app.save_days(&pause).expect("kept");
    assert!((known(&kept(&app, now)) - known(&paused)).abs() < 0.01);
    let heavy = days(DayKind::Heavy, &["2026-11-26", "2026-11-27", "2026-11-28", "2026-11-29", "2026-11-30"]);
    let caught_up = app.plan(&PlanWish { minutes_per_day: None, days: heavy }, now).expect("a plan");
    assert!(known(&caught_up) > known(&paused) + 0.01);
}

#[test]
fn who_falls_behind_is_told_how_far_and_finds_no_wall() {
    let mut app = App::in_memory(&large(120).source(), &mut chance()).expect("an app");
    let now = taipei(NINE);
    app.save_rounds(vec![round("2026-12-12")], now).expect("a round");
    assert_eq!(kept(&app, now).behind, None, "nobody is behind before the first answer");
    for _ in 0..10 {
        grade_next(&mut app, Grade::Good, now);
    }
    let back = days_later(now, 9);
    let behind = kept(&app, back).behind.expect("a week without study");
    assert_eq!((behind.minutes_planned, behind.minutes_done), (7 * 30, 0));
    let today = app.today(back).expect("today");
    assert!(
        today.reviews.seconds + today.new.seconds <= 30 * 60 + 180,
        "the list is as long as the day: {today:?}"
    );
}

#[test]
fn a_rounds_focus_moves_what_is_planned() {
    let mut app = app();
    let now = taipei(NINE);
    let asks = |domain: &str, factor: f64| Round {
        focus: Focus { domains: BTreeMap::from([(domain.to_owned(), factor)]), kinds: BTreeMap::new() },
        ..round("2026-11-30")
    };
    app.save_rounds(vec![round("2026-11-30")], now).expect("a round");
    let all = kept(&app, now).items;
    app.save_rounds(vec![asks("linux", 0.0)], now).expect("a round");
    let without = kept(&app, now);
    assert!(without.items < all, "what the round does not ask is not planned");
    assert!(without.list.iter().all(|item| item.domain != "linux"));
    app.save_rounds(vec![asks("linux", 4.0)], now).expect("a round");
    assert_eq!(kept(&app, now).list[0].domain, "linux");
    let kind = |kind: &str, factor: f64| Round {
        focus: Focus { domains: BTreeMap::new(), kinds: BTreeMap::from([(kind.to_owned(), factor)]) },
        ..round("2026-11-30")
    };
    app.save_rounds(vec![kind("explain", 0.0)], now).expect("a round");
    assert!(kept(&app, now).list.iter().all(|item| item.item.kind.0 == "prompt"), "the bank asks to explain");
    app.save_rounds(vec![kind("prompt", 0.0)], now).expect("a round");
    assert!(kept(&app, now).list.iter().all(|item| item.item.kind.0 == "question"));
    app.save_rounds(vec![asks("linux", 4.0)], now).expect("a round");
    let refused = app.save_rounds(vec![asks("linux", 9.0)], now);
    assert!(matches!(refused, Err(Error::BadValue { field: "focus", .. })), "{refused:?}");
    assert_eq!(app.rounds()[0].focus.domains["linux"], 4.0, "what was kept stays");
}

#[test]
fn the_goal_says_when_or_how_much_it_takes() {
    let mut app = App::in_memory(&large(120).source(), &mut chance()).expect("an app");
    let now = taipei(NINE);
    app.save_rounds(vec![round("2026-12-01")], now).expect("a round");
    let mut app = with_settings(app, |settings| {
        settings.minutes_per_day = 10;
        settings.goal = 0.6;
    });
    let page = kept(&app, now);
    assert_eq!(page.reached, None, "{}", known(&page));
    let enough = app.plan_minutes_for_goal(now).expect("a search").expect("it can be reached");
    assert!(enough > 10 && known(&app.plan(&minutes(enough + 5), now).expect("a plan")) > 0.57, "{enough}");
    assert!(known(&app.plan(&minutes(enough - 5), now).expect("a plan")) < 0.63, "{enough}");
    app = with_settings(app, |settings| settings.minutes_per_day = 240);
    assert!(kept(&app, now).reached.is_some());
}

/// Studies for some days as somebody with these parameters would.
fn study(app: &mut App, from: Moment, days: i64, truth: &Memory, seed: u64) {
    let mut chance = StdRng::seed_from_u64(seed);
    let mut traces = BTreeMap::new();
    for day in 0..days {
        let now = days_later(from, day);
        for _ in 0..25 {
            let Some(card) = app.practice_next(now).expect("a page").card else { break };
            let item = card.view.item;
            let today = now.study_day();
            let (trace, grade, gap) = match traces.get(&item) {
                Some((trace, last)) => {
                    let gap = today.since(*last);
                    let recalled = chance.random::<f32>() < truth.retrievability(*trace, gap as f32);
                    (Some(*trace), if recalled { Grade::Good } else { Grade::Again }, gap)
                }
                None => (None, if chance.random::<f32>() < 0.3 { Grade::Again } else { Grade::Good }, 0),
            };
            let after = truth.after(trace, gap, grade).expect("a memory");
            traces.insert(item.clone(), (after, today));
            app.practice_grade(answer(&item, grade), now).expect("kept");
        }
    }
}

#[test]
fn learning_finds_a_memory_that_predicts_better_and_can_be_stopped() {
    let mut app = App::in_memory(&large(80).source(), &mut chance()).expect("an app");
    let now = taipei(NINE);
    let nothing = app.learning_study().expect("a study").run(&mut chance(), |_| true).expect("no fit");
    assert!(nothing.is_none() && !app.learning_due(now).expect("an answer"));

    // Somebody who forgets much faster than most.
    let mut parameters = Memory::default_parameters();
    for initial in &mut parameters[..4] {
        *initial *= 0.15;
    }
    study(&mut app, now, 14, &Memory::new(1, &parameters, 0.9).expect("parameters"), 3);
    let later = days_later(now, 14);
    assert!(app.learning_due(later).expect("an answer"));
    let study_of = app.learning_study().expect("a study");
    let stopped = study_of.run(&mut chance(), |share| share < 0.2).expect("stopped");
    assert!(stopped.is_none());

    let mut told = Vec::new();
    let fit = study_of
        .run(&mut chance(), |share| {
            told.push(share);
            true
        })
        .expect("a fit")
        .expect("answers enough");
    assert!(told.windows(2).all(|pair| pair[0] <= pair[1]) && told.last() == Some(&1.0), "{told:?}");
    let evidence = fit.evidence;
    assert!(evidence.answers > 100, "{evidence:?}");
    assert!(evidence.log_loss_after < evidence.log_loss_before - 0.02, "{evidence:?}");
    assert!(evidence.held_out > 0 && evidence.held_out_after < evidence.held_out_before, "{evidence:?}");

    let before = app.practice_next(later).expect("a page").card.expect("an item");
    app.learning_keep(&fit, later).expect("kept");
    let learnt = kept(&app, later).learnt.expect("what was learnt");
    assert_eq!((learnt.date, learnt.evidence), (later.local_date(), evidence));
    assert!(!app.learning_due(later).expect("an answer"), "not twice a day");
    assert!(app.doctor().expect("a report").is_sound(), "the cards are those of the new parameters");
    let after = app.practice_open(&before.view.item, later).expect("a page").card.expect("the item");
    assert_ne!(before.choices, after.choices, "intervals follow the learner's own memory");
    assert!(matches!(evidence.method, Method::Population | Method::Optimiser));
}

#[test]
fn what_was_learnt_and_the_calendar_are_there_after_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let now = taipei(NINE);
    let later = days_later(now, 5);
    let page = {
        let mut app = app_in(folder.path());
        study(&mut app, now, 5, &Memory::new(1, &Memory::default_parameters(), 0.9).expect("parameters"), 5);
        let fit = app.learning_study().expect("a study").run(&mut chance(), |_| true).expect("a fit");
        app.learning_keep(&fit.expect("answers enough"), later).expect("kept");
        app.save_days(&days(DayKind::Light, &["2026-11-27"])).expect("kept");
        app.save_rounds(vec![round("2026-12-05")], later).expect("a round");
        kept(&app, later)
    };
    let again = kept(&app_in(folder.path()), later);
    assert_eq!(again.learnt, page.learnt);
    assert_eq!(again.calendar, page.calendar);
    assert!((known(&again) - known(&page)).abs() < 0.02);
}

#[test]
fn a_calibration_asks_across_the_domains_and_once_more_on_the_next_day() {
    let mut app = app();
    let now = taipei(NINE);
    app.save_rounds(vec![round("2026-12-20")], now).expect("a round");
    assert!(app.today(now).expect("today").can_calibrate);
    app.calibrate().expect("kept");
    assert!(!app.today(now).expect("today").can_calibrate);
    let first: Vec<_> = (0..3).map(|_| grade_next(&mut app, Grade::Good, now)).collect();
    let domains: std::collections::BTreeSet<_> =
        first.iter().map(|item| item.id.split('/').next().unwrap_or_default().to_owned()).collect();
    assert!(domains.len() >= 2, "{first:?}");
    let tomorrow = days_later(now, 1);
    let next = app.practice_next(tomorrow).expect("a page").card.expect("an item").view.item;
    assert_eq!(next, first[0]);
    let again: Vec<_> = (0..3).map(|_| grade_next(&mut app, Grade::Good, tomorrow)).collect();
    assert_eq!(again, first, "the same, in the same order");
    let after = app.practice_next(days_later(now, 2)).expect("a page").card.expect("an item").view.item;
    assert!(!first.contains(&after), "once more, not every day");
}
