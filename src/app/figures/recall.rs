//! How well what was learnt is remembered.

use std::collections::BTreeMap;

use super::facts::Facts;
use super::weeks::{TREND_WEEKS, share_trend, week_of, weeks_back};
use super::words::{Words, percent, points};
use crate::chart::{Figure, Heat, HeatRow, Pair, Rate, diagonal, heat, rates};
use crate::model::Interval;
use crate::progress::{Cell, INTERVALS, Readiness, Recall};
use crate::time::StudyDay;

/// Fewest answers that a share is told for.
const ENOUGH: i64 = 5;
/// Topics named in the sentence about readiness.
const NAMED: usize = 4;

/// What a learner is ready for and what not yet, in a sentence.
pub(super) fn ready_sentence(words: &Words<'_>, found: &Readiness, goal: f64) -> String {
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
        format!("{ready}; not yet: {lacking}{more_en}. {now} of what the role needs could be recalled now; the goal is {}.", percent(goal)),
        format!("{ready}；還沒有：{lacking}{more_zh}。這個職位需要的內容，現在記得{now}，目標是{}。", percent(goal)),
    )
}

pub(super) fn strength_figure(words: &Words<'_>, facts: &Facts, found: &Readiness) -> Figure {
    let (cells, goal) = (&facts.cells, facts.goal);
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
    for cell in cells {
        table.rows.push(vec![
            words.domain(&cell.domain),
            words.topic(&cell.domain, &cell.topic),
            cell.depth.to_string(),
            cell.items.to_string(),
            cell.seen.to_string(),
            percent(cell.strength()),
        ]);
    }
    // A row for each domain and each topic that was begun; the others would be a long column of zeros.
    let row = |name: &str, label: String, leads: bool, cells: &[&Cell]| HeatRow {
        cells: (1..=deepest).map(|depth| heat_cell(words, name, depth, cells)).collect(),
        name: label,
        leads,
    };
    let mut rows: Vec<HeatRow> = Vec::new();
    for of_domain in cells.chunk_by(|a, b| a.domain == b.domain) {
        let Some(first) = of_domain.first() else { continue };
        let name = words.domain(&first.domain);
        let known = found.domains.iter().find(|known| known.domain == first.domain);
        let share = known.map_or_else(String::new, |known| format!(" · {}", percent(known.strength)));
        rows.push(row(&name, format!("{name}{share}"), true, &of_domain.iter().collect::<Vec<_>>()));
        let mut unseen = 0;
        for of_topic in of_domain.chunk_by(|a, b| a.topic == b.topic) {
            let Some(first) = of_topic.first() else { continue };
            if of_topic.iter().all(|cell| cell.seen == 0) {
                unseen += 1;
                continue;
            }
            let topic = words.topic(&first.domain, &first.topic);
            rows.push(row(&topic, topic.clone(), false, &of_topic.iter().collect::<Vec<_>>()));
        }
        if unseen > 0 {
            let topics = if unseen == 1 { "topic" } else { "topics" };
            let name = words.say(format!("{unseen} {topics} not begun"), format!("{unseen}個主題還沒開始"));
            rows.push(HeatRow { name, cells: Vec::new(), leads: false });
        }
    }
    let under = found.not_yet.len();
    Figure {
        id: "strength".to_owned(),
        title: words.say("What is known now, against what the role needs", "現在記得的，對照職位需要的"),
        says: words.say(
            format!("{} of the role's items could be recalled now; {under} topics are under the goal of {}.", percent(found.strength), percent(goal)),
            format!("職位需要的題目現在記得{}；有{under}個主題還不到{}的目標。", percent(found.strength), percent(goal)),
        ),
        note: words.say(
            "A cell is the share of its items that could be recalled now; one never practised counts as not known. Empty: the role needs nothing there. Topics not begun are in the numbers.",
            "每一格是該格題目裡現在記得的比例，沒練過的算不會。空白表示這個職位不需要。還沒開始的主題列在數字裡。",
        ),
        scene: (!cells.is_empty()).then(|| heat(&depths, &rows)),
        table,
    }
}

/// What is known of these cells at one depth, drawn; none where the role needs nothing there.
fn heat_cell(words: &Words<'_>, name: &str, depth: u8, cells: &[&Cell]) -> Option<Heat> {
    let here = || cells.iter().filter(|cell| cell.depth == depth);
    let items: u64 = here().map(|cell| u64::from(cell.items)).sum();
    let seen: u64 = here().map(|cell| u64::from(cell.seen)).sum();
    if items == 0 {
        return None;
    }
    let share = here().map(|cell| cell.recall).sum::<f64>() / items as f64;
    let text = percent(share);
    let title = words.say(
        format!("{name}, depth {depth}: {text} of {items} items, {seen} practised"),
        format!("{name}，深度{depth}：{items}題中記得{text}，練過{seen}題"),
    );
    Some(Heat { share, words: text, title })
}

pub(super) fn retention_figure(words: &Words<'_>, facts: &Facts) -> Figure {
    let (tally, desired) = (&facts.tally, facts.desired_retention);
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

pub(super) fn interval(recall: &Recall) -> (f64, f64) {
    let whole = |count: i64| usize::try_from(count).unwrap_or(0);
    let found = Interval::of(whole(recall.passes), whole(recall.recalls));
    (found.low, found.high)
}

pub(super) fn rate(words: &Words<'_>, name: &str, recall: &Recall) -> Rate {
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

pub(super) fn weeks_figure(words: &Words<'_>, facts: &Facts) -> Figure {
    let tally = &facts.tally;
    let (first, places) = weeks_back(facts.today, TREND_WEEKS);
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

pub(super) fn calibration_figure(words: &Words<'_>, facts: &Facts) -> Figure {
    let tally = &facts.tally;
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
                    format!("Predictions are off by {off} points typically; actual recall is {lean} points against them on the whole."),
                    format!("預測通常差{off}個百分點；整體而言實際表現比預測{lean}個百分點。"),
                )
            }
            _ => words.say("There is no prediction to compare yet.", "還沒有預測可以對照。"),
        },
        note: words.say(
            "On the dashed line predictions are right. Above it more is known than predicted. Larger dots stand on more answers.",
            "落在虛線上表示預測準確，在上方表示記得比預測多。點越大，作答次數越多。",
        ),
        scene: (!pairs.is_empty()).then(|| diagonal(&pairs, [x, y])),
        table,
    }
}

pub(super) fn gap_figure(words: &Words<'_>, facts: &Facts) -> Figure {
    let tally = &facts.tally;
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
    for (id, gap) in facts.domains.iter().zip(&tally.gaps) {
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
                "No domain shows yet what is known in Chinese and cannot be said in English.",
                "目前看不出哪個領域是「中文會、英文答不出來」。",
            ),
            Some((lead, name)) => words.say(
                format!("The widest gap is in {name}: asked in Chinese, answers are {} points better against prediction than in English.", points(lead)),
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
