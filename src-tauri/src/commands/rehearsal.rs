//! Rehearsals and their recordings.

use divedeep::app::{Recordings, RehearsalDesk, RehearsalPage};
use divedeep::model::{Account, ItemRef, Language, Manner, StoryId};
use tauri::State;
use tauri::ipc::Response;

use crate::wire::Reply;

#[tauri::command(async)]
pub(crate) fn rehearsal_desk(state: State<'_, crate::State>, item: ItemRef) -> Reply<RehearsalDesk> {
    state.run(|app, now| app.rehearsal_desk(&item, now))
}

#[tauri::command(async)]
pub(crate) fn rehearsal_begin(
    state: State<'_, crate::State>,
    item: ItemRef,
    manner: Manner,
    language: Language,
) -> Reply<RehearsalPage> {
    state.run(|app, now| app.rehearsal_begin(&item, manner, language, now))
}

#[tauri::command(async)]
pub(crate) fn rehearsal_show(state: State<'_, crate::State>, number: u32) -> Reply<RehearsalPage> {
    state.run(|app, _| app.rehearsal(number))
}

#[tauri::command(async)]
pub(crate) fn rehearsal_keep(
    state: State<'_, crate::State>,
    number: u32,
    story: Option<StoryId>,
    account: Account,
) -> Reply<()> {
    state.run(|app, _| app.rehearsal_keep(number, story.as_ref(), account))
}

#[tauri::command(async)]
pub(crate) fn rehearsal_told(
    state: State<'_, crate::State>,
    number: u32,
    story: Option<StoryId>,
    account: Account,
) -> Reply<RehearsalPage> {
    state.run(|app, _| app.rehearsal_told(number, story.as_ref(), account))
}

#[tauri::command(async)]
pub(crate) fn rehearsal_finish(
    state: State<'_, crate::State>,
    number: u32,
    story: Option<StoryId>,
    account: Account,
) -> Reply<RehearsalPage> {
    state.run(|app, now| app.rehearsal_finish(number, story.as_ref(), account, now))
}

#[tauri::command(async)]
pub(crate) fn rehearsal_delete(state: State<'_, crate::State>, number: u32) -> Reply<()> {
    state.run(|app, _| app.rehearsal_delete(number))
}

#[tauri::command(async)]
pub(crate) fn rehearsal_recordings(state: State<'_, crate::State>) -> Reply<Recordings> {
    state.run(|app, _| app.recordings())
}

/// A recording's bytes, for the page to play.
#[tauri::command(async)]
pub(crate) fn rehearsal_recording(state: State<'_, crate::State>, number: u32) -> Reply<Response> {
    Ok(Response::new(state.run(|app, _| app.recording(number))?))
}

#[tauri::command(async)]
pub(crate) fn rehearsal_delete_recording(state: State<'_, crate::State>, number: u32) -> Reply<Recordings> {
    state.run(|app, _| {
        app.recording_delete(number)?;
        app.recordings()
    })
}
