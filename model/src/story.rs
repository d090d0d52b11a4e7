//! The learner's own STAR stories.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Block, Inline, Language, Text};

/// A story's name: the device that wrote it and when, so that two devices never give the same one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct StoryId(pub String);

/// A part of a story, in the order of telling: STAR and what was learned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum StoryPart {
    /// Where and when, and why it mattered.
    Situation,
    /// What the teller had to reach.
    Task,
    /// What the teller did.
    Action,
    /// What came of it.
    Result,
    /// What the teller does differently since.
    Lesson,
}

impl StoryPart {
    /// In the order of telling.
    pub const ALL: [Self; 5] = [Self::Situation, Self::Task, Self::Action, Self::Result, Self::Lesson];

    fn name(self, language: Language) -> &'static str {
        let [en, zh_tw, zh_cn] = match self {
            Self::Situation => ["Situation", "情境", "情境"],
            Self::Task => ["Task", "任務", "任务"],
            Self::Action => ["Action", "行動", "行动"],
            Self::Result => ["Result", "結果", "结果"],
            Self::Lesson => ["Lesson", "學到的事", "学到的事"],
        };
        match language {
            Language::En => en,
            Language::ZhTw => zh_tw,
            Language::ZhCn => zh_cn,
        }
    }
}

/// A story in one language. Plain words; an empty part is not written yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Telling {
    /// A few words to know it by.
    pub title: String,
    /// Where and when, and why it mattered.
    pub situation: String,
    /// What the teller had to reach.
    pub task: String,
    /// What the teller did.
    pub action: String,
    /// What came of it.
    pub result: String,
    /// What the teller does differently since.
    pub lesson: String,
    /// The numbers, one a line: from where to where, in what time, how measured.
    pub metrics: String,
    /// The version of 30 seconds.
    pub seconds_30: String,
    /// The version of 90 seconds.
    pub seconds_90: String,
}

impl Telling {
    /// The words of a part.
    pub fn part(&self, part: StoryPart) -> &str {
        match part {
            StoryPart::Situation => &self.situation,
            StoryPart::Task => &self.task,
            StoryPart::Action => &self.action,
            StoryPart::Result => &self.result,
            StoryPart::Lesson => &self.lesson,
        }
    }

    /// Every text, in the order in which it is read.
    pub fn texts(&self) -> [&str; 9] {
        [
            &self.title,
            &self.situation,
            &self.task,
            &self.action,
            &self.result,
            &self.lesson,
            &self.metrics,
            &self.seconds_30,
            &self.seconds_90,
        ]
    }

    /// Every text, to be changed.
    pub fn texts_mut(&mut self) -> [&mut String; 9] {
        [
            &mut self.title,
            &mut self.situation,
            &mut self.task,
            &mut self.action,
            &mut self.result,
            &mut self.lesson,
            &mut self.metrics,
            &mut self.seconds_30,
            &mut self.seconds_90,
        ]
    }

    /// Whether nothing is written.
    pub fn is_empty(&self) -> bool {
        self.texts().iter().all(|text| text.trim().is_empty())
    }

    /// Whether it can be told: a situation, an action and a result are written.
    pub fn is_tellable(&self) -> bool {
        [StoryPart::Situation, StoryPart::Action, StoryPart::Result]
            .iter()
            .all(|part| !self.part(*part).trim().is_empty())
    }

    /// The whole story as lines of text, each part with its name: what [`Telling::blocks`] shows.
    pub fn lines(&self, language: Language) -> Vec<String> {
        let words = |block| match block {
            Block::Paragraph { inlines } => inlines.into_iter().map(Inline::into_words).collect(),
            _ => String::new(),
        };
        self.blocks(language).into_iter().map(words).collect()
    }

    /// The whole story as blocks, a paragraph for each part that is written.
    pub fn blocks(&self, language: Language) -> Vec<Block> {
        let mut blocks = Vec::new();
        for part in StoryPart::ALL {
            for (index, text) in self.part(part).lines().filter(|line| !line.trim().is_empty()).enumerate() {
                let mut inlines = Vec::new();
                if index == 0 {
                    let stop = if language.is_chinese() { "：" } else { ". " };
                    inlines.push(Inline::Strong(format!("{}{stop}", part.name(language))));
                }
                inlines.push(Inline::Text(text.trim().to_owned()));
                blocks.push(Block::Paragraph { inlines });
            }
        }
        blocks
    }
}

/// How strongly a story shows a principle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Strength {
    /// It touches it.
    Weak,
    /// The behaviour is clear.
    Clear,
    /// The behaviour under tension: cost, risk, disagreement.
    Strong,
}

impl Strength {
    /// 1 to 3.
    pub fn number(self) -> u8 {
        self as u8 + 1
    }
}

/// A STAR story, in English, in Chinese or in both.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Story {
    /// When it happened and how long it took, in the learner's words.
    pub when: String,
    /// In English.
    pub english: Telling,
    /// In Chinese, as the learner writes it.
    pub chinese: Telling,
    /// How strongly it shows each principle, by the principle's id; absent means not at all.
    pub principles: BTreeMap<String, Strength>,
    /// Names of people that belong to it and are kept out of whatever leaves the machine.
    pub people: Vec<String>,
}

impl Story {
    /// The telling in a language.
    pub fn telling(&self, language: Language) -> &Telling {
        if language.is_chinese() { &self.chinese } else { &self.english }
    }

    /// Whether it can be told in a language at all.
    pub fn is_tellable(&self) -> bool {
        self.english.is_tellable() || self.chinese.is_tellable()
    }

    /// Its title in each language; where one is missing, the other stands for it.
    pub fn title(&self) -> Text {
        let pick = |first: &Telling, second: &Telling| {
            let title = if first.title.trim().is_empty() { &second.title } else { &first.title };
            title.trim().to_owned()
        };
        Text {
            en: pick(&self.english, &self.chinese),
            zh_tw: pick(&self.chinese, &self.english),
            zh_cn: None,
        }
    }

    /// The principle it shows most strongly, the first by name of equals.
    pub fn strongest_principle(&self) -> Option<&str> {
        let best = self.principles.iter().max_by(|(a, x), (b, y)| x.cmp(y).then_with(|| b.cmp(a)));
        best.map(|(principle, _)| principle.as_str())
    }
}
