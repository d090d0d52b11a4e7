//! Level 3: the clock changes.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use serde_json::json;

use super::{
    Dialect, JOBS, clock, coded, count_ask, eight_hours, moment_ask, moments_ask, parse, rule_line,
    schedule_line, show, timer_file,
};
use crate::cloud::Draw;
use crate::cloud::schedule::{Schedule, ZONES, Zone, cronie_runs, day_after, day_before, scheduler_runs};
use crate::drill::{Answer, Ask, Choice, Exercise, Trap, Unit, shown};
use crate::model::{EvidenceType, Text};

/// A change of a zone's clock.
struct ClockChange {
    zone: &'static Zone,
    forward: bool,
    /// In UTC.
    utc: NaiveDateTime,
    /// The local date.
    date: NaiveDate,
    /// The hour that is skipped or comes twice.
    hour: u32,
    evidence: String,
}

fn clock_change(draw: &mut Draw) -> ClockChange {
    let zones: Vec<&'static Zone> = ZONES.iter().filter(|zone| zone.changes()).collect();
    let zone = *draw.pick(&zones);
    let year = draw.int(2024u16, 2026).into();
    let forward = draw.percent(50);
    let (to_summer, to_winter) = zone.transitions(year).unwrap_or_default();
    let utc = if forward { to_summer } else { to_winter };
    let after = zone.local(utc);
    // Forward: the hour before the one it jumps to; back: the one it falls back to.
    let hour = chrono::Timelike::hour(&after);
    let hour = if forward { (hour + 23) % 24 } else { hour };
    let evidence = format!("$ zdump -v {} | grep {year}\n{}", zone.name, zone.zdump(year));
    ClockChange { zone, forward, utc, date: after.date(), hour, evidence }
}

impl ClockChange {
    fn sentence(&self) -> Text {
        let hour = self.hour;
        if self.forward {
            Text::new(
                format!(
                    "On {} the clock goes forward: {hour:02}:00 to {hour:02}:59 does not exist.",
                    self.date
                ),
                format!("{}時鐘往前撥：{hour:02}:00到{hour:02}:59不存在。", self.date),
            )
        } else {
            Text::new(
                format!("On {} the clock goes back: {hour:02}:00 to {hour:02}:59 comes twice.", self.date),
                format!("{}時鐘往回撥：{hour:02}:00到{hour:02}:59出現兩次。", self.date),
            )
        }
    }

    /// A moment with its local time.
    fn both(&self, utc: NaiveDateTime) -> String {
        format!("{} UTC ({} {})", show(utc), clock(self.zone.local(utc)), self.zone.short(utc))
    }
}

/// Whether answers are wanted in UTC or in Taiwan's time.
fn wanted_clock(draw: &mut Draw) -> (TimeDelta, &'static str, &'static str) {
    if draw.percent(50) {
        (TimeDelta::zero(), "UTC", "UTC")
    } else {
        (eight_hours(), "Taiwan time (UTC+8)", "臺灣時間（UTC+8）")
    }
}

pub(super) fn across_a_change(draw: &mut Draw) -> Exercise {
    match draw.int(0, 2) {
        0 => cronie_change(draw),
        1 => scheduler_change(draw),
        _ => another_zone(draw),
    }
}

fn cronie_change(draw: &mut Draw) -> Exercise {
    let change = clock_change(draw);
    let (zone, date) = (change.zone, change.date);
    let jobs = draw.some(JOBS, 3);
    let minute = draw.int(1, 59);
    let fixed = parse(Dialect::Crontab, &format!("{minute} {} * * *", change.hour));
    let changed = cronie_runs(&fixed, zone, date).first().copied().unwrap_or(change.utc);
    let local = date.and_hms_opt(change.hour, minute, 0).unwrap_or_default();

    // What becomes of the job in the changed hour.
    let shift = TimeDelta::hours(1);
    let once = |utc: NaiveDateTime| {
        Text::new(format!("Once, at {}", change.both(utc)), format!("一次，{}", change.both(utc)))
    };
    let right_why = if change.forward {
        Text::new(
            format!(
                "cron(8): jobs in the skipped interval run immediately; the skipped hour ends at {}.",
                change.both(change.utc)
            ),
            format!(
                "cron(8)：落在被跳過區間的工作會立刻執行；被跳過的那一小時結束於{}。",
                change.both(change.utc)
            ),
        )
    } else {
        Text::new(
            format!(
                "cron(8): running the same job twice is avoided; {} had come first.",
                change.both(changed)
            ),
            format!("cron(8)：會避免同一個工作執行兩次；先到的是{}。", change.both(changed)),
        )
    };
    let wrong =
        |en: &str, zh: &str| Text::new(format!("{en} {}", right_why.en), format!("{zh}{}", right_why.zh_tw));
    let mut options = vec![Choice::new(once(changed), right_why.clone())];
    if change.forward {
        // The minute by the old and by the new clock.
        let late = change.utc + TimeDelta::minutes(minute.into());
        options.push(Choice::new(
            once(late),
            wrong("Nothing waits for the minute to come an hour later.", "cron不會等到一小時後的同一分鐘。"),
        ));
        options.push(Choice::new(
            once(late - shift),
            wrong("Nothing runs an hour early.", "cron不會提早一小時執行。"),
        ));
        options.push(Choice::new(
            Text::new("Not at all on that day", "那天完全不會執行"),
            wrong(
                "That is what a skipped minute means for jobs with `*` in minute or hour.",
                "只有分或時欄位是`*`的工作，才會略過不存在的分鐘。",
            ),
        ));
    } else {
        options.push(Choice::new(
            once(changed + shift),
            wrong("The job had already run an hour before.", "這個工作一小時前已經執行過了。"),
        ));
        options.push(Choice::new(
            Text::new(
                format!("Twice, at {} and {}", change.both(changed), change.both(changed + shift)),
                format!("兩次，{}與{}", change.both(changed), change.both(changed + shift)),
            ),
            wrong(
                "Only jobs with `*` in minute or hour follow the clock through both hours.",
                "只有分或時欄位是`*`的工作，才會在兩個小時裡都執行。",
            ),
        ));
        options.push(Choice::new(
            Text::new("Not at all on that day", "那天完全不會執行"),
            wrong("Nothing is skipped when the clock goes back.", "時鐘往回撥時不會略過任何時間。"),
        ));
    }

    // A job far from the change, on both sides of it.
    let (hour, at) = (draw.int(8, 20), draw.int(0, 59));
    let daily = parse(Dialect::Crontab, &format!("{at} {hour} * * *"));
    let sides = [day_before(date), date]
        .map(|date| cronie_runs(&daily, zone, date).first().copied().unwrap_or_default());
    let (clock_shift, to_en, to_zh) = wanted_clock(draw);
    let shifted = sides.map(|side| side + clock_shift);

    // A job that follows the clock.
    let step = *draw.pick(&[5, 10, 12, 15, 20, 30]);
    let (hours, first, length) = match draw.int(0, 2) {
        0 => ("*".to_owned(), 0, 24),
        1 => ("0-5".to_owned(), 0, 6),
        _ => ("0-11".to_owned(), 0, 12),
    };
    let often = parse(Dialect::Crontab, &format!("*/{step} {hours} * * *"));
    let count = cronie_runs(&often, zone, date).len();
    let per_hour = 60 / step;
    let real_hours = if change.forward { length - 1 } else { length + 1 };

    let mut lines = [
        format!("{minute} {} * * * /opt/jobs/{}.sh", change.hour, jobs[0]),
        format!("{at} {hour} * * * /opt/jobs/{}.sh", jobs[1]),
        format!("*/{step} {hours} * * * /opt/jobs/{}.sh", jobs[2]),
    ];
    draw.shuffle(&mut lines);
    let last_hour = first + length - 1;
    Exercise {
        prompt: Text::new(
            format!(
                "A host's time zone is `{}`. Its cron daemon is cronie, which treats clock changes as its cron(8) says. The host is up throughout {date}, the day its clock changes.",
                zone.name
            ),
            format!(
                "某台主機的時區是`{}`，cron常駐程式是cronie，遇到時鐘切換時的行為如其cron(8) 所述。{date}是時鐘切換日，主機全天都在執行。",
                zone.name
            ),
        ),
        evidence: vec![
            shown(
                EvidenceType::Command,
                format!("$ crontab -l\nMAILTO=ops@example.com\n{}\n", lines.join("\n")),
            ),
            shown(EvidenceType::Command, change.evidence.clone()),
        ],
        asks: vec![
            Ask::new(
                "changed",
                Text::new(
                    format!("When `{}` runs on {date}", jobs[0]),
                    format!("`{}`在{date}何時執行", jobs[0]),
                ),
                Answer::choice(draw, options),
            ),
            moments_ask(
                "sides",
                Text::new(
                    format!(
                        "The runs of `{}` on {} and on {date} (host's dates), in {to_en}",
                        jobs[1],
                        day_before(date)
                    ),
                    format!(
                        "`{}`在{}與{date}（主機日期）的執行時間，以{to_zh}表示",
                        jobs[1],
                        day_before(date)
                    ),
                ),
                &shifted,
                vec![(
                    vec![shifted[0], shifted[0] + TimeDelta::days(1)],
                    Text::new(
                        format!(
                            "The offset changes on {date}: from {} to {}.",
                            zone.name_of_offset(sides[0]),
                            zone.name_of_offset(sides[1])
                        ),
                        format!(
                            "{date}的時差改變了：從{}變成{}。",
                            zone.name_of_offset(sides[0]),
                            zone.name_of_offset(sides[1])
                        ),
                    ),
                )],
            ),
            count_ask(
                "count",
                Text::new(
                    format!("How many times `{}` runs on {date} (host's date)", jobs[2]),
                    format!("`{}`在{date}（主機日期）執行幾次", jobs[2]),
                ),
                count,
                vec![(
                    usize::try_from(length * per_hour).unwrap_or_default(),
                    Text::new(
                        format!(
                            "From 00:00 to {last_hour:02}:59 that day has {real_hours} hours, not {length}."
                        ),
                        format!("那天從00:00到{last_hour:02}:59有{real_hours}小時，不是{length}小時。"),
                    ),
                )],
            ),
        ],
        steps: vec![
            change.sentence(),
            Text::new(
                format!("`{}` names {}, in that hour, without `*`. {}", jobs[0], clock(local), right_why.en),
                format!(
                    "`{}`訂在{}，正好在那個小時，而且分與時都不是`*`。{}",
                    jobs[0],
                    clock(local),
                    right_why.zh_tw
                ),
            ),
            Text::new(
                format!(
                    "`{}` keeps its local time {hour:02}:{at:02}: {} the day before, {} on the day; in {to_en} {}.",
                    jobs[1],
                    zone.name_of_offset(sides[0]),
                    zone.name_of_offset(sides[1]),
                    coded(&shifted)
                ),
                format!(
                    "`{}`的當地時間不變，都是{hour:02}:{at:02}：前一天是{}，當天是{}；換成{to_zh}是{}。",
                    jobs[1],
                    zone.name_of_offset(sides[0]),
                    zone.name_of_offset(sides[1]),
                    coded(&shifted)
                ),
            ),
            Text::new(
                format!(
                    "`{}` has `*` and follows the clock: {real_hours} hours × {per_hour} = {count}.",
                    jobs[2]
                ),
                format!("`{}`含有`*`，照時鐘走：{real_hours}小時 × {per_hour} = {count}。", jobs[2]),
            ),
        ],
        given: json!({ "scenario": "cronie", "zone": zone.name, "date": date.to_string(), "jobs": jobs, "shift": clock_shift.num_hours() }),
    }
}

fn scheduler_change(draw: &mut Draw) -> Exercise {
    let change = clock_change(draw);
    let (zone, date) = (change.zone, change.date);
    let jobs = draw.some(JOBS, 3);
    let minute = draw.int(0, 59);
    let in_hour = format!("cron({minute} {} * * ? *)", change.hour);
    let fixed = parse(Dialect::Rule, &in_hour);
    let runs = scheduler_runs(&fixed, zone, date).len();
    let next = scheduler_runs(&fixed, zone, day_after(date)).first().copied().unwrap_or_default();
    let (clock_shift, to_en, to_zh) = wanted_clock(draw);

    let (hour, at) = (draw.int(8, 20), draw.int(0, 59));
    let daily_text = format!("cron({at} {hour} * * ? *)");
    let daily = parse(Dialect::Rule, &daily_text);
    let sides = [day_before(date), date]
        .map(|date| scheduler_runs(&daily, zone, date).first().copied().unwrap_or_default());
    let apart = (sides[1] - sides[0]).num_hours();

    // A rule runs in UTC: its local time moves.
    let (rule_hour, rule_minute) = (draw.int(0, 23), draw.int(0, 59));
    let rule_text = format!("cron({rule_minute} {rule_hour} * * ? *)");
    // Two days off, so that the change is never between the dates of UTC and of the zone.
    let mut rule_days = [date + TimeDelta::days(2), date - TimeDelta::days(2)];
    draw.shuffle(&mut rule_days);
    let at_rule = |day: NaiveDate| day.and_hms_opt(rule_hour, rule_minute, 0).unwrap_or_default();
    // At UTC+0 the question would be its own answer; the other side of the change is not there.
    let rule_day =
        rule_days.into_iter().find(|day| zone.local(at_rule(*day)) != at_rule(*day)).unwrap_or(date);
    let rule_utc = at_rule(rule_day);
    let rule_local = zone.local(rule_utc);
    let other_side =
        if rule_day > date { rule_utc - TimeDelta::days(4) } else { rule_utc + TimeDelta::days(4) };
    let wrong_offset = rule_utc + (zone.local(other_side) - other_side);

    let runs_wrong = if change.forward {
        vec![(
            1,
            Text::new(
                format!(
                    "{:02}:{minute:02} does not exist on {date}; the Scheduler skips that invocation.",
                    change.hour
                ),
                format!("{date}沒有{:02}:{minute:02}；Scheduler會略過那一次。", change.hour),
            ),
        )]
    } else {
        vec![(
            2,
            Text::new(
                "The time comes twice, but the Scheduler runs once and does not repeat it.",
                "這個時間出現兩次，但Scheduler只執行一次，不會重複。",
            ),
        )]
    };
    let next_local = zone.local(next);
    let before = scheduler_runs(&fixed, zone, date - TimeDelta::days(1)).first().copied().unwrap_or_default();
    Exercise {
        prompt: Text::new(
            format!(
                "Two EventBridge Scheduler schedules (`{}` and `{}`) and an EventBridge rule (`{}`) run jobs for an office in the zone `{}`, whose clock changes on {date}.",
                jobs[0], jobs[1], jobs[2], zone.name
            ),
            format!(
                "兩個EventBridge Scheduler排程（`{}`與`{}`）和一個EventBridge規則（`{}`）替位於`{}`時區的辦公室執行工作；當地時鐘在{date}切換。",
                jobs[0], jobs[1], jobs[2], zone.name
            ),
        ),
        evidence: vec![
            shown(
                EvidenceType::Command,
                format!(
                    "{}{}",
                    schedule_line(jobs[0], &in_hour, zone.name),
                    schedule_line(jobs[1], &daily_text, zone.name)
                ),
            ),
            shown(EvidenceType::Command, rule_line(jobs[2], &rule_text)),
            shown(EvidenceType::Command, change.evidence.clone()),
        ],
        asks: vec![
            count_ask(
                "runs",
                Text::new(
                    format!("How many times `{}` runs on {date} (local date)", jobs[0]),
                    format!("`{}`在{date}（當地日期）執行幾次", jobs[0]),
                ),
                runs,
                runs_wrong,
            ),
            moment_ask(
                "after",
                Text::new(
                    format!("The run of `{}` on {} (local date), in {to_en}", jobs[0], day_after(date)),
                    format!("`{}`在{}（當地日期）的執行時間，以{to_zh}表示", jobs[0], day_after(date)),
                ),
                next + clock_shift,
                vec![(
                    before + TimeDelta::days(2) + clock_shift,
                    Text::new(
                        format!(
                            "That uses the offset from before the change; it is {} now.",
                            zone.name_of_offset(next)
                        ),
                        format!("這用的是切換前的時差；現在是{}。", zone.name_of_offset(next)),
                    ),
                )],
            ),
            Ask::new(
                "apart",
                Text::new(
                    format!(
                        "Hours between the runs of `{}` on {} and on {date} (local dates)",
                        jobs[1],
                        day_before(date)
                    ),
                    format!("`{}`在{}與{date}（當地日期）兩次執行相隔幾小時", jobs[1], day_before(date)),
                ),
                Answer::Number {
                    value: apart as f64,
                    tolerance: 0.0,
                    unit: Unit::Hours,
                    traps: vec![Trap::new(
                        24,
                        Text::new(
                            format!(
                                "The wall time stays {hour:02}:{at:02}, but the clock changes in between."
                            ),
                            format!("當地時間都是{hour:02}:{at:02}，但中間時鐘切換過。"),
                        ),
                    )],
                },
            ),
            moment_ask(
                "rule-local",
                Text::new(
                    format!("The office's local time when `{}` runs at {} UTC", jobs[2], show(rule_utc)),
                    format!("`{}`在UTC {}執行時，辦公室的當地時間", jobs[2], show(rule_utc)),
                ),
                rule_local,
                vec![(
                    wrong_offset,
                    Text::new(
                        format!(
                            "On that date the offset is {}, not {}.",
                            zone.name_of_offset(rule_utc),
                            zone.name_of_offset(other_side)
                        ),
                        format!(
                            "那天的時差是{}，不是{}。",
                            zone.name_of_offset(rule_utc),
                            zone.name_of_offset(other_side)
                        ),
                    ),
                )],
            ),
        ],
        steps: vec![
            change.sentence(),
            if change.forward {
                Text::new(
                    format!(
                        "`{}` is due at {:02}:{minute:02}: the Scheduler skips a time that does not exist, so {runs} runs.",
                        jobs[0], change.hour
                    ),
                    format!(
                        "`{}`訂在{:02}:{minute:02}：Scheduler會略過不存在的時間，所以是{runs}次。",
                        jobs[0], change.hour
                    ),
                )
            } else {
                Text::new(
                    format!(
                        "`{}` is due at {:02}:{minute:02}: the Scheduler does not repeat a time that comes twice, so {runs} run.",
                        jobs[0], change.hour
                    ),
                    format!(
                        "`{}`訂在{:02}:{minute:02}：Scheduler遇到重複的時間只執行一次，所以是{runs}次。",
                        jobs[0], change.hour
                    ),
                )
            },
            Text::new(
                format!(
                    "The day after, {} is `{}` {}: `{}` UTC.",
                    clock(next_local),
                    show(next_local),
                    zone.short(next),
                    show(next)
                ),
                format!(
                    "隔天的{}是`{}` {}，也就是UTC `{}`。",
                    clock(next_local),
                    show(next_local),
                    zone.short(next),
                    show(next)
                ),
            ),
            Text::new(
                format!(
                    "`{}` keeps its wall time: 24 h {} 1 h = {apart} h.",
                    jobs[1],
                    if change.forward { "−" } else { "+" }
                ),
                format!(
                    "`{}`的當地時間不變：24小時{} 1小時 = {apart}小時。",
                    jobs[1],
                    if change.forward { "−" } else { "+" }
                ),
            ),
            Text::new(
                format!(
                    "The rule stays at {} UTC; with {} that is `{}` local time.",
                    clock(rule_utc),
                    zone.name_of_offset(rule_utc),
                    show(rule_local)
                ),
                format!(
                    "規則固定在UTC {}；以{}換算是當地`{}`。",
                    clock(rule_utc),
                    zone.name_of_offset(rule_utc),
                    show(rule_local)
                ),
            ),
        ],
        given: json!({
            "scenario": "scheduler", "zone": zone.name, "date": date.to_string(), "jobs": jobs,
            "shift": clock_shift.num_hours(), "rule-utc": show(rule_utc),
        }),
    }
}

/// A crontab and a timer that name a zone with a clock change, on a host in Taiwan.
fn another_zone(draw: &mut Draw) -> Exercise {
    let change = clock_change(draw);
    let (zone, date) = (change.zone, change.date);
    let jobs = draw.some(JOBS, 2);
    // Sundays change the clock: the Friday before and the Monday after.
    let (friday, monday) = (date - TimeDelta::days(2), day_after(date));
    let (minute, hour) = (draw.int(0, 59), draw.int(6, 22));
    let line = format!("{minute} {hour} * * {}", *draw.pick(&["1-5", "mon-fri"]));
    let job = parse(Dialect::Crontab, &line);
    let at = |schedule: &Schedule, date: NaiveDate| {
        let local = schedule.times(date).first().copied().unwrap_or_default();
        zone.utc(local).first().copied().unwrap_or(local) + eight_hours()
    };
    let logged = [friday, monday].map(|date| at(&job, date));
    let calendar = format!("*-*-* {:02}:{:02}:00 {}", draw.int(6, 22), draw.int(0, 59), zone.name);
    let timer = parse(Dialect::Timer, &calendar);
    // From Taiwan's noon on the day of the change on: the next run is on one side or on the other.
    let now = date.and_hms_opt(draw.int(0, 23), draw.int(0, 59), 0).unwrap_or_default()
        + TimeDelta::days(draw.int(0, 4))
        - TimeDelta::days(2);
    // The zone's date may be the day before Taiwan's.
    let next =
        (-3..=4).map(|days| at(&timer, date + TimeDelta::days(days))).find(|run| *run > now).unwrap_or(now);
    let next_utc = next - eight_hours();
    let distance = |utc: NaiveDateTime| (zone.local(utc) - (utc + eight_hours())).num_minutes();
    let minutes = distance(logged[1] - eight_hours());
    let unchanged = distance(logged[0] - eight_hours());
    let stale = next
        + TimeDelta::minutes(if next_utc < change.utc { minutes - unchanged } else { unchanged - minutes });
    let hours = minutes.unsigned_abs() as f64 / 60.0;
    let hours_before = unchanged.unsigned_abs() as f64 / 60.0;
    let crontab = format!("$ crontab -l\nCRON_TZ={}\n{line} /opt/jobs/{}.sh\n", zone.name, jobs[0]);
    Exercise {
        prompt: Text::new(
            format!(
                "A host in Taiwan (`Asia/Taipei`, UTC+8 all year; cron daemon: cronie) serves users in `{}`, where the clock changes on {date}. The host's clock shows `{}`.",
                zone.name,
                show(now)
            ),
            format!(
                "一台位於臺灣的主機（`Asia/Taipei`，全年UTC+8；cron常駐程式是cronie）服務`{}`的使用者，當地時鐘在{date}切換。主機時鐘現在是`{}`。",
                zone.name,
                show(now)
            ),
        ),
        evidence: vec![
            shown(EvidenceType::Command, crontab),
            shown(EvidenceType::Command, timer_file(jobs[1], &calendar)),
            shown(EvidenceType::Command, change.evidence.clone()),
        ],
        asks: vec![
            moments_ask(
                "logged",
                Text::new(
                    format!(
                        "The times cronie logs on the host for `{}` due on {friday} and {monday} (dates in {})",
                        jobs[0], zone.name
                    ),
                    format!(
                        "`{}`訂在{friday}與{monday}（{}的日期）的兩次執行，cronie在主機日誌裡記的時間",
                        jobs[0], zone.name
                    ),
                ),
                &logged,
                vec![
                    (
                        vec![logged[0], logged[0] + TimeDelta::days(3)],
                        Text::new(
                            format!("The zone's offset changes in between, on {date}."),
                            format!("中間的{date}當地時差改變了。"),
                        ),
                    ),
                    (
                        [friday, monday]
                            .map(|date| job.times(date).first().copied().unwrap_or_default())
                            .to_vec(),
                        Text::new(
                            "Those are the times in the table; the log uses the daemon's local time zone.",
                            "這是表格裡的時間；日誌用的是常駐程式所在的當地時區。",
                        ),
                    ),
                ],
            ),
            moment_ask(
                "timer-next",
                Text::new(
                    format!("The next run of `{}.timer`, in the host's time", jobs[1]),
                    format!("`{}.timer`下一次執行（主機時間）", jobs[1]),
                ),
                next,
                vec![(
                    stale,
                    Text::new(
                        format!("At that moment the zone is at {}.", zone.name_of_offset(next_utc)),
                        format!("那個時候該時區是{}。", zone.name_of_offset(next_utc)),
                    ),
                )],
            ),
            Ask::new(
                "apart",
                Text::new(
                    format!("Hours between the clocks of the host and of {} on {monday}", zone.name),
                    format!("{monday}主機與{}的時鐘相差幾小時", zone.name),
                ),
                Answer::Number {
                    value: hours,
                    tolerance: 0.0,
                    unit: Unit::Hours,
                    traps: vec![Trap::new(
                        hours_before,
                        Text::new(format!("That was so until {date}."), format!("那是{date}之前的時差。")),
                    )],
                },
            ),
        ],
        steps: vec![
            change.sentence(),
            Text::new(
                format!(
                    "`CRON_TZ` makes the table's times those of {}; the log keeps the host's zone. {} then {}: {}.",
                    zone.name,
                    zone.name_of_offset(logged[0] - eight_hours()),
                    zone.name_of_offset(logged[1] - eight_hours()),
                    coded(&logged)
                ),
                format!(
                    "`CRON_TZ`讓表格的時間以{}為準，日誌仍用主機時區。時差先是{}，之後是{}：{}。",
                    zone.name,
                    zone.name_of_offset(logged[0] - eight_hours()),
                    zone.name_of_offset(logged[1] - eight_hours()),
                    coded(&logged)
                ),
            ),
            Text::new(
                format!(
                    "The timer names the zone itself: its next run is `{}` there ({}), `{}` in Taiwan.",
                    show(zone.local(next_utc)),
                    zone.short(next_utc),
                    show(next)
                ),
                format!(
                    "計時器自己指定了時區：下一次是當地`{}`（{}），臺灣時間`{}`。",
                    show(zone.local(next_utc)),
                    zone.short(next_utc),
                    show(next)
                ),
            ),
            Text::new(
                format!(
                    "On {monday} Taiwan (UTC+8) and {} ({}) are {hours} h apart.",
                    zone.name,
                    zone.name_of_offset(logged[1] - eight_hours())
                ),
                format!(
                    "{monday}臺灣（UTC+8）與{}（{}）相差{hours}小時。",
                    zone.name,
                    zone.name_of_offset(logged[1] - eight_hours())
                ),
            ),
        ],
        given: json!({
            "scenario": "zone", "zone": zone.name, "date": date.to_string(), "jobs": jobs, "now": show(now),
            "friday": friday.to_string(), "monday": monday.to_string(),
        }),
    }
}
