//! What can be said about a learner's stories without judging them: how long they take to say, what a draft lacks, which
//! principles they cover, who hears which of them, and what should not leave the machine. Pure: no clock, no database.
//!
//! Deliberately not here: scores (the learner and the mentor give them) and words (a story is never written or changed).

mod coverage;
mod hints;
mod panel;
mod redaction;

use crate::model::Language;

pub use coverage::{Coverage, Gap, GapKind, Told, coverage};
pub use hints::{Hint, hints};
pub use panel::{Interviewer, PanelPlan, Seat, plan_panel};
pub use redaction::{Finding, FindingKind, black_out, redacted, redaction};

/// Words of English, or syllables of Chinese (each Latin word or number in it counting as two), that a minute of telling
/// holds: the middle of the rubric's 280 to 420 words or 550 to 800 characters in 2 to 3 minutes (syllabus 6.3).
const WORDS_A_MINUTE: f64 = 140.0;
const SYLLABLES_A_MINUTE: f64 = 270.0;

/// How much there is to say: words of English; characters of Chinese, each Latin word or number in it counting as two.
pub fn length(text: &str, language: Language) -> u32 {
    let (mut words, mut han) = (0, 0);
    let mut inside = false;
    for letter in text.chars() {
        if is_han(letter) {
            han += 1;
            inside = false;
        } else if letter.is_alphanumeric() {
            words += u32::from(!inside);
            inside = true;
        } else if !matches!(letter, '\'' | '’' | '-' | '.' | ',' | '%') {
            inside = false;
        } else if letter != '%' {
            // "don't", "real-time" and "3.5" are one word; a comma at a word's end is followed by a space.
        }
    }
    if language.is_chinese() { han + 2 * words } else { words + han }
}

/// Seconds to say it at an interview's pace.
pub fn speaking_seconds(text: &str, language: Language) -> u32 {
    let a_minute = if language.is_chinese() { SYLLABLES_A_MINUTE } else { WORDS_A_MINUTE };
    (f64::from(length(text, language)) * 60.0 / a_minute).round() as u32
}

/// Whether a character is written Chinese.
fn is_han(letter: char) -> bool {
    matches!(letter, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_counts_words_in_english_and_characters_in_chinese() {
        for (text, language, wanted) in [
            ("", Language::En, 0),
            ("I don't know", Language::En, 3),
            ("real-time, 3.5 GB, 40%.", Language::En, 4),
            ("我把TTL調低了", Language::ZhTw, 5 + 2),
            ("從12%到3%", Language::ZhTw, 2 + 4),
            ("。、！", Language::ZhTw, 0),
        ] {
            assert_eq!(length(text, language), wanted, "{text}");
        }
    }

    #[test]
    fn two_and_a_half_minutes_are_350_words_or_675_characters() {
        let english = "word ".repeat(350);
        let chinese = "字".repeat(675);
        assert_eq!(speaking_seconds(&english, Language::En), 150);
        assert_eq!(speaking_seconds(&chinese, Language::ZhTw), 150);
    }
}
