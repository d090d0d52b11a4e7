//! I23: replies that come home by another link than the requests went.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use divedeep_cases::incident::{Series, View};
use ipnet::Ipv4Net;

use super::{Faults, all, first};

fn series<'a>(series: &'a [Series], name: &str) -> &'a Series {
    series.iter().find(|one| one.name == name).expect(name)
}

/// Rows of the transit gateway's table: block, type, kind of attachment.
fn routes(text: &str) -> Vec<(Ipv4Net, String, String)> {
    let rows = text.lines().filter(|line| line.starts_with("|  ") && line.contains('/'));
    rows.map(|row| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        assert_eq!(cells[3], "active", "{row}");
        (cells[1].parse().expect("a block"), cells[2].to_owned(), cells[4].to_owned())
    })
    .collect()
}

/// The kind of attachment that a packet to an address takes.
fn way(text: &str, to: &str) -> String {
    let to: Ipv4Addr = to.parse().expect("an address");
    let best = routes(text)
        .into_iter()
        .filter(|route| route.0.contains(&to))
        .max_by_key(|route| route.0.prefix_len());
    best.expect("a route").2
}

/// The links of the two traceroutes, by the 169.254 address in each.
fn traced(text: &str) -> Vec<&'static str> {
    let hops = all(r"(?m)^ *\d+  169\.254\.(\d+)\.", text);
    hops.iter().map(|third| if third == "96" { "vpn" } else { "direct-connect-gateway" }).collect()
}

/// Exit codes of the copies, and per cent of echoes lost.
fn probed(text: &str) -> (Vec<i32>, u32) {
    let exits = all(r"(?m)^exit (\d+)$", text).iter().map(|cell| cell.parse().expect("a number")).collect();
    (exits, first(r"(\d+)% packet loss", text).parse().expect("per cent"))
}

fn busy(series: &Series) -> bool {
    series.points.iter().all(|point| *point > 1_000_000.0)
}

/// Blocks of the four lists in the router's view: told by Direct Connect, heard there, told by VPN, heard there.
fn blocks(text: &str) -> Vec<Vec<String>> {
    let parts = text.split("$ vtysh").skip(1).take(4);
    parts.map(|part| all(r"(?m)^(10\.[\d.]+/\d+)$", part)).collect()
}

/// Answers to SYNs that the server's capture has.
fn syn_acks(text: &str) -> usize {
    all(r"(Flags \[S\.\])", text).len()
}

pub fn finding(check: &str, text: &str, metrics: &[Series]) -> String {
    let found = match check {
        "probe" | "probe-head" => {
            let (exits, lost) = probed(text);
            assert_eq!(exits.len(), 4);
            match (lost, exits.as_slice()) {
                (0, [0, 0, 0, 0]) => "works",
                (0, [255, 255, 255, 255]) => "ping-yes-tcp-no",
                (0, [124, 124, 124, 124]) => "copies-stall",
                (1..=15, [0, 0, 0, 0]) => "some-packets-lost",
                (40.., _) => "lost-for-a-while",
                other => panic!("{other:?}"),
            }
        }
        "traceroute" => match traced(text).as_slice() {
            ["vpn", "vpn"] => "vpn-both-ways",
            ["direct-connect-gateway", "direct-connect-gateway"] => "direct-connect-both-ways",
            ["direct-connect-gateway", "vpn"] => "out-direct-connect-home-vpn",
            ["vpn", "direct-connect-gateway"] => "out-vpn-home-direct-connect",
            other => panic!("{other:?}"),
        },
        "gateway-routes" => {
            let table = routes(text);
            let longer: Vec<_> = table.iter().filter(|route| route.0.prefix_len() == 24).collect();
            match longer.as_slice() {
                [] => "one-block-direct-connect",
                [(_, kind, attachment)] => {
                    assert_eq!(attachment, "vpn");
                    if kind == "static" {
                        "longer-block-static-to-vpn"
                    } else {
                        "longer-block-learnt-from-vpn"
                    }
                }
                other => panic!("{other:?}"),
            }
        }
        "vpn-metrics" => {
            let up = series(metrics, "TunnelState").points.iter().all(|point| *point == 1.0);
            let (into, out) = (busy(series(metrics, "TunnelDataIn")), busy(series(metrics, "TunnelDataOut")));
            match (up, into, out) {
                (false, ..) => "goes-down-again-and-again",
                (_, true, true) => "both-directions",
                (_, true, false) => "towards-aws-only",
                (_, false, true) => "towards-the-site-only",
                (_, false, false) => "keepalives-only",
            }
        }
        "direct-connect" => {
            assert!(text.contains("\tavailable\t1Gbps") && text.contains("available\tup\t"));
            let errors: f64 = series(metrics, "ConnectionErrorCount").points.iter().sum();
            if errors > 0.0 { "up-with-errors" } else { "up-and-clean" }
        }
        "ping-sizes" => {
            let got: Vec<u32> = all(r"transmitted, (\d) received", text)
                .iter()
                .map(|cell| cell.parse().expect("a number"))
                .collect();
            match got.as_slice() {
                [5, 5, 5, 5] => "all-sizes-pass",
                [5, 5, 0, 0] => "large-lost-in-silence",
                [_, _, _, _] if got.iter().all(|count| *count > 0) => "some-of-any-size-lost",
                other => panic!("{other:?}"),
            }
        }
        "capture" => {
            let large = all(r"seq (\d+):\d+, ack \d+, win \d+, options .*, length 1\d\d\d", text);
            let again = large.len() > large.iter().collect::<std::collections::BTreeSet<_>>().len();
            let last = text.lines().rfind(|line| line.contains(" IP ")).unwrap_or_default();
            if text.contains("0 packets captured") && !text.contains(" IP ") {
                "nothing-comes"
            } else if syn_acks(text) > 1 {
                assert!(large.is_empty());
                "answer-unanswered"
            } else if again && last.contains("length 1") {
                "large-repeated-in-vain"
            } else if again {
                "lost-and-repeated"
            } else {
                assert!(!large.is_empty());
                "complete"
            }
        }
        "flow-logs" => {
            assert!(!text.contains("REJECT"));
            let third = first(r"(?m)^2 \d+ eni-\w+ (10\.\d+\.\d+\.\d+) \S+ 0 0 1 ", text);
            let packets: Vec<u32> = all(&format!(r"(?m)^2 \d+ eni-\w+ {third} \S+ \d+ 22 6 (\d+) "), text)
                .iter()
                .map(|cell| cell.parse().expect("a number"))
                .collect();
            if packets.is_empty() {
                "no-session-of-the-branch"
            } else if packets.iter().all(|count| *count > 100) {
                "accepted-and-long"
            } else {
                "accepted-and-short"
            }
        }
        "cloudtrail" => {
            if text.contains("CreateTransitGatewayRoute") {
                "static-route-made"
            } else if text.contains("UpdateDirectConnectGatewayAssociation") {
                "allowed-prefixes-changed"
            } else {
                "no-change-of-routes"
            }
        }
        "firewalls" => {
            if text.contains("kernel: OUT-OF-STATE") {
                "out-of-state"
            } else if text.contains("kernel: POLICY-DENY") {
                "denied-by-policy"
            } else {
                "nothing-dropped"
            }
        }
        "router" => {
            let lists = blocks(text);
            let longer = lists[2].iter().any(|block| block.ends_with("/24"));
            assert!(!lists[0].iter().any(|block| block.ends_with("/24")));
            match (lists[1] == lists[3], longer, text.contains("dev vti1")) {
                (false, false, true) => "hears-a-shorter-block-by-direct-connect",
                (true, false, false) => "the-same-blocks-on-both",
                (true, true, false) => "tells-a-longer-block-by-vpn",
                (true, true, true) => "tells-a-longer-block-and-sends-by-vpn",
                (true, false, true) => "the-same-blocks-and-sends-by-vpn",
                other => panic!("{other:?}"),
            }
        }
        other => panic!("unknown check {other}: {text}"),
    };
    found.to_owned()
}

pub fn contradictions(texts: &BTreeMap<&str, String>, views: &BTreeMap<String, View>) -> Vec<String> {
    let mut faults = Faults::default();
    // Tables and graphs are the same.
    for check in ["vpn-metrics", "direct-connect"] {
        let shown: Vec<f64> = all(r"(?m)\+00:00\t(-?\d+\.\d+)$", &texts[check])
            .iter()
            .filter_map(|cell| cell.parse().ok())
            .collect();
        let drawn: Vec<f64> = views[check].series.iter().flat_map(|one| one.points.clone()).collect();
        faults.expect(shown == drawn, "tables and graphs differ");
    }
    let host = first(r"(?m)^(10\.\d+\.\d+\.\d+)", &texts["probe"]);
    let server = first(r"PING (\S+)", &texts["probe"]);
    // The way home is what the gateway's table says; the way out is what the router says.
    let ways = traced(&texts["traceroute"]);
    faults.expect(
        ways[1] == way(&texts["gateway-routes"], &host),
        "traceroute and the gateway's table disagree",
    );
    let by_vpn = texts["router"].contains("dev vti1");
    faults.expect((ways[0] == "vpn") == by_vpn, "traceroute and the router disagree");
    // So do the tunnel's bytes.
    let metrics = &views["vpn-metrics"].series;
    faults.expect(
        busy(series(metrics, "TunnelDataOut")) == (ways[1] == "vpn"),
        "bytes to the site by another way",
    );
    faults.expect(busy(series(metrics, "TunnelDataIn")) == (ways[0] == "vpn"), "bytes to AWS by another way");
    // The gateway learnt what the site tells.
    let lists = blocks(&texts["router"]);
    for (block, kind, attachment) in routes(&texts["gateway-routes"]) {
        let told = match (kind.as_str(), attachment.as_str()) {
            ("propagated", "direct-connect-gateway") => lists[0].contains(&block.to_string()),
            ("propagated", "vpn") => lists[2].contains(&block.to_string()),
            ("propagated", "vpc") => lists[3].contains(&block.to_string()),
            _ => texts["cloudtrail"].contains(&format!("\"DestinationCidrBlock\":\"{block}\"")),
        };
        faults.expect(told, "a route that nobody announced or made");
    }
    // What the router hears by Direct Connect is what the association was changed to.
    let changed =
        first(r#"addAllowedPrefixesToDirectConnectGateway":\[\{"cidr":"([^"]+)""#, &texts["cloudtrail"]);
    faults.expect(changed.is_empty() || lists[1] == [changed.clone()], "another block is heard");
    faults.expect(changed.is_empty() == (lists[1] == lists[3]), "the blocks differ without a change");
    // Sessions are dropped out of state exactly where the two ways differ, by the firewall on the way home.
    let torn = ways[0] != ways[1];
    faults.expect(
        torn == texts["firewalls"].contains("kernel: OUT-OF-STATE"),
        "dropped although both ways are one",
    );
    let device = if ways[1] == "vpn" { "vti1" } else { "eth2" };
    faults.expect(
        !torn || all(r"OUT-OF-STATE IN=(\w+)", &texts["firewalls"]).iter().all(|name| name == device),
        "dropped by the wrong firewall",
    );
    faults
        .expect(!torn || finding("probe", &texts["probe"], &[]) == "ping-yes-tcp-no", "torn ways that work");
    // Every answer that the server sent in vain was dropped, in each of the two sessions, and is in the flow log.
    if torn {
        let sent = syn_acks(&texts["capture"]);
        faults.expect(
            all("(kernel: OUT-OF-STATE)", &texts["firewalls"]).len() == 2 * sent,
            "answers sent and dropped differ",
        );
        let port = first(r"\.(\d+) > \S+\.22: Flags \[S\]", &texts["capture"]);
        let logged =
            first(&format!(r"(?m)^2 \d+ eni-\w+ {server} {host} 22 {port} 6 (\d+) "), &texts["flow-logs"]);
        faults.expect(logged == sent.to_string(), "flow log and capture count other answers");
    }
    // The same two ends everywhere.
    for check in ["traceroute", "capture", "flow-logs", "router", "probe-head"] {
        faults.expect(texts[check].contains(&server), format!("{check} is about another server"));
    }
    for check in ["traceroute", "capture", "flow-logs", "router"] {
        faults.expect(texts[check].contains(&host), format!("{check} is about another host"));
    }
    // The addresses of the virtual interface are those of the trace.
    let peer = first(r"(169\.254\.240\.\d+)/30\t", &texts["direct-connect"]);
    faults
        .expect(texts["router"].contains(&format!("neighbors {peer} ")), "the router has another neighbour");
    faults.expect(
        ways[0] == "vpn" || texts["traceroute"].contains(&format!("{peer}  ")),
        "the trace crosses another link",
    );
    // Packets are not smaller than their headers, and times go forward.
    for line in texts["flow-logs"].lines().filter(|line| line.starts_with("2 ")) {
        let cells: Vec<&str> = line.split(' ').collect();
        let number = |index: usize| cells[index].parse::<i64>().expect("a number");
        faults.expect(number(9) >= 40 * number(8) && number(11) >= number(10), "an impossible record");
    }
    let now = first(r"--end-time (\S+)Z", &texts["cloudtrail"]);
    faults.expect(
        all(r#"(?m)^\["(\S+)Z""#, &texts["cloudtrail"]).iter().all(|time| *time < now),
        "an event of the future",
    );
    faults.found
}
