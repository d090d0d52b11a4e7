//! D10: packet traces of a TCP connection with a fault: what is wrong, on which side, and in what state each end is.

use std::net::{Ipv4Addr, SocketAddrV4};

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use serde_json::json;

use super::figure::counted;
use super::{Answer, Ask, Choice, Exercise, Family, Form, Trap, Unit, shown};
use crate::cloud::Draw;
use crate::cloud::tcp::{
    Action, Host, Loss, Packet, Played, Reaction, Scene, Segment, Side, Sockets, State, What, play, sockets,
    tcpdump,
};
use crate::model::{Evidence, EvidenceType, Text};

pub(super) const FAMILY: Family = Family {
    id: "D10",
    place: ("networking", "tcpdump-wireshark"),
    depths: &[2, 3, 4],
    seconds: 120,
    version: 2,
    sources: &[
        "RFC 9293, sections 3.3.2 and 3.10 (states), 3.5.2 and 3.5.3 (resets, half-open connections), 3.8.6.1 (zero window probes)",
        "RFC 6298, section 5 (the timeout is doubled at each retransmission)",
        "RFC 1191, section 4, and RFC 2923, section 2.1 (path MTU discovery and black holes)",
        "listen(2), tcp(7), ss(8), tcpdump(8) of Linux (accept queue, ephemeral ports, Recv-Q and Send-Q, relative sequence numbers)",
    ],
    draw,
};

fn draw(draw: &mut Draw, level: u8) -> Exercise {
    match level {
        1 => one_end(draw),
        2 => two_ends(draw),
        _ if draw.percent(18) => ports(draw),
        _ => timers(draw),
    }
}

fn text(en: impl Into<String>, zh: impl Into<String>) -> Text {
    Text::new(en.into(), zh.into())
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Unanswered,
    SynLost,
    ReplyLost,
    Backlog,
    Refused,
    Reset,
    Restarted,
    NotRead,
    NotClosed,
    Repaired,
    TooLarge,
    Forgotten,
    Cut,
}

impl Fault {
    fn name(self) -> Text {
        match self {
            Self::Unanswered => text(
                "the SYN gets no answer; this capture cannot tell who drops it",
                "SYN沒有任何回應；只看這份擷取無法判斷是誰丟的",
            ),
            Self::SynLost => {
                text("the SYN is lost before it reaches the server", "SYN在到達伺服器之前就掉了")
            }
            Self::ReplyLost => {
                text("the server's answer to the SYN is lost on its way back", "伺服器對SYN的回應在回程掉了")
            }
            Self::Backlog => text(
                "the accept queue is full, the server's kernel ignores the SYN",
                "accept佇列滿了，伺服器核心不理會SYN",
            ),
            Self::Refused => text(
                "nothing listens on the port, the server's host refuses",
                "該連接埠沒有程式在聽，伺服器主機拒絕連線",
            ),
            Self::Reset => {
                text("the server's program aborts an established connection", "伺服器程式中止了已建立的連線")
            }
            Self::Restarted => text(
                "the server no longer knows the connection (half-open)",
                "伺服器已經不認得這條連線（half-open）",
            ),
            Self::NotRead => text(
                "the server's program does not read, its window is zero",
                "伺服器程式沒有讀取資料，視窗變成零",
            ),
            Self::NotClosed => {
                text("the server's program does not close its end", "伺服器程式沒有關閉自己這一端")
            }
            Self::Repaired => {
                text("a segment got lost and retransmission repaired it", "有一個區段掉了，已由重送補回")
            }
            Self::TooLarge => text(
                "large packets get lost on the way and no ICMP says so",
                "大封包在路上被丟掉，也沒有ICMP告知",
            ),
            Self::Forgotten => text(
                "a device on the way dropped the idle flow and discards what follows",
                "路上的設備清掉了閒置的連線，之後的封包都被丟棄",
            ),
            Self::Cut => text(
                "a device on the way answers for the server with a reset",
                "路上的設備冒用伺服器的名義回了reset",
            ),
        }
    }

    /// What shows it.
    fn why(self) -> Text {
        match self {
            Self::Unanswered => text(
                "Only SYNs leave and nothing comes back. A drop on the way, a lost answer and a full accept queue look the same from here.",
                "只有SYN送出，什麼都沒回來。去程被丟、回程被丟、accept佇列滿，從這端看起來都一樣。",
            ),
            Self::SynLost => text(
                "The client's capture has SYNs that the server's capture never shows.",
                "用戶端擷取裡的SYN，伺服器端的擷取完全沒有。",
            ),
            Self::ReplyLost => text(
                "The server's capture shows SYNs and its own `[S.]`; the client's shows no `[S.]`.",
                "伺服器端擷取有SYN，也有自己送的`[S.]`；用戶端卻沒看到`[S.]`。",
            ),
            Self::Backlog => text(
                "The SYNs reach the server and are not answered, and the listener's `Recv-Q` is above its `Send-Q`: the accept queue is full.",
                "SYN有到伺服器卻沒有回應，而且listener的`Recv-Q`已超過`Send-Q`：accept佇列滿了。",
            ),
            Self::Refused => text("The SYN is answered by `[R.]` at once.", "SYN立刻得到`[R.]`。"),
            Self::Reset => text(
                "After the handshake and the request, the server's end sends `[R.]` of its own accord.",
                "交握與請求都完成後，伺服器那端主動送出`[R.]`。",
            ),
            Self::Restarted => text(
                "Data of an established connection reaches the server, whose host answers `[R]` itself: it has no such connection.",
                "已建立連線的資料到了伺服器，伺服器主機自己回`[R]`：它沒有這條連線。",
            ),
            Self::NotRead => text(
                "The server acknowledges everything but announces `win 0`; probes get the same answer.",
                "伺服器都有確認，但宣告`win 0`；探測封包得到的也一樣。",
            ),
            Self::NotClosed => text(
                "The client's FIN is acknowledged, but the server's own FIN never comes.",
                "用戶端的FIN有被確認，伺服器自己的FIN卻一直沒來。",
            ),
            Self::Repaired => text(
                "A hole is reported by repeated acknowledgements or a timeout, the segment is sent again, and then everything is acknowledged.",
                "重複的確認或逾時顯示有缺口，該區段重送之後，全部都被確認了。",
            ),
            Self::TooLarge => text(
                "Small packets arrive in both directions, full-sized ones never do, however often they are sent, and no `need to frag` comes back.",
                "小封包雙向都通，最大尺寸的封包重送幾次都到不了，也沒有`need to frag`回來。",
            ),
            Self::Forgotten => text(
                "After the idle time, what one end sends never appears at the other, and there was no such loss before.",
                "閒置一段時間之後，一端送的封包再也沒出現在另一端，之前則沒有這種情形。",
            ),
            Self::Cut => text(
                "The client receives an `[R]` from the server's address that the server's capture does not show being sent.",
                "用戶端收到來自伺服器位址的`[R]`，但伺服器端的擷取裡並沒有送出它。",
            ),
        }
    }

    /// Why it is not this one, where another is right.
    fn why_not(self, right: Self, facts: &Text) -> Text {
        let sign = self.why();
        let real = right.why();
        text(
            format!("That would look otherwise: {} Here: {} {}", lower(&sign.en), lower(&real.en), facts.en),
            format!("那樣看到的會是：{}這裡則是：{}{}", sign.zh_tw, real.zh_tw, facts.zh_tw),
        )
    }
}

/// What the captures hold, in this case's numbers. Of one end only, where a side is given.
fn facts(fault: Fault, played: &Played, side: Option<Side>, queue: Option<(u32, u32)>) -> Text {
    let count = |capture: Side, from: Side, kind: fn(&Segment) -> bool| {
        let packets = played.captures.get(index(capture)).into_iter().flatten();
        packets.filter_map(segment).filter(|(by, one)| *by == from && kind(one)).count()
    };
    let syn: fn(&Segment) -> bool = |one| one.syn;
    let reset: fn(&Segment) -> bool = |one| one.rst;
    let (client, server) = (Side::Client, Side::Server);
    if let Some(here) = side {
        let (syns, answers) = (count(here, client, syn), count(here, server, syn));
        let (resets, fins) = (count(here, server, reset), count(here, server, |one| one.fin));
        let shut = count(here, server, |one| one.window == 0 && !one.rst);
        return text(
            format!(
                "(SYNs in the capture: {syns}; `[S.]`: {answers}; from the server: resets {resets}, FINs {fins}, `win 0` {shut}.)"
            ),
            format!(
                "（這份擷取有{syns}個SYN、{answers}個`[S.]`；伺服器送了{resets}個reset、{fins}個FIN、{shut}個`win 0`的封包。）"
            ),
        );
    }
    let handshake = [Fault::SynLost, Fault::ReplyLost, Fault::Backlog, Fault::Refused].contains(&fault);
    if handshake {
        let sent = [count(client, client, syn), count(server, client, syn)];
        let answered = [count(server, server, syn), count(client, server, syn)];
        let resets = count(client, server, reset);
        let (waiting, most) = queue.unwrap_or_default();
        let (en, zh) = match queue {
            Some(_) => (
                format!("; waiting to be accepted: {waiting}, limit {most}"),
                format!("；等待accept的有{waiting}條，上限{most}"),
            ),
            None => ("; no listener is shown".to_owned(), "；沒有看到listener".to_owned()),
        };
        return text(
            format!(
                "(SYNs sent by the client: {}, seen at the server: {}; `[S.]` sent: {}, arrived: {}; resets arrived: {resets}{en}.)",
                sent[0], sent[1], answered[0], answered[1]
            ),
            format!(
                "（用戶端送出{}個SYN，{}個到伺服器；伺服器送出{}個`[S.]`，{}個到用戶端，另外收到{resets}個reset{zh}。）",
                sent[0], sent[1], answered[0], answered[1]
            ),
        );
    }
    let gone = [lost(played, client), lost(played, server)];
    let resets = [count(server, server, reset), count(client, server, reset)];
    let shut = count(client, server, |one| one.window == 0 && !one.rst);
    let pauses = played
        .captures
        .iter()
        .flat_map(|capture| capture.windows(2).map(|pair| pair[1].at.saturating_sub(pair[0].at) / 1_000_000));
    let pause = pauses.max().unwrap_or_default();
    text(
        format!(
            "(Lost: {} of the client, {} of the server. Resets: {} left the server, {} reached the client. Longest pause in a capture: {pause} s. `win 0` from the server: {shut}.)",
            counted(gone[0], "packet"),
            gone[1],
            resets[0],
            resets[1]
        ),
        format!(
            "（掉的封包：用戶端{}個、伺服器{}個。reset：伺服器送出{}個、用戶端收到{}個。擷取中最長的停頓{pause}秒。伺服器的`win 0`：{shut}個。）",
            gone[0], gone[1], resets[0], resets[1]
        ),
    )
}

/// The first letter small, so that a sentence can follow a colon; names in upper case stay.
fn lower(sentence: &str) -> String {
    let mut letters = sentence.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => {
            format!("{}{second}{}", first.to_lowercase(), letters.as_str())
        }
        _ => sentence.to_owned(),
    }
}

fn fault_ask(draw: &mut Draw, right: Fault, faults: &[Fault], facts: &Text) -> Ask {
    let why = right.why();
    let mut options = vec![Choice::new(
        right.name(),
        text(format!("{} {}", why.en, facts.en), format!("{}{}", why.zh_tw, facts.zh_tw)),
    )];
    options.extend(
        faults
            .iter()
            .filter(|fault| **fault != right)
            .map(|fault| Choice::new(fault.name(), fault.why_not(right, facts))),
    );
    Ask::new("fault", text("What is wrong", "問題是什麼"), Answer::choice(draw, options))
}

/// Addresses, numbers and times of a connection.
struct Wire {
    ends: [SocketAddrV4; 2],
    first: [u32; 2],
    start: NaiveDateTime,
    router: Ipv4Addr,
    scene: Scene,
}

impl Wire {
    fn new(draw: &mut Draw) -> Self {
        let net = draw.int(1, 250_u8);
        let far = if draw.percent(50) { net } else { draw.int(1, 250_u8) };
        let block = draw.int(0, 200_u8);
        let client = Ipv4Addr::new(10, block, net, draw.int(4, 120));
        let server = Ipv4Addr::new(10, block, far, draw.int(121, 250));
        let port = *draw.pick(&[443, 8080, 3306, 5432, 6379, 8443, 9092, 5672]);
        let date = NaiveDate::from_ymd_opt(2026, 5, 4).unwrap_or_default();
        let seconds = draw.int(0, 80_000_u32);
        let start = date.and_hms_opt(0, 0, 0).unwrap_or_default()
            + TimeDelta::seconds(seconds.into())
            + TimeDelta::microseconds(draw.int(0, 999_999_u32).into());
        let scale = draw.int(7, 10_u32);
        let host = Host { window_scale: scale, mss: 1460, ..Host::default() };
        Self {
            ends: [SocketAddrV4::new(client, draw.int(32_768, 60_999)), SocketAddrV4::new(server, port)],
            first: [draw.int(200_000_000, 4_000_000_000_u32), draw.int(200_000_000, 4_000_000_000_u32)],
            start,
            router: Ipv4Addr::new(10, block, net, 1),
            scene: Scene {
                hosts: [
                    Host { stamp: draw.int(100_000_000, 4_200_000_000), ..host },
                    Host {
                        window_scale: draw.int(7, 9_u32),
                        stamp: draw.int(100_000_000, 4_200_000_000),
                        ..host
                    },
                ],
                delay: draw.int(300, 24_000_u64),
                ..Scene::default()
            },
        }
    }

    fn act(&mut self, at: u64, side: Side, action: Action) {
        self.scene.script.push((at, side, action));
    }

    fn react(&mut self, side: Side, received: u32, after: u64, action: Action) {
        self.scene.reactions.push(Reaction { side, received, after, action });
    }

    /// What one end captured, numbered.
    fn capture(&self, side: Side, played: &Played) -> Evidence {
        let packets = played.captures.get(index(side)).map_or(&[][..], Vec::as_slice);
        let scales = [self.scene.hosts[0].window_scale, self.scene.hosts[1].window_scale];
        let lines = tcpdump(side, packets, self.start, self.ends, self.first, scales, self.router);
        let (name, other) = match side {
            Side::Client => ("client", self.ends[1]),
            Side::Server => ("server", self.ends[0]),
        };
        let port = self.ends[1].port();
        let mut text =
            format!("{name}$ tcpdump -nn -# -i eth0 'host {} and (tcp port {port} or icmp)'", other.ip());
        for (number, line) in lines.iter().enumerate() {
            text += &format!("\n{:5}  {line}", number + 1);
        }
        shown(EvidenceType::Packet, text)
    }

    /// `ss` at an end when watching stopped: the listener, and the connection if the end knows it.
    fn sockets(&self, side: Side, played: &Played, backlog: (u32, u32)) -> Evidence {
        let here = index(side);
        let mut rows = Vec::new();
        let port = self.ends[1].port();
        if side == Side::Server && self.scene.hosts[1].listening {
            rows.push(Sockets {
                state: State::Listen,
                receive: backlog.0,
                send: backlog.1,
                local: format!("0.0.0.0:{port}"),
                peer: "0.0.0.0:*".to_owned(),
            });
        }
        let state = played.states.map_or(State::Closed, |states| states[here]);
        if !matches!(state, State::Closed | State::Listen) {
            rows.push(Sockets {
                state,
                receive: played.unread[here],
                send: played.unacknowledged[here],
                local: self.ends[here].to_string(),
                peer: self.ends[1 - here].to_string(),
            });
        }
        let name = if side == Side::Client { "client" } else { "server" };
        let filter = if side == Side::Client {
            format!("dport = :{port} and dst {}", self.ends[1].ip())
        } else {
            format!("sport = :{port}")
        };
        shown(EvidenceType::Command, format!("{name}$ ss -tan '{filter}'\n{}", sockets(&rows)))
    }
}

fn index(side: Side) -> usize {
    match side {
        Side::Client => 0,
        Side::Server => 1,
    }
}

fn segment(packet: &Packet) -> Option<(Side, &Segment)> {
    match &packet.what {
        What::Segment(side, segment) => Some((*side, segment)),
        What::TooBig(_) => None,
    }
}

/// A state to be typed: the standard's spelling, `ss`'s and the kernel's are all right.
fn state_answer(state: State, traps: Vec<(State, Text)>) -> Answer {
    let mut also: Vec<String> = vec![state.name().replace('-', "_"), state.name().replace('-', " ")];
    also.push(state.ss().to_owned());
    also.push(state.ss().replace('-', "_"));
    match state {
        State::FinWait1 => also.extend(["FIN_WAIT1".into(), "FIN-WAIT1".into(), "FIN_WAIT_1".into()]),
        State::FinWait2 => also.extend(["FIN_WAIT2".into(), "FIN-WAIT2".into(), "FIN_WAIT_2".into()]),
        State::Closed => also.retain(|name| name != "UNCONN"),
        _ => {}
    }
    if state == State::Closed {
        also.push("CLOSE".to_owned());
    }
    let traps = traps
        .into_iter()
        .filter(|(other, _)| *other != state)
        .map(|(other, why)| Trap::new(other.name(), why))
        .collect();
    Answer::Typed { form: Form::Words, right: state.name().to_owned(), also, traps }
}

/// The story of a request: what is asked and answered, in bytes.
struct Talk {
    request: u32,
    answer: u32,
    think: u64,
}

fn talk(draw: &mut Draw, wire: &mut Wire) -> Talk {
    let talk =
        Talk { request: draw.int(60, 900), answer: draw.int(200, 5200), think: draw.int(2_000, 400_000) };
    let begin = 2 * wire.scene.delay + draw.int(400, 9_000_u64);
    wire.act(0, Side::Client, Action::Connect);
    wire.act(begin, Side::Client, Action::Send(talk.request));
    talk
}

fn one_end(draw: &mut Draw) -> Exercise {
    const FAULTS: &[Fault] =
        &[Fault::Unanswered, Fault::Refused, Fault::Reset, Fault::NotRead, Fault::NotClosed, Fault::Repaired];
    let fault = *draw.pick(FAULTS);
    let side =
        if fault == Fault::Unanswered { Side::Client } else { *draw.pick(&[Side::Client, Side::Server]) };
    let mut wire = Wire::new(draw);
    wire.scene.until = 6_000_000;
    match fault {
        Fault::Unanswered => {
            wire.act(0, Side::Client, Action::Connect);
            wire.scene.losses.push(Loss::All(Side::Client));
            wire.scene.until = *draw.pick(&[5_000_000, 12_000_000, 28_000_000]);
        }
        Fault::Refused => {
            wire.scene.hosts[1].listening = false;
            wire.act(0, Side::Client, Action::Connect);
        }
        Fault::Reset => {
            let talk = talk(draw, &mut wire);
            if draw.percent(50) {
                wire.react(Side::Server, talk.request, talk.think, Action::Send(talk.answer));
                let more = draw.int(50, 600);
                wire.react(Side::Client, talk.answer, 90_000, Action::Send(more));
                wire.react(Side::Server, talk.request + more, talk.think, Action::Abort);
            } else {
                wire.react(Side::Server, talk.request, talk.think, Action::Abort);
            }
        }
        Fault::NotRead => {
            wire.scene.hosts[1].buffer = draw.int(4, 11_u32) * 1024;
            let bulk = wire.scene.hosts[1].buffer + draw.int(3_000, 40_000_u32);
            wire.act(0, Side::Client, Action::Connect);
            wire.act(0, Side::Server, Action::Read(false));
            wire.act(2 * wire.scene.delay + 900, Side::Client, Action::Send(bulk));
            wire.scene.until = draw.int(1_600_000, 6_000_000);
        }
        Fault::NotClosed => {
            let talk = talk(draw, &mut wire);
            wire.react(Side::Server, talk.request, talk.think, Action::Send(talk.answer));
            wire.react(Side::Client, talk.answer, draw.int(500, 900_000), Action::Close);
        }
        _ => {
            let talk = talk(draw, &mut wire);
            let answer = talk.answer + 4 * 1448;
            wire.react(Side::Server, talk.request, talk.think, Action::Send(answer));
            // Not the last one: its loss would not show at the end that receives.
            let lost = draw.int(0, answer.div_ceil(1448) - 2);
            wire.scene.losses.push(Loss::Data(Side::Server, 1 + lost * 1448, draw.int(1, 2)));
            wire.react(Side::Client, answer, 3_000, Action::Close);
            wire.react(Side::Server, talk.request, talk.think + 3_000_000, Action::Close);
        }
    }
    let mut played = play(&wire.scene);
    for _ in 0..40 {
        if quiet(&wire, &played) {
            break;
        }
        wire.scene.until += 2 * wire.scene.delay + 5_000;
        played = play(&wire.scene);
    }
    let packets = played.captures.get(index(side)).map_or(&[][..], Vec::as_slice);
    // A packet after which this end is in a state worth asking for.
    let worth = |packet: &&(usize, &Packet)| {
        let (_, packet) = packet;
        segment(packet).is_some_and(|(from, segment)| {
            !(side == Side::Server && from == Side::Client && segment.syn) && packet.state != State::Closed
                || segment.rst
        })
    };
    let numbered: Vec<(usize, &Packet)> = packets.iter().enumerate().collect();
    let candidates: Vec<_> = numbered.iter().filter(worth).copied().collect();
    let mut rare: Vec<_> =
        candidates.iter().filter(|(_, packet)| packet.state != State::Established).copied().collect();
    if rare.is_empty() || draw.percent(25) && !candidates.is_empty() {
        rare.clone_from(&candidates);
    }
    let (number, state) = match rare.as_slice() {
        [] => (0, packets.first().map_or(State::Closed, |packet| packet.state)),
        list => {
            let (number, packet) = draw.pick(list);
            (*number, packet.state)
        }
    };
    // Whose bytes are counted: those of the end that sent more.
    let mine = if played.acknowledged[0] >= played.acknowledged[1] { Side::Client } else { Side::Server };
    let count = played.acknowledged[index(mine)];
    let sent: u32 = packets
        .iter()
        .filter_map(segment)
        .filter(|(from, _)| *from == mine)
        .map(|(_, segment)| segment.length)
        .sum();
    let mut traps = Vec::new();
    if sent != count {
        traps.push(Trap::new(
            sent,
            text(
                "That adds up every length; what was sent again, or not acknowledged, counts too much.",
                "那是把所有length加起來，重送的與還沒被確認的也算進去了。",
            ),
        ));
    }
    if count > 0 {
        traps.push(Trap::new(
            count + 1,
            text(
                "The acknowledgement number is one more: the SYN takes a sequence number of its own.",
                "確認號碼會多1：SYN也占一個序號。",
            ),
        ));
    }
    let (who, who_zh) = named(side);
    let (sender, sender_zh) = named(mine);
    let explained = fault.why();
    let counted = facts(fault, &played, Some(side), None);
    let fault_answer = fault_ask(draw, fault, FAULTS, &counted);
    Exercise {
        prompt: text(
            format!(
                "A client ({}) talks to a server ({}). The capture was taken **on the {who}**; nothing more was captured, and the {who} lost no packet of its own capture.",
                wire.ends[0], wire.ends[1]
            ),
            format!(
                "用戶端（{}）與伺服器（{}）通訊。以下封包是**在{who_zh}**擷取的，之後沒有別的封包，擷取本身也沒有遺漏。",
                wire.ends[0], wire.ends[1]
            ),
        ),
        evidence: vec![wire.capture(side, &played)],
        asks: vec![
            fault_answer,
            Ask::new(
                "state",
                text(
                    format!("State (RFC 9293) of the {who}'s end right after packet {}", number + 1),
                    format!("第{}個封包之後，{who_zh}這端的狀態（RFC 9293）", number + 1),
                ),
                state_answer(state, near(state)),
            ),
            Ask::new(
                "bytes",
                text(
                    format!("Bytes of data from the {sender} that this capture shows acknowledged"),
                    format!("這份擷取顯示，{sender_zh}送出的資料有幾個位元組已被確認"),
                ),
                Answer::Number { value: count.into(), tolerance: 0.0, unit: Unit::Bytes, traps },
            ),
        ],
        steps: vec![
            explained,
            text(
                format!("After packet {} the {who}'s end is in {}.", number + 1, state.name()),
                format!("第{}個封包之後，{who_zh}這端是{}。", number + 1, state.name()),
            ),
            text(
                format!(
                    "The highest acknowledgement of the {sender}'s data, less one for the SYN (and one for a FIN that it covers), gives {count} bytes."
                ),
                format!(
                    "對{sender_zh}資料的最高確認號碼，扣掉SYN占的1（若涵蓋FIN再扣1），得到{count}個位元組。"
                ),
            ),
        ],
        given: json!({ "side": who, "packet": number + 1, "sender": sender }),
    }
}

fn named(side: Side) -> (&'static str, &'static str) {
    match side {
        Side::Client => ("client", "用戶端"),
        Side::Server => ("server", "伺服器"),
    }
}

/// States that are easily taken for another.
fn near(state: State) -> Vec<(State, Text)> {
    let trap = |other: State, en: &str, zh: &str| (other, text(en, zh));
    match state {
        State::SynSent => vec![
            trap(
                State::SynReceived,
                "That is the end that received a SYN; this end only sent one.",
                "那是收到SYN的一端；這端只有送出SYN。",
            ),
            trap(State::Established, "No SYN-ACK has arrived.", "還沒有收到SYN-ACK。"),
        ],
        State::SynReceived => vec![
            trap(State::SynSent, "That is the end that opens the connection.", "那是主動開連線的一端。"),
            trap(
                State::Established,
                "The third packet of the handshake has not arrived.",
                "交握的第三個封包還沒到。",
            ),
        ],
        State::FinWait1 => vec![
            trap(State::FinWait2, "Its FIN has not been acknowledged.", "它的FIN還沒有被確認。"),
            trap(State::CloseWait, "That is the end that received the first FIN.", "那是先收到FIN的一端。"),
        ],
        State::FinWait2 => vec![
            trap(State::TimeWait, "The other end's FIN has not come.", "對方的FIN還沒來。"),
            trap(
                State::CloseWait,
                "That is the state of the other end, which received the FIN.",
                "那是收到FIN的另一端的狀態。",
            ),
        ],
        State::CloseWait => vec![
            trap(State::LastAck, "It has not sent a FIN of its own.", "它還沒有送出自己的FIN。"),
            trap(
                State::FinWait2,
                "That is the state of the end that closed first.",
                "那是先關閉的一端的狀態。",
            ),
        ],
        State::TimeWait => vec![trap(
            State::Closed,
            "The end that closed first keeps the connection for a while.",
            "先關閉的一端還會保留這條連線一陣子。",
        )],
        State::LastAck => vec![trap(State::CloseWait, "It has sent its own FIN.", "它已經送出自己的FIN。")],
        State::Closed => {
            vec![trap(State::TimeWait, "A reset leaves no TIME-WAIT behind.", "reset之後不會留下TIME-WAIT。")]
        }
        _ => vec![trap(State::SynReceived, "The handshake is complete at this end.", "這端的交握已經完成。")],
    }
}

/// What to run next, by fault.
fn next_step(fault: Fault, wire: &Wire) -> (String, Text) {
    let (client, server, port) = (wire.ends[0].ip(), wire.ends[1].ip(), wire.ends[1].port());
    match fault {
        Fault::SynLost | Fault::Unanswered => (
            format!("client$ traceroute -n -T -p {port} {server}"),
            text(
                "It shows how far SYNs for this port get; then the rules at that hop.",
                "看這個連接埠的SYN能走到哪一站，再查那一站的規則。",
            ),
        ),
        Fault::ReplyLost => (
            format!("server$ ip route get {client}"),
            text(
                "The answer leaves the server and is lost: look at its way back.",
                "回應離開伺服器後掉了：要查的是回程路由。",
            ),
        ),
        Fault::Backlog => (
            "server$ nstat -az TcpExtListenOverflows TcpExtListenDrops".to_owned(),
            text(
                "The counters grow with each SYN a full accept queue drops.",
                "accept佇列滿而丟掉SYN時，這些計數器會增加。",
            ),
        ),
        Fault::Restarted | Fault::Reset => (
            "server$ uptime -s; journalctl --since -1h | grep -iE 'start|stop|killed'".to_owned(),
            text(
                "Whether the host or its program restarted while the client thought itself connected.",
                "確認主機或程式是否在用戶端以為仍連線時重新啟動過。",
            ),
        ),
        Fault::Refused => (
            "server$ ss -tlnp; systemctl --failed".to_owned(),
            text(
                "Which programs listen where, and which failed to start.",
                "看哪些程式在聽哪些連接埠、哪些沒有成功啟動。",
            ),
        ),
        Fault::TooLarge => (
            format!("client$ ping -M do -s 1472 {server}; ping -M do -s 1372 {server}"),
            text(
                "Pings that must not be fragmented find the size that gets through.",
                "用不准分段的ping找出通得過的大小。",
            ),
        ),
        Fault::NotRead | Fault::NotClosed => (
            format!("server$ ss -tnp 'sport = :{port}'; cat /proc/PID/wchan"),
            text(
                "Which program holds the socket, and what it waits for instead of reading.",
                "找出是哪支程式持有socket，它在等什麼而沒有讀取。",
            ),
        ),
        _ => (
            "client$ sysctl net.ipv4.tcp_keepalive_time".to_owned(),
            text(
                "Keep-alive, where the program turns it on, has to be shorter than the idle timeout on the way.",
                "程式有開啟keepalive時，它的間隔必須比路上設備的閒置逾時短。",
            ),
        ),
    }
}

fn next_ask(draw: &mut Draw, right: Fault, others: &[Fault], wire: &Wire) -> Ask {
    let (command, why) = next_step(right, wire);
    let mut options = vec![Choice::new(text(format!("`{command}`"), format!("`{command}`")), why)];
    for other in others {
        let (said, about) = next_step(*other, wire);
        let said = format!("`{said}`");
        if said != format!("`{command}`") && !options.iter().any(|option| option.text.en == said) {
            let sign = right.why();
            options.push(Choice::new(
                text(said.clone(), said),
                text(
                    format!("{} That is not the question here: {}", about.en, lower(&sign.en)),
                    format!("{}這裡要查的不是它：{}", about.zh_tw, sign.zh_tw),
                ),
            ));
        }
    }
    Ask::new(
        "next",
        text("What to run next, to confirm the cause", "下一步執行什麼來確認原因"),
        Answer::choice(draw, options),
    )
}

/// Packets of one end that the other never got.
fn lost(played: &Played, side: Side) -> usize {
    let of = |capture: usize| {
        played
            .captures
            .get(capture)
            .into_iter()
            .flatten()
            .filter(|packet| segment(packet).is_some_and(|(from, _)| from == side))
    };
    of(index(side)).count().saturating_sub(of(1 - index(side)).count())
}

/// Nothing was on its way when watching stopped.
fn quiet(wire: &Wire, played: &Played) -> bool {
    let last = played.captures.iter().flatten().map(|packet| packet.at).max().unwrap_or_default();
    last + 3 * wire.scene.delay + 2_000 < wire.scene.until
}

const BOTH_ENDS: &[Fault] = &[
    Fault::SynLost,
    Fault::ReplyLost,
    Fault::Backlog,
    Fault::Refused,
    Fault::Restarted,
    Fault::TooLarge,
    Fault::Forgotten,
    Fault::Cut,
];

/// Sets a fault up that takes both captures to be told.
fn set_up(draw: &mut Draw, wire: &mut Wire, fault: Fault, long: bool) {
    let retries = if long { draw.int(3, 5_u32) } else { draw.int(2, 3_u32) };
    let (first, rto) = (wire.scene.hosts[0].first_rto, wire.scene.hosts[0].rto);
    // Enough for so many retransmissions after a timeout, and not the next.
    let watch = |timeout: u64| timeout * ((1 << retries) - 1) + timeout * (1 << retries) * 6 / 10;
    match fault {
        Fault::SynLost | Fault::ReplyLost | Fault::Backlog => {
            wire.act(0, Side::Client, Action::Connect);
            match fault {
                Fault::SynLost => wire.scene.losses.push(Loss::All(Side::Client)),
                Fault::ReplyLost => wire.scene.losses.push(Loss::All(Side::Server)),
                _ => wire.scene.hosts[1].full = true,
            }
            wire.scene.until = watch(first);
        }
        Fault::Refused => {
            wire.scene.hosts[1].listening = false;
            wire.act(0, Side::Client, Action::Connect);
            wire.scene.until = 3_000_000;
        }
        Fault::TooLarge => {
            let talk = talk(draw, wire);
            let most = *draw.pick(&[1500 - 50, 1400, 1476, 1420, 1380]);
            let upload = draw.percent(40);
            let bulk = draw.int(2, 4_u32) * 1448 + draw.int(100, 1000_u32);
            let sender = if upload { Side::Client } else { Side::Server };
            wire.scene.losses.push(Loss::Larger(sender, most, false));
            let mut begin = talk.think + 40 * wire.scene.delay;
            if upload {
                wire.react(Side::Server, talk.request, talk.think, Action::Send(talk.answer.min(1200)));
                begin += draw.int(10_000, 700_000_u64);
                wire.act(begin, Side::Client, Action::Send(bulk));
            } else {
                wire.react(Side::Server, talk.request, talk.think, Action::Send(bulk));
            }
            wire.scene.until = begin + watch(rto);
        }
        _ => {
            let talk = talk(draw, wire);
            wire.react(Side::Server, talk.request, talk.think, Action::Send(talk.answer));
            let begin = talk.think + 40 * wire.scene.delay;
            let idle = draw.int(310, 2_400_u64) * 1_000_000;
            match fault {
                Fault::Restarted => wire.act(begin + idle / 2, Side::Server, Action::Forget),
                _ => wire.scene.losses.push(Loss::Idle(300_000_000, fault == Fault::Cut)),
            }
            let more = draw.int(60, 900);
            wire.act(begin + idle, Side::Client, Action::Send(more));
            wire.scene.until = begin + idle + watch(rto);
        }
    }
}

fn two_ends(draw: &mut Draw) -> Exercise {
    let fault = *draw.pick(BOTH_ENDS);
    let (mut wire, mut played) = (Wire::new(draw), Played::default());
    for _ in 0..20 {
        wire = Wire::new(draw);
        set_up(draw, &mut wire, fault, false);
        played = play(&wire.scene);
        if quiet(&wire, &played) {
            break;
        }
    }
    let limit = *draw.pick(&[50_u32, 128, 511, 1024]);
    // One more than the limit is full; as many as the limit is not yet.
    let waiting = match fault {
        Fault::Backlog => limit + 1,
        _ => *draw.pick(&[0, 0, 1, 3, limit / 2]),
    };
    let listener = Sockets {
        state: State::Listen,
        receive: waiting,
        send: limit,
        local: format!("0.0.0.0:{}", wire.ends[1].port()),
        peer: "0.0.0.0:*".to_owned(),
    };
    let rows: Vec<Sockets> = wire.scene.hosts[1].listening.then_some(listener).into_iter().collect();
    let ss = format!("server$ ss -tln 'sport = :{}'\n{}", wire.ends[1].port(), sockets(&rows));
    let states = played.states.unwrap_or([State::Closed; 2]);
    let fault_answer = fault_ask(
        draw,
        fault,
        BOTH_ENDS,
        &facts(fault, &played, None, wire.scene.hosts[1].listening.then_some((waiting, limit))),
    );
    let next = next_ask(draw, fault, BOTH_ENDS, &wire);
    let server_state = if states[1] == State::Listen { State::Closed } else { states[1] };
    let lost_from = [lost(&played, Side::Client), lost(&played, Side::Server)];
    let explained = fault.why();
    let end = (wire.start + TimeDelta::microseconds(i64::try_from(wire.scene.until).unwrap_or_default()))
        .format("%H:%M:%S")
        .to_string();
    Exercise {
        prompt: text(
            format!(
                "A client ({}) cannot do its work with a server ({}). Both ends were captured at the same time, with clocks in step, until {end}; no capture missed a packet, and nothing was on its way at the end. `ss` ran on the server then.",
                wire.ends[0], wire.ends[1]
            ),
            format!(
                "用戶端（{}）無法使用伺服器（{}）。兩端同時擷取，時鐘一致，到{end}為止；擷取都沒有遺漏，結束時也沒有封包還在路上。`ss`是當時在伺服器上執行的。",
                wire.ends[0], wire.ends[1]
            ),
        ),
        evidence: vec![
            wire.capture(Side::Client, &played),
            wire.capture(Side::Server, &played),
            shown(EvidenceType::Command, ss),
        ],
        asks: vec![
            fault_answer,
            Ask::new(
                "client",
                text(
                    "State of the client's end when the captures stop; CLOSED if it has no such connection",
                    "擷取結束時用戶端這端的狀態；若沒有這條連線，填CLOSED",
                ),
                state_answer(states[0], near(states[0])),
            ),
            Ask::new(
                "server",
                text(
                    "State of the server's end of this connection then; CLOSED if it has no such connection, even where a listener runs",
                    "當時伺服器端這條連線的狀態；若沒有這條連線（即使有listener），填CLOSED",
                ),
                state_answer(
                    server_state,
                    [
                        near(server_state),
                        vec![(
                            State::Listen,
                            text(
                                "That is the listening socket, not this connection.",
                                "那是在聽的socket，不是這條連線。",
                            ),
                        )],
                    ]
                    .concat(),
                ),
            ),
            next,
        ],
        steps: vec![
            text(
                format!(
                    "Compare the captures: {} of the client's packets never reach the server, {} of the server's never reach the client.",
                    lost_from[0], lost_from[1]
                ),
                format!(
                    "比對兩份擷取：用戶端送的有{}個沒到伺服器，伺服器送的有{}個沒到用戶端。",
                    lost_from[0], lost_from[1]
                ),
            ),
            explained,
            text(
                format!(
                    "What each end sent and received leaves the client in {} and the server in {}.",
                    states[0].name(),
                    server_state.name()
                ),
                format!(
                    "依各自送出與收到的封包，用戶端是{}，伺服器是{}。",
                    states[0].name(),
                    server_state.name()
                ),
            ),
        ],
        given: json!({ "client": wire.ends[0].to_string(), "server": wire.ends[1].to_string() }),
    }
}

fn timers(draw: &mut Draw) -> Exercise {
    const FAULTS: &[Fault] = &[
        Fault::SynLost,
        Fault::ReplyLost,
        Fault::Backlog,
        Fault::TooLarge,
        Fault::Forgotten,
        Fault::NotRead,
        Fault::Repaired,
        Fault::Restarted,
    ];
    let fault = *draw.pick(&FAULTS[..6]);
    let mut drawn = timed(draw, fault);
    for _ in 0..60 {
        if drawn.is_some() {
            break;
        }
        drawn = timed(draw, fault);
    }
    let Some((wire, played, repeats)) = drawn else { return Exercise::default() };
    let limit = *draw.pick(&[50_u32, 128, 511]);
    let waiting = if fault == Fault::Backlog { limit + 1 } else { *draw.pick(&[0, 1, 2, limit / 2]) };
    let (sender, times) = repeats;
    let (last, before) = match times.as_slice() {
        [.., before, last] => (*last, *before),
        _ => (0, 0),
    };
    let gap = last - before;
    let next_at = last + 2 * gap;
    let seconds = (2 * gap) as f64 / 1e6;
    let (who, who_zh) = named(sender);
    let counts = [lost(&played, Side::Client), lost(&played, Side::Server)];
    let unread = played.unread[1];
    let fault_answer = fault_ask(draw, fault, FAULTS, &facts(fault, &played, None, Some((waiting, limit))));
    let next = next_ask(
        draw,
        fault,
        BOTH_ENDS.iter().chain(&[Fault::NotRead]).copied().collect::<Vec<_>>().as_slice(),
        &wire,
    );
    let delivered = played.received[1];
    let stamp = |at: u64| {
        (wire.start + TimeDelta::microseconds(i64::try_from(at).unwrap_or_default()))
            .format("%H:%M:%S%.3f")
            .to_string()
    };
    let sent: u32 = played.captures[0]
        .iter()
        .filter_map(segment)
        .filter(|(from, _)| *from == Side::Client)
        .map(|(_, segment)| segment.length)
        .sum();
    let mut delivered_traps = Vec::new();
    if sent != delivered {
        delivered_traps.push(Trap::new(
            sent,
            text(
                "That counts what the client sent, with what was lost or sent twice.",
                "那是用戶端送出的總和，包含掉的與重送的。",
            ),
        ));
    }
    Exercise {
        prompt: text(
            format!("A client ({}) hangs when it uses a server ({}). Both ends were captured at the same time, with clocks in step; no capture missed a packet, nothing was on its way when they stopped, and `ss` ran at that moment. Retransmissions follow RFC 6298, probes RFC 9293: each timeout is twice the one before. Not every retransmission shown need belong to the fault.", wire.ends[0], wire.ends[1]),
            format!("用戶端（{}）使用伺服器（{}）時卡住。兩端同時擷取，時鐘一致；擷取沒有遺漏，停止時沒有封包還在路上，`ss`也是那時執行的。重送依RFC 6298，探測依RFC 9293：每次逾時是前一次的兩倍。畫面上的重送不見得都與故障有關。", wire.ends[0], wire.ends[1]),
        ),
        evidence: vec![
            wire.capture(Side::Client, &played),
            wire.capture(Side::Server, &played),
            wire.sockets(Side::Client, &played, (waiting, limit)),
            wire.sockets(Side::Server, &played, (waiting, limit)),
        ],
        asks: vec![
            fault_answer,
            Ask::new(
                "lost",
                text("How many TCP packets of either end never reached the other", "兩端送出的TCP封包中，共有幾個沒到對方"),
                Answer::count((counts[0] + counts[1]) as u64, Vec::new()),
            ),
            Ask::new(
                "again",
                text(
                    format!("Seconds from the {who}'s last packet shown to its next try of the same, if nothing arrives"),
                    format!("若什麼都沒再收到，{who_zh}最後一個封包之後再過幾秒會重試"),
                ),
                Answer::Number {
                    value: (seconds * 1000.0).round() / 1000.0,
                    tolerance: seconds * 0.08,
                    unit: Unit::Seconds,
                    traps: vec![Trap::new(
                        format!("{:.3}", gap as f64 / 1e6),
                        text("That was the last interval; the next is twice as long.", "那是上一次的間隔；下一次是它的兩倍。"),
                    )],
                },
            ),
            Ask::new(
                "bytes",
                text(
                    "Bytes of the client's data that the server's kernel has received in order",
                    "伺服器核心已依序收到用戶端多少位元組的資料",
                ),
                Answer::Number {
                    value: delivered.into(),
                    tolerance: 0.0,
                    unit: Unit::Bytes,
                    traps: delivered_traps,
                },
            ),
            next,
        ]
        .into_iter()
        .filter(|ask| ask.id != if delivered == 0 { "bytes" } else { "lost" })
        .collect(),
        steps: vec![
            text(
                format!("Packets of the client that never arrive: {}; of the server: {}.", counts[0], counts[1]),
                format!("用戶端送出而沒到的封包：{}個；伺服器送出而沒到的：{}個。", counts[0], counts[1]),
            ),
            fault.why(),
            text(
                format!("The last interval of the {who} was {:.3} s ({} to {}), so the next is {seconds:.3} s: at {}.", gap as f64 / 1e6, stamp(before), stamp(last), stamp(next_at)),
                format!("{who_zh}最後一次間隔是{:.3}秒（{}到{}），下一次就是{seconds:.3}秒：在{}。", gap as f64 / 1e6, stamp(before), stamp(last), stamp(next_at)),
            ),
            text(
                format!("The server's kernel has {delivered} bytes of the client in order, {unread} of them not yet read by the program (`Recv-Q`)."),
                format!("伺服器核心依序收到用戶端{delivered}個位元組，其中{unread}個程式還沒讀取（`Recv-Q`）。"),
            ),
        ],
        given: json!({
            "client": wire.ends[0].to_string(),
            "server": wire.ends[1].to_string(),
            "who": who,
            "bytes": delivered > 0,
        }),
    }
}

/// One end and when it tried the same thing.
type Repeats = (Side, Vec<u64>);

/// One try at a connection that hangs; with the tries of the end that goes on trying.
fn timed(draw: &mut Draw, fault: Fault) -> Option<(Wire, Played, Repeats)> {
    let mut wire = Wire::new(draw);
    // Timeouts follow the round trip.
    let rto = 200_000 + 2 * wire.scene.delay + draw.int(0, 90_000_u64);
    for host in &mut wire.scene.hosts {
        host.rto = rto;
        host.retries = 12;
    }
    if fault == Fault::NotRead {
        let _ = talk(draw, &mut wire);
        wire.scene.hosts[1].buffer = draw.int(5, 14_u32) * 1024;
        wire.act(0, Side::Server, Action::Read(false));
        let begin = 8 * wire.scene.delay + draw.int(20_000, 300_000_u64);
        let bulk = wire.scene.hosts[1].buffer + draw.int(2_000, 90_000_u32);
        wire.act(begin, Side::Client, Action::Send(bulk));
        let tries = draw.int(3, 6_u32);
        wire.scene.until = begin + rto * (1 << tries) + draw.int(0, rto);
    } else {
        set_up(draw, &mut wire, fault, true);
        // A loss of no consequence, early on.
        if matches!(fault, Fault::TooLarge | Fault::Forgotten) && draw.percent(60) {
            wire.scene.losses.push(Loss::Data(Side::Client, 1, 1));
        }
    }
    let played = play(&wire.scene);
    if !quiet(&wire, &played) || played.captures[0].len() > 45 {
        return None;
    }
    // The last thing tried again and again: same sender, same sequence number and length.
    let (sender, last) = played
        .captures
        .iter()
        .enumerate()
        .flat_map(|(place, packets)| packets.iter().map(move |packet| (place, packet)))
        .filter_map(|(place, packet)| {
            let (from, segment) = segment(packet)?;
            (index(from) == place).then_some((packet.at, from, segment))
        })
        .filter(|(_, from, segment)| {
            *from == if fault == Fault::ReplyLost { Side::Client } else { *from }
                && (segment.length > 0 || segment.syn || fault == Fault::NotRead && *from == Side::Client)
        })
        .max_by_key(|(at, _, _)| *at)
        .map(|(_, from, segment)| (from, segment.clone()))?;
    let times: Vec<u64> = played
        .captures
        .get(index(sender))?
        .iter()
        .filter_map(|packet| {
            let (from, one) = segment(packet)?;
            (from == sender && one.seq == last.seq && one.length == last.length && one.syn == last.syn)
                .then_some(packet.at)
        })
        .collect();
    // Three tries at least, so that the doubling shows, and it is the last thing this end sent.
    let doubles =
        |pair: &[u64]| matches!(pair, [a, b, c] if c - b > (b - a) * 19 / 10 && c - b < (b - a) * 21 / 10);
    let tail = times.get(times.len().checked_sub(3)?..)?;
    let newest = played
        .captures
        .get(index(sender))?
        .iter()
        .filter(|packet| segment(packet).is_some_and(|(from, _)| from == sender))
        .map(|packet| packet.at)
        .max()?;
    (doubles(tail) && times.last() == Some(&newest)).then_some((wire, played, (sender, times)))
}

fn ports(draw: &mut Draw) -> Exercise {
    let low = *draw.pick(&[32_768_u32, 49_152, 40_000, 20_000, 1_024]);
    let high = *draw.pick(&[60_999_u32, 65_535, 65_000]);
    let size = high - low + 1;
    let servers: Vec<SocketAddrV4> = draw
        .some(&[(10_u8, 21_u8, 443_u16), (10, 22, 6379), (10, 23, 8080), (10, 24, 5432)], 3)
        .into_iter()
        .map(|(a, c, port)| SocketAddrV4::new(Ipv4Addr::new(a, 40, c, draw.int(5, 250)), port))
        .collect();
    let client = Ipv4Addr::new(10, 40, 3, draw.int(5, 250));
    // One destination has taken every port; the others are far from it.
    let established = draw.int(3, 400_u32);
    let waiting = size - established;
    let others: Vec<(u32, u32)> =
        servers.iter().skip(1).map(|_| (draw.int(10, 300_u32), draw.int(200, size / 3))).collect();
    let all_waiting = waiting + others.iter().map(|(_, wait)| wait).sum::<u32>();
    let all_established = established + others.iter().map(|(open, _)| open).sum::<u32>();
    let total = all_waiting + all_established;
    let listening = draw.int(3, 9_u32);
    let mut rows: Vec<(u32, &str, String)> = Vec::new();
    for (server, (open, wait)) in servers.iter().zip(std::iter::once(&(established, waiting)).chain(&others))
    {
        rows.push((*open, "ESTAB", server.to_string()));
        rows.push((*wait, "TIME-WAIT", server.to_string()));
    }
    rows.sort_by(|a, b| b.cmp(a));
    let mut table =
        String::from("client$ ss -Htan dst 10.40.0.0/16 | awk '{print $1, $5}' | sort | uniq -c | sort -rn");
    for (count, state, server) in &rows {
        table += &format!("\n{count:7} {state} {server}");
    }
    let closed = all_waiting + draw.int(0, 5_u32);
    let summary = format!(
        "client$ ss -s | head -2\nTotal: {}\nTCP:   {} (estab {all_established}, closed {closed}, orphaned 0, timewait {all_waiting})",
        total - all_waiting + listening + draw.int(90, 300_u32),
        closed + all_established + listening
    );
    let full = servers.first().copied().unwrap_or_else(|| SocketAddrV4::new(client, 1));
    let free = servers.get(1).copied().unwrap_or(full);
    let seconds = 60;
    let rate = size / seconds;
    let other_left = size - others.first().map_or(0, |(open, wait)| open + wait);
    let capture = format!(
        "client$ timeout 30 tcpdump -nn -i eth0 'dst {} and tcp port {} and tcp[tcpflags] & tcp-syn != 0'\n0 packets captured",
        full.ip(),
        full.port()
    );
    let right = text(
        format!("every local port is taken for `{full}`, most of them by TIME-WAIT"),
        format!("對`{full}`的本機連接埠用完了，大多被TIME-WAIT占住"),
    );
    let options = vec![
        Choice::new(
            right,
            text(
                format!(
                    "{waiting} TIME-WAIT and {established} established connections to `{full}` use all {size} ports {low} to {high}; `connect` fails before any packet is sent."
                ),
                format!(
                    "到`{full}`的{waiting}條TIME-WAIT與{established}條連線用掉了{low}到{high}共{size}個連接埠；`connect`在送出封包之前就失敗。"
                ),
            ),
        ),
        Choice::new(
            text(
                format!("a firewall on the way drops the SYNs to `{full}`"),
                format!("路上的防火牆丟掉了送往`{full}`的SYN"),
            ),
            text(
                "No SYN leaves the client, so nothing on the way can drop it; and a drop gives a timeout, not EADDRNOTAVAIL.",
                "用戶端根本沒送出SYN，路上無從丟起；而且被丟會是逾時，不是EADDRNOTAVAIL。",
            ),
        ),
        Choice::new(
            text(format!("the accept queue of `{full}` is full"), format!("`{full}`的accept佇列滿了")),
            text(
                "A full queue leaves SYNs unanswered; here none is sent.",
                "佇列滿時是SYN沒有回應；這裡連SYN都沒送出。",
            ),
        ),
        Choice::new(
            text("the client's program has used up its file descriptors", "用戶端程式的檔案描述子用完了"),
            text(
                "That is EMFILE (`Too many open files`), and sockets in TIME-WAIT hold no descriptor.",
                "那會是EMFILE（`Too many open files`），而且TIME-WAIT的socket不占描述子。",
            ),
        ),
        Choice::new(
            text("all local ports are taken, for every destination", "本機連接埠全部用完，連到哪裡都一樣"),
            text(
                format!(
                    "A port can serve different destinations at once: for `{free}` {other_left} are still free."
                ),
                format!("同一個連接埠可同時用於不同的目的地：對`{free}`還有{other_left}個可用。"),
            ),
        ),
    ];
    let cause = Answer::choice(draw, options);
    let mut keep = vec![
        Choice::new(
            text(
                "reuse connections (a pool, keep-alive) to that destination",
                "對該目的地重複使用連線（連線集區、keep-alive）",
            ),
            text("Fewer connections end, so fewer ports wait.", "結束的連線變少，等待中的連接埠就變少。"),
        ),
        Choice::new(
            text("lower net.ipv4.tcp_fin_timeout", "調低net.ipv4.tcp_fin_timeout"),
            text(
                "It bounds FIN-WAIT-2 of orphaned connections; TIME-WAIT lasts 60 seconds in Linux whatever it says.",
                "它限制的是孤兒連線的FIN-WAIT-2；Linux的TIME-WAIT固定60秒，與它無關。",
            ),
        ),
        Choice::new(
            text("raise net.core.somaxconn on the client", "調高用戶端的net.core.somaxconn"),
            text(
                "It is about accept queues of listeners, not about ports for connecting.",
                "那是listener的accept佇列，與對外連線的連接埠無關。",
            ),
        ),
    ];
    keep.push(Choice::new(
        text("raise the program's file descriptor limit", "調高程式的檔案描述子上限"),
        text("Descriptors are not what ran out.", "用完的不是描述子。"),
    ));
    let mend = Answer::choice(draw, keep);
    Exercise {
        prompt: text(
            format!(
                "A program on `{client}` opens a new connection to `{full}` for each request and is the first to close it. For a few minutes now, requests have failed at once. Linux keeps TIME-WAIT for **{seconds} seconds**; the host has this one address, the program binds no port itself, and no reuse of TIME-WAIT ports is configured (`net.ipv4.tcp_tw_reuse = 0`). Odd and even ports count alike."
            ),
            format!(
                "`{client}`上的程式每個請求都對`{full}`開一條新連線，並由它先關閉。幾分鐘前開始，請求會立刻失敗。Linux的TIME-WAIT是 **{seconds}秒**；主機只有這個位址，程式不自行指定連接埠，也沒有設定重用TIME-WAIT的連接埠（`net.ipv4.tcp_tw_reuse = 0`）。奇數與偶數埠都算。"
            ),
        ),
        evidence: vec![
            shown(
                EvidenceType::Log,
                format!("connect to {full} failed: EADDRNOTAVAIL (Cannot assign requested address)"),
            ),
            shown(EvidenceType::Command, capture),
            shown(EvidenceType::Command, summary),
            shown(
                EvidenceType::Command,
                format!(
                    "client$ sysctl net.ipv4.ip_local_port_range\nnet.ipv4.ip_local_port_range = {low}\t{high}"
                ),
            ),
            shown(EvidenceType::Command, table),
        ],
        asks: vec![
            Ask::new("cause", text("Why connecting fails", "為什麼連不上"), cause),
            Ask::new(
                "left",
                text(
                    format!("Local ports still free for `{free}`"),
                    format!("對`{free}`還有幾個本機連接埠可用"),
                ),
                Answer::count(
                    other_left.into(),
                    vec![Trap::new(
                        0,
                        text(
                            "Ports are taken per destination address and port, not once for all.",
                            "連接埠是依目的位址與埠分別計算，不是全部共用。",
                        ),
                    )],
                ),
            ),
            Ask::new(
                "rate",
                text(
                    "New connections a second to one destination that the ports can sustain (whole number, rounded down; connections themselves take no time)",
                    "這些連接埠能持續支撐對同一目的地每秒幾條新連線（取整數、無條件捨去；連線本身的時間不計）",
                ),
                Answer::Number {
                    value: rate.into(),
                    tolerance: 0.0,
                    unit: Unit::PerSecond,
                    traps: vec![Trap::new(
                        size / (2 * seconds),
                        text(
                            "TIME-WAIT lasts 60 seconds in Linux, not 120.",
                            "Linux的TIME-WAIT是60秒，不是120秒。",
                        ),
                    )],
                },
            ),
            Ask::new("mend", text("What helps lastingly", "哪個做法能根本解決"), mend),
        ],
        steps: vec![
            text(
                format!(
                    "`EADDRNOTAVAIL` comes from the client's own kernel: no SYN was captured. The range has {high} − {low} + 1 = {size} ports."
                ),
                format!(
                    "`EADDRNOTAVAIL`來自用戶端自己的核心：沒有擷取到SYN。範圍內有{high} − {low} + 1 = {size}個連接埠。"
                ),
            ),
            text(
                format!(
                    "To `{full}`: {waiting} + {established} = {size}, all of them. To `{free}`: {other_left} are left."
                ),
                format!(
                    "到`{full}`：{waiting} + {established} = {size}，全部用掉。到`{free}`：還剩{other_left}個。"
                ),
            ),
            text(
                format!(
                    "Each connection blocks its port for {seconds} s after it was closed: {size} / {seconds} = {rate} a second at most."
                ),
                format!("每條連線關閉後還占住連接埠{seconds}秒：最多每秒{size} / {seconds} = {rate}條。"),
            ),
        ],
        given: json!({ "full": full.to_string(), "free": free.to_string(), "time_wait": seconds }),
    }
}
