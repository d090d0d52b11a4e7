//! Practice.

use divedeep::app::{Answer, Practice};
use divedeep::model::{Grade, ItemRef};
use tauri::State;

use crate::wire::Reply;

#[tauri::command(async)]
pub(crate) fn practice_next(state: State<'_, crate::State>) -> Reply<Practice> {
    state.run(|app, now| app.practice_next(now))
}

#[tauri::command(async)]
pub(crate) fn practice_put_off(state: State<'_, crate::State>, item: ItemRef) -> Reply<Practice> {
    state.run(|app, now| app.practice_put_off(item, now))
}

#[tauri::command(async)]
pub(crate) fn practice_more(state: State<'_, crate::State>) -> Reply<Practice> {
    state.run(|app, now| app.practice_more(now))
}

#[tauri::command(async)]
pub(crate) fn practice_open(state: State<'_, crate::State>, item: ItemRef) -> Reply<Practice> {
    state.run(|app, now| app.practice_open(&item, now))
}

#[tauri::command(async)]
pub(crate) fn practice_propose(
    state: State<'_, crate::State>,
    item: ItemRef,
    ticked: Vec<String>,
) -> Reply<Option<Grade>> {
    state.run(|app, _| app.practice_propose(&item, &ticked))
}

#[tauri::command(async)]
pub(crate) fn practice_grade(state: State<'_, crate::State>, answer: Answer) -> Reply<Practice> {
    state.run(|app, now| app.practice_grade(answer, now))
}

#[tauri::command(async)]
pub(crate) fn practice_undo(state: State<'_, crate::State>) -> Reply<Practice> {
    state.run(|app, now| app.practice_undo(now))
}
