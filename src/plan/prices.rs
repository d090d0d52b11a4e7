//! The prices that fill the days: what would be bought under them fits into each day's seconds.
//!
//! The dual function is convex in the prices, and its slope on a day is that day's seconds less what would be bought.
//! Prices are kept at a few knots of their logarithm, denser towards the last round, where they change most; each step
//! moves every knot by how far its days are over- or undersold.

use super::grid::Grid;
use super::market::Market;
use super::table::{Horizon, Lane, Tables};
use super::{Habits, Ready};

/// Where knots stand, as shares of the days.
const KNOTS: [f32; 8] = [0.0, 0.2, 0.4, 0.6, 0.75, 0.87, 0.95, 1.0];
/// How much all prices follow a mismatch of the sums, before two steps have shown how much they should.
const LEVEL: f32 = 1.5;
/// How much a knot follows its own mismatch: what is a little cheaper draws much from its neighbours.
const SHAPE: f32 = 0.12;
/// Prices, kept from one plan to the next: yesterday's are nearly right today.
#[derive(Clone, Debug, Default)]
pub struct Prices {
    /// Logarithm of the price at each knot; none before the first fit.
    knots: Option<[f32; KNOTS.len()]>,
    days: usize,
}

impl Prices {
    /// Whether no plan was made with them yet.
    pub fn is_new(&self) -> bool {
        self.knots.is_none()
    }

    /// The price of each day.
    pub fn daily(&self) -> Vec<f32> {
        let knots = self.knots.unwrap_or([-10.0; KNOTS.len()]);
        (0..self.days)
            .map(|day| {
                hats(day, self.days)
                    .into_iter()
                    .map(|(knot, share)| share * knots.get(knot).copied().unwrap_or(0.0))
                    .sum::<f32>()
                    .exp()
            })
            .collect()
    }

    /// The same prices a day later, when the first day is over.
    pub fn next_day(&mut self) {
        let daily = self.daily();
        let rest = daily.get(1..).unwrap_or_default();
        if let (Some(knots), false) = (&mut self.knots, rest.is_empty()) {
            for (value, share) in knots.iter_mut().zip(KNOTS) {
                let at = (share * (rest.len() - 1) as f32).round() as usize;
                *value = rest.get(at).copied().unwrap_or(1e-9).max(1e-12).ln();
            }
        }
        self.days = rest.len();
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
        self.days = horizon.days;
        let mut knots = self.knots.unwrap_or_else(|| start(items));
        let mut best: Option<(f64, [f32; KNOTS.len()])> = None;
        let (mut level, mut shape) = (Secant::default(), [Pace::new(SHAPE); KNOTS.len()]);
        for step in 0..steps.max(1) {
            self.knots = Some(knots);
            let prices = self.daily();
            let market = Market {
                tables: Tables::new(grid, habits, horizon, lanes, &prices),
                grid,
                habits,
                horizon,
                lanes,
                prices: &prices,
            };
            let (bound, usage) = market.clear(items, budget);
            if best.is_none_or(|(least, _)| bound < least) {
                best = Some((bound, knots));
            }
            if step + 1 == steps {
                break;
            }
            let mut bought = [1.0; KNOTS.len()];
            let mut there = [1.0; KNOTS.len()];
            for day in 0..horizon.days {
                for (knot, share) in hats(day, horizon.days) {
                    bought[knot] += share * usage.get(day).copied().unwrap_or(0.0);
                    there[knot] += share * budget.get(day).copied().unwrap_or(0.0);
                }
            }
            let off = |bought: f32, there: f32| (bought / there).ln().clamp(-1.5, 1.5);
            let whole = off(bought.iter().sum(), there.iter().sum());
            let up = level.step(whole);
            for knot in 0..KNOTS.len() {
                // A knot between no days has nothing to say.
                let own = if there[knot] > 1.0 { off(bought[knot], there[knot]) - whole } else { 0.0 };
                knots[knot] = (knots[knot] + up + shape[knot].step(own)).clamp(-25.0, 5.0);
            }
        }
        self.knots = best.map(|(_, knots)| knots).or(Some(knots));
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

/// A first guess: a second is worth what a typical item gives for a few answers, and twice that at the end.
fn start(items: &[Ready]) -> [f32; KNOTS.len()] {
    let sum = |part: fn(&Ready) -> f32| items.iter().map(part).sum::<f32>();
    let price = (0.3 * sum(|item| item.weight) / (75.0 * sum(|item| item.seconds)).max(1.0)).max(1e-9);
    KNOTS.map(|share| price.ln() + share * 0.6)
}

/// The knots on both sides of a day, with their shares.
fn hats(day: usize, days: usize) -> [(usize, f32); 2] {
    let at = if days > 1 { day as f32 / (days - 1) as f32 } else { 1.0 };
    let right = KNOTS.iter().position(|knot| *knot >= at).unwrap_or(KNOTS.len() - 1).max(1);
    let (low, high) = (KNOTS[right - 1], KNOTS[right]);
    let share = ((at - low) / (high - low)).clamp(0.0, 1.0);
    [(right - 1, 1.0 - share), (right, share)]
}
