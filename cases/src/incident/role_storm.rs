//! I14: sessions of chained roles that all run out in the same half minute, and a quota of calls that does not.
//!
//! Rules: a session of a chained role lasts at most an hour, one from `AssumeRoleWithWebIdentity` as long as the role allows
//! (IAM User Guide, "Methods to assume a role"); AWS STS serves 600 requests a second for an account and Region, over
//! `AssumeRole`, `GetCallerIdentity` and some more together, and across accounts it is the caller's quota that counts (ibid.,
//! "IAM and AWS STS quotas", as of 2026); an SDK in standard mode tries three times in all with a random pause of up to a
//! second, then two (AWS SDKs and Tools Reference Guide, "Retry behavior").
//!
//! The calls are worked out second by second: what is asked for, what of it the quota serves (each kind in proportion), what
//! comes back as a retry, and who gives up. The model refuses what is over 600 in a second; the real service has a bucket of
//! tokens that lets short peaks pass.

use std::fmt::Write as _;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta, Timelike as _};

use super::{Scene, Series, World, shown};
use crate::cloud::Draw;
use crate::cloud::iam::{self, Attached, Kind, Policy, Principal, Request, Statement, Verdict, decide};
use crate::model::EvidenceType::{Command, Config, Json, Log, Metric};

pub(super) const WORLD: World = World {
    id: "I14",
    version: 2,
    causes: &[
        "refresh-in-step",
        "no-reuse",
        "other-workload",
        "identity-probe",
        "broker-trust",
        "external-id",
        "clock-skew",
        "duration-over-cap",
    ],
    build,
};

const REGION: &str = "ap-northeast-1";
/// What STS serves in a second, for an account and Region.
const QUOTA: u32 = 600;
/// Worker processes in a pod, each with a cache of its own.
const PROCESSES: u32 = 8;
/// Pods that run all day.
const BASE_PODS: u32 = 6;
/// The minutes that are looked at; the scale-out begins in the five minutes after the thirtieth.
const MINUTES: i64 = 175;
const BEFORE: i64 = 30;
/// The hour that tables are about: its first and last minute.
const HOUR: (i64, i64) = (115, 175);
const ZONES: [&str; 3] = ["a", "b", "c"];

/// What is drawn before the cause is looked at.
struct Names {
    account: String,
    cluster: &'static str,
    pods: u32,
    tenants: u32,
    direct: u32,
    /// Chained logins a second, by minute.
    rate: Vec<u32>,
    /// Other calls to STS of the account, by minute.
    others: Vec<u32>,
    /// The minute after the full hour since the scale-out when the inventory runs.
    inventory_minute: i64,
    inventory: &'static str,
    /// Public addresses of the NAT gateways, by zone, and the one that zone c had before.
    gateways: [(String, String); 3],
    former: String,
    gateway_replaced: NaiveDateTime,
    released: NaiveDateTime,
    release: u32,
    tenant_edited: NaiveDateTime,
    admin: &'static str,
    /// Seconds that the clocks of a zone are behind where they are.
    behind: i64,
    /// Tenants in the examples, and whose external ids changed.
    examples: Vec<u32>,
    rotated: u32,
    /// By zone, in turn: a, b, c, a, b, c.
    pod_names: Vec<String>,
    session: String,
    ids: Vec<String>,
    /// When the scheduled scale-out began.
    scaled: NaiveDateTime,
    /// The second of the run when it did.
    zero: i64,
}

/// The world: what each thing really is.
struct Facts<'a> {
    names: &'a Names,
    /// Pods of the scale-out start within half a minute, rather than over an hour.
    together: bool,
    /// A login finds the credentials that an earlier one left.
    reuses: bool,
    /// The inventory calls STS for every account, every hour.
    inventory: bool,
    /// Each chained login asks twice who it is.
    probes: bool,
    /// The broker's trust policy lists all gateways' addresses.
    all_gateways: bool,
    /// Zone c has the tenants' current external ids.
    current_ids: bool,
    clocks_right: bool,
    /// Seconds that chained sessions are asked for in zone c.
    duration: u32,
}

/// What happened, by second.
struct Run {
    /// Calls served: first hop, second hop, GetCallerIdentity, inventory, others.
    served: Vec<[u32; 5]>,
    /// All of them.
    calls: Vec<u32>,
    /// Chains of two calls that gave up, and identity checks that did.
    gave_up: Vec<(u32, u32)>,
    /// Failed logins by minute: chained, direct.
    failed: Vec<(u32, u32)>,
}

/// Why a login fails.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reason {
    Throttled(&'static str),
    DeniedAtBroker,
    DeniedAtTenant,
    SignatureExpired,
    DurationRefused,
}

fn build(draw: &mut Draw, cause: &str) -> Scene {
    let names = names(draw);
    let mut facts = Facts {
        names: &names,
        together: false,
        reuses: true,
        inventory: false,
        probes: false,
        all_gateways: true,
        current_ids: true,
        clocks_right: true,
        duration: 3600,
    };
    match cause {
        "no-reuse" => {
            facts.together = true;
            facts.reuses = false;
        }
        "other-workload" => facts.inventory = true,
        "identity-probe" => facts.probes = true,
        "broker-trust" => facts.all_gateways = false,
        "external-id" => facts.current_ids = false,
        "clock-skew" => facts.clocks_right = false,
        "duration-over-cap" => facts.duration = 7200,
        _ => facts.together = true,
    }
    let run = facts.run();
    let mut scene = Scene::default();
    for (name, value) in [
        ("cluster", names.cluster.to_owned()),
        ("pods", names.pods.to_string()),
        ("workers", ((names.pods - BASE_PODS) * PROCESSES).to_string()),
        ("tenants", names.tenants.to_string()),
        ("direct", names.direct.to_string()),
        ("calls", ((names.pods - BASE_PODS) * PROCESSES * names.tenants * 2).to_string()),
        ("inventory", names.inventory.to_owned()),
        ("release", names.release.to_string()),
        ("time", names.scaled.format("%H:%M").to_string()),
    ] {
        scene.name(name, value);
    }
    login_metrics(&mut scene, &facts, &run);
    app_error(&mut scene, &facts, &run);
    by_pair(&mut scene, &facts, &run);
    rate(&mut scene, &facts, &run);
    callers(&mut scene, &facts, &run);
    session_age(&mut scene, &facts, &run);
    starts(&mut scene, &facts);
    config(&mut scene, &facts);
    trust(&mut scene, &facts);
    external_ids(&mut scene, &facts);
    clocks(&mut scene, &facts);
    changes(&mut scene, &facts);
    scene
}

fn names(draw: &mut Draw) -> Names {
    let day = NaiveDate::from_ymd_opt(2026, draw.int(2, 10), draw.int(14, 27)).unwrap_or_default();
    let minute: u32 = draw.int(0, 59);
    let scaled = day.and_hms_opt(draw.int(1, 8), minute, draw.int(4, 20)).unwrap_or_default();
    // Metrics and tables begin at full five minutes.
    let zero = BEFORE * 60 + i64::from(minute % 5 * 60 + scaled.second());
    let (low, high) = (draw.int(24u32, 40), draw.int(332u32, 352));
    let rate = (0..MINUTES).map(|minute| {
        let noise = draw.int(0u32, 16);
        match minute - zero / 60 {
            ..0 => low + noise / 4,
            ramp @ 0..20 => low + (high - low) * u32::try_from(ramp).unwrap_or(0) / 20 + noise / 2,
            _ => high + noise - 8,
        }
    });
    let rate = rate.collect();
    let others = (0..MINUTES).map(|_| draw.int(170, 230)).collect();
    let address = |draw: &mut Draw, low: u8| format!("203.0.113.{}", draw.int(low, low + 39));
    let mut gateway = |low| (format!("nat-0{}", draw.hex(16)), address(draw, low));
    let gateways = [gateway(1), gateway(41), gateway(81)];
    Names {
        account: format!("{:012}", draw.number(100_000_000_000, 999_999_999_999)),
        cluster: *draw.pick(&["id-prod", "login-prod", "portal-prod", "sso-prod"]),
        pods: draw.int(58, 68),
        tenants: draw.int(44, 56),
        direct: draw.int(18, 31),
        rate,
        others,
        inventory_minute: draw.int(28, 50),
        inventory: *draw.pick(&["asset-inventory", "config-scanner", "cost-collector"]),
        gateways,
        former: address(draw, 121),
        gateway_replaced: scaled - TimeDelta::minutes(draw.int(3 * 1440, 9 * 1440)),
        released: scaled - TimeDelta::minutes(draw.int(1440, 2 * 1440)),
        release: draw.int(212, 498),
        tenant_edited: scaled - TimeDelta::minutes(draw.int(5 * 1440, 11 * 1440)),
        admin: *draw.pick(&["kevin.lin", "amy.chen", "jason.wu", "sandy.hsu"]),
        behind: draw.int(386, 839),
        examples: draw.some(&(1..=44).collect::<Vec<u32>>(), 8),
        rotated: draw.int(4, 7),
        pod_names: {
            let set = draw.pod_template_hash();
            (0..6).map(|_| format!("login-worker-{set}-{}", draw.pod_suffix())).collect()
        },
        session: draw.hex(10),
        ids: (0..16).map(|_| draw.hex(8)).collect(),
        scaled,
        zero,
    }
}

fn stamp(time: NaiveDateTime) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A second of the run as an index.
fn place(second: i64) -> usize {
    usize::try_from(second).unwrap_or(0)
}

impl Names {
    /// A second of the run.
    fn at(&self, second: i64) -> NaiveDateTime {
        self.scaled + TimeDelta::seconds(second - self.zero)
    }

    fn pairs(&self) -> u32 {
        self.pods * PROCESSES * self.tenants
    }

    fn tenant(number: u32) -> String {
        format!("t-{:04}", 1000 + number * 37)
    }

    /// The account of a tenant, somewhere else.
    fn tenant_account(number: u32) -> String {
        format!("{:012}", 210_000_000_000u64 + u64::from(number) * 7_919_113_427)
    }

    fn broker_arn(&self) -> String {
        format!("arn:aws:iam::{}:role/tenant-broker", self.account)
    }

    fn example(&self, index: usize) -> u32 {
        self.examples.get(index).copied().unwrap_or(1)
    }

    fn pod(&self, index: usize) -> &str {
        self.pod_names.get(index % 6).map_or("", String::as_str)
    }

    fn external_id(&self, index: usize) -> &str {
        self.ids.get(index).map_or("", String::as_str)
    }

    /// The sum of chained logins over some minutes of the run.
    fn logins(&self, minutes: std::ops::Range<usize>) -> u32 {
        minutes.filter_map(|minute| self.rate.get(minute)).map(|rate| rate * 60).sum()
    }
}

/// Direct logins for so many chained ones.
fn direct_of(chained: u32) -> u32 {
    chained * 3 / 5
}

/// Serves what the quota has room for, each kind in proportion; what is left over goes round in their order.
fn serve<const N: usize>(asked: &[u32; N]) -> [u32; N] {
    let total: u32 = asked.iter().sum();
    if total <= QUOTA {
        return *asked;
    }
    let mut served = asked.map(|one| one * QUOTA / total);
    let mut left = QUOTA - served.iter().sum::<u32>();
    for (served, asked) in served.iter_mut().zip(asked) {
        if left > 0 && *served < *asked {
            *served += 1;
            left -= 1;
        }
    }
    served
}

impl Facts<'_> {
    /// When each pod started, in seconds of the run.
    fn starts(&self) -> Vec<i64> {
        let scaled = self.names.zero;
        let base = (0..i64::from(BASE_PODS)).map(|pod| scaled - 10_000 - pod * 613);
        let more = i64::from(self.names.pods - BASE_PODS);
        let over = if self.together { 25 } else { 3480 };
        base.chain((0..more).map(|pod| scaled + pod * over / more)).collect()
    }

    /// Renewals that fall due in each second: a process asks for all its tenants when its hour is over.
    fn due(&self) -> Vec<u32> {
        let tenants = self.names.tenants;
        let mut due = vec![0u32; place(MINUTES * 60)];
        for start in self.starts().into_iter().filter(|_| self.reuses) {
            for hour in 0..8 {
                // It takes six seconds for that.
                for step in 0..6u32 {
                    let second = start + hour * 3600 + i64::from(step);
                    if second >= 0
                        && let Some(calls) = due.get_mut(place(second))
                    {
                        *calls += PROCESSES * (tenants * (step + 1) / 6 - tenants * step / 6);
                    }
                }
            }
        }
        due
    }

    /// The calls of the whole time, second by second.
    fn run(&self) -> Run {
        let names = self.names;
        let length = place(MINUTES * 60);
        let due = self.due();
        // What is asked for in the coming seconds, by second modulo eight: first hop, second hop, GetCallerIdentity, each
        // at its first, second and third attempt.
        let mut coming = [[0u32; 9]; 8];
        // Pairs that gave up and wait, likewise.
        let mut waiting = [0u32; 8];
        let mut run = Run {
            served: vec![[0; 5]; length],
            calls: Vec::with_capacity(length),
            gave_up: vec![(0, 0); length],
            failed: vec![(0, 0); length / 60],
        };
        // Logins times pairs without credentials.
        let mut weighed = vec![0u64; length / 60];
        for (now, ((served_now, gave_up), due)) in
            run.served.iter_mut().zip(&mut run.gave_up).zip(due).enumerate()
        {
            let (minute, in_minute) = (now / 60, u32::try_from(now % 60).unwrap_or(0));
            let (chained, others) = (names.rate[minute], names.others[minute]);
            let since = i64::try_from(now).unwrap_or(0) - names.zero;
            let scan = since - names.inventory_minute * 60;
            let mut asked = [0u32; 11];
            asked[..9].copy_from_slice(&coming[now % 8]);
            coming[now % 8] = [0; 9];
            asked[0] += if self.reuses { due } else { chained };
            asked[6] += if self.probes { 2 * chained } else { 0 };
            asked[9] = match scan >= 0 && scan % 3600 < 180 {
                true if self.inventory => 3600,
                true => 2,
                false => 0,
            };
            asked[10] = others * (in_minute + 1) / 60 - others * in_minute / 60;
            let served = serve(&asked);
            let hops = |from: usize| served[from] + served[from + 1] + served[from + 2];
            *served_now = [hops(0), hops(3), hops(6), served[9], served[10]];
            run.calls.push(hops(0) + hops(3) + hops(6) + served[9] + served[10]);
            coming[(now + 1) % 8][3] += hops(0);
            for from in [0, 3, 6].into_iter().filter(|_| served != asked) {
                let refused = |attempt: usize| asked[from + attempt] - served[from + attempt];
                // Again after a pause of up to a second; then of up to two.
                coming[(now + 1) % 8][from + 1] += refused(0);
                coming[(now + 1) % 8][from + 2] += refused(1) / 2;
                coming[(now + 2) % 8][from + 2] += refused(1).div_ceil(2);
                *(if from == 6 { &mut gave_up.1 } else { &mut gave_up.0 }) += refused(2);
            }
            let failed = &mut run.failed[minute];
            failed.0 += gave_up.1;
            if self.reuses {
                // A pair that gave up starts again after five seconds; its logins fail until then. Pods get no logins
                // before they have credentials.
                coming[(now + 5) % 8][0] += gave_up.0;
                for later in 0..5 {
                    waiting[(now + later) % 8] += gave_up.0;
                }
                if since >= 600 {
                    weighed[minute] += u64::from(chained) * u64::from(waiting[now % 8]);
                }
                waiting[now % 8] = 0;
            } else {
                failed.0 += gave_up.0;
            }
            // What does not depend on the rate of calls: a third of a minute's logins comes to zone c.
            if since >= 20 * 60 && in_minute == 0 {
                let there = chained * 20;
                match self.reason_elsewhere() {
                    Some(Reason::DeniedAtTenant) => failed.0 += there * names.rotated / names.tenants,
                    Some(Reason::SignatureExpired) => {
                        failed.0 += there;
                        failed.1 += direct_of(there);
                    }
                    Some(_) => failed.0 += there,
                    None => {}
                }
            }
        }
        for (failed, weighed) in run.failed.iter_mut().zip(weighed) {
            failed.0 += u32::try_from(weighed.div_ceil(u64::from(names.pairs().max(1)))).unwrap_or(0);
        }
        run
    }

    /// Whether a request from a zone's gateway to the broker, and one of zone c to a tenant, are allowed.
    fn broker_allows(&self, zone: usize) -> bool {
        let names = self.names;
        let caller = Principal::session(&names.account, "login-worker", &names.session);
        let broker = names.broker_arn();
        let address = names.gateways.get(zone).map_or("", |(_, address)| address);
        let request =
            Request::new(caller, "sts:AssumeRole", &broker, &names.account).with("aws:SourceIp", address);
        let own = Policy::new(vec![Statement::allow("", &["sts:AssumeRole"], &[&broker])]);
        let policies = vec![
            Attached::new(Kind::Identity, "", &names.account, own),
            Attached::new(Kind::Trust, "", &names.account, self.broker_trust()),
        ];
        let world = iam::World { policies, ..iam::World::default() };
        decide(&world, &request).verdict == Verdict::Allowed
    }

    fn tenant_allows(&self) -> bool {
        let names = self.names;
        let account = Names::tenant_account(names.example(0));
        let role = format!("arn:aws:iam::{account}:role/TenantAccess");
        let caller = Principal::session(&names.account, "tenant-broker", &names.session);
        let sent = names.external_id(if self.current_ids { 0 } else { 8 });
        let request = Request::new(caller, "sts:AssumeRole", &role, &account).with("sts:ExternalId", sent);
        let own = Policy::new(vec![Statement::allow(
            "",
            &["sts:AssumeRole"],
            &["arn:aws:iam::*:role/TenantAccess"],
        )]);
        let policies = vec![
            Attached::new(Kind::Identity, "", &names.account, own),
            Attached::new(Kind::Trust, "", &account, self.tenant_trust()),
        ];
        let world = iam::World { policies, ..iam::World::default() };
        decide(&world, &request).verdict == Verdict::Allowed
    }

    fn broker_trust(&self) -> Policy {
        let names = self.names;
        let mut addresses: Vec<String> =
            names.gateways.iter().map(|(_, address)| format!("{address}/32")).collect();
        if !self.all_gateways
            && let Some(last) = addresses.last_mut()
        {
            *last = format!("{}/32", names.former);
        }
        let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
        let worker = format!("arn:aws:iam::{}:role/login-worker", names.account);
        Policy::new(vec![Statement::allow("", &["sts:AssumeRole"], &[]).to(&[&worker]).when(
            "IpAddress",
            "aws:SourceIp",
            &addresses,
        )])
    }

    fn tenant_trust(&self) -> Policy {
        let names = self.names;
        Policy::new(vec![Statement::allow("", &["sts:AssumeRole"], &[]).to(&[&names.broker_arn()]).when(
            "StringEquals",
            "sts:ExternalId",
            &[names.external_id(0)],
        )])
    }

    /// Why logins in zone c fail whatever the rate of calls is.
    fn reason_elsewhere(&self) -> Option<Reason> {
        if !self.clocks_right {
            Some(Reason::SignatureExpired)
        } else if !self.all_gateways {
            Some(Reason::DeniedAtBroker)
        } else if self.duration > 3600 {
            Some(Reason::DurationRefused)
        } else if !self.current_ids {
            Some(Reason::DeniedAtTenant)
        } else {
            None
        }
    }

    /// Of what gave up, that which makes logins fail and shows in their log.
    fn gave_up(&self, (chains, checks): (u32, u32)) -> u32 {
        if self.probes { checks } else { chains }
    }

    fn reason(&self) -> Reason {
        let call = if self.probes { "GetCallerIdentity" } else { "AssumeRole" };
        self.reason_elsewhere().unwrap_or(Reason::Throttled(call))
    }
}

impl Run {
    fn per_minute(&self) -> Vec<u32> {
        self.calls.chunks(60).map(|minute| minute.iter().sum()).collect()
    }

    /// The most calls in a second.
    fn highest(&self) -> u32 {
        self.calls.iter().copied().max().unwrap_or(0)
    }

    /// Failures over the hour that the tables are about.
    fn failed_in_hour(&self) -> (u32, u32) {
        let minutes = self.failed.iter().skip(place(HOUR.0)).take(place(HOUR.1 - HOUR.0));
        minutes.fold((0, 0), |sum, minute| (sum.0 + minute.0, sum.1 + minute.1))
    }

    /// The five minutes of that hour with the most calls; the first such.
    fn busiest(&self) -> usize {
        let bins: Vec<u32> = self.per_minute().chunks(5).map(|bin| bin.iter().sum()).collect();
        let from = place(HOUR.0) / 5;
        let after = bins.iter().enumerate().skip(from).take(place(HOUR.1 - HOUR.0) / 5);
        let most = after.clone().map(|(_, calls)| *calls).max().unwrap_or(0);
        after.into_iter().find(|(_, calls)| **calls == most).map_or(from, |(bin, _)| bin)
    }
}

fn series(name: &str, names: &Names, points: Vec<f64>) -> Series {
    Series {
        name: name.to_owned(),
        unit: "Count".to_owned(),
        start: stamp(names.at(0)),
        step_seconds: 60,
        points,
    }
}

fn login_metrics(scene: &mut Scene, facts: &Facts<'_>, run: &Run) {
    let names = facts.names;
    let logins: Vec<u32> = names.rate.iter().map(|rate| rate * 60).collect();
    let failed: Vec<u32> = run.failed.iter().map(|minute| minute.0).collect();
    let query = |id: &str, metric: &str| {
        format!(
            r#"{{"Id":"{id}","MetricStat":{{"Metric":{{"Namespace":"Login","MetricName":"{metric}","Dimensions":[{{"Name":"RoleKind","Value":"chained"}}]}},"Period":300,"Stat":"Sum"}}}}"#
        )
    };
    let mut text = format!(
        "$ aws cloudwatch get-metric-data --start-time {} --end-time {} --scan-by TimestampAscending --metric-data-queries '[{},{}]' | jq -r '.MetricDataResults | [.[0].Timestamps, .[0].Values, .[1].Values] | transpose[] | @tsv'\n",
        stamp(names.at(0)),
        stamp(names.at(MINUTES * 60)),
        query("logins", "Logins"),
        query("failed", "LoginsFailed"),
    );
    for (bin, (logins, failed)) in logins.chunks(5).zip(failed.chunks(5)).enumerate() {
        let time = names.at(i64::try_from(bin).unwrap_or(0) * 300);
        let _ = writeln!(
            text,
            "{}+00:00\t{}\t{}",
            time.format("%Y-%m-%dT%H:%M:%S"),
            logins.iter().sum::<u32>(),
            failed.iter().sum::<u32>()
        );
    }
    let peak = failed.iter().skip(place(BEFORE + 25));
    let bad = peak.clone().filter(|failed| **failed > 0).count();
    let finding = if bad * 2 > peak.count() { "through-the-peak" } else { "hourly-spikes" };
    scene.show("login-metrics", finding, vec![shown(Metric, text)]);
    if let Some(view) = scene.views.get_mut("login-metrics") {
        let points = |list: &[u32]| list.iter().map(|value| f64::from(*value)).collect();
        view.series = vec![
            series("Logins (chained)", names, points(&logins)),
            series("LoginsFailed (chained)", names, points(&failed)),
        ];
    }
}

fn app_error(scene: &mut Scene, facts: &Facts<'_>, run: &Run) {
    let names = facts.names;
    let reason = facts.reason();
    let mut text = format!(
        "$ kubectl logs -n login -l app=login-worker --tail=-1 --since-time={} | jq -c 'select(.event == \"login_failed\")' | shuf -n 5 | sort\n",
        stamp(names.at(whole_hour().0))
    );
    let hour = whole_hour().0..whole_hour().1;
    // Seconds in which somebody gave up; where nobody does, logins fail all the time.
    let gave_up =
        |second: &i64| run.gave_up.get(place(*second)).is_some_and(|count| facts.gave_up(*count) > 0);
    let mut times: Vec<i64> = hour.clone().filter(gave_up).collect();
    if times.len() < 5 {
        times = hour.collect();
    }
    let some = (1..=5).filter_map(|line| times.get(times.len() * line / 6 + line % 2).copied());
    let times: Vec<i64> = some.collect();
    for (line, second) in times.into_iter().enumerate() {
        // The log's own clock is the node's: where it is behind, it is later than it says.
        let logged = names.at(second);
        let late = if reason == Reason::SignatureExpired { names.behind } else { 0 };
        let at = logged + TimeDelta::seconds(late);
        // Without a rate to blame, it is always zone c.
        let elsewhere = facts.reason_elsewhere().is_some();
        let zone = if elsewhere { 2 } else { line % 3 };
        let spread = if reason == Reason::DeniedAtTenant { 3 } else { 8 };
        let tenant = names.example(line % spread);
        let role = format!("arn:aws:iam::{}:role/TenantAccess", Names::tenant_account(tenant));
        let session = |role: &str| {
            format!("arn:aws:sts::{}:assumed-role/{role}/login-{}", names.account, names.session)
        };
        let error = match reason {
            Reason::Throttled(call) => format!(
                "An error occurred (Throttling) when calling the {call} operation (reached max retries: 2): Rate exceeded"
            ),
            Reason::DeniedAtBroker => format!(
                "An error occurred (AccessDenied) when calling the AssumeRole operation: User: {} is not authorized to perform: sts:AssumeRole on resource: {}",
                session("login-worker"),
                names.broker_arn()
            ),
            Reason::DeniedAtTenant => format!(
                "An error occurred (AccessDenied) when calling the AssumeRole operation: User: {} is not authorized to perform: sts:AssumeRole on resource: {role}",
                session("tenant-broker")
            ),
            Reason::SignatureExpired => {
                let short = |time: NaiveDateTime| time.format("%Y%m%dT%H%M%SZ").to_string();
                format!(
                    "An error occurred (SignatureDoesNotMatch) when calling the AssumeRole operation: Signature expired: {} is now earlier than {} ({} - 5 min.)",
                    short(logged),
                    short(at - TimeDelta::minutes(5)),
                    short(at)
                )
            }
            Reason::DurationRefused => "An error occurred (ValidationError) when calling the AssumeRole operation: The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.".to_owned(),
        };
        let pod = names.pod(if elsewhere { 2 + line % 2 * 3 } else { line });
        let _ = writeln!(
            text,
            r#"{{"time":"{}","level":"error","event":"login_failed","tenant":"{}","kind":"chained","zone":"{REGION}{}","pod":"{pod}","error":{}}}"#,
            stamp(logged),
            Names::tenant(tenant),
            ZONES.get(zone).copied().unwrap_or_default(),
            serde_json::Value::from(error)
        );
    }
    let finding = match reason {
        Reason::Throttled("AssumeRole") => "throttled-at-assume-role",
        Reason::Throttled(_) => "throttled-at-get-caller-identity",
        Reason::DeniedAtBroker => "denied-at-broker",
        Reason::DeniedAtTenant => "denied-at-tenant",
        Reason::SignatureExpired => "signature-expired",
        Reason::DurationRefused => "duration-refused",
    };
    scene.show("app-error", finding, vec![shown(Log, text)]);
}

/// A Logs Insights query from the shell, over the hour that the tables are about or a part of it.
fn insights(names: &Names, group: &str, (from, to): (i64, i64), query: &str, columns: &str) -> String {
    let epoch = |second: i64| names.at(second).and_utc().timestamp();
    format!(
        "$ id=$(aws logs start-query --log-group-name {group} --start-time {} --end-time {} --query-string '{query}' --query queryId --output text); sleep 20\n$ aws logs get-query-results --query-id $id | jq -r '.results[] | map(.value) | @tsv'   # {columns}\n",
        epoch(from),
        epoch(to) - 1,
    )
}

fn whole_hour() -> (i64, i64) {
    (HOUR.0 * 60, HOUR.1 * 60)
}

/// Shares a number among some, nearly alike.
fn shares(total: u32, among: u32) -> Vec<u32> {
    (0..among).map(|part| total * (part + 1) / among - total * part / among).collect()
}

fn by_pair(scene: &mut Scene, facts: &Facts<'_>, run: &Run) {
    let names = facts.names;
    let minutes = place(HOUR.0)..place(HOUR.1);
    let chained = names.logins(minutes);
    let direct = direct_of(chained);
    let (failed_chained, failed_direct) = run.failed_in_hour();
    let one_zone = facts.reason_elsewhere().is_some();
    let hit = match facts.reason() {
        Reason::DeniedAtTenant => names.rotated,
        _ => names.tenants,
    };
    let mut text = insights(
        names,
        "/login/worker",
        whole_hour(),
        "filter event in [\"login_ok\", \"login_failed\"] | fields strcontains(event, \"failed\") as bad | stats count(*) as logins, sum(bad) as failed, count_distinct(tenant) as tenants by kind, zone | sort kind, zone",
        "kind zone logins failed tenants",
    );
    let rows = [
        ("chained", chained, failed_chained, names.tenants),
        ("direct", direct, failed_direct, names.direct),
    ];
    for (kind, logins, failed, tenants) in rows {
        let logins = shares(logins, 3);
        let failed = if one_zone { vec![0, 0, failed] } else { shares(failed, 3) };
        for ((zone, logins), failed) in ZONES.iter().zip(logins).zip(failed) {
            let _ = writeln!(text, "{kind}\t{REGION}{zone}\t{logins}\t{failed}\t{tenants}");
        }
    }
    text += &insights(
        names,
        "/login/worker",
        whole_hour(),
        "filter event = \"login_failed\" | stats count_distinct(tenant) as tenants by kind | sort kind",
        "kind tenants",
    );
    let _ = writeln!(text, "chained\t{hit}");
    if failed_direct > 0 {
        let _ = writeln!(text, "direct\t{}", names.direct);
    }
    let finding = match (one_zone, failed_direct > 0, hit < names.tenants) {
        (false, ..) => "chained-in-every-zone",
        (true, true, _) => "both-kinds-in-one-zone",
        (true, false, true) => "some-tenants-in-one-zone",
        (true, false, false) => "chained-in-one-zone",
    };
    scene.show("by-pair", finding, vec![shown(Command, text)]);
}

fn rate(scene: &mut Scene, facts: &Facts<'_>, run: &Run) {
    let names = facts.names;
    let minutes = run.per_minute();
    let all = (0, MINUTES * 60);
    let served = "filter eventSource = \"sts.amazonaws.com\" and not ispresent(errorCode) and eventName not like /With(WebIdentity|SAML)/";
    let trail = "/cloudtrail/management";
    let mut text = insights(
        names,
        trail,
        all,
        &format!("{served} | stats count(*) as calls by bin(5m) as t | sort t"),
        "t calls",
    );
    let time = |second: i64| names.at(second).format("%Y-%m-%d %H:%M:%S.000").to_string();
    for (bin, calls) in (0..).zip(minutes.chunks(5)) {
        let _ = writeln!(text, "{}\t{}", time(bin * 300), calls.iter().sum::<u32>());
    }
    text += &insights(
        names,
        trail,
        whole_hour(),
        &format!("{served} | stats count(*) as calls by bin(1s) as t | sort calls desc, t | limit 8"),
        "t calls",
    );
    let mut seconds: Vec<(u32, i64)> = (whole_hour().0..whole_hour().1)
        .filter_map(|second| Some((*run.calls.get(place(second))?, second)))
        .collect();
    seconds.sort_by_key(|(calls, second)| (std::cmp::Reverse(*calls), *second));
    for (calls, second) in seconds.iter().take(8) {
        let _ = writeln!(text, "{}\t{calls}", time(*second));
    }
    // Minutes near what the quota serves in a minute, from the full peak on.
    let peak = minutes.iter().skip(place(BEFORE + 25));
    let full = peak.clone().filter(|calls| **calls > QUOTA * 55).count();
    let finding = if run.highest() < QUOTA {
        "below-the-quota"
    } else if full * 2 > peak.count() {
        "follows-the-logins"
    } else {
        "hourly-bursts"
    };
    scene.show("rate", finding, vec![shown(Command, text)]);
    if let Some(view) = scene.views.get_mut("rate") {
        let points = minutes.iter().map(|calls| f64::from(*calls)).collect();
        view.series = vec![series("STS calls served", names, points)];
    }
}

fn callers(scene: &mut Scene, facts: &Facts<'_>, run: &Run) {
    let names = facts.names;
    let bin = i64::try_from(run.busiest()).unwrap_or(0);
    let (from, to) = (bin * 300, bin * 300 + 300);
    let mut sum = [0u32; 5];
    for second in run.served.iter().skip(place(from)).take(300) {
        for (sum, calls) in sum.iter_mut().zip(second) {
            *sum += calls;
        }
    }
    let [first, second, probes, inventory, others] = sum;
    let mut rows = vec![
        (first, "login-worker", "AssumeRole"),
        (second, "tenant-broker", "AssumeRole"),
        (probes, "tenant-broker", "GetCallerIdentity"),
        (inventory, names.inventory, "AssumeRole"),
        (others * 2 / 3, "ci-deploy", "AssumeRole"),
        (others - others * 2 / 3, "ops-readonly", "GetCallerIdentity"),
    ];
    rows.retain(|(calls, ..)| *calls > 0);
    rows.sort_by_key(|(calls, role, call)| (std::cmp::Reverse(*calls), *role, *call));
    let mut text = insights(
        names,
        "/cloudtrail/management",
        (from, to),
        "filter eventSource = \"sts.amazonaws.com\" and not ispresent(errorCode) and eventName not like /With(WebIdentity|SAML)/ | stats count(*) as calls by userIdentity.sessionContext.sessionIssuer.userName as role, eventName | sort calls desc",
        "role eventName calls",
    );
    for (calls, role, call) in &rows {
        let _ = writeln!(text, "{role}\t{call}\t{calls}");
    }
    let finding = match rows.first() {
        Some((calls, ..)) if *calls < QUOTA * 20 => "nobody-much",
        Some((_, _, "GetCallerIdentity")) => "workers-ask-who-they-are",
        Some((_, role, _)) if *role == names.inventory => "another-workload",
        _ => "workers-assume-roles",
    };
    scene.show("callers", finding, vec![shown(Command, text)]);
}

fn session_age(scene: &mut Scene, facts: &Facts<'_>, run: &Run) {
    let names = facts.names;
    let (from, to) = whole_hour();
    let gave_up = (from..to).filter_map(|second| run.gave_up.get(place(second)));
    let gave_up = gave_up.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    let failures = "filter event = \"credentials_failed\" and kind = \"chained\"";
    let mut text = insights(
        names,
        "/login/worker",
        whole_hour(),
        &format!(
            "{failures} and ispresent(session_age_s) | stats count(*) as failed by floor(session_age_s / 300) * 5 as age_min | sort age_min"
        ),
        "age_min failed",
    );
    let none = insights(
        names,
        "/login/worker",
        whole_hour(),
        &format!("{failures} and not ispresent(session_age_s) | stats count(*) as failed"),
        "failed",
    );
    let throttled = matches!(facts.reason(), Reason::Throttled(_));
    let finding = if throttled && facts.probes {
        for (part, failed) in (0..).zip(shares(gave_up.1, 12)) {
            let _ = writeln!(text, "{}\t{failed}", part * 5);
        }
        if gave_up.0 > 0 {
            let _ = writeln!(text, "60\t{}", gave_up.0);
        }
        text += &none;
        "at-any-age"
    } else if throttled && facts.reuses {
        // A process asks for new credentials when its hour is over, not before.
        let _ = writeln!(text, "60\t{}", gave_up.0);
        text += &none;
        "at-the-full-hour"
    } else {
        let failed = if throttled { gave_up.0 } else { run.failed_in_hour().0 };
        text += &none;
        let _ = writeln!(text, "{failed}");
        "no-session-before"
    };
    scene.show("session-age", finding, vec![shown(Command, text)]);
}

fn starts(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let mut text = format!(
        "$ kubectl --context {} get pods -n login -l app=login-worker --field-selector=status.phase=Running -o jsonpath='{{range .items[*]}}{{.status.startTime}}{{\"\\n\"}}{{end}}' | cut -c1-15 | sort | uniq -c\n",
        names.cluster
    );
    let mut counts: Vec<(String, u32)> = Vec::new();
    let mut times: Vec<NaiveDateTime> = facts.starts().into_iter().map(|second| names.at(second)).collect();
    times.sort();
    for time in times {
        let ten: String = stamp(time).chars().take(15).collect();
        match counts.last_mut() {
            Some((last, count)) if *last == ten => *count += 1,
            _ => counts.push((ten, 1)),
        }
    }
    for (ten, count) in &counts {
        let _ = writeln!(text, "{count:>7} {ten}");
    }
    let _ = writeln!(
        text,
        "$ kubectl --context {} get deployment -n login login-worker -o jsonpath='{{.status.readyReplicas}} pods, {{.spec.template.spec.containers[0].args}}{{\"\\n\"}}'\n{} pods, [\"--workers\",\"{PROCESSES}\"]",
        names.cluster, names.pods
    );
    let finding = if facts.together { "together" } else { "one-by-one" };
    scene.show("starts", finding, vec![shown(Command, text)]);
}

fn config(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let pod = |zone: usize| names.pod(zone);
    let mut text = format!(
        "$ kubectl exec -n login {} -- cat /etc/login/sts.yaml   # zone a\ncache:\n  enabled: true\n  scope: process\n  ttl_seconds: 3600\n  jitter_seconds: 0\n  refresh_before_seconds: 0\nsts:\n  endpoint: https://sts.{REGION}.amazonaws.com\n  retry_mode: standard\n  max_attempts: 3\n  pause_after_failure_seconds: 5\ndirect:\n  call: AssumeRoleWithWebIdentity\n  duration_seconds: 43200\nchained:\n  via: {}\n  call: AssumeRole\n  duration_seconds: 3600\n",
        pod(0),
        names.broker_arn()
    );
    let _ = writeln!(
        text,
        "$ diff <(kubectl exec -n login {} -- cat /etc/login/sts.yaml) <(kubectl exec -n login {} -- cat /etc/login/sts.yaml) && echo same   # zones a and c",
        pod(0),
        pod(2)
    );
    let finding = if facts.duration == 3600 {
        text.push_str("same\n");
        "caches-by-process"
    } else {
        let _ = writeln!(
            text,
            "18c18\n<   duration_seconds: 3600\n---\n>   duration_seconds: {}",
            facts.duration
        );
        "longer-sessions-in-one-zone"
    };
    scene.show("config", finding, vec![shown(Config, text)]);
}

fn trust(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let account = Names::tenant_account(names.example(0));
    let mut text = format!(
        "$ aws iam get-role --role-name tenant-broker --query Role.AssumeRolePolicyDocument\n{}\n$ aws ec2 describe-nat-gateways --filter Name=state,Values=available --query 'NatGateways[].[NatGatewayId,NatGatewayAddresses[0].PublicIp,Tags[?Key==`zone`]|[0].Value]' --output text\n",
        facts.broker_trust().json().pretty(4)
    );
    for ((id, address), zone) in names.gateways.iter().zip(ZONES) {
        let _ = writeln!(text, "{id}\t{address}\t{REGION}{zone}");
    }
    let _ = writeln!(
        text,
        "# sent by tenant {}\n$ aws iam get-role --role-name TenantAccess --query 'Role.[Arn,MaxSessionDuration,AssumeRolePolicyDocument]'\n{}",
        Names::tenant(names.example(0)),
        iam::Json::List(vec![
            iam::Json::text(&format!("arn:aws:iam::{account}:role/TenantAccess")),
            iam::Json::Bare("43200".to_owned()),
            facts.tenant_trust().json(),
        ])
        .pretty(4)
    );
    let all = (0..3).all(|zone| facts.broker_allows(zone));
    let finding = if all { "allows-every-zone" } else { "leaves-a-gateway-out" };
    scene.show("trust", finding, vec![shown(Json, text)]);
}

fn external_ids(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let mut text = String::new();
    for (zone, letter) in ZONES.iter().enumerate() {
        let _ = writeln!(
            text,
            "$ diff <(kubectl exec -n login {} -- cat /etc/login/external-ids.tsv) <(aws dynamodb scan --table-name tenants --filter-expression 'kind = :k' --expression-attribute-values '{{\":k\":{{\"S\":\"chained\"}}}}' --query 'Items[].[id.S,externalId.S]' --output text | sort) && echo same   # zone {letter}",
            names.pod(zone)
        );
        if zone < 2 || facts.current_ids {
            text.push_str("same\n");
            continue;
        }
        // The first examples changed; their lines are in the order of the tenants' numbers, neighbours together.
        let mut lines: Vec<(u32, usize)> =
            (0..place(i64::from(names.rotated))).map(|index| (names.example(index), index)).collect();
        lines.sort_unstable();
        for hunk in lines.chunk_by(|one, next| one.0 + 1 == next.0) {
            let (Some((first, _)), Some((last, _))) = (hunk.first(), hunk.last()) else { continue };
            let range = if first == last { first.to_string() } else { format!("{first},{last}") };
            let _ = writeln!(text, "{range}c{range}");
            for (mark, from) in [("<", 8), (">", 0)] {
                if mark == ">" {
                    text.push_str("---\n");
                }
                for (number, index) in hunk {
                    let _ = writeln!(
                        text,
                        "{mark} {}\t{}",
                        Names::tenant(*number),
                        names.external_id(index + from)
                    );
                }
            }
        }
    }
    let finding = if facts.tenant_allows() { "current-everywhere" } else { "old-in-one-zone" };
    scene.show("external-ids", finding, vec![shown(Command, text)]);
}

fn clocks(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let now = names.at(HOUR.1 * 60 + 745);
    let mut text = format!(
        "$ date -u +%FT%TZ; for pod in {} {} {}; do kubectl exec -n login $pod -- date -u +%FT%TZ; done   # here, zones a, b, c\n{}\n",
        names.pod(0),
        names.pod(1),
        names.pod(2),
        stamp(now)
    );
    for zone in 0..3 {
        let behind = if zone == 2 && !facts.clocks_right { names.behind } else { 0 };
        // Each takes about a second.
        let _ = writeln!(text, "{}", stamp(now + TimeDelta::seconds(zone + 1 - behind)));
    }
    let finding = if facts.clocks_right { "right-everywhere" } else { "behind-in-one-zone" };
    scene.show("clocks", finding, vec![shown(Command, text)]);
}

fn changes(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let mut rows =
        vec![(names.tenant_edited, "UpdateRoleDescription", r#"{"roleName":"tenant-broker"}"#.to_owned())];
    if !facts.all_gateways {
        let subnet = names.session.chars().cycle().take(16).collect::<String>();
        rows.push((
            names.gateway_replaced,
            "CreateNatGateway",
            format!(r#"{{"CreateNatGatewayRequest":{{"SubnetId":"subnet-0{subnet}","ConnectivityType":"public"}}}}"#),
        ));
    }
    rows.sort_by_key(|(time, ..)| std::cmp::Reverse(*time));
    let mut text = format!(
        "$ for region in us-east-1 ap-northeast-1; do aws cloudtrail lookup-events --region $region --lookup-attributes AttributeKey=ReadOnly,AttributeValue=false --start-time {} --query 'Events[].CloudTrailEvent' --output json; done | jq -r '.[] | fromjson | select(.eventSource == \"iam.amazonaws.com\" or (.eventName | test(\"NatGateway|RouteTable|NetworkAcl\"))) | [.eventTime, .eventName, (.userIdentity.arn | split(\"/\") | .[-1]), (.requestParameters | tojson)] | join(\"  \")' | sort -r\n",
        stamp(names.scaled - TimeDelta::days(14))
    );
    for (time, what, detail) in rows {
        let _ = writeln!(text, "{}  {what}  {}  {detail}", stamp(time), names.admin);
    }
    let before = names.released - TimeDelta::minutes(8 * 1440 + 371);
    let _ = writeln!(
        text,
        "$ helm history login-worker -n login --max 2\nREVISION\tUPDATED                 \tSTATUS    \tCHART             \tAPP VERSION\tDESCRIPTION     "
    );
    for (revision, time, status) in
        [(names.release - 1, before, "superseded"), (names.release, names.released, "deployed")]
    {
        let _ = writeln!(
            text,
            "{revision:<8}\t{}\t{status:<10}\tlogin-worker-2.4.1\tr{revision:<10}\tUpgrade complete",
            time.format("%a %b %e %H:%M:%S %Y")
        );
    }
    let finding = if facts.all_gateways { "no-trust-or-network" } else { "gateway-replaced" };
    scene.show("changes", finding, vec![shown(Log, text)]);
}
