//! I17: names cannot be resolved at peak, because all of CoreDNS sends by one interface and its packets to the VPC's
//! resolver are limited.
//!
//! Rules: each network interface may send 1,024 packets a second to the resolver of the VPC, which cannot be raised (Amazon
//! VPC User Guide, "DNS attributes for your VPC", DNS quotas); what is dropped is counted as `linklocal_allowance_exceeded`,
//! together with the metadata and time services (Amazon EC2 User Guide, "Monitor network performance for ENA settings");
//! neither security groups nor flow logs see it (Amazon VPC User Guide, "Flow log limitations"); with `ndots:5` a name with
//! fewer dots is tried with every suffix first (resolv.conf(5); Kubernetes documentation, "DNS for Services and Pods");
//! CoreDNS answers its own zones and forwards the rest, waiting two seconds for each try (CoreDNS, plugins `kubernetes` and
//! `forward`). A pod's packets leave by the interface that has its address (amazon-vpc-cni-k8s, README).

use std::fmt::Write as _;
use std::net::Ipv4Addr;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use ipnet::Ipv4Net;

use super::{Scene, Series, World, shown};
use crate::cloud::Draw;
use crate::cloud::dns::{
    Cache, Data, Forwarder, Hosted, Internet, Lookup, Name, Question, RESOLVER_PACKETS_PER_SECOND, Rcode,
    RecordType, ResolvConf, Resolver, Source, Zone, coredns_error, coredns_line, dropped_packets, lookup,
};
use crate::cloud::network::{
    DEFAULT_FIELDS, End, Flow, GroupRule, Interface, Line, Network, Peer, Ports, Protocol, Role, Route,
    RouteTable, SecurityGroup, Subnet, Volume, Vpc, aws_table, line, records, security_group_rows, walk,
};
use crate::model::EvidenceType::{Command, Log, Metric, Packet};

pub(super) const WORLD: World = World {
    id: "I17",
    version: 2,
    causes: &[
        "resolver-packet-limit",
        "metadata-traffic",
        "coredns-cpu",
        "domain-fails",
        "group-without-53",
        "conntrack-full",
    ],
    build,
};

const REGION: &str = "ap-northeast-1";
const KINDS: [RecordType; 2] = [RecordType::A, RecordType::Aaaa];
/// The domain that has trouble of its own in one of the worlds.
const DOMAIN: &str = "api.kaypay.example";
/// Of the nodes, where CoreDNS runs; the others run the app. The last is of a newer group.
const DNS_NODE: usize = 0;
const BUSY: usize = 1;
const NEW: usize = 3;

/// What is drawn before the cause is looked at.
struct Names {
    cluster: &'static str,
    service: &'static str,
    account: String,
    vpc: String,
    subnet: String,
    second: u8,
    /// Of the nodes: interfaces, addresses' last bytes, a pod's last bytes on each.
    interfaces: Vec<String>,
    nodes: Vec<u8>,
    pods: Vec<u8>,
    instance: String,
    system_group: String,
    app_group: String,
    new_group: String,
    set: String,
    suffixes: [String; 2],
    balancer: String,
    /// Names looked up in a second of the peak, where it is too much.
    lookups: u32,
    customers: Vec<u32>,
    ports: Vec<u16>,
    ids: Vec<u16>,
    waves: Vec<u32>,
    start: NaiveDateTime,
}

/// The world: what each thing really is.
struct Facts<'a> {
    names: &'a Names,
    /// Names of customers that the app looks up in a second of the peak.
    lookups: u32,
    /// Packets a second to the metadata service by the same interface.
    metadata: u32,
    /// The CPU that CoreDNS may use suffices.
    cpu_left: bool,
    /// The servers of `DOMAIN` answer.
    domain_answers: bool,
    /// The group of CoreDNS's node lets the newer nodes ask.
    lets_new_in: bool,
    tracking_left: bool,
    /// Packets to the resolver and to the metadata service, second by second of a minute at peak: from all of the above.
    per_second: Vec<(u32, u32)>,
}

/// Which lookups fail.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Failing {
    /// What is forwarded, wherever it is asked.
    Forwarded,
    /// Everything, wherever it is asked.
    Everything,
    /// Names of one domain.
    Domain,
    /// Everything asked on this node.
    OnNode(usize),
}

fn build(draw: &mut Draw, cause: &str) -> Scene {
    let names = names(draw);
    let less = names.lookups * 38 / 100;
    let mut facts = Facts {
        names: &names,
        lookups: less,
        metadata: 4,
        cpu_left: true,
        domain_answers: true,
        lets_new_in: true,
        tracking_left: true,
        per_second: Vec::new(),
    };
    match cause {
        "metadata-traffic" => facts.metadata = 820 + names.wave(0),
        "coredns-cpu" => facts.cpu_left = false,
        "domain-fails" => facts.domain_answers = false,
        "group-without-53" => facts.lets_new_in = false,
        // It is the many questions that fill the table.
        "conntrack-full" => (facts.tracking_left, facts.lookups) = (false, names.lookups * 7 / 10),
        _ => facts.lookups = names.lookups,
    }
    facts.per_second = facts.seconds();
    let network = facts.network();
    let failing = facts.failing(&network);
    let mut scene = Scene::default();
    for (name, value) in [
        ("cluster", names.cluster.to_owned()),
        ("service", names.service.to_owned()),
        ("dns_node", names.node(DNS_NODE)),
        ("resolver", names.resolver().to_string()),
        ("domain", DOMAIN.to_owned()),
        ("time", names.at(25 * 60).format("%H:%M").to_string()),
    ] {
        scene.name(name, value);
    }
    app_log(&mut scene, &facts, failing);
    by_name(&mut scene, &facts, failing);
    coredns_log(&mut scene, &facts, failing);
    placement(&mut scene, &facts);
    allowance(&mut scene, &facts);
    dig_compare(&mut scene, &facts);
    rate(&mut scene, &facts);
    metrics(&mut scene, &facts);
    query_log(&mut scene, &facts);
    groups(&mut scene, &facts, &network);
    flow_logs(&mut scene, &facts, &network);
    kernel(&mut scene, &facts);
    scene
}

fn names(draw: &mut Draw) -> Names {
    let day = NaiveDate::from_ymd_opt(2026, draw.int(2, 10), draw.int(3, 27)).unwrap_or_default();
    let start = day.and_hms_opt(draw.int(2, 11), 5 * draw.int(0u32, 11), 0).unwrap_or_default();
    let id = |kind: &str, draw: &mut Draw| format!("{kind}-0{}", draw.hex(16));
    Names {
        cluster: *draw.pick(&["prod", "shop-prod", "core-prod", "tokyo-prod"]),
        service: *draw.pick(&["webhooks", "notifier", "callbacks", "delivery"]),
        account: format!("{:012}", draw.number(100_000_000_000, 999_999_999_999)),
        vpc: id("vpc", draw),
        subnet: id("subnet", draw),
        second: draw.int(20, 90),
        interfaces: (0..4).map(|_| id("eni", draw)).collect(),
        nodes: (0u8..4).map(|index| 10 + 50 * index + draw.int(0u8, 20)).collect(),
        pods: (0u8..5).map(|index| 34 + 46 * index + draw.int(0u8, 12)).collect(),
        instance: id("i", draw),
        system_group: id("sg", draw),
        app_group: id("sg", draw),
        new_group: id("sg", draw),
        set: draw.pod_template_hash(),
        suffixes: [draw.pod_suffix(), draw.pod_suffix()],
        balancer: draw.hex(16),
        lookups: draw.int(261, 272),
        customers: (0..12).map(|index| 10_000 + 1000 * index + draw.int(0u32, 999)).collect(),
        ports: (0..12).map(|_| draw.int(32_768, 60_999)).collect(),
        ids: (0..24).map(|_| draw.int(1024, 65_000)).collect(),
        waves: (0..12).map(|_| draw.int(0, 99)).collect(),
        start,
    }
}

impl Names {
    fn at(&self, seconds: i64) -> NaiveDateTime {
        self.start + TimeDelta::seconds(seconds)
    }

    fn cidr(&self, third: u8, length: u8) -> Ipv4Net {
        Ipv4Net::new(Ipv4Addr::new(10, self.second, third, 0), length).unwrap_or_default()
    }

    fn resolver(&self) -> Ipv4Addr {
        Ipv4Addr::new(10, self.second, 0, 2)
    }

    fn address(&self, node: usize) -> Ipv4Addr {
        Ipv4Addr::new(10, self.second, 16, self.nodes.get(node).copied().unwrap_or(9))
    }

    /// A node's name in the cluster.
    fn node(&self, node: usize) -> String {
        format!("ip-{}.{REGION}.compute.internal", self.address(node).to_string().replace('.', "-"))
    }

    /// A pod's address: of CoreDNS (0 and 4), of the app on the other nodes.
    fn pod(&self, pod: usize) -> Ipv4Addr {
        Ipv4Addr::new(10, self.second, 17, self.pods.get(pod).copied().unwrap_or(9))
    }

    /// Names of CoreDNS's pods.
    fn coredns(&self, which: usize) -> String {
        format!("coredns-{}-{}", self.set, self.suffixes[which.min(1)])
    }

    fn interface(&self, node: usize) -> &str {
        self.interfaces.get(node).map_or("", String::as_str)
    }

    fn customer(&self, index: usize) -> String {
        format!("hooks.c{}.example", self.customers.get(index % 12).copied().unwrap_or(10_000))
    }

    fn port(&self, index: usize) -> u16 {
        self.ports.get(index % 12).copied().unwrap_or(40_000)
    }

    fn id(&self, index: usize) -> u16 {
        self.ids.get(index % 24).copied().unwrap_or(40_000)
    }

    fn wave(&self, index: usize) -> u32 {
        self.waves.get(index % 12).copied().unwrap_or(50)
    }

    /// What the kubelet writes into pods.
    fn resolv_conf(&self) -> ResolvConf {
        let search = ["prod.svc.cluster.local", "svc.cluster.local", "cluster.local"].map(Name::new);
        let mut conf = ResolvConf::new(Ipv4Addr::new(172, 20, 0, 10), search.to_vec());
        conf.search.push(Name::new(&format!("{REGION}.compute.internal")));
        conf.ndots = 5;
        conf
    }
}

fn stamp(time: NaiveDateTime) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The traffic of five minutes, in hundredths of the peak.
fn shape(step: usize) -> u32 {
    [52, 55, 54, 60, 81, 100, 100, 99, 100, 97, 78, 63].get(step % 12).copied().unwrap_or(50)
}

impl Facts<'_> {
    /// A lookup of a name by a pod: every question to CoreDNS and who answered it.
    fn look_up(&self, name: &str) -> Lookup {
        let names = self.names;
        let now = u64::try_from(names.at(1860).and_utc().timestamp()).unwrap_or(0);
        let zone_name = name.split_once('.').map_or("", |(_, rest)| rest);
        let labels = name.split('.').next().unwrap_or_default();
        let zone = Zone::new(zone_name, &format!("ns1.{zone_name}"), 300, 300).with(
            labels,
            60,
            Data::A(Ipv4Addr::new(203, 0, 113, 40)),
        );
        let mut hosted = Hosted::steady(&format!("ns1.{zone_name}"), Ipv4Addr::new(192, 0, 2, 53), zone);
        if name == DOMAIN && !self.domain_answers {
            hosted.outages.push((0, u64::MAX));
        }
        let internet = Internet { hosted: vec![hosted] };
        let mut above = Resolver::new(names.resolver());
        let own = Zone::new(&format!("{REGION}.compute.internal"), "ns0.amazonaws.example", 60, 60);
        above.private.push((0, own));
        let cluster = Zone::new("cluster.local", "ns.dns.cluster.local", 30, 30).with(
            "ledger.prod.svc",
            30,
            Data::A(Ipv4Addr::new(172, 20, 41, 9)),
        );
        // CoreDNS keeps what does not exist by name and type: a type learns nothing from the other.
        let mut coredns = KINDS.map(|_| Forwarder {
            address: Ipv4Addr::new(172, 20, 0, 10),
            zones: vec![cluster.clone()],
            cache: Cache::capped(30),
        });
        lookup(&names.resolv_conf(), name, &KINDS, |question| {
            let own = usize::from(question.kind == KINDS[1]);
            coredns[own].resolve(question, now, |question, now| above.resolve(&internet, question, now))
        })
    }

    /// Of the questions of a lookup, those that CoreDNS forwards.
    fn forwarded(&self, name: &str) -> u32 {
        let asked = self.look_up(name).asked;
        let count = asked.iter().filter(|asked| asked.resolution.source == Source::Upstream).count();
        u32::try_from(count).unwrap_or(0)
    }

    /// Questions that CoreDNS forwards in a second of the peak. What gets no reply is asked once more. Names that many ask for
    /// are in its cache and hardly count.
    fn packets(&self) -> u32 {
        let first = self.lookups * self.forwarded(&self.names.customer(0));
        let mut sent = f64::from(first);
        for _ in 0..30 {
            let total = sent + f64::from(self.metadata);
            let lost = (1.0 - f64::from(RESOLVER_PACKETS_PER_SECOND) / total).max(0.0);
            sent = f64::from(first) * (1.0 + lost);
        }
        sent.round() as u32
    }

    /// What `per_second` holds.
    fn seconds(&self) -> Vec<(u32, u32)> {
        let packets = self.packets();
        let wave = |second: u32| self.names.wave(second as usize) + second * 13 % 50;
        (0..60)
            .map(|second| (packets * (970 + wave(second) / 2) / 1000, self.metadata + second % 3))
            .collect()
    }

    /// What the interface drops in that minute.
    fn dropped(&self) -> u32 {
        let all: Vec<u32> = self.per_second.iter().map(|(dns, metadata)| dns + metadata).collect();
        dropped_packets(&all, RESOLVER_PACKETS_PER_SECOND).iter().sum()
    }

    /// How likely a packet is dropped at peak.
    fn loss(&self) -> f64 {
        let all: u32 = self.per_second.iter().map(|(dns, metadata)| dns + metadata).sum();
        f64::from(self.dropped()) / f64::from(all.max(1))
    }

    fn network(&self) -> Network {
        let names = self.names;
        let any = Ipv4Net::default;
        let ask = |id: &str| {
            [Protocol::Udp, Protocol::Tcp].map(|protocol| GroupRule {
                egress: false,
                protocol: Some(protocol),
                ports: Ports::Range(53, 53),
                peer: Peer::Group(id.to_owned()),
            })
        };
        let out = GroupRule { egress: true, protocol: None, ports: Ports::All, peer: Peer::Cidr(any()) };
        let mut system = ask(&names.app_group).to_vec();
        if self.lets_new_in {
            system.extend(ask(&names.new_group));
        }
        system.push(out.clone());
        let group = |id: &str, name: &str, rules| SecurityGroup {
            id: id.to_owned(),
            name: name.to_owned(),
            vpc: names.vpc.clone(),
            rules,
        };
        let interface = |node: usize, group: &str| Interface {
            id: names.interface(node).to_owned(),
            subnet: names.subnet.clone(),
            address: names.pod(node),
            public: None,
            groups: vec![group.to_owned()],
            mtu: 9001,
            role: Role::Host,
        };
        Network {
            account: names.account.clone(),
            vpcs: vec![Vpc { id: names.vpc.clone(), cidrs: vec![names.cidr(0, 16)] }],
            subnets: vec![Subnet {
                id: names.subnet.clone(),
                vpc: names.vpc.clone(),
                cidr: names.cidr(16, 20),
                route_table: "rtb-nodes".to_owned(),
                network_acl: String::new(),
            }],
            route_tables: vec![RouteTable {
                id: "rtb-nodes".to_owned(),
                vpc: names.vpc.clone(),
                routes: vec![Route::local(names.cidr(0, 16))],
            }],
            security_groups: vec![
                group(&names.system_group, "eks-system-nodes", system),
                group(&names.app_group, "eks-app-nodes", vec![out.clone()]),
                group(&names.new_group, "eks-app-nodes-b", vec![out]),
            ],
            interfaces: vec![
                interface(DNS_NODE, &names.system_group),
                interface(BUSY, &names.app_group),
                interface(2, &names.app_group),
                interface(NEW, &names.new_group),
            ],
            ..Network::default()
        }
    }

    /// A question of a pod of a node to CoreDNS.
    fn question(&self, node: usize, port: u16) -> Flow {
        Flow {
            from: End::Interface(self.names.interface(node).to_owned()),
            to: self.names.pod(DNS_NODE),
            protocol: Protocol::Udp,
            source_port: port,
            destination_port: 53,
            request_size: 92,
            reply_size: 171,
            dont_fragment: false,
            listens: true,
        }
    }

    fn failing(&self, network: &Network) -> Failing {
        let reaches = |node| {
            let walk = walk(network, &self.question(node, 40_000));
            walk.failed().is_none()
        };
        if !reaches(NEW) {
            Failing::OnNode(NEW)
        } else if !self.tracking_left {
            Failing::OnNode(BUSY)
        } else if !self.cpu_left {
            Failing::Everything
        } else if self.dropped() > 0 {
            Failing::Forwarded
        } else {
            Failing::Domain
        }
    }

    /// Of a hundred lookups of a kind on a node in a span of five minutes, how many fail.
    fn failed_share(&self, failing: Failing, node: usize, kind: &str, step: usize) -> f64 {
        let cluster = kind == "cluster.local";
        let peak = shape(step) > 90;
        match failing {
            // Dropped twice, for one of its forwarded questions at least.
            Failing::Forwarded if !cluster && peak => {
                let twice = self.loss() * self.loss();
                let share = 100.0 * (1.0 - (1.0 - twice).powi(4));
                // A name that stands in the cache is in danger only when it has to be asked again.
                if kind == DOMAIN { share * 0.1 } else { share }
            }
            Failing::Everything if peak => 21.0,
            Failing::Domain if kind == DOMAIN => 96.0,
            Failing::OnNode(NEW) if node == NEW => 100.0,
            Failing::OnNode(failing) if node == failing && peak => 34.0,
            _ => 0.0,
        }
    }
}

/// Lookups of each kind on a node in five minutes at peak.
const KINDS_OF_NAMES: [(&str, u32); 3] = [("cluster.local", 9), ("customers", 30), (DOMAIN, 3)];

fn counted(facts: &Facts<'_>, failing: Failing, node: usize, kind: usize, step: usize) -> (u32, u32) {
    let (name, parts) = KINDS_OF_NAMES[kind];
    // Customers' names of the three nodes together are the lookups of the facts.
    let spread = [0, 12, 10, 8].get(node).copied().unwrap_or(10);
    let count = facts.lookups * 300 * parts / 30 * spread / 30 * shape(step) / 100;
    let failed = f64::from(count) * facts.failed_share(failing, node, name, step) / 100.0;
    (count, failed.round() as u32)
}

fn app_log(scene: &mut Scene, facts: &Facts<'_>, failing: Failing) {
    let names = facts.names;
    let node = match failing {
        Failing::OnNode(node) => node,
        _ => 2,
    };
    let mut text = format!(
        "$ kubectl logs -n prod -l app={} --tail=-1 --since-time={} --timestamps | grep lookup | tail -n 4\n",
        names.service,
        stamp(names.at(1830))
    );
    for index in 0..4usize {
        let name = if failing == Failing::Domain { DOMAIN.to_owned() } else { names.customer(index) };
        let reason = match failing {
            Failing::Domain => format!("lookup {name} on 172.20.0.10:53: server misbehaving"),
            _ => format!(
                "lookup {name} on 172.20.0.10:53: read udp {}:{}->172.20.0.10:53: i/o timeout",
                names.pod(node),
                names.port(index)
            ),
        };
        let time = names.at(1851 + 2 * i64::try_from(index).unwrap_or(0)).format("%Y-%m-%dT%H:%M:%S");
        let _ = writeln!(
            text,
            "{time}.{:09}Z ERROR deliver: Post \"https://{name}/\": dial tcp: {reason}",
            118_204_771 + 203_113_009 * index
        );
    }
    let (mut requests, mut failed) = (Vec::new(), Vec::new());
    for step in 0..12usize {
        requests.push(f64::from(facts.lookups * 300 * 2 * shape(step) / 100));
        let all: u32 = (1..4)
            .flat_map(|node| (0..3).map(move |kind| (node, kind)))
            .map(|(node, kind)| counted(facts, failing, node, kind, step).1)
            .sum();
        failed.push(f64::from(all));
    }
    let time = |step: usize| names.at(300 * i64::try_from(step).unwrap_or(0));
    let _ = writeln!(
        text,
        "$ aws cloudwatch get-metric-statistics --namespace AWS/ApplicationELB --metric-name RequestCount --dimensions Name=LoadBalancer,Value=app/{}/{} --start-time {} --end-time {} --period 300 --statistics Sum --query 'sort_by(Datapoints,&Timestamp)[].[Timestamp,Sum]' --output text",
        names.service,
        names.balancer,
        stamp(names.start),
        stamp(names.at(3600))
    );
    for (step, value) in requests.iter().enumerate() {
        let _ = writeln!(text, "{}+00:00\t{value:.1}", time(step).format("%Y-%m-%dT%H:%M:%S"));
    }
    text.push_str(&insights(
        names,
        0,
        3600,
        "filter lookup_failed = 1 | stats count(*) as failed by bin(5m) as t | sort t",
        2,
    ));
    for (step, value) in failed.iter().enumerate().filter(|(_, value)| **value > 0.0) {
        let _ = writeln!(text, "{}.000\t{value}", time(step).format("%Y-%m-%d %H:%M:%S"));
    }
    let all_day = failed.first().is_some_and(|count| *count > 0.0);
    let finding = match (failing, all_day) {
        (Failing::Domain, _) => "servers-fail-all-the-time",
        (_, true) => "time-outs-all-the-time",
        (_, false) => "time-outs-at-peak",
    };
    scene.show("app-log", finding, vec![shown(Log, text)]);
    if let Some(view) = scene.views.get_mut("app-log") {
        view.series = [("RequestCount", requests), ("failed lookups", failed)]
            .map(|(name, points)| Series {
                name: name.to_owned(),
                unit: "Count".to_owned(),
                start: stamp(names.start),
                step_seconds: 300,
                points,
            })
            .to_vec();
    }
}

fn insights(names: &Names, from: i64, to: i64, query: &str, columns: usize) -> String {
    let columns: Vec<String> = (0..columns).map(|index| format!("[{index}].value")).collect();
    format!(
        "$ q=$(aws logs start-query --log-group-name /eks/{}/{} --start-time {} --end-time {} --query-string '{query}' --query queryId --output text); sleep 10; aws logs get-query-results --query-id $q --query 'results[*].[{}]' --output text\n",
        names.cluster,
        names.service,
        names.at(from).and_utc().timestamp(),
        names.at(to).and_utc().timestamp() - 1,
        columns.join(",")
    )
}

fn by_name(scene: &mut Scene, facts: &Facts<'_>, failing: Failing) {
    let names = facts.names;
    let mut text = insights(
        names,
        1800,
        2100,
        "stats count(*) as lookups, sum(lookup_failed) as failed by node, zone | sort node, zone",
        4,
    );
    let mut rows = Vec::new();
    for node in 1..4 {
        for (kind, (name, _)) in KINDS_OF_NAMES.into_iter().enumerate() {
            let (count, failed) = counted(facts, failing, node, kind, 6);
            rows.push((names.node(node), name, count, failed));
        }
    }
    rows.sort();
    for (node, zone, count, failed) in rows {
        let _ = writeln!(text, "{node}\t{zone}\t{count}\t{failed}");
    }
    let finding = match failing {
        Failing::Forwarded => "external-names-on-every-node",
        Failing::Everything => "all-names-on-every-node",
        Failing::Domain => "one-domain-on-every-node",
        Failing::OnNode(_) => "all-names-on-one-node",
    };
    scene.show("by-name", finding, vec![shown(Log, text)]);
}

fn coredns_log(scene: &mut Scene, facts: &Facts<'_>, failing: Failing) {
    let names = facts.names;
    let prefix = |which: usize| format!("[pod/{}/coredns]", names.coredns(which));
    let mut text = format!(
        "$ kubectl logs -n kube-system -l k8s-app=kube-dns --prefix --tail=-1 --since-time={} | grep -E '{}|{}|plugin/errors' | head -n 14\n",
        stamp(names.at(1855)),
        names.customer(8),
        DOMAIN.replace('.', "\\."),
    );
    let client = names.pod(2);
    let found = facts.look_up(&names.customer(8));
    for (index, asked) in found.asked.iter().enumerate() {
        let own = asked.resolution.source != Source::Upstream;
        let slow = if facts.cpu_left { 0 } else { 1_400_000 + 21_113 * names.wave(index) };
        let microseconds = slow + if own { 98 + names.wave(index) } else { 2100 + 17 * names.wave(index) };
        let line = coredns_line(
            (client, names.port(index)),
            names.id(index),
            &asked.question,
            &asked.resolution.reply,
            microseconds,
        );
        let _ = writeln!(text, "{} {line}", prefix(index % 2));
    }
    for index in 0..4usize {
        match failing {
            Failing::Forwarded => {
                let typed = names.customer(index);
                let suffix = format!("{typed}.{REGION}.compute.internal");
                let name = if index % 2 == 0 { suffix } else { typed };
                let question = Question::new(Name::new(&name), KINDS[index / 2 % 2]);
                let from = names.pod(if index % 2 == 0 { 0 } else { 4 });
                let line = coredns_error(&question, (from, names.port(index + 4)), names.resolver());
                let _ = writeln!(text, "{} {line}", prefix(index % 2));
            }
            Failing::Domain => {
                let asked = facts.look_up(DOMAIN).asked;
                let failed = asked.iter().filter(|one| one.resolution.reply.rcode == Rcode::ServFail);
                let failed: Vec<_> = failed.collect();
                if let Some(one) = failed.get(index % failed.len().max(1)) {
                    let line = coredns_line(
                        (client, names.port(index + 5)),
                        names.id(index + 12),
                        &one.question,
                        &one.resolution.reply,
                        1_204_113 + 3000 * names.wave(index),
                    );
                    let _ = writeln!(text, "{} {line}", prefix(index % 2));
                }
            }
            _ => {}
        }
    }
    let finding = match failing {
        Failing::Forwarded => "no-reply-from-the-resolver",
        Failing::Domain => "one-domain-servfail",
        _ => "every-question-answered",
    };
    scene.show("coredns-log", finding, vec![shown(Log, text)]);
}

fn placement(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let mut text = "$ kubectl get pods -n kube-system -l k8s-app=kube-dns -o custom-columns=NAME:.metadata.name,IP:.status.podIP,NODE:.spec.nodeName --no-headers\n".to_owned();
    for (which, pod) in [(0, 0), (1, 4)] {
        let _ = writeln!(text, "{}   {}   {}", names.coredns(which), names.pod(pod), names.node(DNS_NODE));
    }
    let _ = write!(
        text,
        "$ aws ec2 describe-network-interfaces --filters Name=attachment.instance-id,Values={} --query 'NetworkInterfaces[].[NetworkInterfaceId,Attachment.DeviceIndex,join(`,`,PrivateIpAddresses[].PrivateIpAddress)]' --output text\n{}\t0\t{},{},{}\n$ kubectl exec -n prod deploy/{} -- cat /etc/resolv.conf\n",
        names.instance,
        names.interface(DNS_NODE),
        names.address(DNS_NODE),
        names.pod(0),
        names.pod(4),
        names.service,
    );
    // The kubelet writes the search list first.
    let conf = names.resolv_conf().to_string();
    let mut lines: Vec<&str> = conf.lines().collect();
    lines.sort_by_key(|line| !line.starts_with("search"));
    let _ = writeln!(text, "{}", lines.join("\n"));
    scene.show("placement", "both-on-one-interface", vec![shown(Command, text)]);
}

fn allowance(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let mut text = format!("$ hostname -f\n{}\n", names.node(DNS_NODE));
    let before = if facts.dropped() > 0 { 2_104_882 + 97 * names.wave(1) } else { 0 };
    for (round, value) in [before, before + facts.dropped()].into_iter().enumerate() {
        let _ = writeln!(
            text,
            "$ {}date -u +%FT%TZ; ethtool -S ens5 | grep exceeded\n{}",
            if round == 0 { "" } else { "sleep 60; " },
            stamp(names.at(1920 + 60 * i64::try_from(round).unwrap_or(0)))
        );
        for (counter, count) in [
            ("bw_in_allowance_exceeded", 0),
            ("bw_out_allowance_exceeded", 0),
            ("pps_allowance_exceeded", 0),
            ("conntrack_allowance_exceeded", 0),
            ("linklocal_allowance_exceeded", value),
        ] {
            let _ = writeln!(text, "     {counter}: {count}");
        }
    }
    let finding = if facts.dropped() > 0 { "link-local-exceeded" } else { "nothing-exceeded" };
    scene.show("allowance", finding, vec![shown(Command, text)]);
}

/// The same question to the VPC's resolver from CoreDNS's own interface and from another node, at the same time.
fn dig_compare(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let failing_domain = !facts.domain_answers;
    let name = if failing_domain { DOMAIN.to_owned() } else { names.customer(9) };
    let mut text = String::new();
    let mut lost = 0;
    for here in [true, false] {
        let _ = writeln!(
            text,
            "$ {} -- sh -c 'for i in 1 2 3 4 5 6 7 8 9 10; do dig @{} {} A +tries=1 +timeout=2 | grep -E \"status:|timed out\"; done'",
            if here {
                format!("kubectl debug -n kube-system {} -i --image=nicolaka/netshoot", names.coredns(0))
            } else {
                format!("kubectl debug node/{} -i --image=nicolaka/netshoot", names.node(2))
            },
            names.resolver(),
            name,
        );
        for run in 0..10usize {
            // Spread evenly, so that some of ten are lost where a part of all is.
            let place = f64::from((u32::try_from(run).unwrap_or(0) * 7 + 3) % 10) / 10.0 + 0.05;
            if here && place < facts.loss().max(if facts.dropped() > 0 { 0.12 } else { 0.0 }) {
                lost += 1;
                let _ = writeln!(text, ";; communications error to {}#53: timed out", names.resolver());
            } else {
                let code = if failing_domain { Rcode::ServFail } else { Rcode::NoError };
                let _ = writeln!(
                    text,
                    ";; ->>HEADER<<- opcode: QUERY, status: {code}, id: {}",
                    names.id(run + if here { 0 } else { 10 })
                );
            }
        }
    }
    let finding = match (lost > 0, failing_domain) {
        (true, _) => "lost-at-coredns-only",
        (false, true) => "fails-from-both",
        (false, false) => "works-from-both",
    };
    scene.show("dig-compare", finding, vec![shown(Command, text)]);
}

fn rate(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let mut text = format!(
        "$ hostname -f\n{}\n$ timeout 7 tcpdump -nn -i ens5 -tt 'dst host {} or dst host 169.254.169.254 or dst host 169.254.169.123' 2>/dev/null | awk '{{split($1,t,\".\"); sub(/\\.[0-9]+:$/,\"\",$5); n[t[1]\" \"$5]++}} END {{for (k in n) print k, n[k]}}' | sort | sed '1,2d' | head -n 10\n",
        names.node(DNS_NODE),
        names.resolver()
    );
    let mut rows = Vec::new();
    for (second, (dns, metadata)) in facts.per_second.iter().copied().take(5).enumerate() {
        let time = names.at(1980 + i64::try_from(second).unwrap_or(0)).and_utc().timestamp();
        rows.push((time, names.resolver().to_string(), dns));
        rows.push((time, "169.254.169.254".to_owned(), metadata));
    }
    rows.sort();
    for (time, to, count) in &rows {
        let _ = writeln!(text, "{time} {to} {count}");
    }
    let dns: u32 = facts.per_second.iter().take(5).map(|(dns, _)| dns).sum();
    let all: u32 = facts.per_second.iter().take(5).map(|(dns, metadata)| dns + metadata).sum();
    let limit = 5 * RESOLVER_PACKETS_PER_SECOND;
    let finding = match (dns > limit, all > limit) {
        (true, _) => "questions-alone-above-the-limit",
        (false, true) => "together-above-the-limit",
        (false, false) => "below-the-limit",
    };
    scene.show("rate", finding, vec![shown(Packet, text)]);
}

fn metrics(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let at = names.at(1980).and_utc().timestamp();
    let mut text = String::new();
    let mut query = |query: &str, rows: Vec<(String, f64)>| {
        let _ = writeln!(text, "$ promtool query instant http://prometheus.monitoring:9090 '{query}'");
        for (labels, value) in rows {
            let _ = writeln!(text, "{{{labels}}} => {value} @[{at}.000]");
        }
    };
    let round = |value: f64| (value * 1000.0).round() / 1000.0;
    let pods = |values: [f64; 2]| -> Vec<(String, f64)> {
        let rows = values.into_iter().enumerate();
        rows.map(|(which, value)| (format!("pod=\"{}\"", names.coredns(which)), round(value))).collect()
    };
    let usage = if facts.cpu_left { 0.31 } else { 0.1 };
    query(
        "sum by (pod) (rate(container_cpu_usage_seconds_total{namespace=\"kube-system\",container=\"coredns\"}[1m]))",
        pods([usage, usage - 0.002]),
    );
    let (throttled, limits) = if facts.cpu_left { ([0.0, 0.0], None) } else { ([0.94, 0.97], Some(0.1)) };
    query(
        "sum by (pod) (kube_pod_container_resource_limits{namespace=\"kube-system\",container=\"coredns\",resource=\"cpu\"})",
        limits.map(|limit| pods([limit, limit])).unwrap_or_default(),
    );
    if limits.is_some() {
        query(
            "sum by (pod) (rate(container_cpu_cfs_throttled_periods_total{container=\"coredns\"}[1m])) / sum by (pod) (rate(container_cpu_cfs_periods_total{container=\"coredns\"}[1m]))",
            pods(throttled),
        );
    }
    let lookup = facts.look_up(&names.customer(0));
    let missing = lookup.asked.iter().filter(|asked| asked.resolution.reply.rcode == Rcode::NxDomain).count();
    let per_lookup = |count: usize| f64::from(facts.lookups) * count as f64;
    query(
        "sum by (rcode) (rate(coredns_dns_responses_total[1m]))",
        vec![
            ("rcode=\"NOERROR\"".to_owned(), round(per_lookup(lookup.asked.len() - missing) + 212.4)),
            ("rcode=\"NXDOMAIN\"".to_owned(), round(per_lookup(missing) + 97.25)),
        ],
    );
    let forwarded = f64::from(facts.packets());
    query(
        "sum by (pod) (rate(coredns_proxy_request_duration_seconds_count[1m]))",
        pods([forwarded * 0.51, forwarded * 0.49]),
    );
    let finding = match (facts.cpu_left, facts.packets() > 650) {
        (false, _) => "cpu-at-its-limit",
        (true, true) => "forwards-much",
        (true, false) => "forwards-little",
    };
    scene.show("coredns-metrics", finding, vec![shown(Metric, text)]);
}

fn query_log(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let asked = facts.look_up(&names.customer(0)).asked;
    let above = |rcode: Rcode| {
        let one = asked
            .iter()
            .filter(|one| one.resolution.source == Source::Upstream && one.resolution.reply.rcode == rcode);
        f64::from(facts.lookups) * one.count() as f64
    };
    // Of what is sent, the log has what arrived.
    let arrived = 300.0 * (1.0 - facts.loss() * facts.loss());
    let suffix = format!("{REGION}.compute.internal.");
    let mut rows = vec![
        (suffix, "NXDOMAIN", (above(Rcode::NxDomain) * arrived) as u32),
        ("customers".to_owned(), "NOERROR", (above(Rcode::NoError) * arrived) as u32),
    ];
    // Two pods ask for two types each time their caches have forgotten: after 30 seconds, a failure after 5.
    let (code, own) = if facts.domain_answers { ("NOERROR", 40) } else { ("SERVFAIL", 240) };
    rows.push((format!("{DOMAIN}."), code, own));
    rows.sort_by_key(|(_, _, count)| std::cmp::Reverse(*count));
    let mut text = format!(
        "$ q=$(aws logs start-query --log-group-name /route53resolver/{0} --start-time {1} --end-time {2} --query-string 'filter srcids.instance = \"{3}\" | parse query_name /(?<suffix>{4}\\.compute\\.internal\\.|{5}\\.)$/ | stats count(*) as n by coalesce(suffix, \"customers\") as zone, rcode | sort n desc' --query queryId --output text); sleep 10; aws logs get-query-results --query-id $q --query 'results[*].[[0].value,[1].value,[2].value]' --output text\n",
        names.vpc,
        names.at(1800).and_utc().timestamp(),
        names.at(2100).and_utc().timestamp() - 1,
        names.instance,
        REGION,
        DOMAIN.replace('.', "\\."),
    );
    for (zone, rcode, count) in rows {
        let _ = writeln!(text, "{zone}\t{rcode}\t{count}");
    }
    let finding = if facts.domain_answers { "answers-what-arrives" } else { "one-domain-servfail" };
    scene.show("query-log", finding, vec![shown(Log, text)]);
}

fn groups(scene: &mut Scene, facts: &Facts<'_>, network: &Network) {
    let names = facts.names;
    let mut text = String::new();
    if let Some(group) = network.security_groups.first() {
        let (query, rows) = security_group_rows(group);
        let _ = write!(
            text,
            "$ aws ec2 describe-security-group-rules --filters Name=group-id,Values={} --query '{query}' --output table\n{}",
            names.system_group,
            aws_table("DescribeSecurityGroupRules", &rows)
        );
    }
    let ids: Vec<&str> = (0..4).map(|node| names.interface(node)).collect();
    let _ = writeln!(
        text,
        "$ aws ec2 describe-network-interfaces --network-interface-ids {} --query 'NetworkInterfaces[].[NetworkInterfaceId,PrivateIpAddress,Groups[0].GroupId]' --output text",
        ids.join(" ")
    );
    for (node, interface) in network.interfaces.iter().enumerate() {
        let group = interface.groups.first().map_or("", String::as_str);
        let _ = writeln!(text, "{}\t{}\t{group}", interface.id, names.address(node));
    }
    let finding = if facts.lets_new_in { "all-nodes-may-ask" } else { "new-nodes-may-not-ask" };
    scene.show("groups", finding, vec![shown(Command, text)]);
}

fn flow_logs(scene: &mut Scene, facts: &Facts<'_>, network: &Network) {
    let names = facts.names;
    let begin = names.at(1860);
    let mut all = Vec::new();
    for (index, node) in [BUSY, 2, NEW, BUSY, NEW].into_iter().enumerate() {
        let start =
            (begin + TimeDelta::seconds(3 + 9 * i64::try_from(index).unwrap_or(0))).and_utc().timestamp();
        let volume = Volume {
            account: names.account.clone(),
            start,
            end: start + 5,
            tries: 2,
            request: (1, 92),
            reply: (1, 171),
            closed: true,
        };
        all.extend(records(&walk(network, &facts.question(node, names.port(index + 2))), &volume));
    }
    let mut text = format!(
        "$ aws logs filter-log-events --log-group-name /vpc/flow-logs --log-stream-names {}-all --filter-pattern '?\" 53 \" ?\"{}\"' --start-time {} --end-time {} --query 'events[].[message]' --output text | tail -n 10\n",
        names.interface(DNS_NODE),
        names.resolver(),
        begin.and_utc().timestamp_millis(),
        names.at(1920).and_utc().timestamp_millis()
    );
    for record in all.iter().filter(|record| record.interface == names.interface(DNS_NODE)) {
        let _ = writeln!(text, "{}", line(&Line::Data(record.clone()), DEFAULT_FIELDS));
    }
    let finding = if all.iter().all(|record| record.accept) {
        "pods-to-coredns-accepted"
    } else {
        "some-pods-rejected"
    };
    scene.show("flow-logs", finding, vec![shown(Log, text)]);
}

fn kernel(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let mut text = String::new();
    for node in [BUSY, NEW] {
        let full = node == BUSY && !facts.tracking_left;
        let most = 131_072;
        let _ = write!(
            text,
            "$ hostname -f\n{0}\n$ sysctl net.netfilter.nf_conntrack_count net.netfilter.nf_conntrack_max\nnet.netfilter.nf_conntrack_count = {1}\nnet.netfilter.nf_conntrack_max = {most}\n$ journalctl -k --since '{2}' -o short-iso --utc --no-hostname | grep -i conntrack\n",
            names.node(node),
            if full { most } else { 18_400 + 41 * names.wave(node) },
            names.at(1800).format("%F %T"),
        );
        for second in [1803i64, 1808, 1814].into_iter().filter(|_| full) {
            let _ = writeln!(
                text,
                "{} kernel: nf_conntrack: nf_conntrack: table full, dropping packet",
                names.at(second).format("%Y-%m-%dT%H:%M:%S+0000")
            );
        }
    }
    let finding = if facts.tracking_left { "tracking-has-room" } else { "tracking-table-full" };
    scene.show("kernel", finding, vec![shown(Log, text)]);
}
