//! I19: a boot that ends in emergency mode.

use std::collections::BTreeMap;

use chrono::{NaiveDateTime, TimeDelta};
use divedeep_cases::incident::{Series, View};
use serde_json::Value;

use super::{Faults, all, first};

/// The JSON below the command line that holds a word.
fn json(text: &str, command: &str) -> Value {
    let after = text.split_once(command).map_or("", |(_, rest)| rest);
    let body = after.split_once('\n').map_or("", |(_, rest)| rest);
    let mut values = serde_json::Deserializer::from_str(body).into_iter::<Value>();
    values.next().expect("a value").unwrap_or_else(|error| panic!("{error}: {body}"))
}

fn status<'a>(value: &'a Value, check: &str) -> &'a str {
    value["InstanceStatuses"][0][check]["Status"].as_str().expect("a status")
}

/// Families of types that run on Xen.
fn xen(kind: &str) -> bool {
    ["m4.", "t2.", "c4.", "r4."].iter().any(|family| kind.starts_with(family))
}

pub fn finding(check: &str, text: &str, series: &[Series]) -> String {
    let found = match check {
        "instance-status" => {
            let value = json(text, "describe-instance-status");
            let instance = status(&value, "InstanceStatus");
            match (status(&value, "SystemStatus"), instance, status(&value, "AttachedEbsStatus")) {
                ("impaired", ..) => "system-check-failed",
                ("ok", "ok", _) => "all-passed",
                ("ok", "impaired", "ok") => "instance-check-failed-of-three",
                ("ok", "impaired", "not-applicable") => "instance-check-failed-of-two",
                other => panic!("{other:?}"),
            }
        }
        "console" => {
            if text.contains("Gave up waiting for root file system device") {
                "no-root-device"
            } else if text.contains("Kernel panic - not syncing: VFS: Unable to mount root fs") {
                "kernel-panics"
            } else if !text.contains("You are in emergency mode") {
                assert!(text.contains(" login: "));
                "login-prompt"
            } else if text.contains("Timed out waiting for device /dev/") {
                "device-timed-out-emergency"
            } else {
                assert!(text.contains("Failed to start File System Check"));
                "check-failed-emergency"
            }
        }
        "volumes" => {
            let value = json(text, "describe-volumes");
            let data = &value[1];
            match (data["State"].as_str(), data["Attachments"][0]["Device"].as_str()) {
                (Some("available"), None) => "not-attached",
                (Some("in-use"), Some("/dev/sdf")) => "attached-as-sdf",
                (Some("in-use"), Some("/dev/sdg")) => "attached-under-another-name",
                other => panic!("{other:?}"),
            }
        }
        "instance" => {
            let kind = json(text, "describe-instances")["InstanceType"].as_str().expect("a type").to_owned();
            match first(&format!(r"(?m)^{kind}\t(\w+\t\w+)$"), text).as_str() {
                "nitro\trequired" => "now-on-nitro",
                "xen\tunsupported" => "still-on-xen",
                other => panic!("{other}"),
            }
        }
        "ssh" => {
            let now = first(r"(?m)^(\d+\.\d+\.\d+\.\d+)$", text);
            let called = first(r"ubuntu@(\S+)", text);
            assert!(text.contains(&format!("connect to host {called} port 22: Connection timed out")));
            assert_ne!(first(r"address was (\S+)\)", text), now, "it changed with the stop");
            if called == now { "current-address-times-out" } else { "calls-the-old-address" }
        }
        "security-group" => {
            let rules = json(text, "describe-security-groups");
            let office = first(r"office: (\S+)", text);
            let open = rules.as_array().expect("rules").iter().any(|rule| {
                rule["FromPort"] == 22 && rule["IpRanges"][0]["CidrIp"].as_str() == Some(office.as_str())
            });
            if open { "office-may-ssh" } else { "no-rule-for-ssh" }
        }
        "metrics" => {
            let failed = |name: &str| {
                let part = text.split("$ aws").find(|part| part.contains(name)).expect("a metric");
                let values = all(r"(?m)\t(\d+\.\d)$", part);
                let last = values.last().expect("points") == "1.0";
                let plotted = series.iter().find(|one| one.name == name).expect("a series");
                assert_eq!(
                    last,
                    plotted.points.last().is_some_and(|point| *point > 0.5),
                    "{name}: plot and table"
                );
                last
            };
            match (failed("StatusCheckFailed_System"), failed("StatusCheckFailed_Instance")) {
                (true, _) => "system-check-fails",
                (false, true) => "instance-check-fails",
                (false, false) => "checks-pass",
            }
        }
        "cloudtrail" => {
            let kind = first(r#""instanceType":\{"value":"([^"]+)"\}"#, text);
            let mut found = if xen(&kind) { "to-xen" } else { "to-nitro" }.to_owned();
            for (event, word) in [
                ("DetachVolume", "-detach"),
                ("AttachVolume", "-attach"),
                ("RevokeSecurityGroupIngress", "-revoke"),
            ] {
                if text.contains(&format!("\"{event}\"")) {
                    found += word;
                }
            }
            return found;
        }
        "data-check" if text.contains("Filesystem still has errors") => "file-system-damaged",
        "data-check" => "file-system-clean",
        "rescue" => {
            let entry = first(r"(?m)^(\S+\t\S+\text4\tdefaults\S*\t0\t2)$", text);
            let mut found = if entry.starts_with("UUID=") { "by-uuid" } else { "by-name" }.to_owned();
            if entry.contains("nofail") {
                found += "-nofail";
            }
            found += if text.contains("start timed out.") {
                "-device-timed-out"
            } else if text.contains("fsck failed with exit status 4") {
                "-check-failed"
            } else {
                "-no-complaint"
            };
            return found;
        }
        other => panic!("unknown check {other}"),
    };
    found.to_owned()
}

fn time(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S").unwrap_or_else(|error| panic!("{text}: {error}"))
}

pub fn contradictions(texts: &BTreeMap<&str, String>, views: &BTreeMap<String, View>) -> Vec<String> {
    let mut faults = Faults::default();
    let text = |check: &str| texts[check].as_str();
    let instance = first(r"--instance-ids (i-\w+)", text("instance-status"));
    for check in ["console", "volumes", "instance", "ssh", "metrics", "cloudtrail"] {
        faults.expect(text(check).contains(&instance), "another instance");
    }
    let checks = json(text("instance-status"), "describe-instance-status");
    let described = json(text("instance"), "describe-instances");
    let kind = described["InstanceType"].as_str().expect("a type");

    // Times: started once; what failed, failed after it.
    let launched = time(described["LaunchTime"].as_str().expect("a time").trim_end_matches("+00:00"));
    let event = |name: &str| {
        let found = first(&format!(r#"(?m)^\["(\S+)Z","{name}""#), text("cloudtrail"));
        (!found.is_empty()).then(|| time(&found))
    };
    faults.expect(event("StartInstances") == Some(launched), "the start and the launch time");
    let stopped = event("StopInstances").expect("a stop");
    let changed = event("ModifyInstanceAttribute").expect("a change");
    faults.expect(stopped < changed && changed < launched, "stop, change, start");
    let impaired = first(r#""ImpairedSince": "(\S+)\+00:00""#, text("instance-status"));
    faults.expect(impaired.is_empty() || time(&impaired) > launched, "impaired before it was started");
    let dark = text("metrics").split("$ aws").nth(1).unwrap_or_default();
    let rows = all(r"(?m)^(\S+)\+00:00\t\d", dark);
    faults.expect(
        rows.iter().all(|row| {
            let from = time(row);
            from + TimeDelta::minutes(5) <= stopped || from >= launched
        }),
        "a stopped instance has metrics",
    );
    let failed = all(r"(?m)^(\S+)\+00:00\t1\.0", dark);
    faults.expect(failed.iter().all(|row| time(row) > launched), "it failed before it was started");
    faults.expect(failed.is_empty() == impaired.is_empty(), "the metric and the status disagree");
    faults.expect(
        failed.first().is_none_or(|row| {
            let from = time(row);
            (from..from + TimeDelta::minutes(5)).contains(&time(&impaired)) || from > time(&impaired)
        }),
        "the metric failed before the check did",
    );
    let series = &views["metrics"].series;
    faults.expect(
        series.iter().all(|one| time(one.start.trim_end_matches('Z')) >= launched),
        "the plot begins too early",
    );

    // The type, everywhere.
    faults.expect(
        text("cloudtrail").contains(&format!(r#""value":"{kind}""#)),
        "another type than was asked for",
    );
    let nitro = text("instance").contains(&format!("{kind}\tnitro"));
    faults.expect(
        nitro != (status(&checks, "AttachedEbsStatus") == "not-applicable"),
        "the EBS check is Nitro's",
    );
    faults.expect(nitro != xen(kind), "the type's family");

    // The data volume.
    let volumes = json(text("volumes"), "describe-volumes");
    let data = &volumes[1];
    let volume = data["VolumeId"].as_str().expect("an id");
    let device = data["Attachments"][0]["Device"].as_str();
    faults.expect(text("data-check").contains(volume), "another volume was checked");
    faults.expect(
        text("rescue").contains(volumes[0]["VolumeId"].as_str().expect("an id")),
        "another root volume was looked at",
    );
    faults.expect(
        event("DetachVolume").is_some() == (device != Some("/dev/sdf")),
        "a volume moves only when detached",
    );
    faults.expect(
        event("AttachVolume").is_some() == device.is_some_and(|one| one != "/dev/sdf"),
        "attached, by whom",
    );
    for moved in [event("DetachVolume"), event("AttachVolume")].into_iter().flatten() {
        faults.expect(
            stopped < moved && moved < launched,
            "the volume was moved while the instance was stopped",
        );
    }
    let moved_to = first(r#""AttachVolume",\{[^\n]*"device":"(/dev/\w+)""#, text("cloudtrail"));
    faults.expect(
        moved_to.is_empty() || device == Some(&moved_to),
        "attached under another name than asked for",
    );
    let blocks: u64 = first(r"(\d+) blocks\n", text("data-check")).parse().expect("a number");
    faults.expect(
        Some((blocks * 4096) >> 30) == data["Size"].as_u64(),
        "blocks of 4 KiB make the volume's size",
    );

    // The boot: what the console waited for is in fstab, what is in fstab was waited for or is there.
    let console = text("console");
    let entry: Vec<String> = first(r"(?m)^(\S+\t\S+\text4\tdefaults\S*\t0\t2)$", text("rescue"))
        .split('\t')
        .map(str::to_owned)
        .collect();
    let (source, point) = (entry[0].as_str(), entry[1].as_str());
    let uuid = first(r#" UUID="(\S+)""#, text("data-check"));
    faults.expect(source == "/dev/xvdf" || source == format!("UUID={uuid}"), "fstab names something else");
    let emergency = console.contains("You are in emergency mode");
    let up = status(&checks, "InstanceStatus") == "ok";
    let host = status(&checks, "SystemStatus") == "ok";
    faults.expect(!host || up == console.contains(" login: "), "the instance check and the console disagree");
    let waited = first(r"Timed out waiting for device (\S+)\.", console);
    faults.expect(
        waited.is_empty() || waited == source || source.starts_with("UUID="),
        "it waited for something else",
    );
    faults.expect(
        !emergency || console.contains(&format!("Dependency failed for {point}.")),
        "another mount point",
    );
    faults.expect(!emergency || !entry[3].contains("nofail"), "nofail does not end in emergency mode");
    let seen = match device {
        None => false,
        Some("/dev/sdf") => !nitro || source.starts_with("UUID="),
        Some(_) => source.starts_with("UUID="),
    };
    let booted = !console.contains("Gave up waiting") && !console.contains("Kernel panic");
    faults.expect(
        !booted || seen == waited.is_empty(),
        "a disk that is there is not waited for, and one that is not is",
    );
    faults.expect(
        !console.contains("Timed out") || console.contains(point),
        "the console knows the mount point",
    );
    faults.expect(
        waited.is_empty() != text("rescue").contains("start timed out."),
        "the console and the journal disagree",
    );
    let timed_out = first(r"(?m)^(\S+)\+0000 \S+ systemd\[1\]: Timed out waiting", text("rescue"));
    faults.expect(
        timed_out.is_empty() || (90..150).contains(&(time(&timed_out) - launched).num_seconds()),
        "a device is waited for 90 seconds",
    );
    let damaged = text("data-check").contains("still has errors");
    faults.expect(
        !booted || damaged == console.contains("Failed to start File System Check"),
        "the check at boot and the one by hand disagree",
    );

    // Who calls: key, group, address.
    faults.expect(
        text("ssh").contains(&format!("-i {}.pem", described["KeyName"].as_str().expect("a key"))),
        "another key",
    );
    let group = described["SecurityGroups"][0]["GroupId"].as_str().expect("a group");
    faults.expect(text("security-group").contains(group), "another group");
    let closed = !text("security-group").contains("\"FromPort\": 22,");
    faults.expect(closed == event("RevokeSecurityGroupIngress").is_some(), "a rule gone that nobody revoked");
    faults.expect(console.contains(" login: ") == (booted && !emergency), "a prompt to log in, or none");
    faults.found
}
