//! D22 by simulation in steps of a second (CPU credits: a minute, or six seconds), exact fractions and counting every minute or outcome,
//! in Python.

use divedeep_cases::drill::Case;

const SCRIPT: &str = r#"
import itertools, json, re, sys
from datetime import datetime, timedelta
from fractions import Fraction

BUCKET = 5_400_000

def base_of(size):
    return min(16000, max(100, 3 * size))

def rows(text):
    return [re.split(r'\s{2,}', line.strip()) for line in text.splitlines()[1:] if line.strip()]

def share(text):
    return Fraction(text.rstrip('%')) / 100

def drain(credits, size, demand):
    """Seconds until a volume that is asked for `demand` a second has no credits: second by second."""
    base, seconds = base_of(size), 0
    while True:
        done = min(demand, 3000)
        if credits + base - done < 0:
            return seconds + credits / (done - base)
        credits += base - done
        seconds += 1

def volume(case):
    given = case['given']
    size = int(case['evidence'][0].split('\t')[2])
    lasts = drain(BUCKET, size, given['demand'])
    credits = seconds = 0
    while credits < BUCKET:
        credits += base_of(size)
        seconds += 1
    seconds -= (credits - BUCKET) / base_of(size)
    return [base_of(size), round(lasts, 3), round(seconds, 3)]

def row(case):
    ups = [share(line[1]) for line in rows(case['evidence'][0])]
    # Each combination of parts that are up and down.
    whole = Fraction(0)
    for states in itertools.product([0, 1], repeat=len(ups)):
        if all(states):
            chance = Fraction(1)
            for up, state in zip(ups, states):
                chance *= up if state else 1 - up
            whole += chance
    return [float(whole * 100), float((1 - whole) * case['given']['days'] * 1440)]

def at_least(needed, ups):
    total = Fraction(0)
    for states in itertools.product([0, 1], repeat=len(ups)):
        if sum(states) >= needed:
            chance = Fraction(1)
            for up, state in zip(ups, states):
                chance *= up if state else 1 - up
            total += chance
    return total

def side(case):
    given = case['given']
    group = at_least(1, [Fraction(given['each'], 10000)] * given['count'])
    whole = group * Fraction(given['front'], 10000)
    return [float(group * 100), float(whole * 100), float((1 - whole) * 365 * 24 * 60)]

def budget(case):
    given = case['given']
    window = given['days'] * 24 * 60
    allowed = window - window * Fraction(given['slo'], 10000)
    used = Fraction(given['used'])
    met = (window - used) / window >= Fraction(given['slo'], 10000)
    return [float(allowed), float(used / allowed * 100), {'options': ['Yes' if met else 'No']}]

def earn(vcpus, base, used, minutes):
    """Credits gained, minute by minute, in hundredths: what one per cent of a vCPU is worth."""
    gained = 0
    for _ in range(minutes):
        gained += vcpus * (base - used)
    return Fraction(gained, 100)

def empties(credits, vcpus, percent):
    """Minutes until credits are gone that fall by so many per cent of each vCPU."""
    left, minutes = int(credits * 100), 0
    while left >= vcpus * percent:
        left -= vcpus * percent
        minutes += 1
    return minutes + left / (vcpus * percent)

def credits(case):
    given = case['given']
    vcpus, base = given['vcpus'], given['base']
    balance = earn(vcpus, base, int(given['used']), given['hours'] * 60)
    return [float(earn(vcpus, base, 0, 60)), float(balance), empties(balance, vcpus, 100 - base)]

def load(case):
    given = case['given']
    balance = Fraction(case['evidence'][0].splitlines()[1].split('\t')[1])
    rates = {(int(reads) + int(writes)) / 60 for _, reads, writes in rows(case['evidence'][1])}
    assert len(rates) == 1
    demand = round(rates.pop())
    lasts = drain(int(BUCKET * balance / 100), given['size'], demand)
    # One more second without credits.
    done = base_of(given['size'])
    return [demand, round(lasts, 3), done, demand - done]

def credit_load(case):
    given = case['given']
    minutes = empties(given['balance'], given['vcpus'], given['used'] - given['base'])
    gained = min(Fraction(given['most']), earn(given['vcpus'], given['base'], 0, given['pause'] * 60))
    return [minutes, given['base'], float(gained)]

def requests(case):
    given = case['given']
    total, failed = [int(word.replace(',', '')) for word in rows(case['evidence'][0])[0][1:]]
    assert total == given['daily'] * given['past']
    bad = 1 - Fraction(given['slo'], 10000)
    allowed = given['daily'] * given['days'] * bad
    rate = Fraction(failed, total) / bad
    # Hours until the budget is gone, each with its failures.
    spent, hours = 0.0, 0
    while spent < allowed:
        spent += failed / given['past'] / 24
        hours += 1
    return [float(allowed), float(rate), hours / 24]

def architecture(case):
    parts = [(line[0], int(line[1]), int(line[2]), share(line[3])) for line in rows(case['evidence'][0])]
    def whole(extra=None):
        result = Fraction(1)
        for name, count, needed, each in parts:
            result *= at_least(needed, [each] * (count + (name == extra)))
        return result
    best = max(parts, key=lambda part: whole(part[0]))[0]
    return [float(whole() * 100), float((1 - whole()) * 8760), {'options': [best]}]

def outages(case):
    days = case['given']['days']
    down = set()
    for line in case['evidence'][0].splitlines()[1:]:
        at, end = [datetime.strptime(word, '%Y-%m-%dT%H:%MZ') for word in line.split()[2:4]]
        while at < end:
            down.add(at)
            at += timedelta(minutes=1)
    total = days * 1440
    up = Fraction(total - len(down), total) * 100
    credit = 0 if up >= Fraction('99.9') else 10 if up >= Fraction('99.5') else 25 if up >= 99 else 100
    return [len(down), float(up), {'options': [f'{credit}%']}]

def repeated(case):
    given = case['given']
    demand, busy, cycle = min(given['demand'], 3000), given['busy'], given['cycle']
    def first_dry(size, cycles):
        base, credits = base_of(size), BUCKET
        for run in range(1, cycles + 1):
            if demand > base:
                need = (demand - base) * busy
                if credits < need:
                    return run, Fraction(credits, demand - base)
                credits -= need
            credits = min(BUCKET, credits + base * (cycle - busy))
        return None
    size = given['size']
    run, lasts = first_dry(size, 60)
    # Minute by minute (runs and pauses are whole minutes) up to the run in question.
    credits, minute, base = BUCKET, 0, base_of(size)
    while credits >= 0:
        credits += 60 * base
        if 60 * minute % cycle < busy:
            credits -= 60 * demand
        credits = min(credits, BUCKET)
        minute += 1
    assert 60 * (minute - 1) // cycle + 1 == run, (minute, run)
    enough = next(s for s in range(10, 2000, 10) if first_dry(s, 2000) is None)
    lost = BUCKET - sum(([base_of(size) - demand] * busy + [base_of(size)] * (cycle - busy)), BUCKET)
    return [lost, run, float(lasts), enough]

def job_time(size, total, step=1):
    """Seconds, and what the burst did; in steps of some seconds."""
    base, credits, done, seconds = base_of(size), BUCKET, 0, 0
    while done < total:
        rate = base * step
        if base < 3000:
            rate = min(3000 * step, base * step + credits)
            credits -= rate - base * step
        if credits == 0 and rate == base * step or base >= 3000:
            return seconds + (total - done) / base, done
        done += rate
        seconds += step
    return seconds, done

def job(case):
    given = case['given']
    total = given['millions'] * 1_000_000
    takes, burst = job_time(given['size'], total)
    fits = [size for size in case['sizes'] if job_time(size, total, 10)[0] <= given['goal'] * 60]
    return [burst / 1e6, takes / 60, {'options': [f'{min(fits):,} GiB']}]

def windows(case):
    bad = 1 - Fraction(case['given']['slo'], 10000)
    burn = {}
    for name, total, failed in rows(case['evidence'][0]):
        burn[name] = Fraction(int(failed.replace(',', '')), int(total.replace(',', ''))) / bad
        hour = int(failed.replace(',', '')), int(total.replace(',', ''))
        if name == '1h':
            month = hour[1] * 720 * bad
            spent = hour[0] / month * 100
            lasts = month / hour[0]
    fire = []
    if min(burn['1h'], burn['5m']) > Fraction('14.4'):
        fire.append('1h and 5m above 14.4')
    if min(burn['6h'], burn['30m']) > 6:
        fire.append('6h and 30m above 6')
    return [float(burn['1h']), {'options': fire}, float(spent), float(lasts)]

def enough(case):
    given = case['given']
    each, front = Fraction(given['each'], 10000), Fraction(given['front'], 10000)
    group = at_least(given['needed'], [each] * given['count'])
    more = at_least(given['needed'], [each] * (given['count'] + 1)) * front
    return [float(group * 100), float((1 - group * front) * 30 * 1440), float(more * 100)]

def phases(case):
    given = case['given']
    # Thousandths of a credit: what changes in six seconds is whole.
    balance, most, owed = given['start'] * 1000, given['most'] * 1000, 0
    dry, now, short = None, 0, 0
    for _, hours, used in rows(case['evidence'][0]):
        for _ in range(int(hours) * 600):
            change = given['vcpus'] * (given['base'] - int(used.rstrip('%')))
            if change > 0:
                back = min(owed, change)
                owed -= back
                balance = min(most, balance + change - back)
            else:
                balance += change
                if balance < 0:
                    dry = now if dry is None else dry
                    short += 1
                    owed -= balance if given['unlimited'] else 0
                    balance = 0
            now += 1
    last = owed / 1000 if given['unlimited'] else short / 10
    return [dry / 10, balance / 1000, last]

IDS = {
    'volume': 'baseline lasts refill', 'row': 'together down', 'side': 'group whole down', 'budget': 'budget share kept',
    'credits': 'earns gained minutes', 'load': 'demand lasts after queue', 'credit-load': 'lasts then gains',
    'requests': 'allowed rate lasts', 'architecture': 'whole hours best', 'outages': 'down uptime credit',
    'repeated': 'loses run at enough', 'job': 'burst takes fits', 'windows': 'rate fires spent gone',
    'enough': 'group minutes more', 'phases': 'dry end last',
}
for line in sys.stdin:
    case = json.loads(line)
    name = case['given']['scenario']
    solve = {'side': side, 'credit-load': credit_load}.get(name) or globals()[name]
    ids = IDS[name].split()
    if name == 'phases':
        ids[2] = 'surplus' if case['given']['unlimited'] else 'short'
    case['sizes'] = [int(re.sub(r'\D', '', text)) for text in case['options'].get('fits', [])]
    print(json.dumps(list(zip(ids, solve(case)))))
"#;

pub fn check(cases: &[Case]) -> Vec<String> {
    super::d11::solve(SCRIPT, cases)
}
