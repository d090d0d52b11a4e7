//! Access log entries: one, those of a bad target, and several causes behind one status.

use super::*;

pub(super) fn one_entry(draw: &mut Draw) -> Exercise {
    let scene = scene(draw, 1);
    let cause = *draw.pick(&ERRORS);
    let ended = outcome(draw, &scene.settings, cause);
    let created = DAY + draw.int(0u64, 86_000_000);
    let target = scene.targets.first().copied().unwrap_or((Ipv4Addr::new(10, 0, 1, 10), 80));
    let entry = entry(draw, &scene, created, &ended, target);
    let (en, zh) = shows(&ended);
    let by_target = ended.target_status.is_some();
    let who = |target: bool| {
        let why = if by_target {
            text(
                format!(
                    "`target_status_code` is {}: the target responded, and the load balancer passed it on.",
                    ended.elb_status
                ),
                format!("`target_status_code`是{}：目標有回應，負載平衡器只是轉送。", ended.elb_status),
            )
        } else {
            text(
                format!(
                    "`target_status_code` is `-`: no status came from a target, so the load balancer made up the {} itself.",
                    ended.elb_status
                ),
                format!(
                    "`target_status_code`是`-`：沒有來自目標的狀態碼，{}是負載平衡器自己產生的。",
                    ended.elb_status
                ),
            )
        };
        let name =
            if target { text("The target", "目標") } else { text("The load balancer", "負載平衡器") };
        Choice::new(name, why)
    };
    let metrics = [Metric::Elb4xx, Metric::Elb5xx, Metric::Target4xx, Metric::Target5xx];
    let metric_options = metrics
        .iter()
        .map(|metric| {
            Choice::new(
                text(format!("`{}`", metric.name()), format!("`{}`", metric.name())),
                text(
                    format!(
                        "The {} was made by {}.",
                        ended.elb_status,
                        if by_target { "the target" } else { "the load balancer" }
                    ),
                    format!(
                        "這個{}是{}產生的。",
                        ended.elb_status,
                        if by_target { "目標" } else { "負載平衡器" }
                    ),
                ),
            )
        })
        .collect();
    let metric = metrics.iter().position(|metric| *metric == ended.metric()).unwrap_or_default();
    let elapsed = (entry.time - entry.created) as f64 / 1000.0;
    let sign = sign(cause, scene.settings.idle_timeout);
    let idle = idle_prompt(&scene.settings);
    let mut traps = Vec::new();
    if let Some(time) = ended.times[1].filter(|time| ended.elapsed.abs_diff(*time) > 120) {
        traps.push(Trap::new(
            seconds(time),
            text("That is the target's part only.", "那只是目標處理的部分。"),
        ));
    }
    Exercise {
        prompt: text(
            format!("One entry of an Application Load Balancer's access log. {}", idle.en),
            format!("Application Load Balancer存取日誌的一筆紀錄。{}", idle.zh_tw),
        ),
        evidence: vec![shown(EvidenceType::Log, format!("{entry}\n"))],
        asks: vec![
            Ask::new(
                "by",
                text(
                    format!("Who made the status {} that the client got?", ended.elb_status),
                    format!("用戶端收到的{}是誰產生的？", ended.elb_status),
                ),
                Answer::Choice { options: vec![who(false), who(true)], right: usize::from(by_target) },
            ),
            Ask::new(
                "cause",
                text("What happened?", "發生了什麼事？"),
                cause_choice(draw, &ended, scene.settings.idle_timeout, 5),
            ),
            Ask::new(
                "elapsed",
                text("Seconds from the request to its end (one decimal)", "從收到請求到結束幾秒（小數一位）"),
                Answer::Number { value: elapsed, tolerance: 0.051, unit: Unit::Seconds, traps },
            ),
            Ask::new(
                "metric",
                text("Which CloudWatch metric counts it?", "哪個CloudWatch指標會計入？"),
                Answer::Choice { options: metric_options, right: metric },
            ),
        ],
        steps: vec![
            text(
                format!("`elb_status_code` and `target_status_code` are {en}."),
                format!("`elb_status_code`與`target_status_code`：{zh}。"),
            ),
            text(
                format!(
                    "`time` minus `request_creation_time` (the field after the rule's priority) is {} s.",
                    seconds(ended.elapsed)
                ),
                format!(
                    "`time`減`request_creation_time`（在規則優先順序之後的欄位）是{}秒。",
                    seconds(ended.elapsed)
                ),
            ),
            text(
                format!("{}: {}.", capital(&sign.en), lower(&said(cause).en)),
                format!("{}：{}。", sign.zh_tw, said(cause).zh_tw),
            ),
        ],
        given: json!({ "idle": scene.settings.idle_timeout }),
    }
}

pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

fn lower(text: &str) -> String {
    let mut letters = text.chars();
    // Acronyms stay as they are.
    match (letters.next(), text.chars().nth(1)) {
        (Some(first), Some(second)) if second.is_lowercase() => first.to_lowercase().chain(letters).collect(),
        _ => text.to_owned(),
    }
}

/// Faults of one target that an access log tells apart, together with its web server's configuration.
#[derive(Clone, Copy, PartialEq)]
enum Fault {
    Refuses,
    Unreachable,
    /// Keep-alive shorter than the load balancer's idle timeout.
    KeepAlive,
    /// Its process dies in the middle of requests.
    Dies,
    Hangs,
    Errors(u16),
}

impl Fault {
    fn outcome(self, draw: &mut Draw, settings: &Settings) -> Outcome {
        let overhead = draw.int(0u64, 3);
        let idle = u64::from(settings.idle_timeout) * 1000;
        let target = match self {
            Self::Refuses => TargetBehaviour::Refuses,
            Self::Unreachable => TargetBehaviour::Unreachable,
            Self::KeepAlive => TargetBehaviour::Closes { after: draw.int(0, 2) },
            Self::Dies => TargetBehaviour::Closes { after: draw.int(1200, 24_000) },
            Self::Hangs => TargetBehaviour::Responds { after: idle + 1, status: 200 },
            Self::Errors(status) => TargetBehaviour::Responds {
                after: if status == 504 { 20_000 + draw.int(1u64, 9) } else { draw.int(2, 900) },
                status,
            },
        };
        serve(settings, Client::Waits, Waf::Absent, Some(target), overhead)
    }

    /// What to look at first.
    fn next(self) -> (Text, Text) {
        let (en, zh, why_en, why_zh) = match self {
            Self::Refuses => (
                "Whether a process listens on that port on that target",
                "那個目標上有沒有行程在聽那個連接埠",
                "a refusal comes from the target's kernel: nothing listens there",
                "拒絕來自目標的核心：沒有行程在聽",
            ),
            Self::Unreachable => (
                "Security groups and network ACLs between the load balancer and that target",
                "負載平衡器與那個目標之間的安全群組與網路ACL",
                "SYNs that get lost for 10 s point to a filter, or to a host that is gone",
                "SYN連續10秒沒有回應，多半是被過濾，或主機已不在",
            ),
            Self::KeepAlive => (
                "The keep-alive timeout of its web server against the load balancer's idle timeout",
                "網頁伺服器的keep-alive逾時與負載平衡器的閒置逾時",
                "connections that are closed the moment a request arrives are reused ones that the target had given up",
                "請求一到連線就被關閉，表示重複使用的連線已被目標放棄",
            ),
            Self::Dies => (
                "Whether its worker processes are killed or crash in the middle of requests",
                "它的工作行程是否在處理請求途中當掉或被終止",
                "it had the requests for seconds before it closed the connections",
                "它收到請求好幾秒之後才關閉連線",
            ),
            Self::Hangs => (
                "What the application on that target waits for: threads, a database, an upstream",
                "那個目標上的應用程式在等什麼：執行緒、資料庫或上游服務",
                "the connection stands, and no byte comes back until the idle timeout",
                "連線建立了，但直到閒置逾時都沒有任何位元組回來",
            ),
            Self::Errors(_) => (
                "The application's own error log on that target",
                "那個目標上應用程式自己的錯誤日誌",
                "the status came from the target; the load balancer only passed it on",
                "狀態碼來自目標，負載平衡器只是轉送",
            ),
        };
        (text(en, zh), text(why_en, why_zh))
    }
}

pub(super) fn one_target(draw: &mut Draw) -> Exercise {
    let count = draw.int(2usize, 4);
    let scene = scene(draw, count);
    let fault = *draw.pick(&[
        Fault::Refuses,
        Fault::Unreachable,
        Fault::KeepAlive,
        Fault::Dies,
        Fault::Hangs,
        Fault::Errors(500),
        Fault::Errors(502),
        Fault::Errors(503),
        Fault::Errors(504),
    ]);
    let idle = scene.settings.idle_timeout;
    let keepalive = if fault == Fault::KeepAlive {
        *draw.pick(&[5, 10, 15, 20])
    } else {
        idle + *draw.pick(&[5, 15, 60])
    };
    let bad = scene.targets.first().copied().unwrap_or((Ipv4Addr::new(10, 0, 1, 10), 80));
    let good: Vec<(Ipv4Addr, u16)> = scene.targets.iter().skip(1).copied().collect();
    let start = DAY + draw.int(0u64, 80_000) * 1000;
    let failing = draw.int(3usize, 5);
    let mut entries: Vec<(Entry, Outcome)> = Vec::new();
    let moment = |draw: &mut Draw| start + draw.int(0u64, 240_000);
    for _ in 0..failing {
        let ended = fault.outcome(draw, &scene.settings);
        let created = moment(draw);
        entries.push((entry(draw, &scene, created, &ended, bad), ended));
    }
    for _ in 0..draw.int(4usize, 7) {
        let ended = outcome(draw, &scene.settings, Cause::Served);
        let created = moment(draw);
        let target = *draw.pick(&good);
        entries.push((entry(draw, &scene, created, &ended, target), ended));
    }
    // What is there on any day: a page that is missing, a client that leaves, a bug on another target.
    let mut noise = vec![TargetBehaviour::Responds { after: draw.int(1, 30), status: 404 }];
    if !matches!(fault, Fault::Errors(_)) || draw.percent(50) {
        noise.push(TargetBehaviour::Responds { after: draw.int(5, 300), status: 500 });
    }
    for target in noise {
        let ended = serve(&scene.settings, Client::Waits, Waf::Absent, Some(target), 1);
        let created = moment(draw);
        let at = *draw.pick(&good);
        entries.push((entry(draw, &scene, created, &ended, at), ended));
    }
    if draw.percent(60) {
        let ended = outcome(draw, &scene.settings, Cause::ClientGone);
        let created = moment(draw);
        let at = *draw.pick(&good);
        entries.push((entry(draw, &scene, created, &ended, at), ended));
    }
    entries.sort_by_key(|(entry, _)| (entry.time, entry.micros));
    let own =
        entries.iter().filter(|(_, ended)| ended.target_status.is_none() && ended.elb_status >= 500).count();
    let fives = entries.iter().filter(|(_, ended)| ended.elb_status >= 500).count();
    let errors = entries.iter().filter(|(_, ended)| ended.elb_status >= 400).count();
    let lines: String = entries.iter().map(|(entry, _)| format!("{entry}\n")).collect();
    let name = scene.front.elb.split('/').nth(1).unwrap_or("alb").trim_end_matches("-alb").to_owned();
    let config = format!(
        "$ grep -n keepalive_timeout /etc/nginx/nginx.conf\n{}:    keepalive_timeout {keepalive}s;\n",
        draw.int(18, 40)
    );
    let first = entries
        .iter()
        .find(|(_, ended)| ended.elb_status >= 500 && ended.cause != Cause::Served)
        .map(|(_, ended)| ended.clone());
    let shown_fault = entries
        .iter()
        .find(|(entry, ended)| entry.target == Some(bad) && ended.elb_status >= 500)
        .map(|(_, ended)| ended.clone());
    let Some(shown_fault) = shown_fault.or(first) else { return one_entry(draw) };
    let (en, zh) = shows(&shown_fault);
    let cause = cause_choice(draw, &shown_fault, idle, 5);
    let (right, why) = fault.next();
    let mut others: Vec<Fault> =
        [Fault::Refuses, Fault::Unreachable, Fault::KeepAlive, Fault::Dies, Fault::Hangs, Fault::Errors(500)]
            .into_iter()
            .filter(|other| other.next().0 != right)
            .collect();
    draw.shuffle(&mut others);
    others.truncate(4);
    let mut options =
        vec![Choice::new(right.clone(), text(format!("{}.", capital(&why.en)), format!("{}。", why.zh_tw)))];
    for other in others {
        let (option, because) = other.next();
        options.push(Choice::new(
            option,
            text(
                format!("That fits where {}; here the entries show {en}.", because.en),
                format!("那適用於{}的情況；這裡的紀錄是{zh}。", because.zh_tw),
            ),
        ));
    }
    let bad_text = format!("{}:{}", bad.0, bad.1);
    let traps = good
        .iter()
        .map(|(address, port)| {
            Trap::new(
                format!("{address}:{port}"),
                text(
                    "Its entries show responses of its own; the failing ones name another target.",
                    "它的紀錄都有自己的回應；失敗的那些是另一個目標。",
                ),
            )
        })
        .collect();
    let mut count_traps = Vec::new();
    for (wrong, why) in [
        (
            fives,
            text(
                format!(
                    "{fives} entries have a 5xx, but those with a `target_status_code` came from a target."
                ),
                format!("有{fives}筆是5xx，但有`target_status_code`的來自目標。"),
            ),
        ),
        (errors, text("4xx are not counted here.", "4xx不算在內。")),
    ] {
        if wrong != own && count_traps.iter().all(|trap: &Trap| trap.value != wrong.to_string()) {
            count_traps.push(Trap::new(wrong, why));
        }
    }
    let idle_text = idle_prompt(&scene.settings);
    Exercise {
        prompt: text(
            format!(
                "Users of `{name}` see errors. The access log of those four minutes and a line of the web server's configuration on the target that fails most. {} One target is to blame for most of the errors.",
                idle_text.en
            ),
            format!(
                "`{name}`的使用者看到錯誤。下面是那四分鐘的存取日誌，以及出錯最多的那個目標上網頁伺服器設定的一行。{}多數錯誤出在同一個目標。",
                idle_text.zh_tw
            ),
        ),
        evidence: vec![shown(EvidenceType::Log, lines), shown(EvidenceType::Command, config)],
        asks: vec![
            Ask::new(
                "own",
                text(
                    "How many 5xx responses did the load balancer make itself?",
                    "有幾個5xx是負載平衡器自己產生的？",
                ),
                Answer::count(own as u64, count_traps),
            ),
            Ask::new(
                "target",
                text("The target behind most errors, as address:port", "多數錯誤所在的目標（`位址:連接埠`）"),
                Answer::Typed {
                    form: Form::Words,
                    right: bad_text.clone(),
                    also: vec![bad.0.to_string()],
                    traps,
                },
            ),
            Ask::new(
                "cause",
                text("What happened to the requests that failed there?", "在那裡失敗的請求發生了什麼事？"),
                cause,
            ),
            Ask::new("next", text("What to look at first?", "先看什麼？"), Answer::choice(draw, options)),
        ],
        steps: vec![
            text(
                format!(
                    "Entries with a 5xx and `-` as `target_status_code`: {own}. The other {} with a 5xx were passed on from a target.",
                    fives - own
                ),
                format!(
                    "5xx且`target_status_code`是`-`的有{own}筆；其餘{}筆5xx是從目標轉送的。",
                    fives - own
                ),
            ),
            text(
                format!("{failing} of the failing entries name `{bad_text}`: {en}."),
                format!("失敗的紀錄有{failing}筆是`{bad_text}`：{zh}。"),
            ),
            text(
                format!(
                    "{}. The server's keep-alive of {keepalive} s is {} than the idle timeout of {idle} s.",
                    capital(&why.en),
                    if keepalive < idle { "shorter" } else { "longer" }
                ),
                format!(
                    "{}。伺服器的keep-alive {keepalive}秒比閒置逾時{idle}秒{}。",
                    why.zh_tw,
                    if keepalive < idle { "短" } else { "長" }
                ),
            ),
        ],
        given: json!({ "idle": idle }),
    }
}

pub(super) fn several_causes(draw: &mut Draw) -> Exercise {
    let count = draw.int(3usize, 4);
    let scene = scene(draw, count);
    let idle = scene.settings.idle_timeout;
    // A status that two or three causes share, so that the status alone says little.
    let (status, causes): (u16, &[Cause]) = *draw.pick(&[
        (502, &[Cause::Refused, Cause::Closed, Cause::TargetError][..]),
        (504, &[Cause::ConnectTimeout, Cause::IdleTimeout, Cause::TargetError][..]),
        (503, &[Cause::NoTargets, Cause::TargetError][..]),
    ]);
    let start = DAY + draw.int(0u64, 80_000) * 1000;
    let mut entries: Vec<(Entry, Outcome)> = Vec::new();
    let mut counts = Vec::new();
    for cause in causes {
        let times = draw.int(1usize, 5);
        counts.push(times);
        for _ in 0..times {
            let ended = if *cause == Cause::TargetError {
                Fault::Errors(status).outcome(draw, &scene.settings)
            } else {
                outcome(draw, &scene.settings, *cause)
            };
            let created = start + draw.int(0u64, 600_000);
            let target = *draw.pick(&scene.targets);
            entries.push((entry(draw, &scene, created, &ended, target), ended));
        }
    }
    let mut noise = vec![Cause::Served; draw.int(3usize, 5)];
    noise.push(Cause::ClientGone);
    for other in [Cause::Refused, Cause::ConnectTimeout, Cause::NoTargets] {
        if !causes.contains(&other) && draw.percent(50) {
            noise.push(other);
        }
    }
    for cause in noise {
        let ended = outcome(draw, &scene.settings, cause);
        let created = start + draw.int(0u64, 600_000);
        let target = *draw.pick(&scene.targets);
        entries.push((entry(draw, &scene, created, &ended, target), ended));
    }
    entries.sort_by_key(|(entry, _)| (entry.time, entry.micros));
    let lines: String = entries.iter().map(|(entry, _)| format!("{entry}\n")).collect();
    let all: usize = counts.iter().sum();
    let of_elb = entries.iter().filter(|(_, ended)| ended.metric() == Metric::Elb5xx).count();
    let of_target = entries.iter().filter(|(_, ended)| ended.metric() == Metric::Target5xx).count();
    let mut asks: Vec<Ask> = causes
        .iter()
        .zip(&counts)
        .enumerate()
        .map(|(index, (cause, times))| {
            let sign = sign(*cause, idle);
            let traps = if all == *times {
                Vec::new()
            } else {
                vec![Trap::new(
                    all,
                    text(
                        format!(
                            "{all} entries have {status}, from different causes. Count those with: {}.",
                            sign.en
                        ),
                        format!("{all}筆是{status}，但原因不同。只算：{}。", sign.zh_tw),
                    ),
                )]
            };
            let said = said(*cause);
            Ask::new(
                &format!("cause-{}", index + 1),
                text(
                    format!("How many of the {status}s have this cause: {}?", lower(&said.en)),
                    format!("幾個{status}是「{}」？", said.zh_tw),
                ),
                Answer::count(*times as u64, traps),
            )
        })
        .collect();
    let mut traps = Vec::new();
    for (wrong, why) in [
        (
            of_elb + of_target,
            text(
                format!(
                    "{of_target} of them came from targets and are counted by `HTTPCode_Target_5XX_Count`."
                ),
                format!("其中{of_target}個來自目標，計入`HTTPCode_Target_5XX_Count`。"),
            ),
        ),
        (of_target, text("Those came from targets.", "那些來自目標。")),
        (
            all,
            text(
                format!("That is the number of {status}s, wherever they came from."),
                format!("那是所有{status}的數量，不分來源。"),
            ),
        ),
    ] {
        if wrong != of_elb && traps.iter().all(|trap: &Trap| trap.value != wrong.to_string()) {
            traps.push(Trap::new(wrong, why));
        }
    }
    asks.push(Ask::new(
        "metric",
        text(
            "What does `HTTPCode_ELB_5XX_Count` add up to for these entries?",
            "這些紀錄的`HTTPCode_ELB_5XX_Count`總和是多少？",
        ),
        Answer::count(of_elb as u64, traps),
    ));
    let mut steps = vec![text(
        format!(
            "{all} entries have {status}. `target_status_code` tells which came from a target; for the others, processing times and the time from `request_creation_time` to `time` tell."
        ),
        format!(
            "共{all}筆{status}。看`target_status_code`就知道哪些來自目標；其餘看處理時間，以及`request_creation_time`到`time`的時間。"
        ),
    )];
    for (cause, times) in causes.iter().zip(&counts) {
        let (sign, said) = (sign(*cause, idle), said(*cause));
        steps.push(text(
            format!("{}: {}. {times} of them.", capital(&said.en), sign.en),
            format!("{}：{}。共{times}筆。", said.zh_tw, sign.zh_tw),
        ));
    }
    let idle_text = idle_prompt(&scene.settings);
    Exercise {
        prompt: text(
            format!(
                "Ten minutes of an Application Load Balancer's access log. {} \"Only {status}s\", says the ticket; find out what they are.",
                idle_text.en
            ),
            format!(
                "Application Load Balancer十分鐘的存取日誌。{}案件只寫「都是{status}」，請查出它們各是什麼。",
                idle_text.zh_tw
            ),
        ),
        evidence: vec![shown(EvidenceType::Log, lines)],
        asks,
        steps,
        given: json!({ "idle": idle, "status": status, "causes": causes.iter().map(|cause| said(*cause).en).collect::<Vec<_>>() }),
    }
}
