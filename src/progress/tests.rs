use super::*;
use crate::model::Language;

fn row(day: i32, grade: u8) -> AnswerRow {
    AnswerRow {
        domain: Some(0),
        day,
        grade,
        total_ms: 30_000,
        elapsed_days: Some(5),
        predicted: Some(0.85),
        language: Language::En,
        sign: 1,
    }
}

#[test]
fn answers_are_counted_where_they_belong() {
    let mut tally = Tally::new(2);
    tally.add(&row(100, 3));
    tally.add(&AnswerRow { language: Language::ZhTw, domain: Some(1), ..row(100, 1) });
    tally.add(&AnswerRow { elapsed_days: None, predicted: None, ..row(101, 3) });
    tally.add(&AnswerRow { elapsed_days: Some(0), ..row(101, 3) });
    tally.add(&AnswerRow { elapsed_days: Some(400), domain: None, ..row(102, 2) });
    assert_eq!((tally.answers, tally.total_ms), (5, 150_000));
    assert_eq!(
        (tally.all.recalls, tally.all.passes),
        (3, 2),
        "first answers and the same day are no recalls"
    );
    assert_eq!(tally.days[&100], DayTally { answers: 2, total_ms: 60_000, recalls: 2, passes: 1 });
    assert_eq!(tally.days[&101].recalls, 0);
    assert_eq!(tally.intervals[2].recalls, 2, "five days are within a week");
    assert_eq!(tally.intervals[6].recalls, 1);
    assert_eq!(tally.calibration[8].with_prediction, 3);
    assert_eq!(tally.domain_ms, [90_000, 30_000]);
    assert_eq!((tally.gaps[0].english.passes, tally.gaps[1].chinese.recalls), (1, 1));
    let error = tally.calibration_error().expect("predictions");
    assert!((error - (2.0 / 3.0 - 0.85_f64).abs()).abs() < 1e-12, "{error}");
}

#[test]
fn what_was_undone_leaves_no_trace() {
    let mut with = Tally::new(1);
    let mut without = Tally::new(1);
    for day in 0..50 {
        let kept = row(day, (day % 4 + 1) as u8);
        with.add(&kept);
        without.add(&kept);
        let undone = AnswerRow { predicted: Some(0.5), ..row(day, 1) };
        with.add(&undone);
        with.add(&AnswerRow { sign: -1, ..undone });
    }
    assert_eq!(with.days, without.days);
    assert_eq!((with.answers, with.domain_ms.clone()), (without.answers, without.domain_ms.clone()));
    assert!((with.all.predicted - without.all.predicted).abs() < 1e-9);
    assert_eq!(with.calibration_error().is_some(), without.calibration_error().is_some());
}

#[test]
fn absurd_rows_do_no_harm() {
    let mut tally = Tally::new(0);
    tally.add(&AnswerRow { domain: Some(9), predicted: Some(f64::NAN), day: i32::MIN, ..row(0, 0) });
    tally.add(&AnswerRow { predicted: Some(7.0), elapsed_days: Some(u32::MAX), ..row(i32::MAX, 200) });
    assert_eq!(tally.answers, 2);
}

fn cell(domain: &str, topic: &str, depth: u8, items: u32, recall: f64) -> Cell {
    Cell { domain: domain.into(), topic: topic.into(), depth, items, seen: items, recall }
}

#[test]
fn ready_is_as_deep_as_every_depth_before_it_is_known() {
    let cells = [
        cell("linux", "memory", 1, 10, 9.0),
        cell("linux", "memory", 2, 10, 8.5),
        cell("linux", "boot", 3, 10, 2.0),
        cell("aws", "iam", 1, 10, 5.0),
        cell("aws", "iam", 2, 10, 10.0),
    ];
    let found = readiness(&cells, 0.8);
    assert_eq!((found.domains[0].ready, found.domains[0].needed), (2, 3));
    assert_eq!(found.domains[1].ready, 0, "depth two alone is not being ready");
    let topics: Vec<_> = found.not_yet.iter().map(|(_, topic, ..)| topic.as_str()).collect();
    assert_eq!(topics, ["boot", "iam"], "what lacks most comes first");
    assert!((found.strength - 34.5 / 50.0).abs() < 1e-12);
    assert_eq!(readiness(&[], 0.8), Readiness::default());
}
