//! I15: an interface endpoint with private DNS whose security group does not let its new clients in.
//!
//! Rules: private DNS makes the service's own name resolve to the endpoint's interfaces in the whole VPC, and their security
//! group must allow port 443 from the clients (AWS PrivateLink guide, "Access an AWS service using an interface VPC
//! endpoint"; Amazon ECR User Guide, "Amazon ECR interface VPC endpoints", which also says that layers come from Amazon S3);
//! a gateway endpoint is a route to a prefix list, and groups must let the traffic out to it (AWS PrivateLink guide,
//! "Gateway endpoints for Amazon S3"). Messages of a pull are containerd's.

use std::fmt::Write as _;
use std::net::Ipv4Addr;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use ipnet::Ipv4Net;

use super::{Scene, World, shown};
use crate::cloud::Draw;
use crate::cloud::dns::{Data, Dig, Hosted, Internet, Name, Question, RecordType, Resolver, Zone, dig};
use crate::cloud::network::{
    AclRule, DEFAULT_FIELDS, Destination, End, Endpoint, EndpointKind, Flow, GroupRule, Interface,
    InternetGateway, Line, NatGateway, Network, NetworkAcl, Peer, Ports, PrefixList, Protocol, Record, Role,
    Route, RouteTable, SecurityGroup, Subnet, Target, Verdict, Volume, Vpc, aws_table, describe_network_acls,
    describe_vpc_endpoints, line, network_acl_rows, records, security_group_rows, walk,
};
use crate::model::EvidenceType::{Command, Json, Log};

pub(super) const WORLD: World = World {
    id: "I15",
    version: 3,
    causes: &[
        "endpoint-group",
        "endpoint-subnet-acl",
        "egress-to-s3",
        "new-nodes-group",
        "node-subnet-acl",
        "endpoint-policy",
        "node-role",
        "registry-rate",
    ],
    build,
};

const REGION: &str = "ap-northeast-1";
/// Node a of the old and the new generation, node b of both, endpoint a and b, NAT gateway.
const OLD_A: usize = 0;
const NEW_A: usize = 1;
const OLD_B: usize = 2;
const NEW_B: usize = 3;
const END_A: usize = 4;
const END_B: usize = 5;

/// Pods of the former replica set that are left of eight: a rolling update takes a quarter away and adds a quarter.
const RUNNING: usize = 6;

/// What is drawn before the cause is looked at.
struct Names {
    cluster: &'static str,
    repository: &'static str,
    tag: String,
    account: String,
    vpc: String,
    second: u8,
    endpoint: String,
    gateway_endpoint: String,
    endpoint_dns: String,
    prefix_list: String,
    /// nodes a and b, endpoints a and b, public.
    subnets: Vec<String>,
    interfaces: Vec<String>,
    instances: Vec<String>,
    hosts: Vec<u8>,
    node_group: String,
    shared_group: String,
    runner_group: String,
    endpoint_group: String,
    node_acl: String,
    endpoint_acl: String,
    route_table: String,
    role: &'static str,
    admin: &'static str,
    ports: Vec<u16>,
    /// Without the repository: four of the rollout, one for each node, then those that run since before.
    pods: Vec<String>,
    /// Since how many hours these do.
    running_hours: u32,
    layer: String,
    s3_address: Ipv4Addr,
    ids: Vec<u16>,
    /// The endpoint became available.
    created: NaiveDateTime,
}

/// The world: what each thing really is.
struct Facts<'a> {
    names: &'a Names,
    /// Whom the endpoint's group lets in.
    lets_in: Peer,
    /// Whom the list of the endpoint's subnets lets in.
    endpoint_list: Ipv4Net,
    /// Where the nodes' group lets them out to on 443.
    lets_out: Ipv4Net,
    /// From where the list of the nodes' subnets lets replies in.
    node_list: Ipv4Net,
    policy_full: bool,
    role_pulls: bool,
    rate_fine: bool,
}

/// How a pull on a node goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pull {
    ManifestTimesOut,
    LayerTimesOut,
    Forbidden,
    TooMany,
    Done,
}

fn build(draw: &mut Draw, cause: &str) -> Scene {
    let names = names(draw);
    let any = Ipv4Net::default();
    let vpc = names.cidr(0, 16);
    let mut facts = Facts {
        names: &names,
        lets_in: Peer::Cidr(vpc),
        endpoint_list: vpc,
        lets_out: any,
        node_list: any,
        policy_full: true,
        role_pulls: true,
        rate_fine: true,
    };
    match cause {
        "endpoint-subnet-acl" => facts.endpoint_list = names.cidr(48, 20),
        "egress-to-s3" => facts.lets_out = vpc,
        "new-nodes-group" => facts.lets_in = Peer::Group(names.shared_group.clone()),
        "node-subnet-acl" => facts.node_list = vpc,
        "endpoint-policy" => facts.policy_full = false,
        "node-role" => facts.role_pulls = false,
        "registry-rate" => facts.rate_fine = false,
        _ => facts.lets_in = Peer::Group(names.runner_group.clone()),
    }
    let network = facts.network();
    let mut scene = Scene::default();
    for (name, value) in [
        ("cluster", names.cluster.to_owned()),
        ("repository", names.repository.to_owned()),
        ("endpoint", names.endpoint.clone()),
        ("endpoint_group", names.endpoint_group.clone()),
        ("vpc_cidr", vpc.to_string()),
        ("time", names.created.format("%H:%M").to_string()),
    ] {
        scene.name(name, value);
    }
    pull_error(&mut scene, &facts, &network);
    names_resolve(&mut scene, &facts);
    connect(&mut scene, &facts, &network);
    flow_endpoint(&mut scene, &facts, &network);
    endpoint(&mut scene, &facts, &network);
    endpoint_group(&mut scene, &facts, &network);
    acl_of_endpoint(&mut scene, &facts, &network);
    acl_of_nodes(&mut scene, &facts, &network);
    node_group(&mut scene, &facts, &network);
    nodes(&mut scene, &facts, &network);
    trail(&mut scene, &facts);
    registry_events(&mut scene, &facts, &network);
    scene
}

fn names(draw: &mut Draw) -> Names {
    let day = NaiveDate::from_ymd_opt(2026, draw.int(2, 10), draw.int(3, 27)).unwrap_or_default();
    let created = day.and_hms_opt(draw.int(1, 9), draw.int(0, 59), draw.int(5, 55)).unwrap_or_default();
    let id = |kind: &str, draw: &mut Draw| format!("{kind}-0{}", draw.hex(16));
    let endpoint = id("vpce", draw);
    let (set, former_set) = (draw.pod_template_hash(), draw.pod_template_hash());
    Names {
        cluster: *draw.pick(&["prod", "shop-prod", "core-prod", "tokyo-prod"]),
        repository: *draw.pick(&["web", "cart", "gateway", "pricing", "mailer"]),
        tag: format!("{}-{}", created.format("%Y%m%d"), draw.hex(7)),
        account: format!("{:012}", draw.number(100_000_000_000, 999_999_999_999)),
        vpc: id("vpc", draw),
        second: draw.int(20, 90),
        endpoint_dns: format!("{endpoint}-{}.dkr.ecr.{REGION}.vpce.amazonaws.com", draw.hex(8)),
        endpoint,
        gateway_endpoint: id("vpce", draw),
        prefix_list: format!("pl-{}", draw.hex(8)),
        subnets: (0..5).map(|_| id("subnet", draw)).collect(),
        interfaces: (0..7).map(|_| id("eni", draw)).collect(),
        instances: (0..4).map(|_| id("i", draw)).collect(),
        hosts: (0u8..6).map(|index| 20 + 30 * index + draw.int(0u8, 20)).collect(),
        node_group: id("sg", draw),
        shared_group: id("sg", draw),
        runner_group: id("sg", draw),
        endpoint_group: id("sg", draw),
        node_acl: id("acl", draw),
        endpoint_acl: id("acl", draw),
        route_table: id("rtb", draw),
        role: "eks-node-role",
        admin: *draw.pick(&["kevin.lin", "amy.chen", "jason.wu", "sandy.hsu"]),
        ports: (0..8).map(|_| draw.int(32_768, 60_999)).collect(),
        pods: (0..4 + RUNNING)
            .map(|index| format!("{}-{}", if index < 4 { &set } else { &former_set }, draw.pod_suffix()))
            .collect(),
        running_hours: draw.int(9, 19),
        layer: draw.hex(32),
        s3_address: Ipv4Addr::new(52, 219, draw.int(0, 249), draw.int(2, 250)),
        ids: (0..2).map(|_| draw.int(1024, 65_000)).collect(),
        created,
    }
}

impl Names {
    fn cidr(&self, third: u8, length: u8) -> Ipv4Net {
        Ipv4Net::new(Ipv4Addr::new(10, self.second, third, 0), length).unwrap_or_default()
    }

    fn third(index: usize) -> u8 {
        match index {
            OLD_A | NEW_A => 11,
            OLD_B | NEW_B => 12,
            END_A => 31,
            END_B => 32,
            _ => 1,
        }
    }

    fn address(&self, index: usize) -> Ipv4Addr {
        let host = self.hosts.get(index).copied().unwrap_or(9);
        Ipv4Addr::new(10, self.second, Self::third(index), host)
    }

    fn host_name(&self, index: usize) -> String {
        format!("ip-{}.{REGION}.compute.internal", self.address(index).to_string().replace('.', "-"))
    }

    fn interface(&self, index: usize) -> &str {
        self.interfaces.get(index).map_or("", String::as_str)
    }

    fn registry(&self) -> String {
        format!("{}.dkr.ecr.{REGION}.amazonaws.com", self.account)
    }

    fn layers(&self) -> String {
        format!("prod-{REGION}-starport-layer-bucket.s3.{REGION}.amazonaws.com")
    }

    fn image(&self) -> String {
        format!("{}/{}:{}", self.registry(), self.repository, self.tag)
    }

    fn pod(&self, index: usize) -> String {
        format!("{}-{}", self.repository, self.pods.get(index).map_or("", String::as_str))
    }

    fn at(&self, seconds: i64) -> NaiveDateTime {
        self.created + TimeDelta::seconds(seconds)
    }

    /// The endpoint's interface in the zone of a node.
    fn near(&self, node: usize) -> Ipv4Addr {
        self.address(if matches!(node, OLD_A | NEW_A) { END_A } else { END_B })
    }
}

fn stamp(time: NaiveDateTime) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn group_rule(egress: bool, port: u16, peer: Peer) -> GroupRule {
    GroupRule { egress, protocol: Some(Protocol::Tcp), ports: Ports::Range(port, port), peer }
}

impl Facts<'_> {
    fn network(&self) -> Network {
        let names = self.names;
        let vpc_cidr = names.cidr(0, 16);
        let any = Ipv4Net::default;
        let acl_rule = |number, egress, ports: (u16, u16), cidr| AclRule {
            number,
            egress,
            protocol: Some(Protocol::Tcp),
            ports: Ports::Range(ports.0, ports.1),
            cidr,
            allow: true,
        };
        let list = |id: &str, rules| NetworkAcl { id: id.to_owned(), vpc: names.vpc.clone(), rules };
        let high = (1024, 65_535);
        let subnet = |(index, (third, table, acl)): (usize, (u8, &str, &str))| Subnet {
            id: names.subnets.get(index).cloned().unwrap_or_default(),
            vpc: names.vpc.clone(),
            cidr: names.cidr(third, 24),
            route_table: table.to_owned(),
            network_acl: acl.to_owned(),
        };
        let private = names.route_table.as_str();
        let subnets = [
            (11, private, names.node_acl.as_str()),
            (12, private, &names.node_acl),
            (31, private, &names.endpoint_acl),
            (32, private, &names.endpoint_acl),
            (1, "rtb-public", "acl-public"),
        ];
        let group = |id: &str, name: &str, rules| SecurityGroup {
            id: id.to_owned(),
            name: name.to_owned(),
            vpc: names.vpc.clone(),
            rules,
        };
        let interface = |index: usize, groups: &[&String], role| Interface {
            id: names.interface(index).to_owned(),
            subnet: names
                .subnets
                .get(match Names::third(index) {
                    11 => 0,
                    12 => 1,
                    31 => 2,
                    32 => 3,
                    _ => 4,
                })
                .cloned()
                .unwrap_or_default(),
            address: names.address(index),
            public: None,
            groups: groups.iter().map(|id| (*id).clone()).collect(),
            mtu: 9001,
            role,
        };
        let to_s3 = Route {
            destination: Destination::PrefixList(names.prefix_list.clone()),
            ..Route::to(any(), Target::Endpoint(names.gateway_endpoint.clone()))
        };
        let table = |id: &str, routes: Vec<Route>| RouteTable {
            id: id.to_owned(),
            vpc: names.vpc.clone(),
            routes: [vec![Route::local(vpc_cidr)], routes].concat(),
        };
        let full = r#"{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}]}"#;
        let narrow = format!(
            r#"{{"Statement":[{{"Action":["ecr:BatchGetImage","ecr:GetDownloadUrlForLayer","ecr:GetAuthorizationToken"],"Effect":"Allow","Principal":"*","Resource":"arn:aws:ecr:{REGION}:{}:repository/ci-*"}}]}}"#,
            names.account
        );
        let (nodes, shared) = (&names.node_group, &names.shared_group);
        Network {
            account: names.account.clone(),
            vpcs: vec![Vpc { id: names.vpc.clone(), cidrs: vec![vpc_cidr] }],
            subnets: subnets.into_iter().enumerate().map(subnet).collect(),
            route_tables: vec![
                table(private, vec![Route::to(any(), Target::NatGateway("nat-1".to_owned())), to_s3]),
                table("rtb-public", vec![Route::to(any(), Target::InternetGateway("igw-1".to_owned()))]),
            ],
            network_acls: vec![
                list(
                    &names.node_acl,
                    vec![
                        acl_rule(100, false, (443, 443), vpc_cidr),
                        acl_rule(110, false, high, self.node_list),
                        acl_rule(100, true, (443, 443), any()),
                        acl_rule(110, true, high, vpc_cidr),
                    ],
                ),
                list(
                    &names.endpoint_acl,
                    vec![
                        acl_rule(100, false, (443, 443), self.endpoint_list),
                        acl_rule(100, true, high, vpc_cidr),
                    ],
                ),
            ],
            security_groups: vec![
                group(
                    nodes,
                    &format!("{}-nodes", names.cluster),
                    vec![
                        group_rule(false, 10_250, Peer::Group(nodes.clone())),
                        group_rule(true, 443, Peer::Cidr(self.lets_out)),
                    ],
                ),
                group(shared, &format!("{}-shared", names.cluster), Vec::new()),
                group(&names.endpoint_group, "vpce-ecr", vec![group_rule(false, 443, self.lets_in.clone())]),
            ],
            interfaces: vec![
                interface(OLD_A, &[nodes, shared], Role::Host),
                interface(NEW_A, &[nodes], Role::Host),
                interface(OLD_B, &[nodes, shared], Role::Host),
                interface(NEW_B, &[nodes], Role::Host),
                interface(END_A, &[&names.endpoint_group], Role::Endpoint),
                interface(END_B, &[&names.endpoint_group], Role::Endpoint),
                interface(6, &[], Role::NatGateway),
            ],
            prefix_lists: vec![PrefixList {
                id: names.prefix_list.clone(),
                name: format!("com.amazonaws.{REGION}.s3"),
                cidrs: vec![Ipv4Net::new(Ipv4Addr::new(52, 219, 0, 0), 16).unwrap_or_default()],
            }],
            internet_gateways: vec![InternetGateway { id: "igw-1".to_owned(), vpc: names.vpc.clone() }],
            nat_gateways: vec![NatGateway {
                id: "nat-1".to_owned(),
                interface: names.interface(6).to_owned(),
            }],
            endpoints: vec![
                Endpoint {
                    id: names.endpoint.clone(),
                    vpc: names.vpc.clone(),
                    service: format!("com.amazonaws.{REGION}.ecr.dkr"),
                    kind: EndpointKind::Interface {
                        interfaces: vec![
                            names.interface(END_A).to_owned(),
                            names.interface(END_B).to_owned(),
                        ],
                        private_dns: true,
                        dns_name: names.endpoint_dns.clone(),
                    },
                    policy: if self.policy_full { full.to_owned() } else { narrow },
                },
                Endpoint {
                    id: names.gateway_endpoint.clone(),
                    vpc: names.vpc.clone(),
                    service: format!("com.amazonaws.{REGION}.s3"),
                    kind: EndpointKind::Gateway { route_tables: vec![private.to_owned()] },
                    policy: full.to_owned(),
                },
            ],
            ..Network::default()
        }
    }

    fn flow(&self, node: usize, to: Ipv4Addr, source_port: u16) -> Flow {
        Flow {
            from: End::Interface(self.names.interface(node).to_owned()),
            to,
            protocol: Protocol::Tcp,
            source_port,
            destination_port: 443,
            request_size: 1500,
            reply_size: 1500,
            dont_fragment: true,
            listens: true,
        }
    }

    fn reaches(&self, network: &Network, node: usize, to: Ipv4Addr) -> bool {
        matches!(walk(network, &self.flow(node, to, 40_000)).verdict, Verdict::Works { .. })
    }

    fn pull(&self, network: &Network, node: usize) -> Pull {
        if !self.reaches(network, node, self.names.near(node)) {
            Pull::ManifestTimesOut
        } else if !self.policy_full || !self.role_pulls {
            Pull::Forbidden
        } else if !self.rate_fine {
            Pull::TooMany
        } else if !self.reaches(network, node, self.names.s3_address) {
            Pull::LayerTimesOut
        } else {
            Pull::Done
        }
    }
}

fn pull_error(scene: &mut Scene, facts: &Facts<'_>, network: &Network) {
    let names = facts.names;
    let pulls: Vec<Pull> = (0..4).map(|node| facts.pull(network, node)).collect();
    let mut rows = vec![["NAME", "READY", "STATUS", "RESTARTS", "AGE", "NODE"].map(str::to_owned)];
    for (node, pull) in pulls.iter().enumerate() {
        let (ready, status) =
            if *pull == Pull::Done { ("1/1", "Running") } else { ("0/1", "ImagePullBackOff") };
        let row =
            [names.pod(node).as_str(), ready, status, "0", "19m", &names.host_name(node)].map(str::to_owned);
        rows.push(row);
    }
    let age = format!("{}h", names.running_hours);
    for index in 0..RUNNING {
        let (pod, host) = (names.pod(4 + index), names.host_name(index % 4));
        rows.push([pod.as_str(), "1/1", "Running", "0", &age, &host].map(str::to_owned));
    }
    // As the command line sorts them.
    if let Some(pods) = rows.get_mut(1..) {
        pods.sort();
    }
    let mut text = format!(
        "$ date -u +%FT%TZ\n{}\n$ kubectl get pods -n prod -l app={} -o wide | awk '{{print $1,$2,$3,$4,$5,$7}}' | column -t\n",
        stamp(names.at(1980)),
        names.repository
    );
    let width =
        |column: usize| rows.iter().filter_map(|row| row.get(column)).map(String::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..6).map(width).collect();
    for row in &rows {
        let cells: Vec<String> =
            row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        let _ = writeln!(text, "{}", cells.join("  ").trim_end());
    }
    text.push_str("$ kubectl get events -n prod --field-selector reason=Failed --sort-by=.lastTimestamp -o jsonpath='{range .items[*]}{.lastTimestamp}{\"\\t\"}{.source.host}{\"\\t\"}{.message}{\"\\n\"}{end}' | grep 'Failed to pull'\n");
    let image = names.image();
    let manifest = format!("https://{}/v2/{}/manifests/{}", names.registry(), names.repository, names.tag);
    for (node, pull) in pulls.iter().enumerate() {
        let reference =
            format!("failed to pull and unpack image \"{image}\": failed to resolve reference \"{image}\"");
        let message = match pull {
            Pull::ManifestTimesOut => format!(
                "{reference}: failed to do request: Head \"{manifest}\": dial tcp {}:443: i/o timeout",
                names.near(node)
            ),
            Pull::Forbidden => {
                format!("{reference}: unexpected status from HEAD request to {manifest}: 403 Forbidden")
            }
            Pull::TooMany => {
                format!(
                    "{reference}: unexpected status from HEAD request to {manifest}: 429 Too Many Requests"
                )
            }
            Pull::LayerTimesOut => format!(
                "failed to pull and unpack image \"{image}\": failed to copy: httpReadSeeker: failed open: failed to do request: Get \"https://{}/{}-{}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=3600\": dial tcp {}:443: i/o timeout",
                names.layers(),
                names.account,
                names.layer,
                names.s3_address
            ),
            Pull::Done => continue,
        };
        let time = stamp(names.at(1740 + 41 * i64::try_from(node).unwrap_or(0)));
        let _ =
            writeln!(text, "{time}\t{}\tFailed to pull image \"{image}\": {message}", names.host_name(node));
    }
    let finding = if pulls.contains(&Pull::Done) {
        "some-nodes-fail"
    } else {
        match pulls.first() {
            Some(Pull::ManifestTimesOut) => "registry-times-out",
            Some(Pull::LayerTimesOut) => "layers-time-out",
            Some(Pull::Forbidden) => "forbidden",
            _ => "too-many-requests",
        }
    };
    scene.show("pull-error", finding, vec![shown(Log, text)]);
}

fn names_resolve(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let address = Ipv4Addr::new(10, names.second, 0, 2);
    let seconds = |time: NaiveDateTime| u64::try_from(time.and_utc().timestamp()).unwrap_or_default();
    let mut private =
        Zone::new(&format!("dkr.ecr.{REGION}.amazonaws.com"), &format!("ns-1.{REGION}.internal"), 60, 60);
    for end in [END_A, END_B] {
        private.add("*", 60, Data::A(names.address(end)));
    }
    let mut resolver = Resolver::new(address);
    resolver.private.push((seconds(names.created), private));
    let public = Zone::new(&format!("s3.{REGION}.amazonaws.com"), "ns-1.example.net", 60, 60).with(
        &format!("prod-{REGION}-starport-layer-bucket"),
        5,
        Data::A(names.s3_address),
    );
    let internet =
        Internet { hosted: vec![Hosted::steady("ns-1.example.net", Ipv4Addr::new(192, 0, 2, 53), public)] };
    let pieces = [names.registry(), names.layers()].into_iter().enumerate().map(|(index, name)| {
        let question = Question::new(Name::new(&name), RecordType::A);
        let now = seconds(names.at(2040 + 7 * i64::try_from(index).unwrap_or(0)));
        let resolution = resolver.resolve(&internet, &question, now);
        let how = Dig {
            at: None,
            server: address,
            id: names.ids.get(index).copied().unwrap_or(1024),
            when: now,
            took: 1,
            recursion: true,
        };
        shown(Command, dig(&question, &resolution.reply, &how))
    });
    let pieces = pieces.collect();
    scene.show("names", "registry-private-layers-public", pieces);
}

fn connect(scene: &mut Scene, facts: &Facts<'_>, network: &Network) {
    let names = facts.names;
    let targets = [names.address(END_A), names.address(END_B), names.s3_address];
    let list = targets.map(|address| address.to_string()).join(" ");
    let mut text = format!(
        "$ hostname -I | cut -d' ' -f1\n{}\n$ for a in {list}; do nc -vz -w 5 $a 443; done\n",
        names.address(NEW_A)
    );
    let open = targets.map(|address| facts.reaches(network, NEW_A, address));
    for (address, open) in targets.iter().zip(open) {
        let _ = match open {
            true => writeln!(text, "Connection to {address} 443 port [tcp/https] succeeded!"),
            false => {
                writeln!(text, "nc: connect to {address} port 443 (tcp) timed out: Operation now in progress")
            }
        };
    }
    let finding = match open {
        [true, true, true] => "all-connect",
        [_, _, true] => "registry-times-out",
        _ => "layers-time-out",
    };
    scene.show("connect", finding, vec![shown(Command, text)]);
}

fn flow_endpoint(scene: &mut Scene, facts: &Facts<'_>, network: &Network) {
    let names = facts.names;
    let id = names.interface(END_A);
    let from = names.at(1200);
    let until = names.at(1500);
    let mut text = format!(
        "$ aws logs filter-log-events --log-group-name /vpc/flow-logs --log-stream-names {id}-all --start-time {} --end-time {} --query 'events[].[message]' --output text\n",
        from.and_utc().timestamp_millis(),
        until.and_utc().timestamp_millis()
    );
    let mut own: Vec<Record> = Vec::new();
    for (attempt, node) in [OLD_A, NEW_A, OLD_A, NEW_A].into_iter().enumerate() {
        let start = from.and_utc().timestamp() + 13 + 61 * i64::try_from(attempt).unwrap_or(0);
        let volume = Volume {
            account: names.account.clone(),
            start,
            end: start + 16,
            // A SYN at 0, 1, 3, 7 and 15 seconds; containerd gives up after thirty.
            tries: 5,
            request: (13, 2478),
            reply: (12, 8120),
            closed: true,
        };
        let port = names.ports.get(attempt).copied().unwrap_or(40_000);
        own.extend(records(&walk(network, &facts.flow(node, names.near(node), port)), &volume));
    }
    own.retain(|record| record.interface == id);
    for record in &own {
        let _ = writeln!(text, "{}", line(&Line::Data(record.clone()), DEFAULT_FIELDS));
    }
    let mut arriving = own.iter().filter(|record| record.destination_port == 443);
    let finding = match (arriving.clone().any(|record| record.accept), arriving.any(|record| !record.accept))
    {
        (true, true) => "some-rejected",
        (false, _) => "all-rejected",
        _ => "accepted",
    };
    scene.show("flow-endpoint", finding, vec![shown(Log, text)]);
}

fn endpoint(scene: &mut Scene, facts: &Facts<'_>, network: &Network) {
    let names = facts.names;
    let all: Vec<&Endpoint> = network.endpoints.iter().collect();
    let text = format!(
        "$ aws ec2 describe-vpc-endpoints --vpc-endpoint-ids {} {}\n{}",
        names.endpoint,
        names.gateway_endpoint,
        describe_vpc_endpoints(network, &all)
    );
    let finding = if facts.policy_full { "policy-allows-all" } else { "policy-for-some-repositories" };
    scene.show("endpoint", finding, vec![shown(Json, text)]);
}

fn group_table(network: &Network, id: &str) -> String {
    let group = network.security_groups.iter().find(|group| group.id == id);
    let Some(group) = group else { return String::new() };
    let (query, rows) = security_group_rows(group);
    format!(
        "$ aws ec2 describe-security-group-rules --filters Name=group-id,Values={id} --query '{query}' --output table\n{}",
        aws_table("DescribeSecurityGroupRules", &rows)
    )
}

fn endpoint_group(scene: &mut Scene, facts: &Facts<'_>, network: &Network) {
    let text = group_table(network, &facts.names.endpoint_group);
    let finding = if matches!(facts.lets_in, Peer::Group(_)) { "one-group-only" } else { "whole-vpc" };
    scene.show("endpoint-group", finding, vec![shown(Command, text)]);
}

fn acl_of_endpoint(scene: &mut Scene, facts: &Facts<'_>, network: &Network) {
    let names = facts.names;
    let Some(list) = network.network_acls.iter().find(|acl| acl.id == names.endpoint_acl) else { return };
    let mut text = String::new();
    let subnet = names.subnets.get(2).map_or("", String::as_str);
    let _ = write!(
        text,
        "$ aws ec2 describe-network-acls --filters Name=association.subnet-id,Values={subnet}\n{}",
        describe_network_acls(network, &[list])
    );
    let passes =
        list.decides(false, Protocol::Tcp, names.address(NEW_A), 443, (0, 0)).is_some_and(|rule| rule.allow);
    let finding = if passes { "lets-nodes-in" } else { "keeps-nodes-out" };
    scene.show("acl-of-endpoint", finding, vec![shown(Json, text)]);
}

fn acl_of_nodes(scene: &mut Scene, facts: &Facts<'_>, network: &Network) {
    let names = facts.names;
    let Some(list) = network.network_acls.iter().find(|acl| acl.id == names.node_acl) else { return };
    let subnet = names.subnets.first().map_or("", String::as_str);
    let mut text = String::new();
    for egress in [false, true] {
        let (query, rows) = network_acl_rows(list, egress);
        let _ = write!(
            text,
            "$ aws ec2 describe-network-acls --filters Name=association.subnet-id,Values={subnet} --query '{query}' --output table\n{}",
            aws_table("DescribeNetworkAcls", &rows)
        );
    }
    let passes =
        list.decides(false, Protocol::Tcp, names.s3_address, 40_000, (0, 0)).is_some_and(|rule| rule.allow);
    let finding = if passes { "replies-from-anywhere" } else { "replies-of-the-vpc-only" };
    scene.show("acl-of-nodes", finding, vec![shown(Command, text)]);
}

fn node_group(scene: &mut Scene, facts: &Facts<'_>, network: &Network) {
    let text = group_table(network, &facts.names.node_group);
    let finding = if facts.lets_out.prefix_len() == 0 { "out-to-anywhere" } else { "out-to-the-vpc-only" };
    scene.show("node-group", finding, vec![shown(Command, text)]);
}

fn nodes(scene: &mut Scene, facts: &Facts<'_>, network: &Network) {
    let names = facts.names;
    let mut text = "$ aws ec2 describe-instances --filters Name=tag:eks:cluster-name,Values=".to_owned();
    let _ = writeln!(
        text,
        "{} --query 'Reservations[].Instances[].[InstanceId,PrivateIpAddress,LaunchTime,join(`,`,SecurityGroups[].GroupId)]' --output text",
        names.cluster
    );
    for (index, instance) in names.instances.iter().enumerate() {
        let old = matches!(index, OLD_A | OLD_B);
        let before = if old { TimeDelta::days(38) } else { TimeDelta::hours(21) };
        let launched = names.created - before + TimeDelta::seconds(37 * i64::try_from(index).unwrap_or(0));
        let groups =
            network.interface(names.interface(index)).map(|found| found.groups.join(",")).unwrap_or_default();
        let _ = writeln!(
            text,
            "{instance}\t{}\t{}+00:00\t{groups}",
            names.address(index),
            launched.format("%Y-%m-%dT%H:%M:%S")
        );
    }
    scene.show("nodes", "two-generations", vec![shown(Command, text)]);
}

fn trail(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let admin = format!("arn:aws:sts::{}:assumed-role/PlatformAdmin/{}", names.account, names.admin);
    let subnets =
        names.subnets.iter().skip(2).take(2).map(|id| format!("\"{id}\"")).collect::<Vec<_>>().join(",");
    let create = |service: &str| {
        format!(
            r#"{{"CreateVpcEndpointRequest":{{"VpcId":"{}","VpcEndpointType":"Interface","ServiceName":"com.amazonaws.{REGION}.{service}","SubnetIds":[{subnets}],"SecurityGroupIds":["{}"],"PrivateDnsEnabled":true}}}}"#,
            names.vpc, names.endpoint_group
        )
    };
    let version = format!(
        r#"{{"clusterName":"{}","nodegroupName":"general","launchTemplate":{{"version":"8"}}}}"#,
        names.cluster
    );
    let mut events = vec![
        (names.created - TimeDelta::minutes(21 * 60 + 18), "UpdateNodegroupVersion", version),
        (names.at(-171), "CreateVpcEndpoint", create("ecr.api")),
        (names.at(-148), "CreateVpcEndpoint", create("ecr.dkr")),
    ];
    let mut finding = "endpoints-created";
    if facts.lets_out.prefix_len() > 0 {
        finding = "egress-revoked";
        events.push((
            names.at(-7),
            "RevokeSecurityGroupEgress",
            format!(
                r#"{{"groupId":"{}","ipPermissions":{{"items":[{{"ipProtocol":"tcp","fromPort":443,"toPort":443,"groups":{{}},"ipRanges":{{"items":[{{"cidrIp":"0.0.0.0/0"}}]}},"ipv6Ranges":{{}},"prefixListIds":{{}}}}]}}}}"#,
                names.node_group
            ),
        ));
    }
    if facts.node_list.prefix_len() > 0 {
        finding = "list-entry-replaced";
        events.push((
            names.at(236),
            "ReplaceNetworkAclEntry",
            format!(
                r#"{{"networkAclId":"{}","ruleNumber":110,"egress":false,"ruleAction":"allow","cidrBlock":"{}","aclProtocol":"6","portRange":{{"from":1024,"to":65535}}}}"#,
                names.node_acl, facts.node_list
            ),
        ));
    }
    if !facts.role_pulls {
        finding = "role-policy-detached";
        events.push((
            names.at(198),
            "DetachRolePolicy",
            format!(
                r#"{{"roleName":"{}","policyArn":"arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly"}}"#,
                names.role
            ),
        ));
    }
    events.sort_by_key(|(time, ..)| std::cmp::Reverse(*time));
    let mut text = format!(
        "$ aws cloudtrail lookup-events --lookup-attributes AttributeKey=Username,AttributeValue={} --start-time {} --end-time {} --query 'Events[].[CloudTrailEvent]' --output text | jq -c 'select(.readOnly | not) | [.eventTime,.userIdentity.arn,.eventName,.requestParameters]'\n",
        names.admin,
        stamp(names.created - TimeDelta::hours(30)),
        stamp(names.at(2100)),
    );
    for (time, what, parameters) in events {
        let _ = writeln!(text, r#"["{}","{admin}","{what}",{parameters}]"#, stamp(time));
    }
    scene.show("changes", finding, vec![shown(Log, text)]);
}

fn registry_events(scene: &mut Scene, facts: &Facts<'_>, network: &Network) {
    let names = facts.names;
    let mut text = format!(
        "$ aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=BatchGetImage --start-time {} --end-time {} --query 'Events[].[CloudTrailEvent]' --output text | jq -c '[.eventTime,.vpcEndpointId,.errorCode,.errorMessage]'\n",
        stamp(names.at(0)),
        stamp(names.at(2100))
    );
    let mut finding = "none-arrived";
    for node in (0..4usize).rev() {
        let pull = facts.pull(network, node);
        if pull == Pull::ManifestTimesOut {
            continue;
        }
        let instance = names.instances.get(node).map_or("", String::as_str);
        let denied = |kind: &str| {
            format!(
                r#""AccessDenied","User: arn:aws:sts::{account}:assumed-role/{role}/{instance} is not authorized to perform: ecr:BatchGetImage on resource: arn:aws:ecr:{REGION}:{account}:repository/{repository} because no {kind} policy allows the ecr:BatchGetImage action""#,
                account = names.account,
                role = names.role,
                repository = names.repository
            )
        };
        let error = match pull {
            Pull::Forbidden if !facts.role_pulls => {
                finding = "denied-by-identity";
                denied("identity-based")
            }
            Pull::Forbidden => {
                finding = "denied-by-endpoint";
                denied("VPC endpoint")
            }
            Pull::TooMany => {
                finding = "throttled";
                r#""ThrottlingException","Rate exceeded""#.to_owned()
            }
            _ => {
                finding = "allowed";
                "null,null".to_owned()
            }
        };
        let time = stamp(names.at(1741 + 41 * i64::try_from(node).unwrap_or(0)));
        let _ = writeln!(text, r#"["{time}","{}",{error}]"#, names.endpoint);
    }
    scene.show("registry-events", finding, vec![shown(Log, text)]);
}
