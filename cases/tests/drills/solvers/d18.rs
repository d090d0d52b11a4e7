//! D18 by a greedy simulation in Python: files are cut and packed step by step, tasks run on a clock.

use divedeep_cases::drill::Case;

pub fn check(cases: &[Case]) -> Vec<String> {
    super::scripted::check(SCRIPT, cases)
}

const SCRIPT: &str = r#"
import heapq
from fractions import Fraction

MIB = 2 ** 20

def conf(text, name):
    m = re.search(re.escape(name) + r'[= ]([\w.]+)', text)
    return m[1] if m else None

def mebibytes(text):
    return int(text[:-1]) * {'m': 1, 'g': 1024}[text[-1]]

def scan(case, files=None):
    command = case['evidence'][0]
    cores = int(conf(command, '--num-executors')) * int(conf(command, '--executor-cores'))
    most, cost = (int(conf(command, 'spark.sql.files.' + n)) for n in ('maxPartitionBytes', 'openCostInBytes'))
    if files is None:
        rows = [row.split() for row in case['evidence'][1].splitlines()[1:]]
        files = [(int(row[2]), not row[3].endswith('.gz')) for row in rows]
    per_core = sum(length + cost for length, _ in files) // cores
    limit = sorted([most, sorted([cost, per_core])[1]])[0]
    # A heap gives the longest split first.
    heap = []
    for length, can_split in files:
        while can_split and length > limit:
            heapq.heappush(heap, -limit)
            length -= limit
        heapq.heappush(heap, -length)
    tasks, fill = [], None
    while heap:
        split = -heapq.heappop(heap)
        if fill is None or fill + split > limit:
            tasks.append([])
            fill = 0
        tasks[-1].append(split)
        fill += split + cost
    # Waves: all tasks take one tick.
    waves, left = 0, len(tasks)
    while left > 0:
        left -= cores
        waves += 1
    out = {'max-split': f'{limit / MIB:.2f}', 'partitions': len(tasks), 'largest': f'{max(sum(t) for t in tasks) / MIB:.1f}',
           'each': len(tasks[0]), 'waves': waves}
    asked = {'scan': ['max-split', 'partitions', 'waves'] if case['level'] == 1 else ['max-split', 'partitions', 'largest', 'waves'],
             'small': ['max-split', 'each', 'partitions', 'waves']}[case['given']['kind']]
    return [(name, out[name]) for name in asked]

def small(case):
    n, kib = case['given']['files'], case['given']['kib']
    assert case['evidence'][1].split()[-3:-1] == [str(n), str(n * kib * 1024)]
    return scan(case, [(kib * 1024, True)] * n)

def yarn(case, ask):
    c = properties(case['evidence'][1])
    step, most = (int(c[f'yarn.scheduler.{n}imum-allocation-mb']) for n in ('min', 'max'))
    size = step
    while size < ask:
        size += step
    return (size if ask <= most else None), step, most, int(c['yarn.nodemanager.resource.memory-mb'])

def asked(case):
    """Heap, overhead of a heap, and what is asked for with it."""
    command = case['evidence'][0]
    given = conf(command, 'spark.executor.memoryOverhead')
    def overhead(heap):
        return mebibytes(given) if given else sorted([384, heap // 10])[1]
    off = mebibytes(conf(command, 'spark.memory.offHeap.size')) if conf(command, 'spark.memory.offHeap.enabled') == 'true' else 0
    python = conf(command, 'spark.executor.pyspark.memory')
    rest = off + (mebibytes(python) if python else 0)
    return mebibytes(conf(command, '--executor-memory')), overhead, lambda heap: heap + overhead(heap) + rest

def fill(node, size):
    n = 0
    while node >= size:
        node -= size
        n += 1
    return n

def request(case):
    heap, overhead, ask = asked(case)
    size, _, _, node = yarn(case, ask(heap))
    return [('overhead', overhead(heap)), ('granted', size), ('executors', sum(fill(node, size) for _ in range(case['given']['nodes'])))]

def sizing(case):
    configured, _, ask = asked(case)
    size, _, most, node = yarn(case, ask(configured))
    starts = size is not None
    want = 'It starts, with executors of the granted size.' if starts else 'spark-submit ends at once: the required executor memory is above the maximum.'
    heap = most
    while ask(heap) > most:
        heap -= 1
    return [('asked', ask(configured)), ('outcome', letters(case, 'outcome', lambda t: t == want)),
            ('per-node', fill(node, size) if starts else 0), ('largest', heap)]

def killed(case):
    heap, _, ask = asked(case)
    size, step, _, _ = yarn(case, ask(heap))
    rows = [row.split(None, 3) for row in case['evidence'][2].splitlines()[2:]]
    parent = {int(r[0]): int(r[1]) for r in rows}
    name = {int(r[0]): re.search(r'container_\S+?_(\d{6})/', r[3])[1] for r in rows if '/container_' in r[3]}
    used = dict.fromkeys(name.values(), 0)
    for r in rows:
        pid = int(r[0])
        # Up to the container it belongs to, if any.
        while pid in parent and pid not in name:
            pid = parent[pid]
        if pid in name:
            used[name[pid]] += int(r[2])
    over = {n for n, kib in used.items() if kib > size * 1024}
    assert f'-Xmx{heap}m' in case['evidence'][2]
    # One MiB after the other, the container growing by a step when it must.
    overhead, granted = 0, step
    while max(used.values()) > granted * 1024:
        overhead += 1
        if heap + overhead > granted:
            granted += step * math.ceil((heap + overhead - granted) / step)
    return [('limit', size), ('killed', letters(case, 'killed', lambda t: t.strip('`._') in over)),
            ('used', f'{used[case["given"]["worst"]] / 1024:.1f}'), ('overhead', overhead)]

def stage(case):
    g = case['given']
    sizes = [int(row.split('\t')[1]) for row in case['evidence'][1].splitlines()[1:]]
    def run(cores):
        """A clock that ticks in seconds."""
        waiting = [Fraction(size, g['rate'] * MIB) for size in sizes]
        busy, now = [], Fraction(0)
        while waiting or busy:
            while waiting and len(busy) < cores:
                busy.append(now + waiting.pop(0))
            now = min(busy)
            busy = [end for end in busy if end > now]
        return now
    from statistics import median
    limit = max(g['factor'] * median(sizes), g['threshold'] * MIB)
    # The summary says the same, rounded.
    shown = re.search(r'Shuffle Read Size / Records +(.*)', case['evidence'][0])[1]
    largest = re.findall(r'([\d.]+) ([GMK])iB / \d+', shown)[-1]
    assert abs(float(largest[0]) * 2 ** {'G': 30, 'M': 20, 'K': 10}[largest[1]] / max(sizes) - 1) < 0.05
    skewed = [str(i) for i, size in enumerate(sizes) if size > limit]
    return [('stage', str(run(g['slots']))), ('floor', str(run(len(sizes)))), ('limit', f'{limit / MIB:.1f}'), ('skewed', ' '.join(skewed))]

def keys(case):
    g = case['given']
    rows = case['evidence'][0].splitlines()
    total, counts = int(rows[1]), [int(row.split('\t')[1]) for row in rows[3:]]
    assert counts == sorted(counts, reverse=True) and sum(counts) <= total
    hot = counts[0]
    rest = Fraction((total - hot) * g['width'], g['partitions'])
    task = hot * g['width'] + rest
    k = 1
    while Fraction(hot * g['width'], k) + rest > g['target'] * MIB:
        k += 1
    return [('share', f'{hot / total * 100:.1f}'), ('task', f'{float(task) / 2**30:.2f}'),
            ('speed', f'{float(total * g["width"] / task):.1f}'), ('salts', k)]

def solve(case):
    return globals()[case['given']['kind']](case)
"#;
