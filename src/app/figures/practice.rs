//! Drills, incidents, stories and scores.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::facts::Facts;
use super::weeks::{TREND_WEEKS, share_trend, week_of, weeks_back};
use super::words::Words;
use crate::chart::{Across, Figure, Trend, across, trends};
use crate::model::Item;
use crate::story::GapKind;

pub(super) fn drills_figure(words: &Words<'_>, facts: &Facts) -> Figure {
    let cases = &facts.drills;
    let (first, places) = weeks_back(facts.today, TREND_WEEKS);
    let mut weeks: BTreeMap<u32, (i64, i64)> = BTreeMap::new();
    let mut families: BTreeMap<&str, (u32, u32, u8)> = BTreeMap::new();
    for case in cases {
        if let Some(week) = week_of(first, case.day, places) {
            let sums = weeks.entry(week).or_default();
            sums.0 += i64::from(case.pass);
            sums.1 += 1;
        }
        let family = families.entry(&case.family).or_default();
        family.0 += 1;
        family.1 += u32::from(case.pass);
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
    Figure {
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
            "By week. Levels rise with each pass, so a steady line is progress.",
            "以週為單位。通過後難度會提高，所以持平也是進步。",
        ),
        scene: share_trend(words, &weeks, first, places),
        table,
    }
}

pub(super) fn incidents_figure(words: &Words<'_>, facts: &Facts) -> Figure {
    let played = &facts.plays;
    let mut table = words.table(&[("Day", "日期"), ("Incident", "事件"), ("#Points", "#分數")]);
    table.rows.extend(
        played
            .iter()
            .map(|(date, incident, points)| vec![date.to_string(), incident.clone(), points.to_string()]),
    );
    let line = Trend {
        name: String::new(),
        points: (0..)
            .zip(played)
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
    Figure {
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
    }
}

pub(super) fn stories_figure(words: &Words<'_>, facts: &Facts) -> Figure {
    // What only touches a principle, or is not there at all, leaves it uncovered.
    let shown = |thin: Option<GapKind>| !matches!(thin, Some(GapKind::Uncovered | GapKind::Weak));
    let covered = facts.principles.iter().filter(|principle| shown(principle.thin)).count();
    let mut table =
        words.table(&[("Principle", "準則"), ("#Stories", "#故事數"), ("What is missing", "還缺什麼")]);
    let mut rows = Vec::new();
    for principle in &facts.principles {
        let count = principle.stories;
        let lacks = match principle.thin {
            None => String::new(),
            Some(GapKind::Uncovered) => words.say("no story", "沒有故事"),
            Some(GapKind::Weak) => words.say("none shows it clearly", "沒有一個故事說得清楚"),
            Some(GapKind::Single) => words.say("only one shows it clearly", "只有一個故事說得清楚"),
            Some(GapKind::Stale) => words.say("not told for a while", "很久沒有講過"),
        };
        let name = words.topic(Item::PRINCIPLES, &principle.id);
        table.rows.push(vec![name.clone(), count.to_string(), lacks.clone()]);
        rows.push(Across { name, value: f64::from(count), words: count.to_string() });
    }
    Figure {
        id: "stories".to_owned(),
        title: words.say("Stories by principle", "各準則的故事"),
        says: words.say(
            format!(
                "{} stories; {} of {} principles shown clearly by one.",
                facts.stories,
                covered,
                facts.principles.len()
            ),
            format!(
                "{}個故事；{}條準則裡有{}條至少有一個故事說得清楚。",
                facts.stories,
                facts.principles.len(),
                covered
            ),
        ),
        note: String::new(),
        scene: (facts.stories > 0).then(|| across(&rows)),
        table,
    }
}

pub(super) fn rubric_figure(words: &Words<'_>, facts: &Facts) -> Figure {
    let scored = &facts.scores;
    let mut table = words.table(&[("Day", "日期"), ("#Mean of own scores (1 to 4)", "#自評平均（1到4）")]);
    table.rows.extend(scored.iter().map(|(date, mean)| vec![date.to_string(), format!("{mean:.1}")]));
    let line = Trend {
        name: String::new(),
        points: (0..)
            .zip(scored)
            .map(|(place, (date, mean))| (place, *mean, format!("{date}: {mean:.1}")))
            .collect(),
    };
    let ends: Vec<(u32, String)> = [scored.first(), scored.last()]
        .into_iter()
        .flatten()
        .zip([0, (scored.len().saturating_sub(1)) as u32])
        .map(|((date, ..), place)| (place, date.to_string()))
        .collect();
    Figure {
        id: "rubric".to_owned(),
        title: words.say("Own scores for told answers", "口說作答的自評"),
        says: if scored.is_empty() {
            words.say("No told answer was scored yet.", "還沒有為口說作答評分。")
        } else {
            words.say(
                format!("{} answers, scored on the rubric by who told them.", scored.len()),
                format!("依評分表自評過{}次。", scored.len()),
            )
        },
        note: words
            .say("The learner's own judgement, not the program's.", "由作答的人自己評分，不是程式打的分數。"),
        scene: (!scored.is_empty()).then(|| trends(&[line], (1.0, 4.0), scored.len() as u32, &ends)),
        table,
    }
}
