//! I03: more connections wanted than the database allows.

use std::collections::BTreeMap;

use divedeep_cases::incident::{Series, View};

use super::{Faults, all, first};

fn number(pattern: &str, text: &str) -> f64 {
    let found = first(pattern, text);
    found.parse().unwrap_or_else(|_| panic!("{pattern}: {found:?} in\n{text}"))
}

fn points<'a>(series: &'a [Series], name: &str) -> &'a [f64] {
    &series.iter().find(|one| one.name == name).unwrap_or_else(|| panic!("no {name}")).points
}

/// Rows of the mysql client's tables, without heads.
fn rows(text: &str) -> Vec<Vec<String>> {
    let mut lines = 0;
    let mut rows = Vec::new();
    for line in text.lines() {
        if line.starts_with("+-") {
            lines += 1;
        } else if line.starts_with("| ") && lines % 3 == 2 {
            rows.push(line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect());
        }
    }
    rows
}

fn status(text: &str, name: &str) -> Vec<f64> {
    let found = rows(text).into_iter().filter(|row| row[0] == name);
    found.map(|row| row[1].parse().expect("a number")).collect()
}

pub fn finding(check: &str, text: &str, series: &[Series]) -> String {
    let found = match check {
        "balancer-metrics" => {
            let failed = points(series, "HTTPCode_Target_5XX_Count");
            let (seconds, last) = (points(series, "TargetResponseTime"), failed.len() - 1);
            assert!(failed[last] > 0.0 && failed[0] == 0.0);
            assert!(points(series, "HTTPCode_ELB_5XX_Count").iter().all(|count| *count == 0.0));
            if seconds[last] < 1.0 { "fails-at-once" } else { "fails-after-waiting" }
        }
        "app-log" if text.contains("Error 1040: Too many connections") => "refused-1040",
        "app-log" if text.contains("context deadline exceeded") => "waits-for-its-pool",
        "retries" => {
            let value: serde_json::Value =
                serde_json::from_str(&text[text.find("\n{").expect("JSON")..]).expect("JSON");
            let tries: Vec<_> = value["results"].as_array().expect("rows").clone();
            let of = |row: &serde_json::Value, field: &str| {
                let cells = row.as_array().expect("cells").iter();
                cells.clone().find(|cell| cell["field"] == field).map(|cell| cell["value"].clone())
            };
            let same = tries.iter().all(|row| of(row, "tries") == of(&tries[0], "tries"));
            match (tries.len(), same, of(&tries[0], "pause")) {
                (3, true, Some(pause)) if pause == "0" => "three-tries-without-a-pause",
                (1, _, None) => "one-try-each",
                other => panic!("{other:?}"),
            }
        }
        "pools" => {
            let [open, busy, served] = ["open", "in_use", "served"].map(|name| {
                let found = all(&format!(r#""{name}":([\d.]+)"#), text);
                found.iter().map(|value| value.parse::<f64>().expect("a number")).collect::<Vec<_>>()
            });
            assert_eq!(open.len(), 2);
            if open[1] == 0.0 && open[0] > busy[0] {
                "some-have-none"
            } else if open == busy && served.iter().all(|served| *served == 0.0) {
                "in-use-and-nothing-served"
            } else if open == busy {
                "all-in-use"
            } else {
                panic!("{text}")
            }
        }
        "fleet" => {
            let [most, wanted, serving] = [2, 3, 4].map(|column| {
                let skip = r"\d+\t".repeat(column - 1);
                number(&format!(r"(?m)^{skip}(\d+)(?:\t|$)"), text)
            });
            assert_eq!(most, wanted);
            match (serving < wanted, text.contains("Launching EC2 instance failed")) {
                (true, true) => "launches-fail",
                (false, false) => "grew-as-asked",
                other => panic!("{other:?}"),
            }
        }
        "database-metrics" => {
            let (cpu, sent) = (points(series, "CPUUtilization"), points(series, "NetworkTransmitThroughput"));
            // Ten points that hardly move while requests do not fall.
            let tail = &sent[sent.len() - 10..];
            let flat = tail.iter().all(|point| (point / tail[0] - 1.0).abs() < 0.02);
            if cpu[cpu.len() - 1] > 95.0 {
                "cpu-full"
            } else if flat && tail[0] > 6e8 {
                "network-full"
            } else {
                "neither-full"
            }
        }
        "database-status" => {
            let refused = status(text, "Connection_errors_max_connections");
            let (connected, running) = (status(text, "Threads_connected"), status(text, "Threads_running"));
            if refused[1] > refused[0] {
                "refuses-connections"
            } else if running[1] > connected[1] / 2.0 {
                "most-are-running"
            } else {
                "few-are-running"
            }
        }
        "sessions" => {
            let rows = rows(text);
            let sum = |rows: &[&Vec<String>], column: usize| {
                rows.iter().map(|row| row[column].parse::<f64>().expect("a number")).sum::<f64>()
            };
            let (app, other): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row[0].ends_with("_app"));
            if sum(&other, 2) > 100.0 {
                "another-client-holds-many"
            } else if sum(&app, 3) < sum(&app, 2) / 2.0 {
                "the-app-alone-running"
            } else {
                "the-app-alone-asleep"
            }
        }
        "limit" => {
            let limit = number(r"max_connections\t(\d+)", text);
            let most = status(&text.replace("_time", "-"), "Max_used_connections")[0];
            let updated = text.contains("Updated parameter max_connections");
            assert_eq!(updated, most > limit, "more than the limit were in use only before it was lowered");
            if most > limit { "was-higher" } else { "not-changed" }
        }
        "lock-waits" => {
            let waiting = rows(text).iter().map(|row| row[2].parse::<u32>().expect("a number")).sum::<u32>();
            if waiting > 100 {
                "hundreds-wait-for-rows"
            } else {
                assert!(text.contains("Empty set"));
                "nobody-waits"
            }
        }
        "settings" if text.contains("pause: 0s") && text.contains("warm_up: true") => {
            assert_eq!(first(r"max_open: (\d+)", text), first(r"max_idle: (\d+)", text));
            "fixed-pool-no-pause"
        }
        "changes" if text.contains(r#""max_connections""#) => "limit-set",
        "changes" if text.contains(r#""maxSize":40"#) => "fleet-may-be-larger",
        "changes" => "nothing-of-note",
        other => panic!("unknown check {other}: {text}"),
    };
    found.to_owned()
}

pub fn contradictions(texts: &BTreeMap<&str, String>, views: &BTreeMap<String, View>) -> Vec<String> {
    let mut faults = Faults::default();
    let balancer = &views["balancer-metrics"].series;
    let database = &views["database-metrics"].series;
    let failed = points(balancer, "HTTPCode_Target_5XX_Count");
    let requests = points(balancer, "RequestCount");
    let healthy = points(balancer, "HealthyHostCount");
    let connections = points(database, "DatabaseConnections");
    let seconds = points(balancer, "TargetResponseTime");
    // The snapshots' minute, by the clock they print and the clock of the graphs.
    let clock = first(r"\| \d{4}-\d\d-\d\d (\d\d:\d\d:\d\d) \|", &texts["database-status"]);
    let start = first(r"T(\d\d:\d\d)", &balancer[0].start);
    let minutes = |clock: &str| {
        let parts: Vec<usize> = clock.split(':').map(|part| part.parse().expect("a number")).collect();
        parts[0] * 60 + parts[1]
    };
    let now = (minutes(&clock) + 1440 - minutes(&start)) % 1440;

    // Three refused tries for each failed request, as a total and in ten seconds.
    let refused = status(&texts["database-status"], "Connection_errors_max_connections");
    let connected = status(&texts["database-status"], "Threads_connected");
    let running = status(&texts["database-status"], "Threads_running");
    if refused[1] > refused[0] {
        let total: f64 = failed[..now].iter().sum();
        faults.expect(refused[0] == 3.0 * total, "refused connections are not three for each failed request");
        let rate = (refused[1] - refused[0]) * 6.0;
        faults.expect((rate - 3.0 * failed[now]).abs() < 6.0, "ten seconds do not fit the minute");
        let limit = number(r"max_connections\t(\d+)", &texts["limit"]);
        faults.expect(connected[0] == limit, "connections are refused below the limit");
        faults.expect(connections[now] == limit - 1.0, "the metric leaves out one connection");
        faults.expect(texts["app-log"].contains("1040"), "refused connections are not in the log");
    } else {
        faults.expect(refused[0] == 0.0, "connections were refused for nobody");
        faults.expect(!texts["app-log"].contains("1040"), "the log has refusals the database does not count");
        faults.expect(connections[now] + 1.0 == connected[0], "the metric and the status differ");
    }
    // The tries counted by Logs Insights are the failed requests of the same five minutes.
    let tries: f64 = number(r#""field": "tries",\s+"value": "(\d+)""#, &texts["retries"]);
    let window: f64 = failed[now - 5..now].iter().sum();
    faults.expect(tries == window, "Logs Insights and the balancer count different failures");
    let from = number(r"--start-time (\d+)", &texts["retries"]);
    let began = chrono::DateTime::parse_from_rfc3339(&balancer[0].start).expect("a time").timestamp();
    faults.expect(from == (began + 60 * (now as i64 - 5)) as f64, "Logs Insights asks for other minutes");
    // Sessions by client are those that are connected, and those awake are those that run.
    let rows = rows(&texts["sessions"]);
    let sum =
        |column: usize| rows.iter().map(|row| row[column].parse::<f64>().expect("a number")).sum::<f64>();
    faults.expect(sum(2) + 2.0 == connected[0], "sessions by client are not all sessions");
    let app: Vec<_> = rows.iter().filter(|row| row[0].ends_with("_app")).collect();
    let awake: f64 =
        app.iter().map(|row| row[2].parse::<f64>().unwrap() - row[3].parse::<f64>().unwrap()).sum();
    faults.expect(awake + 1.0 == running[0], "running threads are not the sessions awake");
    // No server holds more than its pool, and the settings say how much that is.
    let pool = number(r"max_open: (\d+)", &texts["settings"]);
    faults.expect(
        app.iter().all(|row| row[2].parse::<f64>().unwrap() <= pool),
        "a server holds more than its pool",
    );
    faults
        .expect(texts["pools"].contains(&format!("\"max\":{pool}")), "the pool's own log names another size");
    // Servers in service: the group, the balancer, the database.
    let serving = number(r"(?m)^4\t40\t\d+\t(\d+)$", &texts["fleet"]);
    faults.expect(healthy[now] == serving, "the group and the balancer count different servers");
    faults.expect(app.len() as f64 <= serving, "more clients than servers");
    faults.expect(
        (app.len() as f64) < serving || refused[1] == refused[0],
        "refused although all have connections",
    );
    // Of all requests as many succeed as servers that have connections.
    if refused[1] > refused[0] {
        let share = app.len() as f64 / serving;
        faults.expect(
            ((1.0 - failed[now] / requests[now]) - share).abs() < 0.01,
            "the share of failures is not that of servers without connections",
        );
    }
    // Slower before it fails, where failing means being refused.
    let first_failure = failed.iter().position(|count| *count > 0.0).unwrap_or(0);
    let slowest = seconds[..first_failure.max(1)].iter().copied().fold(0.0, f64::max);
    faults.expect(
        slowest > 2.0 * seconds[0] || refused[1] == refused[0],
        "response times did not rise before the failures",
    );
    // The two servers in the pool's log are clients or have no connections.
    let newest = all(r"--log-stream-names (\S+)", &texts["pools"]);
    faults.expect(texts["app-log"].contains(&newest[1]), "the log is another server's");
    faults.expect(
        texts["fleet"].contains("Launching EC2 instance failed") || texts["fleet"].contains(&newest[1]),
        "the newest server was never started",
    );
    // Graphs and their tables.
    for check in ["balancer-metrics", "database-metrics"] {
        let lines: Vec<Vec<f64>> = texts[check]
            .lines()
            .skip(2)
            .map(|line| line.split_whitespace().skip(1).map(|cell| cell.parse().expect("a number")).collect())
            .collect();
        let all: Vec<Vec<f64>> = (0..views[check].series[0].points.len())
            .step_by(2)
            .map(|index| views[check].series.iter().map(|one| one.points[index]).collect())
            .collect();
        faults.expect(lines == all, "a graph and its table differ");
    }
    faults.expect(
        texts["changes"].contains("\"max_connections\"") == texts["limit"].contains("Updated parameter"),
        "RDS and CloudTrail disagree about the parameter",
    );
    faults.found
}
