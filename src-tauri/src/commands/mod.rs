//! One adapter for each command, a file for each screen: call the use case, hand on the answer.

pub(crate) mod browse;
pub(crate) mod drills;
pub(crate) mod incidents;
pub(crate) mod learning;
pub(crate) mod mock;
pub(crate) mod plan;
pub(crate) mod practice;
pub(crate) mod progress;
pub(crate) mod recorder;
pub(crate) mod rehearsal;
pub(crate) mod settings;
pub(crate) mod start;
pub(crate) mod stories;
pub(crate) mod today;
