//! The progress page's figures: what the facts say, as charts with their sentence and their table, in the reader's language.
//! Nothing here asks the database but [`App::facts`]: a mentor sees a learner's facts in the same figures.

mod days;
mod facts;
mod practice;
mod recall;
mod weeks;
mod words;

use std::path::Path;

use chrono::NaiveDate;

use super::{App, FiguresPage, file};
use crate::chart::{Figure, csv, svg};
use crate::error::{Error, Result};
use crate::interview::mean_score;
use crate::model::{Grade, Language};
use crate::time::Moment;

pub(super) use facts::Facts;
use facts::{DrillFact, PrincipleFact};
pub(super) use words::Words;

impl App {
    /// Everything the figures stand on.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) fn facts(&mut self, now: Moment) -> Result<Facts> {
        let tally = self.tally()?;
        let domains = self.domain_ids()?;
        let mut cells = self.cells(now)?;
        cells.sort_by_key(|cell| domains.iter().position(|id| *id == cell.domain).unwrap_or(usize::MAX));
        let today = now.study_day();
        let read = self.store.read();
        let mut due = vec![0; days::COMING as usize];
        for figure in read.due_by_day(today, today.plus(days::COMING - 1), self.cap(now))? {
            if let Some(items) = due.get_mut(figure.day.since(today) as usize) {
                *items = figure.items;
            }
        }
        let drill = |case: crate::store::KeptCase| DrillFact {
            family: case.family,
            level: case.level,
            day: case.day,
            pass: case.grade > Grade::Again,
        };
        let stories = self.stories(now)?;
        let principle = |id: String| PrincipleFact {
            stories: stories.stories.iter().filter(|story| story.principles.contains_key(&id)).count() as u32,
            thin: stories.coverage.gaps.iter().find(|gap| gap.principle == id).map(|gap| gap.kind),
            id,
        };
        Ok(Facts {
            today,
            goal: self.settings.goal,
            desired_retention: self.settings.desired_retention,
            domains,
            tally,
            cells,
            due,
            drills: read.drill_cases(None)?.into_iter().map(drill).collect(),
            plays: self.played()?,
            stories: stories.stories.len() as u32,
            principles: self.principles()?.into_iter().map(principle).collect(),
            scores: self.scored()?,
        })
    }

    /// Told answers that were scored, oldest first: the local day and the mean of the scores.
    fn scored(&self) -> Result<Vec<(NaiveDate, f64)>> {
        let told = self.store.read().all_rehearsals()?.into_iter();
        let mut scored: Vec<_> = told
            .filter_map(|told| Some((told.started.local_date(), mean_score(&told.account)?, told.number)))
            .collect();
        scored.sort_by_key(|(date, _, number)| (*date, *number));
        Ok(scored.into_iter().map(|(date, mean, _)| (date, mean)).collect())
    }

    /// Every figure, in one language.
    ///
    /// # Errors
    /// Those of the database.
    pub fn figures(&mut self, language: Language, now: Moment) -> Result<FiguresPage> {
        let facts = self.facts(now)?;
        self.figures_of(&facts, language)
    }

    /// The figures of these facts, in one language.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) fn figures_of(&self, facts: &Facts, language: Language) -> Result<FiguresPage> {
        let words = &Words::new(self, self.outline()?, language);
        let found = facts.readiness();
        let figures = vec![
            recall::strength_figure(words, facts, &found),
            days::forecast_figure(words, facts),
            recall::retention_figure(words, facts),
            recall::weeks_figure(words, facts),
            recall::calibration_figure(words, facts),
            recall::gap_figure(words, facts),
            days::history_figure(words, facts),
            days::calendar_figure(words, facts),
            days::time_figure(words, facts),
            practice::drills_figure(words, facts),
            practice::incidents_figure(words, facts),
            practice::stories_figure(words, facts),
            practice::rubric_figure(words, facts),
        ];
        Ok(FiguresPage { readiness: recall::ready_sentence(words, &found, facts.goal), figures })
    }

    /// One figure by its id.
    fn figure(&mut self, id: &str, language: Language, now: Moment) -> Result<Figure> {
        let page = self.figures(language, now)?;
        let found = page.figures.into_iter().find(|figure| figure.id == id);
        found.ok_or_else(|| Error::NoSuchItem { item: id.to_owned() })
    }

    /// Writes a figure's picture as SVG, or its numbers as CSV where the file's name ends so.
    ///
    /// # Errors
    /// [`Error::NoSuchItem`] also for a picture of nothing, [`Error::WriteFile`], [`Error::DiskFull`], and those of the
    /// database.
    pub fn figure_save(&mut self, id: &str, language: Language, path: &Path, now: Moment) -> Result<()> {
        let figure = self.figure(id, language, now)?;
        let as_csv = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
        if !as_csv && figure.scene.is_none() {
            return Err(Error::NoSuchItem { item: id.to_owned() });
        }
        let text = if as_csv { csv(&figure.table) } else { svg(&figure) };
        file::write_all(path, true, text.as_bytes())
    }
}
