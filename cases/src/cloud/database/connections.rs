//! Connections against `max_connections`: a fleet with pools, a hold time, and retries that add to the load.
//!
//! A fluid model in steps of one second: what cannot be served in a second has failed in it. Rules: each instance opens
//! at most its pool; the server refuses what exceeds its limit (MySQL error 1040, PostgreSQL SQLSTATE 53300).

use serde::{Deserialize, Serialize};

/// What clients do about a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retry {
    /// Tries of one request, the first included.
    pub attempts: u32,
    /// Seconds before the first retry; 0 means in the same moment, which counts for the next second.
    pub base: u32,
    /// Whether the pause doubles with each try.
    pub doubles: bool,
    /// Whether retries spread evenly over twice their pause instead of coming together.
    pub jitter: bool,
}

/// Who connects, and what the server allows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fleet {
    /// Instances from a second on, ascending; before the first there are none.
    pub instances: Vec<(u32, u32)>,
    /// Connections that one instance opens at most.
    pub pool: u32,
    /// The server's limit.
    pub max_connections: u32,
    /// Of those, kept for administrators.
    pub reserved: u32,
    /// Milliseconds that one request holds a connection.
    pub hold_ms: u32,
    /// What clients do about a failure.
    pub retry: Retry,
}

/// One second of a fleet's life.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ConnectionSecond {
    /// From 0.
    pub second: u32,
    /// Instances that run.
    pub instances: u32,
    /// Requests of users.
    pub requests: f64,
    /// Tries, with what is retried.
    pub tries: f64,
    /// Connections that the pools ask for.
    pub wanted: f64,
    /// Connections that are open.
    pub open: f64,
    /// Requests served.
    pub served: f64,
    /// Tries that failed.
    pub failed: f64,
    /// Requests whose last try failed.
    pub given_up: f64,
}

impl Fleet {
    /// Instances at a second.
    pub fn instances_at(&self, second: u32) -> u32 {
        self.instances.iter().rev().find(|(from, _)| *from <= second).map_or(0, |(_, count)| *count)
    }

    /// Connections open to ordinary users.
    pub fn limit(&self) -> u32 {
        self.max_connections.saturating_sub(self.reserved)
    }

    /// Requests a second that `connections` can carry (Little's law).
    pub fn capacity(&self, connections: u32) -> f64 {
        f64::from(connections) * 1000.0 / f64::from(self.hold_ms.max(1))
    }
}

/// The seconds of a fleet under some requests a second.
pub fn connection_series(fleet: &Fleet, requests: &[f64]) -> Vec<ConnectionSecond> {
    let attempts = fleet.retry.attempts.max(1);
    // What comes again, by second and by how many tries it has had.
    let mut due: Vec<Vec<f64>> = vec![vec![0.0; attempts as usize]; requests.len()];
    let mut series = Vec::with_capacity(requests.len());
    for (second, requests_now) in (0u32..).zip(requests) {
        let mut waves = due.get(second as usize).cloned().unwrap_or_default();
        if let Some(first) = waves.first_mut() {
            *first += requests_now;
        }
        let tries: f64 = waves.iter().sum();
        let instances = fleet.instances_at(second);
        let needed = (tries * f64::from(fleet.hold_ms) / 1000.0).ceil();
        let wanted = needed.min(f64::from(instances.saturating_mul(fleet.pool)));
        let open = wanted.min(f64::from(fleet.limit()));
        let served = tries.min(open * 1000.0 / f64::from(fleet.hold_ms.max(1)));
        let failed = tries - served;
        let share = if tries > 0.0 { failed / tries } else { 0.0 };
        let mut given_up = 0.0;
        for (had, wave) in (1u32..).zip(&waves) {
            let lost = wave * share;
            if had >= attempts {
                given_up += lost;
                continue;
            }
            let factor = if fleet.retry.doubles { 1 << (had - 1).min(16) } else { 1 };
            let pause = (fleet.retry.base * factor).max(1);
            let window = if fleet.retry.jitter { pause * 2 } else { 1 };
            let start = if fleet.retry.jitter { second + 1 } else { second + pause };
            for at in start..start + window {
                if let Some(slot) = due.get_mut(at as usize).and_then(|waves| waves.get_mut(had as usize)) {
                    *slot += lost / f64::from(window);
                }
            }
        }
        series.push(ConnectionSecond {
            second,
            instances,
            requests: *requests_now,
            tries,
            wanted,
            open,
            served,
            failed,
            given_up,
        });
    }
    series
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_without_a_pause_multiply_the_load_at_the_cap() {
        let retry = Retry { attempts: 3, base: 0, doubles: false, jitter: false };
        let fleet = Fleet {
            instances: vec![(0, 4), (10, 40)],
            pool: 50,
            max_connections: 1000,
            reserved: 0,
            hold_ms: 100,
            retry,
        };
        let mut load = vec![1000.0; 10];
        load.extend([40_000.0; 20]);
        let series = connection_series(&fleet, &load);
        assert_eq!(series[5].failed, 0.0);
        let last = series[29];
        assert_eq!(last.open, 1000.0, "40 x 50 = 2000 are wanted");
        assert!(last.tries > 2.0 * last.requests, "{last:?}");
        assert!((last.served - 10_000.0).abs() < 1e-6);
    }
}
