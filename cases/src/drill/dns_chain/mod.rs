//! D11: who answers a name, out of what, and when a change is seen.

mod answers;
mod caches;
mod changes;
mod resolvers;

use std::fmt::Write as _;
use std::net::Ipv4Addr;

use chrono::DateTime;
use serde_json::json;

use answers::{cached_answer, search_list, zone_file};
use caches::{chain_in_cache, negative};
use changes::{lowered_ttl, three_caches, time_line};
use resolvers::{cluster, private_zone};

use super::{Answer, Ask, Choice, Exercise, Family, Form, Trap, Unit, shown};
use crate::cloud::Draw;
use crate::cloud::dns::{
    Cache, Data, Dig, Forwarder, Hosted, Internet, Name, Question, Rcode, Record, RecordType, Reply,
    Resolution, ResolvConf, Resolver, Source, Zone, dig, lookup, record_line,
};
use crate::model::{EvidenceType, Text};

pub(super) const FAMILY: Family = Family {
    id: "D11",
    place: ("networking", "dns-records-ttl-delegation"),
    depths: &[1, 2, 3],
    seconds: 90,
    version: 1,
    sources: &[
        "RFC 1034, sections 3.6.2 (aliases), 4.3.2 (what a server answers) and 5.3.3 (what a resolver does)",
        "RFC 2308, sections 3 and 5 (negative answers are kept for the lesser of the SOA's TTL and its minimum)",
        "RFC 4592, section 2.2 (wildcards and empty non-terminals)",
        "resolv.conf(5), search and ndots",
        "Amazon Route 53 Developer Guide, Considerations when working with a private hosted zone",
        "Kubernetes documentation, DNS for Services and Pods; CoreDNS manual, cache plugin",
    ],
    draw,
};

fn draw(draw: &mut Draw, level: u8) -> Exercise {
    let of_twelve = draw.int(0u8, 11);
    match level {
        1 => match of_twelve {
            0..=4 => zone_file(draw),
            5..=8 => cached_answer(draw),
            _ => search_list(draw),
        },
        2 => match of_twelve {
            0..=2 => negative(draw),
            3..=5 => chain_in_cache(draw),
            6..=8 => private_zone(draw),
            _ => cluster(draw),
        },
        _ => match of_twelve {
            0..=4 => time_line(draw),
            5..=7 => lowered_ttl(draw),
            _ => three_caches(draw),
        },
    }
}

fn text(en: impl Into<String>, zh: impl Into<String>) -> Text {
    Text::new(en.into(), zh.into())
}

/// Midnight of 2026-03-03, UTC.
const DAY: u64 = 1_772_496_000;

fn moment(at: u64) -> String {
    let when = i64::try_from(at).ok().and_then(|at| DateTime::from_timestamp(at, 0));
    when.map(|when| when.format("%Y-%m-%d %H:%M:%S").to_string()).unwrap_or_default()
}

const DOMAINS: [&str; 10] = [
    "harbor-books.example",
    "nantou-tea.example",
    "bluepeak.example",
    "cityrides.example",
    "formosa-air.example",
    "pixelpost.example",
    "lantern.example",
    "greenmart.example",
    "stonebridge.example",
    "yushan-gear.example",
];

const PLATFORMS: [&str; 4] =
    ["edge-platform.example", "fastcdn.example", "cloudfront-like.example", "hosting.example"];

const HOSTS: [&str; 14] = [
    "www", "api", "shop", "app", "mail", "img", "status", "login", "docs", "admin", "search", "pay", "blog",
    "static",
];

/// An address of one of the networks kept for documentation.
fn public(draw: &mut Draw) -> Ipv4Addr {
    let last = draw.int(2, 250);
    match draw.int(0u8, 2) {
        0 => Ipv4Addr::new(192, 0, 2, last),
        1 => Ipv4Addr::new(198, 51, 100, last),
        _ => Ipv4Addr::new(203, 0, 113, last),
    }
}

fn another(draw: &mut Draw, not: &[Ipv4Addr]) -> Ipv4Addr {
    loop {
        let address = public(draw);
        if !not.contains(&address) {
            return address;
        }
    }
}

fn ttl(draw: &mut Draw) -> u32 {
    *draw.pick(&[30, 60, 120, 300, 600, 900, 1800, 3600])
}

fn zone(draw: &mut Draw, domain: &str) -> Zone {
    let soa_ttl = *draw.pick(&[300, 600, 900, 1800, 3600, 7200]);
    let minimum = *draw.pick(&[60, 120, 300, 600, 900, 1200, 1800, 3600]);
    let mut zone = Zone::new(domain, &format!("ns1.{domain}"), minimum, soa_ttl);
    zone.soa.serial = 2_026_030_000 + draw.int(1u32, 299);
    zone.soa.refresh = *draw.pick(&[3600, 7200, 14_400]);
    zone.soa.retry = *draw.pick(&[600, 900, 1800]);
    zone.add("ns1", 86_400, Data::A(Ipv4Addr::new(192, 0, 2, draw.int(2, 250))));
    zone
}

fn zone_evidence(zone: &Zone) -> crate::model::Evidence {
    let path = format!("/etc/bind/zones/db.{}", zone.name.short());
    shown(EvidenceType::Config, format!("$ cat {path}\n{}", zone.file()))
}

/// The rule every case with a cache states.
fn rule() -> Text {
    text(
        "Caches keep TTLs to the second: what is stored at *t* with TTL *n* is used before *t* + *n*, and at *t* + *n* asked anew.",
        "快取精確遵守TTL：在 *t* 存入、TTL為 *n* 的資料用到 *t* + *n* 之前，到 *t* + *n* 就重新查詢。",
    )
}

/// A moment with wrong ones.
fn at(right: u64, mistakes: Vec<(u64, Text)>) -> Answer {
    let mut traps: Vec<Trap> = Vec::new();
    for (wrong, why) in mistakes {
        if wrong != right && traps.iter().all(|trap| trap.value != moment(wrong)) {
            traps.push(Trap::new(moment(wrong), why));
        }
    }
    Answer::Typed { form: Form::Moment, right: moment(right), also: Vec::new(), traps }
}

/// Seconds or a count, with wrong ones.
fn exactly(right: u64, unit: Unit, mistakes: Vec<(u64, Text)>) -> Answer {
    let mut traps: Vec<Trap> = Vec::new();
    for (wrong, why) in mistakes {
        if wrong != right && traps.iter().all(|trap| trap.value != wrong.to_string()) {
            traps.push(Trap::new(wrong, why));
        }
    }
    Answer::Number { value: right as f64, tolerance: 0.0, unit, traps }
}

/// Words with wrong ones.
fn words(right: &str, mistakes: Vec<(String, Text)>) -> Answer {
    let mut traps: Vec<Trap> = Vec::new();
    for (wrong, why) in mistakes {
        if wrong != right && traps.iter().all(|trap| trap.value != wrong) {
            traps.push(Trap::new(wrong, why));
        }
    }
    // A name may be typed with its final dot, and with `nodata` spelled as the status line says it.
    let also = match right {
        "NXDOMAIN" | "NODATA" => Vec::new(),
        name if name.parse::<Ipv4Addr>().is_err() => vec![format!("{name}.")],
        _ => Vec::new(),
    };
    Answer::Typed { form: Form::Words, right: right.to_owned(), also, traps }
}

fn status_choice(right: Rcode, why: Text) -> Answer {
    let all = [Rcode::NoError, Rcode::NxDomain, Rcode::ServFail, Rcode::Refused];
    let options = all
        .iter()
        .map(|code| {
            let why = match code {
                _ if *code == right => why.clone(),
                Rcode::NoError => text(
                    format!("NOERROR says that the name exists. {}", why.en),
                    format!("NOERROR表示名稱存在。{}", why.zh_tw),
                ),
                Rcode::NxDomain => text(
                    format!("NXDOMAIN says that nothing at all exists at or below the name. {}", why.en),
                    format!("NXDOMAIN表示這個名稱（與其下）什麼都沒有。{}", why.zh_tw),
                ),
                Rcode::ServFail => text(
                    format!("SERVFAIL says that the answer could not be found out; it could. {}", why.en),
                    format!("SERVFAIL表示無法得到答案；這裡得到了。{}", why.zh_tw),
                ),
                _ => text(
                    format!("REFUSED is for a zone that the server does not serve. {}", why.en),
                    format!("REFUSED是伺服器不服務那個zone。{}", why.zh_tw),
                ),
            };
            Choice::new(text(format!("`{code}`"), format!("`{code}`")), why)
        })
        .collect();
    Answer::Choice { options, right: all.iter().position(|code| *code == right).unwrap_or_default() }
}
