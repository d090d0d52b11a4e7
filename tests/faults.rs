//! Bad files, folders, disks, clocks and second copies: each says what happened and what to do, and nothing is lost.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on should stop"
)]

mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use common::*;
use divedeep::app::{Access, App};
use divedeep::error::Error;
use divedeep::model::Grade;

fn open(folder: &Path, access: Access) -> Result<App, Error> {
    App::open(folder, access, &BankFolder::small().source(), &mut chance())
}

/// A data folder with three answers in it.
fn practised() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let mut app = app_in(folder.path());
    for _ in 0..3 {
        grade_next(&mut app, Grade::Good, taipei("2026-11-21 09:00"));
    }
    drop(app);
    folder
}

fn answers(folder: &Path) -> u32 {
    let mut app = open(folder, Access::Read).expect("the folder opens");
    app.progress(taipei("2026-11-21 10:00")).expect("progress").answers
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Runs the command on a folder with nothing typed.
fn practice(folder: &Path) -> Output {
    divedeep()
        .args(["practice", "--data-dir"])
        .arg(folder)
        .stdin(Stdio::null())
        .output()
        .expect("the command runs")
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.starts_with(b"0"))
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_alone() {
    for content in [&b"hello"[..], &[0u8; 4096][..], b""] {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(database(folder.path()), content).expect("a file");
        for access in [Access::Write, Access::Read] {
            assert!(matches!(open(folder.path(), access), Err(Error::Corrupt { .. })), "{content:?}");
        }
        assert_eq!(std::fs::read(database(folder.path())).expect("the file"), content, "untouched");
        let output = practice(folder.path());
        assert_eq!(output.status.code(), Some(1));
        assert!(told(&output).contains("divedeep.db"), "names the file: {}", told(&output));
    }
}

#[test]
fn a_damaged_database_is_told_and_never_emptied() {
    let folder = practised();
    let path = database(folder.path());
    // Everything into the one file, then garbage over every page but the first.
    let whole = std::fs::read(&path).expect("the database");
    let mut damaged = whole.clone();
    for byte in damaged.iter_mut().skip(4096) {
        *byte = 0x5a;
    }
    std::fs::write(&path, &damaged).expect("the damaged file");
    let _ = std::fs::remove_file(path.with_extension("db-wal"));
    match open(folder.path(), Access::Write) {
        Err(Error::Corrupt { .. }) => {}
        Err(other) => panic!("told as {other:?}"),
        Ok(app) => assert!(!app.doctor().is_ok_and(|report| report.is_sound()), "doctor must see it"),
    }
    assert_eq!(std::fs::read(&path).expect("the file").len(), damaged.len(), "still there");
    std::fs::write(&path, whole).expect("a copy put back");
    assert_eq!(answers(folder.path()), 3, "the copy opens");
}

#[test]
fn a_truncated_database_is_told() {
    let folder = practised();
    let path = database(folder.path());
    let whole = std::fs::read(&path).expect("the database");
    for length in [50, 512, 4096, whole.len() / 2] {
        std::fs::write(&path, &whole[..length]).expect("a truncated file");
        let opened = open(folder.path(), Access::Write);
        let sound = opened.is_ok_and(|app| app.doctor().is_ok_and(|report| report.is_sound()));
        assert!(!sound, "{length} of {} bytes", whole.len());
        assert!(path.exists(), "{length} bytes");
    }
}

#[test]
fn a_newer_file_is_refused_byte_for_byte_untouched() {
    let folder = practised();
    let path = database(folder.path());
    let mut newer = std::fs::read(&path).expect("the database");
    newer[60..64].copy_from_slice(&99u32.to_be_bytes());
    std::fs::write(&path, &newer).expect("a newer file");
    for access in [Access::Write, Access::Read] {
        let refused = open(folder.path(), access);
        assert!(matches!(refused, Err(Error::FileTooNew { found: 99, .. })));
    }
    assert_eq!(std::fs::read(&path).expect("the file"), newer);
    let beside: Vec<_> = std::fs::read_dir(folder.path())
        .expect("the folder")
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with("divedeep.db-"))
        .collect();
    assert!(beside.is_empty(), "no write-ahead log was made beside it: {beside:?}");
    assert!(told(&practice(folder.path())).contains("99"));
}

#[test]
fn a_data_folder_that_is_a_file_or_cannot_be_made_is_told() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    assert!(matches!(open(file.path(), Access::Write), Err(Error::DataFolderIsFile { .. })));
    let inside = file.path().join("deeper");
    assert!(matches!(open(&inside, Access::Write), Err(Error::DataFolder { .. })));
    let output = practice(file.path());
    assert_eq!(output.status.code(), Some(1));
    assert!(told(&output).contains(&file.path().display().to_string()));
}

#[test]
fn a_folder_or_a_database_that_may_only_be_read_is_told_and_can_be_looked_at() {
    let folder = practised();
    let data = folder.path().display();
    let command = env!("CARGO_BIN_EXE_divedeep");
    // Root may write anywhere, so the command runs as nobody, from a place that nobody may read.
    let copy = folder.path().join("divedeep-command");
    std::fs::copy(command, &copy).expect("a copy of the command");
    let script = format!(
        "chmod 0755 {data} {data}/divedeep-command; chmod 0444 {data}/divedeep.db {data}/divedeep.lock; chmod 0555 {data}"
    );
    assert!(Command::new("sh").args(["-c", &script]).status().expect("chmod").success());
    let run = |arguments: &[&str]| {
        let mut run = if is_root() {
            let mut run = Command::new("setpriv");
            run.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(&copy);
            run
        } else {
            Command::new(&copy)
        };
        let run = run.env("LC_ALL", "C.UTF-8").args(arguments).arg("--data-dir").arg(folder.path());
        run.stdin(Stdio::null()).output().expect("the command runs")
    };
    let refused = run(&["practice"]);
    assert_eq!(refused.status.code(), Some(1), "{}", told(&refused));
    assert!(told(&refused).contains(&data.to_string()), "names the place: {}", told(&refused));
    let looked = run(&["today", "--json"]);
    assert_eq!(looked.status.code(), Some(0), "reading still works: {}", told(&looked));
    let today: serde_json::Value = serde_json::from_slice(&looked.stdout).expect("JSON");
    assert_eq!(today["in_track"], 14);
    let script = format!("chmod 0755 {data}; chmod 0644 {data}/divedeep.db {data}/divedeep.lock");
    assert!(Command::new("sh").args(["-c", &script]).status().expect("chmod").success());
    assert_eq!(answers(folder.path()), 3);
}

#[test]
fn a_full_disk_is_told_and_every_acknowledged_answer_is_there() {
    if !is_root() {
        println!("skipped: only root can mount a small file system");
        return;
    }
    // In a mount namespace of its own, so that nothing stays mounted whatever happens.
    let bank = BankFolder::small();
    let command = env!("CARGO_BIN_EXE_divedeep");
    let script = format!(
        r#"set -e
        mount -t tmpfs -o size=700k tmpfs "$1"
        printf '1\n1\n\n600\n' | {command} practice --data-dir "$1" --bank {bank} >/dev/null
        head -c 2000000 /dev/zero > "$1/filler" 2>/dev/null || true
        long=$(head -c 60000 /dev/zero | tr '\0' 'x')
        for n in 1 2 3 4; do printf "$long\n\n3\nq\n"; done | {command} practice --data-dir "$1" --bank {bank} >/dev/null 2>"$2" || echo "exit $?" >> "$2"
        rm "$1/filler"
        {command} doctor --data-dir "$1" >> "$2"
        "#,
        bank = bank.path().display(),
    );
    let folder = tempfile::tempdir().expect("a folder");
    let log = tempfile::NamedTempFile::new().expect("a log");
    let status = Command::new("unshare")
        .args(["--mount", "--propagation", "private", "sh", "-c", &script, "sh"])
        .arg(folder.path())
        .arg(log.path())
        .output()
        .expect("unshare runs");
    let told = std::fs::read_to_string(log.path()).expect("the log");
    if told.is_empty() && String::from_utf8_lossy(&status.stderr).contains("mount") {
        println!("skipped: this sandbox mounts nothing");
        return;
    }
    assert!(status.status.success(), "{}\n{told}", String::from_utf8_lossy(&status.stderr));
    assert!(told.contains("exit 1") && told.contains("full"), "says that the disk is full: {told}");
    assert!(told.contains("ok    file") && told.contains("ok    cards"), "the file is sound: {told}");
}

#[test]
fn a_second_copy_is_refused_while_readers_may_look() {
    let folder = practised();
    let mut first = app_in(folder.path());
    assert!(matches!(open(folder.path(), Access::Write), Err(Error::InUse { .. })));
    let second = practice(folder.path());
    assert_eq!(second.status.code(), Some(1));
    assert!(told(&second).contains("divedeep.db"), "{}", told(&second));
    let looked =
        divedeep().args(["today", "--json", "--data-dir"]).arg(folder.path()).output().expect("it runs");
    assert!(looked.status.success(), "{}", told(&looked));
    grade_next(&mut first, Grade::Good, taipei("2026-11-21 09:30"));
    drop(first);
    assert_eq!(answers(folder.path()), 4, "the first copy was not disturbed");
}

#[test]
fn looking_at_a_folder_nobody_has_used_says_so_and_makes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = divedeep().args(["today", "--data-dir"]).arg(folder.path()).output().expect("it runs");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(std::fs::read_dir(folder.path()).expect("the folder").count(), 0);
}

#[test]
fn a_broken_bank_file_is_told_and_the_answers_stay() {
    let folder = practised();
    let bank = BankFolder::new().with("questions/linux/boot-process.toml", "[[question]]\nid = 3\n");
    let output = divedeep()
        .args(["practice", "--data-dir"])
        .arg(folder.path())
        .arg("--bank")
        .arg(bank.path())
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(1));
    assert!(told(&output).contains("questions/linux/boot-process.toml:2"), "{}", told(&output));
    assert_eq!(answers(folder.path()), 3);
}

#[test]
fn an_unknown_flag_is_a_usage_error() {
    for arguments in [&["practice", "--fast"][..], &["fly"], &["bank"], &["today", "--data-dir"]] {
        let output = divedeep().args(arguments).output().expect("it runs");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(told(&output).contains("--help"), "{}", told(&output));
    }
}

#[test]
fn killed_at_any_moment_every_acknowledged_answer_is_there() {
    let bank = BankFolder::small();
    let folder = tempfile::tempdir().expect("a folder");
    let mut acknowledged = 0;
    for round in 0..12u64 {
        let mut child = divedeep()
            .args(["practice", "--data-dir"])
            .arg(folder.path())
            .arg("--bank")
            .arg(bank.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it runs");
        let mut input = child.stdin.take().expect("its input");
        let mut output = BufReader::new(child.stdout.take().expect("its output"));
        if round == 0 {
            input.write_all(b"1\n1\n\n600\n").expect("the first run");
        }
        // Again each time, so that there is always one more to answer: reveal, no points, grade.
        let writer = std::thread::spawn(move || while input.write_all(b"\n\n1\n").is_ok() {});
        let mut seen = 0;
        let mut line = Vec::new();
        // A card is shown only after the answer before it was kept.
        while seen <= round * 3 {
            line.clear();
            if output.read_until(b'\n', &mut line).expect("its output") == 0 {
                break;
            }
            seen += u64::from(line.starts_with("──".as_bytes()));
        }
        acknowledged += u32::try_from(seen.saturating_sub(1)).expect("a small number");
        child.kill().expect("killed");
        let mut rest = Vec::new();
        output.read_to_end(&mut rest).expect("its last words");
        child.wait().expect("gone");
        drop(output);
        writer.join().expect("the writer stops");
        let mut app =
            App::open(folder.path(), Access::Write, &bank.source(), &mut chance()).expect("it opens");
        let kept = app.progress(divedeep::shell::now()).expect("progress").answers;
        assert!(kept >= acknowledged, "round {round}: {kept} kept, {acknowledged} acknowledged");
        assert!(app.doctor().expect("a report").is_sound(), "round {round}");
        acknowledged = kept;
    }
    assert!(acknowledged >= 12, "the test must have answered something: {acknowledged}");
}
