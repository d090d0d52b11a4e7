//! The resolver library of a host: search list, ndots, retries.

use std::fmt;
use std::net::Ipv4Addr;

use super::{Name, Question, Rcode, Record, RecordType, Resolution};

/// `/etc/resolv.conf`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvConf {
    /// Servers, in the order tried.
    pub nameservers: Vec<Ipv4Addr>,
    /// Suffixes, in the order tried.
    pub search: Vec<Name>,
    /// From so many dots on a name is tried as it is first (default 1).
    pub ndots: usize,
    /// Seconds a server is waited for (default 5).
    pub timeout: u32,
    /// Rounds through the servers (default 2).
    pub attempts: u32,
}

impl ResolvConf {
    /// A configuration with the defaults of resolv.conf(5).
    pub fn new(nameserver: Ipv4Addr, search: Vec<Name>) -> Self {
        Self { nameservers: vec![nameserver], search, ndots: 1, timeout: 5, attempts: 2 }
    }

    /// The names asked for what was typed, in order, as glibc does: a final dot means "as it is"; with at least `ndots`
    /// dots as it is comes first, else last.
    pub fn candidates(&self, typed: &str) -> Vec<Name> {
        let as_is = Name::new(typed);
        if typed.ends_with('.') {
            return vec![as_is];
        }
        let searched = self.search.iter().map(|suffix| suffix.child(typed));
        if typed.matches('.').count() >= self.ndots {
            std::iter::once(as_is).chain(searched).collect()
        } else {
            searched.chain(std::iter::once(as_is)).collect()
        }
    }

    /// How long a question waits when no server ever replies.
    pub fn longest_wait(&self) -> u32 {
        let servers = u32::try_from(self.nameservers.len()).unwrap_or(1);
        self.timeout * self.attempts * servers
    }
}

impl fmt::Display for ResolvConf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for server in &self.nameservers {
            writeln!(f, "nameserver {server}")?;
        }
        if !self.search.is_empty() {
            let search: Vec<&str> = self.search.iter().map(Name::short).collect();
            writeln!(f, "search {}", search.join(" "))?;
        }
        let mut options = Vec::new();
        if self.ndots != 1 {
            options.push(format!("ndots:{}", self.ndots));
        }
        if self.timeout != 5 {
            options.push(format!("timeout:{}", self.timeout));
        }
        if self.attempts != 2 {
            options.push(format!("attempts:{}", self.attempts));
        }
        if !options.is_empty() {
            writeln!(f, "options {}", options.join(" "))?;
        }
        Ok(())
    }
}

/// A question a stub sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What.
    pub question: Question,
    /// What came back.
    pub resolution: Resolution,
}

/// What became of a name a program looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookup {
    /// Everything that was sent, in order.
    pub asked: Vec<Asked>,
    /// The name that had records, and those records.
    pub found: Option<(Name, Vec<Record>)>,
}

/// Looks a typed name up: every candidate with every type, until one has records. Names that do not exist, have other
/// records only or fail with SERVFAIL lead to the next candidate; no reply at all ends the search.
pub fn lookup(
    conf: &ResolvConf,
    typed: &str,
    kinds: &[RecordType],
    mut ask: impl FnMut(&Question) -> Resolution,
) -> Lookup {
    let mut asked = Vec::new();
    for name in conf.candidates(typed) {
        let mut records = Vec::new();
        let mut silent = false;
        for kind in kinds {
            let question = Question::new(name.clone(), *kind);
            let resolution = ask(&question);
            let of_kind = resolution.reply.answer.iter().filter(|record| record.data.kind() == *kind);
            records.extend(of_kind.cloned());
            silent |= resolution.reply.rcode == Rcode::NoReply;
            asked.push(Asked { question, resolution });
        }
        if !records.is_empty() {
            return Lookup { asked, found: Some((name, records)) };
        }
        if silent {
            break;
        }
    }
    Lookup { asked, found: None }
}
