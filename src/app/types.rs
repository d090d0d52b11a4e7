//! What crosses from the core to a shell: the answers of the use cases, plain and serialisable.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{AssignmentView, DrillAnswer, DrillCase};
use crate::chart::Figure;
use crate::interview::Probe;
use crate::model::{
    AnswerMode, Domain, Frequency, Grade, ItemRef, ItemView, Language, Level, QuestionKind, Region,
    RubricDimension, SessionKind, Status, Text, Track, TrackId,
};

/// Light, dark, or as the system says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Theme {
    /// As the system says.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// What a learner has chosen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Settings {
    /// Whether the first-run questions were answered.
    pub set_up: bool,
    /// Language of buttons and sentences.
    pub interface_language: Language,
    /// Language that prompts come up in.
    pub content_language: Language,
    /// Light or dark.
    pub theme: Theme,
    /// The role track that is scheduled.
    pub track: TrackId,
    /// Study time planned for a usual day, in minutes, 5 to 600.
    pub minutes_per_day: u32,
    /// Minutes of each weekday, Monday first, 0 to 600; none where it is a usual day.
    pub weekday_minutes: [Option<u32>; 7],
    /// Whose public holidays count as Sundays; none for nobody's.
    pub holidays: Option<Region>,
    /// What the learner wants to know on the day, 0.5 to 0.99: a share of what the role needs.
    pub goal: f64,
    /// Recall that reviews are timed for, 0.70 to 0.97.
    pub desired_retention: f64,
}

/// An interview round.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Round {
    /// The learner's name for it, for example "Phone screen". May be empty.
    pub name: String,
    /// Local date, `YYYY-MM-DD`.
    #[cfg_attr(test, ts(type = "string"))]
    pub date: NaiveDate,
    /// Local time, `HH:MM`, if known.
    pub time: Option<String>,
    /// IANA time zone, for example `Asia/Taipei`, if it is not the learner's own.
    pub zone: Option<String>,
    /// What it asks more or less of.
    #[serde(default)]
    pub focus: Focus,
}

/// What a round asks more or less of than the role in general: factors, 0 to 4; absent means 1.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Focus {
    /// By domain id.
    pub domains: BTreeMap<String, f64>,
    /// By kind: a question's (`recall`, `output-reading` ...) or the item's own (`prompt`).
    pub kinds: BTreeMap<String, f64>,
}

/// A round that is today or ahead.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct NextRound {
    /// The round.
    pub round: Round,
    /// Days from today, 0 on the day itself.
    pub days_left: u32,
}

/// Something a learner should know before starting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Notice {
    /// The clock stands before the last review. Nothing is lost; elapsed time counts as zero.
    ClockBehind {
        /// Local date of the last review.
        #[cfg_attr(test, ts(type = "string"))]
        last_review: NaiveDate,
    },
    /// Every round is over.
    RoundsOver {
        /// Date of the last round.
        #[cfg_attr(test, ts(type = "string"))]
        last_round: NaiveDate,
    },
}

/// Names and sizes that do not change while the program runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Outline {
    /// Domains in the order learners see.
    pub domains: Vec<Domain>,
    /// Topics in the order of the syllabus; Leadership Principles follow as topics of their domain.
    pub topics: Vec<TopicName>,
    /// Role tracks in the order learners see.
    pub tracks: Vec<TrackOutline>,
    /// How a told story is judged.
    #[serde(default)]
    pub rubric: Vec<RubricDimension>,
    /// Questions asked back to any story.
    #[serde(default)]
    pub probes: Vec<Probe>,
    /// Items in the bank.
    pub items: u32,
}

/// A topic's name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TopicName {
    /// Its domain's id.
    pub domain: String,
    /// Its id within the domain.
    pub id: String,
    /// Its name.
    pub name: Text,
}

/// A role track and what the bank holds for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TrackOutline {
    /// The track's id.
    pub id: TrackId,
    /// Its name.
    pub name: Text,
    /// One sentence: who it is for.
    pub about: Text,
    /// The bar.
    pub level: Level,
    /// Technical questions in scope.
    pub questions: u32,
    /// Behavioural prompts in scope.
    pub prompts: u32,
    /// Drill families in scope.
    #[serde(default)]
    pub drills: u32,
    /// Incidents in scope.
    #[serde(default)]
    pub incidents: u32,
}

impl TrackOutline {
    /// An outline of a track, not counted yet.
    pub(crate) fn of(track: &Track) -> Self {
        Self {
            id: track.id.clone(),
            name: track.name.clone(),
            about: track.about.clone(),
            level: track.level,
            questions: 0,
            prompts: 0,
            drills: 0,
            incidents: 0,
        }
    }
}

/// What a shell needs before it shows anything.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Start {
    /// The learner's choices.
    pub settings: Settings,
    /// Interview rounds by date.
    pub rounds: Vec<Round>,
    /// Names and sizes.
    pub outline: Outline,
    /// What to know first.
    pub notices: Vec<Notice>,
    /// Today's date on the learner's wall.
    #[cfg_attr(test, ts(type = "string"))]
    pub today: NaiveDate,
}

/// The day's list, summed up.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Today {
    /// The study day's date (it turns over at 04:00).
    #[cfg_attr(test, ts(type = "string"))]
    pub date: NaiveDate,
    /// The next interview round, if one is set and not over.
    pub next_round: Option<NextRound>,
    /// Minutes planned for the day.
    pub minutes_planned: u32,
    /// Seconds spent on answers today.
    pub seconds_done: u32,
    /// Answers graded today.
    pub answers_done: u32,
    /// Reviews on today's list, in the order of the list.
    pub reviews: Group,
    /// New items on today's list.
    pub new: Group,
    /// Due items that do not fit into today's minutes.
    pub reviews_left_out: u32,
    /// Items of the track never practised, on today's list or not.
    pub unseen: u32,
    /// Items of the track in all.
    pub in_track: u32,
    /// Whether a calibration makes sense: nothing was practised and none was asked for.
    pub can_calibrate: bool,
    /// What mentors assigned and is not done, due soonest first.
    pub assignments: Vec<AssignmentView>,
    /// Comments that were not read.
    pub unread_comments: u32,
    /// What to know first.
    pub notices: Vec<Notice>,
}

/// A part of the day's list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Group {
    /// Items.
    pub items: u32,
    /// Their target times added up, in seconds.
    pub seconds: u32,
    /// Items by domain, most first.
    pub domains: Vec<DomainCount>,
}

/// Items of a domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct DomainCount {
    /// The domain's id.
    pub domain: String,
    /// How many.
    pub items: u32,
}

/// Where a sitting stands: the card to answer now, and what is left.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Practice {
    /// The card; none when today's list is done.
    pub card: Option<Card>,
    /// Items on today's list, this one included.
    pub left: u32,
    /// Answers graded today.
    pub answers_done: u32,
    /// Seconds spent on answers today.
    pub seconds_done: u32,
    /// Minutes planned for the day.
    pub minutes_planned: u32,
    /// Whether there is an answer to undo.
    pub can_undo: bool,
}

/// An item to answer, with what each grade would do.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Card {
    /// The item.
    pub view: ItemView,
    /// Whether it was never practised.
    pub is_new: bool,
    /// Recall predicted for now, 0 to 1; none for a new item.
    pub predicted_recall: Option<f64>,
    /// Again, hard, good, easy.
    pub choices: Vec<Choice>,
    /// For a drill: the case to answer.
    pub drill: Option<DrillCase>,
}

/// What a grade would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Choice {
    /// The grade.
    pub grade: Grade,
    /// Days until the item comes back; 0 means again today.
    pub interval_days: u32,
    /// For an interval of 0: minutes until it comes back.
    pub interval_minutes: u32,
}

/// A graded answer on its way in.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Answer {
    /// What was asked.
    pub item: ItemRef,
    /// The revision that was shown.
    pub revision: u32,
    /// What sort of sitting.
    pub session: SessionKind,
    /// The learner's grade.
    pub grade: Grade,
    /// Ids of the ticked key points.
    pub ticked: Vec<String>,
    /// How it was answered.
    pub answer_mode: AnswerMode,
    /// The typed answer, if any.
    pub answer: Option<String>,
    /// Language of the prompt.
    pub prompt_language: Language,
    /// Language on screen at the reveal.
    pub reveal_language: Language,
    /// From prompt to reveal, milliseconds.
    pub think_ms: u32,
    /// From prompt to grade, milliseconds.
    pub total_ms: u32,
    /// For a drill: its case and what was typed.
    #[serde(default)]
    pub drill: Option<DrillAnswer>,
    /// For an incident: the number of its play.
    #[serde(default)]
    pub play: Option<u32>,
}

/// What to list in Browse. Absent means any.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct BrowseFilter {
    /// A domain's id.
    pub domain: Option<String>,
    /// A topic's id within the domain.
    pub topic: Option<String>,
    /// 1 to 4.
    pub depth: Option<u8>,
    /// Only what the track schedules.
    pub in_track: bool,
    /// Rows to pass over.
    pub offset: u32,
    /// Rows wanted, at most 500.
    pub limit: u32,
}

/// A page of Browse.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct BrowsePage {
    /// Rows that match in all.
    pub total: u32,
    /// This page's rows, by domain, topic, depth and id.
    pub rows: Vec<BrowseRow>,
}

/// A row of Browse.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct BrowseRow {
    /// The item.
    pub item: ItemRef,
    /// Domain id.
    pub domain: String,
    /// Topic id; the principle's id for prompts.
    pub topic: String,
    /// 1 to 4.
    pub depth: u8,
    /// What sort of question; none for a prompt.
    pub question_kind: Option<QuestionKind>,
    /// How often interviews ask it.
    pub freq: Frequency,
    /// How far it has been checked.
    pub status: Status,
    /// The prompt's words, without marks.
    pub prompt: Text,
    /// Whether the track schedules it.
    pub in_track: bool,
    /// What is known of the learner's memory of it; none if never practised.
    pub memory: Option<MemoryView>,
}

/// What is known of the learner's memory of an item.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct MemoryView {
    /// Recall predicted for now, 0 to 1.
    pub recall: f64,
    /// Days until recall falls to 0.9.
    pub stability_days: f64,
    /// 1 (easy) to 10.
    pub difficulty: f64,
    /// Days until it is due; negative when overdue.
    pub due_in_days: i32,
    /// Answers graded so far.
    pub answers: u32,
    /// Of them again after the first.
    pub lapses: u32,
}

/// An item looked at in Browse.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct BrowseItem {
    /// The item.
    pub view: ItemView,
    /// Whether the track schedules it.
    pub in_track: bool,
    /// What is known of the learner's memory of it; none if never practised.
    pub memory: Option<MemoryView>,
    /// Past answers, newest first.
    pub history: Vec<PastAnswer>,
}

/// A past answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PastAnswer {
    /// The study day.
    #[cfg_attr(test, ts(type = "string"))]
    pub date: NaiveDate,
    /// The grade.
    pub grade: Grade,
    /// From prompt to grade, milliseconds.
    pub total_ms: u32,
    /// Language of the prompt.
    pub prompt_language: Language,
    /// The typed answer, if any.
    pub answer: Option<String>,
}

/// How study goes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Progress {
    /// Answers graded, in all.
    pub answers: u32,
    /// Items practised at least once.
    pub items_seen: u32,
    /// Items of the track.
    pub in_track: u32,
    /// Of them practised at least once.
    pub in_track_seen: u32,
    /// Hours spent on answers.
    pub hours: f64,
    /// Share of answers to known items (not the first answer, not the same day) that were a pass; none without any.
    pub true_retention: Option<f64>,
    /// The last 60 study days, oldest first.
    pub days: Vec<DayCount>,
    /// Due items for the coming 30 study days, today (with what is overdue) first.
    pub forecast: Vec<DayCount>,
    /// Strength by domain of the track.
    pub domains: Vec<DomainStrength>,
}

/// The progress page's figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct FiguresPage {
    /// What the learner is ready for and what not yet, in a sentence or two.
    pub readiness: String,
    /// The figures, what matters most first.
    pub figures: Vec<Figure>,
}

/// Answers or due items of a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct DayCount {
    /// The study day.
    #[cfg_attr(test, ts(type = "string"))]
    pub date: NaiveDate,
    /// How many.
    pub items: u32,
    /// Seconds spent; 0 in a forecast.
    pub seconds: u32,
}

/// How strong a domain is.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct DomainStrength {
    /// The domain's id; `leadership-principles` for prompts.
    pub domain: String,
    /// Items of the track.
    pub in_track: u32,
    /// Of them practised at least once.
    pub seen: u32,
    /// Due today or overdue.
    pub due: u32,
    /// Mean predicted recall of the items practised, 0 to 1; none without any.
    pub recall: Option<f64>,
    /// Mean predicted recall over all items of the track, unseen ones counting as zero.
    pub coverage: f64,
}

/// Settings and what stands around them.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SettingsPage {
    /// The learner's choices.
    pub settings: Settings,
    /// Interview rounds by date.
    pub rounds: Vec<Round>,
    /// The data folder.
    pub data_dir: String,
    /// The program's version.
    pub version: String,
}
