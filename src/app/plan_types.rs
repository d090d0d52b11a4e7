//! What of the plan crosses from the core to a shell.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::types::{DomainCount, Round};
use crate::model::{DayKind, ItemRef, Text};
use crate::plan::FitEvidence;

/// The plan to the interview. Shares are of the weight of all items of the track, 0 to 1.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PlanPage {
    /// Minutes of a usual day it is made for.
    pub minutes_per_day: u32,
    /// Days from Monday of this week to the last round, or four weeks on.
    pub calendar: Vec<PlanDay>,
    /// The learner's goal, 0 to 1.
    pub goal: f64,
    /// The first day on which as much as the goal is expected to be known; none: not yet by the last round.
    #[cfg_attr(test, ts(type = "string | null"))]
    pub reached: Option<NaiveDate>,
    /// Time that was planned and not used lately; none where nothing is missing.
    pub behind: Option<Behind>,
    /// What is known of the learner's memory.
    pub learnt: Option<Learnt>,
    /// Study days to the last round, today included.
    pub days_left: u32,
    /// What will be known at the beginning of each day, from today to the last round.
    pub known: Vec<PointOfPlan>,
    /// What will be known at each round that is ahead.
    pub rounds: Vec<RoundForecast>,
    /// Share that ten more minutes on every day would add.
    pub ten_more_minutes: f64,
    /// Today's items, most gain for a second first, within the minutes.
    pub list: Vec<Planned>,
    /// New items for which there will be no time.
    pub dropped_count: u32,
    /// How many of them are in each domain, most first.
    pub dropped_domains: Vec<DomainCount>,
    /// Those that come next, if there were more time.
    pub dropped: Vec<Dropped>,
    /// Items of the track.
    pub items: u32,
}

/// What the plan would be made for, other than what is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PlanWish {
    /// Minutes of a usual day; the learner's own if none are given.
    pub minutes_per_day: Option<u32>,
    /// Days that would be something else than they are.
    pub days: Vec<DayChoice>,
}

/// What a day of the calendar is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct DayChoice {
    /// The day.
    #[cfg_attr(test, ts(type = "string"))]
    pub date: NaiveDate,
    /// None: what its weekday and the holidays say.
    pub kind: Option<DayKind>,
}

/// A day of the calendar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PlanDay {
    /// The day.
    #[cfg_attr(test, ts(type = "string"))]
    pub date: NaiveDate,
    /// Minutes planned.
    pub minutes: u32,
    /// Seconds studied.
    pub seconds_done: u32,
    /// What the learner said of it.
    pub kind: Option<DayKind>,
    /// Its public holiday or make-up workday.
    pub holiday: Option<Text>,
}

/// Time of the last seven days that was planned and not used, since the first answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Behind {
    /// Minutes planned.
    pub minutes_planned: u32,
    /// Minutes studied.
    pub minutes_done: u32,
}

/// What fitting the memory model to the learner's answers found.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Learnt {
    /// The date of the fit.
    #[cfg_attr(test, ts(type = "string"))]
    pub date: NaiveDate,
    /// What it stands on.
    pub evidence: FitEvidence,
}

/// Where learning from the answers stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LearningState {
    /// Share done, 0 to 1, while it runs; none while it does not.
    pub running: Option<f64>,
    /// How the last run ended; none before the first.
    pub ended: Option<LearningEnd>,
}

/// How learning from the answers ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum LearningEnd {
    /// Something was learnt and is kept: plans have changed.
    Kept,
    /// No answer tells of forgetting yet.
    NothingYet,
    /// The learner stopped it; nothing was changed.
    Cancelled,
    /// It could not be done; nothing was changed.
    Failed,
}

/// A day of the plan.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PointOfPlan {
    /// The date.
    #[cfg_attr(test, ts(type = "string"))]
    pub date: NaiveDate,
    /// Share expected to be known.
    pub known: f64,
    /// Lower end of the 90 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// What will be known at a round.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RoundForecast {
    /// The round.
    pub round: Round,
    /// Share expected to be known.
    pub known: f64,
    /// Lower end of the 90 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// An item on today's plan, and why.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Planned {
    /// The item.
    pub item: ItemRef,
    /// Its prompt's words, without marks.
    pub prompt: Text,
    /// Its domain.
    pub domain: String,
    /// Whether it was never practised.
    pub is_new: bool,
    /// Its weight: how often it is asked, what stands on it, its kind.
    pub weight: f64,
    /// Recall predicted for now; none for a new item.
    pub recall: Option<f64>,
    /// Share that answering it today adds on the day of the interview.
    pub gain: f64,
    /// Expected seconds.
    pub seconds: u32,
}

/// An item that the plan leaves out.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Dropped {
    /// The item.
    pub item: ItemRef,
    /// Its prompt's words, without marks.
    pub prompt: Text,
    /// Its domain.
    pub domain: String,
    /// Its weight.
    pub weight: f64,
    /// Expected seconds of its first answer.
    pub seconds: u32,
}
