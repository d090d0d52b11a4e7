"""D12: real certificates, made and verified by libcrypto at the time of the case; for every 50th case (250th from the
501st on) the `openssl` program itself, `s_client` against `s_server` on the loopback. Reads the evidence only."""
import base64, calendar, ctypes, ctypes.util, json, os, re, subprocess, sys, tempfile
from datetime import datetime, timedelta

NAME = ctypes.util.find_library('crypto')
assert NAME, 'libcrypto (package libssl3) must be installed'
C = ctypes.CDLL(NAME)
P, I, L, S = ctypes.c_void_p, ctypes.c_int, ctypes.c_long, ctypes.c_char_p


def fn(name, result, *arguments):
    f = getattr(C, name)
    f.restype, f.argtypes = result, arguments
    return f


X509_new = fn('X509_new', P)
set_version = fn('X509_set_version', I, P, L)
get_serial = fn('X509_get_serialNumber', P, P)
integer_set = fn('ASN1_INTEGER_set', I, P, L)
name_new = fn('X509_NAME_new', P)
name_free = fn('X509_NAME_free', None, P)
name_add = fn('X509_NAME_add_entry_by_txt', I, P, S, I, S, I, I, I)
set_subject = fn('X509_set_subject_name', I, P, P)
set_issuer = fn('X509_set_issuer_name', I, P, P)
time_set = fn('ASN1_TIME_set_string_X509', I, P, S)
not_before = fn('X509_getm_notBefore', P, P)
not_after = fn('X509_getm_notAfter', P, P)
set_pubkey = fn('X509_set_pubkey', I, P, P)
sign = fn('X509_sign', I, P, P, P)
sha256 = fn('EVP_sha256', P)
ext_conf = fn('X509V3_EXT_conf', P, P, P, S, S)
add_ext = fn('X509_add_ext', I, P, P, I)
ext_free = fn('X509_EXTENSION_free', None, P)
set_ctx = fn('X509V3_set_ctx', None, P, P, P, P, P, I)
i2d = fn('i2d_X509', I, P, P)
i2d_key = fn('i2d_PrivateKey', I, P, P)
store_new = fn('X509_STORE_new', P)
store_free = fn('X509_STORE_free', None, P)
store_add = fn('X509_STORE_add_cert', I, P, P)
ctx_new = fn('X509_STORE_CTX_new', P)
ctx_free = fn('X509_STORE_CTX_free', None, P)
ctx_init = fn('X509_STORE_CTX_init', I, P, P, P, P)
ctx_param = fn('X509_STORE_CTX_get0_param', P, P)
ctx_error = fn('X509_STORE_CTX_get_error', I, P)
ctx_depth = fn('X509_STORE_CTX_get_error_depth', I, P)
ctx_chain = fn('X509_STORE_CTX_get0_chain', P, P)
param_time = fn('X509_VERIFY_PARAM_set_time', None, P, L)
param_host = fn('X509_VERIFY_PARAM_set1_host', I, P, S, ctypes.c_size_t)
verify_cert = fn('X509_verify_cert', I, P)
sk_new = fn('OPENSSL_sk_new_null', P)
sk_push = fn('OPENSSL_sk_push', I, P, P)
sk_free = fn('OPENSSL_sk_free', None, P)
sk_num = fn('OPENSSL_sk_num', I, P)
sk_value = fn('OPENSSL_sk_value', P, P, I)
ec_new = fn('EC_KEY_new_by_curve_name', P, I)
ec_generate = fn('EC_KEY_generate_key', I, P)
pkey_new = fn('EVP_PKEY_new', P)
pkey_assign = fn('EVP_PKEY_assign', I, P, I, P)


def keygen():
    """A P-256 key; in the older form, whose public half costs no encoding and decoding again."""
    key, ec = pkey_new(), ec_new(415)
    assert ec_generate(ec) and pkey_assign(key, 408, ec)
    return key


pool, keys, certificates, parsed = [], {}, {}, {}
free = fn('X509_free', None, P)


def forget():
    """Keys are reused from case to case, certificates are not."""
    for x in certificates.values():
        free(x)
    for known in (keys, certificates, parsed):
        known.clear()


def key_of(cn):
    """Within a case, one key for each name."""
    if cn not in keys:
        if len(keys) == len(pool):
            pool.append(keygen())
        keys[cn] = pool[len(keys)]
    return keys[cn]


def distinguished(text):
    name = name_new()
    for piece in text.split(', '):
        attribute, value = piece.split(' = ', 1)
        assert name_add(name, attribute.encode(), 0x1001, value.encode(), -1, -1, 0)
    return name


def cn(text):
    return text.split('CN = ', 1)[1]


MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split()


def moment(text):
    month, day, clock, year, zone = text.split()
    assert zone == 'GMT'
    return datetime.strptime(f'{year}-{MONTHS.index(month) + 1}-{day} {clock}', '%Y-%m-%d %H:%M:%S')


def make(cert):
    """cert: (subject, issuer, from, to, is a CA, extensions in OpenSSL's configuration form)"""
    if cert in certificates:
        return certificates[cert]
    subject, issuer, start, end, authority, extensions = cert
    x = X509_new()
    set_version(x, 2)
    integer_set(get_serial(x), len(certificates) + 1)
    for text, put in ((subject, set_subject), (issuer, set_issuer)):
        name = distinguished(text)
        put(x, name)
        name_free(name)
    assert time_set(not_before(x), start.strftime('%Y%m%d%H%M%SZ').encode())
    assert time_set(not_after(x), end.strftime('%Y%m%d%H%M%SZ').encode())
    set_pubkey(x, key_of(cn(subject)))
    ids = [('subjectKeyIdentifier', cn(subject).encode().hex()[:64])]
    if authority is not None:
        ids.insert(0, ('basicConstraints', 'critical,CA:true' + authority))
    for kind, value in ids + list(extensions):
        extension = ext_conf(None, None, kind.encode(), value.encode())
        assert extension, (kind, value)
        add_ext(x, extension, -1)
        ext_free(extension)
    assert sign(x, key_of(cn(issuer)), sha256())
    certificates[cert] = x
    parsed[x] = cert
    return x


def verify(sent, store, at, host=None):
    """Where libcrypto stops: its error, and the certificate it is about."""
    st, others, ctx = store_new(), sk_new(), ctx_new()
    try:
        for cert in store:
            store_add(st, make(cert))
        for cert in sent[1:]:
            sk_push(others, make(cert))
        ctx_init(ctx, st, make(sent[0]), others)
        param = ctx_param(ctx)
        param_time(param, calendar.timegm(at.timetuple()))
        if host:
            param_host(param, host.encode(), 0)
        good = verify_cert(ctx)
        error, depth = ctx_error(ctx), ctx_depth(ctx)
        assert (good == 1) == (error == 0)
        chain = ctx_chain(ctx)
        built = [parsed[sk_value(chain, i)] for i in range(sk_num(chain))]
        return error, built[depth], built
    finally:
        ctx_free(ctx), sk_free(others), store_free(st)


def extensions_of(lines):
    """What `x509 -ext` printed: path length (or None for no CA) and the extensions."""
    ca, found, section, trees = None, [], '', []
    for line in lines:
        text = line.strip()
        if text.startswith('X509v3'):
            section = text
        elif text.startswith('CA:TRUE'):
            ca = text[len('CA:TRUE'):].replace(' ', '').replace(',', ',')
        elif 'Alternative' in section:
            found.append(('subjectAltName', text.replace(', ', ',')))
        elif text in ('Permitted:', 'Excluded:'):
            kind = text[:-1].lower()
        elif 'Constraints' in section:
            trees.append(f'{kind};{text}')
    if trees:
        found.append(('nameConstraints', 'critical,' + ','.join(trees)))
    return ca, tuple(found)


def chain_of(text):
    """The certificates of s_client's chain section."""
    rows = re.findall(r'^ (\d) s:(.*)\n   i:(.*)\n(?:   a:.*\n)?   v:NotBefore: (.*); NotAfter: (.*)$', text, re.M)
    assert rows and [int(row[0]) for row in rows] == list(range(len(rows))), text
    chain = []
    for place, subject, issuer, start, end in rows:
        ca = None if place == '0' else ''
        chain.append((subject, issuer, moment(start), moment(end), ca, ()))
    return chain


def with_extensions(cert, ca, found):
    return cert[:4] + (ca, found)


def store_of(text):
    rows = re.findall(r'subject=(.*)\nissuer=(.*)\nnotBefore=(.*)\nnotAfter=(.*)', text)
    assert len(rows) * 4 == len(text.splitlines()) - 1, text
    return [(subject, issuer, moment(start), moment(end), '', ()) for subject, issuer, start, end in rows]


def clocks(text):
    _, here, there = text.splitlines()
    here = datetime.strptime(here.replace(' UTC', ''), '%a %b %d %H:%M:%S %Y')
    there = datetime.strptime(there, 'date: %a, %d %b %Y %H:%M:%S GMT')
    return here, there


def curl_line(error, host):
    if error == 0:
        return '(no error: the handshake completes)'
    if error == 62:
        return f"`curl: (60) SSL: no alternative certificate subject name matches target host name '{host}'`"
    text = fn('X509_verify_cert_error_string', S, L)(error).decode()
    return f'`curl: (60) SSL certificate problem: {text}`'


def orphan(error, cert):
    """The issuer nobody has; a name says whether it is a root."""
    missing = cn(cert[0]) if error == 19 else cn(cert[1])
    return ('unknown' if ' Root ' in missing else 'missing'), missing


def in_order(sent):
    return all(lower[1] == upper[0] for lower, upper in zip(sent, sent[1:]))


def der(x, encode=i2d):
    size = encode(x, None)
    buffer = ctypes.create_string_buffer(size)
    encode(x, ctypes.byref(ctypes.cast(buffer, P)))
    return buffer.raw


def pem(cert):
    return '-----BEGIN CERTIFICATE-----\n' + base64.encodebytes(der(make(cert))).decode() + '-----END CERTIFICATE-----\n'


def program(sent, store, at, host, options=()):
    """What the openssl program prints as client of its own server."""
    with tempfile.TemporaryDirectory() as folder:
        write = lambda name, text: open(os.path.join(folder, name), 'w').write(text)
        write('leaf.pem', pem(sent[0]))
        write('key.pem', '-----BEGIN EC PRIVATE KEY-----\n' + base64.encodebytes(der(key_of(cn(sent[0][0])), i2d_key)).decode()
              + '-----END EC PRIVATE KEY-----\n')
        write('chain.pem', ''.join(map(pem, sent[1:])))
        write('store.pem', ''.join(map(pem, store)))
        chain = ['-cert_chain', 'chain.pem'] if len(sent) > 1 else []
        server = subprocess.Popen(['openssl', 's_server', '-accept', '127.0.0.1:0', '-cert', 'leaf.pem', '-key', 'key.pem',
                                   '-naccept', '1', *chain], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, text=True)
        try:
            # It says where it listens, once it does.
            port = next(found[1] for found in map(re.compile(r'^ACCEPT .*:(\d+)$').match, server.stdout) if found)
            client = subprocess.run(['openssl', 's_client', '-connect', f'127.0.0.1:{port}', '-servername', host, '-CAfile', 'store.pem',
                                     '-no-CApath', '-no-CAstore', '-attime', str(calendar.timegm(at.timetuple())), *options], cwd=folder,
                                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=20)
        finally:
            server.kill(), server.wait(), server.stdin.close(), server.stdout.close()
    return client.stdout


FAULTS = {
    'expired': 'a certificate of the path has expired',
    'notyet': 'a certificate was put into service before it is valid',
    'clock': "the client's clock is wrong",
    'name': 'the certificate is not for the name the client uses',
    'missing': 'the server does not send an intermediate',
    'unknown': 'the client does not have the root',
    'constraint': 'a CA of the path may not issue for this name (name constraints)',
    'order': 'the certificates are sent in the wrong order; only strict clients mind',
    'sni': 'the client sends no SNI and gets the default certificate',
}
FIXES = {
    'expired': 'renew the expired certificate and have the server load it',
    'notyet': 'serve a certificate that is valid today, the new one from its start on',
    'clock': "set the client's clock (NTP)",
    'name': "have a certificate issued whose SAN holds the client's name",
    'missing': "put the missing CA certificate into the server's chain file",
    'unknown': "add the root to the client's trusted certificates",
}


def diagnose(error, cert, built):
    if error in (9, 10):
        return ('notyet' if error == 9 else 'expired'), cn(cert[0])
    if error == 62:
        return 'name', cn(built[0][0])
    if error in (47, 48):
        return 'constraint', cn(built[0][0])
    return orphan(error, cert)


def level1(case, real):
    here, there = clocks(case['evidence'][0])
    trace, san, trusted = case['evidence'][1:4]
    host = case['given']['host']
    sent = chain_of(trace)
    sent[0] = with_extensions(sent[0], *extensions_of(san.splitlines()[1:]))
    store = store_of(trusted)
    error, cert, built = verify(sent, store, here, host)
    true, true_cert, _ = verify(sent, store, there, host)
    if abs(here - there) > timedelta(hours=1):
        assert error in (9, 10) and true == 0, (error, true)
        fault, culprit = 'clock', 'none'
    else:
        fault, culprit = diagnose(error, cert, built)
    if real:
        wanted = trace.split('\n', 1)[1].splitlines()
        printed = program(sent, store, here, host).splitlines()
        keep = re.compile(r'^(depth|verify |not|Verify return)|^ [0-9] s:|^   [iv]:')
        printed = [line for line in printed if keep.search(line)]
        assert printed == wanted, 'the openssl program prints\n' + '\n'.join(printed)
    return [FAULTS[fault], culprit, FIXES[fault]]


def level2(case, real):
    here, there = clocks(case['evidence'][0])
    assert here == there
    host = case['given']['host']
    texts = {'-noservername' not in text.split('\n')[0]: text for text in case['evidence'][1:3]}
    sends = case['given']['sni']
    sent, right = chain_of(texts[sends]), chain_of(texts[True])
    blocks = re.split(r'^subject=', case['evidence'][3], flags=re.M)[1:]
    assert [block.split('\n')[0] for block in blocks] == [cert[0] for cert in sent]
    sent = [with_extensions(cert, *extensions_of(block.splitlines()[1:])) for cert, block in zip(sent, blocks)]
    store = store_of(case['evidence'][4])
    error, cert, built = verify(sent, store, here, host)
    chain_error = verify(sent, store, here)[0]
    curl = chain_error or error
    if error == 0:
        assert not in_order(sent)
        fault, culprit = 'order', 'none'
    elif error == 62 and not sends and right[0][0] != sent[0][0]:
        fault, culprit = 'sni', 'none'
    else:
        fault, culprit = diagnose(error, cert, built)
        assert in_order(sent) or fault == 'missing'
    if real:
        printed = program(sent, store, here, host, ['-verify_hostname', host, '-verify_return_error'])
        found = re.search(r'verify error:num=(\d+)', printed)
        assert (int(found[1]) if found else 0) == error, printed
        if not found:
            section = printed[printed.index('Certificate chain'):].split('---')[0].splitlines()
            wanted = texts[sends].split('\n', 1)[1].split('---')[0].splitlines()
            bare = lambda lines: [line for line in lines if not line.startswith('   a:')]
            assert bare(section) == bare(wanted), printed
    return [str(error), curl_line(curl, host), FAULTS[fault] + ': ', culprit]


CHANGES = [
    'the server sends every intermediate, in order',
    'the leaf it gets is renewed with the same names',
    'the leaf it gets is reissued with its name added',
    "the client's clock is set right",
    'the client sends SNI',
    'the root named above is added to what it trusts',
]


def level3(case, real):
    rows = [line.split('\t') for line in case['evidence'][0].splitlines()[1:]]
    chains, stores = {}, {}
    for text in case['evidence'][1:]:
        command = text.split('\n')[0]
        if 's_client' in command:
            sni = re.search(r'-servername (\S+)', command)
            chain = chain_of(text)
            ca, found = extensions_of(text.split('---\n')[1].splitlines())
            chain[0] = with_extensions(chain[0], ca, found)
            chains[sni[1] if sni else None] = chain
        else:
            stores[re.search(r'in (\S+)/\*', command)[1]] = store_of(text)
    given = case['given']
    now = datetime.strptime(given['now'], '%Y-%m-%d %H:%M:%S')
    root = next(cert for store in stores.values() for cert in store if cn(cert[0]) == given['root'] and cert[0] == cert[1])
    clients = {}
    for name, host, sni, strict, folder, clock in rows:
        clients[name] = {'host': host, 'sent': chains[host if sni == 'yes' else None], 'strict': strict == 'yes', 'store': stores[folder],
                         'clock': datetime.strptime(clock, '%Y-%m-%d %H:%M:%S'), 'sni': sni == 'yes'}

    def works(client, at=None):
        good = verify(client['sent'], client['store'], at or client['clock'], client['host'])[0] == 0
        return good and (in_order(client['sent']) or not client['strict'])

    succeed = [name for name, client in clients.items() if works(client)]
    failing = clients[given['failing']]
    code, _, _ = verify(failing['sent'], failing['store'], failing['clock'], failing['host'])

    # Every CA seen anywhere; one that nobody shows is made up as a valid one.
    seen = {cert[0]: cert for chain in chains.values() for cert in chain[1:] if cert[0] != root[0]}
    seen.update({cert[0]: cert for store in stores.values() for cert in store if cert[0] != cert[1] and cert[0] != root[0]})
    cross = {cert for chain in chains.values() for cert in chain[1:] if cert[0] == root[0]}
    leaf = failing['sent'][0]
    full, at = [leaf], leaf
    while at[1] != root[0]:
        if at[1] not in seen:
            above = [subject for subject in seen if subject not in [c[0] for c in full] and 'Policy' in subject]
            seen[at[1]] = (at[1], above[0] if above and 'Policy' not in at[1] else root[0], now - timedelta(30), now + timedelta(3000), '', ())
            if not above and 'Policy' not in at[1]:
                # Whatever stands between, the path leads on to the root.
                pass
        at = seen[at[1]]
        full.append(at)
    full += sorted(cross)
    renewed = (leaf[0], leaf[1], now - timedelta(1), now + timedelta(89), None, leaf[5])
    sans = dict(leaf[5])['subjectAltName']
    named = leaf[:5] + ((('subjectAltName', sans + ',DNS:' + failing['host']),),)
    by_name = chains[failing['host']]
    tries = [
        dict(failing, sent=full),
        dict(failing, sent=[renewed] + failing['sent'][1:]),
        dict(failing, sent=[named] + failing['sent'][1:]),
        dict(failing, clock=now),
        dict(failing, sent=by_name),
        dict(failing, store=failing['store'] + [root]),
    ]
    helps = [change for change, client in zip(CHANGES, tries) if works(client)]
    lasting = clients[given['lasting']]
    assert lasting['clock'] == now and works(lasting)
    ends = sorted(cert[3] for cert in set(lasting['sent'] + lasting['store']) if cert[3] > now)
    end = next(end for end in ends if not works(lasting, end))
    assert works(lasting, end - timedelta(seconds=1))
    return [succeed, str(code), helps, str(end)]


for number, line in enumerate(sys.stdin):
    case = json.loads(line)
    # Starting a server takes time: of a long batch, fewer cases.
    real = number % 50 == 7 if number < 500 else number % 250 == 7
    forget()
    try:
        answers = [level1, level2, level3][case['level'] - 1](case, real)
    except Exception as error:
        import traceback
        answers = ['fault', traceback.format_exc()[-900:] + str(error)[-2500:]]
    print(json.dumps(answers))
