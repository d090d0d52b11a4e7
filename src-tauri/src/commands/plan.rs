//! The plan.

use divedeep::app::{DayChoice, PlanPage, PlanWish};
use tauri::State;

use crate::wire::Reply;

#[tauri::command(async)]
pub(crate) fn plan_show(state: State<'_, crate::State>, wish: PlanWish) -> Reply<PlanPage> {
    state.run(|app, now| app.plan(&wish, now))
}

/// The fewest minutes a day that reach the goal.
#[tauri::command(async)]
pub(crate) fn plan_minutes_for_goal(state: State<'_, crate::State>) -> Reply<Option<u32>> {
    state.run(|app, now| app.plan_minutes_for_goal(now))
}

/// Keeps what days of the calendar are to be.
#[tauri::command(async)]
pub(crate) fn plan_save_days(state: State<'_, crate::State>, days: Vec<DayChoice>) -> Reply<()> {
    state.run(|app, _| app.save_days(&days))
}
