//! D08 by rules over the tools' output alone, in Python; the output's own invariants are checked on the way.

use divedeep_cases::drill::{Answer, Case};
use serde_json::{Value, json};

const SCRIPT: &str = r#"
import json, math, re, sys

def parts(case):
    return {text[2:].split()[0] + (' ' + text[2:].split()[1] if text.startswith('$ pidstat') else ''):
            text.split('\n', 1)[1] for text in case['evidence']}

def vmstat(text):
    names = text.splitlines()[1].split()
    return [dict(zip(names, map(int, line.split()))) for line in text.splitlines()[2:]]

def table(text, head):
    lines = text.splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith(head))
    names = lines[at].split()
    return {line.split()[0]: dict(zip(names[1:], map(float, line.split()[1:]))) for line in lines[at + 1:] if line}

def free(text):
    rows = [line.split() for line in text.splitlines()]
    memory = dict(zip(rows[0], map(int, rows[1][1:])))
    return memory, dict(zip(rows[0][:3], map(int, rows[2][1:])))

def close(a, b, slack):
    assert abs(a - b) <= slack, (a, b, slack)

def pidstat(text):
    lines = text.splitlines()[2:]
    names = lines[0].split()[1:]
    return {int(row[2]): dict(zip(names, row[1:])) for row in (line.split() for line in lines[1:])}

def solve(case):
    given, found = case['given'], parts(case)
    cpus = given['cpus']
    rows = vmstat(found['vmstat'])
    assert len(rows) == 6
    for row in rows:
        # Five columns rounded each by itself.
        close(sum(row[name] for name in ('us', 'sy', 'id', 'wa', 'st')), 100, 2)
        # Swapping is block I/O too.
        assert row['si'] <= row['bi'] + 1 and row['so'] <= row['bo'] + 1, row
        assert row['swpd'] > 0 or row['si'] + row['so'] == 0, row
    later = rows[1:]
    mean = lambda *names: sum(row[name] for row in later for name in names) / len(later)
    answers = {}
    swaps, steals = all(r['si'] > 0 and r['so'] > 0 for r in later), min(r['st'] for r in later) >= 15
    waits, idle = all(r['b'] >= 1 for r in later), mean('id', 'wa')
    # Nothing near a border.
    assert swaps or not any(r['si'] + r['so'] for r in later), later
    assert steals or max(r['st'] for r in later) == 0, later
    assert waits or not any(r['b'] for r in later), later
    assert idle > 13 or idle <= 4, later
    holds = {'Tasks wait': waits, 'Pages move': swaps, 'The hypervisor': steals, 'The CPUs are idle': idle > 10}
    limit, process = None, None
    if 'iostat' in found:
        disks = table(found['iostat'], 'Device')
        shares = [float(x) for x in re.search(r'avg-cpu:.*\n\s+(.*)', found['iostat'])[1].split()]
        close(sum(shares), 100, 0.04)
        for name, column in (('us', 0), ('sy', 2), ('wa', 3), ('st', 4), ('id', 5)):
            close(later[-1][name], shares[column], 0.51)
        for disk in disks.values():
            # Little's law, from rounded columns.
            queue = (disk['r/s'] * disk['r_await'] + disk['w/s'] * disk['w_await']) / 1000
            close(queue, disk['aqu-sz'], 0.01 + (disk['r/s'] + disk['w/s']) * 0.006 / 1000 + 0.001 * queue)
            assert disk['%util'] <= min(100, disk['aqu-sz'] * 100 + 0.6)
            for rate, kib, size in (('r/s', 'rkB/s', 'rareq-sz'), ('w/s', 'wkB/s', 'wareq-sz')):
                close(disk[rate] * disk[size], disk[kib], 0.01 * disk[rate] + 0.01 * disk[size] + 0.1)
        close(sum(d['rkB/s'] for d in disks.values()), later[-1]['bi'], 1)
        close(sum(d['wkB/s'] for d in disks.values()), later[-1]['bo'], 1)
        data = disks['nvme1n1']
        rate, mib = data['r/s'] + data['w/s'], (data['rkB/s'] + data['wkB/s']) / 1024
        assert rate <= given['iops'] * 1.001 and mib <= given['mib'] * 1.001
        assert disks['nvme0n1']['r/s'] + disks['nvme0n1']['w/s'] < 3000 * 0.9
        if rate > 0.97 * given['iops']: limit = 'IOPS'
        elif mib > 0.97 * given['mib']: limit = 'throughput'
        else: assert rate < 0.75 * given['iops'] and mib < 0.75 * given['mib'], (rate, mib)
        slow = max(data['r_await'], data['w_await'])
        assert slow > 1.2 or slow < 0.9, slow
        holds['Requests on `nvme1n1`'] = slow < 1
        answers['iops'] = rate / given['iops'] * 100
    if 'free' in found:
        memory, swap = free(found['free'])
        close(memory['used'], memory['total'] - memory['available'], 1)
        close(swap.get('used', 0) + swap.get('free', 0), swap['total'], 1)
        close(later[-1]['free'] / 1024, memory['free'], 1)
        close((later[-1]['buff'] + later[-1]['cache']) / 1024, memory['buff/cache'], 1)
        close(later[-1]['swpd'] / 1024, swap['used'], 1)
        share = memory['available'] / memory['total'] * 100
        assert share > 12 or share < 8, share
        holds['More than a tenth'] = share > 10
        answers['available'] = share
    if 'pidstat -u' in found:
        tasks = {pid: (row['Command'], float(row['%CPU']), float(row['%usr']) + float(row['%system']))
                 for pid, row in pidstat(found['pidstat -u']).items()}
        for _, cpu, both in tasks.values():
            close(cpu, both, 0.011)
        close(sum(cpu for _, cpu, _ in tasks.values()) / cpus, shares[0] + shares[2], 0.1)
        moved = {pid: float(row['kB_rd/s']) + float(row['kB_wr/s']) for pid, row in pidstat(found['pidstat -d']).items()}
        # What the processes read is what the disks read.
        close(sum(float(row['kB_rd/s']) for row in pidstat(found['pidstat -d']).values()), later[-1]['bi'], 1)
        held = [line.split() for line in found['ps'].splitlines()[1:]]
        single = {int(row[0]) for row in held if row[2] == '1'}
        assert len({row[0] for row in held}) == len(held) == 7, held
        held = {int(row[0]): int(row[3]) for row in held}
        one, five, fifteen = map(float, re.search(r'load average: (.*)', found['uptime'])[1].split(', '))
        # The load of the last minute follows what runs and what is blocked.
        close(one, mean('r', 'b'), 0.2 * mean('r', 'b') + 1.2)
    # Rules: what is outside first, then memory, disks, CPUs, a single thread.
    if steals: state = 'CPU: the hypervisor'
    elif swaps: state = 'Memory'
    elif limit: state = 'Disk: a volume at its limit of ' + limit
    elif case['level'] == 1 and waits: state = 'Disk'
    elif idle <= 4 and mean('r') > cpus: state = 'CPU: its own work'
    elif 'pidstat -u' in found and any(90 <= cpu <= 101 and pid in single for pid, (_, cpu, _) in tasks.items()): state = 'CPU: one thread'
    else: state = 'None'
    answers['bottleneck'] = state
    answers['busy'] = mean('us', 'sy')
    answers['runnable'] = mean('r') / cpus
    answers['cpus'] = mean('us', 'sy') / 100 * cpus
    answers['holds'] = [start for start, true in holds.items() if true]
    if 'pidstat -u' in found:
        def most(of):
            first, second = sorted(of.items(), key=lambda item: -item[1])[:2]
            assert first[1] > 2 * second[1], of
            return first[0]
        if state == 'None': answers['process'] = 'None of them'
        else:
            pid = most(held if state == 'Memory' else moved if limit else {p: cpu for p, (_, cpu, _) in tasks.items()})
            answers['process'] = f'(PID {pid})'
    return answers

for line in sys.stdin:
    case = json.loads(line)
    try:
        print(json.dumps(solve(case)))
    except AssertionError as error:
        import traceback
        where = traceback.extract_tb(error.__traceback__)[-1].lineno
        print(json.dumps({'broken': f'{error} (line {[f.lineno for f in traceback.extract_tb(error.__traceback__)]})'}))
"#;

pub fn check(cases: &[Case]) -> Vec<String> {
    let inputs = cases.iter().map(|case| {
        let evidence: Vec<_> = case.exercise.evidence.iter().map(|evidence| &evidence.text).collect();
        json!({ "level": case.level, "given": case.exercise.given, "evidence": evidence })
    });
    let lines = super::python(SCRIPT, inputs);
    assert_eq!(lines.len(), cases.len());
    cases
        .iter()
        .zip(lines)
        .flat_map(|(case, line)| {
            let found: Value = serde_json::from_str(&line).expect("JSON");
            if let Some(broken) = found["broken"].as_str() {
                let evidence: Vec<_> =
                    case.exercise.evidence.iter().map(|evidence| evidence.text.as_str()).collect();
                return vec![format!(
                    "level {} seed {}: {broken}\n{}",
                    case.level,
                    case.seed,
                    evidence.join("\n")
                )];
            }
            let answers: Vec<(&str, String)> = case
                .exercise
                .asks
                .iter()
                .map(|ask| {
                    let chosen = |test: &dyn Fn(&str) -> bool| super::letter_of(case, &ask.id, test);
                    let typed = match (&found[&ask.id], &ask.answer) {
                        (Value::Array(texts), _) if texts.is_empty() => String::new(),
                        (Value::Array(texts), _) => chosen(&|text| {
                            texts.iter().filter_map(Value::as_str).any(|start| text.starts_with(start))
                        }),
                        (Value::String(start), Answer::Choice { .. }) if start.starts_with('(') => {
                            chosen(&|text| text.ends_with(start.as_str()))
                        }
                        (Value::String(start), _) => chosen(&|text| text.starts_with(start.as_str())),
                        (Value::Number(number), _) => number.to_string(),
                        (other, _) => format!("? {other}"),
                    };
                    (ask.id.as_str(), typed)
                })
                .collect();
            super::compare(case, &answers)
        })
        .collect()
}
