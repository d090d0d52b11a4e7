//! I04: a NAT gateway without a source port for one destination.

use std::collections::BTreeMap;

use divedeep_cases::incident::{Series, View};

use super::{Faults, all, first};

fn number(pattern: &str, text: &str) -> f64 {
    first(pattern, text).parse().unwrap_or(f64::NAN)
}

/// Cells of the lines that begin with a digit and have so many columns.
fn rows(text: &str, columns: usize) -> Vec<Vec<String>> {
    let rows = text.lines().map(|line| line.split('\t').map(str::to_owned).collect::<Vec<_>>());
    rows.filter(|row| row.len() == columns).collect()
}

fn figure(cell: &str) -> f64 {
    cell.parse().expect("a number")
}

fn series<'a>(series: &'a [Series], name: &str) -> &'a Series {
    series.iter().find(|one| one.name == name).expect(name)
}

/// Sockets by state and peer.
fn counted(text: &str, state: &str, peer: &str) -> f64 {
    let count = first(&format!(r"(?m)^ +(\d+) {state} {peer}"), text);
    if count.is_empty() { 0.0 } else { figure(&count) }
}

const PARTNER: &str = r"203\.0\.113\.\d+:443";

/// Lines of the flow logs: interface, source, destination, source port, destination port, packet's source, destination.
fn flows(text: &str) -> Vec<Vec<String>> {
    let lines = text.lines().filter(|line| line.starts_with("eni-"));
    let lines = lines.map(|line| line.split(' ').map(str::to_owned).collect::<Vec<_>>());
    lines.inspect(|cells| assert_eq!(cells.len(), 12)).collect()
}

pub fn finding(check: &str, text: &str, metrics: &[Series]) -> String {
    let found = match check {
        "app-log" if text.contains("status code 429") => "status-429",
        "app-log" if text.contains("EADDRNOTAVAIL") => "no-local-port",
        "app-log" if text.contains("timeout of 10000ms exceeded") => "timeouts",
        "by-destination" => {
            let late = |row: &Vec<String>| {
                figure(&row[3]) > 1000.0 || figure(&row[4]) > 0.0 || figure(&row[2]) > 1000.0
            };
            let table = rows(text, 5);
            assert_eq!(table.len(), 4);
            assert!(late(&table[0]), "{text}");
            if table.iter().skip(1).all(late) {
                "all-destinations"
            } else {
                assert!(!table.iter().skip(1).any(late));
                "one-destination"
            }
        }
        "timing" => {
            let runs = text.lines().filter(|line| line.contains(" exit ") && !line.starts_with('$'));
            let runs: Vec<(String, f64, f64, f64, String)> = runs
                .map(|line| {
                    let cells: Vec<&str> = line.split(' ').collect();
                    let at = |name: &str| {
                        let place = cells.iter().position(|cell| *cell == name).expect(name);
                        cells[place + 1].to_owned()
                    };
                    let (dns, connect) = (figure(&at("dns")), figure(&at("connect")));
                    (cells[0].to_owned(), dns, connect - dns, figure(&at("first-byte")) - connect, at("exit"))
                })
                .collect();
            assert_eq!(runs.len(), 8);
            if runs.iter().any(|run| run.4 == "7") {
                "not-even-sent"
            } else if runs.iter().any(|run| run.4 == "28" || run.2 > 0.9) {
                "connect-slow"
            } else if runs.iter().any(|run| run.1 > 0.9) {
                "lookup-slow"
            } else if runs.iter().any(|run| run.0 == "429") {
                "answered-429"
            } else if runs.iter().any(|run| run.3 > 0.9) {
                "answer-slow"
            } else {
                "all-fast"
            }
        }
        "nat-metrics" => {
            let errors: f64 = series(metrics, "ErrorPortAllocation").points.iter().sum();
            if errors > 0.0 { "port-errors" } else { "no-port-errors" }
        }
        "sockets" => {
            if counted(text, "ESTAB", PARTNER) > 500.0 {
                "many-connections"
            } else {
                "few-connections"
            }
        }
        "talkers" => {
            let table: Vec<_> = rows(text, 2).into_iter().filter(|row| !row[0].contains('/')).collect();
            assert_eq!(table.len(), 6);
            let block = table[0][0].rsplit_once('.').expect("an address").0;
            let subnet = first(&format!(r"(?m)^{}\.0/24\t(\S+)$", block.replace('.', r"\.")), text);
            match (figure(&table[0][1]) > 500.0, subnet.contains("collector")) {
                (false, _) => "nobody-has-many",
                (true, false) => "service-has-many",
                (true, true) => "collector-has-many",
            }
        }
        "flow-logs" => {
            let flows = flows(text);
            let gateway = first(r"(?s).*--log-stream-names (eni-\w+)-all", text);
            let own = |port: &str, inside: bool| {
                flows.iter().any(|flow| {
                    flow[0] == gateway
                        && flow[3] == port
                        && flow[4] == "443"
                        && flow[5].ends_with(".1.220") != inside
                })
            };
            let ports: Vec<&String> =
                flows.iter().filter(|flow| flow[4] == "443").map(|flow| &flow[3]).collect();
            assert!(ports.iter().all(|port| own(port, true)));
            if ports.iter().all(|port| own(port, false)) {
                "enters-and-leaves"
            } else {
                "enters-and-does-not-leave"
            }
        }
        "resolve" if text.contains("timed out") => "answers-get-lost",
        "resolve" => {
            assert_eq!(all("(status: NOERROR)", text).len(), 2);
            "answered-at-once"
        }
        "host-limits" => {
            let range = (
                number(r"ip_local_port_range = (\d+)", text),
                number(r"ip_local_port_range = \d+\t(\d+)", text),
            );
            let counters: Vec<f64> =
                all(r"bw_out_allowance_exceeded: (\d+)", text).iter().map(|cell| figure(cell)).collect();
            assert_eq!(counters.len(), 2);
            if counters[1] > counters[0] {
                "bandwidth-exceeded"
            } else if range.1 - range.0 < 10_000.0 {
                "few-local-ports"
            } else {
                "room-left"
            }
        }
        "routes" => {
            assert_eq!(all(r#"(?m)^\["(nat-\w+)""#, text).len(), 1);
            assert_eq!(all(r#"("eipalloc-\w+")"#, text).len(), 1);
            "one-gateway-one-address"
        }
        "partner" => {
            let row = &rows(text, 7)[1];
            if figure(&row[5]) > 0.0 {
                "refuses-some"
            } else if figure(&row[3]) > 1000.0 {
                "answers-late"
            } else {
                "answers-fast"
            }
        }
        "client-code" => {
            let inside = text.find("new https.Agent").expect("an agent")
                > text.find("async function charge").expect("a call");
            let pool = number(r"maxSockets: (\d+)", text);
            if inside {
                "new-connection-each-call"
            } else if pool >= 30.0 {
                "large-pool"
            } else {
                "small-pool"
            }
        }
        other => panic!("unknown check {other}: {text}"),
    };
    found.to_owned()
}

pub fn contradictions(texts: &BTreeMap<&str, String>, views: &BTreeMap<String, View>) -> Vec<String> {
    let mut faults = Faults::default();
    let metrics = &views["nat-metrics"].series;
    let (active, errors) = (series(metrics, "ActiveConnectionCount"), series(metrics, "ErrorPortAllocation"));
    let traffic = series(metrics, "RequestCount");
    // The tables and the graphs are the same.
    let shown: Vec<f64> =
        all(r"\+00:00\t(\d+\.\d)", &texts["nat-metrics"]).iter().map(|cell| figure(cell)).collect();
    let drawn: Vec<f64> = metrics.iter().flat_map(|one| one.points.clone()).collect();
    faults.expect(shown == drawn, "tables and graphs differ");
    // Port errors are there only while the connections are at their most, and never without them.
    let most = active.points.iter().copied().fold(0.0, f64::max);
    for (open, refused) in active.points.iter().zip(&errors.points) {
        faults.expect(
            *refused == 0.0 || *open > 0.97 * most && *open > 55_000.0,
            "port errors below the limit",
        );
    }
    faults.expect(most < 55_000.0 + 3000.0, "more connections than ports and other traffic");
    // They follow the traffic.
    let busiest = traffic.points.iter().copied().fold(0.0, f64::max);
    for (requests, refused) in traffic.points.iter().zip(&errors.points) {
        faults.expect(*refused == 0.0 || *requests > 0.8 * busiest, "port errors without traffic");
    }
    // Connections open on a host, times the hosts, are those of the gateway.
    let open = counted(&texts["sockets"], "ESTAB", PARTNER);
    let code = &texts["client-code"];
    let pool = number(r"maxSockets: (\d+)", code);
    if pool.is_nan() {
        let hosts = most / open;
        faults.expect(
            (14.0..30.0).contains(&hosts),
            "sockets of a host and connections of the gateway disagree",
        );
    } else {
        faults.expect(open <= pool, "more connections than the pool has");
    }
    // The local ports that a host has are enough for its sockets.
    let range = &texts["host-limits"];
    let ports = 1.0 + number(r"ip_local_port_range = \d+\t(\d+)", range)
        - number(r"ip_local_port_range = (\d+)", range);
    faults.expect(open <= ports, "more sockets than local ports");
    faults.expect(
        (open == ports || open > 0.97 * ports) == texts["app-log"].contains("EADDRNOTAVAIL"),
        "ports and error disagree",
    );
    // New connections are refused a port exactly where the gateway counts it.
    let refused = errors.points.iter().sum::<f64>() > 0.0;
    faults.expect(
        refused == (finding("flow-logs", &texts["flow-logs"], &[]) == "enters-and-does-not-leave"),
        "flow logs and metric disagree",
    );
    faults
        .expect(!refused || counted(&texts["sockets"], "SYN-SENT", PARTNER) > 0.0, "nobody waits for a port");
    // What the partner got is what was sent and did not fail, unless it refused or was late.
    let sent = &rows(&texts["by-destination"], 5)[0];
    let edge = &rows(&texts["partner"], 7)[1];
    let (calls, failed, got) = (figure(&sent[1]), figure(&sent[4]), figure(&edge[2]));
    if figure(&edge[5]) == 0.0 && figure(&edge[3]) < 1000.0 {
        faults.expect(got == calls - failed, "the partner counts other calls");
    } else {
        faults.expect(got >= calls, "the partner counts too few");
    }
    faults.expect(figure(&edge[3]) <= figure(&sent[2]), "the partner takes longer than its caller waits");
    // Requests of visitors are five for each payment, over the same quarter of an hour.
    let quarter: f64 = traffic.points[6..9].iter().sum();
    faults.expect((quarter / 5.0 - calls).abs() < calls * 0.01, "traffic and calls disagree");
    // One partner address everywhere.
    let address = first(r"(203\.0\.113\.\d+)", &texts["sockets"]);
    for check in ["talkers", "flow-logs", "resolve"] {
        faults.expect(texts[check].contains(&address), format!("{check} has another partner"));
    }
    // One gateway and one host everywhere.
    let gateway = first(r"NatGatewayId,Value=(nat-\w+)", &texts["nat-metrics"]);
    faults.expect(texts["routes"].matches(&gateway).count() == 2, "routes lead to another gateway");
    let public = first(r#"\["(198\.51\.100\.\d+)""#, &texts["routes"]);
    faults.expect(texts["partner"].contains(&public), "the partner sees another address");
    let host = first(r"(10\.\d+\.11\.\d+)", &texts["sockets"]);
    for check in ["timing", "flow-logs"] {
        faults.expect(texts[check].contains(&host), format!("{check} is of another host"));
    }
    for flow in flows(&texts["flow-logs"]) {
        faults.expect(figure(&flow[8]) >= 40.0 * figure(&flow[7]), "packets smaller than a header");
        faults.expect(figure(&flow[10]) >= figure(&flow[9]), "a flow ends before it begins");
    }
    faults.found
}
