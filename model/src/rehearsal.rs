//! Answers told at length: rehearsals, and mock loops made of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{ItemRef, Language, Text};

/// How a long answer is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Manner {
    /// Typed.
    #[default]
    Typed,
    /// Spoken and recorded on this machine.
    Spoken,
}

/// A long answer: what was told, how it sounded, what was asked back, and how the learner scored it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Account {
    /// Typed or spoken.
    pub manner: Manner,
    /// The language it is told in.
    pub language: Language,
    /// The typed words, or notes to a spoken answer.
    pub words: String,
    /// Milliseconds from the start at which the task, the action, the result and the lesson began, as far as marked.
    pub marks_ms: Vec<u32>,
    /// Milliseconds of telling.
    pub told_ms: u32,
    /// What the recording shows; none without one.
    pub delivery: Option<Delivery>,
    /// What was asked back.
    pub probes: Vec<ProbeAnswer>,
    /// The learner's scores, by the rubric's dimension.
    pub scores: BTreeMap<String, Score>,
    /// Ids of the key points that a technical answer named.
    pub ticked: Vec<String>,
}

/// A question asked back and its answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ProbeAnswer {
    /// The question.
    pub text: Text,
    /// The rubric's dimension it goes for; none for one that belongs to the prompt or the principle.
    pub about: Option<String>,
    /// The typed answer or notes; empty where it was spoken or passed over.
    pub words: String,
    /// Milliseconds from the recording's start at which it was asked; none where nothing was recorded.
    pub at_ms: Option<u32>,
}

/// A mark and its reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Score {
    /// 1 to 4, as the dimension's anchors say.
    pub value: u8,
    /// The words of the answer that it stands on, or the learner's reason; may be empty.
    #[serde(default)]
    pub because: String,
    /// The moment of the recording that it stands on, in milliseconds.
    #[serde(default)]
    pub at_ms: Option<u32>,
}

/// What one recording shows about the delivery. Times are in milliseconds, in steps of 10.
///
/// A recording without speech has `lead_ms` equal to `total_ms` and zeros besides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Delivery {
    /// Length of the recording.
    pub total_ms: u32,
    /// Time spoken: the total without lead, tail and pauses.
    pub speaking_ms: u32,
    /// Silence before the first sound.
    pub lead_ms: u32,
    /// Silence after the last sound.
    pub tail_ms: u32,
    /// Silences within speech of at least [`Delivery::SHORTEST_PAUSE_MS`], in order.
    pub pauses: Vec<Pause>,
    /// Syllables spoken, an estimate.
    pub syllables: u32,
}

/// A silence within speech, in milliseconds from the start of the recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Pause {
    /// When the sound before it ended.
    pub start_ms: u32,
    /// When the sound after it began.
    pub end_ms: u32,
}

impl Pause {
    /// Length in milliseconds.
    pub fn length_ms(self) -> u32 {
        self.end_ms.saturating_sub(self.start_ms)
    }
}

impl Delivery {
    /// Shortest silence within speech that counts as a pause, in milliseconds. 0.3 s is the default of de Jong and
    /// Wempe's script since its version of 2010, the first to measure pauses; stops and hesitations of rhythm are shorter.
    pub const SHORTEST_PAUSE_MS: u32 = 300;

    /// The longest pause.
    pub fn longest_pause(&self) -> Option<Pause> {
        self.pauses.iter().copied().max_by_key(|pause| pause.length_ms())
    }

    /// Speech rate: syllables per minute from the first to the last sound, pauses included. None without speech.
    pub fn syllables_per_minute(&self) -> Option<f32> {
        let span_ms = self.speech_ms();
        (span_ms > 0).then(|| self.syllables as f32 * 60_000.0 / span_ms as f32)
    }

    /// Share of the time from the first to the last sound that is spoken, 0 to 1. None without speech.
    pub fn share_spoken(&self) -> Option<f32> {
        let span_ms = self.speech_ms();
        (span_ms > 0).then(|| self.speaking_ms as f32 / span_ms as f32)
    }

    /// Milliseconds from the first to the last sound.
    pub fn speech_ms(&self) -> u32 {
        self.total_ms.saturating_sub(self.lead_ms).saturating_sub(self.tail_ms)
    }
}

/// A mock loop: its rounds, and where it stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Mock {
    /// Typed or spoken.
    pub manner: Manner,
    /// The rounds, in order.
    pub rounds: Vec<MockRound>,
    /// What the candidate asks at the end.
    pub own_questions: String,
}

/// A round: one interviewer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct MockRound {
    /// The interviewer's name or role; empty for one that has none.
    pub interviewer: String,
    /// Whether it is the bar raiser's, whose probes are drawn by chance.
    pub bar_raiser: bool,
    /// The language of the round.
    pub language: Language,
    /// Ids of the principles.
    pub principles: Vec<String>,
    /// The technical area: a domain's id; empty for none.
    pub area: String,
    /// Minutes planned.
    pub minutes: u32,
    /// What is asked, in order; term probes are put in as they come up.
    pub questions: Vec<Asked>,
    /// Whether it was scored.
    pub scored: bool,
}

/// A question of a mock loop.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Asked {
    /// What is asked.
    pub item: ItemRef,
    /// The term of the answer before that led to it.
    #[serde(default)]
    pub term: Option<String>,
    /// Probes to a prompt.
    #[serde(default)]
    pub probes: Vec<ProbeAnswer>,
    /// The rehearsal that holds the answer; none before it is asked.
    #[serde(default)]
    pub answer: Option<u32>,
}
