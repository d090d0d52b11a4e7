//! Charts and tables as files.

use maud::{Markup, PreEscaped, html};

use super::{Anchor, ChartMark, ChartTone, Figure, Scene, Table, text};

/// Colours of a file that stands alone; the window's themes have their own.
const STYLE: &str = "\
svg{font:12px system-ui,'Noto Sans TC','Noto Sans SC',sans-serif}\
.ink{fill:#1c1b19}.soft{fill:#5d5a54}.grid{fill:#d9d5cc;stroke:#bdb8ad}\
.accent{fill:#0d5f5a;stroke:#0d5f5a}.second{fill:#85590a;stroke:#85590a}\
.heat0{fill:#edf3f1}.heat1{fill:#c9dfdb}.heat2{fill:#97c2bc}.heat3{fill:#4b8f88}.heat4{fill:#0d5f5a}\
.on-heat{fill:#fff}.empty{fill:#efece6}polyline{fill:none;stroke-width:2}polyline.grid{stroke-width:1}\
rect,circle{stroke:none}";

/// A chart as an SVG document, with its title and its sentence for those who hear it.
pub fn svg(figure: &Figure) -> String {
    figure.scene.as_ref().map_or_else(String::new, |scene| markup(figure, scene, true).into_string())
}

/// A chart as an element, for a document that has the style sheet already.
pub(crate) fn inline(figure: &Figure) -> Option<Markup> {
    figure.scene.as_ref().map(|scene| markup(figure, scene, false))
}

/// The style sheet of written charts.
pub(crate) fn style() -> &'static str {
    STYLE
}

fn markup(figure: &Figure, scene: &Scene, alone: bool) -> Markup {
    let size = |length: f32| if alone { Some(length) } else { None };
    html! {
        svg xmlns="http://www.w3.org/2000/svg" viewBox={ "0 0 " (scene.width) " " (scene.height) }
            width=[size(scene.width)] height=[size(scene.height)] role="img" {
            title { (figure.title) }
            desc { (figure.says) }
            @if alone { style { (PreEscaped(STYLE)) } }
            @for mark in &scene.marks { (drawn(mark)) }
        }
    }
}

fn drawn(mark: &ChartMark) -> Markup {
    match mark {
        ChartMark::Rect { x, y, width, height, tone, title } => html! {
            rect class=(class(*tone)) x=(x) y=(y) width=(width) height=(height) rx="1.5" {
                @if !title.is_empty() { title { (title) } }
            }
        },
        ChartMark::Line { points, tone, dashed } => html! {
            polyline class=(class(*tone)) stroke-dasharray=[dashed.then_some("4 4")]
                points=(points.iter().map(|(x, y)| format!("{x},{y}")).collect::<Vec<_>>().join(" ")) {}
        },
        ChartMark::Dot { x, y, radius, tone, title } => html! {
            circle class=(class(*tone)) cx=(x) cy=(y) r=(radius) {
                @if !title.is_empty() { title { (title) } }
            }
        },
        ChartMark::Label { x, y, text: words, anchor, tone } => html! {
            text class=(class(*tone)) x=(x) y=(y) font-size=(text::SIZE) text-anchor=(match anchor {
                Anchor::Start => "start",
                Anchor::Middle => "middle",
                Anchor::End => "end",
            }) { (words) }
        },
    }
}

fn class(tone: ChartTone) -> &'static str {
    match tone {
        ChartTone::Ink => "ink",
        ChartTone::Soft => "soft",
        ChartTone::Grid => "grid",
        ChartTone::Accent => "accent",
        ChartTone::Second => "second",
        ChartTone::Heat0 => "heat0",
        ChartTone::Heat1 => "heat1",
        ChartTone::Heat2 => "heat2",
        ChartTone::Heat3 => "heat3",
        ChartTone::Heat4 => "heat4",
        ChartTone::OnHeat => "on-heat",
        ChartTone::Empty => "empty",
    }
}

/// A table as CSV (RFC 4180) with a byte order mark, so that spreadsheets read Chinese. Cells that a spreadsheet would
/// take for a formula get an apostrophe.
pub fn csv(table: &Table) -> String {
    let cell = |text: &String| {
        // A number may begin with a minus.
        let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text.parse::<f64>().is_err();
        if formula { format!("'{text}") } else { text.clone() }
    };
    let mut out = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let names = table.columns.iter().map(|column| cell(&column.name)).collect::<Vec<_>>();
    // Writing to memory does not fail.
    let _ = out.write_record(names);
    for row in &table.rows {
        let _ = out.write_record(row.iter().map(cell));
    }
    let bytes = out.into_inner().unwrap_or_default();
    format!("\u{feff}{}", String::from_utf8_lossy(&bytes))
}
