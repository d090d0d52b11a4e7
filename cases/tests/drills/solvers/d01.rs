//! D01 by Python's ipaddress.

use divedeep_cases::drill::Case;
use serde_json::json;

const SCRIPT: &str = r#"
import ipaddress, json, sys
for line in sys.stdin:
    case = json.loads(line)
    given = case['given']
    if case['level'] == 1:
        net = ipaddress.ip_interface(f'{given["address"]}/{given["prefix"]}').network
        hosts = net.num_addresses - 5 if given['vpc'] else len(list(net.hosts()))
        print(net, net[-1], hosts, sep='|')
    elif case['level'] == 2:
        vpc = ipaddress.ip_network(given['vpc'])
        prefix = max(p for p in range(vpc.prefixlen, 29) if 2 ** (32 - p) - 5 >= given['hosts'])
        subnets = list(vpc.subnets(new_prefix=prefix))
        print(prefix, len(subnets), subnets[given['ordinal'] - 1], sep='|')
    else:
        vpc = ipaddress.ip_network(given['vpc'])
        rows = [row.split('\t') for row in case['evidence'].splitlines()[1:]]
        taken = {row[0]: ipaddress.ip_network(row[1]) for row in rows}
        new = next(s for s in vpc.subnets(new_prefix=given['prefix']) if not any(s.overlaps(t) for t in taken.values()))
        holder = [name for name, net in taken.items() if ipaddress.ip_address(given['address']) in net]
        addresses = set(vpc) - {a for net in taken.values() for a in net}
        assert all(net.subnet_of(vpc) for net in taken.values())
        print(new, *holder, len(addresses), sep='|')
"#;

pub fn check(cases: &[Case]) -> Vec<String> {
    let inputs = cases.iter().map(|case| {
        let evidence = case.exercise.evidence.first().map_or("", |evidence| &evidence.text);
        json!({ "level": case.level, "given": case.exercise.given, "evidence": evidence })
    });
    let lines = super::python(SCRIPT, inputs);
    assert_eq!(lines.len(), cases.len());
    let ids: [&[&str]; 3] =
        [&["network", "last", "usable"], &["prefix", "fit", "ordinal"], &["subnet", "holder", "left"]];
    cases
        .iter()
        .zip(lines)
        .flat_map(|(case, line)| {
            let mut answers: Vec<(&str, String)> = ids[usize::from(case.level) - 1]
                .iter()
                .copied()
                .zip(line.split('|').map(str::to_owned))
                .collect();
            if case.level == 3 {
                answers[1].1 = super::letter_of(case, "holder", |text| text == format!("`{}`", answers[1].1));
            }
            super::compare(case, &answers)
        })
        .collect()
}
