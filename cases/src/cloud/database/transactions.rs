//! Transactions as PostgreSQL runs them: snapshots, row locks and their queues, deadlocks, serialization failures.
//!
//! One table of rows with an integer key and an integer value, sessions by number. Rules: PostgreSQL documentation,
//! chapter 13 (Concurrency Control): 13.2 Transaction Isolation, 13.3.2 Row-Level Locks, 13.3.4 Deadlocks; the order
//! of row lock waiters: src/backend/access/heap/README.tuplock; serializable: src/backend/storage/lmgr/README-SSI.
//! Not modelled: page-level predicate locks and other coarsening, which only add false positives; and that waiters for a
//! row race for its new version when an update of it commits (the line is for one version): here the first in line wins.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// Isolation level of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Isolation {
    /// Each statement sees what was committed before it began.
    ReadCommitted,
    /// Each statement sees what was committed before the transaction's first one.
    RepeatableRead,
    /// The same, and dangerous structures of read-write conflicts are broken.
    Serializable,
}

impl Isolation {
    /// As it is written in SQL.
    pub fn sql(self) -> &'static str {
        match self {
            Self::ReadCommitted => "READ COMMITTED",
            Self::RepeatableRead => "REPEATABLE READ",
            Self::Serializable => "SERIALIZABLE",
        }
    }
}

/// Row-level lock modes, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RowLock {
    /// `FOR KEY SHARE`: what a foreign key check takes.
    KeyShare,
    /// `FOR SHARE`.
    Share,
    /// `FOR NO KEY UPDATE`: what an `UPDATE` takes that changes no key column.
    NoKeyUpdate,
    /// `FOR UPDATE`: also what a `DELETE` takes.
    Update,
}

impl RowLock {
    /// Table 13.3, Conflicting Row-Level Locks.
    pub fn conflicts(self, other: Self) -> bool {
        match self.min(other) {
            Self::KeyShare => self.max(other) == Self::Update,
            Self::Share => self.max(other) >= Self::NoKeyUpdate,
            Self::NoKeyUpdate | Self::Update => true,
        }
    }

    /// As it is written after a `SELECT`.
    pub fn sql(self) -> &'static str {
        match self {
            Self::KeyShare => "FOR KEY SHARE",
            Self::Share => "FOR SHARE",
            Self::NoKeyUpdate => "FOR NO KEY UPDATE",
            Self::Update => "FOR UPDATE",
        }
    }
}

/// What a locking `SELECT` does about a locked row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Patience {
    /// Waits.
    Wait,
    /// `NOWAIT`: fails.
    NoWait,
    /// `SKIP LOCKED`: leaves it out.
    SkipLocked,
}

/// Rows by their value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Filter {
    /// Every row.
    All,
    /// `value = n`.
    Equals(i64),
    /// `value >= n`.
    AtLeast(i64),
}

impl Filter {
    /// Whether a row with this value is meant.
    pub fn matches(self, value: i64) -> bool {
        match self {
            Self::All => true,
            Self::Equals(wanted) => value == wanted,
            Self::AtLeast(least) => value >= least,
        }
    }
}

/// What is computed over rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aggregate {
    /// `count(*)`.
    Count,
    /// `sum(value)`.
    Sum,
}

/// What a session sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the fields are the statement's words")]
pub enum Statement {
    Begin(Isolation),
    Commit,
    Rollback,
    /// `SELECT value ... WHERE key`.
    Read {
        key: i64,
    },
    /// `SELECT count(*)` or `sum(value)`.
    Total {
        aggregate: Aggregate,
        filter: Filter,
    },
    /// `SELECT value ... WHERE key FOR ...`.
    Lock {
        key: i64,
        lock: RowLock,
        patience: Patience,
    },
    /// `UPDATE ... SET value = n WHERE key`.
    Set {
        key: i64,
        value: i64,
    },
    /// `UPDATE ... SET value = value + n WHERE key [AND value >= floor]`.
    Add {
        key: i64,
        by: i64,
        floor: Option<i64>,
    },
    Insert {
        key: i64,
        value: i64,
    },
    Delete {
        key: i64,
    },
}

impl Statement {
    /// The row it names.
    pub fn key(self) -> Option<i64> {
        match self {
            Self::Read { key }
            | Self::Lock { key, .. }
            | Self::Set { key, .. }
            | Self::Add { key, .. }
            | Self::Insert { key, .. }
            | Self::Delete { key } => Some(key),
            Self::Begin(_) | Self::Commit | Self::Rollback | Self::Total { .. } => None,
        }
    }

    /// Whether it changes rows.
    pub fn writes(self) -> bool {
        matches!(self, Self::Set { .. } | Self::Add { .. } | Self::Insert { .. } | Self::Delete { .. })
    }
}

/// Why a statement fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Failure {
    /// The row was changed since the snapshot.
    ConcurrentUpdate,
    /// The row was deleted since the snapshot.
    ConcurrentDelete,
    /// A dangerous structure of read-write conflicts.
    Dependencies,
    /// Chosen as the victim of a deadlock.
    Deadlock,
    /// `NOWAIT` met a lock.
    LockNotAvailable,
    /// The key exists.
    UniqueViolation,
    /// The transaction had failed before.
    InFailedTransaction,
}

impl Failure {
    /// SQLSTATE.
    pub fn code(self) -> &'static str {
        match self {
            Self::ConcurrentUpdate | Self::ConcurrentDelete | Self::Dependencies => "40001",
            Self::Deadlock => "40P01",
            Self::LockNotAvailable => "55P03",
            Self::UniqueViolation => "23505",
            Self::InFailedTransaction => "25P02",
        }
    }
}

/// What a session gets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reply {
    /// `BEGIN`, `COMMIT`, `ROLLBACK`. A `COMMIT` of a failed transaction is a rollback.
    Done,
    /// A value; none where no row was found.
    Value(Option<i64>),
    /// How many rows were changed.
    Changed(u64),
    /// An error.
    Failed(Failure),
    /// Nothing yet: it waits for these sessions, ascending.
    Waits(Vec<usize>),
}

/// A reply to a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Event {
    pub session: usize,
    pub reply: Reply,
}

/// Which conflicts a transaction has had, for serializable snapshot isolation.
#[derive(Clone, Debug, Default)]
struct Conflicts {
    /// Who read what this one wrote.
    into: BTreeSet<usize>,
    /// Who wrote what this one read.
    out: BTreeSet<usize>,
    doomed: bool,
    /// It has a conflict out to one that committed before it.
    flagged_out: bool,
    reads: Vec<Scan>,
    /// Keys with the values before and after.
    writes: Vec<(i64, Option<i64>, Option<i64>)>,
}

#[derive(Clone, Copy, Debug)]
enum Scan {
    Key(i64),
    Rows(Filter),
}

#[derive(Clone, Debug)]
struct Transaction {
    session: usize,
    isolation: Isolation,
    /// The last commit it sees; none before its first statement.
    snapshot: Option<u64>,
    committed: Option<u64>,
    aborted: bool,
    conflicts: Conflicts,
}

#[derive(Clone, Debug, Default)]
struct Row {
    /// Values by the commit that made them, ascending; none where it was deleted.
    versions: Vec<(u64, Option<i64>)>,
    /// By a transaction in progress.
    pending: Option<(usize, Option<i64>)>,
    holders: Vec<(usize, RowLock)>,
    /// Sessions that wait for the row, in order, and the lock they want. The first waits for the holders, and so does
    /// whoever does not conflict with those before it; the others wait for these.
    queue: Vec<(usize, RowLock)>,
}

impl Row {
    /// Who stands before a session in the line with a lock that conflicts with what it wants.
    fn ahead(&self, session: usize, lock: RowLock) -> Vec<usize> {
        let before = self.queue.iter().take_while(|(waiter, _)| *waiter != session);
        before.filter(|(_, mode)| mode.conflicts(lock)).map(|(waiter, _)| *waiter).collect()
    }
}

#[derive(Clone, Debug, Default)]
struct Connection {
    transaction: Option<usize>,
    /// A single statement that is its own transaction.
    implicit: bool,
    failed: bool,
    waiting: Option<(Statement, Vec<usize>)>,
}

/// One table and its sessions.
#[derive(Clone, Debug)]
pub struct Database {
    rows: BTreeMap<i64, Row>,
    connections: Vec<Connection>,
    transactions: Vec<Transaction>,
    /// Counts commits.
    clock: u64,
}

/// What is done to a row that is found.
#[derive(Clone, Copy, PartialEq)]
enum Action {
    Look,
    Set(i64),
    Add(i64),
    Delete,
}

/// What became of a try to do something to a row.
enum Try {
    Reply(Reply),
    Wait(Vec<usize>),
}

impl Database {
    /// A table with rows, and sessions 0 to `sessions - 1`.
    pub fn new(rows: &[(i64, i64)], sessions: usize) -> Self {
        let rows = rows
            .iter()
            .map(|(key, value)| (*key, Row { versions: vec![(0, Some(*value))], ..Row::default() }))
            .collect();
        Self { rows, connections: vec![Connection::default(); sessions], transactions: Vec::new(), clock: 0 }
    }

    /// Committed rows.
    pub fn committed(&self) -> Vec<(i64, i64)> {
        let last = |row: &Row| row.versions.last().and_then(|(_, value)| *value);
        self.rows.iter().filter_map(|(key, row)| Some((*key, last(row)?))).collect()
    }

    /// A row's newest value, committed or not: what a dirty read would show.
    pub fn dirty(&self, key: i64) -> Option<i64> {
        let row = self.rows.get(&key)?;
        match row.pending {
            Some((_, value)) => value,
            None => row.versions.last().and_then(|(_, value)| *value),
        }
    }

    /// Newest values of every row, committed or not.
    pub fn dirty_rows(&self) -> Vec<(i64, i64)> {
        self.rows.keys().filter_map(|key| Some((*key, self.dirty(*key)?))).collect()
    }

    /// The statement a session waits with.
    pub fn waiting(&self, session: usize) -> Option<Statement> {
        Some(self.connections.get(session)?.waiting.as_ref()?.0)
    }

    /// Whom a session waits for directly, as `pg_blocking_pids` names them; empty where it does not wait.
    pub fn blockers(&self, session: usize) -> Vec<usize> {
        let waiting = self.connections.get(session).and_then(|connection| connection.waiting.as_ref());
        waiting.map(|(_, blockers)| blockers.clone()).unwrap_or_default()
    }

    /// `wait_event_type` and `wait_event` of a session, as `pg_stat_activity` shows them. Who is first in line for a
    /// row waits for the end of a transaction, the others for the row's place in the line.
    pub fn wait_event(&self, session: usize) -> (&'static str, &'static str) {
        let Some(statement) = self.waiting(session) else { return ("Client", "ClientRead") };
        let row = statement.key().and_then(|key| self.rows.get(&key));
        let in_line = row.is_some_and(|row| {
            let own = row.queue.iter().find(|(waiter, _)| *waiter == session);
            own.is_some_and(|(_, lock)| !row.ahead(session, *lock).is_empty())
        });
        if in_line { ("Lock", "tuple") } else { ("Lock", "transactionid") }
    }

    /// Whether a session is inside a transaction block (also a failed one).
    pub fn in_transaction(&self, session: usize) -> bool {
        self.connections.get(session).is_some_and(|connection| connection.transaction.is_some())
    }

    /// Whether a session's transaction has failed and waits for its `ROLLBACK`.
    pub fn failed(&self, session: usize) -> bool {
        self.connections.get(session).is_some_and(|connection| connection.failed)
    }

    /// Sessions that wait for each other in a circle, ascending; empty where there is no deadlock.
    pub fn deadlock(&self) -> Vec<usize> {
        let reaches = |from: usize| {
            let mut seen = BTreeSet::new();
            let mut open = self.blockers(from);
            while let Some(next) = open.pop() {
                if seen.insert(next) {
                    open.extend(self.blockers(next));
                }
            }
            seen.contains(&from)
        };
        (0..self.connections.len()).filter(|session| reaches(*session)).collect()
    }

    /// A session sends a statement; its reply comes first, then what others get that had waited. A session that
    /// waits cannot send: nothing happens.
    pub fn run(&mut self, session: usize, statement: Statement) -> Vec<Event> {
        if self.waiting(session).is_some() || session >= self.connections.len() {
            return Vec::new();
        }
        let failed = self.failed(session);
        match statement {
            Statement::Begin(isolation) => {
                self.begin(session, isolation, false);
                vec![Event { session, reply: Reply::Done }]
            }
            Statement::Commit if !failed => self.commit(session),
            Statement::Commit | Statement::Rollback => {
                let mut events = vec![Event { session, reply: Reply::Done }];
                let released = self.finish(session, false);
                self.wake(&released, &mut events);
                events
            }
            _ if failed => vec![Event { session, reply: Reply::Failed(Failure::InFailedTransaction) }],
            _ => {
                if !self.in_transaction(session) {
                    self.begin(session, Isolation::ReadCommitted, true);
                }
                self.take_snapshot(session);
                let mut events = Vec::new();
                self.attempt(session, statement, &mut events);
                events
            }
        }
    }

    /// A waiting session's statement fails, as that of a deadlock's victim.
    pub fn cancel(&mut self, session: usize, failure: Failure) -> Vec<Event> {
        let mut events = vec![Event { session, reply: Reply::Failed(failure) }];
        let released = self.fail(session);
        self.wake(&released, &mut events);
        events
    }

    fn begin(&mut self, session: usize, isolation: Isolation, implicit: bool) {
        let transaction = Transaction {
            session,
            isolation,
            snapshot: None,
            committed: None,
            aborted: false,
            conflicts: Conflicts::default(),
        };
        self.transactions.push(transaction);
        let id = self.transactions.len() - 1;
        if let Some(connection) = self.connections.get_mut(session) {
            *connection = Connection { transaction: Some(id), implicit, ..Connection::default() };
        }
    }

    fn id(&self, session: usize) -> usize {
        self.connections.get(session).and_then(|connection| connection.transaction).unwrap_or(usize::MAX)
    }

    fn isolation(&self, id: usize) -> Isolation {
        self.transactions.get(id).map_or(Isolation::ReadCommitted, |transaction| transaction.isolation)
    }

    fn take_snapshot(&mut self, session: usize) {
        let (id, clock) = (self.id(session), self.clock);
        if let Some(transaction) = self.transactions.get_mut(id) {
            let kept = transaction.isolation != Isolation::ReadCommitted && transaction.snapshot.is_some();
            if !kept {
                transaction.snapshot = Some(clock);
            }
        }
    }

    fn snapshot(&self, id: usize) -> u64 {
        self.transactions.get(id).and_then(|transaction| transaction.snapshot).unwrap_or(self.clock)
    }

    /// What a transaction sees of a row.
    fn visible(&self, id: usize, row: &Row) -> Option<i64> {
        match row.pending {
            Some((owner, value)) if owner == id => value,
            _ => {
                let snapshot = self.snapshot(id);
                row.versions.iter().rev().find(|(seq, _)| *seq <= snapshot).and_then(|(_, value)| *value)
            }
        }
    }

    /// Tries a statement, and where it ends a transaction or fails, lets others go on.
    fn attempt(&mut self, session: usize, statement: Statement, events: &mut Vec<Event>) {
        let id = self.id(session);
        let mut reply = match self.execute(id, session, statement) {
            Try::Reply(reply) => reply,
            Try::Wait(blockers) => {
                let entry = Reply::Waits(blockers.clone());
                let before = self.waiting(session);
                if let Some(connection) = self.connections.get_mut(session) {
                    connection.waiting = Some((statement, blockers));
                }
                if before.is_none() {
                    events.push(Event { session, reply: entry });
                }
                return;
            }
        };
        if let Some(connection) = self.connections.get_mut(session) {
            connection.waiting = None;
        }
        let mut touched = self.leave_queues(session);
        if let Reply::Failed(_) = reply {
            touched.extend(self.fail(session));
        } else if self.connections.get(session).is_some_and(|connection| connection.implicit) {
            if let Some(failure) = self.before_commit(id) {
                reply = Reply::Failed(failure);
                touched.extend(self.finish(session, false));
            } else {
                touched.extend(self.finish(session, true));
            }
        }
        events.push(Event { session, reply });
        self.wake(&touched, events);
    }

    fn commit(&mut self, session: usize) -> Vec<Event> {
        let id = self.id(session);
        let (reply, kept) = match self.before_commit(id) {
            Some(failure) => (Reply::Failed(failure), false),
            None => (Reply::Done, true),
        };
        let mut events = vec![Event { session, reply }];
        // A COMMIT that fails ends the block too.
        let released = self.finish(session, kept);
        self.wake(&released, &mut events);
        events
    }

    /// Ends a transaction; the keys whose locks it gave back.
    fn finish(&mut self, session: usize, commit: bool) -> Vec<i64> {
        let id = self.id(session);
        if commit {
            self.clock += 1;
        }
        let clock = self.clock;
        let mut released = Vec::new();
        for (key, row) in &mut self.rows {
            if let Some((owner, value)) = row.pending
                && owner == id
            {
                row.pending = None;
                if commit {
                    row.versions.push((clock, value));
                }
                released.push(*key);
            }
            let before = row.holders.len();
            row.holders.retain(|(holder, _)| *holder != id);
            if row.holders.len() != before {
                released.push(*key);
            }
        }
        if let Some(transaction) = self.transactions.get_mut(id) {
            if commit {
                transaction.committed = Some(clock);
            } else {
                transaction.aborted = true;
            }
        }
        self.settle_conflicts(id, commit);
        if let Some(connection) = self.connections.get_mut(session) {
            *connection = Connection::default();
        }
        released.extend(self.leave_queues(session));
        released
    }

    /// A statement failed: its transaction gives everything back at once, the block stays until `ROLLBACK`.
    fn fail(&mut self, session: usize) -> Vec<i64> {
        let before = self.connections.get(session).cloned().unwrap_or_default();
        let released = self.finish(session, false);
        if let Some(connection) = self.connections.get_mut(session)
            && !before.implicit
        {
            *connection = Connection { transaction: before.transaction, failed: true, ..before };
            connection.waiting = None;
        }
        released
    }

    fn leave_queues(&mut self, session: usize) -> Vec<i64> {
        let mut left = Vec::new();
        for (key, row) in &mut self.rows {
            let before = row.queue.len();
            row.queue.retain(|(waiter, _)| *waiter != session);
            if row.queue.len() != before {
                left.push(*key);
            }
        }
        left
    }

    /// Waiting statements are tried again, in the order of the queues, after locks on some keys were given back.
    fn wake(&mut self, keys: &[i64], events: &mut Vec<Event>) {
        let keys: BTreeSet<i64> = keys.iter().copied().collect();
        for key in keys {
            let row = self.rows.get(&key);
            let mut waiters: Vec<usize> =
                row.map(|row| row.queue.iter().map(|(waiter, _)| *waiter).collect()).unwrap_or_default();
            for session in 0..self.connections.len() {
                let waits = self.waiting(session).is_some_and(|statement| statement.key() == Some(key));
                if waits && !waiters.contains(&session) {
                    waiters.push(session);
                }
            }
            for session in waiters {
                if let Some(statement) = self.waiting(session)
                    && statement.key() == Some(key)
                {
                    self.attempt(session, statement, events);
                }
            }
        }
    }

    fn execute(&mut self, id: usize, session: usize, statement: Statement) -> Try {
        if self.is_doomed(id) {
            return Try::Reply(Reply::Failed(Failure::Dependencies));
        }
        match statement {
            Statement::Read { key } => {
                if let Some(failure) = self.note_read(id, Scan::Key(key)) {
                    return Try::Reply(Reply::Failed(failure));
                }
                Try::Reply(Reply::Value(self.rows.get(&key).and_then(|row| self.visible(id, row))))
            }
            Statement::Total { aggregate, filter } => {
                if let Some(failure) = self.note_read(id, Scan::Rows(filter)) {
                    return Try::Reply(Reply::Failed(failure));
                }
                let values = self.rows.values().filter_map(|row| self.visible(id, row));
                let values: Vec<i64> = values.filter(|value| filter.matches(*value)).collect();
                Try::Reply(Reply::Value(match aggregate {
                    Aggregate::Count => i64::try_from(values.len()).ok(),
                    Aggregate::Sum if values.is_empty() => None,
                    Aggregate::Sum => Some(values.iter().sum()),
                }))
            }
            Statement::Lock { key, lock, patience } => {
                self.with_row(id, session, key, lock, patience, None, Action::Look)
            }
            Statement::Set { key, value } => self.with_row(
                id,
                session,
                key,
                RowLock::NoKeyUpdate,
                Patience::Wait,
                None,
                Action::Set(value),
            ),
            Statement::Add { key, by, floor } => {
                self.with_row(id, session, key, RowLock::NoKeyUpdate, Patience::Wait, floor, Action::Add(by))
            }
            Statement::Delete { key } => {
                self.with_row(id, session, key, RowLock::Update, Patience::Wait, None, Action::Delete)
            }
            Statement::Insert { key, value } => self.insert(id, key, value),
            Statement::Begin(_) | Statement::Commit | Statement::Rollback => Try::Reply(Reply::Done),
        }
    }

    /// Finds a row, locks it and changes it.
    #[expect(clippy::too_many_arguments, reason = "the parts of one statement")]
    fn with_row(
        &mut self,
        id: usize,
        session: usize,
        key: i64,
        lock: RowLock,
        patience: Patience,
        floor: Option<i64>,
        action: Action,
    ) -> Try {
        let nothing = || if action == Action::Look { Reply::Value(None) } else { Reply::Changed(0) };
        let first = self.waiting(session).is_none();
        if first && let Some(failure) = self.note_read(id, Scan::Key(key)) {
            return Try::Reply(Reply::Failed(failure));
        }
        let meets = |value: i64| floor.is_none_or(|floor| value >= floor);
        let Some(row) = self.rows.get(&key) else { return Try::Reply(nothing()) };
        // What the snapshot shows decides whether the row is meant at all.
        if first && !self.visible(id, row).is_some_and(meets) {
            return Try::Reply(nothing());
        }
        let own = row.pending.is_some_and(|(owner, _)| owner == id);
        let strict = self.isolation(id) != Isolation::ReadCommitted;
        if !own && strict {
            let newest = row.versions.last().copied().unwrap_or_default();
            if newest.0 > self.snapshot(id) {
                let failure =
                    if newest.1.is_none() { Failure::ConcurrentDelete } else { Failure::ConcurrentUpdate };
                return Try::Reply(Reply::Failed(failure));
            }
        }
        let held = row.holders.iter().filter(|(holder, mode)| *holder != id && mode.conflicts(lock));
        let mut blockers: Vec<usize> =
            held.filter_map(|(holder, _)| Some(self.transactions.get(*holder)?.session)).collect();
        let member = row.holders.iter().any(|(holder, _)| *holder == id);
        if !blockers.is_empty() {
            match patience {
                Patience::NoWait => return Try::Reply(Reply::Failed(Failure::LockNotAvailable)),
                Patience::SkipLocked => return Try::Reply(nothing()),
                Patience::Wait => {}
            }
            // A transaction that holds some lock on the row already does not queue: it waits for the others that do.
            if !member {
                let ahead = row.ahead(session, lock);
                if !ahead.is_empty() {
                    blockers = ahead;
                }
                if let Some(row) = self.rows.get_mut(&key)
                    && !row.queue.iter().any(|(waiter, _)| *waiter == session)
                {
                    row.queue.push((session, lock));
                }
            }
            blockers.sort_unstable();
            blockers.dedup();
            return Try::Wait(blockers);
        }
        // After a wait the newest version is looked at again.
        let current = match row.pending {
            Some((owner, value)) if owner == id => value,
            _ => row.versions.last().and_then(|(_, value)| *value),
        };
        let Some(current) = current.filter(|value| meets(*value)) else { return Try::Reply(nothing()) };
        let after = match action {
            Action::Look => {
                self.hold(id, key, lock);
                return Try::Reply(Reply::Value(Some(current)));
            }
            Action::Set(value) => Some(value),
            Action::Add(by) => Some(current + by),
            Action::Delete => None,
        };
        if let Some(failure) = self.note_write(id, key, Some(current), after) {
            return Try::Reply(Reply::Failed(failure));
        }
        self.hold(id, key, lock);
        if let Some(row) = self.rows.get_mut(&key) {
            row.pending = Some((id, after));
        }
        Try::Reply(Reply::Changed(1))
    }

    fn hold(&mut self, id: usize, key: i64, lock: RowLock) {
        if let Some(row) = self.rows.get_mut(&key) {
            match row.holders.iter_mut().find(|(holder, _)| *holder == id) {
                Some((_, mode)) => *mode = (*mode).max(lock),
                None => row.holders.push((id, lock)),
            }
        }
    }

    fn insert(&mut self, id: usize, key: i64, value: i64) -> Try {
        let row = self.rows.entry(key).or_default();
        let live = row.versions.last().and_then(|(_, value)| *value);
        match row.pending {
            Some((owner, Some(_))) if owner == id => {
                return Try::Reply(Reply::Failed(Failure::UniqueViolation));
            }
            // Its end decides whether the key exists.
            Some((owner, pending)) if owner != id && (live.is_none() || pending.is_none()) => {
                let session = self.transactions.get(owner).map_or(0, |transaction| transaction.session);
                return Try::Wait(vec![session]);
            }
            Some((owner, None)) if owner == id => {}
            _ if live.is_some() => return Try::Reply(Reply::Failed(Failure::UniqueViolation)),
            _ => {}
        }
        if let Some(failure) = self.note_write(id, key, None, Some(value)) {
            return Try::Reply(Reply::Failed(failure));
        }
        if let Some(row) = self.rows.get_mut(&key) {
            row.pending = Some((id, Some(value)));
        }
        self.hold(id, key, RowLock::Update);
        Try::Reply(Reply::Changed(1))
    }
}

/// Serializable snapshot isolation: a transaction with a read-write conflict in and one out (a *pivot*) may close a
/// circle; where the one it conflicts out to commits first, one of them must fail.
impl Database {
    fn is_doomed(&self, id: usize) -> bool {
        self.transactions.get(id).is_some_and(|transaction| transaction.conflicts.doomed)
    }

    fn serializable(&self, id: usize) -> Option<&Transaction> {
        self.transactions.get(id).filter(|found| {
            found.isolation == Isolation::Serializable && !found.aborted && !found.conflicts.doomed
        })
    }

    /// Whether another ran at the same time as one, by their snapshots and commits.
    fn overlap(&self, id: usize, other: &Transaction) -> bool {
        other.snapshot.is_some() && other.committed.is_none_or(|commit| commit > self.snapshot(id))
    }

    fn note_read(&mut self, id: usize, scan: Scan) -> Option<Failure> {
        self.serializable(id)?;
        let meant =
            |(key, before, after): &(i64, Option<i64>, Option<i64>)| scan.meets(*key, *before, *after);
        let writers: Vec<usize> = (0..self.transactions.len())
            .filter(|other| *other != id)
            .filter(|other| {
                self.serializable(*other)
                    .is_some_and(|found| self.overlap(id, found) && found.conflicts.writes.iter().any(meant))
            })
            .collect();
        if let Some(transaction) = self.transactions.get_mut(id) {
            transaction.conflicts.reads.push(scan);
        }
        writers.into_iter().find_map(|writer| self.flag(id, writer, id))
    }

    fn note_write(
        &mut self,
        id: usize,
        key: i64,
        before: Option<i64>,
        after: Option<i64>,
    ) -> Option<Failure> {
        self.serializable(id)?;
        let readers: Vec<usize> = (0..self.transactions.len())
            .filter(|other| *other != id)
            .filter(|other| {
                self.serializable(*other).is_some_and(|found| {
                    self.overlap(id, found)
                        && found.conflicts.reads.iter().any(|scan| scan.meets(key, before, after))
                })
            })
            .collect();
        if let Some(transaction) = self.transactions.get_mut(id) {
            transaction.conflicts.writes.push((key, before, after));
        }
        readers.into_iter().find_map(|reader| self.flag(reader, id, id))
    }

    /// Notes that `reader` read what `writer` changed; the failure of `me`, one of the two, if that is the way out.
    fn flag(&mut self, reader: usize, writer: usize, me: usize) -> Option<Failure> {
        if let Some(transaction) = self.transactions.get_mut(reader) {
            transaction.conflicts.out.insert(writer);
        }
        if let Some(transaction) = self.transactions.get_mut(writer) {
            transaction.conflicts.into.insert(reader);
        }
        let (Some(read), Some(written)) = (self.transactions.get(reader), self.transactions.get(writer))
        else {
            return None;
        };
        let quiet = |found: &Transaction| found.committed.is_some() && found.conflicts.writes.is_empty();
        let never = u64::MAX;
        let mut failure = written.committed.is_some() && written.conflicts.flagged_out;
        // The writer is a pivot, and the one it conflicts out to committed first.
        failure |= written.conflicts.out.iter().filter_map(|out| self.transactions.get(*out)).any(|out| {
            out.committed.is_some_and(|commit| {
                commit <= read.committed.unwrap_or(never)
                    && commit <= written.committed.unwrap_or(never)
                    && (!quiet(read) || commit <= read.snapshot.unwrap_or(0))
            })
        });
        // The reader is a pivot, and the writer committed first.
        if let Some(commit) = written.committed
            && !quiet(read)
        {
            failure |=
                read.conflicts.into.iter().filter_map(|into| self.transactions.get(*into)).any(|into| {
                    !into.conflicts.doomed
                        && !into.aborted
                        && into.committed.is_none_or(|other| other >= commit)
                        && (!quiet(into) || into.snapshot.unwrap_or(0) >= commit)
                });
        }
        if !failure {
            return None;
        }
        let writer_committed = written.committed.is_some();
        if me == writer || writer_committed {
            return Some(Failure::Dependencies);
        }
        if let Some(transaction) = self.transactions.get_mut(writer) {
            transaction.conflicts.doomed = true;
        }
        None
    }

    /// First committer wins: whoever becomes dangerous by this commit is doomed.
    fn before_commit(&mut self, id: usize) -> Option<Failure> {
        if self.is_doomed(id) {
            return Some(Failure::Dependencies);
        }
        let mine = self.serializable(id)?;
        let doomed: Vec<usize> = mine
            .conflicts
            .into
            .iter()
            .copied()
            .filter(|near| {
                self.serializable(*near).is_some_and(|near| {
                    near.committed.is_none()
                        && near.conflicts.into.iter().any(|far| {
                            *far == id || self.serializable(*far).is_some_and(|far| far.committed.is_none())
                        })
                })
            })
            .collect();
        for near in doomed {
            if let Some(transaction) = self.transactions.get_mut(near) {
                transaction.conflicts.doomed = true;
            }
        }
        None
    }

    fn settle_conflicts(&mut self, id: usize, commit: bool) {
        if commit {
            let out = self.transactions.get(id).map(|found| found.conflicts.out.clone()).unwrap_or_default();
            let earlier =
                out.iter().filter_map(|out| self.transactions.get(*out)).any(|out| out.committed.is_some());
            if let Some(transaction) = self.transactions.get_mut(id) {
                transaction.conflicts.flagged_out = earlier && !transaction.conflicts.writes.is_empty();
            }
            return;
        }
        for transaction in &mut self.transactions {
            transaction.conflicts.into.remove(&id);
            transaction.conflicts.out.remove(&id);
        }
    }
}

impl Scan {
    /// Whether a change from one value to another is one of what was read.
    fn meets(self, key: i64, before: Option<i64>, after: Option<i64>) -> bool {
        match self {
            Self::Key(read) => read == key,
            Self::Rows(filter) => [before, after].into_iter().flatten().any(|value| filter.matches(value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begin(database: &mut Database, isolation: Isolation) {
        for session in 0..database.connections.len() {
            database.run(session, Statement::Begin(isolation));
        }
    }

    #[test]
    fn a_waiting_update_looks_again_or_fails_by_its_level() {
        for (isolation, expected) in [
            (Isolation::ReadCommitted, Reply::Changed(1)),
            (Isolation::RepeatableRead, Reply::Failed(Failure::ConcurrentUpdate)),
        ] {
            let mut database = Database::new(&[(1, 100)], 2);
            begin(&mut database, isolation);
            database.run(1, Statement::Read { key: 1 });
            database.run(0, Statement::Add { key: 1, by: 10, floor: None });
            let waits = database.run(1, Statement::Add { key: 1, by: 5, floor: None });
            assert_eq!(waits, [Event { session: 1, reply: Reply::Waits(vec![0]) }]);
            let events = database.run(0, Statement::Commit);
            assert_eq!(events.last(), Some(&Event { session: 1, reply: expected }));
        }
    }

    #[test]
    fn waiters_stand_in_line_and_circles_are_found() {
        let mut database = Database::new(&[(1, 1), (2, 2)], 3);
        begin(&mut database, Isolation::ReadCommitted);
        let add = |key| Statement::Add { key, by: 1, floor: None };
        database.run(0, add(1));
        database.run(1, add(2));
        database.run(1, add(1));
        database.run(2, add(1));
        assert_eq!((database.blockers(1), database.blockers(2)), (vec![0], vec![1]));
        assert!(database.deadlock().is_empty());
        database.run(0, add(2));
        assert_eq!(database.deadlock(), [0, 1]);
        let events = database.cancel(0, Failure::Deadlock);
        assert_eq!(events.get(1), Some(&Event { session: 1, reply: Reply::Changed(1) }));
    }

    #[test]
    fn the_first_to_commit_wins_a_write_skew_only_where_it_is_serializable() {
        for (isolation, last) in [
            (Isolation::RepeatableRead, Reply::Done),
            (Isolation::Serializable, Reply::Failed(Failure::Dependencies)),
        ] {
            let mut database = Database::new(&[(1, 1), (2, 1)], 2);
            begin(&mut database, isolation);
            let count = Statement::Total { aggregate: Aggregate::Count, filter: Filter::Equals(1) };
            database.run(0, count);
            database.run(1, count);
            database.run(0, Statement::Set { key: 1, value: 0 });
            database.run(1, Statement::Set { key: 2, value: 0 });
            assert_eq!(database.run(0, Statement::Commit)[0].reply, Reply::Done);
            assert_eq!(database.run(1, Statement::Commit)[0].reply, last);
        }
    }
}
