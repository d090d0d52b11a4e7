//! Fitting the memory model to a learner's own answers, and judging the fit by answers it has not seen.
//!
//! Two ways are tried where there are answers enough: the walk that starts from the population ([`Learner`]), whose
//! middle is the estimate, and the memory model's own optimiser. Both learn from the older answers and are judged by
//! the newest fifth; the better one then learns from all of them.

use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::memory::Memory;
use crate::model::Grade;
use crate::time::StudyDay;

use super::learner::{Learner, Log, log_likelihood};

/// An item's answers in order.
pub type Answers = Vec<(StudyDay, Grade)>;

/// Steps of the walk: more did not make the benchmark's forecasts better.
const STEPS: usize = 400;
/// Later answers from which a fifth is held out; with fewer, the fifth would say nothing.
const ENOUGH_TO_JUDGE: u32 = 50;

/// How parameters were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Method {
    /// The walk from the population.
    Population,
    /// The memory model's optimiser.
    Optimiser,
}

/// What a fit stands on. Log losses are means over later answers (a study day or more after the one before), in nats;
/// ln 2 = 0.693 is a coin's.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct FitEvidence {
    /// Later answers.
    pub answers: u32,
    /// How the parameters were found.
    pub method: Method,
    /// Of all later answers, with the parameters used before.
    pub log_loss_before: f64,
    /// Of all later answers, with the fitted ones.
    pub log_loss_after: f64,
    /// The newest answers, held out to judge; 0 when there were too few.
    pub held_out: u32,
    /// Of the held-out answers, with the parameters used before.
    pub held_out_before: Option<f64>,
    /// Of the held-out answers, with parameters fitted without them.
    pub held_out_after: Option<f64>,
}

/// A fit.
#[derive(Clone, Debug)]
pub struct Fit {
    /// 21 parameters.
    pub parameters: Vec<f32>,
    /// The learner, to go on with when there are more answers.
    pub learner: Learner,
    /// What it stands on.
    pub evidence: FitEvidence,
}

/// Fits the model to a learner's answers, item by item. `before` are the parameters used so far. `go_on` is asked with
/// the share done, 0 to 1. None when it said no, or when no answer is later than an item's first day.
///
/// # Errors
/// Those of the memory model.
pub fn fit(
    items: &[Answers],
    before: &[f32],
    mut learner: Learner,
    chance: &mut impl Rng,
    mut go_on: impl FnMut(f64) -> bool,
) -> Result<Option<Fit>> {
    let all = log_of(items, None);
    let answers = later(&all);
    if answers == 0 {
        return Ok(None);
    }
    let mean = |likelihood: f64, answers: u32| -likelihood / f64::from(answers.max(1));
    let mut evidence = FitEvidence {
        answers,
        method: Method::Population,
        log_loss_before: mean(log_likelihood(before, &all)?, answers),
        log_loss_after: 0.0,
        held_out: 0,
        held_out_before: None,
        held_out_after: None,
    };
    if answers >= ENOUGH_TO_JUDGE {
        let train = log_of(items, Some(newest_fifth(items)));
        let held_out = answers - later(&train);
        // The log's likelihood is a product over answers: what the older ones leave is the held-out ones'.
        let judge = |parameters: &[f32]| -> Result<f64> {
            Ok(mean(log_likelihood(parameters, &all)? - log_likelihood(parameters, &train)?, held_out))
        };
        let mut trial = learner.clone();
        if !walk(&mut trial, &train, chance, |share| go_on(0.4 * share))? {
            return Ok(None);
        }
        let walked = judge(&trial.parameters())?;
        let optimised = Memory::fit(&train, |share| go_on(0.4 + 0.1 * share))?;
        if !go_on(0.5) {
            return Ok(None);
        }
        let optimised = optimised.map(|parameters| judge(&parameters)).transpose()?;
        if optimised.is_some_and(|optimised| optimised < walked) {
            evidence.method = Method::Optimiser;
        }
        evidence.held_out = held_out;
        evidence.held_out_before = Some(judge(before)?);
        evidence.held_out_after = Some(optimised.map_or(walked, |optimised| optimised.min(walked)));
    }
    if !walk(&mut learner, &all, chance, |share| go_on(0.5 + 0.4 * share))? {
        return Ok(None);
    }
    let optimised = match evidence.method {
        Method::Population => None,
        Method::Optimiser => Memory::fit(&all, |share| go_on(0.9 + 0.1 * share))?,
    };
    if !go_on(1.0) {
        return Ok(None);
    }
    let parameters = optimised.unwrap_or_else(|| learner.parameters());
    evidence.log_loss_after = mean(log_likelihood(&parameters, &all)?, answers);
    Ok(Some(Fit { parameters, learner, evidence }))
}

/// Whether the walk came to its end.
fn walk(
    learner: &mut Learner,
    log: &Log,
    chance: &mut impl Rng,
    mut go_on: impl FnMut(f64) -> bool,
) -> Result<bool> {
    let mut wanted = true;
    learner.learn(log, STEPS, chance, |step| {
        wanted = go_on(step as f64 / STEPS as f64);
        wanted
    })?;
    Ok(wanted)
}

/// Days between answers instead of days; with `until`, only the answers before that day.
fn log_of(items: &[Answers], until: Option<StudyDay>) -> Log {
    let mut log = Log::new();
    for answers in items {
        let mut last: Option<StudyDay> = None;
        let item: Vec<(u32, Grade)> = answers
            .iter()
            .take_while(|(day, _)| until.is_none_or(|until| *day < until))
            .map(|(day, grade)| (last.replace(*day).map_or(0, |last| day.since(last)), *grade))
            .collect();
        // An item's first answers say nothing of forgetting.
        if item.len() > 1 {
            log.push(item);
        }
    }
    log
}

/// Answers that tell of forgetting.
fn later(log: &Log) -> u32 {
    let later = log.iter().flatten().filter(|(gap, _)| *gap > 0).count();
    u32::try_from(later).unwrap_or(u32::MAX)
}

/// The study day from which on about a fifth of the later answers were given.
fn newest_fifth(items: &[Answers]) -> StudyDay {
    let mut days: Vec<StudyDay> =
        items.iter().flat_map(|answers| answers.iter().skip(1).map(|(day, _)| *day)).collect();
    days.sort_unstable();
    days.get(days.len() - days.len().div_ceil(5).min(days.len())).copied().unwrap_or(StudyDay(0))
}
