//! What becomes of a request and its reply: every check on the way, the verdict, and what each interface saw.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use ipnet::Ipv4Net;

use super::topology::{Interface, Network, Outside, Peer, Protocol, Role, Target, TransitGateway};

/// The largest packet through an internet gateway. Amazon EC2 User Guide, "Network maximum transmission unit (MTU) for
/// your EC2 instance".
const INTERNET_MTU: u32 = 1500;
/// The IPv4 header with TCP's SYN as Linux sends it (20 bytes of options), and a bare RST.
const SYN: u32 = 60;
const RST: u32 = 40;
/// ICMP destination unreachable, fragmentation needed and DF set (RFC 792, RFC 1191).
const TOO_BIG: (i16, i16) = (3, 4);

/// A conversation to try.
#[derive(Clone, Debug, PartialEq)]
pub struct Flow {
    /// Who begins.
    pub from: End,
    /// The address it sends to.
    pub to: Ipv4Addr,
    /// TCP, UDP or an ICMP echo.
    pub protocol: Protocol,
    /// Of the one who begins; 0 for ICMP.
    pub source_port: u16,
    /// Of the other; 0 for ICMP.
    pub destination_port: u16,
    /// The largest IP packet the one who begins wants to send.
    pub request_size: u32,
    /// The largest IP packet the other wants to send.
    pub reply_size: u32,
    /// Routers must not fragment (path MTU discovery; Linux does so for TCP).
    pub dont_fragment: bool,
    /// Something listens there.
    pub listens: bool,
}

/// One end of a conversation.
#[derive(Clone, Debug, PartialEq)]
pub enum End {
    /// An interface, by id.
    Interface(String),
    /// Something outside, by id, and its address.
    Outside(String, Ipv4Addr),
}

/// A packet.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the names are the header's")]
pub struct Packet {
    pub source: Ipv4Addr,
    pub destination: Ipv4Addr,
    pub protocol: Protocol,
    pub source_port: u16,
    pub destination_port: u16,
    /// Type and code, for ICMP.
    pub icmp: (i16, i16),
    pub size: u32,
    /// An appliance or a NAT gateway forwarded it.
    pub middlebox: bool,
    /// A transit gateway that knows other VPCs' security groups forwarded it.
    pub references: bool,
}

/// A part of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Leg {
    /// The first packet.
    Request,
    /// The answer to it.
    Reply,
    /// The largest packet of the one who begins, once TCP is connected.
    Data,
    /// The largest packet of the other.
    DataReply,
    /// A router's word that a packet is too big.
    TooBig,
}

/// Where a packet is checked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the field's")]
pub enum Hop {
    SecurityGroups {
        interface: String,
        egress: bool,
    },
    NetworkAcl {
        acl: String,
        subnet: String,
        egress: bool,
    },
    RouteTable(String),
    InternetGateway(String),
    Peering(String),
    TransitGateway {
        gateway: String,
        table: String,
    },
    Link(String),
    /// A site's own firewall, on one of its links.
    Firewall {
        site: String,
        link: String,
    },
    Appliance(String),
    Interface(String),
    Outside(String),
}

/// What a check found.
#[derive(Clone, Debug, PartialEq)]
pub enum Detail {
    /// It belongs to a tracked connection: rules are not asked.
    Tracked,
    /// This rule of this group allows it.
    GroupRule(String, usize),
    /// No rule of any of the groups allows it.
    NoGroupRule,
    /// The rule of this number decides.
    AclRule(u16),
    /// No rule matches: `*` denies.
    AclDefault,
    /// This prefix matched.
    Prefix(Ipv4Net),
    /// Nothing more to say.
    Plain,
}

/// A check on the way.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Step {
    pub leg: Leg,
    pub hop: Hop,
    pub passed: bool,
    pub detail: Detail,
}

/// Why a packet goes no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the field's")]
pub enum Reason {
    SecurityGroup,
    NetworkAcl,
    NoRoute,
    Blackhole,
    /// The internet needs a public address, and the interface has none.
    NoPublicAddress,
    /// Nobody has that address there.
    NoSuchAddress,
    /// The peering connection is not active.
    Inactive,
    /// It is larger than this, must not be fragmented, and the sender does not learn of it.
    TooBig(u32),
    /// A stateful firewall saw no beginning of it.
    OutOfState,
    /// The NAT gateway has no source port left for the destination.
    NoPort,
    /// It went round and round.
    Loop,
}

/// What becomes of a conversation.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Verdict {
    /// Both directions work; with the path's MTU where a sender had to learn it.
    Works { learned_mtu: Option<u32> },
    /// The packets arrive, but nothing listens there.
    Refused,
    /// A packet goes no further.
    Stopped { leg: Leg, hop: Hop, reason: Reason },
}

/// A packet at an interface, which is what flow logs record.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// The interface.
    pub interface: String,
    /// Its address, which stands for the far one in the record of an interface between.
    pub address: Ipv4Addr,
    /// Which part of the conversation.
    pub leg: Leg,
    /// Leaving it.
    pub egress: bool,
    /// Or rejected, by its security groups or its subnet's network ACL.
    pub accepted: bool,
    /// The packet.
    pub packet: Packet,
}

/// What became of a conversation.
#[derive(Clone, Debug, PartialEq)]
pub struct Walk {
    /// In short.
    pub verdict: Verdict,
    /// Every check, in order.
    pub steps: Vec<Step>,
    /// What interfaces saw, in order.
    pub seen: Vec<Seen>,
}

impl Walk {
    /// The first check that a packet of a leg did not pass, if any.
    pub fn failed(&self) -> Option<&Step> {
        self.steps.iter().find(|step| !step.passed && step.leg != Leg::TooBig)
    }
}

/// Sends a request and its reply through a network; TCP also the largest packet of each side once connected.
pub fn walk(network: &Network, flow: &Flow) -> Walk {
    let mut walker = Walker {
        network,
        flow,
        steps: Vec::new(),
        seen: Vec::new(),
        tracked: BTreeSet::new(),
        translated: None,
        began_on: None,
        clamp: u32::MAX,
    };
    let verdict = match walker.converse() {
        Ok(verdict) => verdict,
        Err(stop) => Verdict::Stopped { leg: stop.leg, hop: stop.hop, reason: stop.reason },
    };
    Walk { verdict, steps: walker.steps, seen: walker.seen }
}

/// Who got a packet.
#[derive(Clone, Debug)]
enum Who {
    Interface(String),
    Outside(String),
    /// A service behind a gateway endpoint.
    Service,
}

/// Where a packet is.
#[derive(Clone, Debug)]
enum Place {
    Leaves(String),
    Enters { interface: String, same_subnet: bool },
    Sends(String),
    Arrives(Who),
}

struct Stop {
    leg: Leg,
    hop: Hop,
    reason: Reason,
}

/// Interface, outbound, and the packet's ends: what a security group lets pass without asking its rules.
type Tracked = (String, bool, (Ipv4Addr, u16), (Ipv4Addr, u16), Protocol);

struct Walker<'a> {
    network: &'a Network,
    flow: &'a Flow,
    steps: Vec<Step>,
    seen: Vec<Seen>,
    tracked: BTreeSet<Tracked>,
    /// What a NAT gateway put its own address in place of.
    translated: Option<(Ipv4Addr, u16)>,
    /// The link that a site's firewall saw the conversation begin on.
    began_on: Option<String>,
    /// The largest packet after what appliances did to the MSS.
    clamp: u32,
}

impl Walker<'_> {
    fn converse(&mut self) -> Result<Verdict, Stop> {
        let flow = self.flow;
        let tcp = flow.protocol == Protocol::Tcp;
        let (source, start) = match &flow.from {
            End::Interface(id) => {
                let address = self.network.interface(id).map_or(Ipv4Addr::UNSPECIFIED, |found| found.address);
                (address, Place::Leaves(id.clone()))
            }
            End::Outside(id, address) => (*address, Place::Sends(id.clone())),
        };
        let request = Packet {
            source,
            destination: flow.to,
            protocol: flow.protocol,
            source_port: flow.source_port,
            destination_port: flow.destination_port,
            icmp: (8, 0),
            size: if tcp { SYN } else { flow.request_size },
            middlebox: false,
            references: false,
        };
        let (arrived, who) = self.carry(request.clone(), start.clone(), Leg::Request)?;
        // A UDP port nobody listens on: the host's ICMP message is not followed here.
        if !flow.listens && !tcp {
            return Ok(Verdict::Refused);
        }
        let mut reply = Packet {
            source: arrived.destination,
            destination: arrived.source,
            source_port: arrived.destination_port,
            destination_port: arrived.source_port,
            icmp: (0, 0),
            middlebox: false,
            references: false,
            ..arrived
        };
        reply.size = match (tcp, flow.listens) {
            (true, true) => SYN,
            (true, false) => RST,
            (false, _) => flow.reply_size,
        };
        let back = match &who {
            Who::Interface(id) => Place::Leaves(id.clone()),
            Who::Outside(id) => Place::Sends(id.clone()),
            // The gateway endpoint hands it to the interface; it comes from outside the subnet.
            Who::Service => match &flow.from {
                End::Interface(id) => Place::Enters { interface: id.clone(), same_subnet: false },
                End::Outside(id, _) => Place::Sends(id.clone()),
            },
        };
        self.carry(reply.clone(), back.clone(), Leg::Reply)?;
        if !flow.listens {
            return Ok(Verdict::Refused);
        }
        let mut learned = None;
        if tcp {
            // Neither side sends more than the other's link takes: it says so in the MSS option of its SYN.
            let most = self.mtu_of(&start).min(self.mtu_of(&back)).min(self.clamp);
            let data = Packet { size: flow.request_size.min(most), ..request };
            learned = self.send(data, start, Leg::Data)?;
            let data = Packet { size: flow.reply_size.min(most), ..reply };
            learned = self.send(data, back, Leg::DataReply)?.or(learned);
        }
        Ok(Verdict::Works { learned_mtu: learned })
    }

    fn mtu_of(&self, place: &Place) -> u32 {
        match place {
            Place::Leaves(id) | Place::Enters { interface: id, .. } => {
                self.network.interface(id).map_or(INTERNET_MTU, |found| found.mtu)
            }
            _ => INTERNET_MTU,
        }
    }

    /// Sends data, smaller if the sender is told that it was too big; the size it came down to, if so.
    fn send(&mut self, mut data: Packet, from: Place, leg: Leg) -> Result<Option<u32>, Stop> {
        let mut learned = None;
        // Each telling makes it smaller; a path has few hops.
        for _ in 0..8 {
            let tracked = self.tracked.clone();
            match self.carry(data.clone(), from.clone(), leg) {
                Ok(_) => return Ok(learned),
                Err(stop) => match stop.reason {
                    Reason::TooBig(mtu) if mtu < data.size && self.told(&stop, &data, &from) => {
                        self.tracked = tracked;
                        data.size = mtu;
                        learned = Some(mtu);
                    }
                    _ => return Err(stop),
                },
            }
        }
        Ok(learned)
    }

    /// Whether the sender gets the ICMP message. Amazon EC2 User Guide, "Network maximum transmission unit (MTU)", Path
    /// MTU Discovery: its security groups and network ACLs must let it in.
    fn told(&mut self, stop: &Stop, data: &Packet, from: &Place) -> bool {
        let appliance = match &stop.hop {
            Hop::Appliance(id) => self.network.interface(id),
            _ => None,
        };
        let says = match &stop.hop {
            Hop::InternetGateway(_) => true,
            Hop::TransitGateway { gateway, .. } => {
                self.network.transit_gateways.iter().any(|found| found.id == *gateway && found.says_too_big)
            }
            Hop::Link(id) => {
                let mut links = self.network.outside.iter().flat_map(|site| &site.links);
                links.any(|link| link.id == *id && link.says_too_big)
            }
            Hop::Appliance(_) => appliance
                .is_some_and(|found| matches!(found.role, Role::Appliance { says_too_big: true, .. })),
            _ => false,
        };
        let Place::Leaves(id) = from else { return says };
        let Some(interface) = self.network.interface(id).filter(|_| says) else { return false };
        let message = Packet {
            // A gateway has no address of its own to name here: the destination stands for it.
            source: appliance.map_or(data.destination, |found| found.address),
            destination: interface.address,
            protocol: Protocol::Icmp,
            source_port: 0,
            destination_port: 0,
            icmp: TOO_BIG,
            size: 56,
            middlebox: false,
            references: false,
        };
        let same_subnet = appliance.is_some_and(|found| found.subnet == interface.subnet);
        let place = Place::Enters { interface: id.clone(), same_subnet };
        self.carry(message, place, Leg::TooBig).is_ok()
    }

    /// Carries a packet until somebody has it.
    fn carry(&mut self, mut packet: Packet, mut place: Place, leg: Leg) -> Result<(Packet, Who), Stop> {
        for _ in 0..32 {
            place = match place {
                Place::Leaves(id) => self.leave(&id, &mut packet, leg)?,
                Place::Enters { interface, same_subnet } => {
                    self.enter(&interface, same_subnet, &mut packet, leg)?
                }
                Place::Sends(id) => self.sends(&id, &mut packet, leg)?,
                Place::Arrives(who) => return Ok((packet, who)),
            };
        }
        Err(self.stop(leg, Hop::Outside(packet.destination.to_string()), Detail::Plain, Reason::Loop))
    }

    fn pass(&mut self, leg: Leg, hop: Hop, detail: Detail) {
        self.steps.push(Step { leg, hop, passed: true, detail });
    }

    fn stop(&mut self, leg: Leg, hop: Hop, detail: Detail, reason: Reason) -> Stop {
        self.steps.push(Step { leg, hop: hop.clone(), passed: false, detail });
        Stop { leg, hop, reason }
    }

    fn saw(&mut self, interface: &Interface, leg: Leg, egress: bool, accepted: bool, packet: &Packet) {
        self.seen.push(Seen {
            interface: interface.id.clone(),
            address: interface.address,
            leg,
            egress,
            accepted,
            packet: packet.clone(),
        });
    }

    fn fits(&mut self, packet: &Packet, mtu: u32, leg: Leg, hop: Hop) -> Result<(), Stop> {
        if packet.size > mtu && self.flow.dont_fragment && leg != Leg::TooBig {
            return Err(self.stop(leg, hop, Detail::Plain, Reason::TooBig(mtu)));
        }
        Ok(())
    }

    /// The security groups of an interface. Amazon VPC User Guide, "Security group rules": rules only allow, those of all
    /// groups count together, the port is the destination's; Amazon EC2 User Guide, "Security group connection
    /// tracking": answers to what was allowed pass whatever the rules of the other direction say.
    fn groups(
        &mut self,
        interface: &Interface,
        egress: bool,
        packet: &Packet,
        leg: Leg,
        middlebox: bool,
    ) -> Result<(), Stop> {
        // A NAT gateway's interface has none.
        if interface.groups.is_empty() {
            return Ok(());
        }
        let hop = Hop::SecurityGroups { interface: interface.id.clone(), egress };
        let ends = ((packet.source, packet.source_port), (packet.destination, packet.destination_port));
        let key = (interface.id.clone(), egress, ends.0, ends.1, packet.protocol);
        if self.tracked.contains(&key) && packet.icmp != TOO_BIG {
            self.pass(leg, hop, Detail::Tracked);
            return Ok(());
        }
        let far = if egress { packet.destination } else { packet.source };
        let allowed =
            self.network.security_groups.iter().filter(|group| interface.groups.contains(&group.id));
        let allowed = allowed
            .flat_map(|group| group.rules.iter().enumerate().map(move |(index, rule)| (group, index, rule)))
            .find(|(_, _, rule)| {
                rule.egress == egress
                    && rule.has(packet.protocol, packet.destination_port, packet.icmp)
                    && self.is_peer(&rule.peer, interface, far, egress, packet, middlebox)
            })
            .map(|(group, index, _)| Detail::GroupRule(group.id.clone(), index));
        match allowed {
            Some(rule) => {
                self.pass(leg, hop, rule);
                let back = (interface.id.clone(), !egress, ends.1, ends.0, packet.protocol);
                self.tracked.insert(key);
                self.tracked.insert(back);
                Ok(())
            }
            None => {
                self.saw(interface, leg, egress, false, packet);
                Err(self.stop(leg, hop, Detail::NoGroupRule, Reason::SecurityGroup))
            }
        }
    }

    /// Whether a rule's peer is an address. Amazon VPC User Guide, "Security group referencing": a group stands for the
    /// private addresses of the interfaces that have it, not across an appliance between; Amazon VPC Peering Guide,
    /// "Update your security groups to reference peer security groups": over an active peering connection too; AWS
    /// Transit Gateway guide, "Security group referencing": inbound only, where the gateway has it on.
    fn is_peer(
        &self,
        peer: &Peer,
        interface: &Interface,
        far: Ipv4Addr,
        egress: bool,
        packet: &Packet,
        middlebox: bool,
    ) -> bool {
        match peer {
            Peer::Cidr(cidr) => cidr.contains(&far),
            Peer::PrefixList(id) => {
                let mut lists = self.network.prefix_lists.iter().filter(|list| list.id == *id);
                lists.any(|list| list.cidrs.iter().any(|cidr| cidr.contains(&far)))
            }
            Peer::Group(id) => {
                let own = self.network.vpc_of(interface);
                let mut holders = self
                    .network
                    .interfaces
                    .iter()
                    .filter(|found| found.address == far && found.groups.contains(id))
                    .filter_map(|found| self.network.vpc_of(found));
                let reaches = |vpc: &str| {
                    let peered = |found: &&super::Peering| {
                        found.active
                            && [Some(vpc), own].iter().flatten().all(|id| found.vpcs.iter().any(|v| v == id))
                    };
                    own == Some(vpc)
                        || self.network.peerings.iter().any(|found| peered(&found))
                        || !egress && packet.references
                };
                !middlebox && holders.any(reaches)
            }
        }
    }

    /// The network ACL of a subnet, for what crosses its border. Amazon VPC User Guide, "Control subnet traffic with
    /// network access control lists": stateless, so replies are checked like everything else.
    fn acl(&mut self, interface: &Interface, egress: bool, packet: &Packet, leg: Leg) -> Result<(), Stop> {
        let network = self.network;
        let Some(subnet) = network.subnet(&interface.subnet) else { return Ok(()) };
        let Some(acl) = network.network_acls.iter().find(|acl| acl.id == subnet.network_acl) else {
            return Ok(());
        };
        let hop = Hop::NetworkAcl { acl: acl.id.clone(), subnet: subnet.id.clone(), egress };
        let far = if egress { packet.destination } else { packet.source };
        let rule = acl.decides(egress, packet.protocol, far, packet.destination_port, packet.icmp);
        let detail = rule.map_or(Detail::AclDefault, |rule| Detail::AclRule(rule.number));
        if rule.is_some_and(|rule| rule.allow) {
            self.pass(leg, hop, detail);
            return Ok(());
        }
        self.saw(interface, leg, egress, false, packet);
        Err(self.stop(leg, hop, detail, Reason::NetworkAcl))
    }

    /// A packet leaves an interface.
    fn leave(&mut self, id: &str, packet: &mut Packet, leg: Leg) -> Result<Place, Stop> {
        let network = self.network;
        let found = network.interface(id).and_then(|found| Some((found, network.subnet(&found.subnet)?)));
        let Some((interface, subnet)) = found else {
            return Err(self.stop(leg, Hop::Interface(id.to_owned()), Detail::Plain, Reason::NoSuchAddress));
        };
        let table = network.route_tables.iter().find(|table| table.id == subnet.route_table);
        let route = table.and_then(|table| table.lookup(packet.destination, &network.prefix_lists));
        let middlebox =
            packet.middlebox || route.is_some_and(|(route, _)| matches!(route.target, Target::Interface(_)));
        self.groups(interface, true, packet, leg, middlebox)?;
        // Neighbours talk directly: no network ACL, no route.
        if subnet.cidr.contains(&packet.destination) {
            self.saw(interface, leg, true, true, packet);
            return self.deliver(&subnet.vpc, packet, true, leg, Hop::Interface(id.to_owned()));
        }
        self.acl(interface, true, packet, leg)?;
        self.saw(interface, leg, true, true, packet);
        let hop = Hop::RouteTable(subnet.route_table.clone());
        let Some((route, prefix)) = route else {
            return Err(self.stop(leg, hop, Detail::Plain, Reason::NoRoute));
        };
        if route.blackhole {
            return Err(self.stop(leg, hop, Detail::Prefix(prefix), Reason::Blackhole));
        }
        self.pass(leg, hop.clone(), Detail::Prefix(prefix));
        match &route.target {
            Target::Local => self.deliver(&subnet.vpc, packet, false, leg, hop),
            Target::Interface(next) => {
                let same_subnet = network.interface(next).is_some_and(|found| found.subnet == subnet.id);
                Ok(Place::Enters { interface: next.clone(), same_subnet })
            }
            Target::NatGateway(next) => match network.nat_gateways.iter().find(|found| found.id == *next) {
                Some(nat) => Ok(Place::Enters { interface: nat.interface.clone(), same_subnet: false }),
                None => Err(self.stop(leg, hop, Detail::Prefix(prefix), Reason::Blackhole)),
            },
            Target::InternetGateway(next) => self.out_to_internet(next, interface, packet, leg),
            Target::Peering(next) => self.over_peering(next, &subnet.vpc, packet, leg),
            Target::TransitGateway(next) => {
                let gateway = network.transit_gateways.iter().find(|found| found.id == *next);
                match gateway {
                    Some(gateway) => self.over_transit(gateway, &subnet.vpc, packet, leg),
                    None => Err(self.stop(leg, hop, Detail::Prefix(prefix), Reason::Blackhole)),
                }
            }
            Target::VirtualPrivateGateway(next) => self.over_link(next, packet, leg),
            Target::Endpoint(_) => Ok(Place::Arrives(Who::Service)),
        }
    }

    /// Hands a packet to the interface that has its destination in a VPC.
    fn deliver(&mut self, vpc: &str, packet: &Packet, same: bool, leg: Leg, hop: Hop) -> Result<Place, Stop> {
        match self.network.at(vpc, packet.destination) {
            Some(found) => Ok(Place::Enters { interface: found.id.clone(), same_subnet: same }),
            None => Err(self.stop(leg, hop, Detail::Plain, Reason::NoSuchAddress)),
        }
    }

    /// Amazon VPC User Guide, "Enable internet access for a VPC using an internet gateway": it puts the interface's public
    /// address in place of its private one.
    fn out_to_internet(
        &mut self,
        id: &str,
        from: &Interface,
        packet: &mut Packet,
        leg: Leg,
    ) -> Result<Place, Stop> {
        let hop = Hop::InternetGateway(id.to_owned());
        let Some(public) = from.public.filter(|_| packet.source == from.address) else {
            return Err(self.stop(leg, hop, Detail::Plain, Reason::NoPublicAddress));
        };
        self.fits(packet, INTERNET_MTU, leg, hop.clone())?;
        packet.source = public;
        let mut there = self.network.outside.iter().filter(|site| site.links.is_empty());
        let there = there.find(|site| site.cidrs.iter().any(|cidr| cidr.contains(&packet.destination)));
        match there {
            Some(site) => {
                self.pass(leg, hop, Detail::Plain);
                Ok(Place::Arrives(Who::Outside(site.id.clone())))
            }
            None => Err(self.stop(leg, hop, Detail::Plain, Reason::NoSuchAddress)),
        }
    }

    /// Amazon VPC Peering Guide, "VPC peering limitations": not transitive, so only what is in the other VPC is reached.
    fn over_peering(&mut self, id: &str, vpc: &str, packet: &Packet, leg: Leg) -> Result<Place, Stop> {
        let hop = Hop::Peering(id.to_owned());
        let peering = self.network.peerings.iter().find(|found| found.id == *id && found.active);
        let Some(peering) = peering else {
            return Err(self.stop(leg, hop, Detail::Plain, Reason::Inactive));
        };
        self.fits(packet, peering.mtu, leg, hop.clone())?;
        self.pass(leg, hop.clone(), Detail::Plain);
        match peering.vpcs.iter().find(|other| *other != vpc) {
            Some(other) => self.deliver(other, packet, false, leg, hop),
            None => Err(self.stop(leg, hop, Detail::Plain, Reason::NoSuchAddress)),
        }
    }

    fn over_transit(
        &mut self,
        gateway: &TransitGateway,
        resource: &str,
        packet: &mut Packet,
        leg: Leg,
    ) -> Result<Place, Stop> {
        let attached = gateway.attachments.iter().find(|found| found.resource == resource);
        let table = attached.map(|found| found.route_table.clone()).unwrap_or_default();
        let hop = Hop::TransitGateway { gateway: gateway.id.clone(), table: table.clone() };
        let Some(route) = gateway.lookup(&table, packet.destination) else {
            return Err(self.stop(leg, hop, Detail::Plain, Reason::NoRoute));
        };
        let detail = Detail::Prefix(route.destination);
        let next = route.attachment.as_ref();
        let Some(next) = next.and_then(|id| gateway.attachments.iter().find(|found| found.id == *id)) else {
            return Err(self.stop(leg, hop, detail, Reason::Blackhole));
        };
        self.fits(packet, gateway.mtu, leg, hop.clone())?;
        self.pass(leg, hop.clone(), detail);
        if next.kind == "vpc" {
            packet.references = gateway.group_references;
            self.deliver(&next.resource, packet, false, leg, hop)
        } else {
            self.over_link(&next.resource, packet, leg)
        }
    }

    /// To a site, over one of its links.
    fn over_link(&mut self, id: &str, packet: &Packet, leg: Leg) -> Result<Place, Stop> {
        let network = self.network;
        let hop = Hop::Link(id.to_owned());
        let mut sites = network.outside.iter().filter(|site| site.links.iter().any(|link| link.id == *id));
        let site = sites.find(|site| site.cidrs.iter().any(|cidr| cidr.contains(&packet.destination)));
        let Some(site) = site else {
            return Err(self.stop(leg, hop, Detail::Plain, Reason::NoSuchAddress));
        };
        if let Some(link) = site.links.iter().find(|link| link.id == *id) {
            self.fits(packet, link.mtu, leg, hop.clone())?;
        }
        self.pass(leg, hop, Detail::Plain);
        self.firewall(site, id, leg)?;
        Ok(Place::Arrives(Who::Outside(site.id.clone())))
    }

    fn firewall(&mut self, site: &Outside, link: &str, leg: Leg) -> Result<(), Stop> {
        let hop = Hop::Firewall { site: site.id.clone(), link: link.to_owned() };
        let began = self.began_on.get_or_insert_with(|| link.to_owned());
        if site.stateful && began != link {
            return Err(self.stop(leg, hop, Detail::Plain, Reason::OutOfState));
        }
        Ok(())
    }

    /// Something outside sends a packet.
    fn sends(&mut self, id: &str, packet: &mut Packet, leg: Leg) -> Result<Place, Stop> {
        let network = self.network;
        let hop = Hop::Outside(id.to_owned());
        let Some(site) = network.outside.iter().find(|site| site.id == *id) else {
            return Err(self.stop(leg, hop, Detail::Plain, Reason::NoSuchAddress));
        };
        if site.links.is_empty() {
            let found = network.interfaces.iter().find(|found| found.public == Some(packet.destination));
            let gateway = found.and_then(|found| {
                let vpc = network.vpc_of(found)?;
                network.internet_gateways.iter().find(|gateway| gateway.vpc == vpc)
            });
            let (Some(interface), Some(gateway)) = (found, gateway) else {
                return Err(self.stop(leg, hop, Detail::Plain, Reason::NoSuchAddress));
            };
            self.pass(leg, Hop::InternetGateway(gateway.id.clone()), Detail::Plain);
            packet.destination = interface.address;
            return Ok(Place::Enters { interface: interface.id.clone(), same_subnet: false });
        }
        let matching = site.routes.iter().filter(|(prefix, _)| prefix.contains(&packet.destination));
        let chosen = matching.max_by_key(|(prefix, _)| prefix.prefix_len());
        let chosen =
            chosen.and_then(|(prefix, id)| Some((*prefix, site.links.iter().find(|link| link.id == *id)?)));
        let Some((prefix, link)) = chosen else {
            return Err(self.stop(leg, hop, Detail::Plain, Reason::NoRoute));
        };
        self.pass(leg, hop.clone(), Detail::Prefix(prefix));
        self.firewall(site, &link.id, leg)?;
        self.fits(packet, link.mtu, leg, Hop::Link(link.id.clone()))?;
        self.pass(leg, Hop::Link(link.id.clone()), Detail::Plain);
        if let Some(vpc) = &link.vpc {
            return self.deliver(vpc, packet, false, leg, Hop::Link(link.id.clone()));
        }
        let attached =
            |gateway: &&TransitGateway| gateway.attachments.iter().any(|found| found.resource == link.id);
        match network.transit_gateways.iter().find(attached) {
            Some(gateway) => self.over_transit(gateway, &link.id, packet, leg),
            None => Err(self.stop(leg, hop, Detail::Plain, Reason::NoRoute)),
        }
    }

    /// A packet comes to an interface.
    fn enter(&mut self, id: &str, same_subnet: bool, packet: &mut Packet, leg: Leg) -> Result<Place, Stop> {
        let hop = Hop::Interface(id.to_owned());
        let Some(interface) = self.network.interface(id) else {
            return Err(self.stop(leg, hop, Detail::Plain, Reason::NoSuchAddress));
        };
        if !same_subnet {
            self.acl(interface, false, packet, leg)?;
        }
        self.groups(interface, false, packet, leg, packet.middlebox)?;
        self.saw(interface, leg, false, true, packet);
        let own = interface.address == packet.destination;
        match (&interface.role, own) {
            (Role::NatGateway, true) => {
                let Some((client, port)) =
                    self.translated.filter(|(_, port)| *port == packet.destination_port)
                else {
                    return Err(self.stop(leg, hop, Detail::Plain, Reason::NoSuchAddress));
                };
                (packet.destination, packet.destination_port) = (client, port);
                Ok(Place::Leaves(id.to_owned()))
            }
            // Amazon VPC User Guide, "NAT gateway basics". It may choose another port; here it keeps the client's.
            (Role::NatGateway, false) => {
                let nat = self.network.nat_gateways.iter().find(|found| found.interface == id);
                let full = |(gateway, to, port): &(String, Ipv4Addr, u16)| {
                    nat.is_some_and(|nat| nat.id == *gateway)
                        && (*to, *port) == (packet.destination, packet.destination_port)
                };
                if self.network.without_ports.iter().any(full) {
                    return Err(self.stop(leg, hop, Detail::Plain, Reason::NoPort));
                }
                self.translated = Some((packet.source, packet.source_port));
                packet.source = interface.address;
                packet.middlebox = true;
                Ok(Place::Leaves(id.to_owned()))
            }
            (Role::Appliance { mtu, clamps_mss, .. }, false) => {
                self.fits(packet, *mtu, leg, Hop::Appliance(id.to_owned()))?;
                if let (Some(mss), Leg::Request | Leg::Reply) = (clamps_mss, leg) {
                    self.clamp = self.clamp.min(mss + 40);
                }
                packet.middlebox = true;
                Ok(Place::Leaves(id.to_owned()))
            }
            (_, true) => Ok(Place::Arrives(Who::Interface(id.to_owned()))),
            // Amazon EC2 User Guide, "Source/destination checking".
            (Role::Host | Role::Endpoint, false) => {
                Err(self.stop(leg, hop, Detail::Plain, Reason::NoSuchAddress))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::topology::*;
    use super::super::{DEFAULT_FIELDS, Field, Line, Volume, line, records};
    use super::*;

    fn cidr(text: &str) -> Ipv4Net {
        text.parse().expect("a block")
    }

    fn at(text: &str) -> Ipv4Addr {
        text.parse().expect("an address")
    }

    fn any(egress: bool) -> GroupRule {
        GroupRule { egress, protocol: None, ports: Ports::All, peer: Peer::Cidr(cidr("0.0.0.0/0")) }
    }

    fn tcp(egress: bool, port: u16, peer: Peer) -> GroupRule {
        GroupRule { egress, protocol: Some(Protocol::Tcp), ports: Ports::Range(port, port), peer }
    }

    fn rule(number: u16, egress: bool, ports: Ports, allow: bool) -> AclRule {
        AclRule { number, egress, protocol: Some(Protocol::Tcp), ports, cidr: cidr("0.0.0.0/0"), allow }
    }

    fn all(egress: bool) -> AclRule {
        AclRule { protocol: None, ..rule(100, egress, Ports::All, true) }
    }

    fn subnet(id: &str, block: &str, table: &str, acl: &str) -> Subnet {
        let (route_table, network_acl) = (table.to_owned(), acl.to_owned());
        Subnet { id: id.to_owned(), vpc: "vpc-a".to_owned(), cidr: cidr(block), route_table, network_acl }
    }

    fn interface(id: &str, subnet: &str, address: &str, group: &str) -> Interface {
        Interface {
            id: id.to_owned(),
            subnet: subnet.to_owned(),
            address: at(address),
            public: None,
            groups: vec![group.to_owned()],
            mtu: 9001,
            role: Role::Host,
        }
    }

    fn table(id: &str, routes: Vec<Route>) -> RouteTable {
        let routes = [vec![Route::local(cidr("10.0.0.0/16"))], routes].concat();
        RouteTable { id: id.to_owned(), vpc: "vpc-a".to_owned(), routes }
    }

    fn group(id: &str, rules: Vec<GroupRule>) -> SecurityGroup {
        SecurityGroup { id: id.to_owned(), name: id.to_owned(), vpc: "vpc-a".to_owned(), rules }
    }

    fn acl(id: &str, rules: Vec<AclRule>) -> NetworkAcl {
        NetworkAcl { id: id.to_owned(), vpc: "vpc-a".to_owned(), rules }
    }

    /// Two private subnets and a public one with a NAT gateway, everything open.
    fn network() -> Network {
        let default = |target| vec![Route::to(cidr("0.0.0.0/0"), target)];
        Network {
            account: "123456789012".to_owned(),
            vpcs: vec![Vpc { id: "vpc-a".to_owned(), cidrs: vec![cidr("10.0.0.0/16")] }],
            subnets: vec![
                subnet("app", "10.0.1.0/24", "private", "open"),
                subnet("db", "10.0.2.0/24", "private", "db"),
                subnet("public", "10.0.0.0/24", "public", "open"),
            ],
            route_tables: vec![
                table("private", default(Target::NatGateway("nat-1".to_owned()))),
                table("public", default(Target::InternetGateway("igw-1".to_owned()))),
            ],
            network_acls: vec![
                acl("open", vec![all(false), all(true)]),
                acl("db", vec![all(false), all(true)]),
            ],
            security_groups: vec![
                group("sg-app", vec![any(true)]),
                group("sg-db", vec![tcp(false, 5432, Peer::Group("sg-app".to_owned()))]),
            ],
            interfaces: vec![
                interface("eni-app", "app", "10.0.1.10", "sg-app"),
                interface("eni-db", "db", "10.0.2.20", "sg-db"),
                Interface {
                    public: Some(at("192.0.2.1")),
                    groups: Vec::new(),
                    role: Role::NatGateway,
                    ..interface("eni-nat", "public", "10.0.0.220", "")
                },
            ],
            internet_gateways: vec![InternetGateway { id: "igw-1".to_owned(), vpc: "vpc-a".to_owned() }],
            nat_gateways: vec![NatGateway { id: "nat-1".to_owned(), interface: "eni-nat".to_owned() }],
            outside: vec![Outside {
                id: "internet".to_owned(),
                cidrs: vec![cidr("203.0.113.0/24")],
                links: Vec::new(),
                routes: Vec::new(),
                stateful: false,
            }],
            ..Network::default()
        }
    }

    fn flow(to: &str, port: u16) -> Flow {
        Flow {
            from: End::Interface("eni-app".to_owned()),
            to: at(to),
            protocol: Protocol::Tcp,
            source_port: 40000,
            destination_port: port,
            request_size: 1500,
            reply_size: 9001,
            dont_fragment: true,
            listens: true,
        }
    }

    fn log(walk: &Walk, fields: &[Field]) -> Vec<String> {
        let volume = Volume {
            account: "123456789012".to_owned(),
            start: 100,
            end: 160,
            tries: 3,
            request: (10, 1000),
            reply: (8, 4000),
            closed: true,
        };
        records(walk, &volume).into_iter().map(|record| line(&Line::Data(record), fields)).collect()
    }

    fn stopped(walk: &Walk) -> (Leg, Reason) {
        match &walk.verdict {
            Verdict::Stopped { leg, reason, .. } => (*leg, *reason),
            verdict => panic!("{verdict:?}"),
        }
    }

    #[test]
    fn a_reply_passes_groups_but_not_a_network_acl_without_ephemeral_ports() {
        let mut network = network();
        assert_eq!(walk(&network, &flow("10.0.2.20", 5432)).verdict, Verdict::Works { learned_mtu: None });
        assert_eq!(stopped(&walk(&network, &flow("10.0.2.20", 5433))), (Leg::Request, Reason::SecurityGroup));
        network.network_acls[1].rules = vec![all(false), rule(100, true, Ports::Range(443, 443), true)];
        let walk = walk(&network, &flow("10.0.2.20", 5432));
        assert_eq!(stopped(&walk), (Leg::Reply, Reason::NetworkAcl));
        assert_eq!(walk.failed().map(|step| &step.detail), Some(&Detail::AclDefault));
        assert_eq!(
            log(&walk, DEFAULT_FIELDS),
            [
                "2 123456789012 eni-app 10.0.1.10 10.0.2.20 40000 5432 6 3 180 100 160 ACCEPT OK",
                "2 123456789012 eni-db 10.0.1.10 10.0.2.20 40000 5432 6 3 180 100 160 ACCEPT OK",
                "2 123456789012 eni-db 10.0.2.20 10.0.1.10 5432 40000 6 3 180 100 160 REJECT OK",
            ]
        );
        // The same list between neighbours is not asked.
        network.interfaces.push(interface("eni-near", "db", "10.0.2.30", "sg-app"));
        let near = Flow { from: End::Interface("eni-near".to_owned()), ..flow("10.0.2.20", 5432) };
        assert!(matches!(super::walk(&network, &near).verdict, Verdict::Works { .. }));
    }

    #[test]
    fn a_nat_gateway_logs_its_own_address_beside_the_packets() {
        let fields =
            [Field::InterfaceId, Field::SrcAddr, Field::DstAddr, Field::PktSrcAddr, Field::PktDstAddr];
        let walk = walk(&network(), &flow("203.0.113.5", 443));
        // A connection that gets no port is seen to enter the gateway and not to leave it.
        let mut full = network();
        full.without_ports.push(("nat-1".to_owned(), at("203.0.113.5"), 443));
        let stuck = super::walk(&full, &flow("203.0.113.5", 443));
        assert_eq!(stopped(&stuck), (Leg::Request, Reason::NoPort));
        assert_eq!(log(&stuck, &fields).len(), 2);
        // The internet's hosts announce an MSS for 1500 bytes, so nobody has to learn it.
        assert_eq!(walk.verdict, Verdict::Works { learned_mtu: None });
        // The example of the user guide's "Traffic through a NAT gateway".
        assert_eq!(
            log(&walk, &fields),
            [
                "eni-app 10.0.1.10 203.0.113.5 10.0.1.10 203.0.113.5",
                "eni-nat 10.0.1.10 10.0.0.220 10.0.1.10 203.0.113.5",
                "eni-nat 10.0.0.220 203.0.113.5 10.0.0.220 203.0.113.5",
                "eni-nat 203.0.113.5 10.0.0.220 203.0.113.5 10.0.0.220",
                "eni-nat 10.0.0.220 10.0.1.10 203.0.113.5 10.0.1.10",
                "eni-app 203.0.113.5 10.0.1.10 203.0.113.5 10.0.1.10",
            ]
        );
    }

    #[test]
    fn an_interface_endpoint_has_groups_of_its_own_and_a_gateway_endpoint_needs_a_route_and_an_outbound_rule()
    {
        let mut network = network();
        network
            .interfaces
            .push(Interface { role: Role::Endpoint, ..interface("eni-vpce", "app", "10.0.1.99", "sg-vpce") });
        network
            .security_groups
            .push(group("sg-vpce", vec![tcp(false, 443, Peer::Cidr(cidr("10.0.2.0/24")))]));
        let to = walk(&network, &flow("10.0.1.99", 443));
        assert_eq!(stopped(&to), (Leg::Request, Reason::SecurityGroup));
        assert_eq!(
            to.seen.iter().map(|seen| (&*seen.interface, seen.accepted)).collect::<Vec<_>>(),
            [("eni-app", true), ("eni-vpce", false)]
        );
        network.security_groups[2].rules = vec![tcp(false, 443, Peer::Cidr(cidr("10.0.0.0/16")))];
        assert!(matches!(walk(&network, &flow("10.0.1.99", 443)).verdict, Verdict::Works { .. }));

        let list =
            PrefixList { id: "pl-1".to_owned(), name: "s3".to_owned(), cidrs: vec![cidr("52.216.0.0/15")] };
        network.prefix_lists.push(list);
        network.security_groups[0].rules = vec![tcp(true, 443, Peer::Cidr(cidr("10.0.0.0/16")))];
        let route = Route::to(cidr("0.0.0.0/0"), Target::Endpoint("vpce-1".to_owned()));
        network.route_tables[0]
            .routes
            .push(Route { destination: Destination::PrefixList("pl-1".to_owned()), ..route });
        assert_eq!(stopped(&walk(&network, &flow("52.216.1.1", 443))), (Leg::Request, Reason::SecurityGroup));
        network.security_groups[0].rules.push(tcp(true, 443, Peer::PrefixList("pl-1".to_owned())));
        assert!(matches!(walk(&network, &flow("52.216.1.1", 443)).verdict, Verdict::Works { .. }));
    }

    #[test]
    fn an_appliance_that_drops_large_packets_is_a_black_hole_unless_its_word_arrives() {
        let mut network = network();
        let appliance = |says_too_big, clamps_mss| Role::Appliance { mtu: 1500, says_too_big, clamps_mss };
        network.security_groups.push(group("sg-fw", vec![any(true), any(false)]));
        // A group of the other side is not seen across an appliance: by address, then.
        network.security_groups[1].rules = vec![tcp(false, 5432, Peer::Cidr(cidr("10.0.1.0/24")))];
        network.subnets.push(subnet("fw", "10.0.3.0/24", "public", "open"));
        network.interfaces.push(Interface {
            role: appliance(false, None),
            ..interface("eni-fw", "fw", "10.0.3.5", "sg-fw")
        });
        let over = |to: &str| Route::to(cidr(to), Target::Interface("eni-fw".to_owned()));
        network.route_tables[0].routes.extend([over("10.0.1.0/24"), over("10.0.2.0/24")]);
        let lost = walk(&network, &flow("10.0.2.20", 5432));
        assert_eq!(stopped(&lost), (Leg::DataReply, Reason::TooBig(1500)));
        assert!(lost.seen.iter().all(|seen| seen.accepted), "flow logs say ACCEPT");
        let small = Flow { reply_size: 1500, ..flow("10.0.2.20", 5432) };
        assert!(matches!(walk(&network, &small).verdict, Verdict::Works { .. }));
        // Its word is filtered by the server's groups, then let in.
        network.interfaces[3].role = appliance(true, None);
        assert_eq!(stopped(&walk(&network, &flow("10.0.2.20", 5432))).1, Reason::TooBig(1500));
        network.security_groups[1].rules.push(GroupRule {
            protocol: Some(Protocol::Icmp),
            ports: Ports::Icmp(3, 4),
            ..any(false)
        });
        let told = walk(&network, &flow("10.0.2.20", 5432));
        assert_eq!(told.verdict, Verdict::Works { learned_mtu: Some(1500) });
        network.interfaces[3].role = appliance(false, Some(1460));
        assert_eq!(walk(&network, &flow("10.0.2.20", 5432)).verdict, Verdict::Works { learned_mtu: None });
        // The reference to the client's group no longer matches.
        network.security_groups[1].rules = vec![tcp(false, 5432, Peer::Group("sg-app".to_owned()))];
        assert_eq!(stopped(&walk(&network, &flow("10.0.2.20", 5432))).1, Reason::SecurityGroup);
    }

    #[test]
    fn a_longer_prefix_over_vpn_pulls_replies_away_from_direct_connect() {
        let mut network = network();
        let tgw = || Target::TransitGateway("tgw-1".to_owned());
        network.route_tables[0].routes.push(Route::to(cidr("10.50.0.0/16"), tgw()));
        let attachment = |id: &str, resource: &str, kind| Attachment {
            id: id.to_owned(),
            resource: resource.to_owned(),
            kind,
            route_table: "tgw-rtb".to_owned(),
        };
        let route = |block: &str, id: &str| TransitRoute {
            destination: cidr(block),
            attachment: Some(id.to_owned()),
            propagated: true,
        };
        network.transit_gateways.push(TransitGateway {
            id: "tgw-1".to_owned(),
            mtu: 8500,
            says_too_big: false,
            group_references: false,
            attachments: vec![
                attachment("att-vpc", "vpc-a", "vpc"),
                attachment("att-dx", "dxgw", "direct-connect-gateway"),
                attachment("att-vpn", "vpn-1", "vpn"),
            ],
            route_tables: vec![TransitTable {
                id: "tgw-rtb".to_owned(),
                routes: vec![
                    route("10.0.0.0/16", "att-vpc"),
                    route("10.50.0.0/16", "att-dx"),
                    route("10.50.3.0/24", "att-vpn"),
                ],
            }],
        });
        let link = |id: &str, mtu| Link { id: id.to_owned(), vpc: None, mtu, says_too_big: true };
        network.outside.push(Outside {
            id: "office".to_owned(),
            cidrs: vec![cidr("10.50.0.0/16")],
            links: vec![link("dxgw", 1500), link("vpn-1", 1500)],
            routes: vec![(cidr("10.0.0.0/16"), "dxgw".to_owned())],
            stateful: true,
        });
        network.security_groups[0].rules.push(tcp(false, 22, Peer::Cidr(cidr("10.50.0.0/16"))));
        let from = |address: &str| Flow {
            from: End::Outside("office".to_owned(), at(address)),
            reply_size: 1500,
            ..flow("10.0.1.10", 22)
        };
        assert!(matches!(walk(&network, &from("10.50.9.9")).verdict, Verdict::Works { .. }));
        let torn = walk(&network, &from("10.50.3.9"));
        assert_eq!(stopped(&torn), (Leg::Reply, Reason::OutOfState));
        assert!(torn.seen.iter().all(|seen| seen.accepted));
        network.outside[1].stateful = false;
        assert!(matches!(walk(&network, &from("10.50.3.9")).verdict, Verdict::Works { .. }));
    }

    #[test]
    fn what_a_ping_leaves_is_the_user_guides_example() {
        let mut network = network();
        network.network_acls[1].rules = vec![all(false)];
        network.security_groups[1].rules =
            vec![GroupRule { protocol: Some(Protocol::Icmp), ports: Ports::Icmp(8, -1), ..any(false) }];
        let ping = Flow {
            protocol: Protocol::Icmp,
            source_port: 0,
            request_size: 84,
            reply_size: 84,
            ..flow("10.0.2.20", 0)
        };
        let walk = walk(&network, &ping);
        let lines = log(&walk, DEFAULT_FIELDS);
        assert_eq!(
            lines.iter().skip(1).collect::<Vec<_>>(),
            [
                "2 123456789012 eni-db 10.0.1.10 10.0.2.20 0 0 1 3 252 100 160 ACCEPT OK",
                "2 123456789012 eni-db 10.0.2.20 10.0.1.10 0 0 1 3 252 100 160 REJECT OK",
            ]
        );
    }
}
