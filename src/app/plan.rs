//! The plan to the interview: the track's items, the days and the learner's pace put to the planner.
//!
//! Weight of an item: how often interviews ask it (core 3, common 2, rare 1), times what stands on it (a quarter more
//! for each depth the track needs beyond the item's own), times its kind (reading output and troubleshooting, which are
//! the job, a quarter more; arithmetic a quarter less). Every round that is ahead counts it once.

use std::sync::Arc;

use super::day::Waiting;
use super::{App, Dropped, PlanPage, Planned, PointOfPlan, RoundForecast};
use crate::error::Result;
use crate::memory::{Memory, Trace};
use crate::model::{Frequency, QuestionKind, Track};
use crate::plan::{Band, Candidate, Habits, Plan, Planner, Prices, Problem, Studied};
use crate::store::{Plannable, Scheduled};
use crate::time::{Moment, StudyDay};

/// The longest time that is planned, in days; a round further away is planned for when it comes nearer.
const LONGEST_DAYS: u32 = 120;
/// Steps towards the right prices: from nothing.
const STEPS: usize = 40;
/// Answers that what is usual counts for against a learner's own.
const USUAL: f32 = 20.0;
/// Dropped items that are named.
const NAMED: usize = 50;

/// A plan and what it was made for.
pub(super) struct Solved {
    planner: Planner,
    problem: Problem,
    plan: Plan,
    items: Vec<Plannable>,
}

impl App {
    /// Days from today to each round that is ahead, ascending; empty where none is near enough to plan for. A round
    /// today is planned for like one tomorrow: what is studied now still counts.
    fn rounds_ahead(&self, now: Moment) -> Vec<usize> {
        let today = now.local_date();
        let days = self
            .rounds
            .iter()
            .filter(|round| round.date >= today)
            .map(|round| StudyDay::of_date(round.date).since(now.study_day()).max(1));
        let mut days: Vec<usize> =
            days.filter(|days| *days <= LONGEST_DAYS).map(|days| days as usize).collect();
        days.sort_unstable();
        days
    }

    /// Today's items in the order of the plan, each with whether it is new; none without a round to plan for.
    pub(super) fn planned_list(&self, now: Moment) -> Result<Option<Vec<Waiting>>> {
        let Some(solved) = self.solve(now, self.settings.minutes_per_day)? else { return Ok(None) };
        let of = |index: usize| {
            let (item, worth) = (solved.items.get(index)?, solved.plan.worths.get(index)?);
            // The learner's own expected time instead of the target.
            let seconds = worth.seconds.unwrap_or(0.0).round() as u32;
            Some((Arc::new(Scheduled { seconds, ..item.scheduled.clone() }), item.card.is_none()))
        };
        Ok(Some(solved.plan.order().into_iter().filter_map(of).collect()))
    }

    /// Plans with so many minutes a day.
    fn solve(&self, now: Moment, minutes: u32) -> Result<Option<Solved>> {
        let rounds = self.rounds_ahead(now);
        let Some(days) = rounds.last().copied() else { return Ok(None) };
        let read = self.store.read();
        let items = read.plannable()?;
        let track = super::settings::track_of(&self.tracks()?, &self.settings.track).cloned();
        let today = now.study_day();
        let candidates = items
            .iter()
            .map(|item| Candidate {
                weights: vec![weight(item, track.as_ref()); rounds.len()],
                seconds: item.scheduled.seconds as f32,
                studied: item
                    .card
                    .as_ref()
                    .map(|card| Studied { trace: Trace::from(card), elapsed: today.since(card.last_day) }),
            })
            .collect();
        let problem = Problem { budget: vec![(minutes * 60) as f32; days], rounds, items: candidates };
        let planner = Planner::new(self.own_memory()?, self.habits()?, days)?;
        let plan = planner.plan(&problem, &mut Prices::default(), STEPS)?;
        Ok(Some(Solved { planner, problem, plan, items }))
    }

    fn own_memory(&self) -> Result<Memory> {
        super::memory(&self.store, &self.settings)
    }

    /// The learner's pace and grades; what is usual where the log is short.
    fn habits(&self) -> Result<Habits> {
        let pace = self.store.read().pace(&self.device)?;
        let count = |first: bool, grades: &[u8]| -> f32 {
            let of = pace.iter().filter(|pace| pace.first == first && grades.contains(&pace.grade));
            of.map(|pace| pace.answers as f32).sum()
        };
        let time = |usual: f32, first: bool, grades: &[u8]| -> f32 {
            let of = pace.iter().filter(|pace| pace.first == first && grades.contains(&pace.grade));
            let spent: f32 = of.map(|pace| pace.ratio as f32).sum();
            (USUAL * usual + spent) / (USUAL + count(first, grades))
        };
        let share = |usual: f32, first: bool, grade: u8, of: &[u8]| {
            (USUAL * usual + count(first, &[grade])) / (USUAL + count(first, of))
        };
        // Shares among people who study with Anki; times in units of the target time, of which a first answer needs
        // more (the answer is read and learnt) and a later one that passes needs less.
        let first = [0.24, 0.094, 0.495, 0.171];
        let pass = [0.224, 0.631, 0.145];
        Ok(Habits {
            first_grades: std::array::from_fn(|i| share(first[i], true, i as u8 + 1, &[1, 2, 3, 4])),
            pass_grades: std::array::from_fn(|i| share(pass[i], false, i as u8 + 2, &[2, 3, 4])),
            first_pass: time(1.2, true, &[2, 3, 4]),
            first_fail: time(1.6, true, &[1]),
            pass: time(0.7, false, &[2, 3, 4]),
            fail: time(1.3, false, &[1]),
        })
    }

    /// The plan, as `minutes` a day would have it; the learner's own minutes if none are given. None without a round to
    /// plan for.
    ///
    /// # Errors
    /// Those of the database and of the memory model.
    pub fn plan(&self, minutes: Option<u32>, now: Moment) -> Result<Option<PlanPage>> {
        let minutes = minutes.unwrap_or(self.settings.minutes_per_day).min(24 * 60);
        let Some(solved) = self.solve(now, minutes)? else { return Ok(None) };
        let Solved { planner, problem, plan, items } = &solved;
        let same = Planner::new(self.own_memory()?, planner.habits().clone(), problem.budget.len())?;
        let forecast = planner.forecast(problem, &plan.prices, &[(same, problem.clone())])?;
        let all: f32 = problem.items.iter().map(|item| item.weights.iter().sum::<f32>()).sum();
        let today = now.study_day();
        let point = |(day, band): (usize, &Band)| PointOfPlan {
            date: today.plus(u32::try_from(day).unwrap_or(0)).date(),
            known: share(band.mean),
            low: share(band.low),
            high: share(band.high),
        };
        let ahead = self.rounds.iter().filter(|round| round.date >= now.local_date());
        let rounds = ahead
            .zip(&forecast.rounds)
            .map(|(round, band)| RoundForecast {
                round: round.clone(),
                known: share(band.mean),
                low: share(band.low),
                high: share(band.high),
            })
            .collect();
        let ten_minutes: f32 = plan.prices.iter().map(|price| price * 600.0).sum();
        let mut dropped: Vec<(f32, Dropped)> = items
            .iter()
            .zip(&plan.worths)
            .zip(&problem.items)
            .filter(|((item, worth), _)| item.card.is_none() && !worth.planned)
            .map(|((item, _), candidate)| {
                let dropped =
                    Dropped { item: item.scheduled.item.clone(), domain: item.scheduled.domain.clone() };
                (candidate.weights.iter().sum(), dropped)
            })
            .collect();
        dropped.sort_by(|a, b| b.0.total_cmp(&a.0));
        let order = plan.order();
        let list = order.iter().filter_map(|index| {
            let (item, worth, candidate) =
                (items.get(*index)?, plan.worths.get(*index)?, problem.items.get(*index)?);
            Some(Planned {
                item: item.scheduled.item.clone(),
                domain: item.scheduled.domain.clone(),
                is_new: item.card.is_none(),
                weight: f64::from(candidate.weights.first().copied().unwrap_or(0.0)),
                recall: item.card.as_ref().map(|card| self.memory.recall(card, now)),
                gain: f64::from(worth.gain / all),
                seconds: worth.seconds.unwrap_or(0.0).round() as u32,
            })
        });
        let mut used = 0;
        let list: Vec<Planned> = list
            .take_while(|planned| {
                let room = used < minutes * 60;
                used += planned.seconds;
                room
            })
            .collect();
        Ok(Some(PlanPage {
            minutes_per_day: minutes,
            days_left: u32::try_from(problem.budget.len()).unwrap_or(0),
            known: forecast.known.iter().enumerate().map(point).collect(),
            rounds,
            ten_more_minutes: f64::from(ten_minutes / all.max(f32::MIN_POSITIVE)),
            list,
            dropped_count: u32::try_from(dropped.len()).unwrap_or(u32::MAX),
            dropped: dropped.into_iter().take(NAMED).map(|(_, dropped)| dropped).collect(),
            items: u32::try_from(items.len()).unwrap_or(u32::MAX),
        }))
    }
}

fn share(value: f32) -> f64 {
    f64::from(value.clamp(0.0, 1.0))
}

/// The rule at the top of this file.
fn weight(item: &Plannable, track: Option<&Track>) -> f32 {
    let asked = match item.freq {
        Frequency::Core => 3.0,
        Frequency::Common => 2.0,
        Frequency::Rare => 1.0,
    };
    let needed = track.map_or(item.depth, |track| track.depth_of(&item.scheduled.domain, &item.topic));
    let base = 1.0 + 0.25 * f32::from(needed.saturating_sub(item.depth));
    let kind = match item.question_kind {
        Some(QuestionKind::OutputReading | QuestionKind::TroubleshootStep) => 1.25,
        Some(QuestionKind::Estimate) => 0.75,
        _ => 1.0,
    };
    asked * base * kind
}
