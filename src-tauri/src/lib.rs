//! The window: a thin shell over `divedeep`. It owns the clock, the dialogs and the page; it decides nothing.

mod commands;
mod microphone;
mod wire;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use clap::Parser;
use divedeep::app::{Access, App};
use divedeep::bank::Source;
use divedeep::error::Error;
use divedeep::time::Moment;
use tauri::webview::WebviewWindowBuilder;
use tauri::{Manager, WebviewUrl};

/// The Divedeep window: practise for AWS support interviews.
#[derive(Parser)]
#[command(name = "divedeep-window", version)]
struct Arguments {
    /// Keep everything in this folder instead of the system's usual place.
    #[arg(long, env = "DIVEDEEP_DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Use the question bank in this folder instead of the built-in one.
    #[arg(long, value_name = "DIR")]
    bank: Option<PathBuf>,
}

/// The window's one state: the open data folder, or none while it could not be opened.
pub(crate) struct State {
    app: Mutex<Option<App>>,
    learning: Mutex<commands::learning::Learning>,
    recorder: divedeep::speech::Recorder,
    /// The packet that was opened last, so that the page need not name it.
    arrived: Mutex<Option<commands::packets::Arrived>>,
    folder: PathBuf,
    bank: Source,
}

impl State {
    /// Runs a use case at the clock's time, opening the data folder first where it is not open.
    fn run<T>(&self, work: impl FnOnce(&mut App, Moment) -> divedeep::error::Result<T>) -> wire::Reply<T> {
        // A panic elsewhere leaves the folder as its last transaction left it, so it can be used on.
        let mut app = self.app.lock().unwrap_or_else(PoisonError::into_inner);
        let open = match app.take() {
            Some(open) => open,
            None => App::open(&self.folder, Access::Write, &self.bank, &mut divedeep::shell::chance())?,
        };
        let open = app.insert(open);
        work(open, divedeep::shell::now()).map_err(wire::Failure::from)
    }
}

/// Opens the window and runs until it is closed.
pub fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let usual = arguments.data_dir.is_none();
    let Some(folder) = arguments.data_dir.or_else(divedeep::shell::usual_folder) else {
        return fail("this system names no folder for data: give one with --data-dir DIR");
    };
    let state = State {
        app: Mutex::new(None),
        learning: Mutex::default(),
        recorder: divedeep::speech::Recorder::new(microphone::SystemMicrophone),
        arrived: Mutex::default(),
        folder,
        bank: arguments.bank.map_or(Source::BuiltIn, Source::Folder),
    };
    #[expect(clippy::exit, reason = "the macro's own; it is not reached")]
    let context = tauri::generate_context!();
    let mut builder = tauri::Builder::default();
    if usual {
        // Comfort only: the lock file is what keeps a second writer out. A folder of one's own gets a window of its own.
        builder = builder.plugin(tauri_plugin_single_instance::init(|app, _, _| {
            if let Some(window) = app.get_webview_window("main") {
                let _ = window.unminimize();
                let _ = window.set_focus();
            }
        }));
    }
    let built = builder
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_window_state::Builder::default().build())
        .manage(state)
        .invoke_handler(tauri::generate_handler![
            commands::start::start_show,
            commands::today::today_show,
            commands::today::today_calibrate,
            commands::plan::plan_show,
            commands::plan::plan_minutes_for_goal,
            commands::plan::plan_save_days,
            commands::learning::learning_start,
            commands::learning::learning_show,
            commands::learning::learning_cancel,
            commands::practice::practice_next,
            commands::practice::practice_more,
            commands::practice::practice_put_off,
            commands::practice::practice_open,
            commands::practice::practice_propose,
            commands::practice::practice_grade,
            commands::practice::practice_undo,
            commands::browse::browse_list,
            commands::browse::browse_show,
            commands::browse::browse_report,
            commands::drills::drills_list,
            commands::drills::drills_case,
            commands::drills::drills_check,
            commands::incidents::incidents_list,
            commands::incidents::incidents_start,
            commands::incidents::incidents_show,
            commands::incidents::incidents_check,
            commands::incidents::incidents_save,
            commands::incidents::incidents_cause,
            commands::incidents::incidents_act,
            commands::incidents::incidents_keep,
            commands::incidents::incidents_send,
            commands::incidents::incidents_end,
            commands::incidents::incidents_delete,
            commands::incidents::incidents_runbook,
            commands::stories::stories_show,
            commands::stories::stories_open,
            commands::stories::stories_create,
            commands::stories::stories_save,
            commands::stories::stories_version,
            commands::stories::stories_restore,
            commands::stories::stories_delete,
            commands::stories::stories_save_panel,
            commands::stories::stories_save_private_names,
            commands::stories::stories_shared,
            commands::stories::stories_write,
            commands::rehearsal::rehearsal_desk,
            commands::rehearsal::rehearsal_begin,
            commands::rehearsal::rehearsal_show,
            commands::rehearsal::rehearsal_keep,
            commands::rehearsal::rehearsal_told,
            commands::rehearsal::rehearsal_finish,
            commands::rehearsal::rehearsal_delete,
            commands::rehearsal::rehearsal_recordings,
            commands::rehearsal::rehearsal_recording,
            commands::rehearsal::rehearsal_delete_recording,
            commands::recorder::recorder_start,
            commands::recorder::recorder_show,
            commands::recorder::recorder_stop,
            commands::mock::mock_list,
            commands::mock::mock_start,
            commands::mock::mock_show,
            commands::mock::mock_next,
            commands::mock::mock_score,
            commands::mock::mock_own_questions,
            commands::mock::mock_stop,
            commands::mock::mock_delete,
            commands::progress::progress_show,
            commands::progress::progress_figures,
            commands::progress::progress_save,
            commands::share::share_show,
            commands::share::share_preview,
            commands::share::share_make,
            commands::share::share_report,
            commands::share::share_comments,
            commands::share::share_comments_read,
            commands::share::share_assignment_done,
            commands::contacts::contacts_name,
            commands::contacts::contacts_add,
            commands::contacts::contacts_compared,
            commands::contacts::contacts_remove,
            commands::packets::packets_open,
            commands::packets::packets_take,
            commands::mentor::mentor_cohort,
            commands::mentor::mentor_review,
            commands::mentor::mentor_keep,
            commands::mentor::mentor_send,
            commands::mentor::mentor_recording,
            commands::settings::settings_show,
            commands::settings::settings_save,
            commands::settings::settings_save_rounds,
            commands::settings::settings_export,
            commands::settings::settings_open_data_folder,
        ])
        .setup(|app| {
            WebviewWindowBuilder::new(app, "main", WebviewUrl::default())
                .title("Divedeep")
                .inner_size(1280.0, 800.0)
                .min_inner_size(640.0, 480.0)
                .on_navigation(|url| url.scheme() == "tauri" || url.host_str() == Some("tauri.localhost"))
                .build()?;
            Ok(())
        })
        .run(context);
    match built {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&format!("the window could not be opened: {error}")),
    }
}

#[expect(clippy::print_stderr, reason = "there is no window to say it in")]
fn fail(reason: &str) -> ExitCode {
    eprintln!("divedeep-window: {reason}");
    ExitCode::FAILURE
}

/// A path that a file dialog gave.
pub(crate) fn dialog_path(path: tauri_plugin_dialog::FilePath) -> Result<PathBuf, Error> {
    path.into_path().map_err(|error| Error::WriteFile { path: PathBuf::new(), reason: error.to_string() })
}
