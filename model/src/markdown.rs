//! Markdown as typed blocks. Nothing in Divedeep becomes HTML from a string: the window builds elements from these
//! types and the terminal prints them, so a hostile text can only ever be text.
//!
//! Kept: paragraphs, headings (as strong text), lists, code, tables, quotes, emphasis. Raw HTML and images are shown
//! as the characters they are; links keep their words and lose their address (locators live in references).

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use serde::{Deserialize, Serialize};

/// A block of text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Block {
    /// Running text.
    Paragraph {
        /// Its words.
        inlines: Vec<Inline>,
    },
    /// A list; an item is blocks.
    List {
        /// Numbered or bulleted.
        ordered: bool,
        /// The items.
        items: Vec<Vec<Block>>,
    },
    /// Preformatted code.
    Code {
        /// Language tag, may be empty.
        language: String,
        /// The code.
        text: String,
    },
    /// A table; every row is as long as the header.
    Table {
        /// Header cells.
        header: Vec<Vec<Inline>>,
        /// Body rows.
        rows: Vec<Vec<Vec<Inline>>>,
    },
    /// A quotation.
    Quote {
        /// Its blocks.
        blocks: Vec<Block>,
    },
}

/// A run of words within a block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "text", rename_all = "lowercase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Inline {
    /// Plain words.
    Text(String),
    /// Code.
    Code(String),
    /// Stressed words.
    Strong(String),
    /// Emphasised words.
    Emphasis(String),
}

impl Inline {
    /// The words without their marks.
    pub fn into_words(self) -> String {
        match self {
            Self::Text(words) | Self::Code(words) | Self::Strong(words) | Self::Emphasis(words) => words,
        }
    }
}

/// Deepest nesting of lists and quotes that is kept; deeper ones are laid into their parent.
const DEEPEST: usize = 8;

/// Reads Markdown into blocks.
pub fn blocks(markdown: &str) -> Vec<Block> {
    let mut reader = Reader::default();
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        reader.take(event);
    }
    reader.finish()
}

/// Reads Markdown that should be one paragraph into its words; further blocks are joined by spaces.
pub fn inlines(markdown: &str) -> Vec<Inline> {
    if is_plain(markdown) {
        return vec![Inline::Text(markdown.to_owned())];
    }
    parsed_inlines(markdown)
}

/// Whether a line is surely just words, so that no parser needs to look: most key points are, and a card has dozens.
fn is_plain(line: &str) -> bool {
    let opens_with_a_letter = line.chars().next().is_some_and(char::is_alphabetic);
    let ends_with_words = !line.ends_with(char::is_whitespace);
    opens_with_a_letter
        && ends_with_words
        && !line.bytes().any(|byte| {
            matches!(byte, b'`' | b'*' | b'_' | b'[' | b'<' | b'&' | b'\\' | b'|' | b'\n' | b'\r')
        })
}

fn parsed_inlines(markdown: &str) -> Vec<Inline> {
    let mut words = Vec::new();
    for block in blocks(markdown) {
        if !words.is_empty() {
            push_text(&mut words, Inline::Text(" ".to_owned()));
        }
        match block {
            Block::Paragraph { inlines } => words.extend(inlines),
            other => push_text(&mut words, Inline::Text(plain_block(&other))),
        }
    }
    words
}

/// The words of a Markdown text without any marks, for lists and search.
pub fn plain(markdown: &str) -> String {
    blocks(markdown).iter().map(plain_block).collect::<Vec<_>>().join(" ")
}

fn plain_block(block: &Block) -> String {
    match block {
        Block::Paragraph { inlines } => plain_inlines(inlines),
        Block::Code { text, .. } => text.trim_end().to_owned(),
        Block::List { items, .. } => items.iter().flatten().map(plain_block).collect::<Vec<_>>().join(" "),
        Block::Quote { blocks } => blocks.iter().map(plain_block).collect::<Vec<_>>().join(" "),
        Block::Table { header, rows } => std::iter::once(header)
            .chain(rows)
            .flatten()
            .map(|cell| plain_inlines(cell))
            .collect::<Vec<_>>()
            .join(" "),
    }
}

fn plain_inlines(inlines: &[Inline]) -> String {
    inlines
        .iter()
        .map(|inline| match inline {
            Inline::Text(t) | Inline::Code(t) | Inline::Strong(t) | Inline::Emphasis(t) => t.as_str(),
        })
        .collect()
}

fn push_text(words: &mut Vec<Inline>, inline: Inline) {
    if let (Some(Inline::Text(last)), Inline::Text(more)) = (words.last_mut(), &inline) {
        last.push_str(more);
    } else {
        words.push(inline);
    }
}

/// The cells of one table row.
type Row = Vec<Vec<Inline>>;

/// A container that is still open while reading.
enum Open {
    Quote(Vec<Block>),
    List { ordered: bool, items: Vec<Vec<Block>> },
    Item(Vec<Block>),
}

#[derive(Default)]
struct Reader {
    top: Vec<Block>,
    open: Vec<Open>,
    words: Vec<Inline>,
    strong: usize,
    emphasis: usize,
    code: Option<(String, String)>,
    table: Option<(Row, Vec<Row>)>,
    in_header: bool,
    row: Row,
    too_deep: usize,
}

impl Reader {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.word(text.into_string()),
            Event::Html(html) | Event::InlineHtml(html) => self.word(html.into_string()),
            Event::Code(text) => self.words.push(Inline::Code(text.into_string())),
            Event::SoftBreak => self.soft_break(),
            Event::HardBreak => self.word("\n".to_owned()),
            _ => {}
        }
    }

    /// A line end in the source is a space between Latin words and nothing between Chinese ones.
    fn soft_break(&mut self) {
        let chinese_before = match self.words.last() {
            Some(Inline::Text(t) | Inline::Strong(t) | Inline::Emphasis(t)) => {
                t.chars().next_back().is_some_and(|c| c >= '\u{2e80}')
            }
            _ => false,
        };
        if !chinese_before {
            self.word(" ".to_owned());
        }
    }

    fn word(&mut self, text: String) {
        if let Some((_, code)) = &mut self.code {
            code.push_str(&text);
        } else if self.strong > 0 {
            self.words.push(Inline::Strong(text));
        } else if self.emphasis > 0 {
            self.words.push(Inline::Emphasis(text));
        } else {
            push_text(&mut self.words, Inline::Text(text));
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Strong => self.strong += 1,
            Tag::Emphasis => self.emphasis += 1,
            Tag::Heading { .. } => self.strong += 1,
            Tag::CodeBlock(kind) => {
                self.close_words();
                let language = match kind {
                    CodeBlockKind::Fenced(info) => {
                        info.split_whitespace().next().unwrap_or_default().to_owned()
                    }
                    CodeBlockKind::Indented => String::new(),
                };
                self.code = Some((language, String::new()));
            }
            Tag::BlockQuote(_) => self.push_open(Open::Quote(Vec::new())),
            Tag::List(first) => {
                self.close_words();
                self.push_open(Open::List { ordered: first.is_some(), items: Vec::new() });
            }
            Tag::Item => self.push_open(Open::Item(Vec::new())),
            Tag::Table(_) => self.table = Some((Vec::new(), Vec::new())),
            Tag::TableHead => self.in_header = true,
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Strong => self.strong = self.strong.saturating_sub(1),
            TagEnd::Emphasis => self.emphasis = self.emphasis.saturating_sub(1),
            TagEnd::Heading(_) => {
                self.strong = self.strong.saturating_sub(1);
                self.close_words();
            }
            TagEnd::Paragraph | TagEnd::HtmlBlock => self.close_words(),
            TagEnd::CodeBlock => {
                if let Some((language, text)) = self.code.take() {
                    self.block(Block::Code { language, text });
                }
            }
            TagEnd::TableCell => self.row.push(std::mem::take(&mut self.words)),
            TagEnd::TableHead | TagEnd::TableRow => {
                let row = std::mem::take(&mut self.row);
                if let Some((header, rows)) = &mut self.table {
                    if self.in_header {
                        *header = row;
                    } else {
                        rows.push(row);
                    }
                }
                self.in_header = false;
            }
            TagEnd::Table => {
                if let Some((header, rows)) = self.table.take() {
                    self.block(Block::Table { header, rows });
                }
            }
            TagEnd::Item | TagEnd::List(_) | TagEnd::BlockQuote(_) => self.close_open(),
            _ => {}
        }
    }

    fn push_open(&mut self, open: Open) {
        if self.open.len() >= DEEPEST * 2 {
            self.too_deep += 1;
        } else {
            self.open.push(open);
        }
    }

    fn close_open(&mut self) {
        self.close_words();
        if self.too_deep > 0 {
            self.too_deep -= 1;
            return;
        }
        match self.open.pop() {
            Some(Open::Quote(blocks)) => self.block(Block::Quote { blocks }),
            Some(Open::List { ordered, items }) => self.block(Block::List { ordered, items }),
            Some(Open::Item(blocks)) => {
                if let Some(Open::List { items, .. }) = self.open.last_mut() {
                    items.push(blocks);
                }
            }
            None => {}
        }
    }

    fn close_words(&mut self) {
        let inlines = std::mem::take(&mut self.words);
        if !inlines.is_empty() {
            self.block(Block::Paragraph { inlines });
        }
    }

    fn block(&mut self, block: Block) {
        match self.open.last_mut() {
            Some(Open::Quote(blocks) | Open::Item(blocks)) => blocks.push(block),
            Some(Open::List { items, .. }) => items.push(vec![block]),
            None => self.top.push(block),
        }
    }

    fn finish(mut self) -> Vec<Block> {
        self.close_words();
        while !self.open.is_empty() {
            self.too_deep = 0;
            self.close_open();
        }
        self.top
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(t: &str) -> Inline {
        Inline::Text(t.to_owned())
    }

    #[test]
    fn paragraphs_lists_code_and_tables_become_blocks() {
        let read = blocks("Use `ss -s`:\n\n1. one\n2. **two**\n\n```sh\nss -s\n```\n\n|a|b|\n|-|-|\n|1|2|\n");
        assert_eq!(
            read[0],
            Block::Paragraph { inlines: vec![text("Use "), Inline::Code("ss -s".into()), text(":")] }
        );
        assert_eq!(
            read[1],
            Block::List {
                ordered: true,
                items: vec![
                    vec![Block::Paragraph { inlines: vec![text("one")] }],
                    vec![Block::Paragraph { inlines: vec![Inline::Strong("two".into())] }],
                ]
            }
        );
        assert_eq!(read[2], Block::Code { language: "sh".into(), text: "ss -s\n".into() });
        assert_eq!(
            read[3],
            Block::Table {
                header: vec![vec![text("a")], vec![text("b")]],
                rows: vec![vec![vec![text("1")], vec![text("2")]]]
            }
        );
    }

    #[test]
    fn raw_html_stays_the_characters_it_is() {
        let read = blocks("a <script>alert(1)</script> b");
        assert_eq!(read, [Block::Paragraph { inlines: vec![text("a <script>alert(1)</script> b")] }]);
        assert_eq!(plain("<b onload=x>\nhi"), "<b onload=x>\nhi");
    }

    #[test]
    fn a_line_end_between_chinese_words_is_no_space() {
        assert_eq!(plain("核心\n排程"), "核心排程");
        assert_eq!(plain("the\nkernel"), "the kernel");
    }

    #[test]
    fn nesting_beyond_any_reason_is_kept_as_text_without_trouble() {
        let deep = format!("{}end", "> ".repeat(5000));
        assert!(plain(&deep).contains("end"), "the innermost words must survive");
    }

    proptest::proptest! {
        #[test]
        fn plain_words_read_the_same_with_and_without_the_parser(source in "[a-zA-Z0-9 .,:;(){}#+=>!~^'\"$%@/核心。，-]{0,40}") {
            if is_plain(&source) {
                proptest::prop_assert_eq!(parsed_inlines(&source), [Inline::Text(source.clone())]);
            }
        }

        #[test]
        fn any_text_can_be_read(source in ".{0,400}") {
            let _ = blocks(&source);
        }
    }
}
