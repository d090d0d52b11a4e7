//! One TCP connection between two ends over a path that may lose things, in microseconds; what each end captures.
//!
//! Rules: RFC 9293 (states, sequence numbers, windows, probes, resets), RFC 6298 (retransmission timer: doubled each time),
//! RFC 5681 (three duplicate acknowledgements), RFC 1191 (path MTU), RFC 9293 3.8.4 (keep-alive). As Linux does: a listener
//! whose accept queue is full leaves SYNs unanswered (`listen(2)`, `tcp(7)`), window and keep-alive probes carry no data and an
//! old sequence number. Simplified: every segment with data is acknowledged at once, the congestion window stays at ten
//! segments (RFC 6928), sequence numbers do not wrap.

mod end;
mod show;

use std::collections::BTreeMap;

use end::End;
pub use show::{Sockets, sockets, tcpdump};

/// One of the two ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// It opens the connection.
    Client,
    /// It listens.
    Server,
}

impl Side {
    /// The other one.
    pub fn other(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }
}

/// States of a connection (RFC 9293, section 3.3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the standard's names")]
pub enum State {
    Closed,
    Listen,
    SynSent,
    SynReceived,
    Established,
    FinWait1,
    FinWait2,
    CloseWait,
    Closing,
    LastAck,
    TimeWait,
}

impl State {
    /// The standard's spelling.
    pub fn name(self) -> &'static str {
        match self {
            Self::Closed => "CLOSED",
            Self::Listen => "LISTEN",
            Self::SynSent => "SYN-SENT",
            Self::SynReceived => "SYN-RECEIVED",
            Self::Established => "ESTABLISHED",
            Self::FinWait1 => "FIN-WAIT-1",
            Self::FinWait2 => "FIN-WAIT-2",
            Self::CloseWait => "CLOSE-WAIT",
            Self::Closing => "CLOSING",
            Self::LastAck => "LAST-ACK",
            Self::TimeWait => "TIME-WAIT",
        }
    }

    /// As `ss` shows it.
    pub fn ss(self) -> &'static str {
        match self {
            Self::Closed => "UNCONN",
            Self::SynReceived => "SYN-RECV",
            Self::Established => "ESTAB",
            other => other.name(),
        }
    }
}

/// A segment; numbers count from the sender's SYN, which is 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the header's fields")]
pub struct Segment {
    pub syn: bool,
    pub ack: bool,
    pub fin: bool,
    pub rst: bool,
    pub push: bool,
    pub seq: u32,
    pub acknowledges: u32,
    pub length: u32,
    /// In bytes; scaled where it is shown.
    pub window: u32,
    /// What arrived beyond a gap.
    pub sack: Option<(u32, u32)>,
    /// Time stamps, in ms: its own and the last one seen from the other end.
    pub stamp: (u64, u64),
    /// Announced in a SYN.
    pub mss: u32,
}

/// What a capture holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A segment of an end.
    Segment(Side, Segment),
    /// ICMP type 3 code 4 from a router on the way, with the MTU of its next hop.
    TooBig(u32),
}

/// A packet at an end, sent or received there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// Microseconds from the start.
    pub at: u64,
    /// What it is.
    pub what: What,
    /// This end's state after it, and before anything it answers.
    pub state: State,
}

/// What an end's program or host does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Opens the connection.
    Connect,
    /// Writes some bytes.
    Send(u32),
    /// Closes, after what it wrote.
    Close,
    /// Closes at once, with a reset.
    Abort,
    /// Reads all that arrives, or no longer reads.
    Read(bool),
    /// Loses all memory of the connection, as by a restart; the listener is back.
    Forget,
}

/// What one end does once it has received so many bytes in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reaction {
    /// Whose.
    pub side: Side,
    /// In all.
    pub received: u32,
    /// Microseconds later.
    pub after: u64,
    /// What it does.
    pub action: Action,
}

/// What the path does to some packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// Nothing from this end gets through.
    All(Side),
    /// The first so many transmissions of data that begins at this sequence number get lost.
    Data(Side, u32, u32),
    /// Packets of more than so many bytes from this end get lost; the end is told by ICMP, or not.
    Larger(Side, u32, bool),
    /// A box on the way forgets the flow after so many idle microseconds; later packets vanish or, with true, are answered
    /// by a reset in the other end's name.
    Idle(u64, bool),
}

/// An end's settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Host {
    /// Largest segment it announces.
    pub mss: u32,
    /// Receive buffer in bytes.
    pub buffer: u32,
    /// As a power of two.
    pub window_scale: u32,
    /// First retransmission timeout before a round trip is measured, in microseconds.
    pub first_rto: u64,
    /// Timeout after that.
    pub rto: u64,
    /// Retransmissions before it gives up.
    pub retries: u32,
    /// Idle time before a keep-alive probe; none without.
    pub keepalive: Option<u64>,
    /// A program listens (servers).
    pub listening: bool,
    /// The accept queue is full (servers).
    pub full: bool,
    /// Its time-stamp clock at the start, in ms.
    pub stamp: u64,
}

impl Default for Host {
    fn default() -> Self {
        Self {
            mss: 1460,
            buffer: 64_240,
            window_scale: 7,
            first_rto: 1_000_000,
            rto: 204_000,
            retries: 6,
            keepalive: None,
            listening: true,
            full: false,
            stamp: 1_014_996_905,
        }
    }
}

/// A connection to be played.
#[derive(Clone, Debug, Default)]
pub struct Scene {
    /// Client, server.
    pub hosts: [Host; 2],
    /// One way, in microseconds.
    pub delay: u64,
    /// What goes wrong.
    pub losses: Vec<Loss>,
    /// What happens when.
    pub script: Vec<(u64, Side, Action)>,
    /// What follows what is received.
    pub reactions: Vec<Reaction>,
    /// When to stop watching.
    pub until: u64,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Played {
    /// What each end captured.
    pub captures: [Vec<Packet>; 2],
    /// Each end's state when watching stopped.
    pub states: Option<[State; 2]>,
    /// Bytes each end received in order.
    pub received: [u32; 2],
    /// Bytes received but not read by the program.
    pub unread: [u32; 2],
    /// Bytes of its data that the other end acknowledged.
    pub acknowledged: [u32; 2],
    /// What `ss` calls Send-Q: written and not acknowledged, a SYN or FIN counted.
    pub unacknowledged: [u32; 2],
}

/// Something due.
#[derive(Clone, Debug)]
enum Due {
    Arrive(Side, What),
    Act(Side, Action),
    /// A timer, by its number: an older number is void.
    Timer(Side, u64),
}

fn place(side: Side) -> usize {
    match side {
        Side::Client => 0,
        Side::Server => 1,
    }
}

/// Lets it happen.
pub fn play(scene: &Scene) -> Played {
    let mut world = World {
        ends: [End::new(Side::Client, scene.hosts[0]), End::new(Side::Server, scene.hosts[1])],
        now: 0,
        due: Vec::new(),
        captures: [Vec::new(), Vec::new()],
        lost: vec![0; scene.losses.len()],
        last_passed: 0,
        busy: [0; 2],
    };
    // By time, at one time timers last, then in the order in which things were planned.
    let mut queue: BTreeMap<(u64, bool, u64), Due> = BTreeMap::new();
    let mut number = 0;
    let mut plan = |queue: &mut BTreeMap<(u64, bool, u64), Due>, at: u64, due: Due| {
        number += 1;
        queue.insert((at, matches!(due, Due::Timer(..)), number), due);
    };
    for (at, side, action) in &scene.script {
        plan(&mut queue, *at, Due::Act(*side, *action));
    }
    let mut reacted = vec![false; scene.reactions.len()];
    // A bound no scene comes near.
    for _ in 0..20_000 {
        let Some(((at, _, _), due)) = queue.pop_first() else { break };
        if at > scene.until {
            break;
        }
        world.now = at;
        world.happen(due);
        for (reaction, done) in scene.reactions.iter().zip(&mut reacted) {
            if !*done && world.ends[place(reaction.side)].received() >= reaction.received {
                *done = true;
                world.due.push((at + reaction.after, Due::Act(reaction.side, reaction.action)));
            }
        }
        for (at, due) in std::mem::take(&mut world.due) {
            match due {
                Due::Arrive(_, What::Segment(from, segment)) => {
                    for (at, due) in world.pass(scene, at, from, segment) {
                        plan(&mut queue, at, due);
                    }
                }
                due => plan(&mut queue, at, due),
            }
        }
    }
    Played {
        states: Some([world.ends[0].state, world.ends[1].state]),
        received: [world.ends[0].received(), world.ends[1].received()],
        unread: [world.ends[0].unread, world.ends[1].unread],
        acknowledged: [world.ends[0].acknowledged(), world.ends[1].acknowledged()],
        unacknowledged: [world.ends[0].unacknowledged(), world.ends[1].unacknowledged()],
        captures: world.captures,
    }
}

struct World {
    ends: [End; 2],
    now: u64,
    due: Vec<(u64, Due)>,
    captures: [Vec<Packet>; 2],
    /// How often each loss struck.
    lost: Vec<u32>,
    last_passed: u64,
    /// When each end has written what it was writing.
    busy: [u64; 2],
}

impl World {
    fn happen(&mut self, due: Due) {
        let side = match &due {
            Due::Arrive(side, _) | Due::Act(side, _) | Due::Timer(side, _) => *side,
        };
        // One thing after another: a capture is in the order of time.
        let now = self.now.max(self.busy[place(side)]);
        let end = &mut self.ends[place(side)];
        let out = match due {
            Due::Arrive(_, what) => {
                let (out, state) = match &what {
                    What::Segment(_, segment) => end.receive(segment, now),
                    What::TooBig(mtu) => end.too_big(*mtu, now),
                };
                self.captures[place(side)].push(Packet { at: now, what, state });
                out
            }
            Due::Act(_, action) => end.act(action, now),
            Due::Timer(_, number) => end.timer(number, now),
        };
        let mut later = now;
        for (segment, state) in out {
            // A few microseconds for the host to write each.
            later += 9 + u64::from(segment.length) / 200;
            let what = What::Segment(side, segment);
            self.captures[place(side)].push(Packet { at: later, what: what.clone(), state });
            self.due.push((later, Due::Arrive(side.other(), what)));
        }
        self.busy[place(side)] = later;
        if let Some((at, number)) = self.ends[place(side)].alarm() {
            self.due.push((at, Due::Timer(side, number)));
        }
    }

    /// What becomes of a segment on its way.
    fn pass(&mut self, scene: &Scene, sent: u64, from: Side, segment: Segment) -> Vec<(u64, Due)> {
        let arrive = sent + scene.delay;
        // IP and TCP headers with time stamps.
        let size = segment.length + if segment.syn { 60 } else { 52 };
        for (place, loss) in scene.losses.iter().enumerate() {
            let struck = match loss {
                Loss::All(side) => *side == from,
                Loss::Data(side, seq, times) => {
                    let hit = *side == from && segment.length > 0 && segment.seq == *seq;
                    let count = self.lost.get_mut(place);
                    match count {
                        Some(count) if hit && *count < *times => {
                            *count += 1;
                            true
                        }
                        _ => false,
                    }
                }
                Loss::Larger(side, most, told) => {
                    if *side == from && size > *most {
                        return if *told {
                            vec![(sent + scene.delay, Due::Arrive(from, What::TooBig(*most)))]
                        } else {
                            Vec::new()
                        };
                    }
                    false
                }
                Loss::Idle(limit, reset) => {
                    let gone = self.last_passed > 0 && sent.saturating_sub(self.last_passed) > *limit;
                    if gone && *reset {
                        let refusal = Segment {
                            rst: true,
                            seq: segment.acknowledges,
                            acknowledges: segment.seq + segment.length,
                            ..Segment::default()
                        };
                        return vec![(
                            sent + scene.delay,
                            Due::Arrive(from, What::Segment(from.other(), refusal)),
                        )];
                    }
                    gone
                }
            };
            if struck {
                return Vec::new();
            }
        }
        self.last_passed = sent;
        vec![(arrive, Due::Arrive(from.other(), What::Segment(from, segment)))]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange() -> Scene {
        Scene {
            delay: 10_000,
            script: vec![(0, Side::Client, Action::Connect), (30_000, Side::Client, Action::Send(300))],
            reactions: vec![
                Reaction { side: Side::Server, received: 300, after: 5_000, action: Action::Send(4000) },
                Reaction { side: Side::Client, received: 4000, after: 1_000, action: Action::Close },
                Reaction { side: Side::Server, received: 300, after: 80_000, action: Action::Close },
            ],
            until: 5_000_000,
            ..Scene::default()
        }
    }

    #[test]
    fn an_exchange_ends_in_time_wait_at_the_end_that_closed_first() {
        let played = play(&exchange());
        assert_eq!(played.received, [4000, 300]);
        assert_eq!(played.states, Some([State::TimeWait, State::Closed]));
    }

    #[test]
    fn what_is_lost_is_sent_again_and_the_timeout_doubles() {
        let scene = Scene { losses: vec![Loss::Data(Side::Server, 1, 3)], ..exchange() };
        let played = play(&scene);
        let times: Vec<u64> = played.captures[1]
            .iter()
            .filter(|packet| matches!(&packet.what, What::Segment(Side::Server, sent) if sent.seq == 1 && sent.length > 0))
            .map(|packet| packet.at)
            .collect();
        assert_eq!(times.len(), 4);
        let gaps: Vec<u64> = times.windows(2).map(|pair| (pair[1] - pair[0]) / 1000).collect();
        assert!(gaps[2] >= 2 * gaps[1] - 2, "{gaps:?}");
        assert_eq!(played.received, [4000, 300]);
    }
}
