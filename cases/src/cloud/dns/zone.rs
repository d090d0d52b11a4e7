//! What an authoritative server answers from its copy of a zone.

use super::{Data, Name, Question, Rcode, Record, RecordType, Reply, Soa};

/// A chain of aliases in one zone is followed this far.
const LONGEST_CHAIN: usize = 12;

/// A zone: the names below its own that are not delegated away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    /// Its apex.
    pub name: Name,
    /// Start of authority.
    pub soa: Soa,
    /// TTL of the SOA record itself.
    pub soa_ttl: u32,
    /// Everything else: NS of the apex, NS of delegations, addresses ...
    pub records: Vec<Record>,
}

/// What a zone holds for a name and a type.
enum Found {
    Records(Vec<Record>),
    Alias(Record, Name),
    /// The name is there, the type is not.
    NoData,
    NameError,
}

impl Zone {
    /// A zone with usual clocks and one name server, for which its address is not said.
    pub fn new(name: &str, server: &str, minimum: u32, soa_ttl: u32) -> Self {
        let name = Name::new(name);
        let mname = Name::new(server);
        let soa = Soa {
            rname: name.child("hostmaster"),
            mname: mname.clone(),
            serial: 1,
            refresh: 7200,
            retry: 900,
            expire: 1_209_600,
            minimum,
        };
        let ns = Record::new(name.clone(), 172_800, Data::Ns(mname));
        Self { name, soa, soa_ttl, records: vec![ns] }
    }

    /// With one more record; `labels` are relative to the zone, `@` is its apex.
    #[must_use]
    pub fn with(mut self, labels: &str, ttl: u32, data: Data) -> Self {
        self.add(labels, ttl, data);
        self
    }

    /// Adds a record; `labels` are relative to the zone, `@` is its apex.
    pub fn add(&mut self, labels: &str, ttl: u32, data: Data) {
        self.records.push(Record::new(self.name.child(labels), ttl, data));
    }

    /// Its SOA as a record.
    pub fn soa_record(&self) -> Record {
        Record::new(self.name.clone(), self.soa_ttl, Data::Soa(self.soa.clone()))
    }

    /// The SOA as a negative answer carries it: its TTL there is how long the answer may be kept (RFC 2308, section 3).
    fn denial(&self) -> Record {
        Record { ttl: self.negative_ttl(), ..self.soa_record() }
    }

    /// How long its negative answers may be kept (RFC 2308, section 5).
    pub fn negative_ttl(&self) -> u32 {
        self.soa_ttl.min(self.soa.minimum)
    }

    /// The reply to a question (RFC 1034, section 4.3.2); for a name that is not in the zone it is refused.
    pub fn reply(&self, question: &Question) -> Reply {
        let mut reply = Reply { authoritative: true, ..Reply::bare(Rcode::NoError) };
        let mut name = question.name.clone();
        if !name.within(&self.name) {
            return Reply::bare(Rcode::Refused);
        }
        for _ in 0..LONGEST_CHAIN {
            if !name.within(&self.name) {
                return reply;
            }
            if let Some(cut) = self.cut(&name) {
                reply.authoritative = !reply.answer.is_empty();
                reply.authority = self.of(&cut, RecordType::Ns);
                for server in &reply.authority {
                    if let Data::Ns(server) = &server.data {
                        reply.additional.extend(self.of(server, RecordType::A));
                    }
                }
                return reply;
            }
            match self.find(&name, question.kind) {
                Found::Records(records) => {
                    reply.answer.extend(records);
                    return reply;
                }
                Found::Alias(alias, target) => {
                    // A loop is answered with what there is of it.
                    if reply.answer.contains(&alias) {
                        return reply;
                    }
                    reply.answer.push(alias);
                    name = target;
                }
                Found::NoData => {
                    reply.authority = vec![self.denial()];
                    return reply;
                }
                Found::NameError => {
                    reply.rcode = Rcode::NxDomain;
                    reply.authority = vec![self.denial()];
                    return reply;
                }
            }
        }
        reply
    }

    /// The delegation a name lies at or below.
    fn cut(&self, name: &Name) -> Option<Name> {
        let delegated = |record: &&Record| {
            record.data.kind() == RecordType::Ns && record.name != self.name && name.within(&record.name)
        };
        self.records.iter().filter(delegated).map(|record| record.name.clone()).min_by_key(Name::labels)
    }

    fn of(&self, name: &Name, kind: RecordType) -> Vec<Record> {
        if kind == RecordType::Soa && *name == self.name {
            return vec![self.soa_record()];
        }
        self.records
            .iter()
            .filter(|record| record.name == *name && record.data.kind() == kind)
            .cloned()
            .collect()
    }

    /// A name exists where it owns records or lies above one that does (an empty non-terminal).
    fn exists(&self, name: &Name) -> bool {
        *name == self.name || self.records.iter().any(|record| record.name.within(name))
    }

    fn find(&self, name: &Name, kind: RecordType) -> Found {
        if self.exists(name) {
            return self.at(name, name, kind);
        }
        // RFC 4592: the wildcard right below the closest name that exists, and no other.
        let mut above = name.parent();
        while let Some(encloser) = above {
            if self.exists(&encloser) {
                let wildcard = encloser.child("*");
                return if self.exists(&wildcard) {
                    self.at(&wildcard, name, kind)
                } else {
                    Found::NameError
                };
            }
            above = encloser.parent();
        }
        Found::NameError
    }

    /// What the records of `owner` say when asked as `name`.
    fn at(&self, owner: &Name, name: &Name, kind: RecordType) -> Found {
        let as_asked = |record: Record| Record { name: name.clone(), ..record };
        let records: Vec<Record> = self.of(owner, kind).into_iter().map(as_asked).collect();
        if !records.is_empty() {
            return Found::Records(records);
        }
        let alias = self.of(owner, RecordType::Cname).into_iter().map(as_asked).next();
        match alias {
            Some(alias) => match alias.data.clone() {
                Data::Cname(target) => Found::Alias(alias, target),
                _ => Found::NoData,
            },
            None => Found::NoData,
        }
    }

    /// Its zone file, with names relative to the apex where they lie below it.
    pub fn file(&self) -> String {
        let relative = |name: &Name| match name.as_str().strip_suffix(self.name.as_str()) {
            Some("") => "@".to_owned(),
            Some(labels) if name.within(&self.name) => labels.trim_end_matches('.').to_owned(),
            _ => name.to_string(),
        };
        let data = |data: &Data| match data {
            Data::Cname(target) => relative(target),
            Data::Ns(server) => relative(server),
            Data::Mx(preference, server) => format!("{preference} {}", relative(server)),
            other => other.to_string(),
        };
        let width = self.records.iter().map(|record| relative(&record.name).len()).max().unwrap_or(1).max(4);
        let soa = &self.soa;
        let mut text = format!(
            "$ORIGIN {}\n{:width$} {:>6} IN SOA   {} {} ( {} {} {} {} {} )\n",
            self.name,
            "@",
            self.soa_ttl,
            relative(&soa.mname),
            relative(&soa.rname),
            soa.serial,
            soa.refresh,
            soa.retry,
            soa.expire,
            soa.minimum
        );
        for record in &self.records {
            let line = format!(
                "{:width$} {:>6} IN {:5} {}",
                relative(&record.name),
                record.ttl,
                record.data.kind(),
                data(&record.data)
            );
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}
