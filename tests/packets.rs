//! What of a packet is refused, and what never leaves with one.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on should stop"
)]

mod common;

use common::pair::*;
use common::*;
use divedeep::app::{Access, App, Assignment, Comment, Feedback, Place, Selection, Taking, Trust};
use divedeep::bank::Source;
use divedeep::error::{Error, Refusal};
use divedeep::model::{Grade, ItemRef, Language, Role, Score};
use divedeep::packet::{Header, Identity, PacketKind, open, seal};

#[test]
fn a_sender_who_restored_an_older_backup_is_not_taken_for_a_replay() {
    let mut pair = Pair::new();
    let now = study(&mut pair.mei.app, 1, taipei(NINE));
    let one = pair.share("1.age", &Selection::progress(), now);
    pair.bo.take(&one, Trust::New, now).expect("taken");
    let folder = pair.mei.folder.path().to_owned();
    let backup = tempfile::tempdir().expect("a folder");
    let copy = backup.path().join("divedeep.db");
    rusqlite::Connection::open(database(&folder))
        .expect("a database")
        .execute("VACUUM INTO ?1", [copy.to_str().expect("a path")])
        .expect("a backup");
    let two = pair.share("2.age", &Selection::progress(), days_later(now, 1));
    pair.bo.take(&two, Trust::Known, days_later(now, 1)).expect("taken");

    let restored = tempfile::tempdir().expect("a folder");
    std::fs::copy(&copy, database(restored.path())).expect("restored");
    std::fs::copy(folder.join("keys.txt"), restored.path().join("keys.txt")).expect("restored");
    pair.mei.app =
        App::open(restored.path(), Access::Write, &Source::BuiltIn, &mut drawn(8)).expect("opened");
    let later = days_later(now, 2);
    let other = pair.share("2b.age", &Selection::progress(), later);
    assert_eq!(refusal(pair.bo.take(&other, Trust::Known, later)), Refusal::OutOfOrder);
    pair.bo.app.packet_take(&other, WITHOUT, later, &mut drawn(1)).expect("taken without");
    let next = pair.share("3b.age", &Selection::progress(), days_later(now, 3));
    pair.bo.take(&next, Trust::Known, days_later(now, 3)).expect("right after it");
    assert_eq!(refusal(pair.bo.take(&two, Trust::Known, later)), Refusal::Known);
}

#[test]
fn who_is_agreed_to_is_who_was_compared() {
    let mut pair = Pair::new();
    let now = study(&mut pair.mei.app, 1, taipei(NINE));
    let path = pair.share("review.age", &Selection::progress(), now);
    let mut taking = Taking { trust: Trust::New, words: Some("other words".to_owned()), ..Taking::default() };
    let refused = pair.bo.app.packet_take(&path, taking.clone(), now, &mut drawn(1));
    let Err(Error::UnknownSender { words, .. }) = refused else { panic!("{refused:?}") };
    taking.words = Some(words);
    pair.bo.app.packet_take(&path, taking, now, &mut drawn(1)).expect("taken");
}

#[test]
fn a_packet_of_the_other_kind_belongs_to_the_other_command() {
    let mut pair = Pair::new();
    let now = study(&mut pair.mei.app, 1, taipei(NINE));
    let review = pair.share("review.age", &Selection::progress(), now);
    let feedback = Taking { role: Some(Role::Mentor), trust: Trust::New, ..Taking::default() };
    assert_eq!(
        refusal(pair.bo.app.packet_take(&review, feedback.clone(), now, &mut drawn(1))),
        Refusal::WrongKind
    );
    assert!(pair.bo.app.contacts().expect("contacts").is_empty(), "nothing was kept");
    let learner = Taking { role: Some(Role::Learner), ..feedback };
    pair.bo.app.packet_take(&review, learner, now, &mut drawn(1)).expect("taken");
}

#[test]
fn what_cannot_be_taken_is_refused_with_its_own_reason_and_changes_nothing() {
    let mut pair = Pair::new();
    let now = study(&mut pair.mei.app, 2, taipei(NINE));
    let one = pair.share("1.age", &Selection::progress(), now);
    let two = pair.share("2.age", &Selection::progress(), days_later(now, 1));
    let three = pair.share("3.age", &Selection::progress(), days_later(now, 2));
    let learner = pair.bo.take(&one, Trust::New, now).expect("taken");
    let table = |pair: &Pair| pair.bo.app.cohort(now, &mut drawn(0)).expect("a table");
    let before = table(&pair);

    let put = |pair: &Pair, name: &str, bytes: &[u8]| {
        let path = pair.file(name);
        std::fs::write(&path, bytes).expect("written");
        path
    };
    let good = std::fs::read(&two).expect("a packet");
    let mut tampered = good.clone();
    let middle = tampered.len() / 2;
    tampered[middle] ^= 1;
    let oversized = pair.file("large.age");
    std::fs::File::create(&oversized)
        .and_then(|file| file.set_len(divedeep::packet::LARGEST + 1))
        .expect("a sparse file");
    let (mei, bo) = (pair.mei.keys(), pair.bo.keys());
    let sealed = |from: &Identity, to: &Identity, change: &dyn Fn(&mut Header)| {
        let mut bytes = Vec::new();
        let order = (2, None);
        let header = seal(&mut bytes, from, &to.address(), PacketKind::Review, order, now.utc_ms, b"{}", &[])
            .expect("memory");
        let mut changed = header.clone();
        change(&mut changed);
        (bytes, changed)
    };
    let stranger = Identity::generate(&mut drawn(9));
    let (for_stranger, _) = sealed(&mei, &stranger, &|_| ());
    let (nonsense, _) = sealed(&mei, &bo, &|_| ());
    assert!(open(&bo, &nonsense).is_ok(), "a good packet that says nothing this program knows");
    for (name, bytes, expected) in [
        ("truncated", &good[..good.len() - 20], Refusal::Damaged),
        ("tampered", &tampered[..], Refusal::Damaged),
        ("no packet", &b"hello"[..], Refusal::Damaged),
        ("empty", &b""[..], Refusal::Damaged),
        ("another's", &for_stranger[..], Refusal::NotForYou),
        ("nonsense", &nonsense[..], Refusal::Damaged),
    ] {
        let path = put(&pair, name, bytes);
        assert_eq!(refusal(pair.bo.take(&path, Trust::Known, now)), expected, "{name}");
    }
    assert_eq!(refusal(pair.bo.take(&oversized, Trust::Known, now)), Refusal::TooLarge);
    assert_eq!(refusal(pair.bo.take(&one, Trust::Known, now)), Refusal::Known, "replayed");
    assert_eq!(refusal(pair.bo.take(&three, Trust::Known, now)), Refusal::OutOfOrder);
    assert_eq!(refusal(pair.mei.take(&one, Trust::Known, now)), Refusal::NotForYou, "its own sender");
    let missing = pair.bo.take(&pair.file("no.age"), Trust::Known, now);
    assert!(matches!(missing, Err(Error::ReadFile { .. })), "{missing:?}");
    assert_eq!(table(&pair), before, "nothing of it left a trace");

    // The one in between arrives, or is said to be lost.
    assert_eq!(pair.bo.take(&two, Trust::Known, now).expect("in order"), learner);
    pair.bo.take(&three, Trust::Known, now).expect("in order");
    assert_eq!(refusal(pair.bo.take(&two, Trust::Known, now)), Refusal::Known, "older than the newest");
    pair.share("4.age", &Selection::progress(), days_later(now, 3));
    let five = pair.share("5.age", &Selection::progress(), days_later(now, 4));
    assert_eq!(refusal(pair.bo.take(&five, Trust::Known, now)), Refusal::OutOfOrder);
    pair.bo.app.packet_take(&five, WITHOUT, now, &mut drawn(1)).expect("without number 4");
}

#[test]
fn a_changed_key_is_told_loudly_and_stays_apart() {
    let mut pair = Pair::new();
    let now = study(&mut pair.mei.app, 2, taipei(NINE));
    let first = pair.share("1.age", &Selection::progress(), now);
    let learner = pair.bo.take(&first, Trust::New, now).expect("taken");
    pair.bo.app.contact_compared(learner, true, now).expect("kept");

    // Somebody who calls themselves Mei.
    let mut other = Person::new(" mei ", 7);
    let bo = pair.bo.address();
    let mentor = other.app.contact_add(Role::Mentor, "Bo", &bo, now, &mut drawn(3)).expect("added");
    let path = pair.file("other.age");
    other.app.share_make(&Selection::progress(), mentor, &path, false, now, &mut drawn(4)).expect("made");
    match pair.bo.take(&path, Trust::Known, now) {
        Err(error @ Error::ChangedKey { .. }) => {
            assert_eq!(error.code(), "changed_key");
            assert!(error.params()["words"].split(' ').count() == 8);
        }
        other => panic!("{other:?}"),
    }
    let second = pair.bo.take(&path, Trust::New, now).expect("taken, as somebody else");
    assert_ne!(second, learner);
    let cohort = pair.bo.app.cohort(now, &mut drawn(0)).expect("a table");
    let of = |number: u32| cohort.learners.iter().find(|row| row.contact.number == number).expect("a row");
    assert!(of(learner).contact.compared && !of(learner).contact.changed_key);
    assert!(!of(second).contact.compared && of(second).contact.changed_key);
}

#[test]
fn nothing_outside_the_chosen_parts_leaves() {
    let mut pair = Pair::new();
    let now = study(&mut pair.mei.app, 2, taipei(NINE));
    pair.mei.app.private_names_save(&["Globex".to_owned()]).expect("kept");
    let shown = story(&mut pair.mei.app, "Shown story", "I asked Ann Lee at 10.2.3.4 about it.", now);
    let hidden = story(&mut pair.mei.app, "Hidden story", "I kept a secret thing.", now);
    // A graded story is an answered item, whose title is the learner's own words.
    let answer = answer(&ItemRef::story(&hidden), Grade::Good);
    pair.mei.app.practice_grade(answer, now).expect("graded");
    let read = |pair: &mut Pair, name: &str, selection: &Selection| {
        let path = pair.share(name, selection, now);
        let opened = open(&pair.bo.keys(), &std::fs::read(path).expect("a packet")).expect("it opens");
        assert!(opened.parts.is_empty(), "no recording was chosen");
        String::from_utf8(opened.payload).expect("JSON")
    };
    let text = read(&mut pair, "story.age", &everything(vec![shown.clone()]));
    assert!(text.contains("Shown story"));
    for secret in ["Hidden", "secret thing", "Ann Lee", "Globex", "10.2.3.4", &hidden.0] {
        assert!(!text.contains(secret), "{secret} left");
    }
    // When the interview is goes with the figures, and with nothing else.
    pair.mei.app.save_rounds(vec![round("2026-12-24")], now).expect("kept");
    assert!(read(&mut pair, "figures.age", &Selection::progress()).contains("2026-12-24"));
    let text = read(&mut pair, "nothing.age", &Selection::default());
    for (part, word) in
        [("stories", "Shown"), ("items", "grade"), ("figures", "tally"), ("interview", "2026-12-24")]
    {
        assert!(!text.contains(word), "{part} left without being chosen: {text}");
    }
    // Without blacking out, listed names and people stay out all the same; the rest is the learner's choice, and is told.
    let open_eyed = Selection { redact: false, ..everything(vec![shown]) };
    let preview = pair.mei.app.share_preview(&open_eyed, Language::En, now).expect("a preview");
    let found: Vec<&str> = preview.findings.iter().map(|found| found.finding.words.as_str()).collect();
    assert_eq!(found, ["10.2.3.4"]);
    let text = read(&mut pair, "open.age", &open_eyed);
    assert!(text.contains("10.2.3.4") && !text.contains("Ann Lee") && !text.contains("Globex"));
}

#[test]
fn keys_are_the_owners_alone_and_addresses_are_checked() {
    let mut mei = Person::new("Mei", 1);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(mei.folder.path().join("keys.txt")).expect("keys").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let now = taipei(NINE);
    let address = mei.address();
    for (name, text) in
        [("Bo", "no address"), ("Bo", ""), ("Bo", &address), ("", &Person::new("Bo", 2).address())]
    {
        let refused = mei.app.contact_add(Role::Mentor, name, text, now, &mut drawn(3));
        assert!(matches!(refused, Err(Error::NotAnAddress { .. } | Error::BadValue { .. })), "{refused:?}");
    }
    assert!(mei.app.contacts().expect("contacts").is_empty());
    std::fs::write(mei.folder.path().join("keys.txt"), "broken").expect("written");
    let broken = mei.app.me(&mut drawn(0));
    assert!(matches!(broken, Err(Error::ReadFile { .. })), "never replaced by new keys: {broken:?}");
}

/// Every number of a JSON value, by its path.
fn numbers(value: &serde_json::Value, path: &str, found: &mut Vec<String>) {
    match value {
        serde_json::Value::Number(_) => found.push(path.to_owned()),
        serde_json::Value::Array(list) => {
            for (at, one) in list.iter().enumerate().take(3) {
                numbers(one, &format!("{path}/{at}"), found);
            }
        }
        serde_json::Value::Object(map) => {
            for (name, one) in map.iter().take(40) {
                numbers(one, &format!("{path}/{}", name.replace('/', "~1")), found);
            }
        }
        _ => {}
    }
}

#[test]
fn a_packet_of_absurd_numbers_is_refused_or_shown_and_harms_nothing() {
    let mut pair = Pair::new();
    let now = study(&mut pair.mei.app, 2, taipei(NINE));
    let id = story(&mut pair.mei.app, "Story", "I did it.", now);
    let review = pair.share("1.age", &everything(vec![id]), now);
    let (mei, bo) = (pair.mei.keys(), pair.bo.keys());
    let opened = open(&bo, &std::fs::read(&review).expect("a packet")).expect("it opens");
    let learner = pair.bo.take(&review, Trust::New, now).expect("taken");
    let said: serde_json::Value = serde_json::from_slice(&opened.payload).expect("JSON");
    let mut paths = Vec::new();
    numbers(&said, "", &mut paths);
    assert!(paths.len() > 100, "{} numbers", paths.len());
    let mut taken = 0;
    for (sequence, path) in (2..).zip(&paths) {
        let absurd = ["2147483647", "-2147483648", "0", "255", "4294967295", "9e300", "-1"];
        let mut changed = said.clone();
        let number = absurd[sequence as usize % absurd.len()];
        *changed.pointer_mut(path).expect("a place") = serde_json::from_str(number).expect("a number");
        let file = pair.file("absurd.age");
        sealed(&mei, &bo, PacketKind::Review, sequence, now.utc_ms + i64::from(sequence), &changed, &file);
        match pair.bo.app.packet_take(&file, WITHOUT, now, &mut drawn(1)) {
            Ok(_) => {
                taken += 1;
                pair.bo.app.review(learner, Language::En).expect("a page");
                pair.bo.app.cohort(now, &mut drawn(0)).expect("a table");
            }
            Err(error) => assert_eq!(error.code(), "packet_damaged", "{path} {number}: {error}"),
        }
    }
    assert!(taken > 20, "{taken} of {} were shown", paths.len());

    // The same of times nobody can have in the header, and of a thing that is there twice.
    let mut send = |said: &serde_json::Value, at_ms: i64| {
        let file = pair.file("absurd.age");
        sealed(&mei, &bo, PacketKind::Review, 5000, at_ms, said, &file);
        refusal(pair.bo.app.packet_take(&file, WITHOUT, now, &mut drawn(1)))
    };
    assert_eq!(send(&said, i64::MAX), Refusal::Damaged);
    let mut twice = said.clone();
    let items = twice["parts"]["items"].as_array_mut().expect("items");
    items.push(items[0].clone());
    assert_eq!(send(&twice, now.utc_ms + 5000), Refusal::Damaged);
}

#[test]
fn feedback_of_absurd_numbers_is_refused_or_shown_and_harms_nothing() {
    let mut pair = Pair::new();
    let now = study(&mut pair.mei.app, 2, taipei(NINE));
    let review = pair.share("review.age", &everything(Vec::new()), now);
    let learner = pair.bo.take(&review, Trust::New, now).expect("taken");
    let item = pair.bo.app.review(learner, Language::En).expect("a page").parts.items[0].clone();
    let score = Score { value: 3, because: String::new(), at_ms: Some(100) };
    let feedback = Feedback {
        words: "Good.".to_owned(),
        seen_at_ms: now.utc_ms,
        comments: vec![Comment {
            item: item.item.clone(),
            title: item.title.clone(),
            place: Place::Answer { at_ms: now.utc_ms },
            quote: String::new(),
            words: "Why?".to_owned(),
            scores: [("action".to_owned(), score)].into(),
        }],
        assignments: vec![Assignment {
            item: Some(item.item),
            title: item.title,
            words: String::new(),
            due: now.local_date(),
        }],
        ..Feedback::default()
    };
    let (bo, mei) = (pair.bo.keys(), pair.mei.keys());
    let said = serde_json::to_value(&feedback).expect("JSON");
    let mut paths = Vec::new();
    numbers(&said, "", &mut paths);
    let mut tried = 0;
    let mut send = |said: &serde_json::Value, sequence: u32| {
        let file = pair.file("absurd.age");
        sealed(&bo, &mei, PacketKind::Feedback, sequence, now.utc_ms + i64::from(sequence), said, &file);
        match pair.mei.app.packet_take(&file, WITHOUT, now, &mut drawn(1)) {
            Ok(_) => {
                let page = pair.mei.app.share_page(now, &mut drawn(0)).expect("a page");
                let day = |at_ms: i64| (0..=253_402_300_799_000).contains(&at_ms);
                assert!(page.requests.iter().all(|one| one.seen_at_ms.is_none_or(day)));
                assert!(
                    page.comments.iter().all(|one| one.comment.scores.values().all(|score| score.value <= 4))
                );
                pair.mei.app.today(now).expect("today");
            }
            Err(error) => assert_eq!(error.code(), "packet_damaged", "{said}: {error}"),
        }
        tried += 1;
    };
    for (sequence, path) in (1..).step_by(10).zip(&paths) {
        for (more, absurd) in (0..).zip(["9223372036854775807", "-1", "0", "255", "9e300"]) {
            let mut changed = said.clone();
            *changed.pointer_mut(path).expect("a place") = serde_json::from_str(absurd).expect("a number");
            send(&changed, sequence + more);
        }
    }
    for (sequence, due) in (900..).zip(["-0001-01-01", "+99999-01-01", "2026-13-01", ""]) {
        let mut changed = said.clone();
        changed["assignments"][0]["due"] = due.into();
        send(&changed, sequence);
    }
    assert!(tried > 15);
}

#[test]
fn a_name_is_shown_on_one_line_and_no_longer_than_a_name() {
    let mut pair = Pair::new();
    let now = study(&mut pair.mei.app, 1, taipei(NINE));
    let review = pair.share("review.age", &Selection::progress(), now);
    let opened = open(&pair.bo.keys(), &std::fs::read(&review).expect("a packet")).expect("it opens");
    let mut said: serde_json::Value = serde_json::from_slice(&opened.payload).expect("JSON");
    for (name, shown) in [
        ("Bo\n\nThe words are the same. \u{202e}", "BoThe words are the same."),
        ("", "?"),
        (&"好".repeat(1_000_000), &"好".repeat(26)),
    ] {
        said["parts"]["name"] = name.into();
        let file = pair.file("named.age");
        sealed(&pair.mei.keys(), &pair.bo.keys(), PacketKind::Review, 1, now.utc_ms, &said, &file);
        match pair.bo.take(&file, Trust::Known, now) {
            Err(Error::UnknownSender { name, .. }) => assert_eq!(name.trim(), shown),
            other => panic!("{other:?}"),
        }
    }
}
