//! The `divedeep` command: the second shell. Thin: it reads arguments and the clock, calls `app`, prints.

mod cli;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use divedeep::app::{Access, App, PlanWish};
use divedeep::bank::Source;
use divedeep::error::Error;
use divedeep::model::Language;
use divedeep::shell;
use rand::RngExt;

use cli::{Stop, print_json};

/// Practise for AWS support interviews: bilingual questions, spaced repetition, one local file.
#[derive(Parser)]
#[command(name = "divedeep", version, arg_required_else_help = true)]
struct Arguments {
    /// Keep everything in this folder instead of the system's usual place.
    #[arg(long, global = true, env = "DIVEDEEP_DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Use the question bank in this folder instead of the built-in one.
    #[arg(long, global = true, value_name = "DIR")]
    bank: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Answer today's questions in the terminal.
    Practice,
    /// Say what is on today's list.
    Today {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Say what to study until the interview, what will be known on the day, and what is left out.
    Plan {
        /// Minutes of a usual day, 5 to 600, if others than yours.
        #[arg(long, value_parser = clap::value_parser!(u32).range(5..=600))]
        minutes: Option<u32>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Fit the memory model to your own answers, so that the plan knows you.
    Learn {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Try a generated drill; `divedeep drill list` names the families.
    Drill(cli::drill::DrillArguments),
    /// Play an incident by seed; `divedeep incident list` names them.
    Incident(cli::incident::IncidentArguments),
    /// Look after a question bank.
    Bank {
        #[command(subcommand)]
        command: cli::bank::BankCommand,
    },
    /// Write everything you have made to a file, as JSON lines.
    Export {
        /// The file; it must not exist yet.
        file: PathBuf,
    },
    /// Write a progress report that opens in any browser, without this program
    Report {
        /// The file; it must not exist yet.
        #[arg(long)]
        html: PathBuf,
        /// Its language: en, zh-TW or zh-CN; your own by default.
        #[arg(long)]
        language: Option<Language>,
    },
    /// Say who you are to others, and keep who they are to you.
    Contact {
        #[command(subcommand)]
        command: cli::mentor::ContactCommand,
    },
    /// Make, open or check a review packet.
    Packet {
        #[command(subcommand)]
        command: cli::mentor::PacketCommand,
    },
    /// Make feedback for a learner, or apply a mentor's.
    Feedback {
        #[command(subcommand)]
        command: cli::mentor::FeedbackCommand,
    },
    /// Look the data folder over.
    Doctor {
        /// Rebuild the cards from the log where they differ.
        #[arg(long)]
        mend: bool,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // A closed pipe is no reason to complain about.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let mut language = language_of_system();
    match run(arguments, &mut language) {
        Ok(code) => code,
        Err(Stop::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(Stop::Io(error)) => complain(&error.to_string()),
        Err(Stop::Core(Error::BadBank(faults))) => {
            let mut text: Vec<String> = faults.iter().map(ToString::to_string).collect();
            text.push(shell::sentence(&Error::BadBank(faults), language));
            complain(&text.join("\n"))
        }
        Err(Stop::Core(error)) => complain(&shell::sentence(&error, language)),
    }
}

fn run(arguments: Arguments, language: &mut Language) -> Result<ExitCode, Stop> {
    let source = arguments.bank.map_or(Source::BuiltIn, Source::Folder);
    let open = |access: Access, source: &Source| -> Result<App, Stop> {
        let folder = arguments.data_dir.clone().or_else(shell::usual_folder);
        let folder = folder.ok_or_else(|| Error::DataFolder {
            path: PathBuf::new(),
            reason: "this system names no folder for data: give one with --data-dir DIR".to_owned(),
        })?;
        Ok(App::open(&folder, access, source, &mut shell::chance())?)
    };
    let mut out = io::stdout().lock();
    match arguments.command {
        Command::Practice => {
            let mut app = open(Access::Write, &source)?;
            *language = app.settings().interface_language;
            cli::practice::run(&mut app, &mut io::stdin().lock(), &mut out, language)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Today { json } => {
            let app = open(Access::Read, &source)?;
            *language = app.settings().interface_language;
            let now = shell::now();
            let today = app.today(now)?;
            if json {
                print_json(&mut out, &today)?;
            } else {
                let start = app.start_page(now)?;
                cli::today::print(&mut out, &today, &start.outline, *language)?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Command::Plan { minutes, json } => {
            let app = open(Access::Read, &source)?;
            *language = app.settings().interface_language;
            let now = shell::now();
            let plan = app.plan(&PlanWish { minutes_per_day: minutes, days: Vec::new() }, now)?;
            if json {
                print_json(&mut out, &plan)?;
            } else {
                let start = app.start_page(now)?;
                cli::plan::print(&mut out, &plan, &start.outline, *language)?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Command::Learn { json } => {
            // Opened twice, so that the folder is free for the window during the seconds that a fit takes.
            let study = {
                let app = open(Access::Write, &source)?;
                *language = app.settings().interface_language;
                app.learning_study()?
            };
            let fit = cli::learn::run(&study, *language)?;
            let learnt = match &fit {
                Some(fit) => Some(open(Access::Write, &source)?.learning_keep(fit, shell::now())?),
                None => None,
            };
            if json {
                print_json(&mut out, &learnt)?;
            } else {
                cli::learn::print(&mut out, learnt.as_ref(), *language)?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Command::Drill(drill) => {
            *language = language_of_learner(open(Access::Read, &source), *language);
            drill.run(&source, *language, new_seed, &mut io::stdin().lock(), &mut out)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Incident(incident) => {
            *language = language_of_learner(open(Access::Read, &source), *language);
            incident.run(&source, *language, new_seed, &mut io::stdin().lock(), &mut out)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Bank { command } => command.run(source, &mut out),
        Command::Export { file } => {
            let app = open(Access::Read, &source)?;
            *language = app.settings().interface_language;
            let lines = app.export(&file, false, shell::now())?;
            let words = cli::Words(*language);
            writeln!(out, "{} ({lines} {})", file.display(), words.pick("lines", "行"))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Report { html, language: wanted } => {
            let mut app = open(Access::Read, &Source::Installed)?;
            *language = app.settings().interface_language;
            app.report_write(
                &divedeep::app::Selection::progress(),
                wanted.unwrap_or(*language),
                &html,
                false,
                shell::now(),
            )?;
            writeln!(out, "{}", html.display())?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Contact { command } => {
            let mut app = open(command.access(), &source)?;
            *language = app.settings().interface_language;
            command.run(&mut app, cli::Words(*language), &mut out)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Packet { command } => {
            let mut app = open(command.access(), &source)?;
            *language = app.settings().interface_language;
            command.run(&mut app, cli::Words(*language), &mut out)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Feedback { command } => {
            let mut app = open(Access::Write, &source)?;
            *language = app.settings().interface_language;
            command.run(&mut app, cli::Words(*language), &mut out)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Doctor { mend, json } => {
            let app = if mend {
                let mut app = open(Access::Write, &Source::Installed)?;
                app.rebuild_cards()?;
                app
            } else {
                open(Access::Read, &source)?
            };
            let report = app.doctor()?;
            if json {
                print_json(&mut out, &report)?;
            } else {
                writeln!(out, "{}", report.path)?;
                for finding in &report.findings {
                    let mark = if finding.sound { "ok   " } else { "FAULT" };
                    writeln!(out, "{mark} {:6} {}", finding.subject, finding.detail)?;
                }
            }
            Ok(if report.is_sound() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
    }
}

/// A case by seed needs no data folder; where there is one, it says the language.
fn language_of_learner(app: Result<App, Stop>, otherwise: Language) -> Language {
    app.map_or(otherwise, |app| app.settings().interface_language)
}

/// A seed short enough to be told.
fn new_seed() -> u32 {
    shell::chance().random_range(1..=999_999)
}

fn complain(text: &str) -> ExitCode {
    let _ = writeln!(io::stderr(), "{text}");
    ExitCode::FAILURE
}

/// The language to speak before a learner's choice is known.
fn language_of_system() -> Language {
    let spoken = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    match spoken {
        Some(tag) if tag.starts_with("zh_CN") || tag.starts_with("zh_SG") => Language::ZhCn,
        Some(tag) if tag.starts_with("zh") => Language::ZhTw,
        _ => Language::En,
    }
}
