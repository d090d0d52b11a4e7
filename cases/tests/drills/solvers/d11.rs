//! D11 by a discrete-event simulation with its own reading of zone files, in Python; where the family simulates itself,
//! by closed forms. The zones of every tenth case are also loaded into BIND, which must answer every name in them (and
//! some that are not) as the simulation's servers do. Needs `named` (Debian: bind9).

use divedeep_cases::drill::{Answer, Case};
use serde_json::{Map, Value, json};

const SCRIPT: &str = r#"
import json, os, re, shutil, socket, struct, subprocess, sys, tempfile, time
from datetime import datetime, timedelta, timezone

def when(text):
    return int(datetime.strptime(text, '%Y-%m-%d %H:%M:%S').replace(tzinfo=timezone.utc).timestamp())

def written(at):
    return datetime.fromtimestamp(at, timezone.utc).strftime('%Y-%m-%d %H:%M:%S')

def absolute(name, origin):
    return origin if name == '@' else name if name.endswith('.') else f'{name}.{origin}'

class Zone:
    """Records by name and type; every name above one that owns records exists."""
    def __init__(self, text):
        lines = [line for line in text.splitlines() if line and not line.startswith('$ cat')]
        self.origin = lines[0].split()[1]
        self.sets, self.lines = {}, lines
        for line in lines[1:]:
            name, ttl, _, kind, *data = line.replace('(', '').replace(')', '').split()
            name = absolute(name, self.origin)
            if kind in ('CNAME', 'NS'):
                data = [absolute(data[0], self.origin)]
            if kind == 'MX':
                data = [data[0], absolute(data[1], self.origin)]
            if kind == 'SOA':
                self.negative = min(int(ttl), int(data[-1]))
            self.add(name, int(ttl), kind, ' '.join(data))

    def add(self, name, ttl, kind, data):
        self.sets.setdefault(name, {}).setdefault(kind, []).append((ttl, data))

    def copy(self):
        other = object.__new__(Zone)
        other.origin, other.negative = self.origin, self.negative
        other.sets = {name: {kind: list(rows) for kind, rows in kinds.items()} for name, kinds in self.sets.items()}
        return other

    def there(self, name):
        return any(owner == name or owner.endswith('.' + name) for owner in self.sets)

    def answer(self, name, kind):
        """rcode, whether with authority, the answer, the cut it refers to."""
        if name != self.origin and not name.endswith('.' + self.origin):
            return 'REFUSED', False, [], None
        rows, seen = [], set()
        while name == self.origin or name.endswith('.' + self.origin):
            if name in seen:
                break
            seen.add(name)
            labels = name[:-len(self.origin)].split('.')[:-1]
            # From the apex down: is anything on the way delegated?
            for depth in range(len(labels) - 1, -1, -1):
                above = '.'.join(labels[depth:]) + '.' + self.origin
                if 'NS' in self.sets.get(above, {}):
                    return 'NOERROR', bool(rows), rows, above
            owner = name
            if not self.there(name):
                parts = name.split('.')
                closest = next('.'.join(parts[i:]) for i in range(1, len(parts)) if self.there('.'.join(parts[i:])))
                owner = '*.' + closest
                if owner not in self.sets:
                    return 'NXDOMAIN', True, rows, None
            kinds = self.sets.get(owner, {})
            if kind in kinds:
                return 'NOERROR', True, rows + [(name, ttl, kind, data) for ttl, data in kinds[kind]], None
            if 'CNAME' not in kinds:
                return 'NOERROR', True, rows, None
            ttl, data = kinds['CNAME'][0]
            rows.append((name, ttl, 'CNAME', data))
            name = data
        return 'NOERROR', True, rows, None

class Resolver:
    """Asks `source(name, kind, now)`, which gives rcode, rows, negative TTL; keeps sets with the moment they end."""
    def __init__(self, source, longest=10 ** 9):
        self.source, self.longest = source, longest
        self.sets, self.nothing = {}, {}
        self.asked = []

    def ask(self, name, kind, now):
        rows, fresh = [], False
        for _ in range(20):
            for key in ((name, '*'), (name, kind)):
                if self.nothing.get(key, (0,))[0] > now:
                    end, rcode = self.nothing[key]
                    return rcode, rows, end - now
            for of in (kind, 'CNAME'):
                end, held = self.sets.get((name, of), (0, None))
                if end > now:
                    rows += [(name, end - now, of, data) for data in held]
                    break
            else:
                self.asked.append((now, name))
                rcode, new, negative = self.source(name, kind, now)
                last, sets = name, {}
                for owner, ttl, of, data in new:
                    sets.setdefault((owner, of), []).append((ttl, data))
                    last = data if of == 'CNAME' else last
                for key, held in sets.items():
                    self.sets[key] = now + min(self.longest, min(ttl for ttl, _ in held)), [data for _, data in held]
                    self.nothing.pop((key[0], '*'), None)
                rows += new
                if negative is not None:
                    end = now + min(negative, self.longest)
                    self.nothing[last, '*' if rcode == 'NXDOMAIN' else kind] = end, rcode
                    return rcode, rows, end - now
                if not new:
                    return rcode, rows, None
                of, data = new[-1][2:]
                if of != 'CNAME' or kind == 'CNAME':
                    return rcode, rows, None
                name = data
                continue
            if of == kind:
                return 'NOERROR', rows, None
            name = held[0]
        return 'SERVFAIL', [], None

def server(zones):
    """The closest of some zones, each a function of time."""
    def source(name, kind, now):
        here = [zone(now) for zone in zones]
        here = [zone for zone in here if name == zone.origin or name.endswith('.' + zone.origin)]
        zone = max(here, key=lambda zone: len(zone.origin))
        rcode, _, rows, cut = zone.answer(name, kind)
        nothing = rcode == 'NXDOMAIN' or not rows
        # An alias that leads to a name of the zone without the type is a negative answer as well.
        if rows and rcode == 'NOERROR' and rows[-1][2] == 'CNAME' != kind:
            target = rows[-1][3]
            nothing = target == zone.origin or target.endswith('.' + zone.origin)
        return rcode, rows, zone.negative if nothing and cut is None else None
    return source

def word(rcode, rows):
    last = [data for _, _, kind, data in rows if kind == 'A']
    return last[-1] if last else 'NXDOMAIN' if rcode == 'NXDOMAIN' else 'NODATA'

def until(resolver, name, now, test, kind='A'):
    """The first moment at which the answer passes a test, if it is asked for all the time: it can only become another
    when something of it ends."""
    while True:
        rcode, rows, left = resolver.ask(name, kind, now)
        if test(rcode, rows):
            return now
        now += max(1, min([row[1] for row in rows] + [left] * (left is not None)))

def zones(case):
    return [Zone(text) for text in case['evidence'] if text.startswith('$ cat /etc/bind')]

def table(text):
    return [re.split(r'\s{2,}', line.strip()) for line in text.splitlines()[1:]]

def dig(text):
    """Flags, WHEN and records of dig's output."""
    flags = re.search(r';; flags: ([a-z ]+);', text).group(1).split()
    at = re.search(r';; WHEN: (.*)', text).group(1)
    at = int(datetime.strptime(at, '%a %b %d %H:%M:%S UTC %Y').replace(tzinfo=timezone.utc).timestamp())
    rows = [line.split() for line in text.splitlines() if line and line[0] not in ';$']
    return flags, at, [(row[0], int(row[1]), row[3], ' '.join(row[4:])) for row in rows]

# Level 1

def zone(case):
    given, found = case['given'], zones(case)[0]
    rcode, aa, rows, cut = found.answer(given['name'] + '.', given['type'])
    yield 'status', {'options': [f'`{rcode}`']}
    yield 'count', len(rows)
    if cut:
        yield 'next', found.sets[cut]['NS'][0][1].rstrip('.')
    elif not rows:
        yield 'keep', found.negative
    elif rcode == 'NOERROR' and rows[-1][2] == 'CNAME':
        yield 'next', rows[-1][3].rstrip('.')
    elif rcode == 'NOERROR':
        # Until a resolver asks again.
        resolver = Resolver(server([lambda now: found]))
        yield 'keep', until(resolver, given['name'] + '.', 0, lambda *_: len(resolver.asked) > 1, given['type'])

def cached(case):
    given = case['given']
    parts = [dig(text) for text in case['evidence']]
    (flags, at, rows), = [part for part in parts if 'aa' not in part[0]]
    (_, _, source), = [part for part in parts if 'aa' in part[0]]
    assert 'ra' in flags and rows[0][1] == given['ttl'] and rows[0][3] == source[0][3]
    at_server = re.search(r'SERVER: ([\d.]+)#53', next(text for text in case['evidence'] if ' ra;' in text)).group(1)
    yield 'who', {'options': [f'`{at_server}`, out of its cache']}
    whole, change = source[0][1], when(given['change'])
    since = at + rows[0][1] - whole
    address = lambda now: 'new' if now >= change else 'old'
    def source(name, kind, now):
        return 'NOERROR', [(name, whole, 'A', address(now))], None
    resolver = Resolver(source)
    resolver.ask('x.', 'A', since)
    assert resolver.ask('x.', 'A', at)[1][0][1] == rows[0][1]
    yield 'since', written(since)
    yield 'new', written(until(resolver, 'x.', at, lambda rcode, rows: rows[0][3] == 'new'))

def candidates(conf, typed):
    """glibc's res_search, told after its source."""
    search = (re.search(r'^search (.*)', conf, re.M) or [None, ''])[1].split()
    ndots = re.search(r'ndots:(\d+)', conf)
    ndots = int(ndots.group(1)) if ndots else 1
    dots, trailing = typed.count('.'), typed.endswith('.')
    names, tried = [], False
    if dots >= ndots or trailing:
        names.append(typed.rstrip('.'))
        tried = True
    if not trailing:
        names += [f'{typed}.{suffix}' for suffix in search]
    if not tried:
        names.append(typed)
    return names

def search(case):
    found, asked = zones(case)[0], []
    for name in candidates(case['evidence'][0], case['given']['typed']):
        asked.append(name)
        rcode, _, rows, _ = found.answer(name + '.', 'A')
        if rows:
            break
    yield 'asked', ', '.join(asked)
    yield 'address', rows[-1][3]

# Level 2

def negative(case):
    given, before = case['given'], zones(case)[0]
    flags, at, rows = dig(case['evidence'][0])
    created, later = when(given['created']), when(given['later'])
    after = before.copy()
    for name in (given['name'], given['fresh']):
        after.add(name + '.', given['ttl'], 'A', '192.0.2.1')
    source = server([lambda now: after if now >= created else before])
    def run(start):
        resolver = Resolver(source)
        resolver.ask(given['name'] + '.', 'A', start)
        return resolver
    name = given['name'] + '.'
    probe = Resolver(server([lambda now: before]))
    keep = until(probe, name, 0, lambda *_: len(probe.asked) > 1)
    yield 'keep', keep
    start = at + rows[0][1] - keep
    assert run(start).ask(name, 'A', at)[2] == rows[0][1]
    yield 'since', written(start)
    yield 'new', written(until(run(start), name, at, lambda *said: word(*said) == '192.0.2.1'))
    resolver = run(start)
    resolver.ask(name, 'A', later)
    fresh = resolver.ask(given['fresh'] + '.', 'A', later)[0]
    text = next(text for text in case['options']['fresh'] if text.startswith('Yes') == (fresh == 'NOERROR'))
    yield 'fresh', {'options': [text]}

def chain(case):
    given, lines = case['given'], case['evidence'][0].splitlines()
    stamp = next(line for line in lines if line.startswith('$DATE')).split()[1]
    now = int(datetime.strptime(stamp, '%Y%m%d%H%M%S').replace(tzinfo=timezone.utc).timestamp())
    own, theirs = zones(case)
    resolver = Resolver(server([lambda now: own, lambda now: theirs]))
    for line in lines:
        if line[0] not in ';$':
            name, ttl, _, kind, data = line.split()
            resolver.sets[name, kind] = now + int(ttl), [data]
    rcode, rows, _ = resolver.ask(given['name'] + '.', 'A', now)
    first = resolver.asked[0][1].rstrip('.') if resolver.asked else None
    yield 'ask', {'options': [f'`{first}`' if first else 'None: everything is in the cache']}
    yield 'address', rows[-1][3]
    yield 'ttl', rows[-1][1]
    yield 'new', written(until(resolver, given['name'] + '.', now, lambda *said: word(*said) == given['new']))

def private(case):
    given, public = case['given'], zones(case)[0]
    closed = []
    for text in case['evidence'][1:]:
        rows = [line.split('\t') for line in text.splitlines()[1:]]
        soa = next(row for row in rows if row[1] == 'SOA')
        lines = [f'$ORIGIN {soa[0]}'] + [f'{name} {ttl} IN {kind} {data}' for name, kind, ttl, data in rows]
        closed.append(Zone('\n'.join(lines)))
    def inside(name, kind, now, extra=None):
        matching = [zone for zone in closed if name.endswith('.' + zone.origin)]
        zone = max(matching, key=lambda zone: len(zone.origin)) if matching else public
        if extra and now >= when(given['added']):
            zone = zone.copy()
            zone.add(given['first'] + '.', 60, 'A', '10.1.1.1')
        return server([lambda now: zone])(name, kind, now)
    asked = when(given['asked'])
    ask = lambda name: Resolver(inside).ask(name + '.', 'A', asked)[:2]
    yield 'status', {'options': [f'`{ask(given["first"])[0]}`']}
    yield 'both', word(*ask(given['both']))
    yield 'deep', word(*ask(given['deep']))
    resolver = Resolver(lambda name, kind, now: inside(name, kind, now, True))
    yield 'seen', written(until(resolver, given['first'] + '.', asked, lambda *said: word(*said) == '10.1.1.1'))

def cluster(case):
    given, conf = case['given'], case['evidence'][0]
    services = {f'{name}.{namespace}.svc.cluster.local' for namespace, name, *_ in table(case['evidence'][1])[1:]}
    def run(conf, typed):
        sent = []
        for name in candidates(conf, typed):
            sent += [(name, 'A'), (name, 'AAAA')]
            if name in services or name in given['outside']:
                return name, sent
    name, sent = run(conf, given['typed'])
    yield 'found', name
    yield 'sent', len(sent)
    yield 'forwarded', sum(not name.endswith('.cluster.local') for name, _ in sent)
    yield 'lower', len(run(re.sub(r'ndots:\d+', f'ndots:{given["lower"]}', conf), given['typed'])[1])

# Level 3

def line(case):
    given, first = case['given'], zones(case)[0]
    edits = []
    for at, what in table(case['evidence'][1]):
        name, kind, change = what.split(' ', 2)
        old, new = re.match(r'(.*) -> (\S+)', change).groups()
        ttl = re.search(r'TTL (\d+)', change)
        edits.append((when(at), name + '.' + first.origin, kind, new, ttl and int(ttl.group(1))))
    def at(now):
        zone = first.copy()
        for time_, name, kind, new, ttl in edits:
            if now >= time_:
                held = zone.sets.get(name, {}).pop(kind, None)
                if not zone.sets.get(name, True):
                    del zone.sets[name]
                if new != '(deleted)':
                    zone.add(name, ttl or held[0][0], kind, absolute(new, zone.origin) if kind == 'CNAME' else new)
        return zone
    resolver = Resolver(server([at]))
    asked = [ask for ask in case['asks'] if ask.startswith('q')]
    for number, time_, name, kind in table(case['evidence'][2]):
        said = word(*resolver.ask(name + '.', kind, when(time_))[:2])
        if f'q{number}' in asked:
            yield f'q{number}', said
    now = when(given['settled'])
    while word(*resolver.ask(given['front'] + '.', 'A', now)[:2]) != given['truth']:
        now += 1
    yield 'settled', written(now)

def lowered(case):
    given = case['given']
    rows = [(when(at), address, int(ttl)) for at, address, ttl in
            (re.match(r'(\S+ \S+) +(\S+) TTL (\d+)', line).groups() for line in case['evidence'][0].splitlines()[1:])]
    (_, _, long), (low, _, short), (cut, new, _) = rows
    def record(now):
        return [row for row in rows if row[0] <= now][-1]
    def ends(fetched):
        """Fetch after fetch until one brings the new address."""
        now = fetched
        while record(now)[1] != new:
            now += record(now)[2]
        return now
    last = {address: when(at) for address, at in (line.split(None, 1) for line in case['evidence'][1].splitlines()[1:])}
    assert all(at < cut <= at + record(at)[2] for at in last.values())
    yield 'one', written(ends(last[given['asked']]))
    yield 'all', written(max(ends(at) for at in last.values()))
    # In quarters of a second, fetched at any of them near where the TTL and the address change.
    quarter = lambda fetched: fetched + 4 * (long if fetched < 4 * low else short)
    fetches = [t for edge in (low, cut) for t in range(4 * edge - 40, 4 * edge + 1) if t < 4 * cut]
    worst = max(quarter(t) for t in fetches)
    yield 'bound', written(-(-worst // 4))
    # The first cutover after which a copy from just before the lowering has no more than `short` to live.
    ends_of_long = quarter(4 * low - 1)
    yield 'safe', written(next(c for c in range(low + long - 2 * short, low + long) if ends_of_long - 4 * c < 4 * short))

def caches(case):
    given, zone = case['given'], zones(case)[0]
    capped = int(re.search(r'success \d+ (\d+) 0', case['evidence'][0]).group(1))
    name, change = given['name'] + '.', when(given['failover'])
    after = zone.copy()
    full, _ = after.sets[name]['A'][0]
    after.sets[name]['A'] = [(full, given['new'])]
    above = Resolver(server([lambda now: after if now >= change else zone]))
    below = Resolver(lambda name, kind, now: above.ask(name, kind, now), capped)
    now = when(given['start'])
    while word(*below.ask(name, 'A', now)[:2]) != given['new']:
        now += given['own']
    yield 'switched', written(now)
    yield 'stale', now - change
    yield 'authority', len(above.asked)
    # Every phase of the first lookup, with the failover one second after it: how long the old address lives at most.
    worst = 0
    for lag in range(0, full + 1):
        # The copy was fetched `lag` before it is taken over by CoreDNS and the application.
        left = full - lag
        if left > 0:
            worst = max(worst, lag + given['own'])
    yield 'bound', worst + 1

# BIND

KINDS = {'A': 1, 'NS': 2, 'CNAME': 5, 'SOA': 6, 'MX': 15, 'TXT': 16, 'AAAA': 28}

def wire(name):
    return b''.join(bytes([len(label)]) + label.encode() for label in name.rstrip('.').split('.')) + b'\0'

def unwire(message, at):
    labels, back = [], None
    while message[at]:
        if message[at] >= 0xc0:
            back = back or at + 2
            at = struct.unpack_from('!H', message, at)[0] & 0x3fff
        else:
            labels.append(message[at + 1:at + 1 + message[at]].decode())
            at += 1 + message[at]
    return '.'.join(labels) + '.', back or at + 1

def query(sock, port, name, kind, tries=5):
    """The reply to this very query: one that came too late for an earlier query is not taken for it."""
    for _ in range(tries):
        query.count = query.count % 65535 + 1
        sock.sendto(struct.pack('!6H', query.count, 0, 1, 0, 0, 0) + wire(name) + struct.pack('!2H', KINDS[kind], 1),
                    ('127.0.0.1', port))
        try:
            message = sock.recv(4096)
            while struct.unpack_from('!H', message)[0] != query.count:
                message = sock.recv(4096)
            break
        except (socket.timeout, ConnectionError):
            time.sleep(0.1)
    else:
        return None
    _, flags, _, answers, authority, _ = struct.unpack_from('!6H', message)
    _, at = unwire(message, 12)
    at += 4
    rows, soa = [], None
    for index in range(answers + authority):
        owner, at = unwire(message, at)
        of, _, ttl, size = struct.unpack_from('!2HIH', message, at)
        at += 10
        if index < answers:
            rows.append((owner, ttl, of))
        elif of == KINDS['SOA']:
            soa = ttl
        at += size
    return {0: 'NOERROR', 3: 'NXDOMAIN', 5: 'REFUSED'}.get(flags & 15, flags & 15), bool(flags & 0x400), rows, soa

query.count = 0

def bind(cases):
    found = [zone for case in cases if case['seed'] % 10 == 0 for zone in zones(case)]
    if not found:
        return
    # A copy in another place: where AppArmor knows named by its path, it may not read our files there.
    named = shutil.which('named', path=os.environ['PATH'] + ':/usr/sbin:/usr/local/sbin')
    if not named:
        raise SystemExit('D11 needs named: install the package bind9')
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(named, folder + '/named')
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(('127.0.0.1', 0))
            port = probe.getsockname()[1]
        conf = f'''options {{ directory "{folder}"; listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }};
  recursion no; allow-query {{ any; }}; pid-file none; session-keyfile none; dnssec-validation no;
  minimal-responses yes; check-integrity no; empty-zones-enable no; }};
controls {{ }};
'''
        for index, zone in enumerate(found):
            # Every zone below a name of its own: the same domain may come up in many cases.
            text = re.sub(r'(?<=[a-z0-9])\.(?=\s|$)', f'.z{index}.', '\n'.join(zone.lines))
            with open(f'{folder}/db{index}', 'w') as file:
                file.write(text + '\n')
            conf += f'zone "{zone.origin}z{index}" {{ type primary; file "db{index}"; }};\n'
        with open(folder + '/named.conf', 'w') as file:
            file.write(conf)
        log = open(folder + '/log', 'w')
        process = subprocess.Popen([folder + '/named', '-4', '-n', '1', '-f', '-c', folder + '/named.conf', '-L', folder + '/named.log'],
                                   stdout=log, stderr=log)
        try:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
                sock.settimeout(2)
                for _ in range(120):
                    ready = query(sock, port, found[-1].origin + f'z{len(found) - 1}', 'SOA', 1)
                    if ready and ready[0] == 'NOERROR':
                        break
                    if process.poll() is not None:
                        raise SystemExit('named ended: ' + open(folder + '/named.log').read()[-2000:])
                    time.sleep(0.1)
                else:
                    raise SystemExit('named does not answer')
                for index, zone in enumerate(found):
                    suffix = f'z{index}.'
                    names = set(zone.sets) | {'none.' + zone.origin, zone.origin}
                    names |= {name.replace('*', 'a.b') for name in zone.sets if name.startswith('*')}
                    names |= {name.split('.', 1)[1] for name in zone.sets if name != zone.origin}
                    names |= {'x.' + name for name in zone.sets}
                    for name in sorted(names):
                        for kind in ('A', 'MX'):
                            rcode, aa, rows, cut = zone.answer(name, kind)
                            theirs = query(sock, port, name + suffix, kind)
                            if theirs is None:
                                raise SystemExit(f'named does not answer for {name + suffix}')
                            # An alias to a name of the zone that lacks the type is a denial as well.
                            ends = rows[-1][3] if rows and rows[-1][2] == 'CNAME' != kind else ''
                            denied = cut is None and (rcode == 'NXDOMAIN' or not rows or ends.endswith('.' + zone.origin))
                            ours = (rcode, aa, [(owner + suffix, ttl, KINDS[of]) for owner, ttl, of, _ in rows],
                                    zone.negative if denied else None)
                            assert ours == theirs, (zone.origin, name, kind, ours, theirs)
        finally:
            process.terminate()
            process.wait()

cases = [json.loads(line) for line in sys.stdin]
bind(cases)
for case in cases:
    print(json.dumps(list(globals()[case['given']['scenario']](case))))
"#;

pub fn check(cases: &[Case]) -> Vec<String> {
    solve(SCRIPT, cases)
}

/// Runs a script over cases. It reads `level`, `seed`, `given`, `evidence`, the names of what is asked
/// and the texts of options, and prints a JSON list of
/// names and answers; an answer that chooses is `{"options": [texts]}`.
pub(super) fn solve(script: &str, cases: &[Case]) -> Vec<String> {
    let inputs = cases.iter().map(|case| {
        let evidence: Vec<&str> = case.exercise.evidence.iter().map(|evidence| evidence.text.as_str()).collect();
        let options: Map<String, Value> = case
            .exercise
            .asks
            .iter()
            .filter_map(|ask| match &ask.answer {
                Answer::Choice { options, .. } | Answer::Several { options, .. } => {
                    Some((ask.id.clone(), options.iter().map(|option| option.text.en.as_str()).collect()))
                }
                _ => None,
            })
            .collect();
        let asks: Vec<&str> = case.exercise.asks.iter().map(|ask| ask.id.as_str()).collect();
        json!({ "level": case.level, "seed": case.seed, "given": case.exercise.given, "evidence": evidence, "options": options, "asks": asks })
    });
    let lines = super::python(script, inputs);
    assert_eq!(lines.len(), cases.len());
    cases.iter().zip(lines).flat_map(|(case, line)| super::compare(case, &answers(case, &line))).collect()
}

fn answers(case: &Case, line: &str) -> Vec<(&'static str, String)> {
    let solved: Vec<(String, Value)> =
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    let typed = solved.into_iter().map(|(id, value)| {
        let typed = match &value {
            Value::String(text) => text.clone(),
            Value::Object(choice) => {
                let texts = choice.get("options").and_then(Value::as_array).expect("texts");
                if texts.is_empty() {
                    String::new()
                } else {
                    super::letter_of(case, &id, |option| texts.iter().any(|text| text == option))
                }
            }
            number => number.to_string(),
        };
        // The names live as long as the test: there are few of them.
        (&*id.leak(), typed)
    });
    typed.collect()
}
