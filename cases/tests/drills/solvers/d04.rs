//! D04 by mawk and Python: mawk sums and counts the lines, Python says what the records of a conversation mean, by a table
//! of directions, actions and flags.

use divedeep_cases::drill::Case;
use serde_json::json;

/// One line for each key: case, what, sum. The columns' numbers come with each case.
const TOTALS: &str = r#"
$1 == "fields" { delete col; for (i = 2; i <= NF; i++) col[$i] = i; own = ""; next }
$1 == "own" { own = $2; nat = $3; natid = $4; next }
{
  id = $1
  if ($(col["log-status"]) != "OK") next
  src = $(col["srcaddr"]); dst = $(col["dstaddr"]); act = $(col["action"]); bytes = $(col["bytes"])
  if (act == "REJECT") sum[id " rejects -"]++
  if (act == "ACCEPT" && dst == own) sum[id " in " src] += bytes
  if (act == "ACCEPT" && src == own) sum[id " out -"] += bytes
  if (act == "REJECT" && dst == own && !((id, src, $(col["dstport"])) in seen)) {
    seen[id, src, $(col["dstport"])] = 1
    sum[id " doors " src]++
  }
  if (("pkt-dstaddr" in col) && $(col["interface-id"]) == natid && dst == nat && $(col["pkt-dstaddr"]) != nat)
    sum[id " nat " $(col["pkt-dstaddr"]) "/" src] += bytes
}
END { for (key in sum) printf "%s %d\n", key, sum[key] }
"#;

const VERDICTS: &str = r#"
import json, sys
for line in sys.stdin:
    case = json.loads(line)
    names = case['fields']
    rows = [dict(zip(names, l.split())) for l in case['log'].splitlines()]
    out = []
    for asked in case['asked']:
        a, b = [part.strip('` ') for part in asked.split('→')]
        ends = lambda r: (f"{r['srcaddr']}:{r['srcport']}", f"{r['dstaddr']}:{r['dstport']}")
        there = [r for r in rows if ends(r) == (a, b)]
        back = [r for r in rows if ends(r) == (b, a)]
        acts = lambda rs: {r['action'] for r in rs}
        flags = lambda rs: [int(r.get('tcp-flags', 0)) for r in rs if r['action'] == 'ACCEPT']
        union = lambda rs: __import__('functools').reduce(lambda x, y: x | y, flags(rs), 0)
        assert there
        if acts(there) == {'REJECT'}: out.append('cannot tell')
        elif acts(there) == {'ACCEPT', 'REJECT'}:
            assert union(there) & 1 and union(back) & 1
            out.append('after the close')
        elif 'REJECT' in acts(back): out.append('reply is rejected')
        elif not back: out.append('no reply comes')
        elif flags(back) == [4]: out.append('TCP reset')
        elif 'tcp-flags' in names and not union(back) & 1:
            last = max(back, key=lambda r: int(r['start']))
            assert int(last['bytes']) / int(last['packets']) > 1500
            out.append('MTU')
        else: out.append('It works: both')
    print('|'.join(out))
"#;

pub fn check(cases: &[Case]) -> Vec<String> {
    let log = |case: &Case| case.exercise.evidence[0].text.clone();
    let mut input = String::new();
    for (index, case) in cases.iter().enumerate() {
        let given = &case.exercise.given;
        let names: Vec<_> =
            given["fields"].as_array().expect("fields").iter().filter_map(|name| name.as_str()).collect();
        input += &format!("fields {}\n", names.join(" "));
        let text = |name: &str| given[name].as_str().expect("given").to_owned();
        input += &format!("own {} {} {}\n", text("own"), text("nat"), text("nat_id"));
        for line in log(case).lines() {
            input += &format!("{index} {line}\n");
        }
    }
    let mut sums: Vec<Vec<(String, String, u64)>> = vec![Vec::new(); cases.len()];
    for line in super::run("mawk", &[TOTALS], &input) {
        let parts: Vec<_> = line.split(' ').collect();
        let index: usize = parts[0].parse().expect("a case");
        sums[index].push((parts[1].to_owned(), parts[2].to_owned(), parts[3].parse().expect("a sum")));
    }
    let inputs = cases.iter().map(|case| {
        let asked = case.exercise.asks.iter().filter(|ask| ["verdict", "other"].contains(&ask.id.as_str()));
        let asked: Vec<_> = asked.map(|ask| ask.label.en.clone()).collect();
        json!({ "fields": case.exercise.given["fields"], "log": log(case), "asked": asked })
    });
    let verdicts = super::python(VERDICTS, inputs);
    assert_eq!(verdicts.len(), cases.len());
    let mut faults = Vec::new();
    for ((case, sums), verdict) in cases.iter().zip(sums).zip(verdicts) {
        let mut verdicts = verdict.split('|');
        let top = |what: &str| {
            let found = sums.iter().filter(|(kind, ..)| kind == what).max_by_key(|(.., sum)| *sum);
            found.map(|(_, key, sum)| (key.clone(), *sum)).unwrap_or_default()
        };
        // The partner is named in the label.
        let label = case.exercise.asks.iter().find(|ask| ask.id == "host").map(|ask| ask.label.en.clone());
        let partner =
            label.as_deref().and_then(|label| label.split('`').nth(1)).unwrap_or_default().to_owned();
        let hosts =
            sums.iter().filter(|(kind, key, _)| kind == "nat" && key.starts_with(&format!("{partner}/")));
        let host =
            hosts.max_by_key(|(.., sum)| *sum).map(|(_, key, sum)| (key.clone(), *sum)).unwrap_or_default();
        let answers: Vec<_> = case
            .exercise
            .asks
            .iter()
            .map(|ask| {
                let typed = match ask.id.as_str() {
                    id @ ("verdict" | "other") => {
                        let verdict = verdicts.next().unwrap_or_default();
                        super::letter_of(case, id, |text| text.contains(verdict))
                    }
                    "rejects" => top("rejects").1.to_string(),
                    "talker" => top("in").0,
                    "bytes" if case.level == 1 => top("in").1.to_string(),
                    "scanner" => top("doors").0,
                    "sent" => top("out").1.to_string(),
                    "host" => host.0.split('/').nth(1).unwrap_or_default().to_owned(),
                    _ => host.1.to_string(),
                };
                (ask.id.as_str(), typed)
            })
            .collect();
        faults.extend(super::compare(case, &answers));
    }
    faults
}
