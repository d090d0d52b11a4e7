//! I07: replies of a database that a network ACL does not let out.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use divedeep_cases::incident::{Series, View};
use ipnet::Ipv4Net;

use super::{Faults, all, first};

/// A line of a flow log in the default format.
struct Flow {
    interface: String,
    source: String,
    destination: String,
    source_port: u16,
    destination_port: u16,
    packets: u64,
    bytes: u64,
    start: i64,
    accept: bool,
}

fn flows(text: &str) -> Vec<Flow> {
    let lines = text.lines().filter(|line| line.starts_with("2 "));
    lines
        .map(|line| {
            let cells: Vec<&str> = line.split(' ').collect();
            assert_eq!(cells.len(), 14, "{line}");
            assert_eq!((cells[7], cells[13]), ("6", "OK"), "{line}");
            Flow {
                interface: cells[2].to_owned(),
                source: cells[3].to_owned(),
                destination: cells[4].to_owned(),
                source_port: cells[5].parse().expect("a port"),
                destination_port: cells[6].parse().expect("a port"),
                packets: cells[8].parse().expect("a number"),
                bytes: cells[9].parse().expect("a number"),
                start: cells[10].parse().expect("a time"),
                accept: cells[12] == "ACCEPT",
            }
        })
        .collect()
}

/// Whether a list's lines (number, from, to, block, action; 0 to 65535 for all) let a port of an address pass.
fn passes(rules: &[(u32, u16, u16, Ipv4Net, bool)], far: Ipv4Addr, port: u16) -> bool {
    let mut rules: Vec<_> = rules.iter().filter(|rule| rule.3.contains(&far)).collect();
    rules.sort_by_key(|rule| rule.0);
    rules.iter().find(|rule| (rule.1..=rule.2).contains(&port)).is_some_and(|rule| rule.4)
}

fn acl_rules(text: &str, egress: bool) -> Vec<(u32, u16, u16, Ipv4Net, bool)> {
    let json = text.split_once('\n').expect("a command and its output").1;
    let value: serde_json::Value = serde_json::from_str(json).expect("JSON");
    let entries = value["NetworkAcls"][0]["Entries"].as_array().expect("entries").clone();
    let port = |value: &serde_json::Value, missing: u16| {
        value.as_u64().map_or(missing, |port| u16::try_from(port).expect("a port"))
    };
    let of_way = entries.iter().filter(|entry| entry["Egress"] == egress);
    of_way
        .map(|entry| {
            (
                u32::try_from(entry["RuleNumber"].as_u64().expect("a number")).expect("small"),
                port(&entry["PortRange"]["From"], 0),
                port(&entry["PortRange"]["To"], u16::MAX),
                entry["CidrBlock"].as_str().expect("a block").parse().expect("a block"),
                entry["RuleAction"] == "allow",
            )
        })
        .collect()
}

/// The rules that the older of two states has and the newer has not, as "way block".
fn lost(text: &str) -> (Vec<String>, [String; 2]) {
    let states: Vec<&str> = text.split("\nsubnets:").collect();
    let rows = |state: &str| all(r"(?m)^((?:in|out)\t\d+\t6\t\S+\t\S+\t\S+)\tallow", state);
    let (new, old) = (rows(states[1]), rows(states[2]));
    let gone = old.into_iter().filter(|row| !new.contains(row));
    let short = gone.map(|row| {
        let cells: Vec<&str> = row.split('\t').collect();
        format!("{} {}", cells[0], cells[5])
    });
    let subnets = |state: &str| state.lines().next().unwrap_or_default().trim().to_owned();
    (short.collect(), [subnets(states[1]), subnets(states[2])])
}

pub fn finding(check: &str, text: &str, series: &[Series]) -> String {
    let found = match check {
        "app-log" | "db-log"
            if text.contains("FATAL: ") && text.contains("password authentication failed") =>
        {
            "password-rejected"
        }
        "app-log" | "db-log" if text.contains("remaining connection slots are reserved") => "no-slot",
        "app-log" if text.contains("Connect timed out") => "connect-times-out",
        "db-log" if !text.contains("FATAL") => "no-attempts",
        "probe" | "probe-near" if text.contains("succeeded!") => "connects",
        "probe" | "probe-near" if text.contains("timed out") => "times-out",
        "db-status" => {
            assert!(text.contains("\tavailable\t"));
            if text.contains("failover completed") { "failed-over" } else { "available" }
        }
        "connections" => {
            let points = &series[0].points;
            let (first, last) = (points[0], points[points.len() - 1]);
            let highest = points.iter().copied().fold(0.0, f64::max);
            if last < first / 2.0 {
                "falls"
            } else if last == highest && points[points.len() - 4..].iter().all(|point| *point == last) {
                "at-the-cap"
            } else {
                panic!("{points:?}")
            }
        }
        "flow-app" => {
            let flows = flows(text);
            let out: Vec<_> = flows.iter().filter(|flow| flow.destination_port == 5432).collect();
            assert!(!out.is_empty());
            if out.iter().any(|flow| !flow.accept) {
                "leaving-rejected"
            } else if flows.iter().any(|flow| flow.source_port == 5432 && flow.accept) {
                "both-accepted"
            } else {
                "no-answer"
            }
        }
        "flow-db" => {
            // The app's subnets are x.x.11.0 and x.x.12.0; the worker is a neighbour.
            let app = |address: &str| matches!(address.split('.').nth(2), Some("11" | "12"));
            let flows = flows(text);
            let inbound: Vec<_> = flows.iter().filter(|flow| app(&flow.source)).collect();
            let outbound: Vec<_> = flows.iter().filter(|flow| app(&flow.destination)).collect();
            if inbound.is_empty() && outbound.is_empty() {
                "nothing-from-the-app"
            } else if inbound.iter().all(|flow| !flow.accept) {
                assert!(outbound.is_empty());
                "arriving-rejected"
            } else if outbound.iter().all(|flow| !flow.accept) {
                "reply-rejected"
            } else {
                "both-accepted"
            }
        }
        "groups" => {
            let tables: Vec<&str> = text.split("$ aws ec2 describe-security-group-rules").collect();
            let database = first(r"group-id,Values=(\S+)", tables[1]);
            let app = first(r"group-id,Values=(\S+)", tables[2]);
            let allows = |table: &str, egress: &str, peer: &str| {
                let rule = format!(r"(\|\s+{egress}\s*\|\s+tcp\s*\|\s+5432\s*\|\s+5432\s*\|\s+{peer}\s*\|)");
                !all(&rule, table).is_empty()
            };
            match (allows(tables[1], "False", &app), allows(tables[2], "True", &database)) {
                (true, true) => "rules-allow",
                (false, true) => "app-not-let-in",
                (true, false) => "app-not-let-out",
                other => panic!("{other:?}"),
            }
        }
        "acl" => {
            // Any client of the VPC will do: the VPC's block is the one that starts with 10.
            let block = first(r"(10\.\d+\.0\.0)/16", text);
            let second: u8 = block.split('.').nth(1).and_then(|byte| byte.parse().ok()).unwrap_or(0);
            let client = Ipv4Addr::new(10, second, 11, 50);
            let way_in = !block.is_empty() && passes(&acl_rules(text, false), client, 5432);
            let way_back =
                [32_768, 45_000, 60_999].iter().all(|port| passes(&acl_rules(text, true), client, *port));
            match (way_in, way_back) {
                (true, true) => "both-ways",
                (true, false) => "no-way-back",
                (false, true) => "no-way-in",
                (false, false) => panic!("{text}"),
            }
        }
        "cloudtrail" => {
            assert_eq!(all(r#"("DeleteNetworkAclEntry")"#, text).len(), 2);
            let revoked = all(
                r#"("RevokeSecurityGroup\w+",\{"groupId":"[^"]+","ipPermissions":\{"items":\[\{"ipProtocol":"tcp","fromPort":5432)"#,
                text,
            );
            if text.contains("ReplaceNetworkAclAssociation") {
                "list-replaced"
            } else if !revoked.is_empty() {
                "group-rule-revoked"
            } else {
                "two-entries-deleted"
            }
        }
        "acl-history" => {
            let (lost, subnets) = lost(text);
            assert_eq!(lost.len(), 2, "{lost:?}");
            let vpc = |way: &str| lost.iter().any(|rule| rule.starts_with(way) && rule.contains(" 10."));
            if subnets[0] != subnets[1] {
                "lost-its-subnets"
            } else if vpc("out") {
                "lost-replies-to-the-vpc"
            } else if vpc("in") {
                "lost-requests-of-the-vpc"
            } else {
                "lost-the-retired-site"
            }
        }
        other => panic!("unknown check {other}: {text}"),
    };
    found.to_owned()
}

pub fn contradictions(texts: &BTreeMap<&str, String>, views: &BTreeMap<String, View>) -> Vec<String> {
    let mut faults = Faults::default();
    let (app, database) = (flows(&texts["flow-app"]), flows(&texts["flow-db"]));
    // What the database's interface saw of the first app server is what left there.
    for flow in app.iter().filter(|flow| flow.destination_port == 5432 && flow.accept) {
        let there = database
            .iter()
            .filter(|other| other.source_port == flow.source_port && other.source == flow.source);
        let there: Vec<_> = there.collect();
        let to_database = texts["probe"].contains(&format!("({})", flow.destination));
        faults.expect(
            there.len() == usize::from(to_database),
            "a packet to the database's address arrives there once",
        );
        faults.expect(
            there.iter().all(|other| {
                (other.packets, other.bytes, other.start) == (flow.packets, flow.bytes, flow.start)
            }),
            "both ends count alike",
        );
    }
    for flow in database.iter().filter(|flow| flow.source_port == 5432 && flow.accept) {
        let here = app
            .iter()
            .any(|other| other.source_port == 5432 && other.destination_port == flow.destination_port);
        let other_client = app.iter().all(|other| other.destination != flow.destination);
        faults.expect(here || other_client, "an accepted reply arrives");
    }
    // A reply is only there for a request that came in.
    faults.expect(
        database.iter().filter(|flow| flow.source_port == 5432).all(|reply| {
            database.iter().any(|flow| flow.accept && flow.source_port == reply.destination_port)
        }),
        "a reply without a request",
    );
    faults
        .expect(database.iter().all(|flow| flow.bytes >= 40 * flow.packets), "packets smaller than a header");
    // The log's last lines are from shortly before the next look, from one process that systemd started, and no clockwork.
    let time =
        |text: &str, format: &str| chrono::NaiveDateTime::parse_from_str(text, format).expect("a time");
    let errors: Vec<_> = all(r"(?m)^(\S+)Z ERROR \d+ --- ", &texts["app-log"])
        .iter()
        .map(|one| time(one, "%Y-%m-%dT%H:%M:%S%.f"))
        .collect();
    let probed = time(&first(r"(?m)^(20\S+)Z$", &texts["probe"]), "%Y-%m-%dT%H:%M:%S");
    let silence = (probed - errors[errors.len() - 1]).num_seconds();
    faults.expect((10..180).contains(&silence), "the log ends long before the probe, or after it");
    let gaps: Vec<_> = errors.windows(2).map(|pair| pair[1] - pair[0]).collect();
    faults.expect(gaps[0] != gaps[1] && errors.is_sorted(), "errors as of a clockwork");
    let processes = all(r"(?m)^\S+Z +(?:WARN|ERROR) (\d+) --- ", &texts["app-log"]);
    faults.expect(
        processes.iter().all(|process| *process == processes[0] && process != "1"),
        "the service's process",
    );
    let levels = all(r"(?m)^\S+Z +(\w+) \d+ --- ", &texts["app-log"]);
    faults
        .expect(levels == ["WARN", "ERROR"].repeat(errors.len()), "a state is a warning, a message an error");
    // A TCP connection that fails by name cannot give a PostgreSQL error.
    if texts["probe"].contains("timed out") {
        faults.expect(!texts["app-log"].contains("FATAL"), "an answer over a path that does not work");
        faults.expect(!texts["db-log"].contains("FATAL"), "a session over a path that does not work");
    }
    faults.expect(
        texts["app-log"].contains("FATAL") == texts["db-log"].contains("FATAL"),
        "app and database tell of different errors",
    );
    // The list shown is the one whose history is shown, unless the association moved.
    let list = first(r#""NetworkAclId": "(acl-\w+)""#, &texts["acl"]);
    let with_history = first(r"--resource-id (acl-\w+)", &texts["acl-history"]);
    let moved = texts["cloudtrail"].contains("ReplaceNetworkAclAssociation");
    faults.expect((list == with_history) != moved, "the list and its history are of different ones");
    faults.expect(!moved || texts["cloudtrail"].contains(&list), "the new list is not the one in the event");
    faults.expect(
        texts["cloudtrail"].contains(&format!("\"networkAclId\":\"{with_history}\"")),
        "the deleted entries are another list's",
    );
    // What CloudTrail deleted by number is what Config lost by number.
    for (egress, way) in [("false", "in"), ("true", "out")] {
        let number = first(&format!(r#""ruleNumber":(\d+),"egress":{egress}"#), &texts["cloudtrail"]);
        let rows = all(&format!(r"(?m)^{way}\t({number})\t"), &texts["acl-history"]);
        faults.expect(rows.len() == 1, "the deleted rule is in the older state only");
    }
    // The newest state came after the last change.
    let captured = first(r"(?m)^(\d{4}-\S+)\+00:00$", &texts["acl-history"]);
    let changed = first(r#"(?m)^\["(\S+)Z""#, &texts["cloudtrail"]);
    faults.expect(captured > changed, "Config recorded a change before it was made");
    // The metric and its table are the same.
    let series = &views["connections"].series[0];
    let rows: Vec<f64> =
        all(r"\t(\d+\.\d)", &texts["connections"]).iter().filter_map(|cell| cell.parse().ok()).collect();
    faults.expect(rows == series.points, "the table and the graph differ");
    faults.expect(
        first(r"(?m)^(\S+)\+00:00\t", &texts["connections"]) + "Z" == series.start,
        "the graph starts elsewhere",
    );
    // Nobody but the neighbour keeps connections where the app times out.
    let last = series.points.last().copied().unwrap_or_default();
    let near = texts["probe-near"].contains("succeeded");
    if !texts["app-log"].contains("slots") {
        faults.expect(last == if near { 2.0 } else { 0.0 }, "connections that cannot exist");
    }
    // The neighbour's success is in the database's log as well.
    let neighbour = first(r"hostname -I\n(\S+)", &texts["probe-near"]);
    faults.expect(
        database.iter().any(|flow| flow.destination == neighbour && flow.accept) == near,
        "the neighbour and the flow log disagree",
    );
    let interface = first(r"--log-stream-names (eni-\w+)-all", &texts["flow-db"]);
    faults.expect(texts["groups"].contains(&interface), "the groups are another interface's");
    faults.expect(database.iter().all(|flow| flow.interface == interface), "a line of another interface");
    faults.found
}
