//! I09: a replica that is minutes behind.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use divedeep_cases::incident::{Series, View};

use super::{Faults, all, first};

fn number(pattern: &str, text: &str) -> f64 {
    let found = first(pattern, text);
    found.parse().unwrap_or_else(|_| panic!("{pattern}: {found:?} in\n{text}"))
}

fn time(text: &str) -> NaiveDateTime {
    let text = text.trim_end_matches('Z').replace('T', " ");
    NaiveDateTime::parse_from_str(&text, "%Y-%m-%d %H:%M:%S").unwrap_or_else(|_| panic!("{text:?}"))
}

fn field(name: &str, text: &str) -> String {
    first(&format!(r"(?m)^\s*{name}: ?(.*)$"), text)
}

/// Newest row and the clock beside it, of the primary and of the replica.
fn newest(text: &str) -> Vec<(NaiveDateTime, NaiveDateTime)> {
    let newest = all(r"\| (\d{4}-\S+ \S+) \| \d{4}-\S+ \S+ \|", text);
    let clocks = all(r"\| \d{4}-\S+ \S+ \| (\d{4}-\S+ \S+) \|", text);
    newest.iter().zip(&clocks).map(|(newest, clock)| (time(newest), time(clock))).collect()
}

fn calls(text: &str) -> Vec<serde_json::Value> {
    text.lines()
        .filter(|line| line.starts_with('{'))
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

fn last(points: &[f64]) -> f64 {
    points[points.len() - 1]
}

fn median(points: &[f64]) -> f64 {
    let mut sorted = points.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

pub fn finding(check: &str, text: &str, series: &[Series]) -> String {
    let found = match check {
        "trace" => {
            let lists: Vec<_> =
                calls(text).into_iter().filter(|call| call["call"] == "GET /orders").collect();
            let seen: Vec<bool> = lists.iter().map(|call| call["has_order"] == true).collect();
            let cached = lists[1]["cache"]["hit"] == true;
            assert_eq!(lists[0]["db"], "primary");
            match (seen[0], seen[1], cached) {
                (true, false, true) => "missing-from-the-cache",
                (true, false, false) => "missing-on-the-replica",
                (false, false, _) => "missing-on-both",
                other => panic!("{other:?}"),
            }
        }
        "rows" => {
            let (primary, replica) = text.split_at(text.rfind("# ").expect("two hosts"));
            match (primary.contains("Empty set"), replica.contains("Empty set")) {
                (false, true) => "on-the-primary-only",
                (false, false) => "on-both",
                (true, true) => "on-neither",
                (true, false) => panic!("{text}"),
            }
        }
        "lag" => {
            let points = &series[0].points;
            let slope = (last(points) - points[points.len() - 5]) / 240.0;
            match last(points) {
                -1.0 => "not-replicating",
                lag if lag < 2.0 => "near-zero",
                _ if slope > 0.95 => "a-second-each-second",
                _ if slope > 0.1 => "climbs-slowly",
                _ => panic!("{points:?}"),
            }
        }
        "replica-status" => {
            let state = field("Replica_SQL_Running_State", text);
            if field("Replica_SQL_Running", text) == "No" {
                assert_eq!(field("Last_SQL_Errno", text), "1062");
                assert_eq!(field("Seconds_Behind_Source", text), "NULL");
                "stopped-by-an-error"
            } else if state.contains("metadata lock") {
                "waits-for-a-lock"
            } else if state.starts_with("Applying batch of row changes") {
                "applying-rows"
            } else if state.starts_with("Replica has read all relay log") {
                "has-applied-all"
            } else {
                panic!("{state}")
            }
        }
        "replica-sessions" if text.contains("Waiting for table metadata lock") => "waits-behind-a-report",
        "replica-sessions" => "nothing-waits",
        "rates" => {
            let (primary, replica) = (&series[0].points, &series[1].points);
            if primary.iter().any(|rate| *rate > 10.0 * primary[0]) {
                "one-large-change"
            } else if last(replica) == 0.0 {
                "nothing-applied"
            } else if last(replica) < 0.8 * median(primary) {
                "slower-than-the-primary"
            } else {
                "keeps-up"
            }
        }
        "replica-metrics" => {
            let limit = number(r"(\d+) IOPS provisioned", text);
            let sum = last(&series[0].points) + last(&series[1].points);
            if sum >= limit * 0.98 && last(&series[2].points) > 10.0 {
                "disk-at-its-limit"
            } else {
                assert!(sum < limit * 0.9);
                "room-left"
            }
        }
        "job-log" if text.contains("rows affected") => "one-transaction",
        "job-log" if text.contains("batches of") => "small-batches",
        "cache" => {
            if number(r"\(integer\) (\d+)", text) > 60.0 {
                "kept-for-long"
            } else {
                "kept-for-seconds"
            }
        }
        "routing" => {
            assert!(!first(r"reads: (\S+-replica1)", text).is_empty());
            if text.contains("orders_list: 3600s") {
                "reads-from-a-cache-of-an-hour"
            } else {
                "reads-from-the-replica"
            }
        }
        other => panic!("unknown check {other}: {text}"),
    };
    found.to_owned()
}

pub fn contradictions(texts: &BTreeMap<&str, String>, views: &BTreeMap<String, View>) -> Vec<String> {
    let mut faults = Faults::default();
    let newest = newest(&texts["rows"]);
    let now = newest[0].1;
    faults.expect(newest[1].1 == now, "the two hosts were asked at different times");
    faults.expect((now - newest[0].0).num_seconds() < 5, "the primary itself has no new orders");
    let stale = (now - newest[1].0).num_seconds() as f64;
    let status = &texts["replica-status"];
    faults.expect(
        status.contains(&now.format("%Y-%m-%d %H:%M:%S").to_string()),
        "the status is of another time",
    );
    // Lag: the metric, the status and the process list say the same.
    let points = &views["lag"].series[0].points;
    let start = time(&views["lag"].series[0].start);
    let since = (now - start).num_seconds() as f64 - 60.0 * (points.len() - 1) as f64;
    faults.expect((0.0..60.0).contains(&since), "the graph does not end now");
    let behind = field("Seconds_Behind_Source", status);
    let running = field("Replica_SQL_Running", status) == "Yes";
    faults.expect(running != (behind == "NULL"), "a stopped replica has no Seconds_Behind_Source");
    faults.expect((last(points) == -1.0) != running, "RDS gives -1 while it is not replicating");
    if running {
        let behind: f64 = behind.parse().unwrap_or(-9.0);
        let slope = (last(points) - points[points.len() - 2]) / 60.0;
        faults
            .expect((behind - last(points) - slope * since).abs() < 2.0, "the metric and the status differ");
        let thread = number(r"\|\s+6 \| system user \| Query\s+\|\s+(\d+) \|", &texts["replica-sessions"]);
        faults.expect(thread == behind, "the SQL thread's time is not its lag");
        let state = field("Replica_SQL_Running_State", status);
        faults.expect(texts["replica-sessions"].contains(&state), "the SQL thread has two states");
        // A long statement is dated by its beginning: lag is the staleness and how long it took.
        let job = &texts["job-log"];
        if job.contains("rows affected") {
            let took = number(r"\((\d+) min", job) * 60.0 + number(r"min (\d+)\.", job);
            faults.expect(
                (behind - stale - took).abs() < 2.0,
                "lag is not staleness plus the statement's time",
            );
            let begun = time(&first(r"(?m)^(\S+ \S+) retention: DELETE", job));
            faults.expect(
                ((now - begun).num_seconds() as f64 - behind).abs() < 2.0,
                "lag does not reach back to the job",
            );
            let ended = time(&first(r"(?m)^(\S+ \S+) retention: Query OK", job));
            faults.expect(
                (ended - newest[1].0).num_seconds().abs() < 2,
                "the replica stands elsewhere than at the commit",
            );
            // Rows a second times seconds is the number of rows.
            let rows = number(r"Query OK, (\d+) rows", job);
            let usual = median(&views["rates"].series[0].points[..20]);
            let most = views["rates"].series[0].points.iter().copied().fold(0.0, f64::max);
            faults.expect(
                ((most - usual) * took / rows - 1.0).abs() < 0.02,
                "rate and time do not give the rows",
            );
            // It is still applying: rate times staleness is less than the rows.
            let applied = last(&views["rates"].series[1].points);
            faults.expect(applied * stale < rows, "the delete should have been applied by now");
            faults.expect(
                number(r"Relay_Log_Space: (\d+)", status) > 10.0 * rows,
                "the relay log is too small for it",
            );
        } else {
            faults.expect((behind - stale).abs() < 2.0, "lag and staleness differ");
        }
    }
    // The backlog in bytes is nothing only where nothing is missing.
    let read = number(r"Read_Source_Log_Pos: (\d+)", status);
    let executed = number(r"Exec_Source_Log_Pos: (\d+)", status);
    let same = field("Source_Log_File", status) == field("Relay_Source_Log_File", status);
    faults.expect((same && read == executed) == (stale < 5.0), "positions and staleness differ");
    if same {
        let space = number(r"Relay_Log_Space: (\d+)", status);
        faults
            .expect((space - (read - executed)).abs() < 2000.0, "the relay log is not what is left to apply");
    }
    // The order: created when both say, missing where it is younger than the replica's newest.
    let calls = calls(&texts["trace"]);
    let created = time(calls[0]["at"].as_str().unwrap_or_default());
    let on_replica = !texts["rows"][texts["rows"].rfind("# ").unwrap_or(0)..].contains("Empty set");
    let on_primary = !texts["rows"][..texts["rows"].rfind("# ").unwrap_or(0)].contains("Empty set");
    faults.expect(on_replica == (on_primary && created <= newest[1].0), "the order is where it cannot be");
    faults.expect(
        !on_primary || texts["rows"].contains(&created.format("%Y-%m-%d %H:%M:%S").to_string()),
        "the order was created at two times",
    );
    let order = calls[0]["order"].to_string();
    faults.expect(texts["rows"].contains(&format!("WHERE id = {order};")), "another order was looked for");
    for call in &calls[1..] {
        let at = time(call["at"].as_str().unwrap_or_default());
        let sticky = (at - created).num_seconds() < 60;
        faults.expect(sticky == (call["db"] == "primary"), "reads go elsewhere than the routing says");
        let there = call["has_order"] == true;
        let until = time(call["until"].as_str().unwrap_or_default());
        faults.expect(!there || until >= created, "a filter shows what it excludes");
        if call["db"] == "replica" && until >= created && on_primary {
            faults.expect(there == (stale < 5.0), "the replica shows what it does not have");
        }
        let hit = call["cache"]["hit"] == true;
        faults.expect(
            !hit || texts["routing"].contains("orders_list: 3600s"),
            "a list older than the cache keeps it",
        );
    }
    // Cache: time to live and the age at the last read.
    if let Some(age) = calls[3]["cache"]["age_s"].as_f64() {
        let at = time(calls[3]["at"].as_str().unwrap_or_default());
        let ttl = number(r"\(integer\) (\d+)", &texts["cache"]);
        faults.expect(
            (age + (now - at).num_seconds() as f64 + ttl - 3600.0).abs() < 2.0,
            "age and time to live are not an hour",
        );
    }
    // The report is older than the lock it holds.
    let report = number(r"\|\s+41207 \| \w+\s+\| Query\s+\|\s+(\d+) \|", &texts["replica-sessions"]);
    faults.expect(report > stale, "the report is younger than the lag it would explain");
    for check in ["lag", "rates", "replica-metrics"] {
        let lines: Vec<Vec<f64>> = texts[check]
            .lines()
            .skip(2)
            .map(|line| line.split_whitespace().skip(1).map(|cell| cell.parse().expect("a number")).collect())
            .collect();
        let all: Vec<Vec<f64>> = (0..views[check].series[0].points.len())
            .step_by(3)
            .map(|index| views[check].series.iter().map(|one| one.points[index]).collect())
            .collect();
        faults.expect(lines == all, "a graph and its table differ");
    }
    faults.found
}
