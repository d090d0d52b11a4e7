//! The plan.

use divedeep::app::PlanPage;
use tauri::State;

use crate::wire::Reply;

#[tauri::command(async)]
pub(crate) fn plan_show(state: State<'_, crate::State>, minutes: Option<u32>) -> Reply<Option<PlanPage>> {
    state.run(|app, now| app.plan(minutes, now))
}
