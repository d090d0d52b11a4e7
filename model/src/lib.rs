//! The words of the domain: plain types without behaviour that needs a database, a clock or a window.
//!
//! Deliberately not here: how they are read from files (`bank`), kept (`store`) or scheduled (`memory`).

mod calendar;
mod card;
mod contact;
mod ids;
mod incident;
mod interval;
mod item;
mod language;
mod markdown;
mod principle;
mod question;
mod rehearsal;
mod review;
mod story;
pub mod time;
mod track;

pub use calendar::{DayKind, Region};
pub use card::CardState;
pub use contact::{PacketKind, Role};
pub use ids::{DeviceId, ItemKind, ItemRef, ReviewKey};
pub use incident::{
    Action, Aim, Check, DrillEntry, Hypothesis, Incident, Severity, Symptom, TierOneNote, UpdatePart,
    UpdatePoint,
};
pub use interval::Interval;
pub use item::{
    Body, Face, Item, ItemView, KeyPointView, MistakeView, PrincipleView, ProbeView, Status, TermProbeView,
};
pub use language::{ContentLanguage, InterfaceLanguage, Language, Text};
pub use markdown::{Block, Inline, blocks, inlines, plain};
pub use principle::{Principle, Prominence, Prompt, RubricDimension};
pub use question::{
    Accept, Direction, Evidence, EvidenceType, FollowUp, Frequency, KeyPoint, Mistake, Provenance, Question,
    QuestionKind, Reference, ReferenceType, Runner, TermProbe, Verify, Volatility,
};
pub use rehearsal::{Account, Asked, Delivery, Manner, Mock, MockRound, Pause, ProbeAnswer, Score};
pub use review::{AnswerMode, Grade, Review, ReviewRow, SessionKind, propose_grade};
pub use story::{Story, StoryId, StoryPart, Strength, Telling};
pub use track::{Domain, Level, Topic, Track, TrackId};
