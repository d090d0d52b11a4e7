//! I13: a role that lists a bucket of another account but reads nothing.

use std::collections::BTreeMap;

use divedeep_cases::incident::{Series, View};
use serde_json::Value;

use super::{Faults, all, first};

/// What a denied read's message tells; `reads` where there is none.
fn denial(text: &str) -> &'static str {
    let message = first(r#"not authorized to perform: (.*)"#, text);
    if message.starts_with("kms:Decrypt") {
        if message.contains("no resource-based policy allows the kms:Decrypt action") {
            "key-does-not-allow"
        } else if message.contains("no identity-based policy allows the kms:Decrypt action") {
            "role-may-not-decrypt"
        } else {
            panic!("{message}")
        }
    } else if message.contains("explicit deny in a service control policy") {
        "scp-denies"
    } else if message.contains("explicit deny in a resource control policy") {
        "rcp-denies"
    } else if message.contains("no resource-based policy allows the s3:GetObject action") {
        "bucket-does-not-allow"
    } else if text.contains("Access Denied") {
        "plain-denied"
    } else {
        assert!(!text.contains("AccessDenied"), "{text}");
        "reads"
    }
}

/// The JSON documents in a text, in order.
fn documents(text: &str) -> Vec<Value> {
    let mut found = Vec::new();
    for part in text.split("\n{\n").skip(1) {
        let whole = format!("{{\n{part}");
        let mut stream = serde_json::Deserializer::from_str(&whole).into_iter::<Value>();
        if let Some(Ok(value)) = stream.next() {
            found.push(value);
        }
    }
    found
}

fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::Array(list) => list.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect(),
        one => one.as_str().map(str::to_owned).into_iter().collect(),
    }
}

/// The statement of a policy with a Sid.
fn statement(policy: &Value, sid: &str) -> Value {
    let all = policy["Statement"].as_array().cloned().unwrap_or_default();
    all.into_iter().find(|one| one["Sid"] == sid).unwrap_or_else(|| panic!("{sid} in {policy:#}"))
}

struct Event {
    time: String,
    name: String,
    who: String,
    error: Option<String>,
    message: Option<String>,
}

fn events(text: &str) -> Vec<Event> {
    let rows = text.lines().filter(|line| line.starts_with('['));
    rows.map(|line| {
        let row: Vec<Option<String>> = serde_json::from_str(line).expect("a row");
        assert_eq!(row.len(), 5, "{line}");
        let cell = |index: usize| row[index].clone();
        Event {
            time: cell(0).expect("a time"),
            name: cell(1).expect("a name"),
            who: cell(2).expect("a session"),
            error: cell(3),
            message: cell(4),
        }
    })
    .collect()
}

/// How the reads of a role end, by its events.
fn ends(events: &[Event], role: &str) -> &'static str {
    let of: Vec<&Event> =
        events.iter().filter(|event| event.who.starts_with(&format!("assumed-role/{role}/"))).collect();
    let gets: Vec<&&Event> = of.iter().filter(|event| event.name == "GetObject").collect();
    assert!(!gets.is_empty());
    let tell = |event: &Event| denial(event.message.as_deref().unwrap_or_default());
    let end = tell(gets[0]);
    assert!(gets.iter().all(|event| tell(event) == end && event.error.is_some() == (end != "reads")));
    // Whatever comes as far as the key leaves an event of KMS there.
    let decrypts = of.iter().filter(|event| event.name == "Decrypt").count();
    let at_the_key = matches!(end, "reads" | "key-does-not-allow" | "role-may-not-decrypt");
    assert_eq!(decrypts, if at_the_key { gets.len() } else { 0 });
    end
}

fn role(text: &str) -> String {
    first(r"assumed-role/([\w-]+-export-reader)/", text)
}

pub fn finding(check: &str, text: &str, _: &[Series]) -> String {
    let found = match check {
        "job-log" => {
            assert!(text.contains(" INFO  listed ") && text.contains("FATAL first 3 objects failed, 0 of "));
            assert_eq!(all(r"ERROR get key=(\S+) code=AccessDenied status=403", text).len(), 3);
            "lists-reads-none"
        }
        "identity" if !role(text).is_empty() => "the-role",
        "error" => {
            assert!(all(r"(?m)^(\d+)$", text).len() == 1, "{text}");
            denial(text)
        }
        "break-glass" => {
            assert!(text.contains("AdministratorAccess") && text.contains("assumed-role/OrgBreakGlass/"));
            denial(text)
        }
        "role-policy" => {
            assert!(text.contains("AttachedPolicies\n[]\n") && text.contains("PermissionsBoundary\nnull\n"));
            let actions = all(r#""Action": "([^"]+)""#, text);
            assert!(actions.contains(&"s3:ListBucket".to_owned()));
            assert!(actions.contains(&"s3:GetObject".to_owned()));
            if actions.contains(&"kms:Decrypt".to_owned()) { "read-and-decrypt" } else { "no-decrypt" }
        }
        "simulator" => {
            let rows = all(r"(?m)^(\S+\t(?:allowed|implicitDeny|explicitDeny))$", text);
            assert_eq!(rows.len(), 3);
            match rows.iter().filter(|row| row.ends_with("\tallowed")).count() {
                3 => "all-allowed",
                2 if rows[2] == "kms:Decrypt\timplicitDeny" => "decrypt-not-allowed",
                _ => panic!("{rows:?}"),
            }
        }
        "bucket-policy" => {
            let documents = documents(text);
            let get = statement(&documents[0], "ReadersGet");
            assert!(documents[1].as_object().expect("settings").values().all(|one| one == true));
            assert_eq!(strings(&get["Principal"]["AWS"]).len(), 2);
            let resource = get["Resource"].as_str().expect("a resource").to_owned();
            if resource.ends_with("/monthly/*") { "allows-another-prefix" } else { "allows-this-prefix" }
        }
        "object" => match (text.contains("\nBucketOwnerEnforced\n"), text.contains("Forbidden")) {
            (true, false) => {
                assert_eq!(first(r#""ServerSideEncryption": "([^"]+)""#, text), "aws:kms");
                "owned-and-encrypted"
            }
            (false, true) if text.contains("\nObjectWriter\n") => "written-by-another",
            other => panic!("{other:?}"),
        },
        "key-policy" => {
            assert!(text.contains("Grants\n[]\n") && text.contains(r#""KeyState": "Enabled""#));
            let policy = documents(text).pop().expect("a policy");
            let decrypt = statement(&policy, "ReadersDecrypt");
            // Whoever else reads is there in any case.
            match strings(&decrypt["Principal"]["AWS"]).len() {
                1 => "caller-is-missing",
                2 => "caller-may-decrypt",
                other => panic!("{other} readers"),
            }
        }
        "caller-scps" => {
            let policy = documents(text).pop().expect("a policy");
            let guard = statement(&policy, "ObjectsInApprovedRegions");
            assert_eq!(guard["Effect"], "Deny");
            assert!(strings(&guard["Action"]).contains(&"s3:GetObject".to_owned()));
            // Both accounts' own Region and one more are there in any case; the bucket is in a third.
            match strings(&guard["Condition"]["StringNotEquals"]["aws:RequestedRegion"]).len() {
                2 => "denies-this-region",
                3 => "approves-this-region",
                other => panic!("{other} Regions"),
            }
        }
        "owner-policies" => {
            let policy = documents(text).pop().expect("a policy");
            let unlisted = statement(&policy, "ExportsToListedReaders");
            match strings(&unlisted["Condition"]["StringNotEquals"]["aws:PrincipalAccount"]).len() {
                2 => "rcp-leaves-caller-out",
                3 => "rcp-lists-caller",
                other => panic!("{other} readers"),
            }
        }
        "trail" => {
            let events = events(text);
            let job = events.iter().map(|event| role(&event.who)).find(|role| !role.is_empty());
            return format!(
                "{}, {}",
                ends(&events, &job.expect("the job's events")),
                ends(&events, "OrgBreakGlass")
            );
        }
        other => panic!("unknown check {other}: {text}"),
    };
    found.to_owned()
}

pub fn contradictions(texts: &BTreeMap<&str, String>, _: &BTreeMap<String, View>) -> Vec<String> {
    let mut faults = Faults::default();
    let text = |check: &str| texts[check].as_str();
    let session = first(r#""Arn": "(\S+)""#, text("identity"));
    let caller = first(r#""Account": "(\d+)""#, text("identity"));
    let owner = first(r"--output text\n(\d{12})\n", text("bucket-policy"));
    faults.expect(caller.len() == 12 && owner.len() == 12 && caller != owner, "two accounts");
    faults.expect(
        owner == first(r"--output text\n(\d{12})\n", text("object")),
        "the object is another account's",
    );
    // One principal, one bucket, one object, one key and one Region everywhere.
    let events = events(text("trail"));
    let who = session.rsplit(':').next().unwrap_or_default().to_owned();
    faults.expect(events.iter().any(|event| event.who == who), "the trail does not know the session");
    if text("error").contains("not authorized") {
        faults.expect(
            text("error").contains(&format!("User: {session} is")),
            "the message is another session's",
        );
    }
    let bucket = first(r"--bucket (\S+)", text("error"));
    for check in ["bucket-policy", "object", "break-glass"] {
        faults.expect(first(r"--bucket (\S+)", text(check)) == bucket, "another bucket");
    }
    faults.expect(text("role-policy").contains(&format!("arn:aws:s3:::{bucket}/*")), "the role's bucket");
    let key = first(r"get-object .*--key (\S+) ", text("error"));
    faults.expect(text("job-log").contains(&format!("key={key} ")), "another object than the job's");
    faults.expect(
        first(r"head-object .*--key (\S+)", text("object")) == key,
        "another object than the one read",
    );
    let region = first(r"get-object --region (\S+)", text("error"));
    faults.expect(
        first(r"LocationConstraint --output text\n(\S+)", text("object")) == region,
        "another Region",
    );
    let key_arn = first(r#""Arn": "(arn:aws:kms:\S+)""#, text("key-policy"));
    faults.expect(key_arn.starts_with(&format!("arn:aws:kms:{region}:{owner}:key/")), "the key's place");
    if text("object").contains("SSEKMSKeyId") {
        faults.expect(first(r#""SSEKMSKeyId": "(\S+)""#, text("object")) == key_arn, "the object's key");
    }
    for check in ["error", "break-glass", "trail"] {
        let named = all(r"kms:Decrypt on resource: (\S+)", text(check));
        faults.expect(named.iter().all(|one| *one == key_arn), "the key in the message");
    }
    if text("role-policy").contains("kms:Decrypt") {
        faults.expect(text("role-policy").contains(&key_arn), "the key in the role's policy");
    }
    // The counts of the listing, and its time.
    let listed = first(r"objects=(\d+)", text("job-log"));
    faults.expect(listed == first(r"(?m)^(\d+)$", text("error")), "another number of objects");
    faults.expect(text("job-log").contains(&format!("0 of {listed} read")), "the job counts otherwise");
    let first_error = first(r"(?m)^(\S+ \S+),\d+ ERROR", text("job-log")).replace(' ', "T") + "Z";
    let gets: Vec<_> = events.iter().filter(|event| event.who == who && event.name == "GetObject").collect();
    faults.expect(gets.len() == 3, "three reads of the job");
    faults.expect(gets.iter().all(|event| event.time == first_error), "the trail has another time");
    let times: Vec<&String> = events.iter().map(|event| &event.time).collect();
    faults.expect(times.is_sorted(), "events out of order");
    // What a terminal showed is what the trail recorded.
    let message = |check| first(r"GetObject operation: (.*)", text(check));
    faults.expect(
        gets.iter().any(|event| event.message.as_deref() == Some(message("error").as_str())),
        "terminal and trail differ",
    );
    let glass = events
        .iter()
        .find(|event| event.who.starts_with("assumed-role/OrgBreakGlass/") && event.name == "GetObject");
    faults.expect(
        glass.and_then(|event| event.message.clone()).unwrap_or_default() == message("break-glass"),
        "the engineer's terminal and the trail differ",
    );
    let tried = first(r"date -u \+%FT%TZ\n(\S+)", text("break-glass"));
    faults.expect(glass.is_some_and(|event| event.time > tried), "the engineer's read before its time");
    // Causes and effects over several policies.
    let guard = documents(text("caller-scps")).pop().map(|one| statement(&one, "ObjectsInApprovedRegions"));
    let guard = guard.unwrap_or_default();
    let approved = strings(&guard["Condition"]["StringNotEquals"]["aws:RequestedRegion"]).contains(&region);
    faults.expect(approved != text("error").contains("service control policy"), "the SCP and its message");
    faults.expect(
        !text("break-glass").contains("service control policy"),
        "the SCP exempts the break-glass role",
    );
    faults.expect(
        guard["Condition"]["ArnNotLike"]["aws:PrincipalArn"] == "arn:aws:iam::*:role/OrgBreakGlass",
        "whom the SCP exempts",
    );
    let root = format!("arn:aws:iam::{caller}:root");
    let readers = |check: &str, sid: &str| {
        let found = documents(text(check)).into_iter().find(|one| one.get("Statement").is_some());
        strings(&statement(&found.unwrap_or_default(), sid)["Principal"]["AWS"])
    };
    let may_decrypt = readers("key-policy", "ReadersDecrypt").contains(&root);
    faults.expect(
        may_decrypt || !text("break-glass").contains("ContentLength"),
        "a read without a way past the key",
    );
    faults.expect(readers("bucket-policy", "ReadersList").contains(&root), "a listing that nobody allows");
    let opened =
        text("bucket-policy").contains(&format!("{bucket}/{}/*", key.split('/').next().unwrap_or("")));
    faults.expect(
        opened != text("error").contains("because no resource-based policy allows the s3:GetObject action"),
        "the bucket's policy and its message",
    );
    let perimeter = documents(text("owner-policies")).pop().unwrap_or_default();
    let listed = strings(
        &statement(&perimeter, "ExportsToListedReaders")["Condition"]["StringNotEquals"]["aws:PrincipalAccount"],
    );
    faults.expect(
        listed.contains(&caller) != text("error").contains("resource control policy"),
        "the RCP and its message",
    );
    faults.expect(
        text("role-policy").contains("kms:Decrypt") == text("simulator").contains("kms:Decrypt\tallowed"),
        "the simulator and the policy it was given",
    );
    faults.found
}
