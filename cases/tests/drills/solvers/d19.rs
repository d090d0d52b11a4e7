//! D19 by trying every minute: Python reads the expressions in its own way, `zoneinfo` knows the clock changes, and
//! systemd-analyze says when timers elapse.
//!
//! Needs Python's `zoneinfo` with a tz database, `zdump` and `systemd-analyze` (packages tzdata, libc-bin, systemd).

use divedeep_cases::drill::Case;
use serde_json::json;

const SCRIPT: &str = r#"
import calendar, datetime as dt, json, os, re, subprocess, sys
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from zoneinfo import ZoneInfo

UTC = dt.timezone.utc
TAIPEI = ZoneInfo('Asia/Taipei')
MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
NAMES = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

def show(t):
    return t.strftime('%Y-%m-%d %H:%M')

def weekday(d):  # Sunday = 0
    return (d.weekday() + 1) % 7

def cron_value(text, base):
    return NAMES.index(text.lower()) + base if text.lower() in NAMES else int(text)

@lru_cache(maxsize=None)
def cron_matches(field, value, low, high, base=0):
    """Whether one value fits one field, tried piece by piece."""
    for piece in field.split(','):
        span, _, step = piece.partition('/')
        if span == '*':
            first, last = low, high
        elif '-' in span:
            first, last = (cron_value(end, base) for end in span.split('-'))
        else:
            first = cron_value(span, base)
            last = high if step else first
        if first <= value <= last and (value - first) % int(step or 1) == 0:
            return True
    return False

class Crontab:
    def __init__(self, text):
        self.m, self.h, self.dom, self.mon, self.dow = text.split(None, 5)[:5]
    def date_matches(self, d):
        return cron_matches(self.dom, d.day, 1, 31)
    def weekday_matches(self, d):
        w = weekday(d)
        return cron_matches(self.dow, w, 0, 7) or w == 0 and cron_matches(self.dow, 7, 0, 7)
    def on(self, d):
        days = [self.date_matches(d), self.weekday_matches(d)]
        restricted = '*' not in self.dom and '*' not in self.dow
        return cron_matches(self.mon, d.month, 1, 12) and (any(days) if restricted else all(days))
    def time(self, hour, minute):
        return cron_matches(self.h, hour, 0, 23) and cron_matches(self.m, minute, 0, 59)
    def by_the_clock(self):
        return '*' in self.m or '*' in self.h

class EventBridge:
    def __init__(self, text):
        self.m, self.h, self.dom, self.mon, self.dow, self.year = re.fullmatch(r'cron\((.*)\)', text)[1].split()
        assert (self.dom == '?') != (self.dow == '?') and self.year == '*'
    def on(self, d):
        if not cron_matches(self.mon, d.month, 1, 12):
            return False
        weeks = calendar.Calendar().itermonthdates(d.year, d.month)
        month = [day for day in weeks if day.month == d.month]
        if self.dom == 'L':
            return d == month[-1]
        if self.dom.endswith('W'):
            wanted = d.replace(day=int(self.dom[:-1]))
            return d == min((day for day in month if day.weekday() < 5), key=lambda day: abs(day - wanted))
        if self.dom != '?':
            return self.dom == '*' or cron_matches(self.dom, d.day, 1, 31)
        same = [day for day in month if day.weekday() == d.weekday()]
        number = weekday(d) + 1
        if '#' in self.dow:
            which, nth = map(int, self.dow.split('#'))
            return number == which and same.index(d) + 1 == nth
        if self.dow.endswith('L'):
            return number == int(self.dow[:-1]) and d == same[-1]
        return cron_matches(self.dow, number, 1, 7, base=1)
    def time(self, hour, minute):
        return cron_matches(self.h, hour, 0, 23) and cron_matches(self.m, minute, 0, 59)

def minutes_of(schedule, day):
    """The wall times of a day, by trying all 1440."""
    if not schedule.on(day):
        return []
    start = dt.datetime(day.year, day.month, day.day)
    every = (start + k * MINUTE for k in range(1440))
    return [t for t in every if schedule.time(t.hour, t.minute)]

def following(schedule, now, count):
    found, day = [], now.date()
    while len(found) < count:
        found += [t for t in minutes_of(schedule, day) if t > now]
        day += DAY
    return found[:count]

def elapses(expression, host, start, count):
    """Wall times on the host, by systemd-analyze."""
    out = subprocess.run(
        ['systemd-analyze', 'calendar', f'--iterations={count}', f'--base-time={start:%Y-%m-%d %H:%M:%S}', expression],
        env={**os.environ, 'TZ': f':{host}', 'LC_ALL': 'C'}, capture_output=True, text=True, check=True).stdout
    found = re.findall(r'(?:Next elapse|Iter\. #\d+): \w{3} (\d{4}-\d\d-\d\d \d\d:\d\d):00 ', out)
    return [dt.datetime.strptime(t, '%Y-%m-%d %H:%M') for t in found]

def elapses_on(expression, host, first, days):
    """How many, from the start of a day on, within some days."""
    start = dt.datetime(first.year, first.month, first.day)
    count = 100
    found = elapses(expression, host, start - MINUTE, count)
    assert len(found) < count or found[-1] >= start + days * DAY, expression
    return sum(start <= t < start + days * DAY for t in found)

def in_zone(utc, zone):
    return utc.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)

QUARTER = dt.timedelta(minutes=15)

@lru_cache(maxsize=4096)
def wall_minutes(name, day):
    """Every minute of UTC that a local day holds, with its wall time. No clock changes within a quarter of an hour."""
    zone, found = ZoneInfo(name), []
    start = dt.datetime(day.year, day.month, day.day) - dt.timedelta(hours=15)
    for quarter in (start + k * QUARTER for k in range(4 * 56)):
        wall = in_zone(quarter, zone)
        if wall.date() == day:
            found += [(quarter + k * MINUTE, wall + k * MINUTE) for k in range(15)]
    return found

def by_the_clock(schedule, zone, day):
    """UTC minutes of a local day whose wall time the schedule names."""
    if not schedule.on(day):
        return []
    return [utc for utc, wall in wall_minutes(zone, day) if schedule.time(wall.hour, wall.minute)]

def day_of(text):
    return dt.date.fromisoformat(text)

def moment(text):
    return dt.datetime.strptime(text, '%Y-%m-%d %H:%M')

def crontab_line(case, job):
    [line] = [l for l in case['evidence'][0].splitlines() if l.endswith(f'/{job}.sh') and not l.startswith('#')]
    return line

def timer(text):
    return re.search(r'^OnCalendar=(.*)$', text, re.M)[1]

def fields(text, job):
    [line] = [l for l in text.splitlines() if l.startswith(f'{job}\t')]
    return line.split('\t')

def level1(case):
    given = case['given']
    now, evidence = moment(given['now']), case['evidence'][0]
    question = case['labels'][2]
    days = re.search(r'on (\d{4}-\d\d-\d\d)', question)
    month = re.search(r'all of (\d{4})-(\d\d)', question)
    first = day_of(days[1]) if days else dt.date(int(month[1]), int(month[2]), 1)
    length = 1 if days else calendar.monthrange(first.year, first.month)[1]
    zone = ZoneInfo(given['zone'])
    if given['dialect'] == 'timer':
        assert given['job'] in evidence
        expression = timer(evidence)
        next3 = elapses(expression, given['zone'], now, 3)
        count = elapses_on(expression, given['zone'], first, length)
    else:
        if given['dialect'] == 'crontab':
            schedule = Crontab(crontab_line(case, given['job']))
        else:
            schedule = EventBridge(fields(evidence, given['job'])[1])
            assert given['zone'] == 'UTC'
        next3 = following(schedule, now, 3)
        count = sum(len(minutes_of(schedule, first + k * DAY)) for k in range(length))
    there = next3[0].replace(tzinfo=zone).astimezone(ZoneInfo(given['to'])).replace(tzinfo=None)
    assert ('UTC' in case['labels'][1]) and ('Taiwan' in case['labels'][1]) == (given['to'] == 'Asia/Taipei')
    return [', '.join(map(show, next3)), show(there), str(count)]

def level2(case):
    given = case['given']
    jobs, host, now = given['jobs'], given['host'], moment(given['now'])
    line = crontab_line(case, jobs[0])
    job = Crontab(line)
    year, month = map(int, given['month'].split('-'))
    dates = [dt.date(year, month, k + 1) for k in range(calendar.monthrange(year, month)[1])]
    cron_days = sum(map(job.on, dates))
    zone = ZoneInfo(host)
    [next_timer] = elapses(timer(case['evidence'][1]), host, now, 1)
    taiwan = lambda t, z: t.replace(tzinfo=z).astimezone(TAIPEI).replace(tzinfo=None)
    row = fields(case['evidence'][2], jobs[2])
    scheduler = 'aws scheduler' in case['evidence'][2]
    rule_zone = ZoneInfo(row[2]) if scheduler else ZoneInfo('UTC')
    rule_now = now.replace(tzinfo=zone).astimezone(rule_zone).replace(tzinfo=None)
    [next_rule] = following(EventBridge(row[1]), rule_now, 1)
    if given['day']:
        day = day_of(given['day'])
        if not job.on(day):
            last = 'It does not run'
        else:
            last = {(True, True): 'It runs: date and weekday both match',
                    (True, False): 'It runs: only the date matches, and that is enough',
                    (False, True): 'It runs: only the weekday matches, and that is enough',
                    }[job.date_matches(day), job.weekday_matches(day)]
    else:
        # Two years, day by day: which line runs on the n-th such weekday and on no other day?
        words = re.search(r'only on the (\w+) (\w+) of each month', case['labels'][3])
        nth = ['first', 'second', 'third', 'fourth'].index(words[1])
        which = NAMES.index(words[2][:3].lower())
        days = [dt.date(2025, 1, 1) + k * DAY for k in range(730)]
        wanted = [d for d in days if weekday(d) == which and (d.day - 1) // 7 == nth]
        def runs(option):
            line = option.strip('`')
            schedule = Crontab(line)
            command = re.split(r'(?<!\\)%', line.split(None, 5)[5])
            if len(command) > 1:  # the rest is standard input: the test is cut off
                return []
            test = re.search(r'date \+\\%u\)" = (\d)', line)
            return [d for d in days if schedule.on(d) and (not test or d.isoweekday() == int(test[1]))]
        right = [option for option in case['options'][3] if runs(option) == wanted]
        assert len(right) == 1, right
        last = right[0]
    return [str(cron_days), show(taiwan(next_timer, zone)), show(taiwan(next_rule, rule_zone)), last]

@lru_cache(maxsize=None)
def zdump(zone, year):
    # The same lines as without -c, which goes on for thousands of years.
    out = subprocess.run(['zdump', '-v', '-c', '2024,2027', zone], env={**os.environ, 'LC_ALL': 'C'}, capture_output=True, text=True).stdout
    return [line for line in out.splitlines() if year in line]

def stamp(utc, zone):
    aware = utc.replace(tzinfo=UTC)
    return f'{show(aware)} UTC ({aware.astimezone(zone):%H:%M %Z})'

def changed_job(job, zone, day):
    """cron(8): a skipped job runs right after the gap, a repeated time runs once."""
    hits = by_the_clock(job, zone, day)
    if hits:
        return hits[:1]
    walls = wall_minutes(zone, day)
    [gap] = [utc for (_, a), (utc, b) in zip(walls, walls[1:]) if b - a > MINUTE]
    return [gap]

def level3(case):
    given = case['given']
    name, jobs, day = given['zone'], given['jobs'], day_of(given['date'])
    zone = ZoneInfo(name)
    shown = case['evidence'][-1].splitlines()
    assert shown[1:] == zdump(name, str(day.year)), shown
    hours = lambda n: dt.timedelta(hours=n)
    if given['scenario'] == 'cronie':
        jobs = [Crontab(crontab_line(case, job)) for job in jobs]
        assert [job.by_the_clock() for job in jobs] == [False, False, True]
        [once] = changed_job(jobs[0], name, day)
        sides = [by_the_clock(jobs[1], name, d) for d in (day - DAY, day)]
        assert all(len(side) == 1 for side in sides)
        count = len(by_the_clock(jobs[2], name, day))
        assert ('Taiwan' in case['labels'][1]) == (given['shift'] == 8)
        return [f'Once, at {stamp(once, zone)}', ', '.join(show(side[0] + hours(given['shift'])) for side in sides), str(count)]
    if given['scenario'] == 'scheduler':
        rows = [fields(case['evidence'][0], job) for job in jobs[:2]]
        assert all(row[2] == name for row in rows)
        first, second = (EventBridge(row[1]) for row in rows)
        runs = min(1, len(by_the_clock(first, name, day)))
        [after] = by_the_clock(first, name, day + DAY)
        assert ('Taiwan' in case['labels'][1]) == (given['shift'] == 8)
        [a], [b] = (by_the_clock(second, name, d) for d in (day - DAY, day))
        rule = EventBridge(fields(case['evidence'][1], jobs[2])[1])
        at = moment(given['rule-utc'])
        assert rule.on(at.date()) and rule.time(at.hour, at.minute)
        return [str(runs), show(after + hours(given['shift'])), f'{(b - a) / hours(1):g}', show(in_zone(at, zone))]
    lines = case['evidence'][0].splitlines()
    assert lines[1] == f'CRON_TZ={name}'
    job = Crontab(crontab_line(case, jobs[0]))
    logged = [by_the_clock(job, name, day_of(given[d])) for d in ('friday', 'monday')]
    logged = [in_zone(utc, TAIPEI) for [utc] in logged]
    expression = timer(case['evidence'][1])
    [elapse] = elapses(expression, 'Asia/Taipei', moment(given['now']), 1)
    noon = dt.datetime.combine(day_of(given['monday']), dt.time(12))
    apart = abs((noon.replace(tzinfo=zone) - noon.replace(tzinfo=TAIPEI)) / hours(1))
    return [', '.join(map(show, logged)), show(elapse), f'{apart:g}']

def solve(line):
    case = json.loads(line)
    return [level1, level2, level3][case['level'] - 1](case)

# Threads: while one case waits for systemd-analyze, others go on.
with ThreadPoolExecutor(4) as pool:
    for answers in pool.map(solve, sys.stdin.read().splitlines()):
        print(json.dumps(answers))
"#;

pub fn check(cases: &[Case]) -> Vec<String> {
    let inputs = cases.iter().map(|case| {
        let exercise = &case.exercise;
        let evidence: Vec<&str> = exercise.evidence.iter().map(|evidence| evidence.text.as_str()).collect();
        let labels: Vec<&str> = exercise.asks.iter().map(|ask| ask.label.en.as_str()).collect();
        let options: Vec<_> = exercise.asks.iter().map(super::options).collect();
        json!({ "level": case.level, "given": exercise.given, "evidence": evidence, "labels": labels, "options": options })
    });
    let lines = super::python(SCRIPT, inputs);
    assert_eq!(lines.len(), cases.len());
    cases
        .iter()
        .zip(lines)
        .flat_map(|(case, line)| {
            let answers: Vec<String> = serde_json::from_str(&line).expect("a list of answers");
            let answers: Vec<(&str, String)> = case
                .exercise
                .asks
                .iter()
                .zip(answers)
                .map(|(ask, answer)| match super::options(ask).is_empty() {
                    true => (ask.id.as_str(), answer),
                    false => (ask.id.as_str(), super::letter_of(case, &ask.id, |text| text == answer)),
                })
                .collect();
            super::compare(case, &answers)
        })
        .collect()
}
