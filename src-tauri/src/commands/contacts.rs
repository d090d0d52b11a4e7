//! Oneself and others.

use divedeep::model::Role;
use divedeep::shell;
use tauri::State;

use crate::wire::Reply;

#[tauri::command(async)]
pub(crate) fn contacts_name(state: State<'_, crate::State>, name: String) -> Reply<()> {
    state.run(|app, _| app.set_name(&name))
}

#[tauri::command(async)]
pub(crate) fn contacts_add(
    state: State<'_, crate::State>,
    role: Role,
    name: String,
    address: String,
) -> Reply<u32> {
    state.run(|app, now| app.contact_add(role, &name, &address, now, &mut shell::chance()))
}

#[tauri::command(async)]
pub(crate) fn contacts_compared(state: State<'_, crate::State>, number: u32, compared: bool) -> Reply<()> {
    state.run(|app, now| app.contact_compared(number, compared, now))
}

#[tauri::command(async)]
pub(crate) fn contacts_remove(state: State<'_, crate::State>, number: u32) -> Reply<()> {
    state.run(|app, now| app.contact_remove(number, now))
}
