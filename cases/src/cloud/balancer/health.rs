//! Health checks: what a target's state is after each of them, and where requests go.

use std::net::Ipv4Addr;

/// The health check settings of a target group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthCheck {
    /// Seconds from the start of a check to the start of the next.
    pub interval: u32,
    /// Seconds without a response that make a check fail.
    pub timeout: u32,
    /// Consecutive successes that make an unhealthy target healthy.
    pub healthy: u32,
    /// Consecutive failures that make a target unhealthy.
    pub unhealthy: u32,
    /// Codes that count as success, from and to.
    pub matcher: (u16, u16),
}

/// What a target does with one health check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Probe {
    /// It responds with a code.
    Answers(u16),
    /// It refuses or resets the connection.
    Refuses,
    /// Nothing comes within the timeout.
    Silent,
    /// What comes is no HTTP response.
    Malformed,
}

/// The state of a target, as the API names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the API's")]
pub enum State {
    Initial,
    Healthy,
    Unhealthy,
    Unused,
    Draining,
}

/// Why a target is not healthy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It is being registered.
    RegistrationInProgress,
    /// Too few checks were made to tell.
    InitialHealthChecking,
    /// It responded with a code that does not count as success.
    ResponseCodeMismatch(u16),
    /// It did not respond in time.
    Timeout,
    /// The connection failed, or the response was malformed.
    FailedHealthChecks,
    /// No rule sends requests to its target group.
    NotInUse,
    /// The instance is stopped or terminated.
    InvalidState,
    /// It is being deregistered.
    DeregistrationInProgress,
}

impl Reason {
    /// The reason code of the API.
    pub fn code(self) -> &'static str {
        match self {
            Self::RegistrationInProgress => "Elb.RegistrationInProgress",
            Self::InitialHealthChecking => "Elb.InitialHealthChecking",
            Self::ResponseCodeMismatch(_) => "Target.ResponseCodeMismatch",
            Self::Timeout => "Target.Timeout",
            Self::FailedHealthChecks => "Target.FailedHealthChecks",
            Self::NotInUse => "Target.NotInUse",
            Self::InvalidState => "Target.InvalidState",
            Self::DeregistrationInProgress => "Target.DeregistrationInProgress",
        }
    }

    /// The description that comes with it.
    pub fn description(self) -> String {
        match self {
            Self::RegistrationInProgress => "Target registration is in progress".to_owned(),
            Self::InitialHealthChecking => "Initial health checks in progress".to_owned(),
            Self::ResponseCodeMismatch(code) => format!("Health checks failed with these codes: [{code}]"),
            Self::Timeout => "Request timed out".to_owned(),
            Self::FailedHealthChecks => "Health checks failed".to_owned(),
            Self::NotInUse => {
                "Target group is not configured to receive traffic from the load balancer".to_owned()
            }
            Self::InvalidState => "Target is in the stopped state".to_owned(),
            Self::DeregistrationInProgress => "Target deregistration is in progress".to_owned(),
        }
    }
}

/// What is known of a target's health.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Health {
    /// Its state.
    pub state: State,
    /// Why; none where it is healthy.
    pub reason: Option<Reason>,
    /// Successes in a row.
    pub successes: u32,
    /// Failures in a row.
    pub failures: u32,
}

impl Health {
    /// A target that was just registered.
    pub fn registered() -> Self {
        Self {
            state: State::Initial,
            reason: Some(Reason::RegistrationInProgress),
            successes: 0,
            failures: 0,
        }
    }

    /// A target that has long been healthy.
    pub fn healthy(check: &HealthCheck) -> Self {
        Self { state: State::Healthy, reason: None, successes: check.healthy, failures: 0 }
    }

    /// Its health after one more check. A new target is healthy after one success; later changes need as many in a row
    /// as the thresholds say.
    #[must_use]
    pub fn after(self, check: &HealthCheck, probe: Probe) -> Self {
        let fault = match probe {
            Probe::Answers(code) if (check.matcher.0..=check.matcher.1).contains(&code) => None,
            Probe::Answers(code) => Some(Reason::ResponseCodeMismatch(code)),
            Probe::Refuses | Probe::Malformed => Some(Reason::FailedHealthChecks),
            Probe::Silent => Some(Reason::Timeout),
        };
        let (successes, failures) = match fault {
            None => (self.successes.saturating_add(1), 0),
            Some(_) => (0, self.failures.saturating_add(1)),
        };
        let (state, reason) = match (self.state, fault) {
            (State::Unused | State::Draining, _) => (self.state, self.reason),
            (State::Initial | State::Healthy, None) => (State::Healthy, None),
            (State::Unhealthy, None) if successes >= check.healthy => (State::Healthy, None),
            (State::Unhealthy, None) => (State::Unhealthy, self.reason),
            (_, Some(reason)) if failures >= check.unhealthy => (State::Unhealthy, Some(reason)),
            (State::Initial, Some(_)) => (State::Initial, Some(Reason::InitialHealthChecking)),
            (state, Some(_)) => (state, self.reason),
        };
        Self { state, reason, successes, failures }
    }
}

/// The health of a target over time: each check from `first` on, with the moment its result is known (a silent target's
/// a timeout later).
pub fn timeline(
    check: &HealthCheck,
    from: Health,
    first: u64,
    count: usize,
    probe: impl Fn(u64) -> Probe,
) -> Vec<(u64, Health)> {
    let mut health = from;
    let mut at = first;
    let mut known = Vec::with_capacity(count);
    for _ in 0..count {
        let probed = probe(at);
        health = health.after(check, probed);
        let result = if probed == Probe::Silent { at + u64::from(check.timeout) } else { at };
        known.push((result, health));
        at += u64::from(check.interval);
    }
    known
}

/// A registered target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The instance.
    pub id: String,
    /// Its address.
    pub address: Ipv4Addr,
    /// The port it is registered with.
    pub port: u16,
    /// Its health.
    pub health: Health,
}

/// Where requests can go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Routing<'a> {
    /// To the healthy ones.
    Healthy(Vec<&'a Target>),
    /// To all registered ones, as none is healthy (fail open).
    FailOpen(Vec<&'a Target>),
    /// Nowhere: none is registered, or all are unused or leaving. The load balancer responds 503.
    Nowhere,
}

/// Where the requests of a target group go.
pub fn route(targets: &[Target]) -> Routing<'_> {
    let of = |state: State| targets.iter().filter(move |target| target.health.state == state);
    let healthy: Vec<&Target> = of(State::Healthy).collect();
    if !healthy.is_empty() {
        return Routing::Healthy(healthy);
    }
    let open: Vec<&Target> = of(State::Unhealthy).chain(of(State::Initial)).collect();
    if open.is_empty() { Routing::Nowhere } else { Routing::FailOpen(open) }
}

/// What `aws elbv2 describe-target-health` prints. Written by hand, as the order of its keys is.
pub fn describe_target_health(targets: &[Target]) -> String {
    let mut entries = Vec::new();
    for target in targets {
        let state = match target.health.state {
            State::Initial => "initial",
            State::Healthy => "healthy",
            State::Unhealthy => "unhealthy",
            State::Unused => "unused",
            State::Draining => "draining",
        };
        let mut health = vec![format!("                \"State\": \"{state}\"")];
        if let Some(reason) = target.health.reason {
            health.push(format!("                \"Reason\": \"{}\"", reason.code()));
            health.push(format!("                \"Description\": \"{}\"", reason.description()));
        }
        entries.push(format!(
            "        {{\n            \"Target\": {{\n                \"Id\": \"{}\",\n                \"Port\": {}\n            }},\n            \"HealthCheckPort\": \"{}\",\n            \"TargetHealth\": {{\n{}\n            }}\n        }}",
            target.id,
            target.port,
            target.port,
            health.join(",\n")
        ));
    }
    format!("{{\n    \"TargetHealthDescriptions\": [\n{}\n    ]\n}}\n", entries.join(",\n"))
}
