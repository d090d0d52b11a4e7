//! The day's list, until the planner makes a better one: what failed today and is due again, then reviews by due day,
//! then new items by depth and frequency, until the day's minutes are used.
//!
//! An interview bounds the list: nothing is due after the day before the last round (or the round itself, where that
//! is tomorrow), and on that day and the day of the round everything practised before is due once more.

use std::sync::Arc;

use super::{App, Group};
use crate::error::Result;
use crate::model::ItemRef;
use crate::store::{Due, Scheduled};
use crate::time::{Moment, StudyDay};

/// Items in the order of asking.
type List = Vec<Arc<Scheduled>>;

/// The day's list.
pub(super) struct DayList {
    /// What is asked now.
    pub next: Option<Arc<Scheduled>>,
    /// Reviews within the minutes that are left.
    pub reviews: List,
    /// New items within the minutes that are left.
    pub new: List,
    /// Items that failed today and come back today.
    pub back: List,
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

/// The head of what waits in the database, read once for many answers.
pub(super) struct Queue {
    due: Due,
    /// Due, in the order of asking.
    reviews: List,
    /// Never practised, in the order of asking.
    new: List,
    /// Whether nothing waits behind these.
    whole: bool,
}

impl Queue {
    /// Seconds read beyond what a day needs, so that quick answers do not empty the queue at once.
    const MARGIN_SECONDS: u32 = 1800;

    /// Takes out an item that was answered: whatever the grade, it is no longer new or due as it was.
    pub fn remove(&mut self, item: &ItemRef) {
        for list in [&mut self.reviews, &mut self.new] {
            if let Some(place) = list.iter().position(|scheduled| scheduled.item == *item) {
                list.remove(place);
            }
        }
    }
}

impl App {
    pub(super) fn day_list(&self, now: Moment) -> Result<DayList> {
        let read = self.store.read();
        let today = now.study_day();
        let (answers_done, done_ms) = read.done_on(today)?;
        let seconds_done = u32::try_from(done_ms / 1000).unwrap_or(u32::MAX);
        let more = self.more.filter(|(day, _)| *day == today).map_or(0, |(_, minutes)| minutes);
        let minutes_planned = self.settings.minutes_per_day.saturating_add(more);
        let seconds_left = minutes_planned.saturating_mul(60).saturating_sub(seconds_done);
        let (reviews, new) = self.within(seconds_left, now)?;
        let back: Vec<_> =
            read.back_today(today)?.into_iter().map(|(at_ms, item)| (at_ms, Arc::new(item))).collect();

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

    /// Reviews, then new items, for this many seconds. An item is started while there is time; the last may run over.
    fn within(&self, seconds: u32, now: Moment) -> Result<(List, List)> {
        let due = self.due(now);
        let mut queue = self.queue.borrow_mut();
        let kept = match queue.take().filter(|kept| kept.due == due) {
            Some(kept) => kept,
            None => self.read_queue(due, seconds.saturating_add(Queue::MARGIN_SECONDS))?,
        };
        let mut used = 0_u32;
        let mut fits = |scheduled: &&Arc<Scheduled>| {
            let room = used < seconds;
            used = used.saturating_add(if room { scheduled.seconds } else { 0 });
            room
        };
        let reviews: Vec<_> = kept.reviews.iter().take_while(&mut fits).cloned().collect();
        let new: Vec<_> = kept.new.iter().take_while(&mut fits).cloned().collect();
        if used < seconds && !kept.whole {
            drop(queue);
            return self.within(seconds, now);
        }
        *queue = Some(kept);
        Ok((reviews, new))
    }

    fn read_queue(&self, due: Due, seconds: u32) -> Result<Queue> {
        let read = self.store.read();
        let (mut reviews, mut new) = (Vec::new(), Vec::new());
        let mut used = 0_u32;
        let mut fits = |scheduled: Scheduled, list: &mut List| {
            used = used.saturating_add(scheduled.seconds);
            list.push(Arc::new(scheduled));
            used < seconds
        };
        read.due(due, |scheduled| fits(scheduled, &mut reviews))?;
        read.new_items(|scheduled| fits(scheduled, &mut new))?;
        Ok(Queue { due, reviews, new, whole: used < seconds })
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
