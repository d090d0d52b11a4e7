//! I07: replies of a database that the network ACL of its subnets no longer lets out.
//!
//! Rules: a network ACL is stateless, so replies to clients need an outbound rule for their ephemeral ports, and neighbours
//! in one subnet do not pass it (Amazon VPC User Guide, "Control subnet traffic with network access control lists",
//! "Ephemeral ports"); flow logs record a flow per direction and action (ibid., "Flow log record examples"); the event of a
//! deleted entry names the list, the number and the direction, not what the rule said (Amazon EC2 API Reference,
//! DeleteNetworkAclEntry). Messages of the database are PostgreSQL 15's, those of the pool HikariCP's and pgJDBC's.

use std::fmt::Write as _;
use std::net::Ipv4Addr;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use ipnet::Ipv4Net;

use super::{Scene, Series, World, shown};
use crate::cloud::Draw;
use crate::cloud::network::{
    AclRule, DEFAULT_FIELDS, End, Flow, GroupRule, Interface, Line, Network, NetworkAcl, Peer, Ports,
    Protocol, Record, Role, Route, RouteTable, SecurityGroup, Subnet, Verdict, Volume, Vpc, aws_table,
    describe_network_acls, line, records, security_group_rows, walk,
};
use crate::model::EvidenceType::{Command, Json, Log, Metric};

pub(super) const WORLD: World = World {
    id: "I07",
    version: 2,
    causes: &[
        "nacl-ephemeral-return",
        "password-rotation",
        "security-group",
        "stale-address",
        "nacl-inbound",
        "nacl-replaced",
        "app-group-egress",
        "connections-exhausted",
    ],
    build,
};

const REGION: &str = "ap-northeast-1";
const PORT: u16 = 5432;

/// What is drawn before the cause is looked at.
struct Names {
    database: &'static str,
    service: &'static str,
    account: String,
    vpc: String,
    /// The second byte of the VPC's addresses.
    second: u8,
    /// Of a site that was given up: what the clean-up was about.
    retired: Ipv4Net,
    endpoint: String,
    own_acl: String,
    baseline_acl: String,
    open_acl: String,
    /// app a, app b, database a, database b, load balancer.
    subnets: Vec<String>,
    app_group: String,
    db_group: String,
    ops_group: String,
    legacy_group: String,
    balancer_group: String,
    /// app a, app b, report worker, database, load balancer.
    interfaces: Vec<String>,
    app_host: u8,
    db_host: u8,
    former_host: u8,
    worker_host: u8,
    admin: &'static str,
    ports: Vec<u16>,
    pool: u32,
    /// The app's process, and by how many milliseconds its errors come late.
    pid: u32,
    late: [i64; 3],
    /// When it began to fail.
    began: NaiveDateTime,
    rotated: NaiveDateTime,
}

/// The world: what each thing really is.
struct Facts<'a> {
    names: &'a Names,
    /// The database's own list lets replies to the VPC out, and connections of the VPC in.
    replies_out: bool,
    requests_in: bool,
    /// The database's subnets are associated with their own list.
    own_list: bool,
    /// The database's group lets the app's group in; the app's group lets the app out to it.
    let_in: bool,
    let_out: bool,
    password_right: bool,
    slots_free: bool,
    /// The app connects to the address that the name has now.
    address_current: bool,
}

/// What a client's attempt to connect ends with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    TimesOut,
    Rejected,
    NoSlot,
    Connects,
}

fn build(draw: &mut Draw, cause: &str) -> Scene {
    let names = names(draw);
    let mut facts = Facts {
        names: &names,
        replies_out: true,
        requests_in: true,
        own_list: true,
        let_in: true,
        let_out: true,
        password_right: true,
        slots_free: true,
        address_current: true,
    };
    match cause {
        "password-rotation" => facts.password_right = false,
        "security-group" => facts.let_in = false,
        "stale-address" => facts.address_current = false,
        "nacl-inbound" => facts.requests_in = false,
        "nacl-replaced" => facts.own_list = false,
        "app-group-egress" => facts.let_out = false,
        "connections-exhausted" => facts.slots_free = false,
        _ => facts.replies_out = false,
    }
    let network = facts.network();
    let mut scene = Scene::default();
    for (name, value) in [
        ("database", names.database.to_owned()),
        ("service", names.service.to_owned()),
        ("acl", names.own_acl.clone()),
        ("vpc_cidr", names.cidr(0, 16).to_string()),
        ("retired", names.retired.to_string()),
        ("db_address", names.address(21, names.db_host).to_string()),
        ("time", names.began.format("%H:%M").to_string()),
    ] {
        scene.name(name, value);
    }
    app_log(&mut scene, &facts, &network);
    probe(&mut scene, &facts, &network);
    probe_near(&mut scene, &facts, &network);
    db_status(&mut scene, &facts);
    db_log(&mut scene, &facts, &network);
    connections(&mut scene, &facts, &network);
    flow_app(&mut scene, &facts, &network);
    flow_db(&mut scene, &facts, &network);
    groups(&mut scene, &facts, &network);
    acl(&mut scene, &facts, &network);
    trail(&mut scene, &facts);
    history(&mut scene, &facts);
    scene
}

fn names(draw: &mut Draw) -> Names {
    let day = NaiveDate::from_ymd_opt(2026, draw.int(2, 10), draw.int(3, 27)).unwrap_or_default();
    let began = day.and_hms_opt(draw.int(1, 8), draw.int(0, 59), draw.int(5, 55)).unwrap_or_default();
    let database = *draw.pick(&["orders-prod", "booking-prod", "ledger-prod", "member-prod", "stock-prod"]);
    let id = |kind: &str, draw: &mut Draw| format!("{kind}-0{}", draw.hex(16));
    Names {
        database,
        service: database.split('-').next().unwrap_or_default(),
        account: format!("{:012}", draw.number(100_000_000_000, 999_999_999_999)),
        vpc: id("vpc", draw),
        second: draw.int(20, 90),
        retired: Ipv4Net::new(Ipv4Addr::new(172, draw.int(20, 29), 0, 0), 16).unwrap_or_default(),
        endpoint: format!("{database}.c{}.{REGION}.rds.amazonaws.com", draw.hex(11)),
        own_acl: id("acl", draw),
        baseline_acl: id("acl", draw),
        open_acl: id("acl", draw),
        subnets: (0..5).map(|_| id("subnet", draw)).collect(),
        app_group: id("sg", draw),
        db_group: id("sg", draw),
        ops_group: id("sg", draw),
        legacy_group: id("sg", draw),
        balancer_group: id("sg", draw),
        interfaces: (0..5).map(|_| id("eni", draw)).collect(),
        app_host: draw.int(10, 120),
        db_host: draw.int(10, 90),
        former_host: draw.int(10, 250),
        worker_host: draw.int(120, 250),
        admin: *draw.pick(&["kevin.lin", "amy.chen", "jason.wu", "sandy.hsu"]),
        ports: (0..12).map(|_| draw.int(32_768, 60_999)).collect(),
        pool: draw.int(8, 20),
        pid: draw.int(780, 1900),
        late: [0, 1, 2].map(|_| draw.int(0, 21_999)),
        began,
        rotated: began - TimeDelta::minutes(draw.int(17 * 60, 25 * 60)),
    }
}

impl Names {
    fn cidr(&self, third: u8, length: u8) -> Ipv4Net {
        Ipv4Net::new(Ipv4Addr::new(10, self.second, third, 0), length).unwrap_or_default()
    }

    fn address(&self, third: u8, host: u8) -> Ipv4Addr {
        Ipv4Addr::new(10, self.second, third, host)
    }

    fn user(&self) -> String {
        format!("{}_app", self.service)
    }

    fn port(&self, index: usize) -> u16 {
        self.ports.get(index).copied().unwrap_or(40_000)
    }

    fn interface(&self, index: usize) -> &str {
        self.interfaces.get(index).map_or("", String::as_str)
    }

    fn subnet(&self, index: usize) -> &str {
        self.subnets.get(index).map_or("", String::as_str)
    }

    fn at(&self, seconds: i64) -> NaiveDateTime {
        self.began + TimeDelta::seconds(seconds)
    }
}

fn stamp(time: NaiveDateTime) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn tcp(number: u16, egress: bool, ports: (u16, u16), cidr: Ipv4Net) -> AclRule {
    let ports = Ports::Range(ports.0, ports.1);
    AclRule { number, egress, protocol: Some(Protocol::Tcp), ports, cidr, allow: true }
}

const EPHEMERAL: (u16, u16) = (1024, 65_535);

impl Facts<'_> {
    /// The database's own list before the clean-up: in each direction a rule for the VPC and one for the retired site.
    /// Number 110 inbound and 120 outbound are those that the clean-up deleted.
    fn rules_before(&self) -> Vec<AclRule> {
        let (vpc, retired) = (self.names.cidr(0, 16), self.names.retired);
        let inbound = if self.requests_in { [vpc, retired] } else { [retired, vpc] };
        let outbound = if self.replies_out { [vpc, retired] } else { [retired, vpc] };
        let number = |first: u16, second: u16| [first, second];
        let rules = |egress: bool, ports: (u16, u16), numbers: [u16; 2], cidrs: [Ipv4Net; 2]| {
            numbers.into_iter().zip(cidrs).map(move |(number, cidr)| tcp(number, egress, ports, cidr))
        };
        rules(false, (PORT, PORT), number(100, 110), inbound)
            .chain(rules(true, EPHEMERAL, number(110, 120), outbound))
            .collect()
    }

    fn rules_now(&self) -> Vec<AclRule> {
        let gone =
            |rule: &AclRule| (rule.egress, rule.number) == (false, 110) || rule.egress && rule.number == 120;
        self.rules_before().into_iter().filter(|rule| !gone(rule)).collect()
    }

    fn network(&self) -> Network {
        let names = self.names;
        let any = || Ipv4Net::default();
        let all = |egress| AclRule { protocol: None, ports: Ports::All, ..tcp(100, egress, (0, 0), any()) };
        let list = |id: &str, rules| NetworkAcl { id: id.to_owned(), vpc: names.vpc.clone(), rules };
        let db_acl = if self.own_list { &names.own_acl } else { &names.baseline_acl };
        let blocks = [11, 12, 21, 22, 1];
        let subnet = |(index, third): (usize, u8)| Subnet {
            id: names.subnet(index).to_owned(),
            vpc: names.vpc.clone(),
            cidr: names.cidr(third, 24),
            route_table: "rtb-local".to_owned(),
            network_acl: if matches!(third, 21 | 22) { db_acl } else { &names.open_acl }.clone(),
        };
        let group_rule = |egress, port, peer| GroupRule {
            egress,
            protocol: Some(Protocol::Tcp),
            ports: Ports::Range(port, port),
            peer,
        };
        let group = |id: &str, name: &str, rules| SecurityGroup {
            id: id.to_owned(),
            name: name.to_owned(),
            vpc: names.vpc.clone(),
            rules,
        };
        let with = |id: &str| Peer::Group(id.to_owned());
        let mut db_rules = vec![group_rule(false, PORT, with(&names.ops_group))];
        if self.let_in {
            db_rules.insert(0, group_rule(false, PORT, with(&names.app_group)));
        }
        let mut app_rules = vec![
            group_rule(false, 8080, with(&names.balancer_group)),
            group_rule(true, 443, Peer::Cidr(any())),
        ];
        if self.let_out {
            app_rules.push(group_rule(true, PORT, with(&names.db_group)));
        }
        let interface = |index: usize, subnet: usize, address, group: &str| Interface {
            id: names.interface(index).to_owned(),
            subnet: names.subnet(subnet).to_owned(),
            address,
            public: None,
            groups: vec![group.to_owned()],
            mtu: 9001,
            role: Role::Host,
        };
        Network {
            account: names.account.clone(),
            vpcs: vec![Vpc { id: names.vpc.clone(), cidrs: vec![names.cidr(0, 16)] }],
            subnets: blocks.into_iter().enumerate().map(subnet).collect(),
            route_tables: vec![RouteTable {
                id: "rtb-local".to_owned(),
                vpc: names.vpc.clone(),
                routes: vec![Route::local(names.cidr(0, 16))],
            }],
            network_acls: vec![
                list(&names.own_acl, self.rules_now()),
                list(
                    &names.baseline_acl,
                    vec![tcp(100, false, (PORT, PORT), names.cidr(0, 16)), tcp(100, true, (443, 443), any())],
                ),
                list(&names.open_acl, vec![all(false), all(true)]),
            ],
            security_groups: vec![
                group(&names.db_group, &format!("{}-db", names.service), db_rules),
                group(&names.app_group, &format!("{}-app", names.service), app_rules),
                group(
                    &names.balancer_group,
                    "alb",
                    vec![group_rule(true, 8080, Peer::Cidr(names.cidr(0, 16)))],
                ),
            ],
            interfaces: vec![
                interface(0, 0, names.address(11, names.app_host), &names.app_group),
                interface(1, 1, names.address(12, names.app_host + 3), &names.app_group),
                interface(2, 2, names.address(21, names.worker_host), &names.app_group),
                interface(3, 2, names.address(21, names.db_host), &names.db_group),
                interface(4, 4, names.address(1, 17), &names.balancer_group),
            ],
            ..Network::default()
        }
    }

    fn database(&self) -> Ipv4Addr {
        self.names.address(21, self.names.db_host)
    }

    /// The address the app's pool connects to.
    fn dialled(&self) -> Ipv4Addr {
        if self.address_current { self.database() } else { self.names.address(22, self.names.former_host) }
    }

    /// What an attempt ends with: from an interface to an address, by the service's own user or another.
    fn outcome(&self, network: &Network, from: usize, to: Ipv4Addr, own_user: bool) -> Outcome {
        match walk(network, &self.flow(from, to, PORT, self.names.port(0))).verdict {
            Verdict::Works { .. } if own_user && !self.password_right => Outcome::Rejected,
            Verdict::Works { .. } if own_user && !self.slots_free => Outcome::NoSlot,
            Verdict::Works { .. } => Outcome::Connects,
            _ => Outcome::TimesOut,
        }
    }

    fn app_outcome(&self, network: &Network) -> Outcome {
        self.outcome(network, 0, self.dialled(), true)
    }

    fn flow(&self, from: usize, to: Ipv4Addr, port: u16, source_port: u16) -> Flow {
        Flow {
            from: End::Interface(self.names.interface(from).to_owned()),
            to,
            protocol: Protocol::Tcp,
            source_port,
            destination_port: port,
            request_size: 1500,
            reply_size: 1500,
            dont_fragment: true,
            listens: true,
        }
    }

    /// What the flow logs of all interfaces record in six minutes: attempts of both app servers, of the report worker in
    /// the database's subnet, and what the load balancer sends to the app.
    fn logged(&self, network: &Network) -> Vec<Record> {
        let mut all = Vec::new();
        let from = self.names.at(600);
        let mut talk =
            |client: usize, to, port, index: usize, seconds: i64, lasts: i64, sizes: [(u64, u64); 2]| {
                let start = (from + TimeDelta::seconds(seconds)).and_utc().timestamp();
                let volume = Volume {
                    account: self.names.account.clone(),
                    start,
                    end: start + lasts,
                    // A SYN at 0, 1, 3 and 7 seconds; the driver gives up after ten.
                    tries: 4,
                    request: sizes[0],
                    reply: sizes[1],
                    closed: true,
                };
                let flow = self.flow(client, to, port, self.names.port(index));
                all.extend(records(&walk(network, &flow), &volume));
            };
        let short = match self.app_outcome(network) {
            Outcome::Rejected => [(9, 1013), (8, 1180)],
            _ => [(8, 874), (7, 742)],
        };
        talk(0, self.dialled(), PORT, 0, 4, 8, short);
        talk(4, self.names.address(11, self.names.app_host), 8080, 9, 21, 33, [(14, 2310), (12, 4108)]);
        talk(1, self.dialled(), PORT, 1, 26, 9, short);
        talk(2, self.database(), PORT, 2, 40, 15, [(19, 2874), (17, 9120)]);
        talk(0, self.dialled(), PORT, 3, 63, 8, short);
        talk(1, self.dialled(), PORT, 4, 85, 9, short);
        talk(0, self.dialled(), PORT, 5, 124, 7, short);
        talk(2, self.database(), PORT, 6, 161, 12, [(18, 2790), (16, 8644)]);
        talk(4, self.names.address(11, self.names.app_host), 8080, 10, 181, 41, [(11, 1985), (10, 3216)]);
        all.sort_by_key(|record| record.start);
        all
    }
}

fn app_log(scene: &mut Scene, facts: &Facts<'_>, network: &Network) {
    let names = facts.names;
    let service = names.service;
    let outcome = facts.app_outcome(network);
    let mut text = format!(
        "$ journalctl -u {service}-api --since '{}' -o cat | grep -E 'SqlExceptionHelper|Caused by: (org.postgresql|java.net)' | tail -n {}\n",
        names.at(-60).format("%F %T"),
        if matches!(outcome, Outcome::Rejected | Outcome::NoSlot) { 9 } else { 12 }
    );
    // The last ones before the clock of the next check. Where the driver has no error of its own, the state is that of a
    // connection it could not make.
    let state = match outcome {
        Outcome::TimesOut | Outcome::Connects => "08001",
        Outcome::Rejected => "28P01",
        Outcome::NoSlot => "53300",
    };
    for (index, (seconds, late)) in [1052, 1113, 1174].into_iter().zip(names.late).enumerate() {
        let time = names.at(seconds) + TimeDelta::milliseconds(late);
        let place = format!(
            "{} --- [nio-8080-exec-{}] o.h.engine.jdbc.spi.SqlExceptionHelper   ",
            names.pid,
            (index * 4 + 3) % 10 + 1
        );
        for (level, milliseconds, message) in [
            (" WARN", 0, format!("SQL Error: 0, SQLState: {state}")),
            (
                "ERROR",
                1,
                "HikariPool-1 - Connection is not available, request timed out after 30000ms.".to_owned(),
            ),
        ] {
            let time = (time + TimeDelta::milliseconds(milliseconds)).format("%Y-%m-%dT%H:%M:%S%.3fZ");
            let _ = writeln!(text, "{time} {level} {place}: {message}");
        }
        let cause = match outcome {
            Outcome::TimesOut | Outcome::Connects => {
                "Caused by: org.postgresql.util.PSQLException: The connection attempt failed.\nCaused by: java.net.SocketTimeoutException: Connect timed out".to_owned()
            }
            Outcome::Rejected => format!(
                "Caused by: org.postgresql.util.PSQLException: FATAL: password authentication failed for user \"{}\"",
                names.user()
            ),
            Outcome::NoSlot => "Caused by: org.postgresql.util.PSQLException: FATAL: remaining connection slots are reserved for non-replication superuser connections".to_owned(),
        };
        let _ = writeln!(text, "{cause}");
    }
    let finding = match outcome {
        Outcome::TimesOut | Outcome::Connects => "connect-times-out",
        Outcome::Rejected => "password-rejected",
        Outcome::NoSlot => "no-slot",
    };
    scene.show("app-log", finding, vec![shown(Log, text)]);
}

/// `nc` by name: the host asks the resolver anew.
fn netcat(facts: &Facts<'_>, network: &Network, from: usize) -> (String, &'static str) {
    let names = facts.names;
    let endpoint = &names.endpoint;
    let address = facts.database();
    let source = match from {
        0 => names.address(11, names.app_host),
        _ => names.address(21, names.worker_host),
    };
    let mut text = format!(
        "$ hostname -I\n{source}\n$ date -u +%FT%TZ\n{}\n$ getent ahostsv4 {endpoint} | awk '{{print $1}}' | sort -u\n{address}\n$ nc -vz -w 5 {endpoint} {PORT}\n",
        stamp(names.at(if from == 0 { 1260 } else { 1500 }))
    );
    // A bare connection asks for no password and takes no slot for long.
    match facts.outcome(network, from, address, false) {
        Outcome::Connects => {
            let _ = writeln!(
                text,
                "Connection to {endpoint} ({address}) {PORT} port [tcp/postgresql] succeeded!"
            );
            (text, "connects")
        }
        _ => {
            let _ = writeln!(
                text,
                "nc: connect to {endpoint} ({address}) port {PORT} (tcp) timed out: Operation now in progress"
            );
            (text, "times-out")
        }
    }
}

fn probe(scene: &mut Scene, facts: &Facts<'_>, network: &Network) {
    let (text, finding) = netcat(facts, network, 0);
    scene.show("probe", finding, vec![shown(Command, text)]);
}

fn probe_near(scene: &mut Scene, facts: &Facts<'_>, network: &Network) {
    let (text, finding) = netcat(facts, network, 2);
    scene.show("probe-near", finding, vec![shown(Command, text)]);
}

fn db_status(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let (database, endpoint) = (names.database, &names.endpoint);
    let date = |time: NaiveDateTime, millis: u32| {
        format!("{}.{millis:03}000+00:00", time.format("%Y-%m-%dT%H:%M:%S"))
    };
    let backup = names.began.date().and_hms_opt(0, 0, 0).unwrap_or_default() - TimeDelta::minutes(277);
    let mut events = vec![
        (date(backup, 318), "Backing up DB instance"),
        (date(backup + TimeDelta::seconds(163), 542), "Finished DB Instance backup"),
    ];
    if !facts.address_current {
        events.extend([
            (date(names.at(-75), 106), "Multi-AZ instance failover started."),
            (date(names.at(-41), 880), "DB instance restarted"),
            (date(names.at(-9), 214), "Multi-AZ instance failover completed"),
        ]);
    }
    let mut text = format!(
        "$ aws rds describe-db-instances --db-instance-identifier {database} --query 'DBInstances[0].[DBInstanceIdentifier,DBInstanceStatus,Engine,EngineVersion,MultiAZ,Endpoint.Address,Endpoint.Port]' --output text\n{database}\tavailable\tpostgres\t15.7\tTrue\t{endpoint}\t{PORT}\n$ aws rds describe-events --source-type db-instance --source-identifier {database} --duration 1440 --query 'Events[].[Date,Message]' --output text\n"
    );
    for (date, message) in events {
        let _ = writeln!(text, "{date}\t{message}");
    }
    let finding = if facts.address_current { "available" } else { "failed-over" };
    scene.show("db-status", finding, vec![shown(Command, text)]);
}

fn db_log(scene: &mut Scene, facts: &Facts<'_>, network: &Network) {
    let names = facts.names;
    let outcome = facts.app_outcome(network);
    let hour = names.at(600).format("%Y-%m-%d-%H");
    let mut lines = Vec::new();
    let checkpoint = names.at(430);
    let prefix = |time: NaiveDateTime, who: &str, process: u32| {
        format!("{} UTC:{who}:[{process}]:", time.format("%Y-%m-%d %H:%M:%S"))
    };
    lines.push((checkpoint, format!("{}LOG:  checkpoint starting: time", prefix(checkpoint, ":@", 398))));
    let done = checkpoint + TimeDelta::seconds(27);
    lines.push((
        done,
        format!(
            "{}LOG:  checkpoint complete: wrote 266 buffers (0.1%); 0 WAL file(s) added, 0 removed, 1 recycled; write=26.742 s, sync=0.006 s, total=26.783 s; sync files=61, longest=0.003 s, average=0.001 s; distance=65540 kB, estimate=65612 kB",
            prefix(done, ":@", 398)
        ),
    ));
    let attempts = [(604, 11, 0, 0), (626, 12, 3, 1), (663, 11, 0, 3), (685, 12, 3, 4), (724, 11, 0, 5)];
    for (index, (seconds, third, more, port)) in attempts.into_iter().enumerate() {
        let message = match outcome {
            Outcome::Rejected => format!("password authentication failed for user \"{}\"", names.user()),
            Outcome::NoSlot => {
                "remaining connection slots are reserved for non-replication superuser connections".to_owned()
            }
            _ => continue,
        };
        let client = names.address(third, names.app_host + more);
        let who = format!("{client}({}):{}@{}", names.port(port), names.user(), names.service);
        let time = names.at(seconds);
        let process = 21_400 + u32::try_from(index).unwrap_or(0) * 17;
        lines.push((time, format!("{}FATAL:  {message}", prefix(time, &who, process))));
    }
    lines.sort();
    let mut text = format!(
        "$ aws rds download-db-log-file-portion --db-instance-identifier {} --log-file-name error/postgresql.log.{hour} --starting-token 0 --output text | tail -n 7\n",
        names.database
    );
    for (_, line) in lines {
        let _ = writeln!(text, "{line}");
    }
    let finding = match outcome {
        Outcome::Rejected => "password-rejected",
        Outcome::NoSlot => "no-slot",
        _ => "no-attempts",
    };
    scene.show("db-log", finding, vec![shown(Log, text)]);
}

fn connections(scene: &mut Scene, facts: &Facts<'_>, network: &Network) {
    let names = facts.names;
    let app = f64::from(2 * names.pool);
    let worker =
        if facts.outcome(network, 2, facts.database(), false) == Outcome::Connects { 2.0 } else { 0.0 };
    let start = names.at(-30 * 60);
    let minute = i64::from(chrono::Timelike::minute(&start) % 5);
    let start =
        start - TimeDelta::minutes(minute) - TimeDelta::seconds(i64::from(chrono::Timelike::second(&start)));
    // Of the cap, three are kept for superusers and two more for the provider's own.
    let cap = f64::from(names.pool * 5);
    let (mut text, mut points) = (String::new(), Vec::new());
    let _ = writeln!(
        text,
        "$ aws cloudwatch get-metric-statistics --namespace AWS/RDS --metric-name DatabaseConnections --dimensions Name=DBInstanceIdentifier,Value={} --start-time {} --end-time {} --period 300 --statistics Maximum --query 'sort_by(Datapoints,&Timestamp)[].[Timestamp,Maximum]' --output text",
        names.database,
        stamp(start),
        stamp(start + TimeDelta::minutes(55)),
    );
    for step in 0..11 {
        let time = start + TimeDelta::minutes(5 * step);
        let after = time - names.began;
        let value = if !facts.slots_free {
            if after >= TimeDelta::minutes(-5) { cap } else { app + 2.0 + 4.0 * step as f64 }
        } else if after < TimeDelta::zero() {
            app + 2.0
        } else if after < TimeDelta::minutes(5) {
            worker + (app / 4.0).round()
        } else {
            worker
        };
        points.push(value);
        let _ = writeln!(text, "{}+00:00\t{value:.1}", time.format("%Y-%m-%dT%H:%M:%S"));
    }
    let finding = if facts.slots_free { "falls" } else { "at-the-cap" };
    scene.show("connections", finding, vec![shown(Metric, text)]);
    if let Some(view) = scene.views.get_mut("connections") {
        view.series.push(Series {
            name: "DatabaseConnections".to_owned(),
            unit: "Count".to_owned(),
            start: stamp(start),
            step_seconds: 300,
            points,
        });
    }
}

/// The flow log of an interface as CloudWatch Logs keeps it.
fn flow_log(facts: &Facts<'_>, network: &Network, interface: usize) -> (String, Vec<Record>) {
    let names = facts.names;
    let id = names.interface(interface);
    let (from, to) = (names.at(600).and_utc().timestamp_millis(), names.at(960).and_utc().timestamp_millis());
    let mut text = format!(
        "$ aws logs filter-log-events --log-group-name /vpc/flow-logs --log-stream-names {id}-all --start-time {from} --end-time {to} --query 'events[].[message]' --output text\n"
    );
    let mut own = facts.logged(network);
    own.retain(|record| record.interface == id);
    for record in &own {
        let _ = writeln!(text, "{}", line(&Line::Data(record.clone()), DEFAULT_FIELDS));
    }
    (text, own)
}

fn flow_app(scene: &mut Scene, facts: &Facts<'_>, network: &Network) {
    let (text, own) = flow_log(facts, network, 0);
    let out: Vec<_> = own.iter().filter(|record| record.destination_port == PORT).collect();
    let back = own.iter().any(|record| record.source_port == PORT);
    let finding = match (out.iter().all(|record| record.accept), back) {
        (false, _) => "leaving-rejected",
        (true, true) => "both-accepted",
        (true, false) => "no-answer",
    };
    scene.show("flow-app", finding, vec![shown(Log, text)]);
}

fn flow_db(scene: &mut Scene, facts: &Facts<'_>, network: &Network) {
    let (text, own) = flow_log(facts, network, 3);
    let near = facts.names.address(21, facts.names.worker_host);
    let of_app = |record: &&Record| record.packet_source != near && record.packet_destination != near;
    let inbound: Vec<_> =
        own.iter().filter(of_app).filter(|record| record.destination_port == PORT).collect();
    let outbound: Vec<_> = own.iter().filter(of_app).filter(|record| record.source_port == PORT).collect();
    let finding = if inbound.is_empty() {
        "nothing-from-the-app"
    } else if inbound.iter().any(|record| !record.accept) {
        "arriving-rejected"
    } else if outbound.iter().any(|record| !record.accept) {
        "reply-rejected"
    } else {
        "both-accepted"
    };
    scene.show("flow-db", finding, vec![shown(Log, text)]);
}

fn groups(scene: &mut Scene, facts: &Facts<'_>, network: &Network) {
    let names = facts.names;
    let mut text = format!(
        "$ aws ec2 describe-network-interfaces --network-interface-ids {} {} {} --query 'NetworkInterfaces[].[NetworkInterfaceId,PrivateIpAddress,SubnetId,Groups[0].GroupId]' --output text\n",
        names.interface(0),
        names.interface(2),
        names.interface(3)
    );
    for interface in network
        .interfaces
        .iter()
        .filter(|one| [0, 2, 3].iter().any(|index| names.interface(*index) == one.id))
    {
        let group = interface.groups.first().map_or("", String::as_str);
        let _ = writeln!(text, "{}\t{}\t{}\t{group}", interface.id, interface.address, interface.subnet);
    }
    for id in [&names.db_group, &names.app_group] {
        if let Some(group) = network.security_groups.iter().find(|group| group.id == *id) {
            let (query, rows) = security_group_rows(group);
            let _ = write!(
                text,
                "$ aws ec2 describe-security-group-rules --filters Name=group-id,Values={id} --query '{query}' --output table\n{}",
                aws_table("DescribeSecurityGroupRules", &rows)
            );
        }
    }
    let finding = match (facts.let_in, facts.let_out) {
        (true, true) => "rules-allow",
        (false, _) => "app-not-let-in",
        (_, false) => "app-not-let-out",
    };
    scene.show("groups", finding, vec![shown(Command, text)]);
}

fn acl(scene: &mut Scene, facts: &Facts<'_>, network: &Network) {
    let names = facts.names;
    let subnet = network.subnet(names.subnet(2));
    let list = subnet.and_then(|subnet| network.network_acls.iter().find(|acl| acl.id == subnet.network_acl));
    let Some(list) = list else { return };
    let text = format!(
        "$ aws ec2 describe-network-acls --filters Name=association.subnet-id,Values={}\n{}",
        names.subnet(2),
        describe_network_acls(network, &[list])
    );
    let app = names.address(11, names.app_host);
    let allows =
        |egress, port| list.decides(egress, Protocol::Tcp, app, port, (0, 0)).is_some_and(|rule| rule.allow);
    let finding = match (allows(false, PORT), allows(true, names.port(0))) {
        (true, true) => "both-ways",
        (false, _) => "no-way-in",
        (true, false) => "no-way-back",
    };
    scene.show("acl", finding, vec![shown(Json, text)]);
}

fn trail(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let admin = format!("arn:aws:sts::{}:assumed-role/PlatformAdmin/{}", names.account, names.admin);
    let owner = format!("arn:aws:sts::{}:assumed-role/{}-deploy/rotation", names.account, names.service);
    let own = &names.own_acl;
    let permission = |group: &str| {
        format!(
            r#"{{"items":[{{"ipProtocol":"tcp","fromPort":{PORT},"toPort":{PORT},"groups":{{"items":[{{"groupId":"{group}"}}]}},"ipRanges":{{}},"ipv6Ranges":{{}},"prefixListIds":{{}}}}]}}"#
        )
    };
    let mut events = vec![
        (
            names.rotated,
            &owner,
            "RotateSecret",
            format!(r#"{{"secretId":"{}/app","rotateImmediately":true}}"#, names.database),
        ),
        (
            names.at(-312),
            &admin,
            "RevokeSecurityGroupIngress",
            format!(
                r#"{{"groupId":"{}","ipPermissions":{{"items":[{{"ipProtocol":"tcp","fromPort":1521,"toPort":1521,"groups":{{}},"ipRanges":{{"items":[{{"cidrIp":"{}"}}]}},"ipv6Ranges":{{}},"prefixListIds":{{}}}}]}}}}"#,
                names.legacy_group, names.retired
            ),
        ),
        (
            names.at(-31),
            &admin,
            "DeleteNetworkAclEntry",
            format!(r#"{{"networkAclId":"{own}","ruleNumber":110,"egress":false}}"#),
        ),
        (
            names.at(0),
            &admin,
            "DeleteNetworkAclEntry",
            format!(r#"{{"networkAclId":"{own}","ruleNumber":120,"egress":true}}"#),
        ),
    ];
    let mut finding = "two-entries-deleted";
    if !facts.own_list {
        finding = "list-replaced";
        for (index, seconds) in [(2, -12), (3, -3)] {
            let hex: String = names.subnet(index).chars().rev().take(17).collect();
            let parameters =
                format!(r#"{{"associationId":"aclassoc-{hex}","networkAclId":"{}"}}"#, names.baseline_acl);
            events.push((names.at(seconds), &admin, "ReplaceNetworkAclAssociation", parameters));
        }
    }
    if !facts.let_in {
        finding = "group-rule-revoked";
        let items = permission(&names.app_group);
        events.push((
            names.at(-8),
            &admin,
            "RevokeSecurityGroupIngress",
            format!(r#"{{"groupId":"{}","ipPermissions":{items}}}"#, names.db_group),
        ));
    }
    if !facts.let_out {
        finding = "group-rule-revoked";
        let items = permission(&names.db_group);
        events.push((
            names.at(-8),
            &admin,
            "RevokeSecurityGroupEgress",
            format!(r#"{{"groupId":"{}","ipPermissions":{items}}}"#, names.app_group),
        ));
    }
    events.sort_by_key(|(time, ..)| std::cmp::Reverse(*time));
    let mut text = format!(
        "$ aws cloudtrail lookup-events --lookup-attributes AttributeKey=ReadOnly,AttributeValue=false --start-time {} --end-time {} --query 'Events[].[CloudTrailEvent]' --output text | jq -c '[.eventTime,.userIdentity.arn,.eventName,.requestParameters]'\n",
        stamp(names.began - TimeDelta::hours(30)),
        stamp(names.at(1200)),
    );
    for (time, who, what, parameters) in events {
        let _ = writeln!(text, r#"["{}","{who}","{what}",{parameters}]"#, stamp(time));
    }
    scene.show("cloudtrail", finding, vec![shown(Log, text)]);
}

fn history(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let mut text = format!(
        "$ aws configservice get-resource-config-history --resource-type AWS::EC2::NetworkAcl --resource-id {} --limit 2 | jq -r '.configurationItems[] | .configurationItemCaptureTime, (.configuration | fromjson | \"subnets: \" + ([.associations[].subnetId] | join(\" \")), (.entries[] | [(if .egress then \"out\" else \"in\" end), .ruleNumber, .protocol, .portRange.from, .portRange.to, .cidrBlock, .ruleAction] | @tsv))'\n",
        names.own_acl
    );
    let subnets = format!("{} {}", names.subnet(2), names.subnet(3));
    let after = (names.at(96), facts.rules_now(), if facts.own_list { subnets.as_str() } else { "" });
    let before =
        (names.at(0) - TimeDelta::minutes(61 * 24 * 60 + 143), facts.rules_before(), subnets.as_str());
    for (time, rules, subnets) in [after, before] {
        let _ = writeln!(text, "{}+00:00\nsubnets: {subnets}", time.format("%Y-%m-%dT%H:%M:%S"));
        for egress in [true, false] {
            let way = if egress { "out" } else { "in" };
            for rule in rules.iter().filter(|rule| rule.egress == egress) {
                if let Ports::Range(from, to) = rule.ports {
                    let _ = writeln!(text, "{way}\t{}\t6\t{from}\t{to}\t{}\tallow", rule.number, rule.cidr);
                }
            }
            let _ = writeln!(text, "{way}\t32767\t-1\t\t\t0.0.0.0/0\tdeny");
        }
    }
    let finding = match (facts.own_list, facts.replies_out, facts.requests_in) {
        (false, ..) => "lost-its-subnets",
        (_, false, _) => "lost-replies-to-the-vpc",
        (_, _, false) => "lost-requests-of-the-vpc",
        _ => "lost-the-retired-site",
    };
    scene.show("acl-history", finding, vec![shown(Command, text)]);
}
