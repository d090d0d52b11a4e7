//! I15: an interface endpoint whose security group does not let its new clients in.

use std::collections::BTreeMap;

use divedeep_cases::incident::{Series, View};

use super::{Faults, all, first};

/// Source, destination port, action, bytes and packets of a flow log's lines.
fn arriving(text: &str) -> Vec<(String, bool)> {
    let lines =
        text.lines().filter(|line| line.starts_with("2 ")).map(|line| line.split(' ').collect::<Vec<_>>());
    let arriving = lines.filter(|cells| cells.len() == 14 && cells[6] == "443");
    arriving.map(|cells| (cells[3].to_owned(), cells[12] == "ACCEPT")).collect()
}

/// The block that an inbound rule of a list allows a port from.
fn allowed_from(text: &str, port: &str) -> String {
    let json = text.split_once('\n').expect("a command and its output").1;
    let value: serde_json::Value = serde_json::from_str(json).expect("JSON");
    let entries = value["NetworkAcls"][0]["Entries"].as_array().expect("entries").clone();
    let found = entries.iter().find(|entry| {
        entry["Egress"] == false
            && entry["RuleAction"] == "allow"
            && format!("{}", entry["PortRange"]["From"]) == port
            && format!("{}", entry["PortRange"]["To"]) == port
    });
    found.and_then(|entry| entry["CidrBlock"].as_str()).unwrap_or_default().to_owned()
}

/// The peer of the only rule for a port in a table of rules.
fn peer(text: &str, egress: &str) -> String {
    first(&format!(r"\|\s+{egress}\s*\|\s+tcp\s*\|\s+443\s*\|\s+443\s*\|\s+(\S+?)\s*\|"), text)
}

pub fn finding(check: &str, text: &str, _: &[Series]) -> String {
    let found = match check {
        "pull-error" => {
            // Pods of the rollout are minutes old, those from before it hours.
            let running = all(r"(?m)^\S+\s+1/1\s+(Running)\s+\d+\s+\d+m\s", text).len();
            let failing = all(r"(?m)^\S+\s+0/1\s+(ImagePullBackOff)", text).len();
            assert_eq!(running + failing, 4, "{text}");
            let same = |part: &str| all(&format!("({part})"), text).len() == failing;
            if running > 0 {
                "some-nodes-fail"
            } else if same(r"manifests/\S+: dial tcp 10\.\S+:443: i/o timeout") {
                "registry-times-out"
            } else if same(r"starport-layer-bucket\S+: dial tcp 52\.\S+:443: i/o timeout") {
                "layers-time-out"
            } else if same("403 Forbidden") {
                "forbidden"
            } else if same("429 Too Many Requests") {
                "too-many-requests"
            } else {
                panic!("{text}")
            }
        }
        "names" => {
            let addresses = all(r"(?m)^\S+\.amazonaws\.com\.\s+\d+\s+IN\s+A\s+(\S+)$", text);
            assert_eq!(addresses.len(), 3, "{text}");
            let private = |address: &String| address.starts_with("10.");
            assert!(private(&addresses[0]) && private(&addresses[1]) && !private(&addresses[2]));
            "registry-private-layers-public"
        }
        "connect" => {
            let open = all(r"(?m)^Connection to (\S+) 443 port \[tcp/https\] succeeded!$", text);
            let closed = all(r"connect to (\S+) port 443 \(tcp\) timed out", text);
            assert_eq!(open.len() + closed.len(), 3);
            if closed.is_empty() {
                "all-connect"
            } else if closed.iter().all(|address| address.starts_with("10.")) {
                "registry-times-out"
            } else {
                assert!(closed.iter().all(|address| !address.starts_with("10.")));
                "layers-time-out"
            }
        }
        "flow-endpoint" => {
            let arriving = arriving(text);
            let accepted = arriving.iter().filter(|(_, accept)| *accept).count();
            assert_eq!(arriving.len(), 4);
            match accepted {
                0 => "all-rejected",
                4 => "accepted",
                _ => "some-rejected",
            }
        }
        "endpoint" => {
            assert!(text.contains("\"PrivateDnsEnabled\": true"));
            if text.contains("repository/ci-") { "policy-for-some-repositories" } else { "policy-allows-all" }
        }
        "endpoint-group" => {
            let peer = peer(text, "False");
            if peer.starts_with("sg-") {
                "one-group-only"
            } else {
                assert!(peer.starts_with("10.") && peer.ends_with(".0.0/16"), "{peer}");
                "whole-vpc"
            }
        }
        "acl-of-endpoint" => {
            let block: ipnet::Ipv4Net = allowed_from(text, "443").parse().expect("a block");
            let second = block.addr().octets()[1];
            let nodes = [11, 12].map(|third| std::net::Ipv4Addr::new(10, second, third, 30));
            let inside = nodes.iter().all(|node| block.contains(node));
            if inside { "lets-nodes-in" } else { "keeps-nodes-out" }
        }
        "acl-of-nodes" => {
            let block = first(r"\|\s+110\s*\|\s+6\s*\|\s+1024\s*\|\s+65535\s*\|\s+(\S+?)\s*\|\s+allow", text);
            if block == "0.0.0.0/0" { "replies-from-anywhere" } else { "replies-of-the-vpc-only" }
        }
        "node-group" => match peer(text, "True").as_str() {
            "0.0.0.0/0" => "out-to-anywhere",
            block => {
                assert!(block.starts_with("10."), "{block}");
                "out-to-the-vpc-only"
            }
        },
        "nodes" => {
            let groups = all(r"\t(sg-\S+)$", text.trim_end());
            assert_eq!(groups.len(), 1, "the last node");
            let rows = all(r"(?m)^i-\S+\t\S+\t\S+\t(\S+)$", text);
            assert_eq!(rows.iter().filter(|row| row.contains(',')).count(), 2);
            assert_eq!(rows.len(), 4);
            "two-generations"
        }
        "changes" => {
            assert_eq!(all("(CreateVpcEndpointRequest)", text).len(), 2);
            let known = [
                ("RevokeSecurityGroupEgress", "egress-revoked"),
                ("ReplaceNetworkAclEntry", "list-entry-replaced"),
                ("DetachRolePolicy", "role-policy-detached"),
            ];
            known
                .iter()
                .find(|(event, _)| text.contains(event))
                .map_or("endpoints-created", |(_, word)| *word)
        }
        "registry-events" => {
            if text.contains("no VPC endpoint policy allows") {
                "denied-by-endpoint"
            } else if text.contains("no identity-based policy allows") {
                "denied-by-identity"
            } else if text.contains("Rate exceeded") {
                "throttled"
            } else if all(r#"(?m)^(\["20)"#, text).is_empty() {
                "none-arrived"
            } else {
                "allowed"
            }
        }
        other => panic!("unknown check {other}"),
    };
    found.to_owned()
}

pub fn contradictions(texts: &BTreeMap<&str, String>, _: &BTreeMap<String, View>) -> Vec<String> {
    let mut faults = Faults::default();
    // Names, connections and errors speak of the same addresses.
    let resolved = all(r"(?m)^\S+\.amazonaws\.com\.\s+\d+\s+IN\s+A\s+(\S+)$", &texts["names"]);
    let tried = first(r"for a in ([^;]+);", &texts["connect"]);
    faults.expect(resolved.join(" ") == tried, "the addresses tried are not those that the names have");
    for address in all(r"dial tcp (\S+):443", &texts["pull-error"]) {
        faults.expect(resolved.contains(&address), "a pull went to an address that no name has");
    }
    // The registry's name is the image's, and the zone answers within a minute's TTL.
    let registry = first(r#"pull image "([^/"]+)/"#, &texts["pull-error"]);
    faults.expect(texts["names"].contains(&format!("$ dig {registry} A")), "another registry was resolved");
    // Nodes: by address in kubectl, by id in EC2.
    let addresses = all(r"(?m)^i-\S+\t(\S+)\t", &texts["nodes"]);
    let hosts: Vec<String> =
        addresses.iter().map(|address| format!("ip-{}.", address.replace('.', "-"))).collect();
    faults.expect(
        hosts.iter().all(|host| texts["pull-error"].contains(host)),
        "a node that Kubernetes does not know",
    );
    let here = first(r"(?m)^(10\.\S+)$", &texts["connect"]);
    faults.expect(addresses.contains(&here), "tested from somewhere else");
    let sources: Vec<String> =
        arriving(&texts["flow-endpoint"]).into_iter().map(|(source, _)| source).collect();
    faults.expect(sources.iter().all(|source| addresses.contains(source)), "a flow of no node");
    // A node's flow is accepted where its connection succeeds, and the other way round.
    let opens = texts["connect"].contains(&format!("Connection to {} 443", resolved[0]));
    let accepted =
        arriving(&texts["flow-endpoint"]).into_iter().any(|(source, accept)| source == here && accept);
    faults.expect(opens == accepted, "the flow log and the connection disagree");
    // No request to the registry is recorded for a connection that was never made, and each that fails has its event.
    let timeouts = all(r"manifests/\S+ dial tcp (10\.\S+):443: i/o timeout", &texts["pull-error"]).len();
    let events = all(r#"(?m)^\["(20[^"]+)""#, &texts["registry-events"]);
    faults.expect(events.len() + timeouts == 4, "pulls and registry events do not add up");
    let forbidden = texts["pull-error"].contains("403 Forbidden");
    faults
        .expect(forbidden == texts["registry-events"].contains("AccessDenied"), "a refusal on one side only");
    faults.expect(
        !forbidden
            || texts["endpoint"].contains("repository/ci-") != texts["changes"].contains("DetachRolePolicy"),
        "a refusal without its reason",
    );
    // The endpoint, its group and its interfaces.
    let id = first(r"--vpc-endpoint-ids (vpce-\w+)", &texts["endpoint"]);
    faults.expect(
        texts["registry-events"].contains(&format!("\"{id}\"")) != events.is_empty(),
        "another endpoint's event",
    );
    let group = first(r#""GroupId": "(sg-\w+)""#, &texts["endpoint"]);
    faults.expect(
        texts["endpoint-group"].contains(&format!("Values={group}")),
        "the group shown is not the endpoint's",
    );
    faults.expect(texts["changes"].contains(&group), "the endpoint was created with another group");
    let interface = first(r"--log-stream-names (eni-\w+)-all", &texts["flow-endpoint"]);
    faults.expect(texts["endpoint"].contains(&interface), "the flow log is of no interface of the endpoint");
    // Which nodes are let in follows from the groups they have.
    let peer = peer(&texts["endpoint-group"], "False");
    if peer.starts_with("sg-") {
        for (address, groups) in addresses.iter().zip(all(r"(?m)^i-\S+\t\S+\t\S+\t(\S+)$", &texts["nodes"])) {
            let lines = arriving(&texts["flow-endpoint"]);
            let fits = lines
                .iter()
                .filter(|(source, _)| source == address)
                .all(|(_, accept)| *accept == groups.contains(&peer));
            faults.expect(fits, "a node is treated otherwise than its groups say");
        }
    }
    // The customer's running pods serve: they are of another replica set than those that fail, and older than the endpoint.
    let former = all(r"(?m)^(\S+)-\w{5}\s+1/1\s+Running\s+\d+\s+\d+h\s", &texts["pull-error"]);
    let failing = all(r"(?m)^(\S+)-\w{5}\s+0/1\s+ImagePullBackOff\s+\d+\s+\d+m\s", &texts["pull-error"]);
    faults.expect(!former.is_empty(), "nothing serves");
    faults.expect(former.iter().all(|set| !failing.contains(set)), "pods of one replica set, old and new");
    faults.expect(
        former.iter().chain(&failing).all(|set| super::is_replica_set(set)),
        "a replica set as Kubernetes names none",
    );
    // Nothing failed before the endpoint was there.
    let created = first(r#"(?m)^\["([^"]+)","[^"]+","CreateVpcEndpoint""#, &texts["changes"]);
    let failures = all(r"(?m)^(20\S+Z)\tip-", &texts["pull-error"]);
    faults.expect(failures.iter().all(|time| *time > created), "a pull failed before the change");
    faults.expect(failures.is_sorted(), "events out of order");
    faults.found
}
