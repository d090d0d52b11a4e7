//! A small model of a cloud account and its hosts that computes evidence: what a packet, a policy, a resolver or a disk
//! does is worked out by rules, and rendered in the formats people meet.
//!
//! Pure and deterministic: worlds are drawn from a [`Seed`]. Each rule names the documentation it is taken from; what the
//! real service does beyond those rules is not claimed.
//!
//! Deliberately not here: what is asked about it (`drill`, `incident`).

pub mod balancer;
pub mod bigdata;
pub mod database;
pub mod dns;
mod draw;
pub mod host;
pub mod iam;
pub mod logs;
pub mod network;
pub mod scaling;
pub mod schedule;
pub mod tcp;
pub mod tls;

pub use draw::{Draw, Seed};
