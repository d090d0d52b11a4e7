//! Sums over the log, in one walk.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::model::Language;

/// An answer, as far as figures need it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AnswerRow {
    /// The item's place: the index of its domain; none for what the bank no longer has.
    pub domain: Option<usize>,
    /// Study day.
    pub day: i32,
    /// 1 (again) to 4.
    pub grade: u8,
    /// Milliseconds from prompt to grade.
    pub total_ms: i64,
    /// Study days since the item's answer before; none for the first.
    pub elapsed_days: Option<u32>,
    /// Recall that was predicted, 0 to 1; none for the first.
    pub predicted: Option<f64>,
    /// The prompt's language.
    pub language: Language,
    /// 1, or -1 for one that was undone: it was counted before.
    pub sign: i64,
}

/// A day's answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayTally {
    /// Answers.
    pub answers: i64,
    /// Milliseconds.
    pub total_ms: i64,
    /// Answers a study day or more after the item's answer before.
    pub recalls: i64,
    /// Of them passes.
    pub passes: i64,
}

/// Recalls and passes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Recall {
    /// Answers a study day or more after the item's answer before.
    pub recalls: i64,
    /// Of them passes: anything but again.
    pub passes: i64,
    /// Predicted recall added up, over those that had a prediction.
    pub predicted: f64,
    /// How many had one.
    pub with_prediction: i64,
    /// Passes among them.
    pub predicted_passes: i64,
}

impl Recall {
    fn add(&mut self, row: &AnswerRow) {
        let pass = i64::from(row.grade > 1) * row.sign;
        self.recalls += row.sign;
        self.passes += pass;
        if let Some(predicted) = row.predicted {
            self.predicted += predicted * row.sign as f64;
            self.with_prediction += row.sign;
            self.predicted_passes += pass;
        }
    }

    /// The share of passes; none without recalls.
    pub fn share(&self) -> Option<f64> {
        (self.recalls > 0).then(|| self.passes as f64 / self.recalls as f64)
    }

    /// How far recall lies above (or below) what was predicted; none without predictions.
    pub fn above_prediction(&self) -> Option<f64> {
        let n = self.with_prediction as f64;
        (self.with_prediction > 0).then(|| self.predicted_passes as f64 / n - self.predicted / n)
    }
}

/// Upper ends, in study days, of the intervals that true retention is shown by; the last is open.
pub const INTERVALS: [u32; 7] = [1, 3, 7, 14, 30, 90, u32::MAX];

/// Predicted against found recall, by tenths of the prediction.
pub type Calibration = [Recall; 10];

/// A domain's recall by the language of the prompt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Gap {
    /// Prompts in English.
    pub english: Recall,
    /// Prompts in Chinese, either script.
    pub chinese: Recall,
}

/// The sums.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Tally {
    /// All recalls.
    pub all: Recall,
    /// Answers.
    pub answers: i64,
    /// Milliseconds.
    pub total_ms: i64,
    /// By study day.
    pub days: HashMap<i32, DayTally>,
    /// By interval: [`INTERVALS`].
    pub intervals: [Recall; INTERVALS.len()],
    /// By predicted recall.
    pub calibration: Calibration,
    /// Milliseconds by domain.
    pub domain_ms: Vec<i64>,
    /// Recall by domain and language.
    pub gaps: Vec<Gap>,
}

impl Tally {
    /// Nothing yet, for so many domains.
    pub fn new(domains: usize) -> Self {
        Self { domain_ms: vec![0; domains], gaps: vec![Gap::default(); domains], ..Self::default() }
    }

    /// Counts an answer.
    pub fn add(&mut self, row: &AnswerRow) {
        let recall = row.elapsed_days.is_some_and(|days| days >= 1);
        self.answers += row.sign;
        self.total_ms += row.total_ms * row.sign;
        let day = self.days.entry(row.day).or_default();
        day.answers += row.sign;
        day.total_ms += row.total_ms * row.sign;
        if recall {
            day.recalls += row.sign;
            day.passes += i64::from(row.grade > 1) * row.sign;
        }
        if let Some(time) = row.domain.and_then(|domain| self.domain_ms.get_mut(domain)) {
            *time += row.total_ms * row.sign;
        }
        let Some(elapsed) = row.elapsed_days.filter(|_| recall) else { return };
        self.all.add(row);
        let place = INTERVALS.iter().position(|end| elapsed <= *end).unwrap_or(INTERVALS.len() - 1);
        if let Some(interval) = self.intervals.get_mut(place) {
            interval.add(row);
        }
        if let Some(predicted) = row.predicted {
            let tenth = (predicted.clamp(0.0, 1.0) * 10.0).floor().min(9.0) as usize;
            if let Some(bin) = self.calibration.get_mut(tenth) {
                bin.add(row);
            }
        }
        if let Some(gap) = row.domain.and_then(|domain| self.gaps.get_mut(domain)) {
            match row.language {
                Language::En => gap.english.add(row),
                Language::ZhTw | Language::ZhCn => gap.chinese.add(row),
            }
        }
    }

    /// Whether two say the same, but for the last digits of sums of predictions.
    pub fn agrees(&self, other: &Self) -> bool {
        let close = |a: &Recall, b: &Recall| {
            let counts = |recall: &Recall| {
                (recall.recalls, recall.passes, recall.with_prediction, recall.predicted_passes)
            };
            counts(a) == counts(b) && (a.predicted - b.predicted).abs() <= 1e-6 * b.predicted.abs().max(1.0)
        };
        let every =
            |a: &[Recall], b: &[Recall]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| close(a, b));
        let nothing = DayTally::default();
        let days =
            |a: &Self, b: &Self| a.days.iter().all(|(day, sums)| b.days.get(day).unwrap_or(&nothing) == sums);
        let gaps = |tally: &Self| -> Vec<Recall> {
            tally.gaps.iter().flat_map(|gap| [gap.english, gap.chinese]).collect()
        };
        (self.answers, self.total_ms, &self.domain_ms) == (other.answers, other.total_ms, &other.domain_ms)
            && close(&self.all, &other.all)
            && every(&self.intervals, &other.intervals)
            && every(&self.calibration, &other.calibration)
            && every(&gaps(self), &gaps(other))
            && days(self, other)
            && days(other, self)
    }

    /// Whether its days are days and no count is negative or above `most`.
    pub fn is_believable(&self, day: impl Fn(i32) -> bool, most: i64) -> bool {
        let count = |count: i64| (0..=most).contains(&count);
        // A year of milliseconds for each of so many answers is more than anybody has.
        let time = |ms: i64| (0..=most * 1_000_000).contains(&ms);
        let recall = |one: &Recall| {
            let within = |part: i64| (0..=one.recalls).contains(&part);
            count(one.recalls)
                && within(one.passes)
                && within(one.with_prediction)
                && within(one.predicted_passes)
                && (-1.0..=one.recalls as f64 + 1.0).contains(&one.predicted)
        };
        let gaps = self.gaps.iter().flat_map(|gap| [&gap.english, &gap.chinese]);
        count(self.answers)
            && time(self.total_ms)
            && self.domain_ms.iter().all(|ms| time(*ms))
            && [&self.all].into_iter().chain(&self.intervals).chain(&self.calibration).chain(gaps).all(recall)
            && self.days.iter().all(|(number, sums)| {
                day(*number)
                    && count(sums.answers)
                    && time(sums.total_ms)
                    && count(sums.recalls)
                    && (0..=sums.recalls).contains(&sums.passes)
            })
    }

    /// How far predictions lie from what came, as the root of the mean square over tenths, weighted by answers
    /// (RMSE(bins) of the FSRS benchmark, with tenths for bins); none without predictions.
    pub fn calibration_error(&self) -> Option<f64> {
        let known = self.calibration.iter().filter(|bin| bin.with_prediction > 0);
        let (mut squares, mut n) = (0.0, 0.0);
        for bin in known {
            let distance = bin.above_prediction().unwrap_or_default();
            squares += distance * distance * bin.with_prediction as f64;
            n += bin.with_prediction as f64;
        }
        (n > 0.0).then(|| (squares / n).sqrt())
    }
}
