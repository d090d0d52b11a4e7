//! Captures and sockets in the formats of tcpdump (4.99) and `ss` (iproute2 6).

use std::fmt::Write as _;
use std::net::SocketAddrV4;

use chrono::{NaiveDateTime, TimeDelta};

use super::{Packet, Segment, Side, State, What, place};

/// `tcpdump -nn` of one end's capture: sequence numbers relative to each end's first, but absolute where a SYN is involved.
pub fn tcpdump(
    side: Side,
    packets: &[Packet],
    start: NaiveDateTime,
    ends: [SocketAddrV4; 2],
    first: [u32; 2],
    scales: [u32; 2],
    router: std::net::Ipv4Addr,
) -> Vec<String> {
    // Relative numbers count from the first packet of the flow that the capture saw.
    let mut known = false;
    packets
        .iter()
        .map(|packet| {
            let time = start + TimeDelta::microseconds(i64::try_from(packet.at).unwrap_or_default());
            let time = time.format("%H:%M:%S%.6f");
            match &packet.what {
                What::TooBig(mtu) => format!(
                    "{time} IP {router} > {}: ICMP {} unreachable - need to frag (mtu {mtu}), length 556",
                    ends[place(side)].ip(),
                    ends[place(side.other())].ip()
                ),
                What::Segment(from, segment) => {
                    let line = segment_line(*from, segment, ends, first, scales, known);
                    known = true;
                    format!("{time} IP {line}")
                }
            }
        })
        .collect()
}

fn segment_line(
    from: Side,
    segment: &Segment,
    ends: [SocketAddrV4; 2],
    first: [u32; 2],
    scales: [u32; 2],
    known: bool,
) -> String {
    let (here, there) = (place(from), place(from.other()));
    let mut flags = String::new();
    for (set, letter) in
        [(segment.fin, 'F'), (segment.syn, 'S'), (segment.rst, 'R'), (segment.push, 'P'), (segment.ack, '.')]
    {
        if set {
            flags.push(letter);
        }
    }
    // tcpdump looks its first numbers up for segments with ACK only: a bare reset shows the number as sent.
    let absolute = segment.syn || !segment.ack || !known;
    let number = |side: usize, relative: u32| {
        if absolute { first[side].wrapping_add(relative) } else { relative }
    };
    let socket = |end: SocketAddrV4| format!("{}.{}", end.ip(), end.port());
    let mut line = format!("{} > {}: Flags [{flags}]", socket(ends[here]), socket(ends[there]));
    if segment.length > 0 || segment.syn || segment.fin || segment.rst {
        let seq = number(here, segment.seq);
        let _ = write!(line, ", seq {seq}");
        if segment.length > 0 {
            let _ = write!(line, ":{}", seq.wrapping_add(segment.length));
        }
    }
    if segment.ack {
        // A refusal acknowledges a SYN before this end has a number of its own.
        let refusal = segment.rst && segment.seq == 0;
        let value = if refusal {
            first[there].wrapping_add(segment.acknowledges)
        } else {
            number(there, segment.acknowledges)
        };
        let _ = write!(line, ", ack {value}");
    }
    let window = if segment.syn { segment.window } else { segment.window >> scales[here] };
    let _ = write!(line, ", win {window}");
    let (value, echo) = segment.stamp;
    let (value, echo) = (value & u64::from(u32::MAX), echo & u64::from(u32::MAX));
    if segment.syn {
        let _ = write!(
            line,
            ", options [mss {},sackOK,TS val {value} ecr {echo},nop,wscale {}]",
            segment.mss, scales[here]
        );
    } else if value > 0 {
        let _ = write!(line, ", options [nop,nop,TS val {value} ecr {echo}");
        if let Some((start, end)) = segment.sack {
            let _ = write!(line, ",nop,nop,sack 1 {{{start}:{end}}}");
        }
        line.push(']');
    }
    let _ = write!(line, ", length {}", segment.length);
    line
}

/// A row of `ss -tan`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sockets {
    /// The socket's state.
    pub state: State,
    /// Received and not read; for a listener, connections waiting to be accepted.
    pub receive: u32,
    /// Sent and not acknowledged; for a listener, how many may wait.
    pub send: u32,
    /// Its own address.
    pub local: String,
    /// The other end's.
    pub peer: String,
}

/// `ss -tan`: columns as wide as they have to be (spaces at the end of a line left out).
pub fn sockets(rows: &[Sockets]) -> String {
    let split = |address: &str| -> (String, String) {
        address.rsplit_once(':').map_or_else(
            || (address.to_owned(), String::new()),
            |(host, port)| (host.to_owned(), port.to_owned()),
        )
    };
    let width = |texts: &mut dyn Iterator<Item = usize>, least: usize| texts.fold(least, usize::max);
    let state = width(&mut rows.iter().map(|row| row.state.ss().len()), 5);
    let local = width(&mut rows.iter().map(|row| split(&row.local).0.len()), 13);
    let port = width(&mut rows.iter().map(|row| split(&row.local).1.len()), 4);
    let peer = width(&mut rows.iter().map(|row| split(&row.peer).0.len()), 12);
    let far_port = width(&mut rows.iter().map(|row| split(&row.peer).1.len()), 4);
    // Without -p, nothing stands below the last heading.
    let mut text = format!(
        "{:<state$} Recv-Q Send-Q {:>local$}:{:<port$} {:>peer$}:{:<far_port$}Process",
        "State", "Local Address", "Port", "Peer Address", "Port"
    );
    for row in rows {
        let ((host, number), (far, far_port)) = (split(&row.local), split(&row.peer));
        let _ = write!(
            text,
            "\n{:<state$} {:<6} {:<6} {host:>local$}:{number:<port$} {far:>peer$}:{far_port}",
            row.state.ss(),
            row.receive,
            row.send
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_those_of_iproute2() {
        let row = |state, receive, send, local: &str, peer: &str| Sockets {
            state,
            receive,
            send,
            local: local.to_owned(),
            peer: peer.to_owned(),
        };
        // Captured from iproute2 6.1, less the spaces at the ends.
        assert_eq!(
            sockets(&[
                row(State::Listen, 0, 511, "0.0.0.0:8443", "0.0.0.0:*"),
                row(State::Established, 10136, 0, "10.20.1.80:8443", "10.20.1.80:33804"),
            ]),
            "State  Recv-Q Send-Q Local Address:Port Peer Address:Port Process\n\
             LISTEN 0      511          0.0.0.0:8443      0.0.0.0:*\n\
             ESTAB  10136  0         10.20.1.80:8443   10.20.1.80:33804"
        );
        assert_eq!(sockets(&[]), "State Recv-Q Send-Q Local Address:Port Peer Address:PortProcess");
    }
}
