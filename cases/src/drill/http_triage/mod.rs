//! D13: which hop failed: access log entries of an Application Load Balancer, and its health checks.

mod entries;
mod health;

use std::net::Ipv4Addr;

use chrono::DateTime;
use serde_json::json;

use entries::{one_entry, one_target, several_causes};
use health::{health_by_log, slow_start};

use super::{Answer, Ask, Choice, Exercise, Family, Form, Trap, Unit, shown};
use crate::cloud::Draw;
use crate::cloud::balancer::{
    Action, Cause, Client, Entry, Front, Health, HealthCheck, Metric, Outcome, Probe, Reason, Settings,
    State, TargetBehaviour, Waf, serve,
};
use crate::model::{EvidenceType, Text};

pub(super) const FAMILY: Family = Family {
    id: "D13",
    place: ("aws-core", "elb-5xx-attribution"),
    depths: &[2, 2, 3],
    seconds: 100,
    version: 1,
    sources: &[
        "Elastic Load Balancing, User Guide for Application Load Balancers, Access logs (fields and their order)",
        "Elastic Load Balancing, User Guide for Application Load Balancers, Troubleshoot your Application Load Balancers (HTTP errors)",
        "Elastic Load Balancing, User Guide for Application Load Balancers, Health checks for target groups (states, reason codes, fail open)",
        "AWS re:Post knowledge center, How do I troubleshoot Application Load Balancer HTTP 502 errors",
        "Amazon EC2 Auto Scaling User Guide, Set the health check grace period for an Auto Scaling group",
    ],
    draw,
};

fn draw(draw: &mut Draw, level: u8) -> Exercise {
    match level {
        1 => one_entry(draw),
        2 => one_target(draw),
        _ => match draw.int(0u8, 2) {
            0 => several_causes(draw),
            1 => health_by_log(draw),
            _ => slow_start(draw),
        },
    }
}

fn text(en: impl Into<String>, zh: impl Into<String>) -> Text {
    Text::new(en.into(), zh.into())
}

fn seconds(milliseconds: u64) -> String {
    format!("{}.{:03}", milliseconds / 1000, milliseconds % 1000)
}

/// What an option says of a cause.
fn said(cause: Cause) -> Text {
    let (en, zh) = match cause {
        Cause::Served => ("Nothing failed", "沒有任何問題"),
        Cause::TargetError => ("The target responded with this error itself", "目標自己回應了這個錯誤"),
        Cause::NoTargets => ("The target group has no target to send it to", "目標群組裡沒有可以送去的目標"),
        Cause::Refused => ("The target refused the TCP connection", "目標拒絕了TCP連線"),
        Cause::ConnectTimeout => {
            ("No TCP connection to the target came about in time", "與目標的TCP連線沒能及時建立")
        }
        Cause::Closed => ("The target closed the connection before responding", "目標在回應之前關閉了連線"),
        Cause::Malformed => ("The target's response was malformed", "目標的回應格式不正確"),
        Cause::IdleTimeout => (
            "The target had the request but was silent until the idle timeout",
            "目標收到請求，但直到閒置逾時都沒有回應",
        ),
        Cause::ClientGone => {
            ("The client closed the connection before a response", "用戶端在收到回應前關閉了連線")
        }
        Cause::ClientStalled => (
            "The client did not finish its request until the idle timeout",
            "用戶端直到閒置逾時都沒把請求送完",
        ),
        Cause::TooManyForwarded => {
            ("`X-Forwarded-For` held too many addresses", "`X-Forwarded-For`裡的位址太多")
        }
        Cause::Blocked => ("AWS WAF blocked the request", "AWS WAF擋下了請求"),
        Cause::WafFailed => ("AWS WAF could not be asked", "無法詢問AWS WAF"),
    };
    text(en, zh)
}

/// How a cause shows in an entry.
fn sign(cause: Cause, idle: u32) -> Text {
    let (en, zh) = match cause {
        Cause::Served => ("a status below 400".to_owned(), "狀態碼小於400".to_owned()),
        Cause::TargetError => (
            "the same number in `target_status_code`".to_owned(),
            "`target_status_code`有同一個數字".to_owned(),
        ),
        Cause::NoTargets => ("503 with `-` as the target".to_owned(), "503，且目標欄是`-`".to_owned()),
        Cause::Refused => (
            "502 at once, a target chosen, all times -1".to_owned(),
            "立刻502，已選了目標，時間全是 -1".to_owned(),
        ),
        Cause::ConnectTimeout => {
            ("504 after 10 s, the connection timeout".to_owned(), "10秒（連線逾時）後504".to_owned())
        }
        Cause::Closed => (
            "502 with a target processing time, so the target had the request".to_owned(),
            "502且有目標處理時間，代表目標已收到請求".to_owned(),
        ),
        Cause::Malformed => {
            ("502 with a target processing time".to_owned(), "502且有目標處理時間".to_owned())
        }
        Cause::IdleTimeout => {
            (format!("504 after {idle} s, the idle timeout"), format!("{idle}秒（閒置逾時）後504"))
        }
        Cause::ClientGone => ("460 before the idle timeout".to_owned(), "閒置逾時之前的460".to_owned()),
        Cause::ClientStalled => {
            (format!("408 after {idle} s, with `-` as the target"), format!("{idle}秒後408，且目標欄是`-`"))
        }
        Cause::TooManyForwarded => ("463".to_owned(), "463".to_owned()),
        Cause::Blocked => ("403 with the action `waf`".to_owned(), "403，動作是`waf`".to_owned()),
        Cause::WafFailed => {
            ("500 with the action `waf-failed`".to_owned(), "500，動作是`waf-failed`".to_owned())
        }
    };
    text(en, zh)
}

/// What an entry shows, in short.
fn shows(outcome: &Outcome) -> (String, String) {
    let target = outcome.target_status.map_or("-".to_owned(), |status| status.to_string());
    let times = outcome.times.map(|time| time.map_or("-1".to_owned(), seconds)).join(" ");
    (
        format!("{} / {target}, times {times}, {} s in all", outcome.elb_status, seconds(outcome.elapsed)),
        format!("{} / {target}，時間{times}，共{}秒", outcome.elb_status, seconds(outcome.elapsed)),
    )
}

fn cause_choice(draw: &mut Draw, outcome: &Outcome, idle: u32, options: usize) -> Answer {
    // Never both of a pair that an entry cannot tell apart.
    let mut others: Vec<Cause> = [
        Cause::TargetError,
        Cause::NoTargets,
        Cause::Refused,
        Cause::ConnectTimeout,
        Cause::Closed,
        Cause::IdleTimeout,
        Cause::ClientGone,
        Cause::ClientStalled,
        Cause::TooManyForwarded,
        Cause::Blocked,
        Cause::WafFailed,
    ]
    .into_iter()
    .filter(|cause| *cause != outcome.cause)
    .collect();
    draw.shuffle(&mut others);
    // The likelier mix-ups first.
    let close = |cause: &Cause| match (outcome.elb_status, cause) {
        (502, Cause::Refused | Cause::Closed | Cause::TargetError)
        | (503, Cause::NoTargets | Cause::TargetError)
        | (504, Cause::ConnectTimeout | Cause::IdleTimeout | Cause::TargetError)
        | (460 | 408, Cause::ClientGone | Cause::ClientStalled | Cause::IdleTimeout)
        | (500, Cause::WafFailed | Cause::TargetError)
        | (403, Cause::Blocked | Cause::TargetError) => 0,
        _ => 1,
    };
    others.sort_by_key(close);
    others.truncate(options - 1);
    let (en, zh) = shows(outcome);
    let list = std::iter::once(outcome.cause)
        .chain(others)
        .map(|cause| {
            let sign = sign(cause, idle);
            let why = if cause == outcome.cause {
                text(
                    format!("{}: here {en}.", entries::capital(&sign.en)),
                    format!("{}：這裡是{zh}。", sign.zh_tw),
                )
            } else {
                text(
                    format!("That would show as {}; here it is {en}.", sign.en),
                    format!("那會是{}；這裡是{zh}。", sign.zh_tw),
                )
            };
            Choice::new(said(cause), why)
        })
        .collect();
    Answer::choice(draw, list)
}

/// A load balancer with its targets.
struct Scene {
    front: Front,
    targets: Vec<(Ipv4Addr, u16)>,
    settings: Settings,
    paths: &'static [(&'static str, &'static str)],
    /// Whether requests go through AWS WAF.
    waf: bool,
}

/// A site: its name, its host, and requests it gets (method and path).
type App = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const APPS: [App; 6] = [
    (
        "shop",
        "shop.example.com",
        &[("GET", "/cart"), ("POST", "/checkout"), ("GET", "/products/831"), ("GET", "/")],
    ),
    (
        "booking",
        "booking.example.net",
        &[
            ("GET", "/rooms?from=2026-04-01"),
            ("POST", "/reserve"),
            ("GET", "/rates"),
            ("GET", "/search?q=taipei"),
        ],
    ),
    (
        "api",
        "api.example.org",
        &[("GET", "/v2/orders/55120"), ("POST", "/v2/orders"), ("PUT", "/v2/users/77"), ("GET", "/v2/stock")],
    ),
    (
        "reports",
        "reports.example.com",
        &[("GET", "/monthly/2026-02"), ("POST", "/export"), ("GET", "/dashboards/4"), ("GET", "/usage")],
    ),
    (
        "media",
        "media.example.net",
        &[("GET", "/thumb/7731.jpg"), ("POST", "/upload"), ("GET", "/albums/12"), ("GET", "/feed")],
    ),
    (
        "login",
        "login.example.org",
        &[("POST", "/session"), ("GET", "/profile"), ("POST", "/token"), ("GET", "/keys")],
    ),
];

const AGENTS: [&str; 5] =
    ["curl/8.5.0", "okhttp/4.12.0", "python-requests/2.32.3", "Go-http-client/1.1", "axios/1.7.2"];

/// Midnight of 2026-03-03, UTC, in milliseconds.
const DAY: u64 = 1_772_496_000_000;

fn scene(draw: &mut Draw, targets: usize) -> Scene {
    let (name, host, paths) = *draw.pick(&APPS);
    let region = *draw.pick(&["ap-northeast-1", "ap-southeast-1", "us-west-2", "eu-central-1", "ap-east-2"]);
    let account = format!("{}{:08}", draw.int(1000u32, 9999), draw.int(0u32, 99_999_999));
    let port = *draw.pick(&[80, 8080, 3000, 5000, 8000]);
    let network = draw.int(0u8, 200);
    let mut hosts: Vec<u8> = (10..=250).collect();
    draw.shuffle(&mut hosts);
    let targets = hosts
        .into_iter()
        .take(targets)
        .enumerate()
        .map(|(index, host)| (Ipv4Addr::new(10, network, index as u8 % 2 + 1, host), port))
        .collect();
    let secure = draw.percent(60);
    let certificate = secure.then(|| {
        let id = [8, 4, 4, 4, 12].map(|digits| draw.hex(digits)).join("-");
        format!("arn:aws:acm:{region}:{account}:certificate/{id}")
    });
    Scene {
        front: Front {
            elb: format!("app/{name}-alb/{}", draw.hex(16)),
            target_group: format!(
                "arn:aws:elasticloadbalancing:{region}:{account}:targetgroup/{name}-tg/{}",
                draw.hex(16)
            ),
            host: host.to_owned(),
            certificate,
        },
        targets,
        settings: Settings { idle_timeout: *draw.pick(&[60, 60, 30, 90, 120, 180]) },
        paths,
        waf: draw.percent(25),
    }
}

/// The entry of a request that came at a moment and ended like this.
fn entry(draw: &mut Draw, scene: &Scene, created: u64, outcome: &Outcome, target: (Ipv4Addr, u16)) -> Entry {
    let (method, path) = *draw.pick(scene.paths);
    let client = Ipv4Addr::new(*draw.pick(&[203, 198, 192]), 0, *draw.pick(&[113, 2]), draw.int(2, 250));
    // The three documentation networks.
    let client = match client.octets() {
        [203, _, _, last] => Ipv4Addr::new(203, 0, 113, last),
        [198, _, _, last] => Ipv4Addr::new(198, 51, 100, last),
        [_, _, _, last] => Ipv4Addr::new(192, 0, 2, last),
    };
    let sent = if outcome.target_status.is_some() { draw.int(180, 9000) } else { draw.int(250, 340) };
    let base = Entry {
        front: scene.front.clone(),
        created,
        time: created,
        micros: draw.int(0, 999),
        client: (client, draw.int(20_000, 60_000)),
        target: None,
        times: [None; 3],
        elb_status: 0,
        target_status: None,
        bytes: (draw.int(90, 900), sent),
        request: (method.to_owned(), path.to_owned()),
        user_agent: (*draw.pick(&AGENTS)).to_owned(),
        trace: format!("Root=1-{:08x}-{}", created / 1000, draw.hex(24)),
        rule: match outcome.cause {
            Cause::ClientStalled | Cause::TooManyForwarded => None,
            _ => Some(draw.int(0, 4)),
        },
        action: if scene.waf { Action::WafForward } else { Action::Forward },
        connection: format!("TID_{}", draw.hex(32)),
    };
    base.with(outcome, target)
}

/// A request that ends with a cause.
fn outcome(draw: &mut Draw, settings: &Settings, cause: Cause) -> Outcome {
    let overhead = draw.int(0u64, 4);
    let idle = u64::from(settings.idle_timeout) * 1000;
    let serve = |client, waf, target| serve(settings, client, waf, target, overhead);
    match cause {
        Cause::Served => {
            let slow = draw.percent(12);
            let after = if slow { draw.int(2000, idle - 3000) } else { draw.int(3u64, 900) };
            let status = *draw.pick(&[200, 200, 200, 200, 302]);
            serve(Client::Waits, Waf::Absent, Some(TargetBehaviour::Responds { after, status }))
        }
        Cause::TargetError => {
            let status = *draw.pick(&[500, 502, 503, 504]);
            let after = if status == 504 {
                *draw.pick(&[10_000, 15_000, 20_000]) + draw.int(1u64, 30)
            } else {
                draw.int(2u64, 2500)
            };
            serve(Client::Waits, Waf::Absent, Some(TargetBehaviour::Responds { after, status }))
        }
        Cause::NoTargets => serve(Client::Waits, Waf::Absent, None),
        Cause::Refused => serve(Client::Waits, Waf::Absent, Some(TargetBehaviour::Refuses)),
        Cause::ConnectTimeout => serve(Client::Waits, Waf::Absent, Some(TargetBehaviour::Unreachable)),
        Cause::Closed | Cause::Malformed => {
            let after = if draw.percent(50) { draw.int(0u64, 3) } else { draw.int(700u64, 25_000) };
            serve(Client::Waits, Waf::Absent, Some(TargetBehaviour::Closes { after }))
        }
        Cause::IdleTimeout => serve(
            Client::Waits,
            Waf::Absent,
            Some(TargetBehaviour::Responds { after: idle + 5000, status: 200 }),
        ),
        Cause::ClientGone => {
            let patience = *draw.pick(&[3000, 5000, 8000, 15_000, 20_000]) + draw.int(0u64, 40);
            serve(
                Client::GivesUp(patience),
                Waf::Absent,
                Some(TargetBehaviour::Responds { after: idle - 2000, status: 200 }),
            )
        }
        Cause::ClientStalled => serve(Client::Stalls, Waf::Absent, None),
        Cause::TooManyForwarded => serve(Client::Forwarded(draw.int(31, 60)), Waf::Absent, None),
        Cause::Blocked => serve(Client::Waits, Waf::Blocks, None),
        Cause::WafFailed => serve(Client::Waits, Waf::Fails, None),
    }
}

const ERRORS: [Cause; 11] = [
    Cause::TargetError,
    Cause::NoTargets,
    Cause::Refused,
    Cause::ConnectTimeout,
    Cause::Closed,
    Cause::IdleTimeout,
    Cause::ClientGone,
    Cause::ClientStalled,
    Cause::TooManyForwarded,
    Cause::Blocked,
    Cause::WafFailed,
];

fn idle_prompt(settings: &Settings) -> Text {
    text(
        format!(
            "The idle timeout of the load balancer is {} seconds; it waits 10 seconds for a connection to a target.",
            settings.idle_timeout
        ),
        format!("負載平衡器的閒置逾時是{}秒；連線到目標最多等10秒。", settings.idle_timeout),
    )
}
