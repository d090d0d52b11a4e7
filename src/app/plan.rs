//! The plan to the interview: the track's items, the days and the learner's pace put to the planner.
//!
//! Weight of an item: how often interviews ask it (core 3, common 2, rare 1), times what stands on it (a quarter more
//! for each depth the track needs beyond the item's own), times its kind (stories, which are half of the interview, a
//! half more; reading output and troubleshooting, which are the job, a quarter more; arithmetic a quarter less). Every round that is ahead counts it once, times the round's own
//! factors for its domain and its kind.

use std::collections::BTreeMap;
use std::sync::Arc;

use rand::SeedableRng;
use rand::rngs::StdRng;

use super::calendar::Pattern;
use super::day::Waiting;
use super::{App, DomainCount, Dropped, Focus, PlanPage, PlanWish, Planned, PointOfPlan, RoundForecast};
use crate::error::Result;
use crate::memory::{Memory, Trace};
use crate::model::{Frequency, Grade, ItemRef, QuestionKind, Track};
use crate::plan::{
    Band, Candidate, Habits, Learner, LearnerState, Plan, Planner, Population, Prices, Problem, Studied,
};
use crate::store::{Pace, Plannable, Scheduled};
use crate::time::{Moment, StudyDay};

/// The longest time that is planned, in days; a round further away is planned for when it comes nearer.
const LONGEST_DAYS: u32 = 120;
/// Steps towards the right prices: from nothing, and from prices that were right a moment ago.
const STEPS: usize = 40;
const FEW_STEPS: usize = 10;
/// Answers that what is usual counts for against a learner's own.
const USUAL: f32 = 20.0;
/// Items at the head of a day that are mixed: more than anybody answers in one.
const MIXED: usize = 200;
/// The share of the best gain for a second that counts as nearly the same.
const NEARLY: f32 = 0.9;
/// Dropped items that are named.
const NAMED: usize = 20;

/// A plan and what it was made for.
struct Solved {
    problem: Problem,
    plan: Plan,
    items: Vec<Plannable>,
}

impl Solved {
    /// Today's items in the order of asking: most gain for a second first. What gains nearly the same is mixed: the
    /// domain asked least so far today, then what weighs most for its time, which is the better half to have done if
    /// days are lost. So a sitting goes across domains, and nothing the plan counts on is given away.
    fn order(&self) -> Vec<usize> {
        let mut left = self.plan.rates();
        let mut order = Vec::with_capacity(left.len());
        let mut asked: BTreeMap<&str, usize> = BTreeMap::new();
        while order.len() < MIXED && !left.is_empty() {
            let best = left.first().map_or(0.0, |(_, rate)| *rate);
            let alike = left.iter().enumerate().take_while(|(_, (_, rate))| *rate >= NEARLY * best);
            let next = alike.min_by(|(_, (a, _)), (_, (b, _))| {
                let times = |index: usize| asked.get(self.domain(index)).copied().unwrap_or(0);
                times(*a).cmp(&times(*b)).then_with(|| self.density(*b).total_cmp(&self.density(*a)))
            });
            let Some(at) = next.map(|(at, _)| at) else { break };
            let (index, _) = left.remove(at);
            *asked.entry(self.domain(index)).or_default() += 1;
            order.push(index);
        }
        order.extend(left.into_iter().map(|(index, _)| index));
        order
    }

    fn domain(&self, index: usize) -> &str {
        self.items.get(index).map_or("", |item| item.scheduled.domain.as_str())
    }

    /// Weight per second.
    fn density(&self, index: usize) -> f32 {
        self.problem
            .items
            .get(index)
            .map_or(0.0, |item| item.weights.iter().sum::<f32>() / item.seconds.max(1.0))
    }
}

/// What is slow to make and stays right for as long as the learner's memory, habits and rounds do.
pub(super) struct Workshop {
    parameter_set: u32,
    days: usize,
    habits: Habits,
    planner: Planner,
    /// One for each memory the learner may have; none before a forecast was asked for.
    samples: Vec<Planner>,
    /// The prices of the plan as it is kept, and what they were found for.
    prices: Prices,
    problem: Option<Problem>,
}

/// An item's answers, as days since the one before and grade, and the day of the last.
type Past = BTreeMap<ItemRef, (Vec<(u32, Grade)>, StudyDay)>;

impl App {
    /// The rounds that are ahead and near enough to plan for, by date, with the days from today. A round today is
    /// planned for like one tomorrow: what is studied now still counts.
    fn rounds_ahead(&self, now: Moment) -> Vec<(&super::Round, usize)> {
        let today = now.local_date();
        let days =
            |round: &super::Round| StudyDay::of_date(round.date).since(now.study_day()).max(1) as usize;
        let ahead = self.rounds.iter().filter(|round| round.date >= today);
        ahead.map(|round| (round, days(round))).filter(|(_, days)| *days <= LONGEST_DAYS as usize).collect()
    }

    /// Today's items in the order of the plan, each with whether it is new; none without a round to plan for.
    pub(super) fn planned_list(&self, now: Moment) -> Result<Option<Vec<Waiting>>> {
        let Some(days) = self.days_to_plan(now) else { return Ok(None) };
        let mut workshop = self.workshop(days)?;
        let solved = self.solve(&mut workshop, &PlanWish::default(), now)?;
        self.workshop.replace(Some(workshop));
        let of = |index: usize| {
            let (item, worth) = (solved.items.get(index)?, solved.plan.worths.get(index)?);
            // The learner's own expected time instead of the target.
            let seconds = worth.seconds.unwrap_or(0.0).round() as u32;
            Some((Arc::new(Scheduled { seconds, ..item.scheduled.clone() }), item.card.is_none()))
        };
        Ok(Some(solved.order().into_iter().filter_map(of).collect()))
    }

    /// Days to the last round that is planned for.
    fn days_to_plan(&self, now: Moment) -> Option<usize> {
        self.rounds_ahead(now).last().map(|(_, days)| *days)
    }

    /// The planner for so many days: the one that is kept, where it still is right.
    fn workshop(&self, days: usize) -> Result<Workshop> {
        let habits = self.habits()?;
        let parameter_set = self.memory.parameter_set();
        let kept = self.workshop.take();
        let (right, prices) = match kept {
            Some(kept) => {
                let right = kept.parameter_set == parameter_set && kept.days == days && kept.habits == habits;
                let prices = kept.prices.clone();
                (right.then_some(kept), prices)
            }
            None => (None, Prices::default()),
        };
        if let Some(right) = right {
            return Ok(right);
        }
        let memory = super::memory(&self.store, &self.settings)?;
        let planner = Planner::new(memory, habits.clone(), days)?;
        Ok(Workshop { parameter_set, days, habits, planner, samples: Vec::new(), prices, problem: None })
    }

    /// Plans for the days as they are or would be.
    fn solve(&self, workshop: &mut Workshop, wish: &PlanWish, now: Moment) -> Result<Solved> {
        let pattern = Pattern::of(self, wish);
        let rounds = self.rounds_ahead(now);
        let read = self.store.read();
        let track = super::settings::track_of(&self.tracks()?, &self.settings.track).cloned();
        let today = now.study_day();
        let pace = read.pace(&self.device)?;
        let speed = speeds(&pace, &workshop.habits);
        let mut items = read.plannable()?;
        let mut candidates = Vec::with_capacity(items.len());
        items.retain(|item| {
            let base = weight(item, track.as_ref());
            let weights: Vec<f32> =
                rounds.iter().map(|(round, _)| base * factor(&round.focus, item)).collect();
            // What no round asks is not planned, and no part of what should be known.
            let asked = weights.iter().any(|weight| *weight > 0.0);
            if asked {
                candidates.push(Candidate {
                    weights,
                    seconds: item.scheduled.seconds as f32 * speed(item.question_kind),
                    studied: item.card.as_ref().map(|card| Studied {
                        trace: Trace::from(card),
                        elapsed: today.since(card.last_day),
                    }),
                });
            }
            asked
        });
        let (_, done_ms) = read.done_on(today)?;
        let mut budget: Vec<f32> = (0..workshop.days as u32)
            .map(|day| (pattern.minutes(today.plus(day).date()) * 60) as f32)
            .collect();
        if let Some(first) = budget.first_mut() {
            *first = (*first - done_ms as f32 / 1000.0).max(0.0);
        }
        let rounds = rounds.iter().map(|(_, days)| *days).collect();
        let problem = Problem { budget, rounds, items: candidates };
        let plan = if *wish == PlanWish::default() {
            // The same question has the same answer; a little more time each time would make the figures wander.
            let steps = match &workshop.problem {
                Some(before) if *before == problem => 0,
                _ if workshop.prices.is_new() => STEPS,
                _ => FEW_STEPS,
            };
            let plan = workshop.planner.plan(&problem, &mut workshop.prices, steps)?;
            workshop.problem = Some(problem.clone());
            plan
        } else {
            let steps = if workshop.prices.is_new() { STEPS } else { FEW_STEPS };
            workshop.planner.plan(&problem, &mut workshop.prices.clone(), steps)?
        };
        Ok(Solved { problem, plan, items })
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

    /// Memories that the learner may have: those the search found likely, or the population's before any search.
    fn likely_memories(&self) -> Result<Vec<Vec<f32>>> {
        let state: Option<LearnerState> = self
            .store
            .read()
            .newest_parameters()?
            .and_then(|set| set.learner)
            .and_then(|state| serde_json::from_value(state).ok());
        // The same draw each time: a forecast that moves by itself would be no forecast.
        let mut chance = StdRng::seed_from_u64(0);
        let learner = Learner::resume(Population::built_in()?, state, &mut chance);
        Ok(learner.samples().to_vec())
    }

    /// What each item's past looks like to another memory.
    fn past(&self) -> Result<Past> {
        let mut past = Past::new();
        self.store.read().answered(|answer| match past.get_mut(&answer.item) {
            Some((answers, last)) => {
                answers.push((answer.day.since(*last), answer.grade));
                *last = answer.day;
            }
            None => {
                past.insert(answer.item, (vec![(0, answer.grade)], answer.day));
            }
        })?;
        Ok(past)
    }

    /// The plan, as it is or as it would be; without a round to plan for, the calendar alone.
    ///
    /// # Errors
    /// Those of the database and of the memory model.
    pub fn plan(&self, wish: &PlanWish, now: Moment) -> Result<PlanPage> {
        let pattern = Pattern::of(self, wish);
        let today = now.study_day();
        let mut page = PlanPage {
            minutes_per_day: pattern.usual(),
            calendar: self.calendar_page(&pattern, self.days_to_plan(now), now)?,
            goal: self.settings.goal,
            behind: self.behind(now)?,
            learnt: self.learnt(now)?,
            ..PlanPage::default()
        };
        let Some(days) = self.days_to_plan(now) else { return Ok(page) };
        let mut workshop = self.workshop(days)?;
        let solved = self.solve(&mut workshop, wish, now)?;
        if workshop.samples.is_empty() {
            let planner = |parameters: Vec<f32>| {
                let memory = Memory::new(0, &parameters, self.settings.desired_retention)?;
                Planner::new(memory, workshop.habits.clone(), days)
            };
            workshop.samples = self.likely_memories()?.into_iter().map(planner).collect::<Result<_>>()?;
        }
        let Solved { problem, plan, items } = &solved;
        let past = self.past()?;
        let beliefs = workshop
            .samples
            .iter()
            .map(|planner| as_remembered(planner.memory(), problem, items, &past, today))
            .collect::<Result<Vec<_>>>()?;
        let samples: Vec<(&Planner, Problem)> = workshop.samples.iter().zip(beliefs).collect();
        let forecast = workshop.planner.forecast(problem, &plan.prices, &samples)?;
        let all: f32 = problem.items.iter().map(|item| item.weights.iter().sum::<f32>()).sum();
        let all = all.max(f32::MIN_POSITIVE);

        let point = |(day, band): (usize, &Band)| PointOfPlan {
            date: today.plus(u32::try_from(day).unwrap_or(0)).date(),
            known: share(band.mean),
            low: share(band.low),
            high: share(band.high),
        };
        page.days_left = u32::try_from(days).unwrap_or(0);
        page.known = forecast.known.iter().enumerate().map(point).collect();
        page.reached =
            page.known.iter().find(|point| point.known >= self.settings.goal).map(|point| point.date);
        page.rounds = self
            .rounds_ahead(now)
            .into_iter()
            .zip(&forecast.rounds)
            .map(|((round, _), band)| RoundForecast {
                round: round.clone(),
                known: share(band.mean),
                low: share(band.low),
                high: share(band.high),
            })
            .collect();
        // A day without time has a price nobody pays: ten more minutes are worth something on the days that have some.
        let open = plan.prices.iter().zip(&problem.budget).filter(|(_, seconds)| **seconds >= 60.0);
        let ten_minutes: f32 = open.map(|(price, _)| price * 600.0).sum();
        page.ten_more_minutes = share(ten_minutes / all);
        page.list = self.today_of(&solved, all, now)?;
        self.name_dropped(&solved, &mut page)?;
        page.items = u32::try_from(items.len()).unwrap_or(u32::MAX);
        drop(samples);
        self.workshop.replace(Some(workshop));
        Ok(page)
    }

    /// The fewest minutes of a usual day, in steps of five, with which the goal is expected to be reached; none where
    /// ten hours are not enough or there is nothing to plan for.
    ///
    /// # Errors
    /// Those of the database and of the memory model.
    pub fn plan_minutes_for_goal(&self, now: Moment) -> Result<Option<u32>> {
        const STEP: u32 = 5;
        let Some(days) = self.days_to_plan(now) else { return Ok(None) };
        let mut workshop = self.workshop(days)?;
        let reaches = |minutes: u32, workshop: &mut Workshop| -> Result<bool> {
            let wish = PlanWish { minutes_per_day: Some(minutes), days: Vec::new() };
            let solved = self.solve(workshop, &wish, now)?;
            let samples = [(&workshop.planner, solved.problem.clone())];
            let forecast = workshop.planner.forecast(&solved.problem, &solved.plan.prices, &samples)?;
            Ok(forecast.known.last().is_some_and(|known| share(known.mean) >= self.settings.goal))
        };
        let (mut too_few, mut enough) = (0, 600 / STEP);
        if !reaches(enough * STEP, &mut workshop)? {
            self.workshop.replace(Some(workshop));
            return Ok(None);
        }
        while enough - too_few > 1 {
            let middle = too_few + (enough - too_few) / 2;
            if reaches(middle * STEP, &mut workshop)? {
                enough = middle;
            } else {
                too_few = middle;
            }
        }
        self.workshop.replace(Some(workshop));
        Ok(Some(enough * STEP))
    }

    /// Today's part of a plan, within the minutes that are left.
    fn today_of(&self, solved: &Solved, all: f32, now: Moment) -> Result<Vec<Planned>> {
        let read = self.store.read();
        let seconds = solved.problem.budget.first().copied().unwrap_or(0.0);
        let mut used = 0.0;
        let mut list = Vec::new();
        for index in solved.order() {
            let (Some(item), Some(worth), Some(candidate)) =
                (solved.items.get(index), solved.plan.worths.get(index), solved.problem.items.get(index))
            else {
                continue;
            };
            if used >= seconds {
                break;
            }
            let own = worth.seconds.unwrap_or(0.0);
            used += own;
            list.push(Planned {
                item: item.scheduled.item.clone(),
                prompt: read.title(&item.scheduled.item)?.unwrap_or_default(),
                domain: item.scheduled.domain.clone(),
                is_new: item.card.is_none(),
                weight: f64::from(candidate.weights.iter().copied().fold(0.0, f32::max)),
                recall: item.card.as_ref().map(|card| self.memory.recall(card, now)),
                gain: f64::from(worth.gain / all),
                seconds: own.round() as u32,
            });
        }
        Ok(list)
    }

    /// New items that are worth their price on no day.
    fn name_dropped(&self, solved: &Solved, page: &mut PlanPage) -> Result<()> {
        let read = self.store.read();
        let mut dropped: Vec<(f32, f32, &Plannable)> = solved
            .items
            .iter()
            .zip(&solved.plan.worths)
            .zip(&solved.problem.items)
            .filter(|((item, worth), _)| item.card.is_none() && !worth.planned)
            .map(|((item, _), candidate)| (candidate.weights.iter().sum(), candidate.seconds, item))
            .collect();
        page.dropped_count = u32::try_from(dropped.len()).unwrap_or(u32::MAX);
        dropped.sort_by(|a, b| (b.0 / b.1.max(1.0)).total_cmp(&(a.0 / a.1.max(1.0))));
        for (.., item) in &dropped {
            let domain = &item.scheduled.domain;
            match page.dropped_domains.iter_mut().find(|count| count.domain == *domain) {
                Some(count) => count.items += 1,
                None => page.dropped_domains.push(DomainCount { domain: domain.clone(), items: 1 }),
            }
        }
        page.dropped_domains.sort_by(|a, b| b.items.cmp(&a.items).then_with(|| a.domain.cmp(&b.domain)));
        for (weight, seconds, item) in dropped.into_iter().take(NAMED) {
            page.dropped.push(Dropped {
                item: item.scheduled.item.clone(),
                prompt: read.title(&item.scheduled.item)?.unwrap_or_default(),
                domain: item.scheduled.domain.clone(),
                weight: f64::from(weight),
                seconds: seconds.round() as u32,
            });
        }
        Ok(())
    }
}

/// The problem as another memory has it: the same items, with what their answers left in that memory.
fn as_remembered(
    memory: &Memory,
    problem: &Problem,
    items: &[Plannable],
    past: &Past,
    today: StudyDay,
) -> Result<Problem> {
    let mut candidates = Vec::with_capacity(problem.items.len());
    for (candidate, item) in problem.items.iter().zip(items) {
        let studied = match past.get(&item.scheduled.item) {
            Some((answers, last)) if candidate.studied.is_some() => memory
                .history(answers)?
                .last()
                .map(|trace| Studied { trace: *trace, elapsed: today.since(*last) }),
            _ => None,
        };
        candidates.push(Candidate { studied, ..candidate.clone() });
    }
    Ok(Problem { items: candidates, ..problem.clone() })
}

/// How long each kind takes this learner against its target time, next to the habits over all kinds.
fn speeds(pace: &[Pace], habits: &Habits) -> impl Fn(Option<QuestionKind>) -> f32 {
    let expected = |pace: &Pace| match (pace.first, pace.grade) {
        (true, 1) => habits.first_fail,
        (true, _) => habits.first_pass,
        (false, 1) => habits.fail,
        (false, _) => habits.pass,
    };
    let mut kinds: Vec<(Option<QuestionKind>, f32, f32)> = Vec::new();
    for row in pace {
        let (spent, usual) = (row.ratio as f32, expected(row) * row.answers as f32);
        match kinds.iter_mut().find(|(kind, ..)| *kind == row.question_kind) {
            Some((_, all_spent, all_usual)) => {
                *all_spent += spent;
                *all_usual += usual;
            }
            None => kinds.push((row.question_kind, spent, usual)),
        }
    }
    move |kind| {
        let own = kinds.iter().find(|(known, ..)| *known == kind);
        own.map_or(1.0, |(_, spent, usual)| (USUAL + spent) / (USUAL + usual))
    }
}

fn share(value: f32) -> f64 {
    f64::from(value.clamp(0.0, 1.0))
}

/// A round's own factor for an item.
fn factor(focus: &Focus, item: &Plannable) -> f32 {
    let of = |factors: &BTreeMap<String, f64>, name: &str| factors.get(name).copied().unwrap_or(1.0) as f32;
    let kind = match item.question_kind {
        Some(kind) => kind.name(),
        None => &item.scheduled.item.kind.0,
    };
    of(&focus.domains, &item.scheduled.domain) * of(&focus.kinds, kind)
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
        Some(_) => 1.0,
        None => 1.5,
    };
    asked * base * kind
}
