//! D08: which resource is saturated, read from vmstat, iostat, free and pidstat of one small simulated host.

use chrono::{NaiveDate, TimeDelta};
use serde_json::json;

use super::{Answer, Ask, Choice, Exercise, Family, Trap, Unit, shown};
use crate::cloud::Draw;
use crate::cloud::host::{Disk, Growth, Host, Io, LoadAverage, Memory, Process, Sample, render};
use crate::model::{Evidence, EvidenceType, Text};

pub(super) const FAMILY: Family = Family {
    id: "D08",
    place: ("linux", "use-method-triage"),
    depths: &[1, 2, 3],
    seconds: 90,
    version: 2,
    sources: &[
        "vmstat(8) of procps-ng 4, FIELD DESCRIPTION (the first line is since boot; r, b, si, so, wa, st)",
        "iostat(1) of sysstat 12, REPORTS (aqu-sz, r_await, %util and its limits with parallel devices)",
        "free(1) of procps-ng 4 (available; used is total less available)",
        "proc(5), /proc/loadavg and /proc/meminfo (running and uninterruptible tasks; MemAvailable)",
        "pidstat(1) of sysstat 12 (%CPU, %wait, kB_rd/s, iodelay)",
    ],
    draw,
};

/// What is wrong, hidden from the learner.
#[derive(Clone, Copy, PartialEq, Debug)]
enum State {
    Cpu,
    Steal,
    Iops,
    Throughput,
    Swap,
    Single,
    Healthy,
}

fn t(en: impl Into<String>, zh: impl Into<String>) -> Text {
    Text::new(en.into(), zh.into())
}

impl State {
    fn text(self, level: u8) -> Text {
        match self {
            Self::Cpu => t(
                "CPU: its own work fills all CPUs, and threads queue",
                "CPU：自己的工作用滿所有CPU，執行緒在排隊",
            ),
            Self::Steal => t(
                "CPU: the hypervisor withholds time that the guest wants",
                "CPU：客體要用的時間被Hypervisor扣住",
            ),
            Self::Iops | Self::Throughput if level == 1 => {
                t("Disk: tasks wait for I/O on files", "磁碟：工作在等檔案的I/O")
            }
            Self::Iops => t("Disk: a volume at its limit of IOPS", "磁碟：有磁碟區達到IOPS上限"),
            Self::Throughput => {
                t("Disk: a volume at its limit of throughput", "磁碟：有磁碟區達到輸送量上限")
            }
            Self::Swap => t("Memory: the host keeps swapping", "記憶體：主機不停置換"),
            Self::Single => t("CPU: one thread uses all of one CPU", "CPU：單一執行緒用滿一個CPU"),
            Self::Healthy => t("None: no resource is saturated", "沒有：沒有任何資源飽和"),
        }
    }
}

/// Programs with many threads.
const COMMANDS: &[&str] = &[
    "java",
    "node",
    "dotnet",
    "report-worker",
    "importd",
    "indexer",
    "renderer",
    "etl",
    "searchd",
    "transcoder",
];
/// Programs with one.
const PLAIN: &[&str] = &["python3", "ruby", "perl", "gzip", "xz", "awk", "pg_dump", "sort"];

/// A host in some state, with what was sampled.
struct Scene {
    host: Host,
    /// The first is the average since boot, as vmstat begins.
    samples: Vec<Sample>,
    /// Index of the process behind it, where there is one.
    behind: Option<u32>,
    /// Limits of the data volume: IOPS, MiB/s.
    limits: (f64, f64),
}

fn draw(draw: &mut Draw, level: u8) -> Exercise {
    let states: &[State] = match level {
        1 => &[State::Cpu, State::Steal, State::Iops, State::Throughput, State::Swap, State::Healthy],
        2 => &[
            State::Cpu,
            State::Steal,
            State::Iops,
            State::Throughput,
            State::Swap,
            State::Healthy,
            State::Iops,
        ],
        _ => &[
            State::Cpu,
            State::Single,
            State::Iops,
            State::Throughput,
            State::Swap,
            State::Healthy,
            State::Single,
        ],
    };
    let state = *draw.pick(states);
    let scene = scene(draw, state, level);
    match level {
        1 => first(draw, state, &scene),
        2 => second(draw, state, &scene),
        _ => third(draw, state, &scene),
    }
}

fn scene(draw: &mut Draw, state: State, level: u8) -> Scene {
    let cpus = *draw.pick(if level == 3 { &[4u32, 8, 16] } else { &[2u32, 4, 8] });
    let gib = u64::from(cpus) * draw.pick(&[2u64, 4]);
    // Memory comes in pages of 4 KiB.
    let total = (gib * 1_000_000 - draw.int(20_000u64, 90_000)) / 240 * 240;
    let now = NaiveDate::from_ymd_opt(2026, draw.int(1, 12), draw.int(1, 28))
        .unwrap_or_default()
        .and_hms_opt(draw.int(0, 23), draw.int(0, 59), draw.int(0, 59))
        .unwrap_or_default();
    let booted = now - TimeDelta::minutes(draw.int(900, 60_000));
    let swaps = state == State::Swap;
    let memory = Memory {
        total,
        kernel: total / 120 * 4,
        reclaimable: total / 240 * 4,
        buffers: draw.int(5_000, 22_000) * 4,
        // A cache that takes what is left looks like a lack of memory and is none.
        wanted: if draw.percent(60) { total } else { total / 20 * 4 },
        kept: total / 160 * 4,
        shmem: draw.int(200u64, 5_000) * 4,
        swap_total: if swaps || draw.percent(30) { total / 8 * 4 } else { 0 },
        low: total / 480 * 4,
        ..Memory::default()
    };
    let mut host = Host::new(
        &format!("ip-10-0-{}-{}", draw.int(0u32, 15), draw.int(10u32, 250)),
        cpus,
        memory,
        booted,
        now,
    );
    let iops = *draw.pick(&[3000.0, 4000.0, 6000.0, 8000.0]);
    let mib = *draw.pick(&[125.0, 200.0, 250.0]);
    let root = Disk {
        name: "nvme0n1".into(),
        service: 0.0006,
        iops: 3000.0,
        throughput: 125.0 * 1024.0,
        bucket: None,
    };
    let data = Disk { name: "nvme1n1".into(), service: 0.0005, iops, throughput: mib * 1024.0, bucket: None };
    host.disks = vec![root, data];

    // What is always there.
    let pid = draw.int(1000u32, 3000);
    let mut commands = draw.some(COMMANDS, 3);
    let plain = *draw.pick(PLAIN);
    commands.insert(if state == State::Single { 0 } else { draw.int(1, 3) }, plain);
    let process = |draw: &mut Draw, index: u32, command: &str, uid: u32| {
        let started = booted + TimeDelta::seconds(20 + i64::from(index) * 3);
        let user = match uid {
            0 => "root",
            115 => "postgres",
            _ => "app",
        };
        let mut process = Process::new(pid + index * 23 + draw.int(0u32, 2000), user, uid, command, started);
        process.threads = f64::from(draw.int(3u32, 12)) / 100.0;
        process.kernel_share = f64::from(draw.int(12u32, 30)) / 100.0;
        process.nlwp = if COMMANDS.contains(&command) { draw.int(4, 40) } else { 1 };
        process.switches = f64::from(draw.int(40u32, 400));
        process.anon = total / 400 * draw.int(3, 7) * 4;
        process.mapped = draw.int(1_000, 7_500) * 4;
        process
    };
    let mut all: Vec<Process> = Vec::new();
    for (index, command) in ["systemd-journal", "sshd", "postgres"].iter().chain(&commands).enumerate() {
        let uid = if index < 2 {
            0
        } else if index == 2 {
            115
        } else {
            1000
        };
        let mut made = process(draw, index as u32 * 97, command, uid);
        if index < 2 {
            made.anon = draw.int(750, 2_200) * 4;
            made.threads = 0.004;
        }
        if index == 2 {
            // Checkpoints in the background: asynchronous, nobody waits.
            let rate = iops * f64::from(draw.int(3u32, 20)) / 100.0;
            made.io.push(Io {
                disk: 1,
                workers: rate * 0.0045,
                think: 0.004,
                size: 12.0,
                write: true,
                ..Io::default()
            });
        }
        all.push(made);
    }
    // Quiet figures, as since boot.
    host.processes = all.clone();
    host.memory.settle(host.anon());
    let mut quiet = host.clone();
    let mut since_boot = quiet.step(1);

    // The one behind it.
    let n = f64::from(cpus);
    let tenth = |draw: &mut Draw, low: u32, high: u32| f64::from(draw.int(low, high)) / 10.0;
    let mut behind = None;
    let mut tasks = 1;
    if let Some(main) = all.get_mut(3) {
        behind = Some(main.pid);
        match state {
            State::Cpu => {
                main.threads = n * tenth(draw, 16, 32);
                tasks = main.threads as u32;
                main.nlwp = tasks + draw.int(4, 20);
            }
            State::Steal => {
                main.threads = n * tenth(draw, 12, 20);
                host.entitled = n * tenth(draw, 2, 6);
                tasks = main.threads as u32;
            }
            State::Single => {
                main.threads = 0.99;
                main.nlwp = 1;
                main.kernel_share = 0.04;
            }
            State::Iops | State::Throughput => {
                // Enough for requests to wait well over a millisecond.
                let workers: u32 = draw.int((iops / 500.0) as u32, 26);
                let size =
                    if state == State::Iops { *draw.pick(&[4.0, 8.0]) } else { *draw.pick(&[128.0, 256.0]) };
                let write = draw.percent(30);
                main.io.push(Io {
                    disk: 1,
                    workers: workers.into(),
                    think: 0.0001,
                    size,
                    write,
                    blocks: true,
                    swap: false,
                });
                main.threads = tenth(draw, 2, 6);
                main.kernel_share = 0.5;
                tasks = workers;
            }
            State::Swap => {
                // Three fifths and more of the memory are its own, and together they do not fit.
                main.anon = total / 400 * draw.int(85, 105) * 4;
                main.threads = tenth(draw, 4, 8);
                let workers: u32 = draw.int(3, 4);
                // A volume that is slow enough to block, and well below its limits.
                if let Some(disk) = host.disks.first_mut() {
                    disk.service = 0.0015;
                }
                main.io.push(Io {
                    disk: 0,
                    workers: workers.into(),
                    think: 0.0005,
                    size: 8.0,
                    write: false,
                    blocks: true,
                    swap: true,
                });
                main.io.push(Io {
                    disk: 0,
                    workers: 0.4,
                    think: 0.0,
                    size: 8.0,
                    write: true,
                    blocks: false,
                    swap: true,
                });
                tasks = workers;
            }
            State::Healthy => {
                behind = None;
                if draw.percent(60) {
                    // Many requests at once on a fast volume: busy all the time, and nobody waits long.
                    main.io.push(Io { disk: 1, workers: 5.0, think: 0.0005, size: 4.0, ..Io::default() });
                    if let Some(disk) = host.disks.get_mut(1) {
                        disk.service = 0.0003;
                        disk.iops = 16_000.0;
                    }
                }
                main.threads = n * tenth(draw, 1, 3);
                // Not what one busy thread would look like.
                if (0.8..1.2).contains(&main.threads) {
                    main.threads = 0.6;
                }
                tasks = (main.threads + 0.3).round() as u32;
            }
        }
    }
    let iops = host.disks.get(1).map_or(iops, |disk| disk.iops);
    host.processes = all;
    let rising = draw.percent(60);
    host.load = LoadAverage::steady(if rising { 0.4 } else { f64::from(tasks) * 0.95 });
    host.load.step(tasks, draw.int(4u32, 12) * 60);

    // One step to settle, then what is shown; demands vary a little.
    let base: Vec<(f64, Vec<f64>)> = host
        .processes
        .iter()
        .map(|process| (process.threads, process.io.iter().map(|io| io.workers).collect()))
        .collect();
    host.now -= TimeDelta::seconds(6);
    let mut samples = Vec::new();
    for round in 0..6 {
        for (process, (threads, workers)) in host.processes.iter_mut().zip(&base) {
            let vary = |draw: &mut Draw| f64::from(draw.int(95u32, 104)) / 100.0;
            let one = state == State::Single && *threads > 0.9;
            process.threads =
                if one { f64::from(draw.int(970u32, 995)) / 1000.0 } else { threads * vary(draw) };
            for (io, workers) in process.io.iter_mut().zip(workers) {
                io.workers = workers * vary(draw);
            }
        }
        let sample = host.step(1);
        if round > 0 {
            samples.push(sample);
        }
    }
    // Memory and the two counts are of now even in vmstat's first line; only rates are averages since boot.
    if let Some(now) = samples.first() {
        since_boot.memory = now.memory.clone();
        since_boot.anon = now.anon;
        since_boot.runnable = now.runnable;
        since_boot.blocked = now.blocked;
    }
    samples.insert(0, since_boot);
    // Nothing grows here, so that the report's one moment stands for all.
    debug_assert!(host.processes.iter().all(|process| process.growth == Growth::None));
    Scene { host, samples, behind, limits: (iops, mib) }
}

fn command(line: &str, output: &str) -> Evidence {
    shown(EvidenceType::Command, format!("$ {line}\n{output}"))
}

impl Scene {
    /// The lines after the first.
    fn lines(&self) -> &[Sample] {
        self.samples.get(1..).unwrap_or_default()
    }

    fn last(&self) -> Sample {
        self.samples.last().cloned().unwrap_or_default()
    }

    fn mean(&self, of: fn(&Sample) -> f64) -> f64 {
        self.lines().iter().map(of).sum::<f64>() / self.lines().len().max(1) as f64
    }

    fn vmstat(&self) -> Evidence {
        command("vmstat 1 6", &render::vmstat(&self.samples))
    }

    /// Statements with whether they hold and why, each clear of its border by construction.
    fn statements(&self, state: State, level: u8) -> Vec<(Text, bool, Text)> {
        let idle = self.mean(|sample| sample.idle.round() + sample.iowait.round());
        let (r, b) = (self.mean(|sample| sample.runnable.into()), self.mean(|sample| sample.blocked.into()));
        let (si, so) =
            (self.mean(|sample| sample.swap_in.round()), self.mean(|sample| sample.swap_out.round()));
        let steal = self.mean(|sample| sample.steal.round());
        let last = self.last();
        let mut list = vec![
            (
                t("Tasks wait for I/O in every line after the first", "第一行之後的每一行都有工作在等I/O"),
                b > 0.5,
                t(format!("`b` averages {b:.1} there."), format!("那些行的`b`平均{b:.1}。")),
            ),
            (
                t("Pages move between memory and swap all the time", "分頁一直在記憶體與置換空間之間搬動"),
                si > 1.0,
                t(
                    format!("`si` and `so` average {si:.0} and {so:.0}."),
                    format!("`si`與`so`平均為{si:.0}與{so:.0}。"),
                ),
            ),
            (
                t("The hypervisor withholds CPU time", "Hypervisor扣住了CPU時間"),
                steal > 5.0,
                t(format!("`st` averages {steal:.0}."), format!("`st`平均{steal:.0}。")),
            ),
            (
                t(
                    "The CPUs are idle or wait for I/O more than a tenth of the time",
                    "CPU有超過十分之一的時間閒置或在等I/O",
                ),
                idle > 10.0,
                t(
                    format!(
                        "`id` and `wa` together average {idle:.0}; `r` averages {r:.1} on {} CPUs.",
                        self.host.cpus
                    ),
                    format!("`id`加`wa`平均{idle:.0}；`r`平均{r:.1}，共{}個CPU。", self.host.cpus),
                ),
            ),
        ];
        if level > 1 {
            let share = last.memory.available(last.anon) as f64 / last.memory.total as f64 * 100.0;
            list.push((
                t("More than a tenth of the memory is available to applications", "應用程式還有超過一成的記憶體可用"),
                share > 10.0,
                t(
                    format!("`available` is {share:.0}% of `total`; `free` alone leaves out the cache that can be given back."),
                    format!("`available`是`total`的{share:.0}%；只看`free`會漏掉可以歸還的快取。"),
                ),
            ));
            let queue = last.disks.get(1).map_or(0.0, |disk| disk.queue);
            let wait = last.disks.get(1).map_or(0.0, |disk| disk.read_wait.max(disk.write_wait));
            list.push((
                t("Requests on `nvme1n1` take less than 1 ms", "`nvme1n1`上的請求不到1 ms就完成"),
                !matches!(state, State::Iops | State::Throughput),
                t(
                    format!("The slower of `r_await` and `w_await` is {wait:.2} ms, with {queue:.2} in flight; %util alone says only that there was always something to do."),
                    format!("`r_await`與`w_await`較慢者是{wait:.2} ms，同時有{queue:.2}個請求；%util只說明它一直有事做。"),
                ),
            ));
        }
        list
    }

    fn several(&self, draw: &mut Draw, state: State, level: u8) -> Ask {
        let mut list = self.statements(state, level);
        draw.shuffle(&mut list);
        let right =
            (0..list.len()).filter(|index| list.get(*index).is_some_and(|(_, holds, _)| *holds)).collect();
        let options = list.into_iter().map(|(text, _, why)| Choice::new(text, why)).collect();
        Ask::new("holds", t("What the numbers show", "數字顯示了什麼"), Answer::Several { options, right })
    }

    /// What settles it, in this case's numbers.
    fn proof(&self, state: State, level: u8) -> Text {
        let cpus = self.host.cpus;
        let mean = |of: fn(&Sample) -> f64| self.mean(of);
        let (r, b) = (mean(|sample| sample.runnable.into()), mean(|sample| sample.blocked.into()));
        let last = self.last();
        let disk = last.disks.get(1).cloned().unwrap_or_default();
        let (requests, mib) = (disk.reads + disk.writes, (disk.read_kib + disk.write_kib) / 1024.0);
        let wait = (disk.reads * disk.read_wait + disk.writes * disk.write_wait) / requests.max(1.0);
        match state {
            // vmstat alone shows no volume.
            State::Iops | State::Throughput if level == 1 => t(
                format!(
                    "`b` averages {b:.1} while nothing is swapped in, and `wa` {:.0}: tasks wait for I/O on files.",
                    mean(|sample| sample.iowait.round())
                ),
                format!(
                    "`b`平均{b:.1}，又沒有置換進來，`wa`平均{:.0}：工作在等檔案的I/O。",
                    mean(|sample| sample.iowait.round())
                ),
            ),
            State::Cpu => t(
                format!(
                    "`r` averages {r:.1} on {cpus} CPUs and `us`+`sy` fill the time: threads queue for a CPU."
                ),
                format!("`r`平均{r:.1}，只有{cpus}個CPU，`us`+`sy`用滿時間：執行緒在排隊等CPU。"),
            ),
            State::Steal => t(
                format!(
                    "`st` averages {:.0}: the guest wanted that time and did not get it; others had it, or a limit of its own, as on a burstable instance without credits.",
                    mean(|sample| sample.steal.round())
                ),
                format!(
                    "`st`平均{:.0}：客體要用這些時間卻沒拿到：給了別的客體，或受自己的上限限制（例如點數用完的可爆量執行個體）。",
                    mean(|sample| sample.steal.round())
                ),
            ),
            State::Iops | State::Throughput => t(
                format!(
                    "`b` averages {b:.1} without swapping; `nvme1n1` does {requests:.0} requests and {mib:.0} MiB a second, and a request takes {wait:.2} ms on average."
                ),
                format!(
                    "`b`平均{b:.1}，又沒有置換；`nvme1n1`每秒{requests:.0}個請求、{mib:.0} MiB，每個請求平均要{wait:.2} ms。"
                ),
            ),
            State::Swap => t(
                format!(
                    "`si` averages {:.0} and `so` {:.0}, line after line: memory is too small, and the disk I/O is the swapping itself.",
                    mean(|sample| sample.swap_in.round()),
                    mean(|sample| sample.swap_out.round())
                ),
                format!(
                    "`si`平均{:.0}、`so`平均{:.0}，每行都有：記憶體不夠，磁碟I/O就是置換本身。",
                    mean(|sample| sample.swap_in.round()),
                    mean(|sample| sample.swap_out.round())
                ),
            ),
            State::Single => t(
                format!(
                    "The host is mostly idle, but one process stands at about 100 %CPU: with {cpus} CPUs that is {:.0}% of the host, and its one thread cannot use more.",
                    100.0 / f64::from(cpus)
                ),
                format!(
                    "主機大多閒置，但有個行程穩定在約100 %CPU：{cpus}個CPU裡只占{:.0}%，而單一執行緒無法再多用。",
                    100.0 / f64::from(cpus)
                ),
            ),
            State::Healthy => t(
                format!(
                    "`r` averages {r:.1} on {cpus} CPUs, nothing swaps, nobody waits for disks, `st` is 0."
                ),
                format!("`r`平均{r:.1}（{cpus}個CPU），沒有置換，沒有工作在等磁碟，`st`是0。"),
            ),
        }
    }

    fn bottleneck(&self, draw: &mut Draw, state: State, level: u8) -> Ask {
        let all: &[State] = match level {
            1 => &[State::Cpu, State::Steal, State::Iops, State::Swap, State::Healthy],
            2 => &[State::Cpu, State::Steal, State::Iops, State::Throughput, State::Swap, State::Healthy],
            _ => &[State::Cpu, State::Single, State::Iops, State::Throughput, State::Swap, State::Healthy],
        };
        let shown_state = if level == 1 && state == State::Throughput { State::Iops } else { state };
        let last = self.last();
        let disk = last.disks.get(1).cloned().unwrap_or_default();
        let (requests, mib) = (disk.reads + disk.writes, (disk.read_kib + disk.write_kib) / 1024.0);
        let root = last.disks.first().cloned().unwrap_or_default();
        let (root_requests, root_mib) = (root.reads + root.writes, (root.read_kib + root.write_kib) / 1024.0);
        let r = self.mean(|sample| sample.runnable.into());
        let b = self.mean(|sample| sample.blocked.into());
        let si = self.mean(|sample| sample.swap_in.round());
        let steal = self.mean(|sample| sample.steal.round());
        let cpus = self.host.cpus;
        let why = |other: State| match other {
            State::Cpu => t(
                format!("`r` averages {r:.1} on {cpus} CPUs; that alone does not fill them with work."),
                format!("`r`平均{r:.1}，有{cpus}個CPU；CPU並不是被自己的工作塞滿。"),
            ),
            State::Steal => t(format!("`st` averages {steal:.0}."), format!("`st`平均{steal:.0}。")),
            State::Iops | State::Throughput if level == 1 => t(
                format!("`b` averages {b:.1} and `si` {si:.0}: there is no waiting for files here."),
                format!("`b`平均{b:.1}、`si`平均{si:.0}：這裡沒有在等檔案I/O。"),
            ),
            State::Iops => t(
                format!(
                    "`nvme0n1` does {root_requests:.0} of 3000 IOPS, `nvme1n1` {requests:.0} of {:.0}.",
                    self.limits.0
                ),
                format!(
                    "`nvme0n1`是{root_requests:.0} IOPS（上限3000），`nvme1n1`是{requests:.0}（上限{:.0}）。",
                    self.limits.0
                ),
            ),
            State::Throughput => t(
                format!(
                    "`nvme0n1` moves {root_mib:.0} of 125 MiB/s, `nvme1n1` {mib:.0} of {:.0}.",
                    self.limits.1
                ),
                format!(
                    "`nvme0n1`是{root_mib:.0} MiB/s（上限125），`nvme1n1`是{mib:.0}（上限{:.0}）。",
                    self.limits.1
                ),
            ),
            State::Swap => t(
                format!("`si` averages {si:.0}: used swap or little `free` alone is no lack of memory."),
                format!("`si`平均{si:.0}：光是用了置換空間或`free`少，不代表記憶體不足。"),
            ),
            State::Single => t(
                "No single process stands at 100 %CPU while the rest of the host is idle and nothing else is short.",
                "沒有「某個行程停在100 %CPU、其餘都閒置」的情形。",
            ),
            State::Healthy => self.proof(state, level),
        };
        let right = Choice::new(shown_state.text(level), self.proof(state, level));
        let others = all.iter().filter(|other| **other != shown_state);
        let options = std::iter::once(right)
            .chain(others.map(|other| Choice::new(other.text(level), why(*other))))
            .collect();
        Ask::new("bottleneck", t("What is saturated", "飽和的是什麼"), Answer::choice(draw, options))
    }

    /// CPU time used, in percent, as the columns show it.
    fn busy(&self) -> f64 {
        self.mean(|sample| sample.user.round() + sample.system.round())
    }
}

fn percent(value: f64, tolerance: f64, traps: Vec<Trap>) -> Answer {
    let value = (value * 100.0).round() / 100.0;
    Answer::Number { value, tolerance, unit: Unit::Percent, traps }
}

/// Keeps the traps that are wrong by more than an answer may be off.
fn apart(value: f64, tolerance: f64, traps: Vec<(f64, Text)>) -> Vec<Trap> {
    let far = |wrong: &f64| (wrong - value).abs() > tolerance * 2.0 + 0.02;
    traps
        .into_iter()
        .filter(|(wrong, _)| far(wrong))
        .map(|(wrong, why)| Trap::new(format!("{wrong:.2}"), why))
        .collect()
}

/// Level 1: vmstat alone.
fn first(draw: &mut Draw, state: State, scene: &Scene) -> Exercise {
    let cpus = scene.host.cpus;
    let busy = scene.busy();
    let per = scene.mean(|sample| sample.runnable.into()) / f64::from(cpus);
    let per = (per * 1000.0).round() / 1000.0;
    let all: f64 = scene.samples.iter().map(|sample| sample.user.round() + sample.system.round()).sum();
    let all = all / scene.samples.len() as f64;
    let asks = vec![
        scene.bottleneck(draw, state, 1),
        Ask::new(
            "busy",
            t("Mean of `us` + `sy` over the five lines after the first", "第一行之後五行的`us` + `sy`平均"),
            percent(
                busy,
                1.0,
                apart(
                    busy,
                    1.0,
                    vec![(
                        all,
                        t(
                            "The first line is the average since boot; leave it out.",
                            "第一行是開機以來的平均，不要算進去。",
                        ),
                    )],
                ),
            ),
        ),
        Ask::new(
            "runnable",
            t("Mean of `r` over those lines, for each CPU", "那五行的`r`平均，再除以CPU數"),
            Answer::Number {
                value: per,
                tolerance: 0.06,
                unit: Unit::None,
                traps: apart(
                    per,
                    0.06,
                    vec![(
                        per * f64::from(cpus),
                        t(
                            "That is for the whole host; divide by the CPUs.",
                            "那是整台主機的數字，要除以CPU數。",
                        ),
                    )],
                ),
            },
        ),
        scene.several(draw, state, 1),
    ];
    Exercise {
        prompt: t(
            format!(
                "Users call the host slow. It has {cpus} CPUs; vmstat is of procps-ng 4, and its first line shows rates since boot."
            ),
            format!(
                "使用者反映這台主機很慢。它有{cpus}個CPU；vmstat屬於procps-ng 4，第一行的速率是開機以來的平均。"
            ),
        ),
        evidence: vec![command("nproc", &cpus.to_string()), scene.vmstat()],
        asks,
        steps: vec![
            t(
                "Leave out the first line: it averages everything since boot.",
                "略過第一行：那是開機以來的平均。",
            ),
            t(
                format!(
                    "`us` + `sy` average {busy:.1}; `r` / {cpus} CPUs is {per:.2}. Above 1, threads wait for a CPU."
                ),
                format!("`us` + `sy`平均{busy:.1}；`r`除以{cpus}個CPU是{per:.2}。大於1就有執行緒在等CPU。"),
            ),
            scene.proof(state, 1),
        ],
        given: json!({ "cpus": cpus }),
    }
}

/// What the volumes may do, for a prompt.
fn volumes(scene: &Scene) -> (String, String) {
    let (iops, mib) = scene.limits;
    (
        format!(
            "The volume `nvme0n1` (root{}) is limited to 3000 IOPS and 125 MiB/s, `nvme1n1` (data) to {iops} IOPS and {mib} MiB/s.",
            if scene.host.memory.swap_total > 0 { " and swap" } else { "" }
        ),
        format!(
            "磁碟區`nvme0n1`（根目錄{}）上限3000 IOPS、125 MiB/s；`nvme1n1`（資料）上限{iops} IOPS、{mib} MiB/s。",
            if scene.host.memory.swap_total > 0 { "與置換空間" } else { "" }
        ),
    )
}

/// Level 2: with free and iostat.
fn second(draw: &mut Draw, state: State, scene: &Scene) -> Exercise {
    let last = scene.last();
    let mib = |kib: u64| kib / 1024;
    let total = mib(last.memory.total) as f64;
    let available = mib(last.memory.available(last.anon)) as f64;
    let free = mib(last.memory.free(last.anon)) as f64;
    let share = available / total * 100.0;
    let disk = last.disks.get(1).cloned().unwrap_or_default();
    let requests = disk.reads + disk.writes;
    let of_limit = requests / scene.limits.0 * 100.0;
    let asks = vec![
        scene.bottleneck(draw, state, 2),
        Ask::new(
            "available",
            t(
                "Memory available to applications, in percent of the total",
                "應用程式可用的記憶體占全部的百分比",
            ),
            percent(
                share,
                1.0,
                apart(
                    share,
                    1.0,
                    vec![(
                        free / total * 100.0,
                        t(
                            "That is `free`: the cache that can be given back is left out.",
                            "那是`free`：漏了可以歸還的快取。",
                        ),
                    )],
                ),
            ),
        ),
        Ask::new(
            "iops",
            t(
                "Requests a second on `nvme1n1`, in percent of its IOPS limit",
                "`nvme1n1`每秒請求數占其IOPS上限的百分比",
            ),
            percent(
                of_limit,
                1.0,
                apart(
                    of_limit,
                    1.0,
                    vec![(
                        disk.busy,
                        t(
                            "That is %util: the share of time with something to do, not of the limit.",
                            "那是 %util：有事可做的時間比例，不是占上限的比例。",
                        ),
                    )],
                ),
            ),
        ),
        scene.several(draw, state, 2),
    ];
    let (volumes_en, volumes_zh) = volumes(scene);
    let cpus = scene.host.cpus;
    Exercise {
        prompt: t(
            format!(
                "Users call a host with {cpus} CPUs slow. {volumes_en} The tools are procps-ng 4 and sysstat 12; vmstat's first line shows rates since boot, iostat's report is of its last second."
            ),
            format!(
                "使用者反映一台{cpus}個CPU的主機很慢。{volumes_zh}工具是procps-ng 4與sysstat 12；vmstat第一行的速率是開機以來的平均，iostat的報告是最後一秒。"
            ),
        ),
        evidence: vec![
            scene.vmstat(),
            command("free -m", &render::free(&last)),
            command("iostat -xy 1 1", &render::iostat(&scene.host, &last)),
        ],
        asks,
        steps: vec![
            t(
                format!("Memory: `available` {available} of {total} MiB is {share:.1}%."),
                format!("記憶體：`available` {available} / {total} MiB，即{share:.1}%。"),
            ),
            t(
                format!(
                    "`nvme1n1`: {:.2} + {:.2} = {requests:.2} requests a second, {of_limit:.1}% of {} IOPS; ({:.2} + {:.2}) / 1024 = {:.1} MiB/s of {}.",
                    disk.reads,
                    disk.writes,
                    scene.limits.0,
                    disk.read_kib,
                    disk.write_kib,
                    (disk.read_kib + disk.write_kib) / 1024.0,
                    scene.limits.1
                ),
                format!(
                    "`nvme1n1`：{:.2} + {:.2} = 每秒{requests:.2}個請求，是{} IOPS的{of_limit:.1}%；({:.2} + {:.2}) / 1024 = {:.1} MiB/s，上限{}。",
                    disk.reads,
                    disk.writes,
                    scene.limits.0,
                    disk.read_kib,
                    disk.write_kib,
                    (disk.read_kib + disk.write_kib) / 1024.0,
                    scene.limits.1
                ),
            ),
            t(
                format!(
                    "By Little's law {requests:.0} requests a second with {:.2} in flight take {:.2} ms each.",
                    disk.queue,
                    if requests > 0.0 { disk.queue / requests * 1000.0 } else { 0.0 }
                ),
                format!(
                    "依Little定律，每秒{requests:.0}個請求、同時{:.2}個，平均每個{:.2} ms。",
                    disk.queue,
                    if requests > 0.0 { disk.queue / requests * 1000.0 } else { 0.0 }
                ),
            ),
            scene.proof(state, 2),
        ],
        given: json!({ "cpus": cpus, "iops": scene.limits.0, "mib": scene.limits.1 }),
    }
}

/// Level 3: with the load and the processes.
fn third(draw: &mut Draw, state: State, scene: &Scene) -> Exercise {
    let last = scene.last();
    let cpus = scene.host.cpus;
    let used = scene.busy() / 100.0 * f64::from(cpus);
    let used = (used * 100.0).round() / 100.0;
    let mut suspects: Vec<&Process> = scene.host.living().filter(|process| process.uid >= 100).collect();
    // "None of them" stays last.
    draw.shuffle(&mut suspects);
    let mut options: Vec<Choice> = Vec::new();
    let mut right = suspects.len();
    for (index, process) in suspects.iter().enumerate() {
        if Some(process.pid) == scene.behind {
            right = index;
        }
        let task = last.tasks.iter().find(|task| task.pid == process.pid).cloned().unwrap_or_default();
        let rss = process.resident() as f64 / last.memory.total as f64 * 100.0;
        options.push(Choice::new(
            t(
                format!("{} (PID {})", process.command, process.pid),
                format!("{}（PID {}）", process.command, process.pid),
            ),
            t(
                format!(
                    "It uses {:.0} %CPU, moves {:.0} kB/s and holds {rss:.0}% of the memory.",
                    task.user + task.system,
                    task.read_kib + task.write_kib
                ),
                format!(
                    "它用了{:.0} %CPU、每秒讀寫{:.0} kB，占記憶體{rss:.0}%。",
                    task.user + task.system,
                    task.read_kib + task.write_kib
                ),
            ),
        ));
    }
    options.push(Choice::new(
        t("None of them", "都不是"),
        t("That fits only where no resource is saturated.", "只有沒有任何資源飽和時才成立。"),
    ));
    let asks = vec![
        scene.bottleneck(draw, state, 3),
        Ask::new(
            "process",
            t("Which process is behind it", "背後是哪個行程"),
            Answer::Choice { options, right },
        ),
        Ask::new(
            "cpus",
            t(
                "CPUs' worth of time used, from vmstat's mean `us` + `sy` after the first line",
                "由vmstat第一行之後`us` + `sy`的平均，算出用了相當於幾個CPU的時間",
            ),
            Answer::Number {
                value: used,
                tolerance: 0.1,
                unit: Unit::None,
                traps: apart(
                    used,
                    0.1,
                    vec![(scene.busy(), t("That is in percent of all CPUs.", "那是占全部CPU的百分比。"))],
                ),
            },
        ),
        scene.several(draw, state, 3),
    ];
    let (volumes_en, volumes_zh) = volumes(scene);
    let [load, ..] = scene.host.load.hundredths();
    let (r, b) = (scene.mean(|sample| sample.runnable.into()), scene.mean(|sample| sample.blocked.into()));
    Exercise {
        prompt: t(
            format!(
                "A job on this host ({cpus} CPUs) takes far longer than planned. {volumes_en} The tools are procps-ng 4 and sysstat 12; vmstat's first line shows rates since boot, the other reports are of the same last second."
            ),
            format!(
                "這台主機（{cpus}個CPU）上的工作比預期慢很多。{volumes_zh}工具是procps-ng 4與sysstat 12；vmstat第一行的速率是開機以來的平均，其他報告都是同樣的最後一秒。"
            ),
        ),
        evidence: vec![
            command("uptime", &render::uptime(&scene.host, draw.int(1, 3))),
            scene.vmstat(),
            command("free -m", &render::free(&last)),
            command("iostat -xy 1 1", &render::iostat(&scene.host, &last)),
            command("pidstat -u 1 1", &render::pidstat_cpu(&scene.host, &last, 1)),
            command("pidstat -d 1 1", &render::pidstat_io(&scene.host, &last, 1)),
            command(
                "ps -eo pid,user,nlwp,rss,lstart,comm --sort=-rss | head -8",
                &render::ps(&scene.host, 7),
            ),
        ],
        asks,
        steps: vec![
            t(
                format!(
                    "The load, {}.{:02} over the last minute, counts tasks that run or want to ({r:.1} on average) and tasks in uninterruptible sleep ({b:.1}); it does not say which.",
                    load / 100,
                    load % 100
                ),
                format!(
                    "最近一分鐘的負載{}.{:02}包含在執行或想執行的工作（平均{r:.1}）與不可中斷睡眠的工作（{b:.1}）；光看負載分不出是哪一種。",
                    load / 100,
                    load % 100
                ),
            ),
            t(
                format!("`us` + `sy` average {:.1}% of {cpus} CPUs: {used:.2} CPUs.", scene.busy()),
                format!("`us` + `sy`平均是{cpus}個CPU的{:.1}%：相當於{used:.2}個CPU。", scene.busy()),
            ),
            scene.proof(state, 3),
            match scene.host.processes.iter().find(|process| Some(process.pid) == scene.behind) {
                Some(process) => t(
                    format!(
                        "`{}` (PID {}) is the one that stands out in pidstat or ps.",
                        process.command, process.pid
                    ),
                    format!("pidstat或ps裡突出的是`{}`（PID {}）。", process.command, process.pid),
                ),
                None => t(
                    "No process stands out: look for the delay elsewhere, for example in calls to other hosts.",
                    "沒有突出的行程：要往別處找，例如對其他主機的呼叫。",
                ),
            },
        ],
        given: json!({ "cpus": cpus, "iops": scene.limits.0, "mib": scene.limits.1 }),
    }
}
