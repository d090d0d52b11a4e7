//! What the evidence tells: which causes a check rules out, and the cheapest way to the cause.

use std::collections::BTreeSet;

use super::{Scene, World};
use crate::cloud::Seed;
use crate::model::Check;

/// A case seen as a search: causes, checks, and what each check would show with each cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    causes: Vec<String>,
    truth: usize,
    checks: Vec<Known>,
}

/// A check and its findings.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Known {
    id: String,
    minutes: u32,
    /// What it shows with each cause.
    findings: Vec<String>,
}

impl Diagnosis {
    /// The search that a case poses.
    pub fn new(world: &World, seed: Seed, cause: &str, checks: &[Check]) -> Self {
        let scenes: Vec<_> = world.causes.iter().map(|cause| world.case(cause, seed).scene).collect();
        Self::among(world, &scenes, cause, checks)
    }

    /// The same from what the world shows with each of its causes, in their order.
    pub fn among(world: &World, scenes: &[Scene], cause: &str, checks: &[Check]) -> Self {
        let known = |check: &Check| Known {
            id: check.id.clone(),
            minutes: check.minutes,
            findings: scenes
                .iter()
                .map(|scene| scene.views.get(&check.id).map_or(String::new(), |view| view.finding.clone()))
                .collect(),
        };
        Self {
            causes: world.causes.iter().map(|cause| (*cause).to_owned()).collect(),
            truth: world.causes.iter().position(|known| *known == cause).unwrap_or_default(),
            checks: checks.iter().map(known).collect(),
        }
    }

    /// Causes that agree with everything these checks showed; the true one is always among them.
    pub fn left(&self, asked: &[&str]) -> Vec<&str> {
        let agrees = |cause: &usize| {
            let asked = self.checks.iter().filter(|check| asked.contains(&check.id.as_str()));
            asked.into_iter().all(|check| check.findings.get(*cause) == check.findings.get(self.truth))
        };
        (0..self.causes.len())
            .filter(agrees)
            .filter_map(|cause| self.causes.get(cause))
            .map(String::as_str)
            .collect()
    }

    /// The true cause.
    pub fn cause(&self) -> &str {
        self.causes.get(self.truth).map_or("", String::as_str)
    }

    /// What a further check told, in bits: how much it shortened the list of causes, each as likely as the other
    /// (Shannon 1948: log2 of the number before over the number after).
    pub fn gain(&self, asked: &[&str], check: &str) -> f64 {
        let before = self.left(asked).len() as f64;
        let after = self.left(&[asked, &[check]].concat()).len() as f64;
        (before / after.max(1.0)).log2()
    }

    /// The checks that leave only the true cause for the fewest minutes, the most telling first; none where the evidence
    /// does not suffice. Tries every subset: incidents have a dozen checks.
    pub fn best(&self) -> Option<(Vec<&str>, u32)> {
        let count = self.checks.len().min(16);
        // One bit for each cause that a check leaves: what several leave is their intersection.
        let leaves: Vec<u64> = self.checks.iter().map(|check| self.leaves(check)).collect();
        let mut best: Option<(u32, u32, Vec<usize>)> = None;
        for subset in 0u32..1 << count {
            let chosen = || (0..count).filter(|index| subset & (1 << index) != 0);
            let left =
                chosen().filter_map(|index| leaves.get(index)).fold(u64::MAX, |left, mask| left & mask);
            if left.count_ones() != 1 {
                continue;
            }
            let minutes =
                chosen().filter_map(|index| self.checks.get(index)).map(|check| check.minutes).sum();
            let size = subset.count_ones();
            if best.as_ref().is_none_or(|(least, fewest, _)| (minutes, size) < (*least, *fewest)) {
                best = Some((minutes, size, chosen().collect()));
            }
        }
        let (minutes, _, mut rest) = best?;
        let mut order: Vec<&str> = Vec::new();
        while !rest.is_empty() {
            let gain = |index: &usize| self.ids(&[*index]).first().map_or(0.0, |id| self.gain(&order, id));
            let next = (0..rest.len()).max_by(|a, b| {
                let of = |at: usize| rest.get(at).map_or(0.0, gain);
                of(*a).total_cmp(&of(*b)).then(b.cmp(a))
            })?;
            order.extend(self.ids(&[rest.remove(next)]));
        }
        Some((order, minutes))
    }

    /// Causes that no check refutes although they are not the true one: the case cannot be decided. Empty for a sound case.
    pub fn undecided(&self) -> Vec<&str> {
        let all: Vec<&str> = self.checks.iter().map(|check| check.id.as_str()).collect();
        let mut left: BTreeSet<&str> = self.left(&all).into_iter().collect();
        left.remove(self.cause());
        left.into_iter().collect()
    }

    /// A bit for each cause that agrees with what a check shows; there are never 64 of them.
    fn leaves(&self, check: &Known) -> u64 {
        let truth = check.findings.get(self.truth);
        let agree = check.findings.iter().enumerate().filter(|(_, finding)| Some(*finding) == truth);
        agree.fold(0, |left, (cause, _)| left | 1 << (cause % 64))
    }

    fn ids(&self, indexes: &[usize]) -> Vec<&str> {
        indexes.iter().filter_map(|index| self.checks.get(*index)).map(|check| check.id.as_str()).collect()
    }
}
