//! Reading the three dialects.

use super::{DayRule, Schedule};

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const EVERY_DAY: u64 = 0xffff_fffe;
const EVERY_WEEKDAY: u64 = 0x7f;

/// What a field may say.
#[derive(Clone, Copy)]
struct Field {
    low: u32,
    high: u32,
    /// Names of the values, the first for `first`.
    names: &'static [&'static str],
    first: u32,
    /// Between the ends of a range.
    range: &'static str,
    /// `5/10`: from 5 to the end. crontab(5) allows a step only after a range or an asterisk.
    open_step: bool,
}

impl Field {
    const fn crontab(low: u32, high: u32) -> Self {
        Self { low, high, names: &[], first: 0, range: "-", open_step: false }
    }

    const fn named(self, names: &'static [&'static str], first: u32) -> Self {
        Self { names, first, ..self }
    }

    const fn eventbridge(low: u32, high: u32) -> Self {
        Self { open_step: true, ..Self::crontab(low, high) }
    }

    const fn calendar(low: u32, high: u32) -> Self {
        Self { range: "..", open_step: true, ..Self::crontab(low, high) }
    }

    fn value(self, text: &str) -> Result<u32, String> {
        let name = text.to_ascii_lowercase();
        let named = self.names.iter().zip(self.first..).find(|(known, _)| **known == name);
        let value = named.map(|(_, value)| value).or_else(|| text.parse().ok());
        value
            .filter(|value| (self.low..=self.high).contains(value))
            .ok_or_else(|| format!("{text:?} is not from {} to {}", self.low, self.high))
    }

    /// The values named, as bits.
    fn read(self, text: &str) -> Result<u64, String> {
        let mut mask = 0;
        for item in text.split(',') {
            let (span, step) = match item.split_once('/') {
                Some((span, step)) => {
                    let step = step.parse().ok().filter(|step| *step > 0);
                    (span, Some(step.ok_or_else(|| format!("{item:?} has no step"))?))
                }
                None => (item, None),
            };
            let (from, to) = if span == "*" {
                (self.low, self.high)
            } else if let Some((from, to)) = span.split_once(self.range) {
                (self.value(from)?, self.value(to)?)
            } else if step.is_some() {
                if !self.open_step {
                    return Err(format!("{item:?}: a step follows a range or an asterisk"));
                }
                (self.value(span)?, self.high)
            } else {
                let value = self.value(span)?;
                (value, value)
            };
            if from > to {
                return Err(format!("{item:?} ends before it starts"));
            }
            mask |= (from..=to).step_by(step.unwrap_or(1)).fold(0u64, |mask, value| mask | 1 << value);
        }
        Ok(mask)
    }
}

impl Schedule {
    /// The five time fields of a crontab line, as cronie's crontab(5) describes them.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn crontab(line: &str) -> Result<Self, String> {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [minute, hour, day, month, weekday] = *fields.as_slice() else {
            return Err("five fields are needed".to_owned());
        };
        let month_days = Field::crontab(1, 31).read(day)?;
        let week = Field::crontab(0, 7).named(&DAYS, 0).read(weekday)?;
        // 7 is Sunday, too.
        let week = (week | week >> 7) & EVERY_WEEKDAY;
        let days = if day.starts_with('*') || weekday.starts_with('*') {
            DayRule::Both { month: month_days, week }
        } else {
            DayRule::Either { month: month_days, week }
        };
        Ok(Self {
            minutes: Field::crontab(0, 59).read(minute)?,
            hours: Field::crontab(0, 23).read(hour)?,
            months: Field::crontab(1, 12).named(&MONTHS, 1).read(month)?,
            year: None,
            days,
            wildcard: minute.starts_with('*') || hour.starts_with('*'),
            zone: None,
        })
    }

    /// An OnCalendar expression of systemd.time(7): weekdays, date, time and zone, each of which may be missing.
    /// Seconds must be 0.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn calendar(text: &str) -> Result<Self, String> {
        let mut week = EVERY_WEEKDAY;
        let mut date = "*-*-*";
        let mut time = "00:00";
        let mut zone = None;
        for part in text.split_whitespace() {
            let starts_with_digit = part.starts_with(|c: char| c.is_ascii_digit() || c == '*');
            if starts_with_digit && part.contains(':') {
                time = part;
            } else if starts_with_digit {
                date = part;
            } else if part == "UTC" || part.contains('/') {
                zone = Some(part.to_owned());
            } else {
                week = weekdays(part)?;
            }
        }
        let mut clock = time.split(':');
        let (Some(hour), Some(minute)) = (clock.next(), clock.next()) else {
            return Err(format!("{time:?} is not a time"));
        };
        if clock.next().is_some_and(|second| second.parse() != Ok(0)) {
            return Err(format!("{time:?}: only whole minutes are modelled"));
        }
        let (rest, day, from_end) = match date.split_once('~') {
            Some((rest, day)) => (rest, day, true),
            None => {
                date.rsplit_once('-').map(|(rest, day)| (rest, day, false)).ok_or("a date needs a day")?
            }
        };
        let (year, month) = rest.rsplit_once('-').unwrap_or(("*", rest));
        let days = if from_end {
            // Steps lead towards the end of the month: `~07/1` is each of its last seven days.
            let month = match day.split_once('/') {
                Some((first, step)) => {
                    let first = Field::calendar(1, 31).value(first)?;
                    let step = step.parse().ok().filter(|step| *step > 0).ok_or("no step")?;
                    (1..=first).rev().step_by(step).fold(0u64, |mask, value| mask | 1 << value)
                }
                None => Field::calendar(1, 31).read(day)?,
            };
            DayRule::FromEnd { month, week }
        } else {
            DayRule::Both { month: Field::calendar(1, 31).read(day)?, week }
        };
        Ok(Self {
            minutes: Field::calendar(0, 59).read(minute)?,
            hours: Field::calendar(0, 23).read(hour)?,
            months: Field::calendar(1, 12).read(month)?,
            year: if year == "*" {
                None
            } else {
                Some(year.parse().map_err(|_| format!("{year:?} is no year"))?)
            },
            days,
            wildcard: false,
            zone,
        })
    }

    /// EventBridge's `cron(minutes hours day-of-month month day-of-week year)`.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn eventbridge(text: &str) -> Result<Self, String> {
        let inner = text.strip_prefix("cron(").and_then(|rest| rest.strip_suffix(')')).ok_or("no cron()")?;
        let fields: Vec<&str> = inner.split_whitespace().collect();
        let [minute, hour, day, month, weekday, year] = *fields.as_slice() else {
            return Err("six fields are needed".to_owned());
        };
        if (day == "?") == (weekday == "?") {
            return Err("one of day-of-month and day-of-week must be ?".to_owned());
        }
        let number = |text: &str| Field::crontab(1, 31).value(text);
        let week = |text: &str| Field::crontab(1, 7).named(&DAYS, 1).value(text).map(|day| day - 1);
        let days = if weekday == "?" {
            if day == "L" {
                DayRule::FromEnd { month: 1 << 1, week: EVERY_WEEKDAY }
            } else if let Some(day) = day.strip_suffix('W') {
                DayRule::Nearest(number(day)?)
            } else {
                DayRule::Both { month: Field::eventbridge(1, 31).read(day)?, week: EVERY_WEEKDAY }
            }
        } else if let Some((weekday, nth)) = weekday.split_once('#') {
            DayRule::Nth { week: week(weekday)?, nth: Field::crontab(1, 5).value(nth)? }
        } else if let Some(weekday) = weekday.strip_suffix('L') {
            DayRule::LastOf(week(weekday)?)
        } else {
            let mask = Field::eventbridge(1, 7).named(&DAYS, 1).read(weekday)?;
            DayRule::Both { month: EVERY_DAY, week: mask >> 1 }
        };
        Ok(Self {
            minutes: Field::eventbridge(0, 59).read(minute)?,
            hours: Field::eventbridge(0, 23).read(hour)?,
            months: Field::eventbridge(1, 12).named(&MONTHS, 1).read(month)?,
            year: if year == "*" {
                None
            } else {
                Some(year.parse().map_err(|_| format!("{year:?} is no year"))?)
            },
            days,
            wildcard: false,
            zone: None,
        })
    }
}

/// `Mon,Wed..Fri`. The week begins on Monday: systemd refuses `Sun..Thu`.
fn weekdays(text: &str) -> Result<u64, String> {
    let day = |name: &str| {
        let name = name.to_ascii_lowercase();
        let short = name.get(..3).unwrap_or_default();
        let day = DAYS.iter().zip(0u32..).find(|(known, _)| **known == short).map(|(_, day)| day)?;
        Some(if day == 0 { 7 } else { day })
    };
    let mut mask = 0;
    for item in text.split(',').filter(|item| !item.is_empty()) {
        let (from, to) = item.split_once("..").unwrap_or((item, item));
        match (day(from), day(to)) {
            (Some(from), Some(to)) if from <= to => {
                mask |= (from..=to).fold(0u64, |mask, day| mask | 1 << (day % 7))
            }
            _ => return Err(format!("{item:?} names no days")),
        }
    }
    Ok(mask)
}
