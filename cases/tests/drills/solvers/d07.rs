//! D07 by the kernel: each scene is built in a temporary directory and tried as those users. Wants root (in CI and here)
//! and the package `acl`.
//!
//! One process for all cases: as root it takes a user's ids for the tries (`setresuid` with root kept as the saved id,
//! so that no capability is left in effect) and goes back. ACLs are set from the evidence by `setfacl --restore`.

use divedeep_cases::drill::{Answer, Case};
use serde_json::{Value, json};

const SCRIPT: &str = r#"
import json, os, re, shutil, subprocess, sys, tempfile
if os.geteuid() != 0:
    sys.exit('D07 must run as root: it takes other users\' ids')
if not shutil.which('setfacl'):
    sys.exit('D07 needs setfacl: apt-get install acl')
cases = [json.loads(line) for line in sys.stdin]
base = tempfile.mkdtemp(prefix='d07-')
os.chmod(base, 0o755)
os.umask(0)

def letters(text):
    mode = 0
    for i, c in enumerate(text[1:10]):
        if c in 'rwxst':
            mode |= 0o400 >> i
        if c in 'sStT':
            mode |= 0o4000 >> (i // 3)
    return mode

class Ids:
    def __init__(self, text):
        self.users, self.groups = {'root': (0, [0])}, {'root': 0}
        for uid, name, gid, groups in re.findall(r'uid=(\d+)\((\w+)\) gid=(\d+)\(\w+\) groups=(\S+)', text):
            found = re.findall(r'(\d+)\((\w+)\)', groups)
            self.users[name] = (int(uid), [int(gid)] + [int(n) for n, _ in found])
            for number, group in found:
                self.groups[group] = int(number)

    def group(self, name):
        # A group nobody listed is in: any number of its own.
        return self.groups.setdefault(name, 60000 + len(self.groups))

    def chown(self, path, user, group):
        os.chown(path, self.users[user][0], self.group(group))

class become:
    def __init__(self, ids, name):
        self.uid, self.gids = ids.users[name]

    def __enter__(self):
        os.setgroups(self.gids)
        os.setresgid(self.gids[0], self.gids[0], 0)
        os.setresuid(self.uid, self.uid, 0)

    def __exit__(self, *_):
        os.setresuid(0, 0, 0)
        os.setresgid(0, 0, 0)

def tries(ids, name, act):
    with become(ids, name):
        try:
            act()
            return True
        except OSError as error:
            assert error.errno in (1, 13), error
            return False

def opens(path, flags):
    os.close(os.open(path, flags))

def names(case, ask):
    return [option.strip('`') for option in case['options'][ask]]

def classes(case, root):
    ids = Ids(case['evidence'][1])
    line = case['evidence'][0].splitlines()[1].split()
    path = root + '/' + os.path.basename(line[-1])
    with open(path, 'w') as out:
        out.write('#!/bin/bash\nexit 0\n')
    ids.chown(path, line[2], line[3])
    os.chmod(path, letters(line[0]))
    answers = {'mode': oct(os.stat(path).st_mode & 0o7777)[2:].zfill(4)}
    for ask in case['asks'][1:]:
        def act():
            if ask == 'run':
                if subprocess.run([path], stderr=subprocess.DEVNULL).returncode:
                    raise PermissionError(13, 'not run')
            else:
                opens(path, os.O_RDONLY if ask == 'read' else os.O_WRONLY)
        answers[ask] = [name for name in names(case, ask) if tries(ids, name, act)]
    return answers

def shell(case, root):
    """The commands of new modes and of chmod, in a real shell as nobody's user."""
    text, work = case['evidence'][0], root + '/work'
    os.mkdir(work)
    os.chmod(work, 0o755)
    lines = text.splitlines()
    script, bin = [], root + '/bin'
    os.mkdir(bin)
    os.chmod(bin, 0o755)
    for at, line in enumerate(lines):
        listed = re.match(r'(-[-rwxsStT]{9}) .* (\S+)$', line)
        if line.startswith('$ umask -S'):
            script.append('umask ' + lines[at + 1])
        elif line.startswith('$ umask'):
            script.append('umask ' + lines[at + 1])
        elif listed:
            at_opt = '/' in listed[2]
            path = bin + '/' + os.path.basename(listed[2]) if at_opt else work + '/' + listed[2]
            open(path, 'w').close()
            os.chmod(path, letters(listed[1]))
            os.chown(path, 60001 if not at_opt else 0, 60001 if not at_opt else 0)
        elif line.startswith('$ ') and not line.startswith('$ ls'):
            script.append(line[2:].replace('/opt/bin', bin))
    os.chown(work, 60001, 60001)
    # Reading the source is not what is asked: root's file may be closed to others.
    run = subprocess.run(['bash', '-c', '\n'.join(['set -e'] + script)], cwd=work, stderr=subprocess.PIPE,
                         user=60001, group=60001, extra_groups=[])
    found = case['given']['names']
    pairs = zip(['first', 'second'], found) if case['given']['kind'] == 'chmod' else found
    assert run.returncode == 0, (run.stderr, script)
    return {ask: oct(os.stat(work + '/' + name).st_mode & 0o7777)[2:].zfill(4) for ask, name in pairs}

def path(case, root):
    ids, given = Ids(case['evidence'][1]), case['given']
    nodes = [line.split() for line in case['evidence'][0].splitlines()[2:]]
    full = case['evidence'][0].splitlines()[1][3:]

    def build(top):
        """The scene anew: the directories from /srv down."""
        at = top
        os.mkdir(at)
        for mode, user, group, name in nodes[1:]:
            at += '/' + name
            if mode[0] == 'd':
                os.mkdir(at)
            else:
                open(at, 'w').close()
            ids.chown(at, user, group)
            os.chmod(at, letters(mode))
        os.chmod(top, 0o755)
        return at

    def act(top, command):
        words = [word.replace('/srv', top + '/srv') for word in command.split()]
        if words[0] == 'cat': opens(words[1], os.O_RDONLY)
        elif words[0] == 'echo': opens(words[3], os.O_WRONLY | os.O_APPEND)
        elif words[0] == 'rm': os.unlink(words[2])
        elif words[0] == 'mv': os.rename(words[1], words[2])
        elif words[0] == 'touch': opens(words[1], os.O_WRONLY | os.O_CREAT)
        elif words[0] == 'stat': os.stat(words[1])
        elif words[0] == 'chmod': os.chmod(words[2], int(words[1], 8))
        elif words[0] == 'ls': os.listdir(words[1])
        elif words[0] == 'cd':
            here = os.open('/', os.O_RDONLY)
            os.chdir(words[1])
            os.fchdir(here)
            os.close(here)
        else: raise ValueError(command)

    works = []
    top = root + '/0'
    build(top)
    for number, command in enumerate(names(case, 'works')):
        if tries(ids, given['actor'], lambda: act(top, command)):
            works.append(command)
            # It may have changed something: the next starts from what is shown.
            if command.split()[0] not in ('cat', 'echo', 'stat', 'ls', 'cd'):
                top = f'{root}/{number + 1}'
                build(top)
    # What stops first: the outermost that cannot even be looked through.
    top = root + '/s'
    build(top)
    stop, at = 'Nothing', top
    for mode, _, _, name in nodes[1:]:
        at += '/' + name
        look = (lambda: os.stat(at + '/.')) if mode[0] == 'd' else (lambda: opens(at, os.O_RDONLY))
        if not tries(ids, given['reader'], look):
            stop = f'No `{"x" if mode[0] == "d" else "r"}` on `{name}`'
            break
    new = os.path.dirname(top + full) + '/new'
    def make():
        os.umask(given['umask'])
        try:
            os.mkdir(new)
        finally:
            os.umask(0)
    assert tries(ids, given['maker'], make), 'the maker may create'
    made = os.stat(new)
    group = [name for name, number in ids.groups.items() if number == made.st_gid]
    return {'works': works, 'stops': stop, 'mode': oct(made.st_mode & 0o7777)[2:].zfill(4), 'group': group[0]}

restores = []

def numbers(ids, text, top):
    """A getfacl text with numbers for names and another root, for setfacl --restore."""
    lines = []
    for line in text.splitlines()[1:]:
        line = line.split('\t')[0].replace('# file: /srv', '# file: ' + top + '/srv')
        entry = re.match(r'(# owner: |# group: |(?:default:)?user:|(?:default:)?group:)(\w+)(.*)', line)
        if entry:
            kind, name, rest = entry.groups()
            line = kind + str(ids.users[name][0] if 'user' in kind or 'owner' in kind else ids.group(name)) + rest
        lines.append(line)
    return '\n'.join(lines) + '\n\n'

def acl_build(case, root):
    ids = Ids(case['evidence'][2])
    file, folder = (case['evidence'][n].splitlines()[1][len('# file: '):] for n in (0, 1))
    os.makedirs(root + folder)
    os.chmod(root + '/srv', 0o755)
    open(root + file, 'w').close()
    restores.append(numbers(ids, case['evidence'][0], root) + numbers(ids, case['evidence'][1], root))

def acl(case, root):
    ids, given = Ids(case['evidence'][2]), case['given']
    file, folder = (root + case['evidence'][n].splitlines()[1][len('# file: '):] for n in (0, 1))
    owner = case['evidence'][0].splitlines()[2][len('# owner: '):]
    writers = lambda ask: [n for n in names(case, ask) if tries(ids, n, lambda: opens(file, os.O_WRONLY))]
    answers = {'write': writers('write')}
    assert tries(ids, owner, lambda: os.chmod(file, given['chmod']))
    answers['after'] = writers('after')
    new = folder + '/new.txt'
    def make():
        os.umask(given['umask'])
        try:
            os.close(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
        finally:
            os.umask(0)
    assert tries(ids, given['maker'], make)
    answers['mode'] = oct(os.stat(new).st_mode & 0o7777)[2:].zfill(4)
    with become(ids, given['named']):
        answers['bits'] = '`' + ''.join(
            c if os.access(new, a, effective_ids=True) else '-' for c, a in zip('rwx', (os.R_OK, os.W_OK, os.X_OK))) + '`'
    return answers

try:
    roots = []
    for number, case in enumerate(cases):
        root = f'{base}/{number}'
        os.mkdir(root)
        os.chmod(root, 0o755)
        roots.append(root)
        if case['given']['kind'] == 'acl':
            acl_build(case, root)
    if restores:
        subprocess.run(['setfacl', '--restore=-'], input=''.join(restores), text=True, check=True, cwd='/')
    solve = {'classes': classes, 'new': shell, 'chmod': shell, 'path': path, 'acl': acl}
    for case, root in zip(cases, roots):
        print(json.dumps(solve[case['given']['kind']](case, root)))
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
        json!({ "given": case.exercise.given, "evidence": evidence, "options": options, "asks": asks })
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
                    let typed = match &found[&ask.id] {
                        // Letters of the options that were found to hold; none is an answer too.
                        Value::Array(names) if names.is_empty() => String::new(),
                        Value::Array(names) => super::letter_of(case, &ask.id, |text| {
                            names.iter().any(|name| name.as_str() == Some(text.trim_matches('`')))
                        }),
                        Value::String(text) if matches!(ask.answer, Answer::Choice { .. }) => {
                            super::letter_of(case, &ask.id, |option| option.starts_with(text.as_str()))
                        }
                        Value::String(text) => text.clone(),
                        other => format!("? {other}"),
                    };
                    (ask.id.as_str(), typed)
                })
                .collect();
            super::compare(case, &answers)
        })
        .collect()
}
