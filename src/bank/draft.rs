//! The record that an author begins with.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use chrono::NaiveDate;

use super::read::is_id;
use crate::error::{Error, Result};
use crate::model::QuestionKind;

/// A new question's record, to be filled in: it keeps the form of [`crate::model::Question`] and fails the check
/// until every text is written.
pub struct Draft {
    /// Its file, relative to the bank's folder.
    pub file: String,
    record: String,
}

impl Draft {
    /// A record for `id` (`domain/topic/slug`) at `depth` 1 to 4, its facts checked on `as_of`.
    ///
    /// # Errors
    /// [`Error::BadValue`] for an id that is none.
    pub fn new(id: &str, kind: QuestionKind, depth: u8, as_of: NaiveDate) -> Result<Self> {
        let parts: Vec<&str> = id.split('/').collect();
        let [domain, topic, _] = parts[..] else {
            return Err(Error::BadValue { field: "id", value: id.to_owned() });
        };
        if !is_id(id, 3) {
            return Err(Error::BadValue { field: "id", value: id.to_owned() });
        }
        let mut record = format!(
            r#"
[[question]]
id = "{id}"
rev = 1
kind = "{}"
depth = {depth}
seconds = {}
freq = "common"
volatility = "stable"
as_of = "{as_of}"
status = "draft"
tags = []
terms = []
prompt.en = ""
prompt.zh-TW = ""
answer.en = """
"""
answer.zh-TW = """
"""
say_it.en = ""
say_it.zh-TW = ""
"#,
            kind.name(),
            kind.seconds(depth),
        );
        let mut add = |text: &str| {
            let _ = write!(record, "\n{text}\n");
        };
        if kind == QuestionKind::OutputReading {
            add("[[question.evidence]]\ntype = \"command\"\nprovenance = \"synthetic\"\ntext = '''\n'''");
        }
        for point in ["first", "second", "third"] {
            let must = if point == "first" { "must = true\n" } else { "" };
            add(&format!(
                "[[question.key_points]]\nid = \"{point}\"\nweight = 2\n{must}text.en = \"\"\ntext.zh-TW = \"\""
            ));
        }
        add(
            "[[question.common_mistakes]]\nclaim.en = \"\"\nclaim.zh-TW = \"\"\nwhy.en = \"\"\nwhy.zh-TW = \"\"",
        );
        for direction in ["deeper", "sideways", "check"] {
            add(&format!(
                "[[question.follow_ups]]\ndirection = \"{direction}\"\ntext.en = \"\"\ntext.zh-TW = \"\""
            ));
        }
        match kind {
            QuestionKind::Recall => add("[[question.accept]]\ntext = \"\""),
            QuestionKind::Estimate => add("[[question.accept]]\nvalue = 0\ntolerance = 0\nunit = \"\""),
            _ => {}
        }
        if matches!(kind, QuestionKind::Command | QuestionKind::Estimate | QuestionKind::OutputReading) {
            add("[question.verify]\nrunner = \"bash\"\nsetup = \"\"\ncmd = \"\"\nexpect = \"\"");
        }
        add(
            "[[question.refs]]\ntype = \"man\"\nwork = \"\"\npart = \"\"\nsupports = [\"first\"]\nnote = \"\"",
        );
        Ok(Self { file: format!("questions/{domain}/{topic}.toml"), record })
    }

    /// Adds the record at the end of its file, which is made if need be; gives the line of its `[[question]]`.
    ///
    /// # Errors
    /// Those of the file system; then the file is as it was.
    pub fn append_to(&self, folder: &Path) -> std::io::Result<usize> {
        let path = folder.join(&self.file);
        let before = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut file = std::fs::OpenOptions::new().append(true).create(true).open(&path)?;
        let record = if before.is_empty() { self.record.trim_start() } else { &self.record };
        file.write_all(record.as_bytes())?;
        Ok(before.lines().count() + if before.is_empty() { 1 } else { 2 })
    }
}
