//! One request through the load balancer: what the client gets, what the log says, and which hop failed.

/// `X-Forwarded-For` may name so many addresses; one more and the load balancer responds 463.
pub const MOST_FORWARDED_FOR: u32 = 30;

/// How long the load balancer waits for a connection to a target, in milliseconds. It cannot be changed.
const CONNECT_MS: u64 = 10_000;

/// Attributes of the load balancer that matter for a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Idle timeout, in seconds.
    pub idle_timeout: u32,
}

/// What the client does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Client {
    /// Waits as long as it takes.
    Waits,
    /// Closes the connection after so many milliseconds without a response.
    GivesUp(u64),
    /// Sends the head of a request and then nothing more.
    Stalls,
    /// Sends `X-Forwarded-For` with so many addresses.
    Forwarded(u32),
}

/// What AWS WAF says of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waf {
    /// None is associated.
    Absent,
    /// It lets the request pass.
    Allows,
    /// It blocks the request.
    Blocks,
    /// It cannot be asked.
    Fails,
}

/// What the target does with the request. Times in milliseconds, from the moment it has the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetBehaviour {
    /// It responds with a status.
    Responds {
        /// After so long.
        after: u64,
        /// The status.
        status: u16,
    },
    /// It refuses the connection (RST).
    Refuses,
    /// The connection is never established: SYNs get lost.
    Unreachable,
    /// It closes the connection (FIN or RST) without a response.
    Closes {
        /// After so long.
        after: u64,
    },
    /// It responds with something that is not HTTP, or with headers that are not valid.
    Malformed {
        /// After so long.
        after: u64,
    },
}

/// Where a request failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hop {
    /// Nowhere.
    None,
    /// The client, or its side of the load balancer.
    Client,
    /// The load balancer itself: its rules, its WAF, its target group.
    Balancer,
    /// On the way to the target: no connection.
    ToTarget,
    /// The target, after it had the request.
    Target,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// The target responded without an error.
    Served,
    /// The target responded with an error, which is passed on.
    TargetError,
    /// No target is registered.
    NoTargets,
    /// The target refused the connection.
    Refused,
    /// No connection within ten seconds.
    ConnectTimeout,
    /// The target closed the connection while the request was outstanding.
    Closed,
    /// The target's response could not be used.
    Malformed,
    /// The target did not respond within the idle timeout.
    IdleTimeout,
    /// The client left first.
    ClientGone,
    /// The client did not send the request to its end.
    ClientStalled,
    /// Too many addresses in `X-Forwarded-For`.
    TooManyForwarded,
    /// AWS WAF blocked it.
    Blocked,
    /// AWS WAF could not be asked.
    WafFailed,
}

impl Cause {
    /// Where that is.
    pub fn hop(self) -> Hop {
        match self {
            Self::Served => Hop::None,
            Self::TargetError | Self::Closed | Self::Malformed | Self::IdleTimeout => Hop::Target,
            Self::Refused | Self::ConnectTimeout => Hop::ToTarget,
            Self::NoTargets | Self::Blocked | Self::WafFailed => Hop::Balancer,
            Self::ClientGone | Self::ClientStalled | Self::TooManyForwarded => Hop::Client,
        }
    }
}

/// The CloudWatch metric that counts a response by its class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the metrics")]
pub enum Metric {
    Elb4xx,
    Elb5xx,
    Target2xx,
    Target3xx,
    Target4xx,
    Target5xx,
}

impl Metric {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Elb4xx => "HTTPCode_ELB_4XX_Count",
            Self::Elb5xx => "HTTPCode_ELB_5XX_Count",
            Self::Target2xx => "HTTPCode_Target_2XX_Count",
            Self::Target3xx => "HTTPCode_Target_3XX_Count",
            Self::Target4xx => "HTTPCode_Target_4XX_Count",
            Self::Target5xx => "HTTPCode_Target_5XX_Count",
        }
    }
}

/// Request, target and response processing time, in milliseconds; none is logged as -1.
pub type Times = [Option<u64>; 3];

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What the client gets.
    pub elb_status: u16,
    /// What the target responded, if it did.
    pub target_status: Option<u16>,
    /// Whether a target was chosen: it is logged then.
    pub dispatched: bool,
    /// As logged.
    pub times: Times,
    /// From the request to the end of it, in milliseconds.
    pub elapsed: u64,
    /// What happened.
    pub cause: Cause,
}

impl Outcome {
    /// The metric that counts it.
    pub fn metric(&self) -> Metric {
        match (self.target_status, self.elb_status) {
            (Some(status), _) => match status / 100 {
                2 => Metric::Target2xx,
                3 => Metric::Target3xx,
                4 => Metric::Target4xx,
                _ => Metric::Target5xx,
            },
            (None, status) if status / 100 == 4 => Metric::Elb4xx,
            (None, _) => Metric::Elb5xx,
        }
    }
}

/// What becomes of a request. `target` is the behaviour of the target that was chosen; none where none can be. `overhead`
/// is what the load balancer itself needs, in milliseconds.
pub fn serve(
    settings: &Settings,
    client: Client,
    waf: Waf,
    target: Option<TargetBehaviour>,
    overhead: u64,
) -> Outcome {
    let idle = u64::from(settings.idle_timeout) * 1000;
    let own = |status: u16, elapsed: u64, cause: Cause| Outcome {
        elb_status: status,
        target_status: None,
        dispatched: false,
        times: [None; 3],
        elapsed,
        cause,
    };
    match client {
        Client::Stalls => return own(408, idle + overhead, Cause::ClientStalled),
        Client::Forwarded(addresses) if addresses > MOST_FORWARDED_FOR => {
            return own(463, overhead, Cause::TooManyForwarded);
        }
        _ => {}
    }
    match waf {
        Waf::Blocks => return own(403, overhead, Cause::Blocked),
        Waf::Fails => return own(500, overhead, Cause::WafFailed),
        Waf::Absent | Waf::Allows => {}
    }
    let Some(target) = target else { return own(503, overhead, Cause::NoTargets) };
    // When the target's side comes to an end by itself, and how.
    let (ends, outcome) = match target {
        TargetBehaviour::Responds { after, status } if after < idle => {
            let cause = if status < 400 { Cause::Served } else { Cause::TargetError };
            let times = [Some(overhead), Some(after), Some(0)];
            (after, Outcome { elb_status: status, target_status: Some(status), times, ..own(200, 0, cause) })
        }
        TargetBehaviour::Refuses => (1, own(502, 0, Cause::Refused)),
        TargetBehaviour::Unreachable => (CONNECT_MS, own(504, 0, Cause::ConnectTimeout)),
        TargetBehaviour::Closes { after } if after < idle => {
            (after, Outcome { times: [Some(overhead), Some(after), None], ..own(502, 0, Cause::Closed) })
        }
        TargetBehaviour::Malformed { after } if after < idle => {
            (after, Outcome { times: [Some(overhead), Some(after), None], ..own(502, 0, Cause::Malformed) })
        }
        _ => (idle, Outcome { times: [Some(overhead), None, None], ..own(504, 0, Cause::IdleTimeout) }),
    };
    let elapsed = ends + overhead;
    match client {
        Client::GivesUp(patience) if patience < elapsed => {
            Outcome { dispatched: true, ..own(460, patience, Cause::ClientGone) }
        }
        _ => Outcome { dispatched: true, elapsed, ..outcome },
    }
}
