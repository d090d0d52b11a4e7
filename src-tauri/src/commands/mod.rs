//! One adapter for each command, a file for each screen: call the use case, hand on the answer.

pub(crate) mod browse;
pub(crate) mod contacts;
pub(crate) mod drills;
pub(crate) mod incidents;
pub(crate) mod learning;
pub(crate) mod mentor;
pub(crate) mod mock;
pub(crate) mod packets;
pub(crate) mod plan;
pub(crate) mod practice;
pub(crate) mod progress;
pub(crate) mod recorder;
pub(crate) mod rehearsal;
pub(crate) mod settings;
pub(crate) mod share;
pub(crate) mod start;
pub(crate) mod stories;
pub(crate) mod today;

use std::path::PathBuf;

use tauri::AppHandle;
use tauri_plugin_dialog::DialogExt;

use crate::wire::Reply;

/// Asks where to write a file of this kind; the dialog asks before one is replaced. None when it was cancelled.
fn ask_where(handle: &AppHandle, name: &str, ending: &str) -> Reply<Option<PathBuf>> {
    let chosen = handle
        .dialog()
        .file()
        .set_file_name(format!("{name}.{ending}"))
        .add_filter(ending.to_uppercase(), &[ending])
        .blocking_save_file();
    let Some(chosen) = chosen else { return Ok(None) };
    Ok(Some(crate::dialog_path(chosen)?))
}

/// A file's name with today's date.
fn dated(name: &str) -> String {
    format!("{name}-{}", divedeep::shell::now().local_date())
}
