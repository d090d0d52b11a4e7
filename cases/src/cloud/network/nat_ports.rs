//! How many connections a NAT gateway can hold to one destination.
//!
//! Amazon VPC User Guide, "NAT gateway basics": each of its addresses supports up to 55,000 simultaneous connections to
//! each unique destination, that is destination address, port and protocol. A SYN that gets no port is not answered, and
//! the client repeats it as TCP does (tcp(7), `tcp_syn_retries`; RFC 6298): after 1, 3 and 7 seconds.

/// Simultaneous connections of one address of a NAT gateway to one destination.
pub const CONNECTIONS_PER_ADDRESS: u32 = 55_000;

/// Seconds after the first SYN at which it is repeated within the ten seconds that clients wait here.
pub const SYN_AT: [usize; 4] = [0, 1, 3, 7];

/// Lifetimes are spread over so many steps on each side of their mean.
const SPREAD: usize = 5;

/// What a NAT gateway does in one second with connections to one destination.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NatSecond {
    /// SYNs that asked for a port, repeated ones included.
    pub asked: u32,
    /// SYNs that got none.
    pub refused: u32,
    /// Connections that got a port at the first, second, third and fourth SYN.
    pub opened: [u32; 4],
    /// New connections that clients wanted.
    pub wanted: u32,
    /// Connections that are open at the end of the second.
    pub open: u32,
    /// Clients that wait for their next SYN.
    pub waiting: u32,
}

impl NatSecond {
    /// Connections that got a port.
    pub fn established(&self) -> u32 {
        self.opened.iter().sum()
    }
}

/// Second by second: so many new connections are wanted, each stays open for `hold` seconds on average (from half to one
/// and a half of it, evenly), and `limit` may be open at a time. In a second, first and repeated SYNs get the same share of
/// the free ports. Before the first second all was as in it.
pub fn nat_connections(wanted: &[u32], hold: usize, limit: u32) -> Vec<NatSecond> {
    let before = 4 * hold + SYN_AT[3] + 1;
    let total = before + wanted.len();
    let at = |second: usize| wanted.get(second.saturating_sub(before)).copied().unwrap_or(0);
    // Who asks in a second, by how often they asked before; what closes in a second.
    let mut asking = vec![[0u32; 4]; total + SYN_AT[3] + 1];
    let mut closing = vec![0u32; total + 2 * hold + 1];
    let (mut open, mut waiting) = (0u32, 0u32);
    let mut seconds = Vec::with_capacity(total);
    for second in 0..total {
        open -= closing[second];
        asking[second][0] = at(second);
        let asked: u32 = asking[second].iter().sum();
        waiting += asking[second][0];
        let mut free = limit.saturating_sub(open).min(asked);
        let mut now = NatSecond { asked, wanted: at(second), ..NatSecond::default() };
        let mut left = asked;
        for tries in (0..4).rev() {
            let group = asking[second][tries];
            // In proportion, so that what is left of the ports suits what is left of the askers.
            let got = if left == 0 { 0 } else { mul_div(group, free, left) };
            now.opened[tries] = got;
            free -= got;
            left -= group;
            let without = group - got;
            now.refused += without;
            waiting -= got;
            match SYN_AT.get(tries + 1) {
                Some(next) => asking[second + next - SYN_AT[tries]][tries + 1] += without,
                // It gives up.
                None => waiting -= without,
            }
        }
        let opened = now.established();
        open += opened;
        let part = opened / (2 * SPREAD as u32 + 1);
        for step in 0..=2 * SPREAD {
            closing[second + hold / 2 + hold * step / (2 * SPREAD)] += part;
        }
        closing[second + hold] += opened - part * (2 * SPREAD as u32 + 1);
        (now.open, now.waiting) = (open, waiting);
        seconds.push(now);
    }
    seconds.split_off(before)
}

fn mul_div(count: u32, part: u32, whole: u32) -> u32 {
    u32::try_from(u64::from(count) * u64::from(part) / u64::from(whole.max(1))).unwrap_or(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_connections_are_rate_times_lifetime_up_to_the_limit() {
        let fine = nat_connections(&[900; 300], 60, CONNECTIONS_PER_ADDRESS);
        assert!(fine.iter().all(|second| second.open.abs_diff(54_000) < 1000 && second.refused == 0));
        let over = nat_connections(&[1000; 300], 60, CONNECTIONS_PER_ADDRESS);
        let (refused, opened): (u32, u32) = over
            .iter()
            .map(|second| (second.refused, second.established()))
            .fold((0, 0), |sum, next| (sum.0 + next.0, sum.1 + next.1));
        assert!(over.iter().all(|second| second.open <= CONNECTIONS_PER_ADDRESS));
        assert!(over[200].open > 54_000 && refused > 0 && opened < 300_000, "{refused} {opened}");
        // A second address doubles the limit.
        let two = nat_connections(&[1000; 300], 60, 2 * CONNECTIONS_PER_ADDRESS);
        assert!(two.iter().all(|second| second.refused == 0 && second.open.abs_diff(60_000) < 1000));
    }
}
