//! A subset of the Logs Insights query language: `fields`, `display`, `parse` (glob and regular expression), `filter`,
//! `stats` with `by` and `bin()`, `sort`, `limit`, `dedup`.
//!
//! Rules: Amazon CloudWatch Logs User Guide, "CloudWatch Logs Insights language query syntax" and its pages "parse",
//! "filter", "stats", "sort", "limit", "dedup". Set here where the guide leaves it open: a comparison with a field that an
//! event lacks never holds; texts that look like numbers compare as numbers; `pct` is the nearest rank (the service
//! approximates it).

use std::cmp::Ordering;
use std::collections::BTreeMap;

use regex::Regex;

use super::{Event, Row, discover, moment};

/// A value of a field.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
    /// A moment, in milliseconds since 1970.
    Time(i64),
}

impl Value {
    /// A word of a message: a number where it looks like one.
    pub fn read(text: &str) -> Self {
        text.parse::<f64>()
            .ok()
            .filter(|n| n.is_finite())
            .map_or_else(|| Self::Text(text.to_owned()), Self::Number)
    }

    /// Its number, if it is or looks like one.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.parse().ok().filter(|number: &f64| number.is_finite()),
            Self::Time(at) => Some(*at as f64),
        }
    }

    /// As results show it: at most four decimals, moments as `2026-03-01 09:05:00.000`.
    pub fn text(&self) -> String {
        match self {
            Self::Number(number) => {
                let text = format!("{number:.4}");
                text.trim_end_matches('0').trim_end_matches('.').to_owned()
            }
            Self::Text(text) => text.clone(),
            Self::Time(at) => moment(*at).format("%Y-%m-%d %H:%M:%S%.3f").to_string(),
        }
    }

    fn compare(&self, other: &Self) -> Ordering {
        match (self.number(), other.number()) {
            (Some(a), Some(b)) => a.total_cmp(&b),
            // As the guide orders them: what is no number comes first.
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (None, None) => self.text().cmp(&other.text()),
        }
    }
}

/// What a query returns.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Rows; a cell is empty where the event has no such field.
    pub rows: Vec<Vec<Option<Value>>>,
}

impl Table {
    /// A cell as a number.
    pub fn number(&self, row: usize, column: &str) -> Option<f64> {
        let column = self.columns.iter().position(|name| name == column)?;
        self.rows.get(row)?.get(column)?.as_ref()?.number()
    }

    /// A cell as text; empty where there is none.
    pub fn text(&self, row: usize, column: &str) -> String {
        let cell = || {
            let column = self.columns.iter().position(|name| name == column)?;
            self.rows.get(row)?.get(column)?.as_ref().map(Value::text)
        };
        cell().unwrap_or_default()
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Number(f64),
    Text(String),
    Regex(String),
    Sign(&'static str),
}

/// An expression.
#[derive(Clone, Debug, PartialEq)]
enum Expression {
    Field(String),
    Number(f64),
    Bin(i64),
    Arithmetic(Box<Expression>, &'static str, Box<Expression>),
}

/// What a text is searched for.
#[derive(Debug)]
enum Pattern {
    /// These characters.
    Plain(String),
    /// A regular expression.
    Regex(Regex),
}

impl Pattern {
    fn regex(text: &str) -> Result<Self, String> {
        if regex::escape(text) == text {
            Ok(Self::Plain(text.to_owned()))
        } else {
            compiled(text).map(Self::Regex)
        }
    }

    fn found(&self, text: &str) -> bool {
        match self {
            Self::Plain(part) => text.contains(part.as_str()),
            Self::Regex(regex) => regex.is_match(text),
        }
    }
}

/// What `parse` extracts by.
#[derive(Debug)]
enum Extract {
    /// The texts around the asterisks of a glob.
    Glob(Vec<String>),
    /// Named groups.
    Regex(Regex),
}

impl Extract {
    /// The parts found in a text, one for each name. A glob may start anywhere; each asterisk takes as little as it can, a
    /// last one all that is left.
    fn parts(&self, text: &str) -> Option<Vec<Option<String>>> {
        match self {
            Self::Regex(regex) => {
                let found = regex.captures(text)?;
                Some(
                    (1..found.len())
                        .map(|index| found.get(index).map(|part| part.as_str().to_owned()))
                        .collect(),
                )
            }
            Self::Glob(around) => {
                let (first, others) = around.split_first()?;
                let mut rest = text.get(text.find(first.as_str())? + first.len()..)?;
                let mut parts = Vec::new();
                for (index, literal) in others.iter().enumerate() {
                    let last = index + 1 == others.len();
                    let end =
                        if last && literal.is_empty() { rest.len() } else { rest.find(literal.as_str())? };
                    parts.push(Some(rest.get(..end)?.to_owned()));
                    rest = rest.get(end + literal.len()..)?;
                }
                Some(parts)
            }
        }
    }
}

/// A condition.
#[derive(Debug)]
enum Condition {
    Compare(Expression, &'static str, Value),
    Like(Expression, Pattern, bool),
    In(Expression, Vec<Value>, bool),
    Present(String),
    Not(Box<Condition>),
    All(Vec<Condition>),
    Any(Vec<Condition>),
}

/// An aggregation.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Aggregation {
    Count,
    CountDistinct,
    Sum,
    Avg,
    Min,
    Max,
    Percentile(f64),
}

#[derive(Debug)]
enum Command {
    Fields(Vec<(Expression, String)>),
    Display(Vec<(Expression, String)>),
    Filter(Condition),
    Parse(String, Extract, Vec<String>),
    Stats(Vec<(Aggregation, Option<Expression>, String)>, Vec<(Expression, String)>),
    Sort(Vec<(String, bool)>),
    Limit(usize),
    Dedup(Vec<String>),
}

/// A query.
#[derive(Debug)]
pub struct Query(Vec<Command>);

impl Query {
    /// Reads a query.
    ///
    /// # Errors
    /// What is not understood.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut commands = Vec::new();
        for tokens in commands_of(text)? {
            let mut reader = Reader { tokens, at: 0 };
            commands.push(reader.command()?);
            if reader.at < reader.tokens.len() {
                return Err(format!("unexpected {:?}", reader.tokens.get(reader.at)));
            }
        }
        Ok(Self(commands))
    }

    /// Runs it over the events of a time range. Without `sort`, events come newest first and groups in the order of
    /// their keys.
    pub fn run(&self, events: &[Event]) -> Table {
        let mut rows: Vec<Row> = events.iter().map(discover).collect();
        rows.sort_by_key(|row| {
            std::cmp::Reverse(row.get("@timestamp").and_then(Value::number).map(|at| at as i64))
        });
        self.over(rows)
    }

    /// Events with their fields, newest first, as the commands up to here leave them: what a query of only `parse` and
    /// `filter` hands on to [`Query::over`].
    pub fn rows(&self, events: &[Event]) -> Vec<Row> {
        let mut rows: Vec<Row> = events.iter().map(discover).collect();
        rows.sort_by_key(|row| {
            std::cmp::Reverse(row.get("@timestamp").and_then(Value::number).map(|at| at as i64))
        });
        self.apply(rows).0
    }

    /// Runs it over events whose fields are known.
    pub fn over(&self, rows: Vec<Row>) -> Table {
        let (rows, mut columns) = self.apply(rows);
        if columns.is_empty() {
            columns = vec!["@timestamp".to_owned(), "@message".to_owned()];
        }
        let rows =
            rows.iter().map(|row| columns.iter().map(|name| row.get(name).cloned()).collect()).collect();
        Table { columns, rows }
    }

    /// What the commands leave, and the columns they show.
    fn apply(&self, mut rows: Vec<Row>) -> (Vec<Row>, Vec<String>) {
        let mut columns: Vec<String> = Vec::new();
        let mut displayed = false;
        for command in &self.0 {
            match command {
                Command::Fields(list) | Command::Display(list) => {
                    for row in &mut rows {
                        compute(row, list);
                    }
                    let names = list.iter().map(|(_, name)| name.clone());
                    if matches!(command, Command::Display(_)) {
                        columns = names.collect();
                        displayed = true;
                    } else if !displayed {
                        columns.extend(names);
                    }
                }
                Command::Filter(condition) => rows.retain(|row| condition.holds(row)),
                Command::Parse(field, pattern, names) => {
                    for row in &mut rows {
                        let text = row.get(field).map(Value::text).unwrap_or_default();
                        for (name, part) in names.iter().zip(pattern.parts(&text).unwrap_or_default()) {
                            if let Some(part) = part {
                                row.insert(name.clone(), Value::Text(part));
                            }
                        }
                    }
                }
                Command::Stats(aggregations, by) => {
                    rows = stats(&rows, aggregations, by);
                    columns = by.iter().map(|(_, name)| name.clone()).collect();
                    columns.extend(aggregations.iter().map(|(.., name)| name.clone()));
                    displayed = false;
                }
                Command::Sort(keys) => rows.sort_by(|a, b| order(a, b, keys)),
                Command::Limit(count) => rows.truncate(*count),
                Command::Dedup(fields) => {
                    let mut seen: Vec<Vec<String>> = Vec::new();
                    rows.retain(|row| {
                        let key: Option<Vec<String>> =
                            fields.iter().map(|field| row.get(field).map(Value::text)).collect();
                        // Events that lack one of the fields are all kept.
                        key.is_none_or(|key| {
                            !seen.contains(&key) && {
                                seen.push(key);
                                true
                            }
                        })
                    });
                }
            }
        }
        (rows, columns)
    }
}

fn compute(row: &mut Row, list: &[(Expression, String)]) {
    for (expression, name) in list {
        if let Some(value) = expression.value(row) {
            row.insert(name.clone(), value);
        }
    }
}

/// Missing values come last, whichever way is sorted.
fn order(a: &Row, b: &Row, keys: &[(String, bool)]) -> Ordering {
    for (name, descending) in keys {
        let ordering = match (a.get(name), b.get(name)) {
            (Some(a), Some(b)) if *descending => b.compare(a),
            (Some(a), Some(b)) => a.compare(b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        };
        if ordering != Ordering::Equal {
            return ordering;
        }
    }
    Ordering::Equal
}

fn stats(
    rows: &[Row],
    aggregations: &[(Aggregation, Option<Expression>, String)],
    by: &[(Expression, String)],
) -> Vec<Row> {
    let mut groups: BTreeMap<Vec<String>, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        let key =
            by.iter().map(|(key, _)| key.value(row).map(|value| value.text()).unwrap_or_default()).collect();
        groups.entry(key).or_default().push(row);
    }
    let mut results = Vec::new();
    for members in groups.values() {
        let mut result = Row::new();
        if let Some(first) = members.first() {
            for (key, name) in by {
                if let Some(value) = key.value(first) {
                    result.insert(name.clone(), value);
                }
            }
        }
        for (aggregation, of, name) in aggregations {
            let values: Vec<Value> = match of {
                Some(expression) => members.iter().filter_map(|row| expression.value(row)).collect(),
                None => members.iter().map(|_| Value::Number(1.0)).collect(),
            };
            if let Some(number) = aggregation.of(&values) {
                result.insert(name.clone(), Value::Number(number));
            }
        }
        results.push(result);
    }
    results
}

/// The nearest rank: the smallest value that at least `percent` of the values do not exceed.
pub fn percentile(values: &[f64], percent: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (percent * sorted.len() as f64 / 100.0 - 1e-9).ceil().max(1.0);
    sorted.get(rank as usize - 1).copied()
}

impl Aggregation {
    fn of(self, values: &[Value]) -> Option<f64> {
        let numbers: Vec<f64> = values.iter().filter_map(Value::number).collect();
        let some = |number: f64| (!numbers.is_empty()).then_some(number);
        match self {
            Self::Count => Some(values.len() as f64),
            Self::CountDistinct => {
                let mut texts: Vec<String> = values.iter().map(Value::text).collect();
                texts.sort();
                texts.dedup();
                Some(texts.len() as f64)
            }
            Self::Sum => some(numbers.iter().sum()),
            Self::Avg => some(numbers.iter().sum::<f64>() / numbers.len() as f64),
            Self::Min => numbers.iter().copied().min_by(f64::total_cmp),
            Self::Max => numbers.iter().copied().max_by(f64::total_cmp),
            Self::Percentile(percent) => percentile(&numbers, percent),
        }
    }
}

impl Expression {
    fn value(&self, row: &Row) -> Option<Value> {
        match self {
            Self::Field(name) => row.get(name).cloned(),
            Self::Number(number) => Some(Value::Number(*number)),
            Self::Bin(period) => match row.get("@timestamp")? {
                Value::Time(at) => Some(Value::Time(at - at.rem_euclid(*period))),
                _ => None,
            },
            Self::Arithmetic(a, sign, b) => {
                let (a, b) = (a.value(row)?.number()?, b.value(row)?.number()?);
                Some(Value::Number(match *sign {
                    "+" => a + b,
                    "-" => a - b,
                    "*" => a * b,
                    _ => a / b,
                }))
            }
        }
    }
}

impl Condition {
    fn holds(&self, row: &Row) -> bool {
        match self {
            Self::Compare(of, sign, with) => of.value(row).is_some_and(|value| {
                let ordering = value.compare(with);
                match *sign {
                    "=" => ordering == Ordering::Equal,
                    "!=" => ordering != Ordering::Equal,
                    "<" => ordering == Ordering::Less,
                    "<=" => ordering != Ordering::Greater,
                    ">" => ordering == Ordering::Greater,
                    _ => ordering != Ordering::Less,
                }
            }),
            Self::Like(of, pattern, wanted) => {
                of.value(row).is_some_and(|value| pattern.found(&value.text()) == *wanted)
            }
            Self::In(of, list, wanted) => of.value(row).is_some_and(|value| {
                list.iter().any(|other| value.compare(other) == Ordering::Equal) == *wanted
            }),
            Self::Present(name) => row.contains_key(name),
            Self::Not(inner) => !inner.holds(row),
            Self::All(list) => list.iter().all(|inner| inner.holds(row)),
            Self::Any(list) => list.iter().any(|inner| inner.holds(row)),
        }
    }
}

/// The tokens of each command.
fn commands_of(text: &str) -> Result<Vec<Vec<Token>>, String> {
    const SIGNS: [&str; 18] =
        ["!=", "<=", ">=", "=~", "=", "<", ">", ",", "(", ")", "[", "]", "+", "-", "*", "/", "^", "%"];
    let mut commands: Vec<Vec<Token>> = vec![Vec::new()];
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let Some(tokens) = commands.last_mut() else { break };
        let is_word = |token: Option<&Token>, word: &str| matches!(token, Some(Token::Word(w)) if w.eq_ignore_ascii_case(word));
        let regex_here = is_word(tokens.last(), "like")
            || tokens.last() == Some(&Token::Sign("=~"))
            || is_word(tokens.first(), "parse");
        let word_like = |c: char| c.is_alphanumeric() || "_@.".contains(c);
        let used = match first {
            '|' => {
                commands.push(Vec::new());
                1
            }
            '#' => rest.find('\n').unwrap_or(rest.len()),
            '"' | '\'' | '`' => {
                let inner = rest.get(1..).unwrap_or_default();
                let end = inner.find(first).ok_or("a quotation does not end")?;
                let inner = inner.get(..end).unwrap_or_default().to_owned();
                tokens.push(if first == '`' { Token::Word(inner) } else { Token::Text(inner) });
                end + 2
            }
            '/' if regex_here => {
                let inner = rest.get(1..).unwrap_or_default();
                let mut escaped = false;
                let end = inner
                    .char_indices()
                    .find(|(_, c)| {
                        let ends = *c == '/' && !escaped;
                        escaped = *c == '\\' && !escaped;
                        ends
                    })
                    .map(|(index, _)| index)
                    .ok_or("a regular expression does not end")?;
                tokens.push(Token::Regex(inner.get(..end).unwrap_or_default().replace("\\/", "/")));
                end + 2
            }
            c if word_like(c) => {
                let end = rest.find(|c| !word_like(c)).unwrap_or(rest.len());
                let word = rest.get(..end).unwrap_or_default();
                let number = if c.is_ascii_digit() { word.parse().ok() } else { None };
                tokens.push(number.map_or_else(|| Token::Word(word.to_owned()), Token::Number));
                end
            }
            _ => {
                let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign));
                let sign = sign.ok_or_else(|| format!("unexpected {first:?}"))?;
                tokens.push(Token::Sign(sign));
                sign.len()
            }
        };
        rest = rest.get(used..).unwrap_or_default().trim_start();
    }
    commands.retain(|tokens| !tokens.is_empty());
    Ok(commands)
}

/// Milliseconds of a period such as `5m`.
fn period(text: &str) -> Option<i64> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (count, unit) = text.split_at(digits);
    let unit = match unit {
        "ms" | "msec" => 1,
        "s" | "sec" | "secs" | "second" | "seconds" => 1000,
        "m" | "min" | "mins" | "minute" | "minutes" => 60_000,
        "h" | "hr" | "hrs" | "hour" | "hours" => 3_600_000,
        "d" | "day" | "days" => 86_400_000,
        _ => return None,
    };
    count.parse::<i64>().ok().map(|count| count * unit).filter(|period| *period > 0)
}

fn compiled(text: &str) -> Result<Regex, String> {
    Regex::new(&format!("(?s){text}")).map_err(|error| error.to_string())
}

struct Reader {
    tokens: Vec<Token>,
    at: usize,
}

impl Reader {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<Token> {
        self.at += 1;
        self.tokens.get(self.at - 1).cloned()
    }

    fn sign(&mut self, sign: &'static str) -> bool {
        let found = self.peek() == Some(&Token::Sign(sign));
        self.at += usize::from(found);
        found
    }

    fn keyword(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Word(found)) if found.eq_ignore_ascii_case(word));
        self.at += usize::from(found);
        found
    }

    fn need(&mut self, sign: &'static str) -> Result<(), String> {
        if self.sign(sign) { Ok(()) } else { Err(format!("{sign} is missing before {:?}", self.peek())) }
    }

    fn name(&mut self) -> Result<String, String> {
        match self.next() {
            Some(Token::Word(word)) => Ok(word),
            other => Err(format!("a name is missing: {other:?}")),
        }
    }

    fn names(&mut self) -> Result<Vec<String>, String> {
        let mut names = vec![self.name()?];
        while self.sign(",") {
            names.push(self.name()?);
        }
        Ok(names)
    }

    fn command(&mut self) -> Result<Command, String> {
        let word = self.name()?;
        match word.to_ascii_lowercase().as_str() {
            "fields" => Ok(Command::Fields(self.expressions()?)),
            "display" => Ok(Command::Display(self.expressions()?)),
            "filter" => Ok(Command::Filter(self.any()?)),
            "parse" => self.parse(),
            "stats" => self.stats(),
            "sort" => {
                let mut keys = Vec::new();
                loop {
                    let (_, name) = self.named()?;
                    let descending = self.keyword("desc");
                    if !descending {
                        self.keyword("asc");
                    }
                    keys.push((name, descending));
                    if !self.sign(",") {
                        return Ok(Command::Sort(keys));
                    }
                }
            }
            "limit" => match self.next() {
                Some(Token::Number(count)) => Ok(Command::Limit(count as usize)),
                other => Err(format!("limit needs a number: {other:?}")),
            },
            "dedup" => Ok(Command::Dedup(self.names()?)),
            other => Err(format!("no command: {other}")),
        }
    }

    fn parse(&mut self) -> Result<Command, String> {
        let field = match self.peek() {
            Some(Token::Word(_)) => self.name()?,
            _ => "@message".to_owned(),
        };
        match self.next() {
            Some(Token::Text(text)) => {
                if !self.keyword("as") {
                    return Err("parse needs `as`".to_owned());
                }
                let names = self.names()?;
                if names.len() != text.matches('*').count() {
                    return Err("as many names as asterisks are needed".to_owned());
                }
                let around = text.split('*').map(str::to_owned).collect();
                Ok(Command::Parse(field, Extract::Glob(around), names))
            }
            Some(Token::Regex(text)) => {
                let pattern = compiled(&text)?;
                let names =
                    pattern.capture_names().skip(1).map(|name| name.unwrap_or_default().to_owned()).collect();
                Ok(Command::Parse(field, Extract::Regex(pattern), names))
            }
            other => Err(format!("parse needs a pattern: {other:?}")),
        }
    }

    fn stats(&mut self) -> Result<Command, String> {
        let mut aggregations = Vec::new();
        loop {
            let function = self.name()?;
            self.need("(")?;
            let of = if self.sign("*") || self.peek() == Some(&Token::Sign(")")) {
                None
            } else {
                Some(self.expression()?)
            };
            let aggregation = match function.as_str() {
                "count" => Aggregation::Count,
                "count_distinct" => Aggregation::CountDistinct,
                "sum" => Aggregation::Sum,
                "avg" => Aggregation::Avg,
                "min" => Aggregation::Min,
                "max" => Aggregation::Max,
                "pct" => {
                    self.need(",")?;
                    match self.next() {
                        Some(Token::Number(percent)) => Aggregation::Percentile(percent),
                        other => return Err(format!("pct needs a number: {other:?}")),
                    }
                }
                other => return Err(format!("no aggregation: {other}")),
            };
            self.need(")")?;
            let written = match (&of, aggregation) {
                (None, _) => format!("{function}(*)"),
                (Some(of), Aggregation::Percentile(percent)) => format!("pct({}, {percent})", of.text()),
                (Some(of), _) => format!("{function}({})", of.text()),
            };
            let name = if self.keyword("as") { self.name()? } else { written };
            aggregations.push((aggregation, of, name));
            if !self.sign(",") {
                break;
            }
        }
        let by = if self.keyword("by") { self.expressions()? } else { Vec::new() };
        Ok(Command::Stats(aggregations, by))
    }

    fn expressions(&mut self) -> Result<Vec<(Expression, String)>, String> {
        let mut list = vec![self.named()?];
        while self.sign(",") {
            list.push(self.named()?);
        }
        Ok(list)
    }

    fn named(&mut self) -> Result<(Expression, String), String> {
        let expression = self.expression()?;
        let name = if self.keyword("as") { self.name()? } else { expression.text() };
        Ok((expression, name))
    }

    /// Sums of products.
    fn expression(&mut self) -> Result<Expression, String> {
        let mut left = self.product()?;
        while let Some(Token::Sign(sign @ ("+" | "-"))) = self.peek().cloned() {
            self.at += 1;
            left = Expression::Arithmetic(Box::new(left), sign, Box::new(self.product()?));
        }
        Ok(left)
    }

    fn product(&mut self) -> Result<Expression, String> {
        let mut left = self.term()?;
        while let Some(Token::Sign(sign @ ("*" | "/"))) = self.peek().cloned() {
            self.at += 1;
            left = Expression::Arithmetic(Box::new(left), sign, Box::new(self.term()?));
        }
        Ok(left)
    }

    fn term(&mut self) -> Result<Expression, String> {
        match self.next() {
            Some(Token::Number(number)) => Ok(Expression::Number(number)),
            Some(Token::Word(word)) if word == "bin" && self.sign("(") => {
                let period = period(&self.name()?).ok_or("bin needs a period")?;
                self.need(")")?;
                Ok(Expression::Bin(period))
            }
            // An aggregation's own name, as `sort count(*) desc` says it.
            Some(Token::Word(word)) if self.peek() == Some(&Token::Sign("(")) => {
                let mut name = word + "(";
                self.at += 1;
                while let Some(token) = self.next() {
                    match token {
                        Token::Word(word) => name += &word,
                        Token::Number(number) => name += &number.to_string(),
                        Token::Sign(")") => break,
                        Token::Sign(",") => name += ", ",
                        Token::Sign(sign) => name += sign,
                        other => return Err(format!("unexpected {other:?}")),
                    }
                }
                Ok(Expression::Field(name + ")"))
            }
            Some(Token::Word(word)) => Ok(Expression::Field(word)),
            other => Err(format!("a field is missing: {other:?}")),
        }
    }

    fn any(&mut self) -> Result<Condition, String> {
        let mut list = vec![self.all()?];
        while self.keyword("or") {
            list.push(self.all()?);
        }
        Ok(Condition::Any(list))
    }

    fn all(&mut self) -> Result<Condition, String> {
        let mut list = vec![self.condition()?];
        while self.keyword("and") {
            list.push(self.condition()?);
        }
        Ok(Condition::All(list))
    }

    fn condition(&mut self) -> Result<Condition, String> {
        if self.keyword("not") {
            return Ok(Condition::Not(Box::new(self.condition()?)));
        }
        if self.sign("(") {
            let inner = self.any()?;
            self.need(")")?;
            return Ok(inner);
        }
        if let Some(Token::Word(word)) = self.peek()
            && word.eq_ignore_ascii_case("ispresent")
        {
            self.at += 1;
            self.need("(")?;
            let name = self.name()?;
            self.need(")")?;
            return Ok(Condition::Present(name));
        }
        let of = self.expression()?;
        let wanted = !self.keyword("not");
        if self.keyword("like") || self.sign("=~") {
            let pattern = match self.next() {
                Some(Token::Text(text)) => Pattern::Plain(text),
                Some(Token::Regex(text)) => Pattern::regex(&text)?,
                other => return Err(format!("like needs a text: {other:?}")),
            };
            return Ok(Condition::Like(of, pattern, wanted));
        }
        if self.keyword("in") {
            self.need("[")?;
            let mut list = vec![self.constant()?];
            while self.sign(",") {
                list.push(self.constant()?);
            }
            self.need("]")?;
            return Ok(Condition::In(of, list, wanted));
        }
        match self.next() {
            Some(Token::Sign(sign @ ("=" | "!=" | "<" | "<=" | ">" | ">="))) => {
                Ok(Condition::Compare(of, sign, self.constant()?))
            }
            other => Err(format!("a comparison is missing: {other:?}")),
        }
    }

    fn constant(&mut self) -> Result<Value, String> {
        match self.next() {
            Some(Token::Number(number)) => Ok(Value::Number(number)),
            Some(Token::Text(text)) => Ok(Value::Text(text)),
            other => Err(format!("a number or a quoted text is missing: {other:?}")),
        }
    }
}

impl Expression {
    /// As a result's column is named.
    fn text(&self) -> String {
        match self {
            Self::Field(name) => name.clone(),
            Self::Number(number) => number.to_string(),
            Self::Bin(period) => {
                let units = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1000, "s")];
                let unit = units.into_iter().find(|(size, _)| period % size == 0);
                unit.map_or_else(
                    || format!("bin({period}ms)"),
                    |(size, unit)| format!("bin({}{unit})", period / size),
                )
            }
            Self::Arithmetic(a, sign, b) => format!("{}{sign}{}", a.text(), b.text()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(messages: &[&str]) -> Vec<Event> {
        let event = |(index, message): (usize, &&str)| Event {
            at: 1_767_225_600_000 + index as i64 * 60_000,
            stream: format!("s{}", index % 2),
            message: (*message).to_owned(),
        };
        messages.iter().enumerate().map(event).collect()
    }

    fn run(query: &str, events: &[Event]) -> Table {
        Query::read(query).unwrap_or_else(|fault| panic!("{query}: {fault}")).run(events)
    }

    fn cells(table: &Table) -> Vec<Vec<String>> {
        let cell = |cell: &Option<Value>| cell.as_ref().map(Value::text).unwrap_or_default();
        table.rows.iter().map(|row| row.iter().map(cell).collect()).collect()
    }

    #[test]
    fn the_examples_of_the_guide_do_what_it_says() {
        // "parse": glob and regular expression give the same three fields.
        let line = events(&[
            "25 May 2019 10:24:39,474 [ERROR] {foo=2, bar=data} The error was: DataIntegrityException",
        ]);
        for query in [
            r#"parse @message "[*] * The error was: *" as level, config, exception | display level, config, exception"#,
            r"parse @message /\[(?<level>\S+)\]\s+(?<config>\{.*\})\s+The error was: (?<exception>\S+)/ | display level, config, exception",
        ] {
            assert_eq!(
                cells(&run(query, &line)),
                [["ERROR", "{foo=2, bar=data}", "DataIntegrityException"]],
                "{query}"
            );
        }
        let line = events(&["25 May 2019 10:24:39,474 user=user1234, method:sampleMethod, latency := 216"]);
        let query = r#"parse @message "user=*, method:*, latency := *" as @user, @method, @latency | stats avg(@latency) by @method, @user"#;
        assert_eq!(cells(&run(query, &line)), [["sampleMethod", "user1234", "216"]]);
        // "filter": like is a substring or an expression, and minds the case.
        let lines = events(&["an Exception", "an exception", "fine"]);
        for (query, count) in [
            ("filter @message like \"Exception\"", 1),
            ("filter @message like /(?i)Exception/", 2),
            ("filter @message =~ /Exception/", 1),
            ("filter @message not like /Exception/", 2),
        ] {
            assert_eq!(run(query, &lines).rows.len(), count, "{query}");
        }
        // "stats": exceptions an hour, most first.
        let query = "filter @message like /Exception/ | stats count(*) as exceptionCount by bin(1h) | sort exceptionCount desc";
        assert_eq!(cells(&run(query, &lines)), [["2026-01-01 00:00:00.000", "1"]]);
    }

    #[test]
    fn what_an_event_lacks_is_not_counted_and_not_a_duplicate() {
        let lines = events(&[
            r#"{"server":"a","ms":10}"#,
            r#"{"server":"b","ms":"30"}"#,
            r#"{"server":"a","ms":20}"#,
            "text",
            "text",
        ]);
        assert_eq!(
            cells(&run("stats count(*), count(ms), sum(ms), pct(ms, 50), min(ms), max(ms)", &lines)),
            [["5", "3", "60", "20", "10", "30"]]
        );
        assert_eq!(cells(&run("stats count_distinct(server) as servers", &lines)), [["2"]]);
        let latest = run("fields server, ms | sort @timestamp desc | dedup server", &lines);
        assert_eq!(cells(&latest), [["", ""], ["", ""], ["a", "20"], ["b", "30"]]);
        let present = run("filter ispresent(server) | fields server | dedup server | limit 1", &lines);
        assert_eq!(cells(&present), [["a"]]);
        assert_eq!(run("filter ms in [10, 20] and not (server = \"b\")", &lines).rows.len(), 2);
        assert_eq!(
            cells(&run("fields ms / 1000 as s | filter s >= 0.02 | sort s desc | limit 1", &lines)),
            [["0.03"]]
        );
        let five = run("stats avg(ms) as mean by bin(5m), server | sort mean asc", &lines);
        assert_eq!(five.columns, ["bin(5m)", "server", "mean"]);
        assert_eq!(five.number(0, "mean"), Some(15.0));
    }

    #[test]
    fn percentiles_are_nearest_ranks() {
        let values: Vec<f64> = (1..=20).map(f64::from).collect();
        for (percent, value) in
            [(50.0, 10.0), (90.0, 18.0), (95.0, 19.0), (99.0, 20.0), (100.0, 20.0), (1.0, 1.0)]
        {
            assert_eq!(percentile(&values, percent), Some(value), "{percent}");
        }
        assert_eq!(percentile(&[], 50.0), None);
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for query in [
            "select 1",
            "stats",
            "limit many",
            "filter",
            "filter a = b",
            "parse @message \"* *\" as one",
            "stats count(*) group by a",
            "filter @message like /x",
        ] {
            assert!(Query::read(query).is_err(), "{query}");
        }
    }
}
