//! I17: CoreDNS and the limit of packets to the VPC's resolver.

use std::collections::BTreeMap;

use divedeep_cases::incident::{Series, View};

use super::{Faults, all, first};

fn figure(cell: &str) -> f64 {
    cell.parse().unwrap_or_else(|_| panic!("no number: {cell}"))
}

fn figures(pattern: &str, text: &str) -> Vec<f64> {
    all(pattern, text).iter().map(|cell| figure(cell)).collect()
}

/// Rows of by-name: node, zone, lookups, failed.
fn by_name(text: &str) -> Vec<(String, String, f64, f64)> {
    let rows = text.lines().filter(|line| line.starts_with("ip-"));
    rows.map(|row| {
        let cells: Vec<&str> = row.split('\t').collect();
        (cells[0].to_owned(), cells[1].to_owned(), figure(cells[2]), figure(cells[3]))
    })
    .collect()
}

/// Packets a second to the resolver and to the metadata service.
fn rates(text: &str) -> (Vec<f64>, Vec<f64>) {
    (figures(r"(?m)^\d+ 10\.\d+\.0\.2 (\d+)$", text), figures(r"(?m)^\d+ 169\.254\.169\.254 (\d+)$", text))
}

/// What the counter rose by.
fn exceeded(text: &str) -> f64 {
    let counters = figures(r"linklocal_allowance_exceeded: (\d+)", text);
    assert_eq!(counters.len(), 2);
    counters[1] - counters[0]
}

/// What CoreDNS forwards in a second.
fn forwarded(text: &str) -> f64 {
    let part = text.split("coredns_proxy_request_duration").nth(1).expect("a query");
    figures(r"=> ([\d.]+) @", part).iter().sum()
}

/// Failed lookups by their five minutes.
fn bins(text: &str) -> Vec<(String, f64)> {
    let rows = text.lines().filter_map(|line| line.split_once(".000\t"));
    rows.map(|(time, count)| (time.to_owned(), figure(count))).collect()
}

pub fn finding(check: &str, text: &str, _: &[Series]) -> String {
    let found = match check {
        "app-log" => {
            let bins = bins(text);
            match (text.contains("server misbehaving"), bins.len()) {
                (true, 12) => "servers-fail-all-the-time",
                (false, 12) => "time-outs-all-the-time",
                (false, 1..=7) => "time-outs-at-peak",
                other => panic!("{other:?}"),
            }
        }
        "by-name" => {
            let rows = by_name(text);
            assert_eq!(rows.len(), 9);
            let fails = |node: Option<&str>, zone: Option<&str>| {
                rows.iter()
                    .filter(|row| {
                        node.is_none_or(|node| row.0 == node) && zone.is_none_or(|zone| row.1 == zone)
                    })
                    .all(|row| row.3 > 0.0)
            };
            let nodes: std::collections::BTreeSet<&str> = rows.iter().map(|row| row.0.as_str()).collect();
            let failing = nodes.iter().filter(|node| fails(Some(**node), None)).count();
            let external = fails(None, Some("customers")) && fails(None, Some("api.kaypay.example"));
            match (failing, external, fails(None, Some("api.kaypay.example"))) {
                (3, ..) => "all-names-on-every-node",
                (1, ..) => "all-names-on-one-node",
                (0, true, _) => "external-names-on-every-node",
                (0, false, true) => "one-domain-on-every-node",
                other => panic!("{other:?}"),
            }
        }
        "coredns-log" if text.contains("i/o timeout") => "no-reply-from-the-resolver",
        "coredns-log" if text.contains(" SERVFAIL ") => "one-domain-servfail",
        "coredns-log" => "every-question-answered",
        "placement" => {
            let nodes = all(r"(?m)^coredns-\S+ +\S+ +(\S+)$", text);
            assert!(nodes.len() == 2 && nodes[0] == nodes[1]);
            let addresses = all(r"(?m)^coredns-\S+ +(\S+) ", text);
            let line = text.lines().find(|line| line.starts_with("eni-")).expect("an interface");
            assert!(addresses.iter().all(|address| line.contains(address)) && text.contains("ndots:5"));
            "both-on-one-interface"
        }
        "allowance" if exceeded(text) > 0.0 => "link-local-exceeded",
        "allowance" => "nothing-exceeded",
        "dig-compare" => {
            let parts: Vec<&str> = text.split("$ kubectl debug").collect();
            let lost = |part: &str| all("(#53: timed out)", part).len();
            assert_eq!(lost(parts[2]), 0);
            match (lost(parts[1]) > 0, text.contains("SERVFAIL")) {
                (true, false) => "lost-at-coredns-only",
                (false, true) => "fails-from-both",
                (false, false) => "works-from-both",
                other => panic!("{other:?}"),
            }
        }
        "rate" => {
            let (dns, metadata) = rates(text);
            assert_eq!((dns.len(), metadata.len()), (5, 5));
            let (dns, metadata) = (dns.iter().sum::<f64>() / 5.0, metadata.iter().sum::<f64>() / 5.0);
            match (dns > 1024.0, dns + metadata > 1024.0) {
                (true, _) => "questions-alone-above-the-limit",
                (false, true) => "together-above-the-limit",
                (false, false) => "below-the-limit",
            }
        }
        "coredns-metrics" => {
            if text.contains("cfs_throttled") {
                "cpu-at-its-limit"
            } else if forwarded(text) > 650.0 {
                "forwards-much"
            } else {
                "forwards-little"
            }
        }
        "query-log" if text.contains("\tSERVFAIL\t") => "one-domain-servfail",
        "query-log" => "answers-what-arrives",
        "groups" => {
            let used = all(r"(?m)^eni-\w+\t[\d.]+\t(sg-\w+)$", text);
            assert_eq!(used.len(), 4);
            let may = |group: &String| {
                ["udp", "tcp"].iter().all(|protocol| {
                    let rule = format!(r"(False\s*\|\s+{protocol}\s*\|\s+53\s*\|\s+53\s*\|\s+{group}\s*\|)");
                    !all(&rule, text).is_empty()
                })
            };
            assert!(may(&used[1]) && may(&used[2]));
            if may(&used[3]) { "all-nodes-may-ask" } else { "new-nodes-may-not-ask" }
        }
        "flow-logs" if text.contains("REJECT") => "some-pods-rejected",
        "flow-logs" => "pods-to-coredns-accepted",
        "kernel" if text.contains("table full") => "tracking-table-full",
        "kernel" => "tracking-has-room",
        other => panic!("unknown check {other}: {text}"),
    };
    found.to_owned()
}

pub fn contradictions(texts: &BTreeMap<&str, String>, views: &BTreeMap<String, View>) -> Vec<String> {
    let mut faults = Faults::default();
    let rows = by_name(&texts["by-name"]);
    let lookups: f64 = rows.iter().filter(|row| row.1 == "customers").map(|row| row.2).sum::<f64>() / 300.0;
    // A lookup is two names of two types upstream: what leaves the interface is four times the lookups, and what is
    // repeated.
    let (dns, metadata) = rates(&texts["rate"]);
    let per_second = dns.iter().sum::<f64>() / 5.0;
    faults.expect((3.8..8.1).contains(&(per_second / lookups)), "packets and lookups disagree");
    faults.expect(
        (forwarded(&texts["coredns-metrics"]) - per_second).abs() < 0.06 * per_second,
        "forwards and packets disagree",
    );
    // What is above the limit is what the interface dropped.
    let above: f64 =
        dns.iter().zip(&metadata).map(|(dns, metadata)| (dns + metadata - 1024.0).max(0.0)).sum();
    let dropped = exceeded(&texts["allowance"]);
    faults.expect((dropped - above * 12.0).abs() <= 0.25 * dropped + 60.0, "drops and packets disagree");
    faults.expect(
        (dropped > 0.0) == texts["dig-compare"].contains("#53: timed out"),
        "drops that nobody notices",
    );
    faults.expect(
        (dropped > 0.0) == texts["coredns-log"].contains("i/o timeout"),
        "drops that CoreDNS does not notice",
    );
    // Ten questions for a name, four of them forwarded: eight do not exist.
    let codes = |code: &str| {
        figure(&first(&format!(r#"rcode="{code}"\}} => ([\d.]+) @"#), &texts["coredns-metrics"]))
    };
    let ratio = (codes("NXDOMAIN") - 97.25) / (codes("NOERROR") - 212.4);
    faults.expect((ratio - 4.0).abs() < 0.01, "NXDOMAIN is not four fifths");
    let asked = all(r#"(?m)INFO\] \S+ - \d+ "\w+ IN (hooks\S+) udp"#, &texts["coredns-log"]);
    faults.expect(asked.len() == 10, "not ten questions for a name");
    faults.expect(
        asked.iter().filter(|name| name.contains("cluster.local")).count() == 6,
        "not six questions of its own",
    );
    // The graph is the text, and what failed in five minutes is what failed there by name.
    let failed = &views["app-log"].series[1].points;
    let told = bins(&texts["app-log"]);
    faults.expect(
        told.iter().map(|bin| bin.1).sum::<f64>() == failed.iter().sum::<f64>(),
        "graph and text differ",
    );
    let start = first(r"'filter lookup_failed(.*)", &texts["app-log"]).is_empty();
    faults.expect(!start, "no query");
    let by_name_failed: f64 = rows.iter().map(|row| row.3).sum();
    faults.expect(failed[6] == by_name_failed, "five minutes count different failures");
    // They follow the traffic, unless they are there all the time.
    let traffic = &views["app-log"].series[0].points;
    let most = traffic.iter().copied().fold(0.0, f64::max);
    for (requests, count) in traffic.iter().zip(failed) {
        faults
            .expect(told.len() == 12 || (*count > 0.0) == (*requests > 0.9 * most), "failures off the peak");
    }
    // What arrived is not more than what was asked first, and both halves are alike.
    let logged = |zone: &str| figure(&first(&format!(r"(?m)^{zone}\t\w+\t(\d+)$"), &texts["query-log"]));
    let (suffix, names) = (logged(r"\S+compute\.internal\."), logged("customers"));
    faults.expect(suffix == names && suffix <= 2.0 * 300.0 * lookups + 600.0, "the query log has too much");
    // CoreDNS's own addresses are where its errors come from.
    let addresses = all(r"(?m)^coredns-\S+ +(\S+) ", &texts["placement"]);
    let from = all(r"read udp ([\d.]+):\d+->", &texts["coredns-log"]);
    faults.expect(from.iter().all(|address| addresses.contains(address)), "errors of other pods");
    let resolver = first(r"dig @(\S+)", &texts["dig-compare"]);
    faults.expect(texts["rate"].contains(&resolver), "another resolver");
    faults.expect(
        all(r"->([\d.]+):53", &texts["coredns-log"]).iter().all(|address| *address == resolver),
        "CoreDNS asks another resolver",
    );
    // Flow logs have nothing of the resolver, and requests are to one of CoreDNS's pods.
    let lines: Vec<&str> = texts["flow-logs"].lines().filter(|line| line.starts_with("2 ")).collect();
    faults.expect(
        !lines.is_empty() && lines.iter().all(|line| !line.contains(&format!(" {resolver} "))),
        "flow logs see the resolver",
    );
    faults.expect(lines.iter().all(|line| line.contains(&addresses[0])), "flows of another pod");
    faults.found
}
