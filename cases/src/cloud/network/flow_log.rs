//! What flow logs record of a walk, and their lines.
//!
//! Amazon VPC User Guide, "Flow log records" (fields and their meaning) and "Flow log record examples".

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use super::topology::Protocol;
use super::walk::{Leg, Packet, Verdict, Walk};

const FIN: u8 = 1;
const SYN: u8 = 2;
const RST: u8 = 4;
/// ACK alone is never shown, only as a part of SYN-ACK.
const SYN_ACK: u8 = 18;
/// Bytes of an ACK with timestamps.
const ACK_SIZE: u64 = 52;

/// A record of traffic in one direction during one aggregation interval.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names are the fields'")]
pub struct Record {
    pub account: String,
    pub interface: String,
    /// The interface's own address stands here where the packet was sent on by it.
    pub source: Ipv4Addr,
    /// Likewise.
    pub destination: Ipv4Addr,
    pub source_port: u16,
    pub destination_port: u16,
    /// IANA's number.
    pub protocol: u8,
    pub packets: u64,
    pub bytes: u64,
    pub start: i64,
    pub end: i64,
    pub accept: bool,
    pub packet_source: Ipv4Addr,
    pub packet_destination: Ipv4Addr,
    /// Of all packets of the interval, OR-ed.
    pub tcp_flags: u8,
    pub egress: bool,
}

/// A line of a flow log.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the names are the log-status")]
pub enum Line {
    Data(Record),
    NoData { account: String, interface: String, start: i64, end: i64 },
    SkipData { account: String, interface: String, start: i64, end: i64 },
}

/// A field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the fields'")]
pub enum Field {
    Version,
    AccountId,
    InterfaceId,
    SrcAddr,
    DstAddr,
    SrcPort,
    DstPort,
    Protocol,
    Packets,
    Bytes,
    Start,
    End,
    Action,
    LogStatus,
    TcpFlags,
    PktSrcAddr,
    PktDstAddr,
    FlowDirection,
}

/// The fields of version 2, in the order of the default format.
pub const DEFAULT_FIELDS: &[Field] = &[
    Field::Version,
    Field::AccountId,
    Field::InterfaceId,
    Field::SrcAddr,
    Field::DstAddr,
    Field::SrcPort,
    Field::DstPort,
    Field::Protocol,
    Field::Packets,
    Field::Bytes,
    Field::Start,
    Field::End,
    Field::Action,
    Field::LogStatus,
];

impl Field {
    /// As it is written in a format.
    pub fn name(self) -> &'static str {
        match self {
            Self::Version => "version",
            Self::AccountId => "account-id",
            Self::InterfaceId => "interface-id",
            Self::SrcAddr => "srcaddr",
            Self::DstAddr => "dstaddr",
            Self::SrcPort => "srcport",
            Self::DstPort => "dstport",
            Self::Protocol => "protocol",
            Self::Packets => "packets",
            Self::Bytes => "bytes",
            Self::Start => "start",
            Self::End => "end",
            Self::Action => "action",
            Self::LogStatus => "log-status",
            Self::TcpFlags => "tcp-flags",
            Self::PktSrcAddr => "pkt-srcaddr",
            Self::PktDstAddr => "pkt-dstaddr",
            Self::FlowDirection => "flow-direction",
        }
    }

    /// The version that brought it.
    fn version(self) -> u8 {
        match self {
            Self::TcpFlags | Self::PktSrcAddr | Self::PktDstAddr => 3,
            Self::FlowDirection => 5,
            _ => 2,
        }
    }
}

/// A line in a format. The version is the highest of its fields'.
pub fn line(line: &Line, fields: &[Field]) -> String {
    let version = fields.iter().map(|field| field.version()).max().unwrap_or(2);
    let cell = |field: &Field| match (line, field) {
        (_, Field::Version) => version.to_string(),
        (Line::Data(record), field) => cell(record, *field),
        (
            Line::NoData { account, interface, start, end }
            | Line::SkipData { account, interface, start, end },
            field,
        ) => match field {
            Field::AccountId => account.clone(),
            Field::InterfaceId => interface.clone(),
            Field::Start => start.to_string(),
            Field::End => end.to_string(),
            Field::LogStatus => {
                if matches!(line, Line::NoData { .. }) { "NODATA" } else { "SKIPDATA" }.to_owned()
            }
            _ => "-".to_owned(),
        },
    };
    fields.iter().map(cell).collect::<Vec<_>>().join(" ")
}

fn cell(record: &Record, field: Field) -> String {
    match field {
        Field::Version => "2".to_owned(),
        Field::AccountId => record.account.clone(),
        Field::InterfaceId => record.interface.clone(),
        Field::SrcAddr => record.source.to_string(),
        Field::DstAddr => record.destination.to_string(),
        Field::SrcPort => record.source_port.to_string(),
        Field::DstPort => record.destination_port.to_string(),
        Field::Protocol => record.protocol.to_string(),
        Field::Packets => record.packets.to_string(),
        Field::Bytes => record.bytes.to_string(),
        Field::Start => record.start.to_string(),
        Field::End => record.end.to_string(),
        Field::Action => if record.accept { "ACCEPT" } else { "REJECT" }.to_owned(),
        Field::LogStatus => "OK".to_owned(),
        Field::TcpFlags => record.tcp_flags.to_string(),
        Field::PktSrcAddr => record.packet_source.to_string(),
        Field::PktDstAddr => record.packet_destination.to_string(),
        Field::FlowDirection => if record.egress { "egress" } else { "ingress" }.to_owned(),
    }
}

/// How much a conversation carries, and when: what a walk does not say.
#[derive(Clone, Debug, PartialEq)]
pub struct Volume {
    /// Whose log.
    pub account: String,
    /// Of the aggregation interval's first and last packet, in seconds since 1970.
    pub start: i64,
    /// Likewise.
    pub end: i64,
    /// How often what gets no answer is sent.
    pub tries: u64,
    /// Packets and bytes of the one who begins, where all goes well.
    pub request: (u64, u64),
    /// Likewise of the other.
    pub reply: (u64, u64),
    /// A TCP connection also ended within the interval.
    pub closed: bool,
}

/// What the flow logs of all interfaces record of a walk: one record for each direction and action at each interface,
/// in the order in which they were first seen. A packet that one interface does not let through leaves no record at the
/// next.
pub fn records(walk: &Walk, volume: &Volume) -> Vec<Record> {
    let mut order = Vec::new();
    let mut groups: BTreeMap<_, Vec<(Leg, &Packet)>> = BTreeMap::new();
    for seen in &walk.seen {
        let packet = &seen.packet;
        let source = if seen.egress { seen.address } else { packet.source };
        let destination = if seen.egress { packet.destination } else { seen.address };
        let ports = (packet.source_port, packet.destination_port);
        let ends = (packet.source, packet.destination, packet.protocol);
        let key = (&seen.interface, seen.egress, seen.accepted, source, destination, ports, ends);
        if !groups.contains_key(&key) {
            order.push(key);
        }
        groups.entry(key).or_default().push((seen.leg, packet));
    }
    let made = order.iter().map(|key| {
        let (interface, egress, accept, source, destination, ports, ends) = *key;
        let legs = groups.get(key).map_or(&[][..], Vec::as_slice);
        let (packets, bytes, tcp_flags) = amount(&walk.verdict, volume, legs);
        Record {
            account: volume.account.clone(),
            interface: interface.clone(),
            source,
            destination,
            source_port: ports.0,
            destination_port: ports.1,
            protocol: ends.2.number(),
            packets,
            bytes,
            start: volume.start,
            end: volume.end,
            accept,
            packet_source: ends.0,
            packet_destination: ends.1,
            tcp_flags,
            egress,
        }
    });
    made.collect()
}

/// Packets, bytes and TCP flags of what one interface saw in one direction.
fn amount(verdict: &Verdict, volume: &Volume, legs: &[(Leg, &Packet)]) -> (u64, u64, u8) {
    let Some((first, packet)) = legs.first() else { return (0, 0, 0) };
    if *first == Leg::TooBig {
        let count = legs.len() as u64;
        return (count, count * u64::from(packet.size), 0);
    }
    let tcp = packet.protocol == Protocol::Tcp;
    let request = matches!(first, Leg::Request | Leg::Data);
    if let Verdict::Works { .. } = verdict {
        let (packets, bytes) = if request { volume.request } else { volume.reply };
        let fin = if volume.closed { FIN } else { 0 };
        let flags = if request { SYN } else { SYN_ACK } | fin;
        return (packets, bytes, if tcp { flags } else { 0 });
    }
    let stuck = match verdict {
        Verdict::Stopped { leg, .. } => *leg,
        _ => Leg::Reply,
    };
    let connected = matches!(stuck, Leg::Data | Leg::DataReply);
    let (mut packets, mut bytes, mut flags) = (0, 0, 0);
    for (leg, packet) in legs {
        let size = u64::from(packet.size);
        let (more, many) = match leg {
            // Sent once, and the ACK that goes with it.
            Leg::Request | Leg::Reply if connected => (2, size + ACK_SIZE),
            Leg::Data if stuck == Leg::DataReply => (1, size),
            _ => (volume.tries, volume.tries * size),
        };
        packets += more;
        bytes += many;
        flags |= match (leg, verdict) {
            (Leg::Request, _) => SYN,
            (Leg::Reply, Verdict::Refused) => RST,
            (Leg::Reply, _) => SYN_ACK,
            _ => 0,
        };
    }
    (packets, bytes, if tcp { flags } else { 0 })
}
