//! Learning the learner, in the terminal.

use std::io::{self, IsTerminal, Write};

use divedeep::app::{Learnt, Study};
use divedeep::error::Error;
use divedeep::model::Language;
use divedeep::plan::Fit;
use divedeep::shell;

use super::Words;

/// Fits, with the share done on standard error where somebody looks. Ctrl-C ends it, and nothing is changed.
pub fn run(study: &Study, language: Language) -> Result<Option<Fit>, Error> {
    let words = Words(language).pick("Learning from your answers", "從你的作答學習中");
    let mut terminal = io::stderr().lock();
    let looks = terminal.is_terminal();
    let mut told = 0;
    let fit = study.run(&mut shell::chance(), |share| {
        let percent = (100.0 * share) as u32;
        if looks && percent > told {
            told = percent;
            // Nobody needs the progress for the result.
            let _ = write!(terminal, "\r{words} {percent} %");
        }
        true
    });
    if looks && told > 0 {
        let _ = writeln!(terminal);
    }
    fit
}

/// Prints what was learnt.
pub fn print(out: &mut impl Write, learnt: Option<&Learnt>, language: Language) -> io::Result<()> {
    let words = Words(language);
    let Some(learnt) = learnt else {
        return writeln!(
            out,
            "{}",
            words.pick(
                "Nothing to learn from yet: no question was answered again on a later day.",
                "資料還不夠：要有題目隔天以後再答一次，才能推算你的記憶。",
            )
        );
    };
    let evidence = &learnt.evidence;
    let text = words
        .pick(
            "Learnt from {n} later answers. Error of predictions (log loss): {before} before, {after} after.",
            "從{n}次之後的作答學習完成。預測誤差（log loss）：之前{before}，之後{after}。",
        )
        .replace("{n}", &evidence.answers.to_string())
        .replace("{before}", &format!("{:.3}", evidence.log_loss_before))
        .replace("{after}", &format!("{:.3}", evidence.log_loss_after));
    writeln!(out, "{text}")?;
    if let (Some(before), Some(after)) = (evidence.held_out_before, evidence.held_out_after) {
        let text = words
            .pick(
                "On the newest {n}, which the fit had not seen: {before} before, {after} after.",
                "對沒看過的最新{n}次作答：之前{before}，之後{after}。",
            )
            .replace("{n}", &evidence.held_out.to_string())
            .replace("{before}", &format!("{before:.3}"))
            .replace("{after}", &format!("{after:.3}"));
        writeln!(out, "{text}")?;
    }
    Ok(())
}
