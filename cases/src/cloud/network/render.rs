//! How the AWS command line shows a network: JSON with members in the order of the API's model, and `--output table`.

use std::fmt::Write as _;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::topology::{
    AclRule, Destination, Endpoint, EndpointKind, Network, NetworkAcl, Origin, Peer, Ports, Route,
    RouteTable, SecurityGroup, Target, TransitGateway, TransitTable,
};

/// JSON whose members keep their order.
enum Json {
    Object(Vec<(&'static str, Self)>),
    List(Vec<Self>),
    Text(String),
    Number(i64),
    Flag(bool),
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Object(members) => {
                let mut map = to.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
            Self::List(items) => to.collect_seq(items),
            Self::Text(text) => to.serialize_str(text),
            Self::Number(number) => to.serialize_i64(*number),
            Self::Flag(flag) => to.serialize_bool(*flag),
        }
    }
}

fn text(text: impl Into<String>) -> Json {
    Json::Text(text.into())
}

/// As the command line prints it: four spaces.
fn document(name: &'static str, items: Vec<Json>) -> String {
    let mut bytes = Vec::new();
    let format = serde_json::ser::PrettyFormatter::with_indent(b"    ");
    let mut writer = serde_json::Serializer::with_formatter(&mut bytes, format);
    // Writing to memory does not fail.
    let _ = Json::Object(vec![(name, Json::List(items))]).serialize(&mut writer);
    bytes.push(b'\n');
    String::from_utf8(bytes).unwrap_or_default()
}

/// The member of a route that names its target.
fn target_member(target: &Target) -> &'static str {
    match target {
        Target::Local
        | Target::InternetGateway(_)
        | Target::VirtualPrivateGateway(_)
        | Target::Endpoint(_) => "GatewayId",
        Target::NatGateway(_) => "NatGatewayId",
        Target::TransitGateway(_) => "TransitGatewayId",
        Target::Peering(_) => "VpcPeeringConnectionId",
        Target::Interface(_) => "NetworkInterfaceId",
    }
}

fn origin(route: &Route) -> &'static str {
    match route.origin {
        Origin::Table => "CreateRouteTable",
        Origin::Static => "CreateRoute",
        Origin::Propagated => "EnableVgwRoutePropagation",
    }
}

fn state(route: &Route) -> &'static str {
    if route.blackhole { "blackhole" } else { "active" }
}

fn route(route: &Route) -> Json {
    let mut members = vec![match &route.destination {
        Destination::Cidr(cidr) => ("DestinationCidrBlock", text(cidr.to_string())),
        Destination::PrefixList(id) => ("DestinationPrefixListId", text(id)),
    }];
    let target = (target_member(&route.target), text(route.target.id()));
    // The model names peering connections and interfaces in its own places.
    match route.target {
        Target::Peering(_) => {
            members.extend([("Origin", text(origin(route))), ("State", text(state(route))), target]);
        }
        _ => members.extend([target, ("Origin", text(origin(route))), ("State", text(state(route)))]),
    }
    Json::Object(members)
}

/// `aws ec2 describe-route-tables`: its output for these tables.
pub fn describe_route_tables(network: &Network, tables: &[&RouteTable]) -> String {
    let one = |table: &&RouteTable| {
        let subnets = network.subnets.iter().filter(|subnet| subnet.route_table == table.id);
        let associations = subnets.map(|subnet| {
            Json::Object(vec![
                ("Main", Json::Flag(false)),
                ("RouteTableAssociationId", text(derived("rtbassoc", &subnet.id))),
                ("RouteTableId", text(&table.id)),
                ("SubnetId", text(&subnet.id)),
                ("AssociationState", Json::Object(vec![("State", text("associated"))])),
            ])
        });
        let propagating = table.routes.iter().filter(|route| route.origin == Origin::Propagated);
        let mut gateways: Vec<_> = propagating.map(|route| route.target.id()).collect();
        gateways.sort_unstable();
        gateways.dedup();
        Json::Object(vec![
            ("Associations", Json::List(associations.collect())),
            (
                "PropagatingVgws",
                Json::List(gateways.iter().map(|id| Json::Object(vec![("GatewayId", text(*id))])).collect()),
            ),
            ("RouteTableId", text(&table.id)),
            ("Routes", Json::List(table.routes.iter().map(route).collect())),
            ("Tags", Json::List(Vec::new())),
            ("VpcId", text(&table.vpc)),
            ("OwnerId", text(&network.account)),
        ])
    };
    document("RouteTables", tables.iter().map(one).collect())
}

/// An id of another kind for the same thing.
fn derived(kind: &str, id: &str) -> String {
    format!("{kind}-{}", id.rsplit('-').next().unwrap_or_default())
}

/// From and to as rules of security groups have them; none where all are meant.
fn ends(ports: Ports) -> Option<(i64, i64)> {
    match ports {
        Ports::All => None,
        Ports::Range(low, high) => Some((low.into(), high.into())),
        Ports::Icmp(kind, code) => Some((kind.into(), code.into())),
    }
}

/// `aws ec2 describe-security-groups`: its output for these groups.
pub fn describe_security_groups(network: &Network, groups: &[&SecurityGroup]) -> String {
    let permissions = |group: &SecurityGroup, egress: bool| {
        let rules = group.rules.iter().filter(|rule| rule.egress == egress);
        let permission = |rule: &super::GroupRule| {
            let mut members =
                vec![("IpProtocol", text(rule.protocol.map_or("-1", |protocol| protocol.name())))];
            if let (Some(_), Some((from, to))) = (rule.protocol, ends(rule.ports)) {
                members.extend([("FromPort", Json::Number(from)), ("ToPort", Json::Number(to))]);
            }
            let (mut pairs, mut ranges, mut lists) = (Vec::new(), Vec::new(), Vec::new());
            match &rule.peer {
                Peer::Group(id) => {
                    pairs.push(Json::Object(vec![("UserId", text(&network.account)), ("GroupId", text(id))]))
                }
                Peer::Cidr(cidr) => ranges.push(Json::Object(vec![("CidrIp", text(cidr.to_string()))])),
                Peer::PrefixList(id) => lists.push(Json::Object(vec![("PrefixListId", text(id))])),
            }
            members.extend([
                ("UserIdGroupPairs", Json::List(pairs)),
                ("IpRanges", Json::List(ranges)),
                ("Ipv6Ranges", Json::List(Vec::new())),
                ("PrefixListIds", Json::List(lists)),
            ]);
            Json::Object(members)
        };
        Json::List(rules.map(permission).collect())
    };
    let one = |group: &&SecurityGroup| {
        Json::Object(vec![
            ("GroupId", text(&group.id)),
            ("IpPermissionsEgress", permissions(group, true)),
            ("VpcId", text(&group.vpc)),
            ("OwnerId", text(&network.account)),
            ("GroupName", text(&group.name)),
            ("Description", text(&group.name)),
            ("IpPermissions", permissions(group, false)),
        ])
    };
    document("SecurityGroups", groups.iter().map(one).collect())
}

/// The protocol as network ACLs write it.
fn acl_protocol(rule: &AclRule) -> String {
    rule.protocol.map_or("-1".to_owned(), |protocol| protocol.number().to_string())
}

/// The rules of one direction, by number; `*` is 32767.
fn acl_rules(acl: &NetworkAcl, egress: bool) -> Vec<AclRule> {
    let mut rules: Vec<_> = acl.rules.iter().filter(|rule| rule.egress == egress).cloned().collect();
    rules.sort_by_key(|rule| rule.number);
    let cidr = ipnet::Ipv4Net::default();
    rules.push(AclRule { number: 32767, egress, protocol: None, ports: Ports::All, cidr, allow: false });
    rules
}

/// `aws ec2 describe-network-acls`: its output for these lists.
pub fn describe_network_acls(network: &Network, acls: &[&NetworkAcl]) -> String {
    let entry = |rule: AclRule| {
        let mut members =
            vec![("CidrBlock", text(rule.cidr.to_string())), ("Egress", Json::Flag(rule.egress))];
        match (rule.protocol, rule.ports) {
            (Some(_), Ports::Range(from, to)) => members.push((
                "PortRange",
                Json::Object(vec![("From", Json::Number(from.into())), ("To", Json::Number(to.into()))]),
            )),
            (Some(_), Ports::Icmp(kind, code)) => members.push((
                "IcmpTypeCode",
                Json::Object(vec![("Code", Json::Number(code.into())), ("Type", Json::Number(kind.into()))]),
            )),
            _ => {}
        }
        members.extend([
            ("Protocol", text(acl_protocol(&rule))),
            ("RuleAction", text(if rule.allow { "allow" } else { "deny" })),
            ("RuleNumber", Json::Number(rule.number.into())),
        ]);
        Json::Object(members)
    };
    let one = |acl: &&NetworkAcl| {
        let subnets = network.subnets.iter().filter(|subnet| subnet.network_acl == acl.id);
        let associations = subnets.map(|subnet| {
            Json::Object(vec![
                ("NetworkAclAssociationId", text(derived("aclassoc", &subnet.id))),
                ("NetworkAclId", text(&acl.id)),
                ("SubnetId", text(&subnet.id)),
            ])
        });
        let entries = [true, false].into_iter().flat_map(|egress| acl_rules(acl, egress));
        Json::Object(vec![
            ("Associations", Json::List(associations.collect())),
            ("Entries", Json::List(entries.map(entry).collect())),
            ("IsDefault", Json::Flag(false)),
            ("NetworkAclId", text(&acl.id)),
            ("Tags", Json::List(Vec::new())),
            ("VpcId", text(&acl.vpc)),
            ("OwnerId", text(&network.account)),
        ])
    };
    document("NetworkAcls", acls.iter().map(one).collect())
}

/// `aws ec2 describe-vpc-endpoints`: its output for these endpoints.
pub fn describe_vpc_endpoints(network: &Network, endpoints: &[&Endpoint]) -> String {
    let one = |endpoint: &&Endpoint| {
        let list = |ids: &[String]| Json::List(ids.iter().map(text).collect());
        let (mut tables, mut subnets, mut groups, mut interfaces, mut names) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (kind, private) = match &endpoint.kind {
            EndpointKind::Gateway { route_tables } => {
                tables.clone_from(route_tables);
                ("Gateway", false)
            }
            EndpointKind::Interface { interfaces: ids, private_dns, dns_name } => {
                interfaces.clone_from(ids);
                names.push(dns_name.clone());
                for id in ids {
                    if let Some(found) = network.interface(id) {
                        subnets.push(found.subnet.clone());
                        for id in &found.groups {
                            let group = network.security_groups.iter().find(|group| group.id == *id);
                            let name = group.map_or("", |group| group.name.as_str());
                            groups.push((id.clone(), name.to_owned()));
                        }
                    }
                }
                groups.sort();
                groups.dedup();
                ("Interface", *private_dns)
            }
        };
        let groups = groups
            .into_iter()
            .map(|(id, name)| Json::Object(vec![("GroupId", text(id)), ("GroupName", text(name))]))
            .collect();
        let names = names.into_iter().map(|name| Json::Object(vec![("DnsName", text(name))])).collect();
        Json::Object(vec![
            ("VpcEndpointId", text(&endpoint.id)),
            ("VpcEndpointType", text(kind)),
            ("VpcId", text(&endpoint.vpc)),
            ("ServiceName", text(&endpoint.service)),
            ("State", text("available")),
            ("PolicyDocument", text(&endpoint.policy)),
            ("RouteTableIds", list(&tables)),
            ("SubnetIds", list(&subnets)),
            ("Groups", Json::List(groups)),
            ("PrivateDnsEnabled", Json::Flag(private)),
            ("RequesterManaged", Json::Flag(false)),
            ("NetworkInterfaceIds", list(&interfaces)),
            ("DnsEntries", Json::List(names)),
            ("Tags", Json::List(Vec::new())),
            ("OwnerId", text(&network.account)),
        ])
    };
    document("VpcEndpoints", endpoints.iter().map(one).collect())
}

/// Routes as rows, and the `--query` that gives them.
pub fn route_rows(table: &RouteTable) -> (&'static str, Vec<Vec<String>>) {
    let row = |route: &Route| {
        let destination = match &route.destination {
            Destination::Cidr(cidr) => cidr.to_string(),
            Destination::PrefixList(id) => id.clone(),
        };
        vec![destination, route.target.id().to_owned(), state(route).to_owned(), origin(route).to_owned()]
    };
    (
        "RouteTables[0].Routes[].[DestinationCidrBlock||DestinationPrefixListId,GatewayId||NatGatewayId||TransitGatewayId||VpcPeeringConnectionId||NetworkInterfaceId,State,Origin]",
        table.routes.iter().map(row).collect(),
    )
}

/// Routes of a transit gateway's table as rows, and the `--query` that gives them.
pub fn transit_gateway_routes(
    gateway: &TransitGateway,
    table: &TransitTable,
) -> (&'static str, Vec<Vec<String>>) {
    let row = |route: &super::TransitRoute| {
        let attached = route.attachment.as_ref();
        let attached = attached.and_then(|id| gateway.attachments.iter().find(|found| found.id == *id));
        vec![
            route.destination.to_string(),
            if route.propagated { "propagated" } else { "static" }.to_owned(),
            if attached.is_some() { "active" } else { "blackhole" }.to_owned(),
            attached.map_or("None", |found| found.kind).to_owned(),
            attached.map_or("None", |found| found.id.as_str()).to_owned(),
        ]
    };
    (
        "Routes[].[DestinationCidrBlock,Type,State,TransitGatewayAttachments[0].ResourceType,TransitGatewayAttachments[0].TransitGatewayAttachmentId]",
        table.routes.iter().map(row).collect(),
    )
}

/// Rules of a network ACL in one direction as rows, and the `--query` that gives them.
pub fn network_acl_rows(acl: &NetworkAcl, egress: bool) -> (String, Vec<Vec<String>>) {
    let rules = acl_rules(acl, egress);
    let icmp = rules.iter().any(|rule| matches!(rule.ports, Ports::Icmp(..)));
    let none = || "None".to_owned();
    let row = |rule: &AclRule| {
        let mut row = vec![rule.number.to_string(), acl_protocol(rule)];
        let (ports, types) = match (rule.protocol, rule.ports) {
            (Some(_), Ports::Range(from, to)) => (Some((from.to_string(), to.to_string())), None),
            (Some(_), Ports::Icmp(kind, code)) => (None, Some((kind.to_string(), code.to_string()))),
            _ => (None, None),
        };
        let mut pair = |pair: Option<(String, String)>| {
            let (from, to) = pair.unwrap_or_else(|| (none(), none()));
            row.extend([from, to]);
        };
        pair(ports);
        if icmp {
            pair(types);
        }
        row.extend([rule.cidr.to_string(), if rule.allow { "allow" } else { "deny" }.to_owned()]);
        row
    };
    let query = format!(
        "NetworkAcls[0].Entries[?{}Egress].[RuleNumber,Protocol,PortRange.From,PortRange.To,{}CidrBlock,RuleAction]",
        if egress { "" } else { "!" },
        if icmp { "IcmpTypeCode.Type,IcmpTypeCode.Code," } else { "" },
    );
    (query, rules.iter().map(row).collect())
}

/// Rules of a security group as rows, and the `--query` (of `describe-security-group-rules`) that gives them.
pub fn security_group_rows(group: &SecurityGroup) -> (&'static str, Vec<Vec<String>>) {
    let row = |rule: &super::GroupRule| {
        let (from, to) = rule.protocol.and(ends(rule.ports)).unwrap_or((-1, -1));
        vec![
            if rule.egress { "True" } else { "False" }.to_owned(),
            rule.protocol.map_or("-1", |protocol| protocol.name()).to_owned(),
            from.to_string(),
            to.to_string(),
            match &rule.peer {
                Peer::Cidr(cidr) => cidr.to_string(),
                Peer::Group(id) | Peer::PrefixList(id) => id.clone(),
            },
        ]
    };
    (
        "SecurityGroupRules[].[IsEgress,IpProtocol,FromPort,ToPort,CidrIpv4||PrefixListId||ReferencedGroupInfo.GroupId]",
        group.rules.iter().map(row).collect(),
    )
}

/// A list of lists as `--output table` prints it: every column as wide as its widest cell and four more, the two
/// characters of the borders spread as the program spreads them.
pub fn aws_table(title: &str, rows: &[Vec<String>]) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let widths: Vec<usize> = (0..columns)
        .map(|column| rows.iter().filter_map(|row| row.get(column)).map(String::len).max().unwrap_or(0) + 4)
        .collect();
    let sum: usize = widths.iter().sum();
    let all = (sum + 2).max(title.len() + 2);
    let scale = all as f64 / sum.max(1) as f64;
    let mut scaled: Vec<usize> =
        widths.iter().map(|width| (scale * *width as f64).round_ties_even() as usize).collect();
    let mut order: Vec<usize> = (0..columns).collect();
    let mut over = scaled.iter().sum::<usize>() as i64 - all as i64;
    if over < 0 {
        order.reverse();
    }
    while over != 0 && columns > 0 {
        for column in &order {
            if over == 0 {
                break;
            }
            if let Some(width) = scaled.get_mut(*column) {
                *width = if over > 0 { *width - 1 } else { *width + 1 };
            }
            over -= over.signum();
        }
    }
    let mut table = format!("{}\n", "-".repeat(all));
    let before = (all / 2).saturating_sub(title.len() / 2 + 1);
    let after = all.saturating_sub(2 + before + title.len());
    let _ = writeln!(table, "|{}{title}{}|", " ".repeat(before), " ".repeat(after));
    let mut rule = String::new();
    for (index, width) in scaled.iter().enumerate() {
        let dashes = width.saturating_sub(if index == 0 { 2 } else { 1 });
        let _ = write!(rule, "{}{}+", if index == 0 { "+" } else { "" }, "-".repeat(dashes));
    }
    let _ = writeln!(table, "{rule}");
    for row in rows {
        for (index, (width, cell)) in scaled.iter().zip(row).enumerate() {
            let edge = if index == 0 { "|" } else { "" };
            let pad = width.saturating_sub(3 + edge.len() + cell.len());
            let _ = write!(table, "{edge}  {cell}{}|", " ".repeat(pad));
        }
        table.push('\n');
    }
    let _ = writeln!(table, "{rule}");
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_laid_out_like_the_command_line_does() {
        let row = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        let rows = [
            row(&["100", "6", "443", "443", "10.20.0.0/16", "allow"]),
            row(&["32767", "-1", "None", "None", "0.0.0.0/0", "deny"]),
        ];
        // Printed by awscli 1.46 (`awscli.table.MultiTable`).
        assert_eq!(aws_table("DescribeNetworkAcls", &rows), WIDE);
        assert_eq!(aws_table("DescribeNetworkAcls", &[row(&["a", "b"])]), NARROW);
    }

    const WIDE: &str = "\
----------------------------------------------------------
|                   DescribeNetworkAcls                  |
+-------+-----+-------+-------+----------------+---------+
|  100  |  6  |  443  |  443  |  10.20.0.0/16  |  allow  |
|  32767|  -1 |  None |  None |  0.0.0.0/0     |  deny   |
+-------+-----+-------+-------+----------------+---------+
";
    const NARROW: &str = "\
---------------------
|DescribeNetworkAcls|
+--------+----------+
|  a     |  b       |
+--------+----------+
";
}
