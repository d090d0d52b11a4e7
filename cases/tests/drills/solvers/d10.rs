//! D10 by a replay of RFC 9293's states over the text of the captures, in Python.

use divedeep_cases::drill::{Answer, Case};
use serde_json::{Map, Value, json};

pub fn check(cases: &[Case]) -> Vec<String> {
    let inputs = cases.iter().map(|case| {
        let evidence: Vec<_> = case.exercise.evidence.iter().map(|evidence| &evidence.text).collect();
        json!({ "level": case.level, "given": case.exercise.given, "evidence": evidence })
    });
    let lines = super::python(include_str!("d10.py"), inputs);
    assert_eq!(lines.len(), cases.len());
    cases
        .iter()
        .zip(lines)
        .flat_map(|(case, line)| {
            let found: Map<String, Value> = serde_json::from_str(&line).expect("an object");
            if let Some(error) = found.get("error").and_then(Value::as_str) {
                return vec![format!("D10 level {} seed {}: {error}", case.level, case.seed)];
            }
            let answers: Vec<(&str, String)> = case
                .exercise
                .asks
                .iter()
                .map(|ask| {
                    let said = found.get(&ask.id).and_then(Value::as_str).unwrap_or_default();
                    let answer = match ask.answer {
                        Answer::Choice { .. } => super::letter_of(case, &ask.id, |text| {
                            text == said || ask.id == "next" && text.contains(said)
                        }),
                        _ => said.to_owned(),
                    };
                    (ask.id.as_str(), answer)
                })
                .collect();
            super::compare(case, &answers)
        })
        .collect()
}
