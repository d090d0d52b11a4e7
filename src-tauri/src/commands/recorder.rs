//! The recorder.

use divedeep::speech::RecorderState;
use tauri::State;

use crate::wire::Reply;

/// Records a rehearsal, going on where its recording ends.
#[tauri::command(async)]
pub(crate) fn recorder_start(state: State<'_, crate::State>, number: u32) -> Reply<RecorderState> {
    state.recorder.stop();
    let path = state.run(|app, _| app.recording_begin(number))?;
    Ok(state.recorder.start(number, path)?)
}

#[tauri::command(async)]
pub(crate) fn recorder_show(state: State<'_, crate::State>) -> Reply<RecorderState> {
    Ok(state.recorder.state())
}

/// Ends a recording; it is whole on the disk afterwards.
#[tauri::command(async)]
pub(crate) fn recorder_stop(state: State<'_, crate::State>) -> Reply<RecorderState> {
    Ok(state.recorder.stop())
}
