//! Packets that arrive. The page never names a file: what a dialog gave is remembered here.

use std::path::PathBuf;
use std::sync::PoisonError;

use divedeep::app::{PacketTaken, Taking, Trust};
use divedeep::error::Error;
use divedeep::shell;
use tauri::{AppHandle, State};
use tauri_plugin_dialog::DialogExt;

use crate::wire::Reply;

/// A packet that was opened and perhaps not taken yet.
#[derive(Clone)]
pub(crate) struct Arrived {
    /// Where it lies.
    path: PathBuf,
    /// The words of its sender that are to be compared.
    words: Option<String>,
}

/// Asks for a packet and takes it; none when the dialog was cancelled. One that is refused stays at hand for
/// [`packets_take`].
#[tauri::command(async)]
pub(crate) fn packets_open(handle: AppHandle, state: State<'_, crate::State>) -> Reply<Option<PacketTaken>> {
    let chosen = handle.dialog().file().add_filter("Divedeep", &["age"]).blocking_pick_file();
    let Some(chosen) = chosen else { return Ok(None) };
    let path = crate::dialog_path(chosen)?;
    *state.arrived.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arrived { path, words: None });
    packets_take(state, Trust::Known, false).map(Some)
}

/// Takes the packet that was opened last, from somebody new or without the one before it where the learner said so.
#[tauri::command(async)]
pub(crate) fn packets_take(
    state: State<'_, crate::State>,
    trust: Trust,
    without: bool,
) -> Reply<PacketTaken> {
    let arrived = || state.arrived.lock().unwrap_or_else(PoisonError::into_inner);
    let Arrived { path, words } =
        arrived().clone().ok_or_else(|| Error::NoSuchItem { item: "packet".to_owned() })?;
    let taking = Taking { role: None, trust, words, without };
    state.run(|app, now| {
        let taken = app.packet_take(&path, taking, now, &mut shell::chance());
        // What is compared is what was shown: another file may lie there by the time it is agreed to.
        if let Err(Error::UnknownSender { words, .. } | Error::ChangedKey { words, .. }) = &taken
            && let Some(arrived) = arrived().as_mut()
        {
            arrived.words = Some(words.clone());
        }
        taken
    })
}
