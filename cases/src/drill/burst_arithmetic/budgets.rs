//! Error budgets, uptime and burn rates.

use super::*;
use crate::drill::figure::counted;

pub(super) fn budget(draw: &mut Draw) -> Exercise {
    let slo: u64 = *draw.pick(&[9900, 9950, 9990, 9980, 9975, 9995]);
    let days: u64 = *draw.pick(&[28, 30, 90, 7]);
    let minutes = (days * 1440) as f64;
    // In whole ten-thousandths of minutes, so that a budget used up to the minute is kept.
    let budget = (days * 1440 * (10_000 - slo)) as f64 / 10_000.0;
    // Something is left in most draws, and now and then it is overdrawn.
    let used = (budget * draw.int(10u64, 115) as f64 / 100.0).round().max(1.0);
    let left = budget - used;
    let reached = (minutes - used) / minutes * 100.0;
    let kept = left >= 0.0;
    let yes = Choice::new(
        text("Yes", "有"),
        text(
            format!(
                "{} of {} minutes {} used: {}% were reached.",
                plain(used, 0),
                plain(budget, 2),
                if used == 1.0 { "is" } else { "are" },
                plain(reached, 4)
            ),
            format!("{}分鐘裡用掉{}分鐘，達成率{}%。", plain(budget, 2), plain(used, 0), plain(reached, 4)),
        ),
    );
    let no = Choice { text: text("No", "沒有"), ..yes.clone() };
    let right = usize::from(!kept);
    Exercise {
        prompt: text(
            format!(
                "A service has an objective of {} availability over {days} days, measured in minutes. In one such window, which is over now, it was unavailable for {}.",
                percent(slo),
                counted(plain(used, 0), "minute")
            ),
            format!(
                "某服務的目標是{days}天內可用性{}，以分鐘計算。在剛結束的一個區間裡，它總共有{}分鐘不可用。",
                percent(slo),
                plain(used, 0)
            ),
        ),
        evidence: Vec::new(),
        asks: vec![
            Ask::new(
                "budget",
                text(
                    "The error budget of the window, in minutes (one decimal)",
                    "這個區間的錯誤預算，分鐘（小數一位）",
                ),
                number(
                    round(budget, 2),
                    0.1,
                    Unit::Minutes,
                    vec![
                        (
                            minutes * share(slo),
                            text("That is the time it must be available.", "那是必須可用的時間。"),
                        ),
                        (budget / 60.0, text("That is in hours.", "那是以小時為單位。")),
                        (
                            minutes * (10_000 - slo) as f64 / 1000.0,
                            text(
                                "A digit slipped: check the percentage.",
                                "小數點移錯了一位，檢查一下百分比。",
                            ),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "share",
                text(
                    "How much of the budget is used, in percent (whole number)",
                    "用掉了多少預算，百分比（整數）",
                ),
                number(
                    (used / budget * 100.0).round(),
                    1.0,
                    Unit::Percent,
                    vec![
                        (
                            used / minutes * 100.0,
                            text(
                                "That is its share of the whole window, not of the budget.",
                                "那是占整個區間的比例，不是占預算的比例。",
                            ),
                        ),
                        (
                            (1.0 - used / budget) * 100.0,
                            text("That is what is left of it.", "那是剩下的部分。"),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "kept",
                text("Was the objective met?", "有達成目標嗎？"),
                Answer::Choice { options: vec![yes, no], right },
            ),
        ],
        steps: vec![
            text(
                format!(
                    "{days} days are {} minutes; {}% of them may fail: {} minutes.",
                    grouped(days * 1440),
                    plain((10_000 - slo) as f64 / 100.0, 2),
                    plain(budget, 2)
                ),
                format!(
                    "{days}天是{}分鐘，其中{}%可以失敗：{}分鐘。",
                    grouped(days * 1440),
                    plain((10_000 - slo) as f64 / 100.0, 2),
                    plain(budget, 2)
                ),
            ),
            text(
                format!(
                    "{} / {} = {}% of the budget.",
                    plain(used, 0),
                    plain(budget, 2),
                    plain(used / budget * 100.0, 1)
                ),
                format!(
                    "{} / {} = 預算的{}%。",
                    plain(used, 0),
                    plain(budget, 2),
                    plain(used / budget * 100.0, 1)
                ),
            ),
        ],
        given: json!({ "scenario": "budget", "slo": slo, "days": days, "used": used }),
    }
}

pub(super) fn requests(draw: &mut Draw) -> Exercise {
    let slo: u64 = *draw.pick(&[9900, 9950, 9990, 9995, 9980]);
    let days: u64 = *draw.pick(&[28, 30]);
    let past: u64 = draw.int(3, 12);
    let daily: u64 = draw.int(2, 60) * 100_000;
    let allowed = daily as f64 * days as f64 * (1.0 - share(slo));
    // A burn rate of 0.3 to 2.6, but never just 1; the budget always outlasts the days that are past.
    let tenths = *draw.pick(&[3u64, 5, 6, 8, 12, 14, 15, 18, 20, 22, 25]);
    let failed = (daily as f64 * past as f64 * (1.0 - share(slo)) * tenths as f64 / 10.0).round();
    let rate = failed / (daily as f64 * past as f64) / (1.0 - share(slo));
    let lasts = days as f64 / rate;
    let used = failed / allowed * 100.0;
    let table = format!(
        "day  1 to {past:>2}      requests        failed\n{:<12}{:>14}{:>14}\n",
        "total",
        grouped(daily * past),
        grouped(failed as u64)
    );
    Exercise {
        prompt: text(
            format!(
                "A service's objective: {} of the requests of a window of {days} days succeed. It gets {} requests every day. The table shows the first {past} days of the window.",
                percent(slo),
                grouped(daily)
            ),
            format!(
                "某服務的目標是{days}天的區間內{}的請求成功。它每天收到{}個請求。下表是這個區間前{past}天的情況。",
                percent(slo),
                grouped(daily)
            ),
        ),
        evidence: vec![shown(EvidenceType::Table, table)],
        asks: vec![
            Ask::new(
                "allowed",
                text("Failed requests the whole window allows", "整個區間允許失敗的請求數"),
                number(
                    allowed.round(),
                    0.5,
                    Unit::None,
                    vec![
                        (
                            daily as f64 * past as f64 * (1.0 - share(slo)),
                            text(
                                format!("That is the share of {past} days; the window has {days}."),
                                format!("那是{past}天的份；區間有{days}天。"),
                            ),
                        ),
                        (daily as f64 * (1.0 - share(slo)), text("That is one day's.", "那是一天的份。")),
                    ],
                ),
            ),
            Ask::new(
                "rate",
                text("The burn rate so far (one decimal)", "目前的燃燒率（小數一位）"),
                number(
                    round(rate, 2),
                    0.05,
                    Unit::None,
                    vec![
                        (
                            used / 100.0,
                            text(
                                "That is the share of the budget that is used; the burn rate compares it with the share of the time.",
                                "那是預算用掉的比例；燃燒率要再跟時間過去的比例相比。",
                            ),
                        ),
                        (
                            1.0 / rate,
                            text(
                                "The other way round: more than the allowed error rate means more than 1.",
                                "倒過來了：錯誤率高於允許值時，燃燒率大於1。",
                            ),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "lasts",
                text(
                    "At this rate, days from the start of the window until the budget is gone (one decimal)",
                    "照這個速度，從區間開始起幾天會用完預算（小數一位）",
                ),
                number(
                    round(lasts, 2),
                    0.15,
                    Unit::Days,
                    vec![
                        (
                            lasts - past as f64,
                            text(
                                format!("That is from today; {past} days are past."),
                                format!("那是從今天算起；已經過了{past}天。"),
                            ),
                        ),
                        (
                            days as f64,
                            text(
                                "It would last the whole window only at a burn rate of 1.",
                                "燃燒率等於1時才會剛好撐完整個區間。",
                            ),
                        ),
                    ],
                ),
            ),
        ],
        steps: vec![
            text(
                format!(
                    "{} × {days} × {}% = {} failures are allowed.",
                    grouped(daily),
                    plain((10_000 - slo) as f64 / 100.0, 2),
                    grouped(allowed.round() as u64)
                ),
                format!(
                    "{} × {days} × {}% = 允許{}次失敗。",
                    grouped(daily),
                    plain((10_000 - slo) as f64 / 100.0, 2),
                    grouped(allowed.round() as u64)
                ),
            ),
            text(
                format!(
                    "Error rate: {} / {} = {}%; divided by {}% that is a burn rate of {}.",
                    grouped(failed as u64),
                    grouped(daily * past),
                    plain(failed / (daily * past) as f64 * 100.0, 4),
                    plain((10_000 - slo) as f64 / 100.0, 2),
                    plain(rate, 2)
                ),
                format!(
                    "錯誤率：{} / {} = {}%；除以{}%得到燃燒率{}。",
                    grouped(failed as u64),
                    grouped(daily * past),
                    plain(failed / (daily * past) as f64 * 100.0, 4),
                    plain((10_000 - slo) as f64 / 100.0, 2),
                    plain(rate, 2)
                ),
            ),
            text(
                format!(
                    "At a burn rate of {} a budget for {days} days lasts {days} / {} = {} days.",
                    plain(rate, 2),
                    plain(rate, 2),
                    plain(lasts, 1)
                ),
                format!(
                    "燃燒率{}時，{days}天的預算可用{days} / {} = {}天。",
                    plain(rate, 2),
                    plain(rate, 2),
                    plain(lasts, 1)
                ),
            ),
        ],
        given: json!({ "scenario": "requests", "slo": slo, "days": days, "past": past, "daily": daily }),
    }
}

pub(super) fn outages(draw: &mut Draw) -> Exercise {
    let days: u64 = *draw.pick(&[30, 31, 28]);
    let month = match days {
        30 => "2026-04",
        31 => "2026-05",
        _ => "2026-02",
    };
    let count = draw.int(3usize, 5);
    // Minutes since the month began; one pair of records overlaps.
    let mut spans: Vec<(u64, u64)> = Vec::new();
    let mut at = draw.int(200u64, 4000);
    for _ in 0..count {
        let length = draw.int(4u64, 55);
        spans.push((at, at + length));
        at += length + draw.int(1500u64, 5500);
    }
    let twin = draw.int(0, spans.len() - 1);
    if let Some((from, to)) = spans.get(twin).copied() {
        let start = from + draw.int(1, (to - from).saturating_sub(2).max(1));
        spans.push((start, if draw.percent(50) { to + draw.int(3u64, 30) } else { (start + 1).max(to - 1) }));
    }
    spans.sort_unstable();
    let mut merged: Vec<(u64, u64)> = Vec::new();
    for (from, to) in &spans {
        match merged.last_mut() {
            Some((_, end)) if *from <= *end => *end = (*end).max(*to),
            _ => merged.push((*from, *to)),
        }
    }
    let down: u64 = merged.iter().map(|(from, to)| to - from).sum();
    let added: u64 = spans.iter().map(|(from, to)| to - from).sum();
    let minutes = days * 1440;
    let uptime = (minutes - down) as f64 / minutes as f64 * 100.0;
    let stamp =
        |minute: u64| format!("{month}-{:02}T{:02}:{:02}Z", minute / 1440 + 1, minute / 60 % 24, minute % 60);
    let mut table = String::from("incident   component   down from            up again\n");
    let first = draw.int(1000u32, 8000);
    for (index, (from, to)) in spans.iter().enumerate() {
        let component = *draw.pick(&["api", "login", "checkout", "search"]);
        let _ = writeln!(
            table,
            "INC-{:<7}{component:<12}{:<21}{}",
            first as usize + index,
            stamp(*from),
            stamp(*to)
        );
    }
    // In order, from the best.
    let tiers: [(f64, u64); 4] = [(99.9, 0), (99.5, 10), (99.0, 25), (0.0, 100)];
    let tier = |uptime: f64| tiers.iter().position(|(least, _)| uptime >= *least).unwrap_or(3);
    let options = tiers
        .iter()
        .map(|(_, credit)| {
            Choice::new(
                text(format!("{credit}%"), format!("{credit}%")),
                text(
                    format!("{} minutes down of {} leave {}%.", down, grouped(minutes), plain(uptime, 4)),
                    format!("{}分鐘裡停了{down}分鐘，正常運作{}%。", grouped(minutes), plain(uptime, 4)),
                ),
            )
        })
        .collect();
    Exercise {
        prompt: text(
            format!(
                "A contract counts every minute of a month ({days} days) in which any component was down, and each minute once. Service credit: none from 99.9% uptime up; 10% below 99.9%; 25% below 99.5%; 100% below 99.0%. The outages of the month:"
            ),
            format!(
                "某合約計算一個月（{days}天）內任一元件停機的分鐘數，同一分鐘只算一次。服務抵扣：正常運作率99.9%以上沒有；低於99.9%為10%；低於99.5%為25%；低於99.0%為100%。這個月的停機紀錄如下："
            ),
        ),
        evidence: vec![shown(EvidenceType::Table, table)],
        asks: vec![
            Ask::new(
                "down",
                text("Minutes of downtime that count", "要計算的停機分鐘數"),
                number(
                    down as f64,
                    0.0,
                    Unit::Minutes,
                    vec![(
                        added as f64,
                        text(
                            format!(
                                "Two incidents overlap: adding up all of them counts {} twice.",
                                counted(added - down, "minute")
                            ),
                            format!("有兩件事故重疊：全部相加會把{}分鐘算兩次。", added - down),
                        ),
                    )],
                ),
            ),
            Ask::new(
                "uptime",
                text(
                    "Uptime of the month in percent (three decimals)",
                    "這個月的正常運作率，百分比（小數三位）",
                ),
                number(
                    round(uptime, 3),
                    0.002,
                    Unit::Percent,
                    vec![
                        (
                            (minutes - added) as f64 / minutes as f64 * 100.0,
                            text(
                                "Minutes in which two components were down count once.",
                                "兩個元件同時停機的分鐘只算一次。",
                            ),
                        ),
                        (
                            (43_200 - down) as f64 / 43_200.0 * 100.0,
                            text(
                                format!("This month has {} minutes.", grouped(minutes)),
                                format!("這個月有{}分鐘。", grouped(minutes)),
                            ),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "credit",
                text("The service credit", "服務抵扣"),
                Answer::Choice { options, right: tier(uptime) },
            ),
        ],
        steps: vec![
            text(
                format!(
                    "Put the outages on one line and merge what overlaps: {} stretches, {down} minutes.",
                    merged.len()
                ),
                format!("把停機時間畫在同一條時間軸上，重疊的合併：共{}段，{down}分鐘。", merged.len()),
            ),
            text(
                format!("({} − {down}) / {} = {}%.", grouped(minutes), grouped(minutes), plain(uptime, 4)),
                format!("（{} − {down}）/ {} = {}%。", grouped(minutes), grouped(minutes), plain(uptime, 4)),
            ),
            text(
                format!("That is a credit of {}%.", tiers.get(tier(uptime)).map_or(0, |tier| tier.1)),
                format!("所以抵扣是{}%。", tiers.get(tier(uptime)).map_or(0, |tier| tier.1)),
            ),
        ],
        given: json!({ "scenario": "outages", "days": days }),
    }
}

pub(super) fn windows(draw: &mut Draw) -> Exercise {
    loop {
        let slo: u64 = *draw.pick(&[9900, 9950, 9990, 9995]);
        let allowed = 1.0 - share(slo);
        let per_minute: u64 = draw.int(2, 40) * 1000;
        // Minutes and burn rate in tenths: the last hour, its last five minutes, six hours, their last thirty minutes.
        let rates: [u64; 4] = [
            *draw.pick(&[4, 20, 70, 100, 160, 220, 300]),
            *draw.pick(&[2, 15, 60, 120, 180, 320]),
            *draw.pick(&[5, 18, 40, 72, 90]),
            *draw.pick(&[3, 10, 30, 70, 110]),
        ];
        let spans: [u64; 4] = [60, 5, 360, 30];
        let windows: Vec<(u64, u64, u64)> = spans
            .iter()
            .zip(rates)
            .map(|(minutes, rate)| {
                let requests = per_minute * minutes;
                (*minutes, requests, (requests as f64 * allowed * rate as f64 / 10.0).round() as u64)
            })
            .collect();
        let [(_, _, hour), (_, _, five), (_, _, six), (_, _, thirty)] = windows.as_slice() else { continue };
        // Shorter windows lie inside longer ones: they cannot hold more failures, nor the rest fewer than none.
        if !(five <= thirty && thirty <= hour && hour <= six) || hour - five > per_minute * 55 {
            continue;
        }
        let burn = |(_, requests, failed): &(u64, u64, u64)| *failed as f64 / *requests as f64 / allowed;
        let burns: Vec<f64> = windows.iter().map(burn).collect();
        let [hour_rate, five_rate, six_rate, thirty_rate] = burns.as_slice() else { continue };
        // Clear of the thresholds.
        let clear = |rate: f64, threshold: f64| (rate / threshold - 1.0).abs() > 0.05;
        if ![(*hour_rate, 14.4), (*five_rate, 14.4), (*six_rate, 6.0), (*thirty_rate, 6.0)]
            .iter()
            .all(|(rate, at)| clear(*rate, *at))
        {
            continue;
        }
        let fast = *hour_rate > 14.4 && *five_rate > 14.4;
        let slow = *six_rate > 6.0 && *thirty_rate > 6.0;
        let spent = hour_rate * 1.0 / 720.0 * 100.0;
        let gone = 720.0 / hour_rate;
        let mut table = String::from("window      requests        failed\n");
        for (minutes, requests, failed) in [1, 3, 0, 2].iter().filter_map(|index| windows.get(*index)) {
            let name = if *minutes < 60 { format!("{minutes}m") } else { format!("{}h", minutes / 60) };
            let _ = writeln!(table, "{name:<6}{:>14}{:>14}", grouped(*requests), grouped(*failed));
        }
        let option = |name: &str, zh: &str, long: f64, short: f64, at: f64| {
            let holds = long > at && short > at;
            Choice::new(
                text(name, zh),
                text(
                    format!(
                        "Burn rates {} and {} against {at}: {}.",
                        plain(long, 2),
                        plain(short, 2),
                        if holds { "both are above" } else { "not both are above" }
                    ),
                    format!(
                        "燃燒率{}與{}，門檻{at}：{}。",
                        plain(long, 2),
                        plain(short, 2),
                        if holds { "兩者都超過" } else { "沒有兩者都超過" }
                    ),
                ),
            )
        };
        let options = vec![
            option("1h and 5m above 14.4", "1h與5m都高於14.4", *hour_rate, *five_rate, 14.4),
            option("6h and 30m above 6", "6h與30m都高於6", *six_rate, *thirty_rate, 6.0),
        ];
        let mut right = Vec::new();
        if fast {
            right.push(0);
        }
        if slow {
            right.push(1);
        }
        return Exercise {
            prompt: text(
                format!(
                    "Objective: {} of the requests of 30 days (720 hours) succeed. Two alerts page someone; each fires only while both of its windows are above its burn rate: 1h and 5m above 14.4, 6h and 30m above 6. The windows below all end now. Traffic is even.",
                    percent(slo)
                ),
                format!(
                    "目標：30天（720小時）內{}的請求成功。有兩個會呼叫值班人員的警示，各自要兩個時間窗的燃燒率都超過門檻才會觸發：1h與5m都高於14.4；6h與30m都高於6。下面的時間窗都到現在為止，流量平穩。",
                    percent(slo)
                ),
            ),
            evidence: vec![shown(EvidenceType::Table, table)],
            asks: vec![
                Ask::new(
                    "rate",
                    text("The burn rate of the 1h window (one decimal)", "1h時間窗的燃燒率（小數一位）"),
                    number(
                        round(*hour_rate, 2),
                        0.1,
                        Unit::None,
                        vec![
                            (
                                hour_rate * allowed * 100.0,
                                text(
                                    "That is the error rate in percent; the burn rate is that divided by what the objective allows.",
                                    "那是錯誤率的百分比；燃燒率要再除以目標允許的錯誤率。",
                                ),
                            ),
                            (*six_rate, text("That is the 6h window.", "那是6h的時間窗。")),
                            (*five_rate, text("That is the 5m window.", "那是5m的時間窗。")),
                        ],
                    ),
                ),
                Ask::new(
                    "fires",
                    text(
                        "Which alerts fire now? (none is an answer)",
                        "現在哪些警示會觸發？（也可能都沒有）",
                    ),
                    Answer::Several { options, right },
                ),
                Ask::new(
                    "spent",
                    text(
                        "How much of the 30 days' budget the last hour took, in percent (two decimals)",
                        "最近一小時用掉30天預算的百分之幾（小數兩位）",
                    ),
                    number(
                        round(spent, 3),
                        0.02,
                        Unit::Percent,
                        vec![
                            (
                                hour_rate * 100.0 / 30.0 / 24.0 * 6.0,
                                text("The 1h window is one hour of 720.", "1h是720小時裡的一小時。"),
                            ),
                            (
                                *hour_rate,
                                text(
                                    "A burn rate of 1 takes 1/720 of the budget in an hour, not 1%.",
                                    "燃燒率1時一小時用掉1/720的預算，不是1%。",
                                ),
                            ),
                        ],
                    ),
                ),
                Ask::new(
                    "gone",
                    text(
                        "Hours a whole budget lasts at the burn rate of the 1h window (one decimal)",
                        "以1h的燃燒率，整份預算可以撐幾小時（小數一位）",
                    ),
                    number(
                        round(gone, 2),
                        (gone * 0.01).max(0.1),
                        Unit::Hours,
                        vec![(30.0 / hour_rate, text("That is in days.", "那是以天為單位。"))],
                    ),
                ),
            ],
            steps: vec![
                text(
                    format!(
                        "Allowed error rate: {}%. 1h: {} failed, {}% of all, a burn rate of {}; 5m {}, 6h {}, 30m {}.",
                        plain(allowed * 100.0, 2),
                        grouped(*hour),
                        plain(hour_rate * allowed * 100.0, 4),
                        plain(*hour_rate, 2),
                        plain(*five_rate, 2),
                        plain(*six_rate, 2),
                        plain(*thirty_rate, 2)
                    ),
                    format!(
                        "允許的錯誤率：{}%。1h：{}次失敗，占{}%，燃燒率{}；5m {}、6h {}、30m {}。",
                        plain(allowed * 100.0, 2),
                        grouped(*hour),
                        plain(hour_rate * allowed * 100.0, 4),
                        plain(*hour_rate, 2),
                        plain(*five_rate, 2),
                        plain(*six_rate, 2),
                        plain(*thirty_rate, 2)
                    ),
                ),
                text(
                    "The long window says that it matters, the short one that it still goes on; an alert needs both.",
                    "長時間窗表示問題夠大，短時間窗表示還在發生；兩個都要成立才觸發。",
                ),
                text(
                    format!(
                        "One hour at {}: {} / 720 = {}% of the budget; all of it lasts 720 / {} = {} hours.",
                        plain(*hour_rate, 2),
                        plain(*hour_rate, 2),
                        plain(spent, 3),
                        plain(*hour_rate, 2),
                        plain(gone, 1)
                    ),
                    format!(
                        "燃燒率{}的一小時：{} / 720 = 預算的{}%；整份預算可撐720 / {} = {}小時。",
                        plain(*hour_rate, 2),
                        plain(*hour_rate, 2),
                        plain(spent, 3),
                        plain(*hour_rate, 2),
                        plain(gone, 1)
                    ),
                ),
            ],
            given: json!({ "scenario": "windows", "slo": slo }),
        };
    }
}
