//! The reader's words.

use std::collections::BTreeMap;

use crate::app::{App, Outline};
use crate::chart::Table;
use crate::model::{Language, Text};

/// The reader's words.
pub struct Words<'a> {
    app: &'a App,
    language: Language,
    domains: BTreeMap<String, Text>,
    topics: BTreeMap<(String, String), Text>,
}

impl<'a> Words<'a> {
    /// Words in a language, with the names that the bank gives.
    pub fn new(app: &'a App, outline: Outline, language: Language) -> Self {
        Self {
            app,
            language,
            domains: outline.domains.into_iter().map(|domain| (domain.id, domain.name)).collect(),
            topics: outline.topics.into_iter().map(|topic| ((topic.domain, topic.id), topic.name)).collect(),
        }
    }

    pub fn say(&self, en: impl AsRef<str>, zh: impl AsRef<str>) -> String {
        match self.language {
            Language::En => en.as_ref().to_owned(),
            Language::ZhTw => zh.as_ref().to_owned(),
            Language::ZhCn => self.app.simplified(zh.as_ref()),
        }
    }

    /// A text in the reader's language.
    pub fn name(&self, text: &Text) -> String {
        text.get(self.language).to_owned()
    }

    pub fn domain(&self, id: &str) -> String {
        self.domains.get(id).map_or_else(|| id.to_owned(), |name| name.get(self.language).to_owned())
    }

    pub fn topic(&self, domain: &str, topic: &str) -> String {
        let found = self.topics.get(&(domain.to_owned(), topic.to_owned()));
        found.map_or_else(|| topic.to_owned(), |name| name.get(self.language).to_owned())
    }

    /// Names one after the other, as a sentence lists them.
    pub fn list(&self, names: &[String]) -> String {
        names.join(if self.language == Language::En { ", " } else { "、" })
    }

    pub fn table(&self, columns: &[(&str, &str)]) -> Table {
        let names: Vec<String> = columns.iter().map(|(en, zh)| self.say(en, zh)).collect();
        Table::new(&names.iter().map(String::as_str).collect::<Vec<_>>())
    }
}

pub(super) fn percent(share: f64) -> String {
    format!("{}%", (share * 100.0).round())
}

pub(super) fn points(share: f64) -> String {
    format!("{:+}", (share * 100.0).round())
}

pub(super) fn hours(ms: i64) -> f64 {
    ms as f64 / 3_600_000.0
}
