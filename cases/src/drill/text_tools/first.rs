//! Level 1: grep, cut, sort, uniq and wc.

use serde_json::json;

use super::logs::{Hit, KEY, moments, outsiders, sshd};
use super::{Puzzle, Unit, command, different, longest_run, matching, most};
use crate::cloud::Draw;
use crate::model::Text;

pub(super) const KINDS: &[fn(&mut Draw) -> Option<Puzzle>] =
    &[server_errors, clients, one_client, failed_logins, exact_pair, largest];

pub(super) fn combined() -> Text {
    Text::new(
        "`access.log` is in nginx's combined format: client, `-`, user, `[time]`, `\"request\"`, status, bytes, `\"referrer\"`, `\"user agent\"`.",
        "`access.log`是nginx的combined格式：用戶端、`-`、使用者、`[時間]`、`\"請求\"`、狀態碼、位元組數、`\"來源頁\"`、`\"使用者代理程式\"`。",
    )
}

pub(super) fn access(hits: &[Hit]) -> (Vec<(String, Vec<String>)>, Vec<String>) {
    let lines: Vec<String> = hits.iter().map(Hit::line).collect();
    (vec![("cat access.log".to_owned(), lines.clone())], lines)
}

fn server_errors(draw: &mut Draw) -> Option<Puzzle> {
    let people = outsiders(draw, 4);
    let count = draw.int(10, 14);
    let paths = ["/orders/500", "/", "/cart", "/api/items/503", "/login", "/static/app.js"];
    let mut hits = Vec::new();
    for at in moments(draw, count, 40) {
        let status = *draw.pick(&[200, 200, 200, 301, 404, 500, 502, 503, 504]);
        let (who, path) = (draw.pick(&people).clone(), *draw.pick(&paths));
        let mut hit = Hit::new(draw, at, &who, path, status);
        if draw.percent(25) {
            hit.bytes = draw.int(500, 599);
        }
        hits.push(hit);
    }
    let (files, lines) = access(&hits);
    let right = hits.iter().filter(|hit| hit.status >= 500).count();
    let success = matching("\" 2## ", &lines);
    Some(Puzzle {
        question: "server-errors",
        figures: json!({}),
        about: combined(),
        files,
        wanted: Text::new("How many requests got a status of 500 to 599", "狀態碼為500到599的請求有幾個"),
        number: Some(Unit::None),
        right: command(
            "grep -cE '\" 5[0-9][0-9] ' access.log",
            right,
            "the quote that ends the request anchors the pattern at the status.",
            "請求結尾的引號把樣式固定在狀態碼的位置。",
        ),
        wrong: vec![
            command(
                "grep -c '500' access.log",
                matching("500", &lines),
                "it finds 500 anywhere in a line, for example in a path or a size, and misses 502, 503 and 504.",
                "它會找出行內任何位置的500（例如路徑或大小），又漏掉502、503、504。",
            ),
            command(
                "grep -cE ' 5[0-9][0-9] ' access.log",
                matching(" 5## ", &lines),
                "between spaces stands the number of bytes, too: sizes from 500 to 599 count.",
                "位元組數前後也是空格：大小為500到599的行也被算進去。",
            ),
            command(
                "grep -cE '5[0-9][0-9]' access.log",
                matching("5##", &lines),
                "three digits that start with 5 also stand in addresses, paths and sizes.",
                "5開頭的三位數字也會出現在位址、路徑與大小裡。",
            ),
        ],
        other: ("grep -vcE '\" 2[0-9][0-9] ' access.log".to_owned(), (lines.len() - success).to_string()),
        other_why: Text::new(
            format!("`-v` turns the match round: {} lines minus {success} with status 2xx.", lines.len()),
            format!("`-v`會反轉比對：{}行減去{success}行2xx。", lines.len()),
        ),
        steps: vec![Text::new(
            "The status is the number right after the closing quote of the request.",
            "狀態碼是請求結尾引號之後的第一個數字。",
        )],
    })
}

fn clients(draw: &mut Draw) -> Option<Puzzle> {
    let spread = draw.int(4, 6);
    let people = outsiders(draw, spread);
    let count = draw.int(10, 14);
    let mut hits: Vec<Hit> = Vec::new();
    for at in moments(draw, count, 40) {
        let again = hits.last().filter(|_| draw.percent(35)).map(|hit| hit.client.clone());
        let who = again.unwrap_or_else(|| draw.pick(&people).clone());
        let (path, status) =
            (*draw.pick(&["/", "/cart", "/login", "/search?q=ssd"]), *draw.pick(&[200, 200, 302, 404]));
        hits.push(Hit::new(draw, at, &who, path, status));
    }
    let (files, lines) = access(&hits);
    let all: Vec<&str> = hits.iter().map(|hit| hit.client.as_str()).collect();
    let right = different(&all);
    let times = |who: &str| all.iter().filter(|other| **other == who).count();
    let single = all.iter().filter(|who| times(who) == 1).count();
    let runs = 1 + all.windows(2).filter(|pair| pair.first() != pair.last()).count();
    Some(Puzzle {
        question: "clients",
        figures: json!({}),
        about: combined(),
        files,
        wanted: Text::new("How many different clients sent requests", "送出請求的用戶端（不重複）有幾個"),
        number: Some(Unit::None),
        right: command(
            "cut -d' ' -f1 access.log | sort | uniq | wc -l",
            right,
            "sorting puts equal addresses next to each other, so uniq leaves each once.",
            "排序讓相同的位址相鄰，uniq才會每個只留一次。",
        ),
        wrong: vec![
            command(
                "cut -d' ' -f1 access.log | uniq | wc -l",
                runs,
                "uniq compares neighbours only: a client that comes back later counts again.",
                "uniq只比較相鄰的行：之後再出現的用戶端又會被算一次。",
            ),
            command(
                "cut -d' ' -f1 access.log | sort | uniq -u | wc -l",
                single,
                "`-u` leaves only the addresses that occur exactly once.",
                "`-u`只留下剛好出現一次的位址。",
            ),
            command(
                "cut -d' ' -f1 access.log | sort | uniq -d | wc -l",
                right - single,
                "`-d` leaves only the addresses that occur more than once.",
                "`-d`只留下出現超過一次的位址。",
            ),
        ],
        other: ("cut -d' ' -f1 access.log | sort | uniq -c | sort -rn | head -n 1".to_owned(), most(&all)?),
        other_why: Text::new("the most frequent client, after its count.", "次數與出現最多次的用戶端。"),
        steps: vec![Text::new(
            format!("{} lines; the client is the first field.", lines.len()),
            format!("共{}行；用戶端是第一個欄位。", lines.len()),
        )],
    })
}

fn one_client(draw: &mut Draw) -> Option<Puzzle> {
    let (a, b, c, d) = (draw.int(10, 11), draw.int(0, 9), draw.int(1, 9), draw.int(1, 9));
    let a = if a == 11 { 172 } else { a };
    let b = if a == 172 { 16 + b } else { b };
    let wanted = format!("{a}.{b}.{c}.{d}");
    let mut people = vec![
        wanted.clone(),
        format!("{wanted}{}", draw.int(0, 9)),
        format!("{a}.{b}.{c}.{d}{}", draw.int(10, 54)),
        // The dots of the pattern match any character: here a digit.
        format!("{a}.{b}.{c}{}{d}", draw.int(0, 9)),
        format!("{a}.{b}.{}.{d}", c + 1),
    ];
    people.retain(|who| who.split('.').all(|part| part.parse::<u8>().is_ok()));
    let count = draw.int(10, 14);
    let mut hits = Vec::new();
    for at in moments(draw, count, 40) {
        let who = if draw.percent(30) { wanted.clone() } else { draw.pick(&people).clone() };
        // A redirect target names the address, too.
        let path = if draw.percent(20) { format!("/ping?peer={wanted}") } else { "/health".to_owned() };
        hits.push(Hit::new(draw, at, &who, &path, 200));
    }
    let (files, lines) = access(&hits);
    let escaped = wanted.replace('.', "\\.");
    let right = hits.iter().filter(|hit| hit.client == wanted).count();
    let end = hits.iter().filter(|hit| hit.client == wanted && hit.path == "/health").count();
    Some(Puzzle {
        question: "one-client",
        figures: json!({ "client": wanted }),
        about: combined(),
        files,
        wanted: Text::new(
            format!("How many requests came from the client `{wanted}`"),
            format!("用戶端`{wanted}`送了幾個請求"),
        ),
        number: Some(Unit::None),
        right: command(
            format!("grep -c '^{escaped} ' access.log"),
            right,
            "the start of the line, real dots and the space behind make it exactly that client.",
            "行首、跳脫的點與後面的空格，剛好就是這個用戶端。",
        ),
        wrong: vec![
            command(
                format!("grep -c '{wanted}' access.log"),
                matching(&wanted, &lines),
                "a dot matches any character, longer addresses match as well, and so do paths that name the address.",
                "點可以是任何字元，較長的位址也會符合，路徑裡寫到這個位址的行也算。",
            ),
            command(
                format!("grep -c '^{escaped}' access.log"),
                lines.iter().filter(|line| line.starts_with(&wanted)).count(),
                "without the space behind it, longer addresses that start alike match.",
                "後面沒有空格，開頭相同的較長位址也會符合。",
            ),
            command(
                format!("grep -c '{escaped} ' access.log"),
                lines.iter().filter(|line| line.contains(&format!("{wanted} "))).count(),
                "without `^` it also matches a path that ends with the address.",
                "沒有`^`，以這個位址結尾的路徑也會符合。",
            ),
        ],
        other: (format!("grep '^{escaped} ' access.log | grep -c '/health'"), end.to_string()),
        other_why: Text::new(
            "the second grep counts only lines that the first let through.",
            "第二個grep只計算第一個留下的行。",
        ),
        steps: vec![Text::new(
            "In a regular expression a dot stands for any character; `\\.` is a dot, `^` the start of the line.",
            "在正規表示式裡，點代表任何字元；`\\.`才是點，`^`是行首。",
        )],
    })
}

pub(super) const ACCOUNTS: &[&str] = &["root", "deploy", "ubuntu", "backup", "jenkins", "ec2-user"];
pub(super) const UNKNOWN: &[&str] = &["admin", "test", "oracle", "postgres", "git", "pi", "guest"];

fn failed_logins(draw: &mut Draw) -> Option<Puzzle> {
    let people = outsiders(draw, 3);
    let host = *draw.pick(&["web-1", "bastion", "ip-10-0-1-17", "db-2"]);
    let count = draw.int(8, 11);
    let mut lines = Vec::new();
    let (mut known, mut unknown) = (0, 0);
    for at in moments(draw, count, 60) {
        let (who, port, pid) = (draw.pick(&people).clone(), draw.int(32_768, 60_999), draw.int(1200, 9800));
        let start = sshd(at, host, pid);
        match draw.int(0, 9) {
            0..=3 => {
                known += 1;
                lines.push(format!(
                    "{start} Failed password for {} from {who} port {port} ssh2",
                    draw.pick(ACCOUNTS)
                ));
            }
            4..=7 => {
                unknown += 1;
                let name = draw.pick(UNKNOWN);
                lines.push(format!("{start} Invalid user {name} from {who} port {port}"));
                lines.push(format!(
                    "{start} Failed password for invalid user {name} from {who} port {port} ssh2"
                ));
            }
            _ => lines.push(format!(
                "{start} Accepted publickey for {} from {who} port {port} ssh2: {KEY}",
                draw.pick(ACCOUNTS)
            )),
        }
    }
    let found = lines.iter().filter_map(|line| {
        let (_, after) = line.split_once("from ")?;
        Some(format!("from {}", after.split(' ').next()?))
    });
    Some(Puzzle {
        question: "failed-logins",
        figures: json!({}),
        about: Text::new(
            "`auth.log` has the lines that sshd wrote through syslog. For an account that does not exist it writes `invalid user` before the name.",
            "`auth.log`是sshd透過syslog寫入的內容。帳號不存在時，名稱前會有`invalid user`。",
        ),
        files: vec![("cat auth.log".to_owned(), lines.clone())],
        wanted: Text::new(
            "How many password attempts failed for accounts that exist",
            "針對存在的帳號，密碼嘗試失敗了幾次",
        ),
        number: Some(Unit::None),
        right: command(
            "grep -cE 'Failed password for [^ ]+ from' auth.log",
            known,
            "exactly one word may stand between `for` and `from`, so `invalid user` does not fit.",
            "`for`與`from`之間只能有一個字，`invalid user`就不符合。",
        ),
        wrong: vec![
            command(
                "grep -c 'Failed password' auth.log",
                known + unknown,
                "it also counts attempts on names that do not exist.",
                "對不存在名稱的嘗試也算進去了。",
            ),
            command(
                "grep -vc 'invalid user' auth.log",
                lines.len() - unknown,
                "every line without these words counts, also `Invalid user` with a capital letter and successful logins.",
                "只要沒有這兩個字的行都算，連大寫的`Invalid user`與登入成功的行也算。",
            ),
            command(
                "grep -c 'Failed password' auth.log | grep -vc 'invalid user'",
                1,
                "the second grep reads the one line that the first prints, a number.",
                "第二個grep讀到的只有第一個印出的那一行數字。",
            ),
        ],
        other: (
            "grep -oE 'from [0-9.]+' auth.log | sort | uniq -c | sort -rn | head -n 1".to_owned(),
            most(found)?,
        ),
        other_why: Text::new(
            "`-o` prints only the matching part; every kind of line counts here.",
            "`-o`只印出符合的部分；這裡每一種行都算。",
        ),
        steps: vec![Text::new(
            format!(
                "{} lines with `Failed password`, {unknown} of them for an invalid user.",
                known + unknown
            ),
            format!("有`Failed password`的共{}行，其中{unknown}行是invalid user。", known + unknown),
        )],
    })
}

fn exact_pair(draw: &mut Draw) -> Option<Puzzle> {
    let key = *draw.pick(&["user", "order", "tenant", "shard"]);
    let prefix = *draw.pick(&["last_", "old_", "peer_", "src_"]);
    let id = draw.int(2, 29);
    let count = draw.int(10, 14);
    let mut lines = Vec::new();
    let mut right = 0;
    for at in moments(draw, count, 30) {
        let value = match draw.int(0, 5) {
            0..=2 => id,
            3 => id * 10 + draw.int(0, 9),
            _ => id + draw.int(1, 9),
        };
        right += usize::from(value == id);
        let previous = if draw.percent(30) { id } else { id + draw.int(1, 40) };
        let pair = format!("{key}={value}");
        let beside = format!("{prefix}{key}={previous}");
        let level = *draw.pick(&["info", "info", "warn", "error"]);
        let millis = draw.int(3, 900);
        let time = at.format("%Y-%m-%dT%H:%M:%SZ");
        lines.push(if draw.percent(40) {
            format!("ts={time} level={level} dur_ms={millis} {beside} {pair}")
        } else {
            format!("ts={time} level={level} {pair} {beside} dur_ms={millis}")
        });
    }
    let pair = format!("{key}={id}");
    let levels = lines.iter().filter_map(|line| line.split(' ').nth(1));
    Some(Puzzle {
        question: "exact-pair",
        figures: json!({ "key": key, "value": id }),
        about: Text::new(
            "`app.log` has `key=value` pairs separated by single spaces.",
            "`app.log`的每一行是以一個空格分隔的`key=value`。",
        ),
        files: vec![("cat app.log".to_owned(), lines.clone())],
        wanted: Text::new(
            format!("How many lines have the key `{key}` with the value {id}"),
            format!("有幾行的鍵`{key}`值為{id}"),
        ),
        number: Some(Unit::None),
        right: command(
            format!("grep -cE '(^| ){pair}( |$)' app.log"),
            right,
            "a pair begins at the line's start or after a space, and ends at a space or the line's end.",
            "鍵值的開頭是行首或空格之後，結尾是空格或行尾。",
        ),
        wrong: vec![
            command(
                format!("grep -c '{pair}' app.log"),
                lines.iter().filter(|line| line.contains(&pair)).count(),
                format!("longer values and `{prefix}{key}` match as well."),
                format!("較長的值與`{prefix}{key}`也會符合。"),
            ),
            command(
                format!("grep -cE '{pair}( |$)' app.log"),
                lines
                    .iter()
                    .filter(|line| line.contains(&format!("{pair} ")) || line.ends_with(&pair))
                    .count(),
                format!("nothing holds the start, so `{prefix}{pair}` matches."),
                format!("開頭沒有限制，所以`{prefix}{pair}`也會符合。"),
            ),
            command(
                format!("grep -cE ' {pair} ' app.log"),
                matching(&format!(" {pair} "), &lines),
                "a pair at the end of a line has no space behind it.",
                "位於行尾的鍵值後面沒有空格。",
            ),
        ],
        other: ("cut -d' ' -f2 app.log | uniq -c | sort -rn | head -n 1".to_owned(), longest_run(levels)?),
        other_why: Text::new(
            "without sorting first, uniq counts runs of neighbouring lines: this is the longest.",
            "沒有先排序，uniq計算的是相鄰的連續行：這是最長的一段。",
        ),
        steps: vec![Text::new(
            format!("Look-alikes here: `{prefix}{pair}` and values that start with {id}."),
            format!("容易混淆的是`{prefix}{pair}`，以及以{id}開頭的值。"),
        )],
    })
}

fn largest(draw: &mut Draw) -> Option<Puzzle> {
    let people = outsiders(draw, 4);
    let count = draw.int(9, 13);
    let mut hits = Vec::new();
    for at in moments(draw, count, 40) {
        let who = draw.pick(&people).clone();
        let (path, status) = (
            *draw.pick(&["/", "/report.csv", "/img/logo.svg", "/api/v1/items"]),
            *draw.pick(&[200, 200, 206, 404]),
        );
        let mut hit = Hit::new(draw, at, &who, path, status);
        hit.bytes = match draw.int(0, 2) {
            0 => draw.int(100, 999),
            1 => draw.int(1000, 9999),
            _ => draw.int(10_000, 480_000),
        };
        hits.push(hit);
    }
    let (files, _) = access(&hits);
    let mut sizes: Vec<u32> = hits.iter().map(|hit| hit.bytes).collect();
    sizes.sort_unstable();
    let (smallest, right) = (*sizes.first()?, *sizes.last()?);
    let mut words: Vec<String> = sizes.iter().map(ToString::to_string).collect();
    words.sort();
    let status = hits.iter().map(|hit| hit.status).max()?;
    let statuses: Vec<String> = hits.iter().map(|hit| hit.status.to_string()).collect();
    Some(Puzzle {
        question: "largest",
        figures: json!({}),
        about: combined(),
        files,
        wanted: Text::new("The size in bytes of the largest response", "最大的回應有幾個位元組"),
        number: Some(Unit::Bytes),
        right: command(
            "cut -d' ' -f10 access.log | sort -n | tail -n 1",
            right,
            "`-n` sorts by value, so the largest comes last.",
            "`-n`依數值排序，最大的在最後。",
        ),
        wrong: vec![
            command(
                "cut -d' ' -f10 access.log | sort | tail -n 1",
                words.last()?,
                "without `-n` the digits are compared as characters, and 9 comes after 10.",
                "沒有`-n`就是逐字元比較，9會排在10之後。",
            ),
            command(
                "cut -d' ' -f10 access.log | sort -n | head -n 1",
                smallest,
                "sort starts with the smallest.",
                "sort從最小的開始。",
            ),
            command(
                "cut -d' ' -f9 access.log | sort -n | tail -n 1",
                status,
                "field 9 is the status.",
                "第9個欄位是狀態碼。",
            ),
        ],
        other: (
            "cut -d' ' -f9 access.log | sort | uniq -c | sort -rn | head -n 1".to_owned(),
            most(&statuses)?,
        ),
        other_why: Text::new("the most frequent status, after its count.", "次數與出現最多次的狀態碼。"),
        steps: vec![Text::new(
            "By spaces, the time takes fields 4 and 5, the request 6 to 8; status is 9 and bytes 10.",
            "以空格切開時，時間是欄位4、5，請求是6到8，狀態碼是9，位元組數是10。",
        )],
    })
}
