//! A question about a sample: as words, as data and as a query.

use serde_json::{Value, json};

use super::samples::{Filter, Group, Sample};
use crate::cloud::Draw;
use crate::cloud::logs::{Query, Table};
use crate::model::Text;

/// What is computed of each group.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Measure {
    pub function: &'static str,
    /// None for `count(*)`.
    pub field: Option<&'static str>,
    pub percent: u32,
}

impl Measure {
    /// Its column.
    pub(super) fn name(&self) -> String {
        match self.function {
            "count" if self.field.is_none() => "events".to_owned(),
            "count" => "found".to_owned(),
            "sum" => "total".to_owned(),
            "avg" => "mean".to_owned(),
            "max" => "largest".to_owned(),
            "min" => "smallest".to_owned(),
            _ => format!("p{}", self.percent),
        }
    }

    fn query(&self) -> String {
        let of = self.field.unwrap_or("*");
        match self.function {
            "pct" => format!("pct({of}, {}) as {}", self.percent, self.name()),
            function => format!("{function}({of}) as {}", self.name()),
        }
    }

    fn words(&self, sample: &Sample) -> Text {
        let number = sample.numbers.iter().find(|number| Some(number.field) == self.field);
        let (en, zh) = number.map_or(("events", "事件"), |number| (number.en, number.zh));
        match self.function {
            "count" if self.field.is_none() => Text::new("the number of events", "事件數"),
            "count" => {
                Text::new(format!("the number of events that have a {en}"), format!("帶有{zh}的事件數"))
            }
            "sum" => Text::new(format!("the sum of the {en}"), format!("{zh}的總和")),
            "avg" => Text::new(format!("the average {en}"), format!("{zh}的平均值")),
            "max" => Text::new(format!("the largest {en}"), format!("{zh}的最大值")),
            "min" => Text::new(format!("the smallest {en}"), format!("{zh}的最小值")),
            _ => Text::new(
                format!("the {}th percentile of the {en}", self.percent),
                format!("{zh}的第{}百分位數", self.percent),
            ),
        }
    }

    /// What may be taken for it, and why it is not it.
    pub(super) fn confusions(&self, sample: &Sample) -> Vec<(Self, Text)> {
        let with = |function, percent| Self { function, field: self.field, percent };
        let any = sample.numbers.first().map(|number| number.field);
        match (self.function, self.field) {
            ("count", None) => vec![(
                Self { function: "sum", field: any, percent: 0 },
                Text::new(
                    "`sum` adds up values; events are to be counted.",
                    "`sum`是把值加總；這裡要數事件。",
                ),
            )],
            ("count", Some(_)) => vec![(
                Self { function: "count", field: None, percent: 0 },
                Text::new(
                    "`count(*)` counts every event, also those without the field.",
                    "`count(*)`會數所有事件，包含沒有這個欄位的。",
                ),
            )],
            ("sum", _) => vec![
                (with("avg", 0), Text::new("That is the average, not the sum.", "那是平均值，不是總和。")),
                (
                    with("count", 0),
                    Text::new(
                        "That counts the events that have the field; it adds nothing up.",
                        "那是數有這個欄位的事件，沒有加總。",
                    ),
                ),
            ],
            ("avg", _) => vec![
                (
                    with("pct", 50),
                    Text::new(
                        "That is the median: few large values move the average, not the median.",
                        "那是中位數：少數的大值會拉動平均，但不會拉動中位數。",
                    ),
                ),
                (with("max", 0), Text::new("That is the largest value.", "那是最大值。")),
            ],
            ("max", _) => vec![
                (
                    with("pct", 95),
                    Text::new("A percentile can leave the largest value out.", "百分位數可能不含最大值。"),
                ),
                (with("avg", 0), Text::new("That is the average.", "那是平均值。")),
            ],
            ("min", _) => vec![(with("avg", 0), Text::new("That is the average.", "那是平均值。"))],
            _ => vec![
                (
                    with("avg", 0),
                    Text::new(
                        "An average hides the long tail that a high percentile shows.",
                        "平均值會掩蓋高百分位數所顯示的長尾。",
                    ),
                ),
                (
                    with("pct", 100 - self.percent.min(99)),
                    Text::new(
                        format!("That is the other end: {}% lie at or below it.", 100 - self.percent.min(99)),
                        format!("那是另一頭：只有{}%的值不大於它。", 100 - self.percent.min(99)),
                    ),
                ),
                (
                    with("max", 0),
                    Text::new("That is the largest value, not a percentile.", "那是最大值，不是百分位數。"),
                ),
            ],
        }
    }
}

/// A question.
#[derive(Clone, Debug)]
pub(super) struct Question {
    pub filter: Filter,
    pub group: Option<Group>,
    /// Minutes of a bin; 0 for none.
    pub bin: u32,
    pub measure: Measure,
    pub descending: bool,
    /// 0 for none.
    pub limit: usize,
}

impl Question {
    pub(super) fn draw(draw: &mut Draw, sample: &Sample, hard: bool) -> Self {
        let filter = draw.pick(&sample.filters).clone();
        let number = draw.pick(&sample.numbers).clone();
        let field = Some(number.field);
        let measure = match draw.int(0, if hard { 7 } else { 6 }) {
            0 | 1 => Measure { function: "count", field: None, percent: 0 },
            2 => Measure { function: "avg", field, percent: 0 },
            3 => Measure { function: "max", field, percent: 0 },
            4 | 7 => Measure { function: "pct", field, percent: *draw.pick(&[50, 75, 90, 95]) },
            5 if number.adds_up => Measure { function: "sum", field, percent: 0 },
            _ if filter.query.is_empty() => Measure { function: "count", field, percent: 0 },
            _ => Measure { function: "avg", field, percent: 0 },
        };
        // Some events have only the first of the fields to group by.
        let group =
            if filter.query.is_empty() { sample.groups.first() } else { Some(draw.pick(&sample.groups)) };
        Self {
            group: group.cloned(),
            bin: if draw.percent(if hard { 45 } else { 40 }) { *draw.pick(&[5, 5, 10, 2]) } else { 0 },
            filter,
            measure,
            descending: draw.percent(80),
            limit: *draw.pick(&[0, 1, 2, 3, 3]),
        }
    }

    /// Columns of the key, in order.
    pub(super) fn key_columns(&self) -> Vec<String> {
        let mut columns = Vec::new();
        if self.bin > 0 {
            columns.push(format!("bin({}m)", self.bin));
        }
        columns.extend(self.group.iter().map(|group| group.field.to_owned()));
        columns
    }

    pub(super) fn by(&self) -> String {
        self.key_columns().join(", ")
    }

    pub(super) fn query(&self, sample: &Sample) -> String {
        self.lines(sample.parse.clone())
    }

    fn lines(&self, parse: Option<String>) -> String {
        let mut lines: Vec<String> = parse.into_iter().collect();
        if !self.filter.query.is_empty() {
            lines.push(self.filter.query.clone());
        }
        lines.push(format!("stats {} by {}", self.measure.query(), self.by()));
        lines.push(format!("sort {} {}", self.measure.name(), if self.descending { "desc" } else { "asc" }));
        if self.limit > 0 {
            lines.push(format!("limit {}", self.limit));
        }
        lines.join("\n| ")
    }

    pub(super) fn run(&self, sample: &Sample) -> Option<Table> {
        run(&self.lines(None), sample)
    }

    /// How many events pass the filter.
    pub(super) fn matched(&self, sample: &Sample) -> Option<usize> {
        let query = if self.filter.query.is_empty() { "fields @message" } else { &self.filter.query };
        run(query, sample).map(|table| table.rows.len())
    }

    /// What the question's query returns, where no tie decides which rows are kept or which comes first.
    fn settled(&self, query: &str, run: impl Fn(&str) -> Option<Table>) -> Option<Table> {
        let mut table = run(query)?;
        let kept = if self.limit > 0 { self.limit.min(table.rows.len()) } else { 1 };
        let value = |row: usize| table.text(row, &self.measure.name());
        if (0..kept).any(|row| row + 1 < table.rows.len() && value(row) == value(row + 1)) {
            return None;
        }
        if self.limit > 0 {
            table.rows.truncate(self.limit);
        }
        Some(table)
    }

    /// Queries that answer something else, what they return, and why it is not what is asked for. None of them hangs on a
    /// tie: the service may break it the other way, and then the query could be right.
    pub(super) fn mutants(&self, sample: &Sample) -> Vec<(String, Table, Text)> {
        let mut mutants = Vec::new();
        let mut add = |changed: Self, why: Text| {
            let every = Self { limit: 0, ..changed.clone() };
            let table = changed.settled(&every.lines(None), |query| run(query, sample));
            mutants.extend(table.map(|table| (changed.query(sample), table, why)));
        };
        for (query, why) in &self.filter.wrong {
            add(
                Self { filter: Filter { query: query.clone(), ..self.filter.clone() }, ..self.clone() },
                why.clone(),
            );
        }
        if !self.filter.query.is_empty() {
            add(
                Self { filter: Filter { query: String::new(), ..self.filter.clone() }, ..self.clone() },
                Text::new("Nothing is filtered: all events count.", "沒有過濾，所有事件都算進去了。"),
            );
        }
        for (measure, why) in self.measure.confusions(sample) {
            add(Self { measure, ..self.clone() }, why);
        }
        add(
            Self { descending: !self.descending, ..self.clone() },
            if self.descending {
                Text::new("`asc` puts the smallest first.", "`asc`會把最小的排在最前面。")
            } else {
                Text::new("`desc` puts the largest first.", "`desc`會把最大的排在最前面。")
            },
        );
        for group in &sample.groups {
            if let Some(own) = self.group.as_ref().filter(|own| own.field != group.field) {
                add(
                    Self { group: Some(group.clone()), ..self.clone() },
                    Text::new(
                        format!("It groups by `{}` instead of `{}`.", group.field, own.field),
                        format!("它依`{}`分組，而不是`{}`。", group.field, own.field),
                    ),
                );
            }
        }
        if self.bin > 0 {
            add(
                Self { bin: if self.bin == 2 { 5 } else { 1 }, ..self.clone() },
                Text::new("Its bins have another width.", "它的時間區間（bin）寬度不同。"),
            );
        }
        for (parse, why) in &sample.wrong_parse {
            let every = Self { limit: 0, ..self.clone() }.lines(Some(parse.clone()));
            let table =
                self.settled(&every, |query| Query::read(query).ok().map(|query| query.run(&sample.events)));
            mutants.extend(table.map(|table| (self.lines(Some(parse.clone())), table, why.clone())));
        }
        mutants
    }

    pub(super) fn words(&self, sample: &Sample) -> Text {
        let measure = self.measure.words(sample);
        let (mut en, mut zh) = (Vec::new(), String::new());
        if let Some(group) = &self.group {
            en.push(group.en.to_owned());
            zh += &format!("各{}", group.zh);
        }
        if self.bin > 0 {
            en.push(format!("{}-minute bin", self.bin));
            zh += &format!("{}每{}分鐘", if self.group.is_some() { "、" } else { "" }, self.bin);
        }
        let (order_en, order_zh) = if self.descending {
            ("largest first", "由大到小")
        } else {
            ("smallest first", "由小到大")
        };
        let (rows_en, rows_zh) = match self.limit {
            0 => ("all rows".to_owned(), "列出全部".to_owned()),
            1 => ("only the first row".to_owned(), "只取第一列".to_owned()),
            limit => (format!("only the first {limit} rows"), format!("只取前{limit}列")),
        };
        Text::new(
            format!(
                "Wanted, of {}: {} per {}, {order_en}, {rows_en}.",
                self.filter.words.en,
                measure.en,
                en.join(" and ")
            ),
            format!(
                "要查的是：在{}中，{zh}的{}，{order_zh}排序，{rows_zh}。",
                self.filter.words.zh_tw, measure.zh_tw
            ),
        )
    }

    /// The question as data, for programs that solve the case.
    pub(super) fn given(&self, sample: &Sample) -> Value {
        json!({
            "where": self.filter.given,
            "parsed": sample.parse.is_some(),
            "group": self.group.as_ref().map(|group| group.field),
            "bin": self.bin,
            "function": self.measure.function,
            "field": self.measure.field,
            "percent": self.measure.percent,
            "descending": self.descending,
            "limit": self.limit,
        })
    }
}

/// What a query without `parse` returns of a sample's events, their fields extracted; none where it cannot be read.
fn run(query: &str, sample: &Sample) -> Option<Table> {
    Query::read(query).ok().map(|query| query.over(sample.rows.clone()))
}
