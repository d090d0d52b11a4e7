//! Incidents.

use divedeep::app::{IncidentsPage, PlayDraft, PlayPage};
use tauri::{AppHandle, State};

use crate::wire::Reply;

#[tauri::command(async)]
pub(crate) fn incidents_list(state: State<'_, crate::State>) -> Reply<IncidentsPage> {
    state.run(|app, now| app.incidents(now))
}

#[tauri::command(async)]
pub(crate) fn incidents_start(
    state: State<'_, crate::State>,
    incident: String,
    seed: Option<String>,
) -> Reply<PlayPage> {
    state.run(|app, now| app.incident_start(&incident, seed.as_deref(), now))
}

#[tauri::command(async)]
pub(crate) fn incidents_show(state: State<'_, crate::State>, number: u32) -> Reply<PlayPage> {
    state.run(|app, _| app.incident(number))
}

#[tauri::command(async)]
pub(crate) fn incidents_check(state: State<'_, crate::State>, number: u32, check: String) -> Reply<PlayPage> {
    state.run(|app, _| app.incident_check(number, &check))
}

/// Asks for a file and writes what a check showed into it; none when the dialog was cancelled.
#[tauri::command(async)]
pub(crate) fn incidents_save(
    handle: AppHandle,
    state: State<'_, crate::State>,
    number: u32,
    check: String,
) -> Reply<Option<String>> {
    let incident = state.run(|app, _| Ok(app.incident(number)?.item.id))?;
    let name = format!("{incident}-{check}");
    let Some(path) = super::ask_where(&handle, &name, "txt")? else { return Ok(None) };
    state.run(|app, _| app.incident_save(number, &check, &path))?;
    Ok(Some(path.display().to_string()))
}

#[tauri::command(async)]
pub(crate) fn incidents_cause(
    state: State<'_, crate::State>,
    number: u32,
    hypothesis: String,
) -> Reply<PlayPage> {
    state.run(|app, _| app.incident_cause(number, &hypothesis))
}

#[tauri::command(async)]
pub(crate) fn incidents_act(state: State<'_, crate::State>, number: u32, action: String) -> Reply<PlayPage> {
    state.run(|app, _| app.incident_act(number, &action))
}

#[tauri::command(async)]
pub(crate) fn incidents_keep(
    state: State<'_, crate::State>,
    number: u32,
    draft: PlayDraft,
) -> Reply<PlayPage> {
    state.run(|app, _| app.incident_keep(number, draft))
}

#[tauri::command(async)]
pub(crate) fn incidents_send(state: State<'_, crate::State>, number: u32) -> Reply<PlayPage> {
    state.run(|app, _| app.incident_send(number))
}

#[tauri::command(async)]
pub(crate) fn incidents_end(state: State<'_, crate::State>, number: u32) -> Reply<PlayPage> {
    state.run(|app, now| app.incident_end(number, now))
}

#[tauri::command(async)]
pub(crate) fn incidents_delete(state: State<'_, crate::State>, number: u32) -> Reply<IncidentsPage> {
    state.run(|app, now| app.incident_delete(number, now))
}

#[tauri::command(async)]
pub(crate) fn incidents_runbook(state: State<'_, crate::State>, incident: String, text: String) -> Reply<()> {
    state.run(|app, now| app.incident_runbook(&incident, &text, now))
}
