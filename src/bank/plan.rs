//! What a bank promises to be complete in (`plan.toml`); the check holds it to that.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Bank, Placed};
use crate::error::Fault;
use crate::model::{Question, QuestionKind, TrackId};

/// How far a kind's share may be from its planned one, in percentage points (syllabus section 7.3).
const SHARE_SLACK: f64 = 3.0;
/// How many questions a topic may have more or less than planned at a depth.
const COUNT_SLACK: usize = 1;

/// What a bank promises.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Plan {
    /// Tracks with all their questions, in the planned shares of kinds.
    #[serde(default)]
    complete_tracks: Vec<TrackId>,
    /// Prompts of each principle; 0 promises none.
    #[serde(default)]
    prompts_per_principle: usize,
    /// Whether all of it stands in Simplified Chinese, too.
    #[serde(default)]
    pub simplified: bool,
}

/// Where the bank falls short of its promise or goes over the plan.
pub(super) fn check(bank: &Bank) -> Vec<Fault> {
    let mut faults = over_plan(bank);
    let mut fault = |reason: String| faults.push(Fault { file: "plan.toml".to_owned(), line: 1, reason });
    for promised in &bank.plan.complete_tracks {
        let Some(track) = bank.tracks.iter().find(|track| track.id == *promised) else {
            fault(format!("there is no track '{}'", promised.0));
            continue;
        };
        for topic in &bank.topics {
            for (depth, planned) in (1..).zip(topic.planned) {
                let there = bank.questions().filter(|question| {
                    question.domain() == topic.domain
                        && question.topic() == topic.id
                        && question.depth == depth
                });
                let there = there.count();
                if depth <= track.depth_of(&topic.domain, &topic.id)
                    && there + COUNT_SLACK < usize::from(planned).max(COUNT_SLACK)
                {
                    let place = format!("{}/{}", topic.domain, topic.id);
                    fault(format!(
                        "track {}: {place} has {there} of {planned} questions at depth {depth}",
                        promised.0
                    ));
                }
            }
        }
        let taken: Vec<&Question> = bank.questions().filter(|question| track.takes(question)).collect();
        for kind in QuestionKind::ALL {
            let of_kind = taken.iter().filter(|question| question.kind == kind).count();
            let share = 100.0 * of_kind as f64 / taken.len().max(1) as f64;
            if (share - kind.planned_share()).abs() > SHARE_SLACK {
                fault(format!(
                    "track {}: {share:.1} % of the questions are of kind {}, {:.0} % are planned",
                    promised.0,
                    kind.name(),
                    kind.planned_share()
                ));
            }
        }
    }
    if bank.plan.prompts_per_principle > 0 {
        for principle in bank.principles() {
            let there =
                bank.prompts.iter().filter(|placed| placed.record.principle() == principle.id).count();
            if there != bank.plan.prompts_per_principle {
                fault(format!("{} has {there} of {} prompts", principle.id, bank.plan.prompts_per_principle));
            }
        }
    }
    faults
}

/// Topics with more questions at a depth than the syllabus plans.
fn over_plan(bank: &Bank) -> Vec<Fault> {
    let mut counts: BTreeMap<(&str, &str, u8), Vec<&Placed<Question>>> = BTreeMap::new();
    for placed in &bank.questions {
        let question = &placed.record;
        counts.entry((question.domain(), question.topic(), question.depth)).or_default().push(placed);
    }
    let mut faults = Vec::new();
    for ((domain, topic, depth), placed) in counts {
        let planned = bank
            .topics
            .iter()
            .find(|known| known.domain == domain && known.id == topic)
            .and_then(|known| known.planned.get(usize::from(depth).wrapping_sub(1)));
        let Some(planned) = planned else { continue };
        if placed.len() > usize::from(*planned) + COUNT_SLACK
            && let Some(last) = placed.last()
        {
            faults.push(last.fault(format!(
                "{topic} has {} questions at depth {depth}: {planned} planned, one more at most",
                placed.len()
            )));
        }
    }
    faults
}
