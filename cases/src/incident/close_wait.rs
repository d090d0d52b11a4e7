//! I06: a service that runs out of file descriptors after two days.
//!
//! Rules: a socket stays in CLOSE-WAIT until the process closes it (RFC 9293, 3.3.2 and 3.6) and holds a descriptor as long
//! (`cloud::host`); EMFILE is the process's limit, ENFILE the system's (accept(2), ERRORS; proc(5), `/proc/sys/fs/file-nr`);
//! Go's server says so and waits from 5 ms to 1 s before it tries again (Go, net/http, `Server.Serve`), and its client
//! keeps a connection whose response body nobody closes (Go, net/http, `Client.Do`); towards one address and port a host has
//! 28,232 ports by default (Linux kernel, "IP Sysctl", ip_local_port_range), so that either side has three addresses; a listener's Recv-Q in `ss` is its
//! accept queue, Send-Q the backlog (ss(8)), and what waits there is connected, but no process's yet (listen(2)).

use std::fmt::Write as _;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta, Timelike};

use super::{Scene, Series, World, printed, shown};
use crate::cloud::Draw;
use crate::cloud::host::{Host, Leak, Memory, Process, SocketState, Sockets, render};
use crate::model::EvidenceType::{Command, Json, Log};

pub(super) const WORLD: World = World {
    id: "I06",
    version: 1,
    causes: &[
        "upstream-not-closed",
        "clients-not-closed",
        "files-not-closed",
        "limit-too-low",
        "system-limit",
        "lock-held",
        "upstream-firewall",
    ],
    build,
};

/// The listener's backlog, `net.core.somaxconn`.
const BACKLOG: u32 = 4096;
/// The host's `fs.file-max` as its owner set it.
const FILE_MAX: u64 = 400_000;

/// What is drawn before the cause is looked at.
struct Names {
    service: &'static str,
    upstream: &'static str,
    host: String,
    instance: String,
    own: String,
    /// The upstream's addresses, and those of the proxies in front of the service.
    upstreams: [String; 3],
    proxies: [String; 3],
    /// What the second and third of either have less than the first, in thousandths of all.
    less: [u64; 2],
    database: String,
    pid: u32,
    commit: String,
    /// Of the file it changed.
    blob: String,
    /// Descriptors a leak takes each minute.
    per_minute: u32,
    started: NaiveDateTime,
    /// When it stopped to accept.
    stopped: NaiveDateTime,
    now: NaiveDateTime,
    noise: Vec<u64>,
}

/// What is never closed.
#[derive(Clone, Copy, PartialEq)]
enum Kept {
    /// Connections to the upstream.
    Upstream,
    /// Connections from the proxy.
    Clients,
    /// Temporary files.
    Files,
}

/// The world: what each thing really is.
struct Facts<'a> {
    names: &'a Names,
    kept: Option<Kept>,
    /// `LimitNOFILE` of the unit.
    limit: u64,
    /// Another process holds what the whole system may have.
    system_full: bool,
    /// The loop that accepts waits for a lock, and so does every handler.
    locked: bool,
    /// A firewall on the way drops what goes to the upstream.
    dropped: bool,
}

/// How the service fails: what follows from the facts.
#[derive(Clone, Copy, PartialEq)]
enum Failure {
    /// EMFILE.
    OwnLimit,
    /// ENFILE.
    SystemLimit,
    Upstream,
    Silent,
}

/// The service's life as the host saw it.
struct Life {
    /// On the hour: open descriptors.
    hours: Vec<(NaiveDateTime, u64)>,
    host: Host,
    failure: Failure,
    /// Connections that nobody accepted; the proxy has given them up and closed.
    queue: u32,
}

fn build(draw: &mut Draw, cause: &str) -> Scene {
    let names = names(draw);
    let mut facts =
        Facts { names: &names, kept: None, limit: 65_536, system_full: false, locked: false, dropped: false };
    match cause {
        "clients-not-closed" => facts.kept = Some(Kept::Clients),
        "files-not-closed" => facts.kept = Some(Kept::Files),
        "limit-too-low" => facts.limit = 2_048,
        "system-limit" => facts.system_full = true,
        "lock-held" => facts.locked = true,
        "upstream-firewall" => facts.dropped = true,
        _ => facts.kept = Some(Kept::Upstream),
    }
    let life = live(&facts);
    let mut scene = Scene::default();
    let left = 524_288_u32.saturating_sub(65_536) / names.per_minute / 60;
    for (name, value) in [
        ("service", names.service.to_owned()),
        ("upstream", names.upstream.to_owned()),
        ("time", names.stopped.format("%H:%M").to_string()),
        ("rate", names.per_minute.to_string()),
        ("hours", (names.stopped - names.started).num_hours().to_string()),
        ("more_days", ((left + 12) / 24).to_string()),
    ] {
        scene.name(name, value);
    }
    app_log(&mut scene, &facts, &life);
    limits(&mut scene, &facts, &life);
    fd_history(&mut scene, &facts, &life);
    fd_types(&mut scene, &facts, &life);
    socket_states(&mut scene, &life);
    close_wait_peers(&mut scene, &facts, &life);
    who_is(&mut scene, &facts, &life);
    file_nr(&mut scene, &facts, &life);
    listen_queue(&mut scene, &facts, &life);
    upstream_test(&mut scene, &facts);
    release(&mut scene, &facts);
    scene
}

/// Descriptors that are open from the start: the program's own files, and connections in use.
const FILES: u32 = 14;

fn names(draw: &mut Draw) -> Names {
    let day = NaiveDate::from_ymd_opt(2026, draw.int(2, 10), draw.int(4, 27)).unwrap_or_default();
    let started = day.and_hms_opt(draw.int(1, 9), draw.int(12, 48), draw.int(0, 59)).unwrap_or_default();
    let per_minute = draw.int(21, 25);
    let open = FILES + 1 + 180 + 20 + 12;
    let stopped = started + TimeDelta::seconds(i64::from((65_536 - open) * 60 / per_minute) + 1);
    let subnet = draw.int(1, 60);
    let address = |draw: &mut Draw, third: u32| format!("10.40.{third}.{}", draw.int(10, 250));
    Names {
        service: *draw.pick(&["checkout", "booking", "billing", "tickets", "loyalty"]),
        upstream: *draw.pick(&["rates.internal", "tax.internal", "fraud.internal", "stock.internal"]),
        host: format!("ip-10-40-{subnet}-8"),
        instance: format!("i-0{}", draw.hex(16)),
        own: format!("10.40.{subnet}.8"),
        upstreams: [64, 65, 66].map(|more| address(draw, subnet + more)),
        proxies: [128, 129, 130].map(|more| address(draw, subnet + more)),
        less: [draw.number(1, 9), draw.number(10, 19)],
        database: address(draw, subnet + 96),
        pid: draw.int(2_000, 60_000),
        commit: draw.hex(7),
        blob: draw.hex(7),
        per_minute,
        started,
        stopped,
        now: stopped + TimeDelta::seconds(draw.int::<u32>(700, 1_500).into()),
        noise: (0..24).map(|_| draw.number(0, 40)).collect(),
    }
}

fn stamp(time: NaiveDateTime) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn live(facts: &Facts<'_>) -> Life {
    let names = facts.names;
    let memory = Memory {
        total: 7_982_000,
        kernel: 300_000,
        files: 2_000_000,
        wanted: 2_000_000,
        kept: 100_000,
        low: 48_000,
        ..Memory::default()
    };
    let mut host = Host::new(&names.host, 2, memory, names.started - TimeDelta::days(51), names.started);
    let mut process = Process::new(names.pid, "app", 1001, names.service, names.started);
    (process.anon, process.threads) = (700_000, 0.08);
    let sockets = |state, count: f64, local: u16, peer: (&str, u16)| Sockets {
        state,
        count,
        local: (names.own.clone(), local),
        peer: (peer.0.to_owned(), peer.1),
        received: 0,
    };
    // Each group stands for all three addresses.
    let (proxy, upstream) = (names.proxies[0].as_str(), names.upstreams[0].as_str());
    let open = &mut process.descriptors;
    (open.soft, open.hard, open.files) = (facts.limit, facts.limit, FILES.into());
    open.sockets = vec![
        sockets(SocketState::Listen, 1.0, 8080, ("0.0.0.0", 0)),
        sockets(SocketState::Established, 180.0, 8080, (proxy, 0)),
        sockets(SocketState::Established, 20.0, 0, (&names.database, 5432)),
        sockets(SocketState::Established, 12.0, 0, (upstream, 443)),
        sockets(SocketState::TimeWait, 260.0, 0, (upstream, 443)),
        sockets(SocketState::CloseWait, 0.0, 0, (upstream, 443)),
        sockets(SocketState::CloseWait, 0.0, 8080, (proxy, 0)),
    ];
    let per_minute = names.per_minute.into();
    open.leak = facts.kept.map(|kept| Leak {
        per_minute,
        sockets: match kept {
            Kept::Upstream => Some(5),
            Kept::Clients => Some(6),
            Kept::Files => None,
        },
    });
    host.processes.push(process);
    let mut other = Process::new(names.pid / 2 + 300, "metrics", 1005, "metrics-agent", host.booted);
    other.descriptors.files = if facts.system_full { (FILE_MAX - 1_500) as f64 } else { 44.0 };
    host.processes.push(other);

    let mut times = Vec::new();
    let mut hour = (names.started + TimeDelta::hours(1))
        .date()
        .and_hms_opt((names.started + TimeDelta::hours(1)).hour(), 0, 0)
        .unwrap_or(names.started);
    while hour < names.stopped {
        times.push(hour);
        hour += TimeDelta::hours(1);
    }
    times.extend([names.stopped, names.now]);
    let mut hours = Vec::new();
    for at in times {
        // Connections in use follow the day, and so they do where nothing leaks.
        if let Some(process) = host.processes.first_mut()
            && facts.kept.is_none()
        {
            let noise = names.noise.get(at.hour() as usize).copied().unwrap_or(0) as f64;
            let busy = if facts.limit < 65_536 { 1_300.0 + noise * 8.0 } else { 150.0 + noise };
            let full = facts.limit < 65_536 && at >= names.stopped;
            if let Some(clients) = process.descriptors.sockets.get_mut(1) {
                clients.count = if full { (facts.limit - u64::from(FILES) - 33) as f64 } else { busy };
            }
        }
        // Nobody answers, the proxy gives up and closes, and the handlers that would close, too, wait.
        if facts.locked
            && at >= names.stopped
            && let Some(process) = host.processes.first_mut()
        {
            let sockets = &mut process.descriptors.sockets;
            let used = sockets.get(1).map_or(0.0, |clients| clients.count);
            for (index, count) in [(1, 0.0), (6, used)] {
                if let Some(group) = sockets.get_mut(index) {
                    group.count = count;
                }
            }
        }
        let seconds = u32::try_from((at - host.now).num_seconds()).unwrap_or(0);
        host.step(seconds);
        let open = host.processes.first().map_or(0, |process| process.descriptors.open());
        if at < names.stopped {
            hours.push((at, open));
        }
    }
    let full = host.processes.first().is_some_and(|process| process.descriptors.open() >= facts.limit);
    let failure = if full {
        Failure::OwnLimit
    } else if facts.system_full {
        Failure::SystemLimit
    } else if facts.dropped {
        Failure::Upstream
    } else {
        // A world without any fault is not built.
        Failure::Silent
    };
    // Who waits for the upstream only goes on accepting.
    let queue = if failure == Failure::Upstream { 0 } else { BACKLOG + 1 };
    Life { hours, host, failure, queue }
}

/// Descriptors of the service now.
fn service(life: &Life) -> Option<&Process> {
    life.host.processes.first()
}

/// Sockets of the service in a state: local port, peer, and how many.
fn in_state(life: &Life, state: SocketState) -> Vec<(u16, String, u64)> {
    let groups = service(life).map(|process| process.descriptors.sockets.as_slice()).unwrap_or_default();
    groups
        .iter()
        .filter(|group| group.state == state && group.count >= 1.0)
        .map(|group| (group.local.1, group.peer.0.clone(), group.count as u64))
        .collect()
}

/// The addresses that a group's sockets are spread over, with how many each has, the most first.
fn spread<'a>(names: &'a Names, peer: &str, count: u64) -> Vec<(&'a str, u64)> {
    let addresses = if peer == names.proxies[0] { &names.proxies } else { &names.upstreams };
    let [second, third] = names.less.map(|less| count * (333 - less) / 1_000);
    let first = count.saturating_sub(second + third);
    addresses.iter().map(String::as_str).zip([first, second, third]).collect()
}

fn app_log(scene: &mut Scene, facts: &Facts<'_>, life: &Life) {
    let Names { service, stopped, upstream, upstreams, .. } = facts.names;
    let at = |seconds: i64| (*stopped + TimeDelta::seconds(seconds)).format("%Y/%m/%d %H:%M:%S").to_string();
    let mut text = format!("$ sed -n '\\|{}|,$p' /var/log/{service}/app.log | head -n 12\n", at(-1));
    let _ = writeln!(text, "{} GET /healthz 200 0ms", at(-1));
    let finding = match life.failure {
        Failure::OwnLimit | Failure::SystemLimit => {
            let tail = if life.failure == Failure::SystemLimit { " in system" } else { "" };
            // Twice as long each time, up to a second.
            let mut waited = 1_000;
            for wait in [5, 10, 20, 40, 80, 160, 320, 640, 1_000, 1_000, 1_000] {
                let seconds = waited / 1_000;
                waited += wait;
                let wait = if wait < 1_000 { format!("{wait}ms") } else { "1s".to_owned() };
                let _ = writeln!(
                    text,
                    "{} http: Accept error: accept tcp 0.0.0.0:8080: accept4: too many open files{tail}; retrying in {wait}",
                    at(seconds)
                );
            }
            if tail.is_empty() { "too-many-open-files" } else { "too-many-in-system" }
        }
        Failure::Upstream => {
            for (seconds, address) in [1, 1, 2, 4].into_iter().zip(upstreams.iter().cycle()) {
                let _ = writeln!(
                    text,
                    "{} POST /v1/quote 504 Post \"https://{upstream}/v2/check\": dial tcp {address}:443: i/o timeout",
                    at(seconds)
                );
            }
            "upstream-timeouts"
        }
        Failure::Silent => "nothing-more",
    };
    scene.show("app-log", finding, vec![shown(Log, text)]);
}

fn limits(scene: &mut Scene, facts: &Facts<'_>, life: &Life) {
    let Names { pid, .. } = facts.names;
    let Some(process) = service(life) else { return };
    let text = format!(
        "$ cat /proc/{pid}/limits\n{}\n$ ls /proc/{pid}/fd | wc -l\n{}\n",
        render::limits(process, 31_042),
        process.descriptors.open()
    );
    let finding = if facts.limit < 65_536 { "limit-2048" } else { "limit-65536" };
    scene.show("limits", finding, vec![shown(Command, text)]);
}

fn fd_history(scene: &mut Scene, facts: &Facts<'_>, life: &Life) {
    let Names { service, pid, .. } = facts.names;
    let mut text = format!(
        "$ cat /etc/cron.d/fd\n0 * * * * root echo $(date -u +\\%FT\\%TZ) $(pidof {service}) $(ls /proc/$(pidof {service})/fd | wc -l) >> /var/log/fd.log\n$ grep \" {pid} \" /var/log/fd.log\n"
    );
    for (at, open) in &life.hours {
        let _ = writeln!(text, "{} {pid} {open}", stamp(*at));
    }
    let ends = (life.hours.first().map_or(0, |row| row.1), life.hours.last().map_or(0, |row| row.1));
    let finding = if ends.1 > ends.0 * 5 { "straight-line" } else { "level" };
    scene.show("fd-history", finding, vec![shown(Log, text)]);
    if let Some(view) = scene.views.get_mut("fd-history") {
        view.series = vec![Series {
            name: "open descriptors".to_owned(),
            unit: "Count".to_owned(),
            start: life.hours.first().map(|row| stamp(row.0)).unwrap_or_default(),
            step_seconds: 3600,
            points: life.hours.iter().map(|row| row.1 as f64).collect(),
        }];
    }
}

fn fd_types(scene: &mut Scene, facts: &Facts<'_>, life: &Life) {
    let Names { pid, .. } = facts.names;
    let Some(process) = service(life) else { return };
    let open = process.descriptors.open();
    let files = process.descriptors.files as u64;
    // Of the files the program always has: a pipe or two, epoll, its log, /dev/null.
    let rows = [
        (open.saturating_sub(files), "IPv4"),
        (files.saturating_sub(5), "REG"),
        (2, "a_inode"),
        (2, "CHR"),
        (1, "unix"),
    ];
    let mut text =
        format!("$ lsof -nP -p {pid} -a -d 0-999999 | awk 'NR>1 {{print $5}}' | sort | uniq -c | sort -rn\n");
    let mut sorted = rows.to_vec();
    sorted.sort_by_key(|row| std::cmp::Reverse(row.0));
    for (count, kind) in sorted {
        let _ = writeln!(text, "{count:7} {kind}");
    }
    let finding = if rows[0].0 > 20_000 {
        "sockets"
    } else if rows[1].0 > 20_000 {
        "files"
    } else {
        "few"
    };
    scene.show("fd-types", finding, vec![shown(Command, text)]);
}

fn socket_states(scene: &mut Scene, life: &Life) {
    let mut rows: Vec<(u64, &str)> = Vec::new();
    for state in
        [SocketState::Listen, SocketState::Established, SocketState::CloseWait, SocketState::TimeWait]
    {
        let count = in_state(life, state).iter().map(|row| row.2).sum::<u64>();
        let others = match state {
            // The SSH daemon listens, too, and somebody is logged in.
            SocketState::Listen | SocketState::Established => 1,
            SocketState::CloseWait => u64::from(life.queue),
            _ => 0,
        };
        if count + others > 0 {
            rows.push((count + others, state.name()));
        }
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.0));
    let mut text = "$ ss -4Htan | awk '{print $1}' | sort | uniq -c | sort -rn\n".to_owned();
    for (count, state) in &rows {
        let _ = writeln!(text, "{count:7} {state}");
    }
    let finding = match rows.iter().find(|row| row.1 == "CLOSE-WAIT").map_or(0, |row| row.0) {
        20_000.. => "close-wait",
        1.. => "as-many-as-are-queued",
        0 => "few",
    };
    scene.show("socket-states", finding, vec![shown(Command, text)]);
}

fn close_wait_peers(scene: &mut Scene, facts: &Facts<'_>, life: &Life) {
    let pid = facts.names.pid;
    let mut text = format!(
        "$ ss -4Htanp state close-wait | grep \"pid={pid},\" | awk '{{print $4}}' | cut -d: -f1 | sort | uniq -c | sort -rn\n"
    );
    let rows = in_state(life, SocketState::CloseWait);
    for (_, peer, count) in &rows {
        for (address, count) in spread(facts.names, peer, *count) {
            let _ = writeln!(text, "{count:7} {address}");
        }
    }
    let finding = match rows.iter().map(|row| row.2).max() {
        Some(20_000..) => "tens-of-thousands",
        Some(_) => "a-few",
        None => "none",
    };
    scene.show("close-wait-peers", finding, vec![shown(Command, text)]);
}

fn who_is(scene: &mut Scene, facts: &Facts<'_>, life: &Life) {
    let Names { upstream, upstreams, proxies, own, instance, .. } = facts.names;
    // The peers that stand out; the upstream where none does.
    let is_proxy = in_state(life, SocketState::CloseWait).first().is_some_and(|row| row.1 == proxies[0]);
    let (peers, what) =
        if is_proxy { (proxies, "proxy") } else { (upstreams, upstream.trim_end_matches(".internal")) };
    let interface = |peer: &String| serde_json::json!({ "Description": format!("{what} service"), "PrivateIpAddress": peer, "Status": "in-use" });
    let value: serde_json::Value = peers.iter().map(interface).collect();
    let text = format!(
        "$ aws ec2 describe-network-interfaces --filters Name=addresses.private-ip-address,Values={} --query 'NetworkInterfaces[].{{Description:Description,PrivateIpAddress:PrivateIpAddress,Status:Status}}'\n{}\n$ dig +short {upstream}\n{}\n$ aws ec2 describe-instances --instance-ids {instance} --query 'Reservations[].Instances[].PrivateIpAddress' --output text\n{own}\n",
        peers.join(","),
        printed(&value),
        upstreams.join("\n")
    );
    scene.show("who-is", if is_proxy { "proxy-in-front" } else { "upstream" }, vec![shown(Json, text)]);
}

fn file_nr(scene: &mut Scene, facts: &Facts<'_>, life: &Life) {
    let open: u64 = life.host.living().map(|process| process.descriptors.open()).sum();
    let used = if facts.system_full { FILE_MAX } else { open + 1_184 };
    let text = format!("$ cat /proc/sys/fs/file-nr\n{used}\t0\t{FILE_MAX}\n");
    let finding = if used >= FILE_MAX { "system-full" } else { "room-in-system" };
    scene.show("file-nr", finding, vec![shown(Command, text)]);
}

fn listen_queue(scene: &mut Scene, facts: &Facts<'_>, life: &Life) {
    // Whoever does not accept has a queue that fills: clients come to the listener all the same.
    let lost = if life.queue > 0 { 3_100 + facts.names.noise.iter().sum::<u64>() * 7 } else { 0 };
    let text = format!(
        "$ ss -4ltn 'sport = :8080'\nState  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess\nLISTEN {:<6} {BACKLOG:<6}       0.0.0.0:8080      0.0.0.0:*          \n$ nstat -az TcpExtListenOverflows | tail -1\nTcpExtListenOverflows           {lost:<18} 0.0\n",
        life.queue
    );
    let finding = if life.queue > BACKLOG { "accept-queue-full" } else { "accept-queue-empty" };
    scene.show("listen-queue", finding, vec![shown(Command, text)]);
}

fn upstream_test(scene: &mut Scene, facts: &Facts<'_>) {
    let Names { upstream, noise, .. } = facts.names;
    let mut text = format!(
        "$ for i in 1 2 3; do curl -sS -o /dev/null --max-time 10 -w '%{{http_code}} connect=%{{time_connect}} total=%{{time_total}}\\n' https://{upstream}/healthz; done\n"
    );
    for index in 0..3_usize {
        let spent = noise.get(index).copied().unwrap_or(0);
        if facts.dropped {
            text.push_str("curl: (28) Connection timed out after 10001 milliseconds\n000 connect=0.000000 total=10.001204\n");
        } else {
            let _ = writeln!(
                text,
                "200 connect=0.001{:03} total=0.0{:02}{:03}",
                100 + spent,
                12 + spent / 4,
                100 + spent
            );
        }
    }
    let finding = if facts.dropped { "no-answer" } else { "answers" };
    scene.show("upstream-test", finding, vec![shown(Command, text)]);
}

fn release(scene: &mut Scene, facts: &Facts<'_>) {
    let Names { commit, upstream, started, stopped, service, .. } = facts.names;
    let name = upstream.trim_end_matches(".internal");
    let (file, hunk) = match facts.kept {
        Some(Kept::Upstream) => (
            format!("{name}/client.go"),
            "@@ -43,6 +43,9 @@ func (c *Client) Check(q Quote) (Result, error) {\n \tif err != nil {\n \t\treturn Result{}, err\n \t}\n+\tif resp.StatusCode == http.StatusNotFound {\n+\t\treturn Result{}, ErrUnknown\n+\t}\n \tdefer resp.Body.Close()\n \tvar result Result\n \tif err := json.NewDecoder(resp.Body).Decode(&result); err != nil {\n",
        ),
        Some(Kept::Clients) => (
            "stream/handler.go".to_owned(),
            "@@ -27,8 +27,7 @@ func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {\n \tif err != nil {\n \t\treturn\n \t}\n-\tdefer conn.Close()\n-\th.hub.Serve(conn, buf)\n+\th.hub.Add(conn, buf) // the hub writes to it from now on\n }\n \n // Broadcast sends an event to every stream.\n",
        ),
        Some(Kept::Files) => (
            "receipt/render.go".to_owned(),
            "@@ -33,7 +33,7 @@ func (r *Renderer) Render(o Order) (string, error) {\n \tif err != nil {\n \t\treturn \"\", err\n \t}\n-\tdefer f.Close()\n+\tr.recent[o.ID] = f // read again when the receipt is sent\n \tif err := r.pdf.Execute(f, o); err != nil {\n \t\treturn \"\", err\n \t}\n",
        ),
        None => (
            "web/texts.go".to_owned(),
            "@@ -12,7 +12,7 @@ var texts = map[string]string{\n \t\"back\":   \"Back\",\n \t\"cancel\": \"Cancel\",\n \t\"next\":   \"Next\",\n-\t\"thanks\": \"Thank you.\",\n+\t\"thanks\": \"Thank you for your order.\",\n \t\"total\":  \"Total\",\n \t\"vat\":    \"VAT included\",\n }\n",
        ),
    };
    // It was deployed two lives ago.
    let committed = *started - (*stopped - *started) * 2 - TimeDelta::minutes(317);
    let blob: String = commit.chars().rev().collect();
    let text = format!(
        "$ git -C {service} log -1 --format='%h %cI %s' deployed\n{commit} {} release\n$ git -C {service} diff deployed~1 deployed\ndiff --git a/{file} b/{file}\nindex {blob}..{} 100644\n--- a/{file}\n+++ b/{file}\n{hunk}",
        committed.format("%Y-%m-%dT%H:%M:%S+00:00"),
        &facts.names.blob
    );
    let finding = match facts.kept {
        Some(Kept::Upstream) => "response-not-closed",
        Some(Kept::Clients) => "client-not-closed",
        Some(Kept::Files) => "file-not-closed",
        None => "texts-only",
    };
    scene.show("release", finding, vec![shown(Command, text)]);
}
