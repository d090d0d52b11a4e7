//! The report: a document that opens anywhere, prints, and needs no program and no network. Pure.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::chart::{Figure, Table, inline, style};
use crate::model::Language;

/// What a report holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The reader's language.
    pub language: Language,
    /// Its heading.
    pub title: String,
    /// Whose and of when, and where the figures come from.
    pub about: String,
    /// What the learner is ready for and what not yet.
    pub readiness: String,
    /// The figures.
    pub figures: Vec<Figure>,
    /// What stands above a table.
    pub numbers: String,
    /// What stands after the figures.
    pub chapters: Vec<Chapter>,
}

/// A part of a report beside figures.
#[derive(Clone, Debug, PartialEq)]
pub struct Chapter {
    /// Its heading.
    pub title: String,
    /// What stands in it, one below the other.
    pub pieces: Vec<Piece>,
}

/// A piece of a chapter.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// A heading within the chapter.
    Heading(String),
    /// A paragraph; its lines stay lines.
    Text(String),
    /// A remark.
    Note(String),
    /// A table.
    Table(Table),
}

const STYLE: &str = "\
:root{color-scheme:light}*{box-sizing:border-box}\
body{max-width:760px;margin:32px auto;padding:0 20px;background:#fff;color:#1c1b19;\
font:16px/1.6 system-ui,'Noto Sans TC','Noto Sans SC',sans-serif}\
h1{font-size:26px;line-height:1.25;margin:0 0 4px}h2{font-size:18px;margin:36px 0 4px}h3{font-size:16px;margin:20px 0 2px}\
.words{white-space:pre-line;margin:6px 0}\
.about,.note,caption{color:#5d5a54;font-size:14px}.lead{font-size:18px}\
svg{display:block;width:100%;height:auto;margin:12px 0}\
table{border-collapse:collapse;width:100%;font-size:13px;margin:8px 0}\
caption{text-align:left;padding:4px 0}\
th,td{text-align:left;padding:3px 10px 3px 0;border-bottom:1px solid #e5e1d9;vertical-align:top}\
.figure{text-align:right;font-variant-numeric:tabular-nums}\
summary{cursor:pointer;color:#5d5a54;font-size:14px}\
@media print{body{margin:0;max-width:none}svg,tr,h2,h3{break-inside:avoid}h2,h3{break-after:avoid}table{break-inside:auto}}";

/// The report as one HTML file. Without scripts, and with nothing from elsewhere; it forbids itself both.
pub fn document(report: &Report) -> String {
    let language = match report.language {
        Language::En => "en",
        Language::ZhTw => "zh-Hant-TW",
        Language::ZhCn => "zh-Hans-CN",
    };
    html! {
        (DOCTYPE)
        html lang=(language) {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (report.title) }
                style { (PreEscaped(STYLE)) (PreEscaped(style())) }
            }
            body {
                h1 { (report.title) }
                p.about { (report.about) }
                p.lead { (report.readiness) }
                @for figure in &report.figures { (section(report, figure)) }
                @for chapter in &report.chapters { (written(chapter)) }
            }
        }
    }
    .into_string()
}

fn written(chapter: &Chapter) -> Markup {
    html! {
        section {
            h2 { (chapter.title) }
            @for piece in &chapter.pieces {
                @match piece {
                    Piece::Heading(words) => h3 { (words) },
                    Piece::Text(words) => p.words { (words) },
                    Piece::Note(words) => p.note { (words) },
                    Piece::Table(rows) => (table(rows)),
                }
            }
        }
    }
}

fn section(report: &Report, figure: &Figure) -> Markup {
    html! {
        section id=(figure.id) {
            h2 { (figure.title) }
            p { (figure.says) }
            @if let Some(picture) = inline(figure) { (picture) }
            @if !figure.note.is_empty() { p.note { (figure.note) } }
            @if !figure.table.rows.is_empty() {
                details {
                    summary { (report.numbers) }
                    (table(&figure.table))
                }
            }
        }
    }
}

fn table(table: &Table) -> Markup {
    let class =
        |place: usize| table.columns.get(place).is_some_and(|column| column.figures).then_some("figure");
    html! {
        table {
            thead {
                tr { @for (place, column) in table.columns.iter().enumerate() {
                    th scope="col" class=[class(place)] { (column.name) }
                } }
            }
            tbody {
                @for row in &table.rows {
                    tr { @for (place, cell) in row.iter().enumerate() {
                        td class=[class(place)] { (cell) }
                    } }
                }
            }
        }
    }
}
