//! The mentor's side of reviews.

use divedeep::app::{CohortPage, Feedback, ReviewPage};
use divedeep::model::Language;
use divedeep::shell;
use tauri::ipc::Response;
use tauri::{AppHandle, State};

use crate::wire::Reply;

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
