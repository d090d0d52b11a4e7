//! I11: pods whose packets are larger than a firewall on the way takes.

use std::collections::BTreeMap;

use divedeep_cases::incident::{Series, View};

use super::{Faults, all, first};

/// A line of a flow log: interface, source, destination, ports, packets, bytes, whether accepted.
struct Flow {
    interface: String,
    source: String,
    ports: (u16, u16),
    packets: u64,
    bytes: u64,
    start: i64,
    end: i64,
    accept: bool,
}

fn flows(text: &str) -> Vec<Flow> {
    let lines = text.lines().filter(|line| line.starts_with("2 "));
    lines
        .map(|line| {
            let cells: Vec<&str> = line.split(' ').collect();
            assert_eq!(cells.len(), 14, "{line}");
            let number = |index: usize| cells[index].parse::<u64>().expect("a number");
            let port = |index: usize| cells[index].parse::<u16>().expect("a port");
            Flow {
                interface: cells[2].to_owned(),
                source: cells[3].to_owned(),
                ports: (port(5), port(6)),
                packets: number(8),
                bytes: number(9),
                start: cells[10].parse().expect("a time"),
                end: cells[11].parse().expect("a time"),
                accept: cells[12] == "ACCEPT",
            }
        })
        .collect()
}

/// Rows of a count: name, calls, hung.
fn rows(text: &str) -> Vec<(String, u32, u32)> {
    let lines = text.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let lines = lines.filter(|cells| cells.len() == 3);
    lines
        .map(|cells| {
            (cells[0].to_owned(), cells[1].parse().expect("a count"), cells[2].parse().expect("a count"))
        })
        .collect()
}

/// Data segments of a capture that the pod sent: second of the day, first byte (relative), length.
fn sent(text: &str) -> Vec<(f64, u64, u32)> {
    let pattern = r"(?m)^(\d\d:\d\d:\d\d\.\d+ IP \S+ > \S+\.5432: Flags \[P?\.\], seq \d+:\d+, .*)$";
    let lines = all(pattern, text);
    lines
        .iter()
        .map(|line| {
            let clock: Vec<f64> = line[..15].split(':').map(|part| part.parse().expect("a time")).collect();
            let seq = first(r"seq (\d+):", line).parse().expect("a number");
            let length = first(r"length (\d+)$", line).parse().expect("a length");
            (clock[0] * 3600.0 + clock[1] * 60.0 + clock[2], seq, length)
        })
        .collect()
}

pub fn finding(check: &str, text: &str, series: &[Series]) -> String {
    let found = match check {
        "app-log" => {
            let gave_up = all("(gave up after 30s)", text).len();
            let every = |part: &str| all(&format!("({part})"), text).len() == gave_up && gave_up > 0;
            if every("dial tcp: lookup") {
                "name-times-out"
            } else if every(r"dial tcp 10\.\S+:5432: i/o timeout") {
                "connect-times-out"
            } else if every("read tcp") {
                "read-times-out"
            } else {
                panic!("{text}")
            }
        }
        "by-group" => {
            let rows = rows(text);
            let share = |row: &(String, u32, u32)| f64::from(row.2) / f64::from(row.1);
            if rows[0].2 == 0 && rows[1].2 > 0 {
                "new-group-only"
            } else {
                assert!((share(&rows[0]) - share(&rows[1])).abs() < 0.01, "{text}");
                "both-groups-alike"
            }
        }
        "by-size" => {
            let rows = rows(text);
            if rows[0].2 == 0 && rows[1].2 > 0 { "large-only" } else { "all-sizes" }
        }
        "pod-mtu" => {
            let sizes = all(r" mtu (\d+) ", text);
            match (sizes[0].as_str(), sizes[1].as_str()) {
                ("1500", "9001") => "new-jumbo-old-not",
                ("9001", "9001") => "all-jumbo",
                other => panic!("{other:?}"),
            }
        }
        "ping" => {
            let received = all(r"transmitted, (\d) received", text);
            assert_eq!(received[0], "3", "what fits passes");
            if received[1] == "3" {
                "all-pass"
            } else if text.contains("Frag needed and DF set (mtu = 1500)") {
                "told"
            } else {
                "lost-in-silence"
            }
        }
        "trace" => {
            let sent = sent(text);
            let syns = all(r"Flags \[S\], (seq)", text).len();
            if text.trim_end().ends_with("\n0 packets captured") {
                "no-packets"
            } else if syns > 1 && !text.contains("Flags [S.]") {
                "syn-unanswered"
            } else {
                let last = sent.last().expect("data");
                let same: Vec<_> = sent.iter().filter(|one| one.1 == last.1).collect();
                let told = text.contains("need to frag");
                if same.len() > 3 && !told {
                    // The timeout doubles.
                    let gaps: Vec<f64> = same.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
                    assert!(gaps.windows(2).all(|pair| pair[1] > 1.8 * pair[0]), "{gaps:?}");
                    let before = sent.iter().rev().find(|one| one.1 != last.1).expect("an earlier statement");
                    if last.2 > 1448 {
                        "large-lost"
                    } else {
                        assert!(same[0].0 - before.0 > 250.0, "{text}");
                        "small-lost-after-idle"
                    }
                } else {
                    let answers = all(r"(?m)^(\d\d:\d\d:\d\d\.\d+) IP \S+\.5432 > .*length [1-9]\d*$", text);
                    let clock = |text: &str| -> f64 {
                        text.split(':')
                            .fold(0.0, |sum, part| sum * 60.0 + part.parse::<f64>().expect("a time"))
                    };
                    let late = clock(answers.last().expect("an answer")) - last.0;
                    if late > 30.0 { "answer-late" } else { "answered" }
                }
            }
        }
        "flow-logs" => {
            let calls = flows(text);
            let mut calls = calls.iter().filter(|flow| flow.ports.0 == 5432 || flow.ports.1 == 5432);
            if calls.all(|flow| flow.accept) { "calls-accepted" } else { "calls-rejected" }
        }
        "groups" => {
            let block = first(r"\|\s+False\s*\|\s+tcp\s*\|\s+5432\s*\|\s+5432\s*\|\s+(\S+?)\s*\|", text);
            if block.ends_with("/16") { "all-nodes-allowed" } else { "new-nodes-left-out" }
        }
        "db-load" => {
            let busiest = series[0].points.iter().copied().fold(0.0, f64::max);
            if busiest > 90.0 { "saturated" } else { "room-left" }
        }
        "addon" => {
            let sizes = all(r"(?m)^\d\t\S+\t(\d+)$", text);
            match (sizes[0].as_str(), sizes[1].as_str()) {
                ("1500", "9001") => "setting-dropped",
                ("9001", "9001") => "default-as-before",
                other => panic!("{other:?}"),
            }
        }
        "firewall" => {
            let seconds: u32 = first(r"timeout_established = (\d+)", text).parse().expect("seconds");
            let silent = text.contains("\t\ticmp type destination-unreachable drop");
            match (silent, seconds < 600) {
                (false, true) => "forgets-soon",
                (false, false) => "speaks",
                (true, _) => {
                    let day = |text: &str| text[..10].parse::<chrono::NaiveDate>().expect("a day");
                    let (now, changed) =
                        (first(r"(?m)^(20\S+)Z$", text), first(r"(?m)^(20\S+)\+00:00 icmp", text));
                    if (day(&now) - day(&changed)).num_days() < 3 {
                        "silent-lately"
                    } else {
                        "silent-for-long"
                    }
                }
            }
        }
        other => panic!("unknown check {other}"),
    };
    found.to_owned()
}

pub fn contradictions(texts: &BTreeMap<&str, String>, views: &BTreeMap<String, View>) -> Vec<String> {
    let mut faults = Faults::default();
    // The same calls, counted two ways; and three of a hundred hang.
    let sum =
        |check: &str| rows(&texts[check]).iter().fold((0, 0), |sum, row| (sum.0 + row.1, sum.1 + row.2));
    let (calls, hung) = sum("by-group");
    faults.expect((calls, hung) == sum("by-size"), "the counts differ");
    faults.expect(100 * hung == 3 * calls, "it is not three of a hundred");
    // Pods: their addresses in the log, in the capture and in the flow logs.
    let pods = all(r"\t(10\.\d+\.1[13]\.\d+)\t20", &texts["pod-mtu"]);
    faults.expect(pods.len() == 2, "two pods");
    let capture = first(r"(?m)^\S+ IP (10\.\d+\.13\.\d+)\.\d+ > ", &texts["trace"]);
    faults.expect(pods.contains(&capture), "the capture is another pod's");
    let flows = flows(&texts["flow-logs"]);
    faults
        .expect(flows.iter().any(|flow| pods.get(1) == Some(&flow.source)), "the flow log is another pod's");
    for address in all(r"read tcp (10\.\d+\.\d+\.\d+):", &texts["app-log"]) {
        faults.expect(pods.contains(&address), "a call of an unknown pod");
    }
    let sets = all(r"ERROR (\S+)-[^\saeiou013]{5} call", &texts["app-log"]);
    faults.expect(
        !sets.is_empty() && sets.iter().all(|set| super::is_replica_set(set)),
        "a pod as Kubernetes names none",
    );
    // A call given up had waited thirty seconds: meanwhile its connection carried no call that succeeded.
    for call in all(r"(?m)^(\S+Z ERROR .* read tcp 10\.\S+)->", &texts["app-log"]) {
        let time = chrono::NaiveDateTime::parse_from_str(&call[..19], "%Y-%m-%dT%H:%M:%S").expect("a time");
        let gave_up = time.and_utc().timestamp();
        let (address, port) =
            call.rsplit_once(' ').and_then(|(_, end)| end.split_once(':')).expect("an address and a port");
        let port: u16 = port.parse().expect("a port");
        let same = flows.iter().filter(|flow| flow.source == address && flow.ports.0 == port);
        let meanwhile: Vec<_> = same.filter(|flow| flow.start < gave_up && flow.end > gave_up - 30).collect();
        let arrived = meanwhile.iter().map(|flow| flow.bytes).collect::<Vec<_>>();
        faults.expect(
            meanwhile.is_empty() || arrived.iter().min() < arrived.iter().max(),
            "a call hung on a connection that worked",
        );
    }
    // The capture has every packet of its pod, so no flow of the pod's at that time is missing in it.
    if !capture.is_empty() {
        let from = all(r"(?m)^(\d\d:\d\d:\d\d)\.\d+ IP ", &texts["trace"]);
        let clock = |second: i64| {
            chrono::DateTime::from_timestamp(second, 0).expect("a time").format("%H:%M:%S").to_string()
        };
        faults.expect(
            flows
                .iter()
                .filter(|flow| flow.source == capture)
                .all(|flow| clock(flow.end) < from[0] || clock(flow.start) > from[from.len() - 1]),
            "a flow that the capture does not show",
        );
    }
    // Who hangs by the counts hangs by the log.
    let old_hangs = rows(&texts["by-group"])[0].2 > 0;
    faults.expect(
        texts["app-log"].contains(&format!("tcp {}:", pods[0])) == old_hangs,
        "the log and the counts disagree",
    );
    // What a pod's link takes is what its SYN announces, and the add-on's setting is what the pods have.
    let mtus = all(r" mtu (\d+) ", &texts["pod-mtu"]);
    let mss = first(r"Flags \[S\].*mss (\d+)", &texts["trace"]);
    faults.expect(
        mss.parse::<u32>().ok().map(|mss| mss + 40) == mtus[1].parse().ok(),
        "the SYN announces another size",
    );
    faults.expect(
        all(r"(?m)^\d\t\S+\t(\d+)$", &texts["addon"]) == mtus,
        "the pods do not have the add-on's setting",
    );
    // The old pod was there before the update, the new one came after it.
    let updated = first(r"ACTIVE\t(\S+)\+00:00", &texts["addon"]);
    let started = all(r"\t(20\d\d-\S+)Z\n\$ kubectl exec", &texts["pod-mtu"]);
    faults.expect(
        started.len() == 2 && started[0] < updated && updated < started[1],
        "pods and update out of order",
    );
    // Silence of the firewall, of ping and of the capture go together.
    let drops = texts["firewall"].contains("destination-unreachable drop\n\t}");
    faults.expect(drops != texts["ping"].contains("Frag needed"), "ping and the firewall's rule disagree");
    faults.expect(
        !(drops && texts["trace"].contains("need to frag")),
        "a message that the firewall does not send",
    );
    let link = first(r"(?m)^mtu (\d+)$", &texts["firewall"]);
    let told = first(r"DF set \(mtu = (\d+)\)", &texts["ping"]);
    faults.expect(told.is_empty() || told == link, "the firewall tells another size than its link's");
    // A flow that got stuck carried fewer bytes to the database than left the pod; whatever arrives left before.
    let database = first(r"(?s)eni-\w+-all.*--log-stream-names (eni-\w+)-all", &texts["flow-logs"]);
    for flow in flows.iter().filter(|flow| flow.interface != database && flow.ports.1 == 5432) {
        let there = flows.iter().filter(|other| other.interface == database && other.ports == flow.ports);
        let there: Vec<_> = there.collect();
        faults.expect(there.len() == 1, "a flow is recorded once at each end");
        faults.expect(
            there.iter().all(|other| other.bytes <= flow.bytes && other.packets <= flow.packets),
            "more arrives than leaves",
        );
    }
    let stuck = flows.iter().filter(|flow| flow.interface != database && flow.ports.1 == 5432).any(|flow| {
        flows
            .iter()
            .any(|other| other.interface == database && other.ports == flow.ports && other.bytes < flow.bytes)
    });
    faults.expect(stuck == drops, "packets vanish between the interfaces, or they do not");
    // Rejected is only what nobody called for.
    faults.expect(
        flows.iter().filter(|flow| !flow.accept).all(|flow| ![flow.ports.0, flow.ports.1].contains(&5432)),
        "a call was rejected",
    );
    faults.expect(flows.iter().filter(|flow| !flow.accept).count() == 3, "the scanner's three ports");
    // Metrics and their tables.
    let cells: Vec<f64> =
        all(r"\+00:00\t(\d+\.\d+)", &texts["db-load"]).iter().filter_map(|cell| cell.parse().ok()).collect();
    let points: Vec<f64> = views["db-load"].series.iter().flat_map(|series| series.points.clone()).collect();
    faults.expect(cells == points, "the table and the graph differ");
    faults.found
}
