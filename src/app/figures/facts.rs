//! Everything the figures stand on.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::progress::{Cell, Readiness, Tally, readiness};
use crate::story::GapKind;
use crate::time::StudyDay;

/// What is known of a learner at a moment: the figures need nothing else, so that whoever was sent it sees the same.
/// Everything in it is the learner's own account: answers are graded by who gave them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Facts {
    /// The study day it speaks of.
    pub today: StudyDay,
    /// Share of the track's items that the learner wants to be able to recall, 0 to 1.
    pub goal: f64,
    /// Recall that reviews are timed for, 0 to 1.
    pub desired_retention: f64,
    /// Domains in the order of the bank, and of every list by domain in `tally`.
    pub domains: Vec<String>,
    /// The log in sums.
    pub tally: Tally,
    /// What is known now, by topic and depth, in the order of `domains`.
    pub cells: Vec<Cell>,
    /// Items due on each of the coming days, from today on; what is overdue counts for today.
    pub due: Vec<u32>,
    /// Answered drills, oldest first.
    pub drills: Vec<DrillFact>,
    /// Finished plays of incidents, oldest first: the local day, the incident, points of 100.
    pub plays: Vec<(NaiveDate, String, u32)>,
    /// Stories written.
    pub stories: u32,
    /// Every principle with its stories, in the order of the bank.
    pub principles: Vec<PrincipleFact>,
    /// Told answers that the learner scored, oldest first: the local day, the mean on the rubric, 1 to 4.
    pub scores: Vec<(NaiveDate, f64)>,
}

/// An answered drill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrillFact {
    /// Its family.
    pub family: String,
    /// Its level.
    pub level: u8,
    /// The study day of the answer.
    pub day: StudyDay,
    /// Whether it was passed.
    pub pass: bool,
}

/// A principle and the learner's stories for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrincipleFact {
    /// Its id.
    pub id: String,
    /// Stories that show it at all.
    pub stories: u32,
    /// What is thin; none where nothing is.
    pub thin: Option<GapKind>,
}

/// The last day that is believed: 2190-01-01 or so.
const LAST_DAY: i32 = 80_000;
/// Most of anything that is counted by itself: items of a cell, answers of a day.
const MOST: i64 = 1_000_000;
/// Most answers of a life.
const MOST_ANSWERS: i64 = 10_000_000;
/// Most rows of anything: cells, answers to drills, plays. Years of study have some thousands.
const MOST_ROWS: usize = 20_000;
/// Most cells: depths of topics of domains; they are walked for each other.
const MOST_CELLS: usize = 5000;

impl Facts {
    /// Ready for what, and what not yet.
    pub fn readiness(&self) -> Readiness {
        readiness(&self.cells, self.goal)
    }

    /// Whether this can be somebody's account of themselves at all. What came from elsewhere is asked first, so that no
    /// figure reckons with numbers that nobody can have.
    pub fn is_believable(&self) -> bool {
        let share = |share: f64| (0.0..=1.0).contains(&share);
        let day = |day: i32| (0..=LAST_DAY).contains(&day);
        let date = |date: NaiveDate| day(StudyDay::of_date(date).0);
        let cell = |cell: &Cell| {
            cell.depth <= 9
                && i64::from(cell.items) <= MOST
                && cell.seen <= cell.items
                && (0.0..=f64::from(cell.items)).contains(&cell.recall)
        };
        day(self.today.0)
            && share(self.goal)
            && share(self.desired_retention)
            && self.cells.len() <= MOST_CELLS
            && [self.drills.len(), self.plays.len(), self.principles.len(), self.scores.len()]
                .iter()
                .all(|rows| *rows <= MOST_ROWS)
            && self.cells.iter().all(cell)
            && self.due.len() <= 1000
            && self.due.iter().all(|items| i64::from(*items) <= MOST)
            && self.drills.iter().all(|drill| day(drill.day.0))
            && self.plays.iter().all(|(at, _, points)| date(*at) && *points <= 100)
            && self.principles.iter().all(|principle| i64::from(principle.stories) <= MOST)
            && self.scores.iter().all(|(at, mean)| date(*at) && (0.0..=5.0).contains(mean))
            && self.tally.is_believable(day, MOST_ANSWERS)
    }
}
