//! Today.

use divedeep::app::Today;
use tauri::State;

use crate::wire::Reply;

#[tauri::command(async)]
pub(crate) fn today_show(state: State<'_, crate::State>) -> Reply<Today> {
    state.run(|app, now| app.today(now))
}

/// Begins with a calibration.
#[tauri::command(async)]
pub(crate) fn today_calibrate(state: State<'_, crate::State>) -> Reply<()> {
    state.run(|app, _| app.calibrate())
}
