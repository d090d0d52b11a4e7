//! A learner practises: the day's list, grades, undo, interview dates.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on should stop"
)]

mod common;

use common::*;
use divedeep::app::{Access, Answer, App};
use divedeep::bank::Source;
use divedeep::error::Error;
use divedeep::model::{Grade, ItemRef, Language, SessionKind};

const NINE: &str = "2026-11-21 09:00";

#[test]
fn a_new_learner_gets_core_depth_one_first_and_only_the_track() {
    let mut app = app();
    let now = taipei(NINE);
    let mut asked = Vec::new();
    for _ in 0..14 {
        asked.push(grade_next(&mut app, Grade::Easy, now).id);
    }
    assert!(
        app.practice_next(now).expect("a page").card.is_none(),
        "14 items are in the track, 15 in the bank"
    );
    let place = |id: &String| match id.as_str() {
        id if id.starts_with("linux/boot-process/q") => usize::from(id.ends_with(['5', '6', '7', '8', '9'])),
        _ => 2,
    };
    let places: Vec<usize> = asked.iter().map(place).collect();
    assert!(places.is_sorted(), "depth 1 core, depth 1 common, depth 2: {asked:?}");
    let in_order: Vec<String> = (0..5).map(|n| format!("linux/boot-process/q{n}")).collect();
    assert_ne!(asked[..5], in_order, "items of equal rank are shuffled");
}

#[test]
fn the_list_ends_when_the_minutes_are_used_and_goes_on_when_asked_to() {
    let mut app = with_settings(app(), |settings| settings.minutes_per_day = 5);
    let now = taipei(NINE);
    let before = app.today(now).expect("today");
    assert_eq!((before.new.items, before.new.seconds), (5, 300), "five items of a minute each");
    for _ in 0..10 {
        // Half a minute each: ten fit into five minutes.
        grade_next(&mut app, Grade::Good, now);
    }
    let done = app.practice_next(now).expect("a page");
    assert!(done.card.is_none());
    assert_eq!((done.answers_done, done.seconds_done, done.left), (10, 300, 0));
    let more = app.practice_more(now).expect("a page");
    assert!(more.card.is_some(), "ten more minutes");
    assert_eq!(more.minutes_planned, 15);
    assert_eq!(app.today(days_later(now, 1)).expect("tomorrow").minutes_planned, 5, "only today");
}

#[test]
fn what_is_put_off_comes_back_tomorrow() {
    let mut app = app();
    let now = taipei(NINE);
    let left = app.practice_next(now).expect("a page").left;
    let mut put_off = Vec::new();
    while let Some(card) = app.practice_next(now).expect("a page").card {
        assert!(!put_off.contains(&card.view.item), "{} was put off", card.view.item);
        put_off.push(card.view.item.clone());
        app.practice_put_off(card.view.item, now).expect("put off");
    }
    assert!(put_off.len() >= left as usize, "those behind come up instead, until none is left");
    let tomorrow = app.practice_next(days_later(now, 1)).expect("a page");
    assert_eq!(tomorrow.card.expect("a card").view.item, put_off[0]);
    // What failed and comes back today can be put off, too.
    let card = app.practice_next(days_later(now, 1)).expect("a page").card.expect("a card");
    grade_next(&mut app, Grade::Again, days_later(now, 1));
    let before = app.practice_next(days_later(now, 1)).expect("a page").left;
    let after = app.practice_put_off(card.view.item, days_later(now, 1)).expect("put off").left;
    assert_eq!(after, before - 1);
}

#[test]
fn grading_again_brings_the_item_back_today_after_ten_minutes_or_when_nothing_else_is_left() {
    let mut app = app();
    let now = taipei(NINE);
    let failed = grade_next(&mut app, Grade::Again, now);
    let today = app.today(now).expect("today");
    assert_eq!((today.reviews.items, today.reviews.seconds), (1, 60), "it is on today's list with its time");
    assert_eq!(today.reviews.domains.len(), 1, "and its domain");
    let other = app.practice_next(now).expect("a page").card.expect("an item").view.item;
    assert_ne!(other, failed, "others first");
    let later = app.practice_next(minutes_later(now, 10)).expect("a page").card.expect("an item");
    assert_eq!(later.view.item, failed, "its time has come");
    for _ in 0..13 {
        grade_next(&mut app, Grade::Good, now);
    }
    let last = app.practice_next(now).expect("a page");
    assert_eq!(last.card.expect("the failed item").view.item, failed, "early, as nothing else is left");
    assert_eq!(last.left, 1);
}

#[test]
fn tomorrows_reviews_come_before_new_items_and_the_longest_overdue_first() {
    let mut app = app();
    let now = taipei(NINE);
    let hard = grade_next(&mut app, Grade::Hard, now); // due in 1 day
    let good = grade_next(&mut app, Grade::Good, now); // due in 2 days
    let later = days_later(now, 3);
    assert_eq!(grade_next(&mut app, Grade::Good, later), hard);
    assert_eq!(grade_next(&mut app, Grade::Good, later), good);
    let next = app.practice_next(later).expect("a page").card.expect("an item");
    assert!(next.is_new);
}

#[test]
fn what_does_not_fit_into_the_minutes_is_said_and_stays_due() {
    let mut app = app();
    let now = taipei(NINE);
    for _ in 0..14 {
        grade_next(&mut app, Grade::Hard, now);
    }
    let mut app = with_settings(app, |settings| settings.minutes_per_day = 5);
    let later = days_later(now, 5);
    let today = app.today(later).expect("today");
    assert_eq!((today.reviews.items, today.reviews_left_out, today.new.items), (5, 9, 0));
    grade_next(&mut app, Grade::Good, later);
    assert_eq!(app.today(days_later(later, 1)).expect("a day later").reviews_left_out, 8);
}

#[test]
fn the_buttons_say_what_then_happens() {
    let mut app = app();
    let now = taipei(NINE);
    for grade in Grade::ALL {
        let card = app.practice_next(now).expect("a page").card.expect("an item");
        let choice = card.choices[usize::from(grade.number()) - 1].clone();
        assert_eq!(choice.grade, grade);
        app.practice_grade(answer(&card.view.item, grade), now).expect("kept");
        let shown = app.browse_item(&card.view.item, now).expect("the item").memory.expect("a card");
        assert_eq!(shown.due_in_days, choice.interval_days as i32, "{grade:?}");
    }
}

#[test]
fn an_answer_keeps_everything_that_was_known_about_it() {
    let mut app = app();
    let now = taipei(NINE);
    let item = app.practice_next(now).expect("a page").card.expect("an item").view.item;
    let mut typed = answer(&item, Grade::Good);
    typed.answer = Some("用`ss -s`看\n\"TIME_WAIT\"".to_owned());
    typed.answer_mode = divedeep::model::AnswerMode::Typed;
    typed.ticked = vec!["a".to_owned(), "b".to_owned()];
    app.practice_grade(typed.clone(), now).expect("kept");
    app.practice_grade(answer(&item, Grade::Hard), days_later(now, 2)).expect("kept");

    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("all.jsonl");
    app.export(&file, false, now).expect("an export");
    let lines = std::fs::read_to_string(&file).expect("the export");
    let reviews: Vec<serde_json::Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("each line is JSON"))
        .filter(|value: &serde_json::Value| value["type"] == "review")
        .collect();
    let first = &reviews[0]["review"];
    assert_eq!(first["answer"], typed.answer.expect("typed"));
    assert_eq!(first["answer_mode"], "typed");
    assert_eq!(first["grade"], "good");
    assert_eq!(first["proposed"], "good", "a and b are 5 of 6, which is at least 0.7");
    assert_eq!(first["ticked"], serde_json::json!(["a", "b"]));
    assert_eq!(first["prompt_language"], "en");
    assert_eq!(first["reveal_language"], "zh-TW");
    assert_eq!((first["think_ms"].as_u64(), first["total_ms"].as_u64()), (Some(20_000), Some(30_000)));
    assert_eq!(first["predicted_recall"], serde_json::Value::Null, "nothing was predicted for the first");
    assert_eq!(first["parameter_set"], 1);
    assert_eq!(first["at"]["offset_minutes"], TAIPEI);
    assert_eq!(reviews[0]["key"]["sequence"], 1);
    let second = &reviews[1]["review"];
    let recall = second["predicted_recall"].as_f64().expect("predicted");
    assert!((0.85..0.95).contains(&recall), "two days after a first good: {recall}");
    assert_eq!(reviews[1]["key"]["sequence"], 2);
}

#[test]
fn undo_takes_back_answers_one_by_one_and_leaves_the_log_whole() {
    let mut app = app();
    let now = taipei(NINE);
    let first = grade_next(&mut app, Grade::Good, now);
    let second = grade_next(&mut app, Grade::Again, now);
    let undone = app.practice_undo(now).expect("undone");
    assert_eq!(undone.card.expect("shown again").view.item, second);
    assert_eq!(undone.answers_done, 1);
    assert_eq!(app.practice_undo(now).expect("undone").card.expect("shown again").view.item, first);
    assert!(matches!(app.practice_undo(now), Err(Error::NothingToUndo)));
    let today = app.today(now).expect("today");
    assert_eq!((today.answers_done, today.unseen), (0, 14), "as if nothing had been answered");
    assert!(app.doctor().expect("a report").is_sound());
    assert_eq!(grade_next(&mut app, Grade::Good, now), first, "the list is what it was");
}

#[test]
fn an_undone_second_answer_leaves_the_first_ones_memory() {
    let mut app = app();
    let now = taipei(NINE);
    let item = grade_next(&mut app, Grade::Good, now);
    let before = app.browse_item(&item, now).expect("the item").memory;
    let later = days_later(now, 2);
    app.practice_grade(answer(&item, Grade::Easy), later).expect("kept");
    app.practice_undo(later).expect("undone");
    assert_eq!(app.browse_item(&item, now).expect("the item").memory, before);
}

#[test]
fn yesterdays_answer_cannot_be_undone_today() {
    let mut app = app();
    let now = taipei("2026-11-22 03:00");
    grade_next(&mut app, Grade::Good, now);
    assert!(app.practice_next(minutes_later(now, 59)).expect("a page").can_undo, "the same study day");
    let after = minutes_later(now, 60);
    assert!(!app.practice_next(after).expect("a page").can_undo, "04:00 is the next study day");
    assert!(matches!(app.practice_undo(after), Err(Error::NothingToUndo)));
}

#[test]
fn cards_are_a_cache_that_a_replay_rebuilds_exactly() {
    let mut app = app();
    let mut now = taipei(NINE);
    for step in 0..60u32 {
        let grade = Grade::ALL[(step as usize * 7) % 4];
        if app.practice_next(now).expect("a page").card.is_some() {
            grade_next(&mut app, grade, now);
        }
        if step % 9 == 4 {
            app.practice_undo(now).expect("undone");
        }
        now = minutes_later(now, 400);
    }
    let report = app.doctor().expect("a report");
    assert!(report.is_sound(), "{report:?}");
}

#[test]
fn another_desired_retention_moves_every_due_day() {
    let mut app = app();
    let now = taipei(NINE);
    let item = grade_next(&mut app, Grade::Easy, now);
    let due = |app: &App| app.browse_item(&item, now).expect("item").memory.expect("card").due_in_days;
    assert_eq!(due(&app), 8);
    let app = with_settings(app, |settings| settings.desired_retention = 0.97);
    assert!(due(&app) < 8, "more certain means sooner");
    assert!(app.doctor().expect("a report").is_sound());
}

#[test]
fn nothing_is_scheduled_past_the_interview() {
    let mut app = app();
    let now = taipei(NINE);
    app.save_rounds(vec![round("2026-11-27")], now).expect("a round");
    let card = app.practice_next(now).expect("a page").card.expect("an item");
    assert_eq!(
        card.choices[3].interval_days, 5,
        "easy would be 8 days; the day before the interview is 5 away"
    );
    let item = grade_next(&mut app, Grade::Easy, now);
    assert_eq!(app.browse_item(&item, now).expect("item").memory.expect("card").due_in_days, 5);
    let coming: u32 = app.progress(now).expect("progress").forecast[..6].iter().map(|day| day.items).sum();
    assert_eq!(coming, 1, "the forecast says so, too");
    let eve = taipei("2026-11-26 20:00");
    let eve_list = app.today(eve).expect("the eve");
    assert_eq!(eve_list.reviews.items, 1, "due on the eve");
    assert_eq!(eve_list.next_round.expect("a round").days_left, 1);
    app.practice_grade(answer(&item, Grade::Good), eve).expect("kept");
    assert_eq!(app.today(eve).expect("the eve").reviews.items, 0, "once is enough for a day");
    let after = taipei("2026-11-28 09:00");
    assert!(app.today(after).expect("after").next_round.is_none());
    assert_eq!(app.today(after).expect("after").notices.len(), 1, "the round is over");
}

#[test]
fn an_interview_tomorrow_or_today_leaves_sensible_intervals() {
    let mut app = app();
    let now = taipei(NINE);
    app.save_rounds(vec![round("2026-11-22")], now).expect("a round");
    let card = app.practice_next(now).expect("a page").card.expect("an item");
    assert_eq!(card.choices[3].interval_days, 1, "the morning of the interview");
    app.save_rounds(vec![round("2026-11-21")], now).expect("today is not past");
    let card = app.practice_next(now).expect("a page").card.expect("an item");
    assert_eq!(card.choices[3].interval_days, 8, "there is nothing to be bounded by after today");
}

#[test]
fn a_date_in_the_past_is_refused_and_the_rounds_stay() {
    let mut app = app();
    let now = taipei(NINE);
    app.save_rounds(vec![round("2026-12-01")], now).expect("a round");
    let refused = app.save_rounds(vec![round("2026-12-01"), round("2026-11-20")], now);
    assert!(matches!(refused, Err(Error::DateInPast { .. })));
    assert_eq!(app.rounds(), [round("2026-12-01")]);
    let much_later = taipei("2027-01-01 09:00");
    app.save_rounds(vec![round("2026-12-01"), round("2027-02-01")], much_later).expect("history may stay");
}

#[test]
fn a_clock_before_the_last_review_is_said_and_does_no_harm() {
    let mut app = app();
    let now = taipei(NINE);
    let item = grade_next(&mut app, Grade::Good, now);
    let wrong = taipei("2020-01-01 09:00");
    assert_eq!(app.today(wrong).expect("today").notices.len(), 1);
    app.practice_grade(answer(&item, Grade::Good), wrong).expect("kept all the same");
    grade_next(&mut app, Grade::Easy, days_later(now, 1));
    let report = app.doctor().expect("a report");
    assert!(report.is_sound(), "the order of replay is the order of answering: {report:?}");
    assert!(app.today(days_later(now, 1)).expect("today").notices.is_empty());
}

#[test]
fn an_item_outside_the_track_can_be_practised_from_browse_and_is_not_scheduled() {
    let mut app = app();
    let now = taipei(NINE);
    let item = ItemRef::question("bigdata/hdfs-architecture/q0");
    let opened = app.practice_open(&item, now).expect("a page").card.expect("the item");
    assert_eq!(opened.view.item, item);
    let mut picked = answer(&item, Grade::Again);
    picked.session = SessionKind::Browse;
    assert!(app.practice_grade(picked, now).expect("kept").card.is_none(), "back to where one came from");
    assert!(!app.browse_item(&item, now).expect("the item").in_track);
    let later = days_later(now, 3);
    let next = app.practice_next(later).expect("a page").card.expect("an item");
    assert_ne!(next.view.item, item);
    let mut app = with_settings(app, |settings| settings.track.0 = "bigdata-engineer".to_owned());
    assert_eq!(grade_next(&mut app, Grade::Good, later), item, "the other track schedules it");
}

#[test]
fn unknown_items_and_endless_answers_are_refused_and_nothing_is_kept() {
    let mut app = app();
    let now = taipei(NINE);
    let unknown = answer(&ItemRef::question("linux/boot-process/nowhere"), Grade::Good);
    assert!(matches!(app.practice_grade(unknown, now), Err(Error::NoSuchItem { .. })));
    let mut endless = answer(&ItemRef::question("linux/boot-process/q0"), Grade::Good);
    endless.answer = Some("x".repeat(200_000));
    assert!(matches!(app.practice_grade(endless, now), Err(Error::BadValue { field: "answer", .. })));
    assert_eq!(app.today(now).expect("today").answers_done, 0);
}

#[test]
fn settings_out_of_range_are_refused_and_stay_what_they_were() {
    let mut app = app();
    let good = app.settings().clone();
    for change in [
        |s: &mut divedeep::app::Settings| s.minutes_per_day = 0,
        |s: &mut divedeep::app::Settings| s.minutes_per_day = 100_000,
        |s: &mut divedeep::app::Settings| s.desired_retention = f64::NAN,
        |s: &mut divedeep::app::Settings| s.track.0 = "astronaut".to_owned(),
    ] {
        let mut bad = good.clone();
        change(&mut bad);
        assert!(matches!(app.save_settings(bad), Err(Error::BadValue { .. })));
        assert_eq!(*app.settings(), good);
    }
}

#[test]
fn settings_rounds_and_answers_are_there_after_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let now = taipei(NINE);
    let item = {
        let app = app_in(folder.path());
        let mut app = with_settings(app, |settings| {
            settings.interface_language = Language::ZhTw;
            settings.set_up = true;
        });
        app.save_rounds(vec![round("2026-12-24")], now).expect("a round");
        grade_next(&mut app, Grade::Good, now)
    };
    let mut app = app_in(folder.path());
    assert_eq!(app.settings().interface_language, Language::ZhTw);
    assert_eq!(app.rounds(), [round("2026-12-24")]);
    assert_eq!(app.today(now).expect("today").answers_done, 1);
    assert_eq!(
        app.practice_undo(now).expect("undone").card.expect("the item").view.item,
        item,
        "undo survives"
    );
}

#[test]
fn a_new_edition_of_the_bank_keeps_the_history_and_retires_what_it_dropped() {
    let folder = tempfile::tempdir().expect("a folder");
    let now = taipei(NINE);
    let mut app = app_in(folder.path());
    let mut asked = Vec::new();
    for _ in 0..10 {
        asked.push(grade_next(&mut app, Grade::Hard, now));
    }
    drop(app);
    let kept = question("linux/boot-process/q0", 1, "core").replace("rev = 1", "rev = 2");
    let bank = BankFolder::new().with("questions/linux/boot-process.toml", kept);
    let mut app =
        App::open(folder.path(), Access::Write, &bank.source(), &mut chance()).expect("the new edition");
    let later = days_later(now, 2);
    let today = app.today(later).expect("today");
    assert_eq!((today.reviews.items, today.in_track), (1, 1));
    let card = app.practice_next(later).expect("a page").card.expect("the item");
    assert_eq!((card.view.item.id.as_str(), card.view.revision), ("linux/boot-process/q0", 2));
    grade_next(&mut app, Grade::Good, later);
    assert_eq!(app.progress(later).expect("progress").answers, 11, "dropped items keep their answers");
    drop(app);
    let app = app_in(folder.path());
    assert_eq!(app.today(later).expect("today").in_track, 14, "and come back with the old edition");
}

#[test]
fn progress_counts_what_was_done_and_what_is_coming() {
    let mut app = app();
    let now = taipei(NINE);
    for _ in 0..4 {
        grade_next(&mut app, Grade::Good, now);
    }
    let later = days_later(now, 2);
    grade_next(&mut app, Grade::Good, later);
    grade_next(&mut app, Grade::Again, later);
    let progress = app.progress(later).expect("progress");
    assert_eq!((progress.answers, progress.items_seen, progress.in_track_seen), (6, 4, 4));
    assert_eq!(progress.true_retention, Some(0.5), "one of two was known");
    let days: Vec<u32> = progress.days.iter().rev().take(3).map(|day| day.items).collect();
    assert_eq!((days, progress.days.len()), (vec![2, 0, 4], 60));
    assert_eq!(progress.forecast[0].items, 3, "two still due, one back today");
    let linux = progress.domains.iter().find(|domain| domain.domain == "linux").expect("linux");
    assert_eq!((linux.in_track, linux.seen, linux.due), (10, 4, 3));
    assert!(linux.recall.expect("practised") > linux.coverage);
}

#[test]
fn browse_shows_everything_and_filters_by_place() {
    let app = app();
    let now = taipei(NINE);
    let list = |filter: divedeep::app::BrowseFilter| app.browse(&filter, now).expect("a page");
    let all = divedeep::app::BrowseFilter { limit: 100, ..Default::default() };
    assert_eq!(list(all.clone()).total, 15);
    let in_track = divedeep::app::BrowseFilter { in_track: true, ..all.clone() };
    assert_eq!(list(in_track).total, 14);
    let linux =
        divedeep::app::BrowseFilter { domain: Some("linux".to_owned()), limit: 3, offset: 9, ..all.clone() };
    let page = list(linux);
    assert_eq!((page.total, page.rows.len()), (10, 1), "the last page is short");
    let deep = divedeep::app::BrowseFilter { depth: Some(2), ..all };
    assert!(list(deep).rows.iter().all(|row| row.depth == 2));
}

#[test]
fn a_list_kept_in_memory_is_the_one_the_database_gives() {
    use rand::RngExt;
    let folder = tempfile::tempdir().expect("a folder");
    let bank = BankFolder::small();
    let mut chance = chance();
    let mut app = App::open(folder.path(), Access::Write, &bank.source(), &mut chance).expect("it opens");
    let mut now = taipei(NINE);
    for step in 0..300 {
        now = minutes_later(now, chance.random_range(1..90));
        match chance.random_range(0..12) {
            0 => drop(app.practice_undo(now)),
            1 => {
                let mut settings = app.settings().clone();
                settings.minutes_per_day = chance.random_range(5..30);
                app.save_settings(settings).expect("good settings");
            }
            3 => {
                let item = ItemRef::question(&format!("linux/boot-process/q{}", chance.random_range(0..10)));
                let answer = Answer { session: SessionKind::Browse, ..answer(&item, Grade::Good) };
                app.practice_grade(answer, now).expect("kept");
            }
            4 => drop(app.practice_more(now).expect("a page")),
            _ => {
                if let Some(card) = app.practice_next(now).expect("a page").card {
                    let grade = Grade::ALL[chance.random_range(0..4)];
                    app.practice_grade(answer(&card.view.item, grade), now).expect("kept");
                }
            }
        }
        let fresh =
            App::open(folder.path(), Access::Read, &Source::Installed, &mut chance).expect("a reader");
        let (kept, read) = (app.today(now).expect("today"), fresh.today(now).expect("today"));
        if kept.minutes_planned == read.minutes_planned {
            assert_eq!(kept, read, "step {step}");
            let next = |app: &App| app.practice_next(now).expect("a page").card.map(|card| card.view.item);
            assert_eq!(next(&app), next(&fresh), "step {step}");
        }
    }
}

#[test]
fn an_error_report_is_a_file_that_names_the_item_and_its_revision() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = app_in(folder.path());
    let now = taipei(NINE);
    let item = ItemRef::question("linux/boot-process/q1");
    let first = app.report(&item, Language::ZhTw, " 第二點有誤 ", now).expect("written");
    let second = app.report(&item, Language::En, "The second point is wrong.", now).expect("written");
    assert_ne!(first, second);
    let text = std::fs::read_to_string(&first).expect("a file");
    for part in ["item: question linux/boot-process/q1", "revision: 1", "language: zh-TW", "\n第二點有誤\n"]
    {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(matches!(app.report(&item, Language::En, "  ", now), Err(Error::BadValue { .. })));
    let unknown = ItemRef::question("linux/boot-process/none");
    assert!(matches!(app.report(&unknown, Language::En, "x", now), Err(Error::NoSuchItem { .. })));
}
