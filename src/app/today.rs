//! Today: what is on the list, how long it takes, how far the interview is.

use super::day::group;
use super::{App, NextRound, Today};
use crate::error::Result;
use crate::time::{Moment, StudyDay};

impl App {
    /// The day's list, summed up.
    ///
    /// # Errors
    /// Those of the database.
    pub fn today(&self, now: Moment) -> Result<Today> {
        let list = self.day_list(now)?;
        let read = self.store.read();
        let new = read.count_new()?;
        let part =
            |new: bool| list.list.iter().filter(move |(_, is_new)| *is_new == new).map(|(item, _)| item);
        let left_out = read.count_due(self.due(now))?.saturating_sub(part(false).count() as u32);
        Ok(Today {
            date: now.study_day().date(),
            next_round: self.next_round(now),
            minutes_planned: list.minutes_planned,
            seconds_done: list.seconds_done,
            answers_done: list.answers_done,
            reviews: group(list.back.iter().chain(part(false))),
            new: group(part(true)),
            reviews_left_out: left_out,
            unseen: new.unseen,
            in_track: new.in_track,
            can_calibrate: self.calibration.is_empty() && new.in_track > 0 && new.unseen == new.in_track,
            assignments: self.assignments(now)?.into_iter().filter(|one| !one.done).collect(),
            unread_comments: read.unread_comments()?,
            notices: self.notices(now)?,
        })
    }

    fn next_round(&self, now: Moment) -> Option<NextRound> {
        let today = now.local_date();
        let round = self.rounds.iter().find(|round| round.date >= today)?;
        Some(NextRound {
            days_left: StudyDay::of_date(round.date).since(StudyDay::of_date(today)),
            round: round.clone(),
        })
    }
}
