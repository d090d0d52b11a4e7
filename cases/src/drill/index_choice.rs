//! D15: which index serves a query, how much of it is read, and why a plan is slow.

use std::fmt::Write as _;

use serde_json::json;

use super::{Answer, Ask, Choice, Exercise, Family, Trap, Unit, shown};
use crate::cloud::Draw;
use crate::cloud::database::{Align, number_with_commas, psql_table};
use crate::model::{Evidence, EvidenceType, Text};

pub(super) const FAMILY: Family = Family {
    id: "D15",
    place: ("database", "explain-plan-reading"),
    depths: &[2, 3, 4],
    seconds: 150,
    version: 2,
    sources: &[
        "PostgreSQL 15 documentation, 11.3 Multicolumn Indexes (which columns limit the part that is scanned)",
        "PostgreSQL 15 documentation, 11.4 Indexes and ORDER BY; 11.7 Indexes on Expressions; 11.8 Partial Indexes; 11.9 Index-Only Scans and Covering Indexes",
        "PostgreSQL 15 documentation, 14.1 Using EXPLAIN (rows and time are per loop; Rows Removed by Filter; Sort Method)",
        "PostgreSQL 15 documentation, 11.10 Operator Classes and Operator Families (LIKE needs an anchored pattern)",
    ],
    draw,
};

/// A table: an owner, a status, a time.
#[derive(Clone, Copy)]
struct Shape {
    table: &'static str,
    owner: &'static str,
    status: &'static str,
    /// The commonest first.
    labels: [&'static str; 3],
    time: &'static str,
    parent: &'static str,
}

const SHAPES: [Shape; 6] = [
    Shape {
        table: "orders",
        owner: "customer_id",
        status: "status",
        labels: ["shipped", "cancelled", "pending"],
        time: "created_at",
        parent: "customers",
    },
    Shape {
        table: "events",
        owner: "device_id",
        status: "kind",
        labels: ["heartbeat", "warning", "fault"],
        time: "recorded_at",
        parent: "devices",
    },
    Shape {
        table: "tickets",
        owner: "account_id",
        status: "state",
        labels: ["closed", "open", "escalated"],
        time: "opened_at",
        parent: "accounts",
    },
    Shape {
        table: "payments",
        owner: "merchant_id",
        status: "result",
        labels: ["approved", "declined", "disputed"],
        time: "paid_at",
        parent: "merchants",
    },
    Shape {
        table: "messages",
        owner: "channel_id",
        status: "folder",
        labels: ["archive", "inbox", "spam"],
        time: "sent_at",
        parent: "channels",
    },
    Shape {
        table: "jobs",
        owner: "queue_id",
        status: "outcome",
        labels: ["done", "retried", "failed"],
        time: "run_at",
        parent: "queues",
    },
];

const DATABASES: [&str; 5] = ["app", "prod", "shop", "core", "reports"];

/// How the rows are spread: each day has every owner with every twentieth `repeat` times. Everything counted is a
/// product, because the columns are independent.
#[derive(Clone, Copy)]
struct Data {
    shape: Shape,
    owners: u64,
    days: u64,
    repeat: u64,
    /// Twentieths of each label.
    shares: [u64; 3],
}

impl Data {
    fn draw(draw: &mut Draw, repeats: (u64, u64)) -> Self {
        Self {
            shape: *draw.pick(&SHAPES),
            owners: 10 * draw.number(12, 20),
            days: draw.number(5, 8),
            repeat: draw.number(repeats.0, repeats.1),
            shares: *draw.pick(&[[16, 3, 1], [15, 4, 1], [17, 2, 1], [14, 4, 2], [15, 3, 2]]),
        }
    }

    fn rows(&self) -> u64 {
        self.owners * 20 * self.days * self.repeat
    }

    /// Rows that meet some conditions.
    fn count(&self, owner: bool, label: Option<usize>, days: Option<u64>) -> u64 {
        let owners = if owner { 1 } else { self.owners };
        let shares = label.map_or(20, |label| self.shares.get(label).copied().unwrap_or(0));
        owners * shares * days.unwrap_or(self.days) * self.repeat
    }

    fn label(&self, index: usize) -> &'static str {
        self.shape.labels.get(index).copied().unwrap_or("-")
    }

    /// The first moment of the last `days` days; the data begins on 2026-03-01.
    fn since(&self, days: u64) -> String {
        format!("2026-03-{:02}", 1 + self.days - days)
    }

    fn given(&self) -> serde_json::Value {
        json!({
            "table": self.shape.table, "owner": self.shape.owner, "status": self.shape.status, "time": self.shape.time,
            "labels": self.shape.labels, "parent": self.shape.parent,
            "owners": self.owners, "days": self.days, "repeat": self.repeat, "shares": self.shares,
        })
    }

    /// What a colleague counted.
    fn counted(&self, database: &str) -> String {
        let Shape { table, owner, status, time, .. } = self.shape;
        let head = psql_table(
            &[
                ("rows", Align::Right),
                ("owners", Align::Right),
                ("first", Align::Left),
                ("last", Align::Left),
            ],
            &[vec![
                self.rows().to_string(),
                self.owners.to_string(),
                "2026-03-01".to_owned(),
                format!("2026-03-{:02}", self.days),
            ]],
        );
        let by: Vec<Vec<String>> = (0..3)
            .map(|label| vec![self.label(label).to_owned(), self.count(false, Some(label), None).to_string()])
            .collect();
        format!(
            "{database}=> SELECT count(*) AS rows, count(DISTINCT {owner}) AS owners, min({time})::date AS first, max({time})::date AS last FROM {table};\n{head}\n{database}=> SELECT {status}, count(*) FROM {table} GROUP BY 1 ORDER BY 2 DESC;\n{}",
            psql_table(&[(status, Align::Left), ("count", Align::Right)], &by)
        )
    }

    fn spread(&self) -> Text {
        Text::new(
            format!(
                "Every day has the same number of rows, and so has every `{}`; day, `{}` and `{}` are independent of each other.",
                self.shape.owner, self.shape.owner, self.shape.status
            ),
            format!(
                "每天的資料列數相同，每個`{}`的列數也相同；日期、`{}`與`{}`互相獨立。",
                self.shape.owner, self.shape.owner, self.shape.status
            ),
        )
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Id,
    Owner,
    Status,
    Time,
}

impl Column {
    fn name(self, shape: &Shape) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Owner => shape.owner,
            Self::Status => shape.status,
            Self::Time => shape.time,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
struct Index {
    columns: Vec<Column>,
    include: Vec<Column>,
    /// Only rows of the label that the query asks for.
    partial: bool,
}

impl Index {
    fn new(columns: &[Column]) -> Self {
        Self { columns: columns.to_vec(), include: Vec::new(), partial: false }
    }

    fn including(columns: &[Column], include: &[Column]) -> Self {
        Self { columns: columns.to_vec(), include: include.to_vec(), partial: false }
    }

    fn list(columns: &[Column], shape: &Shape) -> String {
        columns.iter().map(|column| column.name(shape)).collect::<Vec<_>>().join(", ")
    }

    /// `(a, b) INCLUDE (c) WHERE ...`
    fn text(&self, shape: &Shape, label: &str) -> String {
        let mut text = format!("({})", Self::list(&self.columns, shape));
        if !self.include.is_empty() {
            let _ = write!(text, " INCLUDE ({})", Self::list(&self.include, shape));
        }
        if self.partial {
            let _ = write!(text, " WHERE ({} = '{label}'::text)", shape.status);
        }
        text
    }
}

fn definitions(data: &Data, database: &str, indexes: &[Index], label: &str) -> String {
    let mut text = format!(
        "{database}=> SELECT indexdef FROM pg_indexes WHERE tablename = '{}' AND indexname LIKE 'i_' ORDER BY indexname;\n",
        data.shape.table
    );
    let rows: Vec<Vec<String>> = indexes
        .iter()
        .enumerate()
        .map(|(number, index)| {
            vec![format!(
                "CREATE INDEX i{} ON public.{} USING btree {}",
                number + 1,
                data.shape.table,
                index.text(&data.shape, label)
            )]
        })
        .collect();
    text.push_str(&psql_table(&[("indexdef", Align::Left)], &rows));
    text
}

fn draw(draw: &mut Draw, level: u8) -> Exercise {
    match level {
        1 => choose(draw),
        2 => read_plan(draw),
        _ => ordered(draw),
    }
}

fn commas(value: u64) -> String {
    number_with_commas(value)
}

/// A count with traps that are not the answer.
fn count(value: u64, traps: Vec<(u64, Text)>) -> Answer {
    let mut kept: Vec<Trap> = Vec::new();
    for (wrong, why) in traps {
        if wrong != value && !kept.iter().any(|trap| trap.value == wrong.to_string()) {
            kept.push(Trap::new(wrong, why));
        }
    }
    Answer::count(value, kept)
}

/// What a query asks of the columns.
#[derive(Clone, Copy)]
struct Wanted {
    owner: bool,
    label: Option<usize>,
    days: Option<u64>,
}

impl Wanted {
    /// Entries in the part of an index that its leading columns limit: equalities, and one range as the last.
    fn entries(self, data: &Data, index: &Index) -> u64 {
        let (mut owner, mut label, mut days) = (false, None, None);
        for column in &index.columns {
            match column {
                Column::Owner if self.owner => owner = true,
                Column::Status if self.label.is_some() => label = self.label,
                Column::Time => {
                    days = self.days;
                    break;
                }
                _ => break,
            }
        }
        data.count(owner, label, days)
    }

    fn rows(self, data: &Data) -> u64 {
        data.count(self.owner, self.label, self.days)
    }

    /// Why an index reads what it reads.
    fn why(self, data: &Data, index: &Index, name: &str) -> Text {
        let shape = &data.shape;
        let entries = commas(self.entries(data, index));
        let mut used: Vec<&str> = Vec::new();
        let mut stop = Text::new("", "");
        for column in &index.columns {
            let named = column.name(shape);
            match column {
                Column::Owner if self.owner => used.push(named),
                Column::Status if self.label.is_some() => used.push(named),
                Column::Time if self.days.is_some() => {
                    used.push(named);
                    stop = Text::new(
                        format!(
                            " `{named}` is a range, so columns behind it no longer narrow the part that is read."
                        ),
                        format!("`{named}`是範圍條件，它後面的欄位無法再縮小讀取的範圍。"),
                    );
                    break;
                }
                _ => {
                    stop = Text::new(
                        format!(
                            " The query says nothing about `{named}`, so columns behind it do not narrow it."
                        ),
                        format!("查詢沒有限制`{named}`，它後面的欄位無法縮小範圍。"),
                    );
                    break;
                }
            }
        }
        if index.columns.last().is_some_and(|column| used.last() == Some(&column.name(shape))) {
            stop = Text::new("", "");
        }
        if used.is_empty() {
            return Text::new(
                format!(
                    "`{name}`: no condition on its first column, so all {entries} entries are in question.{}",
                    stop.en
                ),
                format!("`{name}`：第一個欄位沒有條件，{entries}個項目全都要看。{}", stop.zh_tw),
            );
        }
        Text::new(
            format!("`{name}` is limited by {}: {entries} entries.{}", used.join(", "), stop.en),
            format!("`{name}`由{}限定範圍：{entries}個項目。{}", used.join("、"), stop.zh_tw),
        )
    }
}

fn choose(draw: &mut Draw) -> Exercise {
    use Column::{Owner, Status, Time};
    loop {
        let data = Data::draw(draw, (3, 60));
        let database = draw.pick(&DATABASES);
        let shape = data.shape;
        let label = draw.int(0, 2usize);
        let wanted = match draw.int(0u8, 3) {
            0 => Wanted { owner: true, label: None, days: Some(draw.number(1, 2)) },
            1 => Wanted { owner: false, label: Some(label.max(1)), days: Some(draw.number(1, 3)) },
            _ => Wanted { owner: true, label: Some(label), days: Some(draw.number(1, 3)) },
        };
        let pool: Vec<Index> = [
            &[Owner][..],
            &[Status],
            &[Time],
            &[Owner, Status],
            &[Status, Owner],
            &[Owner, Time],
            &[Time, Owner],
            &[Status, Time],
            &[Time, Status],
            &[Owner, Status, Time],
            &[Owner, Time, Status],
            &[Status, Time, Owner],
            &[Time, Owner, Status],
            &[Time, Status, Owner],
        ]
        .into_iter()
        .map(Index::new)
        .collect();
        let indexes = draw.some(&pool, 4);
        let mut sizes: Vec<u64> = indexes.iter().map(|index| wanted.entries(&data, index)).collect();
        let best = (0..4).min_by_key(|index| sizes[*index]).unwrap_or(0);
        let name = |index: usize| format!("i{}", index + 1);
        // One is clearly best, and another has its columns in a worse order.
        let ordered = indexes.iter().enumerate().any(|(index, found)| {
            index != best && found.columns.len() > 1 && wanted.entries(&data, found) > wanted.rows(&data)
        });
        let asked = draw.int(0, 3usize);
        let asked_size = sizes[asked];
        sizes.sort_unstable();
        if sizes[0] * 3 > sizes[1] || !ordered || asked == best || indexes[asked].columns.len() < 2 {
            continue;
        }
        let owner = draw.number(1, data.owners);
        let mut conditions: Vec<String> = Vec::new();
        if wanted.owner {
            conditions.push(format!("{} = {owner}", shape.owner));
        }
        if let Some(label) = wanted.label {
            conditions.push(format!("{} = '{}'", shape.status, data.label(label)));
        }
        if let Some(days) = wanted.days {
            conditions.push(format!("{} >= '{}'", shape.time, data.since(days)));
        }
        draw.shuffle(&mut conditions);
        let query = format!("SELECT * FROM {} WHERE {};", shape.table, conditions.join(" AND "));
        let mut options: Vec<(usize, Choice)> = (0..4)
            .map(|index| {
                let text = format!("`{}` {}", name(index), indexes[index].text(&shape, ""));
                (
                    index,
                    Choice::new(
                        Text::new(text.clone(), text),
                        wanted.why(&data, &indexes[index], &name(index)),
                    ),
                )
            })
            .collect();
        options.sort_by_key(|(index, _)| usize::from(*index != best));
        let options = options.into_iter().map(|(_, option)| option).collect();
        let rows = wanted.rows(&data);
        let asks = vec![
            Ask::new(
                "best",
                Text::new("The index whose scan reads the fewest entries", "掃描時讀最少項目的索引"),
                Answer::choice(draw, options),
            ),
            Ask::new(
                &format!("entries-{}", name(asked)),
                Text::new(
                    format!("Entries of `{}` in the part that its leading columns limit", name(asked)),
                    format!("`{}`的前導欄位所限定的範圍裡有幾個項目", name(asked)),
                ),
                count(
                    asked_size,
                    vec![
                        (
                            rows,
                            Text::new(
                                "That would be so if every condition narrowed the part that is read. Columns behind a range, or behind a column without a condition, do not.",
                                "那是每個條件都能縮小讀取範圍的結果；範圍條件後面、或沒有條件的欄位後面的欄位都不能。",
                            ),
                        ),
                        (
                            data.rows(),
                            Text::new(
                                "Its first column has a condition, so only a part is read.",
                                "它的第一個欄位有條件，只需要讀一部分。",
                            ),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "rows",
                Text::new("Rows that the query returns", "查詢傳回幾列"),
                count(
                    rows,
                    vec![(
                        sizes[0],
                        Text::new(
                            "That is what the index limits; the other condition drops rows of it.",
                            "那只是索引限定的範圍，另一個條件還會濾掉一些列。",
                        ),
                    )],
                ),
            ),
        ];
        let mut steps: Vec<Text> =
            (0..4).map(|index| wanted.why(&data, &indexes[index], &name(index))).collect();
        steps.push(Text::new(
            format!("All conditions together leave {} of {} rows.", commas(rows), commas(data.rows())),
            format!("所有條件合起來，{}列中剩{}列。", commas(data.rows()), commas(rows)),
        ));
        let spread = data.spread();
        let evidence = vec![
            shown(EvidenceType::Command, data.counted(database)),
            shown(EvidenceType::Command, definitions(&data, database, &indexes, "")),
            shown(EvidenceType::Command, query),
        ];
        return Exercise {
            prompt: Text::new(
                format!(
                    "PostgreSQL 15. Four B-tree indexes are candidates for the last query. {}",
                    spread.en
                ),
                format!("PostgreSQL 15，有四個B-tree索引可供最後這個查詢使用。{}", spread.zh_tw),
            ),
            evidence,
            asks,
            steps,
            given: json!({ "data": data.given(), "asked": name(asked) }),
        };
    }
}

/// Why a plan is slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cause {
    NoIndex,
    Function,
    Cast,
    Wildcard,
    Spill,
    Loops,
    Unselective,
}

impl Cause {
    const ALL: [Self; 7] = [
        Self::NoIndex,
        Self::Function,
        Self::Cast,
        Self::Wildcard,
        Self::Spill,
        Self::Loops,
        Self::Unselective,
    ];

    fn text(self) -> Text {
        match self {
            Self::NoIndex => {
                Text::new("no index begins with a column of the condition", "沒有任何索引以條件裡的欄位開頭")
            }
            Self::Function => Text::new(
                "the condition applies a function to the indexed column",
                "條件對有索引的欄位套用了函式",
            ),
            Self::Cast => Text::new(
                "the value's type forces a cast of the indexed column",
                "值的型別使有索引的欄位被轉型",
            ),
            Self::Wildcard => Text::new("the pattern begins with a wildcard", "樣式以萬用字元開頭"),
            Self::Spill => Text::new(
                "the sort does not fit into its memory and goes to disk",
                "排序放不進記憶體而寫到磁碟",
            ),
            Self::Loops => Text::new(
                "a table is scanned in full again for every row of another",
                "另一張表的每一列都要把這張表整個再掃一次",
            ),
            Self::Unselective => Text::new(
                "the index used finds many rows that a filter then drops",
                "使用的索引找到太多列，之後才被過濾掉",
            ),
        }
    }
}

impl Cause {
    /// How it shows in a plan.
    fn sign(self) -> Text {
        match self {
            Self::NoIndex => Text::new(
                "a `Seq Scan` whose filter names columns that no index begins with",
                "`Seq Scan`，而過濾條件的欄位沒有任何索引以它開頭",
            ),
            Self::Function => Text::new(
                "a function or a date cast around the column in `Filter`",
                "`Filter`裡欄位外面包著函式或轉成日期",
            ),
            Self::Cast => {
                Text::new("`::numeric` around the column in `Filter`", "`Filter`裡欄位外面有`::numeric`")
            }
            Self::Wildcard => Text::new("`~~ '%` in `Filter`", "`Filter`裡有`~~ '%`"),
            Self::Spill => {
                Text::new("`Sort Method: external merge  Disk`", "`Sort Method: external merge  Disk`")
            }
            Self::Loops => {
                Text::new("a scan of a whole table with `loops` above 1", "掃描整張表的節點`loops`大於1")
            }
            Self::Unselective => Text::new(
                "a scan by an index (plain or bitmap) with many `Rows Removed by Filter`",
                "用了索引（一般或bitmap）卻有大量`Rows Removed by Filter`",
            ),
        }
    }

    /// Why it is not this one.
    fn absent(self, why: &Text) -> Text {
        let sign = self.sign();
        Text::new(
            format!("It would show as {}. Here: {}", sign.en, why.en),
            format!("若是如此，會看到{}。這裡：{}", sign.zh_tw, why.zh_tw),
        )
    }
}

fn fix(cause: Cause, data: &Data) -> Text {
    let Shape { table, owner, status, time, .. } = data.shape;
    match cause {
        Cause::NoIndex | Cause::Unselective => Text::new(
            format!("`CREATE INDEX ON {table} ({owner}, {status})`"),
            format!("`CREATE INDEX ON {table} ({owner}, {status})`"),
        ),
        Cause::Function => Text::new(
            format!("compare `{time}` itself with a range from midnight to midnight"),
            format!("直接用`{time}`比較從零點到隔日零點的範圍"),
        ),
        Cause::Cast => Text::new(
            format!("bind the value of `{owner}` as an integer"),
            format!("以整數型別繫結`{owner}`的值"),
        ),
        Cause::Wildcard => Text::new(
            "a trigram index (`pg_trgm`, GIN) on the column",
            "在該欄位建立trigram索引（`pg_trgm`，GIN）",
        ),
        Cause::Spill => Text::new(
            "a larger `work_mem` for this query, or an index in the order wanted",
            "調大這個查詢的`work_mem`，或建立符合排序的索引",
        ),
        Cause::Loops => Text::new(
            format!("`CREATE INDEX ON {table} ({owner})`"),
            format!("`CREATE INDEX ON {table} ({owner})`"),
        ),
    }
}

/// Lines of a plan with the head and foot that psql gives them.
fn plan(database: &str, query: &str, lines: &[String], planning: f64, execution: f64) -> String {
    let mut lines: Vec<String> = lines.iter().map(|line| format!(" {line}")).collect();
    lines.push(format!(" Planning Time: {planning:.3} ms"));
    lines.push(format!(" Execution Time: {execution:.3} ms"));
    let width = lines.iter().map(String::len).max().unwrap_or(12) + 1;
    let free = width.saturating_sub("QUERY PLAN".len());
    let mut text = format!(
        "{database}=> EXPLAIN ANALYZE {query}\n{}QUERY PLAN{}\n{}\n",
        " ".repeat(free / 2),
        " ".repeat(free - free / 2),
        "-".repeat(width)
    );
    for line in &lines {
        let _ = writeln!(text, "{line}");
    }
    let _ = writeln!(text, "({} rows)", lines.len());
    text
}

fn read_plan(draw: &mut Draw) -> Exercise {
    use Column::{Owner, Status, Time};
    let data = Data::draw(draw, (20, 120));
    let database = draw.pick(&DATABASES);
    let Shape { table, owner, status, time, parent, .. } = data.shape;
    let cause = *draw.pick(&Cause::ALL);
    let rows = data.rows();
    let number = draw.number(1, data.owners);
    // Pages of about 100 rows; a condition costs 0.0025 a row.
    let pages = rows.div_ceil(100);
    let cost = |conditions: u64| pages as f64 + rows as f64 * (0.01 + 0.0025 * conditions as f64);
    // Milliseconds: some 10 million rows a second.
    let pace = draw.number(70, 140) as f64 / 1e6;
    let took = rows as f64 * pace;
    let (start, planning) = (draw.number(9, 40) as f64 / 1000.0, draw.number(60, 320) as f64 / 1000.0);
    let label = draw.int(1, 2usize);
    let by_time = Index::new(&[Time]);
    // A scan of the table with a filter that leaves some rows.
    let scan = |left: u64, estimate: u64, filter: &str, conditions: u64| {
        vec![
            format!(
                "Seq Scan on {table}  (cost=0.00..{:.2} rows={estimate} width=36) (actual time={start:.3}..{took:.3} rows={left} loops=1)",
                cost(conditions)
            ),
            format!("  Filter: {filter}"),
            format!("  Rows Removed by Filter: {}", rows - left),
        ]
    };
    let (query, lines, indexes, kept, looked, execution) = match cause {
        Cause::NoIndex => {
            let left = data.count(true, Some(label), None);
            let name = data.label(label);
            let query = format!("SELECT * FROM {table} WHERE {owner} = {number} AND {status} = '{name}';");
            let filter = format!("(({owner} = {number}) AND ({status} = '{name}'::text))");
            (query, scan(left, left, &filter, 2), vec![by_time], left, rows, took)
        }
        Cause::Function => {
            let day = draw.number(1, data.days);
            let left = data.count(false, None, Some(1));
            let query = format!("SELECT * FROM {table} WHERE {time}::date = '2026-03-{day:02}';");
            let filter = format!("(({time})::date = '2026-03-{day:02}'::date)");
            (query, scan(left, rows / 200, &filter, 2), vec![by_time], left, rows, took)
        }
        Cause::Cast => {
            let left = data.count(true, None, None);
            let query = format!("SELECT * FROM {table} WHERE {owner} = {number}.0;");
            let filter = format!("(({owner})::numeric = {number}.0)");
            (query, scan(left, rows / 200, &filter, 2), vec![Index::new(&[Owner])], left, rows, took)
        }
        Cause::Wildcard => {
            // Labels end in letters of their own.
            let name = data.label(label);
            let tail = name.get(1..).unwrap_or(name);
            let left = data.count(false, Some(label), None);
            let query = format!("SELECT * FROM {table} WHERE {status} LIKE '%{tail}';");
            let filter = format!("({status} ~~ '%{tail}'::text)");
            (query, scan(left, left, &filter, 1), vec![Index::new(&[Status]), by_time], left, rows, took)
        }
        Cause::Spill => {
            let left = data.count(false, Some(0), None);
            let name = data.label(0);
            let query = format!("SELECT * FROM {table} WHERE {status} = '{name}' ORDER BY {owner}, {time};");
            let filter = format!("({status} = '{name}'::text)");
            let sorted = took + left as f64 * pace * 4.0;
            let done = sorted + left as f64 * pace;
            let total = cost(1) + left as f64 * 0.2;
            let mut lines = vec![
                format!(
                    "Sort  (cost={:.2}..{:.2} rows={left} width=36) (actual time={sorted:.3}..{done:.3} rows={left} loops=1)",
                    total,
                    total + left as f64 * 0.0025
                ),
                format!("  Sort Key: {owner}, {time}"),
                format!("  Sort Method: external merge  Disk: {}kB", left * 46 / 1024),
            ];
            lines.extend(scan(left, left, &filter, 1).into_iter().enumerate().map(|(index, line)| {
                if index == 0 { format!("  ->  {line}") } else { format!("      {line}") }
            }));
            (query, lines, vec![by_time], left, rows, done)
        }
        Cause::Loops => {
            let regions = *draw.pick(&[5u64, 10]);
            let region = draw.number(0, regions - 1);
            let outer = data.owners / regions;
            let each = data.count(true, None, None);
            let query = format!(
                "SELECT p.id, (SELECT count(*) FROM {table} t WHERE t.{owner} = p.id) FROM {parent} p WHERE p.region = {region};"
            );
            let total = took * outer as f64;
            // The count costs as much as one more condition on what is kept.
            let counted = cost(1) + each as f64 * 0.0025;
            let small = data.owners.div_ceil(226) as f64 + data.owners as f64 * 0.0125;
            let whole = small + (counted + 0.01) * outer as f64;
            let lines = vec![
                format!(
                    "Seq Scan on {parent} p  (cost=0.00..{whole:.2} rows={outer} width=12) (actual time={:.3}..{total:.3} rows={outer} loops=1)",
                    start + took
                ),
                format!("  Filter: (region = {region})"),
                format!("  Rows Removed by Filter: {}", data.owners - outer),
                "  SubPlan 1".to_owned(),
                format!(
                    "    ->  Aggregate  (cost={counted:.2}..{:.2} rows=1 width=8) (actual time={took:.3}..{took:.3} rows=1 loops={outer})",
                    counted + 0.01
                ),
                format!(
                    "          ->  Seq Scan on {table} t  (cost=0.00..{:.2} rows={each} width=0) (actual time={start:.3}..{took:.3} rows={each} loops={outer})",
                    cost(1)
                ),
                format!("                Filter: ({owner} = p.id)"),
                format!("                Rows Removed by Filter: {}", rows - each),
            ];
            (query, lines, vec![by_time], each * outer, rows * outer, total)
        }
        Cause::Unselective => {
            let found = data.count(false, Some(label), None);
            let left = data.count(true, Some(label), None);
            let name = data.label(label);
            let query = format!("SELECT * FROM {table} WHERE {owner} = {number} AND {status} = '{name}';");
            let took = found as f64 * pace * 3.0;
            let bits = 4.42 + found as f64 * 0.0125;
            let lines = vec![
                format!(
                    "Bitmap Heap Scan on {table}  (cost={:.2}..{:.2} rows={left} width=36) (actual time={:.3}..{took:.3} rows={left} loops=1)",
                    bits + left as f64 * 0.00025,
                    bits + pages as f64 + found as f64 * 0.015,
                    took / 4.0
                ),
                format!("  Recheck Cond: ({status} = '{name}'::text)"),
                format!("  Filter: ({owner} = {number})"),
                format!("  Rows Removed by Filter: {}", found - left),
                format!("  Heap Blocks: exact={pages}"),
                format!(
                    "  ->  Bitmap Index Scan on i1  (cost=0.00..{bits:.2} rows={found} width=0) (actual time={:.3}..{:.3} rows={found} loops=1)",
                    took / 4.0 - start,
                    took / 4.0 - start
                ),
                format!("        Index Cond: ({status} = '{name}'::text)"),
            ];
            (query, lines, vec![Index::new(&[Status]), by_time], left, found, took)
        }
    };
    let execution = execution + draw.number(20, 900) as f64 / 1000.0;
    let text = plan(database, &query, &lines, planning, execution);
    let share = kept as f64 * 100.0 / looked as f64;

    let why = match cause {
        Cause::NoIndex => Text::new(
            format!(
                "The scan reads all {} rows for {} that are wanted; no index begins with `{owner}` or `{status}`.",
                commas(looked),
                commas(kept)
            ),
            format!(
                "為了{}列而讀了全部{}列；沒有索引以`{owner}`或`{status}`開頭。",
                commas(kept),
                commas(looked)
            ),
        ),
        Cause::Function => Text::new(
            format!(
                "The filter compares `({time})::date`; `i1` is sorted by `{time}` itself and knows nothing of the day computed from it."
            ),
            format!("過濾條件比較的是`({time})::date`；`i1`是依`{time}`本身排序的，不認得由它算出的日期。"),
        ),
        Cause::Cast => Text::new(
            format!(
                "The filter shows `({owner})::numeric`: the value is numeric, so the integer column is cast for every row and `i1` does not fit."
            ),
            format!("過濾條件顯示`({owner})::numeric`：值是numeric，整數欄位逐列被轉型，`i1`因此用不上。"),
        ),
        Cause::Wildcard => Text::new(
            format!(
                "`i1` is sorted from the first letter of `{status}`; the pattern leaves the first letter open (`~~` is `LIKE`)."
            ),
            format!("`i1`從`{status}`的第一個字母開始排序；樣式卻沒有限定開頭（`~~`就是`LIKE`）。"),
        ),
        Cause::Spill => Text::new(
            format!(
                "`Sort Method: external merge  Disk: {}kB`: most of the time passes between the scan's end and the sort's first row.",
                kept * 46 / 1024
            ),
            format!(
                "`Sort Method: external merge  Disk: {}kB`：時間大多花在掃描結束到排序輸出第一列之間。",
                kept * 46 / 1024
            ),
        ),
        Cause::Loops => Text::new(
            format!(
                "The scan in the `SubPlan` has `loops={}`: its rows and its time are those of one loop, and each reads all {} rows.",
                looked / rows,
                commas(rows)
            ),
            format!(
                "`SubPlan`裡的掃描是`loops={}`：列數與時間都是單次的，而每次都讀全部{}列。",
                looked / rows,
                commas(rows)
            ),
        ),
        Cause::Unselective => Text::new(
            format!(
                "`i1` limits by `{status}` alone: {} rows are fetched, and the filter on `{owner}` keeps {}.",
                commas(looked),
                commas(kept)
            ),
            format!(
                "`i1`只用`{status}`限定：取了{}列，再由`{owner}`的過濾條件留下{}列。",
                commas(looked),
                commas(kept)
            ),
        ),
    };
    let mut others: Vec<Cause> = Cause::ALL.into_iter().filter(|other| *other != cause).collect();
    draw.shuffle(&mut others);
    // A scan that drops rows one by one is also one that no index serves: both would be right.
    others.retain(|other| !(*other == Cause::NoIndex && matches!(cause, Cause::Loops | Cause::Spill)));
    others.truncate(4);
    let mut causes = vec![Choice::new(cause.text(), why.clone())];
    causes.extend(others.iter().map(|other| Choice::new(other.text(), other.absent(&why))));
    let right_fix = fix(cause, &data);
    let mut fixes = vec![Choice::new(right_fix.clone(), why.clone())];
    let all = [Cause::Function, Cause::Cast, Cause::Wildcard, Cause::Spill, Cause::Loops, Cause::NoIndex];
    for other in all {
        // An index on the owner helps where the condition is on the owner.
        let helps = match cause {
            Cause::NoIndex | Cause::Unselective => {
                matches!(other, Cause::Loops | Cause::NoIndex | Cause::Unselective)
            }
            Cause::Loops => matches!(other, Cause::NoIndex),
            Cause::Spill => matches!(other, Cause::Loops | Cause::NoIndex),
            _ => false,
        };
        let text = fix(other, &data);
        if other != cause && !helps && !fixes.iter().any(|option| option.text.en == text.en) {
            let (sign, zh) = (other.sign().en, other.sign().zh_tw);
            let why = Text::new(
                format!("That would help where the plan shows {sign}. Here: {}", why.en),
                format!("計畫顯示{zh}時才有幫助。這裡：{}", why.zh_tw),
            );
            fixes.push(Choice::new(text, why));
        }
    }
    let mut rest = fixes.split_off(1);
    draw.shuffle(&mut rest);
    rest.truncate(3);
    fixes.extend(rest);

    let per_loop = if cause == Cause::Loops { rows } else { looked };
    let mut read_traps = vec![(
        looked - kept,
        Text::new(
            "Rows that are kept were read too: add them to those that were removed.",
            "留下的列也讀過：要再加上濾掉的列數。",
        ),
    )];
    if cause == Cause::Loops {
        read_traps.insert(
            0,
            (
                per_loop,
                Text::new(
                    "That is one loop: `rows` and the times are averages per loop.",
                    "那是單次迴圈：`rows`與時間都是每次的平均。",
                ),
            ),
        );
    }
    read_traps.push((
        kept,
        Text::new("That is what is kept, not what is read.", "那是留下的列數，不是讀過的列數。"),
    ));
    let asks = vec![
        Ask::new(
            "read",
            Text::new(
                format!("Rows of `{table}` that the scan of it reads in all"),
                format!("對`{table}`的掃描總共讀了幾列"),
            ),
            count(looked, read_traps),
        ),
        Ask::new(
            "share",
            Text::new("Share of those that the conditions keep", "其中通過條件留下的比例"),
            Answer::Number {
                value: share,
                tolerance: (share / 50.0).max(0.005),
                unit: Unit::Percent,
                traps: Vec::new(),
            },
        ),
        Ask::new("cause", Text::new("Why it is slow", "為什麼慢"), Answer::choice(draw, causes)),
        Ask::new(
            "fix",
            Text::new("What helps most, with the same result", "在結果不變之下最有效的改善"),
            Answer::choice(draw, fixes),
        ),
    ];
    let steps = vec![
        Text::new(
            if cause == Cause::Loops {
                format!(
                    "{} rows in each of {} loops: {}. The filter keeps {} of them.",
                    commas(rows),
                    looked / rows,
                    commas(looked),
                    commas(kept)
                )
            } else {
                format!(
                    "{} kept + {} removed = {} rows read.",
                    commas(kept),
                    commas(looked - kept),
                    commas(looked)
                )
            },
            if cause == Cause::Loops {
                format!(
                    "{}列 × {}次迴圈 = {}，其中{}列通過Filter。",
                    commas(rows),
                    looked / rows,
                    commas(looked),
                    commas(kept)
                )
            } else {
                format!("留下{} + 濾掉{} = 讀了{}列。", commas(kept), commas(looked - kept), commas(looked))
            },
        ),
        Text::new(
            format!("{} ÷ {} = {share:.3}%.", commas(kept), commas(looked)),
            format!("{} ÷ {} = {share:.3}%。", commas(kept), commas(looked)),
        ),
        why,
        Text::new(format!("So: {}.", right_fix.en), format!("因此：{}。", right_fix.zh_tw)),
    ];
    Exercise {
        prompt: Text::new(
            format!(
                "PostgreSQL 15, without parallel query and JIT (`max_parallel_workers_per_gather = 0`, `jit = off`); `{table}` also has its primary key `id`. `{owner}` is an `integer`, `{status}` is `text`, `{time}` is a `timestamp`. The query is too slow, although all statistics are up to date."
            ),
            format!(
                "PostgreSQL 15，沒有啟用平行查詢與JIT（`max_parallel_workers_per_gather = 0`、`jit = off`）；`{table}`另有主鍵`id`；`{owner}`是`integer`，`{status}`是`text`，`{time}`是`timestamp`。統計資訊都是最新的，但這個查詢太慢。"
            ),
        ),
        evidence: vec![
            shown(EvidenceType::Command, definitions(&data, database, &indexes, "")),
            Evidence { kind: EvidenceType::SqlPlan, ..shown(EvidenceType::SqlPlan, text) },
        ],
        asks,
        steps,
        given: json!({ "data": data.given(), "owner": number }),
    }
}

/// A query with an order and a limit.
fn ordered(draw: &mut Draw) -> Exercise {
    use Column::{Id, Owner, Status, Time};
    loop {
        let data = Data::draw(draw, (5, 60));
        let database = draw.pick(&DATABASES);
        let shape = data.shape;
        let label = draw.int(1, 2usize);
        let limit = *draw.pick(&[10u64, 20, 25, 50]);
        let number = draw.number(1, data.owners);
        let name = data.label(label);
        let wanted = Wanted { owner: true, label: Some(label), days: None };
        let matching = wanted.rows(&data);
        let partial = |index: Index| Index { partial: true, ..index };
        let pool = vec![
            Index::including(&[Owner, Status, Time], &[Id]),
            Index::new(&[Owner, Status, Time]),
            Index::new(&[Status, Owner, Time]),
            Index::new(&[Owner, Time]),
            Index::including(&[Owner, Status], &[Time, Id]),
            Index::new(&[Owner, Status]),
            Index::new(&[Time, Owner, Status, Id]),
            Index::new(&[Status, Time]),
            Index::including(&[Owner, Time], &[Status, Id]),
            partial(Index::new(&[Owner, Time])),
            partial(Index::including(&[Owner, Time], &[Id])),
            Index::new(&[Owner, Status, Id, Time]),
            Index::new(&[Status, Owner]),
        ];
        let indexes = draw.some(&pool, 5);
        let in_order = |index: &Index| {
            index.columns.iter().find(|column| !matches!(column, Owner | Status)) == Some(&Time)
        };
        let covers = |index: &Index| {
            [Id, Owner, Status, Time].iter().all(|column| {
                index.columns.contains(column)
                    || index.include.contains(column)
                    || *column == Status && index.partial
            })
        };
        let exact = |index: &Index| {
            in_order(index)
                && index
                    .columns
                    .iter()
                    .position(|column| *column == Time)
                    .is_some_and(|at| at == 2 || index.partial && at == 1)
        };
        let sorts: Vec<usize> = (0..5).filter(|index| !in_order(&indexes[*index])).collect();
        let sharp: Vec<usize> = (0..5).filter(|index| exact(&indexes[*index])).collect();
        let covering = indexes.iter().filter(|index| covers(index)).count();
        if sorts.is_empty() || sharp.is_empty() || covering == 0 || covering == 5 || matching < limit * 2 {
            continue;
        }
        let title = |index: usize| format!("i{}", index + 1);
        let option = |index: usize| {
            let text = format!("`{}` {}", title(index), indexes[index].text(&shape, name));
            Text::new(text.clone(), text)
        };
        let order_why = |index: usize| {
            let title = title(index);
            if in_order(&indexes[index]) {
                Text::new(
                    format!(
                        "`{title}`: every column before `{}` is fixed to one value by the query (or there is none), so entries come sorted by `{}`; read backwards for `DESC`.",
                        shape.time, shape.time
                    ),
                    format!(
                        "`{title}`：`{}`之前的欄位都被查詢固定為單一值（或沒有欄位），項目就依`{}`排序；`DESC`時反向讀取。",
                        shape.time, shape.time
                    ),
                )
            } else {
                Text::new(
                    format!(
                        "`{title}`: `{}` is not the next key column after the fixed ones (included columns are not sorted), so the rows must be sorted.",
                        shape.time
                    ),
                    format!(
                        "`{title}`：固定值的欄位之後，下一個鍵欄位不是`{}`（INCLUDE的欄位不排序），所以需要排序。",
                        shape.time
                    ),
                )
            }
        };
        let cover_why = |index: usize| {
            let title = title(index);
            let missing: Vec<&str> = [Id, Owner, Status, Time]
                .into_iter()
                .filter(|column| {
                    let index = &indexes[index];
                    let covered = index.columns.contains(column) || index.include.contains(column);
                    !(covered || *column == Status && index.partial)
                })
                .map(|column| column.name(&shape))
                .collect();
            if missing.is_empty() {
                Text::new(
                    format!(
                        "`{title}` has every column that the query names (a partial index's own condition needs no column)."
                    ),
                    format!("`{title}`含有查詢提到的每個欄位（部分索引本身的條件不需要欄位）。"),
                )
            } else {
                Text::new(
                    format!("`{title}` lacks {}: the table must be visited.", missing.join(", ")),
                    format!("`{title}`缺少{}，必須讀資料表。", missing.join("、")),
                )
            }
        };
        let several = |why: &dyn Fn(usize) -> Text, holds: &dyn Fn(&Index) -> bool| Answer::Several {
            options: (0..5).map(|index| Choice::new(option(index), why(index))).collect(),
            right: (0..5).filter(|index| holds(&indexes[*index])).collect(),
        };
        let sorting = *draw.pick(&sorts);
        let best = *draw.pick(&sharp);
        let sorting_reads = wanted.entries(&data, &indexes[sorting]);
        let asks = vec![
            Ask::new(
                "order",
                Text::new(
                    "Every index that returns the rows in the wanted order, so that no sort is needed",
                    "所有能直接依所要順序傳回、不必排序的索引",
                ),
                several(&order_why, &in_order),
            ),
            Ask::new(
                "only",
                Text::new(
                    "Every index with which an index-only scan is possible",
                    "所有能做index-only scan的索引",
                ),
                several(&cover_why, &covers),
            ),
            Ask::new(
                &format!("reads-{}", title(sorting)),
                Text::new(
                    format!("Entries of `{}` that are read, if it alone is used", title(sorting)),
                    format!("若只用`{}`，要讀它的幾個項目", title(sorting)),
                ),
                count(
                    sorting_reads,
                    vec![
                        (
                            limit,
                            Text::new(
                                "The rows come unsorted from it: all that match must be read and sorted before the first can be returned.",
                                "它傳回的列沒有排序：符合的全部要讀完並排序，才能傳回第一列。",
                            ),
                        ),
                        (
                            data.count(true, None, None),
                            Text::new(
                                "Both conditions limit the part that is read, not only the first.",
                                "兩個條件都能限定讀取範圍，不是只有第一個。",
                            ),
                        ),
                    ],
                ),
            ),
            Ask::new(
                &format!("reads-{}", title(best)),
                Text::new(
                    format!("Entries of `{}` that are read, if it alone is used", title(best)),
                    format!("若只用`{}`，要讀它的幾個項目", title(best)),
                ),
                count(
                    limit,
                    vec![(
                        matching,
                        Text::new(
                            format!(
                                "All {} match, but they come in order: the scan stops after {limit}.",
                                commas(matching)
                            ),
                            format!("符合的有{}個，但已依序排列：讀到第{limit}個就停止。", commas(matching)),
                        ),
                    )],
                ),
            ),
        ];
        let mut steps = Vec::new();
        for index in 0..5 {
            let (order, cover) = (order_why(index), cover_why(index));
            steps.push(Text::new(
                format!("{} {}", order.en, cover.en),
                format!("{}{}", order.zh_tw, cover.zh_tw),
            ));
        }
        steps.push(Text::new(
            format!("{} rows ÷ {} owners × {}/20 = {} rows match. With a sort all of them are read; in order, the first {limit} are enough.", commas(data.rows()), data.owners, data.shares[label], commas(matching)),
            format!("{}列 ÷ {} × {}/20 = {}列符合。需要排序時要全部讀完；依序時只要前{limit}個。", commas(data.rows()), data.owners, data.shares[label], commas(matching)),
        ));
        let query = format!(
            "SELECT id, {time} FROM {table} WHERE {owner} = {number} AND {status} = '{name}' ORDER BY {time} DESC LIMIT {limit};",
            time = shape.time,
            table = shape.table,
            owner = shape.owner,
            status = shape.status
        );
        let spread = data.spread();
        return Exercise {
            prompt: Text::new(
                format!(
                    "PostgreSQL 15; `{}` has just been vacuumed. Each of the five B-tree indexes is looked at as if it were the only one. {}",
                    shape.table, spread.en
                ),
                format!(
                    "PostgreSQL 15，`{}`剛執行過VACUUM。五個B-tree索引各自單獨來看，當作只有它一個。{}",
                    shape.table, spread.zh_tw
                ),
            ),
            evidence: vec![
                shown(EvidenceType::Command, data.counted(database)),
                shown(EvidenceType::Command, definitions(&data, database, &indexes, name)),
                shown(EvidenceType::Command, query),
            ],
            asks,
            steps,
            given: json!({ "data": data.given() }),
        };
    }
}
