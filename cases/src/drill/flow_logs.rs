//! D04: reading VPC flow logs: what happened to a conversation, who talks most, who scans, who is behind the NAT gateway.
//!
//! Every record comes from a walk through one network whose rules make each conversation what it is.

mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use serde_json::json;

use self::world::{Kind, Log, Talk};
use super::{Answer, Ask, Choice, Exercise, Family, Form, Trap, shown};
use crate::cloud::Draw;
use crate::cloud::network::{DEFAULT_FIELDS, Field, Line, Record, line};
use crate::model::{EvidenceType, Text};

pub(super) const FAMILY: Family = Family {
    id: "D04",
    place: ("aws-core", "flow-logs-reading"),
    depths: &[2, 3, 3],
    seconds: 150,
    version: 1,
    sources: &[
        "Amazon VPC User Guide, Flow log records (available fields; tcp-flags are OR-ed and never show ACK alone; REJECT also after a connection is closed)",
        "Amazon VPC User Guide, Flow log record examples (accepted and rejected, NODATA and SKIPDATA, security groups and network ACLs, TCP flag sequence, NAT gateway)",
        "Amazon EC2 User Guide, Amazon EC2 security group connection tracking",
    ],
    draw,
};

/// Without flags; with flags; with flags and the packets' own addresses.
fn fields(level: u8) -> Vec<Field> {
    let mut fields = DEFAULT_FIELDS.to_vec();
    let last = fields.len() - 1;
    if level >= 3 {
        fields.splice(last..last, [Field::PktSrcAddr, Field::PktDstAddr]);
    }
    if level >= 2 {
        let last = fields.len() - 1;
        fields.insert(last, Field::TcpFlags);
    }
    fields
}

fn draw(draw: &mut Draw, level: u8) -> Exercise {
    // The few draws whose leader is not clear, or that came out too short or long, are drawn again.
    loop {
        if let Some(exercise) = Log::new(draw, level).exercise(draw, level) {
            return exercise;
        }
    }
}

impl Log {
    fn records(&self) -> impl Iterator<Item = &Record> {
        self.lines.iter().filter_map(|line| match line {
            Line::Data(record) => Some(record),
            _ => None,
        })
    }

    /// The lines of a conversation, as (source is the one who begins, record).
    fn of(&self, talk: &Talk) -> Vec<(bool, &Record)> {
        let request =
            |record: &Record| record.source_port == talk.from_port && record.destination_port == talk.port;
        let reply =
            |record: &Record| record.destination_port == talk.from_port && record.source_port == talk.port;
        self.records()
            .filter(|record| request(record) || reply(record))
            .map(|record| (request(record), record))
            .collect()
    }

    fn verdict_ask(&self, draw: &mut Draw, name: &str, talk: &Talk, level: u8) -> Ask {
        let (from, to) = if talk.outbound { (self.own, talk.far) } else { (talk.far, self.own) };
        let seen = self.of(talk);
        let line_of = |request: bool, none: &str| {
            let found = seen.iter().filter(|(which, _)| *which == request).map(|(_, record)| record);
            let one = |record: &&Record| {
                let action = if record.accept { "ACCEPT" } else { "REJECT" };
                if level == 1 {
                    format!("{action} (packets {}, bytes {})", record.packets, record.bytes)
                } else {
                    format!(
                        "{action} (packets {}, bytes {}, tcp-flags {})",
                        record.packets, record.bytes, record.tcp_flags
                    )
                }
            };
            let all: Vec<_> = found.map(one).collect();
            if all.is_empty() { none.to_owned() } else { all.join(", ") }
        };
        let facts = Text::new(
            format!("Request: {}. Reply: {}.", line_of(true, "none"), line_of(false, "none")),
            format!("請求：{}。回應：{}。", line_of(true, "無"), line_of(false, "無")),
        );
        let mut options: Vec<(Kind, Text, Text)> = vec![
            (
                Kind::Works,
                Text::new("It works: both directions are let through", "正常：兩個方向都放行"),
                Text::new(
                    "Working means ACCEPT both ways, and enough bytes for the exchange.",
                    "正常應該兩個方向都是ACCEPT，而且位元組數足以完成交換。",
                ),
            ),
            (
                Kind::ReplyRejected,
                Text::new(
                    "The request is let through, the reply is rejected: by a network ACL",
                    "請求放行、回應被拒絕：是網路ACL",
                ),
                Text::new(
                    "A security group lets the reply to an allowed request pass, so a rejected reply means a network ACL.",
                    "安全群組會放行已允許請求的回應，所以回應被拒絕就是網路ACL。",
                ),
            ),
            (
                Kind::Rejected,
                Text::new(
                    "The request is rejected: by a security group or a network ACL, the log cannot tell which",
                    "請求被拒絕：可能是安全群組或網路ACL，log分不出來",
                ),
                Text::new(
                    "A lone REJECT of the request looks the same for both; only their rules tell.",
                    "請求單獨一筆REJECT，兩者看起來一樣；要看規則才知道。",
                ),
            ),
            (
                Kind::Translated,
                Text::new(
                    "The request is rejected: by a security group, since network ACLs leave no REJECT records",
                    "請求被拒絕：是安全群組，因為網路ACL不會留下REJECT紀錄",
                ),
                Text::new(
                    "Network ACLs leave REJECT records too, so that reason is wrong wherever it is given.",
                    "網路ACL一樣會留下REJECT，這個理由在任何情況都不成立。",
                ),
            ),
            (
                Kind::NoAnswer,
                Text::new(
                    "The request is let through here, and no reply comes to this interface",
                    "請求在這裡放行，但沒有回應到達這個介面",
                ),
                Text::new(
                    "In that case the log has ACCEPT for the request and no record of a reply; why, it does not say.",
                    "這種情況log只有請求的ACCEPT，沒有回應的紀錄；原因要到別處找。",
                ),
            ),
        ];
        if level >= 2 {
            options.push((
                Kind::NoListener,
                Text::new(
                    "The packets get through, and the answer is a TCP reset, as from a port where nobody listens",
                    "封包都通過，回的是TCP reset：像是連接埠沒人監聽",
                ),
                Text::new(
                    "In that case the answer to the SYN (2) is a RST (4), never a SYN-ACK (18), in ACCEPT records. Most often nobody listens on the port; a firewall on the host that rejects with a reset looks the same.",
                    "這種情況對SYN（2）的回應是RST（4），不會有SYN-ACK（18），而且都是ACCEPT。多半是連接埠沒人監聽；主機防火牆以reset拒絕，看起來也一樣。",
                ),
            ));
        }
        if level >= 3 {
            options.push((
                Kind::TooBig,
                Text::new(
                    "It connects, and large packets of the reply seem to get lost: consistent with an MTU problem, not proof",
                    "連得上，但回應的大封包似乎遺失：與MTU問題相符，但不是證明",
                ),
                Text::new(
                    "In that case the handshake (2 and 18) is there, large packets are sent again and again, no FIN follows, and nothing more comes from the other side.",
                    "這種情況有交握（2與18）、大封包一再重送、沒有FIN，而對方不再送任何東西。",
                ),
            ));
            options.push((
                Kind::Late,
                Text::new(
                    "It works and is closed; what is rejected came after the close",
                    "正常完成並關閉；被拒絕的是關閉之後才到的封包",
                ),
                Text::new(
                    "In that case both directions have SYN and FIN (3 and 19) in ACCEPT records first; packets after the close are rejected since no connection is tracked any more.",
                    "這種情況兩個方向先有含SYN與FIN的ACCEPT（3與19）；關閉後連線已不再追蹤，之後的封包就被拒絕。",
                ),
            ));
        }
        let choices = options.iter().map(|(_, text, why)| {
            let why = Text::new(format!("{} {}", facts.en, why.en), format!("{}{}", facts.zh_tw, why.zh_tw));
            Choice::new(text.clone(), why)
        });
        let right = options.iter().position(|(kind, ..)| *kind == talk.kind).unwrap_or_default();
        let mut choices: Vec<_> = choices.collect();
        // The right one first, as it is shuffled from there.
        choices.swap(0, right);
        Ask::new(
            name,
            Text::new(
                format!("`{from}:{}` → `{to}:{}`", talk.from_port, talk.port),
                format!("`{from}:{}` → `{to}:{}`", talk.from_port, talk.port),
            ),
            Answer::choice(draw, choices),
        )
    }

    fn exercise(&self, draw: &mut Draw, level: u8) -> Option<Exercise> {
        let format = fields(level);
        let asked: Vec<Talk> = {
            let mut of: BTreeMap<Kind, Vec<&Talk>> = BTreeMap::new();
            for talk in self.talks.iter().filter(|talk| talk.kind != Kind::Translated) {
                of.entry(talk.kind).or_default().push(talk);
            }
            let kinds: Vec<_> = of.keys().copied().collect();
            let count = if level == 1 { 1 } else { 2 };
            draw.some(&kinds, count)
                .iter()
                .filter_map(|kind| of.get(kind).map(|talks| (*draw.pick(talks)).clone()))
                .collect()
        };
        let mut asks: Vec<_> = ["verdict", "other"]
            .iter()
            .zip(&asked)
            .map(|(name, talk)| self.verdict_ask(draw, name, talk, level))
            .collect();
        let mut steps: Vec<Text> = Vec::new();
        for (talk, ask) in asked.iter().zip(&asks) {
            if let Answer::Choice { options, right } = &ask.answer {
                let found = options.get(*right)?;
                steps.push(Text::new(
                    format!("{}: {} {}.", ask.label.en, found.why.en, found.text.en),
                    format!("{}：{}{}。", ask.label.zh_tw, found.why.zh_tw, found.text.zh_tw),
                ));
            }
            debug_assert!(!self.of(talk).is_empty());
        }
        let (figures, more) = match level {
            1 => self.totals()?,
            2 => self.scan()?,
            _ => self.behind()?,
        };
        asks.extend(figures);
        steps.extend(more);
        let names: Vec<_> = format.iter().map(|field| field.name()).collect();
        let limits = match level {
            1 => 18..=28,
            2 => 28..=48,
            _ => 40..=64,
        };
        if !limits.contains(&self.lines.len()) {
            return None;
        }
        let text: String = self.lines.iter().map(|found| format!("{}\n", line(found, &format))).collect();
        let (own, own_zh) = if level < 3 {
            (
                format!("The interface is `{}`, `{}`", self.own_id, self.own),
                format!("介面是`{}`，`{}`", self.own_id, self.own),
            )
        } else {
            (
                format!(
                    "The interfaces are `{}` (a server, `{}`) and `{}` (a NAT gateway, `{}`)",
                    self.own_id, self.own, self.nat_id, self.nat
                ),
                format!(
                    "介面是`{}`（伺服器，`{}`）與`{}`（NAT gateway，`{}`）",
                    self.own_id, self.own, self.nat_id, self.nat
                ),
            )
        };
        Some(Exercise {
            prompt: Text::new(
                format!(
                    "A flow log of all traffic (ACCEPT and REJECT). {own}; other interfaces may appear. Fields: `{}`. Records that were skipped (SKIPDATA) would not change any answer.",
                    names.join(" ")
                ),
                format!(
                    "這是記錄全部流量（ACCEPT與REJECT）的flow log。{own_zh}；可能也有其他介面。欄位：`{}`。被略過（SKIPDATA）的紀錄不影響任何答案。",
                    names.join(" ")
                ),
            ),
            evidence: vec![shown(EvidenceType::Log, text)],
            asks,
            steps,
            given: json!({ "own": self.own, "own_id": self.own_id, "nat": self.nat, "nat_id": self.nat_id, "fields": names }),
        })
    }

    /// Level 1: what was rejected, and who sent most.
    fn totals(&self) -> Option<(Vec<Ask>, Vec<Text>)> {
        let rejected = self.records().filter(|record| !record.accept).count() as u64;
        let all = self.records().count() as u64;
        let mut sent: BTreeMap<Ipv4Addr, (u64, u64, u64)> = BTreeMap::new();
        for record in self.records().filter(|record| record.destination == self.own) {
            let sum = sent.entry(record.source).or_default();
            if record.accept {
                sum.0 += record.bytes;
                sum.1 += record.packets;
            }
            sum.2 += 1;
        }
        let (top, sum) = sent.iter().max_by_key(|(_, sum)| sum.0)?;
        let second = sent.iter().filter(|(address, _)| *address != top).map(|(_, sum)| sum.0).max()?;
        if second * 10 > sum.0 * 9 {
            return None;
        }
        let mut traps: Vec<Trap> = Vec::new();
        let mut trap = |value: Option<Ipv4Addr>, en: &str, zh: &str| {
            let new = |value: &Ipv4Addr| !traps.iter().any(|trap| trap.value == value.to_string());
            if let Some(value) = value.filter(|value| value != top).filter(new) {
                traps.push(Trap::new(value, Text::new(format!("`{value}` {en}"), format!("`{value}`{zh}"))));
            }
        };
        let most = |key: fn(&(u64, u64, u64)) -> u64| {
            sent.iter().max_by_key(|(_, sum)| key(sum)).map(|found| *found.0)
        };
        trap(
            most(|sum| sum.2),
            "has the most records, not the most bytes.",
            "的紀錄筆數最多，但不是位元組最多。",
        );
        trap(
            most(|sum| sum.1),
            "sent the most packets, not the most bytes.",
            "送的封包最多，但不是位元組最多。",
        );
        trap(Some(self.own), "is the interface itself.", "是介面自己。");
        let mut counts = vec![(all - rejected, "Those are the ACCEPT records.", "那是ACCEPT的筆數。")];
        counts.push((
            self.lines.len() as u64 - (all - rejected),
            "NODATA and SKIPDATA lines have no action.",
            "NODATA與SKIPDATA那幾行沒有action。",
        ));
        let counts = counts
            .into_iter()
            .filter(|(value, ..)| *value != rejected)
            .map(|(value, en, zh)| Trap::new(value, Text::new(en, zh)));
        let mut counts: Vec<_> = counts.collect();
        counts.dedup_by(|a, b| a.value == b.value);
        let asks = vec![
            Ask::new(
                "rejects",
                Text::new("Records with the action REJECT", "action是REJECT的紀錄有幾筆"),
                Answer::count(rejected, counts),
            ),
            Ask::new(
                "talker",
                Text::new(
                    format!("Address that sent the most accepted bytes to `{}`", self.own),
                    format!("被放行、送往`{}`的位元組最多的來源位址", self.own),
                ),
                Answer::Typed { form: Form::Address, right: top.to_string(), also: Vec::new(), traps },
            ),
            Ask::new(
                "bytes",
                Text::new("How many bytes those are", "共多少位元組"),
                Answer::count(sum.0, Vec::new()),
            ),
        ];
        let steps = vec![
            Text::new(
                format!(
                    "Of {} lines, {all} are records of traffic; {rejected} of them say REJECT.",
                    self.lines.len()
                ),
                format!("{}行裡有{all}筆流量紀錄，其中{rejected}筆是REJECT。", self.lines.len()),
            ),
            Text::new(
                format!(
                    "Accepted bytes to `{}` by source: `{top}` leads with {}, the next has {second}.",
                    self.own, sum.0
                ),
                format!(
                    "依來源加總送往`{}`且放行的位元組：`{top}`最多，{}；第二名{second}。",
                    self.own, sum.0
                ),
            ),
        ];
        Some((asks, steps))
    }

    /// Level 2: who tries door after door.
    fn scan(&self) -> Option<(Vec<Ask>, Vec<Text>)> {
        let mut doors: BTreeMap<Ipv4Addr, (BTreeSet<u16>, u64)> = BTreeMap::new();
        for record in self.records().filter(|record| !record.accept && record.destination == self.own) {
            let found = doors.entry(record.source).or_default();
            found.0.insert(record.destination_port);
            found.1 += 1;
        }
        let (scanner, (ports, _)) = doors.iter().max_by_key(|(_, found)| found.0.len())?;
        let next = doors.iter().filter(|(address, _)| *address != scanner).max_by_key(|(_, found)| found.1);
        if next.is_some_and(|(_, found)| found.0.len() + 2 > ports.len()) {
            return None;
        }
        let mut traps = vec![Trap::new(
            self.own,
            Text::new("That is the interface itself, which is tried.", "那是介面自己，是被試探的一方。"),
        )];
        if let Some((address, (ports, count))) = next {
            traps.push(Trap::new(
                *address,
                Text::new(
                    format!(
                        "`{address}` is rejected {count} times, but at only {} port{}.",
                        ports.len(),
                        if ports.len() == 1 { "" } else { "s" }
                    ),
                    format!("`{address}`被拒絕{count}次，但只有{}個連接埠。", ports.len()),
                ),
            ));
        }
        let list: Vec<_> = ports.iter().map(ToString::to_string).collect();
        let bytes: u64 = self
            .records()
            .filter(|record| record.accept && record.source == self.own)
            .map(|record| record.bytes)
            .sum();
        let rejected: u64 =
            self.records().filter(|record| record.source == self.own).map(|record| record.bytes).sum();
        let mut byte_traps = Vec::new();
        if rejected != bytes {
            byte_traps.push(Trap::new(
                rejected,
                Text::new(
                    "That counts rejected packets too: they did not leave.",
                    "這把被拒絕的也算進去了：它們並沒有送出去。",
                ),
            ));
        }
        let asks = vec![
            Ask::new(
                "scanner",
                Text::new(
                    format!("Address that scans the ports of `{}`", self.own),
                    format!("哪個位址在掃描`{}`的連接埠", self.own),
                ),
                Answer::Typed { form: Form::Address, right: scanner.to_string(), also: Vec::new(), traps },
            ),
            Ask::new(
                "sent",
                Text::new(
                    format!("Bytes that `{}` sent and that were let through", self.own),
                    format!("`{}`送出且放行的位元組總數", self.own),
                ),
                Answer::count(bytes, byte_traps),
            ),
        ];
        let steps = vec![
            Text::new(
                format!(
                    "`{scanner}` is rejected at {} different ports ({}): a scan.",
                    list.len(),
                    list.join(", ")
                ),
                format!("`{scanner}`在{}個不同的連接埠（{}）被拒絕：這是掃描。", list.len(), list.join("、")),
            ),
            Text::new(
                format!("ACCEPT records with the source `{}` sum up to {bytes} bytes.", self.own),
                format!("來源是`{}`的ACCEPT紀錄合計{bytes}位元組。", self.own),
            ),
        ];
        Some((asks, steps))
    }

    /// Level 3: who is behind the NAT gateway.
    fn behind(&self) -> Option<(Vec<Ask>, Vec<Text>)> {
        let mut sums: BTreeMap<(Ipv4Addr, Ipv4Addr), u64> = BTreeMap::new();
        for record in
            self.records().filter(|record| record.interface == self.nat_id && record.destination == self.nat)
        {
            if record.packet_destination != self.nat {
                *sums.entry((record.packet_destination, record.source)).or_default() += record.bytes;
            }
        }
        let mut partners: BTreeMap<Ipv4Addr, Vec<(u64, Ipv4Addr)>> = BTreeMap::new();
        for ((partner, host), sum) in &sums {
            partners.entry(*partner).or_default().push((*sum, *host));
        }
        let (partner, mut hosts) = partners.into_iter().max_by_key(|(_, hosts)| hosts.len())?;
        hosts.sort_unstable_by(|a, b| b.cmp(a));
        let [(sum, host), (second, _), ..] = *hosts.as_slice() else { return None };
        if second * 10 > sum * 9 {
            return None;
        }
        let mut traps = vec![Trap::new(
            self.nat,
            Text::new(
                "That is the NAT gateway: its own address stands in `dstaddr` of what comes in from hosts and in `srcaddr` of what goes out.",
                "那是NAT gateway：主機進來的紀錄裡它出現在`dstaddr`，往外送的紀錄裡它出現在`srcaddr`。",
            ),
        )];
        let mut overall: BTreeMap<Ipv4Addr, u64> = BTreeMap::new();
        for ((_, host), sum) in &sums {
            *overall.entry(*host).or_default() += sum;
        }
        if let Some((other, _)) =
            overall.iter().max_by_key(|(_, sum)| **sum).filter(|(other, _)| **other != host)
        {
            traps.push(Trap::new(
                other,
                Text::new(
                    format!("`{other}` sent most in all, but not to `{partner}`."),
                    format!("`{other}`總量最大，但不是送往`{partner}`。"),
                ),
            ));
        }
        let asks = vec![
            Ask::new(
                "host",
                Text::new(
                    format!(
                        "Private address that sent the most bytes to `{partner}` through the NAT gateway"
                    ),
                    format!("哪個私有位址經由NAT gateway送給`{partner}`的位元組最多"),
                ),
                Answer::Typed { form: Form::Address, right: host.to_string(), also: Vec::new(), traps },
            ),
            Ask::new(
                "bytes",
                Text::new("How many bytes those are", "共多少位元組"),
                Answer::count(sum, Vec::new()),
            ),
        ];
        let steps = vec![Text::new(
            format!(
                "At the interface of the NAT gateway, `dstaddr` `{}` with `pkt-dstaddr` `{partner}` is what hosts send to `{partner}`: `{host}` {sum} bytes, the next {second}.",
                self.nat
            ),
            format!(
                "在NAT gateway的介面上，`dstaddr`是`{}`而`pkt-dstaddr`是`{partner}`的紀錄就是主機送給`{partner}`的：`{host}` {sum}位元組，第二名{second}。",
                self.nat
            ),
        )];
        Some((asks, steps))
    }
}
