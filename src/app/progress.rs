//! Progress: what was done, what is coming, how strong each domain is.

use std::collections::BTreeMap;

use super::{App, DayCount, DomainStrength, Progress};
use crate::error::Result;
use crate::store::DayFigure;
use crate::time::{Moment, StudyDay};

/// Study days of history shown.
const PAST_DAYS: u32 = 60;
/// Study days of forecast shown.
const COMING_DAYS: u32 = 30;

impl App {
    /// How study goes.
    ///
    /// # Errors
    /// Those of the database.
    pub fn progress(&mut self, now: Moment) -> Result<Progress> {
        let tally = self.tally()?;
        let read = self.store.read();
        let today = now.study_day();
        let new = read.count_new()?;
        let first = StudyDay(today.0.saturating_sub_unsigned(PAST_DAYS - 1));
        let last = today.plus(COMING_DAYS - 1);
        let past: Vec<DayFigure> = tally
            .days
            .iter()
            .filter(|(day, _)| (first.0..=today.0).contains(*day))
            .map(|(day, sums)| DayFigure {
                day: StudyDay(*day),
                items: u32::try_from(sums.answers).unwrap_or(0),
                total_ms: sums.total_ms,
            })
            .collect();
        Ok(Progress {
            answers: u32::try_from(tally.answers).unwrap_or(0),
            items_seen: read.count_cards()?,
            in_track: new.in_track,
            in_track_seen: new.in_track.saturating_sub(new.unseen),
            hours: tally.total_ms as f64 / 3_600_000.0,
            true_retention: tally.all.share(),
            days: every_day(first, today, &past),
            forecast: every_day(today, last, &read.due_by_day(today, last, self.cap(now))?),
            domains: self.domains(now)?,
        })
    }

    fn domains(&self, now: Moment) -> Result<Vec<DomainStrength>> {
        #[derive(Default)]
        struct Sum {
            seen: u32,
            due: u32,
            recall: f64,
        }
        let read = self.store.read();
        let today = now.study_day();
        let mut sums: BTreeMap<String, Sum> = BTreeMap::new();
        read.practised(|item| {
            if !sums.contains_key(item.domain) {
                sums.insert(item.domain.to_owned(), Sum::default());
            }
            if let Some(sum) = sums.get_mut(item.domain) {
                sum.seen += 1;
                sum.due += u32::from(item.due_day <= today);
                sum.recall += self.recall_of(item, now);
            }
        })?;
        let strength = |domain: crate::store::DomainFigure| {
            let sum = sums.remove(&domain.domain).unwrap_or_default();
            DomainStrength {
                in_track: domain.in_track,
                seen: sum.seen,
                due: sum.due,
                recall: (sum.seen > 0).then(|| sum.recall / f64::from(sum.seen)),
                coverage: if domain.in_track == 0 { 0.0 } else { sum.recall / f64::from(domain.in_track) },
                domain: domain.domain,
            }
        };
        Ok(read.track_by_domain()?.into_iter().map(strength).collect())
    }
}

/// A row for every day from `first` to `last`, days without figures as zero.
fn every_day(first: StudyDay, last: StudyDay, figures: &[DayFigure]) -> Vec<DayCount> {
    (first.0..=last.0)
        .map(|day| {
            let figure = figures.iter().find(|figure| figure.day.0 == day);
            DayCount {
                date: StudyDay(day).date(),
                items: figure.map_or(0, |figure| figure.items),
                seconds: figure.map_or(0, |figure| u32::try_from(figure.total_ms / 1000).unwrap_or(u32::MAX)),
            }
        })
        .collect()
}
