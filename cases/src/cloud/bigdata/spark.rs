//! Spark on YARN: how file sources are cut into input partitions, how tasks fill the slots, what an executor asks YARN
//! for and when its container is killed.
//!
//! Rules: Spark 3, "Performance Tuning" (`spark.sql.files.*`, skew join), "Configuration" (executor memory), and the code
//! they describe (`FilePartition`, `OptimizeSkewedJoin`, `YarnAllocator`; Hadoop 3's `ContainersMonitorImpl`).

use std::fmt::Write as _;

use chrono::NaiveDateTime;

use super::{MIB, binary};

/// A file that a query reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Its name.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// Whether it can be read from the middle: Parquet and plain text can, gzip text cannot.
    pub splittable: bool,
}

/// What decides on input partitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScanConf {
    /// `spark.sql.files.maxPartitionBytes`.
    pub max_partition: u64,
    /// `spark.sql.files.openCostInBytes`.
    pub open_cost: u64,
    /// `spark.sql.files.minPartitionNum`, by default the cores of all executors.
    pub parallelism: u64,
}

impl ScanConf {
    /// Bytes a split may have at most: min(maxPartitionBytes, max(openCostInBytes, bytesPerCore)), where bytesPerCore is
    /// the length of all files plus the open cost of each, by the cores.
    pub fn max_split(&self, inputs: &[Input]) -> u64 {
        let total: u64 = inputs.iter().map(|input| input.bytes + self.open_cost).sum();
        let per_core = total / self.parallelism.max(1);
        self.max_partition.min(self.open_cost.max(per_core))
    }

    /// Lengths of the splits, longest first.
    pub fn splits(&self, inputs: &[Input]) -> Vec<u64> {
        let max = self.max_split(inputs).max(1);
        let mut splits = Vec::new();
        for input in inputs {
            if input.splittable {
                splits.extend(super::hdfs::block_sizes(input.bytes, max));
            } else {
                splits.push(input.bytes);
            }
        }
        splits.sort_by(|a, b| b.cmp(a));
        splits
    }

    /// The splits of each partition: longest first, a new partition as soon as the next split would make it longer than a
    /// split may be; each split counts with its open cost once it is in.
    pub fn partitions(&self, inputs: &[Input]) -> Vec<Vec<u64>> {
        let max = self.max_split(inputs);
        let mut partitions: Vec<Vec<u64>> = Vec::new();
        let mut size = u64::MAX;
        for split in self.splits(inputs) {
            match partitions.last_mut() {
                Some(last) if size.saturating_add(split) <= max => {
                    last.push(split);
                    size += split + self.open_cost;
                }
                _ => {
                    partitions.push(vec![split]);
                    size = split + self.open_cost;
                }
            }
        }
        partitions
    }
}

/// When tasks end that take `durations`, started in order on the slot that is free first.
pub fn ends(durations: &[u64], slots: usize) -> Vec<u64> {
    let mut free = vec![0u64; slots.max(1)];
    let mut ends = Vec::new();
    for duration in durations {
        if let Some(slot) = free.iter_mut().min() {
            *slot += duration;
            ends.push(*slot);
        }
    }
    ends
}

/// What an executor is configured with, in MiB.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExecutorMemory {
    /// `spark.executor.memory`: the heap (-Xmx).
    pub heap: u64,
    /// `spark.executor.memoryOverhead` where it is set.
    pub overhead: Option<u64>,
    /// `spark.executor.memoryOverheadFactor` in hundredths; 10 by default.
    pub factor: u64,
    /// `spark.memory.offHeap.size` where `spark.memory.offHeap.enabled` is true.
    pub off_heap: u64,
    /// `spark.executor.pyspark.memory` where it is set.
    pub pyspark: u64,
}

impl ExecutorMemory {
    /// What is asked for beside the heap: as set, or the factor's share of the heap, at least 384 MiB.
    pub fn overhead(&self) -> u64 {
        self.overhead.unwrap_or_else(|| (self.heap * self.factor / 100).max(384))
    }

    /// What is asked of YARN for the container.
    pub fn request(&self) -> u64 {
        self.heap + self.overhead() + self.off_heap + self.pyspark
    }
}

/// Partitions that adaptive execution splits in a join: larger than `factor` times the median and than `threshold`.
/// Gives the limit and their indexes.
pub fn skewed(sizes: &[u64], factor: u64, threshold: u64) -> (u64, Vec<usize>) {
    let mut sorted = sizes.to_vec();
    sorted.sort_unstable();
    let at = |index: usize| sorted.get(index).copied().unwrap_or_default();
    let middle = sorted.len() / 2;
    let median = if sorted.len().is_multiple_of(2) {
        (at(middle) + at(middle.saturating_sub(1))) / 2
    } else {
        at(middle)
    };
    let limit = (median.max(1) * factor).max(threshold);
    (limit, (0..sizes.len()).filter(|index| sizes.get(*index).is_some_and(|size| *size > limit)).collect())
}

/// Minimum, lower quartile, median, upper quartile, maximum, as the stage page of Spark's UI picks them: the value at
/// q × count in ascending order.
pub fn quantiles(values: &[u64]) -> [u64; 5] {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    [0, 25, 50, 75, 100].map(|percent| {
        let index = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
        sorted.get(index).copied().unwrap_or_default()
    })
}

/// Bytes as Spark's UI writes them: `120 MiB`, `38.2 GiB`.
pub fn ui_bytes(bytes: u64) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut step = 0;
    while step + 1 < units.len() && bytes >> (10 * (step + 1)) > 0 {
        step += 1;
    }
    if bytes == 0 {
        return "0.0 B".to_owned();
    }
    let text = format!("{:.1}", bytes as f64 / (1u64 << (10 * step)) as f64);
    format!("{} {}", text.trim_end_matches(".0"), units.get(step).unwrap_or(&"B"))
}

/// Milliseconds as Spark's UI writes them: `0.5 s`, `42 s`, `3.4 min`, `1.2 h`.
pub fn ui_duration(ms: u64) -> String {
    let seconds = ms as f64 / 1000.0;
    let minutes = seconds / 60.0;
    if ms < 100 {
        format!("{ms}.0 ms")
    } else if seconds < 1.0 {
        format!("{seconds:.1} s")
    } else if seconds < 60.0 {
        format!("{seconds:.0} s")
    } else if minutes < 10.0 {
        format!("{minutes:.1} min")
    } else if minutes < 60.0 {
        format!("{minutes:.0} min")
    } else {
        format!("{:.1} h", minutes / 60.0)
    }
}

/// A finished task of a stage that reads a shuffle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Its partition.
    pub index: usize,
    /// Executor that ran it.
    pub executor: u32,
    /// Run time.
    pub ms: u64,
    /// Time in garbage collection.
    pub gc_ms: u64,
    /// Shuffle bytes read.
    pub bytes: u64,
    /// Records read.
    pub records: u64,
    /// Bytes spilled, in memory and on disk.
    pub spill: (u64, u64),
}

/// The stage page's "Summary Metrics" of finished tasks.
pub fn summary(tasks: &[Task]) -> String {
    let of = |value: fn(&Task) -> u64| quantiles(&tasks.iter().map(value).collect::<Vec<_>>());
    let mut rows: Vec<(&str, Vec<String>)> = vec![
        (
            "Metric",
            ["Min", "25th percentile", "Median", "75th percentile", "Max"].map(str::to_owned).to_vec(),
        ),
        ("Duration", of(|task| task.ms).map(ui_duration).to_vec()),
        ("GC Time", of(|task| task.gc_ms).map(ui_duration).to_vec()),
    ];
    if tasks.iter().any(|task| task.spill.0 > 0) {
        rows.push(("Spill (memory)", of(|task| task.spill.0).map(ui_bytes).to_vec()));
        rows.push(("Spill (disk)", of(|task| task.spill.1).map(ui_bytes).to_vec()));
    }
    let (bytes, records) = (of(|task| task.bytes), of(|task| task.records));
    let pairs = bytes.iter().zip(records).map(|(bytes, records)| format!("{} / {records}", ui_bytes(*bytes)));
    rows.push(("Shuffle Read Size / Records", pairs.collect()));
    let mut text = format!("Summary Metrics for {} Completed Tasks\n", tasks.len());
    for (name, cells) in rows {
        let _ = write!(text, "{name:<29}");
        for cell in cells {
            let _ = write!(text, "{cell:<22}");
        }
        let end = text.trim_end().len();
        text.truncate(end);
        text.push('\n');
    }
    text
}

/// A process of a container, as `ps -eo pid,ppid,rss,args` lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// Process id.
    pub pid: u32,
    /// Its parent.
    pub parent: u32,
    /// Resident memory in KiB.
    pub rss: u64,
    /// Command line.
    pub args: String,
}

/// KiB resident in a process and all below it: what the NodeManager holds against the container's limit.
pub fn tree_rss(processes: &[Process], root: u32) -> u64 {
    let own = processes.iter().find(|process| process.pid == root).map_or(0, |process| process.rss);
    let below = processes.iter().filter(|process| process.parent == root && process.pid != root);
    own + below.map(|process| tree_rss(processes, process.pid)).sum::<u64>()
}

/// `ps -eo pid,ppid,rss,args`, sorted by process id.
pub fn ps(processes: &[Process]) -> String {
    let mut sorted: Vec<&Process> = processes.iter().collect();
    sorted.sort_by_key(|process| process.pid);
    let mut text = "$ ps -eo pid,ppid,rss,args\n    PID    PPID   RSS COMMAND\n".to_owned();
    for process in sorted {
        let _ =
            writeln!(text, "{:>7} {:>7} {:>5} {}", process.pid, process.parent, process.rss, process.args);
    }
    text
}

/// What the driver of Spark 3 says when YARN has killed an executor's container for its memory.
pub fn killed_reason(used: u64, limit: u64) -> String {
    format!(
        "Container killed by YARN for exceeding physical memory limits. {} of {} physical memory used. Consider boosting spark.executor.memoryOverhead.",
        binary(used, 1),
        binary(limit, 1)
    )
}

/// Lines of the driver's log when an executor is lost this way while it runs a task.
pub fn killed_log(
    at: NaiveDateTime,
    executor: u32,
    host: &str,
    task: (u32, u32, u32, u32),
    bytes: (u64, u64),
) -> String {
    let at = at.format("%y/%m/%d %H:%M:%S");
    let reason = killed_reason(bytes.0, bytes.1);
    let (index, attempt, stage, id) = task;
    format!(
        "{at} WARN YarnSchedulerBackend$YarnSchedulerEndpoint: Requesting driver to remove executor {executor} for reason {reason}\n\
         {at} ERROR YarnScheduler: Lost executor {executor} on {host}: {reason}\n\
         {at} WARN TaskSetManager: Lost task {index}.{attempt} in stage {stage}.0 (TID {id}) ({host} executor {executor}): ExecutorLostFailure (executor {executor} exited caused by one of the running tasks) Reason: {reason}\n"
    )
}

/// The NodeManager's line (Hadoop 3) for a container over its limit, in bytes.
pub fn beyond_limit(pid: u32, container: &str, used: u64, limit: u64, virtual_used: u64) -> String {
    format!(
        "Container [pid={pid},containerID={container}] is running {}B beyond the 'PHYSICAL' memory limit. Current usage: {} of {} physical memory used; {} of {} virtual memory used. Killing container.",
        used.saturating_sub(limit),
        binary(used, 1),
        binary(limit, 1),
        binary(virtual_used, 1),
        // yarn.nodemanager.vmem-pmem-ratio is 2.1 unless changed; EMR sets 5.
        binary(limit * 5, 1)
    )
}

/// What the client says when an executor does not fit into the largest container.
pub fn above_threshold(memory: &ExecutorMemory, maximum: u64) -> String {
    format!(
        "Required executor memory ({} MB), offHeap memory ({}) MB, overhead ({} MB), and PySpark memory ({} MB) is above the max threshold ({maximum} MB) of this cluster! Please check the values of 'yarn.scheduler.maximum-allocation-mb' and/or 'yarn.nodemanager.resource.memory-mb'.",
        memory.heap,
        memory.off_heap,
        memory.overhead(),
        memory.pyspark
    )
}

/// Whole MiB as `spark-submit` options write them: `4g` where it is so, else `3500m`.
pub fn memory_option(mib: u64) -> String {
    if mib.is_multiple_of(1024) { format!("{}g", mib / 1024) } else { format!("{mib}m") }
}

/// MiB of bytes, as a float.
pub fn mib(bytes: u64) -> f64 {
    bytes as f64 / MIB as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(mebibytes: u64, splittable: bool) -> Input {
        Input { name: format!("f{mebibytes}"), bytes: mebibytes * MIB, splittable }
    }

    const CONF: ScanConf = ScanConf { max_partition: 128 * MIB, open_cost: 4 * MIB, parallelism: 4 };

    #[test]
    fn files_are_split_and_packed_as_spark_does() {
        // Six files of one byte, open cost 1: the sixth would make 10 + 1 > 10.
        let conf = ScanConf { max_partition: 10, open_cost: 1, parallelism: 1 };
        let files: Vec<Input> = [1, 1, 1, 1, 1, 1]
            .iter()
            .map(|bytes| Input { name: String::new(), bytes: *bytes, splittable: true })
            .collect();
        assert_eq!(conf.partitions(&files).iter().map(Vec::len).collect::<Vec<_>>(), [5, 1]);
        let big = [input(1000, true), input(300, false)];
        assert_eq!(CONF.max_split(&big), 128 * MIB, "1308 / 4 MiB a core is more than 128");
        let partitions = CONF.partitions(&big);
        assert_eq!(partitions.len(), 9, "one of 300, seven of 128, one of 104");
        assert_eq!(partitions[0], [300 * MIB]);
        let small: Vec<Input> = (0..20).map(|_| input(1, true)).collect();
        assert_eq!(CONF.max_split(&small), 25 * MIB, "20 × (1 + 4) / 4");
        assert_eq!(CONF.partitions(&small).len(), 4, "five a partition: 4 × 5 + 1 <= 25, 5 × 5 + 1 is more");
    }

    #[test]
    fn an_executor_asks_for_heap_overhead_and_the_rest() {
        let memory = ExecutorMemory { heap: 3072, factor: 10, ..ExecutorMemory::default() };
        assert_eq!((memory.overhead(), memory.request()), (384, 3456), "a tenth is less than 384");
        let memory = ExecutorMemory { heap: 9485, factor: 10, off_heap: 831, pyspark: 0, overhead: None };
        assert_eq!((memory.overhead(), memory.request()), (948, 11264));
        let memory = ExecutorMemory { overhead: Some(200), pyspark: 512, ..memory };
        assert_eq!(memory.request(), 9485 + 200 + 831 + 512, "what is set is not raised to 384");
    }

    #[test]
    fn the_longest_task_bounds_a_stage() {
        assert_eq!(ends(&[3, 3, 3, 9], 2), [3, 3, 6, 12]);
        assert_eq!(ends(&[3, 3, 3, 9], 100).iter().max(), Some(&9));
        let (limit, large) = skewed(&[100, 120, 90, 700, 110], 5, 256);
        assert_eq!((limit, large), (550, vec![3]));
        assert_eq!(skewed(&[10, 12, 9, 70, 11], 5, 256).1, Vec::<usize>::new(), "small partitions never are");
        assert_eq!(quantiles(&[5, 1, 4, 2, 3]), [1, 2, 3, 4, 5]);
    }

    #[test]
    fn figures_are_written_as_the_tools_write_them() {
        assert_eq!(ui_bytes(120 * MIB), "120 MiB");
        assert_eq!(ui_bytes(41_017_000_000), "38.2 GiB");
        assert_eq!((ui_duration(42_400).as_str(), ui_duration(204_000).as_str()), ("42 s", "3.4 min"));
        assert_eq!(
            killed_reason(5_948_000_000, 5632 * MIB),
            "Container killed by YARN for exceeding physical memory limits. 5.5 GB of 5.5 GB physical memory used. Consider boosting spark.executor.memoryOverhead."
        );
        let at = NaiveDateTime::default();
        assert!(
            killed_log(at, 7, "h", (11, 0, 7, 412), (6 << 30, 5 << 30))
                .contains("Lost task 11.0 in stage 7.0 (TID 412) (h executor 7)")
        );
        let process = |pid, parent, rss| Process { pid, parent, rss, args: "x".into() };
        let tree = [
            process(1, 0, 5),
            process(10, 1, 100),
            process(11, 10, 20),
            process(12, 11, 3),
            process(20, 1, 7),
        ];
        assert_eq!(tree_rss(&tree, 10), 123);
    }
}
