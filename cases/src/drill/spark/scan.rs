//! How files become input partitions.

use std::fmt::Write as _;

use chrono::{Duration, NaiveDate};
use serde_json::json;

use super::super::figure::{count, counted, figure, short};
use super::super::{Ask, Exercise, Unit, shown};
use crate::cloud::Draw;
use crate::cloud::bigdata::MIB;
use crate::cloud::bigdata::spark::{Input, ScanConf, mib};
use crate::model::{EvidenceType, Text};

const RULE: (&str, &str) = (
    "Spark SQL cuts the files into splits of at most `maxSplitBytes` = min(`maxPartitionBytes`, max(`openCostInBytes`, bytesPerCore)), where bytesPerCore is the sum of (length + `openCostInBytes`) over all files, divided by the cores of all executors. It takes the splits in order of falling length and closes a partition when its size so far plus the next split would exceed `maxSplitBytes`; a split that is in counts its length plus `openCostInBytes`. One partition is one task, one task takes one core.",
    "Spark SQL把檔案切成不超過`maxSplitBytes`的split：`maxSplitBytes` = min(`maxPartitionBytes`, max(`openCostInBytes`, bytesPerCore))，bytesPerCore是所有檔案的（長度 + `openCostInBytes`）總和除以所有executor的核心數。接著依長度由大到小取split，若目前分割的大小加上下一個split會超過`maxSplitBytes`，就關閉目前的分割、另開一個；放進去的split以「長度 + `openCostInBytes`」計入。一個分割就是一個task，一個task占一個核心。",
);

const TABLES: [(&str, &str); 7] = [
    ("s3://acme-lake/clickstream/dt=2026-03-01/", "part-{:05}.snappy.parquet"),
    ("s3://shop-raw/orders/2026/03/", "orders-{}.csv"),
    ("s3://tw-telemetry/device/", "device-{}.orc"),
    ("s3://ledger-prod/journal/", "journal-{:03}.avro"),
    ("s3://ads-logs/impressions/hour=07/", "imp-{}.parquet"),
    ("s3://hr-export/badge/", "badge-{}.csv"),
    ("s3://game-events/sessions/", "sessions-{:04}.parquet"),
];

fn name(pattern: &str, number: usize) -> String {
    let Some((head, tail)) = pattern.split_once('{') else { return pattern.to_owned() };
    let (width, tail) = tail.split_once('}').unwrap_or(("", tail));
    let width = width.trim_start_matches(":0").parse().unwrap_or(1);
    format!("{head}{number:0width$}{tail}")
}

/// `aws s3 ls PREFIX`.
fn s3_listing(draw: &mut Draw, prefix: &str, inputs: &[Input]) -> String {
    let date = NaiveDate::from_ymd_opt(2026, 3, draw.int(1, 28)).unwrap_or_default();
    let mut at = date.and_hms_opt(draw.int(0, 22), draw.int(0, 59), draw.int(0, 59)).unwrap_or_default();
    let mut text = format!("$ aws s3 ls {prefix}\n");
    for input in inputs {
        let _ = writeln!(text, "{} {:>10} {}", at.format("%Y-%m-%d %H:%M:%S"), input.bytes, input.name);
        at += Duration::seconds(draw.int(1, 40));
    }
    text
}

/// A drawn cluster: executors and cores of each.
struct Cluster {
    executors: u64,
    cores: u64,
}

impl Cluster {
    fn draw(draw: &mut Draw) -> Self {
        Self { executors: draw.number(2, 10), cores: *draw.pick(&[2, 3, 4, 4, 5]) }
    }

    fn slots(&self) -> u64 {
        self.executors * self.cores
    }
}

fn submit(draw: &mut Draw, cluster: &Cluster, conf: &ScanConf) -> String {
    let script = *draw.pick(&["daily_agg.py", "compact.py", "sessionize.py", "report.py", "load_dim.py"]);
    format!(
        "$ spark-submit --master yarn --deploy-mode cluster \\\n    --num-executors {} --executor-cores {} \\\n    --conf spark.dynamicAllocation.enabled=false \\\n    --conf spark.sql.files.maxPartitionBytes={} \\\n    --conf spark.sql.files.openCostInBytes={} \\\n    {script}\n",
        cluster.executors, cluster.cores, conf.max_partition, conf.open_cost
    )
}

fn scan_conf(draw: &mut Draw, cluster: &Cluster) -> ScanConf {
    ScanConf {
        max_partition: *draw.pick(&[64, 128, 128, 128, 256]) * MIB,
        open_cost: *draw.pick(&[4, 4, 4, 8, 1]) * MIB,
        parallelism: cluster.slots(),
    }
}

/// What a case asks of a scan, computed.
struct Scan {
    max: u64,
    splits: usize,
    partitions: Vec<Vec<u64>>,
    slots: u64,
}

impl Scan {
    fn new(conf: &ScanConf, inputs: &[Input]) -> Self {
        Self {
            max: conf.max_split(inputs),
            splits: conf.splits(inputs).len(),
            partitions: conf.partitions(inputs),
            slots: conf.parallelism,
        }
    }

    fn tasks(&self) -> u64 {
        self.partitions.len() as u64
    }

    fn waves(&self) -> u64 {
        self.tasks().div_ceil(self.slots)
    }

    fn largest(&self) -> u64 {
        self.partitions.iter().map(|partition| partition.iter().sum()).max().unwrap_or_default()
    }

    fn max_ask(&self, conf: &ScanConf, inputs: &[Input]) -> Ask {
        let total: u64 = inputs.iter().map(|input| input.bytes).sum();
        let plain = total / conf.parallelism;
        let without_cost = conf.max_partition.min(conf.open_cost.max(plain));
        Ask::new(
            "max-split",
            Text::new("`maxSplitBytes`, in MiB, to two decimals", "`maxSplitBytes`（MiB，取到小數第二位）"),
            figure(
                mib(self.max),
                0.011,
                Unit::MiB,
                vec![
                    (
                        mib(conf.max_partition),
                        Text::new(
                            "maxPartitionBytes is only the upper bound: here a core's share of the bytes is less.",
                            "maxPartitionBytes只是上限：這裡每個核心分到的位元組數更少。",
                        ),
                    ),
                    (
                        mib(without_cost),
                        Text::new(
                            "Each file also counts with its open cost in bytesPerCore.",
                            "計算bytesPerCore時，每個檔案還要加上open cost。",
                        ),
                    ),
                    (
                        mib(plain),
                        Text::new(
                            "That is the bytes by the cores, without the open costs and without the bounds.",
                            "那只是位元組數除以核心數，沒有加open cost，也沒有套用上下限。",
                        ),
                    ),
                ],
            ),
        )
    }

    fn waves_ask(&self) -> Ask {
        let last = self.tasks() - (self.waves() - 1) * self.slots;
        Ask::new(
            "waves",
            Text::new("Waves of tasks, when all take equally long", "若每個task一樣久，要跑幾輪"),
            count(
                self.waves(),
                vec![
                    (
                        self.tasks() / self.slots,
                        Text::new(
                            if last == 1 {
                                "The last task needs a wave of its own.".to_owned()
                            } else {
                                format!("The last {last} tasks need a wave of their own.")
                            },
                            format!("最後{last}個task還要再一輪。"),
                        ),
                    ),
                    (
                        self.tasks(),
                        Text::new(
                            format!("{} tasks run at a time.", self.slots),
                            format!("同時可執行{}個task。", self.slots),
                        ),
                    ),
                ],
            ),
        )
    }
}

fn slots_step(cluster: &Cluster, conf: &ScanConf, inputs: &[Input], scan: &Scan) -> Text {
    let total: u64 = inputs.iter().map(|input| input.bytes + conf.open_cost).sum();
    let share = short(mib(total / conf.parallelism));
    let (n, slots) = (inputs.len(), cluster.slots());
    Text::new(
        format!(
            "{} × {} = {slots} cores. With {} the files count {} MiB: {share} MiB a core. min({}, max({}, {share})) = {} MiB.",
            cluster.executors,
            cluster.cores,
            counted(n, "open cost"),
            short(mib(total)),
            short(mib(conf.max_partition)),
            short(mib(conf.open_cost)),
            short(mib(scan.max))
        ),
        format!(
            "{} × {} = {slots}個核心。加上{n}份open cost，檔案共計{} MiB，每核心{share} MiB。min({}, max({}, {share})) = {} MiB。",
            cluster.executors,
            cluster.cores,
            short(mib(total)),
            short(mib(conf.max_partition)),
            short(mib(conf.open_cost)),
            short(mib(scan.max))
        ),
    )
}

fn waves_step(scan: &Scan) -> Text {
    let (tasks, slots, waves) = (scan.tasks(), scan.slots, scan.waves());
    let last = tasks - (waves - 1) * slots;
    Text::new(
        format!(
            "{} on {slots} cores: {}, the last with {}.",
            counted(tasks, "task"),
            counted(waves, "wave"),
            counted(last, "task")
        ),
        format!("{tasks}個task、{slots}個核心：{waves}輪，最後一輪{last}個。"),
    )
}

pub(super) fn large_files(draw: &mut Draw) -> Exercise {
    let cluster = Cluster::draw(draw);
    let conf = scan_conf(draw, &cluster);
    let (prefix, pattern) = *draw.pick(&TABLES);
    // Large enough for full splits most of the time, now and then so small that the cores decide.
    let low = if draw.percent(35) { 40 } else { 300 };
    let inputs: Vec<Input> = (0..draw.int(2usize, 5))
        .map(|number| Input {
            name: name(pattern, number),
            bytes: draw.number(low, low * 7) * MIB + *draw.pick(&[0, 0, 524_288, 262_144]),
            splittable: true,
        })
        .collect();
    let scan = Scan::new(&conf, &inputs);
    let total: u64 = inputs.iter().map(|input| input.bytes).sum();
    let per_file: Vec<u64> = inputs.iter().map(|input| input.bytes.div_ceil(scan.max)).collect();
    let summed = per_file.iter().map(u64::to_string).collect::<Vec<_>>().join(" + ");
    let packed = scan.splits as u64 - scan.tasks();

    Exercise {
        prompt: Text::new(
            format!("A job reads the table `{prefix}` in full; all its files can be split. {}", RULE.0),
            format!("某個工作完整讀取資料表`{prefix}`，檔案全都可以切分。{}", RULE.1),
        ),
        evidence: vec![
            shown(EvidenceType::Command, submit(draw, &cluster, &conf)),
            shown(EvidenceType::Command, s3_listing(draw, prefix, &inputs)),
        ],
        asks: vec![
            scan.max_ask(&conf, &inputs),
            Ask::new(
                "partitions",
                Text::new("Input partitions (tasks of the scan)", "輸入分割數（掃描階段的task數）"),
                count(
                    scan.tasks(),
                    vec![
                        (
                            total.div_ceil(scan.max),
                            Text::new(
                                "That cuts the table as if it were one file: every file ends with a split of its own, and packing follows its own rule.",
                                "這是把整張表當成一個檔案切：每個檔案結尾各有自己的split，裝填也另有規則。",
                            ),
                        ),
                        (
                            scan.splits as u64,
                            Text::new(
                                format!(
                                    "{} splits, but short ones share a partition where they fit.",
                                    scan.splits
                                ),
                                format!("split有{}個，但短的split放得下時會共用一個分割。", scan.splits),
                            ),
                        ),
                        (
                            inputs.iter().map(|input| input.bytes.div_ceil(conf.max_partition)).sum(),
                            Text::new(
                                "That splits by maxPartitionBytes instead of maxSplitBytes.",
                                "這是用maxPartitionBytes切，而不是maxSplitBytes。",
                            ),
                        ),
                    ],
                ),
            ),
            scan.waves_ask(),
        ],
        steps: vec![
            slots_step(&cluster, &conf, &inputs, &scan),
            Text::new(
                format!(
                    "Splits by file: {summed} = {}. Packed from the longest down, {packed} of them join{} another: {} partitions.",
                    scan.splits,
                    if packed == 1 { "s" } else { "" },
                    scan.tasks()
                ),
                format!(
                    "各檔案的split數：{summed} = {}。由大到小裝填，其中{packed}個併入別的分割：共{}個分割。",
                    scan.splits,
                    scan.tasks()
                ),
            ),
            waves_step(&scan),
        ],
        given: json!({ "kind": "scan" }),
    }
}

pub(super) fn mixed_files(draw: &mut Draw) -> Exercise {
    let cluster = Cluster::draw(draw);
    let conf = scan_conf(draw, &cluster);
    let prefix = *draw.pick(&[
        "s3://acme-landing/partner-feed/",
        "s3://shop-raw/returns/",
        "s3://tw-telemetry/gateway/",
        "s3://billing-in/cdr/2026-03-01/",
        "s3://media-logs/player/",
    ]);
    let stem = prefix.trim_end_matches('/').rsplit('/').next().unwrap_or("part").replace("2026-03-01", "cdr");
    let mut inputs = Vec::new();
    for number in 0..draw.int(1usize, 3) {
        let bytes = draw.number(120, 900) * MIB + draw.number(0, MIB - 1);
        inputs.push(Input { name: format!("{stem}-full-{number}.csv.gz"), bytes, splittable: false });
    }
    for number in 0..draw.int(1usize, 3) {
        let bytes = draw.number(150, 1500) * MIB;
        inputs.push(Input { name: format!("{stem}-hist-{number}.csv"), bytes, splittable: true });
    }
    for number in 0..draw.int(3usize, 9) {
        let bytes = draw.number(200_000, 30 * MIB);
        inputs.push(Input { name: format!("{stem}-delta-{number:02}.csv"), bytes, splittable: true });
    }
    inputs.sort_by(|a, b| a.name.cmp(&b.name));
    let scan = Scan::new(&conf, &inputs);
    let as_splittable: Vec<Input> =
        inputs.iter().map(|input| Input { splittable: true, ..input.clone() }).collect();
    let naive = Scan::new(&conf, &as_splittable);
    let whole: Vec<u64> = inputs.iter().filter(|input| !input.splittable).map(|input| input.bytes).collect();
    let gzip = whole.iter().max().copied().unwrap_or_default();
    let free_packing = ScanConf { open_cost: 0, ..conf };
    let mut loose = 0;
    let mut size = u64::MAX;
    for split in conf.splits(&inputs) {
        if size.saturating_add(split) > scan.max {
            loose += 1;
            size = 0;
        }
        size += split + free_packing.open_cost;
    }

    Exercise {
        prompt: Text::new(
            format!(
                "A job reads everything under `{prefix}` as CSV. Gzip files (`.gz`) cannot be split: each is one split, however long. {}",
                RULE.0
            ),
            format!(
                "某個工作把`{prefix}`底下的檔案全部當CSV讀入。gzip檔（`.gz`）不能切分：不論多長都是一個split。{}",
                RULE.1
            ),
        ),
        evidence: vec![
            shown(EvidenceType::Command, submit(draw, &cluster, &conf)),
            shown(EvidenceType::Command, s3_listing(draw, prefix, &inputs)),
        ],
        asks: vec![
            scan.max_ask(&conf, &inputs),
            Ask::new(
                "partitions",
                Text::new("Input partitions (tasks of the scan)", "輸入分割數（掃描階段的task數）"),
                count(
                    scan.tasks(),
                    vec![
                        (
                            naive.tasks(),
                            Text::new(
                                "A gzip file is not split: it stays one task.",
                                "gzip檔不會被切分，仍是一個task。",
                            ),
                        ),
                        (
                            scan.splits as u64,
                            Text::new(
                                format!("{} splits; short ones share partitions.", scan.splits),
                                format!("split有{}個；短的會共用分割。", scan.splits),
                            ),
                        ),
                        (
                            loose,
                            Text::new(
                                "Each split in a partition also counts its open cost, so fewer fit.",
                                "分割裡每個split還要算open cost，所以放得下的比較少。",
                            ),
                        ),
                        (inputs.len() as u64, Text::new("That is the number of files.", "那是檔案數。")),
                    ],
                ),
            ),
            Ask::new(
                "largest",
                Text::new(
                    "Bytes that the largest task reads, in MiB, to one decimal",
                    "最大的task讀取多少（MiB，取到小數第一位）",
                ),
                figure(
                    mib(scan.largest()),
                    0.051,
                    Unit::MiB,
                    vec![
                        (
                            mib(scan.max),
                            Text::new(
                                "That bounds splits of files that can be split; a gzip file is read whole.",
                                "那只限制可切分檔案的split；gzip檔是整個讀。",
                            ),
                        ),
                        (
                            mib(gzip + conf.open_cost),
                            Text::new(
                                "The open cost is an estimate for packing; nobody reads it.",
                                "open cost只是裝填時的估計值，不會真的被讀取。",
                            ),
                        ),
                    ],
                ),
            ),
            scan.waves_ask(),
        ],
        steps: vec![
            slots_step(&cluster, &conf, &inputs, &scan),
            Text::new(
                format!(
                    "Gzip files stay whole ({} here); the others are cut at {} MiB: {} splits.",
                    whole.len(),
                    short(mib(scan.max)),
                    scan.splits
                ),
                format!(
                    "{}個gzip檔保持完整，其餘以{} MiB切：共{}個split。",
                    whole.len(),
                    short(mib(scan.max)),
                    scan.splits
                ),
            ),
            Text::new(
                format!(
                    "From the longest down, a split joins the open partition only while size so far + split <= {} MiB: {} partitions. The largest task reads {:.1} MiB.",
                    short(mib(scan.max)),
                    scan.tasks(),
                    mib(scan.largest())
                ),
                format!(
                    "由大到小，只有「目前大小 + split」不超過{} MiB時才併入目前的分割：共{}個分割。最大的task讀{:.1} MiB。",
                    short(mib(scan.max)),
                    scan.tasks(),
                    mib(scan.largest())
                ),
            ),
            waves_step(&scan),
        ],
        given: json!({ "kind": "scan" }),
    }
}

pub(super) fn small_files(draw: &mut Draw) -> Exercise {
    let cluster = Cluster::draw(draw);
    let conf = scan_conf(draw, &cluster);
    let files = draw.number(300, 6000);
    let kib = *draw.pick(&[64, 128, 256, 512, 640, 1024, 1536, 2048, 3072]);
    let bytes = kib * 1024;
    let inputs: Vec<Input> =
        (0..files).map(|_| Input { name: String::new(), bytes, splittable: true }).collect();
    let scan = Scan::new(&conf, &inputs);
    let each = scan.partitions.first().map_or(1, Vec::len) as u64;
    let directory = *draw.pick(&[
        "/data/iot/minute",
        "/logs/app/json",
        "/landing/kafka",
        "/user/etl/sink",
        "/data/audit",
    ]);
    let free = (scan.max / bytes).max(1);

    Exercise {
        prompt: Text::new(
            format!(
                "A streaming job has left **{files}** files of exactly **{kib} KiB** each in `{directory}`; all can be split. A batch job reads them. {}",
                RULE.0
            ),
            format!(
                "串流工作在`{directory}`留下 **{files}** 個檔案，每個剛好 **{kib} KiB**，都可以切分。現在由一個批次工作讀入。{}",
                RULE.1
            ),
        ),
        evidence: vec![
            shown(EvidenceType::Command, submit(draw, &cluster, &conf)),
            shown(
                EvidenceType::Command,
                format!(
                    "$ hdfs dfs -count {directory}\n{:>12} {files:>12} {:>18} {directory}\n",
                    1,
                    files * bytes
                ),
            ),
        ],
        asks: vec![
            scan.max_ask(&conf, &inputs),
            Ask::new(
                "each",
                Text::new("Files in each full partition", "裝滿的分割各有幾個檔案"),
                count(
                    each,
                    vec![
                        (
                            free,
                            Text::new(
                                "Each file in a partition also counts its open cost, so far fewer fit.",
                                "分割裡每個檔案還要算open cost，能放的少得多。",
                            ),
                        ),
                        (
                            (scan.max / (bytes + conf.open_cost)).max(1),
                            Text::new(
                                "The next file is compared without its own open cost: size so far + length <= maxSplitBytes.",
                                "比較時，下一個檔案不含它自己的open cost：目前大小 + 長度 <= maxSplitBytes。",
                            ),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "partitions",
                Text::new("Input partitions (tasks of the scan)", "輸入分割數（掃描階段的task數）"),
                count(
                    scan.tasks(),
                    vec![
                        (files, Text::new("Small files share partitions.", "小檔案會共用分割。")),
                        (
                            files.div_ceil(free),
                            Text::new(
                                "That leaves the open cost out of the packing.",
                                "這在裝填時漏算了open cost。",
                            ),
                        ),
                        (
                            files / each,
                            Text::new(
                                "What is left over at the end needs a partition too.",
                                "最後剩下的檔案也要一個分割。",
                            ),
                        ),
                    ],
                ),
            ),
            scan.waves_ask(),
        ],
        steps: vec![
            slots_step(&cluster, &conf, &inputs, &scan),
            Text::new(
                format!(
                    "With {each} files in it a partition counts {each} × ({kib} KiB + {} MiB); the next file would not fit any more.",
                    conf.open_cost / MIB
                ),
                format!(
                    "放了{each}個檔案後，分割計為{each} ×（{kib} KiB + {} MiB），下一個檔案就放不下了。",
                    conf.open_cost / MIB
                ),
            ),
            Text::new(
                format!(
                    "{files} / {each}, rounded up: {} partitions. Each opens {each} files to read {} MiB: compacting the files is the cure.",
                    scan.tasks(),
                    short(mib(each * bytes))
                ),
                format!(
                    "{files} ÷ {each}無條件進位：{}個分割。每個task要開{each}個檔案才讀到{} MiB，根治之道是合併小檔。",
                    scan.tasks(),
                    short(mib(each * bytes))
                ),
            ),
            waves_step(&scan),
        ],
        given: json!({ "kind": "small", "files": files, "kib": kib }),
    }
}
