//! D09 by Bash itself, with default signal dispositions; containers and services by a table of what each line means.

use divedeep_cases::drill::{Answer, Case};
use serde_json::{Value, json};

const SCRIPT: &str = r#"
import concurrent.futures, json, os, re, resource, shutil, signal, subprocess, sys, tempfile
from datetime import datetime
cases = [json.loads(line) for line in sys.stdin]
base = tempfile.mkdtemp(prefix='d09-')

def plain():
    # An ignored SIGTERM or SIGPIPE would be inherited and change the code. Set once, here: children have the same.
    for number in range(1, signal.NSIG):
        if number not in (signal.SIGKILL, signal.SIGSTOP, 32, 33):
            signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

plain()

def run(name, text, folder):
    path = f'{folder}/{name}'
    with open(path, 'w') as out:
        out.write(text)
    done = subprocess.run(['bash', name], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          stdin=subprocess.DEVNULL, text=True, restore_signals=True, timeout=300)  # long: the machine may be busy
    return done.returncode, done.stdout.splitlines()

def shell(case, number):
    folder = f'{base}/{number}'
    os.mkdir(folder)
    lines, name = case['evidence'][0].splitlines(), case['given']['name']
    for line in lines:
        listed = re.match(r'([-d])([rwx-]{9}) .* (\S+)$', line)
        if listed:
            kind, bits, what = listed.groups()
            path = f'{folder}/{what}'
            os.mkdir(path) if kind == 'd' else open(path, 'w').close()
            os.chmod(path, int(''.join('0' if c == '-' else '1' for c in bits), 2))
    start = next(n for n, line in enumerate(lines) if line.startswith('$ cat '))
    assert lines[-1].startswith(f'$ bash {name} '), lines[-1]
    text = '\n'.join(lines[start + 1:-1]) + '\n'
    code, out = run(name, text, folder)
    shown = 128 - code if code < 0 else code
    answers = {'code': str(shown)}
    for ask in case['asks']:
        if ask == 'meaning':
            chosen = re.search(r'^exit (-?\d+)$', text, re.M)
            if code < 0: answers[ask] = f'Signal {-code} '
            elif chosen and int(chosen[1]) % 256 == code: answers[ask] = 'The last program'
            elif code == 124 and 'timeout' in text: answers[ask] = '`timeout` ended'
            elif code == 127: answers[ask] = 'The command was not found'
            elif code == 126: answers[ask] = 'The command was found but'
            elif code > 128: answers[ask] = f'Signal {code - 128} '
            else: answers[ask] = 'The last program'
        elif ask == 'other':
            option = 'set -o pipefail\n'
            other = text.replace(option, '') if option in text else text.replace('\n', '\n' + option, 1)
            answers[ask] = str(run(name, other, folder)[0])
        elif ask == 'statuses':
            pieces = text.replace('set -o pipefail\n', '') + 'echo "${PIPESTATUS[@]}"\n'
            answers[ask] = run(name, pieces, folder)[1][-1]
        elif ask == 'lines':
            answers[ask] = [option for option in case['options'][ask] if option.strip('`') in out]
        elif ask == 'before':
            answers[ask] = f'`{out[0]}`' if out else 'Nothing'
    return answers

def service(case, _):
    text = '\n'.join(case['evidence'])
    memcg, globally = 'CONSTRAINT_MEMCG' in text, 'CONSTRAINT_NONE' in text and 'global_oom' in text
    clock, flagged, error, results = None, False, '', {}
    if text.startswith('$ docker inspect'):
        state = json.loads(text.splitlines()[1])
        status, flagged, error = state['ExitCode'], state['OOMKilled'], state['Error']
        cut = lambda moment: datetime.fromisoformat(moment[:19])
        clock = (cut(state['StartedAt']), cut(state['FinishedAt']))
        sent = [(datetime.fromisoformat(line[:19]), int(re.search(r'signal=(\d+)', line)[1]))
                for line in text.splitlines() if ' container kill ' in line]
        died = re.search(r'execDuration=(\d+), exitCode=(\d+)', text)
        if died:
            # The same story everywhere.
            assert int(died[2]) == status and int(died[1]) == (clock[1] - clock[0]).seconds
    elif text.startswith('$ kubectl'):
        status = int(re.search(r'Exit Code:\s+(\d+)', text)[1])
        flagged = bool(re.search(r'Reason:\s+OOMKilled', text))
        clock = tuple(datetime.strptime(re.search(f'{word}: +(.*)', text)[1], '%a, %d %b %Y %H:%M:%S %z')
                      for word in ('Started', 'Finished'))
        sent = []
    else:
        how, value = re.search(r'code=(\w+), status=(\d+)/', text).groups()
        status = int(value) + (128 if how in ('killed', 'dumped') else 0)
        flagged = "result 'oom-kill'" in text
        stop = re.search(r'^(\w+ \d+ [\d:]+) \S+ systemd\[1\]: Stopping', text, re.M)
        kill = re.search(r'^(\w+ \d+ [\d:]+) \S+ systemd\[1\]: \S+: Killing process', text, re.M)
        at = lambda found: datetime.strptime('2026 ' + found[1], '%Y %b %d %H:%M:%S')
        sent = [(at(found), number) for found, number in ((stop, 15), (kill, 9)) if found]
        error = '\n'.join(re.findall(r'Failed at step.*', text))
    victim = re.search(r'Killed process \d+ \((\S+)\).*anon-rss:(\d+)kB', text)
    table = [
        (flagged and memcg, 'The OOM killer: its memory limit'),
        (flagged and globally, 'The OOM killer: the host'),
        (status == 137 and [number for _, number in sent] == [15, 9], 'It was stopped, did not'),
        ('failed liveness probe' in text, 'Its liveness probe'),
        (status == 143 and bool(sent), 'It was stopped and ended'),
        (status == 139, 'It crashed'),
        (status == 134, 'It aborted'),
        (status == 200, 'Its working directory'),
        (status == 217, 'The user it should'),
        (status in (127, 203) and 'o such file' in error, 'The command it should'),
        (status in (126, 203) and 'ermission denied' in error, 'The command exists'),
        (0 < status < 126 and not sent, 'The program reported'),
        (status == 137 and not flagged and not sent and not memcg and 'probe' not in text, 'SIGKILL, but'),
    ]
    causes = [cause for holds, cause in table if holds]
    assert len(causes) == 1, (causes, text)
    if victim:
        # The limit is reached, and the victim is by far the largest that was considered.
        rows = re.findall(r'\[ *(\d+)\] +\d+ +\d+ +\d+ +(\d+) ', text)
        assert max(rows, key=lambda row: int(row[1]))[0] == re.search(r'Killed process (\d+)', text)[1], text
    limit = re.search(r'memory: usage (\d+)kB, limit (\d+)kB', text)
    if limit:
        assert limit[1] == limit[2] and int(victim[2]) <= int(limit[2]), text
    answers = {'signal': str(status - 128 if 129 <= status <= 192 else 0), 'cause': causes[0]}
    for ask in case['asks'][2:]:
        if ask == 'ran': answers[ask] = str(int((clock[1] - clock[0]).total_seconds()))
        elif ask == 'limit': answers[ask] = str(int(limit[2]) / 1024)
        elif ask == 'shell': answers[ask] = str(status)
        elif ask == 'grace': answers[ask] = str(int((sent[1][0] - sent[0][0]).total_seconds()))
        elif ask == 'started': answers[ask] = 'It was created but' if state['StartedAt'].startswith('0001') else '?'
    return answers

try:
    solve = lambda pair: (service if pair[1]['level'] == 3 else shell)(pair[1], pair[0])
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for answers in pool.map(solve, enumerate(cases)):
            print(json.dumps(answers))
finally:
    shutil.rmtree(base)
"#;

pub fn check(cases: &[Case]) -> Vec<String> {
    let inputs = cases.iter().map(|case| {
        let evidence: Vec<_> = case.exercise.evidence.iter().map(|evidence| &evidence.text).collect();
        let options: serde_json::Map<_, _> = case
            .exercise
            .asks
            .iter()
            .filter_map(|ask| match &ask.answer {
                Answer::Choice { options, .. } | Answer::Several { options, .. } => {
                    let texts: Vec<_> = options.iter().map(|option| option.text.en.as_str()).collect();
                    Some((ask.id.clone(), json!(texts)))
                }
                _ => None,
            })
            .collect();
        let asks: Vec<_> = case.exercise.asks.iter().map(|ask| &ask.id).collect();
        json!({ "level": case.level, "given": case.exercise.given, "evidence": evidence, "options": options, "asks": asks })
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
                    let chosen = |test: &dyn Fn(&str) -> bool| super::letter_of(case, &ask.id, test);
                    let typed = match (&found[&ask.id], &ask.answer) {
                        (Value::Array(texts), _) if texts.is_empty() => String::new(),
                        (Value::Array(texts), _) => chosen(&|text| texts.iter().any(|found| found == text)),
                        (Value::String(start), Answer::Choice { .. }) => {
                            chosen(&|text| text.starts_with(start.as_str()))
                        }
                        (Value::String(text), _) => text.clone(),
                        (other, _) => format!("? {other}"),
                    };
                    (ask.id.as_str(), typed)
                })
                .collect();
            super::compare(case, &answers)
        })
        .collect()
}
