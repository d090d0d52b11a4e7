//! CPU credits of burstable instances.

use super::*;
use crate::drill::figure::counted;

/// vCPUs and baseline per vCPU in percent: as in the T families, but named by the prompt.
const SIZES: [(u64, u64); 7] = [(1, 10), (2, 5), (2, 10), (2, 20), (2, 30), (4, 40), (1, 20)];

pub(super) fn credits(draw: &mut Draw) -> Exercise {
    let (vcpus, base) = *draw.pick(&SIZES);
    let used = draw.int(1, base / 2) as f64;
    let hours = draw.int(2u64, 10);
    let earns = (vcpus * base * 60) as f64 / 100.0;
    let spends = vcpus as f64 * used * 60.0 / 100.0;
    let gained = (earns - spends) * hours as f64;
    let minutes = gained / (vcpus as f64 * (100 - base) as f64 / 100.0);
    Exercise {
        prompt: text(
            format!(
                "A burstable instance in **standard** mode has {vcpus} vCPU{} and a baseline of {base}% per vCPU. One CPU credit is one vCPU at 100% for one minute. It starts with no credits and runs {hours} hours at a CPU utilisation of {used}% (the average of all its vCPUs). Then all vCPUs go to 100%.",
                if vcpus == 1 { "" } else { "s" }
            ),
            format!(
                "某個 **standard** 模式的可爆量執行個體有{vcpus}個vCPU，每個vCPU的基準是{base}%。一點CPU點數等於一個vCPU以100%執行一分鐘。它一開始沒有點數，先以{used}%的CPU使用率（所有vCPU的平均）跑{hours}小時，之後所有vCPU都跑到100%。"
            ),
        ),
        evidence: Vec::new(),
        asks: vec![
            Ask::new(
                "earns",
                text("Credits it earns an hour", "每小時賺到的點數"),
                number(
                    earns,
                    0.01,
                    Unit::None,
                    vec![
                        (
                            base as f64 * 0.6,
                            text(
                                format!("That is for one vCPU; it has {vcpus}."),
                                format!("那是一個vCPU的量，它有{vcpus}個。"),
                            ),
                        ),
                        (earns / 60.0, text("That is a minute's.", "那是每分鐘的量。")),
                    ],
                ),
            ),
            Ask::new(
                "gained",
                text(
                    format!("Credits it has after the {hours} hours (one decimal)"),
                    format!("{hours}小時後有幾點（小數一位）"),
                ),
                number(
                    gained,
                    0.1,
                    Unit::None,
                    vec![(
                        earns * hours as f64,
                        text(
                            format!(
                                "It also spends: {used}% of {} is {} credits an hour.",
                                counted(vcpus, "vCPU"),
                                plain(spends, 2)
                            ),
                            format!("它同時也在用：{vcpus}個vCPU的{used}%是每小時{}點。", plain(spends, 2)),
                        ),
                    )],
                ),
            ),
            Ask::new(
                "minutes",
                text("Minutes it then keeps up 100% (one decimal)", "之後100%能維持幾分鐘（小數一位）"),
                number(
                    minutes,
                    0.1,
                    Unit::Minutes,
                    vec![
                        (
                            gained / vcpus as f64,
                            text(
                                "It goes on earning while it bursts: only what is above the baseline comes out of the balance.",
                                "爆量時仍然在賺點數，只有超過基準的部分才會從餘額扣。",
                            ),
                        ),
                        (
                            gained,
                            text(
                                "All vCPUs spend at once, and it goes on earning.",
                                "所有vCPU同時在用，而且它仍在賺點數。",
                            ),
                        ),
                    ],
                ),
            ),
        ],
        steps: vec![
            text(
                format!(
                    "Earned: {vcpus} × {base}% × 60 = {} an hour. Spent at {used}%: {vcpus} × {used}% × 60 = {} an hour.",
                    plain(earns, 2),
                    plain(spends, 2)
                ),
                format!(
                    "賺：{vcpus} × {base}% × 60 = 每小時{}點。{used}%時用掉：{vcpus} × {used}% × 60 = 每小時{}點。",
                    plain(earns, 2),
                    plain(spends, 2)
                ),
            ),
            text(
                format!(
                    "({} − {}) × {hours} = {} credits.",
                    plain(earns, 2),
                    plain(spends, 2),
                    plain(gained, 2)
                ),
                format!("（{} − {}）× {hours} = {}點。", plain(earns, 2), plain(spends, 2), plain(gained, 2)),
            ),
            text(
                format!(
                    "At 100% the balance falls by {vcpus} × (100% − {base}%) = {} a minute: {} minutes.",
                    plain(vcpus as f64 * (100 - base) as f64 / 100.0, 2),
                    plain(minutes, 2)
                ),
                format!(
                    "100%時餘額每分鐘少{vcpus} ×（100% − {base}%）= {}點：{}分鐘。",
                    plain(vcpus as f64 * (100 - base) as f64 / 100.0, 2),
                    plain(minutes, 2)
                ),
            ),
        ],
        given: json!({ "scenario": "credits", "vcpus": vcpus, "base": base, "used": used, "hours": hours }),
    }
}

pub(super) fn credits_under_load(draw: &mut Draw) -> Exercise {
    let (vcpus, base) = *draw.pick(&SIZES);
    let most = vcpus * base * 60 * 24 / 100;
    let balance = most * draw.int(2u64, 10) / 10;
    let used = draw.int(base / 5 + 2, 20) * 5;
    let net = vcpus as f64 * (used - base) as f64 / 100.0;
    let lasts = balance as f64 / net;
    let pause = draw.int(2u64, 6);
    let gains = (vcpus * base * 60) as f64 / 100.0 * pause as f64;
    Exercise {
        prompt: text(
            format!(
                "A burstable instance in **standard** mode has {vcpus} vCPU{}, a baseline of {base}% per vCPU and a balance of {balance} CPU credits (the most it can hold is {most}). One credit is one vCPU at 100% for one minute. A job needs a CPU utilisation of {used}% (the average of all vCPUs), for as long as it can get it. When the credits are gone, the job is stopped and the instance stays idle (0%) for {pause} hours.",
                if vcpus == 1 { "" } else { "s" }
            ),
            format!(
                "某個 **standard** 模式的可爆量執行個體有{vcpus}個vCPU，每個vCPU基準{base}%，目前有{balance}點CPU點數（上限{most}）。一點等於一個vCPU以100%執行一分鐘。某項工作需要{used}%的CPU使用率（所有vCPU的平均），能跑多久就跑多久。點數用完時停掉工作，讓執行個體閒置（0%）{pause}小時。"
            ),
        ),
        evidence: Vec::new(),
        asks: vec![
            Ask::new(
                "lasts",
                text(
                    "Minutes until the credits are gone (nearest minute)",
                    "幾分鐘後點數用完（四捨五入到分鐘）",
                ),
                number(
                    lasts.round(),
                    1.0,
                    Unit::Minutes,
                    vec![
                        (
                            balance as f64 / (vcpus as f64 * used as f64 / 100.0),
                            text(
                                format!(
                                    "It earns {} credits a minute while it spends.",
                                    plain(vcpus as f64 * base as f64 / 100.0, 2)
                                ),
                                format!(
                                    "它在用的同時每分鐘也賺{}點。",
                                    plain(vcpus as f64 * base as f64 / 100.0, 2)
                                ),
                            ),
                        ),
                        (
                            balance as f64 / ((used - base) as f64 / 100.0),
                            text(
                                format!("That is for one vCPU; it has {vcpus}."),
                                format!("那是一個vCPU的算法，它有{vcpus}個。"),
                            ),
                        ),
                        (
                            balance as f64 / (vcpus as f64 * (100 - base) as f64 / 100.0),
                            text(
                                format!("The job runs at {used}%, not at 100%."),
                                format!("工作跑在{used}%，不是100%。"),
                            ),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "then",
                text(
                    "The utilisation it could keep up without credits, in percent",
                    "沒有點數時能維持的使用率，百分比",
                ),
                number(
                    base as f64,
                    0.0,
                    Unit::Percent,
                    vec![
                        (
                            0.0,
                            text(
                                "It is not stopped: the baseline is always there.",
                                "它不會停下來：基準一直都在。",
                            ),
                        ),
                        (
                            used as f64,
                            text(
                                "That would be unlimited mode, with surplus credits.",
                                "那是unlimited模式，會用額外的點數。",
                            ),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "gains",
                text(
                    format!("Credits it has after the {pause} idle hours"),
                    format!("閒置{pause}小時後有幾點"),
                ),
                number(
                    gains,
                    0.5,
                    Unit::None,
                    vec![
                        (
                            gains / vcpus as f64,
                            text(
                                format!("That is for one vCPU; it has {vcpus}."),
                                format!("那是一個vCPU的量，它有{vcpus}個。"),
                            ),
                        ),
                        (
                            gains + balance as f64,
                            text("The old balance was used up.", "原本的餘額已經用完了。"),
                        ),
                    ],
                ),
            ),
        ],
        steps: vec![
            text(
                format!(
                    "Spent: {vcpus} × {used}% = {} a minute; earned: {vcpus} × {base}% = {} a minute. The balance falls by {} a minute.",
                    plain(vcpus as f64 * used as f64 / 100.0, 2),
                    plain(vcpus as f64 * base as f64 / 100.0, 2),
                    plain(net, 2)
                ),
                format!(
                    "用：{vcpus} × {used}% = 每分鐘{}點；賺：{vcpus} × {base}% = 每分鐘{}點。餘額每分鐘少{}點。",
                    plain(vcpus as f64 * used as f64 / 100.0, 2),
                    plain(vcpus as f64 * base as f64 / 100.0, 2),
                    plain(net, 2)
                ),
            ),
            text(
                format!(
                    "{balance} / {} = {} minutes; then the baseline of {base}% is left.",
                    plain(net, 2),
                    plain(lasts, 1)
                ),
                format!("{balance} / {} = {}分鐘；之後只剩基準{base}%。", plain(net, 2), plain(lasts, 1)),
            ),
            text(
                format!("Idle: {vcpus} × {base}% × 60 × {pause} = {} credits.", plain(gains, 1)),
                format!("閒置：{vcpus} × {base}% × 60 × {pause} = {}點。", plain(gains, 1)),
            ),
        ],
        given: json!({ "scenario": "credit-load", "vcpus": vcpus, "base": base, "balance": balance, "used": used, "pause": pause, "most": most }),
    }
}

pub(super) fn credits_by_phase(draw: &mut Draw) -> Exercise {
    loop {
        let (vcpus, base) = *draw.pick(&SIZES);
        let most = vcpus * base * 60 * 24 / 100;
        let start = most * draw.int(1u64, 9) / 10;
        let unlimited = draw.percent(50);
        // Hours and utilisation wanted: quiet, busy, quiet, busy.
        let phases: Vec<(u64, u64)> = (0..4u64)
            .map(|index| {
                let quiet = index % 2 == 0;
                let used = if quiet { draw.int(0, base - 1) } else { draw.int(base / 5 + 2, 20) * 5 };
                (if quiet { draw.int(2u64, 8) } else { draw.int(1u64, 6) }, used)
            })
            .collect();
        let rate = |used: u64| vcpus as f64 * (base as f64 - used as f64) * 60.0 / 100.0;
        let mut balance = start as f64;
        let mut short = 0.0;
        let mut surplus = 0.0;
        let mut dry = None;
        let mut full = false;
        let mut after = Vec::new();
        for (index, (hours, used)) in phases.iter().enumerate() {
            let change = rate(*used) * *hours as f64;
            // Surplus credits are paid back before the balance grows.
            let paid = change.clamp(0.0, surplus);
            surplus -= paid;
            let next = balance + change - paid;
            if next < 0.0 {
                let lasts = balance / -rate(*used);
                dry = dry.or(Some((index, lasts)));
                short += *hours as f64 - lasts;
                surplus += if unlimited { -next } else { 0.0 };
            }
            full |= next > most as f64;
            balance = next.clamp(0.0, most as f64);
            after.push((balance, surplus));
        }
        let Some((phase, lasts)) = dry else { continue };
        // Not just at an edge.
        let Some((hours, used)) = phases.get(phase).copied() else { continue };
        if lasts < 0.05 || hours as f64 - lasts < 0.1 || balance > most as f64 - 0.5 {
            continue;
        }
        let before: u64 = phases.iter().take(phase).map(|(hours, _)| hours).sum();
        let mut table = String::from("phase  hours  CPU utilisation wanted\n");
        for (index, (hours, used)) in phases.iter().enumerate() {
            let _ = writeln!(table, "{:<7}{hours:>5}{:>24}", index + 1, format!("{used}%"));
        }
        let (mode, mode_zh) = if unlimited {
            (
                "**unlimited** mode: without credits it goes on and spends surplus credits, which it pays back first with what it earns later",
                "**unlimited** 模式：沒有點數時照樣跑，改用額外點數（surplus credits），之後賺到的先還清額外點數",
            )
        } else {
            (
                "**standard** mode: without credits it is held at its baseline",
                "**standard** 模式：沒有點數時被限制在基準",
            )
        };
        let minutes = (before as f64 + lasts) * 60.0;
        let last = if unlimited {
            Ask::new(
                "surplus",
                text("Surplus credits it owes at the end (one decimal)", "最後還欠幾點額外點數（小數一位）"),
                number(surplus, 0.1, Unit::None, vec![]),
            )
        } else {
            Ask::new(
                "short",
                text(
                    "Minutes in which it is held at its baseline although more is wanted (nearest minute)",
                    "需求更高卻被限制在基準的總分鐘數（四捨五入到分鐘）",
                ),
                number((short * 60.0).round(), 1.0, Unit::Minutes, vec![]),
            )
        };
        let mut lines = Vec::new();
        let mut lines_zh = Vec::new();
        for (index, ((hours, used), (balance, owes))) in phases.iter().zip(&after).enumerate() {
            lines.push(format!(
                "phase {}: {} credits an hour for {hours} h, then {}{}",
                index + 1,
                plain(rate(*used), 2),
                plain(*balance, 1),
                if *owes > 0.0 { format!(" and {} owed", plain(*owes, 1)) } else { String::new() }
            ));
            lines_zh.push(format!(
                "階段{}：每小時{}點，共{hours}小時，之後剩{}{}",
                index + 1,
                plain(rate(*used), 2),
                plain(*balance, 1),
                if *owes > 0.0 { format!("，欠{}", plain(*owes, 1)) } else { String::new() }
            ));
        }
        let cap = if full {
            (
                " The bucket overflows in a quiet phase: what is above the most is lost.",
                "閒的階段點數會滿，超過上限的就沒了。",
            )
        } else {
            ("", "")
        };
        return Exercise {
            prompt: text(
                format!(
                    "A burstable instance has {vcpus} vCPU{}, a baseline of {base}% per vCPU and {start} CPU credits; it holds at most {most}. One credit is one vCPU at 100% for one minute. It is in {mode}. Utilisation is the average of all vCPUs.",
                    if vcpus == 1 { "" } else { "s" }
                ),
                format!(
                    "某個可爆量的執行個體有{vcpus}個vCPU，每個vCPU基準{base}%，目前{start}點CPU點數，上限{most}。一點等於一個vCPU以100%執行一分鐘。它是{mode_zh}。使用率是所有vCPU的平均。"
                ),
            ),
            evidence: vec![shown(EvidenceType::Table, table)],
            asks: vec![
                Ask::new(
                    "dry",
                    text(
                        "Minutes from the start until its credits are gone for the first time (nearest minute)",
                        "從一開始起幾分鐘後點數第一次用完（四捨五入到分鐘）",
                    ),
                    number(
                        minutes.round(),
                        1.0,
                        Unit::Minutes,
                        vec![
                            (
                                lasts * 60.0,
                                text(
                                    format!("That is from the start of phase {}.", phase + 1),
                                    format!("那是從階段{}開始算。", phase + 1),
                                ),
                            ),
                            (
                                (before as f64 * 60.0)
                                    + balance_at(&after, phase, start) / (vcpus as f64 * used as f64 / 100.0),
                                text(
                                    "It earns while it spends: only what is above the baseline comes out of the balance.",
                                    "用的同時也在賺：只有超過基準的部分會從餘額扣。",
                                ),
                            ),
                            (
                                (before as f64 * 60.0)
                                    + balance_at(&after, phase, start) / ((used - base) as f64 / 100.0),
                                text(
                                    format!("That is for one vCPU; it has {vcpus}."),
                                    format!("那是一個vCPU的算法，它有{vcpus}個。"),
                                ),
                            ),
                        ],
                    ),
                ),
                Ask::new(
                    "end",
                    text(
                        "Credits it has at the end of phase 4 (one decimal)",
                        "階段4結束時有幾點（小數一位）",
                    ),
                    number(balance, 0.1, Unit::None, vec![]),
                ),
                last,
            ],
            steps: vec![
                text(
                    format!(
                        "An hour changes the balance by {vcpus} × ({base}% − utilisation) × 60.{}",
                        cap.0
                    ),
                    format!("每小時餘額的變化是{vcpus} ×（{base}% − 使用率）× 60。{}", cap.1),
                ),
                text(format!("{}.", lines.join("; ")), format!("{}。", lines_zh.join("；"))),
                text(
                    format!(
                        "In phase {} the credits last {} h: {} minutes from the start.",
                        phase + 1,
                        plain(lasts, 2),
                        plain(minutes, 1)
                    ),
                    format!(
                        "階段{}的點數撐{}小時：從一開始起{}分鐘。",
                        phase + 1,
                        plain(lasts, 2),
                        plain(minutes, 1)
                    ),
                ),
            ],
            given: json!({ "scenario": "phases", "vcpus": vcpus, "base": base, "start": start, "most": most, "unlimited": unlimited }),
        };
    }
}

/// What is there when a phase begins.
fn balance_at(after: &[(f64, f64)], phase: usize, start: u64) -> f64 {
    phase.checked_sub(1).and_then(|before| after.get(before)).map_or(start as f64, |(balance, _)| *balance)
}
