//! D04: the network in which all conversations of a log happen, and the lines they leave.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use ipnet::Ipv4Net;

use crate::cloud::Draw;
use crate::cloud::network::{
    AclRule, End, Flow, GroupRule, Interface, InternetGateway, Line, NatGateway, Network, NetworkAcl,
    Outside, Peer, Peering, Ports, Protocol, Record, Role, Route, RouteTable, SecurityGroup, Subnet, Target,
    Volume, Vpc, records, walk,
};

const ACCOUNT: &str = "123456789012";
const SERVICES: &[u16] = &[22, 443, 5432, 3306, 6379, 8080, 8443, 9092, 9200];
const SCANNED: &[u16] =
    &[21, 23, 25, 80, 111, 135, 445, 1433, 1521, 2375, 3389, 5900, 5985, 7001, 10250, 11211, 27017];

/// What becomes of a conversation, as far as a log tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Works,
    /// The reply meets a network ACL.
    ReplyRejected,
    /// The request is rejected.
    Rejected,
    NoListener,
    NoAnswer,
    TooBig,
    /// It works, and something comes after its end.
    Late,
    /// Through the NAT gateway.
    Translated,
}

/// A conversation.
#[derive(Clone)]
pub(super) struct Talk {
    pub(super) kind: Kind,
    /// The logged interface is the one that begins.
    pub(super) outbound: bool,
    pub(super) far: Ipv4Addr,
    /// The private host, for those through the NAT gateway.
    pub(super) host: Ipv4Addr,
    pub(super) port: u16,
    pub(super) from_port: u16,
    /// Volumes in successive intervals.
    pub(super) parts: Vec<((u64, u64), (u64, u64))>,
    pub(super) minute: i64,
    pub(super) tries: u64,
}

fn id(draw: &mut Draw, kind: &str) -> String {
    format!("{kind}-0{}", draw.hex(16))
}

fn net(address: Ipv4Addr, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(address, prefix).trunc()
}

pub(super) struct Log {
    pub(super) own: Ipv4Addr,
    pub(super) nat: Ipv4Addr,
    pub(super) own_id: String,
    pub(super) nat_id: String,
    pub(super) start: i64,
    pub(super) talks: Vec<Talk>,
    /// Lines with the moment they are sorted by.
    pub(super) lines: Vec<Line>,
}

impl Log {
    pub(super) fn new(draw: &mut Draw, level: u8) -> Self {
        let second = draw.int(1u8, 250);
        let at = |third: u8, fourth: u8| Ipv4Addr::new(10, second, third, fourth);
        let own = at(1, draw.int(10, 250));
        let nat = at(0, draw.int(10, 250));
        let mut far: Vec<Ipv4Addr> = Vec::new();
        let mut fresh = |draw: &mut Draw, inside: bool| loop {
            let made = match (inside, draw.int(0, 1)) {
                (true, _) => at(draw.int(16, 31), draw.int(10, 250)),
                (false, 0) => Ipv4Addr::new(198, 51, 100, draw.int(1, 254)),
                (false, _) => Ipv4Addr::new(203, 0, 113, draw.int(1, 254)),
            };
            if !far.contains(&made) {
                far.push(made);
                break made;
            }
        };
        let mut kinds =
            vec![Kind::ReplyRejected, Kind::Rejected, Kind::NoAnswer, Kind::Works, Kind::Works, Kind::Works];
        if level >= 2 {
            kinds.extend([Kind::NoListener, Kind::Works, Kind::Works, Kind::Rejected]);
        }
        if level >= 3 {
            kinds.extend([Kind::TooBig, Kind::Late]);
        }
        let mut talks = Vec::new();
        for kind in kinds {
            // Only those that may begin on either side.
            let outbound = match kind {
                Kind::NoAnswer => true,
                Kind::Works | Kind::ReplyRejected | Kind::Rejected => draw.percent(30),
                _ => false,
            };
            let inside = outbound || kind == Kind::TooBig || draw.percent(50);
            let host = fresh(draw, inside);
            talks.push(Talk::new(draw, kind, outbound, host, level));
        }
        // Someone tries door after door.
        let scanner = fresh(draw, false);
        for port in draw.some(SCANNED, draw_count(level, [4, 6, 4])) {
            let talk = Talk::new(draw, Kind::Rejected, false, scanner, level);
            talks.push(Talk { port, ..talk });
        }
        if level >= 2 {
            // And someone the same door again and again.
            let knocker = fresh(draw, false);
            let port = *draw.pick(&[22, 3389]);
            for _ in 0..draw.int(2, 3) {
                let talk = Talk::new(draw, Kind::Rejected, false, knocker, level);
                talks.push(Talk { port, ..talk });
            }
        }
        if level >= 3 {
            let hosts: Vec<_> = (0..3).map(|_| fresh(draw, true)).collect();
            let partners = [fresh(draw, false), fresh(draw, false)];
            for host in &hosts {
                for partner in &partners {
                    if draw.percent(75) {
                        let talk = Talk::new(draw, Kind::Translated, true, *partner, level);
                        talks.push(Talk { host: *host, port: 443, ..talk });
                    }
                }
            }
        }
        // Two conversations have no end in common.
        let mut used = BTreeSet::new();
        for talk in &mut talks {
            while !used.insert(talk.from_port) {
                talk.from_port = draw.int(32768, 60999);
            }
        }
        let start = 1_767_225_600 + 60 * draw.int(0i64, 300_000);
        let (own_id, nat_id) = (id(draw, "eni"), id(draw, "eni"));
        let mut log = Self { own, nat, own_id, nat_id, start, talks, lines: Vec::new() };
        log.fill(draw, level);
        log
    }

    /// The one network in which all of it happens.
    fn network(&self) -> Network {
        let text = |text: &str| text.to_owned();
        let [a, b, ..] = self.own.octets();
        let vpc = net(self.own, 16);
        let other = net(Ipv4Addr::new(a, b ^ 1, 0, 0), 16);
        let host = |address: Ipv4Addr| Ipv4Net::from(address);
        let all = Ipv4Net::default();
        let any = |egress: bool| GroupRule {
            egress,
            protocol: None,
            ports: Ports::All,
            peer: Peer::Cidr(Ipv4Net::default()),
        };
        let mut own_rules = Vec::new();
        let mut acl = vec![
            AclRule {
                number: 1000,
                egress: false,
                protocol: None,
                ports: Ports::All,
                cidr: all,
                allow: true,
            },
            AclRule { number: 1000, egress: true, protocol: None, ports: Ports::All, cidr: all, allow: true },
        ];
        let mut interfaces = Vec::new();
        for talk in &self.talks {
            let there = Peer::Cidr(host(talk.far));
            let ports = Ports::Range(talk.port, talk.port);
            if !matches!(talk.kind, Kind::Rejected | Kind::Translated) {
                own_rules.push(GroupRule {
                    egress: talk.outbound,
                    protocol: Some(Protocol::Tcp),
                    ports,
                    peer: there,
                });
            }
            if talk.kind == Kind::ReplyRejected {
                // The reply goes out where the request came in, and the other way round.
                let ephemeral = Ports::Range(1024, 65535);
                let rule = AclRule {
                    number: 100,
                    egress: !talk.outbound,
                    protocol: Some(Protocol::Tcp),
                    ports: ephemeral,
                    cidr: host(talk.far),
                    allow: false,
                };
                acl.push(rule);
            }
            let private = if talk.kind == Kind::Translated { talk.host } else { talk.far };
            if vpc.contains(&private) && !interfaces.iter().any(|found: &Interface| found.address == private)
            {
                let silent = talk.kind == Kind::NoAnswer;
                interfaces.push(Interface {
                    id: format!("eni-{private}"),
                    subnet: text(if talk.kind == Kind::TooBig { "far" } else { "inner" }),
                    address: private,
                    public: None,
                    groups: vec![text(if silent { "silent" } else { "open" })],
                    mtu: 9001,
                    role: Role::Host,
                });
            }
        }
        interfaces.push(Interface {
            id: self.own_id.clone(),
            subnet: text("own"),
            address: self.own,
            public: Some(Ipv4Addr::new(192, 0, 2, 10)),
            groups: vec![text("own")],
            mtu: 9001,
            role: Role::Host,
        });
        interfaces.push(Interface {
            id: self.nat_id.clone(),
            subnet: text("nat"),
            address: self.nat,
            public: Some(Ipv4Addr::new(192, 0, 2, 11)),
            groups: Vec::new(),
            mtu: 9001,
            role: Role::NatGateway,
        });
        let subnet = |name: &str, cidr, table: &str, acl: &str| Subnet {
            id: text(name),
            vpc: text("vpc"),
            cidr,
            route_table: text(table),
            network_acl: text(acl),
        };
        let table = |name: &str, more: Vec<Route>| RouteTable {
            id: text(name),
            vpc: text("vpc"),
            routes: [vec![Route::local(vpc)], more].concat(),
        };
        let out = Route::to(all, Target::InternetGateway(text("igw")));
        // Hosts behind a hop that takes 1500 bytes and tells nobody.
        let small = self.talks.iter().filter(|talk| talk.kind == Kind::TooBig);
        let small = small.map(|talk| Route::to(host(talk.far), Target::Peering(text("pcx"))));
        let group =
            |name: &str, rules| SecurityGroup { id: text(name), name: text(name), vpc: text("vpc"), rules };
        let list = |name: &str, rules| NetworkAcl { id: text(name), vpc: text("vpc"), rules };
        let mut network = Network {
            account: text(ACCOUNT),
            vpcs: vec![
                Vpc { id: text("vpc"), cidrs: vec![vpc] },
                Vpc { id: text("far"), cidrs: vec![other] },
            ],
            subnets: vec![
                subnet("own", net(self.own, 24), "public", "own"),
                subnet("nat", net(self.nat, 24), "public", "free"),
                subnet("inner", net(Ipv4Addr::new(a, b, 16, 0), 20), "private", "free"),
            ],
            route_tables: vec![
                table("public", [vec![out], small.collect()].concat()),
                table("private", vec![Route::to(all, Target::NatGateway(text("nat")))]),
                RouteTable {
                    id: text("far"),
                    vpc: text("far"),
                    routes: vec![Route::to(vpc, Target::Peering(text("pcx")))],
                },
            ],
            network_acls: vec![list("own", acl.clone()), list("free", acl.drain(..2).collect())],
            security_groups: vec![
                group("own", own_rules),
                group("open", vec![any(true), any(false)]),
                group("silent", vec![any(true)]),
            ],
            interfaces,
            internet_gateways: vec![InternetGateway { id: text("igw"), vpc: text("vpc") }],
            nat_gateways: vec![NatGateway { id: text("nat"), interface: self.nat_id.clone() }],
            peerings: vec![Peering {
                id: text("pcx"),
                vpcs: [text("vpc"), text("far")],
                active: true,
                mtu: 1500,
            }],
            outside: vec![Outside {
                id: text("internet"),
                cidrs: vec![net(Ipv4Addr::new(198, 51, 100, 0), 24), net(Ipv4Addr::new(203, 0, 113, 0), 24)],
                links: Vec::new(),
                routes: Vec::new(),
                stateful: false,
            }],
            ..Network::default()
        };
        network.subnets.push(Subnet {
            vpc: text("far"),
            ..subnet("far", net(Ipv4Addr::new(a, b, 16, 0), 20), "far", "free")
        });
        network
    }

    fn fill(&mut self, draw: &mut Draw, level: u8) {
        let network = self.network();
        let own_side = |talk: &Talk| {
            if talk.kind == Kind::Translated {
                return End::Interface(format!("eni-{}", talk.host));
            }
            let inside = network.interface(&format!("eni-{}", talk.far));
            match (talk.outbound, inside) {
                (true, _) => End::Interface(self.own_id.clone()),
                (false, Some(found)) => End::Interface(found.id.clone()),
                (false, None) => End::Outside("internet".to_owned(), talk.far),
            }
        };
        let mut lines = Vec::new();
        for talk in &self.talks {
            let outside = !talk.outbound && network.interface(&format!("eni-{}", talk.far)).is_none();
            let to = match (talk.outbound, outside) {
                (true, _) => talk.far,
                (false, true) => Ipv4Addr::new(192, 0, 2, 10),
                (false, false) => self.own,
            };
            let flow = Flow {
                from: own_side(talk),
                to,
                protocol: Protocol::Tcp,
                source_port: talk.from_port,
                destination_port: talk.port,
                request_size: 400,
                reply_size: if talk.kind == Kind::TooBig { 9001 } else { 1400 },
                dont_fragment: true,
                listens: talk.kind != Kind::NoListener,
            };
            let walk = walk(&network, &flow);
            let last = talk.parts.len() - 1;
            for (index, (request, reply)) in talk.parts.iter().enumerate() {
                let start = self.start + 60 * (talk.minute + index as i64) + draw.int(0i64, 20);
                let volume = Volume {
                    account: ACCOUNT.to_owned(),
                    start,
                    end: start + draw.int(15i64, 38),
                    tries: talk.tries,
                    request: *request,
                    reply: *reply,
                    closed: index == last,
                };
                for mut record in records(&walk, &volume) {
                    if ![&self.own_id, &self.nat_id].contains(&&record.interface) {
                        continue;
                    }
                    // SYN only in the first interval; those between show nothing: ACK alone is not shown.
                    if index > 0 {
                        record.tcp_flags &= 1;
                    }
                    lines.push(Line::Data(record));
                }
            }
            let minute = self.start + 60 * (talk.minute + last as i64 + 1);
            let mut after = Vec::new();
            for record in lines.iter().rev().take(2) {
                let Line::Data(record) = record else { continue };
                let reply = record.source == self.own;
                match talk.kind {
                    // The large segment again, and nothing from the other side.
                    Kind::TooBig if reply => {
                        let packets = draw.int(2, 4);
                        let bytes = packets * 9001;
                        after.push(Record { packets, bytes, tcp_flags: 0, ..record.clone() });
                    }
                    Kind::Late if !reply => {
                        after.push(Record {
                            packets: 1,
                            bytes: 40,
                            tcp_flags: 4,
                            accept: false,
                            ..record.clone()
                        });
                    }
                    _ => {}
                }
            }
            for record in after {
                let start = minute + draw.int(2i64, 20);
                let end = start + draw.int(5i64, 30);
                lines.push(Line::Data(Record { start, end, ..record }));
            }
        }
        // Intervals in which nothing passed, or too much was to be written down.
        for _ in 0..draw.int(1, usize::from(level) + 1) {
            let start = self.start + 60 * draw.int(0i64, 9) + draw.int(0i64, 5);
            let (account, interface) = (ACCOUNT.to_owned(), self.own_id.clone());
            let end = start + 54;
            lines.push(if draw.percent(45) {
                Line::NoData { account, interface: id(draw, "eni"), start, end }
            } else {
                Line::SkipData { account, interface, start, end }
            });
        }
        lines.sort_by_key(|line| match line {
            Line::Data(record) => (record.end / 60, record.start),
            Line::NoData { start, end, .. } | Line::SkipData { start, end, .. } => (end / 60, *start),
        });
        self.lines = lines;
    }
}

/// A count by level.
fn draw_count(level: u8, counts: [usize; 3]) -> usize {
    counts.get(usize::from(level) - 1).copied().unwrap_or(4)
}

impl Talk {
    fn new(draw: &mut Draw, kind: Kind, outbound: bool, far: Ipv4Addr, level: u8) -> Self {
        let spans = match kind {
            Kind::Works if level >= 2 => draw.int(1, 3),
            Kind::Works => draw.int(1, 2),
            _ => 1,
        };
        let parts = (0..spans).map(|_| {
            let mut way = |low: u64, high: u64| {
                let packets = draw.int(6u64, 400);
                (packets, packets * draw.int(low, high) + draw.int(0u64, 40))
            };
            (way(60, 700), way(90, 1300))
        });
        let parts = parts.collect();
        let port =
            if kind == Kind::Rejected && !outbound { *draw.pick(SCANNED) } else { *draw.pick(SERVICES) };
        Self {
            kind,
            outbound,
            far,
            host: far,
            port,
            from_port: draw.int(32768, 60999),
            parts,
            minute: draw.int(0, 8),
            // As often as SYNs are repeated in fifteen seconds.
            tries: draw.int(1, 4),
        }
    }
}
