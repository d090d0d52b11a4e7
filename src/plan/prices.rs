//! The prices that fill the days: what would be bought under them fits into each day's seconds.
//!
//! The dual function is convex in the prices, and its slope on a day is that day's seconds less what would be bought.
//! Their logarithm is a line through a few knots, denser towards a round, where prices change most; between two rounds
//! it may jump. Where days are uneven each day may also stand off the line. Each step moves every knot, and every such
//! day, by how far it is over- or undersold. A day without time is never bought from.

use super::grid::Grid;
use super::market::Market;
use super::table::{Horizon, Lane, Tables};
use super::{Habits, Ready};

/// Where knots stand, as shares of the days to the only round.
const KNOTS: &[f32] = &[0.0, 0.2, 0.4, 0.6, 0.75, 0.87, 0.95, 1.0];
/// Where knots stand between two rounds.
const BETWEEN: &[f32] = &[0.0, 0.5, 0.85, 1.0];
/// How much all prices follow a mismatch of the sums, before two steps have shown how much they should.
const LEVEL: f32 = 1.5;
/// How much a knot follows its own mismatch: what is a little cheaper draws much from its neighbours.
const SHAPE: f32 = 0.12;
/// A day with less time than this, in seconds, has none.
const NO_TIME: f32 = 1.0;
/// The logarithm of a price nobody pays.
const BLOCKED: f32 = 12.0;
/// Days whose time differs by less than this share of the mean are alike.
const EVEN: f32 = 0.02;

/// Prices, kept from one plan to the next: yesterday's are nearly right today.
#[derive(Clone, Debug, Default)]
pub struct Prices {
    /// The logarithm of each day's price; none before the first fit.
    log: Option<Vec<f32>>,
}

impl Prices {
    /// Whether no plan was made with them yet.
    pub fn is_new(&self) -> bool {
        self.log.is_none()
    }

    /// The price of each day.
    pub fn daily(&self) -> Vec<f32> {
        self.log.iter().flatten().map(|log| log.exp()).collect()
    }

    /// The same prices a day later, when the first day is over.
    pub fn next_day(&mut self) {
        if let Some(log) = self.log.as_mut().filter(|log| log.len() > 1) {
            log.remove(0);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one problem")]
    pub(super) fn fit(
        &mut self,
        grid: &Grid,
        habits: &Habits,
        horizon: &Horizon,
        lanes: &[Lane],
        items: &[Ready],
        budget: &[f32],
        steps: usize,
    ) {
        if steps == 0 && self.log.as_ref().is_some_and(|log| log.len() == horizon.days) {
            return;
        }
        let line = Line::new(horizon);
        let open: Vec<bool> = budget.iter().map(|seconds| *seconds >= NO_TIME).collect();
        let uneven = is_uneven(budget);
        let mut knots = match self
            .log
            .as_ref()
            .and_then(|log| log.len().checked_sub(horizon.days).map(|past| (log, past)))
        {
            // Days that are over are cut off.
            Some((log, past)) => line.through(log.get(past..).unwrap_or_default(), &open),
            None => line.start(items),
        };
        let mut apart: Vec<f32> = match &self.log {
            Some(log) if uneven && log.len() >= horizon.days => {
                let past = log.len() - horizon.days;
                let log = log.iter().skip(past).enumerate();
                log.map(|(day, log)| (log - line.at(day, &knots)).clamp(-3.0, 3.0)).collect()
            }
            _ => vec![0.0; horizon.days],
        };
        let mut best: Option<(f64, Vec<f32>)> = None;
        let mut level = Secant::default();
        let mut shape = vec![Pace::new(SHAPE); knots.len()];
        let mut own = vec![Pace::new(SHAPE); horizon.days];
        for step in 0..steps.max(1) {
            let log: Vec<f32> = (0..horizon.days)
                .map(|day| {
                    let open = open.get(day).copied().unwrap_or(false);
                    if open { line.at(day, &knots) + apart.get(day).copied().unwrap_or(0.0) } else { BLOCKED }
                })
                .collect();
            let prices: Vec<f32> = log.iter().map(|log| log.exp()).collect();
            let market = Market {
                tables: Tables::new(grid, habits, horizon, lanes, &prices),
                grid,
                habits,
                horizon,
                lanes,
                prices: &prices,
            };
            let (bound, usage) = market.clear(items, budget);
            if best.as_ref().is_none_or(|(least, _)| bound < *least) {
                best = Some((bound, log));
            }
            if step + 1 == steps {
                break;
            }
            let mut bought = vec![1.0; knots.len()];
            let mut there = vec![1.0; knots.len()];
            for (day, (used, seconds)) in usage.iter().zip(budget).enumerate() {
                for (knot, share) in line.hats(day).filter(|_| *seconds >= NO_TIME) {
                    if let (Some(bought), Some(there)) = (bought.get_mut(knot), there.get_mut(knot)) {
                        *bought += share * used;
                        *there += share * seconds;
                    }
                }
            }
            let off = |bought: f32, there: f32| (bought / there).ln().clamp(-1.5, 1.5);
            let whole = off(bought.iter().sum(), there.iter().sum());
            let up = level.step(whole);
            let parts = knots.iter_mut().zip(&mut shape).zip(bought.iter().zip(&there));
            for ((knot, pace), (bought, there)) in parts {
                // A knot between no days has nothing to say.
                let part = if *there > 1.0 { off(*bought, *there) - whole } else { 0.0 };
                *knot = (*knot + up + pace.step(part)).clamp(-25.0, 5.0);
            }
            if uneven {
                let days = apart.iter_mut().zip(&mut own).zip(usage.iter().zip(budget));
                for ((apart, pace), (used, seconds)) in days.filter(|(_, (_, seconds))| **seconds >= NO_TIME)
                {
                    *apart = (*apart + pace.step(off(used + 1.0, seconds + 1.0) - whole)).clamp(-3.0, 3.0);
                }
            }
        }
        self.log = best.map(|(_, log)| log);
    }
}

fn is_uneven(budget: &[f32]) -> bool {
    // Today counts what was studied already, so it is nearly always shorter: the line bears one such day.
    let open: Vec<f32> = budget.iter().skip(1).copied().filter(|seconds| *seconds >= NO_TIME).collect();
    let mean = open.iter().sum::<f32>() / open.len().max(1) as f32;
    open.iter().any(|seconds| (seconds - mean).abs() > EVEN * mean)
}

/// The line through the knots: for each day, the knots on both sides with their shares.
struct Line {
    days: Vec<[(usize, f32); 2]>,
    /// The day nearest to each knot, and how near the round it is, 0 to 1.
    knots: Vec<(usize, f32)>,
}

impl Line {
    fn new(horizon: &Horizon) -> Self {
        let mut line = Self { days: Vec::new(), knots: Vec::new() };
        let mut from = 0;
        for (index, round) in horizon.rounds.iter().chain([&horizon.days]).enumerate() {
            let days = round.min(&horizon.days).saturating_sub(from);
            if days == 0 {
                continue;
            }
            let only = index == 0 && *round >= horizon.days;
            line.segment(from, days, if only { KNOTS } else { BETWEEN });
            from += days;
        }
        line
    }

    fn segment(&mut self, from: usize, days: usize, shares: &[f32]) {
        let first = self.knots.len();
        for share in shares {
            let day = (share * (days - 1) as f32).round() as usize;
            self.knots.push((from + day.min(days - 1), *share));
        }
        for day in 0..days {
            let at = if days > 1 { day as f32 / (days - 1) as f32 } else { 1.0 };
            let right = shares.iter().position(|share| *share >= at).unwrap_or(shares.len() - 1).max(1);
            let (low, high) =
                (shares.get(right - 1).copied().unwrap_or(0.0), shares.get(right).copied().unwrap_or(1.0));
            let share = ((at - low) / (high - low)).clamp(0.0, 1.0);
            self.days.push([(first + right - 1, 1.0 - share), (first + right, share)]);
        }
    }

    fn hats(&self, day: usize) -> impl Iterator<Item = (usize, f32)> {
        self.days.get(day).copied().into_iter().flatten()
    }

    fn at(&self, day: usize, knots: &[f32]) -> f32 {
        self.hats(day).map(|(knot, share)| share * knots.get(knot).copied().unwrap_or(0.0)).sum()
    }

    /// Knots of given prices. A knot on a day without time takes the nearest day that has some.
    fn through(&self, log: &[f32], open: &[bool]) -> Vec<f32> {
        let near = |day: usize| {
            let days = log.iter().zip(open).enumerate().filter(|(_, (_, open))| **open);
            days.min_by_key(|(other, _)| other.abs_diff(day)).map(|(_, (log, _))| *log)
        };
        self.knots.iter().map(|(day, _)| near(*day).unwrap_or(-10.0).min(5.0)).collect()
    }

    /// A first guess: a second is worth what a typical item gives for a few answers, and twice that at the end.
    fn start(&self, items: &[Ready]) -> Vec<f32> {
        let sum = |part: fn(&Ready) -> f32| items.iter().map(part).sum::<f32>();
        let price = (0.3 * sum(|item| item.weight) / (75.0 * sum(|item| item.seconds)).max(1.0)).max(1e-9);
        self.knots.iter().map(|(_, share)| price.ln() + share * 0.6).collect()
    }
}

/// How far to follow a mismatch: less after each swing to the other side, more while it stays on one.
#[derive(Clone, Copy)]
struct Pace {
    follow: f32,
    before: f32,
}

impl Pace {
    fn new(follow: f32) -> Self {
        Self { follow, before: 0.0 }
    }

    fn step(&mut self, off: f32) -> f32 {
        self.follow *= if off * self.before < 0.0 { 0.5 } else { 1.1 };
        self.before = off;
        self.follow * off
    }
}

/// Finds the level at which the sums match, by the slope between the last two tries.
#[derive(Clone, Copy, Default)]
struct Secant {
    before: Option<f32>,
    moved: f32,
}

impl Secant {
    fn step(&mut self, off: f32) -> f32 {
        let slope = self.before.map(|before| (off - before) / self.moved).filter(|slope| *slope < -0.1);
        let step = slope.map_or(LEVEL * off, |slope| -off / slope).clamp(-1.0, 1.0);
        self.before = (step.abs() > 1e-4).then_some(off);
        self.moved = step;
        step
    }
}
