//! D21: CloudWatch Logs Insights: what a query returns, and which query answers a question.

mod latest;
mod question;
mod samples;

use serde_json::json;

use super::figure::{count, figure};
use super::{Answer, Ask, Choice, Exercise, Family, Form, Unit, shown};
use crate::cloud::Draw;
use crate::cloud::logs::{Table, tail};
use crate::model::{EvidenceType, Text};
use question::Question;
use samples::Sample;

pub(super) const FAMILY: Family = Family {
    id: "D21",
    place: ("scripting-logs", "logs-insights-queries"),
    depths: &[2, 2, 3],
    seconds: 150,
    version: 3,
    sources: &[
        "Amazon CloudWatch Logs User Guide, CloudWatch Logs Insights language query syntax (parse, filter, stats, sort, limit, dedup)",
        "Amazon CloudWatch Logs User Guide, stats: Functions to use with stats (count(*), count(fieldName), pct, bin)",
        "Amazon CloudWatch Logs User Guide, Supported logs and discovered fields (JSON logs, Lambda logs, VPC Flow Logs)",
        "AWS CLI Command Reference, logs tail",
        "AWS Compute Blog, AWS Lambda standardizes billing for INIT Phase (since 1 August 2025 the billed duration contains it)",
    ],
    draw,
};

/// What every prompt says of its sample, and of percentiles where one is asked for.
fn rule(question: &Question, sample: &Sample) -> Text {
    let (mut en, mut zh) = (
        "The sample is everything in the time range; times are UTC.".to_owned(),
        "樣本就是查詢時間範圍內的全部事件，時間為UTC。".to_owned(),
    );
    if sample.events.iter().any(|event| event.stream.contains("[$LATEST]")) {
        en += " Names of log streams are cut after the first 8 of their 32 hexadecimal digits.";
        zh += "日誌串流的名稱只保留32個十六進位數字的前8個。";
    }
    if question.measure.function != "pct" {
        return Text::new(en, zh);
    }
    Text::new(
        format!(
            "{en} A percentile p is here the nearest rank: of the n values in ascending order, the one at position ⌈p/100 × n⌉ (the service approximates it)."
        ),
        format!(
            "{zh}這裡的第p百分位數採nearest rank：把n個值由小到大排，取第 ⌈p/100 × n⌉ 個（實際服務是近似值）。"
        ),
    )
}

fn draw(draw: &mut Draw, level: u8) -> Exercise {
    loop {
        if level > 2 && draw.percent(30) {
            if let Some(exercise) = latest::exercise(draw) {
                return exercise;
            }
            continue;
        }
        let sample = match level {
            1 => samples::structured(draw),
            2 => samples::any(draw),
            _ => samples::text(draw),
        };
        // Several questions are tried before other logs are drawn.
        for _ in 0..8 {
            let exercise =
                if level == 1 { read_result(draw, &sample) } else { choose_query(draw, &sample, level) };
            if let Some(exercise) = exercise {
                return exercise;
            }
        }
    }
}

fn log_evidence(sample: &Sample) -> crate::model::Evidence {
    shown(EvidenceType::Log, tail(sample.group, "--since 1h", &sample.events))
}

/// A row in words: its cells, joined.
fn row_text(table: &Table, row: usize) -> String {
    let cell = |column: &String| Some(table.text(row, column)).filter(|text| !text.is_empty());
    let cells: Vec<String> =
        table.columns.iter().map(|column| cell(column).unwrap_or_else(|| "-".to_owned())).collect();
    cells.join(", ")
}

/// Whether the order of the first `rows` rows hangs on no tie.
fn untied(all: &Table, measure: &str, rows: usize) -> bool {
    (0..rows).all(|row| match (all.number(row, measure), all.number(row + 1, measure)) {
        (Some(a), Some(b)) => (a - b).abs() > 1e-9,
        (Some(_), None) => all.rows.len() == row + 1,
        _ => false,
    })
}

fn value_ask(question: &Question, table: &Table, sample: &Sample) -> Option<Ask> {
    let value = table.number(0, &question.measure.name())?;
    let mut mistakes = Vec::new();
    let key = question.key_columns();
    for (other, why) in question.measure.confusions(sample) {
        let changed = Question { measure: other, limit: 0, ..question.clone() };
        let result = changed.run(sample)?;
        let same = |row: &usize| key.iter().all(|column| result.text(*row, column) == table.text(0, column));
        let wrong =
            (0..result.rows.len()).find(same).and_then(|row| result.number(row, &changed.measure.name()));
        mistakes.extend(wrong.map(|wrong| (wrong, why)));
    }
    let decimals = if value.fract() == 0.0 { 0.0 } else { 0.0051 };
    Some(Ask::new(
        "value",
        Text::new(
            format!("`{}` in the first row (two decimals if it is not whole)", question.measure.name()),
            format!("第一列的`{}`（不是整數時取到小數第二位）", question.measure.name()),
        ),
        figure(value, decimals, Unit::None, mistakes),
    ))
}

fn first_ask(question: &Question, table: &Table, all: &Table) -> Ask {
    let key = question.key_columns().into_iter().next().unwrap_or_default();
    let right = table.text(0, &key);
    let last = all.text(all.rows.len().saturating_sub(1), &key);
    if key.starts_with("bin(") {
        let short = right.split('.').next().unwrap_or_default().to_owned();
        return Ask::new(
            "first",
            Text::new(format!("`{key}` of the first row"), format!("第一列的`{key}`")),
            Answer::typed(Form::Moment, short),
        );
    }
    // The digits of a Lambda log stream are name enough.
    let also = right.split_once("[$LATEST]").map(|(_, digits)| digits.to_owned()).into_iter().collect();
    let mut traps = Vec::new();
    if last != right {
        traps.push(super::Trap::new(
            last,
            Text::new("That is the other end of the order.", "那是排序的另一頭。"),
        ));
    }
    Ask::new(
        "first",
        Text::new(format!("`{key}` of the first row"), format!("第一列的`{key}`")),
        Answer::Typed { form: Form::Words, right, also, traps },
    )
}

fn rows_ask(table: &Table, all: &Table, matched: usize) -> Ask {
    Ask::new(
        "rows",
        Text::new("How many rows the result has", "結果有幾列"),
        count(
            table.rows.len() as u64,
            vec![
                (
                    all.rows.len() as u64,
                    Text::new("`limit` keeps only the first rows.", "`limit`只留下前幾列。"),
                ),
                (
                    matched as u64,
                    Text::new(
                        format!("{matched} events pass the filter; `stats` gives one row a group."),
                        format!("有{matched}個事件通過filter；`stats`每一組只產生一列。"),
                    ),
                ),
            ],
        ),
    )
}

/// Level 1: a query and a sample; what comes back.
fn read_result(draw: &mut Draw, sample: &Sample) -> Option<Exercise> {
    let mut question = Question::draw(draw, sample, false);
    question.bin = if draw.percent(35) { question.bin } else { 0 };
    if question.bin > 0 {
        question.group = None;
    }
    let table = question.run(sample)?;
    let all = Question { limit: 0, ..question.clone() }.run(sample)?;
    if table.rows.is_empty()
        || all.rows.len() < 3
        || !untied(&all, &question.measure.name(), table.rows.len())
    {
        return None;
    }
    let matched = question.matched(sample)?;
    let query = question.query(sample);
    let rule = rule(&question, sample);
    Some(Exercise {
        prompt: Text::new(
            format!("The query below runs over these log events. {}", rule.en),
            format!("對下列日誌事件執行這個查詢。{}", rule.zh_tw),
        ),
        evidence: vec![log_evidence(sample), shown(EvidenceType::Config, format!("{query}\n"))],
        asks: vec![
            first_ask(&question, &table, &all),
            value_ask(&question, &table, sample)?,
            rows_ask(&table, &all, matched),
        ],
        steps: vec![
            Text::new(
                format!("`filter` leaves {matched} of {} events.", sample.events.len()),
                format!("`filter`之後剩{matched}/{}個事件。", sample.events.len()),
            ),
            groups_step(&question, &all),
            Text::new(
                format!("First row: {}.", row_text(&table, 0)),
                format!("第一列：{}。", row_text(&table, 0)),
            ),
        ],
        given: json!({ "kind": "result" }),
    })
}

fn groups_step(question: &Question, all: &Table) -> Text {
    let shown = all.rows.len().min(6);
    let rows: Vec<String> = (0..shown).map(|row| format!("({})", row_text(all, row))).collect();
    let more = if all.rows.len() > shown { ", …" } else { "" };
    Text::new(
        format!(
            "`stats` by {} gives {} rows; sorted: {}{more}",
            question.by(),
            all.rows.len(),
            rows.join(", ")
        ),
        format!("`stats`依{}分組得到{}列，排序後：{}{more}", question.by(), all.rows.len(), rows.join(", ")),
    )
}

/// Levels 2 and 3: a question; which of four queries answers it, and what it returns.
fn choose_query(draw: &mut Draw, sample: &Sample, level: u8) -> Option<Exercise> {
    let mut question = Question::draw(draw, sample, level > 2);
    if level == 2 && question.bin > 0 && draw.percent(60) {
        question.group = None;
    }
    if question.bin > 0 && question.group.is_none() {
        question.limit = if draw.percent(50) { 1 } else { question.limit };
    }
    let table = question.run(sample)?;
    let all = Question { limit: 0, ..question.clone() }.run(sample)?;
    if table.rows.is_empty()
        || all.rows.len() < 3
        || !untied(&all, &question.measure.name(), table.rows.len())
    {
        return None;
    }
    let matched = question.matched(sample)?;
    let right = question.query(sample);
    let mut seen = vec![table.clone()];
    let mut wrong = Vec::new();
    let mut mutants = question.mutants(sample);
    draw.shuffle(&mut mutants);
    for (query, result, why) in mutants {
        // Queries that happen to give the same rows here would be as right.
        let key = |table: &Table| -> Vec<String> {
            (0..table.rows.len()).map(|row| row_text(table, row)).collect()
        };
        if seen.iter().any(|other| key(other) == key(&result)) || wrong.len() == 3 {
            continue;
        }
        let first = if result.rows.is_empty() {
            ("It returns no row.".to_owned(), "它沒有回傳任何列。".to_owned())
        } else {
            (
                format!("Its first row: {}.", row_text(&result, 0)),
                format!("它的第一列是：{}。", row_text(&result, 0)),
            )
        };
        seen.push(result);
        wrong.push(Choice::new(
            Text::new(code(&query), code(&query)),
            Text::new(format!("{} {}", why.en, first.0), format!("{}{}", why.zh_tw, first.1)),
        ));
    }
    if wrong.len() < 3 {
        return None;
    }
    let mut options = vec![Choice::new(
        Text::new(code(&right), code(&right)),
        Text::new(
            format!("Its rows are what is asked for; the first: {}.", row_text(&table, 0)),
            format!("回傳的正是要的結果，第一列：{}。", row_text(&table, 0)),
        ),
    )];
    options.extend(wrong);
    let mut asks = vec![Ask::new(
        "query",
        Text::new("The query that answers it", "哪個查詢能回答"),
        Answer::choice(draw, options),
    )];
    asks.push(first_ask(&question, &table, &all));
    asks.push(value_ask(&question, &table, sample)?);
    if level > 2 {
        asks.push(rows_ask(&table, &all, matched));
    }
    let wanted = question.words(sample);
    let rule = rule(&question, sample);
    Some(Exercise {
        prompt: Text::new(
            format!(
                "{} {} The right query answers exactly that; its result is what the other questions are about.",
                wanted.en, rule.en
            ),
            format!("{}{}正確的查詢要剛好回答這個問題；其餘各題問的是它的結果。", wanted.zh_tw, rule.zh_tw),
        ),
        evidence: vec![log_evidence(sample)],
        asks,
        steps: vec![
            Text::new(
                format!(
                    "Fields: {}. `filter` leaves {matched} of {} events.",
                    sample.fields_en,
                    sample.events.len()
                ),
                format!(
                    "欄位：{}。`filter`之後剩{matched}/{}個事件。",
                    sample.fields_zh,
                    sample.events.len()
                ),
            ),
            groups_step(&question, &all),
            Text::new(
                format!("{}\n\nFirst row: {}.", code(&right), row_text(&table, 0)),
                format!("{}\n\n第一列：{}。", code(&right), row_text(&table, 0)),
            ),
        ],
        given: json!({ "kind": "question", "question": question.given(sample) }),
    })
}

/// A query as Markdown.
fn code(query: &str) -> String {
    format!("```\n{query}\n```")
}
