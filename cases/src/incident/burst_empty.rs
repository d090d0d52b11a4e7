//! I20: a nightly job that is fast for half an hour.
//!
//! Rules: a gp2 volume earns 3 I/O credits a second for each GiB (at least 100), holds 5.4 million and bursts to 3,000
//! IOPS while it has any; up to 170 GiB it moves 128 MiB a second, above that 250 while it bursts (Amazon EBS User Guide,
//! "General Purpose SSD volumes"); some instances reach their EBS maximum for 30 minutes a day and fall to a baseline
//! (Amazon EC2 User Guide, "Amazon EBS-optimized instance types"); blocks of a volume from a snapshot are fetched on first
//! use (Amazon EBS User Guide, "Initialize Amazon EBS volumes"). Queues and times follow from `cloud::host`.

use std::fmt::Write as _;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

use super::{Scene, Series, World, printed, shown};
use crate::cloud::Draw;
use crate::cloud::host::{Bucket, Disk, Host, Io, Memory, Process, Sample, render};
use crate::model::EvidenceType::{Command, Config, Json, Log, Metric};

pub(super) const WORLD: World = World {
    id: "I20",
    version: 2,
    causes: &[
        "volume-credits",
        "backup-takes-credits",
        "swapping",
        "instance-burst",
        "snapshot-loading",
        "full-scan",
        "cpu-bound",
    ],
    build,
};

/// The data volume, as the host sees it, is its second disk.
const DATA: usize = 1;
/// Seconds of a step of the simulation.
const STEP: u32 = 10;
/// Rows a second that the job does while nothing holds it up.
const ROWS: f64 = 750.0;
/// What an m5.large does with EBS, as of 2026: IOPS and MB/s at any time, and at most for a while.
const INSTANCE: (f64, f64, f64, f64) = (3_600.0, 81.25, 18_750.0, 593.75);

/// What is drawn before the cause is looked at.
struct Names {
    job: &'static str,
    host: String,
    instance: String,
    volume: String,
    root_volume: String,
    snapshot: String,
    gib: u32,
    started: NaiveDateTime,
    /// When it turned slow.
    slow: NaiveDateTime,
    now: NaiveDateTime,
    created: NaiveDateTime,
    pids: [u32; 4],
    /// CPUs that the web service uses all the time.
    web: f64,
    rows: u64,
    /// Of the web service, from one second to the next.
    noise: Vec<u32>,
    /// Of the periods: by how many of ten thousand fewer requests there are than could be; no two in a row alike.
    fewer: Vec<u32>,
}

/// The world: what each thing really is.
struct Facts<'a> {
    names: &'a Names,
    kind: &'static str,
    iops: u32,
    /// MiB a second.
    throughput: u32,
    /// The volume was made from a snapshot yesterday, and the job comes to blocks nobody has read.
    loading: bool,
    /// What the job reads a second where nothing holds it up, and with how many threads.
    job: (f64, f64),
    /// The same of the backup.
    backup: (f64, f64),
    /// Pages a second in and out, where the job holds more than the host's memory.
    swaps: Option<(f64, f64)>,
    /// In its second half the job reads a whole table.
    scans: bool,
    /// In its second half the job computes.
    computes: bool,
    /// CPUs the job uses while it is fast.
    cpu: f64,
}

/// Five minutes of the volume.
struct Period {
    at: NaiveDateTime,
    reads: f64,
    writes: f64,
    queue: f64,
    /// The least percent of the volume's credits in it.
    balance: Option<f64>,
    /// The least percent of what the instance may burst, requests and bytes.
    instance: (f64, f64),
    cpu: f64,
    /// Rows the job has done.
    rows: u64,
}

/// The night as the host lived it.
struct Night {
    periods: Vec<Period>,
    host: Host,
    /// Single seconds.
    seconds: Vec<Sample>,
    /// Ten seconds, and the host after them.
    ten: Sample,
}

fn build(draw: &mut Draw, cause: &str) -> Scene {
    let names = names(draw);
    let mut facts = Facts {
        names: &names,
        kind: "gp2",
        iops: (names.gib * 3).max(100),
        throughput: 128,
        loading: false,
        job: (900.0, 16.0),
        backup: (3.0, 1.0),
        swaps: None,
        scans: false,
        computes: false,
        cpu: 1.0,
    };
    match cause {
        "backup-takes-credits" => {
            facts.job = (620.0, 8.0);
            facts.backup = (2_480.0, 16.0);
        }
        "swapping" => {
            facts.job = (620.0, 8.0);
            facts.swaps = Some((1_400.0, 1_080.0));
        }
        "instance-burst" => {
            (facts.kind, facts.iops, facts.throughput) = ("gp3", 12_000, 500);
            (facts.job, facts.cpu) = ((12_400.0, 32.0), 0.45);
        }
        "snapshot-loading" => facts.loading = true,
        // These two have a herring more: a little paging, a backup that reads more than the job.
        "full-scan" => (facts.scans, facts.swaps) = (true, Some((40.0, 20.0))),
        "cpu-bound" => (facts.computes, facts.backup) = (true, (200.0, 4.0)),
        _ => facts.job = (3_100.0, 16.0),
    }
    let night = live(&facts);
    let mut scene = Scene::default();
    for (name, value) in [
        ("job", names.job),
        ("start", &names.started.format("%H:%M").to_string()),
        ("time", &names.slow.format("%H:%M").to_string()),
        ("volume", &names.volume),
        ("gib", &names.gib.to_string()),
        ("baseline", &(names.gib * 3).max(100).to_string()),
        ("seconds", &burst_seconds(names.gib).to_string()),
    ] {
        scene.name(name, value);
    }
    vmstat(&mut scene, &night);
    iostat(&mut scene, &night);
    pidstat(&mut scene, &facts, &night);
    burst_balance(&mut scene, &facts, &night);
    volume_metrics(&mut scene, &facts, &night);
    volume(&mut scene, &facts);
    instance(&mut scene, &facts, &night);
    job_log(&mut scene, &facts, &night);
    crontab(&mut scene, &facts);
    cpu_metric(&mut scene, &facts, &night);
    volume_status(&mut scene, &facts);
    scene
}

/// How long a full gp2 volume bursts.
fn burst_seconds(gib: u32) -> i64 {
    (5.4e6 / (3_000.0 - f64::from(gib * 3).max(100.0))).round() as i64
}

fn names(draw: &mut Draw) -> Names {
    let day = NaiveDate::from_ymd_opt(2026, draw.int(2, 10), draw.int(4, 27)).unwrap_or_default();
    let started = day.and_hms_opt(draw.int(15, 20), 0, 1).unwrap_or_default();
    let gib = *draw.pick(&[80, 100, 120, 150, 160]);
    let slow = started + TimeDelta::seconds(burst_seconds(gib));
    let pid = draw.int::<u32>(21_000, 58_000);
    Names {
        job: *draw.pick(&["catalog-sync", "price-update", "stock-report", "order-export"]),
        host: format!("ip-10-30-{}-{}", draw.int(1, 60), draw.int(4, 250)),
        instance: format!("i-0{}", draw.hex(16)),
        volume: format!("vol-0{}", draw.hex(16)),
        root_volume: format!("vol-0{}", draw.hex(16)),
        snapshot: format!("snap-0{}", draw.hex(16)),
        gib,
        started,
        slow,
        now: slow + TimeDelta::minutes(draw.int::<u32>(17, 21).into()),
        created: started - TimeDelta::days(draw.int::<u32>(200, 600).into()) - TimeDelta::minutes(571),
        pids: [1_204, 1_381, pid, pid + draw.int(2, 9)],
        web: 0.62 + f64::from(draw.int::<u32>(0, 6)) / 100.0,
        rows: draw.number(31, 44) * 100_000,
        noise: (0..5).map(|index| 8 * index + draw.int(0, 7)).map(|noise| noise * 7 % 41).collect(),
        fewer: (0..24).map(|index| index % 2 * 14 + draw.int(1, 14)).collect(),
    }
}

fn stamp(time: NaiveDateTime) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn live(facts: &Facts<'_>) -> Night {
    let names = facts.names;
    let total = 7_982_000;
    let memory = Memory {
        total,
        kernel: 260_000,
        reclaimable: 90_000,
        buffers: 40_000,
        files: 2_600_000,
        wanted: 2_600_000,
        kept: 110_000,
        shmem: 1_200,
        low: 48_000,
        swap_total: 4_194_300,
        ..Memory::default()
    };
    let booted = names.started - TimeDelta::days(44);
    let mut host = Host::new(&names.host, 2, memory, booted, names.started);
    let service = 0.0007;
    let disk = |name: &str, iops: f64, mib: u32, bucket| Disk {
        name: name.to_owned(),
        service,
        iops,
        throughput: f64::from(mib) * 1024.0,
        bucket,
    };
    host.disks.push(disk("nvme0n1", 3_000.0, 125, None));
    // Where the volume can do more than the instance may at any time, the instance's own credits are what ends.
    let volume_bursts = facts.kind == "gp2";
    let capacity = (INSTANCE.2 - INSTANCE.0) * 1_800.0;
    let excess = (f64::from(facts.iops) - INSTANCE.0).max(0.0);
    let bucket = if volume_bursts {
        Bucket::gp2(names.gib)
    } else {
        Bucket {
            // What the evening left of it.
            credits: excess * (names.slow - names.started).num_seconds() as f64,
            capacity,
            baseline: INSTANCE.0,
            burst: INSTANCE.2,
        }
    };
    let most = if volume_bursts { 16_000.0 } else { f64::from(facts.iops) };
    host.disks.push(disk("nvme1n1", most, facts.throughput, Some(bucket)));

    // A thread's time between two requests, for a rate with nothing in the way.
    let reads = |(rate, workers): (f64, f64), size: f64| Io {
        disk: DATA,
        workers,
        think: workers / rate - service,
        size,
        write: false,
        blocks: true,
        swap: false,
    };
    let [web_pid, ssm, job_pid, backup_pid] = names.pids;
    let mut web = Process::new(web_pid, "web", 1001, "java", booted);
    (web.threads, web.kernel_share, web.anon, web.nlwp) = (names.web, 0.15, 1_900_000, 61);
    web.io = vec![Io { disk: 0, workers: 1.0, think: 0.16, size: 8.0, write: true, ..Io::default() }];
    let mut agent = Process::new(ssm, "root", 0, "amazon-ssm-agen", booted);
    agent.anon = 22_000;
    let mut job = Process::new(job_pid, "batch", 1002, names.job, names.started);
    (job.nlwp, job.kernel_share, job.anon) = (36, 0.2, 640_000);
    job.io = vec![reads(facts.job, 16.0)];
    // What it has done so far, now and then: at the same pace, so that a write waits as long as a read.
    let pace = facts.job.1 / facts.job.0;
    job.io.push(Io { write: true, blocks: false, ..reads((6.0, 6.0 * pace), 16.0) });
    if let Some((pages_in, pages_out)) = facts.swaps {
        job.anon = 6_900_000;
        job.io.push(Io { swap: true, ..reads((pages_in, 12.0), 4.0) });
        job.io.push(Io { swap: true, write: true, blocks: false, ..reads((pages_out, 8.0), 4.0) });
    }
    let mut backup = Process::new(backup_pid, "root", 0, "restic", names.started);
    (backup.nlwp, backup.anon) = (11, 180_000);
    let (rate, workers) = facts.backup;
    backup.io = vec![reads((rate, if rate < 10.0 { rate * pace } else { workers }), 16.0)];
    host.processes.extend([web, agent, job, backup]);

    let mut periods: Vec<Period> = Vec::new();
    let mut rows = 0.0;
    let mut spare = ((capacity * 0.98), (INSTANCE.3 - INSTANCE.1) * 1_800.0);
    let mut sums = [0.0; 5];
    let mut steps = 0u32;
    let mut least = [100.0_f64; 3];
    let mut last_rate = facts.job.0;
    while host.now + TimeDelta::seconds(i64::from(STEP)) <= names.now {
        if host.now >= names.slow {
            second_half(facts, &mut host, job_pid, service);
        }
        busy(facts, &mut host, job_pid, last_rate);
        let sample = host.step(STEP);
        let (rate, [reads, writes, kib, queue]) = seen(facts, &sample, job_pid);
        last_rate = rate;
        let fewer = f64::from(names.fewer.get(periods.len()).copied().unwrap_or(0)) / 10_000.0;
        rows += rate / facts.job.0 * ROWS * f64::from(STEP) * (1.0 - 2.0 * fewer);
        for (sum, value) in sums.iter_mut().zip([reads, writes, kib, queue, sample.user + sample.system]) {
            *sum += value;
        }
        steps += 1;
        let seconds = f64::from(STEP);
        spare.0 = (spare.0 + (INSTANCE.0 - reads - writes) * seconds).clamp(0.0, capacity);
        let bytes = (INSTANCE.3 - INSTANCE.1) * 1_800.0;
        spare.1 = (spare.1 + (INSTANCE.1 - kib * 1024.0 / 1e6) * seconds).clamp(0.0, bytes);
        let bucket = host.disks.get(DATA).and_then(|disk| disk.bucket.as_ref());
        let left = bucket.map_or(100.0, Bucket::balance);
        let requests = if volume_bursts { spare.0 / capacity * 100.0 } else { left };
        for (least, now) in least.iter_mut().zip([left, requests, spare.1 / bytes * 100.0]) {
            *least = least.min(now);
        }
        if steps * STEP == 300 {
            let mean = sums.map(|sum| sum / f64::from(steps));
            let less = |value: f64| value * (1.0 - fewer);
            periods.push(Period {
                at: host.now - TimeDelta::seconds(301),
                reads: less(mean[0]),
                writes: less(mean[1]),
                queue: mean[3] * (1.0 - 8.0 * fewer),
                balance: volume_bursts.then_some(least[0]),
                instance: (least[1], least[2]),
                cpu: less(mean[4]),
                rows: rows as u64,
            });
            (sums, steps, least) = ([0.0; 5], 0, [100.0; 3]);
        }
    }
    busy(facts, &mut host, job_pid, last_rate);
    let (mut seconds, mut cached) = (Vec::new(), 0);
    for noise in &names.noise {
        set_web(&mut host, names.web + (f64::from(*noise) - 20.0) / 1_000.0, 120.0 + f64::from(*noise));
        let mut sample = host.step(1);
        let sway = (f64::from(*noise) - 20.0) / 20.0;
        // Small amounts of writing come less evenly than what a disk can just do.
        let uneven = if sample.block_out < 1_000.0 { 0.3 } else { 0.03 };
        sample.block_out *= 1.0 - uneven * sway;
        for value in [&mut sample.block_in, &mut sample.swap_in, &mut sample.swap_out] {
            *value *= 1.0 + 0.03 * sway;
        }
        // What is read stays in the cache while there is room; where there is none, as much goes as comes.
        let read = (sample.block_in - sample.swap_in).max(0.0) as u64;
        cached =
            if sample.memory.free(sample.anon) > 400_000 { cached + read } else { u64::from(*noise) * 53 };
        sample.memory.files += cached;
        seconds.push(sample);
    }
    set_web(&mut host, names.web, 140.0);
    let ten = host.step(10);
    Night { periods, host, seconds, ten }
}

/// CPUs that the web service uses, and its switches a second.
fn set_web(host: &mut Host, cpus: f64, switches: f64) {
    if let Some(web) = host.processes.first_mut() {
        (web.threads, web.switches) = (cpus, switches);
    }
}

/// What changes by itself half an hour in.
fn second_half(facts: &Facts<'_>, host: &mut Host, job: u32, service: f64) {
    if facts.loading
        && let Some(disk) = host.disks.get_mut(DATA)
    {
        // Blocks that have to be fetched first.
        disk.service = service * 60.0;
    }
    let process = host.processes.iter_mut().find(|process| process.pid == job);
    let Some([io, writes, ..]) = process.map(|process| process.io.as_mut_slice()) else { return };
    if facts.scans {
        let think = 0.0005;
        (io.size, io.think) = (128.0, think);
        (writes.think, writes.workers) = (think, 6.0 * (service + think));
    }
    if facts.computes {
        io.think = io.workers / 60.0 - service;
    }
}

/// The job computes as much as it reads.
fn busy(facts: &Facts<'_>, host: &mut Host, job: u32, rate: f64) {
    let computing = facts.computes && host.now >= facts.names.slow;
    let scanning = facts.scans && host.now >= facts.names.slow;
    if let Some(process) = host.processes.iter_mut().find(|process| process.pid == job) {
        process.threads = if computing {
            6.0
        } else if scanning {
            0.2
        } else {
            facts.cpu * rate / facts.job.0
        };
    }
}

/// What the job reads a second, without paging; reads, writes, KiB and queue of the data volume.
fn seen(facts: &Facts<'_>, sample: &Sample, job: u32) -> (f64, [f64; 4]) {
    let disk = sample.disks.get(DATA).cloned().unwrap_or_default();
    let task = sample.tasks.iter().find(|task| task.pid == job).cloned().unwrap_or_default();
    let size = if facts.scans && sample.at > facts.names.slow { 128.0 } else { 16.0 };
    let rate = (task.read_kib - task.faults * 4.0).max(0.0) / size;
    (rate, [disk.reads, disk.writes, disk.read_kib + disk.write_kib, disk.queue])
}

fn vmstat(scene: &mut Scene, night: &Night) {
    let text = format!("$ vmstat 1 6 | sed 3d\n{}\n", render::vmstat(&night.seconds));
    let last = night.seconds.last().cloned().unwrap_or_default();
    let finding = if last.swap_in > 10.0 {
        "swapping"
    } else if last.iowait > 40.0 {
        "waiting-for-disks"
    } else {
        "computing"
    };
    scene.show("vmstat", finding, vec![shown(Command, text)]);
}

fn iostat(scene: &mut Scene, night: &Night) {
    let text = format!("$ iostat -xy 10 1\n{}\n", render::iostat(&night.host, &night.ten));
    let disk = night.ten.disks.get(DATA).cloned().unwrap_or_default();
    let size = disk.read_kib / disk.reads.max(0.1);
    let finding = if disk.busy < 90.0 {
        "not-busy"
    } else if size > 64.0 {
        "large-requests"
    } else if disk.reads > 1_500.0 {
        "thousands-a-second"
    } else {
        "few-and-slow"
    };
    scene.show("iostat", finding, vec![shown(Command, text)]);
}

fn pidstat(scene: &mut Scene, facts: &Facts<'_>, night: &Night) {
    // Linux counts no delays unless kernel.task_delayacct is set.
    let mut ten = night.ten.clone();
    for task in &mut ten.tasks {
        task.delay = 0.0;
    }
    let text =
        format!("$ pidstat -d 10 1 | grep -v Average\n{}\n", render::pidstat_io(&night.host, &ten, 10));
    let reads =
        |pid: u32| night.ten.tasks.iter().find(|task| task.pid == pid).map_or(0.0, |task| task.read_kib);
    let (job, backup) = (reads(facts.names.pids[2]), reads(facts.names.pids[3]));
    let finding = if backup > job {
        "backup-reads-most"
    } else if job > 1_100.0 {
        "job-reads-most"
    } else {
        "little"
    };
    scene.show("pidstat", finding, vec![shown(Command, text)]);
}

/// The command for a metric, its rows, and its points.
fn metric(
    night: &Night,
    what: (&str, &str, &str, &str),
    now: NaiveDateTime,
    value: impl Fn(&Period) -> Option<f64>,
) -> (String, Vec<f64>) {
    let (namespace, name, dimension, statistic) = what;
    let start = night.periods.first().map(|period| stamp(period.at)).unwrap_or_default();
    let mut text = format!(
        "$ aws cloudwatch get-metric-statistics --namespace AWS/{namespace} --metric-name {name} --dimensions {dimension} --start-time {start} --end-time {} --period 300 --statistics {statistic} --query 'sort_by(Datapoints,&Timestamp)[].[Timestamp,{statistic}]' --output text\n",
        stamp(now)
    );
    let mut points = Vec::new();
    for period in &night.periods {
        let Some(value) = value(period) else { continue };
        let value = (value * 100.0).round() / 100.0;
        let _ = writeln!(text, "{}\t{value:.1}", period.at.format("%Y-%m-%dT%H:%M:%S+00:00"));
        points.push((value * 10.0).round() / 10.0);
    }
    (text, points)
}

fn add_series(scene: &mut Scene, check: &str, night: &Night, name: &str, unit: &str, points: Vec<f64>) {
    if points.is_empty() {
        return;
    }
    let start = night.periods.first().map(|period| stamp(period.at)).unwrap_or_default();
    if let Some(view) = scene.views.get_mut(check) {
        view.series.push(Series {
            name: name.to_owned(),
            unit: unit.to_owned(),
            start,
            step_seconds: 300,
            points,
        });
    }
}

fn burst_balance(scene: &mut Scene, facts: &Facts<'_>, night: &Night) {
    let Names { volume, now, .. } = facts.names;
    let dimension = format!("Name=VolumeId,Value={volume}");
    let (text, points) =
        metric(night, ("EBS", "BurstBalance", &dimension, "Minimum"), *now, |period| period.balance);
    let finding = match points.last() {
        None => "no-such-metric",
        Some(left) if *left < 1.0 => "empty",
        Some(_) => "credits-left",
    };
    scene.show("burst-balance", finding, vec![shown(Metric, text)]);
    add_series(scene, "burst-balance", night, "BurstBalance", "Percent", points);
}

fn volume_metrics(scene: &mut Scene, facts: &Facts<'_>, night: &Night) {
    let Names { volume, now, .. } = facts.names;
    let dimension = format!("Name=VolumeId,Value={volume}");
    let (mut text, reads) = metric(night, ("EBS", "VolumeReadOps", &dimension, "Sum"), *now, |period| {
        Some((period.reads * 300.0).round())
    });
    let (more, writes) = metric(night, ("EBS", "VolumeWriteOps", &dimension, "Sum"), *now, |period| {
        Some((period.writes * 300.0).round())
    });
    text += &more;
    let (more, queue) =
        metric(night, ("EBS", "VolumeQueueLength", &dimension, "Average"), *now, |period| Some(period.queue));
    text += &more;
    let ends =
        |points: &[f64]| (points.get(2).copied().unwrap_or(0.0), points.last().copied().unwrap_or(0.0));
    let ((first, last), (_, waiting)) = (ends(&reads), ends(&queue));
    let finding = match (last < first / 2.0, waiting > 4.0) {
        (true, true) => "drops-and-queues",
        (true, false) => "drops-without-queue",
        (false, _) => "no-drop",
    };
    scene.show("volume-metrics", finding, vec![shown(Metric, text)]);
    add_series(scene, "volume-metrics", night, "VolumeReadOps", "Count", reads);
    add_series(scene, "volume-metrics", night, "VolumeWriteOps", "Count", writes);
    add_series(scene, "volume-metrics", night, "VolumeQueueLength", "Count", queue);
}

fn volume(scene: &mut Scene, facts: &Facts<'_>) {
    let Names { volume, instance, snapshot, gib, created, started, .. } = facts.names;
    let created = if facts.loading { *started - TimeDelta::hours(19) } else { *created };
    let mut entry = serde_json::json!({
        "VolumeId": volume,
        "VolumeType": facts.kind,
        "Size": gib,
        "Iops": facts.iops,
        "SnapshotId": if facts.loading { snapshot.as_str() } else { "" },
        "CreateTime": created.format("%Y-%m-%dT%H:%M:%S.412000+00:00").to_string(),
        "State": "in-use",
        "Attachments": [{ "Device": "/dev/sdf", "InstanceId": instance, "State": "attached" }],
    });
    entry["Throughput"] = if facts.kind == "gp3" { facts.throughput.into() } else { serde_json::Value::Null };
    let value = serde_json::json!([entry]);
    let text = format!(
        "$ aws ec2 describe-volumes --volume-ids {volume} --query 'Volumes[].{{Attachments:Attachments[].{{Device:Device,InstanceId:InstanceId,State:State}},CreateTime:CreateTime,Iops:Iops,Size:Size,SnapshotId:SnapshotId,State:State,Throughput:Throughput,VolumeId:VolumeId,VolumeType:VolumeType}}'\n{}\n$ lsblk -o NAME,SIZE,SERIAL,MOUNTPOINT\nNAME        SIZE SERIAL               MOUNTPOINT\nnvme0n1      20G {} \n└─nvme0n1p1  20G                      /\nnvme1n1     {:>3}G {} /data\n$ swapon --show=NAME,TYPE,SIZE\nNAME           TYPE SIZE\n/data/swapfile file   4G\n",
        printed(&value),
        facts.names.root_volume.replace('-', ""),
        gib,
        volume.replace('-', "")
    );
    let finding = if facts.loading {
        "new-from-a-snapshot"
    } else if facts.kind == "gp2" {
        "small-gp2"
    } else {
        "gp3"
    };
    scene.show("volume", finding, vec![shown(Json, text)]);
}

fn instance(scene: &mut Scene, facts: &Facts<'_>, night: &Night) {
    let Names { instance, now, .. } = facts.names;
    let dimension = format!("Name=InstanceId,Value={instance}");
    let limits = serde_json::json!([{
        "Type": "m5.large",
        "Ebs": {
            "BaselineBandwidthInMbps": 650,
            "BaselineThroughputInMBps": INSTANCE.1,
            "BaselineIops": INSTANCE.0 as u32,
            "MaximumBandwidthInMbps": 4750,
            "MaximumThroughputInMBps": INSTANCE.3,
            "MaximumIops": INSTANCE.2 as u32,
        },
    }]);
    let mut text = format!(
        "$ aws ec2 describe-instance-types --instance-types m5.large --query 'InstanceTypes[].{{Ebs:EbsInfo.EbsOptimizedInfo,Type:InstanceType}}'\n{}\n",
        printed(&limits)
    );
    let (more, requests) = metric(night, ("EC2", "EBSIOBalance%", &dimension, "Minimum"), *now, |period| {
        Some(period.instance.0)
    });
    text += &more;
    let (more, bytes) = metric(night, ("EC2", "EBSByteBalance%", &dimension, "Minimum"), *now, |period| {
        Some(period.instance.1)
    });
    text += &more;
    let gone = requests.last().is_some_and(|left| *left < 1.0);
    let finding = if gone { "instance-balance-empty" } else { "instance-balance-left" };
    scene.show("instance-ebs", finding, vec![shown(Metric, text)]);
    add_series(scene, "instance-ebs", night, "EBSIOBalance%", "Percent", requests);
    add_series(scene, "instance-ebs", night, "EBSByteBalance%", "Percent", bytes);
}

fn job_log(scene: &mut Scene, facts: &Facts<'_>, night: &Night) {
    let Names { job, rows, started, slow, .. } = facts.names;
    let time = |at: NaiveDateTime| at.format("%Y-%m-%d %H:%M:%S").to_string();
    let mut text = format!("$ cat /var/log/{job}.log\n{} start, {rows} rows to do\n", time(*started));
    let mut before = 0;
    for period in &night.periods {
        let at = period.at + TimeDelta::seconds(301);
        if facts.scans && at > *slow && before > 0 && at - TimeDelta::seconds(300) <= *slow {
            let _ = writeln!(text, "{} step 2: SELECT DISTINCT sku FROM order_line_archive", time(*slow));
        }
        let done = period.rows.saturating_sub(before);
        let _ = writeln!(text, "{} done={} rate={}/s", time(at), period.rows, done / 300);
        before = period.rows;
    }
    let finding = if facts.scans { "another-step" } else { "same-step-slower" };
    scene.show("job-log", finding, vec![shown(Log, text)]);
}

fn crontab(scene: &mut Scene, facts: &Facts<'_>) {
    let Names { job, started, .. } = facts.names;
    let hour = started.format("%-H");
    let text = format!(
        "$ cat /etc/cron.d/nightly\n# m h dom mon dow user command\n0 {hour} * * * batch /opt/batch/bin/{job} --data /data >> /var/log/{job}.log 2>&1\n0 {hour} * * * root  restic --repo s3:s3.amazonaws.com/backup-prod backup /data/uploads --quiet\n"
    );
    scene.show("crontab", "both-at-the-same-minute", vec![shown(Config, text)]);
}

fn cpu_metric(scene: &mut Scene, facts: &Facts<'_>, night: &Night) {
    let Names { instance, now, .. } = facts.names;
    let dimension = format!("Name=InstanceId,Value={instance}");
    let (text, points) =
        metric(night, ("EC2", "CPUUtilization", &dimension, "Average"), *now, |period| Some(period.cpu));
    let high = points.last().is_some_and(|last| *last > 90.0);
    scene.show("cpu-metric", if high { "cpu-full" } else { "cpu-falls" }, vec![shown(Metric, text)]);
    add_series(scene, "cpu-metric", night, "CPUUtilization", "Percent", points);
}

fn volume_status(scene: &mut Scene, facts: &Facts<'_>) {
    let Names { volume, .. } = facts.names;
    let value = serde_json::json!([{ "Events": [], "Status": "ok", "VolumeId": volume }]);
    let text = format!(
        "$ aws ec2 describe-volume-status --volume-ids {volume} --query 'VolumeStatuses[].{{Events:Events,Status:VolumeStatus.Status,VolumeId:VolumeId}}'\n{}\n",
        printed(&value)
    );
    scene.show("volume-status", "ok", vec![shown(Json, text)]);
}
