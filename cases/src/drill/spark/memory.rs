//! What an executor asks YARN for, and when YARN kills it.

use std::fmt::Write as _;

use serde_json::json;

use super::super::figure::{count, figure, mebibytes};
use super::super::{Answer, Ask, Choice, Exercise, Unit, shown};
use crate::cloud::Draw;
use crate::cloud::bigdata::spark::{
    ExecutorMemory, Process, above_threshold, killed_reason, memory_option, ps, tree_rss,
};
use crate::cloud::bigdata::yarn::{Calculator, Limits, Resource, configuration};
use crate::model::{EvidenceType, Text};

const RULE: (&str, &str) = (
    "Spark asks YARN for `spark.executor.memory` + overhead + off-heap memory (where enabled) + PySpark memory (where set). The overhead is `spark.executor.memoryOverhead` where set, else 0.10 × `spark.executor.memory` rounded down to whole MiB, at least 384 MiB. YARN grants the request rounded up to a multiple of the minimum allocation.",
    "Spark向YARN要求的是`spark.executor.memory` + overhead + off-heap記憶體（有啟用時）+ PySpark記憶體（有設定時）。overhead若有設`spark.executor.memoryOverhead`就用它，否則是0.10 × `spark.executor.memory`（捨去到整數MiB），至少384 MiB。YARN核給時往上進位到最小配置量的倍數。",
);

fn submit(draw: &mut Draw, memory: &ExecutorMemory, extra: &str) -> String {
    let script = *draw.pick(&["features.py", "merge_cdc.py", "train_prep.py", "ledger.py", "sessions.py"]);
    let mut text = format!(
        "$ spark-submit --master yarn --deploy-mode cluster \\\n    --executor-memory {} \\\n",
        memory_option(memory.heap)
    );
    if let Some(overhead) = memory.overhead {
        let _ = writeln!(text, "    --conf spark.executor.memoryOverhead={} \\", memory_option(overhead));
    }
    if memory.off_heap > 0 {
        let size = memory_option(memory.off_heap);
        let _ = writeln!(
            text,
            "    --conf spark.memory.offHeap.enabled=true \\\n    --conf spark.memory.offHeap.size={size} \\"
        );
    }
    if memory.pyspark > 0 {
        let _ =
            writeln!(text, "    --conf spark.executor.pyspark.memory={} \\", memory_option(memory.pyspark));
    }
    let _ = writeln!(text, "{extra}    {script}");
    text
}

fn limits(draw: &mut Draw, maximum: u64) -> Limits {
    let minimum = *draw.pick(&[256, 512, 512, 1024, 1024, 32]);
    Limits {
        minimum: Resource::new(minimum, 1),
        maximum: Resource::new(maximum / minimum * minimum, 128),
        calculator: Calculator::Default,
    }
}

fn config(limits: &Limits, node: u64) -> String {
    configuration(&[
        ("yarn.nodemanager.resource.memory-mb", node.to_string()),
        ("yarn.scheduler.minimum-allocation-mb", limits.minimum.memory.to_string()),
        ("yarn.scheduler.maximum-allocation-mb", limits.maximum.memory.to_string()),
        ("yarn.scheduler.capacity.resource-calculator", limits.calculator.class().to_owned()),
    ])
}

fn heap(draw: &mut Draw) -> u64 {
    match draw.int(0, 2) {
        0 => draw.number(2, 14) * 1024,
        1 => draw.number(8, 110) * 128,
        _ => draw.number(15, 140) * 100,
    }
}

fn overhead_traps(memory: &ExecutorMemory) -> Vec<(u64, Text)> {
    vec![
        (
            memory.heap / 10,
            Text::new(
                "A tenth of the heap is less than the floor of 384 MiB.",
                "heap的十分之一低於下限384 MiB。",
            ),
        ),
        (
            384,
            Text::new(
                "384 MiB is only the floor; a tenth of the heap is more.",
                "384 MiB只是下限；heap的十分之一更大。",
            ),
        ),
    ]
}

pub(super) fn request(draw: &mut Draw) -> Exercise {
    let memory = ExecutorMemory { heap: heap(draw), factor: 10, ..ExecutorMemory::default() };
    let node = *draw.pick(&[24_576, 30_720, 45_056, 57_344, 61_440, 122_880, 241_664]);
    let limits = limits(draw, node);
    let nodes = draw.number(3, 20);
    let (overhead, asked) = (memory.overhead(), memory.request());
    let granted = limits.grant(Resource::new(asked, 1)).map_or(0, |granted| granted.memory);
    let per_node = node / granted.max(1);
    let step = limits.minimum.memory;

    Exercise {
        prompt: Text::new(
            format!(
                "{} The cluster has **{nodes}** identical nodes with nothing else on them, and dynamic allocation may take them all; only memory counts. Leave the driver out.",
                RULE.0
            ),
            format!(
                "{}叢集有 **{nodes}** 個相同的節點，上面沒有其他東西，dynamic allocation可以用到滿；只看記憶體，driver不計。",
                RULE.1
            ),
        ),
        evidence: vec![
            shown(EvidenceType::Command, submit(draw, &memory, "")),
            shown(EvidenceType::Config, config(&limits, node)),
        ],
        asks: vec![
            Ask::new(
                "overhead",
                Text::new("Overhead of an executor, in MiB", "每個executor的overhead（MiB）"),
                mebibytes(overhead, overhead_traps(&memory)),
            ),
            Ask::new(
                "granted",
                Text::new("Container that YARN grants for it, in MiB", "YARN為它核給的容器大小（MiB）"),
                mebibytes(
                    granted,
                    vec![
                        (
                            memory.heap,
                            Text::new("The heap is only part of the container.", "heap只是容器的一部分。"),
                        ),
                        (
                            asked,
                            Text::new(
                                format!(
                                    "{asked} MiB is asked for; it is rounded up to a multiple of {step}."
                                ),
                                format!("要求的是{asked} MiB，還要進位到{step}的倍數。"),
                            ),
                        ),
                        (
                            memory.heap.div_ceil(step) * step + overhead,
                            Text::new(
                                "The sum is rounded up, not the heap alone.",
                                "進位的是總和，不是只有heap。",
                            ),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "executors",
                Text::new("Executors that fit on the cluster", "整個叢集放得下幾個executor"),
                count(
                    per_node * nodes,
                    vec![
                        (
                            node * nodes / granted.max(1),
                            Text::new(
                                "What is left over on each node cannot be put together.",
                                "各節點剩下的零頭不能拼起來用。",
                            ),
                        ),
                        (
                            node / memory.heap * nodes,
                            Text::new(
                                "That divides by the heap; each executor takes its whole container.",
                                "這是除以heap；每個executor占的是整個容器。",
                            ),
                        ),
                        (
                            node / asked * nodes,
                            Text::new(
                                "That divides by what is asked for, not by what is granted.",
                                "這是除以要求的大小，不是核給的大小。",
                            ),
                        ),
                        (per_node, Text::new("That is one node.", "那是一個節點的數目。")),
                    ],
                ),
            ),
        ],
        steps: vec![
            Text::new(
                format!("max(384, ⌊0.10 × {}⌋ = {}) = {overhead} MiB.", memory.heap, memory.heap / 10),
                format!("max(384, ⌊0.10 × {}⌋ = {}) = {overhead} MiB。", memory.heap, memory.heap / 10),
            ),
            Text::new(
                format!(
                    "{} + {overhead} = {asked} MiB, rounded up to a multiple of {step}: {granted} MiB.",
                    memory.heap
                ),
                format!("{} + {overhead} = {asked} MiB，進位到{step}的倍數：{granted} MiB。", memory.heap),
            ),
            Text::new(
                format!(
                    "{node} / {granted} rounded down is {per_node} a node, × {nodes} = {}.",
                    per_node * nodes
                ),
                format!(
                    "{node} ÷ {granted}無條件捨去，每節點{per_node}個，× {nodes} = {}。",
                    per_node * nodes
                ),
            ),
        ],
        given: json!({ "kind": "request", "nodes": nodes }),
    }
}

/// The largest heap whose request stays within `maximum`.
fn largest_heap(memory: &ExecutorMemory, maximum: u64) -> u64 {
    let fits = |heap: u64| ExecutorMemory { heap, ..*memory }.request() <= maximum;
    let (mut low, mut high) = (0, maximum);
    while low < high {
        let middle = (low + high).div_ceil(2);
        if fits(middle) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    low
}

pub(super) fn sizing(draw: &mut Draw) -> Exercise {
    loop {
        let memory = ExecutorMemory {
            heap: heap(draw),
            factor: 10,
            overhead: draw.percent(25).then(|| draw.number(3, 24) * 128),
            off_heap: if draw.percent(45) { draw.number(2, 16) * 256 } else { 0 },
            pyspark: if draw.percent(60) { draw.number(2, 16) * 256 } else { 0 },
        };
        let asked = memory.request();
        // Around the largest container: a little less, or a little more than fits.
        let room =
            if draw.percent(50) { asked + draw.number(0, 3000) } else { asked - draw.number(1, asked / 5) };
        let limits = limits(draw, room.max(4096));
        let plain = memory.heap + memory.overhead();
        // Something beside heap and overhead, and room for a heap worth the name.
        let plain_case = memory.off_heap == 0 && memory.pyspark == 0;
        if plain_case || largest_heap(&memory, limits.maximum.memory) < 1024 {
            continue;
        }
        let refused = asked > limits.maximum.memory;
        // The interesting refusals are those that the heap and its overhead alone would not cause.
        if refused && plain > limits.maximum.memory && draw.percent(60) {
            continue;
        }
        return sizing_case(draw, &memory, &limits, refused);
    }
}

fn sizing_case(draw: &mut Draw, memory: &ExecutorMemory, limits: &Limits, refused: bool) -> Exercise {
    let node = limits.maximum.memory * draw.number(1, 3) + draw.number(0, 900);
    let asked = memory.request();
    let granted = limits.grant(Resource::new(asked, 1)).map_or(0, |granted| granted.memory);
    let step = limits.minimum.memory;
    let maximum = limits.maximum.memory;
    let best = largest_heap(memory, maximum);
    let plain = memory.heap + memory.overhead();
    let per_node = node.checked_div(granted).unwrap_or_default();
    let message = above_threshold(memory, maximum);
    let option = |en: String, zh: String, why_en: String, why_zh: String| {
        Choice::new(Text::new(en, zh), Text::new(why_en, why_zh))
    };
    let starts = option(
        "It starts, with executors of the granted size.".to_owned(),
        "正常啟動，executor依核給的大小執行。".to_owned(),
        if refused {
            format!("{asked} MiB is more than the maximum of {maximum} MiB.")
        } else {
            format!("{asked} MiB is within the maximum of {maximum} MiB.")
        },
        if refused {
            format!("{asked} MiB超過上限{maximum} MiB。")
        } else {
            format!("{asked} MiB在上限{maximum} MiB之內。")
        },
    );
    let fails = option(
        "spark-submit ends at once: the required executor memory is above the maximum.".to_owned(),
        "spark-submit立刻結束：所需的executor記憶體超過上限。".to_owned(),
        if refused {
            format!("The client checks before it submits: `{message}`")
        } else {
            format!("{asked} MiB is not more than {maximum} MiB.")
        },
        if refused {
            format!("用戶端在送出前就會檢查：`{message}`")
        } else {
            format!("{asked} MiB沒有超過{maximum} MiB。")
        },
    );
    let capped = option(
        "It starts, and YARN cuts each container down to the maximum.".to_owned(),
        "正常啟動，YARN把每個容器縮到上限的大小。".to_owned(),
        format!("YARN does not give less than was asked for. ({asked} MiB asked, maximum {maximum} MiB.)"),
        format!("YARN不會給得比要求的少。（要求{asked} MiB，上限{maximum} MiB。）"),
    );
    let waits = option(
        "It stays ACCEPTED until a node with more memory joins.".to_owned(),
        "停在ACCEPTED，直到有更大記憶體的節點加入。".to_owned(),
        format!(
            "The maximum allocation is a setting; the check against {maximum} MiB is made at once and no larger node changes it."
        ),
        format!("最大配置量是設定值；與{maximum} MiB的比較當下就會做，加大節點也不會改變它。"),
    );
    let (first, second) = if refused { (fails, starts) } else { (starts, fails) };

    Exercise {
        prompt: Text::new(
            format!(
                "{} A request above the maximum allocation is refused. Only memory counts; leave the driver out.",
                RULE.0
            ),
            format!("{}超過最大配置量的請求會被拒絕。只看記憶體，driver不計。", RULE.1),
        ),
        evidence: vec![
            shown(EvidenceType::Command, submit(draw, memory, "")),
            shown(EvidenceType::Config, config(limits, node)),
        ],
        asks: vec![
            Ask::new(
                "asked",
                Text::new("What an executor asks of YARN, in MiB", "每個executor向YARN要求多少（MiB）"),
                mebibytes(
                    asked,
                    vec![
                        (
                            plain,
                            Text::new(
                                "Off-heap and PySpark memory come on top of heap and overhead.",
                                "off-heap與PySpark記憶體要另外加上去。",
                            ),
                        ),
                        (
                            asked - memory.overhead() + (memory.heap / 10).max(384),
                            Text::new(
                                "The overhead is set here: it replaces the tenth and the floor.",
                                "這裡有設定overhead，它會取代十分之一與下限的算法。",
                            ),
                        ),
                        (
                            memory.heap
                                + memory.off_heap
                                + memory.pyspark
                                + ((memory.heap + memory.off_heap + memory.pyspark) / 10).max(384),
                            Text::new(
                                "The tenth is of `spark.executor.memory` alone.",
                                "十分之一只以`spark.executor.memory`計算。",
                            ),
                        ),
                        (
                            // Refused: nothing is granted, so there is no such trap.
                            if granted == 0 { asked } else { granted },
                            Text::new(
                                "That is what YARN would grant, after rounding.",
                                "那是YARN進位後核給的大小。",
                            ),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "outcome",
                Text::new("What happens", "結果會怎樣"),
                Answer::choice(draw, vec![first, second, capped, waits]),
            ),
            Ask::new(
                "per-node",
                Text::new(
                    "Executors that run on one node (0 if none starts)",
                    "一個節點上執行幾個executor（都沒啟動就填0）",
                ),
                count(
                    per_node,
                    vec![
                        (
                            node / asked,
                            Text::new(
                                "That divides by what is asked for, before rounding and the maximum.",
                                "這是除以要求的大小，沒有進位，也沒有考慮上限。",
                            ),
                        ),
                        (
                            node / plain,
                            Text::new(
                                "Off-heap and PySpark memory take room too.",
                                "off-heap與PySpark記憶體也占空間。",
                            ),
                        ),
                        (
                            node / memory.heap,
                            Text::new("The heap is only part of a container.", "heap只是容器的一部分。"),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "largest",
                Text::new(
                    "The largest `spark.executor.memory`, in whole MiB, that is not refused with all other settings as they are",
                    "其他設定不變時，不被拒絕的最大`spark.executor.memory`（整數MiB）",
                ),
                mebibytes(
                    best,
                    vec![
                        (
                            maximum.saturating_sub(memory.off_heap + memory.pyspark + memory.overhead()),
                            Text::new(
                                "The overhead grows with the heap: it is not what it is now.",
                                "overhead會隨heap變大，不會停在目前的值。",
                            ),
                        ),
                        (
                            ((maximum - memory.off_heap - memory.pyspark) as f64 * 0.9) as u64,
                            Text::new(
                                "That takes a tenth off what is left. The overhead is a tenth of the heap (at least 384 MiB), or the value that is set.",
                                "這是從剩下的量扣掉十分之一；overhead是heap的十分之一（至少384 MiB），有設定時就是設定值。",
                            ),
                        ),
                    ],
                ),
            ),
        ],
        steps: vec![
            Text::new(
                format!(
                    "{} heap + {} overhead + {} off-heap + {} PySpark = {asked} MiB.",
                    memory.heap,
                    memory.overhead(),
                    memory.off_heap,
                    memory.pyspark
                ),
                format!(
                    "heap {} + overhead {} + off-heap {} + PySpark {} = {asked} MiB。",
                    memory.heap,
                    memory.overhead(),
                    memory.off_heap,
                    memory.pyspark
                ),
            ),
            if refused {
                Text::new(
                    format!("{asked} > {maximum}: refused. `{message}`"),
                    format!("{asked} > {maximum}：被拒絕。`{message}`"),
                )
            } else {
                Text::new(
                    format!(
                        "{asked} <= {maximum}; rounded up to a multiple of {step} it is {granted} MiB, and {node} / {granted} holds {per_node}."
                    ),
                    format!(
                        "{asked} <= {maximum}；進位到{step}的倍數是{granted} MiB，{node} ÷ {granted}放得下{per_node}個。"
                    ),
                )
            },
            Text::new(
                format!(
                    "For the largest heap h: h + overhead(h) <= {maximum} − {} = {}; h = {best} still fits, {} does not.",
                    memory.off_heap + memory.pyspark,
                    maximum - memory.off_heap - memory.pyspark,
                    best + 1
                ),
                format!(
                    "最大的heap h：h + overhead(h) <= {maximum} − {} = {}；h = {best}放得下，{}就超過了。",
                    memory.off_heap + memory.pyspark,
                    maximum - memory.off_heap - memory.pyspark,
                    best + 1
                ),
            ),
        ],
        given: json!({ "kind": "sizing" }),
    }
}

pub(super) fn killed(draw: &mut Draw) -> Exercise {
    loop {
        if let Some(exercise) = killed_once(draw) {
            return exercise;
        }
    }
}

fn killed_once(draw: &mut Draw) -> Option<Exercise> {
    let memory = ExecutorMemory {
        heap: draw.number(2, 9) * 1024,
        factor: 10,
        overhead: draw.percent(35).then(|| draw.number(4, 16) * 128),
        off_heap: 0,
        pyspark: 0,
    };
    let limits =
        Limits { minimum: Resource::new(*draw.pick(&[256, 512, 1024, 1024]), 1), ..limits(draw, 61_440) };
    let asked = memory.request();
    let granted = limits.grant(Resource::new(asked, 1))?.memory;
    let step = limits.minimum.memory;
    let app = format!("{}_{:04}", draw.number(1_767_225_600_000, 1_772_000_000_000), draw.number(2, 600));
    let python = draw.percent(70);
    let count_containers = draw.int(3usize, 4);
    let mut processes = Vec::new();
    let mut roots = Vec::new();
    let mut pid = draw.number(4000, 20_000) as u32;
    let manager = pid;
    processes.push(Process {
        pid,
        parent: 1,
        rss: draw.number(480_000, 900_000),
        args: "/usr/lib/jvm/jre/bin/java -Dproc_nodemanager -Xmx2048m ...".to_owned(),
    });
    let mut first = draw.number(2, 30);
    for executor in 0..count_containers {
        pid += draw.int(40, 900);
        let container = format!("container_{app}_01_{first:06}");
        let root = pid;
        let xmx = format!("-Xmx{}m", memory.heap);
        processes.push(Process { pid, parent: manager, rss: draw.number(2800, 3900), args: format!("bash /mnt/yarn/usercache/hadoop/appcache/application_{app}/{container}/default_container_executor.sh") });
        let java = pid + draw.int(2, 9);
        // Near the limit of the container, on either side of the three figures that could be taken for it.
        let target = match draw.int(0, 4) {
            0 => granted + draw.number(20, 900),
            1 if granted > asked + 40 => draw.number(asked + 15, granted - 15),
            2 => draw.number(memory.heap + 30, asked.max(memory.heap + 60) - 15),
            _ => draw.number(memory.heap * 6 / 10, memory.heap - 60),
        } * 1024;
        let workers = if python { draw.int(1u32, 3) } else { 0 };
        let mut rest = target.saturating_sub(4000);
        let mut children = Vec::new();
        for worker in 0..workers {
            let rss = (rest / 100) * draw.number(4, 14);
            rest -= rss;
            children.push((worker, rss));
        }
        let daemon_rss = if python { draw.number(28_000, 41_000) } else { 0 };
        rest = rest.saturating_sub(daemon_rss);
        if rest > (memory.heap + 700) * 1024 && python {
            // A JVM does not grow that far beyond its heap; Python did.
            let more = rest - (memory.heap + 500) * 1024;
            rest -= more;
            if let Some(child) = children.last_mut() {
                child.1 += more;
            }
        }
        processes.push(Process {
            pid: java,
            parent: root,
            rss: rest,
            args: format!(
                "java -server {xmx} ... YarnCoarseGrainedExecutorBackend --executor-id {} ...",
                executor + 1
            ),
        });
        let mut last = java;
        if python {
            let daemon = java + draw.int(20, 60);
            processes.push(Process {
                pid: daemon,
                parent: java,
                rss: daemon_rss,
                args: "python3 -m pyspark.daemon".to_owned(),
            });
            last = daemon;
            for (worker, rss) in children {
                last = daemon + 1 + worker * 3;
                processes.push(Process {
                    pid: last,
                    parent: daemon,
                    rss,
                    args: "python3 -m pyspark.daemon".to_owned(),
                });
            }
        }
        roots.push((root, container));
        pid = last;
        first += draw.number(1, 3);
    }
    let used: Vec<u64> = roots.iter().map(|(root, _)| tree_rss(&processes, *root)).collect();
    let limit = granted * 1024;
    let over: Vec<usize> = (0..used.len()).filter(|index| used[*index] > limit).collect();
    let most = used.iter().copied().max()?;
    // Some but not all die, none within a hair of the limit, and the naive limit would kill others.
    if over.is_empty()
        || over.len() == used.len()
        || used.iter().any(|used| used.abs_diff(limit) < 6000 || used.abs_diff(asked * 1024) < 6000)
        || (most as f64 / 1048576.0 * 10.0).fract().mul_add(1.0, -0.5).abs() < 0.02
    {
        return None;
    }
    let worst = used.iter().position(|used| *used == most)?;
    // The least request whose rounded size holds the largest tree.
    let needed = most.div_ceil(1024).div_ceil(step) * step;
    let least = needed - step + 1 - memory.heap;
    let to_mib = |kib: u64| kib as f64 / 1024.0;
    let java_only = |root: u32| {
        processes.iter().filter(|process| process.parent == root).map(|process| process.rss).sum::<u64>()
    };
    let short_name = |container: &str| format!("`..._{}`", container.rsplit('_').next().unwrap_or_default());
    let options = roots
        .iter()
        .zip(&used)
        .map(|((_, container), used)| {
            let name = short_name(container);
            let why = if *used > limit {
                Text::new(
                    format!("{used} KiB of {limit}: killed. The driver says `{}`", killed_reason(used * 1024, limit * 1024)),
                    format!("{used} KiB，超過{limit}：會被終止。driver的訊息是`{}`", killed_reason(used * 1024, limit * 1024)),
                )
            } else if *used > asked * 1024 {
                Text::new(
                    format!("{used} KiB is more than the {asked} MiB asked for, but YARN holds it against the {granted} MiB granted."),
                    format!("{used} KiB超過要求的{asked} MiB，但YARN比的是核給的{granted} MiB。"),
                )
            } else {
                Text::new(format!("{used} KiB is within {limit} KiB."), format!("{used} KiB在{limit} KiB之內。"))
            };
            Choice::new(Text::new(&name, &name), why)
        })
        .collect();

    Some(Exercise {
        prompt: Text::new(
            format!(
                "Executors of one application on a node, a moment before the NodeManager checks memory. {} The NodeManager adds up the resident memory (`rss`, KiB) of a container's process and all processes below it, and kills the container when the sum is above what was *granted*. Everything is otherwise at its default; PySpark memory is not set.",
                RULE.0
            ),
            format!(
                "下面是某節點上同一個應用程式的executor，時間點在NodeManager檢查記憶體的前一刻。{}NodeManager會把容器的行程與其下所有行程的常駐記憶體（`rss`，KiB）相加，總和超過*核給*的大小就終止該容器。其餘設定皆為預設，沒有設定PySpark記憶體。",
                RULE.1
            ),
        ),
        evidence: vec![
            shown(EvidenceType::Command, submit(draw, &memory, "")),
            shown(EvidenceType::Config, config(&limits, 61_440)),
            shown(EvidenceType::Command, ps(&processes)),
        ],
        asks: vec![
            Ask::new(
                "limit",
                Text::new("Memory a container may use, in MiB", "每個容器可使用的記憶體上限（MiB）"),
                mebibytes(
                    granted,
                    vec![
                        (
                            asked,
                            Text::new(
                                format!(
                                    "{asked} MiB is asked for; YARN grants and enforces the rounded size."
                                ),
                                format!("{asked} MiB是要求的量；YARN核給並據以限制的是進位後的大小。"),
                            ),
                        ),
                        (
                            memory.heap,
                            Text::new(
                                "-Xmx bounds the heap, not the process.",
                                "-Xmx限制的是heap，不是整個行程。",
                            ),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "killed",
                Text::new("Containers that are killed", "會被終止的容器"),
                Answer::Several { options, right: over },
            ),
            Ask::new(
                "used",
                Text::new(
                    format!("Memory in use by {}, in MiB, to one decimal", short_name(&roots[worst].1)),
                    format!("{}使用的記憶體（MiB，取到小數第一位）", short_name(&roots[worst].1)),
                ),
                figure(
                    to_mib(most),
                    0.051,
                    Unit::MiB,
                    vec![(
                        to_mib(java_only(roots[worst].0)),
                        Text::new(
                            "That is the JVM alone; the shell above it and whatever runs below it count too.",
                            "那只有JVM；它上面的shell與底下的其他行程也要算。",
                        ),
                    )],
                ),
            ),
            Ask::new(
                "overhead",
                Text::new(
                    "The least `spark.executor.memoryOverhead`, in whole MiB, with which none of them is killed",
                    "要讓它們都不被終止，`spark.executor.memoryOverhead`最少要設多少（整數MiB）",
                ),
                mebibytes(
                    least,
                    vec![
                        (
                            most.div_ceil(1024) - memory.heap,
                            Text::new(
                                "That is enough, but not the least: YARN rounds the request up.",
                                "這樣夠，但不是最少：YARN會把請求往上進位。",
                            ),
                        ),
                        (
                            needed - memory.heap,
                            Text::new(
                                "That asks for the whole rounded size; one MiB more than the step before is enough.",
                                "這是直接要求進位後的大小；其實只要比前一級多1 MiB就夠。",
                            ),
                        ),
                    ],
                ),
            ),
        ],
        steps: vec![
            Text::new(
                format!(
                    "{} + {} = {asked} MiB, rounded up to a multiple of {step}: {granted} MiB = {limit} KiB.",
                    memory.heap,
                    memory.overhead()
                ),
                format!(
                    "{} + {} = {asked} MiB，進位到{step}的倍數：{granted} MiB = {limit} KiB。",
                    memory.heap,
                    memory.overhead()
                ),
            ),
            Text::new(
                format!("Sum each tree from the container's shell down by PPID: {}.", sums(&roots, &used)),
                format!("依PPID從容器的shell往下把整棵樹相加：{}。", sums(&roots, &used)),
            ),
            Text::new(
                format!(
                    "The largest needs {} MiB, so a container of {needed} MiB: the request must be above {} MiB, that is {} + {least}.",
                    most.div_ceil(1024),
                    needed - step,
                    memory.heap
                ),
                format!(
                    "最大的需要{} MiB，也就是{needed} MiB的容器：請求必須超過{} MiB，即{} + {least}。",
                    most.div_ceil(1024),
                    needed - step,
                    memory.heap
                ),
            ),
        ],
        given: json!({ "kind": "killed", "worst": roots[worst].1.rsplit('_').next() }),
    })
}

fn sums(roots: &[(u32, String)], used: &[u64]) -> String {
    let texts = roots.iter().zip(used).map(|((_, container), used)| {
        format!("`..._{}` {used} KiB", container.rsplit('_').next().unwrap_or_default())
    });
    texts.collect::<Vec<_>>().join(", ")
}
