//! The HDFS half of D17.

use chrono::{NaiveDate, NaiveDateTime};
use serde_json::json;

use super::super::figure::{count, counted, figure, short};
use super::super::{Answer, Ask, Choice, Exercise, Unit, shown};
use super::hosts;
use crate::cloud::Draw;
use crate::cloud::bigdata::hdfs::{DataNode, File, Hdfs, block_sizes, listing, stat};
use crate::cloud::bigdata::{GIB, MIB};
use crate::model::{EvidenceType, Text};

/// A directory and how its files are named; the placeholder is a number.
const PLACES: [(&str, &str); 8] = [
    ("/data/clickstream/dt=2026-03-01", "part-{:05}-c000.snappy.parquet"),
    ("/user/hive/warehouse/orders/ds=2026-02-28", "{:06}_0"),
    ("/logs/alb/2026/03/02", "access-{:02}.log"),
    ("/backup/mysql/weekly", "dump-{:03}.sql"),
    ("/data/iot/raw", "batch-{}.avro"),
    ("/user/etl/output/customers", "part-r-{:05}"),
    ("/warehouse/billing/month=2026-02", "part-{:05}.orc"),
    ("/data/payments/settled", "settled-{:02}.csv"),
];

fn name(pattern: &str, number: usize) -> String {
    let Some((head, tail)) = pattern.split_once('{') else { return pattern.to_owned() };
    let (width, tail) = tail.split_once('}').unwrap_or(("", tail));
    let width = width.trim_start_matches(":0").parse().unwrap_or(1);
    format!("{head}{number:0width$}{tail}")
}

fn moment(draw: &mut Draw) -> NaiveDateTime {
    let date = NaiveDate::from_ymd_opt(2026, draw.int(3, 5), draw.int(1, 28)).unwrap_or_default();
    date.and_hms_opt(draw.int(0, 20), draw.int(0, 50), draw.int(0, 59)).unwrap_or_default()
}

/// A length of some blocks: a rest, exactly full, or less than one.
fn length(draw: &mut Draw, block: u64, blocks: u64) -> u64 {
    match draw.int(0, 9) {
        0 => block * blocks.max(1),
        1 => draw.number(20_000, 9_000_000),
        _ => block * blocks + draw.number(block / 50, block - block / 50),
    }
}

pub(super) fn blocks(draw: &mut Draw) -> Exercise {
    let block = *draw.pick(&[64, 128, 128, 256]) * MIB;
    let (directory, pattern) = *draw.pick(&PLACES);
    let usual = if draw.percent(70) { 3 } else { 2 };
    let mut files: Vec<File> = (0..draw.int(4usize, 6))
        .map(|number| {
            let blocks = draw.number(0, 8);
            File {
                path: format!("{directory}/{}", name(pattern, number)),
                bytes: length(draw, block, blocks),
                block_size: block,
                replication: if draw.percent(15) { 5 - usual } else { usual },
            }
        })
        .collect();
    // One file must have a last block that is not full, to be asked for.
    let asked = draw.int(0, files.len() - 1);
    files[asked].bytes = block * draw.number(1, 6) + draw.number(block / 20, block - block / 20);
    let chosen = files[asked].clone();
    let at = moment(draw);
    let sizes: Vec<Vec<u64>> = files.iter().map(|file| block_sizes(file.bytes, block)).collect();
    let per_file: Vec<usize> = sizes.iter().map(Vec::len).collect();
    let total = per_file.iter().sum::<usize>() as u64;
    let replicas: u64 =
        files.iter().zip(&per_file).map(|(file, blocks)| (file.replication * blocks) as u64).sum();
    let bytes: u64 = files.iter().map(|file| file.bytes).sum();
    let raw: u64 = files.iter().map(|file| file.bytes * file.replication as u64).sum();
    let gib = |bytes: u64| bytes as f64 / GIB as f64;
    let short_name = chosen.path.rsplit('/').next().unwrap_or_default().to_owned();
    let rest = chosen.bytes % block;

    let listed = listing(directory, &files, "hadoop", "hdfsadmingroup", at);
    Exercise {
        prompt: Text::new(
            "Every file below was written with the configured block size. DataNodes store nothing but these files here; checksums and metadata are not counted.",
            "下列檔案寫入時都使用目前設定的區塊大小。這裡假設DataNode只存放這些檔案，校驗碼與中繼資料不計。",
        ),
        evidence: vec![
            shown(EvidenceType::Command, format!("$ hdfs getconf -confKey dfs.blocksize\n{block}\n")),
            shown(EvidenceType::Command, listed),
        ],
        asks: vec![
            Ask::new(
                "blocks",
                Text::new(
                    "How many blocks the NameNode keeps for these files",
                    "NameNode為這些檔案記錄幾個區塊",
                ),
                count(
                    total,
                    vec![
                        (
                            bytes.div_ceil(block),
                            Text::new(
                                format!(
                                    "{} blocks would hold all {bytes} bytes in a row, but a block belongs to one file: each file ends with its own last block.",
                                    bytes.div_ceil(block)
                                ),
                                format!(
                                    "把{bytes}個位元組連起來切確實是{}個，但一個區塊只屬於一個檔案，每個檔案都有自己的最後一個區塊。",
                                    bytes.div_ceil(block)
                                ),
                            ),
                        ),
                        (
                            replicas,
                            Text::new(
                                format!(
                                    "{replicas} is the number of replicas; a block with three replicas is still one block."
                                ),
                                format!("{replicas}是複本數；一個區塊有三個複本仍是一個區塊。"),
                            ),
                        ),
                        (
                            files.iter().map(|file| file.bytes / block).sum(),
                            Text::new(
                                "That counts full blocks only: what is left at the end of a file is a block too.",
                                "這只算了裝滿的區塊：檔案結尾不滿的部分也是一個區塊。",
                            ),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "replicas",
                Text::new("How many replicas lie on all DataNodes together", "所有DataNode上共有幾個複本"),
                count(
                    replicas,
                    vec![
                        (
                            total,
                            Text::new(
                                "That is the number of blocks: each has as many replicas as its file asks for.",
                                "這是區塊數；每個區塊的複本數要看檔案的設定。",
                            ),
                        ),
                        (
                            total * usual as u64,
                            Text::new(
                                format!(
                                    "Not every file has {usual} replicas: the second column of `ls` tells."
                                ),
                                format!("並非每個檔案都是{usual}份複本：看`ls`的第二欄。"),
                            ),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "raw",
                Text::new(
                    "Disk space they take on all DataNodes together, in GiB, to two decimals",
                    "在所有DataNode上共占多少磁碟空間（GiB，取到小數第二位）",
                ),
                figure(
                    gib(raw),
                    0.011,
                    Unit::GiB,
                    vec![
                        (
                            gib(replicas * block),
                            Text::new(
                                "A last block takes only the bytes it holds, not a whole block.",
                                "最後一個區塊只占實際的位元組數，不會占滿整個區塊。",
                            ),
                        ),
                        (
                            gib(bytes),
                            Text::new(
                                "That is one copy: HDFS stores every replica in full.",
                                "這只是一份的大小：HDFS會完整存放每一份複本。",
                            ),
                        ),
                        (
                            gib(bytes * usual as u64),
                            Text::new(
                                format!("Not every file has {usual} replicas."),
                                format!("並非每個檔案都是{usual}份複本。"),
                            ),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "last",
                Text::new(
                    format!("Size of the last block of `{short_name}`, in MiB, to one decimal"),
                    format!("`{short_name}`最後一個區塊的大小（MiB，取到小數第一位）"),
                ),
                figure(
                    rest as f64 / MIB as f64,
                    0.051,
                    Unit::MiB,
                    vec![(
                        (block / MIB) as f64,
                        Text::new(
                            format!(
                                "{} bytes are not a multiple of {block}: the last block is shorter.",
                                chosen.bytes
                            ),
                            format!("{}不是{block}的倍數，最後一個區塊比較短。", chosen.bytes),
                        ),
                    )],
                ),
            ),
        ],
        steps: vec![
            Text::new(
                format!(
                    "Divide each length by {block} and round up: {} = {total} blocks.",
                    per_file.iter().map(usize::to_string).collect::<Vec<_>>().join(" + ")
                ),
                format!(
                    "每個檔案的長度除以{block}後無條件進位：{} = {total}個區塊。",
                    per_file.iter().map(usize::to_string).collect::<Vec<_>>().join(" + ")
                ),
            ),
            Text::new(
                format!("Times the replication of each file (second column): {replicas} replicas."),
                format!("各自乘上檔案的複本數（第二欄）：共{replicas}個複本。"),
            ),
            Text::new(
                format!(
                    "Space is length × replication, file by file: {raw} bytes = {} GiB. Partly filled blocks cost only what they hold; small files cost the NameNode memory, not disk.",
                    short(gib(raw))
                ),
                format!(
                    "空間＝長度 × 複本數，逐檔相加：{raw}位元組＝{} GiB。不滿的區塊只占實際大小；小檔案耗的是NameNode的記憶體，不是磁碟。",
                    short(gib(raw))
                ),
            ),
            Text::new(
                format!(
                    "`{short_name}`: {} mod {block} = {rest} bytes = {:.1} MiB.",
                    chosen.bytes,
                    rest as f64 / MIB as f64
                ),
                format!(
                    "`{short_name}`：{}除以{block}餘{rest}位元組＝{:.1} MiB。",
                    chosen.bytes,
                    rest as f64 / MIB as f64
                ),
            ),
        ],
        given: json!({ "kind": "blocks", "file": short_name }),
    }
}

fn cluster(draw: &mut Draw, nodes: usize, racks: usize, replication: usize) -> Hdfs {
    let hosts = hosts(draw, nodes + 1);
    let capacity = *draw.pick(&[200, 400, 500]) * GIB;
    let zones = ["a", "b", "c"];
    let nodes: Vec<DataNode> = hosts
        .iter()
        .skip(1)
        .enumerate()
        .map(|(index, (host, address))| DataNode {
            host: host.clone(),
            address: address.clone(),
            rack: match racks {
                1 => "/default-rack".to_owned(),
                _ => format!("/rack-{}", zones.get(index % racks).unwrap_or(&"a")),
            },
            capacity,
            non_dfs: draw.number(2, 9) * GIB,
            alive: true,
        })
        .collect();
    let (namenode, namenode_address) = hosts.into_iter().next().unwrap_or_default();
    let stamp = draw.number(1_767_225_600_000, 1_772_000_000_000);
    let pool = format!("BP-{}-{namenode_address}-{stamp}", draw.number(100_000_000, 2_100_000_000));
    Hdfs { namenode, namenode_address, pool, replication, nodes, files: Vec::new(), blocks: Vec::new() }
}

/// Why nodes are gone.
const CAUSES: [(&str, &str); 5] = [
    ("are reclaimed by EC2 Spot within a minute of each other", "在一分鐘內先後被EC2 Spot收回"),
    ("lose their data volumes", "的資料磁碟區同時損壞"),
    ("are terminated by mistake", "被人誤按終止"),
    ("stop answering after a kernel panic", "發生kernel panic後不再回應"),
    ("are cut off by a wrong security group change", "因為安全群組改錯而斷線"),
];

pub(super) fn failed(draw: &mut Draw) -> Exercise {
    // Drawn again until something is lost for good in most cases, and always something is under-replicated.
    let lose = draw.percent(75);
    let mut tries = 0;
    loop {
        tries += 1;
        let nodes = draw.int(5usize, 7);
        let racks = *draw.pick(&[1, 2, 2, 3]);
        let mut hdfs = cluster(draw, nodes, racks, 3);
        let (directory, pattern) = *draw.pick(&PLACES);
        for number in 0..draw.int(3usize, 4) {
            let (blocks, replication) = (draw.number(1, 3), *draw.pick(&[1, 2, 2, 3, 3, 3]));
            let bytes = length(draw, 128 * MIB, blocks);
            let path = format!("{directory}/{}", name(pattern, number));
            hdfs.write(draw, File { path, bytes, block_size: 128 * MIB, replication });
        }
        let before = hdfs.fsck(directory, moment(draw));
        let mut dead: Vec<usize> = (0..nodes).collect();
        draw.shuffle(&mut dead);
        dead.truncate(2);
        dead.sort_unstable();
        for index in &dead {
            hdfs.nodes[*index].alive = false;
        }
        let health = hdfs.health();
        let fits = health.under_replicated > 0 && (!lose || health.missing_blocks > 0);
        if fits || tries > 60 {
            return failed_case(draw, &hdfs, &dead, before);
        }
    }
}

fn failed_case(draw: &mut Draw, hdfs: &Hdfs, dead: &[usize], before: String) -> Exercise {
    let health = hdfs.health();
    let (cause_en, cause_zh) = *draw.pick(&CAUSES);
    let names: Vec<&str> =
        dead.iter().filter_map(|index| hdfs.nodes.get(*index)).map(|node| node.address.as_str()).collect();
    let gone = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>();
    let touched = health.under_replicated + health.missing_blocks;
    let lost: u64 = health.expected - health.live;
    let mut right = Vec::new();
    let mut options = Vec::new();
    for (index, file) in hdfs.files.iter().enumerate() {
        let blocks: Vec<_> = hdfs.blocks.iter().filter(|block| block.file == index).collect();
        let missing = blocks.iter().filter(|block| hdfs.live(block).is_empty()).count();
        let short_name = file.path.rsplit('/').next().unwrap_or_default();
        if missing > 0 {
            right.push(index);
        }
        options.push(Choice::new(
            Text::new(format!("`{short_name}`"), format!("`{short_name}`")),
            if missing > 0 {
                match blocks.len() {
                    1 => Text::new(
                        "Its only block had replicas only on the failed nodes.",
                        "它唯一的區塊只存在故障的節點上。",
                    ),
                    all => Text::new(
                        format!("{missing} of its {all} blocks had replicas only on the failed nodes."),
                        format!("它的{all}個區塊中有{missing}個只存在故障的節點上。"),
                    ),
                }
            } else {
                Text::new(
                    "Each of its blocks still has a replica on a live node: it can be read in full.",
                    "每個區塊在存活的節點上都還有複本，整個檔案仍讀得到。",
                )
            },
        ));
    }
    let live_of = |wanted: usize| hdfs.blocks.iter().filter(|block| hdfs.live(block).len() == wanted).count();

    Exercise {
        prompt: Text::new(
            format!(
                "The report below is from before the failure. Then the DataNodes {} {cause_en}; the NameNode has declared them dead and has not copied anything yet. `hdfs fsck` runs again. It counts a block as *under-replicated* when it has at least one live replica but fewer than its file asks for, and as *missing* (not under-replicated) when it has none; *missing replicas* adds up what the under-replicated blocks lack.",
                gone.join(" and ")
            ),
            format!(
                "下面是故障前的報告。之後DataNode {}{cause_zh}；NameNode已判定它們死亡，但還沒開始補複本。此時再執行一次`hdfs fsck`。fsck的算法：區塊至少還有一個存活複本、但少於檔案要求的份數，算 *under-replicated*；一個都不剩則算 *missing*（不算under-replicated）；*missing replicas* 是所有under-replicated區塊缺少的份數總和。",
                gone.join("與")
            ),
        ),
        evidence: vec![shown(EvidenceType::Command, before)],
        asks: vec![
            Ask::new(
                "under",
                Text::new("Under-replicated blocks", "Under-replicated blocks的數目"),
                count(
                    health.under_replicated,
                    vec![
                        (
                            touched,
                            Text::new(
                                format!(
                                    "{touched} blocks lost a replica, but {} none left: {} missing.",
                                    match health.missing_blocks {
                                        1 => "1 of them has".to_owned(),
                                        gone => format!("{gone} of them have"),
                                    },
                                    if health.missing_blocks == 1 { "that one is" } else { "those are" }
                                ),
                                format!(
                                    "有{touched}個區塊少了複本，但其中{}個已經一份不剩，那些算missing。",
                                    health.missing_blocks
                                ),
                            ),
                        ),
                        (
                            lost,
                            Text::new(
                                format!("{lost} replicas are gone; blocks are asked for."),
                                format!("消失的複本有{lost}個；題目問的是區塊數。"),
                            ),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "missing",
                Text::new("Missing blocks", "Missing blocks的數目"),
                count(
                    health.missing_blocks,
                    vec![(
                        touched,
                        Text::new(
                            "A block is missing only when no live node has a replica.",
                            "只有當存活節點上一份複本都沒有時才算missing。",
                        ),
                    )],
                ),
            ),
            Ask::new(
                "missing-replicas",
                Text::new("Missing replicas", "Missing replicas的數目"),
                count(
                    health.missing_replicas,
                    vec![
                        (
                            lost,
                            Text::new(
                                format!(
                                    "{lost} replicas are gone in all; fsck adds up only those of blocks that still have one."
                                ),
                                format!("總共少了{lost}份；但fsck只加總仍有存活複本的區塊所缺的份數。"),
                            ),
                        ),
                        (
                            health.under_replicated,
                            Text::new("A block can lack two replicas at once.", "一個區塊可能同時缺兩份。"),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "unreadable",
                Text::new(
                    "Files that can no longer be read in full (none, one or more)",
                    "已無法完整讀取的檔案（可能沒有，也可能不只一個）",
                ),
                Answer::Several { options, right },
            ),
        ],
        steps: vec![
            Text::new(
                format!(
                    "Strike {} from every list of replicas: {lost} of {} replicas are gone.",
                    names.join(" and "),
                    health.expected
                ),
                format!(
                    "把{}從每個區塊的複本清單劃掉：{}個複本少了{lost}個。",
                    names.join("與"),
                    health.expected
                ),
            ),
            Text::new(
                format!(
                    "Blocks with no replica left: {}, missing. With one or more but too few: {}, under-replicated. Untouched: {}.",
                    live_of(0),
                    health.under_replicated,
                    health.blocks - touched
                ),
                format!(
                    "一份都不剩的區塊有{}個：missing；還有但不足的有{}個：under-replicated；其餘{}個未受影響。",
                    live_of(0),
                    health.under_replicated,
                    health.blocks - touched
                ),
            ),
            Text::new(
                format!(
                    "The under-replicated blocks lack {} together. The NameNode makes what lacks by itself; missing blocks return only with their nodes.",
                    counted(health.missing_replicas, "replica")
                ),
                format!(
                    "這些under-replicated區塊合計缺{}份，NameNode會自己補；missing的區塊只有等節點（或資料）回來。",
                    health.missing_replicas
                ),
            ),
        ],
        given: json!({ "kind": "failed", "dead": names }),
    }
}

pub(super) fn repaired(draw: &mut Draw) -> Exercise {
    let nodes = draw.int(4usize, 5);
    let mut hdfs = cluster(draw, nodes, 1, 3);
    let deaths = if nodes == 5 && draw.percent(60) { 2 } else { 1 };
    let (directory, pattern) = *draw.pick(&PLACES);
    // One file asks for more replicas than nodes will be left: job files do (10 by default), or somebody set it.
    let wide = *draw.pick(&[5, 10, 10]);
    let total = draw.int(3usize, 4);
    let at = draw.int(0, total - 1);
    for number in 0..total {
        let (blocks, replication) = (draw.number(1, 2), *draw.pick(&[2, 2, 3]));
        let file = if number == at {
            File {
                path: format!(
                    "{directory}/{}",
                    *draw.pick(&["job.jar", "job.split", "lookup.bin", "model.tar"])
                ),
                bytes: draw.number(2, 200) * MIB + draw.number(1, 900_000),
                block_size: 128 * MIB,
                replication: wide,
            }
        } else {
            let path = format!("{directory}/{}", name(pattern, number));
            File { path, bytes: length(draw, 128 * MIB, blocks), block_size: 128 * MIB, replication }
        };
        hdfs.write(draw, file);
    }
    let before = hdfs.fsck(directory, moment(draw));
    let stats = stat(directory, &hdfs.files);
    // Nodes that held something, so that there is something to copy.
    let holding: Vec<usize> =
        (0..nodes).filter(|index| hdfs.used(*index) > hdfs.used_by(at, *index)).collect();
    let mut dead = draw.some(&holding, deaths);
    dead.sort_unstable();
    let deaths = dead.len();
    let live = nodes - deaths;
    for index in &dead {
        hdfs.nodes[*index].alive = false;
    }
    let (copies, bytes) = hdfs.repair();
    let health = hdfs.health();
    let still =
        hdfs.blocks.iter().filter(|block| !hdfs.live(block).is_empty() && hdfs.target(block) > live).count()
            as u64;
    let lost_bytes: u64 = dead.iter().map(|index| hdfs.used(*index)).sum();
    let lost: u64 =
        hdfs.blocks.iter().map(|block| (block.replicas.len() - hdfs.live(block).len()) as u64).sum();
    let names: Vec<&str> =
        dead.iter().filter_map(|index| hdfs.nodes.get(*index)).map(|node| node.address.as_str()).collect();
    let gone = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>();
    let wide_path = hdfs.files.get(at).map(|file| file.path.clone()).unwrap_or_default();
    let mib = |bytes: u64| bytes as f64 / MIB as f64;
    let option =
        |text: String, en: String, zh: String| Choice::new(Text::new(&text, &text), Text::new(en, zh));
    let options = vec![
        option(
            format!("`hdfs dfs -setrep -w {live} {wide_path}`"),
            format!("{live} live nodes can hold {live} replicas: with that target nothing is lacking."),
            format!("存活的{live}個節點放得下{live}份；目標改成這個數就不再缺。"),
        ),
        option(
            "`hdfs balancer -threshold 5`".to_owned(),
            "The balancer moves replicas between nodes; it never makes one more.".to_owned(),
            "balancer只在節點之間搬複本，不會多做一份。".to_owned(),
        ),
        option(
            format!("`hdfs dfs -setrep -w {} {wide_path}`", live + 1),
            format!(
                "That still asks for {} nodes, and {live} are alive; `-w` would wait for ever.",
                live + 1
            ),
            format!("這仍需要{}個節點，但只有{live}個存活；加了`-w`會一直等下去。", live + 1),
        ),
        option(
            format!("`hdfs fsck {directory} -delete`"),
            "It deletes files with missing or corrupt blocks; under-replicated ones are not among them."
                .to_owned(),
            "它刪除的是有區塊遺失或損壞的檔案，under-replicated的不在其中。".to_owned(),
        ),
    ];
    let plural = if names.len() > 1 { ("die", "DataNodes") } else { ("dies", "DataNode") };

    Exercise {
        prompt: Text::new(
            format!(
                "The report is from before the failure. Then {} {} {} for good. The NameNode copies what it can from the replicas that are left: never two replicas of a block on one node, as many as the file asks for or as there are live nodes. Every node has room, and nothing else is written.",
                plural.1,
                gone.join(" and "),
                plural.0
            ),
            format!(
                "報告是故障前的狀態。之後DataNode {}永久故障。NameNode會用剩下的複本補到不能再補為止：同一個區塊在一個節點上最多一份，補到檔案要求的份數，或補到存活節點數為止。每個節點空間都足夠，期間沒有其他寫入。",
                gone.join("與")
            ),
        ),
        evidence: vec![shown(EvidenceType::Command, before), shown(EvidenceType::Command, stats)],
        asks: vec![
            Ask::new(
                "copies",
                Text::new(
                    "How many replicas the NameNode has made when it can do no more",
                    "補到不能再補時，共新做了幾個複本",
                ),
                count(
                    copies,
                    vec![
                        (
                            lost,
                            Text::new(
                                format!(
                                    "{lost} replicas were on failed nodes, but a block cannot get more replicas than there are live nodes, and one without any replica left cannot be copied."
                                ),
                                format!(
                                    "故障節點上有{lost}個複本，但複本數不能超過存活節點數，而一份不剩的區塊也無從複製。"
                                ),
                            ),
                        ),
                        (
                            health.missing_replicas,
                            Text::new(
                                format!(
                                    "fsck would say {} missing replicas; those beyond {live} nodes have nowhere to go.",
                                    health.missing_replicas
                                ),
                                format!(
                                    "fsck會說缺{}份；超過{live}個節點的部分沒有地方可放。",
                                    health.missing_replicas
                                ),
                            ),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "bytes",
                Text::new(
                    "Bytes copied for that, in MiB, to one decimal",
                    "為此複製了多少資料（MiB，取到小數第一位）",
                ),
                figure(
                    mib(bytes),
                    0.06,
                    Unit::MiB,
                    vec![
                        (
                            mib(lost_bytes),
                            Text::new(
                                "That is all that was on failed nodes; not all of it can be or needs to be copied again.",
                                "那是故障節點上的全部資料量，並非全部都能補、都要補。",
                            ),
                        ),
                        (
                            (copies * 128) as f64,
                            Text::new(
                                "A short last block is copied with the bytes it holds, not as 128 MiB.",
                                "不滿的最後一個區塊只複製實際的位元組數，不是128 MiB。",
                            ),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "still",
                Text::new("Blocks that stay under-replicated", "仍然under-replicated的區塊數"),
                count(
                    still,
                    vec![
                        (
                            0,
                            Text::new(
                                format!(
                                    "`{wide_path}` asks for {wide} replicas and only {live} nodes are alive."
                                ),
                                format!("`{wide_path}`要求{wide}份，而存活節點只有{live}個。"),
                            ),
                        ),
                        (
                            health.under_replicated,
                            Text::new(
                                "That is right after the failure, before anything is copied.",
                                "那是剛故障、還沒補之前的數字。",
                            ),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "clear",
                Text::new("What clears them without another node", "不加節點的話，哪個指令能讓它們消失"),
                Answer::choice(draw, options),
            ),
        ],
        steps: vec![
            Text::new(
                format!(
                    "{live} nodes are left, so no block can have more than {live} replicas. Strike {} from the lists.",
                    names.join(" and ")
                ),
                format!("剩{live}個節點，所以任何區塊最多{live}份。先把{}從清單劃掉。", names.join("與")),
            ),
            Text::new(
                format!(
                    "Each block with a replica left gets min(asked for, {live}) − live copies: {copies} in all, {:.1} MiB.",
                    mib(bytes)
                ),
                format!(
                    "還有複本的區塊各補`min(要求份數, {live})` − 存活份數：共{copies}份，{:.1} MiB。",
                    mib(bytes)
                ),
            ),
            Text::new(
                format!(
                    "`{wide_path}` asks for {wide}; until the target is lowered or nodes are added it keeps {} under-replicated. Missing, and not counted: {}.",
                    counted(still, "block"),
                    counted(health.missing_blocks, "block")
                ),
                format!(
                    "`{wide_path}`要求{wide}份：它的{still}個區塊會一直under-replicated，直到降低目標或加節點。另有{}個區塊missing，不計入。",
                    health.missing_blocks
                ),
            ),
        ],
        given: json!({ "kind": "repaired", "dead": names }),
    }
}
