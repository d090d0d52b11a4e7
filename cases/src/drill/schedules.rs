//! D19: when a crontab, a systemd timer or an EventBridge schedule runs, and what a clock change does to it.

mod clock_change;
mod day_rules;
mod one_line;

use chrono::{Datelike, NaiveDate, NaiveDateTime, TimeDelta};

use super::{Answer, Ask, Exercise, Family, Form, Trap};
use crate::cloud::Draw;
use crate::cloud::schedule::{Schedule, ZONES, Zone};
use crate::model::Text;

pub(super) const FAMILY: Family = Family {
    id: "D19",
    place: ("linux", "time-cron-timers"),
    depths: &[1, 2, 2],
    seconds: 120,
    version: 2,
    sources: &[
        "cronie, crontab(5) (fields, steps within a field, either day field, % in commands, CRON_TZ)",
        "cronie, cron(8), Daylight Saving Time and other time changes",
        "systemd.time(7), Calendar events",
        "Amazon EventBridge User Guide, Cron expressions reference (six fields, ?, L, W, #; rules run in UTC)",
        "EventBridge Scheduler User Guide, Schedule types (time zones; daylight saving time)",
        "zdump(8), tz database",
    ],
    draw,
};

const JOBS: &[&str] = &[
    "rotate-keys",
    "sync-orders",
    "purge-tmp",
    "nightly-report",
    "backup-db",
    "warm-cache",
    "export-billing",
    "check-certs",
    "refresh-index",
    "close-tickets",
    "archive-logs",
    "resize-images",
    "poll-partner",
    "send-digest",
    "vacuum-stats",
    "rebuild-search",
];

const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const DAYS_EN: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const DAYS_ZH: [&str; 7] = ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"];
const NTH_EN: [&str; 5] = ["", "first", "second", "third", "fourth"];
const NTH_ZH: [&str; 5] = ["", "第一個", "第二個", "第三個", "第四個"];

fn draw(draw: &mut Draw, level: u8) -> Exercise {
    match level {
        1 => one_line::one_line(draw),
        2 => day_rules::day_rules(draw),
        _ => clock_change::across_a_change(draw),
    }
}

fn show(time: NaiveDateTime) -> String {
    time.format("%Y-%m-%d %H:%M").to_string()
}

fn clock(time: NaiveDateTime) -> String {
    time.format("%H:%M").to_string()
}

fn moments(times: &[NaiveDateTime]) -> String {
    times.iter().map(|time| show(*time)).collect::<Vec<_>>().join(", ")
}

fn coded(times: &[NaiveDateTime]) -> String {
    times.iter().map(|time| format!("`{}`", show(*time))).collect::<Vec<_>>().join(", ")
}

fn weekday(date: NaiveDate) -> usize {
    usize::try_from(date.weekday().num_days_from_sunday()).unwrap_or_default()
}

/// A name of a fixed list by its number.
fn name(list: &[&'static str], index: u32) -> &'static str {
    usize::try_from(index).ok().and_then(|index| list.get(index)).copied().unwrap_or_default()
}

fn joined(values: &[u32]) -> String {
    values.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// Values for a sentence: all of a few, the ends of many.
fn listed(values: &[u32]) -> String {
    match values {
        [first, second, .., last] if values.len() > 8 => format!("{first}, {second} … {last}"),
        _ => values.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    }
}

fn date(draw: &mut Draw) -> NaiveDate {
    let start = NaiveDate::from_ymd_opt(2025, 1, 1).unwrap_or_default();
    start + TimeDelta::days(draw.int(0u32, 690).into())
}

fn zone(name: &str) -> &'static Zone {
    Zone::named(name).unwrap_or(&ZONES[0])
}

fn eight_hours() -> TimeDelta {
    TimeDelta::hours(8)
}

fn trap_unless(traps: &mut Vec<Trap>, right: &str, value: String, why: Text) {
    if value != right && !traps.iter().any(|trap| trap.value == value) {
        traps.push(Trap::new(value, why));
    }
}

fn moment_ask(id: &str, label: Text, right: NaiveDateTime, wrong: Vec<(NaiveDateTime, Text)>) -> Ask {
    let right = show(right);
    let mut traps = Vec::new();
    for (value, why) in wrong {
        trap_unless(&mut traps, &right, show(value), why);
    }
    Ask::new(id, label, Answer::Typed { form: Form::Moment, right, also: Vec::new(), traps })
}

fn moments_ask(
    id: &str,
    label: Text,
    right: &[NaiveDateTime],
    wrong: Vec<(Vec<NaiveDateTime>, Text)>,
) -> Ask {
    let right = moments(right);
    let mut traps = Vec::new();
    for (value, why) in wrong {
        if !value.is_empty() {
            trap_unless(&mut traps, &right, moments(&value), why);
        }
    }
    Ask::new(id, label, Answer::Typed { form: Form::Moments, right, also: Vec::new(), traps })
}

fn count_ask(id: &str, label: Text, right: usize, wrong: Vec<(usize, Text)>) -> Ask {
    let mut traps = Vec::new();
    for (value, why) in wrong {
        trap_unless(&mut traps, &right.to_string(), value.to_string(), why);
    }
    Ask::new(id, label, Answer::count(right as u64, traps))
}

fn timer_file(job: &str, calendar: &str) -> String {
    format!(
        "$ systemctl cat {job}.timer\n# /etc/systemd/system/{job}.timer\n[Timer]\nOnCalendar={calendar}\nAccuracySec=1s\n\n[Install]\nWantedBy=timers.target\n"
    )
}

fn rule_line(job: &str, expression: &str) -> String {
    format!(
        "$ aws events describe-rule --name {job} --query '[Name,ScheduleExpression,State]' --output text\n{job}\t{expression}\tENABLED\n"
    )
}

fn schedule_line(job: &str, expression: &str, zone: &str) -> String {
    format!(
        "$ aws scheduler get-schedule --name {job} --query '[Name,ScheduleExpression,ScheduleExpressionTimezone,FlexibleTimeWindow.Mode,State]' --output text\n{job}\t{expression}\t{zone}\tOFF\tENABLED\n"
    )
}

/// How an expression is written.
#[derive(Clone, Copy, PartialEq)]
enum Dialect {
    Crontab,
    Timer,
    Rule,
}

fn parse(dialect: Dialect, text: &str) -> Schedule {
    let parsed = match dialect {
        Dialect::Crontab => Schedule::crontab(text),
        Dialect::Timer => Schedule::calendar(text),
        Dialect::Rule => Schedule::eventbridge(text),
    };
    // What is written here is always readable; the tests try every family on hundreds of seeds.
    parsed.unwrap_or_else(|_| Schedule::never())
}

fn ascending(draw: &mut Draw, from: &[u32], count: usize) -> Vec<u32> {
    let mut some = draw.some(from, count);
    some.sort_unstable();
    some
}
