//! I10: a kernel module faults, and the host dumps and reboots.

use std::collections::BTreeMap;

use chrono::{NaiveDateTime, TimeDelta};
use divedeep_cases::incident::{Series, View};

use super::{Faults, all, first};

pub fn finding(check: &str, text: &str, series: &[Series]) -> String {
    let found = match check {
        "boots" => {
            let boots = all(r"(?m)^(reboot)   system boot", text).len();
            let shutdowns = all(r"(?m)^(shutdown) system down", text).len();
            let running = all("(still running)", text).len();
            match (shutdowns, running) {
                (0, running) if running == boots => "boots-without-shutdown",
                (shutdowns, 1) if shutdowns == boots => "shutdown-before-each-boot",
                other => panic!("{boots} boots, {other:?}"),
            }
        }
        "panic-settings" => {
            assert!(text.contains("kernel.panic_on_oops = 1") && text.contains("kexec_crash_loaded\n1\n"));
            "panics-dump-and-reboot"
        }
        "console" => {
            let rip = first(r"RIP: 0010:\S+ \[(\w+)\]", text);
            if text.contains("Out of memory: system-wide panic_on_oom is enabled") {
                "panic-out-of-memory"
            } else if rip.ends_with("_mod") {
                "oops-in-agent"
            } else if rip == "nfs" {
                "oops-in-nfs"
            } else {
                assert!(!text.contains("Call Trace") && rip.is_empty());
                "nothing-from-the-kernel"
            }
        }
        "module" => {
            let running = first(r"uname -r\n(\S+)", text);
            if first(r"vermagic: +(\S+)", text) == running {
                "built-for-the-running-kernel"
            } else {
                "built-for-an-older-kernel"
            }
        }
        "changes" => {
            // What the newest entry is about.
            let newest = text.lines().rfind(|line| line.contains("SUBDEBUG")).unwrap_or_default();
            if newest.contains("kernel-core") {
                "kernel-updated-before-the-first"
            } else {
                "agent-updated-before-the-first"
            }
        }
        "status-metrics" => {
            let failed = all(r"T\S+\+00:00\t(\d\.\d)", after(text, "StatusCheckFailed_System"))
                .contains(&"1.0".to_owned());
            let plotted = series.iter().find(|one| one.name == "StatusCheckFailed_System").expect("a metric");
            assert_eq!(failed, plotted.points.contains(&1.0), "plot and table");
            if failed { "host-check-failed" } else { "host-check-passed" }
        }
        "instance-status" => {
            assert!(
                time(&first(r#""NotBefore": "(\S+)\+"#, text)) > time(&first(r"(?m)^(\d{4}\S+)Z$", text))
            );
            "one-event-to-come"
        }
        "cloudtrail" => {
            assert!(!text.contains("RebootInstances") && !text.contains("StopInstances"));
            match all(r"\tSendCommand\t(auto-heal)", text).len() {
                0 => "no-call-before-a-boot",
                4 => "command-before-each-boot",
                other => panic!("{other} commands"),
            }
        }
        "backup" => {
            let starts = all(r"(?m)\]: (start)$", text).len();
            match (text.contains("\nsystemctl reboot\n"), all(r"(?m)\]: (finished)$", text).len()) {
                (true, finished) if finished == starts => "backup-then-reboot",
                (false, 0) => "backup-cut-short",
                other => panic!("{other:?}"),
            }
        }
        "memory" => {
            let before = text.split("LINUX RESTART").next().unwrap_or_default();
            let lowest = all(r"(?m)^\d\d:\d\d:01 +\d+ +(\d+)", before)
                .iter()
                .map(|one| one.parse::<u64>().expect("a number"))
                .min()
                .expect("samples");
            if lowest < 4_000_000 { "memory-runs-out" } else { "memory-to-spare" }
        }
        "vmcore" => {
            let module = first(r" #7 \[\w+\] \w+ at \w+ \[(\w+)\]", text);
            if !text.contains("crash>") {
                assert!(!text.contains("127.0.0.1-"));
                "no-dump"
            } else if text.contains("PANIC: \"Kernel panic - not syncing: Out of memory") {
                "memory-used-up"
            } else if module.ends_with("_mod") {
                "fault-in-agent"
            } else {
                assert_eq!(module, "nfs");
                "fault-in-nfs"
            }
        }
        other => panic!("unknown check {other}"),
    };
    found.to_owned()
}

fn after<'a>(text: &'a str, word: &str) -> &'a str {
    text.split_once(word).map_or("", |(_, rest)| rest)
}

fn time(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S").unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Times that `last` prints in its first column of times, oldest first, of the lines that begin with a word.
fn last(word: &str, text: &str) -> Vec<NaiveDateTime> {
    let found = all(&format!(r"(?m)^{word} .{{30}}\w{{3}} (\w{{3}} [ \d]\d [\d:]{{8}} \d{{4}})"), text);
    let mut times: Vec<_> = found
        .iter()
        .map(|one| NaiveDateTime::parse_from_str(one, "%b %e %H:%M:%S %Y").expect("a time"))
        .collect();
    times.reverse();
    times
}

pub fn contradictions(texts: &BTreeMap<&str, String>, views: &BTreeMap<String, View>) -> Vec<String> {
    let mut faults = Faults::default();
    let text = |check: &str| texts[check].as_str();
    let boots = last("reboot  ", text("boots"));
    let shutdowns = last("shutdown", text("boots"));
    let boot = *boots.last().expect("boots");
    faults.expect(boots.len() == 4, "four boots");
    faults.expect(
        boots.windows(2).all(|pair| pair[0] < pair[1])
            && shutdowns.iter().zip(&boots).all(|(down, up)| down < up),
        "boots and shutdowns are out of order",
    );

    // Dumps and boots.
    let dumps: Vec<NaiveDateTime> =
        all(r"(?m)^127\.0\.0\.1-(\d{4}-\d\d-\d\d-\d\d:\d\d:\d\d)$", text("vmcore"))
            .iter()
            .map(|one| NaiveDateTime::parse_from_str(one, "%Y-%m-%d-%H:%M:%S").expect("a time"))
            .collect();
    let crashed = !dumps.is_empty();
    faults.expect(dumps.is_empty() || dumps.len() == boots.len(), "a dump for each boot");
    faults.expect(
        dumps.iter().zip(&boots).all(|(dump, up)| dump < up && *up - *dump < TimeDelta::minutes(5)),
        "each boot follows its dump within five minutes",
    );
    faults.expect(!crashed || shutdowns.is_empty(), "a crash cannot shut down in order");
    faults
        .expect(crashed == text("console").contains("Kdump: loaded"), "the console and /var/crash disagree");

    if crashed {
        // The console, the dump and the clock.
        let dump = text("vmcore");
        let console = text("console");
        let date = first(r"DATE: \w{3} (\w{3} [ \d]\d [\d:]{8} UTC \d{4})", dump).replace("UTC ", "");
        let date = NaiveDateTime::parse_from_str(&date, "%b %e %H:%M:%S %Y").expect("a date");
        let days: i64 = first(r"UPTIME: (\d+) days", dump).parse().unwrap_or(0);
        let clock: Vec<i64> = first(r"UPTIME: (?:\d+ days, )?([\d:]+)", dump)
            .split(':')
            .map(|part| part.parse().expect("a number"))
            .collect();
        let up = days * 86_400 + clock[0] * 3600 + clock[1] * 60 + clock[2];
        let started = date - TimeDelta::seconds(up);
        faults.expect((boots[2] - started).num_seconds().abs() < 20, "date less uptime is the boot before");
        let stamp: i64 = first(r"(?m)^\[ *(\d+)\.\d{6}\] ", console).parse().expect("a time stamp");
        faults.expect((stamp - up).abs() <= 1, "the console's time stamp and the dump's uptime");
        faults.expect(date < boot && boot - date < TimeDelta::minutes(5), "the crash lies before the boot");
        let pid = first(r"CPU: \d+ PID: (\d+)", console);
        faults.expect(
            dump.contains(&format!("PID: {pid}\n")) && dump.contains(&format!("\nPID: {pid}  ")),
            "the task",
        );
        faults.expect(
            dump.contains(&format!("COMMAND: \"{}\"", first(r"Comm: (\S+) Kdump", console))),
            "the task's name",
        );
        faults.expect(
            first(r"Comm: \S+ Kdump: loaded Tainted: G {11}(OE)", console) == "OE"
                && first(r"(?m)^\w+_mod +(OE)$", dump) == "OE",
            "the taint",
        );
        faults.expect(
            first(r"RELEASE: (\S+)", dump) == first(r"uname -r\n(\S+)", text("module")),
            "the kernel",
        );
        let site = first(r"RIP: 0010:(\S+)\+0x", console);
        if !site.is_empty() {
            let hex = first(r"RIP: 0010:\S+\+0x(\w+)/", console);
            let offset = u64::from_str_radix(&hex, 16).expect("hex");
            faults.expect(
                dump.contains(&format!("[exception RIP: {site}+{offset}]")),
                "the place of the fault",
            );
            for register in ["RAX", "RBX", "RSI", "RDI"] {
                let pattern = format!(r"{register}: (\w{{16}})");
                faults.expect(first(&pattern, console) == first(&pattern, dump), "the registers");
            }
            faults.expect(first(r"RBX: (\w{16})", console) == "0".repeat(16), "the pointer is NULL");
            let address = u64::from_str_radix(&first(r"address: (\w{16})", console), 16).expect("hex");
            // 48 8b 43 NN: mov 0xNN(%rbx),%rax.
            let code = u64::from_str_radix(&first(r"<48> 8b 43 (\w\w)", console), 16).expect("hex");
            faults.expect(address == code, "the address is the field's offset");
            faults
                .expect(first(r"CR2: (\w{16})", console) == format!("{address:016x}"), "CR2 is the address");
            let module = first(r"RIP: 0010:\S+ \[(\w+)\]", console);
            faults.expect(
                console.contains(&format!("{module}(OE)")) || module == "nfs",
                "the module is loaded",
            );
        }
    }

    // The module, the packages and the number of the taint.
    let tainted: u32 = first(r"tainted\n(\d+)", text("module")).parse().expect("a number");
    faults.expect(tainted == (1 << 12) + (1 << 13), "O and E are bits 12 and 13");
    let agents = all(r"Upgrade: \S+-agent-(\d\S*)-1\.el9", text("changes"));
    faults.expect(
        agents.last() == Some(&first(r"version: +(\S+)", text("module"))),
        "the module is the package's",
    );
    let kernels = all(r"Installed: kernel-core-(\S+)", text("changes"));
    faults
        .expect(kernels.last() == Some(&first(r"uname -r\n(\S+)", text("module"))), "the newest kernel runs");
    let older = text("module").contains("weak-updates");
    faults.expect(older == (kernels.len() == 2), "a module is carried over only to a new kernel");
    let changed = time(all(r"(?m)^(\S+)\+0000 SUBDEBUG", text("changes")).last().expect("changes"));
    let gap = boots[0] - changed;
    faults.expect(
        gap > TimeDelta::hours(12) && gap < TimeDelta::hours(36),
        "the change is of the day before the first",
    );
    faults.expect(text("boots").contains(" 5.14.0-427.13.1. "), "the kernel of the boots");

    // Calls, backups and boots.
    let commands: Vec<_> = all(r"(?m)^(\S+)\+00:00\tSendCommand\tauto-heal", text("cloudtrail"));
    for command in &commands {
        let at = time(command);
        let follows = shutdowns.iter().any(|down| (*down - at).num_seconds().abs() < 30);
        faults.expect(follows, "a command without a shutdown");
    }
    let starts: Vec<_> = all(r"(?m)^(\S+)\+0000 \S+ nightly-backup\[\d+\]: start", text("backup"))
        .iter()
        .map(|one| time(one))
        .collect();
    faults.expect(starts.len() == boots.len(), "a backup for each boot");
    faults.expect(
        starts.iter().zip(&boots).all(|(start, up)| (10..60).contains(&(*up - *start).num_minutes())),
        "each boot lies within the hour after a backup's start",
    );
    faults.expect(
        starts.iter().all(|start| matches!(start.format("%a").to_string().as_str(), "Mon" | "Thu")),
        "the timer's days",
    );

    // Metrics: CPU rises with the backup, and the instance was dark only between the stop and the boot.
    let cpu = text("status-metrics").split("$ aws").nth(1).unwrap_or_default();
    let high: Vec<_> = all(r"(?m)^(\S+)\+00:00\t[789]\d\.\d", cpu).iter().map(|one| time(one)).collect();
    let risen = high.first().is_some_and(|first| (*first - starts[3]).num_seconds().abs() <= 60);
    faults.expect(risen, "CPU rises when the backup starts");
    faults.expect(high.last().is_some_and(|last| *last < boot), "CPU is high only before the boot");
    let dark = all(r"(?m)^(\S+)\+00:00\t1\.0", after(text("status-metrics"), "StatusCheckFailed_Instance"));
    faults.expect(
        dark.iter().all(|one| time(one) < boot && boot - time(one) < TimeDelta::minutes(11)),
        "the instance check fails only before the boot",
    );
    let series = &views["status-metrics"].series;
    let steps = series.iter().map(|one| one.step_seconds).collect::<Vec<_>>();
    faults.expect(steps == [60, 60, 60], "a point each minute");

    // Memory: sar's parts add up to the same whole in each row, and it restarted when the host did.
    let row = r"(?m)^\d\d:\d\d:01 +(\d+ +\d+ +\d+ +[\d.]+ +\d+ +\d+) ";
    let sums: Vec<u64> = all(row, text("memory"))
        .iter()
        .map(|row| {
            let cells: Vec<&str> = row.split_whitespace().collect();
            [0, 2, 4, 5].map(|at| cells[at].parse::<u64>().expect("a number")).iter().sum()
        })
        .collect();
    faults.expect(sums.len() > 8 && sums.windows(2).all(|pair| pair[0] == pair[1]), "sar's columns add up");
    faults.expect(
        first(r"(?m)^(\d\d:\d\d:\d\d) +LINUX RESTART", text("memory")) == boot.format("%H:%M:%S").to_string(),
        "sar and last disagree on the boot",
    );

    // One instance and one host everywhere.
    let instance = first(r"--instance-ids (i-\w+)", text("instance-status"));
    for check in ["console", "status-metrics", "cloudtrail"] {
        faults.expect(text(check).contains(&instance), "another instance");
    }
    let host = first(r"root@(\S+) ", text("module"));
    for check in ["panic-settings", "console", "backup", "memory", "vmcore"] {
        faults.expect(text(check).contains(&host), "another host");
    }
    faults.found
}
