//! I05: a process that is gone after a day.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use divedeep_cases::incident::{Series, View};

use super::{Faults, all, first};

pub fn finding(check: &str, text: &str, series: &[Series]) -> String {
    let found = match check {
        "unit-journal" => {
            let results: Vec<String> = all(r"Failed with result '([\w-]+)'", text);
            if text.contains("-- Boot") {
                "stopped-for-a-boot"
            } else if results.is_empty() {
                "clean-exit"
            } else if results.iter().all(|one| one == "oom-kill") && text.contains("status=9/KILL") {
                "oom-kill"
            } else if results.iter().all(|one| one == "watchdog") {
                "watchdog"
            } else if text.contains("status=2/") {
                "exit-2"
            } else {
                panic!("{text}")
            }
        }
        "kernel-log" => match first(r"constraint=(CONSTRAINT_\w+)", text).as_str() {
            "CONSTRAINT_NONE" if text.contains("global_oom") && text.contains(" Out of memory: Killed") => {
                "whole-host"
            }
            "CONSTRAINT_MEMCG" if text.contains("Memory cgroup out of memory: Killed") => "limit-of-the-unit",
            "" => "nothing",
            other => panic!("{other}"),
        },
        "oom-tasks" => {
            let rows = tasks(text);
            match rows.iter().max_by_key(|(_, pages, _)| *pages) {
                None => "nothing",
                Some(_) if rows.len() == 1 => "only-the-unit",
                Some((pid, _, _)) if *pid == first(r"Killed process (\d+)", text) => "service-is-largest",
                other => panic!("{other:?}"),
            }
        }
        "rss-history" => {
            let growth = |pattern: &str, skip: usize| {
                let values: Vec<f64> =
                    all(pattern, text).iter().skip(skip).map(|one| one.parse().expect("a number")).collect();
                values[values.len() - 1] / values[0]
            };
            // The first two hours warm up.
            let service = growth(r"(?m)^\d{4}-\S+Z \d+ (\d+) ", 2);
            let import = growth(r"(?m) (\d+) stock-import$", 0);
            let shown = series[0].points[series[0].points.len() - 1] / series[0].points[2];
            assert!((shown - service).abs() < 0.01, "plot and text");
            match (service > 1.5, import > 1.5) {
                (true, false) => "service-grows",
                (false, true) => "import-grows",
                (false, false) => "both-level",
                other => panic!("{other:?}"),
            }
        }
        "free-history" => {
            let left: Vec<f64> =
                all(r"Mem:(?: +\d+){5} +(\d+)", text).iter().map(|one| one.parse().expect("MiB")).collect();
            let total: f64 = first(r"Mem: +(\d+)", text).parse().expect("MiB");
            // The last but one is the last hour before the end; the last is now.
            if left[left.len() - 2] / total < 0.1 { "used-up" } else { "enough" }
        }
        "app-log" => {
            let last = text.trim_end().lines().rev().nth(1).expect("a line before the start");
            let exports = |how: &str| {
                text.lines().filter(|line| line.contains("/v1/export") && line.contains(how)).count()
            };
            if text.contains("SIGABRT: abort") {
                "aborted"
            } else if text.contains("panic: ") {
                "panic"
            } else if exports(" started ") > exports(" 200 ") {
                "export-unfinished"
            } else if last.contains(" 200 ") {
                "silent"
            } else {
                panic!("{text}")
            }
        }
        "ec2-metrics" => {
            assert!(!text.contains("mem_used"), "there is no agent");
            let balance = &series[1];
            assert_eq!(balance.name, "CPUCreditBalance");
            if balance.points.iter().any(|left| *left < 1.0) { "credits-gone" } else { "credits-left" }
        }
        "instance-status" => {
            assert_eq!(all(r#"": "(ok)""#, text).len(), 3);
            if text.contains("RebootInstances") { "reboots-requested" } else { "healthy-untouched" }
        }
        "boots" => {
            let from = all(r"(?m)^ *-?\d+ \w{32} \w+ (\S+ \S+) UTC", text);
            let now = first(r"(?m)\$ date .*\n(\S+ \S+)$", text);
            let days = |from: &str| {
                let time =
                    |text: &str| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").expect("a time");
                (time(&now) - time(from)).num_days()
            };
            match from.as_slice() {
                [one] if days(one) >= 14 => "up-for-weeks",
                [_, second, third, fourth] if days(second) < 4 && days(third) < 3 && days(fourth) < 1 => {
                    "booted-each-day"
                }
                other => panic!("{other:?}"),
            }
        }
        "log-rotation" => {
            let rotated = all(r"(?m)^\w+ +\d+ (\S+) .*Finished logrotate", text);
            let started = first(r"(?m)^ +\d+ \w+ \w+ +\d+ (\S+) ", text);
            let seconds = |time: &str| {
                let parts: Vec<i64> = time.split(':').map(|part| part.parse().expect("a number")).collect();
                parts[0] * 3600 + parts[1] * 60 + parts[2]
            };
            let apart = seconds(&started) - seconds(&rotated[2]);
            if apart < 60 { "same-second" } else { "minutes-before" }
        }
        "heap-profile" => {
            let top = text.split("cum%\n").nth(1).and_then(|rows| rows.lines().next()).expect("a row");
            let share: f64 = first(r"MB +([\d.]+)%", top).parse().expect("a share");
            if top.contains("Cache") && share > 50.0 { "cache-holds-most" } else { "spread-out" }
        }
        "unit-limits" if text.contains("MemoryMax=infinity") => "no-limit",
        "unit-limits" => "limit-set",
        other => panic!("unknown check {other}"),
    };
    found.to_owned()
}

/// Process, pages in RAM and name of each row of the kernel's table.
fn tasks(text: &str) -> Vec<(String, u64, String)> {
    let pids = all(r"\[ +(\d+)\] ", text);
    let pages = all(r"\[ +\d+\] +\d+ +\d+ +\d+ +(\d+) ", text);
    let names = all(r"(?m)\[ +\d+\] .* (\S+)$", text);
    pids.into_iter()
        .zip(pages)
        .zip(names)
        .map(|((pid, pages), name)| (pid, pages.parse().expect("pages"), name))
        .collect()
}

pub fn contradictions(texts: &BTreeMap<&str, String>, views: &BTreeMap<String, View>) -> Vec<String> {
    let mut faults = Faults::default();
    let last = |pattern: &str, text: &str| all(pattern, text).pop().unwrap_or_default();
    let number = |text: String| text.parse::<u64>().unwrap_or(0);
    let clock = |time: &str| chrono::NaiveTime::parse_from_str(time, "%H:%M:%S").expect("a time");

    let started = last(r"(?m)^\w+ +\d+ (\S+) .*: Starting ", &texts["unit-journal"]);
    faults.expect(
        texts["log-rotation"].contains(&format!(" {started} ")),
        "ps and the journal start the service at different times",
    );
    let ready = last(r"(?m)^\w+ +\d+ (\S+) .*: Started ", &texts["unit-journal"]);
    let listening = last(r"(\S+) \S+ listening on", &texts["app-log"]);
    faults.expect(
        (clock(&listening) - clock(&started)).num_seconds() == 1 && ready == listening,
        "the service listens long after its start",
    );
    let pid = first(r"MainPID=(\d+)", &texts["unit-limits"]);
    faults.expect(texts["log-rotation"].contains(&format!(" {pid} ")), "two ids of the running service");

    let rows = all(r"(?m)^(\d{4}-\S+)Z \d+ \d+ ", &texts["rss-history"]);
    let time = |text: &str| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S").expect("a time");
    faults.expect(
        rows.windows(2).all(|pair| time(&pair[1]) - time(&pair[0]) == chrono::TimeDelta::hours(1)),
        "an hour is missing",
    );
    let resident = all(r"(?m)^\d{4}-\S+Z \d+ (\d+) ", &texts["rss-history"]);
    let points = &views["rss-history"].series[0].points;
    faults.expect(
        points.len() == resident.len()
            && points
                .iter()
                .zip(&resident)
                .all(|(point, kib)| (point * 1024.0 - number(kib.clone()) as f64).abs() < 60.0),
        "the plot shows other sizes than the log",
    );
    if !texts["kernel-log"].contains("Killed") {
        return faults.found;
    }

    let killed = first(r"Killed process (\d+)", &texts["kernel-log"]);
    faults.expect(first(r"Killed process (\d+)", &texts["oom-tasks"]) == killed, "two victims");
    let sampled = all(r"(?m)^\d{4}-\S+Z (\d+) ", &texts["rss-history"]);
    faults.expect(sampled.iter().all(|pid| *pid == killed), "the samples are of another life");
    let died = last(r"(?m)^\w+ +\d+ (\S+) .*code=killed, status=9/KILL", &texts["unit-journal"]);
    let verdict = first(r"(?m)^\w+ +\d+ (\S+) .*Killed process", &texts["kernel-log"]);
    faults.expect(died == verdict, "the kernel and systemd disagree about when");
    faults.expect((clock(&started) - clock(&died)).num_seconds() == 5, "RestartSec is 5");
    let part = |name: &str| number(first(&format!(r"{name}:(\d+)kB"), &texts["kernel-log"]));
    let whole = part("anon-rss") + part("file-rss") + part("shmem-rss");
    let rows = tasks(&texts["oom-tasks"]);
    let row = rows.iter().find(|(pid, ..)| *pid == killed).map_or(0, |(_, pages, _)| pages * 4);
    faults.expect(row == whole, "the table and the verdict give different sizes");
    let before = number(resident[resident.len() - 1].clone());
    // It sways by a few MiB.
    faults.expect(before <= whole + 12_288, "smaller at the end than an hour before");
    let totals = all(r"Mem: +(\d+)", &texts["free-history"]);
    faults.expect(totals.iter().all(|total| *total == totals[0]), "the host's memory changes");
    let all_pages: u64 = rows.iter().map(|(_, pages, _)| pages * 4 / 1024).sum();
    let total = number(totals[0].clone());
    faults.expect(all_pages < total, "more in use than there is");
    if texts["kernel-log"].contains("global_oom") {
        faults.expect(all_pages > total * 9 / 10, "memory was not used up");
        faults.expect(rows.len() > 3, "a host runs more than that");
    } else {
        let limit = number(first(r"MemoryMax=(\d+)\n", &texts["unit-limits"])) / 1024;
        faults.expect(texts["oom-tasks"].contains(&format!("limit {limit}kB")), "two limits");
    }
    let cached = all(r"Mem:(?: +\d+){4} +(\d+)", &texts["free-history"]);
    faults.expect(
        cached.windows(2).all(|pair| pair[0] != pair[1]),
        "the cache of hours that lie apart is the same",
    );
    let used: Vec<u64> = all(r"Mem: +\d+ +(\d+)", &texts["free-history"]).into_iter().map(number).collect();
    let left: Vec<u64> =
        all(r"Mem:(?: +\d+){5} +(\d+)", &texts["free-history"]).into_iter().map(number).collect();
    faults.expect(
        used.iter().zip(&left).all(|(used, left)| (used + left).abs_diff(total) <= 1),
        "used and available do not add up",
    );
    let import = last(r" (\d+) stock-import", &texts["rss-history"]);
    let known = used[used.len() - 2] * 1024;
    faults.expect(before + number(import) < known + 60_000, "two processes hold more than is in use");
    faults.expect(
        number(resident[resident.len() / 2].clone()) < used[1] * 1024 + 60_000,
        "one process holds more than is in use",
    );
    let booted = first(r"uptime -s\n(\S+ \S+)\n", &texts["boots"]).replace(' ', "T");
    let launched = last(r"(\S+)\+00:00\tStartInstances", &texts["instance-status"]);
    faults.expect((time(&booted) - time(&launched)).num_seconds() == 40, "booted long after it was started");
    let id = first(r"InstanceId,Value=(\S+)", &texts["ec2-metrics"]);
    faults.expect(texts["instance-status"].contains(&id), "two instances");
    // The profile is of the last sample's hour and process, and a Go heap takes about twice what lives.
    let heap: f64 = first(r"of ([\d.]+)MB total", &texts["heap-profile"]).parse().expect("MB");
    faults.expect((heap * 2.0 * 1024.0 / before as f64 - 1.0).abs() < 0.02, "the profile is of another size");
    faults.expect(
        texts["heap-profile"].contains(&format!(".{killed}.{}", &last_hour(&texts["rss-history"]))),
        "the profile is of another hour or process",
    );
    let sizes = all(r"(?m)^ +([\d.]+)MB ", &texts["heap-profile"]);
    let sum: f64 = sizes.iter().map(|one| one.parse::<f64>().expect("MB")).sum();
    let shown: f64 = first(r"accounting for ([\d.]+)MB", &texts["heap-profile"]).parse().expect("MB");
    faults.expect((sum - shown).abs() < 0.05 && shown < heap, "the profile's rows do not add up");
    // systemd's CPU time against CloudWatch's share of two CPUs.
    let used = all(r"Consumed (\d+)h", &texts["unit-journal"]);
    let cpu = &views["ec2-metrics"].series[0].points;
    let mean = cpu.iter().sum::<f64>() / cpu.len() as f64 / 100.0 * 2.0 * 24.0;
    faults.expect(
        used.len() == 6
            && used.iter().all(|one| (0.6..1.0).contains(&(one.parse::<f64>().expect("hours") / mean))),
        "the service used more CPU than the instance did, or next to none",
    );
    let boot = last(r"(?m)^ +0 \w{32} \w+ (\S+ \S+) UTC", &texts["boots"]);
    faults.expect(boot == first(r"uptime -s\n(\S+ \S+)\n", &texts["boots"]), "two times of the boot");
    faults.found
}

/// The hour of the last sample, as file names have it.
fn last_hour(text: &str) -> String {
    all(r"(?m)^(\d{4}-\d\d-\d\dT\d\d):00:00Z ", text).pop().unwrap_or_default().replace('-', "")
}
