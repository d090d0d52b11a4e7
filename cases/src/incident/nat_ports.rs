//! I04: calls to one partner fail at peak because the NAT gateway has no source port left for that destination.
//!
//! Rules: each address of a NAT gateway supports 55,000 simultaneous connections to each unique destination, and
//! `ErrorPortAllocation` counts what got no port (Amazon VPC User Guide, "NAT gateway basics", "NAT gateway metrics and
//! dimensions"); at the gateway's interface such a SYN comes in and nothing goes out; open connections are their rate times
//! their lifetime (Little 1961); a SYN without an answer is repeated after 1, 3 and 7 seconds (RFC 6298, tcp(7)); a host may use
//! each local port once for each destination (ip(7), `ip_local_port_range`); what an instance may send is in the driver's
//! counters (Amazon EC2 User Guide, "Monitor network performance for ENA settings"). The app is Node.js with axios: an agent
//! keeps its idle sockets until the other end closes them (Node.js documentation, `http.Agent`).

use std::fmt::Write as _;
use std::net::Ipv4Addr;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use ipnet::Ipv4Net;

use super::{Scene, Series, World, shown};
use crate::cloud::Draw;
use crate::cloud::dns::{Data, Dig, Name, Question, RecordType, Reply, Zone, dig};
use crate::cloud::network::{
    CONNECTIONS_PER_ADDRESS, End, Field, Flow, GroupRule, Interface, InternetGateway, Line, NatGateway,
    NatSecond, Network, Outside, Peer, Ports, Protocol, Role, Route, RouteTable, SYN_AT, SecurityGroup,
    Subnet, Target, Volume, Vpc, aws_table, line, nat_connections, records, route_rows, walk,
};
use crate::model::EvidenceType::{Command, Config, Log, Metric, Table};

pub(super) const WORLD: World = World {
    id: "I04",
    version: 1,
    causes: &[
        "nat-port-exhaustion",
        "other-fleet",
        "pool-too-small",
        "partner-limits-us",
        "partner-slow",
        "local-ports",
        "names-slow",
        "instance-bandwidth",
    ],
    build,
};

const REGION: &str = "ap-northeast-1";
/// Minutes looked at, and those of the peak.
const MINUTES: usize = 60;
const PEAK: std::ops::Range<usize> = 30 * 60..45 * 60;
/// How long a call of the partner takes, and how long the app waits for it, in ms.
const USUAL: u32 = 190;
const LIMIT: u32 = 10_000;
/// A pool that never is too small, in connections for each host.
const ROOMY: u32 = 60;
const EVENT_HOSTS: u32 = 8;
/// After so many requests the partner closes a connection.
const REQUESTS_PER_CONNECTION: u32 = 16;
const FIELDS: &[Field] = &[
    Field::InterfaceId,
    Field::SrcAddr,
    Field::DstAddr,
    Field::SrcPort,
    Field::DstPort,
    Field::PktSrcAddr,
    Field::PktDstAddr,
    Field::Packets,
    Field::Bytes,
    Field::Start,
    Field::End,
    Field::Action,
];

/// What is drawn before the cause is looked at.
struct Names {
    service: &'static str,
    partner: &'static str,
    partner_address: Ipv4Addr,
    shipping_address: Ipv4Addr,
    public: Ipv4Addr,
    account: String,
    vpc: String,
    nat: String,
    gateway: String,
    route_table: String,
    allocation: String,
    balancer: String,
    /// host, NAT gateway.
    interfaces: [String; 2],
    subnets: [String; 2],
    second: u8,
    first_host: u8,
    hosts: u32,
    /// How long the partner keeps an idle connection open, in seconds.
    hold: u32,
    /// Connections that would be open at peak if there were no limit, in thousands.
    wanted: u32,
    others: u32,
    /// In hundredths: where `curl` and the log find a port at once.
    luck: Vec<u32>,
    ports: Vec<u16>,
    id: u16,
    commit: String,
    start: NaiveDateTime,
}

/// The world: what each thing really is.
struct Facts<'a> {
    names: &'a Names,
    /// Calls of the partner in each second of the peak.
    load: u32,
    /// Connections that a host keeps and uses again; none where each call opens one.
    pool: Option<u32>,
    /// The hosts of the event collector use their connections again.
    events_reuse: bool,
    /// What the partner takes for a call at peak, in ms.
    answer: u32,
    /// Calls in a second that the partner allows from one address.
    allowed: Option<u32>,
    local_ports: (u16, u16),
    resolver_drops: bool,
    bandwidth_left: bool,
}

/// What a call that is late waits for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Late {
    Port,
    Pool,
    Allowance,
    Partner,
    LocalPort,
    Name,
    Bandwidth,
}

fn build(draw: &mut Draw, cause: &str) -> Scene {
    let names = names(draw);
    // Above the gateway's limit, or well below it.
    let (much, less) = (names.rate(), names.rate() * 3 / 5);
    let mut facts = Facts {
        names: &names,
        load: less,
        pool: None,
        events_reuse: true,
        answer: USUAL,
        allowed: None,
        local_ports: (32_768, 60_999),
        resolver_drops: false,
        bandwidth_left: true,
    };
    match cause {
        "other-fleet" => (facts.pool, facts.events_reuse) = (Some(ROOMY), false),
        "pool-too-small" => facts.pool = Some((less * USUAL / 1000 * 8 / 10 / names.hosts).max(2)),
        "partner-limits-us" => facts.allowed = Some(less * 3 / 4),
        "partner-slow" => facts.answer = 4300,
        "local-ports" => {
            let needed = less * names.hold / names.hosts * 8 / 10;
            facts.local_ports.1 = 32_767 + u16::try_from(needed / 128 * 128).unwrap_or(2048);
        }
        "names-slow" => facts.resolver_drops = true,
        "instance-bandwidth" => facts.bandwidth_left = false,
        _ => facts.load = much,
    }
    let nat = facts.connections();
    let mut scene = Scene::default();
    for (name, value) in [
        ("service", names.service.to_owned()),
        ("partner", names.partner.to_owned()),
        ("partner_address", names.partner_address.to_string()),
        ("nat", names.nat.clone()),
        ("public", names.public.to_string()),
        ("hold", names.hold.to_string()),
        ("time", names.at(25 * 60).format("%H:%M").to_string()),
    ] {
        scene.name(name, value);
    }
    app_log(&mut scene, &facts, &nat);
    by_destination(&mut scene, &facts, &nat);
    timing(&mut scene, &facts, &nat);
    metrics(&mut scene, &facts, &nat);
    sockets(&mut scene, &facts, &nat);
    talkers(&mut scene, &facts, &nat);
    flow(&mut scene, &facts, &nat);
    resolve(&mut scene, &facts);
    host_limits(&mut scene, &facts);
    routes(&mut scene, &facts);
    partner(&mut scene, &facts, &nat);
    code(&mut scene, &facts);
    scene
}

fn names(draw: &mut Draw) -> Names {
    let day = NaiveDate::from_ymd_opt(2026, draw.int(2, 10), draw.int(3, 27)).unwrap_or_default();
    let start = day.and_hms_opt(draw.int(2, 11), 5 * draw.int(0u32, 11), 0).unwrap_or_default();
    let id = |kind: &str, draw: &mut Draw| format!("{kind}-0{}", draw.hex(16));
    let mut luck = vec![5, 17, 30, 43, 56, 68, 83, 95];
    draw.shuffle(&mut luck);
    Names {
        service: *draw.pick(&["checkout", "booking", "ticket", "donate"]),
        partner: *draw.pick(&["api.paylane.example", "api.kaypay.example", "api.cardhub.example"]),
        partner_address: Ipv4Addr::new(203, 0, 113, draw.int(10, 120)),
        shipping_address: Ipv4Addr::new(192, 0, 2, draw.int(10, 200)),
        public: Ipv4Addr::new(198, 51, 100, draw.int(10, 200)),
        account: format!("{:012}", draw.number(100_000_000_000, 999_999_999_999)),
        vpc: id("vpc", draw),
        nat: id("nat", draw),
        gateway: id("igw", draw),
        route_table: id("rtb", draw),
        allocation: id("eipalloc", draw),
        balancer: draw.hex(16),
        interfaces: [id("eni", draw), id("eni", draw)],
        subnets: [id("subnet", draw), id("subnet", draw)],
        second: draw.int(20, 90),
        first_host: draw.int(20, 120),
        hosts: draw.int(16, 24),
        hold: *draw.pick(&[60, 75, 90]),
        wanted: draw.int(57, 61),
        others: draw.int(1400, 1990),
        luck,
        ports: (0..6).map(|index| 34_000 + 4000 * index + draw.int(0u16, 3999)).collect(),
        id: draw.int(1024, 65_000),
        commit: draw.hex(9),
        start,
    }
}

impl Names {
    fn at(&self, seconds: i64) -> NaiveDateTime {
        self.start + TimeDelta::seconds(seconds)
    }

    /// Connections a second that would come to `wanted` open ones.
    fn rate(&self) -> u32 {
        self.wanted * 1000 / self.hold
    }

    fn address(&self, third: u8, host: u8) -> Ipv4Addr {
        Ipv4Addr::new(10, self.second, third, host)
    }

    fn host(&self) -> Ipv4Addr {
        self.address(11, self.first_host)
    }

    fn cidr(&self, third: u8, length: u8) -> Ipv4Net {
        Ipv4Net::new(self.address(third, 0), length).unwrap_or_default()
    }

    fn resolver(&self) -> Ipv4Addr {
        self.address(2, 53)
    }

    fn port(&self, index: usize) -> u16 {
        self.ports.get(index).copied().unwrap_or(40_000)
    }

    fn luck(&self, index: usize) -> u32 {
        self.luck.get(index % 8).copied().unwrap_or(50)
    }
}

fn stamp(time: NaiveDateTime) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The traffic of a minute, in hundredths of the peak.
fn shape(minute: usize) -> u32 {
    let minute = u32::try_from(minute).unwrap_or(0);
    match minute {
        0..15 => 55 + minute % 3,
        15..25 => 55 + (minute - 15) * 9 / 2,
        25..50 => 100,
        _ => 100 - (minute - 50) * 4,
    }
}

impl Facts<'_> {
    /// New connections to the partner that hosts of the service and of the event collector want in a second.
    fn wanted(&self, second: usize) -> [u32; 2] {
        let now = shape(second / 60);
        let own = match self.pool {
            // What a pool renews holds its port for a moment only.
            Some(_) => 0,
            // A host cannot have more than its local ports.
            None => (self.load * now / 100).min(self.ports() * self.names.hosts / self.names.hold),
        };
        let events = if self.events_reuse { 1 } else { self.names.rate() * now / 100 };
        [own, events]
    }

    /// Local ports of a host.
    fn ports(&self) -> u32 {
        u32::from(self.local_ports.1 - self.local_ports.0) + 1
    }

    /// The partner's connections through the gateway.
    fn connections(&self) -> Vec<NatSecond> {
        let wanted: Vec<u32> = (0..MINUTES * 60).map(|second| self.wanted(second).iter().sum()).collect();
        nat_connections(&wanted, usize::try_from(self.names.hold).unwrap_or(60), CONNECTIONS_PER_ADDRESS)
    }

    /// Open connections of a host of the service to the partner, and SYNs of it that wait for an answer.
    fn of_host(&self, nat: &[NatSecond], second: usize) -> (u32, u32) {
        let now = nat.get(second).copied().unwrap_or_default();
        match self.pool {
            Some(pool) => {
                let renewed = self.load / REQUESTS_PER_CONNECTION;
                let waiting = u64::from(now.waiting) * u64::from(renewed) / u64::from(now.wanted.max(1));
                let waiting = u32::try_from(waiting).unwrap_or(0) / self.names.hosts;
                ((self.load * USUAL / 1000 / self.names.hosts + 4).min(pool), waiting)
            }
            None => ((now.open / self.names.hosts).min(self.ports()), now.waiting / self.names.hosts),
        }
    }

    fn peak(nat: &[NatSecond]) -> NatSecond {
        nat.get(PEAK).unwrap_or_default().iter().fold(NatSecond::default(), |sum, next| NatSecond {
            asked: sum.asked + next.asked,
            refused: sum.refused + next.refused,
            opened: [0, 1, 2, 3].map(|tries| sum.opened[tries] + next.opened[tries]),
            wanted: sum.wanted + next.wanted,
            open: sum.open.max(next.open),
            waiting: sum.waiting.max(next.waiting),
        })
    }

    /// What calls wait for at peak.
    fn late(&self, nat: &[NatSecond]) -> Late {
        let room = self.local_ports.1 > 60_000;
        if Self::peak(nat).refused > 0 {
            Late::Port
        } else if self.resolver_drops {
            Late::Name
        } else if !self.bandwidth_left {
            Late::Bandwidth
        } else if self.allowed.is_some() {
            Late::Allowance
        } else if !room {
            Late::LocalPort
        } else if self.answer > USUAL {
            Late::Partner
        } else {
            Late::Pool
        }
    }

    /// Calls of the quarter of an hour at peak.
    fn calls(&self) -> u32 {
        self.load * 900
    }

    /// Of the partner's calls at peak: the median, the 99th percentile, and how many failed.
    fn latency(&self, nat: &[NatSecond]) -> (u32, u32, u32) {
        let calls = self.calls();
        match self.late(nat) {
            Late::Port => {
                let peak = Self::peak(nat);
                let share = match self.pool {
                    None => 1.0,
                    // Few calls need a new connection.
                    Some(_) => 1.0 / f64::from(REQUESTS_PER_CONNECTION),
                };
                let wanted = f64::from(peak.wanted.max(1));
                let percentile = |part: f64| {
                    let mut done = 1.0 - share;
                    if done >= part {
                        return USUAL;
                    }
                    for (opened, at) in peak.opened.iter().zip(SYN_AT) {
                        done += share * f64::from(*opened) / wanted;
                        if done >= part {
                            return USUAL + 1000 * u32::try_from(at).unwrap_or(0);
                        }
                    }
                    LIMIT
                };
                let lost = share * (1.0 - f64::from(peak.established()) / wanted);
                let failed = (f64::from(calls) * lost.max(0.0)) as u32;
                (percentile(0.5), percentile(0.99), failed)
            }
            Late::Pool => {
                let served = self.pool.unwrap_or(ROOMY) * self.names.hosts * 1000 / USUAL * 900;
                (LIMIT - 360, LIMIT, calls.saturating_sub(served))
            }
            Late::Allowance => (USUAL, 2 * USUAL + 2000, calls / 16),
            Late::Partner => (self.answer, LIMIT, calls / 25),
            Late::LocalPort => (USUAL, 2 * USUAL, calls / 5),
            Late::Name => (USUAL, 5000 + USUAL, calls / 90),
            Late::Bandwidth => (2 * USUAL, 3000 + USUAL, calls / 80),
        }
    }

    fn network(&self, without_ports: bool) -> Network {
        let names = self.names;
        let any = Ipv4Net::default;
        let subnet = |index: usize, third: u8, table: &str| Subnet {
            id: names.subnets[index].clone(),
            vpc: names.vpc.clone(),
            cidr: names.cidr(third, 24),
            route_table: table.to_owned(),
            network_acl: String::new(),
        };
        let table = |id: &str, target| RouteTable {
            id: id.to_owned(),
            vpc: names.vpc.clone(),
            routes: vec![Route::local(names.cidr(0, 16)), Route::to(any(), target)],
        };
        let interface = |index: usize, address, groups, role| Interface {
            id: names.interfaces[index].clone(),
            subnet: names.subnets[index].clone(),
            address,
            public: (index == 1).then_some(names.public),
            groups,
            mtu: 9001,
            role,
        };
        let outside = |id: &str, address: Ipv4Addr| Outside {
            id: id.to_owned(),
            cidrs: vec![Ipv4Net::from(address)],
            links: Vec::new(),
            routes: Vec::new(),
            stateful: false,
        };
        let full = (names.nat.clone(), names.partner_address, 443);
        Network {
            account: names.account.clone(),
            vpcs: vec![Vpc { id: names.vpc.clone(), cidrs: vec![names.cidr(0, 16)] }],
            subnets: vec![subnet(0, 11, &names.route_table), subnet(1, 1, "rtb-public")],
            route_tables: vec![
                table(&names.route_table, Target::NatGateway(names.nat.clone())),
                table("rtb-public", Target::InternetGateway(names.gateway.clone())),
            ],
            security_groups: vec![SecurityGroup {
                id: "sg-app".to_owned(),
                name: names.service.to_owned(),
                vpc: names.vpc.clone(),
                rules: vec![GroupRule {
                    egress: true,
                    protocol: Some(Protocol::Tcp),
                    ports: Ports::Range(443, 443),
                    peer: Peer::Cidr(any()),
                }],
            }],
            interfaces: vec![
                interface(0, names.host(), vec!["sg-app".to_owned()], Role::Host),
                interface(1, names.address(1, 220), Vec::new(), Role::NatGateway),
            ],
            internet_gateways: vec![InternetGateway { id: names.gateway.clone(), vpc: names.vpc.clone() }],
            nat_gateways: vec![NatGateway { id: names.nat.clone(), interface: names.interfaces[1].clone() }],
            without_ports: if without_ports { vec![full] } else { Vec::new() },
            outside: vec![
                outside("partner", names.partner_address),
                outside("shipping", names.shipping_address),
            ],
            ..Network::default()
        }
    }
}

/// The metrics query of CloudWatch Logs Insights as the command line runs it.
fn insights(group: &str, names: &Names, from: i64, to: i64, query: &str, columns: usize) -> String {
    let columns: Vec<String> = (0..columns).map(|index| format!("[{index}].value")).collect();
    format!(
        "$ q=$(aws logs start-query --log-group-name {group} --start-time {} --end-time {} --query-string '{query}' --query queryId --output text); sleep 10; aws logs get-query-results --query-id $q --query 'results[*].[{}]' --output text\n",
        names.at(from).and_utc().timestamp(),
        names.at(to).and_utc().timestamp() - 1,
        columns.join(",")
    )
}

fn app_log(scene: &mut Scene, facts: &Facts<'_>, nat: &[NatSecond]) {
    let names = facts.names;
    let late = facts.late(nat);
    let mut text = format!(
        "$ journalctl -u {} --since '{}' --until '{}' -o cat | grep -v '\"status\":200' | head -n 5\n",
        names.service,
        names.at(1800).format("%F %T"),
        names.at(1860).format("%F %T"),
    );
    for index in 0..5u32 {
        let (error, took) = match late {
            Late::Allowance => ("AxiosError: Request failed with status code 429".to_owned(), USUAL),
            Late::LocalPort => (
                format!(
                    "AxiosError: connect EADDRNOTAVAIL {}:443 - Local ({}:0)",
                    names.partner_address,
                    names.host()
                ),
                3,
            ),
            _ => ("AxiosError: timeout of 10000ms exceeded".to_owned(), LIMIT + 2),
        };
        let time = names.at(1801 + i64::from(index * 9)).format("%Y-%m-%dT%H:%M:%S");
        let _ = writeln!(
            text,
            r#"{{"time":"{time}.{:03}Z","level":"error","call":"POST https://{}/v2/charges","ms":{},"error":"{error}"}}"#,
            (137 + names.luck(index as usize) * 9) % 1000,
            names.partner,
            took + names.luck(index as usize) % 3,
        );
    }
    let finding = match late {
        Late::Allowance => "status-429",
        Late::LocalPort => "no-local-port",
        _ => "timeouts",
    };
    scene.show("app-log", finding, vec![shown(Log, text)]);
}

fn by_destination(scene: &mut Scene, facts: &Facts<'_>, nat: &[NatSecond]) {
    let names = facts.names;
    let (median, slow, failed) = facts.latency(nat);
    let all = matches!(facts.late(nat), Late::Name | Late::Bandwidth);
    let mut text = insights(
        &format!("/app/{}", names.service),
        names,
        1800,
        2700,
        "stats count(*) as calls, pct(ms, 50) as p50, pct(ms, 99) as p99, sum(failed) as failed by host | sort calls desc",
        5,
    );
    let _ = writeln!(text, "{}\t{}\t{median}\t{slow}\t{failed}", names.partner, facts.calls());
    for (host, part, usual) in [
        ("api.parcels.example".to_owned(), 3, 140),
        (format!("s3.{REGION}.amazonaws.com"), 5, 24),
        ("tax.ledgers.example".to_owned(), 8, 88),
    ] {
        let calls = facts.calls() / part + names.luck(part as usize);
        let (high, failed) = match (all, facts.late(nat)) {
            (true, Late::Name) => (5000 + usual, calls / 90),
            (true, _) => (3000 + usual, calls / 80),
            _ => (usual * 3, 0),
        };
        let _ = writeln!(text, "{host}\t{calls}\t{usual}\t{high}\t{failed}");
    }
    let finding = if all { "all-destinations" } else { "one-destination" };
    scene.show("by-destination", finding, vec![shown(Log, text)]);
}

/// Where a new connection of this host waits, run by run.
fn timing(scene: &mut Scene, facts: &Facts<'_>, nat: &[NatSecond]) {
    let names = facts.names;
    let late = facts.late(nat);
    let peak = Facts::peak(nat);
    let mut text = format!(
        "$ date -u +%FT%TZ; uname -r; hostname -I\n{}\n6.1.158-180.294.amzn2023.x86_64\n{}\n$ for i in 1 2 3 4 5 6 7 8; do curl -s -o /dev/null --connect-timeout 10 -w '%{{http_code}} dns %{{time_namelookup}} connect %{{time_connect}} tls %{{time_appconnect}} first-byte %{{time_starttransfer}} total %{{time_total}} exit %{{exitcode}}\\n' https://{}/v2/ping; done\n",
        stamp(names.at(2000)),
        names.host(),
        names.partner
    );
    for run in 0..8 {
        let luck = names.luck(run);
        let small = f64::from(luck) / 20_000.0;
        let (mut lookup, mut wait, mut answer) = (0.001 + small / 9.0, 0.0, 0.031 + small);
        let (mut code, mut exit) = (200, 0);
        match late {
            Late::Port => {
                let got = 100 - peak.refused * 100 / peak.asked.max(1);
                // The further SYNs have their own luck.
                let tries = (0..4u32).find(|tries| (luck + 37 * tries) % 100 < got);
                match tries.and_then(|tries| SYN_AT.get(tries as usize)) {
                    Some(at) => wait = *at as f64,
                    None => exit = 28,
                }
            }
            Late::Bandwidth if luck > 60 => wait = if luck > 90 { 3.0 } else { 1.0 },
            Late::Name if luck > 60 => lookup += 5.0,
            Late::Partner => answer += f64::from(facts.answer) / 1000.0 + small * 90.0,
            Late::Allowance if luck > 74 => code = 429,
            Late::LocalPort if luck > 60 => exit = 7,
            _ => {}
        }
        let connect = lookup + 0.004 + small / 3.0 + wait;
        let tls = connect + 0.011 + small / 2.0;
        let _ = match exit {
            0 => writeln!(
                text,
                "{code} dns {lookup:.6} connect {connect:.6} tls {tls:.6} first-byte {:.6} total {:.6} exit 0",
                tls + answer,
                tls + answer + 0.0002
            ),
            _ => {
                let total = if exit == 28 { 10.001_2 + small / 9.0 } else { lookup + 0.000_4 };
                writeln!(
                    text,
                    "000 dns {lookup:.6} connect 0.000000 tls 0.000000 first-byte 0.000000 total {total:.6} exit {exit}"
                )
            }
        };
    }
    let finding = match late {
        Late::Port | Late::Bandwidth => "connect-slow",
        Late::Name => "lookup-slow",
        Late::Partner => "answer-slow",
        Late::Allowance => "answered-429",
        Late::LocalPort => "not-even-sent",
        Late::Pool => "all-fast",
    };
    scene.show("timing", finding, vec![shown(Command, text)]);
}

fn metrics(scene: &mut Scene, facts: &Facts<'_>, nat: &[NatSecond]) {
    let names = facts.names;
    let step = |index: usize| nat.get(index * 300..(index + 1) * 300).unwrap_or_default();
    let others = |index: usize| names.others + names.luck(index) * 3;
    let count = |index: usize, what: fn(&NatSecond) -> u32| step(index).iter().map(what).sum::<u32>();
    let balancer = format!("app/{}/{}", names.service, names.balancer);
    let mut series = Vec::new();
    let mut text = String::new();
    let mut row = |space: &str, metric: &str, dimension: &str, statistic: &str, of: &dyn Fn(usize) -> u32| {
        let points: Vec<f64> = (0..MINUTES / 5).map(|index| f64::from(of(index))).collect();
        let _ = writeln!(
            text,
            "$ aws cloudwatch get-metric-statistics --namespace {space} --metric-name {metric} --dimensions {dimension} --start-time {} --end-time {} --period 300 --statistics {statistic} --query 'sort_by(Datapoints,&Timestamp)[].[Timestamp,{statistic}]' --output text",
            stamp(names.start),
            stamp(names.at(3600)),
        );
        for (index, value) in points.iter().enumerate() {
            let time = names.at(300 * i64::try_from(index).unwrap_or(0));
            let _ = writeln!(text, "{}+00:00\t{value:.1}", time.format("%Y-%m-%dT%H:%M:%S"));
        }
        series.push(Series {
            name: metric.to_owned(),
            unit: "Count".to_owned(),
            start: stamp(names.start),
            step_seconds: 300,
            points,
        });
    };
    // A payment is the fifth request of a visitor.
    row(
        "AWS/ApplicationELB",
        "RequestCount",
        &format!("Name=LoadBalancer,Value={balancer}"),
        "Sum",
        &|index| (index * 5..index * 5 + 5).map(|minute| facts.load * 60 * 5 * shape(minute) / 100).sum(),
    );
    let gateway = format!("Name=NatGatewayId,Value={}", names.nat);
    row("AWS/NATGateway", "ActiveConnectionCount", &gateway, "Maximum", &|index| {
        step(index).iter().map(|second| second.open).max().unwrap_or(0) + others(index)
    });
    row("AWS/NATGateway", "ErrorPortAllocation", &gateway, "Sum", &|index| {
        count(index, |second| second.refused)
    });
    let finding = if nat.iter().any(|second| second.refused > 0) { "port-errors" } else { "no-port-errors" };
    scene.show("nat-metrics", finding, vec![shown(Metric, text)]);
    if let Some(view) = scene.views.get_mut("nat-metrics") {
        view.series = series;
    }
}

fn sockets(scene: &mut Scene, facts: &Facts<'_>, nat: &[NatSecond]) {
    let names = facts.names;
    let (open, mut waiting) = facts.of_host(nat, 2100);
    waiting = match facts.late(nat) {
        Late::Port => waiting.max(2),
        Late::Bandwidth => 5,
        _ => 0,
    };
    let partner = format!("{}:443", names.partner_address);
    let shipping = format!("{}:443", names.shipping_address);
    let database = format!("{}:5432", names.address(21, 40));
    let mut rows = vec![
        (open, "ESTAB", &partner),
        (waiting, "SYN-SENT", &partner),
        (20, "ESTAB", &database),
        (6, "ESTAB", &shipping),
    ];
    rows.retain(|(count, ..)| *count > 0);
    rows.sort_by_key(|(count, ..)| std::cmp::Reverse(*count));
    let mut text = format!(
        "$ date -u +%FT%TZ; hostname -I\n{}\n{}\n$ ss -Htan '( dport = :443 or dport = :5432 )' | awk '{{print $1, $5}}' | sort | uniq -c | sort -rn\n",
        stamp(names.at(2100)),
        names.host()
    );
    for (count, state, peer) in rows {
        let _ = writeln!(text, "{count:>7} {state} {peer}");
    }
    let finding = if open > 500 { "many-connections" } else { "few-connections" };
    scene.show("sockets", finding, vec![shown(Command, text)]);
}

fn talkers(scene: &mut Scene, facts: &Facts<'_>, nat: &[NatSecond]) {
    let names = facts.names;
    let mut text = insights(
        "/vpc/flow-logs",
        names,
        2100,
        2160,
        &format!(
            "filter dstAddr = \"{}\" and dstPort = 443 and interfaceId != \"{}\" | stats count_distinct(srcPort) as connections by srcAddr | sort connections desc | limit 6",
            names.partner_address, names.interfaces[1]
        ),
        2,
    );
    let [own, events] = facts.wanted(2100);
    let open = nat.get(2100).map_or(0, |second| second.open);
    let (kept, _) = facts.of_host(nat, 2100);
    let mut rows = Vec::new();
    for host in 0..names.hosts {
        let count = match facts.pool {
            None => (own * 60 / names.hosts + open * own / (own + events) / names.hosts).min(facts.ports()),
            Some(_) => kept + facts.load * 60 / REQUESTS_PER_CONNECTION / names.hosts,
        };
        let address = names.address(11, names.first_host + u8::try_from(host).unwrap_or(0));
        rows.push((count - names.luck(host as usize) * count / 2000, address));
    }
    for host in 0..EVENT_HOSTS {
        let count = if facts.events_reuse {
            8
        } else {
            events * 60 / EVENT_HOSTS + open * events / (own + events) / EVENT_HOSTS
        };
        let address = names.address(13, 30 + u8::try_from(host).unwrap_or(0));
        rows.push((count - names.luck(host as usize) * count / 2000, address));
    }
    rows.sort_by_key(|(count, address)| (std::cmp::Reverse(*count), *address));
    rows.truncate(6);
    let own_first = rows.first().is_some_and(|(_, address)| address.octets()[2] == 11);
    for (count, address) in &rows {
        let _ = writeln!(text, "{address}\t{count}");
    }
    let _ = write!(
        text,
        "$ aws ec2 describe-subnets --filters Name=vpc-id,Values={} --query \"Subnets[].[CidrBlock,Tags[?Key=='Name']|[0].Value]\" --output text\n{}\tpublic-a\n{}\t{}-a\n{}\tevent-collector-a\n{}\tdata-a\n",
        names.vpc,
        names.cidr(1, 24),
        names.cidr(11, 24),
        names.service,
        names.cidr(13, 24),
        names.cidr(21, 24)
    );
    let finding = match (rows.first().is_some_and(|(count, _)| *count > 500), own_first) {
        (false, _) => "nobody-has-many",
        (true, true) => "service-has-many",
        (true, false) => "collector-has-many",
    };
    scene.show("talkers", finding, vec![shown(Log, text)]);
}

fn flow(scene: &mut Scene, facts: &Facts<'_>, nat: &[NatSecond]) {
    let names = facts.names;
    let full = Facts::peak(nat).refused > 0;
    let mut all = Vec::new();
    let calls = [
        (names.partner_address, false, 3i64),
        (names.shipping_address, false, 8),
        (names.partner_address, full, 14),
        (names.partner_address, false, 29),
    ];
    let port = |index: usize| names.port(index).min(facts.local_ports.1 - u16::try_from(index).unwrap_or(0));
    let ports: Vec<String> = (0..calls.len()).map(|index| format!("?\" {} \"", port(index))).collect();
    let ports = ports.join(" ");
    for (index, (to, without_port, second)) in calls.into_iter().enumerate() {
        let network = facts.network(without_port);
        let flow = Flow {
            from: End::Interface(names.interfaces[0].clone()),
            to,
            protocol: Protocol::Tcp,
            source_port: port(index),
            destination_port: 443,
            request_size: 1500,
            reply_size: 1500,
            dont_fragment: true,
            listens: true,
        };
        let start = names.at(2100 + second).and_utc().timestamp();
        let volume = Volume {
            account: names.account.clone(),
            start,
            end: start + 7,
            tries: 4,
            request: (9, 1904),
            reply: (8, 5230),
            closed: false,
        };
        all.extend(records(&walk(&network, &flow), &volume));
    }
    let mut text = String::new();
    for id in &names.interfaces {
        let _ = writeln!(
            text,
            "$ aws logs filter-log-events --log-group-name /vpc/flow-logs-v3 --log-stream-names {id}-all --filter-pattern '{ports}' --start-time {} --end-time {} --query 'events[].[message]' --output text   # interface-id srcaddr dstaddr srcport dstport pkt-srcaddr pkt-dstaddr packets bytes start end action",
            names.at(2100).and_utc().timestamp_millis(),
            names.at(2160).and_utc().timestamp_millis()
        );
        for record in all.iter().filter(|record| record.interface == *id) {
            let _ = writeln!(text, "{}", line(&Line::Data(record.clone()), FIELDS));
        }
    }
    // Of a call that gets a port, the gateway's interface also has the packets it sends out itself.
    let gateway = |own: bool, port: u16| {
        all.iter().any(|record| {
            record.interface == names.interfaces[1]
                && record.egress == own
                && record.source_port == port
                && record.destination_port == 443
        })
    };
    let stuck = all
        .iter()
        .filter(|record| record.destination_port == 443)
        .any(|record| gateway(false, record.source_port) && !gateway(true, record.source_port));
    let finding = if stuck { "enters-and-does-not-leave" } else { "enters-and-leaves" };
    scene.show("flow-logs", finding, vec![shown(Log, text)]);
}

fn resolve(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let domain = names.partner.split_once('.').map_or("", |(_, rest)| rest);
    let zone = Zone::new(domain, &format!("ns1.{domain}"), 300, 300)
        .with("api", 60, Data::A(names.partner_address))
        .with("collect", 60, Data::A(names.partner_address));
    let mut text = format!("$ cat /etc/resolv.conf\nnameserver {}\n", names.resolver());
    for (index, label) in ["api", "collect"].into_iter().enumerate() {
        let question = Question::new(Name::new(&format!("{label}.{domain}")), RecordType::A);
        let reply = Reply { authoritative: false, ..zone.reply(&question) };
        let how = Dig {
            at: None,
            server: names.resolver(),
            id: names.id + u16::try_from(index * 211).unwrap_or(0),
            when: u64::try_from(names.at(2220 + 9 * index as i64).and_utc().timestamp()).unwrap_or(0),
            took: if index == 0 { 2 } else { 1 },
            recursion: true,
        };
        let shown = dig(&question, &reply, &how);
        if facts.resolver_drops && index == 0 {
            let (command, rest) = shown.split_once('\n').unwrap_or_default();
            let _ = write!(
                text,
                "{command}\n;; communications error to {}#53: timed out\n{rest}",
                names.resolver()
            );
        } else {
            text.push_str(&shown);
        }
    }
    let finding = if facts.resolver_drops { "answers-get-lost" } else { "answered-at-once" };
    scene.show("resolve", finding, vec![shown(Command, text)]);
}

fn host_limits(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let mut text = format!(
        "$ sysctl net.ipv4.ip_local_port_range\nnet.ipv4.ip_local_port_range = {}\t{}\n",
        facts.local_ports.0, facts.local_ports.1
    );
    for (round, second) in [2280, 2340].into_iter().enumerate() {
        let _ = writeln!(
            text,
            "$ {}date -u +%FT%TZ; ethtool -S ens5 | grep exceeded\n{}",
            if round == 0 { "" } else { "sleep 60; " },
            stamp(names.at(second))
        );
        let lost = if facts.bandwidth_left { 12 } else { 48_210 + 6000 * u32::try_from(round).unwrap_or(0) };
        for (counter, value) in [
            ("bw_in_allowance_exceeded", 0),
            (
                "bw_out_allowance_exceeded",
                lost + names.luck(round) * if facts.bandwidth_left { 0 } else { 7 },
            ),
            ("pps_allowance_exceeded", 0),
            ("conntrack_allowance_exceeded", 0),
            ("linklocal_allowance_exceeded", 0),
        ] {
            let _ = writeln!(text, "     {counter}: {value}");
        }
    }
    let finding = match (facts.bandwidth_left, facts.local_ports.1 > 60_000) {
        (false, _) => "bandwidth-exceeded",
        (true, false) => "few-local-ports",
        (true, true) => "room-left",
    };
    scene.show("host-limits", finding, vec![shown(Command, text)]);
}

fn routes(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let network = facts.network(false);
    let mut text = String::new();
    if let Some(table) = network.route_tables.first() {
        let (query, rows) = route_rows(table);
        let _ = write!(
            text,
            "$ aws ec2 describe-route-tables --filters Name=association.subnet-id,Values={} --query '{query}' --output table\n{}",
            names.subnets[0],
            aws_table("DescribeRouteTables", &rows)
        );
    }
    let _ = write!(
        text,
        "$ aws ec2 describe-nat-gateways --filter Name=vpc-id,Values={} --query 'NatGateways[].[NatGatewayId,State,ConnectivityType,SubnetId,NatGatewayAddresses[].[PublicIp,AllocationId,IsPrimary,Status]]' --output json | jq -c '.[]'\n[\"{}\",\"available\",\"public\",\"{}\",[[\"{}\",\"{}\",true,\"succeeded\"]]]\n",
        names.vpc, names.nat, names.subnets[1], names.public, names.allocation
    );
    scene.show("routes", "one-gateway-one-address", vec![shown(Command, text)]);
}

fn partner(scene: &mut Scene, facts: &Facts<'_>, nat: &[NatSecond]) {
    let names = facts.names;
    let (_, _, failed) = facts.latency(nat);
    let late = facts.late(nat);
    // What failed never came to them, unless it is they who were late or refused.
    let (requests, refused) = match late {
        Late::Allowance => {
            let over = facts.load - facts.allowed.unwrap_or(facts.load);
            (facts.calls() + over * 900, over * 900 + failed)
        }
        Late::Partner => (facts.calls(), 0),
        _ => (facts.calls() - failed, 0),
    };
    let (median, high) = match late {
        Late::Partner => (facts.answer - 12, 11_480),
        _ => (USUAL - 12, 3 * USUAL),
    };
    let text = format!(
        "From: noc@{}\nDate: {}\nSubject: Re: calls from {}\n\nFigures of our edge for your source address (UTC):\nfrom\tto\trequests\tp50_ms\tp99_ms\thttp_429\thttp_5xx\n{}\t{}\t{requests}\t{median}\t{high}\t{refused}\t0\nConnections are closed by us after {REQUESTS_PER_CONNECTION} requests, or {} s without one. Status page: operational.\n",
        names.partner.trim_start_matches("api."),
        names.at(3900).format("%a, %d %b %Y %H:%M:%S +0000"),
        names.public,
        names.at(1800).format("%H:%M"),
        names.at(2700).format("%H:%M"),
        names.hold
    );
    let finding = match late {
        Late::Allowance => "refuses-some",
        Late::Partner => "answers-late",
        _ => "answers-fast",
    };
    scene.show("partner", finding, vec![shown(Table, text)]);
}

fn code(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let made = match facts.pool {
        Some(pool) => format!(
            "8:const agent = new https.Agent({{ keepAlive: true, maxSockets: {pool} }});\n21:async function charge(order) {{\n22:  return axios.post(CHARGES, order, {{ httpsAgent: agent, timeout: 10000 }});\n"
        ),
        None => "21:async function charge(order) {\n22:  const agent = new https.Agent({ keepAlive: true });\n23:  return axios.post(CHARGES, order, { httpsAgent: agent, timeout: 10000 });\n".to_owned(),
    };
    let text = format!(
        "$ git -C /srv/{0} log -1 --format='%h %cI' -- src/partner.js\n{1} {2}+00:00\n$ grep -nE 'Agent|function charge|axios.post' /srv/{0}/src/partner.js\n{made}",
        names.service,
        names.commit,
        (names.start - TimeDelta::days(97)).format("%Y-%m-%dT%H:%M:%S"),
    );
    let finding = match facts.pool {
        None => "new-connection-each-call",
        Some(pool) if pool >= 30 => "large-pool",
        Some(_) => "small-pool",
    };
    scene.show("client-code", finding, vec![shown(Config, text)]);
}
