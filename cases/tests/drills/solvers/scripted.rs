//! Second solvers that are one Python program: it reads a case as JSON (`level`, `given`, `evidence` texts, `options` by
//! ask) and prints its answers as a JSON list of pairs, name and what is typed.

use divedeep_cases::drill::{Answer, Case};
use serde_json::{Value, json};

pub fn check(script: &str, cases: &[Case]) -> Vec<String> {
    let inputs = cases.iter().map(|case| {
        let exercise = &case.exercise;
        let evidence: Vec<&str> = exercise.evidence.iter().map(|evidence| evidence.text.as_str()).collect();
        let mut options = serde_json::Map::new();
        for ask in &exercise.asks {
            if let Answer::Choice { options: list, .. } | Answer::Several { options: list, .. } = &ask.answer {
                let texts: Vec<&str> = list.iter().map(|option| option.text.en.as_str()).collect();
                options.insert(ask.id.clone(), json!(texts));
            }
        }
        json!({
            "level": case.level, "seed": case.seed.0, "given": exercise.given, "evidence": evidence, "options": options,
        })
    });
    let lines = super::python(&format!("{COMMON}\n{script}\n{RUN}"), inputs);
    assert_eq!(lines.len(), cases.len());
    let solve = |(case, line): (&Case, String)| {
        let pairs: Vec<(String, Value)> = serde_json::from_str(&line).expect("pairs");
        let typed = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let answers: Vec<(&str, String)> =
            pairs.iter().map(|(id, value)| (id.as_str(), typed(value))).collect();
        super::compare(case, &answers)
    };
    cases.iter().zip(lines).flat_map(solve).collect()
}

const COMMON: &str = r#"
import json, math, re, sys

def letters(case, ask, holds):
    """Letters of the options that hold, as they are typed."""
    return ' '.join(chr(97 + i) for i, text in enumerate(case['options'][ask]) if holds(text))

def properties(text):
    return dict(re.findall(r'<name>(.*?)</name>\s*<value>(.*?)</value>', text))
"#;

const RUN: &str = r#"
for line in sys.stdin:
    print(json.dumps(solve(json.loads(line))))
"#;
