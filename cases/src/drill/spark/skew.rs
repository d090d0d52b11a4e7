//! Stages whose partitions are far from equal.

use std::fmt::Write as _;

use serde_json::json;

use super::super::figure::{count, figure, short};
use super::super::{Answer, Ask, Exercise, Form, Trap, Unit, shown};
use crate::cloud::Draw;
use crate::cloud::bigdata::spark::{Task, ends, mib, skewed, summary};
use crate::cloud::bigdata::{GIB, MIB};
use crate::model::{EvidenceType, Text};

pub(super) fn stage(draw: &mut Draw) -> Exercise {
    loop {
        if let Some(exercise) = stage_once(draw) {
            return exercise;
        }
    }
}

fn seconds(value: u64, mistakes: Vec<(u64, Text)>) -> Answer {
    let mistakes = mistakes.into_iter().map(|(wrong, why)| (wrong as f64, why)).collect();
    figure(value as f64, 0.0, Unit::Seconds, mistakes)
}

fn stage_once(draw: &mut Draw) -> Option<Exercise> {
    let rate = *draw.pick(&[4, 5, 8, 10, 16, 20]);
    let slots = draw.int(3usize, 5);
    let amount = *draw.pick(&[9, 11, 11, 13]);
    let factor = *draw.pick(&[5, 5, 5, 4, 6]);
    let threshold = *draw.pick(&[256, 256, 256, 128, 512]);
    let base = draw.number(5, 26);
    // Lengths in seconds: around a base, one or two far from it, and one that only looks large.
    let mut lengths: Vec<u64> = (0..amount).map(|_| draw.number(base * 7 / 10, base * 13 / 10)).collect();
    let places = draw.some(&(0..amount).collect::<Vec<usize>>(), 3);
    let far = draw.number(7, 16);
    if let Some(at) = places.first() {
        lengths[*at] = base * far + draw.number(0, 9);
    }
    if let Some(at) = places.get(1) {
        lengths[*at] = base * factor * draw.number(80, 118) / 100;
    }
    if let Some(at) = places.get(2).filter(|_| draw.percent(60)) {
        lengths[*at] = base * draw.number(2, 3);
    }
    let sizes: Vec<u64> = lengths.iter().map(|length| length * rate * MIB).collect();
    let (limit, large) = skewed(&sizes, factor, threshold * MIB);
    if large.is_empty() || sizes.iter().any(|size| size.abs_diff(limit) < 8 * MIB) {
        return None;
    }
    let ends = ends(&lengths, slots);
    let makespan = *ends.iter().max()?;
    let longest = *lengths.iter().max()?;
    let total: u64 = lengths.iter().sum();
    let even = total.div_ceil(slots as u64);
    if makespan == longest || makespan == even {
        return None;
    }
    let doubled = *self::ends(&lengths, slots * 2).iter().max()?;
    let tasks: Vec<Task> = lengths
        .iter()
        .enumerate()
        .map(|(index, length)| {
            let bytes = length * rate * MIB;
            let spilled = if bytes > limit { bytes / 10 * 7 } else { 0 };
            Task {
                index,
                executor: draw.int(1, 4),
                ms: length * 1000,
                gc_ms: length * draw.number(8, 60),
                bytes,
                records: bytes / draw.number(180, 220),
                spill: (spilled * 4, spilled),
            }
        })
        .collect();
    let stage = draw.int(3, 40);
    let app = format!(
        "application_{}_{:04}",
        draw.number(1_767_225_600_000, 1_772_000_000_000),
        draw.number(2, 900)
    );
    let mut list = format!(
        "$ curl -s http://localhost:18080/api/v1/applications/{app}/1/stages/{stage}/0/taskList | jq -r '.[] | [.index, (.taskMetrics.shuffleReadMetrics | .localBytesRead + .remoteBytesRead)] | @tsv'\n"
    );
    for task in &tasks {
        let _ = writeln!(list, "{}\t{}", task.index, task.bytes);
    }
    let mut sorted = sizes.clone();
    sorted.sort_unstable();
    let median = sorted.get(sorted.len() / 2).copied()?;
    let average = sizes.iter().sum::<u64>() / sizes.len() as u64;
    let names = large.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
    let by = |bound: u64| -> String {
        let found: Vec<String> =
            (0..sizes.len()).filter(|index| sizes[*index] > bound).map(|index| index.to_string()).collect();
        found.join(", ")
    };
    let mut traps: Vec<Trap> = Vec::new();
    let offers = [
        (
            by(threshold * MIB),
            Text::new(
                format!(
                    "More than {threshold} MiB is not enough: a skewed partition is also larger than {factor} times the median."
                ),
                format!("光是超過{threshold} MiB還不夠：還要大於中位數的{factor}倍。"),
            ),
        ),
        (
            by(median * factor),
            Text::new(
                format!(
                    "More than {factor} times the median is not enough: it must exceed {threshold} MiB too."
                ),
                format!("光是大於中位數的{factor}倍還不夠：也要超過{threshold} MiB。"),
            ),
        ),
        (
            by(average * factor),
            Text::new(
                "The median counts, not the average: large partitions pull the average up.",
                "比的是中位數，不是平均；平均會被大的分割拉高。",
            ),
        ),
    ];
    for (value, why) in offers {
        let same = |other: &str| other.replace(' ', "") == value.replace(' ', "");
        if !value.is_empty() && !same(&names) && !traps.iter().any(|trap| same(&trap.value)) {
            traps.push(Trap::new(value, why));
        }
    }

    Some(Exercise {
        prompt: Text::new(
            format!(
                "A stage of a sort-merge join reads these {amount} shuffle partitions, one task each. Every task works through **{rate} MiB a second** and takes one core; the job has **{slots}** cores for this stage. Tasks start in the order of their index, each on the core that is free first; starting costs nothing. The job is then run again with adaptive execution: `spark.sql.adaptive.skewJoin.skewedPartitionFactor={factor}`, `skewedPartitionThresholdInBytes={threshold}MB`: a partition is split as skewed when it is larger than the factor times the median size *and* larger than the threshold (1 MB is 2^20 bytes there)."
            ),
            format!(
                "某個sort-merge join的階段讀取下列{amount}個shuffle分割，每個一個task。每個task每秒處理 **{rate} MiB**、占一個核心；這個階段有 **{slots}** 個核心。task依index順序啟動，放到最先空出來的核心；啟動不花時間。之後再以adaptive execution重跑：`spark.sql.adaptive.skewJoin.skewedPartitionFactor={factor}`、`skewedPartitionThresholdInBytes={threshold}MB`：分割大於中位數乘上該倍數，*而且*大於該門檻時，視為傾斜而切分（此處1 MB為2^20位元組）。"
            ),
        ),
        evidence: vec![shown(EvidenceType::Table, summary(&tasks)), shown(EvidenceType::Command, list)],
        asks: vec![
            Ask::new(
                "stage",
                Text::new(
                    "How long the stage takes in the first run, in seconds",
                    "第一次執行時這個階段要幾秒",
                ),
                seconds(
                    makespan,
                    vec![
                        (
                            longest,
                            Text::new(
                                "That is the longest task, but it does not start at 0.",
                                "那是最久的task，但它不是從0秒開始。",
                            ),
                        ),
                        (
                            even,
                            Text::new(
                                "That spreads the work evenly; a task cannot be shared between cores.",
                                "那是把工作平均分攤；一個task不能由多個核心分著做。",
                            ),
                        ),
                        (
                            total,
                            Text::new("That is one core doing everything.", "那是只用一個核心做完的時間。"),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "floor",
                Text::new(
                    "How long it would take at least, however many cores there are, in seconds",
                    "不論有多少核心，最少要幾秒",
                ),
                seconds(
                    longest,
                    vec![
                        (
                            even,
                            Text::new(
                                "More cores do not divide one task: the longest stays.",
                                "核心再多也不能拆開一個task：最久的那個還在。",
                            ),
                        ),
                        (
                            makespan.div_ceil(2),
                            Text::new(
                                "Twice the cores do not halve a stage that waits for one task.",
                                "核心加倍並不會讓等待單一task的階段減半。",
                            ),
                        ),
                        (
                            doubled,
                            Text::new(
                                format!("That is with {} cores.", slots * 2),
                                format!("那是{}個核心時的時間。", slots * 2),
                            ),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "limit",
                Text::new(
                    "Size above which a partition counts as skewed, in MiB",
                    "超過多大的分割算傾斜（MiB）",
                ),
                figure(
                    mib(limit),
                    0.051,
                    Unit::MiB,
                    vec![
                        (
                            threshold as f64,
                            Text::new(
                                format!("{factor} × the median is larger than the threshold."),
                                format!("中位數的{factor}倍比門檻大。"),
                            ),
                        ),
                        (
                            mib(median * factor),
                            Text::new(
                                format!(
                                    "The threshold of {threshold} MiB is larger than {factor} × the median."
                                ),
                                format!("門檻{threshold} MiB比中位數的{factor}倍大。"),
                            ),
                        ),
                        (
                            mib(average * factor),
                            Text::new("The median counts, not the average.", "比的是中位數，不是平均。"),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "skewed",
                Text::new("Indexes of the partitions that are split", "會被切分的分割（index）"),
                Answer::Typed { form: Form::Set, right: names.clone(), also: Vec::new(), traps },
            ),
        ],
        steps: vec![
            Text::new(
                format!(
                    "Seconds by index: {}. Given out in order to {slots} cores, the last one ends after {makespan} s.",
                    lengths.iter().map(u64::to_string).collect::<Vec<_>>().join(", ")
                ),
                format!(
                    "各index的秒數：{}。依序派給{slots}個核心，最後一個在{makespan}秒結束。",
                    lengths.iter().map(u64::to_string).collect::<Vec<_>>().join("、")
                ),
            ),
            Text::new(
                format!(
                    "The longest task alone takes {longest} s. With twice the cores the stage would still take {doubled} s."
                ),
                format!("最久的task就要{longest}秒。核心加倍後這個階段仍要{doubled}秒。"),
            ),
            Text::new(
                format!(
                    "The median is {} MiB: max({factor} × {}, {threshold}) = {} MiB. Larger: {names}.",
                    short(mib(median)),
                    short(mib(median)),
                    short(mib(limit))
                ),
                format!(
                    "中位數是{} MiB：max({factor} × {}, {threshold}) = {} MiB。超過的有：{names}。",
                    short(mib(median)),
                    short(mib(median)),
                    short(mib(limit))
                ),
            ),
        ],
        given: json!({ "kind": "stage", "rate": rate, "slots": slots, "factor": factor, "threshold": threshold }),
    })
}

/// Tables, the column that is joined on, and a value that too many rows have.
const TABLES: [(&str, &str, &[&str]); 8] = [
    ("events", "customer_id", &["NULL", "0", "-1"]),
    ("clicks", "session_id", &["NULL", "unknown"]),
    ("orders", "merchant_id", &["M0001", "M7700"]),
    ("payments", "card_hash", &["NULL", "e3b0c442"]),
    ("device_log", "device_id", &["test-device", "0000000000"]),
    ("page_views", "referrer", &["direct", "(none)"]),
    ("shipments", "warehouse", &["TPE1", "KHH2"]),
    ("calls", "callee", &["anonymous", "private"]),
];

pub(super) fn keys(draw: &mut Draw) -> Exercise {
    loop {
        if let Some(exercise) = keys_once(draw) {
            return exercise;
        }
    }
}

fn keys_once(draw: &mut Draw) -> Option<Exercise> {
    let (table, key, values) = *draw.pick(&TABLES);
    let hot = *draw.pick(values);
    let partitions = *draw.pick(&[200, 200, 400, 500, 1000]);
    let width = draw.number(80, 400);
    let rows = draw.number(200, 2400) * 1_000_000;
    let share = draw.number(90, 480);
    let hot_rows = rows / 1000 * share + draw.number(0, 999_999);
    let bytes = rows * width;
    let hot_bytes = hot_rows * width;
    let rest = (bytes - hot_bytes) / partitions;
    let task = hot_bytes + rest;
    let target = *draw.pick(&[256, 512, 1024, 2048]) * MIB;
    if rest * 2 > target {
        return None;
    }
    let room = target - rest;
    let salts = hot_bytes.div_ceil(room);
    // No answer hangs on a rounding.
    let exact = hot_bytes as f64 / room as f64;
    if !(3..=900).contains(&salts) || (salts as f64 - exact) < 0.02 || (salts as f64 - exact) > 0.98 {
        return None;
    }
    let nulls = hot == "NULL";
    let mut counts = vec![(hot.to_owned(), hot_rows)];
    let mut next = (rows - hot_rows) / 100_000 * draw.number(8, 40);
    for _ in 0..4 {
        let name = match key {
            "merchant_id" => format!("M{:04}", draw.number(100, 6999)),
            "warehouse" => draw.pick(&["SIN1", "NRT3", "ICN2", "HKG1", "SYD4", "BOM2"]).to_string(),
            "referrer" => {
                draw.pick(&["news.example", "mail.example", "search.example", "ads.example"]).to_string()
            }
            "card_hash" => draw.hex(8),
            _ => draw.number(1_000_000, 99_999_999).to_string(),
        };
        if counts.iter().any(|(other, _)| *other == name) {
            return None;
        }
        counts.push((name, next));
        next = next / 100 * draw.number(60, 95);
    }
    let mut shell = format!("spark-sql> SELECT count(*) FROM {table};\n{rows}\n");
    let _ = writeln!(
        shell,
        "spark-sql> SELECT {key}, count(*) AS n FROM {table} GROUP BY {key} ORDER BY n DESC LIMIT 5;"
    );
    for (name, n) in &counts {
        let _ = writeln!(shell, "{name}\t{n}");
    }
    let gib = |bytes: u64| bytes as f64 / GIB as f64;
    let percent = hot_rows as f64 * 100.0 / rows as f64;
    let speed = bytes as f64 / task as f64;
    let even = bytes / partitions;
    let filtered_en = if nulls {
        " Rows whose key is NULL match nothing in an equi-join: taking them out before the shuffle (and adding them back for an outer join) is cheaper still."
    } else {
        ""
    };
    let filtered_zh = if nulls {
        "key是NULL的列在等值join中配對不到任何列，shuffle前先分出來（outer join再併回結果）更省。"
    } else {
        ""
    };

    Some(Exercise {
        prompt: Text::new(
            format!(
                "A job shuffles the table below by `{key}` into **{partitions}** partitions (`spark.sql.shuffle.partitions`, adaptive execution off). Each row takes **{width}** bytes in the shuffle. All rows of a key go to one partition; the rows of all keys but the most frequent one may be taken as spread evenly over all partitions, the one of the most frequent key included. Salting replaces that key by *k* keys with equal shares, which go to *k* different partitions."
            ),
            format!(
                "某個工作把下面的資料表依`{key}` shuffle成 **{partitions}** 個分割（`spark.sql.shuffle.partitions`，adaptive execution關閉）。每一列在shuffle中占 **{width}** 位元組。同一個key的列全在同一個分割；除了最常見的那個key，其餘key的列視為平均分散到所有分割（包含最常見key所在的那個）。加鹽（salting）是把那個key換成 *k* 個份量相同的key，分到 *k* 個不同的分割。"
            ),
        ),
        evidence: vec![shown(EvidenceType::Command, shell)],
        asks: vec![
            Ask::new(
                "share",
                Text::new(
                    "Share of the rows that have the most frequent key, in percent, to one decimal",
                    "最常見的key占全部列數的百分比（取到小數第一位）",
                ),
                figure(
                    percent,
                    0.051,
                    Unit::Percent,
                    vec![(
                        hot_rows as f64 * 100.0 / counts.iter().map(|(_, n)| *n as f64).sum::<f64>(),
                        Text::new(
                            "That is its share of the five rows shown; the table has more keys.",
                            "那是在列出的五列中的占比；資料表還有其他key。",
                        ),
                    )],
                ),
            ),
            Ask::new(
                "task",
                Text::new(
                    "What the largest task reads, in GiB, to two decimals",
                    "最大的task讀取多少（GiB，取到小數第二位）",
                ),
                figure(
                    gib(task),
                    0.011,
                    Unit::GiB,
                    vec![
                        (
                            gib(even),
                            Text::new(
                                "That is the average partition; all rows of a key are in one.",
                                "那是平均每個分割的大小；同一個key的列都在同一個分割。",
                            ),
                        ),
                        (
                            gib(hot_bytes),
                            Text::new(
                                "Its partition also gets its part of the other keys.",
                                "那個分割也會分到其他key的一份。",
                            ),
                        ),
                        (task as f64 / 1e9, Text::new("A GiB is 2^30 bytes.", "1 GiB是2^30位元組。")),
                    ],
                ),
            ),
            Ask::new(
                "speed",
                Text::new(
                    "By how much the stage can at best be faster than on one core, with any number of cores (tasks take time in proportion to their bytes), to one decimal",
                    "若時間與位元組數成正比，不論多少核心，這個階段最多比單一核心快幾倍（取到小數第一位）",
                ),
                figure(
                    speed,
                    0.051,
                    Unit::None,
                    vec![
                        (
                            partitions as f64,
                            Text::new(
                                "That needs equal partitions; here the others wait for one.",
                                "那要分割大小相同才行；這裡其他task都在等同一個。",
                            ),
                        ),
                        (
                            bytes as f64 / hot_bytes as f64,
                            Text::new(
                                "The largest task holds a part of the other keys too.",
                                "最大的task也包含其他key的一份。",
                            ),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "salts",
                Text::new(
                    format!("The smallest *k* with which no task reads more than {} MiB", target / MIB),
                    format!("要讓沒有任何task讀超過{} MiB，*k* 最小是多少", target / MIB),
                ),
                count(
                    salts,
                    vec![
                        (
                            hot_bytes.div_ceil(target),
                            Text::new(
                                "Each of the k partitions also holds its part of the other keys.",
                                "這k個分割也各有其他key的一份。",
                            ),
                        ),
                        (
                            hot_bytes / room,
                            Text::new(
                                "Rounded down, the tasks would still be a little too large.",
                                "捨去的話，task還是略微超過。",
                            ),
                        ),
                        (
                            task.div_ceil(target),
                            Text::new(
                                "Only the hot key is divided by k; the rest stays in every partition.",
                                "除以k的只有那個熱門key；其餘的每個分割都還有。",
                            ),
                        ),
                    ],
                ),
            ),
        ],
        steps: vec![
            Text::new(
                format!("{hot_rows} / {rows} = {percent:.1}%."),
                format!("{hot_rows} ÷ {rows} = {percent:.1}%。"),
            ),
            Text::new(
                format!(
                    "{hot_rows} × {width} bytes = {:.2} GiB, plus {} MiB of other keys ((all − hot) / {partitions}): {:.2} GiB. A median task reads {} MiB.",
                    gib(hot_bytes),
                    short(mib(rest)),
                    gib(task),
                    short(mib(rest))
                ),
                format!(
                    "{hot_rows} × {width}位元組 = {:.2} GiB，加上其他key的{} MiB（(全部 − 熱門) ÷ {partitions}）：{:.2} GiB。一般的task讀{} MiB。",
                    gib(hot_bytes),
                    short(mib(rest)),
                    gib(task),
                    short(mib(rest))
                ),
            ),
            Text::new(
                format!(
                    "{:.2} GiB in all / {:.2} GiB = {speed:.1}: more cores than that have nothing to do.",
                    gib(bytes),
                    gib(task)
                ),
                format!(
                    "全部{:.2} GiB ÷ {:.2} GiB = {speed:.1}：再多的核心也沒事做。",
                    gib(bytes),
                    gib(task)
                ),
            ),
            Text::new(
                format!(
                    "{:.2} GiB / k + {} MiB <= {} MiB: k >= {exact:.2}, so {salts}.{filtered_en}",
                    gib(hot_bytes),
                    short(mib(rest)),
                    target / MIB
                ),
                format!(
                    "{:.2} GiB ÷ k + {} MiB <= {} MiB：k >= {exact:.2}，取{salts}。{filtered_zh}",
                    gib(hot_bytes),
                    short(mib(rest)),
                    target / MIB
                ),
            ),
        ],
        given: json!({ "kind": "keys", "partitions": partitions, "width": width, "target": target / MIB }),
    })
}
