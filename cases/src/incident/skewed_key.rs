//! I22: a nightly Spark join that is killed near its end because one key holds a third of the rows.
//!
//! Rules: all rows of a key go to one shuffle partition and so to one task, whatever the number of executors (Apache Spark,
//! "RDD Programming Guide", Shuffle operations); adaptive execution splits skewed partitions of a sort-merge join (ibid.,
//! "Performance Tuning", Optimizing Skew Join); a container is `spark.executor.memory` + overhead (ibid., "Configuration"),
//! and the NodeManager holds its whole process tree against that (`ContainersMonitorImpl`); a task that failed
//! `spark.task.maxFailures` times (4) ends the job, and so do four attempts of a stage. Sizes, spill and the memory of the
//! process tree are computed by `cloud::bigdata::spark`; what a task needs outside the heap (an eighth of what it reads) is
//! this world's own, rough figure.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

use super::{Scene, Series, World, shown};
use crate::cloud::Draw;
use crate::cloud::bigdata::spark::{
    ExecutorMemory, Process, Task, beyond_limit, killed_log, killed_reason, summary, tree_rss,
};
use crate::cloud::bigdata::yarn::{Calculator, Limits, Resource};
use crate::cloud::bigdata::{GIB, MIB};
use crate::model::EvidenceType::{Command, Config, Log, Metric, Table};

pub(super) const WORLD: World = World {
    id: "I22",
    version: 1,
    causes: &[
        "skewed-key",
        "null-keys",
        "few-partitions",
        "overhead-short",
        "kernel-oom",
        "spot-loss",
        "gc-pauses",
        "s3-throttle",
    ],
    build,
};

/// An executor: 16 GiB of heap and 2 GiB beside it, four tasks at a time.
const MEMORY: ExecutorMemory =
    ExecutorMemory { heap: 16_384, overhead: Some(2048), factor: 10, off_heap: 0, pyspark: 0 };
const CORES: usize = 4;
const LIMITS: Limits = Limits {
    minimum: Resource { memory: 256, vcores: 1 },
    maximum: Resource { memory: 57_344, vcores: 128 },
    calculator: Calculator::Default,
};
/// What YARN may give on a node.
const NODE: u64 = 57_344;
/// MiB outside the heap that an executor needs before it runs a task.
const NATIVE: u64 = 420;

/// Tables, the column that is joined on, a value that too many rows may have, a usual one, and how keys look.
const TABLES: [(&str, &str, &str, char); 4] = [
    ("clicks", "merchant_id", "M0000001", 'M'),
    ("orders", "seller_id", "S0010007", 'S'),
    ("page_views", "campaign_id", "C0000900", 'C'),
    ("payments", "store_id", "T0770000", 'T'),
];

/// What is drawn before the cause is looked at.
struct Names {
    cluster: String,
    table: &'static str,
    key: &'static str,
    hot: &'static str,
    letter: char,
    bucket: String,
    third: u8,
    primary: u8,
    hosts: Vec<u8>,
    instances: Vec<String>,
    added: usize,
    started_ms: i64,
    number: u32,
    /// Tasks of the two stages that read, and of the join as it is usually cut.
    maps: [u64; 2],
    partitions: u64,
    /// Bytes of a usual partition, and of a row in the shuffle.
    median: u64,
    width: u64,
    /// Thousandths of the rows that one key has, where one has.
    share: u64,
    /// Which partition that key falls into.
    place: usize,
    /// Thousandths by which each partition differs from the usual one.
    noise: Vec<u64>,
    distinct: u64,
    counts: Vec<u64>,
    overshoot: u64,
    pid: u32,
    tid: u32,
    executors: Vec<u32>,
    /// Minutes of the runs of earlier nights.
    minutes: Vec<u64>,
    failed_after: Vec<u64>,
    growth: Vec<u64>,
    request: String,
    /// When last night's run ended.
    died: NaiveDateTime,
}

/// Whose rows are too many.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hot {
    Value,
    Null,
}

/// The world: what each thing really is.
struct Facts<'a> {
    names: &'a Names,
    hot: Option<Hot>,
    partitions: u64,
    /// The join's stage calls a Python function on every row.
    python: bool,
    /// The nodes have as much memory as YARN gives away on them.
    nodes_fit: bool,
    spot_kept: bool,
    heap_suffices: bool,
    s3_serves: bool,
}

/// How last night's run ended: what follows from the facts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    OverLimit,
    KilledByKernel,
    LostNode,
    Heartbeat,
    SlowDown,
}

fn build(draw: &mut Draw, cause: &str) -> Scene {
    let names = names(draw);
    let mut facts = Facts {
        names: &names,
        hot: None,
        partitions: names.partitions,
        python: false,
        nodes_fit: true,
        spot_kept: true,
        heap_suffices: true,
        s3_serves: true,
    };
    match cause {
        "null-keys" => facts.hot = Some(Hot::Null),
        "few-partitions" => facts.partitions = names.even() / (9 * GIB / 2),
        "overhead-short" => facts.python = true,
        "kernel-oom" => facts.nodes_fit = false,
        "spot-loss" => facts.spot_kept = false,
        "gc-pauses" => facts.heap_suffices = false,
        "s3-throttle" => facts.s3_serves = false,
        _ => facts.hot = Some(Hot::Value),
    }
    let mut scene = Scene::default();
    for (name, value) in [
        ("cluster", names.cluster.clone()),
        ("table", format!("sales.{}", names.table)),
        ("key", names.key.to_owned()),
        ("added", names.added.to_string()),
        ("app", names.app(0)),
        ("rerun", names.app(7)),
        ("time", names.died.format("%H:%M").to_string()),
    ] {
        scene.name(name, value);
    }
    driver_log(&mut scene, &facts);
    stages(&mut scene, &facts);
    stage_page(&mut scene, &facts);
    container_log(&mut scene, &facts);
    settings(&mut scene, &facts);
    statistics(&mut scene, &facts);
    key_counts(&mut scene, &facts);
    executors(&mut scene, &facts);
    nodes(&mut scene, &facts);
    s3(&mut scene, &facts);
    history(&mut scene, &facts);
    scene
}

fn names(draw: &mut Draw) -> Names {
    let day = NaiveDate::from_ymd_opt(2026, draw.int(2, 10), draw.int(12, 27)).unwrap_or_default();
    let died = day.and_hms_opt(draw.int(4, 6), draw.int(0, 59), draw.int(5, 55)).unwrap_or_default();
    let (table, key, hot, letter) = *draw.pick(&TABLES);
    let count = draw.int(8usize, 12);
    let mut hosts: Vec<u8> = Vec::new();
    while hosts.len() < count {
        let host = draw.int(20, 240);
        if !hosts.contains(&host) {
            hosts.push(host);
        }
    }
    let partitions = *draw.pick(&[600, 640, 700, 720, 800]);
    let mut executors: Vec<u32> = (1..60).collect();
    draw.shuffle(&mut executors);
    let counts = {
        let first = draw.number(700_000, 900_000);
        (0..6).map(|place| first - place * draw.number(21_000, 60_000)).collect()
    };
    Names {
        cluster: format!("j-{}", draw.hex(13).to_uppercase()),
        table,
        key,
        hot,
        letter,
        bucket: format!("{}-lake-{}", *draw.pick(&["sales", "market", "shop"]), draw.hex(4)),
        third: draw.int(1, 40),
        primary: draw.int(4, 19),
        instances: (0..count).map(|_| format!("i-0{}", draw.hex(16))).collect(),
        hosts,
        added: draw.int(2, 4),
        started_ms: (died - TimeDelta::days(draw.int(40, 160))).and_utc().timestamp_millis()
            + draw.int(0i64, 999),
        number: draw.int(300, 4800),
        maps: [draw.number(2600, 3000), draw.number(400, 600)],
        partitions,
        median: draw.number(112, 128) * MIB,
        width: draw.number(58, 92),
        share: draw.number(295, 325),
        place: draw.int(5, usize::try_from(partitions).unwrap_or(600) - 5),
        noise: (0..partitions).map(|_| draw.number(940, 1060)).collect(),
        distinct: draw.number(31_000, 98_000),
        counts,
        overshoot: draw.number(22 * MIB, 140 * MIB),
        pid: draw.int(7000, 28_000),
        tid: draw.int(5200, 9900),
        executors,
        minutes: (0..6).map(|_| draw.number(38, 43)).collect(),
        failed_after: (0..3).map(|_| draw.number(150, 210)).collect(),
        growth: (0..9).map(|_| draw.number(985, 1015)).collect(),
        request: draw.hex(16).to_uppercase(),
        died,
    }
}

impl Names {
    fn at(&self, seconds: i64) -> NaiveDateTime {
        self.died + TimeDelta::seconds(seconds)
    }

    /// When the evidence is taken: the job was started again in the morning.
    fn now(&self) -> NaiveDateTime {
        self.at(4 * 3600)
    }

    fn app(&self, later: u32) -> String {
        format!("application_{}_{:04}", self.started_ms, self.number + later)
    }

    fn container(&self) -> String {
        format!("container_{}_{:04}_01_{:06}", self.started_ms, self.number, self.executor(3) + 1)
    }

    fn host(&self, index: usize) -> String {
        let host = self.hosts.get(index % self.hosts.len().max(1)).copied().unwrap_or_default();
        format!("ip-10-0-{}-{host}.ap-northeast-1.compute.internal", self.third)
    }

    fn short(&self, index: usize) -> String {
        self.host(index).split('.').next().unwrap_or_default().to_owned()
    }

    fn master(&self) -> String {
        format!("ip-10-0-{}-{}.ap-northeast-1.compute.internal", self.third, self.primary)
    }

    fn executor(&self, index: usize) -> u32 {
        self.executors.get(index % 59).copied().unwrap_or_default()
    }

    /// Bytes of the shuffle without the rows of a key that has too many.
    fn even(&self) -> u64 {
        self.median * self.partitions
    }

    /// Bytes of the rows of such a key.
    fn hot_bytes(&self) -> u64 {
        self.even() / 1000 * self.share * 1000 / (1000 - self.share)
    }

    fn even_rows(&self) -> u64 {
        self.even() / self.width
    }

    fn hot_rows(&self) -> u64 {
        self.hot_bytes() / self.width
    }

    /// Tasks of the stage that writes: the last three of a hundred.
    fn writes(&self) -> u64 {
        (self.maps.iter().sum::<u64>() + self.partitions) * 28 / 1000
    }

    fn noise(&self, index: usize) -> u64 {
        self.noise.get(index % self.noise.len().max(1)).copied().unwrap_or(1000)
    }
}

impl Facts<'_> {
    fn end(&self) -> End {
        if !self.s3_serves {
            End::SlowDown
        } else if !self.spot_kept {
            End::LostNode
        } else if !self.nodes_fit {
            End::KilledByKernel
        } else if !self.heap_suffices {
            End::Heartbeat
        } else {
            // A world without any fault is not built: something exceeds the container.
            End::OverLimit
        }
    }

    /// Bytes that each task of the join reads.
    fn sizes(&self) -> Vec<u64> {
        let usual = self.names.even() / self.partitions.max(1);
        let count = usize::try_from(self.partitions).unwrap_or_default();
        let mut sizes: Vec<u64> = (0..count).map(|index| usual / 1000 * self.names.noise(index)).collect();
        if self.hot.is_some()
            && let Some(size) = sizes.get_mut(self.names.place)
        {
            *size += self.names.hot_bytes();
        }
        sizes
    }

    /// The partition whose task failed for the last time.
    fn failed(&self) -> usize {
        match self.hot {
            Some(_) => self.names.place,
            None => self.names.place % usize::try_from(self.partitions).unwrap_or(1).max(1),
        }
    }

    /// Tasks of the join and of the writing stage that were done when the run ended.
    fn done(&self) -> (u64, u64) {
        match self.end() {
            End::SlowDown => (self.partitions, 3),
            End::OverLimit if self.hot.is_some() => (self.partitions - 1, 0),
            _ => (self.partitions - 3, 0),
        }
    }

    /// A finished task.
    fn task(&self, index: usize, bytes: u64) -> Task {
        // Rows take three times their shuffled size in memory; a task gets its share of the heap's unified part.
        let room = (MEMORY.heap - 300) * MIB * 6 / 10 / CORES as u64;
        let spilled = (3 * bytes).saturating_sub(room);
        let work = bytes / 6 * 1000 / MIB + 1200;
        let gc = if self.heap_suffices { work * 3 / 100 } else { work * 14 / 10 };
        Task {
            index,
            executor: self.names.executor(index),
            ms: work + gc,
            gc_ms: gc,
            bytes,
            records: bytes / self.names.width,
            spill: (spilled, spilled / 4),
        }
    }

    /// KiB resident in the processes of the container when it ended.
    fn processes(&self) -> Vec<Process> {
        let names = self.names;
        let sizes = self.sizes();
        let of = |index: usize| sizes.get(index % sizes.len().max(1)).copied().unwrap_or_default();
        // The failed task and its three neighbours.
        let read: u64 = (0..CORES).map(|offset| of(self.failed() + offset)).sum();
        let workers: u64 = if self.python { 520 * MIB } else { 0 };
        let shell = 3 * MIB;
        let python = workers * CORES as u64;
        let java = MEMORY.heap * MIB + NATIVE * MIB + read / 8;
        // The NodeManager looks every few seconds: it sees a little more than the limit, not all that would be needed.
        let most = self.limit() + names.overshoot;
        let java = java.min(most - python - shell);
        let (pid, heap) = (names.pid, MEMORY.heap);
        let process =
            |pid, parent, bytes: u64, args: String| Process { pid, parent, rss: bytes / 4096 * 4, args };
        let mut all = vec![
            process(
                pid,
                pid - 3,
                shell,
                format!("/bin/bash -c /usr/lib/jvm/jre-17/bin/java -server -Xmx{heap}m"),
            ),
            process(
                pid + 12,
                pid,
                java,
                format!(
                    "/usr/lib/jvm/jre-17/bin/java -server -Xmx{heap}m org.apache.spark.executor.YarnCoarseGrainedExecutorBackend --executor-id {}",
                    names.executor(3)
                ),
            ),
        ];
        if self.python {
            all.push(process(pid + 180, pid + 12, 31 * MIB, "python3 -m pyspark.daemon".to_owned()));
            for worker in 0..CORES as u32 {
                let rss = workers - 8 * MIB;
                all.push(process(pid + 181 + worker, pid + 180, rss, "python3 -m pyspark.daemon".to_owned()));
            }
        }
        all
    }

    /// Bytes of the container.
    fn limit(&self) -> u64 {
        LIMITS.grant(Resource::new(MEMORY.request(), 1)).map_or(0, |granted| granted.memory) * MIB
    }

    fn used(&self) -> u64 {
        tree_rss(&self.processes(), self.names.pid) * 1024
    }
}

fn stamp(time: NaiveDateTime) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn driver_log(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let at = names.died;
    let log = at.format("%y/%m/%d %H:%M:%S");
    let (host, executor, tid) = (names.host(3), names.executor(3), names.tid);
    let failed = facts.failed();
    let mut text = format!(
        "$ yarn logs -applicationId {} -log_files stderr -am 1 | grep -E 'ERROR|WARN (Yarn|TaskSet)|Job aborted|Caused by' | tail -n 5 | cut -c -600\n",
        names.app(0)
    );
    // A loss of an executor: what YARN or the driver says, and the task that failed with it for the fourth time.
    let lost = |reason: &str| {
        format!(
            "{log} ERROR YarnScheduler: Lost executor {executor} on {host}: {reason}\n{log} WARN TaskSetManager: Lost task {failed}.3 in stage 7.0 (TID {tid}) ({host} executor {executor}): ExecutorLostFailure (executor {executor} exited caused by one of the running tasks) Reason: {reason}\n"
        )
    };
    let aborted = |stage: u32, index: usize, why: &str| {
        format!(
            "{log} ERROR TaskSetManager: Task {index} in stage {stage}.0 failed 4 times; aborting job\norg.apache.spark.SparkException: Job aborted due to stage failure: Task {index} in stage {stage}.0 failed 4 times, most recent failure: Lost task {index}.3 in stage {stage}.0 (TID {tid}) ({host} executor {executor}): {why}\n"
        )
    };
    let by_loss = |reason: &str| {
        format!(
            "ExecutorLostFailure (executor {executor} exited caused by one of the running tasks) Reason: {reason}"
        )
    };
    let finding = match facts.end() {
        End::OverLimit => {
            let bytes = (facts.used(), facts.limit());
            let index = u32::try_from(failed).unwrap_or_default();
            text += &killed_log(at, executor, &host, (index, 3, 7, tid), bytes);
            text += &aborted(7, failed, &by_loss(&killed_reason(bytes.0, bytes.1)));
            "killed-by-yarn"
        }
        End::KilledByKernel => {
            let reason = format!(
                "Container from a bad node: {} on host: {host}. Exit status: 137. Diagnostics: [{}.483]Container killed on request. Exit code is 137",
                names.container(),
                at.format("%Y-%m-%d %H:%M:%S")
            );
            text += &lost(&reason);
            text += &aborted(7, failed, &by_loss(&reason));
            "exit-137"
        }
        End::LostNode => {
            let _ = writeln!(
                text,
                "{log} ERROR YarnScheduler: Lost executor {executor} on {host}: Container released on a *lost* node"
            );
            let _ = writeln!(
                text,
                "{log} WARN TaskSetManager: Lost task {failed}.0 in stage 7.3 (TID {tid}) ({} executor {}): FetchFailed(BlockManagerId({executor}, {host}, 7337, None), shuffleId=2, mapIndex=611, mapId=3318, reduceId={failed}, message=",
                names.host(5),
                names.executor(5)
            );
            text.push_str("org.apache.spark.SparkException: Job aborted due to stage failure: ShuffleMapStage 7 (parquet at NativeMethodAccessorImpl.java:0) has failed the maximum allowable number of times: 4. Most recent failure reason:\n");
            "lost-node"
        }
        End::Heartbeat => {
            let reason = format!("Executor heartbeat timed out after {} ms", 121_000 + names.tid);
            text += &lost(&reason);
            text += &aborted(7, failed, &by_loss(&reason));
            "heartbeat-timed-out"
        }
        End::SlowDown => {
            let why = format!(
                "org.apache.spark.SparkException: Task failed while writing rows.\nCaused by: com.amazonaws.services.s3.model.AmazonS3Exception: Please reduce your request rate. (Service: Amazon S3; Status Code: 503; Error Code: SlowDown; Request ID: {})",
                names.request
            );
            text += &aborted(8, failed % 7, &why);
            "slow-down"
        }
    };
    scene.show("driver-log", finding, vec![shown(Log, text)]);
}

fn stages(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let (joined, written) = facts.done();
    let [first, second] = names.maps;
    let total = first + second + facts.partitions + names.writes();
    let done = first + second + joined + written;
    let shuffled: u64 = facts.sizes().iter().sum();
    let mut text = format!(
        "$ HS=http://{}:18080/api/v1\n$ curl -s $HS/applications/{}/1/jobs | jq -r '.[0] | [.jobId, .status, .numTasks, .numCompletedTasks] | @tsv'\n2\tFAILED\t{total}\t{done}\n$ curl -s $HS/applications/{}/1/stages | jq -r 'sort_by(.stageId)[] | [.stageId, .attemptId, .status, .numTasks, .numCompleteTasks, .shuffleReadBytes, .shuffleWriteBytes] | @tsv'\n",
        names.master(),
        names.app(0),
        names.app(0),
    );
    // The larger table has nine tenths of what is shuffled.
    let large = shuffled / 10 * 9;
    let _ = writeln!(text, "5\t0\tCOMPLETE\t{first}\t{first}\t0\t{large}");
    let _ = writeln!(text, "6\t0\tCOMPLETE\t{second}\t{second}\t0\t{}", shuffled - large);
    let sizes = facts.sizes();
    let left = usize::try_from(facts.partitions - joined).unwrap_or_default();
    let read: u64 = (0..left)
        .filter_map(|offset| sizes.get((facts.failed() + offset) % sizes.len().max(1)))
        .fold(shuffled, |sum, size| sum - size);
    let attempts = if facts.end() == End::LostNode { 3 } else { 0 };
    let partitions = facts.partitions;
    let finding = if facts.end() == End::SlowDown {
        let writes = names.writes();
        let _ = writeln!(text, "7\t0\tCOMPLETE\t{partitions}\t{partitions}\t{read}\t{}", read / 7);
        let _ = writeln!(text, "8\t0\tFAILED\t{writes}\t{written}\t{}\t0", read / 7 / writes * written);
        "writing-failed"
    } else {
        let _ = writeln!(text, "7\t{attempts}\tFAILED\t{partitions}\t{joined}\t{read}\t{}", read / 7);
        "join-failed"
    };
    scene.show("stages", finding, vec![shown(Command, text)]);
}

fn stage_page(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let sizes = facts.sizes();
    let failed = facts.failed();
    // What the run of the morning has finished by now: all but the large one, or most, or of few a few.
    let tasks: Vec<Task> = sizes
        .iter()
        .enumerate()
        .filter(|(index, _)| match facts.hot {
            Some(_) => *index != failed,
            None => facts.end() == End::SlowDown || index % 5 != failed % 5,
        })
        .map(|(index, bytes)| facts.task(index, *bytes))
        .collect();
    let text = format!(
        "{}: Details for Stage 7 (Attempt 0), {} UTC\n{}",
        names.app(7),
        names.now().format("%Y-%m-%d %H:%M"),
        summary(&tasks)
    );
    let mut rows: Vec<(u64, String)> = Vec::new();
    let mut states = BTreeMap::new();
    let mut row = |index: usize, attempt: u32, executor: u32, status: &'static str, bytes: u64| {
        let records = bytes / names.width;
        let host = names.host(executor as usize);
        *states.entry(status).or_insert(0u32) += 1;
        rows.push((bytes, format!("{index}\t{attempt}\t{executor}\t{host}\t{status}\t{bytes}\t{records}")));
    };
    if facts.hot.is_some() {
        let bytes = sizes.get(failed).copied().unwrap_or_default();
        for (attempt, status) in [(0u32, "FAILED"), (1, "FAILED"), (2, "RUNNING")] {
            row(failed, attempt, names.executor(11 + attempt as usize), status, bytes);
        }
    } else if facts.end() != End::SlowDown {
        for (index, bytes) in sizes.iter().enumerate().filter(|(index, _)| index % 5 == failed % 5).take(3) {
            row(index, 0, names.executor(11), "FAILED", *bytes);
            row(index, 1, names.executor(12), "RUNNING", *bytes);
        }
    }
    for task in &tasks {
        row(task.index, 0, task.executor, "SUCCESS", task.bytes);
    }
    rows.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let mut list = format!(
        "$ curl -s 'http://{}:20888/proxy/{}/api/v1/applications/{}/1/stages/7/0/taskList?length=100000' > tasks.json\n$ jq -r 'group_by(.status)[] | [.[0].status, length] | @tsv' tasks.json\n",
        names.master(),
        names.app(7),
        names.app(7)
    );
    for (status, count) in &states {
        let _ = writeln!(list, "{status}\t{count}");
    }
    list.push_str(
        "$ jq -r '[.[] | .taskMetrics.shuffleReadMetrics as $s | [.index, .attempt, .executorId, .host, .status, $s.remoteBytesRead + $s.localBytesRead, $s.recordsRead]] | sort_by(-.[5])[:6][] | @tsv' tasks.json\n",
    );
    for (_, line) in rows.into_iter().take(6) {
        let _ = writeln!(list, "{line}");
    }
    let median = {
        let mut sorted = sizes.clone();
        sorted.sort_unstable();
        sorted.get(sorted.len() / 2).copied().unwrap_or_default()
    };
    let finding = if sizes.iter().any(|size| *size > 50 * median) {
        "one-task-huge"
    } else if median > GIB {
        "all-tasks-large"
    } else if !facts.heap_suffices {
        "even-but-collecting"
    } else {
        "even"
    };
    scene.show("stage-page", finding, vec![shown(Table, text), shown(Command, list)]);
}

fn container_log(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let (host, container) = (names.short(3), names.container());
    let at =
        |seconds: i64, millis: u32| format!("{},{millis:03}", names.at(seconds).format("%Y-%m-%d %H:%M:%S"));
    let mut text = format!(
        "$ ssh {host} \"sudo grep -hA9 {container} /var/log/hadoop-yarn/hadoop-yarn-nodemanager-{host}.log* | grep -E 'beyond|process-tree|[|]-|Exit code from'\"\n"
    );
    let exit = |code: u32| {
        format!(
            "{} WARN org.apache.hadoop.yarn.server.nodemanager.DefaultContainerExecutor (ContainersLauncher #{}): Exit code from container {container} is : {code}\n",
            at(0, 610),
            names.executor(3) % 30
        )
    };
    let processes = facts.processes();
    let finding = match facts.end() {
        End::OverLimit => {
            // A JVM reserves far more addresses than it touches.
            let virtual_of = |process: &Process| process.rss * 1024 / 100 * 118 / 4096 * 4096;
            let virtual_used = processes.iter().map(virtual_of).sum();
            let _ = writeln!(
                text,
                "{} WARN org.apache.hadoop.yarn.server.nodemanager.containermanager.monitor.ContainersMonitorImpl (Container Monitor): {}",
                at(-1, 202),
                beyond_limit(names.pid, &container, facts.used(), facts.limit(), virtual_used)
            );
            let _ = writeln!(text, "Dump of the process-tree for {container} :");
            text.push_str("\t|- PID PPID PGRPID SESSID CMD_NAME USER_MODE_TIME(MILLIS) SYSTEM_TIME(MILLIS) VMEM_USAGE(BYTES) RSSMEM_USAGE(PAGES) FULL_CMD_LINE\n");
            for process in &processes {
                let name = process.args.split(' ').next().and_then(|path| path.rsplit('/').next());
                let _ = writeln!(
                    text,
                    "\t|- {} {} {} {} ({}) {} {} {} {} {} ",
                    process.pid,
                    process.parent,
                    names.pid,
                    names.pid,
                    name.unwrap_or_default(),
                    process.rss / 11,
                    process.rss / 170,
                    virtual_of(process),
                    process.rss / 4,
                    process.args
                );
            }
            text += &exit(143);
            if facts.python { "over-the-limit-with-python" } else { "over-the-limit" }
        }
        End::KilledByKernel => {
            text += &exit(137);
            let java = processes.get(1).map_or(0, |process| process.rss);
            let _ = writeln!(
                text,
                "$ ssh {host} \"sudo journalctl -k -o short-iso --no-pager | grep -i 'out of memory'\"\n{}+0000 {host} kernel: Out of memory: Killed process {} (java) total-vm:{}kB, anon-rss:{java}kB, file-rss:0kB, shmem-rss:0kB, UID:989 pgtables:{}kB oom_score_adj:0",
                names.at(-1).format("%Y-%m-%dT%H:%M:%S"),
                names.pid + 12,
                java * 118 / 100,
                java / 480
            );
            "killed-by-the-kernel"
        }
        End::LostNode => {
            text =
                format!("$ ssh {host} uptime\nssh: connect to host {host} port 22: Connection timed out\n");
            "node-gone"
        }
        End::Heartbeat | End::SlowDown => {
            // The driver asked for its end: the same number, no limit.
            text += &exit(143);
            "ended-on-request"
        }
    };
    scene.show("container-log", finding, vec![shown(Log, text)]);
}

fn settings(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let text = format!(
        "$ curl -s http://{}:18080/api/v1/applications/{}/1/environment | jq -r '.sparkProperties[] | @tsv' | grep -E 'executor.(memory|cores)|shuffle.partitions|adaptive|dynamicAllocation.enabled|maxFailures'\nspark.dynamicAllocation.enabled\ttrue\nspark.executor.cores\t{CORES}\nspark.executor.memory\t{}g\nspark.executor.memoryOverhead\t{}g\nspark.sql.adaptive.enabled\tfalse\nspark.sql.shuffle.partitions\t{}\n$ grep -A1 -E 'resource.memory-mb|(pmem|vmem)-check-enabled' /etc/hadoop/conf/yarn-site.xml\n    <name>yarn.nodemanager.resource.memory-mb</name>\n    <value>{NODE}</value>\n--\n    <name>yarn.nodemanager.pmem-check-enabled</name>\n    <value>true</value>\n",
        names.master(),
        names.app(0),
        MEMORY.heap / 1024,
        MEMORY.overhead() / 1024,
        facts.partitions
    );
    let finding = if facts.partitions < 100 { "few-partitions" } else { "hundreds-of-partitions" };
    scene.show("settings", finding, vec![shown(Config, text)]);
}

/// Rows of the table, and of the key that has too many.
fn rows(facts: &Facts<'_>) -> (u64, u64) {
    let hot = if facts.hot.is_some() { facts.names.hot_rows() } else { 0 };
    (facts.names.even_rows() + hot, hot)
}

fn statistics(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let (all, hot) = rows(facts);
    // Some rows never had a key.
    let few = names.counts.get(5).copied().unwrap_or_default() / 40;
    let nulls = if facts.hot == Some(Hot::Null) { hot } else { few };
    let text = format!(
        "$ spark-sql -e 'DESCRIBE EXTENDED sales.{table}' | grep Statistics\nStatistics\t{} bytes, {all} rows\n$ spark-sql -e 'DESCRIBE EXTENDED sales.{table} {key}'\ncol_name\t{key}\ndata_type\tstring\ncomment\tNULL\nmin\tNULL\nmax\tNULL\nnum_nulls\t{nulls}\ndistinct_count\t{}\navg_col_len\t8\nmax_col_len\t8\nhistogram\tNULL\n",
        all * names.width * 6 / 10,
        names.distinct,
        table = names.table,
        key = names.key
    );
    let finding = if nulls * 10 > all { "many-nulls" } else { "few-nulls" };
    scene.show("column-statistics", finding, vec![shown(Command, text)]);
}

fn key_counts(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let (all, hot) = rows(facts);
    let mut text = format!(
        "$ spark-sql -e 'SELECT {key}, count(*) AS n, round(100 * count(*) / sum(count(*)) OVER (), 2) AS pct FROM sales.{} GROUP BY {key} ORDER BY n DESC LIMIT 5'\n",
        names.table,
        key = names.key
    );
    let mut list: Vec<(String, u64)> = names
        .counts
        .iter()
        .enumerate()
        .map(|(place, count)| {
            (
                format!("{}{:07}", names.letter, (names.pid as usize + 7919 * place) % 9_000_000 + 20_000),
                *count,
            )
        })
        .collect();
    match facts.hot {
        Some(Hot::Value) => list.push((names.hot.to_owned(), hot)),
        Some(Hot::Null) => list.push(("NULL".to_owned(), hot)),
        None => {}
    }
    list.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    for (key, count) in list.into_iter().take(5) {
        let percent = count as f64 * 100.0 / all as f64;
        let _ = writeln!(text, "{key}\t{count}\t{:?}", (percent * 100.0).round() / 100.0);
    }
    let finding = match facts.hot {
        Some(Hot::Value) => "one-value",
        Some(Hot::Null) => "null",
        None => "spread",
    };
    scene.show("key-counts", finding, vec![shown(Command, text)]);
}

fn executors(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let mut text = format!(
        "$ curl -s http://{}:20888/proxy/{}/api/v1/applications/{}/1/executors | jq -r '[.[] | select(.id != \"driver\")] | sort_by(-.totalGCTime)[:5][] | [.id, .hostPort, .totalTasks, .totalDuration, .totalGCTime] | @tsv'\n",
        names.master(),
        names.app(7),
        names.app(7)
    );
    let (mut time, mut collecting) = (0, 0);
    for place in 0..5usize {
        let tasks = 44 - 3 * place as u64;
        let usual = facts.task(0, names.median);
        let (ms, gc) = (tasks * usual.ms, tasks * usual.gc_ms * (1000 - 40 * place as u64) / 1000);
        // Those that hold the large task spill, and collect a little more.
        let gc = if facts.hot.is_some() && place == 0 { gc * 2 } else { gc };
        time += ms;
        collecting += gc;
        let index = if place == 0 { 13 } else { 20 + place };
        let _ = writeln!(
            text,
            "{}\t{}:{}\t{tasks}\t{ms}\t{gc}",
            names.executor(index),
            names.host(names.executor(index) as usize),
            33_021 + 517 * place
        );
    }
    let finding = if collecting * 10 > time * 3 { "collecting" } else { "little-collecting" };
    scene.show("executors", finding, vec![shown(Command, text)]);
}

fn nodes(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let kind = if facts.nodes_fit { "r6i.2xlarge" } else { "m6i.2xlarge" };
    let memory = if facts.nodes_fit { 65_536 } else { 32_768 };
    let mut text = format!(
        "$ aws emr list-instances --cluster-id {} --instance-group-types CORE TASK --query 'Instances[].[Ec2InstanceId,PrivateDnsName,InstanceType,Market,Status.Timeline.CreationDateTime]' --output text\n",
        names.cluster
    );
    let count = names.hosts.len();
    // Some were added on the second day.
    let launched = |index: usize| {
        let order = i64::try_from(index).unwrap_or_default();
        if index + names.added >= count {
            640 + 7 * order - 34 * 3600
        } else {
            2_291 + 5 * order - 26 * 86_400
        }
    };
    for (index, instance) in names.instances.iter().enumerate() {
        let market = if index < 3 { "ON_DEMAND" } else { "SPOT" };
        let created = names.at(launched(index));
        let _ = writeln!(
            text,
            "{instance}\t{}\t{kind}\t{market}\t{}.{:03}000+00:00",
            names.host(index),
            created.format("%Y-%m-%dT%H:%M:%S"),
            107 + 31 * index
        );
    }
    let _ = writeln!(
        text,
        "$ aws ec2 describe-instance-types --instance-types {kind} --query 'InstanceTypes[].[InstanceType,VCpuInfo.DefaultVCpus,MemoryInfo.SizeInMiB]' --output text\n{kind}\t8\t{memory}"
    );
    text.push_str("$ aws ec2 describe-spot-instance-requests --query 'SpotInstanceRequests[].[InstanceId,State,Status.Code,Status.UpdateTime]' --output text\n");
    for (index, instance) in names.instances.iter().enumerate().skip(3) {
        let gone = !facts.spot_kept && matches!(index, 3 | 4 | 6);
        let (state, code, at) = if gone {
            let back = [0, 0, 0, 66, 3100, 0, 1710].get(index).copied().unwrap_or_default();
            ("closed", "instance-terminated-no-capacity", names.at(-back))
        } else {
            ("active", "fulfilled", names.at(launched(index) - 4))
        };
        let _ = writeln!(text, "{instance}\t{state}\t{code}\t{}+00:00", at.format("%Y-%m-%dT%H:%M:%S"));
    }
    let finding = match (facts.spot_kept, facts.nodes_fit) {
        (false, _) => "spot-taken-back",
        (_, false) => "less-memory-than-yarn-gives",
        _ => "all-there",
    };
    scene.show("nodes", finding, vec![shown(Command, text)]);
}

fn s3(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let start = names.at(-50 * 60);
    let start = start - TimeDelta::seconds(start.and_utc().timestamp().rem_euclid(300));
    let mut text = format!(
        "$ aws cloudwatch get-metric-statistics --namespace AWS/S3 --metric-name 5xxErrors --dimensions Name=BucketName,Value={} Name=FilterId,Value=EntireBucket --start-time {} --end-time {} --period 300 --statistics Sum --query 'sort_by(Datapoints,&Timestamp)[].[Timestamp,Sum]' --output text\n",
        names.bucket,
        stamp(start),
        stamp(start + TimeDelta::minutes(60))
    );
    let mut points = Vec::new();
    for step in 0..12u32 {
        let time = start + TimeDelta::minutes(5 * i64::from(step));
        // The stage that writes began a quarter of an hour before the end.
        let writes = time >= names.at(-900) && time <= names.died;
        let value = match (facts.s3_serves, writes) {
            (false, true) => 1900.0 + 420.0 * f64::from(step % 3) + f64::from(names.executor(step as usize)),
            _ => f64::from(u32::from(step == 4)),
        };
        points.push(value);
        let _ = writeln!(text, "{}+00:00\t{value:.1}", time.format("%Y-%m-%dT%H:%M:%S"));
    }
    let finding = if facts.s3_serves { "no-throttling" } else { "throttled" };
    scene.show("s3-errors", finding, vec![shown(Metric, text)]);
    if let Some(view) = scene.views.get_mut("s3-errors") {
        view.series.push(Series {
            name: "5xxErrors".to_owned(),
            unit: "Count".to_owned(),
            start: stamp(start),
            step_seconds: 300,
            points,
        });
    }
}

fn history(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let mut text = format!(
        "$ HS=http://{}:18080/api/v1\n$ for app in $(cat nightly-apps.txt); do jq -rn --slurpfile a <(curl -s $HS/applications/$app) --slurpfile s <(curl -s $HS/applications/$app/1/stages) '[$a[0].id, $a[0].attempts[0].startTime, ($a[0].attempts[0].duration / 60000 | floor), ([$s[0][] | select(.stageId < 7) | .shuffleWriteBytes] | add)] | @tsv'; done\n",
        names.master()
    );
    let shuffled: u64 = facts.sizes().iter().sum();
    let lasted = names.failed_after.last().copied().unwrap_or_default();
    let start = names.at(-60 * i64::try_from(lasted).unwrap_or_default());
    let mut points = Vec::new();
    for night in 0..9usize {
        let ago = 8 - night;
        let minutes = match night.checked_sub(6) {
            Some(late) => names.failed_after.get(late).copied().unwrap_or_default(),
            None => names.minutes.get(night).copied().unwrap_or_default(),
        };
        // What is shuffled tonight has been so for three nights.
        let bytes = match ago {
            0 => shuffled,
            1 | 2 => shuffled / 1000 * names.growth.get(night).copied().unwrap_or(1000),
            _ => names.even() / 1000 * names.growth.get(night).copied().unwrap_or(1000),
        };
        points.push(minutes as f64);
        let begun = start - TimeDelta::days(i64::try_from(ago).unwrap_or_default());
        let number = u32::try_from(ago).unwrap_or_default() * 8;
        let id = format!("application_{}_{:04}", names.started_ms, names.number.saturating_sub(number));
        let _ = writeln!(
            text,
            "{id}\t{}.{:03}GMT\t{minutes}\t{bytes}",
            begun.format("%Y-%m-%dT%H:%M:%S"),
            118 + 71 * ago
        );
    }
    let finding = if facts.hot.is_some() { "more-since-three-nights" } else { "as-much-as-ever" };
    scene.show("runs", finding, vec![shown(Command, text)]);
    if let Some(view) = scene.views.get_mut("runs") {
        view.series.push(Series {
            name: "run".to_owned(),
            unit: "min".to_owned(),
            start: stamp(start - TimeDelta::days(8)),
            step_seconds: 86_400,
            points,
        });
    }
}
