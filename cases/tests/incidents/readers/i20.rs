//! I20: a nightly job that is fast for half an hour.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use divedeep_cases::incident::{Series, View};

use super::{Faults, all, first};

fn numbers(pattern: &str, text: &str) -> Vec<f64> {
    all(pattern, text).iter().map(|one| one.parse().expect("a number")).collect()
}

/// Times and values of a metric's rows.
fn metric(name: &str, text: &str) -> (Vec<NaiveDateTime>, Vec<f64>) {
    let part = text
        .split("$ aws ")
        .find(|part| part.contains(&format!("--metric-name {name} ")))
        .expect("the metric");
    let times = all(r"(?m)^(\S+)\+00:00\t", part);
    (times.iter().map(|one| time(one)).collect(), numbers(r"(?m)\+00:00\t([\d.]+)$", part))
}

fn time(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S").expect("a time")
}

/// The columns of the data volume in `iostat -x`.
fn data_disk(text: &str) -> Vec<f64> {
    let row = text.lines().find(|line| line.starts_with("nvme1n1")).expect("the data volume");
    row.split_whitespace().skip(1).map(|one| one.parse().expect("a number")).collect()
}

pub fn finding(check: &str, text: &str, series: &[Series]) -> String {
    let found = match check {
        "vmstat" => {
            let row: Vec<f64> = text
                .trim_end()
                .lines()
                .last()
                .expect("a row")
                .split_whitespace()
                .map(|one| one.parse().expect("a number"))
                .collect();
            assert_eq!(row.len(), 17);
            match (row[6], row[15]) {
                (swapped_in, _) if swapped_in > 10.0 => "swapping",
                (_, wait) if wait > 40.0 => "waiting-for-disks",
                _ => "computing",
            }
        }
        "iostat" => {
            let row = data_disk(text);
            assert_eq!(row.len(), 22);
            let (rate, size, busy) = (row[0], row[5], row[21]);
            match (busy > 90.0, size > 64.0, rate > 1500.0) {
                (false, ..) => "not-busy",
                (_, true, _) => "large-requests",
                (.., true) => "thousands-a-second",
                _ => "few-and-slow",
            }
        }
        "pidstat" => {
            let read = |name: &str| numbers(&format!(r"(?m)^\S+ +\d+ +\d+ +([\d.]+) .* {name}$"), text);
            let backup = read("restic").first().copied().unwrap_or(0.0);
            let job = numbers(r"(?m)^\S+ +1002 +\d+ +([\d.]+) ", text).first().copied().unwrap_or(0.0);
            if backup > job {
                "backup-reads-most"
            } else if job > 1100.0 {
                "job-reads-most"
            } else {
                "little"
            }
        }
        "burst-balance" => {
            let (_, values) = metric("BurstBalance", text);
            match values.last() {
                None => "no-such-metric",
                Some(0.0) => "empty",
                Some(_) => "credits-left",
            }
        }
        "volume-metrics" => {
            let (_, reads) = metric("VolumeReadOps", text);
            let (_, queue) = metric("VolumeQueueLength", text);
            assert_eq!(series[0].points, reads, "plot and text");
            let drops = reads[reads.len() - 1] < reads[2] / 2.0;
            match (drops, queue[queue.len() - 1] > 4.0) {
                (true, true) => "drops-and-queues",
                (true, false) => "drops-without-queue",
                _ => "no-drop",
            }
        }
        "volume" if text.contains("snap-0") => "new-from-a-snapshot",
        "volume" if text.contains(r#""VolumeType": "gp2""#) => "small-gp2",
        "volume" => "gp3",
        "instance-ebs" => {
            let (_, left) = metric("EBSIOBalance%", text);
            if left[left.len() - 1] < 1.0 { "instance-balance-empty" } else { "instance-balance-left" }
        }
        "job-log" if text.contains("step 2") => "another-step",
        "job-log" => {
            let rates = numbers(r"rate=(\d+)/s", text);
            assert!(rates[rates.len() - 1] < rates[1] / 2.0, "{text}");
            "same-step-slower"
        }
        "crontab" => {
            let times = all(r"(?m)^(\d+ \d+) \* \* \* ", text);
            assert_eq!(times[0], times[1]);
            "both-at-the-same-minute"
        }
        "cpu-metric" => {
            let (_, cpu) = metric("CPUUtilization", text);
            if cpu[cpu.len() - 1] > 90.0 {
                "cpu-full"
            } else {
                assert!(cpu[cpu.len() - 1] < cpu[1], "less work, less CPU");
                "cpu-falls"
            }
        }
        "volume-status" if text.contains(r#""Status": "ok""#) => "ok",
        other => panic!("unknown check {other}"),
    };
    found.to_owned()
}

pub fn contradictions(texts: &BTreeMap<&str, String>, _: &BTreeMap<String, View>) -> Vec<String> {
    let mut faults = Faults::default();
    let (times, reads) = metric("VolumeReadOps", &texts["volume-metrics"]);
    let (_, writes) = metric("VolumeWriteOps", &texts["volume-metrics"]);
    let (_, queue) = metric("VolumeQueueLength", &texts["volume-metrics"]);
    faults.expect(
        times.windows(2).all(|pair| pair[1] - pair[0] == chrono::TimeDelta::minutes(5)),
        "a period is missing",
    );
    let row = data_disk(&texts["iostat"]);
    let now = row[0] + row[6];
    let metered = (reads[reads.len() - 1] + writes[writes.len() - 1]) / 300.0;
    faults.expect((metered / now - 1.0).abs() < 0.05, "iostat and CloudWatch count different rates");
    faults
        .expect((queue[queue.len() - 1] - row[20]).abs() < 1.0, "iostat and CloudWatch see different queues");
    // Little's law, within the rounding of two decimals.
    let law = (row[0] * row[4] + row[6] * row[10]) / 1000.0;
    faults.expect((law / row[20] - 1.0).abs() < 0.03, "rate times wait is not the queue");
    faults.expect((row[0] * row[5] / row[1] - 1.0).abs() < 0.02, "rate times size is not the throughput");

    faults.expect(
        row[6] == 0.0 || (0.5..2.0).contains(&(row[10] / row[4])),
        "writes wait far longer than reads, or shorter",
    );

    let wait: f64 =
        first(r"avg-cpu:.*\n +[\d.]+ +[\d.]+ +[\d.]+ +([\d.]+) ", &texts["iostat"]).parse().expect("a share");
    faults.expect((50.0..68.0).contains(&wait), "the customer saw about 60% wait");
    let row: Vec<f64> = texts["vmstat"]
        .trim_end()
        .lines()
        .last()
        .expect("a row")
        .split_whitespace()
        .map(|one| one.parse().expect("a number"))
        .collect();
    faults.expect((row[15] - wait).abs() < 2.0, "vmstat and iostat see different waits");
    faults.expect(
        (row[12] + row[13] + row[14] + row[15] + row[16] - 100.0).abs() <= 2.0,
        "shares do not add up",
    );
    let rows = texts["vmstat"].trim_end().lines().skip(3).map(str::to_owned).collect::<Vec<_>>();
    faults.expect(
        rows.len() == 5 && rows.windows(2).any(|pair| pair[0] != pair[1]),
        "five seconds that are not alike",
    );
    for (column, name) in [(3, "free"), (5, "cache"), (8, "bi")] {
        let cells: Vec<_> = rows.iter().filter_map(|row| row.split_whitespace().nth(column)).collect();
        faults.expect(
            cells.len() == 5 && cells.windows(2).any(|pair| pair[0] != pair[1]),
            format!("{name} is the same in every second"),
        );
    }
    faults.expect(reads.windows(2).all(|pair| pair[0] != pair[1]), "two periods with the same reads");
    let swaps = row[6] + row[7] > 0.0;
    faults.expect(swaps == (row[2] > 0.0), "swapping without swap");

    // Credits: what is earned and spent in each period is what the balance moves by.
    let gib: f64 = first(r#""Size": (\d+)"#, &texts["volume"]).parse().expect("GiB");
    let (_, balance) = metric("BurstBalance", &texts["burst-balance"]);
    if texts["volume"].contains(r#""VolumeType": "gp2""#) {
        let iops: f64 = first(r#""Iops": (\d+)"#, &texts["volume"]).parse().expect("IOPS");
        faults.expect(iops == (gib * 3.0).max(100.0), "a gp2 volume's IOPS is three for each GiB");
        let moved = |at: usize| ((reads[at] + writes[at]) - iops * 300.0) / 5.4e6 * 100.0;
        faults.expect(
            (1..balance.len()).all(|at| {
                let left = balance[at - 1] - moved(at);
                (left.clamp(0.0, 100.0) - balance[at]).abs() < 0.7
            }),
            "the balance does not follow the requests",
        );
        let last = (reads[reads.len() - 1] + writes[writes.len() - 1]) / 300.0;
        if balance[balance.len() - 1] == 0.0 {
            faults.expect((last - iops).abs() < 2.0, "without credits the rate is the baseline");
            faults.expect((reads[1] + writes[1]) / 300.0 > 2_990.0, "with credits it bursts");
        }
    } else {
        faults.expect(balance.is_empty(), "only volumes that burst have a balance");
    }
    let read = numbers(r"(?m)^\S+ +\d+ +\d+ +([\d.]+) +[\d.]+ +0\.00", &texts["pidstat"]).iter().sum::<f64>();
    let served = data_disk(&texts["iostat"])[1];
    faults.expect((read / served - 1.0).abs() < 0.05, "processes read more or less than the disk gave");
    let job = first(r"(?m)^\S+ +1002 .* (\S+)$", &texts["pidstat"]);
    faults.expect(texts["crontab"].contains(&format!("/bin/{job} ")), "another job");
    let log = first(r"(?m)^(\S+ \S+) start", &texts["job-log"]).replace(' ', "T");
    faults.expect((time(&log) - times[0]).num_seconds().abs() < 60, "metrics begin at another time");
    let rows = numbers(r"(\d+) rows to do", &texts["job-log"])[0];
    let done = numbers(r"done=(\d+) ", &texts["job-log"]);
    faults.expect(done[done.len() - 1] < rows, "more rows done than there are");
    let hour = first(r"(?m)^0 (\d+) ", &texts["crontab"]);
    faults.expect(first(r"T0?(\d+):00:01", &log) == hour, "it started at another hour");
    let id = first(r#""VolumeId": "(\S+)""#, &texts["volume"]);
    for check in ["burst-balance", "volume-metrics", "volume-status"] {
        faults.expect(texts[check].contains(&id), "another volume");
    }
    let serial = id.replace('-', "");
    faults.expect(texts["volume"].contains(&serial), "lsblk shows another volume");
    faults.expect(
        texts["volume"].contains(&first(r"InstanceId,Value=(\S+)", &texts["instance-ebs"])),
        "another instance",
    );
    faults.found
}
