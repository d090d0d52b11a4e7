//! What changed between two packets of a learner. Pure.

use super::{Changes, Feedback, PracticedAnswer, Shared};
use crate::model::Grade;

/// Smallest change of a domain's share that is named.
const NAMED: f64 = 0.01;

/// What changed from the packet `before`, made at `since_ms`, to the one `now`; `asked` is the last feedback and when it was
/// made.
pub(super) fn changes(
    since_ms: i64,
    before: &Shared,
    now: &Shared,
    asked: Option<(i64, &Feedback)>,
) -> Changes {
    let mut found = Changes { since_ms, ..Changes::default() };
    if let (Some(old), Some(new)) = (&before.facts, &now.facts) {
        found.answers = Some(new.tally.answers - old.tally.answers);
        let active = |day: &i32| {
            let of = |facts: &super::figures::Facts| facts.tally.days.get(day).map_or(0, |day| day.answers);
            of(new) > of(old)
        };
        found.active_days = Some(new.tally.days.keys().filter(|day| active(day)).count() as u32);
        let (old_ready, new_ready) = (old.readiness(), new.readiness());
        found.readiness = Some((old_ready.strength, new_ready.strength));
        let since = |first: i64, second: i64| second - first;
        let recalls = since(old.tally.all.recalls, new.tally.all.recalls);
        let passes = since(old.tally.all.passes, new.tally.all.passes);
        let share = (recalls > 0).then(|| passes as f64 / recalls as f64);
        found.retention = Some((old.tally.all.share(), share));
        for domain in &new_ready.domains {
            let known = old_ready.domains.iter().find(|known| known.domain == domain.domain);
            let before = known.map_or(0.0, |known| known.strength);
            if (domain.strength - before).abs() >= NAMED {
                found.domains.push((domain.domain.clone(), before, domain.strength));
            }
        }
        found.domains.sort_by(|a, b| (b.2 - b.1).abs().total_cmp(&(a.2 - a.1).abs()));
    }
    let (old, new) = (&before.parts, &now.parts);
    let same = |id, changed| old.stories.iter().any(|known| known.id == id && known.changed_at_ms == changed);
    let stories = new.stories.iter().filter(|story| !same(story.id.clone(), story.changed_at_ms));
    found.stories = stories.map(|story| story.id.clone()).collect();
    let told = new.told.iter().filter(|told| !old.told.iter().any(|known| known.number == told.number));
    found.told = told.map(|told| told.number).collect();
    let mocks = new.mocks.iter().filter(|mock| !old.mocks.iter().any(|known| known.number == mock.number));
    found.mocks = mocks.map(|mock| mock.number).collect();
    let plays = new.plays.iter().filter(|play| !old.plays.iter().any(|known| known.number == play.number));
    found.plays = plays.map(|play| play.number).collect();
    let forgotten = new.items.iter().filter(|item| was_forgotten(&item.answers, since_ms));
    found.forgotten = forgotten.map(|item| item.item.clone()).collect();
    let assigned =
        asked.into_iter().flat_map(|(at, asked)| asked.assignments.iter().map(move |one| (at, one)));
    for (asked_ms, assignment) in assigned {
        // Without answers in the packet there is no telling.
        let done = assignment.item.as_ref().filter(|_| !new.items.is_empty()).map(|item| {
            let practised = new.items.iter().find(|known| known.item == *item);
            practised.is_some_and(|known| known.answers.first().is_some_and(|last| last.at_ms > asked_ms))
        });
        found.assignments.push((assignment.clone(), done));
    }
    found
}

/// Whether what was passed at its last answer before was failed since. Answers stand newest first.
fn was_forgotten(answers: &[PracticedAnswer], since_ms: i64) -> bool {
    let before = answers.iter().find(|answer| answer.at_ms <= since_ms);
    let failed = answers.iter().take_while(|answer| answer.at_ms > since_ms);
    before.is_some_and(|before| before.grade.is_pass())
        && failed.into_iter().any(|answer| answer.grade == Grade::Again)
}
