//! I22: a nightly join that is killed because one key holds a third of the rows.

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

fn time(text: &str, format: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, format).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Tab-separated rows of so many cells.
fn rows(text: &str, cells: usize) -> Vec<Vec<String>> {
    let rows = text.lines().map(|line| line.split('\t').map(str::to_owned).collect::<Vec<_>>());
    rows.filter(|row| row.len() == cells).collect()
}

fn parsed(cell: &str) -> f64 {
    cell.parse().unwrap_or_else(|_| panic!("{cell} is no number"))
}

/// Bytes of a size as the UI writes it.
fn bytes(size: &str) -> f64 {
    let (value, unit) = size.split_once(' ').expect("a value and a unit");
    let power = ["B", "KiB", "MiB", "GiB", "TiB"].iter().position(|known| *known == unit).expect("a unit");
    parsed(value) * 1024f64.powi(i32::try_from(power).expect("small"))
}

/// Milliseconds of a duration as the UI writes it.
fn lasting(text: &str) -> f64 {
    let (value, unit) = text.split_once(' ').expect("a value and a unit");
    parsed(value)
        * match unit {
            "ms" => 1.0,
            "s" => 1000.0,
            "min" => 60_000.0,
            _ => 3_600_000.0,
        }
}

/// The five cells of a metric of the stage page.
fn metric(name: &str, text: &str) -> Vec<String> {
    let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("no {name}"));
    let cells = line[29..].split("  ").map(str::trim).filter(|cell| !cell.is_empty());
    cells.map(str::to_owned).collect()
}

fn median(text: &str) -> f64 {
    bytes(metric("Shuffle Read Size", text)[2].split(" / ").next().expect("a size"))
}

/// Bytes that each process of the dump holds, and its name.
fn dump(text: &str) -> Vec<(f64, String)> {
    let names = all(r"\|- \d+ \d+ \d+ \d+ \((\S+)\)", text);
    numbers(r"\|- \d+ \d+ \d+ \d+ \(\S+\) \d+ \d+ \d+ (\d+) ", text)
        .into_iter()
        .map(|pages| pages * 4096.0)
        .zip(names)
        .collect()
}

pub fn finding(check: &str, text: &str, series: &[Series]) -> String {
    let found = match check {
        "driver-log" => {
            if text.contains("exceeding physical memory limits") {
                "killed-by-yarn"
            } else if text.contains("Exit status: 137") {
                "exit-137"
            } else if text.contains("*lost* node") {
                "lost-node"
            } else if text.contains("heartbeat timed out") {
                "heartbeat-timed-out"
            } else {
                assert!(text.contains("SlowDown"));
                "slow-down"
            }
        }
        "stages" => {
            let failed: Vec<_> = rows(text, 7).into_iter().filter(|row| row[2] == "FAILED").collect();
            assert_eq!(failed.len(), 1);
            if failed[0][0] == "7" { "join-failed" } else { "writing-failed" }
        }
        "stage-page" => {
            let median = median(text);
            let largest = rows(text, 7).iter().map(|row| parsed(&row[5])).fold(0.0, f64::max);
            let collecting = lasting(&metric("GC Time", text)[2]) / lasting(&metric("Duration", text)[2]);
            if largest > 50.0 * median {
                "one-task-huge"
            } else if median > 1024f64.powi(3) {
                "all-tasks-large"
            } else if collecting > 0.3 {
                "even-but-collecting"
            } else {
                assert!(largest < 1.5 * median, "{largest} {median}");
                "even"
            }
        }
        "container-log" => {
            let python: f64 =
                dump(text).iter().filter(|(_, name)| name.starts_with("python")).map(|row| row.0).sum();
            if text.contains("Connection timed out") {
                "node-gone"
            } else if text.contains("beyond the 'PHYSICAL' memory limit") {
                assert!(text.contains("is : 143"));
                if python > 1024f64.powi(3) { "over-the-limit-with-python" } else { "over-the-limit" }
            } else if text.contains("Out of memory: Killed process") {
                assert!(text.contains("is : 137"));
                "killed-by-the-kernel"
            } else {
                assert!(text.contains("is : 143"));
                "ended-on-request"
            }
        }
        "settings" if number(r"shuffle\.partitions\t(\d+)", text) < 200.0 => "few-partitions",
        "settings" => "hundreds-of-partitions",
        "column-statistics" => {
            let share = number(r"num_nulls\t(\d+)", text) / number(r"bytes, (\d+) rows", text);
            if share > 0.1 { "many-nulls" } else { "few-nulls" }
        }
        "key-counts" => {
            let top = rows(text, 3).into_iter().next().expect("a row");
            match (top[0].as_str(), parsed(&top[2]) > 5.0) {
                ("NULL", true) => "null",
                (_, true) => "one-value",
                (_, false) => "spread",
            }
        }
        "executors" => {
            let rows = rows(text, 5);
            let sum = |cell: usize| rows.iter().map(|row| parsed(&row[cell])).sum::<f64>();
            if sum(4) / sum(3) > 0.3 { "collecting" } else { "little-collecting" }
        }
        "nodes" => {
            if text.contains("instance-terminated-no-capacity") {
                "spot-taken-back"
            } else if number(r"2xlarge\t8\t(\d+)", text) < 57_344.0 {
                "less-memory-than-yarn-gives"
            } else {
                "all-there"
            }
        }
        "s3-errors" => {
            let most = series[0].points.iter().copied().fold(0.0, f64::max);
            if most > 1000.0 { "throttled" } else { "no-throttling" }
        }
        "runs" => {
            let rows = rows(text, 4);
            let mean = |range: std::ops::Range<usize>| {
                let count = range.len() as f64;
                rows[range].iter().map(|row| parsed(&row[3])).sum::<f64>() / count
            };
            // Six nights as ever, three that failed.
            let ratio = mean(6..9) / mean(0..6);
            assert!(!(1.1..1.3).contains(&ratio), "{ratio}");
            if ratio > 1.2 { "more-since-three-nights" } else { "as-much-as-ever" }
        }
        other => panic!("unknown check {other}"),
    };
    found.to_owned()
}

pub fn contradictions(texts: &BTreeMap<&str, String>, views: &BTreeMap<String, View>) -> Vec<String> {
    let mut faults = Faults::default();
    let app = first(r"applicationId (\S+)", &texts["driver-log"]);
    faults.expect(
        texts["stages"].contains(&app) && texts["settings"].contains(&app),
        "another application's record",
    );
    let night = rows(&texts["runs"], 4);
    faults.expect(night.last().expect("a run")[0] == app, "the last run is another application");
    let rerun = first(r"^(application_\d+_\d+): Details", &texts["stage-page"]);
    faults.expect(
        rerun > app && texts["executors"].contains(&rerun),
        "the page is not of the run of the morning",
    );

    // Ninety-seven percent.
    let job = rows(&texts["stages"], 4).into_iter().next().expect("a job");
    let percent = parsed(&job[3]) / parsed(&job[2]) * 100.0;
    faults.expect((96.5..97.5).contains(&percent), "it does not end at 97 percent");
    let stages = rows(&texts["stages"], 7);
    let done: f64 = stages.iter().map(|row| parsed(&row[4])).sum();
    faults.expect(done == parsed(&job[3]), "tasks of the stages and of the job differ");

    // What is shuffled: by stage, by run, by task.
    let written: f64 = stages.iter().filter(|row| row[0].as_str() < "7").map(|row| parsed(&row[6])).sum();
    faults
        .expect((written - parsed(&night.last().expect("a run")[3])).abs() < 2.0, "stages and runs disagree");
    let join = stages.iter().find(|row| row[0] == "7").expect("the join");
    let tasks = parsed(&join[3]);
    faults.expect(
        tasks == number(r"shuffle\.partitions\t(\d+)", &texts["settings"]),
        "tasks and setting disagree",
    );
    let attempts = rows(&texts["stage-page"], 7);
    let largest = parsed(&attempts[0][5]);
    let middle = median(&texts["stage-page"]);
    let sum = middle * (tasks - 1.0) + largest;
    let near = if tasks < 100.0 { 0.06 } else { 0.02 };
    faults.expect((sum / written - 1.0).abs() < near, "tasks do not add up to what was shuffled");
    let huge = largest > 50.0 * middle;
    let index = |text: &str| first(r"Lost task (\d+)\.3 in stage 7", text);
    if huge {
        let failing: Vec<_> = attempts.iter().filter(|row| row[4] != "SUCCESS").collect();
        faults.expect(failing.len() == 3, "attempts of the large task");
        faults.expect(
            failing.iter().all(|row| row[0] == index(&texts["driver-log"])),
            "another task fails than last night",
        );
        let mut executors: Vec<&String> = failing.iter().map(|row| &row[2]).collect();
        executors.sort();
        executors.dedup();
        faults.expect(executors.len() == 3, "two attempts on one executor, which was killed");
        faults.expect(tasks - parsed(&join[4]) == 1.0, "more than the large task is missing");
        let finished = number(r"Summary Metrics for (\d+) Completed", &texts["stage-page"]);
        faults.expect(finished == tasks - 1.0, "the large task is among the completed");
        // The key's share of rows is the partition's share of bytes.
        let share = parsed(&rows(&texts["key-counts"], 3)[0][2]) / 100.0;
        faults.expect((largest / written - share).abs() < 0.01, "rows and bytes of the key disagree");
        faults.expect((0.28..0.34).contains(&share), "not about a third");
    }
    // An executor stays on its host; every task of the stage is counted.
    let placed = attempts.iter().map(|row| (row[2].clone(), row[3].clone()));
    let listed = rows(&texts["executors"], 5);
    let listed =
        listed.iter().map(|row| (row[0].clone(), row[1].split(':').next().unwrap_or_default().to_owned()));
    let mut hosts = BTreeMap::new();
    for (executor, host) in placed.chain(listed) {
        faults.expect(*hosts.entry(executor).or_insert(host.clone()) == host, "an executor on two hosts");
        faults
            .expect(texts["nodes"].contains(&format!("\t{host}\t")), "an executor on no node of the cluster");
    }
    let states = rows(&texts["stage-page"], 2);
    let of = |state: &str| states.iter().find(|row| row[0] == state).map_or(0.0, |row| parsed(&row[1]));
    faults.expect(
        of("SUCCESS") == number(r"Summary Metrics for (\d+) Completed", &texts["stage-page"]),
        "the summary counts other tasks than the list",
    );
    // Rows: the table's, the key's, what a record of the shuffle weighs.
    let all_rows = number(r"bytes, (\d+) rows", &texts["column-statistics"]);
    let counted = rows(&texts["key-counts"], 3);
    for row in &counted {
        let percent = parsed(&row[1]) * 100.0 / all_rows;
        faults.expect((percent - parsed(&row[2])).abs() < 0.006, "a share of rows is wrong");
        if row[0] == "NULL" {
            let nulls = number(r"num_nulls\t(\d+)", &texts["column-statistics"]);
            faults.expect(nulls == parsed(&row[1]), "statistics and counts disagree");
        }
    }
    let width = written / all_rows;
    let record = largest / parsed(&attempts[0][6]);
    faults.expect(
        (width - record).abs() / record < 0.02,
        "records of the task and rows of the table weigh differently",
    );

    // Memory: heap and overhead are the container; the dump adds up to what was measured.
    if texts["container-log"].contains("beyond") {
        let gigabytes = number(r"executor\.memory\t(\d+)g", &texts["settings"])
            + number(r"memoryOverhead\t(\d+)g", &texts["settings"]);
        let limit = gigabytes * 1024f64.powi(3);
        let beyond = number(r"is running (\d+)B beyond", &texts["container-log"]);
        let used: f64 = dump(&texts["container-log"]).iter().map(|row| row.0).sum();
        faults.expect(used == limit + beyond, "the processes do not add up to what was measured");
        let said = first(r"([\d.]+ GB of [\d.]+ GB) physical memory used", &texts["driver-log"]);
        faults.expect(texts["container-log"].contains(&said), "driver and NodeManager disagree");
        faults.expect(first(r"GB of ([\d.]+) GB", &said) == format!("{gigabytes}"), "another limit");
    }
    // Executor, host and time of the end.
    let executor = first(r"Lost executor (\d+) on", &texts["driver-log"]);
    if !executor.is_empty() {
        let host = first(r"Lost executor \d+ on (ip-[\d-]+)", &texts["driver-log"]);
        faults.expect(first(r"ssh (\S+)", &texts["container-log"]) == host, "the log is of another node");
        faults.expect(texts["nodes"].contains(&format!("\t{host}.")), "the node is not in the cluster");
        let container = first(r"(container_\w+)", &texts["container-log"]);
        if !container.is_empty() {
            let last = container.rsplit('_').next().map(parsed).expect("a number");
            faults.expect(last == parsed(&executor) + 1.0, "container and executor differ");
        }
    }
    let ended = time(&first(r"(?m)^(\d\d/\d\d/\d\d \S+) ERROR", &texts["driver-log"]), "%y/%m/%d %H:%M:%S");
    let killed = first(r"(?m)^(\S+ [\d:]+),\d+ WARN \S+ \(ContainersLauncher", &texts["container-log"]);
    if !killed.is_empty() {
        faults.expect(
            time(&killed, "%Y-%m-%d %H:%M:%S") == ended,
            "container and driver end at different times",
        );
    }
    let run = night.last().expect("a run");
    let began = time(first(r"^(\S+)\.\d+GMT", &run[1]).as_str(), "%Y-%m-%dT%H:%M:%S");
    faults.expect((ended - began).num_minutes() as f64 == parsed(&run[2]), "the run lasted otherwise");
    // Tables and graphs.
    let errors = numbers(r"\+00:00\t([\d.]+)", &texts["s3-errors"]);
    faults.expect(errors == views["s3-errors"].series[0].points, "the table and the graph of errors differ");
    let minutes: Vec<f64> = night.iter().map(|row| parsed(&row[2])).collect();
    faults.expect(minutes == views["runs"].series[0].points, "the table and the graph of runs differ");
    faults
        .expect(minutes[..6].iter().all(|night| (35.0..45.0).contains(night)), "it did not take 40 minutes");
    // Nodes were added after the first failure and before the last.
    let created: Vec<String> = all(r"\t(\d{4}-\S+)\.\d{6}\+00:00", &texts["nodes"]);
    let newest = created.iter().max().expect("a node");
    let newest = time(newest, "%Y-%m-%dT%H:%M:%S");
    let third_last = time(&first(r"^(\S+)\.\d+GMT", &night[night.len() - 3][1]), "%Y-%m-%dT%H:%M:%S");
    faults.expect(newest > third_last && newest < began, "nodes were not added between the failures");
    faults.found
}
