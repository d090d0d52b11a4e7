//! The command line: a sitting in the terminal, and calm ends.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on should stop"
)]

mod common;

use std::io::Write;
use std::process::{Output, Stdio};

use common::*;
use divedeep::model::Language;

/// Runs `divedeep practice` with these keys typed.
fn practise(folder: &std::path::Path, bank: &BankFolder, keys: &str) -> Output {
    let mut child = divedeep()
        .args(["practice", "--data-dir"])
        .arg(folder)
        .arg("--bank")
        .arg(bank.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command runs");
    let _ = child.stdin.take().expect("its input").write_all(keys.as_bytes());
    child.wait_with_output().expect("its output")
}

fn today(folder: &std::path::Path) -> serde_json::Value {
    let output = divedeep().args(["today", "--json", "--data-dir"]).arg(folder).output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn a_first_sitting_from_language_to_grade_and_undo() {
    let folder = tempfile::tempdir().expect("a folder");
    let bank = BankFolder::small();
    // Traditional Chinese, first track, a date that is past and then none, 20 minutes; answer one, tick 1 and 2, take
    // the proposed grade; answer the next with 4; undo it; quit.
    let output = practise(folder.path(), &bank, "2\n1\n2020-01-01\n\n20\n我的答案\n1 2\n\n\n\n4\nu\nq\n");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("2020-01-01"), "the past date is refused with a sentence: {text}");
    assert!(text.contains("什麼是"), "asked in Chinese: {text}");
    assert!(text.contains("3* 記得"), "good is proposed for 5 of 6: {text}");
    let today = today(folder.path());
    assert_eq!(today["answers_done"], 1, "two answered, one undone");
    assert_eq!(today["minutes_planned"], 20);
}

#[test]
fn the_language_switches_on_the_spot() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = practise(folder.path(), &BankFolder::small(), "1\n1\n\n\nl\n\n\nl\nq\n");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("What is linux") && text.contains("什麼是linux"), "{text}");
    assert!(text.contains("就是linux") && text.contains("It is linux"), "the answer, too: {text}");
}

#[test]
fn the_end_of_input_ends_it_calmly_wherever_it_comes() {
    let keys = "1\n1\n\n20\ntyped\n1\n3\n\n\n2\nq\n";
    for end in 0..=keys.len() {
        let folder = tempfile::tempdir().expect("a folder");
        let output = practise(folder.path(), &BankFolder::small(), &keys[..end]);
        assert!(output.status.success(), "after {end} bytes: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn bytes_that_are_no_text_do_no_harm() {
    let folder = tempfile::tempdir().expect("a folder");
    let bank = BankFolder::small();
    practise(folder.path(), &bank, "1\n1\n\n20\nq\n");
    let mut child = divedeep()
        .args(["practice", "--data-dir"])
        .arg(folder.path())
        .arg("--bank")
        .arg(bank.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("it runs");
    child.stdin.take().expect("its input").write_all(b"\xff\xfe\x00\n1\n3\nq\n").expect("typed");
    assert!(child.wait().expect("an end").success());
    assert_eq!(today(folder.path())["answers_done"], 1);
}

#[test]
fn a_closed_pipe_ends_it_calmly() {
    for arguments in ["bank stats --json", "bank check", "--help"] {
        let script = format!("{} {arguments} | head -c 1", env!("CARGO_BIN_EXE_divedeep"));
        let output = std::process::Command::new("bash")
            .args(["-c", &format!("set -o pipefail; {script}")])
            .output()
            .expect("bash runs");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(!told.contains("panicked"), "{arguments}: {told}");
        assert!(told.is_empty(), "{arguments}: {told}");
    }
}

#[test]
fn the_same_file_is_exported_once_and_never_overwritten() {
    let folder = tempfile::tempdir().expect("a folder");
    practise(folder.path(), &BankFolder::small(), "1\n1\n\n20\n\n\n3\nq\n");
    let file = folder.path().join("all.jsonl");
    let export = || {
        divedeep().args(["export"]).arg(&file).arg("--data-dir").arg(folder.path()).output().expect("runs")
    };
    assert!(export().status.success());
    let first = std::fs::read_to_string(&file).expect("the export");
    for line in first.lines() {
        let value: serde_json::Value = serde_json::from_str(line).expect("each line is JSON");
        assert!(value["type"].is_string(), "{line}");
    }
    let again = export();
    assert_eq!(again.status.code(), Some(1), "a file that exists is not overwritten");
    assert_eq!(std::fs::read_to_string(&file).expect("the export"), first);
    assert!(!folder.path().join("all.jsonl.part").exists());
}

#[test]
fn doctor_mends_cards_that_differ_from_the_log() {
    let folder = tempfile::tempdir().expect("a folder");
    practise(folder.path(), &BankFolder::small(), "1\n1\n\n20\n\n\n3\n\n\n2\nq\n");
    let doctor = |more: &[&str]| {
        let output = divedeep().args(["doctor"]).args(more).arg("--data-dir").arg(folder.path()).output();
        output.expect("it runs").status.code()
    };
    assert_eq!(doctor(&[]), Some(0));
    let file = rusqlite::Connection::open(database(folder.path())).expect("the database");
    file.execute("UPDATE cards SET stability = stability * 2", []).expect("a changed cache");
    assert!(file.execute("UPDATE reviews SET grade = 4", []).is_err(), "the log cannot be changed");
    assert!(file.execute("DELETE FROM reviews", []).is_err(), "nor shortened");
    drop(file);
    assert_eq!(doctor(&[]), Some(1));
    assert_eq!(doctor(&["--mend"]), Some(0));
    assert_eq!(doctor(&[]), Some(0));
}

#[test]
fn plan_says_what_is_known_what_is_left_out_and_what_comes_first() {
    let folder = tempfile::tempdir().expect("a folder");
    let now = divedeep::shell::now();
    {
        let mut app = app_in(folder.path());
        // Of the study day: before 04:00 it is still yesterday's.
        let date = now.study_day().plus(15).date().to_string();
        app.save_rounds(vec![round(&date)], now).expect("a round");
    }
    let run = |more: &[&str]| {
        let ran = divedeep().arg("--data-dir").arg(folder.path()).args(more).output().expect("it runs");
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        String::from_utf8_lossy(&ran.stdout).into_owned()
    };
    let told = run(&["plan"]);
    assert!(told.contains("Loop: expected recall"), "{told}");
    assert!(told.contains("What is"), "prompts, not only ids: {told}");
    let plan: serde_json::Value = serde_json::from_str(&run(&["plan", "--json"])).expect("JSON");
    assert_eq!(plan["days_left"], 15);
    assert_eq!(plan["minutes_per_day"], 30);
    let known = |plan: &serde_json::Value| plan["rounds"][0]["known"].as_f64().expect("a share");
    let less: serde_json::Value =
        serde_json::from_str(&run(&["plan", "--minutes", "5", "--json"])).expect("JSON");
    assert!(known(&less) < known(&plan), "{less}");
    let refused = divedeep()
        .arg("--data-dir")
        .arg(folder.path())
        .args(["plan", "--minutes", "0"])
        .output()
        .expect("it runs");
    assert_eq!(refused.status.code(), Some(2), "no plan is made for no time");
    assert!(run(&["learn"]).contains("Nothing to learn from yet"));
    assert_eq!(run(&["learn", "--json"]).trim(), "null");
}

#[test]
fn simplified_chinese_is_simplified_in_every_line() {
    let folder = tempfile::tempdir().expect("a folder");
    drop(with_settings(app_in(folder.path()), |settings| {
        settings.interface_language = Language::ZhCn;
        settings.content_language = Language::ZhCn;
    }));
    let run = |command: &[&str]| {
        let ran = divedeep().arg("--data-dir").arg(folder.path()).args(command).output().expect("it runs");
        assert!(ran.status.success() && !ran.stdout.is_empty());
        String::from_utf8_lossy(&ran.stdout).into_owned()
    };
    let chosen =
        practise(tempfile::tempdir().expect("a folder").path(), &BankFolder::small(), "3\n1\n\n\n\n\n3\nq\n");
    let practised =
        String::from_utf8_lossy(&chosen.stdout).into_owned().replace("語言", "").replace("繁體", "");
    for told in [run(&["plan"]), run(&["today"]), practised] {
        for traditional in ['複', '習', '題', '鐘', '試', '還', '見', '預'] {
            assert!(!told.contains(traditional), "{traditional} in {told}");
        }
    }
}

/// Runs a command on a folder with a small bank; gives its output, and whether it succeeded.
fn on(folder: &std::path::Path, arguments: &[&str]) -> (bool, String) {
    let output = divedeep().args(arguments).arg("--data-dir").arg(folder).output().expect("the command runs");
    let text = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    (output.status.success(), text.concat())
}

#[test]
fn a_review_goes_there_and_back_by_commands() {
    let place = tempfile::tempdir().expect("a folder");
    let (mei, bo) = (place.path().join("mei"), place.path().join("bo"));
    let file = |name: &str| place.path().join(name).display().to_string();
    let ok = |folder: &std::path::Path, arguments: &[&str]| {
        let (success, text) = on(folder, arguments);
        assert!(success, "{arguments:?}: {text}");
        text
    };
    let me = ok(&bo, &["contact", "me", "--name", "Bo"]);
    let address = me.lines().nth(1).expect("an address").to_owned();
    ok(&mei, &["contact", "me", "--name", "Mei"]);
    ok(&mei, &["contact", "add", "--role", "mentor", "Bo", &address]);
    let (review, back) = (file("review.age"), file("feedback.age"));
    ok(
        &mei,
        &[
            "packet",
            "make",
            &review,
            "--to",
            "Bo",
            "--share",
            "progress,answers,stories",
            "--question",
            "Am I ready?",
        ],
    );
    let preview = ok(&mei, &["packet", "preview"]);
    assert!(preview.contains("\"findings\": []"), "{preview}");
    let (again, text) = on(&mei, &["packet", "make", &review, "--to", "Bo"]);
    assert!(!again && text.contains(&review), "an existing file is not replaced: {text}");

    let checked = ok(&bo, &["packet", "verify", &review]);
    assert!(checked.contains("Mei (not known: compare the words)"), "{checked}");
    let (taken, text) = on(&bo, &["packet", "open", &review]);
    assert!(!taken && text.contains("is not known here yet"), "{text}");
    let opened = ok(&bo, &["packet", "open", &review, "--new"]);
    assert!(opened.contains("Am I ready?") && opened.contains("own account"), "{opened}");
    let (replayed, text) = on(&bo, &["packet", "open", &review]);
    assert!(!replayed && text.contains("taken before"), "{text}");
    let (wrong, text) = on(&bo, &["feedback", "apply", &review]);
    assert!(!wrong && text.contains("other kind"), "{text}");

    let draft = file("draft.json");
    std::fs::write(&draft, r#"{ "words": "Nearly.", "assignments": [{ "item": null, "title": { "en": "", "zh-TW": "" }, "words": "Draw a VPC by heart", "due": "2030-01-05" }] }"#)
        .expect("written");
    ok(&bo, &["feedback", "make", &back, "--to", "Mei", "--from", &draft]);
    let applied = ok(&mei, &["feedback", "apply", &back]);
    assert!(applied.contains("Bo: Nearly.") && applied.contains("2030-01-05"), "{applied}");
    let (twice, text) = on(&mei, &["feedback", "apply", &back]);
    assert!(!twice && text.contains("Nothing has changed"), "{text}");
    ok(&mei, &["contact", "compared", "Bo"]);
    assert!(ok(&mei, &["contact", "list"]).contains("Bo (compared)"));

    let report = file("report.html");
    ok(&mei, &["report", "--html", &report]);
    assert!(std::fs::read_to_string(&report).expect("a report").contains("Progress report"));
}

#[test]
fn an_incident_is_played_from_the_first_check_to_the_debrief() {
    let folder = tempfile::tempdir().expect("a folder");
    let play = |keys: &str| {
        let mut child = divedeep()
            .args(["incident", "I24", "--seed", "1", "--data-dir"])
            .arg(folder.path())
            .env("LC_ALL", "en_US.UTF-8")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the command runs");
        let _ = child.stdin.take().expect("its input").write_all(keys.as_bytes());
        let output = child.wait_with_output().expect("its output");
        assert!(output.status.success());
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    // Close together, capital and full-width; the writer overrules what the update seems to say; the action comes last.
    let text = play(
        "c1\nＣ ２\nh 1-\nh 2 =\nu\nNobody can deploy the new version of the service at the moment.\n\ni k\n\
         end\nThe pipeline checks the architecture of each image\nplatform team\nFriday\n",
    );
    assert_eq!(text.matches("i  impact").count(), 1, "{text}");
    assert!(text.contains("- The") && text.contains("= "), "marks are confirmed: {text}");
    assert!(text.contains("Update 10/20"), "{text}");
    assert!(text.contains("So that it stays away 5/5"), "{text}");
    let text = play("end\nm\na 11\nend\n");
    assert!(text.contains("So that it stays away 1/5") && text.contains("by when"), "{text}");
    play("u\nHalf a sentence");
}
