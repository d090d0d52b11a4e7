//! Value tables: what a memory is worth, given the price of a second on each day.
//!
//! With prices, items do not compete any more, and one recursion serves them all. An item's value depends on its
//! weight w and its seconds c only through the ratio c/w: value(w, c) = w * value(1, c/w). So tables are computed for a
//! few ratios (`Lane`) at once, and an item reads between two of them.
//!
//! Waiting tells nothing new, so instead of a day-by-day choice the recursion picks the day of the next review:
//!
//! ```text
//! U_t(m) = max( rewards of all rounds after t,                                       never again
//!               rewards of rounds up to t' - price_t' * seconds + E[ U_t'(m') ] )    next review on day t' > t
//! ```

use super::Habits;
use super::grid::{Grid, Mix, Review};

/// Tables are computed four at a time, so that the compiler can use vector instructions.
pub(super) const WIDTH: usize = 4;

/// Four values, one for each lane of a block.
pub(super) type Block = [f32; WIDTH];

/// A ratio that tables are computed for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Lane {
    /// Share of each round in the item's weight; they add up to 1.
    pub rounds: Vec<f32>,
    /// Seconds (in units of the habits' seconds) per unit of weight.
    pub ratio: f32,
}

/// Days and rounds that a plan covers.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Horizon {
    /// Study days before the last round; at least 1.
    pub days: usize,
    /// Day of each round, counted from today; a round is held before that day's study.
    pub rounds: Vec<usize>,
}

/// Marks "never again" in a choice.
pub(super) const NEVER: u8 = 0;

/// The tables of all lanes.
pub(super) struct Tables {
    blocks: usize,
    points: usize,
    /// `[day][point][block]`: value of a memory just reviewed on that day.
    values: Vec<Block>,
    /// The same, which gap to the next review, from 1, or [`NEVER`].
    choices: Vec<[u8; WIDTH]>,
    /// `[day][block]`: value of a memory just studied for the first time.
    firsts: Vec<Block>,
}

impl Tables {
    /// Solves the recursion backwards from the last round.
    pub fn new(grid: &Grid, habits: &Habits, horizon: &Horizon, lanes: &[Lane], prices: &[f32]) -> Self {
        let blocks = lanes.len().div_ceil(WIDTH).max(1);
        let days = horizon.days;
        // Lanes that fill up a block are never read.
        let ratios: Vec<Block> = (0..blocks)
            .map(|block| std::array::from_fn(|k| lanes.get(block * WIDTH + k).map_or(1.0, |lane| lane.ratio)))
            .collect();
        let shares: Vec<Vec<Block>> = (0..horizon.rounds.len())
            .map(|round| {
                (0..blocks)
                    .map(|block| {
                        std::array::from_fn(|k| {
                            lanes
                                .get(block * WIDTH + k)
                                .and_then(|lane| lane.rounds.get(round))
                                .copied()
                                .unwrap_or(0.0)
                        })
                    })
                    .collect()
            })
            .collect();
        let points = grid.resolution.points();
        let mut tables = Self {
            blocks,
            points,
            values: vec![[0.0; WIDTH]; days * points * blocks],
            choices: vec![[NEVER; WIDTH]; days * points * blocks],
            firsts: Vec::with_capacity(days * blocks),
        };
        for day in (0..days).rev() {
            // Values of later days are read while those of this day are written.
            let (this, later) = tables.values.split_at_mut((day + 1) * points * blocks);
            let this = this.get_mut(day * points * blocks..).unwrap_or_default();
            for point in 0..points {
                let reviews = grid.reviews(point);
                for block in 0..blocks {
                    let (value, choice) = best(Step {
                        day,
                        block,
                        blocks,
                        gaps: &grid.gaps,
                        reviews,
                        recalls: grid.recalls(point),
                        points,
                        later,
                        prices,
                        habits,
                        horizon,
                        ratio: ratios.get(block).copied().unwrap_or([1.0; WIDTH]),
                        shares: &shares,
                    });
                    if let Some(slot) = this.get_mut(point * blocks + block) {
                        *slot = value;
                    }
                    if let Some(slot) = tables.choices.get_mut((day * points + point) * blocks + block) {
                        *slot = choice;
                    }
                }
            }
        }
        for day in 0..days {
            for block in 0..blocks {
                let table = tables.values.get(day * points * blocks..).unwrap_or_default();
                tables.firsts.push(mean(table, blocks, block, &grid.first));
            }
        }
        tables
    }

    /// The mean of a day's values over grid points.
    pub fn mean(&self, day: usize, lane: usize, mix: &Mix<16>) -> f32 {
        let table = self.values.get(day * self.points * self.blocks..).unwrap_or_default();
        let (block, k) = (lane / WIDTH, lane % WIDTH);
        mix.iter()
            .map(|(point, share)| {
                share * table.get(usize::from(*point) * self.blocks + block).map_or(0.0, |values| values[k])
            })
            .sum()
    }

    /// The value of a memory first studied on a day.
    pub fn first(&self, day: usize, lane: usize) -> f32 {
        self.firsts.get(day * self.blocks + lane / WIDTH).map_or(0.0, |block| block[lane % WIDTH])
    }

    /// Which of the grid's gaps follows a review on `day`, from 1, or [`NEVER`].
    pub fn choice(&self, day: usize, point: usize, lane: usize) -> u8 {
        let at = (day * self.points + point) * self.blocks + lane / WIDTH;
        self.choices.get(at).map_or(NEVER, |block| block[lane % WIDTH])
    }
}

struct Step<'a> {
    day: usize,
    block: usize,
    blocks: usize,
    gaps: &'a [usize],
    reviews: &'a [Review],
    /// Recall after one day, two days ...
    recalls: &'a [f32],
    points: usize,
    later: &'a [Block],
    prices: &'a [f32],
    habits: &'a Habits,
    horizon: &'a Horizon,
    ratio: Block,
    shares: &'a [Vec<Block>],
}

/// The mean of a day's values over grid points.
#[inline]
fn mean(table: &[Block], blocks: usize, block: usize, mix: &Mix<16>) -> Block {
    let mut value = [0.0; WIDTH];
    for (point, share) in mix {
        let Some(reached) = table.get(usize::from(*point) * blocks + block) else { continue };
        for k in 0..WIDTH {
            value[k] += share * reached[k];
        }
    }
    value
}

/// The best gap to the next review, and what it gives.
fn best(step: Step<'_>) -> (Block, [u8; WIDTH]) {
    let Step {
        day,
        block,
        blocks,
        gaps,
        reviews,
        recalls,
        points,
        later,
        prices,
        habits,
        horizon,
        ratio,
        shares,
    } = step;
    let mut best = [f32::NEG_INFINITY; WIDTH];
    let mut choice = [0_u32; WIDTH];
    // Rewards of the rounds up to a day, if nothing is reviewed before.
    let rewards = |until: usize| {
        let mut rewards = [0.0; WIDTH];
        for (round, held) in horizon.rounds.iter().enumerate() {
            if *held > day && *held <= until {
                let recall = recalls.get(held - day - 1).copied().unwrap_or(0.0);
                let share =
                    shares.get(round).and_then(|blocks| blocks.get(block)).copied().unwrap_or_default();
                for k in 0..WIDTH {
                    rewards[k] += share[k] * recall;
                }
            }
        }
        rewards
    };
    for (index, (gap, review)) in gaps.iter().zip(reviews).enumerate() {
        let next = day + gap;
        if next >= horizon.days {
            break;
        }
        let table = later.get((gap - 1) * points * blocks..).unwrap_or_default();
        let price = prices.get(next).copied().unwrap_or(0.0) * habits.review_seconds(review.recall);
        let after = mean(table, blocks, block, &review.mix);
        let before = rewards(next);
        let index = index as u32 + 1;
        // Written without branches, for vector instructions.
        for k in 0..WIDTH {
            let value = before[k] - price * ratio[k] + after[k];
            let better = value > best[k];
            best[k] = if better { value } else { best[k] };
            choice[k] = if better { index } else { choice[k] };
        }
    }
    let never = rewards(horizon.days);
    for k in 0..WIDTH {
        if never[k] >= best[k] {
            best[k] = never[k];
            choice[k] = 0;
        }
    }
    (best, choice.map(|index| index as u8))
}
