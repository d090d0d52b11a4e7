//! Judges the planner against simulated learners: `cargo xtask bench planner`.
//!
//! Learners are drawn from the population of real memories in `data/population.json`, or read from a file
//! (`--learners FILE`, one `{"w": [19 or 21 numbers]}` a line). Their memories follow the crate `fsrs`; a policy sees
//! their answers and never their parameters, except in the row that says so. The same seed gives the same table.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a measurement that cannot go on should stop"
)]

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use divedeep::memory::{Memory, Trace};
use divedeep::model::Grade;
use divedeep::plan::{
    Band, Candidate, Habits, Learner as Learnt, Log, Planner, Population, Prices, Problem, Studied,
};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// Items, days, minutes a day.
const SETTINGS: [(usize, usize, f32); 5] =
    [(300, 10, 40.0), (300, 21, 30.0), (600, 21, 30.0), (600, 30, 45.0), (800, 60, 30.0)];

/// What the simulated learners do apart from remembering. Seconds are absolute: an item's unit is one second.
const HABITS: Habits = Habits {
    first_grades: [0.24, 0.094, 0.495, 0.171],
    pass_grades: [0.224, 0.631, 0.145],
    first_pass: 75.0,
    first_fail: 110.0,
    pass: 30.0,
    fail: 75.0,
};

/// An answer as a policy sees it.
#[derive(Clone, Copy)]
struct Answer {
    item: usize,
    day: u32,
    /// 0 again to 3 easy.
    grade: usize,
}

struct Setting {
    days: usize,
    budget: f32,
    weights: Vec<f32>,
}

struct Learner {
    memory: Memory,
    seed: u64,
}

/// One learner's study under one policy.
struct World<'a> {
    setting: &'a Setting,
    learner: &'a Learner,
    items: Vec<Option<(Trace, u32)>>,
    answers: Vec<u32>,
    day: u32,
    used: f32,
}

impl<'a> World<'a> {
    fn new(setting: &'a Setting, learner: &'a Learner) -> Self {
        let n = setting.weights.len();
        Self { setting, learner, items: vec![None; n], answers: vec![0; n], day: 0, used: 0.0 }
    }

    /// The same draw for the same learner, item and answer, whatever the policy did before.
    fn draw(&self, item: usize) -> f32 {
        let seed = self.learner.seed ^ (item as u64) << 20 ^ u64::from(self.answers[item]) << 44;
        StdRng::seed_from_u64(seed).random::<f32>()
    }

    fn answer(&mut self, item: usize) -> Answer {
        let draw = self.draw(item);
        self.answers[item] += 1;
        let pick = |shares: &[f32], draw: f32| {
            let mut sum = 0.0;
            shares
                .iter()
                .position(|share| {
                    sum += share;
                    draw < sum
                })
                .unwrap_or(shares.len() - 1)
        };
        let (grade, seconds, after) = match self.items[item] {
            None => {
                let grade = pick(&HABITS.first_grades, draw);
                let seconds = if grade == 0 { HABITS.first_fail } else { HABITS.first_pass };
                (grade, seconds, self.learner.memory.step(None, 0).unwrap()[grade])
            }
            Some((trace, last)) => {
                let days = self.day - last;
                let recall = self.learner.memory.retrievability(trace, days as f32);
                let grade = if draw < recall { 1 + pick(&HABITS.pass_grades, draw / recall) } else { 0 };
                let seconds = if grade == 0 { HABITS.fail } else { HABITS.pass };
                (grade, seconds, self.learner.memory.step(Some(trace), days).unwrap()[grade])
            }
        };
        self.items[item] = Some((after, self.day));
        self.used += seconds;
        Answer { item, day: self.day, grade }
    }

    /// Weighted recall on the day of the interview, 0 to 1.
    fn score(&self) -> f64 {
        let end = self.setting.days as f32;
        let total: f32 = self.setting.weights.iter().sum();
        let known: f32 = self
            .items
            .iter()
            .zip(&self.setting.weights)
            .map(|(item, weight)| {
                item.map_or(0.0, |(trace, last)| {
                    weight * self.learner.memory.retrievability(trace, end - last as f32)
                })
            })
            .sum();
        f64::from(known / total)
    }
}

/// What a policy believes about an item.
type Belief = Option<(Trace, u32)>;

fn believe(memory: &Memory, belief: &mut Belief, answer: Answer) {
    let after = match belief {
        None => memory.step(None, 0),
        Some((trace, last)) => memory.step(Some(*trace), answer.day - *last),
    };
    *belief = Some((after.unwrap()[answer.grade], answer.day));
}

fn expected(memory: &Memory, belief: Belief, day: u32) -> f32 {
    belief.map_or(HABITS.first_seconds(), |(trace, last)| {
        HABITS.review_seconds(memory.retrievability(trace, (day - last) as f32))
    })
}

/// Runs a day's list while the expected time of an answer fits.
fn work(
    world: &mut World<'_>,
    list: &[usize],
    memory: &Memory,
    beliefs: &mut [Belief],
    log: &mut Vec<Answer>,
) {
    for &item in list {
        if world.used + expected(memory, beliefs[item], world.day) > world.setting.budget {
            continue;
        }
        let answer = world.answer(item);
        believe(memory, &mut beliefs[item], answer);
        log.push(answer);
    }
}

fn defaults() -> Memory {
    Memory::new(1, &Memory::default_parameters(), 0.9).unwrap()
}

/// Anki with FSRS's defaults: reviews by due day, then new items; `ahead` spends spare time on what is due next.
fn anki(world: &mut World<'_>, retention: f64, new_limit: usize, by_weight: bool, ahead: bool) -> f64 {
    let memory = Memory::new(1, &Memory::default_parameters(), retention).unwrap();
    let n = world.items.len();
    let mut beliefs: Vec<Belief> = vec![None; n];
    let mut due: Vec<u32> = vec![u32::MAX; n];
    let mut log = Vec::new();
    for day in 0..world.setting.days as u32 {
        world.day = day;
        world.used = 0.0;
        let mut reviews: Vec<usize> = (0..n).filter(|&i| beliefs[i].is_some() && due[i] <= day).collect();
        reviews.sort_by_key(|&i| due[i]);
        let mut new: Vec<usize> = (0..n).filter(|&i| beliefs[i].is_none()).collect();
        if by_weight {
            new.sort_by(|a, b| world.setting.weights[*b].total_cmp(&world.setting.weights[*a]));
        }
        new.truncate(new_limit);
        let mut list = reviews;
        list.extend(new);
        if ahead {
            let mut early: Vec<usize> =
                (0..n).filter(|&i| beliefs[i].is_some_and(|(_, last)| last < day) && due[i] > day).collect();
            early.sort_by_key(|&i| due[i]);
            list.extend(early);
        }
        let from = log.len();
        work(world, &list, &memory, &mut beliefs, &mut log);
        for answer in &log[from..] {
            let (trace, _) = beliefs[answer.item].unwrap();
            due[answer.item] = day + memory.interval(trace);
        }
    }
    world.score()
}

/// The gain in recall on the day, for a second, now.
fn greedy(world: &mut World<'_>) -> f64 {
    let memory = defaults();
    let n = world.items.len();
    let mut beliefs: Vec<Belief> = vec![None; n];
    let mut log = Vec::new();
    for day in 0..world.setting.days as u32 {
        world.day = day;
        world.used = 0.0;
        let left = (world.setting.days as u32 - day) as f32;
        let first: f32 = memory
            .step(None, 0)
            .unwrap()
            .iter()
            .zip(HABITS.first_grades)
            .map(|(trace, share)| share * memory.retrievability(*trace, left))
            .sum();
        let mut rates: Vec<(usize, f32)> = (0..n)
            .filter_map(|i| {
                let gain = match beliefs[i] {
                    None => first,
                    Some((_, last)) if last == day => return None,
                    Some((trace, last)) => {
                        let recall = memory.retrievability(trace, (day - last) as f32);
                        let after = memory.step(Some(trace), day - last).unwrap();
                        let [hard, good, easy] = HABITS.pass_grades;
                        let shares = [1.0 - recall, recall * hard, recall * good, recall * easy];
                        let then: f32 =
                            after.iter().zip(shares).map(|(t, s)| s * memory.retrievability(*t, left)).sum();
                        then - memory.retrievability(trace, (day - last) as f32 + left)
                    }
                };
                Some((i, world.setting.weights[i] * gain / expected(&memory, beliefs[i], day)))
            })
            .collect();
        rates.sort_by(|a, b| b.1.total_cmp(&a.1));
        let list: Vec<usize> = rates.into_iter().filter(|(_, rate)| *rate > 0.0).map(|(i, _)| i).collect();
        work(world, &list, &memory, &mut beliefs, &mut log);
    }
    world.score()
}

fn problem(setting: &Setting, beliefs: &[Belief], day: u32) -> Problem {
    let left = setting.days - day as usize;
    Problem {
        budget: vec![setting.budget; left],
        rounds: vec![left],
        items: beliefs
            .iter()
            .zip(&setting.weights)
            .map(|(belief, weight)| Candidate {
                weights: vec![*weight],
                seconds: 1.0,
                studied: belief.map(|(trace, last)| Studied { trace, elapsed: day - last }),
            })
            .collect(),
    }
}

/// The planner with parameters that do not change.
fn planned(world: &mut World<'_>, planner: &Planner) -> (f64, f64) {
    let n = world.items.len();
    let mut beliefs: Vec<Belief> = vec![None; n];
    let mut log = Vec::new();
    let mut prices = Prices::default();
    let mut bound = 0.0;
    for day in 0..world.setting.days as u32 {
        world.day = day;
        world.used = 0.0;
        let plan = planner
            .plan(
                &problem(world.setting, &beliefs, day),
                &mut prices,
                if day == 0 || std::env::var("TIGHT").is_ok() { 80 } else { 8 },
            )
            .unwrap();
        if std::env::var("DEBUG").is_ok() {
            let order = plan.order();
            let seen = order.iter().filter(|i| beliefs[**i].is_some()).count();
            println!(
                "day {day} bound {:.2} order {} seen {} known {} prices {:?} usage {:?}",
                plan.bound,
                order.len(),
                seen,
                beliefs.iter().flatten().count(),
                plan.prices.iter().map(|p| (p * 1e6) as i32).collect::<Vec<_>>(),
                plan.usage.iter().map(|u| *u as i32).collect::<Vec<_>>()
            );
        }
        if day == 0 {
            bound = plan.bound;
        }
        work(world, &plan.order(), planner.memory(), &mut beliefs, &mut log);
        prices.next_day();
    }
    (world.score(), bound / f64::from(world.setting.weights.iter().sum::<f32>()))
}

/// Days after which the learner's parameters are learnt again.
fn learns(day: u32) -> bool {
    matches!(day, 1 | 2 | 3 | 4 | 5 | 6 | 8 | 10 | 12 | 15 | 18 | 22 | 26 | 31 | 37 | 44 | 52)
}

/// The planner as a learner has it: it starts from the population and learns from the answers.
fn learning(world: &mut World<'_>, population: &Population) -> (f64, Vec<(f64, Band)>) {
    let mut forecasts = Vec::new();
    let n = world.items.len();
    let days = world.setting.days;
    let mut chance = StdRng::seed_from_u64(world.learner.seed ^ 0x5eed);
    let mut learnt = Learnt::new(population.clone(), &mut chance);
    let memory = |w: &[f32]| Memory::new(1, w, 0.9).unwrap();
    let mut planner = Planner::new(memory(&learnt.parameters()), HABITS, days).unwrap();
    let mut log: Log = vec![Vec::new(); n];
    let mut last: Vec<u32> = vec![0; n];
    let mut prices = Prices::default();
    for day in 0..days as u32 {
        world.day = day;
        world.used = 0.0;
        if learns(day) {
            let items: Log = log.iter().filter(|item| item.len() > 1).cloned().collect();
            learnt.learn(&items, 400, &mut chance, |_| true).unwrap();
            planner = Planner::new(memory(&learnt.parameters()), HABITS, days - day as usize).unwrap();
        }
        let mut beliefs: Vec<Belief> = log
            .iter()
            .zip(&last)
            .map(|(answers, last)| {
                planner.memory().history(answers).unwrap().last().map(|trace| (*trace, *last))
            })
            .collect();
        let plan = planner
            .plan(&problem(world.setting, &beliefs, day), &mut prices, if day == 0 { 80 } else { 8 })
            .unwrap();
        let checkpoints = [0, days / 4, days / 2, 3 * days / 4, days - 1];
        for (at, checkpoint) in checkpoints.into_iter().enumerate() {
            if checkpoint != day as usize {
                continue;
            }
            let own = problem(world.setting, &beliefs, day);
            let samples: Vec<(Planner, Problem)> = learnt
                .samples()
                .iter()
                .map(|w| {
                    let sample = Planner::new(memory(w), HABITS, days - day as usize).unwrap();
                    let traces: Vec<Belief> = log
                        .iter()
                        .zip(&last)
                        .map(|(answers, last)| {
                            sample.memory().history(answers).unwrap().last().map(|trace| (*trace, *last))
                        })
                        .collect();
                    (sample, problem(world.setting, &traces, day))
                })
                .collect();
            let forecast = planner.forecast(&own, &plan.prices, &samples).unwrap();
            forecasts.push((at as f64, forecast.rounds[0]));
        }
        let mut today = Vec::new();
        work(world, &plan.order(), planner.memory(), &mut beliefs, &mut today);
        for answer in today {
            let gap = if log[answer.item].is_empty() { 0 } else { day - last[answer.item] };
            log[answer.item].push((gap, Grade::ALL[answer.grade]));
            last[answer.item] = day;
        }
        prices.next_day();
    }
    (world.score(), forecasts)
}

struct Row {
    name: String,
    scores: Vec<f64>,
}

fn timing() {
    let setting = Setting {
        days: 60,
        budget: 1800.0,
        weights: (0..1000).map(|i| [1.0, 1.0, 2.0, 2.0, 4.0][i % 5]).collect(),
    };
    let t = Instant::now();
    let planner = Planner::new(defaults(), HABITS, 60).unwrap();
    println!("grid {:?}", t.elapsed());
    let mut prices = Prices::default();
    let mut beliefs: Vec<Belief> = vec![None; 1000];
    for (i, b) in beliefs.iter_mut().enumerate().take(400) {
        *b = Some((Trace { stability: 1.0 + (i % 37) as f32, difficulty: 1.0 + (i % 9) as f32 }, 0));
    }
    for steps in [1, 2, 4, 8, 40] {
        let t = Instant::now();
        let mut p = prices.clone();
        let mut problem = problem(&setting, &beliefs, 0);
        for i in &mut problem.items {
            if let Some(s) = &mut i.studied {
                s.elapsed = 5;
            }
        }
        planner.plan(&problem, &mut p, steps).unwrap();
        println!("{steps} steps {:?}", t.elapsed());
        prices = p;
    }
}

fn main() {
    if std::env::args().nth(1).as_deref() == Some("timing") {
        return timing();
    }
    let learners: usize = std::env::args().nth(2).and_then(|a| a.parse().ok()).unwrap_or(40);
    let only: Option<usize> = std::env::args().nth(1).and_then(|a| a.parse().ok());
    let population = Population::built_in().unwrap();
    for (number, (n, days, minutes)) in SETTINGS.into_iter().enumerate() {
        if only.is_some_and(|only| only != number) {
            continue;
        }
        let started = Instant::now();
        let mut chance = StdRng::seed_from_u64(1000 + number as u64);
        let weights: Vec<f32> = (0..n)
            .map(|_| match chance.random::<f32>() {
                x if x < 0.4 => 1.0,
                x if x < 0.8 => 2.0,
                _ => 4.0,
            })
            .collect();
        let setting = Setting { days, budget: minutes * 60.0, weights };
        let rows: Mutex<Vec<(usize, Vec<(String, f64)>)>> = Mutex::default();
        let seen: Mutex<Vec<(f64, Band, f64)>> = Mutex::default();
        let next = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    loop {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        if index >= learners {
                            break;
                        }
                        let mut chance = StdRng::seed_from_u64(7_000 + index as u64);
                        let w = population.draw(&mut chance);
                        let learner =
                            Learner { memory: Memory::new(1, &w, 0.9).unwrap(), seed: chance.random() };
                        let world = || World::new(&setting, &learner);
                        let mut found = Vec::new();
                        let truth = Planner::new(Memory::new(1, &w, 0.9).unwrap(), HABITS, days).unwrap();
                        let (score, bound) = planned(&mut world(), &truth);
                        found.push(("planner, true parameters".to_owned(), score));
                        found.push(("bound".to_owned(), bound));
                        let (score, _) =
                            planned(&mut world(), &Planner::new(defaults(), HABITS, days).unwrap());
                        found.push(("planner, default parameters".to_owned(), score));
                        let (score, forecasts) = learning(&mut world(), &population);
                        found.push(("planner".to_owned(), score));
                        seen.lock()
                            .unwrap()
                            .extend(forecasts.into_iter().map(|(at, band)| (at, band, score)));
                        found.push(("greedy".to_owned(), greedy(&mut world())));
                        found.push(("anki defaults".to_owned(), anki(&mut world(), 0.9, 20, false, false)));
                        for retention in [0.7, 0.8, 0.85, 0.9, 0.95, 0.97] {
                            for limit in [10, 20, 40, usize::MAX] {
                                let score = anki(&mut world(), retention, limit, true, true);
                                found.push((format!("anki {retention} {limit}"), score));
                            }
                        }
                        rows.lock().unwrap().push((index, found));
                    }
                });
            }
        });
        let rows = rows.into_inner().unwrap();
        let names: Vec<String> = rows[0].1.iter().map(|(name, _)| name.clone()).collect();
        println!("\n{n} items, {days} days, {minutes} min ({:.0} s)", started.elapsed().as_secs_f64());
        let mut best_anki = (0.0, String::new());
        for (at, name) in names.iter().enumerate() {
            let scores: Vec<f64> = rows.iter().map(|(_, found)| found[at].1).collect();
            let mean = scores.iter().sum::<f64>() / scores.len() as f64;
            let var = scores.iter().map(|s| (s - mean).powi(2)).sum::<f64>() / (scores.len() - 1) as f64;
            if name.starts_with("anki 0") {
                if mean > best_anki.0 {
                    best_anki = (mean, name.clone());
                }
                continue;
            }
            println!("{name:40} {mean:.4} ± {:.4}", (var / scores.len() as f64).sqrt());
        }
        println!("{:40} {:.4}", best_anki.1, best_anki.0);
        let seen = seen.into_inner().unwrap();
        for at in 0..5 {
            let of: Vec<_> = seen.iter().filter(|(a, ..)| *a == f64::from(at)).collect();
            let error: f64 =
                of.iter().map(|(_, band, score)| (f64::from(band.mean) - score).abs()).sum::<f64>()
                    / of.len() as f64;
            let bias: f64 =
                of.iter().map(|(_, band, score)| f64::from(band.mean) - score).sum::<f64>() / of.len() as f64;
            let inside = of
                .iter()
                .filter(|(_, band, score)| f64::from(band.low) <= *score && *score <= f64::from(band.high))
                .count();
            let width: f64 =
                of.iter().map(|(_, band, _)| f64::from(band.high - band.low)).sum::<f64>() / of.len() as f64;
            println!(
                "forecast {at}/4: error {error:.4} bias {bias:+.4} inside {:.0} % width {width:.3}",
                100.0 * inside as f64 / of.len() as f64
            );
        }
    }
    let _ = (Row { name: String::new(), scores: vec![] }, Duration::ZERO);
}
