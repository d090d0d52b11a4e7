//! I21: Hive queries that wait because every NodeManager's disk is above the disk checker's threshold.
//!
//! Rules: a NodeManager whose local-dirs or log-dirs are used above 90 percent is unhealthy and takes no containers (Apache
//! Hadoop 3.3, "NodeManager", Health Checker Service); container logs stay on the node for
//! `yarn.nodemanager.log.retain-seconds` where log aggregation is off (yarn-default.xml); an ApplicationMaster waits while
//! its queue's share for them is used up (ibid., "CapacityScheduler"); diagnostics as `FiCaSchedulerApp` and
//! `SchedulerApplicationAttempt` write them; metrics as Amazon EMR sends them (Amazon EMR Management Guide, "Monitoring
//! Amazon EMR metrics with CloudWatch"). What runs and what waits is computed by `cloud::bigdata`.

use std::fmt::Write as _;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta, Timelike as _};

use super::{Scene, Series, World, shown};
use crate::cloud::Draw;
use crate::cloud::bigdata::MIB;
use crate::cloud::bigdata::hdfs::{DataNode, File, Hdfs};
use crate::cloud::bigdata::yarn::{
    App, AppState, Calculator, Directory, DiskRules, Limits, Node, NodeState, Outcome, Resource, Utilization,
    application_list, loaded, master_limit, node_list, node_status, schedule,
};
use crate::cloud::host::{FileSystem, Host, Memory, render};
use crate::model::EvidenceType::{Command, Json, Log, Metric};

pub(super) const WORLD: World = World {
    id: "I21",
    version: 1,
    causes: &[
        "unhealthy-disks",
        "runaway-spill",
        "hdfs-full",
        "am-limit",
        "memory-held",
        "heartbeats-stopped",
        "metastore-stuck",
        "namenode-pauses",
    ],
    build,
};

/// KiB of the volume behind `/mnt`.
const VOLUME: u64 = 99_504_128;
/// `dfs.blocksize`: the customer raised it for large ORC files.
const BLOCK: u64 = 512 * MIB;
const CAPACITY: Resource = Resource { memory: 24_576, vcores: 8 };
const LIMITS: Limits = Limits {
    minimum: Resource { memory: 32, vcores: 1 },
    maximum: Resource { memory: 24_576, vcores: 128 },
    calculator: Calculator::Default,
};
/// `yarn.scheduler.capacity.maximum-am-resource-percent`.
const MASTERS: f64 = 0.2;
/// A Tez ApplicationMaster, the ApplicationMaster of a notebook, an executor of it.
const TEZ_MASTER: u64 = 2048;
const NOTEBOOK_MASTER: u64 = 1408;
const EXECUTOR: u64 = 4505;

/// What is drawn before the cause is looked at.
struct Names {
    cluster: String,
    /// Network of the nodes.
    third: u8,
    primary: u8,
    /// Last byte of each core node's address.
    hosts: Vec<u8>,
    /// When each core node dropped out, where it did: minutes before the first query waits, the longest first.
    dropped: Vec<i64>,
    /// Thousandths of the volume in use: where it is nearly full, and where it is not.
    high: Vec<u64>,
    low: Vec<u64>,
    /// KiB left on a volume that is full.
    left: Vec<u64>,
    /// Blocks written since most volumes are full.
    late: u64,
    old_logs: u32,
    started_ms: i64,
    number: u32,
    /// UUIDs of Tez sessions.
    sessions: Vec<String>,
    queries: Vec<String>,
    heavy: String,
    notebook: u32,
    container: u64,
    asked: Vec<u64>,
    /// Minutes from the first waiting query to each.
    submitted: Vec<i64>,
    millis: Vec<u32>,
    busy: Vec<u64>,
    began: NaiveDateTime,
}

/// What fills the volumes most.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Filler {
    ContainerLogs,
    Spill,
    Blocks,
}

/// The world: what each thing really is.
struct Facts<'a> {
    names: &'a Names,
    /// Volumes are above the threshold.
    full: bool,
    filler: Filler,
    heartbeats: bool,
    /// Tez sessions that are open and idle.
    idle: usize,
    /// Executors that the notebook asks for.
    executors: u64,
    /// Queries reach YARN: the metastore and the NameNode answer.
    metastore: bool,
    namenode: bool,
}

/// KiB on a volume besides HDFS.
#[derive(Clone, Copy, Default)]
struct Fill {
    logs: u64,
    cache: u64,
    spill: u64,
    daemons: u64,
}

/// The cluster as it is an hour later.
struct Cluster {
    nodes: Vec<Node>,
    rules: DiskRules,
    apps: Vec<App>,
    outcomes: Vec<Outcome>,
    /// When each was submitted.
    submitted: Vec<NaiveDateTime>,
    hdfs: Hdfs,
    fills: Vec<Fill>,
}

fn build(draw: &mut Draw, cause: &str) -> Scene {
    let names = names(draw);
    let mut facts = Facts {
        names: &names,
        full: false,
        filler: Filler::ContainerLogs,
        heartbeats: true,
        idle: 2,
        executors: 2,
        metastore: true,
        namenode: true,
    };
    let nodes = names.hosts.len() as u64;
    match cause {
        "runaway-spill" => {
            facts.full = true;
            facts.filler = Filler::Spill;
        }
        "hdfs-full" => {
            facts.full = true;
            facts.filler = Filler::Blocks;
        }
        "am-limit" => {
            let limit = master_limit(CAPACITY.memory * nodes, MASTERS, &LIMITS);
            facts.idle = usize::try_from(limit / TEZ_MASTER).unwrap_or_default();
        }
        "memory-held" => facts.executors = 5 * nodes + 5,
        "heartbeats-stopped" => facts.heartbeats = false,
        "metastore-stuck" => facts.metastore = false,
        "namenode-pauses" => facts.namenode = false,
        _ => facts.full = true,
    }
    let cluster = facts.cluster(draw);
    let mut scene = Scene::default();
    for (name, value) in [
        ("cluster", names.cluster.clone()),
        ("node", names.short(0)),
        ("nodes", names.hosts.len().to_string()),
        ("time", names.began.format("%H:%M").to_string()),
    ] {
        scene.name(name, value);
    }
    metrics(&mut scene, &facts, &cluster);
    applications(&mut scene, &facts, &cluster);
    app_report(&mut scene, &facts, &cluster);
    queue(&mut scene, &facts, &cluster);
    scene.show(
        "node-list",
        state_of(&cluster).0,
        vec![shown(Command, node_list(&cluster.nodes, &cluster.rules))],
    );
    status(&mut scene, &facts, &cluster);
    df(&mut scene, &facts, &cluster);
    du(&mut scene, &facts, &cluster);
    report(&mut scene, &facts, &cluster);
    fsck(&mut scene, &cluster);
    resource_manager(&mut scene, &facts, &cluster);
    metastore(&mut scene, &facts);
    namenode(&mut scene, &facts);
    scene
}

fn names(draw: &mut Draw) -> Names {
    let day = NaiveDate::from_ymd_opt(2026, draw.int(2, 10), draw.int(3, 27)).unwrap_or_default();
    let began = day.and_hms_opt(draw.int(5, 14), draw.int(0, 59), draw.int(5, 55)).unwrap_or_default();
    let count = draw.int(5usize, 7);
    let third = draw.int(1, 40);
    let mut hosts: Vec<u8> = Vec::new();
    while hosts.len() < count {
        let host = draw.int(20, 240);
        if !hosts.contains(&host) {
            hosts.push(host);
        }
    }
    hosts.sort_unstable();
    let mut dropped: Vec<i64> = Vec::new();
    while dropped.len() + 1 < count {
        // A metric's point is five minutes: no two nodes in one.
        let minutes = i64::from(draw.int(2u32, 17)) * 7;
        if !dropped.contains(&minutes) {
            dropped.push(minutes);
        }
    }
    dropped.push(2);
    draw.shuffle(&mut dropped);
    // Random ones: version 4 and its variant have their places.
    let uuid = |draw: &mut Draw| {
        let (high, low) = (draw.number(0, u64::MAX), draw.number(0, u64::MAX));
        let (high, low) = (high & !0xf000 | 0x4000, low & !(3 << 62) | 2 << 62);
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            high >> 32,
            high >> 16 & 0xffff,
            high & 0xffff,
            low >> 48,
            low & 0xffff_ffff_ffff
        )
    };
    let queries = draw.int(5usize, 6);
    let mut submitted = vec![0];
    for index in 1..queries {
        let last = submitted.get(index - 1).copied().unwrap_or_default();
        submitted.push(last + i64::from(draw.int(3u32, 9)));
    }
    Names {
        cluster: format!("j-{}", draw.hex(13).to_uppercase()),
        third,
        primary: draw.int(4, 19),
        dropped,
        high: (0..count).map(|_| draw.int(955, 975)).collect(),
        low: (0..count).map(|_| draw.int(420, 620)).collect(),
        left: (0..count).map(|_| draw.int(30_000, 410_000)).collect(),
        hosts,
        late: draw.int(6, 11),
        old_logs: draw.int(600, 2400),
        started_ms: (began - TimeDelta::days(draw.int(40, 160))).and_utc().timestamp_millis()
            + draw.int(0i64, 999),
        number: draw.int(2100, 8800),
        sessions: (0..24).map(|_| uuid(draw)).collect(),
        queries: (0..queries).map(|_| uuid(draw)).collect(),
        heavy: uuid(draw),
        notebook: draw.int(11, 98),
        container: *draw.pick(&[2048, 3072, 4096]),
        asked: (0..queries).map(|_| draw.int(18, 64)).collect(),
        submitted,
        millis: (0..16).map(|_| draw.int(0, 999)).collect(),
        busy: (0..count).map(|_| draw.int(3100, 4200)).collect(),
        began,
    }
}

impl Names {
    fn at(&self, seconds: i64) -> NaiveDateTime {
        self.began + TimeDelta::seconds(seconds)
    }

    /// When the evidence is taken.
    fn now(&self) -> NaiveDateTime {
        self.at(65 * 60)
    }

    fn address(&self, host: u8) -> String {
        format!("10.0.{}.{host}", self.third)
    }

    fn host(&self, host: u8) -> String {
        format!("ip-10-0-{}-{host}.ap-northeast-1.compute.internal", self.third)
    }

    fn short(&self, node: usize) -> String {
        format!("ip-10-0-{}-{}", self.third, self.hosts.get(node).copied().unwrap_or_default())
    }

    fn millis(&self, index: usize) -> u32 {
        self.millis.get(index % 16).copied().unwrap_or_default()
    }

    fn app(&self, number: u32) -> String {
        format!("application_{}_{:04}", self.started_ms, self.number + number)
    }

    /// The two last to fill are nearly full, the others full.
    fn used(&self, node: usize, full: bool) -> u64 {
        let permille = |list: &[u64]| VOLUME / 1000 * list.get(node).copied().unwrap_or_default();
        match full {
            false => permille(&self.low),
            true if self.is_full(node) => VOLUME - self.left.get(node).copied().unwrap_or_default(),
            true => permille(&self.high),
        }
    }

    /// Whether a node's volume has no room for another block, where volumes are above the threshold.
    fn is_full(&self, node: usize) -> bool {
        node + 2 < self.hosts.len()
    }
}

fn stamp(time: NaiveDateTime) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

impl Facts<'_> {
    /// When a node dropped out of the cluster's capacity; none while it counts.
    fn dropped(&self, node: usize) -> Option<NaiveDateTime> {
        let minutes = self.names.dropped.get(node).copied().unwrap_or_default();
        let index = i64::try_from(node).unwrap_or_default();
        if !self.heartbeats {
            // All fell silent together, ten minutes before they were given up.
            Some(self.names.at(-130 + index))
        } else {
            self.full.then(|| self.names.at(-60 * minutes))
        }
    }

    fn hdfs(&self, draw: &mut Draw) -> Hdfs {
        let names = self.names;
        let nodes = names.hosts.iter().map(|host| DataNode {
            host: names.host(*host),
            address: names.address(*host),
            rack: "/default-rack".to_owned(),
            capacity: VOLUME * 1024,
            non_dfs: 0,
            alive: true,
        });
        let primary = names.address(names.primary);
        let mut hdfs = Hdfs {
            namenode: names.host(names.primary),
            pool: format!("BP-1283756111-{primary}-{}", names.started_ms - 61_000),
            namenode_address: primary,
            replication: 3,
            nodes: nodes.collect(),
            files: Vec::new(),
            blocks: Vec::new(),
        };
        let percent = match (self.full, self.filler) {
            (true, Filler::Blocks) => 82,
            (true, Filler::Spill) => 22,
            (true, Filler::ContainerLogs) => 20,
            (false, _) => 28,
        };
        let targets = (0..names.hosts.len()).map(|node| names.used(node, self.full)).collect::<Vec<_>>();
        // A node that is less full would hold more blocks than it has room for if all were to hold as many: go by the least.
        let least = targets.iter().min().copied().unwrap_or_default();
        let count = targets.len() as u64;
        let blocks = (least * 1024 * percent / 100 * count / 3 / BLOCK).saturating_sub(names.late);
        let file = |path: String, blocks: u64| File {
            path,
            bytes: blocks * BLOCK,
            block_size: BLOCK,
            replication: 3,
        };
        let (mut rest, mut number) = (blocks, 0);
        while rest > 0 {
            let take = rest.min(64);
            hdfs.write(draw, file(format!("/data/part-{number:05}.orc"), take));
            rest -= take;
            number += 1;
        }
        // What was written last found room where there still was some.
        for (index, node) in hdfs.nodes.iter_mut().enumerate() {
            node.alive = !(self.full && names.is_full(index));
        }
        hdfs.write(draw, file(format!("/data/part-{number:05}.orc"), names.late));
        for (index, node) in hdfs.nodes.iter_mut().enumerate() {
            node.alive = true;
            let own: u64 =
                hdfs.blocks.iter().filter(|block| block.replicas.contains(&index)).map(|b| b.bytes).sum();
            let target = targets.get(index).copied().unwrap_or_default();
            node.non_dfs = target.saturating_sub(own / 1024) * 1024;
        }
        hdfs
    }

    /// How what is not HDFS's divides, in percent: container logs, caches, spilled data; daemons' logs have the rest.
    fn shares(&self) -> (u64, u64, u64) {
        match (self.full, self.filler) {
            (true, Filler::ContainerLogs) => (84, 12, 0),
            (true, Filler::Spill) => (5, 4, 88),
            (true, Filler::Blocks) => (20, 40, 0),
            (false, _) => (62, 25, 0),
        }
    }

    fn cluster(&self, draw: &mut Draw) -> Cluster {
        let names = self.names;
        let hdfs = self.hdfs(draw);
        let (logs, cache, spill) = self.shares();
        let fills: Vec<Fill> = hdfs
            .nodes
            .iter()
            .map(|node| {
                let rest = node.non_dfs / 1024;
                let [logs, cache, spill] = [logs, cache, spill].map(|percent| rest * percent / 100);
                Fill { logs, cache, spill, daemons: rest - logs - cache - spill }
            })
            .collect();
        let directory = |path: &str, used| vec![Directory { path: path.to_owned(), size: VOLUME, used }];
        let nodes: Vec<Node> = names
            .hosts
            .iter()
            .enumerate()
            .map(|(index, host)| {
                let used = names.used(index, self.full);
                let busy = names.busy.get(index).copied().unwrap_or_default();
                Node {
                    host: names.host(*host),
                    capacity: CAPACITY,
                    used: Resource::default(),
                    containers: 0,
                    local_dirs: directory("/mnt/yarn", used),
                    log_dirs: directory("/mnt/var/log/hadoop-yarn/containers", used),
                    alive: self.heartbeats,
                    utilization: Utilization { node: (busy, 0.1), containers: (0, 0.0) },
                }
            })
            .collect();
        let mut apps = Vec::new();
        let mut submitted = Vec::new();
        let mut submit = |number, name: String, kind: &str, master, container, containers, at| {
            apps.push(App {
                id: names.app(number),
                name,
                kind: kind.to_owned(),
                user: if kind == "TEZ" { "hive" } else { "livy" }.to_owned(),
                queue: "default".to_owned(),
                master: Resource::new(master, 1),
                container: Resource::new(container, 1),
                containers,
            });
            submitted.push(at);
        };
        for (number, session) in (0u32..).zip(names.sessions.iter().take(self.idle)) {
            let at = names.at(-60 * (600 - 9 * i64::from(number)));
            submit(number, format!("HIVE-{session}"), "TEZ", TEZ_MASTER, names.container, 0, at);
        }
        let notebook = format!("livy-session-{}", names.notebook);
        submit(30, notebook, "SPARK", NOTEBOOK_MASTER, EXECUTOR, self.executors, names.at(-9320));
        if self.full && self.filler == Filler::Spill {
            let heavy = format!("HIVE-{}", names.heavy);
            submit(33, heavy, "TEZ", TEZ_MASTER, names.container, 240, names.at(-8750));
        }
        if self.metastore && self.namenode {
            let queries = names.queries.iter().zip(&names.submitted).zip(&names.asked);
            for (number, ((query, minutes), asked)) in (40u32..).zip(queries) {
                let at = names.at(60 * minutes);
                submit(number, format!("HIVE-{query}"), "TEZ", TEZ_MASTER, names.container, *asked, at);
            }
        }
        let rules = DiskRules::default();
        let running = nodes.iter().filter(|node| node.state(&rules) == NodeState::Running).count() as u64;
        let masters = master_limit(running * CAPACITY.memory, MASTERS, &LIMITS);
        let outcomes = schedule(&nodes, &rules, &LIMITS, &apps, Some(masters));
        let mut nodes = loaded(&nodes, &LIMITS, &apps, &outcomes);
        for node in &mut nodes {
            // What was granted is hardly used: the cluster looks idle.
            let measured = node.used.memory * 4 / 10;
            node.utilization.containers = (measured, 0.0);
            node.utilization.node.0 += measured;
        }
        Cluster { nodes, rules, apps, outcomes, submitted, hdfs, fills }
    }
}

impl Cluster {
    fn running(&self) -> u64 {
        self.nodes.iter().filter(|node| node.state(&self.rules) == NodeState::Running).count() as u64
    }

    fn total(&self) -> u64 {
        self.running() * CAPACITY.memory
    }

    fn used(&self) -> u64 {
        self.nodes.iter().map(|node| node.used.memory).sum()
    }

    fn waiting(&self) -> usize {
        self.outcomes.iter().filter(|outcome| outcome.state == AppState::Accepted).count()
    }

    /// Memory of the ApplicationMasters that run.
    fn masters(&self) -> u64 {
        let runs = |(_, outcome): &(&App, &Outcome)| outcome.state == AppState::Running;
        let granted = |(app, _): (&App, &Outcome)| LIMITS.grant(app.master).map_or(0, |size| size.memory);
        self.apps.iter().zip(&self.outcomes).filter(runs).map(granted).sum()
    }

    fn master_limit(&self) -> u64 {
        master_limit(self.total(), MASTERS, &LIMITS)
    }
}

/// What the nodes' states tell, and what one node's report tells.
fn state_of(cluster: &Cluster) -> (&'static str, &'static str) {
    match cluster.nodes.first().map(|node| node.state(&cluster.rules)) {
        Some(NodeState::Unhealthy) => ("all-unhealthy", "disks-above-threshold"),
        Some(NodeState::Lost) => ("all-lost", "lost"),
        _ => ("all-running", "healthy"),
    }
}

fn metrics(scene: &mut Scene, facts: &Facts<'_>, cluster: &Cluster) {
    let names = facts.names;
    let back = names.at(-150 * 60);
    let off = i64::from(back.minute() % 10) * 60 + i64::from(back.second());
    let start = back - TimeDelta::seconds(off);
    let end = start + TimeDelta::minutes(10 * 21);
    let count = names.hosts.len() as u64;
    let usual = CAPACITY.memory * count;
    let mut text = format!(
        "$ aws emr describe-cluster --cluster-id {} --query 'Cluster.[Id,Status.State,TerminationProtected]' --output text\n{}\tWAITING\tTrue\n$ jq -r '.[] | .MetricStat.Metric.MetricName' emr-yarn.json\nMemoryTotalMB\nMemoryAllocatedMB\nAppsPending\n$ aws cloudwatch get-metric-data --start-time {} --end-time {} --scan-by TimestampAscending --metric-data-queries file://emr-yarn.json | jq -r '[.MetricDataResults[] | .Values] as $v | .MetricDataResults[0].Timestamps | to_entries[] | [.value, $v[][.key]] | @tsv'\n",
        names.cluster,
        names.cluster,
        stamp(start),
        stamp(end)
    );
    let mut points = [Vec::new(), Vec::new(), Vec::new()];
    for step in 0..21 {
        let time = start + TimeDelta::minutes(10 * step);
        let gone = (0..names.hosts.len())
            .filter(|node| facts.dropped(*node).is_some_and(|at| at <= time))
            .count() as u64;
        let total = usual - gone * CAPACITY.memory;
        // Before, the work of the day; from then on, what runs an hour later.
        let allocated = if time < names.began {
            let share = 34 + 5 * u64::try_from(step % 4).unwrap_or_default();
            (usual * share / 100 / 32 * 32).min(total)
        } else {
            cluster.used()
        };
        let waits = |(at, outcome): &(&NaiveDateTime, &Outcome)| {
            **at <= time && time >= names.began && outcome.state == AppState::Accepted
        };
        let pending = cluster.submitted.iter().zip(&cluster.outcomes).filter(waits).count();
        let row = [total as f64, allocated as f64, pending as f64];
        for (list, value) in points.iter_mut().zip(row) {
            list.push(value);
        }
        let _ = writeln!(text, "{}+00:00\t{total}\t{allocated}\t{pending}", time.format("%Y-%m-%dT%H:%M:%S"));
    }
    let finding = if cluster.total() == 0 {
        "capacity-gone"
    } else if cluster.waiting() == 0 {
        "nothing-waits"
    } else if cluster.used() * 100 >= cluster.total() * 85 {
        "capacity-taken"
    } else {
        "capacity-free"
    };
    scene.show("metrics", finding, vec![shown(Metric, text)]);
    if let Some(view) = scene.views.get_mut("metrics") {
        let named = [("MemoryTotalMB", "MB"), ("MemoryAllocatedMB", "MB"), ("AppsPending", "Count")];
        for ((name, unit), points) in named.into_iter().zip(points) {
            view.series.push(Series {
                name: name.to_owned(),
                unit: unit.to_owned(),
                start: stamp(start),
                step_seconds: 600,
                points,
            });
        }
    }
}

fn applications(scene: &mut Scene, facts: &Facts<'_>, cluster: &Cluster) {
    let names = facts.names;
    let text = application_list(&cluster.apps, &cluster.outcomes, &names.host(names.primary));
    let finding = match cluster.waiting() {
        0 => "none-waits",
        all if all == cluster.apps.len() => "all-wait",
        _ => "queries-wait",
    };
    scene.show("applications", finding, vec![shown(Command, text)]);
}

fn app_report(scene: &mut Scene, facts: &Facts<'_>, cluster: &Cluster) {
    let names = facts.names;
    // The newest.
    let newest = cluster.apps.iter().zip(&cluster.outcomes).zip(&cluster.submitted).next_back();
    let Some(((app, outcome), at)) = newest else { return };
    let ask = LIMITS.grant(app.master).unwrap_or_default().text();
    let limit = Resource::new(cluster.master_limit(), if cluster.total() > 0 { 1 } else { 0 }).text();
    let vcores = cluster.nodes.iter().map(|node| node.used.vcores).sum();
    let used = Resource::new(cluster.used(), vcores);
    let whole = Resource::new(cluster.total(), cluster.running() * CAPACITY.vcores);
    let masters = cluster.outcomes.iter().filter(|outcome| outcome.state == AppState::Running).count() as u64;
    let pending = |why: &str| {
        format!(
            "Application is added to the scheduler and is not yet activated. {why} Details : AM Partition = <DEFAULT_PARTITION>; AM Resource Request = {ask}; Queue Resource Limit for AM = {limit}; User AM Resource Limit of the queue = {limit}; Queue AM Resource Usage = {}; ",
            Resource::new(cluster.masters(), masters).text()
        )
    };
    let over = cluster.masters() + app.master.memory > cluster.master_limit();
    let (finding, why) = match outcome.state {
        AppState::Running => ("runs", String::new()),
        AppState::Accepted if cluster.total() == 0 => {
            ("cluster-is-empty", pending("Skipping AM assignment as cluster resource is empty. "))
        }
        AppState::Accepted if over => ("masters-limit", pending("Queue's AM resource limit exceeded. ")),
        AppState::Accepted => (
            "waits-for-memory",
            format!(
                "Application is Activated, waiting for resources to be assigned for AM.  Details : AM Partition = <DEFAULT_PARTITION> ; Partition Resource = {} ; Queue's Absolute capacity = 100.0 % ; Queue's Absolute used capacity = {:?} % ; Queue's Absolute max capacity = 100.0 % ; Queue's capacity (absolute resource) = {} ; Queue's used capacity (absolute resource) = {} ; Queue's max capacity (absolute resource) = {} ; ",
                whole.text(),
                used.memory as f32 * 100.0 / whole.memory.max(1) as f32,
                whole.text(),
                used.text(),
                whole.text()
            ),
        ),
    };
    let mut text =
        format!("$ date -u +%FT%TZ\n{}\n$ yarn application -status {}\n", stamp(names.now()), app.id);
    let _ = writeln!(text, "Application Report : \n\tApplication-Id : {}", app.id);
    let _ = writeln!(text, "\tApplication-Name : {}\n\tApplication-Type : {}", app.name, app.kind);
    let _ = writeln!(text, "\tUser : {}\n\tQueue : {}\n\tApplication Priority : 0", app.user, app.queue);
    let start = at.and_utc().timestamp_millis() + i64::from(names.millis(0));
    let _ = writeln!(text, "\tStart-Time : {start}\n\tFinish-Time : 0");
    let host = outcome.master.and_then(|place| cluster.nodes.get(place));
    let lasted = (names.now() - *at).num_seconds();
    let size = LIMITS.grant(app.master).unwrap_or_default().memory
        + LIMITS.grant(app.container).unwrap_or_default().memory * outcome.running.len() as u64;
    match host {
        Some(host) => {
            let url = format!("http://{}:20888/proxy/{}/", names.host(names.primary), app.id);
            let _ = writeln!(
                text,
                "\tProgress : 10%\n\tState : RUNNING\n\tFinal-State : UNDEFINED\n\tTracking-URL : {url}"
            );
            let port = 32_000 + names.number % 9000;
            let _ = writeln!(text, "\tRPC Port : {port}\n\tAM Host : {}", host.host);
            let spent = u64::try_from(lasted).unwrap_or_default();
            let _ = writeln!(
                text,
                "\tAggregate Resource Allocation : {} MB-seconds, {} vcore-seconds",
                size * spent,
                (1 + outcome.running.len() as u64) * spent
            );
        }
        None => {
            text.push_str("\tProgress : 0%\n\tState : ACCEPTED\n\tFinal-State : UNDEFINED\n\tTracking-URL : N/A\n\tRPC Port : -1\n\tAM Host : N/A\n\tAggregate Resource Allocation : 0 MB-seconds, 0 vcore-seconds\n");
        }
    }
    text.push_str(
        "\tAggregate Resource Preempted : 0 MB-seconds, 0 vcore-seconds\n\tLog Aggregation Status : DISABLED\n",
    );
    let dated = if why.is_empty() {
        why
    } else {
        format!("[{} {}] {why}", at.format("%a %b %d %H:%M:%S"), at.format("+0000 %Y"))
    };
    let _ = writeln!(text, "\tDiagnostics : {dated}\n\tUnmanaged Application : false");
    text.push_str("\tApplication Node Label Expression : <Not set>\n\tAM container Node Label Expression : <DEFAULT_PARTITION>\n\tTimeoutType : LIFETIME\tExpiryTime : UNLIMITED\tRemainingTime : -1seconds\n");
    scene.show("app-report", finding, vec![shown(Command, text)]);
}

fn queue(scene: &mut Scene, facts: &Facts<'_>, cluster: &Cluster) {
    let names = facts.names;
    let share = cluster.used() as f64 * 100.0 / cluster.total().max(1) as f64;
    let containers: u64 = cluster.nodes.iter().map(|node| node.containers).sum();
    // As jq writes an object: in the order of its filter.
    let value = [
        ("queueName", "\"default\"".to_owned()),
        ("state", "\"RUNNING\"".to_owned()),
        ("absoluteCapacity", "100.0".to_owned()),
        ("absoluteMaxCapacity", "100.0".to_owned()),
        ("absoluteUsedCapacity", format!("{:?}", (share * 100.0).round() / 100.0)),
        ("numActiveApplications", (cluster.apps.len() - cluster.waiting()).to_string()),
        ("numPendingApplications", cluster.waiting().to_string()),
        ("numContainers", containers.to_string()),
        ("usedMB", cluster.used().to_string()),
        ("amLimitMB", cluster.master_limit().to_string()),
        ("amUsedMB", cluster.masters().to_string()),
    ]
    .map(|(name, value)| format!("  \"{name}\": {value}"))
    .join(",\n");
    let text = format!(
        "$ curl -s http://{}:8088/ws/v1/cluster/scheduler | jq '.scheduler.schedulerInfo.queues.queue[] | {{queueName, state, absoluteCapacity, absoluteMaxCapacity, absoluteUsedCapacity, numActiveApplications, numPendingApplications, numContainers, usedMB: .resourcesUsed.memory, amLimitMB: .AMResourceLimit.memory, amUsedMB: .usedAMResource.memory}}'\n{{\n{value}\n}}\n",
        names.host(names.primary)
    );
    let finding = if cluster.waiting() == 0 {
        "nothing-waits"
    } else if cluster.total() == 0 {
        "no-share-of-anything"
    } else if share >= 85.0 {
        "used-up"
    } else {
        "masters-limit-reached"
    };
    scene.show("queue", finding, vec![shown(Json, text)]);
}

fn status(scene: &mut Scene, facts: &Facts<'_>, cluster: &Cluster) {
    let names = facts.names;
    let Some(node) = cluster.nodes.first() else { return };
    let lost = node.state(&cluster.rules) == NodeState::Lost;
    let last = match facts.dropped(0) {
        Some(at) if lost => at - TimeDelta::seconds(600),
        _ => names.now() - TimeDelta::seconds(47),
    };
    let text = format!(
        "$ date -u +%FT%TZ\n{}\n{}",
        stamp(names.now()),
        node_status(node, &cluster.rules, last + TimeDelta::milliseconds(i64::from(names.millis(1))))
    );
    scene.show("node-status", state_of(cluster).1, vec![shown(Command, text)]);
}

/// The volume of a node as `df` shows it.
fn volume(names: &Names, node: usize, used: u64) -> String {
    let mut host = Host::new(&names.short(node), 8, Memory::default(), names.at(-9_000_000), names.now());
    host.file_systems.push(FileSystem {
        device: "/dev/nvme1n1p2".to_owned(),
        mounted: "/mnt".to_owned(),
        kind: "xfs".to_owned(),
        size: VOLUME,
        used,
        reserved: 0,
        inodes: VOLUME / 2,
        inodes_used: 61_000,
    });
    render::df(&host)
}

fn df(scene: &mut Scene, facts: &Facts<'_>, cluster: &Cluster) {
    let names = facts.names;
    let mut text = String::new();
    for (index, node) in cluster.nodes.iter().enumerate() {
        let used = node.local_dirs.first().map_or(0, |directory| directory.used);
        let _ = writeln!(text, "$ ssh {} df -h /mnt\n{}", names.short(index), volume(names, index, used));
    }
    let above = |node: &Node| node.local_dirs.iter().any(|directory| !cluster.rules.good(directory));
    let finding = if cluster.nodes.iter().all(above) { "above-90" } else { "room" };
    scene.show("df", finding, vec![shown(Command, text)]);
}

fn du(scene: &mut Scene, facts: &Facts<'_>, cluster: &Cluster) {
    let names = facts.names;
    let Some(fill) = cluster.fills.first() else { return };
    let blocks = cluster.hdfs.used(0) / 1024;
    let short = names.short(0);
    let mut rows = vec![
        (fill.logs, "/mnt/var/log/hadoop-yarn/containers"),
        (fill.cache + fill.spill, "/mnt/yarn/usercache"),
        (blocks, "/mnt/hdfs"),
        (fill.daemons, "/mnt/var/log/hadoop-hdfs"),
    ];
    rows.sort_by_key(|row| std::cmp::Reverse(row.0));
    let paths = "/mnt/hdfs /mnt/yarn/usercache /mnt/var/log/hadoop-hdfs /mnt/var/log/hadoop-yarn/containers";
    let mut text = format!("$ ssh {short} 'sudo du -xsk {paths}' | sort -rn\n");
    for (size, path) in &rows {
        let _ = writeln!(text, "{size}\t{path}");
    }
    let _ = writeln!(
        text,
        "$ ssh {short} 'sudo du -xsk /mnt/yarn/usercache/*/appcache/*' | sort -rn | head -n 3"
    );
    let mut caches: Vec<(u64, String)> =
        (0..2).map(|number| (21_508 + 1_712 * u64::from(number), names.app(number))).collect();
    if fill.spill > 0 {
        caches.push((fill.spill, names.app(33)));
    }
    caches.sort_by_key(|row| std::cmp::Reverse(row.0));
    for (size, app) in caches {
        let _ = writeln!(text, "{size}\t/mnt/yarn/usercache/hive/appcache/{app}");
    }
    let _ = writeln!(
        text,
        "$ ssh {short} 'sudo find /mnt/var/log/hadoop-yarn/containers -mindepth 1 -maxdepth 1 -mtime +7 | wc -l'\n{}\n$ ssh {short} \"grep -A1 -E 'log-aggregation-enable|log.retain-seconds' /etc/hadoop/conf/yarn-site.xml\"\n    <name>yarn.log-aggregation-enable</name>\n    <value>false</value>\n--\n    <name>yarn.nodemanager.log.retain-seconds</name>\n    <value>2592000</value>",
        names.old_logs
    );
    let finding = match rows.first().map(|row| row.1) {
        Some("/mnt/hdfs") => "blocks-largest",
        Some("/mnt/yarn/usercache") => "one-application-largest",
        _ => "container-logs-largest",
    };
    scene.show("du", finding, vec![shown(Command, text)]);
}

fn report(scene: &mut Scene, facts: &Facts<'_>, cluster: &Cluster) {
    let whole = cluster.hdfs.report(facts.names.now());
    let mut text =
        "$ hdfs dfsadmin -report | grep -E 'Hostname|DFS Used:|DFS Remaining:|nder replicated|Missing blocks:|datanodes'\n"
            .to_owned();
    let parts =
        ["Hostname", "DFS Used:", "DFS Remaining:", "nder replicated", "Missing blocks:", "datanodes"];
    for line in whole.lines().skip(1).filter(|line| parts.iter().any(|part| line.contains(part))) {
        let _ = writeln!(text, "{line}");
    }
    let hdfs = &cluster.hdfs;
    let capacity: u64 = hdfs.nodes.iter().map(|node| node.capacity).sum();
    let other: u64 = hdfs.nodes.iter().map(|node| node.non_dfs).sum();
    let used: u64 = (0..hdfs.nodes.len()).map(|node| hdfs.used(node)).sum();
    let finding = match ((capacity - other - used) * 10 < capacity, used > other) {
        (false, _) => "room",
        (true, true) => "full-of-blocks",
        (true, false) => "full-of-other-files",
    };
    scene.show("hdfs-report", finding, vec![shown(Command, text)]);
}

fn fsck(scene: &mut Scene, cluster: &Cluster) {
    let whole = cluster.hdfs.fsck_counts(1);
    let mut text = "$ hdfs fsck /data 2>/dev/null | sed -n '/^Status/,/Missing replicas/p'\n".to_owned();
    for line in whole.lines() {
        let _ = writeln!(text, "{line}");
        if line.starts_with(" Missing replicas") {
            break;
        }
    }
    let finding =
        if cluster.hdfs.health().under_replicated > 0 { "under-replicated" } else { "fully-replicated" };
    scene.show("fsck", finding, vec![shown(Command, text)]);
}

fn resource_manager(scene: &mut Scene, facts: &Facts<'_>, cluster: &Cluster) {
    let names = facts.names;
    let mut text = format!(
        "$ date -u +%FT%TZ\n{}\n$ sudo grep -hE 'reported UNHEALTHY|Expired:|Node Transitioned' /var/log/hadoop-yarn/hadoop-yarn-resourcemanager-{}.log*\n",
        stamp(names.now()),
        names.host(names.primary).split('.').next().unwrap_or_default()
    );
    let mut lines = Vec::new();
    for (index, node) in cluster.nodes.iter().enumerate() {
        let Some(at) = facts.dropped(index) else { continue };
        let at = at + TimeDelta::milliseconds(i64::from(names.millis(index)));
        let stamp = at.format("%Y-%m-%d %H:%M:%S,%3f");
        let id = node.id();
        let (class, state) =
            ("org.apache.hadoop.yarn.server.resourcemanager.rmnode.RMNodeImpl", node.state(&cluster.rules));
        let first = if state == NodeState::Lost {
            format!(
                "{stamp} INFO org.apache.hadoop.yarn.util.AbstractLivelinessMonitor (Ping Checker): Expired:{id} Timed out after 600 secs"
            )
        } else {
            format!(
                "{stamp} INFO {class} (RM Event dispatcher): Node {id} reported UNHEALTHY with details: {}",
                node.health_report(&cluster.rules)
            )
        };
        let second = format!(
            "{stamp} INFO {class} (RM Event dispatcher): {id} Node Transitioned from RUNNING to {}",
            state.text()
        );
        lines.push((at, first, second));
    }
    lines.sort();
    for (_, first, second) in &lines {
        let _ = writeln!(text, "{first}\n{second}");
    }
    let finding = match (lines.is_empty(), facts.heartbeats) {
        (true, _) => "no-changes",
        (false, true) => "turned-unhealthy",
        (false, false) => "expired",
    };
    scene.show("resource-manager-log", finding, vec![shown(Log, text)]);
}

fn metastore(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let mut text = "$ sudo tail -n 6 /var/log/hive/user/hive/hive.log | cut -c -240\n".to_owned();
    let source = names.address(names.primary);
    for index in 0..3u32 {
        let at = names.now() - TimeDelta::seconds(i64::from(61 - 20 * index));
        let time = format!("{},{:03}", at.format("%Y-%m-%dT%H:%M:%S"), names.millis(index as usize + 4));
        let worker = 31 + 3 * index;
        let _ = writeln!(
            text,
            "{time}  INFO [pool-9-thread-{worker}] metastore.HiveMetaStore: {worker}: source:{source} get_table : tbl=hive.sales.events"
        );
        if facts.metastore {
            let _ = writeln!(
                text,
                "{time}  INFO [pool-9-thread-{worker}] metastore.HiveMetaStore: {worker}: source:{source} get_partitions_by_expr : db=sales tbl=events"
            );
        } else {
            let _ = writeln!(
                text,
                "{time} ERROR [pool-9-thread-{}] metastore.RetryingHMSHandler: java.sql.SQLTransientConnectionException: HikariPool-1 - Connection is not available, request timed out after 30000ms.",
                worker - 2
            );
        }
    }
    let finding = if facts.metastore { "answers" } else { "no-database-connection" };
    scene.show("metastore", finding, vec![shown(Log, text)]);
}

fn namenode(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let host = names.host(names.primary);
    let short = host.split('.').next().unwrap_or_default();
    let heap = 6_144.0;
    let used = if facts.namenode { heap * 0.43 } else { heap * 0.985 };
    let mut text = format!(
        "$ hdfs dfsadmin -safemode get\nSafe mode is OFF\n$ curl -s 'http://{host}:9870/jmx?qry=Hadoop:service=NameNode,name=JvmMetrics' | jq '.beans[0] | {{MemHeapUsedM, MemHeapMaxM}}'\n{{\n  \"MemHeapUsedM\": {used:?},\n  \"MemHeapMaxM\": {heap:?}\n}}\n$ sudo grep -hA1 'Detected pause' /var/log/hadoop-hdfs/hadoop-hdfs-namenode-{short}.log | tail -n 8\n"
    );
    let pauses: &[(i64, u64)] =
        if facts.namenode { &[(21_700, 1_214)] } else { &[(210, 41_877), (140, 44_120), (70, 43_306)] };
    for (index, (ago, ms)) in pauses.iter().enumerate() {
        let at = names.now() - TimeDelta::seconds(*ago);
        let level = if *ms > 10_000 { "WARN" } else { "INFO" };
        if index > 0 {
            // What grep puts between groups that do not touch.
            text.push_str("--\n");
        }
        let _ = writeln!(
            text,
            "{},{:03} {level} org.apache.hadoop.util.JvmPauseMonitor (org.apache.hadoop.util.JvmPauseMonitor$Monitor@5e0fa0d6): Detected pause in JVM or host machine (eg GC): pause of approximately {ms}ms\nGC pool 'ConcurrentMarkSweep' had collection(s): count=1 time={}ms",
            at.format("%Y-%m-%d %H:%M:%S"),
            names.millis(index + 8),
            ms + 311
        );
    }
    let finding = if facts.namenode { "calm" } else { "long-pauses" };
    scene.show("namenode", finding, vec![shown(Command, text)]);
}
