//! A small cloud that computes its evidence, and what is drawn from it: drills and incidents.
//!
//! Pure: a seed gives the same case on every machine. Nothing here reads a file, a clock or the bank; the words around an
//! incident stand in the bank and come in as records of [`divedeep_model`].
//!
//! ```text
//! drill -> cloud   incident -> cloud   all -> divedeep_model
//! ```

pub mod cloud;
pub mod drill;
pub mod incident;

use divedeep_model as model;
