//! The day's list, until the planner makes a better one: what failed today and is due again, then reviews by due day,
//! then new items by depth and frequency, until the day's minutes are used.
//!
//! An interview bounds the list: nothing is due after the day before the last round (or the round itself, where that
//! is tomorrow), and on that day and the day of the round everything practised before is due once more.

use super::{App, Group};
use crate::error::Result;
use crate::store::{Due, Scheduled};
use crate::time::{Moment, StudyDay};

/// The day's list.
pub(super) struct DayList {
    /// What is asked now.
    pub next: Option<Scheduled>,
    /// Reviews within the minutes that are left.
    pub reviews: Vec<Scheduled>,
    /// New items within the minutes that are left.
    pub new: Vec<Scheduled>,
    /// Items that failed today and come back today.
    pub back: Vec<Scheduled>,
    /// Answers graded today.
    pub answers_done: u32,
    /// Seconds spent on them.
    pub seconds_done: u32,
    /// Minutes planned for the day.
    pub minutes_planned: u32,
}

impl DayList {
    /// Items still to answer today.
    pub fn left(&self) -> u32 {
        (self.back.len() + self.reviews.len() + self.new.len()) as u32
    }
}

impl App {
    pub(super) fn day_list(&self, now: Moment) -> Result<DayList> {
        let read = self.store.read();
        let today = now.study_day();
        let due = self.due(now);
        let (answers_done, done_ms) = read.done_on(today)?;
        let seconds_done = u32::try_from(done_ms / 1000).unwrap_or(u32::MAX);
        let more = self.more.filter(|(day, _)| *day == today).map_or(0, |(_, minutes)| minutes);
        let minutes_planned = self.settings.minutes_per_day.saturating_add(more);
        let budget = minutes_planned.saturating_mul(60);

        // An item is started while there is time; the last one may run over.
        let mut used = seconds_done;
        let mut fits = |scheduled: Scheduled, list: &mut Vec<Scheduled>| {
            if used >= budget {
                return false;
            }
            used = used.saturating_add(scheduled.seconds);
            list.push(scheduled);
            true
        };
        let mut reviews = Vec::new();
        read.due(due, |scheduled| fits(scheduled, &mut reviews))?;
        let mut new = Vec::new();
        read.new_items(|scheduled| fits(scheduled, &mut new))?;
        let back = read.back_today(today)?;

        let soonest = back.first();
        let next = soonest
            .filter(|(at_ms, _)| *at_ms <= now.utc_ms)
            .map(|(_, scheduled)| scheduled)
            .or(reviews.first())
            .or(new.first())
            // Nothing else is left to do: better early than an empty wait.
            .or(soonest.map(|(_, scheduled)| scheduled))
            .cloned();
        let back = back.into_iter().map(|(_, scheduled)| scheduled).collect();
        Ok(DayList { next, reviews, new, back, answers_done, seconds_done, minutes_planned })
    }

    /// What is due now.
    pub(super) fn due(&self, now: Moment) -> Due {
        let today = now.study_day();
        let everything = self.last_round(now).is_some_and(|round| round.since(today) <= 1 && round >= today);
        Due { today, everything }
    }

    /// The last day an answer given now may be put off to, because of the last interview round.
    pub(super) fn cap(&self, now: Moment) -> Option<StudyDay> {
        let today = now.study_day();
        let round = self.last_round(now)?;
        (round > today).then(|| StudyDay(round.0.saturating_sub(1)).max(today.plus(1)))
    }
}

/// Sums up a part of the list.
pub(super) fn group(list: &[Scheduled]) -> Group {
    let mut group = Group { items: list.len() as u32, ..Group::default() };
    for scheduled in list {
        group.seconds = group.seconds.saturating_add(scheduled.seconds);
        match group.domains.iter_mut().find(|count| count.domain == scheduled.domain) {
            Some(count) => count.items += 1,
            None => group.domains.push(super::DomainCount { domain: scheduled.domain.clone(), items: 1 }),
        }
    }
    group.domains.sort_by(|a, b| b.items.cmp(&a.items).then_with(|| a.domain.cmp(&b.domain)));
    group
}
