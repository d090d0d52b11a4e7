//! D22: burst buckets of disks and CPUs, availability of parts in a row and side by side, error budgets and burn rates.

mod availability;
mod budgets;
mod disks;
mod processors;

use std::fmt::Write as _;

use serde_json::json;

use availability::{architecture, enough_of, row, side_by_side};
use budgets::{budget, outages, requests, windows};
use disks::{job_length, repeated_job, volume, volume_under_load};
use processors::{credits, credits_by_phase, credits_under_load};

use super::{Answer, Ask, Choice, Exercise, Family, Trap, Unit, shown};
use crate::cloud::Draw;
use crate::model::{EvidenceType, Text};

pub(super) const FAMILY: Family = Family {
    id: "D22",
    place: ("aws-core", "ebs-types-performance"),
    depths: &[1, 2, 3],
    seconds: 120,
    version: 1,
    sources: &[
        "Amazon EBS User Guide, General Purpose SSD volumes (gp2: 3 IOPS per GiB, 100 to 16,000; 5.4 million I/O credits; burst to 3,000 IOPS)",
        "Amazon EC2 User Guide, Key concepts for burstable performance instances (one CPU credit is one vCPU at 100% for one minute)",
        "AWS whitepaper Availability and Beyond, Availability with hard dependencies and with redundancy",
        "The Site Reliability Workbook, chapter 5, Alerting on SLOs (burn rate, multiwindow alerts)",
    ],
    draw,
};

fn draw(draw: &mut Draw, level: u8) -> Exercise {
    match (level, draw.int(0u8, 4)) {
        (1, 0) => volume(draw),
        (1, 1) => row(draw),
        (1, 2) => side_by_side(draw),
        (1, 3) => budget(draw),
        (1, _) => credits(draw),
        (2, 0) => volume_under_load(draw),
        (2, 1) => credits_under_load(draw),
        (2, 2) => requests(draw),
        (2, 3) => architecture(draw),
        (2, _) => outages(draw),
        (_, 0) => repeated_job(draw),
        (_, 1) => job_length(draw),
        (_, 2) => windows(draw),
        (_, 3) => enough_of(draw),
        _ => credits_by_phase(draw),
    }
}

fn text(en: impl Into<String>, zh: impl Into<String>) -> Text {
    Text::new(en.into(), zh.into())
}

/// Thousands set off by commas.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// At most so many decimals, and none that say nothing.
fn plain(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// A share in percent, four decimals or as many as tell it from 100.
fn below(share: f64) -> String {
    (4..12).map(|decimals| plain(share * 100.0, decimals)).find(|text| text != "100").unwrap_or_default()
}

fn round(value: f64, decimals: i32) -> f64 {
    let scale = 10f64.powi(decimals);
    (value * scale).round() / scale
}

/// A number with the mistakes that lead elsewhere; those that happen to lead here, or to another's, are left out.
fn number(value: f64, tolerance: f64, unit: Unit, mistakes: Vec<(f64, Text)>) -> Answer {
    let mut traps: Vec<(f64, Trap)> = Vec::new();
    for (wrong, why) in mistakes {
        let apart = |other: f64| (wrong - other).abs() > 2.0 * tolerance + 1e-6 * other.abs().max(1.0);
        if wrong.is_finite() && wrong >= 0.0 && apart(value) && traps.iter().all(|(other, _)| apart(*other)) {
            traps.push((wrong, Trap::new(plain(wrong, 6), why)));
        }
    }
    let traps = traps.into_iter().map(|(_, trap)| trap).collect();
    Answer::Number { value: round(value, 3), tolerance, unit, traps }
}

/// Availabilities people state, in hundredths of a percent.
const STATED: [u64; 8] = [9900, 9950, 9980, 9990, 9995, 9999, 9975, 9925];

fn percent(hundredths: u64) -> String {
    format!("{}%", plain(hundredths as f64 / 100.0, 2))
}

fn share(hundredths: u64) -> f64 {
    hundredths as f64 / 10_000.0
}

fn clock(seconds: u64) -> String {
    format!("{:02}:{:02}:{:02}", seconds / 3600 % 24, seconds / 60 % 60, seconds % 60)
}
