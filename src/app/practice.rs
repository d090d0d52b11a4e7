//! Practice: the next item, an answer, its undoing.

use super::{Answer, App, Card, Choice, Practice};
use crate::error::{Error, Result};
use crate::memory::AGAIN_MINUTES;
use crate::model::{AnswerMode, Body, Grade, Item, ItemKind, ItemRef, Review, SessionKind, propose_grade};
use crate::store::NewReview;
use crate::time::Moment;

/// Longest typed answer that is kept, in bytes. Far more than anyone says in three minutes.
const LONGEST_ANSWER: usize = 100_000;

/// Minutes that "go on" adds to the day.
const MORE_MINUTES: u32 = 10;

impl App {
    /// The item to answer now; no card when the day's list is done.
    ///
    /// # Errors
    /// Those of the database and of the memory model.
    pub fn practice_next(&self, now: Moment) -> Result<Practice> {
        let list = self.day_list(now)?;
        let card = match &list.next {
            Some(scheduled) => Some(self.card(&scheduled.item, now)?),
            None => None,
        };
        Ok(Practice {
            card,
            left: list.left(),
            answers_done: list.answers_done,
            seconds_done: list.seconds_done,
            minutes_planned: list.minutes_planned,
            can_undo: self.undoable(now)?.is_some(),
        })
    }

    /// Adds ten minutes to today and goes on.
    ///
    /// # Errors
    /// Those of [`App::practice_next`].
    pub fn practice_more(&mut self, now: Moment) -> Result<Practice> {
        let list = self.day_list(now)?;
        // From what is used, so that ten minutes are ten minutes even after running over.
        let used = list.seconds_done.div_ceil(60).max(list.minutes_planned);
        let more = used.saturating_sub(self.settings.minutes_per_day).saturating_add(MORE_MINUTES);
        self.more = Some((now.study_day(), more));
        self.practice_next(now)
    }

    /// Leaves an item out of today's list and goes on: it comes back tomorrow, or when the program starts again.
    ///
    /// # Errors
    /// Those of [`App::practice_next`].
    pub fn practice_put_off(&mut self, item: ItemRef, now: Moment) -> Result<Practice> {
        let today = now.study_day();
        if let Some(queue) = self.queue.get_mut() {
            queue.remove(&item);
        }
        match &mut self.put_off {
            Some((day, items)) if *day == today => items.push(item),
            other => *other = Some((today, vec![item])),
        }
        self.practice_next(now)
    }

    /// An item picked by hand.
    ///
    /// # Errors
    /// [`Error::NoSuchItem`], and those of [`App::practice_next`].
    pub fn practice_open(&self, item: &ItemRef, now: Moment) -> Result<Practice> {
        let card = self.card(item, now)?;
        Ok(Practice { card: Some(card), ..self.practice_next(now)? })
    }

    /// The grade that ticked key points propose; none with nothing ticked or nothing to tick.
    ///
    /// # Errors
    /// [`Error::NoSuchItem`], and those of the database.
    pub fn practice_propose(&self, item: &ItemRef, ticked: &[String]) -> Result<Option<Grade>> {
        Ok(proposed(&self.item(item)?, ticked))
    }

    /// Keeps a graded answer and gives the next item. An answer that was acknowledged survives a power cut.
    ///
    /// # Errors
    /// [`Error::NoSuchItem`], [`Error::BadValue`] for an answer of more than 100 kB, and those of the database: then
    /// nothing was kept and the answer can be given again.
    pub fn practice_grade(&mut self, answer: Answer, now: Moment) -> Result<Practice> {
        let session = answer.session;
        self.keep(answer, now)?;
        match session {
            SessionKind::Today => self.practice_next(now),
            SessionKind::Browse => Ok(Practice { card: None, ..self.practice_next(now)? }),
        }
    }

    fn keep(&mut self, answer: Answer, now: Moment) -> Result<()> {
        let case = match (&answer.item.kind.0[..], &answer.drill) {
            (ItemKind::DRILL, Some(drill)) if drill.family == answer.item.id => Some(Self::kept_case(drill)?),
            (ItemKind::DRILL, _) => {
                return Err(Error::BadValue { field: "answer", value: answer.item.id });
            }
            _ => None,
        };
        let typed = match &answer.drill {
            Some(drill) => Some(drill.typed.join("\n")),
            None => answer.answer,
        };
        let typed = typed.filter(|text| !text.trim().is_empty());
        if let Some(text) = &typed
            && text.len() > LONGEST_ANSWER
        {
            let value = format!("{} bytes", text.len());
            return Err(Error::BadValue { field: "answer", value });
        }
        let asked = self.asked.take().filter(|asked| asked.reference == answer.item);
        let item = asked.map_or_else(|| self.item(&answer.item), Ok)?;
        let before = self.store.read().card(&answer.item)?;
        let after = self.memory.answered(before.as_ref(), answer.grade, now)?;
        let review = Review {
            revision: answer.revision,
            session: answer.session,
            grade: answer.grade,
            proposed: match (&case, answer.play) {
                (Some((_, proposed)), _) => Some(*proposed),
                (None, Some(play)) => self.play_grade(play)?,
                (None, None) => proposed(&item, &answer.ticked),
            },
            answer_mode: if typed.is_some() { answer.answer_mode } else { AnswerMode::Thought },
            answer: typed,
            prompt_language: answer.prompt_language,
            reveal_language: answer.reveal_language,
            think_ms: answer.think_ms.min(answer.total_ms),
            total_ms: answer.total_ms,
            predicted_recall: before.as_ref().map(|card| self.memory.recall(card, now)),
            parameter_set: self.memory.parameter_set(),
            at: now,
            item: answer.item,
            ticked: answer.ticked,
        };
        let elapsed_days = before.map(|card| now.study_day().since(card.last_day));
        self.store.transact(|transaction| {
            let key =
                transaction.append_review(&self.device, &NewReview { review: &review, elapsed_days })?;
            if let Some((case, _)) = &case {
                transaction.keep_case(&key, case)?;
            }
            transaction.set_card(&review.item, Some(&after))
        })?;
        if let Some(queue) = self.queue.get_mut() {
            queue.remove(&review.item);
        }
        self.close_case(&review.item);
        Ok(())
    }

    /// Makes today's newest answer void and shows its item again.
    ///
    /// # Errors
    /// [`Error::NothingToUndo`], and those of the database.
    pub fn practice_undo(&mut self, now: Moment) -> Result<Practice> {
        let Some((key, item)) = self.undoable(now)? else { return Err(Error::NothingToUndo) };
        let device = self.device.clone();
        self.queue.take();
        self.store.transact(|transaction| {
            transaction.append_void(&device, &key, now)?;
            let mut card = None;
            transaction.read().replay(Some(&item), |_, grade, at| {
                card = Some(self.memory.answered(card.as_ref(), grade, at)?);
                Ok(())
            })?;
            transaction.set_card(&item, card.as_ref())
        })?;
        self.practice_open(&item, now)
    }

    fn undoable(&self, now: Moment) -> Result<Option<(crate::model::ReviewKey, ItemRef)>> {
        let newest = self.store.read().newest_answer(&self.device)?;
        Ok(newest.filter(|(.., day)| *day == now.study_day()).map(|(key, item, _)| (key, item)))
    }

    fn card(&self, item: &ItemRef, now: Moment) -> Result<Card> {
        let item = self.item(item)?;
        let card = self.store.read().card(&item.reference)?;
        let today = now.study_day();
        let cap = self.cap(now).map(|cap| cap.since(today));
        let choices = self.memory.outcomes(card.as_ref(), now)?.map(|outcome| Choice {
            grade: outcome.grade,
            interval_days: cap.map_or(outcome.interval_days, |cap| outcome.interval_days.min(cap)),
            interval_minutes: if outcome.interval_days == 0 { AGAIN_MINUTES } else { 0 },
        });
        let shown = Card {
            view: item.view(self.settings.chinese()),
            is_new: card.is_none(),
            predicted_recall: card.as_ref().map(|card| self.memory.recall(card, now)),
            choices: choices.to_vec(),
            drill: self.open_case(&item.reference)?,
        };
        self.asked.replace(Some(item));
        Ok(shown)
    }
}

fn proposed(item: &Item, ticked: &[String]) -> Option<Grade> {
    match &item.body {
        Body::Question(question) if !ticked.is_empty() => propose_grade(&question.key_points, ticked),
        _ => None,
    }
}
