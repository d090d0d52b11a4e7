//! Doctor: looks a data folder over without changing it, and mends what can be rebuilt when asked to.

use std::collections::BTreeMap;

use serde::Serialize;

use super::App;
use crate::error::Result;
use crate::model::ReviewRow;

/// What was looked at and what was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The database's path.
    pub path: String,
    /// One entry for each thing looked at.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Whether nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.findings.iter().all(|finding| finding.sound)
    }
}

/// One thing looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// `file`, `log`, `cards` or `figures`.
    pub subject: &'static str,
    /// Whether it is as it should be.
    pub sound: bool,
    /// What was found, in English.
    pub detail: String,
}

impl App {
    /// Looks everything over: the file by SQLite's own check, the log for gaps, the cards against a replay, the figures
    /// that are kept against the whole log.
    ///
    /// # Errors
    /// Those of the database.
    pub fn doctor(&self) -> Result<Report> {
        let file = self.store.integrity()?;
        let findings = vec![
            Finding {
                subject: "file",
                sound: file.is_empty(),
                detail: if file.is_empty() { "SQLite finds no fault".to_owned() } else { file.join("; ") },
            },
            self.look_at_log()?,
            self.look_at_cards()?,
            self.look_at_figures()?,
        ];
        Ok(Report { path: self.store.path().display().to_string(), findings })
    }

    fn look_at_figures(&self) -> Result<Finding> {
        let sound = self.counts_agree()?;
        let detail = if sound { "as the log gives them" } else { "not as the log gives them" };
        Ok(Finding { subject: "figures", sound, detail: detail.to_owned() })
    }

    fn look_at_log(&self) -> Result<Finding> {
        let mut newest: BTreeMap<String, (u32, u32)> = BTreeMap::new();
        let mut rows = 0u32;
        self.store.read().log(|row: ReviewRow| {
            rows += 1;
            let (greatest, count) = newest.entry(row.device().0.clone()).or_default();
            *greatest = (*greatest).max(row.key().sequence);
            *count += 1;
            Ok(())
        })?;
        let gaps: u32 = newest.values().map(|(greatest, count)| greatest.saturating_sub(*count)).sum();
        Ok(Finding {
            subject: "log",
            sound: gaps == 0,
            detail: if gaps == 0 {
                format!("{rows} rows, none missing")
            } else {
                format!("{rows} rows, {gaps} missing")
            },
        })
    }

    fn look_at_cards(&self) -> Result<Finding> {
        let stored = self.store.read().cards()?;
        let replayed = self.replay(None)?;
        let same = stored == replayed;
        Ok(Finding {
            subject: "cards",
            sound: same,
            detail: if same {
                format!("{} cards, equal to a replay of the log", stored.len())
            } else {
                format!(
                    "{} cards stored, {} by replay, not equal: `divedeep doctor --mend` rebuilds them",
                    stored.len(),
                    replayed.len()
                )
            },
        })
    }
}
