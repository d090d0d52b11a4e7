//! Reviews by mentors in the terminal: contacts, packets, feedback.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use divedeep::app::{Access, App, Contact, Feedback, Selection, Taking, Trust};
use divedeep::error::Error;
use divedeep::model::{Language, Role};
use divedeep::shell;

use super::{Stop, Words, print_json};

/// Oneself, and others.
#[derive(Subcommand)]
pub enum ContactCommand {
    /// Say your address and the words to compare; with a name, keep it first.
    Me {
        /// What you call yourself.
        #[arg(long)]
        name: Option<String>,
    },
    /// Name everybody packets are exchanged with.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Add somebody by their address.
    Add {
        /// What they are to you.
        #[arg(long, value_enum)]
        role: RoleWord,
        /// Their name.
        name: String,
        /// Their address, as their program says it.
        address: String,
    },
    /// Remove somebody with everything that came from there.
    Remove {
        /// Their name, or their number in the list.
        who: String,
    },
    /// Keep that you compared somebody's words with them.
    Compared {
        /// Their name, or their number in the list.
        who: String,
    },
}

/// What somebody is to you.
#[derive(Clone, Copy, ValueEnum)]
pub enum RoleWord {
    /// Looks at what you send.
    Mentor,
    /// Sends what you look at.
    Learner,
}

/// What can be shared.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// The figures of the progress page.
    Progress,
    /// Answered items with grades and typed words.
    Answers,
    /// Every story.
    Stories,
    /// Every answer told at length outside of mock loops.
    Told,
    /// Every mock loop.
    Mocks,
    /// Every finished incident.
    Plays,
    /// The recordings of what is shared.
    Recordings,
}

/// Choosing what leaves.
#[derive(Args)]
pub struct Choice {
    /// What to share; progress alone by default.
    #[arg(long, value_enum, value_delimiter = ',', default_value = "progress")]
    share: Vec<Part>,
    /// What you ask your mentor.
    #[arg(long, default_value = "")]
    question: String,
    /// Leave in what the redaction check finds (names you listed are blacked out all the same).
    #[arg(long)]
    keep_findings: bool,
}

/// Taking a packet that arrived.
#[derive(Args)]
pub struct Arrival {
    /// Take its sender as a contact from now on: you compared the words.
    #[arg(long)]
    new: bool,
    /// Take it although one before it is missing.
    #[arg(long)]
    without: bool,
}

/// Review packets.
#[derive(Subcommand)]
pub enum PacketCommand {
    /// Make a review packet for a mentor.
    Make {
        /// The file; it must not exist yet.
        file: PathBuf,
        /// The mentor's name, or number in the list of contacts.
        #[arg(long)]
        to: String,
        #[command(flatten)]
        choice: Choice,
    },
    /// Say exactly what would leave, as JSON.
    Preview {
        #[command(flatten)]
        choice: Choice,
    },
    /// Take a learner's packet onto the mentor's desk.
    Open {
        /// The file.
        file: PathBuf,
        #[command(flatten)]
        arrival: Arrival,
        /// Say what it holds, as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Check a packet without taking anything from it.
    Verify {
        /// The file.
        file: PathBuf,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

/// Feedback packets.
#[derive(Subcommand)]
pub enum FeedbackCommand {
    /// Make a feedback packet for a learner whose packet was opened.
    Make {
        /// The file; it must not exist yet.
        file: PathBuf,
        /// The learner's name, or number in the list of contacts.
        #[arg(long)]
        to: String,
        /// The feedback as JSON instead of what was written in the window.
        #[arg(long)]
        from: Option<PathBuf>,
    },
    /// Apply a mentor's feedback.
    Apply {
        /// The file.
        file: PathBuf,
        #[command(flatten)]
        arrival: Arrival,
    },
}

impl ContactCommand {
    /// What it needs: whoever only looks may look while the window is open.
    pub fn access(&self) -> Access {
        if matches!(self, Self::List { .. }) { Access::Read } else { Access::Write }
    }

    /// Runs the command.
    pub fn run(self, app: &mut App, words: Words, out: &mut impl Write) -> Result<(), Stop> {
        match self {
            Self::Me { name } => {
                if let Some(name) = name {
                    app.set_name(&name)?;
                }
                let me = app.me(&mut shell::chance())?;
                writeln!(out, "{}\n{}\n{}", me.name, me.address, me.words.join(" "))?;
            }
            Self::List { json } => {
                let contacts = app.contacts()?;
                if json {
                    print_json(out, &contacts)?;
                } else {
                    contacts.iter().try_for_each(|one| writeln!(out, "{}", line(one, words)))?;
                }
            }
            Self::Add { role, name, address } => {
                let role = match role {
                    RoleWord::Mentor => Role::Mentor,
                    RoleWord::Learner => Role::Learner,
                };
                let number = app.contact_add(role, &name, &address, shell::now(), &mut shell::chance())?;
                let added = app.contacts()?.into_iter().find(|one| one.number == number);
                added.iter().try_for_each(|one| writeln!(out, "{}", line(one, words)))?;
            }
            Self::Remove { who } => {
                let contact = find(app, None, &who)?;
                app.contact_remove(contact.number, shell::now())?;
                writeln!(out, "{} {}", words.pick("Removed:", "已移除："), contact.name)?;
            }
            Self::Compared { who } => {
                let number = find(app, None, &who)?.number;
                app.contact_compared(number, true, shell::now())?;
                writeln!(out, "{}", line(&find(app, None, &number.to_string())?, words))?;
            }
        }
        Ok(())
    }
}

impl PacketCommand {
    /// What it needs: whoever only looks may look while the window is open.
    pub fn access(&self) -> Access {
        if matches!(self, Self::Preview { .. } | Self::Verify { .. }) { Access::Read } else { Access::Write }
    }

    /// Runs the command.
    pub fn run(self, app: &mut App, words: Words, out: &mut impl Write) -> Result<(), Stop> {
        let now = shell::now();
        let chance = &mut shell::chance();
        match self {
            Self::Make { file, to, choice } => {
                let selection = choice.selection(app)?;
                let mentor = find(app, Some(Role::Mentor), &to)?;
                app.share_make(&selection, mentor.number, &file, false, now, chance)?;
                writeln!(out, "{}", file.display())?;
            }
            Self::Preview { choice } => {
                let selection = choice.selection(app)?;
                print_json(out, &app.share_preview(&selection, words.0, now)?)?;
            }
            Self::Open { file, arrival, json } => {
                let taken = app.packet_take(&file, arrival.from(Role::Learner), now, chance)?;
                let page = app.review(taken.contact, words.0)?;
                if json {
                    print_json(out, &page)?;
                } else {
                    summary(&page, words, out)?;
                }
            }
            Self::Verify { file, json } => {
                let view = app.packet_view(&file, chance)?;
                if json {
                    print_json(out, &view)?;
                    return Ok(());
                }
                let known = match view.contact {
                    Some(_) => words.pick("known", "已認得"),
                    None => words.pick("not known: compare the words", "尚未認得：請核對單字"),
                };
                writeln!(out, "{} ({known})\n{}", view.name, view.words.join(" "))?;
                writeln!(out, "{} {}", words.pick("number", "第"), view.sequence)?;
                for (name, bytes) in view.recordings {
                    writeln!(out, "{name} ({bytes} B)")?;
                }
            }
        }
        Ok(())
    }
}

impl FeedbackCommand {
    /// Runs the command.
    pub fn run(self, app: &mut App, words: Words, out: &mut impl Write) -> Result<(), Stop> {
        let now = shell::now();
        let chance = &mut shell::chance();
        match self {
            Self::Make { file, to, from } => {
                let learner = find(app, Some(Role::Learner), &to)?;
                if let Some(from) = from {
                    let failed = |reason: String| Error::ReadFile { path: from.clone(), reason };
                    let text = std::fs::read_to_string(&from).map_err(|error| failed(error.to_string()))?;
                    let draft: Feedback =
                        serde_json::from_str(&text).map_err(|error| failed(error.to_string()))?;
                    app.feedback_keep(learner.number, &draft)?;
                }
                app.feedback_make(learner.number, &file, false, now, chance)?;
                writeln!(out, "{}", file.display())?;
            }
            Self::Apply { file, arrival } => {
                app.packet_take(&file, arrival.from(Role::Mentor), now, chance)?;
                let page = app.share_page(now, chance)?;
                for (mentor, _, letter) in page.letters.iter().take(1) {
                    writeln!(out, "{mentor}: {letter}")?;
                }
                for comment in page.comments.iter().filter(|comment| !comment.read) {
                    writeln!(out, "- {}", comment.comment.words)?;
                }
                for one in page.assignments.iter().filter(|one| !one.done) {
                    let title = one.assignment.title.get(words.0);
                    writeln!(out, "{} {title} {}", one.assignment.due, one.assignment.words)?;
                }
            }
        }
        Ok(())
    }
}

impl Choice {
    fn selection(self, app: &App) -> Result<Selection, Error> {
        let has = |part: Part| self.share.contains(&part);
        let choices = app.share_choices()?;
        let told = |mock: bool| choices.told.iter().filter(move |one| one.mock.is_some() == mock);
        Ok(Selection {
            progress: has(Part::Progress),
            answers: has(Part::Answers),
            stories: match has(Part::Stories) {
                true => choices.stories.iter().map(|(id, _)| id.clone()).collect(),
                false => Vec::new(),
            },
            told: if has(Part::Told) { told(false).map(|one| one.number).collect() } else { Vec::new() },
            mocks: match has(Part::Mocks) {
                true => choices.mocks.iter().map(|(number, _)| *number).collect(),
                false => Vec::new(),
            },
            plays: match has(Part::Plays) {
                true => choices.plays.iter().map(|(number, ..)| *number).collect(),
                false => Vec::new(),
            },
            recordings: match has(Part::Recordings) {
                true => told(false).chain(told(true)).map(|one| one.number).collect(),
                false => Vec::new(),
            },
            redact: !self.keep_findings,
            question: self.question,
        })
    }
}

impl Arrival {
    /// Taken from somebody of this role alone: a packet of the other kind belongs to the other command.
    fn from(self, role: Role) -> Taking {
        let trust = if self.new { Trust::New } else { Trust::Known };
        Taking { role: Some(role), trust, words: None, without: self.without }
    }
}

/// The contact of a name or number. A name that two have is nobody's: a packet would go to the wrong one.
fn find(app: &App, role: Option<Role>, who: &str) -> Result<Contact, Error> {
    let fits = |one: &Contact| {
        role.is_none_or(|role| one.role == role) && (one.name == who || one.number.to_string() == who)
    };
    let mut found: Vec<Contact> = app.contacts()?.into_iter().filter(fits).collect();
    match (found.pop(), found.is_empty()) {
        (Some(contact), true) => Ok(contact),
        (Some(_), false) => Err(Error::BadValue { field: "name", value: who.to_owned() }),
        (None, _) => Err(Error::NoSuchItem { item: who.to_owned() }),
    }
}

fn line(one: &Contact, words: Words) -> String {
    let role = match one.role {
        Role::Mentor => words.pick("mentor", "導師"),
        Role::Learner => words.pick("learner", "學習者"),
    };
    let state = match (one.compared, one.changed_key) {
        (true, _) => words.pick("compared", "已核對"),
        (false, true) => words.pick("ANOTHER KEY THAN BEFORE, not compared", "金鑰與以前不同，尚未核對"),
        (false, false) => words.pick("not compared", "尚未核對"),
    };
    format!("{} {role} {} ({state}): {}", one.number, one.name, one.words.join(" "))
}

fn summary(page: &divedeep::app::ReviewPage, words: Words, out: &mut impl Write) -> Result<(), Stop> {
    writeln!(out, "{}", line(&page.contact, words))?;
    writeln!(out, "{}", words.pick("What follows is the learner's own account.", "以下為學習者自述。"))?;
    if !page.parts.question.trim().is_empty() {
        writeln!(out, "{}", page.parts.question.trim())?;
    }
    if let Some(figures) = &page.figures {
        writeln!(out, "{}", figures.readiness)?;
    }
    let language = words.0;
    let counts = [
        (page.items as usize, words.pick("items", "題目")),
        (page.parts.stories.len(), words.pick("stories", "故事")),
        (page.parts.told.len(), words.pick("told answers", "口說作答")),
        (page.parts.mocks.len(), words.pick("mock loops", "模擬面試")),
        (page.parts.plays.len(), words.pick("incidents", "事件")),
    ];
    for (count, name) in counts.iter().filter(|(count, _)| *count > 0) {
        match language {
            Language::En => writeln!(out, "{count} {name}")?,
            Language::ZhTw | Language::ZhCn => writeln!(out, "{name} {count}")?,
        }
    }
    Ok(())
}
