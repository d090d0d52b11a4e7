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
