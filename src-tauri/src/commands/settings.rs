//! Settings, and what is done with the data folder. The page gives no paths: files are chosen in dialogs opened here.

use divedeep::app::{Round, Settings, SettingsPage};
use divedeep::error::Error;
use tauri::{AppHandle, State};

use crate::wire::Reply;

#[tauri::command(async)]
pub(crate) fn settings_show(state: State<'_, crate::State>) -> Reply<SettingsPage> {
    state.run(|app, _| Ok(app.settings_page()))
}

#[tauri::command(async)]
pub(crate) fn settings_save(state: State<'_, crate::State>, settings: Settings) -> Reply<Settings> {
    state.run(|app, _| app.save_settings(settings))
}

#[tauri::command(async)]
pub(crate) fn settings_save_rounds(state: State<'_, crate::State>, rounds: Vec<Round>) -> Reply<Vec<Round>> {
    state.run(|app, now| app.save_rounds(rounds, now))
}

/// Asks for a file and writes everything into it; none when the dialog was cancelled.
#[tauri::command(async)]
pub(crate) fn settings_export(handle: AppHandle, state: State<'_, crate::State>) -> Reply<Option<String>> {
    let Some(path) = super::ask_where(&handle, &super::dated("divedeep"), "jsonl")? else { return Ok(None) };
    state.run(|app, now| app.export(&path, true, now))?;
    Ok(Some(path.display().to_string()))
}

/// Shows the data folder in the system's file manager.
#[tauri::command(async)]
pub(crate) fn settings_open_data_folder(state: State<'_, crate::State>) -> Reply<()> {
    let folder = state.run(|app, _| Ok(app.settings_page().data_dir))?;
    tauri_plugin_opener::open_path(&folder, None::<&str>)
        .map_err(|error| Error::DataFolder { path: folder.into(), reason: error.to_string() })?;
    Ok(())
}
