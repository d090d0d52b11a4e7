//! D01: networks, ranges and usable addresses; subnets of equal size; where a new subnet fits.

use std::fmt::Write as _;
use std::net::Ipv4Addr;

use ipnet::Ipv4Net;
use serde_json::json;

use super::figure::counted;
use super::{Answer, Ask, Choice, Exercise, Family, Form, Trap, Unit, shown};
use crate::cloud::Draw;
use crate::model::{EvidenceType, Text};

pub(super) const FAMILY: Family = Family {
    id: "D01",
    place: ("networking", "ipv4-cidr-subnetting"),
    depths: &[1, 2, 2],
    seconds: 60,
    version: 2,
    sources: &[
        "RFC 4632, section 3.1 (prefix notation)",
        "RFC 3021, section 2.1 (/31 links use both addresses)",
        "Amazon VPC User Guide, Subnet CIDR blocks (/16 to /28; the first four addresses and the last are reserved)",
    ],
    draw,
};

/// Who counts as using a network.
#[derive(Clone, Copy, PartialEq)]
enum Rule {
    /// Hosts on a link: not the network's own address, not broadcast; /31 and /32 have neither.
    Plain,
    /// Interfaces in a subnet of a VPC: AWS keeps five.
    Vpc,
}

impl Rule {
    fn usable(self, prefix: u8) -> u64 {
        let all = 1u64 << (32 - prefix);
        match self {
            Self::Vpc => all - 5,
            Self::Plain if prefix >= 31 => all,
            Self::Plain => all - 2,
        }
    }

    fn text(self) -> Text {
        match self {
            Self::Plain => Text::new(
                "an ordinary network (the network and broadcast addresses are not for hosts; a /31 link uses both addresses, a /32 is one host)",
                "一般網路（網路位址與廣播位址不給主機用；/31點對點連線兩個位址都能用，/32就是一台主機）",
            ),
            Self::Vpc => Text::new(
                "a subnet in a VPC (AWS keeps the first four addresses and the last one)",
                "VPC裡的子網路（AWS保留前四個位址與最後一個位址）",
            ),
        }
    }
}

fn draw(draw: &mut Draw, level: u8) -> Exercise {
    match level {
        1 => one_network(draw),
        2 => equal_subnets(draw),
        _ => next_subnet(draw),
    }
}

/// An address of a private range (RFC 1918), anywhere in it.
fn private_address(draw: &mut Draw) -> Ipv4Addr {
    match draw.int(0, 2) {
        0 => Ipv4Addr::new(10, draw.int(0, 255), draw.int(0, 255), draw.int(1, 254)),
        1 => Ipv4Addr::new(172, draw.int(16, 31), draw.int(0, 255), draw.int(1, 254)),
        _ => Ipv4Addr::new(192, 168, draw.int(0, 255), draw.int(1, 254)),
    }
}

fn network(address: Ipv4Addr, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(address, prefix).trunc()
}

fn one_network(draw: &mut Draw) -> Exercise {
    let rule = *draw.pick(&[Rule::Plain, Rule::Vpc]);
    let prefix = match rule {
        Rule::Vpc => draw.int(18, 28),
        // Now and then the two that have names of their own.
        Rule::Plain if draw.percent(10) => draw.int(31, 32),
        Rule::Plain => draw.int(18, 30),
    };
    let address = private_address(draw);
    let net = network(address, prefix);
    let octet = usize::from((prefix - 1) / 8);
    let step = 1u32 << ((8 - prefix % 8) % 8);
    let usable = rule.usable(prefix);
    let all = 1u64 << (32 - prefix);
    let place = rule.text();

    let mut usable_traps = vec![Trap::new(
        all,
        Text::new(
            format!("{all} is every address of a /{prefix}; not all of them are for hosts here."),
            format!("{all}是 /{prefix}的全部位址數，這裡並非每一個都能給主機用。"),
        ),
    )];
    let other = match rule {
        Rule::Vpc => all - 2,
        Rule::Plain => all.saturating_sub(5),
    };
    if rule == Rule::Vpc || prefix < 30 {
        usable_traps.push(Trap::new(
            other,
            Text::new(
                "That is the rule of the other kind of network: a VPC subnet keeps five addresses, an ordinary network two.",
                "那是另一種網路的算法：VPC子網路保留五個位址，一般網路是兩個。",
            ),
        ));
    }
    usable_traps.retain(|trap| trap.value != usable.to_string());

    Exercise {
        prompt: Text::new(
            format!("An interface has the address `{address}/{prefix}` in {}.", place.en),
            format!("某個網路介面的位址是`{address}/{prefix}`，位於{}。", place.zh_tw),
        ),
        evidence: Vec::new(),
        asks: vec![
            Ask::new(
                "network",
                Text::new("Its network, as address/prefix", "所屬網路（位址/前綴長度）"),
                Answer::typed(Form::Network, net),
            ),
            Ask::new(
                "last",
                Text::new("The last address of that network", "該網路的最後一個位址"),
                Answer::typed(Form::Address, net.broadcast()),
            ),
            Ask::new(
                "usable",
                Text::new("How many addresses hosts can use", "主機可以使用幾個位址"),
                Answer::count(usable, usable_traps),
            ),
        ],
        steps: vec![
            Text::new(
                format!(
                    "/{prefix} leaves 32 − {prefix} = {}: 2^{} = {all} address{}.",
                    counted(32 - prefix, "host bit"),
                    32 - prefix,
                    if all == 1 { "" } else { "es" }
                ),
                format!(
                    "/{prefix}剩下32 − {prefix} = {}個主機位元：2^{} = {all}個位址。",
                    32 - prefix,
                    32 - prefix
                ),
            ),
            Text::new(
                format!(
                    "Octet {} moves in steps of {step}: `{address}` falls into the block that starts at `{}` and ends at `{}`.",
                    octet + 1,
                    net.network(),
                    net.broadcast()
                ),
                format!(
                    "第{}個位元組每{step}一跳：`{address}`落在從`{}`到`{}`的區塊。",
                    octet + 1,
                    net.network(),
                    net.broadcast()
                ),
            ),
            Text::new(
                format!("In {}: {usable} usable.", place.en),
                format!("{}：可用{usable}個。", place.zh_tw),
            ),
        ],
        given: json!({ "address": address, "prefix": prefix, "vpc": rule == Rule::Vpc }),
    }
}

fn equal_subnets(draw: &mut Draw) -> Exercise {
    // 4 to 200 interfaces, so that a /29 (3 usable) never fits and a /24 always does.
    let hosts: u64 = draw.int(4, 200);
    let prefix = (16..=28).rev().find(|prefix| Rule::Vpc.usable(*prefix) >= hosts).unwrap_or(16);
    let plain = (16..=30).rev().find(|prefix| Rule::Plain.usable(*prefix) >= hosts).unwrap_or(16);
    let vpc = network(private_address(draw), draw.int(16, prefix - 2));
    let fit = 1u64 << (prefix - vpc.prefix_len());
    let ordinal = draw.int(2, fit.min(12));
    let size = 1u32 << (32 - prefix);
    let start = Ipv4Addr::from(u32::from(vpc.network()) + size * (ordinal as u32 - 1));
    let chosen = network(start, prefix);

    let mut traps = Vec::new();
    if plain != prefix {
        traps.push(Trap::new(
            plain,
            Text::new(
                format!(
                    "A /{plain} has {} addresses, but in a VPC only {} of them are usable.",
                    1u64 << (32 - plain),
                    (1u64 << (32 - plain)) - 5
                ),
                format!(
                    "/{plain}有{}個位址，但在VPC裡只有{}個可用。",
                    1u64 << (32 - plain),
                    (1u64 << (32 - plain)) - 5
                ),
            ),
        ));
    }
    traps.push(Trap::new(
        prefix - 1,
        Text::new(
            "That fits, but wastes half: the question asks for the smallest.",
            "放得下，但浪費一半：題目要的是最小的。",
        ),
    ));
    let nth = start_after(vpc, size, ordinal);

    Exercise {
        prompt: Text::new(
            format!(
                "A VPC has the CIDR block `{vpc}`. It is divided into subnets of equal size, each for **{hosts}** network interfaces (AWS keeps five addresses of each subnet). Subnets are numbered from 1, from the lowest address up, without gaps."
            ),
            format!(
                "某個VPC的CIDR區塊是`{vpc}`，要切成一樣大的子網路，每個要容納 **{hosts}** 個網路介面（AWS在每個子網路保留五個位址）。子網路從最低的位址起依序編號1、2、3……，中間不留空隙。"
            ),
        ),
        evidence: Vec::new(),
        asks: vec![
            Ask::new(
                "prefix",
                Text::new("The longest prefix length that is still large enough", "仍放得下的最長前綴長度"),
                Answer::count(prefix.into(), traps),
            ),
            Ask::new(
                "fit",
                Text::new(
                    "How many such subnets the VPC has room for, quotas aside",
                    "不考慮配額，這個VPC放得下幾個這樣的子網路",
                ),
                Answer::count(fit, Vec::new()),
            ),
            Ask::new(
                "ordinal",
                Text::new(
                    format!("Subnet number {ordinal}, as address/prefix"),
                    format!("第{ordinal}個子網路（位址/前綴長度）"),
                ),
                Answer::Typed {
                    form: Form::Network,
                    right: chosen.to_string(),
                    also: Vec::new(),
                    traps: vec![Trap::new(
                        nth,
                        Text::new(
                            format!(
                                "That is number {}: the first subnet starts at the VPC's own address.",
                                ordinal + 1
                            ),
                            format!("那是第{}個：第一個子網路就從VPC的起始位址開始。", ordinal + 1),
                        ),
                    )],
                },
            ),
        ],
        steps: vec![
            Text::new(
                format!(
                    "{hosts} interfaces and 5 reserved addresses need {} addresses; the next power of two is {size}, a /{prefix}.",
                    hosts + 5
                ),
                format!(
                    "{hosts}個介面加5個保留位址共需{}個位址；往上最近的2的次方是{size}，也就是 /{prefix}。",
                    hosts + 5
                ),
            ),
            Text::new(
                format!(
                    "From /{} to /{prefix} are {} bits: 2^{} = {fit} subnets.",
                    vpc.prefix_len(),
                    prefix - vpc.prefix_len(),
                    prefix - vpc.prefix_len()
                ),
                format!(
                    "從 /{}到 /{prefix}是{}個位元：2^{} = {fit}個子網路。",
                    vpc.prefix_len(),
                    prefix - vpc.prefix_len(),
                    prefix - vpc.prefix_len()
                ),
            ),
            Text::new(
                format!(
                    "Number {ordinal} starts ({ordinal} − 1) × {size} = {} addresses after `{}`: `{chosen}`.",
                    u64::from(size) * (ordinal - 1),
                    vpc.network()
                ),
                format!(
                    "第{ordinal}個從`{}`之後第 ({ordinal} − 1) × {size} = {}個位址開始：`{chosen}`。",
                    vpc.network(),
                    u64::from(size) * (ordinal - 1)
                ),
            ),
        ],
        given: json!({ "vpc": vpc, "hosts": hosts, "ordinal": ordinal }),
    }
}

/// The subnet after number `ordinal`, which counting from 0 would name.
fn start_after(vpc: Ipv4Net, size: u32, ordinal: u64) -> Ipv4Net {
    let start = u32::from(vpc.network()).wrapping_add(size.wrapping_mul(ordinal as u32));
    network(Ipv4Addr::from(start), 32 - size.trailing_zeros() as u8)
}

fn next_subnet(draw: &mut Draw) -> Exercise {
    let vpc = network(private_address(draw), draw.int(20, 22));
    let first = u32::from(vpc.network());
    let end = u64::from(first) + (1u64 << (32 - vpc.prefix_len()));
    // Subnets of mixed sizes from the bottom up, with a gap here and there that alignment forces or chance leaves.
    let mut subnets: Vec<Ipv4Net> = Vec::new();
    let mut at = u64::from(first);
    let count = draw.int(4, 6);
    while subnets.len() < count {
        let (largest, skip) = (draw.int(24, 28), draw.percent(25));
        // The largest that still leaves room for a block of each size asked for.
        let place = |prefix: u8| {
            let size = 1u64 << (32 - prefix);
            let start = at.next_multiple_of(size) + if skip { size } else { 0 };
            (start + size <= end - 256).then_some((prefix, start))
        };
        let Some((prefix, start)) = (largest..=28).find_map(place) else { break };
        subnets.push(network(Ipv4Addr::from(start as u32), prefix));
        at = start + (1u64 << (32 - prefix));
    }
    let wanted: u8 = draw.int(25, 27);
    let size = 1u64 << (32 - wanted);
    let free = |start: u64| {
        let block = network(Ipv4Addr::from(start as u32), wanted);
        !subnets.iter().any(|subnet| subnet.contains(&block) || block.contains(subnet))
    };
    let starts = (u64::from(first)..end).step_by(size as usize);
    let start = starts.into_iter().find(|start| free(*start)).unwrap_or(end - size);
    let right = network(Ipv4Addr::from(start as u32), wanted);
    let taken: u64 = subnets.iter().map(|subnet| 1u64 << (32 - subnet.prefix_len())).sum();
    let all = 1u64 << (32 - vpc.prefix_len());
    let inside = *draw.pick(&subnets);
    let address =
        Ipv4Addr::from(u32::from(inside.network()) + draw.int(4, (1u32 << (32 - inside.prefix_len())) - 2));

    let mut shuffled = subnets.clone();
    draw.shuffle(&mut shuffled);
    let ids: Vec<String> = shuffled.iter().map(|_| format!("subnet-0{}", draw.hex(16))).collect();
    let mut table =
        String::from("$ aws ec2 describe-subnets --query 'Subnets[].[SubnetId,CidrBlock]' --output text\n");
    for (id, subnet) in ids.iter().zip(&shuffled) {
        let _ = writeln!(table, "{id}\t{subnet}");
    }
    let options = ids
        .iter()
        .zip(&shuffled)
        .map(|(id, subnet)| {
            let verdict = subnet.contains(&address);
            let (en, zh) = if verdict { ("contains", "包含") } else { ("does not contain", "不包含") };
            Choice::new(
                Text::new(format!("`{id}`"), format!("`{id}`")),
                Text::new(
                    format!(
                        "`{subnet}` runs from `{}` to `{}` and {en} `{address}`.",
                        subnet.network(),
                        subnet.broadcast()
                    ),
                    format!(
                        "`{subnet}`的範圍是`{}`到`{}`，{zh}`{address}`。",
                        subnet.network(),
                        subnet.broadcast()
                    ),
                ),
            )
        })
        .collect();
    let holder = shuffled.iter().position(|subnet| subnet.contains(&address)).unwrap_or_default();
    let last = subnets.iter().map(|subnet| u64::from(u32::from(subnet.broadcast())) + 1).max().unwrap_or(end);
    let behind = network(Ipv4Addr::from(last.next_multiple_of(size) as u32), wanted);
    let mut traps = Vec::new();
    if behind != right {
        traps.push(Trap::new(
            behind,
            Text::new(
                format!("It is free, but not the lowest: there is a gap at `{right}`."),
                format!("它是空的，但不是最低的：`{right}`那裡有空隙。"),
            ),
        ));
    }

    Exercise {
        prompt: Text::new(
            format!(
                "The VPC `{vpc}` has the subnets below. A colleague asks for one more subnet, a **/{wanted}**, at the lowest address where it overlaps nothing."
            ),
            format!(
                "VPC `{vpc}`目前有下列子網路。同事要再加一個 **/{wanted}** 的子網路，放在不與任何子網路重疊的最低位址。"
            ),
        ),
        evidence: vec![shown(EvidenceType::Command, table)],
        asks: vec![
            Ask::new(
                "subnet",
                Text::new("The new subnet, as address/prefix", "新的子網路（位址/前綴長度）"),
                Answer::Typed { form: Form::Network, right: right.to_string(), also: Vec::new(), traps },
            ),
            Ask::new(
                "holder",
                Text::new(format!("The subnet of `{address}`"), format!("`{address}`屬於哪個子網路")),
                Answer::Choice { options, right: holder },
            ),
            Ask::new(
                "left",
                Text::new(
                    "Addresses of the VPC in no subnet, before the new one is made",
                    "建立之前，VPC裡還有幾個位址不屬於任何子網路",
                ),
                Answer::Number {
                    value: (all - taken) as f64,
                    tolerance: 0.0,
                    unit: Unit::None,
                    traps: Vec::new(),
                },
            ),
        ],
        steps: vec![
            Text::new(
                format!("A /{wanted} has {size} addresses and starts at a multiple of {size}."),
                format!("/{wanted}有{size}個位址，必須從{size}的倍數開始。"),
            ),
            Text::new(
                format!(
                    "From `{}` upwards, the first such block that no subnet touches is `{right}`.",
                    vpc.network()
                ),
                format!("從`{}`往上，第一個不碰到任何子網路的區塊是`{right}`。", vpc.network()),
            ),
            Text::new(
                format!("`{address}` lies in `{inside}`, which ends at `{}`.", inside.broadcast()),
                format!("`{address}`位於`{inside}`，該網段到`{}`為止。", inside.broadcast()),
            ),
            Text::new(
                format!("The subnets take {taken} of {all} addresses: {} are left.", all - taken),
                format!("各子網路共占{all}個位址中的{taken}個，還剩{}個。", all - taken),
            ),
        ],
        given: json!({ "vpc": vpc, "prefix": wanted, "address": address }),
    }
}
