//! D16: replication lag: backlog, age, catching up, stale reads, and what a failover would lose.

use serde_json::json;

use super::figure::counted;
use super::{Answer, Ask, Choice, Exercise, Family, Trap, Unit, shown};
use crate::cloud::Draw;
use crate::cloud::database::{
    Align, Replication, Write, metric_table, number_with_commas, psql_table, replica_status,
};
use crate::model::{EvidenceType, Text};

pub(super) const FAMILY: Family = Family {
    id: "D16",
    place: ("database", "replication-lag"),
    depths: &[2, 3, 3],
    seconds: 150,
    version: 1,
    sources: &[
        "PostgreSQL 15 documentation, 28.2.4 pg_stat_replication (sent, write, flush and replay positions; replay_lag)",
        "PostgreSQL 15 documentation, 9.27.3 Backup Control Functions (pg_current_wal_lsn, pg_wal_lsn_diff) and 8.20 pg_lsn Type",
        "MySQL 8.0 Reference Manual, 15.7.7.35 SHOW REPLICA STATUS Statement (Read_Source_Log_Pos, Exec_Source_Log_Pos, Seconds_Behind_Source)",
        "Amazon RDS User Guide, Working with DB instance read replicas (asynchronous; monitoring ReplicaLag)",
    ],
    draw,
};

fn draw(draw: &mut Draw, level: u8) -> Exercise {
    match level {
        1 => one_burst(draw),
        2 => phases(draw),
        _ if draw.percent(55) => positions(draw),
        _ => binlog(draw),
    }
}

/// What writes so much.
const JOBS: [(&str, &str); 8] = [
    ("a nightly purge of old sessions", "夜間清除舊工作階段資料的批次"),
    ("a backfill of a new column", "回填新欄位的批次"),
    ("an import of a partner's catalogue", "匯入合作廠商型錄的工作"),
    ("a flash sale", "限時特賣"),
    ("the month-end closing job", "月結批次"),
    ("a rebuild of a search table", "重建搜尋資料表的工作"),
    ("a replay of queued events", "補送佇列事件的工作"),
    ("a migration of user preferences", "使用者偏好設定的遷移作業"),
];

const SYSTEMS: [&str; 8] =
    ["orders-db", "billing-db", "catalog-db", "booking-db", "ledger-db", "tickets-db", "crm-db", "game-db"];

fn seconds(value: f64, tolerance: f64, traps: Vec<(f64, Text)>) -> Answer {
    number(value, tolerance, Unit::Seconds, traps)
}

/// A number with traps, without those that are as good as right or as another.
fn number(value: f64, tolerance: f64, unit: Unit, traps: Vec<(f64, Text)>) -> Answer {
    let mut kept: Vec<Trap> = Vec::new();
    let mut taken = vec![value];
    for (wrong, why) in traps {
        // As many decimals as any evidence shows: who types what is shown gets the explanation.
        let rounded = (wrong * 1000.0).round() / 1000.0;
        let near = |other: &f64| (other - rounded).abs() <= 2.0 * tolerance + 0.1;
        if rounded >= 0.0 && rounded.is_finite() && !taken.iter().any(near) {
            taken.push(rounded);
            kept.push(Trap::new(rounded, why));
        }
    }
    Answer::Number { value: (value * 1000.0).round() / 1000.0, tolerance, unit, traps: kept }
}

/// One percent, and at least a second.
fn about(value: f64) -> f64 {
    (value / 100.0).max(1.0)
}

fn whole(value: f64) -> bool {
    (value - value.round()).abs() < 1e-9
}

/// A number as people write it.
fn plain(value: f64) -> String {
    let rounded = (value * 10.0).round() / 10.0;
    if whole(rounded) { number_with_commas(rounded as u64) } else { format!("{rounded:.1}") }
}

fn one_burst(draw: &mut Draw) -> Exercise {
    let (job, job_zh) = *draw.pick(&JOBS);
    let system = *draw.pick(&SYSTEMS);
    match draw.int(0u8, 2) {
        0 => burst(draw, job, job_zh, system),
        1 => stopped(draw, system),
        _ => growing(draw, job, job_zh, system),
    }
}

fn burst(draw: &mut Draw, job: &str, job_zh: &str, system: &str) -> Exercise {
    loop {
        let base = f64::from(draw.int(2u32, 30)) * 50.0;
        let apply = base + f64::from(draw.int(2u32, 30)) * 50.0;
        let peak = apply + f64::from(draw.int(2u32, 40)) * 50.0;
        let minutes = draw.int(4u32, 45);
        let length = f64::from(minutes) * 60.0;
        let replication = Replication {
            writes: vec![Write { from: 0.0, rate: peak }, Write { from: length, rate: base }],
            applies: vec![Write { from: 0.0, rate: apply }],
            backlog: 0.0,
            before: base,
        };
        let end = replication.at(length);
        let Some(done) = replication.caught_up(length) else { continue };
        let after = done - length;
        if !whole(end.seconds) || !whole(after) || after > 4.0 * 3600.0 {
            continue;
        }
        let (age, when) = replication.peak(done);
        let asks = vec![
            Ask::new(
                "backlog",
                Text::new("Changes not applied when the burst ends", "爆量結束時尚未套用的變更數"),
                number(
                    end.backlog,
                    0.0,
                    Unit::None,
                    vec![
                        (
                            (peak - base) * length,
                            Text::new(
                                format!(
                                    "The replica applies up to {} a second, not only the usual {}.",
                                    plain(apply),
                                    plain(base)
                                ),
                                format!(
                                    "複本每秒最多能套用{}筆，不是只有平常的{}筆。",
                                    plain(apply),
                                    plain(base)
                                ),
                            ),
                        ),
                        (
                            (peak - apply) * f64::from(minutes),
                            Text::new(
                                "The rates are per second, the burst is given in minutes.",
                                "速率以秒計，爆量的長度卻是分鐘。",
                            ),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "age",
                Text::new(
                    "Age of the oldest change not yet applied at that moment",
                    "那一刻最舊的未套用變更已經多久了",
                ),
                seconds(
                    end.seconds,
                    about(end.seconds).min(end.seconds / 20.0).max(1.0),
                    vec![
                        (
                            end.backlog / apply,
                            Text::new(
                                "Backlog divided by the apply rate is how long the replica needs if nothing more is written, not how old its newest data is.",
                                "積壓量除以套用速率，是不再寫入時複本要花的時間，不是它的資料有多舊。",
                            ),
                        ),
                        (
                            end.backlog / base,
                            Text::new(
                                format!(
                                    "The oldest pending changes were written during the burst, at {} a second.",
                                    plain(peak)
                                ),
                                format!("最舊的未套用變更是在爆量期間寫入的，每秒{}筆。", plain(peak)),
                            ),
                        ),
                        (
                            length,
                            Text::new(
                                "The replica did not stand still during the burst.",
                                "爆量期間複本並沒有停下來。",
                            ),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "caught-up",
                Text::new(
                    "Time from the end of the burst until nothing is pending",
                    "從爆量結束到全部套用完的時間",
                ),
                seconds(
                    after,
                    about(after),
                    vec![
                        (
                            end.backlog / apply,
                            Text::new(
                                format!(
                                    "{} changes a second are still written meanwhile: only the difference works off the backlog.",
                                    plain(base)
                                ),
                                format!("這段時間每秒仍寫入{}筆，只有差額能消化積壓。", plain(base)),
                            ),
                        ),
                        (
                            end.seconds,
                            Text::new(
                                "That is the age at the end of the burst, not the time to catch up.",
                                "那是爆量結束時的延遲，不是追上所需的時間。",
                            ),
                        ),
                    ],
                ),
            ),
        ];
        return Exercise {
            prompt: Text::new(
                format!(
                    "The read replica of `{system}` applies at most **{} changes a second** and was not behind. The primary usually writes {} a second; {job} raises that to **{} a second for {minutes} minutes**, then it is back to the usual rate. Rates are constant; what is written arrives at once.",
                    plain(apply),
                    plain(base),
                    plain(peak)
                ),
                format!(
                    "`{system}`的讀取複本每秒最多套用 **{}筆變更**，原本沒有落後。主要伺服器平常每秒寫入{}筆；{job_zh}讓它連續 **{minutes}分鐘每秒寫入{}筆**，之後回到平常的速率。各速率固定，寫入的內容立刻送達複本。",
                    plain(apply),
                    plain(base),
                    plain(peak)
                ),
            ),
            evidence: Vec::new(),
            asks,
            steps: vec![
                Text::new(
                    format!(
                        "During the burst the backlog grows by {} − {} = {} a second, for {} s: {} changes.",
                        plain(peak),
                        plain(apply),
                        plain(peak - apply),
                        plain(length),
                        plain(end.backlog)
                    ),
                    format!(
                        "爆量期間積壓每秒增加{} − {} = {}筆，共{}秒：{}筆。",
                        plain(peak),
                        plain(apply),
                        plain(peak - apply),
                        plain(length),
                        plain(end.backlog)
                    ),
                ),
                Text::new(
                    format!(
                        "The last {} changes were written at {} a second: {} ÷ {} = {} s ago the oldest of them.",
                        plain(end.backlog),
                        plain(peak),
                        plain(end.backlog),
                        plain(peak),
                        plain(end.seconds)
                    ),
                    format!(
                        "最後這{}筆是以每秒{}筆寫入的：最舊的一筆在{} ÷ {} = {}秒前。",
                        plain(end.backlog),
                        plain(peak),
                        plain(end.backlog),
                        plain(peak),
                        plain(end.seconds)
                    ),
                ),
                Text::new(
                    format!(
                        "Afterwards it shrinks by {} − {} = {} a second: {} ÷ {} = {} s.",
                        plain(apply),
                        plain(base),
                        plain(apply - base),
                        plain(end.backlog),
                        plain(apply - base),
                        plain(after)
                    ),
                    format!(
                        "之後積壓每秒減少{} − {} = {}筆：{} ÷ {} = {}秒。",
                        plain(apply),
                        plain(base),
                        plain(apply - base),
                        plain(end.backlog),
                        plain(apply - base),
                        plain(after)
                    ),
                ),
                Text::new(
                    format!(
                        "The lag graph does not peak at the end of the burst: it rises until the last change of the burst is applied, {} s after the burst began, to {} s.",
                        plain(when),
                        plain(age)
                    ),
                    format!(
                        "延遲圖的最高點不在爆量結束時：要到爆量的最後一筆套用完（爆量開始後{}秒）才到頂，為{}秒。",
                        plain(when),
                        plain(age)
                    ),
                ),
            ],
            given: json!({
                "writes": [[0, peak], [length, base]], "applies": [[0, apply]], "backlog": 0, "before": base,
                "at": length, "from": length,
            }),
        };
    }
}

fn stopped(draw: &mut Draw, system: &str) -> Exercise {
    loop {
        let write = f64::from(draw.int(4u32, 40)) * 25.0;
        let apply = write + f64::from(draw.int(2u32, 60)) * 25.0;
        let minutes = draw.int(3u32, 50);
        let stop = f64::from(minutes) * 60.0;
        let replication = Replication {
            writes: vec![Write { from: 0.0, rate: write }],
            applies: vec![Write { from: 0.0, rate: 0.0 }, Write { from: stop, rate: apply }],
            backlog: 0.0,
            before: write,
        };
        let Some(done) = replication.caught_up(stop) else { continue };
        let after = done - stop;
        let look = f64::from(draw.int(1u32, 20)) * 60.0;
        let lag = replication.at(stop + look);
        if !whole(after) || after > 4.0 * 3600.0 || after < look * 1.3 || !whole(lag.seconds) {
            continue;
        }
        let why = *draw.pick(&[
            ("its host was patched", "主機安裝修補程式"),
            ("its replication user's password had expired", "複寫使用者的密碼過期"),
            ("it was restarted with another instance class", "更換執行個體類別而重新啟動"),
            ("replay was paused for a consistent export", "為了一致的匯出而暫停套用"),
        ]);
        let asks = vec![
            Ask::new(
                "backlog",
                Text::new("Changes not applied when it starts again", "重新開始時尚未套用的變更數"),
                number(
                    write * stop,
                    0.0,
                    Unit::None,
                    vec![(
                        write * f64::from(minutes),
                        Text::new(
                            "The rate is per second, the pause is given in minutes.",
                            "速率以秒計，暫停的長度卻是分鐘。",
                        ),
                    )],
                ),
            ),
            Ask::new(
                "age",
                Text::new(
                    format!(
                        "Age of the oldest change not applied, {} after it started again",
                        counted(plain(look / 60.0), "minute")
                    ),
                    format!("重新開始{}分鐘後，最舊的未套用變更已經多久了", plain(look / 60.0)),
                ),
                seconds(
                    lag.seconds,
                    about(lag.seconds),
                    vec![
                        (
                            stop - look,
                            Text::new(
                                format!(
                                    "Each second it applies {} ÷ {} = {:.2} seconds of writes, while one second passes.",
                                    plain(apply),
                                    plain(write),
                                    apply / write
                                ),
                                format!(
                                    "它每秒套用相當於{} ÷ {} = {:.2}秒的寫入，同時又過了一秒。",
                                    plain(apply),
                                    plain(write),
                                    apply / write
                                ),
                            ),
                        ),
                        (
                            stop - look * apply / write,
                            Text::new(
                                "Time goes on while it catches up: the age shrinks by one second less each second.",
                                "追趕的同時時間仍在走：每秒少縮短一秒。",
                            ),
                        ),
                        (
                            stop,
                            Text::new("That was the age when it started again.", "那是重新開始時的延遲。"),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "caught-up",
                Text::new("Time from the new start until nothing is pending", "從重新開始到全部套用完的時間"),
                seconds(
                    after,
                    about(after),
                    vec![
                        (
                            write * stop / apply,
                            Text::new(
                                format!("{} changes a second are still written meanwhile.", plain(write)),
                                format!("這段時間每秒仍寫入{}筆。", plain(write)),
                            ),
                        ),
                        (stop, Text::new("That is how long it stood still.", "那是它停止的時間。")),
                    ],
                ),
            ),
        ];
        return Exercise {
            prompt: Text::new(
                format!(
                    "The replica of `{system}` applied nothing for **{minutes} minutes**, because {}; before that it was not behind. The primary writes a steady **{} changes a second**. Once started again, the replica applies at most **{} a second**; what it missed is available to it at once.",
                    why.0,
                    plain(write),
                    plain(apply)
                ),
                format!(
                    "`{system}`的複本因為{}，有 **{minutes}分鐘**完全沒有套用，之前沒有落後。主要伺服器穩定地每秒寫入 **{}筆變更**。重新開始後，複本每秒最多套用 **{}筆**，錯過的內容可立即取得。",
                    why.1,
                    plain(write),
                    plain(apply)
                ),
            ),
            evidence: Vec::new(),
            asks,
            steps: vec![
                Text::new(
                    format!(
                        "{} × {} s = {} changes are pending.",
                        plain(write),
                        plain(stop),
                        plain(write * stop)
                    ),
                    format!("{} × {}秒 = {}筆待套用。", plain(write), plain(stop), plain(write * stop)),
                ),
                Text::new(
                    format!(
                        "It gains {} − {} = {} a second: {} ÷ {} = {} s.",
                        plain(apply),
                        plain(write),
                        plain(apply - write),
                        plain(write * stop),
                        plain(apply - write),
                        plain(after)
                    ),
                    format!(
                        "每秒追回{} − {} = {}筆：{} ÷ {} = {}秒。",
                        plain(apply),
                        plain(write),
                        plain(apply - write),
                        plain(write * stop),
                        plain(apply - write),
                        plain(after)
                    ),
                ),
                Text::new(
                    format!(
                        "After {} s, {} changes are left; at {} a second the oldest was written {} s ago.",
                        plain(look),
                        plain(lag.backlog),
                        plain(write),
                        plain(lag.seconds)
                    ),
                    format!(
                        "{}秒後還剩{}筆；以每秒{}筆寫入，最舊的在{}秒前。",
                        plain(look),
                        plain(lag.backlog),
                        plain(write),
                        plain(lag.seconds)
                    ),
                ),
            ],
            given: json!({
                "writes": [[0, write]], "applies": [[0, 0], [stop, apply]], "backlog": 0, "before": write,
                "start": stop, "at": stop + look, "from": stop,
            }),
        };
    }
}

fn growing(draw: &mut Draw, job: &str, job_zh: &str, system: &str) -> Exercise {
    loop {
        let apply = f64::from(draw.int(4u32, 40)) * 50.0;
        let write = apply + f64::from(draw.int(1u32, 40)) * 50.0;
        let limit = f64::from(*draw.pick(&[60u32, 120, 180, 300, 600, 900]));
        let replication = Replication {
            writes: vec![Write { from: 0.0, rate: write }],
            applies: vec![Write { from: 0.0, rate: apply }],
            backlog: 0.0,
            before: 0.0,
        };
        let alarm = limit / (1.0 - apply / write);
        let minutes = draw.int(10u32, 60);
        let at = f64::from(minutes) * 60.0;
        let lag = replication.at(at);
        if !whole(alarm) || !whole(lag.seconds) || alarm > 3.0 * 3600.0 || (alarm - at).abs() < 60.0 {
            continue;
        }
        let asks = vec![
            Ask::new(
                "backlog",
                Text::new(
                    format!("Changes not applied after {minutes} minutes"),
                    format!("{minutes}分鐘後尚未套用的變更數"),
                ),
                number(
                    lag.backlog,
                    0.0,
                    Unit::None,
                    vec![(
                        write * at,
                        Text::new("The replica applies changes meanwhile.", "這段時間複本也在套用。"),
                    )],
                ),
            ),
            Ask::new(
                "age",
                Text::new(
                    "Age of the oldest change not applied at that moment",
                    "那一刻最舊的未套用變更已經多久了",
                ),
                seconds(
                    lag.seconds,
                    about(lag.seconds),
                    vec![
                        (
                            lag.backlog / apply,
                            Text::new(
                                "Backlog divided by the apply rate is how long working it off would take; its age goes by the rate it was written at.",
                                "積壓量除以套用速率是消化它要花的時間；它有多舊，要看寫入的速率。",
                            ),
                        ),
                        (
                            at,
                            Text::new(
                                "The replica has applied the older part of it already.",
                                "較舊的部分複本已經套用了。",
                            ),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "alarm",
                Text::new(
                    format!("When the age reaches the alarm's {} s, counted from the start", plain(limit)),
                    format!("延遲到達警示的{}秒，是開始後多久", plain(limit)),
                ),
                seconds(
                    alarm,
                    about(alarm),
                    vec![
                        (
                            limit,
                            Text::new(
                                "The age does not grow by a second each second: the replica goes on applying.",
                                "延遲不是每秒增加一秒：複本仍在套用。",
                            ),
                        ),
                        (
                            limit * apply / (write - apply),
                            Text::new(
                                "The age grows by 1 − apply ÷ write each second; divide by the write rate, not by the apply rate.",
                                "延遲每秒增加1 − 套用 ÷ 寫入；要除以寫入速率，不是套用速率。",
                            ),
                        ),
                    ],
                ),
            ),
        ];
        return Exercise {
            prompt: Text::new(
                format!(
                    "The replica of `{system}` was not behind when {job} began. Since then the primary has written **{} changes a second**, and the replica applies at most **{} a second**. An alarm watches the age of the oldest change that is not applied: **{} s**. Rates stay as they are.",
                    plain(write),
                    plain(apply),
                    plain(limit)
                ),
                format!(
                    "{job_zh}開始時，`{system}`的複本沒有落後。之後主要伺服器每秒寫入 **{}筆變更**，複本每秒最多套用 **{}筆**。警示監看最舊的未套用變更有多舊，門檻是 **{}秒**。速率維持不變。",
                    plain(write),
                    plain(apply),
                    plain(limit)
                ),
            ),
            evidence: Vec::new(),
            asks,
            steps: vec![
                Text::new(
                    format!(
                        "({} − {}) × {} s = {} changes.",
                        plain(write),
                        plain(apply),
                        plain(at),
                        plain(lag.backlog)
                    ),
                    format!(
                        "({} − {}) × {}秒 = {}筆。",
                        plain(write),
                        plain(apply),
                        plain(at),
                        plain(lag.backlog)
                    ),
                ),
                Text::new(
                    format!(
                        "They were written at {} a second: {} ÷ {} = {} s.",
                        plain(write),
                        plain(lag.backlog),
                        plain(write),
                        plain(lag.seconds)
                    ),
                    format!(
                        "它們以每秒{}筆寫入：{} ÷ {} = {}秒。",
                        plain(write),
                        plain(lag.backlog),
                        plain(write),
                        plain(lag.seconds)
                    ),
                ),
                Text::new(
                    format!(
                        "The age grows by 1 − {} ÷ {} = {:.3} s each second: {} ÷ {:.3} = {} s.",
                        plain(apply),
                        plain(write),
                        1.0 - apply / write,
                        plain(limit),
                        1.0 - apply / write,
                        plain(alarm)
                    ),
                    format!(
                        "延遲每秒增加1 − {} ÷ {} = {:.3}秒：{} ÷ {:.3} = {}秒。",
                        plain(apply),
                        plain(write),
                        1.0 - apply / write,
                        plain(limit),
                        1.0 - apply / write,
                        plain(alarm)
                    ),
                ),
                Text::new(
                    "It never catches up while the primary writes faster than the replica applies.",
                    "只要寫入比套用快，複本永遠追不上。",
                ),
            ],
            given: json!({
                "writes": [[0, write]], "applies": [[0, apply]], "backlog": 0, "before": 0,
                "at": at, "from": 0, "limit": limit,
            }),
        };
    }
}

fn phases(draw: &mut Draw) -> Exercise {
    let (job, job_zh) = *draw.pick(&JOBS);
    let system = *draw.pick(&SYSTEMS);
    loop {
        let base = f64::from(draw.int(4u32, 20)) * 50.0;
        let normal = base + f64::from(draw.int(6u32, 24)) * 50.0;
        let begin = draw.int(0u32, 22) * 60 + draw.int(0u32, 11) * 5;
        let step_minutes = *draw.pick(&[2u32, 5, 10]);
        let step = f64::from(step_minutes) * 60.0;
        let count: usize = draw.int(8, 12);
        let burst_from = draw.int(1, 2usize);
        let burst_to = burst_from + draw.int(1, 3usize);
        let slow_from = draw.int(0, 4usize);
        let slow_to = slow_from + draw.int(1, 2usize);
        let high = normal + f64::from(draw.int(2u32, 40)) * 50.0;
        let slow = f64::from(draw.int(0u32, 6)) * 50.0;
        let write_at = |slot: usize| if (burst_from..burst_to).contains(&slot) { high } else { base };
        let apply_at = |slot: usize| if (slow_from..slow_to).contains(&slot) { slow } else { normal };
        let backlog = if draw.percent(50) { base * f64::from(draw.int(2u32, 12)) * 15.0 } else { 0.0 };
        let from = |slot: usize| slot as f64 * step;
        let replication = Replication {
            writes: (0..count).map(|slot| Write { from: from(slot), rate: write_at(slot) }).collect(),
            applies: (0..count).map(|slot| Write { from: from(slot), rate: apply_at(slot) }).collect(),
            backlog,
            before: base,
        };
        let last = from(count - 1);
        let busy = burst_to.max(slow_to);
        let Some(done) = replication.caught_up(from(busy)) else { continue };
        let look = from(burst_to) + f64::from(draw.int(0u32, 2)) * step / 2.0;
        // Caught up inside the table, and behind at the moment asked.
        if done > last || done <= from(busy) + 1.0 || replication.backlog_at(look) < 1.0 {
            continue;
        }
        // Once behind, it does not catch up before the end: it could only be empty where a row of the table ends.
        let first = burst_from.min(slow_from) + 1;
        if (first..busy).any(|slot| replication.backlog_at(from(slot)) < 1.0) {
            continue;
        }
        let lag = replication.at(look);
        let (age, when) = replication.peak(done);
        // The peak is not at the moment asked.
        if age - lag.seconds < 10.0 || when < 1.0 {
            continue;
        }
        let points: Vec<(u32, Vec<String>)> = (0..count)
            .map(|slot| {
                let minute = begin + step_minutes * slot as u32;
                (minute, vec![format!("{:.0}", write_at(slot)), format!("{:.0}", apply_at(slot))])
            })
            .collect();
        let clock = |seconds: f64| {
            let minute = begin * 60 + seconds.round() as u32;
            if minute.is_multiple_of(60) {
                format!("{:02}:{:02}", minute / 3600 % 24, minute / 60 % 60)
            } else {
                format!("{:02}:{:02}:{:02}", minute / 3600 % 24, minute / 60 % 60, minute % 60)
            }
        };
        let (start, look_clock) = (clock(0.0), clock(look));
        let now_write =
            replication.writes.iter().rev().find(|write| write.from <= look).map_or(base, |write| write.rate);
        let asks = vec![
            Ask::new(
                "backlog",
                Text::new(
                    format!("Changes not applied at {look_clock}"),
                    format!("{look_clock}時尚未套用的變更數"),
                ),
                number(
                    lag.backlog,
                    lag.backlog / 1000.0,
                    Unit::None,
                    vec![(
                        lag.backlog - backlog,
                        Text::new(
                            format!("The replica was {} changes behind at {start} already.", plain(backlog)),
                            format!("{start}時複本已經落後{}筆。", plain(backlog)),
                        ),
                    )],
                ),
            ),
            Ask::new(
                "age",
                Text::new(
                    format!("Age of the oldest change not applied at {look_clock}"),
                    format!("{look_clock}時最舊的未套用變更已經多久了"),
                ),
                seconds(
                    lag.seconds,
                    about(lag.seconds),
                    vec![
                        (
                            lag.backlog / normal,
                            Text::new(
                                "That is how long the backlog takes if nothing more is written; its age goes by when it was written.",
                                "那是不再寫入時消化積壓的時間；有多舊要看它是何時寫入的。",
                            ),
                        ),
                        (
                            lag.backlog / now_write,
                            Text::new(
                                "Part of the backlog was written at another rate: go back through the rows of the table.",
                                "積壓的一部分是以另一個速率寫入的：請沿著表格往回算。",
                            ),
                        ),
                        (
                            lag.backlog / high,
                            Text::new(
                                "Not all of the backlog was written at the highest rate: go back through the rows of the table.",
                                "積壓並非全部以最高速率寫入：請沿著表格往回算。",
                            ),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "peak",
                Text::new("The highest age before it has caught up", "追上之前延遲的最高值"),
                seconds(
                    age,
                    about(age),
                    vec![(
                        replication.at(from(burst_to)).seconds,
                        Text::new(
                            "That is the age when the burst ends. It goes on rising while changes of the burst are applied slower than they were written.",
                            "那是爆量結束時的延遲。只要爆量的變更套用得比寫入慢，延遲就會繼續上升。",
                        ),
                    )],
                ),
            ),
            Ask::new(
                "caught-up",
                Text::new(
                    format!("When nothing is pending any more, counted from {start}"),
                    format!("全部套用完的時刻，從{start}起算"),
                ),
                seconds(
                    done,
                    30.0,
                    vec![(
                        from(busy) + replication.backlog_at(from(busy)) / normal,
                        Text::new(
                            format!("{} changes a second are still written meanwhile.", plain(base)),
                            format!("這段時間每秒仍寫入{}筆。", plain(base)),
                        ),
                    )],
                ),
            ),
        ];
        let mut steps: Vec<Text> = Vec::new();
        let mut at = 0.0;
        for slot in 0..count {
            let end = from(slot + 1);
            if at >= done {
                break;
            }
            let (before, after) = (replication.backlog_at(from(slot)), replication.backlog_at(end));
            steps.push(Text::new(
                format!(
                    "{} to {}: {} − {} = {:+.0} a second; backlog {} → {}.",
                    clock(from(slot)),
                    clock(end),
                    plain(write_at(slot)),
                    plain(apply_at(slot)),
                    write_at(slot) - apply_at(slot),
                    plain(before),
                    plain(after)
                ),
                format!(
                    "{}到{}：{} − {} = 每秒{:+.0}筆；積壓{} → {}。",
                    clock(from(slot)),
                    clock(end),
                    plain(write_at(slot)),
                    plain(apply_at(slot)),
                    write_at(slot) - apply_at(slot),
                    plain(before),
                    plain(after)
                ),
            ));
            at = end;
        }
        let written = look - lag.seconds;
        steps.push(Text::new(
            format!("At {look_clock}, going back over the newest {} changes at the rates they were written leads to {}: {} s ago.", plain(lag.backlog), if written < 0.0 { format!("{} s before {start}", plain(-written)) } else { clock(written) }, plain(lag.seconds)),
            format!("{look_clock}時，依寫入速率往回數最新的{}筆，會到{}：也就是{}秒前。", plain(lag.backlog), if written < 0.0 { format!("{start}之前{}秒", plain(-written)) } else { clock(written) }, plain(lag.seconds)),
        ));
        steps.push(Text::new(
            format!("The age is highest at {}: {} s. It falls only once changes are applied faster than they were written.", clock(when), plain(age)),
            format!("延遲在{}最高：{}秒。套用得比當初寫入快，延遲才會下降。", clock(when), plain(age)),
        ));
        steps.push(Text::new(
            format!("Nothing is pending at {}, {} s after {start}.", clock(done), plain(done)),
            format!("{}全部套用完，即{start}之後{}秒。", clock(done), plain(done)),
        ));
        let behind = if backlog > 0.0 {
            Text::new(
                format!(
                    "At {start} the replica was **{} changes behind**, all written at the rate of the first row.",
                    plain(backlog)
                ),
                format!("{start}時複本已**落後{}筆**，都是以第一列的速率寫入的。", plain(backlog)),
            )
        } else {
            Text::new(format!("At {start} the replica was not behind."), format!("{start}時複本沒有落後。"))
        };
        return Exercise {
            prompt: Text::new(
                format!(
                    "`{system}` went through {job}; for a while its replica was slower too (long queries on it held replay back). Each row holds from its time until the next: changes the primary wrote a second, and changes the replica could apply a second. What is written arrives at once. {}",
                    behind.en
                ),
                format!(
                    "`{system}`經歷了{job_zh}，期間複本有一陣子也變慢（複本上的長查詢擋住了套用）。每一列從該時刻起到下一列為止有效：主要伺服器每秒寫入的變更數，以及複本每秒能套用的變更數。寫入的內容立刻送達。{}",
                    behind.zh_tw
                ),
            ),
            evidence: vec![shown(EvidenceType::Metric, metric_table(&["Written/s", "CanApply/s"], &points))],
            asks,
            steps,
            given: json!({ "backlog": backlog, "before": base, "at": look, "from": from(busy) }),
        };
    }
}

const MIB: f64 = 1_048_576.0;

fn lsn(position: u64) -> String {
    format!("{:X}/{:X}", position >> 32, position & 0xffff_ffff)
}

/// A stale read's probability: reads go to a server by its share, and come a drawn time after the write.
fn stale(shares: &[(f64, f64)], longest: f64) -> f64 {
    shares.iter().map(|(share, lag)| share * (lag / longest).min(1.0)).sum()
}

fn stale_ask(draw: &mut Draw, names: &[&str], lags: &[f64]) -> (Ask, Text, Text, serde_json::Value) {
    let count = lags.len() as f64;
    let primary = f64::from(*draw.pick(&[0u32, 0, 10, 20, 25, 40]));
    let longest = f64::from(*draw.pick(&[2u32, 4, 5, 8, 10, 20]));
    let each = (100.0 - primary) / count;
    let shares: Vec<(f64, f64)> = lags.iter().map(|lag| (each, *lag)).collect();
    let right = stale(&shares, longest);
    let all: f64 = lags.iter().map(|lag| 100.0 / count * (lag / longest).min(1.0)).sum();
    let mean = lags.iter().sum::<f64>() / count;
    let mut traps = vec![
        (
            (100.0 - primary) * (mean / longest).min(1.0),
            Text::new(
                "Averaging the lags first hides that a replica cannot be more than always stale: take each by itself.",
                "先把延遲平均會忽略一件事：單一複本讀到舊資料的機率不會超過100%，要分開算。",
            ),
        ),
        (
            100.0 - right,
            Text::new("That is the probability that the read is fresh.", "那是讀到新資料的機率。"),
        ),
    ];
    if primary > 0.0 {
        traps.insert(
            0,
            (
                all,
                Text::new(
                    format!("{primary:.0}% of the reads go to the primary, which is never stale."),
                    format!("有{primary:.0}%的讀取到主要伺服器，那裡不會讀到舊資料。"),
                ),
            ),
        );
    }
    let ask = Ask::new(
        "stale",
        Text::new(
            "Probability that such a read misses the user's own write",
            "這樣的讀取看不到使用者自己剛才寫入的機率",
        ),
        number(right, 0.5, Unit::Percent, traps),
    );
    let parts: Vec<String> = lags.iter().map(|lag| format!("min(1, {lag} ÷ {longest:.0})")).collect();
    let parts = parts.join(" + ");
    let step = Text::new(
        format!(
            "A read comes at a time spread evenly over 0 to {longest:.0} s after the write; a replica that is L behind misses it with probability min(1, L ÷ {longest:.0}). {each:.1}% × ({parts}) = {right:.1}%."
        ),
        format!(
            "讀取平均分布在寫入後0到{longest:.0}秒；落後L秒的複本讀不到的機率是min(1, L ÷ {longest:.0})。{each:.1}% × ({parts}) = {right:.1}%。"
        ),
    );
    let (spread, spread_zh) = (names.join("`, `"), names.join("`、`"));
    let sentence = if primary > 0.0 {
        Text::new(
            format!(
                "Of the application's reads {primary:.0}% go to the primary and the others evenly to `{spread}`; a user reads back a write after 0 to {longest:.0} s, evenly spread."
            ),
            format!(
                "應用程式的讀取有{primary:.0}%到主要伺服器，其餘平均分給`{spread_zh}`；使用者在寫入後0到{longest:.0}秒之間（均勻分布）把它讀回來。"
            ),
        )
    } else {
        Text::new(
            format!(
                "The application's reads go evenly to `{spread}`; a user reads back a write after 0 to {longest:.0} s, evenly spread."
            ),
            format!(
                "應用程式的讀取平均分給`{spread_zh}`；使用者在寫入後0到{longest:.0}秒之間（均勻分布）把它讀回來。"
            ),
        )
    };
    (ask, step, sentence, json!({ "primary": primary, "longest": longest }))
}

const REPLICAS: [&[&str]; 4] = [
    &["replica_a", "replica_b", "replica_c"],
    &["read1", "read2", "read3"],
    &["az_b", "az_c", "az_d"],
    &["standby_1", "standby_2", "standby_3"],
];

/// PostgreSQL: positions of several replicas.
fn positions(draw: &mut Draw) -> Exercise {
    loop {
        let count = draw.int(2, 3usize);
        let all = *draw.pick(&REPLICAS);
        let names: Vec<&str> = all.iter().copied().take(count).collect();
        // MiB of WAL a second.
        let rate = f64::from(draw.int(2u32, 16));
        let replay = rate + f64::from(draw.int(4u32, 40));
        let current = draw.number(0x2_0000_0000, 0x90_0000_0000);
        let bytes = |seconds: f64| (seconds * rate * MIB).round() as u64;
        // Seconds behind in receiving, and in replaying.
        let mut received: Vec<f64> = Vec::new();
        let mut lags: Vec<f64> = Vec::new();
        for _ in 0..count {
            let network = f64::from(draw.int(0u32, 40)) / 20.0;
            received.push(network);
            lags.push(network + f64::from(draw.int(1u32, 60)) / 4.0);
        }
        let flush: Vec<u64> = received.iter().map(|behind| current - bytes(*behind)).collect();
        let replayed: Vec<u64> = lags.iter().map(|behind| current - bytes(*behind)).collect();
        let best = (0..count).max_by_key(|index| flush[*index]).unwrap_or(0);
        let ahead = (0..count).max_by_key(|index| replayed[*index]).unwrap_or(0);
        let mut sorted = received.clone();
        sorted.sort_by(f64::total_cmp);
        // The best by what it has received must be clear, and not the best by what it has replayed.
        if sorted[1] - sorted[0] < 0.2 || best == ahead || sorted[0] < 0.05 {
            continue;
        }
        let asked = draw.int(0, count - 1);
        let backlog = current - replayed[asked];
        let lost = current - flush[best];
        let left = flush[best] - replayed[best];
        let catch_up = left as f64 / MIB / replay;
        if catch_up < 0.2 {
            continue;
        }
        let rows: Vec<Vec<String>> = (0..count)
            .map(|index| {
                let written = flush[index] + (current - flush[index]) / 8;
                let sent = written + (current - written) / 2;
                vec![
                    names[index].to_owned(),
                    "streaming".to_owned(),
                    lsn(sent),
                    lsn(written),
                    lsn(flush[index]),
                    lsn(replayed[index]),
                    // PostgreSQL prints an interval without trailing zeros.
                    format!("00:00:{:09.6}", lags[index])
                        .trim_end_matches('0')
                        .trim_end_matches('.')
                        .to_owned(),
                    "async".to_owned(),
                ]
            })
            .collect();
        let columns = [
            "application_name",
            "state",
            "sent_lsn",
            "write_lsn",
            "flush_lsn",
            "replay_lsn",
            "replay_lag",
            "sync_state",
        ]
        .map(|name| (name, Align::Left));
        let (stale, stale_step, sentence, reads) = stale_ask(draw, &names, &lags);
        let lost_seconds = lost as f64 / MIB / rate;
        let options = names.iter().enumerate().map(|(index, name)| {
            let behind = current - flush[index];
            let why = Text::new(
                format!(
                    "`{name}` has flushed up to {}: {} bytes of the primary's WAL would be lost with it.",
                    lsn(flush[index]),
                    number_with_commas(behind)
                ),
                format!(
                    "`{name}`已寫入磁碟到{}：升級它會遺失主要伺服器{}位元組的WAL。",
                    lsn(flush[index]),
                    number_with_commas(behind)
                ),
            );
            (index, Choice::new(Text::new(format!("`{name}`"), format!("`{name}`")), why))
        });
        let (mut first, rest): (Vec<_>, Vec<_>) = options.partition(|(index, _)| *index == best);
        first.extend(rest);
        let options = first.into_iter().map(|(_, option)| option).collect();
        let asks = vec![
            Ask::new(
                "backlog",
                Text::new(
                    format!("WAL that `{}` has not replayed yet", names[asked]),
                    format!("`{}`還沒重播的WAL量", names[asked]),
                ),
                number(
                    backlog as f64,
                    backlog as f64 / 200.0,
                    Unit::Bytes,
                    vec![
                        (
                            (flush[asked] - replayed[asked]) as f64,
                            Text::new(
                                "That is what it has flushed and not replayed; what has not reached it is pending too.",
                                "那只是已寫入磁碟但未重播的部分；還沒送到的也算在內。",
                            ),
                        ),
                        (
                            (current - flush[asked]) as f64,
                            Text::new(
                                "That is what it has not flushed; replay is further behind.",
                                "那是還沒寫入磁碟的部分；重播落後更多。",
                            ),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "promote",
                Text::new("The replica whose promotion would lose the least", "升級哪個複本遺失最少"),
                Answer::choice(draw, options),
            ),
            Ask::new(
                "rpo",
                Text::new("How many seconds of writes are lost with it", "升級它會遺失幾秒的寫入"),
                number(
                    lost_seconds,
                    (lost_seconds / 50.0).max(0.02),
                    Unit::Seconds,
                    vec![
                        (
                            lags[best],
                            Text::new(
                                "`replay_lag` also counts WAL that it has received but not replayed yet; on promotion it replays that first, so that part is not lost.",
                                "`replay_lag`也含已收到但未重播的WAL；升級時會先重播完，那部分不會遺失。",
                            ),
                        ),
                        (
                            lags[ahead],
                            Text::new(
                                "That is the smallest `replay_lag`; what counts is what has been flushed.",
                                "那是最小的`replay_lag`；要看的是已寫入磁碟的位置。",
                            ),
                        ),
                    ],
                ),
            ),
            stale,
        ];
        let table = format!(
            "postgres=# SELECT application_name, state, sent_lsn, write_lsn, flush_lsn, replay_lsn, replay_lag, sync_state FROM pg_stat_replication;\n{}",
            psql_table(&columns, &rows)
        );
        let here = format!(
            "postgres=# SELECT pg_current_wal_lsn();\n{}",
            psql_table(&[("pg_current_wal_lsn", Align::Left)], &[vec![lsn(current)]])
        );
        return Exercise {
            prompt: Text::new(
                format!(
                    "A PostgreSQL primary writes a steady **{rate:.0} MiB of WAL a second**; both outputs were taken on it at the same moment, and the lags stay as they are. {} Then the primary is lost for good. What a replica has flushed counts as received, and a promoted replica replays it before it accepts writes.",
                    sentence.en
                ),
                format!(
                    "某個PostgreSQL主要伺服器穩定地每秒寫入 **{rate:.0} MiB的WAL**；兩份輸出在同一刻取自主要伺服器，各延遲維持不變。{}接著主要伺服器永久損毀。複本已寫入磁碟（flush）的才算收到，升級的複本會先重播完才接受寫入。",
                    sentence.zh_tw
                ),
            ),
            evidence: vec![shown(EvidenceType::Command, here), shown(EvidenceType::Command, table)],
            asks,
            steps: vec![
                Text::new(
                    format!(
                        "A position is a number in hexadecimal, high part / low part: {} − {} = {} bytes.",
                        lsn(current),
                        lsn(replayed[asked]),
                        number_with_commas(backlog)
                    ),
                    format!(
                        "位置是十六進位數字，前段是高位、後段是低位：{} − {} = {}位元組。",
                        lsn(current),
                        lsn(replayed[asked]),
                        number_with_commas(backlog)
                    ),
                ),
                Text::new(
                    format!(
                        "Lost is what no surviving disk has: by `flush_lsn`, `{}` is furthest, although `{}` has replayed more.",
                        names[best], names[ahead]
                    ),
                    format!(
                        "會遺失的是沒有任何存活磁碟握有的部分：依`flush_lsn`，`{}`最新，雖然`{}`重播得比較多。",
                        names[best], names[ahead]
                    ),
                ),
                Text::new(
                    format!(
                        "{} bytes ÷ {rate:.0} MiB/s = {lost_seconds:.2} s. Replaying its other {} bytes costs time (if it replays {replay:.0} MiB a second: {catch_up:.1} s), not data.",
                        number_with_commas(lost),
                        number_with_commas(left)
                    ),
                    format!(
                        "{}位元組 ÷ {rate:.0} MiB/s = {lost_seconds:.2}秒。其餘{}位元組的重播只花時間（若每秒重播{replay:.0} MiB：{catch_up:.1}秒），不會遺失資料。",
                        number_with_commas(lost),
                        number_with_commas(left)
                    ),
                ),
                stale_step,
            ],
            given: json!({ "rate": rate, "asked": names[asked], "reads": reads, "lags": lags }),
        };
    }
}

/// MySQL: what a replica has read and executed of the source's binary log.
fn binlog(draw: &mut Draw) -> Exercise {
    loop {
        let number_of = draw.int(100u32, 4000);
        let file = |index: u32| format!("mysql-bin.{:06}", number_of + index);
        let full = 1_073_741_824u64 + draw.number(100, 900_000);
        // Bytes of binary log a second.
        let rate = f64::from(draw.int(5u32, 60)) * 100_000.0;
        let position = draw.number(20_000_000, 600_000_000);
        let unread = f64::from(draw.int(2u32, 240)) / 2.0;
        let unexecuted = f64::from(draw.int(0u32, 300)) * 2.0;
        let starved = draw.percent(50);
        let (unread, unexecuted) =
            if starved { (unread * 4.0, 0.0) } else { (unread / 10.0, unexecuted + 60.0) };
        let end = full + position;
        let read = end.saturating_sub((unread * rate) as u64);
        let executed = read.saturating_sub((unexecuted * rate) as u64);
        if executed < 200_000 || position > full - 1000 {
            continue;
        }
        let at = |place: u64| if place >= full { (file(1), place - full) } else { (file(0), place) };
        let ((read_file, read_at), (run_file, run_at)) = (at(read), at(executed));
        let behind = if starved { 0.0 } else { unexecuted };
        if read_at < 200 || run_at < 200 {
            continue;
        }
        let host = format!("10.{}.{}.{}", draw.int(0u8, 200), draw.int(0u8, 200), draw.int(4u8, 250));
        let state = if starved {
            "Replica has read all relay log; waiting for more updates"
        } else {
            "Reading event from the relay log"
        };
        let status = replica_status(&[
            ("Replica_IO_State", "Waiting for source to send event".to_owned()),
            ("Source_Host", host),
            ("Source_Log_File", read_file.clone()),
            ("Read_Source_Log_Pos", read_at.to_string()),
            ("Relay_Source_Log_File", run_file.clone()),
            ("Replica_IO_Running", "Yes".to_owned()),
            ("Replica_SQL_Running", "Yes".to_owned()),
            ("Exec_Source_Log_Pos", run_at.to_string()),
            ("Seconds_Behind_Source", format!("{behind:.0}")),
            ("Replica_SQL_Running_State", state.to_owned()),
        ]);
        let pending = end - executed;
        let lost = end - read;
        let lost_seconds = lost as f64 / rate;
        let relay = read - executed;
        let total = pending as f64 / rate;
        if lost < 1000 || pending == lost && !starved {
            continue;
        }
        let logs = format!(
            "mysql> SHOW BINARY LOGS;\n+------------------+------------+-----------+\n| Log_name         | File_size  | Encrypted |\n+------------------+------------+-----------+\n| {} | {full:>10} | No        |\n| {} | {position:>10} | No        |\n+------------------+------------+-----------+\n2 rows in set (0.00 sec)\n",
            file(0),
            file(1)
        );
        let why = Text::new(
            format!(
                "The receiver has {} of the source's {} bytes; {} bytes wait in the relay log. `Seconds_Behind_Source` compares only what the applier works on with what has arrived.",
                number_with_commas(read),
                number_with_commas(end),
                number_with_commas(relay)
            ),
            format!(
                "接收端已收到來源{}位元組中的{}位元組；中繼日誌裡還有{}位元組待套用。`Seconds_Behind_Source`只比較套用端正在處理的與已送達的。",
                number_with_commas(end),
                number_with_commas(read),
                number_with_commas(relay)
            ),
        );
        let receiver =
            Text::new("the transfer: the source's log arrives too slowly", "傳輸：來源的日誌送達太慢");
        let applier =
            Text::new("the applier: what has arrived is executed too slowly", "套用：已送達的內容執行太慢");
        let stopped =
            Text::new("the receiver thread: it has stopped on an error", "接收執行緒：因錯誤停止了");
        let stopped_applier =
            Text::new("the applier thread: it has stopped on an error", "套用執行緒：因錯誤停止了");
        let (right, wrong) = if starved { (receiver, applier) } else { (applier, receiver) };
        let running = Text::new(
            "Both `Replica_IO_Running` and `Replica_SQL_Running` are `Yes`.",
            "`Replica_IO_Running`與`Replica_SQL_Running`都是`Yes`。",
        );
        let options = vec![
            Choice::new(right, why.clone()),
            Choice::new(wrong, why.clone()),
            Choice::new(stopped, running.clone()),
            Choice::new(stopped_applier, running),
        ];
        let asks = vec![
            Ask::new(
                "pending",
                Text::new("Binary log that the replica has not executed yet", "複本還沒執行的二進位日誌量"),
                number(
                    pending as f64,
                    pending as f64 / 200.0,
                    Unit::Bytes,
                    vec![
                        (
                            relay as f64,
                            Text::new(
                                "That is what has arrived and is not executed; more has not arrived yet.",
                                "那只是已送達而未執行的部分；還有更多沒送到。",
                            ),
                        ),
                        (
                            position.abs_diff(run_at) as f64,
                            Text::new(
                                format!(
                                    "The positions are in different files: `{}` ends at {full}.",
                                    file(0)
                                ),
                                format!("兩個位置在不同的檔案裡：`{}`的結尾是{full}。", file(0)),
                            ),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "behind",
                Text::new(
                    "How old the replica's data is, by the source's rate",
                    "依來源的寫入速率，複本的資料有多舊",
                ),
                number(
                    total,
                    (total / 100.0).max(0.5),
                    Unit::Seconds,
                    vec![(
                        behind,
                        Text::new(
                            "`Seconds_Behind_Source` does not count what has not arrived at the replica yet.",
                            "`Seconds_Behind_Source`不含尚未送達複本的部分。",
                        ),
                    )],
                ),
            ),
            Ask::new(
                "rpo",
                Text::new(
                    "If the source is lost now and the replica takes over: seconds of writes lost",
                    "如果來源此刻損毀、由複本接手：遺失幾秒的寫入",
                ),
                number(
                    lost_seconds,
                    (lost_seconds / 50.0).max(0.1),
                    Unit::Seconds,
                    vec![
                        (
                            total,
                            Text::new(
                                "What is in the relay log is executed before the replica takes over; only what has not arrived is lost.",
                                "中繼日誌裡的內容會先執行完才接手；遺失的只有還沒送達的部分。",
                            ),
                        ),
                        (
                            behind,
                            Text::new(
                                "`Seconds_Behind_Source` says nothing about what has not arrived.",
                                "`Seconds_Behind_Source`與尚未送達的部分無關。",
                            ),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "cause",
                Text::new("What holds the replica back", "拖住複本的是什麼"),
                Answer::choice(draw, options),
            ),
        ];
        return Exercise {
            prompt: Text::new(
                format!(
                    "A MySQL 8.0 source writes a steady **{:.1} MB of binary log a second** (MB = 1,000,000 bytes). The first output is from the source, the second (some of its fields) from its only replica, at the same moment. Replication is asynchronous; a replica that takes over first executes its whole relay log.",
                    rate / 1e6
                ),
                format!(
                    "某個MySQL 8.0來源穩定地每秒寫入 **{:.1} MB的二進位日誌**（MB = 1,000,000位元組）。第一份輸出取自來源，第二份（部分欄位）在同一刻取自它唯一的複本。複寫是非同步的；接手的複本會先執行完整份中繼日誌。",
                    rate / 1e6
                ),
            ),
            evidence: vec![
                shown(EvidenceType::Command, logs),
                shown(EvidenceType::Command, format!("mysql> SHOW REPLICA STATUS\\G\n{status}")),
            ],
            asks,
            steps: vec![
                Text::new(
                    format!(
                        "The source is at `{}` {position}. With {full} bytes of `{}` before it, the replica has executed up to `{run_file}` {run_at}: {} bytes are pending.",
                        file(1),
                        file(0),
                        number_with_commas(pending)
                    ),
                    format!(
                        "來源在`{}`的{position}。把前一個檔案`{}`的{full}位元組算進去，複本執行到`{run_file}`的{run_at}：還有{}位元組未執行。",
                        file(1),
                        file(0),
                        number_with_commas(pending)
                    ),
                ),
                Text::new(
                    format!(
                        "÷ {:.1} MB/s = {total:.1} s, although `Seconds_Behind_Source` says {behind:.0}.",
                        rate / 1e6
                    ),
                    format!(
                        "÷ {:.1} MB/s = {total:.1}秒，雖然`Seconds_Behind_Source`顯示{behind:.0}。",
                        rate / 1e6
                    ),
                ),
                Text::new(
                    format!(
                        "It has received up to `{read_file}` {read_at}: {} bytes, {lost_seconds:.1} s of writes, exist only on the source.",
                        number_with_commas(lost)
                    ),
                    format!(
                        "它收到`{read_file}`的{read_at}：有{}位元組、{lost_seconds:.1}秒的寫入只存在於來源。",
                        number_with_commas(lost)
                    ),
                ),
                why,
            ],
            given: json!({ "rate": rate }),
        };
    }
}
