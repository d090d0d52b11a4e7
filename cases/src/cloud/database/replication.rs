//! Asynchronous replication: what is written, what arrives, what is applied, and how old a read is.
//!
//! Piecewise constant rates, so every answer is exact. Rules: a replica applies in commit order; *lag in seconds* is the
//! age of the oldest change that is not applied yet (0 where there is none), as `now() -
//! pg_last_xact_replay_timestamp()` and `Seconds_Behind_Source` approximate it.

use serde::{Deserialize, Serialize};

/// A rate from a moment on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Write {
    /// Seconds.
    pub from: f64,
    /// Per second, in any unit of data.
    pub rate: f64,
}

/// The name of a rate where it is what a replica applies.
pub type Change = Write;

/// A replica's position at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lag {
    /// Written and not applied.
    pub backlog: f64,
    /// Age of the oldest change that is not applied, in seconds.
    pub seconds: f64,
}

/// A primary and one replica.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Replication {
    /// What is written; the first starts at 0.
    pub writes: Vec<Write>,
    /// What can be applied; the first starts at 0.
    pub applies: Vec<Change>,
    /// Not applied at 0, written before it at the rate `before`.
    pub backlog: f64,
    /// The rate of writes before 0.
    pub before: f64,
}

impl Replication {
    fn rate(steps: &[Write], at: f64) -> f64 {
        steps.iter().rev().find(|step| step.from <= at).map_or(0.0, |step| step.rate)
    }

    /// The moments a rate changes, after `from`.
    fn turns(&self, from: f64) -> Vec<f64> {
        let all = self.writes.iter().chain(&self.applies).map(|step| step.from);
        let mut turns: Vec<f64> = all.filter(|at| *at > from).collect();
        turns.sort_by(f64::total_cmp);
        turns.dedup();
        turns
    }

    /// Written from 0 to a moment; negative before.
    fn written(&self, at: f64) -> f64 {
        if at < 0.0 {
            return at * self.before;
        }
        let mut sum = 0.0;
        for (index, step) in self.writes.iter().enumerate() {
            let end = self.writes.get(index + 1).map_or(at, |next| next.from.min(at));
            if end > step.from {
                sum += (end - step.from) * step.rate;
            }
        }
        sum
    }

    /// When the change at a position was written.
    fn written_at(&self, position: f64) -> f64 {
        if position <= 0.0 {
            return if self.before > 0.0 { position / self.before } else { 0.0 };
        }
        let mut sum = 0.0;
        for (index, step) in self.writes.iter().enumerate() {
            let end = self.writes.get(index + 1).map_or(f64::INFINITY, |next| next.from);
            let grown = if step.rate > 0.0 { (end - step.from) * step.rate } else { 0.0 };
            if sum + grown >= position && step.rate > 0.0 {
                return step.from + (position - sum) / step.rate;
            }
            sum += grown;
        }
        f64::INFINITY
    }

    /// What is not applied at a moment.
    pub fn backlog_at(&self, at: f64) -> f64 {
        let mut backlog = self.backlog;
        let mut now = 0.0;
        let mut turns = self.turns(0.0);
        turns.push(f64::INFINITY);
        for turn in turns {
            let until = turn.min(at);
            let growth = Self::rate(&self.writes, now) - Self::rate(&self.applies, now);
            backlog = (backlog + growth * (until - now)).max(0.0);
            if turn >= at {
                break;
            }
            now = turn;
        }
        backlog
    }

    /// Backlog and age at a moment.
    pub fn at(&self, at: f64) -> Lag {
        let backlog = self.backlog_at(at);
        let seconds = if backlog > 1e-9 { at - self.written_at(self.written(at) - backlog) } else { 0.0 };
        Lag { backlog, seconds }
    }

    /// What is applied by a moment: a position in what is written, as [`Replication::at`] counts it.
    fn applied(&self, at: f64) -> f64 {
        self.written(at) - self.backlog_at(at)
    }

    /// The highest age until a moment, and when. Age rises while changes are applied slower than they were written, so
    /// the peak of a burst comes after the burst has ended.
    pub fn peak(&self, until: f64) -> (f64, f64) {
        let mut moments = self.turns(0.0);
        moments.extend([0.0, until]);
        // It turns also where what is applied was written at another rate.
        for turn in self.turns(0.0) {
            let target = self.written(turn);
            let (mut low, mut high) = (turn, until);
            for _ in 0..40 {
                let middle = (low + high) / 2.0;
                if self.applied(middle) < target { low = middle } else { high = middle }
            }
            moments.push(low);
        }
        let ages = moments.into_iter().filter(|at| *at <= until).map(|at| (self.at(at).seconds, at));
        ages.fold((0.0, 0.0), |best, next| if next.0 > best.0 + 1e-6 { next } else { best })
    }

    /// The first moment from `from` on with no backlog; none where it never comes.
    pub fn caught_up(&self, from: f64) -> Option<f64> {
        let mut now = from;
        let mut backlog = self.backlog_at(from);
        let mut turns = self.turns(from);
        turns.push(f64::INFINITY);
        for turn in turns {
            if backlog <= 1e-9 {
                return Some(now);
            }
            let growth = Self::rate(&self.writes, now) - Self::rate(&self.applies, now);
            if growth < 0.0 && now + backlog / -growth <= turn {
                return Some(now + backlog / -growth);
            }
            backlog = (backlog + growth * (turn - now)).max(0.0);
            now = turn;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_worked_off_after_it_and_age_is_not_backlog_over_apply_rate() {
        let writes = [(0.0, 100.0), (60.0, 400.0), (180.0, 100.0)];
        let replication = Replication {
            writes: writes.iter().map(|(from, rate)| Write { from: *from, rate: *rate }).collect(),
            applies: vec![Change { from: 0.0, rate: 250.0 }],
            ..Replication::default()
        };
        assert_eq!(replication.at(60.0), Lag { backlog: 0.0, seconds: 0.0 });
        // 120 s at +150/s; the oldest of the 18,000 was written 45 s ago, at 400/s.
        assert_eq!(replication.at(180.0), Lag { backlog: 18_000.0, seconds: 45.0 });
        assert_eq!(replication.caught_up(180.0), Some(300.0));
        assert_eq!(replication.caught_up(10.0), Some(10.0));
        // All of the burst is applied at 252 s; its last change was written at 180 s.
        let (age, at) = replication.peak(400.0);
        assert!((age - 72.0).abs() < 1e-3 && (at - 252.0).abs() < 1e-3, "{age} {at}");
    }
}
