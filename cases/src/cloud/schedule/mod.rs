//! When a schedule runs: crontab(5) as cronie reads it, systemd's OnCalendar, EventBridge's `cron()`, and the clock
//! changes of a time zone.
//!
//! Only whole minutes are modelled. A [`Schedule`] names wall times; [`cronie_runs`] and [`scheduler_runs`] say what
//! becomes of them where a clock change skips or repeats them, as far as their documentation says.

mod parse;
mod zone;

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, Timelike};

pub use zone::{ZONES, Zone};

/// What an expression says, whichever dialect it was written in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Bit n: minute n.
    minutes: u64,
    /// Bit n: hour n.
    hours: u64,
    /// Bit n: month n, from 1.
    months: u64,
    /// The only year; none for every year.
    year: Option<i32>,
    days: DayRule,
    /// A crontab whose minute or hour field starts with `*`.
    wildcard: bool,
    /// The zone an OnCalendar expression names.
    zone: Option<String>,
}

/// On which days; bit n of a day of the month is day n, bit n of a weekday counts from Sunday = 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DayRule {
    /// Day of the month and weekday.
    Both { month: u64, week: u64 },
    /// Day of the month or weekday: a crontab that restricts both.
    Either { month: u64, week: u64 },
    /// Day counted from the end of the month (1 is the last), and weekday.
    FromEnd { month: u64, week: u64 },
    /// The weekday nearest to a day, in the same month (EventBridge `15W`).
    Nearest(u32),
    /// The n-th such weekday of the month (EventBridge `2#1`).
    Nth { week: u32, nth: u32 },
    /// The last such weekday of the month (EventBridge `6L`).
    LastOf(u32),
}

fn has(mask: u64, bit: u32) -> bool {
    mask >> bit & 1 == 1
}

fn bits(mask: u64) -> impl Iterator<Item = u32> {
    (0..64).filter(move |bit| has(mask, *bit))
}

/// How many days a month has.
pub fn month_length(date: NaiveDate) -> u32 {
    let first = date.with_day(1).unwrap_or(date);
    let next = first.checked_add_months(chrono::Months::new(1)).unwrap_or(first);
    u32::try_from((next - first).num_days()).unwrap_or(30)
}

impl DayRule {
    fn holds(self, date: NaiveDate) -> bool {
        let day = date.day();
        let week = date.weekday().num_days_from_sunday();
        match self {
            Self::Both { month, week: weekdays } => has(month, day) && has(weekdays, week),
            Self::Either { month, week: weekdays } => has(month, day) || has(weekdays, week),
            Self::FromEnd { month, week: weekdays } => {
                has(month, month_length(date) - day + 1) && has(weekdays, week)
            }
            Self::Nearest(to) => {
                let length = month_length(date);
                let Some(wanted) = date.with_day(to.min(length)) else { return false };
                let nearest = match wanted.weekday() {
                    chrono::Weekday::Sat if wanted.day() > 1 => wanted.day() - 1,
                    chrono::Weekday::Sat => wanted.day() + 2,
                    chrono::Weekday::Sun if wanted.day() < length => wanted.day() + 1,
                    chrono::Weekday::Sun => wanted.day() - 2,
                    _ => wanted.day(),
                };
                to <= length && day == nearest
            }
            Self::Nth { week: weekday, nth } => week == weekday && (day - 1) / 7 + 1 == nth,
            Self::LastOf(weekday) => week == weekday && day + 7 > month_length(date),
        }
    }
}

impl Schedule {
    /// One that never runs.
    pub fn never() -> Self {
        let days = DayRule::Both { month: 0, week: 0 };
        Self { minutes: 0, hours: 0, months: 0, year: None, days, wildcard: false, zone: None }
    }

    /// Whether it runs on a day at all.
    pub fn on(&self, date: NaiveDate) -> bool {
        self.year.is_none_or(|year| year == date.year())
            && has(self.months, date.month())
            && self.days.holds(date)
    }

    /// Whether it names a minute.
    pub fn at(&self, time: NaiveDateTime) -> bool {
        self.on(time.date()) && has(self.hours, time.hour()) && has(self.minutes, time.minute())
    }

    /// The minutes, hours and months it names.
    pub fn fields(&self) -> [Vec<u32>; 3] {
        [self.minutes, self.hours, self.months].map(|mask| bits(mask).collect())
    }

    /// The zone an OnCalendar expression names.
    pub fn zone(&self) -> Option<&str> {
        self.zone.as_deref()
    }

    /// The wall times of a day, in order.
    pub fn times(&self, date: NaiveDate) -> Vec<NaiveDateTime> {
        if !self.on(date) {
            return Vec::new();
        }
        bits(self.hours)
            .flat_map(|hour| bits(self.minutes).filter_map(move |minute| date.and_hms_opt(hour, minute, 0)))
            .collect()
    }

    /// The next wall times after a moment, at most `count`; fewer where ten years do not hold as many.
    pub fn next(&self, after: NaiveDateTime, count: usize) -> Vec<NaiveDateTime> {
        let mut found = Vec::new();
        for date in after.date().iter_days().take(3660) {
            found.extend(self.times(date).into_iter().filter(|time| *time > after));
            if found.len() >= count {
                break;
            }
        }
        found.truncate(count);
        found
    }

    /// How many wall times a number of days holds, the first day given.
    pub fn count(&self, first: NaiveDate, days: usize) -> usize {
        first.iter_days().take(days).map(|date| self.times(date).len()).sum()
    }

    /// The days of a month on which it runs; the month that a date is in.
    pub fn days_of_month(&self, date: NaiveDate) -> Vec<u32> {
        (1..=month_length(date)).filter(|day| date.with_day(*day).is_some_and(|date| self.on(date))).collect()
    }
}

/// The runs of a crontab's job on a local day, in UTC, as cronie's cron(8) says: a change of the local time of less
/// than three hours does not concern jobs with `*` in minute or hour; of the others, what a skipped hour held runs
/// right after it, and what a repeated hour holds runs once.
pub fn cronie_runs(job: &Schedule, zone: &Zone, date: NaiveDate) -> Vec<NaiveDateTime> {
    let mut runs = Vec::new();
    for local in job.times(date) {
        let moments = zone.utc(local);
        if job.wildcard {
            runs.extend(moments);
        } else {
            runs.push(moments.first().copied().unwrap_or_else(|| zone.after_gap(local)));
        }
    }
    runs.sort();
    runs
}

/// The runs of an EventBridge Scheduler schedule on a local day, in UTC: a time that does not exist is skipped, one
/// that comes twice runs once. Which of the two is not documented; the first is returned.
pub fn scheduler_runs(schedule: &Schedule, zone: &Zone, date: NaiveDate) -> Vec<NaiveDateTime> {
    schedule.times(date).into_iter().filter_map(|local| zone.utc(local).first().copied()).collect()
}

/// The day before.
pub fn day_before(date: NaiveDate) -> NaiveDate {
    date.checked_sub_days(Days::new(1)).unwrap_or(date)
}

/// The day after.
pub fn day_after(date: NaiveDate) -> NaiveDate {
    date.checked_add_days(Days::new(1)).unwrap_or(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn moment(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").expect("a moment")
    }

    fn days(schedule: &Schedule, month: &str) -> Vec<u32> {
        schedule.days_of_month(date(month))
    }

    #[test]
    fn a_crontab_that_restricts_both_days_runs_on_either() {
        let job = |line| Schedule::crontab(line).expect("a crontab line");
        // crontab(5)'s own example: the 1st and 15th, plus every Friday.
        assert_eq!(days(&job("30 4 1,15 * 5"), "2026-05-01"), [1, 8, 15, 22, 29]);
        assert_eq!(days(&job("30 4 1,15 * 5"), "2026-06-01"), [1, 5, 12, 15, 19, 26]);
        assert_eq!(days(&job("0 2 */10 * mon"), "2026-06-01"), [1], "a field with a star is not restricted");
        assert_eq!(days(&job("0 2 * * 7"), "2026-06-01"), days(&job("0 2 * * 0"), "2026-06-01"));
        assert_eq!(job("*/35 6-20/7 * jan-mar *").fields(), [vec![0, 35], vec![6, 13, 20], vec![1, 2, 3]]);
        for bad in
            ["* * * *", "60 * * * *", "5-1 * * * *", "* * 0 * *", "* * * * 8", "0/5 * * * *", "* * ? * *"]
        {
            assert!(Schedule::crontab(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn on_calendar_wants_date_and_weekday() {
        let timer = |text| Schedule::calendar(text).expect("a calendar event");
        assert_eq!(days(&timer("Thu,Fri *-*-1,5 11:12"), "2012-01-01"), [5]);
        assert_eq!(
            days(&timer("Mon *-05~07/1"), "2026-05-01"),
            [25],
            "systemd.time(7): the last Monday in May"
        );
        assert_eq!(days(&timer("*-02~03"), "2026-02-01"), [26], "the third last day in February");
        let timer = timer("Mon..Fri *-*-* 08..18/2:15:00 America/New_York");
        assert_eq!(timer.zone(), Some("America/New_York"));
        assert_eq!(
            days(&Schedule::calendar("Sat..Sun *-*-*").expect("valid"), "2026-02-01"),
            [1, 7, 8, 14, 15, 21, 22, 28]
        );
        assert!(Schedule::calendar("Sun..Thu *-*-*").is_err(), "a week begins on Monday");
        assert_eq!(timer.fields()[1], [8, 10, 12, 14, 16, 18]);
    }

    #[test]
    fn eventbridge_counts_weekdays_from_sunday_and_knows_last_nearest_and_nth() {
        let rule = |text| Schedule::eventbridge(text).expect("an expression");
        assert_eq!(days(&rule("cron(0 9 ? * 1 *)"), "2026-03-01"), [1, 8, 15, 22, 29], "1 is Sunday");
        assert_eq!(
            days(&rule("cron(0 9 ? * 3#2 *)"), "2026-03-01"),
            [10],
            "the user guide: the second Tuesday"
        );
        assert_eq!(days(&rule("cron(15 10 ? * 6L *)"), "2026-03-01"), [27]);
        assert_eq!(days(&rule("cron(0 9 15W * ? *)"), "2026-03-01"), [16], "the 15th is a Sunday");
        assert_eq!(days(&rule("cron(0 9 L * ? *)"), "2026-02-01"), [28]);
        assert_eq!(rule("cron(1/10 0/6 * * ? *)").fields()[0], [1, 11, 21, 31, 41, 51]);
        for bad in
            ["cron(0 9 * * * *)", "cron(0 9 ? * ? *)", "cron(0 9 * * ?)", "0 9 * * ? *", "cron(0 9 ? * 0 *)"]
        {
            assert!(Schedule::eventbridge(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_a_clock_change_skips_or_repeats() {
        let zone = Zone::named("America/New_York").expect("known");
        let job = |line| Schedule::crontab(line).expect("a crontab line");
        let (spring, autumn) = (date("2026-03-08"), date("2026-11-01"));
        assert_eq!(cronie_runs(&job("30 2 * * *"), zone, spring), [moment("2026-03-08 07:00")]);
        assert_eq!(cronie_runs(&job("30 1 * * *"), zone, autumn), [moment("2026-11-01 05:30")]);
        assert_eq!(cronie_runs(&job("*/10 * * * *"), zone, spring).len(), 23 * 6);
        assert_eq!(cronie_runs(&job("*/10 * * * *"), zone, autumn).len(), 25 * 6);
        let schedule = Schedule::eventbridge("cron(30 2 * * ? *)").expect("an expression");
        assert!(scheduler_runs(&schedule, zone, spring).is_empty());
        let schedule = Schedule::eventbridge("cron(30 1 * * ? *)").expect("an expression");
        assert_eq!(scheduler_runs(&schedule, zone, autumn).len(), 1);
    }

    #[test]
    fn the_next_runs_come_after_the_moment() {
        let job = Schedule::crontab("0 9,17 * * 1-5").expect("a crontab line");
        let next = job.next(moment("2026-03-06 09:00"), 3);
        assert_eq!(
            next,
            [moment("2026-03-06 17:00"), moment("2026-03-09 09:00"), moment("2026-03-09 17:00")]
        );
        assert!(Schedule::crontab("0 0 30 2 *").expect("a crontab line").next(next[0], 1).is_empty());
    }
}
