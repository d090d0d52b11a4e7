//! Other programs: how they are started, shown and timed.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A program to run in a folder of the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    program: String,
    args: Vec<String>,
    /// Relative to the project, empty for the project itself.
    folder: &'static str,
    env: Vec<(&'static str, String)>,
}

impl Job {
    /// A program with its arguments, words separated by spaces.
    pub fn new(line: &str) -> Self {
        let mut words = line.split_whitespace().map(str::to_owned);
        Self { program: words.next().unwrap_or_default(), args: words.collect(), folder: "", env: Vec::new() }
    }

    /// More arguments, which may hold spaces.
    pub fn args(mut self, more: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.args.extend(more.into_iter().map(Into::into));
        self
    }

    /// In this folder of the project.
    pub fn within(mut self, folder: &'static str) -> Self {
        self.folder = folder;
        self
    }

    /// With this environment variable.
    pub fn env(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.env.push((name, value.into()));
        self
    }

    /// The same job as an argument of another program.
    pub fn wrapped_in(self, line: &str) -> Self {
        let outer = Self::new(line);
        let args = outer.args.into_iter().chain([self.program]).chain(self.args).collect();
        Self { program: outer.program, args, ..self }
    }

    /// As the standard library starts it.
    pub fn command(&self) -> Command {
        let mut command = Command::new(runnable(&self.program));
        command.args(&self.args).current_dir(root().join(self.folder));
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs it with its output on the terminal.
    pub fn run(&self) -> Result<(), String> {
        let status = self.command().status().map_err(|error| self.not_started(&error))?;
        if status.success() { Ok(()) } else { Err(format!("`{self}` ended with {status}")) }
    }

    /// Runs it and gives what it printed, or nothing if it is missing or failed.
    pub fn printed(&self) -> Option<String> {
        let output = self.command().stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// The sentence for a program that is not there or may not be run.
    pub fn not_started(&self, error: &std::io::Error) -> String {
        format!("`{}` could not be started: {error}", self.program)
    }
}

/// As one would type it in the project's folder.
impl fmt::Display for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.folder.is_empty() {
            write!(f, "cd {} && ", self.folder)?;
        }
        for (name, value) in &self.env {
            write!(f, "{name}={} ", quoted(value))?;
        }
        write!(f, "{}", quoted(&self.program))?;
        self.args.iter().try_for_each(|arg| write!(f, " {}", quoted(arg)))
    }
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// On Windows npm is a script, and only .exe files are found without their ending.
fn runnable(program: &str) -> String {
    if cfg!(windows) && program == "npm" { "npm.cmd".to_owned() } else { program.to_owned() }
}

/// The project's folder.
pub fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// Where cargo puts what it builds.
pub fn target_dir() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// Whether a program of this name is on the PATH (not asked on Windows, where names differ).
pub fn is_on_path(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

/// Says what is being done, does it, and says how long it took.
pub fn timed<T>(doing: &str, work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    println!("\n==> {doing}");
    let start = Instant::now();
    let outcome = work();
    let verdict = if outcome.is_ok() { "done" } else { "failed" };
    println!("    {verdict} in {}", span(start.elapsed()));
    outcome
}

/// A duration as people say it.
pub fn span(duration: Duration) -> String {
    let seconds = duration.as_secs();
    if seconds < 60 {
        format!("{:.1} s", duration.as_secs_f64())
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_is_shown_as_one_would_type_it() {
        assert_eq!(Job::new("npm run check").within("ui").to_string(), "cd ui && npm run check");
        let job = Job::new("cargo doc").env("RUSTDOCFLAGS", "-D warnings");
        assert_eq!(job.to_string(), "RUSTDOCFLAGS='-D warnings' cargo doc");
        assert_eq!(Job::new("echo").args(["it's", ""]).to_string(), r"echo 'it'\''s' ''");
    }

    #[test]
    fn a_wrapped_job_keeps_its_place() {
        let job = Job::new("npm test").within("ui").wrapped_in("timeout 5");
        assert_eq!(job.to_string(), "cd ui && timeout 5 npm test");
    }

    #[test]
    fn durations_read_well() {
        assert_eq!(span(Duration::from_millis(340)), "0.3 s");
        assert_eq!(span(Duration::from_secs(59)), "59.0 s");
        assert_eq!(span(Duration::from_secs(125)), "2 min 05 s");
    }

    #[test]
    fn a_missing_program_is_named_in_the_error() {
        let job = Job::new("no-such-program-here");
        assert!(job.run().unwrap_err().contains("no-such-program-here"));
        assert_eq!(job.printed(), None);
        assert!(!is_on_path("no-such-program-here"));
    }
}
