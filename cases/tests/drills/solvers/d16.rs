//! D16 by a queue that moves second by second: every second's writes go in, what can be applied comes out, and the age
//! is read off the oldest second that is left. Stale reads are counted over a fine grid of read times and servers.

use divedeep_cases::drill::Case;
use serde_json::{Value, json};

const SCRIPT: &str = r#"
import collections, json, re, sys

def at(steps, second):
    rate = 0
    for start, value in steps:
        if start <= second:
            rate = value
    return rate

class Queue:
    """Changes in the order they were written, one entry a second."""
    def __init__(self, backlog, before):
        self.items = collections.deque()
        self.total = 0
        second = -1
        while backlog > 0:
            size = min(backlog, before)
            self.items.appendleft([second, size, before])
            self.total += size
            backlog -= size
            second -= 1

    def tick(self, second, write, apply):
        if write:
            self.items.append([second, write, write])
            self.total += write
        room = min(apply, self.total)
        self.total -= room
        while room > 0:
            oldest = self.items[0]
            part = min(room, oldest[1])
            oldest[1] -= part
            room -= part
            if oldest[1] <= 0:
                self.items.popleft()

    def age(self, now):
        if self.total <= 0:
            return 0
        second, left, size = self.items[0]
        return now - (second + 1 - left / size)

def simulate(case, given):
    writes, applies = given.get('writes'), given.get('applies')
    if not writes:
        rows = [line.split() for line in case['evidence'][0].splitlines()[1:]]
        clock = [int(r[0][:2]) * 60 + int(r[0][3:]) for r in rows]
        starts = [((c - clock[0]) % 1440) * 60 for c in clock]
        writes = [(s, float(r[1])) for s, r in zip(starts, rows)]
        applies = [(s, float(r[2])) for s, r in zip(starts, rows)]
    queue, second, seen = Queue(given['backlog'], given['before']), 0, {}
    peak, done = 0, None
    while second < 40000 and (done is None or second <= given['at'] or second < given['from']):
        if second == given['at']:
            seen['backlog'], seen['age'] = queue.total, queue.age(second)
        if second == given.get('start'):
            seen['start'] = queue.total
        if 'limit' in given and 'alarm' not in seen and queue.age(second) >= given['limit']:
            seen['alarm'] = done = second
        if second >= given['from'] and queue.total <= 0 and done is None and 'limit' not in given:
            done = second
        queue.tick(second, at(writes, second), at(applies, second))
        second += 1
        if done is None:
            peak = max(peak, queue.age(second))
    seen['peak'] = peak
    if 'limit' not in given:
        seen['caught-up'] = done if case['level'] == 2 else done - given['from']
    if 'start' in seen:
        seen['backlog'] = seen['start']
    return {ask: seen[ask] for ask in case['asks']}

def lsn(text):
    high, low = text.split('/')
    return int(high + low.rjust(8, '0'), 16)

def positions(case, given):
    now = lsn(case['evidence'][0].splitlines()[3].strip())
    lines = case['evidence'][1].splitlines()
    names = [c.strip() for c in lines[1].split('|')]
    rows = {}
    for line in lines[3:]:
        if '|' in line:
            row = dict(zip(names, [c.strip() for c in line.split('|')]))
            assert now >= lsn(row['sent_lsn']) >= lsn(row['write_lsn']) >= lsn(row['flush_lsn']) >= lsn(row['replay_lsn'])
            rows[row['application_name']] = row
    rate = given['rate'] * 2 ** 20
    for row in rows.values():
        h, m, s = row['replay_lag'].split(':')
        row['lag'] = int(h) * 3600 + int(m) * 60 + float(s)
        # At a steady rate the lag in bytes and in seconds are the same thing.
        assert abs((now - lsn(row['replay_lsn'])) / rate - row['lag']) < 0.001
    best = min(rows, key=lambda name: now - lsn(rows[name]['flush_lsn']))
    primary, longest = given['reads']['primary'], given['reads']['longest']
    grid, missed = 4000, 0.0
    for row in rows.values():
        late = sum((i + 0.5) / grid * longest < row['lag'] for i in range(grid))
        missed += late / grid * (100 - primary) / len(rows)
    return {
        'backlog': now - lsn(rows[given['asked']]['replay_lsn']),
        'promote': f'`{best}`',
        'rpo': (now - lsn(rows[best]['flush_lsn'])) / rate,
        'stale': missed,
    }

def binlog(case, given):
    sizes = [(m[0], int(m[1])) for m in re.findall(r'\| (mysql-bin\.\d+) \| +(\d+) \|', case['evidence'][0])]
    status = dict(re.findall(r'^ *(\w+): (.*)$', case['evidence'][1], re.M))
    def left(file, position):
        """Bytes of the source's log after a position."""
        total = 0
        for name, size in sizes:
            if name == file:
                total += size - int(position)
            elif name > file:
                total += size
        return total
    unread = left(status['Source_Log_File'], status['Read_Source_Log_Pos'])
    pending = left(status['Relay_Source_Log_File'], status['Exec_Source_Log_Pos'])
    assert pending >= unread and status['Replica_IO_Running'] == status['Replica_SQL_Running'] == 'Yes'
    relay = pending - unread
    assert abs(relay / given['rate'] - float(status['Seconds_Behind_Source'])) < 1
    cause = 'the applier: what has arrived is executed too slowly' if relay else "the transfer: the source's log arrives too slowly"
    return {'pending': pending, 'behind': pending / given['rate'], 'rpo': unread / given['rate'], 'cause': cause}

for line in sys.stdin:
    case = json.loads(line)
    given = case['given']
    if case['level'] < 3:
        found = simulate(case, given)
    else:
        found = positions(case, given) if 'reads' in given else binlog(case, given)
    print(json.dumps(found))
"#;

pub fn check(cases: &[Case]) -> Vec<String> {
    let inputs = cases.iter().map(|case| {
        let evidence: Vec<&str> = case.exercise.evidence.iter().map(|found| found.text.as_str()).collect();
        let asks: Vec<&str> = case.exercise.asks.iter().map(|ask| ask.id.as_str()).collect();
        json!({ "level": case.level, "given": case.exercise.given, "evidence": evidence, "asks": asks })
    });
    let lines = super::python(SCRIPT, inputs);
    assert_eq!(lines.len(), cases.len());
    cases
        .iter()
        .zip(lines)
        .flat_map(|(case, line)| {
            let found: Value = serde_json::from_str(&line).expect("JSON");
            let answers: Vec<(&str, String)> = case
                .exercise
                .asks
                .iter()
                .map(|ask| {
                    let answer = match &found[&ask.id] {
                        Value::String(text) => super::letter_of(case, &ask.id, |option| option == text),
                        other => other.to_string(),
                    };
                    (ask.id.as_str(), answer)
                })
                .collect();
            super::compare(case, &answers)
        })
        .collect()
}
