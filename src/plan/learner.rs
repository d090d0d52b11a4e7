//! Learning the learner: which memories explain a learner's answers, starting from the population's.
//!
//! The parameters are random with the population as prior. A Markov chain walks over them: the preconditioned
//! Crank-Nicolson step keeps the normal prior by itself, so that only the answers decide whether a step is taken
//! (Cotter, Roberts, Stuart, White: MCMC methods for functions, Statistical Science 28, 2013). With few answers the
//! chain stays with the population, with many it follows the answers: nothing needs to be switched over.

use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::memory::Memory;
use crate::model::Grade;

use super::population::{Normal, Population, VARYING, normal};

/// Answers item by item, each item's in order: days since the one before (0 for the first), and the grade.
pub type Log = Vec<Vec<(u32, Grade)>>;

/// What is known of a learner's memory.
#[derive(Clone, Debug)]
pub struct Learner {
    population: Population,
    /// Where the chain stands.
    at: Normal,
    /// Length of its steps, 0 to 1.
    stride: f64,
    /// Learners that explain the answers, drawn evenly from the chain.
    samples: Vec<Vec<f32>>,
}

/// A [`Learner`] to be kept and gone on with later.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LearnerState {
    at: Vec<f64>,
    stride: f64,
    samples: Vec<Vec<f32>>,
}

/// Learners kept to speak for all that are possible.
const SAMPLES: usize = 24;

impl Learner {
    /// Somebody from the population.
    pub fn new(population: Population, chance: &mut impl Rng) -> Self {
        let samples = (0..SAMPLES).map(|_| population.draw(chance)).collect();
        Self { population, at: [0.0; VARYING], stride: 0.3, samples }
    }

    /// Goes on where a state was kept; with somebody from the population where it is none of this program's.
    pub fn resume(population: Population, state: Option<LearnerState>, chance: &mut impl Rng) -> Self {
        let fresh = Self::new(population, chance);
        let Some(state) = state else { return fresh };
        let Ok(at) = Normal::try_from(state.at) else { return fresh };
        let usable = at.iter().all(|value| value.is_finite()) && state.stride.is_finite();
        let samples_fit = !state.samples.is_empty()
            && state
                .samples
                .iter()
                .all(|sample| sample.len() == VARYING + 2 && sample.iter().all(|value| value.is_finite()));
        if !usable || !samples_fit {
            return fresh;
        }
        Self { at, stride: state.stride.clamp(0.01, 0.9), samples: state.samples, ..fresh }
    }

    /// What to keep to go on later.
    pub fn state(&self) -> LearnerState {
        LearnerState { at: self.at.to_vec(), stride: self.stride, samples: self.samples.clone() }
    }

    /// Parameters of learners that explain the answers, any as likely as another.
    pub fn samples(&self) -> &[Vec<f32>] {
        &self.samples
    }

    /// The middle of them: the mean, of the first stabilities the geometric one.
    pub fn parameters(&self) -> Vec<f32> {
        let n = self.samples.len().max(1) as f32;
        (0..VARYING + 2)
            .map(|place| {
                let values = self.samples.iter().filter_map(|sample| sample.get(place));
                if place < 4 {
                    (values.map(|value| value.max(1e-3).ln()).sum::<f32>() / n).exp()
                } else {
                    values.sum::<f32>() / n
                }
            })
            .collect()
    }

    /// Walks `steps` steps under the answers of a log. `go_on` is asked before each step; when it says no, the learner
    /// is what it was.
    ///
    /// # Errors
    /// Those of the memory model.
    pub fn learn(
        &mut self,
        log: &Log,
        steps: usize,
        chance: &mut impl Rng,
        mut go_on: impl FnMut(usize) -> bool,
    ) -> Result<()> {
        let likelihood = |learner: &Normal| log_likelihood(&self.population.parameters(learner), log);
        let mut at = self.at;
        let mut now = likelihood(&at)?;
        let mut stride = self.stride;
        let mut samples = Vec::with_capacity(SAMPLES);
        // The first half forgets where it began.
        let (settled, every) = (steps / 2, (steps.div_ceil(2) / SAMPLES).max(1));
        for step in 0..steps {
            if !go_on(step) {
                return Ok(());
            }
            let noise = normal(chance);
            let keep = (1.0 - stride * stride).sqrt();
            let next: Normal = std::array::from_fn(|i| keep * at[i] + stride * noise[i]);
            let then = likelihood(&next)?;
            let taken = chance.random::<f64>().ln() < then - now;
            if taken {
                (at, now) = (next, then);
            }
            // About a quarter of the steps should be taken.
            stride = (stride * if taken { 1.09 } else { 0.97 }).clamp(0.01, 0.9);
            if step >= settled && (step - settled) % every == 0 && samples.len() < SAMPLES {
                samples.push(self.population.parameters(&at));
            }
        }
        self.at = at;
        self.stride = stride;
        if !samples.is_empty() {
            self.samples = samples;
        }
        Ok(())
    }
}

/// The logarithm of the probability that parameters give to a log's passes and fails.
///
/// # Errors
/// Those of the memory model.
pub fn log_likelihood(parameters: &[f32], log: &Log) -> Result<f64> {
    let memory = Memory::new(0, parameters, 0.9)?;
    let mut sum = 0.0;
    for item in log {
        let traces = memory.history(item)?;
        for (trace, (gap, grade)) in traces.iter().zip(item.iter().skip(1)) {
            // An answer on the same day tells of the session, not of memory.
            if *gap > 0 {
                // Nobody is certain: an impossible answer must not rule a learner out.
                let recall = f64::from(memory.retrievability(*trace, *gap as f32)).clamp(0.001, 0.999);
                sum += if grade.is_pass() { recall.ln() } else { (1.0 - recall).ln() };
            }
        }
    }
    Ok(sum)
}
