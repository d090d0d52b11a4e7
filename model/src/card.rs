//! What is known of a learner's memory of one item.

use crate::time::StudyDay;

/// Memory of an item after its last answer (FSRS-6 state and when it is due).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CardState {
    /// Days until recall falls to 0.9.
    pub stability: f64,
    /// 1 (easy) to 10.
    pub difficulty: f64,
    /// Study day of the last answer.
    pub last_day: StudyDay,
    /// Study day it is due, before any interview date is considered.
    pub due_day: StudyDay,
    /// UTC milliseconds, set while it comes back within the day.
    pub due_at_ms: Option<i64>,
    /// Answers so far.
    pub answers: u32,
    /// Of them again after the first.
    pub lapses: u32,
}
