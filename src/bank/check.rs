//! The quality rules an author is held to (syllabus sections 3 and 7). Reading a bank does not need them.

use std::collections::{BTreeMap, BTreeSet};

use super::language::{is_complete, normalised, parity, spoken_length, wording};
use super::{Bank, evidence, plan, reviews};
use crate::error::Fault;
use crate::model::{
    Action, Aim, Block, Incident, Prompt, Question, QuestionKind, Runner, Text, UpdatePart, blocks,
};

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
        for (field, text) in placed.record.texts() {
            found.extend(text_rules(text, bank).into_iter().map(|rule| format!("{field}: {rule}")));
        }
        faults.extend(found.into_iter().map(|reason| placed.fault(reason)));
    }
    for placed in &bank.prompts {
        let mut found = prompt(&placed.record);
        for (field, text) in placed.record.texts() {
            found.extend(text_rules(text, bank).into_iter().map(|rule| format!("{field}: {rule}")));
        }
        faults.extend(found.into_iter().map(|reason| placed.fault(reason)));
    }
    for placed in &bank.principles {
        for (field, text) in placed.record.texts() {
            let rules = text_rules(text, bank).into_iter();
            faults.extend(rules.map(|rule| placed.fault(format!("{field}: {rule}"))));
        }
    }
    for placed in &bank.drills {
        for (field, text) in placed.record.texts() {
            let rules = text_rules(text, bank).into_iter();
            faults.extend(rules.map(|rule| placed.fault(format!("{field}: {rule}"))));
        }
    }
    for placed in &bank.incidents {
        let mut found = incident(&placed.record);
        for (field, text) in placed.record.texts() {
            found.extend(text_rules(text, bank).into_iter().map(|rule| format!("{field}: {rule}")));
        }
        faults.extend(found.into_iter().map(|reason| placed.fault(reason)));
    }
    faults.extend(common_probes(bank));
    faults.extend(same_prompts(bank));
    faults.extend(similar_prompts(bank));
    faults.extend(plan::check(bank));
    faults.extend(reviews::check(bank));
    faults
}

/// Each probe for every story goes for a dimension of the rubric.
fn common_probes(bank: &Bank) -> Vec<Fault> {
    let fault = |reason| Fault { file: "principles/common.toml".to_owned(), line: 1, reason };
    let mut faults = Vec::new();
    let (probes, about) = (bank.common_probes.len(), bank.common_probes_about.len());
    if probes != about {
        faults.push(fault(format!("{probes} probes, but {about} dimensions in probes_about")));
    }
    let unknown = |id: &&String| !bank.rubric.iter().any(|dimension| dimension.id == **id);
    let unknown = bank.common_probes_about.iter().filter(unknown);
    faults.extend(unknown.map(|id| fault(format!("probes_about: '{id}' is no dimension of the rubric"))));
    faults
}

/// What an incident needs to be played fairly (syllabus section 4). That its world fits is proved by the program's tests.
fn incident(incident: &Incident) -> Vec<String> {
    let mut found = Vec::new();
    let causes: BTreeSet<&str> = incident.hypotheses.iter().map(|one| one.id.as_str()).collect();
    let distinct = |ids: Vec<&str>| ids.iter().collect::<BTreeSet<_>>().len() == ids.len();
    let lists = [
        ("hypothesis", incident.hypotheses.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), 4..=9),
        ("check", incident.checks.iter().map(|one| one.id.as_str()).collect(), 6..=14),
        ("action", incident.actions.iter().map(|one| one.id.as_str()).collect(), 4..=12),
    ];
    for (what, ids, usual) in lists {
        if !usual.contains(&ids.len()) {
            found.push(format!("{} of {what}: {} to {}", ids.len(), usual.start(), usual.end()));
        }
        if !distinct(ids) {
            found.push(format!("a {what} stands twice"));
        }
    }
    for action in &incident.actions {
        if let Some(unknown) = action.helps.iter().find(|cause| !causes.contains(cause.as_str())) {
            found.push(format!("action '{}' helps against '{unknown}', which is no hypothesis", action.id));
        }
        if action.minutes == 0 {
            found.push(format!("action '{}' takes no time", action.id));
        }
    }
    let played = incident.hypotheses.iter().enumerate().filter(|(place, one)| *place == 0 || one.variant);
    for (_, cause) in played {
        let restores = |action: &&Action| action.aim == Aim::Restore && action.helps.contains(&cause.id);
        if !incident.actions.iter().any(|action| restores(&action)) {
            found.push(format!("nothing restores the customer with cause '{}'", cause.id));
        }
    }
    if !incident.actions.iter().any(|action| action.harm) {
        found.push("no action does harm".to_owned());
    }
    if let Some(free) = incident.checks.iter().find(|check| !(1..=30).contains(&check.minutes)) {
        found.push(format!("check '{}' takes {} minutes: 1 to 30", free.id, free.minutes));
    }
    let parts: Vec<UpdatePart> = incident.update.iter().map(|point| point.id).collect();
    if parts != [UpdatePart::Impact, UpdatePart::Known, UpdatePart::NextStep, UpdatePart::NextTime] {
        found.push("an update has impact, known, next-step and next-time, in this order".to_owned());
    }
    if !incident.notes.is_empty() && incident.notes.iter().filter(|note| note.wrong.is_some()).count() != 1 {
        found.push("exactly one note of an escalation is wrong".to_owned());
    }
    if incident.prevention.is_empty() || incident.runbook.len() < 3 || incident.refs.is_empty() {
        found.push("prevention, a runbook of three lines and a source are needed".to_owned());
    }
    found
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
                let texts = question.texts();
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

/// Prompts of one topic that share most of their letters in threes (Jaccard 0.6): somebody should look at them.
fn similar_prompts(bank: &Bank) -> Vec<Fault> {
    let threes = |text: &str| -> BTreeSet<String> {
        let letters: Vec<char> = normalised(text).chars().collect();
        letters.windows(3).map(|three| three.iter().collect()).collect()
    };
    let mut by_topic: BTreeMap<(&str, &str), Vec<_>> = BTreeMap::new();
    for placed in &bank.questions {
        let question = &placed.record;
        let others = by_topic.entry((question.domain(), question.topic())).or_default();
        others.push((placed, threes(&question.prompt.en)));
    }
    let mut faults = Vec::new();
    for questions in by_topic.values() {
        for (index, (placed, own)) in questions.iter().enumerate() {
            for (earlier, other) in questions.iter().take(index) {
                let shared = own.intersection(other).count() as f64;
                let all = (own.len() + other.len()) as f64 - shared;
                if shared / all.max(1.0) >= 0.6 {
                    faults.push(
                        placed.fault(format!("its prompt is close to that of '{}'", earlier.record.id)),
                    );
                }
            }
        }
    }
    faults
}
