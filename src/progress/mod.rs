//! What the log of answers and the cards say about a learner, in figures. Pure: rows come in one by one, sums come out.
//!
//! Everything a learner or a mentor reads as a figure is counted here and nowhere else.

mod readiness;
mod tally;

pub use readiness::{Cell, DomainReadiness, Readiness, readiness};
pub use tally::{AnswerRow, Calibration, DayTally, Gap, INTERVALS, Recall, Tally};

#[cfg(test)]
mod tests;
