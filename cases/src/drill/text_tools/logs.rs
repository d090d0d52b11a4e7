//! Logs in the formats people meet.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

use crate::cloud::Draw;

/// A morning, afternoon or night of the years 2025 and 2026.
pub(super) fn start(draw: &mut Draw) -> NaiveDateTime {
    let day = NaiveDate::from_ymd_opt(2025, 1, 1).unwrap_or_default() + TimeDelta::days(draw.int(0, 690));
    day.and_hms_opt(draw.int(1, 21), draw.int(0, 49), draw.int(0, 59)).unwrap_or_default()
}

/// Moments in order, some seconds apart.
pub(super) fn moments(draw: &mut Draw, count: usize, apart: i64) -> Vec<NaiveDateTime> {
    let mut at = start(draw);
    (0..count)
        .map(|_| {
            at += TimeDelta::seconds(draw.int(1u32, u32::try_from(apart).unwrap_or(1)).into());
            at
        })
        .collect()
}

/// What sshd writes of the key that was accepted: its kind and fingerprint.
pub(super) const KEY: &str = "ED25519 SHA256:q7Zb0r1JtKx2mVh5sWcY9uPfD3nLaE8gTi4oRk6XwBM";

const AGENTS: &[&str] = &[
    "curl/8.5.0",
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "python-requests/2.32.3",
    "Go-http-client/1.1",
    "okhttp/4.12.0",
];

/// A request in nginx's combined format, `$request_time` behind it if there is one.
#[derive(Clone)]
pub(super) struct Hit {
    pub(super) client: String,
    pub(super) at: NaiveDateTime,
    pub(super) method: &'static str,
    pub(super) path: String,
    pub(super) status: u32,
    pub(super) bytes: u32,
    agent: &'static str,
    pub(super) millis: Option<u32>,
}

impl Hit {
    pub(super) fn new(draw: &mut Draw, at: NaiveDateTime, client: &str, path: &str, status: u32) -> Self {
        Self {
            client: client.to_owned(),
            at,
            method: *draw.pick(&["GET", "GET", "GET", "POST"]),
            path: path.to_owned(),
            status,
            bytes: if status == 304 { 0 } else { draw.int(90, 9800) },
            agent: *draw.pick(AGENTS),
            millis: None,
        }
    }

    pub(super) fn seconds(&self) -> String {
        let millis = self.millis.unwrap_or_default();
        format!("{}.{:03}", millis / 1000, millis % 1000)
    }

    pub(super) fn line(&self) -> String {
        let time = self.millis.map(|_| format!(" {}", self.seconds())).unwrap_or_default();
        format!(
            "{} - - [{} +0000] \"{} {} HTTP/1.1\" {} {} \"-\" \"{}\"{time}",
            self.client,
            self.at.format("%d/%b/%Y:%H:%M:%S"),
            self.method,
            self.path,
            self.status,
            self.bytes,
            self.agent
        )
    }
}

/// An address of one of the blocks for documentation.
pub(super) fn outside(draw: &mut Draw) -> String {
    format!("{}.{}", draw.pick(&["192.0.2", "198.51.100", "203.0.113"]), draw.int(2, 250))
}

/// Different addresses.
pub(super) fn outsiders(draw: &mut Draw, count: usize) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    while found.len() < count {
        let address = outside(draw);
        if !found.contains(&address) {
            found.push(address);
        }
    }
    found
}

/// The start of a line that sshd wrote through syslog.
pub(super) fn sshd(at: NaiveDateTime, host: &str, pid: u32) -> String {
    format!("{} {host} sshd[{pid}]:", at.format("%b %e %H:%M:%S"))
}

/// A request at an Application Load Balancer.
pub(super) struct Balanced {
    pub(super) at: NaiveDateTime,
    pub(super) client: String,
    /// None where there was no target to send it to.
    pub(super) target: Option<String>,
    /// What the target answered, and after how many milliseconds; none where it did not answer.
    pub(super) answer: Option<(u32, u32)>,
    pub(super) status: u32,
    pub(super) path: String,
    pub(super) sent: u32,
    pub(super) port: u32,
}

impl Balanced {
    /// The first fifteen fields of its line in the access log, up to the request.
    pub(super) fn line(&self, balancer: &str) -> String {
        let (within, after, target_status) = match self.answer {
            Some((status, millis)) => {
                (format!("{}.{:03}", millis / 1000, millis % 1000), "0.000", status.to_string())
            }
            None => ("-1".to_owned(), "-1", "-".to_owned()),
        };
        format!(
            "http {}Z {balancer} {}:{} {} {} {within} {after} {} {target_status} 212 {} \"GET http://shop.example.com:80{} HTTP/1.1\"",
            self.at.format("%Y-%m-%dT%H:%M:%S%.6f"),
            self.client,
            self.port,
            self.target.as_deref().unwrap_or("-"),
            if self.target.is_some() { "0.001" } else { "-1" },
            self.status,
            self.sent,
            self.path,
        )
    }
}
