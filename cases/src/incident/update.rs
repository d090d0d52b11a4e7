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
        r"(?i)\b(affect(s|ed|ing)?|impact(s|ed)?|unavailable|outages?|interrupted|down|fail(s|ed|ing|ures?)?|errors?|warnings?|(can ?not|can't|could not|couldn't|unable to)|no \w+ (can|could)|throttled|slow(er)?|refused|rejected|time(d|s)? out|timeouts?|lost|missing|customers?|users?|visitors?|requests?)\b|影響|受影響|無法|不能|失敗|錯誤|中斷|逾時|變慢|很慢|遺失|警告|使用者|用戶|客戶|请求|請求|影响|失败|错误|超时|变慢|丢失",
    ),
    (
        UpdatePart::Known,
        r"(?i)\b(known|we (have )?(found|see|know|confirmed|identified|measured|ruled out)|(the )?(cause|reason)|because|due to|caused by|confirmed|identified|ruled out|evidence|shows?|turn(s|ed) out|(has|have) (spent|used|run out)|still (uses?|serves?|holds?|runs?|points?))\b|確認|发现|發現|原因|排除|已知|查到|证据|證據|显示|顯示|因為|因为|由於|由于|用完|仍在|仍然",
    ),
    (
        UpdatePart::NextStep,
        r"(?i)\b(next( step)?|we (will|are going to|are now)|i will|i'll|we'll|will (be )?\w+|plan to|in progress|now (rolling|moving|adding|restoring|restarting|replacing))\b|接下來|接下来|下一步|將會|將於|正在|會先|会先|我們會|我们会|之後會|计划|計畫",
    ),
    (
        UpdatePart::NextTime,
        r"(?i)\b([01]?\d|2[0-3]):[0-5]\d\b|\b(in|within|every|next|by)\s+(the next\s+)?(\d+|an?|half an|one|two)\s*(min(ute)?s?|h(our)?s?|hours?)\b|\d+\s*(分鐘|分钟|小時|小时)|(上午|下午|晚上)?\s*\d{1,2}\s*[點点]",
    ),
];

/// What makes a time one at which the customer hears again, and not one at which something happened.
const AGAIN: &str = r"(?i)\b(next|again|update|report|write|reply|call|hear|tell|will|i'll|we'll|back|by|within|in \d+|until)\b|再|回報|回报|更新|通知|會|会|之前|以前|內|内";

/// Fewest words beside those that announce a part: labels alone tell a customer nothing. A Chinese character is half a word.
const FEWEST: usize = 5;

/// Words that do not belong in an update.
const TONES: [(ToneKind, &str); 3] = [
    (
        ToneKind::Blame,
        r"(?i)\b(your (fault|mistake|error)|you (should have|forgot|failed to|broke)|careless|someone forgot|human error)\b|你們的錯|您的錯|粗心|疏忽|忘了|應該早|你们的错|您的错|应该早",
    ),
    (
        ToneKind::Guess,
        r"(?i)\b(probably|maybe|perhaps|i (guess|think|suppose)|(it|this|that|cause|reason|problem|which) (might|could|may) be|presumably|most likely)\b|可能是|應該是|大概|也許|或許|猜|应该是|也许|或许",
    ),
    (
        ToneKind::Rude,
        r"(?i)\b(stupid|idiots?|dumb|junk|garbage|incompetent|ridiculous|lazy|not our problem|shut up|wast(e|es|ing) (our|my) time)\b|愚蠢|笨|白痴|垃圾|無能|无能|活該|活该|不關我們的事|不关我们的事|浪費我們的時間|浪费我们的时间",
    ),
];

/// Words before a tone that turn it round: nobody is blamed by "not your fault".
const NOT: [&str; 6] = ["not ", "n't ", "nobody's ", "不是", "並非", "并非"];

/// What does not belong in an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum ToneKind {
    /// It blames somebody.
    Blame,
    /// It guesses where it should say what is known and what is not.
    Guess,
    /// It is rude.
    Rude,
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

/// The parts that a text seems to have, each with the words that announce it. None where there is little beside those words.
pub fn parts_in(text: &str) -> Vec<(UpdatePart, String)> {
    static PATTERNS: OnceLock<Vec<(UpdatePart, Regex)>> = OnceLock::new();
    static TIME: OnceLock<Option<Regex>> = OnceLock::new();
    let patterns = PATTERNS.get_or_init(|| compiled(&PARTS));
    let again = TIME.get_or_init(|| Regex::new(AGAIN).ok());
    let mut rest = text.to_owned();
    for (_, pattern) in patterns {
        rest = pattern.replace_all(&rest, " ").into_owned();
    }
    if weight(&rest) < FEWEST {
        return Vec::new();
    }
    let sentences: Vec<&str> = sentences(text).collect();
    let announced = |part: UpdatePart, pattern: &Regex| {
        sentences.iter().find_map(|sentence| {
            let found = pattern.find(sentence)?;
            let tells =
                part != UpdatePart::NextTime || again.as_ref().is_some_and(|again| again.is_match(sentence));
            tells.then(|| found.as_str().to_owned())
        })
    };
    patterns.iter().filter_map(|(part, pattern)| Some((*part, announced(*part, pattern)?))).collect()
}

/// The sentences of a text. A full stop within a number or an address ends none.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let marks = |letter: char| matches!(letter, '!' | '?' | '\n' | ';' | '。' | '！' | '？' | '；');
    text.split(marks).flat_map(|part| part.split(". "))
}

/// Words of a text; a Chinese character is half of one.
pub(super) fn weight(text: &str) -> usize {
    let latin =
        text.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| word.len() > 1).count();
    let han = text.chars().filter(|letter| ('\u{4e00}'..='\u{9fff}').contains(letter)).count();
    latin + han / 2
}

/// Words of a text that blame, guess or are rude, in their order.
pub fn tone(text: &str) -> Vec<Tone> {
    static PATTERNS: OnceLock<Vec<(ToneKind, Regex)>> = OnceLock::new();
    let patterns = PATTERNS.get_or_init(|| compiled(&TONES));
    let mut found: Vec<(usize, Tone)> = patterns
        .iter()
        .flat_map(|(kind, pattern)| {
            let turned = |at: usize| {
                let before = text.get(..at).unwrap_or_default();
                NOT.iter().any(|word| before.ends_with(word))
            };
            pattern
                .find_iter(text)
                .filter(move |found| *kind != ToneKind::Blame || !turned(found.start()))
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
    fn plain_words_count_and_labels_alone_do_not() {
        use UpdatePart::{Impact, Known, NextStep, NextTime};
        let found = |text: &str| parts_in(text).into_iter().map(|(part, _)| part).collect::<Vec<_>>();
        for (text, wanted) in [
            ("impact known next step 10:00", vec![]),
            ("No customers are affected. Next. 10:00", vec![]),
            (
                "Every browser visiting www.clinic.example showed a certificate warning from 08:00 to 09:16 (UTC+8).",
                vec![Impact],
            ),
            (
                "Known: the certificate was renewed on 25 March, but nginx still serves the old one.",
                vec![Known],
            ),
            ("Known: vol-084f has spent its burst credits: BurstBalance 0%", vec![Known]),
            (
                "Writes to the bucket were throttled at midnight. The reason is that all writers move to one prefix.",
                vec![Impact, Known],
            ),
            ("No orders could be placed between 08:00 and 08:20 UTC at the checkout.", vec![Impact]),
            (
                "We are moving the workers to the new prefix now; you will hear from me by 18:30.",
                vec![NextStep, NextTime],
            ),
            ("網站從08:00到09:16出現憑證警告，看診掛號無法使用。", vec![Impact]),
            (
                "憑證已經換新，但nginx仍在使用舊的。接下來會重新載入設定，30分鐘內再回報。",
                vec![Known, NextStep, NextTime],
            ),
        ] {
            assert_eq!(found(text), wanted, "{text}");
        }
    }

    #[test]
    fn blame_and_guesses_are_named() {
        let kinds = |text: &str| tone(text).into_iter().map(|tone| tone.kind).collect::<Vec<_>>();
        assert_eq!(kinds("It is probably DNS; you should have checked."), [ToneKind::Guess, ToneKind::Blame]);
        assert_eq!(kinds("大概是你們的錯"), [ToneKind::Guess, ToneKind::Blame]);
        assert_eq!(kinds("We do not know the cause yet."), []);
        assert_eq!(kinds("No orders could be placed since 08:00."), []);
        assert_eq!(kinds("This is not your fault. 這不是你們的錯。"), []);
        assert_eq!(kinds("You idiots broke it, it is not our problem."), [ToneKind::Rude, ToneKind::Rude]);
    }
}
