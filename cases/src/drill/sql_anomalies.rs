//! D14: interleaved transactions: what each statement returns, who waits for whom, which one fails, and what the
//! anomaly is called.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::json;

use super::{Answer, Ask, Choice, Exercise, Family, Trap, shown};
use crate::cloud::Draw;
use crate::cloud::database::{
    Aggregate, Align, Database, Failure, Filter, Isolation, Patience, Reply, RowLock, Statement, TableNames,
    psql_table,
};
use crate::model::{EvidenceType, Text};

pub(super) const FAMILY: Family = Family {
    id: "D14",
    place: ("database", "isolation-anomalies"),
    depths: &[2, 3, 4],
    seconds: 150,
    version: 1,
    sources: &[
        "PostgreSQL 15 documentation, 13.2 Transaction Isolation (levels, phenomena, what a waiting UPDATE does)",
        "PostgreSQL 15 documentation, 13.3.2 Row-Level Locks (Table 13.3) and 13.3.4 Deadlocks",
        "PostgreSQL 15 source, src/backend/access/heap/README.tuplock (who waits for whom on a row)",
        "PostgreSQL 15 documentation, Appendix A PostgreSQL Error Codes (40001, 40P01, 55P03, 23505)",
        "H. Berenson et al., A Critique of ANSI SQL Isolation Levels, SIGMOD 1995 (lost update, write skew)",
    ],
    draw,
};

const THEMES: [TableNames; 6] = [
    TableNames {
        table: "accounts",
        key: "id",
        label: "owner",
        labels: &["mei", "arjun", "lucia", "tomas", "yuki", "sara"],
        value: "balance",
    },
    TableNames {
        table: "stock",
        key: "id",
        label: "item",
        labels: &["keyboard", "monitor", "webcam", "headset", "dock", "mouse"],
        value: "qty",
    },
    TableNames {
        table: "coupons",
        key: "id",
        label: "code",
        labels: &["SPRING", "FREESHIP", "VIP10", "LUNAR", "STUDENT", "RETURN"],
        value: "uses_left",
    },
    TableNames {
        table: "events",
        key: "id",
        label: "title",
        labels: &["concert", "lecture", "workshop", "tour", "gala", "meetup"],
        value: "seats_left",
    },
    TableNames {
        table: "quotas",
        key: "id",
        label: "tenant",
        labels: &["acme", "globex", "initech", "umbrella", "hooli", "stark"],
        value: "credits",
    },
    TableNames {
        table: "gift_cards",
        key: "id",
        label: "serial",
        labels: &["GC-1041", "GC-2207", "GC-3390", "GC-4415", "GC-5128", "GC-6673"],
        value: "amount",
    },
];

/// Tables of which some rows must stay at 1.
const DUTIES: [TableNames; 4] = [
    TableNames {
        table: "on_call",
        key: "id",
        label: "engineer",
        labels: &["mei", "arjun", "lucia", "tomas", "yuki"],
        value: "on_duty",
    },
    TableNames {
        table: "drivers",
        key: "id",
        label: "driver",
        labels: &["chen", "okafor", "silva", "novak", "haddad"],
        value: "on_shift",
    },
    TableNames {
        table: "nodes",
        key: "id",
        label: "hostname",
        labels: &["db-a", "db-b", "db-c", "db-d", "db-e"],
        value: "serving",
    },
    TableNames {
        table: "approvers",
        key: "id",
        label: "approver",
        labels: &["lin", "garcia", "weber", "tanaka", "osei"],
        value: "active",
    },
];

type Step = (usize, Statement);

/// What a session is going to send.
#[derive(Clone, Copy)]
enum Item {
    Send(Statement),
    /// `SET value = what it read last + n`: the application computes.
    SetFromRead {
        key: i64,
        by: i64,
    },
}

/// A schedule and what came of it.
struct Play {
    steps: Vec<Step>,
    /// What each step got at once.
    first: Vec<Reply>,
    /// What a step that waited got in the end, and at which step.
    later: Vec<Option<(Reply, usize)>>,
    /// The database in the end.
    database: Database,
    /// The database after each step.
    states: Vec<Database>,
    /// The step that closed a circle; nothing is sent after it.
    deadlock: Option<usize>,
}

impl Play {
    fn new(rows: &[(i64, i64)], sessions: usize) -> Self {
        Self {
            steps: Vec::new(),
            first: Vec::new(),
            later: Vec::new(),
            database: Database::new(rows, sessions),
            states: Vec::new(),
            deadlock: None,
        }
    }

    fn send(&mut self, session: usize, statement: Statement) {
        let at = self.steps.len();
        self.steps.push((session, statement));
        self.later.push(None);
        let events = self.database.run(session, statement);
        for (index, event) in events.into_iter().enumerate() {
            if index == 0 {
                self.first.push(event.reply);
            } else if !matches!(event.reply, Reply::Waits(_)) {
                let sent = self.steps.iter().rposition(|(who, _)| *who == event.session).unwrap_or(at);
                if let Some(slot) = self.later.get_mut(sent) {
                    *slot = Some((event.reply, at));
                }
            }
        }
        if !self.database.deadlock().is_empty() {
            self.deadlock = Some(at);
        }
        self.states.push(self.database.clone());
    }

    /// The same steps at another level.
    fn at_level(&self, rows: &[(i64, i64)], isolation: Isolation, sessions: usize) -> Self {
        let mut play = Self::new(rows, sessions);
        for (session, statement) in &self.steps {
            let statement = match statement {
                Statement::Begin(_) => Statement::Begin(isolation),
                other => *other,
            };
            if play.database.waiting(*session).is_some() {
                break;
            }
            play.send(*session, statement);
        }
        play
    }

    /// What a step got in the end.
    fn outcome(&self, step: usize) -> Option<&Reply> {
        match self.later.get(step)? {
            Some((reply, _)) => Some(reply),
            None => self.first.get(step),
        }
    }

    fn waited(&self, step: usize) -> bool {
        matches!(self.first.get(step), Some(Reply::Waits(_)))
    }

    fn value(&self, step: usize) -> Option<i64> {
        match self.outcome(step)? {
            Reply::Value(value) => *value,
            _ => None,
        }
    }

    fn isolation(&self, session: usize) -> Isolation {
        let begin = self.steps.iter().find_map(|(who, statement)| match statement {
            Statement::Begin(isolation) if *who == session => Some(*isolation),
            _ => None,
        });
        begin.unwrap_or(Isolation::ReadCommitted)
    }

    /// The step a session commits or rolls back at.
    fn end_of(&self, session: usize) -> Option<usize> {
        self.steps.iter().position(|(who, statement)| {
            *who == session && matches!(statement, Statement::Commit | Statement::Rollback)
        })
    }
}

/// Sends what sessions want in a drawn order, until all is sent or a circle closes. Sessions tend to send more than one
/// statement in a row.
fn interleave(draw: &mut Draw, rows: &[(i64, i64)], programs: &[Vec<Item>]) -> Play {
    let mut play = Play::new(rows, programs.len());
    let mut next = vec![0; programs.len()];
    let mut read = vec![0; programs.len()];
    let mut last = draw.int(0, programs.len() - 1);
    loop {
        let ready: Vec<usize> = (0..programs.len())
            .filter(|session| next[*session] < programs[*session].len())
            .filter(|session| play.database.waiting(*session).is_none())
            .collect();
        if ready.is_empty() || play.deadlock.is_some() {
            return play;
        }
        if !ready.contains(&last) || draw.percent(55) {
            last = *draw.pick(&ready);
        }
        let statement = match programs[last][next[last]] {
            Item::Send(statement) => statement,
            Item::SetFromRead { key, by } => Statement::Set { key, value: read[last] + by },
        };
        next[last] += 1;
        play.send(last, statement);
        for (step, (session, statement)) in play.steps.iter().enumerate() {
            if matches!(statement, Statement::Read { .. } | Statement::Lock { .. })
                && let Some(value) = play.value(step)
            {
                read[*session] = value;
            }
        }
    }
}

fn name(session: usize) -> char {
    ['A', 'B', 'C'].get(session).copied().unwrap_or('?')
}

fn names(sessions: &[usize]) -> String {
    sessions.iter().map(|session| name(*session).to_string()).collect::<Vec<_>>().join(", ")
}

/// The same in Chinese.
fn names_zh(sessions: &[usize]) -> String {
    names(sessions).replace(", ", "、")
}

fn draw(draw: &mut Draw, level: u8) -> Exercise {
    match level {
        1 => reads(draw),
        2 => writes(draw),
        _ => match draw.int(0, 9) {
            0..=3 => queue(draw),
            4..=6 => circle(draw),
            _ => skew(draw),
        },
    }
}

fn send(statements: &[Statement]) -> Vec<Item> {
    statements.iter().copied().map(Item::Send).collect()
}

/// Rows 1 to n with round values.
fn table(draw: &mut Draw, count: i64) -> Vec<(i64, i64)> {
    let mut rows: Vec<(i64, i64)> = Vec::new();
    while (rows.len() as i64) < count {
        let value = draw.int(6u32, 60);
        let value = i64::from(value) * 10;
        if rows.iter().all(|(_, other)| *other != value) {
            rows.push((rows.len() as i64 + 1, value));
        }
    }
    rows
}

fn schedule(theme: &TableNames, steps: &[Step]) -> String {
    let mut text = "step  session  statement\n".to_owned();
    for (index, (session, statement)) in steps.iter().enumerate() {
        let _ = writeln!(text, "{:>4}  {:<7}  {}", index + 1, name(*session), theme.sql(*statement));
    }
    text
}

fn prompt(theme: &TableNames, sessions: usize, more: Text) -> Text {
    let who = if sessions == 2 { "A and B" } else { "A, B and C" };
    let who_zh = if sessions == 2 { "A、B" } else { "A、B、C" };
    Text::new(
        format!(
            "PostgreSQL 15; `{}` is the primary key of `{}`. Sessions {who} send the statements below in this order. A statement that has to wait goes on as soon as it can; a session that waits sends nothing meanwhile. {}",
            theme.key, theme.table, more.en
        )
        .trim()
        .to_owned(),
        format!(
            "PostgreSQL 15，`{}`是`{}`的主鍵。工作階段{who_zh}依下列順序送出陳述式。需要等待的陳述式一旦可以就會繼續執行；等待中的工作階段不會再送出別的陳述式。{}",
            theme.key, theme.table, more.zh_tw
        ),
    )
}

const DATABASES: [&str; 5] = ["shop", "app", "billing", "core", "prod"];

fn evidence(
    draw: &mut Draw,
    theme: &TableNames,
    rows: &[(i64, i64)],
    steps: &[Step],
) -> Vec<crate::model::Evidence> {
    let database = draw.pick(&DATABASES);
    vec![
        shown(EvidenceType::Command, theme.select_all(database, rows)),
        shown(EvidenceType::Table, schedule(theme, steps)),
    ]
}

/// The named anomalies, and none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Anomaly {
    Dirty,
    NonRepeatable,
    Phantom,
    Lost,
    Skew,
    None,
}

impl Anomaly {
    const ALL: [Self; 6] =
        [Self::Dirty, Self::NonRepeatable, Self::Phantom, Self::Lost, Self::Skew, Self::None];

    fn text(self) -> Text {
        match self {
            Self::Dirty => Text::new("dirty read", "髒讀（dirty read）"),
            Self::NonRepeatable => Text::new("non-repeatable read", "不可重複讀取（non-repeatable read）"),
            Self::Phantom => Text::new("phantom read", "幻讀（phantom read）"),
            Self::Lost => Text::new("lost update", "更新遺失（lost update）"),
            Self::Skew => Text::new("write skew", "寫入偏斜（write skew）"),
            Self::None => Text::new("none of these", "這些都沒有發生"),
        }
    }

    /// What it would take.
    fn rule(self) -> Text {
        match self {
            Self::Dirty => Text::new(
                "a statement returns a value whose transaction has not committed; PostgreSQL never does that, at any level",
                "讀到尚未提交的值；PostgreSQL在任何層級都不會發生",
            ),
            Self::NonRepeatable => Text::new(
                "one transaction reads a row twice and finds a value that another one changed and committed in between",
                "同一個交易兩次讀同一列，中間被別的交易改過並提交，值不同",
            ),
            Self::Phantom => Text::new(
                "one transaction runs a query twice and finds another set of rows, because another one added or removed rows that match",
                "同一個交易執行同一個查詢兩次，因為別的交易新增或刪除了符合條件的列，列的集合不同",
            ),
            Self::Lost => Text::new(
                "a transaction writes a value computed from what it read before, over a change that another one committed since",
                "交易用先前讀到的值算出新值寫回，蓋掉別的交易在這之間已提交的修改",
            ),
            Self::Skew => Text::new(
                "two transactions read the same rows, write different ones, both commit, and together break a rule that each kept",
                "兩個交易讀了同一批列、各改不同的列、都提交，合起來破壞了各自都遵守的規則",
            ),
            Self::None => Text::new("none of the others happens", "其他各項都沒有發生"),
        }
    }
}

/// The same, with a capital at the beginning: what follows a colon elsewhere stands alone here.
fn sentence(text: &Text) -> Text {
    let mut letters = text.en.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    Text::new(first + letters.as_str(), text.zh_tw.clone())
}

/// The question for the anomaly; `here` says what happens in this run.
fn anomaly(draw: &mut Draw, right: Anomaly, here: &Text) -> Ask {
    let mut order: Vec<Anomaly> = Anomaly::ALL.into_iter().filter(|found| *found != right).collect();
    order.insert(0, right);
    let options = order
        .into_iter()
        .map(|found| {
            let rule = found.rule();
            let why = if found == right {
                sentence(here)
            } else {
                Text::new(
                    format!("It would mean that {}. Here: {}", rule.en, here.en),
                    format!("它的意思是：{}。這裡：{}", rule.zh_tw, here.zh_tw),
                )
            };
            Choice::new(found.text(), why)
        })
        .collect();
    Ask::new(
        "anomaly",
        Text::new("The anomaly that this run shows", "這次執行出現的異常"),
        Answer::choice(draw, options),
    )
}

fn reads(draw: &mut Draw) -> Exercise {
    let theme = *draw.pick(&THEMES);
    loop {
        let count = draw.int(3u32, 4);
        let rows = table(draw, i64::from(count));
        let isolation = *draw.pick(&[
            Isolation::ReadCommitted,
            Isolation::ReadCommitted,
            Isolation::RepeatableRead,
            Isolation::RepeatableRead,
            Isolation::Serializable,
        ]);
        let key = i64::from(draw.int(1u32, count));
        let other = key % i64::from(count) + 1;
        let new_key = i64::from(count) + 1;
        let change = |draw: &mut Draw| i64::from(draw.int(1u32, 9)) * 5;
        let plus = change(draw);
        // What A looks at, and what B does about it.
        let (look, writes, phantom) = match draw.int(0, 5) {
            0 => (Statement::Read { key }, vec![Statement::Add { key, by: plus, floor: None }], false),
            1 => (Statement::Read { key }, vec![Statement::Set { key, value: plus }], false),
            2 => {
                let sum = Statement::Total { aggregate: Aggregate::Sum, filter: Filter::All };
                (sum, vec![Statement::Add { key, by: -plus, floor: None }], false)
            }
            3 => {
                let sum = Statement::Total { aggregate: Aggregate::Sum, filter: Filter::All };
                (sum, vec![Statement::Insert { key: new_key, value: plus * 2 }], true)
            }
            4 => {
                let least = i64::from(draw.int(5u32, 20)) * 10;
                let filter = Filter::AtLeast(least);
                let total = Statement::Total { aggregate: Aggregate::Count, filter };
                (total, vec![Statement::Insert { key: new_key, value: least + plus }], true)
            }
            _ => {
                let total = Statement::Total { aggregate: Aggregate::Count, filter: Filter::All };
                (total, vec![Statement::Delete { key }], true)
            }
        };
        let again = draw.percent(45);
        // Reading and writing on both sides could fail at this level for reasons that depend on the plan.
        let own = draw.percent(25) && !phantom && isolation != Isolation::Serializable;
        let mut reader = vec![Statement::Begin(isolation)];
        if draw.percent(35) {
            reader.push(Statement::Read { key: other });
        }
        if own {
            reader.push(Statement::Add { key: other, by: 10, floor: None });
        }
        reader.push(look);
        reader.push(look);
        if again {
            reader.push(look);
        }
        reader.push(Statement::Commit);
        let alone = draw.percent(25);
        let keeps = alone || draw.percent(75);
        let mut writer = writes.clone();
        if !alone {
            writer.insert(0, Statement::Begin(isolation));
            writer.push(if keeps { Statement::Commit } else { Statement::Rollback });
        }
        let play = interleave(draw, &rows, &[send(&reader), send(&writer)]);
        let looks: Vec<usize> = (0..play.steps.len()).filter(|step| play.steps[*step] == (0, look)).collect();
        let write = play.steps.iter().position(|(session, statement)| *session == 1 && statement.writes());
        let (Some(write), Some(first), Some(last)) = (write, looks.first().copied(), looks.last().copied())
        else {
            continue;
        };
        let values: Vec<Option<i64>> = looks.iter().map(|step| play.value(*step)).collect();
        // The write must matter: between A's BEGIN and its last look.
        if values.iter().any(Option::is_none)
            || write > last
            || write < 1
            || play.first.len() != play.steps.len()
        {
            continue;
        }
        let begin = play.steps.iter().position(|(session, _)| *session == 0).unwrap_or(0);
        if write < begin {
            continue;
        }
        let looser = play.at_level(&rows, Isolation::ReadCommitted, 2);
        let stricter = play.at_level(&rows, Isolation::RepeatableRead, 2);
        let ends = play.end_of(1);
        let shows = values.windows(2).any(|pair| pair[0] != pair[1]);
        let right = match (shows, phantom) {
            (false, _) => Anomaly::None,
            (true, true) => Anomaly::Phantom,
            (true, false) => Anomaly::NonRepeatable,
        };
        let dirty = |step: usize| -> Option<i64> {
            let rows = play.states.get(step)?.dirty_rows();
            match look {
                Statement::Read { key } => {
                    rows.iter().find(|(found, _)| *found == key).map(|(_, value)| *value)
                }
                Statement::Total { aggregate: Aggregate::Count, filter } => {
                    i64::try_from(rows.iter().filter(|(_, value)| filter.matches(*value)).count()).ok()
                }
                _ => Some(rows.iter().map(|(_, value)| *value).sum()),
            }
        };
        // Some other rule must give something else, or there is nothing to think about.
        let telling = looks.iter().any(|step| {
            let value = play.value(*step);
            dirty(*step) != value || looser.value(*step) != value || stricter.value(*step) != value
        });
        if !telling {
            continue;
        }
        let asks: Vec<Ask> = looks
            .iter()
            .map(|step| {
                let value = play.value(*step).unwrap_or_default();
                let mut traps: Vec<Trap> = Vec::new();
                let mut trap = |wrong: Option<i64>, why: Text| {
                    if let Some(wrong) = wrong.filter(|wrong| *wrong != value)
                        && !traps.iter().any(|trap| trap.value == wrong.to_string())
                    {
                        traps.push(Trap::new(wrong, why));
                    }
                };
                if isolation == Isolation::ReadCommitted {
                    trap(
                        stricter.value(*step),
                        Text::new(
                            format!("That is what `REPEATABLE READ` would return: at `READ COMMITTED` step {} has a snapshot of its own.", step + 1),
                            format!("那是`REPEATABLE READ`的結果；在`READ COMMITTED`，步驟{}有自己的快照。", step + 1),
                        ),
                    );
                } else {
                    trap(
                        looser.value(*step),
                        Text::new(
                            format!("That is what `READ COMMITTED` would return: at `{}` step {} still uses the snapshot of A's first query.", isolation.sql(), step + 1),
                            format!("那是`READ COMMITTED`的結果；在`{}`，步驟{}用的仍是A第一個查詢的快照。", isolation.sql(), step + 1),
                        ),
                    );
                }
                trap(
                    dirty(*step),
                    Text::new(
                        format!("That counts B's change of step {}, which A may not see at step {}: it is not committed, or was committed after A's snapshot.", write + 1, step + 1),
                        format!("那把B在步驟{}的修改也算進去了；步驟{}的A看不到它：它還沒提交，或在A的快照之後才提交。", write + 1, step + 1),
                    ),
                );
                let right = Answer::Number {
                    value: value as f64,
                    tolerance: 0.0,
                    unit: super::Unit::None,
                    traps,
                };
                Ask::new(
                    &format!("value-{}", step + 1),
                    Text::new(
                        format!("What step {} returns", step + 1),
                        format!("步驟{}傳回的值", step + 1),
                    ),
                    right,
                )
            })
            .collect();
        let mut asks = asks;
        let here = Text::new(
            format!(
                "A's query returns {} at steps {}.",
                list(&values),
                looks.iter().map(|step| (step + 1).to_string()).collect::<Vec<_>>().join(", ")
            ),
            format!(
                "A的查詢在步驟{}傳回{}。",
                looks.iter().map(|step| (step + 1).to_string()).collect::<Vec<_>>().join("、"),
                list(&values)
            ),
        );
        asks.push(anomaly(draw, right, &here));
        let evidence = evidence(draw, &theme, &rows, &play.steps);
        let mut steps = vec![match isolation {
            Isolation::ReadCommitted => Text::new(
                "`READ COMMITTED`: every statement of A takes a new snapshot, and sees what was committed before that statement began.",
                "`READ COMMITTED`：A的每個陳述式都取新的快照，看得到該陳述式開始之前已提交的資料。",
            ),
            _ => {
                let snapshot = play
                    .steps
                    .iter()
                    .position(|(session, statement)| {
                        *session == 0 && !matches!(statement, Statement::Begin(_))
                    })
                    .unwrap_or(first);
                Text::new(
                    format!(
                        "`{}`: the snapshot is taken by A's first query (step {}), not by `BEGIN`; every later query of A uses it.",
                        isolation.sql(),
                        snapshot + 1
                    ),
                    format!(
                        "`{}`：快照在A的第一個查詢（步驟{}）取得，不是`BEGIN`的時候；之後A的查詢都用這個快照。",
                        isolation.sql(),
                        snapshot + 1
                    ),
                )
            }
        }];
        steps.push(match (ends, keeps) {
            (Some(end), true) => Text::new(
                format!(
                    "B's change of step {} becomes visible to new snapshots when B commits, at step {}.",
                    write + 1,
                    end + 1
                ),
                format!("B在步驟{}的修改，要到步驟{}提交之後，新的快照才看得到。", write + 1, end + 1),
            ),
            (Some(end), false) => Text::new(
                format!(
                    "B rolls back at step {}: nobody ever sees its change of step {}.",
                    end + 1,
                    write + 1
                ),
                format!("B在步驟{}回復（ROLLBACK）：它在步驟{}的修改沒有人看得到。", end + 1, write + 1),
            ),
            (None, _) => Text::new(
                format!(
                    "B's step {} is not in a transaction block: it commits by itself at once.",
                    write + 1
                ),
                format!("B的步驟{}不在交易區塊裡：執行完就自動提交。", write + 1),
            ),
        });
        if own {
            steps.push(Text::new(
                "A sees its own changes at every level.",
                "不論哪個層級，A都看得到自己的修改。",
            ));
        }
        steps.push(here);
        return Exercise {
            prompt: prompt(&theme, 2, Text::new("", "")),
            evidence,
            asks,
            steps,
            given: json!({ "sessions": 2 }),
        };
    }
}

fn list(values: &[Option<i64>]) -> String {
    values.iter().map(|value| value.unwrap_or_default().to_string()).collect::<Vec<_>>().join(", ")
}

/// A reply as psql's user sees it.
fn tag(statement: Statement, reply: &Reply) -> String {
    match reply {
        Reply::Changed(count) => match statement {
            Statement::Insert { .. } => format!("`INSERT 0 {count}`"),
            Statement::Delete { .. } => format!("`DELETE {count}`"),
            _ => format!("`UPDATE {count}`"),
        },
        Reply::Value(Some(value)) => format!("`{value}`"),
        Reply::Value(None) => "`(0 rows)`".to_owned(),
        Reply::Failed(failure) => format!("SQLSTATE `{}`", failure.code()),
        Reply::Done | Reply::Waits(_) => "-".to_owned(),
    }
}

/// What a reply at once is called as an option.
fn at_once(statement: Statement, reply: &Reply) -> Text {
    match reply {
        Reply::Waits(blockers) => Text::new(
            format!("it waits for session {}", names(blockers)),
            format!("等待工作階段{}", names_zh(blockers)),
        ),
        Reply::Failed(_) => {
            let tag = tag(statement, reply);
            Text::new(format!("it fails at once: {tag}"), format!("立刻失敗：{tag}"))
        }
        _ => {
            let tag = tag(statement, reply);
            Text::new(format!("it returns at once: {tag}"), format!("立刻傳回：{tag}"))
        }
    }
}

/// What becomes of a step in the end, as an option.
fn in_the_end(statement: Statement, reply: &Reply) -> Text {
    let tag = tag(statement, reply);
    match reply {
        Reply::Failed(_) => Text::new(format!("it fails: {tag}"), format!("失敗：{tag}")),
        _ => Text::new(format!("it succeeds: {tag}"), format!("成功：{tag}")),
    }
}

/// Why a step got what it got.
fn reason(play: &Play, theme: &TableNames, step: usize) -> Text {
    let Some((session, statement)) = play.steps.get(step).copied() else { return Text::new("-", "-") };
    let n = step + 1;
    let who = name(session);
    let key = statement.key().unwrap_or_default();
    let Some(first) = play.first.get(step) else { return Text::new("-", "-") };
    let level = play.isolation(session).sql();
    let place = format!("`{} = {key}`", theme.key);
    match first {
        Reply::Waits(blockers) => {
            let (by, by_zh) = (names(blockers), names_zh(blockers));
            let line = play.states.get(step).is_some_and(|state| state.wait_event(session).1 == "tuple");
            if matches!(statement, Statement::Insert { .. }) {
                Text::new(
                    format!(
                        "Step {n} ({who}) waits for {by}: whether {place} exists depends on how {by} ends."
                    ),
                    format!("步驟{n}（{who}）等待{by_zh}：{place}是否存在，要看{by_zh}怎麼結束。"),
                )
            } else if line {
                Text::new(
                    format!(
                        "Step {n} ({who}) waits for {by}: {by} is ahead of it in the line for row {place} (wait event `tuple`)."
                    ),
                    format!(
                        "步驟{n}（{who}）等待{by_zh}：{place}這一列的等待隊伍裡，{by_zh}排在前面（等待事件`tuple`）。"
                    ),
                )
            } else {
                Text::new(
                    format!(
                        "Step {n} ({who}) waits for {by}: {by} holds a conflicting lock on row {place} until its transaction ends."
                    ),
                    format!(
                        "步驟{n}（{who}）等待{by_zh}：{by_zh}握有{place}這一列的衝突鎖，直到交易結束才釋放。"
                    ),
                )
            }
        }
        Reply::Failed(failure) => failed(*failure, n, who, &place, level),
        Reply::Value(value) => {
            let value = value.map_or("(0 rows)".to_owned(), |value| value.to_string());
            Text::new(
                format!("Step {n} ({who}, `{level}`) returns {value}."),
                format!("步驟{n}（{who}，`{level}`）傳回{value}。"),
            )
        }
        Reply::Changed(0) => Text::new(
            format!(
                "Step {n} ({who}): no visible row meets the condition, so nothing is locked or changed: {}.",
                tag(statement, first)
            ),
            format!(
                "步驟{n}（{who}）：看得到的列都不符合條件，所以沒有上鎖也沒有修改：{}。",
                tag(statement, first)
            ),
        ),
        _ => Text::new(
            format!(
                "Step {n} ({who}) does not conflict with any lock on row {place}: {}.",
                tag(statement, first)
            ),
            format!("步驟{n}（{who}）與{place}這一列上的鎖都不衝突：{}。", tag(statement, first)),
        ),
    }
}

fn failed(failure: Failure, n: usize, who: char, place: &str, level: &str) -> Text {
    match failure {
        Failure::ConcurrentUpdate => Text::new(
            format!(
                "Step {n} ({who}) fails with `40001`: row {place} was changed and committed after {who}'s snapshot, and at `{level}` a transaction may not change or lock a row it cannot see in its present version."
            ),
            format!(
                "步驟{n}（{who}）以`40001`失敗：{place}這一列在{who}的快照之後被修改並提交，在`{level}`不能修改或鎖定自己看不到目前版本的列。"
            ),
        ),
        Failure::ConcurrentDelete => Text::new(
            format!(
                "Step {n} ({who}) fails with `40001`: row {place} was deleted and that was committed after {who}'s snapshot, and at `{level}` a transaction may not change or lock a row that is gone although its snapshot shows it."
            ),
            format!(
                "步驟{n}（{who}）以`40001`失敗：{place}這一列在{who}的快照之後被刪除並提交，在`{level}`不能修改或鎖定快照看得到、實際已不存在的列。"
            ),
        ),
        Failure::Dependencies => Text::new(
            format!(
                "Step {n} ({who}) fails with `40001`: read and write dependencies form a dangerous structure, and another transaction of it has committed first."
            ),
            format!("步驟{n}（{who}）以`40001`失敗：讀寫相依形成危險結構，而其中另一個交易已先提交。"),
        ),
        Failure::Deadlock => Text::new(
            format!("Step {n} ({who}) fails with `40P01`: it is the victim of the deadlock."),
            format!("步驟{n}（{who}）以`40P01`失敗：它是死結的犧牲者。"),
        ),
        Failure::LockNotAvailable => Text::new(
            format!(
                "Step {n} ({who}) fails with `55P03`: row {place} is locked, and `NOWAIT` does not wait."
            ),
            format!("步驟{n}（{who}）以`55P03`失敗：{place}這一列已上鎖，`NOWAIT`不等待。"),
        ),
        Failure::UniqueViolation => Text::new(
            format!("Step {n} ({who}) fails with `23505`: {place} exists, whatever {who}'s snapshot shows."),
            format!("步驟{n}（{who}）以`23505`失敗：不論{who}的快照看到什麼，{place}已經存在。"),
        ),
        Failure::InFailedTransaction => Text::new(
            format!(
                "Step {n} ({who}) fails with `25P02`: the transaction has failed before; its `COMMIT` will be a rollback."
            ),
            format!("步驟{n}（{who}）以`25P02`失敗：交易先前已經失敗，之後的`COMMIT`也只會回復。"),
        ),
    }
}

/// Why a step that waited ended as it did.
fn reason_later(play: &Play, theme: &TableNames, step: usize) -> Option<Text> {
    let (session, statement) = play.steps.get(step).copied()?;
    let (reply, when) = play.later.get(step)?.as_ref()?;
    let (ender, end) = play.steps.get(*when).copied()?;
    let (n, m, who, by) = (step + 1, when + 1, name(session), name(ender));
    let place = format!("`{} = {}`", theme.key, statement.key().unwrap_or_default());
    let level = play.isolation(session).sql();
    let (how, how_zh) =
        if end == Statement::Commit && !matches!(play.first.get(*when), Some(Reply::Failed(_))) {
            ("ends", "結束")
        } else {
            ("gives up its locks", "釋放鎖定")
        };
    let text = match reply {
        Reply::Failed(failure) => {
            let why = failed(*failure, n, who, &place, level);
            Text::new(
                format!("When {by} {how} (step {m}): {}", why.en),
                format!("{by}在步驟{m}{how_zh}時：{}", why.zh_tw),
            )
        }
        Reply::Changed(0) | Reply::Value(None) => Text::new(
            format!(
                "When {by} {how} (step {m}), step {n} looks at the newest version of row {place} again; it no longer meets the condition: {}.",
                tag(statement, reply)
            ),
            format!(
                "{by}在步驟{m}{how_zh}時，步驟{n}重新檢查{place}最新的版本，已不符合條件：{}。",
                tag(statement, reply)
            ),
        ),
        _ => Text::new(
            format!(
                "When {by} {how} (step {m}), step {n} goes on with the newest version of row {place}: {}.",
                tag(statement, reply)
            ),
            format!("{by}在步驟{m}{how_zh}時，步驟{n}以{place}最新的版本繼續：{}。", tag(statement, reply)),
        ),
    };
    Some(text)
}

/// The worked solution: what waits, what fails, what is read.
fn narrate(play: &Play, theme: &TableNames) -> Vec<Text> {
    let mut texts = Vec::new();
    for step in 0..play.steps.len() {
        let first = play.first.get(step);
        let telling =
            matches!(first, Some(Reply::Waits(_) | Reply::Failed(_) | Reply::Value(_) | Reply::Changed(0)));
        if telling {
            texts.push(reason(play, theme, step));
        }
        for sent in 0..step {
            if play.later.get(sent).is_some_and(|later| later.as_ref().is_some_and(|(_, when)| *when == step))
            {
                texts.extend(reason_later(play, theme, sent));
            }
        }
    }
    texts
}

/// What it would take for an outcome, by what the option says.
fn takes(option: &str) -> Text {
    let known = [
        (
            "40001",
            "`40001` is here for a row that was changed or deleted, and committed, after the snapshot of a `REPEATABLE READ` or `SERIALIZABLE` transaction; a lock alone does not cause it.",
            "`40001`在這裡是`REPEATABLE READ`或`SERIALIZABLE`交易要改的列，在它的快照之後被修改或刪除並提交；光有鎖不會造成。",
        ),
        (
            "40P01",
            "`40P01` needs sessions that wait for each other in a circle.",
            "`40P01`需要有工作階段互相等待形成循環。",
        ),
        (
            "55P03",
            "`55P03` comes only where a statement may not wait (`NOWAIT`, `lock_timeout`).",
            "`55P03`只在不准等待時出現（`NOWAIT`、`lock_timeout`）。",
        ),
        ("23505", "`23505` needs a second row with the same key.", "`23505`需要已有相同鍵值的另一列。"),
        (
            "session",
            "A session is named only if it holds a conflicting lock on the row, or stands in the line before the other with one.",
            "只有握有該列衝突鎖、或帶著衝突的鎖排在前面的工作階段才算。",
        ),
        (
            " 0",
            "Nothing is found only if no row meets the condition in the version that is looked at.",
            "只有在被檢查的版本裡沒有任何列符合條件時，才會一列也沒有。",
        ),
        (
            "(0",
            "Nothing is found only if the row is gone in the version that is looked at, or is skipped.",
            "只有在被檢查的版本裡該列不存在，或被略過時，才會一列也沒有。",
        ),
    ];
    let found = known.iter().find(|(sign, ..)| option.contains(sign));
    found.map_or_else(
        || {
            Text::new(
                "That would need the row to be free, and its newest version to be one that the statement may work on.",
                "那需要該列沒有被鎖住，而且最新的版本是這個陳述式可以處理的。",
            )
        },
        |(_, en, zh)| Text::new(*en, *zh),
    )
}

/// The first of several texts that is right, and the others, each with what it would take and what happens here.
fn outcome_ask(draw: &mut Draw, id: String, label: Text, right: Text, wrong: Vec<Text>, why: &Text) -> Ask {
    let mut options = vec![Choice::new(right.clone(), why.clone())];
    for text in wrong {
        if !options.iter().any(|option| option.text.en == text.en) {
            let takes = takes(&text.en);
            let why = Text::new(format!("{} {}", takes.en, why.en), format!("{}{}", takes.zh_tw, why.zh_tw));
            options.push(Choice::new(text, why));
        }
    }
    let mut rest = options.split_off(1);
    draw.shuffle(&mut rest);
    rest.truncate(4);
    options.extend(rest);
    Ask::new(&id, label, Answer::choice(draw, options))
}

fn writes(draw: &mut Draw) -> Exercise {
    let theme = *draw.pick(&THEMES);
    loop {
        let rows = table(draw, 3);
        let isolation = if draw.percent(55) { Isolation::ReadCommitted } else { Isolation::RepeatableRead };
        let key = i64::from(draw.int(1u32, 3));
        let other = key % 3 + 1;
        let amount = |draw: &mut Draw| i64::from(draw.int(1u32, 5)) * 10;
        let (a, b) = (amount(draw), amount(draw) + 5);
        let value = rows.iter().find(|(found, _)| *found == key).map_or(0, |(_, value)| *value);
        let begin = Item::Send(Statement::Begin(isolation));
        let commit = Item::Send(Statement::Commit);
        let end = if draw.percent(75) { commit } else { Item::Send(Statement::Rollback) };
        let read = Item::Send(Statement::Read { key });
        let lock = |lock, patience| Item::Send(Statement::Lock { key, lock, patience });
        let add = |key, by| Item::Send(Statement::Add { key, by, floor: None });
        let kind = draw.int(0u8, 9);
        let sign = if draw.percent(50) { 1 } else { -1 };
        let programs = match kind {
            // The application computes from what it read.
            0 | 1 => [
                vec![begin, read, Item::SetFromRead { key, by: a * sign }, commit],
                vec![begin, read, Item::SetFromRead { key, by: b * sign }, commit],
            ],
            2 => [
                vec![begin, read, Item::SetFromRead { key, by: a }, commit],
                vec![begin, read, add(key, -b), end],
            ],
            3 => [vec![begin, read, add(key, a), end], vec![begin, read, add(key, -b), commit]],
            // Who may still take what is left?
            4 | 5 => {
                let floor = value - draw.int(0u32, 4) as i64 * 10;
                let take = Statement::Add { key, by: -floor, floor: Some(floor) };
                [
                    vec![begin, Item::Send(Statement::Add { key, by: -a, floor: Some(a) }), end],
                    vec![begin, Item::Send(Statement::Read { key: other }), Item::Send(take), commit],
                ]
            }
            6 => {
                let patience =
                    *draw.pick(&[Patience::Wait, Patience::Wait, Patience::NoWait, Patience::SkipLocked]);
                [
                    vec![begin, lock(RowLock::Update, Patience::Wait), Item::SetFromRead { key, by: a }, end],
                    vec![
                        begin,
                        Item::Send(Statement::Read { key: other }),
                        lock(RowLock::Update, patience),
                        commit,
                    ],
                ]
            }
            7 => [
                vec![begin, Item::Send(Statement::Delete { key }), end],
                vec![begin, Item::Send(Statement::Read { key: other }), add(key, b), commit],
            ],
            8 => {
                let new = |value| Item::Send(Statement::Insert { key: 4, value });
                [
                    vec![begin, new(a), end],
                    vec![begin, Item::Send(Statement::Read { key: other }), new(b), commit],
                ]
            }
            _ => [
                vec![begin, add(key, -a), add(other, a), commit],
                vec![begin, add(other, -b), add(key, b), commit],
            ],
        };
        let play = interleave(draw, &rows, &programs);
        let step = play
            .steps
            .iter()
            .enumerate()
            .position(|(step, _)| play.waited(step))
            .or_else(|| {
                (0..play.steps.len()).find(|step| matches!(play.first.get(*step), Some(Reply::Failed(_))))
            })
            .or_else(|| {
                play.steps.iter().rposition(|(_, statement)| {
                    statement.writes() || matches!(statement, Statement::Lock { .. })
                })
            });
        let Some(step) = step else { continue };
        if play.deadlock.is_some() {
            return deadlock(draw, &theme, &rows, play, 2);
        }
        let lost = lost_update(&play);
        let easy = !play.waited(step) && !lost && !matches!(play.first.get(step), Some(Reply::Failed(_)));
        // Runs in which nothing meets are only now and then of use.
        if easy && !draw.percent(4) || kind == 9 && !play.waited(step) {
            continue;
        }
        let Some((session, statement)) = play.steps.get(step).copied() else { continue };
        let Some(first) = play.first.get(step).cloned() else { continue };
        let rival = 1 - session;
        let why = reason(&play, &theme, step);
        let plain = match statement {
            Statement::Lock { .. } => Reply::Value(Some(value)),
            _ => Reply::Changed(1),
        };
        let nothing = match statement {
            Statement::Lock { .. } => Reply::Value(None),
            _ => Reply::Changed(0),
        };
        let wrong = vec![
            at_once(statement, &plain),
            at_once(statement, &nothing),
            at_once(statement, &Reply::Waits(vec![rival])),
            at_once(statement, &Reply::Failed(Failure::ConcurrentUpdate)),
            at_once(statement, &Reply::Failed(Failure::LockNotAvailable)),
        ];
        let mut asks = vec![outcome_ask(
            draw,
            format!("at-{}", step + 1),
            Text::new(
                format!("What happens when step {} is sent", step + 1),
                format!("步驟{}送出時會怎樣", step + 1),
            ),
            at_once(statement, &first),
            wrong,
            &why,
        )];
        if let Some(Some((reply, _))) = play.later.get(step).cloned() {
            let why = reason_later(&play, &theme, step).unwrap_or(why);
            let wrong = vec![
                in_the_end(statement, &plain),
                in_the_end(statement, &nothing),
                in_the_end(statement, &Reply::Failed(Failure::ConcurrentUpdate)),
                in_the_end(statement, &Reply::Failed(Failure::Deadlock)),
                in_the_end(statement, &Reply::Failed(Failure::UniqueViolation)),
            ];
            asks.push(outcome_ask(
                draw,
                format!("end-{}", step + 1),
                Text::new(format!("How step {} ends", step + 1), format!("步驟{}最後的結果", step + 1)),
                in_the_end(statement, &reply),
                wrong,
                &why,
            ));
        }
        let committed = play.database.committed();
        let asked_key = if kind == 8 { 4 } else { key };
        if let Some((_, right)) = committed.iter().find(|(found, _)| *found == asked_key) {
            asks.push(final_ask(&play, &theme, &rows, asked_key, *right));
        } else {
            asks.push(Ask::new(
                "rows",
                Text::new("How many rows the table has in the end", "最後資料表有幾列"),
                Answer::count(committed.len() as u64, Vec::new()),
            ));
        }
        let here = here(&play, lost);
        let right = if lost { Anomaly::Lost } else { Anomaly::None };
        asks.push(anomaly(draw, right, &here));
        let mut steps = narrate(&play, &theme);
        steps.push(sentence(&here));
        return Exercise {
            prompt: prompt(&theme, 2, Text::new("", "")),
            evidence: evidence(draw, &theme, &rows, &play.steps),
            asks,
            steps,
            given: json!({ "sessions": 2 }),
        };
    }
}

/// The value of a row in the end, with what simpler rules give.
fn final_ask(play: &Play, theme: &TableNames, rows: &[(i64, i64)], key: i64, right: i64) -> Ask {
    // Every change, as if each worked on the one before; and the last alone.
    let start = rows.iter().find(|(found, _)| *found == key).map_or(0, |(_, value)| *value);
    let mut all = start;
    let mut wrong: Vec<(i64, Text)> = Vec::new();
    for (_, statement) in &play.steps {
        match statement {
            Statement::Add { key: found, by, .. } if *found == key => all += by,
            Statement::Set { key: found, value } if *found == key => all = *value,
            _ => {}
        }
    }
    wrong.push((
        all,
        Text::new(
            "That counts every statement as if it had succeeded and kept; look at which ones failed, changed nothing or were rolled back.",
            "那等於每個陳述式都成功並保留；請看哪些失敗、沒有改到任何列，或被回復。",
        ),
    ));
    wrong.push((
        start,
        Text::new(
            "That is the value at the beginning; at least one change of this row was committed.",
            "那是一開始的值；這一列至少有一個修改提交了。",
        ),
    ));
    let mut traps: Vec<Trap> = Vec::new();
    for (value, why) in wrong {
        if value != right && !traps.iter().any(|trap| trap.value == value.to_string()) {
            traps.push(Trap::new(value, why));
        }
    }
    Ask::new(
        &format!("final-{key}"),
        Text::new(
            format!("`{}` of row `{} = {key}` in the end", theme.value, theme.key),
            format!("最後`{} = {key}`這一列的`{}`", theme.key, theme.value),
        ),
        Answer::Number { value: right as f64, tolerance: 0.0, unit: super::Unit::None, traps },
    )
}

/// Whether a value computed from an old read was written over a change committed since.
fn lost_update(play: &Play) -> bool {
    (0..play.steps.len()).any(|write| {
        let (session, Statement::Set { key, .. }) = play.steps[write] else { return false };
        let done = match play.later.get(write) {
            Some(Some((Reply::Changed(1), when))) => *when,
            Some(None) if play.first.get(write) == Some(&Reply::Changed(1)) => write,
            _ => return false,
        };
        let Some(read) = play.steps.iter().take(write).rposition(|(who, statement)| {
            *who == session
                && statement.key() == Some(key)
                && matches!(statement, Statement::Read { .. } | Statement::Lock { .. })
        }) else {
            return false;
        };
        let rival = 1 - session;
        let changed = play.steps.iter().enumerate().any(|(step, (who, statement))| {
            *who == rival
                && statement.writes()
                && statement.key() == Some(key)
                && play.outcome(step) == Some(&Reply::Changed(1))
        });
        let kept = |who: usize| {
            play.end_of(who).filter(|end| {
                play.steps.get(*end).is_some_and(|(_, statement)| *statement == Statement::Commit)
                    && !play.states.get(end - 1).is_some_and(|state| state.failed(who))
            })
        };
        changed && kept(session).is_some() && kept(rival).is_some_and(|end| end > read && end <= done)
    })
}

fn here(play: &Play, lost: bool) -> Text {
    if lost {
        return Text::new(
            "the last `SET` writes a value computed from an old read, so the change that the other session committed in between is gone.",
            "最後的`SET`寫入由舊值算出的結果，另一個工作階段在這之間提交的修改就不見了。",
        );
    }
    let failed =
        play.steps.iter().enumerate().any(|(step, _)| matches!(play.outcome(step), Some(Reply::Failed(_))));
    if failed {
        Text::new(
            "one transaction fails and changes nothing, so the result is that of running the other alone.",
            "其中一個交易失敗、什麼都沒改，結果等於只執行另一個。",
        )
    } else {
        Text::new(
            "nobody reads an uncommitted value, and no committed change is overwritten by a value computed without it.",
            "沒有人讀到未提交的值，也沒有已提交的修改被「沒看到它就算出來的值」蓋掉。",
        )
    }
}

/// A run that ends in a deadlock.
fn deadlock(
    draw: &mut Draw,
    theme: &TableNames,
    rows: &[(i64, i64)],
    play: Play,
    sessions: usize,
) -> Exercise {
    let closing = play.deadlock.unwrap_or_default();
    let cycle = play.database.deadlock();
    let victim = *draw.pick(&cycle);
    let mut after = play.database.clone();
    after.cancel(victim, Failure::Deadlock);
    // The others commit as they come free; at most each of them once.
    for _ in 0..sessions {
        for session in 0..sessions {
            if session != victim && after.in_transaction(session) && after.waiting(session).is_none() {
                after.run(session, Statement::Commit);
            }
        }
    }
    let touched: BTreeSet<i64> = play
        .steps
        .iter()
        .filter_map(|(_, statement)| statement.writes().then_some(statement.key()).flatten())
        .collect();
    let touched: Vec<i64> = touched.into_iter().collect();
    let key = *draw.pick(&touched);
    let committed = after.committed();
    let right = committed.iter().find(|(found, _)| *found == key).map_or(0, |(_, value)| *value);
    let waits: Vec<String> = (0..sessions)
        .filter(|session| !play.database.blockers(*session).is_empty())
        .map(|session| format!("{} → {}", name(session), names(&play.database.blockers(session))))
        .collect();
    let circle = waits.join(", ");
    let circle_zh = waits.join("、");
    let mut asks = vec![Ask::new(
        "closes",
        Text::new("The step that closes the circle of waits", "讓等待形成循環的是哪一個步驟"),
        Answer::count(
            closing as u64 + 1,
            play.steps
                .iter()
                .enumerate()
                .filter(|(step, _)| *step != closing && play.waited(*step))
                .map(|(step, (session, _))| {
                    Trap::new(
                        step + 1,
                        Text::new(
                            format!(
                                "At step {} session {} only waits; nobody waits for it in a circle yet.",
                                step + 1,
                                name(*session)
                            ),
                            format!("步驟{}時工作階段{}只是在等，還沒有形成循環。", step + 1, name(*session)),
                        ),
                    )
                })
                .collect(),
        ),
    )];
    let who = |session: usize| {
        Text::new(format!("session {}", name(session)), format!("工作階段{}", name(session)))
    };
    if sessions == 2 {
        let why = Text::new(
            format!(
                "Both wait ({circle}). Whoever's `deadlock_timeout` runs out with the circle closed looks for it and ends its own statement; the documentation says not to rely on which one it is."
            ),
            format!(
                "兩邊互等（{circle_zh}）。誰的`deadlock_timeout`到期時循環已經形成，誰就會檢查並中止自己的陳述式；文件說明不要依賴是哪一個。"
            ),
        );
        let options = vec![
            Choice::new(
                Text::new("either A or B, but only one of them", "A或B都有可能，但只有一個"),
                why.clone(),
            ),
            Choice::new(Text::new("A, because it was the first to begin", "A，因為它先開始"), why.clone()),
            Choice::new(
                Text::new("B, because it closed the circle last", "B，因為它最後讓循環成立"),
                why.clone(),
            ),
            Choice::new(Text::new("both A and B, as neither can go on", "A和B都會，因為誰都無法繼續"), why),
        ];
        asks.push(Ask::new(
            "who",
            Text::new("Who can get `40P01`", "誰可能收到`40P01`"),
            Answer::choice(draw, options),
        ));
    } else {
        let options: Vec<Choice> = (0..sessions)
            .map(|session| {
                let why = if cycle.contains(&session) {
                    Text::new(
                        format!("{} is part of the circle ({circle}), so it can be the victim.", name(session)),
                        format!("{}在循環之中（{circle_zh}），可能成為犧牲者。", name(session)),
                    )
                } else if play.database.blockers(session).is_empty() {
                    Text::new(
                        format!("{} does not wait for anybody.", name(session)),
                        format!("{}沒有在等任何人。", name(session)),
                    )
                } else {
                    Text::new(
                        format!("{} waits, but nobody in the circle waits for it ({circle}): ending it would free nobody.", name(session)),
                        format!("{}在等，但循環裡沒有人在等它（{circle_zh}）：中止它救不了任何人。", name(session)),
                    )
                };
                Choice::new(who(session), why)
            })
            .collect();
        asks.push(Ask::new(
            "victims",
            Text::new("Every session that can get `40P01`", "所有可能收到`40P01`的工作階段"),
            Answer::Several { options, right: cycle.clone() },
        ));
    }
    let mut final_ask = final_ask(&play, theme, rows, key, right);
    final_ask.label = Text::new(
        format!(
            "If {} is the victim and the others commit as soon as they can: `{}` of row `{} = {key}`",
            name(victim),
            theme.value,
            theme.key
        ),
        format!(
            "如果犧牲者是{}，其他人一有機會就提交：`{} = {key}`這一列的`{}`",
            name(victim),
            theme.key,
            theme.value
        ),
    );
    if let Answer::Number { traps, .. } = &mut final_ask.answer {
        for trap in traps {
            trap.why = Text::new(
                format!(
                    "{}'s changes are rolled back as a whole, and the others' are all kept.",
                    name(victim)
                ),
                format!("{}的修改全部回復，其他人的修改全部保留。", name(victim)),
            );
        }
    }
    asks.push(final_ask);
    let mut steps = narrate(&play, theme);
    steps.push(Text::new(
        format!("After step {}: {circle}. {} wait for each other in a circle.", closing + 1, names(&cycle)),
        format!("步驟{}之後：{circle_zh}。{}互相等待，形成循環。", closing + 1, names_zh(&cycle)),
    ));
    steps.push(Text::new(
        format!("With {} gone, all it changed is undone; the waiting statements of the others go on and are committed: row `{} = {key}` ends at {right}.", name(victim), theme.key),
        format!("{}中止後，它的修改全部回復；其他人等待中的陳述式繼續並提交：`{} = {key}`最後是{right}。", name(victim), theme.key),
    ));
    Exercise {
        prompt: prompt(
            theme,
            sessions,
            Text::new("The last statement has just been sent.", "最後一個陳述式剛送出。"),
        ),
        evidence: evidence(draw, theme, rows, &play.steps),
        asks,
        steps,
        given: json!({ "sessions": sessions, "victim": name(victim).to_string() }),
    }
}

/// Three sessions, some of which come to wait; what `pg_stat_activity` shows then.
fn queue(draw: &mut Draw) -> Exercise {
    let theme = *draw.pick(&THEMES);
    loop {
        let rows = table(draw, 3);
        let isolation = if draw.percent(60) { Isolation::ReadCommitted } else { Isolation::RepeatableRead };
        let key = i64::from(draw.int(1u32, 3));
        let other = key % 3 + 1;
        let amount = |draw: &mut Draw, more: i64| i64::from(draw.int(1u32, 6)) * 10 + more;
        let begin = Item::Send(Statement::Begin(isolation));
        let commit = Item::Send(Statement::Commit);
        let end = if draw.percent(65) { commit } else { Item::Send(Statement::Rollback) };
        let look = Item::Send(Statement::Read { key: other });
        let add = |key, by| Item::Send(Statement::Add { key, by, floor: None });
        let lock = |lock| Item::Send(Statement::Lock { key, lock, patience: Patience::Wait });
        let one = |draw: &mut Draw, more: i64| match draw.int(0u8, 6) {
            0 => lock(RowLock::KeyShare),
            1 => lock(RowLock::Share),
            2 => lock(RowLock::Update),
            3 => Item::Send(Statement::Delete { key }),
            _ => add(key, amount(draw, more)),
        };
        let first = match draw.int(0u8, 5) {
            0 => lock(RowLock::Update),
            1 => Item::Send(Statement::Delete { key }),
            _ => add(key, -amount(draw, 0)),
        };
        let mut programs = if draw.percent(60) {
            let (second, third) = (one(draw, 1), one(draw, 2));
            vec![vec![begin, first, end], vec![begin, look, second, commit], vec![begin, look, third, commit]]
        } else {
            // A chain: the second holds what the third wants.
            let (held, wanted) = (amount(draw, 1), amount(draw, 2));
            vec![
                vec![begin, first, end],
                vec![begin, add(other, held), add(key, held), commit],
                vec![begin, Item::Send(Statement::Read { key }), add(other, -wanted), commit],
            ]
        };
        draw.shuffle(&mut programs);
        let play = interleave(draw, &rows, &programs);
        // The moment with the most waiting sessions.
        let waiting = |step: usize| {
            let state = &play.states[step];
            (0..3).filter(|session| state.waiting(*session).is_some()).count()
        };
        let Some(moment) = (0..play.states.len()).rev().find(|step| waiting(*step) == 2) else { continue };
        let moment = (0..=moment).rev().take_while(|step| waiting(*step) == 2).last().unwrap_or(moment);
        if play.deadlock.is_some() {
            continue;
        }
        let state = &play.states[moment];
        let Some((last, _)) = play.steps.get(moment).copied() else { continue };
        let blockers = state.blockers(last);
        let [blocker] = blockers[..] else { continue };
        let Some(root) = (0..3).find(|session| state.waiting(*session).is_none()) else { continue };
        let Some(earlier) = (0..3).find(|session| *session != last && *session != root) else { continue };
        // Two that wait for the same row at READ COMMITTED race for its new version once an update of it commits: the
        // line is for one version only. Who wins is not asked.
        let key_of = |session: usize| state.waiting(session).and_then(Statement::key);
        let updates = play.steps.iter().any(|(who, statement)| {
            *who == root && matches!(statement, Statement::Add { .. }) && statement.key() == key_of(last)
        });
        let commits = play.end_of(root).is_some_and(|end| play.steps[end].1 == Statement::Commit);
        if isolation == Isolation::ReadCommitted && key_of(last) == key_of(earlier) && updates && commits {
            continue;
        }
        let sent = |session: usize| play.steps.iter().take(moment + 1).rposition(|(who, _)| *who == session);
        let (Some(earlier_step), Some(last_step)) = (sent(earlier), sent(last)) else { continue };
        let why = reason(&play, &theme, last_step);
        let option = |session: &[usize]| {
            Text::new(format!("session {}", names(session)), format!("工作階段{}", names_zh(session)))
        };
        let mut both = vec![earlier, root];
        both.sort_unstable();
        let mut candidates = vec![vec![blocker], vec![earlier], vec![root], both];
        candidates.dedup();
        let wrong = candidates.iter().skip(1).map(|sessions| option(sessions)).collect();
        let mut asks = vec![outcome_ask(
            draw,
            format!("blocks-{}", name(last)),
            Text::new(
                format!("Whom `pg_blocking_pids` names for session {} after step {}", name(last), moment + 1),
                format!("步驟{}之後，`pg_blocking_pids`對工作階段{}會列出誰", moment + 1, name(last)),
            ),
            option(&blockers),
            wrong,
            &why,
        )];
        for step in [earlier_step, last_step] {
            let Some((_, statement)) = play.steps.get(step).copied() else { continue };
            let Some(reply) = play.outcome(step).cloned() else { continue };
            let why = reason_later(&play, &theme, step).unwrap_or_else(|| why.clone());
            let locks = matches!(statement, Statement::Lock { .. });
            let plain = if locks {
                Reply::Value(rows.iter().find(|(found, _)| *found == key).map(|(_, value)| *value))
            } else {
                Reply::Changed(1)
            };
            let nothing = if locks { Reply::Value(None) } else { Reply::Changed(0) };
            let wrong = vec![
                in_the_end(statement, &plain),
                in_the_end(statement, &nothing),
                in_the_end(statement, &Reply::Failed(Failure::ConcurrentUpdate)),
                in_the_end(statement, &Reply::Failed(Failure::Deadlock)),
            ];
            asks.push(outcome_ask(
                draw,
                format!("end-{}", step + 1),
                Text::new(format!("How step {} ends", step + 1), format!("步驟{}最後的結果", step + 1)),
                in_the_end(statement, &reply),
                wrong,
                &why,
            ));
        }
        let committed = play.database.committed();
        match committed.iter().find(|(found, _)| *found == key) {
            Some((_, right)) => asks.push(final_ask(&play, &theme, &rows, key, *right)),
            None => asks.push(Ask::new(
                "rows",
                Text::new("How many rows the table has in the end", "最後資料表有幾列"),
                Answer::count(committed.len() as u64, Vec::new()),
            )),
        }
        let mut evidence = evidence(draw, &theme, &rows, &play.steps);
        evidence.push(shown(EvidenceType::Command, activity(draw, state)));
        let note = Text::new(
            format!(
                "The last table was taken right after step {}; `application_name` is the session's name.",
                moment + 1
            ),
            format!("最後一張表是在步驟{}之後立刻取得的，`application_name`就是工作階段的名稱。", moment + 1),
        );
        return Exercise {
            prompt: prompt(&theme, 3, note),
            evidence,
            asks,
            steps: narrate(&play, &theme),
            given: json!({ "sessions": 3, "moment": moment + 1 }),
        };
    }
}

fn activity(draw: &mut Draw, state: &Database) -> String {
    let base = draw.int(1200u32, 28_000);
    let mut pid = base;
    let rows: Vec<Vec<String>> = (0..3)
        .map(|session| {
            pid += draw.int(1u32, 60);
            let (kind, event) = state.wait_event(session);
            let status = match (state.waiting(session), state.failed(session), state.in_transaction(session))
            {
                (Some(_), ..) => "active",
                (None, true, _) => "idle in transaction (aborted)",
                (None, false, true) => "idle in transaction",
                (None, false, false) => "idle",
            };
            vec![
                pid.to_string(),
                name(session).to_string(),
                status.to_owned(),
                kind.to_owned(),
                event.to_owned(),
            ]
        })
        .collect();
    let columns = [
        ("pid", Align::Right),
        ("application_name", Align::Left),
        ("state", Align::Left),
        ("wait_event_type", Align::Left),
        ("wait_event", Align::Left),
    ];
    format!(
        "postgres=# SELECT pid, application_name, state, wait_event_type, wait_event FROM pg_stat_activity WHERE application_name IN ('A', 'B', 'C') ORDER BY pid;\n{}",
        psql_table(&columns, &rows)
    )
}

/// Three sessions and a circle of two or three of them.
fn circle(draw: &mut Draw) -> Exercise {
    let theme = *draw.pick(&THEMES);
    loop {
        let rows = table(draw, 3);
        let mut keys = [1i64, 2, 3];
        draw.shuffle(&mut keys);
        let [x, y, z] = keys;
        let begin = Item::Send(Statement::Begin(Isolation::ReadCommitted));
        let commit = Item::Send(Statement::Commit);
        let amount = |draw: &mut Draw, more: i64| i64::from(draw.int(1u32, 5)) * 10 + more;
        let (a, b, c) = (amount(draw, 1), amount(draw, 3), amount(draw, 5));
        let add = |key, by| Item::Send(Statement::Add { key, by, floor: None });
        let mut programs = match draw.int(0u8, 2) {
            0 => vec![
                vec![begin, add(x, -a), add(y, a), commit],
                vec![begin, add(y, -b), add(z, b), commit],
                vec![begin, add(z, -c), add(x, c), commit],
            ],
            // Two in a circle, and one that waits for one of them.
            1 => vec![
                vec![begin, add(x, -a), add(y, a), commit],
                vec![begin, add(y, -b), add(x, b), commit],
                vec![begin, add(z, c), add(x, -c), commit],
            ],
            // Two that share a lock and both want more; the third comes on top.
            _ => {
                let share =
                    Item::Send(Statement::Lock { key: x, lock: RowLock::Share, patience: Patience::Wait });
                vec![
                    vec![begin, share, add(x, a), commit],
                    vec![begin, share, add(x, -b), commit],
                    vec![begin, add(y, c), add(z, -c), commit],
                ]
            }
        };
        draw.shuffle(&mut programs);
        let play = interleave(draw, &rows, &programs);
        if play.deadlock.is_none() {
            continue;
        }
        let cycle = play.database.deadlock();
        let bystander = (0..3).find(|session| !cycle.contains(session));
        // A third one that has done something by then, and is not done.
        if let Some(third) = bystander
            && (!play.database.in_transaction(third)
                || play.steps.iter().filter(|(who, _)| *who == third).count() < 2)
        {
            continue;
        }
        return deadlock(draw, &theme, &rows, play, 3);
    }
}

/// Each reads that enough are on duty and takes one off.
fn skew(draw: &mut Draw) -> Exercise {
    let theme = *draw.pick(&DUTIES);
    loop {
        let count = i64::from(draw.int(3u32, 5));
        let sessions = if draw.percent(40) { 3 } else { 2 };
        let on: i64 = if sessions == 3 { 3 } else { 2 };
        let mut keys: Vec<i64> = (1..=count).collect();
        draw.shuffle(&mut keys);
        let duty: Vec<i64> = keys.iter().copied().take(on as usize).collect();
        let rows: Vec<(i64, i64)> = (1..=count).map(|key| (key, i64::from(duty.contains(&key)))).collect();
        let isolation = if draw.percent(65) { Isolation::Serializable } else { Isolation::RepeatableRead };
        let begin = Item::Send(Statement::Begin(isolation));
        let commit = Item::Send(Statement::Commit);
        let total = Statement::Total { aggregate: Aggregate::Count, filter: Filter::Equals(1) };
        let same = draw.percent(15);
        let programs: Vec<Vec<Item>> = (0..sessions)
            .map(|session| {
                let key = if same { duty[0] } else { duty[session] };
                vec![begin, Item::Send(total), Item::Send(Statement::Set { key, value: 0 }), commit]
            })
            .collect();
        let play = interleave(draw, &rows, &programs);
        let reads: Vec<usize> = (0..play.steps.len()).filter(|step| play.steps[*step].1 == total).collect();
        // Everyone must have had a reason to go on.
        if reads.len() != sessions || reads.iter().any(|step| play.value(*step).is_none_or(|found| found < 2))
        {
            continue;
        }
        let failures: Vec<(usize, usize)> = (0..play.steps.len())
            .filter_map(|step| match play.outcome(step)? {
                Reply::Failed(Failure::InFailedTransaction) => None,
                Reply::Failed(_) => Some((step, play.steps[step].0)),
                _ => None,
            })
            .collect();
        let losers: Vec<usize> = failures.iter().map(|(_, session)| *session).collect();
        let left = play.database.committed().iter().filter(|(_, value)| *value == 1).count() as u64;
        let options: Vec<Choice> = (0..sessions)
            .map(|session| {
                let found = failures.iter().find(|(_, loser)| *loser == session);
                let why = match found {
                    Some((step, _)) => {
                        let reason = reason_later(&play, &theme, *step)
                            .unwrap_or_else(|| reason(&play, &theme, *step));
                        Text::new(reason.en, reason.zh_tw)
                    }
                    None => Text::new(
                        format!(
                            "{} commits at step {}: {}",
                            name(session),
                            play.end_of(session).unwrap_or_default() + 1,
                            keeps(isolation).en
                        ),
                        format!(
                            "{}在步驟{}提交成功：{}",
                            name(session),
                            play.end_of(session).unwrap_or_default() + 1,
                            keeps(isolation).zh_tw
                        ),
                    ),
                };
                Choice::new(
                    Text::new(format!("session {}", name(session)), format!("工作階段{}", name(session))),
                    why,
                )
            })
            .collect();
        let mut right = losers.clone();
        right.sort_unstable();
        right.dedup();
        let mut asks = vec![Ask::new(
            "losers",
            Text::new(
                "Every session that gets `40001` (none: leave empty)",
                "所有收到`40001`的工作階段（沒有就留空）",
            ),
            Answer::Several { options, right },
        )];
        if let [(step, session)] = failures[..] {
            let traps: Vec<Trap> = play
                .steps
                .iter()
                .enumerate()
                .filter(|(other, (who, statement))| *other != step && *who == session && (statement.writes() || *statement == Statement::Commit))
                .map(|(other, _)| {
                    Trap::new(
                        other + 1,
                        if other < step {
                            Text::new(
                                format!("At step {} nobody has committed what {} must not overlap with yet, so it may still go on.", other + 1, name(session)),
                                format!("步驟{}時還沒有人先提交與{}衝突的結果，所以它還能繼續。", other + 1, name(session)),
                            )
                        } else {
                            Text::new(
                                format!("It has failed before, at step {}.", step + 1),
                                format!("在那之前，步驟{}就已經失敗了。", step + 1),
                            )
                        },
                    )
                })
                .collect();
            asks.push(Ask::new(
                "fails",
                Text::new("The step whose statement gets `40001`", "哪一個步驟的陳述式收到`40001`"),
                Answer::count(step as u64 + 1, traps),
            ));
        }
        let traps = if left == on as u64 - sessions as u64 || same {
            Vec::new()
        } else {
            vec![Trap::new(
                on as u64 - sessions as u64,
                Text::new(
                    "That would be so if every session had committed its change.",
                    "那是每個工作階段的修改都提交時的結果。",
                ),
            )]
        };
        asks.push(Ask::new(
            "left",
            Text::new(
                format!("How many rows have `{} = 1` in the end", theme.value),
                format!("最後有幾列是`{} = 1`", theme.value),
            ),
            Answer::count(left, traps),
        ));
        let skewed = left == 0;
        let here = if skewed {
            Text::new(
                format!(
                    "each counted at least 2 rows with `{} = 1`, each took another row off, all committed, and none is left.",
                    theme.value
                ),
                format!(
                    "每個工作階段都數到至少2列`{} = 1`，各自改掉不同的列，全部提交，最後一列也不剩。",
                    theme.value
                ),
            )
        } else {
            Text::new(
                format!(
                    "{left} {} with `{} = 1` {} left, as after running what committed one after another.",
                    if left == 1 { "row" } else { "rows" },
                    theme.value,
                    if left == 1 { "is" } else { "are" }
                ),
                format!("還剩{left}列`{} = 1`，和依序執行已提交的交易結果相同。", theme.value),
            )
        };
        asks.push(anomaly(draw, if skewed { Anomaly::Skew } else { Anomaly::None }, &here));
        // Overlapping counts that end well without a failure are nothing to learn from; nor is a half-way skew.
        if failures.is_empty() && !skewed {
            continue;
        }
        let mut steps = narrate(&play, &theme);
        steps.push(sentence(&here));
        let rule = Text::new(
            format!(
                "The rule to keep: at least one row has `{} = 1`; each session takes its row off only if it counted 2 or more.",
                theme.value
            ),
            format!(
                "要守住的規則：至少一列`{} = 1`；每個工作階段只有數到2列以上才會把自己那一列改掉。",
                theme.value
            ),
        );
        return Exercise {
            prompt: prompt(&theme, sessions, rule),
            evidence: evidence(draw, &theme, &rows, &play.steps),
            asks,
            steps,
            given: json!({ "sessions": sessions }),
        };
    }
}

fn keeps(isolation: Isolation) -> Text {
    if isolation == Isolation::Serializable {
        Text::new(
            "it is the first of the conflicting transactions to commit, or conflicts with none that did.",
            "它是衝突的交易中最先提交的，或與已提交的交易沒有衝突。",
        )
    } else {
        Text::new(
            "at `REPEATABLE READ` only changes of the same row collide, and what was read is not watched.",
            "`REPEATABLE READ`只有改到同一列才會衝突，讀過的資料不受監看。",
        )
    }
}
