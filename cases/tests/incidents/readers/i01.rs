//! I01: a certificate that was renewed on disk and never loaded.

use std::collections::BTreeMap;

use chrono::{NaiveDateTime, TimeDelta};
use divedeep_cases::incident::{Series, View};

use super::{Faults, all, first};

fn time(text: &str, format: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, format).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// A time as certificates print it.
fn of_certificate(text: &str) -> NaiveDateTime {
    time(text, "%b %e %H:%M:%S %Y GMT")
}

/// What `date -u` printed.
fn now(text: &str) -> NaiveDateTime {
    time(&first(r"(?m)^(\w{3} \w{3} [ \d]\d [\d:]{8} UTC \d{4})$", text), "%a %b %e %H:%M:%S UTC %Y")
}

fn until(text: &str) -> Option<NaiveDateTime> {
    Some(first(r"(?m)^notAfter=(.+)$", text))
        .filter(|text| !text.is_empty())
        .map(|text| of_certificate(&text))
}

/// The file's time by `stat`.
fn written(text: &str) -> NaiveDateTime {
    time(&first(r"(?m)^(\d{4}-\d\d-\d\d [\d:]{8})\.\d{9} \+0000 /", text), "%Y-%m-%d %H:%M:%S")
}

fn starts(text: &str, which: &str) -> Vec<NaiveDateTime> {
    let pattern = format!(r"(?m)^ *\d+ +\d+ (\w{{3}} \w{{3}} [ \d]\d [\d:]{{8}} \d{{4}}) nginx: {which}");
    all(&pattern, text).iter().map(|text| time(text, "%a %b %e %H:%M:%S %Y")).collect()
}

/// The addresses that `dig +short` gave for a name.
fn addresses(text: &str, name: &str) -> Vec<String> {
    let after = text.split(&format!("$ dig +short {name}")).nth(1).unwrap_or_default();
    after
        .lines()
        .skip(1)
        .take_while(|line| line.starts_with(|letter: char| letter.is_ascii_digit()))
        .map(str::to_owned)
        .collect()
}

fn in_use(text: &str) -> (Vec<String>, Vec<String>) {
    let host = first(r"\$ dig \+short (\S+)", text);
    let balancer = first(r"(?m)^web-nlb\t(\S+)\tactive$", text);
    (addresses(text, &host), addresses(text, &balancer))
}

pub fn finding(check: &str, text: &str, _: &[Series]) -> String {
    let found = match check {
        "curl" => {
            if text.contains("Connection refused") {
                "refused"
            } else if text.contains("curl: (60) SSL certificate problem: certificate has expired") {
                "certificate-expired"
            } else {
                panic!("{text}")
            }
        }
        "served" => match until(text) {
            None => "nothing",
            Some(end) if end > now(text) => "leaf-in-date",
            Some(_) => "leaf-expired",
        },
        "chain" => {
            if text.contains("connect:errno") {
                "nothing"
            } else {
                let failed = first(r"depth=(\d)[^\n]*\nverify error:num=10:certificate has expired", text);
                match failed.as_str() {
                    "0" => "leaf-expired",
                    "1" => "intermediate-expired",
                    other => panic!("depth {other}"),
                }
            }
        }
        "stored" => {
            if until(text).expect("dates") > now(text) {
                "in-date"
            } else {
                "expired"
            }
        }
        "workers" => {
            let file = written(text);
            let workers = starts(text, "worker");
            if workers.is_empty() {
                "no-workers"
            } else if workers.iter().all(|start| *start < file) {
                "older-than-the-file"
            } else {
                assert!(workers.iter().all(|start| *start > file));
                "younger-than-the-file"
            }
        }
        "config" => {
            if text.contains("test is successful") {
                "test-passes"
            } else {
                assert!(text.contains("[emerg]") && text.contains("test failed"));
                "test-fails"
            }
        }
        "renewals" => {
            let valid = text.contains("(VALID: ");
            if valid && text.contains("configurations were invalid") {
                "renewed-under-another-name"
            } else if text.contains("Failed to renew certificate") {
                assert!(!valid);
                "renewal-fails"
            } else if text.contains("Hook 'deploy-hook' reported error code") {
                "renewed-and-hook-failed"
            } else {
                assert!(valid);
                "renewed"
            }
        }
        "image" => {
            if text.contains("Only in /mnt/old/etc/systemd/system: certbot.service.d") {
                "hook-missing"
            } else if text.contains("sites-available") {
                "hook-there-and-site-edited"
            } else {
                "hook-there"
            }
        }
        "targets" => {
            let states = all(r#""State": "(\w+)""#, text);
            assert_eq!(states.len(), 2);
            if states.iter().all(|state| state == "healthy") { "healthy" } else { "unhealthy" }
        }
        "status-checks" => {
            let rows = all(r"(?m)^(i-\w+\t\S+\trunning\tok\tok\tok)$", text);
            assert_eq!(rows.len(), 2);
            "passed"
        }
        "dns" => {
            let (name, balancer) = in_use(text);
            if name == balancer { "load-balancer-in-use" } else { "former-load-balancer" }
        }
        "dns-changes" => {
            if text.contains("aliasTarget") {
                "site-repointed"
            } else if text.contains("_acme-challenge.") {
                "renewal-challenge"
            } else {
                "no-challenge"
            }
        }
        other => panic!("unknown check {other}"),
    };
    found.to_owned()
}

pub fn contradictions(texts: &BTreeMap<&str, String>, _: &BTreeMap<String, View>) -> Vec<String> {
    let mut faults = Faults::default();
    let serial = |check: &str| first(r"(?m)^serial=(\w+)$", &texts[check]);
    let (served, stored) = (serial("served"), serial("stored"));
    let same = !served.is_empty() && served == stored;
    let has_expired = |check: &str| until(&texts[check]).is_some_and(|end| end < now(&texts[check]));

    // What is served is what the workers loaded: the stored one exactly where they are younger than the file.
    let file = written(&texts["workers"]);
    let workers = starts(&texts["workers"], "worker");
    let younger = workers.iter().all(|start| *start > file);
    let (name, balancer) = in_use(&texts["dns"]);
    if !served.is_empty() && name == balancer {
        faults.expect(
            same == younger,
            "workers older than the file present its certificate, or younger ones do not",
        );
    }
    // The leaf of the chain is the served certificate: the same end.
    let leaf_end =
        first(r"(?m)^ 0 s:[^\n]*\n[^\n]*\n[^\n]*\n   v:NotBefore: [^;]+; NotAfter: (.+)$", &texts["chain"]);
    if !served.is_empty() {
        let end = first(r"(?m)^notAfter=(.+)$", &texts["served"]);
        faults.expect(leaf_end == end, "two views of the leaf differ");
        // Nobody could use it from then on: eight in the morning in Taipei.
        if has_expired("served") {
            let local = of_certificate(&end) + TimeDelta::hours(8);
            faults.expect(local.format("%H").to_string() == "08", "it did not end at eight in Taipei");
        }
    }
    // certbot's list tells the same of the stored file.
    let listed = first(r"Serial Number: (\w+)", &texts["renewals"]);
    let own_file =
        texts["renewals"].contains(&format!("Certificate Path: {}\n", first(r"-in (\S+)", &texts["stored"])));
    faults.expect(
        own_file == (stored.to_lowercase().trim_start_matches('0') == listed),
        "certbot and openssl read different serials",
    );
    let expiry = first(r"Expiry Date: (\S+ \S+)\+00:00", &texts["renewals"]);
    if own_file {
        let expiry = time(&expiry, "%Y-%m-%d %H:%M:%S");
        faults.expect(Some(expiry) == until(&texts["stored"]), "certbot and openssl read different dates");
    }
    if let Ok(days) = first(r"\(VALID: (\d+) days\)", &texts["renewals"]).parse::<i64>() {
        let left = time(&expiry, "%Y-%m-%d %H:%M:%S") - now(&texts["renewals"]);
        faults.expect(left.num_days() == days, "days left do not add up");
    }
    // Runs are two a day: since the launch at most, since the first attempt in the last thirty days.
    let launched = first(r"(?m)^i-\w+\tami-\w+\t(\S+)\+00:00$", &texts["image"]);
    let launched = time(&launched, "%Y-%m-%dT%H:%M:%S");
    let age = (now(&texts["renewals"]) - launched).num_days();
    for count in all(r"(?m)^ +(\d+) (?:ERROR|WARNING):", &texts["renewals"]) {
        let count: i64 = count.parse().expect("a count");
        faults.expect(
            count == 1 || (58..=60).contains(&count) || (count - 2 * age).abs() <= 2,
            "runs do not add up",
        );
    }
    // A renewal leaves its challenge in Route 53, within a minute before the file was written.
    let renewed = texts["renewals"].contains("(VALID");
    let challenges = all(r#"(?m)^\["(\S+)Z".*_acme-challenge"#, &texts["dns-changes"]);
    faults.expect(
        challenges.len() == if renewed { 2 } else { 0 },
        "a renewal without a challenge, or the reverse",
    );
    for at in challenges {
        let gap = file - time(&at, "%Y-%m-%dT%H:%M:%S");
        faults.expect(!own_file || (1..60).contains(&gap.num_seconds()), "the challenge was at another time");
    }
    // Masters run since the launch; workers since then or later.
    let masters = starts(&texts["workers"], "master");
    faults.expect(
        masters.iter().all(|start| (0..60).contains(&(*start - launched).num_seconds())),
        "a master does not start with its instance",
    );
    faults.expect(
        workers.iter().all(|worker| masters.iter().any(|master| master <= worker)),
        "a worker before its master",
    );
    // A hook that ran and was not refused leaves workers that are seconds younger than the file.
    let hook = !texts["image"].contains("Only in /mnt/old/etc/systemd/system: certbot.service.d");
    let refused = texts["renewals"].contains("reported error code");
    if own_file && renewed && !workers.is_empty() {
        faults.expect((hook && !refused) == younger, "the hook and the workers disagree");
    }
    // What was edited by hand is not what the image had.
    let edited = written(&texts["config"]) > launched;
    faults.expect(edited == texts["config"].contains("[emerg]"), "a broken file that nobody wrote");
    faults.expect(edited == texts["image"].contains("sites-available"), "the edit is not in the comparison");
    if refused {
        faults.expect(written(&texts["config"]) < file, "refused before it was broken");
    }
    // curl went where the name leads; it got no further where no target answers.
    let tried = first(r"Trying ([\d.]+):443", &texts["curl"]);
    faults.expect(name.contains(&tried), "curl went elsewhere");
    faults.expect(
        texts["curl"].contains("refused") != texts["targets"].contains("\"healthy\""),
        "refused by healthy targets",
    );
    faults.expect(texts["curl"].contains("expired") != texts["curl"].contains("refused"), "curl says both");
    // The same two instances everywhere.
    for id in all(r#""Id": "(i-\w+)""#, &texts["targets"]) {
        for check in ["status-checks", "image"] {
            faults.expect(texts[check].contains(&id), "another instance");
        }
    }
    faults.expect(
        !texts["renewals"].contains("AccessDenied") || {
            let who = first(r"assumed-role/web-instance/(i-\w+)", &texts["renewals"]);
            texts["targets"].contains(&who)
        },
        "the role of another instance",
    );
    faults.found
}
