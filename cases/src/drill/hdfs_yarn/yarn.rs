//! Container sizes and how many fit, in D17.

use serde_json::json;

use super::super::figure::{count, counted, mebibytes};
use super::super::{Ask, Exercise, shown};
use super::{hosts, short_host};
use crate::cloud::Draw;
use crate::cloud::bigdata::yarn::{
    App, AppState, Calculator, DiskRules, Limits, Node, Resource, Utilization, configuration,
    node_list_details, schedule,
};
use crate::model::{EvidenceType, Text};

/// What asks for containers: its kind, the setting that says how large, and what the containers are called.
const WORK: [(&str, &str, &str, &str); 5] = [
    ("MapReduce", "mapreduce.map.memory.mb", "map tasks", "map task"),
    ("MapReduce", "mapreduce.reduce.memory.mb", "reduce tasks", "reduce task"),
    ("Hive on Tez", "hive.tez.container.size", "Tez tasks", "Tez task"),
    ("Flink", "taskmanager.memory.process.size", "TaskManagers", "TaskManager"),
    ("Spark", "spark.executor.memory + overhead", "executors", "executor"),
];

pub(super) fn limits(draw: &mut Draw, calculator: Calculator, node: Resource) -> Limits {
    let minimum = *draw.pick(&[256, 512, 512, 768, 1024, 1024, 1536, 2048]);
    // The largest container is the largest multiple of the minimum that a node can hold.
    let maximum = node.memory / minimum * minimum;
    Limits { minimum: Resource::new(minimum, 1), maximum: Resource::new(maximum, node.vcores), calculator }
}

/// What a scheduler is configured with.
fn scheduler(limits: &Limits, node: Option<Resource>) -> String {
    let mut properties = Vec::new();
    if let Some(node) = node {
        properties.push(("yarn.nodemanager.resource.memory-mb", node.memory.to_string()));
        properties.push(("yarn.nodemanager.resource.cpu-vcores", node.vcores.to_string()));
    }
    properties.extend([
        ("yarn.scheduler.minimum-allocation-mb", limits.minimum.memory.to_string()),
        ("yarn.scheduler.maximum-allocation-mb", limits.maximum.memory.to_string()),
        ("yarn.scheduler.minimum-allocation-vcores", limits.minimum.vcores.to_string()),
        ("yarn.scheduler.maximum-allocation-vcores", limits.maximum.vcores.to_string()),
        ("yarn.scheduler.capacity.resource-calculator", limits.calculator.class().to_owned()),
    ]);
    configuration(&properties)
}

/// The rule of rounding, as every prompt states it.
pub(super) const RULE: (&str, &str) = (
    "The CapacityScheduler grants a request rounded up to a multiple of the minimum allocation, and at least the minimum (more than the maximum is refused).",
    "CapacityScheduler核給的大小是把請求往上進位到最小配置量的倍數，且不小於最小配置量（超過最大配置量則拒絕）。",
);

/// Not a multiple of the minimum: something has to be rounded.
pub(super) fn odd_request(draw: &mut Draw, limits: &Limits, low: u64, high: u64) -> u64 {
    loop {
        let request = draw.number(low / 64, high / 64) * 64 + *draw.pick(&[0, 0, 32, 40, 16]);
        if !request.is_multiple_of(limits.minimum.memory) && request > 128 {
            return request;
        }
    }
}

/// The next power of two, which some take for the rule.
fn power(request: u64) -> u64 {
    request.next_power_of_two()
}

pub(super) fn identical(draw: &mut Draw) -> Exercise {
    let node = Resource::new(
        *draw.pick(&[11_520, 12_288, 22_528, 24_576, 28_672, 30_720, 45_056, 57_344, 61_440, 122_880]),
        *draw.pick(&[4, 8, 16]),
    );
    let nodes = draw.number(3, 12);
    let limits = limits(draw, Calculator::Default, node);
    let (kind, setting, many, one) = *draw.pick(&WORK);
    let request = odd_request(draw, &limits, 700, node.memory / 3);
    let granted = limits.grant(Resource::new(request, 1)).unwrap_or(limits.maximum);
    let per_node = limits.count(granted, node);
    let running = per_node * nodes;
    let wanted = running + draw.number(1, running.max(4));
    let unrounded = node.memory / request;
    let summed = node.memory * nodes / granted.memory;
    let up = granted.memory / limits.minimum.memory;

    Exercise {
        prompt: Text::new(
            format!(
                "A cluster has **{nodes}** identical worker nodes, all idle. A {kind} job asks for **{wanted}** {many} of **{request}** MiB and 1 vcore each (`{setting}`); its ApplicationMaster runs on another node and takes nothing here. {} With the configured calculator only memory decides what fits, and a container never spans nodes.",
                RULE.0
            ),
            format!(
                "叢集有 **{nodes}** 個相同的工作節點，全部閒置。某個{kind}工作要求 **{wanted}** 個{one}的容器，每個 **{request}** MiB、1 vcore（`{setting}`）；它的ApplicationMaster在別的節點上，不占這裡的資源。{}依設定的calculator，只有記憶體決定放不放得下，而容器不能跨節點。",
                RULE.1
            ),
        ),
        evidence: vec![shown(EvidenceType::Config, scheduler(&limits, Some(node)))],
        asks: vec![
            Ask::new(
                "granted",
                Text::new("Size of each granted container, in MiB", "每個容器核給多少（MiB）"),
                mebibytes(
                    granted.memory,
                    vec![
                        (
                            request,
                            Text::new(
                                format!(
                                    "{request} is not a multiple of {}: the scheduler rounds it up.",
                                    limits.minimum.memory
                                ),
                                format!(
                                    "{request}不是{}的倍數，scheduler會往上進位。",
                                    limits.minimum.memory
                                ),
                            ),
                        ),
                        (
                            power(request),
                            Text::new(
                                "The step is the minimum allocation, not powers of two.",
                                "進位的單位是最小配置量，不是2的次方。",
                            ),
                        ),
                        (
                            // Not where that would be nothing.
                            (request / limits.minimum.memory * limits.minimum.memory)
                                .max(limits.minimum.memory),
                            Text::new(
                                "It rounds up, never down: a container must hold what was asked for.",
                                "是往上進位，不會往下：容器一定要裝得下所要求的量。",
                            ),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "per-node",
                Text::new("Containers that fit on one node", "一個節點放得下幾個容器"),
                count(
                    per_node,
                    vec![
                        (
                            unrounded,
                            Text::new(
                                format!(
                                    "That divides by the {request} MiB asked for; the node gives up {} for each.",
                                    granted.memory
                                ),
                                format!(
                                    "這是除以要求的{request} MiB；節點實際上每個要撥出{} MiB。",
                                    granted.memory
                                ),
                            ),
                        ),
                        (
                            node.vcores,
                            Text::new(
                                "DefaultResourceCalculator does not look at vcores.",
                                "DefaultResourceCalculator不看vcore。",
                            ),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "pending",
                Text::new("Containers that stay pending", "仍在等待（pending）的容器數"),
                count(
                    wanted - running,
                    vec![
                        (
                            wanted.saturating_sub(summed),
                            Text::new(
                                format!(
                                    "{summed} would fit if all memory lay in one place; what is left over on each node cannot be put together."
                                ),
                                format!("若記憶體都在同一處可放{summed}個；但各節點剩下的零頭不能拼起來用。"),
                            ),
                        ),
                        (
                            wanted.saturating_sub(unrounded * nodes),
                            Text::new(
                                "That counts the size asked for, not the size granted.",
                                "這是用要求的大小算，不是核給的大小。",
                            ),
                        ),
                        (
                            running,
                            Text::new(
                                format!("{running} run; the others wait."),
                                format!("{running}個是執行中的，其餘才是等待的。"),
                            ),
                        ),
                    ],
                ),
            ),
        ],
        steps: vec![
            Text::new(
                format!(
                    "{request} / {} rounded up is {up}: {up} × {} = {} MiB.",
                    limits.minimum.memory, limits.minimum.memory, granted.memory
                ),
                format!(
                    "{request} ÷ {}無條件進位是{up}：{up} × {} = {} MiB。",
                    limits.minimum.memory, limits.minimum.memory, granted.memory
                ),
            ),
            Text::new(
                format!(
                    "{} / {} rounded down is {per_node} a node ({} MiB stay unused on each).",
                    node.memory,
                    granted.memory,
                    node.memory - per_node * granted.memory
                ),
                format!(
                    "{} ÷ {}無條件捨去：每個節點{per_node}個（各剩{} MiB用不到）。",
                    node.memory,
                    granted.memory,
                    node.memory - per_node * granted.memory
                ),
            ),
            Text::new(
                format!(
                    "{nodes} × {per_node} = {running} run, {wanted} − {running} = {} wait.",
                    wanted - running
                ),
                format!(
                    "{nodes} × {per_node} = {running}個執行，{wanted} − {running} = {}個等待。",
                    wanted - running
                ),
            ),
        ],
        given: json!({ "kind": "identical", "nodes": nodes, "containers": wanted, "request": request }),
    }
}

/// A node without anything on its disks worth telling.
pub(super) fn node(host: &str, capacity: Resource) -> Node {
    Node {
        host: host.to_owned(),
        capacity,
        used: Resource::default(),
        containers: 0,
        local_dirs: Vec::new(),
        log_dirs: Vec::new(),
        alive: true,
        utilization: Utilization::default(),
    }
}

pub(super) fn occupied(draw: &mut Draw) -> Exercise {
    loop {
        if let Some(exercise) = occupied_once(draw) {
            return exercise;
        }
    }
}

fn occupied_once(draw: &mut Draw) -> Option<Exercise> {
    let calculator = if draw.percent(70) { Calculator::Dominant } else { Calculator::Default };
    let sizes = [(12_288, 4), (24_576, 8), (30_720, 8), (57_344, 16), (61_440, 12), (22_528, 16)];
    let count_nodes = draw.int(3usize, 4);
    let hosts = hosts(draw, count_nodes);
    let largest = sizes.iter().map(|(memory, _)| *memory).min().unwrap_or(12_288);
    let limits = limits(draw, calculator, Resource::new(largest, 4));
    let mut nodes = Vec::new();
    for (host, _) in &hosts {
        let (memory, vcores) = *draw.pick(&sizes);
        let mut node = node(host, Resource::new(memory, vcores));
        // What runs there already, granted by the same rules.
        for _ in 0..draw.int(0, 4) {
            let ask = Resource::new(draw.number(400, 5000), draw.number(1, 2));
            let granted = limits.grant(ask)?;
            if limits.fits(granted, node.capacity.less(node.used)) {
                node.used = node.used.plus(granted);
                node.containers += 1;
            }
        }
        let busy = node.used.memory * draw.number(55, 90) / 100;
        let cores = if node.containers > 0 { draw.int(4u16, 60) } else { 0 };
        node.utilization = Utilization {
            node: (busy + draw.number(1800, 2900), f32::from(cores) / 16.0 + 0.25),
            containers: (busy, f32::from(cores) / 16.0),
        };
        nodes.push(node);
    }
    let rules = DiskRules::default();
    let request = Resource::new(odd_request(draw, &limits, 1000, 6000), draw.number(1, 3));
    let master = Resource::new(odd_request(draw, &limits, 500, 2500), 1);
    let granted = limits.grant(request)?;
    let master_granted = limits.grant(master)?;
    let app = |containers: u64| App {
        id: String::new(),
        name: String::new(),
        kind: "SPARK".to_owned(),
        user: String::new(),
        queue: String::new(),
        master,
        container: request,
        containers,
    };
    let all = schedule(&nodes, &rules, &limits, &[app(10_000)], None);
    let room = all.first()?;
    let fit = room.running.len() as u64;
    if room.state != AppState::Running || !(4..=40).contains(&fit) {
        return None;
    }
    let wanted = fit + draw.number(2, 12);
    let asked = draw.int(0, nodes.len() - 1);
    let here = room.running.iter().filter(|place| **place == asked).count() as u64;
    let free: Vec<Resource> = nodes.iter().map(|node| node.capacity.less(node.used)).collect();
    let master_at = free.iter().position(|free| limits.fits(master_granted, *free))?;
    let mut left = free.clone();
    left[master_at] = left[master_at].less(master_granted);
    let without_master: u64 = free.iter().map(|free| limits.count(granted, *free)).sum();
    let by_memory: u64 = left.iter().map(|free| free.memory / granted.memory).sum();
    let summed = left.iter().map(|free| free.memory).sum::<u64>() / granted.memory;
    let raw: u64 = left.iter().map(|free| free.memory / request.memory).sum();
    let host = short_host(&nodes[asked].host).to_owned();
    let full = limits.count(granted, nodes[asked].capacity);
    if here == 0 || (calculator == Calculator::Dominant && by_memory == fit) {
        return None;
    }

    let mut asks = vec![
        Ask::new(
            "granted",
            Text::new("Memory granted to each executor, in MiB", "每個executor核給的記憶體（MiB）"),
            mebibytes(
                granted.memory,
                vec![
                    (
                        request.memory,
                        Text::new(
                            format!(
                                "{} is not a multiple of {}: it is rounded up.",
                                request.memory, limits.minimum.memory
                            ),
                            format!("{}不是{}的倍數，會往上進位。", request.memory, limits.minimum.memory),
                        ),
                    ),
                    (
                        power(request.memory),
                        Text::new(
                            "The step is the minimum allocation, not powers of two.",
                            "進位的單位是最小配置量，不是2的次方。",
                        ),
                    ),
                ],
            ),
        ),
        Ask::new(
            "here",
            Text::new(format!("Executors that start on `{host}`"), format!("`{host}`上會啟動幾個executor")),
            count(
                here,
                vec![
                    (
                        full,
                        Text::new(
                            "That is an empty node: part of it is taken, by containers already there or by the ApplicationMaster.",
                            "那是節點全空時的數字；其中一部分已被原有的容器或ApplicationMaster占用。",
                        ),
                    ),
                    (
                        left[asked].memory / granted.memory,
                        Text::new(
                            format!(
                                "By memory that many fit, but only {} {} free and each takes {}.",
                                counted(left[asked].vcores, "vcore"),
                                if left[asked].vcores == 1 { "is" } else { "are" },
                                granted.vcores
                            ),
                            format!(
                                "光看記憶體放得下這麼多，但只剩{}個vcore，而每個要{}個。",
                                left[asked].vcores, granted.vcores
                            ),
                        ),
                    ),
                    (
                        limits.count(granted, free[asked]),
                        Text::new(
                            "The ApplicationMaster starts first and takes a container here.",
                            "ApplicationMaster會先啟動，在這裡占掉一個容器。",
                        ),
                    ),
                ],
            ),
        ),
        Ask::new(
            "pending",
            Text::new("Executors that stay pending", "仍在等待的executor數"),
            count(
                wanted - fit,
                vec![
                    (
                        wanted.saturating_sub(without_master),
                        Text::new(
                            "The ApplicationMaster needs a container of its own, and it comes first.",
                            "ApplicationMaster自己也要一個容器，而且最先取得。",
                        ),
                    ),
                    (
                        wanted.saturating_sub(by_memory),
                        Text::new(
                            "That looks at memory alone; this calculator counts vcores too.",
                            "這只看了記憶體；這個calculator也會算vcore。",
                        ),
                    ),
                    (
                        wanted.saturating_sub(summed),
                        Text::new(
                            "What is left over on each node cannot be put together.",
                            "各節點剩下的零頭不能拼起來用。",
                        ),
                    ),
                    (
                        wanted.saturating_sub(raw),
                        Text::new(
                            "That uses the size asked for, not the size granted.",
                            "這是用要求的大小算，不是核給的大小。",
                        ),
                    ),
                ],
            ),
        ),
    ];
    let (looks_en, looks_zh) = match calculator {
        Calculator::Dominant => {
            let memory_only = Limits { calculator: Calculator::Default, ..limits };
            let other = schedule(&nodes, &rules, &memory_only, &[app(wanted)], None);
            let running = other.first().map_or(0, |outcome| outcome.running.len()) as u64;
            asks.push(Ask::new(
                "other",
                Text::new(
                    "Executors that would run with DefaultResourceCalculator, all else unchanged",
                    "若改用DefaultResourceCalculator、其他不變，會有幾個executor執行",
                ),
                count(
                    running,
                    vec![
                        (
                            fit,
                            Text::new(
                                "That is with vcores counted; that calculator looks at memory alone.",
                                "那是把vcore算進去的結果；該calculator只看記憶體。",
                            ),
                        ),
                        (
                            by_memory,
                            Text::new(
                                format!("{by_memory} would fit, but only {wanted} are asked for."),
                                format!("放得下{by_memory}個，但只要求了{wanted}個。"),
                            ),
                        ),
                    ],
                ),
            ));
            ("memory and vcores both have to fit", "記憶體與vcore都要放得下")
        }
        Calculator::Default => {
            let shown = nodes[asked].containers + here + u64::from(master_at == asked);
            asks.push(Ask::new(
                "shown",
                Text::new(
                    format!("vcores that `yarn node` then shows as allocated on `{host}`"),
                    format!("之後`yarn node`顯示`{host}`已配置幾個vcore"),
                ),
                count(
                    shown,
                    vec![(
                        nodes[asked].used.vcores + here * request.vcores + u64::from(master_at == asked),
                        Text::new(
                            format!(
                                "The {} vcores asked for are not looked at: each container is booked as one.",
                                request.vcores
                            ),
                            format!("要求的{}個vcore不會被採計：每個容器一律記為1。", request.vcores),
                        ),
                    )],
                ),
            ));
            (
                "only memory has to fit, and every container is booked with 1 vcore whatever it asked for",
                "只有記憶體要放得下；不管要求多少，每個容器都只記1個vcore",
            )
        }
    };
    let class = calculator.class().rsplit('.').next().unwrap_or_default();

    Some(Exercise {
        prompt: Text::new(
            format!(
                "A Spark application is submitted: an ApplicationMaster of {} MiB and 1 vcore, then **{wanted}** executors of **{}** MiB and {} each. {} That holds for vcores too, where the calculator counts them. With `{class}` {looks_en}. Each container goes to the first node of the list that has room; the ApplicationMaster goes first. Nothing else changes.",
                master.memory,
                request.memory,
                counted(request.vcores, "vcore"),
                RULE.0
            ),
            format!(
                "有一個Spark應用程式送出：ApplicationMaster要求{} MiB、1 vcore，之後要 **{wanted}** 個executor，每個 **{}** MiB、**{}** vcore。{}calculator會算vcore時，vcore也照同樣規則進位。使用`{class}`時，{looks_zh}。每個容器放到清單中第一個放得下的節點；ApplicationMaster最先放。其他都不變。",
                master.memory, request.memory, request.vcores, RULE.1
            ),
        ),
        evidence: vec![
            shown(EvidenceType::Config, scheduler(&limits, None)),
            shown(EvidenceType::Command, node_list_details(&nodes, &rules)),
        ],
        asks,
        steps: vec![
            Text::new(
                format!(
                    "Granted: ApplicationMaster {} MiB, executor {} MiB{}.",
                    master_granted.memory,
                    granted.memory,
                    vcores_en(calculator, granted)
                ),
                format!(
                    "核給：ApplicationMaster {} MiB，executor {} MiB{}。",
                    master_granted.memory,
                    granted.memory,
                    vcores_zh(calculator, granted)
                ),
            ),
            free_step(calculator, short_host(&nodes[master_at].host)),
            Text::new(
                format!(
                    "That is {here} on `{host}` and {fit} in all; {wanted} − {fit} = {} wait.",
                    wanted - fit
                ),
                format!("`{host}`上{here}個，總共{fit}個；{wanted} − {fit} = {}個等待。", wanted - fit),
            ),
        ],
        given: json!({
            "kind": "occupied", "wanted": wanted, "host": host,
            "master": [master.memory, master.vcores], "executor": [request.memory, request.vcores],
        }),
    })
}

/// How many fit on each node.
fn free_step(calculator: Calculator, master_at: &str) -> Text {
    match calculator {
        Calculator::Default => Text::new(
            format!(
                "Free is configured minus allocated. The ApplicationMaster goes to `{master_at}`. Each node then holds its free memory divided by the size granted, rounded down."
            ),
            format!(
                "可用＝Configured − Allocated。ApplicationMaster放在`{master_at}`。接著每個節點能放的數目，是可用記憶體除以核給的大小，無條件捨去。"
            ),
        ),
        Calculator::Dominant => Text::new(
            format!(
                "Free is configured minus allocated. The ApplicationMaster goes to `{master_at}`. Each node then holds the smaller of two numbers: free memory and free vcores, each divided by what is granted and rounded down."
            ),
            format!(
                "可用＝Configured − Allocated。ApplicationMaster放在`{master_at}`。接著可用記憶體與可用vcore各除以核給的量（無條件捨去），取較小的數。"
            ),
        ),
    }
}

fn vcores_en(calculator: Calculator, granted: Resource) -> String {
    if calculator == Calculator::Dominant {
        format!(" and {}", counted(granted.vcores, "vcore"))
    } else {
        String::new()
    }
}

fn vcores_zh(calculator: Calculator, granted: Resource) -> String {
    if calculator == Calculator::Dominant { format!("、{} vcore", granted.vcores) } else { String::new() }
}
