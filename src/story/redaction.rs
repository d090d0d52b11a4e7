//! What should not leave the machine with a story: names the learner listed, and what looks like an address, an account,
//! a key or a person. Findings, not a verdict: a name that nobody listed and that has no title before it is not seen.

use std::sync::LazyLock;

use regex::Regex;
use serde::Serialize;

/// What a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum FindingKind {
    /// A name the learner listed: a person, a customer, a project.
    Listed,
    /// A person's name after or before a title.
    Person,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Telephone,
    /// Twelve digits: an AWS account id.
    AccountId,
    /// An access key id.
    AccessKey,
    /// An Amazon resource name.
    Arn,
    /// An IP address that is not one for documentation.
    IpAddress,
}

/// A place in a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Finding {
    /// What it is.
    pub kind: FindingKind,
    /// The words.
    pub words: String,
    /// Byte offset of their start.
    #[serde(skip)]
    pub start: usize,
}

/// Patterns by kind.
static PATTERNS: LazyLock<Vec<(FindingKind, Regex)>> = LazyLock::new(|| {
    let patterns = [
        (FindingKind::Arn, r"\barn:aws[a-z-]*:[^\s,;，。、）)]+"),
        (FindingKind::Email, r"[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+"),
        (FindingKind::AccessKey, r"\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16}\b"),
        (FindingKind::AccountId, r"(?-u:\b)[0-9]{4}-?[0-9]{4}-?[0-9]{4}(?-u:\b)"),
        (FindingKind::IpAddress, r"(?-u:\b)(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?-u:\b)"),
        (
            FindingKind::Telephone,
            r"\+[0-9][0-9 -]{7,15}[0-9]|(?-u:\b)0[0-9]{1,3}-[0-9]{3,4}-?[0-9]{3,4}(?-u:\b)",
        ),
        (FindingKind::Person, r"\b(?:Mr|Mrs|Ms|Dr|Prof)\.? \p{Lu}\p{L}+"),
        (FindingKind::Person, r"[\p{Han}]{1,2}(?:先生|小姐|女士|經理|经理|總監|总监|主任|博士|老師|老师)"),
    ];
    // Each of them is compiled by a test; one that could not be would find nothing.
    patterns.into_iter().filter_map(|(kind, pattern)| Some((kind, Regex::new(pattern).ok()?))).collect()
});

/// Words that stand where a family name would: "the manager" is nobody's name.
const NOBODY: [&str; 14] =
    ["我的", "他的", "她的", "們的", "们的", "一位", "那位", "這位", "这位", "位", "的", "是", "和", "跟"];

/// Everything in a text that should be looked at before it leaves, in its order. Where two overlap they are one, called
/// what the longer of them is.
pub fn redaction(text: &str, listed: &[String]) -> Vec<Finding> {
    findings(text, listed, |_| true)
}

/// Findings of the wanted kinds. They are chosen before overlapping ones become one: a listed name within an address is
/// still a listed name.
fn findings(text: &str, listed: &[String], wanted: impl Fn(FindingKind) -> bool) -> Vec<Finding> {
    let mut places: Vec<(usize, usize, FindingKind)> = Vec::new();
    for (kind, pattern) in PATTERNS.iter() {
        for place in pattern.find_iter(text) {
            let harmless = match kind {
                FindingKind::IpAddress => !is_private_matter(place.as_str()),
                FindingKind::AccountId => place.as_str().replace('-', "") == "123456789012",
                FindingKind::Person => NOBODY.iter().any(|word| place.as_str().starts_with(word)),
                _ => false,
            };
            if !harmless {
                places.push((place.start(), place.end(), *kind));
            }
        }
    }
    for name in listed.iter().map(|name| name.trim()).filter(|name| !name.is_empty()) {
        let Ok(pattern) = Regex::new(&format!("(?i){}", regex::escape(name))) else { continue };
        for place in pattern.find_iter(text).filter(|place| stands_alone(text, place.start(), place.end())) {
            places.push((place.start(), place.end(), FindingKind::Listed));
        }
    }
    places.retain(|(.., kind)| wanted(*kind));
    places.sort_by_key(|(start, end, _)| (*start, std::cmp::Reverse(*end)));
    let mut merged: Vec<(usize, usize, FindingKind)> = Vec::new();
    for (start, end, kind) in places {
        match merged.last_mut() {
            Some(last) if start < last.1 => {
                if end - start > last.1 - last.0 {
                    last.2 = kind;
                }
                last.1 = last.1.max(end);
            }
            _ => merged.push((start, end, kind)),
        }
    }
    let finding = |(start, end, kind)| Finding {
        kind,
        start,
        words: text.get(start..end).unwrap_or_default().to_owned(),
    };
    merged.into_iter().map(finding).collect()
}

/// The text with every finding blacked out.
pub fn redacted(text: &str, listed: &[String]) -> String {
    black_out(text, listed, |_| true).0
}

/// The text with the findings of some kinds blacked out, and how many those were.
pub fn black_out(text: &str, listed: &[String], wanted: impl Fn(FindingKind) -> bool) -> (String, u32) {
    let mut out = String::with_capacity(text.len());
    let (mut at, mut count) = (0, 0);
    for finding in findings(text, listed, wanted) {
        out.push_str(text.get(at..finding.start).unwrap_or_default());
        out.push_str("███");
        at = finding.start + finding.words.len();
        count += 1;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    (out, count)
}

/// A listed "Ann" is not in "planning". Chinese has no spaces: there, every place counts.
fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let is_latin = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_alphanumeric());
    let inside = text.get(start..end).unwrap_or_default();
    let before = text.get(..start).and_then(|text| text.chars().next_back());
    let after = text.get(end..).and_then(|text| text.chars().next());
    !(is_latin(inside.chars().next()) && is_latin(before)
        || is_latin(inside.chars().next_back()) && is_latin(after))
}

/// Whether an address is one that says something about a real network: not malformed, not for documentation (RFC 5737),
/// not loopback or unspecified.
fn is_private_matter(text: &str) -> bool {
    match text.parse::<std::net::Ipv4Addr>() {
        Ok(address) => {
            let documentation =
                matches!(address.octets(), [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _]);
            !documentation && !address.is_loopback() && !address.is_unspecified()
        }
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<FindingKind> {
        redaction(text, &["Acme".to_owned(), "陳大文".to_owned()])
            .into_iter()
            .map(|found| found.kind)
            .collect()
    }

    #[test]
    fn every_pattern_compiles() {
        assert_eq!(PATTERNS.len(), 8);
    }

    #[test]
    fn what_should_not_leave_is_found() {
        use FindingKind::*;
        for (text, wanted) in [
            ("Acme's lead wrote to ann.lee@acme.example.com", vec![Listed, Email]),
            ("account 111122223333, key AKIAIOSFODNN7EXAMPLE", vec![AccountId, AccessKey]),
            ("arn:aws:iam::111122223333:role/Admin failed", vec![Arn]),
            ("call +886 2 2345 6789 or 02-2345-6789", vec![Telephone, Telephone]),
            ("Dr. Lin and 王經理 at 10.0.3.7", vec![Person, Person, IpAddress]),
            ("陳大文說要重開機", vec![Listed]),
            ("問了陳大文經理", vec![Person]),
            ("寫信給ann@example.org，帳號1111-2222-3333", vec![Email, AccountId]),
        ] {
            assert_eq!(kinds(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_listed_name_is_blacked_out_also_within_something_else() {
        let listed = ["Ann Lee", "Globex", "陳大文"].map(str::to_owned);
        let text = "I asked Dr. Ann Lee, wrote to joe@globex.example.com, and 陳大文經理 agreed.";
        let (out, count) = black_out(text, &listed, |kind| kind == FindingKind::Listed);
        assert_eq!(out, "I asked Dr. ███, wrote to joe@███.example.com, and ███經理 agreed.");
        assert_eq!(count, 3);
    }

    #[test]
    fn what_may_leave_is_not() {
        for text in [
            "The acmeist poets; version 1.2.3.4567; 999.1.1.1",
            "192.0.2.7 and 203.0.113.9 and 127.0.0.1",
            "The example account 123456789012, order 2025-03-14",
            "我的經理同意了，那位先生也是",
            "from 3.5 % to 0.2 % in 14 days",
        ] {
            assert_eq!(kinds(text), vec![], "{text}");
        }
    }

    #[test]
    fn a_redacted_text_has_nothing_left_to_find() {
        let text = "Acme, 陳大文, ann@example.com, 10.1.1.1 and the rest stays";
        let listed = ["Acme".to_owned(), "陳大文".to_owned()];
        let out = redacted(text, &listed);
        assert_eq!(out, "███, ███, ███, ███ and the rest stays");
        assert_eq!(redaction(&out, &listed), vec![]);
    }
}
