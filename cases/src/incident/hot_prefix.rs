//! I12: every writer turns to a new date prefix at midnight.
//!
//! Rules: at least 3,500 PUT requests a second for each partitioned prefix, scaling that is gradual and answers 503 Slow
//! Down meanwhile (Amazon S3 User Guide, "Best practices design patterns: optimizing Amazon S3 performance"); when and
//! where S3 splits is not documented: here a prefix that has been throttled long enough gets twice the rate. Without a
//! bucket key each SSE-KMS write is a call of KMS, which counts against one quota of the account and Region ("Reducing the
//! cost of SSE-KMS with Amazon S3 Bucket Keys"; AWS KMS Developer Guide, "Request quotas"); S3 answers 503 Slow Down then,
//! too, with a message that names KMS. Many writes to one key at a time may get 503 (AWS Knowledge Center, HTTP 5xx errors
//! from Amazon S3). A retry waits in the thread that made the request, twice as long each time, four times at most
//! (Boto3 guide, "Retries", legacy mode). What an instance may send is shaped to its allowance (Amazon EC2 User Guide,
//! "Monitor network performance for your Amazon EC2 instance"). The nightly policy is decided by `cloud::iam`.

use std::cmp::Reverse;
use std::fmt::Write as _;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

use super::{Scene, Series, World, shown};
use crate::cloud::Draw;
use crate::cloud::iam::{
    Attached, Decision, Kind, Policy, Principal, Request, Statement, Verdict, World as Policies, cli_error,
    decide,
};
use crate::model::EvidenceType::{Command, Json, Log, Metric, Table};

pub(super) const WORLD: World = World {
    id: "I12",
    version: 2,
    causes: &[
        "new-date-prefix",
        "small-batches",
        "kms-rate",
        "one-key",
        "bucket-policy",
        "network-allowance",
        "catalog-throttled",
    ],
    build,
};

const REGION: &str = "ap-northeast-1";
/// Seconds around midnight that are simulated.
const FROM: i64 = -1200;
const TO: i64 = 4200;
/// Seconds of a data point.
const STEP: i64 = 300;
/// Points before midnight.
const BEFORE: usize = 4;
/// Threads of a worker that write events.
const THREADS: u64 = 48;
/// Requests a thread makes in a second when nothing is in the way.
const PACE: u64 = 16;
/// Seconds a thread waits before the second, third, fourth and fifth attempt.
const BACKOFF: [usize; 4] = [1, 1, 2, 4];
/// Bytes of a record, compressed.
const RECORD: u64 = 330;
/// Bytes a second that an m6i.large may send for long: 0.781 Gbit/s.
const ALLOWANCE: u64 = 97_625_000;
const KMS_QUOTA: u64 = 20_000;

/// What is drawn before the cause is looked at.
struct Names {
    bucket: String,
    service: &'static str,
    account: String,
    day: NaiveDate,
    /// The worker that is looked at.
    worker: u64,
    instance: String,
    workers: u64,
    /// Objects a second of the whole fleet.
    total: u64,
    /// Records in an object.
    batch: u64,
    /// Writes of late events to yesterday's folder a second.
    late: u64,
    /// Reads of the nightly job a second.
    reads: u64,
    tenants: u64,
    /// What S3 allows a partition above 3,500 writes a second.
    extra: u64,
    /// Minutes of throttling until a prefix gets twice the rate.
    splits: [u64; 3],
    /// Minutes of whatever else the night brings.
    night: i64,
    /// Calls of KMS a second by others, and of an application that starts at midnight.
    kms_others: u64,
    kms_night: u64,
    key: String,
    millis: Vec<u64>,
    query: String,
    /// Per mille by which each minute's load differs.
    noise: Vec<u64>,
}

/// The world: what each thing really is.
struct Facts<'a> {
    names: &'a Names,
    /// Objects a second that go to the folder of the day; the rest goes to the tenants' folders.
    today: u64,
    /// Records in an object right after midnight; it grows to the usual number.
    first_batch: u64,
    bucket_key: bool,
    /// Whether a worker writes itself into the folder's list of workers before anything else.
    registers: bool,
    /// Days between the new day and the one whose folder is sealed.
    sealed: i64,
    /// Bytes a second that the nightly archive of a worker sends.
    archive: u64,
    /// Minutes until the last table partition of the new day exists.
    catalog: i64,
}

/// What happens in five minutes.
#[derive(Clone, Copy, Default)]
struct Point {
    /// Objects and records that the fleet made, for all folders.
    closed: u64,
    closed_records: u64,
    /// Records for the day's folder: made and written.
    records_in: u64,
    records_out: u64,
    /// Writes to the day's folder by how they ended.
    ok: u64,
    slow: u64,
    denied: u64,
    /// Given up after the last attempt, kept on the worker's disk.
    given_up: u64,
    list_ok: u64,
    list_slow: u64,
    late_ok: u64,
    late_slow: u64,
    tenants_ok: u64,
    tenants_slow: u64,
    reads_ok: u64,
    reads_slow: u64,
    kms: u64,
    /// Objects that wait at the end.
    waiting: u64,
}

/// What there is to do in a second.
struct Load {
    records: u64,
    /// Objects for the day's folder, and for the tenants'.
    made: u64,
    tenants: u64,
    /// Writes to the tenants' folders that the network leaves room for.
    tenants_sent: u64,
    late: u64,
    reads: u64,
    /// How many writes to the day's folder the workers may begin, and the network lets out.
    may: u64,
    room: u64,
    /// Writes of the folder's list of workers.
    registering: u64,
    /// Calls of KMS besides those for each request here.
    kms: u64,
}

fn build(draw: &mut Draw, cause: &str) -> Scene {
    let names = names(draw);
    let mut facts = Facts {
        names: &names,
        today: names.total / 5,
        first_batch: names.batch,
        bucket_key: true,
        registers: false,
        sealed: 2,
        archive: 2_000_000,
        catalog: 0,
    };
    match cause {
        "small-batches" => facts.first_batch = names.batch / 6,
        "kms-rate" => facts.bucket_key = false,
        "one-key" => facts.registers = true,
        "bucket-policy" => facts.sealed = 0,
        "network-allowance" => facts.archive = ALLOWANCE * 22 / 25,
        "catalog-throttled" => facts.catalog = names.night,
        _ => facts.today = names.total * 24 / 25,
    }
    let points = facts.run();
    let mut scene = Scene::default();
    for (name, value) in [
        ("bucket", names.bucket.clone()),
        ("service", names.service.to_owned()),
        ("today", names.folder(0)),
        ("yesterday", names.folder(1)),
        ("rate", thousands(names.total * 24 / 25 / 100 * 100)),
    ] {
        scene.name(name, value);
    }
    throughput(&mut scene, &facts, &points);
    worker_log(&mut scene, &facts, &points);
    s3_metrics(&mut scene, &facts, &points);
    by_prefix(&mut scene, &facts, &points);
    top_keys(&mut scene, &facts, &points);
    closed(&mut scene, &facts, &points);
    kms(&mut scene, &facts, &points);
    changes(&mut scene, &facts);
    network(&mut scene, &facts, &points);
    catalog(&mut scene, &facts);
    scene
}

fn names(draw: &mut Draw) -> Names {
    let day = NaiveDate::from_ymd_opt(2026, draw.int(2, 10), draw.int(3, 27)).unwrap_or_default();
    let kind = *draw.pick(&["events-lake", "clickstream-raw", "telemetry-raw", "app-events"]);
    let workers = draw.int(26u64, 34);
    let query = [8, 4, 4, 4, 12].map(|digits| draw.hex(digits)).join("-");
    Names {
        bucket: format!("{kind}-{}", draw.hex(4)),
        service: *draw.pick(&["ingest", "collector", "beacon"]),
        account: format!("{:012}", draw.number(100_000_000_000, 999_999_999_999)),
        day,
        worker: draw.int(1, workers),
        instance: format!("i-0{}", draw.hex(16)),
        workers,
        total: workers * draw.int(340u64, 400),
        batch: 30 * draw.int(5u64, 7),
        late: draw.int(90, 160),
        reads: draw.int(500, 1100),
        tenants: draw.int(310, 480),
        extra: draw.int(20, 160),
        splits: [draw.int(16, 22), draw.int(12, 19), draw.int(12, 19)],
        night: draw.int(48, 58),
        kms_others: draw.int(300, 900),
        kms_night: draw.int(38_000, 44_000),
        key: draw.hex(12),
        millis: (0..3).map(|_| draw.int(0, 999)).collect(),
        query,
        noise: (0..92).map(|_| draw.int(980, 1020)).collect(),
    }
}

impl Names {
    fn date(&self, ago: i64) -> NaiveDate {
        self.day - TimeDelta::days(ago)
    }

    fn folder(&self, ago: i64) -> String {
        format!("events/date={}/", self.date(ago))
    }

    fn at(&self, seconds: i64) -> NaiveDateTime {
        self.day.and_hms_opt(0, 0, 0).unwrap_or_default() + TimeDelta::seconds(seconds)
    }

    fn noise(&self, second: i64) -> u64 {
        let minute = usize::try_from((second - FROM) / 60).unwrap_or(0);
        self.noise.get(minute).copied().unwrap_or(1000)
    }

    fn host(&self) -> String {
        format!("{}-{:02}", self.service, self.worker)
    }

    fn role(&self) -> String {
        format!("{}-writer", self.service)
    }

    fn object(&self, index: usize) -> String {
        let minute = 3 + index;
        let prefix = self.key.get(index..index + 6).unwrap_or("0a1b2c");
        format!("{}w{:02}/{minute:02}-{prefix}.json.gz", self.folder(0), self.worker)
    }

    fn start(&self) -> String {
        stamp(self.at(FROM))
    }

    fn end(&self) -> String {
        stamp(self.at(TO))
    }
}

fn stamp(time: NaiveDateTime) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A figure with commas.
fn thousands(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Requests that wait in their threads, and those that wait for a thread.
struct Fleet {
    threads: u64,
    /// For each number of attempts made, what comes due at each of four seconds that follow each other.
    due: [[u64; 4]; 4],
    /// The sum of all that.
    sleeping: u64,
    /// Objects without a thread.
    waiting: u64,
    /// Records of everything not yet written.
    records: u64,
}

impl Fleet {
    /// What is due in a second, by the number of attempts made.
    fn wake(&mut self, second: usize) -> [u64; 4] {
        let woken = self.due.each_mut().map(|class| class.get_mut(second % 4).map_or(0, std::mem::take));
        self.sleeping -= woken.iter().sum::<u64>();
        woken
    }

    /// Puts rejected attempts to sleep; gives back how many were the last.
    fn reject(&mut self, second: usize, rejected: u64, woken: [u64; 4], fresh: u64) -> u64 {
        if rejected == 0 {
            return 0;
        }
        let attempts = (fresh + woken.iter().sum::<u64>()).max(1);
        // As many of each kind as there are among the attempts; the rest are first ones.
        let last = rejected * woken[3] / attempts;
        let again = [woken[0], woken[1], woken[2]].map(|tried| rejected * tried / attempts);
        let first = rejected - last - again.iter().sum::<u64>();
        for (class, part) in [first, again[0], again[1], again[2]].into_iter().enumerate() {
            let at = (second + BACKOFF.get(class).copied().unwrap_or(1)) % 4;
            if let Some(slot) = self.due.get_mut(class).and_then(|due| due.get_mut(at)) {
                *slot += part;
            }
        }
        self.sleeping += rejected - last;
        self.waiting += last;
        last
    }
}

impl Facts<'_> {
    /// Whether the workers may write to a folder while the nightly policy is in force.
    fn write_decision(&self, ago: i64) -> (Request, Decision) {
        let names = self.names;
        let caller = Principal::session(&names.account, &names.role(), &names.instance);
        let resource = if ago == 0 {
            format!("arn:aws:s3:::{}/{}", names.bucket, names.object(0))
        } else {
            format!("arn:aws:s3:::{}/{}w01/00-late.json.gz", names.bucket, names.folder(ago))
        };
        let request = Request::new(caller, "s3:PutObject", &resource, &names.account)
            .with("aws:SecureTransport", "true");
        let own = Policy::new(vec![Statement::allow(
            "",
            &["s3:PutObject"],
            &[&format!("arn:aws:s3:::{}/*", names.bucket)],
        )]);
        let policies = vec![
            Attached::new(Kind::Identity, &names.role(), &names.account, own),
            Attached::new(Kind::Resource, &names.bucket, &names.account, self.policy(true)),
        ];
        let decision = decide(&Policies { policies, ..Policies::default() }, &request);
        (request, decision)
    }

    /// The bucket's policy; at night a folder is sealed while its small objects are merged.
    fn policy(&self, night: bool) -> Policy {
        let names = self.names;
        let all = format!("arn:aws:s3:::{}", names.bucket);
        let tls = Statement::deny("TlsOnly", &["s3:*"], &[&all, &format!("{all}/*")]).to(&["*"]).when(
            "Bool",
            "aws:SecureTransport",
            &["false"],
        );
        let folder = format!("{all}/{}*", names.folder(self.sealed));
        let seal = Statement::deny("SealWhileMerging", &["s3:PutObject"], &[&folder]).to(&["*"]).when(
            "ArnNotEquals",
            "aws:PrincipalArn",
            &[&format!("arn:aws:iam::{}:role/close-day", names.account)],
        );
        Policy::new(if night { vec![tls, seal] } else { vec![tls] })
    }

    /// Seconds after midnight at which the policy is put, and taken back.
    fn sealed_between(&self) -> (i64, i64) {
        (4, self.names.night * 60 + 21)
    }

    /// Records in an object for the day's folder.
    fn batch(&self, second: i64) -> u64 {
        let names = self.names;
        let grown = u64::try_from(second).unwrap_or(0) * (names.batch - self.first_batch) / (27 * 60);
        if second < 0 { names.batch } else { (self.first_batch + grown).min(names.batch) }
    }

    /// Per mille of the workers that may write to the new folder yet.
    fn ready(&self, second: i64) -> u64 {
        let minutes = if self.registers { self.names.night } else { self.catalog };
        if second < 0 || minutes == 0 {
            return 1000;
        }
        u64::try_from(second * 1000 / (minutes * 60)).unwrap_or(0).min(1000)
    }

    /// Writes a second that S3 takes for the day's folder in so many partitions.
    fn partition_rate(&self, partitions: u64, second: i64) -> u64 {
        (3500 + self.names.extra) * partitions * self.names.noise(second + 60).max(1000) / 1000
    }

    /// Objects a second that the workers' allowance leaves room for, in all folders.
    fn allowed(&self, second: i64) -> u64 {
        let names = self.names;
        let night = second >= 0 && second < names.night * 60;
        let left = ALLOWANCE - if night { self.archive } else { 0 };
        left * names.workers / (names.batch * RECORD)
    }

    fn is_shaped(&self) -> bool {
        self.allowed(0) < self.names.total
    }

    fn run(&self) -> Vec<Point> {
        let names = self.names;
        let denied = self.write_decision(0).1.verdict != Verdict::Allowed;
        let mut fleet =
            Fleet { threads: names.workers * THREADS, due: [[0; 4]; 4], sleeping: 0, waiting: 0, records: 0 };
        // Yesterday's folder has had a day of load.
        let (mut partitions, mut hot, mut split) = (8, 0, 0);
        let mut points = Vec::new();
        let mut point = Point::default();
        let (sealed_from, sealed_to) = self.sealed_between();
        for minute in (FROM..TO).step_by(60) {
            if minute == 0 {
                (partitions, hot) = (1, 0);
            }
            let load = self.load(minute);
            let rate = |partitions| self.partition_rate(partitions, minute);
            // Where nothing is in the way, one second is like the next.
            let still = fleet.waiting == 0
                && load.made <= load.may.min(load.room).min(rate(partitions))
                && self.share(&load, load.made) == 1000
                && !(denied && minute + 60 > sealed_from && minute < sealed_to);
            let still = still && fleet.sleeping == 0;
            for second in minute..minute + if still { 0 } else { 60 } {
                fleet.waiting += load.made;
                fleet.records += load.records;
                let tick = usize::try_from(second - FROM).unwrap_or(0);
                let woken = fleet.wake(tick);
                let again: u64 = woken.iter().sum();
                let free = fleet.threads.saturating_sub(fleet.sleeping);
                let want = (again + fleet.waiting.min(load.may)).min(free * PACE).min(load.room);
                let sealed = denied && second >= sealed_from && second < sealed_to;
                let rate = rate(partitions);
                let attempts = if sealed {
                    want.min(free)
                } else {
                    // A thread whose request is rejected makes no other in this second.
                    let fraction = self.share(&load, want);
                    let by_kms = if fraction < 1000 { free * 1000 / (1000 - fraction) } else { u64::MAX };
                    want.min(rate + free).min(by_kms)
                };
                let kept = self.share(&load, attempts);
                let ok = if sealed { 0 } else { (attempts * kept / 1000).min(rate) };
                let rejected = attempts - ok;
                let fresh = attempts.saturating_sub(again);
                fleet.waiting = fleet.waiting.saturating_sub(fresh);
                if sealed {
                    // Not retried: it goes back to the worker's disk.
                    fleet.waiting += rejected;
                    point.denied += rejected;
                    point.given_up += rejected;
                } else {
                    point.given_up += fleet.reject(tick, rejected, woken, fresh);
                    point.slow += rejected;
                }
                let open = (fleet.waiting + fleet.sleeping + ok).max(1);
                let written = fleet.records * ok / open;
                fleet.records -= written;
                point.ok += ok;
                point.records_out += written;
                self.others(&mut point, &load, attempts, kept, 1);
                hot = if kept == 1000 && rejected > 0 && !sealed { hot + 1 } else { hot };
                if names.splits.get(split).is_some_and(|minutes| hot >= minutes * 60) {
                    (partitions, hot, split) = (partitions * 2, 0, split + 1);
                }
            }
            if still {
                point.ok += 60 * load.made;
                point.records_out += 60 * load.records;
                self.others(&mut point, &load, load.made, 1000, 60);
            }
            point.closed += 60 * (load.made + load.tenants);
            point.closed_records += 60 * (load.records + load.tenants * names.batch);
            point.records_in += 60 * load.records;
            if (minute + 60 - FROM) % STEP == 0 {
                point.waiting = fleet.waiting + fleet.sleeping;
                points.push(std::mem::take(&mut point));
            }
        }
        points
    }

    /// What there is to do in each second of a minute.
    fn load(&self, minute: i64) -> Load {
        let names = self.names;
        let noise = names.noise(minute);
        let records = self.today * names.batch * noise / 1000;
        let made = records / self.batch(minute);
        let tenants = (names.total - self.today) * noise / 1000;
        let ready = self.ready(minute);
        let allowed = self.allowed(minute);
        let room = allowed * self.today / names.total;
        let night = minute >= 0;
        let own = names.kms_others + noise / 10 + if night { 240 } else { 0 };
        Load {
            records,
            made,
            tenants,
            tenants_sent: tenants.min(allowed - room),
            late: names.late * noise / 1000,
            // The nightly job begins within the first minute.
            reads: if minute < 60 { 0 } else { names.reads * noise / 1000 },
            // What waits on the disks is written beside the new, an eighth as fast.
            may: if ready < 1000 { made * ready / 1000 } else { made + made / 8 },
            room,
            registering: if self.registers && night { names.workers * (1000 - ready) / 1000 * 9 } else { 0 },
            kms: if self.bucket_key {
                own
            } else {
                names.kms_others + if night { names.kms_night } else { 0 }
            },
        }
    }

    /// Calls of KMS a second: without a bucket key each write, and each read, is one.
    fn calls(&self, load: &Load, attempts: u64) -> u64 {
        let each = if self.bucket_key { 0 } else { attempts + load.tenants_sent + load.late + load.reads };
        load.kms + each
    }

    /// Per mille of the requests that KMS leaves over.
    fn share(&self, load: &Load, attempts: u64) -> u64 {
        (KMS_QUOTA * 1000 / self.calls(load, attempts).max(1)).min(1000)
    }

    /// What others do in some seconds in which the day's folder gets so many attempts.
    fn others(&self, point: &mut Point, load: &Load, attempts: u64, kept: u64, seconds: u64) {
        let through = load.registering.min(11);
        point.list_ok += seconds * through;
        point.list_slow += seconds * (load.registering - through);
        point.given_up += seconds * ((load.registering - through) / 5);
        let spared = |count: u64| count * kept / 1000;
        point.late_ok += seconds * spared(load.late);
        point.late_slow += seconds * (load.late - spared(load.late));
        point.tenants_ok += seconds * spared(load.tenants_sent);
        point.tenants_slow += seconds * (load.tenants_sent - spared(load.tenants_sent));
        point.reads_ok += seconds * spared(load.reads);
        point.reads_slow += seconds * (load.reads - spared(load.reads));
        point.kms += seconds * self.calls(load, attempts).min(KMS_QUOTA);
    }
}

/// What is counted of five minutes; with a metric's name and unit.
type Count = fn(&Point) -> u64;
type Column = (&'static str, &'static str, Count);

/// The first ten minutes of the new day.
fn window(points: &[Point], of: Count) -> u64 {
    points.iter().skip(BEFORE).take(2).map(of).sum()
}

fn night(points: &[Point], of: Count) -> u64 {
    points.iter().skip(BEFORE).map(of).sum()
}

/// Sums of metrics side by side, as the CLI prints them.
fn sums(names: &Names, points: &[Point], skip: usize, take: usize, columns: &[Count]) -> String {
    let mut text = String::new();
    for (index, point) in points.iter().enumerate().skip(skip).take(take) {
        let time = names.at(FROM + STEP * i64::try_from(index).unwrap_or(0));
        let _ = write!(text, "{}+00:00", time.format("%Y-%m-%dT%H:%M:%S"));
        for column in columns {
            let _ = write!(text, "\t{}.0", column(point));
        }
        text.push('\n');
    }
    text
}

fn series(names: &Names, points: &[Point], metrics: &[Column]) -> Vec<Series> {
    let one = |(name, unit, of): &Column| Series {
        name: (*name).to_owned(),
        unit: (*unit).to_owned(),
        start: names.start(),
        step_seconds: 300,
        points: points.iter().map(|point| of(point) as f64).collect(),
    };
    metrics.iter().map(one).collect()
}

fn plot(scene: &mut Scene, check: &str, series: Vec<Series>) {
    if let Some(view) = scene.views.get_mut(check) {
        view.series = series;
    }
}

fn throughput(scene: &mut Scene, facts: &Facts<'_>, points: &[Point]) {
    let names = facts.names;
    let columns: [Count; 3] = [|point| point.records_in, |point| point.records_out, |point| point.waiting];
    let mut text = format!(
        "$ m() {{ aws cloudwatch get-metric-statistics --namespace {} --metric-name $1 --dimensions Name=Stream,Value=events --start-time {} --end-time {} --period 300 --statistics $2 --query \"sort_by(Datapoints,&Timestamp)[].[Timestamp,$2]\" --output text; }}\n$ paste <(m RecordsIn Sum) <(m RecordsWritten Sum | cut -f2) <(m SpooledObjects Maximum | cut -f2)\n",
        names.service,
        names.start(),
        names.end(),
    );
    text.push_str(&sums(names, points, 0, points.len(), &columns));
    let behind =
        window(points, |point| point.records_out) * 10 < window(points, |point| point.records_in) * 7;
    let finding = if behind { "falls-behind-at-midnight" } else { "keeps-up" };
    scene.show("throughput", finding, vec![shown(Metric, text)]);
    let metrics: [Column; 3] = [
        ("RecordsIn", "Count", |point| point.records_in),
        ("RecordsWritten", "Count", |point| point.records_out),
        ("SpooledObjects", "Count", |point| point.waiting),
    ];
    plot(scene, "throughput", series(names, points, &metrics));
}

fn worker_log(scene: &mut Scene, facts: &Facts<'_>, points: &[Point]) {
    let names = facts.names;
    let file = format!("/var/log/{}/worker.log.1", names.service);
    let (request, decision) = facts.write_decision(0);
    let denied = cli_error(&request, &decision, false);
    let given_up = night(points, |point| point.given_up) / names.workers;
    let slow_down = "An error occurred (SlowDown) when calling the PutObject operation (reached max retries: 4): Please reduce your request rate";
    let (error, finding) = if let Some(error) = denied {
        (error, "access-denied")
    } else if night(points, |point| point.tenants_slow) > 0 {
        (format!("{slow_down} for operations involving AWS KMS."), "slow-down-for-kms")
    } else if given_up > 0 {
        (format!("{slow_down}."), "slow-down")
    } else {
        (String::new(), "no-errors")
    };
    // Every five minutes a worker says how much waits on its disk, once that is much.
    let each = |point: &Point| point.waiting / names.workers;
    let waiting: Vec<(i64, u64)> = (1..)
        .map(|place| place * STEP)
        .zip(points.iter().skip(BEFORE).map(each))
        .filter(|row| row.1 >= 1000)
        .collect();
    let mut counts =
        vec![(given_up, "ERROR s3:"), (u64::try_from(waiting.len()).unwrap_or(0), "WARN spool:")];
    counts.retain(|(count, _)| *count > 0);
    let mut text = format!(
        "$ hostname; grep -E ' (WARN|ERROR) ' {file} | awk '{{print $2, $3}}' | sort | uniq -c | sort -rn\n{}\n",
        names.host()
    );
    for (count, what) in counts {
        let _ = writeln!(text, "{count:>7} {what}");
    }
    let _ = writeln!(text, "$ grep -E ' (WARN|ERROR) ' {file} | head -n 3");
    if error.is_empty() {
        for (second, count) in waiting.iter().take(3) {
            let time = stamp(names.at(*second)).replace('Z', ".000Z");
            let _ = writeln!(text, "{time} WARN spool: events: {count} objects waiting");
        }
    } else {
        for (second, millis) in (9i64..).zip(&names.millis) {
            let time = names.at(second).format("%Y-%m-%dT%H:%M:%S");
            let _ = writeln!(text, "{time}.{millis:03}Z ERROR s3: {error}");
        }
    }
    scene.show("worker-log", finding, vec![shown(Log, text)]);
}

fn s3_metrics(scene: &mut Scene, facts: &Facts<'_>, points: &[Point]) {
    let names = facts.names;
    let puts: Count = |point| {
        point.ok
            + point.slow
            + point.denied
            + point.list_ok
            + point.list_slow
            + point.late_ok
            + point.late_slow
            + point.tenants_ok
            + point.tenants_slow
    };
    let refused: Count = |point| point.denied;
    let slow: Count =
        |point| point.slow + point.list_slow + point.late_slow + point.tenants_slow + point.reads_slow;
    let mut text = format!(
        "$ m() {{ aws cloudwatch get-metric-statistics --namespace AWS/S3 --metric-name $1 --dimensions Name=BucketName,Value={} Name=FilterId,Value=EntireBucket --start-time {} --end-time {} --period 300 --statistics Sum --query 'sort_by(Datapoints,&Timestamp)[].[Timestamp,Sum]' --output text; }}\n$ paste <(m PutRequests) <(m 4xxErrors | cut -f2) <(m 5xxErrors | cut -f2)\n",
        names.bucket,
        names.start(),
        names.end(),
    );
    text.push_str(&sums(names, points, 0, points.len(), &[puts, refused, slow]));
    let finding = match (night(points, refused), night(points, slow)) {
        (0, 0) => "no-errors",
        (0, _) => "5xx-after-midnight",
        _ => "4xx-after-midnight",
    };
    scene.show("s3-metrics", finding, vec![shown(Metric, text)]);
    let metrics: [Column; 3] =
        [("PutRequests", "Count", puts), ("4xxErrors", "Count", refused), ("5xxErrors", "Count", slow)];
    plot(scene, "s3-metrics", series(names, points, &metrics));
}

/// Where Athena leaves a result.
fn result(names: &Names) -> String {
    format!("s3://aws-athena-query-results-{}-{REGION}/{}.csv", names.account, names.query)
}

/// Another id in the same groups.
fn backwards(id: &str) -> String {
    id.split('-').map(|part| part.chars().rev().collect()).collect::<Vec<String>>().join("-")
}

/// The part of a query that chooses the first ten minutes of the new day.
fn between(names: &Names) -> String {
    let day = names.day;
    format!(
        "parse_datetime(requestdatetime, 'dd/MMM/yyyy:HH:mm:ss Z') >= timestamp '{day} 00:00:00 UTC' AND parse_datetime(requestdatetime, 'dd/MMM/yyyy:HH:mm:ss Z') < timestamp '{day} 00:10:00 UTC'"
    )
}

fn by_prefix(scene: &mut Scene, facts: &Facts<'_>, points: &[Point]) {
    let names = facts.names;
    let (today, yesterday) = (names.folder(0), names.folder(1));
    let sum = |of: Count| window(points, of);
    let shaped = facts.is_shaped();
    let busy = names.noise(60) % 23;
    let put = "REST.PUT.OBJECT";
    let ok = sum(|point| point.ok + point.list_ok);
    // Every thread is busy: how long a write takes follows from how many there are a second.
    let crowded = names.workers * THREADS * 600_000 / ok.max(1);
    let upload = if shaped { crowded } else { 47 + busy };
    let slow = sum(|point| point.slow + point.list_slow);
    let denied = sum(|point| point.denied);
    let others_slow = sum(|point| point.tenants_slow + point.late_slow + point.reads_slow);
    let mut rows = vec![
        (today.as_str(), put, "200", "-", 1, ok, upload),
        (&today, put, "503", "SlowDown", 1, slow, 11),
        (&today, put, "403", "AccessDenied", 1, denied, 14),
        ("tenants/*", put, "200", "-", names.tenants, sum(|point| point.tenants_ok), upload + 4),
        ("tenants/*", put, "503", "SlowDown", names.tenants, sum(|point| point.tenants_slow), 12),
        (&yesterday, put, "200", "-", 1, sum(|point| point.late_ok), 49 + busy),
        (&yesterday, put, "503", "SlowDown", 1, sum(|point| point.late_slow), 11),
        (&yesterday, "REST.GET.OBJECT", "200", "-", 1, sum(|point| point.reads_ok), 36 + busy),
        (&yesterday, "REST.GET.OBJECT", "503", "SlowDown", 1, sum(|point| point.reads_slow), 10),
    ];
    rows.retain(|row| row.5 > 0);
    rows.sort_by_key(|row| Reverse(row.5));
    let mut text = format!(
        "$ cat by-prefix.sql\nSELECT folder, operation, httpstatus, errorcode,\n       approx_distinct(regexp_extract(path, '^[^/]+/[^/]+/')) AS folders,\n       count(*) AS requests, count(*) / 600 AS per_second, round(avg(totaltime)) AS avg_ms\nFROM (SELECT *, CASE WHEN path LIKE 'events/%' THEN regexp_extract(path, '^[^/]+/[^/]+/')\n                     ELSE split_part(path, '/', 1) || '/*' END AS folder\n      FROM (SELECT *, url_decode(url_decode(key)) AS path FROM s3_access_logs.{}\n            WHERE operation IN ('REST.PUT.OBJECT', 'REST.GET.OBJECT')\n              AND {}))\nGROUP BY 1, 2, 3, 4 ORDER BY requests DESC\n$ aws s3 cp {} -\n\"folder\",\"operation\",\"httpstatus\",\"errorcode\",\"folders\",\"requests\",\"per_second\",\"avg_ms\"\n",
        names.bucket.replace('-', "_"),
        between(names),
        result(names),
    );
    for (folder, operation, status, code, folders, requests, millis) in rows {
        let _ = writeln!(
            text,
            "\"{folder}\",\"{operation}\",\"{status}\",\"{code}\",\"{folders}\",\"{requests}\",\"{}\",\"{millis}.0\"",
            requests / 600
        );
    }
    let finding = if denied > 0 {
        "todays-folder-denied"
    } else if others_slow > 0 {
        "every-folder-throttled"
    } else if slow > 0 && ok / 600 >= 3400 {
        "todays-folder-held-at-3500"
    } else if slow > 0 {
        "throttled-far-below-3500"
    } else if shaped {
        "no-errors-but-slow"
    } else {
        "no-errors-but-few"
    };
    scene.show("by-prefix", finding, vec![shown(Table, text)]);
}

fn top_keys(scene: &mut Scene, facts: &Facts<'_>, points: &[Point]) {
    let names = facts.names;
    let mut text = format!(
        "$ cat top-keys.sql\nSELECT url_decode(url_decode(key)) AS path, count(*) AS requests\nFROM s3_access_logs.{}\nWHERE httpstatus >= '400'\n  AND {}\nGROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 5\n$ aws s3 cp {} -\n\"path\",\"requests\"\n",
        names.bucket.replace('-', "_"),
        between(names),
        result(names).replacen(&names.query, &backwards(&names.query), 1),
    );
    let list = window(points, |point| point.list_slow);
    let (slow, denied) = (window(points, |point| point.slow), window(points, |point| point.denied));
    let finding = if list > 0 {
        let _ = writeln!(text, "\"{}_workers.json\",\"{list}\"", names.folder(0));
        "one-key"
    } else if slow + denied > 0 {
        let tries = if denied > 0 { 1 } else { 5 };
        for index in 0..5 {
            let _ = writeln!(text, "\"{}\",\"{tries}\"", names.object(index));
        }
        "spread-over-keys"
    } else {
        "none"
    };
    scene.show("top-keys", finding, vec![shown(Table, text)]);
}

fn closed(scene: &mut Scene, facts: &Facts<'_>, points: &[Point]) {
    let names = facts.names;
    let mut text = format!(
        "$ m() {{ aws cloudwatch get-metric-statistics --namespace {} --metric-name $1 --start-time {} --end-time {} --period 300 --statistics Sum --query 'sort_by(Datapoints,&Timestamp)[].[Timestamp,Sum]' --output text; }}\n$ paste <(m ObjectsClosed) <(m RecordsClosed | cut -f2)\n",
        names.service,
        names.start(),
        stamp(names.at(1800)),
    );
    let columns: [Count; 2] = [|point| point.closed, |point| point.closed_records];
    text.push_str(&sums(names, points, 0, 10, &columns));
    let before: u64 = points.iter().skip(BEFORE - 2).take(2).map(|point| point.closed).sum();
    let jumps = window(points, |point| point.closed) * 10 > before * 13;
    let finding = if jumps { "more-and-smaller-objects" } else { "same-objects-as-before" };
    scene.show("objects-closed", finding, vec![shown(Metric, text)]);
    let metrics: [Column; 2] = [
        ("ObjectsClosed", "Count", |point| point.closed),
        ("RecordsClosed", "Count", |point| point.closed_records),
    ];
    let mut series = series(names, points, &metrics);
    for one in &mut series {
        one.points.truncate(10);
    }
    plot(scene, "objects-closed", series);
}

fn kms(scene: &mut Scene, facts: &Facts<'_>, points: &[Point]) {
    let names = facts.names;
    let key = format!(
        "arn:aws:kms:{REGION}:{}:key/{}",
        names.account,
        [8, 4, 4, 4, 12]
            .iter()
            .scan(0, |from, length| {
                let hex = format!("{}{}{}", names.key, names.query.replace('-', ""), names.key);
                let part = hex.get(*from..*from + length).unwrap_or_default().to_owned();
                *from += length;
                Some(part)
            })
            .collect::<Vec<_>>()
            .join("-")
    );
    let rule = serde_json::json!({
        "ServerSideEncryptionConfiguration": { "Rules": [{
            "ApplyServerSideEncryptionByDefault": { "SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key },
            "BucketKeyEnabled": facts.bucket_key,
        }] }
    });
    let mut text = format!(
        "$ aws service-quotas get-service-quota --service-code kms --quota-code L-6E3AF000 --query 'Quota.[QuotaName,Value]' --output text\nCryptographic operations (symmetric) request rate\t{KMS_QUOTA}.0\n$ aws cloudwatch get-metric-statistics --namespace AWS/Usage --metric-name CallCount --dimensions Name=Type,Value=API Name=Resource,Value=CryptographicOperationsSymmetric Name=Service,Value=KMS Name=Class,Value=None --start-time {} --end-time {} --period 300 --statistics Sum --query 'sort_by(Datapoints,&Timestamp)[].[Timestamp,Sum]' --output text\n",
        names.start(),
        stamp(names.at(1800)),
    );
    text.push_str(&sums(names, points, 0, 10, &[|point| point.kms]));
    let most = points.iter().map(|point| point.kms).max().unwrap_or(0);
    let finding = if most * 100 >= KMS_QUOTA * 300 * 97 { "at-the-quota" } else { "far-below-the-quota" };
    let encryption =
        format!("$ aws s3api get-bucket-encryption --bucket {} | jq -S .\n{rule:#}\n", names.bucket);
    scene.show("kms", finding, vec![shown(Json, encryption), shown(Metric, text)]);
    let mut series = series(names, points, &[("CallCount", "Count", |point| point.kms)]);
    for one in &mut series {
        one.points.truncate(10);
    }
    plot(scene, "kms", series);
}

fn changes(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let (put, taken) = facts.sealed_between();
    let by =
        |role: &str, session: &str| format!("arn:aws:sts::{}:assumed-role/{role}/{session}", names.account);
    let compact = |policy: &Policy| {
        let text = policy.json().pretty(0);
        serde_json::from_str::<serde_json::Value>(&text).unwrap_or_default()
    };
    let close_day = by("close-day", "close-day");
    let events = [
        (put, "PutBucketPolicy", &close_day, compact(&facts.policy(true))),
        (9, "StartJobRun", &by("nightly-report", "scheduler"), serde_json::Value::Null),
        (taken, "PutBucketPolicy", &close_day, compact(&facts.policy(false))),
    ];
    let mut text = format!(
        "$ aws cloudtrail lookup-events --lookup-attributes AttributeKey=ReadOnly,AttributeValue=false --start-time {} --end-time {} --query 'reverse(Events)[].CloudTrailEvent' --output json | jq -c '.[] | fromjson | select(.eventName | test(\"^(AssumeRole|CreatePartition|CreateLogStream)\") | not) | [.eventTime, .eventName, .userIdentity.arn, .requestParameters.bucketPolicy]'\n",
        names.start(),
        names.end(),
    );
    for (second, name, arn, policy) in &events {
        let row = serde_json::json!([stamp(names.at(*second)), name, arn, policy]);
        let _ = writeln!(text, "{row}");
    }
    let denied = facts.write_decision(0).1.verdict != Verdict::Allowed;
    let finding = if denied { "todays-folder-sealed" } else { "old-folder-sealed" };
    scene.show("changes", finding, vec![shown(Log, text)]);
}

fn network(scene: &mut Scene, facts: &Facts<'_>, points: &[Point]) {
    let names = facts.names;
    let shaped = facts.is_shaped();
    let night_end = names.night * 60;
    let bytes = |index: usize, point: &Point| {
        let start = FROM + STEP * i64::try_from(index).unwrap_or(0);
        let archived = (start + STEP).min(night_end) - start.max(0);
        let archived = u64::try_from(archived).unwrap_or(0) * facts.archive;
        let own = (point.records_out + point.tenants_ok * names.batch) * RECORD / names.workers;
        own + archived
    };
    let exceeded = if shaped { 2_000_000 + names.reads * 977 } else { 0 };
    let mut text = format!(
        "$ aws ec2 describe-instance-types --instance-types m6i.large --query 'InstanceTypes[0].NetworkInfo.NetworkCards[0].[BaselineBandwidthInGbps,PeakBandwidthInGbps]' --output text\n0.781\t12.5\n$ ssh {} 'ethtool -S ens5 | grep allowance_exceeded'\n     bw_in_allowance_exceeded: 0\n     bw_out_allowance_exceeded: {exceeded}\n     pps_allowance_exceeded: 0\n     conntrack_allowance_exceeded: 0\n     linklocal_allowance_exceeded: 0\n$ aws cloudwatch get-metric-statistics --namespace AWS/EC2 --metric-name NetworkOut --dimensions Name=InstanceId,Value={} --start-time {} --end-time {} --period 300 --statistics Sum --query 'sort_by(Datapoints,&Timestamp)[].[Timestamp,Sum]' --output text\n",
        names.host(),
        names.instance,
        names.start(),
        stamp(names.at(1800)),
    );
    let mut out = Vec::new();
    for (index, point) in points.iter().enumerate().take(10) {
        let time = names.at(FROM + STEP * i64::try_from(index).unwrap_or(0));
        let sum = bytes(index, point);
        out.push(sum as f64);
        let _ = writeln!(text, "{}+00:00\t{sum}.0", time.format("%Y-%m-%dT%H:%M:%S"));
    }
    let finding = if shaped { "allowance-exceeded" } else { "room-left" };
    scene.show("network", finding, vec![shown(Metric, text)]);
    let series = Series {
        name: "NetworkOut".to_owned(),
        unit: "Bytes".to_owned(),
        start: names.start(),
        step_seconds: 300,
        points: out,
    };
    plot(scene, "network", vec![series]);
}

fn catalog(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let partitions = names.workers * 8;
    let minutes = u64::try_from(facts.catalog).unwrap_or(0);
    let refused = minutes * 7 * 5 * names.workers;
    let last = if facts.catalog > 0 { facts.catalog * 60 - 3 } else { 31 };
    let mut text = format!(
        "$ aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=CreatePartition --start-time {} --end-time {} --query 'reverse(Events)[].CloudTrailEvent' --output json | jq -r '.[] | fromjson | [.eventTime, .errorCode // \"-\"] | @tsv' > create-partition.tsv\n$ cut -f2 create-partition.tsv | sort | uniq -c\n{partitions:>7} -\n",
        names.start(),
        names.end(),
    );
    if refused > 0 {
        let _ = writeln!(text, "{refused:>7} ThrottlingException");
    }
    let _ = writeln!(
        text,
        "$ awk '$2 == \"-\"' create-partition.tsv | sed -n '1p;$p'\n{}\t-\n{}\t-",
        stamp(names.at(2)),
        stamp(names.at(last))
    );
    let finding = if refused > 0 { "partitions-late" } else { "partitions-at-once" };
    scene.show("catalog", finding, vec![shown(Command, text)]);
}
