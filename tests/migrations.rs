//! Every released file opens: old fixtures upgrade with their rows, a fresh file equals an upgraded one.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on should stop"
)]

mod common;

use common::*;
use divedeep::app::{Access, App};
use divedeep::model::Grade;

/// Every table, index, view and trigger of a database, in a form that can be compared.
fn schema(path: &std::path::Path) -> Vec<String> {
    let database = rusqlite::Connection::open(path).expect("a database");
    let mut statement = database
        .prepare(
            "SELECT type || ' ' || name || ': ' || coalesce(sql, '') FROM sqlite_schema ORDER BY type, name",
        )
        .expect("the schema");
    let rows = statement.query_map([], |row| row.get::<_, String>(0)).expect("its rows");
    rows.collect::<Result<_, _>>().expect("its rows")
}

/// `tests/fixtures/version_N.sql` is a dump of a file as version N left it, with settings, a round and three answers.
#[test]
fn every_released_version_opens_with_its_answers_and_becomes_a_fresh_files_equal() {
    let fresh = tempfile::tempdir().expect("a folder");
    drop(app_in(fresh.path()));
    let mut versions = 0;
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures")).expect("fixtures")
    {
        let dump = entry.expect("a fixture").path();
        let folder = tempfile::tempdir().expect("a folder");
        let old = rusqlite::Connection::open(database(folder.path())).expect("a database");
        old.execute_batch(&std::fs::read_to_string(&dump).expect("the dump")).expect("the dump is SQL");
        old.pragma_update(None, "journal_mode", "wal").expect("as the program leaves it");
        drop(old);
        let mut app = App::open(folder.path(), Access::Write, &BankFolder::small().source(), &mut chance())
            .unwrap_or_else(|error| panic!("{}: {error}", dump.display()));
        let now = taipei("2026-11-21 10:00");
        assert_eq!(app.progress(now).expect("progress").answers, 3, "{}", dump.display());
        assert_eq!(app.settings().minutes_per_day, 45);
        assert_eq!(app.rounds().len(), 1);
        assert!(app.doctor().expect("a report").is_sound());
        grade_next(&mut app, Grade::Good, now);
        drop(app);
        assert_eq!(schema(&database(folder.path())), schema(&database(fresh.path())), "{}", dump.display());
        versions += 1;
    }
    assert!(versions >= 1, "a fixture for each released version");
}

#[test]
fn a_failed_upgrade_leaves_the_file_as_it_was() {
    // A file that says version 0 but holds tables: the first migration cannot apply.
    let folder = tempfile::tempdir().expect("a folder");
    let path = database(folder.path());
    let odd = rusqlite::Connection::open(&path).expect("a database");
    odd.execute_batch("CREATE TABLE items (something_else TEXT); INSERT INTO items VALUES ('mine');")
        .expect("a table");
    drop(odd);
    let opened = App::open(folder.path(), Access::Write, &BankFolder::small().source(), &mut chance());
    assert!(opened.is_err());
    drop(opened);
    let odd = rusqlite::Connection::open(&path).expect("a database");
    let kept: String =
        odd.query_row("SELECT something_else FROM items", [], |row| row.get(0)).expect("the row");
    assert_eq!(kept, "mine");
    let tables: i64 =
        odd.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).expect("a count");
    assert_eq!(tables, 1, "nothing was half done");
}
