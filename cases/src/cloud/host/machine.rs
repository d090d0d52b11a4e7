//! A host: what its processes want each second, and what they get.

use chrono::{NaiveDateTime, TimeDelta};

use super::descriptors::Descriptors;
use super::disk::{Demand, Disk, DiskSample, FileSystem};
use super::memory::{Cgroup, Constraint, Growth, Memory, OomKill, OomRow};

/// Requests a process makes of a disk: threads that each wait for one before the next.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Io {
    /// Index of the disk.
    pub disk: usize,
    /// Threads.
    pub workers: f64,
    /// What each does between requests, in seconds.
    pub think: f64,
    /// KiB of a request.
    pub size: f64,
    /// Whether they write.
    pub write: bool,
    /// Whether the threads sleep uninterruptibly meanwhile; not where the kernel writes back for them or requests are
    /// asynchronous.
    pub blocks: bool,
    /// Whether it is paging to and from swap.
    pub swap: bool,
}

/// A process.
#[derive(Clone, Debug, PartialEq)]
pub struct Process {
    /// Its id.
    pub pid: u32,
    /// Its user.
    pub user: String,
    /// The user's number.
    pub uid: u32,
    /// Name, at most 15 bytes as the kernel keeps it.
    pub command: String,
    /// When it was started.
    pub started: NaiveDateTime,
    /// Threads it has.
    pub nlwp: u32,
    /// Threads that want to run, on average.
    pub threads: f64,
    /// How much of its CPU time is spent in the kernel, 0 to 1.
    pub kernel_share: f64,
    /// CPU seconds so far.
    pub cpu_seconds: f64,
    /// Switches a second it causes by waiting.
    pub switches: f64,
    /// Anonymous memory in KiB, with what is in swap.
    pub anon: u64,
    /// Mapped files in RAM, in KiB; part of the cache.
    pub mapped: u64,
    /// Shared memory it has mapped, in KiB.
    pub shared: u64,
    /// Address space in KiB.
    pub virtual_kib: u64,
    /// Of `anon`, what is in swap.
    pub swapped: u64,
    /// How `anon` grows.
    pub growth: Growth,
    /// What it does with disks.
    pub io: Vec<Io>,
    /// `oom_score_adj`.
    pub adjust: i32,
    /// Index of its cgroup.
    pub cgroup: Option<usize>,
    /// Its descriptors.
    pub descriptors: Descriptors,
    /// Its systemd unit, for a service.
    pub unit: Option<String>,
    /// The signal that killed it, once it is gone.
    pub killed: Option<u8>,
}

impl Process {
    /// A process that does nothing yet.
    pub fn new(pid: u32, user: &str, uid: u32, command: &str, started: NaiveDateTime) -> Self {
        Self {
            pid,
            user: user.to_owned(),
            uid,
            command: command.chars().take(15).collect(),
            started,
            nlwp: 1,
            threads: 0.0,
            kernel_share: 0.2,
            cpu_seconds: 0.0,
            switches: 20.0,
            anon: 4_000,
            mapped: 6_000,
            shared: 0,
            virtual_kib: 220_000,
            swapped: 0,
            growth: Growth::None,
            io: Vec::new(),
            adjust: 0,
            cgroup: None,
            descriptors: Descriptors::default(),
            unit: None,
            killed: None,
        }
    }

    /// RSS in KiB.
    pub fn resident(&self) -> u64 {
        self.anon.saturating_sub(self.swapped) + self.mapped + self.shared
    }

    /// Bytes of page tables: 8 for each page mapped, and some levels above, in whole pages.
    pub fn table_bytes(&self) -> u64 {
        ((self.anon + self.mapped + self.shared) / 4 * 8).div_ceil(4096) * 4096 + 40_960
    }

    fn lives(&self) -> bool {
        self.killed.is_none()
    }
}

/// Load average over 1, 5 and 15 minutes, as the kernel computes it (kernel/sched/loadavg.c): fixed-point numbers of 11
/// bits, updated every five seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LoadAverage {
    fixed: [u64; 3],
    seconds: u32,
}

impl LoadAverage {
    const ONE: u64 = 1 << 11;
    const KEPT: [u64; 3] = [1884, 2014, 2037];

    /// A host that has had so many tasks all along.
    pub fn steady(tasks: f64) -> Self {
        Self { fixed: [(tasks * Self::ONE as f64).round() as u64; 3], seconds: 0 }
    }

    /// Seconds go by with so many tasks running, waiting to run or sleeping uninterruptibly.
    pub fn step(&mut self, tasks: u32, seconds: u32) {
        self.seconds += seconds;
        while self.seconds >= 5 {
            self.seconds -= 5;
            let active = u64::from(tasks) * Self::ONE;
            for (load, kept) in self.fixed.iter_mut().zip(Self::KEPT) {
                let mut next = *load * kept + active * (Self::ONE - kept);
                if active >= *load {
                    next += Self::ONE - 1;
                }
                *load = next / Self::ONE;
            }
        }
    }

    /// The three numbers, in hundredths, rounded as `/proc/loadavg` rounds.
    pub fn hundredths(&self) -> [u64; 3] {
        self.fixed.map(|load| {
            let load = load + Self::ONE / 200;
            load / Self::ONE * 100 + load % Self::ONE * 100 / Self::ONE
        })
    }
}

/// A host.
#[derive(Clone, Debug, PartialEq)]
pub struct Host {
    /// Its name.
    pub name: String,
    /// Kernel release.
    pub kernel: String,
    /// CPUs it sees.
    pub cpus: u32,
    /// CPUs the hypervisor really gives it at most.
    pub entitled: f64,
    /// Memory.
    pub memory: Memory,
    /// Processes, also those killed.
    pub processes: Vec<Process>,
    /// Disks.
    pub disks: Vec<Disk>,
    /// File systems.
    pub file_systems: Vec<FileSystem>,
    /// Cgroups with limits.
    pub cgroups: Vec<Cgroup>,
    /// Load average.
    pub load: LoadAverage,
    /// When it was booted.
    pub booted: NaiveDateTime,
    /// Its clock.
    pub now: NaiveDateTime,
    /// What the OOM killer did.
    pub kills: Vec<OomKill>,
    /// Fractions of running and of blocked tasks carried to the next second, so that counts average out.
    carried: (f64, f64),
}

/// What happened in an interval; rates are a second.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sample {
    /// When it ended.
    pub at: NaiveDateTime,
    /// Tasks running or waiting to run, at its end.
    pub runnable: u32,
    /// Tasks in uninterruptible sleep, at its end.
    pub blocked: u32,
    /// CPU time in user mode, in percent of all CPUs.
    pub user: f64,
    /// In the kernel.
    pub system: f64,
    /// Idle with I/O outstanding.
    pub iowait: f64,
    /// Wanted, but given to other guests.
    pub steal: f64,
    /// Idle.
    pub idle: f64,
    /// KiB swapped in.
    pub swap_in: f64,
    /// KiB swapped out.
    pub swap_out: f64,
    /// KiB read from disks.
    pub block_in: f64,
    /// KiB written to disks.
    pub block_out: f64,
    /// Interrupts.
    pub interrupts: f64,
    /// Context switches.
    pub switches: f64,
    /// Anonymous KiB in RAM, at its end.
    pub anon: u64,
    /// The memory, at its end.
    pub memory: Memory,
    /// Each disk.
    pub disks: Vec<DiskSample>,
    /// Each process.
    pub tasks: Vec<TaskSample>,
}

/// What a process did in an interval.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TaskSample {
    /// Its id.
    pub pid: u32,
    /// Its user's number.
    pub uid: u32,
    /// Its name.
    pub command: String,
    /// CPU in user mode, in percent of one CPU.
    pub user: f64,
    /// CPU in the kernel, in percent of one CPU.
    pub system: f64,
    /// Waiting for a CPU, in percent of one CPU.
    pub wait: f64,
    /// KiB read a second.
    pub read_kib: f64,
    /// KiB written a second.
    pub write_kib: f64,
    /// Time spent waiting for block I/O, in clock ticks of 10 ms.
    pub delay: f64,
    /// Major page faults a second.
    pub faults: f64,
}

impl Host {
    /// A host without processes and disks.
    pub fn new(name: &str, cpus: u32, memory: Memory, booted: NaiveDateTime, now: NaiveDateTime) -> Self {
        Self {
            name: name.to_owned(),
            kernel: "6.1.0-28-cloud-amd64".to_owned(),
            cpus,
            entitled: f64::from(cpus),
            memory,
            processes: Vec::new(),
            disks: Vec::new(),
            file_systems: Vec::new(),
            cgroups: Vec::new(),
            load: LoadAverage::default(),
            booted,
            now,
            kills: Vec::new(),
            carried: (0.0, 0.0),
        }
    }

    /// Anonymous memory in RAM, in KiB.
    pub fn anon(&self) -> u64 {
        self.living().map(|process| process.anon.saturating_sub(process.swapped)).sum()
    }

    /// Processes that live.
    pub fn living(&self) -> impl Iterator<Item = &Process> {
        self.processes.iter().filter(|process| process.lives())
    }

    /// Some seconds go by.
    pub fn step(&mut self, seconds: u32) -> Sample {
        let time = f64::from(seconds);
        self.now += TimeDelta::seconds(i64::from(seconds));
        self.grow(time);
        let mut sample = Sample { at: self.now, ..Sample::default() };
        let mut tasks: Vec<TaskSample> = self
            .living()
            .map(|process| TaskSample {
                pid: process.pid,
                uid: process.uid,
                command: process.command.clone(),
                ..TaskSample::default()
            })
            .collect();
        let blocked = self.serve(time, &mut sample, &mut tasks);
        let running = self.compute(time, &mut sample, &mut tasks, blocked);
        sample.interrupts = 120.0 * f64::from(self.cpus)
            + sample.disks.iter().map(|disk| disk.reads + disk.writes).sum::<f64>()
            + (sample.user + sample.system) * f64::from(self.cpus) * 3.0;
        let voluntary: f64 = self.living().map(|process| process.switches).sum();
        sample.switches =
            sample.interrupts * 1.6 + voluntary + (running - f64::from(self.cpus)).max(0.0) * 55.0;
        self.carried.0 += running;
        self.carried.1 += blocked;
        sample.runnable = self.carried.0.max(0.0).floor() as u32;
        sample.blocked = self.carried.1.max(0.0).floor() as u32;
        self.carried.0 -= f64::from(sample.runnable);
        self.carried.1 -= f64::from(sample.blocked);
        self.load.step(sample.runnable + sample.blocked, seconds);
        sample.anon = self.anon();
        sample.memory = self.memory.clone();
        sample.tasks = tasks;
        sample
    }

    /// Memory and descriptors grow; what does not fit is swapped, and what fits nowhere is killed for.
    fn grow(&mut self, time: f64) {
        for process in self.processes.iter_mut().filter(|process| process.lives()) {
            // In whole pages.
            process.anon = (process.growth.after(process.anon as f64, time) / 4.0).round() as u64 * 4;
            process.virtual_kib = process.virtual_kib.max(process.anon + process.mapped);
            process.descriptors.step(time);
        }
        for group in 0..self.cgroups.len() {
            let Some(limit) = self.cgroups.get(group).and_then(|cgroup| cgroup.limit) else { continue };
            let used = |host: &Self| -> u64 {
                host.living()
                    .filter(|process| process.cgroup == Some(group))
                    .map(|process| process.anon)
                    .sum()
            };
            while used(self) > limit && self.kill(Some(group)) {}
        }
        loop {
            let wanted: u64 = self.living().map(|process| process.anon).sum();
            if self.memory.settle(wanted) == 0 || !self.kill(None) {
                break;
            }
        }
        // Swapped pages are shared out by size.
        let wanted: u64 = self.living().map(|process| process.anon).sum();
        let swapped = self.memory.swap_used.min(wanted);
        for process in self.processes.iter_mut().filter(|process| process.lives()) {
            let share = swapped as f64 * process.anon as f64 / wanted.max(1) as f64;
            process.swapped = share as u64 / 4 * 4;
        }
    }

    /// The OOM killer, for a cgroup or for the host. False where it finds nobody.
    fn kill(&mut self, group: Option<usize>) -> bool {
        let considered: Vec<&Process> =
            self.living().filter(|process| group.is_none() || process.cgroup == group).collect();
        let tasks: Vec<OomRow> = considered.iter().map(|process| OomRow::of(process)).collect();
        let cgroup = group.and_then(|index| self.cgroups.get(index));
        let total = match cgroup.and_then(|cgroup| cgroup.limit) {
            Some(limit) => limit / 4,
            None => (self.memory.total + self.memory.swap_total) / 4,
        };
        let Some(victim) = OomKill::choose(&tasks, total).cloned() else { return false };
        // Who asks last is the one that grows, else the victim itself.
        let asking = considered.iter().find(|process| process.growth != Growth::None);
        let Some(killed) = considered.iter().find(|process| process.pid == victim.pid) else { return false };
        let asking = asking.unwrap_or(killed);
        let path = |process: &Process| {
            let own =
                process.cgroup.and_then(|index| self.cgroups.get(index)).map(|cgroup| cgroup.path.clone());
            let unit = process.unit.as_ref().map(|unit| format!("/system.slice/{unit}"));
            own.or(unit).unwrap_or_else(|| "/user.slice/user-1000.slice/session-4.scope".to_owned())
        };
        let limit = cgroup.and_then(|cgroup| {
            cgroup.limit.map(|limit| (cgroup.path.clone(), limit, limit, cgroup.hits + 37))
        });
        let kill = OomKill {
            at: self.now,
            constraint: if group.is_some() { Constraint::Cgroup } else { Constraint::Global },
            invoker: (asking.command.clone(), asking.pid, asking.adjust),
            anon: killed.anon.saturating_sub(killed.swapped),
            files: killed.mapped,
            shmem: killed.shared,
            cgroup: path(killed),
            limit,
            tasks,
            victim,
        };
        let pid = kill.victim.pid;
        self.kills.push(kill);
        if let Some(process) = self.processes.iter_mut().find(|process| process.pid == pid) {
            process.killed = Some(9);
        }
        true
    }

    /// Disks serve; how many tasks wait for them uninterruptibly, on average.
    fn serve(&mut self, time: f64, sample: &mut Sample, tasks: &mut [TaskSample]) -> f64 {
        let mut blocked = 0.0;
        let swapping = self.memory.swap_used > 0;
        let processes: Vec<&Process> = self.processes.iter().filter(|process| process.lives()).collect();
        for (index, disk) in self.disks.iter_mut().enumerate() {
            let mut seen = DiskSample { name: disk.name.clone(), ..DiskSample::default() };
            let flows: Vec<(usize, &Io)> = processes
                .iter()
                .enumerate()
                .flat_map(|(at, process)| process.io.iter().map(move |io| (at, io)))
                .filter(|(_, io)| io.disk == index && io.workers > 0.0 && (!io.swap || swapping))
                .collect();
            let demands: Vec<Demand> = flows
                .iter()
                .map(|(_, io)| Demand { workers: io.workers, think: io.think, size: io.size })
                .collect();
            let (mut read_time, mut write_time) = (0.0, 0.0);
            for ((at, io), (rate, spent)) in flows.iter().zip(disk.serve(&demands, time)) {
                let kib = rate * io.size;
                let waiting = rate * spent;
                seen.queue += waiting;
                if io.write {
                    seen.writes += rate;
                    seen.write_kib += kib;
                    write_time += waiting;
                    sample.block_out += kib;
                    // What the kernel writes back is merged with its neighbours now and then.
                    if !io.blocks {
                        seen.merged += rate * 0.3;
                    }
                } else {
                    seen.reads += rate;
                    seen.read_kib += kib;
                    read_time += waiting;
                    sample.block_in += kib;
                }
                if io.swap {
                    if io.write { sample.swap_out += kib } else { sample.swap_in += kib }
                }
                if io.blocks {
                    blocked += waiting;
                }
                if let Some(task) = tasks.get_mut(*at) {
                    // A page read from swap counts as read by who faults; what goes out is the kernel's doing.
                    if io.swap && !io.write {
                        task.faults += rate;
                    }
                    if !io.write {
                        task.read_kib += kib;
                    } else if !io.swap {
                        task.write_kib += kib;
                    }
                    if io.blocks {
                        task.delay += waiting * 100.0;
                    }
                }
            }
            seen.read_wait = if seen.reads > 0.0 { read_time / seen.reads * 1000.0 } else { 0.0 };
            seen.write_wait = if seen.writes > 0.0 { write_time / seen.writes * 1000.0 } else { 0.0 };
            // At least one request in the queue, were they to come at random.
            seen.busy = (1.0 - (-seen.queue).exp()) * 100.0;
            sample.disks.push(seen);
        }
        blocked
    }

    /// CPUs are shared out fairly by threads; how many tasks run or want to, on average.
    fn compute(&mut self, time: f64, sample: &mut Sample, tasks: &mut [TaskSample], blocked: f64) -> f64 {
        let cpus = f64::from(self.cpus);
        let quota = |process: &Process| {
            let cgroup = process.cgroup.and_then(|index| self.cgroups.get(index));
            cgroup
                .and_then(|cgroup| cgroup.cpu_percent)
                .map_or(f64::MAX, |percent| f64::from(percent) / 100.0)
        };
        let wanted: Vec<f64> = self.living().map(|process| process.threads.min(quota(process))).collect();
        let running: f64 = wanted.iter().sum();
        let given = running.min(self.entitled).min(cpus);
        let share = if running > 0.0 { given / running } else { 1.0 };
        let (mut user, mut system) = (0.0, 0.0);
        let living = self.processes.iter_mut().filter(|process| process.lives());
        for ((process, want), task) in living.zip(&wanted).zip(tasks) {
            let got = want * share;
            process.cpu_seconds += got * time;
            task.system = got * process.kernel_share * 100.0;
            task.user = got * (1.0 - process.kernel_share) * 100.0;
            // What pidstat shows is the main thread's.
            task.wait = want.min(1.0) * (1.0 - share) * 100.0;
            system += task.system / 100.0;
            user += task.user / 100.0;
        }
        let steal = (running.min(cpus) - given).max(0.0);
        let idle = (cpus - given - steal).max(0.0);
        let iowait = idle.min(blocked);
        sample.user = user / cpus * 100.0;
        sample.system = system / cpus * 100.0;
        sample.steal = steal / cpus * 100.0;
        sample.iowait = iowait / cpus * 100.0;
        sample.idle = (idle - iowait) / cpus * 100.0;
        running
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> NaiveDateTime {
        text.parse().expect("a moment")
    }

    fn host() -> Host {
        let (booted, now) = (moment("2026-03-01T00:00:00"), moment("2026-03-02T10:00:00"));
        let memory = Memory {
            total: 8_000_000,
            kernel: 300_000,
            files: 2_000_000,
            wanted: 2_000_000,
            kept: 100_000,
            low: 40_000,
            ..Memory::default()
        };
        let mut host = Host::new("app-1", 4, memory, booted, now);
        host.disks.push(Disk {
            name: "nvme0n1".into(),
            service: 0.001,
            iops: 3000.0,
            throughput: 125.0 * 1024.0,
            bucket: None,
        });
        host
    }

    #[test]
    fn a_loaded_minute_moves_the_three_averages_as_in_the_kernel() {
        let mut load = LoadAverage::default();
        load.step(4, 60);
        // 4 (1 - e^-1), 4 (1 - e^-1/5), 4 (1 - e^-1/15), within the kernel's rounding.
        let [one, five, fifteen] = load.hundredths();
        assert!(
            (250..=256).contains(&one) && (71..=76).contains(&five) && (24..=29).contains(&fifteen),
            "{load:?}"
        );
        load.step(4, 7200);
        assert_eq!(load.hundredths(), [400, 400, 400]);
    }

    #[test]
    fn cpu_columns_add_up_and_waiting_is_not_idle() {
        let mut host = host();
        let mut work = Process::new(2000, "app", 1000, "worker", host.booted);
        work.threads = 6.0;
        host.processes.push(work);
        let mut reader = Process::new(2001, "app", 1000, "reader", host.booted);
        reader.io = vec![Io { workers: 8.0, size: 16.0, blocks: true, ..Io::default() }];
        host.processes.push(reader);
        let sample = host.step(1);
        let sum = sample.user + sample.system + sample.iowait + sample.steal + sample.idle;
        assert!((sum - 100.0).abs() < 1e-9, "{sample:?}");
        assert_eq!((sample.runnable, sample.blocked), (6, 8));
        assert!(sample.iowait < 1e-9, "busy CPUs hide waiting for disks");
        let disk = &sample.disks[0];
        assert!((disk.reads * disk.read_wait / 1000.0 - disk.queue).abs() < 1e-9);
        host.processes[0].threads = 1.0;
        let sample = host.step(1);
        assert!((sample.iowait - 75.0).abs() < 1e-9, "{sample:?}");
    }

    #[test]
    fn growth_ends_in_a_kill_and_memory_comes_back() {
        let mut host = host();
        let mut leaking = Process::new(3000, "app", 1000, "java", host.booted);
        leaking.growth = Growth::Linear(1000.0);
        leaking.unit = Some("shop.service".into());
        host.processes.push(leaking);
        let mut other = Process::new(3001, "postgres", 110, "postgres", host.booted);
        other.anon = 1_000_000;
        host.processes.push(other);
        for _ in 0..120 {
            host.step(60);
        }
        assert_eq!(host.kills.len(), 1);
        assert_eq!(
            (host.kills[0].victim.command.as_str(), host.kills[0].constraint),
            ("java", Constraint::Global)
        );
        assert_eq!(host.living().count(), 1);
        assert!(host.memory.available(host.anon()) > 4_000_000);
    }

    #[test]
    fn a_cgroup_limit_kills_in_the_cgroup_only() {
        let mut host = host();
        host.cgroups.push(Cgroup {
            path: "/docker/ab".into(),
            limit: Some(500_000),
            cpu_percent: None,
            hits: 0,
        });
        let mut inside = Process::new(3000, "app", 1000, "node", host.booted);
        inside.growth = Growth::Doubling(60.0);
        inside.cgroup = Some(0);
        host.processes.push(inside);
        let mut big = Process::new(3001, "app", 1000, "java", host.booted);
        big.anon = 3_000_000;
        host.processes.push(big);
        for _ in 0..20 {
            host.step(60);
        }
        assert_eq!(
            host.kills.first().map(|kill| (kill.victim.pid, kill.constraint)),
            Some((3000, Constraint::Cgroup))
        );
        assert_eq!(host.kills.len(), 1);
    }
}
