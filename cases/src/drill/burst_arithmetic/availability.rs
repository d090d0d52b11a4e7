//! Parts in a row, side by side, and enough of many.

use super::*;

const PARTS: [(&str, &str); 9] = [
    ("load balancer", "負載平衡器"),
    ("web tier", "網頁層"),
    ("application tier", "應用程式層"),
    ("database", "資料庫"),
    ("message queue", "訊息佇列"),
    ("identity provider", "身分提供者"),
    ("payment partner", "金流合作夥伴"),
    ("DNS", "DNS"),
    ("object storage", "物件儲存"),
];

pub(super) fn row(draw: &mut Draw) -> Exercise {
    let count = draw.int(2usize, 4);
    let parts = draw.some(&PARTS, count);
    let stated: Vec<u64> = parts.iter().map(|_| *draw.pick(&STATED)).collect();
    let days: u64 = *draw.pick(&[28, 30, 31]);
    let together: f64 = stated.iter().map(|part| share(*part)).product();
    let down = (1.0 - together) * (days * 1440) as f64;
    let lowest = stated.iter().copied().min().unwrap_or(10_000);
    let mean = stated.iter().map(|part| share(*part)).sum::<f64>() / count as f64;
    let mut table = String::from("component           availability\n");
    for ((en, _), stated) in parts.iter().zip(&stated) {
        let _ = writeln!(table, "{en:<20}{:>12}", percent(*stated));
    }
    let product = stated.iter().map(|part| plain(share(*part), 4)).collect::<Vec<_>>().join(" × ");
    let sum = stated
        .iter()
        .map(|part| plain((10_000 - part) as f64 / 100.0, 2) + "%")
        .collect::<Vec<_>>()
        .join(" + ");
    Exercise {
        prompt: text(
            format!(
                "Each request needs **all** of the components below; they fail independently. Take a month of {days} days."
            ),
            format!("每個請求都需要下面**所有**的元件，各元件獨立故障。一個月以{days}天計。"),
        ),
        evidence: vec![shown(EvidenceType::Table, table)],
        asks: vec![
            Ask::new(
                "together",
                text(
                    "Availability of the whole, in percent (two decimals)",
                    "整體可用性，百分比（小數兩位）",
                ),
                number(
                    together * 100.0,
                    0.01,
                    Unit::Percent,
                    vec![
                        (
                            share(lowest) * 100.0,
                            text(
                                format!(
                                    "{} is the weakest part alone; the others fail at other times and add to it.",
                                    percent(lowest)
                                ),
                                format!(
                                    "{}只是最弱的那個元件；其他元件會在別的時間故障，要一起算進去。",
                                    percent(lowest)
                                ),
                            ),
                        ),
                        (
                            mean * 100.0,
                            text(
                                "That is the average. A request needs all of them, so the shares are multiplied.",
                                "那是平均值。請求需要每個元件，所以要相乘。",
                            ),
                        ),
                        (
                            (1.0 - stated.iter().map(|part| 1.0 - share(*part)).product::<f64>()) * 100.0,
                            text(
                                "That is for parts of which one is enough; here all are needed.",
                                "那是「只要其中一個就夠」的算法；這裡每個都要。",
                            ),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "down",
                text(
                    "Expected downtime in the month, in minutes (nearest minute)",
                    "這個月預期的停機時間，分鐘（四捨五入到分鐘）",
                ),
                number(
                    down.round(),
                    (down * 0.01).max(1.0).round(),
                    Unit::Minutes,
                    vec![
                        (
                            (1.0 - share(lowest)) * (days * 1440) as f64,
                            text(
                                "That is the downtime of the weakest component alone.",
                                "那只是最弱元件自己的停機時間。",
                            ),
                        ),
                        (
                            (1.0 - together) * 525_600.0,
                            text("That is for a year of 365 days.", "那是一年365天的停機時間。"),
                        ),
                    ],
                ),
            ),
        ],
        steps: vec![
            text(
                format!("In a row, availabilities multiply: {product} = {}.", plain(together, 6)),
                format!("串聯時可用性相乘：{product} = {}。", plain(together, 6)),
            ),
            text(
                format!(
                    "Check: the unavailabilities nearly add up, {sum} ≈ {}%.",
                    plain((1.0 - together) * 100.0, 3)
                ),
                format!("驗算：不可用率幾乎就是相加，{sum} ≈ {}%。", plain((1.0 - together) * 100.0, 3)),
            ),
            text(
                format!(
                    "{days} days are {} minutes; {}% of them are {} minutes.",
                    grouped(days * 1440),
                    plain((1.0 - together) * 100.0, 3),
                    plain(down, 1)
                ),
                format!(
                    "{days}天是{}分鐘，其中{}%是{}分鐘。",
                    grouped(days * 1440),
                    plain((1.0 - together) * 100.0, 3),
                    plain(down, 1)
                ),
            ),
        ],
        given: json!({ "scenario": "row", "days": days }),
    }
}

pub(super) fn side_by_side(draw: &mut Draw) -> Exercise {
    let (stated, count): (u64, u32) = *draw.pick(&[
        (9000, 2),
        (9000, 3),
        (9500, 2),
        (9800, 2),
        (9900, 2),
        (9700, 2),
        (9600, 2),
        (8000, 3),
        (8500, 2),
    ]);
    let front: u64 = *draw.pick(&[9990, 9995, 9999, 9950, 9975]);
    let (part, part_zh) = *draw.pick(&[
        ("application server", "應用程式伺服器"),
        ("DNS server", "DNS伺服器"),
        ("VPN tunnel", "VPN通道"),
        ("read replica", "讀取複本"),
        ("NAT instance", "NAT執行個體"),
    ]);
    let (entry, entry_zh) = *draw.pick(&[
        ("a load balancer", "負載平衡器"),
        ("a router", "路由器"),
        ("an identity provider", "身分提供者"),
    ]);
    let group = 1.0 - (1.0 - share(stated)).powi(count as i32);
    let whole = group * share(front);
    let year = 525_600.0;
    let down = (1.0 - whole) * year;
    let miss = plain((10_000 - stated) as f64 / 10_000.0, 4);
    Exercise {
        prompt: text(
            format!(
                "{count} independent {part}s with an availability of {} each stand side by side: one of them is enough. In front of them is {entry} with {}, which every request needs. A year has 365 days.",
                percent(stated),
                percent(front)
            ),
            format!(
                "{count}台獨立的{part_zh}並聯，每台可用性{}，只要一台正常就夠。前面有一台可用性{}的{entry_zh}，每個請求都要經過它。一年以365天計。",
                percent(stated),
                percent(front)
            ),
        ),
        evidence: Vec::new(),
        asks: vec![
            Ask::new(
                "group",
                text(
                    "Availability of the group alone, in percent (two decimals)",
                    "只看並聯的那一組，可用性百分比（小數兩位）",
                ),
                number(
                    group * 100.0,
                    0.005,
                    Unit::Percent,
                    vec![
                        (
                            share(stated).powi(count as i32) * 100.0,
                            text(
                                "Multiplying availabilities is for parts that are all needed; here one is enough.",
                                "可用性直接相乘是「全部都需要」的算法；這裡只要一台。",
                            ),
                        ),
                        (
                            share(stated) * 100.0,
                            text(
                                "A second one makes it better: the group fails only when all fail at once.",
                                "多一台會更好：全部同時故障，這一組才算故障。",
                            ),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "whole",
                text("Availability of the whole, in percent (two decimals)", "整體可用性百分比（小數兩位）"),
                number(
                    whole * 100.0,
                    0.01,
                    Unit::Percent,
                    vec![
                        (
                            group * 100.0,
                            text("That leaves out what stands in front.", "那沒有把前面那台算進去。"),
                        ),
                        (
                            (1.0 - (1.0 - group) * (1.0 - share(front))) * 100.0,
                            text(
                                "What stands in front is needed by every request: it is in a row with the group.",
                                "前面那台是每個請求都要經過的，跟這一組是串聯。",
                            ),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "down",
                text("Expected downtime in a year, in minutes", "一年預期的停機時間，分鐘"),
                number(
                    down.round(),
                    (down * 0.02).max(2.0).round(),
                    Unit::Minutes,
                    vec![
                        (
                            (1.0 - group) * year,
                            text("That leaves out what stands in front.", "那沒有把前面那台算進去。"),
                        ),
                        (
                            (1.0 - whole) * 43_200.0,
                            text("That is for a month of 30 days.", "那是一個月30天的停機時間。"),
                        ),
                    ],
                ),
            ),
        ],
        steps: vec![
            text(
                format!(
                    "{} at once with probability {miss}^{count} = {}; the group is there {}% of the time.",
                    if count == 2 { "Both fail".to_owned() } else { format!("All {count} fail") },
                    plain((1.0 - share(stated)).powi(count as i32), 6),
                    plain(group * 100.0, 4)
                ),
                format!(
                    "{count}台同時故障的機率是{miss}^{count} = {}，所以這一組的可用性是{}%。",
                    plain((1.0 - share(stated)).powi(count as i32), 6),
                    plain(group * 100.0, 4)
                ),
            ),
            text(
                format!(
                    "In a row with the front: {} × {} = {}.",
                    plain(group, 6),
                    plain(share(front), 4),
                    plain(whole, 6)
                ),
                format!(
                    "再與前面那台串聯：{} × {} = {}。",
                    plain(group, 6),
                    plain(share(front), 4),
                    plain(whole, 6)
                ),
            ),
            text(
                format!("(1 − {}) × 525,600 minutes = {} minutes.", plain(whole, 6), plain(down, 1)),
                format!("(1 − {}) × 525,600分鐘 = {}分鐘。", plain(whole, 6), plain(down, 1)),
            ),
        ],
        given: json!({ "scenario": "side", "each": stated, "count": count, "front": front }),
    }
}

pub(super) fn architecture(draw: &mut Draw) -> Exercise {
    loop {
        let parts = draw.some(&PARTS, 4);
        let rows: Vec<(u64, u32)> = parts
            .iter()
            .map(|_| {
                let redundant = draw.percent(45);
                let stated = *draw.pick(if redundant { &[9000, 9500, 9800, 9900][..] } else { &STATED[..] });
                (stated, if redundant { draw.int(2u32, 3) } else { 1 })
            })
            .collect();
        let group = |(stated, count): (u64, u32)| 1.0 - (1.0 - share(stated)).powi(count as i32);
        let whole: f64 = rows.iter().map(|row| group(*row)).product();
        // What one more of the same does to the whole.
        let gains: Vec<f64> = rows
            .iter()
            .map(|(stated, count)| whole / group((*stated, *count)) * group((*stated, count + 1)) - whole)
            .collect();
        let mut sorted = gains.clone();
        sorted.sort_by(|a, b| b.total_cmp(a));
        let clear = matches!(sorted.as_slice(), [first, second, ..] if first > &(second * 1.2));
        let redundant = rows.iter().filter(|(_, count)| *count > 1).count();
        let best = gains.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map_or(0, |(index, _)| index);
        if !clear || redundant == 0 || redundant == rows.len() {
            continue;
        }
        let mut table = String::from("component           count  needed  availability of each\n");
        for ((en, _), (stated, count)) in parts.iter().zip(&rows) {
            let _ = writeln!(table, "{en:<20}{count:>5}{:>8}{:>22}", 1, percent(*stated));
        }
        let hours = (1.0 - whole) * 8760.0;
        let straight: f64 = rows.iter().map(|(stated, count)| share(*stated).powi(*count as i32)).product();
        let single: f64 = rows.iter().map(|(stated, _)| share(*stated)).product();
        let new = whole + gains.get(best).copied().unwrap_or(0.0);
        let options = parts
            .iter()
            .zip(&rows)
            .zip(&gains)
            .map(|(((en, zh), row), gain)| {
                Choice::new(
                    text(*en, *zh),
                    text(
                        format!("One more lifts this part from {}% to {}%, and the whole by {} percentage points.", below(group(*row)), below(group((row.0, row.1 + 1))), plain(gain * 100.0, 4)),
                        format!("多一個會讓這一層從{}%升到{}%，整體增加{}個百分點。", below(group(*row)), below(group((row.0, row.1 + 1))), plain(gain * 100.0, 4)),
                    ),
                )
            })
            .collect();
        let product = rows.iter().map(|row| plain(group(*row), 6)).collect::<Vec<_>>().join(" × ");
        return Exercise {
            prompt: text(
                "A request needs every component of the table; of those with a count above 1, one that works is enough. All fail independently. A year has 8,760 hours.",
                "請求需要表中的每個元件；數量大於1的，只要有一個正常就夠。所有元件獨立故障。一年以8,760小時計。",
            ),
            evidence: vec![shown(EvidenceType::Table, table)],
            asks: vec![
                Ask::new(
                    "whole",
                    text(
                        "Availability of the whole, in percent (two decimals)",
                        "整體可用性百分比（小數兩位）",
                    ),
                    number(
                        whole * 100.0,
                        0.01,
                        Unit::Percent,
                        vec![
                            (
                                straight * 100.0,
                                text(
                                    "Counting every one as needed makes redundancy a weakness; one of them is enough.",
                                    "把每一個都當成必要，備援反而成了弱點；其實只要一個正常。",
                                ),
                            ),
                            (
                                single * 100.0,
                                text(
                                    "That leaves out the second and third of a kind.",
                                    "那沒有把第二、第三個備援算進去。",
                                ),
                            ),
                        ],
                    ),
                ),
                Ask::new(
                    "hours",
                    text(
                        "Expected downtime in a year, in hours (one decimal)",
                        "一年預期停機幾小時（小數一位）",
                    ),
                    number(
                        round(hours, 2),
                        (hours * 0.01).max(0.1),
                        Unit::Hours,
                        vec![
                            (hours / 12.0, text("That is a month's.", "那是一個月的量。")),
                            (
                                (1.0 - single) * 8760.0,
                                text(
                                    "That leaves out the second and third of a kind.",
                                    "那沒有把備援算進去。",
                                ),
                            ),
                        ],
                    ),
                ),
                Ask::new(
                    "best",
                    text(
                        "One more of the same kind may be added to one component. Where does it help most?",
                        "可以替其中一個元件再加一個同樣的。加在哪裡最有幫助？",
                    ),
                    Answer::Choice { options, right: best },
                ),
            ],
            steps: vec![
                text(
                    "Side by side: 1 − (1 − a)^n for each row; in a row: multiply.",
                    "並聯：每列是1 − (1 − a)^n；再全部串聯相乘。",
                ),
                text(
                    format!("{product} = {}, that is {} hours a year.", plain(whole, 6), plain(hours, 2)),
                    format!("{product} = {}，一年{}小時。", plain(whole, 6), plain(hours, 2)),
                ),
                text(
                    format!(
                        "The part with the largest unavailability decides: another {} brings the whole to {}%.",
                        parts.get(best).map_or("", |part| part.0),
                        plain(new * 100.0, 3)
                    ),
                    format!(
                        "不可用率最大的那一層最關鍵：再加一個{}，整體變成{}%。",
                        parts.get(best).map_or("", |part| part.1),
                        plain(new * 100.0, 3)
                    ),
                ),
            ],
            given: json!({ "scenario": "architecture" }),
        };
    }
}

fn choose(n: u64, k: u64) -> u64 {
    (0..k).fold(1, |product, index| product * (n - index) / (index + 1))
}

pub(super) fn enough_of(draw: &mut Draw) -> Exercise {
    let (count, needed): (u64, u64) =
        *draw.pick(&[(3, 2), (4, 3), (4, 2), (5, 3), (6, 4), (5, 4), (6, 5), (3, 1)]);
    let stated: u64 = *draw.pick(&[9000, 9500, 9700, 9800, 9900]);
    let front: u64 = *draw.pick(&[9990, 9995, 9999, 9950]);
    let a = share(stated);
    let least = |needed: u64, count: u64| -> f64 {
        (needed..=count)
            .map(|up| choose(count, up) as f64 * a.powi(up as i32) * (1.0 - a).powi((count - up) as i32))
            .sum()
    };
    let group = least(needed, count);
    let whole = group * share(front);
    let more = least(needed, count + 1) * share(front);
    let (part, part_zh) = *draw.pick(&[
        ("application servers", "應用程式伺服器"),
        ("queue workers", "佇列工作行程"),
        ("search nodes", "搜尋節點"),
        ("edge proxies", "邊緣代理伺服器"),
    ]);
    let minutes = (1.0 - whole) * 43_200.0;
    let terms = (needed..=count)
        .map(|up| format!("{}·{}^{up}·{}^{}", choose(count, up), plain(a, 4), plain(1.0 - a, 4), count - up))
        .collect::<Vec<_>>()
        .join(" + ");
    Exercise {
        prompt: text(
            format!(
                "{count} {part} with an availability of {} each fail independently; peak load needs at least {needed} of them. In front is a load balancer with {}, which every request needs. A month has 30 days.",
                percent(stated),
                percent(front)
            ),
            format!(
                "{count}個{part_zh}各自獨立故障，每個可用性{}；尖峰時至少要有{needed}個正常。前面有一台可用性{}的負載平衡器，每個請求都要經過它。一個月以30天計。",
                percent(stated),
                percent(front)
            ),
        ),
        evidence: Vec::new(),
        asks: vec![
            Ask::new(
                "group",
                text(
                    format!("How likely at least {needed} of the {count} work, in percent (two decimals)"),
                    format!("{count}個裡至少{needed}個正常的機率，百分比（小數兩位）"),
                ),
                number(
                    group * 100.0,
                    0.01,
                    Unit::Percent,
                    vec![
                        (
                            a.powi(count as i32) * 100.0,
                            text(
                                format!(
                                    "That is the chance that {} work.",
                                    if count == 2 { "both".to_owned() } else { format!("all {count}") }
                                ),
                                format!("那是{count}個全部正常的機率。"),
                            ),
                        ),
                        (
                            a.powi(needed as i32) * 100.0,
                            text(
                                if needed == 1 {
                                    "That is the chance that one particular one works; any one will do."
                                        .to_owned()
                                } else {
                                    format!(
                                        "That is the chance that {needed} particular ones work; any {needed} will do."
                                    )
                                },
                                format!("那是特定{needed}個正常的機率；任何{needed}個都可以。"),
                            ),
                        ),
                        (
                            (1.0 - (1.0 - a).powi(count as i32)) * 100.0,
                            text(
                                format!("That is for one that works; {needed} are needed."),
                                format!("那是只要一個正常的算法；這裡要{needed}個。"),
                            ),
                        ),
                        (
                            choose(count, needed) as f64
                                * a.powi(needed as i32)
                                * (1.0 - a).powi((count - needed) as i32)
                                * 100.0,
                            text(
                                format!("That is for exactly {needed}; more may work as well."),
                                format!("那是剛好{needed}個的機率；更多個正常也算。"),
                            ),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "minutes",
                text(
                    "Expected minutes a month without enough capacity or without the load balancer",
                    "一個月預期有幾分鐘容量不足或負載平衡器停擺",
                ),
                number(
                    round(minutes, 1),
                    (minutes * 0.02).max(1.0),
                    Unit::Minutes,
                    vec![(
                        (1.0 - group) * 43_200.0,
                        text("That leaves out the load balancer.", "那沒有把負載平衡器算進去。"),
                    )],
                ),
            ),
            Ask::new(
                "more",
                text(
                    format!(
                        "Availability of the whole with one more ({} in all, {needed} needed), in percent (two decimals)",
                        count + 1
                    ),
                    format!(
                        "再多一個（共{}個，仍需{needed}個）時的整體可用性，百分比（小數兩位）",
                        count + 1
                    ),
                ),
                number(
                    more * 100.0,
                    0.01,
                    Unit::Percent,
                    vec![
                        (
                            least(needed, count + 1) * 100.0,
                            text(
                                "That leaves out the load balancer, which now limits the whole.",
                                "那沒有把負載平衡器算進去，它現在成了上限。",
                            ),
                        ),
                        (
                            least(needed + 1, count + 1) * share(front) * 100.0,
                            text(format!("Still {needed} are enough."), format!("仍然只要{needed}個。")),
                        ),
                        (whole * 100.0, text("That is without the additional one.", "那是沒有加之前的值。")),
                    ],
                ),
            ),
        ],
        steps: vec![
            text(
                format!("Add up the cases with {needed} to {count} working: {terms} = {}.", plain(group, 6)),
                format!("把{needed}到{count}個正常的情況加起來：{terms} = {}。", plain(group, 6)),
            ),
            text(
                format!(
                    "With the load balancer: {} × {} = {}; (1 − {}) × 43,200 = {} minutes.",
                    plain(group, 6),
                    plain(share(front), 4),
                    plain(whole, 6),
                    plain(whole, 6),
                    plain(minutes, 1)
                ),
                format!(
                    "加上負載平衡器：{} × {} = {}；（1 − {}）× 43,200 = {}分鐘。",
                    plain(group, 6),
                    plain(share(front), 4),
                    plain(whole, 6),
                    plain(whole, 6),
                    plain(minutes, 1)
                ),
            ),
            text(
                format!(
                    "With {}: {} × {} = {}.",
                    count + 1,
                    plain(least(needed, count + 1), 6),
                    plain(share(front), 4),
                    plain(more, 6)
                ),
                format!(
                    "{}個時：{} × {} = {}。",
                    count + 1,
                    plain(least(needed, count + 1), 6),
                    plain(share(front), 4),
                    plain(more, 6)
                ),
            ),
        ],
        given: json!({ "scenario": "enough", "count": count, "needed": needed, "each": stated, "front": front }),
    }
}
