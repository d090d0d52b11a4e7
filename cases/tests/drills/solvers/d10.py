"""D10: replays RFC 9293's state machine over the text of the captures, and names the fault from what the two captures show."""
import json, re, sys
from datetime import datetime

LINE = re.compile(r'^ *(\d+)  (\d\d:\d\d:\d\d\.\d{6}) IP ([\d.]+)\.(\d+) > ([\d.]+)\.(\d+): Flags \[([SFPR.]+)\]'
                  r'(?:, seq (\d+)(?::(\d+))?)?(?:, ack (\d+))?, win (\d+)(?:, options \[(.*)\])?, length (\d+)$')


class Packet:
    def __init__(self, line, client):
        m = LINE.match(line)
        assert m, line
        self.number, self.at = int(m[1]), datetime.strptime(m[2], '%H:%M:%S.%f')
        self.sender = 'client' if f'{m[3]}:{m[4]}' == client else 'server'
        flags = m[7]
        self.syn, self.fin, self.rst, self.ack_set = 'S' in flags, 'F' in flags, 'R' in flags, '.' in flags
        self.flags, self.length, self.win = flags, int(m[13]), int(m[11])
        self.seq = None if m[8] is None else 0 if self.syn else int(m[8])
        # A refusal acknowledges the absolute number of the SYN.
        refusal = self.rst and self.seq == 0
        self.ack = None if m[10] is None else 1 if self.syn or refusal else int(m[10])
        if m[9]:
            assert int(m[9]) - int(m[8]) == self.length, line
        self.key = (self.sender, flags, m[8], self.length, m[10])


def capture(text, client=None):
    lines = text.split('\n')[1:]
    if client is None and lines:
        m = LINE.match(lines[0])
        assert 'S' == m[7], 'the first packet is a SYN'
        client = f'{m[3]}:{m[4]}'
    packets = [Packet(line, client) for line in lines]
    assert [p.number for p in packets] == list(range(1, len(packets) + 1))
    # One clock, and a day's end where the times start again.
    return packets


def replay(packets, me):
    """The state of one end after each packet of its capture, and how far it has received in order."""
    state = 'CLOSED' if me == 'client' else 'LISTEN'
    expected, fin_end, states, gaps, their_fin = 1, None, [], {}, None
    for p in packets:
        if p.rst:
            state = 'CLOSED'
        elif p.sender == me:
            if p.syn:
                state = 'SYN-RECEIVED' if p.ack_set else 'SYN-SENT'
            if p.fin:
                fin_end = p.seq + p.length + 1
                state = {'ESTABLISHED': 'FIN-WAIT-1', 'SYN-RECEIVED': 'FIN-WAIT-1', 'CLOSE-WAIT': 'LAST-ACK'}.get(state, state)
        elif p.syn:
            if state == 'SYN-SENT' and p.ack_set:
                state = 'ESTABLISHED'
        else:
            if state == 'SYN-RECEIVED' and p.ack_set and p.ack >= 1:
                state = 'ESTABLISHED'
            if fin_end is not None and p.ack >= fin_end:
                state = {'FIN-WAIT-1': 'FIN-WAIT-2', 'CLOSING': 'TIME-WAIT', 'LAST-ACK': 'CLOSED'}.get(state, state)
            if p.length:
                gaps[p.seq] = max(gaps.get(p.seq, 0), p.seq + p.length)
                while True:
                    further = [end for start, end in gaps.items() if start <= expected < end]
                    if not further:
                        break
                    expected = max(further)
            if p.fin:
                their_fin = p.seq + p.length
            if their_fin is not None and expected == their_fin:
                their_fin, expected = None, expected + 1
                state = {'ESTABLISHED': 'CLOSE-WAIT', 'FIN-WAIT-1': 'CLOSING', 'FIN-WAIT-2': 'TIME-WAIT'}.get(state, state)
                fin_taken = True
        states.append(state)
    fin_seen = any(p.fin and p.sender != me for p in packets)
    return states, expected - 1 - (1 if fin_seen and states and states[-1] in
                                   ('CLOSE-WAIT', 'CLOSING', 'TIME-WAIT', 'LAST-ACK') else 0)


NAMES = {
    'unanswered': 'the SYN gets no answer; this capture cannot tell who drops it',
    'synlost': 'the SYN is lost before it reaches the server',
    'replylost': "the server's answer to the SYN is lost on its way back",
    'backlog': "the accept queue is full, the server's kernel ignores the SYN",
    'refused': "nothing listens on the port, the server's host refuses",
    'reset': "the server's program aborts an established connection",
    'restarted': 'the server no longer knows the connection (half-open)',
    'notread': "the server's program does not read, its window is zero",
    'notclosed': "the server's program does not close its end",
    'repaired': 'a segment got lost and retransmission repaired it',
    'toolarge': 'large packets get lost on the way and no ICMP says so',
    'forgotten': 'a device on the way dropped the idle flow and discards what follows',
    'cut': 'a device on the way answers for the server with a reset',
}
NEXT = {'synlost': 'traceroute -n -T', 'replylost': 'ip route get', 'backlog': 'TcpExtListenOverflows', 'restarted': 'uptime -s',
        'toolarge': 'ping -M do', 'notread': 'ss -tnp', 'refused': 'ss -tlnp', 'forgotten': 'tcp_keepalive_time', 'cut': 'tcp_keepalive_time'}


def level1(case):
    given, packets = case['given'], capture(case['evidence'][0])
    server = [p for p in packets if p.sender == 'server']
    client = [p for p in packets if p.sender == 'client']
    if not server:
        fault = 'unanswered'
    elif not any(p.syn for p in server):
        assert server[0].rst
        fault = 'refused'
    elif any(p.rst for p in server):
        fault = 'reset'
    elif server[-1].win == 0:
        fault = 'notread'
    elif not any(p.fin for p in server):
        assert any(p.fin for p in client)
        fault = 'notclosed'
    else:
        data = [p.seq for p in server if p.length]
        assert len(data) != len(set(data)) or any(b < a for a, b in zip(data, data[1:])), 'something was sent again'
        fault = 'repaired'
    state = replay(packets, given['side'])[0][given['packet'] - 1]
    sender = given['sender']
    acks = [p.ack for p in packets if p.sender != sender and p.ack is not None and not p.syn]
    fins = [p.seq + p.length + 1 for p in packets if p.sender == sender and p.fin]
    top = max(acks, default=1)
    done = top - 1 - (1 if fins and top >= min(fins) else 0)
    return {'fault': NAMES[fault], 'state': state, 'bytes': str(done)}


def listener(text):
    rows = [row.split() for row in text.split('\n')[1:]]
    rows = [row for row in rows if not row[0].startswith('State')]
    listening = [row for row in rows if row[0] == 'LISTEN']
    return (int(listening[0][1]), int(listening[0][2])) if listening else None, [row for row in rows if row[0] != 'LISTEN']


def two(case):
    client = case['given']['client']
    here, there = (capture(text, client) for text in case['evidence'][:2])
    count = lambda packets, who: sum(p.sender == who for p in packets)
    lost = [count(here, 'client') - count(there, 'client'), count(there, 'server') - count(here, 'server')]
    return here, there, lost


def missing(sent, arrived, who):
    """What one end sent and the other never got, by time stamp and numbers."""
    left = [p.key for p in arrived if p.sender == who]
    out = []
    # The path keeps the order: a packet is the next equal one that arrived, if one did within a second.
    rest = [p for p in arrived if p.sender == who]
    for p in [p for p in sent if p.sender == who]:
        match = next((q for q in rest if q.key[1] == p.key[1] and q.length == p.length
                      and (q.seq, q.ack) == (p.seq, p.ack) and 0 <= (q.at - p.at).total_seconds() % 86400 < 0.1), None)
        if match:
            rest.remove(match)
        else:
            out.append(p)
    assert not rest, 'nothing arrives that was not sent'
    return out


def classify(case, here, there, queue):
    from_client = [p for p in here if p.sender == 'client']
    answers = [p for p in here if p.sender == 'server']
    if not any(p.syn for p in answers):
        if any(p.rst for p in answers):
            assert queue is None, 'a refusing port has no listener'
            return 'refused'
        if not there:
            return 'synlost'
        if any(p.syn and p.sender == 'server' for p in there):
            return 'replylost'
        assert queue[0] > queue[1], queue
        return 'backlog'
    if any(p.rst for p in answers):
        return 'restarted' if any(p.rst and p.sender == 'server' for p in there) else 'cut'
    if answers[-1].win == 0:
        return 'notread'
    gone = missing(here, there, 'client') + missing(there, here, 'server')
    last = max(gone, key=lambda p: (p.at - here[0].at).total_seconds() % 86400)
    again = [p for p in gone if p.seq == last.seq and p.sender == last.sender and p.length == last.length]
    own = here if last.sender == 'client' else there
    before = [p for p in own if (p.at - own[0].at).total_seconds() % 86400 < (again[0].at - own[0].at).total_seconds() % 86400]
    idle = (again[0].at - before[-1].at).total_seconds() % 86400
    if idle > 60:
        return 'forgotten'
    passed = [p.length for p in there if p.sender == 'client'] + [p.length for p in here if p.sender == 'server']
    assert last.length > 1300 > max(n for n in passed if n < 1300) and 1448 not in passed, (last.length, passed)
    return 'toolarge'


def level2(case):
    here, there, _ = two(case)
    queue, _ = listener(case['evidence'][2])
    fault = classify(case, here, there, queue)
    final = lambda packets, me: (replay(packets, me)[0] or ['CLOSED'])[-1]
    server = final(there, 'server')
    return {'fault': NAMES[fault], 'client': final(here, 'client'), 'server': 'CLOSED' if server == 'LISTEN' else server, 'next': NEXT[fault]}


def level3(case):
    if 'full' in case['given']:
        return ports(case)
    here, there, lost = two(case)
    queue, rows = listener(case['evidence'][3])
    fault = classify(case, here, there, queue)
    who = case['given']['who']
    mine = [p for p in (here if who == 'client' else there) if p.sender == who]
    last = mine[-1]
    before = [p for p in mine[:-1] if (p.flags.replace('P', ''), p.seq, p.length) == (last.flags.replace('P', ''), last.seq, last.length)][-1]
    gap = (last.at - before.at).total_seconds() % 86400
    states, received = replay(there, 'server')
    ours = [row for row in listener(case['evidence'][2])[1]]
    ss = {'ESTABLISHED': 'ESTAB', 'SYN-RECEIVED': 'SYN-RECV'}
    for packets, me, shown in ((here, 'client', ours), (there, 'server', rows)):
        state = (replay(packets, me)[0] or ['CLOSED'])[-1]
        assert [row[0] for row in shown] == ([] if state in ('CLOSED', 'LISTEN') else [ss.get(state, state)]), (me, state, shown)
    out = {'fault': NAMES[fault]}
    if received == 0:
        out['lost'] = str(sum(lost))
    out['again'] = f'{2 * gap:.6f}'
    if received:
        out['bytes'] = str(received)
    if fault == 'notread':
        assert int(rows[0][1]) > 0 and received >= int(rows[0][1])
    out['next'] = NEXT[fault]
    return out


def ports(case):
    _, packets, summary, limits, table = case['evidence']
    given = case['given']
    low, high = map(int, re.search(r'= (\d+)\t(\d+)', limits).groups())
    size = len(range(low, high + 1))
    taken, waiting, estab = {}, 0, 0
    for row in table.split('\n')[1:]:
        number, state, where = row.split()
        taken[where] = taken.get(where, 0) + int(number)
        waiting, estab = waiting + (state == 'TIME-WAIT') * int(number), estab + (state == 'ESTAB') * int(number)
    tcp = re.search(r'TCP:   (\d+) \(estab (\d+), closed (\d+), orphaned 0, timewait (\d+)\)', summary)
    assert int(tcp[2]) == estab and int(tcp[4]) == waiting and int(tcp[3]) >= waiting and int(tcp[1]) > estab + waiting
    assert packets.endswith('0 packets captured')
    full = max(taken, key=taken.get)
    assert full == given['full'] and taken[full] == size
    return {'cause': f'every local port is taken for `{full}`, most of them by TIME-WAIT', 'left': str(size - taken[given['free']]),
            'rate': str(size // given['time_wait']), 'mend': 'reuse connections (a pool, keep-alive) to that destination'}


for line in sys.stdin:
    case = json.loads(line)
    try:
        answers = [level1, level2, level3][case['level'] - 1](case)
    except Exception:
        import traceback
        answers = {'error': traceback.format_exc()[-1500:]}
    print(json.dumps(answers))
