//! Errors on their way to the page: a code and parameters, which the page turns into a sentence.

use std::collections::BTreeMap;

use divedeep::error::Error;
use serde::Serialize;

/// A command's answer.
pub(crate) type Reply<T> = Result<T, Failure>;

/// An error as the page gets it.
#[derive(Debug, Serialize)]
pub(crate) struct Failure {
    /// The name of the sentence that tells it.
    code: &'static str,
    /// In English, for a bug report.
    message: String,
    /// What the sentence's placeholders stand for.
    params: BTreeMap<&'static str, String>,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { code: error.code(), message: error.to_string(), params: error.params() }
    }
}
