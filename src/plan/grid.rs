//! The memories that tables are computed for, and what a review does to each of them.

use crate::error::Result;
use crate::memory::{Memory, Trace};

use super::Habits;

/// Stabilities from 0.05 to 2,000 days, in equal steps of the logarithm.
const LOWEST: f32 = 0.05;
const HIGHEST: f32 = 2_000.0;

/// A mean over grid points: indices and shares. Shares of a place add up to 1.
pub(super) type Mix<const N: usize> = [(u16, f32); N];

/// How many lines a grid has, and which gaps between reviews it looks at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Resolution {
    stabilities: usize,
    difficulties: usize,
    /// Neighbouring gaps differ by at most this factor; 1 looks at every day.
    gap_step: f32,
}

/// For planning every day: good to a thousandth of the reward.
pub(super) const DAILY: Resolution = Resolution { stabilities: 32, difficulties: 5, gap_step: 1.25 };
/// For measuring: every gap, so that no way of studying is overlooked.
pub(super) const FINE: Resolution = Resolution { stabilities: 64, difficulties: 7, gap_step: 1.0 };

impl Resolution {
    pub fn points(self) -> usize {
        self.stabilities * self.difficulties
    }

    /// The share of each grid point in a memory: bilinear in the logarithm of stability and in difficulty.
    fn place(self, trace: Trace) -> Mix<4> {
        let steps = (HIGHEST / LOWEST).ln() / (self.stabilities - 1) as f32;
        let (row, right) = between((trace.stability / LOWEST).ln() / steps, self.stabilities);
        let (column, below) =
            between((trace.difficulty - 1.0) * (self.difficulties - 1) as f32 / 9.0, self.difficulties);
        let at = |row: usize, column: usize| (row * self.difficulties + column) as u16;
        [
            (at(row, column), (1.0 - right) * (1.0 - below)),
            (at(row + 1, column), right * (1.0 - below)),
            (at(row, column + 1), (1.0 - right) * below),
            (at(row + 1, column + 1), right * below),
        ]
    }

    /// All four grades' places in one mean.
    fn mix(self, grades: [(Trace, f32); 4]) -> Mix<16> {
        let mut mix = [(0, 0.0); 16];
        let parts = grades.into_iter().flat_map(|(trace, probability)| {
            self.place(trace).map(|(index, share)| (index, share * probability))
        });
        mix.iter_mut().zip(parts).for_each(|(slot, part)| *slot = part);
        mix
    }

    fn point(self, index: usize) -> Trace {
        let steps = (HIGHEST / LOWEST).ln() / (self.stabilities - 1) as f32;
        Trace {
            stability: LOWEST * ((index / self.difficulties) as f32 * steps).exp(),
            difficulty: 1.0 + (index % self.difficulties) as f32 * 9.0 / (self.difficulties - 1) as f32,
        }
    }

    /// Gaps between reviews, in days, ascending from 1 to `longest`.
    fn gaps(self, longest: usize) -> Vec<usize> {
        let mut gaps = Vec::new();
        let mut gap = 1;
        while gap <= longest {
            gaps.push(gap);
            gap = (gap + 1).max((gap as f32 * self.gap_step) as usize);
        }
        gaps
    }
}

/// The grid line before `at` and how far `at` is on the way to the next one; beyond the grid, its edge.
fn between(at: f32, lines: usize) -> (usize, f32) {
    // A cast saturates and gives 0 for NaN, so the line is always one of the grid.
    let at = at.clamp(0.0, (lines - 1) as f32);
    let line = (at as usize).min(lines - 2);
    let share = at - line as f32;
    (line, if share.is_finite() { share } else { 0.0 })
}

/// What a review at some recall does.
#[derive(Clone, Debug)]
pub(super) struct Review {
    /// Probability of a pass.
    pub recall: f32,
    /// Where the memory goes, over all grades.
    pub mix: Mix<16>,
}

/// What reviews do to every grid point, for one set of parameters.
pub(super) struct Grid {
    pub resolution: Resolution,
    /// Longest plan, in days.
    pub horizon: usize,
    /// Gaps between reviews that are looked at, in days, ascending.
    pub gaps: Vec<usize>,
    /// `[point][gap]`.
    reviews: Vec<Review>,
    /// `[point][day]`: recall after one day, two days ...
    recalls: Vec<f32>,
    /// Where a first study leads, over all grades.
    pub first: Mix<16>,
}

impl Grid {
    /// For plans of up to `horizon` days.
    ///
    /// # Errors
    /// Those of the memory model.
    pub fn new(memory: &Memory, habits: &Habits, horizon: usize, resolution: Resolution) -> Result<Self> {
        let [again, hard, good, easy] = memory.step(None, 0)?;
        let [p_again, p_hard, p_good, p_easy] = habits.first_grades;
        let mut grid = Self {
            resolution,
            horizon,
            gaps: resolution.gaps(horizon),
            reviews: Vec::new(),
            recalls: Vec::with_capacity(resolution.points() * horizon),
            first: resolution.mix([(again, p_again), (hard, p_hard), (good, p_good), (easy, p_easy)]),
        };
        let mut reviews = Vec::with_capacity(resolution.points() * grid.gaps.len());
        for index in 0..resolution.points() {
            for gap in &grid.gaps {
                let days = u32::try_from(*gap).unwrap_or(u32::MAX);
                reviews.push(grid.review(memory, habits, resolution.point(index), days)?);
            }
            let recall = |days: usize| memory.retrievability(resolution.point(index), days as f32);
            grid.recalls.extend((1..=horizon).map(recall));
        }
        grid.reviews = reviews;
        Ok(grid)
    }

    /// A review `days` after the last answer.
    ///
    /// # Errors
    /// Those of the memory model.
    pub fn review(&self, memory: &Memory, habits: &Habits, trace: Trace, days: u32) -> Result<Review> {
        let recall = memory.retrievability(trace, days as f32);
        let [again, hard, good, easy] = memory.step(Some(trace), days)?;
        let [p_hard, p_good, p_easy] = habits.pass_grades;
        let mix = self.resolution.mix([
            (again, 1.0 - recall),
            (hard, recall * p_hard),
            (good, recall * p_good),
            (easy, recall * p_easy),
        ]);
        Ok(Review { recall, mix })
    }

    /// A grid point's recall after one day, two days ...
    pub fn recalls(&self, point: usize) -> &[f32] {
        self.recalls.get(point * self.horizon..(point + 1) * self.horizon).unwrap_or_default()
    }

    /// The reviews of a grid point, one for each gap.
    pub fn reviews(&self, point: usize) -> &[Review] {
        let gaps = self.gaps.len();
        self.reviews.get(point * gaps..(point + 1) * gaps).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grid_point_is_its_own_place_and_what_lies_beyond_is_the_edge() {
        for index in [0, 5, 100, DAILY.points() - 1] {
            let share: f32 = DAILY
                .place(DAILY.point(index))
                .iter()
                .filter(|(i, _)| usize::from(*i) == index)
                .map(|(_, s)| s)
                .sum();
            assert!((share - 1.0).abs() < 1e-3, "{index}: {share}");
        }
        for (stability, difficulty) in [(1e-6, 0.0), (1e9, 99.0), (f32::NAN, f32::NAN)] {
            let mix = DAILY.place(Trace { stability, difficulty });
            assert!(mix.iter().all(|(_, share)| share.is_finite()), "{mix:?}");
            assert!(mix.iter().all(|(index, _)| usize::from(*index) < DAILY.points()), "{mix:?}");
        }
    }
}
