//! Progress.

use divedeep::app::{FiguresPage, Progress};
use divedeep::model::Language;
use tauri::{AppHandle, State};
use tauri_plugin_dialog::DialogExt;

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
    let (name, ending) = if numbers { ("CSV", "csv") } else { ("SVG", "svg") };
    // The page gives no paths, not even a part of one.
    let plain: String = figure.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    let today = divedeep::shell::now().local_date();
    let chosen = handle
        .dialog()
        .file()
        .set_file_name(format!("divedeep-{plain}-{today}.{ending}"))
        .add_filter(name, &[ending])
        .blocking_save_file();
    let Some(chosen) = chosen else { return Ok(None) };
    let path = crate::dialog_path(chosen)?.with_extension(ending);
    state.run(|app, now| app.figure_save(&figure, language, &path, now))?;
    Ok(Some(path.display().to_string()))
}

/// Asks for a file and writes the report into it; none when the dialog was cancelled.
#[tauri::command(async)]
pub(crate) fn progress_report(
    handle: AppHandle,
    state: State<'_, crate::State>,
    language: Language,
) -> Reply<Option<String>> {
    let today = divedeep::shell::now().local_date();
    let chosen = handle
        .dialog()
        .file()
        .set_file_name(format!("divedeep-report-{today}.html"))
        .add_filter("HTML", &["html"])
        .blocking_save_file();
    let Some(chosen) = chosen else { return Ok(None) };
    let path = crate::dialog_path(chosen)?;
    // The dialog asked before replacing a file.
    state.run(|app, now| app.report_write(language, &path, true, now))?;
    Ok(Some(path.display().to_string()))
}
