//! The last state of each of several things: `dedup`.

use serde_json::json;

use super::super::figure::count;
use super::super::{Answer, Ask, Choice, Exercise, Form, Trap, shown};
use super::{code, samples};
use crate::cloud::Draw;
use crate::cloud::logs::{Event, Query, Table, tail};
use crate::model::{EvidenceType, Text};

/// Log group, key, what it names, and its states; the last state is the bad one.
const KINDS: [(&str, &str, &str, &str, [&str; 3]); 5] = [
    ("/batch/jobs", "job", "job", "工作", ["RUNNING", "SUCCEEDED", "FAILED"]),
    ("/deploy/agent", "host", "host", "主機", ["PENDING", "INSTALLED", "ROLLED_BACK"]),
    ("/iot/gateway", "device", "device", "裝置", ["CONNECTED", "IDLE", "DISCONNECTED"]),
    ("/backup/plan", "volume", "volume", "磁碟區", ["CREATED", "COMPLETED", "EXPIRED"]),
    ("/orders/saga", "order", "order", "訂單", ["RESERVED", "PAID", "CANCELLED"]),
];

pub(super) fn exercise(draw: &mut Draw) -> Option<Exercise> {
    let (group, key, en, zh, states) = *draw.pick(&KINDS);
    let names: Vec<String> =
        (0..draw.int(4, 5)).map(|_| format!("{}-{}", en.get(..1).unwrap_or("x"), draw.hex(4))).collect();
    let amount = draw.int(13, 19);
    let mut events = Vec::new();
    for at in samples::times(draw, amount) {
        let stream = format!("agent/{}", draw.pick(&["0", "1"]));
        let message = if draw.percent(18) {
            format!(r#"{{"msg":"heartbeat","uptime_s":{}}}"#, draw.int(100, 90_000))
        } else {
            format!(
                r#"{{"{key}":"{}","state":"{}","attempt":{}}}"#,
                draw.pick(&names),
                draw.pick(&states),
                draw.int(1, 4)
            )
        };
        events.push(Event { at, stream, message });
    }
    let bad = states[2];
    let fields = format!("fields @timestamp, {key}, state");
    let right = format!("{fields}\n| filter ispresent({key})\n| sort @timestamp desc\n| dedup {key}");
    let run = |query: &str| -> Option<Table> { Query::read(query).ok().map(|query| query.run(&events)) };
    let cells = |table: &Table| -> Vec<String> {
        let mut rows: Vec<String> = (0..table.rows.len())
            .map(|row| {
                format!(
                    "{} {} {}",
                    table.text(row, "@timestamp"),
                    table.text(row, key),
                    table.text(row, "state")
                )
            })
            .collect();
        rows.sort();
        rows
    };
    let table = run(&right)?;
    let failed = |table: &Table| -> Vec<String> {
        let mut found: Vec<String> = (0..table.rows.len())
            .filter(|row| table.text(*row, "state") == bad)
            .map(|row| table.text(row, key))
            .collect();
        found.sort();
        found.dedup();
        found
    };
    let now = failed(&table);
    let ever = failed(&run(&format!("{fields}\n| filter ispresent({key})"))?);
    if now.is_empty() || ever == now {
        return None;
    }
    let wrong = [
        (
            format!("{fields}\n| sort @timestamp desc\n| dedup {key}"),
            Text::new(
                format!("Events without `{key}` are no duplicates of each other: `dedup` keeps them all."),
                format!("沒有`{key}`的事件彼此不算重複，`dedup`會全部保留。"),
            ),
        ),
        (
            format!("{fields}\n| filter ispresent({key})\n| sort @timestamp asc\n| dedup {key}"),
            Text::new(
                "The first in the order is kept: with `asc` that is the oldest.",
                "會保留排序中的第一個：用`asc`就是最舊的。",
            ),
        ),
        (
            format!("{fields}\n| filter state = \"{bad}\"\n| sort @timestamp desc\n| dedup {key}"),
            Text::new(
                format!(
                    "It filters before it looks for the last event: what was {bad} at some time and is not any more comes up too."
                ),
                format!("它先過濾才找最後一筆：曾經是{bad}、但現在已不是的也會列出。"),
            ),
        ),
        (
            format!("{fields}\n| filter ispresent({key})\n| sort @timestamp desc\n| dedup {key}, state"),
            Text::new(
                format!("That keeps the last event of each pair of `{key}` and `state`."),
                format!("那會保留每一組`{key}`與`state`的最後一筆。"),
            ),
        ),
        (
            format!("{fields}\n| filter ispresent({key})\n| sort @timestamp desc\n| dedup state"),
            Text::new("That keeps one event of each state.", "那是每種state保留一筆。"),
        ),
    ];
    let mut seen = vec![cells(&table)];
    let mut others = Vec::new();
    for (query, why) in draw.some(&wrong, wrong.len()) {
        let result = run(&query)?;
        let rows = cells(&result);
        if !seen.contains(&rows) && others.len() < 3 {
            let why = Text::new(
                format!("{} It returns {} rows.", why.en, rows.len()),
                format!("{}它回傳{}列。", why.zh_tw, rows.len()),
            );
            seen.push(rows);
            others.push(Choice::new(Text::new(code(&query), code(&query)), why));
        }
    }
    if others.len() < 3 {
        return None;
    }
    let mut options = vec![Choice::new(
        Text::new(code(&right), code(&right)),
        Text::new(
            format!(
                "The newest event of each {en} comes first and is the one that `dedup` keeps: {} rows.",
                table.rows.len()
            ),
            format!("每個{zh}最新的事件排在最前面，`dedup`保留的就是它：{}列。", table.rows.len()),
        ),
    )];
    options.extend(others);
    let everything = run(&format!("{fields}\n| sort @timestamp desc\n| dedup {key}"))?.rows.len() as u64;
    let with_key = run(&format!("{fields}\n| filter ispresent({key})"))?.rows.len() as u64;
    let last: Vec<String> = (0..table.rows.len())
        .map(|row| {
            format!(
                "`{}` {} ({})",
                table.text(row, key),
                table.text(row, "state"),
                table.text(row, "@timestamp")
            )
        })
        .collect();

    Some(Exercise {
        prompt: Text::new(
            format!(
                "Wanted: for each {en}, its most recent event only, so that its present state can be seen; events that name no {en} are not wanted. The sample is everything in the time range."
            ),
            format!(
                "要查的是：每個{zh}只列出最近的一筆事件，以便看出目前的狀態；沒有指明{zh}的事件不要。樣本就是查詢時間範圍內的全部事件。"
            ),
        ),
        evidence: vec![shown(EvidenceType::Log, tail(group, "--since 1h", &events))],
        asks: vec![
            Ask::new(
                "query",
                Text::new("The query that answers it", "哪個查詢能回答"),
                Answer::choice(draw, options),
            ),
            Ask::new(
                "rows",
                Text::new("How many rows it returns", "它回傳幾列"),
                count(
                    table.rows.len() as u64,
                    vec![
                        (
                            everything,
                            Text::new(
                                "That includes the events without the field.",
                                "那包含沒有該欄位的事件。",
                            ),
                        ),
                        (with_key, Text::new("That is before `dedup`.", "那是`dedup`之前的數目。")),
                    ],
                ),
            ),
            Ask::new(
                "bad",
                Text::new(
                    format!("Every {en} whose present state is {bad}"),
                    format!("目前狀態為{bad}的{zh}"),
                ),
                Answer::Typed {
                    form: Form::Set,
                    right: now.join(" "),
                    also: Vec::new(),
                    traps: vec![Trap::new(
                        ever.join(" "),
                        Text::new(
                            format!("Those were {bad} at some time; some have another state by now."),
                            format!("那些是曾經為{bad}的；有些現在已是別的狀態。"),
                        ),
                    )],
                },
            ),
        ],
        steps: vec![
            Text::new(
                format!("Without the events that have no `{key}`: {with_key} of {}.", events.len()),
                format!("先去掉沒有`{key}`的事件：剩{with_key}/{}。", events.len()),
            ),
            Text::new(
                format!("Newest first, the first of each {en} stays: {}.", last.join(", ")),
                format!("由新到舊，每個{zh}只留第一筆：{}。", last.join("、")),
            ),
        ],
        given: json!({ "kind": "latest", "key": key, "bad": bad }),
    })
}
