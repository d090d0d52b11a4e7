//! Learning the learner: the memory model fitted to their own answers, in three steps of which only the first and the
//! last touch the store, so that the slow one in the middle can run beside everything else.

use rand::Rng;

use super::{App, Learnt, default_parameters};
use crate::error::{Error, Result};
use crate::plan::{Answers, Fit, Learner, LearnerState, Population, fit};
use crate::store::ParameterSet;
use crate::time::Moment;

/// Later answers from which a first fit is worth it: as many as the model's optimiser asks for.
const FIRST: u32 = 8;

/// What a fit needs, taken out of the store.
pub struct Study {
    items: Vec<Answers>,
    before: ParameterSet,
}

impl Study {
    /// Fits; takes seconds. `go_on` is asked with the share done, 0 to 1, and ends it by saying no: then, and where no
    /// answer tells of forgetting yet, there is none.
    ///
    /// # Errors
    /// Those of the memory model.
    pub fn run(&self, chance: &mut impl Rng, go_on: impl FnMut(f64) -> bool) -> Result<Option<Fit>> {
        let state: Option<LearnerState> =
            self.before.learner.clone().and_then(|state| serde_json::from_value(state).ok());
        let learner = Learner::resume(Population::built_in()?, state, chance);
        fit(&self.items, &self.before.parameters, learner, chance, go_on)
    }
}

impl App {
    /// Whether there are enough new answers for another fit: a tenth more than the last one had, at least eight more,
    /// and not on the day of the last one.
    ///
    /// # Errors
    /// Those of the database.
    pub fn learning_due(&self, now: Moment) -> Result<bool> {
        let later = self.store.read().count_recalls()?;
        Ok(match self.learnt(now)? {
            None => later >= FIRST,
            Some(last) => {
                let known = last.evidence.answers;
                last.date < now.local_date() && later >= known.saturating_add((known / 10).max(FIRST))
            }
        })
    }

    /// Takes out what a fit needs.
    ///
    /// # Errors
    /// Those of the database.
    pub fn learning_study(&self) -> Result<Study> {
        let read = self.store.read();
        let mut items: Vec<Answers> = Vec::new();
        let mut last = None;
        read.answered(|answer| {
            if last.as_ref() != Some(&answer.item) {
                items.push(Answers::new());
                last = Some(answer.item);
            }
            if let Some(answers) = items.last_mut() {
                answers.push((answer.day, answer.grade));
            }
        })?;
        Ok(Study { items, before: read.newest_parameters()?.unwrap_or_else(default_parameters) })
    }

    /// Keeps a fit: every card is computed anew with it, and so is the plan. Past predictions stay what they were.
    ///
    /// # Errors
    /// Those of the database and of the memory model: then the parameters are what they were.
    pub fn learning_keep(&mut self, fit: &Fit, now: Moment) -> Result<Learnt> {
        let json = |value: serde_json::Result<serde_json::Value>| {
            value.map_err(|error| Error::BadRecord { what: "fit".to_owned(), reason: error.to_string() })
        };
        let newest = self.store.read().newest_parameters()?.map_or(1, |set| set.number);
        let set = ParameterSet {
            number: newest.saturating_add(1),
            parameters: fit.parameters.clone(),
            fitted_at_ms: Some(now.utc_ms),
            evidence: Some(json(serde_json::to_value(fit.evidence))?),
            learner: Some(json(serde_json::to_value(fit.learner.state()))?),
        };
        // Numbers that the model does not take must not get in.
        crate::memory::Memory::new(set.number, &set.parameters, self.settings.desired_retention)?;
        self.store.transact(|transaction| transaction.add_parameters(&set))?;
        self.memory = super::memory(&self.store, &self.settings)?;
        self.rebuild_cards()?;
        Ok(Learnt { date: now.local_date(), evidence: fit.evidence })
    }
}
