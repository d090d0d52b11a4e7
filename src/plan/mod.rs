//! The interview-date planner: what to study each day so that the most is known on the day of the interview.
//!
//! Each day's seconds are scarce, so they get a price; given the prices, items do not compete, and each is worth the
//! best it can still reach (`table`). Prices are right when what would be bought fits into the days (`prices`). Today's
//! list is then what gains most per second. For any prices, the items' values plus the price of all seconds is an upper
//! bound on what any way of studying can reach: that is what the planner is measured against.
//!
//! - `calendar`: how many minutes each day has.
//! - `grid`: the memories that tables are computed for, and what a review does to them.
//! - `table`: what a memory is worth under prices.
//! - `market`: what is bought under prices, and what it is worth.
//! - `prices`: the prices that fill the days.
//! - `forecast`: what will be known on the day, and how sure that is.
//! - `population`, `learner`, `fit`: whose memory it is, from everybody's to this learner's.
//!
//! Everything here is arithmetic on plain types: no clock, no database.

mod calendar;
mod fit;
mod forecast;
mod grid;
mod learner;
mod market;
mod population;
mod prices;
mod table;
#[cfg(test)]
mod tests;

use crate::error::Result;
use crate::memory::{Memory, Trace};

pub use calendar::{Calendar, Holiday, Holidays};
pub use fit::{Answers, Fit, FitEvidence, Method, fit};
pub use forecast::{Band, Forecast};
use grid::{DAILY, FINE, Grid, Review};
pub use learner::{Learner, LearnerState, Log, log_likelihood};
use market::Market;
pub use population::Population;
pub use prices::Prices;
use table::{Horizon, Lane, Tables};

/// How a learner answers, apart from memory: estimated from the log, or the population's.
#[derive(Clone, Debug, PartialEq)]
pub struct Habits {
    /// Shares of again, hard, good and easy among first answers; they add up to 1.
    pub first_grades: [f32; 4],
    /// Shares of hard, good and easy among passes; they add up to 1.
    pub pass_grades: [f32; 3],
    /// Time of a first answer that passes, in units of the item's seconds.
    pub first_pass: f32,
    /// Time of a first answer that fails, with learning it.
    pub first_fail: f32,
    /// Time of a later answer that passes.
    pub pass: f32,
    /// Time of a later answer that fails, with learning it again.
    pub fail: f32,
}

impl Habits {
    /// Expected time of a first answer, in units of the item's seconds.
    pub fn first_seconds(&self) -> f32 {
        self.first_grades[0] * self.first_fail + (1.0 - self.first_grades[0]) * self.first_pass
    }

    /// Expected time of a later answer at this recall, in units of the item's seconds.
    pub fn review_seconds(&self, recall: f32) -> f32 {
        recall * self.pass + (1.0 - recall) * self.fail
    }
}

/// A memory and how long ago it was last tested.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Studied {
    /// The memory after its last answer.
    pub trace: Trace,
    /// Study days since that answer, today.
    pub elapsed: u32,
}

/// An item as the planner sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// How much each round needs it, 0 or more, in the order of the problem's rounds.
    pub weights: Vec<f32>,
    /// Its unit of time, in seconds.
    pub seconds: f32,
    /// None before its first answer.
    pub studied: Option<Studied>,
}

/// What is to be planned.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// Seconds of study on each day, from today to the day before the last round; at least one day.
    pub budget: Vec<f32>,
    /// Days from today to each round, ascending; each at least 1. The last one is the number of days.
    pub rounds: Vec<usize>,
    /// The items.
    pub items: Vec<Candidate>,
}

/// A memory model and a learner's habits, worked out for plans of up to some number of days.
pub struct Planner {
    memory: Memory,
    habits: Habits,
    grid: Grid,
}

/// Ratios of seconds to weight that tables are computed for, per lane: neighbours differ by at most this factor.
const LANE_STEP: f32 = 2.0;
/// At most so many lanes for one pattern of rounds.
const LANES: usize = 8;

/// An item, ready to be valued: where it stands between two lanes, and its reviews by day.
struct Ready {
    /// How many items are exactly like it: new ones of equal weight and time.
    count: f32,
    weight: f32,
    seconds: f32,
    lanes: [(usize, f32); 2],
    /// Seconds per unit of weight.
    ratio: f32,
    /// Rounds' shares of the weight.
    shares: Vec<f32>,
    /// A review by day; none before the first answer.
    reviews: Option<Vec<(usize, Review)>>,
    /// Recall at each round without any further review.
    untouched: Vec<f32>,
    /// Recall on each day from today to the last round without any further review; none before the first answer.
    fading: Vec<f32>,
}

/// What can be done with an item, in value and time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Worth {
    /// Expected reward, the price of its seconds paid.
    pub value: f32,
    /// What acting today gains over leaving it, in reward.
    pub gain: f32,
    /// Expected seconds of acting today; none where it cannot be done today.
    pub seconds: Option<f32>,
    /// Whether it is worth its price on any day.
    pub planned: bool,
}

/// A solved plan.
pub struct Plan {
    /// The price of a second on each day, in reward.
    pub prices: Vec<f32>,
    /// Each item's worth, in the order of the problem.
    pub worths: Vec<Worth>,
    /// Expected seconds bought on each day under the prices.
    pub usage: Vec<f32>,
    /// No way of studying reaches more than this in expectation (up to the grid's accuracy).
    pub bound: f64,
}

impl Plan {
    /// Items in the order of study today: most gain for a second first. Items without gain are left out.
    pub fn order(&self) -> Vec<usize> {
        self.rates().into_iter().map(|(index, _)| index).collect()
    }

    /// Items in the order of study today, with the gain of a second each.
    pub fn rates(&self) -> Vec<(usize, f32)> {
        let mut order: Vec<(usize, f32)> = self
            .worths
            .iter()
            .enumerate()
            .filter_map(|(index, worth)| {
                let seconds = worth.seconds?;
                let rate = worth.gain / seconds.max(1.0);
                (rate > 0.0).then_some((index, rate))
            })
            .collect();
        order.sort_by(|a, b| b.1.total_cmp(&a.1));
        order
    }
}

impl Planner {
    /// A planner for up to `days` days.
    ///
    /// # Errors
    /// Those of the memory model.
    pub fn new(memory: Memory, habits: Habits, days: usize) -> Result<Self> {
        let grid = Grid::new(&memory, &habits, days.max(1), DAILY)?;
        Ok(Self { memory, habits, grid })
    }

    /// A planner that takes its time, for measuring: its [`Plan::bound`] holds for every way of studying.
    ///
    /// # Errors
    /// Those of the memory model.
    pub fn exact(memory: Memory, habits: Habits, days: usize) -> Result<Self> {
        let grid = Grid::new(&memory, &habits, days.max(1), FINE)?;
        Ok(Self { memory, habits, grid })
    }

    /// The memory model.
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// The habits.
    pub fn habits(&self) -> &Habits {
        &self.habits
    }

    /// The longest plan it can make, in days.
    pub fn days(&self) -> usize {
        self.grid.horizon
    }

    /// Plans: finds prices, starting from `prices`, in `steps` steps, and values every item. With no steps, prices
    /// of as many days are used as they are.
    ///
    /// # Errors
    /// Those of the memory model.
    pub fn plan(&self, problem: &Problem, prices: &mut Prices, steps: usize) -> Result<Plan> {
        let horizon = Horizon { days: problem.budget.len(), rounds: problem.rounds.clone() };
        let (lanes, ready, kinds) = self.ready(problem, &horizon)?;
        prices.fit(&self.grid, &self.habits, &horizon, &lanes, &ready, &problem.budget, steps);
        let prices = prices.daily();
        let market = Market {
            tables: Tables::new(&self.grid, &self.habits, &horizon, &lanes, &prices),
            grid: &self.grid,
            habits: &self.habits,
            horizon: &horizon,
            lanes: &lanes,
            prices: &prices,
        };
        let (bound, usage) = market.clear(&ready, &problem.budget);
        let worths: Vec<Worth> = ready.iter().map(|item| market.worth(item)).collect();
        let worths = kinds.into_iter().filter_map(|kind| worths.get(kind).copied()).collect();
        Ok(Plan { prices, worths, usage, bound })
    }

    /// What following the plan gives a learner whose memory is one of `samples`, each with the problem's items as that
    /// memory has them.
    ///
    /// # Errors
    /// Those of the memory model.
    pub fn forecast(
        &self,
        problem: &Problem,
        prices: &[f32],
        samples: &[(&Planner, Problem)],
    ) -> Result<Forecast> {
        let horizon = Horizon { days: problem.budget.len(), rounds: problem.rounds.clone() };
        let (lanes, own, _) = self.ready(problem, &horizon)?;
        let market = Market {
            tables: Tables::new(&self.grid, &self.habits, &horizon, &lanes, prices),
            grid: &self.grid,
            habits: &self.habits,
            horizon: &horizon,
            lanes: &lanes,
            prices,
        };
        let outcomes = samples
            .iter()
            .map(|(planner, problem)| {
                let (_, items, _) = planner.ready(problem, &horizon)?;
                Ok(market.follow(&own, &planner.grid, &items, &problem.budget))
            })
            .collect::<Result<Vec<_>>>()?;
        Ok(Forecast::of(problem, &outcomes))
    }

    /// The lanes, the distinct items, and which of them each item of the problem is.
    fn ready(&self, problem: &Problem, horizon: &Horizon) -> Result<(Vec<Lane>, Vec<Ready>, Vec<usize>)> {
        let lanes = lanes(&problem.items);
        // Tomorrow and the days after it matter one by one, far days do not.
        let days: Vec<usize> = std::iter::once(0)
            .chain(self.grid.gaps.iter().copied())
            .take_while(|day| *day < horizon.days)
            .collect();
        let mut ready: Vec<Ready> = Vec::new();
        let mut kinds = Vec::with_capacity(problem.items.len());
        let mut new: Vec<(&Candidate, usize)> = Vec::new();
        for item in &problem.items {
            let Some(studied) = item.studied else {
                match new.iter().find(|(other, _)| *other == item) {
                    Some((_, kind)) => {
                        kinds.push(*kind);
                        if let Some(known) = ready.get_mut(*kind) {
                            known.count += 1.0;
                        }
                    }
                    None => {
                        new.push((item, ready.len()));
                        kinds.push(ready.len());
                        let untouched = vec![0.0; horizon.rounds.len()];
                        ready.push(Ready::new(item, &lanes, None, untouched, Vec::new()));
                    }
                }
                continue;
            };
            let mut reviews = Vec::with_capacity(days.len());
            for day in &days {
                let gap = studied.elapsed.saturating_add(u32::try_from(*day).unwrap_or(u32::MAX));
                // What was answered today is not asked again today.
                if gap > 0 {
                    let review = self.grid.review(&self.memory, &self.habits, studied.trace, gap)?;
                    reviews.push((*day, review));
                }
            }
            let later = |round: &usize| studied.elapsed as f32 + *round as f32;
            let untouched = horizon
                .rounds
                .iter()
                .map(|round| self.memory.retrievability(studied.trace, later(round)))
                .collect();
            let fading = (0..=horizon.days)
                .map(|day| self.memory.retrievability(studied.trace, studied.elapsed as f32 + day as f32))
                .collect();
            kinds.push(ready.len());
            ready.push(Ready::new(item, &lanes, Some(reviews), untouched, fading));
        }
        Ok((lanes, ready, kinds))
    }
}

fn shares(weights: &[f32]) -> Vec<f32> {
    let weight: f32 = weights.iter().sum();
    weights.iter().map(|part| part / weight.max(f32::MIN_POSITIVE)).collect()
}

/// For each pattern of rounds, ratios from the smallest to the largest among the items.
fn lanes(items: &[Candidate]) -> Vec<Lane> {
    let mut patterns: Vec<(Vec<f32>, f32, f32)> = Vec::new();
    for item in items {
        let weight: f32 = item.weights.iter().sum();
        if weight <= 0.0 {
            continue;
        }
        let ratio = item.seconds / weight;
        let own = shares(&item.weights);
        match patterns.iter_mut().find(|(shares, ..)| alike(shares, &own)) {
            Some((_, low, high)) => {
                *low = low.min(ratio);
                *high = high.max(ratio);
            }
            None => patterns.push((own, ratio, ratio)),
        }
    }
    let mut lanes = Vec::new();
    for (rounds, low, high) in patterns {
        let steps = ((high / low).ln() / LANE_STEP.ln()).ceil().clamp(0.0, (LANES - 1) as f32) as usize;
        for step in 0..=steps {
            let ratio = if steps == 0 { low } else { low * (high / low).powf(step as f32 / steps as f32) };
            lanes.push(Lane { rounds: rounds.clone(), ratio });
        }
    }
    lanes
}

fn alike(a: &[f32], b: &[f32]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-3)
}

/// The two lanes an item stands between, with their shares.
fn nearest(lanes: &[Lane], shares: &[f32], ratio: f32) -> [(usize, f32); 2] {
    let mut own = lanes.iter().enumerate().filter(|(_, lane)| alike(&lane.rounds, shares)).peekable();
    let Some(&(first, _)) = own.peek() else { return [(0, 1.0), (0, 0.0)] };
    let mut below = first;
    for (index, lane) in own {
        if lane.ratio >= ratio {
            let low = lanes.get(below).map_or(lane.ratio, |lane| lane.ratio);
            let span = (lane.ratio / low).ln();
            let part = if span > 1e-6 { ((ratio / low).ln() / span).clamp(0.0, 1.0) } else { 0.0 };
            return [(below, 1.0 - part), (index, part)];
        }
        below = index;
    }
    [(below, 1.0), (below, 0.0)]
}

impl Ready {
    fn new(
        item: &Candidate,
        lanes: &[Lane],
        reviews: Option<Vec<(usize, Review)>>,
        untouched: Vec<f32>,
        fading: Vec<f32>,
    ) -> Self {
        let weight: f32 = item.weights.iter().sum();
        let shares = shares(&item.weights);
        let ratio = item.seconds / weight.max(f32::MIN_POSITIVE);
        let lanes = nearest(lanes, &shares, ratio);
        Self { count: 1.0, weight, seconds: item.seconds, ratio, lanes, shares, reviews, untouched, fading }
    }

    /// What `count` such items give from the day after `since` to `until`, if nothing is reviewed before.
    fn wait(&self, outcome: &mut market::Outcome, horizon: &Horizon, since: usize, until: usize, count: f32) {
        let weight = self.weight * count;
        for day in since + 1..=until {
            let recall = self.fading.get(day).copied().unwrap_or(0.0);
            if let Some(known) = outcome.known.get_mut(day) {
                *known += weight * recall;
            }
        }
        let rounds =
            outcome.rounds.iter_mut().zip(&horizon.rounds).zip(self.shares.iter().zip(&self.untouched));
        for ((reward, held), (share, recall)) in rounds {
            if *held > since && *held <= until {
                *reward += weight * share * recall;
            }
        }
        if until == horizon.days {
            let last = self.fading.last().copied().unwrap_or(0.0);
            outcome.spread += weight * last * (1.0 - last);
        }
    }

    /// Rewards of the rounds up to a day, if nothing is reviewed before, per unit of weight.
    fn rewards(&self, horizon: &Horizon, day: usize) -> f32 {
        let held = horizon.rounds.iter().zip(&self.shares).zip(&self.untouched);
        held.filter(|((round, _), _)| **round <= day).map(|((_, share), recall)| share * recall).sum()
    }
}
