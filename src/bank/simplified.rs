//! Simplified Chinese, derived from what authors write for Taiwan (syllabus section 7.4).
//!
//! The longest known phrase wins: a phrase of `zh-CN/words.tsv` (which also protects words that only look like a
//! term), then a glossary term, then OpenCC's conversion of script and usage. Code is left as it is. The result is
//! stored beside the source and read from there; an author mends single texts in `zh-CN/overrides.toml`.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;

use super::language::Term;
use crate::error::{Error, Result};

/// Texts of one item by name.
pub(super) type Texts = BTreeMap<String, String>;

/// A phrase and what it becomes.
#[derive(Clone, Debug)]
pub(crate) struct Phrase {
    tw: String,
    cn: String,
}

impl Phrase {
    pub(super) fn of_row(cells: &[&str]) -> std::result::Result<Self, String> {
        match *cells {
            [tw, cn] => Ok(Self { tw: tw.to_owned(), cn: cn.to_owned() }),
            _ => Err(format!("a phrase has 2 columns, found {}", cells.len())),
        }
    }
}

/// From Taiwan's Chinese to the mainland's.
pub struct Simplifier {
    /// Phrases by their first character, longest first.
    phrases: HashMap<char, Vec<Phrase>>,
    opencc: OpenCC,
}

impl Simplifier {
    /// With the phrases and terms of the built-in bank.
    ///
    /// # Errors
    /// [`Error::BadRecord`] when the dictionaries cannot be loaded.
    pub fn built_in() -> Result<Self> {
        let (phrases, terms) = super::read::words(&super::Source::BuiltIn)?;
        Self::new(&phrases, &terms)
    }

    /// With a bank's phrases and terms; a phrase outweighs a term of the same words.
    ///
    /// # Errors
    /// [`Error::BadRecord`] when the dictionaries cannot be loaded.
    pub(super) fn new(phrases: &[Phrase], terms: &[Term]) -> Result<Self> {
        let opencc = OpenCC::from_config(BuiltinConfig::Tw2sp).map_err(|error| Error::BadRecord {
            what: "dictionaries of Simplified Chinese".to_owned(),
            reason: error.to_string(),
        })?;
        let mut by_first: HashMap<char, Vec<Phrase>> = HashMap::new();
        let terms = terms.iter().map(|term| Phrase { tw: term.tw.clone(), cn: term.cn.clone() });
        for phrase in phrases.iter().cloned().chain(terms) {
            if let Some(first) = phrase.tw.chars().next() {
                by_first.entry(first).or_default().push(phrase);
            }
        }
        for list in by_first.values_mut() {
            // Stable, so that among equals the phrase stays before the term.
            list.sort_by_key(|phrase| std::cmp::Reverse(phrase.tw.len()));
        }
        Ok(Self { phrases: by_first, opencc })
    }

    /// A text without code.
    pub fn plain(&self, text: &str) -> String {
        let mut done = String::new();
        let mut rest = String::new();
        let mut at = 0;
        while let Some(c) = text.get(at..).and_then(|tail| tail.chars().next()) {
            let tail = text.get(at..).unwrap_or_default();
            let known =
                self.phrases.get(&c).and_then(|list| list.iter().find(|phrase| tail.starts_with(&phrase.tw)));
            match known {
                Some(phrase) => {
                    self.convert(&mut rest, &mut done);
                    done.push_str(&phrase.cn);
                    at += phrase.tw.len();
                }
                None => {
                    rest.push(c);
                    at += c.len_utf8();
                }
            }
        }
        self.convert(&mut rest, &mut done);
        done
    }

    fn convert(&self, rest: &mut String, done: &mut String) {
        if rest.is_ascii() {
            done.push_str(rest);
        } else {
            let quotes = |c| match c {
                '「' => '“',
                '」' => '”',
                '『' => '‘',
                '』' => '’',
                _ => c,
            };
            done.extend(self.opencc.convert(rest).chars().map(quotes));
        }
        rest.clear();
    }

    /// A Markdown text: code stays byte for byte.
    pub fn markdown(&self, text: &str) -> String {
        let mut done = String::new();
        let mut in_fence = false;
        for line in text.split_inclusive('\n') {
            if line.trim_start().starts_with("```") {
                in_fence = !in_fence;
                done.push_str(line);
            } else if in_fence {
                done.push_str(line);
            } else {
                for (index, piece) in line.split('`').enumerate() {
                    if index > 0 {
                        done.push('`');
                    }
                    if index % 2 == 0 {
                        done.push_str(&self.plain(piece));
                    } else {
                        done.push_str(piece);
                    }
                }
            }
        }
        done
    }
}

/// A derived file's text.
pub(super) fn file(items: &BTreeMap<String, Texts>) -> String {
    let mut text = String::from(
        "# Derived from zh-TW by `divedeep bank simplify`: mend words.tsv or overrides.toml, not this file.\n",
    );
    for (id, texts) in items {
        let _ = write!(text, "\n[{}]\n", quoted(id));
        for (name, value) in texts {
            let _ = writeln!(text, "{} = {}", quoted(name), quoted(value));
        }
    }
    text
}

/// A TOML basic string, over several lines where the text has them.
fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\");
    if text.contains('\n') {
        format!("\"\"\"\n{}\"\"\"", escaped.replace("\"\"\"", "\\\"\\\"\\\""))
    } else {
        format!("\"{}\"", escaped.replace('"', "\\\"").replace('\t', "\\t"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn simplifier() -> Simplifier {
        let terms = [("kernel", "核心", "内核"), ("transaction", "交易", "事务")];
        let terms = terms.map(|(en, tw, cn)| Term { en: en.into(), tw: tw.into(), cn: cn.into() });
        let phrases = [("交易所", "交易所"), ("核心價值", "核心价值")];
        let phrases = phrases.map(|(tw, cn)| Phrase { tw: tw.into(), cn: cn.into() });
        Simplifier::new(&phrases, &terms).expect("dictionaries")
    }

    #[test]
    fn the_longest_phrase_wins_and_the_rest_is_converted() {
        let simplifier = simplifier();
        assert_eq!(simplifier.plain("核心處理交易，交易所的核心價值"), "内核处理事务，交易所的核心价值");
        assert_eq!(simplifier.plain("說「資料庫」"), "说“数据库”");
    }

    #[test]
    fn code_stays_byte_for_byte() {
        let text = "執行`echo 核心`\n\n```\n核心 資料庫\n```\n核心";
        assert_eq!(
            simplifier().markdown(text),
            "运行`echo 核心`\n\n```\n核心 資料庫\n```\n内核".replace("运行", &simplifier().plain("執行"))
        );
    }

    #[test]
    fn a_derived_file_reads_back() {
        let texts = Texts::from([
            ("answer".to_owned(), "一\\n \"二\"\n三\n".to_owned()),
            ("prompt".to_owned(), "a \"b\" \\c".to_owned()),
        ]);
        let items = BTreeMap::from([("x/y/z".to_owned(), texts)]);
        let read: BTreeMap<String, Texts> = toml::from_str(&file(&items)).expect("TOML");
        assert_eq!(read, items);
    }
}
