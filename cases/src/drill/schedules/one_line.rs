//! Level 1: one line, in one of three dialects.

use chrono::{Datelike, NaiveDateTime, TimeDelta};
use serde_json::json;

use super::{
    DAYS, DAYS_EN, DAYS_ZH, Dialect, JOBS, ascending, coded, count_ask, date, eight_hours, joined, listed,
    moment_ask, moments_ask, name, parse, rule_line, show, timer_file, weekday, zone,
};
use crate::cloud::Draw;
use crate::cloud::schedule::{Schedule, month_length};
use crate::drill::{Ask, Exercise, shown};
use crate::model::{EvidenceType, Text};

/// A schedule before it is written in a dialect.
struct Plan {
    /// First minute and step; no step for that minute alone.
    minute: (u32, Option<u32>),
    hour: Hours,
    day: DaysOf,
    months: Vec<u32>,
    /// Whether runs are counted within a day, not within a month.
    daily: bool,
}

enum Hours {
    All,
    List(Vec<u32>),
    Range(u32, u32, Option<u32>),
    Step(u32),
}

enum DaysOf {
    Every,
    /// From Sunday = 0, ascending.
    Week(Vec<u32>),
    Month(Vec<u32>),
}

fn plan(draw: &mut Draw) -> Plan {
    let all_hours: Vec<u32> = (0..24).collect();
    let week: Vec<u32> = (0..7).collect();
    let minute = draw.int(0, 59);
    let weekdays = vec![1, 2, 3, 4, 5];
    let (minute, hour, day, months, daily) = match draw.int(0, 8) {
        0 => {
            let step = *draw.pick(&[10, 12, 15, 20, 30]);
            let from = draw.int(7, 10);
            (
                (0, Some(step)),
                Hours::Range(from, draw.int(16, 19), None),
                DaysOf::Week(weekdays),
                vec![],
                true,
            )
        }
        1 => {
            let step = *draw.pick(&[25, 35, 40, 45, 50]);
            let hour = if draw.percent(50) {
                Hours::All
            } else {
                Hours::Range(draw.int(0, 6), draw.int(8, 20), None)
            };
            ((0, Some(step)), hour, DaysOf::Every, vec![], true)
        }
        2 => {
            let count = draw.int(3, 5);
            ((minute, None), Hours::List(ascending(draw, &all_hours, count)), DaysOf::Every, vec![], true)
        }
        3 => ((minute, None), Hours::Step(*draw.pick(&[5, 7, 9, 10])), DaysOf::Every, vec![], true),
        4 => {
            let count = draw.int(1, 3);
            let hour = vec![draw.int(0, 23)];
            ((minute, None), Hours::List(hour), DaysOf::Week(ascending(draw, &week, count)), vec![], false)
        }
        5 => {
            let dates: Vec<u32> = (1..=28).collect();
            let mut dates = ascending(draw, &dates, 2);
            dates.push(*draw.pick(&[29, 30, 31]));
            ((minute, None), Hours::List(vec![draw.int(0, 23)]), DaysOf::Month(dates), vec![], false)
        }
        6 => {
            let hours: Vec<u32> = (0..24).collect();
            let months = draw.pick(&[[1, 4, 7, 10], [2, 5, 8, 11], [3, 6, 9, 12]]).to_vec();
            let date = draw.int(1, 28);
            let hours = ascending(draw, &hours, 1);
            ((minute, None), Hours::List(hours), DaysOf::Month(vec![date]), months, false)
        }
        7 => {
            let (from, step) = (draw.int(6, 9), draw.int(2, 4));
            let count = draw.int(3, 5);
            let days = ascending(draw, &week, count);
            (
                (minute, None),
                Hours::Range(from, draw.int(18, 22), Some(step)),
                DaysOf::Week(days),
                vec![],
                true,
            )
        }
        _ => {
            let step = *draw.pick(&[10, 15, 20, 30]);
            let first = draw.int(1, step - 1);
            let count = draw.int(2, 3);
            let hours = Hours::List(ascending(draw, &all_hours, count));
            ((first, Some(step)), hours, DaysOf::Every, vec![], true)
        }
    };
    Plan { minute, hour, day, months, daily }
}

/// `1-5` for neighbours, else `2,4`.
fn spans(values: &[u32], range: &str, show: impl Fn(u32) -> String) -> String {
    match values {
        [first, .., last]
            if values.len() > 2 && usize::try_from(last - first).is_ok_and(|gap| gap + 1 == values.len()) =>
        {
            format!("{}{range}{}", show(*first), show(*last))
        }
        _ => values.iter().map(|value| show(*value)).collect::<Vec<_>>().join(","),
    }
}

impl Plan {
    fn write(&self, dialect: Dialect, names: bool) -> String {
        let two = |value: u32| format!("{value:02}");
        let plain = |value: u32| value.to_string();
        let months = if self.months.is_empty() { "*".to_owned() } else { joined(&self.months) };
        let minute = match (dialect, self.minute) {
            (Dialect::Crontab, (0, Some(step))) => format!("*/{step}"),
            (Dialect::Crontab, (first, Some(step))) => format!("{first}-59/{step}"),
            // systemd 252 lets an open step that does not divide the field run over midnight: `23:50` is followed by
            // `00:50`, against its manual. A range ends at 59 everywhere.
            (Dialect::Timer, (first, Some(step))) if 60 % step != 0 => format!("{first:02}..59/{step}"),
            (Dialect::Timer, (first, Some(step))) => format!("{first:02}/{step}"),
            (Dialect::Rule, (first, Some(step))) => format!("{first}/{step}"),
            (Dialect::Timer, (minute, None)) => two(minute),
            (_, (minute, None)) => plain(minute),
        };
        let hour = match (&self.hour, dialect) {
            (Hours::All, _) => "*".to_owned(),
            (Hours::List(hours), Dialect::Timer) => {
                hours.iter().map(|hour| two(*hour)).collect::<Vec<_>>().join(",")
            }
            (Hours::List(hours), _) => joined(hours),
            (Hours::Range(from, to, step), dialect) => {
                let step = step.map(|step| format!("/{step}")).unwrap_or_default();
                match dialect {
                    Dialect::Timer => format!("{from:02}..{to:02}{step}"),
                    _ => format!("{from}-{to}{step}"),
                }
            }
            (Hours::Step(step), Dialect::Crontab) => format!("*/{step}"),
            (Hours::Step(step), Dialect::Timer) => format!("00..23/{step}"),
            (Hours::Step(step), Dialect::Rule) => format!("0/{step}"),
        };
        match dialect {
            Dialect::Crontab => {
                let (dates, week) = match &self.day {
                    DaysOf::Every => ("*".to_owned(), "*".to_owned()),
                    DaysOf::Month(dates) => (joined(dates), "*".to_owned()),
                    DaysOf::Week(days) if names => {
                        ("*".to_owned(), spans(days, "-", |day| name(&DAYS, day).to_ascii_lowercase()))
                    }
                    DaysOf::Week(days) => ("*".to_owned(), spans(days, "-", plain)),
                };
                format!("{minute} {hour} {dates} {months} {week}")
            }
            Dialect::Timer => {
                let week = match &self.day {
                    DaysOf::Week(days) => {
                        // The week of systemd begins on Monday, and no range goes beyond its end.
                        let mut days: Vec<u32> =
                            days.iter().map(|day| if *day == 0 { 7 } else { *day }).collect();
                        days.sort_unstable();
                        format!("{} ", spans(&days, "..", |day| name(&DAYS, day % 7).to_owned()))
                    }
                    _ => String::new(),
                };
                let dates = match &self.day {
                    DaysOf::Month(dates) => dates.iter().map(|date| two(*date)).collect::<Vec<_>>().join(","),
                    _ => "*".to_owned(),
                };
                let months = match self.months.as_slice() {
                    [] => months,
                    list => list.iter().map(|month| two(*month)).collect::<Vec<_>>().join(","),
                };
                format!("{week}*-{months}-{dates} {hour}:{minute}:00")
            }
            Dialect::Rule => {
                let (dates, week) = match &self.day {
                    DaysOf::Every => ("*".to_owned(), "?".to_owned()),
                    DaysOf::Month(dates) => (joined(dates), "?".to_owned()),
                    DaysOf::Week(days) if names => {
                        ("?".to_owned(), spans(days, "-", |day| name(&DAYS, day).to_ascii_uppercase()))
                    }
                    DaysOf::Week(days) => ("?".to_owned(), spans(days, "-", |day| (day + 1).to_string())),
                };
                format!("cron({minute} {hour} {dates} {months} {week} *)")
            }
        }
    }
}

pub(super) fn one_line(draw: &mut Draw) -> Exercise {
    let dialect = *draw.pick(&[Dialect::Crontab, Dialect::Timer, Dialect::Rule]);
    let plan = plan(draw);
    let names = draw.percent(25);
    let text = plan.write(dialect, names);
    let schedule = parse(dialect, &text);
    let jobs = draw.some(JOBS, 2);
    let (job, other) = (jobs[0], jobs[1]);
    let place = match dialect {
        Dialect::Rule => zone("UTC"),
        _ => zone(draw.pick::<&str>(&["UTC", "Asia/Taipei", "Asia/Taipei", "Asia/Singapore", "Asia/Tokyo"])),
    };
    let now = date(draw).and_hms_opt(draw.int(0, 23), draw.int(0, 59), 0).unwrap_or_default();
    let next = schedule.next(now, 3);
    let first = next.first().copied().unwrap_or(now);
    // The clock it is also asked in: Taiwan's, or UTC where Taiwan's is the host's.
    let offset = place.local(now) - now;
    let here = if offset == eight_hours() { TimeDelta::zero() } else { eight_hours() };
    let shift = here - offset;
    let (to_en, to_zh) =
        if here.is_zero() { ("UTC", "UTC") } else { ("Taiwan time (UTC+8)", "臺灣時間（UTC+8）") };
    let own = place.name_of_offset(now);
    let (own_en, own_zh) = match dialect {
        Dialect::Rule => ("UTC".to_owned(), "UTC".to_owned()),
        _ => ("the host's time".to_owned(), "主機時間".to_owned()),
    };

    let mut wrong_next = Vec::new();
    if let (Dialect::Rule, DaysOf::Week(_), false) = (dialect, &plan.day, names) {
        let monday_first = parse(Dialect::Crontab, &crontab_with_same_digits(&text)).next(now, 3);
        wrong_next.push((
            monday_first,
            Text::new(
                "EventBridge counts weekdays from 1 = Sunday; this reads 1 as Monday, as crontab does.",
                "EventBridge的星期從1 = 星期日起算；這個答案照crontab把1當成星期一。",
            ),
        ));
    }
    if let Some(step) = uneven(&plan) {
        let runs = (0..3).map(|index| first + TimeDelta::minutes(i64::from(step) * index)).collect();
        wrong_next.push((
            runs,
            Text::new(
                "A step counts within its field only: it starts again with each hour (or day), it is not an interval.",
                "間隔只在該欄位內計算：每到新的小時（或新的一天）就重新開始，並不是固定的時間間隔。",
            ),
        ));
    }
    let count = count_question(draw, &plan, &schedule, &next, (&own_en, &own_zh));
    let evidence = match dialect {
        Dialect::Crontab => {
            let old = format!("# {} {} * * * /opt/jobs/{job}.sh", draw.int(0, 59), draw.int(0, 23));
            let beside = format!(
                "{} {} * * {} /opt/jobs/{other}.sh",
                draw.int(0, 59),
                draw.int(0, 23),
                draw.int(0, 6)
            );
            shown(
                EvidenceType::Command,
                format!("$ crontab -l\nMAILTO=ops@example.com\n{old}\n{text} /opt/jobs/{job}.sh\n{beside}\n"),
            )
        }
        Dialect::Timer => shown(EvidenceType::Command, timer_file(job, &text)),
        Dialect::Rule => shown(EvidenceType::Command, rule_line(job, &text)),
    };
    let prompt = match dialect {
        Dialect::Rule => Text::new(
            format!("The EventBridge rule `{job}` is shown below. It is now `{}` UTC.", show(now)),
            format!("以下是EventBridge規則`{job}`。現在是UTC `{}`。", show(now)),
        ),
        _ => Text::new(
            format!(
                "The host's time zone is `{}` ({own} all year){}. Its clock now shows `{}` ({}). The question is about the job `{job}`.",
                place.name,
                if dialect == Dialect::Crontab { "; its cron daemon is cronie" } else { "" },
                show(now),
                DAYS_EN[weekday(now.date())]
            ),
            format!(
                "主機的時區是`{}`（全年{own}）{}。主機時鐘現在是`{}`（{}）。以下問的是工作`{job}`。",
                place.name,
                if dialect == Dialect::Crontab { "，cron常駐程式是cronie" } else { "" },
                show(now),
                DAYS_ZH[weekday(now.date())]
            ),
        ),
    };
    let mut steps = field_steps(dialect, &schedule, &text);
    steps.push(day_step(dialect, &plan, names));
    steps.push(Text::new(
        format!("After `{}` ({}): {}.", show(now), DAYS_EN[weekday(now.date())], coded(&next)),
        format!("`{}`（{}）之後依序是：{}。", show(now), DAYS_ZH[weekday(now.date())], coded(&next)),
    ));
    let hours = shift.num_hours();
    steps.push(Text::new(
        format!("{own} to {to_en}: {hours:+} h, so the first is at `{}`.", show(first + shift)),
        format!("從{own}換成{}：{hours:+}小時，所以第一次是`{}`。", to_zh, show(first + shift)),
    ));

    Exercise {
        prompt,
        evidence: vec![evidence],
        asks: vec![
            moments_ask(
                "next",
                Text::new(
                    format!("Its next three runs, in {own_en}"),
                    format!("接下來三次執行的時間（{own_zh}）"),
                ),
                &next,
                wrong_next,
            ),
            moment_ask(
                "elsewhere",
                Text::new(format!("The first of them, in {to_en}"), format!("其中第一次，換成{}", to_zh)),
                first + shift,
                vec![
                    (
                        first - shift,
                        Text::new(
                            format!("The wrong way: from {own} to {to_en} it is {hours:+} h."),
                            format!("方向反了：從{own}換成{to_zh}是{hours:+}小時。"),
                        ),
                    ),
                    (first, Text::new(format!("That is still {own}."), format!("這還是{own}的時間。"))),
                ],
            ),
            count,
        ],
        steps,
        given: json!({
            "dialect": match dialect { Dialect::Crontab => "crontab", Dialect::Timer => "timer", Dialect::Rule => "rule" },
            "job": job, "zone": place.name, "now": show(now), "to": if here.is_zero() { "UTC" } else { "Asia/Taipei" },
        }),
    }
}

/// How many times it runs on a day, or in a month where it does not run several times a day.
fn count_question(
    draw: &mut Draw,
    plan: &Plan,
    schedule: &Schedule,
    next: &[NaiveDateTime],
    (own_en, own_zh): (&str, &str),
) -> Ask {
    let first = next.first().copied().unwrap_or_default();
    if plan.daily {
        let day = next.get(usize::from(draw.int(1u8, 2))).map_or(first.date(), |run| run.date());
        let day = if draw.percent(30) { day + TimeDelta::days(draw.int(1u8, 3).into()) } else { day };
        let count = schedule.count(day, 1);
        let mut wrong = Vec::new();
        let per_hour = schedule.fields()[0].len();
        if let Hours::Range(from, to, None) = plan.hour
            && count > 0
        {
            wrong.push((
                usize::try_from(to - from).unwrap_or_default() * per_hour,
                Text::new(
                    format!("The range includes its end: the minutes of hour {to} count, too."),
                    format!("範圍包含終點：{to}點的那些分鐘也算在內。"),
                ),
            ));
        }
        if let Some(step) = uneven(plan) {
            wrong.push((
                usize::try_from(24 * 60 / step).unwrap_or_default(),
                Text::new(
                    "That divides the day by the step; a step starts again in each field's range.",
                    "這是把一整天除以間隔；間隔在欄位範圍內會重新起算。",
                ),
            ));
        }
        count_ask(
            "count",
            Text::new(
                format!("How many times it runs on {day} ({}, {own_en})", DAYS_EN[weekday(day)]),
                format!("{day}（{}，{own_zh}）當天總共執行幾次", DAYS_ZH[weekday(day)]),
            ),
            count,
            wrong,
        )
    } else {
        let month = first.date();
        let month =
            if draw.percent(50) { month } else { (month + TimeDelta::days(31)).with_day(1).unwrap_or(month) };
        let start = month.with_day(1).unwrap_or(month);
        let count = schedule.count(start, usize::try_from(month_length(start)).unwrap_or_default());
        let mut wrong = Vec::new();
        if let DaysOf::Month(dates) = &plan.day
            && count > 0
        {
            wrong.push((
                dates.len(),
                Text::new(
                    format!("{} has only {} days.", start.format("%Y-%m"), month_length(start)),
                    format!("{}只有{}天。", start.format("%Y-%m"), month_length(start)),
                ),
            ));
        }
        count_ask(
            "count",
            Text::new(
                format!("How many times it runs in all of {} ({own_en})", start.format("%Y-%m")),
                format!("{}整個月（{own_zh}）總共執行幾次", start.format("%Y-%m")),
            ),
            count,
            wrong,
        )
    }
}

/// A rule's expression read with crontab's weekdays: the same digits, 1 for Monday.
fn crontab_with_same_digits(expression: &str) -> String {
    let inner = expression.trim_start_matches("cron(").trim_end_matches(')').replace('?', "*");
    let fields: Vec<String> = inner
        .split(' ')
        .take(5)
        .map(|field| match field.split_once('/') {
            Some((first, step)) if first.parse::<u32>().is_ok() => {
                // The rule's open step; minutes are the only such field drawn together with weekdays.
                format!("{first}-59/{step}")
            }
            _ => field.to_owned(),
        })
        .collect();
    fields.join(" ")
}

/// The step, in minutes, that does not divide its field.
fn uneven(plan: &Plan) -> Option<u32> {
    match (&plan.hour, plan.minute) {
        (Hours::Step(step), _) if 24 % step != 0 => Some(step * 60),
        (_, (_, Some(step))) if 60 % step != 0 => Some(step),
        _ => None,
    }
}

fn field_steps(dialect: Dialect, schedule: &Schedule, text: &str) -> Vec<Text> {
    let [minutes, hours, _] = schedule.fields();
    let order = match dialect {
        Dialect::Crontab => Text::new(
            format!("`{text}`: minute, hour, day of the month, month, weekday."),
            format!("`{text}`：依序是分、時、日、月、星期。"),
        ),
        Dialect::Timer => Text::new(
            format!("`{text}`: weekdays if any, year-month-day, hour:minute:second."),
            format!("`{text}`：依序是星期（可省略）、`年-月-日`、`時:分:秒`。"),
        ),
        Dialect::Rule => Text::new(
            format!("`{text}`: minutes, hours, day of the month, month, weekday, year; a rule runs in UTC."),
            format!("`{text}`：依序是分、時、日、月、星期、年；規則一律以UTC執行。"),
        ),
    };
    vec![
        order,
        Text::new(
            format!("Minutes: {}. Hours: {}.", listed(&minutes), listed(&hours)),
            format!("分鐘：{}。小時：{}。", listed(&minutes), listed(&hours)),
        ),
    ]
}

fn day_step(dialect: Dialect, plan: &Plan, names: bool) -> Text {
    match &plan.day {
        DaysOf::Every => Text::new("Every day.", "每天都執行。"),
        DaysOf::Month(dates) => Text::new(
            if dates.len() == 1 {
                format!("Only on the date {}; a month without it has one run fewer.", listed(dates))
            } else {
                format!("Only on the dates {}; a month without one of them has one run fewer.", listed(dates))
            },
            format!("只在{}日執行；沒有那一天的月份就少一次。", listed(dates)),
        ),
        DaysOf::Week(days) => {
            let en: Vec<&str> = days.iter().map(|day| name(&DAYS_EN, *day)).collect();
            let zh: Vec<&str> = days.iter().map(|day| name(&DAYS_ZH, *day)).collect();
            let (why_en, why_zh) = match dialect {
                Dialect::Rule if !names => (" (1 is Sunday)", "（1是星期日）"),
                Dialect::Crontab if !names => (" (0 is Sunday)", "（0是星期日）"),
                _ => ("", ""),
            };
            Text::new(
                format!("Only on {}{why_en}.", en.join(", ")),
                format!("只在{}執行{why_zh}。", zh.join("、")),
            )
        }
    }
}
