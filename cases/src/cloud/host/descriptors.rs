//! File descriptors and sockets of a process: limits, states, leaks.

/// State of a TCP socket, as `ss` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names are the states")]
pub enum SocketState {
    Listen,
    Established,
    CloseWait,
    TimeWait,
    SynSent,
    SynRecv,
    FinWait1,
    FinWait2,
    LastAck,
}

impl SocketState {
    /// As `ss` shows it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Listen => "LISTEN",
            Self::Established => "ESTAB",
            Self::CloseWait => "CLOSE-WAIT",
            Self::TimeWait => "TIME-WAIT",
            Self::SynSent => "SYN-SENT",
            Self::SynRecv => "SYN-RECV",
            Self::FinWait1 => "FIN-WAIT-1",
            Self::FinWait2 => "FIN-WAIT-2",
            Self::LastAck => "LAST-ACK",
        }
    }

    /// Whether a process still has a descriptor for it; the kernel alone keeps the others.
    pub fn held(self) -> bool {
        !matches!(self, Self::TimeWait | Self::SynRecv | Self::LastAck | Self::FinWait1 | Self::FinWait2)
    }
}

/// Sockets of a kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Sockets {
    /// Their state.
    pub state: SocketState,
    /// How many.
    pub count: f64,
    /// Local address and port; 0 for ephemeral ones.
    pub local: (String, u16),
    /// Peer's address and port; 0 for ephemeral ones, `*` for a listener's.
    pub peer: (String, u16),
    /// Bytes received and not read yet, of each.
    pub received: u32,
}

/// Descriptors that are never closed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Leak {
    /// How many more a minute.
    pub per_minute: f64,
    /// Which of the process's sockets grow; none for files.
    pub sockets: Option<usize>,
}

/// Descriptors of a process.
#[derive(Clone, Debug, PartialEq)]
pub struct Descriptors {
    /// `Max open files`, soft.
    pub soft: u64,
    /// `Max open files`, hard.
    pub hard: u64,
    /// Files, pipes, epoll and so on.
    pub files: f64,
    /// Its sockets.
    pub sockets: Vec<Sockets>,
    /// What leaks.
    pub leak: Option<Leak>,
    /// How often an open failed with EMFILE.
    pub refused: f64,
}

impl Default for Descriptors {
    fn default() -> Self {
        Self { soft: 1024, hard: 524_288, files: 12.0, sockets: Vec::new(), leak: None, refused: 0.0 }
    }
}

impl Descriptors {
    /// Open descriptors (`ls /proc/PID/fd | wc -l`).
    pub fn open(&self) -> u64 {
        let held = self.sockets.iter().filter(|sockets| sockets.state.held()).map(|sockets| sockets.count);
        (self.files + held.sum::<f64>()).floor() as u64
    }

    /// Seconds until the limit at the rate of the leak.
    pub fn seconds_left(&self) -> Option<f64> {
        let leak = self.leak.filter(|leak| leak.per_minute > 0.0)?;
        Some((self.soft.saturating_sub(self.open())) as f64 / leak.per_minute * 60.0)
    }

    /// Lets the leak run.
    pub fn step(&mut self, seconds: f64) {
        let Some(leak) = self.leak else { return };
        let more = leak.per_minute / 60.0 * seconds;
        let fits = more.min(self.soft.saturating_sub(self.open()) as f64);
        self.refused += more - fits;
        match leak.sockets.and_then(|index| self.sockets.get_mut(index)) {
            Some(sockets) => sockets.count += fits,
            None => self.files += fits,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leak_ends_at_the_limit() {
        let sockets = |state, count| Sockets {
            state,
            count,
            local: ("10.0.1.5".into(), 0),
            peer: ("10.0.9.9".into(), 443),
            received: 1,
        };
        let mut open = Descriptors {
            soft: 65_536,
            sockets: vec![sockets(SocketState::CloseWait, 0.0), sockets(SocketState::TimeWait, 5000.0)],
            leak: Some(Leak { per_minute: 23.0, sockets: Some(0) }),
            ..Descriptors::default()
        };
        assert_eq!(open.open(), 12, "TIME-WAIT holds no descriptor");
        // 65,524 more at 23 a minute: 47 hours (syllabus, I06).
        assert!((open.seconds_left().expect("a leak") / 3600.0 - 47.48).abs() < 0.01);
        for _ in 0..48 {
            open.step(3600.0);
        }
        assert!(open.open() >= 65_535 && open.open() <= 65_536 && open.refused > 0.0, "{open:?}");
    }
}
