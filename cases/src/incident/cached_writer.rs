//! I08: services that keep writing to the former writer after an Aurora failover.
//!
//! Rules: the cluster endpoint is an alias of the current writer with a TTL of 5 seconds, and after a failover the former
//! writer restarts as a reader (Amazon Aurora User Guide, "Cluster endpoints", "High availability for Amazon Aurora",
//! "Fast recovery after failover"); a reader has `innodb_read_only` set and refuses writes with error 1290 (MySQL 8.0
//! Reference Manual, "Server Error Message Reference"), a read-only transaction with 1792, a missing privilege with 1142;
//! how long a JVM keeps an address is `networkaddress.cache.ttl`, -1 for ever (java.security; AWS SDK for Java Developer
//! Guide, "Setting the JVM TTL for DNS name lookups"); dnsmasq's `min-cache-ttl` lengthens TTLs (dnsmasq(8)).

use std::fmt::Write as _;
use std::net::Ipv4Addr;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta, Timelike};
use serde_json::json;

use super::{Scene, Series, World, shown};
use crate::cloud::Draw;
use crate::cloud::database::{Align, metric_table, mysql_table};
use crate::cloud::dns::{
    Cache, Data, Dig, Hosted, Internet, Name, Question, RecordType, Reply, Resolver, Zone, dig,
};
use crate::cloud::tcp::{Sockets, State, sockets};
use crate::model::EvidenceType::{Command, Config, Log, Metric};

pub(super) const WORLD: World = World {
    id: "I08",
    version: 2,
    causes: &[
        "cached-address",
        "instance-endpoint",
        "host-dns-cache",
        "endpoint-not-updated",
        "proxy-hostgroup",
        "session-read-only",
        "privileges",
    ],
    build,
};

const REGION: &str = "ap-northeast-1";
const VPC_RESOLVER: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 253);
/// TTL of the cluster's records, and the least that a host's cache keeps anything in one of the worlds.
const TTL: u32 = 5;
const LONG: u64 = 3600;
/// Minutes after the failover that evidence is gathered.
const NOW: i64 = 24;

/// What is drawn before the cause is looked at.
struct Names {
    cluster: &'static str,
    /// Two that fail, then three that do not.
    services: Vec<&'static str>,
    hex: String,
    /// The former writer and the new one.
    old: Ipv4Addr,
    new: Ipv4Addr,
    proxy: Ipv4Addr,
    /// The failing service's host and a healthy one's.
    hosts: [Ipv4Addr; 2],
    began: NaiveDateTime,
    /// Seconds before the failover that a host's cache last asked.
    asked: u64,
    ports: Vec<u16>,
    /// Writes a minute of each service.
    writes: Vec<u32>,
    noise: Vec<u32>,
    process: u32,
    query: u16,
    table: &'static str,
    lag: u32,
    order: u32,
}

/// What a service connects to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Target {
    Cluster,
    Instance,
    Proxy,
}

/// The world: what each thing really is.
struct Facts<'a> {
    names: &'a Names,
    target: Target,
    /// The JVM keeps an address for ever.
    kept: bool,
    /// The hosts' cache keeps what it learnt for an hour.
    long_cache: bool,
    /// The cluster's record names the new writer.
    updated: bool,
    /// The proxy still takes the former writer for the writer.
    proxy_stale: bool,
    session_read_only: bool,
    may_write: bool,
}

/// Why a write fails.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Refusal {
    ReadOnlyServer,
    ReadOnlyTransaction,
    NoPrivilege,
}

fn build(draw: &mut Draw, cause: &str) -> Scene {
    let names = names(draw);
    let mut facts = Facts {
        names: &names,
        target: Target::Cluster,
        kept: true,
        long_cache: false,
        updated: true,
        proxy_stale: false,
        session_read_only: false,
        may_write: true,
    };
    // With `kept` and the cluster's endpoint the pool stays where it was; each other cause has another reason to.
    match cause {
        "instance-endpoint" => facts.target = Target::Instance,
        "host-dns-cache" => {
            facts.kept = false;
            facts.long_cache = true;
        }
        "endpoint-not-updated" => {
            facts.kept = false;
            facts.updated = false;
        }
        "proxy-hostgroup" => {
            facts.target = Target::Proxy;
            facts.proxy_stale = true;
        }
        "session-read-only" => {
            facts.kept = false;
            facts.session_read_only = true;
        }
        "privileges" => {
            facts.kept = false;
            facts.may_write = false;
        }
        _ => {}
    }
    let mut scene = Scene::default();
    for (name, value) in [
        ("cluster", names.cluster.to_owned()),
        ("first", names.services.first().copied().unwrap_or_default().to_owned()),
        ("second", names.services.get(1).copied().unwrap_or_default().to_owned()),
        ("old_writer", names.instance("a")),
        ("new_writer", names.instance("b")),
        ("old_address", names.old.to_string()),
        ("new_address", names.new.to_string()),
        ("time", names.began.format("%H:%M").to_string()),
    ] {
        scene.name(name, value);
    }
    app_log(&mut scene, &facts);
    errors(&mut scene, &facts);
    cluster(&mut scene, &facts);
    dig_host(&mut scene, &facts);
    dig_vpc(&mut scene, &facts);
    connections(&mut scene, &facts);
    through_pool(&mut scene, &facts);
    by_name(&mut scene, &facts);
    configuration(&mut scene, &facts);
    jvm(&mut scene, &facts);
    host_resolver(&mut scene, &facts);
    grants(&mut scene, &facts);
    replication(&mut scene, &facts);
    scene
}

fn names(draw: &mut Draw) -> Names {
    let day = NaiveDate::from_ymd_opt(2026, draw.int(2, 10), draw.int(3, 27)).unwrap_or_default();
    let began = day.and_hms_opt(draw.int(1, 9), draw.int(0, 29), draw.int(5, 50)).unwrap_or_default();
    let second: u8 = draw.int(20, 90);
    let (first, other): (u8, u8) = (draw.int(10, 120), draw.int(130, 240));
    let services = ["orders", "billing", "loyalty", "stock", "shipping", "reviews", "mailer"];
    Names {
        cluster: *draw.pick(&["shop-prod", "core-prod", "mall-prod"]),
        services: draw.some(&services, 5),
        hex: draw.hex(11),
        old: Ipv4Addr::new(10, second, 21, draw.int(10, 240)),
        new: Ipv4Addr::new(10, second, 22, draw.int(10, 240)),
        proxy: Ipv4Addr::new(10, second, 15, draw.int(10, 240)),
        hosts: [Ipv4Addr::new(10, second, 11, first), Ipv4Addr::new(10, second, 12, other)],
        began,
        asked: draw.int(300, 1500),
        ports: (0..8).map(|_| draw.int(32_768, 60_999)).collect(),
        writes: (0..5).map(|_| draw.int(120, 900)).collect(),
        noise: (0..200).map(|_| draw.int(0, 9)).collect(),
        process: draw.int(700, 9_000),
        query: draw.int(1_000, 65_000),
        table: *draw.pick(&["events", "entries", "documents"]),
        lag: draw.int(14, 26),
        order: draw.int(100_000, 900_000),
    }
}

fn stamp(time: NaiveDateTime) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn seconds(time: NaiveDateTime) -> u64 {
    u64::try_from(time.and_utc().timestamp()).unwrap_or(0)
}

impl Names {
    fn at(&self, seconds: i64) -> NaiveDateTime {
        self.began + TimeDelta::seconds(seconds)
    }

    fn now(&self) -> NaiveDateTime {
        self.at(NOW * 60)
    }

    fn service(&self) -> &str {
        self.services.first().copied().unwrap_or_default()
    }

    fn instance(&self, letter: &str) -> String {
        format!("{}-{letter}", self.cluster)
    }

    fn cluster_endpoint(&self) -> String {
        format!("{}.cluster-{}.{REGION}.rds.amazonaws.com", self.cluster, self.hex)
    }

    fn instance_endpoint(&self, letter: &str) -> String {
        format!("{}.{}.{REGION}.rds.amazonaws.com", self.instance(letter), self.hex)
    }

    fn user(&self) -> String {
        format!("{}_rw", self.service())
    }

    fn port(&self, index: usize) -> u16 {
        self.ports.get(index).copied().unwrap_or(40_000)
    }
}

impl Facts<'_> {
    /// The cluster's zone before and after its record was changed.
    fn zone(&self, writer: &str) -> Zone {
        let names = self.names;
        let top = format!(".{REGION}.rds.amazonaws.com");
        let label = |name: String| name.trim_end_matches(&top).to_owned();
        Zone::new(&format!("{REGION}.rds.amazonaws.com"), "ns-1.rds.example", 60, 60)
            .with(
                &label(names.cluster_endpoint()),
                TTL,
                Data::Cname(Name::new(&names.instance_endpoint(writer))),
            )
            .with(&label(names.instance_endpoint("a")), TTL, Data::A(names.old))
            .with(&label(names.instance_endpoint("b")), TTL, Data::A(names.new))
    }

    fn internet(&self) -> Internet {
        let mut versions = vec![(0, self.zone("a"))];
        if self.updated {
            versions.push((seconds(self.names.at(20)), self.zone("b")));
        }
        Internet {
            hosted: vec![Hosted {
                server: Name::new("ns-1.rds.example"),
                address: Ipv4Addr::new(205, 251, 192, 7),
                versions,
                outages: Vec::new(),
            }],
        }
    }

    fn question(name: &str) -> Question {
        Question::new(Name::new(name), RecordType::A)
    }

    /// What the VPC's resolver says now.
    fn vpc_reply(&self, name: &str) -> Reply {
        let mut resolver = Resolver::new(VPC_RESOLVER);
        resolver.resolve(&self.internet(), &Self::question(name), seconds(self.names.now())).reply
    }

    /// What the hosts' own cache says now.
    fn host_reply(&self, name: &str) -> Reply {
        let question = Self::question(name);
        let mut cache = Cache::default();
        if self.long_cache {
            let then = seconds(self.names.began) - self.names.asked;
            let mut reply = Resolver::new(VPC_RESOLVER).resolve(&self.internet(), &question, then).reply;
            for record in &mut reply.answer {
                record.ttl = u32::try_from(LONG).unwrap_or(record.ttl);
            }
            cache.store(&question, &reply, then);
        }
        let (known, missing) = cache.look_up(&question, seconds(self.names.now()));
        if missing.is_none() { known } else { self.vpc_reply(name) }
    }

    /// The address in a reply.
    fn address(reply: &Reply) -> Ipv4Addr {
        let found = reply.answer.iter().rev().find_map(|record| match record.data {
            Data::A(address) => Some(address),
            _ => None,
        });
        found.unwrap_or(Ipv4Addr::UNSPECIFIED)
    }

    /// Where the pool of the failing service is connected to, and where its statements end.
    fn dialled(&self) -> Ipv4Addr {
        let names = self.names;
        match self.target {
            Target::Proxy => names.proxy,
            Target::Instance => Self::address(&self.host_reply(&names.instance_endpoint("a"))),
            Target::Cluster if self.kept => names.old,
            Target::Cluster => Self::address(&self.host_reply(&names.cluster_endpoint())),
        }
    }

    fn server(&self) -> Ipv4Addr {
        match self.target {
            Target::Proxy if self.proxy_stale => self.names.old,
            Target::Proxy => self.names.new,
            _ => self.dialled(),
        }
    }

    fn refusal(&self) -> Option<Refusal> {
        if self.server() == self.names.old {
            Some(Refusal::ReadOnlyServer)
        } else if self.session_read_only {
            Some(Refusal::ReadOnlyTransaction)
        } else if !self.may_write {
            Some(Refusal::NoPrivilege)
        } else {
            None
        }
    }

    fn instance_at(&self, address: Ipv4Addr) -> String {
        self.names.instance(if address == self.names.old { "a" } else { "b" })
    }

    fn host(&self, index: usize) -> Ipv4Addr {
        self.names.hosts.get(index).copied().unwrap_or(Ipv4Addr::UNSPECIFIED)
    }
}

fn app_log(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let (service, table) = (names.service(), names.table);
    let refusal = facts.refusal();
    let message = match refusal {
        Some(Refusal::ReadOnlyServer) | None => "java.sql.SQLException: The MySQL server is running with the --read-only option so it cannot execute this statement".to_owned(),
        Some(Refusal::ReadOnlyTransaction) => "java.sql.SQLException: Cannot execute statement in a READ ONLY transaction.".to_owned(),
        Some(Refusal::NoPrivilege) => format!(
            "java.sql.SQLSyntaxErrorException: INSERT command denied to user '{}'@'{}' for table '{table}'",
            names.user(),
            facts.host(0)
        ),
    };
    let (code, state) = match refusal {
        Some(Refusal::ReadOnlyServer) | None => (1290, "HY000"),
        Some(Refusal::ReadOnlyTransaction) => (1792, "25006"),
        Some(Refusal::NoPrivilege) => (1142, "42000"),
    };
    let mut lines = vec![
        (4, "ERROR", "com.mysql.cj.jdbc.exceptions.CommunicationsException: Communications link failure".to_owned()),
        (5, "WARN ", "HikariPool-1 - Failed to validate connection com.mysql.cj.jdbc.ConnectionImpl@4f1c2a (No operations allowed after connection closed.). Possibly consider using a shorter maxLifetime value.".to_owned()),
        (31, "INFO ", format!("{service}-api: database answers again")),
    ];
    for (index, second) in [38, 39, 1436, 1437].into_iter().enumerate() {
        let order = names.order + 37 * u32::try_from(index).unwrap_or(0);
        lines.push((second, "INFO ", format!("GET /v1/{service}/{order} 200 4ms")));
        lines.push((
            second + 1,
            "ERROR",
            format!("POST /v1/{service} 500: {message} [errorCode={code}, sqlState={state}]"),
        ));
    }
    let mut text = String::new();
    for (index, (second, level, line)) in lines.into_iter().enumerate() {
        if let Some(part) = [(0, "head -n 7"), (7, "tail -n 4")].iter().find(|(from, _)| *from == index) {
            let since = names.at(-5).format("%Y-%m-%d %H:%M:%S UTC");
            let _ = writeln!(text, "$ journalctl -u {service}-api -o cat --since '{since}' | {}", part.1);
        }
        let _ = writeln!(text, "{} {level} {line}", names.at(second).format("%Y-%m-%d %H:%M:%S"));
    }
    let finding = match refusal {
        Some(Refusal::ReadOnlyServer) => "server-read-only",
        Some(Refusal::ReadOnlyTransaction) => "transaction-read-only",
        Some(Refusal::NoPrivilege) => "no-privilege",
        None => "no-error",
    };
    scene.show("app-log", finding, vec![shown(Log, text)]);
}

fn errors(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let start = names.at(-5 * 60);
    let start = start - TimeDelta::seconds(i64::from(start.second()));
    let (from, to) = (0i64, NOW + 5);
    let mut columns: Vec<Vec<f64>> = vec![Vec::new(); 5];
    for minute in from..to {
        let first = start + TimeDelta::minutes(minute);
        for (index, column) in columns.iter_mut().enumerate() {
            let writes = f64::from(names.writes.get(index).copied().unwrap_or(100));
            let noise = names.noise.get((minute as usize * 5 + index) % 200).copied().unwrap_or(0);
            // Seconds of this minute in which writes fail: nobody can write for half a minute, two not after it either.
            let failing = |from: NaiveDateTime, until: NaiveDateTime| {
                let begin = first.max(from);
                let end = (first + TimeDelta::minutes(1)).min(until);
                (end - begin).num_seconds().max(0) as f64
            };
            let gap = failing(names.began, names.at(30));
            let after = if index < 2 && facts.refusal().is_some() {
                failing(names.at(30), names.at(86_400))
            } else {
                0.0
            };
            column.push((writes * (gap + after) / 60.0 * (100.0 - f64::from(noise)) / 100.0).round());
        }
    }
    let minutes = start.hour() * 60 + start.minute();
    let rows: Vec<(u32, Vec<String>)> = (0u32..)
        .zip(from..to)
        .map(|(index, _)| {
            let cell = |column: &Vec<f64>| {
                column.get(index as usize).map_or(String::new(), |point| format!("{point:.0}"))
            };
            (minutes + index, columns.iter().map(cell).collect())
        })
        .collect();
    let text = format!(
        "# Shop/Services, metric WriteErrors by Service, {} UTC, period 1 minute, sum\n{}",
        start.format("%Y-%m-%d"),
        metric_table(&names.services, &rows)
    );
    scene.show("errors-by-service", "two-of-five-since-the-failover", vec![shown(Metric, text)]);
    if let Some(view) = scene.views.get_mut("errors-by-service") {
        view.series = names
            .services
            .iter()
            .zip(columns)
            .map(|(name, points)| Series {
                name: (*name).to_owned(),
                unit: "Count".to_owned(),
                start: stamp(start),
                step_seconds: 60,
                points,
            })
            .collect();
    }
}

fn cluster(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let (cluster, old, new) = (names.cluster, names.instance("a"), names.instance("b"));
    let date = |second: i64, millis: u32| {
        format!("{}.{millis:03}000+00:00", names.at(second).format("%Y-%m-%dT%H:%M:%S"))
    };
    let text = format!(
        "$ aws rds describe-db-clusters --db-cluster-identifier {cluster} --query 'DBClusters[0].[Engine,EngineVersion,Status,Endpoint]' --output text\naurora-mysql\t8.0.mysql_aurora.3.08.0\tavailable\t{}\n$ aws rds describe-db-clusters --db-cluster-identifier {cluster} --query 'DBClusters[0].DBClusterMembers[].[DBInstanceIdentifier,IsClusterWriter,PromotionTier]' --output text\n{new}\tTrue\t1\n{old}\tFalse\t1\n$ aws rds describe-events --source-type db-cluster --source-identifier {cluster} --duration 60 --query 'Events[].[Date,Message]' --output text\n{}\tStarted cross AZ failover to DB instance: {new}\n{}\tCompleted failover to DB instance: {new}\n$ aws rds describe-events --source-type db-instance --source-identifier {old} --duration 60 --query 'Events[].[Date,Message]' --output text\n{}\tA new writer was promoted. Restarting database as a reader.\n{}\tDB instance restarted\n",
        names.cluster_endpoint(),
        date(0, 418),
        date(28, 77),
        date(9, 651),
        date(19, 204),
    );
    scene.show("cluster", "failed-over", vec![shown(Command, text)]);
}

/// `dig +short`.
fn short(reply: &Reply) -> String {
    let mut text = String::new();
    for record in &reply.answer {
        let _ = writeln!(text, "{}", record.data);
    }
    text
}

fn dig_host(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let endpoint = names.cluster_endpoint();
    let reply = facts.host_reply(&endpoint);
    let text = format!(
        "$ hostname -I\n{} \n$ date -u +%FT%TZ\n{}\n$ dig +short {endpoint}\n{}",
        facts.host(0),
        stamp(names.now()),
        short(&reply)
    );
    let finding = if Facts::address(&reply) == names.old { "old-writer" } else { "new-writer" };
    scene.show("dig-host", finding, vec![shown(Command, text)]);
}

fn dig_vpc(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let endpoint = names.cluster_endpoint();
    let reply = facts.vpc_reply(&endpoint);
    let how = Dig {
        at: Some(VPC_RESOLVER.to_string()),
        server: VPC_RESOLVER,
        id: names.query,
        when: seconds(names.now()) + 40,
        took: 1,
        recursion: true,
    };
    let mut text = dig(&Facts::question(&endpoint), &reply, &how);
    for letter in ["a", "b"] {
        let name = names.instance_endpoint(letter);
        let _ = write!(text, "$ dig +short @{VPC_RESOLVER} {name}\n{}", short(&facts.vpc_reply(&name)));
    }
    let finding = if Facts::address(&reply) == names.old { "old-writer" } else { "new-writer" };
    scene.show("dig-vpc", finding, vec![shown(Command, text)]);
}

fn connections(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let mut text = String::new();
    let dialled = facts.dialled();
    let port = if facts.target == Target::Proxy { 6033 } else { 3306 };
    for (index, (peer, port)) in [(dialled, port), (names.new, 3306)].into_iter().enumerate() {
        let rows: Vec<Sockets> = (0..4)
            .map(|socket| Sockets {
                state: State::Established,
                receive: 0,
                send: 0,
                local: format!("{}:{}", facts.host(index), names.port(4 * index + socket)),
                peer: format!("{peer}:{port}"),
            })
            .collect();
        let service = names.services.get(2 * index).copied().unwrap_or_default();
        let _ = writeln!(
            text,
            "# {service}-api\n$ ss -tn '( dport = :3306 or dport = :6033 )'\n{}",
            sockets(&rows)
        );
    }
    let finding = if facts.target == Target::Proxy {
        "through-a-proxy"
    } else if dialled == names.old {
        "to-different-addresses"
    } else {
        "to-the-same-address"
    };
    scene.show("connections", finding, vec![shown(Command, text)]);
}

fn through_pool(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let server = facts.server();
    let reader = server == names.old;
    let row = json!({
        "server": facts.instance_at(server), "innodb_read_only": u8::from(reader),
        "transaction_read_only": u8::from(facts.session_read_only), "user": format!("{}@{}", names.user(), facts.host(0)),
    });
    let text = format!(
        "# {}-api, its own maintenance port: the statement goes through the pool\n$ curl -s http://localhost:8081/admin/query -d 'SELECT @@aurora_server_id AS server, @@innodb_read_only AS innodb_read_only, @@transaction_read_only AS transaction_read_only, USER() AS user'\n{row}\n",
        names.service(),
    );
    let finding = match (reader, facts.session_read_only) {
        (true, _) => "reader",
        (false, true) => "writer-read-only-session",
        (false, false) => "writer",
    };
    scene.show("through-the-pool", finding, vec![shown(Command, text)]);
}

fn by_name(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let endpoint = names.cluster_endpoint();
    let server = Facts::address(&facts.host_reply(&endpoint));
    let reader = server == names.old;
    let rows = [vec![facts.instance_at(server), u8::from(reader).to_string()]];
    let text = format!(
        "# {}, a new connection\n$ mysql -h {endpoint} -u dba -p\nmysql> SELECT @@aurora_server_id, @@innodb_read_only;\n{}",
        facts.host(0),
        mysql_table(
            &[("@@aurora_server_id", Align::Left), ("@@innodb_read_only", Align::Right)],
            &rows,
            "0.00"
        )
    );
    scene.show("new-connection", if reader { "reader" } else { "writer" }, vec![shown(Command, text)]);
}

fn configuration(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let service = names.service();
    let (host, port) = match facts.target {
        Target::Cluster => (names.cluster_endpoint(), 3306),
        Target::Instance => (names.instance_endpoint("a"), 3306),
        Target::Proxy => ("proxysql.shop.internal".to_owned(), 6033),
    };
    let text = format!(
        "$ cat /etc/{service}-api/application.yaml\nspring:\n  datasource:\n    url: jdbc:mysql://{host}:{port}/{service}\n    username: {}\n    hikari:\n      maximum-pool-size: 10\n      max-lifetime: 1800000\n      read-only: {}\n",
        names.user(),
        facts.session_read_only
    );
    let finding = match (facts.target, facts.session_read_only) {
        (Target::Cluster, false) => "cluster-endpoint",
        (Target::Cluster, true) => "cluster-endpoint-read-only",
        (Target::Instance, _) => "instance-endpoint",
        (Target::Proxy, _) => "proxy",
    };
    scene.show("configuration", finding, vec![shown(Config, text)]);
}

fn jvm(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let ttl = if facts.kept { "-1" } else { "5" };
    let text = format!(
        "$ grep -E '^networkaddress' $JAVA_HOME/conf/security/java.security\nnetworkaddress.cache.ttl={ttl}\nnetworkaddress.cache.negative.ttl=10\n$ ps -o pid,lstart,args -C java\n    PID                  STARTED COMMAND\n{:>7} {} java -Xmx2g -jar /opt/{}-api/app.jar\n",
        names.process,
        (names.began - TimeDelta::hours(19 * 24 + 7)).format("%a %b %e %H:%M:%S %Y"),
        names.service(),
    );
    let finding = if facts.kept { "kept-for-ever" } else { "kept-for-seconds" };
    scene.show("jvm", finding, vec![shown(Command, text)]);
}

fn host_resolver(scene: &mut Scene, facts: &Facts<'_>) {
    let least = if facts.long_cache { format!("min-cache-ttl={LONG}\n") } else { String::new() };
    let text = format!(
        "$ cat /etc/resolv.conf\nnameserver 127.0.0.1\noptions timeout:2 attempts:2\n$ cat /etc/dnsmasq.d/cache.conf\nlisten-address=127.0.0.1\nserver={VPC_RESOLVER}\ncache-size=1000\n{least}no-negcache\n"
    );
    let finding = if facts.long_cache { "keeps-an-hour" } else { "keeps-the-ttl" };
    scene.show("host-resolver", finding, vec![shown(Config, text)]);
}

fn grants(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let (user, service) = (names.user(), names.service());
    let what = if facts.may_write { "SELECT, INSERT, UPDATE, DELETE" } else { "SELECT" };
    let head = format!("Grants for {user}@10.%");
    let rows = [
        vec![format!("GRANT USAGE ON *.* TO `{user}`@`10.%`")],
        vec![format!("GRANT {what} ON `{service}`.* TO `{user}`@`10.%`")],
    ];
    let text = format!(
        "# {}\nmysql> SHOW GRANTS FOR '{user}'@'10.%';\n{}",
        names.instance("b"),
        mysql_table(&[(&head, Align::Left)], &rows, "0.00")
    );
    scene.show(
        "grants",
        if facts.may_write { "may-write" } else { "may-only-read" },
        vec![shown(Command, text)],
    );
}

fn replication(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let update = names.now().format("%Y-%m-%d %H:%M:%S").to_string();
    let rows = [
        vec![names.instance("b"), "MASTER_SESSION_ID".to_owned(), "0".to_owned(), update.clone()],
        vec![
            names.instance("a"),
            format!("{}-7c14-4e2b-9a3f-{}e", names.hex.get(..8).unwrap_or_default(), names.hex),
            names.lag.to_string(),
            update,
        ],
    ];
    let columns = [
        ("server_id", Align::Left),
        ("session_id", Align::Left),
        ("replica_lag_in_milliseconds", Align::Right),
        ("last_update_timestamp", Align::Left),
    ];
    let text = format!(
        "# {}\nmysql> SELECT server_id, session_id, replica_lag_in_milliseconds, last_update_timestamp FROM information_schema.replica_host_status;\n{}",
        names.instance("b"),
        mysql_table(&columns, &rows, "0.01")
    );
    scene.show("replication", "in-step", vec![shown(Command, text)]);
}
