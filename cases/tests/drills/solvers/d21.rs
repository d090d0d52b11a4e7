//! D21 in SQLite: the sample becomes a table, the question SQL; each query offered is translated to SQL too.

use divedeep_cases::drill::Case;

pub fn check(cases: &[Case]) -> Vec<String> {
    super::scripted::check(SCRIPT, cases)
}

const SCRIPT: &str = r#"
import sqlite3
from datetime import datetime, timezone

class Percentile:
    """The nearest rank, by counting up."""
    def __init__(self):
        self.values = []
    def step(self, value, percent):
        self.percent = percent
        if number(value) is not None:
            self.values.append(number(value))
    def finalize(self):
        for value in sorted(self.values):
            if sum(v <= value for v in self.values) * 100 >= self.percent * len(self.values):
                return value
        return None

def number(value):
    if isinstance(value, (int, float)):
        return value
    try:
        return float(value)
    except (TypeError, ValueError):
        return None

def aggregate(function):
    class Aggregate:
        def __init__(self):
            self.values = []
        def step(self, value):
            if number(value) is not None:
                self.values.append(number(value))
        def finalize(self):
            return function(self.values) if self.values else None
    return Aggregate

def flat(value, name=''):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from flat(inner, f'{name}.{key}' if name else key)
    elif value is not None:
        yield name, value

FLOW = 'version accountId interfaceId srcAddr dstAddr srcPort dstPort protocol packets bytes startTime endTime action logStatus'.split()

def discovered(message):
    if message.startswith('{'):
        return dict(flat(json.loads(message)))
    if m := re.match(r'(START|END|REPORT) RequestId: (\S+)', message):
        fields = {'@type': m[1], '@requestId': m[2]}
        if m := re.search(r'\tDuration: ([\d.]+) ms', message):
            fields['@duration'] = float(m[1])
        if m := re.search(r'Billed Duration: ([\d.]+) ms', message):
            fields['@billedDuration'] = float(m[1])
        return fields
    if re.match(r'2 \d{12} eni-', message):
        return {k: int(v) if v.isdigit() else v for k, v in zip(FLOW, message.split())}
    return {}

# What the prompt says of a text log, read by its own expressions.
TEXTS = [
    r'\[(?P<level>[A-Z]+)\] job=(?P<job>\w+) tenant=(?P<tenant>\w+) took=(?P<took>\d+) ms attempts=(?P<attempts>\d+)$',
    r'(?P<client>[\d.]+) "(?P<method>[A-Z]+) (?P<path>\S+)" (?P<status>\d{3}) upstream=(?P<backend>[\w-]+) rt=(?P<rt>\d+)ms$',
]

def events(text):
    rows = []
    for line in text.splitlines()[1:]:
        at, stream, message = line.split(' ', 2)
        moment = datetime.fromisoformat(at)
        row = {'@timestamp': int(moment.timestamp() * 1000 + 0.5), '@logStream': stream, '@message': message}
        rows.append({**row, **discovered(message)})
    return rows

def database(rows):
    db = sqlite3.connect(':memory:')
    db.create_aggregate('pct', 2, Percentile)
    for name, function in (('nsum', sum), ('navg', lambda v: sum(v) / len(v)), ('nmin', min), ('nmax', max)):
        db.create_aggregate(name, 1, aggregate(function))
    db.create_function('num', 1, number)
    db.create_function('matches', 2, lambda pattern, text: text is not None and re.search(pattern, str(text)) is not None)
    columns = sorted({key for row in rows for key in row} | {'took', 'level', 'status'})
    db.execute('CREATE TABLE log (%s)' % ', '.join(f'"{c}"' for c in columns))
    for row in rows:
        db.execute('INSERT INTO log VALUES (%s)' % ', '.join('?' * len(columns)), [row.get(c) for c in columns])
    return db, columns

def compared(field, operator, value):
    if number(value) is not None and not value.startswith('"'):
        return f'num("{field}") {operator} {value}'
    return '"%s" %s \'%s\'' % (field, operator, value.strip('"'))

def measure(function, field, percent):
    if function == 'count':
        return 'count(*)' if field in (None, '*') else f'count("{field}")'
    if function == 'pct':
        return f'pct("{field}", {percent})'
    return f'n{function}("{field}")'

def select(where, group, minutes, what, descending, limit):
    keys = []
    if minutes:
        keys.append(f'"@timestamp" / {minutes * 60000} * {minutes * 60000}')
    if group:
        keys.append(f'"{group}"')
    return 'SELECT %s, %s AS value FROM log WHERE %s GROUP BY %s ORDER BY value %s NULLS LAST LIMIT %d' % (
        ', '.join(keys), what, ' AND '.join(where) or '1', ', '.join(keys), 'DESC' if descending else 'ASC', limit or -1)

def parsed(rows, parse):
    """Rows with what `parse` extracts."""
    if parse is None:
        return rows
    if m := re.fullmatch(r'parse @message /(.*)/', parse, re.S):
        pattern, names = m[1].replace('(?<', '(?P<'), None
    else:
        m = re.fullmatch(r'''parse @message (["'])(.*)\1 as (.*)''', parse, re.S)
        names = m[3].split(', ')
        parts = [re.escape(p) for p in m[2].split('*')]
        pattern = '(.*?)'.join(parts[:-1]) + ('(.*)' if parts[-1] == '' else '(.*?)' + parts[-1])
        assert m[2].count('*') == len(names)
    out = []
    for row in rows:
        found = re.search(pattern, row['@message'], re.S)
        extra = {}
        if found:
            extra = dict(zip(names, found.groups())) if names else found.groupdict()
        out.append({**row, **extra})
    return out

def condition(text):
    if m := re.fullmatch(r'(\S+) like /(.*)/', text):
        return f"matches('{m[2]}', \"{m[1]}\")"
    if m := re.fullmatch(r'(\S+) like "(.*)"', text):
        return f"instr(\"{m[1]}\", '{m[2]}') > 0"
    if m := re.fullmatch(r'ispresent\((\S+)\)', text):
        return f'"{m[1]}" IS NOT NULL'
    m = re.fullmatch(r'(\S+) (=|!=|<=|>=|<|>) (\S+)', text)
    return compared(*m.groups())

def translated(query, rows):
    """What a query of Logs Insights returns, by SQL."""
    commands = [c.strip() for c in query.split('\n| ')]
    parse = next((c for c in commands if c.startswith('parse ')), None)
    db, columns = database(parsed(rows, parse))
    where, group, minutes, what, descending, limit, dedup, newest = [], None, 0, None, True, 0, None, True
    for c in commands:
        word, _, rest = c.partition(' ')
        if word == 'filter':
            where.append(condition(rest))
        elif word == 'stats':
            m = re.fullmatch(r'(\w+)\(([@\w*]+)(?:, (\d+))?\) as \w+ by (.*)', rest)
            what = measure(m[1], m[2], m[3])
            for key in m[4].split(', '):
                if b := re.fullmatch(r'bin\((\d+)m\)', key):
                    minutes = int(b[1])
                else:
                    group = key
        elif word == 'sort':
            descending = rest.endswith(' desc')
            newest = descending
        elif word == 'limit':
            limit = int(rest)
        elif word == 'dedup':
            dedup = rest.split(', ')
        else:
            assert word in ('parse', 'fields'), word
    if dedup:
        keys = ', '.join(f'"{k}"' for k in dedup)
        nulls = ' OR '.join(f'"{k}" IS NULL' for k in dedup)
        order = 'DESC' if newest else 'ASC'
        shown = next(c for c in commands if c.startswith('fields ')).split(', ')[1:]
        names = ', '.join(f'"{k}"' for k in shown)
        sql = f'''SELECT "@timestamp", {names} FROM (SELECT *, row_number() OVER (PARTITION BY {keys} ORDER BY "@timestamp" {order}) AS place
                  FROM log WHERE {' AND '.join(where) or '1'}) WHERE place = 1 OR {nulls} ORDER BY "@timestamp"'''
        return db.execute(sql).fetchall()
    rows = db.execute(select(where, group, minutes, what, descending, limit)).fetchall()
    return rows

def same(a, b):
    return len(a) == len(b) and all(str(x) == str(y) or number(x) is not None and number(y) is not None and abs(number(x) - number(y)) < 1e-9
        for p, q in zip(a, b) for x, y in zip(p, q))

def key_text(value, minutes):
    if minutes:
        return datetime.fromtimestamp(value / 1000, timezone.utc).strftime('%Y-%m-%d %H:%M:%S')
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)

def body(option):
    return option.strip('`').strip('\n')

def result(case):
    query = case['evidence'][1].strip()
    rows = translated(query, events(case['evidence'][0]))
    return [('first', key_text(rows[0][0], 'by bin(' in query)), ('value', f'{rows[0][-1]:.2f}'), ('rows', len(rows))]

def question(case):
    q, rows = case['given']['question'], events(case['evidence'][0])
    if q['parsed']:
        kept = []
        for row in rows:
            m = next(filter(None, (re.match(t, row['@message']) for t in TEXTS)), None)
            kept.append({**row, **(m.groupdict() if m else {})})
    else:
        kept = rows
    db, columns = database(kept)
    where = [compared(*w) for w in q['where']]
    answer = db.execute(select(where, q['group'], q['bin'], measure(q['function'], q['field'], q['percent']), q['descending'], q['limit'])).fetchall()
    right = letters(case, 'query', lambda t: same(translated(body(t), rows), answer))
    answers = [('query', right), ('first', key_text(answer[0][0], q['bin'])), ('value', f'{answer[0][-1]:.2f}')]
    return answers + ([('rows', len(answer))] if case['level'] > 2 else [])

def latest(case):
    key, bad = case['given']['key'], case['given']['bad']
    rows = events(case['evidence'][0])
    db, columns = database(rows)
    newest = db.execute(f'SELECT max("@timestamp"), "{key}", state FROM log WHERE "{key}" IS NOT NULL GROUP BY "{key}" ORDER BY 1').fetchall()
    right = letters(case, 'query', lambda t: same(translated(body(t), rows), newest))
    return [('query', right), ('rows', len(newest)), ('bad', ' '.join(k for _, k, state in newest if state == bad))]

def solve(case):
    return globals()[case['given']['kind']](case)
"#;
