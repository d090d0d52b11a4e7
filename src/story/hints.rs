//! Hints to a draft, each with what it was counted from, so that a learner can disagree. Never a gate.
//!
//! The measures are the rubric's (syllabus 6.3): 280 to 420 English words or 550 to 800 Chinese characters, I to we at
//! least 2, two numbers, a date or duration, nothing hypothetical, a lesson; situation and task at most 30 %, action at
//! least 50 %, result and lesson at least 15 % of the telling.

use serde::Serialize;

use super::{length, speaking_seconds};
use crate::model::{Language, Story, StoryPart, Telling};

/// Something in a draft that interviewers often stumble over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Hint {
    /// A part is not written.
    Missing {
        /// Which.
        part: StoryPart,
    },
    /// The whole is longer than three minutes.
    TooLong {
        /// Words, or characters.
        length: u32,
        /// The most that fit.
        most: u32,
    },
    /// The whole is shorter than two minutes.
    TooShort {
        /// Words, or characters.
        length: u32,
        /// The fewest that fill it.
        fewest: u32,
    },
    /// A short version takes longer than its name says.
    VersionTooLong {
        /// 30 or 90.
        version_seconds: u32,
        /// Seconds it takes.
        seconds: u32,
    },
    /// Situation and task take more than 30 %.
    LongOpening {
        /// Their share in percent.
        percent: u32,
    },
    /// The action takes less than 50 %.
    ShortAction {
        /// Its share in percent.
        percent: u32,
    },
    /// Result and lesson take less than 15 %.
    ShortEnding {
        /// Their share in percent.
        percent: u32,
    },
    /// "We" stands against "I": fewer than two I for each we.
    WeNotI {
        /// How often we (us, our).
        we: u32,
        /// How often I (me, my).
        i: u32,
    },
    /// Fewer than two numbers.
    FewNumbers {
        /// How many.
        found: u32,
    },
    /// Neither a date nor a duration.
    NoDate,
    /// A word of what would be rather than what was.
    Hypothetical {
        /// The part it stands in.
        part: StoryPart,
        /// The word with a little of what stands around it.
        words: String,
    },
}

/// Hints to a story's telling in a language; none to one that is not begun.
pub fn hints(story: &Story, language: Language) -> Vec<Hint> {
    let telling = story.telling(language);
    let mut found = Vec::new();
    if telling.is_empty() {
        return found;
    }
    let written = |part: &StoryPart| !telling.part(*part).trim().is_empty();
    found.extend(StoryPart::ALL.into_iter().filter(|part| !written(part)).map(|part| Hint::Missing { part }));
    let whole = found.is_empty();
    lengths(telling, language, whole, &mut found);
    let text = StoryPart::ALL.map(|part| telling.part(part)).join("\n");
    let (i, we) = pronouns(&text, language);
    if we > 0 && i < 2 * we {
        found.push(Hint::WeNotI { we, i });
    }
    if whole {
        let numbers = numbers(&text) + numbers(&telling.metrics);
        if numbers < 2 {
            found.push(Hint::FewNumbers { found: numbers });
        }
        if story.when.trim().is_empty() && !has_date(&text, language) {
            found.push(Hint::NoDate);
        }
    }
    for part in StoryPart::ALL {
        if let Some(words) = hypothetical(telling.part(part), language) {
            found.push(Hint::Hypothetical { part, words });
        }
    }
    found
}

fn lengths(telling: &Telling, language: Language, whole: bool, found: &mut Vec<Hint>) {
    let count = |part| length(telling.part(part), language);
    let all: u32 = StoryPart::ALL.into_iter().map(count).sum();
    let (fewest, most) = if language.is_chinese() { (550, 800) } else { (280, 420) };
    if all > most {
        found.push(Hint::TooLong { length: all, most });
    }
    if whole && all > 0 {
        if all < fewest {
            found.push(Hint::TooShort { length: all, fewest });
        }
        let percent = |parts: &[StoryPart]| parts.iter().copied().map(count).sum::<u32>() * 100 / all;
        let opening = percent(&[StoryPart::Situation, StoryPart::Task]);
        let action = percent(&[StoryPart::Action]);
        let ending = percent(&[StoryPart::Result, StoryPart::Lesson]);
        if opening > 30 {
            found.push(Hint::LongOpening { percent: opening });
        }
        if action < 50 {
            found.push(Hint::ShortAction { percent: action });
        }
        if ending < 15 {
            found.push(Hint::ShortEnding { percent: ending });
        }
    }
    for (version_seconds, text) in [(30, &telling.seconds_30), (90, &telling.seconds_90)] {
        let seconds = speaking_seconds(text, language);
        // A fifth more is within what a pace varies.
        if seconds > version_seconds + version_seconds / 5 {
            found.push(Hint::VersionTooLong { version_seconds, seconds });
        }
    }
}

/// How often the teller says I, and how often we.
fn pronouns(text: &str, language: Language) -> (u32, u32) {
    if language.is_chinese() {
        let we = count(text, &["我們", "我们", "咱們", "咱们"]);
        let ours = count(text, &["我們", "我们"]);
        return (count(text, &["我"]).saturating_sub(ours), we);
    }
    let (mut i, mut we) = (0, 0);
    for word in words(text) {
        match word.to_lowercase().as_str() {
            "i" | "i'm" | "i've" | "i'd" | "i'll" | "me" | "my" | "mine" | "myself" => i += 1,
            "we" | "we're" | "we've" | "we'd" | "we'll" | "us" | "our" | "ours" | "ourselves" => we += 1,
            _ => {}
        }
    }
    (i, we)
}

fn count(text: &str, wanted: &[&str]) -> u32 {
    wanted.iter().map(|word| text.matches(word).count() as u32).sum()
}

/// English words, apostrophes straightened.
fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '\'' && letter != '’')
        .filter(|word| !word.is_empty())
        .map(|word| word.replace('’', "'"))
}

/// Numbers in figures, and Chinese ones of two or more characters or before a measure.
fn numbers(text: &str) -> u32 {
    const CHINESE: &str = "零一二三四五六七八九十百千萬万億亿兩两半";
    const MEASURES: &str = "個个天日週周月年小分秒成倍次人台臺家件筆笔名組组%％";
    let mut found = 0;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter.is_ascii_digit() {
            found += 1;
            while letters.next_if(|next| next.is_ascii_digit() || matches!(next, '.' | ',' | ':')).is_some() {
            }
        } else if CHINESE.contains(letter) {
            let mut length = 1;
            while letters.next_if(|next| CHINESE.contains(*next)).is_some() {
                length += 1;
            }
            let measured = letters.peek().is_some_and(|next| MEASURES.contains(*next));
            // "一個" is "a", not a number.
            found += u32::from(length > 1 || (measured && letter != '一'));
        }
    }
    found
}

/// Whether a date or a duration stands in the text.
fn has_date(text: &str, language: Language) -> bool {
    if language.is_chinese() {
        const UNITS: [&str; 12] =
            ["年", "月", "天", "週", "周", "小時", "小时", "分鐘", "分钟", "星期", "季", "禮拜"];
        return UNITS.iter().any(|unit| text.contains(unit));
    }
    const UNITS: [&str; 20] = [
        "minute",
        "hour",
        "day",
        "week",
        "month",
        "quarter",
        "year",
        "january",
        "february",
        "march",
        "april",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "second",
        "night",
    ];
    words(text).any(|word| {
        let word = word.to_lowercase();
        let year = word.len() == 4
            && (word.starts_with("19") || word.starts_with("20"))
            && word.parse::<u32>().is_ok();
        year || UNITS.iter().any(|unit| word == *unit || word.strip_suffix('s') == Some(unit))
    })
}

/// The first word of what would be, with what stands around it.
fn hypothetical(text: &str, language: Language) -> Option<String> {
    let (at, length) = if language.is_chinese() {
        const WORDS: [&str; 8] =
            ["如果是我", "我會想", "我会想", "應該會", "应该会", "假設", "假设", "理論上"];
        WORDS.iter().filter_map(|word| text.find(word).map(|at| (at, word.len()))).min()?
    } else {
        const WORDS: [&str; 7] =
            ["would", "wouldn't", "wouldn’t", "would've", "would’ve", "hypothetically", "in theory"];
        // Only ASCII letters change, so places in one are places in the other.
        let lower = text.to_ascii_lowercase();
        WORDS.iter().filter_map(|word| whole_word(&lower, word).map(|at| (at, word.len()))).min()?
    };
    Some(around(text, at, length))
}

fn whole_word(text: &str, word: &str) -> Option<usize> {
    let is_letter = |letter: Option<char>| {
        letter.is_some_and(|letter| letter.is_alphanumeric() || matches!(letter, '\'' | '’'))
    };
    text.match_indices(word).map(|(at, _)| at).find(|at| {
        let before = text.get(..*at).and_then(|before| before.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|after| after.chars().next());
        !is_letter(before) && !is_letter(after)
    })
}

/// A place of so many bytes in a text with up to 24 characters on each side, cut between words where there are any.
fn around(text: &str, at: usize, length: usize) -> String {
    const SIDE: usize = 24;
    let (before, rest) = (text.get(..at).unwrap_or_default(), text.get(at..).unwrap_or_default());
    let (word, after) = (rest.get(..length).unwrap_or_default(), rest.get(length..).unwrap_or_default());
    let mut left: String = before.chars().rev().take(SIDE).collect::<Vec<_>>().into_iter().rev().collect();
    let mut right: String = after.chars().take(SIDE).collect();
    if left.len() < before.len()
        && let Some(space) = left.find(' ')
    {
        left = left.split_off(space);
    }
    if right.len() < after.len()
        && let Some(space) = right.rfind(' ')
    {
        right.truncate(space);
    }
    format!("{left}{word}{right}").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> Story {
        let mut story = Story { when: "March 2025, three weeks".to_owned(), ..Story::default() };
        story.english = Telling {
            situation: "In March 2025 the checkout of a shop failed for 3 % of its customers. ".repeat(4),
            task: "I had to find the cause within a day. ".repeat(2),
            action: "I compared the failing hosts with the good ones and looked at the traces. ".repeat(15),
            result: "Errors fell from 3 % to 0. ".repeat(4),
            lesson: "I wrote a runbook, which two colleagues used since. ".repeat(3),
            ..Telling::default()
        };
        story
    }

    #[test]
    fn a_story_with_everything_gets_no_hint() {
        assert_eq!(hints(&good(), Language::En), vec![]);
        assert_eq!(hints(&good(), Language::ZhTw), vec![], "nothing is begun in Chinese");
    }

    #[test]
    fn each_hint_says_what_it_counted() {
        type Change = fn(&mut Story);
        type Wanted = fn(&Hint) -> bool;
        let cases: [(&str, Change, Wanted); 9] = [
            ("no lesson", |s| s.english.lesson.clear(), |h| *h == Hint::Missing { part: StoryPart::Lesson }),
            (
                "long",
                |s| s.english.action = "I ran a test. ".repeat(120),
                |h| matches!(h, Hint::TooLong { most: 420, .. }),
            ),
            (
                "short",
                |s| s.english.action = "I looked.".into(),
                |h| matches!(h, Hint::TooShort { fewest: 280, .. }),
            ),
            (
                "we",
                |s| s.english.action = s.english.action.replace("I ", "we "),
                |h| matches!(h, Hint::WeNotI { .. }),
            ),
            (
                "would",
                |s| s.english.result.push_str("It would’ve been worse."),
                |h| matches!(h, Hint::Hypothetical { part: StoryPart::Result, words } if words.contains("would")),
            ),
            (
                "opening",
                |s| s.english.situation = s.english.situation.repeat(4),
                |h| matches!(h, Hint::LongOpening { .. }),
            ),
            (
                "ending",
                |s| {
                    s.english.result = "Fixed 3 of 4.".into();
                    s.english.lesson = "Check first.".into();
                },
                |h| matches!(h, Hint::ShortEnding { .. }),
            ),
            (
                "90 s",
                |s| s.english.seconds_90 = "word ".repeat(400),
                |h| matches!(h, Hint::VersionTooLong { version_seconds: 90, seconds: 171 }),
            ),
            (
                "numbers",
                |s| {
                    s.english.situation = "The checkout of a shop failed for a few customers. ".repeat(4);
                    s.english.result = "The errors went away at once for everybody. ".repeat(3);
                },
                |h| *h == Hint::FewNumbers { found: 0 },
            ),
        ];
        for (name, change, wanted) in cases {
            let mut story = good();
            change(&mut story);
            let found = hints(&story, Language::En);
            assert!(found.iter().any(wanted), "{name}: {found:?}");
        }
    }

    #[test]
    fn chinese_is_read_as_chinese() {
        assert_eq!(pronouns("我們重開機，我看了日誌，我的主管同意", Language::ZhTw), (2, 1));
        assert_eq!(numbers("花了三週，從百分之三降到零點五，一個人，十二台"), 3);
        assert_eq!(numbers("從3.5%降到0，2025年"), 3);
        assert!(has_date("花了兩週", Language::ZhTw) && !has_date("很快就好了", Language::ZhTw));
        assert!(has_date("it took 2 weeks", Language::En) && !has_date("it was quick", Language::En));
        let words = hypothetical("客戶很急。如果是我，我會先回滾。", Language::ZhTw).unwrap_or_default();
        assert!(words.contains("如果是我"), "{words}");
        assert_eq!(hypothetical("The wouldbe attacker", Language::En), None);
        let long =
            "After all of that I think that the team Would’ve been paged at three in the morning again";
        let words = hypothetical(long, Language::En);
        assert_eq!(words.as_deref(), Some("I think that the team Would’ve been paged at three in"));
    }

    #[test]
    fn any_text_can_be_looked_at() {
        for text in ["", "\u{0}", "’’’", "如", "would", "İ would", "𠮷would𠮷", "1.", "一"] {
            let telling = Telling { situation: text.to_owned(), ..Telling::default() };
            let story = Story { english: telling.clone(), chinese: telling, ..Story::default() };
            let _ = (hints(&story, Language::En), hints(&story, Language::ZhCn));
        }
    }
}
