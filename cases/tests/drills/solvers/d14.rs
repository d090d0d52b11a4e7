//! D14 by PostgreSQL itself: every schedule is run with one session each; what waits is seen by `pg_blocking_pids`. Each
//! session that waits in a deadlock is made the one that looks for it first, to see whether it can be the victim. The
//! anomaly is named from what the runs returned.

use divedeep_cases::drill::{Answer, Case};
use serde_json::{Value, json};

const SCRIPT: &str = r#"
import itertools
WORKERS = 6

def parse(case):
    table, plan = case['evidence'][0], case['evidence'][1]
    name = re.search(r'FROM (\w+)', table)[1]
    lines = table.splitlines()
    columns = [c.strip() for c in lines[1].split('|')]
    rows = [[c.strip() for c in line.split('|')] for line in lines[3:] if '|' in line]
    steps = []
    for line in plan.splitlines()[1:]:
        number, who, sql = line.split(None, 2)
        steps.append((who, sql))
    return name, columns, rows, steps

class Stuck(Exception):
    pass

class Worker(threading.Thread):
    def __init__(self, number, cases, results):
        super().__init__()
        self.number, self.cases, self.results, self.error = number, cases, results, None

    def run(self):
        try:
            self.watch = Session(SOCKET, f'watch{self.number}')
            self.watch.do(f'CREATE SCHEMA w{self.number}')
            self.all = {who: Session(SOCKET, who) for who in 'ABC'}
            for session in [self.watch, *self.all.values()]:
                session.do(f'SET search_path = w{self.number}')
            self.pids = {session.pid: who for who, session in self.all.items()}
            self.made = set()
            for index, case in self.cases:
                try:
                    self.results[index] = self.solve(case)
                except Stuck as stuck:
                    self.results[index] = {'activity': str(stuck)}
                    self.clean()
        except Exception as error:
            import traceback
            self.error = traceback.format_exc()

    def reset(self, name, columns, rows):
        if name not in self.made:
            self.watch.do(f'CREATE TABLE {name} ({columns[0]} int PRIMARY KEY, {columns[1]} text, {columns[2]} int)')
            self.made.add(name)
        values = ', '.join(f"({r[0]}, '{r[1]}', {r[2]})" for r in rows)
        self.watch.do(f'TRUNCATE {name}; INSERT INTO {name} VALUES {values}')

    def blocking(self):
        pids = ', '.join(str(pid) for pid in self.pids)
        rows = self.watch.do(f'SELECT p, pg_blocking_pids(p) FROM unnest(ARRAY[{pids}]) p').rows
        found = {}
        for pid, by in rows:
            by = [self.pids[int(b)] for b in by.strip('{}').split(',') if b and int(b) in self.pids]
            if by:
                found[self.pids[int(pid)]] = sorted(set(by))
        return found

    def settle(self, done, sent=None):
        """Until every session has answered or waits for another."""
        calm = 0
        # Most statements answer at once; nothing else can have moved then, unless locks were given back.
        if sent and self.all[sent].open is not None:
            result = self.all[sent].poll(0.004)
            if result:
                done(sent, result)
                if not any(session.open for session in self.all.values()):
                    return {}
        while True:
            changed = False
            for who, session in self.all.items():
                if session.open is not None:
                    result = session.poll(0.0008)
                    if result:
                        done(who, result)
                        changed = True
            waits = [who for who, session in self.all.items() if session.open is not None]
            if not waits:
                return {}
            blocked = self.blocking()
            calm = calm + 1 if not changed and all(who in blocked for who in waits) else 0
            if calm >= 2:
                return {who: blocked[who] for who in waits}

    def play(self, name, columns, rows, steps, hasty=None, patience='10s'):
        self.reset(name, columns, rows)
        for who, session in self.all.items():
            wait = patience if who == hasty else '10s'
            if getattr(session, 'wait', None) != wait:
                session.do(f"SET deadlock_timeout = '{wait}'")
                session.wait = wait
        run = {'first': [], 'last': [None] * len(steps), 'when': [None] * len(steps), 'blocked': [], 'states': []}
        sent = {}
        for at, (who, sql) in enumerate(steps):
            def done(who, result, at=at):
                run['last'][sent[who]], run['when'][sent[who]] = result, at
            if self.all[who].open is not None:
                raise Stuck(f'step {at + 1}: {who} still waits; {run["blocked"]}')
            sent[who] = at
            self.all[who].send(sql)
            blocked = self.settle(done, who)
            run['first'].append(run['last'][at] if who not in blocked else blocked[who])
            run['blocked'].append(blocked)
            if self.wants_states:
                names = ', '.join(str(pid) for pid in self.pids)
                query = ('SELECT application_name, state, wait_event_type, wait_event FROM pg_stat_activity '
                         f'WHERE pid IN ({names}) ORDER BY application_name')
                run['states'].append(self.watch.do(query).rows)
        run['sent'] = sent
        return run

    def clean(self):
        for _ in range(2):
            for session in self.all.values():
                if session.open is not None:
                    self.watch.do(f'SELECT pg_cancel_backend({session.pid})')
                    assert session.poll(10), 'cannot be cancelled'
                session.do('ROLLBACK')

    def table(self, name, columns):
        rows = self.watch.do(f'SELECT {columns[0]}, {columns[2]} FROM {name}').rows
        return {int(key): int(value) for key, value in rows}

    def solve(self, case):
        name, columns, rows, steps = parse(case)
        self.wants_states = 'moment' in case['given']
        run = self.play(name, columns, rows, steps)
        cycles = [cycle(blocked) for blocked in run['blocked']]
        answers = {}
        if cycles[-1]:
            self.clean()
            victims, final = [], None
            for who in [w for w in 'ABC' if w in run['blocked'][-1]]:
                patience = 50
                while True:
                    again = self.play(name, columns, rows, steps, who, f'{patience}ms')
                    # The last one may have been found while we still looked whether it waits.
                    ends = [(steps[i][0], r.code) for i, r in enumerate(again['last']) if r and r.code == '40P01']
                    until = time.monotonic() + patience / 1000 * 1.5 + 0.1
                    while all(code != '40P01' for _, code in ends) and time.monotonic() < until:
                        for other, session in self.all.items():
                            if session.open is not None:
                                result = session.poll(0.005)
                                if result:
                                    ends.append((other, result.code))
                    broken = [other for other, code in ends if code == '40P01']
                    # A machine under load may have been too slow for it: look again, with more patience.
                    if broken or who not in cycles[-1] or patience > 2000:
                        break
                    patience *= 4
                    self.clean()
                if broken:
                    assert broken == [who], (broken, who)
                    victims.append(who)
                    if who == case['given']['victim']:
                        self.settle(lambda *_: None)
                        for _ in range(2):
                            for other, session in self.all.items():
                                if other != who and session.open is None:
                                    session.do('COMMIT')
                                    self.settle(lambda *_: None)
                        final = self.table(name, columns)
                self.clean()
            for ask in case['asks']:
                if ask == 'closes':
                    answers[ask] = next(i for i, c in enumerate(cycles) if c) + 1
                elif ask == 'who':
                    answers[ask] = 'either A or B, but only one of them' if victims == ['A', 'B'] else str(victims)
                elif ask == 'victims':
                    answers[ask] = [f'session {who}' for who in victims]
                else:
                    answers[ask] = final and final[int(ask.split('-')[1])]
            return answers
        final = self.table(name, columns)
        self.clean()
        for ask in case['asks']:
            kind, _, rest = ask.partition('-')
            if kind == 'value':
                answers[ask] = value(run['last'][int(rest) - 1])
            elif kind == 'at':
                first = run['first'][int(rest) - 1]
                if isinstance(first, list):
                    answers[ask] = 'it waits for session ' + ', '.join(first)
                else:
                    answers[ask] = ('it fails at once: ' if first.code else 'it returns at once: ') + tag(first)
            elif kind == 'end':
                last = run['last'][int(rest) - 1]
                answers[ask] = ('it fails: ' if last.code else 'it succeeds: ') + tag(last)
            elif kind == 'final':
                answers[ask] = final.get(int(rest), 'no row')
            elif kind == 'rows':
                answers[ask] = len(final)
            elif kind == 'left':
                answers[ask] = sum(v == 1 for v in final.values())
            elif kind == 'blocks':
                answers[ask] = 'session ' + ', '.join(run['blocked'][case['given']['moment'] - 1][rest])
            elif kind in ('losers', 'fails'):
                lost = [i for i, last in enumerate(run['last']) if last.code == '40001']
                answers[ask] = [f'session {steps[i][0]}' for i in lost] if kind == 'losers' else lost[0] + 1
            elif kind == 'anomaly':
                answers[ask] = anomaly(rows, steps, run, final)
        if self.wants_states:
            shown = sorted([c.strip() for c in line.split('|')[1:]] for line in case['evidence'][2].splitlines()[3:] if '|' in line)
            real = run['states'][case['given']['moment'] - 1]
            if shown != real:
                answers['activity'] = f'{shown} != {real}'
        return answers

def cycle(blocked):
    def reach(who):
        seen, open_ = set(), list(blocked.get(who, []))
        while open_:
            other = open_.pop()
            if other not in seen:
                seen.add(other)
                open_ += blocked.get(other, [])
        return seen
    return [who for who in blocked if who in reach(who)]

def value(result):
    return result.rows[0][0] if result.rows else None

def tag(result):
    if result.code:
        return f'SQLSTATE `{result.code}`'
    if result.tag.startswith('SELECT'):
        return f'`{result.rows[0][0]}`' if result.rows else '`(0 rows)`'
    return f'`{result.tag}`'

def anomaly(rows, steps, run, final):
    ended = {}
    for at, (who, sql) in enumerate(steps):
        if sql in ('COMMIT;', 'ROLLBACK;'):
            ended[who] = (at, run['last'][at].tag)
    alone = {who for who, _ in steps} - set(ended)
    changes = []
    for at, (who, sql) in enumerate(steps):
        result = run['last'][at]
        if sql.split()[0] in ('UPDATE', 'INSERT', 'DELETE') and not result.code and not result.tag.endswith(' 0'):
            commit = run['when'][at] if who in alone else ended[who][0] if ended[who][1] == 'COMMIT' else None
            key = re.search(r'WHERE \w+ = (\d+)', sql)
            changes.append((who, sql, key and key[1], run['when'][at], commit))
    names = set()
    # The same query twice.
    for (i, (who, sql)), (j, (other, again)) in itertools.combinations(enumerate(steps), 2):
        if who == other and sql == again and sql.startswith('SELECT') and who not in alone:
            one, two = run['last'][i], run['last'][j]
            if one.code or two.code or value(one) == value(two):
                continue
            between = [c for c in changes if c[0] != who and c[4] is not None and i < c[4] <= j]
            if any(c[1].split()[0] != 'UPDATE' for c in between):
                names.add('phantom read')
            elif between:
                names.add('non-repeatable read')
            else:
                names.add('dirty read')
    # A constant computed from an old read.
    for who, sql, key, when, commit in changes:
        if commit is None or not re.search(r'SET \w+ = \d+ WHERE', sql):
            continue
        reads = [i for i, (w, s) in enumerate(steps[:when])
                 if w == who and s.startswith('SELECT') and re.search(rf'WHERE \w+ = {key}\b', s)]
        if reads and any(c[0] != who and c[2] == key and c[4] is not None and reads[-1] < c[4] <= when for c in changes):
            names.add('lost update')
    # Counts that no order of the same transactions, one after another, would have returned.
    counts = [(who, run['last'][i]) for i, (who, sql) in enumerate(steps) if 'count(*)' in sql and '= 1;' in sql]
    kept = [who for who, (_, tag) in ended.items() if tag == 'COMMIT' and any(c[0] == who for c in changes)]
    if counts and len(kept) > 1:
        seen = {who: int(value(result)) for who, result in counts if who in kept}
        start = sum(row[2] == '1' for row in rows)
        if not any(all(seen[who] == start - n for n, who in enumerate(order)) for order in itertools.permutations(kept)):
            names.add('write skew')
    return ' and '.join(sorted(names)) or 'none of these'

cases = [(i, json.loads(line)) for i, line in enumerate(sys.stdin)]
results = [None] * len(cases)
workers = [Worker(n, cases[n::WORKERS], results) for n in range(WORKERS)]
for worker in workers:
    worker.start()
for worker in workers:
    worker.join()
    if worker.error:
        sys.exit(worker.error)
for result in results:
    print(json.dumps(result))
"#;

pub fn check(cases: &[Case]) -> Vec<String> {
    let server = super::postgres::Server::start(&["synchronous_commit=off", "shared_buffers=16MB"]);
    let inputs = cases.iter().map(|case| {
        let evidence: Vec<&str> = case.exercise.evidence.iter().map(|found| found.text.as_str()).collect();
        let asks: Vec<&str> = case.exercise.asks.iter().map(|ask| ask.id.as_str()).collect();
        json!({ "given": case.exercise.given, "evidence": evidence, "asks": asks })
    });
    let script =
        format!("SOCKET = {:?}\n{}{SCRIPT}", server.place.display().to_string(), super::postgres::CLIENT);
    let lines = super::python(&script, inputs);
    assert_eq!(lines.len(), cases.len());
    cases
        .iter()
        .zip(lines)
        .flat_map(|(case, line)| {
            let found: Value = serde_json::from_str(&line).expect("JSON");
            let mut answers: Vec<(&str, String)> = Vec::new();
            for ask in &case.exercise.asks {
                let answer = match (&ask.answer, &found[&ask.id]) {
                    (Answer::Choice { .. }, Value::String(text)) => {
                        super::letter_of(case, &ask.id, |option| option == text)
                    }
                    (Answer::Several { .. }, Value::Array(texts)) => {
                        let letters = texts.iter().map(|text| {
                            super::letter_of(case, &ask.id, |option| Some(option) == text.as_str())
                        });
                        letters.collect::<Vec<_>>().join(" ")
                    }
                    (_, Value::String(text)) => text.clone(),
                    (_, other) => other.to_string(),
                };
                answers.push((&ask.id, answer));
            }
            let mut faults = super::compare(case, &answers);
            for fault in &mut faults {
                fault.push_str(&format!(
                    "\n{found}\n{}",
                    case.exercise.evidence.iter().map(|e| e.text.as_str()).collect::<Vec<_>>().join("\n")
                ));
            }
            if let Some(activity) = found.get("activity") {
                faults.push(format!(
                    "{} level {} seed {}: pg_stat_activity {activity}",
                    case.family, case.level, case.seed
                ));
            }
            faults
        })
        .collect()
}
