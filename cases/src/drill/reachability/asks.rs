//! D03: what is asked of a case, with the reason of every answer.

use super::rules::{Change, acl_rule, group_rule, lower};
use super::{CHECKS, Case};
use crate::cloud::Draw;
use crate::cloud::network::{Detail, Hop, Protocol, Volume, records, walk};
use crate::drill::{Answer, Ask, Choice, Trap};
use crate::model::Text;

impl Case {
    /// What a check is called in the options.
    pub(super) fn check_name(&self, check: usize) -> Text {
        let (client, server) = (&self.client.0, &self.server.0);
        match check {
            0 => Text::new(
                format!("The request, at the security groups of `{client}` (outbound)"),
                format!("請求：`{client}`的安全群組（傳出）"),
            ),
            1 => Text::new(
                format!("The request, at the network ACL of the subnet of `{client}` (outbound)"),
                format!("請求：`{client}`所在子網路的網路ACL（傳出）"),
            ),
            2 => Text::new(
                format!("The request, at the network ACL of the subnet of `{server}` (inbound)"),
                format!("請求：`{server}`所在子網路的網路ACL（傳入）"),
            ),
            3 => Text::new(
                format!("The request, at the security groups of `{server}` (inbound)"),
                format!("請求：`{server}`的安全群組（傳入）"),
            ),
            4 => Text::new(
                format!("The reply, at the network ACL of the subnet of `{server}` (outbound)"),
                format!("回應：`{server}`所在子網路的網路ACL（傳出）"),
            ),
            5 => Text::new(
                format!("The reply, at the network ACL of the subnet of `{client}` (inbound)"),
                format!("回應：`{client}`所在子網路的網路ACL（傳入）"),
            ),
            _ => Text::new("Nowhere: request and reply both get through", "哪裡都沒停：請求與回應都通過"),
        }
    }

    /// The packet a check sees, in words.
    fn packet(&self, check: usize) -> String {
        let flow = &self.flow;
        let (from, to) = if check < 4 {
            (&self.client.1.address, &self.server.1.address)
        } else {
            (&self.server.1.address, &self.client.1.address)
        };
        match (flow.protocol, check < 4) {
            (Protocol::Icmp, true) => format!("`{from}` → `{to}` (icmp type 8 code 0)"),
            (Protocol::Icmp, false) => format!("`{from}` → `{to}` (icmp type 0 code 0)"),
            (protocol, request) => {
                let (a, b) = (flow.source_port, flow.destination_port);
                let (a, b) = if request { (a, b) } else { (b, a) };
                format!("`{from}:{a}` → `{to}:{b}` ({})", protocol.name())
            }
        }
    }

    /// What a check finds; none where it is not asked.
    pub(super) fn found(&self, check: usize) -> Option<(bool, Text)> {
        let step = self.walk.steps.iter().find(|step| self.is_check(check, step.leg, &step.hop))?;
        let packet = self.packet(check);
        let acl = |id: &str| self.network.network_acls.iter().find(|acl| acl.id == id);
        let text = match (&step.detail, &step.hop) {
            (Detail::GroupRule(group, index), _) => {
                let found = self.network.security_groups.iter().find(|found| found.id == *group);
                let rule =
                    found.and_then(|found| found.rules.get(*index)).map(group_rule).unwrap_or_default();
                Text::new(
                    format!("{packet}: `{group}` allows it (`{rule}`)."),
                    format!("{packet}：`{group}`允許（`{rule}`）。"),
                )
            }
            (Detail::AclRule(number), Hop::NetworkAcl { acl: id, egress, .. }) => {
                let rule = acl(id).and_then(|acl| {
                    acl.rules.iter().find(|rule| rule.number == *number && rule.egress == *egress)
                });
                let rule = rule.map(acl_rule).unwrap_or_default();
                Text::new(
                    format!("{packet}: the first rule that matches is {number} (`{rule}`)."),
                    format!("{packet}：最先符合的是規則{number}（`{rule}`）。"),
                )
            }
            (Detail::AclDefault, _) => Text::new(
                format!("{packet}: no numbered rule matches, so the last one (32767, `*`) denies."),
                format!("{packet}：沒有任何編號規則符合，由最後一條（32767，也就是`*`）拒絕。"),
            ),
            _ => {
                let interface = if check == 0 { &self.client.1 } else { &self.server.1 };
                let groups: Vec<_> = interface.groups.iter().map(|group| format!("`{group}`")).collect();
                let (en, zh) = if check == 0 { ("outbound", "傳出") } else { ("inbound", "傳入") };
                Text::new(
                    format!("{packet}: no {en} rule of {} allows it.", groups.join(", ")),
                    format!("{packet}：{}沒有任何{zh}規則允許。", groups.join("、")),
                )
            }
        };
        Some((step.passed, text))
    }

    pub(super) fn leg_ask(&self) -> Ask {
        let right = self.stopped_at().min(CHECKS);
        let stopped = self.found(right).map(|(_, text)| text);
        let option = |check: usize| {
            let why = match (self.found(check), &stopped) {
                (Some((passed, text)), _) => {
                    let (en, zh) = if passed { ("It passes here. ", "這裡會通過。") } else { ("", "") };
                    Text::new(format!("{en}{}", text.en), format!("{zh}{}", text.zh_tw))
                }
                (None, Some(stop)) if check == CHECKS => stop.clone(),
                (None, _) if self.same_subnet && [1, 2, 4, 5].contains(&check) => Text::new(
                    "Both interfaces are in the same subnet: its network ACL is not asked.",
                    "兩個介面在同一個子網路：不會經過它的網路ACL。",
                ),
                (None, Some(stop)) => Text::new(
                    format!("The conversation does not get this far. {}", stop.en),
                    format!("還沒走到這裡就停了。{}", stop.zh_tw),
                ),
                (None, None) => Text::new(
                    "Every check on the way lets request and reply pass.",
                    "沿途每一項檢查都放行請求與回應。",
                ),
            };
            Choice::new(self.check_name(check), why)
        };
        Ask::new(
            "stop",
            Text::new("Where it stops first", "最先停在哪裡"),
            Answer::Choice { options: (0..=CHECKS).map(option).collect(), right },
        )
    }

    /// What a log shows: direction and action of each record, in order.
    fn log(&self, interface: &str) -> Vec<(bool, bool)> {
        let volume = Volume {
            account: String::new(),
            start: 0,
            end: 0,
            tries: 3,
            request: (4, 336),
            reply: (4, 336),
            closed: false,
        };
        let records = records(&self.walk, &volume);
        records
            .iter()
            .filter(|found| found.interface == interface)
            .map(|found| (found.egress, found.accept))
            .collect()
    }

    pub(super) fn log_ask(&self, client: bool) -> Ask {
        let (name, interface) = if client { &self.client } else { &self.server };
        let right = self.log(&interface.id);
        // Directions as this interface has them: the request leaves the client and enters the server.
        let shapes: [Vec<(bool, bool)>; 5] = [
            vec![],
            vec![(client, false)],
            vec![(client, true)],
            vec![(client, true), (!client, true)],
            vec![(client, true), (!client, false)],
        ];
        let option = |shape: &Vec<(bool, bool)>| {
            let part = |(egress, accept): &(bool, bool)| {
                let action = if *accept { "ACCEPT" } else { "REJECT" };
                let (en, zh) = if *egress { ("outbound", "傳出") } else { ("inbound", "傳入") };
                (format!("{en} {action}"), format!("{zh}{action}"))
            };
            let parts: Vec<_> = shape.iter().map(part).collect();
            let english: Vec<_> = parts.iter().map(|part| part.0.clone()).collect();
            let chinese: Vec<_> = parts.iter().map(|part| part.1.clone()).collect();
            let text = match parts.len() {
                0 => Text::new("no record of this conversation", "沒有這段連線的紀錄"),
                1 => Text::new(
                    format!("{}, and no record of a reply", english.join("")),
                    format!("{}，沒有回應的紀錄", chinese.join("")),
                ),
                _ => Text::new(english.join(" and "), chinese.join("，")),
            };
            Choice::new(text, self.log_why(client, shape, &right))
        };
        let right_index = shapes.iter().position(|shape| *shape == right).unwrap_or_default();
        let label = Text::new(
            format!("What the flow log of the interface of `{name}` records of it"),
            format!("`{name}`的網路介面的flow log會記下什麼"),
        );
        let id = if client { "client-log" } else { "server-log" };
        Ask::new(
            id,
            label,
            Answer::Choice { options: shapes.iter().map(option).collect(), right: right_index },
        )
    }

    fn log_why(&self, client: bool, shape: &[(bool, bool)], right: &[(bool, bool)]) -> Text {
        let stop = self.check_name(self.stopped_at().min(CHECKS));
        let name = if client { &self.client.0 } else { &self.server.0 };
        let (en, zh) = match (shape, right) {
            (shape, right) if shape == right => {
                ("That is what passes this interface.".to_owned(), "這正是經過這個介面的封包。".to_owned())
            }
            (_, []) => (
                format!("Nothing gets as far as the interface of `{name}`, so there is nothing to record."),
                format!("沒有任何封包走到`{name}`的介面，所以沒有東西可記。"),
            ),
            ([], _) => (
                format!(
                    "The request does get to the interface of `{name}`: rejected packets are recorded too."
                ),
                format!("請求確實到了`{name}`的介面；被拒絕的封包也會記錄。"),
            ),
            (shape, right) if shape.first() != right.first() => {
                if right.first().is_some_and(|first| first.1) {
                    (
                        format!("At the interface of `{name}` the request itself is let through."),
                        format!("在`{name}`的介面，請求本身是放行的。"),
                    )
                } else {
                    (
                        format!("At the interface of `{name}` the request is already rejected."),
                        format!("在`{name}`的介面，請求就已經被拒絕了。"),
                    )
                }
            }
            (_, [_]) => (
                format!("No reply gets to the interface of `{name}`."),
                format!("沒有回應走到`{name}`的介面。"),
            ),
            ([_], _) => (
                format!("A reply does get to the interface of `{name}`, let through or not."),
                format!("不論放行與否，回應確實到了`{name}`的介面。"),
            ),
            (_, right) => {
                if right.last().is_some_and(|last| last.1) {
                    (
                        format!("At the interface of `{name}` nothing stops the reply."),
                        format!("在`{name}`的介面，沒有東西擋住回應。"),
                    )
                } else {
                    (
                        format!(
                            "The network ACL of the subnet of `{name}` stops the reply: it is stateless."
                        ),
                        format!("`{name}`所在子網路的網路ACL擋住了回應：它是無狀態的。"),
                    )
                }
            }
        };
        if self.stopped_at() < CHECKS {
            Text::new(
                format!("{en} Where it stops: {}.", lower(&stop.en)),
                format!("{zh}停在{}。", placed(&stop.zh_tw)),
            )
        } else {
            Text::new(format!("{en} It stops {}.", lower(&stop.en)), format!("{zh}{}。", stop.zh_tw))
        }
    }

    /// The rule of an ACL that decides a packet, asked whether or not the packet gets that far.
    pub(super) fn rule_ask(&self, draw: &mut Draw) -> Option<Ask> {
        if self.same_subnet {
            return None;
        }
        let check = *draw.pick(&[1, 2, 4, 5]);
        let egress = [1, 4].contains(&check);
        let own = if [1, 5].contains(&check) { &self.client.1 } else { &self.server.1 };
        let far = if [1, 5].contains(&check) { &self.server.1 } else { &self.client.1 };
        let subnet = self.network.subnet(&own.subnet)?;
        let acl = self.network.network_acls.iter().find(|acl| acl.id == subnet.network_acl)?;
        let request = check < 4;
        let port = if request { self.flow.destination_port } else { self.flow.source_port };
        let icmp = if request { (8, 0) } else { (0, 0) };
        let decides = acl.decides(egress, self.flow.protocol, far.address, port, icmp);
        let right = decides.map_or(32767, |rule| rule.number);
        let packet = self.packet(check);
        let mut traps = Vec::new();
        for rule in acl.rules.iter().filter(|rule| rule.egress == egress && rule.number != right) {
            let text = acl_rule(rule);
            let number = rule.number;
            let why = if rule.is_about(self.flow.protocol, far.address, port, icmp) {
                Text::new(
                    format!(
                        "Rule {number} (`{text}`) matches too, but {right} has the lower number and decides."
                    ),
                    format!("規則{number}（`{text}`）也符合，但{right}編號較小，由它決定。"),
                )
            } else {
                Text::new(
                    format!("Rule {number} (`{text}`) does not match {packet}."),
                    format!("規則{number}（`{text}`）不符合{packet}。"),
                )
            };
            traps.push(Trap::new(number, why));
        }
        if right != 32767 {
            traps.push(Trap::new(
                32767,
                Text::new(
                    format!("Rule {right} matches before the last one is tried."),
                    format!("還沒輪到最後一條，規則{right}就符合了。"),
                ),
            ));
        }
        let (way, way_zh) = if egress { ("outbound", "傳出") } else { ("inbound", "傳入") };
        let (what, what_zh) = if request { ("the request", "請求") } else { ("the reply", "回應") };
        Some(Ask::new(
            "rule",
            Text::new(
                format!(
                    "Number of the {way} rule of `{}` that decides {what}, {packet}, if it comes that far",
                    acl.id
                ),
                format!("若{what_zh}{packet}走得到那裡，`{}`由哪一條{way_zh}規則決定（編號）", acl.id),
            ),
            Answer::count(right.into(), traps),
        ))
    }

    pub(super) fn change_ask(&self, draw: &mut Draw, changes: &[Change]) -> Ask {
        let option = |change: &Change| {
            let mut network = self.network.clone();
            change.apply(&mut network);
            let after = Self { walk: walk(&network, &self.flow), network, ..self.parts() };
            let stop = after.stopped_at().min(CHECKS);
            let why = match after.found(stop) {
                None => Text::new(
                    "With it, every check lets request and reply pass.",
                    "加上之後，每一項檢查都放行請求與回應。",
                ),
                Some((_, found)) => Text::new(
                    format!("It still stops: {}. {}", lower(&after.check_name(stop).en), found.en),
                    format!("還是會停在{}。{}", placed(&after.check_name(stop).zh_tw), found.zh_tw),
                ),
            };
            Choice::new(change.text(), why)
        };
        Ask::new(
            "change",
            Text::new("The one change that makes it work", "加上哪一條就會通"),
            Answer::choice(draw, changes.iter().map(option).collect()),
        )
    }
}

/// `請求：某處` as a place within a sentence: `（請求）某處`.
pub(super) fn placed(name: &str) -> String {
    name.split_once('：').map_or_else(|| name.to_owned(), |(what, place)| format!("（{what}）{place}"))
}
