//! D03: the rules it draws, such that a packet gets through or not, and the changes it offers.

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;

use crate::cloud::Draw;
use crate::cloud::network::{AclRule, GroupRule, Network, Peer, Ports, Protocol};
use crate::model::Text;

const OTHER_PORTS: &[u16] = &[22, 25, 80, 123, 443, 1521, 3389, 8443, 9200, 11211];

/// A packet as a list of rules sees it.
#[derive(Clone, Copy)]
pub(super) struct Seen {
    pub(super) protocol: Protocol,
    pub(super) far: Ipv4Addr,
    pub(super) far_subnet: Ipv4Net,
    pub(super) far_vpc: Ipv4Net,
    pub(super) port: u16,
    pub(super) icmp: (i16, i16),
    /// What a misreading takes for its destination port.
    pub(super) misread: u16,
}

pub(super) fn network_of(address: Ipv4Addr, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(address, prefix).trunc()
}

/// A rule more.
#[derive(Clone)]
pub(super) enum Change {
    Acl(String, AclRule),
    Group(String, GroupRule),
}

impl Change {
    pub(super) fn apply(&self, network: &mut Network) {
        match self {
            Self::Acl(id, rule) => {
                for acl in network.network_acls.iter_mut().filter(|acl| acl.id == *id) {
                    acl.rules.push(rule.clone());
                }
            }
            Self::Group(id, rule) => {
                for group in network.security_groups.iter_mut().filter(|group| group.id == *id) {
                    group.rules.push(rule.clone());
                }
            }
        }
    }

    /// What it changes, and in which direction.
    pub(super) fn place(&self) -> (&str, bool) {
        match self {
            Self::Acl(id, rule) => (id, rule.egress),
            Self::Group(id, rule) => (id, rule.egress),
        }
    }

    pub(super) fn text(&self) -> Text {
        let (id, egress) = self.place();
        let (way, way_zh) = if egress { ("outbound", "傳出") } else { ("inbound", "傳入") };
        match self {
            Self::Acl(_, rule) => Text::new(
                format!("`{id}`, {way} rule {}: `{}`", rule.number, acl_rule(rule)),
                format!("`{id}`加{way_zh}規則{}：`{}`", rule.number, acl_rule(rule)),
            ),
            Self::Group(_, rule) => Text::new(
                format!("`{id}`, {way} rule: `{}`", group_rule(rule)),
                format!("`{id}`加{way_zh}規則：`{}`", group_rule(rule)),
            ),
        }
    }
}

pub(super) fn lower(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

fn ports(protocol: Option<Protocol>, ports: Ports) -> String {
    match (protocol, ports) {
        (None, _) => "all".to_owned(),
        (Some(protocol), Ports::All) => protocol.name().to_owned(),
        (Some(protocol), Ports::Range(low, high)) if low == high => format!("{} {low}", protocol.name()),
        (Some(protocol), Ports::Range(low, high)) => format!("{} {low}-{high}", protocol.name()),
        (Some(protocol), Ports::Icmp(kind, code)) => format!("{} type {kind} code {code}", protocol.name()),
    }
}

pub(super) fn acl_rule(rule: &AclRule) -> String {
    let action = if rule.allow { "allow" } else { "deny" };
    format!("{action} {} {}", ports(rule.protocol, rule.ports), rule.cidr)
}

pub(super) fn group_rule(rule: &GroupRule) -> String {
    let peer = match &rule.peer {
        Peer::Cidr(cidr) => cidr.to_string(),
        Peer::Group(id) | Peer::PrefixList(id) => id.clone(),
    };
    format!("{} {peer}", ports(rule.protocol, rule.ports))
}

pub(super) fn everything() -> GroupRule {
    GroupRule { egress: false, protocol: None, ports: Ports::All, peer: Peer::Cidr(Ipv4Net::default()) }
}

impl Seen {
    /// The other protocol that people mix it up with.
    fn mixed_up(&self) -> Protocol {
        match self.protocol {
            Protocol::Udp => Protocol::Tcp,
            _ => Protocol::Udp,
        }
    }

    /// Ports that have it.
    fn has(&self, draw: &mut Draw) -> Ports {
        if self.protocol == Protocol::Icmp {
            return *draw.pick(&[
                Ports::Icmp(-1, -1),
                Ports::Icmp(self.icmp.0, self.icmp.1),
                Ports::Icmp(self.icmp.0, -1),
            ]);
        }
        if self.port >= 32768 {
            return *draw.pick(&[
                Ports::Range(1024, 65535),
                Ports::Range(32768, 60999),
                Ports::Range(32768, 65535),
            ]);
        }
        match draw.int(0, 3) {
            0 => Ports::Range(0, 65535),
            _ => Ports::Range(self.port, self.port),
        }
    }

    /// Ports that look as if they had it.
    fn misses(&self, draw: &mut Draw) -> Ports {
        if self.protocol == Protocol::Icmp {
            return *draw.pick(&[Ports::Icmp(8 - self.icmp.0, 0), Ports::Icmp(3, 4), Ports::Icmp(11, -1)]);
        }
        let other = *draw.pick(OTHER_PORTS);
        let mut choices = vec![Ports::Range(other, other), Ports::Range(self.misread, self.misread)];
        if self.port >= 32768 {
            choices.extend([
                Ports::Range(1024, 32767),
                Ports::Range(49152, 65535),
                Ports::Range(40000, 49151),
            ]);
        } else {
            choices[1] = Ports::Range(1024, 65535);
            choices.push(Ports::Range(self.port + 1, self.port + 10));
        }
        *draw.pick(&choices)
    }

    fn near(&self, draw: &mut Draw) -> Ipv4Net {
        let around = network_of(self.far, 20);
        let own = network_of(self.far, 32);
        *draw.pick(&[self.far_subnet, self.far_subnet, self.far_vpc, around, own, Ipv4Net::default()])
    }

    /// A block that does not have it: the subnet next to it, its other half, another network.
    fn elsewhere(&self, draw: &mut Draw) -> Ipv4Net {
        let flipped = |bit: u32, prefix: u8| network_of(Ipv4Addr::from(u32::from(self.far) ^ bit), prefix);
        *draw.pick(&[flipped(1 << 8, 24), flipped(1 << 7, 25), flipped(1 << 10, 24), flipped(1 << 20, 16)])
    }
}

/// Rules of one direction under which a packet is let through or not.
pub(super) fn acl_rules(
    draw: &mut Draw,
    egress: bool,
    seen: Seen,
    let_through: bool,
    noise: usize,
) -> Vec<AclRule> {
    let about = |rule: &AclRule| rule.is_about(seen.protocol, seen.far, seen.port, seen.icmp);
    let rule = |protocol, ports, cidr, allow| AclRule { number: 0, egress, protocol, ports, cidr, allow };
    let all = |draw: &mut Draw| draw.percent(15);
    let hit = |draw: &mut Draw, allow: bool| {
        let cidr = seen.near(draw);
        if all(draw) {
            return rule(None, Ports::All, cidr, allow);
        }
        rule(Some(seen.protocol), seen.has(draw), cidr, allow)
    };
    let miss = |draw: &mut Draw, allow: bool| {
        let mut made = rule(Some(seen.protocol), Ports::All, seen.near(draw), allow);
        match draw.int(0, 3) {
            0 => (made.cidr, made.ports) = (seen.elsewhere(draw), seen.has(draw)),
            1 if seen.protocol != Protocol::Icmp => {
                (made.protocol, made.ports) = (Some(seen.mixed_up()), seen.has(draw));
            }
            _ => made.ports = seen.misses(draw),
        }
        made
    };
    // A miss that happens to match is drawn again; there is always one that does not.
    let miss = |draw: &mut Draw, allow: bool| loop {
        let made = miss(draw, allow);
        if !about(&made) {
            break made;
        }
    };
    let mut rules = Vec::new();
    for _ in 0..draw.int(0, noise) {
        let allow = draw.percent(65);
        rules.push(miss(draw, allow));
    }
    if let_through {
        rules.push(hit(draw, true));
    } else if draw.percent(45) {
        rules.push(hit(draw, false));
        rules.push(hit(draw, true));
    } else {
        rules.push(miss(draw, true));
    }
    for _ in 0..draw.int(0, noise) {
        let allow = draw.percent(65);
        let decided = rules.iter().any(about);
        // After the rule that decides, anything may follow.
        // It says the opposite, and changes nothing.
        let made = if decided && draw.percent(50) { hit(draw, !let_through) } else { miss(draw, allow) };
        rules.push(made);
    }
    rules.dedup_by(|a, b| {
        (a.protocol, a.ports, a.cidr) == (b.protocol, b.ports, b.cidr) && a.allow == b.allow
    });
    let step = *draw.pick(&[10u16, 10, 20, 100]);
    let mut number = if step == 100 { 100 } else { *draw.pick(&[10, 100, 100]) };
    for rule in &mut rules {
        rule.number = number;
        number += step * if draw.percent(75) { 1 } else { 2 };
    }
    rules
}

/// A rule of a group that may or may not be about a packet.
pub(super) fn any_group_rule(draw: &mut Draw, egress: bool, seen: Seen) -> GroupRule {
    let ports = *draw.pick(OTHER_PORTS);
    let cidr = seen.near(draw);
    GroupRule {
        egress,
        protocol: Some(Protocol::Tcp),
        ports: Ports::Range(ports, ports),
        peer: Peer::Cidr(cidr),
    }
}

/// Rules of one direction under which a packet is let through or not.
pub(super) fn group_rules(
    draw: &mut Draw,
    egress: bool,
    seen: Seen,
    let_through: bool,
    reference: Option<String>,
    stranger: &str,
) -> Vec<GroupRule> {
    let rule = |protocol, ports, peer| GroupRule { egress, protocol: Some(protocol), ports, peer };
    let mut rules = Vec::new();
    for _ in 0..draw.int(1, 2) {
        let mut other = *draw.pick(OTHER_PORTS);
        while other == seen.port {
            other = *draw.pick(OTHER_PORTS);
        }
        let peer = Peer::Cidr(seen.near(draw));
        rules.push(rule(Protocol::Tcp, Ports::Range(other, other), peer));
    }
    if let_through {
        let peer = reference.map_or_else(|| Peer::Cidr(seen.near(draw)), Peer::Group);
        // Outbound rules are often left as they come: everything.
        let made = if egress && draw.percent(40) {
            rules.clear();
            GroupRule { egress, ..everything() }
        } else {
            rule(seen.protocol, seen.has(draw), peer)
        };
        rules.push(made);
    } else {
        let referenced = reference.is_some();
        let peer = reference.map_or_else(|| Peer::Cidr(seen.near(draw)), Peer::Group);
        let made = match draw.int(0, 2) {
            0 if referenced => rule(seen.protocol, seen.has(draw), Peer::Group(stranger.to_owned())),
            0 => rule(seen.protocol, seen.has(draw), Peer::Cidr(seen.elsewhere(draw))),
            1 if seen.protocol != Protocol::Icmp => rule(seen.mixed_up(), seen.has(draw), peer),
            _ => rule(seen.protocol, seen.misses(draw), peer),
        };
        rules.push(made);
    }
    rules
}
