//! HDFS: files cut into blocks, replicas on DataNodes, what is left when nodes die.
//!
//! Rules: HDFS Architecture ("Data Replication", "Replica Placement: The First Baby Steps"); counting as `fsck` of
//! Hadoop 3.3 does it (`NamenodeFsck`): a block without any live replica is missing and *not* under-replicated.

use std::fmt::Write as _;

use chrono::NaiveDateTime;

use super::{byte_desc, java_date, java_percent};
use crate::cloud::Draw;

/// A DataNode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataNode {
    /// Host name, for example `ip-10-0-1-21.ec2.internal`.
    pub host: String,
    /// Address, for example `10.0.1.21`.
    pub address: String,
    /// Network location, for example `/default-rack`.
    pub rack: String,
    /// Bytes configured for HDFS.
    pub capacity: u64,
    /// Bytes on those disks that are not HDFS's.
    pub non_dfs: u64,
    /// Whether its heartbeats arrive.
    pub alive: bool,
}

/// A file with its own block size and replication: both are set when it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Full path.
    pub path: String,
    /// Length.
    pub bytes: u64,
    /// Block size it was written with.
    pub block_size: u64,
    /// Replicas wanted of each block.
    pub replication: usize,
}

/// A block of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Index of its file.
    pub file: usize,
    /// Number, as in `blk_1073741825`.
    pub id: u64,
    /// Generation stamp.
    pub stamp: u64,
    /// Bytes of one replica: the last block of a file takes only what is left.
    pub bytes: u64,
    /// Indexes of the nodes with a replica.
    pub replicas: Vec<usize>,
}

/// A file system: what the NameNode knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hdfs {
    /// Host of the NameNode.
    pub namenode: String,
    /// Its address.
    pub namenode_address: String,
    /// Block pool, as in `BP-1283756111-10.0.1.10-1767225600000`.
    pub pool: String,
    /// `dfs.replication`.
    pub replication: usize,
    /// DataNodes.
    pub nodes: Vec<DataNode>,
    /// Files.
    pub files: Vec<File>,
    /// Blocks, file by file in order.
    pub blocks: Vec<Block>,
}

/// What `fsck` counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// Bytes of all files.
    pub bytes: u64,
    /// Blocks.
    pub blocks: u64,
    /// Replicas wanted.
    pub expected: u64,
    /// Replicas on live nodes.
    pub live: u64,
    /// Blocks with at least one live replica but fewer than wanted.
    pub under_replicated: u64,
    /// What those lack.
    pub missing_replicas: u64,
    /// Blocks with no live replica.
    pub missing_blocks: u64,
    /// Their bytes.
    pub missing_bytes: u64,
    /// Files with such a block.
    pub corrupt_files: u64,
}

/// Sizes of the blocks of a file.
pub fn block_sizes(bytes: u64, block_size: u64) -> Vec<u64> {
    if block_size == 0 {
        return Vec::new();
    }
    let mut sizes = vec![block_size; usize::try_from(bytes / block_size).unwrap_or_default()];
    if !bytes.is_multiple_of(block_size) {
        sizes.push(bytes % block_size);
    }
    sizes
}

/// Nodes for the replicas of a new block by the default policy: the first on the writer's node (or any), the second on
/// another rack, the third on the second's rack, further ones anywhere; never two on one node, never more on a rack than
/// (replicas - 1) / racks + 2. Fewer where the nodes do not suffice.
pub fn place(draw: &mut Draw, nodes: &[DataNode], replication: usize, writer: Option<usize>) -> Vec<usize> {
    let live: Vec<usize> =
        nodes.iter().enumerate().filter(|(_, node)| node.alive).map(|(index, _)| index).collect();
    let rack = |index: usize| nodes.get(index).map_or("", |node| node.rack.as_str());
    let mut racks: Vec<&str> = live.iter().map(|index| rack(*index)).collect();
    racks.sort_unstable();
    racks.dedup();
    let per_rack = replication.saturating_sub(1) / racks.len().max(1) + 2;
    let mut chosen: Vec<usize> = Vec::new();
    while chosen.len() < replication.min(live.len()) {
        let open = |index: &usize| {
            !chosen.contains(index)
                && chosen.iter().filter(|other| rack(**other) == rack(*index)).count() < per_rack
        };
        let free: Vec<usize> = live.iter().copied().filter(|index| open(index)).collect();
        let wanted: Vec<usize> = match (chosen.len(), chosen.first(), chosen.get(1)) {
            (0, ..) => free.iter().copied().filter(|index| writer.is_none_or(|w| w == *index)).collect(),
            (1, Some(first), _) => free.iter().copied().filter(|i| rack(*i) != rack(*first)).collect(),
            (2, Some(first), Some(second)) if rack(*first) != rack(*second) => {
                free.iter().copied().filter(|i| rack(*i) == rack(*second)).collect()
            }
            (2, Some(first), _) => free.iter().copied().filter(|i| rack(*i) != rack(*first)).collect(),
            _ => free.clone(),
        };
        let list = if wanted.is_empty() { &free } else { &wanted };
        if list.is_empty() {
            break;
        }
        chosen.push(*draw.pick(list));
    }
    chosen
}

impl Hdfs {
    /// Writes a file from a client outside the cluster: its blocks are placed on live nodes.
    pub fn write(&mut self, draw: &mut Draw, file: File) {
        for bytes in block_sizes(file.bytes, file.block_size) {
            let replicas = place(draw, &self.nodes, file.replication, None);
            let last = self.blocks.last().map_or((1_073_741_824, 1000), |block| (block.id, block.stamp));
            self.blocks.push(Block {
                file: self.files.len(),
                id: last.0 + 1,
                stamp: last.1 + 1,
                bytes,
                replicas,
            });
        }
        self.files.push(file);
    }

    /// Indexes of the live nodes with a replica of a block.
    pub fn live(&self, block: &Block) -> Vec<usize> {
        let alive = |index: &usize| self.nodes.get(*index).is_some_and(|node| node.alive);
        block.replicas.iter().copied().filter(alive).collect()
    }

    /// Replicas wanted of a block.
    pub fn target(&self, block: &Block) -> usize {
        self.files.get(block.file).map_or(0, |file| file.replication)
    }

    /// Counts as `fsck` does.
    pub fn health(&self) -> Health {
        let mut health =
            Health { bytes: self.files.iter().map(|file| file.bytes).sum(), ..Health::default() };
        let mut corrupt = Vec::new();
        for block in &self.blocks {
            let (target, live) = (self.target(block) as u64, self.live(block).len() as u64);
            health.blocks += 1;
            health.expected += target;
            health.live += live;
            if live == 0 {
                health.missing_blocks += 1;
                health.missing_bytes += block.bytes;
                corrupt.push(block.file);
            } else if live < target {
                health.under_replicated += 1;
                health.missing_replicas += target - live;
            }
        }
        corrupt.dedup();
        health.corrupt_files = corrupt.len() as u64;
        health
    }

    /// Racks with a live node.
    fn racks(&self) -> usize {
        let mut racks: Vec<&str> = self.nodes.iter().filter(|n| n.alive).map(|n| n.rack.as_str()).collect();
        racks.sort_unstable();
        racks.dedup();
        racks.len()
    }

    /// Racks that a block should be on besides those it is on (`BlockPlacementStatusDefault`).
    fn racks_lacking(&self, block: &Block) -> usize {
        let mut racks: Vec<&str> = self
            .live(block)
            .iter()
            .filter_map(|index| self.nodes.get(*index))
            .map(|n| n.rack.as_str())
            .collect();
        racks.sort_unstable();
        racks.dedup();
        if racks.len() >= self.racks() { 0 } else { self.target(block).min(2).saturating_sub(racks.len()) }
    }

    /// Bytes of HDFS on a node.
    pub fn used(&self, node: usize) -> u64 {
        self.blocks.iter().filter(|block| block.replicas.contains(&node)).map(|block| block.bytes).sum()
    }

    /// Bytes of a file on a node.
    pub fn used_by(&self, file: usize, node: usize) -> u64 {
        let held = |block: &&Block| block.file == file && block.replicas.contains(&node);
        self.blocks.iter().filter(held).map(|block| block.bytes).sum()
    }

    /// What the NameNode copies until nothing more can be done: replicas and their bytes. A block without a live
    /// replica has no source; no node takes a second replica of a block.
    pub fn repair(&self) -> (u64, u64) {
        let nodes = self.nodes.iter().filter(|node| node.alive).count();
        let mut copies = (0, 0);
        for block in &self.blocks {
            let live = self.live(block).len();
            if live > 0 {
                let more = self.target(block).min(nodes).saturating_sub(live) as u64;
                copies = (copies.0 + more, copies.1 + more * block.bytes);
            }
        }
        copies
    }

    /// `hdfs fsck PATH -files -blocks -racks` of a directory.
    pub fn fsck(&self, directory: &str, at: NaiveDateTime) -> String {
        let encoded = directory.replace('/', "%2F");
        let mut text = format!("$ hdfs fsck {directory} -files -blocks -racks\n");
        let _ = writeln!(
            text,
            "Connecting to namenode via http://{}:9870/fsck?ugi=hdfs&files=1&blocks=1&racks=1&path={encoded}",
            self.namenode
        );
        let _ = writeln!(
            text,
            "FSCK started by hdfs (auth:SIMPLE) from /{} for path {directory} at {}\n",
            self.namenode_address,
            java_date(at)
        );
        let _ = writeln!(text, "{directory} <dir>");
        for (index, file) in self.files.iter().enumerate() {
            self.fsck_file(&mut text, index, file);
        }
        text.push('\n');
        self.fsck_summary(&mut text, 1);
        let _ = writeln!(text, "FSCK ended at {} in 4 milliseconds\n\n", java_date(at));
        let state = if self.health().corrupt_files > 0 { "CORRUPT" } else { "HEALTHY" };
        let _ = writeln!(text, "The filesystem under path '{directory}' is {state}");
        text
    }

    /// What `fsck` counts, from `Status` on, without the list of files and blocks.
    pub fn fsck_counts(&self, directories: usize) -> String {
        let mut text = String::new();
        self.fsck_summary(&mut text, directories);
        text
    }

    fn fsck_file(&self, text: &mut String, index: usize, file: &File) {
        let blocks: Vec<&Block> = self.blocks.iter().filter(|block| block.file == index).collect();
        let _ = write!(
            text,
            "{} {} bytes, replicated: replication={}, {} block(s): ",
            file.path,
            file.bytes,
            file.replication,
            blocks.len()
        );
        let (mut missing, mut missing_bytes, mut faults) = (0, 0, 0);
        let mut report = String::new();
        for (number, block) in blocks.iter().enumerate() {
            let name = format!("{}:blk_{}_{}", self.pool, block.id, block.stamp);
            let live = self.live(block);
            let lacking = self.racks_lacking(block);
            if live.is_empty() {
                missing += 1;
                missing_bytes += block.bytes;
                let _ = writeln!(report, "{number}. {name} len={} MISSING!", block.bytes);
                continue;
            }
            if live.len() < file.replication {
                faults += 1;
                let _ = writeln!(
                    text,
                    " Under replicated {name}. Target Replicas is {} but found {} live replica(s), 0 decommissioned replica(s), 0 decommissioning replica(s).",
                    file.replication,
                    live.len()
                );
            }
            if lacking > 0 {
                faults += 1;
                let _ = writeln!(
                    text,
                    " Replica placement policy is violated for {name}. Block should be additionally replicated on {lacking} more rack(s). Total number of racks in the cluster: {}",
                    self.racks()
                );
            }
            let places: Vec<String> = live
                .iter()
                .filter_map(|index| self.nodes.get(*index))
                .map(|node| format!("{}/{}:9866", node.rack, node.address))
                .collect();
            let _ = writeln!(
                report,
                "{number}. {name} len={} Live_repl={}  [{}]",
                block.bytes,
                live.len(),
                places.join(", ")
            );
        }
        if missing > 0 {
            let _ = writeln!(text, " MISSING {missing} blocks of total size {missing_bytes} B");
        } else if faults == 0 {
            text.push_str(" OK\n");
        }
        let _ = writeln!(text, "{report}");
    }

    fn fsck_summary(&self, text: &mut String, directories: usize) {
        let health = self.health();
        let live = self.nodes.iter().filter(|node| node.alive).count();
        let misplaced = self.blocks.iter().filter(|block| self.racks_lacking(block) > 0).count() as u64;
        let state = if health.corrupt_files > 0 { "CORRUPT" } else { "HEALTHY" };
        let of_blocks = |count: u64| format!("{count} ({} %)", java_percent(count, health.blocks));
        let _ = writeln!(text, "Status: {state}");
        let _ = writeln!(text, " Number of data-nodes:\t{live}");
        let _ = writeln!(text, " Number of racks:\t\t{}", self.racks());
        let _ = writeln!(text, " Total dirs:\t\t\t{directories}");
        let _ = writeln!(text, " Total symlinks:\t\t0\n\nReplicated Blocks:");
        let _ = writeln!(text, " Total size:\t{} B", health.bytes);
        let _ = writeln!(text, " Total files:\t{}", self.files.len());
        let average = health.bytes.checked_div(health.blocks).unwrap_or_default();
        let _ = writeln!(text, " Total blocks (validated):\t{} (avg. block size {average} B)", health.blocks);
        if health.corrupt_files > 0 {
            let _ = writeln!(text, "  ********************************");
            let _ = writeln!(text, "  UNDER MIN REPL'D BLOCKS:\t{}", of_blocks(health.missing_blocks));
            let _ = writeln!(text, "  dfs.namenode.replication.min:\t1");
            let _ = writeln!(text, "  CORRUPT FILES:\t{}", health.corrupt_files);
            let _ = writeln!(text, "  MISSING BLOCKS:\t{}", health.missing_blocks);
            let _ = writeln!(text, "  MISSING SIZE:\t\t{} B", health.missing_bytes);
            let _ = writeln!(text, "  ********************************");
        }
        let whole = health.blocks - health.missing_blocks;
        let _ = writeln!(text, " Minimally replicated blocks:\t{}", of_blocks(whole));
        let _ = writeln!(text, " Over-replicated blocks:\t{}", of_blocks(0));
        let _ = writeln!(text, " Under-replicated blocks:\t{}", of_blocks(health.under_replicated));
        let _ = writeln!(text, " Mis-replicated blocks:\t\t{}", of_blocks(misplaced));
        let _ = writeln!(text, " Default replication factor:\t{}", self.replication);
        let average = health.live as f32 / health.blocks.max(1) as f32;
        let _ = writeln!(text, " Average block replication:\t{average:?}");
        let _ = writeln!(text, " Missing blocks:\t\t{}", health.missing_blocks);
        let _ = writeln!(text, " Corrupt blocks:\t\t0");
        let _ = writeln!(
            text,
            " Missing replicas:\t\t{} ({} %)",
            health.missing_replicas,
            java_percent(health.missing_replicas, health.expected)
        );
        let _ = writeln!(text, " Blocks queued for replication:\t0\n\nErasure Coded Block Groups:");
        text.push_str(" Total size:\t0 B\n Total files:\t0\n Total block groups (validated):\t0\n");
        text.push_str(" Minimally erasure-coded block groups:\t0\n Over-erasure-coded block groups:\t0\n");
        text.push_str(" Under-erasure-coded block groups:\t0\n Unsatisfactory placement block groups:\t0\n");
        text.push_str(" Average block group size:\t0.0\n Missing block groups:\t\t0\n");
        text.push_str(" Corrupt block groups:\t\t0\n Missing internal blocks:\t0\n");
        text.push_str(" Blocks queued for replication:\t0\n");
    }

    /// `hdfs dfsadmin -report`, dead nodes last.
    pub fn report(&self, at: NaiveDateTime) -> String {
        let health = self.health();
        let mut text = "$ hdfs dfsadmin -report\n".to_owned();
        let all: Vec<(&DataNode, u64)> =
            self.nodes.iter().enumerate().map(|(index, node)| (node, self.used(index))).collect();
        let (live, dead): (Vec<_>, Vec<_>) = all.iter().partition(|(node, _)| node.alive);
        let sum = |of: fn(&(&DataNode, u64)) -> u64| live.iter().map(&of).sum::<u64>();
        let capacity = sum(|(node, _)| node.capacity);
        let used = sum(|(_, used)| *used);
        let present = capacity - sum(|(node, _)| node.non_dfs);
        let sized = |bytes: u64| format!("{bytes} ({})", byte_desc(bytes));
        let _ = writeln!(text, "Configured Capacity: {}", sized(capacity));
        let _ = writeln!(text, "Present Capacity: {}", sized(present));
        let _ = writeln!(text, "DFS Remaining: {}", sized(present.saturating_sub(used)));
        let _ = writeln!(text, "DFS Used: {}", sized(used));
        let _ = writeln!(text, "DFS Used%: {}", percent(used, present));
        let _ = writeln!(text, "Replicated Blocks:\n\tUnder replicated blocks: {}", health.under_replicated);
        let _ =
            writeln!(text, "\tBlocks with corrupt replicas: 0\n\tMissing blocks: {}", health.missing_blocks);
        let once = self.blocks.iter().filter(|b| self.live(b).is_empty() && self.target(b) == 1).count();
        let _ = writeln!(text, "\tMissing blocks (with replication factor 1): {once}");
        let urgent = self.blocks.iter().filter(|b| self.live(b).len() == 1 && self.target(b) > 1).count();
        let _ = writeln!(text, "\tLow redundancy blocks with highest priority to recover: {urgent}");
        text.push_str(
            "\tPending deletion blocks: 0\nErasure Coded Block Groups: \n\tLow redundancy block groups: 0\n",
        );
        text.push_str("\tBlock groups with corrupt internal blocks: 0\n\tMissing block groups: 0\n");
        text.push_str(
            "\tLow redundancy blocks with highest priority to recover: 0\n\tPending deletion blocks: 0\n\n",
        );
        text.push_str("-------------------------------------------------\n");
        for (name, list) in [("Live", live), ("Dead", dead)] {
            if list.is_empty() {
                continue;
            }
            let _ = writeln!(text, "{name} datanodes ({}):\n", list.len());
            for (node, used) in list {
                self.report_node(&mut text, node, used, at);
            }
        }
        text
    }

    fn report_node(&self, text: &mut String, node: &DataNode, used: u64, at: NaiveDateTime) {
        let sized = |bytes: u64| format!("{bytes} ({})", byte_desc(bytes));
        let _ = writeln!(text, "Name: {}:9866 ({})\nHostname: {}", node.address, node.host, node.host);
        if node.rack != "/default-rack" {
            let _ = writeln!(text, "Rack: {}", node.rack);
        }
        // A dead node is listed without the figures it no longer sends.
        let (capacity, used, other) =
            if node.alive { (node.capacity, used, node.non_dfs) } else { (0, 0, 0) };
        let remaining = capacity.saturating_sub(used + other);
        let _ = writeln!(text, "Decommission Status : Normal\nConfigured Capacity: {}", sized(capacity));
        let _ = writeln!(text, "DFS Used: {}\nNon DFS Used: {}", sized(used), sized(other));
        let _ = writeln!(text, "DFS Remaining: {}", sized(remaining));
        let full = if capacity == 0 { "100.00%".to_owned() } else { percent(used, capacity) };
        let _ = writeln!(text, "DFS Used%: {full}\nDFS Remaining%: {}", percent(remaining, capacity));
        text.push_str("Configured Cache Capacity: 0 (0 B)\nCache Used: 0 (0 B)\nCache Remaining: 0 (0 B)\n");
        text.push_str("Cache Used%: 100.00%\nCache Remaining%: 0.00%\n");
        let (contact, blocks) = if node.alive {
            let index = self.nodes.iter().position(|other| other == node).unwrap_or_default();
            (at, self.blocks.iter().filter(|block| block.replicas.contains(&index)).count())
        } else {
            (at - chrono::Duration::minutes(14), 0)
        };
        let _ = writeln!(text, "Xceivers: 0\nLast contact: {}", java_date(contact));
        let report = java_date(at - chrono::Duration::minutes(97));
        let _ = writeln!(text, "Last Block Report: {report}\nNum of Blocks: {blocks}\n\n");
    }
}

/// A share as Hadoop's reports write it; 0.00% of nothing.
fn percent(part: u64, whole: u64) -> String {
    let share = if whole == 0 { 0.0 } else { part as f64 * 100.0 / whole as f64 };
    format!("{share:.2}%")
}

/// `hdfs dfs -ls DIRECTORY` of files, all written by `owner`.
pub fn listing(directory: &str, files: &[File], owner: &str, group: &str, at: NaiveDateTime) -> String {
    let mut text = format!("$ hdfs dfs -ls {directory}\nFound {} items\n", files.len());
    let width = files.iter().map(|file| file.bytes.to_string().len()).max().unwrap_or_default().max(10);
    for (index, file) in files.iter().enumerate() {
        let minute = chrono::Duration::minutes(i64::try_from(index).unwrap_or_default());
        let _ = writeln!(
            text,
            "-rw-r--r-- {:>3} {owner} {group} {:>width$} {} {}",
            file.replication,
            file.bytes,
            (at + minute).format("%Y-%m-%d %H:%M"),
            file.path
        );
    }
    text
}

/// `hdfs dfs -stat '%b %o %r %n'` of the files of a directory: length, block size, replication, name.
pub fn stat(directory: &str, files: &[File]) -> String {
    let mut text = format!("$ hdfs dfs -stat '%b %o %r %n' {directory}/*\n");
    for file in files {
        let name = file.path.rsplit('/').next().unwrap_or(&file.path);
        let _ = writeln!(text, "{} {} {} {name}", file.bytes, file.block_size, file.replication);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::{Seed, bigdata::MIB};

    fn node(number: u8, rack: &str) -> DataNode {
        DataNode {
            host: format!("ip-10-0-1-{number}.ec2.internal"),
            address: format!("10.0.1.{number}"),
            rack: rack.into(),
            capacity: 100 << 30,
            non_dfs: 5 << 30,
            alive: true,
        }
    }

    #[test]
    fn replicas_follow_the_default_policy() {
        let nodes: Vec<DataNode> =
            (1..=6).map(|number| node(number, if number <= 3 { "/rack1" } else { "/rack2" })).collect();
        for seed in 0..300 {
            let mut draw = Draw::new("place", Seed(seed));
            let chosen = place(&mut draw, &nodes, 3, None);
            let racks: Vec<&str> = chosen.iter().map(|index| nodes[*index].rack.as_str()).collect();
            assert!(chosen.len() == 3 && racks[0] != racks[1] && racks[1] == racks[2], "{racks:?}");
            assert_eq!(place(&mut draw, &nodes, 10, None).len(), 6, "one replica a node");
            assert_eq!(place(&mut draw, &nodes, 2, Some(4))[0], 4);
        }
    }

    #[test]
    fn a_block_without_replicas_is_missing_and_not_under_replicated() {
        let mut draw = Draw::new("health", Seed(1));
        let mut hdfs = Hdfs {
            namenode: "ip-10-0-1-10.ec2.internal".into(),
            namenode_address: "10.0.1.10".into(),
            pool: "BP-1-10.0.1.10-1".into(),
            replication: 2,
            nodes: (1..=4).map(|number| node(number, "/default-rack")).collect(),
            files: Vec::new(),
            blocks: Vec::new(),
        };
        let file = |path: &str, bytes, replication| File {
            path: path.into(),
            bytes,
            block_size: 128 * MIB,
            replication,
        };
        hdfs.write(&mut draw, file("/d/a", 300 * MIB, 2));
        hdfs.write(&mut draw, file("/d/b", 10 * MIB, 10));
        assert_eq!(block_sizes(300 * MIB, 128 * MIB), [128 * MIB, 128 * MIB, 44 * MIB]);
        hdfs.blocks[0].replicas = vec![0, 1];
        hdfs.blocks[1].replicas = vec![1, 2];
        hdfs.blocks[2].replicas = vec![2, 3];
        hdfs.nodes[0].alive = false;
        hdfs.nodes[1].alive = false;
        let health = hdfs.health();
        assert_eq!((health.missing_blocks, health.under_replicated, health.missing_replicas), (1, 2, 1 + 8));
        assert_eq!(health.corrupt_files, 1);
        assert_eq!(
            hdfs.repair(),
            (1, 128 * MIB),
            "block 1 gets its second replica; a third node does not exist"
        );
        let at = NaiveDateTime::default();
        let text = hdfs.fsck("/d", at);
        assert!(text.contains("Status: CORRUPT\n Number of data-nodes:\t2\n"), "{text}");
        assert!(text.contains(" Missing replicas:\t\t9 (56.25 %)"), "{text}");
        assert!(text.contains("len=134217728 MISSING!"), "{text}");
        assert!(hdfs.report(at).contains("Dead datanodes (2):"));
    }
}
