//! Mock loops.

use divedeep::app::{MockPage, MocksPage, ScoredAnswer};
use divedeep::interview::MockWish;
use divedeep::model::Account;
use tauri::State;

use crate::wire::Reply;

#[tauri::command(async)]
pub(crate) fn mock_list(state: State<'_, crate::State>) -> Reply<MocksPage> {
    state.run(|app, now| app.mocks(now))
}

#[tauri::command(async)]
pub(crate) fn mock_start(state: State<'_, crate::State>, wish: MockWish) -> Reply<MockPage> {
    state.run(|app, now| app.mock_start(&wish, now))
}

#[tauri::command(async)]
pub(crate) fn mock_show(state: State<'_, crate::State>, number: u32) -> Reply<MockPage> {
    state.run(|app, _| app.mock(number))
}

#[tauri::command(async)]
pub(crate) fn mock_next(
    state: State<'_, crate::State>,
    number: u32,
    answer: u32,
    account: Account,
    said: Vec<String>,
) -> Reply<MockPage> {
    state.run(|app, now| app.mock_next(number, answer, account, &said, now))
}

#[tauri::command(async)]
pub(crate) fn mock_score(
    state: State<'_, crate::State>,
    number: u32,
    round: u32,
    answers: Vec<ScoredAnswer>,
) -> Reply<MockPage> {
    state.run(|app, now| app.mock_score(number, round, answers, now))
}

#[tauri::command(async)]
pub(crate) fn mock_own_questions(
    state: State<'_, crate::State>,
    number: u32,
    words: String,
    end: bool,
) -> Reply<MockPage> {
    state.run(|app, now| app.mock_own_questions(number, words, end, now))
}

#[tauri::command(async)]
pub(crate) fn mock_stop(state: State<'_, crate::State>, number: u32) -> Reply<MockPage> {
    state.run(|app, now| app.mock_stop(number, now))
}

#[tauri::command(async)]
pub(crate) fn mock_delete(state: State<'_, crate::State>, number: u32) -> Reply<()> {
    state.run(|app, _| app.mock_delete(number))
}
