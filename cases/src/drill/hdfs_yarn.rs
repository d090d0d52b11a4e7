//! D17: HDFS blocks, replicas and failed nodes; YARN container sizes, what fits and what waits.

mod hdfs;
mod queue;
mod yarn;

use super::{Exercise, Family};
use crate::cloud::Draw;

pub(super) const FAMILY: Family = Family {
    id: "D17",
    place: ("bigdata", "yarn-container-sizing"),
    depths: &[2, 3, 4],
    seconds: 180,
    version: 1,
    sources: &[
        "Apache Hadoop 3.3, HDFS Architecture (Data Blocks; Data Replication; Replica Placement)",
        "Apache Hadoop 3.3, HDFS Commands Guide (fsck, dfsadmin -report); class NamenodeFsck (how blocks are counted)",
        "Apache Hadoop 3.3, File System Shell Guide (ls, stat, setrep)",
        "Apache Hadoop 3.3, Hadoop: Capacity Scheduler (resource-calculator, maximum-am-resource-percent)",
        "Apache Hadoop 3.3, yarn-default.xml (yarn.scheduler.minimum-allocation-mb; disk-health-checker); classes DefaultResourceCalculator and DominantResourceCalculator (normalize)",
        "Apache Hadoop 3.3, NodeManager (Health Checker Service: Disk Checker)",
    ],
    draw,
};

fn draw(draw: &mut Draw, level: u8) -> Exercise {
    let kinds: &[fn(&mut Draw) -> Exercise] = match level {
        1 => &[hdfs::blocks, yarn::identical],
        2 => &[hdfs::failed, yarn::occupied],
        _ => &[hdfs::repaired, queue::unhealthy, queue::masters],
    };
    let kind = draw.pick(kinds);
    kind(draw)
}

/// Hosts of a cluster in one subnet, each as name and address; the first is the master's.
fn hosts(draw: &mut Draw, count: usize) -> Vec<(String, String)> {
    let (second, third) = (draw.int(0u8, 60), draw.int(0u8, 40));
    let zone = *draw.pick(&[
        "ec2.internal",
        "ap-northeast-1.compute.internal",
        "us-west-2.compute.internal",
        "eu-west-1.compute.internal",
    ]);
    let mut last: Vec<u8> = (5..=250).collect();
    draw.shuffle(&mut last);
    last.truncate(count);
    last.sort_unstable();
    let named =
        |last: &u8| (format!("ip-10-{second}-{third}-{last}.{zone}"), format!("10.{second}.{third}.{last}"));
    last.iter().map(named).collect()
}

/// A host without its domain.
fn short_host(host: &str) -> &str {
    host.split('.').next().unwrap_or(host)
}
