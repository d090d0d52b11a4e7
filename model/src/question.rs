//! The record of a technical question, field for field as authors write it (`data/README.md` is the guide).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Status, Text};

/// One technical question with everything needed to ask, reveal and grade it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// `domain/topic/slug`, never reused.
    pub id: String,
    /// Counts up from 1 with each change that a learner should notice.
    pub rev: u32,
    /// What sort of answer is asked for.
    pub kind: QuestionKind,
    /// Depth of the answer expected: 1 define and use, 2 explain and diagnose, 3 reason from evidence, 4 internals.
    pub depth: u8,
    /// Target time to answer, in seconds.
    pub seconds: u32,
    /// How often interviews ask it.
    pub freq: Frequency,
    /// How fast the answer ages.
    pub volatility: Volatility,
    /// The day the facts were checked.
    pub as_of: NaiveDate,
    /// How far it has been checked.
    pub status: Status,
    /// Free labels for search.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Tracks that take (true) or leave (false) this question against their depth rule.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tracks_override: BTreeMap<String, bool>,
    /// Glossary terms (their English form) that the texts use.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub terms: Vec<String>,
    /// Ids of related questions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub see_also: Vec<String>,
    /// What the interviewer says.
    pub prompt: Text,
    /// A full spoken answer.
    pub answer: Text,
    /// One sentence to open the answer with.
    pub say_it: Text,
    /// What is shown with the prompt, identical in every language.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    /// The self-grading checklist, 3 to 7 points.
    pub key_points: Vec<KeyPoint>,
    /// What people get wrong, and why it is wrong.
    #[serde(default)]
    pub common_mistakes: Vec<Mistake>,
    /// What an interviewer asks next.
    #[serde(default)]
    pub follow_ups: Vec<FollowUp>,
    /// Terms in the answer that become the next question.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub term_probes: Vec<TermProbe>,
    /// Exact accepted answers, for `recall` and `estimate`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accept: Vec<Accept>,
    /// How the answer is checked by running it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verify: Option<Verify>,
    /// Primary sources.
    #[serde(default)]
    pub refs: Vec<Reference>,
}

/// Every text of a question with its name, borrowed one way or the other.
macro_rules! question_texts {
    ($question:expr, $iter:ident $(, $mutable:tt)?) => {{
        let question = $question;
        let mut texts = vec![
            ("prompt".to_owned(), & $($mutable)? question.prompt),
            ("answer".to_owned(), & $($mutable)? question.answer),
            ("say_it".to_owned(), & $($mutable)? question.say_it),
        ];
        for point in question.key_points.$iter() {
            texts.push((format!("key_points.{}", point.id), & $($mutable)? point.text));
        }
        for (index, mistake) in question.common_mistakes.$iter().enumerate() {
            texts.push((format!("common_mistakes.{}.claim", index + 1), & $($mutable)? mistake.claim));
            texts.push((format!("common_mistakes.{}.why", index + 1), & $($mutable)? mistake.why));
        }
        for (index, follow_up) in question.follow_ups.$iter().enumerate() {
            texts.push((format!("follow_ups.{}", index + 1), & $($mutable)? follow_up.text));
        }
        texts
    }};
}

impl Question {
    /// Every text with its name within the question, for example `key_points.deleted-but-open`.
    pub fn texts(&self) -> Vec<(String, &Text)> {
        question_texts!(self, iter)
    }

    /// [`Question::texts`], to be changed.
    pub fn texts_mut(&mut self) -> Vec<(String, &mut Text)> {
        question_texts!(self, iter_mut, mut)
    }

    /// The domain: the id's first part.
    pub fn domain(&self) -> &str {
        self.id.split('/').next().unwrap_or_default()
    }

    /// The topic within the domain: the id's second part.
    pub fn topic(&self) -> &str {
        self.id.split('/').nth(1).unwrap_or_default()
    }
}

/// What sort of answer a question asks for (syllabus section 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum QuestionKind {
    /// One fact or list that must be instant.
    Recall,
    /// Mechanism: why, what happens when.
    Explain,
    /// A against B and when each is right.
    Compare,
    /// A command or query that does something.
    Command,
    /// What evidence says, what it does not say, what next.
    OutputReading,
    /// The next best step from a symptom, and why.
    TroubleshootStep,
    /// Arithmetic with units.
    Estimate,
}

impl QuestionKind {
    /// The name in files and on the wire, for example `output-reading`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Recall => "recall",
            Self::Explain => "explain",
            Self::Compare => "compare",
            Self::Command => "command",
            Self::OutputReading => "output-reading",
            Self::TroubleshootStep => "troubleshoot-step",
            Self::Estimate => "estimate",
        }
    }

    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Recall,
        Self::Explain,
        Self::Compare,
        Self::Command,
        Self::OutputReading,
        Self::TroubleshootStep,
        Self::Estimate,
    ];

    /// The usual target time in seconds (syllabus section 3.1; an explanation at depth 1 is shorter).
    pub fn seconds(self, depth: u8) -> u32 {
        match self {
            Self::Recall => 40,
            Self::Explain if depth == 1 => 90,
            Self::Command => 75,
            Self::Compare | Self::Estimate => 120,
            Self::Explain | Self::OutputReading | Self::TroubleshootStep => 150,
        }
    }

    /// The planned share of all questions, in percent (syllabus section 3.1).
    pub fn planned_share(self) -> f64 {
        match self {
            Self::Recall => 12.0,
            Self::Explain => 24.0,
            Self::Compare => 10.0,
            Self::Command => 14.0,
            Self::OutputReading => 18.0,
            Self::TroubleshootStep => 16.0,
            Self::Estimate => 6.0,
        }
    }
}

/// How often interviews ask a question; declared from most to least often, which is the order of study.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Frequency {
    /// Nearly every interview.
    Core,
    /// Many interviews.
    Common,
    /// Some interviews.
    Rare,
}

/// How fast an answer ages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Volatility {
    /// True for decades.
    Stable,
    /// Changes over years.
    Slow,
    /// Changes within months: quotas, prices, names of plans. Never a required point.
    Fast,
}

/// Something to read before answering: output, a log, a plan. Shown byte for byte in every language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Evidence {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: EvidenceType,
    /// Where it comes from.
    pub provenance: Provenance,
    /// What was changed or removed, in English, for example `addresses`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redactions: Vec<String>,
    /// The text itself.
    pub text: String,
}

/// What a piece of evidence is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum EvidenceType {
    /// A command and its output.
    Command,
    /// Lines of a log.
    Log,
    /// JSON.
    Json,
    /// A query plan.
    SqlPlan,
    /// A packet trace.
    Packet,
    /// Points of a metric.
    Metric,
    /// A configuration file.
    Config,
    /// A table of data.
    Table,
}

/// Where a piece of evidence comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Provenance {
    /// Captured from a running system.
    Captured,
    /// Captured, then edited.
    Adapted,
    /// Written by hand to the documented format.
    Synthetic,
}

/// A point of the self-grading checklist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyPoint {
    /// Name within the question, kebab-case.
    pub id: String,
    /// 1 to 3.
    pub weight: u8,
    /// Whether an answer without it fails.
    #[serde(default)]
    pub must: bool,
    /// The point.
    pub text: Text,
}

/// A wrong belief and its correction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mistake {
    /// What people say.
    pub claim: Text,
    /// Why it is wrong.
    pub why: Text,
}

/// What an interviewer asks next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FollowUp {
    /// Where it leads.
    pub direction: Direction,
    /// The question.
    pub text: Text,
    /// The bank's question that answers it, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
}

/// Where a follow-up leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Direction {
    /// Further into the same thing.
    Deeper,
    /// To a neighbouring thing.
    Sideways,
    /// "How would you check that?"
    Check,
}

/// A term of the answer that becomes the next question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TermProbe {
    /// The term as the answer says it.
    pub term: String,
    /// Id of the question about it.
    pub question: String,
}

/// An accepted exact answer: either a text (compared without case and outer space) or a number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "ts", ts(optional_fields))]
pub struct Accept {
    /// The accepted text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The accepted number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// How far off a number may be, in the same unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tolerance: Option<f64>,
    /// The number's unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

/// How an answer is checked by running it. Run only by its author's tool, never by the window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verify {
    /// What runs `cmd`.
    pub runner: Runner,
    /// Shell commands that lay out the scene first.
    #[serde(default)]
    pub setup: String,
    /// What is run.
    pub cmd: String,
    /// What it must print (outer white space aside).
    pub expect: String,
}

/// What runs a `verify` block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names are the programs")]
pub enum Runner {
    Bash,
    Mawk,
    Jq,
    Openssl,
    Sqlite,
    Postgres,
    Python,
    None,
}

/// A primary source and what it supports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Reference {
    /// What sort of source.
    #[serde(rename = "type")]
    pub kind: ReferenceType,
    /// The work: `proc(5)`, `RFC 9293`, `Amazon VPC User Guide`.
    pub work: String,
    /// Section or page title within it.
    pub part: String,
    /// Ids of the key points it supports.
    #[serde(default)]
    pub supports: Vec<String>,
    /// What it says, in a few words.
    pub note: String,
}

/// What sort of source a reference is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum ReferenceType {
    /// A manual page.
    Man,
    /// A Request for Comments.
    Rfc,
    /// A page of an AWS guide.
    AwsDoc,
    /// The Linux kernel's documentation.
    KernelDoc,
    /// The Kubernetes documentation.
    K8sDoc,
    /// Another project's official documentation.
    ProjectDoc,
    /// A standard other than an RFC (POSIX, SQL, UEFI).
    Standard,
    /// A book.
    Book,
}
