//! Time zones by their rule of today, for the years 2024 to 2026.

use chrono::{Datelike, NaiveDate, NaiveDateTime, TimeDelta, Weekday};

/// A time zone: its offset and, where it has one, its daylight saving time.
#[derive(Debug)]
pub struct Zone {
    /// Its name in the tz database.
    pub name: &'static str,
    /// Minutes east of UTC, outside daylight saving time.
    standard: i64,
    /// The abbreviations of standard and of daylight saving time.
    short: (&'static str, &'static str),
    /// When the clock goes forward an hour and back again.
    changes: Option<(Change, Change)>,
}

/// A Sunday on which the clock changes.
#[derive(Debug)]
struct Change {
    month: u32,
    /// The n-th Sunday; 0 for the last.
    nth: u8,
    /// When, in minutes of standard time.
    minute: i64,
}

const fn change(month: u32, nth: u8, minute: i64) -> Change {
    Change { month, nth, minute }
}

const fn zone(
    name: &'static str,
    hours: i64,
    short: (&'static str, &'static str),
    changes: Option<(Change, Change)>,
) -> Zone {
    Zone { name, standard: hours * 60, short, changes }
}

/// The United States: forward at 02:00, back at 02:00 of daylight saving time.
const fn american(name: &'static str, hours: i64, short: (&'static str, &'static str)) -> Zone {
    zone(name, hours, short, Some((change(3, 2, 120), change(11, 1, 60))))
}

/// Europe: both at 01:00 UTC.
const fn european(name: &'static str, hours: i64, short: (&'static str, &'static str)) -> Zone {
    zone(name, hours, short, Some((change(3, 0, 60 + hours * 60), change(10, 0, 60 + hours * 60))))
}

/// The zones known here.
pub const ZONES: &[Zone] = &[
    zone("UTC", 0, ("UTC", ""), None),
    zone("Asia/Taipei", 8, ("CST", ""), None),
    zone("Asia/Singapore", 8, ("+08", ""), None),
    zone("Asia/Hong_Kong", 8, ("HKT", ""), None),
    zone("Asia/Tokyo", 9, ("JST", ""), None),
    american("America/New_York", -5, ("EST", "EDT")),
    american("America/Chicago", -6, ("CST", "CDT")),
    american("America/Denver", -7, ("MST", "MDT")),
    american("America/Los_Angeles", -8, ("PST", "PDT")),
    european("Europe/London", 0, ("GMT", "BST")),
    european("Europe/Berlin", 1, ("CET", "CEST")),
    european("Europe/Paris", 1, ("CET", "CEST")),
    european("Europe/Helsinki", 2, ("EET", "EEST")),
    zone("Australia/Sydney", 10, ("AEST", "AEDT"), Some((change(10, 1, 120), change(4, 1, 120)))),
    zone("Australia/Adelaide", 9, ("ACST", "ACDT"), Some((change(10, 1, 120), change(4, 1, 120)))).plus(30),
    zone("Pacific/Auckland", 12, ("NZST", "NZDT"), Some((change(9, 0, 120), change(4, 1, 120)))),
];

impl Zone {
    const fn plus(self, minutes: i64) -> Self {
        Self { standard: self.standard + minutes, ..self }
    }

    /// The zone of a name.
    pub fn named(name: &str) -> Option<&'static Self> {
        ZONES.iter().find(|zone| zone.name == name)
    }

    /// Whether its clock changes.
    pub fn changes(&self) -> bool {
        self.changes.is_some()
    }

    /// When the clock goes forward and back in a year, in UTC.
    pub fn transitions(&self, year: i32) -> Option<(NaiveDateTime, NaiveDateTime)> {
        let (forward, back) = self.changes.as_ref()?;
        Some((self.moment(forward, year)?, self.moment(back, year)?))
    }

    fn moment(&self, change: &Change, year: i32) -> Option<NaiveDateTime> {
        let sunday = |nth| NaiveDate::from_weekday_of_month_opt(year, change.month, Weekday::Sun, nth);
        let date = if change.nth == 0 { sunday(5).or_else(|| sunday(4)) } else { sunday(change.nth) }?;
        Some(date.and_hms_opt(0, 0, 0)? + TimeDelta::minutes(change.minute - self.standard))
    }

    /// Minutes east of UTC at a moment in UTC, and whether that is daylight saving time.
    fn offset(&self, utc: NaiveDateTime) -> (i64, bool) {
        let year = (utc + TimeDelta::minutes(self.standard)).year();
        let daylight = self.transitions(year).is_some_and(|(forward, back)| {
            if forward < back { (forward..back).contains(&utc) } else { !(back..forward).contains(&utc) }
        });
        (self.standard + if daylight { 60 } else { 0 }, daylight)
    }

    /// The wall time at a moment in UTC.
    pub fn local(&self, utc: NaiveDateTime) -> NaiveDateTime {
        utc + TimeDelta::minutes(self.offset(utc).0)
    }

    /// The abbreviation in force at a moment in UTC.
    pub fn short(&self, utc: NaiveDateTime) -> &'static str {
        if self.offset(utc).1 { self.short.1 } else { self.short.0 }
    }

    /// The offset in force at a moment in UTC, as `UTC`, `UTC+8` or `UTC+9:30`.
    pub fn name_of_offset(&self, utc: NaiveDateTime) -> String {
        let minutes = self.offset(utc).0;
        let sign = if minutes < 0 { '−' } else { '+' };
        match (minutes.abs() / 60, minutes.abs() % 60) {
            (0, 0) => "UTC".to_owned(),
            (hours, 0) => format!("UTC{sign}{hours}"),
            (hours, rest) => format!("UTC{sign}{hours}:{rest:02}"),
        }
    }

    /// The moments at which its clocks show a wall time: none in a skipped hour, two in a repeated one.
    pub fn utc(&self, local: NaiveDateTime) -> Vec<NaiveDateTime> {
        let mut offsets = vec![self.standard + 60, self.standard];
        if self.changes.is_none() {
            offsets.remove(0);
        }
        let moments = offsets.into_iter().map(|offset| local - TimeDelta::minutes(offset));
        moments.filter(|utc| self.local(*utc) == local).collect()
    }

    /// The moment right after the skipped hour that a wall time would be in.
    pub fn after_gap(&self, local: NaiveDateTime) -> NaiveDateTime {
        self.transitions(local.year()).map_or(local, |(forward, _)| forward)
    }

    /// A year's changes as `zdump -v` prints them.
    pub fn zdump(&self, year: i32) -> String {
        let Some((forward, back)) = self.transitions(year) else { return String::new() };
        let mut lines = String::new();
        for change in [forward.min(back), forward.max(back)] {
            for utc in [change - TimeDelta::seconds(1), change] {
                let (minutes, daylight) = self.offset(utc);
                let show = |time: NaiveDateTime| time.format("%a %b %e %H:%M:%S %Y").to_string();
                lines.push_str(&format!(
                    "{}  {} UT = {} {} isdst={} gmtoff={}\n",
                    self.name,
                    show(utc),
                    show(self.local(utc)),
                    self.short(utc),
                    u8::from(daylight),
                    minutes * 60
                ));
            }
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use chrono::{Offset, TimeZone};

    use super::*;

    #[test]
    fn every_hour_of_three_years_is_as_the_tz_database_says() {
        for zone in ZONES {
            let real: chrono_tz::Tz = zone.name.parse().expect("a name of the tz database");
            let start = NaiveDate::from_ymd_opt(2024, 1, 1)
                .and_then(|date| date.and_hms_opt(0, 0, 0))
                .expect("valid");
            for hour in 0..24 * (366 + 365 + 365) {
                let utc = start + TimeDelta::minutes(hour * 60 + 59);
                let expected = real.offset_from_utc_datetime(&utc);
                assert_eq!(
                    zone.offset(utc).0 * 60,
                    i64::from(expected.fix().local_minus_utc()),
                    "{} {utc}",
                    zone.name
                );
                assert_eq!(zone.short(utc), expected.to_string(), "{} {utc}", zone.name);
            }
        }
    }

    #[test]
    fn wall_times_are_skipped_and_repeated() {
        let zone = Zone::named("Europe/Berlin").expect("known");
        let at = |text| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").expect("a moment");
        assert!(zone.utc(at("2026-03-29 02:30")).is_empty());
        assert_eq!(zone.after_gap(at("2026-03-29 02:30")), at("2026-03-29 01:00"));
        assert_eq!(zone.utc(at("2026-10-25 02:30")), [at("2026-10-25 00:30"), at("2026-10-25 01:30")]);
        assert_eq!(zone.utc(at("2026-07-01 12:00")), [at("2026-07-01 10:00")]);
        let first = zone.zdump(2026).lines().next().map(str::to_owned);
        let expected =
            "Europe/Berlin  Sun Mar 29 00:59:59 2026 UT = Sun Mar 29 01:59:59 2026 CET isdst=0 gmtoff=3600";
        assert_eq!(first.as_deref(), Some(expected));
    }
}
