//! D03 by rules in closed form, in Python: parses the tables, asks every check by itself, knows no path and no state.

use divedeep_cases::drill::Case;
use serde_json::json;

const SCRIPT: &str = r#"
import ipaddress, json, re, sys

def blocks(text):
    out = []
    for part in re.split(r'(?m)^\$ ', text)[1:]:
        head, _, body = part.partition('\n')
        if '--output table' in head:
            rows = [[c.strip() for c in l.strip('|').split('|')] for l in body.splitlines() if l.startswith('|')][1:]
        else:
            rows = [l.split('\t') for l in body.splitlines() if l]
        out.append((head, rows))
    return out

NUMBER = {'icmp': '1', 'tcp': '6', 'udp': '17', '-1': '-1', 'all': '-1'}

def within(proto, low, high, kind, code, packet):
    want, port, icmp = packet['proto'], packet['port'], packet['icmp']
    if proto == '-1': return True
    if proto != want: return False
    if want == '1':
        return kind in (None, -1, icmp[0]) and code in (None, -1, icmp[1])
    return low is None or low <= port <= high

def acl(rules, packet):
    for number, proto, low, high, kind, code, cidr, action in sorted(rules):
        if within(proto, low, high, kind, code, packet) and packet['far'] in ipaddress.ip_network(cidr):
            return number, action == 'allow'

def group(rules, packet, held):
    for proto, low, high, peer in rules:
        if proto == '1': ok = within(proto, None, None, low, high, packet)
        else: ok = within(proto, low, high, None, None, packet)
        if ok and (peer in held if peer.startswith('sg-') else packet['far'] in ipaddress.ip_network(peer)):
            return True
    return False

def spelled(text):
    # "allow tcp 443 10.0.0.0/16", "tcp 1024-65535 sg-..", "icmp type 8 code 0 10..."
    w = text.split()
    action = w.pop(0) if w[0] in ('allow', 'deny') else None
    proto = NUMBER[w.pop(0)]
    low = high = kind = code = None
    if w[0] == 'type':
        kind, code = int(w[1]), int(w[3]); w = w[4:]
    elif len(w) == 2:
        low, _, high = w.pop(0).partition('-'); low = int(low); high = int(high or low)
    return action, proto, low, high, kind, code, w[0]

def solve(world, g):
    ip = ipaddress.ip_address
    proto = NUMBER[g['protocol']]
    c, s = g['client'], g['server']
    def packet(far, port, icmp): return {'proto': proto, 'far': ip(far), 'port': port, 'icmp': icmp}
    req_to_s, req_from_c = packet(s, g['destination_port'], (8, 0)), packet(c, g['destination_port'], (8, 0))
    rep_to_c, rep_from_s = packet(c, g['source_port'], (0, 0)), packet(s, g['source_port'], (0, 0))
    eni = world['eni']
    ce, se = [next(e for e in eni if eni[e][1] == a) for a in (c, s)]
    cn, sn = eni[ce][0], eni[se][0]
    same = cn == sn
    sg = lambda e, out: [r for gid in world['held'][e] for r in world['sg'][gid][out]]
    acls = lambda n, out: world['acl'][world['of'][n]][out]
    free = (None, True)
    checks = [
        (0, group(sg(ce, True), req_to_s, world['held'][se])),
        free if same else acl(acls(cn, True), req_to_s),
        free if same else acl(acls(sn, False), req_from_c),
        (0, group(sg(se, False), req_from_c, world['held'][ce])),
        free if same else acl(acls(sn, True), rep_to_c),
        free if same else acl(acls(cn, False), rep_from_s),
    ]
    return [x[1] for x in checks], checks, (cn, sn)

for line in sys.stdin:
    case = json.loads(line)
    g = case['given']
    world = {'eni': {}, 'held': {}, 'sg': {}, 'acl': {}, 'of': {}}
    for head, rows in (b for text in case['evidence'] for b in blocks(text)):
        if 'NetworkInterfaceId,SubnetId' in head:
            for e, n, a in rows: world['eni'][e] = (n, a)
        elif 'Groups[].[GroupId]' in head:
            world['held'][re.search(r'(eni-\w+)', head)[1]] = [r[0] for r in rows]
        elif 'describe-security-group-rules' in head:
            gid = re.search(r'Values=(sg-\w+)', head)[1]
            rules = {True: [], False: []}
            for out, proto, low, high, peer in rows:
                low, high = int(low), int(high)
                proto = NUMBER[proto]
                if proto != '1' and low == -1: low = high = None
                rules[out == 'True'].append((proto, low, high, peer))
            world['sg'][gid] = rules
        elif '[NetworkAclId]' in head:
            world['of'][re.search(r'Values=(subnet-\w+)', head)[1]] = rows[0][0]
        elif 'describe-network-acls' in head:
            aid = re.search(r'acl-ids (acl-\w+)', head)[1]
            num = lambda x: None if x == 'None' else int(x)
            rules = []
            for r in rows:
                kind, code = (num(r[4]), num(r[5])) if 'IcmpTypeCode' in head else (None, None)
                rules.append((int(r[0]), r[1], num(r[2]), num(r[3]), kind, code, r[-2], r[-1]))
            world['acl'].setdefault(aid, {})['[?!Egress]' not in head] = rules
    ok, checks, nets = solve(world, g)
    stop = ok.index(False) if False in ok else 6
    # Whether the request shows at each end, and the reply, in closed form from the place of the stop.
    client = 'outbound REJECT' if stop < 2 else 'outbound ACCEPT'
    client += {5: '; inbound REJECT', 6: '; inbound ACCEPT'}.get(stop, '')
    server = '' if stop < 2 else 'inbound REJECT' if stop < 4 else 'inbound ACCEPT'
    server += {4: '; outbound REJECT', 5: '; outbound ACCEPT', 6: '; outbound ACCEPT'}.get(stop, '')
    works = []
    for option in case['options']:
        where, out, number, rule = re.match(r'`((?:acl|sg)-\w+)`, (\w+) rule(?: (\d+))?: `(.*)`$', option).groups()
        action, proto, low, high, kind, code, peer = spelled(rule)
        if where.startswith('acl'):
            lists = world['acl'][where][out == 'outbound']
            added = (int(number), proto, low, high, kind, code, peer, action)
            assert all(x[0] != added[0] for x in lists)
        else:
            lists = world['sg'][where][out == 'outbound']
            added = (proto, kind if proto == '1' else low, code if proto == '1' else high, peer)
        lists.append(added)
        works.append(all(solve(world, g)[0]))
        lists.remove(added)
    rule = ''
    if case['rule']:
        acl_id, way, what = re.search(r'Number of the (\w+) rule of `(acl-\w+)` that decides the (\w+)', case['rule']).group(2, 1, 3)
        own = 0 if world['of'][nets[0]] == acl_id else 1
        index = {(0, 'request'): 1, (1, 'request'): 2, (1, 'reply'): 4, (0, 'reply'): 5}[own, what]
        assert (way == 'outbound') == (index in (1, 4))
        rule = checks[index][0]
    print(json.dumps({'stop': stop, 'client': client, 'server': server, 'works': works, 'rule': rule}))
"#;

pub fn check(cases: &[Case]) -> Vec<String> {
    let ask = |case: &Case, id: &str| case.exercise.asks.iter().find(|ask| ask.id == id).cloned();
    let inputs = cases.iter().map(|case| {
        let evidence: Vec<_> = case.exercise.evidence.iter().map(|evidence| &evidence.text).collect();
        let options = super::options_of(case, "change");
        let rule = ask(case, "rule").map_or(String::new(), |ask| ask.label.en);
        json!({ "given": case.exercise.given, "evidence": evidence, "options": options, "rule": rule })
    });
    let lines = super::python(SCRIPT, inputs);
    assert_eq!(lines.len(), cases.len());
    let mut faults = Vec::new();
    for (case, line) in cases.iter().zip(lines) {
        let solved: serde_json::Value = serde_json::from_str(&line).expect("JSON");
        let stop = solved["stop"].as_u64().expect("a place") as usize;
        // The options of places are in the order of the way; their words say which.
        let words = [
            ("request", "security groups", "client", "outbound"),
            ("request", "network ACL", "client", "outbound"),
            ("request", "network ACL", "server", "inbound"),
            ("request", "security groups", "server", "inbound"),
            ("reply", "network ACL", "server", "outbound"),
            ("reply", "network ACL", "client", "inbound"),
        ];
        let place = |text: &str| match words.get(stop) {
            None => text.starts_with("Nowhere"),
            Some((leg, what, end, way)) => {
                let name = case.exercise.given[format!("{end}_name")].as_str().expect("a name");
                let ends = format!("of `{name}` ({way})");
                text.starts_with(&format!("The {leg}, at the {what} of ")) && text.ends_with(&ends)
            }
        };
        let log = |solved: &str, text: &str| {
            let said: Vec<_> = text.trim_end_matches(", and no record of a reply").split(" and ").collect();
            let said = said.join("; ");
            said == solved || solved.is_empty() && said == "no record of this conversation"
        };
        let mut answers = Vec::new();
        for ask in &case.exercise.asks {
            let typed = match ask.id.as_str() {
                "stop" => super::letter_of(case, "stop", place),
                "client-log" => {
                    super::letter_of(case, "client-log", |text| log(solved["client"].as_str().unwrap(), text))
                }
                "server-log" => {
                    super::letter_of(case, "server-log", |text| log(solved["server"].as_str().unwrap(), text))
                }
                "rule" => solved["rule"].to_string(),
                _ => {
                    let works = solved["works"].as_array().expect("a list");
                    let letters = ('a'..).zip(works).filter(|(_, works)| works.as_bool() == Some(true));
                    letters.map(|(letter, _)| letter.to_string()).collect::<Vec<_>>().join(" ")
                }
            };
            answers.push((ask.id.as_str(), typed));
        }
        faults.extend(super::compare(case, &answers));
    }
    faults
}
