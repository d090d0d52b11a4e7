//! I23: replies that take another link home than the requests came by, and firewalls that know nothing of them.
//!
//! Rules: a transit gateway takes the longest prefix first; of equal ones a static route, then those of VPCs, Direct Connect
//! gateways and VPNs, and its table shows the preferred one only (AWS Transit Gateway guide, "How AWS Transit Gateway works",
//! route evaluation order); a Direct Connect gateway announces the allowed prefixes of its association as they were entered
//! (AWS Direct Connect User Guide, "Allowed prefixes interactions"), a VPN of a transit gateway the routes of its table (AWS
//! Site-to-Site VPN User Guide, "Route tables and route priority"); a stateful firewall drops what belongs to no connection
//! it saw begin (RFC 2979 on what that does; AWS re:Post, "How do I resolve asymmetric routing issues when I create a VPN as
//! a backup to Direct Connect in a transit gateway?"). The site's routers run FRR on Linux; its firewalls log as nf_log does.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddrV4};

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use ipnet::Ipv4Net;

use super::{Scene, Series, World, shown};
use crate::cloud::Draw;
use crate::cloud::network::{
    Attachment, DEFAULT_FIELDS, End, Flow, GroupRule, Hop, Interface, Leg, Line, Link, Network, Outside,
    Peer, Ports, Protocol, Reason, Role, Route, RouteTable, SecurityGroup, Subnet, Target, TransitGateway,
    TransitRoute, TransitTable, Verdict, Volume, Vpc, Walk, aws_table, line, records, transit_gateway_routes,
    walk,
};
use crate::cloud::tcp::{self, Action, Host, Loss, Reaction, Side, What};
use crate::model::EvidenceType::{Command, Log, Metric, Packet};

pub(super) const WORLD: World = World {
    id: "I23",
    version: 2,
    causes: &[
        "dx-vpn-asymmetric",
        "static-to-vpn",
        "summary-from-aws",
        "mtu-black-hole",
        "dx-errors",
        "tunnel-flaps",
        "firewall-policy",
    ],
    build,
};

const SSH: u16 = 22;
const VPC_MTU: u32 = 8500;
/// A host of the branch, one of the head office.
const BRANCH: usize = 0;
const HEAD: usize = 1;

/// What is drawn before the cause is looked at.
struct Names {
    account: String,
    vpc: String,
    gateway: String,
    table: String,
    /// VPC, Direct Connect gateway, VPN.
    attachments: [String; 3],
    dx_gateway: String,
    association: String,
    vpn: String,
    connection: String,
    virtual_interface: String,
    interface: String,
    subnet: String,
    group: String,
    tunnel: Ipv4Addr,
    tunnel_inside: u8,
    virtual_inside: u8,
    vpc_second: u8,
    site_second: u8,
    branch_third: u8,
    head_third: u8,
    hosts: [u8; 3],
    ports: Vec<u16>,
    sequence: [u32; 2],
    admin: &'static str,
    waves: Vec<u32>,
    /// When the carrier's maintenance ended, and when it is looked at.
    ended: NaiveDateTime,
    now: NaiveDateTime,
}

/// The world: what each thing really is.
struct Facts<'a> {
    names: &'a Names,
    /// The site announces the branch's own block over the VPN, beside the block of the whole site.
    branch_over_vpn: bool,
    /// The transit gateway has a static route of the branch's block to the VPN.
    static_to_vpn: bool,
    /// What the Direct Connect gateway announces to the site.
    allowed: Ipv4Net,
    /// The branch is meant to use the VPN: its router sends by it, too.
    branch_by_vpn: bool,
    dx_mtu: u32,
    dx_clean: bool,
    tunnel_stable: bool,
    policy_lets: bool,
}

/// What becomes of a TCP session that a host of the site begins.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Session {
    Works,
    Unanswered,
    Denied,
    Stalls,
    Loses,
    Bursts,
}

fn build(draw: &mut Draw, cause: &str) -> Scene {
    let names = names(draw);
    let mut facts = Facts {
        names: &names,
        branch_over_vpn: false,
        static_to_vpn: false,
        allowed: names.vpc_cidr(),
        branch_by_vpn: false,
        dx_mtu: VPC_MTU,
        dx_clean: true,
        tunnel_stable: true,
        policy_lets: true,
    };
    match cause {
        "static-to-vpn" => facts.static_to_vpn = true,
        "summary-from-aws" => {
            facts.allowed = Ipv4Net::new(Ipv4Addr::new(10, 0, 0, 0), 9).unwrap_or_default();
        }
        "mtu-black-hole" => facts.dx_mtu = 1300,
        "dx-errors" => facts.dx_clean = false,
        "tunnel-flaps" => {
            (facts.static_to_vpn, facts.branch_by_vpn, facts.tunnel_stable) = (true, true, false);
        }
        "firewall-policy" => {
            (facts.branch_over_vpn, facts.branch_by_vpn, facts.policy_lets) = (true, true, false);
        }
        _ => facts.branch_over_vpn = true,
    }
    let network = facts.network(true);
    let mut scene = Scene::default();
    for (name, value) in [
        ("branch", names.branch().to_string()),
        ("site", names.site().to_string()),
        ("vpc_cidr", names.vpc_cidr().to_string()),
        ("server", names.server().to_string()),
        ("gateway", names.gateway.clone()),
        ("vpn", names.vpn.clone()),
        ("connection", names.connection.clone()),
        ("time", names.ended.format("%H:%M").to_string()),
    ] {
        scene.name(name, value);
    }
    probe(&mut scene, &facts, &network, BRANCH);
    probe(&mut scene, &facts, &network, HEAD);
    trace(&mut scene, &facts);
    gateway_routes(&mut scene, &facts, &network);
    tunnel(&mut scene, &facts, &network);
    direct_connect(&mut scene, &facts);
    size(&mut scene, &facts);
    capture(&mut scene, &facts, &network);
    flow_logs(&mut scene, &facts, &network);
    trail(&mut scene, &facts);
    firewalls(&mut scene, &facts, &network);
    router(&mut scene, &facts, &network);
    scene
}

fn names(draw: &mut Draw) -> Names {
    let day = NaiveDate::from_ymd_opt(2026, draw.int(2, 10), draw.int(3, 26)).unwrap_or_default();
    let ended = day.and_hms_opt(draw.int(18, 20), draw.int(0, 59), draw.int(0, 55)).unwrap_or_default();
    let now = day.and_hms_opt(0, 5 * draw.int(0u32, 11), 0).unwrap_or_default();
    let id = |kind: &str, draw: &mut Draw| format!("{kind}-0{}", draw.hex(16));
    Names {
        account: format!("{:012}", draw.number(100_000_000_000, 999_999_999_999)),
        vpc: id("vpc", draw),
        gateway: id("tgw", draw),
        table: id("tgw-rtb", draw),
        attachments: [0, 1, 2].map(|_| id("tgw-attach", draw)),
        dx_gateway: uuid(draw),
        association: uuid(draw),
        vpn: id("vpn", draw),
        connection: format!("dxcon-f{}", draw.hex(7)),
        virtual_interface: format!("dxvif-f{}", draw.hex(7)),
        interface: id("eni", draw),
        subnet: id("subnet", draw),
        group: id("sg", draw),
        tunnel: Ipv4Addr::new(203, 0, 113, draw.int(10, 240)),
        tunnel_inside: 4 * draw.int(5u8, 60),
        virtual_inside: 4 * draw.int(5u8, 60),
        vpc_second: draw.int(20, 90),
        site_second: draw.int(150, 220),
        branch_third: draw.int(2, 9),
        head_third: draw.int(20, 60),
        hosts: [draw.int(10, 240), draw.int(10, 240), draw.int(10, 240)],
        ports: (0..6).map(|_| draw.int(32_768, 60_999)).collect(),
        sequence: [draw.int(100_000_000, 900_000_000), draw.int(1_000_000_000, 2_000_000_000)],
        admin: *draw.pick(&["kevin.lin", "amy.chen", "jason.wu", "sandy.hsu"]),
        waves: (0..12).map(|_| draw.int(0, 99)).collect(),
        ended,
        now: now + TimeDelta::hours(24 + draw.int(2i64, 8)),
    }
}

fn uuid(draw: &mut Draw) -> String {
    let parts: Vec<String> = [8, 4, 3, 3, 12].into_iter().map(|digits| draw.hex(digits)).collect();
    // Version 4, variant 1 (RFC 9562).
    format!("{}-{}-4{}-a{}-{}", parts[0], parts[1], parts[2], parts[3], parts[4])
}

impl Names {
    fn vpc_cidr(&self) -> Ipv4Net {
        Ipv4Net::new(Ipv4Addr::new(10, self.vpc_second, 0, 0), 16).unwrap_or_default()
    }

    fn site(&self) -> Ipv4Net {
        Ipv4Net::new(Ipv4Addr::new(10, self.site_second, 0, 0), 16).unwrap_or_default()
    }

    fn branch(&self) -> Ipv4Net {
        Ipv4Net::new(Ipv4Addr::new(10, self.site_second, self.branch_third, 0), 24).unwrap_or_default()
    }

    fn server(&self) -> Ipv4Addr {
        Ipv4Addr::new(10, self.vpc_second, 11, self.hosts[2])
    }

    fn host(&self, which: usize) -> Ipv4Addr {
        let third = if which == BRANCH { self.branch_third } else { self.head_third };
        Ipv4Addr::new(10, self.site_second, third, self.hosts[which])
    }

    /// The ends of the tunnel and of the virtual interface: AWS, site.
    fn tunnel_ends(&self) -> [Ipv4Addr; 2] {
        [1, 2].map(|end| Ipv4Addr::new(169, 254, 96, self.tunnel_inside + end))
    }

    fn virtual_ends(&self) -> [Ipv4Addr; 2] {
        [1, 2].map(|end| Ipv4Addr::new(169, 254, 240, self.virtual_inside + end))
    }

    fn port(&self, index: usize) -> u16 {
        self.ports.get(index).copied().unwrap_or(40_000)
    }

    fn wave(&self, index: usize) -> u32 {
        self.waves.get(index % 12).copied().unwrap_or(50)
    }

    fn at(&self, seconds: i64) -> NaiveDateTime {
        self.now + TimeDelta::seconds(seconds)
    }
}

fn stamp(time: NaiveDateTime) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

impl Facts<'_> {
    /// The link by which a host of the site sends to the VPC: what its router learnt, the longest prefix first and of equal
    /// ones Direct Connect (its local preference); the branch may be sent by the VPN by a rule of its own.
    fn out(&self, which: usize) -> &str {
        let vpn_is_longer = self.allowed.prefix_len() < self.names.vpc_cidr().prefix_len();
        if vpn_is_longer || which == BRANCH && self.branch_by_vpn {
            &self.names.vpn
        } else {
            &self.names.dx_gateway
        }
    }

    /// With or without what the firewalls do to TCP; they let echoes pass in both directions.
    fn network(&self, stateful: bool) -> Network {
        let names = self.names;
        let any = Ipv4Net::default;
        let attachment = |index: usize, resource: &str, kind| Attachment {
            id: names.attachments[index].clone(),
            resource: resource.to_owned(),
            kind,
            route_table: names.table.clone(),
        };
        let route = |destination: Ipv4Net, index: usize, propagated| TransitRoute {
            destination,
            attachment: names.attachments.get(index).cloned(),
            propagated,
        };
        let mut routes = vec![
            route(names.vpc_cidr(), 0, true),
            route(names.site(), 1, true),
            // The same block by VPN is the standby.
            route(names.site(), 2, true),
        ];
        if self.branch_over_vpn {
            routes.push(route(names.branch(), 2, true));
        }
        if self.static_to_vpn {
            routes.push(route(names.branch(), 2, false));
        }
        let link = |id: &str, mtu| Link { id: id.to_owned(), vpc: None, mtu, says_too_big: false };
        let place = |which: usize, cidrs: Vec<Ipv4Net>| Outside {
            id: which.to_string(),
            cidrs,
            links: vec![link(&names.dx_gateway, self.dx_mtu), link(&names.vpn, 1500)],
            routes: vec![(names.vpc_cidr(), self.out(which).to_owned())],
            stateful,
        };
        let rule = |egress, protocol, ports| GroupRule { egress, protocol, ports, peer: Peer::Cidr(any()) };
        Network {
            account: names.account.clone(),
            vpcs: vec![Vpc { id: names.vpc.clone(), cidrs: vec![names.vpc_cidr()] }],
            subnets: vec![Subnet {
                id: names.subnet.clone(),
                vpc: names.vpc.clone(),
                cidr: Ipv4Net::new(Ipv4Addr::new(10, names.vpc_second, 11, 0), 24).unwrap_or_default(),
                route_table: "rtb-app".to_owned(),
                network_acl: String::new(),
            }],
            route_tables: vec![RouteTable {
                id: "rtb-app".to_owned(),
                vpc: names.vpc.clone(),
                routes: vec![
                    Route::local(names.vpc_cidr()),
                    Route::to(names.site(), Target::TransitGateway(names.gateway.clone())),
                ],
            }],
            security_groups: vec![SecurityGroup {
                id: names.group.clone(),
                name: "files".to_owned(),
                vpc: names.vpc.clone(),
                rules: vec![
                    rule(false, Some(Protocol::Tcp), Ports::Range(SSH, SSH)),
                    rule(false, Some(Protocol::Icmp), Ports::All),
                    rule(true, None, Ports::All),
                ],
            }],
            interfaces: vec![Interface {
                id: names.interface.clone(),
                subnet: names.subnet.clone(),
                address: names.server(),
                public: None,
                groups: vec![names.group.clone()],
                mtu: 9001,
                role: Role::Host,
            }],
            transit_gateways: vec![TransitGateway {
                id: names.gateway.clone(),
                mtu: VPC_MTU,
                says_too_big: false,
                group_references: false,
                attachments: vec![
                    attachment(0, &names.vpc, "vpc"),
                    attachment(1, &names.dx_gateway, "direct-connect-gateway"),
                    attachment(2, &names.vpn, "vpn"),
                ],
                route_tables: vec![TransitTable { id: names.table.clone(), routes }],
            }],
            outside: vec![
                place(BRANCH, vec![names.branch()]),
                place(
                    HEAD,
                    vec![
                        Ipv4Net::new(Ipv4Addr::new(10, names.site_second, names.head_third, 0), 24)
                            .unwrap_or_default(),
                    ],
                ),
            ],
            ..Network::default()
        }
    }

    /// A session of SSH or, without a port, an echo with so many bytes in its packet.
    fn flow(&self, which: usize, source_port: u16, size: Option<u32>) -> Flow {
        Flow {
            from: End::Outside(which.to_string(), self.names.host(which)),
            to: self.names.server(),
            protocol: if size.is_some() { Protocol::Icmp } else { Protocol::Tcp },
            source_port: if size.is_some() { 0 } else { source_port },
            destination_port: if size.is_some() { 0 } else { SSH },
            request_size: size.unwrap_or(500),
            reply_size: size.unwrap_or(1400),
            dont_fragment: true,
            listens: true,
        }
    }

    fn session(&self, network: &Network, which: usize) -> Session {
        let by_vpn = self.out(which) == self.names.vpn;
        match walk(network, &self.flow(which, self.names.port(0), None)).verdict {
            _ if !self.policy_lets => Session::Denied,
            Verdict::Stopped { reason: Reason::TooBig(_), .. } => Session::Stalls,
            Verdict::Stopped { .. } => Session::Unanswered,
            _ if by_vpn && !self.tunnel_stable => Session::Bursts,
            _ if !by_vpn && !self.dx_clean => Session::Loses,
            _ => Session::Works,
        }
    }

    /// The links that an echo of a host takes out and home.
    fn ways(&self, which: usize) -> [String; 2] {
        let echo = walk(&self.network(false), &self.flow(which, 0, Some(84)));
        [Leg::Request, Leg::Reply].map(|leg| link_of(&echo, leg))
    }
}

/// The link that a leg of a walk crosses.
fn link_of(walk: &Walk, leg: Leg) -> String {
    let mut links = walk.steps.iter().filter(|step| step.leg == leg);
    links
        .find_map(|step| if let Hop::Link(id) = &step.hop { Some(id.clone()) } else { None })
        .unwrap_or_default()
}

fn probe(scene: &mut Scene, facts: &Facts<'_>, network: &Network, which: usize) {
    let names = facts.names;
    let (server, host) = (names.server(), names.host(which));
    let session = facts.session(network, which);
    let start = names.at(if which == BRANCH { 120 } else { 420 });
    let lost = match session {
        Session::Loses => 2 + names.wave(which) % 3,
        Session::Bursts => 31,
        _ => 0,
    };
    let mut text = format!(
        "$ hostname -I; date -u +%FT%TZ\n{host}\n{}\n$ ping -q -c 50 -i 0.2 {server}\nPING {server} ({server}) 56(84) bytes of data.\n\n--- {server} ping statistics ---\n50 packets transmitted, {} received, {}% packet loss, time {}ms\nrtt min/avg/max/mdev = 5.{:02}1/6.{:02}4/8.112/0.4{:02} ms\n",
        stamp(start),
        50 - lost,
        lost * 2,
        9938 + names.wave(which) / 4,
        names.wave(2),
        names.wave(3),
        names.wave(4),
    );
    text.push_str("$ for i in 1 2 3 4; do date -u +%T; timeout 30 scp -q -o ConnectTimeout=5 files@");
    let _ = writeln!(text, "{server}:/srv/test-1m.bin /tmp/; echo exit $?; done");
    let mut time = start + TimeDelta::seconds(21);
    for run in 0..4u32 {
        let _ = writeln!(text, "{}", time.format("%T"));
        // A tunnel that comes and goes lets the first copies through.
        let (message, exit, took) = match session {
            Session::Unanswered | Session::Denied => (
                format!(
                    "ssh: connect to host {server} port {SSH}: Connection timed out\nscp: Connection closed\n"
                ),
                255,
                5,
            ),
            Session::Bursts if run >= 2 => (
                format!(
                    "ssh: connect to host {server} port {SSH}: Connection timed out\nscp: Connection closed\n"
                ),
                255,
                5,
            ),
            Session::Stalls => (String::new(), 124, 30),
            Session::Loses => (String::new(), 0, 7 + i64::from(run % 2)),
            Session::Works | Session::Bursts => (String::new(), 0, 1),
        };
        let _ = writeln!(text, "{message}exit {exit}");
        time += TimeDelta::seconds(took);
    }
    let finding = match session {
        Session::Works => "works",
        Session::Unanswered | Session::Denied => "ping-yes-tcp-no",
        Session::Stalls => "copies-stall",
        Session::Loses => "some-packets-lost",
        Session::Bursts => "lost-for-a-while",
    };
    let check = if which == BRANCH { "probe" } else { "probe-head" };
    scene.show(check, finding, vec![shown(Command, text)]);
}

fn trace(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let (server, host) = (names.server(), names.host(BRANCH));
    let [out, home] = facts.ways(BRANCH);
    let ends = |link: &str| if link == names.vpn { names.tunnel_ends() } else { names.virtual_ends() };
    let router = Ipv4Addr::new(10, names.site_second, names.branch_third, 1);
    let core = Ipv4Addr::new(10, names.site_second, 255, 1);
    let mut text = String::new();
    let mut route = |from: Ipv4Addr, to: Ipv4Addr, after: i64, hops: &[Option<Ipv4Addr>]| {
        let _ = write!(
            text,
            "$ hostname -I; date -u +%FT%TZ\n{from}\n{}\n$ traceroute -I -n -q 1 -w 2 {to}\ntraceroute to {to} ({to}), 30 hops max, 60 byte packets\n",
            stamp(names.at(after))
        );
        for (index, hop) in hops.iter().enumerate() {
            let _ = match hop {
                Some(address) => writeln!(
                    text,
                    "{:>2}  {address}  {}.{:03} ms",
                    index + 1,
                    [0, 1, 5, 6, 6][index.min(4)],
                    (names.wave(index) * 7 + 113) % 1000
                ),
                None => writeln!(text, "{:>2}  *", index + 1),
            };
        }
    };
    // The end of a link nearer to the sender's far side answers: the transit gateway itself stays silent.
    route(host, server, 600, &[Some(router), Some(core), Some(ends(&out)[0]), None, Some(server)]);
    route(server, host, 660, &[None, Some(ends(&home)[1]), Some(core), Some(host)]);
    let vpn = |link: &str| link == names.vpn;
    let finding = match (vpn(&out), vpn(&home)) {
        (false, false) => "direct-connect-both-ways",
        (true, true) => "vpn-both-ways",
        (false, true) => "out-direct-connect-home-vpn",
        (true, false) => "out-vpn-home-direct-connect",
    };
    scene.show("traceroute", finding, vec![shown(Command, text)]);
}

fn gateway_routes(scene: &mut Scene, facts: &Facts<'_>, network: &Network) {
    let names = facts.names;
    let mut text = String::new();
    let (Some(gateway), Some(at)) = (
        network.transit_gateways.first(),
        network.transit_gateways.first().and_then(|gateway| gateway.route_tables.first()),
    ) else {
        return;
    };
    // Of equal blocks the table shows the one in use.
    let mut used = at.clone();
    used.routes.retain(|route| gateway.lookup(&names.table, route.destination.network()) == Some(route));
    used.routes.sort_by_key(|route| route.destination);
    let (query, rows) = transit_gateway_routes(gateway, &used);
    let _ = write!(
        text,
        "$ aws ec2 search-transit-gateway-routes --transit-gateway-route-table-id {} --filters Name=state,Values=active,blackhole --query '{query}' --output table\n{}",
        names.table,
        aws_table("SearchTransitGatewayRoutes", &rows)
    );
    let _ = writeln!(
        text,
        "$ aws ec2 describe-transit-gateway-attachments --filters Name=transit-gateway-id,Values={} --query 'TransitGatewayAttachments[].[TransitGatewayAttachmentId,ResourceType,ResourceId,State,Association.TransitGatewayRouteTableId]' --output text",
        names.gateway
    );
    for attachment in &gateway.attachments {
        let _ = writeln!(
            text,
            "{}\t{}\t{}\tavailable\t{}",
            attachment.id, attachment.kind, attachment.resource, attachment.route_table
        );
    }
    let branch = used.routes.iter().find(|route| route.destination == names.branch());
    let finding = match branch {
        None => "one-block-direct-connect",
        Some(route) if route.propagated => "longer-block-learnt-from-vpn",
        Some(_) => "longer-block-static-to-vpn",
    };
    scene.show("gateway-routes", finding, vec![shown(Command, text)]);
}

fn tunnel(scene: &mut Scene, facts: &Facts<'_>, network: &Network) {
    let names = facts.names;
    let start = names.at(-3600);
    let [out, home] = facts.ways(BRANCH);
    let quiet = |index: usize| f64::from(23_000 + names.wave(index) * 31);
    // Without sessions that work there is little but SYNs, their answers, echoes and what runs over UDP.
    let busy = |index: usize| {
        let share = if facts.session(network, BRANCH) == Session::Bursts { 3 } else { 18 };
        f64::from((40_000_000 + names.wave(index) * 310_000) / share)
    };
    let down = |index: usize| !facts.tunnel_stable && index % 2 == 1;
    let mut series = Vec::new();
    let mut text = String::new();
    for (metric, unit, statistic) in [
        ("TunnelState", "None", "Minimum"),
        ("TunnelDataIn", "Bytes", "Sum"),
        ("TunnelDataOut", "Bytes", "Sum"),
    ] {
        let point = |index: usize| match metric {
            "TunnelState" => f64::from(u8::from(!down(index))),
            "TunnelDataIn" if out == names.vpn => busy(index),
            "TunnelDataOut" if home == names.vpn => busy(index + 5),
            _ => quiet(index),
        };
        let points: Vec<f64> = (0..12).map(point).collect();
        let _ = writeln!(
            text,
            "$ aws cloudwatch get-metric-statistics --namespace AWS/VPN --metric-name {metric} --dimensions Name=VpnId,Value={} Name=TunnelIpAddress,Value={} --start-time {} --end-time {} --period 300 --statistics {statistic} --query 'sort_by(Datapoints,&Timestamp)[].[Timestamp,{statistic}]' --output text",
            names.vpn,
            names.tunnel,
            stamp(start),
            stamp(names.now)
        );
        for (index, value) in points.iter().enumerate() {
            let time = start + TimeDelta::minutes(5 * i64::try_from(index).unwrap_or(0));
            let _ = writeln!(text, "{}+00:00\t{value:.1}", time.format("%Y-%m-%dT%H:%M:%S"));
        }
        series.push(Series {
            name: metric.to_owned(),
            unit: unit.to_owned(),
            start: stamp(start),
            step_seconds: 300,
            points,
        });
    }
    let finding = match (out == names.vpn, home == names.vpn, facts.tunnel_stable) {
        (_, _, false) => "goes-down-again-and-again",
        (true, true, true) => "both-directions",
        (true, false, true) => "towards-aws-only",
        (false, true, true) => "towards-the-site-only",
        (false, false, true) => "keepalives-only",
    };
    scene.show("vpn-metrics", finding, vec![shown(Metric, text)]);
    if let Some(view) = scene.views.get_mut("vpn-metrics") {
        view.series = series;
    }
}

fn direct_connect(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let mut text = format!(
        "$ aws directconnect describe-connections --connection-id {0} --query 'connections[].[connectionId,connectionState,bandwidth,jumboFrameCapable]' --output text\n{0}\tavailable\t1Gbps\tTrue\n$ aws directconnect describe-virtual-interfaces --connection-id {0} --query 'virtualInterfaces[].[virtualInterfaceId,virtualInterfaceType,virtualInterfaceState,mtu,directConnectGatewayId]' --output text\n{1}\ttransit\tavailable\t8500\t{2}\n$ aws directconnect describe-virtual-interfaces --connection-id {0} --query 'virtualInterfaces[].bgpPeers[].[bgpPeerState,bgpStatus,amazonAddress,customerAddress]' --output text\navailable\tup\t{3}/30\t{4}/30\n",
        names.connection,
        names.virtual_interface,
        names.dx_gateway,
        names.virtual_ends()[0],
        names.virtual_ends()[1]
    );
    let start = names.at(-3600);
    let mut series = Vec::new();
    for (metric, statistic) in [("ConnectionErrorCount", "Sum"), ("ConnectionLightLevelRx", "Average")] {
        let point = |index: usize| match (metric, facts.dx_clean) {
            ("ConnectionErrorCount", true) => 0.0,
            ("ConnectionErrorCount", false) => f64::from(1800 + names.wave(index) * 23),
            (_, true) => -5.0 - f64::from(names.wave(index)) / 400.0,
            (_, false) => -17.0 - f64::from(names.wave(index)) / 80.0,
        };
        let points: Vec<f64> = (0..6).map(|index| (point(index) * 100.0).round() / 100.0).collect();
        let optics = if metric == "ConnectionErrorCount" { "" } else { " Name=OpticalLaneNumber,Value=0" };
        let _ = writeln!(
            text,
            "$ aws cloudwatch get-metric-statistics --namespace AWS/DX --metric-name {metric} --dimensions Name=ConnectionId,Value={}{optics} --start-time {} --end-time {} --period 600 --statistics {statistic} --query 'sort_by(Datapoints,&Timestamp)[].[Timestamp,{statistic}]' --output text",
            names.connection,
            stamp(start),
            stamp(names.now)
        );
        for (index, value) in points.iter().enumerate() {
            let time = start + TimeDelta::minutes(10 * i64::try_from(index).unwrap_or(0));
            let _ = writeln!(text, "{}+00:00\t{value:?}", time.format("%Y-%m-%dT%H:%M:%S"));
        }
        series.push(Series {
            name: metric.to_owned(),
            unit: if optics.is_empty() { "Count" } else { "dBm" }.to_owned(),
            start: stamp(start),
            step_seconds: 600,
            points,
        });
    }
    let finding = if facts.dx_clean { "up-and-clean" } else { "up-with-errors" };
    scene.show("direct-connect", finding, vec![shown(Command, text)]);
    if let Some(view) = scene.views.get_mut("direct-connect") {
        view.series = series;
    }
}

fn size(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let server = names.server();
    let network = facts.network(false);
    let mut text =
        format!("$ hostname -I; date -u +%FT%TZ\n{}\n{}\n", names.host(HEAD), stamp(names.at(900)));
    let mut finding = "all-sizes-pass";
    for size in [56u32, 1272, 1273, 1372] {
        let passes =
            matches!(walk(&network, &facts.flow(HEAD, 0, Some(size + 28))).verdict, Verdict::Works { .. });
        // What a poor line loses does not depend on the size much; one of five here.
        let got = match (passes, facts.dx_clean || facts.out(HEAD) == names.vpn) {
            (false, _) => 0,
            (true, true) => 5,
            (true, false) => 4 + u32::from(size == 1273),
        };
        if !passes {
            finding = "large-lost-in-silence";
        } else if got < 5 {
            finding = "some-of-any-size-lost";
        }
        let _ = write!(
            text,
            "$ ping -q -c 5 -M do -s {size} {server}\nPING {server} ({server}) {size}({}) bytes of data.\n\n--- {server} ping statistics ---\n5 packets transmitted, {got} received, {}% packet loss, time 40{:02}ms\n",
            size + 28,
            100 - got * 20,
            names.wave(6) % 60
        );
        if got > 0 {
            let _ = writeln!(
                text,
                "rtt min/avg/max/mdev = 5.{:02}0/6.01{}/6.994/0.3{:02} ms",
                names.wave(7),
                size % 10,
                names.wave(8)
            );
        }
        text.push('\n');
    }
    scene.show("ping-sizes", finding, vec![shown(Command, text)]);
}

/// A copy of a host of the branch, as TCP plays it.
fn play(facts: &Facts<'_>, session: Session) -> tcp::Played {
    let losses = match session {
        Session::Unanswered => vec![Loss::All(Side::Server)],
        Session::Stalls => vec![Loss::Larger(Side::Server, facts.dx_mtu, false)],
        Session::Loses => vec![Loss::Data(Side::Server, 40 + 1448, 2)],
        _ => Vec::new(),
    };
    let host = |mss, stamp| Host { mss, retries: 6, stamp, ..Host::default() };
    // The site's router rewrites the MSS of what goes into the tunnel.
    let mss = if facts.out(BRANCH) == facts.names.vpn { 1379 } else { 1460 };
    tcp::play(&tcp::Scene {
        hosts: [host(mss, 2_014_996_905), host(8961, 3_870_114_200)],
        delay: 3100,
        losses,
        script: vec![(0, Side::Client, Action::Connect), (9000, Side::Client, Action::Send(41))],
        reactions: vec![
            Reaction { side: Side::Server, received: 41, after: 900, action: Action::Send(39) },
            Reaction { side: Side::Client, received: 39, after: 700, action: Action::Send(640) },
            Reaction { side: Side::Server, received: 681, after: 2100, action: Action::Send(5792) },
        ],
        until: 14_000_000,
    })
}

/// When the server sent its answers to the SYN, in microseconds.
fn answers(played: &tcp::Played) -> Vec<u64> {
    let sent = played.captures[1]
        .iter()
        .filter(|packet| matches!(&packet.what, What::Segment(Side::Server, segment) if segment.syn));
    sent.map(|packet| packet.at).collect()
}

fn capture(scene: &mut Scene, facts: &Facts<'_>, network: &Network) {
    let names = facts.names;
    let session = facts.session(network, BRANCH);
    let mut played = play(facts, session);
    played.captures[1].sort_by_key(|packet| packet.at);
    let ends = [SocketAddrV4::new(names.host(BRANCH), names.port(2)), SocketAddrV4::new(names.server(), SSH)];
    let mut lines = match session {
        Session::Denied => Vec::new(),
        _ => tcp::tcpdump(
            Side::Server,
            &played.captures[1],
            names.at(1260) + TimeDelta::microseconds(214_907),
            ends,
            names.sequence,
            [7, 7],
            names.server(),
        ),
    };
    let mut text = format!(
        "$ hostname -I\n{}\n$ timeout 15 tcpdump -nn -i ens5 'tcp port {SSH} and host {}'\n",
        names.server(),
        names.host(BRANCH)
    );
    lines.push(format!("{} packets captured", lines.len()));
    let _ = writeln!(text, "{}", lines.join("\n"));
    let finding = match session {
        Session::Denied => "nothing-comes",
        Session::Unanswered => "answer-unanswered",
        Session::Stalls => "large-repeated-in-vain",
        Session::Loses => "lost-and-repeated",
        Session::Works | Session::Bursts => "complete",
    };
    scene.show("capture", finding, vec![shown(Packet, text)]);
}

fn flow_logs(scene: &mut Scene, facts: &Facts<'_>, network: &Network) {
    let names = facts.names;
    let mut all = Vec::new();
    let begin = names.at(1200);
    let mut talk = |which: usize, network: &Network, flow: &Flow, second: i64, sizes: [(u64, u64); 2]| {
        let tcp = flow.protocol == Protocol::Tcp;
        if tcp && facts.session(network, which) == Session::Denied {
            return;
        }
        let start = (begin + TimeDelta::seconds(second)).and_utc().timestamp();
        let volume = Volume {
            account: names.account.clone(),
            start,
            end: start + if tcp { 14 } else { 10 },
            // SYNs, or their answers, at 0, 1, 3 and 7 seconds.
            tries: 4,
            request: sizes[0],
            reply: sizes[1],
            closed: true,
        };
        let mut own = records(&walk(network, flow), &volume);
        if tcp && facts.session(network, which) == Session::Unanswered {
            // The server repeats its answer by itself and for each SYN that comes again.
            let count = answers(&play(facts, Session::Unanswered)).len() as u64;
            for record in own.iter_mut().filter(|record| record.egress) {
                (record.packets, record.bytes) = (count, 60 * count);
            }
        }
        all.extend(own);
    };
    let calm = facts.network(false);
    let copy = [(298, 19_040), (742, 1_091_312)];
    talk(BRANCH, &calm, &facts.flow(BRANCH, 0, Some(84)), 4, [(50, 4200), (50, 4200)]);
    talk(BRANCH, network, &facts.flow(BRANCH, names.port(3), None), 21, copy);
    talk(HEAD, network, &facts.flow(HEAD, names.port(4), None), 38, copy);
    talk(BRANCH, network, &facts.flow(BRANCH, names.port(2), None), 60, copy);
    let mut text = format!(
        "$ aws logs filter-log-events --log-group-name /vpc/flow-logs --log-stream-names {}-all --start-time {} --end-time {} --query 'events[].[message]' --output text\n",
        names.interface,
        begin.and_utc().timestamp_millis(),
        names.at(1320).and_utc().timestamp_millis()
    );
    for record in &all {
        let _ = writeln!(text, "{}", line(&Line::Data(record.clone()), DEFAULT_FIELDS));
    }
    let host = names.host(BRANCH);
    let of_branch: Vec<_> =
        all.iter().filter(|record| record.packet_source == host && record.protocol == 6).collect();
    let finding = if of_branch.is_empty() {
        "no-session-of-the-branch"
    } else if of_branch.iter().all(|record| record.packets > 100) {
        "accepted-and-long"
    } else {
        "accepted-and-short"
    };
    scene.show("flow-logs", finding, vec![shown(Log, text)]);
}

fn trail(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let admin = format!("arn:aws:sts::{}:assumed-role/NetworkAdmin/{}", names.account, names.admin);
    let during = names.ended - TimeDelta::minutes(48);
    let mut events = vec![
        (
            names.ended - TimeDelta::days(3),
            "CreateTags",
            format!(
                r#"{{"resourcesSet":{{"items":[{{"resourceId":"{}"}}]}},"tagSet":{{"items":[{{"key":"cost-center","value":"net"}}]}}}}"#,
                names.gateway
            ),
        ),
        (
            during - TimeDelta::minutes(31),
            "PutMetricAlarm",
            r#"{"alarmName":"dx-connection-state","actionsEnabled":false,"namespace":"AWS/DX","metricName":"ConnectionState"}"#
                .to_owned(),
        ),
    ];
    let mut finding = "no-change-of-routes";
    // A branch that sends by the VPN has had its route for long.
    if facts.static_to_vpn && !facts.branch_by_vpn {
        finding = "static-route-made";
        events.push((
            during,
            "CreateTransitGatewayRoute",
            format!(
                r#"{{"CreateTransitGatewayRouteRequest":{{"TransitGatewayRouteTableId":"{}","DestinationCidrBlock":"{}","TransitGatewayAttachmentId":"{}"}}}}"#,
                names.table, names.branch(), names.attachments[2]
            ),
        ));
    }
    if facts.allowed != names.vpc_cidr() {
        finding = "allowed-prefixes-changed";
        events.push((
            during,
            "UpdateDirectConnectGatewayAssociation",
            format!(
                r#"{{"associationId":"{}","addAllowedPrefixesToDirectConnectGateway":[{{"cidr":"{}"}}],"removeAllowedPrefixesToDirectConnectGateway":[{{"cidr":"{}"}}]}}"#,
                names.association,
                facts.allowed,
                names.vpc_cidr()
            ),
        ));
    }
    events.sort_by_key(|(time, ..)| std::cmp::Reverse(*time));
    let mut text = format!(
        "$ aws cloudtrail lookup-events --lookup-attributes AttributeKey=ReadOnly,AttributeValue=false --start-time {} --end-time {} --query 'Events[].[CloudTrailEvent]' --output text | jq -c 'select(.eventSource | test(\"ec2|directconnect|monitoring\")) | [.eventTime,.userIdentity.arn,.eventName,.requestParameters]'\n",
        stamp(names.ended - TimeDelta::days(4)),
        stamp(names.now)
    );
    for (time, what, parameters) in events {
        let _ = writeln!(text, r#"["{}","{admin}","{what}",{parameters}]"#, stamp(time));
    }
    scene.show("cloudtrail", finding, vec![shown(Log, text)]);
}

fn firewalls(scene: &mut Scene, facts: &Facts<'_>, network: &Network) {
    let names = facts.names;
    let (server, host) = (names.server(), names.host(BRANCH));
    let session = facts.session(network, BRANCH);
    let [out, home] = facts.ways(BRANCH);
    let mut text = String::new();
    for (firewall, link, device) in [("fw-dx", &names.dx_gateway, "eth2"), ("fw-vpn", &names.vpn, "vti1")] {
        let _ = writeln!(
            text,
            "$ ssh {firewall} journalctl -k --since '{}' --until '{}' -o short-iso --utc --no-hostname | grep -E 'OUT-OF-STATE|POLICY-DENY' | grep -F {host}",
            names.at(1200).format("%F %T"),
            names.at(1320).format("%F %T")
        );
        // SYNs at 0, 1, 3 and 7 seconds; answers whenever the server sends one.
        let microseconds: Vec<u64> = match session {
            Session::Unanswered => answers(&play(facts, session)),
            _ => vec![0, 1_000_000, 3_000_000, 7_000_000],
        };
        for (start, port) in [(1221i64, names.port(3)), (1260, names.port(2))] {
            for (index, after) in microseconds.iter().enumerate() {
                let time = names.at(start + i64::try_from(*after / 1_000_000).unwrap_or(0));
                let time = time.format("%Y-%m-%dT%H:%M:%S+0000");
                if session == Session::Unanswered && *link == home && home != out {
                    let _ = writeln!(
                        text,
                        "{time} kernel: OUT-OF-STATE IN={device} OUT=eth1 SRC={server} DST={host} LEN=60 TOS=0x00 PREC=0x00 TTL=125 ID=0 DF PROTO=TCP SPT={SSH} DPT={port} WINDOW=64240 RES=0x00 ACK SYN URGP=0"
                    );
                }
                if session == Session::Denied && *link == out {
                    let _ = writeln!(
                        text,
                        "{time} kernel: POLICY-DENY IN=eth1 OUT={device} SRC={host} DST={server} LEN=60 TOS=0x00 PREC=0x00 TTL=62 ID={} DF PROTO=TCP SPT={port} DPT={SSH} WINDOW=64240 RES=0x00 SYN URGP=0",
                        21_400 + index
                    );
                }
            }
        }
    }
    let finding = match session {
        Session::Unanswered => "out-of-state",
        Session::Denied => "denied-by-policy",
        _ => "nothing-dropped",
    };
    scene.show("firewalls", finding, vec![shown(Log, text)]);
}

fn router(scene: &mut Scene, facts: &Facts<'_>, network: &Network) {
    let names = facts.names;
    let (server, host) = (names.server(), names.host(BRANCH));
    let mut text = String::new();
    // What the gateway learns from the VPN is what the site announces there.
    let learnt = |attachment: usize| -> Vec<String> {
        let tables = network.transit_gateways.iter().flat_map(|gateway| &gateway.route_tables);
        let routes = tables.flat_map(|table| &table.routes).filter(|route| {
            route.propagated && route.attachment.as_ref() == names.attachments.get(attachment)
        });
        let mut blocks: Vec<String> = routes.map(|route| route.destination.to_string()).collect();
        blocks.sort();
        blocks
    };
    for (peer, attachment, from_aws) in
        [(names.virtual_ends()[0], 1, facts.allowed), (names.tunnel_ends()[0], 2, names.vpc_cidr())]
    {
        let _ = write!(
            text,
            "$ vtysh -c 'show bgp ipv4 unicast neighbors {peer} advertised-routes json' | jq -r '.advertisedRoutes | keys[]'\n{}\n$ vtysh -c 'show bgp ipv4 unicast neighbors {peer} routes json' | jq -r '.routes | keys[]'\n{from_aws}\n",
            learnt(attachment).join("\n")
        );
    }
    let (via, device) = if facts.out(BRANCH) == names.vpn {
        (names.tunnel_ends()[0], "vti1")
    } else {
        (names.virtual_ends()[0], "eth2.310")
    };
    let mark = if facts.branch_by_vpn { " table 110" } else { "" };
    let _ = writeln!(
        text,
        "$ ip route get {server} from {host} iif eth1\n{server} from {host} via {via} dev {device}{mark} \n    cache iif eth1 "
    );
    let _ = writeln!(
        text,
        "$ git -C /etc/frr log -n 2 --format='%cI %s'\n{}+00:00 {}\n{}+00:00 vpn: announce {} as standby",
        (names.ended - TimeDelta::minutes(if facts.branch_over_vpn { 52 } else { 61 * 24 * 60 }))
            .format("%Y-%m-%dT%H:%M:%S"),
        if facts.branch_over_vpn {
            format!("vpn: announce {}", names.branch())
        } else {
            "bfd timers".to_owned()
        },
        (names.ended - TimeDelta::days(212)).format("%Y-%m-%dT%H:%M:%S"),
        names.site()
    );
    let finding = match (facts.branch_over_vpn, facts.branch_by_vpn, facts.allowed == names.vpc_cidr()) {
        (_, _, false) => "hears-a-shorter-block-by-direct-connect",
        (false, false, true) => "the-same-blocks-on-both",
        (false, true, true) => "the-same-blocks-and-sends-by-vpn",
        (true, false, true) => "tells-a-longer-block-by-vpn",
        (true, true, true) => "tells-a-longer-block-and-sends-by-vpn",
    };
    scene.show("router", finding, vec![shown(Command, text)]);
}
