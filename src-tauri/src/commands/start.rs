//! What the page needs before it shows anything.

use divedeep::app::Start;
use tauri::State;

use crate::wire::Reply;

#[tauri::command(async)]
pub(crate) fn start_show(state: State<'_, crate::State>) -> Reply<Start> {
    state.run(|app, now| app.start_page(now))
}
