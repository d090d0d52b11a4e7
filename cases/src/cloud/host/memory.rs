//! Memory of a host: what is free, cached and available, swapping, and whom the OOM killer takes.

use chrono::NaiveDateTime;

use super::machine::Process;

/// How the anonymous memory of a process grows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Growth {
    /// It does not.
    #[default]
    None,
    /// By so many KiB a second.
    Linear(f64),
    /// Twice as much every so many seconds.
    Doubling(f64),
}

impl Growth {
    /// KiB after some seconds, from some KiB.
    pub fn after(self, kib: f64, seconds: f64) -> f64 {
        match self {
            Self::None => kib,
            Self::Linear(rate) => kib + rate * seconds,
            Self::Doubling(time) => kib * 2f64.powf(seconds / time),
        }
    }
}

/// Memory of a host, in KiB as `/proc/meminfo` has it. What processes hold (anonymous) is theirs, not in here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// `MemTotal`.
    pub total: u64,
    /// What the kernel keeps: stacks, page tables, `SUnreclaim`.
    pub kernel: u64,
    /// `SReclaimable`.
    pub reclaimable: u64,
    /// `Buffers`.
    pub buffers: u64,
    /// Pages of files in the cache (`Cached` without `Shmem`).
    pub files: u64,
    /// What the files would take, had they the room.
    pub wanted: u64,
    /// What the cache never falls below: pages in use.
    pub kept: u64,
    /// `Shmem`, also in `Cached`.
    pub shmem: u64,
    /// `SwapTotal`.
    pub swap_total: u64,
    /// `SwapTotal - SwapFree`.
    pub swap_used: u64,
    /// The low watermarks of all zones; `min` is four fifths of it, `high` six.
    pub low: u64,
}

impl Memory {
    /// `MemFree`, with so much anonymous memory in RAM.
    pub fn free(&self, anon: u64) -> u64 {
        let used = self.kernel + self.reclaimable + self.buffers + self.files + self.shmem + anon;
        self.total.saturating_sub(used)
    }

    /// `MemAvailable`, as the kernel's `si_mem_available` estimates it.
    pub fn available(&self, anon: u64) -> u64 {
        let reserve = self.low * 6 / 5;
        let cache = self.files + self.buffers;
        let usable = cache - (cache / 2).min(self.low);
        let slab = self.reclaimable - (self.reclaimable / 2).min(self.low);
        (self.free(anon) + usable + slab).saturating_sub(reserve)
    }

    /// `buff/cache` of `free`.
    pub fn cached(&self) -> u64 {
        self.buffers + self.files + self.shmem + self.reclaimable
    }

    /// Fits so much anonymous memory in: the cache gives way first, then swap. KiB that fit nowhere.
    pub fn settle(&mut self, anon: u64) -> u64 {
        let fixed = self.kernel + self.reclaimable + self.shmem + self.low;
        let room = self.total.saturating_sub(fixed);
        let cache = room.saturating_sub(anon).clamp(self.kept, self.wanted.max(self.kept));
        self.buffers = self.buffers.min(cache / 40 * 4);
        self.files = cache - self.buffers;
        let over = (anon + cache).saturating_sub(room);
        // Pages swapped out stay in swap after the need is over, as in Linux.
        self.swap_used = self.swap_used.max(over.min(self.swap_total));
        over.saturating_sub(self.swap_total)
    }
}

/// A memory cgroup with a limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cgroup {
    /// Its path below the cgroup root, for example `/system.slice/shop.service`.
    pub path: String,
    /// `memory.max`, in KiB; none for no limit.
    pub limit: Option<u64>,
    /// CPUs it may use, in hundredths (`cpu.max`); none for no limit.
    pub cpu_percent: Option<u32>,
    /// How often the limit was hit.
    pub hits: u64,
}

/// What ran out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Constraint {
    /// The host's memory.
    Global,
    /// A cgroup's limit.
    Cgroup,
}

/// A process as the OOM killer lists it, in pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OomRow {
    /// Process.
    pub pid: u32,
    /// Its user.
    pub uid: u32,
    /// Address space.
    pub virtual_pages: u64,
    /// In RAM.
    pub resident: u64,
    /// Bytes of its page tables.
    pub table_bytes: u64,
    /// In swap.
    pub swapped: u64,
    /// `oom_score_adj`.
    pub adjust: i32,
    /// Its name.
    pub command: String,
}

impl OomRow {
    /// A process as it is.
    pub fn of(process: &Process) -> Self {
        Self {
            pid: process.pid,
            uid: process.uid,
            virtual_pages: process.virtual_kib / 4,
            resident: process.resident() / 4,
            table_bytes: process.table_bytes(),
            swapped: process.swapped / 4,
            adjust: process.adjust,
            command: process.command.clone(),
        }
    }

    /// The kernel's `oom_badness`: pages in RAM, in swap and of page tables, plus `oom_score_adj` thousandths of what
    /// there is. None for a process that is never taken.
    pub fn badness(&self, total_pages: u64) -> Option<i64> {
        (self.adjust != -1000).then(|| {
            let pages = self.resident + self.swapped + self.table_bytes / 4096;
            pages as i64 + i64::from(self.adjust) * (total_pages as i64 / 1000)
        })
    }
}

/// What the OOM killer did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OomKill {
    /// When.
    pub at: NaiveDateTime,
    /// What ran out.
    pub constraint: Constraint,
    /// Name and process id of who asked for memory last, with its `oom_score_adj`.
    pub invoker: (String, u32, i32),
    /// Everybody considered.
    pub tasks: Vec<OomRow>,
    /// Who was killed.
    pub victim: OomRow,
    /// Anonymous KiB of the victim.
    pub anon: u64,
    /// KiB of files it had mapped.
    pub files: u64,
    /// KiB of shared memory.
    pub shmem: u64,
    /// The victim's cgroup.
    pub cgroup: String,
    /// For a cgroup's limit: its path, use and limit in KiB, and how often it was hit.
    pub limit: Option<(String, u64, u64, u64)>,
}

impl OomKill {
    /// Chooses the highest badness of some processes; the first of equals.
    pub fn choose(tasks: &[OomRow], total_pages: u64) -> Option<&OomRow> {
        let mut best: Option<(&OomRow, i64)> = None;
        for task in tasks {
            if let Some(points) = task.badness(total_pages)
                && best.is_none_or(|(_, most)| points > most)
            {
                best = Some((task, points));
            }
        }
        best.map(|(task, _)| task)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory() -> Memory {
        Memory {
            total: 4_000_000,
            kernel: 200_000,
            reclaimable: 100_000,
            buffers: 50_000,
            files: 1_500_000,
            wanted: 1_500_000,
            kept: 80_000,
            shmem: 10_000,
            low: 20_000,
            ..Memory::default()
        }
    }

    #[test]
    fn the_cache_gives_way_before_anything_fails() {
        let mut memory = memory();
        assert_eq!(memory.settle(1_000_000), 0);
        let before = memory.available(1_000_000);
        assert!(memory.free(1_000_000) < before, "cache counts as available");
        assert_eq!(memory.settle(3_500_000), 0);
        assert!(memory.files < 200_000 && memory.available(3_500_000) < before);
        assert!(memory.settle(3_700_000) > 0, "no swap: something has to go");
    }

    #[test]
    fn swap_takes_what_does_not_fit() {
        let mut memory = Memory { swap_total: 1_000_000, ..memory() };
        assert_eq!(memory.settle(4_000_000), 0);
        assert_eq!(memory.swap_used, 4_000_000 + 80_000 - (4_000_000 - 330_000));
        assert!(memory.settle(5_000_000) > 0);
    }

    #[test]
    fn the_worst_is_taken_unless_its_adjustment_forbids() {
        let row = |pid, resident, adjust| OomRow {
            pid,
            uid: 0,
            virtual_pages: 0,
            resident,
            table_bytes: 0,
            swapped: 0,
            adjust,
            command: String::new(),
        };
        let tasks = [row(1, 900, -1000), row(2, 500, 0), row(3, 400, 200)];
        // 200 thousandths of 1,000 pages outweigh a hundred pages.
        assert_eq!(OomKill::choose(&tasks, 1000).map(|task| task.pid), Some(3));
        assert_eq!(OomKill::choose(&tasks[..1], 1000), None);
    }
}
