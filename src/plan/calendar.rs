//! How many minutes of study each day has: the week's pattern, public holidays, and days that the learner named.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, Weekday};

use crate::error::{Error, Result};
use crate::model::{DayKind, Region, Text};

/// The learner's time, day by day.
///
/// A public holiday has a Sunday's minutes and a make-up workday a Monday's; a day that the learner named is what they
/// said, whatever the holidays say.
#[derive(Clone, Debug, Default)]
pub struct Calendar {
    /// Minutes of a weekday that has none of its own.
    pub usual: u32,
    /// Minutes of each weekday, Monday first; none where it is a usual one.
    pub weekdays: [Option<u32>; 7],
    /// Days that the learner named.
    pub days: BTreeMap<NaiveDate, DayKind>,
    /// Public holidays and make-up workdays.
    pub holidays: Holidays,
}

impl Calendar {
    /// Minutes of a day.
    pub fn minutes(&self, date: NaiveDate) -> u32 {
        let of = |weekday: Weekday| {
            let own = self.weekdays.get(weekday.num_days_from_monday() as usize).copied().flatten();
            own.unwrap_or(self.usual)
        };
        let weekday = of(date.weekday());
        match (self.days.get(&date), self.holidays.on(date)) {
            (Some(DayKind::Off), _) => 0,
            (Some(DayKind::Light), _) => weekday / 2,
            (Some(DayKind::Usual), _) | (None, None) => weekday,
            (Some(DayKind::Heavy), _) => weekday.saturating_add(weekday / 2),
            (None, Some(holiday)) => of(if holiday.is_workday { Weekday::Mon } else { Weekday::Sun }),
        }
    }
}

/// A public holiday or a make-up workday.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holiday {
    /// Whether it is worked although it is on a weekend.
    pub is_workday: bool,
    /// What it is called.
    pub name: Text,
}

/// A country's holidays by date.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holidays(BTreeMap<NaiveDate, Holiday>);

impl Holidays {
    /// Those that come with the program (`data/holidays`); none without a region. Years that its file does not have
    /// yet have none.
    ///
    /// # Errors
    /// [`Error::BadRecord`] when its file is broken.
    pub fn of(region: Option<Region>) -> Result<Self> {
        let text = match region {
            None => return Ok(Self::default()),
            Some(Region::Taiwan) => include_str!("../../data/holidays/TW.tsv"),
            Some(Region::China) => include_str!("../../data/holidays/CN.tsv"),
            Some(Region::UnitedStates) => include_str!("../../data/holidays/US.tsv"),
        };
        let rows = text.lines().filter(|line| !line.starts_with('#')).skip(1);
        rows.map(row).collect::<Option<_>>().map(Self).ok_or_else(|| Error::BadRecord {
            what: "holidays".to_owned(),
            reason: "a line is not date, kind and three names".to_owned(),
        })
    }

    /// The holiday or make-up workday on a date.
    pub fn on(&self, date: NaiveDate) -> Option<&Holiday> {
        self.0.get(&date)
    }
}

/// A line: date, `holiday` or `workday`, and the name in English, Traditional and Simplified Chinese.
fn row(line: &str) -> Option<(NaiveDate, Holiday)> {
    let mut fields = line.split('\t');
    let mut next = || fields.next().filter(|field| !field.is_empty()).map(str::to_owned);
    let date = next()?.parse().ok()?;
    let is_workday = match next()?.as_str() {
        "holiday" => false,
        "workday" => true,
        _ => return None,
    };
    let name = Text { en: next()?, zh_tw: next()?, zh_cn: Some(next()?) };
    Some((date, Holiday { is_workday, name }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn calendar(region: Option<Region>) -> Calendar {
        let mut weekdays = [None; 7];
        weekdays[5] = Some(90);
        weekdays[6] = Some(10);
        Calendar {
            usual: 40,
            weekdays,
            days: BTreeMap::new(),
            holidays: Holidays::of(region).expect("holidays"),
        }
    }

    #[test]
    fn a_day_has_its_weekdays_minutes_or_the_usual_ones() {
        let calendar = calendar(None);
        let week = ["2026-11-23", "2026-11-27", "2026-11-28", "2026-11-29"];
        assert_eq!(week.map(|day| calendar.minutes(date(day))), [40, 40, 90, 10]);
    }

    #[test]
    fn a_holiday_is_a_sunday_and_a_make_up_workday_a_monday() {
        // Taiwan: Constitution Day, a Friday. China: a Saturday worked for the Spring Festival.
        assert_eq!(calendar(Some(Region::Taiwan)).minutes(date("2026-12-25")), 10);
        assert_eq!(calendar(Some(Region::UnitedStates)).minutes(date("2026-11-26")), 10);
        assert_eq!(calendar(Some(Region::China)).minutes(date("2026-02-28")), 40);
        assert_eq!(calendar(Some(Region::China)).minutes(date("2026-12-25")), 40);
    }

    #[test]
    fn what_the_learner_said_of_a_day_counts() {
        let mut calendar = calendar(Some(Region::Taiwan));
        for (kind, minutes) in
            [(DayKind::Off, 0), (DayKind::Light, 20), (DayKind::Usual, 40), (DayKind::Heavy, 60)]
        {
            calendar.days.insert(date("2026-12-25"), kind);
            assert_eq!(calendar.minutes(date("2026-12-25")), minutes, "{kind:?}");
        }
    }

    #[test]
    fn each_holiday_file_is_complete_and_in_order() {
        for region in [Region::Taiwan, Region::China, Region::UnitedStates] {
            let holidays = Holidays::of(Some(region)).expect("a sound file").0;
            assert!(holidays.len() > 20, "{region:?}");
            for (date, holiday) in &holidays {
                let weekend = matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
                assert!(!holiday.is_workday || weekend, "{region:?} {date}: only a weekend is made up for");
            }
        }
    }
}
