//! Learning from the answers, beside everything else.

use std::sync::PoisonError;

use divedeep::app::LearningState;
use tauri::{AppHandle, Manager, State};

use crate::wire::Reply;

/// Starts where there are enough new answers, or where the learner asks for it. The folder stays usable meanwhile.
#[tauri::command(async)]
pub(crate) fn learning_start(
    handle: AppHandle,
    state: State<'_, crate::State>,
    asked: bool,
) -> Reply<LearningState> {
    let begun = {
        let mut learning = state.learning.lock().unwrap_or_else(PoisonError::into_inner);
        let free = learning.running.is_none();
        if free {
            learning.running = Some(0.0);
        }
        free
    };
    if begun {
        let study = state.run(|app, now| {
            Ok(if asked || app.learning_due(now)? { Some(app.learning_study()?) } else { None })
        });
        match study {
            Ok(Some(study)) => {
                std::thread::spawn(move || run(&handle.state(), &study));
            }
            nothing => {
                stop(&state, false);
                nothing?;
            }
        }
    }
    Ok(show(&state))
}

#[tauri::command(async)]
pub(crate) fn learning_show(state: State<'_, crate::State>) -> Reply<LearningState> {
    Ok(show(&state))
}

/// Ends a fit that runs; nothing of it is kept.
#[tauri::command(async)]
pub(crate) fn learning_cancel(state: State<'_, crate::State>) -> Reply<LearningState> {
    state.learning.lock().unwrap_or_else(PoisonError::into_inner).cancelled = true;
    Ok(show(&state))
}

fn show(state: &crate::State) -> LearningState {
    let learning = state.learning.lock().unwrap_or_else(PoisonError::into_inner);
    LearningState { running: learning.running, kept: learning.kept }
}

fn run(state: &crate::State, study: &divedeep::app::Study) {
    let fit = study.run(&mut divedeep::shell::chance(), |share| {
        let mut learning = state.learning.lock().unwrap_or_else(PoisonError::into_inner);
        learning.running = Some(share);
        !learning.cancelled
    });
    // A fit that fails leaves the parameters as they were; the next one starts from there again.
    let kept = match fit {
        Ok(Some(fit)) => state.run(|app, now| app.learning_keep(&fit, now)).is_ok(),
        Ok(None) | Err(_) => false,
    };
    stop(state, kept);
}

fn stop(state: &crate::State, kept: bool) {
    let mut learning = state.learning.lock().unwrap_or_else(PoisonError::into_inner);
    *learning = crate::Learning { running: None, cancelled: false, kept: learning.kept + u32::from(kept) };
}
