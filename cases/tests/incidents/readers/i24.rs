//! I24: an image of one architecture on nodes of another.

use std::collections::BTreeMap;

use divedeep_cases::incident::{Series, View};

use super::{Faults, all, first};

pub fn finding(check: &str, text: &str, _: &[Series]) -> String {
    let found = match check {
        "service-events" if text.contains("deployment failed: tasks failed to start") => {
            "tasks-fail-to-start"
        }
        "stopped-task" => {
            if text.contains("no matching manifest") {
                "no-matching-manifest"
            } else if text.contains("pull access denied") {
                "pull-denied"
            } else if first(r#""exitCode": (\d+)"#, text) == "137" && text.contains("OutOfMemoryError") {
                "out-of-memory"
            } else {
                "exit-1"
            }
        }
        "container-log" => {
            if text.contains("log stream does not exist") {
                "no-log"
            } else if text.contains("exec format error") {
                "exec-format-error"
            } else if text.contains("is not set") {
                "setting-missing"
            } else {
                "stops-in-the-middle"
            }
        }
        "manifest" => {
            let (new, old) = text.split_at(text.rfind("$ docker").expect("two commands"));
            let architecture = |text| all(r#""architecture": "(\w+)""#, text);
            match (new.contains("\n["), architecture(new)[0].as_str(), architecture(old)[0].as_str()) {
                (true, ..) if !architecture(new).contains(&"amd64".to_owned()) => "index-of-arm64-only",
                (false, "arm64", "arm64") => "arm64-as-before",
                (false, "arm64", "amd64") => "arm64-new",
                (false, "amd64", "amd64") => "amd64-as-before",
                other => panic!("{other:?}"),
            }
        }
        "nodes" => {
            let nodes = first(r"container-instance/\S+\t(\w+)", text);
            assert_eq!(nodes, "x86_64", "the nodes are x86_64 in every world");
            if recent(text) { "nodes-new" } else { "nodes-unchanged" }
        }
        "task-definition" if all(r"(?m)^([<>])", text).len() == 2 => "only-the-tag-changed",
        "pipeline" => match (
            first(r"(?m)^212\t(\w+)\t", text) == "ARM_CONTAINER",
            first(r"(?m)^211\t(\w+)\t", text) == "ARM_CONTAINER",
        ) {
            (true, false) => "build-machine-changed",
            (true, true) => "builds-on-arm-as-before",
            _ => "builds-on-x86-as-before",
        },
        "registry-events" if text.contains("AccessDenied") => "pull-denied",
        "registry-events" => "pull-allowed",
        other => panic!("unknown check {other}"),
    };
    found.to_owned()
}

/// Whether the instance was launched less than two days ago, by the clock printed above it.
fn recent(text: &str) -> bool {
    let time = |pattern| {
        let found = first(pattern, text);
        chrono::NaiveDateTime::parse_from_str(&found, "%Y-%m-%dT%H:%M:%S").expect("a time")
    };
    (time(r"(?m)^(\d{4}\S+)Z$") - time(r"m7\w\.large\t(\S+)\+00:00")).num_days() < 2
}

pub fn contradictions(texts: &BTreeMap<&str, String>, _: &BTreeMap<String, View>) -> Vec<String> {
    let mut faults = Faults::default();
    let denied = texts["registry-events"].contains("AccessDenied");
    faults.expect(
        denied == texts["stopped-task"].contains("pull access denied"),
        "the pull and CloudTrail disagree",
    );
    let pulled = !texts["stopped-task"].contains("CannotPullContainerError");
    faults.expect(
        pulled != texts["container-log"].contains("does not exist"),
        "a container that never ran has a log",
    );
    let arm = texts["pipeline"].contains("\naarch64\n");
    faults.expect(
        arm == (first(r"(?m)^212\t(\w+)\t", &texts["pipeline"]) == "ARM_CONTAINER"),
        "the build machine and uname disagree",
    );
    let first_architecture = first(r#""architecture": "(\w+)""#, &texts["manifest"]);
    faults.expect(arm == (first_architecture == "arm64"), "the build machine and the manifest disagree");
    let task = first(r"--tasks (\w+)", &texts["stopped-task"]);
    faults.expect(texts["container-log"].contains(&task), "the log is another task's");
    faults.expect(texts["service-events"].contains(&task), "the events do not know the task");
    // The service starts the task, the node asks for its image, the container writes.
    let started = first(
        &format!(r"(?m)^(\S+)\.\d+\+00:00\t.*started 1 tasks: \(task {task}\)"),
        &texts["service-events"],
    );
    let asked = first(r#""eventTime": "(\S+)Z""#, &texts["registry-events"]);
    let wrote = first(r"(?m)^(20\d\d-\S+) ", &texts["container-log"]);
    faults.expect(
        !started.is_empty() && started < asked,
        "the image was asked for before the task was started",
    );
    faults.expect(wrote.is_empty() || asked < wrote, "the container wrote before its image was asked for");
    let image = first(r#""image": "(\S+)""#, &texts["stopped-task"]);
    faults.expect(
        texts["task-definition"].contains(&image),
        "the task runs another image than its definition says",
    );
    faults.expect(texts["manifest"].contains(&image), "the manifest is another image's");
    faults.found
}
