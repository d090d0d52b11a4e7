//! The plan to the interview, printed.

use std::io::{self, Write};

use divedeep::app::{Outline, PlanPage};
use divedeep::model::Language;

use super::Words;

/// Items of today's list that are printed.
const SHOWN: usize = 12;

/// Prints the plan.
pub fn print(out: &mut impl Write, plan: &PlanPage, outline: &Outline, language: Language) -> io::Result<()> {
    let words = Words(language);
    if plan.rounds.is_empty() {
        return writeln!(
            out,
            "{}",
            words.pick(
                "No interview date within 120 days: reviews come when they are due, new items by depth and frequency.",
                "120天內沒有面試日期：到期的題目先複習，新題依深度與常見程度安排。",
            )
        );
    }
    let percent = |share: f64| format!("{:.0}%", 100.0 * share);
    for forecast in &plan.rounds {
        let name = if forecast.round.name.is_empty() {
            words.pick("Interview", "面試")
        } else {
            forecast.round.name.as_str().into()
        };
        let text = words
            .pick(
                "{date} {name}: expected recall {known} ({low} to {high})",
                "{date} {name}：預計記得{known}的內容（{low}到{high}）",
            )
            .replace("{date}", &forecast.round.date.to_string())
            .replace("{known}", &percent(forecast.known))
            .replace("{low}", &percent(forecast.low))
            .replace("{high}", &percent(forecast.high))
            .replace("{name}", &name);
        writeln!(out, "{text}")?;
    }
    let known = plan.known.first().map_or(0.0, |point| point.known);
    let text = words
        .pick(
            "{days} days, {minutes} min a day. Known today: {known}. Ten more minutes a day: +{ten} points.",
            "還有{days}天，每天{minutes}分鐘。目前記得：{known}。每天多10分鐘：+{ten}個百分點。",
        )
        .replace("{days}", &plan.days_left.to_string())
        .replace("{minutes}", &plan.minutes_per_day.to_string())
        .replace("{known}", &percent(known))
        .replace("{ten}", &format!("{:.1}", 100.0 * plan.ten_more_minutes));
    writeln!(out, "{text}")?;
    let reached = match plan.reached {
        Some(date) => words
            .pick("Your goal, {goal}, is expected by {date}.", "預計在{date}達成你的目標（{goal}）。")
            .replace("{date}", &date.to_string()),
        None => words
            .pick(
                "Your goal, {goal}, is not reached yet by the last round.",
                "到最後一輪面試為止，還達不到你的目標（{goal}）。",
            )
            .into_owned(),
    };
    writeln!(out, "{}", reached.replace("{goal}", &percent(plan.goal)))?;
    if let Some(behind) = plan.behind {
        let text = words
            .pick(
                "Of the last 7 days' {planned} min, {done} were studied. The plan counts with the time that is left.",
                "最近7天預定{planned}分鐘，完成{done}分鐘。計畫已依剩下的時間重新安排。",
            )
            .replace("{planned}", &behind.minutes_planned.to_string())
            .replace("{done}", &behind.minutes_done.to_string());
        writeln!(out, "{text}")?;
    }
    if plan.dropped_count > 0 {
        let text = words
            .pick(
                "{n} of {all} items will not be reached: others help more for the same time.",
                "{all}題中有{n}題不會排到：同樣的時間，其他題目收穫更多。",
            )
            .replace("{n}", &plan.dropped_count.to_string())
            .replace("{all}", &plan.items.to_string());
        writeln!(out, "{text}")?;
        let domains: Vec<String> = plan
            .dropped_domains
            .iter()
            .map(|count| {
                let domain = outline.domains.iter().find(|domain| domain.id == count.domain);
                let name = domain.map_or(count.domain.as_str(), |domain| domain.name.get(language));
                format!("{name} {}", count.items)
            })
            .collect();
        writeln!(out, "  {}", domains.join(" · "))?;
    }
    writeln!(
        out,
        "\n{}",
        words.pick("Today, most gain for a minute first:", "今天，每分鐘收穫最多的在前：")
    )?;
    for item in plan.list.iter().take(SHOWN) {
        let domain = outline.domains.iter().find(|domain| domain.id == item.domain);
        let domain = domain.map_or(item.domain.as_str(), |domain| domain.name.get(language));
        let minutes = words
            .pick("{} min", "{}分鐘")
            .replace("{}", &(f64::from(item.seconds) / 60.0).round().max(1.0).to_string());
        let state = match item.recall {
            None => words.pick("new", "新題").into_owned(),
            Some(recall) => format!("{} {}", words.pick("recall", "記得"), percent(recall)),
        };
        writeln!(out, "  {}", item.prompt.get(language))?;
        writeln!(out, "      {} · {domain} · {state} · {minutes}", item.item.id)?;
    }
    if plan.list.len() > SHOWN {
        writeln!(out, "  … {}", plan.list.len() - SHOWN)?;
    }
    Ok(())
}
