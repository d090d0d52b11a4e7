//! What is configured: plain lists of plain things that name each other by id, and the rules of looking something up.

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;

/// Everything of a network. What a walk does not need may be left out.
#[derive(Clone, Debug, Default, PartialEq)]
#[expect(missing_docs, reason = "the names are the types")]
pub struct Network {
    pub account: String,
    pub vpcs: Vec<Vpc>,
    pub subnets: Vec<Subnet>,
    pub route_tables: Vec<RouteTable>,
    pub network_acls: Vec<NetworkAcl>,
    pub security_groups: Vec<SecurityGroup>,
    pub interfaces: Vec<Interface>,
    pub prefix_lists: Vec<PrefixList>,
    pub internet_gateways: Vec<InternetGateway>,
    pub nat_gateways: Vec<NatGateway>,
    /// NAT gateways that have no source port left for a destination's address and port.
    pub without_ports: Vec<(String, Ipv4Addr, u16)>,
    pub peerings: Vec<Peering>,
    pub transit_gateways: Vec<TransitGateway>,
    pub endpoints: Vec<Endpoint>,
    pub outside: Vec<Outside>,
}

/// A virtual private cloud.
#[derive(Clone, Debug, PartialEq)]
pub struct Vpc {
    /// `vpc-…`.
    pub id: String,
    /// Its CIDR blocks, the first one first.
    pub cidrs: Vec<Ipv4Net>,
}

/// A subnet.
#[derive(Clone, Debug, PartialEq)]
pub struct Subnet {
    /// `subnet-…`.
    pub id: String,
    /// Its VPC.
    pub vpc: String,
    /// Its block.
    pub cidr: Ipv4Net,
    /// The route table it is associated with, by association or as the main one.
    pub route_table: String,
    /// Its network ACL; a subnet has exactly one.
    pub network_acl: String,
}

/// A route table.
#[derive(Clone, Debug, PartialEq)]
pub struct RouteTable {
    /// `rtb-…`.
    pub id: String,
    /// Its VPC.
    pub vpc: String,
    /// In any order.
    pub routes: Vec<Route>,
}

/// A route.
#[derive(Clone, Debug, PartialEq)]
pub struct Route {
    /// What it is for.
    pub destination: Destination,
    /// Where it leads.
    pub target: Target,
    /// Who made it.
    pub origin: Origin,
    /// Its target is gone: what matches it is dropped.
    pub blackhole: bool,
}

/// What a route is for.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the names are the field's")]
pub enum Destination {
    Cidr(Ipv4Net),
    PrefixList(String),
}

/// Where a route leads.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the names are the field's")]
pub enum Target {
    Local,
    InternetGateway(String),
    NatGateway(String),
    VirtualPrivateGateway(String),
    TransitGateway(String),
    Peering(String),
    /// A gateway endpoint.
    Endpoint(String),
    /// An interface, of an appliance for example.
    Interface(String),
}

/// Who made a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Came with the table: the local routes.
    Table,
    /// By hand.
    Static,
    /// Propagated by a virtual private gateway.
    Propagated,
}

/// Named blocks, kept by a service or by the customer.
#[derive(Clone, Debug, PartialEq)]
pub struct PrefixList {
    /// `pl-…`.
    pub id: String,
    /// For example `com.amazonaws.us-east-1.s3`.
    pub name: String,
    /// Its blocks.
    pub cidrs: Vec<Ipv4Net>,
}

/// A network access control list.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkAcl {
    /// `acl-…`.
    pub id: String,
    /// Its VPC.
    pub vpc: String,
    /// In any order; `*`, which denies, comes after all of them and is not listed.
    pub rules: Vec<AclRule>,
}

/// A rule of a network ACL.
#[derive(Clone, Debug, PartialEq)]
pub struct AclRule {
    /// Lower numbers are tried first.
    pub number: u16,
    /// Outbound.
    pub egress: bool,
    /// None for all.
    pub protocol: Option<Protocol>,
    /// Destination ports, or ICMP type and code.
    pub ports: Ports,
    /// Source of what comes in, destination of what goes out.
    pub cidr: Ipv4Net,
    /// Or deny.
    pub allow: bool,
}

/// A security group.
#[derive(Clone, Debug, PartialEq)]
pub struct SecurityGroup {
    /// `sg-…`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its VPC.
    pub vpc: String,
    /// In any order: they only allow, so no order matters.
    pub rules: Vec<GroupRule>,
}

/// A rule of a security group: it allows.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupRule {
    /// Outbound.
    pub egress: bool,
    /// None for all.
    pub protocol: Option<Protocol>,
    /// Destination ports, or ICMP type and code.
    pub ports: Ports,
    /// With whom.
    pub peer: Peer,
}

/// Whom a rule of a security group is about.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the names are the field's")]
pub enum Peer {
    Cidr(Ipv4Net),
    /// Interfaces that have a security group.
    Group(String),
    PrefixList(String),
}

/// A protocol that has rules of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names are the field's")]
pub enum Protocol {
    Icmp,
    Tcp,
    Udp,
}

impl Protocol {
    /// IANA's number.
    pub fn number(self) -> u8 {
        match self {
            Self::Icmp => 1,
            Self::Tcp => 6,
            Self::Udp => 17,
        }
    }

    /// As security groups write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Icmp => "icmp",
            Self::Tcp => "tcp",
            Self::Udp => "udp",
        }
    }
}

/// Which packets of a protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ports {
    /// All.
    All,
    /// Destination ports from and to, both included.
    Range(u16, u16),
    /// ICMP type and code; -1 for all.
    Icmp(i16, i16),
}

/// An elastic network interface.
#[derive(Clone, Debug, PartialEq)]
pub struct Interface {
    /// `eni-…`.
    pub id: String,
    /// Its subnet.
    pub subnet: String,
    /// Its primary private address.
    pub address: Ipv4Addr,
    /// Its public or Elastic IP address.
    pub public: Option<Ipv4Addr>,
    /// Its security groups; a NAT gateway's interface has none.
    pub groups: Vec<String>,
    /// Of its link.
    pub mtu: u32,
    /// What it belongs to.
    pub role: Role,
}

/// What an interface belongs to.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the names are the field's")]
pub enum Role {
    Host,
    NatGateway,
    Endpoint,
    /// Forwards what is not for itself (its source/destination check is off).
    Appliance {
        /// Of its inside.
        mtu: u32,
        /// Tells senders of packets that are too big (ICMP type 3 code 4).
        says_too_big: bool,
        /// The TCP MSS it rewrites larger ones to.
        clamps_mss: Option<u32>,
    },
}

/// An internet gateway.
#[derive(Clone, Debug, PartialEq)]
pub struct InternetGateway {
    /// `igw-…`.
    pub id: String,
    /// The VPC it is attached to.
    pub vpc: String,
}

/// A NAT gateway.
#[derive(Clone, Debug, PartialEq)]
pub struct NatGateway {
    /// `nat-…`.
    pub id: String,
    /// Its interface, in its subnet.
    pub interface: String,
}

/// A peering connection.
#[derive(Clone, Debug, PartialEq)]
pub struct Peering {
    /// `pcx-…`.
    pub id: String,
    /// The two VPCs.
    pub vpcs: [String; 2],
    /// Or pending, deleted ...
    pub active: bool,
    /// Of the path.
    pub mtu: u32,
}

/// A transit gateway.
#[derive(Clone, Debug, PartialEq)]
pub struct TransitGateway {
    /// `tgw-…`.
    pub id: String,
    /// Of the path between its attachments.
    pub mtu: u32,
    /// Tells senders of packets that are too big (ICMP type 3 code 4).
    pub says_too_big: bool,
    /// Security groups may name groups of other attached VPCs, inbound.
    pub group_references: bool,
    /// What is attached.
    pub attachments: Vec<Attachment>,
    /// Its route tables.
    pub route_tables: Vec<TransitTable>,
}

/// An attachment of a transit gateway.
#[derive(Clone, Debug, PartialEq)]
pub struct Attachment {
    /// `tgw-attach-…`.
    pub id: String,
    /// A VPC's id, or that of a [`Link`].
    pub resource: String,
    /// As the API names it: `vpc`, `vpn`, `direct-connect-gateway`.
    pub kind: &'static str,
    /// The route table that what comes from it is looked up in.
    pub route_table: String,
}

/// A route table of a transit gateway.
#[derive(Clone, Debug, PartialEq)]
pub struct TransitTable {
    /// `tgw-rtb-…`.
    pub id: String,
    /// In any order.
    pub routes: Vec<TransitRoute>,
}

/// A route of a transit gateway.
#[derive(Clone, Debug, PartialEq)]
pub struct TransitRoute {
    /// What it is for.
    pub destination: Ipv4Net,
    /// The attachment; none for a blackhole.
    pub attachment: Option<String>,
    /// Or static.
    pub propagated: bool,
}

/// A VPC endpoint.
#[derive(Clone, Debug, PartialEq)]
pub struct Endpoint {
    /// `vpce-…`.
    pub id: String,
    /// Its VPC.
    pub vpc: String,
    /// For example `com.amazonaws.us-east-1.s3`.
    pub service: String,
    /// How it is reached.
    pub kind: EndpointKind,
    /// Its policy, as JSON.
    pub policy: String,
}

/// How an endpoint is reached.
#[derive(Clone, Debug, PartialEq)]
pub enum EndpointKind {
    /// By routes to the service's prefix list.
    Gateway {
        /// The route tables with such a route.
        route_tables: Vec<String>,
    },
    /// At interfaces that have addresses and security groups of their own.
    Interface {
        /// Those interfaces.
        interfaces: Vec<String>,
        /// The service's own name resolves to them inside the VPC.
        private_dns: bool,
        /// For example `vpce-….sts.us-east-1.vpce.amazonaws.com`.
        dns_name: String,
    },
}

/// Something outside AWS: a host on the internet (no links) or a site on a VPN or Direct Connect.
#[derive(Clone, Debug, PartialEq)]
pub struct Outside {
    /// Its name.
    pub id: String,
    /// Its addresses.
    pub cidrs: Vec<Ipv4Net>,
    /// Its connections to AWS.
    pub links: Vec<Link>,
    /// Which link it sends by, longest prefix first whatever the order here.
    pub routes: Vec<(Ipv4Net, String)>,
    /// Its firewall drops what belongs to no connection it saw begin on the same link.
    pub stateful: bool,
}

/// A connection of a site to AWS.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// The id of the virtual private gateway it ends at, or the resource of a transit gateway's attachment.
    pub id: String,
    /// The VPC of the virtual private gateway; none for a transit gateway.
    pub vpc: Option<String>,
    /// Of the path.
    pub mtu: u32,
    /// Tells senders of packets that are too big (ICMP type 3 code 4).
    pub says_too_big: bool,
}

impl Target {
    /// As the command line shows it.
    pub fn id(&self) -> &str {
        match self {
            Self::Local => "local",
            Self::InternetGateway(id)
            | Self::NatGateway(id)
            | Self::VirtualPrivateGateway(id)
            | Self::TransitGateway(id)
            | Self::Peering(id)
            | Self::Endpoint(id)
            | Self::Interface(id) => id,
        }
    }
}

impl Route {
    /// A route by hand.
    pub fn to(destination: Ipv4Net, target: Target) -> Self {
        Self { destination: Destination::Cidr(destination), target, origin: Origin::Static, blackhole: false }
    }

    /// The local route of a VPC.
    pub fn local(cidr: Ipv4Net) -> Self {
        Self { origin: Origin::Table, ..Self::to(cidr, Target::Local) }
    }
}

impl RouteTable {
    /// The route that a packet to an address takes, and the prefix that matched.
    ///
    /// Amazon VPC User Guide, "How route priority works": the longest prefix; of equal ones a static route (local ones
    /// included) comes before one by prefix list, that before a propagated one. AWS Site-to-Site VPN User Guide, "Route
    /// tables and AWS Site-to-Site VPN route priority": a propagated route never beats the local route, however
    /// specific it is.
    pub fn lookup(&self, to: Ipv4Addr, lists: &[PrefixList]) -> Option<(&Route, Ipv4Net)> {
        let matching: Vec<_> = self
            .routes
            .iter()
            .filter_map(|route| route.prefix_for(to, lists).map(|prefix| (route, prefix)))
            .collect();
        let local = matching.iter().any(|(route, _)| route.target == Target::Local);
        let rank = |route: &Route| match (route.origin, &route.destination) {
            (Origin::Propagated, _) => 0,
            (_, Destination::PrefixList(_)) => 1,
            _ => 2,
        };
        matching
            .into_iter()
            .filter(|(route, _)| !(local && route.origin == Origin::Propagated))
            .max_by_key(|(route, prefix)| (prefix.prefix_len(), rank(route)))
    }
}

impl Route {
    /// The longest prefix of the route that has an address.
    pub fn prefix_for(&self, to: Ipv4Addr, lists: &[PrefixList]) -> Option<Ipv4Net> {
        match &self.destination {
            Destination::Cidr(cidr) => cidr.contains(&to).then_some(*cidr),
            Destination::PrefixList(id) => {
                let list = lists.iter().find(|list| list.id == *id)?;
                list.cidrs
                    .iter()
                    .filter(|cidr| cidr.contains(&to))
                    .max_by_key(|cidr| cidr.prefix_len())
                    .copied()
            }
        }
    }
}

impl TransitGateway {
    /// The route of a table that a packet to an address takes.
    ///
    /// AWS Transit Gateway guide, "How AWS Transit Gateway works", route evaluation order: the longest prefix; of equal
    /// ones static, then propagated from VPCs, from Direct Connect gateways, from VPNs.
    pub fn lookup(&self, table: &str, to: Ipv4Addr) -> Option<&TransitRoute> {
        let table = self.route_tables.iter().find(|found| found.id == table)?;
        let rank = |route: &TransitRoute| {
            let attached = route.attachment.as_ref();
            let kind = attached.and_then(|id| self.attachments.iter().find(|found| found.id == *id));
            match (route.propagated, kind.map(|found| found.kind)) {
                (false, _) => 4,
                (_, Some("vpc")) => 3,
                (_, Some("direct-connect-gateway")) => 2,
                _ => 1,
            }
        };
        let matching = table.routes.iter().filter(|route| route.destination.contains(&to));
        matching.max_by_key(|route| (route.destination.prefix_len(), rank(route)))
    }
}

impl Ports {
    /// Whether they have a destination port, or an ICMP type and code.
    fn have(self, port: u16, icmp: (i16, i16)) -> bool {
        match self {
            Self::All => true,
            Self::Range(low, high) => (low..=high).contains(&port),
            Self::Icmp(kind, code) => (kind == -1 || kind == icmp.0) && (code == -1 || code == icmp.1),
        }
    }
}

impl AclRule {
    /// Whether the rule is about a packet with that far address and destination port.
    pub fn is_about(&self, protocol: Protocol, far: Ipv4Addr, port: u16, icmp: (i16, i16)) -> bool {
        // A rule for all protocols has no ports to compare.
        let ports = self.protocol.is_none() || self.protocol == Some(protocol) && self.ports.have(port, icmp);
        ports && self.cidr.contains(&far)
    }
}

impl NetworkAcl {
    /// The rule that decides; none for `*`, which denies. Amazon VPC User Guide, "Network ACL rules" and "Network ACL
    /// basics": in order of their numbers, the first that matches decides, whatever a later one says.
    pub fn decides(
        &self,
        egress: bool,
        protocol: Protocol,
        far: Ipv4Addr,
        port: u16,
        icmp: (i16, i16),
    ) -> Option<&AclRule> {
        let rules = self.rules.iter().filter(|rule| rule.egress == egress);
        rules.filter(|rule| rule.is_about(protocol, far, port, icmp)).min_by_key(|rule| rule.number)
    }
}

impl GroupRule {
    /// Whether the rule has the protocol and the destination port.
    pub fn has(&self, protocol: Protocol, port: u16, icmp: (i16, i16)) -> bool {
        self.protocol.is_none() || self.protocol == Some(protocol) && self.ports.have(port, icmp)
    }
}

impl Network {
    /// An interface by id.
    pub fn interface(&self, id: &str) -> Option<&Interface> {
        self.interfaces.iter().find(|found| found.id == id)
    }

    /// A subnet by id.
    pub fn subnet(&self, id: &str) -> Option<&Subnet> {
        self.subnets.iter().find(|found| found.id == id)
    }

    /// The interface with a private address in a VPC.
    pub fn at(&self, vpc: &str, address: Ipv4Addr) -> Option<&Interface> {
        self.interfaces
            .iter()
            .find(|found| found.address == address && self.vpc_of(found).is_some_and(|id| id == vpc))
    }

    /// The VPC of an interface.
    pub fn vpc_of(&self, interface: &Interface) -> Option<&str> {
        self.subnet(&interface.subnet).map(|subnet| subnet.vpc.as_str())
    }
}
