//! Two languages, one meaning: parity of a bilingual text, and Taiwan's wording.

use std::collections::BTreeSet;

use crate::model::{Block, Text, blocks, plain};

/// A wording that Taiwan does not use, and what it says instead.
#[derive(Clone, Debug)]
pub(crate) struct Wording {
    /// What must not stand in a zh-TW text.
    wrong: String,
    /// What to write.
    right: String,
    /// Longer words that contain it and are fine.
    allowed: Vec<String>,
}

impl Wording {
    /// `wrong TAB right [TAB allowed, allowed]`.
    pub(super) fn of_row(cells: &[&str]) -> Result<Self, String> {
        let (wrong, right, allowed) = match *cells {
            [wrong, right] => (wrong, right, ""),
            [wrong, right, allowed] => (wrong, right, allowed),
            _ => return Err(format!("a wording has 2 or 3 columns, found {}", cells.len())),
        };
        let allowed = allowed.split(',').map(str::trim).filter(|word| !word.is_empty());
        Ok(Self {
            wrong: wrong.to_owned(),
            right: right.to_owned(),
            allowed: allowed.map(str::to_owned).collect(),
        })
    }

    fn stands_in(&self, text: &str) -> bool {
        text.match_indices(&self.wrong).any(|(at, _)| {
            let excused = self.allowed.iter().any(|longer| {
                text.match_indices(longer.as_str())
                    .any(|(start, _)| start <= at && at + self.wrong.len() <= start + longer.len())
            });
            !excused
        })
    }
}

/// A glossary term: English, Taiwan, mainland.
#[derive(Clone, Debug)]
pub(crate) struct Term {
    /// English, as questions name it in `terms`.
    pub en: String,
    /// Taiwan's word.
    pub tw: String,
    /// The mainland's word.
    pub cn: String,
}

impl Term {
    pub(super) fn of_row(cells: &[&str]) -> Result<Self, String> {
        match *cells {
            [en, tw, cn] => Ok(Self { en: en.to_owned(), tw: tw.to_owned(), cn: cn.to_owned() }),
            _ => Err(format!("a glossary term has 3 columns, found {}", cells.len())),
        }
    }
}

/// Whether a text is present in both languages.
pub(super) fn is_complete(text: &Text) -> bool {
    !text.en.trim().is_empty() && !text.zh_tw.trim().is_empty()
}

/// What is wrong between the two languages of one text.
pub(super) fn parity(text: &Text) -> Vec<String> {
    let mut found = Vec::new();
    let (en, zh) = (numbers(&text.en), numbers(&text.zh_tw));
    let only =
        |a: &BTreeSet<String>, b: &BTreeSet<String>| a.difference(b).cloned().collect::<Vec<_>>().join(", ");
    if en != zh {
        found.push(format!(
            "numbers differ between the languages (only en: [{}], only zh-TW: [{}])",
            only(&en, &zh),
            only(&zh, &en)
        ));
    }
    if code(&text.en) != code(&text.zh_tw) {
        found.push("code blocks differ between the languages".to_owned());
    }
    found
}

/// Taiwan's wording and punctuation in a zh-TW text.
pub(super) fn wording(text: &str, words: &[Wording]) -> Vec<String> {
    let prose = without_code(text);
    let mut found: Vec<String> = words
        .iter()
        .filter(|word| word.stands_in(&prose))
        .map(|word| format!("zh-TW says '{}': write '{}'", word.wrong, word.right))
        .collect();
    let letters: Vec<char> = prose.chars().collect();
    for pair in letters.windows(2) {
        if let [a, b] = *pair
            && is_han(a)
            && matches!(b, ',' | ';' | ':' | '?' | '!')
        {
            found.push(format!("zh-TW has the half-width '{b}' after '{a}': write the full-width one"));
            break;
        }
    }
    for triple in letters.windows(3) {
        if let [a, ' ', b] = *triple
            && (is_han(a) && is_latin(b) || is_latin(a) && is_han(b))
        {
            found.push(format!(
                "zh-TW has a typed space between '{a}' and '{b}': the window sets that space itself"
            ));
            break;
        }
    }
    found
}

/// Spoken length: words of a text's paragraphs and lists (English words and numbers, each Chinese character as one),
/// without code and tables.
pub(super) fn spoken_length(markdown: &str) -> usize {
    fn count(blocks_read: &[Block]) -> usize {
        blocks_read
            .iter()
            .map(|block| match block {
                Block::Code { .. } | Block::Table { .. } => 0,
                Block::List { items, .. } => items.iter().map(|item| count(item)).sum(),
                Block::Quote { blocks } => count(blocks),
                Block::Paragraph { inlines } => {
                    let text: String = inlines
                        .iter()
                        .map(|inline| match inline {
                            crate::model::Inline::Text(t)
                            | crate::model::Inline::Code(t)
                            | crate::model::Inline::Strong(t)
                            | crate::model::Inline::Emphasis(t) => t.as_str(),
                        })
                        .collect();
                    words(&text)
                }
            })
            .sum()
    }
    count(&blocks(markdown))
}

fn words(text: &str) -> usize {
    let mut total = 0;
    let mut in_word = false;
    for c in text.chars() {
        if is_han(c) {
            total += 1;
            in_word = false;
        } else if c.is_whitespace() || is_wide_mark(c) {
            in_word = false;
        } else if !in_word && c.is_alphanumeric() {
            total += 1;
            in_word = true;
        }
    }
    total
}

/// The prompt's letters alone, to find prompts that are the same question.
pub(super) fn normalised(markdown: &str) -> String {
    plain(markdown).chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The distinct numbers of a text, without thousands separators.
fn numbers(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut number = String::new();
    let letters: Vec<char> = text.chars().chain([' ']).collect();
    for (at, c) in letters.iter().enumerate() {
        let next_is_digit = letters.get(at + 1).is_some_and(char::is_ascii_digit);
        if c.is_ascii_digit() {
            number.push(*c);
        } else if !number.is_empty() && *c == '.' && next_is_digit {
            number.push('.');
        } else if !number.is_empty() && *c == ',' && next_is_digit {
            // 1,024 is 1024
        } else if !number.is_empty() {
            found.insert(std::mem::take(&mut number));
        }
    }
    // Markers of numbered lists are not numbers of the text, but they are the same in both languages.
    found
}

/// Fenced and indented code, in order.
fn code(markdown: &str) -> Vec<String> {
    fn collect(blocks_read: Vec<Block>, found: &mut Vec<String>) {
        for block in blocks_read {
            match block {
                Block::Code { text, .. } => found.push(text),
                Block::List { items, .. } => {
                    items.into_iter().for_each(|item| collect(item, found));
                }
                Block::Quote { blocks } => collect(blocks, found),
                Block::Paragraph { .. } | Block::Table { .. } => {}
            }
        }
    }
    let mut found = Vec::new();
    collect(blocks(markdown), &mut found);
    found
}

/// The text with inline and fenced code blanked: wording rules are for prose.
fn without_code(markdown: &str) -> String {
    let mut prose = String::new();
    let mut in_fence = false;
    for line in markdown.lines() {
        if line.trim_start().starts_with("```") {
            in_fence = !in_fence;
            continue;
        }
        if in_fence {
            continue;
        }
        // Every second piece between backticks is code; a mark stands in for it so that its neighbours stay apart.
        for (index, piece) in line.split('`').enumerate() {
            prose.push_str(if index % 2 == 0 { piece } else { "\u{1}" });
        }
        prose.push('\n');
    }
    prose
}

fn is_han(c: char) -> bool {
    ('\u{3400}'..='\u{9fff}').contains(&c) || ('\u{f900}'..='\u{faff}').contains(&c)
}

/// CJK punctuation and full-width forms.
fn is_wide_mark(c: char) -> bool {
    ('\u{3000}'..='\u{303f}').contains(&c) || ('\u{ff00}'..='\u{ff65}').contains(&c)
}

/// Latin letters, digits, and the mark that stands for inline code.
fn is_latin(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '\u{1}'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(en: &str, zh_tw: &str) -> Text {
        Text { en: en.to_owned(), zh_tw: zh_tw.to_owned(), zh_cn: None }
    }

    #[test]
    fn numbers_and_code_must_be_the_same_in_both_languages() {
        assert!(parity(&text("1,024 bytes, 1.5 s", "1024位元組，1.5秒")).is_empty());
        assert_eq!(parity(&text("port 22", "連接埠23")).len(), 1);
        assert_eq!(parity(&text("a\n\n```\nls\n```", "甲\n\n```\nls -l\n```")).len(), 1);
    }

    #[test]
    fn mainland_words_are_found_unless_a_taiwan_word_contains_them() {
        let words = [Wording::of_row(&["數據", "資料", "大數據,數據機"]).expect("a row")];
        assert_eq!(wording("這些數據很多", &words).len(), 1);
        assert!(wording("大數據與數據機", &words).is_empty());
        assert!(wording("用`數據`這個字", &words).is_empty(), "code is not prose");
    }

    #[test]
    fn punctuation_and_typed_spaces_are_found() {
        assert_eq!(wording("對,錯", &[]).len(), 1);
        assert_eq!(wording("執行 ls", &[]).len(), 1);
        assert_eq!(wording("執行 `ls`", &[]).len(), 1);
        assert!(wording("執行`ls -l`，再看IPv4 CIDR", &[]).is_empty());
    }

    #[test]
    fn spoken_length_counts_words_and_characters() {
        assert_eq!(spoken_length("The kernel's `OOM killer` ran."), 5);
        assert_eq!(spoken_length("核心的OOM Killer執行了。"), 8);
        assert_eq!(spoken_length("One\n\n```\nnot spoken\n```"), 1);
    }
}
