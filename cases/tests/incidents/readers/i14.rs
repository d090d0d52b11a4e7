//! I14: sessions of chained roles that run out together.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use divedeep_cases::incident::{Series, View};
use serde_json::Value;

use super::{Faults, all, first};

/// Rows of figures after a time: the time and the cells.
fn rows(text: &str) -> Vec<(NaiveDateTime, Vec<u32>)> {
    let mut rows = Vec::new();
    for line in text.lines() {
        let mut cells = line.split('\t');
        let stamp = cells.next().unwrap_or_default().replace(' ', "T");
        let stamp = stamp.trim_end_matches("+00:00").trim_end_matches(".000").to_owned();
        let Ok(time) = NaiveDateTime::parse_from_str(&stamp, "%Y-%m-%dT%H:%M:%S") else { continue };
        rows.push((time, cells.map(|cell| cell.parse().expect("a number")).collect()));
    }
    rows
}

/// The results of each command in a text.
fn answers(text: &str) -> Vec<Vec<&str>> {
    let mut answers: Vec<Vec<&str>> = Vec::new();
    for line in text.lines() {
        if line.starts_with("$ ") {
            answers.push(Vec::new());
        } else if let (Some(last), false) = (answers.last_mut(), line.is_empty()) {
            last.push(line);
        }
    }
    answers
}

fn number(text: &str) -> u32 {
    text.parse().unwrap_or_else(|_| panic!("{text} is no number"))
}

struct Pair {
    kind: String,
    zone: String,
    logins: u32,
    failed: u32,
    tenants: u32,
}

fn pairs(text: &str) -> Vec<Pair> {
    let rows = text.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let rows = rows.filter(|cells| cells.len() == 5);
    rows.map(|cells| Pair {
        kind: cells[0].to_owned(),
        zone: cells[1].to_owned(),
        logins: number(cells[2]),
        failed: number(cells[3]),
        tenants: number(cells[4]),
    })
    .collect()
}

/// Tenants with failures of a kind of role, by the second query.
fn hit(text: &str, kind: &str) -> u32 {
    let found = all(&format!(r"(?m)^{kind}\t(\d+)$"), text);
    found.first().map_or(0, |count| number(count))
}

fn errors(text: &str) -> Vec<Value> {
    let lines = text.lines().filter(|line| line.starts_with('{'));
    lines.map(|line| serde_json::from_str(line).expect("a log line")).collect()
}

fn error(line: &Value) -> &str {
    line["error"].as_str().expect("an error")
}

/// Five-minute bins and the busiest seconds of the calls.
fn calls(text: &str) -> (Vec<(NaiveDateTime, u32)>, Vec<u32>) {
    let (bins, seconds) = text.split_at(text.rfind("$ id=").expect("two queries"));
    let of = |text| rows(text).into_iter().map(|(time, cells)| (time, cells[0])).collect::<Vec<_>>();
    (of(bins), of(seconds).into_iter().map(|(_, calls)| calls).collect())
}

/// How long zone c's clock is behind, in seconds, beyond what the commands took.
fn behind(text: &str) -> i64 {
    let times: Vec<NaiveDateTime> = all(r"(?m)^(\d{4}\S+)Z$", text)
        .iter()
        .map(|time| NaiveDateTime::parse_from_str(time, "%Y-%m-%dT%H:%M:%S").expect("a time"))
        .collect();
    assert_eq!(times.len(), 4);
    let off = |index: usize| (times[0] - times[index]).num_seconds();
    assert!((-5..=0).contains(&off(1)) && (-5..=0).contains(&off(2)), "{times:?}");
    off(3)
}

pub fn finding(check: &str, text: &str, series: &[Series]) -> String {
    let found = match check {
        "login-metrics" => {
            let rows = rows(text);
            let most = rows.iter().map(|(_, cells)| cells[0]).max().expect("rows");
            let peak: Vec<_> = rows.iter().filter(|(_, cells)| cells[0] * 10 >= most * 9).collect();
            let bad = peak.iter().filter(|(_, cells)| cells[1] > 0).count();
            assert!(bad > 0, "nothing fails");
            if bad * 2 > peak.len() { "through-the-peak" } else { "hourly-spikes" }
        }
        "app-error" => {
            let errors = errors(text);
            assert_eq!(errors.len(), 5);
            assert!(errors.iter().all(|line| line["event"] == "login_failed" && line["kind"] == "chained"));
            let every = |part: &str| errors.iter().all(|line| error(line).contains(part));
            if every("(Throttling) when calling the AssumeRole operation") {
                "throttled-at-assume-role"
            } else if every("(Throttling) when calling the GetCallerIdentity operation") {
                "throttled-at-get-caller-identity"
            } else if every("(AccessDenied)") && every(":role/tenant-broker") {
                "denied-at-broker"
            } else if every("(AccessDenied)") && every(":role/TenantAccess") {
                "denied-at-tenant"
            } else if every("(SignatureDoesNotMatch)") {
                "signature-expired"
            } else if every("exceeds the 1 hour session limit for roles assumed by role chaining") {
                "duration-refused"
            } else {
                panic!("{text}")
            }
        }
        "by-pair" => {
            let pairs = pairs(text);
            assert_eq!(pairs.len(), 6);
            assert!(pairs.iter().all(|pair| pair.failed <= pair.logins));
            let bad: Vec<&Pair> = pairs.iter().filter(|pair| pair.failed > 0).collect();
            let zones: std::collections::BTreeSet<&str> = bad.iter().map(|pair| pair.zone.as_str()).collect();
            let direct = bad.iter().any(|pair| pair.kind == "direct");
            let few = hit(text, "chained") < pairs[0].tenants;
            match (zones.len(), direct, few) {
                (3, false, false) => "chained-in-every-zone",
                (1, true, false) => "both-kinds-in-one-zone",
                (1, false, true) => "some-tenants-in-one-zone",
                (1, false, false) => "chained-in-one-zone",
                other => panic!("{other:?}"),
            }
        }
        "rate" => {
            let (bins, seconds) = calls(text);
            assert_eq!(seconds.len(), 8);
            let full = bins.iter().filter(|(_, calls)| *calls > 150_000).count();
            let burst = bins.iter().filter(|(_, calls)| *calls > 25_000).count();
            assert!(!series.is_empty());
            if seconds[0] < 600 {
                assert_eq!(full + burst, 0);
                "below-the-quota"
            } else if full * 2 > bins.len() {
                "follows-the-logins"
            } else {
                assert!((2..=9).contains(&burst) && full == 0, "{burst} {full}");
                "hourly-bursts"
            }
        }
        "callers" => {
            let answers = answers(text);
            let cells: Vec<&str> = answers[1][0].split('\t').collect();
            match (cells[0], cells[1], number(cells[2])) {
                (_, _, ..12_000) => "nobody-much",
                ("tenant-broker", "GetCallerIdentity", _) => "workers-ask-who-they-are",
                ("login-worker" | "tenant-broker", "AssumeRole", _) => "workers-assume-roles",
                (_, "AssumeRole", _) => "another-workload",
                other => panic!("{other:?}"),
            }
        }
        "session-age" => {
            let answers = answers(text);
            match (answers[1].as_slice(), answers[3].as_slice()) {
                ([one], []) if one.starts_with("60\t") => "at-the-full-hour",
                (many, []) if many.len() >= 12 => "at-any-age",
                ([], [count]) if number(count) > 0 => "no-session-before",
                other => panic!("{other:?}"),
            }
        }
        "starts" => {
            let counts: Vec<u32> = all(r"(?m)^ +(\d+) \d{4}-", text).iter().map(|one| number(one)).collect();
            let (most, sum) = (counts.iter().max().expect("rows"), counts.iter().sum::<u32>());
            // In one or two neighbouring tens of minutes, or over an hour.
            if most * 2 > sum { "together" } else { "one-by-one" }
        }
        "config" => {
            assert!(text.contains("scope: process") && text.contains("jitter_seconds: 0"));
            match (text.ends_with("same\n"), first(r"(?m)^>   duration_seconds: (\d+)", text).as_str()) {
                (true, "") => "caches-by-process",
                (false, longer) if number(longer) > 3600 => "longer-sessions-in-one-zone",
                other => panic!("{other:?}"),
            }
        }
        "trust" => {
            let gateways = all(r"(?m)^nat-\w+\t(\S+)\t", text);
            assert_eq!(gateways.len(), 3);
            let missing = gateways.iter().filter(|one| !text.contains(&format!("\"{one}/32\""))).count();
            match missing {
                0 => "allows-every-zone",
                1 => "leaves-a-gateway-out",
                other => panic!("{other} gateways missing"),
            }
        }
        "external-ids" => match (all(r"(?m)^(same)$", text).len(), all(r"(?m)^< (t-\d+)\t", text).len()) {
            (3, 0) => "current-everywhere",
            (2, 1..) => "old-in-one-zone",
            other => panic!("{other:?}"),
        },
        "clocks" => match behind(text) {
            -5..=0 => "right-everywhere",
            300.. => "behind-in-one-zone",
            other => panic!("{other} s"),
        },
        "changes" => {
            assert!(text.contains("UpdateRoleDescription") && text.contains("deployed"));
            assert!(!text.contains("UpdateAssumeRolePolicy"));
            if text.contains("CreateNatGateway") { "gateway-replaced" } else { "no-trust-or-network" }
        }
        other => panic!("unknown check {other}: {text}"),
    };
    found.to_owned()
}

pub fn contradictions(texts: &BTreeMap<&str, String>, views: &BTreeMap<String, View>) -> Vec<String> {
    let mut faults = Faults::default();
    let text = |check: &str| texts[check].as_str();
    // Tables and graphs are the same figures.
    let fives = |series: &Series| -> Vec<u32> {
        series.points.chunks(5).map(|bin| bin.iter().sum::<f64>() as u32).collect()
    };
    let metrics = rows(text("login-metrics"));
    let column = |column: usize| metrics.iter().map(|(_, cells)| cells[column]).collect::<Vec<_>>();
    let graphs = &views["login-metrics"].series;
    faults
        .expect(fives(&graphs[0]) == column(0) && fives(&graphs[1]) == column(1), "metric and table differ");
    let (bins, seconds) = calls(text("rate"));
    let counts: Vec<u32> = bins.iter().map(|(_, calls)| *calls).collect();
    faults.expect(fives(&views["rate"].series[0]) == counts, "calls and their graph differ");
    faults.expect(
        bins.iter().map(|(time, _)| time).eq(metrics.iter().map(|(time, _)| time)),
        "both tables are of the same times",
    );
    // The hour of the table by role is a part of the metric.
    let epoch = |check: &str, which: &str| -> i64 {
        first(&format!(r"--{which}-time (\d+) "), text(check)).parse().expect("a time")
    };
    let (from, to) = (epoch("by-pair", "start"), epoch("by-pair", "end") + 1);
    faults
        .expect(metrics.iter().all(|(time, _)| time.and_utc().timestamp() % 300 == 0), "bins begin anywhere");
    faults.expect(to - from == 3600, "an hour");
    let inside = |time: &NaiveDateTime| (from..to).contains(&time.and_utc().timestamp());
    let hour = metrics.iter().filter(|(time, _)| inside(time));
    let (logins, failed) = hour.fold((0, 0), |sum, (_, cells)| (sum.0 + cells[0], sum.1 + cells[1]));
    let pairs = pairs(text("by-pair"));
    let chained: Vec<&Pair> = pairs.iter().filter(|pair| pair.kind == "chained").collect();
    faults.expect(chained.iter().map(|pair| pair.logins).sum::<u32>() == logins, "logins of the hour");
    faults.expect(chained.iter().map(|pair| pair.failed).sum::<u32>() == failed, "failures of the hour");
    // Who called adds up to what was called.
    let callers = answers(text("callers"))[1].clone();
    let sum: u32 = callers.iter().filter_map(|row| row.rsplit('\t').next()).map(number).sum();
    let start = epoch("callers", "start");
    let bin = bins.iter().find(|(time, _)| time.and_utc().timestamp() == start);
    faults.expect(bin.is_some_and(|(_, calls)| *calls == sum), "callers do not add up");
    faults.expect(
        bins.iter().filter(|(time, _)| inside(time)).all(|(_, calls)| *calls <= sum),
        "it is not the busiest",
    );
    // Never above the quota; throttling where it is reached, and not elsewhere.
    faults.expect(seconds.iter().all(|calls| *calls <= 600), "more than the quota");
    let throttled = text("app-error").contains("Throttling");
    faults.expect((seconds[0] == 600) == throttled, "throttling and the ceiling");
    faults.expect(
        text("app-error").contains("calling the GetCallerIdentity")
            == callers[0].starts_with("tenant-broker\tGetCallerIdentity"),
        "the throttled call leads the list",
    );
    // A login fails where and when the tables say so.
    let errors = errors(text("app-error"));
    for line in &errors {
        let zone = line["zone"].as_str().unwrap_or_default();
        faults.expect(
            chained.iter().any(|pair| pair.zone == zone && pair.failed > 0),
            "an error in another zone",
        );
    }
    if throttled {
        let bad: Vec<NaiveDateTime> =
            metrics.iter().filter(|(_, cells)| cells[1] > 0).map(|(time, _)| *time).collect();
        for line in &errors {
            let time = line["time"].as_str().unwrap_or_default().trim_end_matches('Z').to_owned();
            let time = NaiveDateTime::parse_from_str(&time, "%Y-%m-%dT%H:%M:%S").expect("a time");
            faults.expect(
                bad.iter().any(|bin| (0..300).contains(&(time - *bin).num_seconds())),
                "an error in minutes without failures",
            );
        }
    }
    // Pods.
    let count: u32 = all(r"(?m)^ +(\d+) \d{4}-", text("starts")).iter().map(|one| number(one)).sum();
    faults.expect(count == number(&first(r"(?m)^(\d+) pods", text("starts"))), "pods and their starts");
    // Bursts of workers that started together come at full hours since then.
    let first_burst = bins.iter().find(|(_, calls)| *calls > 25_000 && *calls < 150_000);
    if finding("starts", text("starts"), &[]) == "together"
        && finding("rate", text("rate"), &views["rate"].series) == "hourly-bursts"
    {
        let many = all(r"(?m)^ +[2-9]\d (\S+)$", text("starts"));
        let (time, _) = first_burst.expect("a burst");
        // The start is in that bin, or at the end of the one before.
        let within = |minutes: i64| {
            let at = *time + chrono::TimeDelta::minutes(minutes);
            many.iter().any(|ten| at.format("%Y-%m-%dT%H:%M").to_string().starts_with(ten.as_str()))
        };
        faults.expect(within(0) || within(4) || within(-1), "the first burst is not the scale-out");
        let bursts: Vec<_> = bins.iter().filter(|(_, calls)| *calls > 25_000).collect();
        faults.expect(
            bursts.iter().all(|(later, _)| {
                let minutes = (*later - *time).num_minutes() % 60;
                // A burst lies in two bins where it begins at the end of the first.
                !(6..55).contains(&minutes)
            }),
            "bursts at other times than full hours",
        );
    }
    // Refusals have their reasons elsewhere.
    let left_out = finding("trust", text("trust"), &[]) == "leaves-a-gateway-out";
    let denied = |role: &str| {
        errors.iter().any(|line| error(line).contains("(AccessDenied)") && error(line).ends_with(role))
    };
    faults.expect(left_out == denied(":role/tenant-broker"), "the broker's trust policy and the error");
    faults.expect(left_out == text("changes").contains("CreateNatGateway"), "a gateway's change");
    let old = all(r"(?m)^< (t-\d+)\t", text("external-ids"));
    faults.expect(old.is_empty() != denied(":role/TenantAccess"), "external ids and the error");
    if !old.is_empty() {
        faults
            .expect(u32::try_from(old.len()) == Ok(hit(text("by-pair"), "chained")), "tenants with old ids");
        faults.expect(
            errors.iter().all(|line| old.iter().any(|tenant| line["tenant"] == tenant.as_str())),
            "an error of a tenant whose id is current",
        );
    }
    let skew = behind(text("clocks"));
    let refused = errors.iter().any(|line| error(line).contains("Signature expired"));
    faults.expect((skew > 300) == refused, "clocks and signatures");
    if refused {
        let time = |pattern| {
            let found = first(pattern, error(&errors[0]));
            NaiveDateTime::parse_from_str(&found, "%Y%m%dT%H%M%SZ").expect("a time")
        };
        let off = (time(r"\((\S+) - 5 min") - time(r"expired: (\S+) is")).num_seconds();
        faults.expect((off - skew).abs() <= 5, "the signature is off by another time than the clock");
    }
    faults.expect(
        text("config").ends_with("same\n") != error(&errors[0]).contains("ValidationError"),
        "session durations and the error",
    );
    faults.found
}
