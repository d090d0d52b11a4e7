//! D17 by simulation in Python: blocks are cut and placed one by one, containers started one by one.

use divedeep_cases::drill::Case;

pub fn check(cases: &[Case]) -> Vec<String> {
    super::scripted::check(SCRIPT, cases)
}

const SCRIPT: &str = r#"
def cut(length, block):
    """Sizes of the blocks of a file, cut off one after the other."""
    sizes = []
    while length > 0:
        sizes.append(min(block, length))
        length -= sizes[-1]
    return sizes

def blocks(case):
    block = int(case['evidence'][0].split()[-1])
    files = [row.split() for row in case['evidence'][1].splitlines()[2:]]
    assert int(case['evidence'][1].splitlines()[1].split()[1]) == len(files)
    n = replicas = raw = 0
    for row in files:
        copies, length, path = int(row[1]), int(row[4]), row[7]
        sizes = cut(length, block)
        n += len(sizes)
        for _ in range(copies):
            replicas += len(sizes)
            raw += sum(sizes)
        if path.endswith('/' + case['given']['file']):
            last = sizes[-1]
    return [('blocks', n), ('replicas', replicas), ('raw', f'{raw / 2**30:.2f}'), ('last', f'{last / 2**20:.1f}')]

def fsck(text):
    """Files (path -> replicas wanted) and blocks (file, bytes, addresses); the report must agree with itself."""
    files, found, path = {}, [], None
    for row in text.splitlines():
        if m := re.match(r'(/\S+) (\d+) bytes, replicated: replication=(\d+), (\d+) block\(s\):', row):
            path = m[1]
            files[path] = int(m[3]), int(m[2]), int(m[4])
        elif m := re.match(r'\d+\. \S+ len=(\d+) Live_repl=(\d+)  \[(.*)\]', row):
            places = [p.strip().rsplit('/', 1)[1].split(':')[0] for p in m[3].split(',')]
            assert len(set(places)) == int(m[2]) == len(places)
            found.append((path, int(m[1]), places))
    for path, (_, length, n) in files.items():
        mine = [b for b in found if b[0] == path]
        assert len(mine) == n and sum(b[1] for b in mine) == length
    racks = set(re.findall(r'(/[\w-]+)/10\.', text))
    total = int(re.search(r'Total blocks \(validated\):\t(\d+)', text)[1])
    under = int(re.search(r'Under-replicated blocks:\t(\d+)', text)[1])
    assert total == len(found)
    assert under == sum(len(b[2]) < files[b[0]][0] for b in found)
    assert int(re.search(r'Number of racks:\t\t(\d+)', text)[1]) >= len(racks)
    return {p: f[0] for p, f in files.items()}, found

def failed(case):
    files, found = fsck(case['evidence'][0])
    dead = set(case['given']['dead'])
    under = missing = lacking = 0
    broken = set()
    for path, _, places in found:
        left = [p for p in places if p not in dead]
        if not left:
            missing += 1
            broken.add(path.rsplit('/', 1)[1])
        elif len(left) < files[path]:
            under += 1
            lacking += files[path] - len(left)
    return [('under', under), ('missing', missing), ('missing-replicas', lacking),
            ('unreadable', letters(case, 'unreadable', lambda t: t.strip('`') in broken))]

def repaired(case):
    files, found = fsck(case['evidence'][0])
    # The second listing must say the same of every file.
    for row in case['evidence'][1].splitlines()[1:]:
        length, block, copies, name = row.split()
        path = next(p for p in files if p.endswith('/' + name))
        assert files[path] == int(copies) and [b[1] for b in found if b[0] == path] == cut(int(length), int(block))
    n = int(re.search(r'Number of data-nodes:\t(\d+)', case['evidence'][0])[1])
    seen = {p for b in found for p in b[2]}
    dead = set(case['given']['dead'])
    live = seen - dead | {f'idle{i}' for i in range(n - len(seen))}
    def heal(want):
        held = {node: set() for node in live}
        for i, b in enumerate(found):
            for p in b[2]:
                if p in held:
                    held[p].add(i)
        copies = size = 0
        while True:
            for i, b in enumerate(found):
                have = [node for node in live if i in held[node]]
                free = [node for node in live if i not in held[node]]
                if have and free and len(have) < want[b[0]]:
                    held[free[0]].add(i)
                    copies += 1
                    size += b[1]
                    break
            else:
                break
        counts = [sum(i in h for h in held.values()) for i in range(len(found))]
        still = sum(0 < c < want[b[0]] for c, b in zip(counts, found))
        return copies, size, still
    copies, size, still = heal(files)
    def clears(text):
        m = re.fullmatch(r'`hdfs dfs -setrep -w (\d+) (\S+)`', text)
        return bool(m) and heal({**files, m[2]: int(m[1])})[2] == 0
    return [('copies', copies), ('bytes', f'{size / 2**20:.1f}'), ('still', still), ('clear', letters(case, 'clear', clears))]

def rounded(ask, step):
    size = step
    while size < ask:
        size += step
    return size

def place(free, need):
    """Index of the first node with room for (memory, vcores); it is taken."""
    for i, node in enumerate(free):
        if all(have >= want for have, want in zip(node, need)):
            free[i] = tuple(have - want for have, want in zip(node, need))
            return i
    return None

def identical(case):
    conf, given = properties(case['evidence'][0]), case['given']
    step = int(conf['yarn.scheduler.minimum-allocation-mb'])
    size = rounded(given['request'], step)
    assert size <= int(conf['yarn.scheduler.maximum-allocation-mb'])
    free = [(int(conf['yarn.nodemanager.resource.memory-mb']),)] * given['nodes']
    placed = [place(free, (size,)) for _ in range(given['containers'])]
    return [('granted', size), ('per-node', placed.count(0)), ('pending', placed.count(None))]

def occupied(case):
    conf, given = properties(case['evidence'][0]), case['given']
    dominant = 'Dominant' in conf['yarn.scheduler.capacity.resource-calculator']
    mem_step = int(conf['yarn.scheduler.minimum-allocation-mb'])
    core_step = int(conf['yarn.scheduler.minimum-allocation-vcores'])
    nodes = re.findall(r'^ *(\S+):8041\t.*?(\d+)\n.*\n.*?<memory:(\d+), vCores:(\d+)>\n.*?<memory:(\d+), vCores:(\d+)>', case['evidence'][1], re.M)
    assert len(nodes) == int(re.search(r'Total Nodes:(\d+)', case['evidence'][1])[1])
    if not dominant:
        assert all(int(running) == int(cores) for _, running, _, _, _, cores in nodes)
    def run(cores_count):
        free = [(int(n[2]) - int(n[4]), (int(n[3]) - int(n[5])) if cores_count else 10**9) for n in nodes]
        def need(ask):
            return rounded(ask[0], mem_step), rounded(ask[1], core_step) if cores_count else 0
        master = place(free, need(given['master']))
        assert master is not None
        return master, [place(free, need(given['executor'])) for _ in range(given['wanted'])]
    master, placed = run(dominant)
    at = next(i for i, n in enumerate(nodes) if n[0].split('.')[0] == given['host'])
    answers = [('granted', rounded(given['executor'][0], mem_step)), ('here', placed.count(at)), ('pending', placed.count(None))]
    if dominant:
        other = run(False)[1]
        return answers + [('other', len(other) - other.count(None))]
    return answers + [('shown', int(nodes[at][5]) + placed.count(at) + (master == at))]

def table(text):
    rows = [row.split() for row in text.splitlines()[1:]]
    return [(row[1], int(row[2]), int(row[3]), int(row[4])) for row in rows]

def serve(free, apps, step, limit=None):
    states, pending, running, held = {}, 0, 0, 0
    for name, master, executor, n in apps:
        size = rounded(master, step)
        active = [s for s in states.values() if s]
        if limit is not None and active and held + size > limit or place(free, (size,)) is None:
            states[name] = False
            continue
        held += size
        states[name] = True
        placed = [place(free, (rounded(executor, step),)) for _ in range(n)]
        pending += placed.count(None)
        running += n - placed.count(None)
    return states, pending, running

def unhealthy(case):
    conf = properties(case['evidence'][0])
    most = float(conf['yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage'])
    least = float(conf['yarn.nodemanager.disk-health-checker.min-healthy-disks'])
    local = conf['yarn.nodemanager.local-dirs'].split(',')
    logs = conf['yarn.nodemanager.log-dirs'].split(',')
    nodes = {}
    for row in case['evidence'][1].splitlines():
        if row.startswith('$ ssh '):
            name = row.split()[2]
            nodes[name] = {}
        elif row.startswith('/dev/'):
            _, size, used, free, percent, mount = row.split()
            assert int(size) == int(used) + int(free) and int(percent[:-1]) == math.ceil(int(used) * 100 / int(size))
            nodes[name][mount] = int(used) * 100 / int(size)
    def share(volumes, dirs):
        def volume(path):
            return max((m for m in volumes if path == m or path.startswith(m + '/')), key=len)
        return sum(volumes[volume(d)] <= most for d in dirs) / len(dirs)
    sick = {n for n, v in nodes.items() if share(v, local) < least or share(v, logs) < least}
    memory = int(conf['yarn.nodemanager.resource.memory-mb'])
    free = [(memory,) for n in nodes if n not in sick]
    apps = table(case['evidence'][2])
    states, pending, _ = serve(free, apps, int(conf['yarn.scheduler.minimum-allocation-mb']))
    return [('unhealthy', letters(case, 'unhealthy', lambda t: t.strip('`') in sick)), ('memory', memory * (len(nodes) - len(sick))),
            ('accepted', letters(case, 'accepted', lambda t: not states[t.strip('`')])), ('pending', pending)]

def masters(case):
    conf = properties(case['evidence'][0])
    step = int(conf['yarn.scheduler.minimum-allocation-mb'])
    memory = int(conf['yarn.nodemanager.resource.memory-mb']) * case['given']['nodes']
    hundredths = round(float(conf['yarn.scheduler.capacity.maximum-am-resource-percent']) * 100)
    limit = step
    while limit * 100 < memory * hundredths:
        limit += step
    free = [(int(conf['yarn.nodemanager.resource.memory-mb']),)] * case['given']['nodes']
    states, pending, _ = serve(free, table(case['evidence'][1]), step, limit)
    assert pending == 0
    return [('limit', limit), ('accepted', letters(case, 'accepted', lambda t: not states[t.strip('`')])),
            ('free', sum(f[0] for f in free)), ('cure', letters(case, 'cure', lambda t: 'am-resource' in t))]

def solve(case):
    return globals()[case['given']['kind']](case)
"#;
