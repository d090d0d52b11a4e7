//! I09: reads from a replica that is minutes behind.
//!
//! Rules: a transaction reaches the binary log when it commits and the replica applies it as a whole;
//! `Seconds_Behind_Source` is the age of the event being applied by the source's clock, and a row event carries the time
//! its statement began (MySQL 8.0 Reference Manual, "SHOW REPLICA STATUS", "Replication and Row-Based Logging", "Replication
//! SQL Thread States"; the same number is the SQL thread's `Time` in the process list); RDS publishes it as `ReplicaLag`, -1
//! while replication is not active (Amazon RDS User Guide, "Monitoring read replication"); a DDL statement waits for the
//! metadata lock of open transactions (MySQL 8.0 Reference Manual, "Metadata Locking").

use std::fmt::Write as _;
use std::net::Ipv4Addr;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta, Timelike};
use serde_json::json;

use super::{Scene, Series, World, shown};
use crate::cloud::Draw;
use crate::cloud::database::{
    Align, Change, Replication, Write, metric_table, mysql_table, number_with_commas, replica_status,
};
use crate::model::EvidenceType::{Command, Config, Log, Metric};

pub(super) const WORLD: World = World {
    id: "I09",
    version: 1,
    causes: &[
        "large-delete",
        "replica-io",
        "metadata-lock",
        "replication-stopped",
        "stale-cache",
        "time-zone",
        "lost-write",
    ],
    build,
};

/// Seconds before the nightly job that the graphs begin.
const BEFORE: i64 = 2400;
/// Rows a second that the replica can apply while its disk has room.
const APPLIES: f64 = 36_000.0;
/// Bytes of a row's event in the binary log.
const ROW: u64 = 60;
/// The replica's provisioned operations a second.
const IOPS: u32 = 3000;
/// Seconds after a write that reads of the same customer go to the primary.
const STICKY: i64 = 60;

/// What is drawn before the cause is looked at.
struct Names {
    shop: &'static str,
    primary_address: Ipv4Addr,
    /// The job begins; how long its delete lasts where it is one; how old the newest order on the replica is.
    job: NaiveDateTime,
    lasts: u32,
    stale: u32,
    rows: u64,
    /// Rows a second that the shop writes.
    writes: u32,
    order: u32,
    customer: u32,
    /// Seconds that the order is old when the evidence is gathered.
    age: u32,
    file: u32,
    noise: Vec<u32>,
    hits: u32,
    report: &'static str,
}

/// What holds the replica back.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Apply {
    Free,
    /// Its disk lets it apply a share of what is written.
    Slow,
    /// The next statement waits for a lock.
    Waits,
    /// An error has stopped it.
    Stopped,
}

/// The world: what each thing really is.
struct Facts<'a> {
    names: &'a Names,
    one_delete: bool,
    apply: Apply,
    /// The cache keeps a list for an hour.
    cache_old: bool,
    /// The page asks for orders before the last local midnight, which is hours ago by the orders' clock.
    filter_drops: bool,
    /// The order was rolled back after it had been confirmed.
    rolled_back: bool,
    replication: Replication,
}

fn build(draw: &mut Draw, cause: &str) -> Scene {
    let names = names(draw);
    let mut facts = Facts {
        names: &names,
        one_delete: false,
        apply: Apply::Free,
        cache_old: false,
        filter_drops: false,
        rolled_back: false,
        replication: Replication::default(),
    };
    match cause {
        "replica-io" => facts.apply = Apply::Slow,
        "metadata-lock" => facts.apply = Apply::Waits,
        "replication-stopped" => facts.apply = Apply::Stopped,
        "stale-cache" => facts.cache_old = true,
        "time-zone" => facts.filter_drops = true,
        "lost-write" => facts.rolled_back = true,
        _ => facts.one_delete = true,
    }
    facts.replication = facts.model();
    let mut scene = Scene::default();
    for (name, value) in [
        ("shop", names.shop.to_owned()),
        ("primary", names.primary()),
        ("replica", names.replica()),
        ("order", names.order.to_string()),
        ("rows", number_with_commas(names.rows)),
        ("job_minutes", (names.lasts / 60).to_string()),
        ("minutes", (names.stale / 60).to_string()),
        ("time", names.job.format("%H:%M").to_string()),
    ] {
        scene.name(name, value);
    }
    trace(&mut scene, &facts);
    rows(&mut scene, &facts);
    lag(&mut scene, &facts);
    status(&mut scene, &facts);
    sessions(&mut scene, &facts);
    rates(&mut scene, &facts);
    metrics(&mut scene, &facts);
    job(&mut scene, &facts);
    cache(&mut scene, &facts);
    routing(&mut scene, &facts);
    scene
}

fn names(draw: &mut Draw) -> Names {
    let day = NaiveDate::from_ymd_opt(2026, draw.int(2, 10), draw.int(3, 27)).unwrap_or_default();
    // 01:00 to 03:30 in Taipei.
    let job = day.and_hms_opt(draw.int(17, 18), *draw.pick(&[0, 10, 20, 30]), 0).unwrap_or_default();
    Names {
        shop: *draw.pick(&["shop", "mall", "market", "store"]),
        primary_address: Ipv4Addr::new(10, draw.int(20, 90), 21, draw.int(10, 240)),
        job,
        lasts: draw.int(840, 1080),
        stale: draw.int(840, 960),
        rows: draw.number(39_200_000, 41_800_000),
        writes: draw.int(700, 1100),
        order: draw.int(8_000_000, 8_900_000),
        customer: draw.int(20_000, 90_000),
        age: draw.int(400, 600),
        file: draw.int(3_000, 9_000),
        noise: (0..120).map(|_| draw.int(0, 40)).collect(),
        hits: draw.int(880, 950),
        report: *draw.pick(&["report", "bi_reader", "analytics"]),
    }
}

fn stamp(time: NaiveDateTime) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn clock(time: NaiveDateTime) -> String {
    time.format("%Y-%m-%d %H:%M:%S").to_string()
}

impl Names {
    fn primary(&self) -> String {
        format!("{}-prod", self.shop)
    }

    fn replica(&self) -> String {
        format!("{}-prod-replica1", self.shop)
    }

    /// Seconds after the graphs' start: the delete's commit, and now.
    fn commit(&self) -> f64 {
        BEFORE as f64 + f64::from(self.lasts)
    }

    fn now(&self) -> f64 {
        self.commit() + f64::from(self.stale)
    }

    fn at(&self, second: f64) -> NaiveDateTime {
        self.job - TimeDelta::seconds(BEFORE) + TimeDelta::seconds(second.round() as i64)
    }

    fn created(&self) -> NaiveDateTime {
        self.at(self.now() - f64::from(self.age))
    }

    fn noise(&self, index: usize) -> f64 {
        f64::from(self.noise.get(index % self.noise.len().max(1)).copied().unwrap_or(0)) / 1000.0
    }

    fn log_file(&self, number: u32) -> String {
        format!("mysql-bin-changelog.{number:06}")
    }
}

impl Facts<'_> {
    /// Replication from the graphs' start, in rows.
    fn model(&self) -> Replication {
        let names = self.names;
        let rate = f64::from(names.writes);
        let step = |from: f64, rate: f64| Write { from, rate };
        let change = |from: f64, rate: f64| Change { from, rate };
        let mut writes = vec![step(0.0, rate)];
        if self.one_delete {
            writes.push(step(names.commit(), rate + names.rows as f64));
            writes.push(step(names.commit() + 1.0, rate));
        }
        let since = names.now() - f64::from(names.stale);
        let applies = match self.apply {
            Apply::Free => vec![change(0.0, APPLIES)],
            // At three fifths of what is written it falls two seconds behind in every five.
            Apply::Slow => {
                vec![change(0.0, APPLIES), change(names.now() - f64::from(names.stale) / 0.4, rate * 0.6)]
            }
            Apply::Waits | Apply::Stopped => vec![change(0.0, APPLIES), change(since, 0.0)],
        };
        Replication { writes, applies, backlog: 0.0, before: rate }
    }

    /// How old the newest change on the replica is.
    fn age(&self, second: f64) -> f64 {
        self.replication.at(second).seconds
    }

    /// `Seconds_Behind_Source`; none where the replica does not apply at all. What is applied of a long statement carries
    /// the time it began.
    fn behind(&self, second: f64) -> Option<f64> {
        let age = self.age(second);
        if self.apply == Apply::Stopped && age > 0.0 {
            return None;
        }
        let begun = BEFORE as f64;
        Some(if self.one_delete && age > 0.0 { second - begun } else { age })
    }

    fn behind_now(&self) -> Option<f64> {
        self.behind(self.names.now())
    }

    fn is_behind(&self) -> bool {
        self.age(self.names.now()) > 60.0
    }

    /// Whether the order is on each of the two.
    fn on_primary(&self) -> bool {
        !self.rolled_back
    }

    fn on_replica(&self, second: f64) -> bool {
        let created = self.names.now() - f64::from(self.names.age);
        self.on_primary() && second - self.age(second) >= created
    }

    fn sql_state(&self) -> &'static str {
        match self.apply {
            Apply::Stopped => "",
            Apply::Waits => "Waiting for table metadata lock",
            Apply::Slow => "Applying batch of row changes (update)",
            Apply::Free if self.one_delete => "Applying batch of row changes (delete)",
            Apply::Free => "Replica has read all relay log; waiting for more updates",
        }
    }
}

/// Whole minutes of the graphs, as seconds after their start.
fn minutes(names: &Names) -> Vec<f64> {
    let count = (names.now() / 60.0) as u32;
    (0..=count).map(|minute| f64::from(minute) * 60.0).collect()
}

fn show_graph(
    scene: &mut Scene,
    facts: &Facts<'_>,
    check: &str,
    finding: &str,
    title: &str,
    columns: Vec<(&str, &str, Vec<f64>)>,
) {
    let names = facts.names;
    let start = names.at(0.0);
    let first = start.hour() * 60 + start.minute();
    let heads: Vec<&str> = columns.iter().map(|(name, ..)| *name).collect();
    let rows: Vec<(u32, Vec<String>)> = (0u32..)
        .zip(minutes(names))
        .filter(|(index, _)| index.is_multiple_of(3))
        .map(|(index, _)| {
            let cell = |points: &Vec<f64>| {
                points.get(index as usize).map_or(String::new(), |point| format!("{point:.0}"))
            };
            (first + index, columns.iter().map(|(_, _, points)| cell(points)).collect())
        })
        .collect();
    let text = format!(
        "# {title}, {} UTC, period 1 minute\n{}",
        start.format("%Y-%m-%d"),
        metric_table(&heads, &rows)
    );
    scene.show(check, finding, vec![shown(Metric, text)]);
    if let Some(view) = scene.views.get_mut(check) {
        view.series = columns
            .into_iter()
            .map(|(name, unit, points)| Series {
                name: name.to_owned(),
                unit: unit.to_owned(),
                start: stamp(start),
                step_seconds: 60,
                points,
            })
            .collect();
    }
}

fn trace(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let created = names.now() - f64::from(names.age);
    let mut text = format!(
        "$ aws logs filter-log-events --log-group-name /app/{}-web --filter-pattern '{{ $.customer = {} }}' --start-time {} --query 'events[].[message]' --output text\n",
        names.shop,
        names.customer,
        (names.created() - TimeDelta::seconds(30)).and_utc().timestamp_millis(),
    );
    let line = |second: f64, value: serde_json::Value| {
        let mut value = value;
        value["at"] = stamp(names.at(second)).into();
        value["customer"] = names.customer.into();
        format!("{value}\n")
    };
    text.push_str(&line(
        created,
        json!({ "call": "POST /orders", "status": 201, "order": names.order, "db": "primary" }),
    ));
    let mut found = Vec::new();
    for after in [5i64, 95, 310] {
        let second = created + after as f64;
        let primary = after < STICKY;
        let until = if facts.filter_drops {
            // Local midnight, which the orders' clock reaches eight hours before UTC does.
            names.at(second).date().and_hms_opt(16, 0, 0).unwrap_or_default()
        } else {
            names.at(second)
        };
        let hit = facts.cache_old && !primary;
        let there = if primary { facts.on_primary() } else { facts.on_replica(second) };
        let there = there && until >= names.created() && !hit;
        found.push((primary, there, hit));
        let cache = if hit { json!({ "hit": true, "age_s": 1200 + after }) } else { json!({ "hit": false }) };
        let source = if hit {
            "-"
        } else if primary {
            "primary"
        } else {
            "replica"
        };
        text.push_str(&line(
            second,
            json!({ "call": "GET /orders", "status": 200, "db": source, "cache": cache, "until": stamp(until), "has_order": there }),
        ));
    }
    let finding = match found.as_slice() {
        [(true, true, _), (_, false, true), ..] => "missing-from-the-cache",
        [(true, true, _), (_, false, false), ..] => "missing-on-the-replica",
        [(true, false, _), ..] => "missing-on-both",
        _ => "there",
    };
    scene.show("trace", finding, vec![shown(Log, text)]);
}

fn rows(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let now = names.now();
    let mut text = String::new();
    for (name, there, newest) in [
        (names.primary(), facts.on_primary(), now),
        (names.replica(), facts.on_replica(now), now - facts.age(now)),
    ] {
        let order = [vec![names.order.to_string(), clock(names.created())]];
        let times = [vec![clock(names.at(newest.floor())), clock(names.at(now))]];
        let _ = write!(
            text,
            "# {name}\nmysql> SELECT id, created_at FROM orders WHERE id = {};\n{}mysql> SELECT MAX(created_at), UTC_TIMESTAMP() FROM orders;\n{}",
            names.order,
            mysql_table(
                &[("id", Align::Right), ("created_at", Align::Left)],
                if there { &order } else { &[] },
                "0.00"
            ),
            mysql_table(
                &[("MAX(created_at)", Align::Left), ("UTC_TIMESTAMP()", Align::Left)],
                &times,
                "0.00"
            ),
        );
    }
    let finding = match (facts.on_primary(), facts.on_replica(now)) {
        (true, false) => "on-the-primary-only",
        (true, true) => "on-both",
        (false, _) => "on-neither",
    };
    scene.show("rows", finding, vec![shown(Command, text)]);
}

fn lag(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let points: Vec<f64> =
        minutes(names).into_iter().map(|second| facts.behind(second).map_or(-1.0, f64::round)).collect();
    let last = points.last().copied().unwrap_or_default();
    let earlier = points.get(points.len().saturating_sub(6)).copied().unwrap_or_default();
    let slope = (last - earlier) / 300.0;
    let finding = if last < 0.0 {
        "not-replicating"
    } else if last < 5.0 {
        "near-zero"
    } else if slope > 0.9 {
        "a-second-each-second"
    } else {
        "climbs-slowly"
    };
    let title = format!("AWS/RDS, DBInstanceIdentifier={}", names.replica());
    show_graph(scene, facts, "lag", finding, &title, vec![("ReplicaLag", "Seconds", points)]);
}

fn status(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    // One transaction is in one file and stays in the relay log until all of it is applied; what comes after it is in the
    // next file, since RDS begins one when the last is full.
    let after = u64::from(names.writes * names.stale) * ROW;
    let waiting = (facts.replication.at(names.now()).backlog * ROW as f64).round() as u64;
    let space = if facts.one_delete { names.rows * ROW + after } else { waiting };
    let executed = 61_204_117;
    let (files, read) = if facts.one_delete { (1, 157 + after) } else { (0, executed + waiting) };
    let error = match facts.apply {
        Apply::Stopped => format!(
            "Could not execute Write_rows event on table {}.order_notes; Duplicate entry '{}' for key 'order_notes.PRIMARY', Error_code: 1062; handler error HA_ERR_FOUND_DUPP_KEY; the event's source log {}, end_log_pos 61204417",
            names.shop,
            names.order / 7,
            names.log_file(names.file)
        ),
        _ => String::new(),
    };
    let number = if error.is_empty() { "0" } else { "1062" }.to_owned();
    let behind = facts.behind_now().map_or("NULL".to_owned(), |seconds| format!("{seconds:.0}"));
    let fields = [
        ("Replica_IO_State", "Waiting for source to send event".to_owned()),
        ("Source_Host", names.primary_address.to_string()),
        ("Source_Log_File", names.log_file(names.file + files)),
        ("Read_Source_Log_Pos", read.to_string()),
        ("Relay_Source_Log_File", names.log_file(names.file)),
        ("Replica_IO_Running", "Yes".to_owned()),
        ("Replica_SQL_Running", if facts.apply == Apply::Stopped { "No" } else { "Yes" }.to_owned()),
        ("Exec_Source_Log_Pos", executed.to_string()),
        ("Relay_Log_Space", (space + 1_184).to_string()),
        ("Seconds_Behind_Source", behind),
        ("Last_SQL_Errno", number),
        ("Last_SQL_Error", error),
        ("Replica_SQL_Running_State", facts.sql_state().to_owned()),
    ];
    let text = format!(
        "# {}, some of the fields\nmysql> SELECT UTC_TIMESTAMP();\n{}mysql> SHOW REPLICA STATUS\\G\n{}",
        names.replica(),
        mysql_table(&[("UTC_TIMESTAMP()", Align::Left)], &[vec![clock(names.at(names.now()))]], "0.00"),
        replica_status(&fields)
    );
    let finding = match facts.apply {
        Apply::Stopped => "stopped-by-an-error",
        Apply::Waits => "waits-for-a-lock",
        Apply::Slow => "applying-rows",
        Apply::Free if facts.is_behind() => "applying-rows",
        Apply::Free => "has-applied-all",
    };
    scene.show("replica-status", finding, vec![shown(Command, text)]);
}

fn sessions(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let uptime = 19 * 86_400 + u64::from(names.order) % 80_000;
    let row = |id: u32, user: &str, command: &str, time: u64, state: &str, info: &str| {
        vec![
            id.to_string(),
            user.to_owned(),
            command.to_owned(),
            time.to_string(),
            state.to_owned(),
            info.to_owned(),
        ]
    };
    let mut rows = vec![row(5, "system user", "Connect", uptime, "Waiting for source to send event", "NULL")];
    if facts.apply != Apply::Stopped {
        let time = facts.behind_now().unwrap_or(0.0).round() as u64;
        // The text of a statement is known where the log holds the statement itself, not its rows.
        let ddl = facts.apply == Apply::Waits;
        let info = if ddl { "ALTER TABLE visits ADD COLUMN campaign VARCHAR(64)" } else { "NULL" };
        rows.push(row(6, "system user", "Query", time, facts.sql_state(), info));
    }
    rows.push(row(
        41_207,
        names.report,
        "Query",
        u64::from(names.stale) + 1_931,
        "executing",
        "SELECT region, COUNT(DISTINCT visitor) FROM visits GROUP BY region",
    ));
    rows.push(row(48_911, "web_ro", "Sleep", 1, "", "NULL"));
    rows.push(row(48_930, "web_ro", "Sleep", 0, "", "NULL"));
    let columns = [
        ("id", Align::Right),
        ("user", Align::Left),
        ("command", Align::Left),
        ("time", Align::Right),
        ("state", Align::Left),
        ("info", Align::Left),
    ];
    let text = format!(
        "# {}\nmysql> SELECT id, user, command, time, state, LEFT(info, 70) AS info FROM information_schema.processlist WHERE user NOT IN ('rdsadmin', 'event_scheduler', 'dba') ORDER BY id;\n{}",
        names.replica(),
        mysql_table(&columns, &rows, "0.00")
    );
    let finding = if facts.apply == Apply::Waits { "waits-behind-a-report" } else { "nothing-waits" };
    scene.show("replica-sessions", finding, vec![shown(Command, text)]);
}

fn rates(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let rate = f64::from(names.writes);
    let (mut primary, mut replica) = (Vec::new(), Vec::new());
    for (index, second) in minutes(names).into_iter().enumerate() {
        let from = (second - 60.0).max(0.0);
        let steady = rate * (1.0 - names.noise(index));
        // Rows of one statement are counted while it runs, which is before its commit.
        let begin = BEFORE as f64;
        let overlap = (second.min(names.commit()) - from.max(begin)).max(0.0);
        let deleted =
            if facts.one_delete { names.rows as f64 / f64::from(names.lasts) * overlap / 60.0 } else { 0.0 };
        primary.push((steady + deleted).round());
        // What arrived at the replica, less what still waits.
        let waiting = facts.replication.backlog_at(second) - facts.replication.backlog_at(from);
        let commit = names.commit();
        let arrived = if facts.one_delete && from < commit + 1.0 && second >= commit + 1.0 {
            rate * (second - from) + names.rows as f64
        } else {
            rate * (second - from)
        };
        let applied = if second > from { (arrived - waiting) / (second - from) } else { rate };
        let steady = if (applied - rate).abs() < 1.0 { steady } else { applied };
        replica.push(steady.round().max(0.0));
    }
    let last = replica.last().copied().unwrap_or_default();
    let most = primary.iter().copied().fold(0.0, f64::max);
    let finding = if most > 10.0 * rate {
        "one-large-change"
    } else if last < 1.0 {
        "nothing-applied"
    } else if last < rate * 0.8 {
        "slower-than-the-primary"
    } else {
        "keeps-up"
    };
    let title = format!(
        "rows inserted, updated and deleted per second (Innodb_rows_*), {} and {}",
        names.primary(),
        names.replica()
    );
    show_graph(
        scene,
        facts,
        "rates",
        finding,
        &title,
        vec![("primary", "Count/Second", primary), ("replica", "Count/Second", replica)],
    );
}

fn metrics(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let full = f64::from(IOPS);
    let since = names.now() - f64::from(names.stale) / 0.4;
    let columns = ["ReadIOPS", "WriteIOPS", "DiskQueueDepth", "CPUUtilization"];
    let mut points: Vec<Vec<f64>> = vec![Vec::new(); columns.len()];
    for (index, second) in minutes(names).into_iter().enumerate() {
        let noise = names.noise(index);
        let slow = facts.apply == Apply::Slow && second > since;
        let applying = facts.one_delete && second > names.commit();
        let still = matches!(facts.apply, Apply::Waits | Apply::Stopped) && facts.age(second) > 0.0;
        let write = if slow {
            640.0
        } else if applying {
            1240.0
        } else if still {
            35.0
        } else {
            410.0
        };
        let read = if slow { full - 640.0 } else { 520.0 * (1.0 + noise) };
        let write = if slow { write } else { write * (1.0 - noise) };
        let queue = if slow { 38.0 + 100.0 * noise } else { 1.0 };
        let cpu = if applying { 27.0 } else { 14.0 } + 50.0 * noise;
        for (column, value) in points.iter_mut().zip([read, write, queue, cpu]) {
            column.push(f64::round(value));
        }
    }
    let at_limit = facts.apply == Apply::Slow;
    let finding = if at_limit { "disk-at-its-limit" } else { "room-left" };
    let units = ["Count/Second", "Count/Second", "Count", "Percent"];
    let columns: Vec<_> = columns
        .into_iter()
        .zip(units)
        .zip(points)
        .map(|((name, unit), points)| (name, unit, points))
        .collect();
    let title = format!("AWS/RDS, DBInstanceIdentifier={} (gp3, {IOPS} IOPS provisioned)", names.replica());
    show_graph(scene, facts, "replica-metrics", finding, &title, columns);
}

fn job(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let mut text = format!(
        "$ journalctl -u {}-retention -o cat --since '{} UTC' | tail -n 5\n",
        names.shop,
        clock(names.job)
    );
    if facts.one_delete {
        let end = names.job + TimeDelta::seconds(i64::from(names.lasts));
        let _ = write!(
            text,
            "{} retention: start, table order_events, before 2025-01-01\n{} retention: DELETE FROM order_events WHERE created_at < '2025-01-01'\n{} retention: Query OK, {} rows affected ({} min {:.2} sec)\n{} retention: done\n",
            clock(names.job),
            clock(names.job),
            clock(end),
            names.rows,
            names.lasts / 60,
            f64::from(names.lasts % 60) + 0.31,
            clock(end),
        );
    } else {
        let _ = writeln!(
            text,
            "{} retention: start, table order_events, batches of 500 rows, pause 1 s",
            clock(names.job)
        );
        for index in 1..=4u32 {
            let at = names.at(names.now()) - TimeDelta::seconds(i64::from(4 - index) * 60 + 7);
            let batches = (at - names.job).num_seconds() / 2;
            let _ =
                writeln!(text, "{} retention: {batches} batches, {} rows so far", clock(at), batches * 500);
        }
    }
    let finding = if facts.one_delete { "one-transaction" } else { "small-batches" };
    scene.show("job-log", finding, vec![shown(Log, text)]);
}

fn cache(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let ttl = if facts.cache_old { 3600 - 1200 - names.age } else { 17 };
    let (hits, misses) = (names.hits * 9_371, (1000 - names.hits) * 9_371);
    let text = format!(
        "$ redis-cli -h {0}-cache INFO stats | grep keyspace\nkeyspace_hits:{hits}\nkeyspace_misses:{misses}\n$ redis-cli -h {0}-cache TTL orders:list:{1}\n(integer) {ttl}\n",
        names.shop, names.customer
    );
    let finding = if facts.cache_old { "kept-for-long" } else { "kept-for-seconds" };
    scene.show("cache", finding, vec![shown(Command, text)]);
}

fn routing(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let text = format!(
        "$ cat /etc/{}-web/database.yaml\nwrites: {}\nreads: {}\nreads_after_own_write:\n  target: {}\n  for: {STICKY}s\nmax_replica_lag: none\ncache:\n  orders_list: {}s\n",
        names.shop,
        names.primary(),
        names.replica(),
        names.primary(),
        if facts.cache_old { 3600 } else { 30 },
    );
    let finding = if facts.cache_old { "reads-from-a-cache-of-an-hour" } else { "reads-from-the-replica" };
    scene.show("routing", finding, vec![shown(Config, text)]);
}
