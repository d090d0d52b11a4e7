//! The planner against the best that can be done, found by trying everything.
#![allow(clippy::indexing_slicing, clippy::expect_used, reason = "a test that cannot go on should stop")]

use super::*;
use proptest::prelude::*;

const HABITS: Habits = Habits {
    first_grades: [0.24, 0.1, 0.49, 0.17],
    pass_grades: [0.22, 0.63, 0.15],
    first_pass: 75.0,
    first_fail: 110.0,
    pass: 30.0,
    fail: 75.0,
};

fn memory() -> Memory {
    Memory::new(1, &Memory::default_parameters(), 0.9).expect("the defaults are parameters")
}

/// A tiny study: items by what is known of them, `slots` answers a day, whatever they take.
#[derive(Clone)]
struct Tiny {
    weights: Vec<f32>,
    states: Vec<Option<(Trace, u32)>>,
    days: u32,
}

/// The best expected reward when each day has time for one answer in expectation: every policy is tried.
fn best(memory: &Memory, tiny: &Tiny, day: u32) -> f64 {
    if day == tiny.days {
        return tiny
            .states
            .iter()
            .zip(&tiny.weights)
            .filter_map(|(state, weight)| {
                let (trace, last) = (*state)?;
                Some(f64::from(weight * memory.retrievability(trace, (day - last) as f32)))
            })
            .sum();
    }
    let mut most = best(memory, tiny, day + 1);
    for item in 0..tiny.weights.len() {
        most = most.max(expected(memory, tiny, day, item, |next| best(memory, next, day + 1)));
    }
    most
}

/// The mean, over the grades of answering `item` today, of what follows.
fn expected(memory: &Memory, tiny: &Tiny, day: u32, item: usize, then: impl Fn(&Tiny) -> f64) -> f64 {
    let (traces, chances) = match tiny.states[item] {
        None => (memory.step(None, 0).expect("traces"), HABITS.first_grades),
        Some((trace, last)) => {
            let recall = memory.retrievability(trace, (day - last) as f32);
            let [hard, good, easy] = HABITS.pass_grades;
            let chances = [1.0 - recall, recall * hard, recall * good, recall * easy];
            (memory.step(Some(trace), day - last).expect("traces"), chances)
        }
    };
    traces
        .into_iter()
        .zip(chances)
        .map(|(trace, chance)| {
            let mut next = tiny.clone();
            next.states[item] = Some((trace, day));
            f64::from(chance) * then(&next)
        })
        .sum()
}

fn problem(tiny: &Tiny, day: u32, budget: f32) -> Problem {
    let left = (tiny.days - day) as usize;
    Problem {
        budget: vec![budget; left],
        rounds: vec![left],
        items: tiny
            .weights
            .iter()
            .zip(&tiny.states)
            .map(|(weight, state)| Candidate {
                weights: vec![*weight],
                seconds: 1.0,
                studied: state.map(|(trace, last)| Studied { trace, elapsed: day - last }),
            })
            .collect(),
    }
}

/// The most that one item can be worth under prices: every plan for it is tried.
fn dual(memory: &Memory, prices: &[f32], weight: f32, day: u32, state: Option<(Trace, u32)>) -> f64 {
    let tiny = Tiny { weights: vec![weight], states: vec![state], days: prices.len() as u32 };
    if day == tiny.days {
        return best(memory, &tiny, day);
    }
    let leave = dual(memory, prices, weight, day + 1, state);
    let seconds = match state {
        None => HABITS.first_seconds(),
        Some((trace, last)) => HABITS.review_seconds(memory.retrievability(trace, (day - last) as f32)),
    };
    let after = expected(memory, &tiny, day, 0, |next| dual(memory, prices, weight, day + 1, next.states[0]));
    leave.max(after - f64::from(prices[day as usize] * seconds))
}

/// What the planner's own choice reaches: its first item each day.
fn reached(planner: &Planner, tiny: &Tiny, day: u32, budget: f32) -> f64 {
    if day == tiny.days {
        return best(planner.memory(), tiny, day);
    }
    let plan = planner.plan(&problem(tiny, day, budget), &mut Prices::default(), 30).expect("a plan");
    match plan.order().first() {
        Some(item) => {
            expected(planner.memory(), tiny, day, *item, |next| reached(planner, next, day + 1, budget))
        }
        None => reached(planner, tiny, day + 1, budget),
    }
}

#[test]
fn the_bound_is_above_the_best_and_the_best_above_the_plan() {
    for (weights, days) in
        [(vec![1.0], 3), (vec![1.0, 2.0], 3), (vec![1.0, 1.0, 3.0], 3), (vec![2.0, 1.0], 4)]
    {
        let tiny = Tiny { states: vec![None; weights.len()], weights, days };
        // Time for the dearest answer, so that one answer a day is always allowed.
        let budget = HABITS.first_fail;
        let exact = Planner::exact(memory(), HABITS, days as usize).expect("a planner");
        let plan = exact.plan(&problem(&tiny, 0, budget), &mut Prices::default(), 60).expect("a plan");
        // The dual function itself, without a grid.
        let paid: f64 = plan.prices.iter().map(|price| f64::from(price * budget)).sum();
        let bound = paid
            + tiny.weights.iter().map(|weight| dual(&memory(), &plan.prices, *weight, 0, None)).sum::<f64>();
        assert!((bound - plan.bound).abs() <= 1e-3 * bound, "with a grid {}, without {bound}", plan.bound);
        let optimum = best(&memory(), &tiny, 0);
        let planner = Planner::new(memory(), HABITS, days as usize).expect("a planner");
        let reached = reached(&planner, &tiny, 0, budget);
        assert!(bound + 1e-6 >= optimum, "{:?}: bound {bound}, best {optimum}", tiny.weights);
        assert!(optimum + 1e-6 >= reached, "{:?}: best {optimum}, plan {reached}", tiny.weights);
        assert!(reached >= 0.9 * optimum, "{:?}: plan {reached} of {optimum}", tiny.weights);
    }
}

fn candidate(weight: f32, studied: Option<(f32, f32, u32)>) -> Candidate {
    let studied = studied
        .map(|(stability, difficulty, elapsed)| Studied { trace: Trace { stability, difficulty }, elapsed });
    Candidate { weights: vec![weight], seconds: 1.0, studied }
}

#[test]
fn an_empty_bank_and_days_without_time_have_plans() {
    let planner = Planner::new(memory(), HABITS, 5).expect("a planner");
    let none = Problem { budget: vec![1800.0; 5], rounds: vec![5], items: Vec::new() };
    let plan = planner.plan(&none, &mut Prices::default(), 8).expect("a plan");
    assert!(plan.order().is_empty() && plan.bound.is_finite());

    let items = vec![candidate(1.0, None), candidate(2.0, Some((5.0, 5.0, 3))), candidate(0.0, None)];
    let no_time = Problem { budget: vec![0.0; 5], rounds: vec![5], items: items.clone() };
    let plan = planner.plan(&no_time, &mut Prices::default(), 8).expect("a plan");
    assert!(plan.prices.iter().all(|price| price.is_finite()));
    let samples = [(&planner, no_time.clone())];
    let forecast = planner.forecast(&no_time, &plan.prices, &samples).expect("a forecast");
    assert!(forecast.rounds[0].mean.is_finite());

    let last_day = Problem { budget: vec![1800.0], rounds: vec![1], items };
    let plan = planner.plan(&last_day, &mut Prices::default(), 8).expect("a plan");
    assert_eq!(plan.order().len(), 2, "what weighs nothing is not studied");
}

#[test]
fn what_weighs_more_comes_first_and_two_rounds_share_the_days() {
    let planner = Planner::new(memory(), HABITS, 10).expect("a planner");
    let items = vec![candidate(1.0, None), candidate(4.0, None), candidate(2.0, None)];
    let problem = Problem { budget: vec![600.0; 10], rounds: vec![10], items };
    let plan = planner.plan(&problem, &mut Prices::default(), 20).expect("a plan");
    assert_eq!(plan.order()[0], 1);

    // The first round asks only for the first item, the second only for the other.
    let weights = [vec![1.0, 0.0], vec![0.0, 1.0]];
    let items = weights
        .into_iter()
        .map(|weights| Candidate { weights, seconds: 1.0, studied: None })
        .collect::<Vec<_>>();
    let problem = Problem { budget: vec![80.0; 10], rounds: vec![1, 10], items };
    let plan = planner.plan(&problem, &mut Prices::default(), 30).expect("a plan");
    assert_eq!(plan.order()[0], 0, "tomorrow's round first");
}

#[test]
fn prices_settle_on_uneven_days_and_between_rounds() {
    let items: Vec<Candidate> = (0..120)
        .map(|n| {
            let weight = 1.0 + n as f32 % 3.0;
            Candidate { weights: vec![weight, weight], seconds: 1.0 + n as f32 % 2.0, studied: None }
        })
        .collect();
    let uneven = [1800.0, 0.0, 0.0, 900.0, 1800.0, 2700.0, 5400.0, 600.0, 1800.0, 0.0];
    for (rounds, budget) in [
        (vec![3, 10], vec![1200.0; 10]),
        (vec![10, 10], uneven.to_vec()),
        (vec![4, 10], uneven.to_vec()),
        (vec![1, 10], vec![300.0; 10]),
    ] {
        let planner = Planner::new(memory(), HABITS, 10).expect("a planner");
        let problem = Problem { budget: budget.clone(), rounds: rounds.clone(), items: items.clone() };
        let bound = |steps| {
            let plan = planner.plan(&problem, &mut Prices::default(), steps).expect("a plan");
            (plan.bound, plan.usage)
        };
        let (few, usage) = bound(40);
        let (many, _) = bound(400);
        println!("{rounds:?} {few} {many} {usage:?}");
        assert!((few - many) / many < 0.005, "{rounds:?}: {few} against {many}");
        for (used, seconds) in usage.iter().zip(&budget) {
            assert!(*seconds > 0.0 || *used < 1.0, "nothing is bought on a day off: {usage:?}");
        }
    }
}

#[test]
fn five_thousand_items_have_a_plan() {
    let planner = Planner::new(memory(), HABITS, 30).expect("a planner");
    let items: Vec<Candidate> = (0..5000)
        .map(|n| {
            let studied = (n % 3 > 0).then(|| (0.5 + n as f32 % 40.0, 1.0 + n as f32 % 9.0, n % 20));
            candidate(1.0 + n as f32 % 4.0, studied)
        })
        .collect();
    let problem = Problem { budget: vec![2700.0; 30], rounds: vec![30], items };
    let plan = planner.plan(&problem, &mut Prices::default(), 10).expect("a plan");
    assert_eq!(plan.worths.len(), 5000);
    assert!(plan.bound.is_finite() && !plan.order().is_empty());
    let bought: f32 = plan.usage.iter().sum();
    assert!((0.5..1.5).contains(&(bought / (2700.0 * 30.0))), "the days are filled: {bought}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn plans_are_finite_and_the_bound_is_within_reach_of_all_weight(
        items in proptest::collection::vec((0.1_f32..8.0, proptest::option::of((0.05_f32..400.0, 1.0_f32..10.0, 0_u32..200))), 1..20),
        days in 1_usize..15,
        minutes in 0.0_f32..90.0,
    ) {
        let planner = Planner::new(memory(), HABITS, days).expect("a planner");
        let all: f32 = items.iter().map(|(weight, _)| weight).sum();
        let items: Vec<Candidate> = items.into_iter().map(|(weight, studied)| candidate(weight, studied)).collect();
        let problem = Problem { budget: vec![minutes * 60.0; days], rounds: vec![days], items };
        let plan = planner.plan(&problem, &mut Prices::default(), 10).expect("a plan");
        prop_assert!(plan.bound.is_finite() && plan.bound >= 0.0);
        prop_assert!(plan.worths.iter().all(|worth| worth.value.is_finite() && worth.gain.is_finite()));
        prop_assert!(plan.order().len() <= problem.items.len());
        let same = Planner::new(memory(), HABITS, days).expect("a planner");
        let forecast = planner.forecast(&problem, &plan.prices, &[(&same, problem.clone())]).expect("a forecast");
        let mean = forecast.rounds[0].mean;
        prop_assert!(mean.is_finite() && (-0.01..=1.01).contains(&mean), "{mean} of {all}");
    }
}
