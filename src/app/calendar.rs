//! The calendar: minutes day by day, what the learner says of a day, and what was missed.

use chrono::{Datelike, NaiveDate};

use super::{App, Behind, DayChoice, Learnt, PlanDay, PlanWish};
use crate::error::{Error, Result};
use crate::plan::{Calendar, Holidays};
use crate::store::Reading;
use crate::time::{Moment, StudyDay};

/// Days shown ahead where there is no round.
const AHEAD: u32 = 28;
/// Study days looked back on.
const BACK: u32 = 7;
/// Minutes missing that are worth a word.
const WORTH_A_WORD: u32 = 15;

/// A calendar as it is or as it would be.
pub(super) struct Pattern(Calendar);

impl Pattern {
    /// With what is wished for.
    pub fn of(app: &App, wish: &PlanWish) -> Self {
        let mut calendar = app.calendar.clone();
        calendar.usual = wish.minutes_per_day.unwrap_or(calendar.usual).min(24 * 60);
        for choice in &wish.days {
            match choice.kind {
                Some(kind) => calendar.days.insert(choice.date, kind),
                None => calendar.days.remove(&choice.date),
            };
        }
        Self(calendar)
    }

    /// Minutes of a usual day.
    pub fn usual(&self) -> u32 {
        self.0.usual
    }

    /// Minutes of a day.
    pub fn minutes(&self, date: NaiveDate) -> u32 {
        self.0.minutes(date)
    }
}

impl App {
    /// The calendar that is kept.
    pub(super) fn load_calendar(read: Reading<'_>, settings: &super::Settings) -> Result<Calendar> {
        Ok(Calendar {
            usual: settings.minutes_per_day,
            weekdays: settings.weekday_minutes,
            days: read.calendar_days()?,
            holidays: Holidays::of(settings.holidays)?,
        })
    }

    /// Keeps what days are to be: days off, a pause, heavy days to catch up.
    ///
    /// # Errors
    /// [`Error::BadValue`] for more days than there are in two years, and those of the database: then the calendar is
    /// what it was.
    pub fn save_days(&mut self, choices: &[DayChoice]) -> Result<()> {
        if choices.len() > 731 {
            return Err(Error::BadValue { field: "days", value: choices.len().to_string() });
        }
        self.store.transact(|transaction| {
            for choice in choices {
                transaction.set_calendar_day(choice.date, choice.kind)?;
            }
            Ok(())
        })?;
        self.queue.take();
        self.calendar = Self::load_calendar(self.store.read(), &self.settings)?;
        Ok(())
    }

    /// Days from Monday of this week on: to the last round, or some weeks ahead.
    pub(super) fn calendar_page(
        &self,
        pattern: &Pattern,
        days: Option<usize>,
        now: Moment,
    ) -> Result<Vec<PlanDay>> {
        let today = now.study_day();
        let monday = StudyDay(today.0.saturating_sub_unsigned(today.date().weekday().num_days_from_monday()));
        let ahead = days.and_then(|days| u32::try_from(days).ok()).unwrap_or(AHEAD);
        let done = self.store.read().answers_by_day(monday)?;
        let length = today.since(monday).saturating_add(ahead);
        // Nothing was planned before the first answer, nor for the day of the last round.
        let began = self.store.read().first_day()?.unwrap_or(today).min(today);
        let over = days.map(|_| today.plus(ahead)).filter(|over| *over > today);
        Ok((0..=length)
            .map(|number| {
                let day = monday.plus(number);
                let date = day.date();
                let done = done.iter().find(|done| done.day == day).map_or(0, |done| done.total_ms);
                PlanDay {
                    date,
                    minutes: if day < began || over == Some(day) { 0 } else { pattern.minutes(date) },
                    seconds_done: u32::try_from(done / 1000).unwrap_or(u32::MAX),
                    kind: pattern.0.days.get(&date).copied(),
                    holiday: pattern.0.holidays.on(date).map(|holiday| holiday.name.clone()),
                }
            })
            .collect())
    }

    /// What was planned and not studied in the last days, by the calendar as it is now.
    pub(super) fn behind(&self, now: Moment) -> Result<Option<Behind>> {
        let today = now.study_day();
        let read = self.store.read();
        let Some(began) = read.first_day()? else { return Ok(None) };
        let first = StudyDay(today.0.saturating_sub_unsigned(BACK)).max(began);
        let planned = |day: u32| self.calendar.minutes(first.plus(day).date());
        let minutes_planned: u32 = (0..today.since(first)).map(planned).sum();
        let done = read.answers_by_day(first)?;
        let done_ms: i64 = done.iter().filter(|done| done.day < today).map(|done| done.total_ms).sum();
        let minutes_done = u32::try_from(done_ms / 60_000).unwrap_or(u32::MAX);
        let missing = minutes_planned.saturating_sub(minutes_done);
        Ok((missing >= WORTH_A_WORD).then_some(Behind { minutes_planned, minutes_done }))
    }

    /// What fitting found last.
    pub(super) fn learnt(&self, now: Moment) -> Result<Option<Learnt>> {
        let Some(set) = self.store.read().newest_parameters()? else { return Ok(None) };
        let (Some(at), Some(evidence)) = (set.fitted_at_ms, set.evidence) else { return Ok(None) };
        let evidence = serde_json::from_value(evidence)
            .map_err(|error| Error::BadRecord { what: "evidence".to_owned(), reason: error.to_string() })?;
        Ok(Some(Learnt { date: Moment { utc_ms: at, ..now }.local_date(), evidence }))
    }
}
