//! I11: pods whose packets are larger than a firewall on the way takes, and a firewall that does not say so.
//!
//! Rules: a sender learns of a smaller link from ICMP type 3 code 4 only (RFC 1191); where it is filtered, large packets
//! vanish and small ones pass (RFC 2923, section 2.1); the plugin gives pods `AWS_VPC_ENI_MTU` when they are created, 9001
//! by default (amazon-vpc-cni-k8s, README); a transit gateway takes 8500 bytes and clamps the MSS (AWS Transit Gateway guide,
//! "Quotas", MTU); ping's sizes and messages are those of iputils (ping(8)).
//!
//! What the transit gateway hands to the nodes' network passes the firewall as well: subnets of its attachments are not
//! modelled, so the database's route leads to the firewall's interface instead.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddrV4};

use chrono::{NaiveDate, NaiveDateTime, TimeDelta, Timelike as _};
use ipnet::Ipv4Net;

use super::{Scene, Series, World, shown};
use crate::cloud::Draw;
use crate::cloud::network::{
    AclRule, Attachment, DEFAULT_FIELDS, End, Flow, GroupRule, Interface, Line, Network, NetworkAcl, Peer,
    Ports, Protocol, Reason, Record, Role, Route, RouteTable, SecurityGroup, Subnet, Target, TransitGateway,
    TransitRoute, TransitTable, Verdict, Volume, Vpc, aws_table, line, records, route_rows,
    security_group_rows, walk,
};
use crate::cloud::tcp::{self, Action, Host, Loss, Reaction, Side};
use crate::model::EvidenceType::{Command, Config, Log, Metric, Packet};

pub(super) const WORLD: World = World {
    id: "I11",
    version: 2,
    causes: &[
        "mtu-black-hole",
        "firewall-forgets",
        "icmp-filtered-lately",
        "group-of-new-nodes",
        "database-saturated",
        "names-fail",
    ],
    build,
};

const REGION: &str = "ap-northeast-1";
const PORT: u16 = 5432;
/// Of the firewall's inside.
const FIREWALL_MTU: u32 = 1500;
const JUMBO: u32 = 9001;
/// What a transit gateway clamps the MSS to: 8500 less the headers.
const CLAMPED: u32 = 8460;
/// IP packets: a call of few bytes, and one of many.
const SMALL: u32 = 412;
const OLD: usize = 0;
const NEW: usize = 1;

/// What is drawn before the cause is looked at.
struct Names {
    cluster: &'static str,
    service: &'static str,
    database: String,
    account: String,
    vpcs: [String; 2],
    gateway: String,
    subnets: Vec<String>,
    /// old pod's node, new pod's node, firewall, database, test instance, scanner.
    interfaces: Vec<String>,
    node_group: String,
    db_group: String,
    second: [u8; 2],
    hosts: Vec<u8>,
    pods: [String; 2],
    ports: Vec<u16>,
    sequence: [u32; 2],
    /// Calls in the hour.
    calls: u32,
    /// The bytes of a large statement.
    large: u32,
    /// Of the hour that is looked at, in which calls hang.
    hour: NaiveDateTime,
    /// When the add-on was updated.
    updated: NaiveDateTime,
}

/// The world: what each thing really is.
struct Facts<'a> {
    names: &'a Names,
    old_mtu: u32,
    /// The firewall says that a packet is too big; if not, since when it is silent.
    speaks: bool,
    silent_since: NaiveDateTime,
    /// After so many idle seconds the firewall forgets a connection.
    forgets: u32,
    /// The database's group lets the whole network of the nodes in, not only the older subnets.
    lets_all_in: bool,
    saturated: bool,
    resolves: bool,
    /// Of a hundred calls, how many are made by the new group, and how many are large.
    new_share: u32,
    large_share: u32,
}

/// What a call that hangs waits for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hang {
    Name,
    Connection,
    /// The path does not take its size.
    Large,
    /// The firewall has forgotten the connection.
    Idle,
    Database,
}

fn build(draw: &mut Draw, cause: &str) -> Scene {
    let names = names(draw);
    let mut facts = Facts {
        names: &names,
        old_mtu: FIREWALL_MTU,
        speaks: true,
        silent_since: names.hour,
        forgets: 3600,
        lets_all_in: true,
        saturated: false,
        resolves: true,
        new_share: 12,
        large_share: 25,
    };
    match cause {
        "firewall-forgets" => facts.forgets = 300,
        "icmp-filtered-lately" => {
            (facts.old_mtu, facts.speaks) = (JUMBO, false);
            (facts.silent_since, facts.large_share) = (names.hour - TimeDelta::minutes(754), 3);
        }
        "group-of-new-nodes" => (facts.lets_all_in, facts.new_share) = (false, 3),
        "database-saturated" => facts.saturated = true,
        "names-fail" => facts.resolves = false,
        _ => (facts.speaks, facts.silent_since) = (false, names.hour - TimeDelta::days(412)),
    }
    let network = facts.network();
    let mut scene = Scene::default();
    for (name, value) in [
        ("cluster", names.cluster.to_owned()),
        ("service", names.service.to_owned()),
        ("database", names.database.clone()),
        ("old_group", "general-a".to_owned()),
        ("new_group", "general-b".to_owned()),
        ("updated", names.updated.format("%Y-%m-%d").to_string()),
        ("db_address", names.address(3).to_string()),
    ] {
        scene.name(name, value);
    }
    app_log(&mut scene, &facts, &network);
    by_group(&mut scene, &facts, &network);
    by_size(&mut scene, &facts, &network);
    pod_mtu(&mut scene, &facts);
    ping(&mut scene, &facts, &network);
    trace(&mut scene, &facts, &network);
    flow_logs(&mut scene, &facts, &network);
    groups(&mut scene, &facts, &network);
    load(&mut scene, &facts);
    addon(&mut scene, &facts);
    firewall(&mut scene, &facts);
    scene
}

fn names(draw: &mut Draw) -> Names {
    let day = NaiveDate::from_ymd_opt(2026, draw.int(2, 10), draw.int(8, 27)).unwrap_or_default();
    let hour = day.and_hms_opt(draw.int(1, 9), 0, 0).unwrap_or_default();
    let id = |kind: &str, draw: &mut Draw| format!("{kind}-0{}", draw.hex(16));
    let service = *draw.pick(&["orders", "booking", "ledger", "members", "pricing"]);
    let first: u8 = draw.int(10, 60);
    let set = draw.pod_template_hash();
    // No two alike.
    let mut ports: Vec<u16> = (0..12u16).map(|index| 32_768 + 2300 * index + draw.int(0u16, 2299)).collect();
    draw.shuffle(&mut ports);
    Names {
        cluster: *draw.pick(&["prod", "shop-prod", "core-prod", "tokyo-prod"]),
        service,
        database: format!("{service}-db.c{}.{REGION}.rds.amazonaws.com", draw.hex(11)),
        account: format!("{:012}", draw.number(100_000_000_000, 999_999_999_999)),
        vpcs: [id("vpc", draw), id("vpc", draw)],
        gateway: id("tgw", draw),
        subnets: (0..5).map(|_| id("subnet", draw)).collect(),
        interfaces: (0..6).map(|_| id("eni", draw)).collect(),
        node_group: id("sg", draw),
        db_group: id("sg", draw),
        second: [first, first + draw.int(20, 60)],
        hosts: (0..6).map(|_| draw.int(20, 240)).collect(),
        pods: [0, 1].map(|_| format!("{service}-api-{set}-{}", draw.pod_suffix())),
        ports,
        sequence: [draw.int(100_000_000, 900_000_000), draw.int(1_000_000_000, 2_000_000_000)],
        calls: 100 * draw.int(310u32, 990),
        large: draw.int(3200, 6900),
        hour,
        updated: hour - TimeDelta::minutes(draw.int(2 * 1440, 5 * 1440)),
    }
}

impl Names {
    /// The VPC and the third byte of each interface's subnet.
    fn place(index: usize) -> (usize, u8) {
        match index {
            OLD => (0, 11),
            NEW => (0, 13),
            2 => (0, 5),
            5 => (1, 40),
            _ => (1, 21),
        }
    }

    fn address(&self, index: usize) -> Ipv4Addr {
        let (vpc, third) = Self::place(index);
        // Two in one subnet must differ.
        let host = self.hosts.get(index).copied().unwrap_or(9) / 2 + if index == 4 { 122 } else { 0 };
        Ipv4Addr::new(10, self.second[vpc], third, host)
    }

    fn cidr(&self, vpc: usize, third: u8, length: u8) -> Ipv4Net {
        Ipv4Net::new(Ipv4Addr::new(10, self.second[vpc], third, 0), length).unwrap_or_default()
    }

    fn interface(&self, index: usize) -> &str {
        self.interfaces.get(index).map_or("", String::as_str)
    }

    fn port(&self, index: usize) -> u16 {
        self.ports.get(index).copied().unwrap_or(40_000)
    }

    fn at(&self, seconds: i64) -> NaiveDateTime {
        self.hour + TimeDelta::seconds(seconds)
    }

    /// Three of a hundred.
    fn hung(&self) -> u32 {
        self.calls / 100 * 3
    }
}

fn stamp(time: NaiveDateTime) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

impl Facts<'_> {
    fn mtu(&self, pod: usize) -> u32 {
        if pod == OLD { self.old_mtu } else { JUMBO }
    }

    fn network(&self) -> Network {
        let names = self.names;
        let any = Ipv4Net::default;
        let thirds = [(0, 11), (0, 13), (0, 5), (1, 21), (1, 40)];
        let subnet = |(index, (vpc, third)): (usize, (usize, u8))| Subnet {
            id: names.subnets.get(index).cloned().unwrap_or_default(),
            vpc: names.vpcs[vpc].clone(),
            cidr: names.cidr(vpc, third, 24),
            route_table: ["rtb-nodes", "rtb-nodes", "rtb-firewall", "rtb-data", "rtb-data"][index].to_owned(),
            network_acl: "acl-open".to_owned(),
        };
        let table = |id: &str, vpc: usize, to: Ipv4Net, target| RouteTable {
            id: id.to_owned(),
            vpc: names.vpcs[vpc].clone(),
            routes: vec![Route::local(names.cidr(vpc, 0, 16)), Route::to(to, target)],
        };
        let firewall = || Target::Interface(names.interface(2).to_owned());
        let interface = |index: usize, subnet: usize, group: &str, mtu, role| Interface {
            id: names.interface(index).to_owned(),
            subnet: names.subnets.get(subnet).cloned().unwrap_or_default(),
            address: names.address(index),
            public: None,
            groups: vec![group.to_owned()],
            mtu,
            role,
        };
        let rule =
            |egress, protocol, ports, peer| GroupRule { egress, protocol, ports, peer: Peer::Cidr(peer) };
        let all = |egress| rule(egress, None, Ports::All, any());
        let too_big = || rule(false, Some(Protocol::Icmp), Ports::Icmp(3, 4), any());
        let database = |from| rule(false, Some(Protocol::Tcp), Ports::Range(PORT, PORT), from);
        let let_in = if self.lets_all_in { names.cidr(0, 0, 16) } else { names.cidr(0, 8, 22) };
        let group = |id: &str, name: &str, vpc: usize, rules| SecurityGroup {
            id: id.to_owned(),
            name: name.to_owned(),
            vpc: names.vpcs[vpc].clone(),
            rules,
        };
        let acl = |number, egress| AclRule {
            number,
            egress,
            protocol: None,
            ports: Ports::All,
            cidr: any(),
            allow: true,
        };
        let attachment = |vpc: usize| Attachment {
            id: format!("tgw-attach-{vpc}"),
            resource: names.vpcs[vpc].clone(),
            kind: "vpc",
            route_table: "tgw-rtb".to_owned(),
        };
        let route = |vpc: usize| TransitRoute {
            destination: names.cidr(vpc, 0, 16),
            attachment: Some(format!("tgw-attach-{vpc}")),
            propagated: true,
        };
        let appliance = Role::Appliance { mtu: FIREWALL_MTU, says_too_big: self.speaks, clamps_mss: None };
        Network {
            account: names.account.clone(),
            vpcs: [0, 1]
                .map(|vpc| Vpc { id: names.vpcs[vpc].clone(), cidrs: vec![names.cidr(vpc, 0, 16)] })
                .to_vec(),
            subnets: thirds.into_iter().enumerate().map(subnet).collect(),
            route_tables: vec![
                table("rtb-nodes", 0, names.cidr(1, 0, 16), firewall()),
                table("rtb-firewall", 0, names.cidr(1, 0, 16), Target::TransitGateway(names.gateway.clone())),
                table("rtb-data", 1, names.cidr(0, 0, 16), firewall()),
            ],
            network_acls: vec![NetworkAcl {
                id: "acl-open".to_owned(),
                vpc: names.vpcs[0].clone(),
                rules: vec![acl(100, false), acl(100, true)],
            }],
            security_groups: vec![
                group(
                    &names.node_group,
                    "eks-nodes",
                    0,
                    vec![too_big(), rule(true, None, Ports::All, any())],
                ),
                group(&names.db_group, "data-postgres", 1, vec![database(let_in), too_big(), all(true)]),
                group("sg-open", "open", 0, vec![all(false), all(true)]),
            ],
            interfaces: vec![
                interface(OLD, 0, &names.node_group, self.mtu(OLD), Role::Host),
                interface(NEW, 1, &names.node_group, self.mtu(NEW), Role::Host),
                interface(2, 2, "sg-open", JUMBO, appliance),
                interface(3, 3, &names.db_group, JUMBO, Role::Host),
                interface(4, 3, "sg-open", JUMBO, Role::Host),
                interface(5, 4, "sg-open", JUMBO, Role::Host),
            ],
            transit_gateways: vec![TransitGateway {
                id: names.gateway.clone(),
                mtu: 8500,
                says_too_big: false,
                group_references: false,
                attachments: vec![attachment(0), attachment(1)],
                route_tables: vec![TransitTable {
                    id: "tgw-rtb".to_owned(),
                    routes: vec![route(0), route(1)],
                }],
            }],
            ..Network::default()
        }
    }

    fn call(&self, from: usize, port: u16, source_port: u16, request: u32) -> Flow {
        Flow {
            from: End::Interface(self.names.interface(from).to_owned()),
            to: self.names.address(3),
            protocol: Protocol::Tcp,
            source_port,
            destination_port: port,
            request_size: request,
            reply_size: SMALL,
            dont_fragment: true,
            listens: true,
        }
    }

    /// What a call of a pod may hang on, if it does at all.
    fn hangs(&self, network: &Network, pod: usize) -> Option<Hang> {
        if !self.resolves {
            return Some(Hang::Name);
        }
        let verdict = |size| walk(network, &self.call(pod, PORT, 40_000, size)).verdict;
        if !matches!(verdict(SMALL), Verdict::Works { .. }) {
            Some(Hang::Connection)
        } else if !matches!(verdict(self.names.large), Verdict::Works { .. }) {
            Some(Hang::Large)
        } else if self.forgets < 600 {
            Some(Hang::Idle)
        } else if self.saturated {
            Some(Hang::Database)
        } else {
            None
        }
    }

    /// Calls and those that hung, by group.
    fn counted_by_group(&self, network: &Network) -> [(u32, u32); 2] {
        let new = self.names.calls / 100 * self.new_share;
        let old = self.names.calls - new;
        let hung = self.names.hung();
        let of_new = match (self.hangs(network, OLD), self.hangs(network, NEW)) {
            (None, _) => hung,
            (Some(_), None) => 0,
            _ => hung * self.new_share / 100,
        };
        [(old, hung - of_new), (new, of_new)]
    }

    /// Likewise, by size: small, large.
    fn counted_by_size(&self, network: &Network) -> [(u32, u32); 2] {
        let large = self.names.calls / 100 * self.large_share;
        let hung = self.names.hung();
        let of_large = match self.hangs(network, NEW) {
            Some(Hang::Large) => hung,
            _ => hung * self.large_share / 100,
        };
        [(self.names.calls - large, hung - of_large), (large, of_large)]
    }
}

fn app_log(scene: &mut Scene, facts: &Facts<'_>, network: &Network) {
    let names = facts.names;
    let mut text = format!(
        "$ kubectl logs -n prod -l app={}-api --tail=-1 --since-time={} --timestamps | grep 'gave up' | shuf -n 4 | sort\n",
        names.service,
        stamp(names.hour)
    );
    let both = facts.hangs(network, OLD).is_some();
    let database = names.address(3);
    for (index, seconds) in [2204, 2317, 2422, 3190].into_iter().enumerate() {
        let pod = if both && index % 2 == 1 { OLD } else { NEW };
        let Some(hang) = facts.hangs(network, pod) else { continue };
        // The third is the call with a large statement that the flow logs show too, where it is one that hangs; else one
        // after their time.
        let (seconds, port) = match (index, hang) {
            (2, Hang::Large) => (seconds, 2),
            (2, _) => (seconds + 75, 11),
            _ => (seconds, index),
        };
        let source = format!("{}:{}", names.address(pod), names.port(port));
        let reason = match hang {
            Hang::Name => format!(
                "dial tcp: lookup {} on 172.20.0.10:53: read udp {source}->172.20.0.10:53: i/o timeout",
                names.database
            ),
            Hang::Connection => format!("dial tcp {database}:{PORT}: i/o timeout"),
            Hang::Large | Hang::Idle | Hang::Database => {
                format!("read tcp {source}->{database}:{PORT}: i/o timeout")
            }
        };
        let time = names.at(seconds).format("%Y-%m-%dT%H:%M:%S");
        let _ = writeln!(
            text,
            "{time}.{:09}Z ERROR {} call gave up after 30s: {reason}",
            118_204_771 + 97_113_009 * index,
            names.pods[pod]
        );
    }
    let finding = match facts.hangs(network, NEW) {
        Some(Hang::Name) => "name-times-out",
        Some(Hang::Connection) => "connect-times-out",
        _ => "read-times-out",
    };
    scene.show("app-log", finding, vec![shown(Log, text)]);
}

fn counts(names: &Names, by: &str, rows: [(&str, (u32, u32)); 2]) -> String {
    let mut text = format!(
        "$ q=$(aws logs start-query --log-group-name /eks/{}/{}-api --start-time {} --end-time {} --query-string 'stats count(*) as calls, sum(hung) as hung by {by}' --query queryId --output text); sleep 10; aws logs get-query-results --query-id $q --query 'results[*].[[0].value,[1].value,[2].value]' --output text\n",
        names.cluster,
        names.service,
        names.hour.and_utc().timestamp(),
        names.at(3599).and_utc().timestamp()
    );
    for (name, (calls, hung)) in rows {
        let _ = writeln!(text, "{name}\t{calls}\t{hung}");
    }
    text
}

fn by_group(scene: &mut Scene, facts: &Facts<'_>, network: &Network) {
    let [old, new] = facts.counted_by_group(network);
    let text = counts(facts.names, "nodegroup", [("general-a", old), ("general-b", new)]);
    let finding = if old.1 == 0 { "new-group-only" } else { "both-groups-alike" };
    scene.show("by-group", finding, vec![shown(Log, text)]);
}

fn by_size(scene: &mut Scene, facts: &Facts<'_>, network: &Network) {
    let [small, large] = facts.counted_by_size(network);
    let text = counts(facts.names, "size_class", [("small", small), ("large", large)]);
    let finding = if small.1 == 0 { "large-only" } else { "all-sizes" };
    scene.show("by-size", finding, vec![shown(Log, text)]);
}

fn pod_mtu(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let mut text = String::new();
    for (pod, group) in [(OLD, "general-a"), (NEW, "general-b")] {
        let name = &names.pods[pod];
        let started = if pod == OLD {
            names.updated - TimeDelta::days(19)
        } else {
            names.updated + TimeDelta::minutes(96)
        };
        let _ = write!(
            text,
            "$ kubectl get pod -n prod {name} -o jsonpath='{{.spec.nodeSelector.nodegroup}}{{\"\\t\"}}{{.status.podIP}}{{\"\\t\"}}{{.status.startTime}}{{\"\\n\"}}'\n{group}\t{}\t{}\n$ kubectl exec -n prod {name} -- ip -o link show eth0\n3: eth0@if{}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu {} qdisc noqueue state UP mode DEFAULT group default \\    link/ether 0a:58:a9:fe:{:02x}:{:02x} brd ff:ff:ff:ff:ff:ff link-netnsid 0\n",
            names.address(pod),
            stamp(started),
            12 + pod * 7,
            facts.mtu(pod),
            names.address(pod).octets()[2],
            names.address(pod).octets()[3],
        );
    }
    let finding = if facts.old_mtu == JUMBO { "all-jumbo" } else { "new-jumbo-old-not" };
    scene.show("pod-mtu", finding, vec![shown(Command, text)]);
}

fn ping(scene: &mut Scene, facts: &Facts<'_>, network: &Network) {
    let names = facts.names;
    let target = names.address(4);
    let mut text = String::new();
    let mut finding = "all-pass";
    for size in [1472u32, 1473] {
        let flow = Flow {
            to: target,
            protocol: Protocol::Icmp,
            source_port: 0,
            destination_port: 0,
            request_size: size + 28,
            reply_size: size + 28,
            ..facts.call(NEW, 0, 0, 0)
        };
        let _ = write!(
            text,
            "$ kubectl exec -n prod {} -- ping -c 3 -M do -s {size} {target}\nPING {target} ({target}) {size}({}) bytes of data.\n",
            names.pods[NEW],
            size + 28
        );
        let after = match walk(network, &flow).verdict {
            Verdict::Works { .. } => {
                for number in 1..=3 {
                    let _ = writeln!(
                        text,
                        "{} bytes from {target}: icmp_seq={number} ttl=62 time=1.4{number} ms",
                        size + 8
                    );
                }
                "3 packets transmitted, 3 received, 0% packet loss, time 2003ms\nrtt min/avg/max/mdev = 1.410/1.420/1.430/0.008 ms"
            }
            Verdict::Stopped { reason: Reason::TooBig(mtu), .. } if facts.speaks => {
                finding = "told";
                let _ = writeln!(
                    text,
                    "From {} icmp_seq=1 Frag needed and DF set (mtu = {mtu})",
                    names.address(2)
                );
                for _ in 2..=3 {
                    let _ = writeln!(text, "ping: local error: message too long, mtu={mtu}");
                }
                "3 packets transmitted, 0 received, +3 errors, 100% packet loss, time 2031ms"
            }
            _ => {
                finding = "lost-in-silence";
                "3 packets transmitted, 0 received, 100% packet loss, time 2046ms"
            }
        };
        let _ = writeln!(text, "\n--- {target} ping statistics ---\n{after}\n");
    }
    scene.show("ping", finding, vec![shown(Command, text)]);
}

fn trace(scene: &mut Scene, facts: &Facts<'_>, network: &Network) {
    let names = facts.names;
    let hang = facts.hangs(network, NEW);
    let large = walk(network, &facts.call(NEW, PORT, names.port(5), names.large)).verdict;
    let mut losses = Vec::new();
    match &large {
        Verdict::Stopped { reason: Reason::TooBig(mtu), .. } => {
            losses.push(Loss::Larger(Side::Client, *mtu, false))
        }
        Verdict::Works { learned_mtu: Some(mtu) } => losses.push(Loss::Larger(Side::Client, *mtu, true)),
        Verdict::Works { .. } => {}
        _ => losses.push(Loss::All(Side::Client)),
    }
    let second = u64::from(facts.forgets) * 1_000_000 + 47_000_000;
    let idle = hang == Some(Hang::Idle);
    losses.push(Loss::Idle(u64::from(facts.forgets) * 1_000_000, false));
    // What the driver says to begin with, then the statement.
    let (hello, statement) = (96, names.large - 52);
    let mut script = vec![(0, Side::Client, Action::Connect), (4000, Side::Client, Action::Send(hello))];
    if idle {
        script.push((second, Side::Client, Action::Send(118)));
    } else {
        script.push((21_000, Side::Client, Action::Send(statement)));
    }
    let answers = if hang == Some(Hang::Database) { 34_000_000 } else { 3800 };
    let until = if idle { second + 28_000_000 } else { 36_000_000 };
    let host = |mss, stamp| Host { mss, retries: 15, stamp, ..Host::default() };
    let played = tcp::play(&tcp::Scene {
        hosts: [host(JUMBO - 40, 1_014_996_905), host(CLAMPED, 3_870_114_200)],
        delay: 700,
        losses,
        script,
        reactions: vec![
            Reaction { side: Side::Server, received: hello, after: 900, action: Action::Send(74) },
            Reaction {
                side: Side::Server,
                received: hello + statement,
                after: answers,
                action: Action::Send(61),
            },
        ],
        until,
    });
    let ends =
        [SocketAddrV4::new(names.address(NEW), names.port(5)), SocketAddrV4::new(names.address(3), PORT)];
    let start = names.at(2501) + TimeDelta::microseconds(114_203);
    let mut lines = match hang {
        Some(Hang::Name) => Vec::new(),
        _ => tcp::tcpdump(
            Side::Client,
            &played.captures[0],
            start,
            ends,
            names.sequence,
            [7, 7],
            names.address(2),
        ),
    };
    let count = lines.len();
    let mut text = format!(
        "$ kubectl debug -n prod -it {} --image=nicolaka/netshoot -- timeout {} tcpdump -nn -i eth0 'port {PORT} or icmp'\n",
        names.pods[NEW],
        until / 1_000_000 + 5
    );
    lines.push(format!("{count} packets captured"));
    let _ = writeln!(text, "{}", lines.join("\n"));
    let finding = match (hang, played.received[1]) {
        (Some(Hang::Name), _) => "no-packets",
        (Some(Hang::Connection), _) => "syn-unanswered",
        (_, got) if idle && got == hello => "small-lost-after-idle",
        (_, got) if got == hello => "large-lost",
        (Some(Hang::Database), _) => "answer-late",
        _ => "answered",
    };
    scene.show("trace", finding, vec![shown(Packet, text)]);
}

fn flow_logs(scene: &mut Scene, facts: &Facts<'_>, network: &Network) {
    let names = facts.names;
    let start = names.at(2340);
    let mut all: Vec<Record> = Vec::new();
    let connects = facts.lets_all_in;
    let mut talk = |flow: &Flow, seconds: i64, request: (u64, u64), reply: (u64, u64)| {
        let begin = (start + TimeDelta::seconds(seconds)).and_utc().timestamp();
        let volume = Volume {
            account: names.account.clone(),
            start: begin,
            end: begin + 30,
            tries: match (flow.destination_port == PORT, connects) {
                (false, _) => 1,
                // A segment and its repetitions within thirty seconds, or SYNs at 0, 1, 3, 7 and 15 seconds.
                (true, true) => 8,
                (true, false) => 5,
            },
            request,
            reply,
            closed: true,
        };
        all.extend(records(&walk(network, flow), &volume));
    };
    // A neighbour that looks for open ports every night, and finds none.
    for (index, port) in [22u16, 3389, 6379].into_iter().enumerate() {
        talk(
            &facts.call(5, port, names.port(6 + index), SMALL),
            3 + 2 * i64::try_from(index).unwrap_or(0),
            (0, 0),
            (0, 0),
        );
    }
    talk(&facts.call(OLD, PORT, names.port(9), SMALL), 11, (17, 2244), (15, 3160));
    talk(&facts.call(NEW, PORT, names.port(10), SMALL), 24, (16, 2108), (14, 2992));
    let large = u64::from(names.large);
    talk(&facts.call(OLD, PORT, names.port(4), names.large), 39, (21, 1302 + large), (18, 1871));
    talk(&facts.call(NEW, PORT, names.port(2), names.large), 52, (20, 1250 + large), (18, 1871));
    let mut text = String::new();
    for index in [NEW, 3] {
        let id = names.interface(index);
        let _ = writeln!(
            text,
            "$ aws logs filter-log-events --log-group-name /vpc/flow-logs --log-stream-names {id}-all --start-time {} --end-time {} --query 'events[].[message]' --output text",
            start.and_utc().timestamp_millis(),
            names.at(2460).and_utc().timestamp_millis()
        );
        for record in all.iter().filter(|record| record.interface == id) {
            let _ = writeln!(text, "{}", line(&Line::Data(record.clone()), DEFAULT_FIELDS));
        }
    }
    let calls = |record: &&Record| [record.source_port, record.destination_port].contains(&PORT);
    let finding = if all.iter().filter(calls).all(|record| record.accept) {
        "calls-accepted"
    } else {
        "calls-rejected"
    };
    scene.show("flow-logs", finding, vec![shown(Log, text)]);
}

fn groups(scene: &mut Scene, facts: &Facts<'_>, network: &Network) {
    let names = facts.names;
    let mut text = String::new();
    if let Some(table) = network.route_tables.first() {
        let (query, rows) = route_rows(table);
        let subnet = names.subnets.get(1).map_or("", String::as_str);
        let _ = write!(
            text,
            "$ aws ec2 describe-route-tables --filters Name=association.subnet-id,Values={subnet} --query '{query}' --output table\n{}",
            aws_table("DescribeRouteTables", &rows)
        );
    }
    for id in [&names.node_group, &names.db_group] {
        if let Some(group) = network.security_groups.iter().find(|group| group.id == *id) {
            let (query, rows) = security_group_rows(group);
            let _ = write!(
                text,
                "$ aws ec2 describe-security-group-rules --filters Name=group-id,Values={id} --query '{query}' --output table\n{}",
                aws_table("DescribeSecurityGroupRules", &rows)
            );
        }
    }
    let finding = if facts.lets_all_in { "all-nodes-allowed" } else { "new-nodes-left-out" };
    scene.show("groups", finding, vec![shown(Command, text)]);
}

fn load(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let instance = names.database.split('.').next().unwrap_or_default();
    let mut series = Vec::new();
    let mut text = String::new();
    for (metric, unit) in [("CPUUtilization", "Percent"), ("DatabaseConnections", "Count")] {
        let point = |step: u32| -> f64 {
            let wave = f64::from((step * 7 + names.calls / 100) % 11);
            match (metric, facts.saturated) {
                ("CPUUtilization", true) => 96.0 + wave / 4.0,
                ("CPUUtilization", false) => 31.0 + wave,
                (_, true) => 480.0 + wave,
                (_, false) => 212.0 + wave,
            }
        };
        let points: Vec<f64> = (0..12).map(point).collect();
        let _ = writeln!(
            text,
            "$ aws cloudwatch get-metric-statistics --namespace AWS/RDS --metric-name {metric} --dimensions Name=DBInstanceIdentifier,Value={instance} --start-time {} --end-time {} --period 300 --statistics Average --query 'sort_by(Datapoints,&Timestamp)[].[Timestamp,Average]' --output text",
            stamp(names.hour),
            stamp(names.at(3600))
        );
        for (step, value) in points.iter().enumerate() {
            let time = names.at(300 * i64::try_from(step).unwrap_or(0));
            let _ = writeln!(text, "{}+00:00\t{value:?}", time.format("%Y-%m-%dT%H:%M:%S"));
        }
        series.push(Series {
            name: metric.to_owned(),
            unit: unit.to_owned(),
            start: stamp(names.hour),
            step_seconds: 300,
            points,
        });
    }
    let finding = if facts.saturated { "saturated" } else { "room-left" };
    scene.show("db-load", finding, vec![shown(Metric, text)]);
    if let Some(view) = scene.views.get_mut("db-load") {
        view.series = series;
    }
}

fn addon(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let before = names.updated - TimeDelta::minutes(148 * 1440 + 213);
    let text = format!(
        "$ aws eks describe-addon --cluster-name {} --addon-name vpc-cni --query 'addon.[addonVersion,status,modifiedAt,configurationValues]' --output text\nv1.19.2-eksbuild.1\tACTIVE\t{}+00:00\tNone\n$ kubectl -n kube-system get controllerrevision -l k8s-app=aws-node -o json | jq -r '.items | sort_by(.revision)[] | [.revision, .metadata.creationTimestamp, (.data.spec.template.spec.containers[0].env[] | select(.name == \"AWS_VPC_ENI_MTU\") | .value)] | @tsv'\n7\t{}\t{}\n8\t{}\t{JUMBO}\n",
        names.cluster,
        names.updated.format("%Y-%m-%dT%H:%M:%S"),
        stamp(before),
        facts.old_mtu,
        stamp(names.updated + TimeDelta::seconds(41)),
    );
    let finding = if facts.old_mtu == JUMBO { "default-as-before" } else { "setting-dropped" };
    scene.show("addon", finding, vec![shown(Command, text)]);
}

fn firewall(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let minute = names.hour.minute();
    let verdict = if facts.speaks { "accept" } else { "drop" };
    let changed = if facts.speaks { names.hour - TimeDelta::days(301) } else { facts.silent_since };
    let text = format!(
        "$ date -u +%FT%TZ\n{}\n$ ip -o link show dev eth1 | grep -o 'mtu [0-9]*'\nmtu {FIREWALL_MTU}\n$ sysctl net.netfilter.nf_conntrack_tcp_timeout_established net.netfilter.nf_conntrack_tcp_loose\nnet.netfilter.nf_conntrack_tcp_timeout_established = {}\nnet.netfilter.nf_conntrack_tcp_loose = 0\n$ git -C /etc/nftables log -n 1 --format='%cI %s'\n{}+00:00 icmp: destination-unreachable {verdict}\n$ nft list chain inet filter output\ntable inet filter {{\n\tchain output {{\n\t\ttype filter hook output priority filter; policy accept;\n\t\ticmp type destination-unreachable {verdict}\n\t}}\n}}\n$ nft list chain inet filter forward\ntable inet filter {{\n\tchain forward {{\n\t\ttype filter hook forward priority filter; policy drop;\n\t\tct state established,related accept\n\t\tip saddr {} ip daddr {} tcp dport {PORT} ct state new accept\n\t\tip saddr {} ip daddr {} icmp type {{ echo-request, echo-reply }} accept\n\t}}\n}}\n",
        stamp(names.at(4200)),
        facts.forgets,
        (changed + TimeDelta::minutes(i64::from(minute))).format("%Y-%m-%dT%H:%M:%S"),
        names.cidr(0, 0, 16),
        names.cidr(1, 0, 16),
        names.cidr(0, 0, 16),
        names.cidr(1, 0, 16),
    );
    let finding = match (facts.speaks, facts.forgets < 600) {
        (true, true) => "forgets-soon",
        (true, false) => "speaks",
        (false, _) if names.hour - facts.silent_since < TimeDelta::days(2) => "silent-lately",
        (false, _) => "silent-for-long",
    };
    scene.show("firewall", finding, vec![shown(Config, text)]);
}
