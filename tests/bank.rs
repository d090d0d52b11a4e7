//! Authors' mistakes are told with file, line and reason; the built-in bank has none.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on should stop"
)]

mod common;

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
        ("kind = \"explain\"", "kind = \"command\"", "needs verify"),
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
