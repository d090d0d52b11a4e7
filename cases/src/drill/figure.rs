//! Numbers to be typed, with what common mistakes give.

use super::{Answer, Trap, Unit};
use crate::model::Text;

/// A number; mistakes that happen to give the right one here are left out.
pub(super) fn figure(value: f64, tolerance: f64, unit: Unit, mistakes: Vec<(f64, Text)>) -> Answer {
    let mut traps: Vec<(f64, Trap)> = Vec::new();
    for (wrong, why) in mistakes {
        // A mistake is told from the right answer and from others only outside their tolerances.
        let apart = |other: f64| (wrong - other).abs() > 2.0 * tolerance + 1e-6 * other.abs().max(1.0);
        if wrong.is_finite() && apart(value) && traps.iter().all(|(other, _)| apart(*other)) {
            // Three decimals are enough to be typed, and to be told apart.
            traps.push((wrong, Trap::new((wrong * 1000.0).round() / 1000.0, why)));
        }
    }
    Answer::Number { value, tolerance, unit, traps: traps.into_iter().map(|(_, trap)| trap).collect() }
}

/// A count.
pub(super) fn count(value: u64, mistakes: Vec<(u64, Text)>) -> Answer {
    let mistakes = mistakes.into_iter().map(|(wrong, why)| (wrong as f64, why)).collect();
    figure(value as f64, 0.0, Unit::None, mistakes)
}

/// MiB, exactly.
pub(super) fn mebibytes(value: u64, mistakes: Vec<(u64, Text)>) -> Answer {
    let mistakes = mistakes.into_iter().map(|(wrong, why)| (wrong as f64, why)).collect();
    figure(value as f64, 0.0, Unit::MiB, mistakes)
}

/// Two decimals at most.
pub(super) fn short(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A number with its noun: `1 task`, `2 tasks`.
pub(super) fn counted(count: impl std::fmt::Display, noun: &str) -> String {
    let count = count.to_string();
    let plural = if count == "1" { "" } else { "s" };
    format!("{count} {noun}{plural}")
}
