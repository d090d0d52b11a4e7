//! The quality rules an author is held to (syllabus sections 3 and 7). Reading a bank does not need them.

use std::collections::{BTreeMap, BTreeSet};

use super::language::{is_complete, normalised, parity, spoken_length, wording};
use super::{Bank, Placed, evidence};
use crate::error::Fault;
use crate::model::{Block, Prompt, Question, QuestionKind, Runner, Text, blocks};

/// Every breach of a quality rule.
pub(super) fn check(bank: &Bank) -> Vec<Fault> {
    let mut faults = Vec::new();
    for placed in &bank.questions {
        let mut found = question(&placed.record, bank);
        for (index, evidence) in placed.record.evidence.iter().enumerate() {
            found.extend(
                evidence::lint(evidence).into_iter().map(|rule| format!("evidence {}: {rule}", index + 1)),
            );
        }
        for (field, text) in question_texts(&placed.record) {
            found.extend(text_rules(text, bank).into_iter().map(|rule| format!("{field}: {rule}")));
        }
        faults.extend(found.into_iter().map(|reason| placed.fault(reason)));
    }
    for placed in &bank.prompts {
        let mut found = prompt(&placed.record);
        for (field, text) in prompt_texts(&placed.record) {
            found.extend(text_rules(text, bank).into_iter().map(|rule| format!("{field}: {rule}")));
        }
        faults.extend(found.into_iter().map(|reason| placed.fault(reason)));
    }
    for placed in &bank.principles {
        let principle = &placed.record;
        let texts = [&principle.name, &principle.looks_for];
        for text in texts.into_iter().chain(&principle.probes).chain(&principle.red_flags) {
            faults.extend(text_rules(text, bank).into_iter().map(|reason| placed.fault(reason)));
        }
    }
    faults.extend(over_plan(bank));
    faults.extend(same_prompts(bank));
    faults
}

fn question(question: &Question, bank: &Bank) -> Vec<String> {
    let mut found = Vec::new();
    let kind = question.kind;

    let fewest_points = if kind == QuestionKind::Recall { 1 } else { 3 };
    if !(fewest_points..=7).contains(&question.key_points.len()) {
        found.push(format!("{} key points: {fewest_points} to 7", question.key_points.len()));
    }
    if !question.key_points.iter().any(|point| point.must) {
        found.push("no key point is a must".to_owned());
    }
    let mut points = BTreeSet::new();
    for point in &question.key_points {
        if !points.insert(point.id.as_str()) {
            found.push(format!("key point '{}' stands twice", point.id));
        }
    }
    for reference in &question.refs {
        for id in &reference.supports {
            if !points.contains(id.as_str()) {
                found.push(format!("reference '{}' supports '{id}', which is no key point", reference.work));
            }
        }
        if reference.work.contains("://") || reference.part.contains("://") {
            found.push(format!("reference '{}': name the page, not its address", reference.work));
        }
    }
    if question.refs.is_empty() {
        found.push("no reference".to_owned());
    }
    if question.depth >= 2 {
        for point in question.key_points.iter().filter(|point| point.must) {
            if !question.refs.iter().any(|reference| reference.supports.contains(&point.id)) {
                found.push(format!("no reference supports the must point '{}'", point.id));
            }
        }
    }
    if !(2..=4).contains(&question.follow_ups.len()) {
        found.push(format!("{} follow-ups: 2 to 4", question.follow_ups.len()));
    }
    if question.common_mistakes.is_empty() {
        found.push("no common mistake".to_owned());
    }
    let first_depth_kind =
        matches!(kind, QuestionKind::Recall | QuestionKind::Explain | QuestionKind::Command);
    if question.depth == 1 && !first_depth_kind {
        found.push(format!("depth 1 asks recall, explain or command, not {}", kind.name()));
    }
    if question.depth >= 3 && question.follow_ups.len() < 2 {
        found.push("depth 3 needs two follow-ups".to_owned());
    }
    match kind {
        QuestionKind::Recall if question.accept.is_empty() => {
            found.push("a recall question needs accept".to_owned());
        }
        QuestionKind::Estimate
            if !question.accept.iter().any(|accept| accept.value.is_some() && accept.unit.is_some()) =>
        {
            found.push("an estimate needs accept with value and unit".to_owned());
        }
        QuestionKind::Compare if !has_table(&question.answer) => {
            found.push("a comparison needs a table in its answer, in both languages".to_owned());
        }
        QuestionKind::OutputReading if question.evidence.is_empty() => {
            found.push("an output-reading question needs evidence".to_owned());
        }
        _ => {}
    }
    let runs = question.verify.as_ref().is_some_and(|verify| verify.runner != Runner::None);
    if matches!(kind, QuestionKind::Command | QuestionKind::Estimate) && !runs {
        found.push(format!("a question of kind {} needs a verify block that can be run", kind.name()));
    }
    for accept in &question.accept {
        if accept.text.is_some() == accept.value.is_some() {
            found.push("accept has either text or value".to_owned());
        }
    }

    let longest = match question.depth {
        1 => 60,
        2 => 120,
        3 => 200,
        _ => 260,
    };
    let en = spoken_length(&question.answer.en);
    let zh = spoken_length(&question.answer.zh_tw);
    if en > longest {
        found.push(format!("the answer is {en} words: at most {longest} at depth {}", question.depth));
    }
    // Short answers are mostly names, which are as long in both languages.
    if en >= 25 {
        let ratio = zh as f64 / en as f64;
        if !(1.3..=2.2).contains(&ratio) {
            found.push(format!("the zh-TW answer has {ratio:.2} characters for an English word: 1.3 to 2.2"));
        }
    }
    for term in &question.terms {
        match bank.glossary.iter().find(|known| known.en == *term) {
            None => found.push(format!("'{term}' is not a glossary term")),
            Some(known) => {
                let texts = question_texts(question);
                if !texts.iter().any(|(_, text)| text.zh_tw.contains(&known.tw)) {
                    found.push(format!("the glossary says '{}' for '{term}', which no text uses", known.tw));
                }
            }
        }
    }
    found
}

fn prompt(prompt: &Prompt) -> Vec<String> {
    let mut found = Vec::new();
    if prompt.probes.len() < 3 {
        found.push(format!("{} probes: at least 3", prompt.probes.len()));
    }
    if prompt.red_flags.is_empty() {
        found.push("no red flag".to_owned());
    }
    if prompt.serves.is_empty() {
        found.push("no other principle that the story can serve".to_owned());
    }
    if prompt.serves.iter().any(|other| other == prompt.principle()) {
        found.push("serves names other principles, not its own".to_owned());
    }
    found
}

fn question_texts(question: &Question) -> Vec<(String, &Text)> {
    let mut texts = vec![
        ("prompt".to_owned(), &question.prompt),
        ("answer".to_owned(), &question.answer),
        ("say_it".to_owned(), &question.say_it),
    ];
    for point in &question.key_points {
        texts.push((format!("key point '{}'", point.id), &point.text));
    }
    for (index, mistake) in question.common_mistakes.iter().enumerate() {
        texts.push((format!("mistake {}: claim", index + 1), &mistake.claim));
        texts.push((format!("mistake {}: why", index + 1), &mistake.why));
    }
    for (index, follow_up) in question.follow_ups.iter().enumerate() {
        texts.push((format!("follow-up {}", index + 1), &follow_up.text));
    }
    texts
}

fn prompt_texts(prompt: &Prompt) -> Vec<(String, &Text)> {
    let mut texts = vec![
        ("theme".to_owned(), &prompt.theme),
        ("prompt".to_owned(), &prompt.prompt),
        ("looks_for".to_owned(), &prompt.looks_for),
    ];
    for (index, probe) in prompt.probes.iter().enumerate() {
        texts.push((format!("probe {}", index + 1), probe));
    }
    for (index, flag) in prompt.red_flags.iter().enumerate() {
        texts.push((format!("red flag {}", index + 1), flag));
    }
    texts
}

fn text_rules(text: &Text, bank: &Bank) -> Vec<String> {
    if !is_complete(text) {
        return vec!["empty in one of the languages".to_owned()];
    }
    let mut found = parity(text);
    found.extend(wording(&text.zh_tw, &bank.wording));
    found
}

fn has_table(text: &Text) -> bool {
    let has = |markdown: &str| blocks(markdown).iter().any(|block| matches!(block, Block::Table { .. }));
    has(&text.en) && has(&text.zh_tw)
}

/// Topics with more questions at a depth than the syllabus plans (plus one).
fn over_plan(bank: &Bank) -> Vec<Fault> {
    let mut counts: BTreeMap<(&str, &str, u8), Vec<&Placed<Question>>> = BTreeMap::new();
    for placed in &bank.questions {
        let question = &placed.record;
        counts.entry((question.domain(), question.topic(), question.depth)).or_default().push(placed);
    }
    let mut faults = Vec::new();
    for ((domain, topic, depth), placed) in counts {
        let planned = bank
            .topics
            .iter()
            .find(|known| known.domain == domain && known.id == topic)
            .and_then(|known| known.planned.get(usize::from(depth).wrapping_sub(1)));
        let Some(planned) = planned else { continue };
        if placed.len() > usize::from(*planned) + 1
            && let Some(last) = placed.last()
        {
            faults.push(last.fault(format!(
                "{topic} has {} questions at depth {depth}: {planned} planned, one more at most",
                placed.len()
            )));
        }
    }
    faults
}

fn same_prompts(bank: &Bank) -> Vec<Fault> {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    let mut faults = Vec::new();
    let questions = bank
        .questions
        .iter()
        .map(|placed| (&placed.record.prompt, &placed.record.id, placed.file.as_str(), placed.line));
    let prompts = bank
        .prompts
        .iter()
        .map(|placed| (&placed.record.prompt, &placed.record.id, placed.file.as_str(), placed.line));
    for (prompt, id, file, line) in questions.chain(prompts) {
        for key in [normalised(&prompt.en), normalised(&prompt.zh_tw)] {
            if let Some(first) = seen.insert(key, id.clone())
                && first != *id
            {
                faults.push(Fault {
                    file: file.to_owned(),
                    line,
                    reason: format!("its prompt is the prompt of '{first}'"),
                });
            }
        }
    }
    faults
}
