//! Divedeep's core: practise real questions for AWS support interviews, spaced by FSRS-6, kept in one SQLite file.
//!
//! It has no window, no clock of its own and no dialogs. Two shells stand on it: the `divedeep` command (`main.rs`)
//! and the window (`src-tauri/`). Both call [`app`] and nothing else.
//!
//! ```text
//! shells -> app -> { bank   plan -> memory   drill -> cloud   incident -> cloud   story   interview   speech
//!                    progress   report -> chart   packet   store } -> { model time error }
//! ```
//!
//! Arrows go right only. But for the planner, which asks the memory model, and the drills and incidents, which draw from the small
//! cloud, the rooms in the middle do not know each other: they meet in [`app`].
//! `tests/boundaries.rs` keeps it true.

pub mod app;
pub mod bank;
pub mod chart;
pub mod error;
pub mod interview;
pub mod memory;
pub mod packet;
pub mod plan;
pub mod progress;
pub mod report;
pub mod shell;
pub mod speech;
pub mod store;
pub mod story;

pub use divedeep_cases::{cloud, drill, incident};
pub use divedeep_model::{self as model, time};
