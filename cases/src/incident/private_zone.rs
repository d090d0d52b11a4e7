//! I18: a name resolves everywhere except in the VPC.
//!
//! Rules: the private hosted zone that matches a name most closely answers alone; where it has no such record the resolver
//! says NXDOMAIN and does not go on to public DNS (Amazon Route 53 Developer Guide, "Considerations when working with a
//! private hosted zone"); a forwarding rule outweighs a private zone of the same name (the same page); the resolver of a
//! VPC is at its base address plus two and at 169.254.169.253, and security groups do not filter it (Amazon VPC User Guide, "DNS
//! attributes for your VPC"); "it does not exist" is kept for the lesser of the SOA's TTL and its minimum (RFC 2308, section 5).

use std::fmt::Write as _;
use std::net::Ipv4Addr;

use chrono::{DateTime, NaiveDate, TimeDelta};
use serde_json::json;

use super::{Scene, World, shown};
use crate::cloud::Draw;
use crate::cloud::dns::{
    Data, Dig, Hosted, Internet, Name, Question, Rcode, RecordType, Reply, Resolver, Soa, Zone, dig,
    dig_no_reply,
};
use crate::model::EvidenceType::{Command, Json};

pub(super) const WORLD: World = World {
    id: "I18",
    version: 1,
    causes: &[
        "private-zone",
        "forwarding-rule",
        "other-resolver",
        "record-deleted",
        "delegation-lost",
        "security-group",
    ],
    build,
};

/// The address of a VPC's resolver that is the same in every VPC.
const VPC_RESOLVER: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 253);
const PUBLIC_RESOLVER: Ipv4Addr = Ipv4Addr::new(8, 8, 8, 8);
/// TTL of the SOA record of a hosted zone as Route 53 makes it, and its minimum.
const SOA_TTL: u32 = 900;
const SOA_MINIMUM: u32 = 86_400;

/// What is drawn before the cause is looked at.
struct Names {
    domain: &'static str,
    public: Ipv4Addr,
    base: Ipv4Addr,
    vpc: String,
    account: String,
    user: &'static str,
    public_zone: String,
    private_zone: String,
    internal_zone: String,
    rule: String,
    options: String,
    group: String,
    id: u16,
    /// The change, and now, in seconds since 1970.
    changed: i64,
    now: i64,
}

/// The world: what each thing really is.
struct Facts<'a> {
    names: &'a Names,
    /// Whether a private zone of the domain is associated with the VPC.
    shadowed: bool,
    /// Whether a rule sends the domain to the office's servers.
    forwarded: bool,
    /// What the instances' DHCP options name; the VPC's own where none.
    configured: Option<Ipv4Addr>,
    /// Whether the public zone has the record.
    published: bool,
    /// Whether the registry still points to the zone's servers.
    delegated: bool,
    /// Whether the instances may send anything but HTTPS.
    open: bool,
}

fn build(draw: &mut Draw, cause: &str) -> Scene {
    let names = names(draw);
    let office = Ipv4Addr::new(10, 200, 0, 53);
    let facts = Facts {
        names: &names,
        shadowed: !matches!(
            cause,
            "forwarding-rule" | "other-resolver" | "record-deleted" | "delegation-lost" | "security-group"
        ),
        forwarded: cause == "forwarding-rule",
        configured: (cause == "other-resolver").then_some(office),
        published: cause != "record-deleted",
        delegated: cause != "delegation-lost",
        open: cause != "security-group",
    };
    let mut scene = Scene::default();
    scene.name("domain", names.domain);
    scene.name("vpc", &names.vpc);
    scene.name("address", names.public);
    scene.name("negative", SOA_TTL / 60);
    scene.name("day", day(names.changed));
    dig_here(&mut scene, &facts, office);
    dig_vpc(&mut scene, &facts);
    dig_public(&mut scene, &facts);
    resolver_configuration(&mut scene, &facts);
    zones_of_the_vpc(&mut scene, &facts);
    public_records(&mut scene, &facts);
    delegation(&mut scene, &facts);
    rules(&mut scene, &facts, office);
    events(&mut scene, &facts);
    security_group(&mut scene, &facts);
    scene
}

fn names(draw: &mut Draw) -> Names {
    let date = NaiveDate::from_ymd_opt(2026, draw.int(2, 10), draw.int(3, 27)).unwrap_or_default();
    let now = date.and_hms_opt(draw.int(1, 9), draw.int(0, 59), draw.int(0, 59)).unwrap_or_default();
    let changed = now - TimeDelta::minutes(draw.int(1000, 1700));
    let zone = |draw: &mut Draw| format!("Z0{}", draw.hex(18).to_uppercase());
    Names {
        domain: *draw.pick(&["example.com", "example.net"]),
        public: Ipv4Addr::new(203, 0, 113, draw.int(10, 200)),
        base: Ipv4Addr::new(10, draw.int(10, 90), 0, 0),
        vpc: format!("vpc-0{}", draw.hex(16)),
        account: format!("{:012}", draw.number(100_000_000_000, 999_999_999_999)),
        user: *draw.pick(&["mei.lin", "jason.wu", "platform-deploy", "hsu.yc"]),
        public_zone: zone(draw),
        private_zone: zone(draw),
        internal_zone: zone(draw),
        rule: format!("rslvr-rr-{}", draw.hex(17)),
        options: format!("dopt-0{}", draw.hex(16)),
        group: format!("sg-0{}", draw.hex(16)),
        id: draw.int(1000, 65_000),
        changed: changed.and_utc().timestamp(),
        now: now.and_utc().timestamp(),
    }
}

fn stamp(seconds: i64) -> String {
    DateTime::from_timestamp(seconds, 0)
        .map(|at| at.format("%Y-%m-%dT%H:%M:%SZ").to_string())
        .unwrap_or_default()
}

fn day(seconds: i64) -> String {
    DateTime::from_timestamp(seconds, 0).map(|at| at.format("%Y-%m-%d").to_string()).unwrap_or_default()
}

/// A hosted zone as Route 53 makes it.
fn hosted_zone(domain: &str, server: &str) -> Zone {
    let mut zone = Zone::new(domain, server, SOA_MINIMUM, SOA_TTL);
    zone.soa = Soa { rname: Name::new("awsdns-hostmaster.amazon.com"), ..zone.soa };
    zone
}

impl Facts<'_> {
    fn question(&self) -> Question {
        Question::new(Name::new(&format!("api.{}", self.names.domain)), RecordType::A)
    }

    fn moment(&self) -> u64 {
        u64::try_from(self.names.now).unwrap_or(0)
    }

    fn public_zone(&self) -> Zone {
        let zone = hosted_zone(self.names.domain, "ns-421.awsdns-52.com")
            .with("@", 300, Data::A(self.names.public))
            .with("www", 300, Data::A(self.names.public));
        if self.published { zone.with("api", 300, Data::A(self.names.public)) } else { zone }
    }

    /// The public DNS: the zone where the registry still points to it, and nothing else of the domain.
    fn internet(&self) -> Internet {
        let top = self.names.domain.rsplit('.').next().unwrap_or_default();
        let registry = Ipv4Addr::new(192, 5, 6, 30);
        let servers = Ipv4Addr::new(205, 251, 193, 165);
        let mut parent = Zone::new(top, "a.gtld-servers.net", 900, 900);
        if self.delegated {
            let labels = self.names.domain.trim_end_matches(top).trim_end_matches('.');
            parent.add(labels, 172_800, Data::Ns(Name::new("ns-421.awsdns-52.com")));
        }
        Internet {
            hosted: vec![
                Hosted::steady("a.gtld-servers.net", registry, parent),
                Hosted::steady("ns-421.awsdns-52.com", servers, self.public_zone()),
            ],
        }
    }

    /// The office's servers hold a zone of the same name for their own hosts.
    fn office_zone(&self) -> Zone {
        Zone::new(self.names.domain, "dc1.corp.example", 3600, 3600).with(
            "vpn",
            3600,
            Data::A(Ipv4Addr::new(10, 200, 0, 20)),
        )
    }

    /// What the VPC's resolver says.
    fn vpc_reply(&self) -> Reply {
        if self.forwarded {
            // The rule outweighs everything else for the domain; the answer is not the resolver's own.
            let reply = self.office_zone().reply(&self.question());
            return Reply { authoritative: false, ..reply };
        }
        let mut resolver = Resolver::new(VPC_RESOLVER);
        if self.shadowed {
            let zone = hosted_zone(self.names.domain, "ns-1536.awsdns-00.co.uk").with(
                "db",
                300,
                Data::A(Ipv4Addr::new(10, 20, 4, 17)),
            );
            resolver.private.push((0, zone));
        }
        resolver.resolve(&self.internet(), &self.question(), self.moment()).reply
    }

    fn public_reply(&self) -> Reply {
        Resolver::new(PUBLIC_RESOLVER).resolve(&self.internet(), &self.question(), self.moment()).reply
    }

    fn dig(&self, at: Option<&str>, server: Ipv4Addr, reply: &Reply, after: u64) -> String {
        let how = Dig {
            at: at.map(str::to_owned),
            server,
            id: self.names.id.wrapping_add(u16::try_from(after * 37).unwrap_or(0)),
            when: self.moment() + after,
            took: if after.is_multiple_of(2) { 1 } else { 4 },
            recursion: true,
        };
        dig(&self.question(), reply, &how)
    }
}

/// What an answer tells who reads its code and whose SOA it carries.
fn told(reply: &Reply) -> String {
    let soa = reply.authority.iter().find_map(|record| match &record.data {
        Data::Soa(soa) => Some(soa.mname.short().to_owned()),
        _ => None,
    });
    match (reply.rcode, soa) {
        (Rcode::NoError, _) => "answer".to_owned(),
        (rcode, Some(soa)) => format!("{} from {soa}", rcode.to_string().to_lowercase()),
        (rcode, None) => rcode.to_string().to_lowercase(),
    }
}

fn dig_here(scene: &mut Scene, facts: &Facts<'_>, office: Ipv4Addr) {
    let (server, reply) = match facts.configured {
        Some(server) => {
            (server, Reply { authoritative: false, ..facts.office_zone().reply(&facts.question()) })
        }
        None => (second(facts.names.base), facts.vpc_reply()),
    };
    let whose = if server == office { "office" } else { "vpc" };
    scene.show(
        "dig-instance",
        &format!("{}, by the {whose}'s server", told(&reply)),
        vec![shown(Command, facts.dig(None, server, &reply, 0))],
    );
}

/// The VPC's base address plus two.
fn second(base: Ipv4Addr) -> Ipv4Addr {
    Ipv4Addr::from(u32::from(base) + 2)
}

fn dig_vpc(scene: &mut Scene, facts: &Facts<'_>) {
    let reply = facts.vpc_reply();
    scene.show(
        "dig-vpc-resolver",
        &told(&reply),
        vec![shown(Command, facts.dig(Some("169.254.169.253"), VPC_RESOLVER, &reply, 41))],
    );
}

fn dig_public(scene: &mut Scene, facts: &Facts<'_>) {
    if !facts.open {
        let text = dig_no_reply(&facts.question(), Some("8.8.8.8"), PUBLIC_RESOLVER);
        scene.show("dig-public", "no reply", vec![shown(Command, text)]);
        return;
    }
    let reply = facts.public_reply();
    let text = facts.dig(Some("8.8.8.8"), PUBLIC_RESOLVER, &reply, 83);
    scene.show("dig-public", &told(&reply), vec![shown(Command, text)]);
}

fn resolver_configuration(scene: &mut Scene, facts: &Facts<'_>) {
    let Names { base, options, vpc, .. } = facts.names;
    let server = facts.configured.unwrap_or(second(*base));
    let value = facts.configured.map_or("AmazonProvidedDNS".to_owned(), |address| address.to_string());
    let text = format!(
        "$ cat /etc/resolv.conf\n# Generated by NetworkManager\nsearch ap-northeast-1.compute.internal\nnameserver {server}\n$ aws ec2 describe-vpcs --vpc-ids {vpc} --query 'Vpcs[0].[CidrBlock,DhcpOptionsId]' --output text\n{base}/16\t{options}\n$ aws ec2 describe-dhcp-options --dhcp-options-ids {options} --query \"DhcpOptions[0].DhcpConfigurations[?Key=='domain-name-servers'].Values[].Value\" --output text\n{value}\n"
    );
    let finding = if facts.configured.is_some() { "another resolver" } else { "the VPC's resolver" };
    scene.show("resolver-configuration", finding, vec![shown(Command, text)]);
}

fn zones_of_the_vpc(scene: &mut Scene, facts: &Facts<'_>) {
    let Names { vpc, domain, private_zone, internal_zone, account, .. } = facts.names;
    let zone = |id: &str, name: &str| json!({ "HostedZoneId": id, "Name": format!("{name}."), "Owner": { "OwningAccount": account } });
    let mut zones = vec![zone(internal_zone, "svc.internal")];
    if facts.shadowed {
        zones.insert(0, zone(private_zone, domain));
    }
    let value = json!({ "HostedZoneSummaries": zones, "MaxItems": "100" });
    let text = format!(
        "$ aws route53 list-hosted-zones-by-vpc --vpc-id {vpc} --vpc-region ap-northeast-1 | jq -S .\n{value:#}\n"
    );
    let finding =
        if facts.shadowed { "a private zone of the domain" } else { "no private zone of the domain" };
    scene.show("zones-of-the-vpc", finding, vec![shown(Json, text)]);
}

fn public_records(scene: &mut Scene, facts: &Facts<'_>) {
    let Names { public_zone, domain, .. } = facts.names;
    let mut text = format!(
        "$ aws route53 list-resource-record-sets --hosted-zone-id {public_zone} --query \"ResourceRecordSets[?Type=='A'].[Name,TTL,ResourceRecords[0].Value]\" --output text\n"
    );
    let mut names = vec![format!("{domain}."), format!("www.{domain}.")];
    if facts.published {
        names.insert(1, format!("api.{domain}."));
    }
    for name in names {
        let _ = writeln!(text, "{name}\t300\t{}", facts.names.public);
    }
    let finding = if facts.published { "the record is there" } else { "the record is gone" };
    scene.show("public-records", finding, vec![shown(Command, text)]);
}

fn delegation(scene: &mut Scene, facts: &Facts<'_>) {
    let Names { domain, .. } = facts.names;
    let mut text = format!("$ dig +noall +answer +authority +norecurse @a.gtld-servers.net {domain} NS\n");
    if facts.delegated {
        for server in [
            "ns-421.awsdns-52.com",
            "ns-822.awsdns-38.net",
            "ns-1127.awsdns-12.org",
            "ns-1797.awsdns-32.co.uk",
        ] {
            let _ = writeln!(text, "{domain}.\t\t172800\tIN\tNS\t{server}.");
        }
    } else {
        let top = domain.rsplit('.').next().unwrap_or_default();
        let _ = writeln!(
            text,
            "{top}.\t\t\t900\tIN\tSOA\ta.gtld-servers.net. nstld.verisign-grs.com. 1 1800 900 604800 900"
        );
    }
    let finding = if facts.delegated { "delegated" } else { "not delegated" };
    scene.show("delegation", finding, vec![shown(Command, text)]);
}

fn rules(scene: &mut Scene, facts: &Facts<'_>, office: Ipv4Addr) {
    let Names { vpc, rule, domain, .. } = facts.names;
    let mut rows = vec![
        json!({ "ResolverRuleId": "rslvr-autodefined-rr-internet-resolver", "Name": "System Rule Association", "VPCId": vpc, "Status": "COMPLETE" }),
    ];
    if facts.forwarded {
        rows.push(json!({ "ResolverRuleId": rule, "Name": "office", "VPCId": vpc, "Status": "COMPLETE" }));
    }
    let value = json!({ "ResolverRuleAssociations": rows });
    let mut text = format!(
        "$ aws route53resolver list-resolver-rule-associations --filters Name=VPCId,Values={vpc} | jq -S .\n{value:#}\n"
    );
    if facts.forwarded {
        let value = json!({ "ResolverRule": {
            "Id": rule, "DomainName": format!("{domain}."), "RuleType": "FORWARD", "Name": "office",
            "TargetIps": [{ "Ip": office, "Port": 53, "Protocol": "Do53" }], "Status": "COMPLETE",
        } });
        let _ = write!(
            text,
            "$ aws route53resolver get-resolver-rule --resolver-rule-id {rule} | jq -S .\n{value:#}\n"
        );
    }
    let finding = if facts.forwarded { "the domain is forwarded" } else { "no rule of its own" };
    scene.show("resolver-rules", finding, vec![shown(Json, text)]);
}

fn events(scene: &mut Scene, facts: &Facts<'_>) {
    let Names { vpc, private_zone, public_zone, rule, options, group, user, account, changed, .. } =
        facts.names;
    let mut events = vec![json!({
        "eventTime": stamp(changed - 7 * 86_400), "eventSource": "route53.amazonaws.com",
        "eventName": "ChangeResourceRecordSets", "hostedZoneId": public_zone,
        "change": { "action": "UPSERT", "name": format!("www.{}.", facts.names.domain), "type": "A" },
    })];
    let at = stamp(*changed);
    let (finding, event) = if facts.shadowed {
        (
            "zone associated",
            Some(
                json!({ "eventTime": at, "eventSource": "route53.amazonaws.com", "eventName": "AssociateVPCWithHostedZone", "hostedZoneId": private_zone, "vPCId": vpc }),
            ),
        )
    } else if facts.forwarded {
        (
            "rule associated",
            Some(
                json!({ "eventTime": at, "eventSource": "route53resolver.amazonaws.com", "eventName": "AssociateResolverRule", "resolverRuleId": rule, "vPCId": vpc }),
            ),
        )
    } else if facts.configured.is_some() {
        (
            "DHCP options changed",
            Some(
                json!({ "eventTime": at, "eventSource": "ec2.amazonaws.com", "eventName": "AssociateDhcpOptions", "dhcpOptionsId": options, "vpcId": vpc }),
            ),
        )
    } else if !facts.published {
        (
            "record deleted",
            Some(
                json!({ "eventTime": at, "eventSource": "route53.amazonaws.com", "eventName": "ChangeResourceRecordSets", "hostedZoneId": public_zone, "change": { "action": "DELETE", "name": format!("api.{}.", facts.names.domain), "type": "A" } }),
            ),
        )
    } else if !facts.open {
        (
            "egress changed",
            Some(
                json!({ "eventTime": at, "eventSource": "ec2.amazonaws.com", "eventName": "RevokeSecurityGroupEgress", "groupId": group }),
            ),
        )
    } else {
        // The registry is not the account's: its changes are in no trail of it.
        ("nothing but last week's change", None)
    };
    events.extend(event);
    let mut text = String::from("# CloudTrail, management events of the last ten days, fields shortened\n");
    for mut event in events {
        event["userIdentity"] = json!({ "type": "IAMUser", "accountId": account, "userName": user });
        let _ = writeln!(text, "{event}");
    }
    scene.show("cloudtrail", finding, vec![shown(Json, text)]);
}

fn security_group(scene: &mut Scene, facts: &Facts<'_>) {
    let Names { group, .. } = facts.names;
    let row = if facts.open { "-1\t-1\t-1\t0.0.0.0/0" } else { "tcp\t443\t443\t0.0.0.0/0" };
    let text = format!(
        "$ aws ec2 describe-security-group-rules --filters Name=group-id,Values={group} --query 'SecurityGroupRules[?IsEgress].[IpProtocol,FromPort,ToPort,CidrIpv4]' --output text\n{row}\n"
    );
    let finding = if facts.open { "all egress" } else { "HTTPS only" };
    scene.show("security-group", finding, vec![shown(Command, text)]);
}
