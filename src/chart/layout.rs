//! Where the marks of each sort of chart stand.

use super::text::{self, fitted};
use super::{Anchor, ChartMark, ChartTone, Scene, WIDTH};

/// Height of a row in charts that are lists.
const ROW: f32 = 22.0;
/// Room for the names of rows.
const NAMES: f32 = 216.0;
/// From a row's upper edge to the base line of its words.
const BASE: f32 = 15.0;

fn label(x: f32, y: f32, text: impl Into<String>, anchor: Anchor, tone: ChartTone) -> ChartMark {
    ChartMark::Label { x, y, text: text.into(), anchor, tone }
}

fn rect(x: f32, y: f32, width: f32, height: f32, tone: ChartTone, title: impl Into<String>) -> ChartMark {
    ChartMark::Rect { x, y, width, height, tone, title: title.into() }
}

fn line(points: Vec<(f32, f32)>, tone: ChartTone, dashed: bool) -> ChartMark {
    ChartMark::Line { points, tone, dashed }
}

fn scene(height: f32, marks: Vec<ChartMark>) -> Scene {
    Scene { width: WIDTH, height, marks }
}

/// The least of 1, 2, 5, 10, 20, 50 ... that is not under a value.
fn round_up(value: f64) -> f64 {
    let power = 10f64.powf(value.max(1.0).log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|step| step * power).find(|round| *round >= value).unwrap_or(value)
}

/// A value in a row of values over time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Day {
    /// How high.
    pub value: f64,
    /// Written below it; empty for most.
    pub mark: String,
    /// What it is, in words.
    pub title: String,
}

/// Columns over time.
pub fn columns(days: &[Day]) -> Scene {
    const LEFT: f32 = 40.0;
    const TOP: f32 = 12.0;
    const BOTTOM: f32 = 160.0;
    let most = round_up(days.iter().map(|day| day.value).fold(0.0, f64::max));
    let at = |value: f64| BOTTOM - (value / most) as f32 * (BOTTOM - TOP);
    let mut marks = Vec::new();
    for value in [most, most / 2.0, 0.0] {
        if value.fract() == 0.0 {
            marks.push(line(vec![(LEFT, at(value)), (WIDTH, at(value))], ChartTone::Grid, false));
            marks.push(label(LEFT - 6.0, at(value) + 4.0, value.to_string(), Anchor::End, ChartTone::Soft));
        }
    }
    let step = (WIDTH - LEFT) / days.len().max(1) as f32;
    let gap = (step * 0.25).min(3.0);
    for (place, day) in days.iter().enumerate() {
        let x = LEFT + step * place as f32;
        if day.value > 0.0 {
            let height = (BOTTOM - at(day.value)).max(1.0);
            marks.push(rect(
                x + gap / 2.0,
                BOTTOM - height,
                step - gap,
                height,
                ChartTone::Accent,
                &day.title,
            ));
        }
        if !day.mark.is_empty() {
            // The last words end inside the picture.
            let room = WIDTH - x - text::width(&day.mark) / 2.0 - step / 2.0;
            let (x, anchor) =
                if room < 0.0 { (WIDTH, Anchor::End) } else { (x + step / 2.0, Anchor::Middle) };
            marks.push(label(x.max(LEFT), BOTTOM + 18.0, &day.mark, anchor, ChartTone::Soft));
        }
    }
    scene(BOTTOM + 26.0, marks)
}

/// A row with one bar.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Across {
    /// Its name.
    pub name: String,
    /// How long.
    pub value: f64,
    /// The value in words, written at its end.
    pub words: String,
}

/// Bars from left to right, one below the other.
pub fn across(rows: &[Across]) -> Scene {
    const WORDS: f32 = 96.0;
    let most = rows.iter().map(|row| row.value).fold(0.0, f64::max).max(f64::MIN_POSITIVE);
    let mut marks = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        let y = ROW * place as f32;
        let width = (row.value / most) as f32 * (WIDTH - NAMES - WORDS);
        marks.push(label(
            NAMES - 12.0,
            y + BASE,
            fitted(&row.name, NAMES - 12.0),
            Anchor::End,
            ChartTone::Ink,
        ));
        let title = format!("{}: {}", row.name, row.words);
        marks.push(rect(NAMES, y + 4.0, width.max(1.0), ROW - 8.0, ChartTone::Accent, title));
        marks.push(label(NAMES + width + 8.0, y + BASE, &row.words, Anchor::Start, ChartTone::Soft));
    }
    scene(ROW * rows.len() as f32 + 4.0, marks)
}

/// A row of a heat map; without cells it is its name alone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeatRow {
    /// Its name.
    pub name: String,
    /// A share from 0 to 1 for each column, with its words; none where there is nothing to know.
    pub cells: Vec<Option<Heat>>,
    /// Whether a group begins with it.
    pub leads: bool,
}

/// A cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heat {
    /// 0 to 1.
    pub share: f64,
    /// Written in it.
    pub words: String,
    /// What it is, in words.
    pub title: String,
}

/// A heat map: names left, a column each for what `columns` names.
pub fn heat(columns: &[String], rows: &[HeatRow]) -> Scene {
    const HEAD: f32 = 22.0;
    const LABELS: f32 = 300.0;
    let width = (WIDTH - LABELS) / columns.len().max(1) as f32;
    let mut marks = Vec::new();
    for (place, name) in columns.iter().enumerate() {
        let x = LABELS + width * (place as f32 + 0.5);
        marks.push(label(x, BASE, fitted(name, width), Anchor::Middle, ChartTone::Soft));
    }
    let mut y = HEAD;
    for row in rows {
        let (x, tone) = if row.leads { (0.0, ChartTone::Ink) } else { (12.0, ChartTone::Soft) };
        if row.leads {
            y += 6.0;
        }
        let room = if row.cells.is_empty() { WIDTH } else { LABELS - 8.0 };
        marks.push(label(x, y + BASE, fitted(&row.name, room - x), Anchor::Start, tone));
        for (place, cell) in row.cells.iter().enumerate() {
            let x = LABELS + width * place as f32 + 1.0;
            let Some(cell) = cell else {
                marks.push(rect(x, y + 1.0, width - 2.0, ROW - 2.0, ChartTone::Empty, ""));
                continue;
            };
            let tone = shade(cell.share);
            marks.push(rect(x, y + 1.0, width - 2.0, ROW - 2.0, tone, &cell.title));
            let ink = if matches!(tone, ChartTone::Heat3 | ChartTone::Heat4) {
                ChartTone::OnHeat
            } else {
                ChartTone::Ink
            };
            marks.push(label(x + width / 2.0 - 1.0, y + BASE, &cell.words, Anchor::Middle, ink));
        }
        y += ROW;
    }
    scene(y + 4.0, marks)
}

fn shade(share: f64) -> ChartTone {
    match share {
        share if share < 0.2 => ChartTone::Heat0,
        share if share < 0.4 => ChartTone::Heat1,
        share if share < 0.6 => ChartTone::Heat2,
        share if share < 0.8 => ChartTone::Heat3,
        _ => ChartTone::Heat4,
    }
}

/// A calendar of weeks, Monday at the top. The first day's weekday is `first` (0 for Monday).
pub fn calendar(first: u32, days: &[Day]) -> Scene {
    const HEAD: f32 = 20.0;
    let weeks = (first as usize + days.len()).div_ceil(7).max(1);
    let step = (WIDTH / weeks as f32).min(24.0);
    let most = days.iter().map(|day| day.value).fold(0.0, f64::max);
    let mut marks = Vec::new();
    let mut free = 0.0;
    for (place, day) in days.iter().enumerate() {
        let at = first as usize + place;
        let (x, y) = (step * (at / 7) as f32, HEAD + step * (at % 7) as f32);
        let tone = if day.value > 0.0 { shade(day.value / most * 0.999) } else { ChartTone::Empty };
        marks.push(rect(x, y, step - 2.0, step - 2.0, tone, &day.title));
        if !day.mark.is_empty() && x >= free && x + text::width(&day.mark) <= WIDTH {
            marks.push(label(x, BASE - 2.0, &day.mark, Anchor::Start, ChartTone::Soft));
            free = x + text::width(&day.mark) + 8.0;
        }
    }
    scene(HEAD + step * 7.0 + 2.0, marks)
}

/// A share with the range it may well be in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rate {
    /// Its name.
    pub name: String,
    /// 0 to 1; none where nothing is known.
    pub share: Option<f64>,
    /// The range, 0 to 1.
    pub range: (f64, f64),
    /// The share in words.
    pub words: String,
    /// A second share to compare with, in another tone.
    pub other: Option<f64>,
}

/// Shares one below the other on one axis from `least` to 1, and what is aimed at.
pub fn rates(rows: &[Rate], least: f64, aim: Option<f64>) -> Scene {
    const WORDS: f32 = 108.0;
    let (left, right) = (NAMES, WIDTH - WORDS);
    let at = |share: f64| left + ((share.clamp(least, 1.0) - least) / (1.0 - least)) as f32 * (right - left);
    let bottom = ROW * rows.len() as f32;
    let mut marks = Vec::new();
    for tenth in [0.0, 0.25, 0.5, 0.75, 1.0].into_iter().filter(|tenth| *tenth >= least) {
        marks.push(line(vec![(at(tenth), 0.0), (at(tenth), bottom)], ChartTone::Grid, false));
        let percent = format!("{}%", (tenth * 100.0).round());
        marks.push(label(at(tenth), bottom + 16.0, percent, Anchor::Middle, ChartTone::Soft));
    }
    if let Some(aim) = aim {
        marks.push(line(vec![(at(aim), 0.0), (at(aim), bottom)], ChartTone::Second, true));
    }
    for (place, row) in rows.iter().enumerate() {
        let y = ROW * (place as f32 + 0.5);
        marks.push(label(
            NAMES - 12.0,
            y + 4.0,
            fitted(&row.name, NAMES - 12.0),
            Anchor::End,
            ChartTone::Ink,
        ));
        if let Some(other) = row.other {
            marks.push(dot(at(other), y, ChartTone::Second, ""));
        }
        if let Some(share) = row.share {
            let (low, high) = row.range;
            marks.push(line(vec![(at(low), y), (at(high), y)], ChartTone::Accent, false));
            marks.push(dot(at(share), y, ChartTone::Accent, &format!("{}: {}", row.name, row.words)));
        }
        marks.push(label(
            right + 14.0,
            y + 4.0,
            fitted(&row.words, WORDS - 14.0),
            Anchor::Start,
            ChartTone::Soft,
        ));
    }
    scene(bottom + 24.0, marks)
}

fn dot(x: f32, y: f32, tone: ChartTone, title: &str) -> ChartMark {
    ChartMark::Dot { x, y, radius: 4.5, tone, title: title.to_owned() }
}

/// Two shares that should be equal, and how much stands behind them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pair {
    /// What was expected, 0 to 1.
    pub expected: f64,
    /// What came, 0 to 1.
    pub found: f64,
    /// How many there were.
    pub count: i64,
    /// In words.
    pub title: String,
}

/// What came against what was expected: on the diagonal both agree. `names` are those of the axes, x first.
pub fn diagonal(pairs: &[Pair], names: [&str; 2]) -> Scene {
    const SIDE: f32 = 300.0;
    const LEFT: f32 = 210.0;
    const TOP: f32 = 24.0;
    let x = |share: f64| LEFT + share.clamp(0.0, 1.0) as f32 * SIDE;
    let y = |share: f64| TOP + SIDE - share.clamp(0.0, 1.0) as f32 * SIDE;
    let mut marks = Vec::new();
    for quarter in [0.0, 0.25, 0.5, 0.75, 1.0] {
        marks.push(line(vec![(LEFT, y(quarter)), (LEFT + SIDE, y(quarter))], ChartTone::Grid, false));
        marks.push(line(vec![(x(quarter), TOP), (x(quarter), TOP + SIDE)], ChartTone::Grid, false));
        let percent = format!("{}%", quarter * 100.0);
        marks.push(label(LEFT - 8.0, y(quarter) + 4.0, &percent, Anchor::End, ChartTone::Soft));
        marks.push(label(x(quarter), TOP + SIDE + 18.0, percent, Anchor::Middle, ChartTone::Soft));
    }
    marks.push(line(vec![(x(0.0), y(0.0)), (x(1.0), y(1.0))], ChartTone::Second, true));
    let most = pairs.iter().map(|pair| pair.count).max().unwrap_or(1).max(1) as f32;
    for pair in pairs {
        marks.push(ChartMark::Dot {
            x: x(pair.expected),
            y: y(pair.found),
            radius: 3.0 + 8.0 * (pair.count.max(0) as f32 / most).sqrt(),
            tone: ChartTone::Accent,
            title: pair.title.clone(),
        });
    }
    let [below, beside] = names;
    marks.push(label(LEFT + SIDE / 2.0, TOP + SIDE + 38.0, below, Anchor::Middle, ChartTone::Soft));
    marks.push(label(LEFT, TOP - 10.0, beside, Anchor::Start, ChartTone::Soft));
    scene(TOP + SIDE + 46.0, marks)
}

/// A value over time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trend {
    /// Its name.
    pub name: String,
    /// Points: a place in time, counted from 0, and a value; each with its words.
    pub points: Vec<(u32, f64, String)>,
}

/// Up to two values over time, from `range.0` to `range.1`; `marks` name places in time.
pub fn trends(lines: &[Trend], range: (f64, f64), places: u32, names: &[(u32, String)]) -> Scene {
    const LEFT: f32 = 40.0;
    const BOTTOM: f32 = 180.0;
    let top = if lines.len() > 1 { 30.0 } else { 12.0 };
    let (low, high) = range;
    let x = |place: u32| {
        LEFT + 8.0 + (WIDTH - LEFT - 16.0) * place as f32 / places.saturating_sub(1).max(1) as f32
    };
    let y = |value: f64| {
        let share = ((value - low) / (high - low).max(f64::MIN_POSITIVE)).clamp(0.0, 1.0) as f32;
        BOTTOM - share * (BOTTOM - top)
    };
    let mut marks = Vec::new();
    for quarter in 0..=4 {
        let value = low + (high - low) * f64::from(quarter) / 4.0;
        marks.push(line(vec![(LEFT, y(value)), (WIDTH, y(value))], ChartTone::Grid, false));
        let words = if high <= 1.0 { format!("{}%", (value * 100.0).round()) } else { value.to_string() };
        marks.push(label(LEFT - 6.0, y(value) + 4.0, words, Anchor::End, ChartTone::Soft));
    }
    for (place, name) in names {
        let (at, anchor) = match *place {
            0 => (LEFT, Anchor::Start),
            place if place + 1 >= places => (WIDTH, Anchor::End),
            place => (x(place), Anchor::Middle),
        };
        marks.push(label(at, BOTTOM + 18.0, name, anchor, ChartTone::Soft));
    }
    let mut name_at = LEFT;
    for (trend, tone) in lines.iter().zip([ChartTone::Accent, ChartTone::Second]) {
        let points: Vec<(f32, f32)> =
            trend.points.iter().map(|(place, value, _)| (x(*place), y(*value))).collect();
        if points.len() > 1 {
            marks.push(line(points.clone(), tone, false));
        }
        for ((x, y), (.., title)) in points.into_iter().zip(&trend.points) {
            marks.push(ChartMark::Dot { x, y, radius: 3.0, tone, title: title.clone() });
        }
        if lines.len() > 1 {
            marks.push(rect(name_at, 4.0, 10.0, 10.0, tone, ""));
            marks.push(label(name_at + 16.0, 14.0, &trend.name, Anchor::Start, ChartTone::Soft));
            name_at += 40.0 + text::width(&trend.name);
        }
    }
    scene(BOTTOM + 26.0, marks)
}
