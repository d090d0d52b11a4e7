//! What the scheduler schedules and the shells show.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{
    Accept, Block, Direction, DrillEntry, Evidence, Frequency, Incident, Inline, ItemRef, Language,
    Principle, Prominence, Prompt, Question, QuestionKind, Reference, Story, StoryId, Text, Volatility,
    blocks, inlines,
};

/// How far an item has been checked by people other than its author.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Status {
    /// Written.
    Draft,
    /// Read blind by someone else and mended.
    Reviewed,
    /// Reviewed, and its facts run or found in the sources named.
    Verified,
}

/// Something to practise, ready to be kept and scheduled.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Its name.
    pub reference: ItemRef,
    /// Its revision, from 1.
    pub revision: u32,
    /// Domain id; [`Item::PRINCIPLES`] for prompts.
    pub domain: String,
    /// Topic id within the domain; the principle's id for prompts.
    pub topic: String,
    /// 1 to 4.
    pub depth: u8,
    /// How often interviews ask it.
    pub freq: Frequency,
    /// Target time in seconds.
    pub seconds: u32,
    /// How far it has been checked.
    pub status: Status,
    /// The content.
    pub body: Body,
}

/// The content of an item, by kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Body {
    /// A technical question.
    Question(Box<Question>),
    /// A behavioural prompt with its principle and what holds for every story.
    Prompt {
        /// The prompt.
        prompt: Box<Prompt>,
        /// Its principle.
        principle: Box<Principle>,
        /// Probes for every story.
        probes: Vec<Text>,
        /// Red flags of every story.
        red_flags: Vec<Text>,
    },
    /// A story of the learner's own, to be told.
    Story(Box<Story>),
    /// A drill family: every time it is asked, a case with other numbers is drawn.
    Drill(Box<DrillEntry>),
    /// An incident: every time it is played, another world is drawn.
    Incident(Box<Incident>),
}

impl Item {
    /// The domain that behavioural prompts are filed under.
    pub const PRINCIPLES: &str = "leadership-principles";
    /// Target time to tell a story: the middle of the rubric's 2 to 3 minutes.
    pub const STORY_SECONDS: u32 = 150;

    /// Files a question.
    pub fn of_question(question: Question) -> Self {
        Self {
            reference: ItemRef::question(&question.id),
            revision: question.rev,
            domain: question.domain().to_owned(),
            topic: question.topic().to_owned(),
            depth: question.depth,
            freq: question.freq,
            seconds: question.seconds,
            status: question.status,
            body: Body::Question(Box::new(question)),
        }
    }

    /// Files a prompt under its principle.
    pub fn of_prompt(prompt: Prompt, principle: &Principle, probes: &[Text], red_flags: &[Text]) -> Self {
        Self {
            reference: ItemRef::prompt(&prompt.id),
            revision: prompt.rev,
            domain: Self::PRINCIPLES.to_owned(),
            topic: principle.id.clone(),
            depth: 1,
            freq: prompt.freq,
            seconds: prompt.seconds,
            status: prompt.status,
            body: Body::Prompt {
                prompt: Box::new(prompt),
                principle: Box::new(principle.clone()),
                probes: probes.to_vec(),
                red_flags: red_flags.to_vec(),
            },
        }
    }

    /// Files a story under the principle it shows most strongly.
    pub fn of_story(id: &StoryId, revision: u32, story: Story) -> Self {
        Self {
            reference: ItemRef::story(id),
            revision,
            domain: Self::PRINCIPLES.to_owned(),
            topic: story.strongest_principle().unwrap_or_default().to_owned(),
            depth: 1,
            freq: Frequency::Core,
            seconds: Self::STORY_SECONDS,
            status: Status::Draft,
            body: Body::Story(Box::new(story)),
        }
    }

    /// Files an incident.
    pub fn of_incident(incident: Incident) -> Self {
        Self {
            reference: ItemRef::incident(&incident.id),
            revision: incident.rev,
            domain: incident.domain.clone(),
            topic: incident.topic.clone(),
            depth: incident.depth,
            freq: incident.freq,
            seconds: incident.seconds,
            status: incident.status,
            body: Body::Incident(Box::new(incident)),
        }
    }

    /// The item as a shell shows it: in English and in the Chinese the learner reads.
    pub fn view(&self, chinese: Language) -> ItemView {
        let faces = [Language::En, chinese]
            .into_iter()
            .filter(|language| self.body.speaks(*language))
            .map(|language| (language, self.body.face(language)))
            .collect();
        let question = match &self.body {
            Body::Question(question) => Some(question.as_ref()),
            Body::Prompt { .. } | Body::Story(_) | Body::Drill(_) | Body::Incident(_) => None,
        };
        ItemView {
            item: self.reference.clone(),
            revision: self.revision,
            domain: self.domain.clone(),
            topic: self.topic.clone(),
            depth: self.depth,
            freq: self.freq,
            seconds: self.seconds,
            status: self.status,
            question_kind: question.map(|question| question.kind),
            volatility: question.map(|question| question.volatility),
            as_of: question.map(|question| question.as_of),
            evidence: question.map(|question| question.evidence.clone()).unwrap_or_default(),
            accept: question.map(|question| question.accept.clone()).unwrap_or_default(),
            references: question.map(|question| question.refs.clone()).unwrap_or_default(),
            see_also: question.map(|question| question.see_also.clone()).unwrap_or_default(),
            term_probes: question
                .map(|question| {
                    let probe = |probe: &super::TermProbe| TermProbeView {
                        term: probe.term.clone(),
                        item: ItemRef::question(&probe.question),
                    };
                    question.term_probes.iter().map(probe).collect()
                })
                .unwrap_or_default(),
            faces,
        }
    }
}

/// An item as a shell shows it: what is the same in every language, and a face for each language.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ItemView {
    /// Its name.
    pub item: ItemRef,
    /// Its revision.
    pub revision: u32,
    /// Domain id.
    pub domain: String,
    /// Topic id; the principle's id for prompts.
    pub topic: String,
    /// 1 to 4.
    pub depth: u8,
    /// How often interviews ask it.
    pub freq: Frequency,
    /// Target time in seconds.
    pub seconds: u32,
    /// How far it has been checked.
    pub status: Status,
    /// What sort of question; none for a prompt.
    pub question_kind: Option<QuestionKind>,
    /// How fast the answer ages; none for a prompt.
    pub volatility: Option<Volatility>,
    /// The day the facts were checked; none for a prompt.
    #[cfg_attr(feature = "ts", ts(type = "string | null"))]
    pub as_of: Option<NaiveDate>,
    /// Shown with the prompt, the same in every language.
    pub evidence: Vec<Evidence>,
    /// Exact accepted answers.
    pub accept: Vec<Accept>,
    /// Primary sources.
    pub references: Vec<Reference>,
    /// Ids of related questions.
    pub see_also: Vec<String>,
    /// Terms that become the next question.
    pub term_probes: Vec<TermProbeView>,
    /// Prompt and answer in each language that learners can switch to.
    #[cfg_attr(feature = "ts", ts(type = "Partial<Record<Language, Face>>"))]
    pub faces: BTreeMap<Language, Face>,
}

/// Prompt and answer in one language.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Face {
    /// What the interviewer says.
    pub prompt: Vec<Block>,
    /// A full spoken answer; empty for a behavioural prompt, whose answer is the learner's own story.
    pub answer: Vec<Block>,
    /// One sentence to open with; empty for a behavioural prompt.
    pub say_it: Vec<Inline>,
    /// The checklist; empty for a behavioural prompt.
    pub key_points: Vec<KeyPointView>,
    /// What people get wrong.
    pub mistakes: Vec<MistakeView>,
    /// What is asked next.
    pub probes: Vec<ProbeView>,
    /// For a behavioural prompt: what interviewers look for.
    pub looks_for: Vec<Inline>,
    /// For a behavioural prompt: what makes an answer fail.
    pub red_flags: Vec<Vec<Inline>>,
    /// For a behavioural prompt: its principle.
    pub principle: Option<PrincipleView>,
}

/// A point of the checklist in one language.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct KeyPointView {
    /// Name within the question.
    pub id: String,
    /// 1 to 3.
    pub weight: u8,
    /// Whether an answer without it fails.
    pub must: bool,
    /// The point.
    pub text: Vec<Inline>,
}

/// A wrong belief and its correction in one language.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct MistakeView {
    /// What people say.
    pub claim: Vec<Inline>,
    /// Why it is wrong.
    pub why: Vec<Inline>,
}

/// A further question in one language.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ProbeView {
    /// Where a technical follow-up leads; none for a behavioural probe.
    pub direction: Option<Direction>,
    /// The question.
    pub text: Vec<Inline>,
    /// The item that answers it, if there is one.
    pub item: Option<ItemRef>,
}

/// A principle in one language.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PrincipleView {
    /// English name, which interviewers use in every language.
    pub name: String,
    /// The name in the face's language, where that is not English.
    pub gloss: Option<String>,
    /// Whether the gloss was checked against an official page.
    pub gloss_checked: bool,
    /// What the principle is about.
    pub looks_for: Vec<Inline>,
    /// How often support interviews ask for it.
    pub prominence: Prominence,
    /// English names of other principles the same story can serve.
    pub serves: Vec<String>,
}

/// A term that becomes the next question.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TermProbeView {
    /// The term.
    pub term: String,
    /// The question about it.
    pub item: ItemRef,
}

impl Body {
    /// Whether there is a face in a language: a story has one where it is written.
    fn speaks(&self, language: Language) -> bool {
        match self {
            Self::Question(_) | Self::Prompt { .. } | Self::Drill(_) | Self::Incident(_) => true,
            Self::Story(story) => story.telling(language).is_tellable(),
        }
    }

    fn face(&self, language: Language) -> Face {
        let line = |text: &Text| inlines(text.get(language));
        match self {
            Self::Question(question) => Face {
                prompt: blocks(question.prompt.get(language)),
                answer: blocks(question.answer.get(language)),
                say_it: line(&question.say_it),
                key_points: question
                    .key_points
                    .iter()
                    .map(|point| KeyPointView {
                        id: point.id.clone(),
                        weight: point.weight,
                        must: point.must,
                        text: line(&point.text),
                    })
                    .collect(),
                mistakes: question
                    .common_mistakes
                    .iter()
                    .map(|mistake| MistakeView { claim: line(&mistake.claim), why: line(&mistake.why) })
                    .collect(),
                probes: question
                    .follow_ups
                    .iter()
                    .map(|follow_up| ProbeView {
                        direction: Some(follow_up.direction),
                        text: line(&follow_up.text),
                        item: follow_up.question.as_deref().map(ItemRef::question),
                    })
                    .collect(),
                looks_for: Vec::new(),
                red_flags: Vec::new(),
                principle: None,
            },
            Self::Prompt { prompt, principle, probes, red_flags } => {
                let probe = |text: &Text| ProbeView { direction: None, text: line(text), item: None };
                Face {
                    prompt: blocks(prompt.prompt.get(language)),
                    answer: Vec::new(),
                    say_it: Vec::new(),
                    key_points: Vec::new(),
                    mistakes: Vec::new(),
                    probes: prompt.probes.iter().chain(&principle.probes).chain(probes).map(probe).collect(),
                    looks_for: line(&prompt.looks_for),
                    red_flags: prompt
                        .red_flags
                        .iter()
                        .chain(&principle.red_flags)
                        .chain(red_flags)
                        .map(line)
                        .collect(),
                    principle: Some(PrincipleView {
                        name: principle.name.en.clone(),
                        gloss: language.is_chinese().then(|| principle.name.get(language).to_owned()),
                        gloss_checked: principle.chinese_name_checked,
                        looks_for: line(&principle.looks_for),
                        prominence: principle.prominence,
                        serves: prompt.serves.clone(),
                    }),
                }
            }
            Self::Story(story) => {
                let title = story.title();
                let title = title.get(language);
                let asked = match language {
                    Language::En => format!("Tell this story: “{title}”"),
                    Language::ZhTw => format!("請說出這個故事：「{title}」"),
                    Language::ZhCn => format!("请说出这个故事：“{title}”"),
                };
                Face {
                    prompt: vec![Block::Paragraph { inlines: vec![Inline::Text(asked)] }],
                    answer: story.telling(language).blocks(language),
                    ..Face::default()
                }
            }
            Self::Drill(drill) => Face { prompt: blocks(drill.about.get(language)), ..Face::default() },
            Self::Incident(incident) => {
                Face { prompt: blocks(incident.title.get(language)), ..Face::default() }
            }
        }
    }
}
