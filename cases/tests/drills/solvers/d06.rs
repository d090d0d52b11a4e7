//! D06 in Python, gate by gate: for each caller a table of everything that has to let it through; it reads when every
//! gate is open, and the one closed gate is what keeps it out.

use divedeep_cases::drill::{Answer, Case};
use serde_json::json;

const SCRIPT: &str = r#"
import datetime, fnmatch, ipaddress, json, sys

def aslist(x): return x if isinstance(x, list) else [x]
def like(pattern, text): return fnmatch.fnmatchcase(text, pattern.replace('[', '[[]'))
def covers(st, action, arn):
    return any(like(a.lower(), action.lower()) for a in aslist(st['Action'])) and any(like(r, arn) for r in aslist(st['Resource']))

def met(st, ctx):
    for op, block in st.get('Condition', {}).items():
        for key, wants in block.items():
            have, wants = ctx.get(key), aslist(wants)
            if op == 'IpAddress': ok = have is not None and any(ipaddress.ip_address(have) in ipaddress.ip_network(w) for w in wants)
            elif op == 'NotIpAddress': ok = have is None or not any(ipaddress.ip_address(have) in ipaddress.ip_network(w) for w in wants)
            elif op == 'StringEquals': ok = have in wants
            elif op == 'StringNotEquals': ok = have not in wants
            else: raise ValueError(op)
            if not ok: return False
    return True

def names(st, c):
    """everyone, self (user, session or role), account, or nothing"""
    p = st['Principal']
    if p == '*': return 'everyone'
    values = aslist(p['AWS'])
    if c['arn'] in values or c['behind'] in values: return 'self'
    if c['account'] and f"arn:aws:iam::{c['account']}:root" in values: return 'account'
    return ''

def public(policy):
    for st in policy or []:
        if st['Effect'] != 'Allow' or st['Principal'] != '*': continue
        narrow = False
        for op, block in st.get('Condition', {}).items():
            for key, wants in block.items():
                if op == 'StringEquals' and key.lower() in ('aws:sourcevpce', 'aws:sourcevpc', 'aws:principalorgid', 'aws:sourcearn', 'aws:sourceaccount'): narrow = True
                if op == 'IpAddress' and all(ipaddress.ip_network(w).prefixlen >= 8 for w in aslist(wants)): narrow = True
        if not narrow: return True
    return False

EXPIRED = 'The presigned URL, or what signed it, has expired'
RESTRICT = '`RestrictPublicBuckets`, as the bucket policy is public'
ENDPOINT = 'The endpoint policy lacks an Allow'
DENY = 'A Deny statement in the bucket policy'
BUCKET = 'Neither bucket policy nor ACL allows it'
IAM = "The caller's IAM policies lack an Allow for `s3:GetObject`"
WRITER = 'The object belongs to the account that wrote it'
UNSIGNED = 'The object is encrypted with KMS and the request is not signed'
MANAGED = 'The key `aws/s3` is only for principals of its account'
KEY = 'The key policy allows neither the caller nor its account'
DECRYPT = "The caller's IAM policies lack an Allow for `kms:Decrypt`"

for line in sys.stdin:
    case = json.loads(line)
    g = case['given']
    found = {'policy': None, 'key': None, 'endpoint': None, 'head': {'ServerSideEncryption': 'AES256'}, 'iam': {}}
    for text in case['evidence']:
        command, body = text.split('\n', 1)
        if 'NoSuchBucketPolicy' in body: continue
        doc = json.loads(body)
        word = command.split()
        if 'get-bucket-policy' in word: found['policy'] = doc['Statement']
        elif 'get-public-access-block' in word: found['bpa'] = doc['PublicAccessBlockConfiguration']
        elif 'get-bucket-ownership-controls' in word: found['own'] = doc['OwnershipControls']['Rules'][0]['ObjectOwnership']
        elif 'head-object' in word: found['head'] = doc
        elif 'get-key-policy' in word: found['key'] = doc['Statement']
        elif 'describe-vpc-endpoints' in word: found['endpoint'] = doc['Statement']
        elif 'get-user-policy' in word or 'get-role-policy' in word: found['iam'][word[word.index('get-user-policy' if 'get-user-policy' in word else 'get-role-policy') + 2] + (' partner' if 'partner' in word else '')] = doc['Statement']
        else: raise ValueError(command)
    arn = f"arn:aws:s3:::{g['bucket']}/{g['key']}"
    policy, bpa = found['policy'] or [], found['bpa']
    acls = found['own'] != 'BucketOwnerEnforced'
    object_owner = g['writer'] if acls else g['owner']
    is_public = public(policy)
    closed = []
    for c in g['callers']:
        gates = []
        ctx = {'aws:PrincipalAccount': c['account']} if c['account'] else {}
        if c['endpoint']: ctx.update({'aws:SourceVpce': c['endpoint'][0], 'aws:SourceVpc': c['endpoint'][1]})
        else: ctx['aws:SourceIp'] = c['ip']
        if c['url']:
            end = min(c['url']['signed'] + c['url']['seconds'], c['url']['credentials'])
            if g['now'] >= end: gates.append(EXPIRED)
        who = c['arn'].split('/')[1] if c['account'] else None
        iam = found['iam'].get(f"{who} partner" if c['account'] == g['other'] else who, [])
        mine = [st for st in iam if covers(st, 's3:GetObject', arn)]
        if any(st['Effect'] == 'Deny' and covers(st, 's3:GetObject', arn) and names(st, c) in ('everyone', 'self', 'account') and met(st, ctx) for st in policy): gates.append(DENY)
        if c['endpoint'] and not any(st['Effect'] == 'Allow' and covers(st, 's3:GetObject', arn) for st in found['endpoint']): gates.append(ENDPOINT)
        if is_public and bpa['RestrictPublicBuckets'] and c['account'] != g['owner']: gates.append(RESTRICT)
        # What the bucket's side and the object's ACL grant.
        given_by_policy = {names(st, c) for st in policy if st['Effect'] == 'Allow' and covers(st, 's3:GetObject', arn) and met(st, ctx)} - {''}
        by_acl = set()
        for grantee in g['acl'] if acls else []:
            if grantee == 'AllUsers' and not bpa['IgnorePublicAcls']: by_acl.add('everyone')
            elif grantee == 'AuthenticatedUsers' and not bpa['IgnorePublicAcls'] and c['account']: by_acl.add('everyone')
            elif grantee == c['account']: by_acl.add('account')
        grants = by_acl | (given_by_policy if object_owner == g['owner'] else set())
        home = c['account'] == object_owner
        if c['account'] is None:
            if not grants: gates.append(WRITER if given_by_policy and object_owner != g['owner'] else BUCKET)
        elif home:
            if not (grants & {'everyone', 'self'}) and not mine: gates.append(IAM)
        else:
            own_bucket = c['account'] == g['owner']
            if own_bucket:
                # An object of another account: first the own account (bucket policy or IAM), then the object's ACL.
                if not (given_by_policy & {'everyone', 'self'}) and not mine: gates.append(IAM)
                if not by_acl: gates.append(WRITER)
            else:
                if not grants: gates.append(BUCKET)
                if not mine: gates.append(IAM)
        # The key.
        if found['head']['ServerSideEncryption'] == 'aws:kms':
            if c['account'] is None: gates.append(UNSIGNED)
            elif found['key'] is None:
                if c['account'] != g['owner']: gates.append(MANAGED)
            else:
                k = found['head']['SSEKMSKeyId']
                allow = {names(st, c) for st in found['key'] if any(like(a.lower(), 'kms:decrypt') for a in aslist(st['Action']))} - {''}
                decrypt = any(covers(st, 'kms:Decrypt', k) for st in iam)
                if not allow: gates.append(KEY)
                if allow and 'self' not in allow and not decrypt or allow and c['account'] != g['owner'] and not decrypt:
                    gates.append(DECRYPT)
        closed.append(gates)
    letter = lambda ask, ok: ' '.join('abcdefgh'[i] for i, o in enumerate(case['asks'][ask]) if ok(i, o))
    out = {}
    for ask in case['order']:
        if ask == 'readers': out[ask] = letter(ask, lambda i, o: not closed[i])
        elif ask == 'public': out[ask] = letter(ask, lambda i, o: o == ('Public' if is_public else 'Not public'))
        elif ask == 'barrier':
            gates = closed[g['asked']]
            out[ask] = letter(ask, lambda i, o: gates == [o]) or 'gates: ' + '; '.join(gates)
        elif ask == 'ends':
            url = next(c['url'] for c in g['callers'] if c['url'])
            end = min(url['signed'] + url['seconds'], url['credentials'])
            out[ask] = datetime.datetime.fromtimestamp(end, datetime.timezone.utc).strftime('%Y-%m-%d %H:%M')
    print(json.dumps([out[ask] for ask in case['order']]))
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
        json!({ "given": case.exercise.given, "evidence": evidence, "asks": asks, "order": order })
    });
    let lines = super::python(SCRIPT, inputs);
    assert_eq!(lines.len(), cases.len());
    let faults = cases.iter().zip(lines).flat_map(|(case, line)| {
        let typed: Vec<String> = serde_json::from_str(&line).expect("a list");
        let answers: Vec<_> = case.exercise.asks.iter().map(|ask| ask.id.as_str()).zip(typed).collect();
        super::compare(case, &answers)
    });
    faults.collect()
}
