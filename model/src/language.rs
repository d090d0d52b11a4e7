//! Languages and bilingual text.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A language that content and interface can be in. The names are BCP 47 tags, as on the wire and in files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Language {
    /// English.
    #[default]
    #[serde(rename = "en")]
    En,
    /// Chinese as written in Taiwan.
    #[serde(rename = "zh-TW")]
    ZhTw,
    /// Chinese as written in mainland China, derived from [`Language::ZhTw`].
    #[serde(rename = "zh-CN")]
    ZhCn,
}

impl Language {
    /// The BCP 47 tag: `en`, `zh-TW` or `zh-CN`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::ZhTw => "zh-TW",
            Self::ZhCn => "zh-CN",
        }
    }

    /// Whether the language is written in Chinese characters.
    pub fn is_chinese(self) -> bool {
        self != Self::En
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

impl FromStr for Language {
    type Err = String;

    fn from_str(tag: &str) -> Result<Self, String> {
        match tag {
            "en" => Ok(Self::En),
            "zh-TW" => Ok(Self::ZhTw),
            "zh-CN" => Ok(Self::ZhCn),
            _ => Err(format!("'{tag}' is not one of en, zh-TW, zh-CN")),
        }
    }
}

/// The language questions are shown in; switched on the spot while practising.
pub type ContentLanguage = Language;
/// The language of buttons and sentences; independent of the content's.
pub type InterfaceLanguage = Language;

/// A text in every language an author writes. Markdown unless its field says otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Text {
    /// English.
    pub en: String,
    /// Chinese as written in Taiwan.
    #[serde(rename = "zh-TW")]
    pub zh_tw: String,
    /// Simplified Chinese: derived, so absent in what authors write.
    #[serde(rename = "zh-CN", default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub zh_cn: Option<String>,
}

impl Text {
    /// A text by its author, English and Taiwan's Chinese.
    pub fn new(en: impl Into<String>, zh_tw: impl Into<String>) -> Self {
        Self { en: en.into(), zh_tw: zh_tw.into(), zh_cn: None }
    }

    /// The text in `language`; Simplified Chinese falls back to Traditional while it is not derived.
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::En => &self.en,
            Language::ZhTw => &self.zh_tw,
            Language::ZhCn => self.zh_cn.as_deref().unwrap_or(&self.zh_tw),
        }
    }
}
