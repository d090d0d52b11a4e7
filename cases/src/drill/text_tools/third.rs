//! Level 3: percentiles, minutes, joins, entries of several lines, load balancers' fields and windows of time.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::first::{access, combined};
use super::logs::{Balanced, Hit, moments, outside, outsiders};
use super::second::{events, json_lines};
use super::{Puzzle, Unit, command, fill, lead, matching, most};
use crate::cloud::Draw;
use crate::model::Text;

pub(super) const KINDS: &[fn(&mut Draw) -> Option<Puzzle>] = &[
    percentile,
    busiest_minute,
    errors_by_zone,
    root_cause,
    balancer_errors,
    target_mean,
    failing_service,
    widest_path,
    window,
];

fn percentile(draw: &mut Draw) -> Option<Puzzle> {
    let people = outsiders(draw, 4);
    let rank = *draw.pick(&[50u32, 75, 90, 95]);
    let count = draw.int(9, 15);
    let mut hits = Vec::new();
    for at in moments(draw, count, 40) {
        let who = draw.pick(&people).clone();
        let mut hit = Hit::new(draw, at, &who, "/report", 200);
        hit.millis = Some(match draw.int(0, 3) {
            0 => draw.int(10_000, 29_999),
            1 => draw.int(1000, 9999),
            _ => draw.int(12, 999),
        });
        hits.push(hit);
    }
    let (files, _) = access(&hits);
    let total = u32::try_from(count).ok()?;
    let at = |rank: u32| usize::try_from(rank).ok()?.checked_sub(1);
    let position = (total * rank).div_ceil(100);
    let mut sorted: Vec<(u32, String)> =
        hits.iter().map(|hit| (hit.millis.unwrap_or_default(), hit.seconds())).collect();
    let unsorted = sorted.clone();
    sorted.sort();
    let mut words = unsorted.clone();
    words.sort_by(|a, b| a.1.cmp(&b.1));
    let take = |list: &[(u32, String)], place: u32| Some(list.get(at(place)?)?.1.clone());
    let rank_text = rank.to_string();
    let line = |text: &str| fill(text, &[("@", &rank_text)]);
    let down = total * rank / 100;
    Some(Puzzle {
        question: "percentile",
        figures: json!({ "percent": rank }),
        about: Text::new(
            "`access.log` is in nginx's combined format with `$request_time` (seconds) added at the end of the line.",
            "`access.log`是nginx的combined格式，行尾再加上`$request_time`（秒）。",
        ),
        files,
        wanted: Text::new(
            format!(
                "The {rank}th percentile of the request time, in seconds, by nearest rank: of N values in ascending order, number N × {rank} / 100, rounded up"
            ),
            format!(
                "請求時間的第{rank}百分位數（秒），採最近排名法：N個值遞增排列後的第N × {rank} / 100個（無條件進位）"
            ),
        ),
        number: Some(Unit::Seconds),
        right: command(
            line(
                "awk '{ print $NF }' access.log | sort -n | awk '{ a[NR] = $1 } END { print a[int((NR * @ + 99) / 100)] }'",
            ),
            take(&sorted, position)?,
            format!("adding 99 before dividing rounds {total} × {rank} / 100 up, to number {position}."),
            format!("除以100之前先加99，{total} × {rank} / 100就會進位成第{position}個。"),
        ),
        wrong: vec![
            command(
                line("awk '{ a[NR] = $NF } END { print a[int((NR * @ + 99) / 100)] }' access.log"),
                take(&unsorted, position)?,
                "the values are in the order of the file, not of their size.",
                "值是依檔案順序，沒有依大小排序。",
            ),
            command(
                line(
                    "awk '{ print $NF }' access.log | sort | awk '{ a[NR] = $1 } END { print a[int((NR * @ + 99) / 100)] }'",
                ),
                take(&words, position)?,
                "sort without `-n` puts `10.5` before `9.5`.",
                "沒有`-n`的sort會把`10.5`排在`9.5`前面。",
            ),
            command(
                line(
                    "awk '{ print $NF }' access.log | sort -n | awk '{ a[NR] = $1 } END { print a[int(NR * @ / 100)] }'",
                ),
                take(&sorted, down)?,
                format!("it rounds down, to number {down}."),
                format!("這是無條件捨去，取到第{down}個。"),
            ),
        ],
        other: (
            "awk '$NF > 1 { n++ } END { print n + 0 }' access.log".to_owned(),
            sorted.iter().filter(|(millis, _)| *millis > 1000).count().to_string(),
        ),
        other_why: Text::new("the requests that took longer than one second.", "超過一秒的請求數。"),
        steps: vec![Text::new(
            format!(
                "{total} values; {total} × {rank} / 100 = {}, so number {position}.",
                f64::from(total * rank) / 100.0
            ),
            format!(
                "共{total}個值；{total} × {rank} / 100 = {}，所以取第{position}個。",
                f64::from(total * rank) / 100.0
            ),
        )],
    })
}

fn busiest_minute(draw: &mut Draw) -> Option<Puzzle> {
    let people = outsiders(draw, 4);
    let count = draw.int(11, 15);
    let mut hits: Vec<Hit> = Vec::new();
    let times = moments(draw, count, 26);
    let bad = times.get(draw.int(2, count - 3))?.format("%H:%M").to_string();
    for at in times {
        let who = draw.pick(&people).clone();
        let fails = draw.percent(if at.format("%H:%M").to_string() == bad { 80 } else { 25 });
        let status =
            if fails { *draw.pick(&[500, 502, 503, 504]) } else { *draw.pick(&[200, 200, 302, 404]) };
        hits.push(Hit::new(draw, at, &who, "/checkout", status));
    }
    let (files, _) = access(&hits);
    let failures = || hits.iter().filter(|hit| hit.status >= 500);
    let slice = |hit: &Hit, from: usize, length: usize| {
        format!("[{}", hit.at.format("%d/%b/%Y:%H:%M:%S"))
            .chars()
            .skip(from - 1)
            .take(length)
            .collect::<String>()
    };
    let right = most(failures().map(|hit| slice(hit, 14, 5)))?;
    let hour = most(failures().map(|hit| slice(hit, 14, 2)))?;
    let who = most(failures().map(|hit| hit.client.as_str()))?;
    Some(Puzzle {
        question: "busiest-minute",
        figures: json!({}),
        about: combined(),
        files,
        wanted: Text::new(
            "In which minute (`HH:MM`) most requests got a status of 500 or more",
            "狀態碼大於或等於500的請求，在哪一分鐘（`HH:MM`）最多",
        ),
        number: None,
        right: command(
            "awk '$9 >= 500 { print substr($4, 14, 5) }' access.log | sort | uniq -c | sort -rn | head -n 1",
            &right,
            "$4 is `[dd/Mon/yyyy:HH:MM:SS`; hour and minute are its characters 14 to 18.",
            "$4是`[dd/Mon/yyyy:HH:MM:SS`，時與分是第14到18個字元。",
        ),
        wrong: vec![
            command(
                "awk '{ print substr($4, 14, 5) }' access.log | sort | uniq -c | sort -rn | head -n 1",
                most(hits.iter().map(|hit| slice(hit, 14, 5)))?,
                "every request counts, also the successful ones.",
                "所有請求都算，連成功的也算。",
            ),
            command(
                "awk '$9 >= 500 { print substr($4, 13, 5) }' access.log | sort | uniq -c | sort -rn | head -n 1",
                most(failures().map(|hit| slice(hit, 13, 5)))?,
                "awk counts characters from 1: this starts one too early and cuts off the last digit, so it groups by ten minutes.",
                "awk的字元位置從1起算：這裡早了一個字元，又少了最後一位數字，變成以十分鐘分組。",
            ),
            command(
                "awk '$9 >= 500 { print substr($4, 14, 2) }' access.log | sort | uniq -c | sort -rn | head -n 1",
                hour,
                "two characters are the hour only.",
                "兩個字元只有小時。",
            ),
        ],
        other: (
            "awk '$9 >= 500 { print $1 }' access.log | sort | uniq -c | sort -rn | head -n 1".to_owned(),
            who,
        ),
        other_why: Text::new("the client with the most such requests.", "這類請求最多的用戶端。"),
        steps: vec![Text::new(
            format!("{} of {count} requests have a status of 500 or more.", failures().count()),
            format!("{count}個請求裡有{}個狀態碼大於或等於500。", failures().count()),
        )],
    })
}

fn errors_by_zone(draw: &mut Draw) -> Option<Puzzle> {
    let region = *draw.pick(&["apne1", "use1", "euw1", "apse1"]);
    let zones: Vec<String> = (1..=3).map(|zone| format!("{region}-az{zone}")).collect();
    let mut hosts: BTreeMap<String, String> = BTreeMap::new();
    let spread = draw.int(5, 7);
    while hosts.len() < spread {
        hosts.insert(format!("10.0.{}.{}", draw.int(1, 3), draw.int(4, 250)), draw.pick(&zones).clone());
    }
    let addresses: Vec<String> = hosts.keys().cloned().collect();
    let count = draw.int(10, 14);
    let mut hits = Vec::new();
    for at in moments(draw, count, 30) {
        let who = draw.pick(&addresses).clone();
        let status = *draw.pick(&[200, 200, 201, 500, 503, 504]);
        hits.push(Hit::new(draw, at, &who, "/internal/price", status));
    }
    let (mut files, _) = access(&hits);
    let mut listed = addresses.clone();
    draw.shuffle(&mut listed);
    let table: Vec<String> =
        listed.iter().map(|host| format!("{host} {}", hosts.get(host).map_or("", String::as_str))).collect();
    files.insert(0, ("cat hosts.txt".to_owned(), table));
    let zone = |hit: &Hit| hosts.get(&hit.client).cloned().unwrap_or_default();
    let failures = || hits.iter().filter(|hit| hit.status >= 500);
    let right = most(failures().map(zone))?;
    Some(Puzzle {
        question: "errors-by-zone",
        figures: json!({}),
        about: Text::new(
            "`hosts.txt` has the address and the Availability Zone ID of each caller; `access.log` (nginx's combined format) has their requests.",
            "`hosts.txt`是每個呼叫端的位址與可用區域ID；`access.log`（nginx的combined格式）是它們的請求。",
        ),
        files,
        wanted: Text::new(
            "The callers of which Availability Zone got the most responses with status 500 or more",
            "哪個可用區域的呼叫端收到最多狀態碼大於或等於500的回應",
        ),
        number: None,
        right: command(
            "awk 'NR == FNR { az[$1] = $2; next } $9 >= 500 { n[az[$1]]++ } END { for (z in n) print n[z], z }' hosts.txt access.log | sort -rn | head -n 1",
            &right,
            "while NR equals FNR awk is in the first file and fills the table; then each failure counts for its caller's zone.",
            "NR等於FNR時還在讀第一個檔案，用來建立對照表；之後每個失敗都算到呼叫端的區域。",
        ),
        wrong: vec![
            command(
                "awk 'NR == FNR { az[$1] = $2; next } $9 >= 500 { n[az[$1]]++ } END { for (z in n) print n[z], z }' access.log hosts.txt | sort -rn | head -n 1",
                "",
                "the files are swapped: the lines of `hosts.txt` have no ninth field.",
                "檔案順序相反：`hosts.txt`的行沒有第9個欄位。",
            ),
            command(
                "awk 'NR == FNR { az[$1] = $2; next } { n[az[$1]]++ } END { for (z in n) print n[z], z }' hosts.txt access.log | sort -rn | head -n 1",
                most(hits.iter().map(zone))?,
                "every request counts, whatever its status.",
                "不論狀態碼，每個請求都算。",
            ),
            command(
                "awk '$9 >= 500 { n[$1]++ } END { for (h in n) print n[h], h }' access.log | sort -rn | head -n 1",
                most(failures().map(|hit| hit.client.as_str()))?,
                "it counts by address, not by zone.",
                "這是依位址計數，不是依區域。",
            ),
        ],
        other: (
            "cut -d' ' -f2 hosts.txt | sort | uniq -c | sort -rn | head -n 1".to_owned(),
            most(hosts.values())?,
        ),
        other_why: Text::new("the zone with the most callers in the table.", "對照表裡呼叫端最多的區域。"),
        steps: vec![Text::new(
            format!("Failures by caller: {}.", tally(failures().map(|hit| hit.client.as_str()))),
            format!("各呼叫端的失敗次數：{}。", tally(failures().map(|hit| hit.client.as_str()))),
        )],
    })
}

fn tally<'a>(items: impl Iterator<Item = &'a str>) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for item in items {
        *counts.entry(item).or_default() += 1;
    }
    counts.iter().map(|(item, count)| format!("`{item}` {count}")).collect::<Vec<_>>().join(", ")
}

const CAUSE: &str = "java.net.SocketTimeoutException";

fn root_cause(draw: &mut Draw) -> Option<Puzzle> {
    let count = draw.int(5, 7);
    let mut lines: Vec<String> = Vec::new();
    let mut right = 0;
    let mut errors = 0;
    for at in moments(draw, count, 45) {
        let error = draw.percent(65);
        errors += usize::from(error);
        let (class, what) = *draw.pick(&[
            ("OrderService", "Cannot place order"),
            ("PriceClient", "Cannot fetch price"),
            ("StockJob", "Sync failed for batch"),
        ]);
        let level = if error { "ERROR" } else { "WARN " };
        lines.push(format!(
            "{},{:03} {level} [worker-{}] {class} - {what} {}",
            at.format("%Y-%m-%d %H:%M:%S"),
            draw.int(0, 999),
            draw.int(1, 8),
            draw.int(1000, 9999)
        ));
        let frame = |draw: &mut Draw, package: &str| {
            format!("\tat com.example.{package}.{class}.call({class}.java:{})", draw.int(20, 400))
        };
        // Directly, as the cause of another, or something else.
        let kind = draw.int(0, 3);
        let top = match kind {
            0 => format!("{CAUSE}: Read timed out"),
            1 | 2 => "com.example.RemoteException: call failed".to_owned(),
            _ => "java.lang.IllegalStateException: payment declined".to_owned(),
        };
        lines.push(top);
        for _ in 0..draw.int(1, 3) {
            let frame = frame(draw, "shop");
            lines.push(frame);
        }
        if kind != 0 {
            let timeout = kind == 1 || kind == 2 && draw.percent(50);
            let cause = if timeout {
                format!("{CAUSE}: Read timed out")
            } else {
                "java.net.ConnectException: Connection refused".to_owned()
            };
            right += usize::from(timeout && error);
            lines.push(format!("Caused by: {cause}"));
            lines.push(format!("\t... {} more", draw.int(4, 30)));
        }
    }
    let caused = format!("Caused by: {CAUSE}");
    let places: Vec<usize> =
        lines.iter().enumerate().filter(|(_, line)| line.contains(&caused)).map(|(place, _)| place).collect();
    let near: BTreeSet<usize> = places.iter().flat_map(|place| place.saturating_sub(3)..=*place).collect();
    let context =
        near.iter().filter(|place| lines.get(**place).is_some_and(|line| line.contains("ERROR"))).count();
    Some(Puzzle {
        question: "root-cause",
        figures: json!({ "cause": CAUSE }),
        about: Text::new(
            "`server.log` has entries of several lines: each starts with its date, and its stack trace follows.",
            "`server.log`的一筆紀錄有好幾行：以日期開頭，後面接著堆疊追蹤。",
        ),
        files: vec![("cat server.log".to_owned(), lines.clone())],
        wanted: Text::new(
            format!("How many ERROR entries have a line `Caused by: {CAUSE}`"),
            format!("有幾筆ERROR紀錄含有`Caused by: {CAUSE}`這一行"),
        ),
        number: Some(Unit::None),
        right: command(
            "awk '/^[0-9]/ { e = ($3 == \"ERROR\") } e && /^Caused by: java[.]net[.]SocketTimeoutException/ { n++ } END { print n + 0 }' server.log",
            right,
            "the first line of an entry sets the flag, and the lines of its trace are judged by it.",
            "每筆紀錄的第一行設定旗標，堆疊追蹤的行再依旗標判斷。",
        ),
        wrong: vec![
            command(
                "grep -c 'Caused by: java.net.SocketTimeoutException' server.log",
                places.len(),
                "WARN entries count as well.",
                "WARN紀錄也算進去了。",
            ),
            command(
                "grep -c 'SocketTimeoutException' server.log",
                matching("SocketTimeoutException", &lines),
                "entries whose own exception it is count, too, and WARN entries.",
                "例外本身就是它的紀錄也算，WARN紀錄也算。",
            ),
            command(
                "grep -B 3 'Caused by: java.net.SocketTimeoutException' server.log | grep -c ERROR",
                context,
                "traces differ in length: three lines before may not reach the entry's first line, or reach another entry's.",
                "堆疊追蹤長短不一：往前三行不一定看得到該筆的第一行，也可能看到別筆的。",
            ),
        ],
        other: ("grep -c ERROR server.log".to_owned(), errors.to_string()),
        other_why: Text::new("the entries of level ERROR: one line each.", "等級為ERROR的紀錄數，每筆一行。"),
        steps: vec![Text::new(
            format!(
                "Lines that start with `{caused}`: {}; of those in ERROR entries: {right}.",
                places.len()
            ),
            format!("以`{caused}`開頭的有{}行，其中{right}行屬於ERROR紀錄。", places.len()),
        )],
    })
}

fn balanced(draw: &mut Draw) -> Option<(Vec<Balanced>, Vec<String>, Text)> {
    let balancer = format!("app/{}/{}", draw.pick(&["shop", "web", "api-prod", "checkout"]), draw.hex(16));
    let targets: Vec<String> =
        (0..3).map(|_| format!("10.0.{}.{}:8080", draw.int(1, 3), draw.int(4, 250))).collect();
    let count = draw.int(8, 11);
    let mut requests = Vec::new();
    for at in moments(draw, count, 30) {
        let target = draw.pick(&targets).clone();
        let (target, answer, status) = match draw.int(0, 9) {
            0 => (None, None, 503),
            1 | 2 => (Some(target), None, *draw.pick(&[502, 504])),
            3 | 4 => {
                let status = *draw.pick(&[500, 503]);
                (Some(target), Some((status, draw.int(5, 2900))), status)
            }
            _ => {
                let status = *draw.pick(&[200, 200, 302, 404]);
                (Some(target), Some((status, draw.int(5, 1900))), status)
            }
        };
        requests.push(Balanced {
            at: at + chrono::TimeDelta::microseconds(draw.int(0, 999_999)),
            client: outside(draw),
            target,
            answer,
            status,
            path: (*draw.pick(&["/", "/cart", "/orders", "/health"])).to_owned(),
            // The load balancer's own error pages are short.
            sent: if answer.is_some() { draw.int(400, 9000) } else { draw.int(257, 337) },
            port: draw.int(32_768, 60_999),
        });
    }
    let lines = requests.iter().map(|request| request.line(&balancer)).collect();
    let about = Text::new(
        "`alb.log` is an Application Load Balancer's access log; its first 15 fields are shown: type, time, elb, client, target, request, target and response processing time, ELB status, target status, received and sent bytes, and the request. `-` and `-1` mean that there is no such value.",
        "`alb.log`是Application Load Balancer的存取日誌，以下是前15個欄位：type、time、elb、client、target、請求／目標／回應處理時間、ELB狀態碼、目標狀態碼、接收與送出的位元組數、請求。`-`與`-1`表示沒有這個值。",
    );
    Some((requests, lines, about))
}

fn shown_fields(lines: Vec<String>) -> Vec<(String, Vec<String>)> {
    vec![("cut -d' ' -f1-15 alb.log".to_owned(), lines)]
}

fn balancer_errors(draw: &mut Draw) -> Option<Puzzle> {
    let (requests, lines, about) = balanced(draw)?;
    let own = requests.iter().filter(|request| request.status >= 500 && request.answer.is_none()).count();
    let all = requests.iter().filter(|request| request.status >= 500).count();
    let from_targets = all - own;
    let failing = most(
        requests.iter().filter(|request| request.status >= 500).filter_map(|request| request.target.clone()),
    )?;
    Some(Puzzle {
        question: "balancer-errors",
        figures: json!({}),
        about,
        files: shown_fields(lines),
        wanted: Text::new(
            "How many 5xx responses the load balancer made itself, without an answer from a target",
            "有幾個5xx回應是負載平衡器自己產生的（目標沒有回應）",
        ),
        number: Some(Unit::None),
        right: command(
            "awk '$9 >= 500 && $10 == \"-\" { n++ } END { print n + 0 }' alb.log",
            own,
            "field 9 is what the client got, field 10 what the target answered; `-` is no answer.",
            "第9個欄位是用戶端收到的狀態碼，第10個是目標的回應；`-`表示沒有回應。",
        ),
        wrong: vec![
            command(
                "awk '$9 >= 500 { n++ } END { print n + 0 }' alb.log",
                all,
                "errors that a target answered are passed on, and count here as well.",
                "目標回應的錯誤會原樣轉給用戶端，這裡也算進去了。",
            ),
            command(
                "awk '$10 >= 500 { n++ } END { print n + 0 }' alb.log",
                from_targets,
                "those are the errors of the targets; `-` is compared as a string and is less than `500`.",
                "這是目標自己的錯誤；`-`以字串比較，小於`500`。",
            ),
            command(
                "awk '$9 >= 500 && $10 == 0 { n++ } END { print n + 0 }' alb.log",
                0,
                "`-` does not look like a number, so it is compared with `0` as a string.",
                "`-`看起來不像數字，所以是以字串與`0`比較。",
            ),
        ],
        other: (
            "awk '$9 >= 500 && $5 != \"-\" { print $5 }' alb.log | sort | uniq -c | sort -rn | head -n 1"
                .to_owned(),
            failing,
        ),
        other_why: Text::new(
            "the target with the most 5xx responses, answered by it or not.",
            "5xx最多的目標，不論是否由它回應。",
        ),
        steps: vec![Text::new(
            format!("{all} responses with 5xx: {from_targets} with the target's own status, {own} with `-`."),
            format!("5xx回應共{all}個：{from_targets}個有目標的狀態碼，{own}個是`-`。"),
        )],
    })
}

fn target_mean(draw: &mut Draw) -> Option<Puzzle> {
    let (requests, lines, about) = balanced(draw)?;
    let millis: Vec<u32> =
        requests.iter().filter_map(|request| request.answer).map(|(_, millis)| millis).collect();
    let unanswered = requests.len() - millis.len();
    if unanswered == 0 || millis.is_empty() {
        return None;
    }
    // The same sums in the same order as awk's, so that rounding agrees.
    let sum = millis.iter().fold(0.0, |sum, millis| sum + f64::from(*millis) / 1000.0);
    let with_missing = requests.iter().fold(0.0, |sum, request| {
        sum + request.answer.map_or(-1.0, |(_, millis)| f64::from(millis) / 1000.0)
    });
    let all = requests.len() as f64;
    let sent = requests.iter().filter(|request| request.target.is_some()).count();
    // Of two that are as slow awk keeps the first.
    let slowest = requests
        .iter()
        .rev()
        .filter(|request| request.answer.is_some())
        .max_by_key(|request| request.answer.map(|(_, millis)| millis))?;
    let mean = sum / millis.len() as f64;
    Some(Puzzle {
        question: "target-mean",
        figures: json!({}),
        about,
        files: shown_fields(lines),
        wanted: Text::new(
            "The mean target processing time of the requests that a target answered, in seconds to three decimals",
            "目標有回應的請求，平均的目標處理時間（秒，取到小數第三位）",
        ),
        number: Some(Unit::Seconds),
        right: command(
            "awk '$7 >= 0 { s += $7; n++ } END { printf \"%.3f\\n\", s / n }' alb.log",
            format!("{mean:.3}"),
            "`-1` stands for no answer and is left out of sum and count.",
            "`-1`代表沒有回應，總和與次數都不計入。",
        ),
        wrong: vec![
            command(
                "awk '{ s += $7; n++ } END { printf \"%.3f\\n\", s / n }' alb.log",
                format!("{:.3}", with_missing / all),
                format!(
                    "{} takes 1 off the sum and counts as a request.",
                    if unanswered == 1 {
                        "the one unanswered request".to_owned()
                    } else {
                        format!("each of the {unanswered} unanswered requests")
                    }
                ),
                format!("{unanswered}個沒有回應的請求，每個都讓總和少1，也被算進次數。"),
            ),
            command(
                "awk '$7 >= 0 { s += $7 } END { printf \"%.3f\\n\", s / NR }' alb.log",
                format!("{:.3}", sum / all),
                "NR counts every line, also those that were left out of the sum.",
                "NR計算所有的行，包含沒有加進總和的行。",
            ),
            command(
                "awk '$6 >= 0 { s += $6; n++ } END { printf \"%.3f\\n\", s / n }' alb.log",
                format!("{:.3}", (0..sent).fold(0.0, |sum, _| sum + 0.001) / sent as f64),
                "field 6 is the time until the request was sent to the target.",
                "第6個欄位是把請求送到目標之前的時間。",
            ),
        ],
        other: (
            "awk '$7 > m { m = $7; t = $5 } END { print t }' alb.log".to_owned(),
            slowest.target.clone()?,
        ),
        other_why: Text::new("the target of the slowest answer.", "回應最慢的那個目標。"),
        steps: vec![Text::new(
            format!(
                "{} answers take {sum:.3} s in all; {} `-1`.",
                millis.len(),
                if unanswered == 1 { "1 line has".to_owned() } else { format!("{unanswered} lines have") }
            ),
            format!("{}個回應共{sum:.3}秒；{unanswered}行是`-1`。", millis.len()),
        )],
    })
}

fn failing_service(draw: &mut Draw) -> Option<Puzzle> {
    let count = draw.int(10, 14);
    let (events, lines) = events(draw, count, &["/v1", "/v2", "/health"]);
    /// Requests, errors, client's errors and the slowest of a service.
    type Counts = (u64, u64, u64, u32);
    let mut by: BTreeMap<&str, Counts> = BTreeMap::new();
    for event in &events {
        let entry = by.entry(event.service).or_default();
        entry.0 += 1;
        entry.1 += u64::from(event.status >= 500);
        entry.2 += u64::from(event.status >= 400);
        entry.3 = entry.3.max(event.millis);
    }
    // Shares as whole numbers: out of the least common multiple of any count up to 14.
    let share = |part: u64, all: u64| part * 360_360 / all;
    let best = |value: &dyn Fn(&Counts) -> u64| {
        let lead = lead(by.iter().map(|(service, entry)| (value(entry), (*service).to_owned())))?;
        lead.split(' ').nth(1).map(str::to_owned)
    };
    let right = best(&|entry| share(entry.1, entry.0))?;
    let (total, errors, client_errors, _) = *by.get(right.as_str())?;
    let slowest = best(&|entry| entry.3.into())?;
    let shape = "jq -rs 'group_by(.service) | map({s: .[0].service, v: (@)}) | max_by(.v) | .s' app.jsonl";
    let line = |value: &str| fill(shape, &[("@", value)]);
    Some(Puzzle {
        question: "failing-service",
        figures: json!({}),
        about: json_lines(),
        files: vec![("cat app.jsonl".to_owned(), lines.clone())],
        wanted: Text::new(
            "Which service has the largest share of its requests with a `status` of 500 or more",
            "哪個服務的請求中，`status`大於或等於500的比例最高",
        ),
        number: None,
        right: command(
            line("(map(select(.status >= 500)) | length) / length"),
            &right,
            format!(
                "for each group the errors are divided by its own length; `{right}` has {errors} of {total}."
            ),
            format!("每一組的錯誤數除以該組的長度；`{right}`是{total}個裡有{errors}個。"),
        ),
        wrong: vec![
            command(
                line("map(select(.status >= 500)) | length"),
                best(&|entry| entry.1)?,
                "that is the service with the most errors, not with the largest share.",
                "這是錯誤數最多的服務，不是比例最高的。",
            ),
            command(
                line("length"),
                best(&|entry| entry.0)?,
                "that is the service with the most requests.",
                "這是請求數最多的服務。",
            ),
            command(
                line("(map(select(.status >= 400)) | length) / length"),
                best(&|entry| share(entry.2, entry.0))?,
                format!("404 counts as well; by that, `{right}` has {client_errors} of {total}."),
                format!("404也算進去了；這樣`{right}`是{total}個裡有{client_errors}個。"),
            ),
        ],
        other: (line("map(.ms) | max"), slowest),
        other_why: Text::new("the service of the slowest request.", "最慢的請求所屬的服務。"),
        steps: vec![Text::new(
            format!(
                "Errors of requests: {}.",
                by.iter()
                    .map(|(service, entry)| format!("`{service}` {}/{}", entry.1, entry.0))
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
            format!(
                "錯誤數／請求數：{}。",
                by.iter()
                    .map(|(service, entry)| format!("`{service}` {}/{}", entry.1, entry.0))
                    .collect::<Vec<_>>()
                    .join("、")
            ),
        )],
    })
}

fn widest_path(draw: &mut Draw) -> Option<Puzzle> {
    let people = outsiders(draw, 5);
    let paths = draw.some(&["/login", "/cart", "/feed", "/search", "/export"], 3);
    let count = draw.int(11, 15);
    let mut hits = Vec::new();
    for at in moments(draw, count, 30) {
        let path = *draw.pick(&paths);
        // One client asks again and again for one of the paths.
        let who = if Some(&path) == paths.first() && draw.percent(75) {
            people.first()?.clone()
        } else {
            draw.pick(&people).clone()
        };
        hits.push(Hit::new(draw, at, &who, path, 200));
    }
    let (files, _) = access(&hits);
    let pairs: BTreeSet<(&str, &str)> =
        hits.iter().map(|hit| (hit.client.as_str(), hit.path.as_str())).collect();
    let right = most(pairs.iter().map(|(_, path)| *path))?;
    let mut seen = BTreeSet::new();
    let first_paths: Vec<&str> =
        hits.iter().filter(|hit| seen.insert(hit.client.as_str())).map(|hit| hit.path.as_str()).collect();
    Some(Puzzle {
        question: "widest-path",
        figures: json!({}),
        about: combined(),
        files,
        wanted: Text::new(
            "Which path was requested by the most different clients",
            "哪個路徑被最多個不同的用戶端請求過",
        ),
        number: None,
        right: command(
            "awk '!seen[$1, $7]++ { n[$7]++ } END { for (p in n) print n[p], p }' access.log | sort -rn | head -n 1",
            &right,
            "a pair of client and path counts only the first time it is seen.",
            "同一組用戶端與路徑只在第一次出現時計數。",
        ),
        wrong: vec![
            command(
                "awk '{ n[$7]++ } END { for (p in n) print n[p], p }' access.log | sort -rn | head -n 1",
                most(hits.iter().map(|hit| hit.path.as_str()))?,
                "requests are counted, not clients.",
                "計算的是請求數，不是用戶端數。",
            ),
            command(
                "cut -d' ' -f1,7 access.log | sort | uniq -c | sort -rn | head -n 1",
                most(hits.iter().map(|hit| format!("{} {}", hit.client, hit.path)))?,
                "that is the pair of client and path that occurs most often.",
                "這是出現最多次的用戶端與路徑組合。",
            ),
            command(
                "awk '!seen[$1]++ { n[$7]++ } END { for (p in n) print n[p], p }' access.log | sort -rn | head -n 1",
                most(&first_paths)?,
                "each client counts once in all, for its first request only.",
                "每個用戶端總共只算一次，也就是它的第一個請求。",
            ),
        ],
        other: ("cut -d' ' -f1,7 access.log | sort -u | wc -l".to_owned(), pairs.len().to_string()),
        other_why: Text::new("the different pairs of client and path.", "不同的用戶端與路徑組合數。"),
        steps: vec![Text::new(
            format!("Different clients by path: {}.", tally(pairs.iter().map(|(_, path)| *path))),
            format!("各路徑的不同用戶端數：{}。", tally(pairs.iter().map(|(_, path)| *path))),
        )],
    })
}

fn window(draw: &mut Draw) -> Option<Puzzle> {
    let count = draw.int(11, 14);
    let times = moments(draw, count, 200);
    let services = draw.some(&["cart", "auth", "search", "billing"], 2);
    let middle = times.get(count / 2)?;
    let minutes = chrono::Timelike::minute(middle) / 10 * 10;
    let hour = middle.format("%Y-%m-%dT%H").to_string();
    if minutes == 50 {
        return None;
    }
    let (from, to) = (format!("{hour}:{minutes:02}"), format!("{hour}:{:02}", minutes + 10));
    let mut lines = Vec::new();
    for at in &times {
        let level = if draw.percent(50) { "error" } else { "info" };
        lines.push(format!(
            "ts={} level={level} svc={} dur_ms={}",
            at.format("%Y-%m-%dT%H:%M:%SZ"),
            draw.pick(&services),
            draw.int(3, 2400)
        ));
    }
    let inside = |line: &str| {
        let time = line.strip_prefix("ts=").unwrap_or_default();
        time >= from.as_str() && time < to.as_str()
    };
    let error = |line: &str| line.contains("level=error");
    let right = lines.iter().filter(|line| inside(line) && error(line)).count();
    // sed starts at the first line with the one text and stops at the next with the other, if they exist.
    let (start, end) = (from.get(10..)?, to.get(10..)?);
    let mut printing = false;
    let mut between = 0;
    for line in &lines {
        let begins = !printing && line.contains(start);
        if begins || printing {
            between += usize::from(error(line));
            printing = begins || !line.contains(end);
        }
    }
    let figures = [("@a", from.as_str()), ("@b", to.as_str()), ("@s", start), ("@e", end)];
    let decade = start.get(..5)?;
    let busiest = most(lines.iter().filter(|line| error(line)).filter_map(|line| line.split(' ').nth(2)))?;
    Some(Puzzle {
        question: "window",
        figures: json!({ "from": from, "to": to }),
        about: Text::new(
            "`app.log` has one event a line, in the order of time.",
            "`app.log`每行一個事件，依時間排列。",
        ),
        files: vec![("cat app.log".to_owned(), lines.clone())],
        wanted: Text::new(
            format!(
                "How many events of level error fall between {from} (included) and {to} (not included), UTC"
            ),
            format!("UTC {from}（含）到{to}（不含）之間，等級為error的事件有幾個"),
        ),
        number: Some(Unit::None),
        right: command(
            fill(
                "awk '$1 >= \"ts=@a\" && $1 < \"ts=@b\" && /level=error/ { n++ } END { print n + 0 }' app.log",
                &figures,
            ),
            right,
            "ISO times of one zone sort like text, so comparing strings compares times.",
            "同一時區的ISO時間，字串順序就是時間順序，比較字串等於比較時間。",
        ),
        wrong: vec![
            command(
                fill("sed -n '/@s/,/@e/p' app.log | grep -c 'level=error'", &figures),
                between,
                format!(
                    "a range starts only at a line of minute {} and ends only at one of minute {}, included: such lines may be missing.",
                    start.trim_start_matches('T'),
                    end.trim_start_matches('T')
                ),
                format!(
                    "範圍只會從{}那一分鐘的行開始，到{}那一分鐘的第一行為止（含）；這樣的行不一定存在。",
                    start.trim_start_matches('T'),
                    end.trim_start_matches('T')
                ),
            ),
            command(
                format!("grep -c '{decade}' app.log"),
                matching(decade, &lines),
                "events of every level count.",
                "不論等級，每個事件都算。",
            ),
            command(
                "grep -c 'level=error' app.log".to_owned(),
                lines.iter().filter(|line| error(line)).count(),
                "errors at any time count.",
                "不論時間，所有錯誤都算。",
            ),
        ],
        other: (
            "awk '/level=error/ { print $3 }' app.log | sort | uniq -c | sort -rn | head -n 1".to_owned(),
            busiest,
        ),
        other_why: Text::new("the service with the most errors, at any time.", "不限時間，錯誤最多的服務。"),
        steps: vec![Text::new(
            format!(
                "{} events fall into the window, {right} of them of level error.",
                lines.iter().filter(|line| inside(line)).count()
            ),
            format!(
                "區間內共有{}個事件，其中{right}個等級為error。",
                lines.iter().filter(|line| inside(line)).count()
            ),
        )],
    })
}
