//! The progress page's figures: what the log, the cards, drills, plays and rehearsals say, as charts with their sentence
//! and their table, in the reader's language.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{App, FiguresPage, file};
use crate::chart::{
    Across, Day, Figure, Heat, HeatRow, Pair, Rate, Scene, Table, Trend, across, calendar, columns, csv,
    diagonal, heat, rates, svg, trends,
};
use crate::error::{Error, Result};
use crate::interview::mean_score;
use crate::model::{Interval, ItemKind, ItemRef, Language, Text};
use crate::progress::{AnswerRow, Cell, INTERVALS, Readiness, Recall, Tally, readiness};
use crate::report::{Report, document};
use crate::store::{Reading, WalkedAnswer};
use crate::story::GapKind;
use crate::time::{Moment, StudyDay};

/// Study days in the history's columns.
const HISTORY: u32 = 60;
/// Weeks in the calendar.
const WEEKS: u32 = 53;
/// Days of forecast.
const COMING: u32 = 30;
/// Weeks in trends.
const TREND_WEEKS: u32 = 26;
/// Fewest answers that a share is told for.
const ENOUGH: i64 = 5;
/// Topics named in the sentence about readiness.
const NAMED: usize = 4;

/// The fact that holds what was counted.
pub(super) const COUNTED: &str = "counted";
/// Counts up when figures are counted in another way.
const COUNTED_VERSION: u32 = 1;
/// New rows of the log after which what was counted is kept again.
const KEEP_AFTER: u32 = 200;

/// What was counted, and how far.
#[derive(Serialize, Deserialize)]
struct Counted {
    version: u32,
    /// The bank's fingerprint: another bank may file items elsewhere.
    bank: String,
    /// The last row of each device.
    read: BTreeMap<String, u32>,
    tally: Tally,
}

fn row_of(answer: &WalkedAnswer<'_>, domain: Option<usize>) -> AnswerRow {
    AnswerRow {
        domain,
        day: answer.day,
        grade: answer.grade,
        total_ms: answer.total_ms,
        elapsed_days: answer.elapsed_days,
        predicted: answer.predicted,
        language: if answer.in_english { Language::En } else { Language::ZhTw },
        sign: answer.sign,
    }
}

/// The reader's words.
struct Words<'a> {
    app: &'a App,
    language: Language,
    domains: Vec<(String, Text)>,
    topics: BTreeMap<(String, String), Text>,
}

impl Words<'_> {
    fn say(&self, en: impl AsRef<str>, zh: impl AsRef<str>) -> String {
        match self.language {
            Language::En => en.as_ref().to_owned(),
            Language::ZhTw => zh.as_ref().to_owned(),
            Language::ZhCn => self.app.simplified(zh.as_ref()),
        }
    }

    fn domain(&self, id: &str) -> String {
        let found = self.domains.iter().find(|(known, _)| known == id);
        found.map_or_else(|| id.to_owned(), |(_, name)| name.get(self.language).to_owned())
    }

    fn topic(&self, domain: &str, topic: &str) -> String {
        let found = self.topics.get(&(domain.to_owned(), topic.to_owned()));
        found.map_or_else(|| topic.to_owned(), |name| name.get(self.language).to_owned())
    }

    /// Names one after the other, as a sentence lists them.
    fn list(&self, names: &[String]) -> String {
        names.join(if self.language == Language::En { ", " } else { "、" })
    }

    fn table(&self, columns: &[(&str, &str)]) -> Table {
        let names: Vec<String> = columns.iter().map(|(en, zh)| self.say(en, zh)).collect();
        Table::new(&names.iter().map(String::as_str).collect::<Vec<_>>())
    }
}

fn percent(share: f64) -> String {
    format!("{}%", (share * 100.0).round())
}

fn points(share: f64) -> String {
    format!("{:+}", (share * 100.0).round())
}

fn hours(ms: i64) -> f64 {
    ms as f64 / 3_600_000.0
}

impl App {
    /// Everything the log says. What was counted before is kept, with how far into the log it goes, so that a page of
    /// figures reads only what is new; `doctor` compares it with the whole log.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) fn tally(&mut self) -> Result<Tally> {
        let (counted, new) = self.counted()?;
        if new >= KEEP_AFTER && self.store.writes() {
            let text = serde_json::to_string(&counted).unwrap_or_default();
            self.store.transact(|transaction| transaction.set_fact(COUNTED, &text))?;
        }
        Ok(counted.tally)
    }

    /// Whether what is kept, with what came after it, is what the whole log says.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) fn counts_agree(&self) -> Result<bool> {
        Ok(self.counted()?.0.tally.agrees(&self.tally_of_all()?))
    }

    /// What is kept with what came after it, and how many rows came after.
    fn counted(&self) -> Result<(Counted, u32)> {
        let read = self.store.read();
        let bank = read.fact("bank")?.unwrap_or_default();
        let kept = read.fact(COUNTED)?.and_then(|kept| serde_json::from_str::<Counted>(&kept).ok());
        let kept = kept.filter(|kept| kept.version == COUNTED_VERSION && kept.bank == bank);
        let newest: BTreeMap<String, u32> = read.newest_of_devices()?.into_iter().collect();
        match kept {
            Some(mut kept) => {
                let mut domains = self.domain_finder()?;
                let mut new = 0;
                for (device, last) in &newest {
                    let first = kept.read.get(device).copied().unwrap_or(0);
                    if first < *last {
                        new += last - first;
                        read.walk_answers_after(device, first, |answer| {
                            kept.tally.add(&row_of(answer, domains(&read, answer)));
                        })?;
                    }
                }
                kept.read = newest;
                Ok((kept, new))
            }
            None => {
                let tally = self.tally_of_all()?;
                Ok((Counted { version: COUNTED_VERSION, bank, read: newest, tally }, u32::MAX))
            }
        }
    }

    /// Everything the log says, in one walk over all of it.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) fn tally_of_all(&self) -> Result<Tally> {
        let domains = self.domain_ids()?;
        let read = self.store.read();
        let index: HashMap<&str, usize> =
            domains.iter().enumerate().map(|(at, id)| (id.as_str(), at)).collect();
        let mut items: HashMap<(String, String), Option<usize>> = HashMap::new();
        for (item, domain) in read.domains_of_items()? {
            items.insert((item.kind.0, item.id), index.get(domain.as_str()).copied());
        }
        let mut tally = Tally::new(domains.len());
        // Answers come item by item: the domain is looked up once for all of an item's.
        let mut last = (String::new(), String::new());
        let mut domain = None;
        read.walk_answers(|answer| {
            if last.1 != answer.item || last.0 != answer.kind {
                last = (answer.kind.to_owned(), answer.item.to_owned());
                domain = items.get(&last).copied().flatten();
            }
            tally.add(&row_of(answer, domain));
        })?;
        Ok(tally)
    }

    /// Looks up the places of items' domains one by one.
    fn domain_finder(&self) -> Result<impl FnMut(&Reading<'_>, &WalkedAnswer<'_>) -> Option<usize> + use<>> {
        let domains = self.domain_ids()?;
        Ok(move |read: &Reading<'_>, answer: &WalkedAnswer<'_>| {
            let item = ItemRef { kind: ItemKind(answer.kind.to_owned()), id: answer.item.to_owned() };
            let domain = read.domain_of(&item).ok().flatten()?;
            domains.iter().position(|id| *id == domain)
        })
    }

    /// The domains in the order learners see.
    fn domain_ids(&self) -> Result<Vec<String>> {
        Ok(self.outline()?.domains.into_iter().map(|domain| domain.id).collect())
    }

    /// What is known now of each topic of the track at each depth.
    fn cells(&self, now: Moment) -> Result<Vec<Cell>> {
        let read = self.store.read();
        let mut cells: Vec<Cell> = read
            .track_cells()?
            .into_iter()
            .map(|cell| Cell {
                domain: cell.domain,
                topic: cell.topic,
                depth: cell.depth,
                items: cell.items,
                ..Cell::default()
            })
            .collect();
        let key = |cell: &Cell| (cell.domain.clone(), cell.topic.clone(), cell.depth);
        let places: HashMap<_, usize> = cells.iter().enumerate().map(|(at, cell)| (key(cell), at)).collect();
        for figure in read.practised()? {
            let found = places.get(&(figure.domain, figure.topic, figure.depth));
            if let Some(cell) = found.and_then(|at| cells.get_mut(*at)) {
                cell.seen += 1;
                cell.recall += self.memory.recall(&figure.card, now);
            }
        }
        Ok(cells)
    }

    /// Every figure, in one language.
    ///
    /// # Errors
    /// Those of the database.
    pub fn figures(&mut self, language: Language, now: Moment) -> Result<FiguresPage> {
        let tally = self.tally()?;
        let outline = self.outline()?;
        let words = Words {
            app: self,
            language,
            domains: outline.domains.into_iter().map(|domain| (domain.id, domain.name)).collect(),
            topics: outline.topics.into_iter().map(|topic| ((topic.domain, topic.id), topic.name)).collect(),
        };
        let domains: Vec<String> = words.domains.iter().map(|(id, _)| id.clone()).collect();
        let mut cells = self.cells(now)?;
        let order = |cell: &Cell| domains.iter().position(|id| *id == cell.domain).unwrap_or(usize::MAX);
        cells.sort_by_key(order);
        let found = readiness(&cells, self.settings.goal);
        let today = now.study_day();
        let figures = vec![
            strength_figure(&words, &cells, &found, self.settings.goal),
            self.forecast_figure(&words, now)?,
            retention_figure(&words, &tally, self.settings.desired_retention),
            weeks_figure(&words, &tally, today),
            calibration_figure(&words, &tally),
            gap_figure(&words, &tally),
            history_figure(&words, &tally, today),
            calendar_figure(&words, &tally, today),
            time_figure(&words, &tally),
            self.drills_figure(&words, today)?,
            self.incidents_figure(&words)?,
            self.stories_figure(&words, now)?,
            self.rubric_figure(&words)?,
        ];
        Ok(FiguresPage { readiness: ready_sentence(&words, &found, self.settings.goal), figures })
    }

    /// One figure by its id.
    fn figure(&mut self, id: &str, language: Language, now: Moment) -> Result<Figure> {
        let page = self.figures(language, now)?;
        let found = page.figures.into_iter().find(|figure| figure.id == id);
        found.ok_or_else(|| Error::NoSuchItem { item: id.to_owned() })
    }

    /// Writes a figure's picture as SVG, or its numbers as CSV where the file's name ends so.
    ///
    /// # Errors
    /// [`Error::NoSuchItem`] also for a picture of nothing, [`Error::WriteFile`], [`Error::DiskFull`], and those of the
    /// database.
    pub fn figure_save(&mut self, id: &str, language: Language, path: &Path, now: Moment) -> Result<()> {
        let figure = self.figure(id, language, now)?;
        let as_csv = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
        if !as_csv && figure.scene.is_none() {
            return Err(Error::NoSuchItem { item: id.to_owned() });
        }
        let text = if as_csv { csv(&figure.table) } else { svg(&figure) };
        file::write(path, true, |out| {
            std::io::Write::write_all(out, text.as_bytes()).map_err(|error| file::failed(path, &error))
        })
    }

    /// Writes the report: every figure with its sentence and its numbers, as one HTML file that opens anywhere.
    ///
    /// # Errors
    /// [`Error::WriteFile`] also where the file exists and `replace` is false, [`Error::DiskFull`], and those of the database.
    pub fn report_write(
        &mut self,
        language: Language,
        path: &Path,
        replace: bool,
        now: Moment,
    ) -> Result<()> {
        let page = self.figures(language, now)?;
        let words = Words { app: self, language, domains: Vec::new(), topics: BTreeMap::new() };
        let tracks = self.outline()?.tracks;
        let track = tracks.iter().find(|track| track.id == self.settings.track);
        let track =
            track.map_or_else(|| self.settings.track.0.clone(), |track| track.name.get(language).to_owned());
        let today = now.local_date();
        let text = document(&Report {
            language,
            title: words.say("Progress report", "學習進度報告"),
            about: words.say(
                format!("{track} · {today} · Figures from the learner's own answers, graded by the learner."),
                format!("{track} · {today} · 數據來自學習者自己的作答，由學習者自評。"),
            ),
            readiness: page.readiness,
            figures: page.figures,
            numbers: words.say("The numbers", "數據"),
        });
        file::write(path, replace, |out| {
            std::io::Write::write_all(out, text.as_bytes()).map_err(|error| file::failed(path, &error))
        })
    }

    fn forecast_figure(&self, words: &Words<'_>, now: Moment) -> Result<Figure> {
        let today = now.study_day();
        let due = self.store.read().due_by_day(today, today.plus(COMING - 1), self.cap(now))?;
        let of = |day: StudyDay| due.iter().find(|figure| figure.day == day).map_or(0, |figure| figure.items);
        let days: Vec<StudyDay> = (0..COMING).map(|after| today.plus(after)).collect();
        let week: u32 = days.iter().take(7).map(|day| of(*day)).sum();
        let mut table = words.table(&[("Day", "日期"), ("#Due", "#到期")]);
        table.rows.extend(days.iter().map(|day| vec![day.date().to_string(), of(*day).to_string()]));
        let total: u32 = days.iter().map(|day| of(*day)).sum();
        let bars = dated(
            words,
            &days,
            |day| f64::from(of(day)),
            |day| words.say(format!("{} due", of(day)), format!("到期{}題", of(day))),
        );
        Ok(Figure {
            id: "forecast".to_owned(),
            title: words.say("What is coming", "接下來的複習量"),
            says: words.say(
                format!("Due today or overdue: {}. Due within a week: {week}.", of(today)),
                format!("今天到期（含逾期）{}題，一週內共{week}題。", of(today)),
            ),
            note: words.say(
                "If nothing is answered until then. New items are not counted.",
                "以都還沒作答計算，不含新題目。",
            ),
            scene: (total > 0).then(|| columns(&bars)),
            table,
        })
    }

    fn drills_figure(&self, words: &Words<'_>, today: StudyDay) -> Result<Figure> {
        let cases = self.store.read().drill_cases(None)?;
        let (first, places) = weeks_back(today, TREND_WEEKS);
        let mut weeks: BTreeMap<u32, (i64, i64)> = BTreeMap::new();
        let mut families: BTreeMap<&str, (u32, u32, u8)> = BTreeMap::new();
        for case in &cases {
            let pass = case.grade > crate::model::Grade::Again;
            if let Some(week) = week_of(first, case.day, places) {
                let sums = weeks.entry(week).or_default();
                sums.0 += i64::from(pass);
                sums.1 += 1;
            }
            let family = families.entry(&case.family).or_default();
            family.0 += 1;
            family.1 += u32::from(pass);
            family.2 = case.level;
        }
        let mut table = words.table(&[
            ("Drill", "演練"),
            ("#Cases", "#做過"),
            ("#Passed", "#通過"),
            ("#Last level", "#最近的難度"),
        ]);
        table.rows.extend(families.iter().map(|(family, (cases, passed, level))| {
            vec![(*family).to_owned(), cases.to_string(), passed.to_string(), level.to_string()]
        }));
        let passed: u32 = families.values().map(|family| family.1).sum();
        Ok(Figure {
            id: "drills".to_owned(),
            title: words.say("Drills", "演練"),
            says: if cases.is_empty() {
                words.say("No drill was answered yet.", "還沒有做過演練。")
            } else {
                words.say(
                    format!("{} cases of {} drills, {passed} passed.", cases.len(), families.len()),
                    format!("{}種演練共做過{}題，通過{passed}題。", families.len(), cases.len()),
                )
            },
            note: words.say(
                "By week. Levels rise as you pass, so a steady line is progress.",
                "以週為單位。通過後難度會提高，所以持平也是進步。",
            ),
            scene: share_trend(words, &weeks, first, places),
            table,
        })
    }

    fn incidents_figure(&self, words: &Words<'_>) -> Result<Figure> {
        let played = self.played()?;
        let mut table = words.table(&[("Day", "日期"), ("Incident", "事件"), ("#Points", "#分數")]);
        table.rows.extend(
            played
                .iter()
                .map(|(date, incident, points)| vec![date.to_string(), incident.clone(), points.to_string()]),
        );
        let line = Trend {
            name: String::new(),
            points: (0..)
                .zip(&played)
                .map(|(place, (date, incident, points))| {
                    (place, f64::from(*points), format!("{incident}, {date}: {points}"))
                })
                .collect(),
        };
        let ends: Vec<(u32, String)> = [played.first(), played.last()]
            .into_iter()
            .flatten()
            .zip([0, (played.len().saturating_sub(1)) as u32])
            .map(|((date, ..), place)| (place, date.to_string()))
            .collect();
        let mean = |of: &[(NaiveDate, String, u32)]| {
            of.iter().map(|(.., points)| f64::from(*points)).sum::<f64>() / of.len().max(1) as f64
        };
        let recent = played.get(played.len().saturating_sub(5)..).unwrap_or_default();
        Ok(Figure {
            id: "incidents".to_owned(),
            title: words.say("Incidents", "事件"),
            says: if played.is_empty() {
                words.say("No incident was played to its end yet.", "還沒有處理完任何事件。")
            } else {
                words.say(
                    format!(
                        "{} played; the last {} scored {:.0} of 100 on average.",
                        played.len(),
                        recent.len(),
                        mean(recent)
                    ),
                    format!(
                        "處理過{}次，最近{}次平均{:.0}分（滿分100）。",
                        played.len(),
                        recent.len(),
                        mean(recent)
                    ),
                )
            },
            note: words.say("One point for each play, oldest left.", "一點代表一次，最舊的在左邊。"),
            scene: (!played.is_empty()).then(|| trends(&[line], (0.0, 100.0), played.len() as u32, &ends)),
            table,
        })
    }

    fn stories_figure(&self, words: &Words<'_>, now: Moment) -> Result<Figure> {
        let page = self.stories(now)?;
        let principles = self.principles()?;
        let mut table =
            words.table(&[("Principle", "準則"), ("#Stories", "#故事數"), ("What is missing", "還缺什麼")]);
        let mut rows = Vec::new();
        for id in &principles {
            let count = page.stories.iter().filter(|story| story.principles.contains_key(id)).count();
            let gap = page.coverage.gaps.iter().find(|gap| gap.principle == *id);
            let lacks = match gap.map(|gap| gap.kind) {
                None => String::new(),
                Some(GapKind::Uncovered) => words.say("no story", "沒有故事"),
                Some(GapKind::Weak) => words.say("none shows it clearly", "沒有一個故事說得清楚"),
                Some(GapKind::Single) => words.say("only one shows it clearly", "只有一個故事說得清楚"),
                Some(GapKind::Stale) => words.say("not told for a while", "很久沒有講過"),
            };
            let name = words.topic(crate::model::Item::PRINCIPLES, id);
            table.rows.push(vec![name.clone(), count.to_string(), lacks.clone()]);
            rows.push(Across { name, value: count as f64, words: count.to_string() });
        }
        Ok(Figure {
            id: "stories".to_owned(),
            title: words.say("Stories by principle", "各準則的故事"),
            says: words.say(
                format!(
                    "{} stories; {} of {} principles shown clearly by one.",
                    page.stories.len(),
                    page.coverage.covered,
                    principles.len()
                ),
                format!(
                    "{}個故事；{}條準則裡有{}條至少有一個故事說得清楚。",
                    page.stories.len(),
                    principles.len(),
                    page.coverage.covered
                ),
            ),
            note: String::new(),
            scene: (!page.stories.is_empty()).then(|| across(&rows)),
            table,
        })
    }

    fn rubric_figure(&self, words: &Words<'_>) -> Result<Figure> {
        let mut scored: Vec<(NaiveDate, f64, u32)> = Vec::new();
        for rehearsal in self.store.read().all_rehearsals()? {
            if let Some(mean) = mean_score(&rehearsal.account) {
                scored.push((rehearsal.started.local_date(), mean, rehearsal.number));
            }
        }
        scored.sort_by_key(|(date, _, number)| (*date, *number));
        let mut table =
            words.table(&[("Day", "日期"), ("#Mean of your scores (1 to 4)", "#自評平均（1到4）")]);
        table.rows.extend(scored.iter().map(|(date, mean, _)| vec![date.to_string(), format!("{mean:.1}")]));
        let line = Trend {
            name: String::new(),
            points: (0..)
                .zip(&scored)
                .map(|(place, (date, mean, _))| (place, *mean, format!("{date}: {mean:.1}")))
                .collect(),
        };
        let ends: Vec<(u32, String)> = [scored.first(), scored.last()]
            .into_iter()
            .flatten()
            .zip([0, (scored.len().saturating_sub(1)) as u32])
            .map(|((date, ..), place)| (place, date.to_string()))
            .collect();
        Ok(Figure {
            id: "rubric".to_owned(),
            title: words.say("Your scores for told answers", "口說作答的自評"),
            says: if scored.is_empty() {
                words.say("No told answer was scored yet.", "還沒有為口說作答評分。")
            } else {
                words.say(
                    format!("{} answers scored by yourself on the rubric.", scored.len()),
                    format!("依評分表自評過{}次。", scored.len()),
                )
            },
            note: words.say("Your own judgement, not the program's.", "是你自己的評分，不是程式打的分數。"),
            scene: (!scored.is_empty()).then(|| trends(&[line], (1.0, 4.0), scored.len() as u32, &ends)),
            table,
        })
    }
}

/// What a learner is ready for and what not yet, in a sentence.
fn ready_sentence(words: &Words<'_>, found: &Readiness, goal: f64) -> String {
    let ready: Vec<String> = found
        .domains
        .iter()
        .filter(|domain| domain.ready > 0)
        .map(|domain| {
            let name = words.domain(&domain.domain);
            words.say(format!("depth {} in {name}", domain.ready), format!("{name}深度{}", domain.ready))
        })
        .collect();
    let lacking: Vec<String> =
        found.not_yet.iter().take(NAMED).map(|(domain, topic, ..)| words.topic(domain, topic)).collect();
    let more = found.not_yet.len().saturating_sub(NAMED);
    let ready = match ready.as_slice() {
        [] => words.say("Not ready for any depth yet", "還沒有任何領域準備好"),
        some => {
            words.say(format!("Ready for {}", words.list(some)), format!("已準備好：{}", words.list(some)))
        }
    };
    if lacking.is_empty() {
        return words.say(format!("{ready}."), format!("{ready}。"));
    }
    let lacking = words.list(&lacking);
    let (more_en, more_zh) = match more {
        0 => (String::new(), String::new()),
        more => (format!(" and {more} more topics"), format!("，以及另外{more}個主題")),
    };
    let now = percent(found.strength);
    words.say(
        format!("{ready}; not yet: {lacking}{more_en}. You could recall {now} of what the role needs now; the goal is {}.", percent(goal)),
        format!("{ready}；還沒有：{lacking}{more_zh}。這個職位需要的內容，你現在記得{now}，目標是{}。", percent(goal)),
    )
}

fn strength_figure(words: &Words<'_>, cells: &[Cell], found: &Readiness, goal: f64) -> Figure {
    let deepest = cells.iter().map(|cell| cell.depth).max().unwrap_or(1);
    let depths: Vec<String> =
        (1..=deepest).map(|depth| words.say(format!("depth {depth}"), format!("深度{depth}"))).collect();
    let mut table = words.table(&[
        ("Domain", "領域"),
        ("Topic", "主題"),
        ("#Depth", "#深度"),
        ("#Items", "#題數"),
        ("#Practised", "#練過"),
        ("#Recall now", "#現在記得"),
    ]);
    let mut rows: Vec<HeatRow> = Vec::new();
    let mut last = ("", "");
    for cell in cells {
        let (domain, topic) = (words.domain(&cell.domain), words.topic(&cell.domain, &cell.topic));
        if last.0 != cell.domain {
            let known = found.domains.iter().find(|known| known.domain == cell.domain);
            let share = known.map_or_else(String::new, |known| format!(" · {}", percent(known.strength)));
            rows.push(HeatRow { name: domain.clone() + &share, cells: Vec::new() });
        }
        if last != (cell.domain.as_str(), cell.topic.as_str()) {
            rows.push(HeatRow { name: topic.clone(), cells: vec![None; deepest as usize] });
        }
        last = (&cell.domain, &cell.topic);
        let share = percent(cell.strength());
        let title = words.say(
            format!(
                "{topic}, depth {}: {share} of {} items, {} practised",
                cell.depth, cell.items, cell.seen
            ),
            format!("{topic}，深度{}：{}題中記得{share}，練過{}題", cell.depth, cell.items, cell.seen),
        );
        let place = usize::from(cell.depth).saturating_sub(1);
        if let Some(slot) = rows.last_mut().and_then(|row| row.cells.get_mut(place)) {
            *slot = Some(Heat { share: cell.strength(), words: share.clone(), title });
        }
        table.rows.push(vec![
            domain,
            topic,
            cell.depth.to_string(),
            cell.items.to_string(),
            cell.seen.to_string(),
            share,
        ]);
    }
    let under = found.not_yet.len();
    Figure {
        id: "strength".to_owned(),
        title: words.say("What you know now, against what the role needs", "你現在記得的，對照職位需要的"),
        says: words.say(
            format!("You could recall {} of the role's items now; {under} topics are under the goal of {}.", percent(found.strength), percent(goal)),
            format!("職位需要的題目你現在記得{}；有{under}個主題還不到{}的目標。", percent(found.strength), percent(goal)),
        ),
        note: words.say(
            "A cell is the share of its items that you could recall now; one never practised counts as not known. Empty: the role needs nothing there.",
            "每一格是該格題目裡你現在記得的比例，沒練過的算不會。空白表示這個職位不需要。",
        ),
        scene: (!cells.is_empty()).then(|| heat(&depths, &rows)),
        table,
    }
}

fn retention_figure(words: &Words<'_>, tally: &Tally, desired: f64) -> Figure {
    let mut table = words.table(&[
        ("Days since the answer before", "距上次作答的天數"),
        ("#Answers", "#作答"),
        ("#Passed", "#通過"),
        ("#True retention", "#實際記住率"),
        ("#95% interval", "#95%區間"),
    ]);
    let mut rows = Vec::new();
    let mut from = 1;
    for (end, recall) in INTERVALS.iter().zip(&tally.intervals) {
        let name = match *end {
            u32::MAX => words.say(format!("{from} days and more"), format!("{from}天以上")),
            end if end == from => words.say(format!("{from} day"), format!("{from}天")),
            end => words.say(format!("{from} to {end} days"), format!("{from}到{end}天")),
        };
        from = end.saturating_add(1);
        rows.push(rate(words, &name, recall));
        let range = interval(recall);
        table.rows.push(vec![
            name,
            recall.recalls.to_string(),
            recall.passes.to_string(),
            recall.share().map_or_else(String::new, percent),
            recall.share().map_or_else(String::new, |_| format!("{}–{}", percent(range.0), percent(range.1))),
        ]);
    }
    let known = tally.all.recalls > 0;
    Figure {
        id: "retention".to_owned(),
        title: words.say("True retention", "實際記住率"),
        says: match tally.all.share() {
            None => words.say("Nothing was asked again yet.", "還沒有複習過任何題目。"),
            Some(share) => words.say(
                format!("{} of {} repeated answers were a pass; reviews are timed for {}.", percent(share), tally.all.recalls, percent(desired)),
                format!("{}次複習中通過{}；排程以{}為準。", tally.all.recalls, percent(share), percent(desired)),
            ),
        },
        note: words.say(
            "Answers a day or more after the one before. The bars are 95 % intervals; the dashed line is what reviews are timed for.",
            "只算距上次一天以上的作答。橫線是95%區間，虛線是排程的目標。",
        ),
        scene: known.then(|| rates(&rows, 0.25, Some(desired))),
        table,
    }
}

fn interval(recall: &Recall) -> (f64, f64) {
    let whole = |count: i64| usize::try_from(count).unwrap_or(0);
    let found = Interval::of(whole(recall.passes), whole(recall.recalls));
    (found.low, found.high)
}

fn rate(words: &Words<'_>, name: &str, recall: &Recall) -> Rate {
    let few = recall.recalls < ENOUGH;
    Rate {
        name: name.to_owned(),
        share: recall.share().filter(|_| !few),
        range: interval(recall),
        words: match recall.share() {
            None => words.say("none yet", "還沒有"),
            Some(_) if few => words.say("too few", "太少"),
            Some(share) => format!("{} · {}", percent(share), recall.recalls),
        },
        other: None,
    }
}

/// The first day of the oldest of so many weeks, and their number; weeks begin on Monday.
fn weeks_back(today: StudyDay, weeks: u32) -> (StudyDay, u32) {
    let monday = today.0.saturating_sub(today.date().weekday().num_days_from_monday() as i32);
    (StudyDay(monday.saturating_sub_unsigned(7 * (weeks - 1))), weeks)
}

fn week_of(first: StudyDay, day: StudyDay, weeks: u32) -> Option<u32> {
    let week = u32::try_from(day.0.checked_sub(first.0)?).ok()? / 7;
    (week < weeks).then_some(week)
}

/// Shares by week as a line; none before there are any.
fn share_trend(
    words: &Words<'_>,
    weeks: &BTreeMap<u32, (i64, i64)>,
    first: StudyDay,
    places: u32,
) -> Option<Scene> {
    let monday = |week: u32| first.plus(week * 7).date();
    let points: Vec<(u32, f64, String)> = weeks
        .iter()
        .filter(|(_, (_, all))| *all > 0)
        .map(|(week, (hits, all))| {
            let share = *hits as f64 / *all as f64;
            let title = words.say(
                format!("week of {}: {} of {all}", monday(*week), percent(share)),
                format!("{}那一週：{all}次中{}", monday(*week), percent(share)),
            );
            (*week, share, title)
        })
        .collect();
    let names = vec![(0, monday(0).to_string()), (places - 1, monday(places - 1).to_string())];
    (!points.is_empty()).then(|| trends(&[Trend { name: String::new(), points }], (0.0, 1.0), places, &names))
}

fn weeks_figure(words: &Words<'_>, tally: &Tally, today: StudyDay) -> Figure {
    let (first, places) = weeks_back(today, TREND_WEEKS);
    let mut weeks: BTreeMap<u32, (i64, i64)> = BTreeMap::new();
    for (day, sums) in &tally.days {
        if let Some(week) = week_of(first, StudyDay(*day), places) {
            let week = weeks.entry(week).or_default();
            week.0 += sums.passes;
            week.1 += sums.recalls;
        }
    }
    let mut table = words.table(&[("Week of", "週（週一）"), ("#Answers", "#作答"), ("#Passed", "#通過")]);
    table.rows.extend(weeks.iter().filter(|(_, (_, all))| *all > 0).map(|(week, (hits, all))| {
        vec![first.plus(week * 7).date().to_string(), all.to_string(), hits.to_string()]
    }));
    let recent: (i64, i64) =
        weeks.range(places.saturating_sub(4)..).fold((0, 0), |a, (_, b)| (a.0 + b.0, a.1 + b.1));
    Figure {
        id: "retention-weeks".to_owned(),
        title: words.say("True retention by week", "每週的實際記住率"),
        says: if recent.1 == 0 {
            words.say("Nothing was repeated in the last four weeks.", "最近四週沒有複習。")
        } else {
            let share = percent(recent.0 as f64 / recent.1 as f64);
            words.say(
                format!("In the last four weeks {share} of {} repeated answers were a pass.", recent.1),
                format!("最近四週{}次複習中通過{share}。", recent.1),
            )
        },
        note: String::new(),
        scene: share_trend(words, &weeks, first, places),
        table,
    }
}

fn calibration_figure(words: &Words<'_>, tally: &Tally) -> Figure {
    let mut table = words.table(&[
        ("Predicted", "預測"),
        ("#Answers", "#作答"),
        ("#Predicted on average", "#平均預測"),
        ("#Passed", "#實際通過"),
    ]);
    let mut pairs = Vec::new();
    for (tenth, bin) in tally.calibration.iter().enumerate().filter(|(_, bin)| bin.with_prediction > 0) {
        let n = bin.with_prediction as f64;
        let (expected, found) = (bin.predicted / n, bin.predicted_passes as f64 / n);
        let name = format!("{}–{}%", tenth * 10, tenth * 10 + 10);
        let title = words.say(
            format!("predicted {}, came {} of {}", percent(expected), percent(found), bin.with_prediction),
            format!("預測{}，{}次中實際{}", percent(expected), bin.with_prediction, percent(found)),
        );
        table.rows.push(vec![name, bin.with_prediction.to_string(), percent(expected), percent(found)]);
        pairs.push(Pair { expected, found, count: bin.with_prediction, title });
    }
    let error = tally.calibration_error();
    let lean = tally.all.above_prediction();
    let axes = [words.say("predicted recall", "預測記得"), words.say("answers that were a pass", "實際通過")];
    let [x, y] = &axes;
    Figure {
        id: "calibration".to_owned(),
        title: words.say("Predicted and actual recall", "預測與實際"),
        says: match (error, lean) {
            (Some(error), Some(lean)) => {
                let off = format!("{:.0}", error * 100.0);
                let lean = points(lean);
                words.say(
                    format!("Predictions are off by {off} points typically; you recall {lean} points against them on the whole."),
                    format!("預測通常差{off}個百分點；整體而言你的實際表現比預測{lean}個百分點。"),
                )
            }
            _ => words.say("There is no prediction to compare yet.", "還沒有預測可以對照。"),
        },
        note: words.say(
            "On the dashed line predictions are right. Above it you know more than predicted. Larger dots stand on more answers.",
            "落在虛線上表示預測準確，在上方表示你記得比預測多。點越大，作答次數越多。",
        ),
        scene: (!pairs.is_empty()).then(|| diagonal(&pairs, [x, y])),
        table,
    }
}

fn gap_figure(words: &Words<'_>, tally: &Tally) -> Figure {
    let mut table = words.table(&[
        ("Domain", "領域"),
        ("#English prompts", "#英文提示"),
        ("#passed", "#通過"),
        ("#Chinese prompts", "#中文提示"),
        ("#passed", "#通過"),
        ("#Gap (points)", "#差距（百分點）"),
    ]);
    let mut rows = Vec::new();
    let mut worst: Option<(f64, String)> = None;
    for ((id, _), gap) in words.domains.iter().zip(&tally.gaps) {
        let enough = gap.english.recalls >= ENOUGH && gap.chinese.recalls >= ENOUGH;
        if gap.english.recalls + gap.chinese.recalls == 0 {
            continue;
        }
        let name = words.domain(id);
        // Each language against what memory predicted: so a harder set of items in one of them is no gap.
        let lead = gap.chinese.above_prediction().zip(gap.english.above_prediction());
        let lead = lead.map(|(chinese, english)| chinese - english).filter(|_| enough);
        table.rows.push(vec![
            name.clone(),
            gap.english.recalls.to_string(),
            gap.english.share().map_or_else(String::new, percent),
            gap.chinese.recalls.to_string(),
            gap.chinese.share().map_or_else(String::new, percent),
            lead.map_or_else(String::new, points),
        ]);
        if let Some(lead) = lead
            && worst.as_ref().is_none_or(|(most, _)| lead > *most)
        {
            worst = Some((lead, name.clone()));
        }
        rows.push(Rate {
            other: gap.chinese.share().filter(|_| gap.chinese.recalls >= ENOUGH),
            ..rate(words, &name, &gap.english)
        });
    }
    Figure {
        id: "languages".to_owned(),
        title: words.say("English and Chinese", "英文與中文"),
        says: match worst.filter(|(lead, _)| *lead >= 0.005) {
            None => words.say(
                "No domain shows yet that you know it in Chinese and cannot say it in English.",
                "目前看不出哪個領域是「中文會、英文答不出來」。",
            ),
            Some((lead, name)) => words.say(
                format!("The widest gap is in {name}: asked in Chinese you do {} points better against prediction than in English.", points(lead)),
                format!("差距最大的是{name}：與預測相比，用中文問的表現比用英文問高{}個百分點。", points(lead)),
            ),
        },
        note: words.say(
            "Dots with an interval: prompts in English. The other dots: prompts in Chinese.",
            "帶橫線的點是英文提示，另一種點是中文提示。",
        ),
        scene: (!rows.is_empty()).then(|| rates(&rows, 0.0, None)),
        table,
    }
}

/// Columns for days, with some dates below.
fn dated(
    words: &Words<'_>,
    days: &[StudyDay],
    value: impl Fn(StudyDay) -> f64,
    says: impl Fn(StudyDay) -> String,
) -> Vec<Day> {
    let every = (days.len() / 4).max(1);
    (0..)
        .zip(days)
        .map(|(place, day): (usize, _)| {
            let date = day.date();
            let short =
                words.say(date.format("%b %-d").to_string(), format!("{}月{}日", date.month(), date.day()));
            Day {
                value: value(*day),
                mark: if place % every == 0 { short } else { String::new() },
                title: format!("{date}: {}", says(*day)),
            }
        })
        .collect()
}

fn history_figure(words: &Words<'_>, tally: &Tally, today: StudyDay) -> Figure {
    let first = today.0.saturating_sub_unsigned(HISTORY - 1);
    let days: Vec<StudyDay> = (first..=today.0).map(StudyDay).collect();
    let of = |day: StudyDay| tally.days.get(&day.0).copied().unwrap_or_default();
    let minutes = |day: StudyDay| (of(day).total_ms as f64 / 60_000.0).round();
    let mut table = words.table(&[("Day", "日期"), ("#Answers", "#作答"), ("#Minutes", "#分鐘")]);
    table.rows.extend(
        days.iter()
            .rev()
            .filter(|day| of(**day).answers > 0)
            .map(|day| vec![day.date().to_string(), of(*day).answers.to_string(), minutes(*day).to_string()]),
    );
    let active = table.rows.len();
    let total: i64 = days.iter().map(|day| of(*day).answers).sum();
    let bars = dated(
        words,
        &days,
        |day| of(day).answers as f64,
        |day| {
            let (answers, minutes) = (of(day).answers, minutes(day));
            words.say(format!("{answers} answers, {minutes} min"), format!("作答{answers}次，{minutes}分鐘"))
        },
    );
    Figure {
        id: "history".to_owned(),
        title: words.say("Answers by day", "每天的作答"),
        says: words.say(
            format!("{total} answers on {active} of the last {HISTORY} days."),
            format!("最近{HISTORY}天有{active}天作答，共{total}次。"),
        ),
        note: String::new(),
        scene: (total > 0).then(|| columns(&bars)),
        table,
    }
}

fn calendar_figure(words: &Words<'_>, tally: &Tally, today: StudyDay) -> Figure {
    let (first, _) = weeks_back(today, WEEKS);
    let days: Vec<StudyDay> = (first.0..=today.0).map(StudyDay).collect();
    let of = |day: StudyDay| tally.days.get(&day.0).copied().unwrap_or_default();
    let mut month = 0;
    let squares: Vec<Day> = days
        .iter()
        .map(|day| {
            let date = day.date();
            let begins = date.month() != month;
            month = date.month();
            let answers = of(*day).answers;
            Day {
                value: answers.max(0) as f64,
                mark: if begins {
                    words.say(date.format("%b").to_string(), format!("{month}月"))
                } else {
                    String::new()
                },
                title: words.say(format!("{date}: {answers} answers"), format!("{date}：作答{answers}次")),
            }
        })
        .collect();
    let active = days.iter().filter(|day| of(**day).answers > 0).count();
    let mut months: BTreeMap<(i32, u32), (i64, i64, u32)> = BTreeMap::new();
    for day in &days {
        let sums = months.entry((day.date().year(), day.date().month())).or_default();
        sums.0 += of(*day).answers;
        sums.1 += of(*day).total_ms;
        sums.2 += u32::from(of(*day).answers > 0);
    }
    let mut table =
        words.table(&[("Month", "月份"), ("#Days", "#天數"), ("#Answers", "#作答"), ("#Hours", "#小時")]);
    table.rows.extend(months.iter().filter(|(_, sums)| sums.2 > 0).map(|((year, month), sums)| {
        vec![
            format!("{year}-{month:02}"),
            sums.2.to_string(),
            sums.0.to_string(),
            format!("{:.1}", hours(sums.1)),
        ]
    }));
    Figure {
        id: "calendar".to_owned(),
        title: words.say("A year of study", "一年的學習"),
        says: words.say(
            format!("You studied on {active} days of the last year."),
            format!("過去一年有{active}天學習。"),
        ),
        note: words.say(
            "A column is a week, Monday on top; darker is more.",
            "一欄是一週，最上面是週一；顏色越深，作答越多。",
        ),
        scene: (active > 0).then(|| calendar(0, &squares)),
        table,
    }
}

fn time_figure(words: &Words<'_>, tally: &Tally) -> Figure {
    let mut rows: Vec<(String, i64)> = words
        .domains
        .iter()
        .zip(&tally.domain_ms)
        .filter(|(_, ms)| **ms > 0)
        .map(|((id, _), ms)| (words.domain(id), *ms))
        .collect();
    rows.sort_by_key(|(_, ms)| -ms);
    let written = |ms: i64| {
        let minutes = (ms as f64 / 60_000.0).round();
        if minutes < 120.0 {
            words.say(format!("{minutes} min"), format!("{minutes}分鐘"))
        } else {
            words.say(format!("{:.1} h", hours(ms)), format!("{:.1}小時", hours(ms)))
        }
    };
    let mut table = words.table(&[("Domain", "領域"), ("#Time", "#時間")]);
    table.rows.extend(rows.iter().map(|(name, ms)| vec![name.clone(), written(*ms)]));
    let bars: Vec<Across> = rows
        .iter()
        .map(|(name, ms)| Across { name: name.clone(), value: *ms as f64, words: written(*ms) })
        .collect();
    Figure {
        id: "time".to_owned(),
        title: words.say("Where the time went", "時間花在哪裡"),
        says: words.say(
            format!("{} on answers in all.", written(tally.total_ms)),
            format!("作答共花了{}。", written(tally.total_ms)),
        ),
        note: String::new(),
        scene: (!bars.is_empty()).then(|| across(&bars)),
        table,
    }
}
