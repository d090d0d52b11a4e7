//! stub
fn main() -> std::process::ExitCode {
    let dir = std::env::args().nth(3);
    let source = dir.map_or(divedeep::bank::Source::BuiltIn, |d| divedeep::bank::Source::Folder(d.into()));
    match divedeep::bank::Bank::check(&source) {
        Ok((bank, faults)) => {
            #[expect(clippy::print_stdout)]
            {
            for f in &faults { println!("{f}"); }
            println!("{}", serde_json::to_string_pretty(&bank.stats()).unwrap_or_default());
            }
        }
        #[expect(clippy::print_stdout)]
        Err(e) => println!("{e}"),
    }
    std::process::ExitCode::SUCCESS
}
