//! The terminal's pages.

pub mod bank;
pub mod drill;
pub mod incident;
pub mod learn;
pub mod mentor;
pub mod plan;
pub mod practice;
pub mod today;
#[cfg(unix)]
pub mod verify;

use std::borrow::Cow;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use divedeep::bank::Simplifier;
use divedeep::error::Error;
use divedeep::model::{Block, Inline, Language};

/// Why a command ended early.
pub enum Stop {
    /// The core's error, told in the learner's language.
    Core(Error),
    /// Nobody reads what is printed, or nothing more is typed.
    Io(io::Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Core(error)
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Prints a value as JSON.
pub fn print_json(out: &mut impl Write, value: &impl serde::Serialize) -> Result<(), Stop> {
    let text = serde_json::to_string_pretty(value).map_err(io::Error::from)?;
    writeln!(out, "{text}")?;
    Ok(())
}

/// Words in the learner's language.
#[derive(Clone, Copy)]
pub struct Words(pub Language);

impl Words {
    /// The English or the Chinese words; the Simplified ones are derived like the bank's.
    pub fn pick<'a>(self, en: &'a str, zh_tw: &'a str) -> Cow<'a, str> {
        static SIMPLIFIER: OnceLock<Option<Simplifier>> = OnceLock::new();
        match self.0 {
            Language::En => Cow::Borrowed(en),
            Language::ZhTw => Cow::Borrowed(zh_tw),
            Language::ZhCn => match SIMPLIFIER.get_or_init(|| Simplifier::built_in().ok()) {
                Some(simplifier) => Cow::Owned(simplifier.plain(zh_tw)),
                None => Cow::Borrowed(zh_tw),
            },
        }
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

/// The interface's Simplified Chinese files, from those written for Taiwan.
pub fn simplified_interface(folder: &Path, simplifier: &Simplifier) -> Result<Vec<(PathBuf, String)>, Error> {
    let mut files = Vec::new();
    for (from, to) in [("zh-TW.ts", "zh-CN.ts"), ("errors.zh-TW.json", "errors.zh-CN.json")] {
        let path = folder.join(from);
        let text = std::fs::read_to_string(&path)
            .map_err(|error| Error::NoBank { path: path.clone(), reason: error.to_string() })?;
        let derived = simplifier.plain(&text).replace("zhTW", "zhCN").replace("zh-TW", "zh-CN");
        files.push((folder.join(to), derived));
    }
    Ok(files)
}
