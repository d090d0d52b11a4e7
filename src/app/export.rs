//! A plain export of everything a learner has made, as JSON lines: one object a line, each with its `type`.

use std::io::Write;
use std::path::Path;

use serde_json::json;

use super::{App, file};
use crate::error::{Error, Result};
use crate::time::Moment;

/// The format's version, in the first line of every export.
const VERSION: u32 = 1;

impl App {
    /// Writes everything to a file and gives the number of lines. The file appears whole or not at all; one that
    /// exists is replaced only with `replace`.
    ///
    /// # Errors
    /// [`Error::WriteFile`] (also when the file exists and must not be replaced), [`Error::DiskFull`], and those of
    /// the database.
    pub fn export(&self, path: &Path, replace: bool, now: Moment) -> Result<u32> {
        file::write(path, replace, |out| self.write_lines(out, now, &|error| file::failed(path, &error)))
    }

    fn write_lines(
        &self,
        out: &mut impl Write,
        now: Moment,
        failed: &impl Fn(std::io::Error) -> Error,
    ) -> Result<u32> {
        let mut lines = 0;
        let mut line = |value: serde_json::Value| {
            lines += 1;
            writeln!(out, "{value}").map_err(failed)
        };
        let read = self.store.read();
        line(json!({
            "type": "divedeep", "format": VERSION, "version": env!("CARGO_PKG_VERSION"),
            "device": self.device, "exported_at": now,
        }))?;
        line(json!({ "type": "settings", "settings": self.settings }))?;
        for round in &self.rounds {
            line(json!({ "type": "round", "round": round }))?;
        }
        for (date, kind) in read.calendar_days()? {
            line(json!({ "type": "calendar_day", "date": date, "kind": kind }))?;
        }
        if let Some(set) = read.newest_parameters()? {
            line(json!({
                "type": "parameters", "number": set.number, "parameters": set.parameters,
                "fitted_at_ms": set.fitted_at_ms, "evidence": set.evidence,
            }))?;
        }
        read.log(|row| line(json!(row)))?;
        for kept in read.stories()? {
            for version in read.story_versions(&kept.id)?.into_iter().rev() {
                let Some(kept) = read.story(&kept.id, Some(version.number))? else { continue };
                line(json!({
                    "type": "story", "id": kept.id, "version": version.number,
                    "changed_at_ms": version.changed_at_ms, "story": kept.story,
                }))?;
            }
        }
        line(json!({ "type": "panel", "panel": self.setting::<serde_json::Value>(super::stories::PANEL)? }))?;
        for mock in read.mocks()?.into_iter().rev() {
            line(json!({
                "type": "mock", "number": mock.number, "started_at": mock.started, "ended": mock.ended,
                "seed": mock.seed, "mock": mock.mock,
            }))?;
        }
        // Recordings stay where they are: files of their own, named by number.
        for kept in read.all_rehearsals()? {
            line(json!({
                "type": "rehearsal", "number": kept.number, "item": kept.item, "story": kept.story,
                "mock": kept.mock, "started_at": kept.started, "ended": kept.ended, "recording": kept.recording,
                "account": kept.account,
            }))?;
        }
        for case in read.drill_cases(None)? {
            line(
                json!({ "type": "drill_case", "review": case.review, "case": read.drill_case(&case.review)? }),
            )?;
        }
        for play in read.plays(None)?.into_iter().rev() {
            line(json!({
                "type": "play", "number": play.number, "started_at": play.started,
                "ended_at_ms": play.ended_at_ms, "play": play.body,
            }))?;
        }
        for (incident, runbook) in read.runbooks()? {
            line(json!({ "type": "runbook", "incident": incident, "runbook": runbook }))?;
        }
        for (item, card) in read.cards()? {
            line(json!({
                "type": "card", "item": item, "stability_days": card.stability,
                "difficulty": card.difficulty, "last_day": card.last_day.date(),
                "due_day": card.due_day.date(), "answers": card.answers, "lapses": card.lapses,
            }))?;
        }
        Ok(lines)
    }
}
