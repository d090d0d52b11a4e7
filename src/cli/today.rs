//! Today and the bank's numbers, printed.

use std::io::{self, Write};

use divedeep::app::{Group, Notice, Outline, Today};
use divedeep::bank::Stats;
use divedeep::model::Language;

use super::Words;

/// Prints the day's list.
pub fn print(out: &mut impl Write, today: &Today, outline: &Outline, language: Language) -> io::Result<()> {
    let words = Words(language);
    for notice in &today.notices {
        writeln!(out, "! {}", notice_text(notice, words))?;
    }
    if let Some(next) = &today.next_round {
        let name = if next.round.name.is_empty() {
            words.pick("the interview", "面試")
        } else {
            next.round.name.as_str().into()
        };
        let text = match next.days_left {
            0 => words.pick("Today is {name}.", "今天就是{name}。"),
            1 => words.pick("1 day to {name} ({date}).", "距離{name}還有1天（{date}）。"),
            _ => words.pick("{days} days to {name} ({date}).", "距離{name}還有{days}天（{date}）。"),
        };
        let text = text
            .replace("{days}", &next.days_left.to_string())
            .replace("{date}", &next.round.date.to_string())
            .replace("{name}", &name);
        writeln!(out, "{text}")?;
    }
    let text = words
        .pick(
            "{planned} min planned, {answers} answered ({done} min).",
            "計畫{planned}分鐘，已完成{answers}題（{done}分鐘）。",
        )
        .replace("{planned}", &today.minutes_planned.to_string())
        .replace("{answers}", &today.answers_done.to_string())
        .replace("{done}", &today.seconds_done.div_ceil(60).to_string());
    writeln!(out, "{text}")?;
    group(out, &words.pick("reviews", "複習"), &today.reviews, outline, language)?;
    group(out, &words.pick("new", "新題"), &today.new, outline, language)?;
    if today.reviews_left_out > 0 {
        let text = words
            .pick("{n} more due that do not fit into today's minutes.", "另有{n}題到期，排不進今天的分鐘數。")
            .replace("{n}", &today.reviews_left_out.to_string());
        writeln!(out, "{text}")?;
    }
    Ok(())
}

/// A notice as a sentence.
pub fn notice_text(notice: &Notice, words: Words) -> String {
    match notice {
        Notice::ClockBehind { last_review } => words
            .pick(
                "The clock stands before your last review ({date}). Nothing is lost; check the date of this computer.",
                "系統時間早於你上一次的複習（{date}）。資料都還在，請檢查這台電腦的日期。",
            )
            .replace("{date}", &last_review.to_string()),
        Notice::RoundsOver { last_round } => words
            .pick(
                "Your last interview round ({date}) is over. Set the next one, or study on without a date.",
                "最後一輪面試（{date}）已經結束。可以設定下一輪，或不設日期繼續練習。",
            )
            .replace("{date}", &last_round.to_string()),
    }
}

fn group(
    out: &mut impl Write,
    name: &str,
    group: &Group,
    outline: &Outline,
    language: Language,
) -> io::Result<()> {
    let minutes = group.seconds.div_ceil(60);
    let unit = Words(language).pick(" min", "分鐘");
    let domains: Vec<String> = group
        .domains
        .iter()
        .map(|count| {
            let name = outline.domains.iter().find(|domain| domain.id == count.domain);
            let name = name.map_or(count.domain.as_str(), |domain| domain.name.get(language));
            format!("{name} {}", count.items)
        })
        .collect();
    writeln!(out, "{minutes:4}{unit}  {name} {}  {}", group.items, domains.join(" · "))
}

/// Prints the bank's numbers.
pub fn print_stats(out: &mut impl Write, stats: &Stats) -> io::Result<()> {
    let row = |name: &str, count: &divedeep::bank::Count| {
        format!("{name:32} {:5} {:5} {:8} {:8}", count.total, count.draft, count.reviewed, count.verified)
    };
    writeln!(out, "{:32} {:>5} {:>5} {:>8} {:>8}", "", "total", "draft", "reviewed", "verified")?;
    writeln!(out, "{} of {} planned", row("questions", &stats.questions), stats.planned)?;
    writeln!(out, "{}", row("prompts", &stats.prompts))?;
    for (domain, count) in &stats.by_domain {
        writeln!(out, "{}", row(&format!("  {domain}"), count))?;
    }
    for (depth, count) in &stats.by_depth {
        writeln!(out, "{}", row(&format!("  depth {depth}"), count))?;
    }
    for (kind, count) in &stats.by_kind {
        writeln!(out, "{}", row(&format!("  {kind}"), count))?;
    }
    Ok(())
}
