//! Keeps the map of ARCHITECTURE.md true: who may name what, and what stands in two places that must agree.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on should stop"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn files(folder: &str, endings: &[&str]) -> Vec<PathBuf> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, found);
            } else {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join(folder), &mut found);
    found.retain(|path| endings.iter().any(|ending| path.extension().is_some_and(|e| e == *ending)));
    assert!(!found.is_empty(), "no files in {folder}: has it moved?");
    found.sort();
    found
}

/// The core's own source and that of the crates it is made of.
fn sources() -> Vec<PathBuf> {
    ["src", "model/src", "cases/src"].into_iter().flat_map(|folder| files(folder, &["rs"])).collect()
}

fn name(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

/// Lines of Rust code without comments.
fn code(path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).expect("a source file");
    text.lines().map(|line| line.split("//").next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn each_outside_thing_has_one_owner() {
    for (thing, owner) in [
        ("rusqlite", "src/store/"),
        ("fsrs::", "src/memory/"),
        ("include_dir", "src/bank/"),
        ("pulldown_cmark", "model/src/markdown.rs"),
        ("disallowed_methods", "src/shell.rs"),
        ("hound", "src/speech/"),
        ("csv::", "src/chart/"),
        ("age::x25519", "src/packet/"),
        ("ed25519_dalek", "src/packet/"),
    ] {
        for path in sources() {
            let file = name(&path);
            // The error type carries the database's error, which is the one exception.
            if file.starts_with(owner) || (thing == "rusqlite" && file == "src/error.rs") {
                continue;
            }
            let found = code(&path).iter().any(|line| line.contains(thing));
            assert!(!found, "{file} names {thing}, which belongs to {owner}");
        }
    }
}

#[test]
fn arrows_go_right_only() {
    // room, rooms it may use
    let rooms: [(&str, &[&str]); 17] = [
        ("time", &[]),
        ("model", &["time"]),
        ("memory", &["error", "model", "time"]),
        ("store", &["error", "model", "time"]),
        ("bank", &["error", "model", "time"]),
        ("plan", &["error", "memory", "model", "time"]),
        ("story", &["model", "time"]),
        ("interview", &["model"]),
        ("speech", &["error", "model"]),
        ("cloud", &["model"]),
        ("drill", &["cloud", "model"]),
        ("incident", &["cloud", "model"]),
        ("progress", &["model", "time"]),
        ("chart", &[]),
        ("packet", &["error", "model"]),
        ("report", &["chart", "model"]),
        (
            "app",
            &[
                "bank",
                "chart",
                "cloud",
                "drill",
                "error",
                "incident",
                "interview",
                "memory",
                "model",
                "packet",
                "plan",
                "progress",
                "report",
                "speech",
                "store",
                "story",
                "time",
            ],
        ),
    ];
    let all = [
        "app",
        "bank",
        "chart",
        "cloud",
        "drill",
        "error",
        "incident",
        "interview",
        "memory",
        "model",
        "packet",
        "plan",
        "progress",
        "report",
        "shell",
        "speech",
        "store",
        "story",
        "time",
    ];
    for path in sources() {
        let file = name(&path);
        // In `model/` every file is the model's, but that of the days.
        let own = file.strip_prefix("model/src/").map(|own| if own == "time.rs" { "time" } else { "model" });
        let inner = file.trim_start_matches("cases/").trim_start_matches("src/");
        let room = own.unwrap_or(inner.split('/').next().unwrap_or_default()).trim_end_matches(".rs");
        let Some((_, may)) = rooms.iter().find(|(known, _)| *known == room) else { continue };
        for line in code(&path) {
            for other in all {
                let names_it = line.contains(&format!("crate::{other}"));
                assert!(
                    !names_it || other == room || may.contains(&other),
                    "{file} uses {other}, which {room}/ may not: {line}"
                );
            }
        }
    }
    for path in files("src", &["rs"]) {
        let file = name(&path);
        if file == "src/main.rs" || file.starts_with("src/cli/") {
            let reaches = code(&path)
                .iter()
                .any(|line| line.contains("divedeep::store") || line.contains("divedeep::memory"));
            assert!(!reaches, "{file} must go through app");
        }
    }
    for path in files("src-tauri/src", &["rs"]) {
        let cpal = name(&path) == "src-tauri/src/microphone.rs";
        assert!(cpal || !code(&path).iter().any(|line| line.contains("cpal")), "{} names cpal", name(&path));
        let reaches = code(&path)
            .iter()
            .any(|line| line.contains("divedeep::store") || line.contains("divedeep::memory"));
        assert!(!reaches, "{} must go through app", name(&path));
    }
}

/// The commands as `build.rs` lists them.
fn listed() -> BTreeSet<String> {
    let text = read("src-tauri/build.rs");
    let list = text.split("COMMANDS").nth(1).expect("the list").split("];").next().expect("its end");
    list.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn every_command_is_listed_granted_handled_and_called_exactly_once() {
    let listed = listed();
    assert!(listed.len() >= 16, "{listed:?}");

    let grants: serde_json::Value =
        serde_json::from_str(&read("src-tauri/capabilities/main.json")).expect("JSON");
    let granted: Vec<String> = grants["permissions"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|permission| {
            let permission = permission.as_str().expect("a name");
            permission.strip_prefix("allow-").expect("own commands only").replace('-', "_")
        })
        .collect();
    assert_eq!(granted.len(), listed.len(), "granted once each");
    assert_eq!(granted.into_iter().collect::<BTreeSet<_>>(), listed);
    assert_eq!(grants["windows"], serde_json::json!(["main"]));
    assert!(grants.get("remote").is_none(), "no page from elsewhere may call");
    assert_eq!(files("src-tauri/capabilities", &["json"]).len(), 1, "one capability file");

    let shell = read("src-tauri/src/lib.rs");
    let handlers =
        shell.split("generate_handler![").nth(1).expect("handlers").split(']').next().expect("their end");
    let handled: BTreeSet<String> = handlers
        .split(',')
        .filter_map(|path| path.trim().rsplit("::").next())
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect();
    assert_eq!(handled, listed);

    let mut declared = BTreeSet::new();
    for path in files("src-tauri/src/commands", &["rs"]) {
        let lines = code(&path);
        let screen = path.file_stem().expect("a name").to_string_lossy().into_owned();
        for (at, _) in lines.iter().enumerate().filter(|(_, line)| line.contains("#[tauri::command")) {
            let signature = lines[at + 1].trim();
            let command = signature.trim_start_matches("pub(crate) fn ").split('(').next().expect("a name");
            assert!(command.starts_with(&format!("{screen}_")), "{command} belongs in another file");
            assert!(declared.insert(command.to_owned()), "{command} stands twice");
        }
    }
    assert_eq!(declared, listed);

    let api = read("ui/src/lib/api/index.ts");
    for command in &listed {
        let calls =
            api.matches(&format!("'{command}'")).count() + api.matches(&format!("\"{command}\"")).count();
        assert_eq!(calls, 1, "{command} in ui/src/lib/api/index.ts");
    }
}

#[test]
fn the_window_is_closed_to_everything_it_does_not_need() {
    let conf: serde_json::Value = serde_json::from_str(&read("src-tauri/tauri.conf.json")).expect("JSON");
    assert_eq!(conf["app"]["withGlobalTauri"], false);
    let security = &conf["app"]["security"];
    assert_eq!(security["freezePrototype"], true);
    assert_eq!(security["assetProtocol"]["enable"], false);
    let keys: Vec<&String> = security.as_object().expect("settings").keys().collect();
    assert!(!keys.iter().any(|key| key.starts_with("dangerous")), "{keys:?}");
    let csp = security["csp"].as_str().expect("a policy");
    for part in [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src ipc: http://ipc.localhost",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-src 'none'",
    ] {
        assert!(csp.split("; ").any(|found| found == part), "{part} in {csp}");
    }
    assert!(!csp.contains("unsafe"), "{csp}");
}

#[test]
fn only_the_api_speaks_to_the_core_and_no_page_sets_html() {
    for path in files("ui/src", &["ts", "svelte"]) {
        let file = name(&path);
        let text = std::fs::read_to_string(&path).expect("a source file");
        // A test may put something else in the core's place.
        let may = file.starts_with("ui/src/lib/api/")
            || file.starts_with("ui/src/dev/")
            || file.ends_with(".test.ts");
        if !may {
            assert!(!text.contains("@tauri-apps"), "{file} must call ui/src/lib/api");
        }
        assert!(!text.contains("{@html"), "{file}: build elements from blocks, never from HTML");
        // A test may lay out a scene of its own.
        let sets_html = text.contains("innerHTML") && !file.ends_with(".test.ts");
        assert!(!sets_html, "{file}: build elements from blocks, never from HTML");
        if file.starts_with("ui/src/lib/components/") {
            assert!(
                !text.contains("lib/api/index") && !text.contains("/pages/"),
                "{file}: components get data by props"
            );
        }
    }
    let page = read("ui/index.html");
    assert!(!page.contains("<style") && !page.contains("style="), "inline style would loosen the policy");
}

#[test]
fn every_path_named_in_the_documents_exists() {
    for document in ["README.md", "ARCHITECTURE.md", "data/README.md"] {
        let text = read(document);
        let folder = Path::new(document).parent().expect("a folder");
        for span in text.split('`').skip(1).step_by(2) {
            let is_path = span.contains('/')
                || span.ends_with(".rs")
                || span.ends_with(".toml")
                || span.ends_with(".tsv");
            let plain = span.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
            if !is_path
                || !plain
                || span.starts_with('/')
                || span == "domain/topic/slug"
                || span == "principle/slug"
            {
                continue;
            }
            let found = [
                root().join(span),
                root().join(folder).join(span),
                root().join("src").join(span),
                root().join("data/questions").join(span),
            ]
            .iter()
            .any(|path| path.exists());
            assert!(found, "{document} names `{span}`, which does not exist");
        }
    }
}
