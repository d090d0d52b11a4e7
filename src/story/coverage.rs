//! Which principles the stories cover: the matrix's reading in words.

use serde::{Deserialize, Serialize};

use crate::model::{Story, StoryId, Strength};
use crate::time::StudyDay;

/// A story is fresh for this many days after it was told.
const FRESH_DAYS: u32 = 30;
/// A panel should not hear a story more often than this (syllabus 6.3).
const LEANED_ON: usize = 2;

/// How often a story was told, and when last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Rehearsals and rounds of mock loops.
    pub times: u32,
    /// The last of them; none before the first.
    pub last: Option<StudyDay>,
}

/// What is thin about a principle's stories.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum GapKind {
    /// No story shows it.
    Uncovered,
    /// Stories only touch it.
    Weak,
    /// One story shows it clearly: nothing to tell when that one was told before.
    Single,
    /// None of its stories was told in the last 30 days.
    Stale,
}

/// A principle whose stories are thin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Gap {
    /// The principle's id.
    pub principle: String,
    /// What is thin.
    pub kind: GapKind,
}

/// What the matrix says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Coverage {
    /// Principles that some story shows clearly.
    pub covered: u32,
    /// Thin principles, in the order given.
    pub gaps: Vec<Gap>,
    /// Stories that are the only clear one for more than two principles: a panel would hear them again and again.
    pub leaned_on: Vec<StoryId>,
}

/// Reads the matrix. `principles` are ids in their published order.
pub fn coverage(principles: &[String], stories: &[(StoryId, Story, Told)], today: StudyDay) -> Coverage {
    let mut found = Coverage::default();
    let mut only: Vec<&StoryId> = Vec::new();
    for principle in principles {
        let serving: Vec<_> =
            stories.iter().filter_map(|story| Some((story, *story.1.principles.get(principle)?))).collect();
        let clear: Vec<_> = serving.iter().filter(|(_, strength)| *strength >= Strength::Clear).collect();
        if let [((id, ..), _)] = clear.as_slice() {
            only.push(id);
        }
        let fresh = |told: &Told| told.last.is_some_and(|last| today.since(last) <= FRESH_DAYS);
        let kind = match (serving.len(), clear.len()) {
            (0, _) => Some(GapKind::Uncovered),
            (_, 0) => Some(GapKind::Weak),
            (_, 1) => Some(GapKind::Single),
            _ => clear.iter().all(|((.., told), _)| !fresh(told)).then_some(GapKind::Stale),
        };
        found.covered += u32::from(!clear.is_empty());
        found.gaps.extend(kind.map(|kind| Gap { principle: principle.clone(), kind }));
    }
    for (id, ..) in stories {
        if only.iter().filter(|other| **other == id).count() > LEANED_ON {
            found.leaned_on.push(id.clone());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_leaning_and_freshness_are_told_apart() {
        let story = |name: &str, shows: &[(&str, Strength)], last: Option<i32>| {
            let principles = shows.iter().map(|(id, strength)| ((*id).to_owned(), *strength)).collect();
            let told = Told { times: u32::from(last.is_some()), last: last.map(StudyDay) };
            (StoryId(name.to_owned()), Story { principles, ..Story::default() }, told)
        };
        use Strength::{Clear, Strong, Weak};
        let principles: Vec<String> = ["a", "b", "c", "d", "e", "f"].map(str::to_owned).to_vec();
        let stories = [
            story("hero", &[("a", Strong), ("b", Clear), ("c", Clear), ("f", Clear)], Some(995)),
            story("night", &[("d", Clear), ("e", Clear), ("f", Weak)], Some(900)),
            story("other", &[("d", Strong), ("c", Weak), ("e", Strong)], None),
        ];
        let found = coverage(&principles, &stories, StudyDay(1000));
        let kinds: Vec<_> = found.gaps.iter().map(|gap| (gap.principle.as_str(), gap.kind)).collect();
        use GapKind::{Single, Stale, Uncovered};
        assert_eq!(
            kinds,
            [("a", Single), ("b", Single), ("c", Single), ("d", Stale), ("e", Stale), ("f", Single)]
        );
        assert_eq!(found.covered, 6);
        assert_eq!(found.leaned_on, [StoryId("hero".to_owned())], "the only one for a, b, c and f");
        let empty = coverage(&principles, &[], StudyDay(1000));
        assert!(empty.gaps.iter().all(|gap| gap.kind == Uncovered) && empty.gaps.len() == 6);
    }
}
