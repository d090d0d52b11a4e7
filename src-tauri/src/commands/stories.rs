//! The story bank. A story is written to a file only where the learner chose one in the dialog opened here.

use divedeep::app::{SharedStory, StoriesPage, StoryPage};
use divedeep::model::{Language, Story, StoryId};
use divedeep::story::Interviewer;
use tauri::{AppHandle, State};

use crate::wire::Reply;

#[tauri::command(async)]
pub(crate) fn stories_show(state: State<'_, crate::State>) -> Reply<StoriesPage> {
    state.run(|app, now| app.stories(now))
}

#[tauri::command(async)]
pub(crate) fn stories_open(state: State<'_, crate::State>, id: StoryId) -> Reply<StoryPage> {
    state.run(|app, _| app.story(&id))
}

#[tauri::command(async)]
pub(crate) fn stories_create(state: State<'_, crate::State>) -> Reply<StoryPage> {
    state.run(|app, now| app.story_create(now))
}

#[tauri::command(async)]
pub(crate) fn stories_save(state: State<'_, crate::State>, id: StoryId, story: Story) -> Reply<StoryPage> {
    state.run(|app, now| app.story_save(&id, story, now))
}

#[tauri::command(async)]
pub(crate) fn stories_version(state: State<'_, crate::State>, id: StoryId, number: u32) -> Reply<Story> {
    state.run(|app, _| app.story_version(&id, number))
}

#[tauri::command(async)]
pub(crate) fn stories_restore(state: State<'_, crate::State>, id: StoryId, number: u32) -> Reply<StoryPage> {
    state.run(|app, now| app.story_restore(&id, number, now))
}

#[tauri::command(async)]
pub(crate) fn stories_delete(state: State<'_, crate::State>, id: StoryId) -> Reply<()> {
    state.run(|app, _| app.story_delete(&id))
}

#[tauri::command(async)]
pub(crate) fn stories_save_panel(state: State<'_, crate::State>, panel: Vec<Interviewer>) -> Reply<()> {
    state.run(|app, _| app.panel_save(&panel))
}

#[tauri::command(async)]
pub(crate) fn stories_save_private_names(state: State<'_, crate::State>, names: Vec<String>) -> Reply<()> {
    state.run(|app, _| app.private_names_save(&names))
}

#[tauri::command(async)]
pub(crate) fn stories_shared(
    state: State<'_, crate::State>,
    id: StoryId,
    language: Language,
) -> Reply<SharedStory> {
    state.run(|app, _| app.story_shared(&id, language))
}

/// Asks for a file and writes a story into it; none when the dialog was cancelled.
#[tauri::command(async)]
pub(crate) fn stories_write(
    handle: AppHandle,
    state: State<'_, crate::State>,
    id: StoryId,
    language: Language,
    redact: bool,
) -> Reply<Option<String>> {
    let Some(path) = super::ask_where(&handle, "story", "md")? else { return Ok(None) };
    state.run(|app, _| app.story_write(&id, language, redact, &path))?;
    Ok(Some(path.display().to_string()))
}
