//! A desktop without a screen: a virtual display with a window manager, and a message bus for each job.
//!
//! Everything here ends when the stage does, also after a failure (each program leads a process group, which is
//! killed) and when xtask itself is stopped: then the kernel ends the display (`setpriv --pdeathsig`), the job sees its
//! input close, and its bus ends after it.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::process::{Job, is_on_path};

const PROGRAMS: [&str; 6] = ["setpriv", "Xvfb", "openbox", "dbus-run-session", "WebKitWebDriver", "xdotool"];
const READY_WITHIN: Duration = Duration::from_secs(20);

/// A running display.
pub struct Stage {
    display: String,
    // In this order they are dropped: the window manager before its display.
    _window_manager: Group,
    _server: Group,
}

impl Stage {
    /// Starts a display on a free number. What its programs say goes to a log in this folder.
    pub fn start(logs: &Path) -> Result<Self, String> {
        let missing: Vec<&str> = PROGRAMS.into_iter().filter(|program| !is_on_path(program)).collect();
        if !missing.is_empty() {
            return Err(format!("A display without a screen needs these programs: {}", missing.join(", ")));
        }
        let log = || {
            let path = logs.join("display.log");
            let file = File::options().create(true).append(true).open(&path);
            file.map_err(|error| format!("{} could not be written: {error}", path.display()))
        };
        // Large enough for a window of 1280x800 with its frame.
        let server = Job::new("Xvfb -displayfd 1 -screen 0 1600x1200x24 -nolisten tcp -noreset");
        let (server, number) = Group::start_and_read_line(&server, log()?)?;
        let display = format!(":{number}");
        // openbox says so once it manages windows; before that a click would end WebKitWebDriver.
        let manager = Job::new("openbox --startup").args(["echo ready"]).env("DISPLAY", &display);
        let (manager, _) = Group::start_and_read_line(&manager, log()?)?;
        Ok(Self { display, _window_manager: manager, _server: server })
    }

    /// Runs a job on the display with a message bus of its own, then ends whatever it left running.
    pub fn run(&self, job: Job, limit: Duration) -> Result<(), String> {
        let shown = job.to_string();
        let job = job
            .wrapped_in("dbus-run-session --")
            .env("DISPLAY", &self.display)
            .env("GDK_BACKEND", "x11")
            // No accessibility bus: it would outlive the private one.
            .env("NO_AT_BRIDGE", "1")
            // The web view draws without a graphics card by itself. Of the variables that usually help it,
            // WEBKIT_DISABLE_DMABUF_RENDERER and WEBKIT_DISABLE_COMPOSITING_MODE leave pictures unanswered.
            // Its input closes when xtask is gone, however it went; the window tests stop then.
            .env("DIVEDEEP_STOP_WITH_INPUT", "1");
        let mut group = Group::start(&job, Stdio::piped(), Stdio::inherit(), Stdio::inherit())?;
        let deadline = Instant::now() + limit;
        loop {
            let status = group.leader.try_wait().map_err(|error| format!("`{shown}` was lost: {error}"))?;
            match status {
                Some(status) if status.success() => return Ok(()),
                Some(status) => return Err(format!("`{shown}` ended with {status}.")),
                None if Instant::now() > deadline => {
                    return Err(format!("`{shown}` was stopped after {} s.", limit.as_secs()));
                }
                None => thread::sleep(Duration::from_millis(50)),
            }
        }
    }
}

/// A program and its children; all are killed when it is dropped.
struct Group {
    leader: Child,
}

impl Group {
    fn start(job: &Job, input: Stdio, output: Stdio, errors: Stdio) -> Result<Self, String> {
        let mut command = job.command();
        command.process_group(0).stdin(input).stdout(output).stderr(errors);
        let leader = command.spawn().map_err(|error| job.not_started(&error))?;
        Ok(Self { leader })
    }

    /// Waits for the first line, by which the program says that it is ready.
    fn start_and_read_line(job: &Job, log: File) -> Result<(Self, String), String> {
        let tied = job.clone().wrapped_in("setpriv --pdeathsig TERM --");
        let mut group = Self::start(&tied, Stdio::null(), Stdio::piped(), log.into())?;
        let output = group.leader.stdout.take();
        let (send, receive) = mpsc::channel();
        thread::spawn(move || {
            let mut line = String::new();
            let read = output.map(|output| BufReader::new(output).read_line(&mut line));
            // The other end is gone only if the wait was given up.
            let _ = send.send(read.map(|_| line));
        });
        match receive.recv_timeout(READY_WITHIN) {
            Ok(Some(line)) if !line.trim().is_empty() => Ok((group, line.trim().to_owned())),
            _ => Err(format!("`{job}` did not start; see target/window/display.log")),
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // The group's id is the leader's. std can kill the leader alone, so the shell's kill does the rest;
        // where nothing is left of the group, it fails and nothing is lost.
        let _ =
            Job::new("sh -c").args([format!("kill -s KILL -- -{} 2>/dev/null", self.leader.id())]).printed();
        let _ = self.leader.kill();
        let _ = self.leader.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_running(id: u32) -> bool {
        Path::new(&format!("/proc/{id}")).exists()
    }

    #[test]
    fn dropping_a_group_ends_the_children_too() {
        let job = Job::new("sh -c").args(["sleep 60 & echo $!; wait"]);
        let path = std::env::temp_dir().join(format!("xtask-group-{}", std::process::id()));
        let (group, child) = Group::start_and_read_line(&job, File::create(&path).unwrap()).unwrap();
        let (leader, child) = (group.leader.id(), child.parse().unwrap());
        assert!(is_running(leader) && is_running(child), "both run before");
        drop(group);
        std::fs::remove_file(path).unwrap();
        assert!(!is_running(leader), "the leader was waited for");
        let deadline = Instant::now() + Duration::from_secs(5);
        while is_running(child) && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(20));
        }
        assert!(!is_running(child), "its child was killed with it");
    }
}
