//! The record of an incident, as authors write it (`data/README.md` is the guide): its words. What its evidence shows is
//! computed from a seed (`incident`).

use serde::{Deserialize, Serialize};

use super::{Frequency, Reference, Status, Text};

/// A drill family as the bank lists it: its words and how often interviews ask for the skill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrillEntry {
    /// `D01` to `D22`.
    pub id: String,
    /// How far it has been checked.
    pub status: Status,
    /// How often interviews ask for the skill.
    pub freq: Frequency,
    /// What learners see.
    pub name: Text,
    /// One sentence: what is trained.
    pub about: Text,
}

/// An incident. Texts may name what the seed draws in braces, for example `{instance}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Incident {
    /// `I01` to `I24`.
    pub id: String,
    /// Counts up from 1 with each change that a learner should notice.
    pub rev: u32,
    /// How far it has been checked.
    pub status: Status,
    /// How often interviews ask for the skill.
    pub freq: Frequency,
    /// Domain it is filed under.
    pub domain: String,
    /// Topic within the domain.
    pub topic: String,
    /// 1 to 4.
    pub depth: u8,
    /// Target time to play it, in seconds.
    pub seconds: u32,
    /// The family of symptoms it belongs to (syllabus 4.1).
    pub symptom: Symptom,
    /// What of the role it trains, by the names of syllabus 4.1, for example `flow-logs`.
    pub skills: Vec<String>,
    /// What learners see.
    pub title: Text,
    /// The customer's words.
    pub customer: Text,
    /// How bad it is for the customer.
    pub severity: Severity,
    /// A good first response.
    pub first_response: Text,
    /// Notes of the colleague who had it before; empty unless it comes as an escalation. One of them is wrong.
    #[serde(default)]
    pub notes: Vec<TierOneNote>,
    /// What may be the cause. The first is the usual one.
    pub hypotheses: Vec<Hypothesis>,
    /// Evidence that can be asked for.
    pub checks: Vec<Check>,
    /// What can be done.
    pub actions: Vec<Action>,
    /// What a good update to the customer says.
    pub update: Vec<UpdatePoint>,
    /// Good post-incident actions: a mechanism, an owner, a date.
    pub prevention: Vec<Text>,
    /// Who would be called in, and when.
    pub escalation: Text,
    /// How monitoring would have shown it first.
    pub monitoring: Text,
    /// The lines of a runbook: trigger, checks, branches, stop rule.
    pub runbook: Vec<Text>,
    /// Primary sources of what it claims.
    pub refs: Vec<Reference>,
}

/// How a customer's words sound: the families of the role's FAQ (syllabus 4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Symptom {
    /// The site is down.
    SiteDown,
    /// The database cannot be reached.
    DatabaseUnreachable,
    /// Something is not right.
    NotRight,
    /// It crashes after running for a while.
    CrashesAfterAWhile,
    /// Names cannot be resolved.
    NamesFail,
    /// It collapses under load.
    CollapsesUnderLoad,
    /// Hadoop or Hive does not do its work.
    ClusterStuck,
}

/// How bad it is for the customer, as support cases name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Severity {
    /// A development question, or a production system impaired a little.
    SystemImpaired,
    /// A production system impaired.
    ProductionImpaired,
    /// A production system down.
    ProductionDown,
    /// A business-critical system down.
    BusinessDown,
}

impl Severity {
    /// Minutes to the first response that the game asks for. As of 2026 support plans promise times like these; the plan's
    /// own figure is what counts in a real case.
    pub fn response_minutes(self) -> u32 {
        match self {
            Self::SystemImpaired => 12 * 60,
            Self::ProductionImpaired => 4 * 60,
            Self::ProductionDown => 60,
            Self::BusinessDown => 15,
        }
    }
}

/// A note of the colleague who had the case before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TierOneNote {
    /// What it says.
    pub text: Text,
    /// For the wrong one: what is wrong with it, and what shows that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wrong: Option<Text>,
}

/// What may be the cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hypothesis {
    /// Name within the incident: the cause that the world is built with.
    pub id: String,
    /// The claim.
    pub claim: Text,
    /// Why it is the cause, or what rules it out, told in the debrief.
    pub why: Text,
    /// Whether it can be the cause when the incident is played again.
    #[serde(default)]
    pub variant: bool,
}

/// Evidence that can be asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Name within the incident: the view that the world shows.
    pub id: String,
    /// What is asked for.
    pub name: Text,
    /// What it costs, in minutes of the response clock.
    pub minutes: u32,
    /// How it is read, told in the debrief.
    pub reading: Text,
}

/// What can be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// Name within the incident.
    pub id: String,
    /// What is done.
    pub text: Text,
    /// What it is for.
    pub aim: Aim,
    /// What it costs, in minutes of the response clock.
    pub minutes: u32,
    /// Causes (ids of hypotheses) it helps against.
    #[serde(default)]
    pub helps: Vec<String>,
    /// Whether it can make things worse.
    #[serde(default)]
    pub harm: bool,
    /// Why it is right or wrong here, told in the debrief.
    pub why: Text,
}

/// What an action is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Aim {
    /// The customer works again.
    Restore,
    /// It does not come back.
    Prevent,
}

/// What a good update to the customer says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UpdatePoint {
    /// What sort of statement.
    pub id: UpdatePart,
    /// What it says here.
    pub text: Text,
}

/// The parts of an update (syllabus 4: impact, what is known, next step, next time).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum UpdatePart {
    /// Who is affected, and how.
    Impact,
    /// What is known, and what is not yet.
    Known,
    /// What happens next.
    NextStep,
    /// When the next word comes.
    NextTime,
}

/// Every text of an incident with its name, borrowed one way or the other.
macro_rules! incident_texts {
    ($incident:expr, $iter:ident $(, $mutable:tt)?) => {{
        let incident = $incident;
        let mut texts = vec![
            ("title".to_owned(), & $($mutable)? incident.title),
            ("customer".to_owned(), & $($mutable)? incident.customer),
            ("first_response".to_owned(), & $($mutable)? incident.first_response),
            ("escalation".to_owned(), & $($mutable)? incident.escalation),
            ("monitoring".to_owned(), & $($mutable)? incident.monitoring),
        ];
        for (index, note) in incident.notes.$iter().enumerate() {
            texts.push((format!("notes.{}.text", index + 1), & $($mutable)? note.text));
            if let Some(wrong) = & $($mutable)? note.wrong {
                texts.push((format!("notes.{}.wrong", index + 1), wrong));
            }
        }
        for hypothesis in incident.hypotheses.$iter() {
            texts.push((format!("hypotheses.{}.claim", hypothesis.id), & $($mutable)? hypothesis.claim));
            texts.push((format!("hypotheses.{}.why", hypothesis.id), & $($mutable)? hypothesis.why));
        }
        for check in incident.checks.$iter() {
            texts.push((format!("checks.{}.name", check.id), & $($mutable)? check.name));
            texts.push((format!("checks.{}.reading", check.id), & $($mutable)? check.reading));
        }
        for action in incident.actions.$iter() {
            texts.push((format!("actions.{}.text", action.id), & $($mutable)? action.text));
            texts.push((format!("actions.{}.why", action.id), & $($mutable)? action.why));
        }
        for (index, point) in incident.update.$iter().enumerate() {
            texts.push((format!("update.{}", index + 1), & $($mutable)? point.text));
        }
        for (index, text) in incident.prevention.$iter().enumerate() {
            texts.push((format!("prevention.{}", index + 1), text));
        }
        for (index, text) in incident.runbook.$iter().enumerate() {
            texts.push((format!("runbook.{}", index + 1), text));
        }
        texts
    }};
}

impl Incident {
    /// Whether a cause is the usual one, for which most of the debrief is written.
    pub fn is_usual(&self, cause: &str) -> bool {
        self.hypotheses.first().is_some_and(|usual| usual.id == cause)
    }

    /// What is told of a hypothesis where `cause` is the cause. Of the usual one it says what was found, with its figures:
    /// where it was another, nothing of that is true.
    pub fn why_hypothesis<'a>(&self, one: &'a Hypothesis, cause: &str) -> Option<&'a Text> {
        (one.id == cause || !self.is_usual(&one.id)).then_some(&one.why)
    }

    /// What is told of an action where `cause` is the cause; nothing of one that speaks of the usual one where it was
    /// another.
    pub fn why_action<'a>(&self, one: &'a Action, cause: &str) -> Option<&'a Text> {
        let of_usual = one.helps.iter().any(|id| self.is_usual(id));
        (!of_usual || one.helps.iter().any(|id| id == cause)).then_some(&one.why)
    }

    /// Every text with its name within the incident, for example `checks.flow-logs.reading`.
    pub fn texts(&self) -> Vec<(String, &Text)> {
        incident_texts!(self, iter)
    }

    /// [`Incident::texts`], to be changed.
    pub fn texts_mut(&mut self) -> Vec<(String, &mut Text)> {
        incident_texts!(self, iter_mut, mut)
    }
}

impl DrillEntry {
    /// Every text with its name.
    pub fn texts(&self) -> Vec<(String, &Text)> {
        vec![("name".to_owned(), &self.name), ("about".to_owned(), &self.about)]
    }

    /// [`DrillEntry::texts`], to be changed.
    pub fn texts_mut(&mut self) -> Vec<(String, &mut Text)> {
        vec![("name".to_owned(), &mut self.name), ("about".to_owned(), &mut self.about)]
    }
}
