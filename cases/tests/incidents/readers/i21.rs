//! I21: Hive queries that wait because every node's disk is above the threshold.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use divedeep_cases::incident::{Series, View};

use super::{Faults, all, first};

fn number(pattern: &str, text: &str) -> f64 {
    let found = first(pattern, text);
    found.parse().unwrap_or_else(|_| panic!("{pattern} is no number in\n{text}"))
}

fn numbers(pattern: &str, text: &str) -> Vec<f64> {
    all(pattern, text).iter().filter_map(|cell| cell.parse().ok()).collect()
}

/// States of the applications, in the order of the list.
fn states(text: &str) -> Vec<String> {
    all(r"\t\s*(ACCEPTED|RUNNING)\t", text)
}

/// `Use%` of each `df`.
fn used(text: &str) -> Vec<f64> {
    numbers(r"(\d+)% /mnt", text)
}

/// KiB and path of each line that `du` printed before the list of single applications.
fn sizes(text: &str) -> Vec<(f64, String)> {
    let directories = text.split("appcache/*").next().expect("a part");
    let paths = all(r"(?m)^\d+\t(/mnt/\S+)$", directories);
    numbers(r"(?m)^(\d+)\t/mnt", directories).into_iter().zip(paths).collect()
}

fn time(text: &str, format: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, format).unwrap_or_else(|error| panic!("{text}: {error}"))
}

pub fn finding(check: &str, text: &str, series: &[Series]) -> String {
    let found = match check {
        "metrics" => {
            let last = |name: &str| {
                let list = series.iter().find(|list| list.name == name).expect("a series");
                *list.points.last().expect("a point")
            };
            let (total, allocated, pending) =
                (last("MemoryTotalMB"), last("MemoryAllocatedMB"), last("AppsPending"));
            if total == 0.0 && pending > 0.0 {
                "capacity-gone"
            } else if pending == 0.0 {
                "nothing-waits"
            } else if allocated / total > 0.8 {
                "capacity-taken"
            } else {
                assert!(allocated / total < 0.5, "neither free nor taken");
                "capacity-free"
            }
        }
        "applications" => {
            let states = states(text);
            let waiting = states.iter().filter(|state| *state == "ACCEPTED").count();
            match waiting {
                0 => "none-waits",
                all if all == states.len() => "all-wait",
                _ => "queries-wait",
            }
        }
        "app-report" => {
            let diagnostics = first(r"Diagnostics : (.*)", text);
            if text.contains("State : RUNNING") && diagnostics.is_empty() {
                "runs"
            } else if diagnostics.contains("cluster resource is empty") {
                "cluster-is-empty"
            } else if diagnostics.contains("AM resource limit exceeded") {
                let megabytes = |what: &str| number(&format!("{what} = <memory:(\\d+)"), &diagnostics);
                let wants = megabytes("AM Resource Request") + megabytes("Queue AM Resource Usage");
                assert!(wants > megabytes("Queue Resource Limit for AM"), "it would fit: {diagnostics}");
                "masters-limit"
            } else {
                assert!(diagnostics.contains("waiting for resources to be assigned for AM"));
                "waits-for-memory"
            }
        }
        "queue" => {
            let limit = number(r#""amLimitMB": (\d+)"#, text);
            if number(r#""numPendingApplications": (\d+)"#, text) == 0.0 {
                "nothing-waits"
            } else if limit == 0.0 {
                "no-share-of-anything"
            } else if number(r#""absoluteUsedCapacity": ([\d.]+)"#, text) > 80.0 {
                "used-up"
            } else {
                assert!(limit - number(r#""amUsedMB": (\d+)"#, text) < 2048.0, "room for another master");
                "masters-limit-reached"
            }
        }
        "node-list" => {
            let states = all(r"(?m)^ip-\S+\t\s*([A-Z]+)\t", text);
            assert_eq!(states.len() as f64, number(r"Total Nodes:(\d+)", text));
            let state = states.first().expect("a node");
            assert!(states.iter().all(|other| other == state), "{states:?}");
            match state.as_str() {
                "UNHEALTHY" => "all-unhealthy",
                "LOST" => "all-lost",
                _ => "all-running",
            }
        }
        "node-status" => match first(r"Node-State : (\w+)", text).as_str() {
            "UNHEALTHY" => {
                assert!(text.contains("1/1 local-dirs usable space is below"));
                "disks-above-threshold"
            }
            "LOST" => "lost",
            state => {
                assert_eq!((state, first(r"Health-Report : (.+)", text).as_str()), ("RUNNING", ""));
                "healthy"
            }
        },
        "df" => {
            let used = used(text);
            if used.iter().all(|percent| *percent > 90.0) {
                "above-90"
            } else {
                assert!(used.iter().all(|percent| *percent < 80.0), "{used:?}");
                "room"
            }
        }
        "du" => {
            let sizes = sizes(text);
            let largest = sizes.iter().max_by(|a, b| a.0.total_cmp(&b.0)).expect("a size");
            match largest.1.as_str() {
                "/mnt/hdfs" => "blocks-largest",
                "/mnt/yarn/usercache" => {
                    let one = number(r"(?m)^(\d+)\t\S+/appcache/application", text);
                    assert!(one > largest.0 / 2.0, "no application has most of it");
                    "one-application-largest"
                }
                _ => "container-logs-largest",
            }
        }
        "hdfs-report" => {
            let sum =
                |pattern| numbers(pattern, text.split_once("datanodes (").expect("nodes").1).iter().sum();
            let (own, other, left): (f64, f64, f64) = (
                sum(r"(?m)^DFS Used: (\d+)"),
                sum(r"(?m)^Non DFS Used: (\d+)"),
                sum(r"(?m)^DFS Remaining: (\d+)"),
            );
            if left / (own + other + left) > 0.1 {
                "room"
            } else if own > other {
                "full-of-blocks"
            } else {
                "full-of-other-files"
            }
        }
        "fsck" if number(r"Under-replicated blocks:\t(\d+)", text) > 0.0 => "under-replicated",
        "fsck" => "fully-replicated",
        "resource-manager-log" => {
            if text.contains("RUNNING to UNHEALTHY") {
                "turned-unhealthy"
            } else if text.contains("Expired:ip-") {
                "expired"
            } else {
                "no-changes"
            }
        }
        "metastore" if text.contains("Connection is not available") => "no-database-connection",
        "metastore" => "answers",
        "namenode" => {
            let longest = numbers(r"approximately (\d+)ms", text).into_iter().fold(0.0, f64::max);
            if longest > 10_000.0 { "long-pauses" } else { "calm" }
        }
        other => panic!("unknown check {other}"),
    };
    found.to_owned()
}

pub fn contradictions(texts: &BTreeMap<&str, String>, views: &BTreeMap<String, View>) -> Vec<String> {
    let mut faults = Faults::default();
    let nodes = all(r"(?m)^(ip-\S+):8041\t", &texts["node-list"]);
    let unhealthy = texts["node-list"].contains("UNHEALTHY");
    let full = used(&texts["df"]).iter().all(|percent| *percent > 90.0);
    faults.expect(used(&texts["df"]).len() == nodes.len(), "df of other nodes");
    faults.expect(unhealthy == full, "the disk checker and df disagree");
    faults.expect(
        unhealthy == texts["node-status"].contains("above threshold of 90.0%"),
        "list and report disagree",
    );
    let host = first(r"Node-Id : (\S+):8041", &texts["node-status"]);
    faults.expect(nodes.contains(&host), "the report is of another cluster's node");
    let contact = first(r"Last-Health-Update : \w+ (\S+ \S+):\d{3}UTC", &texts["node-status"]);
    let clock = |text: &str| time(&first(r"(?m)^(\d{4}-\S+)Z$", text), "%Y-%m-%dT%H:%M:%S");
    let quiet = clock(&texts["node-status"]) - time(&format!("{contact} AM"), "%d/%b/%y %I:%M:%S %p");
    let silent = texts["node-list"].contains("LOST");
    // The CLI writes the hour of a twelve-hour clock without saying which half.
    let minutes = quiet.num_minutes().rem_euclid(720);
    faults.expect(
        if silent { minutes > 10 } else { minutes < 2 },
        "a node that reports is lost, or the other way round",
    );

    // HDFS: three tools, one truth.
    let report = &texts["hdfs-report"];
    let per_node = report.split_once("datanodes (").expect("nodes").1;
    let columns = [r"(?m)^DFS Used: (\d+)", r"(?m)^Non DFS Used: (\d+)", r"(?m)^DFS Remaining: (\d+)"]
        .map(|pattern| numbers(pattern, per_node));
    let sums: Vec<f64> =
        (0..nodes.len()).map(|node| columns.iter().map(|column| column[node]).sum()).collect();
    faults.expect(sums.iter().all(|sum| *sum == sums[0]), "volumes of one size do not add up to one size");
    faults.expect(all(r"Hostname: (\S+)", report) == nodes, "HDFS knows other nodes");
    let examined = nodes.iter().position(|node| *node == host).expect("the node");
    let blocks = sizes(&texts["du"]).into_iter().find(|row| row.1 == "/mnt/hdfs").expect("a row").0;
    faults.expect(blocks * 1024.0 == columns[0][examined], "du and the DataNode disagree");
    let whole: f64 = sizes(&texts["du"]).iter().map(|row| row.0).sum();
    faults.expect(whole * 1024.0 == columns[0][examined] + columns[1][examined], "du does not add up");
    let short = host.split('.').next().expect("a name");
    faults.expect(first(r"ssh (\S+)", &texts["du"]) == short, "du of another node");
    let percent = whole * 1024.0 / sums[0] * 100.0;
    faults.expect((used(&texts["df"])[examined] - percent).abs() <= 1.0, "du and df disagree");
    let lacking = number(r"Under replicated blocks: (\d+)", report);
    faults.expect(
        lacking == number(r"Under-replicated blocks:\t(\d+)", &texts["fsck"]),
        "report and fsck disagree",
    );
    faults.expect(
        number(r"Missing blocks:\t+(\d+)", &texts["fsck"]) == number(r"\tMissing blocks: (\d+)", report),
        "report and fsck disagree on what is lost",
    );
    faults.expect(
        number(r"data-nodes:\t(\d+)", &texts["fsck"]) as usize == nodes.len(),
        "fsck sees other nodes",
    );
    faults.expect(!full || lacking > 0.0, "full disks and yet every block found its places");

    // YARN: list, queue, nodes, metrics.
    let accepted = states(&texts["applications"]).iter().filter(|state| *state == "ACCEPTED").count() as f64;
    faults.expect(
        states(&texts["applications"]).len() as f64 == number(r"tags: \[\]\):(\d+)", &texts["applications"]),
        "the list's own count is wrong",
    );
    faults.expect(
        accepted == number(r#""numPendingApplications": (\d+)"#, &texts["queue"]),
        "list and queue disagree",
    );
    let containers: f64 = numbers(r"(?m)8042\t\s*(\d+)$", &texts["node-list"]).iter().sum();
    faults.expect(
        containers == number(r#""numContainers": (\d+)"#, &texts["queue"]),
        "nodes and queue disagree",
    );
    let rows: Vec<Vec<f64>> =
        [r"\+00:00\t(\d+)\t", r"\+00:00\t\d+\t(\d+)\t", r"(?m)\+00:00\t\d+\t\d+\t(\d+)$"]
            .map(|pattern| numbers(pattern, &texts["metrics"]))
            .to_vec();
    for (list, row) in views["metrics"].series.iter().zip(&rows) {
        faults.expect(list.points == *row, "the table and the graph differ");
    }
    let last = |column: usize| rows[column].last().copied().unwrap_or_default();
    let running = texts["node-list"].matches("RUNNING\t").count() as f64;
    faults.expect(
        last(0) == running * number(r"Memory-Capacity : (\d+)MB", &texts["node-status"]),
        "capacity and nodes",
    );
    faults.expect(last(1) == number(r#""usedMB": (\d+)"#, &texts["queue"]), "metrics and queue disagree");
    faults.expect(last(2) == accepted, "metrics and list disagree");
    // The newest application, and when it came.
    let id = first(r"Application-Id : (\S+)", &texts["app-report"]);
    let ids = all(r"(application_\d+_\d+)\t", &texts["applications"]);
    faults.expect(ids.is_sorted(), "not in the order of submission");
    faults.expect(ids.last() == Some(&id), "the report is not of the newest");
    let start = first(r"Start-Time : (\d+)\d{3}", &texts["app-report"]).parse::<i64>().expect("a time");
    let dated = first(r"Diagnostics : \[(.+?)\]", &texts["app-report"]);
    if !dated.is_empty() {
        let said = time(&dated.replace(" +0000", ""), "%a %b %d %H:%M:%S %Y");
        faults.expect(said.and_utc().timestamp() == start, "the diagnostics are of another time");
    }
    // Every node that is gone has its line, before the newest application came.
    let gone = all(
        r"(?m)^(\S+ \S+),\d{3} INFO \S+ \(RM Event dispatcher\): \S+ Node Transitioned",
        &texts["resource-manager-log"],
    );
    faults.expect(gone.len() as f64 == nodes.len() as f64 - running, "transitions and states disagree");
    for at in gone {
        let at = time(&at, "%Y-%m-%d %H:%M:%S").and_utc().timestamp();
        faults.expect(at < start, "a node left after the newest query was refused");
    }
    // A cache that fills the disk is of an application that waits.
    let cached = first(r"appcache/(application_\S+)", &texts["du"]);
    faults.expect(ids.contains(&cached), "the largest cache is of an application that is gone");
    faults.found
}
