//! Drawn logs, and what can be asked of them.

use chrono::{Duration, NaiveDate, NaiveDateTime};

use crate::cloud::Draw;
use crate::cloud::logs::{Event, Query, Row, millis};
use crate::model::Text;

/// A numeric field and what it is.
#[derive(Clone, Debug)]
pub(super) struct Number {
    pub field: &'static str,
    pub en: &'static str,
    pub zh: &'static str,
    /// Whether sums of it mean something.
    pub adds_up: bool,
}

/// A field to group by.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub field: &'static str,
    pub en: &'static str,
    pub zh: &'static str,
}

/// A condition, with ways to get it wrong.
#[derive(Clone, Debug)]
pub(super) struct Filter {
    /// As the query says it.
    pub query: String,
    /// As data: field, operator, value.
    pub given: Vec<(String, String, String)>,
    pub words: Text,
    pub wrong: Vec<(String, Text)>,
}

/// Some events and what can be asked of them.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    pub group: &'static str,
    pub events: Vec<Event>,
    /// The events with their fields, what `parse` extracts included.
    pub rows: Vec<Row>,
    /// How fields are extracted, where the service does not find them by itself; and other ways that do not work.
    pub parse: Option<String>,
    pub wrong_parse: Vec<(String, Text)>,
    pub numbers: Vec<Number>,
    pub groups: Vec<Group>,
    pub filters: Vec<Filter>,
    pub fields_en: &'static str,
    pub fields_zh: &'static str,
}

impl Sample {
    /// With the fields of its events: patterns are compiled once.
    fn ready(mut self) -> Self {
        let query = Query::read(self.parse.as_deref().unwrap_or("fields @message"));
        self.rows = query.map(|query| query.rows(&self.events)).unwrap_or_default();
        self
    }
}

fn start(draw: &mut Draw) -> NaiveDateTime {
    let date = NaiveDate::from_ymd_opt(2026, draw.int(1, 9), draw.int(1, 28)).unwrap_or_default();
    date.and_hms_opt(draw.int(0, 22), 0, 0).unwrap_or_default()
}

/// Moments of events over some 20 minutes, in order, none at a full second.
pub(super) fn times(draw: &mut Draw, count: usize) -> Vec<i64> {
    let start = start(draw) + Duration::minutes(draw.int(0, 35));
    let mut offsets: Vec<i64> =
        (0..count).map(|_| draw.int(0i64, 1199) * 1000 + draw.int(1i64, 999)).collect();
    offsets.sort_unstable();
    offsets.dedup();
    offsets.into_iter().map(|offset| millis(start) + offset).collect()
}

fn amount(draw: &mut Draw) -> usize {
    draw.int(14, 22)
}

/// Mostly quick, sometimes slow.
fn latency(draw: &mut Draw) -> u64 {
    if draw.percent(22) { draw.number(700, 4200) } else { draw.number(12, 340) }
}

fn condition(field: &str, operator: &str, value: impl ToString) -> Vec<(String, String, String)> {
    vec![(field.to_owned(), operator.to_owned(), value.to_string())]
}

/// `field >= number`, with `>` as the mistake.
fn at_least(field: &'static str, number: u64, en: &str, zh: &str) -> Filter {
    Filter {
        query: format!("filter {field} >= {number}"),
        given: condition(field, ">=", number),
        words: Text::new(en, zh),
        wrong: vec![
            (
                format!("filter {field} > {number}"),
                Text::new(
                    format!("`>` leaves out events with exactly {number}."),
                    format!("`>`會漏掉剛好是{number}的事件。"),
                ),
            ),
            (
                format!("filter {field} <= {number}"),
                Text::new("That keeps the other events.", "那留下的是另一邊的事件。"),
            ),
        ],
    }
}

/// `field = "text"`, with the wrong case and another value as mistakes.
fn equal(field: &'static str, value: &str, other: &str, en: &str, zh: &str) -> Filter {
    let lower = if value.to_lowercase() == value { value.to_uppercase() } else { value.to_lowercase() };
    Filter {
        query: format!("filter {field} = \"{value}\""),
        given: condition(field, "=", value),
        words: Text::new(en, zh),
        wrong: vec![
            (
                format!("filter {field} like /{lower}/"),
                Text::new(
                    format!("Matching is case-sensitive: `{lower}` is not `{value}`."),
                    format!("比對會區分大小寫：`{lower}`不是`{value}`。"),
                ),
            ),
            (
                format!("filter {field} != \"{other}\""),
                if other.to_lowercase() == other {
                    Text::new(
                        format!(
                            "The values are in capitals: no event has `{other}`, so nothing is left out."
                        ),
                        format!("值都是大寫：沒有任何事件是`{other}`，等於沒有過濾。"),
                    )
                } else {
                    Text::new(
                        format!("Not `{other}` is more than `{value}`."),
                        format!("不是`{other}`的不只有`{value}`。"),
                    )
                },
            ),
        ],
    }
}

fn hosts(draw: &mut Draw) -> Vec<String> {
    (0..3).map(|_| format!("10.{}.{}.{}", draw.int(0, 40), draw.int(0, 20), draw.int(4, 250))).collect()
}

const LATENCY: Number =
    Number {
        field: "latency_ms", en: "latency (`latency_ms`)", zh: "延遲（`latency_ms`）", adds_up: false
    };

/// JSON lines of an API.
fn api(draw: &mut Draw) -> Sample {
    let services = draw.some(&["cart", "checkout", "search", "profile", "payment", "stock", "login"], 4);
    let routes = draw.some(&["/v1/items", "/v1/orders", "/v1/me", "/v1/pay", "/health"], 3);
    let limit = *draw.pick(&[500, 800, 1000]);
    let count = amount(draw);
    let mut events = Vec::new();
    for at in times(draw, count) {
        let service = *draw.pick(&services);
        let status = *draw.pick(&[200, 200, 200, 201, 404, 429, 500, 500, 502, 503]);
        let level = if status >= 500 {
            "ERROR"
        } else if status >= 400 {
            "WARN"
        } else {
            "INFO"
        };
        let latency = if draw.percent(12) { limit } else { latency(draw) };
        let message = if draw.percent(10) {
            format!(
                r#"{{"level":"INFO","service":"{service}","msg":"cache refreshed","keys":{}}}"#,
                draw.int(3, 90)
            )
        } else {
            format!(
                r#"{{"level":"{level}","service":"{service}","route":"{}","status":{status},"latency_ms":{latency},"bytes":{}}}"#,
                draw.pick(&routes),
                draw.int(180, 9000)
            )
        };
        events.push(Event { at, stream: format!("api/{}", draw.pick(&["a1f3", "b7c0"])), message });
    }
    Sample {
        group: "/ecs/shop-api",
        rows: Vec::new(),
        events,
        parse: None,
        wrong_parse: Vec::new(),
        numbers: vec![
            LATENCY,
            Number { field: "bytes", en: "size (`bytes`)", zh: "大小（`bytes`）", adds_up: true },
        ],
        groups: vec![
            Group { field: "service", en: "service", zh: "服務（service）" },
            Group { field: "route", en: "route", zh: "路由（route）" },
        ],
        filters: vec![
            at_least("status", 500, "requests with status 500 or more", "狀態碼500以上的請求"),
            at_least("status", 200, "all requests that have a status", "所有帶有狀態碼的請求"),
            at_least(
                "latency_ms",
                limit,
                &format!("requests that took {limit} ms or longer"),
                &format!("耗時{limit} ms以上的請求"),
            ),
            equal("level", "ERROR", "INFO", "requests logged at level ERROR", "level為ERROR的請求"),
            Filter {
                query: String::new(),
                given: Vec::new(),
                words: Text::new("all events", "所有事件"),
                wrong: vec![(
                    "filter ispresent(status)".to_owned(),
                    Text::new("That leaves out the events without a status.", "這會漏掉沒有狀態碼的事件。"),
                )],
            },
        ],
        fields_en: "the keys of the JSON",
        fields_zh: "JSON的鍵",
    }
}

/// Lambda's START, END and REPORT lines.
fn lambda(draw: &mut Draw) -> Sample {
    let memory = *draw.pick(&[128, 256, 512]);
    let environments: Vec<String> = (0..3).map(|_| draw.hex(8)).collect();
    let limit = *draw.pick(&[300, 500, 1000]);
    let mut events = Vec::new();
    let count = draw.int(9, 12);
    let times = times(draw, count);
    let first = times.first().and_then(|at| chrono::DateTime::from_timestamp_millis(*at)).unwrap_or_default();
    // An execution environment starts once, and works on one invocation at a time.
    let mut busy: Vec<Option<i64>> = vec![None; environments.len()];
    let mut most = vec![0_u64; environments.len()];
    for at in times {
        let id =
            format!("{}-{}-4{}-a{}-{}", draw.hex(8), draw.hex(4), draw.hex(3), draw.hex(3), draw.hex(12));
        let mut here = draw.int(0, environments.len() - 1);
        let whole = if draw.percent(14) { limit } else { latency(draw) };
        let hundredths = if whole == limit { 0 } else { draw.int(0u64, 99) };
        let started = at - i64::try_from(whole).unwrap_or_default() - 2;
        let free = |place: usize| busy[place].is_none_or(|until| until < started);
        if !free(here) {
            here = (0..environments.len()).find(|place| free(*place)).unwrap_or(here);
        }
        let init = draw.percent(40).then(|| (draw.int(180u64, 900), draw.int(1u64, 99)));
        let init = init.filter(|_| busy[here].is_none());
        busy[here] = Some(at);
        // Since August 2025 the time of the start is billed whatever the package (INIT phase).
        let (more, rest) = init.unwrap_or_default();
        let billed = ((whole + more) * 100 + hundredths + rest).div_ceil(100);
        let stream = format!("{}/[$LATEST]{}", first.format("%Y/%m/%d"), environments[here]);
        // The most that the environment has used so far.
        most[here] = most[here].max(draw.number(60, memory - 20));
        let mut report = format!(
            "REPORT RequestId: {id}\tDuration: {whole}.{hundredths:02} ms\tBilled Duration: {billed} ms\tMemory Size: {memory} MB\tMax Memory Used: {} MB\t",
            most[here]
        );
        if init.is_some() {
            report += &format!("Init Duration: {more}.{rest:02} ms\t");
        }
        let message = format!("START RequestId: {id} Version: $LATEST");
        events.push(Event { at: started, stream: stream.clone(), message });
        events.push(Event { at: at - 1, stream: stream.clone(), message: format!("END RequestId: {id}") });
        events.push(Event { at, stream, message: report });
    }
    events.sort_by_key(|event| event.at);
    Sample {
        group: "/aws/lambda/resize-image",
        rows: Vec::new(),
        events,
        parse: None,
        wrong_parse: Vec::new(),
        numbers: vec![
            Number {
                field: "@billedDuration",
                en: "billed duration (`@billedDuration`)",
                zh: "計費時間（`@billedDuration`）",
                adds_up: true,
            },
            Number {
                field: "@duration",
                en: "duration (`@duration`)",
                zh: "執行時間（`@duration`）",
                adds_up: false,
            },
        ],
        groups: vec![Group { field: "@logStream", en: "log stream", zh: "日誌串流（log stream）" }],
        filters: vec![
            Filter {
                query: "filter @type = \"REPORT\"".to_owned(),
                given: condition("@type", "=", "REPORT"),
                words: Text::new("invocations (their REPORT lines)", "每次呼叫（REPORT那一行）"),
                wrong: vec![
                    (
                        "filter @message like \"RequestId\"".to_owned(),
                        Text::new("START and END lines have a RequestId too.", "START與END行也有RequestId。"),
                    ),
                    (
                        "filter @message like /report/".to_owned(),
                        Text::new(
                            "Matching is case-sensitive: the lines say REPORT.",
                            "比對會區分大小寫：日誌寫的是REPORT。",
                        ),
                    ),
                ],
            },
            at_least(
                "@billedDuration",
                limit,
                &format!("invocations billed for {limit} ms or longer"),
                &format!("計費時間{limit} ms以上的呼叫"),
            ),
        ],
        fields_en: "`@type`, `@duration`, `@billedDuration` and others are found in Lambda's lines by the service",
        fields_zh: "服務會自動從Lambda的日誌找出`@type`、`@duration`、`@billedDuration`等欄位",
    }
}

/// VPC Flow Logs, default format.
fn flow(draw: &mut Draw) -> Sample {
    let sources = hosts(draw);
    let target = format!("10.{}.{}.{}", draw.int(0, 40), draw.int(0, 20), draw.int(4, 250));
    let eni = format!("eni-{}", draw.hex(17));
    let count = amount(draw);
    let big = *draw.pick(&[2000, 5000]);
    let mut events = Vec::new();
    for at in times(draw, count) {
        let second = at / 1000;
        let port = *draw.pick(&[22, 443, 443, 3306, 5432, 8080]);
        let bytes = if draw.percent(12) { big } else { draw.number(40, 12_000) };
        let action = if draw.percent(40) { "REJECT" } else { "ACCEPT" };
        let message = format!(
            "2 123456789012 {eni} {} {target} {} {port} 6 {} {bytes} {} {second} {action} OK",
            draw.pick(&sources),
            draw.int(32_768, 60_999),
            bytes / 600 + 1,
            second - draw.int(20i64, 59)
        );
        events.push(Event { at, stream: format!("{eni}-all"), message });
    }
    Sample {
        group: "vpc-flow-logs",
        rows: Vec::new(),
        events,
        parse: None,
        wrong_parse: Vec::new(),
        numbers: vec![
            Number {
                field: "bytes", en: "byte count (`bytes`)", zh: "位元組數（`bytes`）", adds_up: true
            },
            Number {
                field: "packets",
                en: "packet count (`packets`)",
                zh: "封包數（`packets`）",
                adds_up: true,
            },
        ],
        groups: vec![
            Group { field: "srcAddr", en: "source address", zh: "來源位址（srcAddr）" },
            Group { field: "dstPort", en: "destination port", zh: "目的連接埠（dstPort）" },
        ],
        filters: vec![
            equal("action", "REJECT", "accept", "rejected flows", "被拒絕（REJECT）的流量"),
            equal("action", "ACCEPT", "reject", "accepted flows", "被允許（ACCEPT）的流量"),
            at_least(
                "bytes",
                big,
                &format!("flows of {big} bytes or more"),
                &format!("{big}位元組以上的流量"),
            ),
        ],
        fields_en: "the service names the fields of VPC Flow Logs records itself (`srcAddr`, `dstPort`, `action`, `bytes`, …)",
        fields_zh: "服務會自動辨識VPC Flow Logs的欄位（`srcAddr`、`dstPort`、`action`、`bytes`……）",
    }
}

/// Lines of a batch worker.
fn worker(draw: &mut Draw) -> Sample {
    let jobs = draw.some(&["invoice", "export", "thumbnail", "sync", "digest", "reindex"], 4);
    let tenants = draw.some(&["acme", "kaohsiung", "nova", "lotus", "delta"], 3);
    let limit = *draw.pick(&[500, 1000, 2000]);
    let count = amount(draw);
    let mut events = Vec::new();
    for at in times(draw, count) {
        let level = *draw.pick(&["INFO", "INFO", "INFO", "WARN", "ERROR", "ERROR"]);
        let message = if draw.percent(10) {
            format!("[{level}] heartbeat queue={}", draw.int(0, 40))
        } else {
            let took = if draw.percent(12) { limit } else { latency(draw) };
            format!(
                "[{level}] job={} tenant={} took={took} ms attempts={}",
                draw.pick(&jobs),
                draw.pick(&tenants),
                draw.int(1, 4)
            )
        };
        events.push(Event { at, stream: format!("worker/{}", draw.pick(&["0", "1", "2"])), message });
    }
    let globbed = draw.percent(55);
    let parse = if globbed {
        "parse @message \"[*] job=* tenant=* took=* ms attempts=*\" as level, job, tenant, took, attempts"
    } else {
        r"parse @message /\[(?<level>\w+)\] job=(?<job>\S+) tenant=(?<tenant>\S+) took=(?<took>\d+) ms attempts=(?<attempts>\d+)/"
    };
    Sample {
        group: "/app/worker",
        rows: Vec::new(),
        events,
        parse: Some(parse.to_owned()),
        wrong_parse: vec![
            (
                "parse @message \"[*] job=* tenant=* took=* attempts=*\" as level, job, tenant, took, attempts".to_owned(),
                Text::new("`took` is then a text with its unit, such as `532 ms`, and no number.", "這樣`took`會連單位一起取出（像`532 ms`），不是數字。"),
            ),
            (
                "parse @message \"[*] tenant=* job=* took=* ms attempts=*\" as level, tenant, job, took, attempts".to_owned(),
                Text::new("The parts stand in another order in the events: the pattern matches nothing.", "事件裡各部分的順序不同，這個樣式什麼都比對不到。"),
            ),
        ],
        numbers: vec![
            Number { field: "took", en: "run time (`took`)", zh: "執行時間（`took`）", adds_up: true },
            Number { field: "attempts", en: "attempt count (`attempts`)", zh: "嘗試次數（`attempts`）", adds_up: true },
        ],
        groups: vec![
            Group { field: "job", en: "job", zh: "工作（job）" },
            Group { field: "tenant", en: "tenant", zh: "租戶（tenant）" },
        ],
        filters: vec![
            at_least("took", limit, &format!("jobs that took {limit} ms or longer"), &format!("執行時間{limit} ms以上的工作")),
            equal("level", "ERROR", "INFO", "jobs logged at level ERROR", "level為ERROR的工作"),
            at_least("attempts", 2, "jobs that needed two or more attempts", "嘗試兩次以上的工作"),
        ],
        fields_en: "`parse` extracts level, job, tenant, took and attempts",
        fields_zh: "`parse`取出level、job、tenant、took、attempts",
    }
}

/// Lines of a proxy.
fn proxy(draw: &mut Draw) -> Sample {
    let clients = hosts(draw);
    let backends = draw.some(&["blue-1", "blue-2", "green-1", "green-2", "canary"], 3);
    let count = amount(draw);
    let mut events = Vec::new();
    for at in times(draw, count) {
        let status = *draw.pick(&[200, 200, 200, 301, 404, 499, 500, 502, 502, 504]);
        let message = format!(
            "{} \"{} {}\" {status} upstream={} rt={}ms",
            draw.pick(&clients),
            draw.pick(&["GET", "GET", "POST"]),
            draw.pick(&["/", "/cart", "/api/pay", "/img/logo.svg"]),
            draw.pick(&backends),
            latency(draw)
        );
        events.push(Event { at, stream: format!("edge-{}", draw.pick(&["a", "c"])), message });
    }
    // A glob that holds double quotes is enclosed in single ones.
    let parse = if draw.percent(55) {
        "parse @message '* \"* *\" * upstream=* rt=*ms' as client, method, path, status, backend, rt"
    } else {
        r#"parse @message /^(?<client>\S+) "(?<method>\S+) (?<path>\S+)" (?<status>\d+) upstream=(?<backend>\S+) rt=(?<rt>\d+)ms/"#
    };
    Sample {
        group: "/edge/proxy",
        rows: Vec::new(),
        events,
        parse: Some(parse.to_owned()),
        wrong_parse: vec![
            (
                "parse @message '* \"* *\" * upstream=* rt=*' as client, method, path, status, backend, rt"
                    .to_owned(),
                Text::new("`rt` then ends in `ms` and is no number.", "這樣`rt`會帶著`ms`，不是數字。"),
            ),
            (
                "parse @message '* \"*\" * upstream=* rt=*ms' as client, path, status, backend, rt"
                    .to_owned(),
                Text::new(
                    "`path` then holds method and path together.",
                    "這樣`path`會把方法與路徑合在一起。",
                ),
            ),
        ],
        numbers: vec![Number {
            field: "rt",
            en: "response time (`rt`)",
            zh: "回應時間（`rt`）",
            adds_up: false,
        }],
        groups: vec![
            Group { field: "backend", en: "backend", zh: "後端（backend）" },
            Group { field: "path", en: "path", zh: "路徑（path）" },
            Group { field: "client", en: "client", zh: "用戶端（client）" },
        ],
        filters: vec![
            at_least("status", 500, "responses with status 500 or more", "狀態碼500以上的回應"),
            at_least("status", 404, "responses with status 404 or more", "狀態碼404以上的回應"),
            equal("method", "GET", "post", "GET requests", "GET請求"),
        ],
        fields_en: "`parse` extracts client, method, path, status, backend and rt",
        fields_zh: "`parse`取出client、method、path、status、backend、rt",
    }
}

/// Logs whose fields the service finds by itself.
pub(super) fn structured(draw: &mut Draw) -> Sample {
    let kinds: [fn(&mut Draw) -> Sample; 4] = [api, api, lambda, flow];
    let kind = draw.pick(&kinds);
    kind(draw).ready()
}

/// Logs that have to be parsed.
pub(super) fn text(draw: &mut Draw) -> Sample {
    let kinds: [fn(&mut Draw) -> Sample; 2] = [worker, proxy];
    let kind = draw.pick(&kinds);
    kind(draw).ready()
}

/// Either.
pub(super) fn any(draw: &mut Draw) -> Sample {
    if draw.percent(50) { text(draw) } else { structured(draw) }
}
