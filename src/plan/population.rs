//! What memories people have: the prior for a learner nobody knows yet.
//!
//! Marginal quantiles and the Gaussian-copula correlation of FSRS parameters fitted to 4,901 people who study with
//! Anki (summary figures of the open SRS benchmark's per-user fits, January 2025). They are FSRS-5's 19 parameters; as
//! FSRS-6 append w19 = 0 and w20 = 0.5.

use rand::{Rng, RngExt};
use serde::Deserialize;

use crate::error::{Error, Result};

/// Parameters that vary between people.
pub(super) const VARYING: usize = 19;
/// What FSRS-6 has and FSRS-5 had fixed.
const FIXED: [f32; 2] = [0.0, 0.5];

/// The population of learners.
#[derive(Clone, Debug)]
pub struct Population {
    /// Where the quantiles stand, 0 to 1, ascending.
    probabilities: Vec<f64>,
    /// For each parameter, its quantiles.
    quantiles: Vec<Vec<f64>>,
    /// Lower triangle L with L Lᵀ = the copula's correlation.
    factor: Vec<Vec<f64>>,
}

/// A learner as independent standard normal numbers, one for each varying parameter.
pub(super) type Normal = [f64; VARYING];

impl Population {
    /// The population that comes with the program.
    ///
    /// # Errors
    /// [`Error::BadRecord`] when its file is broken.
    pub fn built_in() -> Result<Self> {
        #[derive(Deserialize)]
        struct File {
            probabilities: Vec<f64>,
            quantiles: Vec<Vec<f64>>,
            correlation: Vec<Vec<f64>>,
        }
        let bad = |reason: String| Error::BadRecord { what: "population".to_owned(), reason };
        let file: File =
            serde_json::from_str(include_str!("population.json")).map_err(|error| bad(error.to_string()))?;
        let shaped = file.probabilities.len() >= 2
            && file.quantiles.len() == VARYING
            && file.quantiles.iter().all(|row| row.len() == file.probabilities.len())
            && file.correlation.len() == VARYING
            && file.correlation.iter().all(|row| row.len() == VARYING);
        if !shaped {
            return Err(bad("its tables do not fit together".to_owned()));
        }
        let factor = cholesky(&file.correlation);
        Ok(Self { probabilities: file.probabilities, quantiles: file.quantiles, factor })
    }

    /// Somebody's 21 parameters.
    pub fn draw(&self, chance: &mut impl Rng) -> Vec<f32> {
        self.parameters(&normal(chance))
    }

    /// The 21 parameters of a learner given as independent normal numbers.
    pub(super) fn parameters(&self, learner: &Normal) -> Vec<f32> {
        let mut parameters: Vec<f32> = self
            .factor
            .iter()
            .zip(&self.quantiles)
            .map(|(row, quantiles)| {
                let x: f64 = row.iter().zip(learner).map(|(l, z)| l * z).sum();
                let probability = 0.5 * libm::erfc(-x / std::f64::consts::SQRT_2);
                self.quantile(quantiles, probability) as f32
            })
            .collect();
        parameters.extend(FIXED);
        parameters
    }

    fn quantile(&self, quantiles: &[f64], probability: f64) -> f64 {
        let right =
            self.probabilities.partition_point(|p| *p < probability).clamp(1, self.probabilities.len() - 1);
        let at = |list: &[f64], index: usize| list.get(index).copied().unwrap_or_default();
        let (low, high) = (at(&self.probabilities, right - 1), at(&self.probabilities, right));
        let share = ((probability - low) / (high - low)).clamp(0.0, 1.0);
        at(quantiles, right - 1) + share * (at(quantiles, right) - at(quantiles, right - 1))
    }
}

/// Independent standard normal numbers (Box and Muller's method).
pub(super) fn normal(chance: &mut impl Rng) -> Normal {
    std::array::from_fn(|_| {
        let (radius, angle): (f64, f64) = (chance.random(), chance.random());
        (-2.0 * (1.0 - radius).ln()).sqrt() * (std::f64::consts::TAU * angle).cos()
    })
}

fn cholesky(matrix: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut factor: Vec<Vec<f64>> = Vec::with_capacity(matrix.len());
    for (i, row) in matrix.iter().enumerate() {
        let mut own: Vec<f64> = Vec::with_capacity(matrix.len());
        for (j, value) in row.iter().enumerate().take(i + 1) {
            let other = if j == i { &own } else { factor.get(j).unwrap_or(&own) };
            let sum: f64 = own.iter().zip(other).take(j).map(|(a, b)| a * b).sum();
            let rest = value - sum;
            // Rounded correlations may leave nothing: then the parameter follows the others.
            own.push(if j == i {
                rest.max(1e-9).sqrt()
            } else {
                rest / factor.get(j).and_then(|row| row.get(j)).copied().unwrap_or(1.0)
            });
        }
        own.resize(matrix.len(), 0.0);
        factor.push(own);
    }
    factor
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Memory;
    use rand::SeedableRng;

    #[test]
    fn the_median_learner_has_the_median_of_each_parameter() {
        let population = Population::built_in().expect("the built-in population");
        let median = population.parameters(&[0.0; VARYING]);
        assert!((median[0] - 0.4391).abs() < 1e-3 && (median[4] - 7.1675).abs() < 1e-3, "{median:?}");
        assert_eq!(median.len(), 21);
    }

    #[test]
    fn the_factor_gives_back_the_correlation() {
        let matrix = vec![vec![1.0, 0.5, 0.2], vec![0.5, 1.0, -0.3], vec![0.2, -0.3, 1.0]];
        let factor = cholesky(&matrix);
        for (i, row) in matrix.iter().enumerate() {
            for (j, value) in row.iter().enumerate() {
                let product: f64 = factor[i].iter().zip(&factor[j]).map(|(a, b)| a * b).sum();
                assert!((product - value).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn everybody_drawn_has_a_memory_that_works() {
        let population = Population::built_in().expect("the built-in population");
        let mut chance = rand::rngs::StdRng::seed_from_u64(5);
        for _ in 0..500 {
            let memory = Memory::new(1, &population.draw(&mut chance), 0.9).expect("parameters");
            let traces = memory.step(None, 0).expect("a first answer");
            assert!(traces.iter().all(|trace| trace.stability > 0.0));
        }
    }
}
