//! What a database's tools print: psql tables, error texts, `SHOW REPLICA STATUS`, points of a metric.

use std::fmt::Write as _;

use super::transactions::{Aggregate, Failure, Filter, Patience, Statement};

/// How a column is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Text.
    Left,
    /// Numbers.
    Right,
}

/// A result as psql prints it in its aligned format, with the number of rows.
pub fn psql_table(columns: &[(&str, Align)], rows: &[Vec<String>]) -> String {
    let width = |index: usize, name: &str| {
        let cells = rows.iter().filter_map(|row| row.get(index)).map(|cell| cell.chars().count());
        cells.chain([name.chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> =
        columns.iter().enumerate().map(|(index, (name, _))| width(index, name)).collect();
    let mut text = String::new();
    let head: Vec<String> = columns
        .iter()
        .zip(&widths)
        .map(|((name, _), width)| {
            // psql centres titles and leaves the odd space on the right.
            let free = width - name.chars().count();
            format!(" {}{name}{} ", " ".repeat(free / 2), " ".repeat(free - free / 2))
        })
        .collect();
    let _ = writeln!(text, "{}", head.join("|"));
    let line: Vec<String> = widths.iter().map(|width| "-".repeat(width + 2)).collect();
    let _ = writeln!(text, "{}", line.join("+"));
    for row in rows {
        let last = columns.len().saturating_sub(1);
        let cells: Vec<String> = row
            .iter()
            .zip(columns)
            .zip(&widths)
            .enumerate()
            .map(|(index, ((cell, (_, align)), width))| match align {
                Align::Right => format!(" {cell:>width$}{}", if index == last { "" } else { " " }),
                Align::Left if index == last => format!(" {cell}"),
                Align::Left => format!(" {cell:<width$} "),
            })
            .collect();
        let _ = writeln!(text, "{}", cells.join("|"));
    }
    let _ = writeln!(text, "({} row{})", rows.len(), if rows.len() == 1 { "" } else { "s" });
    text
}

/// A result as the mysql client prints it, with the number of rows and the time it took.
pub fn mysql_table(columns: &[(&str, Align)], rows: &[Vec<String>], seconds: &str) -> String {
    if rows.is_empty() {
        return format!("Empty set ({seconds} sec)\n");
    }
    let width = |index: usize, name: &str| {
        let cells = rows.iter().filter_map(|row| row.get(index)).map(|cell| cell.chars().count());
        cells.chain([name.chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> =
        columns.iter().enumerate().map(|(index, (name, _))| width(index, name)).collect();
    let dashes: Vec<String> = widths.iter().map(|width| "-".repeat(width + 2)).collect();
    let line = format!("+{}+\n", dashes.join("+"));
    let head: Vec<String> =
        columns.iter().zip(&widths).map(|((name, _), width)| format!(" {name:<width$} ")).collect();
    let mut text = format!("{line}|{}|\n{line}", head.join("|"));
    for row in rows {
        let cells = row.iter().zip(columns).zip(&widths).map(|((cell, (_, align)), width)| match align {
            Align::Left => format!(" {cell:<width$} "),
            Align::Right => format!(" {cell:>width$} "),
        });
        let _ = writeln!(text, "|{}|", cells.collect::<Vec<_>>().join("|"));
    }
    let _ = writeln!(
        text,
        "{line}{} row{} in set ({seconds} sec)",
        rows.len(),
        if rows.len() == 1 { "" } else { "s" }
    );
    text
}

/// The names of the model's one table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct TableNames {
    pub table: &'static str,
    /// Its primary key, an integer.
    pub key: &'static str,
    /// A text beside the key, by key from 1.
    pub label: &'static str,
    pub labels: &'static [&'static str],
    /// The integer that statements read and change.
    pub value: &'static str,
}

impl TableNames {
    /// The label of a key.
    pub fn label_of(&self, key: i64) -> &'static str {
        let index = usize::try_from(key - 1).unwrap_or_default();
        self.labels.get(index).copied().unwrap_or("-")
    }

    /// A statement as it is sent.
    pub fn sql(&self, statement: Statement) -> String {
        let Self { table, key: id, value: column, .. } = self;
        match statement {
            Statement::Begin(isolation) => format!("BEGIN ISOLATION LEVEL {};", isolation.sql()),
            Statement::Commit => "COMMIT;".to_owned(),
            Statement::Rollback => "ROLLBACK;".to_owned(),
            Statement::Read { key } => format!("SELECT {column} FROM {table} WHERE {id} = {key};"),
            Statement::Total { aggregate, filter } => {
                let what = match aggregate {
                    Aggregate::Count => "count(*)".to_owned(),
                    Aggregate::Sum => format!("sum({column})"),
                };
                let rows = match filter {
                    Filter::All => String::new(),
                    Filter::Equals(wanted) => format!(" WHERE {column} = {wanted}"),
                    Filter::AtLeast(least) => format!(" WHERE {column} >= {least}"),
                };
                format!("SELECT {what} FROM {table}{rows};")
            }
            Statement::Lock { key, lock, patience } => {
                let patience = match patience {
                    Patience::Wait => "",
                    Patience::NoWait => " NOWAIT",
                    Patience::SkipLocked => " SKIP LOCKED",
                };
                format!("SELECT {column} FROM {table} WHERE {id} = {key} {}{patience};", lock.sql())
            }
            Statement::Set { key, value } => {
                format!("UPDATE {table} SET {column} = {value} WHERE {id} = {key};")
            }
            Statement::Add { key, by, floor } => {
                let sign = if by < 0 { '-' } else { '+' };
                let floor = floor.map_or_else(String::new, |floor| format!(" AND {column} >= {floor}"));
                format!(
                    "UPDATE {table} SET {column} = {column} {sign} {} WHERE {id} = {key}{floor};",
                    by.abs()
                )
            }
            Statement::Insert { key, value } => {
                format!("INSERT INTO {table} VALUES ({key}, '{}', {value});", self.label_of(key))
            }
            Statement::Delete { key } => format!("DELETE FROM {table} WHERE {id} = {key};"),
        }
    }

    /// `SELECT *` with its rows, as psql shows it.
    pub fn select_all(&self, database: &str, rows: &[(i64, i64)]) -> String {
        let columns = [(self.key, Align::Right), (self.label, Align::Left), (self.value, Align::Right)];
        let cells: Vec<Vec<String>> = rows
            .iter()
            .map(|(key, value)| vec![key.to_string(), self.label_of(*key).to_owned(), value.to_string()])
            .collect();
        format!(
            "{database}=> SELECT * FROM {} ORDER BY {};\n{}",
            self.table,
            self.key,
            psql_table(&columns, &cells)
        )
    }
}

/// PostgreSQL's message for a failure, as psql prints it.
pub fn pg_error(failure: Failure, relation: &str) -> String {
    match failure {
        Failure::ConcurrentUpdate => "ERROR:  could not serialize access due to concurrent update".to_owned(),
        Failure::ConcurrentDelete => "ERROR:  could not serialize access due to concurrent delete".to_owned(),
        Failure::Dependencies => {
            "ERROR:  could not serialize access due to read/write dependencies among transactions".to_owned()
        }
        Failure::Deadlock => "ERROR:  deadlock detected".to_owned(),
        Failure::LockNotAvailable => {
            format!("ERROR:  could not obtain lock on row in relation \"{relation}\"")
        }
        Failure::UniqueViolation => {
            format!("ERROR:  duplicate key value violates unique constraint \"{relation}_pkey\"")
        }
        Failure::InFailedTransaction => {
            "ERROR:  current transaction is aborted, commands ignored until end of transaction block"
                .to_owned()
        }
    }
}

/// MySQL's message for an error number of its reference manual; empty for one that is not modelled.
pub fn mysql_error(number: u16) -> &'static str {
    match number {
        1040 => "ERROR 1040 (HY000): Too many connections",
        1205 => "ERROR 1205 (HY000): Lock wait timeout exceeded; try restarting transaction",
        1213 => "ERROR 1213 (40001): Deadlock found when trying to get lock; try restarting transaction",
        1290 => {
            "ERROR 1290 (HY000): The MySQL server is running with the --read-only option so it cannot execute this statement"
        }
        _ => "",
    }
}

/// Some fields of `SHOW REPLICA STATUS\G`, in the order given, names set right as the client prints them.
pub fn replica_status(fields: &[(&str, String)]) -> String {
    let mut text = "*************************** 1. row ***************************\n".to_owned();
    // The longest name of the full output, Source_SSL_Verify_Server_Cert, sets the column.
    for (name, value) in fields {
        let _ = writeln!(text, "{name:>29}: {value}");
    }
    text
}

/// Points of metrics: minutes of the day and a value for each of the columns.
pub fn metric_table(columns: &[&str], points: &[(u32, Vec<String>)]) -> String {
    let widths: Vec<usize> = columns.iter().map(|name| name.len().max(8) + 2).collect();
    let line = |first: &str, cells: &mut dyn Iterator<Item = &str>| {
        let cells: Vec<String> = cells.zip(&widths).map(|(cell, width)| format!("{cell:>width$}")).collect();
        format!("{first}{}\n", cells.concat())
    };
    let mut text = line("Time ", &mut columns.iter().copied());
    for (minute, values) in points {
        let time = format!("{:02}:{:02}", minute / 60 % 24, minute % 60);
        text.push_str(&line(&time, &mut values.iter().map(String::as_str)));
    }
    text
}

/// A count with commas between groups of three digits.
pub fn number_with_commas(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_set_as_psql_sets_it() {
        let rows = [vec!["1".to_owned(), "Ann".to_owned(), "500".to_owned()]];
        let table =
            psql_table(&[("id", Align::Right), ("owner", Align::Left), ("balance", Align::Right)], &rows);
        let expected = " id | owner | balance \n----+-------+---------\n  1 | Ann   |     500\n(1 row)\n";
        assert_eq!(table, expected);
    }

    #[test]
    fn a_table_is_set_as_the_mysql_client_sets_it() {
        let rows = [vec!["app".to_owned(), "12".to_owned()]];
        let table = mysql_table(&[("user", Align::Left), ("n", Align::Right)], &rows, "0.00");
        let line = "+------+----+\n";
        assert_eq!(
            table,
            format!("{line}| user | n  |\n{line}| app  | 12 |\n{line}1 row in set (0.00 sec)\n")
        );
        assert_eq!(mysql_table(&[("n", Align::Right)], &[], "0.00"), "Empty set (0.00 sec)\n");
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(number_with_commas(999), "999");
        assert_eq!(number_with_commas(1_234_567), "1,234,567");
    }
}
