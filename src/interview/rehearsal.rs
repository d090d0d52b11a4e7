//! The shape of a told answer, where it is weak, and what is asked back.

use serde::{Deserialize, Serialize};

use crate::model::{Account, Grade, ProbeAnswer, Text};

/// Shares of the telling, in percent of its time, as the learner marked the parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Shape {
    /// Situation and task; at most 30 is wanted.
    pub opening: u32,
    /// Action; at least 50 is wanted.
    pub action: u32,
    /// Result and lesson; at least 15 is wanted.
    pub ending: u32,
}

/// The shape of an answer; none where the action and the result were not marked.
pub fn shape(account: &Account) -> Option<Shape> {
    let [_, action, result, ..] = account.marks_ms[..] else { return None };
    let total = account.told_ms;
    if total == 0 || action > result || result > total {
        return None;
    }
    let percent = |ms: u32| (u64::from(ms) * 100 / u64::from(total)) as u32;
    let (opening, action) = (percent(action), percent(result - action));
    Some(Shape { opening, action, ending: 100_u32.saturating_sub(opening + action) })
}

/// Why a dimension counts as weak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Reason {
    /// Situation and task took more than 30 % of the time.
    LongOpening {
        /// Their share.
        percent: u32,
    },
    /// The action took less than half of the time.
    ShortAction {
        /// Its share.
        percent: u32,
    },
    /// Result and lesson took less than 15 % of the time.
    ShortEnding {
        /// Their share.
        percent: u32,
    },
    /// The typed answer has fewer than two numbers.
    FewNumbers {
        /// How many.
        found: u32,
    },
    /// The learner scored it 1 or 2 the last time.
    LowScore {
        /// The score.
        value: u8,
    },
}

/// A dimension of the rubric that seems weak.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Weak {
    /// The dimension's id.
    pub dimension: String,
    /// Why.
    pub reason: Reason,
}

/// Where an answer seems weak: by its shape and its numbers, then by the scores of the time before, lowest first.
/// Dimensions are the rubric's (`data/principles/rubric.toml`).
pub fn weak_points(account: &Account, before: Option<&Account>) -> Vec<Weak> {
    let mut found: Vec<Weak> = Vec::new();
    let mut add = |dimension: &str, reason| {
        if !found.iter().any(|weak| weak.dimension == dimension) {
            found.push(Weak { dimension: dimension.to_owned(), reason });
        }
    };
    if let Some(Shape { opening, action, ending }) = shape(account) {
        if action < 50 {
            add("action", Reason::ShortAction { percent: action });
        }
        if ending < 15 {
            add("result", Reason::ShortEnding { percent: ending });
        }
        if opening > 30 {
            add("situation", Reason::LongOpening { percent: opening });
        }
    }
    let words = account.words.trim();
    if !words.is_empty() {
        let numbers =
            words.split(|letter: char| !letter.is_ascii_digit()).filter(|run| !run.is_empty()).count() as u32;
        if numbers < 2 {
            add("result", Reason::FewNumbers { found: numbers });
        }
    }
    let mut low: Vec<_> =
        before.into_iter().flat_map(|before| &before.scores).filter(|(_, score)| score.value <= 2).collect();
    low.sort_by_key(|(dimension, score)| (score.value, *dimension));
    for (dimension, score) in low {
        add(dimension, Reason::LowScore { value: score.value });
    }
    found
}

/// A question that can be asked back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Probe {
    /// The question.
    pub text: Text,
    /// The rubric's dimension it goes for; none for one that belongs to a prompt or a principle.
    pub about: Option<String>,
}

/// Three questions to ask back: two that go for the weakest points, then the prompt's own; each list begins one further
/// on with each time before, so that they are not always the same.
pub fn choose_probes(
    own: &[Probe],
    common: &[Probe],
    weak: &[Weak],
    times_before: usize,
) -> Vec<ProbeAnswer> {
    const WANTED: usize = 3;
    let turned = |list: &mut Vec<&Probe>| {
        if !list.is_empty() {
            let by = times_before % list.len();
            list.rotate_left(by);
        }
    };
    let mut chosen: Vec<&Probe> = Vec::new();
    for point in weak {
        let mut about: Vec<_> =
            common.iter().filter(|probe| probe.about.as_ref() == Some(&point.dimension)).collect();
        turned(&mut about);
        chosen.extend(about.first());
    }
    chosen.truncate(2);
    let (mut rest, mut others): (Vec<&Probe>, Vec<&Probe>) = (own.iter().collect(), common.iter().collect());
    turned(&mut rest);
    turned(&mut others);
    for probe in rest.into_iter().chain(others) {
        if chosen.len() < WANTED && !chosen.contains(&probe) {
            chosen.push(probe);
        }
    }
    let asked = |probe: &Probe| ProbeAnswer {
        text: probe.text.clone(),
        about: probe.about.clone(),
        words: String::new(),
        at_ms: None,
    };
    chosen.into_iter().map(asked).collect()
}

/// The mean of an answer's scores, 1 to 4; none without any.
pub fn mean_score(account: &Account) -> Option<f64> {
    let sum: u32 = account.scores.values().map(|score| u32::from(score.value)).sum();
    let count = account.scores.len() as u32;
    (count > 0).then(|| f64::from(sum) / f64::from(count))
}

/// The grade that a mean score proposes: the anchor it is nearest to.
pub fn proposed_grade(mean: f64) -> Grade {
    match mean {
        mean if mean < 1.5 => Grade::Again,
        mean if mean < 2.5 => Grade::Hard,
        mean if mean < 3.5 => Grade::Good,
        _ => Grade::Easy,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Score;

    fn account(marks_ms: &[u32], told_ms: u32) -> Account {
        Account { marks_ms: marks_ms.to_vec(), told_ms, ..Account::default() }
    }

    #[test]
    fn the_shape_needs_the_marks_of_action_and_result() {
        assert_eq!(
            shape(&account(&[10_000, 30_000, 90_000], 120_000)),
            Some(Shape { opening: 25, action: 50, ending: 25 })
        );
        assert_eq!(shape(&account(&[10_000, 30_000], 120_000)), None);
        assert_eq!(
            shape(&account(&[10_000, 90_000, 30_000], 120_000)),
            None,
            "marks that run backwards say nothing"
        );
        assert_eq!(shape(&account(&[1, 2, 3], 0)), None);
    }

    #[test]
    fn weak_points_come_with_their_reason_worst_first() {
        let mut now = account(&[30_000, 60_000, 100_000], 110_000);
        now.words = "We fixed it and errors fell to 0".to_owned();
        let mut before = Account::default();
        for (dimension, value) in [("task", 1), ("fit", 2), ("action", 1), ("structure", 3)] {
            before.scores.insert(dimension.to_owned(), Score { value, because: String::new(), at_ms: None });
        }
        let found = weak_points(&now, Some(&before));
        let names: Vec<_> = found.iter().map(|weak| weak.dimension.as_str()).collect();
        assert_eq!(names, ["action", "result", "situation", "task", "fit"]);
        assert_eq!(found[0].reason, Reason::ShortAction { percent: 36 });
        assert_eq!(found[3].reason, Reason::LowScore { value: 1 });
    }

    #[test]
    fn probes_go_for_the_weak_part_and_change_from_time_to_time() {
        let probe = |name: &str, about: Option<&str>| Probe {
            text: Text { en: name.to_owned(), zh_tw: name.to_owned(), zh_cn: None },
            about: about.map(str::to_owned),
        };
        let own = [probe("own 1", None), probe("own 2", None), probe("own 3", None)];
        let common = [
            probe("why", Some("action")),
            probe("who disagreed", Some("action")),
            probe("numbers", Some("result")),
        ];
        let weak = [Weak { dimension: "action".to_owned(), reason: Reason::ShortAction { percent: 30 } }];
        let names = |weak: &[Weak], times| -> Vec<String> {
            choose_probes(&own, &common, weak, times).into_iter().map(|probe| probe.text.en).collect()
        };
        assert_eq!(names(&weak, 0), ["why", "own 1", "own 2"]);
        assert_eq!(names(&weak, 1), ["who disagreed", "own 2", "own 3"]);
        assert_eq!(names(&[], 0), ["own 1", "own 2", "own 3"]);
        assert_eq!(choose_probes(&[], &common, &weak, 0).len(), 3);
        assert!(choose_probes(&[], &[], &weak, 5).is_empty());
    }

    #[test]
    fn scores_propose_the_nearest_grade() {
        assert_eq!(mean_score(&Account::default()), None);
        for (mean, grade) in [(1.0, Grade::Again), (2.0, Grade::Hard), (2.5, Grade::Good), (3.6, Grade::Easy)]
        {
            assert_eq!(proposed_grade(mean), grade);
        }
    }
}
