//! A boot with systemd: which lines of `/etc/fstab` hold it up, and what the console shows.
//!
//! Rules: each line becomes a mount unit that needs its device and, where the sixth field is not 0, a file system check;
//! `local-fs.target` requires it unless `nofail` is set, then it is only wanted and nothing waits for it
//! (systemd.mount(5), systemd-fstab-generator(8)). A device that does not appear within 90 seconds times out
//! (systemd-system.conf(5), `DefaultDeviceTimeoutSec=`; `x-systemd.device-timeout=` for one line). If `local-fs.target`
//! fails, `emergency.target` is started (systemd.special(7)): no network, no SSH. A check that leaves errors uncorrected
//! (exit status 4, fsck(8)) fails the mount (systemd-fsck@.service(8)). Texts are those of systemd 249 and
//! initramfs-tools 0.140 as Ubuntu 22.04 ships them; its root account is locked, so that `sulogin` opens no shell.

use std::fmt::Write as _;

/// Seconds that systemd waits for a device where nothing else is said.
pub const DEVICE_TIMEOUT: u32 = 90;

/// What a line of `/etc/fstab` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A device's name, for example `/dev/xvdf`.
    Name(String),
    /// A file system's UUID.
    Uuid(String),
}

impl Source {
    /// As it stands in the file.
    pub fn written(&self) -> String {
        match self {
            Self::Name(name) => name.clone(),
            Self::Uuid(uuid) => format!("UUID={uuid}"),
        }
    }

    /// The device that systemd waits for.
    pub fn device(&self) -> String {
        match self {
            Self::Name(name) => name.clone(),
            Self::Uuid(uuid) => format!("/dev/disk/by-uuid/{uuid}"),
        }
    }
}

/// A line of `/etc/fstab` beside the root file system's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What is mounted.
    pub source: Source,
    /// Where.
    pub point: String,
    /// Its type.
    pub kind: String,
    /// Options.
    pub options: Vec<String>,
    /// The sixth field: 0 means no check.
    pub pass: u8,
}

impl Entry {
    /// The line, with tabs.
    pub fn line(&self) -> String {
        format!(
            "{}\t{}\t{}\t{}\t0\t{}",
            self.source.written(),
            self.point,
            self.kind,
            self.options.join(","),
            self.pass
        )
    }

    fn nofail(&self) -> bool {
        self.options.iter().any(|option| option == "nofail")
    }

    /// Seconds it waits for its device.
    fn patience(&self) -> u32 {
        let given = self.options.iter().find_map(|option| option.strip_prefix("x-systemd.device-timeout="));
        given.and_then(|time| time.trim_end_matches('s').parse().ok()).unwrap_or(DEVICE_TIMEOUT)
    }
}

/// A disk with a file system, as the booting kernel sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disk {
    /// `xvdf`, `nvme1n1`.
    pub name: String,
    /// Other names that udev gives it, for example `xvdf`.
    pub aliases: Vec<String>,
    /// Its file system's UUID.
    pub uuid: String,
    /// Whether a check would leave errors uncorrected.
    pub damaged: bool,
}

impl Disk {
    fn is(&self, source: &Source) -> bool {
        match source {
            Source::Uuid(uuid) => *uuid == self.uuid,
            Source::Name(path) => path
                .strip_prefix("/dev/")
                .is_some_and(|name| self.name == name || self.aliases.iter().any(|alias| alias == name)),
        }
    }
}

/// What becomes of the root file system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Root {
    /// It is mounted.
    Found,
    /// The initramfs lacks the driver for the disk.
    NoDriver,
    /// The kernel has no initramfs, and it knows no labels itself.
    NoInitramfs,
}

/// A host that boots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Boot {
    /// Its name.
    pub host: String,
    /// Whether it finds its root file system.
    pub root: Root,
    /// Lines of `/etc/fstab`.
    pub entries: Vec<Entry>,
    /// Disks beside the root disk.
    pub disks: Vec<Disk>,
}

/// Where a boot ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// `multi-user.target`: the network is up, SSH answers.
    MultiUser,
    /// `emergency.target`: a locked shell on the console.
    Emergency,
    /// The initramfs found no root file system.
    Initramfs,
    /// The kernel panicked for want of one.
    Panic,
}

/// Why a mount failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Its device did not appear in time.
    Device {
        /// The device.
        device: String,
        /// Whether a check was to come before the mount.
        check: bool,
        /// Seconds waited.
        after: u32,
    },
    /// The check left errors uncorrected.
    Check {
        /// The device.
        device: String,
    },
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Where it ended.
    pub target: Target,
    /// Mount points that failed, whether required or not, and why.
    pub failed: Vec<(String, Failure)>,
    /// Mount points that are mounted.
    pub mounted: Vec<String>,
}

impl Boot {
    /// Boots.
    pub fn run(&self) -> Outcome {
        let mut outcome = Outcome { target: Target::MultiUser, failed: Vec::new(), mounted: Vec::new() };
        outcome.target = match self.root {
            Root::Found => Target::MultiUser,
            Root::NoDriver => Target::Initramfs,
            Root::NoInitramfs => Target::Panic,
        };
        if self.root != Root::Found {
            return outcome;
        }
        for entry in &self.entries {
            let disk = self.disks.iter().find(|disk| disk.is(&entry.source));
            let failure = match disk {
                None => Some(Failure::Device {
                    device: entry.source.device(),
                    check: entry.pass != 0,
                    after: entry.patience(),
                }),
                Some(disk) if disk.damaged && entry.pass != 0 => {
                    Some(Failure::Check { device: entry.source.device() })
                }
                Some(_) => None,
            };
            match failure {
                Some(failure) => {
                    if !entry.nofail() {
                        outcome.target = Target::Emergency;
                    }
                    outcome.failed.push((entry.point.clone(), failure));
                }
                None => outcome.mounted.push(entry.point.clone()),
            }
        }
        outcome
    }

    /// The last lines of the console.
    pub fn console(&self, outcome: &Outcome) -> String {
        match outcome.target {
            Target::Initramfs => return INITRAMFS.to_owned(),
            Target::Panic => return PANIC.to_owned(),
            Target::MultiUser | Target::Emergency => {}
        }
        let mut text = String::from(
            "[  OK  ] Reached target Local Encrypted Volumes.\n[  OK  ] Reached target Path Units.\n[  OK  ] Reached target Swaps.\n[  OK  ] Listening on Journal Socket.\n[  OK  ] Finished Coldplug All udev Devices.\n[  OK  ] Started Rule-based Manager for Device Events and Files.\n",
        );
        for (point, failure) in &outcome.failed {
            match failure {
                Failure::Device { device, check, .. } => {
                    let _ = writeln!(text, "[ TIME ] Timed out waiting for device {device}.");
                    if *check {
                        let _ =
                            writeln!(text, "[DEPEND] Dependency failed for File System Check on {device}.");
                    }
                }
                Failure::Check { device } => {
                    let _ = writeln!(
                        text,
                        "[FAILED] Failed to start File System Check on {device}.\nSee 'systemctl status \"{}\"' for details.",
                        check_unit(device)
                    );
                }
            }
            let _ = writeln!(text, "[DEPEND] Dependency failed for {point}.");
        }
        for point in &outcome.mounted {
            let _ = writeln!(text, "[  OK  ] Mounted {point}.");
        }
        match outcome.target {
            Target::Emergency => {
                text += "[DEPEND] Dependency failed for Local File Systems.\n[  OK  ] Started Emergency Shell.\n[  OK  ] Reached target Emergency Mode.\n         Starting Create Volatile Files and Directories...\n[  OK  ] Finished Create Volatile Files and Directories.\nYou are in emergency mode. After logging in, type \"journalctl -xb\" to view\nsystem logs, \"systemctl reboot\" to reboot, \"systemctl default\" or \"exit\"\nto boot into default mode.\n\nCannot open access to console, the root account is locked.\nSee sulogin(8) man page for more details.\n\nPress Enter to continue.\n";
            }
            _ => {
                let _ = write!(
                    text,
                    "[  OK  ] Reached target Local File Systems.\n[  OK  ] Reached target Network.\n[  OK  ] Started OpenBSD Secure Shell server.\n[  OK  ] Reached target Multi-User System.\n\nUbuntu 22.04.5 LTS {host} ttyS0\n\n{host} login: \n",
                    host = self.host
                );
            }
        }
        text
    }

    /// What the journal of such a boot says at level warning and worse, each line with the seconds since boot.
    pub fn journal(&self, outcome: &Outcome) -> Vec<(u32, String)> {
        let mut lines = Vec::new();
        for (point, failure) in &outcome.failed {
            let (at, device, first) = match failure {
                Failure::Device { device, check, after } => {
                    let unit = escaped(device);
                    lines.push((
                        after + 3,
                        format!("systemd[1]: {unit}.device: Job {unit}.device/start timed out."),
                    ));
                    lines.push((after + 3, format!("systemd[1]: Timed out waiting for device {device}.")));
                    let next = check
                        .then(|| format!("systemd[1]: Dependency failed for File System Check on {device}."));
                    (after + 3, device, next)
                }
                Failure::Check { device } => {
                    lines.push((
                        5,
                        "systemd-fsck[398]: data: UNEXPECTED INCONSISTENCY; RUN fsck MANUALLY.".to_owned(),
                    ));
                    lines.push((5, "systemd-fsck[396]: fsck failed with exit status 4.".to_owned()));
                    let unit = check_unit(device);
                    let next = format!("systemd[1]: {unit}: Failed with result 'exit-code'.");
                    (5, device, Some(next))
                }
            };
            lines.extend(first.map(|line| (at, line)));
            if matches!(failure, Failure::Check { .. }) {
                lines.push((at, format!("systemd[1]: Failed to start File System Check on {device}.")));
            }
            lines.push((at, format!("systemd[1]: Dependency failed for {point}.")));
            if outcome.target == Target::Emergency {
                lines.push((at, "systemd[1]: Dependency failed for Local File Systems.".to_owned()));
            }
        }
        lines
    }
}

/// A path as a unit's name (systemd-escape(1)): slashes become dashes, dashes are written as `\x2d`.
pub fn escaped(path: &str) -> String {
    path.trim_start_matches('/').replace('-', "\\x2d").replace('/', "-")
}

fn check_unit(device: &str) -> String {
    format!("systemd-fsck@{}.service", escaped(device))
}

const INITRAMFS: &str = "Begin: Running /scripts/local-premount ... done.\nBegin: Waiting for root file system ... Begin: Running /scripts/local-block ... done.\ndone.\nGave up waiting for root file system device.  Common problems:\n - Boot args (cat /proc/cmdline)\n   - Check rootdelay= (did the system wait long enough?)\n - Missing modules (cat /proc/modules; ls /dev)\nALERT!  LABEL=cloudimg-rootfs does not exist.  Dropping to a shell!\n\n\nBusyBox v1.30.1 (Ubuntu 1:1.30.1-7ubuntu3.1) built-in shell (ash)\nEnter 'help' for a list of built-in commands.\n\n(initramfs) \n";

const PANIC: &str = "[    2.604118] md: ... autorun DONE.\n[    2.610377] VFS: Cannot open root device \"LABEL=cloudimg-rootfs\" or unknown-block(0,0): error -6\n[    2.616702] Please append a correct \"root=\" boot option; here are the available partitions:\n[    2.623415] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)\n[    2.629871] CPU: 0 PID: 1 Comm: swapper/0 Not tainted 6.8.0-1021-aws #23~22.04.1-Ubuntu\n[    2.636204] Hardware name: Xen HVM domU, BIOS 4.11.amazon 08/24/2006\n[    2.641590] ---[ end Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0) ]---\n";

#[cfg(test)]
mod tests {
    use super::*;

    const UUID: &str = "0b1c2d3e-1111-4222-8333-444455556666";

    fn boot(source: Source, options: &[&str], disk: Option<&str>) -> Boot {
        let options = options.iter().map(|option| (*option).to_owned()).collect();
        let disks = disk.into_iter().map(|name| Disk {
            name: name.into(),
            aliases: Vec::new(),
            uuid: UUID.into(),
            damaged: false,
        });
        Boot {
            host: "app".into(),
            root: Root::Found,
            entries: vec![Entry { source, point: "/data".into(), kind: "ext4".into(), options, pass: 2 }],
            disks: disks.collect(),
        }
    }

    #[test]
    fn a_name_breaks_when_it_changes_a_uuid_when_the_disk_is_gone_and_nofail_survives_both() {
        let name = || Source::Name("/dev/xvdf".into());
        let uuid = || Source::Uuid(UUID.into());
        let end = |boot: Boot| boot.run().target;
        assert_eq!(end(boot(name(), &["defaults"], Some("xvdf"))), Target::MultiUser);
        assert_eq!(end(boot(name(), &["defaults"], Some("nvme1n1"))), Target::Emergency);
        assert_eq!(end(boot(uuid(), &["defaults"], Some("nvme1n1"))), Target::MultiUser);
        assert_eq!(end(boot(uuid(), &["defaults"], None)), Target::Emergency);
        for disk in [Some("nvme1n1"), None] {
            let boot = boot(name(), &["defaults", "nofail"], disk);
            let outcome = boot.run();
            assert_eq!(outcome.target, Target::MultiUser);
            assert!(outcome.mounted.is_empty(), "it boots, but nothing is mounted");
        }
        let mut aliased = boot(name(), &["defaults"], Some("nvme1n1"));
        aliased.disks[0].aliases = vec!["xvdf".into()];
        assert_eq!(end(aliased), Target::MultiUser);
        let mut bare = boot(name(), &["defaults"], Some("xvdf"));
        bare.root = Root::NoInitramfs;
        assert_eq!(end(bare), Target::Panic);
    }

    #[test]
    fn the_console_and_the_journal_say_what_was_waited_for() {
        let boot = boot(Source::Name("/dev/xvdf".into()), &["defaults"], None);
        let outcome = boot.run();
        let console = boot.console(&outcome);
        for line in [
            "[ TIME ] Timed out waiting for device /dev/xvdf.\n",
            "[DEPEND] Dependency failed for File System Check on /dev/xvdf.\n",
            "[DEPEND] Dependency failed for Local File Systems.\n",
            "You are in emergency mode.",
        ] {
            assert!(console.contains(line), "{line}");
        }
        let journal = boot.journal(&outcome);
        assert_eq!(
            journal[0],
            (93, "systemd[1]: dev-xvdf.device: Job dev-xvdf.device/start timed out.".into())
        );
        assert_eq!(escaped("/dev/disk/by-uuid/0b-1c"), "dev-disk-by\\x2duuid-0b\\x2d1c");
    }
}
