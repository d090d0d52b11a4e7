//! What was done and what is coming, by day.

use std::collections::BTreeMap;

use chrono::Datelike;

use super::facts::Facts;
use super::weeks::weeks_back;
use super::words::{Words, hours};
use crate::chart::{Across, Day, Figure, across, calendar, columns};
use crate::time::StudyDay;

/// Study days in the history's columns.
const HISTORY: u32 = 60;
/// Weeks in the calendar.
const WEEKS: u32 = 53;
/// Days of forecast.
pub(super) const COMING: u32 = 30;

pub(super) fn forecast_figure(words: &Words<'_>, facts: &Facts) -> Figure {
    let days: Vec<StudyDay> = (0..COMING).map(|after| facts.today.plus(after)).collect();
    let of = |day: StudyDay| facts.due.get(day.since(facts.today) as usize).copied().unwrap_or(0);
    let sum = |days: usize| -> u64 { facts.due.iter().take(days).map(|items| u64::from(*items)).sum() };
    let week = sum(7);
    let mut table = words.table(&[("Day", "日期"), ("#Due", "#到期")]);
    table.rows.extend(days.iter().map(|day| vec![day.date().to_string(), of(*day).to_string()]));
    let total = sum(facts.due.len());
    let bars = dated(
        words,
        &days,
        |day| f64::from(of(day)),
        |day| words.say(format!("{} due", of(day)), format!("到期{}題", of(day))),
    );
    Figure {
        id: "forecast".to_owned(),
        title: words.say("What is coming", "接下來的複習量"),
        says: words.say(
            format!("Due today or overdue: {}. Due within a week: {week}.", of(facts.today)),
            format!("今天到期（含逾期）{}題，一週內共{week}題。", of(facts.today)),
        ),
        note: words.say(
            "If nothing is answered until then. New items are not counted.",
            "以都還沒作答計算，不含新題目。",
        ),
        scene: (total > 0).then(|| columns(&bars)),
        table,
    }
}

/// Columns for days, with some dates below.
pub(super) fn dated(
    words: &Words<'_>,
    days: &[StudyDay],
    value: impl Fn(StudyDay) -> f64,
    says: impl Fn(StudyDay) -> String,
) -> Vec<Day> {
    let every = (days.len() / 4).max(1);
    (0..)
        .zip(days)
        .map(|(place, day): (usize, _)| {
            let date = day.date();
            let short =
                words.say(date.format("%b %-d").to_string(), format!("{}月{}日", date.month(), date.day()));
            Day {
                value: value(*day),
                mark: if place % every == 0 { short } else { String::new() },
                title: format!("{date}: {}", says(*day)),
            }
        })
        .collect()
}

pub(super) fn history_figure(words: &Words<'_>, facts: &Facts) -> Figure {
    let (tally, today) = (&facts.tally, facts.today);
    let first = today.0.saturating_sub_unsigned(HISTORY - 1);
    let days: Vec<StudyDay> = (first..=today.0).map(StudyDay).collect();
    let of = |day: StudyDay| tally.days.get(&day.0).copied().unwrap_or_default();
    let minutes = |day: StudyDay| (of(day).total_ms as f64 / 60_000.0).round();
    let mut table = words.table(&[("Day", "日期"), ("#Answers", "#作答"), ("#Minutes", "#分鐘")]);
    table.rows.extend(
        days.iter()
            .rev()
            .filter(|day| of(**day).answers > 0)
            .map(|day| vec![day.date().to_string(), of(*day).answers.to_string(), minutes(*day).to_string()]),
    );
    let active = table.rows.len();
    let total: i64 = days.iter().map(|day| of(*day).answers).sum();
    let bars = dated(
        words,
        &days,
        |day| of(day).answers as f64,
        |day| {
            let (answers, minutes) = (of(day).answers, minutes(day));
            words.say(format!("{answers} answers, {minutes} min"), format!("作答{answers}次，{minutes}分鐘"))
        },
    );
    Figure {
        id: "history".to_owned(),
        title: words.say("Answers by day", "每天的作答"),
        says: words.say(
            format!("{total} answers on {active} of the last {HISTORY} days."),
            format!("最近{HISTORY}天有{active}天作答，共{total}次。"),
        ),
        note: String::new(),
        scene: (total > 0).then(|| columns(&bars)),
        table,
    }
}

pub(super) fn calendar_figure(words: &Words<'_>, facts: &Facts) -> Figure {
    let (tally, today) = (&facts.tally, facts.today);
    let (first, _) = weeks_back(today, WEEKS);
    let days: Vec<StudyDay> = (first.0..=today.0).map(StudyDay).collect();
    let of = |day: StudyDay| tally.days.get(&day.0).copied().unwrap_or_default();
    let mut month = 0;
    let squares: Vec<Day> = days
        .iter()
        .map(|day| {
            let date = day.date();
            let begins = date.month() != month;
            month = date.month();
            let answers = of(*day).answers;
            Day {
                value: answers.max(0) as f64,
                mark: if begins {
                    words.say(date.format("%b").to_string(), format!("{month}月"))
                } else {
                    String::new()
                },
                title: words.say(format!("{date}: {answers} answers"), format!("{date}：作答{answers}次")),
            }
        })
        .collect();
    let active = days.iter().filter(|day| of(**day).answers > 0).count();
    let mut months: BTreeMap<(i32, u32), (i64, i64, u32)> = BTreeMap::new();
    for day in &days {
        let sums = months.entry((day.date().year(), day.date().month())).or_default();
        sums.0 += of(*day).answers;
        sums.1 += of(*day).total_ms;
        sums.2 += u32::from(of(*day).answers > 0);
    }
    let mut table =
        words.table(&[("Month", "月份"), ("#Days", "#天數"), ("#Answers", "#作答"), ("#Hours", "#小時")]);
    table.rows.extend(months.iter().filter(|(_, sums)| sums.2 > 0).map(|((year, month), sums)| {
        vec![
            format!("{year}-{month:02}"),
            sums.2.to_string(),
            sums.0.to_string(),
            format!("{:.1}", hours(sums.1)),
        ]
    }));
    Figure {
        id: "calendar".to_owned(),
        title: words.say("A year of study", "一年的學習"),
        says: words.say(
            format!("Study on {active} {} of the last year.", if active == 1 { "day" } else { "days" }),
            format!("過去一年有{active}天學習。"),
        ),
        note: words.say(
            "A column is a week, Monday on top; darker is more.",
            "一欄是一週，最上面是週一；顏色越深，作答越多。",
        ),
        scene: (active > 0).then(|| calendar(0, &squares)),
        table,
    }
}

pub(super) fn time_figure(words: &Words<'_>, facts: &Facts) -> Figure {
    let tally = &facts.tally;
    let mut rows: Vec<(String, i64)> = facts
        .domains
        .iter()
        .zip(&tally.domain_ms)
        .filter(|(_, ms)| **ms > 0)
        .map(|(id, ms)| (words.domain(id), *ms))
        .collect();
    rows.sort_by_key(|(_, ms)| -ms);
    let written = |ms: i64| {
        let minutes = (ms as f64 / 60_000.0).round();
        if minutes < 120.0 {
            words.say(format!("{minutes} min"), format!("{minutes}分鐘"))
        } else {
            words.say(format!("{:.1} h", hours(ms)), format!("{:.1}小時", hours(ms)))
        }
    };
    let mut table = words.table(&[("Domain", "領域"), ("#Time", "#時間")]);
    table.rows.extend(rows.iter().map(|(name, ms)| vec![name.clone(), written(*ms)]));
    let bars: Vec<Across> = rows
        .iter()
        .map(|(name, ms)| Across { name: name.clone(), value: *ms as f64, words: written(*ms) })
        .collect();
    Figure {
        id: "time".to_owned(),
        title: words.say("Where the time went", "時間花在哪裡"),
        says: words.say(
            format!("{} on answers in all.", written(tally.total_ms)),
            format!("作答共花了{}。", written(tally.total_ms)),
        ),
        note: String::new(),
        scene: (!bars.is_empty()).then(|| across(&bars)),
        table,
    }
}
