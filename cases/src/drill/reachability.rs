//! D03: whether two interfaces can talk through security groups and network ACLs, and what their flow logs show.

mod asks;
mod rules;

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;
use serde_json::json;

use self::rules::{Change, Seen, acl_rules, any_group_rule, everything, group_rules, network_of};
use super::{Exercise, Family, shown};
use crate::cloud::Draw;
use crate::cloud::network::{
    AclRule, End, Flow, GroupRule, Hop, Interface, Leg, Network, NetworkAcl, Peer, Peering, Ports, Protocol,
    Reason, Role, Route, RouteTable, SecurityGroup, Subnet, Target, Verdict, Vpc, Walk, aws_table,
    network_acl_rows, security_group_rows, walk,
};
use crate::model::{Evidence, EvidenceType, Text};

pub(super) const FAMILY: Family = Family {
    id: "D03",
    place: ("aws-core", "security-groups-vs-nacl"),
    depths: &[2, 3, 4],
    seconds: 150,
    version: 1,
    sources: &[
        "Amazon VPC User Guide, Security group rules (rules only allow; the rules of all groups count together; stateful)",
        "Amazon EC2 User Guide, Amazon EC2 security group connection tracking",
        "Amazon VPC User Guide, Control subnet traffic with network access control lists (lowest number first; stateless; at the subnet's border only)",
        "Amazon VPC User Guide, Custom network ACLs for your VPC, Ephemeral ports",
        "Amazon VPC Peering Guide, Update your security groups to reference peer security groups",
        "Amazon VPC User Guide, Flow log record examples (Security group and network ACL rules)",
    ],
    draw,
};

/// Who talks to whom: client, server, protocol, port.
const SERVICES: &[(&str, &str, Protocol, u16)] = &[
    ("web-1", "app-1", Protocol::Tcp, 8080),
    ("app-1", "mysql-1", Protocol::Tcp, 3306),
    ("api-2", "postgres-1", Protocol::Tcp, 5432),
    ("worker-3", "redis-1", Protocol::Tcp, 6379),
    ("bastion", "app-2", Protocol::Tcp, 22),
    ("lambda-vpc", "internal-api", Protocol::Tcp, 443),
    ("report-1", "mssql-1", Protocol::Tcp, 1433),
    ("producer-1", "kafka-2", Protocol::Tcp, 9092),
    ("app-4", "mongo-1", Protocol::Tcp, 27017),
    ("node-1", "nfs-1", Protocol::Tcp, 2049),
    ("portal-1", "ldap-1", Protocol::Tcp, 389),
    ("build-1", "registry-1", Protocol::Tcp, 5000),
];
const OTHERS: &[(&str, &str, Protocol, u16)] = &[
    ("app-1", "syslog-1", Protocol::Udp, 514),
    ("app-3", "dns-1", Protocol::Udp, 53),
    ("edge-1", "radius-1", Protocol::Udp, 1812),
    ("host-2", "statsd-1", Protocol::Udp, 8125),
    ("monitor-1", "app-1", Protocol::Icmp, 0),
    ("probe-2", "db-1", Protocol::Icmp, 0),
];

/// The checks in the order a conversation meets them.
const CHECKS: usize = 6;

fn draw(draw: &mut Draw, level: u8) -> Exercise {
    // Where it stops is drawn first, so that every place comes up equally often; the world follows it.
    let stop = match level {
        3 => draw.int(0, CHECKS - 1),
        _ => draw.int(0, CHECKS),
    };
    let mut attempt = 0;
    loop {
        let case = Case::new(draw, level, stop);
        attempt += 1;
        let fits = case.stopped_at() == stop;
        let changes = if level == 3 && fits { case.changes(draw) } else { Vec::new() };
        if attempt >= 60 || fits && (level < 3 || changes.len() >= 4) {
            return case.exercise(draw, level, &changes);
        }
    }
}

struct Case {
    network: Network,
    flow: Flow,
    walk: Walk,
    client: (String, Interface),
    server: (String, Interface),
    same_subnet: bool,
    peered: bool,
}

fn id(draw: &mut Draw, kind: &str) -> String {
    format!("{kind}-0{}", draw.hex(16))
}

/// A host of a subnet, beyond what AWS keeps.
fn host(draw: &mut Draw, subnet: Ipv4Net) -> Ipv4Addr {
    let size = 1u32 << (32 - subnet.prefix_len());
    Ipv4Addr::from(u32::from(subnet.network()) + draw.int(10, size - 6))
}

impl Case {
    fn new(draw: &mut Draw, level: u8, stop: usize) -> Self {
        let service = if level > 1 && draw.percent(35) { *draw.pick(OTHERS) } else { *draw.pick(SERVICES) };
        let (client_name, server_name, protocol, port) = service;
        // Only a security group can stop it inside one subnet.
        let same_subnet = level > 1 && [0, 3, CHECKS].contains(&stop) && draw.percent(40);
        let peered = level > 1 && !same_subnet && draw.percent(30);
        let (second, third) = (draw.int(0u8, 119) * 2, draw.int(0u8, 60) * 4);
        let vpc = |other: u8| network_of(Ipv4Addr::new(10, second + other, 0, 0), 16);
        let client_vpc = vpc(0);
        let server_vpc = if peered { vpc(1) } else { client_vpc };
        let subnet = |vpc: Ipv4Net, third: u8| {
            let [a, b, ..] = vpc.network().octets();
            network_of(Ipv4Addr::new(a, b, third, 0), 24)
        };
        let client_net = subnet(client_vpc, third);
        let server_net = if same_subnet { client_net } else { subnet(server_vpc, third + draw.int(1, 3)) };
        let client_at = host(draw, client_net);
        let mut server_at = host(draw, server_net);
        while server_at == client_at {
            server_at = host(draw, server_net);
        }
        let ephemeral = if protocol == Protocol::Icmp { 0 } else { draw.int(32768, 60999) };

        let vpc_ids = [id(draw, "vpc"), id(draw, "vpc")];
        let server_vpc_id = vpc_ids[usize::from(peered)].clone();
        let subnet_ids = [id(draw, "subnet"), id(draw, "subnet")];
        let acl_ids = [id(draw, "acl"), id(draw, "acl")];
        let peering = id(draw, "pcx");
        let table = |which: usize, own: Ipv4Net, other: Ipv4Net, vpc: &str| RouteTable {
            id: format!("rtb-{which}"),
            vpc: vpc.to_owned(),
            routes: if peered {
                vec![Route::local(own), Route::to(other, Target::Peering(peering.clone()))]
            } else {
                vec![Route::local(own)]
            },
        };

        let to_server = Seen {
            protocol,
            far: server_at,
            far_subnet: server_net,
            far_vpc: server_vpc,
            port,
            icmp: (8, 0),
            misread: ephemeral,
        };
        let from_client = Seen { far: client_at, far_subnet: client_net, far_vpc: client_vpc, ..to_server };
        let to_client = Seen { port: ephemeral, icmp: (0, 0), misread: port, ..from_client };
        let from_server = Seen { port: ephemeral, icmp: (0, 0), misread: port, ..to_server };
        let noise = usize::from(level);
        let mut client_rules = acl_rules(draw, true, to_server, stop != 1, noise);
        let mut server_rules = acl_rules(draw, false, from_client, stop != 2, noise);
        server_rules.extend(acl_rules(draw, true, to_client, stop != 4, noise));
        client_rules.extend(acl_rules(draw, false, from_server, stop != 5, noise));
        if same_subnet {
            // What it says does not matter there: often it would deny.
            let passes = [draw.percent(40), draw.percent(40)];
            client_rules = acl_rules(draw, true, to_server, passes[0], noise);
            client_rules.extend(acl_rules(draw, false, from_client, passes[1], noise));
        }
        let acl = |id: &str, vpc: &str, rules| NetworkAcl { id: id.to_owned(), vpc: vpc.to_owned(), rules };
        let mut network_acls = vec![acl(&acl_ids[0], &vpc_ids[0], client_rules)];
        if !same_subnet {
            network_acls.push(acl(&acl_ids[1], &server_vpc_id, server_rules));
        }

        // Groups: the ones the interfaces have, and one that neither has, for references that miss.
        let count = |draw: &mut Draw, most: usize| if level == 1 { 1 } else { draw.int(1, most) };
        let (client_count, server_count) = (count(draw, 3), count(draw, 2));
        let client_groups: Vec<_> = (0..client_count).map(|_| id(draw, "sg")).collect();
        let server_groups: Vec<_> = (0..server_count).map(|_| id(draw, "sg")).collect();
        let stranger = id(draw, "sg");
        let references = level > 1 && draw.percent(70);
        let held = |groups: &[String], draw: &mut Draw| references.then(|| draw.pick(groups).clone());
        let mut security_groups = Vec::new();
        let (servers, clients) = (held(&server_groups, draw), held(&client_groups, draw));
        let outbound = group_rules(draw, true, to_server, stop != 0, servers, &stranger);
        let inbound = group_rules(draw, false, from_client, stop != 3, clients, &stranger);
        // The other directions do not matter for replies: groups are stateful.
        let client_in = vec![any_group_rule(draw, false, from_server)];
        let server_out = match draw.int(0, 2) {
            0 => vec![GroupRule { egress: true, ..everything() }],
            _ => vec![any_group_rule(draw, true, to_client)],
        };
        for (ids, vpc, name, rules) in [
            (&client_groups, &vpc_ids[0], client_name, [client_in, outbound].concat()),
            (&server_groups, &server_vpc_id, server_name, [inbound, server_out].concat()),
        ] {
            let mut parts: Vec<Vec<GroupRule>> = ids.iter().map(|_| Vec::new()).collect();
            for rule in rules {
                let chosen = draw.int(0, parts.len() - 1);
                if let Some(part) = parts.get_mut(chosen) {
                    part.push(rule);
                }
            }
            for (index, (id, mut rules)) in ids.iter().zip(parts).enumerate() {
                if rules.is_empty() {
                    rules.push(any_group_rule(draw, false, from_server));
                }
                rules.sort_by_key(|rule| rule.egress);
                let name = format!("{name}-{}", index + 1);
                security_groups.push(SecurityGroup { id: id.clone(), name, vpc: vpc.clone(), rules });
            }
        }
        let interface = |id: String, subnet: &str, address, groups| Interface {
            id,
            subnet: subnet.to_owned(),
            address,
            public: None,
            groups,
            mtu: 9001,
            role: Role::Host,
        };
        let server_subnet = subnet_ids[usize::from(!same_subnet)].clone();
        let client = interface(id(draw, "eni"), &subnet_ids[0], client_at, client_groups);
        let server = interface(id(draw, "eni"), &server_subnet, server_at, server_groups);
        let mut subnets = vec![Subnet {
            id: subnet_ids[0].clone(),
            vpc: vpc_ids[0].clone(),
            cidr: client_net,
            route_table: "rtb-0".to_owned(),
            network_acl: acl_ids[0].clone(),
        }];
        if !same_subnet {
            subnets.push(Subnet {
                id: server_subnet,
                vpc: server_vpc_id.clone(),
                cidr: server_net,
                route_table: "rtb-1".to_owned(),
                network_acl: acl_ids[1].clone(),
            });
        }
        let network = Network {
            account: "123456789012".to_owned(),
            vpcs: vec![
                Vpc { id: vpc_ids[0].clone(), cidrs: vec![client_vpc] },
                Vpc { id: vpc_ids[1].clone(), cidrs: vec![server_vpc] },
            ],
            subnets,
            route_tables: vec![
                table(0, client_vpc, server_vpc, &vpc_ids[0]),
                table(1, server_vpc, client_vpc, &server_vpc_id),
            ],
            network_acls,
            security_groups,
            interfaces: vec![client.clone(), server.clone()],
            peerings: vec![Peering { id: peering, vpcs: vpc_ids, active: peered, mtu: 9001 }],
            ..Network::default()
        };
        let flow = Flow {
            from: End::Interface(client.id.clone()),
            to: server_at,
            protocol,
            source_port: ephemeral,
            destination_port: port,
            request_size: 84,
            reply_size: 84,
            dont_fragment: true,
            listens: true,
        };
        let walk = walk(&network, &flow);
        let named = |name: &str, interface| (name.to_owned(), interface);
        Self {
            walk,
            flow,
            client: named(client_name, client),
            server: named(server_name, server),
            same_subnet,
            peered,
            network,
        }
    }

    /// The number of the check that stops it; [`CHECKS`] where none does.
    fn stopped_at(&self) -> usize {
        match &self.walk.verdict {
            Verdict::Works { .. } => CHECKS,
            Verdict::Stopped { leg, hop, reason: Reason::SecurityGroup | Reason::NetworkAcl } => {
                (0..CHECKS).find(|check| self.is_check(*check, *leg, hop)).unwrap_or(usize::MAX)
            }
            _ => usize::MAX,
        }
    }

    fn is_check(&self, check: usize, leg: Leg, hop: &Hop) -> bool {
        let request = check < 4;
        if leg != if request { Leg::Request } else { Leg::Reply } {
            return false;
        }
        match (check, hop) {
            (0, Hop::SecurityGroups { interface, egress: true }) => *interface == self.client.1.id,
            (3, Hop::SecurityGroups { interface, egress: false }) => *interface == self.server.1.id,
            (1, Hop::NetworkAcl { subnet, egress: true, .. }) => *subnet == self.client.1.subnet,
            (2, Hop::NetworkAcl { subnet, egress: false, .. }) => *subnet == self.server.1.subnet,
            (4, Hop::NetworkAcl { subnet, egress: true, .. }) => *subnet == self.server.1.subnet,
            (5, Hop::NetworkAcl { subnet, egress: false, .. }) => *subnet == self.client.1.subnet,
            _ => false,
        }
    }

    /// Changes to choose from: the first works, the others do not.
    fn changes(&self, draw: &mut Draw) -> Vec<Change> {
        let stop = self.stopped_at();
        let flow = &self.flow;
        let (client, server) = (&self.client.1, &self.server.1);
        let cidr = |interface: &Interface| {
            self.network.subnet(&interface.subnet).map_or_else(Ipv4Net::default, |subnet| subnet.cidr)
        };
        let icmp = flow.protocol == Protocol::Icmp;
        let request =
            if icmp { Ports::Icmp(8, 0) } else { Ports::Range(flow.destination_port, flow.destination_port) };
        let reply = if icmp { Ports::Icmp(0, 0) } else { Ports::Range(1024, 65535) };
        let group = |own: &Interface, far: &Interface, egress: bool, ports: Ports, draw: &mut Draw| {
            let peer = Peer::Cidr(cidr(far));
            let rule = GroupRule { egress, protocol: Some(flow.protocol), ports, peer };
            Change::Group(draw.pick(&own.groups).clone(), rule)
        };
        let acl_of = |own: &Interface| {
            let subnet = self.network.subnet(&own.subnet)?;
            self.network.network_acls.iter().find(|acl| acl.id == subnet.network_acl)
        };
        let number = |own: &Interface, egress: bool, after: bool, draw: &mut Draw| {
            let used: Vec<u16> = acl_of(own)
                .map(|acl| {
                    acl.rules.iter().filter(|rule| rule.egress == egress).map(|rule| rule.number).collect()
                })
                .unwrap_or_default();
            let (least, most) =
                (used.iter().min().copied().unwrap_or(100), used.iter().max().copied().unwrap_or(100));
            if after { most + 10 * draw.int(1, 3) } else { least.saturating_sub(draw.int(1, 5)).max(1) }
        };
        let acl =
            |own: &Interface, far: &Interface, egress: bool, ports: Ports, after: bool, draw: &mut Draw| {
                let number = number(own, egress, after, draw);
                let protocol = Some(flow.protocol);
                let rule = AclRule { number, egress, protocol, ports, cidr: cidr(far), allow: true };
                Change::Acl(acl_of(own).map(|acl| acl.id.clone()).unwrap_or_default(), rule)
            };
        let mut candidates = vec![
            group(client, server, true, request, draw),
            group(client, server, false, reply, draw),
            group(server, client, false, request, draw),
            group(server, client, true, reply, draw),
        ];
        for after in [false, true] {
            for ports in [request, reply] {
                for egress in [false, true] {
                    candidates.push(acl(client, server, egress, ports, after, draw));
                    candidates.push(acl(server, client, egress, ports, after, draw));
                }
            }
        }
        if !icmp && flow.source_port < 49152 {
            candidates.push(acl(client, server, false, Ports::Range(49152, 65535), false, draw));
            candidates.push(acl(server, client, true, Ports::Range(49152, 65535), false, draw));
        }
        let works = |change: &Change| {
            let mut network = self.network.clone();
            change.apply(&mut network);
            matches!(walk(&network, flow).verdict, Verdict::Works { .. })
        };
        let (right, mut wrong): (Vec<_>, Vec<_>) = candidates.into_iter().partition(works);
        // Of those that work, the plain one: for the reply, ephemeral ports; before what is there.
        let Some(right) = right.first().cloned() else { return Vec::new() };
        // Near misses first: the same list, then the same kind.
        // Inside one subnet both ends have the same list.
        let mut told = std::collections::BTreeSet::new();
        wrong.retain(|change| told.insert(change.text().en));
        draw.shuffle(&mut wrong);
        let near =
            |change: &Change| (change.place().0 != right.place().0, change.place().1 != right.place().1);
        wrong.sort_by_key(near);
        let mut chosen = vec![right.clone()];
        let same_list: Vec<_> =
            wrong.iter().filter(|change| near(change) == (false, false)).take(1).cloned().collect();
        let rest: Vec<_> = wrong.iter().filter(|change| near(change) != (false, false)).cloned().collect();
        chosen.extend(same_list);
        let replies = usize::from(stop >= 4);
        let groups =
            rest.iter().filter(|change| matches!(change, Change::Group(..))).take(1 + replies).cloned();
        let acls = rest.iter().filter(|change| matches!(change, Change::Acl(..))).take(3 - replies).cloned();
        chosen.extend(groups.chain(acls));
        chosen.truncate(6);
        chosen
    }

    /// A copy without what a change replaces.
    fn parts(&self) -> Self {
        Self {
            network: Network::default(),
            flow: self.flow.clone(),
            walk: self.walk.clone(),
            client: self.client.clone(),
            server: self.server.clone(),
            same_subnet: self.same_subnet,
            peered: self.peered,
        }
    }

    fn exercise(&self, draw: &mut Draw, level: u8, changes: &[Change]) -> Exercise {
        let mut asks = vec![self.leg_ask()];
        if level > 1 {
            asks.push(self.log_ask(true));
        }
        asks.push(self.log_ask(false));
        if level < 3 {
            asks.extend(self.rule_ask(draw));
        } else {
            asks.push(self.change_ask(draw, changes));
        }
        let (client, server) = (&self.client, &self.server);
        let flow = &self.flow;
        let ports_zh =
            format!("來源連接埠 **{}**，目的連接埠 **{}**", flow.source_port, flow.destination_port);
        let (does, does_zh) = if flow.protocol == Protocol::Icmp {
            ("answers", "會回應")
        } else {
            ("listens and answers", "有在監聽，也會回應")
        };
        let (what, (what_zh, how_zh)) = match flow.protocol {
            Protocol::Icmp => (
                "sends ICMP echo requests (`ping`) to".to_owned(),
                ("用`ping`（ICMP echo request）測試", String::new()),
            ),
            Protocol::Tcp => (
                format!(
                    "opens a TCP connection from port **{}** to port **{}** of",
                    flow.source_port, flow.destination_port
                ),
                ("與", format!("建立TCP連線：{ports_zh}")),
            ),
            Protocol::Udp => (
                format!(
                    "sends a UDP request from port **{}** to port **{}** of",
                    flow.source_port, flow.destination_port
                ),
                ("向", format!("送出UDP請求：{ports_zh}")),
            ),
        };
        let (where_, where_zh) = if self.peered {
            (
                "The two VPCs are in the same account and Region, their peering connection is active, and the route tables of both subnets lead over it.",
                "兩個VPC在同一個帳戶與區域，對等互連是active，兩個子網路的路由表都有經過它的路由。",
            )
        } else {
            (
                "Both are in the same VPC, and the `local` route applies between them.",
                "兩者在同一個VPC，彼此之間走`local`路由。",
            )
        };
        let steps = (0..CHECKS).filter_map(|check| {
            let (passed, text) = self.found(check)?;
            let name = self.check_name(check);
            let (en, zh) = if passed { ("passes", "通過") } else { ("stops here", "停在這裡") };
            Some(Text::new(
                format!("{}: {en}. {}", name.en, text.en),
                format!("{}：{zh}。{}", asks::placed(&name.zh_tw), text.zh_tw),
            ))
        });
        let mut steps: Vec<Text> = steps.collect();
        if self.same_subnet {
            steps.insert(
                0,
                Text::new(
                    "Both interfaces are in the same subnet, so the network ACL is not asked: it stands at the subnet's border.",
                    "兩個介面在同一個子網路，所以不經過網路ACL：它只管進出子網路的流量。",
                ),
            );
        }
        if self.stopped_at() >= 4 {
            steps.push(Text::new(
                "Security groups are stateful: the reply to an allowed request passes them whatever their rules of the other direction say. Network ACLs are stateless: they check the reply, whose destination port is the client's.",
                "安全群組有狀態：已放行的請求，其回應不看另一方向的規則就能通過。網路ACL無狀態：回應也要檢查，而回應的目的連接埠是用戶端那一邊的。",
            ));
        }
        steps.push(Text::new(
            "Flow logs: an interface records what reaches it, ACCEPT or REJECT. What one interface does not let through leaves no record at the other.",
            "Flow log：封包到得了的介面才有紀錄（ACCEPT或REJECT）；在一個介面被擋下的封包，另一個介面不會有紀錄。",
        ));
        Exercise {
            prompt: Text::new(
                format!(
                    "`{}` (`{}`) {what} `{}` (`{}`), which {does}. {where_} Flow logs of all traffic are on for both interfaces.",
                    client.0, client.1.address, server.0, server.1.address
                ),
                format!(
                    "`{}`（`{}`）{what_zh}`{}`（`{}`）{how_zh}。後者{does_zh}。{where_zh}兩個介面都開了記錄全部流量的flow log。",
                    client.0, client.1.address, server.0, server.1.address
                ),
            ),
            evidence: self.evidence(),
            asks,
            steps,
            given: json!({
                "client": client.1.address,
                "server": server.1.address,
                "protocol": flow.protocol.name(),
                "source_port": flow.source_port,
                "destination_port": flow.destination_port,
                "client_name": client.0,
                "server_name": server.0,
            }),
        }
    }

    fn evidence(&self) -> Vec<Evidence> {
        let (client, server) = (&self.client.1, &self.server.1);
        let interfaces: Vec<_> = [client, server]
            .iter()
            .map(|found| vec![found.id.clone(), found.subnet.clone(), found.address.to_string()])
            .collect();
        let subnets: Vec<_> = self
            .network
            .subnets
            .iter()
            .map(|found| vec![found.id.clone(), found.cidr.to_string(), found.vpc.clone()])
            .collect();
        let ids = format!("{} {}", client.id, server.id);
        let subnet_ids: Vec<_> = self.network.subnets.iter().map(|subnet| subnet.id.as_str()).collect();
        let mut places = format!(
            "$ aws ec2 describe-network-interfaces --network-interface-ids {ids} --query 'NetworkInterfaces[].[NetworkInterfaceId,SubnetId,PrivateIpAddress]' --output table\n{}",
            aws_table("DescribeNetworkInterfaces", &interfaces),
        );
        places.push_str(&format!(
            "\n$ aws ec2 describe-subnets --subnet-ids {} --query 'Subnets[].[SubnetId,CidrBlock,VpcId]' --output table\n{}",
            subnet_ids.join(" "),
            aws_table("DescribeSubnets", &subnets),
        ));
        let mut rules = String::new();
        for interface in [client, server] {
            rules.push_str(&format!(
                "$ aws ec2 describe-network-interfaces --network-interface-ids {} --query 'NetworkInterfaces[].Groups[].[GroupId]' --output text\n{}\n\n",
                interface.id,
                interface.groups.join("\n"),
            ));
            for group in
                self.network.security_groups.iter().filter(|group| interface.groups.contains(&group.id))
            {
                let (query, rows) = security_group_rows(group);
                rules.push_str(&format!(
                    "$ aws ec2 describe-security-group-rules --filters Name=group-id,Values={} --query '{query}' --output table\n{}\n",
                    group.id,
                    aws_table("DescribeSecurityGroupRules", &rows),
                ));
            }
        }
        let mut evidence = vec![
            shown(EvidenceType::Command, places),
            shown(EvidenceType::Command, format!("{}\n", rules.trim_end())),
        ];
        for subnet in &self.network.subnets {
            let Some(acl) = self.network.network_acls.iter().find(|acl| acl.id == subnet.network_acl) else {
                continue;
            };
            let id = format!(
                "$ aws ec2 describe-network-acls --filters Name=association.subnet-id,Values={} --query 'NetworkAcls[].[NetworkAclId]' --output text\n{}\n",
                subnet.id, acl.id
            );
            let mut text = id;
            for egress in [false, true] {
                let (query, rows) = network_acl_rows(acl, egress);
                text.push_str(&format!(
                    "\n$ aws ec2 describe-network-acls --network-acl-ids {} --query '{query}' --output table\n{}",
                    acl.id,
                    aws_table("DescribeNetworkAcls", &rows),
                ));
            }
            evidence.push(shown(EvidenceType::Command, text));
        }
        evidence
    }
}
