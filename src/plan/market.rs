//! What is bought under prices, and what it is worth.

use super::grid::{Grid, Mix};
use super::table::{Horizon, Lane, NEVER, Tables};
use super::{Habits, Ready, Worth};

/// At equal worth, items that can begin on any of several days spread over them: a difference of this share of an
/// item's weight makes one day e times as likely as another.
const SPREAD: f32 = 0.01;

/// Tables under prices.
pub(super) struct Market<'a> {
    pub tables: Tables,
    pub grid: &'a Grid,
    pub habits: &'a Habits,
    pub horizon: &'a Horizon,
    pub lanes: &'a [Lane],
    pub prices: &'a [f32],
}

/// What following a plan gives.
pub(super) struct Outcome {
    /// Expected weight known on each day from today to the last round.
    pub known: Vec<f32>,
    /// Expected reward of each round.
    pub rounds: Vec<f32>,
    /// Weight times recall times forgetting on the last day: how much chance is left in the result.
    pub spread: f32,
}

/// Acting on an item on a day.
struct Act<'a> {
    day: usize,
    /// Per unit of weight, its price paid.
    value: f32,
    /// Expected seconds.
    seconds: f32,
    /// Where the memory goes.
    mix: &'a Mix<16>,
}

impl Market<'_> {
    fn acts<'a>(&'a self, item: &'a Ready, acts: &mut Vec<Act<'a>>) {
        acts.clear();
        let price = |day: usize| self.prices.get(day).copied().unwrap_or(0.0) * item.ratio;
        match &item.reviews {
            None => {
                let time = self.habits.first_seconds();
                acts.extend((0..self.horizon.days).map(|day| {
                    let after: f32 =
                        item.lanes.iter().map(|(lane, part)| part * self.tables.first(day, *lane)).sum();
                    let value = after - price(day) * time;
                    Act { day, value, seconds: item.seconds * time, mix: &self.grid.first }
                }));
            }
            Some(reviews) => acts.extend(reviews.iter().map(|(day, review)| {
                let time = self.habits.review_seconds(review.recall);
                let after: f32 = item
                    .lanes
                    .iter()
                    .filter(|(_, part)| *part > 0.0)
                    .map(|(lane, part)| part * self.tables.mean(*day, *lane, &review.mix))
                    .sum();
                let value = item.rewards(self.horizon, *day) + after - price(*day) * time;
                Act { day: *day, value, seconds: item.seconds * time, mix: &review.mix }
            })),
        }
    }

    /// The dual function (the items' values and the price of all seconds), and the seconds bought on each day.
    pub fn clear(&self, items: &[Ready], budget: &[f32]) -> (f64, Vec<f32>) {
        let days = self.horizon.days;
        let points = self.grid.resolution.points();
        let lanes = self.lanes.len().max(1);
        let mut usage = vec![0.0; days];
        // Units of time of items just reviewed on each day, by memory and lane.
        let mut mass = vec![0.0_f32; days * points * lanes];
        let put = |mass: &mut Vec<f32>, day: usize, lane: usize, amount: f32, mix: &Mix<16>| {
            for (point, share) in mix {
                if let Some(slot) = mass.get_mut((day * points + usize::from(*point)) * lanes + lane) {
                    *slot += amount * share;
                }
            }
        };
        let mut worth = 0.0_f64;
        let mut acts = Vec::new();
        for item in items.iter().filter(|item| item.weight > 0.0) {
            self.acts(item, &mut acts);
            let never = item.rewards(self.horizon, days);
            let best = acts.iter().map(|act| act.value).fold(never, f32::max);
            worth += f64::from(item.count * item.weight * best);
            let likely = |value: f32| ((value - best) / SPREAD).exp();
            let total: f32 = likely(never) + acts.iter().map(|act| likely(act.value)).sum::<f32>();
            for act in &acts {
                let share = item.count * likely(act.value) / total;
                if share < 1e-3 {
                    continue;
                }
                if let Some(slot) = usage.get_mut(act.day) {
                    *slot += share * act.seconds;
                }
                for (lane, part) in item.lanes {
                    if part > 0.0 {
                        put(&mut mass, act.day, lane, item.seconds * share * part, act.mix);
                    }
                }
            }
        }
        for day in 0..days {
            for point in 0..points {
                for lane in 0..lanes {
                    let there = mass.get((day * points + point) * lanes + lane).copied().unwrap_or(0.0);
                    let choice = self.tables.choice(day, point, lane);
                    if there < 1e-3 || choice == NEVER {
                        continue;
                    }
                    let index = usize::from(choice) - 1;
                    let (Some(gap), Some(review)) =
                        (self.grid.gaps.get(index), self.grid.reviews(point).get(index))
                    else {
                        continue;
                    };
                    if let Some(slot) = usage.get_mut(day + gap) {
                        *slot += there * self.habits.review_seconds(review.recall);
                    }
                    put(&mut mass, day + gap, lane, there, &review.mix);
                }
            }
        }
        let seconds: f64 = self
            .prices
            .iter()
            .zip(budget)
            .map(|(price, seconds)| f64::from(*price) * f64::from(*seconds))
            .sum();
        (worth + seconds, usage)
    }

    /// What happens when a learner with another memory (`grid`, and `items` as that memory has them) follows what this
    /// market would buy. `own` are the items as this market sees them, in the same order.
    pub fn follow(&self, own: &[Ready], grid: &Grid, items: &[Ready], budget: &[f32]) -> Outcome {
        let days = self.horizon.days;
        let points = grid.resolution.points();
        let lanes = self.lanes.len().max(1);
        let mut outcome =
            Outcome { known: vec![0.0; days + 1], rounds: vec![0.0; self.horizon.rounds.len()], spread: 0.0 };
        let mut usage = vec![0.0_f32; days];
        // Units of time and of weight of items just reviewed on each day, by memory and lane.
        let mut mass = vec![[0.0_f32; 2]; days * points * lanes];
        let put = |mass: &mut Vec<[f32; 2]>, day: usize, lane: usize, amount: [f32; 2], mix: &Mix<16>| {
            for (point, share) in mix {
                if let Some(slot) = mass.get_mut((day * points + usize::from(*point)) * lanes + lane) {
                    slot[0] += amount[0] * share;
                    slot[1] += amount[1] * share;
                }
            }
        };
        let mut acts = Vec::new();
        for (item, same) in own.iter().zip(items).filter(|(item, _)| item.weight > 0.0) {
            self.acts(item, &mut acts);
            let never = item.rewards(self.horizon, days);
            let best = acts.iter().map(|act| act.value).fold(never, f32::max);
            let likely = |value: f32| ((value - best) / SPREAD).exp();
            let total: f32 = likely(never) + acts.iter().map(|act| likely(act.value)).sum::<f32>();
            let mut waiting = 1.0;
            let mut since = 0;
            if let (Some(known), Some(recall)) = (outcome.known.first_mut(), same.fading.first()) {
                *known += item.weight * item.count * recall;
            }
            for (index, act) in acts.iter().enumerate() {
                same.wait(&mut outcome, self.horizon, since, act.day, waiting * item.count);
                since = act.day;
                let share = likely(act.value) / total;
                waiting -= share;
                if share < 1e-3 {
                    continue;
                }
                let (mix, time) = match same.reviews.as_ref().and_then(|reviews| reviews.get(index)) {
                    Some((_, review)) => (&review.mix, self.habits.review_seconds(review.recall)),
                    None => (&grid.first, self.habits.first_seconds()),
                };
                let count = item.count * share;
                if let Some(slot) = usage.get_mut(act.day) {
                    *slot += count * item.seconds * time;
                }
                for (lane, part) in item.lanes {
                    if part > 0.0 {
                        let amount = [item.seconds * count * part, item.weight * count * part];
                        put(&mut mass, act.day, lane, amount, mix);
                    }
                }
            }
            same.wait(&mut outcome, self.horizon, since, days, waiting.max(0.0) * item.count);
        }
        for day in 0..days {
            for point in 0..points {
                let recalls = grid.recalls(point);
                for (lane, shares) in self.lanes.iter().enumerate() {
                    let at = (day * points + point) * lanes + lane;
                    let [time, weight] = mass.get(at).copied().unwrap_or_default();
                    if time < 1e-3 {
                        continue;
                    }
                    let choice = usize::from(self.tables.choice(day, point, lane));
                    let gap = if choice == 0 { None } else { self.grid.gaps.get(choice - 1).copied() };
                    let until = gap.map_or(days, |gap| (day + gap).min(days));
                    for (known, recall) in outcome.known.iter_mut().take(until + 1).skip(day + 1).zip(recalls)
                    {
                        *known += weight * recall;
                    }
                    for ((reward, held), share) in
                        outcome.rounds.iter_mut().zip(&self.horizon.rounds).zip(&shares.rounds)
                    {
                        if *held > day && *held <= until {
                            let recall = recalls.get(held - day - 1).copied().unwrap_or(0.0);
                            *reward += weight * share * recall;
                        }
                    }
                    let Some(gap) = gap else {
                        let last = recalls.get(days - day - 1).copied().unwrap_or(0.0);
                        outcome.spread += weight * last * (1.0 - last);
                        continue;
                    };
                    let Some(review) = grid.reviews(point).get(choice - 1) else { continue };
                    if let Some(slot) = usage.get_mut(day + gap) {
                        *slot += time * self.habits.review_seconds(review.recall);
                    }
                    put(&mut mass, day + gap, lane, [time, weight], &review.mix);
                }
            }
        }
        // Time that another memory needs more, or less, is worth its price.
        let over: f32 = usage
            .iter()
            .zip(budget)
            .zip(self.prices)
            .map(|((usage, budget), price)| (usage - budget) * price)
            .sum();
        let all: f32 = outcome.rounds.iter().sum();
        let fair = if all > 0.0 { ((all - over) / all).clamp(0.0, 2.0) } else { 1.0 };
        outcome.rounds.iter_mut().for_each(|reward| *reward *= fair);
        for (day, known) in outcome.known.iter_mut().enumerate() {
            *known *= 1.0 + (fair - 1.0) * day as f32 / days as f32;
        }
        outcome
    }

    /// What an item is worth, and what acting today gains.
    pub fn worth(&self, item: &Ready) -> Worth {
        if item.weight <= 0.0 {
            return Worth { value: 0.0, gain: 0.0, seconds: None, planned: false };
        }
        let mut acts = Vec::new();
        self.acts(item, &mut acts);
        let today = acts.iter().find(|act| act.day == 0);
        let never = item.rewards(self.horizon, self.horizon.days);
        let leave = acts.iter().filter(|act| act.day > 0).map(|act| act.value).fold(never, f32::max);
        let planned = acts.iter().any(|act| act.value > never);
        let Some(today) = today else {
            return Worth { value: item.weight * leave, gain: 0.0, seconds: None, planned };
        };
        // The gain is in reward: today's price is not taken off.
        let price = self.prices.first().copied().unwrap_or(0.0);
        let gain = item.weight * (today.value - leave) + price * today.seconds;
        Worth { value: item.weight * today.value.max(leave), gain, seconds: Some(today.seconds), planned }
    }
}
