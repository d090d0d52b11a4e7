//! D05 by the flow chart of the IAM User Guide, written in Python with regular expressions for patterns: it reads the
//! policies from the commands' output and shares nothing with the family.

use divedeep_cases::drill::{Answer, Case};
use serde_json::json;

const SCRIPT: &str = r#"
import datetime, fnmatch, ipaddress, json, re, sys

def rx(pattern, flags=0):
    out = ''.join('.*' if c == '*' else '.' if c == '?' else re.escape(c) for c in pattern)
    return re.compile('(?s:' + out + r')\Z', flags)

def aslist(x):
    return x if isinstance(x, list) else [x]

def action_ok(st, action):
    if 'Action' in st:
        return any(rx(a, re.I).match(action) for a in aslist(st['Action']))
    return not any(rx(a, re.I).match(action) for a in aslist(st['NotAction']))

def arn_ok(pattern, arn):
    if pattern == '*':
        return True
    a, b = pattern.split(':', 5), arn.split(':', 5)
    return len(a) == len(b) == 6 and all(rx(x).match(y) for x, y in zip(a, b))

def resource_ok(st, resource):
    if 'Resource' in st:
        return any(arn_ok(r, resource) for r in aslist(st['Resource']))
    if 'NotResource' in st:
        return not any(arn_ok(r, resource) for r in aslist(st['NotResource']))
    return True

def one(op, want, have):
    op = op.replace('Not', '', 1) if op.startswith(('StringNot', 'NotIp', 'ArnNot')) else op
    if op == 'StringEquals': return want == have
    if op == 'StringLike': return bool(rx(want).match(have))
    if op in ('ArnEquals', 'ArnLike'): return arn_ok(want, have)
    if op == 'Bool': return want.lower() == have.lower()
    if op == 'IpAddress': return ipaddress.ip_address(have) in ipaddress.ip_network(want)
    raise ValueError(op)

def condition_ok(st, ctx):
    for op, block in st.get('Condition', {}).items():
        for key, wants in block.items():
            wants, have = aslist(wants), ctx.get(key.lower())
            if op == 'Null':
                ok = (have is None) == (wants[0] == 'true')
            elif op.startswith('ForAllValues:'):
                ok = all(any(one(op[13:], w, h) for w in wants) for h in have or [])
            elif op.startswith('ForAnyValue:'):
                ok = any(any(one(op[12:], w, h) for w in wants) for h in have or [])
            else:
                base = op[:-8] if op.endswith('IfExists') else op
                if have is None:
                    ok = 'Not' in op or op.endswith('IfExists')
                else:
                    ok = any(one(base, w, have[0]) for w in wants) != ('Not' in base)
            if not ok:
                return False
    return True

def who(st, g):
    """How a statement's Principal names the caller: None, account, behind, direct."""
    p = st.get('Principal')
    if p is None or p == '*':
        return 'direct'
    names = aslist(p['AWS'])
    if g['caller'] in names and not g['caller'].endswith(':root'): return 'direct'
    if g['behind'] and g['behind'] in names: return 'behind'
    if f"arn:aws:iam::{g['account']}:root" in names or g['account'] in names: return 'account'
    return None

def kind_of(command):
    if ':policy/aws-service-role/' in command: return 'identity'
    for needle, kind in (('get-role-policy', 'identity'), ('get-user-policy', 'identity'), ('get-group-policy', 'identity'),
                         ('get-policy-version', 'boundary'), ('session-policy', 'session'), ('get-role ', 'trust'),
                         ('get-key-policy', 'key'), ('describe-policy', 'org'), ('get-', 'resource')):
        if needle in command:
            return kind
    raise ValueError(command)

def evaluate(policies, g, action):
    ctx = {k.lower(): v for k, v in g['context'].items()}
    root = g['caller'].endswith(':root')
    hit = lambda st: action_ok(st, action) and resource_ok(st, g['resource']) and condition_ok(st, ctx) and who(st, g)
    live = []
    for p in policies:
        kind = p['kind']
        if kind == 'org':
            rcp = any('Principal' in st for st in p['doc']['Statement']) or p['rcp']
            on = g['on'][p['tag']]
            if on == g['management'] or g['linked']:
                continue
            if rcp and (on != g['owner'] or action.split(':')[0] not in g['rcp']):
                continue
            if not rcp and on != g['account']:
                continue
            kind = 'rcp' if rcp else 'scp'
        if root and kind in ('identity', 'boundary', 'session'):
            continue
        live.append((kind, p))
    order = ['rcp', 'scp', 'resource', 'trust', 'key', 'identity', 'boundary', 'session']
    live.sort(key=lambda x: order.index(x[0]))
    # 1. Explicit deny anywhere.
    for kind, p in live:
        for st in p['doc']['Statement']:
            if st['Effect'] == 'Deny' and hit(st):
                return 'explicit', p['tag'], st['Sid']
    yes = {}
    for kind, p in live:
        got = [(hit(st), st.get('Sid')) for st in p['doc']['Statement'] if st['Effect'] == 'Allow' and hit(st)]
        yes.setdefault(kind, []).append((p, got))
    first = lambda kind: next(((p['tag'], sids[0][1]) for p, sids in yes.get(kind, []) if sids), None)
    name = lambda kind: yes[kind][0][0]['tag'] if kind in yes else None
    # 2. SCPs: FullAWSAccess is there unless the SCP is an allow list.
    for p, got in yes.get('scp', []):
        if p['list'] and not got:
            return 'implicit', p['tag'], None
    # 3. The resource's policy.
    rk = next((k for k in ('trust', 'key', 'resource') if k in yes), 'resource')
    grants = {h for _, got in yes.get(rk, []) for h, _ in got}
    same = g['account'] == g['owner']
    def limits():
        for kind in ('boundary', 'session'):
            if kind in yes and not first(kind):
                return 'implicit', name(kind), None
        if ':federated-user/' in g['caller'] and 'session' not in yes:
            return 'implicit', None, None
        return 'allow', None, None
    if root:
        if not same and not grants:
            return 'implicit', name(rk), None
        return 'allow', None, None
    if same and 'direct' in grants:
        return 'allow', None, None
    if same and 'behind' in grants:
        return limits()
    if not grants and (not same or rk != 'resource'):
        return 'implicit', name(rk), None
    if not first('identity'):
        return 'implicit', name('identity'), None
    return limits()

def tag_of(kind, command):
    if kind == 'session': return 'session-policy.json'
    found = (re.search(r'--policy-name (\S+)', command) if kind == 'identity' else None) or \
        (re.search(r'(aws-service-role/\S+) --version', command) if kind == 'identity' else None) or \
        re.search(r'(?:--bucket|--secret-id|--key-id|--policy-id) (\S+)', command) or re.search(r'policy/(\S+) --version', command) or \
        re.search(r'--queue-url \S+/(\S+)', command) or re.search(r'--topic-arn \S+:(\S+)', command) or re.search(r'--role-name (\S+)', command)
    return found.group(1)

RESULT = {'allow': 'Allowed', 'explicit': 'Denied: a Deny statement applies', 'implicit': 'Denied: no Deny applies, an Allow is missing'}

for line in sys.stdin:
    case = json.loads(line)
    g, policies = case['given'], []
    for text in case['evidence']:
        command, body = text.split('\n', 1)
        kind = kind_of(command)
        doc = json.loads(body)
        allows = any(st['Effect'] == 'Allow' for st in doc['Statement'])
        policies.append({'kind': kind, 'tag': tag_of(kind, command), 'doc': doc, 'list': allows,
                         'rcp': f"RCP `{tag_of(kind, command)}`" in case['prompt'] if kind == 'org' else False})
    letters = lambda ask, right: ' '.join('abcdefgh'[i] for i, o in enumerate(case['asks'][ask]) if right(o)) or '-'
    tag_in = lambda text: re.findall(r'`([^`]+)`', text)
    out = {}
    if case['level'] == 1:
        for n, action in enumerate(g['actions'], 1):
            verdict, tag, sid = evaluate(policies, g, action)
            out[f'request-{n}'] = letters(f'request-{n}', lambda o: o == RESULT[verdict])
            if n == g['number']:
                if verdict == 'allow':
                    ctx = {k.lower(): v for k, v in g['context'].items()}
                    sids = [st['Sid'] for p in policies for st in p['doc']['Statement'] if st['Effect'] == 'Allow' and action_ok(st, action)
                            and resource_ok(st, g['resource']) and condition_ok(st, ctx) and who(st, g)]
                    sid = sids[0] if len(sids) == 1 else 'several: ' + ' '.join(sids)
                out['sid'] = sid or 'none'
    else:
        verdict, tag, sid = evaluate(policies, g, g['action'])
        out['result'] = letters('result', lambda o: o == RESULT[verdict])
        ctx = {k.lower(): v for k, v in g['context'].items()}
        def allows(o):
            p = next(p for p in policies if p['tag'] == tag_in(o)[0])
            if p['kind'] in ('identity', 'boundary', 'session') and g['caller'].endswith(':root'): return False
            return any(st['Effect'] == 'Allow' and action_ok(st, g['action']) and resource_ok(st, g['resource']) and condition_ok(st, ctx)
                       and who(st, g) for st in p['doc']['Statement'])
        out['allows'] = letters('allows', allows)
        if out['allows'] == '-': out['allows'] = ''
        if 'policy' in case['asks']:
            out['policy'] = letters('policy', lambda o: tag_in(o)[0] == tag)
        def turns(o):
            names, changed = tag_in(o), []
            for p in policies:
                sts = list(p['doc']['Statement'])
                if o.startswith('Remove'):
                    if p['tag'] == names[1]: sts = [st for st in sts if st['Sid'] != names[0]]
                elif p['tag'] == names[0]:
                    new = {'Sid': 'New', 'Effect': 'Allow', 'Action': names[1]}
                    if p['kind'] != 'trust': new['Resource'] = names[2]
                    if len(names) > 3: new['Principal'] = {'AWS': names[3]}
                    sts.append(new)
                changed.append({**p, 'doc': {'Statement': sts}})
            return (evaluate(changed, g, g['action'])[0] == 'allow') != (verdict == 'allow')
        # Nobody edits the policy of a service-linked role: there no change is asked for.
        if 'change' in case['asks']: out['change'] = letters('change', turns)
    print(json.dumps([out.get(ask, '?') for ask in case['asks']]))
"#;

pub fn check(cases: &[Case]) -> Vec<String> {
    let inputs = cases.iter().map(|case| {
        let evidence: Vec<_> = case.exercise.evidence.iter().map(|evidence| &evidence.text).collect();
        let asks: serde_json::Map<_, _> = (case.exercise.asks.iter())
            .map(|ask| {
                let options: Vec<_> = match &ask.answer {
                    Answer::Choice { options, .. } | Answer::Several { options, .. } => {
                        options.iter().map(|option| option.text.en.as_str()).collect()
                    }
                    _ => Vec::new(),
                };
                (ask.id.clone(), json!(options))
            })
            .collect();
        let order: Vec<_> = case.exercise.asks.iter().map(|ask| &ask.id).collect();
        json!({
            "level": case.level, "given": case.exercise.given, "evidence": evidence, "asks": asks, "order": order,
            "prompt": case.exercise.prompt.en,
        })
    });
    let script = SCRIPT.replace("for ask in case['asks']]", "for ask in case['order']]");
    let lines = super::python(&script, inputs);
    assert_eq!(lines.len(), cases.len());
    let faults = cases.iter().zip(lines).flat_map(|(case, line)| {
        let typed: Vec<String> = serde_json::from_str(&line).expect("a list");
        let answers: Vec<_> = case.exercise.asks.iter().map(|ask| ask.id.as_str()).zip(typed).collect();
        super::compare(case, &answers)
    });
    faults.collect()
}
