//! Level 2: which days, where date and weekday are both named; the three dialects side by side.

use chrono::{Datelike, NaiveDate, NaiveDateTime, TimeDelta};
use serde_json::json;

use super::{
    DAYS, DAYS_EN, DAYS_ZH, Dialect, JOBS, NTH_EN, NTH_ZH, ascending, count_ask, date, eight_hours, joined,
    listed, moment_ask, name, parse, rule_line, schedule_line, show, timer_file, weekday, zone,
};
use crate::cloud::Draw;
use crate::cloud::schedule::{Zone, month_length};
use crate::drill::{Answer, Ask, Choice, Exercise, shown};
use crate::model::{EvidenceType, Text};

/// A crontab line that restricts the date and the weekday.
struct BothDays {
    dates: String,
    week: u32,
    /// For an n-th weekday: which.
    nth: Option<u32>,
    /// Whether cronie wants both, because of a star.
    star: bool,
    /// Minute and hour.
    time: (u32, u32),
    line: String,
}

/// The moment a case is about, and the host's zone.
#[derive(Clone, Copy)]
struct Now {
    host: &'static Zone,
    /// On the host's clock.
    local: NaiveDateTime,
}

impl Now {
    fn on_utc(self) -> bool {
        self.host.name == "UTC"
    }

    /// Taiwan's time at a time of the host's clock.
    fn taiwan(self, time: NaiveDateTime) -> NaiveDateTime {
        time - (self.host.local(self.local) - self.local) + eight_hours()
    }
}

/// A line, a timer or a rule with what is asked about it.
struct Piece {
    shown: String,
    ask: Ask,
    step: Text,
}

impl BothDays {
    fn draw(draw: &mut Draw) -> Self {
        let week = draw.int(0, 6);
        let (dates, nth, star) = match draw.int(0, 2) {
            0 => {
                let nth = draw.int(1, 4);
                (format!("{}-{}", nth * 7 - 6, nth * 7), Some(nth), false)
            }
            1 => {
                let dates: Vec<u32> = (1..=28).collect();
                let count = draw.int(1, 3);
                (joined(&ascending(draw, &dates, count)), None, false)
            }
            _ => (format!("*/{}", draw.int(2, 10)), None, true),
        };
        let (minute, hour) = (draw.int(0, 59), draw.int(0, 23));
        let named = draw.percent(30);
        let shown = if named { name(&DAYS, week).to_ascii_lowercase() } else { week.to_string() };
        let line = format!("{minute} {hour} {dates} * {shown}");
        Self { dates, week, nth, star, time: (minute, hour), line }
    }

    /// The days of a month that the date names, that the weekday names, and on which the job runs.
    fn days(&self, month: NaiveDate) -> [Vec<u32>; 3] {
        let (minute, hour) = self.time;
        let date = format!("{minute} {hour} {} * *", self.dates);
        let week = format!("{minute} {hour} * * {}", self.week);
        [date.as_str(), &week, &self.line].map(|line| parse(Dialect::Crontab, line).days_of_month(month))
    }

    /// On how many days of a month it runs.
    fn count(&self, month: NaiveDate, job: &str) -> (Ask, Text) {
        let [dates, weekdays, runs] = self.days(month);
        let shared: Vec<u32> = dates.iter().copied().filter(|day| weekdays.contains(day)).collect();
        let either = dates.len() + weekdays.len() - shared.len();
        let month_name = month.format("%Y-%m");
        let (day_en, day_zh) = (name(&DAYS_EN, self.week), name(&DAYS_ZH, self.week));
        let ask = count_ask(
            "cron-days",
            Text::new(
                format!("On how many days of {month_name} `{}` runs (dates as on the host)", job),
                format!("`{}`在{month_name}有幾天會執行（以主機日期為準）", job),
            ),
            runs.len(),
            if self.star {
                vec![(
                    either,
                    Text::new(
                        format!(
                            "`{}` contains a star, so it does not count as restricted: both fields must match.",
                            self.dates
                        ),
                        format!("`{}`含有星號，不算有限制：兩個欄位都要符合。", self.dates),
                    ),
                )]
            } else {
                vec![
                    (
                        shared.len(),
                        Text::new(
                            "Both day fields are restricted, so either is enough; this counts the days on which both match.",
                            "日與星期兩欄都有限制，符合其中一欄就會執行；這個數字只算了兩欄都符合的日子。",
                        ),
                    ),
                    (
                        dates.len() + weekdays.len(),
                        Text::new(
                            "Days on which both fields match are counted twice here.",
                            "兩欄都符合的日子在這裡被算了兩次。",
                        ),
                    ),
                ]
            },
        );

        let step = if self.star {
            Text::new(
                format!(
                    "crontab: `{}` contains a star, so it is not \"restricted\": date **and** weekday must match. Dates {}; {day_en}s {}; both: {}.",
                    self.dates,
                    listed(&dates),
                    listed(&weekdays),
                    if shared.is_empty() { "none".to_owned() } else { listed(&shared) }
                ),
                format!(
                    "crontab：`{}`含有星號，不算有限制，日期**與**星期都要符合。日期是{}；{day_zh}是{}；兩者都符合的是{}。",
                    self.dates,
                    listed(&dates),
                    listed(&weekdays),
                    if shared.is_empty() { "（無）".to_owned() } else { listed(&shared) }
                ),
            )
        } else {
            Text::new(
                format!(
                    "crontab: both day fields are restricted, so it runs when **either** matches. Dates {}; {day_en}s {}; {} shared: {} + {} − {} = {} days.",
                    listed(&dates),
                    listed(&weekdays),
                    shared.len(),
                    dates.len(),
                    weekdays.len(),
                    shared.len(),
                    runs.len()
                ),
                format!(
                    "crontab：兩個日欄位都有限制，符合**其中一個**就會執行。日期是{}；{day_zh}是{}；重複{}天：{} + {} − {} = {}天。",
                    listed(&dates),
                    listed(&weekdays),
                    shared.len(),
                    dates.len(),
                    weekdays.len(),
                    shared.len(),
                    runs.len()
                ),
            )
        };
        (ask, step)
    }
}

fn timer(draw: &mut Draw, now: Now, job: &str) -> Piece {
    let week = draw.int(0, 6);
    let time = format!("{:02}:{:02}:00", draw.int(0, 23), draw.int(0, 59));
    let (calendar, en, zh) = match draw.int(0, 3) {
        0 => {
            let nth = draw.int(1, 4);
            (
                format!("{} *-*-{:02}..{:02} {time}", name(&DAYS, week), nth * 7 - 6, nth * 7),
                format!("the {} {} of a month", name(&NTH_EN, nth), name(&DAYS_EN, week)),
                format!("每月{}{}", name(&NTH_ZH, nth), name(&DAYS_ZH, week)),
            )
        }
        1 => {
            let date = draw.int(1, 28);
            (
                format!("{} *-*-{date:02} {time}", name(&DAYS, week)),
                format!("a {} that is day {date} of its month", name(&DAYS_EN, week)),
                format!("剛好是{date}日的{}", name(&DAYS_ZH, week)),
            )
        }
        2 => (
            format!("{} *-*~07/1 {time}", name(&DAYS, week)),
            format!("the last {} of a month (one of its last seven days)", name(&DAYS_EN, week)),
            format!("每月最後一個{}（月底七天之一）", name(&DAYS_ZH, week)),
        ),
        _ => {
            let date = draw.int(1, 20);
            (
                format!("Mon..Fri *-*-{date:02},{:02} {time}", date + 8),
                format!("day {date} or {} of a month, if it is a Monday to Friday", date + 8),
                format!("每月{date}日或{}日，且必須是星期一到星期五", date + 8),
            )
        }
    };
    let timer = parse(Dialect::Timer, &calendar);
    let next = timer.next(now.local, 1).first().copied().unwrap_or(now.local);
    let mut wrong = Vec::new();
    if now.on_utc() {
        wrong.push((
            next,
            Text::new(
                "That is UTC, the host's time; Taiwan is 8 hours ahead.",
                "這是主機的UTC時間；臺灣要再加8小時。",
            ),
        ));
    }
    let weekly = calendar.split_once(' ').map(|(days, _)| format!("{days} *-*-* {time}"));
    if let Some(weekly) = weekly {
        let loose = [
            parse(Dialect::Timer, &weekly),
            parse(Dialect::Timer, calendar.split_once(' ').map_or("", |(_, rest)| rest)),
        ];
        let first = loose.iter().filter_map(|schedule| schedule.next(now.local, 1).first().copied()).min();
        if let Some(first) = first {
            wrong.push((
                now.taiwan(first),
                Text::new(
                    "There the weekday or the date matches, not both: OnCalendar wants both.",
                    "那天只符合星期或日期其中之一；OnCalendar兩者都要符合。",
                ),
            ));
        }
    }
    let ask = moment_ask(
        "timer-next",
        Text::new(
            format!("The next run of `{}.timer`, in Taiwan time (UTC+8)", job),
            format!("`{}.timer`下一次執行，以臺灣時間（UTC+8）表示", job),
        ),
        now.taiwan(next),
        wrong,
    );
    let step = Text::new(
        format!(
            "OnCalendar wants date and weekday: {en}. Next: `{}` on the host, `{}` in Taiwan.",
            show(next),
            show(now.taiwan(next))
        ),
        format!(
            "OnCalendar的日期與星期都要符合：{zh}。下一次是主機時間`{}`，臺灣時間`{}`。",
            show(next),
            show(now.taiwan(next))
        ),
    );
    Piece { shown: timer_file(job, &calendar), ask, step }
}

/// A rule of EventBridge, or a schedule of its Scheduler.
fn rule(draw: &mut Draw, now: Now, job: &str) -> Piece {
    let week = draw.int(0, 6);
    let at =
        format!("{} {}", draw.int(0, 59), if draw.percent(70) { draw.int(16, 23) } else { draw.int(0, 15) });
    let (expression, monday_first, en, zh) = match draw.int(0, 3) {
        0 => {
            let nth = draw.int(1, 4);
            (
                format!("cron({at} ? * {}#{nth} *)", week + 1),
                (week < 6).then(|| format!("cron({at} ? * {}#{nth} *)", week + 2)),
                format!(
                    "`{}#{nth}`: the {} {} of a month (1 is Sunday)",
                    week + 1,
                    name(&NTH_EN, nth),
                    name(&DAYS_EN, week)
                ),
                format!(
                    "`{}#{nth}`：每月{}{}（1是星期日）",
                    week + 1,
                    name(&NTH_ZH, nth),
                    name(&DAYS_ZH, week)
                ),
            )
        }
        1 => (
            format!("cron({at} L * ? *)"),
            None,
            "`L`: the last day of a month".to_owned(),
            "`L`：每月最後一天".to_owned(),
        ),
        2 => {
            let date = draw.int(4, 25);
            (
                format!("cron({at} {date}W * ? *)"),
                None,
                format!("`{date}W`: the weekday (Monday to Friday) nearest to day {date} of a month"),
                format!("`{date}W`：每月最接近{date}日的平日（星期一到星期五）"),
            )
        }
        _ => (
            format!("cron({at} ? * {}L *)", week + 1),
            (week < 6).then(|| format!("cron({at} ? * {}L *)", week + 2)),
            format!("`{}L`: the last {} of a month (1 is Sunday)", week + 1, name(&DAYS_EN, week)),
            format!("`{}L`：每月最後一個{}（1是星期日）", week + 1, name(&DAYS_ZH, week)),
        ),
    };
    // The weekday with L is an example of the Scheduler's guide.
    let scheduler = expression.contains("L *)") || draw.percent(25);
    let own = if scheduler { *draw.pick(&["Asia/Taipei", "UTC"]) } else { "UTC" };
    let shift = if own == "UTC" { eight_hours() } else { TimeDelta::zero() };
    let start = now.taiwan(now.local) - shift;
    let rule = parse(Dialect::Rule, &expression);
    let next = rule.next(start, 1).first().copied().unwrap_or(start);
    let mut wrong = Vec::new();
    if own == "UTC" {
        wrong.push((
            next,
            Text::new(
                if scheduler {
                    "That is UTC, the schedule's time zone."
                } else {
                    "That is UTC: rules always run in UTC."
                },
                if scheduler {
                    "這是UTC，也就是該排程的時區。"
                } else {
                    "這是UTC：規則一律以UTC執行。"
                },
            ),
        ));
    } else {
        wrong.push((
            next + eight_hours(),
            Text::new(
                "The schedule names Asia/Taipei as its time zone: nothing is left to add.",
                "這個排程的時區就是Asia/Taipei，不必再加時差。",
            ),
        ));
    }
    if let Some(other) =
        monday_first.and_then(|text| parse(Dialect::Rule, &text).next(start, 1).first().copied())
    {
        wrong.push((
            other + shift,
            Text::new(
                format!("{} is {} here: EventBridge counts from 1 = Sunday.", week + 1, name(&DAYS_EN, week)),
                format!("這裡的{}是{}：EventBridge從1 = 星期日起算。", week + 1, name(&DAYS_ZH, week)),
            ),
        ));
    }
    let (kind_en, kind_zh) = if scheduler { ("schedule", "排程") } else { ("rule", "規則") };
    let ask = moment_ask(
        "rule-next",
        Text::new(
            format!("The next run of the {kind_en} `{}`, in Taiwan time (UTC+8)", job),
            format!("{kind_zh}`{}`下一次執行，以臺灣時間（UTC+8）表示", job),
        ),
        next + shift,
        wrong,
    );
    let step = Text::new(
        format!(
            "The {kind_en} ({own}): {en}. Next: `{}` {own}, `{}` in Taiwan.",
            show(next),
            show(next + shift)
        ),
        format!(
            "{kind_zh}（{own}）：{zh}。下一次是{own} `{}`，臺灣時間`{}`。",
            show(next),
            show(next + shift)
        ),
    );
    let shown = if scheduler { schedule_line(job, &expression, own) } else { rule_line(job, &expression) };
    Piece { shown, ask, step }
}

pub(super) fn day_rules(draw: &mut Draw) -> Exercise {
    let jobs = draw.some(JOBS, 4);
    let host = zone(draw.pick::<&str>(&["Asia/Taipei", "UTC"]));
    let local = date(draw).and_hms_opt(draw.int(0, 23), draw.int(0, 59), 0).unwrap_or_default();
    let now = Now { host, local };
    let line = BothDays::draw(draw);
    let month = if draw.percent(50) { local.date() } else { local.date() + TimeDelta::days(31) };
    let month = month.with_day(1).unwrap_or(month);
    let (count, count_step) = line.count(month, jobs[0]);
    let timer = timer(draw, now, jobs[1]);
    let rule = rule(draw, now, jobs[2]);

    // The last question: a line that does what was meant, or a date.
    let (last, day) = match line.nth.filter(|_| draw.percent(60)) {
        Some(nth) => (fix_ask(draw, nth, line.week, line.time, jobs[0]), None),
        None => {
            let [dates, weekdays, _] = line.days(month);
            let mut days: Vec<u32> = (1..=month_length(month)).collect();
            draw.shuffle(&mut days);
            let wanted = *draw.pick(&[(true, true), (true, false), (false, true), (false, false)]);
            let matched = |day: u32| (dates.contains(&day), weekdays.contains(&day));
            let found = days.iter().copied().find(|day| matched(*day) == wanted);
            let day = found.or(days.first().copied()).unwrap_or(1);
            let asked = month.with_day(day).unwrap_or(month);
            (why_ask(asked, matched(day), &line, jobs[0]), Some(asked))
        }
    };

    let mut lines = [
        format!("{} /opt/jobs/{}.sh", line.line, jobs[0]),
        format!("{} {} * * * /opt/jobs/{}.sh", draw.int(0, 59), draw.int(0, 23), jobs[3]),
    ];
    draw.shuffle(&mut lines);
    let crontab = format!("$ crontab -l\nMAILTO=ops@example.com\n{}\n", lines.join("\n"));
    Exercise {
        prompt: Text::new(
            format!(
                "A host in the time zone `{}` (cron daemon: cronie) and an AWS account run the jobs below. The host's clock shows `{}` ({}). Taiwan has no daylight saving time.",
                host.name,
                show(local),
                DAYS_EN[weekday(local.date())]
            ),
            format!(
                "一台時區為`{}`的主機（cron常駐程式是cronie）與一個AWS帳戶執行下列工作。主機時鐘現在是`{}`（{}）。臺灣沒有日光節約時間。",
                host.name,
                show(local),
                DAYS_ZH[weekday(local.date())]
            ),
        ),
        evidence: vec![
            shown(EvidenceType::Command, crontab),
            shown(EvidenceType::Command, timer.shown),
            shown(EvidenceType::Command, rule.shown),
        ],
        asks: vec![count, timer.ask, rule.ask, last],
        steps: vec![count_step, timer.step, rule.step],
        given: json!({
            "host": host.name, "now": show(local), "jobs": jobs, "month": month.format("%Y-%m").to_string(),
            "day": day.map(|day| day.to_string()),
        }),
    }
}

/// Whether, and by which field, a line runs on a date.
fn why_ask(date: NaiveDate, matched: (bool, bool), both: &BothDays, job: &str) -> Ask {
    let right = match (matched, both.star) {
        ((true, true), _) => 0,
        ((true, false), false) => 1,
        ((false, true), false) => 2,
        _ => 3,
    };
    let day = DAYS_EN[weekday(date)];
    let day_zh = DAYS_ZH[weekday(date)];
    let found = |holds: bool| if holds { ("matches", "符合") } else { ("does not match", "不符合") };
    let (date_en, date_zh) = found(matched.0);
    let (week_en, week_zh) = found(matched.1);
    let (rule_en, rule_zh) = if both.star {
        ("the star makes both necessary", "因為有星號，兩欄都要符合")
    } else {
        ("both are restricted, so one is enough", "兩欄都有限制，符合一欄就夠")
    };
    let why = Text::new(
        format!("{date} is a {day}: `{}` {date_en}, the weekday {week_en}; {rule_en}.", both.dates),
        format!("{date}是{day_zh}：`{}`{date_zh}，星期{week_zh}；{rule_zh}。", both.dates),
    );
    let texts = [
        Text::new("It runs: date and weekday both match", "會執行：日期與星期都符合"),
        Text::new("It runs: only the date matches, and that is enough", "會執行：只有日期符合，這樣就夠"),
        Text::new("It runs: only the weekday matches, and that is enough", "會執行：只有星期符合，這樣就夠"),
        Text::new("It does not run", "不會執行"),
    ];
    let options = texts.into_iter().map(|text| Choice::new(text, why.clone())).collect();
    Ask::new(
        "last",
        Text::new(
            format!("What `{job}` does on {date} (host's date)"),
            format!("`{job}`在{date}（主機日期）會怎樣"),
        ),
        Answer::Choice { options, right },
    )
}

/// Which line runs on the n-th weekday only.
fn fix_ask(draw: &mut Draw, nth: u32, week: u32, (minute, hour): (u32, u32), job: &str) -> Ask {
    let command = format!("/opt/jobs/{job}.sh");
    let (first, last) = (nth * 7 - 6, nth * 7);
    let iso = if week == 0 { 7 } else { week };
    let (day_en, day_zh) = (name(&DAYS_EN, week), name(&DAYS_ZH, week));
    let option = |line: String, en: String, zh: String| {
        let text = format!("`{line} {command}`");
        Choice::new(Text::new(text.clone(), text), Text::new(en, zh))
    };
    let options = vec![
        option(
            format!("{minute} {hour} {first}-{last} * * [ \"$(date +\\%u)\" = {iso} ] &&"),
            format!("The date is restricted in the table, the weekday by the command; `\\%` reaches the shell as `%`, and `date +%u` is {iso} on a {day_en}."),
            format!("日期由欄位限制，星期由指令判斷；`\\%`交給shell時會變成`%`，而{day_zh}的`date +%u`是{iso}。"),
        ),
        option(
            format!("{minute} {hour} {first}-{last} * * [ \"$(date +%u)\" = {iso} ] &&"),
            "An unescaped `%` ends the command; the rest becomes its standard input, so the shell gets a broken line.".to_owned(),
            "沒有跳脫的`%`會結束指令，後面的內容變成標準輸入，shell拿到的是殘缺的一行。".to_owned(),
        ),
        option(
            format!("{minute} {hour} {first}-{last} * {week}"),
            format!("Both day fields are restricted: it runs on every day from {first} to {last} and on every {day_en}."),
            format!("兩個日欄位都有限制：{first}到{last}日每天都跑，每個{day_zh}也跑。"),
        ),
        option(
            format!("{minute} {hour} */{} * {week}", if nth == 1 { 7 } else { last }),
            format!("The star makes both fields necessary, but the step starts at day 1: it does not mean days {first} to {last}."),
            format!("有星號時兩欄都要符合，但間隔從1日起算，並不等於{first}到{last}日。"),
        ),
    ];
    Ask::new(
        "last",
        Text::new(
            format!("Which line runs `{command}` only on the {} {day_en} of each month", name(&NTH_EN, nth)),
            format!("哪一行只在每月{}{day_zh}執行`{command}`", name(&NTH_ZH, nth)),
        ),
        Answer::choice(draw, options),
    )
}
