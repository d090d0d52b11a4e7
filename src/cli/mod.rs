//! The terminal's pages.

pub mod practice;
pub mod today;

use divedeep::model::{Block, Inline, Language};

/// Words in the learner's language.
#[derive(Clone, Copy)]
pub struct Words(pub Language);

impl Words {
    /// The English or the Chinese words.
    pub fn pick<'a>(self, en: &'a str, zh: &'a str) -> &'a str {
        if self.0.is_chinese() { zh } else { en }
    }
}

/// A line of words as plain text; code keeps its marks.
pub fn line(inlines: &[Inline]) -> String {
    inlines
        .iter()
        .map(|inline| match inline {
            Inline::Text(text) | Inline::Strong(text) | Inline::Emphasis(text) => text.clone(),
            Inline::Code(text) => format!("`{text}`"),
        })
        .collect()
}

/// Blocks as plain lines.
pub fn lines(blocks: &[Block], indent: &str) -> Vec<String> {
    let mut found = Vec::new();
    for block in blocks {
        match block {
            Block::Paragraph { inlines } => {
                found.extend(line(inlines).lines().map(|text| format!("{indent}{text}")));
            }
            Block::Code { text, .. } => {
                found.extend(text.lines().map(|text| format!("{indent}    {text}")));
            }
            Block::Quote { blocks } => found.extend(lines(blocks, &format!("{indent}> "))),
            Block::List { ordered, items } => {
                for (index, item) in items.iter().enumerate() {
                    let mark = if *ordered { format!("{}.", index + 1) } else { "-".to_owned() };
                    let inner = lines(item, &format!("{indent}{}", " ".repeat(mark.len() + 1)));
                    for (at, text) in inner.into_iter().enumerate() {
                        found.push(if at == 0 {
                            format!("{indent}{mark} {}", text.trim_start())
                        } else {
                            text
                        });
                    }
                }
            }
            Block::Table { header, rows } => {
                for row in std::iter::once(header).chain(rows) {
                    let cells: Vec<String> = row.iter().map(|cell| line(cell)).collect();
                    found.push(format!("{indent}{}", cells.join(" | ")));
                }
            }
        }
    }
    found
}
