//! Answers as the tools write them: `dig` of BIND 9.18, the query log and the errors of CoreDNS.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::net::Ipv4Addr;

use chrono::DateTime;

use super::{Data, Name, Question, Record, Reply};

/// What `dig` shows around an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dig {
    /// The server as it was named after `@`; none where /etc/resolv.conf said it.
    pub at: Option<String>,
    /// The server's address.
    pub server: Ipv4Addr,
    /// The query's id.
    pub id: u16,
    /// When it was asked.
    pub when: u64,
    /// How long it took, in milliseconds.
    pub took: u32,
    /// Whether recursion is to be had there (`ra`): of resolvers, not of authoritative servers.
    pub recursion: bool,
}

/// The columns of dig: it goes to the next one by tabs of eight, and takes at least one space.
fn indent(line: &mut String, column: &mut usize, to: usize) {
    const TAB: usize = 8;
    let to = to.max(*column + 1);
    let tabs = to / TAB - *column / TAB;
    let from = if tabs > 0 { to / TAB * TAB } else { *column };
    line.extend(std::iter::repeat_n('\t', tabs));
    line.extend(std::iter::repeat_n(' ', to - from));
    *column = to;
}

fn columns(pieces: &[(&str, usize)]) -> String {
    let mut line = String::new();
    let mut column = 0;
    for (piece, start) in pieces {
        if *start > 0 {
            indent(&mut line, &mut column, *start);
        }
        line.push_str(piece);
        column += piece.len();
    }
    line
}

/// A record as `dig` writes it.
pub fn record_line(record: &Record) -> String {
    let kind = record.data.kind().to_string();
    let data = record.data.to_string();
    columns(&[(record.name.as_str(), 0), (&record.ttl.to_string(), 24), ("IN", 32), (&kind, 40), (&data, 48)])
}

/// The whole output of `dig`, with the command.
pub fn dig(question: &Question, reply: &Reply, how: &Dig) -> String {
    let kind = question.kind.to_string();
    let at = how.at.as_ref().map(|at| format!("@{at} ")).unwrap_or_default();
    let arguments = format!("{at}{} {kind}", question.name.short());
    let mut text = format!("$ dig {arguments}\n\n; <<>> DiG 9.18.33 <<>> {arguments}\n");
    if how.at.is_some() {
        text.push_str("; (1 server found)\n");
    }
    text.push_str(";; global options: +cmd\n;; Got answer:\n");
    let _ = writeln!(text, ";; ->>HEADER<<- opcode: QUERY, status: {}, id: {}", reply.rcode, how.id);
    let mut flags = vec!["qr"];
    if reply.authoritative {
        flags.push("aa");
    }
    flags.push("rd");
    if how.recursion {
        flags.push("ra");
    }
    let _ = writeln!(
        text,
        ";; flags: {}; QUERY: 1, ANSWER: {}, AUTHORITY: {}, ADDITIONAL: {}",
        flags.join(" "),
        reply.answer.len(),
        reply.authority.len(),
        reply.additional.len() + 1
    );
    if !how.recursion {
        text.push_str(";; WARNING: recursion requested but not available\n");
    }
    text.push_str("\n;; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:; udp: 1232\n;; QUESTION SECTION:\n");
    text.push_str(&columns(&[(&format!(";{}", question.name), 0), ("IN", 32), (&kind, 40)]));
    text.push_str("\n\n");
    for (title, records) in
        [("ANSWER", &reply.answer), ("AUTHORITY", &reply.authority), ("ADDITIONAL", &reply.additional)]
    {
        if !records.is_empty() {
            let _ = writeln!(text, ";; {title} SECTION:");
            for record in records {
                let _ = writeln!(text, "{}", record_line(record));
            }
            text.push('\n');
        }
    }
    let _ = writeln!(text, ";; Query time: {} msec", how.took);
    let named = how.at.clone().unwrap_or_else(|| how.server.to_string());
    let _ = writeln!(text, ";; SERVER: {}#53({named}) (UDP)", how.server);
    let _ = writeln!(text, ";; WHEN: {}", when(how.when));
    let _ = writeln!(text, ";; MSG SIZE  rcvd: {}", size(question, reply));
    text
}

/// The whole output of `dig` where nothing comes back.
pub fn dig_no_reply(question: &Question, at: Option<&str>, server: Ipv4Addr) -> String {
    let at = at.map(|at| format!("@{at} ")).unwrap_or_default();
    let arguments = format!("{at}{} {}", question.name.short(), question.kind);
    let mut text = format!("$ dig {arguments}\n");
    for _ in 0..3 {
        let _ = writeln!(text, ";; communications error to {server}#53: timed out");
    }
    let _ = write!(text, "\n; <<>> DiG 9.18.33 <<>> {arguments}\n");
    if !at.is_empty() {
        text.push_str("; (1 server found)\n");
    }
    text.push_str(";; global options: +cmd\n;; no servers could be reached\n");
    text
}

fn when(seconds: u64) -> String {
    let moment = i64::try_from(seconds).ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    moment.map(|moment| moment.format("%a %b %d %H:%M:%S UTC %Y").to_string()).unwrap_or_default()
}

/// The bytes of a reply on the wire, names compressed (RFC 1035, section 4.1.4), with an OPT record.
fn size(question: &Question, reply: &Reply) -> usize {
    let mut seen = BTreeSet::new();
    let mut bytes = 12 + name_size(&question.name, &mut seen) + 4;
    for record in reply.answer.iter().chain(&reply.authority).chain(&reply.additional) {
        bytes += name_size(&record.name, &mut seen) + 10;
        bytes += match &record.data {
            Data::A(_) => 4,
            Data::Aaaa(_) => 16,
            Data::Cname(name) | Data::Ns(name) => name_size(name, &mut seen),
            Data::Mx(_, name) => 2 + name_size(name, &mut seen),
            Data::Soa(soa) => name_size(&soa.mname, &mut seen) + name_size(&soa.rname, &mut seen) + 20,
            Data::Txt(text) => text.len() + 1,
        };
    }
    bytes + 11
}

fn name_size(name: &Name, seen: &mut BTreeSet<Name>) -> usize {
    let mut bytes = 0;
    let mut rest = name.clone();
    while rest.as_str() != "." {
        if !seen.insert(rest.clone()) {
            return bytes + 2;
        }
        let Some(parent) = rest.parent() else { break };
        bytes += rest.as_str().split('.').next().map_or(0, str::len) + 1;
        rest = parent;
    }
    bytes + 1
}

/// A line of CoreDNS's `log` plugin, without what `kubectl logs` puts in front.
pub fn coredns_line(
    client: (Ipv4Addr, u16),
    id: u16,
    question: &Question,
    reply: &Reply,
    microseconds: u32,
) -> String {
    let mut flags = vec!["qr"];
    if reply.authoritative {
        flags.push("aa");
    }
    flags.push("rd");
    if !reply.authoritative {
        flags.push("ra");
    }
    let asked = 12 + name_size(&question.name, &mut BTreeSet::new()) + 4;
    // Without EDNS: what stub resolvers send by default.
    let size = size(question, reply) - 11;
    format!(
        "[INFO] {}:{} - {id} \"{} IN {} udp {asked} false 512\" {} {} {size} {}.{:09}s",
        client.0,
        client.1,
        question.kind,
        question.name,
        reply.rcode,
        flags.join(","),
        microseconds / 1_000_000,
        u64::from(microseconds % 1_000_000) * 1000,
    )
}

/// A line of CoreDNS's `errors` plugin: the resolver above did not reply.
pub fn coredns_error(question: &Question, from: (Ipv4Addr, u16), upstream: Ipv4Addr) -> String {
    format!(
        "[ERROR] plugin/errors: 2 {} {}: read udp {}:{}->{upstream}:53: i/o timeout",
        question.name, question.kind, from.0, from.1
    )
}
