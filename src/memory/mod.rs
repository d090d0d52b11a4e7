//! The memory model: FSRS-6 states, predicted recall and intervals. The only room that names the crate `fsrs`.
//!
//! Days are whole study days; intervals are rounded here, once. Deliberately not here: the log (`store`), interview
//! dates and the day's list (`app`).

use fsrs::{
    CombinedProgressState, ComputeParametersInput, DEFAULT_PARAMETERS, FSRS, FSRS6_DEFAULT_DECAY, FSRSItem,
    FSRSReview, ItemState, MemoryState, check_and_fill_parameters, current_retrievability,
};

use std::sync::PoisonError;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::model::{CardState, Grade};
use crate::time::Moment;

/// Minutes until an item graded again comes back.
pub const AGAIN_MINUTES: u32 = 10;

/// Answers from which the optimiser fits more than the first stabilities.
const LEAST_EXAMPLES: usize = 64;

/// How often a fit tells how far it is.
const LOOK: Duration = Duration::from_millis(50);

/// Longest interval, in days: a hundred years.
const LONGEST_DAYS: f32 = 36_500.0;

/// The memory model with one set of parameters and the recall that reviews are timed for.
pub struct Memory {
    fsrs: FSRS,
    decay: f32,
    parameter_set: u32,
    desired_retention: f32,
}

/// A memory as the model sees it, without its history.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trace {
    /// Days until recall falls to 0.9.
    pub stability: f32,
    /// 1 (easy) to 10.
    pub difficulty: f32,
}

impl From<&CardState> for Trace {
    fn from(card: &CardState) -> Self {
        Self { stability: card.stability as f32, difficulty: card.difficulty as f32 }
    }
}

/// What a grade would do to an item.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// The grade.
    pub grade: Grade,
    /// Stability after it, in days.
    pub stability: f64,
    /// Difficulty after it, 1 to 10.
    pub difficulty: f64,
    /// Whole days until recall falls to the desired retention, at least 1; 0 for again, which comes back today.
    pub interval_days: u32,
}

impl Memory {
    /// The model's default parameters (21 numbers of FSRS-6).
    pub fn default_parameters() -> Vec<f32> {
        DEFAULT_PARAMETERS.to_vec()
    }

    /// A model with the parameters of set number `parameter_set`. `desired_retention` is 0.70 to 0.97.
    ///
    /// # Errors
    /// [`Error::Memory`] when the numbers are no parameters of FSRS.
    pub fn new(parameter_set: u32, parameters: &[f32], desired_retention: f64) -> Result<Self> {
        let fsrs = FSRS::new(parameters).map_err(|error| Error::Memory(error.to_string()))?;
        // The forgetting curve's exponent is the last of the 21 parameters; the crate clips it to this range.
        let filled =
            check_and_fill_parameters(parameters).map_err(|error| Error::Memory(error.to_string()))?;
        let decay = filled.last().copied().unwrap_or(FSRS6_DEFAULT_DECAY).clamp(0.1, 0.8);
        Ok(Self { fsrs, decay, parameter_set, desired_retention: desired_retention as f32 })
    }

    /// Parameters fitted to a log by the model's own optimiser: items, each with its answers in order as days since the
    /// one before (0 for the first) and grade. `go_on` is asked now and then with the share done, 0 to 1. None when it
    /// said no, or when there are fewer answers than the optimiser needs to go beyond first stabilities (64).
    ///
    /// # Errors
    /// [`Error::Memory`] when the optimiser fails.
    pub fn fit(log: &[Vec<(u32, Grade)>], mut go_on: impl FnMut(f64) -> bool) -> Result<Option<Vec<f32>>> {
        // Each later answer is an example: the answers up to it.
        let mut examples = Vec::new();
        for answers in log {
            let reviews: Vec<FSRSReview> = answers.iter().map(review).collect();
            let later = answers.iter().enumerate().skip(1).filter(|(_, (days, _))| *days > 0);
            examples.extend(later.filter_map(|(last, _)| {
                reviews.get(..=last).map(|reviews| FSRSItem { reviews: reviews.to_vec() })
            }));
        }
        if examples.len() < LEAST_EXAMPLES {
            return Ok(None);
        }
        let progress = CombinedProgressState::new_shared();
        let input = ComputeParametersInput {
            train_set: examples,
            progress: Some(progress.clone()),
            ..Default::default()
        };
        let work = std::thread::spawn(move || fsrs::compute_parameters(input));
        let mut wanted = true;
        while !work.is_finished() {
            std::thread::sleep(LOOK);
            let mut state = progress.lock().unwrap_or_else(PoisonError::into_inner);
            wanted = wanted && go_on(state.current() as f64 / state.total().max(1) as f64);
            state.want_abort = !wanted;
        }
        match work.join() {
            _ if !wanted => Ok(None),
            Ok(Ok(parameters)) => Ok(Some(parameters)),
            Ok(Err(error)) => Err(Error::Memory(error.to_string())),
            Err(_) => Err(Error::Memory("the optimiser stopped".to_owned())),
        }
    }

    /// The number of the parameter set.
    pub fn parameter_set(&self) -> u32 {
        self.parameter_set
    }

    /// Recall predicted for a moment, 0 to 1.
    pub fn recall(&self, card: &CardState, now: Moment) -> f64 {
        let days = now.study_day().since(card.last_day);
        f64::from(current_retrievability(memory_state(card), days as f32, self.decay))
    }

    /// Recall of a memory `days` after its last answer, 0 to 1.
    pub fn retrievability(&self, trace: Trace, days: f32) -> f32 {
        current_retrievability(memory_of(trace), days, self.decay)
    }

    /// Whole days until recall falls to the desired retention, at least 1.
    pub fn interval(&self, trace: Trace) -> u32 {
        whole_days(self.fsrs.next_interval(Some(trace.stability), self.desired_retention, 3))
    }

    /// The memory after each grade, from again to easy, `days` after the last answer; without one, after the first.
    ///
    /// # Errors
    /// [`Error::Memory`] when the model cannot go on from this memory.
    pub fn step(&self, trace: Option<Trace>, days: u32) -> Result<[Trace; 4]> {
        let next = self
            .fsrs
            .next_states(trace.map(memory_of), self.desired_retention, days)
            .map_err(|error| Error::Memory(error.to_string()))?;
        let trace = |state: &ItemState| Trace {
            stability: state.memory.stability,
            difficulty: state.memory.difficulty,
        };
        Ok([trace(&next.again), trace(&next.hard), trace(&next.good), trace(&next.easy)])
    }

    /// The memory after a grade, `days` after the last answer.
    ///
    /// # Errors
    /// Those of [`Memory::step`].
    pub fn after(&self, trace: Option<Trace>, days: u32, grade: Grade) -> Result<Trace> {
        let [again, hard, good, easy] = self.step(trace, days)?;
        Ok(match grade {
            Grade::Again => again,
            Grade::Hard => hard,
            Grade::Good => good,
            Grade::Easy => easy,
        })
    }

    /// The memory after each of an item's answers, given as days since the one before (0 for the first) and grade.
    ///
    /// # Errors
    /// [`Error::Memory`] when the model cannot go on from an answer.
    pub fn history(&self, answers: &[(u32, Grade)]) -> Result<Vec<Trace>> {
        let item = FSRSItem { reviews: answers.iter().map(review).collect() };
        let states = self
            .fsrs
            .historical_memory_states(item, None)
            .map_err(|error| Error::Memory(error.to_string()))?;
        Ok(states
            .into_iter()
            .map(|state| Trace { stability: state.stability, difficulty: state.difficulty })
            .collect())
    }

    /// What each grade would do now, from again to easy.
    ///
    /// # Errors
    /// [`Error::Memory`] when the model cannot go on from the card's state.
    pub fn outcomes(&self, card: Option<&CardState>, now: Moment) -> Result<[Outcome; 4]> {
        let days = card.map_or(0, |card| now.study_day().since(card.last_day));
        let next = self
            .fsrs
            .next_states(card.map(memory_state), self.desired_retention, days)
            .map_err(|error| Error::Memory(error.to_string()))?;
        let outcome = |grade: Grade, state: &ItemState| Outcome {
            grade,
            stability: f64::from(state.memory.stability),
            difficulty: f64::from(state.memory.difficulty),
            interval_days: if grade.is_pass() { whole_days(state.interval) } else { 0 },
        };
        Ok([
            outcome(Grade::Again, &next.again),
            outcome(Grade::Hard, &next.hard),
            outcome(Grade::Good, &next.good),
            outcome(Grade::Easy, &next.easy),
        ])
    }

    /// The card after an answer.
    ///
    /// # Errors
    /// [`Error::Memory`] when the model cannot go on from the card's state.
    pub fn answered(&self, card: Option<&CardState>, grade: Grade, at: Moment) -> Result<CardState> {
        let [again, hard, good, easy] = self.outcomes(card, at)?;
        let outcome = match grade {
            Grade::Again => again,
            Grade::Hard => hard,
            Grade::Good => good,
            Grade::Easy => easy,
        };
        let today = at.study_day();
        let comes_back_today = outcome.interval_days == 0;
        let lapsed = card.is_some() && !grade.is_pass();
        Ok(CardState {
            stability: outcome.stability,
            difficulty: outcome.difficulty,
            last_day: today,
            due_day: today.plus(outcome.interval_days),
            due_at_ms: comes_back_today.then(|| at.utc_ms.saturating_add(i64::from(AGAIN_MINUTES) * 60_000)),
            answers: card.map_or(0, |card| card.answers).saturating_add(1),
            lapses: card.map_or(0, |card| card.lapses).saturating_add(u32::from(lapsed)),
        })
    }
}

fn review((days, grade): &(u32, Grade)) -> FSRSReview {
    FSRSReview { rating: grade.number().into(), delta_t: *days }
}

fn memory_of(trace: Trace) -> MemoryState {
    MemoryState { stability: trace.stability, difficulty: trace.difficulty }
}

fn memory_state(card: &CardState) -> MemoryState {
    MemoryState { stability: card.stability as f32, difficulty: card.difficulty as f32 }
}

fn whole_days(interval: f32) -> u32 {
    // A float cast saturates, and a NaN gives 0, so the result is always 1 to LONGEST_DAYS.
    (interval.round().clamp(1.0, LONGEST_DAYS) as u32).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn memory() -> Memory {
        Memory::new(1, &Memory::default_parameters(), 0.9).expect("the defaults are parameters")
    }

    fn day(number: i64) -> Moment {
        Moment { utc_ms: number * 86_400_000 + 12 * 3_600_000, offset_minutes: 0 }
    }

    #[test]
    fn a_first_answer_has_the_initial_stabilities_of_fsrs6() {
        // Default w0..w3 are the stabilities after a first again, hard, good, easy.
        let outcomes = memory().outcomes(None, day(100)).expect("states");
        for (outcome, w) in outcomes.iter().zip(Memory::default_parameters()) {
            assert!((outcome.stability - f64::from(w)).abs() < 1e-4, "{outcome:?} against {w}");
        }
        assert_eq!(outcomes.map(|outcome| outcome.interval_days), [0, 1, 2, 8], "at retention 0.9");
    }

    #[test]
    fn recall_is_0_9_when_the_stability_has_passed() {
        let card = CardState {
            stability: 10.0,
            difficulty: 5.0,
            last_day: day(100).study_day(),
            due_day: day(110).study_day(),
            due_at_ms: None,
            answers: 1,
            lapses: 0,
        };
        assert!((memory().recall(&card, day(110)) - 0.9).abs() < 1e-3);
        assert!((memory().recall(&card, day(90)) - 1.0).abs() < 1e-6, "a clock behind counts as no time");
    }

    #[test]
    fn again_comes_back_within_the_day_and_counts_as_a_lapse_after_the_first() {
        let memory = memory();
        let first = memory.answered(None, Grade::Again, day(100)).expect("a card");
        assert_eq!((first.due_day, first.lapses), (day(100).study_day(), 0));
        assert_eq!(first.due_at_ms, Some(day(100).utc_ms + 600_000));
        let second = memory.answered(Some(&first), Grade::Again, day(100)).expect("a card");
        assert_eq!((second.answers, second.lapses), (2, 1));
    }

    proptest! {
        #[test]
        fn any_history_keeps_states_finite_and_better_grades_never_come_back_sooner(
            grades in prop::collection::vec((1i64..=4, 0i64..400), 1..40),
            retention in 0.70f64..0.97,
        ) {
            let memory = Memory::new(1, &Memory::default_parameters(), retention).expect("parameters");
            let mut card: Option<CardState> = None;
            let mut now = 20_000;
            for (grade, days) in grades {
                now += days;
                let outcomes = memory.outcomes(card.as_ref(), day(now)).expect("states");
                prop_assert!(outcomes.windows(2).all(|pair| pair[0].interval_days <= pair[1].interval_days));
                let grade = Grade::from_number(grade).expect("1 to 4");
                let next = memory.answered(card.as_ref(), grade, day(now)).expect("a card");
                prop_assert!(next.stability.is_finite() && next.stability > 0.0);
                prop_assert!((1.0..=10.0).contains(&next.difficulty));
                let recall = memory.recall(&next, day(now + 7));
                prop_assert!((0.0..=1.0).contains(&recall));
                card = Some(next);
            }
        }
    }
}
