//! The score of a play, part by part, each with its reason.
//!
//! Points: evidence 30 (minutes of the cheapest sufficient checks over the minutes spent before naming the cause), cause
//! 25 (half of it for a right guess that the evidence had not settled), order 20 (the customer works again before
//! anything is perfected, and nothing made it worse), update 20 (five for each of its four parts, less two for each
//! word of blame or guessing), post-incident action 5 (a mechanism, an owner, a date). Taken from syllabus section 4.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::update::weight;
use super::{Diagnosis, Tone, tone};
use crate::model::{Action, Aim, Grade, UpdatePart};

/// What a learner did with a case.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Play {
    /// In their order.
    pub steps: Vec<Step>,
    /// The board: what the learner thinks of each hypothesis; absent means open.
    pub marks: BTreeMap<String, Mark>,
    /// The hypothesis named as the cause.
    pub cause: Option<String>,
    /// The update to the customer as it is written.
    pub update: String,
    /// The parts the learner says the update has.
    pub parts: BTreeSet<UpdatePart>,
    /// What keeps it from coming back.
    pub post: PostAction,
}

/// A step of a play.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Step {
    /// What was done.
    pub kind: StepKind,
    /// The check's or the action's id; the named hypothesis.
    pub id: String,
    /// The response clock after it, in minutes.
    pub minute: u32,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum StepKind {
    /// Evidence was asked for.
    Check,
    /// A hypothesis was named as the cause.
    Cause,
    /// Something was done.
    Act,
    /// The customer was written to.
    Update,
}

/// What a learner thinks of a hypothesis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Mark {
    /// Evidence speaks for it.
    Supported,
    /// Evidence rules it out.
    RuledOut,
}

/// What keeps an incident from coming back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PostAction {
    /// What is changed, so that nobody has to be careful.
    pub mechanism: String,
    /// Who does it.
    pub owner: String,
    /// By when.
    pub date: String,
}

/// A play, judged.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Debrief {
    /// 0 to 100.
    pub points: u32,
    /// The grade this suggests.
    pub proposed: Grade,
    /// Of 30.
    pub evidence_points: u32,
    /// The checks in the order asked.
    pub checks: Vec<CheckScore>,
    /// Minutes spent on checks before the cause was named.
    pub minutes: u32,
    /// The cheapest checks that settle it, in a good order.
    pub best: Vec<String>,
    /// What they cost.
    pub best_minutes: u32,
    /// Hypotheses that the checks asked had not ruled out when the cause was named, the true one among them.
    pub left: Vec<String>,
    /// Of 25.
    pub cause_points: u32,
    /// The true cause.
    pub cause: String,
    /// Whether it was named, and on what.
    pub guess: Guess,
    /// Hypotheses marked as ruled out that no evidence asked for had ruled out.
    pub hasty: Vec<String>,
    /// Of 20.
    pub order_points: u32,
    /// The actions in their order.
    pub actions: Vec<ActionScore>,
    /// When the customer worked again, by the response clock; none where it never did.
    pub restored_at: Option<u32>,
    /// When the customer was first written to; none where it never was.
    pub answered_at: Option<u32>,
    /// Of 20.
    pub update_points: u32,
    /// Parts the update lacks.
    pub missing: Vec<UpdatePart>,
    /// Words in it that blame or guess.
    pub tone: Vec<Tone>,
    /// Of 5.
    pub post_points: u32,
    /// What of the post-incident action is not said so that somebody could check it.
    pub post_lacks: Vec<PostPart>,
}

/// Minutes that nobody can save: the cheapest way is known only when one knows the cause.
const HINDSIGHT: u32 = 6;

/// A part of a post-incident action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum PostPart {
    /// What is changed.
    Mechanism,
    /// Who does it.
    Owner,
    /// By when.
    Date,
}

/// Good intentions: what holds only while somebody thinks of it.
const INTENTIONS: [&str; 10] = [
    "blame",
    "careful",
    "pay attention",
    "remember to",
    "try harder",
    "小心",
    "多注意",
    "要注意",
    "記得",
    "记得",
];

impl PostAction {
    /// What is not said so that somebody could check it: a mechanism in some words that is more than a good intention,
    /// somebody who does it, a day or a span.
    pub fn lacks(&self) -> Vec<PostPart> {
        let text = self.mechanism.to_lowercase();
        let mechanism = weight(&text) >= 3 && !INTENTIONS.iter().any(|word| text.contains(word));
        let date = self.date.to_lowercase();
        let spans = [
            "day", "week", "month", "quarter", "sprint", "tomorrow", "tonight", "hour", "日", "天", "星期",
            "禮拜", "礼拜", "週", "周", "月", "季", "年",
        ];
        let dated =
            date.chars().any(|letter| letter.is_numeric()) || spans.iter().any(|span| date.contains(span));
        let owner = self.owner.trim().chars().count() >= 2;
        let parts = [(mechanism, PostPart::Mechanism), (owner, PostPart::Owner), (dated, PostPart::Date)];
        parts.into_iter().filter(|(said, _)| !said).map(|(_, part)| part).collect()
    }
}

/// How the cause was named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Guess {
    /// Right, and the evidence left nothing else.
    Proved,
    /// Right, but the evidence still allowed others.
    Lucky,
    /// Not right.
    Wrong,
    /// None was named.
    None,
}

/// What a check was worth.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CheckScore {
    /// The check.
    pub id: String,
    /// What it told, in bits.
    pub bits: f64,
    /// Hypotheses it ruled out that stood before.
    pub ruled_out: Vec<String>,
}

/// What an action was worth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ActionScore {
    /// The action.
    pub id: String,
    /// Whether it helps against the true cause.
    pub helps: bool,
    /// Whether it made things worse.
    pub harm: bool,
    /// Whether it was perfecting while the customer still was down.
    pub early: bool,
}

/// Judges a play.
pub fn score(play: &Play, diagnosis: &Diagnosis, actions: &[Action]) -> Debrief {
    let cause = diagnosis.cause().to_owned();
    let mut asked: Vec<&str> = Vec::new();
    let mut checks = Vec::new();
    let mut scored = Vec::new();
    let mut minutes = 0;
    let mut named = None;
    let mut left_when_named = None;
    let mut last_minute = 0;
    let mut restored_at = None;
    let mut answered_at = None;
    for step in &play.steps {
        let cost = step.minute.saturating_sub(last_minute);
        last_minute = step.minute;
        match step.kind {
            StepKind::Check if !asked.contains(&step.id.as_str()) => {
                let before = diagnosis.left(&asked);
                let bits = diagnosis.gain(&asked, &step.id);
                asked.push(&step.id);
                let after = diagnosis.left(&asked);
                let ruled_out =
                    before.into_iter().filter(|one| !after.contains(one)).map(str::to_owned).collect();
                checks.push(CheckScore { id: step.id.clone(), bits, ruled_out });
                if named.is_none() {
                    minutes += cost;
                }
            }
            StepKind::Check => {}
            StepKind::Cause => {
                named = Some(step.id.as_str());
                left_when_named = Some(diagnosis.left(&asked));
            }
            StepKind::Act => {
                let Some(action) = actions.iter().find(|action| action.id == step.id) else { continue };
                let helps = action.helps.contains(&cause);
                let early = action.aim == Aim::Prevent && restored_at.is_none();
                if helps && action.aim == Aim::Restore && restored_at.is_none() {
                    restored_at = Some(step.minute);
                }
                scored.push(ActionScore { id: step.id.clone(), helps, harm: action.harm, early });
            }
            StepKind::Update => {
                answered_at.get_or_insert(step.minute);
            }
        }
    }

    let left = left_when_named.unwrap_or_else(|| diagnosis.left(&asked));
    let guess = match named {
        None => Guess::None,
        Some(named) if named != cause => Guess::Wrong,
        Some(_) if left.len() == 1 => Guess::Proved,
        Some(_) => Guess::Lucky,
    };
    let (best, best_minutes) = diagnosis.best().unwrap_or_default();
    let settled = left.len() == 1;
    let evidence_points = match settled {
        // Evidence that settles nothing is worth half of what it told.
        false => {
            let told: f64 = checks.iter().map(|check| check.bits).sum();
            let all = (diagnosis.left(&[]).len() as f64).log2();
            if all > 0.0 { (15.0 * told / all).round() as u32 } else { 0 }
        }
        true => {
            let (best, used) = (f64::from(best_minutes + HINDSIGHT), f64::from(minutes + HINDSIGHT));
            (30.0 * best / used).min(30.0).round() as u32
        }
    };
    let cause_points = match guess {
        Guess::Proved => 25,
        Guess::Lucky => 12,
        Guess::Wrong | Guess::None => 0,
    };
    let worse = scored.iter().filter(|action| action.harm && !action.helps).count();
    let early = scored.iter().filter(|action| action.early).count();
    let order_points = if restored_at.is_some() {
        20u32.saturating_sub(u32::try_from(8 * worse + 6 * early).unwrap_or(20))
    } else {
        0
    };
    let all_parts = [UpdatePart::Impact, UpdatePart::Known, UpdatePart::NextStep, UpdatePart::NextTime];
    let written = !play.update.trim().is_empty();
    let missing: Vec<_> =
        all_parts.into_iter().filter(|part| !written || !play.parts.contains(part)).collect();
    let tone = tone(&play.update);
    let update_points = (5 * u32::try_from(4 - missing.len()).unwrap_or(0))
        .saturating_sub(2 * u32::try_from(tone.len()).unwrap_or(0));
    let post_lacks = play.post.lacks();
    let post_points = [5, 3, 1, 0].get(post_lacks.len()).copied().unwrap_or(0);
    let points = evidence_points + cause_points + order_points + update_points + post_points;
    let ruled_out: BTreeSet<&str> = {
        let left = diagnosis.left(&asked);
        diagnosis.left(&[]).into_iter().filter(|one| !left.contains(one)).collect()
    };
    let marked_out = play.marks.iter().filter(|(_, mark)| **mark == Mark::RuledOut);
    let hasty = marked_out.map(|(id, _)| id.clone()).filter(|id| !ruled_out.contains(id.as_str())).collect();
    Debrief {
        points,
        proposed: match points {
            90.. => Grade::Easy,
            75..=89 => Grade::Good,
            55..=74 => Grade::Hard,
            _ => Grade::Again,
        },
        evidence_points,
        checks,
        minutes,
        best: best.into_iter().map(str::to_owned).collect(),
        best_minutes,
        left: left.into_iter().map(str::to_owned).collect(),
        cause_points,
        cause,
        guess,
        hasty,
        order_points,
        actions: scored,
        restored_at,
        answered_at,
        update_points,
        missing,
        tone,
        post_points,
        post_lacks,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_incident_action_is_a_mechanism_somebody_and_a_day() {
        use PostPart::{Date, Mechanism, Owner};
        let lacks = |mechanism: &str, owner: &str, date: &str| {
            PostAction { mechanism: mechanism.into(), owner: owner.into(), date: date.into() }.lacks()
        };
        assert_eq!(
            lacks("The pipeline checks each image's architecture", "platform team", "in two weeks"),
            []
        );
        assert_eq!(lacks("部署流程會檢查映像檔的架構", "平台團隊", "下週五"), []);
        assert_eq!(lacks("Alarm on the certificate that is served", "Mei", "2026-12-01"), []);
        assert_eq!(lacks("Everybody is more careful next time", "team", "Friday"), [Mechanism]);
        assert_eq!(lacks("大家下次要小心一點", "團隊", "星期五之前"), [Mechanism]);
        assert_eq!(lacks("m", "", "end"), [Mechanism, Owner, Date]);
    }
}
