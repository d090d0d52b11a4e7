//! D13 by an oracle written from the documentation's words, over the fields of the log lines; health checks by counting
//! characters in a string of passes and failures. In Python.

use divedeep_cases::drill::Case;

const SCRIPT: &str = r#"
import json, re, sys
from collections import Counter
from datetime import datetime

FIELDS = '''type time elb client target request_time target_time response_time elb_status target_status received sent
request agent cipher protocol group trace domain certificate rule created actions redirect error targets statuses
classification reason connection'''.split()

def read(line):
    values = [value.strip('"') for value in re.findall(r'"[^"]*"|\S+', line)]
    assert len(values) == len(FIELDS), line
    entry = dict(zip(FIELDS, values))
    assert entry['targets'] == entry['target'] and entry['statuses'] == entry['target_status']
    assert entry['type'] in ('http', 'https') and (entry['cipher'] == '-') == (entry['type'] == 'http')
    at = [datetime.strptime(entry[name], '%Y-%m-%dT%H:%M:%S.%fZ') for name in ('created', 'time')]
    entry['elapsed'] = (at[1] - at[0]).total_seconds()
    return entry

# Status of the load balancer, then what has to hold; in the words of the guide's pages on errors and on access logs.
TABLE = [
    ('403', lambda e, idle: e['actions'].split(',')[-1] == 'waf', 'AWS WAF blocked the request'),
    ('408', lambda e, idle: e['target'] == '-', 'The client did not finish its request until the idle timeout'),
    ('460', lambda e, idle: e['elapsed'] < idle, 'The client closed the connection before a response'),
    ('463', lambda e, idle: True, '`X-Forwarded-For` held too many addresses'),
    ('500', lambda e, idle: 'waf-failed' in e['actions'] and e['error'].startswith('WAF'), 'AWS WAF could not be asked'),
    ('502', lambda e, idle: e['target'] != '-' and e['request_time'] == '-1', 'The target refused the TCP connection'),
    ('502', lambda e, idle: e['target'] != '-' and e['target_time'] != '-1',
     'The target closed the connection before responding'),
    ('503', lambda e, idle: e['target'] == '-', 'The target group has no target to send it to'),
    ('504', lambda e, idle: 10 <= e['elapsed'] < 11, 'No TCP connection to the target came about in time'),
    ('504', lambda e, idle: idle <= e['elapsed'] < idle + 1,
     'The target had the request but was silent until the idle timeout'),
]

def cause(entry, idle):
    if entry['target_status'] != '-':
        assert entry['target_status'] == entry['elb_status']
        return 'The target responded with this error itself' if int(entry['elb_status']) >= 400 else None
    fits = [text for status, holds, text in TABLE if status == entry['elb_status'] and holds(entry, idle)]
    assert len(fits) == 1, (entry, fits)
    return fits[0]

def metric(entry):
    side = 'ELB' if entry['target_status'] == '-' else 'Target'
    return f'HTTPCode_{side}_{entry["elb_status"][0]}XX_Count'

def one(case):
    entry = read(case['evidence'][0])
    who = 'The target' if entry['target_status'] != '-' else 'The load balancer'
    yield 'by', {'options': [who]}
    yield 'cause', {'options': [cause(entry, case['given']['idle'])]}
    yield 'elapsed', round(entry['elapsed'], 1)
    yield 'metric', {'options': [f'`{metric(entry)}`']}

def many(case):
    idle = case['given']['idle']
    entries = [read(line) for line in case['evidence'][0].splitlines()]
    assert [e['time'] for e in entries] == sorted(e['time'] for e in entries)
    bad = [e for e in entries if e['elb_status'][0] == '5']
    yield 'own', sum(metric(e) == 'HTTPCode_ELB_5XX_Count' for e in entries)
    # 5xx, then the share of its requests: a target that only fails, not just one that fails at all.
    target = Counter(e['target'] for e in bad).most_common(1)[0][0]
    yield 'target', target
    there = [e for e in bad if e['target'] == target]
    causes = {cause(e, idle) for e in there}
    assert len(causes) == 1, causes
    cause_text = causes.pop()
    yield 'cause', {'options': [cause_text]}
    keepalive = int(re.search(r'keepalive_timeout (\d+)s', case['evidence'][1]).group(1))
    after = max(float(e['target_time']) for e in there)
    look = {
        'The target refused the TCP connection': 'Whether a process listens on that port on that target',
        'No TCP connection to the target came about in time':
            'Security groups and network ACLs between the load balancer and that target',
        'The target had the request but was silent until the idle timeout':
            'What the application on that target waits for: threads, a database, an upstream',
        'The target responded with this error itself': "The application's own error log on that target",
    }.get(cause_text)
    if look is None:
        # A closed connection: at once and with a short keep-alive, or after work had been done.
        race = keepalive < idle
        assert race == (after < 0.1), (keepalive, idle, after)
        look = ("The keep-alive timeout of its web server against the load balancer's idle timeout" if race
                else 'Whether its worker processes are killed or crash in the middle of requests')
    yield 'next', {'options': [look]}

def several(case):
    given = case['given']
    entries = [read(line) for line in case['evidence'][0].splitlines()]
    causes = Counter(cause(e, given['idle']) for e in entries if e['elb_status'] == str(given['status']))
    assert set(causes) == set(given['causes'])
    for index, text in enumerate(given['causes']):
        yield f'cause-{index + 1}', causes[text]
    yield 'metric', sum(metric(e) == 'HTTPCode_ELB_5XX_Count' for e in entries)

def settings(text):
    return json.loads(text[text.index('\n'):])

def by_log(case):
    check = settings(case['evidence'][0])
    low, _, high = check['Matcher'].partition('-')
    marks, times = '', []
    for line in case['evidence'][1].splitlines():
        at, code = re.search(r'\[(.*?) \+0000\] ".*?" (\d+) ', line).groups()
        times.append(datetime.strptime(at, '%d/%b/%Y:%H:%M:%S'))
        ok = int(low) <= int(code) <= int(high or low)
        marks += '+' if ok else '-'
        last = code if not ok else None
    gaps = {(b - a).total_seconds() for a, b in zip(times, times[1:])}
    assert gaps == {check['HealthCheckIntervalSeconds']}
    down = marks.index('-' * check['UnhealthyThresholdCount']) + check['UnhealthyThresholdCount'] - 1
    up = marks.index('+' * check['HealthyThresholdCount'], down) + check['HealthyThresholdCount'] - 1
    yield 'down', str(times[down])
    yield 'reason', {'options': ['`Target.ResponseCodeMismatch`']}
    yield 'to', {'options': ['To all three' if case['given']['all'] else 'To the other two only']}
    yield 'up', str(times[up])

def slow(case):
    given, check = case['given'], settings(case['evidence'][0])
    every, bad, good = (check[name] for name in
                        ('HealthCheckIntervalSeconds', 'UnhealthyThresholdCount', 'HealthyThresholdCount'))
    times = range(given['first'], given['ready'] + 20 * every, every)
    failing = [at for at in times if at < given['ready']]
    passing = [at for at in times if at >= given['ready']]
    unhealthy = failing[bad - 1] if len(failing) >= bad else None
    healthy = passing[0] if unhealthy is None else passing[good - 1]
    def replaced(grace):
        # Second by second.
        return unhealthy is not None and any(at >= grace and at >= unhealthy for at in range(healthy))
    yield 'unhealthy', unhealthy or 0
    yield 'healthy', healthy
    yield 'replaced', {'options': ['Yes' if replaced(given['grace']) else 'No']}
    yield 'grace', next(grace for grace in range(10000) if not replaced(grace))

for line in sys.stdin:
    case = json.loads(line)
    given = case['given']
    solve = (one if case['level'] == 1 else many if case['level'] == 2 else several if 'status' in given
             else by_log if 'all' in given else slow)
    print(json.dumps(list(solve(case))))
"#;

pub fn check(cases: &[Case]) -> Vec<String> {
    super::d11::solve(SCRIPT, cases)
}
