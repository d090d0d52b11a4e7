//! What is bought under prices, and what it is worth.

use super::grid::{Grid, Mix};
use super::table::{Horizon, NEVER, Tables};
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
    /// Number of lanes.
    pub lanes: usize,
    pub prices: &'a [f32],
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
        let lanes = self.lanes.max(1);
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

    /// What an item is worth, and what acting today gains.
    pub fn worth(&self, item: &Ready) -> Worth {
        let mut acts = Vec::new();
        self.acts(item, &mut acts);
        let today = acts.iter().find(|act| act.day == 0);
        let leave = acts
            .iter()
            .filter(|act| act.day > 0)
            .map(|act| act.value)
            .fold(item.rewards(self.horizon, self.horizon.days), f32::max);
        let Some(today) = today else {
            return Worth { value: item.weight * leave, gain: 0.0, seconds: None };
        };
        // The gain is in reward: today's price is not taken off.
        let price = self.prices.first().copied().unwrap_or(0.0);
        let gain = item.weight * (today.value - leave) + price * today.seconds;
        Worth { value: item.weight * today.value.max(leave), gain, seconds: Some(today.seconds) }
    }
}
