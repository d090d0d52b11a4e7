//! Mock loops: a question at a time, every new term becoming the next question; scores beside the words; a debrief.

use std::collections::BTreeMap;

use super::{App, MockAnswer, MockPage, MockRow, MockStage, MocksPage, ScoredAnswer};
use crate::error::{Error, Result};
use crate::interview::{self, Bank, Candidate, MockWish, Probe, Sitter};
use crate::model::{Account, Asked, Body, Item, ItemRef, Mock, Prominence, StoryId, Text};
use crate::store::{KeptMock, KeptRehearsal};
use crate::story::Interviewer;
use crate::time::Moment;

/// Most rounds of a loop.
const MOST_ROUNDS: usize = 6;
/// Questions that terms may add after one of the loop's own.
const LONGEST_CHAIN: usize = 2;
/// Longest list of one's own questions, in bytes.
const LONGEST: usize = 20_000;

impl App {
    /// The loops so far.
    ///
    /// # Errors
    /// Those of the database.
    pub fn mocks(&self, now: Moment) -> Result<MocksPage> {
        let kept = self.store.read().mocks()?;
        let mut past = Vec::new();
        let mut open = None;
        for mock in &kept {
            let row = self.mock_row(mock)?;
            match mock.ended {
                true => past.push(row),
                false => open = open.or(Some(row)),
            }
        }
        let panel: Vec<Interviewer> = self.setting(super::stories::PANEL)?;
        let mut seed = (now.utc_ms.unsigned_abs() / 1000 % 10_000) as u32;
        while kept.iter().any(|mock| mock.seed == seed) {
            seed += 1;
        }
        Ok(MocksPage { open, past, panel_size: panel.len() as u32, seed })
    }

    /// Draws a loop and asks its first question.
    ///
    /// # Errors
    /// [`Error::BadValue`] for a number of rounds out of range, and those of the database.
    pub fn mock_start(&mut self, wish: &MockWish, now: Moment) -> Result<MockPage> {
        if wish.languages.is_empty() || wish.languages.len() > MOST_ROUNDS {
            return Err(Error::BadValue { field: "rounds", value: wish.languages.len().to_string() });
        }
        let panel: Vec<Interviewer> = self.setting(super::stories::PANEL)?;
        let sitter = |person: Interviewer| Sitter {
            name: person.name,
            principles: person.principles,
            bar_raiser: person.bar_raiser,
        };
        let panel: Vec<Sitter> = panel.into_iter().map(sitter).collect();
        let mock = interview::plan_mock(wish, &panel, &self.mock_bank()?);
        let number = self.store.transact(|transaction| transaction.begin_mock(wish.seed, &mock, now))?;
        self.ask_next(number, mock, now)
    }

    /// A loop where it stands.
    ///
    /// # Errors
    /// [`Error::NoSuchItem`], and those of the database.
    pub fn mock(&self, number: u32) -> Result<MockPage> {
        let kept = self.kept_mock(number)?;
        let answers = self.store.read().answers_of_mock(number)?;
        let stage = self.stage(&kept, &answers)?;
        Ok(MockPage {
            number,
            seed: kept.seed,
            manner: kept.mock.manner,
            started_at_ms: kept.started.utc_ms,
            rounds: kept.mock.rounds,
            own_questions: kept.mock.own_questions,
            stage,
        })
    }

    /// Ends an answer and asks the next question of the round. A term of a technical answer that stands in its words,
    /// or that the learner says was `said`, becomes the next question, twice in a row at most.
    ///
    /// # Errors
    /// [`Error::NoSuchItem`], [`Error::BadValue`], and those of the database.
    pub fn mock_next(
        &mut self,
        number: u32,
        answer: u32,
        account: Account,
        said: &[String],
        now: Moment,
    ) -> Result<MockPage> {
        let KeptMock { mut mock, .. } = self.kept_mock(number)?;
        let words = account.words.clone();
        let item = self.kept_rehearsal(answer)?.item;
        self.rehearsal_finish(answer, None, account, now)?;
        let asked: Vec<ItemRef> =
            mock.rounds.iter().flat_map(|round| &round.questions).map(|asked| asked.item.clone()).collect();
        let place = mock.rounds.iter().enumerate().find_map(|(round, asking)| {
            let question = asking.questions.iter().position(|asked| asked.answer == Some(answer))?;
            Some((round, question))
        });
        if let Some((round, question)) = place
            && let Some((term, next)) = self.term_probe(&item, &words, said, &asked)?
            && let Some(round) = mock.rounds.get_mut(round)
        {
            let chain = round
                .questions
                .iter()
                .take(question + 1)
                .rev()
                .take_while(|asked| asked.term.is_some())
                .count();
            if chain < LONGEST_CHAIN {
                let asked = Asked { item: next, term: Some(term), probes: Vec::new(), answer: None };
                round.questions.insert(question + 1, asked);
            }
        }
        self.ask_next(number, mock, now)
    }

    /// Scores a round's answers and goes on to the next round.
    ///
    /// # Errors
    /// [`Error::NoSuchItem`], [`Error::BadValue`], and those of the database.
    pub fn mock_score(
        &mut self,
        number: u32,
        round: u32,
        answers: Vec<ScoredAnswer>,
        now: Moment,
    ) -> Result<MockPage> {
        let KeptMock { mut mock, .. } = self.kept_mock(number)?;
        for answer in answers {
            let kept = self.kept_rehearsal(answer.number)?;
            if kept.mock != Some((number, round)) {
                return Err(Error::NoSuchItem { item: format!("rehearsal {}", answer.number) });
            }
            // Only scores are taken: what was said stays as it was said.
            let account = Account { scores: answer.scores, ticked: answer.ticked, ..kept.account };
            self.rehearsal_keep(answer.number, answer.story.as_ref(), account)?;
        }
        match mock.rounds.get_mut(round as usize) {
            Some(round) => round.scored = true,
            None => return Err(Error::NoSuchItem { item: format!("round {round}") }),
        }
        self.ask_next(number, mock, now)
    }

    /// Keeps the candidate's own questions; with `end` the loop is over.
    ///
    /// # Errors
    /// [`Error::NoSuchItem`], [`Error::BadValue`] for more than 20 kB, and those of the database.
    pub fn mock_own_questions(
        &mut self,
        number: u32,
        words: String,
        end: bool,
        now: Moment,
    ) -> Result<MockPage> {
        if words.len() > LONGEST {
            return Err(Error::BadValue { field: "questions", value: format!("{} bytes", words.len()) });
        }
        let KeptMock { mut mock, .. } = self.kept_mock(number)?;
        mock.own_questions = words;
        self.store.transact(|transaction| {
            transaction.keep_mock(number, &mock)?;
            if end { transaction.end_mock(number, now) } else { Ok(()) }
        })?;
        self.mock(number)
    }

    /// Ends a loop where it stands: rounds that were not reached stay unscored.
    ///
    /// # Errors
    /// [`Error::NoSuchItem`], and those of the database.
    pub fn mock_stop(&mut self, number: u32, now: Moment) -> Result<MockPage> {
        self.kept_mock(number)?;
        self.store.transact(|transaction| transaction.end_mock(number, now))?;
        self.mock(number)
    }

    /// Deletes a loop with its answers and their recordings.
    ///
    /// # Errors
    /// [`Error::NoSuchItem`], [`Error::WriteFile`], and those of the database.
    pub fn mock_delete(&mut self, number: u32) -> Result<()> {
        self.kept_mock(number)?;
        for answer in self.store.read().answers_of_mock(number)? {
            self.remove_recording(answer.number)?;
        }
        self.store.transact(|transaction| transaction.delete_mock(number))
    }

    fn kept_mock(&self, number: u32) -> Result<KeptMock> {
        let found = self.store.read().mock(number)?;
        found.ok_or_else(|| Error::NoSuchItem { item: format!("mock loop {number}") })
    }

    /// Begins the answer to the first question without one, unless its round waits for scores, and keeps the loop.
    fn ask_next(&mut self, number: u32, mut mock: Mock, now: Moment) -> Result<MockPage> {
        let manner = mock.manner;
        // A round without questions has nothing to score.
        for round in mock.rounds.iter_mut().filter(|round| round.questions.is_empty()) {
            round.scored = true;
        }
        self.store.transact(|transaction| {
            let next = mock.rounds.iter_mut().enumerate().find(|(_, round)| !round.scored);
            if let Some((place, round)) = next
                && let Some(asked) = round.questions.iter_mut().find(|asked| asked.answer.is_none())
            {
                let account = Account {
                    manner,
                    language: round.language,
                    probes: asked.probes.clone(),
                    ..Account::default()
                };
                let round = (number, place as u32);
                asked.answer =
                    Some(transaction.begin_rehearsal(&asked.item, None, Some(round), &account, now)?);
            }
            transaction.keep_mock(number, &mock)
        })?;
        self.mock(number)
    }

    /// A term of an answer that leads to a question which this loop has not asked: first the terms of the question
    /// itself, typed or said, then any other that the bank knows.
    fn term_probe(
        &self,
        item: &ItemRef,
        words: &str,
        said: &[String],
        asked: &[ItemRef],
    ) -> Result<Option<(String, ItemRef)>> {
        // A story leads to its own probes, not to technical questions.
        if !matches!(self.item(item)?.body, Body::Question(_)) {
            return Ok(None);
        }
        let mut own: Vec<(String, ItemRef)> = Vec::new();
        let mut others = Vec::new();
        let track = self.track()?;
        let mut open = Vec::new();
        self.store.read().items(|other| {
            let Body::Question(question) = &other.body else { return Ok(()) };
            let terms = if other.reference == *item { &mut own } else { &mut others };
            terms.extend(
                question
                    .term_probes
                    .iter()
                    .map(|probe| (probe.term.clone(), ItemRef::question(&probe.question))),
            );
            if track.as_ref().is_none_or(|track| track.takes(question)) && !asked.contains(&other.reference) {
                open.push(other.reference);
            }
            Ok(())
        })?;
        let is_open =
            |(term, next): (&str, &ItemRef)| open.contains(next).then(|| (term.to_owned(), next.clone()));
        let typed = interview::next_terms(words, own.iter().map(|(term, next)| (term.as_str(), next)));
        let spoken =
            own.iter().filter(|(term, _)| said.contains(term)).map(|(term, next)| (term.as_str(), next));
        let known = interview::next_terms(words, others.iter().map(|(term, next)| (term.as_str(), next)));
        Ok(typed.into_iter().chain(spoken).chain(known).find_map(is_open))
    }

    fn stage(&self, kept: &KeptMock, answers: &[KeptRehearsal]) -> Result<MockStage> {
        let open = kept.mock.rounds.iter().enumerate().find(|(_, round)| !round.scored);
        match open {
            _ if kept.ended => self.debrief(kept, answers),
            None => Ok(MockStage::OwnQuestions),
            Some((place, round)) => {
                let of_round: Vec<&KeptRehearsal> = answers
                    .iter()
                    .filter(|answer| answer.mock.is_some_and(|(_, of)| of as usize == place))
                    .collect();
                let place = place as u32;
                match of_round.iter().find(|answer| !answer.ended) {
                    Some(answer) => Ok(MockStage::Asking {
                        round: place,
                        question: Box::new(self.mock_answer(kept, answer)?),
                    }),
                    None => Ok(MockStage::Scoring {
                        round: place,
                        answers: of_round
                            .iter()
                            .map(|answer| self.mock_answer(kept, answer))
                            .collect::<Result<_>>()?,
                        stories: self.story_choices(round.principles.first().map(String::as_str))?,
                    }),
                }
            }
        }
    }

    fn mock_answer(&self, kept: &KeptMock, answer: &KeptRehearsal) -> Result<MockAnswer> {
        let item = self.item(&answer.item)?;
        let round = answer.mock.map_or(0, |(_, round)| round);
        let asked = kept.mock.rounds.iter().flat_map(|round| &round.questions);
        let term = asked
            .into_iter()
            .find(|asked| asked.answer == Some(answer.number))
            .and_then(|asked| asked.term.clone());
        Ok(MockAnswer {
            round,
            view: item.view(self.settings.chinese()),
            language: answer.account.language,
            term,
            share: share(&item, &answer.account),
            answer: self.rehearsal_page(answer, None),
        })
    }

    fn debrief(&self, kept: &KeptMock, answers: &[KeptRehearsal]) -> Result<MockStage> {
        let told = answers.iter().filter(|answer| answer.ended);
        let mut times: BTreeMap<&StoryId, u32> = BTreeMap::new();
        for story in answers.iter().filter_map(|answer| answer.story.as_ref()) {
            *times.entry(story).or_default() += 1;
        }
        let mut told_too_often: Vec<Text> = Vec::new();
        for (story, _) in times.into_iter().filter(|(_, times)| *times > 2) {
            told_too_often.push(self.kept_story(story, None)?.story.title());
        }
        let before =
            self.store.read().mocks()?.into_iter().filter(|mock| mock.ended && mock.number < kept.number);
        Ok(MockStage::Debrief {
            answers: told.map(|answer| self.mock_answer(kept, answer)).collect::<Result<_>>()?,
            means: Box::new(self.mock_row(kept)?),
            before: before.map(|mock| self.mock_row(&mock)).collect::<Result<_>>()?,
            told_too_often,
        })
    }

    fn mock_row(&self, kept: &KeptMock) -> Result<MockRow> {
        let answers = self.store.read().answers_of_mock(kept.number)?;
        let mut scores: BTreeMap<String, (u32, u32)> = BTreeMap::new();
        let mut shares = Vec::new();
        for answer in &answers {
            for (dimension, score) in &answer.account.scores {
                let (sum, count) = scores.entry(dimension.clone()).or_default();
                (*sum, *count) = (*sum + u32::from(score.value), *count + 1);
            }
            // A round that was not scored says nothing of what was named.
            let scored = answer.mock.and_then(|(_, round)| kept.mock.rounds.get(round as usize));
            if scored.is_some_and(|round| round.scored) {
                shares.extend(
                    self.store.read().item(&answer.item)?.and_then(|item| share(&item, &answer.account)),
                );
            }
        }
        let mean = |(sum, count): (u32, u32)| f64::from(sum) / f64::from(count);
        let all = scores.values().fold((0, 0), |all, of| (all.0 + of.0, all.1 + of.1));
        Ok(MockRow {
            number: kept.number,
            seed: kept.seed,
            started_at_ms: kept.started.utc_ms,
            rounds: kept.mock.rounds.len() as u32,
            scored: kept.mock.rounds.iter().filter(|round| round.scored).count() as u32,
            mean: (all.1 > 0).then(|| mean(all)),
            dimensions: scores.into_iter().map(|(dimension, of)| (dimension, mean(of))).collect(),
            technical: (!shares.is_empty()).then(|| shares.iter().sum::<f64>() / shares.len() as f64),
        })
    }

    /// What a loop is drawn from: the bank's prompts, and the questions of the track.
    fn mock_bank(&self) -> Result<Bank> {
        let outline = self.outline()?;
        let track = self.track()?;
        let mut bank = Bank { probes: outline.probes, ..Bank::default() };
        let mut principles: BTreeMap<u8, (String, u32)> = BTreeMap::new();
        self.store.read().items(|item| {
            let reference = item.reference.clone();
            match &item.body {
                Body::Prompt { prompt, principle, .. } => {
                    let weight = match principle.prominence {
                        Prominence::Core => 8,
                        Prominence::Often => 4,
                        Prominence::Sometimes => 2,
                        Prominence::Rare => 1,
                    };
                    principles.insert(principle.number, (principle.id.clone(), weight));
                    let probes = prompt.probes.iter().chain(&principle.probes).cloned();
                    bank.prompts.push(Candidate {
                        item: reference,
                        group: principle.id.clone(),
                        depth: 1,
                        probes: probes.map(|text| Probe { text, about: None }).collect(),
                    });
                }
                Body::Question(question) if track.as_ref().is_none_or(|track| track.takes(question)) => {
                    bank.questions.push(Candidate {
                        item: reference,
                        group: item.domain.clone(),
                        depth: item.depth,
                        probes: Vec::new(),
                    });
                }
                Body::Question(_) | Body::Story(_) | Body::Drill(_) | Body::Incident(_) => {}
            }
            Ok(())
        })?;
        // The store's order is the order of installing, which another edition may change.
        bank.prompts.sort_by(|a, b| a.item.cmp(&b.item));
        bank.questions.sort_by(|a, b| a.item.cmp(&b.item));
        bank.principles = principles.into_values().collect();
        let depth = |domain: &str| track.as_ref().map_or(1, |track| track.depth_of(domain, ""));
        bank.domains = outline.domains.iter().map(|domain| (domain.id.clone(), depth(&domain.id))).collect();
        Ok(bank)
    }
}

/// Share of a technical question's key points, by weight, that were ticked.
fn share(item: &Item, account: &Account) -> Option<f64> {
    let Body::Question(question) = &item.body else { return None };
    let weight = |ticked: bool| -> f64 {
        let points = question.key_points.iter().filter(|point| !ticked || account.ticked.contains(&point.id));
        points.map(|point| f64::from(point.weight)).sum()
    };
    let all = weight(false);
    (all > 0.0).then(|| weight(true) / all)
}
