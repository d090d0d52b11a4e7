//! I18: a name resolves everywhere except in the VPC.

use std::collections::BTreeMap;

use divedeep_cases::incident::{Series, View};

use super::{Faults, all, first};

/// What `dig` says: the status and whose SOA stands in the authority section.
fn told(text: &str) -> String {
    if text.contains("no servers could be reached") {
        return "no reply".to_owned();
    }
    let status = first(r"status: (\w+)", text);
    let soa = first(r"IN\s+SOA\s+(\S+?)\.? ", text);
    match (status.as_str(), soa.as_str()) {
        ("NOERROR", _) if text.contains("ANSWER SECTION") => "answer".to_owned(),
        (status, "") => status.to_lowercase(),
        (status, soa) => format!("{} from {soa}", status.to_lowercase()),
    }
}

pub fn finding(check: &str, text: &str, _: &[Series]) -> String {
    let either = |holds: bool, yes: &str, no: &str| if holds { yes } else { no }.to_owned();
    match check {
        "dig-instance" => {
            let server = first(r"SERVER: (\S+)#53", text);
            let whose = if server.ends_with(".0.2") { "vpc" } else { "office" };
            format!("{}, by the {whose}'s server", told(text))
        }
        "dig-vpc-resolver" | "dig-public" => told(text),
        "resolver-configuration" => {
            either(text.contains("AmazonProvidedDNS"), "the VPC's resolver", "another resolver")
        }
        "zones-of-the-vpc" => either(
            all(r#""Name": "(\S+)""#, text).iter().any(|name| name.starts_with("example.")),
            "a private zone of the domain",
            "no private zone of the domain",
        ),
        "public-records" => {
            either(text.contains("\napi.example."), "the record is there", "the record is gone")
        }
        "delegation" => either(text.contains("\tNS\t"), "delegated", "not delegated"),
        "resolver-rules" => either(
            text.contains("\"RuleType\": \"FORWARD\""),
            "the domain is forwarded",
            "no rule of its own",
        ),
        "cloudtrail" => {
            let newest = all(r#""eventName":"(\w+)""#, text).pop().unwrap_or_default();
            match newest.as_str() {
                "AssociateVPCWithHostedZone" => "zone associated",
                "AssociateResolverRule" => "rule associated",
                "AssociateDhcpOptions" => "DHCP options changed",
                "RevokeSecurityGroupEgress" => "egress changed",
                "ChangeResourceRecordSets" if text.contains("DELETE") => "record deleted",
                _ => "nothing but last week's change",
            }
            .to_owned()
        }
        "security-group" => either(text.ends_with("-1\t-1\t-1\t0.0.0.0/0\n"), "all egress", "HTTPS only"),
        other => panic!("unknown check {other}"),
    }
}

pub fn contradictions(texts: &BTreeMap<&str, String>, _: &BTreeMap<String, View>) -> Vec<String> {
    let mut faults = Faults::default();
    let vpc = first(r"--vpc-id (\S+)", &texts["zones-of-the-vpc"]);
    faults.expect(texts["resolver-rules"].contains(&vpc), "the rules are another VPC's");
    faults.expect(texts["resolver-configuration"].contains(&vpc), "the DHCP options are another VPC's");
    let server = first(r"SERVER: (\S+)#53", &texts["dig-instance"]);
    faults.expect(
        texts["resolver-configuration"].contains(&format!("nameserver {server}\n")),
        "dig asked another server than resolv.conf names",
    );
    let base = first(r"(\d+\.\d+)\.0\.0/16", &texts["resolver-configuration"]);
    let own = texts["resolver-configuration"].contains("AmazonProvidedDNS");
    faults.expect(own == server.starts_with(&format!("{base}.")), "the server and the VPC's range disagree");
    let private = first(r#""HostedZoneId": "(Z\w+)",\s+"Name": "example"#, &texts["zones-of-the-vpc"]);
    let associated = texts["cloudtrail"].contains("AssociateVPCWithHostedZone");
    faults.expect(associated != private.is_empty(), "the trail and the zone list disagree");
    faults.expect(!associated || texts["cloudtrail"].contains(&private), "the trail names another zone");
    // A record of the public zone is what the public resolver gives, while the registry points to the zone.
    let address = first(r"api\.\S+\t300\t(\S+)", &texts["public-records"]);
    let answered = first(r"IN\s+A\s+(\d\S+)", &texts["dig-public"]);
    let reached = told(&texts["dig-public"]) != "no reply";
    if texts["delegation"].contains("\tNS\t") && reached {
        faults.expect(address == answered, "the public zone and the public resolver disagree");
    }
    faults.expect(
        reached == texts["security-group"].contains("-1\t-1"),
        "the reply and the security group disagree",
    );
    // Asked later, the same resolver has the same answer, and of a negative one no more time left.
    if own {
        let status = |text: &str| first(r"status: (\w+)", text);
        faults.expect(
            status(&texts["dig-instance"]) == status(&texts["dig-vpc-resolver"]),
            "one resolver gives two answers",
        );
    }
    let left = |check: &str| first(r"\s(\d+)\s+IN\s+SOA", &texts[check]).parse::<u32>().unwrap_or(0);
    faults.expect(left("dig-vpc-resolver") <= 3600, "a negative answer is kept longer than its SOA says");
    faults.found
}
