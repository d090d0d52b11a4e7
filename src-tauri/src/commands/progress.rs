//! Progress.

use divedeep::app::Progress;
use tauri::State;

use crate::wire::Reply;

#[tauri::command(async)]
pub(crate) fn progress_show(state: State<'_, crate::State>) -> Reply<Progress> {
    state.run(|app, now| app.progress(now))
}
