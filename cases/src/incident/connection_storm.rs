//! I03: a fleet whose pools together ask for more connections than the database allows.
//!
//! Rules: a server refuses what exceeds `max_connections` with error 1040 and counts it in
//! `Connection_errors_max_connections` (MySQL 8.0 Reference Manual, "Too many connections", "Server Status Variables");
//! the refusal comes before the handshake, so it carries no SQLSTATE; `DatabaseConnections` leaves out RDS's own
//! connections (Amazon RDS User Guide, "Amazon CloudWatch metrics for Amazon RDS"); changes of a parameter are events of its
//! group, kept for 14 days (ibid., "Amazon RDS event categories and event messages"). The application keeps a fixed pool for
//! each server, filled at start, as Go's database/sql does with `SetMaxIdleConns` equal to `SetMaxOpenConns`.
//!
//! A fluid model in steps of a minute: servers fill their pools in the order of their start; each gets the same share of
//! the requests.

use std::fmt::Write as _;
use std::net::Ipv4Addr;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta, Timelike};
use serde_json::json;

use super::{Scene, Series, World, shown};
use crate::cloud::Draw;
use crate::cloud::database::{Align, metric_table, mysql_table};
use crate::model::EvidenceType::{Command, Config, Json, Log, Metric};

pub(super) const WORLD: World = World {
    id: "I03",
    version: 1,
    causes: &[
        "connection-storm",
        "limit-lowered",
        "row-lock-queue",
        "other-client",
        "connection-leak",
        "database-cpu",
        "fleet-stuck",
        "network-bandwidth",
    ],
    build,
};

/// Minutes before the sale and after it that are drawn, and the minute of the snapshots.
const BEFORE: i64 = 10;
const AFTER: i64 = 30;
const NOW: i64 = 26;
/// Servers before the sale, at its end, and at the sale before.
const FEWEST: u32 = 4;
const MOST: u32 = 40;
const FORMER: u32 = 18;
/// Where the account's limit on vCPUs ends a fleet of four vCPUs each.
const STUCK: u32 = 4;
/// Milliseconds that a request holds a connection, and that the database works on it.
const HOLD: u32 = 120;
const WORK: u32 = 40;
/// Minutes until a server's pool has leaked away.
const LEAKED: i64 = 5;
/// What a server waits for a free connection of its own, in seconds.
const PATIENCE: f64 = 3.0;

/// What is drawn before the cause is looked at.
struct Names {
    service: &'static str,
    database: String,
    group: String,
    balancer: String,
    parameters: String,
    pool: u32,
    /// Requests a second that one server is meant to get.
    share: u32,
    /// Requests a second at each minute, in thousandths of the planned.
    noise: Vec<u32>,
    began: NaiveDateTime,
    /// The sale before.
    former: NaiveDateTime,
    changed: NaiveDateTime,
    hosts: Vec<Ipv4Addr>,
    ids: Vec<String>,
    report: u8,
    admin: &'static str,
    requests: Vec<String>,
    /// Percent of the peak that a slow database manages.
    slow: u32,
    /// Bytes of an answer.
    bytes: u32,
    count: u32,
}

/// The world: what each thing really is.
struct Facts<'a> {
    names: &'a Names,
    /// `max_connections`, now and before the last change of it.
    limit: u32,
    limit_was: u32,
    /// Servers that the group had at the sale before.
    former_fleet: u32,
    /// Servers that can be started.
    startable: u32,
    /// Sessions of another client.
    others: u32,
    /// Requests a second that the database manages: by its CPU, by a row that all want, by its network.
    cpu_manages: u32,
    row_manages: u32,
    network_manages: u32,
    /// Connections are given back.
    returned: bool,
}

/// A minute of the world.
#[derive(Clone, Debug, Default)]
struct Minute {
    /// Requests, and those that fail.
    requests: u32,
    failed: u32,
    /// Connections of each server, by its start.
    held: Vec<u32>,
    /// Whether failing means being refused at once.
    refused: bool,
    others: u32,
    /// Seconds, on average over all requests.
    seconds: f64,
}

impl Minute {
    fn app(&self) -> u32 {
        self.held.iter().sum()
    }

    /// Requests served a second.
    fn served(&self) -> f64 {
        f64::from(self.requests - self.failed) / 60.0
    }
}

fn build(draw: &mut Draw, cause: &str) -> Scene {
    let names = names(draw);
    let roomy = 50 * names.pool;
    let plenty = u32::MAX;
    let mut facts = Facts {
        names: &names,
        limit: roomy,
        limit_was: roomy,
        former_fleet: FORMER,
        startable: MOST,
        others: 0,
        cpu_manages: plenty,
        row_manages: plenty,
        network_manages: plenty,
        returned: true,
    };
    let slow = MOST * names.share * names.slow / 100;
    match cause {
        "limit-lowered" => {
            facts.limit = 20 * names.pool;
            facts.former_fleet = MOST;
        }
        "row-lock-queue" => facts.row_manages = slow / 2,
        "other-client" => facts.others = 28 * names.pool,
        "connection-leak" => facts.returned = false,
        "database-cpu" => facts.cpu_manages = slow,
        "fleet-stuck" => facts.startable = STUCK,
        "network-bandwidth" => facts.network_manages = slow,
        _ => {
            facts.limit = 20 * names.pool;
            facts.limit_was = facts.limit;
        }
    }
    let minutes: Vec<Minute> = (-BEFORE..=AFTER).map(|minute| facts.minute(minute)).collect();
    let mut scene = Scene::default();
    for (name, value) in [
        ("service", names.service.to_owned()),
        ("database", names.database.clone()),
        ("pool", names.pool.to_string()),
        ("fleet", MOST.to_string()),
        ("wanted", (MOST * names.pool).to_string()),
        ("limit", (20 * names.pool).to_string()),
        ("roomy", roomy.to_string()),
        ("former", FORMER.to_string()),
        ("small_pool", (names.pool * 9 / 20).to_string()),
        ("planned", (MOST * (names.pool * 9 / 20)).to_string()),
        ("time", names.began.format("%H:%M").to_string()),
    ] {
        scene.name(name, value);
    }
    balancer(&mut scene, &facts, &minutes);
    app_log(&mut scene, &facts, &minutes);
    retries(&mut scene, &facts, &minutes);
    pools(&mut scene, &facts, &minutes);
    fleet(&mut scene, &facts, &minutes);
    metrics(&mut scene, &facts, &minutes);
    status(&mut scene, &facts, &minutes);
    sessions(&mut scene, &facts, &minutes);
    limit(&mut scene, &facts, &minutes);
    lock_waits(&mut scene, &facts, &minutes);
    settings(&mut scene, &facts);
    trail(&mut scene, &facts);
    scene
}

fn names(draw: &mut Draw) -> Names {
    let day = NaiveDate::from_ymd_opt(2026, draw.int(2, 10), draw.int(15, 27)).unwrap_or_default();
    let began = day.and_hms_opt(*draw.pick(&[2, 4, 12]), 0, 0).unwrap_or_default();
    let service = *draw.pick(&["cart", "ticket", "coupon", "checkout"]);
    let second: u8 = draw.int(20, 90);
    let mut places: Vec<(u8, u8)> =
        (11..=13).flat_map(|third| (10..200).map(move |host| (third, host))).collect();
    draw.shuffle(&mut places);
    let count = MOST as usize;
    Names {
        service,
        database: format!("{service}-prod"),
        group: format!("{service}-api-asg"),
        balancer: format!("app/{service}-alb/{}", draw.hex(16)),
        parameters: format!("{service}-mysql80"),
        pool: *draw.pick(&[40, 50, 60]),
        share: draw.int(60, 75),
        noise: (-BEFORE..=AFTER).map(|_| draw.int(970, 1000)).collect(),
        began,
        former: began - TimeDelta::days(draw.int(9, 13)) + TimeDelta::seconds(draw.int(14 * 60, 24 * 60)),
        changed: began - TimeDelta::minutes(draw.int(26 * 60, 50 * 60)) - TimeDelta::seconds(draw.int(1, 58)),
        hosts: places
            .iter()
            .take(count)
            .map(|(third, host)| Ipv4Addr::new(10, second, *third, *host))
            .collect(),
        ids: (0..count).map(|_| format!("i-0{}", draw.hex(16))).collect(),
        report: draw.int(20, 200),
        admin: *draw.pick(&["kevin.lin", "amy.chen", "jason.wu", "sandy.hsu"]),
        requests: (0..6).map(|_| draw.hex(10)).collect(),
        slow: draw.int(40, 60),
        bytes: draw.int(30_000, 50_000),
        count: draw.int(1, 40),
    }
}

fn stamp(time: NaiveDateTime) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

impl Names {
    fn at(&self, minute: i64) -> NaiveDateTime {
        self.began + TimeDelta::minutes(minute)
    }

    /// Planned requests a second: ten minutes from few to many.
    fn planned(&self, minute: i64) -> u32 {
        let (few, many) = (FEWEST * self.share, MOST * self.share);
        let step = u32::try_from((minute + 1).clamp(0, 10)).unwrap_or(0);
        few + (many - few) * step / 10
    }

    /// Thousandths of the planned; the snapshots' minute is as planned, so that rates and sums can be compared.
    fn noise(&self, minute: i64) -> u32 {
        let drawn = usize::try_from(minute + BEFORE).ok().and_then(|index| self.noise.get(index));
        drawn.copied().filter(|_| minute != NOW).unwrap_or(1000)
    }

    fn requests(&self, minute: i64) -> u32 {
        self.planned(minute) * 60 / 1000 * self.noise(minute)
    }

    fn host(&self, index: usize) -> String {
        self.hosts.get(index).map(ToString::to_string).unwrap_or_default()
    }

    fn id(&self, index: usize) -> &str {
        self.ids.get(index).map_or("", String::as_str)
    }

    fn request(&self, index: usize) -> &str {
        self.requests.get(index).map_or("", String::as_str)
    }
}

impl Facts<'_> {
    /// Servers that serve in a minute: the group follows the requests with three minutes' delay.
    fn fleet(&self, minute: i64) -> u32 {
        self.names.planned(minute - 3).div_ceil(self.names.share).clamp(FEWEST, self.startable)
    }

    /// Connections that are not the app's: the administrator's, RDS's own, another client's.
    fn taken(&self, minute: i64) -> u32 {
        2 + if minute >= -5 { self.others } else { 0 }
    }

    fn minute(&self, minute: i64) -> Minute {
        let names = self.names;
        let fleet = self.fleet(minute);
        let mut room = self.limit.saturating_sub(self.taken(minute));
        let held: Vec<u32> = (0..fleet)
            .map(|_| {
                let own = names.pool.min(room);
                room -= own;
                own
            })
            .collect();
        let requests = names.requests(minute);
        let rate = f64::from(requests) / 60.0;
        let able = u32::try_from(held.iter().filter(|own| **own > 0).count()).unwrap_or(0);
        let refused = able < fleet;
        // Where connections are not given back, a server serves only while it is new.
        let leaked =
            if self.returned || minute < LEAKED { 0 } else { self.fleet(minute - LEAKED).min(fleet) };
        let carried = f64::from(held.iter().sum::<u32>()) * 1000.0 / f64::from(HOLD);
        let managed = [self.cpu_manages, self.row_manages, self.network_manages];
        let steady = 1.0 - f64::from(1000 - names.noise(minute)) / 3000.0;
        let managed = managed.into_iter().map(f64::from).fold(carried, f64::min) * steady;
        let share = f64::from(able.min(fleet - leaked)) / f64::from(fleet);
        let served = (rate * share).min(managed);
        let failed = ((rate - served) * 60.0).round().max(0.0) as u32;
        let crowd = rate / f64::from(fleet) / f64::from(4 * names.share);
        let work = f64::from(HOLD) / 1000.0 * (1.0 + 3.0 * crowd.min(1.0).powi(2)) + 0.02;
        let part = f64::from(failed) / f64::from(requests);
        let seconds = if refused {
            (1.0 - part) * work + part * 0.009
        } else if failed > 0 {
            // Whoever gets a connection has waited for it, too.
            (1.0 - part) * (work + PATIENCE * 0.7) + part * PATIENCE
        } else {
            work
        };
        Minute { requests, failed, held, refused, others: self.taken(minute), seconds }
    }

    /// Whether the database does less than is asked of it.
    fn database_saturated(&self) -> bool {
        [self.cpu_manages, self.row_manages, self.network_manages].iter().any(|rate| *rate < u32::MAX)
    }

    fn cpu(&self, minute: &Minute) -> f64 {
        let peak = f64::from(MOST * self.names.share);
        let each = if self.cpu_manages < u32::MAX { 97.0 / f64::from(self.cpu_manages) } else { 66.0 / peak };
        2.0 + minute.served() * each
    }

    /// Bytes a second that the database sends.
    fn sent(&self, minute: &Minute) -> f64 {
        let ceiling = 625e6;
        let each = if self.network_manages < u32::MAX {
            ceiling / f64::from(self.network_manages)
        } else {
            f64::from(self.names.bytes)
        };
        minute.served() * each
    }

    /// Sessions of a server that the database works for at a moment.
    fn running(&self, minute: &Minute, index: usize) -> u32 {
        let own = minute.held.get(index).copied().unwrap_or(0);
        if own == 0 {
            return 0;
        }
        if self.database_saturated() && minute.failed > 0 {
            return own * 9 / 10;
        }
        let able = minute.held.iter().filter(|own| **own > 0).count() as f64;
        let each = minute.served() * f64::from(WORK) / 1000.0 / able;
        (each.round() as u32).min(own)
    }

    fn all_running(&self, minute: &Minute) -> u32 {
        (0..minute.held.len()).map(|index| self.running(minute, index)).sum()
    }
}

fn at(minutes: &[Minute], minute: i64) -> Minute {
    usize::try_from(minute + BEFORE).ok().and_then(|index| minutes.get(index)).cloned().unwrap_or_default()
}

/// A metric with its text: values of each minute, set with some decimals.
struct Column {
    name: &'static str,
    unit: &'static str,
    decimals: usize,
    points: Vec<f64>,
}

fn graph(names: &Names, title: &str, mut columns: Vec<Column>) -> (String, Vec<Series>) {
    for column in &mut columns {
        let scale = 10f64.powi(i32::try_from(column.decimals).unwrap_or(0));
        column.points.iter_mut().for_each(|point| *point = (*point * scale).round() / scale);
    }
    let start = names.at(-BEFORE);
    let first = start.hour() * 60 + start.minute();
    let rows: Vec<(u32, Vec<String>)> = (0u32..)
        .zip(-BEFORE..=AFTER)
        .filter(|(index, _)| index.is_multiple_of(2))
        .map(|(index, _)| {
            let cell = |column: &Column| {
                let value = column.points.get(index as usize).copied().unwrap_or_default();
                format!("{value:.*}", column.decimals)
            };
            (first + index, columns.iter().map(cell).collect())
        })
        .collect();
    let heads: Vec<&str> = columns.iter().map(|column| column.name).collect();
    let text = format!(
        "# {title}, {} UTC, period 1 minute\n{}",
        start.format("%Y-%m-%d"),
        metric_table(&heads, &rows)
    );
    let series = columns.into_iter().map(|column| Series {
        name: column.name.to_owned(),
        unit: column.unit.to_owned(),
        start: stamp(start),
        step_seconds: 60,
        points: column.points,
    });
    (text, series.collect())
}

fn show_graph(scene: &mut Scene, check: &str, finding: &str, graph: (String, Vec<Series>)) {
    scene.show(check, finding, vec![shown(Metric, graph.0)]);
    if let Some(view) = scene.views.get_mut(check) {
        view.series = graph.1;
    }
}

fn balancer(scene: &mut Scene, facts: &Facts<'_>, minutes: &[Minute]) {
    let column = |name, unit, decimals, value: &dyn Fn(&Minute) -> f64| Column {
        name,
        unit,
        decimals,
        points: minutes.iter().map(value).collect(),
    };
    let columns = vec![
        column("RequestCount", "Count", 0, &|one| f64::from(one.requests)),
        column("TargetResponseTime", "Seconds", 3, &|one| one.seconds),
        column("HTTPCode_Target_5XX_Count", "Count", 0, &|one| f64::from(one.failed)),
        column("HTTPCode_ELB_5XX_Count", "Count", 0, &|_| 0.0),
        column("RejectedConnectionCount", "Count", 0, &|_| 0.0),
        column("HealthyHostCount", "Count", 0, &|one| one.held.len() as f64),
    ];
    let finding = if at(minutes, NOW).seconds < 1.0 { "fails-at-once" } else { "fails-after-waiting" };
    let title = format!("AWS/ApplicationELB, LoadBalancer={}", facts.names.balancer);
    show_graph(scene, "balancer-metrics", finding, graph(facts.names, &title, columns));
}

/// Log lines of a server in the second that a snapshot is taken: milliseconds into it and fields.
fn app_log(scene: &mut Scene, facts: &Facts<'_>, minutes: &[Minute]) {
    let names = facts.names;
    let now = at(minutes, NOW);
    let last = now.held.len().saturating_sub(1);
    let mut text = format!(
        "$ aws logs tail /app/{}-api --log-stream-names {} --since 20m --filter-pattern '{{ $.level = \"error\" }}' --format short | tail -n 8\n",
        names.service,
        names.id(last)
    );
    let time = |millis: i64| {
        (names.at(NOW) + TimeDelta::milliseconds(millis)).format("%Y-%m-%dT%H:%M:%S").to_string()
    };
    let mut finding = "waits-for-its-pool";
    if now.refused {
        finding = "refused-1040";
        let mut lines = Vec::new();
        for index in 0..2usize {
            let millis = 100 + 310 * index as i64;
            for attempt in 1..=3 {
                lines.push((
                    millis + attempt * 2,
                    json!({ "level": "error", "req": names.request(index), "op": "connect", "attempt": attempt, "pause_ms": 0, "err": "Error 1040: Too many connections" }),
                ));
            }
            lines.push((millis + 9, json!({ "level": "error", "req": names.request(index), "op": "request", "status": 500, "ms": 9 })));
        }
        for (millis, line) in lines {
            let _ = writeln!(text, "{} {line}", time(millis));
        }
    } else {
        for index in 0..4usize {
            let millis = 80 + 190 * index as i64;
            let line = json!({ "level": "error", "req": names.request(index), "op": "acquire", "attempt": 1, "waited_ms": 3000, "err": "context deadline exceeded" });
            let end = json!({ "level": "error", "req": names.request(index), "op": "request", "status": 500, "ms": 3000 + index });
            let _ = writeln!(text, "{} {line}\n{} {end}", time(millis), time(millis + 1));
        }
    }
    scene.show("app-log", finding, vec![shown(Log, text)]);
}

fn retries(scene: &mut Scene, facts: &Facts<'_>, minutes: &[Minute]) {
    let names = facts.names;
    let (from, to) = (NOW - 5, NOW - 1);
    let failed: u32 = (from..=to).map(|minute| at(minutes, minute).failed).sum();
    let requests: u32 = (from..=to).map(|minute| at(minutes, minute).requests).sum();
    let refused = at(minutes, NOW).refused;
    let (op, attempts) = if refused { ("connect", 3) } else { ("acquire", 1) };
    let cell = |field: &str, value: String| json!({ "field": field, "value": value });
    let rows: Vec<_> = (1..=attempts)
        .map(|attempt: u32| {
            let mut row = vec![
                cell("op", op.to_owned()),
                cell("attempt", attempt.to_string()),
                cell("tries", failed.to_string()),
            ];
            if refused {
                row.push(cell("pause", "0".to_owned()));
            }
            row
        })
        .collect();
    // A line for each try, for each failed request, and for each request.
    let scanned = failed * (attempts + 1) + (requests - failed);
    let value = json!({
        "queryLanguage": "CWLI",
        "results": rows,
        "statistics": {
            "recordsMatched": f64::from(failed * attempts), "recordsScanned": f64::from(scanned),
            "bytesScanned": f64::from(scanned) * 128.0,
        },
        "status": "Complete",
    });
    let text = format!(
        "$ aws logs start-query --log-group-name /app/{}-api --start-time {} --end-time {} --query-string 'filter op in [\"connect\", \"acquire\"] and level = \"error\" | stats count(*) as tries, max(pause_ms) as pause by op, attempt | sort attempt'\n$ aws logs get-query-results --query-id {} | jq -S .\n{value:#}\n",
        names.service,
        names.at(from).and_utc().timestamp(),
        names.at(to + 1).and_utc().timestamp() - 1,
        uuid(names),
    );
    let finding = if refused { "three-tries-without-a-pause" } else { "one-try-each" };
    scene.show("retries", finding, vec![shown(Json, text)]);
}

fn uuid(names: &Names) -> String {
    let hex: String = names.ids.iter().flat_map(|id| id.chars().skip(3)).take(32).collect();
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default().to_owned();
    [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
}

fn pools(scene: &mut Scene, facts: &Facts<'_>, minutes: &[Minute]) {
    let names = facts.names;
    let now = at(minutes, NOW);
    let newest = now.held.len().saturating_sub(1);
    let mut text = String::new();
    let able = now.held.iter().filter(|own| **own > 0).count().max(1);
    let each = f64::from(now.requests) / 60.0 / now.held.len() as f64;
    let mut all_busy = true;
    for index in [0, newest] {
        let own = now.held.get(index).copied().unwrap_or(0);
        let served = if own == 0 { 0.0 } else { now.served() / able as f64 };
        let waits = now.failed > 0 && !now.refused;
        let busy = if waits { own } else { (served * f64::from(HOLD) / 1000.0).round() as u32 };
        all_busy &= busy == own && own > 0;
        let line = json!({ "level": "info", "op": "minute", "requests": (each * 60.0).round() as u32, "served": (served * 60.0).round() as u32,
            "pool": { "max": names.pool, "open": own, "in_use": busy.min(own), "idle": own - busy.min(own) } });
        let _ = writeln!(
            text,
            "$ aws logs tail /app/{}-api --log-stream-names {} --since 20m --filter-pattern '{{ $.op = \"minute\" }}' --format short | tail -n 1\n{} {line}",
            names.service,
            names.id(index),
            names.at(NOW + 1).format("%Y-%m-%dT%H:%M:%S"),
        );
    }
    let served = now.served() * 60.0;
    let finding = match (all_busy, served >= 1.0) {
        (false, _) => "some-have-none",
        (true, true) => "all-in-use",
        (true, false) => "in-use-and-nothing-served",
    };
    scene.show("pools", finding, vec![shown(Log, text)]);
}

fn fleet(scene: &mut Scene, facts: &Facts<'_>, minutes: &[Minute]) {
    let names = facts.names;
    let group = &names.group;
    let now = at(minutes, NOW).held.len();
    let wanted = names.planned(NOW - 3).div_ceil(names.share);
    let mut text = format!(
        "$ aws autoscaling describe-auto-scaling-groups --auto-scaling-group-names {group} --query 'AutoScalingGroups[0].[MinSize,MaxSize,DesiredCapacity,length(Instances[?LifecycleState==`InService`])]' --output text\n{FEWEST}\t{MOST}\t{wanted}\t{now}\n$ aws autoscaling describe-scaling-activities --auto-scaling-group-name {group} --query 'Activities[:6].[StartTime,StatusCode,Description]' --output text\n"
    );
    // Each server starts two minutes before it serves.
    let started = |index: usize| {
        let minute = (-BEFORE..=AFTER).find(|minute| facts.fleet(*minute) as usize > index).unwrap_or(0);
        names.at(minute - 2) + TimeDelta::seconds(6 + (index as i64 * 7) % 40)
    };
    let mut rows = Vec::new();
    if facts.startable < MOST {
        let vcpus = STUCK * 4;
        for minute in 0..5 {
            rows.push((names.at(NOW - 5 + minute) + TimeDelta::seconds(31), "Failed".to_owned(), format!(
                "Launching a new EC2 instance.  Status Reason: You have requested more vCPU capacity than your current vCPU limit of {vcpus} allows for the instance bucket that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit. Launching EC2 instance failed."
            )));
        }
    }
    for index in FEWEST as usize..now {
        rows.push((
            started(index),
            "Successful".to_owned(),
            format!("Launching a new EC2 instance: {}", names.id(index)),
        ));
    }
    rows.sort_by_key(|(time, ..)| std::cmp::Reverse(*time));
    for (time, code, description) in rows.into_iter().take(6) {
        let _ = writeln!(text, "{}+00:00\t{code}\t{description}", time.format("%Y-%m-%dT%H:%M:%S"));
    }
    let finding = if facts.startable < MOST { "launches-fail" } else { "grew-as-asked" };
    scene.show("fleet", finding, vec![shown(Command, text)]);
}

fn metrics(scene: &mut Scene, facts: &Facts<'_>, minutes: &[Minute]) {
    let column = |name, unit, decimals, value: &dyn Fn(&Minute) -> f64| Column {
        name,
        unit,
        decimals,
        points: minutes.iter().map(value).collect(),
    };
    // The metric leaves out RDS's own connection.
    let connections = |one: &Minute| f64::from(one.app() + one.others - 1);
    let columns = vec![
        column("DatabaseConnections", "Count", 0, &connections),
        column("CPUUtilization", "Percent", 1, &|one| facts.cpu(one)),
        column("NetworkTransmitThroughput", "Bytes/Second", 0, &|one| facts.sent(one)),
        column("FreeableMemory", "Bytes", 0, &|one| 34e9 - connections(one) * 4.2e6),
    ];
    let now = at(minutes, NOW);
    let finding = if facts.cpu(&now) > 95.0 {
        "cpu-full"
    } else if facts.sent(&now) > 600e6 {
        "network-full"
    } else {
        "neither-full"
    };
    let title = format!("AWS/RDS, DBInstanceIdentifier={} (db.r6g.4xlarge)", facts.names.database);
    show_graph(scene, "database-metrics", finding, graph(facts.names, &title, columns));
}

/// Tries refused so far: three for each failed request where the limit is reached.
fn refused_until(minutes: &[Minute], until: i64) -> u64 {
    (-BEFORE..until)
        .map(|minute| at(minutes, minute))
        .filter(|one| one.refused)
        .map(|one| 3 * u64::from(one.failed))
        .sum()
}

fn status(scene: &mut Scene, facts: &Facts<'_>, minutes: &[Minute]) {
    let now = at(minutes, NOW);
    let refused = refused_until(minutes, NOW);
    let later = refused + if now.refused { u64::from(3 * now.failed / 6) } else { 0 };
    let (connected, running) = (now.app() + now.others, facts.all_running(&now) + 1);
    let mut text = "# a session that the DBA opened before the sale\n".to_owned();
    for (time, refused) in [(0, refused), (10, later)] {
        let rows = [
            ("Connection_errors_max_connections", refused.to_string()),
            ("Threads_connected", connected.to_string()),
            ("Threads_running", running.to_string()),
        ];
        let rows: Vec<_> = rows.into_iter().map(|(name, value)| vec![name.to_owned(), value]).collect();
        let clock = (facts.names.at(NOW) + TimeDelta::seconds(time)).format("%Y-%m-%d %H:%M:%S").to_string();
        let _ = write!(
            text,
            "mysql> SELECT UTC_TIMESTAMP();\n{}\nmysql> SHOW GLOBAL STATUS WHERE Variable_name IN ('Connection_errors_max_connections', 'Threads_connected', 'Threads_running');\n{}\n",
            mysql_table(&[("UTC_TIMESTAMP()", Align::Left)], &[vec![clock]], "0.00"),
            mysql_table(&[("Variable_name", Align::Left), ("Value", Align::Left)], &rows, "0.00"),
        );
    }
    let finding = if later > refused {
        "refuses-connections"
    } else if running * 2 > connected {
        "most-are-running"
    } else {
        "few-are-running"
    };
    scene.show("database-status", finding, vec![shown(Command, text)]);
}

fn sessions(scene: &mut Scene, facts: &Facts<'_>, minutes: &[Minute]) {
    let names = facts.names;
    let now = at(minutes, NOW);
    let mut rows: Vec<(u32, [String; 4])> = Vec::new();
    let user = format!("{}_app", names.service);
    for (index, own) in now.held.iter().enumerate().filter(|(_, own)| **own > 0) {
        let asleep = own - facts.running(&now, index);
        let number = names.hosts.get(index).map_or(0, |host| u32::from(*host));
        rows.push((number, [user.clone(), names.host(index), own.to_string(), asleep.to_string()]));
    }
    rows.sort();
    if facts.others > 0 {
        let third = names.hosts.first().map_or([0; 4], Ipv4Addr::octets);
        for index in 0..4u8 {
            let host = Ipv4Addr::new(third[0], third[1], 40, names.report + index);
            let own = facts.others / 4;
            rows.push((
                u32::MAX,
                ["price_batch".to_owned(), host.to_string(), own.to_string(), (own - 3).to_string()],
            ));
        }
    }
    let rows: Vec<Vec<String>> = rows.into_iter().map(|(_, row)| row.to_vec()).collect();
    let columns = [
        ("user", Align::Left),
        ("client", Align::Left),
        ("sessions", Align::Right),
        ("asleep", Align::Right),
    ];
    let text = format!(
        "mysql> SELECT user, SUBSTRING_INDEX(host, ':', 1) AS client, COUNT(*) AS sessions, SUM(command = 'Sleep') AS asleep FROM information_schema.processlist WHERE user NOT IN ('rdsadmin', 'event_scheduler', 'dba') GROUP BY user, client ORDER BY user, INET_ATON(client);\n{}",
        mysql_table(&columns, &rows, "0.01")
    );
    let finding = if facts.others > 0 {
        "another-client-holds-many"
    } else if facts.all_running(&now) * 2 > now.app() {
        "the-app-alone-running"
    } else {
        "the-app-alone-asleep"
    };
    scene.show("sessions", finding, vec![shown(Command, text)]);
}

fn limit(scene: &mut Scene, facts: &Facts<'_>, minutes: &[Minute]) {
    let names = facts.names;
    let group = &names.parameters;
    let mut text = format!(
        "$ aws rds describe-db-parameters --db-parameter-group-name {group} --source user --query 'Parameters[].[ParameterName,ParameterValue,ApplyMethod]' --output text\nlong_query_time\t1\timmediate\nmax_connections\t{}\timmediate\nslow_query_log\t1\timmediate\n$ aws rds describe-events --source-type db-parameter-group --source-identifier {group} --duration 20160 --query 'Events[].[Date,Message]' --output text\n",
        facts.limit
    );
    let date = |time: NaiveDateTime, millis: u32| {
        format!("{}.{millis:03}000+00:00", time.format("%Y-%m-%dT%H:%M:%S"))
    };
    if facts.limit != facts.limit_was {
        let _ = writeln!(
            text,
            "{}\tUpdated parameter max_connections to {} with apply method immediate",
            date(names.changed, 417),
            facts.limit
        );
    }
    // The most ever, and when: at the sale before, or in this one.
    let before = facts.former_fleet * names.pool + 2;
    let mut most = (before, names.former);
    for minute in -BEFORE..NOW {
        let one = at(minutes, minute);
        if one.app() + one.others > most.0 {
            most = (one.app() + one.others, names.at(minute) + TimeDelta::seconds(i64::from(names.count)));
        }
    }
    let rows = [
        vec!["Max_used_connections".to_owned(), most.0.to_string()],
        vec!["Max_used_connections_time".to_owned(), most.1.format("%Y-%m-%d %H:%M:%S").to_string()],
    ];
    let _ = write!(
        text,
        "mysql> SHOW GLOBAL STATUS LIKE 'Max_used_connections%';\n{}",
        mysql_table(&[("Variable_name", Align::Left), ("Value", Align::Left)], &rows, "0.00")
    );
    let finding = if most.0 > facts.limit { "was-higher" } else { "not-changed" };
    scene.show("limit", finding, vec![shown(Command, text)]);
}

fn lock_waits(scene: &mut Scene, facts: &Facts<'_>, minutes: &[Minute]) {
    let names = facts.names;
    let now = at(minutes, NOW);
    let waiting = if facts.row_manages < u32::MAX { facts.all_running(&now) * 19 / 20 } else { 0 };
    // Those who wait, over those who get through in a second (Little's law).
    let oldest = (f64::from(waiting) / now.served().max(1.0)).ceil();
    let rows = [vec![
        format!("`{}`.`stock`", names.service),
        "PRIMARY".to_owned(),
        waiting.to_string(),
        oldest.to_string(),
    ]];
    let columns = [
        ("locked_table", Align::Left),
        ("locked_index", Align::Left),
        ("waiting", Align::Right),
        ("oldest", Align::Right),
    ];
    let text = format!(
        "mysql> SELECT locked_table, locked_index, COUNT(DISTINCT waiting_pid) AS waiting, MAX(wait_age_secs) AS oldest FROM sys.innodb_lock_waits GROUP BY locked_table, locked_index;\n{}",
        mysql_table(&columns, if waiting > 0 { &rows } else { &[] }, "0.08")
    );
    let finding = if waiting > 0 { "hundreds-wait-for-rows" } else { "nobody-waits" };
    scene.show("lock-waits", finding, vec![shown(Command, text)]);
}

fn settings(scene: &mut Scene, facts: &Facts<'_>) {
    let Names { service, pool, database, .. } = facts.names;
    let text = format!(
        "$ cat /etc/{service}-api/config.yaml\nlisten: :8080\nhealth:\n  path: /healthz\n  checks: []\ndatabase:\n  host: {database}.internal\n  port: 3306\n  max_open: {pool}\n  max_idle: {pool}\n  warm_up: true\n  acquire_timeout: 3s\nretry:\n  attempts: 3\n  pause: 0s\n  on: [connect]\n"
    );
    scene.show("settings", "fixed-pool-no-pause", vec![shown(Config, text)]);
}

fn trail(scene: &mut Scene, facts: &Facts<'_>) {
    let Names { admin, group, parameters, changed, began, service, .. } = facts.names;
    let mut events = vec![
        (
            *began - TimeDelta::minutes(4 * 24 * 60 + 77),
            "PutMetricAlarm",
            json!({ "alarmName": format!("{service}-sale-5xx"), "metricName": "HTTPCode_Target_5XX_Count", "threshold": 600 }),
        ),
        (
            *changed - TimeDelta::minutes(93),
            "AuthorizeSecurityGroupIngress",
            json!({ "groupName": format!("{service}-alb"), "ipPermissions": { "items": [{ "ipProtocol": "tcp", "fromPort": 443, "toPort": 443 }] } }),
        ),
    ];
    if facts.limit != facts.limit_was {
        events.push((
            *changed,
            "ModifyDBParameterGroup",
            json!({ "dBParameterGroupName": parameters, "parameters": [{ "parameterName": "max_connections", "parameterValue": facts.limit.to_string(), "applyMethod": "immediate" }] }),
        ));
    }
    if facts.former_fleet < MOST {
        events.push((
            *changed - TimeDelta::minutes(41),
            "UpdateAutoScalingGroup",
            json!({ "autoScalingGroupName": group, "maxSize": MOST }),
        ));
    }
    events.sort_by_key(|(time, ..)| std::cmp::Reverse(*time));
    let mut text = format!(
        "$ aws cloudtrail lookup-events --lookup-attributes AttributeKey=ReadOnly,AttributeValue=false --start-time {} --end-time {} --query 'Events[].[CloudTrailEvent]' --output text | jq -c '[.eventTime,.userIdentity.userName,.eventName,.requestParameters]' | grep -v -e RunInstances -e CreateLogStream\n",
        stamp(*began - TimeDelta::days(5)),
        stamp(*began),
    );
    for (time, what, parameters) in events {
        let _ = writeln!(text, "{}", json!([stamp(time), admin, what, parameters]));
    }
    let finding = match (facts.limit != facts.limit_was, facts.former_fleet < MOST) {
        (true, _) => "limit-set",
        (false, true) => "fleet-may-be-larger",
        (false, false) => "nothing-of-note",
    };
    scene.show("changes", finding, vec![shown(Json, text)]);
}
