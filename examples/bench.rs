//! Measures what a learner waits for: `cargo xtask bench`. Medians of many runs, one table.
//!
//! The data are made by a seed: 10,000 items, 100,000 answers over 200 days, on a memory file system where there is
//! one, so that the figures are the program's; the disk's own sync time is printed beside them.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a measurement that cannot go on should stop"
)]

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use divedeep::app::{Access, Answer, App, Selection, Taking, Trust};
use divedeep::bank::Source;
use divedeep::interview::MockWish;
use divedeep::model::{AnswerMode, Grade, ItemRef, Language, Manner, Role, SessionKind, Story, Strength};
use divedeep::story::{Interviewer, plan_panel};
use divedeep::time::Moment;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

const ITEMS: usize = 10_000;
const ANSWERS: usize = 100_000;
const DAYS: i64 = 200;
const DAY_MS: i64 = 86_400_000;
/// 2026-11-21T09:00 in Taiwan.
const FIRST: Moment = Moment { utc_ms: 1_795_222_800_000, offset_minutes: 480 };

fn main() {
    let memory = Path::new("/dev/shm");
    let place = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    let folder = tempfile::tempdir_in(&place).expect("a folder");
    let data = folder.path().join("data");

    let started = Instant::now();
    let now = prepare(folder.path(), &data);
    println!(
        "{ITEMS} items, {ANSWERS} answers, {:.1} MB, made in {:.1} s on {}\n",
        std::fs::metadata(data.join("divedeep.db")).expect("the database").len() as f64 / 1e6,
        started.elapsed().as_secs_f64(),
        place.display(),
    );
    println!("{:44} {:>9} {:>9} {:>9} {:>9}", "milliseconds", "p50", "p95", "p99", "max");

    let mut chance = StdRng::seed_from_u64(1);
    let mut times = 0;
    row("first start: the built-in bank read and kept", 15, || {
        times += 1;
        let fresh = folder.path().join(format!("first-{times}"));
        let app = App::open(&fresh, Access::Write, &Source::BuiltIn, &mut chance).expect("it opens");
        assert!(app.practice_next(now).expect("a page").card.is_some());
    });
    row("open to first question", 50, || {
        let app = App::open(&data, Access::Write, &Source::Installed, &mut chance).expect("it opens");
        assert!(app.practice_next(now).expect("a page").card.is_some());
    });

    let mut app = App::open(&data, Access::Write, &Source::Installed, &mut chance).expect("it opens");
    let mut settings = app.settings().clone();
    settings.minutes_per_day = 30;
    app.save_settings(settings).expect("good settings");
    let mut at = now;
    let mut next = app.practice_next(at).expect("a page");
    let mut times = Vec::new();
    let mut grades = StdRng::seed_from_u64(2);
    while times.len() < 2000 {
        let Some(card) = &next.card else {
            at.utc_ms += DAY_MS;
            next = app.practice_next(at).expect("a page");
            continue;
        };
        let answer = answer(&card.view.item, grade(&mut grades));
        at.utc_ms += 40_000;
        let started = Instant::now();
        next = app.practice_grade(answer, at).expect("kept");
        times.push(started.elapsed());
    }
    print_row("answer + next card (30 minutes a day)", &mut times);

    row("next card alone", 500, || {
        app.practice_next(at).expect("a page");
    });
    row("today's list", 200, || {
        app.today(at).expect("today");
    });
    row("undo + the card again", 1, || {
        app.practice_undo(at).expect("undone");
    });
    row("progress in numbers", 20, || {
        app.progress(at).expect("progress");
    });
    row("every figure of the progress page", 20, || {
        app.figures(Language::En, at).expect("figures");
    });
    row("browse, first 50 rows", 200, || {
        let filter = divedeep::app::BrowseFilter { limit: 50, ..Default::default() };
        app.browse(&filter, at).expect("a page");
    });
    row("rebuild all cards from the log", 3, || app.rebuild_cards().expect("rebuilt"));
    drop(app);
    let a_million = ten_times(&data);
    let mut app = App::open(&data, Access::Write, &Source::Installed, &mut chance).expect("it opens");
    let started = Instant::now();
    app.figures(Language::En, at).expect("figures");
    print_row(&format!("every figure, {a_million} answers, the first time"), &mut [started.elapsed()]);
    row(&format!("every figure, {a_million} answers"), 10, || {
        app.figures(Language::En, at).expect("figures");
    });
    drop(app);

    println!();
    interviews(now, &mut chance);
    packets(folder.path(), &mut chance);
    println!();
    row(&format!("20 kB append + sync, {}", place.display()), 200, sync_in(&place));
    let disk = std::env::current_dir().expect("a folder").join("target");
    row(
        &format!("20 kB append + sync, {}", disk.file_name().expect("a name").display()),
        200,
        sync_in(&disk),
    );
}

/// Gives the log nine more copies of itself, each by another device; gives its length.
fn ten_times(data: &Path) -> u32 {
    let file = rusqlite::Connection::open(data.join("divedeep.db")).expect("the database");
    let columns: String = file
        .query_row(
            "SELECT group_concat(name, ', ') FROM pragma_table_info('reviews') WHERE name <> 'device'",
            [],
            |row| row.get(0),
        )
        .expect("the columns");
    file.execute(
        &format!(
            "WITH RECURSIVE copies (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copies WHERE n < 9)
             INSERT INTO reviews (device, {columns}) SELECT device || n, {columns} FROM reviews, copies
             WHERE grade IS NOT NULL"
        ),
        [],
    )
    .expect("copied");
    file.query_row("SELECT count(*) FROM reviews", [], |row| row.get(0)).expect("a count")
}

/// Makes the bank and the answers; gives the moment after the last.
fn prepare(folder: &Path, data: &Path) -> Moment {
    let bank = folder.join("bank");
    std::fs::create_dir_all(bank.join("questions/linux")).expect("a folder");
    let topics =
        ["boot-process", "process-lifecycle", "signals-exit-codes", "load-average-cpu", "inodes-links-vfs"];
    for topic in topics {
        let mut file = String::new();
        for number in 0..ITEMS / topics.len() {
            record(&mut file, topic, number);
        }
        std::fs::write(bank.join(format!("questions/linux/{topic}.toml")), file).expect("a bank file");
    }
    let mut chance = StdRng::seed_from_u64(3);
    let mut app = App::open(data, Access::Write, &Source::Folder(bank), &mut chance).expect("it opens");
    let per_day = ANSWERS / DAYS as usize;
    let mut now = FIRST;
    for day in 0..DAYS {
        now = Moment { utc_ms: FIRST.utc_ms + day * DAY_MS, ..FIRST };
        for _ in 0..per_day {
            now.utc_ms += 30_000;
            let topic = topics[chance.random_range(0..topics.len())];
            let number = chance.random_range(0..ITEMS / topics.len());
            let item = ItemRef::question(&format!("linux/{topic}/q{number}"));
            let answer = answer(&item, grade(&mut chance));
            app.practice_grade(answer, now).expect("kept");
        }
    }
    Moment { utc_ms: now.utc_ms + DAY_MS, ..now }
}

/// A record as large as a real one: about 200 characters of prompt and 1,600 of answer in two languages.
fn record(file: &mut String, topic: &str, number: usize) {
    let en = "The kernel keeps a table of open files for each process and a count of names for each file. ";
    let zh = "核心替每個行程保留一張開啟檔案的表，也替每個檔案記錄名稱的數目，兩者都歸零時才釋放區塊。";
    let (prompt_en, prompt_zh) = (en.repeat(2), zh.repeat(2));
    let (answer_en, answer_zh) = (en.repeat(8), zh.repeat(10));
    let _ = write!(
        file,
        r#"
[[question]]
id = "linux/{topic}/q{number}"
rev = 1
kind = "explain"
depth = {}
seconds = 60
freq = "core"
volatility = "stable"
as_of = "2026-11-21"
status = "draft"
prompt = {{ en = "{number} {prompt_en}", zh-TW = "{number}{prompt_zh}" }}
answer = {{ en = "{answer_en}", zh-TW = "{answer_zh}" }}
say_it = {{ en = "{en}", zh-TW = "{zh}" }}
key_points = [
  {{ id = "a", weight = 3, must = true, text = {{ en = "{en}", zh-TW = "{zh}" }} }},
  {{ id = "b", weight = 2, text = {{ en = "{en}", zh-TW = "{zh}" }} }},
  {{ id = "c", weight = 1, text = {{ en = "{en}", zh-TW = "{zh}" }} }},
]
common_mistakes = [ {{ claim = {{ en = "{en}", zh-TW = "{zh}" }}, why = {{ en = "{en}", zh-TW = "{zh}" }} }} ]
follow_ups = [ {{ direction = "deeper", text = {{ en = "{en}", zh-TW = "{zh}" }} }} ]
refs = [ {{ type = "man", work = "proc(5)", part = "DESCRIPTION", supports = ["a"], note = "Says so." }} ]
"#,
        1 + number % 2
    );
}

fn grade(chance: &mut StdRng) -> Grade {
    match chance.random_range(0..100) {
        0..12 => Grade::Again,
        12..32 => Grade::Hard,
        32..88 => Grade::Good,
        _ => Grade::Easy,
    }
}

fn answer(item: &ItemRef, grade: Grade) -> Answer {
    Answer {
        item: item.clone(),
        revision: 1,
        session: SessionKind::Today,
        grade,
        ticked: vec!["a".to_owned(), "b".to_owned()],
        answer_mode: AnswerMode::Thought,
        answer: None,
        prompt_language: Language::En,
        reveal_language: Language::ZhTw,
        think_ms: 20_000,
        total_ms: 30_000,
        drill: None,
        play: None,
    }
}

/// A file that grows by 20 kB and is synced, as the disk's own part of an answer.
fn sync_in(folder: &Path) -> impl FnMut() {
    let path: PathBuf = folder.join("divedeep-bench-sync");
    let mut file = std::fs::File::create(&path).expect("a file");
    let _ = std::fs::remove_file(&path);
    move || {
        file.write_all(&[0; 20_480]).expect("written");
        file.sync_data().expect("synced");
    }
}

/// A year of study as a packet: 50,000 answers, a tenth of them typed, and thirty stories, made and opened.
fn packets(folder: &Path, chance: &mut StdRng) {
    const YEAR: usize = 50_000;
    let open = |name: &str, chance: &mut StdRng| {
        App::open(&folder.join(name), Access::Write, &Source::BuiltIn, chance).expect("it opens")
    };
    let (mut mei, mut bo) = (open("mei", chance), open("bo", chance));
    let filter = divedeep::app::BrowseFilter { limit: 2000, ..Default::default() };
    let items: Vec<ItemRef> = mei
        .browse(&filter, FIRST)
        .expect("a page")
        .rows
        .into_iter()
        .map(|row| row.item)
        .filter(|item| item.kind.0 == divedeep::model::ItemKind::QUESTION)
        .collect();
    let mut now = FIRST;
    for number in 0..YEAR {
        let day = (number * 365 / YEAR) as i64;
        now.utc_ms = (FIRST.utc_ms + day * DAY_MS).max(now.utc_ms + chance.random_range(20_000..60_000));
        let item = &items[chance.random_range(0..items.len())];
        let words = (number % 10 == 0).then(|| {
            let count = chance.random_range(20..60);
            (0..count).map(|_| format!("w{} ", chance.random_range(0..3000))).collect::<String>()
        });
        let answer = Answer { answer: words, answer_mode: AnswerMode::Typed, ..answer(item, grade(chance)) };
        mei.practice_grade(answer, now).expect("kept");
    }
    let mut selection = Selection { answers: true, ..Selection::progress() };
    for _ in 0..30 {
        let id = mei.story_create(now).expect("a story").id;
        let mut story = Story::default();
        let mut text = |words: usize| -> String {
            (0..words).map(|_| format!("w{} ", chance.random_range(0..3000))).collect()
        };
        (story.english.situation, story.english.action) = (text(60), text(180));
        (story.english.result, story.chinese.action) = (text(60), text(180));
        mei.story_save(&id, story, now).expect("saved");
        selection.stories.push(id);
    }
    let address = bo.me(chance).expect("keys").address;
    let mentor = mei.contact_add(Role::Mentor, "Bo", &address, now, chance).expect("added");
    let mut number = 0;
    let new = Taking { trust: Trust::New, ..Taking::default() };
    let path = |number: u32| folder.join(format!("{number}.age"));
    row("make a packet: 50,000 answers, 30 stories", 10, || {
        number += 1;
        mei.share_make(&selection, mentor, &path(number), false, now, chance).expect("made");
    });
    let bytes = std::fs::metadata(path(1)).expect("a packet").len();
    number = 0;
    row("open it", 10, || {
        number += 1;
        bo.packet_take(&path(number), new.clone(), now, chance).expect("taken");
    });
    let learner = bo.contacts().expect("contacts")[0].number;
    row("the mentor's page of it", 10, || {
        bo.review(learner, Language::En).expect("a page");
    });
    println!("{:44} {:>9.2} MB", "size of that packet", bytes as f64 / 1e6);
}

/// Stories, the panel and mock loops on the built-in bank: six interviewers with three principles each, twenty stories.
fn interviews(now: Moment, chance: &mut StdRng) {
    let mut app = App::in_memory(&Source::BuiltIn, chance).expect("an app");
    let topics = app.start_page(now).expect("the start").outline.topics;
    let principles: Vec<String> = topics
        .into_iter()
        .filter(|topic| topic.domain == divedeep::model::Item::PRINCIPLES)
        .map(|topic| topic.id)
        .collect();
    let mut stories = Vec::new();
    for _ in 0..20 {
        let id = app.story_create(now).expect("a story").id;
        let mut story = Story::default();
        (story.english.situation, story.english.action) = ("It failed. ".repeat(20), "I looked. ".repeat(90));
        story.english.result = "It fell from 3 % to 0. ".repeat(10);
        for principle in &principles {
            let strengths = [Strength::Weak, Strength::Clear, Strength::Strong];
            if let Some(strength) = strengths.get(chance.random_range(0..6)) {
                story.principles.insert(principle.clone(), *strength);
            }
        }
        app.story_save(&id, story.clone(), now).expect("saved");
        stories.push((id, story));
    }
    let panel: Vec<Interviewer> = (0..6)
        .map(|person| Interviewer {
            name: String::new(),
            principles: principles.iter().cycle().skip(3 * person).take(3).cloned().collect(),
            bar_raiser: person == 0,
        })
        .collect();
    app.panel_save(&panel).expect("a panel");
    row("panel of 6 x 3 with 20 stories", 200, || {
        assert!(plan_panel(&panel, &stories).answered > 0);
    });
    row("the page of stories", 50, || assert_eq!(app.stories(now).expect("the page").stories.len(), 20));
    row("keep a story and its hints", 50, || {
        let (id, story) = &mut stories[0];
        story.when.push('x');
        app.story_save(id, story.clone(), now).expect("saved");
    });
    let mut seed = 0;
    row("draw a mock loop", 20, || {
        seed += 1;
        let wish = MockWish { seed, languages: vec![Language::En; 5], manner: Manner::Typed };
        app.mock_start(&wish, now).expect("a loop");
    });
    // Bursts of a voice's pitch, a fifth of the time still.
    let samples: Vec<f32> = (0..600 * 16_000_u32)
        .map(|n| {
            let wave = (n as f32 * 0.06).sin() + (n as f32 * 0.27).sin();
            if n / 16_000 % 5 == 4 { 0.0 } else { wave * 0.2 * ((n / 2_000 % 2) as f32 + 0.1) }
        })
        .collect();
    row("delivery of ten minutes of speech", 5, || {
        assert!(divedeep::speech::delivery(&samples, 16_000).syllables > 0);
    });
}

fn row(name: &str, runs: usize, mut work: impl FnMut()) {
    let mut times: Vec<Duration> = (0..runs)
        .map(|_| {
            let started = Instant::now();
            work();
            started.elapsed()
        })
        .collect();
    print_row(name, &mut times);
}

fn print_row(name: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |share: f64| {
        let index = ((times.len() - 1) as f64 * share).round() as usize;
        times[index].as_secs_f64() * 1000.0
    };
    println!("{name:44} {:9.3} {:9.3} {:9.3} {:9.3}", at(0.5), at(0.95), at(0.99), at(1.0));
}
