//! Packets that arrive. The page never names a file: what a dialog gave is remembered here.

use std::sync::PoisonError;

use divedeep::app::{PacketTaken, Taking, Trust};
use divedeep::error::Error;
use divedeep::shell;
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
    let taking = Taking { role: None, trust, without };
    state.run(|app, now| app.packet_take(&path, taking, now, &mut shell::chance()))
}
