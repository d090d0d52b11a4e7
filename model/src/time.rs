//! Moments and study days: pure arithmetic on what a shell's clock said.
//!
//! Nothing in the core reads a clock. A shell passes a [`Moment`]; the study day follows from it alone, so that a
//! day keeps its number whatever zone the learner travels to later.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

/// Minutes after midnight, local time, at which one study day becomes the next (04:00).
pub const ROLLOVER_MINUTES: i64 = 4 * 60;

const MS_PER_MINUTE: i64 = 60_000;
const MINUTES_PER_DAY: i64 = 24 * 60;

/// A point in time as a shell's clock showed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Moment {
    /// Milliseconds since 1970-01-01T00:00Z.
    pub utc_ms: i64,
    /// Local time minus UTC, in minutes (Taiwan: 480).
    pub offset_minutes: i32,
}

impl Moment {
    /// The study day this moment falls in: local days, turning over at 04:00.
    pub fn study_day(self) -> StudyDay {
        StudyDay::from_number(self.local_minutes() - ROLLOVER_MINUTES)
    }

    /// The calendar date on the learner's wall, turning over at midnight.
    pub fn local_date(self) -> NaiveDate {
        StudyDay::from_number(self.local_minutes()).date()
    }

    /// Minutes since 1970-01-01T00:00 local time.
    fn local_minutes(self) -> i64 {
        self.utc_ms.div_euclid(MS_PER_MINUTE).saturating_add(i64::from(self.offset_minutes))
    }
}

/// A study day, numbered as days since 1970-01-01 in the learner's calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct StudyDay(pub i32);

impl StudyDay {
    fn from_number(minutes: i64) -> Self {
        let days = minutes.div_euclid(MINUTES_PER_DAY);
        Self(i32::try_from(days).unwrap_or(if days < 0 { i32::MIN } else { i32::MAX }))
    }

    /// The day that begins on a date (at 04:00).
    pub fn of_date(date: NaiveDate) -> Self {
        let days = date.signed_duration_since(NaiveDate::default()).num_days();
        Self(i32::try_from(days).unwrap_or(i32::MAX))
    }

    /// The date on which the day begins. Days beyond chrono's calendar (some 262,000 years) give its last date.
    pub fn date(self) -> NaiveDate {
        let start = NaiveDate::default();
        let days = Days::new(self.0.unsigned_abs().into());
        if self.0 < 0 {
            start.checked_sub_days(days).unwrap_or(NaiveDate::MIN)
        } else {
            start.checked_add_days(days).unwrap_or(NaiveDate::MAX)
        }
    }

    /// Whole days from `earlier` to this day; zero when the clock or a journey took the day backwards.
    pub fn since(self, earlier: Self) -> u32 {
        self.0.saturating_sub(earlier.0).max(0).unsigned_abs()
    }

    /// The day `days` later.
    pub fn plus(self, days: u32) -> Self {
        Self(self.0.saturating_add_unsigned(days))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, NaiveDateTime, Offset, TimeZone, Utc};
    use chrono_tz::Tz;

    fn moment(zone: Tz, local: &str) -> Moment {
        let naive = NaiveDateTime::parse_from_str(local, "%Y-%m-%d %H:%M").expect("a test date");
        let at = zone.from_local_datetime(&naive).latest().expect("a time that exists");
        Moment { utc_ms: at.timestamp_millis(), offset_minutes: at.offset().fix().local_minus_utc() / 60 }
    }

    #[test]
    fn the_study_day_turns_over_at_four() {
        for (local, day) in [
            ("2026-11-21 03:59", "2026-11-20"),
            ("2026-11-21 04:00", "2026-11-21"),
            ("2026-11-21 23:59", "2026-11-21"),
            ("2026-11-22 00:00", "2026-11-21"),
        ] {
            let found = moment(chrono_tz::Asia::Taipei, local).study_day().date().to_string();
            assert_eq!(found, day, "{local}");
        }
    }

    #[test]
    fn elapsed_days_survive_daylight_saving_and_travel() {
        use chrono_tz::{America, Asia, Australia, Pacific};
        for (from, to, days, why) in [
            (
                moment(America::New_York, "2026-03-07 22:00"),
                moment(America::New_York, "2026-03-08 05:00"),
                1,
                "spring forward",
            ),
            (
                moment(America::New_York, "2026-10-31 22:00"),
                moment(America::New_York, "2026-11-01 05:00"),
                1,
                "fall back",
            ),
            (
                moment(Australia::Lord_Howe, "2026-04-04 22:00"),
                moment(Australia::Lord_Howe, "2026-04-05 05:00"),
                1,
                "a half-hour shift",
            ),
            (
                moment(Pacific::Apia, "2011-12-29 12:00"),
                moment(Pacific::Apia, "2011-12-31 12:00"),
                2,
                "a date that never was",
            ),
            (
                moment(Asia::Taipei, "2026-11-21 08:00"),
                moment(America::Los_Angeles, "2026-11-21 05:00"),
                0,
                "flown east over the date line, same date",
            ),
            (
                moment(Asia::Taipei, "2026-11-21 05:00"),
                moment(America::Los_Angeles, "2026-11-20 22:00"),
                0,
                "a day gained is never negative",
            ),
        ] {
            assert_eq!(to.study_day().since(from.study_day()), days, "{why}");
        }
    }

    #[test]
    fn absurd_clocks_give_days_and_no_panic() {
        for utc_ms in [i64::MIN, -1, 0, i64::MAX] {
            for offset_minutes in [i32::MIN, 0, i32::MAX] {
                let now = Moment { utc_ms, offset_minutes };
                let _ = (now.study_day().date(), now.local_date());
            }
        }
        assert_eq!(StudyDay(i32::MIN).since(StudyDay(i32::MAX)), 0);
    }

    proptest::proptest! {
        #[test]
        fn within_one_zone_the_day_never_goes_back(
            start in 0i64..4_000_000_000, step in 0i64..400_000, zone in 0usize..5,
        ) {
            let zone: Tz = [
                chrono_tz::America::New_York, chrono_tz::Asia::Taipei, chrono_tz::Australia::Lord_Howe,
                chrono_tz::Pacific::Apia, chrono_tz::Africa::Casablanca,
            ][zone];
            let at = |seconds: i64| {
                let local: DateTime<Tz> = Utc.timestamp_opt(seconds, 0).unwrap().with_timezone(&zone);
                Moment {
                    utc_ms: seconds * 1000,
                    offset_minutes: local.offset().fix().local_minus_utc() / 60,
                }
            };
            proptest::prop_assert!(at(start + step).study_day() >= at(start).study_day());
        }

        #[test]
        fn a_day_and_its_date_are_each_other(number in -700_000i32..700_000) {
            proptest::prop_assert_eq!(StudyDay::of_date(StudyDay(number).date()), StudyDay(number));
        }
    }
}
