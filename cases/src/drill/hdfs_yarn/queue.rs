//! What runs and what waits in a YARN queue, in D17: nodes with full disks, and the limit on ApplicationMasters.

use std::fmt::Write as _;

use serde_json::json;

use super::super::figure::{count, mebibytes};
use super::super::{Answer, Ask, Choice, Exercise, shown};
use super::yarn::{RULE, limits, node, odd_request};
use super::{hosts, short_host};
use crate::cloud::Draw;
use crate::cloud::bigdata::yarn::{
    App, AppState, Calculator, Directory, DiskRules, Limits, Node, NodeState, Outcome, Resource,
    configuration, master_limit, schedule,
};
use crate::model::{EvidenceType, Text};

const NAMES: [&str; 12] = [
    "daily-orders",
    "sessionize",
    "churn-model",
    "hive-adhoc-7",
    "dedup-events",
    "tpcds-q64",
    "fraud-score",
    "etl-invoices",
    "cdc-merge",
    "geo-join",
    "report-mtd",
    "backfill-2025",
];

fn apps(draw: &mut Draw, limits: &Limits, count: usize, containers: (u64, u64)) -> Vec<App> {
    let names = draw.some(&NAMES, count);
    let cluster = draw.number(1_767_225_600_000, 1_772_000_000_000);
    let first = draw.number(11, 900);
    let mut apps = Vec::new();
    for (name, number) in names.into_iter().zip(first..) {
        apps.push(App {
            id: format!("application_{cluster}_{number:04}"),
            name: name.to_owned(),
            kind: "SPARK".to_owned(),
            user: "hadoop".to_owned(),
            queue: "default".to_owned(),
            master: Resource::new(odd_request(draw, limits, 500, 2600), 1),
            container: Resource::new(odd_request(draw, limits, 1200, 6200), 1),
            containers: draw.number(containers.0, containers.1),
        });
    }
    apps
}

fn app_table(apps: &[App]) -> String {
    let mut text = format!(
        "{:<32}{:<16}{:>7}{:>13}{:>11}\n",
        "application", "name", "am_mb", "executor_mb", "executors"
    );
    for app in apps {
        let _ = writeln!(
            text,
            "{:<32}{:<16}{:>7}{:>13}{:>11}",
            app.id, app.name, app.master.memory, app.container.memory, app.containers
        );
    }
    text
}

/// `df -k` of some volumes.
fn df(draw: &mut Draw, host: &str, volumes: &[(String, u64, u64)]) -> String {
    let paths: Vec<&str> = volumes.iter().map(|(path, ..)| path.as_str()).collect();
    let mut text = format!("$ ssh {} df -k {}\n", short_host(host), paths.join(" "));
    let _ = writeln!(
        text,
        "{:<15} {:>9} {:>9} {:>9} Use% Mounted on",
        "Filesystem", "1K-blocks", "Used", "Available"
    );
    let first = draw.int(1, 2);
    for (index, (path, size, used)) in volumes.iter().enumerate() {
        let device =
            if path == "/" { "/dev/nvme0n1p1".to_owned() } else { format!("/dev/nvme{}n1p2", first + index) };
        let percent = (used * 100).div_ceil(*size);
        let _ = writeln!(text, "{device:<15} {size:>9} {used:>9} {:>9} {percent:>3}% {path}", size - used);
    }
    text
}

pub(super) fn unhealthy(draw: &mut Draw) -> Exercise {
    loop {
        if let Some(exercise) = unhealthy_once(draw) {
            return exercise;
        }
    }
}

fn unhealthy_once(draw: &mut Draw) -> Option<Exercise> {
    let count_nodes = draw.int(4usize, 6);
    let hosts = hosts(draw, count_nodes);
    let capacity = Resource::new(*draw.pick(&[11_520, 12_288, 22_528, 24_576]), 8);
    let limits = limits(draw, Calculator::Default, capacity);
    let rules = DiskRules {
        max_percent: *draw.pick(&[90.0, 90.0, 90.0, 85.0, 95.0]),
        min_healthy: *draw.pick(&[0.25, 0.25, 0.25, 0.5, 0.75]),
    };
    let volumes = draw.int(2usize, 4);
    let mounts: Vec<String> = (0..volumes)
        .map(|index| if index == 0 { "/mnt".to_owned() } else { format!("/mnt{index}") })
        .collect();
    // EMR keeps container logs on the first volume.
    let log_dir = "/mnt/var/log/hadoop-yarn/containers";
    let mut nodes = Vec::new();
    let mut listing = String::new();
    for (host, _) in &hosts {
        let sick = draw.percent(55);
        let mut disks = Vec::new();
        for mount in &mounts {
            let size = *draw.pick(&[52_403_200, 104_806_400, 209_664_000]);
            let high = sick && draw.percent(65);
            // Tenths of a percent, clear of the threshold.
            let limit = (rules.max_percent * 10.0) as u64;
            let permille = if high { draw.number(limit + 12, 995) } else { draw.number(180, limit - 6) };
            disks.push((mount.clone(), size, size / 1000 * permille + draw.number(0, 999)));
        }
        let directory =
            |path: String, disk: &(String, u64, u64)| Directory { path, size: disk.1, used: disk.2 };
        let mut node = node(host, capacity);
        node.local_dirs = disks.iter().map(|disk| directory(format!("{}/yarn", disk.0), disk)).collect();
        node.log_dirs = disks.first().map(|disk| directory(log_dir.to_owned(), disk)).into_iter().collect();
        listing += &df(draw, host, &disks);
        nodes.push(node);
    }
    let bad: Vec<usize> =
        (0..nodes.len()).filter(|index| nodes[*index].state(&rules) == NodeState::Unhealthy).collect();
    let good = nodes.len() - bad.len();
    if bad.is_empty() || good < 2 {
        return None;
    }
    let by_local = |node: &Node| {
        let fine = node.local_dirs.iter().filter(|directory| rules.good(directory)).count();
        (fine as f64 / node.local_dirs.len() as f64) < rules.min_healthy
    };
    let any_full = |node: &Node| node.local_dirs.iter().any(|directory| !rules.good(directory));
    // The naive ways must not all be right: some node is saved by its other volumes, or lost by its logs.
    if !nodes.iter().any(|node| {
        by_local(node) != (node.state(&rules) == NodeState::Unhealthy)
            || (any_full(node) && node.state(&rules) == NodeState::Running)
    }) {
        return None;
    }
    let amount = draw.int(3usize, 4);
    let apps = apps(draw, &limits, amount, (3, 9));
    let outcomes = schedule(&nodes, &rules, &limits, &apps, None);
    let all_well: Vec<Node> = nodes
        .iter()
        .map(|node| Node { local_dirs: Vec::new(), log_dirs: Vec::new(), ..node.clone() })
        .collect();
    let healthy = schedule(&all_well, &rules, &limits, &apps, None);
    let running =
        |outcomes: &[Outcome]| -> u64 { outcomes.iter().map(|outcome| outcome.running.len() as u64).sum() };
    let (runs, would) = (running(&outcomes), running(&healthy));
    let pending: u64 = outcomes.iter().map(|outcome| outcome.pending).sum();
    if runs == would || pending == 0 {
        return None;
    }
    let accepted: Vec<usize> =
        (0..apps.len()).filter(|index| outcomes[*index].state == AppState::Accepted).collect();
    let not_started: u64 = accepted.iter().map(|index| apps[*index].containers).sum();

    let mut options = Vec::new();
    for (index, node) in nodes.iter().enumerate() {
        let full = node.local_dirs.iter().filter(|directory| !rules.good(directory)).count();
        let logs = node.log_dirs.iter().any(|directory| !rules.good(directory));
        let dirs = node.local_dirs.len();
        let name = format!("`{}`", short_host(&node.host));
        let why = match (bad.contains(&index), logs, full) {
            (true, true, _) => Text::new(
                format!(
                    "`/mnt` is above the threshold: 0 of 1 log-dirs is good. (local-dirs: {} of {dirs} good.)",
                    dirs - full
                ),
                format!("`/mnt`超過門檻：log-dirs 1個中0個正常。（local-dirs正常{}/{dirs}。）", dirs - full),
            ),
            (true, false, _) => Text::new(
                format!(
                    "Only {} of {dirs} local-dirs {} good: less than {}.",
                    dirs - full,
                    if dirs - full == 1 { "is" } else { "are" },
                    rules.min_healthy
                ),
                format!("local-dirs只有{}/{dirs}正常，低於{}。", dirs - full, rules.min_healthy),
            ),
            (false, _, 0) => Text::new("No volume is above the threshold.", "沒有任何磁碟超過門檻。"),
            (false, ..) => Text::new(
                format!(
                    "{} of {dirs} local-dirs {} good, at least {}, and its log-dir is good: it goes on without what is full.",
                    dirs - full,
                    if dirs - full == 1 { "is" } else { "are" },
                    rules.min_healthy
                ),
                format!(
                    "local-dirs正常{}/{dirs}，不低於{}，log-dir也正常：它只是不再用滿的那些磁碟。",
                    dirs - full,
                    rules.min_healthy
                ),
            ),
        };
        options.push(Choice::new(Text::new(&name, &name), why));
    }
    let app_options = apps
        .iter()
        .zip(&outcomes)
        .map(|(app, outcome)| {
            let name = format!("`{}`", app.name);
            let why = match outcome.state {
                AppState::Accepted => Text::new(
                    "When its turn comes no running node has room for its ApplicationMaster.",
                    "輪到它時，沒有任何RUNNING節點放得下它的ApplicationMaster。",
                ),
                AppState::Running => Text::new(
                    format!(
                        "Its ApplicationMaster finds room: it is RUNNING, with {} of {} executors.",
                        outcome.running.len(),
                        app.containers
                    ),
                    format!(
                        "它的ApplicationMaster有位置，狀態是RUNNING，executor有{}/{}個。",
                        outcome.running.len(),
                        app.containers
                    ),
                ),
            };
            Choice::new(Text::new(&name, &name), why)
        })
        .collect();
    let local_dirs: Vec<String> = mounts.iter().map(|mount| format!("{mount}/yarn")).collect();
    let config = configuration(&[
        ("yarn.nodemanager.local-dirs", local_dirs.join(",")),
        ("yarn.nodemanager.log-dirs", log_dir.to_owned()),
        (
            "yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage",
            format!("{:?}", rules.max_percent),
        ),
        ("yarn.nodemanager.disk-health-checker.min-healthy-disks", rules.min_healthy.to_string()),
        ("yarn.nodemanager.resource.memory-mb", capacity.memory.to_string()),
        ("yarn.scheduler.minimum-allocation-mb", limits.minimum.memory.to_string()),
        ("yarn.scheduler.maximum-allocation-mb", limits.maximum.memory.to_string()),
        ("yarn.scheduler.capacity.resource-calculator", limits.calculator.class().to_owned()),
    ]);
    let offered = good as u64 * capacity.memory;

    Some(Exercise {
        prompt: Text::new(
            format!(
                "All nodes have this configuration and no container runs. The disk checker calls a directory bad when its volume is used *above* the percentage; a node is UNHEALTHY when the share of good directories falls below `min-healthy-disks`, in the local-dirs or in the log-dirs, and then takes no containers. The applications below are submitted in this order. {} Only memory counts. Each application starts with its ApplicationMaster, then its executors; each container goes to the first running node (in the order shown) with room; what fits nowhere waits and the next is tried. No queue limit (nor the one on ApplicationMasters), reservation or preemption plays a part.",
                RULE.0
            ),
            format!(
                "所有節點的設定都如下，目前沒有任何容器。目錄所在磁碟的使用率*超過*該百分比時，磁碟檢查會判定它是壞的；local-dirs或log-dirs任一類的正常比例低於`min-healthy-disks`時，節點就是UNHEALTHY，不再接容器。下表的應用程式依序送出。{}只看記憶體。每個應用程式先要ApplicationMaster，再要executor；容器放到第一個（依顯示順序）放得下的RUNNING節點，都放不下就等待，換試下一個。不考慮佇列上限（含ApplicationMaster的上限）、保留（reservation）與搶占。",
                RULE.1
            ),
        ),
        evidence: vec![
            shown(EvidenceType::Config, config),
            shown(EvidenceType::Command, listing),
            shown(EvidenceType::Table, app_table(&apps)),
        ],
        asks: vec![
            Ask::new(
                "unhealthy",
                Text::new("Nodes that are UNHEALTHY", "哪些節點是UNHEALTHY"),
                Answer::Several { options, right: bad.clone() },
            ),
            Ask::new(
                "memory",
                Text::new("Memory that YARN can hand out now, in MiB", "YARN目前可配置的記憶體總量（MiB）"),
                mebibytes(
                    offered,
                    vec![
                        (
                            nodes.len() as u64 * capacity.memory,
                            Text::new(
                                "Unhealthy nodes still exist, but they take no containers.",
                                "不健康的節點還在，但不接容器。",
                            ),
                        ),
                        (
                            nodes.iter().filter(|node| !any_full(node)).count() as u64 * capacity.memory,
                            Text::new(
                                "A full volume alone does not take a node out; the share of good directories does.",
                                "單一磁碟滿不會讓節點退出，要看正常目錄的比例。",
                            ),
                        ),
                        (
                            nodes.iter().filter(|node| !by_local(node)).count() as u64 * capacity.memory,
                            Text::new(
                                "The log-dirs are held to the same share.",
                                "log-dirs也要符合同樣的比例。",
                            ),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "accepted",
                Text::new(
                    "Applications that stay ACCEPTED (none, one or more)",
                    "停在ACCEPTED的應用程式（可能沒有，也可能不只一個）",
                ),
                Answer::Several { options: app_options, right: accepted.clone() },
            ),
            Ask::new(
                "pending",
                Text::new(
                    "Executors of running applications that are pending",
                    "執行中的應用程式還有幾個executor在等待",
                ),
                count(
                    pending,
                    vec![
                        (
                            pending + not_started,
                            Text::new(
                                "An application without its ApplicationMaster has asked for no executors yet.",
                                "還沒有ApplicationMaster的應用程式尚未要求任何executor。",
                            ),
                        ),
                        (
                            healthy.iter().map(|outcome| outcome.pending).sum(),
                            Text::new("That is with every node running.", "那是所有節點都正常時的數字。"),
                        ),
                        (runs, Text::new(format!("{runs} executors run."), format!("{runs}個是執行中的。"))),
                    ],
                ),
            ),
        ],
        steps: vec![
            Text::new(
                format!(
                    "A volume is bad above {:?}% (`df` rounds up, so {}% or less is fine). `/mnt` counts twice: as a local-dir and as the only log-dir. UNHEALTHY: {}.",
                    rules.max_percent,
                    rules.max_percent,
                    bad.iter().map(|index| short_host(&nodes[*index].host)).collect::<Vec<_>>().join(", ")
                ),
                format!(
                    "磁碟使用率超過{:?}%算壞（`df`會無條件進位，所以顯示{}%以下都沒問題）。`/mnt`算兩次：既是local-dir，也是唯一的log-dir。UNHEALTHY：{}。",
                    rules.max_percent,
                    rules.max_percent,
                    bad.iter().map(|index| short_host(&nodes[*index].host)).collect::<Vec<_>>().join("、")
                ),
            ),
            Text::new(
                format!("{good} nodes × {} = {offered} MiB.", capacity.memory),
                format!("{good}個節點 × {} = {offered} MiB。", capacity.memory),
            ),
            Text::new(
                format!("Sizes granted: {}.", granted_sizes(&apps, &limits)),
                format!("核給的大小：{}。", granted_sizes(&apps, &limits)),
            ),
            Text::new(
                format!("In order: {}.", served(&apps, &outcomes, false)),
                format!("依序：{}。", served(&apps, &outcomes, true)),
            ),
        ],
        given: json!({ "kind": "unhealthy" }),
    })
}

fn granted_sizes(apps: &[App], limits: &Limits) -> String {
    let size = |ask| limits.grant(ask).map_or(0, |granted| granted.memory);
    let texts =
        apps.iter().map(|app| format!("`{}` {} + {}", app.name, size(app.master), size(app.container)));
    texts.collect::<Vec<_>>().join(", ")
}

fn served(apps: &[App], outcomes: &[Outcome], chinese: bool) -> String {
    let texts = apps.iter().zip(outcomes).map(|(app, outcome)| match outcome.state {
        AppState::Accepted => format!("`{}` ACCEPTED", app.name),
        AppState::Running if chinese => {
            format!("`{}`執行{}個、等待{}個", app.name, outcome.running.len(), outcome.pending)
        }
        AppState::Running => {
            format!("`{}` runs {} and waits for {}", app.name, outcome.running.len(), outcome.pending)
        }
    });
    texts.collect::<Vec<_>>().join(if chinese { "；" } else { "; " })
}

pub(super) fn masters(draw: &mut Draw) -> Exercise {
    loop {
        if let Some(exercise) = masters_once(draw) {
            return exercise;
        }
    }
}

fn masters_once(draw: &mut Draw) -> Option<Exercise> {
    let count_nodes = draw.int(3usize, 6);
    let hosts = hosts(draw, count_nodes);
    let capacity = Resource::new(*draw.pick(&[12_288, 22_528, 24_576, 30_720]), 8);
    let limits = limits(draw, Calculator::Default, capacity);
    let share = *draw.pick(&[0.1, 0.1, 0.15, 0.2, 0.05]);
    let nodes: Vec<Node> = hosts.iter().map(|(host, _)| node(host, capacity)).collect();
    let rules = DiskRules::default();
    let total = capacity.memory * nodes.len() as u64;
    let limit = master_limit(total, share, &limits);
    let amount = draw.int(5usize, 7);
    let apps = apps(draw, &limits, amount, (1, 2));
    let outcomes = schedule(&nodes, &rules, &limits, &apps, Some(limit));
    let unlimited = schedule(&nodes, &rules, &limits, &apps, None);
    let running = outcomes.iter().filter(|outcome| outcome.state == AppState::Running).count();
    // The limit, not room, must be what holds applications back.
    if unlimited.iter().any(|outcome| outcome.state == AppState::Accepted)
        || outcomes.iter().chain(&unlimited).any(|outcome| outcome.pending > 0)
        || running < 2
        || running == apps.len()
    {
        return None;
    }
    let size = |ask: Resource| limits.grant(ask).map_or(0, |granted| granted.memory);
    let used: u64 = apps
        .iter()
        .zip(&outcomes)
        .filter(|(_, outcome)| outcome.state == AppState::Running)
        .map(|(app, outcome)| size(app.master) + size(app.container) * outcome.running.len() as u64)
        .sum();
    let held: u64 = apps
        .iter()
        .zip(&outcomes)
        .filter(|(_, outcome)| outcome.state == AppState::Running)
        .map(|(app, _)| size(app.master))
        .sum();
    // Unrounded sizes would admit others.
    let plain = (total as f64 * share).floor() as u64;
    let options: Vec<Choice> = apps
        .iter()
        .zip(&outcomes)
        .map(|(app, outcome)| {
            let name = format!("`{}`", app.name);
            let why = match outcome.state {
                AppState::Running => Text::new(
                    format!(
                        "Its ApplicationMaster of {} MiB still fits under the limit of {limit} MiB.",
                        size(app.master)
                    ),
                    format!(
                        "它的ApplicationMaster（{} MiB）加上去仍在{limit} MiB的上限內。",
                        size(app.master)
                    ),
                ),
                AppState::Accepted => Text::new(
                    format!(
                        "With its {} MiB the ApplicationMasters would hold more than {limit} MiB.",
                        size(app.master)
                    ),
                    format!("再加上它的{} MiB，ApplicationMaster的總和就超過{limit} MiB。", size(app.master)),
                ),
            };
            Choice::new(Text::new(&name, &name), why)
        })
        .collect();
    let right = (0..apps.len()).filter(|index| outcomes[*index].state == AppState::Accepted).collect();
    let cure = |setting: &str, en: &str, zh: &str| {
        Choice::new(Text::new(format!("`{setting}`"), format!("`{setting}`")), Text::new(en, zh))
    };
    let cures = vec![
        cure(
            "yarn.scheduler.capacity.maximum-am-resource-percent",
            "It is what holds the waiting ApplicationMasters back while memory is free.",
            "記憶體還有空，正是它擋住了等待中的ApplicationMaster。",
        ),
        cure(
            "yarn.scheduler.maximum-allocation-mb",
            "It bounds one container; none of these is near it.",
            "它限制單一容器的大小；這裡沒有任何容器接近它。",
        ),
        cure(
            "yarn.nodemanager.vmem-check-enabled",
            "That is about killing running containers for virtual memory, not about admitting applications.",
            "那是執行中的容器因虛擬記憶體被終止的檢查，與是否放行應用程式無關。",
        ),
        cure(
            "yarn.scheduler.minimum-allocation-vcores",
            "Only memory counts with this calculator.",
            "這個calculator只看記憶體。",
        ),
    ];
    let config = configuration(&[
        ("yarn.nodemanager.resource.memory-mb", capacity.memory.to_string()),
        ("yarn.scheduler.minimum-allocation-mb", limits.minimum.memory.to_string()),
        ("yarn.scheduler.maximum-allocation-mb", limits.maximum.memory.to_string()),
        ("yarn.scheduler.capacity.maximum-am-resource-percent", share.to_string()),
        ("yarn.scheduler.capacity.resource-calculator", limits.calculator.class().to_owned()),
    ]);
    let nodes_count = nodes.len();

    Some(Exercise {
        prompt: Text::new(
            format!(
                "**{nodes_count}** healthy, idle nodes serve one queue, `default`, which owns the whole cluster. The applications below are submitted in this order and keep running. {} Only memory counts. The ApplicationMasters of a queue may together hold `maximum-am-resource-percent` of its memory, rounded up to a multiple of the minimum allocation; the first application is always admitted. An application whose ApplicationMaster would exceed that limit stays ACCEPTED, and the next one is tried. No other limit applies.",
                RULE.0
            ),
            format!(
                "**{nodes_count}** 個健康、閒置的節點供同一個佇列`default`使用，它擁有整個叢集。下表的應用程式依序送出並持續執行。{}只看記憶體。一個佇列的ApplicationMaster合計最多占佇列記憶體的`maximum-am-resource-percent`，再往上進位到最小配置量的倍數；第一個應用程式一定放行。ApplicationMaster會超過上限的應用程式停在ACCEPTED，接著試下一個。沒有其他限制。",
                RULE.1
            ),
        ),
        evidence: vec![shown(EvidenceType::Config, config), shown(EvidenceType::Table, app_table(&apps))],
        asks: vec![
            Ask::new(
                "limit",
                Text::new(
                    "Memory that ApplicationMasters may hold together, in MiB",
                    "ApplicationMaster合計可占的記憶體（MiB）",
                ),
                mebibytes(
                    limit,
                    vec![
                        (
                            plain,
                            Text::new(
                                format!(
                                    "{plain} is the bare share; the limit is rounded up to a multiple of {}.",
                                    limits.minimum.memory
                                ),
                                format!(
                                    "{plain}只是單純的比例；上限要再進位到{}的倍數。",
                                    limits.minimum.memory
                                ),
                            ),
                        ),
                        (
                            master_limit(capacity.memory, share, &limits),
                            Text::new(
                                "That is the share of one node; the queue owns all nodes.",
                                "那是一個節點的比例；佇列擁有所有節點。",
                            ),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "accepted",
                Text::new("Applications that stay ACCEPTED", "停在ACCEPTED的應用程式"),
                Answer::Several { options, right },
            ),
            Ask::new(
                "free",
                Text::new(
                    "Memory of the cluster that nobody holds then, in MiB",
                    "此時叢集中沒有人占用的記憶體（MiB）",
                ),
                mebibytes(
                    total - used,
                    vec![
                        (
                            total - held,
                            Text::new(
                                "The executors of running applications hold memory too.",
                                "執行中應用程式的executor也占記憶體。",
                            ),
                        ),
                        (used, Text::new("That is what is held.", "那是被占用的量。")),
                    ],
                ),
            ),
            Ask::new(
                "cure",
                Text::new("The setting to change so that they start", "要讓它們啟動，該改哪個設定"),
                Answer::choice(draw, cures),
            ),
        ],
        steps: vec![
            Text::new(
                format!(
                    "The queue has {nodes_count} × {} = {total} MiB; × {share} = {plain}, rounded up to a multiple of {}: {limit} MiB.",
                    capacity.memory, limits.minimum.memory
                ),
                format!(
                    "佇列共有{nodes_count} × {} = {total} MiB；× {share} = {plain}，進位到{}的倍數：{limit} MiB。",
                    capacity.memory, limits.minimum.memory
                ),
            ),
            Text::new(
                format!("Sizes granted (ApplicationMaster + executor): {}.", granted_sizes(&apps, &limits)),
                format!("核給的大小（ApplicationMaster + executor）：{}。", granted_sizes(&apps, &limits)),
            ),
            Text::new(
                format!(
                    "Adding up the ApplicationMasters in order, those admitted hold {held} of {limit} MiB: {}.",
                    served(&apps, &outcomes, false)
                ),
                format!(
                    "依序累加ApplicationMaster，放行的合計{held} / {limit} MiB：{}。",
                    served(&apps, &outcomes, true)
                ),
            ),
            Text::new(
                format!(
                    "{total} − {used} = {} MiB stay free: the cluster looks idle while applications wait.",
                    total - used
                ),
                format!("{total} − {used} = {} MiB閒著：叢集看起來很空，應用程式卻在等。", total - used),
            ),
        ],
        given: json!({ "kind": "masters", "nodes": nodes_count }),
    })
}
