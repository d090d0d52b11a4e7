//! What will be known on the day, and how sure that is.

use super::Problem;
use super::market::Outcome;

/// An expectation and the interval that holds nine cases of ten.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Band {
    /// The middle.
    pub mean: f32,
    /// The fifth of a hundred.
    pub low: f32,
    /// The ninety-fifth of a hundred.
    pub high: f32,
}

/// What following a plan gives: shares of all weight, 0 to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Forecast {
    /// Known at the beginning of each day, from today to the last round.
    pub known: Vec<Band>,
    /// Known at each round, by that round's weights.
    pub rounds: Vec<Band>,
}

/// Half a 90 % interval, in standard deviations.
const Z: f32 = 1.645;

impl Forecast {
    pub(super) fn of(problem: &Problem, outcomes: &[Outcome]) -> Self {
        let weight = |round: Option<usize>| -> f32 {
            let of = |weights: &Vec<f32>| match round {
                Some(round) => weights.get(round).copied().unwrap_or(0.0),
                None => weights.iter().sum(),
            };
            problem.items.iter().map(|item| of(&item.weights)).sum::<f32>().max(f32::MIN_POSITIVE)
        };
        let all = weight(None);
        // Grades fall by chance: each item's recall is somewhere around its expectation.
        let heaviest = problem.items.iter().map(|item| item.weights.iter().sum::<f32>()).fold(0.0, f32::max);
        let spread =
            outcomes.iter().map(|outcome| outcome.spread).sum::<f32>() / outcomes.len().max(1) as f32;
        let luck = (LUCK * spread * heaviest).max(0.0) / (all * all);
        let band = |values: Vec<f32>, luck: f32| {
            let n = values.len().max(1) as f32;
            let mean = values.iter().sum::<f32>() / n;
            let variance =
                values.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / (n - 1.0).max(1.0);
            let half = Z * (variance + luck).sqrt();
            Band { mean, low: (mean - half).max(0.0), high: (mean + half).min(1.0) }
        };
        let days = problem.budget.len();
        let known = (0..=days)
            .map(|day| {
                let values =
                    outcomes.iter().filter_map(|outcome| outcome.known.get(day).map(|known| known / all));
                band(values.collect(), luck * day as f32 / days as f32)
            })
            .collect();
        let rounds = (0..problem.rounds.len())
            .map(|round| {
                let whole = weight(Some(round));
                let values =
                    outcomes.iter().filter_map(|outcome| outcome.rounds.get(round).map(|sum| sum / whole));
                band(values.collect(), luck)
            })
            .collect();
        Self { known, rounds }
    }
}

/// How much of an item's uncertainty (weight times recall times forgetting) shows as a difference in recall: an item
/// is not either known or not, its recall only moves.
const LUCK: f32 = 0.35;
