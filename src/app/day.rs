//! The day's list: what failed today and is due again, then a calibration if one was asked for, then the day's share of
//! what mentors assigned, then what the plan to the interview puts first; without a round near enough to plan for, reviews by due day, then new items by depth and
//! frequency; until the day's minutes are used.
//!
//! An interview bounds every interval: nothing is due after the day before the last round (or the round itself, where
//! that is tomorrow), and on that day and the day of the round everything practised before is due once more.

use std::sync::Arc;

use super::{App, Group};
use crate::error::Result;
use crate::model::ItemRef;
use crate::store::{Due, Scheduled};
use crate::time::{Moment, StudyDay};

/// An item that waits, and whether it was never practised.
pub(super) type Waiting = (Arc<Scheduled>, bool);

/// The day's list.
pub(super) struct DayList {
    /// What is asked now.
    pub next: Option<Arc<Scheduled>>,
    /// Items within the minutes that are left, in the order of asking.
    pub list: Vec<Waiting>,
    /// Items that failed today and come back today.
    pub back: Vec<Arc<Scheduled>>,
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
        (self.back.len() + self.list.len()) as u32
    }
}

/// The head of what waits in the database, or the plan's whole order: worked out once for many answers.
pub(super) struct Queue {
    due: Due,
    waiting: Vec<Waiting>,
    /// Whether nothing waits behind these.
    whole: bool,
}

impl Queue {
    /// Seconds read beyond what a day needs, so that quick answers do not empty the queue at once.
    const MARGIN_SECONDS: u32 = 1800;

    /// Takes out an item that was answered: whatever the grade, it is no longer new or due as it was. The others keep
    /// their order: what an answer tells about one memory changes no other.
    pub fn remove(&mut self, item: &ItemRef) {
        self.waiting.retain(|(scheduled, _)| scheduled.item != *item);
    }
}

impl App {
    pub(super) fn day_list(&self, now: Moment) -> Result<DayList> {
        let read = self.store.read();
        let today = now.study_day();
        let (answers_done, done_ms) = read.done_on(today)?;
        let seconds_done = u32::try_from(done_ms / 1000).unwrap_or(u32::MAX);
        let more = self.more.filter(|(day, _)| *day == today).map_or(0, |(_, minutes)| minutes);
        let minutes_planned = self.calendar.minutes(today.date()).saturating_add(more);
        let seconds_left = minutes_planned.saturating_mul(60).saturating_sub(seconds_done);
        let list = self.within(seconds_left, now)?;
        let back =
            read.back_today(today)?.into_iter().filter(|(_, item)| !self.is_put_off(&item.item, today));
        let back: Vec<_> = back.map(|(at_ms, item)| (at_ms, Arc::new(item))).collect();

        let soonest = back.first();
        let next = soonest
            .filter(|(at_ms, _)| *at_ms <= now.utc_ms)
            .map(|(_, scheduled)| scheduled)
            .or(list.first().map(|(scheduled, _)| scheduled))
            // Nothing else is left to do: better early than an empty wait.
            .or(soonest.map(|(_, scheduled)| scheduled))
            .cloned();
        let back = back.into_iter().map(|(_, scheduled)| scheduled).collect();
        Ok(DayList { next, list, back, answers_done, seconds_done, minutes_planned })
    }

    /// What waits, for this many seconds. An item is started while there is time; the last may run over.
    fn within(&self, seconds: u32, now: Moment) -> Result<Vec<Waiting>> {
        let due = self.due(now);
        let kept = match self.queue.take().filter(|kept| kept.due == due) {
            Some(kept) => kept,
            None => self.read_queue(seconds.saturating_add(Queue::MARGIN_SECONDS), now)?,
        };
        let mut used = 0_u32;
        let fits = |(scheduled, _): &&Waiting| {
            let room = used < seconds;
            used = used.saturating_add(if room { scheduled.seconds } else { 0 });
            room
        };
        let list: Vec<_> = kept.waiting.iter().take_while(fits).cloned().collect();
        if used < seconds && !kept.whole {
            return self.within(seconds, now);
        }
        self.queue.replace(Some(kept));
        Ok(list)
    }

    /// What mentors assigned, today's share of it: as many as must be done on each day so that all are done when due.
    fn assigned_list(&self, now: Moment) -> Result<Vec<Waiting>> {
        let today = now.study_day();
        let assigned = self.store.read().assigned(today)?;
        // Those that were done today count for today, or each would call for another one.
        let done = assigned.iter().filter(|(_, open, ..)| !open).count();
        let open: Vec<_> = assigned.into_iter().filter(|(_, open, ..)| *open).collect();
        let by_then = |(place, (due, ..)): (usize, &(StudyDay, bool, Scheduled, bool))| {
            let days = if *due > today { due.since(today) as usize + 1 } else { 1 };
            (place + 1 + done).div_ceil(days)
        };
        let share = open.iter().enumerate().map(by_then).max().unwrap_or(0).saturating_sub(done);
        Ok(open.into_iter().take(share).map(|(.., item, is_new)| (Arc::new(item), is_new)).collect())
    }

    fn is_put_off(&self, item: &ItemRef, today: StudyDay) -> bool {
        self.put_off.as_ref().is_some_and(|(day, items)| *day == today && items.contains(item))
    }

    fn read_queue(&self, seconds: u32, now: Moment) -> Result<Queue> {
        let due = self.due(now);
        let mut waiting = self.calibration_list(now)?;
        for assigned in self.assigned_list(now)? {
            if !waiting.iter().any(|(known, _)| known.item == assigned.0.item) {
                waiting.push(assigned);
            }
        }
        let put_off = |item: &ItemRef| self.is_put_off(item, due.today);
        waiting.retain(|(scheduled, _)| !put_off(&scheduled.item));
        let first: Vec<ItemRef> = waiting.iter().map(|(scheduled, _)| scheduled.item.clone()).collect();
        if let Some(planned) = self.planned_list(now)? {
            waiting.extend(
                planned
                    .into_iter()
                    .filter(|(scheduled, _)| !first.contains(&scheduled.item) && !put_off(&scheduled.item)),
            );
            return Ok(Queue { due, waiting, whole: true });
        }
        let read = self.store.read();
        let mut used = waiting.iter().map(|(scheduled, _)| scheduled.seconds).sum::<u32>();
        let mut fits = |scheduled: Scheduled, is_new: bool| {
            if first.contains(&scheduled.item) || put_off(&scheduled.item) {
                return true;
            }
            used = used.saturating_add(scheduled.seconds);
            waiting.push((Arc::new(scheduled), is_new));
            used < seconds
        };
        read.due(due, |scheduled| fits(scheduled, false))?;
        read.new_items(|scheduled| fits(scheduled, true))?;
        Ok(Queue { due, waiting, whole: used < seconds })
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
pub(super) fn group<'a>(list: impl IntoIterator<Item = &'a Arc<Scheduled>>) -> Group {
    let mut group = Group::default();
    for scheduled in list {
        group.items += 1;
        group.seconds = group.seconds.saturating_add(scheduled.seconds);
        match group.domains.iter_mut().find(|count| count.domain == scheduled.domain) {
            Some(count) => count.items += 1,
            None => group.domains.push(super::DomainCount { domain: scheduled.domain.clone(), items: 1 }),
        }
    }
    group.domains.sort_by(|a, b| b.items.cmp(&a.items).then_with(|| a.domain.cmp(&b.domain)));
    group
}
