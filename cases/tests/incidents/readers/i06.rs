//! I06: a service that runs out of file descriptors after two days.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use divedeep_cases::incident::{Series, View};

use super::{Faults, all, first};

fn count(text: String) -> u64 {
    text.parse().unwrap_or(0)
}

pub fn finding(check: &str, text: &str, series: &[Series]) -> String {
    let found = match check {
        "app-log" if text.contains("too many open files in system") => "too-many-in-system",
        "app-log" if text.contains("accept4: too many open files;") => "too-many-open-files",
        "app-log" if text.contains("i/o timeout") => "upstream-timeouts",
        "app-log" => "nothing-more",
        "limits" => match first(r"Max open files +(\d+) ", text).as_str() {
            "65536" => "limit-65536",
            "2048" => "limit-2048",
            other => panic!("{other}"),
        },
        "fd-history" => {
            let open: Vec<f64> =
                all(r"(?m)Z \d+ (\d+)$", text).iter().map(|one| one.parse().expect("a count")).collect();
            assert_eq!(open, series[0].points, "plot and text");
            let steps: Vec<f64> = open.windows(2).map(|pair| pair[1] - pair[0]).collect();
            if steps.iter().all(|step| *step > 1000.0) {
                let even = steps.iter().all(|step| (step - steps[0]).abs() < 3.0);
                assert!(even, "a leak at an even rate: {steps:?}");
                "straight-line"
            } else {
                "level"
            }
        }
        "fd-types" => {
            let of = |kind: &str| count(first(&format!(r"(?m)^ *(\d+) {kind}$"), text));
            match (of("IPv4") > 20_000, of("REG") > 20_000) {
                (true, false) => "sockets",
                (false, true) => "files",
                (false, false) => "few",
                other => panic!("{other:?}"),
            }
        }
        "socket-states" => match count(first(r"(?m)^ *(\d+) CLOSE-WAIT$", text)) {
            0 => "few",
            // What a listener's queue may hold.
            1..=5_000 => "as-many-as-are-queued",
            _ => "close-wait",
        },
        "close-wait-peers" => {
            let counts: Vec<u64> = all(r"(?m)^ *(\d+) 10\.", text).into_iter().map(count).collect();
            assert!(counts.iter().is_sorted_by(|a, b| a >= b), "{text}");
            match (counts.len(), counts.iter().sum::<u64>()) {
                (0, 0) => "none",
                (3, 20_000..) => "tens-of-thousands",
                (3, 1..500) => "a-few",
                other => panic!("{other:?}"),
            }
        }
        "who-is" if text.contains("\"proxy service\"") => "proxy-in-front",
        "who-is" => {
            let peers = all(r#""PrivateIpAddress": "(\S+)""#, text);
            let resolved = text.split("dig +short").nth(1).expect("dig");
            assert_eq!(all(r"(?m)^(10\.\S+)$", resolved)[..3], peers);
            "upstream"
        }
        "file-nr" => {
            let numbers = all(r"(?m)^(\d+)\t0\t\d+$", text);
            let most = count(first(r"(?m)^\d+\t0\t(\d+)$", text));
            if count(numbers[0].clone()) >= most { "system-full" } else { "room-in-system" }
        }
        "listen-queue" => {
            let waiting = count(first(r"LISTEN (\d+) ", text));
            let backlog = count(first(r"LISTEN \d+ +(\d+) ", text));
            if waiting > backlog { "accept-queue-full" } else { "accept-queue-empty" }
        }
        "upstream-test" if all(r"(?m)^(200) ", text).len() == 3 => "answers",
        "upstream-test" if text.contains("timed out") => "no-answer",
        "release" => {
            let removed = first(r"(?m)^-\t(.*)$", text);
            let added = all(r"(?m)^\+\t(.*)$", text).join("\n");
            let lines = |signs: &[char]| {
                let hunk = text.split("@@").nth(2).expect("a hunk").lines().skip(1);
                hunk.filter(|line| line.starts_with(signs)).count().to_string()
            };
            assert_eq!(first(r"@@ -\d+,(\d+) ", text), lines(&[' ', '-']), "the hunk's old lines");
            assert_eq!(first(r"@@ -\d+,\d+ \+\d+,(\d+) ", text), lines(&[' ', '+']), "the hunk's new lines");
            if removed.contains("conn.Close") {
                "client-not-closed"
            } else if removed.contains("f.Close") {
                "file-not-closed"
            } else if added.contains("return Result{}")
                && text.find("return Result{}, ErrUnknown") < text.find("resp.Body.Close")
            {
                "response-not-closed"
            } else {
                "texts-only"
            }
        }
        other => panic!("unknown check {other}"),
    };
    found.to_owned()
}

pub fn contradictions(texts: &BTreeMap<&str, String>, _: &BTreeMap<String, View>) -> Vec<String> {
    let mut faults = Faults::default();
    let limit = count(first(r"Max open files +(\d+) ", &texts["limits"]));
    let open = count(first(r"wc -l\n(\d+)\n", &texts["limits"]));
    let full = texts["app-log"].contains("accept4: too many open files;");
    faults.expect(full == (open == limit), "EMFILE without a full table, or the other way round");
    let types: u64 = all(r"(?m)^ *(\d+) \S+$", &texts["fd-types"]).into_iter().map(count).sum();
    faults.expect(types == open, "lsof and /proc count differently");
    let waiting = count(first(r"(?m)^ *(\d+) CLOSE-WAIT$", &texts["socket-states"]));
    let peers: u64 = all(r"(?m)^ *(\d+) 10\.", &texts["close-wait-peers"]).into_iter().map(count).sum();
    // Connections that nobody accepted are no process's, and those who made them have given up.
    let queued = count(first(r"LISTEN (\d+) ", &texts["listen-queue"]));
    faults.expect(waiting == peers + queued, "two counts of CLOSE-WAIT");
    let sockets = count(first(r"(?m)^ *(\d+) IPv4$", &texts["fd-types"]));
    let held: u64 = ["LISTEN", "ESTAB", "CLOSE-WAIT"]
        .iter()
        .map(|state| count(first(&format!(r"(?m)^ *(\d+) {state}$"), &texts["socket-states"])))
        .sum();
    faults.expect(
        held == sockets + queued + 2,
        "the service's sockets, the queue's, one listener and one login",
    );
    let mut peers = all(r"(?m)^ *\d+ (10\.\S+)$", &texts["close-wait-peers"]);
    let mut asked: Vec<String> =
        first(r"ip-address,Values=(\S+) ", &texts["who-is"]).split(',').map(str::to_owned).collect();
    peers.sort();
    asked.sort();
    faults.expect(peers.is_empty() || peers == asked, "asked for other addresses");
    let each = all(r"(?m)^ *(\d+) 10\.", &texts["close-wait-peers"]).into_iter().map(count);
    faults.expect(each.max().unwrap_or(0) <= 28_232, "more connections to an address than there are ports");
    let pid = first(r"/proc/(\d+)/limits", &texts["limits"]);
    for check in ["fd-types", "close-wait-peers", "fd-history"] {
        faults.expect(texts[check].contains(&pid), "another process");
    }
    let system = count(first(r"(?m)^(\d+)\t0\t", &texts["file-nr"]));
    faults.expect(system >= open, "the system has fewer open files than one process");

    let time = |text: &str| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S").expect("a time");
    let rows: Vec<(NaiveDateTime, u64)> = all(r"(?m)^(\S+)Z \d+ \d+$", &texts["fd-history"])
        .iter()
        .map(|one| time(one))
        .zip(all(r"(?m)Z \d+ (\d+)$", &texts["fd-history"]).into_iter().map(count))
        .collect();
    faults.expect(
        rows.windows(2).all(|pair| pair[1].0 - pair[0].0 == chrono::TimeDelta::hours(1)),
        "an hour is missing",
    );
    faults.expect(rows.iter().all(|row| row.1 < limit), "more open than allowed");
    // The line meets the limit when the log says so.
    let (begin, end) = (rows[0], rows[rows.len() - 1]);
    if end.1 > begin.1 * 5 {
        let a_minute = (end.1 - begin.1) as f64 / (end.0 - begin.0).num_minutes() as f64;
        let minutes = (limit - end.1) as f64 / a_minute;
        let error = first(r"(?m)^(\S+ \S+) http: Accept error", &texts["app-log"])
            .replace('/', "-")
            .replace(' ', "T");
        let off = (time(&error) - end.0).num_seconds() as f64 - minutes * 60.0;
        faults.expect(off.abs() < 30.0, "the line does not meet the limit at the first error");
    }
    let waits = all(r"(?m)retrying in (\S+)$", &texts["app-log"]);
    faults.expect(waits.is_empty() || waits[0] == "5ms", "the server's first wait is 5 ms");
    let upstream = first(r"https://(\S+)/healthz", &texts["upstream-test"]);
    faults.expect(texts["who-is"].contains(&format!("dig +short {upstream}\n")), "another upstream");
    let closed = texts["release"].contains("client.go");
    faults.expect(
        !closed
            || texts["release"].contains(&format!("{}/client.go", upstream.trim_end_matches(".internal"))),
        "the release changed another client",
    );
    faults.found
}
