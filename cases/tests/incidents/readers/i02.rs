//! I02: instances that are replaced before they have had time to start.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDateTime, TimeDelta};
use divedeep_cases::incident::{Series, View};

use super::{Faults, all, first};

fn time(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S").unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// A row of the scaling activities: when, whether it is a launch, which instance, and why.
struct Row {
    at: NaiveDateTime,
    launch: bool,
    id: String,
    cause: String,
}

fn rows(text: &str) -> Vec<Row> {
    let lines = text.lines().filter(|line| line.contains("EC2 instance: "));
    lines
        .map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            assert_eq!(cells.len(), 3, "{line}");
            Row {
                at: time(&cells[0][..19]),
                launch: cells[1].starts_with("Launching a new EC2 instance"),
                id: first(r"(i-[0-9a-f]{17})", cells[1]),
                cause: cells[2].to_owned(),
            }
        })
        .collect()
}

/// What target health was at each change: seconds of the day and id, state, reason.
fn watch(text: &str) -> Vec<(u32, Vec<[String; 3]>)> {
    let lines = text
        .lines()
        .filter(|line| line.len() >= 8 && line.as_bytes()[2] == b':' && line.as_bytes()[5] == b':');
    lines
        .map(|line| {
            let part =
                |range| line.get(range).and_then(|part: &str| part.parse::<u32>().ok()).expect("a number");
            let second = part(0..2) * 3600 + part(3..5) * 60 + part(6..8);
            let targets = line[8..].split_whitespace().map(|entry| {
                let parts: Vec<&str> = entry.split('/').collect();
                [parts[0].to_owned(), parts[1].to_owned(), parts[2].to_owned()]
            });
            (second, targets.collect())
        })
        .collect()
}

/// The rows of a table of metrics: time and values.
fn table(text: &str) -> Vec<(NaiveDateTime, Vec<f64>)> {
    let lines = text.lines().filter(|line| line.contains("+00:00\t"));
    lines
        .map(|line| {
            let mut cells = line.split('\t');
            let at = time(cells.next().and_then(|cell| cell.strip_suffix("+00:00")).expect("a time"));
            (at, cells.map(|cell| cell.parse().expect("a number")).collect())
        })
        .collect()
}

fn of(has: [bool; 4]) -> String {
    match has {
        [_, _, _, true] => "504",
        [true, true, true, _] => "200-502-503",
        [false, true, true, _] => "502-503-only",
        _ => "other",
    }
    .to_owned()
}

/// A request in the access log: when it came, the target, the statuses.
struct Request {
    at: NaiveDateTime,
    target: String,
    elb: u16,
    own: String,
    times: [String; 3],
}

fn requests(text: &str) -> Vec<Request> {
    let lines = text.lines().filter(|line| line.starts_with("https "));
    lines
        .map(|line| {
            let cells: Vec<&str> = line.split(' ').collect();
            let created = first(r#" \d (\d{4}-\d\d-\d\dT[\d:]{8})\.\d{6}Z "forward""#, line);
            Request {
                at: time(&created),
                target: cells[4].to_owned(),
                elb: cells[8].parse().expect("a status"),
                own: cells[9].to_owned(),
                times: [5, 6, 7].map(|place| cells[place].to_owned()),
            }
        })
        .collect()
}

/// Lines of the application's log: the instance and the rest.
fn app(text: &str) -> Vec<(String, NaiveDateTime, String)> {
    let lines = text.lines().filter(|line| line.starts_with("i-"));
    lines
        .map(|line| {
            let (id, rest) = line.split_once('\t').expect("two columns");
            (id.to_owned(), time(&rest[..19]), rest.to_owned())
        })
        .collect()
}

pub fn finding(check: &str, text: &str, series: &[Series]) -> String {
    let found = match check {
        "activities" => {
            let rows = rows(text);
            let ended: Vec<_> = rows.iter().filter(|row| !row.launch).collect();
            if ended
                .iter()
                .all(|row| row.cause.contains("in response to an ELB system health check failure."))
            {
                "elb-health-check"
            } else {
                assert!(ended.iter().all(|row| row.cause.contains("terminated or stopped")));
                "terminated-or-stopped"
            }
        }
        "group" => {
            assert!(
                text.contains("\"HealthCheckGracePeriod\": 60")
                    && text.contains("\"HealthCheckType\": \"ELB\"")
            );
            "grace-of-a-minute"
        }
        "target-health" => {
            let mut before: Vec<[String; 3]> = Vec::new();
            let mut seen = BTreeSet::new();
            for (_, targets) in watch(text) {
                for [id, state, reason] in targets.iter().filter(|target| target[1] == "unhealthy") {
                    let former =
                        before.iter().find(|target| target[0] == *id).map_or("", |target| &target[1]);
                    assert_eq!(state, "unhealthy");
                    match (reason.as_str(), former) {
                        ("Target.ResponseCodeMismatch", _) => seen.insert("another-code"),
                        ("Target.Timeout", _) => seen.insert("no-answer-in-time"),
                        ("Target.FailedHealthChecks", "initial") => {
                            seen.insert("no-connection-before-it-passed")
                        }
                        ("Target.FailedHealthChecks", "healthy") => {
                            seen.insert("no-connection-after-it-passed")
                        }
                        _ => false,
                    };
                }
                before = targets;
            }
            assert!(seen.len() < 2, "{seen:?}");
            seen.first().copied().unwrap_or("never-unhealthy")
        }
        "errors" => {
            assert_eq!(series.len(), 4);
            let has = |index: usize| series[index].points.iter().any(|count| *count > 0.0);
            return of([has(0), has(1), has(2), has(3)]);
        }
        "access-log" => {
            let requests = requests(text);
            return of(
                [200, 502, 503, 504].map(|status| requests.iter().any(|request| request.elb == status))
            );
        }
        "app-log" => {
            let lines = app(text);
            let oldest = &lines[0].0;
            let new = || lines.iter().filter(|line| line.0 != *oldest).map(|line| line.2.as_str());
            let started = |lines: Vec<&str>| -> Vec<f64> {
                lines
                    .iter()
                    .filter_map(|line| first(r"Started \w+ in ([\d.]+) seconds", line).parse().ok())
                    .collect()
            };
            let before = started(lines.iter().take(3).map(|line| line.2.as_str()).collect());
            let now = started(new().collect());
            if now.iter().all(|takes| *takes > 2.0 * before[0]) {
                "starts-three-times-as-slowly"
            } else if new().any(|line| line.contains("exiting with status")) {
                "exits"
            } else if new().any(|line| line.contains("No mapping for GET /healthz")) {
                "no-such-path"
            } else if new().any(|line| line.contains("answered after")) {
                "waits-for-a-dependency"
            } else if new().any(|line| line.contains("started on port 9090")) {
                "another-port"
            } else {
                "starts-as-before"
            }
        }
        "kernel-log" if text.contains("Out of memory: Killed process") => "killed",
        "kernel-log" => "no-kill",
        "resources" => {
            let most = series[1].points.iter().copied().fold(0.0, f64::max);
            if most > 90.0 { "memory-full" } else { "normal" }
        }
        "cloudtrail" => {
            let own = first(r"(?m)^(sg-\w+)\t", text);
            if text.contains(&format!("\"groupId\":\"{own}\"")) {
                "own-group-closed"
            } else if all("(BidEvictedEvent\")", text).len() > 1 {
                "own-instances-evicted"
            } else {
                "another-group-and-another-spot-instance"
            }
        }
        other => panic!("unknown check {other}"),
    };
    found.to_owned()
}

pub fn contradictions(texts: &BTreeMap<&str, String>, views: &BTreeMap<String, View>) -> Vec<String> {
    let mut faults = Faults::default();
    let seconds = TimeDelta::seconds;
    let rows = rows(&texts["activities"]);
    let now = time(&first(r"(?m)^(\S{19})Z$", &texts["activities"]));
    faults.expect(
        rows.windows(2).all(|pair| pair[0].at >= pair[1].at && pair[0].launch != pair[1].launch),
        "activities out of order",
    );
    faults.expect(
        rows.iter().all(|row| {
            row.at <= now && row.cause.contains(&format!("At {}Z", row.at.format("%Y-%m-%dT%H:%M:%S")))
        }),
        "an activity's two times differ",
    );
    // Newest first: a launch makes up for the termination listed after it, within seconds.
    for pair in rows.windows(2).filter(|pair| pair[0].launch) {
        faults.expect(
            (seconds(1)..seconds(10)).contains(&(pair[0].at - pair[1].at)),
            "a launch without a termination before it",
        );
    }
    // What is terminated is what was launched last; it lived longer than the grace period.
    for pair in rows.windows(2).filter(|pair| !pair[0].launch) {
        faults.expect(pair[0].id == pair[1].id, "another instance is terminated than the one there is");
        faults.expect(pair[0].at - pair[1].at > seconds(60), "terminated within its grace period");
    }
    // Requests come at a steady rate, whatever becomes of them; the table is the graph.
    let errors = table(&texts["errors"]);
    let sums: BTreeSet<u64> = errors.iter().map(|(_, values)| values.iter().sum::<f64>() as u64).collect();
    faults.expect(sums.len() == 1, "requests got lost between the columns");
    for (check, columns) in [("errors", 4), ("resources", 2)] {
        let rows = table(&texts[check]);
        for column in 0..columns {
            let series = &views[check].series[column];
            let values: Vec<f64> = rows.iter().map(|(_, values)| values[column]).collect();
            faults.expect(values == series.points, "the table and the graph differ");
            faults.expect(
                format!("{}Z", rows[0].0.format("%Y-%m-%dT%H:%M:%S")) == series.start,
                "the graph starts elsewhere",
            );
        }
    }
    // Where an instance is taken out, nobody is registered: 503 in that minute, in the log from that second on.
    let requests = requests(&texts["access-log"]);
    for row in rows.iter().filter(|row| !row.launch) {
        if let Some((_, values)) =
            errors.iter().find(|(at, _)| (seconds(0)..seconds(60)).contains(&(row.at - *at)))
        {
            faults.expect(values[2] > 0.0, "a termination without a 503");
        }
        let within = requests.first().is_some_and(|request| request.at < row.at)
            && requests.last().is_some_and(|request| request.at > row.at);
        if within {
            faults.expect(
                requests.iter().any(|request| request.elb == 503 && request.at == row.at),
                "the log has no 503 when an instance is taken out",
            );
        }
    }
    for request in &requests {
        faults.expect(
            (request.elb == 503) == (request.target == "-"),
            "503 with a target, or another status without",
        );
        faults.expect((request.elb == 200) == (request.own == "200"), "a status that no target gave");
        faults.expect(
            request.elb == 200 || request.times.iter().all(|time| time == "-1"),
            "times of a connection that was not made",
        );
    }
    // Which address is whose: the kernel's log. Users are served from the moment the port is open.
    let lines = app(&texts["app-log"]);
    let booted =
        texts["kernel-log"].lines().filter(|line| line.starts_with("i-") && line.contains("Linux version"));
    for line in booted {
        let (id, rest) = line.split_once('\t').expect("two columns");
        let address =
            rest.split_whitespace().nth(3).expect("a host").trim_start_matches("ip-").replace('-', ".");
        let of_instance = || lines.iter().filter(|line| line.0 == id);
        let open = of_instance().find(|line| line.2.contains("Tomcat started on port 8080"));
        let start = of_instance().find(|line| line.2.contains(": Starting "));
        faults.expect(start.is_some(), "an instance without an application");
        let served = requests
            .iter()
            .position(|request| request.target == format!("{address}:8080") && request.own == "200");
        if let (Some(open), Some(served)) = (open, served)
            && served > 0
        {
            let gap = requests[served].at - open.1;
            faults.expect(
                (seconds(0)..=seconds(2)).contains(&gap),
                "users are served before the port is open, or long after",
            );
        }
        // Launch, kernel, application, in this order and within a minute or so.
        if let (Some(start), Some(launch)) = (start, rows.iter().find(|row| row.launch && row.id == id)) {
            faults.expect(
                (seconds(45)..seconds(75)).contains(&(start.1 - launch.at)),
                "the application starts at another time",
            );
            let boot = format!("{}T{}", launch.at.format("%Y-%m-%d"), &rest[7..15]);
            let midnight = time(&boot) < launch.at;
            faults.expect(
                midnight || (time(&boot) > launch.at && time(&boot) < start.1),
                "the kernel starts at another time",
            );
        }
        // What it says of its start is what its lines' times say.
        if let (Some(start), Some(open)) = (start, open) {
            let takes: f64 = first(
                r"Started \w+ in ([\d.]+) seconds",
                &of_instance().map(|line| line.2.as_str()).collect::<Vec<_>>().join("\n"),
            )
            .parse()
            .unwrap_or(0.0);
            let between = (open.1 - start.1).num_seconds() as f64;
            faults.expect((between - takes).abs() <= 1.0, "the start took another time");
        }
    }
    // Versions: the release of the launch template is what new instances run.
    let version = first(r#""VersionDescription":"\w+ ([\d.]+)""#, &texts["cloudtrail"]);
    let former = &lines[0].0;
    faults.expect(
        lines
            .iter()
            .filter(|line| line.2.contains(": Starting "))
            .all(|line| (line.0 != *former) == line.2.contains(&format!(" v{version} "))),
        "instances run another version than was released",
    );
    faults.expect(
        texts["cloudtrail"].contains(&format!("\"instanceId\":\"{former}\"")),
        "another instance was replaced by the release",
    );
    // The watch goes on where the activities end: its first instance is the newest launched, or comes after it.
    let watched = watch(&texts["target-health"]);
    let ids: BTreeSet<&str> =
        watched.iter().flat_map(|(_, targets)| targets.iter().map(|target| target[0].as_str())).collect();
    let newest = rows.iter().find(|row| row.launch).map(|row| row.id.as_str()).unwrap_or_default();
    faults.expect(ids.contains(newest), "the newest instance is not watched");
    faults.expect(
        rows.iter().filter(|row| row.launch).skip(2).all(|row| !ids.contains(row.id.as_str())),
        "a target that is long gone",
    );
    // Draining lasts as long as the attribute says, a sleep more or less.
    let delay: u32 = first(r"(?m)^(\d+)$", &texts["group"]).parse().expect("a delay");
    for pair in watched.windows(2).skip(1) {
        let draining = |targets: &[[String; 3]]| targets.iter().any(|target| target[1] == "draining");
        if draining(&pair[0].1) && !draining(&pair[1].1) {
            faults.expect((pair[1].0 - pair[0].0).abs_diff(delay) <= 5, "it drained for another time");
        }
    }
    // Both say how the requests ended.
    faults.expect(
        finding("errors", "", &views["errors"].series) == finding("access-log", &texts["access-log"], &[]),
        "the metrics and the log tell of different answers",
    );
    faults.found
}
