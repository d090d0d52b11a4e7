//! The mentor's side of reviews, and packets that arrive. The page never names a file: what a dialog gave is remembered here.

use std::sync::PoisonError;

use divedeep::app::{CohortPage, Feedback, PacketTaken, ReviewPage, Trust};
use divedeep::error::Error;
use divedeep::model::Language;
use divedeep::shell;
use tauri::ipc::Response;
use tauri::{AppHandle, State};
use tauri_plugin_dialog::DialogExt;

use crate::wire::Reply;

/// Asks for a packet and takes it; none when the dialog was cancelled. One that is refused stays at hand for
/// [`packets_take`].
#[tauri::command(async)]
pub(crate) fn packets_open(handle: AppHandle, state: State<'_, crate::State>) -> Reply<Option<PacketTaken>> {
    let chosen = handle.dialog().file().add_filter("Divedeep", &["age"]).blocking_pick_file();
    let Some(chosen) = chosen else { return Ok(None) };
    let path = crate::dialog_path(chosen)?;
    *state.arrived.lock().unwrap_or_else(PoisonError::into_inner) = Some(path);
    packets_take(state, Trust::Known, false).map(Some)
}

/// Takes the packet that was opened last, from somebody new or without the one before it where the learner said so.
#[tauri::command(async)]
pub(crate) fn packets_take(
    state: State<'_, crate::State>,
    trust: Trust,
    without: bool,
) -> Reply<PacketTaken> {
    let path = state.arrived.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let path = path.ok_or_else(|| Error::NoSuchItem { item: "packet".to_owned() })?;
    state.run(|app, now| app.packet_take(&path, trust, without, now, &mut shell::chance()))
}

#[tauri::command(async)]
pub(crate) fn mentor_cohort(state: State<'_, crate::State>) -> Reply<CohortPage> {
    state.run(|app, now| app.cohort(now, &mut shell::chance()))
}

#[tauri::command(async)]
pub(crate) fn mentor_review(
    state: State<'_, crate::State>,
    learner: u32,
    language: Language,
) -> Reply<ReviewPage> {
    state.run(|app, _| app.review(learner, language))
}

#[tauri::command(async)]
pub(crate) fn mentor_keep(state: State<'_, crate::State>, learner: u32, draft: Feedback) -> Reply<()> {
    state.run(|app, _| app.feedback_keep(learner, &draft))
}

/// Asks for a file and writes the feedback packet into it; none when the dialog was cancelled.
#[tauri::command(async)]
pub(crate) fn mentor_send(
    handle: AppHandle,
    state: State<'_, crate::State>,
    learner: u32,
) -> Reply<Option<String>> {
    let Some(path) = super::ask_where(&handle, &super::dated("divedeep-feedback"), "age")? else {
        return Ok(None);
    };
    state.run(|app, now| app.feedback_make(learner, &path, true, now, &mut shell::chance()))?;
    Ok(Some(path.display().to_string()))
}

/// The bytes of a recording that came with a packet, for the page to play.
#[tauri::command(async)]
pub(crate) fn mentor_recording(state: State<'_, crate::State>, packet: u32, number: u32) -> Reply<Response> {
    Ok(Response::new(state.run(|app, _| app.received_recording(packet, number))?))
}
