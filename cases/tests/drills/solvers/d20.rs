//! D20 by the real programs: every command of a case is run by bash on the file shown (also the wrong ones, whose
//! reasons say what they print), and Python answers the question from the text.
//!
//! Needs bash, GNU grep, sed and coreutils, mawk as `awk` and jq.

use divedeep_cases::drill::{Answer, Case};
use serde_json::json;

const SCRIPT: &str = r#"
import collections, json, math, os, re, shutil, subprocess, sys, tempfile
from concurrent.futures import ThreadPoolExecutor

ENV = {'PATH': os.environ['PATH'], 'LC_ALL': 'C'}
assert shutil.which('jq') and 'mawk' in os.path.realpath(shutil.which('awk')), 'jq and mawk (as awk) must be installed'

def most(items):
    (first, n), *rest = collections.Counter(items).most_common(2)
    assert not rest or rest[0][1] < n, 'two share the lead'
    return first

REQUEST = re.compile(r'(\S+) - - \[([^]]+)\] "(\S+) (\S+) HTTP/1\.1" (\d+) (\d+) "-" "[^"]*"(?: (\S+))?$')

def access(files):
    rows = [REQUEST.match(line) for line in files['access.log']]
    Row = collections.namedtuple('Row', 'client time method path status size seconds')
    return [Row(r[1], r[2], r[3], r[4], int(r[5]), int(r[6]), r[7]) for r in rows]

def sshd(files):
    failed = []
    for line in files['auth.log']:
        m = re.search(r': Failed password for (invalid user )?(\S+) from (\S+) port', line)
        if m:
            failed.append((bool(m[1]), m[2], m[3]))
    return failed

def pairs(files):
    return [dict(re.findall(r'(\w+)=("[^"]*"|\S+)', line)) for line in files['app.log']]

def events(files):
    return [json.loads(line) for line in files['app.jsonl']]

def entries(files):
    found = []
    for line in files['server.log']:
        if re.match(r'\d{4}-', line):
            found.append([])
        found[-1].append(line)
    return found

def alb(files):
    return [line.split(' ') for line in files['alb.log']]

def percentile(f, g):
    values = sorted(access(f), key=lambda r: float(r.seconds))
    return values[math.ceil(len(values) * g['percent'] / 100) - 1].seconds

def by_zone(f, g):
    zone = dict(line.split() for line in f['hosts.txt'])
    return most(zone[r.client] for r in access(f) if r.status >= 500)

def share(f, g):
    groups = collections.defaultdict(list)
    for e in events(f):
        groups[e['service']].append(e['status'] >= 500)
    return max(groups, key=lambda s: sum(groups[s]) / len(groups[s]))

def mean(f, g):
    times = [float(r[6]) for r in alb(f) if r[9] != '-']
    return f'{sum(times) / len(times):.3f}'

def caused(f, g):
    hit = f'Caused by: {g["cause"]}:'
    return sum(e[0].split()[2] == 'ERROR' and any(line.startswith(hit) for line in e) for e in entries(f))

ANSWERS = {
    'server-errors': lambda f, g: sum(500 <= r.status <= 599 for r in access(f)),
    'clients': lambda f, g: len({r.client for r in access(f)}),
    'one-client': lambda f, g: sum(r.client == g['client'] for r in access(f)),
    'failed-logins': lambda f, g: sum(not unknown for unknown, _, _ in sshd(f)),
    'exact-pair': lambda f, g: sum(p[g['key']] == str(g['value']) for p in pairs(f)),
    'largest': lambda f, g: max(r.size for r in access(f)),
    'bytes-of-status': lambda f, g: sum(r.size for r in access(f) if r.status == g['status']),
    'busiest-path': lambda f, g: most(r.path.partition('?')[0] for r in access(f)),
    'retries': lambda f, g: sum(int(p['retries']) for p in pairs(f) if p['svc'] == g['service']),
    'json-failures': lambda f, g: sum(e['status'] >= 500 for e in events(f)),
    'json-sum': lambda f, g: sum(e['ms'] for e in events(f) if e['path'] == g['path']),
    'json-users': lambda f, g: len({e['user'] for e in events(f)} - {None}),
    'attacker': lambda f, g: most(address for _, _, address in sshd(f)),
    'percentile': percentile,
    'busiest-minute': lambda f, g: most(r.time[12:17] for r in access(f) if r.status >= 500),
    'errors-by-zone': by_zone,
    'root-cause': caused,
    'balancer-errors': lambda f, g: sum(r[8][0] == '5' and r[9] == '-' for r in alb(f)),
    'target-mean': mean,
    'failing-service': share,
    'widest-path': lambda f, g: most(path for _, path in {(r.client, r.path) for r in access(f)}),
    'window': lambda f, g: sum(g['from'] <= p['ts'] < g['to'] and p['level'] == 'error' for p in pairs(f)),
}

END = '\x1e'

JQ = re.compile(r"jq (?:-(\w+) )?'([^']*)' app\.jsonl( \| .*)?")

class Jq:
    """jq starts slowly, so the filters of a batch run in one process, each on its own documents. What it puts out is
    written as jq would, and the rest of the command reads that."""
    def __init__(self):
        self.jobs, self.filters = [], {}
    def replace(self, command, documents, file):
        flags, program, rest = JQ.fullmatch(command).groups('')
        whole = f'[.v | ({program})]' if 's' in flags else f'[.v[] | ({program})]'
        number = self.filters.setdefault(whole, len(self.filters))
        self.jobs.append((flags, file, {'k': number, 'v': documents}))
        return f'cat {file}{rest}'
    def run(self):
        if not self.jobs:
            return
        branches = ''.join(f'if .k == {number} then {whole} else ' for whole, number in self.filters.items())
        program = branches + 'empty' + ' end' * len(self.filters)
        given = ''.join(json.dumps(job) + '\n' for _, _, job in self.jobs)
        out = subprocess.run(['jq', '-c', program], input=given, env=ENV, capture_output=True, text=True, check=True).stdout
        for (flags, file, _), values in zip(self.jobs, out.splitlines(), strict=True):
            with open(file, 'w') as text:
                for value in json.loads(values):
                    raw = 'r' in flags and isinstance(value, str)
                    layout = {'separators': (',', ':')} if 'c' in flags else {'indent': 2}
                    text.write((value if raw else json.dumps(value, **layout)) + '\n')

def solve(case, folder, jq):
    """Python's answer, and the script that runs every command of the case."""
    files = {}
    os.mkdir(folder)
    for text in case['evidence']:
        show, *lines = text.splitlines()
        name = show.split()[-1]
        files[name] = lines
        with open(os.path.join(folder, name), 'w') as file:
            file.write('\n'.join(lines) + '\n')
    other = re.search(r'`(.*)`$', case['other'])[1]
    commands = [option.strip('`') for option, _ in case['options']] + [other]
    # The first with jq of a batch runs as it is written.
    if 'app.jsonl' in files and jq:
        documents = events(files)
        commands = [jq.replace(c, documents, f'{folder}/{n}.out') for n, c in enumerate(commands)]
    script = [f'cd {folder}'] + [f"{c} 2>&1\nprintf '{END}'" for c in commands]
    return str(ANSWERS[case['question']](files, case['figures'])), '\n'.join(script)

def compare(case, answer, printed):
    """Every reason must say what its command really prints; the answers."""
    *printed, other = printed
    right = []
    for letter, (option, why), out in zip('abcdefgh', case['options'], printed):
        said = f'Prints `{out}`: ' if out else 'Prints nothing: '
        if not why.startswith(said):
            return [f'{option} prints {out!r}, but: {why}', '?', '?']
        if out.split()[-1:] == [answer]:
            right.append(letter)
    return [answer, ' '.join(right), other]

def batch(cases):
    """One bash for some cases; starting programs is what takes the time."""
    with tempfile.TemporaryDirectory() as folder:
        solved, jq, plain = [], Jq(), False
        for n, case in enumerate(cases):
            first = not plain and 'app.jsonl' in case['evidence'][0].splitlines()[0]
            plain |= first
            solved.append(solve(case, f'{folder}/{n}', None if first else jq))
        jq.run()
        script = '\n'.join(script for _, script in solved)
        out = subprocess.run(['bash', '-s'], input=script, env=ENV, capture_output=True, text=True).stdout
    printed = [' '.join(part.split()) for part in out.split(END)[:-1]]
    answers = []
    for case, (answer, _) in zip(cases, solved):
        count = len(case['options']) + 1
        answers.append(compare(case, answer, printed[:count]))
        printed = printed[count:]
    assert not printed
    return answers

cases = [json.loads(line) for line in sys.stdin]
with ThreadPoolExecutor(os.cpu_count()) as pool:
    for answers in pool.map(batch, (cases[n:n + 25] for n in range(0, len(cases), 25))):
        for answer in answers:
            print(json.dumps(answer))
"#;

pub fn check(cases: &[Case]) -> Vec<String> {
    let inputs = cases.iter().map(|case| {
        let exercise = &case.exercise;
        let evidence: Vec<&str> = exercise.evidence.iter().map(|evidence| evidence.text.as_str()).collect();
        let options: Vec<(&str, &str)> = match exercise.asks.get(1).map(|ask| &ask.answer) {
            Some(Answer::Choice { options, .. }) => {
                options.iter().map(|option| (option.text.en.as_str(), option.why.en.as_str())).collect()
            }
            _ => Vec::new(),
        };
        let other = exercise.asks.get(2).map(|ask| ask.label.en.as_str());
        json!({
            "question": exercise.given["question"], "figures": exercise.given["figures"],
            "evidence": evidence, "options": options, "other": other,
        })
    });
    let lines = super::python(SCRIPT, inputs);
    assert_eq!(lines.len(), cases.len());
    cases
        .iter()
        .zip(lines)
        .flat_map(|(case, line)| {
            let [result, command, prints]: [String; 3] = serde_json::from_str(&line).expect("three answers");
            super::compare(case, &[("result", result), ("command", command), ("prints", prints)])
        })
        .collect()
}
