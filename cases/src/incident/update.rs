//! What an update to a customer says: which of the four parts are in it, and words that do not belong there. Found by
//! plain patterns, shown with the words they stand on, and for the learner to overrule.

use std::sync::OnceLock;

use regex::Regex;
use serde::{Deserialize, Serialize};

use crate::model::UpdatePart;

/// A part of an update and the pattern of words that announce it, in English and in Chinese.
const PARTS: [(UpdatePart, &str); 4] = [
    (
        UpdatePart::Impact,
        r"(?i)\b(affect(s|ed|ing)?|impact(s|ed)?|unavailable|down|fail(s|ed|ing|ures?)?|errors?|customers?|users?|requests?)\b|影響|受影響|無法|不能|失敗|錯誤|中斷|使用者|用戶|客戶|请求|請求|影响|失败|错误",
    ),
    (
        UpdatePart::Known,
        r"(?i)\b(we (have )?(found|see|know|confirmed|identified|ruled out)|(the )?cause( is| was)?|because|confirmed|identified|ruled out|root cause|evidence|shows?)\b|確認|发现|發現|原因|排除|已知|查到|证据|證據|显示|顯示|因為|因为",
    ),
    (
        UpdatePart::NextStep,
        r"(?i)\b(next( step)?|we (will|are going to|are now)|i will|will (be )?\w+|plan to|in progress)\b|接下來|接下来|下一步|將會|將於|正在|會先|会先|我們會|我们会|之後會|计划|計畫",
    ),
    (
        UpdatePart::NextTime,
        r"(?i)\b([01]?\d|2[0-3]):[0-5]\d\b|\b(in|within|every|next|by)\s+(the next\s+)?(\d+|an?|half an|one|two)\s*(min(ute)?s?|h(our)?s?|hours?)\b|\d+\s*(分鐘|分钟|小時|小时)|(上午|下午|晚上)?\s*\d{1,2}\s*[點点]",
    ),
];

/// Words that do not belong in an update.
const TONES: [(ToneKind, &str); 2] = [
    (
        ToneKind::Blame,
        r"(?i)\b(your (fault|mistake|error)|you (should have|forgot|failed to|broke)|careless|someone forgot|human error)\b|你們的錯|您的錯|粗心|疏忽|忘了|應該早|你们的错|您的错|应该早",
    ),
    (
        ToneKind::Guess,
        r"(?i)\b(probably|maybe|perhaps|i (guess|think|suppose)|might be|could be|presumably|most likely)\b|可能是|應該是|大概|也許|或許|猜|应该是|也许|或许",
    ),
];

/// What does not belong in an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum ToneKind {
    /// It blames somebody.
    Blame,
    /// It guesses where it should say what is known and what is not.
    Guess,
}

/// Words that do not belong in an update.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Tone {
    /// What is wrong with them.
    pub kind: ToneKind,
    /// The words.
    pub words: String,
}

/// The parts that a text seems to have, each with the words that announce it.
pub fn parts_in(text: &str) -> Vec<(UpdatePart, String)> {
    static PATTERNS: OnceLock<Vec<(UpdatePart, Regex)>> = OnceLock::new();
    let patterns = PATTERNS.get_or_init(|| compiled(&PARTS));
    patterns
        .iter()
        .filter_map(|(part, pattern)| Some((*part, pattern.find(text)?.as_str().to_owned())))
        .collect()
}

/// Words of a text that blame or guess, in their order.
pub fn tone(text: &str) -> Vec<Tone> {
    static PATTERNS: OnceLock<Vec<(ToneKind, Regex)>> = OnceLock::new();
    let patterns = PATTERNS.get_or_init(|| compiled(&TONES));
    let mut found: Vec<(usize, Tone)> = patterns
        .iter()
        .flat_map(|(kind, pattern)| {
            pattern
                .find_iter(text)
                .map(|found| (found.start(), Tone { kind: *kind, words: found.as_str().to_owned() }))
        })
        .collect();
    found.sort_by_key(|(at, _)| *at);
    found.into_iter().map(|(_, tone)| tone).collect()
}

/// The patterns are constants of this file; one that did not compile would fail its test below.
fn compiled<T: Copy>(patterns: &[(T, &str)]) -> Vec<(T, Regex)> {
    patterns.iter().filter_map(|(what, pattern)| Some((*what, Regex::new(pattern).ok()?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_patterns_compile() {
        assert_eq!(compiled(&PARTS).len(), PARTS.len());
        assert_eq!(compiled(&TONES).len(), TONES.len());
    }

    #[test]
    fn the_four_parts_are_found_in_both_languages() {
        use UpdatePart::{Impact, Known, NextStep, NextTime};
        let found = |text: &str| parts_in(text).into_iter().map(|(part, _)| part).collect::<Vec<_>>();
        let whole = "About 3% of your requests fail. We have confirmed that only one node group is affected. Next we will \
                     roll its pods. I will write again at 14:30.";
        assert_eq!(found(whole), [Impact, Known, NextStep, NextTime]);
        let whole =
            "目前約有3%的請求失敗。已確認只有一個節點群組受影響。接下來會重建該群組的Pod，30分鐘內再回報。";
        assert_eq!(found(whole), [Impact, Known, NextStep, NextTime]);
        assert_eq!(found("We are looking into it."), []);
        assert_eq!(found(""), []);
    }

    #[test]
    fn blame_and_guesses_are_named() {
        let kinds = |text: &str| tone(text).into_iter().map(|tone| tone.kind).collect::<Vec<_>>();
        assert_eq!(kinds("It is probably DNS; you should have checked."), [ToneKind::Guess, ToneKind::Blame]);
        assert_eq!(kinds("大概是你們的錯"), [ToneKind::Guess, ToneKind::Blame]);
        assert_eq!(kinds("We do not know the cause yet."), []);
    }
}
