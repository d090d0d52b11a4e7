//! Progress tells the truth: figures agree with the log, undone answers leave no trace, files open without the program.
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
use divedeep::app::{App, FiguresPage, Selection};
use divedeep::chart::{ChartMark, Figure};
use divedeep::error::Error;
use divedeep::model::{Grade, Language};
use divedeep::time::Moment;

const NINE: &str = "2026-11-21 09:00";

/// Twelve days of study; every third answer fails. One answer a day is given and undone.
fn studied() -> (App, Moment) {
    let mut app = app();
    let start = taipei(NINE);
    for day in 0..12 {
        let now = days_later(start, day);
        for turn in 0..6 {
            if app.practice_next(now).expect("a page").card.is_some() {
                grade_next(&mut app, if turn % 3 == 2 { Grade::Again } else { Grade::Good }, now);
            }
        }
        if app.practice_next(now).expect("a page").card.is_some() {
            grade_next(&mut app, Grade::Easy, now);
            app.practice_undo(now).expect("undone");
        }
    }
    (app, days_later(start, 12))
}

fn figure<'a>(page: &'a FiguresPage, id: &str) -> &'a Figure {
    page.figures.iter().find(|figure| figure.id == id).unwrap_or_else(|| panic!("no figure {id}"))
}

fn column(figure: &Figure, name: &str) -> Vec<i64> {
    let place = figure.table.columns.iter().position(|column| column.name == name).expect("the column");
    figure.table.rows.iter().map(|row| row[place].parse().expect("a number")).collect()
}

#[test]
fn figures_agree_with_the_log_and_with_each_other() {
    let (mut app, now) = studied();
    let progress = app.progress(now).expect("progress");
    let page = app.figures(Language::En, now).expect("figures");
    let answers: i64 = column(figure(&page, "history"), "Answers").iter().sum();
    assert_eq!(answers, i64::from(progress.answers));
    assert_eq!(column(figure(&page, "calendar"), "Answers").iter().sum::<i64>(), answers);
    let recalls: i64 = column(figure(&page, "retention"), "Answers").iter().sum();
    let passes: i64 = column(figure(&page, "retention"), "Passed").iter().sum();
    assert!(recalls > 0);
    let share = progress.true_retention.expect("repeated answers");
    assert!((share - passes as f64 / recalls as f64).abs() < 1e-9);
    assert_eq!(column(figure(&page, "retention-weeks"), "Answers").iter().sum::<i64>(), recalls);
    let predicted: i64 = column(figure(&page, "calibration"), "Answers").iter().sum();
    assert_eq!(predicted, recalls, "every repeated answer had a prediction");
    let items: i64 = column(figure(&page, "strength"), "Items").iter().sum();
    assert_eq!(items, i64::from(progress.in_track));
    let practised: i64 = column(figure(&page, "strength"), "Practised").iter().sum();
    assert_eq!(practised, i64::from(progress.in_track_seen));
    let due: i64 = column(figure(&page, "forecast"), "Due").iter().sum();
    assert_eq!(due, progress.forecast.iter().map(|day| i64::from(day.items)).sum::<i64>());
}

#[test]
fn the_heat_map_draws_what_was_begun_and_counts_the_rest() {
    let words = |app: &mut App, now| {
        let page = app.figures(Language::En, now).expect("figures");
        let table = &figure(&page, "strength").table;
        let topic = |row: &Vec<String>| (row[0].clone(), row[1].clone());
        let begun: BTreeSet<(String, String)> =
            table.rows.iter().filter(|row| row[4] != "0").map(topic).collect();
        let all: BTreeSet<(String, String)> = table.rows.iter().map(topic).collect();
        let scene = figure(&page, "strength").scene.clone().expect("a picture");
        let drawn = scene.marks.into_iter().filter_map(|mark| match mark {
            ChartMark::Label { text, .. } => Some(text),
            _ => None,
        });
        (begun, all.len(), drawn.collect::<Vec<_>>())
    };
    let not_begun = |drawn: &[String]| -> usize {
        let counts = drawn.iter().filter_map(|words| words.strip_suffix(" not begun"));
        counts
            .map(|count| count.split(' ').next().expect("a count").parse::<usize>().expect("a number"))
            .sum()
    };
    let mut fresh = app();
    let (begun, all, drawn) = words(&mut fresh, taipei(NINE));
    assert!(begun.is_empty());
    assert_eq!(not_begun(&drawn), all);
    assert!(drawn.len() < 100, "{} words", drawn.len());

    let (mut app, now) = studied();
    let (begun, all, drawn) = words(&mut app, now);
    assert!(!begun.is_empty());
    assert_eq!(not_begun(&drawn), all - begun.len());
}

#[test]
fn what_was_counted_is_gone_on_with_and_stays_what_the_whole_log_says() {
    let (mut app, now) = studied();
    let before = app.progress(now).expect("progress").answers;
    assert!(app.doctor().expect("a report").is_sound());
    // Answers before and after what was counted are undone, and more come.
    for day in 0..20 {
        let now = days_later(now, day);
        if app.practice_next(now).expect("a page").card.is_some() {
            grade_next(&mut app, Grade::Hard, now);
            grade_next(&mut app, Grade::Good, now);
            app.practice_undo(now).expect("undone");
            if day % 3 == 0 {
                app.practice_undo(now).expect("undone");
            }
        }
        assert!(app.doctor().expect("a report").is_sound(), "day {day}");
    }
    let later = app.progress(days_later(now, 20)).expect("progress");
    assert!(later.answers > before);
    assert!(app.doctor().expect("a report").is_sound());
}

#[test]
fn every_figure_says_something_in_every_language_and_before_the_first_answer() {
    let (app_, now) = studied();
    for (mut app, studied) in [(app(), false), (app_, true)] {
        let english = app.figures(Language::En, now).expect("figures");
        let taiwan = app.figures(Language::ZhTw, now).expect("figures");
        let mainland = app.figures(Language::ZhCn, now).expect("figures");
        assert_eq!(english.figures.len(), 13);
        for ((en, tw), cn) in english.figures.iter().zip(&taiwan.figures).zip(&mainland.figures) {
            assert!(!en.title.is_empty() && !en.says.is_empty(), "{}", en.id);
            assert!(en.says.is_ascii() || en.id == "strength", "{}: {}", en.id, en.says);
            assert!(tw.says.chars().any(|c| c > '\u{2e80}'), "{}: {}", tw.id, tw.says);
            assert!(tw.title != cn.title || !tw.title.contains('實'), "{}: {}", cn.id, cn.title);
            assert_eq!(en.table.rows.len(), tw.table.rows.len(), "{}", en.id);
            for row in &en.table.rows {
                assert_eq!(row.len(), en.table.columns.len(), "{}", en.id);
            }
            let drawn = ["strength", "forecast", "retention", "history", "calendar", "time", "calibration"];
            assert!(!studied || !drawn.contains(&en.id.as_str()) || en.scene.is_some(), "{}", en.id);
        }
        // The small bank is known by heart after twelve days.
        assert_eq!(english.readiness.contains("not yet"), !studied, "{}", english.readiness);
        assert_eq!(english.readiness.contains("Ready for depth"), studied, "{}", english.readiness);
    }
}

#[test]
fn a_figure_is_written_as_a_picture_or_as_numbers() {
    let (mut app, now) = studied();
    let folder = tempfile::tempdir().expect("a folder");
    let picture = folder.path().join("history.svg");
    app.figure_save("history", Language::ZhTw, &picture, now).expect("written");
    let svg = std::fs::read_to_string(&picture).expect("a file");
    assert!(svg.starts_with("<svg") && svg.contains("<title>每天的作答</title>"), "{svg:.200}");
    let numbers = folder.path().join("history.CSV");
    app.figure_save("history", Language::En, &numbers, now).expect("written");
    let csv = std::fs::read_to_string(&numbers).expect("a file");
    assert!(csv.starts_with("\u{feff}Day,Answers,Minutes\r\n2026-"), "{csv:.80}");
    let nothing = folder.path().join("incidents.svg");
    let refused = app.figure_save("incidents", Language::En, &nothing, now);
    assert!(matches!(refused, Err(Error::NoSuchItem { .. })) && !nothing.exists(), "no picture of nothing");
    assert!(app.figure_save("no-such", Language::En, &nothing, now).is_err());
}

#[test]
fn the_report_needs_no_program_no_network_and_no_script() {
    let (mut app, now) = studied();
    let folder = tempfile::tempdir().expect("a folder");
    for (language, tag) in
        [(Language::En, "en"), (Language::ZhTw, "zh-Hant-TW"), (Language::ZhCn, "zh-Hans-CN")]
    {
        let path = folder.path().join(format!("{tag}.html"));
        app.report_write(&Selection::progress(), language, &path, false, now).expect("written");
        let page = std::fs::read_to_string(&path).expect("a file");
        assert!(page.starts_with("<!DOCTYPE html>") && page.contains(&format!("<html lang=\"{tag}\">")));
        let shown = app.figures(language, now).expect("figures");
        for figure in &shown.figures {
            assert!(page.contains(&format!("<section id=\"{}\">", figure.id)), "{}", figure.id);
        }
        let elsewhere = page.replace("http://www.w3.org/2000/svg", "");
        assert!(!elsewhere.contains("://") && !page.contains("<script") && !page.contains("onload"), "{tag}");
        assert!(page.contains("default-src 'none'"));
        let again = app.report_write(&Selection::progress(), language, &path, false, now);
        assert!(matches!(again, Err(Error::WriteFile { .. })), "what is there is not replaced unasked");
    }
    let page = std::fs::read_to_string(folder.path().join("en.html")).expect("a file");
    assert!(page.contains("own account"), "the mentor sees where the figures come from");
}
