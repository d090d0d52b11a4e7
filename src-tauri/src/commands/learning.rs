//! Learning from the answers, beside everything else.

use std::sync::{MutexGuard, PoisonError};

use divedeep::app::{LearningEnd, LearningState, Study};
use tauri::{AppHandle, Manager, State};

use crate::wire::Reply;

/// What runs, and whether it is wanted any more.
#[derive(Default)]
pub(crate) struct Learning {
    state: LearningState,
    cancelled: bool,
}

/// Starts where there are enough new answers, or where the learner asks for it. The folder stays usable meanwhile.
#[tauri::command(async)]
pub(crate) fn learning_start(
    handle: AppHandle,
    state: State<'_, crate::State>,
    asked: bool,
) -> Reply<LearningState> {
    if learning(&state).state.running.is_some() {
        return Ok(learning(&state).state);
    }
    let study = state.run(|app, now| {
        Ok(if asked || app.learning_due(now)? { Some(app.learning_study()?) } else { None })
    })?;
    if let Some(study) = study {
        *learning(&state) =
            Learning { state: LearningState { running: Some(0.0), ended: None }, cancelled: false };
        std::thread::spawn(move || run(&handle.state(), &study));
    }
    Ok(learning(&state).state)
}

#[tauri::command(async)]
pub(crate) fn learning_show(state: State<'_, crate::State>) -> Reply<LearningState> {
    Ok(learning(&state).state)
}

/// Ends a fit that runs; nothing of it is kept.
#[tauri::command(async)]
pub(crate) fn learning_cancel(state: State<'_, crate::State>) -> Reply<LearningState> {
    let mut learning = learning(&state);
    learning.cancelled = true;
    Ok(learning.state)
}

fn learning(state: &crate::State) -> MutexGuard<'_, Learning> {
    // A panic elsewhere leaves two plain values as they were.
    state.learning.lock().unwrap_or_else(PoisonError::into_inner)
}

fn run(state: &crate::State, study: &Study) {
    let fit = study.run(&mut divedeep::shell::chance(), |share| {
        let mut learning = learning(state);
        learning.state.running = Some(share);
        !learning.cancelled
    });
    let ended = match fit {
        _ if learning(state).cancelled => LearningEnd::Cancelled,
        Ok(Some(fit)) => match state.run(|app, now| app.learning_keep(&fit, now)) {
            Ok(_) => LearningEnd::Kept,
            Err(_) => LearningEnd::Failed,
        },
        Ok(None) => LearningEnd::NothingYet,
        Err(_) => LearningEnd::Failed,
    };
    learning(state).state = LearningState { running: None, ended: Some(ended) };
}
