//! D02 by the kernel: every table shown becomes a routing table in a network namespace, and `ip route get fibmatch` says
//! which route it takes; a scan bit by bit answers too, and both must agree. Where no namespace may be made, the scan alone.

use std::sync::Once;

use divedeep_cases::drill::Case;
use serde_json::json;

/// Static before prefix list before propagated becomes the kernel's metric; a propagated route inside the local one is
/// left out, which is what never counting means.
const SCRIPT: &str = r#"
import json, re, subprocess, sys

def blocks(text):
    for part in re.split(r'(?m)^\$ ', text)[1:]:
        head, _, body = part.partition('\n')
        if '--output table' in head:
            yield head, [[c.strip() for c in l.strip('|').split('|')] for l in body.splitlines() if l.startswith('|')][1:]
        else:
            yield head, [l.split('\t') for l in body.splitlines() if l]

def bits(address):
    return ''.join(f'{int(octet):08b}' for octet in address.split('.'))

def prefix(cidr):
    address, length = cidr.split('/')
    return bits(address)[:int(length)]

def scan(routes, address):
    best = None
    for cidr, metric, name in routes:
        p = prefix(cidr)
        if bits(address).startswith(p):
            if best is None or (len(p), -metric) > best[0]: best = ((len(p), -metric), cidr, name)
    return best and best[1:]

cases = [json.loads(line) for line in sys.stdin]
queries, answers = [], []
for case in cases:
    tables, lists, attached = {}, {}, {}
    shown = [b for text in case['evidence'] for b in blocks(text)]
    for head, rows in shown:
        if 'get-managed' in head: lists[re.search(r'(pl-\w+)', head)[1]] = [r[0] for r in rows]
    for head, rows in shown:
        if 'describe-route-tables' in head:
            routes = []
            local = [prefix(r[0]) for r in rows if r[1] == 'local']
            for where, target, state, origin in rows:
                name = None if state == 'blackhole' else target
                listed = where.startswith('pl-')
                for cidr in lists[where] if listed else [where]:
                    if origin == 'EnableVgwRoutePropagation' and any(prefix(cidr).startswith(l) for l in local): continue
                    routes.append((cidr, 3 if origin == 'EnableVgwRoutePropagation' else 2 if listed else 1, name))
            tables[re.search(r'(rtb-\w+)', head)[1]] = routes
        elif 'search-transit' in head:
            routes = [(r[0], 1, None if r[2] == 'blackhole' else r[4]) for r in rows]
            tables[re.search(r'table-id (tgw-rtb-\w+)', head)[1]] = routes
        elif 'describe-transit-gateway-attachments' in head:
            for a, kind, resource, table in rows: attached[resource] = (a, table)
    case['attached'] = attached
    for address, table in zip(case['given']['asked'], case['given']['tables']):
        queries.append((tables[table], address))
        answers.append(scan(tables[table], address))

# The kernel: one routing table, filled for each query; the protocol's number tells the route.
batch = ['link set lo up', 'rule add pref 10 lookup 100', 'route add 0.0.0.0/0 dev lo table 100 proto 255 metric 4294967295']
for routes, address in queries:
    for i, (cidr, metric, name) in enumerate(routes): batch.append(f'route add {cidr} dev lo table 100 proto {200 + i} metric {metric}')
    batch.append(f'route get fibmatch {address}')
    for cidr, metric, name in routes: batch.append(f'route del {cidr} dev lo table 100 metric {metric}')
try:
    done = subprocess.run(['unshare', '-rn', 'ip', '-N', '-batch', '-'], input='\n'.join(batch) + '\n', capture_output=True, text=True)
    got = done.stdout.splitlines()
    kernel = done.returncode == 0 and len(got) == len(queries)
    said = (done.stderr or 'no word').strip().splitlines()[0]
except FileNotFoundError as error:
    kernel, said = False, str(error)
if kernel:
    for (routes, address), line, scanned in zip(queries, got, answers):
        i = int(re.search(r'proto (\d+)', line)[1])
        # The kernel writes a host route without its length.
        cidr = line.split()[0].replace('default', '0.0.0.0/0')
        by_kernel = None if i == 255 else (cidr, routes[i - 200][2])
        if by_kernel != scanned: raise SystemExit(f'{address}: the kernel says {line!r}, the scan {scanned}')
print('kernel' if kernel else f'scan alone: {said}')
answers = iter(answers)
for case in cases:
    found = [next(answers) for _ in case['given']['asked']]
    out = []
    if case['level'] == 1:
        out = [found[0][0], found[1][0], found[2] and found[2][1]]
    elif case['level'] == 2:
        out = [f and f[1] for f in found]
    else:
        (near, near_table), (far, far_table) = (case['attached'][v] for v in case['given']['vpcs'])
        assert case['given']['tables'][0] == near_table and case['given']['tables'][2] == far_table
        there, answer, back, first = [f and f[1] for f in found]
        assert first == case['given']['gateway']
        outcome = ('drops the request' if there is None else 'somewhere else' if there != far else
            'does not get from the second VPC' if answer != case['given']['gateway'] else
            'both arrive' if back == near else 'drops the reply')
        out = [there, answer, back, outcome]
    print(json.dumps(out))
"#;

pub fn check(cases: &[Case]) -> Vec<String> {
    let inputs = cases.iter().map(|case| {
        let evidence: Vec<_> = case.exercise.evidence.iter().map(|evidence| &evidence.text).collect();
        json!({ "level": case.level, "given": case.exercise.given, "evidence": evidence })
    });
    let mut lines = super::python(SCRIPT, inputs).into_iter();
    let how = lines.next().expect("how it was solved");
    static SAID: Once = Once::new();
    if how != "kernel" {
        SAID.call_once(|| eprintln!("D02: no network namespace here, {how}"));
    }
    assert_eq!(lines.len(), cases.len());
    let mut faults = Vec::new();
    for (case, line) in cases.iter().zip(lines) {
        let solved: Vec<Option<String>> = serde_json::from_str(&line).expect("JSON");
        let answers: Vec<_> = case
            .exercise
            .asks
            .iter()
            .zip(solved)
            .map(|(ask, found)| {
                let option = |text: &str| match (&found, ask.id.as_str()) {
                    (None, _) => text == "It is dropped",
                    (Some(found), "outcome") => text.contains(found.as_str()),
                    (Some(found), _) => text == format!("`{found}`"),
                };
                let typed = match (&ask.answer, &found) {
                    (divedeep_cases::drill::Answer::Typed { .. }, Some(found)) => found.clone(),
                    _ => super::letter_of(case, &ask.id, option),
                };
                (ask.id.as_str(), typed)
            })
            .collect();
        faults.extend(super::compare(case, &answers));
    }
    faults
}
