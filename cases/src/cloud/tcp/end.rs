//! One end of a connection.

use super::{Action, Host, Segment, Side, State};

/// Why a timer runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    Retransmit,
    Probe,
    Keepalive,
}

/// What it sends, and the state it is in then.
type Out = Vec<(Segment, State)>;

#[derive(Clone, Debug)]
pub(super) struct End {
    side: Side,
    host: Host,
    pub state: State,
    /// What may be sent in one segment.
    mss: u32,
    una: u32,
    next: u32,
    /// Sequence number after all data written.
    written: u32,
    closing: bool,
    fin_sent: bool,
    peer_window: u32,
    expected: u32,
    fin_received: bool,
    beyond: Vec<(u32, u32)>,
    pub unread: u32,
    reading: bool,
    duplicates: u32,
    tries: u32,
    timeout: u64,
    last_stamp: u64,
    timer: Option<(u64, Why)>,
    number: u64,
    announced: Option<u64>,
}

/// Segments in flight at most (RFC 6928).
const BURST: u32 = 10;

impl End {
    pub fn new(side: Side, host: Host) -> Self {
        let state = if side == Side::Server && host.listening { State::Listen } else { State::Closed };
        Self {
            side,
            host,
            state,
            mss: host.mss - 12,
            una: 0,
            next: 0,
            written: 1,
            closing: false,
            fin_sent: false,
            peer_window: 0,
            expected: 0,
            fin_received: false,
            beyond: Vec::new(),
            unread: 0,
            reading: true,
            duplicates: 0,
            tries: 0,
            timeout: host.first_rto,
            last_stamp: 0,
            timer: None,
            number: 0,
            announced: None,
        }
    }

    /// Bytes received in order.
    pub fn received(&self) -> u32 {
        self.expected.saturating_sub(1 + u32::from(self.fin_received))
    }

    /// Bytes of data acknowledged.
    pub fn acknowledged(&self) -> u32 {
        self.una.min(self.written).saturating_sub(1)
    }

    /// Written and not acknowledged; a SYN or FIN that is out counts.
    pub fn unacknowledged(&self) -> u32 {
        match self.state {
            State::Closed | State::Listen => 0,
            // `ss` shows no queues of a connection that is not yet accepted.
            State::SynReceived => 0,
            State::SynSent => 1,
            _ => (self.written + u32::from(self.fin_sent)).saturating_sub(self.una),
        }
    }

    fn window(&self) -> u32 {
        // Whole units of the scale: what is announced is what can be used.
        (self.host.buffer.saturating_sub(self.unread) >> self.host.window_scale) << self.host.window_scale
    }

    fn segment(&self, now: u64) -> Segment {
        Segment {
            ack: true,
            seq: self.next,
            acknowledges: self.expected,
            window: self.window(),
            sack: self.beyond.first().copied(),
            stamp: (self.host.stamp + now / 1000, self.last_stamp),
            ..Segment::default()
        }
    }

    /// The timer, where it was set anew.
    pub fn alarm(&mut self) -> Option<(u64, u64)> {
        let (at, _) = self.timer?;
        (self.announced != Some(self.number)).then(|| {
            self.announced = Some(self.number);
            (at, self.number)
        })
    }

    fn arm(&mut self, at: u64, why: Why) {
        self.number += 1;
        self.timer = Some((at, why));
    }

    fn disarm(&mut self, now: u64) {
        self.number += 1;
        self.timer = None;
        if let (Some(idle), State::Established | State::CloseWait) = (self.host.keepalive, self.state) {
            self.arm(now + idle, Why::Keepalive);
        }
    }

    pub fn act(&mut self, action: Action, now: u64) -> Out {
        match action {
            Action::Connect => {
                self.state = State::SynSent;
                let syn = self.first(now);
                self.next = 1;
                self.arm(now + self.timeout, Why::Retransmit);
                vec![(syn, self.state)]
            }
            Action::Send(bytes) => {
                self.written += bytes;
                self.flush(now)
            }
            Action::Close => {
                self.closing = true;
                self.flush(now)
            }
            Action::Abort => {
                let mut reset = self.segment(now);
                reset.rst = true;
                self.state = State::Closed;
                self.timer = None;
                vec![(reset, self.state)]
            }
            Action::Read(reading) => {
                self.reading = reading;
                if reading && self.unread > 0 {
                    let was = self.window();
                    self.unread = 0;
                    // A window that opens is announced.
                    if was < self.mss {
                        return vec![(self.segment(now), self.state)];
                    }
                }
                Vec::new()
            }
            Action::Forget => {
                *self = Self::new(self.side, self.host);
                Vec::new()
            }
        }
    }

    /// SYN or SYN-ACK.
    fn first(&self, now: u64) -> Segment {
        let mut segment = self.segment(now);
        segment.syn = true;
        segment.ack = self.side == Side::Server;
        segment.seq = 0;
        segment.mss = self.host.mss;
        segment.window = self.host.buffer;
        segment
    }

    /// Sends what may be sent.
    fn flush(&mut self, now: u64) -> Out {
        let mut out = Vec::new();
        if !matches!(self.state, State::Established | State::CloseWait) {
            return out;
        }
        loop {
            let flight = self.next - self.una;
            let left = self.written.saturating_sub(self.next);
            let room = self.peer_window.min(BURST * self.mss).saturating_sub(flight);
            let length = left.min(self.mss).min(room);
            // No small segment while more waits for the window (RFC 9293, section 3.8.6.2.1).
            if length == 0 || length < left.min(self.mss) && flight > 0 {
                break;
            }
            let mut segment = self.segment(now);
            segment.length = length;
            segment.push = length == left;
            self.next += length;
            out.push((segment, self.state));
        }
        if self.closing && !self.fin_sent && self.next == self.written {
            let mut fin = self.segment(now);
            fin.fin = true;
            self.fin_sent = true;
            self.next += 1;
            self.state = if self.state == State::CloseWait { State::LastAck } else { State::FinWait1 };
            out.push((fin, self.state));
        }
        let running = matches!(self.timer, Some((_, Why::Retransmit | Why::Probe)));
        if self.next > self.una {
            if !out.is_empty() && !running {
                self.arm(now + self.timeout, Why::Retransmit);
            }
        } else if self.written > self.next && !running {
            // The window is closed: ask from time to time.
            self.arm(now + self.timeout, Why::Probe);
        }
        out
    }

    /// The segment at the bottom of what is not acknowledged, again.
    fn again(&self, now: u64) -> Segment {
        if self.una == 0 {
            return self.first(now);
        }
        let mut segment = self.segment(now);
        segment.seq = self.una;
        let left = self.written.saturating_sub(self.una);
        if left == 0 {
            segment.fin = true;
        } else {
            segment.length = left.min(self.mss).min(self.next - self.una);
            segment.push = segment.length == left;
        }
        segment
    }

    /// A segment without data and with an old sequence number: the other end must answer it.
    fn probe(&self, now: u64) -> Segment {
        let mut segment = self.segment(now);
        segment.seq = self.una.saturating_sub(1);
        segment
    }

    pub fn timer(&mut self, number: u64, now: u64) -> Out {
        let Some((_, why)) = self.timer.filter(|_| number == self.number) else { return Vec::new() };
        self.timer = None;
        self.tries += 1;
        if self.tries > self.host.retries {
            self.state = State::Closed;
            return Vec::new();
        }
        match why {
            Why::Retransmit => {
                self.timeout *= 2;
                self.arm(now + self.timeout, Why::Retransmit);
                vec![(self.again(now), self.state)]
            }
            Why::Probe => {
                self.timeout *= 2;
                self.arm(now + self.timeout, Why::Probe);
                vec![(self.probe(now), self.state)]
            }
            Why::Keepalive => {
                let idle = self.host.keepalive.unwrap_or(75_000_000);
                self.arm(now + idle.min(75_000_000), Why::Keepalive);
                vec![(self.probe(now), self.state)]
            }
        }
    }

    /// ICMP says what fits.
    pub fn too_big(&mut self, mtu: u32, now: u64) -> (Out, State) {
        self.mss = self.mss.min(mtu.saturating_sub(52));
        if self.next > self.una.max(1) {
            self.next = self.una.max(1);
            self.timer = None;
        }
        let state = self.state;
        (self.flush(now), state)
    }

    fn refuse(&self, segment: &Segment) -> Out {
        let mut reset = Segment { rst: true, ..Segment::default() };
        if segment.ack {
            reset.seq = segment.acknowledges;
        } else {
            reset.ack = true;
            reset.acknowledges = segment.seq + segment.length + u32::from(segment.syn);
        }
        vec![(reset, self.state)]
    }

    /// What it answers, and its state before it does.
    pub fn receive(&mut self, segment: &Segment, now: u64) -> (Out, State) {
        let mut out = self.accept(segment, now);
        let state = self.state;
        out.extend(self.flush(now));
        (out, state)
    }

    fn accept(&mut self, segment: &Segment, now: u64) -> Out {
        if segment.rst {
            if self.state != State::Listen {
                self.state = State::Closed;
                self.timer = None;
            }
            return Vec::new();
        }
        match self.state {
            State::Closed => return self.refuse(segment),
            State::Listen => {
                if !segment.syn {
                    return self.refuse(segment);
                }
                if self.host.full {
                    return Vec::new();
                }
                self.state = State::SynReceived;
                self.expected = 1;
                self.last_stamp = segment.stamp.0;
                self.peer_window = segment.window;
                self.mss = self.mss.min(segment.mss.saturating_sub(12));
                let answer = self.first(now);
                self.next = 1;
                self.arm(now + self.timeout, Why::Retransmit);
                return vec![(answer, self.state)];
            }
            _ => {}
        }
        self.last_stamp = segment.stamp.0;
        if segment.syn {
            if self.state == State::SynSent && segment.ack {
                self.state = State::Established;
                self.una = 1;
                self.expected = 1;
                self.peer_window = segment.window;
                self.mss = self.mss.min(segment.mss.saturating_sub(12));
                self.measure(now);
                return vec![(self.segment(now), self.state)];
            }
            if self.state == State::SynReceived {
                // The SYN again: so is the answer, and Linux starts its timer anew (tcp_check_req).
                self.arm(now + self.timeout, Why::Retransmit);
                return vec![(self.first(now), self.state)];
            }
            return vec![(self.segment(now), self.state)];
        }
        let mut out = self.hear(segment, now);
        out.extend(self.take(segment, now));
        out
    }

    fn measure(&mut self, now: u64) {
        self.tries = 0;
        self.timeout = self.host.rto;
        self.disarm(now);
    }

    /// Its acknowledgement and window.
    fn hear(&mut self, segment: &Segment, now: u64) -> Out {
        let opened = segment.window > self.peer_window;
        let same = segment.window == self.peer_window;
        self.peer_window = segment.window;
        let acknowledges = segment.acknowledges.min(self.next);
        if acknowledges > self.una {
            self.una = acknowledges;
            self.duplicates = 0;
            self.measure(now);
            let fin_acknowledged = self.fin_sent && self.una == self.next;
            self.state = match (self.state, fin_acknowledged) {
                (State::SynReceived, _) => State::Established,
                (State::FinWait1, true) => State::FinWait2,
                (State::Closing, true) => State::TimeWait,
                (State::LastAck, true) => State::Closed,
                (state, _) => state,
            };
            // Disarmed in the state before: keep-alive begins once it is established.
            self.disarm(now);
            if self.next > self.una {
                self.arm(now + self.timeout, Why::Retransmit);
            }
        } else if segment.length == 0 && !segment.fin && same && self.next > self.una {
            self.duplicates += 1;
            if self.duplicates == 3 {
                self.arm(now + self.timeout, Why::Retransmit);
                return vec![(self.again(now), self.state)];
            }
        } else if matches!(self.timer, Some((_, Why::Probe))) {
            // An answer to a probe: it lives, however long the window stays closed.
            self.tries = 0;
            if opened {
                self.measure(now);
            }
        } else if matches!(self.timer, Some((_, Why::Keepalive))) {
            self.tries = 0;
        }
        Vec::new()
    }

    /// Its data and FIN.
    fn take(&mut self, segment: &Segment, now: u64) -> Out {
        let carries = segment.length + u32::from(segment.fin);
        if carries == 0 {
            // An old sequence number asks for an answer.
            if segment.seq + 1 == self.expected && self.state != State::SynReceived && segment.seq > 0 {
                return vec![(self.segment(now), self.state)];
            }
            return Vec::new();
        }
        if segment.seq > self.expected {
            let (start, end) = (segment.seq, segment.seq + segment.length);
            match self.beyond.iter_mut().find(|(_, to)| *to == start) {
                Some((_, to)) => *to = end,
                None => self.beyond.push((start, end)),
            }
            return vec![(self.segment(now), self.state)];
        }
        let end = segment.seq + segment.length;
        if end > self.expected || segment.fin && end == self.expected && !self.fin_received {
            let fresh = end - self.expected;
            self.expected = end;
            self.unread += fresh;
            if let Some(at) = self.beyond.iter().position(|(from, _)| *from <= self.expected) {
                let (_, to) = self.beyond.remove(at);
                self.unread += to.saturating_sub(self.expected);
                self.expected = self.expected.max(to);
            }
            if self.reading {
                self.unread = 0;
            }
            if segment.fin {
                self.expected += 1;
                self.fin_received = true;
                self.state = match self.state {
                    State::Established => State::CloseWait,
                    State::FinWait1 => State::Closing,
                    State::FinWait2 => State::TimeWait,
                    state => state,
                };
                if self.state == State::TimeWait {
                    self.timer = None;
                }
            }
        }
        vec![(self.segment(now), self.state)]
    }
}
