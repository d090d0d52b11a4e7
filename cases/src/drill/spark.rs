//! D18: Spark's input partitions and waves, what an executor asks YARN for, skewed stages and killed containers.

mod memory;
mod scan;
mod skew;

use super::{Exercise, Family};
use crate::cloud::Draw;

pub(super) const FAMILY: Family = Family {
    id: "D18",
    place: ("bigdata", "spark-partitions-skew"),
    depths: &[2, 3, 4],
    seconds: 180,
    version: 1,
    sources: &[
        "Apache Spark 3, Performance Tuning (spark.sql.files.maxPartitionBytes, openCostInBytes, minPartitionNum; Optimizing Skew Join)",
        "Apache Spark 3, class FilePartition (maxSplitBytes; \"Next Fit Decreasing\") and class OptimizeSkewedJoin (threshold)",
        "Apache Spark 3, Configuration (spark.executor.memory, memoryOverhead, memoryOverheadFactor, pyspark.memory; spark.memory.offHeap)",
        "Apache Spark 3, Running Spark on YARN; class YarnAllocator (messages of killed containers)",
        "Apache Hadoop 3.3, yarn-default.xml (yarn.nodemanager.pmem-check-enabled) and class ContainersMonitorImpl (process trees)",
    ],
    draw,
};

fn draw(draw: &mut Draw, level: u8) -> Exercise {
    let kinds: &[fn(&mut Draw) -> Exercise] = match level {
        1 => &[scan::large_files, memory::request],
        2 => &[scan::mixed_files, scan::mixed_files, scan::small_files, memory::sizing, memory::sizing],
        _ => &[skew::stage, skew::keys, memory::killed],
    };
    let kind = draw.pick(kinds);
    kind(draw)
}
