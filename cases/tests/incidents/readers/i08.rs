//! I08: writes that go to the former writer.

use std::collections::BTreeMap;

use divedeep_cases::incident::{Series, View};

use super::{Faults, all, first};

/// The last word that looks like an address.
fn address(text: &str) -> String {
    all(r"(?m)^(?:\S+\s+\d+\s+IN\s+A\s+)?(\d+\.\d+\.\d+\.\d+)$", text).pop().expect("an address")
}

/// Addresses of the former and the new writer, by `dig` of their own names.
fn instances(dig_vpc: &str) -> [String; 2] {
    let found = all(r"(?m)^\$ dig \+short \S+ \S+-[ab]\.\S+\n(\S+)$", dig_vpc);
    [found[0].clone(), found[1].clone()]
}

fn peers(text: &str) -> Vec<Vec<String>> {
    let blocks = text.split("$ ss").skip(1);
    blocks.map(|block| all(r"ESTAB\s+\d+\s+\d+\s+\S+\s+(\S+)", block)).collect()
}

pub fn finding(check: &str, text: &str, series: &[Series]) -> String {
    let found = match check {
        "app-log" => match first(r"errorCode=(\d+)", text).as_str() {
            "1290" => "server-read-only",
            "1792" => "transaction-read-only",
            "1142" => "no-privilege",
            other => panic!("{other}"),
        },
        "errors-by-service" => {
            let still: Vec<bool> = series.iter().map(|one| one.points[one.points.len() - 1] > 0.0).collect();
            assert!(
                series.iter().all(|one| one.points[0] == 0.0 && one.points.iter().any(|point| *point > 0.0))
            );
            assert_eq!(still, [true, true, false, false, false]);
            "two-of-five-since-the-failover"
        }
        "cluster" if text.contains("Completed failover to DB instance") => "failed-over",
        // The name's own alias tells whose address it is.
        "dig-host" | "dig-vpc" => {
            let alias = match check {
                "dig-host" => first(r"(?m)^\S+-([ab])\.\S+\.com\.$", text),
                _ => first(r"CNAME\s+\S+-([ab])\.", text),
            };
            if alias == "a" { "old-writer" } else { "new-writer" }
        }
        "connections" => {
            let peers = peers(text);
            assert_eq!(peers.len(), 2);
            let host = |peer: &String| peer.split(':').next().unwrap_or_default().to_owned();
            if peers[0].iter().all(|peer| peer.ends_with(":6033")) {
                "through-a-proxy"
            } else if host(&peers[0][0]) == host(&peers[1][0]) {
                "to-the-same-address"
            } else {
                "to-different-addresses"
            }
        }
        "through-the-pool" => {
            let of = |name: &str| first(&format!(r#""{name}":(\d)"#), text);
            match (of("innodb_read_only").as_str(), of("transaction_read_only").as_str()) {
                ("1", "0") => "reader",
                ("0", "1") => "writer-read-only-session",
                ("0", "0") => "writer",
                other => panic!("{other:?}"),
            }
        }
        "new-connection" => match first(r"\|\s+([01]) \|", text).as_str() {
            "1" => "reader",
            _ => "writer",
        },
        "configuration" => {
            let read_only = text.contains("read-only: true");
            let host = first(r"jdbc:mysql://([^:]+):", text);
            if text.contains(":6033/") {
                "proxy"
            } else if host.contains(".cluster-") && read_only {
                "cluster-endpoint-read-only"
            } else if host.contains(".cluster-") {
                "cluster-endpoint"
            } else {
                "instance-endpoint"
            }
        }
        "jvm" => match first(r"networkaddress.cache.ttl=(-?\d+)", text).as_str() {
            "-1" => "kept-for-ever",
            _ => "kept-for-seconds",
        },
        "host-resolver" if text.contains("min-cache-ttl=3600") => "keeps-an-hour",
        "host-resolver" => "keeps-the-ttl",
        "grants" if text.contains("INSERT, UPDATE") => "may-write",
        "grants" => "may-only-read",
        "replication" => {
            let lag = all(r"\|\s+(\d+) \| \d{4}-", text);
            assert!(lag.iter().all(|lag| lag.parse::<u32>().expect("a number") < 100), "{lag:?}");
            "in-step"
        }
        other => panic!("unknown check {other}: {text}"),
    };
    found.to_owned()
}

pub fn contradictions(texts: &BTreeMap<&str, String>, views: &BTreeMap<String, View>) -> Vec<String> {
    let mut faults = Faults::default();
    let [old, new] = instances(&texts["dig-vpc"]);
    let writer = first(r"(?m)^(\S+)\tTrue\t", &texts["cluster"]);
    let reader = first(r"(?m)^(\S+)\tFalse\t", &texts["cluster"]);
    let name_of = |address: &str| if address == new { &writer } else { &reader };
    faults.expect(old != new, "both instances have one address");
    // Where the sockets go, and which server answers there.
    let peers = peers(&texts["connections"]);
    let host = |peer: &str| peer.split(':').next().unwrap_or_default().to_owned();
    let pool = host(&peers[0][0]);
    let server = first(r#""server":"([^"]+)""#, &texts["through-the-pool"]);
    if pool == old || pool == new {
        faults.expect(*name_of(&pool) == server, "the pool's server is not the one at its address");
    } else {
        faults.expect(peers[0][0].ends_with(":6033"), "connected to neither instance");
    }
    faults.expect(host(&peers[1][0]) == new, "the healthy service is not at the new writer");
    faults.expect(
        peers.iter().flatten().all(|peer| host(peer) == pool || host(peer) == new),
        "one pool, two addresses",
    );
    let read_only = texts["through-the-pool"].contains("\"innodb_read_only\":1");
    faults.expect(read_only == (server == reader), "a writer with innodb_read_only or a reader without");
    // A new connection by name ends where the host resolves the name to.
    let by_name = first(r"\| (\S+-[ab])\s+\|", &texts["new-connection"]);
    faults.expect(
        *name_of(&address(&texts["dig-host"])) == by_name,
        "the name and the connection by name differ",
    );
    // dig's alias and its address are one instance's.
    let alias = first(r"(?m)^(\S+-[ab])\.\S+\.com\.$", &texts["dig-host"]);
    faults.expect(*name_of(&address(&texts["dig-host"])) == alias, "alias and address are of two instances");
    let answer = texts["dig-vpc"].split("$ dig +short").next().unwrap_or_default();
    let differ = address(&texts["dig-host"]) != address(answer);
    faults.expect(
        differ == texts["host-resolver"].contains("min-cache-ttl"),
        "host and VPC differ without a reason",
    );
    // TTLs of Aurora's records.
    let ttls: Vec<u32> =
        all(r"\s(\d+)\s+IN\s+(?:A|CNAME)\s", answer).iter().filter_map(|ttl| ttl.parse().ok()).collect();
    faults.expect(ttls.len() == 2 && ttls.iter().all(|ttl| *ttl <= 5), "Aurora's records live for seconds");
    // The error is the one that the server and the session would give.
    let code = first(r"errorCode=(\d+)", &texts["app-log"]);
    let session = texts["through-the-pool"].contains("\"transaction_read_only\":1");
    let may_write = texts["grants"].contains("INSERT");
    let expected = if read_only {
        "1290"
    } else if session {
        "1792"
    } else if !may_write {
        "1142"
    } else {
        "none"
    };
    faults.expect(code == expected, "the error is not what server, session and grants give");
    faults.expect(
        session == texts["configuration"].contains("read-only: true"),
        "the session's mode is not configured",
    );
    // What is configured is what is connected to.
    let configured = first(r"jdbc:mysql://([^:]+):", &texts["configuration"]);
    let asked = first(r"\$ dig \+short (\S+)\n", &texts["dig-host"]);
    let endpoint = first(r"available\t(\S+)", &texts["cluster"]);
    faults.expect(asked == endpoint, "dig asked for another name than the cluster's");
    if configured == endpoint {
        let now = address(&texts["dig-host"]) == pool;
        let kept = texts["jvm"].contains("cache.ttl=-1");
        faults.expect(now || kept, "another address than the name's, and nothing that keeps it");
    } else if !configured.starts_with("proxysql") {
        faults.expect(texts["dig-vpc"].contains(&configured), "an endpoint of no instance");
        faults.expect(pool == old, "the instance's endpoint leads elsewhere");
    }
    // Times: the failover, the first failed minute, the process.
    let began = first(r"(?m)^(\d{4}-\S+?)\.\d+\+00:00\tStarted cross AZ", &texts["cluster"]);
    let ended = first(r"(?m)^(\d{4}-\S+?)\.\d+\+00:00\tCompleted", &texts["cluster"]);
    let restarted = first(r"(?m)^(\d{4}-\S+?)\.\d+\+00:00\tA new writer", &texts["cluster"]);
    faults.expect(began < restarted && restarted < ended, "the failover's events are out of order");
    let time = |text: &str| chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S").expect("a time");
    let start = time(views["errors-by-service"].series[0].start.trim_end_matches('Z'));
    let minute = usize::try_from((time(&began) - start).num_minutes()).unwrap_or(0);
    for one in &views["errors-by-service"].series {
        let first_failure = one.points.iter().position(|point| *point > 0.0);
        faults.expect(
            first_failure.is_some_and(|at| at == minute || at == minute + 1),
            "failures began at another time than the failover",
        );
    }
    let logged = first(r"(?m)^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) ERROR", &texts["app-log"]).replace(' ', "T");
    faults.expect(
        (0..60).contains(&(time(&logged) - time(&began)).num_seconds()),
        "the log's first error is elsewhere",
    );
    let lines: Vec<Vec<f64>> = texts["errors-by-service"]
        .lines()
        .skip(2)
        .map(|line| line.split_whitespace().skip(1).map(|cell| cell.parse().expect("a number")).collect())
        .collect();
    let all: Vec<Vec<f64>> = (0..views["errors-by-service"].series[0].points.len())
        .map(|index| views["errors-by-service"].series.iter().map(|one| one.points[index]).collect())
        .collect();
    faults.expect(lines == all, "the graph and its table differ");
    // One writer, whoever is asked.
    let master = first(r"\| (\S+)\s+\| MASTER_SESSION_ID", &texts["replication"]);
    faults.expect(master == writer, "the cluster and the storage name different writers");
    // One host.
    let local = first(r"hostname -I\n(\S+)", &texts["dig-host"]);
    faults.expect(texts["connections"].contains(&format!("{local}:")), "the sockets are another host's");
    faults.expect(texts["through-the-pool"].contains(&format!("@{local}\"")), "the pool is another host's");
    faults.found
}
