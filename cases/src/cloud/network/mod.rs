//! Networks in a cloud account: what is configured, what becomes of a packet there, and what flow logs record of it.
//!
//! [`Network`] is plain data that is built by hand; [`walk`] sends a request and its reply through it. Rules are those of
//! the Amazon VPC User Guide and its neighbours, named where they are applied. IPv4 only.
//!
//! Not modelled: Availability Zones, network ACLs of the subnets that hold transit gateway attachments (they allow
//! everything, as the guide recommends), Gateway Load Balancers, quotas and rates (but for what [`nat_connections`] counts).

mod flow_log;
mod nat_ports;
mod render;
mod topology;
mod walk;

pub use flow_log::{DEFAULT_FIELDS, Field, Line, Record, Volume, line, records};
pub use nat_ports::{CONNECTIONS_PER_ADDRESS, NatSecond, SYN_AT, nat_connections};
pub use render::{
    aws_table, describe_network_acls, describe_route_tables, describe_security_groups,
    describe_vpc_endpoints, network_acl_rows, route_rows, security_group_rows, transit_gateway_routes,
};
pub use topology::{
    AclRule, Attachment, Destination, Endpoint, EndpointKind, GroupRule, Interface, InternetGateway, Link,
    NatGateway, Network, NetworkAcl, Origin, Outside, Peer, Peering, Ports, PrefixList, Protocol, Role,
    Route, RouteTable, SecurityGroup, Subnet, Target, TransitGateway, TransitRoute, TransitTable, Vpc,
};
pub use walk::{Detail, End, Flow, Hop, Leg, Packet, Reason, Seen, Step, Verdict, Walk, walk};
