//! Builders shared by the tests: a small bank, an app in memory or in a folder, a clock that is set by hand.
#![allow(dead_code, reason = "each test file uses its own part")]

pub mod pair;

use std::path::{Path, PathBuf};

use divedeep::app::{Access, Answer, App, DrillAnswer, Focus, Round, Settings};
use divedeep::bank::Source;
use divedeep::model::{AnswerMode, Grade, ItemRef, Language, SessionKind};
use divedeep::time::Moment;
use rand::SeedableRng;
use rand::rngs::StdRng;

/// Minutes east of UTC of the tests' learner (Taiwan).
pub const TAIPEI: i32 = 480;

/// A source of chance that is the same in every run.
pub fn chance() -> StdRng {
    StdRng::seed_from_u64(7)
}

/// A moment in Taiwan: `2026-11-21 09:00`.
pub fn taipei(local: &str) -> Moment {
    let naive = chrono::NaiveDateTime::parse_from_str(local, "%Y-%m-%d %H:%M").expect("a test's time");
    Moment { utc_ms: naive.and_utc().timestamp_millis() - i64::from(TAIPEI) * 60_000, offset_minutes: TAIPEI }
}

/// `now`, some minutes later.
pub fn minutes_later(now: Moment, minutes: i64) -> Moment {
    Moment { utc_ms: now.utc_ms + minutes * 60_000, ..now }
}

/// `now`, some days later at the same time.
pub fn days_later(now: Moment, days: i64) -> Moment {
    minutes_later(now, days * 24 * 60)
}

/// A principle with four prompts that keep every rule.
pub fn principle(id: &str, number: u8) -> String {
    let texts = |word: &str| {
        let text = |n: u8| format!(r#"{{ en = "{word} {n} of {id}?", zh-TW = "{id}的{word}{n}？" }}"#);
        (1..=3).map(text).collect::<Vec<_>>().join(", ")
    };
    let prompt = |name: &str| {
        format!(
            r#"
[[prompt]]
id = "{id}/{name}"
rev = 1
status = "draft"
freq = "core"
seconds = 180
theme = {{ en = "{name}", zh-TW = "{name}" }}
prompt = {{ en = "Tell me about {name} in {id}.", zh-TW = "請說{id}的{name}。" }}
looks_for = {{ en = "Facts.", zh-TW = "事實。" }}
probes = [ {} ]
red_flags = [ {{ en = "None", zh-TW = "沒有" }} ]
serves = []
"#,
            texts(name)
        )
    };
    let prompts: String = ["hardest-fault", "second", "third", "fourth"].map(prompt).concat();
    format!(
        r#"
[[principle]]
id = "{id}"
number = {number}
name = {{ en = "{id}", zh-TW = "{id}" }}
prominence = "core"
looks_for = {{ en = "Facts.", zh-TW = "事實。" }}
probes = [ {} ]
red_flags = [ {{ en = "None", zh-TW = "沒有" }} ]
{prompts}"#,
        texts("probe")
    )
}

/// A question record that keeps every rule.
pub fn question(id: &str, depth: u8, freq: &str) -> String {
    format!(
        r#"
[[question]]
id = "{id}"
rev = 1
kind = "explain"
depth = {depth}
seconds = 60
freq = "{freq}"
volatility = "stable"
as_of = "2026-11-21"
status = "draft"
prompt = {{ en = "What is {id}?", zh-TW = "什麼是{id}？" }}
answer = {{ en = "It is {id}.", zh-TW = "就是{id}。" }}
say_it = {{ en = "In short.", zh-TW = "簡單說。" }}
key_points = [
  {{ id = "a", weight = 3, must = true, text = {{ en = "A", zh-TW = "甲" }} }},
  {{ id = "b", weight = 2, text = {{ en = "B", zh-TW = "乙" }} }},
  {{ id = "c", weight = 1, text = {{ en = "C", zh-TW = "丙" }} }},
]
common_mistakes = [ {{ claim = {{ en = "No", zh-TW = "否" }}, why = {{ en = "Yes", zh-TW = "是" }} }} ]
follow_ups = [
  {{ direction = "deeper", text = {{ en = "Why?", zh-TW = "為什麼？" }} }},
  {{ direction = "check", text = {{ en = "How?", zh-TW = "怎麼做？" }} }},
]
refs = [ {{ type = "man", work = "proc(5)", part = "DESCRIPTION", supports = ["a"], note = "Says so." }} ]
"#
    )
}

/// A bank folder with these files; the outline files are the built-in ones.
pub struct BankFolder {
    /// Deleted with this value.
    pub folder: tempfile::TempDir,
}

impl BankFolder {
    /// An empty bank folder.
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder for a bank") }
    }

    /// Writes a file.
    pub fn with(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the file's folder");
        std::fs::write(path, content).expect("the file");
        self
    }

    /// Ten Linux questions of depth 1 (core first), four of networking at depth 2, and one that no associate needs.
    pub fn small() -> Self {
        let linux: String = (0..10)
            .map(|n| {
                let freq = if n < 5 { "core" } else { "common" };
                question(&format!("linux/boot-process/q{n}"), 1, freq)
            })
            .collect();
        let networking: String =
            (0..4).map(|n| question(&format!("networking/udp-quic/q{n}"), 2, "core")).collect();
        Self::new()
            .with("questions/linux/boot-process.toml", linux)
            .with("questions/networking/udp-quic.toml", networking)
            .with(
                "questions/bigdata/hdfs-architecture.toml",
                question("bigdata/hdfs-architecture/q0", 1, "core"),
            )
    }

    /// The small bank with the principles Dive Deep and Earn Trust, four prompts each, and the real rubric.
    pub fn with_principles() -> Self {
        let real = |name: &str| {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/principles").join(name);
            std::fs::read_to_string(path).expect("a file of the bank")
        };
        Self::small()
            .with("principles/rubric.toml", real("rubric.toml"))
            .with("principles/common.toml", real("common.toml"))
            .with("principles/dive-deep.toml", principle("dive-deep", 12))
            .with("principles/earn-trust.toml", principle("earn-trust", 11))
    }

    /// Where it stands.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// As a source.
    pub fn source(&self) -> Source {
        Source::Folder(self.path().to_owned())
    }
}

/// An app in memory on the small bank.
pub fn app() -> App {
    App::in_memory(&BankFolder::small().source(), &mut chance()).expect("an app in memory")
}

/// An app in a folder on the small bank.
pub fn app_in(folder: &Path) -> App {
    App::open(folder, Access::Write, &BankFolder::small().source(), &mut chance())
        .expect("an app in a folder")
}

/// An interview round on a date.
pub fn round(date: &str) -> Round {
    let date = date.parse().expect("a date");
    Round { name: "Loop".to_owned(), date, time: None, zone: None, focus: Focus::default() }
}

/// The app with other settings.
pub fn with_settings(mut app: App, change: impl FnOnce(&mut Settings)) -> App {
    let mut settings = app.settings().clone();
    change(&mut settings);
    app.save_settings(settings).expect("good settings");
    app
}

/// An answer to an item, as the day's list gets it.
pub fn answer(item: &ItemRef, grade: Grade) -> Answer {
    Answer {
        item: item.clone(),
        revision: 1,
        session: SessionKind::Today,
        grade,
        ticked: vec!["a".to_owned()],
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

/// Grades the item that is asked now and says which it was.
pub fn grade_next(app: &mut App, grade: Grade, now: Moment) -> ItemRef {
    let practice = app.practice_next(now).expect("the next item");
    let card = practice.card.expect("an item is left");
    let item = card.view.item;
    // A drill is answered with its case, here by somebody who wants to see the answers.
    let drill = card.drill.map(|case| DrillAnswer {
        typed: case.asks.iter().map(|_| String::new()).collect(),
        family: case.family,
        level: case.level,
        seed: case.seed,
        given_up: true,
    });
    app.practice_grade(Answer { drill, ..answer(&item, grade) }, now).expect("the answer is kept");
    item
}

/// The built `divedeep` command.
pub fn divedeep() -> std::process::Command {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_divedeep"));
    command.env_remove("DIVEDEEP_DATA_DIR").env("LC_ALL", "C.UTF-8");
    command
}

/// The database of a data folder.
pub fn database(folder: &Path) -> PathBuf {
    folder.join("divedeep.db")
}
