//! An Auto Scaling group behind a load balancer, second by second: instances come into service, are checked, marked
//! unhealthy and replaced.
//!
//! Rules: with Elastic Load Balancing health checks turned on, an instance that the load balancer reports as unhealthy is
//! marked at the group's next periodic check, unless it is within the health check grace period; one that no longer runs
//! is marked within the grace period, too (Amazon EC2 Auto Scaling User Guide, "Health checks for instances in an Auto
//! Scaling group", "Set the health check grace period for an Auto Scaling group"). A marked instance does not become healthy
//! again by itself. It is terminated first and its replacement launched meanwhile; in a small group one at a time, once the
//! newest instance is in service and its warmup is over, while an instance that does not run is replaced at once ("How
//! Amazon EC2 Auto Scaling minimizes downtime"). A target that is being deregistered gets no new requests (Elastic Load
//! Balancing, User Guide for Application Load Balancers, "Deregistration delay").
//!
//! How long a launch takes and how often the group looks is not documented; both are settings here. Not modelled: scaling
//! policies, Availability Zones, lifecycle hooks, instance maintenance policies, and that a group all of whose instances
//! are unhealthy may be spared some of them.

use super::balancer::{Health, HealthCheck, Probe, Reason, State};

/// Settings of a group and of its target group. Times in seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Desired capacity.
    pub desired: usize,
    /// Whether the load balancer's health checks count.
    pub elb: bool,
    /// Health check grace period.
    pub grace: u64,
    /// Default instance warmup.
    pub warmup: u64,
    /// From one look at all instances to the next.
    pub looks_every: u64,
    /// How long a state must be known to the load balancer before the group sees it.
    pub reported_after: u64,
    /// From the start of a termination to the start of the launch that makes up for it.
    pub launch_after: u64,
    /// Deregistration delay.
    pub drains: u64,
    /// The target group's health check.
    pub check: HealthCheck,
}

/// How an instance comes up, in seconds since its launch began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Birth {
    /// It is in service and registered.
    pub in_service: u64,
    /// The load balancer checks it for the first time.
    pub first_check: u64,
}

/// What an instance does at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Doing {
    /// It is in the EC2 state `running`.
    pub running: bool,
    /// What a health check meets.
    pub probe: Probe,
}

/// Why an instance is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// The load balancer reported it as unhealthy.
    Elb,
    /// It was terminated or stopped.
    Stopped,
}

impl Unfit {
    /// How the cause of a scaling activity names it.
    pub fn cause(self) -> &'static str {
        match self {
            Self::Elb => "an ELB system health check failure",
            Self::Stopped => "an EC2 health check indicating it has been terminated or stopped",
        }
    }
}

/// One instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Life {
    /// When its launch began.
    pub launched: u64,
    /// When it entered service and was registered.
    pub in_service: u64,
    /// When the group marked it unhealthy, and why.
    pub marked: Option<(u64, Unfit)>,
    /// When its termination began.
    pub terminating: Option<u64>,
    /// How long it drains.
    drains: u64,
    /// Its health as a target, from each moment on.
    health: Vec<(u64, Health)>,
    next_check: u64,
    /// The result of a check that is not known yet.
    pending: Option<(u64, Probe)>,
}

impl Life {
    /// Its health as a registered target at a moment; none where it is not registered.
    pub fn health_at(&self, at: u64) -> Option<Health> {
        let draining = |from: u64| (from..from + self.drains).contains(&at);
        if self.in_service > at || self.terminating.is_some_and(|from| from + self.drains <= at) {
            return None;
        }
        if let Some(from) = self.terminating.filter(|from| *from <= at) {
            let health = Health {
                state: State::Draining,
                reason: Some(Reason::DeregistrationInProgress),
                ..Health::registered()
            };
            return draining(from).then_some(health);
        }
        self.health.iter().rev().find(|(from, _)| *from <= at).map(|(_, health)| *health)
    }

    /// Whether it is unhealthy in the load balancer's eyes since a moment at the latest.
    fn unhealthy_since(&self, at: u64) -> bool {
        self.health.last().is_some_and(|(from, health)| health.state == State::Unhealthy && *from <= at)
    }
}

/// What a group did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activity {
    /// It launched an instance: at the start, or as a replacement.
    Launch {
        /// When.
        at: u64,
        /// Which, counted from 0.
        life: usize,
    },
    /// It terminated an instance.
    Terminate {
        /// When.
        at: u64,
        /// Which.
        life: usize,
        /// Why.
        unfit: Unfit,
    },
}

impl Activity {
    /// When it began.
    pub fn at(self) -> u64 {
        match self {
            Self::Launch { at, .. } | Self::Terminate { at, .. } => at,
        }
    }
}

/// What happened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// Every instance, in the order of launches.
    pub lives: Vec<Life>,
    /// Everything the group did, in order.
    pub activities: Vec<Activity>,
}

impl History {
    /// The registered targets at a moment, with the number of the instance.
    pub fn targets_at(&self, at: u64) -> Vec<(usize, Health)> {
        let lives = self.lives.iter().enumerate();
        lives.filter_map(|(index, life)| Some((index, life.health_at(at)?))).collect()
    }
}

/// What a group does from the launch of its first instances at 0 until a moment. `birth` says how the instance of a number
/// comes up, `doing` what it does so many seconds after its launch.
pub fn simulate(
    settings: &Settings,
    until: u64,
    birth: impl Fn(usize) -> Birth,
    doing: impl Fn(usize, u64) -> Doing,
) -> History {
    let mut history = History::default();
    let mut launches = vec![0; settings.desired];
    // Instances that are past are not looked at again.
    let mut first_alive = 0;
    let mut newest = 0;
    for now in 0..=until {
        let due = launches.iter().filter(|at| **at == now).count();
        launches.retain(|at| *at != now);
        for _ in 0..due {
            let index = history.lives.len();
            let Birth { in_service, first_check } = birth(index);
            let in_service = now + in_service;
            newest = newest.max(in_service);
            history.lives.push(Life {
                launched: now,
                in_service,
                marked: None,
                terminating: None,
                drains: settings.drains,
                health: vec![(in_service, Health::registered())],
                next_check: now + first_check.max(in_service - now),
                pending: None,
            });
            history.activities.push(Activity::Launch { at: now, life: index });
        }
        let gone = |life: &Life| life.terminating.is_some();
        while history.lives.get(first_alive).is_some_and(gone) {
            first_alive += 1;
        }
        let alive = history.lives.iter_mut().enumerate().skip(first_alive);
        for (index, life) in alive.filter(|(_, life)| life.in_service <= now && life.terminating.is_none()) {
            let is = doing(index, now - life.launched);
            observe(settings, life, now, is);
            if now.checked_rem(settings.looks_every) == Some(0) && life.marked.is_none() {
                let past_grace = now >= life.in_service + settings.grace;
                let reported = life.unhealthy_since(now.saturating_sub(settings.reported_after));
                if !is.running {
                    life.marked = Some((now, Unfit::Stopped));
                } else if settings.elb && past_grace && reported {
                    life.marked = Some((now, Unfit::Elb));
                }
            }
        }
        let settled = launches.is_empty() && now >= newest + settings.warmup;
        let replaceable = |life: &Life| match life.marked {
            Some((_, Unfit::Stopped)) => life.terminating.is_none(),
            Some((_, Unfit::Elb)) => life.terminating.is_none() && settled,
            None => false,
        };
        let lives = history.lives.iter_mut().enumerate().skip(first_alive);
        let next =
            lives.filter(|(_, life)| replaceable(life)).min_by_key(|(_, life)| life.marked.map(|(at, _)| at));
        if let Some((index, life)) = next
            && let Some((_, unfit)) = life.marked
        {
            life.terminating = Some(now);
            launches.push(now + settings.launch_after.max(1));
            history.activities.push(Activity::Terminate { at: now, life: index, unfit });
        }
    }
    history
}

/// What the load balancer makes of an instance in a second.
fn observe(settings: &Settings, life: &mut Life, now: u64, is: Doing) {
    let known = life.health.last().map_or_else(Health::registered, |(_, health)| *health);
    if !is.running {
        if known.state != State::Unused {
            let health = Health { state: State::Unused, reason: Some(Reason::InvalidState), ..known };
            life.health.push((now, health));
        }
        return;
    }
    if life.next_check == now {
        life.next_check += u64::from(settings.check.interval);
        let takes = if is.probe == Probe::Silent { u64::from(settings.check.timeout) } else { 0 };
        life.pending = Some((now + takes, is.probe));
    }
    if let Some((_, probe)) = life.pending.filter(|(at, _)| *at <= now) {
        life.pending = None;
        let health = known.after(&settings.check, probe);
        match life.health.last_mut() {
            // The same state goes on: it is as old as it was.
            Some((_, last)) if (last.state, last.reason) == (health.state, health.reason) => *last = health,
            _ => life.health.push((now, health)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: Settings = Settings {
        desired: 1,
        elb: true,
        grace: 60,
        warmup: 240,
        looks_every: 60,
        reported_after: 10,
        launch_after: 3,
        drains: 30,
        check: HealthCheck { interval: 30, timeout: 5, healthy: 2, unhealthy: 4, matcher: (200, 200) },
    };

    fn run(settings: &Settings, ready: u64, stops: u64) -> History {
        let birth = |_| Birth { in_service: 35, first_check: 45 };
        simulate(settings, 3600, birth, |_, since| Doing {
            running: since < stops,
            probe: if since < ready { Probe::Refuses } else { Probe::Answers(200) },
        })
    }

    fn terminations(history: &History) -> Vec<(u64, Unfit)> {
        let of = |activity: &Activity| match activity {
            Activity::Terminate { at, unfit, .. } => Some((*at, *unfit)),
            Activity::Launch { .. } => None,
        };
        history.activities.iter().filter_map(of).collect()
    }

    #[test]
    fn a_quick_start_lives_and_a_slow_one_is_replaced_although_it_passes_by_then() {
        assert!(terminations(&run(&SETTINGS, 90, u64::MAX)).is_empty());
        let history = run(&SETTINGS, 170, u64::MAX);
        let all = terminations(&history);
        // In service at 35, warm at 275; the replacement three seconds later is warm 278 seconds after that.
        assert_eq!(all.iter().map(|(at, _)| *at).take(3).collect::<Vec<_>>(), [275, 553, 831]);
        assert!(all.iter().all(|(_, unfit)| *unfit == Unfit::Elb));
        let first = &history.lives[0];
        let states: Vec<State> =
            [40, 140, 230, 280].iter().filter_map(|at| Some(first.health_at(*at)?.state)).collect();
        assert_eq!(states, [State::Initial, State::Unhealthy, State::Healthy, State::Draining]);
        assert_eq!(first.marked, Some((180, Unfit::Elb)), "it does not recover by itself");
        assert!(history.targets_at(307).is_empty(), "between the two nobody is registered");
    }

    #[test]
    fn a_longer_grace_period_or_no_elb_check_ends_the_loop() {
        assert!(terminations(&run(&Settings { grace: 300, ..SETTINGS }, 170, u64::MAX)).is_empty());
        assert!(terminations(&run(&Settings { elb: false, ..SETTINGS }, 170, u64::MAX)).is_empty());
    }

    #[test]
    fn an_instance_that_stops_is_replaced_at_once_even_within_its_grace_period() {
        let settings = Settings { grace: 3600, ..SETTINGS };
        let history = run(&settings, 60, 200);
        assert_eq!(terminations(&history)[0], (240, Unfit::Stopped));
        assert_eq!(history.lives[0].health_at(210).map(|health| health.state), Some(State::Unused));
    }

    #[test]
    fn a_group_of_several_replaces_one_at_a_time() {
        let history = run(&Settings { desired: 3, warmup: 0, ..SETTINGS }, 400, u64::MAX);
        for at in 0..3600 {
            let missing = history.lives.iter().filter(|life| life.launched <= at && life.in_service > at);
            assert!(missing.count() <= 1 || at < 35, "{at}");
        }
    }
}
