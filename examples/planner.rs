//! Judges the planner against simulated learners: `cargo xtask bench planner`.
//!
//! Learners are drawn from the population of real memories in `data/population.json`, or read from a file
//! (`--learners FILE`, one `{"w": [19 or 21 numbers]}` a line). Their memories follow the crate `fsrs`; a policy sees
//! their answers and never their parameters, except in the row that says so. The same seed gives the same table.
//!
//! The planner learns a learner's parameters again after 1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 18, 22, 26, 31, 37, 44 and 52
//! days, and plans anew every day. An item is begun only while its expected time fits into the day.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a measurement that cannot go on should stop"
)]

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

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

/// Learners drawn from the population.
const LEARNERS: usize = 40;
/// Steps of the chain each time the learner's parameters are learnt again.
const CHAIN_STEPS: usize = 400;
/// Anki's settings that are tried in hindsight.
const RETENTIONS: [f64; 7] = [0.70, 0.75, 0.80, 0.85, 0.90, 0.95, 0.97];
const NEW_LIMITS: [usize; 7] = [5, 10, 15, 20, 30, 50, usize::MAX];

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
fn planned(world: &mut World<'_>, planner: &Planner) -> f64 {
    let n = world.items.len();
    let mut beliefs: Vec<Belief> = vec![None; n];
    let mut log = Vec::new();
    let mut prices = Prices::default();
    for day in 0..world.setting.days as u32 {
        world.day = day;
        world.used = 0.0;
        let plan = planner.plan(&problem(world.setting, &beliefs, day), &mut prices, steps(day)).unwrap();
        work(world, &plan.order(), planner.memory(), &mut beliefs, &mut log);
        prices.next_day();
    }
    world.score()
}

/// Price steps: many on the first day, few on the others, which begin with yesterday's prices.
fn steps(day: u32) -> usize {
    if day == 0 { 80 } else { 8 }
}

/// Days after which the learner's parameters are learnt again.
fn learns(day: u32) -> bool {
    matches!(day, 1 | 2 | 3 | 4 | 5 | 6 | 8 | 10 | 12 | 15 | 18 | 22 | 26 | 31 | 37 | 44 | 52)
}

/// The planner as a learner has it: it starts from the population and learns from the answers.
fn learning(world: &mut World<'_>, population: &Population) -> (f64, Vec<Band>) {
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
            learnt.learn(&items, CHAIN_STEPS, &mut chance, |_| true).unwrap();
            planner = Planner::new(memory(&learnt.parameters()), HABITS, days - day as usize).unwrap();
        }
        let mut beliefs: Vec<Belief> = log
            .iter()
            .zip(&last)
            .map(|(answers, last)| {
                planner.memory().history(answers).unwrap().last().map(|trace| (*trace, *last))
            })
            .collect();
        let plan = planner.plan(&problem(world.setting, &beliefs, day), &mut prices, steps(day)).unwrap();
        let checkpoints = [0, days / 4, days / 2, 3 * days / 4, days - 1];
        for _ in checkpoints.into_iter().filter(|checkpoint| *checkpoint == day as usize) {
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
            let samples: Vec<(&Planner, Problem)> =
                samples.iter().map(|(sample, problem)| (sample, problem.clone())).collect();
            let forecast = planner.forecast(&own, &plan.prices, &samples).unwrap();
            forecasts.push(forecast.rounds[0]);
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

/// The figures of one learner in one setting: a score for each policy, and forecasts by quarter of the time.
struct Study {
    scores: Vec<f64>,
    forecasts: Vec<Band>,
}

/// The rows before Anki's.
const ROWS: [&str; 5] = [
    "upper bound, true parameters",
    "planner, true parameters",
    "planner",
    "planner, default parameters",
    "greedy, default parameters",
];

fn study(setting: &Setting, learner: &Learner, w: &[f32], population: &Population) -> Study {
    let world = || World::new(setting, learner);
    let memory = || Memory::new(1, w, 0.9).unwrap();
    let unseen: Vec<Belief> = vec![None; setting.weights.len()];
    let all = f64::from(setting.weights.iter().sum::<f32>());
    let exact = Planner::exact(memory(), HABITS, setting.days).unwrap();
    let bound = exact.plan(&problem(setting, &unseen, 0), &mut Prices::default(), 80).unwrap().bound / all;
    let truth = planned(&mut world(), &Planner::new(memory(), HABITS, setting.days).unwrap());
    let (learnt, forecasts) = learning(&mut world(), population);
    let defaults = planned(&mut world(), &Planner::new(defaults(), HABITS, setting.days).unwrap());
    let mut scores = vec![bound, truth, learnt, defaults, greedy(&mut world())];
    scores.push(anki(&mut world(), 0.9, 20, false, false));
    for retention in RETENTIONS {
        for limit in NEW_LIMITS {
            scores.push(anki(&mut world(), retention, limit, true, true));
        }
    }
    Study { scores, forecasts }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

fn standard_error(values: &[f64]) -> f64 {
    let middle = mean(values);
    let variance = values.iter().map(|value| (value - middle).powi(2)).sum::<f64>()
        / (values.len() as f64 - 1.0).max(1.0);
    (variance / values.len() as f64).sqrt()
}

/// Prints a setting's rows and adds its forecasts to the pool: quarter, band, truth.
fn report(setting: &Setting, studies: &[Study], minutes: f32, pool: &mut Vec<(usize, Band, f64)>) {
    let column = |at: usize| -> Vec<f64> { studies.iter().map(|study| study.scores[at]).collect() };
    let bound = mean(&column(0));
    println!("\n{} items, {} days, {minutes} minutes a day", setting.weights.len(), setting.days);
    let row = |name: &str, at: usize| {
        let values = column(at);
        println!(
            "{name:44} {:.4} ± {:.4} {:>9.3}",
            mean(&values),
            standard_error(&values),
            mean(&values) / bound
        );
    };
    for (at, name) in ROWS.iter().enumerate() {
        row(name, at);
    }
    row("Anki's defaults", ROWS.len());
    let first = ROWS.len() + 1;
    let best = (first..first + RETENTIONS.len() * NEW_LIMITS.len())
        .max_by(|a, b| mean(&column(*a)).total_cmp(&mean(&column(*b))))
        .unwrap();
    let (retention, limit) =
        (RETENTIONS[(best - first) / NEW_LIMITS.len()], NEW_LIMITS[(best - first) % NEW_LIMITS.len()]);
    let limit = if limit == usize::MAX { "any number".to_owned() } else { limit.to_string() };
    row(&format!("Anki tuned in hindsight ({retention:.2}, {limit} new)"), best);
    for study in studies {
        pool.extend(
            study.forecasts.iter().enumerate().map(|(quarter, band)| (quarter, *band, study.scores[2])),
        );
    }
}

/// How far forecasts were off and how often the truth lay within them.
fn calibration(name: &str, pool: &[(usize, Band, f64)]) {
    for quarter in 0..5 {
        let of: Vec<_> = pool.iter().filter(|(at, ..)| *at == quarter).collect();
        let errors: Vec<f64> =
            of.iter().map(|(_, band, truth)| (f64::from(band.mean) - truth).abs()).collect();
        let inside = of
            .iter()
            .filter(|(_, band, truth)| f64::from(band.low) <= *truth && *truth <= f64::from(band.high))
            .count();
        let when =
            ["on the first day", "after a quarter", "half way", "after three quarters", "on the day before"];
        println!(
            "{name:10} {:24} error {:.4}   within the 90 % interval {:5.1} %",
            when[quarter],
            mean(&errors),
            100.0 * inside as f64 / of.len().max(1) as f64
        );
    }
}

fn timing() {
    let setting = Setting {
        days: 60,
        budget: 1800.0,
        weights: (0..1000).map(|i| [1.0, 1.0, 2.0, 2.0, 4.0][i % 5]).collect(),
    };
    let half: Vec<Belief> = (0..1000)
        .map(|i| {
            (i % 2 == 0)
                .then_some((Trace { stability: 1.0 + (i % 37) as f32, difficulty: 1.0 + (i % 9) as f32 }, 0))
        })
        .collect();
    let mut problem = problem(&setting, &half, 0);
    problem.items.iter_mut().filter_map(|item| item.studied.as_mut()).for_each(|studied| studied.elapsed = 5);
    let planner = Planner::new(defaults(), HABITS, 60).unwrap();
    let mut prices = Prices::default();
    let first = time(1, || drop(planner.plan(&problem, &mut prices, steps(0)).unwrap()));
    let again = time(15, || drop(planner.plan(&problem, &mut prices.clone(), steps(1)).unwrap()));
    let plan = planner.plan(&problem, &mut prices, steps(1)).unwrap();
    let order = time(51, || drop(plan.order()));
    println!("\n1,000 items, half of them studied, 60 days, one core; medians in milliseconds");
    println!("{:44} {first:9.3}", "first plan");
    println!("{:44} {again:9.3}", "plan of a day, from yesterday's prices");
    println!("{:44} {order:9.3}", "ranking");
}

/// The median time of a piece of work, in milliseconds.
fn time(runs: usize, mut work: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..runs)
        .map(|_| {
            let started = Instant::now();
            work();
            started.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// Parameters of learners from a file: one `{"w": [19 or 21 numbers]}` a line.
fn learners_of(path: &str) -> Vec<Vec<f32>> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines
        .map(|line| {
            let value: serde_json::Value =
                serde_json::from_str(line).unwrap_or_else(|error| panic!("{path}: {error}"));
            let numbers = value["w"].as_array().unwrap_or_else(|| panic!("{path}: a line without \"w\""));
            let mut w: Vec<f32> = numbers.iter().map(|number| number.as_f64().unwrap() as f32).collect();
            match w.len() {
                19 => w.extend([0.0, 0.5]),
                21 => {}
                other => panic!("{path}: {other} numbers, 19 or 21 are parameters"),
            }
            w
        })
        .collect()
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let file = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => None,
        ["--learners", path] => Some(learners_of(path)),
        _ => panic!("usage: planner [--learners FILE]"),
    };
    let started = Instant::now();
    let population = Population::built_in().unwrap();
    let seeds: Vec<u64> =
        (0..file.as_ref().map_or(LEARNERS, Vec::len) as u64).map(|index| 7_000 + index).collect();
    println!(
        "{} learners; mean of weighted recall on the day, its standard error, share of the bound",
        seeds.len()
    );
    let mut all = Vec::new();
    for (number, (n, days, minutes)) in SETTINGS.into_iter().enumerate() {
        let mut chance = StdRng::seed_from_u64(1000 + number as u64);
        let weight = |draw: f32| {
            if draw < 0.4 {
                1.0
            } else if draw < 0.8 {
                2.0
            } else {
                4.0
            }
        };
        let weights = (0..n).map(|_| weight(chance.random())).collect();
        let setting = Setting { days, budget: minutes * 60.0, weights };
        let studies: Mutex<Vec<(usize, Study)>> = Mutex::default();
        let next = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
                scope.spawn(|| {
                    loop {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        let Some(seed) = seeds.get(index) else { break };
                        let mut chance = StdRng::seed_from_u64(*seed);
                        let w = match &file {
                            Some(learners) => learners[index].clone(),
                            None => population.draw(&mut chance),
                        };
                        let learner =
                            Learner { memory: Memory::new(1, &w, 0.9).unwrap(), seed: chance.random() };
                        let study = study(&setting, &learner, &w, &population);
                        studies.lock().unwrap().push((index, study));
                    }
                });
            }
        });
        // Threads end in any order; sums of floats should not depend on it.
        let mut studies = studies.into_inner().unwrap();
        studies.sort_by_key(|(index, _)| *index);
        let studies: Vec<Study> = studies.into_iter().map(|(_, study)| study).collect();
        let mut pool = Vec::new();
        report(&setting, &studies, minutes, &mut pool);
        calibration("forecast", &pool);
        all.extend(pool);
    }
    println!("\nall settings");
    calibration("forecast", &all);
    timing();
    println!("\nin all {:.0} s", started.elapsed().as_secs_f64());
}
