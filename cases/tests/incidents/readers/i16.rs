//! I16: the replication role may not encrypt with the destination's key.

use std::collections::BTreeMap;

use divedeep_cases::incident::{Series, View};

use super::{Faults, all, first};

/// A row of the inventory: encryption, status, objects, bytes, first and last day.
fn groups(text: &str) -> Vec<(String, String, f64, f64, String, String)> {
    let rows = text.lines().filter(|line| line.starts_with("\"SSE-"));
    rows.map(|line| {
        let cells: Vec<String> = line.split(',').map(|cell| cell.trim_matches('"').to_owned()).collect();
        let number = |place: usize| cells[place].parse().expect("a number");
        (cells[0].clone(), cells[1].clone(), number(2), number(3), cells[4].clone(), cells[5].clone())
    })
    .collect()
}

/// The JSON printed by the command with these words.
fn json(text: &str, command: &str) -> serde_json::Value {
    let at = text.find(command).unwrap_or_else(|| panic!("no {command}: {text}"));
    let after = text[at..].split_once('\n').expect("output").1;
    let end = after.find("\n$ ").unwrap_or(after.len());
    serde_json::from_str(&after[..end]).unwrap_or_else(|error| panic!("{error}: {after}"))
}

/// Actions and resources that a policy allows, as they are written.
fn allowed(policy: &serde_json::Value) -> Vec<(String, String)> {
    let list = |value: &serde_json::Value| match value {
        serde_json::Value::Array(list) => {
            list.iter().filter_map(|one| one.as_str()).map(str::to_owned).collect::<Vec<_>>()
        }
        one => one.as_str().map(str::to_owned).into_iter().collect(),
    };
    let mut pairs = Vec::new();
    for statement in policy["Statement"].as_array().expect("statements") {
        if statement["Effect"] == "Allow" {
            for action in list(&statement["Action"]) {
                pairs.extend(
                    list(&statement["Resource"]).into_iter().map(|resource| (action.clone(), resource)),
                );
            }
        }
    }
    pairs
}

fn rows(text: &str) -> Vec<(String, Vec<f64>)> {
    let mut rows = Vec::new();
    for line in text.lines() {
        let mut cells = line.split('\t');
        if let Some(time) = cells.next().and_then(|time| time.strip_suffix("+00:00")) {
            rows.push((time.to_owned(), cells.map(|cell| cell.parse().expect("a number")).collect()));
        }
    }
    rows
}

/// Changes of an account in a Region: time, event and versioning.
fn trail<'a>(text: &'a str, account: &str) -> Vec<(&'a str, &'a str, &'a str)> {
    let at = text.find(&format!("--profile {account} --region")).expect("a trail");
    let lines = text[at..].lines().skip(1).take_while(|line| !line.starts_with('$'));
    lines
        .map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            (cells[0], cells[1], cells.get(3).copied().unwrap_or_default())
        })
        .collect()
}

pub fn finding(check: &str, text: &str, _: &[Series]) -> String {
    let found = match check {
        "heads" => {
            assert_eq!(all("(Not Found)", text).len(), 2, "both are missing");
            let kms = text.find("\"aws:kms\"").expect("an SSE-KMS object");
            match first(r#""ReplicationStatus": "(\w+)""#, &text[kms..]).as_str() {
                "" => "no-status",
                "PENDING" => "pending",
                "FAILED" => "failed",
                _ => "completed",
            }
        }
        "inventory" => {
            let groups = groups(text);
            let of = |kind: &str, status: &str| groups.iter().find(|row| row.0 == kind && row.1 == status);
            let old = of("SSE-S3", "").expect("older objects");
            let completed = of("SSE-S3", "COMPLETED").expect("replicated objects");
            assert!(old.5 < completed.4, "an object without a status is younger than the rule");
            // Plain objects that failed: a day long ago, or up to now.
            let newest = groups.iter().map(|row| row.5.as_str()).max().expect("rows");
            let mishap = of("SSE-S3", "FAILED").expect("the mishap");
            let still = mishap.5[..10] >= newest[..10] || mishap.4[..10] != mishap.5[..10];
            match (of("SSE-KMS", "FAILED"), of("SSE-KMS", ""), of("SSE-KMS", "PENDING")) {
                (Some(_), ..) if still => "everything-new-failed",
                (Some(_), ..) => "kms-failed",
                (None, Some(_), _) => "kms-never-tried",
                (None, None, Some(_)) => "kms-pending",
                _ => "all-there",
            }
        }
        "rule" => {
            let value = json(text, "get-bucket-replication");
            let rule = &value["ReplicationConfiguration"]["Rules"][0];
            let selected = rule["SourceSelectionCriteria"]["SseKmsEncryptedObjects"]["Status"] == "Enabled";
            let key = rule["Destination"]["EncryptionConfiguration"]["ReplicaKmsKeyID"].is_string();
            assert_eq!(selected, key);
            assert_eq!(rule["Filter"]["Prefix"], "");
            if selected { "takes-kms-objects" } else { "leaves-kms-objects-out" }
        }
        "versioning" => match all(r#""Status": "(\w+)""#, text).join(" ").as_str() {
            "Enabled Enabled" => "both-enabled",
            "Enabled Suspended" => "suspended-in-dr",
            other => panic!("{other}"),
        },
        "role" => {
            let trust = json(text, "get-role --role-name");
            assert_eq!(trust["Statement"][0]["Principal"]["Service"], "s3.amazonaws.com");
            let allowed = allowed(&json(text, "get-role-policy")["PolicyDocument"]);
            let has = |action: &str| allowed.iter().any(|(name, _)| name == action);
            assert!(has("kms:Decrypt") && has("s3:ReplicateObject"));
            match (has("s3:GetObjectVersionForReplication"), has("kms:Encrypt")) {
                (true, true) => "reads-decrypts-encrypts",
                (true, false) => "does-not-encrypt",
                (false, _) => "reads-plain-objects-only",
            }
        }
        "dr-bucket-policy" => {
            let allowed = allowed(&json(text, "get-bucket-policy"));
            let replicas = allowed.iter().any(|(action, _)| action == "s3:ReplicateObject");
            if replicas { "lets-replicas-in" } else { "says-nothing-of-replicas" }
        }
        "dr-key" => {
            let allowed = allowed(&json(text, "get-key-policy"));
            let others = allowed.iter().any(|(action, _)| action == "kms:Encrypt");
            match first(r"\tSYMMETRIC_DEFAULT\t(\w+)", text).as_str() {
                "Disabled" => "disabled",
                _ if others => "usable-from-prod",
                _ => "own-account-only",
            }
        }
        "kms-events" => {
            let codes = all(r#"(?m)^\["20\S+?Z","(\w+","\w+)""#, text);
            let every = |code: &str| codes.len() == 3 && codes.iter().all(|found| found == code);
            if codes.is_empty() {
                "no-call-failed"
            } else if every(r#"Encrypt","DisabledException"#) {
                "key-disabled"
            } else if every(r#"Decrypt","AccessDenied"#) {
                "decrypt-denied"
            } else if every(r#"Encrypt","AccessDenied"#) && text.contains("no identity-based policy allows") {
                "role-may-not-encrypt"
            } else if text.contains("no resource-based policy allows") {
                "key-does-not-let-in"
            } else {
                panic!("{text}")
            }
        }
        "failure-events" => match first(r#""failureReason": "(\w+)""#, text) {
            none if none.is_empty() => "none",
            reason => return reason,
        },
        "metrics" => {
            let rows = rows(text);
            let failed: f64 = rows.iter().map(|(_, values)| values[0]).sum();
            let slowest = rows.iter().map(|(_, values)| values[2]).fold(0.0, f64::max);
            if failed > 0.0 {
                "operations-fail"
            } else if slowest > 3600.0 {
                "some-are-under-way"
            } else {
                "quiet"
            }
        }
        "changes" => {
            let sealed =
                trail(text, "prod").iter().find(|row| row.1 == "PutBucketEncryption").expect("a change").0;
            let after: Vec<_> = trail(text, "dr").into_iter().filter(|row| row.0 > sealed).collect();
            assert_eq!(after.len(), 1);
            let rules = trail(text, "prod").iter().filter(|row| row.1 == "PutBucketReplication").count();
            match (after[0].1, after[0].2) {
                ("PutBucketPolicy", _) => "policy-changed-in-dr",
                ("PutBucketVersioning", "Suspended") => "versioning-suspended-in-dr",
                ("DisableKey", _) => "key-disabled-in-dr",
                ("PutBucketLifecycle", _) if rules == 3 => "nothing-relevant-in-dr",
                ("PutBucketLifecycle", _) => "rule-not-extended",
                other => panic!("{other:?}"),
            }
        }
        other => panic!("unknown check {other}"),
    };
    found.to_owned()
}

pub fn contradictions(texts: &BTreeMap<&str, String>, views: &BTreeMap<String, View>) -> Vec<String> {
    let mut faults = Faults::default();
    let rule = json(&texts["rule"], "get-bucket-replication");
    let rule = &rule["ReplicationConfiguration"];
    let destination = &rule["Rules"][0]["Destination"];
    let dr = destination["Bucket"].as_str().expect("a bucket").trim_start_matches("arn:aws:s3:::").to_owned();
    // The same buckets, role and key everywhere.
    for check in ["heads", "versioning", "dr-bucket-policy", "metrics", "changes"] {
        faults.expect(texts[check].contains(&dr), "another destination");
    }
    let role = first(r"get-role --role-name (\S+)", &texts["role"]);
    faults
        .expect(rule["Role"].as_str().is_some_and(|arn| arn.ends_with(&format!("/{role}"))), "another role");
    faults.expect(texts["kms-events"].contains(&format!("/{role}/")), "calls of another role");
    let key = first(r"(?m)^(arn:aws:kms:\S+)\tCUSTOMER", &texts["dr-key"]);
    if let Some(named) = destination["EncryptionConfiguration"]["ReplicaKmsKeyID"].as_str() {
        faults.expect(named == key, "the rule names another key");
    }
    let policy = allowed(&json(&texts["role"], "get-role-policy")["PolicyDocument"]);
    for (action, resource) in &policy {
        faults.expect(action != "kms:Encrypt" || *resource == key, "the role may encrypt with another key");
        let source = first(r#""SSEKMSKeyId": "(\S+)""#, &texts["heads"]);
        faults.expect(action != "kms:Decrypt" || *resource == source, "the role decrypts with another key");
    }
    let account = destination["Account"].as_str().expect("an account").to_owned();
    faults.expect(key.contains(&format!(":{account}:")), "the key is of a third account");
    // A denied call is one that a policy lacks.
    let encrypts = policy.iter().any(|(action, _)| action == "kms:Encrypt");
    let events = &texts["kms-events"];
    faults.expect(
        !(encrypts && events.contains("no identity-based policy allows")),
        "denied although the role may",
    );
    let lets_in = texts["dr-key"].contains("\"kms:Encrypt\"");
    faults.expect(
        !(lets_in && events.contains("no resource-based policy allows")),
        "denied although the key lets in",
    );
    faults.expect(
        events.contains("DisabledException") == texts["dr-key"].contains("\tDisabled"),
        "the key's state",
    );
    for arn in all(r"(arn:aws:kms:[^ ]+?) (?:because|is disabled)", events) {
        faults.expect(arn == key, "another key was called");
    }
    // Inventory and head-object say the same of the same kind of object; nothing before the rule has a status.
    let groups = groups(&texts["inventory"]);
    let status = first(r#"aws:kms"[\s\S]*?"ReplicationStatus": "(\w+)""#, &texts["heads"]);
    faults.expect(
        groups.iter().any(|row| row.0 == "SSE-KMS" && row.1 == status),
        "no group has the object's status",
    );
    let trail_prod = trail(&texts["changes"], "prod");
    let day = |name: &str| {
        let time = trail_prod.iter().find(|row| row.1 == name).expect("a change").0;
        format!("{} {}", &time[..10], &time[11..16])
    };
    let (ruled, sealed) = (day("PutBucketReplication"), day("PutBucketEncryption"));
    for (kind, status, _, _, from, to) in &groups {
        faults.expect(kind != "SSE-KMS" || *from >= sealed, "SSE-KMS before it was the default");
        let old = kind == "SSE-S3" && status.is_empty();
        faults.expect(if old { *to < ruled } else { *from >= ruled }, "a status and the rule's day disagree");
    }
    let modified = all(r#""LastModified": "(\S+?)\+00:00""#, &texts["heads"]);
    faults.expect(
        modified[0].replace('T', " ")[..16] < ruled[..],
        "the first object is not older than the rule",
    );
    let now_failing = groups.iter().any(|row| row.0 == "SSE-KMS" && row.1 == "FAILED");
    // Failed operations, events in the queue and the inventory agree.
    let failed: f64 = rows(&texts["metrics"]).iter().map(|(_, values)| values[0]).sum();
    let queued: f64 = first(r"(?m)^\d{10}\t(\d+)$", &texts["failure-events"]).parse().expect("a number");
    faults.expect(failed == queued, "the queue does not hold the failures");
    faults.expect((failed > 0.0) == now_failing, "metrics and inventory disagree");
    faults.expect(
        texts["failure-events"].contains("failureReason") == now_failing,
        "an event without a failure",
    );
    let created: i64 = first(r"(?m)^(\d{10})\t", &texts["failure-events"]).parse().expect("a time");
    let watched = trail_prod.iter().find(|row| row.1 == "PutBucketNotification").expect("a change").0;
    let watched = chrono::NaiveDateTime::parse_from_str(watched, "%Y-%m-%dT%H:%M:%SZ").expect("a time");
    faults.expect(watched.and_utc().timestamp() == created, "the queue is older than its notification");
    let event = first(r#""eventTime": "(\S+?)\.\d+Z""#, &texts["failure-events"]);
    let asked = first(r#""requestTime": "(\S+?)\.\d+Z""#, &texts["failure-events"]);
    faults.expect(
        event.is_empty() || asked < event && asked > format!("{}", watched.format("%Y-%m-%dT%H:%M:%S")),
        "an event at a wrong time",
    );
    // A reason fits its setting.
    let reason = first(r#""failureReason": "(\w+)""#, &texts["failure-events"]);
    faults.expect(
        (reason == "DstBucketUnversioned") == texts["versioning"].contains("Suspended"),
        "versioning and the reason disagree",
    );
    faults.expect(
        (reason == "DstKmsKeyInvalidState") == texts["dr-key"].contains("\tDisabled"),
        "the key and the reason disagree",
    );
    let reads = policy.iter().any(|(action, _)| action == "s3:GetObjectVersionForReplication");
    faults.expect(
        (reason == "SrcGetObjectNotPermitted") != reads,
        "the read permission and the reason disagree",
    );
    // The change log has what the settings show.
    let dr_changes = trail(&texts["changes"], "dr");
    let has = |name: &str| dr_changes.iter().any(|row| row.1 == name);
    faults.expect(
        has("PutBucketVersioning") == texts["versioning"].contains("Suspended"),
        "versioning changed without a record",
    );
    faults.expect(
        has("DisableKey") == texts["dr-key"].contains("\tDisabled"),
        "the key was disabled without a record",
    );
    for account in ["prod", "dr"] {
        faults.expect(trail(&texts["changes"], account).is_sorted(), "changes out of order");
    }
    for place in 0..3 {
        let printed: Vec<f64> = rows(&texts["metrics"]).iter().map(|(_, values)| values[place]).collect();
        faults.expect(printed == views["metrics"].series[place].points, "a table and its picture differ");
    }
    faults.found
}
