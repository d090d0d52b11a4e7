//! `divedeep bank`: what an author needs.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Subcommand, ValueEnum};
use divedeep::bank::{Bank, Draft, Source};
use divedeep::error::Error;
use divedeep::model::QuestionKind;

use super::{Stop, print_json};

/// Looks after a bank.
#[derive(Subcommand)]
pub enum BankCommand {
    /// Name every fault with file, line and reason.
    Check,
    /// Count what is in it.
    Stats {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Run the questions' verify blocks and compare what they print.
    Verify {
        /// The bank's folder. Its blocks are run as programs on this computer: name only a folder you trust.
        folder: PathBuf,
        /// Only questions whose id begins with this.
        #[arg(long, default_value = "", value_name = "PREFIX")]
        only: String,
    },
    /// Derive Simplified Chinese from what is written for Taiwan, and store it.
    Simplify {
        /// The bank's folder.
        folder: PathBuf,
        /// Also derive the interface's texts, in the folder that holds zh-TW.ts and errors.zh-TW.json.
        #[arg(long, value_name = "DIR")]
        interface: Option<PathBuf>,
    },
    /// Begin a question: adds a record to fill in to its topic's file.
    New {
        /// The bank's folder.
        folder: PathBuf,
        /// domain/topic/slug.
        id: String,
        /// What sort of answer is asked for.
        #[arg(long)]
        kind: Kind,
        /// 1 to 4.
        #[arg(long, value_parser = clap::value_parser!(u8).range(1..=4))]
        depth: u8,
    },
}

/// The kinds, as they are typed.
#[derive(Clone, Copy, ValueEnum)]
pub enum Kind {
    Recall,
    Explain,
    Compare,
    Command,
    OutputReading,
    TroubleshootStep,
    Estimate,
}

impl From<Kind> for QuestionKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Recall => Self::Recall,
            Kind::Explain => Self::Explain,
            Kind::Compare => Self::Compare,
            Kind::Command => Self::Command,
            Kind::OutputReading => Self::OutputReading,
            Kind::TroubleshootStep => Self::TroubleshootStep,
            Kind::Estimate => Self::Estimate,
        }
    }
}

impl BankCommand {
    /// Does it, and says whether all is well.
    pub fn run(self, source: Source, out: &mut impl Write) -> Result<ExitCode, Stop> {
        match self {
            Self::Check => {
                let (bank, faults) = Bank::check(&source)?;
                for fault in &faults {
                    writeln!(out, "{fault}")?;
                }
                let stats = bank.stats();
                writeln!(
                    out,
                    "{} questions, {} prompts, {} faults",
                    stats.questions.total,
                    stats.prompts.total,
                    faults.len()
                )?;
                Ok(exit(faults.is_empty()))
            }
            Self::Stats { json } => {
                let stats = Bank::read(&source)?.stats();
                if json {
                    print_json(out, &stats)?;
                } else {
                    super::today::print_stats(out, &stats)?;
                }
                Ok(ExitCode::SUCCESS)
            }
            Self::Verify { folder, only } => {
                let bank = Bank::read(&Source::Folder(folder))?;
                Ok(exit(verify(out, &bank, &only)?))
            }
            Self::Simplify { folder, interface } => {
                let bank = Bank::read(&Source::Folder(folder.clone()))?;
                let mut files: Vec<(PathBuf, String)> =
                    bank.simplify()?.into_iter().map(|(path, text)| (folder.join(path), text)).collect();
                if let Some(interface) = interface {
                    files.extend(super::simplified_interface(&interface, &bank.simplifier()?)?);
                }
                for (path, text) in files {
                    if std::fs::read_to_string(&path).is_ok_and(|there| there == text) {
                        continue;
                    }
                    let written = path.parent().map_or(Ok(()), std::fs::create_dir_all);
                    written.and_then(|()| std::fs::write(&path, text)).map_err(|error| Error::WriteFile {
                        path: path.clone(),
                        reason: error.to_string(),
                    })?;
                    writeln!(out, "{}", path.display())?;
                }
                Ok(ExitCode::SUCCESS)
            }
            Self::New { folder, id, kind, depth } => {
                let draft = Draft::new(&id, kind.into(), depth, divedeep::shell::now().local_date())?;
                let path = folder.join(&draft.file);
                let line = draft
                    .append_to(&folder)
                    .map_err(|error| Error::WriteFile { path: path.clone(), reason: error.to_string() })?;
                writeln!(out, "{}:{line}", path.display())?;
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

fn exit(well: bool) -> ExitCode {
    if well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[cfg(unix)]
fn verify(out: &mut impl Write, bank: &Bank, only: &str) -> Result<bool, Stop> {
    Ok(super::verify::run(out, bank, only)?)
}

#[cfg(not(unix))]
fn verify(out: &mut impl Write, _: &Bank, _: &str) -> Result<bool, Stop> {
    writeln!(out, "verify blocks are shell programs: run this on Linux or macOS")?;
    Ok(false)
}
