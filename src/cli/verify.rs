//! `divedeep bank verify DIR`: runs the questions' `verify` blocks and compares what they print.
//!
//! An author's tool. It stands in the terminal's shell and not in the core, so that the window cannot reach it, and it
//! runs only what stands in a folder that the caller names: never the installed bank, never something imported.
//!
//! Each block runs in a throw-away directory with a bare environment and a time limit; without network and as the
//! user `nobody` where the system lets us. The question's evidence stands there as `evidence-1.txt`, `evidence-2.txt`.

use std::fs::Permissions;
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use divedeep::bank::Bank;
use divedeep::model::{Question, QuestionKind, Runner, Verify};
use tempfile::TempDir;

/// Seconds a block may take.
const LIMIT: &str = "10";
/// What a block may print, in bytes; more is cut off.
const LONGEST_OUTPUT: u64 = 1_000_000;
/// `nobody`, by the number that Linux reserves for it.
const NOBODY: u32 = 65_534;

/// The loopback interface is part of the machine, not of the network; open files of the caller are no part of either.
const PREPARE: &str = r#"ip link set lo up 2>/dev/null
for fd in /proc/$$/fd/*; do fd=${fd##*/}; if ((fd > 2)) && [[ -e /proc/$$/fd/$fd ]]; then exec {fd}>&-; fi; done
exec "$@""#;

/// What became of a block.
enum Outcome {
    /// It printed what was expected.
    Same,
    /// Its runner is `none`.
    NotRun,
    /// Why it failed, over several lines.
    Differs(String),
}

/// Runs the blocks of the questions whose id begins with `prefix`; true if every one printed what was expected.
///
/// # Errors
/// Those of writing to `out`, and of making the throw-away directories.
pub fn run(out: &mut impl Write, bank: &Bank, prefix: &str) -> io::Result<bool> {
    let questions: Vec<&Question> =
        bank.questions().filter(|question| question.id.starts_with(prefix)).collect();
    let fence = Fence::find();
    let wants_server = questions.iter().any(|question| question.verify.as_ref().is_some_and(uses_server));
    let server = if wants_server { Some(Server::start(&fence)?) } else { None };
    writeln!(out, "{}", fence.account())?;

    let next = AtomicUsize::new(0);
    let outcomes: Mutex<Vec<(usize, Outcome)>> = Mutex::default();
    let hands = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..hands {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(question) = questions.get(at) else { break };
                    let Some(verify) = &question.verify else { continue };
                    let outcome = fence
                        .run(question, verify, server.as_ref(), at)
                        .unwrap_or_else(|error| Outcome::Differs(format!("it could not be run: {error}")));
                    if let Ok(mut outcomes) = outcomes.lock() {
                        outcomes.push((at, outcome));
                    }
                }
            });
        }
    });

    let mut outcomes = outcomes.into_inner().unwrap_or_default();
    outcomes.sort_by_key(|(at, _)| *at);
    let mut failures = 0;
    for (at, outcome) in &outcomes {
        if let (Outcome::Differs(reason), Some(question)) = (outcome, questions.get(*at)) {
            failures += 1;
            writeln!(out, "{}\n{reason}", question.id)?;
        }
    }
    let ran: Vec<usize> =
        outcomes.iter().filter(|(_, outcome)| matches!(outcome, Outcome::Same)).map(|(at, _)| *at).collect();
    for kind in [QuestionKind::Command, QuestionKind::Estimate, QuestionKind::OutputReading] {
        let all: Vec<usize> = (0..questions.len())
            .filter(|at| questions.get(*at).is_some_and(|question| question.kind == kind))
            .collect();
        let verified = all.iter().filter(|at| ran.contains(at)).count();
        writeln!(out, "{:16} {verified} of {} verified by running", kind.name(), all.len())?;
    }
    writeln!(out, "{} ran as expected, {failures} did not", ran.len())?;
    Ok(failures == 0)
}

/// Blocks in SQL, and scripts that call its client.
fn uses_server(verify: &Verify) -> bool {
    verify.runner == Runner::Postgres
        || [&verify.setup, &verify.cmd].iter().any(|text| text.contains("psql "))
}

/// What keeps a block from doing harm, as far as this system allows.
struct Fence {
    /// Programs that lead in, before the block's own.
    lead: Vec<String>,
    no_network: bool,
    /// Held by the block that uses the server.
    server: Mutex<()>,
    /// Whether blocks run as `nobody`; otherwise they run as the caller, who is no administrator.
    as_nobody: bool,
}

impl Fence {
    fn find() -> Self {
        let works = |line: &[&str]| match line {
            [program, arguments @ ..] => Command::new(program)
                .args(arguments)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .is_ok_and(|status| status.success()),
            [] => false,
        };
        let root = std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
        let drop: &[&str] =
            &["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs"];
        let as_nobody = root && works(&[drop, &["true"]].concat());
        let net: &[&str] =
            if root { &["unshare", "--net"] } else { &["unshare", "--user", "--map-root-user", "--net"] };
        let no_network = works(&[net, &["true"]].concat());

        let mut lead: Vec<String> = ["timeout", "--kill-after=1", LIMIT].map(str::to_owned).into();
        if no_network {
            lead.extend(net.iter().map(ToString::to_string));
        }
        lead.extend(["bash", "-c", PREPARE, "bash"].map(str::to_owned));
        if as_nobody {
            lead.extend(drop.iter().map(ToString::to_string));
        }
        Self { lead, no_network, as_nobody, server: Mutex::default() }
    }

    fn account(&self) -> String {
        let network =
            if self.no_network { "without network" } else { "WITH network (no namespace could be made)" };
        let user = if self.as_nobody { "as nobody" } else { "as the caller" };
        format!("blocks run {network}, {user}, for at most {LIMIT} s each")
    }

    /// A directory that the block's user may write to. Its name is short: so are the paths of sockets.
    fn place(&self) -> io::Result<TempDir> {
        let place = tempfile::Builder::new().prefix("dd-").tempdir()?;
        std::fs::set_permissions(place.path(), Permissions::from_mode(0o700))?;
        if self.as_nobody {
            chown(place.path(), Some(NOBODY), Some(NOBODY))?;
        }
        Ok(place)
    }

    /// A command behind the fence, with a bare environment.
    fn command(&self, place: &Path, line: &[&str]) -> Command {
        let mut command = Command::new("env");
        command
            .args(&self.lead)
            .args(line)
            .current_dir(place)
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")
            .env("HOME", place)
            .env("LC_ALL", "C.UTF-8")
            .env("TZ", "UTC")
            .stdin(Stdio::null());
        command
    }

    fn run(
        &self,
        question: &Question,
        verify: &Verify,
        server: Option<&Server>,
        number: usize,
    ) -> io::Result<Outcome> {
        if verify.runner == Runner::None {
            return Ok(Outcome::NotRun);
        }
        let place = self.place()?;
        for (index, evidence) in question.evidence.iter().enumerate() {
            let path = place.path().join(format!("evidence-{}.txt", index + 1));
            std::fs::write(&path, &evidence.text)?;
            std::fs::set_permissions(&path, Permissions::from_mode(0o644))?;
        }
        let database = format!("q{number}");
        let socket = server.map(|server| server.place.path().display().to_string()).unwrap_or_default();
        let connect = |command: &mut Command| {
            command.env("PGHOST", &socket).env("PGUSER", "postgres").env("PGDATABASE", &database);
        };
        let _alone;
        if uses_server(verify) {
            // Blocks look at what other sessions hold back (vacuum, locks): one at a time.
            _alone = self.server.lock();
            match server {
                Some(Server { process: Ok(_), .. }) => {}
                Some(Server { process: Err(reason), .. }) => return Ok(Outcome::Differs(reason.clone())),
                None => return Ok(Outcome::Differs("no server was started".to_owned())),
            }
            let mut create =
                self.command(place.path(), &["createdb", "--maintenance-db=postgres", &database]);
            connect(&mut create);
            let created = output(create)?;
            if !created.ok {
                return Ok(Outcome::Differs(format!("createdb failed: {}", created.errors)));
            }
        }
        if !verify.setup.trim().is_empty() {
            let mut setup = self.command(place.path(), &["bash", "-c", &verify.setup]);
            connect(&mut setup);
            let done = output(setup)?;
            if !done.ok {
                return Ok(Outcome::Differs(format!("its setup failed: {}", done.errors)));
            }
        }
        let cmd = verify.cmd.as_str();
        let line: &[&str] = match verify.runner {
            Runner::Bash | Runner::Mawk | Runner::Jq | Runner::Openssl | Runner::None => &["bash", "-c", cmd],
            Runner::Python => &["python3", "-c", cmd],
            Runner::Sqlite => &["sqlite3", ":memory:", cmd],
            Runner::Postgres => &["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", cmd],
        };
        let mut command = self.command(place.path(), line);
        connect(&mut command);
        let printed = output(command)?;
        if printed.text.trim() == verify.expect.trim() {
            return Ok(Outcome::Same);
        }
        let mut reason =
            format!("--- expected\n{}\n--- printed\n{}", verify.expect.trim(), printed.text.trim());
        if !printed.errors.trim().is_empty() {
            reason.push_str(&format!("\n--- complained\n{}", printed.errors.trim()));
        }
        Ok(Outcome::Differs(reason))
    }
}

struct Output {
    ok: bool,
    text: String,
    errors: String,
}

/// Runs a command and reads what it prints, up to a limit. A writer that is cut off gets a closed pipe.
fn output(mut command: Command) -> io::Result<Output> {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let read = |stream: Option<Box<dyn Read + Send>>| {
        let mut bytes = Vec::new();
        if let Some(stream) = stream {
            let _ = stream.take(LONGEST_OUTPUT).read_to_end(&mut bytes);
        }
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let errors = child.stderr.take().map(|stream| Box::new(stream) as Box<dyn Read + Send>);
    let text = child.stdout.take().map(|stream| Box::new(stream) as Box<dyn Read + Send>);
    let (text, errors) = std::thread::scope(|scope| {
        let errors = scope.spawn(move || read(errors));
        (read(text), errors.join().unwrap_or_default())
    });
    Ok(Output { ok: child.wait()?.success(), text, errors })
}

/// A PostgreSQL server for one run, reached by a socket in its own directory and by nothing else.
struct Server {
    place: TempDir,
    /// The running server, or why there is none.
    process: Result<Child, String>,
}

impl Server {
    fn start(fence: &Fence) -> io::Result<Self> {
        let place = fence.place()?;
        let process = Self::process(fence, place.path()).map_err(|reason| {
            format!("PostgreSQL could not be started ({reason}); install its server, version 15 or later")
        });
        Ok(Self { place, process })
    }

    fn process(fence: &Fence, place: &Path) -> Result<Child, String> {
        let programs = Self::programs().ok_or("initdb was not found")?;
        let (init, serve) = (programs.join("initdb"), programs.join("postgres"));
        let data = place.join("data").display().to_string();
        let folder = place.display().to_string();
        let init = init.display().to_string();
        let made = output(fence.command(
            place,
            &[
                &init,
                "-D",
                &data,
                "-U",
                "postgres",
                "--auth=trust",
                "--no-sync",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
            ],
        ))
        .map_err(|error| error.to_string())?;
        if !made.ok {
            return Err(made.errors);
        }
        // Behind the fence, but without its time limit: the server lives as long as the run.
        let limit = fence.lead.iter().position(|word| word == LIMIT).map_or(0, |at| at + 1);
        let unlimited = Fence {
            lead: fence.lead.get(limit..).unwrap_or_default().to_vec(),
            no_network: fence.no_network,
            as_nobody: fence.as_nobody,
            server: Mutex::default(),
        };
        let serve = serve.display().to_string();
        let child = unlimited
            .command(place, &[&serve, "-D", &data, "-k", &folder, "-c", "listen_addresses=", "-F"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| error.to_string())?;
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(20) {
            let ready = output(fence.command(place, &["pg_isready", "-q", "-h", &folder]));
            if ready.is_ok_and(|ready| ready.ok) {
                return Ok(child);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Err("it did not get ready within 20 s".to_owned())
    }

    /// Where the server's programs stand: Debian keeps them out of the path, by version.
    fn programs() -> Option<PathBuf> {
        let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        let mut places: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
        places.sort();
        places.reverse();
        places.extend(["/usr/bin", "/usr/local/bin", "/usr/pgsql/bin"].map(PathBuf::from));
        places.into_iter().find(|place| place.join("initdb").is_file())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Ok(child) = &mut self.process {
            // The process group's leader is the server itself: every word before it was an exec.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
