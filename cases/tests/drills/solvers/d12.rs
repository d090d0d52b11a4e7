//! D12 by real certificates: libcrypto makes and verifies those of every case, the `openssl` program some of them.

use divedeep_cases::drill::Case;
use serde_json::{Value, json};

pub fn check(cases: &[Case]) -> Vec<String> {
    let inputs = cases.iter().map(|case| {
        let evidence: Vec<_> = case.exercise.evidence.iter().map(|evidence| &evidence.text).collect();
        json!({ "level": case.level, "given": case.exercise.given, "evidence": evidence })
    });
    let lines = super::python(include_str!("d12.py"), inputs);
    assert_eq!(lines.len(), cases.len());
    let ids: [&[&str]; 3] =
        [&["fault", "cn", "fix"], &["code", "curl", "fault", "cn"], &["works", "code", "change", "end"]];
    cases
        .iter()
        .zip(lines)
        .flat_map(|(case, line)| {
            let values: Vec<Value> = serde_json::from_str(&line).expect("a list");
            if values.first().and_then(Value::as_str) == Some("fault") {
                let fault = values.get(1).and_then(Value::as_str).unwrap_or_default();
                return vec![format!("D12 level {} seed {}: {fault}", case.level, case.seed)];
            }
            let answers: Vec<(&str, String)> = ids[usize::from(case.level) - 1]
                .iter()
                .zip(&values)
                .map(|(id, value)| {
                    let said = value.as_str().unwrap_or_default();
                    let all: Vec<&str> =
                        value.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
                    let answer = match (case.level, *id) {
                        (1, "fault" | "fix") | (2, "curl") => super::letter_of(case, id, |text| text == said),
                        (2, "fault") => super::letter_of(case, id, |text| text.starts_with(said)),
                        (3, "works") => {
                            super::letter_of(case, id, |text| all.contains(&text.trim_matches('`')))
                        }
                        (3, "change") => super::letter_of(case, id, |text| all.contains(&text)),
                        _ => said.to_owned(),
                    };
                    (*id, answer)
                })
                .collect();
            super::compare(case, &answers)
        })
        .collect()
}
