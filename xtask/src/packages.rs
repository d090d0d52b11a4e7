//! The system packages: one list for `run` and `test`, and how each system finds and installs them.
//!
//! Names stand only where they are known to be right (Tauri's own list, and Debian's tried here); where one
//! is not known the learner is told what to look for instead of being handed a guess.

use crate::process::{Job, is_on_path};

/// What a package is needed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Building the window and using it.
    Build,
    /// Driving the window without a person.
    Test,
    /// Running the question bank's verify blocks.
    Verify,
}

/// A need, and what the package for it is called where.
struct Need {
    purpose: Purpose,
    why: &'static str,
    debian: &'static str,
    fedora: Option<&'static str>,
    arch: Option<&'static str>,
    suse: Option<&'static str>,
}

const NEEDS: &[Need] = &[
    Need {
        purpose: Purpose::Build,
        why: "the C compiler and linker, for SQLite",
        debian: "build-essential",
        fedora: Some("gcc"),
        arch: Some("base-devel"),
        suse: Some("gcc"),
    },
    Need {
        purpose: Purpose::Build,
        why: "tells cargo where the libraries are",
        debian: "pkg-config",
        fedora: Some("pkgconf-pkg-config"),
        arch: Some("pkgconf"),
        suse: Some("pkgconf-pkg-config"),
    },
    Need {
        purpose: Purpose::Build,
        why: "the web view that draws the window; brings GTK",
        debian: "libwebkit2gtk-4.1-dev",
        fedora: Some("webkit2gtk4.1-devel"),
        arch: Some("webkit2gtk-4.1"),
        suse: Some("webkit2gtk3-devel"),
    },
    Need {
        purpose: Purpose::Build,
        why: "the desktop's message bus, by which a second start finds the first window",
        debian: "libdbus-1-dev",
        fedora: Some("dbus-devel"),
        arch: Some("dbus"),
        suse: Some("dbus-1-devel"),
    },
    Need {
        purpose: Purpose::Build,
        why: "the sound system, for the recorder",
        debian: "libasound2-dev",
        fedora: Some("alsa-lib-devel"),
        arch: Some("alsa-lib"),
        suse: Some("alsa-devel"),
    },
    Need {
        purpose: Purpose::Build,
        why: "Chinese letters",
        debian: "fonts-noto-cjk",
        fedora: None,
        arch: Some("noto-fonts-cjk"),
        suse: None,
    },
    test_need("a display without a screen", "xvfb"),
    test_need("lets the display's clients identify themselves", "xauth"),
    test_need("a window manager: without one a click ends WebKitWebDriver", "openbox"),
    test_need("a private message bus", "dbus"),
    test_need("drives the page in the window", "webkit2gtk-driver"),
    test_need("makes a Taiwanese learner's locale", "locales"),
    test_need("names files in the system's dialogs", "xdotool"),
    verify_need("command lines of the bank's questions", "bash", Some("bash")),
    verify_need("awk as Debian has it", "mawk", None),
    verify_need("JSON on the command line", "jq", Some("jq")),
    verify_need("certificates", "openssl", Some("openssl")),
    verify_need("queries without a server", "sqlite3", Some("sqlite")),
    verify_need("a database server", "postgresql", None),
    verify_need("figures from evidence", "python3", Some("python3")),
    verify_need("what git questions show", "git", Some("git")),
    verify_need("sockets and addresses", "iproute2", None),
    verify_need("keys of SSH questions", "openssh-client", None),
    verify_need("reads journals of units", "systemd", None),
    verify_need("file systems in a file", "e2fsprogs", None),
    verify_need("access control lists of the drills' files", "acl", Some("acl")),
    verify_need("a name server with the drills' zones", "bind9", Some("bind")),
    verify_need("time zones of the drills' schedules", "tzdata", Some("tzdata")),
    verify_need("opens packets as anybody else would", "age", Some("age")),
    verify_need("says what the figures of a delivery are tested on", "espeak-ng", Some("espeak-ng")),
];

/// The window test is automatic on Debian and its relatives only: Fedora's driver, for one, is built for
/// another GTK than the window's and cannot click in it.
const fn test_need(why: &'static str, debian: &'static str) -> Need {
    Need { purpose: Purpose::Test, why, debian, fedora: None, arch: None, suse: None }
}

const fn verify_need(why: &'static str, debian: &'static str, fedora: Option<&'static str>) -> Need {
    Need { purpose: Purpose::Verify, why, debian, fedora, arch: None, suse: None }
}

/// A system's way of installing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manager {
    /// Debian, Ubuntu and relatives.
    AptGet,
    /// Fedora.
    Dnf,
    /// Arch.
    Pacman,
    /// openSUSE.
    Zypper,
}

impl Manager {
    /// The one of this machine, if known.
    fn here() -> Option<Self> {
        Self::among(is_on_path)
    }

    fn among(present: impl Fn(&str) -> bool) -> Option<Self> {
        [Self::AptGet, Self::Dnf, Self::Pacman, Self::Zypper]
            .into_iter()
            .find(|manager| present(manager.program()))
    }

    fn program(self) -> &'static str {
        match self {
            Self::AptGet => "apt-get",
            Self::Dnf => "dnf",
            Self::Pacman => "pacman",
            Self::Zypper => "zypper",
        }
    }

    fn name_of(self, need: &Need) -> Option<&'static str> {
        match self {
            Self::AptGet => Some(need.debian),
            Self::Dnf => need.fedora,
            Self::Pacman => need.arch,
            Self::Zypper => need.suse,
        }
    }

    fn is_installed(self, name: &str) -> bool {
        let query = match self {
            Self::AptGet => Job::new("dpkg-query -W -f=${db:Status-Status}"),
            Self::Dnf | Self::Zypper => Job::new("rpm -q --whatprovides"),
            Self::Pacman => Job::new("pacman -T"),
        };
        match (self, query.args([name]).printed()) {
            (_, None) => false,
            // dpkg knows packages that were removed, too.
            (Self::AptGet, Some(status)) => status.starts_with("installed"),
            (_, Some(_)) => true,
        }
    }

    /// What to run, in order, to install these.
    fn install(self, names: &[&'static str]) -> Vec<Job> {
        let jobs = match self {
            // A question on the terminal would stop an unattended machine, hence noninteractive.
            Self::AptGet => vec![
                Job::new("apt-get update"),
                Job::new("env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends"),
            ],
            Self::Dnf => vec![Job::new("dnf install -y")],
            Self::Pacman => vec![Job::new("pacman -S --needed --noconfirm")],
            Self::Zypper => vec![Job::new("zypper --non-interactive install")],
        };
        let last = jobs.len() - 1;
        jobs.into_iter()
            .enumerate()
            .map(|(at, job)| if at == last { job.args(names.iter().copied()) } else { job })
            .collect()
    }
}

/// Installs what is missing for these purposes. The error says what to install by hand.
pub fn install_missing(purposes: &[Purpose]) -> Result<(), String> {
    if cfg!(target_os = "macos") {
        return match Job::new("xcode-select -p").printed() {
            Some(_) => Ok(()),
            None => {
                Err("The C compiler is missing: run `xcode-select --install`, then this command again."
                    .into())
            }
        };
    }
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let needs = || NEEDS.iter().filter(|need| purposes.contains(&need.purpose));
    let Some(manager) = Manager::here() else {
        println!("This system's package manager is not known here. What is needed, by its Debian name:");
        needs().for_each(|need| println!("  {:24} {}", need.debian, need.why));
        return Ok(());
    };
    let missing: Vec<(&Need, &'static str)> = needs()
        .filter_map(|need| manager.name_of(need).map(|name| (need, name)))
        .filter(|(_, name)| !manager.is_installed(name))
        .collect();
    if missing.is_empty() {
        println!("    all system packages are there");
        return Ok(());
    }
    missing.iter().for_each(|(need, name)| println!("    missing: {name:24} {}", need.why));
    let names: Vec<&'static str> = missing.iter().map(|(_, name)| *name).collect();
    let is_root = Job::new("id -u").printed().as_deref() == Some("0");
    let jobs = as_root(manager.install(&names), is_root, is_on_path("sudo"))?;
    for job in jobs {
        println!("    {job}");
        job.run().map_err(|error| format!("{error}. Needed: {}", names.join(" ")))?;
    }
    Ok(())
}

fn as_root(jobs: Vec<Job>, is_root: bool, has_sudo: bool) -> Result<Vec<Job>, String> {
    match (is_root, has_sudo) {
        (true, _) => Ok(jobs),
        (false, true) => Ok(jobs.into_iter().map(|job| job.wrapped_in("sudo")).collect()),
        (false, false) => {
            let lines: Vec<String> = jobs.iter().map(Job::to_string).collect();
            Err(format!(
                "System packages are missing and sudo is not there. As root, run: {}",
                lines.join(" && ")
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(manager: Manager, purpose: Purpose) -> Vec<&'static str> {
        NEEDS.iter().filter(|need| need.purpose == purpose).filter_map(|need| manager.name_of(need)).collect()
    }

    #[test]
    fn each_system_has_a_web_view_and_a_compiler() {
        for manager in [Manager::AptGet, Manager::Dnf, Manager::Pacman, Manager::Zypper] {
            let build = names(manager, Purpose::Build);
            assert!(build.iter().any(|name| name.contains("webkit2gtk")), "{manager:?}: {build:?}");
            assert!(build.len() >= 4, "{manager:?}: {build:?}");
        }
        assert_eq!(
            names(Manager::AptGet, Purpose::Test),
            ["xvfb", "xauth", "openbox", "dbus", "webkit2gtk-driver", "locales", "xdotool"]
        );
        assert!(names(Manager::Dnf, Purpose::Test).is_empty(), "no guesses");
    }

    #[test]
    fn every_need_says_why() {
        for need in NEEDS {
            assert!(need.why.len() > 10, "{} has no reason", need.debian);
        }
    }

    #[test]
    fn the_package_manager_is_found_by_its_program() {
        assert_eq!(Manager::among(|program| program == "pacman"), Some(Manager::Pacman));
        assert_eq!(Manager::among(|_| true), Some(Manager::AptGet));
        assert_eq!(Manager::among(|_| false), None);
    }

    #[test]
    fn debian_updates_its_lists_first_and_asks_nothing() {
        let jobs: Vec<String> =
            Manager::AptGet.install(&["xvfb", "dbus"]).iter().map(Job::to_string).collect();
        assert_eq!(
            jobs,
            [
                "apt-get update",
                "env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends xvfb dbus"
            ]
        );
    }

    #[test]
    fn sudo_is_used_only_when_needed_and_there() {
        let jobs = || Manager::Dnf.install(&["gcc"]);
        let lines = |jobs: Vec<Job>| jobs.iter().map(Job::to_string).collect::<Vec<_>>();
        assert_eq!(as_root(jobs(), true, true).map(lines), Ok(vec!["dnf install -y gcc".to_owned()]));
        assert_eq!(as_root(jobs(), false, true).map(lines), Ok(vec!["sudo dnf install -y gcc".to_owned()]));
        let sentence = as_root(jobs(), false, false).unwrap_err();
        assert!(sentence.contains("dnf install -y gcc"), "says what to do: {sentence}");
    }
}
