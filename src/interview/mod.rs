//! How an interview goes: the shape a told answer should have, which questions are asked back, and mock loops. Pure: no
//! clock, no database; chance is an argument.

mod mock;
mod rehearsal;

pub use mock::{Bank, Candidate, MockWish, Sitter, next_terms, plan_mock};
pub use rehearsal::{
    Probe, Reason, Shape, Weak, choose_probes, mean_score, proposed_grade, shape, weak_points,
};
