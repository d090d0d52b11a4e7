//! The learner's side of reviews. Files are written only where a dialog opened here was answered.

use divedeep::app::{CommentView, Selection, SharePage, SharePreview};
use divedeep::model::{ItemRef, Language};
use divedeep::shell;
use tauri::{AppHandle, State};

use crate::wire::Reply;

#[tauri::command(async)]
pub(crate) fn share_show(state: State<'_, crate::State>) -> Reply<SharePage> {
    state.run(|app, now| app.share_page(now, &mut shell::chance()))
}

#[tauri::command(async)]
pub(crate) fn share_preview(
    state: State<'_, crate::State>,
    selection: Selection,
    language: Language,
) -> Reply<SharePreview> {
    state.run(|app, now| app.share_preview(&selection, language, now))
}

/// Asks for a file and writes a review packet for a mentor into it; none when the dialog was cancelled.
#[tauri::command(async)]
pub(crate) fn share_make(
    handle: AppHandle,
    state: State<'_, crate::State>,
    selection: Selection,
    mentor: u32,
) -> Reply<Option<String>> {
    let Some(path) = super::ask_where(&handle, &super::dated("divedeep-review"), "age")? else {
        return Ok(None);
    };
    state.run(|app, now| app.share_make(&selection, mentor, &path, true, now, &mut shell::chance()))?;
    Ok(Some(path.display().to_string()))
}

/// Asks for a file and writes what is shared into it as a document; none when the dialog was cancelled.
#[tauri::command(async)]
pub(crate) fn share_report(
    handle: AppHandle,
    state: State<'_, crate::State>,
    selection: Selection,
    language: Language,
) -> Reply<Option<String>> {
    let Some(path) = super::ask_where(&handle, &super::dated("divedeep-report"), "html")? else {
        return Ok(None);
    };
    state.run(|app, now| app.report_write(&selection, language, &path, true, now))?;
    Ok(Some(path.display().to_string()))
}

#[tauri::command(async)]
pub(crate) fn share_comments(state: State<'_, crate::State>, item: ItemRef) -> Reply<Vec<CommentView>> {
    state.run(|app, _| app.comments(Some(&item)))
}

#[tauri::command(async)]
pub(crate) fn share_comments_read(state: State<'_, crate::State>, item: Option<ItemRef>) -> Reply<()> {
    state.run(|app, now| app.comments_read(item.as_ref(), now))
}

#[tauri::command(async)]
pub(crate) fn share_assignment_done(
    state: State<'_, crate::State>,
    packet: u32,
    id: u32,
    done: bool,
) -> Reply<()> {
    state.run(|app, now| app.assignment_done(packet, id, done, now))
}
