//! Who may do what: IAM policies and how a request is decided.
//!
//! [`decide`] follows the flow charts of the IAM User Guide (Policy evaluation logic) within one account and across two.
//! [`object_access`] adds what Amazon S3 asks on top: Block Public Access, ACLs, object ownership and the object's key.
//! Every [`Rule`] names the page it is taken from.
//!
//! Deliberately not here: grants of KMS, resource sharing, access points, roles anywhere.

mod bucket;
mod condition;
mod edit;
mod evaluate;
mod policy;
mod principal;
mod render;

pub use bucket::{
    AclGrant, Barrier, Block, Bucket, Grantee, Object, Ownership, Presigned, Sealed, Visit, is_public,
    object_access,
};
pub use condition::Context;
pub use edit::{Edit, flip, flips};
pub use evaluate::{Attached, Decision, Kind, Look, Request, Rule, Verdict, World, decide, look};
pub use policy::{Condition, Effect, Names, Policy, Principals, Statement};
pub use principal::{Grant, Principal};
pub use render::{Json, cli_error, cloudtrail_event, error_message};
