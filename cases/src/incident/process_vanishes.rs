//! I05: a process that is gone after a day.
//!
//! Rules: whom the OOM killer takes, and what it writes (`cloud::host`, Linux 6.1); a service's results, and that SIGHUP
//! is a clean exit (systemd.service(5), `SuccessExitStatus=` and `$SERVICE_RESULT`); `oom_kill` counts any OOM killer's
//! victims in a cgroup (Linux kernel, "Control Group v2", memory.events); a Go program that does not handle it ends on
//! SIGHUP and, with a dump and status 2, on SIGABRT and on a panic (Go, package os/signal); a heap is collected when it has
//! grown to twice what lives (Go, "A Guide to the Go Garbage Collector", GOGC); CPU credits (Amazon EC2 User Guide, "Key
//! concepts for burstable performance instances"): one is one vCPU for a minute, as of 2026 a t3.large earns 36 an hour.

use std::fmt::Write as _;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

use super::{Scene, Series, World, printed, shown};
use crate::cloud::Draw;
use crate::cloud::host::{Cgroup, Host, Memory, OomKill, Process, Sample, render};
use crate::model::EvidenceType::{Command, Config, Json, Log, Metric};

pub(super) const WORLD: World = World {
    id: "I05",
    version: 2,
    causes: &[
        "unbounded-cache",
        "neighbour-grows",
        "large-export",
        "unit-limit",
        "program-panics",
        "instance-rebooted",
        "log-rotation",
        "cpu-credits",
    ],
    build,
};

/// Another service on the host: reads the stock feed into memory, once a day.
const JOB: &str = "stock-import";

/// What is drawn before the cause is looked at.
struct Names {
    service: &'static str,
    host: String,
    instance: String,
    /// Process ids of the service's last four lives, the running one last.
    pids: [u32; 4],
    job_pid: u32,
    /// When the last three lives ended, the latest last.
    ends: [NaiveDateTime; 3],
    /// When logs were rotated on those days, where that is not what ended them.
    rotations: [NaiveDateTime; 3],
    booted: NaiveDateTime,
    now: NaiveDateTime,
    memory: Memory,
    /// Noise of the hourly samples, in thousandths.
    noise: Vec<u64>,
    /// Ids of the boots after the last three ends, should the host have been rebooted, and of the one before them.
    boots: [String; 4],
}

/// The world: what each thing really is. Shares are of the host's memory.
struct Facts<'a> {
    names: &'a Names,
    /// The cache keeps everything.
    unbounded: bool,
    /// The import keeps everything, until nothing is left.
    import_grows: bool,
    /// What the import needs at its end, in thousandths of the memory; it starts with less.
    import_needs: u64,
    /// Somebody asks for an export of everything just before the end.
    export: bool,
    /// The unit's `MemoryMax`, in KiB.
    limit: Option<u64>,
    panics: bool,
    /// Something reboots the instance every day.
    rebooted: bool,
    handles_hup: bool,
    /// CPU used in the busy hours, in percent.
    busy_cpu: f64,
}

/// How the service's lives end: what follows from the facts.
enum End {
    Killed,
    Rebooted,
    HungUp,
    Panic,
    /// Without CPU it cannot answer systemd's watchdog.
    Watchdog,
}

/// The last day as the host lived it.
struct Day {
    /// On the hour: resident KiB of the service and of the import, and the host.
    hours: Vec<(NaiveDateTime, u64, Option<u64>, Sample)>,
    kill: Option<OomKill>,
    host: Host,
    now: Sample,
}

fn build(draw: &mut Draw, cause: &str) -> Scene {
    let names = names(draw);
    let mut facts = Facts {
        names: &names,
        unbounded: false,
        import_grows: false,
        import_needs: 100,
        export: false,
        limit: None,
        panics: false,
        rebooted: false,
        handles_hup: true,
        busy_cpu: 34.0,
    };
    match cause {
        "neighbour-grows" => facts.import_grows = true,
        "large-export" => facts.export = true,
        // The cache is bounded, but fills to more than the unit may have.
        "unit-limit" => facts.limit = Some(names.memory.total * 2 / 5 / 102_400 * 102_400),
        "program-panics" => (facts.panics, facts.import_needs) = (true, 280),
        "instance-rebooted" => facts.rebooted = true,
        "log-rotation" => facts.handles_hup = false,
        "cpu-credits" => facts.busy_cpu = 76.0,
        _ => facts.unbounded = true,
    }
    let day = live(&facts);
    let credits = credits(&facts);
    let end = if day.kill.is_some() {
        End::Killed
    } else if facts.rebooted {
        End::Rebooted
    } else if !facts.handles_hup {
        End::HungUp
    } else if credits.iter().any(|(_, _, left)| *left < 0.5) {
        End::Watchdog
    } else {
        // A world without any fault is not built.
        End::Panic
    };
    let mut scene = Scene::default();
    let time = names.ends[2].format("%H:%M").to_string();
    for (name, value) in
        [("service", names.service), ("instance", &names.instance), ("time", &time), ("job", JOB)]
    {
        scene.name(name, value);
    }
    unit_journal(&mut scene, &facts, &end, &credits);
    kernel_log(&mut scene, &facts, &day);
    oom_tasks(&mut scene, &facts, &day);
    rss_history(&mut scene, &facts, &day);
    free_history(&mut scene, &facts, &day);
    app_log(&mut scene, &facts, &end);
    metrics(&mut scene, &facts, &credits);
    status(&mut scene, &facts);
    boots(&mut scene, &facts);
    log_rotation(&mut scene, &facts);
    heap(&mut scene, &facts, &day);
    unit_limits(&mut scene, &facts, &day);
    scene
}

fn names(draw: &mut Draw) -> Names {
    let day = NaiveDate::from_ymd_opt(2026, draw.int(2, 10), draw.int(4, 27)).unwrap_or_default();
    let last = day.and_hms_opt(draw.int(9, 22), draw.int(18, 25), draw.int(0, 59)).unwrap_or_default();
    let before = |days: i64, draw: &mut Draw| {
        last - TimeDelta::days(days) + TimeDelta::seconds(draw.int::<u32>(0, 800).into())
            - TimeDelta::seconds(400)
    };
    let ends = [before(2, draw), before(1, draw), last];
    let rotations = ends.map(|end| end - TimeDelta::seconds(draw.int::<u32>(200, 540).into()));
    let mut pid = draw.int(2_000, 6_000);
    let mut next = |draw: &mut Draw| {
        pid += draw.int(3_000, 9_000);
        pid
    };
    let pids = [next(draw), next(draw), next(draw), next(draw)];
    let total = 8_026_000 + draw.int::<u64>(0, 9_000) * 4;
    let share = |thousandths: u64| total * thousandths / 4000 * 4;
    Names {
        service: *draw.pick(&["shop-api", "cart-api", "quote-api", "menu-api", "ticket-api"]),
        host: format!("ip-10-20-{}-{}", draw.int(1, 60), draw.int(4, 250)),
        instance: format!("i-0{}", draw.hex(16)),
        pids,
        job_pid: pids[2] + draw.int(800, 2_500),
        ends,
        rotations,
        booted: last - TimeDelta::days(draw.int::<u32>(19, 60).into()) - TimeDelta::minutes(417),
        now: last + TimeDelta::minutes(draw.int::<u32>(24, 33).into()),
        memory: Memory {
            total,
            kernel: share(32),
            reclaimable: share(11),
            buffers: share(5),
            files: share(230),
            wanted: share(230),
            kept: share(12),
            shmem: 1_180,
            low: share(6),
            ..Memory::default()
        },
        noise: (0..26).map(|_| draw.number(0, 8)).collect(),
        boots: [draw.hex(32), draw.hex(32), draw.hex(32), draw.hex(32)],
    }
}

fn stamp(time: NaiveDateTime) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn full_hour(time: NaiveDateTime) -> NaiveDateTime {
    time.date().and_hms_opt(chrono::Timelike::hour(&time), 0, 0).unwrap_or(time)
}

impl Facts<'_> {
    /// How long the service or the host is away after an end.
    fn away(&self) -> TimeDelta {
        TimeDelta::seconds(if self.rebooted { 47 } else { 5 })
    }

    fn rotations(&self) -> [NaiveDateTime; 3] {
        if self.handles_hup { self.names.rotations } else { self.names.ends }
    }

    /// When the import of the last day began.
    fn import_start(&self) -> NaiveDateTime {
        full_hour(self.names.ends[2]) - TimeDelta::minutes(9 * 60 - 5)
    }

    /// What all processes together may hold before something has to go, in KiB.
    fn room(&self) -> u64 {
        let memory = &self.names.memory;
        let fixed = memory.kernel + memory.reclaimable + memory.shmem + memory.low + memory.kept;
        memory.total.saturating_sub(fixed)
    }

    /// What the files in the cache would take: a little more each hour, and never twice the same.
    fn files(&self, at: NaiveDateTime, hours: i64) -> u64 {
        let noise = self.names.noise.get(chrono::Timelike::hour(&at) as usize).copied().unwrap_or(0);
        self.names.memory.wanted / 1000 * (940 + 4 * u64::try_from(hours).unwrap_or(0) + noise % 4)
    }

    /// Anonymous KiB of the service and of the import at a moment of the last life; `others` is what the rest holds.
    fn wants(&self, at: NaiveDateTime, others: u64) -> (u64, u64) {
        let names = self.names;
        let share = |thousandths: u64| names.memory.total * thousandths / 1000;
        let (from, end) = (names.ends[1] + self.away(), names.ends[2]);
        // Growth reaches what there is within the last ten seconds.
        let brink = end - TimeDelta::seconds(5);
        let part = |from: NaiveDateTime| {
            (at - from).num_seconds().max(0) as f64 / (brink - from).num_seconds().max(1) as f64
        };
        let noise = names.noise.get(chrono::Timelike::hour(&at) as usize).copied().unwrap_or(0);
        let import = if self.import_grows {
            let most = self.room().saturating_sub(others + share(480));
            share(50) + ((most - share(50)) as f64 * part(self.import_start())) as u64
        } else {
            share(100) + (share(self.import_needs - 100) as f64 * part(self.import_start())) as u64
        };
        let steady = |level: u64| {
            let warm = ((at - from).num_seconds().max(0) as f64 / 5_400.0).min(1.0);
            share(110) + ((share(level) - share(110)) as f64 * warm) as u64
        };
        let service = if self.unbounded {
            let most = self.room().saturating_sub(others + import);
            share(110) + ((most - share(110)) as f64 * part(from)) as u64
        } else if let Some(limit) = self.limit {
            share(110) + ((limit - share(110)) as f64 * part(from)) as u64
        } else if self.import_grows {
            steady(480)
        } else {
            let more = if self.export { end - TimeDelta::seconds(60) } else { end + TimeDelta::days(1) };
            let whole = self.room().saturating_sub(others + import);
            let ordinary = steady(310 + noise);
            if at > more {
                ordinary + (whole.saturating_sub(ordinary) as f64 * part(more)) as u64
            } else {
                ordinary
            }
        };
        // In whole pages and never quite level; at the end it takes more than there is.
        let (sway, over) = if at < end - TimeDelta::minutes(2) { (noise, 0) } else { (0, 2_048) };
        let over = if at >= end { over } else { 0 };
        (service / 4 * 4 + sway * 1_212 + over, import / 4 * 4 + sway * 316)
    }
}

fn live(facts: &Facts<'_>) -> Day {
    let names = facts.names;
    let began = names.ends[1] + facts.away();
    let booted = if facts.rebooted { names.ends[1] + TimeDelta::seconds(31) } else { names.booted };
    let mut host = Host::new(&names.host, 2, names.memory.clone(), booted, began);
    let path = format!("/system.slice/{}.service", names.service);
    if facts.limit.is_some() {
        host.cgroups.push(Cgroup { path, limit: facts.limit, cpu_percent: None, hits: 0 });
    }
    for (pid, user, uid, command, anon, mapped, virtual_kib, adjust) in [
        (311, "root", 0, "systemd-journal", 3_400, 2_300, 66_000, -250),
        (338, "root", 0, "systemd-udevd", 2_900, 900, 26_400, -1000),
        (447, "messagebus", 101, "dbus-daemon", 1_100, 700, 9_100, -900),
        (452, "root", 0, "systemd-logind", 1_500, 800, 49_800, 0),
        (460, "root", 0, "cron", 400, 500, 6_600, 0),
        (471, "_chrony", 104, "chronyd", 1_000, 500, 11_200, 0),
        (574, "root", 0, "amazon-ssm-agen", 21_200, 3_800, 1_240_000, 0),
        (602, "root", 0, "sshd", 1_900, 900, 15_400, -1000),
        (618, "root", 0, "agetty", 300, 300, 5_900, 0),
    ] {
        let mut process = Process::new(pid, user, uid, command, booted);
        (process.anon, process.mapped, process.adjust) = (anon, mapped, adjust);
        process.virtual_kib = virtual_kib;
        host.processes.push(process);
    }
    let others: u64 = host.processes.iter().map(|process| process.anon).sum();
    let service = |pid: u32, started: NaiveDateTime, anon: u64| {
        let mut process = Process::new(pid, "app", 1001, names.service, started);
        process.unit = Some(format!("{}.service", names.service));
        process.cgroup = facts.limit.map(|_| 0);
        (process.anon, process.mapped, process.virtual_kib, process.nlwp) = (anon, 3_072, 1_840_000, 11);
        process
    };
    host.processes.push(service(names.pids[2], began, facts.wants(began, others).0));

    let mut times: Vec<NaiveDateTime> = Vec::new();
    let mut hour = full_hour(began) + TimeDelta::hours(1);
    while hour < names.ends[2] {
        times.push(hour);
        hour += TimeDelta::hours(1);
    }
    times.extend([names.ends[2] - TimeDelta::seconds(10), names.ends[2]]);
    let mut hours = Vec::new();
    for at in times {
        let (app, import) = facts.wants(at, others);
        if at > facts.import_start() && !host.processes.iter().any(|process| process.pid == names.job_pid) {
            let mut job = Process::new(names.job_pid, "import", 1002, JOB, facts.import_start());
            job.unit = Some(format!("{JOB}.service"));
            host.processes.push(job);
        }
        for process in &mut host.processes {
            if process.pid == names.pids[2] {
                (process.anon, process.virtual_kib) = (app, app + 1_240_000);
            } else if process.pid == names.job_pid {
                (process.anon, process.virtual_kib) = (import, import + 310_000);
            }
        }
        let seconds = u32::try_from((at - host.now).num_seconds()).unwrap_or(0);
        host.memory.wanted = facts.files(at, (at - began).num_hours());
        let sample = host.step(seconds);
        let resident = |pid: u32| host.living().find(|process| process.pid == pid).map(Process::resident);
        if at == full_hour(at) {
            hours.push((at, resident(names.pids[2]).unwrap_or(0), resident(names.job_pid), sample));
        }
    }
    let kill = host.kills.first().cloned();
    // The import is through by now; the service has been started again.
    host.processes.retain(|process| process.pid != names.pids[2] && process.pid != names.job_pid);
    let restarted = names.ends[2] + facts.away();
    // It grows as it did in the life before.
    let anon = facts.wants(began + (names.now - restarted), others).0;
    host.processes.push(service(names.pids[3], restarted, anon));
    if facts.rebooted {
        host.booted = names.ends[2] + TimeDelta::seconds(31);
    }
    let left = u32::try_from((names.now - host.now).num_seconds()).unwrap_or(0);
    let up = (names.now - host.booted).num_hours().clamp(0, 24);
    host.memory.wanted = facts.files(names.now, up) * if up == 0 { 7 } else { 10 } / 10;
    let now = host.step(left);
    Day { hours, kill, host, now }
}

/// By hour: the hour, CPU in percent, credits at its end. A t3.large: two vCPUs, 36 credits an hour, 864 at most; in
/// standard mode it may use 30 percent of each once they are gone.
fn credits(facts: &Facts<'_>) -> Vec<(NaiveDateTime, f64, f64)> {
    let last = full_hour(facts.names.ends[2]);
    let mut left = 700.0_f64;
    (0..24_usize)
        .map(|index| {
            let at = last - TimeDelta::hours(23 - index as i64);
            let noise = facts.names.noise.get(index).copied().unwrap_or(0) as f64 / 4.0;
            let wish = if index >= 7 { facts.busy_cpu + noise } else { 14.0 + noise };
            let cpu = if left < 0.5 { 30.0 } else { wish };
            left = (left + 36.0 - cpu / 100.0 * 2.0 * 60.0).clamp(0.0, 864.0);
            (at, cpu, left)
        })
        .collect()
}

fn unit_journal(scene: &mut Scene, facts: &Facts<'_>, end: &End, credits: &[(NaiveDateTime, f64, f64)]) {
    let Names { service, host, pids, ends, .. } = facts.names;
    let title = format!("{service}.service - {service} HTTP service");
    let mut text = format!("$ journalctl -u {service} -t systemd --since \"3 days ago\" --no-pager\n");
    // Most of what the host's two CPUs did, and some of it was everything else.
    let cpus =
        credits.iter().map(|row| row.1).sum::<f64>() / credits.len().max(1) as f64 / 100.0 * 2.0 * 0.86;
    let mut began = ends[0] - TimeDelta::days(1);
    for (number, ((pid, at), boot)) in pids.iter().zip(ends).zip(&facts.names.boots).enumerate() {
        let again = *at + facts.away();
        let mut line = |at: NaiveDateTime, message: &str| {
            let _ = writeln!(text, "{}{message}", render::journal(at, host, "systemd[1]"));
        };
        let of_unit = |message: &str| format!("{service}.service: {message}");
        let exited = |how: &str| of_unit(&format!("Main process exited, {how}"));
        let failed = |result: &str| of_unit(&format!("Failed with result '{result}'."));
        let used = of_unit(&consumed((*at - began).num_seconds() as f64 * cpus));
        let rebooted = matches!(end, End::Rebooted);
        if rebooted {
            line(*at, &format!("Stopping {title}..."));
        }
        match end {
            End::Killed => {
                line(*at, &of_unit("A process of this unit has been killed by the OOM killer."));
                line(*at, &exited("code=killed, status=9/KILL"));
                line(*at, &failed("oom-kill"));
            }
            End::Panic => {
                line(*at, &exited("code=exited, status=2/INVALIDARGUMENT"));
                line(*at, &failed("exit-code"));
            }
            End::Watchdog => {
                line(*at, &of_unit("Watchdog timeout (limit 30s)!"));
                line(*at, &of_unit(&format!("Killing process {pid} ({service}) with signal SIGABRT.")));
                line(*at, &exited("code=exited, status=2/INVALIDARGUMENT"));
                line(*at, &failed("watchdog"));
            }
            // A clean exit for systemd: it says no more.
            End::HungUp | End::Rebooted => line(*at, &of_unit("Deactivated successfully.")),
        }
        if rebooted {
            line(*at, &format!("Stopped {title}."));
            line(*at, &used);
            let _ = writeln!(text, "-- Boot {boot} --");
        } else {
            line(*at, &used);
            line(again, &of_unit(&format!("Scheduled restart job, restart counter is at {}.", number + 1)));
            line(again, &format!("Stopped {title}."));
            line(again, &used);
        }
        let mut line = |at: NaiveDateTime, message: &str| {
            let _ = writeln!(text, "{}{message}", render::journal(at, host, "systemd[1]"));
        };
        line(again, &format!("Starting {title}..."));
        line(again + TimeDelta::seconds(1), &format!("Started {title}."));
        began = again;
    }
    let finding = match end {
        End::Killed => "oom-kill",
        End::Panic => "exit-2",
        End::Watchdog => "watchdog",
        End::HungUp => "clean-exit",
        End::Rebooted => "stopped-for-a-boot",
    };
    scene.show("unit-journal", finding, vec![shown(Log, text)]);
}

/// What systemd writes of the CPU time a service used.
fn consumed(seconds: f64) -> String {
    let millis = (seconds * 1000.0).max(0.0) as u64;
    let (hours, minutes) = (millis / 3_600_000, millis / 60_000 % 60);
    // What is zero is left out (systemd, `format_timespan`).
    let minutes = if minutes > 0 { format!("{minutes}min ") } else { String::new() };
    format!("Consumed {hours}h {minutes}{}.{:03}s CPU time.", millis / 1000 % 60, millis % 1000)
}

fn kernel_log(scene: &mut Scene, facts: &Facts<'_>, day: &Day) {
    let mut text =
        "$ journalctl -k --since \"24 hours ago\" --no-pager | grep -iE \"oom-kill:|out of memory|segfault\"\n".to_owned();
    let finding = match &day.kill {
        Some(kill) => {
            for line in render::oom_verdict(kill) {
                let _ = writeln!(text, "{}{line}", render::journal(kill.at, &facts.names.host, "kernel"));
            }
            if kill.limit.is_some() { "limit-of-the-unit" } else { "whole-host" }
        }
        None => "nothing",
    };
    scene.show("kernel-log", finding, vec![shown(Log, text)]);
}

fn oom_tasks(scene: &mut Scene, facts: &Facts<'_>, day: &Day) {
    let since = facts.names.ends[2] - TimeDelta::minutes(1);
    let until = facts.names.ends[2] + TimeDelta::minutes(1);
    let mut text = format!(
        "$ journalctl -k --since \"{}\" --until \"{}\" --no-pager | grep -E \"oom|Comm:|usage|Tasks state|swapents|\\[ +[0-9]+\\]|Killed\"\n",
        since.format("%F %T"),
        until.format("%F %T")
    );
    let finding = match &day.kill {
        Some(kill) => {
            text += &render::oom(&day.host, kill, 1);
            text.push('\n');
            if kill.limit.is_some() { "only-the-unit" } else { "service-is-largest" }
        }
        None => "nothing",
    };
    scene.show("oom-tasks", finding, vec![shown(Log, text)]);
}

fn rss_history(scene: &mut Scene, facts: &Facts<'_>, day: &Day) {
    let Names { service, .. } = facts.names;
    let mut text = format!(
        "$ cat /etc/cron.d/rss\n0 * * * * root (date -u +\\%FT\\%TZ; ps -C {service},{JOB} -o pid=,rss=,comm=) | xargs >> /var/log/rss.log\n$ tail -n {} /var/log/rss.log\n",
        day.hours.len()
    );
    for (at, app, import, _) in &day.hours {
        let _ = write!(text, "{} {} {app} {service}", stamp(*at), facts.names.pids[2]);
        if let Some(import) = import {
            let _ = write!(text, " {} {import} {JOB}", facts.names.job_pid);
        }
        text.push('\n');
    }
    let app: Vec<u64> = day.hours.iter().skip(2).map(|(_, app, ..)| *app).collect();
    let import: Vec<u64> = day.hours.iter().filter_map(|(_, _, import, _)| *import).collect();
    let grows = |of: &[u64]| match (of.first(), of.last()) {
        (Some(first), Some(last)) => last * 2 > first * 3,
        _ => false,
    };
    let finding = match (grows(&app), grows(&import)) {
        (true, _) => "service-grows",
        (false, true) => "import-grows",
        _ => "both-level",
    };
    scene.show("rss-history", finding, vec![shown(Log, text)]);
    let start = day.hours.first().map(|(at, ..)| stamp(*at)).unwrap_or_default();
    let mib = |kib: u64| (kib as f64 / 102.4).round() / 10.0;
    let points = day.hours.iter().map(|(_, app, ..)| mib(*app)).collect();
    let series = Series {
        name: format!("rss {service}"),
        unit: "MiB".to_owned(),
        start: start.clone(),
        step_seconds: 3600,
        points,
    };
    let points = day.hours.iter().map(|(_, _, import, _)| import.map_or(0.0, mib)).collect();
    let other =
        Series { name: format!("rss {JOB}"), unit: "MiB".to_owned(), start, step_seconds: 3600, points };
    if let Some(view) = scene.views.get_mut("rss-history") {
        view.series = vec![series, other];
    }
}

fn free_history(scene: &mut Scene, facts: &Facts<'_>, day: &Day) {
    let mut text =
        "$ cat /etc/cron.d/free\n0 * * * * root (date -u +\\%FT\\%TZ; free -m) >> /var/log/free.log\n"
            .to_owned();
    // What the customer's own log holds: the third hour, the middle, the last.
    let count = day.hours.len();
    for (index, (at, _, _, sample)) in day.hours.iter().enumerate() {
        if index == 2 || index == count / 2 || index + 1 == count {
            let _ = writeln!(
                text,
                "$ grep -A3 {} /var/log/free.log\n{}\n{}",
                at.format("%FT%H:"),
                stamp(*at),
                render::free(sample)
            );
        }
    }
    let _ =
        writeln!(text, "$ date -u +%FT%TZ; free -m\n{}\n{}", stamp(facts.names.now), render::free(&day.now));
    let low = day
        .hours
        .last()
        .is_some_and(|(_, _, _, sample)| sample.memory.available(sample.anon) * 10 < sample.memory.total);
    scene.show("free-history", if low { "used-up" } else { "enough" }, vec![shown(Command, text)]);
}

fn app_log(scene: &mut Scene, facts: &Facts<'_>, end: &End) {
    let Names { service, ends, noise, .. } = facts.names;
    let at = |back: i64| (ends[2] - TimeDelta::seconds(back)).format("%Y/%m/%d %H:%M:%S").to_string();
    let mut text = format!(
        "$ journalctl -u {service} -t {service} --since \"{}\" --until \"{}\" --no-pager -o cat\n",
        (ends[2] - TimeDelta::seconds(75)).format("%F %T"),
        (ends[2] + facts.away() + TimeDelta::seconds(2)).format("%F %T")
    );
    let item = 4000 + noise.iter().sum::<u64>() % 97;
    let mut lines = vec![
        format!("{} GET /v1/items 200 14ms", at(71)),
        format!("{} GET /v1/items/{item} 200 6ms", at(66)),
    ];
    if facts.export {
        lines.push(format!("{} GET /v1/export?from=2019-01-01&format=xlsx started user=reporting", at(60)));
    } else {
        let today = ends[2].format("%Y-%m-%d");
        lines.push(format!("{} GET /v1/export?from={today}&format=xlsx started user=reporting", at(61)));
        lines.push(format!("{} GET /v1/export?from={today}&format=xlsx 200 840ms user=reporting", at(60)));
    }
    lines.push(format!("{} POST /v1/orders 201 31ms", at(22)));
    lines.push(format!("{} GET /v1/items 200 12ms", at(9)));
    let mut add = |more: &[&str]| lines.extend(more.iter().map(|line| (*line).to_owned()));
    let finding = match end {
        End::Panic => {
            add(&["panic: runtime error: index out of range [12] with length 12", ""]);
            add(&["goroutine 41 [running]:"]);
            add(&[&format!("example.com/{service}/pricing.(*Table).At(...)"), "\t/src/pricing/table.go:88"]);
            add(&[&format!("example.com/{service}/pricing.refresh(0xc0001a6000)")]);
            add(&["\t/src/pricing/refresh.go:57 +0x1a8"]);
            add(&[&format!("created by example.com/{service}/pricing.Start in goroutine 1")]);
            add(&["\t/src/pricing/refresh.go:31 +0x9c"]);
            "panic"
        }
        End::Watchdog => {
            add(&[
                "SIGABRT: abort",
                "PC=0x46d2a1 m=0 sigcode=0",
                "",
                "goroutine 0 gp=0x95e4a0 m=0 mp=0x95ef00 [idle]:",
            ]);
            add(&["runtime.futex(0x95e5e0, 0x80, 0x0, 0x0, 0x0, 0x0)"]);
            add(&["\t/usr/local/go/src/runtime/sys_linux_amd64.s:557 +0x21"]);
            "aborted"
        }
        _ if facts.export => "export-unfinished",
        _ => "silent",
    };
    lines.push(format!(
        "{} {service} listening on :8080",
        (ends[2] + facts.away() + TimeDelta::seconds(1)).format("%Y/%m/%d %H:%M:%S")
    ));
    for line in &lines {
        let _ = writeln!(text, "{line}");
    }
    scene.show("app-log", finding, vec![shown(Log, text)]);
}

fn metrics(scene: &mut Scene, facts: &Facts<'_>, credits: &[(NaiveDateTime, f64, f64)]) {
    let Names { instance, now, .. } = facts.names;
    let mut text = format!(
        "$ aws cloudwatch list-metrics --dimensions Name=InstanceId,Value={instance} --query 'Metrics[].MetricName' --output text\nCPUUtilization\tCPUCreditBalance\tCPUCreditUsage\tCPUSurplusCreditBalance\tCPUSurplusCreditsCharged\tNetworkIn\tNetworkOut\tNetworkPacketsIn\tNetworkPacketsOut\tEBSReadOps\tEBSWriteOps\tEBSReadBytes\tEBSWriteBytes\tEBSIOBalance%\tEBSByteBalance%\tStatusCheckFailed\tStatusCheckFailed_Instance\tStatusCheckFailed_System\tStatusCheckFailed_AttachedEBS\tMetadataNoToken\n$ aws ec2 describe-instance-credit-specifications --instance-ids {instance} --query 'InstanceCreditSpecifications[].[InstanceId,CpuCredits]' --output text\n{instance}\tstandard\n"
    );
    let rounded = |value: f64| (value * 100.0).round() / 100.0;
    let mut series = Vec::new();
    for (name, unit, pick) in [
        ("CPUUtilization", "Percent", (|row| row.1) as fn(&(NaiveDateTime, f64, f64)) -> f64),
        ("CPUCreditBalance", "Count", |row| row.2),
    ] {
        let _ = writeln!(
            text,
            "$ aws cloudwatch get-metric-statistics --namespace AWS/EC2 --metric-name {name} --dimensions Name=InstanceId,Value={instance} --start-time {} --end-time {} --period 3600 --statistics Average --query 'sort_by(Datapoints,&Timestamp)[].[Timestamp,Average]' --output text",
            credits.first().map(|row| stamp(row.0)).unwrap_or_default(),
            stamp(*now)
        );
        for row in credits {
            let _ = writeln!(text, "{}\t{:?}", row.0.format("%Y-%m-%dT%H:%M:%S+00:00"), rounded(pick(row)));
        }
        series.push(Series {
            name: name.to_owned(),
            unit: unit.to_owned(),
            start: credits.first().map(|row| stamp(row.0)).unwrap_or_default(),
            step_seconds: 3600,
            points: credits.iter().map(|row| rounded(pick(row))).collect(),
        });
    }
    let gone = credits.iter().any(|row| row.2 < 0.5);
    let finding = if gone { "credits-gone" } else { "credits-left" };
    scene.show("ec2-metrics", finding, vec![shown(Metric, text)]);
    if let Some(view) = scene.views.get_mut("ec2-metrics") {
        view.series = series;
    }
}

fn status(scene: &mut Scene, facts: &Facts<'_>) {
    let Names { instance, ends, booted, now, .. } = facts.names;
    let value = serde_json::json!([{
        "AttachedEbs": "ok",
        "Instance": "ok",
        "InstanceId": instance,
        "State": "running",
        "System": "ok",
    }]);
    let mut text = format!(
        "$ date -u +%FT%TZ\n{}\n$ aws ec2 describe-instance-status --instance-ids {instance} --query 'InstanceStatuses[].{{AttachedEbs:AttachedEbsStatus.Status,Instance:InstanceStatus.Status,InstanceId:InstanceId,State:InstanceState.Name,System:SystemStatus.Status}}'\n{}\n$ aws cloudtrail lookup-events --lookup-attributes AttributeKey=ResourceName,AttributeValue={instance} --query 'Events[].[EventTime,EventName,Username]' --output text\n",
        stamp(*now),
        printed(&value)
    );
    let mut rows: Vec<(NaiveDateTime, &str, &str)> = Vec::new();
    if facts.rebooted {
        rows.extend(
            ends.iter().rev().map(|end| (*end - TimeDelta::seconds(2), "RebootInstances", "nightly-patch")),
        );
    }
    rows.push((ends[0] - TimeDelta::hours(31), "CreateTags", "ops-tagging"));
    rows.push((*booted - TimeDelta::seconds(40), "StartInstances", "terraform"));
    for (at, event, user) in rows {
        let _ = writeln!(text, "{}\t{event}\t{user}", at.format("%Y-%m-%dT%H:%M:%S+00:00"));
    }
    let finding = if facts.rebooted { "reboots-requested" } else { "healthy-untouched" };
    scene.show("instance-status", finding, vec![shown(Json, text)]);
}

fn boots(scene: &mut Scene, facts: &Facts<'_>) {
    let Names { booted, ends, now, boots: ids, .. } = facts.names;
    // Each boot with its first and its last line in the journal.
    let mut boots = vec![(&ids[3], *booted, *now - TimeDelta::seconds(2))];
    if facts.rebooted {
        for (id, end) in ids.iter().zip(ends) {
            if let Some(before) = boots.last_mut() {
                before.2 = *end + TimeDelta::seconds(4);
            }
            boots.push((id, *end + TimeDelta::seconds(31), *now - TimeDelta::seconds(2)));
        }
    }
    let up = boots.last().map_or(*booted, |boot| boot.1);
    let mut text = format!(
        "$ date -u +\"%F %T\"\n{}\n$ uptime -s\n{}\n$ journalctl --list-boots --no-pager\nIDX {:<32} {:<27} LAST ENTRY\n",
        now.format("%F %T"),
        up.format("%F %T"),
        "BOOT ID",
        "FIRST ENTRY"
    );
    let full = "%a %F %T UTC";
    let count = boots.len();
    for (index, (id, from, until)) in boots.iter().enumerate() {
        let back = index as i64 + 1 - count as i64;
        let _ = writeln!(text, "{back:3} {id} {} {}", from.format(full), until.format(full));
    }
    let finding = if facts.rebooted { "booted-each-day" } else { "up-for-weeks" };
    scene.show("boots", finding, vec![shown(Command, text)]);
}

fn log_rotation(scene: &mut Scene, facts: &Facts<'_>) {
    let Names { service, host, ends, .. } = facts.names;
    let hour = chrono::Timelike::hour(&full_hour(ends[2]));
    let config = format!(
        "$ cat /etc/logrotate.d/{service}\n/var/log/{service}/audit.log {{\n    daily\n    rotate 14\n    compress\n    delaycompress\n    missingok\n    postrotate\n        systemctl kill -s HUP --kill-whom=main {service}.service\n    endscript\n}}\n$ cat /etc/systemd/system/logrotate.timer.d/time.conf\n[Timer]\nOnCalendar=\nOnCalendar=*-*-* {hour:02}:00:00\nAccuracySec=1s\nRandomizedDelaySec=40min\n"
    );
    let mut text = "$ journalctl -u logrotate --since \"3 days ago\" --no-pager\n".to_owned();
    for at in facts.rotations() {
        for (seconds, message) in [
            (-1, "Starting logrotate.service - Rotate log files..."),
            (0, "logrotate.service: Deactivated successfully."),
            (0, "Finished logrotate.service - Rotate log files."),
        ] {
            let at = at + TimeDelta::seconds(seconds);
            let _ = writeln!(text, "{}{message}", render::journal(at, host, "systemd[1]"));
        }
    }
    let _ = writeln!(
        text,
        "$ ps -C {service} -o pid=,lstart=\n{:7} {}",
        facts.names.pids[3],
        (ends[2] + facts.away()).format("%a %b %e %H:%M:%S %Y")
    );
    let finding = if facts.handles_hup { "minutes-before" } else { "same-second" };
    scene.show("log-rotation", finding, vec![shown(Config, config), shown(Log, text)]);
}

fn heap(scene: &mut Scene, facts: &Facts<'_>, day: &Day) {
    let Names { service, pids, memory, .. } = facts.names;
    let Some((at, resident, ..)) = day.hours.last() else { return };
    // By default a Go heap grows to twice what lives before it is collected.
    let live = resident.saturating_sub(3_072) as f64 / 1024.0 / 2.0;
    let start = (memory.total * 110 / 1000) as f64 / 1024.0 / 2.0;
    // What the service holds more than at its start is the cache's where the cache keeps, and a bit of everything else.
    let keeps = facts.unbounded || facts.limit.is_some();
    let cache = if keeps { (live - start).max(0.0) } else { live * 0.15 };
    let rest = live - cache;
    let own = |name: &str| format!("example.com/{service}/{name}");
    let mut sites = [
        (cache, own("render.(*Cache).Put")),
        (rest * 0.36, own("catalog.Load")),
        (rest * 0.22, "bufio.NewReaderSize".to_owned()),
        (rest * 0.15, "bytes.growSlice".to_owned()),
        (rest * 0.11, "net/http.Header.Clone".to_owned()),
    ];
    sites.sort_by(|a, b| b.0.total_cmp(&a.0));
    let shown_mib: f64 = sites.iter().map(|site| site.0).sum();
    let mut text = format!(
        "$ ls -t /var/lib/{service}/heap/ | head -n 1\n{service}.{}.{}.pb.gz\n$ go tool pprof -top -nodecount=5 /var/lib/{service}/heap/{service}.{}.{}.pb.gz\nFile: {service}\nType: inuse_space\nTime: {} (UTC)\nShowing nodes accounting for {shown_mib:.2}MB, {:.2}% of {live:.2}MB total\nShowing top 5 nodes out of 63\n      flat  flat%   sum%        cum   cum%\n",
        pids[2],
        at.format("%Y%m%dT%H"),
        pids[2],
        at.format("%Y%m%dT%H"),
        at.format("%b %-d, %Y at %-I:%M%P"),
        shown_mib / live * 100.0
    );
    let mut sum = 0.0;
    for (size, site) in &sites {
        sum += size;
        let (flat, share) = (format!("{size:.2}MB"), size / live * 100.0);
        let _ = writeln!(
            text,
            "{flat:>10} {share:5.2}% {:5.2}% {flat:>10} {share:5.2}%  {site}",
            sum / live * 100.0
        );
    }
    let finding = if cache > live / 2.0 { "cache-holds-most" } else { "spread-out" };
    scene.show("heap-profile", finding, vec![shown(Command, text)]);
}

fn unit_limits(scene: &mut Scene, facts: &Facts<'_>, day: &Day) {
    let Names { service, pids, .. } = facts.names;
    let anon = day.host.living().find(|process| process.pid == pids[3]).map_or(0, |process| process.anon);
    let limit = facts.limit.map_or("infinity".to_owned(), |kib| (kib * 1024).to_string());
    let drop_in = match facts.limit {
        Some(kib) => format!(
            "\n# /etc/systemd/system/{service}.service.d/50-limits.conf\n[Service]\nMemoryMax={}M\n",
            kib / 1024
        ),
        None => String::new(),
    };
    let text = format!(
        "$ systemctl show {service} -p Restart,MainPID,OOMPolicy,MemoryCurrent,MemoryMax\nRestart=always\nMainPID={}\nOOMPolicy=stop\nMemoryCurrent={}\nMemoryMax={limit}\n$ systemctl cat {service}\n# /etc/systemd/system/{service}.service\n[Unit]\nDescription={service} HTTP service\nAfter=network-online.target\n\n[Service]\nType=notify\nUser=app\nExecStart=/opt/{service}/bin/{service}\nRestart=always\nRestartSec=5\nWatchdogSec=30\n{drop_in}",
        pids[3],
        (anon + 9_216) * 1024
    );
    let finding = if facts.limit.is_some() { "limit-set" } else { "no-limit" };
    scene.show("unit-limits", finding, vec![shown(Config, text)]);
}
