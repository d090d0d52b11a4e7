//! I10: a kernel module from outside the tree faults, and the host dumps and reboots.
//!
//! Rules: a kernel with `panic_on_oops` and a loaded crash kernel writes a dump and reboots instead of killing the task that
//! faulted (Linux kernel documentation, "Documentation for sysctl/kernel" and "Documentation for Kdump"); the text of
//! an oops and its taint letters (`cloud::host::oops`); `last` shows a shutdown record between two boots only where the
//! system went down in order, and without one every boot since counts as "still running" (`last(1)`, checked with
//! util-linux 2.38 against records made for it); status checks see the host or the instance from outside (Amazon EC2
//! User Guide, "Status checks for Amazon EC2 instances"); the columns of `sar -r` (`sar(1)`, sysstat 12.5).

use std::fmt::Write as _;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta, Timelike as _};

use super::{Scene, Series, World, shown};
use crate::cloud::Draw;
use crate::cloud::host::oops::{self, Oops, Site, Taint};
use crate::model::EvidenceType::{Command, Json, Log};

pub(super) const WORLD: World = World {
    id: "I10",
    version: 1,
    causes: &[
        "vendor-module",
        "module-kernel-mismatch",
        "kernel-regression",
        "memory-panic",
        "auto-heal",
        "backup-reboots",
        "host-failure",
    ],
    build,
};

/// Package and module of a fictional vendor's agent.
const AGENTS: [(&str, &str); 3] = [
    ("hostwatch-agent", "hostwatch_mod"),
    ("fileaudit-agent", "fileaudit_mod"),
    ("execguard-agent", "execguard_mod"),
];
/// Kernel releases: the one that runs in every world, and the one before it.
const KERNEL: &str = "5.14.0-427.13.1.el9_4.x86_64";
const OLD_KERNEL: &str = "5.14.0-362.8.1.el9_3.x86_64";
/// What the agent's module is loaded with.
const TAINT: Taint = Taint { proprietary: false, out_of_tree: true, unsigned: true };
/// KiB of memory that the kernel of an m6i.xlarge manages.
const TOTAL: u64 = 15_994_380;

/// What is drawn before the cause is looked at.
struct Names {
    instance: String,
    host: String,
    agent: &'static str,
    module: &'static str,
    agent_version: String,
    agent_before: String,
    backup: &'static str,
    /// The day of the patch window, a Wednesday, and the time of day.
    patched: NaiveDateTime,
    /// When the backup started, four times.
    backups: Vec<NaiveDateTime>,
    /// When the host came up again after it.
    boots: Vec<NaiveDateTime>,
    /// Seconds that a dump takes, until the host is up again.
    dumps: Vec<i64>,
    /// Now.
    now: NaiveDateTime,
    event: String,
    /// CPUs, process ids, addresses.
    cpu: u32,
    pid: u32,
    base: u64,
    module_base: u64,
    stack: u64,
    task: u64,
    pointers: Vec<u64>,
    /// Small numbers that make rows differ.
    noise: Vec<u64>,
}

/// The world: what each thing really does.
struct Facts<'a> {
    names: &'a Names,
    /// Which package the patch window updated: the kernel, else the agent.
    kernel_updated: bool,
    /// The agent's own code reads through a pointer that is NULL.
    agent_faults: bool,
    /// A structure that the agent reads has another layout in the running kernel than in the one it was built for.
    layout_moved: bool,
    /// A module of the kernel's own faults.
    kernel_faults: bool,
    /// The backup uses up the memory.
    memory_grows: bool,
    /// The backup's script ends with a reboot.
    script_reboots: bool,
    /// An automation reboots the host while the backup runs.
    healed: bool,
    /// The physical host fails.
    host_fails: bool,
}

/// How the host goes down each time: what follows from the facts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// The kernel faults, in the agent's module or in one of its own; the dump is written.
    Oops {
        /// In the agent's.
        agent: bool,
    },
    /// The kernel panics for want of memory; the dump is written.
    Memory,
    /// An orderly reboot.
    Reboot,
    /// It stops without a word.
    Cut,
}

impl Facts<'_> {
    fn end(&self) -> End {
        // A structure can only differ where the module was built for another kernel.
        let agent = self.agent_faults || self.layout_moved && self.kernel_updated;
        if agent || self.kernel_faults {
            End::Oops { agent }
        } else if self.memory_grows {
            End::Memory
        } else if self.host_fails {
            End::Cut
        } else {
            // A world without any fault is not built.
            End::Reboot
        }
    }

    /// When it stopped, the given time.
    fn stopped(&self, which: usize) -> NaiveDateTime {
        let dump = self.names.dumps[which];
        let seconds = match self.end() {
            End::Oops { .. } | End::Memory => dump,
            End::Reboot => 31,
            End::Cut => dump + 360,
        };
        self.names.boots[which] - TimeDelta::seconds(seconds)
    }

    /// Seconds from the kernel's start to the last stop.
    fn uptime(&self) -> i64 {
        let last = self.names.boots.len() - 1;
        (self.stopped(last) - (self.names.boots[last - 1] - TimeDelta::seconds(6))).num_seconds()
    }

    /// The kernel that the module was built for.
    fn built_for(&self) -> &'static str {
        if self.kernel_updated { OLD_KERNEL } else { KERNEL }
    }

    fn agent_version(&self) -> &str {
        if self.kernel_updated { &self.names.agent_before } else { &self.names.agent_version }
    }

    /// The fault, in the agent's module or in the kernel's own.
    fn oops(&self, agent: bool) -> Oops {
        let names = self.names;
        let prefix = names.module.trim_end_matches("_mod");
        let text = |function: &str, offset, size, at| Site {
            function: function.to_owned(),
            offset,
            size,
            module: None,
            address: names.base + at,
        };
        let inside = |function: String, offset, size, module: &str, at| Site {
            function,
            offset,
            size,
            module: Some(module.to_owned()),
            address: names.module_base + at,
        };
        let (site, caller, work, field, address) = if agent {
            (
                inside(format!("{prefix}_scan_put"), 0x44, 0x63, names.module, 0x1a40),
                inside(format!("{prefix}_scan_work"), 0x91, 0x150, names.module, 0x2110),
                format!("{prefix}_wq {prefix}_scan_work [{}]", names.module),
                "8b 43 28 48 85 c0 74 0f 48 8b 78 10 4c 89 e6 e8 90 11 00 00 41",
                0x28,
            )
        } else {
            (
                inside("nfs_writeback_done".to_owned(), 0x44, 0x1e0, "nfs", 0x3_1c20),
                inside("nfs_pgio_result".to_owned(), 0x34, 0xa0, "nfs", 0x2_ea60),
                "nfsiod rpc_async_schedule [sunrpc]".to_owned(),
                "8b 43 30 48 85 c0 74 0f 48 8b 78 10 4c 89 e6 e8 90 11 00 00 41",
                0x30,
            )
        };
        let p = |at: usize| names.pointers[at];
        Oops {
            at: u64::try_from(self.uptime()).unwrap_or(0) * 1_000_000 + names.noise[0] * 997 % 1_000_000,
            cpu: names.cpu,
            pid: names.pid,
            command: format!("kworker/{}:{}", names.cpu, names.noise[1] % 3 + 1),
            work: Some(work),
            taint: TAINT,
            release: KERNEL.to_owned(),
            hardware: "Amazon EC2 m6i.xlarge/, BIOS 1.0 10/16/2017".to_owned(),
            address,
            site,
            code: format!(
                "49 8d 7d 10 e8 5c 1d 03 da 49 8b 45 38 48 85 c0 74 30 48 89 c7 e8 21 40 01 da 49 8b 5c 24 18 4c 89 ef e8 44 9a 02 da 31 f6 90 <48> {field}"
            ),
            // The instruction before cleared ESI; RBX is the pointer that is NULL.
            registers: [
                1,
                0,
                names.noise[2] % 4096,
                0,
                0,
                p(0),
                p(1),
                names.noise[3] % 4096,
                p(2),
                p(3),
                0,
                p(4),
                p(0),
                p(5),
                p(6),
            ],
            stack: names.stack,
            callers: vec![
                caller,
                text("process_one_work", 0x1e2, 0x3b0, 0x11_e6a0),
                text("worker_thread", 0x50, 0x3a0, 0x11_ea90),
                text("kthread", 0xe0, 0x100, 0x12_5f10),
                text("ret_from_fork", 0x2c, 0x50, 0x2_0a10),
            ],
            modules: self.modules(),
        }
    }

    fn modules(&self) -> Vec<String> {
        let agent = format!("{}({})", self.names.module, TAINT.of_module());
        let mut modules: Vec<String> = vec![agent];
        modules.extend(
            "rpcsec_gss_krb5 nfsv4 dns_resolver nfs lockd grace fscache netfs nft_fib_inet nft_reject_inet nft_ct nf_tables nfnetlink sunrpc intel_rapl_msr intel_rapl_common i2c_piix4 pcspkr fuse xfs libcrc32c crct10dif_pclmul crc32_pclmul crc32c_intel nvme ghash_clmulni_intel nvme_core ena serio_raw"
                .split(' ')
                .map(str::to_owned),
        );
        modules
    }
}

fn build(draw: &mut Draw, cause: &str) -> Scene {
    let names = names(draw);
    let mut facts = Facts {
        names: &names,
        kernel_updated: false,
        agent_faults: false,
        layout_moved: false,
        kernel_faults: false,
        memory_grows: false,
        script_reboots: false,
        healed: false,
        host_fails: false,
    };
    match cause {
        "module-kernel-mismatch" => {
            facts.kernel_updated = true;
            facts.layout_moved = true;
        }
        "kernel-regression" => {
            facts.kernel_updated = true;
            facts.kernel_faults = true;
        }
        "memory-panic" => facts.memory_grows = true,
        "auto-heal" => facts.healed = true,
        "backup-reboots" => facts.script_reboots = true,
        "host-failure" => facts.host_fails = true,
        _ => facts.agent_faults = true,
    }
    let mut scene = Scene::default();
    let last = names.boots.last().copied().unwrap_or_default();
    for (name, value) in [
        ("instance", names.instance.clone()),
        ("host", names.host.clone()),
        ("agent", names.agent.to_owned()),
        ("module", names.module.to_owned()),
        ("kernel", KERNEL.to_owned()),
        ("time", last.format("%H:%M").to_string()),
        ("day", last.format("%Y-%m-%d").to_string()),
        ("patched", names.patched.format("%Y-%m-%d").to_string()),
        ("last", names.boots.len().to_string()),
    ] {
        scene.name(name, value);
    }
    boots(&mut scene, &facts);
    settings(&mut scene, &facts);
    console(&mut scene, &facts);
    module(&mut scene, &facts);
    changes(&mut scene, &facts);
    metrics(&mut scene, &facts);
    instance_status(&mut scene, &facts);
    trail(&mut scene, &facts);
    backup(&mut scene, &facts);
    memory(&mut scene, &facts);
    vmcore(&mut scene, &facts);
    scene
}

fn names(draw: &mut Draw) -> Names {
    // A Wednesday.
    let first = NaiveDate::from_ymd_opt(2026, 1, 14).unwrap_or_default();
    let day = first + TimeDelta::weeks(draw.int(0, 44));
    let patched = day.and_hms_opt(10, draw.int(0, 50), draw.int(0, 59)).unwrap_or_default();
    let (agent, module) = *draw.pick(&AGENTS);
    let (major, minor, step) = (draw.number(3, 9), draw.number(2, 8), draw.number(1, 2));
    // Thursday, Monday, Thursday, Monday.
    let backups: Vec<NaiveDateTime> = [1, 5, 8, 12]
        .into_iter()
        .map(|days| {
            let two = (day + TimeDelta::days(days)).and_hms_opt(2, 0, 0).unwrap_or_default();
            two + TimeDelta::seconds(draw.int(0, 10_799))
        })
        .collect();
    let boots: Vec<NaiveDateTime> =
        backups.iter().map(|start| *start + TimeDelta::seconds(draw.int(2_000, 3_000))).collect();
    let dumps = boots.iter().map(|_| draw.int(130, 235)).collect();
    let now = boots.last().map_or(patched, |boot| {
        boot.date().and_hms_opt(8, draw.int(0, 59), draw.int(0, 59)).unwrap_or_default()
    });
    let pointer = |draw: &mut Draw| 0xffff_9a20_0000_0000 | draw.number(0x1_0000, 0xfff_ffff) << 6;
    Names {
        instance: format!("i-0{}", draw.hex(16)),
        host: format!("ip-10-0-{}-{}", draw.int(1, 60), draw.int(11, 240)),
        agent,
        module,
        agent_version: format!("{major}.{}.0", minor + step),
        agent_before: format!("{major}.{minor}.{}", draw.int(1, 4)),
        backup: *draw.pick(&["restic", "borg", "rsync"]),
        patched,
        backups,
        boots,
        dumps,
        now,
        event: format!("instance-event-0{}", draw.hex(16)),
        cpu: draw.int(0, 3),
        pid: draw.int(40_000, 380_000),
        base: 0xffff_ffff_8000_0000 | draw.number(0x8, 0xf0) << 21,
        module_base: 0xffff_ffff_c000_0000 | draw.number(0x400, 0xbff) << 12,
        stack: 0xffff_b1f0_c000_0000 | draw.number(0x100, 0xfff) << 14 | 0x3d88,
        task: 0xffff_9a20_0000_0000 | draw.number(0x1000, 0xff_ffff) << 7,
        pointers: (0..7).map(|_| pointer(draw)).collect(),
        noise: (0..96).map(|_| draw.number(0, 9_999)).collect(),
    }
}

fn stamp(time: NaiveDateTime) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// As `last -F`, `date` and `crash` print a time.
fn long(time: NaiveDateTime) -> String {
    time.format("%a %b %e %H:%M:%S %Y").to_string()
}

/// `last -x -F`, newest first. A boot lasts until the shutdown that came next in time; where there was none, `last` takes
/// it to be still running.
fn boots(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let orderly = facts.end() == End::Reboot;
    let since = (names.patched.date() + TimeDelta::days(1)).format("%Y-%m-%d");
    let kernel: String = KERNEL.chars().take(16).collect();
    let mut text = format!("$ last -x -F -s {since} reboot shutdown\n");
    let length = |from: NaiveDateTime, to: NaiveDateTime| {
        let minutes = (to - from).num_minutes();
        let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
        if days > 0 {
            format!("({days}+{hours:02}:{minutes:02})")
        } else {
            format!(" ({hours:02}:{minutes:02})")
        }
    };
    let mut row = |user: &str, line: &str, from: NaiveDateTime, to: Option<NaiveDateTime>| {
        let end = match to {
            Some(to) => format!("- {} {}", long(to), length(from, to)),
            None => "  still running".to_owned(),
        };
        let _ = writeln!(text, "{user:<8} {line:<12} {kernel:<16} {} {end}", long(from));
    };
    let mut down = None;
    for (which, boot) in names.boots.iter().enumerate().rev() {
        row("reboot", "system boot", *boot, down);
        if orderly {
            let stopped = facts.stopped(which);
            row("shutdown", "system down", stopped, Some(*boot));
            down = Some(stopped);
        }
    }
    let begins = names.patched - TimeDelta::days(190 + i64::from(names.cpu));
    let _ = write!(text, "\nwtmp begins {}\n", long(begins));
    let finding = if orderly { "shutdown-before-each-boot" } else { "boots-without-shutdown" };
    scene.show("boots", finding, vec![shown(Command, text)]);
}

fn settings(scene: &mut Scene, facts: &Facts<'_>) {
    let host = &facts.names.host;
    let text = format!(
        "[root@{host} ~]# sysctl kernel.panic_on_oops kernel.panic vm.panic_on_oom kernel.hung_task_panic\nkernel.panic_on_oops = 1\nkernel.panic = 10\nvm.panic_on_oom = 1\nkernel.hung_task_panic = 0\n[root@{host} ~]# cat /proc/cmdline\nBOOT_IMAGE=(hd0,gpt3)/boot/vmlinuz-{KERNEL} root=UUID=5f1871e2-c19c-4f86-8d6c-04d5fda71a0a ro console=tty0 console=ttyS0,115200n8 net.ifnames=0 nvme_core.io_timeout=4294967295 crashkernel=1G-4G:192M,4G-64G:256M,64G-:512M quiet\n[root@{host} ~]# cat /sys/kernel/kexec_crash_loaded\n1\n[root@{host} ~]# grep -vE '^(#|$)' /etc/kdump.conf\npath /var/crash\ncore_collector makedumpfile -l --message-level 7 -d 31\n"
    );
    scene.show("panic-settings", "panics-dump-and-reboot", vec![shown(Command, text)]);
}

fn console(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let instance = &names.instance;
    let mut text = format!(
        "$ aws ec2 get-console-output --instance-id {instance} --latest --output text > console.txt\n$ awk '/BUG: |Kernel panic/{{show=1}} show' console.txt | head -n 60\n"
    );
    let finding = match facts.end() {
        End::Oops { agent } => {
            text += &facts.oops(agent).console();
            if agent { "oops-in-agent" } else { "oops-in-nfs" }
        }
        End::Memory => {
            text += &panic_for_memory(facts);
            "panic-out-of-memory"
        }
        End::Reboot | End::Cut => "nothing-from-the-kernel",
    };
    let _ = write!(
        text,
        "$ tail -n 4 console.txt\nRed Hat Enterprise Linux 9.4 (Plow)\nKernel {KERNEL} on an x86_64\n\n{} login: \n",
        names.host
    );
    scene.show("console", finding, vec![shown(Log, text)]);
}

/// The kernel panics while the backup asks for memory (`mm/oom_kill.c`, `check_panic_on_oom`).
fn panic_for_memory(facts: &Facts<'_>) -> String {
    let names = facts.names;
    let lines = [
        "Kernel panic - not syncing: Out of memory: system-wide panic_on_oom is enabled".to_owned(),
        oops::who(names.cpu, names.pid, names.backup, TAINT, KERNEL),
        "Hardware name: Amazon EC2 m6i.xlarge/, BIOS 1.0 10/16/2017".to_owned(),
        "Call Trace:".to_owned(),
        " <TASK>".to_owned(),
        " dump_stack_lvl+0x34/0x48".to_owned(),
        " panic+0x107/0x2bb".to_owned(),
        " out_of_memory.cold+0x2f/0x7d".to_owned(),
        " __alloc_pages_slowpath.constprop.0+0x6e5/0x960".to_owned(),
        " __alloc_pages+0x21d/0x250".to_owned(),
        " do_anonymous_page+0x67/0x3b0".to_owned(),
        " __handle_mm_fault+0x2ec/0x5f0".to_owned(),
        " handle_mm_fault+0xcd/0x290".to_owned(),
        " do_user_addr_fault+0x1b4/0x6a0".to_owned(),
        " exc_page_fault+0x62/0x150".to_owned(),
        " asm_exc_page_fault+0x22/0x30".to_owned(),
        " </TASK>".to_owned(),
    ];
    oops::stamped(u64::try_from(facts.uptime()).unwrap_or(0) * 1_000_000 + names.noise[0] * 97, &lines)
}

fn module(scene: &mut Scene, facts: &Facts<'_>) {
    let Names { host, module, noise, .. } = facts.names;
    let (folder, finding) = if facts.built_for() == KERNEL {
        ("extra", "built-for-the-running-kernel")
    } else {
        ("weak-updates", "built-for-an-older-kernel")
    };
    let text = format!(
        "[root@{host} ~]# uname -r\n{KERNEL}\n[root@{host} ~]# lsmod | grep {module}\n{module:<22} {:>7}  2\n[root@{host} ~]# cat /proc/sys/kernel/tainted\n{}\n[root@{host} ~]# modinfo -n {module}\n/lib/modules/{KERNEL}/{folder}/{module}/{module}.ko\n[root@{host} ~]# modinfo {module} | grep -E '^(version|license|intree|signer|vermagic):'\nversion:        {}\nlicense:        GPL v2\nvermagic:       {} SMP preempt mod_unload modversions \n",
        98_304 + noise[4] % 8 * 4096,
        TAINT.number(),
        facts.agent_version(),
        facts.built_for(),
    );
    scene.show("module", finding, vec![shown(Command, text)]);
}

fn changes(scene: &mut Scene, facts: &Facts<'_>) {
    let Names { agent, agent_version, agent_before, patched, noise, .. } = facts.names;
    let at = |time: NaiveDateTime| time.format("%Y-%m-%dT%H:%M:%S+0000").to_string();
    let early =
        *patched - TimeDelta::days(91) + TimeDelta::seconds(i64::try_from(noise[5] % 900).unwrap_or(0));
    let soon = |seconds| at(*patched + TimeDelta::seconds(seconds));
    let mut text = format!("$ grep -hE 'kernel-core|{agent}' /var/log/dnf.rpm.log* | sort\n");
    // Three months ago: what ran until the patch window.
    let kernel_then = if facts.kernel_updated { OLD_KERNEL } else { KERNEL };
    let _ = writeln!(text, "{} SUBDEBUG Installed: kernel-core-{kernel_then}", at(early));
    let _ = writeln!(
        text,
        "{} SUBDEBUG Upgrade: {agent}-{agent_before}-1.el9.x86_64",
        at(early + TimeDelta::seconds(9))
    );
    let finding = if facts.kernel_updated {
        let _ = writeln!(text, "{} SUBDEBUG Installed: kernel-core-{KERNEL}", soon(0));
        "kernel-updated-before-the-first"
    } else {
        let _ = writeln!(text, "{} SUBDEBUG Upgrade: {agent}-{agent_version}-1.el9.x86_64", soon(0));
        let _ = writeln!(text, "{} SUBDEBUG Upgraded: {agent}-{agent_before}-1.el9.x86_64", soon(4));
        "agent-updated-before-the-first"
    };
    scene.show("changes", finding, vec![shown(Command, text)]);
}

fn metrics(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let last = names.boots.len() - 1;
    let (backup, boot, stopped) = (names.backups[last], names.boots[last], facts.stopped(last));
    let minute = |time: NaiveDateTime| time - TimeDelta::seconds(i64::from(time.second()));
    let start = minute(boot) - TimeDelta::minutes(60);
    let up = boot + TimeDelta::seconds(15);
    let cut = facts.end() == End::Cut;
    let mut cpu = Vec::new();
    let mut instance = Vec::new();
    let mut system = Vec::new();
    let mut text = String::new();
    for (at, noise) in (0..70).zip(&names.noise) {
        let from = start + TimeDelta::minutes(at);
        let to = from + TimeDelta::minutes(1);
        let tenth = *noise as f64 % 80.0 / 10.0;
        // A minute in which the host was up has a value; the rest have none.
        if to <= stopped {
            cpu.push((from, if from >= backup { 76.0 + tenth } else { 3.0 + tenth / 2.0 }));
        } else if from >= up {
            cpu.push((from, 6.0 + tenth));
        }
        let dark = from >= stopped && to <= up;
        instance.push((from, if dark { 1.0 } else { 0.0 }));
        system.push((from, if dark && cut { 1.0 } else { 0.0 }));
    }
    let shown_from = minute(stopped) - TimeDelta::minutes(4);
    let shown_to = minute(boot) + TimeDelta::minutes(4);
    let mut series = Vec::new();
    for (metric, unit, statistic, points, from) in [
        ("CPUUtilization", "Percent", "Average", &cpu, minute(backup) - TimeDelta::minutes(3)),
        ("StatusCheckFailed_Instance", "Count", "Maximum", &instance, shown_from),
        ("StatusCheckFailed_System", "Count", "Maximum", &system, shown_from),
    ] {
        let _ = writeln!(
            text,
            "$ aws cloudwatch get-metric-statistics --namespace AWS/EC2 --metric-name {metric} --dimensions Name=InstanceId,Value={} --start-time {} --end-time {} --period 60 --statistics {statistic} --query 'sort_by(Datapoints,&Timestamp)[].[Timestamp,{statistic}]' --output text",
            names.instance,
            stamp(from),
            stamp(shown_to)
        );
        for (time, value) in points.iter().filter(|(time, _)| (from..shown_to).contains(time)) {
            let _ = writeln!(text, "{}\t{value:.1}", time.format("%Y-%m-%dT%H:%M:%S+00:00"));
        }
        // Without gaps: until it stopped.
        let whole =
            points.iter().zip(0..).take_while(|((time, _), at)| *time == start + TimeDelta::minutes(*at));
        series.push(Series {
            name: metric.to_owned(),
            unit: unit.to_owned(),
            start: stamp(start),
            step_seconds: 60,
            points: whole.map(|((_, value), _)| (value * 10.0).round() / 10.0).collect(),
        });
    }
    let finding =
        if system.iter().any(|(_, value)| *value > 0.0) { "host-check-failed" } else { "host-check-passed" };
    scene.show("status-metrics", finding, vec![shown(Command, text)]);
    if let Some(view) = scene.views.get_mut("status-metrics") {
        view.series = series;
    }
}

fn instance_status(scene: &mut Scene, facts: &Facts<'_>) {
    let Names { instance, event, now, .. } = facts.names;
    let day = (now.date() + TimeDelta::days(9)).and_hms_opt(14, 0, 0).unwrap_or_default();
    let passed =
        serde_json::json!({ "Details": [{ "Name": "reachability", "Status": "passed" }], "Status": "ok" });
    let value = serde_json::json!({ "InstanceStatuses": [{
        "AvailabilityZone": "ap-northeast-1a",
        "Events": [{
            "InstanceEventId": event,
            "Code": "system-reboot",
            "Description": "The instance is scheduled for a system maintenance reboot",
            "NotAfter": stamp(day + TimeDelta::hours(2)).replace('Z', "+00:00"),
            "NotBefore": stamp(day).replace('Z', "+00:00"),
        }],
        "InstanceId": instance,
        "InstanceState": { "Code": 16, "Name": "running" },
        "InstanceStatus": passed,
        "SystemStatus": passed,
        "AttachedEbsStatus": passed,
    }] });
    let text = format!(
        "$ date -u +%FT%TZ\n{}\n$ aws ec2 describe-instance-status --instance-ids {instance} | jq -S .\n{value:#}\n",
        stamp(*now)
    );
    scene.show("instance-status", "one-event-to-come", vec![shown(Json, text)]);
}

fn trail(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let mut events = vec![(names.patched - TimeDelta::seconds(41), "SendCommand", "patch-pipeline")];
    for days in [2, 9] {
        let time = names.patched.date().and_hms_opt(17, 0, 3).unwrap_or_default() + TimeDelta::days(days);
        events.push((time, "CreateTags", "cost-tagger"));
    }
    if facts.healed {
        for which in 0..names.boots.len() {
            events.push((facts.stopped(which) - TimeDelta::seconds(9), "SendCommand", "auto-heal"));
        }
    }
    events.sort_by_key(|(time, ..)| std::cmp::Reverse(*time));
    let from = names.patched.date();
    let mut text = format!(
        "$ aws cloudtrail lookup-events --lookup-attributes AttributeKey=ReadOnly,AttributeValue=false --start-time {from}T00:00:00Z --end-time {} --query \"Events[?contains(CloudTrailEvent, '{}')].[EventTime,EventName,Username]\" --output text\n",
        stamp(names.now),
        names.instance
    );
    for (time, event, user) in &events {
        let _ = writeln!(text, "{}\t{event}\t{user}", time.format("%Y-%m-%dT%H:%M:%S+00:00"));
    }
    let finding = if facts.healed { "command-before-each-boot" } else { "no-call-before-a-boot" };
    scene.show("cloudtrail", finding, vec![shown(Command, text)]);
}

fn backup(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let Names { host, backup, .. } = names;
    let command = match *backup {
        "restic" => "restic -r /mnt/backup backup /srv",
        "borg" => "borg create /mnt/backup::{now} /srv",
        _ => "rsync -a --delete /srv/ /mnt/backup/",
    };
    let end = if facts.script_reboots { "# start from a clean memory\nsystemctl reboot\n" } else { "" };
    let since = names.patched.format("%Y-%m-%d");
    let mut text = format!(
        "[root@{host} ~]# systemctl cat nightly-backup.timer | tail -n 4\n[Timer]\nOnCalendar=Mon,Thu 02:00\nRandomizedDelaySec=3h\nUnit=nightly-backup.service\n[root@{host} ~]# cat /usr/local/sbin/nightly-backup\n#!/bin/sh\nset -e\nlogger -t nightly-backup start\n{command}\nlogger -t nightly-backup finished\n{end}[root@{host} ~]# journalctl -t nightly-backup -o short-iso --utc --since {since} --no-pager\n"
    );
    for (which, start) in names.backups.iter().enumerate() {
        let mut line = |time: NaiveDateTime, pid: u64, what: &str| {
            let _ = writeln!(
                text,
                "{} {host} nightly-backup[{pid}]: {what}",
                time.format("%Y-%m-%dT%H:%M:%S+0000")
            );
        };
        let pid = 20_000 + names.noise[10 + which] * 3;
        line(*start, pid, "start");
        if facts.script_reboots {
            line(facts.stopped(which) - TimeDelta::seconds(2), pid + 61, "finished");
        }
    }
    let finding = if facts.script_reboots { "backup-then-reboot" } else { "backup-cut-short" };
    scene.show("backup", finding, vec![shown(Command, text)]);
}

/// `sar -r`: samples every two minutes until the host stopped, and after it.
fn memory(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let last = names.boots.len() - 1;
    let (start, stopped, boot) = (names.backups[last], facts.stopped(last), names.boots[last]);
    let header = |time: NaiveDateTime| {
        format!(
            "\n{:<11} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}\n",
            time.format("%H:%M:%S").to_string(),
            "kbmemfree",
            "kbavail",
            "kbmemused",
            "%memused",
            "kbbuffers",
            "kbcached",
            "kbcommit",
            "%commit",
            "kbactive",
            "kbinact",
            "kbdirty"
        )
    };
    let even = |time: NaiveDateTime| {
        time - TimeDelta::seconds(i64::from(time.minute() % 2) * 60 + i64::from(time.second()) - 1)
    };
    let first = even(stopped) - TimeDelta::minutes(16);
    let mut text = format!(
        "[root@{} ~]# sar -r -s {} -e {}\nLinux {KERNEL} ({}) \t{} \t_x86_64_\t(4 CPU)\n{}",
        names.host,
        first.format("%H:%M:00"),
        (even(boot) + TimeDelta::minutes(6)).format("%H:%M:30"),
        names.host,
        boot.format("%m/%d/%Y"),
        header(first)
    );
    let idle = TOTAL * 23 / 100;
    let mut low = false;
    let mut time = first + TimeDelta::minutes(2);
    let mut restarted = false;
    let mut noise = names.noise.iter().skip(20);
    while time <= even(boot) + TimeDelta::minutes(6) {
        if time > stopped && time < boot + TimeDelta::seconds(20) {
            time += TimeDelta::minutes(2);
            continue;
        }
        if time > boot && !restarted {
            restarted = true;
            let _ = write!(
                text,
                "\n{:<11}       LINUX RESTART\t(4 CPU)\n{}",
                boot.format("%H:%M:%S").to_string(),
                header(boot)
            );
        }
        let jitter = noise.next().copied().unwrap_or(0) * 4;
        // What processes hold: the same as ever, and what the backup takes.
        let done = (time - start).num_seconds().max(0) as f64 / (stopped - start).num_seconds().max(1) as f64;
        let backup = match (time < stopped && time >= start, facts.memory_grows) {
            (true, true) => ((TOTAL - idle - 180_000) as f64 * done) as u64,
            (true, false) => 610_000,
            _ => 0,
        };
        // In whole pages.
        let held = (idle + backup + jitter) / 4 * 4;
        let room = TOTAL.saturating_sub(held + 140_000);
        let cached = if time < stopped { room * 7 / 10 } else { room / 9 } / 4 * 4;
        let free = room - cached;
        let (buffers, slab) = (2_116, 137_884);
        let used = TOTAL - free - buffers - cached - slab;
        let available = free + cached * 94 / 100 / 4 * 4;
        let commit = held + 820_000;
        let _ = writeln!(
            text,
            "{:<11} {free:>9} {available:>9} {used:>9} {:>9.2} {buffers:>9} {cached:>9} {commit:>9} {:>9.2} {:>9} {:>9} {:>9}",
            time.format("%H:%M:%S").to_string(),
            used as f64 / TOTAL as f64 * 100.0,
            commit as f64 / TOTAL as f64 * 100.0,
            held / 12 * 4,
            (held + cached) / 8 * 4,
            200 + jitter % 900
        );
        low |= available < TOTAL / 4;
        time += TimeDelta::minutes(2);
    }
    let finding = if low { "memory-runs-out" } else { "memory-to-spare" };
    scene.show("memory", finding, vec![shown(Command, text)]);
}

fn vmcore(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let host = &names.host;
    let mut text = format!("[root@{host} ~]# ls -1 /var/crash\n");
    let last = names.boots.len() - 1;
    let folder = |which: usize| {
        let at = facts.stopped(which) + TimeDelta::seconds(11);
        format!("127.0.0.1-{}", at.format("%Y-%m-%d-%H:%M:%S"))
    };
    let dump = |panic: &str, pid: u32, command: &str| {
        let folders: Vec<String> = (0..=last).map(folder).collect();
        let noise = &names.noise;
        format!(
            "{}\n[root@{host} ~]# crash /usr/lib/debug/lib/modules/{KERNEL}/vmlinux /var/crash/{}/vmcore\n\n      KERNEL: /usr/lib/debug/lib/modules/{KERNEL}/vmlinux\n    DUMPFILE: /var/crash/{}/vmcore  [PARTIAL DUMP]\n        CPUS: 4\n        DATE: {}\n      UPTIME: {}\nLOAD AVERAGE: {}.{:02}, {}.{:02}, {}.{:02}\n       TASKS: {}\n    NODENAME: {host}\n     RELEASE: {KERNEL}\n     VERSION: #1 SMP PREEMPT_DYNAMIC Wed Apr 10 10:29:16 EDT 2024\n     MACHINE: x86_64  (2899 Mhz)\n      MEMORY: 15.7 GB\n       PANIC: {panic}\n         PID: {pid}\n     COMMAND: \"{command}\"\n        TASK: {:016x}  [THREAD_INFO: {:016x}]\n         CPU: {}\n       STATE: TASK_RUNNING (PANIC)\n\ncrash> mod -t\nNAME           TAINTS\n{:<13}  {}\n\ncrash> bt\n",
            folders.join("\n"),
            folders[last],
            folders[last],
            facts.stopped(last).format("%a %b %e %H:%M:%S UTC %Y"),
            oops::uptime(facts.uptime()),
            3,
            noise[40] % 100,
            2,
            noise[41] % 100,
            1,
            noise[42] % 100,
            240 + noise[43] % 150,
            names.task,
            names.task,
            names.cpu,
            names.module,
            TAINT.of_module(),
        )
    };
    let finding = match facts.end() {
        End::Oops { agent } => {
            let oops = facts.oops(agent);
            text +=
                &dump(&format!("\"{}\" (check log for details)", oops.summary()), oops.pid, &oops.command);
            text += &oops.backtrace(names.base, names.task);
            if agent { "fault-in-agent" } else { "fault-in-nfs" }
        }
        End::Memory => {
            text += &dump(
                "\"Kernel panic - not syncing: Out of memory: system-wide panic_on_oom is enabled\"",
                names.pid,
                names.backup,
            );
            text += &oops::task_line(names.pid, names.task, names.cpu, names.backup);
            let mut stack = names.stack - 0x300;
            for (number, (name, at)) in [
                ("machine_kexec", 0x6_a6c7),
                ("__crash_kexec", 0x1c_1a4d),
                ("panic", 0xad_1b22),
                ("out_of_memory.cold", 0xad_9c3f),
                ("__alloc_pages_slowpath.constprop.0", 0x31_4e65),
                ("__alloc_pages", 0x31_531d),
                ("do_anonymous_page", 0x2d_1a57),
                ("__handle_mm_fault", 0x2d_8c4c),
                ("handle_mm_fault", 0x2d_90bd),
                ("do_user_addr_fault", 0x7_a4c4),
                ("exc_page_fault", 0xb0_9542),
                ("asm_exc_page_fault", 0xc0_0b62),
            ]
            .into_iter()
            .enumerate()
            {
                let _ = writeln!(
                    text,
                    "{:>3} [{stack:016x}] {name} at {:016x}",
                    format!("#{number}"),
                    names.base + at
                );
                stack += 0x48;
            }
            "memory-used-up"
        }
        End::Reboot | End::Cut => "no-dump",
    };
    scene.show("vmcore", finding, vec![shown(Command, text)]);
}
