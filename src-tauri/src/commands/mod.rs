//! One adapter for each command, a file for each screen: call the use case, hand on the answer.

pub(crate) mod browse;
pub(crate) mod learning;
pub(crate) mod plan;
pub(crate) mod practice;
pub(crate) mod progress;
pub(crate) mod settings;
pub(crate) mod start;
pub(crate) mod today;
