//! Progress.

use divedeep::app::{FiguresPage, Progress};
use divedeep::model::Language;
use tauri::{AppHandle, State};

use crate::wire::Reply;

#[tauri::command(async)]
pub(crate) fn progress_show(state: State<'_, crate::State>) -> Reply<Progress> {
    state.run(|app, now| app.progress(now))
}

#[tauri::command(async)]
pub(crate) fn progress_figures(state: State<'_, crate::State>, language: Language) -> Reply<FiguresPage> {
    state.run(|app, now| app.figures(language, now))
}

/// Asks for a file and writes a figure into it, as a picture or as numbers; none when the dialog was cancelled.
#[tauri::command(async)]
pub(crate) fn progress_save(
    handle: AppHandle,
    state: State<'_, crate::State>,
    figure: String,
    language: Language,
    numbers: bool,
) -> Reply<Option<String>> {
    let ending = if numbers { "csv" } else { "svg" };
    // The page gives no paths, not even a part of one.
    let plain: String = figure.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    let name = super::dated(&format!("divedeep-{plain}"));
    let Some(path) = super::ask_where(&handle, &name, ending)? else { return Ok(None) };
    let path = path.with_extension(ending);
    state.run(|app, now| app.figure_save(&figure, language, &path, now))?;
    Ok(Some(path.display().to_string()))
}
