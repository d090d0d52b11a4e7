//! Lists the window's commands: what is not listed here and granted in `capabilities/main.json` cannot be called.

/// Every command, in the order of `src/lib.rs`.
const COMMANDS: &[&str] = &[
    "start_show",
    "today_show",
    "today_calibrate",
    "plan_show",
    "plan_minutes_for_goal",
    "plan_save_days",
    "learning_start",
    "learning_show",
    "learning_cancel",
    "practice_next",
    "practice_more",
    "practice_open",
    "practice_propose",
    "practice_grade",
    "practice_undo",
    "browse_list",
    "browse_show",
    "browse_report",
    "progress_show",
    "settings_show",
    "settings_save",
    "settings_save_rounds",
    "settings_export",
    "settings_open_data_folder",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest))?;
    Ok(())
}
