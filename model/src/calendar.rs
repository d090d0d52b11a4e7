//! Words of the study calendar.

use serde::{Deserialize, Serialize};

/// How much time a day has, against its weekday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum DayKind {
    /// No time.
    Off,
    /// Half of its weekday's minutes.
    Light,
    /// Its weekday's minutes, holiday or not.
    Usual,
    /// One and a half times its weekday's minutes.
    Heavy,
}

/// Whose public holidays count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Region {
    /// Taiwan.
    #[serde(rename = "TW")]
    Taiwan,
    /// China, with make-up workdays.
    #[serde(rename = "CN")]
    China,
    /// The United States' federal holidays.
    #[serde(rename = "US")]
    UnitedStates,
}
