//! Every drill agrees with a second solver, written differently and where possible a real program.
//!
//! Here on a sample of seeds; `cargo xtask bench drills` tries ten thousand of each level.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test that cannot go on should stop"
)]

mod solvers;

/// Seeds tried of each level; `DIVEDEEP_DRILL_SEEDS` sets another number.
fn seeds() -> std::ops::Range<u32> {
    let count = std::env::var("DIVEDEEP_DRILL_SEEDS").ok().and_then(|count| count.parse().ok());
    0..count.unwrap_or(150)
}

fn agrees(id: &str) {
    let solver = solvers::ALL.iter().find(|solver| solver.family == id).expect("a second solver");
    let family = divedeep_cases::drill::family(id).expect("a family");
    for level in 1..=family.levels() {
        let cases: Vec<_> =
            seeds().map(|seed| family.case(level, divedeep_cases::cloud::Seed(seed))).collect();
        let faults = solver.faults(&cases);
        assert!(faults.is_empty(), "{id} level {level}: {} faults, first:\n{}", faults.len(), faults[0]);
    }
}

#[test]
fn every_family_has_a_second_solver() {
    let families: Vec<_> = divedeep_cases::drill::FAMILIES.iter().map(|family| family.id).collect();
    let solvers: Vec<_> = solvers::ALL.iter().map(|solver| solver.family).collect();
    assert_eq!(families, solvers);
}

/// Every text of a case in both languages.
fn texts<'a>(value: &'a serde_json::Value, found: &mut Vec<(&'a str, &'a str)>) {
    match value {
        serde_json::Value::Object(fields) => {
            if let (Some(en), Some(zh)) = (fields.get("en"), fields.get("zh-TW")) {
                found.push((en.as_str().expect("words"), zh.as_str().expect("words")));
            }
            fields.values().for_each(|field| texts(field, found));
        }
        serde_json::Value::Array(all) => all.iter().for_each(|one| texts(one, found)),
        _ => {}
    }
}

/// What data/README.md asks of Taiwan's Chinese and a pattern can see; code stands for a letter.
fn slip(zh: &str) -> Option<String> {
    let prose: Vec<char> = zh
        .split('`')
        .enumerate()
        .map(|(at, part)| if at % 2 == 0 { part } else { "x" })
        .collect::<String>()
        .chars()
        .collect();
    let han = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
    let spaced =
        |a: char, b: char| han(a) && b.is_ascii_alphanumeric() || a.is_ascii_alphanumeric() && han(b);
    prose.windows(3).find_map(|letters| match *letters {
        [a, ' ', b] if spaced(a, b) => Some(format!("a typed space between {a} and {b}")),
        [a, b @ (',' | ';' | ':' | '?' | '!'), _] if han(a) => Some(format!("a half-width {b} after {a}")),
        _ => None,
    })
}

#[test]
fn every_text_is_there_in_both_languages_and_written_as_taiwan_writes() {
    let mut faults = std::collections::BTreeMap::new();
    for family in divedeep_cases::drill::FAMILIES {
        for level in 1..=family.levels() {
            for seed in 0..40 {
                let case = family.case(level, divedeep_cases::cloud::Seed(seed));
                let said = serde_json::to_value(&case).expect("JSON");
                let mut found = Vec::new();
                texts(&said, &mut found);
                assert!(!found.is_empty());
                for (en, zh) in found {
                    let name = format!("{} level {level} seed {seed}", family.id);
                    assert!(!en.trim().is_empty() && !zh.trim().is_empty(), "{name}: '{en}' '{zh}'");
                    if let Some(slip) = slip(zh) {
                        faults.entry(format!("{} level {level}: {slip}", family.id)).or_insert(zh.to_owned());
                    }
                }
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

macro_rules! agree {
    ($($name:ident $id:literal)*) => {
        $(#[test]
        fn $name() {
            agrees($id);
        })*
    };
}

agree! {
    d01_subnets "D01"
    d02_routes "D02"
    d03_reachability "D03"
    d04_flow_logs "D04"
    d05_iam_evaluation "D05"
    d06_s3_access "D06"
    d07_permissions "D07"
    d08_bottleneck "D08"
    d09_exit_codes "D09"
    d10_tcp_trace "D10"
    d11_dns_chain "D11"
    d12_tls_chain "D12"
    d13_http_triage "D13"
    d14_sql_anomalies "D14"
    d15_index_choice "D15"
    d16_replication_lag "D16"
    d17_hdfs_yarn "D17"
    d18_spark "D18"
    d19_schedules "D19"
    d20_text_tools "D20"
    d21_logs_insights "D21"
    d22_burst_arithmetic "D22"
}
