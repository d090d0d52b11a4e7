//! Resolvers that keep what they learn, and servers as they are over time.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use super::{Data, Name, Question, Rcode, Record, RecordType, Reply, Zone};

/// What each network interface may send to the VPC's resolver (Amazon VPC User Guide, DNS quotas). It cannot be raised.
pub const RESOLVER_PACKETS_PER_SECOND: u32 = 1024;

/// A chain over several zones is followed this far.
const LONGEST_CHAIN: usize = 12;
/// A referral leads one zone down; there are never more of them than labels in a name.
const MOST_REFERRALS: usize = 16;

/// A zone on an authoritative server, over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Hosted {
    /// The server's name, as in NS records.
    pub server: Name,
    /// Its address.
    pub address: Ipv4Addr,
    /// The zone from each moment on, in order of time; before the first the server does not have it.
    pub versions: Vec<(u64, Zone)>,
    /// From and until (not included) when it does not answer.
    pub outages: Vec<(u64, u64)>,
}

impl Hosted {
    /// A zone that was always there and never changes.
    pub fn steady(server: &str, address: Ipv4Addr, zone: Zone) -> Self {
        Self { server: Name::new(server), address, versions: vec![(0, zone)], outages: Vec::new() }
    }

    /// The zone as it is at a moment; none while the server has none or is silent.
    pub fn at(&self, now: u64) -> Option<&Zone> {
        if self.outages.iter().any(|(from, until)| (*from..*until).contains(&now)) {
            return None;
        }
        self.versions.iter().rev().find(|(since, _)| *since <= now).map(|(_, zone)| zone)
    }
}

/// All authoritative servers there are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Internet {
    /// Zone by zone; a zone on two servers is here twice.
    pub hosted: Vec<Hosted>,
}

impl Internet {
    /// What the server at an address replies; no reply where none is there or it is silent.
    pub fn ask(&self, address: Ipv4Addr, question: &Question, now: u64) -> Reply {
        let here = self.hosted.iter().filter(|hosted| hosted.address == address);
        let zones: Vec<&Zone> = here.clone().filter_map(|hosted| hosted.at(now)).collect();
        if zones.is_empty() {
            let silent =
                here.clone().all(|hosted| hosted.versions.first().is_none_or(|(since, _)| *since <= now));
            return Reply::bare(if silent { Rcode::NoReply } else { Rcode::Refused });
        }
        let holds = zones.into_iter().filter(|zone| question.name.within(&zone.name));
        match holds.max_by_key(|zone| zone.name.labels()) {
            Some(zone) => zone.reply(question),
            None => Reply::bare(Rcode::Refused),
        }
    }

    /// The root's server, or where no root is modelled the server of the closest zone.
    fn start(&self, name: &Name, now: u64) -> Option<&Hosted> {
        let zone = |hosted: &Hosted| hosted.versions.first().map(|(_, zone)| zone.name.clone());
        let root = self.hosted.iter().find(|hosted| zone(hosted).is_some_and(|zone| zone.as_str() == "."));
        let holds = |hosted: &&Hosted| zone(hosted).is_some_and(|zone| name.within(&zone));
        // Of two servers of a zone the one that answers is tried in the end.
        let closest =
            |hosted: &&Hosted| (zone(hosted).map_or(0, |zone| zone.labels()), hosted.at(now).is_some());
        root.or_else(|| self.hosted.iter().filter(holds).max_by_key(closest))
    }

    fn address_of(&self, server: &Name) -> Option<Ipv4Addr> {
        self.hosted.iter().find(|hosted| hosted.server == *server).map(|hosted| hosted.address)
    }
}

/// What is kept under a name.
#[derive(Clone, Debug, PartialEq)]
enum Kept {
    Records(Vec<Record>),
    /// That there is nothing, with the SOA that says so.
    Nothing(Rcode, Vec<Record>),
}

#[derive(Clone, Debug, PartialEq)]
struct Entry {
    kept: Kept,
    since: u64,
    ttl: u32,
}

/// What was learnt and may still be used. An entry stored at `t` with TTL `n` is used before `t + n`, not at it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cache {
    /// A type, or none for a name of which nothing exists.
    entries: BTreeMap<(Name, Option<RecordType>), Entry>,
    /// Positive answers are kept no longer.
    pub longest: Option<u32>,
    /// Negative answers are kept no longer.
    pub longest_negative: Option<u32>,
}

impl Cache {
    /// An empty cache that keeps nothing for longer than so many seconds.
    pub fn capped(seconds: u32) -> Self {
        Self { longest: Some(seconds), longest_negative: Some(seconds), ..Self::default() }
    }

    /// Keeps what a reply says. Later data replaces earlier.
    pub fn store(&mut self, question: &Question, reply: &Reply, now: u64) {
        let mut last = question.name.clone();
        let mut sets: Vec<(Name, RecordType, Vec<Record>)> = Vec::new();
        for record in &reply.answer {
            if let Data::Cname(target) = &record.data {
                last = target.clone();
            }
            let kind = record.data.kind();
            match sets.iter_mut().find(|(name, of, _)| *name == record.name && *of == kind) {
                Some((_, _, set)) => set.push(record.clone()),
                None => sets.push((record.name.clone(), kind, vec![record.clone()])),
            }
        }
        for (name, kind, set) in sets {
            let ttl = set.iter().map(|record| record.ttl).min().unwrap_or(0);
            let ttl = ttl.min(self.longest.unwrap_or(u32::MAX));
            self.entries.remove(&(name.clone(), None));
            self.entries.insert((name, Some(kind)), Entry { kept: Kept::Records(set), since: now, ttl });
        }
        let negative = reply.rcode == Rcode::NxDomain
            || reply.rcode == Rcode::NoError && reply.answer.iter().all(|record| record.name != last);
        if let (true, Some(ttl)) = (negative, reply.negative_ttl()) {
            let ttl = ttl.min(self.longest_negative.unwrap_or(u32::MAX));
            let key = (last, (reply.rcode == Rcode::NoError).then_some(question.kind));
            let kept = Kept::Nothing(reply.rcode, reply.authority.clone());
            self.entries.insert(key, Entry { kept, since: now, ttl });
        }
    }

    fn live(&self, name: &Name, kind: Option<RecordType>, now: u64) -> Option<(&Kept, u32)> {
        let entry = self.entries.get(&(name.clone(), kind))?;
        let age = now.checked_sub(entry.since)?;
        let left = u64::from(entry.ttl).checked_sub(age).filter(|left| *left > 0)?;
        Some((&entry.kept, u32::try_from(left).ok()?))
    }

    /// What the cache can say by itself: a whole answer, with what is left of each TTL; else the name it would go on
    /// with, after the aliases it knows.
    pub fn look_up(&self, question: &Question, now: u64) -> (Reply, Option<Name>) {
        let mut reply = Reply::bare(Rcode::NoError);
        let mut name = question.name.clone();
        for _ in 0..LONGEST_CHAIN {
            let found = self
                .live(&name, None, now)
                .or_else(|| self.live(&name, Some(question.kind), now))
                .or_else(|| {
                    let alias = self.live(&name, Some(RecordType::Cname), now);
                    alias.filter(|_| question.kind != RecordType::Cname)
                });
            match found {
                Some((Kept::Nothing(rcode, authority), left)) => {
                    reply.rcode = *rcode;
                    reply.authority =
                        authority.iter().map(|soa| Record { ttl: left, ..soa.clone() }).collect();
                    return (reply, None);
                }
                Some((Kept::Records(records), left)) => {
                    reply.answer.extend(records.iter().map(|record| Record { ttl: left, ..record.clone() }));
                    match records.first().map(|record| &record.data) {
                        Some(Data::Cname(target)) if question.kind != RecordType::Cname => {
                            name = target.clone()
                        }
                        _ => return (reply, None),
                    }
                }
                None => return (reply, Some(name)),
            }
        }
        (reply, Some(name))
    }

    /// Its lines as `rndc dumpdb -cache` writes positive entries: what is left of each TTL.
    pub fn dump(&self, now: u64) -> Vec<Record> {
        let keys = self.entries.keys();
        let live = keys.filter_map(|(name, kind)| self.live(name, *kind, now));
        live.filter_map(|(kept, left)| match kept {
            Kept::Records(records) => {
                Some(records.iter().map(move |record| Record { ttl: left, ..record.clone() }))
            }
            Kept::Nothing(..) => None,
        })
        .flatten()
        .collect()
    }
}

/// Who gave the last part of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Everything came out of the resolver's cache.
    Cache,
    /// A private zone of the resolver's network.
    Private {
        /// Its apex.
        zone: Name,
    },
    /// An authoritative server.
    Server {
        /// Its name.
        server: Name,
        /// Its address.
        address: Ipv4Addr,
    },
    /// A resolver further up.
    Upstream,
    /// No one: a server was silent or did not know the zone.
    Nobody,
}

/// A question on the way and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// When.
    pub at: u64,
    /// Who was asked.
    pub who: Source,
    /// What.
    pub question: Question,
    /// The code that came back.
    pub rcode: Rcode,
    /// The zone it was handed on to, if it was.
    pub referred: Option<Name>,
}

/// An answer and how it was come by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolution {
    /// What the resolver sends to the client.
    pub reply: Reply,
    /// Who gave the last part.
    pub source: Source,
    /// Who was asked on the way, in order; empty for an answer out of the cache.
    pub steps: Vec<Step>,
}

/// A caching resolver that asks authoritative servers itself; with private zones, the resolver of a VPC.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolver {
    /// Where clients reach it.
    pub address: Ipv4Addr,
    /// Private zones with the moment from which they are associated. The one that matches a name most closely answers
    /// alone: what it does not hold is not asked elsewhere.
    pub private: Vec<(u64, Zone)>,
    /// What it has learnt.
    pub cache: Cache,
}

impl Resolver {
    /// A resolver that has learnt nothing yet.
    pub fn new(address: Ipv4Addr) -> Self {
        Self { address, private: Vec::new(), cache: Cache::default() }
    }

    fn private_zone(&self, name: &Name, now: u64) -> Option<&Zone> {
        let matching = self.private.iter().filter(|(since, zone)| *since <= now && name.within(&zone.name));
        matching.map(|(_, zone)| zone).max_by_key(|zone| zone.name.labels())
    }

    /// Answers a question, asking whom it must, and keeps what it learns.
    pub fn resolve(&mut self, internet: &Internet, question: &Question, now: u64) -> Resolution {
        let mut answer: Vec<Record> = Vec::new();
        let mut steps = Vec::new();
        let mut source = Source::Cache;
        let mut name = question.name.clone();
        for _ in 0..LONGEST_CHAIN {
            let part = Question::new(name.clone(), question.kind);
            let (known, next) = self.cache.look_up(&part, now);
            answer.extend(known.answer.iter().cloned());
            let Some(next) = next else {
                return finish(answer, known, source, steps);
            };
            let part = Question::new(next, question.kind);
            let reply = match self.private_zone(&part.name, now) {
                Some(zone) => {
                    source = Source::Private { zone: zone.name.clone() };
                    let reply = zone.reply(&part);
                    steps.push(step(now, &source, &part, &reply));
                    reply
                }
                None => self.iterate(internet, &part, now, &mut source, &mut steps),
            };
            if !matches!(reply.rcode, Rcode::NoError | Rcode::NxDomain) {
                source = Source::Nobody;
                return finish(Vec::new(), Reply::bare(Rcode::ServFail), source, steps);
            }
            self.cache.store(&part, &reply, now);
            answer.extend(reply.answer.iter().cloned());
            match reply.answer.last().map(|record| &record.data) {
                // The chain leaves the server's zone: go on from there.
                Some(Data::Cname(target))
                    if question.kind != RecordType::Cname
                        && reply.rcode == Rcode::NoError
                        && reply.negative_ttl().is_none() =>
                {
                    name = target.clone();
                }
                _ => return finish(answer, reply, source, steps),
            }
        }
        finish(Vec::new(), Reply::bare(Rcode::ServFail), source, steps)
    }

    /// Asks servers from the closest known delegation down.
    fn iterate(
        &mut self,
        internet: &Internet,
        question: &Question,
        now: u64,
        source: &mut Source,
        steps: &mut Vec<Step>,
    ) -> Reply {
        let known = std::iter::successors(Some(question.name.clone()), Name::parent).find_map(|zone| {
            let (kept, _) = self.cache.live(&zone, Some(RecordType::Ns), now)?;
            let Kept::Records(records) = kept else { return None };
            records.iter().find_map(|record| match &record.data {
                Data::Ns(server) => internet.address_of(server).map(|address| (server.clone(), address)),
                _ => None,
            })
        });
        let start =
            || internet.start(&question.name, now).map(|hosted| (hosted.server.clone(), hosted.address));
        let Some((mut server, mut address)) = known.or_else(start) else {
            return Reply::bare(Rcode::ServFail);
        };
        for _ in 0..MOST_REFERRALS {
            *source = Source::Server { server: server.clone(), address };
            let reply = internet.ask(address, question, now);
            steps.push(step(now, source, question, &reply));
            let Some(cut) = reply.referral().cloned() else { return reply };
            let referral = Question::new(cut, RecordType::Ns);
            let learnt = Reply { answer: reply.authority.clone(), ..Reply::bare(Rcode::NoError) };
            self.cache.store(&referral, &learnt, now);
            let next = reply.authority.iter().find_map(|record| match &record.data {
                Data::Ns(name) => {
                    let glue = reply.additional.iter().find_map(|glue| match glue.data {
                        Data::A(address) if glue.name == *name => Some(address),
                        _ => None,
                    });
                    glue.or_else(|| internet.address_of(name)).map(|address| (name.clone(), address))
                }
                _ => None,
            });
            let Some(next) = next else { return Reply::bare(Rcode::ServFail) };
            (server, address) = next;
        }
        Reply::bare(Rcode::ServFail)
    }
}

/// A resolver that asks another one, with zones of its own and often a shorter memory: CoreDNS in a cluster.
#[derive(Clone, Debug, PartialEq)]
pub struct Forwarder {
    /// Where clients reach it.
    pub address: Ipv4Addr,
    /// Zones it answers itself, with authority (`cluster.local`).
    pub zones: Vec<Zone>,
    /// What it has learnt.
    pub cache: Cache,
}

impl Forwarder {
    /// Answers a question; `upstream` is asked for what it neither holds nor remembers.
    pub fn resolve(
        &mut self,
        question: &Question,
        now: u64,
        mut upstream: impl FnMut(&Question, u64) -> Resolution,
    ) -> Resolution {
        let own = self.zones.iter().filter(|zone| question.name.within(&zone.name));
        if let Some(zone) = own.max_by_key(|zone| zone.name.labels()) {
            let reply = zone.reply(question);
            let source = Source::Private { zone: zone.name.clone() };
            let steps = vec![step(now, &source, question, &reply)];
            return Resolution { reply, source, steps };
        }
        let (known, next) = self.cache.look_up(question, now);
        if next.is_none() {
            return finish(known.answer.clone(), known, Source::Cache, Vec::new());
        }
        let above = upstream(question, now);
        // What is left of the TTLs, not the whole: a chain of caches forgets no later than one.
        if matches!(above.reply.rcode, Rcode::NoError | Rcode::NxDomain) {
            self.cache.store(question, &above.reply, now);
        }
        let steps = vec![step(now, &Source::Upstream, question, &above.reply)];
        Resolution { reply: above.reply, source: Source::Upstream, steps }
    }
}

fn step(at: u64, who: &Source, question: &Question, reply: &Reply) -> Step {
    Step {
        at,
        who: who.clone(),
        question: question.clone(),
        rcode: reply.rcode,
        referred: reply.referral().cloned(),
    }
}

/// What a resolver tells its client: no authority of its own, name servers left out.
fn finish(answer: Vec<Record>, last: Reply, source: Source, steps: Vec<Step>) -> Resolution {
    let authority =
        last.authority.into_iter().filter(|record| record.data.kind() == RecordType::Soa).collect();
    let reply = Reply { rcode: last.rcode, authoritative: false, answer, authority, additional: Vec::new() };
    Resolution { reply, source, steps }
}

/// Of the packets an interface sends to the VPC's resolver in each second, how many are dropped.
pub fn dropped_packets(per_second: &[u32], limit: u32) -> Vec<u32> {
    per_second.iter().map(|sent| sent.saturating_sub(limit)).collect()
}
