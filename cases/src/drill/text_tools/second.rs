//! Level 2: awk's fields and sums, jq's filters.

use serde_json::json;

use super::first::{ACCOUNTS, UNKNOWN, access, combined};
use super::logs::{Hit, KEY, moments, outsiders, sshd};
use super::{Puzzle, Unit, command, different, fill, longest_run, matching, most};
use crate::cloud::Draw;
use crate::model::Text;

pub(super) const KINDS: &[fn(&mut Draw) -> Option<Puzzle>] =
    &[bytes_of_status, busiest_path, retries, json_failures, json_sum, json_users, attacker];

fn bytes_of_status(draw: &mut Draw) -> Option<Puzzle> {
    let people = outsiders(draw, 4);
    let status = *draw.pick(&[200, 404, 206]);
    let count = draw.int(8, 11);
    let mut hits = Vec::new();
    for at in moments(draw, count, 40) {
        let who = draw.pick(&people).clone();
        let got = if draw.percent(45) { status } else { *draw.pick(&[200, 301, 404, 500, 206]) };
        let path = if draw.percent(25) {
            format!("/items/{status}")
        } else {
            (*draw.pick(&["/", "/cart", "/feed"])).to_owned()
        };
        let mut hit = Hit::new(draw, at, &who, &path, got);
        hit.bytes = draw.int(4, 240) * 10;
        hits.push(hit);
    }
    let (files, lines) = access(&hits);
    let total =
        |keep: &dyn Fn(&Hit) -> bool| hits.iter().filter(|hit| keep(hit)).map(|hit| hit.bytes).sum::<u32>();
    let text = status.to_string();
    let right = total(&|hit| hit.status == status);
    let found: u32 =
        hits.iter().zip(&lines).filter(|(_, line)| line.contains(&text)).map(|(hit, _)| hit.bytes).sum();
    let last = hits.iter().rfind(|hit| hit.status == status)?.bytes;
    let posts = hits.iter().filter(|hit| hit.method == "POST").count();
    Some(Puzzle {
        question: "bytes-of-status",
        figures: json!({ "status": status }),
        about: combined(),
        files,
        wanted: Text::new(
            format!("How many bytes were sent in all with status {status}"),
            format!("狀態碼{status}的回應總共送出幾個位元組"),
        ),
        number: Some(Unit::Bytes),
        right: command(
            fill("awk '$9 == @ { s += $10 } END { print s }' access.log", &[("@", &text)]),
            right,
            "field 9 is compared, field 10 is added up.",
            "比較第9個欄位，累加第10個欄位。",
        ),
        wrong: vec![
            command(
                fill("awk '$9 = @ { s += $10 } END { print s }' access.log", &[("@", &text)]),
                total(&|_| true),
                "one `=` assigns: the value is not 0, so every line counts.",
                "一個`=`是指派：結果不是0，所以每一行都算。",
            ),
            command(
                fill("awk '/@/ { s += $10 } END { print s }' access.log", &[("@", &text)]),
                found,
                format!("the pattern matches {status} anywhere in the line: in paths, sizes and addresses."),
                format!("樣式會符合行內任何位置的{status}：路徑、大小或位址。"),
            ),
            command(
                fill("awk '$9 == @ { s = $10 } END { print s }' access.log", &[("@", &text)]),
                last,
                "it keeps only the last such line's bytes.",
                "只留下最後一個符合的行的位元組數。",
            ),
        ],
        other: ("awk '$6 ~ /POST/ { n++ } END { print n + 0 }' access.log".to_owned(), posts.to_string()),
        other_why: Text::new(
            "field 6 is `\"POST` or `\"GET`, with the quote; `+ 0` makes an unset counter a number.",
            "第6個欄位是帶引號的`\"POST`或`\"GET`；`+ 0`讓未設定的計數器變成數字。",
        ),
        steps: vec![Text::new(
            "Split at white space: $1 client, $4 and $5 time, $6 to $8 request, $9 status, $10 bytes.",
            "以空白切開：$1用戶端、$4與 $5時間、$6到 $8請求、$9狀態碼、$10位元組數。",
        )],
    })
}

fn busiest_path(draw: &mut Draw) -> Option<Puzzle> {
    let people = outsiders(draw, 4);
    let paths = draw.some(&["/search", "/items", "/cart", "/login", "/feed", "/"], 4);
    let [busiest, second, third, fourth] = paths.as_slice() else { return None };
    // The busiest path is asked with ever other parameters; the second leads where those count.
    let count = draw.int(5, 6);
    let words = draw.some(&["ssd", "gpu", "ram", "fan", "psu", "nic", "ups", "kvm"], count);
    let mut asked: Vec<String> = words.iter().map(|word| format!("{busiest}?q={word}")).collect();
    asked.extend((0..draw.int(3, 4)).map(|_| (*second).to_owned()));
    let by_mail = if draw.percent(40) { format!("{third}?ref=mail") } else { (*third).to_owned() };
    asked.extend([(*third).to_owned(), by_mail, (*fourth).to_owned()]);
    draw.shuffle(&mut asked);
    let mut hits: Vec<Hit> = Vec::new();
    for (at, path) in moments(draw, asked.len(), 30).into_iter().zip(&asked) {
        let who = draw.pick(&people).clone();
        hits.push(Hit::new(draw, at, &who, path, 200));
    }
    let (files, _) = access(&hits);
    fn bare(hit: &Hit) -> &str {
        hit.path.split('?').next().unwrap_or_default()
    }
    let right = most(hits.iter().map(bare))?;
    let gets = most(hits.iter().filter(|hit| hit.method == "GET").map(|hit| hit.client.as_str()))?;
    Some(Puzzle {
        question: "busiest-path",
        figures: json!({}),
        about: combined(),
        files,
        wanted: Text::new(
            "Which path was requested most often, whatever its query string",
            "不看查詢字串，哪個路徑被請求最多次",
        ),
        number: None,
        right: command(
            "awk '{ sub(/[?].*/, \"\", $7); n[$7]++ } END { for (p in n) print n[p], p }' access.log | sort -rn | head -n 1",
            &right,
            "everything from the question mark on is removed before counting.",
            "先去掉問號之後的部分再計數。",
        ),
        wrong: vec![
            command(
                "awk '{ n[$7]++ } END { for (p in n) print n[p], p }' access.log | sort -rn | head -n 1",
                most(hits.iter().map(|hit| hit.path.as_str()))?,
                "the same path with another query string is another key.",
                "同一個路徑帶不同的查詢字串，就成了不同的鍵。",
            ),
            command(
                "awk '{ print $7 }' access.log | cut -d'?' -f1 | uniq -c | sort -rn | head -n 1",
                longest_run(hits.iter().map(bare))?,
                "uniq without sort counts runs of neighbouring lines.",
                "uniq之前沒有排序，計算的是相鄰的連續行。",
            ),
            command(
                "awk '{ split($7, part, \"?\"); n[part[1]]++ } END { for (p in n) print n[p], p }' access.log | sort -n | head -n 1",
                least(hits.iter().map(bare))?,
                "ascending: the first line is the least requested path.",
                "遞增排序：第一行是請求最少的路徑。",
            ),
        ],
        other: (
            "awk '$6 == \"\\\"GET\" { print $1 }' access.log | sort | uniq -c | sort -rn | head -n 1"
                .to_owned(),
            gets,
        ),
        other_why: Text::new("the client with the most GET requests.", "GET請求最多的用戶端。"),
        steps: vec![Text::new(
            format!("Without query strings the count leads with `{right}`."),
            format!("去掉查詢字串後，領先的是`{right}`。"),
        )],
    })
}

/// `count item` of the smallest count; none where two share it.
fn least<'a>(items: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut counts: std::collections::BTreeMap<&str, u64> = std::collections::BTreeMap::new();
    for item in items {
        *counts.entry(item).or_default() += 1;
    }
    let low = *counts.values().min()?;
    let mut lowest = counts.iter().filter(|(_, count)| **count == low);
    let (item, _) = lowest.next()?;
    lowest.next().is_none().then(|| format!("{low} {item}"))
}

const SERVICES: &[&str] = &["cart", "auth", "search", "billing", "mail", "stock"];

fn retries(draw: &mut Draw) -> Option<Puzzle> {
    let services = draw.some(SERVICES, 3);
    let service = *services.first()?;
    let count = draw.int(8, 11);
    // (service, retries, error)
    let mut rows = Vec::new();
    let mut lines = Vec::new();
    for at in moments(draw, count, 30) {
        let of = if draw.percent(50) { service } else { *draw.pick(&services) };
        let tries = if draw.percent(40) { draw.int(10, 24) } else { draw.int(0, 9) };
        let error = draw.percent(40);
        let time = at.format("%Y-%m-%dT%H:%M:%SZ");
        let level = if error { "error" } else { "info" };
        let message = draw.pick(&["\"call finished\"", "done", "\"upstream reset by peer\""]);
        let millis = draw.int(3, 2400);
        lines.push(if draw.percent(50) {
            format!("ts={time} level={level} svc={of} msg={message} retries={tries} dur_ms={millis}")
        } else {
            format!("ts={time} level={level} svc={of} dur_ms={millis} msg={message} retries={tries}")
        });
        rows.push((of, tries, millis, error));
    }
    let right: u32 = rows.iter().filter(|row| row.0 == service).map(|row| row.1).sum();
    let digits = rows.iter().filter(|row| row.0 == service);
    let first_digits: u32 = digits.map(|row| if row.1 > 9 { row.1 / 10 } else { row.1 }).sum();
    // The value after the last equals sign.
    let last: u32 = rows
        .iter()
        .zip(&lines)
        .filter(|(row, _)| row.0 == service)
        .map(|(row, line)| {
            if line.contains(" dur_ms=") && !line.ends_with(&format!("retries={}", row.1)) {
                row.2
            } else {
                row.1
            }
        })
        .sum();
    let all: u32 = rows.iter().map(|row| row.1).sum();
    let errors = rows.iter().filter(|row| row.3).map(|row| row.0);
    Some(Puzzle {
        question: "retries",
        figures: json!({ "service": service }),
        about: Text::new(
            "`app.log` has `key=value` pairs; values with spaces are quoted, and the order of the keys is not always the same.",
            "`app.log`是`key=value`格式；含空格的值會加引號，鍵的順序不一定相同。",
        ),
        files: vec![("cat app.log".to_owned(), lines.clone())],
        wanted: Text::new(
            format!("The sum of `retries` over the lines with `svc={service}`"),
            format!("`svc={service}`的各行，`retries`的總和"),
        ),
        number: Some(Unit::None),
        right: command(
            fill(
                "grep 'svc=@ ' app.log | grep -oE 'retries=[0-9]+' | cut -d= -f2 | awk '{ s += $1 } END { print s }'",
                &[("@", service)],
            ),
            right,
            "the pair is found by its name, wherever it stands.",
            "用名稱找鍵值，不管它在哪個位置。",
        ),
        wrong: vec![
            command(
                fill(
                    "grep 'svc=@ ' app.log | grep -o 'retries=[0-9]' | cut -d= -f2 | awk '{ s += $1 } END { print s }'",
                    &[("@", service)],
                ),
                first_digits,
                "without `+` only the first digit is kept.",
                "沒有`+`，只留下第一位數字。",
            ),
            command(
                fill("awk -F= '/svc=@ / { s += $NF } END { print s }' app.log", &[("@", service)]),
                last,
                "the value after the last `=` is `dur_ms` in some of the lines.",
                "有些行最後一個`=`後面是`dur_ms`。",
            ),
            command(
                "grep -oE 'retries=[0-9]+' app.log | cut -d= -f2 | awk '{ s += $1 } END { print s }'",
                all,
                "the lines of every service are added up.",
                "所有服務的行都加進來了。",
            ),
        ],
        other: (
            "grep 'level=error' app.log | grep -oE 'svc=[a-z]+' | sort | uniq -c | sort -rn | head -n 1"
                .to_owned(),
            most(errors.map(|of| format!("svc={of}")))?,
        ),
        other_why: Text::new("the service with the most error lines.", "錯誤行最多的服務。"),
        steps: vec![Text::new(
            format!(
                "`svc={service}`: {}.",
                rows.iter()
                    .filter(|row| row.0 == service)
                    .map(|row| row.1.to_string())
                    .collect::<Vec<_>>()
                    .join(" + ")
            ),
            format!(
                "`svc={service}`：{}。",
                rows.iter()
                    .filter(|row| row.0 == service)
                    .map(|row| row.1.to_string())
                    .collect::<Vec<_>>()
                    .join(" + ")
            ),
        )],
    })
}

/// A line of an application's JSON log.
pub(super) struct Event {
    pub(super) service: &'static str,
    pub(super) path: &'static str,
    pub(super) status: u32,
    pub(super) millis: u32,
    pub(super) user: Option<String>,
}

pub(super) fn events(draw: &mut Draw, count: usize, paths: &[&'static str]) -> (Vec<Event>, Vec<String>) {
    let services = draw.some(SERVICES, 4);
    let mut events = Vec::new();
    let mut lines = Vec::new();
    let people: Vec<String> = (0..5).map(|_| format!("u{}", draw.int(10, 99))).collect();
    for at in moments(draw, count, 30) {
        let status = *draw.pick(&[200, 200, 200, 201, 404, 500, 502, 503]);
        let event = Event {
            service: *draw.pick(&services),
            path: *draw.pick(paths),
            status,
            millis: draw.int(4, 900),
            user: draw.percent(70).then(|| draw.pick(&people).clone()),
        };
        let level = if status >= 500 { "error" } else { "info" };
        let user = event.user.as_ref().map_or("null".to_owned(), |user| format!("\"{user}\""));
        lines.push(format!(
            "{{\"ts\":\"{}\",\"level\":\"{level}\",\"service\":\"{}\",\"path\":\"{}\",\"status\":{status},\"ms\":{},\"user\":{user}}}",
            at.format("%Y-%m-%dT%H:%M:%SZ"),
            event.service,
            event.path,
            event.millis
        ));
        events.push(event);
    }
    (events, lines)
}

pub(super) fn json_lines() -> Text {
    Text::new(
        "`app.jsonl` has one JSON object a line; `user` is null for requests without a login.",
        "`app.jsonl`每行一個JSON物件；未登入的請求`user`是null。",
    )
}

fn shown_json(lines: &[String]) -> Vec<(String, Vec<String>)> {
    vec![("cat app.jsonl".to_owned(), lines.to_vec())]
}

const PATHS: [&str; 4] = ["/cart", "/cart/items", "/login", "/v1/cart"];

fn json_failures(draw: &mut Draw) -> Option<Puzzle> {
    let count = draw.int(9, 12);
    let (events, lines) = events(draw, count, &PATHS);
    let right = events.iter().filter(|event| event.status >= 500).count();
    if right == 0 {
        return None;
    }
    let path = most(events.iter().filter(|event| event.status >= 500).map(|event| event.path))?;
    Some(Puzzle {
        question: "json-failures",
        figures: json!({}),
        about: json_lines(),
        files: shown_json(&lines),
        wanted: Text::new("How many lines have a `status` of 500 or more", "有幾行的`status`大於或等於500"),
        number: Some(Unit::None),
        right: command(
            "jq -c 'select(.status >= 500)' app.jsonl | wc -l",
            right,
            "`-c` prints each object on one line, so wc counts objects.",
            "`-c`把每個物件印成一行，wc數到的就是物件數。",
        ),
        wrong: vec![
            command(
                "jq 'select(.status >= 500)' app.jsonl | wc -l",
                right * 9,
                "without `-c` each object is spread over nine lines: two braces and seven keys.",
                "沒有`-c`，每個物件會展開成九行：兩個大括號與七個鍵。",
            ),
            command(
                "jq '.status >= 500' app.jsonl | wc -l",
                lines.len(),
                "it prints true or false for every line.",
                "每一行都會印出true或false。",
            ),
            command(
                "jq -c 'select(.status >= \"500\")' app.jsonl | wc -l",
                0,
                "in jq's order every number comes before every string.",
                "在jq的順序裡，數字一律小於字串。",
            ),
        ],
        other: (
            "jq -r 'select(.level == \"error\") | .path' app.jsonl | sort | uniq -c | sort -rn | head -n 1"
                .to_owned(),
            path,
        ),
        other_why: Text::new(
            "`-r` prints strings without quotes; the path with the most errors leads.",
            "`-r`印出不帶引號的字串；錯誤最多的路徑排第一。",
        ),
        steps: vec![Text::new(
            "`select(f)` lets an object through where `f` is true.",
            "`select(f)`只讓`f`為真的物件通過。",
        )],
    })
}

fn json_sum(draw: &mut Draw) -> Option<Puzzle> {
    let count = draw.int(9, 12);
    let (events, lines) = events(draw, count, &PATHS);
    let sum = |keep: &dyn Fn(&Event) -> bool| {
        events.iter().filter(|event| keep(event)).map(|event| event.millis).sum::<u32>()
    };
    let here = events.iter().filter(|event| event.path == "/cart").count();
    let right = sum(&|event| event.path == "/cart");
    if here < 2 {
        return None;
    }
    let longest = events.iter().filter(|event| event.status == 200).map(|event| event.millis).max()?;
    Some(Puzzle {
        question: "json-sum",
        figures: json!({ "path": "/cart" }),
        about: json_lines(),
        files: shown_json(&lines),
        wanted: Text::new(
            "The sum of `ms` over the requests for exactly `/cart`",
            "路徑剛好是`/cart`的請求，`ms`的總和",
        ),
        number: Some(Unit::Milliseconds),
        right: command(
            "jq -s 'map(select(.path == \"/cart\") | .ms) | add' app.jsonl",
            right,
            "`-s` reads all lines into one array; the values of the right objects are added.",
            "`-s`把所有行讀進一個陣列，再把符合物件的值相加。",
        ),
        wrong: vec![
            command(
                "jq -s 'map(select(.path | contains(\"/cart\")) | .ms) | add' app.jsonl",
                sum(&|event| event.path.contains("/cart")),
                "`contains` also holds for longer paths.",
                "`contains`對較長的路徑也成立。",
            ),
            command(
                "jq -s 'map(select(.path == \"/cart\")) | length' app.jsonl",
                here,
                "that counts the objects.",
                "這是物件的數量。",
            ),
            command(
                "jq -s 'map(.ms) | add' app.jsonl",
                sum(&|_| true),
                "every path is added up.",
                "所有路徑都加進來了。",
            ),
        ],
        other: ("jq -s 'map(select(.status == 200) | .ms) | max' app.jsonl".to_owned(), longest.to_string()),
        other_why: Text::new("the slowest request with status 200.", "狀態碼200裡最慢的請求。"),
        steps: vec![Text::new(
            format!("{here} lines have exactly `/cart`; `/cart/items` and `/v1/cart` are other paths."),
            format!("剛好是`/cart`的有{here}行；`/cart/items`與`/v1/cart`是別的路徑。"),
        )],
    })
}

fn json_users(draw: &mut Draw) -> Option<Puzzle> {
    let count = draw.int(9, 12);
    let (events, lines) = events(draw, count, &PATHS);
    let users: Vec<&str> = events.iter().filter_map(|event| event.user.as_deref()).collect();
    let right = different(&users);
    let nulls = events.len() - users.len();
    if nulls == 0 || nulls == 1 || users.is_empty() {
        return None;
    }
    let runs = 1 + events
        .windows(2)
        .filter(|pair| pair.first().map(|event| &event.user) != pair.last().map(|event| &event.user))
        .count();
    let services = most(events.iter().filter(|event| event.user.is_none()).map(|event| event.service))?;
    Some(Puzzle {
        question: "json-users",
        figures: json!({}),
        about: json_lines(),
        files: shown_json(&lines),
        wanted: Text::new(
            "How many different users sent requests, requests without a login aside",
            "不計未登入的請求，共有幾個不同的使用者",
        ),
        number: Some(Unit::None),
        right: command(
            "jq -r '.user // empty' app.jsonl | sort -u | wc -l",
            right,
            "`// empty` prints nothing for null, and `sort -u` leaves each name once.",
            "`// empty`遇到null不輸出，`sort -u`讓每個名稱只留一次。",
        ),
        wrong: vec![
            command(
                "jq -r '.user' app.jsonl | sort -u | wc -l",
                right + 1,
                "null is printed as a line of its own and counts as a user.",
                "null也會印成一行，被當成一個使用者。",
            ),
            command(
                "jq -r '.user // empty' app.jsonl | wc -l",
                users.len(),
                "a user with several requests counts several times.",
                "同一個使用者有幾個請求就被算幾次。",
            ),
            command(
                "jq '.user' app.jsonl | uniq | wc -l",
                runs,
                "uniq compares neighbours only, and null counts.",
                "uniq只比較相鄰的行，null也算進去。",
            ),
        ],
        other: (
            "jq -r 'select(.user == null) | .service' app.jsonl | sort | uniq -c | sort -rn | head -n 1"
                .to_owned(),
            services,
        ),
        other_why: Text::new("the service with the most requests without a login.", "未登入請求最多的服務。"),
        steps: vec![Text::new(
            format!("{nulls} of {} lines have null as user.", events.len()),
            format!("{}行裡有{nulls}行的user是null。", events.len()),
        )],
    })
}

fn attacker(draw: &mut Draw) -> Option<Puzzle> {
    let people = outsiders(draw, 4);
    let host = *draw.pick(&["web-1", "bastion", "ip-10-0-1-17", "db-2"]);
    let count = draw.int(8, 11);
    let mut lines = Vec::new();
    // (address, name, whether it exists)
    let mut failed: Vec<(String, &str, bool)> = Vec::new();
    for at in moments(draw, count, 60) {
        let who = if draw.percent(30) { people.first()?.clone() } else { draw.pick(&people).clone() };
        let (port, pid) = (draw.int(32_768, 60_999), draw.int(1200, 9800));
        let start = sshd(at, host, pid);
        if draw.percent(20) {
            lines.push(format!(
                "{start} Accepted publickey for {} from {who} port {port} ssh2: {KEY}",
                draw.pick(ACCOUNTS)
            ));
            continue;
        }
        let known = draw.percent(45);
        let name = if known { *draw.pick(ACCOUNTS) } else { *draw.pick(UNKNOWN) };
        let unknown = if known { "" } else { "invalid user " };
        lines.push(format!("{start} Failed password for {unknown}{name} from {who} port {port} ssh2"));
        failed.push((who, name, known));
    }
    let right = most(failed.iter().map(|(who, _, _)| who.as_str()))?;
    let eleventh = most(failed.iter().map(|(who, name, known)| if *known { who.as_str() } else { *name }))?;
    let end = most(failed.iter().map(|_| "ssh2"))?;
    let names = most(failed.iter().map(|(_, name, _)| *name))?;
    let known = most(failed.iter().filter(|(_, _, known)| *known).map(|(who, _, _)| who.as_str()))?;
    let invalid = matching("invalid user", &lines);
    Some(Puzzle {
        question: "attacker",
        figures: json!({}),
        about: Text::new(
            "`auth.log` has the lines that sshd wrote through syslog. For an account that does not exist it writes `invalid user` before the name.",
            "`auth.log`是sshd透過syslog寫入的內容。帳號不存在時，名稱前會有`invalid user`。",
        ),
        files: vec![("cat auth.log".to_owned(), lines.clone())],
        wanted: Text::new(
            "From which address came the most failed password attempts, whatever the account",
            "不論帳號是否存在，密碼嘗試失敗最多次的來源位址",
        ),
        number: None,
        right: command(
            "awk '/Failed password/ { print $(NF-3) }' auth.log | sort | uniq -c | sort -rn | head -n 1",
            &right,
            "counted from the end, the address is always the fourth word.",
            "從行尾數過來，位址一定是倒數第四個字。",
        ),
        wrong: vec![
            command(
                "awk '/Failed password/ { print $11 }' auth.log | sort | uniq -c | sort -rn | head -n 1",
                eleventh,
                "`invalid user` moves the address from $11 to $13; $11 is the name there.",
                "`invalid user`會把位址從 $11移到 $13；那些行的 $11是名稱。",
            ),
            command(
                "awk '/Failed password/ { print $NF }' auth.log | sort | uniq -c | sort -rn | head -n 1",
                end,
                "the last word is always `ssh2`.",
                "最後一個字一律是`ssh2`。",
            ),
            command(
                "grep 'Failed password' auth.log | grep -v 'invalid user' | awk '{ print $11 }' | sort | uniq -c | sort -rn | head -n 1",
                known,
                "attempts on accounts that do not exist are left out.",
                "對不存在帳號的嘗試被排除了。",
            ),
        ],
        other: (
            "awk '/Failed password/ { print $(NF-5) }' auth.log | sort | uniq -c | sort -rn | head -n 1"
                .to_owned(),
            names,
        ),
        other_why: Text::new(
            "the name tried most often: the sixth word from the end.",
            "被嘗試最多次的名稱：倒數第六個字。",
        ),
        steps: vec![Text::new(
            format!("{} failed attempts, {invalid} of them on an invalid user.", failed.len()),
            format!("失敗的嘗試共{}次，其中{invalid}次是invalid user。", failed.len()),
        )],
    })
}
