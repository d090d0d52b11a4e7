//! Weeks, as trends show them.

use std::collections::BTreeMap;

use chrono::Datelike;

use super::words::{Words, percent};
use crate::chart::{Scene, Trend, trends};
use crate::time::StudyDay;

/// Weeks in trends.
pub(super) const TREND_WEEKS: u32 = 26;

/// The first day of the oldest of so many weeks, and their number; weeks begin on Monday.
pub(super) fn weeks_back(today: StudyDay, weeks: u32) -> (StudyDay, u32) {
    let monday = today.0.saturating_sub(today.date().weekday().num_days_from_monday() as i32);
    (StudyDay(monday.saturating_sub_unsigned(7 * (weeks - 1))), weeks)
}

pub(super) fn week_of(first: StudyDay, day: StudyDay, weeks: u32) -> Option<u32> {
    let week = u32::try_from(day.0.checked_sub(first.0)?).ok()? / 7;
    (week < weeks).then_some(week)
}

/// Shares by week as a line; none before there are any.
pub(super) fn share_trend(
    words: &Words<'_>,
    weeks: &BTreeMap<u32, (i64, i64)>,
    first: StudyDay,
    places: u32,
) -> Option<Scene> {
    let monday = |week: u32| first.plus(week * 7).date();
    let points: Vec<(u32, f64, String)> = weeks
        .iter()
        .filter(|(_, (_, all))| *all > 0)
        .map(|(week, (hits, all))| {
            let share = *hits as f64 / *all as f64;
            let title = words.say(
                format!("week of {}: {} of {all}", monday(*week), percent(share)),
                format!("{}那一週：{all}次中{}", monday(*week), percent(share)),
            );
            (*week, share, title)
        })
        .collect();
    let names = vec![(0, monday(0).to_string()), (places - 1, monday(places - 1).to_string())];
    (!points.is_empty()).then(|| trends(&[Trend { name: String::new(), points }], (0.0, 1.0), places, &names))
}
