//! Incidents: a world drawn from a seed with one fault in it, evidence computed from that world, and a score that says why.
//!
//! An incident's words stand in the bank (`data/incidents/`); its world stands here, one file each. A world can be built
//! with each of the causes that the hypotheses name: everything that does not depend on the cause is drawn the same. So
//! what a check rules out is not told by an author but follows: it shows something else in a world with that cause. Pure.
//!
//! `tests/incidents/` proves for hundreds of seeds that the cause can be told from the evidence, that every other
//! hypothesis is refuted by some of it, and that no two pieces contradict each other.

mod asymmetric_return;
mod burst_empty;
mod cached_writer;
mod close_wait;
mod connection_storm;
mod diagnosis;
mod endpoint_group;
mod fstab_emergency;
mod hot_prefix;
mod image_architecture;
mod kernel_panic_module;
mod kill_loop;
mod mtu_black_hole;
mod nacl_return;
mod nat_ports;
mod partial_replication;
mod private_zone;
mod process_vanishes;
mod resolver_limit;
mod role_storm;
mod score;
mod skewed_key;
mod stale_certificate;
mod stale_replica;
mod two_denies;
mod unhealthy_disks;
mod update;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::cloud::{Draw, Seed};
use crate::model::{Evidence, EvidenceType, Hypothesis, Incident, Provenance};

pub use diagnosis::Diagnosis;
pub use score::{
    ActionScore, CheckScore, Debrief, Guess, Mark, Play, PostAction, PostPart, Step, StepKind, score,
};
pub use update::{Tone, ToneKind, parts_in, tone};

/// The world of an incident.
#[derive(Debug)]
pub struct World {
    /// `I01` to `I24`.
    pub id: &'static str,
    /// Counts up whenever a seed would give another scene than before.
    pub version: u32,
    /// What it can be built with: the ids of the record's hypotheses, in their order.
    pub causes: &'static [&'static str],
    /// Draws the scene with one of the causes. What does not depend on the cause is drawn first, so that a seed gives the
    /// same names and numbers with every cause.
    build: fn(&mut Draw, &str) -> Scene,
}

/// Every world, by id.
pub const WORLDS: &[&World] = &[
    &stale_certificate::WORLD,
    &kill_loop::WORLD,
    &connection_storm::WORLD,
    &nat_ports::WORLD,
    &process_vanishes::WORLD,
    &close_wait::WORLD,
    &nacl_return::WORLD,
    &cached_writer::WORLD,
    &stale_replica::WORLD,
    &kernel_panic_module::WORLD,
    &mtu_black_hole::WORLD,
    &hot_prefix::WORLD,
    &two_denies::WORLD,
    &role_storm::WORLD,
    &endpoint_group::WORLD,
    &partial_replication::WORLD,
    &resolver_limit::WORLD,
    &private_zone::WORLD,
    &fstab_emergency::WORLD,
    &burst_empty::WORLD,
    &unhealthy_disks::WORLD,
    &skewed_key::WORLD,
    &asymmetric_return::WORLD,
    &image_architecture::WORLD,
];

/// What a world shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Scene {
    /// What the texts' braces stand for, for example `instance`.
    pub names: BTreeMap<String, String>,
    /// What each check shows, by the check's id.
    pub views: BTreeMap<String, View>,
}

/// What a check shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// Text to read; the same in every language.
    pub evidence: Vec<Evidence>,
    /// Metrics to plot.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub series: Vec<Series>,
    /// What it tells a careful reader, in a word of its own, for example `reply-rejected`: two worlds whose findings differ
    /// are told apart by this check.
    pub finding: String,
}

/// A metric over time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Series {
    /// Its name, for example `DatabaseConnections`.
    pub name: String,
    /// Its unit, for example `Count`, `Percent`, `ms`.
    pub unit: String,
    /// The first point's time, UTC, `2026-03-01T07:30:00Z`.
    pub start: String,
    /// Seconds between points.
    pub step_seconds: u32,
    /// The points.
    pub points: Vec<f64>,
}

/// A world with its fault.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// The incident's id.
    pub incident: String,
    /// The world's version.
    pub version: u32,
    /// What it was drawn from.
    pub seed: Seed,
    /// The cause it was built with.
    pub cause: String,
    /// What it shows.
    pub scene: Scene,
}

impl World {
    /// The case of a seed with a cause; the usual cause where the world knows no such.
    pub fn case(&self, cause: &str, seed: Seed) -> Case {
        let known = self.causes.iter().find(|known| **known == cause).or(self.causes.first());
        let cause = known.copied().unwrap_or_default();
        let mut draw = Draw::new(&format!("{} v{}", self.id, self.version), seed);
        let scene = (self.build)(&mut draw, cause);
        Case { incident: self.id.to_owned(), version: self.version, seed, cause: cause.to_owned(), scene }
    }
}

impl Scene {
    /// A text with its braces filled in. What has no name stays as it is.
    pub fn fill(&self, text: &str) -> String {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            let value = after.split_once('}').and_then(|(name, tail)| Some((self.names.get(name)?, tail)));
            match value {
                Some((value, tail)) => {
                    filled.push_str(value);
                    rest = tail;
                }
                None => {
                    filled.push('{');
                    rest = after;
                }
            }
        }
        filled + rest
    }

    /// Names what a brace stands for.
    fn name(&mut self, name: &str, value: impl ToString) {
        self.names.insert(name.to_owned(), value.to_string());
    }

    /// Adds what a check shows.
    fn show(&mut self, check: &str, finding: &str, evidence: Vec<Evidence>) {
        let view = View { evidence, series: Vec::new(), finding: finding.to_owned() };
        self.views.insert(check.to_owned(), view);
    }
}

/// Causes that can be played: the usual one, and those that the record calls variants.
pub fn playable(record: &Incident) -> Vec<&str> {
    let can = |(place, one): &(usize, &Hypothesis)| *place == 0 || one.variant;
    record.hypotheses.iter().enumerate().filter(can).map(|(_, one)| one.id.as_str()).collect()
}

/// The cause that a seed gives: the same on every machine.
pub fn cause_of(record: &Incident, seed: Seed) -> &str {
    let causes = playable(record);
    let place = usize::try_from(seed.0).unwrap_or(0).checked_rem(causes.len()).unwrap_or(0);
    causes.get(place).copied().unwrap_or_default()
}

/// The world of an incident.
pub fn world(id: &str) -> Option<&'static World> {
    WORLDS.iter().copied().find(|world| world.id.eq_ignore_ascii_case(id))
}

/// A value as the AWS command line prints what `--query` selects: four spaces for each step.
fn printed(value: &serde_json::Value) -> String {
    let mut bytes = Vec::new();
    let format = serde_json::ser::PrettyFormatter::with_indent(b"    ");
    // Writing to memory does not fail.
    let _ = value.serialize(&mut serde_json::Serializer::with_formatter(&mut bytes, format));
    String::from_utf8(bytes).unwrap_or_default()
}

/// A piece of evidence the world wrote.
fn shown(kind: EvidenceType, text: impl Into<String>) -> Evidence {
    Evidence { kind, provenance: Provenance::Synthetic, redactions: Vec::new(), text: text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_are_filled_where_there_is_a_name() {
        let mut scene = Scene::default();
        scene.name("instance", "i-1");
        assert_eq!(scene.fill("{instance} and {other} { {instance}"), "i-1 and {other} { i-1");
    }

    #[test]
    fn a_seed_gives_the_same_case_and_its_names_do_not_tell_the_cause() {
        for world in WORLDS {
            for seed in 0..50 {
                let first = world.case(world.causes[0], Seed(seed));
                assert_eq!(first, world.case(world.causes[0], Seed(seed)), "{} {seed}", world.id);
                for cause in world.causes {
                    let other = world.case(cause, Seed(seed));
                    assert_eq!(first.scene.names, other.scene.names, "{} {cause} {seed}", world.id);
                }
            }
        }
    }
}
