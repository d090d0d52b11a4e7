//! Charts: laid out once as typed marks, which the window builds elements from, and which are written here as SVG for
//! files and the printed report. So all three show the same picture. Pure.
//!
//! A mark has a tone, not a colour: the window's themes and the style sheet of a written file say what it looks like.

mod layout;
mod text;
mod write;

use serde::Serialize;

pub use layout::{
    Across, Day, Heat, HeatRow, Pair, Rate, Trend, across, calendar, columns, diagonal, heat, rates, trends,
};
pub use write::{csv, svg};
pub(crate) use write::{inline, style};

/// Width of every chart, in its own units (CSS pixels at full size).
pub const WIDTH: f32 = 720.0;

/// A chart with what belongs to it: nobody has to see it to know what it shows.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Figure {
    /// What it is called in files and commands, for example `retention`.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// What it shows, in a sentence or two.
    pub says: String,
    /// How it is made and what it does not show; may be empty.
    pub note: String,
    /// The picture; none while there is nothing to draw.
    pub scene: Option<Scene>,
    /// The same as numbers.
    pub table: Table,
}

/// Rows behind a chart.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Table {
    /// Headings.
    pub columns: Vec<Column>,
    /// Cells, as many in a row as there are columns.
    pub rows: Vec<Vec<String>>,
}

/// A column of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Column {
    /// Its heading.
    pub name: String,
    /// Whether its cells are figures, set flush right.
    pub figures: bool,
}

impl Table {
    /// An empty table. Columns whose heading begins with `#` hold figures.
    pub fn new(columns: &[&str]) -> Self {
        let column = |name: &&str| match name.strip_prefix('#') {
            Some(name) => Column { name: name.to_owned(), figures: true },
            None => Column { name: (*name).to_owned(), figures: false },
        };
        Self { columns: columns.iter().map(column).collect(), rows: Vec::new() }
    }
}

/// A picture.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Scene {
    /// Always [`WIDTH`].
    pub width: f32,
    /// Its height in the same unit.
    pub height: f32,
    /// From back to front.
    pub marks: Vec<ChartMark>,
}

/// Something drawn. Positions are in the scene's unit, y downwards.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "mark", rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum ChartMark {
    /// A filled rectangle.
    Rect {
        /// Left edge.
        x: f32,
        /// Upper edge.
        y: f32,
        /// Width.
        width: f32,
        /// Height.
        height: f32,
        /// How it looks.
        tone: ChartTone,
        /// What it stands for, in words; empty where another mark says it.
        title: String,
    },
    /// A line through points.
    Line {
        /// Points, x and y.
        points: Vec<(f32, f32)>,
        /// How it looks.
        tone: ChartTone,
        /// Whether it is dashed.
        dashed: bool,
    },
    /// A filled circle.
    Dot {
        /// Its centre.
        x: f32,
        /// Its centre.
        y: f32,
        /// Its radius.
        radius: f32,
        /// How it looks.
        tone: ChartTone,
        /// What it stands for, in words.
        title: String,
    },
    /// Words.
    Label {
        /// Where they begin, stand centred, or end.
        x: f32,
        /// Their base line.
        y: f32,
        /// The words.
        text: String,
        /// Which part of them stands at `x`.
        anchor: Anchor,
        /// How they look.
        tone: ChartTone,
    },
}

/// How a mark looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum ChartTone {
    /// Words that are read first.
    Ink,
    /// Words that are read second.
    Soft,
    /// Axes and what is expected.
    Grid,
    /// The data.
    Accent,
    /// A second set of data.
    Second,
    /// Shares from low to high: 0 to under 20 %.
    Heat0,
    /// 20 to under 40 %.
    Heat1,
    /// 40 to under 60 %.
    Heat2,
    /// 60 to under 80 %.
    Heat3,
    /// 80 % and more.
    Heat4,
    /// Words on a dark cell.
    OnHeat,
    /// A cell without data.
    Empty,
}

/// Which part of a label stands at its x.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Anchor {
    /// Its beginning.
    Start,
    /// Its middle.
    Middle,
    /// Its end.
    End,
}

#[cfg(test)]
mod tests;
