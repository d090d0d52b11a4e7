//! Browse.

use divedeep::app::{BrowseFilter, BrowseItem, BrowsePage};
use divedeep::model::{ItemRef, Language};
use tauri::State;

use crate::wire::Reply;

#[tauri::command(async)]
pub(crate) fn browse_list(state: State<'_, crate::State>, filter: BrowseFilter) -> Reply<BrowsePage> {
    state.run(|app, now| app.browse(&filter, now))
}

#[tauri::command(async)]
pub(crate) fn browse_show(state: State<'_, crate::State>, item: ItemRef) -> Reply<BrowseItem> {
    state.run(|app, now| app.browse_item(&item, now))
}

/// Writes a report about an item beside the database; gives its path.
#[tauri::command(async)]
pub(crate) fn browse_report(
    state: State<'_, crate::State>,
    item: ItemRef,
    language: Language,
    words: String,
) -> Reply<String> {
    state.run(|app, now| Ok(app.report(&item, language, &words, now)?.display().to_string()))
}
