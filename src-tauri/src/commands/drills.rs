//! Drills.

use divedeep::app::{DrillAnswer, DrillCase, DrillVerdict, DrillsPage};
use tauri::State;

use crate::wire::Reply;

#[tauri::command(async)]
pub(crate) fn drills_list(state: State<'_, crate::State>) -> Reply<DrillsPage> {
    state.run(|app, now| app.drills(now))
}

#[tauri::command(async)]
pub(crate) fn drills_case(
    state: State<'_, crate::State>,
    family: String,
    level: u8,
    seed: String,
) -> Reply<DrillCase> {
    state.run(|app, _| app.drill_case(&family, level, &seed))
}

#[tauri::command(async)]
pub(crate) fn drills_check(state: State<'_, crate::State>, answer: DrillAnswer) -> Reply<DrillVerdict> {
    state.run(|app, _| app.drill_check(&answer))
}
