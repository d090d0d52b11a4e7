//! Browse.

use divedeep::app::{BrowseFilter, BrowseItem, BrowsePage};
use divedeep::model::ItemRef;
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
