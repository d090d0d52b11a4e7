//! Access log entries, field by field in the documented order.

use std::fmt;
use std::net::Ipv4Addr;

use chrono::DateTime;

use super::request::{Cause, Outcome, Times};

/// What is the same in every entry of a listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Front {
    /// `app/name/id`.
    pub elb: String,
    /// The target group's ARN.
    pub target_group: String,
    /// The host name clients use.
    pub host: String,
    /// The certificate's ARN; none for HTTP.
    pub certificate: Option<String>,
}

/// What the load balancer did with a request, as `actions_executed` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the actions")]
pub enum Action {
    Forward,
    WafForward,
    Waf,
    WafFailed,
    None,
}

impl Action {
    fn name(self) -> &'static str {
        match self {
            Self::Forward => "forward",
            Self::WafForward => "waf,forward",
            Self::Waf => "waf",
            Self::WafFailed => "waf-failed",
            Self::None => "-",
        }
    }
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it has in common with others.
    pub front: Front,
    /// Milliseconds since 1970, UTC: when the request came.
    pub created: u64,
    /// When the load balancer was done with it.
    pub time: u64,
    /// Microseconds that the time is written with beyond the millisecond.
    pub micros: u32,
    /// The client.
    pub client: (Ipv4Addr, u16),
    /// The target that was chosen.
    pub target: Option<(Ipv4Addr, u16)>,
    /// Processing times.
    pub times: Times,
    /// The load balancer's status.
    pub elb_status: u16,
    /// The target's.
    pub target_status: Option<u16>,
    /// Bytes of the request and of the response.
    pub bytes: (u32, u32),
    /// Method and path.
    pub request: (String, String),
    /// The client's program.
    pub user_agent: String,
    /// `Root=...`
    pub trace: String,
    /// The rule that matched; 0 for the default one, none where an error came first.
    pub rule: Option<u32>,
    /// What was done.
    pub action: Action,
    /// `TID_...`
    pub connection: String,
}

impl Entry {
    /// Takes status, times and target over from what became of a request.
    #[must_use]
    pub fn with(mut self, outcome: &Outcome, target: (Ipv4Addr, u16)) -> Self {
        self.time = self.created + outcome.elapsed;
        self.target = outcome.dispatched.then_some(target);
        self.times = outcome.times;
        self.elb_status = outcome.elb_status;
        self.target_status = outcome.target_status;
        self.action = match outcome.cause {
            Cause::Blocked => Action::Waf,
            Cause::WafFailed => Action::WafFailed,
            Cause::ClientStalled | Cause::TooManyForwarded => Action::None,
            _ => self.action,
        };
        if outcome.cause == Cause::ClientGone {
            self.bytes.1 = 0;
        }
        self
    }
}

fn moment(milliseconds: u64, micros: u32) -> String {
    let at = i64::try_from(milliseconds).ok().and_then(DateTime::from_timestamp_millis);
    at.map(|at| format!("{}{micros:03}Z", at.format("%Y-%m-%dT%H:%M:%S%.3f"))).unwrap_or_default()
}

fn seconds(time: Option<u64>) -> String {
    time.map_or("-1".to_owned(), |time| format!("{}.{:03}", time / 1000, time % 1000))
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secure = self.front.certificate.is_some();
        let (kind, port) = if secure { ("https", 443) } else { ("http", 80) };
        let target = self.target.map_or("-".to_owned(), |(address, port)| format!("{address}:{port}"));
        let status = self.target_status.map_or("-".to_owned(), |status| status.to_string());
        let [request, processing, response] = self.times.map(seconds);
        let (cipher, protocol) = if secure { ("TLS_AES_128_GCM_SHA256", "TLSv1.3") } else { ("-", "-") };
        // What WAF stops never gets to a target group.
        let group = match self.action {
            Action::Waf | Action::WafFailed | Action::None => "-",
            _ => &self.front.target_group,
        };
        let domain = if secure { &self.front.host } else { "-" };
        let certificate = self.front.certificate.as_deref().unwrap_or("-");
        let rule = self.rule.map_or("-".to_owned(), |rule| rule.to_string());
        let error = if self.action == Action::WafFailed { "WAFConnectionTimeout" } else { "-" };
        write!(
            f,
            "{kind} {} {} {}:{} {target} {request} {processing} {response} {} {status} {} {} \
             \"{} {kind}://{}:{port}{} HTTP/1.1\" \"{}\" {cipher} {protocol} {group} \"{}\" \"{domain}\" \"{certificate}\" \
             {rule} {} \"{}\" \"-\" \"{error}\" \"{target}\" \"{status}\" \"-\" \"-\" {}",
            moment(self.time, self.micros),
            self.front.elb,
            self.client.0,
            self.client.1,
            self.elb_status,
            self.bytes.0,
            self.bytes.1,
            self.request.0,
            self.front.host,
            self.request.1,
            self.user_agent,
            self.trace,
            moment(self.created, 0),
            self.action.name(),
            self.connection,
        )
    }
}
