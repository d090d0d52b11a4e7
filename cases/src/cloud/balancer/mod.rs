//! An Application Load Balancer in front of some targets: health checks, where requests go, who is to blame for a
//! status, and the lines it logs.
//!
//! Time is an argument; nothing here draws. Rules: Elastic Load Balancing, User Guide for Application Load Balancers,
//! "Health checks for Application Load Balancer target groups", "Troubleshoot your Application Load Balancers" and
//! "Access logs for your Application Load Balancer".

mod health;
mod log;
mod request;

pub use health::{
    Health, HealthCheck, Probe, Reason, Routing, State, Target, describe_target_health, route, timeline,
};
pub use log::{Action, Entry, Front};
pub use request::{
    Cause, Client, Hop, MOST_FORWARDED_FOR, Metric, Outcome, Settings, TargetBehaviour, Times, Waf, serve,
};

#[cfg(test)]
mod tests;
