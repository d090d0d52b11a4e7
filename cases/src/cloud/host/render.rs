//! A host as tools print it: procps-ng 4.0, sysstat 12.6, iproute2 6, GNU coreutils 9, Linux 6.1, systemd 252.
//!
//! `free` of procps-ng 4 counts `used` as total less available; version 3 did not. Clock times are the host's own.

use std::fmt::Write as _;

use chrono::NaiveDateTime;

use super::descriptors::SocketState;
use super::machine::{Host, Process, Sample};
use super::memory::{Constraint, OomKill};

/// `vmstat 1 n`: the header and a line for each sample. The first line of the real tool is the average since boot.
pub fn vmstat(samples: &[Sample]) -> String {
    let mut text = String::from(
        "procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----\n r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st",
    );
    for sample in samples {
        let memory = &sample.memory;
        let [user, system, idle, wait, steal] = percents(sample);
        let _ = write!(
            text,
            "\n{:2} {:2} {:6} {:6} {:6} {:6} {:4} {:4} {:5} {:5} {:4} {:4} {user:2} {system:2} {idle:2} {wait:2} {steal:2}",
            sample.runnable,
            sample.blocked,
            memory.swap_used,
            memory.free(sample.anon),
            memory.buffers,
            memory.files + memory.shmem + memory.reclaimable,
            sample.swap_in.round(),
            sample.swap_out.round(),
            sample.block_in.round(),
            sample.block_out.round(),
            sample.interrupts.round(),
            sample.switches.round(),
        );
    }
    text
}

/// us, sy, id, wa, st as whole numbers; each is rounded by itself, so that they may add up to 99 or 101.
fn percents(sample: &Sample) -> [f64; 5] {
    [sample.user, sample.system, sample.idle, sample.iowait, sample.steal].map(f64::round)
}

/// The banner of sysstat's tools.
fn banner(host: &Host) -> String {
    let day = host.now.format("%m/%d/%y");
    format!("Linux {} ({}) \t{day} \t_x86_64_\t({} CPU)\n", host.kernel, host.name, host.cpus)
}

/// One report of `iostat -x`.
pub fn iostat(host: &Host, sample: &Sample) -> String {
    let mut text = banner(host);
    let _ = write!(
        text,
        "\navg-cpu:  %user   %nice %system %iowait  %steal   %idle\n        {:7.2} {:7.2} {:7.2} {:7.2} {:7.2} {:7.2}\n",
        sample.user, 0.0, sample.system, sample.iowait, sample.steal, sample.idle
    );
    text += "\nDevice            r/s     rkB/s   rrqm/s  %rrqm r_await rareq-sz     w/s     wkB/s   wrqm/s  %wrqm w_await wareq-sz     d/s     dkB/s   drqm/s  %drqm d_await dareq-sz     f/s f_await  aqu-sz  %util";
    for disk in &sample.disks {
        let size = |kib: f64, rate: f64| if rate > 0.0 { kib / rate } else { 0.0 };
        let merged = if disk.writes > 0.0 { disk.merged / (disk.merged + disk.writes) * 100.0 } else { 0.0 };
        let _ = write!(
            text,
            "\n{:<13} {:7.2} {:9.2} {:8.2} {:6.2} {:7.2} {:8.2} {:7.2} {:9.2} {:8.2} {:6.2} {:7.2} {:8.2} {:7.2} {:9.2} {:8.2} {:6.2} {:7.2} {:8.2} {:7.2} {:7.2} {:7.2} {:6.2}",
            disk.name,
            disk.reads,
            disk.read_kib,
            0.0,
            0.0,
            disk.read_wait,
            size(disk.read_kib, disk.reads),
            disk.writes,
            disk.write_kib,
            disk.merged,
            merged,
            disk.write_wait,
            size(disk.write_kib, disk.writes),
            0.0,
            0.0,
            0.0,
            0.0,
            0.0,
            0.0,
            0.0,
            0.0,
            disk.queue,
            disk.busy
        );
    }
    text
}

/// `free -m`.
pub fn free(sample: &Sample) -> String {
    let memory = &sample.memory;
    let mib = |kib: u64| kib / 1024;
    let available = memory.available(sample.anon);
    format!(
        "               total        used        free      shared  buff/cache   available\nMem:     {:11} {:11} {:11} {:11} {:11} {:11}\nSwap:    {:11} {:11} {:11}",
        mib(memory.total),
        mib(memory.total - available),
        mib(memory.free(sample.anon)),
        mib(memory.shmem),
        mib(memory.cached()),
        mib(available),
        mib(memory.swap_total),
        mib(memory.swap_used),
        mib(memory.swap_total - memory.swap_used)
    )
}

/// `uptime`.
pub fn uptime(host: &Host, users: u32) -> String {
    let up = (host.now - host.booted).num_minutes().max(0);
    let (days, hours, minutes) = (up / 1440, up / 60 % 24, up % 60);
    let mut text = format!(" {} up ", host.now.format("%H:%M:%S"));
    if days > 0 {
        let _ = write!(text, "{days} day{}, ", if days == 1 { "" } else { "s" });
    }
    if hours > 0 {
        let _ = write!(text, "{hours:2}:{minutes:02}, ");
    } else {
        let _ = write!(text, "{minutes} min, ");
    }
    let _ = write!(text, " {users} user{},  load average: {}", if users > 1 { "s" } else { "" }, loads(host));
    text
}

fn loads(host: &Host) -> String {
    host.load.hundredths().map(|load| format!("{}.{:02}", load / 100, load % 100)).join(", ")
}

/// The summary of `top` and its first rows, by CPU.
pub fn top(host: &Host, sample: &Sample, rows: usize) -> String {
    let memory = &sample.memory;
    let mib = |kib: u64| kib as f64 / 1024.0;
    let available = memory.available(sample.anon);
    let all = host.living().count() as u32 + 96;
    let running = sample.runnable.clamp(1, host.cpus);
    let mut text = format!(
        "top -{}\nTasks: {all:3} total, {running:3} running, {:3} sleeping,   0 stopped,   0 zombie\n%Cpu(s):{:5.1} us,{:5.1} sy,  0.0 ni,{:5.1} id,{:5.1} wa,  0.0 hi,  0.0 si,{:5.1} st \nMiB Mem : {:8.1} total, {:8.1} free, {:8.1} used, {:8.1} buff/cache     \nMiB Swap: {:8.1} total, {:8.1} free, {:8.1} used. {:8.1} avail Mem \n\n    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND",
        uptime(host, 1),
        all - running,
        sample.user,
        sample.system,
        sample.idle,
        sample.iowait,
        sample.steal,
        mib(memory.total),
        mib(memory.free(sample.anon)),
        mib(memory.total - available),
        mib(memory.cached()),
        mib(memory.swap_total),
        mib(memory.swap_total - memory.swap_used),
        mib(memory.swap_used),
        mib(available),
    );
    let mut found: Vec<(f64, &Process)> = host
        .living()
        .map(|process| {
            let task = sample.tasks.iter().find(|task| task.pid == process.pid);
            (task.map_or(0.0, |task| task.user + task.system), process)
        })
        .collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.pid.cmp(&b.1.pid)));
    for (cpu, process) in found.into_iter().take(rows) {
        let blocked = process.io.iter().any(|io| io.blocks && io.workers >= 1.0);
        let state = if cpu >= 50.0 {
            'R'
        } else if blocked {
            'D'
        } else {
            'S'
        };
        let hundredths = (process.cpu_seconds * 100.0) as u64;
        let _ = write!(
            text,
            "\n{:7} {:<8.8} {:3} {:3} {:>7} {:>6} {:>6} {state} {cpu:5.1} {:5.1} {:>9} {}",
            process.pid,
            process.user,
            20,
            0,
            scaled(process.virtual_kib, 7),
            scaled(process.resident(), 6),
            scaled(process.mapped + process.shared, 6),
            process.resident() as f64 / memory.total as f64 * 100.0,
            format!("{}:{:02}.{:02}", hundredths / 6000, hundredths / 100 % 60, hundredths % 100),
            process.command
        );
    }
    text
}

/// KiB in a column of `top`: in larger units where they do not fit.
fn scaled(kib: u64, width: usize) -> String {
    let plain = kib.to_string();
    if plain.len() < width {
        return plain;
    }
    let mut value = kib as f64;
    for unit in ["m", "g", "t"] {
        value /= 1024.0;
        let text = if value < 1000.0 { format!("{value:.1}{unit}") } else { format!("{value:.0}{unit}") };
        if text.len() < width {
            return text;
        }
    }
    plain
}

/// `ps -eo pid,user,nlwp,rss,lstart,comm --sort=-rss`, the first rows.
pub fn ps(host: &Host, rows: usize) -> String {
    let mut found: Vec<&Process> = host.living().collect();
    found.sort_by_key(|process| (std::cmp::Reverse(process.resident()), process.pid));
    let mut text = String::from("    PID USER     NLWP   RSS                  STARTED COMMAND");
    for process in found.into_iter().take(rows) {
        let _ = write!(
            text,
            "\n{:7} {:<8.8} {:4} {:5} {} {}",
            process.pid,
            process.user,
            process.nlwp,
            process.resident(),
            process.started.format("%a %b %e %H:%M:%S %Y"),
            process.command
        );
    }
    text
}

/// One interval of `pidstat -u`, processes that used a CPU or waited for one; `lasting` seconds each.
pub fn pidstat_cpu(host: &Host, sample: &Sample, lasting: u32) -> String {
    let mut text = banner(host);
    let before = host.now - chrono::TimeDelta::seconds(i64::from(lasting));
    let _ = write!(
        text,
        "\n{:<11} {:>5} {:>9}    %usr %system  %guest   %wait    %CPU   CPU  Command",
        before.format("%H:%M:%S").to_string(),
        "UID",
        "PID"
    );
    let mut tasks: Vec<_> = sample.tasks.iter().enumerate().collect();
    tasks.sort_by_key(|(_, task)| task.pid);
    for (index, task) in tasks {
        if task.user + task.system + task.wait < 0.005 {
            continue;
        }
        let _ = write!(
            text,
            "\n{:<11} {:5} {:9} {:7.2} {:7.2} {:7.2} {:7.2} {:7.2} {:5}  {}",
            host.now.format("%H:%M:%S").to_string(),
            task.uid,
            task.pid,
            task.user,
            task.system,
            0.0,
            task.wait,
            task.user + task.system,
            (index as u32 * 5 + task.pid) % host.cpus,
            task.command
        );
    }
    text
}

/// One interval of `pidstat -d`.
pub fn pidstat_io(host: &Host, sample: &Sample, lasting: u32) -> String {
    let mut text = banner(host);
    let before = host.now - chrono::TimeDelta::seconds(i64::from(lasting));
    let _ = write!(
        text,
        "\n{:<11} {:>5} {:>9}   kB_rd/s   kB_wr/s kB_ccwr/s iodelay  Command",
        before.format("%H:%M:%S").to_string(),
        "UID",
        "PID"
    );
    let mut tasks: Vec<_> = sample.tasks.iter().collect();
    tasks.sort_by_key(|task| task.pid);
    for task in tasks.into_iter().filter(|task| task.read_kib + task.write_kib + task.delay >= 0.5) {
        let _ = write!(
            text,
            "\n{:<11} {:5} {:9} {:9.2} {:9.2} {:9.2} {:7}  {}",
            host.now.format("%H:%M:%S").to_string(),
            task.uid,
            task.pid,
            task.read_kib,
            task.write_kib,
            0.0,
            task.delay.round(),
            task.command
        );
    }
    text
}

/// A size as `df -h` and `ls -h` print it: powers of 1024, rounded up, one decimal below ten.
pub fn human(kib: u64) -> String {
    let mut value = kib as f64;
    for unit in ["K", "M", "G", "T", "P"] {
        let tenths = (value * 10.0).ceil() / 10.0;
        if kib == 0 {
            return "0".to_owned();
        }
        if tenths < 10.0 {
            return format!("{tenths:.1}{unit}");
        }
        if value.ceil() < 1024.0 {
            return format!("{:.0}{unit}", value.ceil());
        }
        value /= 1024.0;
    }
    format!("{value:.0}E")
}

/// `df -h`.
pub fn df(host: &Host) -> String {
    let rows: Vec<[String; 6]> = host
        .file_systems
        .iter()
        .map(|fs| {
            [
                fs.device.clone(),
                human(fs.size),
                human(fs.used),
                human(fs.available()),
                format!("{}%", fs.percent()),
                fs.mounted.clone(),
            ]
        })
        .collect();
    table(["Filesystem", "Size", "Used", "Avail", "Use%", "Mounted on"], [14, 5, 5, 5, 4, 0], &rows)
}

/// `df -i`.
pub fn df_inodes(host: &Host) -> String {
    let rows: Vec<[String; 6]> = host
        .file_systems
        .iter()
        .map(|fs| {
            [
                fs.device.clone(),
                fs.inodes.to_string(),
                fs.inodes_used.to_string(),
                (fs.inodes - fs.inodes_used).to_string(),
                format!("{}%", (fs.inodes_used * 100).div_ceil(fs.inodes.max(1))),
                fs.mounted.clone(),
            ]
        })
        .collect();
    table(["Filesystem", "Inodes", "IUsed", "IFree", "IUse%", "Mounted on"], [14, 5, 5, 5, 5, 0], &rows)
}

/// The first and last column to the left, the others to the right, as wide as they need.
fn table(head: [&str; 6], least: [usize; 6], rows: &[[String; 6]]) -> String {
    let head = head.map(str::to_owned);
    let width = |column: usize| {
        let cells = rows.iter().chain([&head]).filter_map(|row| row.get(column));
        cells.map(String::len).max().unwrap_or(0).max(least[column])
    };
    let widths: Vec<usize> = (0..6).map(width).collect();
    let line = |row: &[String; 6]| {
        let [first, rest @ .., last] = row;
        let mut text = format!("{first:<width$}", width = widths[0]);
        for (cell, width) in rest.iter().zip(&widths[1..]) {
            let _ = write!(text, " {cell:>width$}");
        }
        text + " " + last
    };
    [&head].into_iter().chain(rows).map(line).collect::<Vec<_>>().join("\n")
}

/// `cat /proc/PID/limits` of a process, with its open files and the usual others.
pub fn limits(process: &Process, pending: u64) -> String {
    let row = |name: &str, soft: &str, hard: &str, unit: &str| {
        format!("{name:<25} {soft:<20} {hard:<20} {unit:<10}")
    };
    let (soft, hard) = (process.descriptors.soft.to_string(), process.descriptors.hard.to_string());
    let pending = pending.to_string();
    [
        row("Limit", "Soft Limit", "Hard Limit", "Units"),
        row("Max cpu time", "unlimited", "unlimited", "seconds"),
        row("Max file size", "unlimited", "unlimited", "bytes"),
        row("Max data size", "unlimited", "unlimited", "bytes"),
        row("Max stack size", "8388608", "unlimited", "bytes"),
        row("Max core file size", "0", "unlimited", "bytes"),
        row("Max resident set", "unlimited", "unlimited", "bytes"),
        row("Max processes", &pending, &pending, "processes"),
        row("Max open files", &soft, &hard, "files"),
        row("Max locked memory", "8388608", "8388608", "bytes"),
        row("Max address space", "unlimited", "unlimited", "bytes"),
        row("Max file locks", "unlimited", "unlimited", "locks"),
        row("Max pending signals", &pending, &pending, "signals"),
        row("Max msgqueue size", "819200", "819200", "bytes"),
        row("Max nice priority", "0", "0", ""),
        row("Max realtime priority", "0", "0", ""),
        row("Max realtime timeout", "unlimited", "unlimited", "us"),
    ]
    .join("\n")
}

/// TCP sockets of all processes by state.
fn count(host: &Host, wanted: fn(SocketState) -> bool) -> u64 {
    let groups = host.living().flat_map(|process| &process.descriptors.sockets);
    groups.filter(|sockets| wanted(sockets.state)).map(|sockets| sockets.count.floor() as u64).sum()
}

/// `ss -s`.
pub fn ss_summary(host: &Host) -> String {
    let established = count(host, |state| state == SocketState::Established);
    let waiting = count(host, |state| state == SocketState::TimeWait);
    let all = count(host, |_| true);
    // "closed" is what is allocated in no connection any more, TIME-WAIT among it.
    let inet = all - waiting + 4;
    format!(
        "Total: {}\nTCP:   {all} (estab {established}, closed {waiting}, orphaned 0, timewait {waiting})\n\nTransport Total     IP        IPv6\nRAW\t  0         0         0        \nUDP\t  4         4         0        \nTCP\t  {:<9} {:<9} {:<9}\nINET\t  {inet:<9} {inet:<9} {:<9}\nFRAG\t  0         0         0        ",
        inet + 121,
        all - waiting,
        all - waiting,
        0,
        0
    )
}

/// `ss -tanp`, at most so many lines of each kind of socket.
pub fn ss(host: &Host, lines: usize) -> String {
    let mut rows: Vec<[String; 8]> = Vec::new();
    for process in host.living() {
        let mut descriptor = process.descriptors.files as u64;
        for sockets in &process.descriptors.sockets {
            for number in 0..(sockets.count as usize).min(lines) {
                // Ephemeral ports, spread as the kernel does.
                let ephemeral =
                    || (32_768 + (number * 7919 + process.pid as usize * 31) % 28_232).to_string();
                let port = |port: u16, any: bool| match port {
                    0 if any => "*".to_owned(),
                    0 => ephemeral(),
                    port => port.to_string(),
                };
                let listens = sockets.state == SocketState::Listen;
                let owner = if sockets.state.held() {
                    descriptor += 1;
                    format!("users:((\"{}\",pid={},fd={descriptor}))", process.command, process.pid)
                } else {
                    String::new()
                };
                rows.push([
                    sockets.state.name().to_owned(),
                    sockets.received.to_string(),
                    (if listens { 4096 } else { 0 }).to_string(),
                    sockets.local.0.clone(),
                    port(sockets.local.1, false),
                    sockets.peer.0.clone(),
                    port(sockets.peer.1, listens),
                    owner,
                ]);
            }
        }
    }
    let head =
        ["State", "Recv-Q", "Send-Q", "Local Address", "Port", "Peer Address", "Port", ""].map(str::to_owned);
    let width = |column: usize| {
        let cells = rows.iter().chain([&head]).filter_map(|row| row.get(column));
        cells.map(String::len).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..7).map(width).collect();
    let mut text = String::new();
    for row in [&head].into_iter().chain(&rows) {
        let [state, received, sent, local, local_port, peer, peer_port, owner] = row;
        let owner = if state == "State" { "Process" } else { owner };
        let gap = if state == "State" { "" } else { " " };
        let _ = writeln!(
            text,
            "{state:<a$} {received:<b$} {sent:<c$} {local:>d$}:{local_port:<e$} {peer:>f$}:{peer_port:<g$}{gap}{owner}",
            a = widths[0],
            b = widths[1],
            c = widths[2],
            d = widths[3],
            e = widths[4],
            f = widths[5],
            g = widths[6]
        );
    }
    text.trim_end().to_owned()
}

/// Time stamp and source of a line of the journal.
pub fn journal(at: NaiveDateTime, host: &str, source: &str) -> String {
    format!("{} {host} {source}: ", at.format("%b %d %H:%M:%S"))
}

/// What the kernel logs of an OOM kill (Linux 6.1), without the call trace and the table of memory zones.
pub fn oom(host: &Host, kill: &OomKill, cpu: u32) -> String {
    let (name, pid, adjust) = &kill.invoker;
    let mask = match kill.constraint {
        Constraint::Global => "0x140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP)",
        Constraint::Cgroup => "0xcc0(GFP_KERNEL)",
    };
    let mut lines = vec![
        format!("{name} invoked oom-killer: gfp_mask={mask}, order=0, oom_score_adj={adjust}"),
        format!("CPU: {cpu} PID: {pid} Comm: {name} Not tainted {} #1  Debian 6.1.119-1", host.kernel),
    ];
    if let Some((_, used, limit, hits)) = &kill.limit {
        lines.push(format!("memory: usage {used}kB, limit {limit}kB, failcnt {hits}"));
        lines.push("swap: usage 0kB, limit 9007199254740988kB, failcnt 0".to_owned());
    }
    lines.push("Tasks state (memory values in pages):".to_owned());
    lines.push(
        "[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name".to_owned(),
    );
    for task in &kill.tasks {
        lines.push(format!(
            "[{:7}] {:5} {:5} {:8} {:8} {:8} {:8}         {:5} {}",
            task.pid,
            task.uid,
            task.pid,
            task.virtual_pages,
            task.resident,
            task.table_bytes,
            task.swapped,
            task.adjust,
            task.command
        ));
    }
    lines.extend(oom_verdict(kill));
    let prefix = journal(kill.at, &host.name, "kernel");
    lines.iter().map(|line| format!("{prefix}{line}")).collect::<Vec<_>>().join("\n")
}

/// The last two lines: what ran out, and who was killed.
pub fn oom_verdict(kill: &OomKill) -> [String; 2] {
    let victim = &kill.victim;
    let (constraint, scope) = match &kill.limit {
        Some((path, ..)) => ("CONSTRAINT_MEMCG", format!("oom_memcg={path}")),
        None => ("CONSTRAINT_NONE", "global_oom".to_owned()),
    };
    // Containers have a cpuset of their own; services are in the root's.
    let last =
        kill.cgroup.rsplit('/').next().filter(|name| name.starts_with("docker-") || name.starts_with("cri-"));
    let what = if kill.limit.is_some() { "Memory cgroup out of memory" } else { "Out of memory" };
    [
        format!(
            "oom-kill:constraint={constraint},nodemask=(null),cpuset={},mems_allowed=0,{scope},task_memcg={},task={},pid={},uid={}",
            last.unwrap_or("/"),
            kill.cgroup,
            victim.command,
            victim.pid,
            victim.uid
        ),
        format!(
            "{what}: Killed process {} ({}) total-vm:{}kB, anon-rss:{}kB, file-rss:{}kB, shmem-rss:{}kB, UID:{} pgtables:{}kB oom_score_adj:{}",
            victim.pid,
            victim.command,
            victim.virtual_pages * 4,
            kill.anon,
            kill.files,
            kill.shmem,
            victim.uid,
            victim.table_bytes / 1024,
            victim.adjust
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::descriptors::Sockets;
    use super::super::disk::{DiskSample, FileSystem};
    use super::super::machine::TaskSample;
    use super::super::memory::{Growth, Memory};
    use super::*;

    fn host() -> Host {
        let at = |text: &str| text.parse().expect("a moment");
        let memory = Memory { total: 8_000_000, low: 40_000, ..Memory::default() };
        Host::new("vm", 2, memory, at("2026-11-21T03:48:00"), at("2026-11-21T17:53:53"))
    }

    /// Against what the tools printed on a real machine (procps-ng 4.0.2, sysstat 12.6.1).
    #[test]
    fn columns_are_where_the_tools_put_them() {
        let mut host = host();
        host.kernel = "6.18.44".into();
        let disk = DiskSample {
            name: "vda".into(),
            reads: 6.0,
            read_kib: 36.0,
            read_wait: 0.17,
            writes: 152.0,
            write_kib: 5460.0,
            write_wait: 0.11,
            merged: 2.0,
            queue: 0.04,
            busy: 4.0,
        };
        let task = TaskSample {
            pid: 8207,
            command: "rustc".into(),
            user: 98.0,
            system: 1.0,
            ..TaskSample::default()
        };
        let sample = Sample {
            runnable: 4,
            user: 87.94,
            system: 10.55,
            iowait: 0.5,
            idle: 1.01,
            block_in: 176.0,
            block_out: 3408.0,
            interrupts: 888.0,
            switches: 2324.0,
            memory: Memory { total: 17_647_180, ..Memory::default() },
            disks: vec![disk],
            tasks: vec![task],
            ..Sample::default()
        };
        let rows = vmstat(std::slice::from_ref(&sample));
        assert_eq!(
            rows.lines().nth(2),
            Some(" 4  0      0 17647180      0      0    0    0   176  3408  888 2324 88 11  1  1  0")
        );
        let report = iostat(&host, &sample);
        assert!(report.contains("\n          87.94    0.00   10.55    0.50    0.00    1.01\n"), "{report}");
        assert!(
            report.ends_with("\nvda              6.00     36.00     0.00   0.00    0.17     6.00  152.00   5460.00     2.00   1.30    0.11    35.92    0.00      0.00     0.00   0.00    0.00     0.00    0.00    0.00    0.04   4.00"),
            "{report}"
        );
        let report = pidstat_cpu(&host, &sample, 1);
        assert!(
            report.contains("\n17:53:52      UID       PID    %usr %system  %guest   %wait    %CPU   CPU  Command\n17:53:53        0      8207   98.00    1.00    0.00    0.00   99.00 "),
            "{report}"
        );
        assert_eq!(uptime(&host, 0), " 17:53:53 up 14:05,  0 user,  load average: 0.00, 0.00, 0.00");
        assert_eq!(
            free(&sample).lines().next(),
            Some("               total        used        free      shared  buff/cache   available")
        );
        assert!(free(&sample).contains("\nMem:           17233 "), "{}", free(&sample));
    }

    #[test]
    fn sizes_and_tables_are_as_df_prints_them() {
        assert_eq!(
            [human(0), human(9), human(1024), human(264_212_084), human(10_485_760), human(1023 * 1024 + 1)],
            ["0", "9.0K", "1.0M", "252G", "10G", "1.0G"]
        );
        let mut host = host();
        host.file_systems.push(FileSystem {
            device: "/dev/vda".into(),
            mounted: "/".into(),
            kind: "ext4".into(),
            size: 264_212_084,
            used: 40_285_936,
            reserved: 168_926_196,
            inodes: 16_777_216,
            inodes_used: 555_169,
        });
        assert_eq!(
            df(&host),
            "Filesystem      Size  Used Avail Use% Mounted on\n/dev/vda        252G   39G   53G  43% /"
        );
        assert_eq!(
            df_inodes(&host),
            "Filesystem       Inodes  IUsed    IFree IUse% Mounted on\n/dev/vda       16777216 555169 16222047    4% /"
        );
    }

    #[test]
    fn sockets_and_limits_agree() {
        let mut host = host();
        let mut process = Process::new(2310, "app", 1001, "java", host.booted);
        process.descriptors.soft = 65_536;
        process.descriptors.sockets = vec![
            Sockets {
                state: SocketState::Listen,
                count: 1.0,
                local: ("0.0.0.0".into(), 8080),
                peer: ("0.0.0.0".into(), 0),
                received: 0,
            },
            Sockets {
                state: SocketState::CloseWait,
                count: 900.0,
                local: ("10.0.1.5".into(), 0),
                peer: ("10.0.9.9".into(), 443),
                received: 1,
            },
        ];
        assert!(
            limits(&process, 31_000)
                .contains("\nMax open files            65536                524288               files     ")
        );
        host.processes.push(process);
        let shown = ss(&host, 3);
        assert_eq!(shown.lines().count(), 5, "{shown}");
        assert!(
            shown.contains("CLOSE-WAIT 1 ") && shown.contains("users:((\"java\",pid=2310,fd="),
            "{shown}"
        );
        assert!(ss_summary(&host).contains("TCP:   901 (estab 0, closed 0, orphaned 0, timewait 0)"));
    }

    #[test]
    fn an_oom_kill_is_told_as_the_kernel_does() {
        let mut host = host();
        host.memory.kept = 100_000;
        let mut process = Process::new(2310, "app", 1001, "java", host.booted);
        process.growth = Growth::Linear(100_000.0);
        process.unit = Some("shop.service".into());
        host.processes.push(process);
        while host.kills.is_empty() {
            host.step(10);
        }
        let text = oom(&host, &host.kills[0], 1);
        let last = text.lines().last().expect("a line");
        assert!(last.contains("kernel: Out of memory: Killed process 2310 (java) total-vm:"), "{text}");
        assert!(text.contains("oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/system.slice/shop.service,task=java,pid=2310,uid=1001"), "{text}");
    }
}
