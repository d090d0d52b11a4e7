//! Authors' mistakes are told with file, line and reason; the built-in bank has none.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on should stop"
)]

mod common;

use std::collections::BTreeMap;

use common::*;
use divedeep::bank::{Bank, Source};
use divedeep::error::{Error, Fault};

fn faults(bank: &BankFolder) -> Vec<Fault> {
    Bank::check(&bank.source()).expect("a folder to check").1
}

fn reasons(bank: &BankFolder) -> String {
    faults(bank).iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

const FILE: &str = "questions/linux/boot-process.toml";

fn one() -> String {
    question("linux/boot-process/one", 1, "core")
}

/// `docs/coverage.md` names for each thing customers say and the job asks for the incidents that train it.
#[test]
fn every_symptom_and_every_skill_of_the_job_is_trained_by_the_incidents_the_table_names() {
    let bank = Bank::read(&Source::BuiltIn).expect("the built-in bank");
    let word = |symptom| serde_json::to_value(symptom).expect("a word").as_str().expect("a word").to_owned();
    let mut trained: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for incident in bank.incidents() {
        for word in incident.skills.iter().cloned().chain([word(incident.symptom)]) {
            trained.entry(word).or_default().push(incident.id.clone());
        }
    }
    let table =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/coverage.md")).expect("the table");
    let rows = table.lines().filter_map(|line| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let word = cells.get(2)?.strip_prefix('`')?.strip_suffix('`')?;
        let incidents = cells.get(3)?.split(", ").map(str::to_owned).collect();
        Some((word.to_owned(), incidents))
    });
    let named: BTreeMap<String, Vec<String>> = rows.collect();
    assert_eq!(named, trained, "the table and the records say the same");
    // The six families of the FAQ with big data beside them, and the job description's technical depth, bullet by bullet.
    for word in [
        "site-down",
        "database-unreachable",
        "not-right",
        "crashes-after-a-while",
        "names-fail",
        "collapses-under-load",
        "cluster-stuck",
        "routing",
        "security-groups",
        "network-acl",
        "dns",
        "vpn-direct-connect",
        "iam-order",
        "cross-account",
        "scp",
        "ec2-states",
        "asg-health-checks",
        "bucket-vs-iam",
        "ebs",
        "replication",
        "logs-insights",
        "flow-logs",
        "config-cloudtrail",
        "containers",
    ] {
        assert!(trained.contains_key(word), "no incident trains {word}");
    }
}

#[test]
fn the_built_in_bank_has_no_fault() {
    let (bank, faults) = Bank::check(&Source::BuiltIn).expect("the built-in bank");
    let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
    assert!(Bank::read(&Source::BuiltIn).is_ok());
    let stats = bank.stats();
    assert_eq!(stats.by_language["en"], stats.questions.total + stats.prompts.total);
    assert_eq!(stats.by_language["zh-TW"], stats.by_language["en"]);
}

/// What the answers claim is run, as its author did with `bank verify`.
#[test]
#[ignore = "needs a database server and the other programs that the questions run: a step of `cargo xtask test`"]
fn the_built_in_bank_does_what_its_answers_say() {
    let ran = divedeep().args(["bank", "verify", "data"]).output().expect("it runs");
    let said = format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    println!("{said}");
    assert!(ran.status.success(), "{said}");
}

#[test]
fn the_tests_own_record_keeps_every_rule() {
    assert_eq!(reasons(&BankFolder::new().with(FILE, one())), "");
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_make_no_difference() {
    let windows = format!("\u{feff}{}", one().replace('\n', "\r\n"));
    assert_eq!(reasons(&BankFolder::new().with(FILE, windows)), "");
    let broken = format!("\u{feff}{}", one().replace('\n', "\r\n").replace("depth = 1", "depth = 9"));
    assert!(reasons(&BankFolder::new().with(FILE, broken)).starts_with(&format!("{FILE}:3: ")));
}

#[test]
fn each_fault_names_its_file_its_line_and_its_reason() {
    for (from, to, line, reason) in [
        ("depth = 1", "depth = 1\ndephts = 2", 7, "unknown field `dephts`"),
        ("depth = 1", "depth = \"one\"", 6, "invalid type: string \"one\", expected u8"),
        ("depth = 1", "depth = 7", 3, "depth 7 is not 1 to 4"),
        ("kind = \"explain\"", "kind = \"guess\"", 5, "unknown variant `guess`"),
        ("seconds = 60\n", "", 2, "missing field `seconds`"),
        ("as_of = \"2026-11-21\"", "as_of = \"2026-13-21\"", 10, "out of range"),
        ("rev = 1", "rev = 0", 3, "rev counts from 1"),
        ("boot-process/one", "boot-process/One", 3, "is not an id of the form domain/topic/slug"),
        ("linux/boot-process/one", "linux/tea-making/one", 3, "there is no topic 'tea-making'"),
        ("linux/boot-process/one", "linux/swap-oom-overcommit/one", 3, "belongs in questions/linux/swap-oom"),
        (
            "status = \"draft\"",
            "status = \"draft\"\nsee_also = [\"linux/boot-process/two\"]",
            3,
            "'linux/boot-process/two', which is not in the bank",
        ),
        ("weight = 3", "weight = 4", 3, "weight 4 is not 1 to 3"),
        ("en = \"A\", zh-TW = \"甲\"", "en = \"A\", zh-TW = \"\"", 3, "empty in one of the languages"),
        ("[[question]]", "[[questions]]", 2, "unknown table 'questions'"),
        ("freq = \"core\"", "freq = core", 8, ""),
    ] {
        let bank = BankFolder::new().with(FILE, one().replace(from, to));
        let found = faults(&bank);
        assert!(
            found.iter().any(|f| f.file == FILE && f.line == line && f.reason.contains(reason)),
            "'{to}' should say '{reason}' at line {line}, said: {found:?}"
        );
    }
}

#[test]
fn the_quality_rules_find_what_an_author_forgot() {
    for (from, to, reason) in [
        ("must = true, ", "", "no key point is a must"),
        ("簡單說。", "簡單說,就是這樣。", "half-width ','"),
        ("簡單說。", "簡單說 ls。", "typed space"),
        ("簡單說。", "服務器。", "write '伺服器'"),
        ("In short.", "In 3 words.", "numbers differ"),
        ("refs = [", "refs = [] # [", "no reference"),
        ("supports = [\"a\"]", "supports = [\"z\"]", "which is no key point"),
        ("part = \"DESCRIPTION\"", "part = \"https://example.com/x\"", "name the page, not its address"),
        ("kind = \"explain\"", "kind = \"compare\"", "depth 1 asks recall, explain or command"),
        ("kind = \"explain\"", "kind = \"recall\"", "a recall question needs accept"),
        ("kind = \"explain\"", "kind = \"command\"", "needs a verify block"),
        ("It is linux/boot-process/one.", &"word ".repeat(61), "61 words: at most 60"),
    ] {
        let bank = BankFolder::new().with(FILE, one().replace(from, to));
        let found = reasons(&bank);
        assert!(found.contains(reason), "'{to}' should say '{reason}', said: {found}");
        if reason != "half-width ','" {
            assert!(!found.is_empty());
        }
    }
}

#[test]
fn two_broken_records_are_both_told() {
    let two = question("linux/boot-process/two", 1, "core").replace("rev = 1", "rev = -1");
    let text = one().replace("depth = 1", "depth = \"x\"") + &two;
    let found = faults(&BankFolder::new().with(FILE, text));
    assert_eq!(found.len(), 2, "{found:?}");
}

#[test]
fn an_id_that_stands_twice_is_told_with_both_places() {
    let bank = BankFolder::new().with(FILE, one() + &one());
    assert!(reasons(&bank).contains(&format!("stands already at {FILE}:3")));
    let other = one().replace("What is", "Whatever is").replace("什麼是", "到底什麼是");
    let bank = BankFolder::new().with(FILE, one()).with("questions/linux/disk-full-causes.toml", other);
    assert!(reasons(&bank).contains("stands already at"), "across files, too");
}

#[test]
fn the_same_prompt_under_two_ids_is_told() {
    let copy = one().replace("id = \"linux/boot-process/one\"", "id = \"linux/boot-process/copy\"");
    assert!(reasons(&BankFolder::new().with(FILE, one() + &copy)).contains("its prompt is the prompt of"));
}

#[test]
fn a_bank_that_is_no_bank_says_so() {
    let nowhere = Source::Folder("/nowhere/at/all".into());
    assert!(matches!(Bank::read(&nowhere), Err(Error::NoBank { .. })));
    assert!(matches!(Bank::read(&BankFolder::new().source()), Err(Error::NoBank { .. })));
    let file = tempfile::NamedTempFile::new().expect("a file");
    assert!(matches!(Bank::read(&Source::Folder(file.path().to_owned())), Err(Error::NoBank { .. })));
}

#[test]
fn bytes_that_are_no_text_are_told_with_their_line() {
    let bank = BankFolder::new().with(FILE, b"[[question]]\nid = \"\xff\xfe\"\n");
    assert!(reasons(&bank).contains(&format!("{FILE}:2: not UTF-8")));
}

#[test]
fn the_first_line_of_a_record_is_its_id() {
    let moved = one().replacen(
        "id = \"linux/boot-process/one\"\nrev = 1",
        "rev = 1\nid = \"linux/boot-process/one\"",
        1,
    );
    assert!(reasons(&BankFolder::new().with(FILE, moved)).contains("must begin with its id"));
}

#[test]
fn a_principle_and_its_prompts_are_checked_too() {
    let file = "principles/dive-deep.toml";
    let good =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/data/principles/dive-deep.toml"))
            .expect("the built-in file");
    for (from, to, reason) in [
        (
            "[[prompt]]\nid = \"dive-deep/",
            "[[prompt]]\nid = \"dive-shallow/",
            "there is no principle 'dive-shallow'",
        ),
        ("serves = [", "serves = [\"bravery\", ", "'bravery', which is not a principle"),
        ("seconds = 180", "seconds = 5", "is not 10 to 900"),
    ] {
        let bank = BankFolder::new().with(file, good.replacen(from, to, 1));
        assert!(reasons(&bank).contains(reason), "{reason}: {}", reasons(&bank));
    }
}

#[test]
fn tracks_take_what_their_depths_say() {
    let (bank, _) = Bank::check(&BankFolder::small().source()).expect("the small bank");
    let stats = bank.stats();
    assert_eq!(bank.tracks.len(), 11, "one general, and Associate and Engineer of five profiles");
    assert_eq!(stats.by_track["csa"], 14);
    assert_eq!(stats.by_track["bigdata-engineer"], 15);
    let left = question("linux/boot-process/left", 1, "core")
        .replace("status = \"draft\"", "status = \"draft\"\ntracks_override = { csa = false }");
    let (bank, _) = Bank::check(&BankFolder::new().with(FILE, left).source()).expect("a bank");
    assert_eq!(bank.stats().by_track["csa"], 0);
}

#[test]
fn the_tracks_are_as_large_as_the_syllabus_plans() {
    // Questions in scope by the plain matrix, Engineer and Associate (syllabus section 2).
    let (bank, _) = Bank::check(&Source::BuiltIn).expect("the built-in bank");
    let in_scope = |track: &str| -> u32 {
        let track = bank.tracks.iter().find(|known| known.id.0 == track).expect("a track");
        bank.topics
            .iter()
            .map(|topic| {
                let depth = track.depths.get(&topic.domain).copied().unwrap_or(0);
                topic.planned.iter().take(usize::from(depth)).map(|n| u32::from(*n)).sum::<u32>()
            })
            .sum()
    };
    for (track, questions) in [
        ("csa", 313),
        ("linux-engineer", 589),
        ("linux-associate", 405),
        ("networking-engineer", 557),
        ("networking-associate", 453),
        ("database-engineer", 497),
        ("database-associate", 402),
        ("bigdata-engineer", 522),
        ("bigdata-associate", 429),
        ("devops-engineer", 645),
        ("devops-associate", 465),
    ] {
        assert_eq!(in_scope(track), questions, "{track}");
    }
}

#[test]
fn the_interfaces_simplified_texts_are_the_derived_ones() {
    let here = std::path::Path::new("ui/src/messages");
    let bank = BankFolder::small();
    let interface = tempfile::tempdir().expect("a folder");
    for file in ["zh-TW.ts", "errors.zh-TW.json"] {
        std::fs::copy(here.join(file), interface.path().join(file)).expect("copied");
    }
    let ran = divedeep()
        .args(["bank", "simplify"])
        .arg(bank.path())
        .arg("--interface")
        .arg(interface.path())
        .output()
        .expect("it runs");
    assert!(ran.status.success(), "{ran:?}");
    for file in ["zh-CN.ts", "errors.zh-CN.json"] {
        let derived = std::fs::read_to_string(interface.path().join(file)).expect("derived");
        let stored = std::fs::read_to_string(here.join(file)).expect("stored");
        assert!(
            derived == stored,
            "{file} is stale: run `divedeep bank simplify data --interface ui/src/messages`"
        );
    }
    let stored = bank.path().join("zh-CN/questions/linux/boot-process.toml");
    assert!(std::fs::read_to_string(stored).expect("derived").contains("什么是linux/boot-process/q1？"));
}

#[test]
fn every_glossary_term_comes_out_as_the_mainlands() {
    let bank = Bank::read(&Source::BuiltIn).expect("the built-in bank");
    let simplifier = bank.simplifier().expect("dictionaries");
    let glossary = std::fs::read_to_string("data/glossary.tsv").expect("the glossary");
    let rows = glossary.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut terms = 0;
    for row in rows {
        let cells: Vec<&str> = row.split('\t').collect();
        let (tw, cn) = (cells[1], cells[2]);
        assert_eq!(simplifier.plain(&format!("先看{tw}，再說。")), format!("先看{cn}，再说。"), "{row}");
        terms += 1;
    }
    assert_eq!(terms, 100);
}

#[test]
fn a_new_question_is_scaffolded_and_the_check_asks_for_its_texts() {
    let bank = BankFolder::small();
    let new = |id: &str| {
        let mut command = divedeep();
        command.args(["bank", "new"]).arg(bank.path()).args([id, "--kind", "estimate", "--depth", "2"]);
        command.output().expect("it runs")
    };
    let made = new("linux/boot-process/how-long");
    assert!(made.status.success(), "{made:?}");
    assert!(String::from_utf8_lossy(&made.stdout).contains("boot-process.toml:"), "{made:?}");
    assert!(reasons(&bank).contains("prompt: empty in one of the languages"));
    assert!(!new("how-long").status.success(), "not an id");
}

#[test]
fn verify_runs_the_blocks_and_says_what_differs() {
    let with = |block: &str| {
        let record = one().replace("kind = \"explain\"", "kind = \"command\"");
        BankFolder::new().with(FILE, format!("{record}\n[question.verify]\n{block}"))
    };
    let verify = |bank: &BankFolder| {
        let ran = divedeep().args(["bank", "verify"]).arg(bank.path()).output().expect("it runs");
        (ran.status.success(), String::from_utf8_lossy(&ran.stdout).into_owned())
    };
    let (well, said) =
        verify(&with("runner = \"bash\"\nsetup = \"echo 3 > n\"\ncmd = \"cat n\"\nexpect = \"3\""));
    assert!(well && said.contains("1 ran as expected, 0 did not"), "{said}");
    let (well, said) = verify(&with("runner = \"bash\"\ncmd = \"echo 4; echo why >&2\"\nexpect = \"3\""));
    assert!(!well && said.contains("--- expected\n3\n--- printed\n4\n--- complained\nwhy"), "{said}");
    let (well, said) = verify(&with(
        "runner = \"python\"\ncmd = \"import os; print(os.environ.get('SECRET'))\"\nexpect = \"None\"",
    ));
    assert!(well, "the caller's environment stays outside: {said}");
}
