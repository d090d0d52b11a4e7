//! I02: instances that are replaced before they have had time to start.
//!
//! The group, its grace period and its replacements are [`crate::cloud::scaling`]'s; health, routing and who answers with
//! what are [`crate::cloud::balancer`]'s (fail open, 502 for a refused connection, 503 where nobody is registered). Reasons of
//! targets: Elastic Load Balancing, User Guide for Application Load Balancers, "Health checks for Application Load Balancer
//! target groups", "Health check reason codes"; causes of scaling activities: Amazon EC2 Auto Scaling User Guide, "View the
//! reason for health check failures"; a Spot interruption is `BidEvictedEvent` in CloudTrail (Amazon EC2 User Guide,
//! "Determine whether Amazon EC2 terminated a Spot Instance"). The application's lines are Spring Boot 3's, which opens its
//! port near the end of its start.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::net::Ipv4Addr;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta, Timelike as _};
use serde_json::json;

use super::{Scene, Series, World, printed, shown};
use crate::cloud::Draw;
use crate::cloud::balancer::{
    self, Action, Client, Entry, Front, HealthCheck, Outcome, Probe, Routing, State, Target, TargetBehaviour,
    Waf, route, serve,
};
use crate::cloud::scaling::{self, Activity, Birth, Doing, History, simulate};
use crate::model::EvidenceType::{Command, Json, Log, Metric};

pub(super) const WORLD: World = World {
    id: "I02",
    version: 1,
    causes: &[
        "grace-too-short",
        "crashes-after-start",
        "health-path-gone",
        "out-of-memory",
        "another-port",
        "slow-dependency",
        "security-group",
        "spot-interruptions",
    ],
    build,
};

const REGION: &str = "ap-northeast-1";
const PORT: u16 = 8080;
const GROUP: scaling::Settings = scaling::Settings {
    desired: 1,
    elb: true,
    grace: 60,
    warmup: 240,
    looks_every: 30,
    reported_after: 10,
    launch_after: 3,
    drains: 30,
    check: HealthCheck { interval: 30, timeout: 5, healthy: 2, unhealthy: 4, matcher: (200, 200) },
};
/// How long target health is watched, in seconds, and how often.
const WATCHED: u64 = 480;
const EVERY: u64 = 5;
/// Minutes of the metrics.
const MINUTES: u64 = 30;

/// What is drawn of each instance before the cause is looked at; times in seconds since its launch, or as said.
struct Instance {
    id: String,
    host: u8,
    birth: Birth,
    /// When its application is started.
    boots: u64,
    /// Milliseconds from there to its open port: of the new release, and of one that starts as before.
    slow: u64,
    quick: u64,
    /// Seconds from its open port to its end, where it ends by itself.
    lasts: u64,
    /// When Spot would take it back.
    interrupted: u64,
    pid: u32,
    memory: u32,
}

/// What is drawn before the cause is looked at.
struct Names {
    service: &'static str,
    account: String,
    instances: Vec<Instance>,
    former: String,
    former_start: u64,
    batch: String,
    balancer: String,
    target_group: String,
    group_id: String,
    legacy_group: String,
    template: String,
    version: String,
    old_version: String,
    admin: &'static str,
    second: u8,
    rate: u64,
    client: Ipv4Addr,
    traces: Vec<String>,
    /// When the release replaced the group's instance, and how many seconds later the engineer looks.
    released: NaiveDateTime,
    now: u64,
}

/// The world: what each thing really is.
struct Facts<'a> {
    names: &'a Names,
    starts_as_before: bool,
    /// The application ends by itself, with a word in its log or killed by the kernel.
    ends: Option<End>,
    knows_path: bool,
    port: u16,
    answers_in_time: bool,
    let_in: bool,
    spot: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Exits,
    Killed,
}

fn build(draw: &mut Draw, cause: &str) -> Scene {
    let names = names(draw);
    let mut facts = Facts {
        names: &names,
        starts_as_before: true,
        ends: None,
        knows_path: true,
        port: PORT,
        answers_in_time: true,
        let_in: true,
        spot: false,
    };
    match cause {
        "crashes-after-start" => facts.ends = Some(End::Exits),
        "health-path-gone" => facts.knows_path = false,
        "out-of-memory" => facts.ends = Some(End::Killed),
        "another-port" => facts.port = 9090,
        "slow-dependency" => facts.answers_in_time = false,
        "security-group" => facts.let_in = false,
        "spot-interruptions" => facts.spot = true,
        _ => facts.starts_as_before = false,
    }
    let history = simulate(
        &GROUP,
        names.now + WATCHED + 60,
        |life| names.instance(life).birth,
        |life, since| facts.doing(life, since),
    );
    let mut scene = Scene::default();
    for (name, value) in [
        ("service", names.service.to_owned()),
        ("group", names.group()),
        ("version", names.version.clone()),
        ("old_version", names.old_version.clone()),
        ("old_start", format!("{}", names.former_start / 1000)),
        ("time", names.released.format("%H:%M").to_string()),
        ("grace", GROUP.grace.to_string()),
    ] {
        scene.name(name, value);
    }
    activities(&mut scene, &facts, &history);
    group(&mut scene, &facts);
    target_health(&mut scene, &facts, &history);
    let traffic = Traffic::new(&facts, &history);
    errors(&mut scene, &facts, &traffic);
    access_log(&mut scene, &facts, &traffic);
    app_log(&mut scene, &facts, &history);
    kernel_log(&mut scene, &facts, &history);
    resources(&mut scene, &facts, &history, &traffic);
    trail(&mut scene, &facts, &history);
    scene
}

fn names(draw: &mut Draw) -> Names {
    let day = NaiveDate::from_ymd_opt(2026, draw.int(2, 10), draw.int(3, 27)).unwrap_or_default();
    let released = day.and_hms_opt(draw.int(1, 9), draw.int(0, 59), draw.int(0, 59)).unwrap_or_default();
    // No address is used twice.
    let hosts = draw.some(&(10..=250).collect::<Vec<u8>>(), 48);
    let instances = hosts
        .into_iter()
        .map(|host| {
            let in_service = draw.int(33, 37);
            Instance {
                id: format!("i-0{}", draw.hex(16)),
                host,
                birth: Birth { in_service, first_check: in_service + draw.int(1, 29u64) },
                boots: in_service + draw.int(18, 24u64),
                slow: draw.int(104_000, 150_000),
                quick: draw.int(38_000, 44_000),
                lasts: draw.int(60, 110),
                interrupted: draw.int(300, 700),
                pid: draw.int(590, 880),
                memory: draw.int(41, 47),
            }
        })
        .collect();
    let (major, minor): (u32, u32) = (draw.int(3, 6), draw.int(2, 18));
    Names {
        service: *draw.pick(&["shop", "booking", "tickets", "member"]),
        account: format!("{:012}", draw.number(100_000_000_000, 999_999_999_999)),
        instances,
        former: format!("i-0{}", draw.hex(16)),
        former_start: draw.int(38_200, 41_900),
        batch: format!("i-0{}", draw.hex(16)),
        balancer: draw.hex(16),
        target_group: draw.hex(16),
        group_id: format!("sg-0{}", draw.hex(16)),
        legacy_group: format!("sg-0{}", draw.hex(16)),
        template: format!("lt-0{}", draw.hex(16)),
        version: format!("{major}.{minor}.0"),
        old_version: format!("{major}.{}.{}", minor - 1, draw.int(1u32, 6)),
        admin: *draw.pick(&["kevin.lin", "amy.chen", "jason.wu", "sandy.hsu"]),
        second: draw.int(20, 90),
        rate: draw.int(3, 8),
        client: Ipv4Addr::new(203, 0, 113, draw.int(10, 250)),
        traces: (0..24).map(|_| draw.hex(24)).collect(),
        released,
        now: draw.int(2150, 2900),
    }
}

impl Names {
    fn instance(&self, life: usize) -> &Instance {
        // Never empty; no loop lasts for 48 instances.
        &self.instances[life % self.instances.len()]
    }

    fn address(&self, life: usize) -> Ipv4Addr {
        Ipv4Addr::new(10, self.second, 11 + u8::try_from(life % 2).unwrap_or(0), self.instance(life).host)
    }

    fn group(&self) -> String {
        format!("{}-web", self.service)
    }

    fn at(&self, second: u64) -> NaiveDateTime {
        self.released + TimeDelta::seconds(second.try_into().unwrap_or(0))
    }

    fn role(&self, who: &str) -> String {
        format!("arn:aws:sts::{}:assumed-role/{who}", self.account)
    }

    fn arn(&self) -> String {
        format!(
            "arn:aws:elasticloadbalancing:{REGION}:{}:targetgroup/{}/{}",
            self.account,
            self.group(),
            self.target_group
        )
    }
}

fn stamp(time: NaiveDateTime) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// With milliseconds that are the same for the same moment.
fn precise(time: NaiveDateTime, salt: u32) -> String {
    let millis = (time.num_seconds_from_midnight() * 389 + salt * 71) % 1000;
    format!("{}.{millis:03}", time.format("%Y-%m-%dT%H:%M:%S"))
}

fn millis(milliseconds: u64) -> TimeDelta {
    TimeDelta::milliseconds(milliseconds.try_into().unwrap_or(0))
}

/// What became of a request in each second of the last while, and which instance was asked.
struct Traffic {
    from: u64,
    requests: Vec<(Outcome, Option<usize>)>,
}

impl Traffic {
    /// Of the last half hour and a minute before `now`.
    fn new(facts: &Facts<'_>, history: &History) -> Self {
        let now = facts.names.now;
        let from = now - (MINUTES + 1) * 60;
        let mut known = Vec::new();
        let mut life = None;
        let requests = (from..now).map(|second| {
            let targets = history.targets_at(second);
            if targets != known {
                life = facts.chosen(&targets);
                known = targets;
            }
            (facts.request(history, second, life), life)
        });
        Self { from, requests: requests.collect() }
    }

    fn at(&self, second: u64) -> Option<&(Outcome, Option<usize>)> {
        self.requests.get(usize::try_from(second.checked_sub(self.from)?).ok()?)
    }

    fn status(&self, second: u64) -> u16 {
        self.at(second).map_or(0, |(outcome, _)| outcome.elb_status)
    }
}

impl Facts<'_> {
    /// Seconds after the launch at which the port opens.
    fn ready(&self, life: usize) -> u64 {
        let instance = self.names.instance(life);
        let takes = if self.starts_as_before { instance.quick } else { instance.slow };
        instance.boots + takes.div_ceil(1000)
    }

    /// Seconds after the launch at which the application ends by itself.
    fn end(&self, life: usize) -> Option<u64> {
        self.ends.map(|_| self.ready(life) + self.names.instance(life).lasts)
    }

    fn open(&self, life: usize, since: u64) -> bool {
        since >= self.ready(life) && self.end(life).is_none_or(|end| since < end)
    }

    fn runs(&self, life: usize, since: u64) -> bool {
        !self.spot || since < self.names.instance(life).interrupted
    }

    fn doing(&self, life: usize, since: u64) -> Doing {
        let probe = if !self.let_in {
            Probe::Silent
        } else if !self.open(life, since) || self.port != PORT {
            Probe::Refuses
        } else if !self.knows_path {
            Probe::Answers(404)
        } else if !self.answers_in_time {
            Probe::Silent
        } else {
            Probe::Answers(200)
        };
        Doing { running: self.runs(life, since), probe }
    }

    /// What the application does with a request of a user.
    fn serves(&self, life: usize, since: u64, second: u64) -> TargetBehaviour {
        if !self.let_in {
            TargetBehaviour::Unreachable
        } else if !self.open(life, since) || self.port != PORT {
            TargetBehaviour::Refuses
        } else {
            TargetBehaviour::Responds { after: 21 + second * 37 % 50, status: 200 }
        }
    }

    /// The instance that the load balancer sends requests to.
    fn chosen(&self, known: &[(usize, balancer::Health)]) -> Option<usize> {
        let target = |(life, health): &(usize, balancer::Health)| Target {
            id: String::new(),
            address: self.names.address(*life),
            port: PORT,
            health: *health,
        };
        let targets: Vec<Target> = known.iter().map(target).collect();
        let chosen = match route(&targets) {
            Routing::Healthy(list) | Routing::FailOpen(list) => list.first()?.address,
            Routing::Nowhere => return None,
        };
        known.iter().map(|(life, _)| *life).find(|life| self.names.address(*life) == chosen)
    }

    /// What becomes of a request at a second that is sent to an instance.
    fn request(&self, history: &History, second: u64, life: Option<usize>) -> Outcome {
        let behaviour = life.and_then(|life| {
            let since = second.checked_sub(history.lives.get(life)?.launched)?;
            Some(self.serves(life, since, second))
        });
        serve(&balancer::Settings { idle_timeout: 60 }, Client::Waits, Waf::Absent, behaviour, 1)
    }
}

/// A word for the statuses that clients got.
fn mixture(statuses: &BTreeSet<u16>) -> &'static str {
    let has = |status: u16| statuses.contains(&status);
    match (has(200), has(502), has(503), has(504)) {
        (_, _, _, true) => "504",
        (true, true, true, _) => "200-502-503",
        (false, true, true, _) => "502-503-only",
        _ => "other",
    }
}

fn activities(scene: &mut Scene, facts: &Facts<'_>, history: &History) {
    let names = facts.names;
    let mut text = format!(
        "$ date -u +%FT%TZ\n{}\n$ aws autoscaling describe-scaling-activities --auto-scaling-group-name {} --max-items 8 --query 'Activities[].[StartTime,Description,Cause]' --output text\n",
        stamp(names.at(names.now)),
        names.group()
    );
    let mut finding = "none";
    let past = history.activities.iter().rev().filter(|activity| activity.at() <= names.now);
    for (index, activity) in past.take(8).enumerate() {
        let at = names.at(activity.at());
        let start = precise(at, u32::try_from(index).unwrap_or(0));
        let (what, why) = match activity {
            Activity::Launch { life, .. } => (
                format!("Launching a new EC2 instance: {}", names.instance(*life).id),
                "launched in response to an unhealthy instance needing to be replaced".to_owned(),
            ),
            Activity::Terminate { life, at, unfit } => {
                finding = match unfit {
                    scaling::Unfit::Elb => "elb-health-check",
                    scaling::Unfit::Stopped => "terminated-or-stopped",
                };
                let drains = names.now < at + GROUP.drains;
                let waits = if drains { " - Waiting For ELB Connection Draining." } else { "" };
                (
                    format!("Terminating EC2 instance: {}{waits}", names.instance(*life).id),
                    format!("taken out of service in response to {}", unfit.cause()),
                )
            }
        };
        let _ = writeln!(text, "{start}000+00:00\t{what}\tAt {} an instance was {why}.", stamp(at));
    }
    scene.show("activities", finding, vec![shown(Command, text)]);
}

fn group(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let check = &GROUP.check;
    let value = json!({
        "DefaultInstanceWarmup": GROUP.warmup, "DesiredCapacity": GROUP.desired,
        "HealthCheckGracePeriod": GROUP.grace, "HealthCheckType": "ELB", "MaxSize": 1, "MinSize": 1,
        "SuspendedProcesses": [],
    });
    let keys: Vec<String> = value
        .as_object()
        .map(|keys| keys.keys().map(|key| format!("{key}:{key}")).collect())
        .unwrap_or_default();
    let mut text = format!(
        "$ aws autoscaling describe-auto-scaling-groups --auto-scaling-group-names {} --query 'AutoScalingGroups[0].{{{}}}'\n{}\n",
        names.group(),
        keys.join(","),
        printed(&value)
    );
    let _ = writeln!(
        text,
        "$ aws elbv2 describe-target-groups --names {} --query 'TargetGroups[0].[Protocol,Port,HealthCheckPort,HealthCheckPath,HealthCheckIntervalSeconds,HealthCheckTimeoutSeconds,HealthyThresholdCount,UnhealthyThresholdCount,Matcher.HttpCode]' --output text\nHTTP\t{PORT}\ttraffic-port\t/healthz\t{}\t{}\t{}\t{}\t200",
        names.group(),
        check.interval,
        check.timeout,
        check.healthy,
        check.unhealthy
    );
    let _ = writeln!(
        text,
        "$ aws elbv2 describe-target-group-attributes --target-group-arn {} --query \"Attributes[?Key=='deregistration_delay.timeout_seconds'].Value\" --output text\n{}",
        names.arn(),
        GROUP.drains
    );
    scene.show("group", "grace-of-a-minute", vec![shown(Json, text)]);
}

fn target_health(scene: &mut Scene, facts: &Facts<'_>, history: &History) {
    let names = facts.names;
    let mut text = format!(
        "$ TG={}\n$ for n in $(seq {}); do sleep {EVERY}; echo \"$(date -u +%T) $(aws elbv2 describe-target-health --target-group-arn $TG --query \"join(' ', TargetHealthDescriptions[].join('/', [Target.Id, TargetHealth.State, TargetHealth.Reason || '-']))\" --output text)\"; done | uniq -f1\n",
        names.arn(),
        WATCHED / EVERY
    );
    let state = |state: State| match state {
        State::Initial => "initial",
        State::Healthy => "healthy",
        State::Unhealthy => "unhealthy",
        State::Unused => "unused",
        State::Draining => "draining",
    };
    let mut last = None;
    let mut before: Vec<(usize, balancer::Health)> = Vec::new();
    let mut seen = BTreeSet::new();
    for step in 1..=WATCHED / EVERY {
        let second = names.now + step * EVERY;
        let targets = history.targets_at(second);
        let entries: Vec<String> = targets
            .iter()
            .map(|(life, health)| {
                let reason = health.reason.map_or("-", balancer::Reason::code);
                format!("{}/{}/{reason}", names.instance(*life).id, state(health.state))
            })
            .collect();
        let line = entries.join(" ");
        if last.as_ref() != Some(&line) {
            let _ = writeln!(text, "{} {line}", names.at(second).format("%T"));
            last = Some(line);
        }
        for (life, health) in targets.iter().filter(|(_, health)| health.state == State::Unhealthy) {
            let former = before.iter().find(|(other, _)| other == life).map(|(_, health)| health.state);
            let word = match (health.reason, former) {
                (Some(balancer::Reason::ResponseCodeMismatch(_)), _) => "another-code",
                (Some(balancer::Reason::Timeout), _) => "no-answer-in-time",
                (_, Some(State::Initial)) => "no-connection-before-it-passed",
                (_, Some(State::Healthy)) => "no-connection-after-it-passed",
                _ => continue,
            };
            seen.insert(word);
        }
        before = targets;
    }
    let finding = seen.first().copied().unwrap_or("never-unhealthy");
    scene.show("target-health", finding, vec![shown(Command, text)]);
}

fn errors(scene: &mut Scene, facts: &Facts<'_>, traffic: &Traffic) {
    let names = facts.names;
    let into_minute = u64::from(names.at(names.now).second());
    let start = names.now - into_minute - MINUTES * 60;
    let labels = [
        "HTTPCode_Target_2XX_Count",
        "HTTPCode_ELB_502_Count",
        "HTTPCode_ELB_503_Count",
        "HTTPCode_ELB_504_Count",
    ];
    let codes = [200, 502, 503, 504];
    let mut points: [Vec<f64>; 4] = Default::default();
    let mut statuses = BTreeSet::new();
    let mut text = format!(
        "$ jq -r '.MetricDataQueries[].Label // empty' alb.json\n{}\n$ aws cloudwatch get-metric-data --cli-input-json file://alb.json --scan-by TimestampAscending | jq -r '[.MetricDataResults[0].Timestamps, .MetricDataResults[].Values] | transpose[] | @tsv'\n",
        labels.join("\n")
    );
    for minute in 0..MINUTES {
        let mut counts = [0u64; 4];
        for second in start + minute * 60..start + (minute + 1) * 60 {
            let status = traffic.status(second);
            statuses.insert(status);
            if let Some(index) = codes.iter().position(|code| *code == status) {
                counts[index] += names.rate + second % 3;
            }
        }
        let time = names.at(start + minute * 60);
        let _ = write!(text, "{}+00:00", time.format("%Y-%m-%dT%H:%M:%S"));
        for (series, count) in points.iter_mut().zip(counts) {
            series.push(count as f64);
            let _ = write!(text, "\t{count}");
        }
        text.push('\n');
    }
    scene.show("errors", mixture(&statuses), vec![shown(Metric, text)]);
    if let Some(view) = scene.views.get_mut("errors") {
        view.series.extend(labels.into_iter().zip(points).map(|(label, points)| Series {
            name: label.to_owned(),
            unit: "Count".to_owned(),
            start: stamp(names.at(start)),
            step_seconds: 60,
            points,
        }));
    }
}

fn access_log(scene: &mut Scene, facts: &Facts<'_>, traffic: &Traffic) {
    let names = facts.names;
    let front = Front {
        elb: format!("app/{}/{}", names.group(), names.balancer),
        target_group: names.arn(),
        host: format!("www.{}.example", names.service),
        certificate: Some(format!(
            "arn:aws:acm:{REGION}:{}:certificate/7c1f0a52-3f6e-4b0c-9d15-2f8f0c3f9a41",
            names.account
        )),
    };
    let mut text = format!(
        "$ zcat *_app.{}.{}_*.log.gz | sort -k2 | awk '$9 FS $5 != k {{ k = $9 FS $5; print }}' | tail -n 9\n",
        names.group(),
        names.balancer
    );
    let mut lines = Vec::new();
    let mut last: Option<(u16, Option<usize>)> = None;
    // Files are delivered every five minutes: the newest minutes are not there yet.
    for second in names.now - 1500..names.now - 300 {
        let Some((outcome, life)) = traffic.at(second) else { continue };
        let met = (outcome.elb_status, *life);
        if last == Some(met) {
            continue;
        }
        // The first of what was there before the file began is no change.
        let first = last.replace(met).is_none();
        if first {
            continue;
        }
        let place = lines.len();
        let created = names.at(second).and_utc().timestamp_millis().unsigned_abs() + (second * 131) % 700;
        let entry = Entry {
            front: front.clone(),
            created,
            time: 0,
            micros: u32::try_from((second * 53) % 1000).unwrap_or(0),
            client: (names.client, 40_000 + u16::try_from(second % 9000).unwrap_or(0)),
            target: None,
            times: [None; 3],
            elb_status: 0,
            target_status: None,
            bytes: (412, if outcome.elb_status == 200 { 5127 } else { 277 }),
            request: ("GET".to_owned(), "/".to_owned()),
            user_agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36".to_owned(),
            trace: format!(
                "Root=1-{:08x}-{}",
                names.at(second).and_utc().timestamp(),
                names.traces.get(place % names.traces.len().max(1)).map_or("", String::as_str)
            ),
            rule: Some(0),
            action: Action::Forward,
            connection: format!("TID_{}", names.target_group.chars().rev().collect::<String>().repeat(2)),
        };
        let address = life.map_or(Ipv4Addr::UNSPECIFIED, |life| names.address(life));
        lines.push((outcome.elb_status, entry.with(outcome, (address, PORT)).to_string()));
    }
    let mut statuses = BTreeSet::new();
    for (status, line) in lines.iter().skip(lines.len().saturating_sub(9)) {
        statuses.insert(*status);
        let _ = writeln!(text, "{line}");
    }
    scene.show("access-log", mixture(&statuses), vec![shown(Log, text)]);
}

/// The last instances whose application has been started long enough ago to tell how it went.
fn told(facts: &Facts<'_>, history: &History) -> Vec<usize> {
    let lives = history.lives.iter().enumerate();
    let mut told: Vec<usize> = lives
        .filter(|(_, life)| life.terminating.is_some_and(|at| at < facts.names.now))
        .map(|(index, _)| index)
        .collect();
    told.drain(..told.len().saturating_sub(3));
    told
}

fn app_log(scene: &mut Scene, facts: &Facts<'_>, history: &History) {
    let names = facts.names;
    let (service, now) = (names.service, names.at(names.now));
    let mut title = service.to_owned();
    title.get_mut(..1).into_iter().for_each(str::make_ascii_uppercase);
    let mut rows: Vec<(NaiveDateTime, String, String)> = Vec::new();
    let mut line =
        |at: NaiveDateTime, id: &str, pid: u32, level: &str, thread: &str, class: &str, message: String| {
            let text = format!(
                "{}Z {level:>5} {pid} --- [{thread:>15}] {class:<40} : {message}",
                at.format("%Y-%m-%dT%H:%M:%S%.3f")
            );
            rows.push((at, id.to_owned(), text));
        };
    let own = format!("tw.example.{service}.{title}Application");
    let mut start = |at: NaiveDateTime, id: &str, pid: u32, version: &str, takes: u64, port: u16| {
        line(
            at,
            id,
            pid,
            "INFO",
            "main",
            &own,
            format!(
                "Starting {title}Application v{version} using Java 17.0.13 with PID {pid} (/opt/{service}/{service}.jar started by {service} in /opt/{service})"
            ),
        );
        let open = at + millis(takes);
        line(
            open,
            id,
            pid,
            "INFO",
            "main",
            "o.s.b.w.embedded.tomcat.TomcatWebServer",
            format!("Tomcat started on port {port} (http) with context path ''"),
        );
        line(
            open + millis(9),
            id,
            pid,
            "INFO",
            "main",
            &own,
            format!(
                "Started {title}Application in {}.{:03} seconds (process running for {}.{:03})",
                takes / 1000,
                takes % 1000,
                (takes + 1214) / 1000,
                (takes + 1214) % 1000
            ),
        );
    };
    let former = names.released - TimeDelta::hours(31);
    start(former, &names.former, 702, &names.old_version, names.former_start, PORT);
    let told = told(facts, history);
    let lives =
        || told.iter().filter_map(|life| Some((*life, history.lives.get(*life)?, names.instance(*life))));
    for (_, life, instance) in lives() {
        let takes = if facts.starts_as_before { instance.quick } else { instance.slow };
        // The port is open by the full second.
        let early = (takes.div_ceil(1000) * 1000 - takes) / 2;
        let at = names.at(life.launched + instance.boots) + millis(early);
        start(at, &instance.id, instance.pid, &names.version, takes, facts.port);
    }
    let mut finding =
        if facts.starts_as_before { "starts-as-before" } else { "starts-three-times-as-slowly" };
    for (index, life, instance) in lives() {
        let pid = instance.pid;
        let opened = facts.ready(index);
        if facts.ends == Some(End::Exits)
            && let Some(end) = facts.end(index)
        {
            finding = "exits";
            let at = names.at(life.launched + end) - millis(u64::from(pid % 400) + 60);
            let class = format!("tw.example.{service}.PriceListRefresh");
            line(
                at,
                &instance.id,
                pid,
                "ERROR",
                "scheduling-1",
                &class,
                "price list 2026-B has no currency".to_owned(),
            );
            line(
                at + millis(3),
                &instance.id,
                pid,
                "ERROR",
                "scheduling-1",
                &class,
                "no price list to work with, exiting with status 1".to_owned(),
            );
        }
        // The load balancer's checks as the application sees them, once its port is open.
        let first = life.launched + instance.birth.first_check;
        let mut checks = (0..8).map(|place| first + place * u64::from(GROUP.check.interval));
        if let Some(check) = checks.find(|check| *check >= life.launched + opened + 2) {
            if !facts.knows_path {
                finding = "no-such-path";
                line(
                    names.at(check) + millis(u64::from(pid)),
                    &instance.id,
                    pid,
                    "WARN",
                    "nio-8080-exec-1",
                    "o.s.web.servlet.PageNotFound",
                    "No mapping for GET /healthz".to_owned(),
                );
            }
            if !facts.answers_in_time {
                finding = "waits-for-a-dependency";
                let at = names.at(check + 9) + millis(u64::from(pid) + 41);
                line(
                    at,
                    &instance.id,
                    pid,
                    "WARN",
                    "nio-8080-exec-1",
                    &format!("tw.example.{service}.HealthEndpoint"),
                    "GET /healthz: stock service answered after 9041 ms".to_owned(),
                );
            }
        }
        if facts.port != PORT {
            finding = "another-port";
        }
    }
    rows.sort_by_key(|(time, ..)| *time);
    let mut text = format!(
        "$ aws logs filter-log-events --log-group-name /{service}/app --log-stream-names {} {} --start-time {} --end-time {} --filter-pattern '?Starting ?Started ?\"started on port\" ?WARN ?ERROR' --query 'events[].[logStreamName,message]' --output text\n",
        names.former,
        told.iter().map(|life| names.instance(*life).id.as_str()).collect::<Vec<_>>().join(" "),
        (names.released - TimeDelta::hours(32)).and_utc().timestamp_millis(),
        now.and_utc().timestamp_millis()
    );
    for (_, id, message) in rows {
        let _ = writeln!(text, "{id}\t{message}");
    }
    scene.show("app-log", finding, vec![shown(Log, text)]);
}

fn kernel_log(scene: &mut Scene, facts: &Facts<'_>, history: &History) {
    let names = facts.names;
    let service = names.service;
    let mut text = format!(
        "$ aws logs filter-log-events --log-group-name /{service}/kernel --log-stream-names {} --start-time {} --end-time {} --filter-pattern '?\"Linux version\" ?\"Out of memory\"' --query 'events[].[logStreamName,message]' --output text\n",
        told(facts, history)
            .into_iter()
            .map(|life| names.instance(life).id.as_str())
            .collect::<Vec<_>>()
            .join(" "),
        names.released.and_utc().timestamp_millis(),
        names.at(names.now).and_utc().timestamp_millis()
    );
    let mut finding = "no-kill";
    for index in told(facts, history) {
        let Some(life) = history.lives.get(index) else { continue };
        let instance = names.instance(index);
        let line = |at: u64, message: &str| {
            let host = names.address(index).to_string().replace('.', "-");
            format!("{}\t{} ip-{host} kernel: {message}\n", instance.id, names.at(at).format("%b %e %T"))
        };
        text.push_str(&line(
            life.launched + instance.birth.in_service - 6,
            "Linux version 6.1.0-40-cloud-amd64 (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40) #1 SMP PREEMPT_DYNAMIC Debian 6.1.153-1 (2025-09-20)",
        ));
        if facts.ends == Some(End::Killed)
            && let Some(end) = facts.end(index)
        {
            finding = "killed";
            text.push_str(&line(
                life.launched + end,
                &format!(
                    "Out of memory: Killed process {} (java) total-vm:9874316kB, anon-rss:{}kB, file-rss:0kB, shmem-rss:0kB, UID:998 pgtables:8004kB oom_score_adj:0",
                    instance.pid,
                    3_640_112 + u64::from(instance.host) * 44
                ),
            ));
        }
    }
    scene.show("kernel-log", finding, vec![shown(Log, text)]);
}

fn resources(scene: &mut Scene, facts: &Facts<'_>, history: &History, traffic: &Traffic) {
    let names = facts.names;
    let into_minute = u64::from(names.at(names.now).second());
    let start = names.now - into_minute - MINUTES * 60;
    let mut text = "$ jq -r '.MetricDataQueries[].Label // empty' group.json\nCPUUtilization\nmem_used_percent\n$ aws cloudwatch get-metric-data --cli-input-json file://group.json --scan-by TimestampAscending | jq -r '[.MetricDataResults[0].Timestamps, .MetricDataResults[].Values] | transpose[] | @tsv'\n".to_owned();
    let (mut cpu, mut memory) = (Vec::new(), Vec::new());
    // The group's newest instance in each second, and what it needs.
    let load = |second: u64| {
        let (index, life) =
            history.lives.iter().enumerate().rev().find(|(_, life)| life.launched + 30 <= second)?;
        let since = second - life.launched;
        let (instance, ready) = (facts.names.instance(index), facts.ready(index));
        let settled = f64::from(instance.memory);
        let boots = instance.boots;
        let open = facts.open(index, since);
        let busy = if since < boots {
            12.0
        } else if since < ready {
            58.0
        } else if open && traffic.status(second) == 200 {
            27.0
        } else {
            2.0
        };
        let grown = match (facts.ends, facts.end(index)) {
            (Some(End::Killed), Some(end)) if open => {
                settled + (97.0 - settled) * (since - ready) as f64 / (end - ready).max(1) as f64
            }
            (Some(_), Some(end)) if since >= end => 12.0,
            _ if since < boots => 11.0,
            _ => settled.min(11.0 + (settled - 11.0) * (since - boots) as f64 / 30.0),
        };
        Some((busy, grown))
    };
    let mut full = false;
    for minute in 0..MINUTES {
        let range = start + minute * 60..start + (minute + 1) * 60;
        let loads: Vec<(f64, f64)> = range.filter_map(load).collect();
        let count = (loads.len() as f64).max(1.0);
        let mean: f64 = loads.iter().map(|(busy, _)| busy).sum::<f64>() / count;
        let most = loads.iter().map(|(_, memory)| *memory).fold(0.0, f64::max);
        let jitter = ((start + minute) % 7) as f64 / 10.0;
        let (mean, most) = (((mean + jitter) * 10.0).round() / 10.0, (most * 10.0).round() / 10.0);
        full |= most > 90.0;
        cpu.push(mean);
        memory.push(most);
        let time = names.at(start + minute * 60);
        let _ = writeln!(text, "{}+00:00\t{mean}\t{most}", time.format("%Y-%m-%dT%H:%M:%S"));
    }
    scene.show("resources", if full { "memory-full" } else { "normal" }, vec![shown(Metric, text)]);
    if let Some(view) = scene.views.get_mut("resources") {
        view.series.extend([("CPUUtilization", cpu), ("mem_used_percent", memory)].map(|(name, points)| {
            Series {
                name: name.to_owned(),
                unit: "Percent".to_owned(),
                start: stamp(names.at(start)),
                step_seconds: 60,
                points,
            }
        }));
    }
}

fn trail(scene: &mut Scene, facts: &Facts<'_>, history: &History) {
    let names = facts.names;
    let group = names.group();
    let admin = names.role(&format!("PlatformAdmin/{}", names.admin));
    let pipeline = names.role(&format!("{}-deploy/release", names.service));
    let spot = "ec2.amazonaws.com".to_owned();
    let revoked = |id: &str, port: u16| json!({ "groupId": id, "ipPermissions": { "items": [{ "ipProtocol": "tcp", "fromPort": port, "toPort": port }] } });
    let evicted = |id: &str| json!({ "instanceIdSet": [id] });
    let before = |seconds: i64| names.released - TimeDelta::seconds(seconds);
    let mut events = vec![
        (
            before(2710),
            admin.clone(),
            "RevokeSecurityGroupIngress",
            revoked(
                if facts.let_in { &names.legacy_group } else { &names.group_id },
                if facts.let_in { 22 } else { PORT },
            ),
        ),
        (before(1325), spot.clone(), "BidEvictedEvent", evicted(&names.batch)),
        (
            before(96),
            pipeline.clone(),
            "CreateLaunchTemplateVersion",
            json!({ "CreateLaunchTemplateVersionRequest": { "LaunchTemplateId": names.template, "VersionDescription": format!("{} {}", names.service, names.version) } }),
        ),
        (
            before(4),
            pipeline,
            "TerminateInstanceInAutoScalingGroup",
            json!({ "instanceId": names.former, "shouldDecrementDesiredCapacity": false }),
        ),
    ];
    let mut finding =
        if facts.let_in { "another-group-and-another-spot-instance" } else { "own-group-closed" };
    if !facts.let_in {
        events[0].0 = before(40);
    }
    if facts.spot {
        finding = "own-instances-evicted";
        for (index, life) in history.lives.iter().enumerate() {
            let instance = names.instance(index);
            let at = life.launched + instance.interrupted;
            if at < names.now {
                events.push((names.at(at), spot.clone(), "BidEvictedEvent", evicted(&instance.id)));
            }
        }
    }
    events.sort_by_key(|(time, ..)| std::cmp::Reverse(*time));
    let mut text = format!(
        "$ aws ec2 describe-instances --filters Name=tag:aws:autoscaling:groupName,Values={group} Name=instance-state-name,Values=pending,running,shutting-down --query 'Reservations[].Instances[].[SecurityGroups[0].GroupId,LaunchTime]' --output text | sort -k2 | tail -n 1\n{}\t{}+00:00\n$ aws cloudtrail lookup-events --start-time {} --end-time {} --query 'Events[].[CloudTrailEvent]' --output text | jq -c 'select(.eventName | test(\"SecurityGroup|LaunchTemplate|AutoScalingGroup|BidEvicted\")) | [.eventTime, .userIdentity.arn // .userIdentity.invokedBy, .eventName, .requestParameters // .serviceEventDetails]'\n",
        names.group_id,
        history
            .lives
            .iter()
            .rev()
            .find(|life| life.launched <= names.now)
            .map(|life| names.at(life.launched).format("%Y-%m-%dT%H:%M:%S").to_string())
            .unwrap_or_default(),
        stamp(before(5400)),
        stamp(names.at(names.now))
    );
    for (time, who, what, parameters) in events {
        let _ = writeln!(text, r#"["{}","{who}","{what}",{parameters}]"#, stamp(time));
    }
    scene.show("cloudtrail", finding, vec![shown(Log, text)]);
}
