//! What both shells share: the clock, the usual data folder, a seeded source of chance, and the sentences that tell an
//! error. The only place that reads a clock or draws entropy; everything else is given a [`Moment`] and a source.

use std::collections::BTreeMap;
use std::path::PathBuf;

use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::error::Error;
use crate::model::Language;
use crate::time::Moment;

/// What the machine's clock shows.
pub fn now() -> Moment {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    let now = chrono::Local::now();
    Moment { utc_ms: now.timestamp_millis(), offset_minutes: now.offset().local_minus_utc() / 60 }
}

/// A source of chance, seeded by the system.
pub fn chance() -> StdRng {
    #[expect(clippy::disallowed_methods, reason = "the one place that draws entropy")]
    let mut entropy = rand::rng();
    StdRng::from_rng(&mut entropy)
}

/// The system's usual place for a program's data; none where the system names none.
pub fn usual_folder() -> Option<PathBuf> {
    let folders = directories::ProjectDirs::from("dev", "divedeep", "Divedeep")?;
    Some(folders.data_dir().to_owned())
}

/// An error told to the learner: what happened, what is safe, what to do. The sentences are the window's.
pub fn sentence(error: &Error, language: Language) -> String {
    let sentences = match language {
        Language::En => include_str!("../ui/src/messages/errors.en.json"),
        Language::ZhTw => include_str!("../ui/src/messages/errors.zh-TW.json"),
        Language::ZhCn => include_str!("../ui/src/messages/errors.zh-CN.json"),
    };
    let sentences: BTreeMap<String, String> = serde_json::from_str(sentences).unwrap_or_default();
    match sentences.get(error.code()) {
        Some(sentence) => fill(sentence, &error.params()),
        None => error.to_string(),
    }
}

/// Puts parameters into a sentence's `{placeholders}`.
fn fill(sentence: &str, params: &BTreeMap<&'static str, String>) -> String {
    let mut filled = sentence.to_owned();
    for (name, value) in params {
        filled = filled.replace(&format!("{{{name}}}"), value);
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_has_a_sentence_in_each_language_and_no_other_stands_there() {
        for (name, text) in [
            ("en", include_str!("../ui/src/messages/errors.en.json")),
            ("zh-TW", include_str!("../ui/src/messages/errors.zh-TW.json")),
        ] {
            let sentences: BTreeMap<String, String> = serde_json::from_str(text).expect("a map of sentences");
            let mut codes: Vec<&str> = sentences.keys().map(String::as_str).collect();
            let mut known = Error::CODES.to_vec();
            codes.sort_unstable();
            known.sort_unstable();
            assert_eq!(codes, known, "{name}");
        }
    }

    #[test]
    fn a_sentence_has_its_placeholders_filled() {
        let errors = [
            Error::FileTooNew { path: "/data/divedeep.db".into(), found: 9, supported: 1 },
            Error::DateInPast { date: "2020-01-01".to_owned(), today: "2026-11-21".to_owned() },
            Error::WriteFile { path: "/x".into(), reason: "the file exists already".to_owned() },
            Error::DataFolderIsFile { path: "/data".into() },
            Error::Upgrade { path: "/data".into(), from: 1, reason: "why".to_owned() },
        ];
        for error in errors {
            for language in [Language::En, Language::ZhTw] {
                let told = sentence(&error, language);
                assert!(!told.contains('{'), "{told}");
                assert!(
                    error.params().values().any(|value| told.contains(value)),
                    "the sentence must name what it is about: {told}"
                );
            }
        }
    }
}
