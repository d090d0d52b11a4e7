//! CloudWatch Logs: events as the service keeps and shows them, and a small interpreter of Logs Insights queries
//! ([`query`]).
//!
//! Rules: Amazon CloudWatch Logs User Guide, "Supported logs and discovered fields".

pub mod query;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::{DateTime, NaiveDateTime};

pub use query::{Query, Table, Value};

/// A log event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Milliseconds since 1970-01-01T00:00Z.
    pub at: i64,
    /// Its log stream.
    pub stream: String,
    /// What was logged.
    pub message: String,
}

/// The fields of an event that a query sees, by name.
pub type Row = BTreeMap<String, Value>;

/// A moment of an event.
pub fn moment(at: i64) -> NaiveDateTime {
    DateTime::from_timestamp_millis(at).map(|at| at.naive_utc()).unwrap_or_default()
}

/// Milliseconds of a moment.
pub fn millis(at: NaiveDateTime) -> i64 {
    at.and_utc().timestamp_millis()
}

/// `aws logs tail GROUP --since ...`: time, stream and message of each event, oldest first.
pub fn tail(group: &str, options: &str, events: &[Event]) -> String {
    let mut text = format!("$ aws logs tail {group} {options}\n");
    for event in events {
        let at = moment(event.at).format("%Y-%m-%dT%H:%M:%S%.6f+00:00");
        let _ = writeln!(text, "{at} {} {}", event.stream, event.message);
    }
    text
}

/// What Logs Insights finds in an event by itself: `@timestamp`, `@message`, `@logStream`; the keys of a JSON message,
/// nested ones joined by dots; the fields of Lambda's START, END and REPORT lines and of default VPC Flow Logs records.
pub fn discover(event: &Event) -> Row {
    let mut row = Row::new();
    row.insert("@timestamp".into(), Value::Time(event.at));
    row.insert("@message".into(), Value::Text(event.message.clone()));
    row.insert("@logStream".into(), Value::Text(event.stream.clone()));
    match serde_json::from_str(&event.message) {
        Ok(json @ serde_json::Value::Object(_)) => flatten(&mut row, String::new(), &json),
        _ => {
            lambda(&mut row, &event.message);
            flow(&mut row, &event.message);
        }
    }
    row
}

fn flatten(row: &mut Row, name: String, json: &serde_json::Value) {
    let join = |key: &str| if name.is_empty() { key.to_owned() } else { format!("{name}.{key}") };
    match json {
        serde_json::Value::Object(map) => {
            for (key, value) in map {
                flatten(row, join(key), value);
            }
        }
        serde_json::Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                flatten(row, join(&index.to_string()), value);
            }
        }
        serde_json::Value::Number(number) => {
            row.insert(name, Value::Number(number.as_f64().unwrap_or_default()));
        }
        serde_json::Value::String(text) => {
            row.insert(name, Value::Text(text.clone()));
        }
        serde_json::Value::Bool(truth) => {
            row.insert(name, Value::Text(truth.to_string()));
        }
        serde_json::Value::Null => {}
    }
}

fn lambda(row: &mut Row, message: &str) {
    let Some(kind) = ["START", "END", "REPORT"]
        .into_iter()
        .find(|kind| message.starts_with(&format!("{kind} RequestId: ")))
    else {
        return;
    };
    row.insert("@type".into(), Value::Text(kind.to_owned()));
    let id = message.split([' ', '\t']).nth(2).unwrap_or_default();
    row.insert("@requestId".into(), Value::Text(id.to_owned()));
    for part in message.split('\t') {
        let Some((name, value)) = part.split_once(": ") else { continue };
        let mut words = value.split(' ');
        let Some(number) = words.next().and_then(|word| word.parse::<f64>().ok()) else { continue };
        let (field, scale) = match name {
            "Duration" => ("@duration", 1.0),
            "Billed Duration" => ("@billedDuration", 1.0),
            "Init Duration" => ("@initDuration", 1.0),
            // The sample queries of the guide divide these by 1000 twice to get megabytes.
            "Memory Size" => ("@memorySize", 1e6),
            "Max Memory Used" => ("@maxMemoryUsed", 1e6),
            _ => continue,
        };
        row.insert(field.to_owned(), Value::Number(number * scale));
    }
}

fn flow(row: &mut Row, message: &str) {
    let words: Vec<&str> = message.split(' ').collect();
    if words.len() != 14 || words.first() != Some(&"2") {
        return;
    }
    let names = [
        "version",
        "accountId",
        "interfaceId",
        "srcAddr",
        "dstAddr",
        "srcPort",
        "dstPort",
        "protocol",
        "packets",
        "bytes",
        "startTime",
        "endTime",
        "action",
        "logStatus",
    ];
    for (name, word) in names.into_iter().zip(words) {
        if word != "-" {
            row.insert(name.to_owned(), Value::read(word));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_in_what_services_log() {
        let row = |message: &str| discover(&Event { at: 0, stream: "s".into(), message: message.into() });
        let json = row(r#"{"level":"ERROR","user":{"id":7,"tags":["a"]},"none":null}"#);
        assert_eq!(json.get("user.id"), Some(&Value::Number(7.0)));
        assert_eq!(json.get("user.tags.0"), Some(&Value::Text("a".into())));
        assert!(!json.contains_key("none"));
        let report = row(
            "REPORT RequestId: 8f5a-1\tDuration: 102.25 ms\tBilled Duration: 103 ms\tMemory Size: 512 MB\tMax Memory Used: 84 MB\t",
        );
        assert_eq!(report.get("@type"), Some(&Value::Text("REPORT".into())));
        assert_eq!(report.get("@requestId"), Some(&Value::Text("8f5a-1".into())));
        assert_eq!(report.get("@duration"), Some(&Value::Number(102.25)));
        assert_eq!(report.get("@maxMemoryUsed"), Some(&Value::Number(84e6)));
        let record = row(
            "2 123456789012 eni-0a1 10.0.1.5 10.0.2.9 49152 5432 6 12 4096 1767225600 1767225660 REJECT OK",
        );
        assert_eq!(record.get("dstPort"), Some(&Value::Number(5432.0)));
        assert_eq!(record.get("action"), Some(&Value::Text("REJECT".into())));
        assert_eq!(row("plain text").len(), 3);
    }

    #[test]
    fn events_are_shown_as_the_command_line_shows_them() {
        let event = Event { at: 1_767_225_600_123, stream: "web/1".into(), message: "hello".into() };
        assert_eq!(
            tail("/app/web", "--since 1h", &[event]),
            "$ aws logs tail /app/web --since 1h\n2026-01-01T00:00:00.123000+00:00 web/1 hello\n"
        );
    }
}
