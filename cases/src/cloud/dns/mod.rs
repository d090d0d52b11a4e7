//! Names and who answers for them: zones, delegation, caching resolvers, private zones, stubs with a search list.
//!
//! Time is an argument everywhere: seconds since 1970, UTC. What is asked is worked out from the zones as they are at
//! that moment and from what caches still hold; [`dig`] and the others write it as the tools do.
//!
//! Rules: RFC 1034 (4.3.2, the algorithm of a server; 5.3.3, of a resolver), RFC 2308 (negative answers), RFC 4592
//! (wildcards), resolv.conf(5) with glibc's search; Amazon Route 53 Developer Guide, Working with private hosted zones.

mod resolver;
mod stub;
mod text;
mod zone;

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

pub use resolver::{
    Cache, Forwarder, Hosted, Internet, RESOLVER_PACKETS_PER_SECOND, Resolution, Resolver, Source, Step,
    dropped_packets,
};
pub use stub::{Asked, Lookup, ResolvConf, lookup};
pub use text::{Dig, coredns_error, coredns_line, dig, dig_no_reply, record_line};
pub use zone::Zone;

/// A domain name, absolute and in lower case: `www.example.com.`; the root is `.`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(String);

impl Name {
    /// A name as people write it, with or without the final dot.
    pub fn new(text: &str) -> Self {
        Self(format!("{}.", text.trim_end_matches('.').to_ascii_lowercase()))
    }

    /// With the final dot.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Without the final dot.
    pub fn short(&self) -> &str {
        self.0.trim_end_matches('.')
    }

    /// Whether it is a name or the name's descendant.
    pub fn within(&self, above: &Self) -> bool {
        above.0 == "."
            || self == above
            || self.0.strip_suffix(&above.0).is_some_and(|rest| rest.ends_with('.'))
    }

    /// The name one label up; none above the root.
    pub fn parent(&self) -> Option<Self> {
        if self.0 == "." {
            return None;
        }
        self.0
            .split_once('.')
            .map(|(_, rest)| Self(if rest.is_empty() { ".".to_owned() } else { rest.to_owned() }))
    }

    /// The name with labels in front; `@` is the name itself.
    pub fn child(&self, labels: &str) -> Self {
        if labels == "@" || labels.is_empty() {
            return self.clone();
        }
        Self::new(&format!("{labels}.{}", self.short()))
    }

    /// How many labels it has; the root none.
    pub fn labels(&self) -> usize {
        self.0.matches('.').count() - usize::from(self.0 == ".")
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The type of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names are the types")]
pub enum RecordType {
    A,
    Aaaa,
    Cname,
    Mx,
    Ns,
    Soa,
    Txt,
}

impl fmt::Display for RecordType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::A => "A",
            Self::Aaaa => "AAAA",
            Self::Cname => "CNAME",
            Self::Mx => "MX",
            Self::Ns => "NS",
            Self::Soa => "SOA",
            Self::Txt => "TXT",
        })
    }
}

/// Start of authority: who runs a zone, and its clocks.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are RFC 1035's")]
pub struct Soa {
    pub mname: Name,
    pub rname: Name,
    pub serial: u32,
    pub refresh: u32,
    pub retry: u32,
    pub expire: u32,
    /// Since RFC 2308: how long "it does not exist" may be kept, at most.
    pub minimum: u32,
}

/// What a record says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the types")]
pub enum Data {
    A(Ipv4Addr),
    Aaaa(Ipv6Addr),
    Cname(Name),
    Mx(u16, Name),
    Ns(Name),
    Soa(Soa),
    Txt(String),
}

impl Data {
    /// Its type.
    pub fn kind(&self) -> RecordType {
        match self {
            Self::A(_) => RecordType::A,
            Self::Aaaa(_) => RecordType::Aaaa,
            Self::Cname(_) => RecordType::Cname,
            Self::Mx(..) => RecordType::Mx,
            Self::Ns(_) => RecordType::Ns,
            Self::Soa(_) => RecordType::Soa,
            Self::Txt(_) => RecordType::Txt,
        }
    }
}

impl fmt::Display for Data {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::A(address) => address.fmt(f),
            Self::Aaaa(address) => address.fmt(f),
            Self::Cname(name) | Self::Ns(name) => name.fmt(f),
            Self::Mx(preference, name) => write!(f, "{preference} {name}"),
            Self::Soa(soa) => write!(
                f,
                "{} {} {} {} {} {} {}",
                soa.mname, soa.rname, soa.serial, soa.refresh, soa.retry, soa.expire, soa.minimum
            ),
            Self::Txt(text) => write!(f, "\"{text}\""),
        }
    }
}

/// A record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Whose.
    pub name: Name,
    /// How long it may be kept, in seconds; in an answer from a cache, what is left.
    pub ttl: u32,
    /// What it says.
    pub data: Data,
}

impl Record {
    /// A record.
    pub fn new(name: Name, ttl: u32, data: Data) -> Self {
        Self { name, ttl, data }
    }
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Question {
    /// Of which name.
    pub name: Name,
    /// Records of which type.
    pub kind: RecordType,
}

impl Question {
    /// A question.
    pub fn new(name: Name, kind: RecordType) -> Self {
        Self { name, kind }
    }
}

/// The code of a reply, or that none came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the codes")]
pub enum Rcode {
    NoError,
    NxDomain,
    ServFail,
    Refused,
    /// Nothing came back in time.
    NoReply,
}

impl fmt::Display for Rcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::NoError => "NOERROR",
            Self::NxDomain => "NXDOMAIN",
            Self::ServFail => "SERVFAIL",
            Self::Refused => "REFUSED",
            Self::NoReply => "timed out",
        })
    }
}

/// What a server sends back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Its code.
    pub rcode: Rcode,
    /// Whether it speaks for the zone (`aa`).
    pub authoritative: bool,
    /// CNAMEs in order, then the records asked for.
    pub answer: Vec<Record>,
    /// The SOA of a negative answer, or the NS of a referral.
    pub authority: Vec<Record>,
    /// Addresses of the name servers of a referral.
    pub additional: Vec<Record>,
}

impl Reply {
    /// A reply with nothing but a code.
    pub fn bare(rcode: Rcode) -> Self {
        Self {
            rcode,
            authoritative: false,
            answer: Vec::new(),
            authority: Vec::new(),
            additional: Vec::new(),
        }
    }

    /// How long a negative answer may be kept: the lesser of the SOA's own TTL and its minimum (RFC 2308, section 5).
    pub fn negative_ttl(&self) -> Option<u32> {
        self.authority.iter().find_map(|record| match &record.data {
            Data::Soa(soa) => Some(record.ttl.min(soa.minimum)),
            _ => None,
        })
    }

    /// The name server set it hands the question on to.
    pub fn referral(&self) -> Option<&Name> {
        let hands_on = self.rcode == Rcode::NoError && !self.authoritative;
        self.authority
            .iter()
            .find(|record| hands_on && record.data.kind() == RecordType::Ns)
            .map(|record| &record.name)
    }
}

#[cfg(test)]
mod tests;
