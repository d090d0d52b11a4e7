//! I12: every writer turns to a new date prefix at midnight.

use std::collections::BTreeMap;

use divedeep_cases::incident::{Series, View};

use super::{Faults, all, first};

/// A row of a result with figures: folder, operation, status, error, folders, requests, a second, milliseconds.
fn rows(text: &str) -> Vec<Vec<String>> {
    let cells = |line: &str| line.trim_matches('"').split("\",\"").map(str::to_owned).collect::<Vec<_>>();
    text.lines().filter(|line| line.starts_with('"') && line.contains("\"REST.")).map(cells).collect()
}

fn number(text: &str) -> f64 {
    text.parse().unwrap_or_else(|_| panic!("{text:?} is no number"))
}

/// Data points as printed: time and values.
fn points(text: &str) -> Vec<(String, Vec<f64>)> {
    let mut points = Vec::new();
    for line in text.lines() {
        let mut cells = line.split('\t');
        let time = cells.next().unwrap_or_default();
        if let Some(time) = time.strip_suffix("+00:00") {
            points.push((time.to_owned(), cells.map(number).collect()));
        }
    }
    points
}

/// The sum of a column over the data points of the first ten minutes of the day.
fn ten_minutes(text: &str, column: usize) -> f64 {
    let points = points(text);
    let at = points.iter().position(|(time, _)| time.ends_with("T00:00:00")).expect("midnight");
    points[at..at + 2].iter().map(|(_, values)| values[column]).sum()
}

/// Requests of a result's rows that match.
fn requests(text: &str, wanted: impl Fn(&[String]) -> bool) -> f64 {
    rows(text).iter().filter(|row| wanted(row)).map(|row| number(&row[5])).sum()
}

/// The day's own folder.
fn today(text: &str) -> String {
    format!("events/date={}/", first(r"< timestamp '(\S+) 00:10:00 UTC'", text))
}

pub fn finding(check: &str, text: &str, series: &[Series]) -> String {
    let found = match check {
        "throughput" => {
            let (made, written) = (ten_minutes(text, 0), ten_minutes(text, 1));
            assert_eq!(series.len(), 3);
            if written < 0.7 * made { "falls-behind-at-midnight" } else { "keeps-up" }
        }
        "worker-log" => {
            let lines = all(r"(?m)^20\S+Z (?:ERROR|WARN) (.+)$", text);
            assert_eq!(lines.len(), 3, "{text}");
            let every = |part: &str| lines.iter().all(|line| line.contains(part));
            if every("(SlowDown)") && every("operations involving AWS KMS") {
                "slow-down-for-kms"
            } else if every("(SlowDown) when calling the PutObject") && every("reduce your request rate.") {
                "slow-down"
            } else if every("(AccessDenied)") && every("explicit deny in a resource-based policy") {
                "access-denied"
            } else {
                assert!(every("objects waiting") && all(r"(?m)^ *\d+ (ERROR) ", text).is_empty(), "{text}");
                "no-errors"
            }
        }
        "s3-metrics" => {
            let sum = |column: usize, after: bool| -> f64 {
                let points = points(text);
                let points =
                    points.iter().filter(|(time, _)| (time.as_str() >= midnight(text).as_str()) == after);
                points.map(|(_, values)| values[column]).sum()
            };
            assert_eq!(sum(1, false) + sum(2, false), 0.0, "errors before midnight");
            match (sum(1, true) > 0.0, sum(2, true) > 0.0) {
                (false, false) => "no-errors",
                (false, true) => "5xx-after-midnight",
                _ => "4xx-after-midnight",
            }
        }
        "by-prefix" => {
            let folder = today(text);
            let of =
                |status: &str, own: bool| requests(text, |row| row[2] == status && (row[0] == folder) == own);
            let own = rows(text).into_iter().find(|row| row[0] == folder && row[2] == "200");
            if of("403", true) > 0.0 {
                assert_eq!(of("403", false) + of("503", false), 0.0);
                "todays-folder-denied"
            } else if of("503", false) > 0.0 {
                "every-folder-throttled"
            } else if of("503", true) > 0.0 {
                // 3,500 a second is what is documented at least; some more is the same wall.
                match of("200", true) / 600.0 {
                    3400.0..4000.0 => "todays-folder-held-at-3500",
                    rate => {
                        assert!(rate + of("503", true) / 600.0 < 2500.0, "{text}");
                        "throttled-far-below-3500"
                    }
                }
            } else if number(&own.expect("writes")[7]) > 500.0 {
                "no-errors-but-slow"
            } else {
                "no-errors-but-few"
            }
        }
        "top-keys" => {
            let keys = all(r#"(?m)^"(\S+)","\d+"$"#, text);
            let counts: Vec<f64> =
                all(r#"(?m)^"\S+","(\d+)"$"#, text).iter().map(|count| number(count)).collect();
            match (keys.len(), counts.first()) {
                (0, _) => "none",
                (1, Some(count)) if *count > 10_000.0 => "one-key",
                (5, Some(count)) if *count <= 5.0 => "spread-over-keys",
                _ => panic!("{text}"),
            }
        }
        "objects-closed" => {
            let points = points(text);
            let before: f64 =
                points.iter().filter(|(time, _)| time < &midnight(text)).map(|(_, v)| v[0]).sum();
            let before = before / points.iter().filter(|(time, _)| time < &midnight(text)).count() as f64;
            if ten_minutes(text, 0) / 2.0 > 1.3 * before {
                "more-and-smaller-objects"
            } else {
                "same-objects-as-before"
            }
        }
        "kms" => {
            let quota = number(&first(r"request rate\t(\S+)", text));
            let most = points(text).iter().map(|(_, values)| values[0]).fold(0.0, f64::max) / 300.0;
            if most > 0.95 * quota { "at-the-quota" } else { "far-below-the-quota" }
        }
        "changes" => {
            let put = first(r#"(?m)^\["20\S+Z","PutBucketPolicy",(.+SealWhileMerging.+)$"#, text);
            let sealed = first(r"events/date=([0-9-]+)/\*", &put);
            let night = first(r#"(?m)^\["(20[0-9-]+)T"#, text);
            if sealed == night { "todays-folder-sealed" } else { "old-folder-sealed" }
        }
        "network" => match number(&first(r"bw_out_allowance_exceeded: (\d+)", text)) {
            0.0 => "room-left",
            _ => "allowance-exceeded",
        },
        "catalog" => match first(r"(?m)^ *(\d+) ThrottlingException$", text).as_str() {
            "" => "partitions-at-once",
            _ => "partitions-late",
        },
        other => panic!("unknown check {other}"),
    };
    found.to_owned()
}

/// The day's first second, as points print it.
fn midnight(text: &str) -> String {
    let times: Vec<String> = points(text).into_iter().map(|(time, _)| time).collect();
    times.into_iter().find(|time| time.ends_with("T00:00:00")).expect("midnight")
}

pub fn contradictions(texts: &BTreeMap<&str, String>, views: &BTreeMap<String, View>) -> Vec<String> {
    let mut faults = Faults::default();
    let (prefix, metrics) = (&texts["by-prefix"], &texts["s3-metrics"]);
    let folder = today(prefix);
    // S3's metrics and its access log count the same requests.
    let puts = requests(prefix, |row| row[1] == "REST.PUT.OBJECT");
    faults.expect(puts == ten_minutes(metrics, 0), "PutRequests are not the log's PUTs");
    let refused = |digit: char| requests(prefix, |row| row[2].starts_with(digit));
    faults.expect(refused('4') == ten_minutes(metrics, 1), "4xxErrors are not the log's");
    faults.expect(refused('5') == ten_minutes(metrics, 2), "5xxErrors are not the log's");
    for row in rows(prefix) {
        faults.expect(
            number(&row[6]) == (number(&row[5]) / 600.0).floor(),
            "requests and requests a second disagree",
        );
        let error = match row[2].as_str() {
            "200" => "-",
            "503" => "SlowDown",
            _ => "AccessDenied",
        };
        faults.expect(row[3] == error, "a status with another status's error");
    }
    let counts: Vec<f64> = rows(prefix).iter().map(|row| number(&row[5])).collect();
    faults.expect(counts.is_sorted_by(|a, b| a >= b), "rows out of order");
    // What is made and not written waits on the workers' disks.
    let crowded = rows(prefix).iter().any(|row| row[0] == "tenants/*" && number(&row[7]) > 500.0);
    let one_key = all(r#"(?m)^"\S+_workers\.json","(\d+)"$"#, &texts["top-keys"]);
    if !crowded && one_key.is_empty() {
        let made = ten_minutes(&texts["objects-closed"], 0) - requests(prefix, |row| row[0] == "tenants/*");
        let written = requests(prefix, |row| row[0] == folder && row[2] == "200");
        let spooled: Vec<f64> = points(&texts["throughput"])
            .into_iter()
            .filter(|(time, _)| time.ends_with("T23:55:00") || time.ends_with("T00:05:00"))
            .map(|(_, values)| values[2])
            .collect();
        faults.expect(
            made - written == spooled[1] - spooled[0],
            "objects made, written and spooled do not add up",
        );
    }
    if let Some(count) = one_key.first() {
        let slow = requests(prefix, |row| row[0] == folder && row[2] == "503");
        faults.expect(number(count) == slow, "errors of the key are not those of the folder");
    }
    // All threads busy: as many writes a second as threads over the time that each takes.
    if crowded {
        let own = rows(prefix).into_iter().find(|row| row[0] == folder).expect("writes");
        let threads = number(&own[6]) * number(&own[7]) / 1000.0;
        faults
            .expect((1150.0..1700.0).contains(&threads), "time and number of writes do not fit the threads");
    }
    // Errors that the workers saw are those that S3, or the catalog, answered with.
    let log = &texts["worker-log"];
    faults.expect(log.contains("(SlowDown)") == (refused('5') > 0.0), "the workers and S3 disagree on 503");
    faults
        .expect(log.contains("(AccessDenied)") == (refused('4') > 0.0), "the workers and S3 disagree on 403");
    // What a worker says of its disk is its part of the whole, to within a worker's worth.
    let spooled: BTreeMap<String, f64> =
        points(&texts["throughput"]).into_iter().map(|(time, values)| (time, values[2])).collect();
    for line in log.lines().filter(|line| line.contains("objects waiting")) {
        let minute = number(&line[14..16]) - 5.0;
        let point =
            spooled.iter().find(|(time, _)| time.ends_with(&format!("T00:{minute:02}:00"))).expect("a point");
        let workers = point.1 / number(&first(r"events: (\d+) objects", line));
        faults.expect((26.0..34.1).contains(&workers), "a worker's disk does not fit the fleet's");
    }
    // KMS is called for each write only where there is no bucket key.
    let calls = points(&texts["kms"]).first().map_or(0.0, |(_, values)| values[0]);
    let first_puts = points(metrics).first().map_or(0.0, |(_, values)| values[0]);
    let without = texts["kms"].contains("\"BucketKeyEnabled\": false");
    faults.expect((calls > first_puts) == without, "calls of KMS do not fit the bucket key");
    faults.expect(
        log.contains("involving AWS KMS") == (finding("kms", &texts["kms"], &[]) == "at-the-quota"),
        "KMS throttles below its quota, or does not at it",
    );
    // The denied folder is the sealed one, by the same account.
    let sealed = first(r"events/date=([0-9-]+)/\*", &texts["changes"]);
    faults.expect((refused('4') > 0.0) == folder.contains(&sealed), "denials do not fit the policy");
    let account = first(r"arn:aws:sts::(\d+):assumed-role/close-day", &texts["changes"]);
    faults.expect(prefix.contains(&account) && texts["kms"].contains(&account), "another account");
    faults
        .expect(!log.contains("arn:aws:sts") || log.contains(&account), "the writers are of another account");
    // The night's things happen in the night.
    for time in all(r#"(?m)^\["(20\S+?)Z""#, &texts["changes"]) {
        faults.expect(time.starts_with(&folder[12..22]), "a change of another day");
    }
    // NetworkOut stays within the allowance, and reaches it only where packets were shaped.
    let allowance = number(&first(r"(?m)^(0\.\d+)\t12\.5$", &texts["network"])) * 1e9 / 8.0 * 300.0;
    let most = points(&texts["network"]).iter().map(|(_, values)| values[0]).fold(0.0, f64::max);
    faults.expect(most <= allowance * 1.02, "more than the allowance left the instance");
    let shaped = finding("network", &texts["network"], &[]) == "allowance-exceeded";
    faults.expect((most > 0.9 * allowance) == shaped, "the allowance and the counter disagree");
    // Pictures and tables show the same.
    for (check, places) in
        [("throughput", 3), ("s3-metrics", 3), ("objects-closed", 2), ("kms", 1), ("network", 1)]
    {
        for place in 0..places {
            let printed: Vec<f64> = points(&texts[check]).iter().map(|(_, values)| values[place]).collect();
            let series = &views[check].series[place];
            faults.expect(printed == series.points, "a table and its picture differ");
            let start = points(&texts[check])[0].0.clone();
            faults.expect(series.start == format!("{start}Z"), "a picture begins elsewhere");
        }
    }
    let results: Vec<String> =
        texts.values().flat_map(|text| all(r"aws-athena-query-results-\S+?/(\S+)\.csv", text)).collect();
    let groups = |id: &String| id.split('-').map(str::len).collect::<Vec<_>>() == [8, 4, 4, 4, 12];
    faults.expect(
        results.len() > 1 && results[0] != results[1] && results.iter().all(groups),
        "a query's id as Athena gives none",
    );
    faults.found
}
