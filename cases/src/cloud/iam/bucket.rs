//! Who may read an object in Amazon S3 (Amazon S3 User Guide, Identity and access management).

use chrono::{DateTime, TimeDelta, Utc};

use super::condition::Context;
use super::evaluate::{Attached, Decision, Kind, Request, Verdict, World, decide};
use super::policy::{Effect, Policy, Statement};
use super::principal::Principal;

/// Block Public Access: of an account or of a bucket (Blocking public access to your Amazon S3 storage).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Block {
    /// Rejects calls that would set a public ACL; changes nothing about ACLs that are there.
    pub block_public_acls: bool,
    /// Public ACLs count for nothing.
    pub ignore_public_acls: bool,
    /// Rejects calls that would set a public bucket policy; changes nothing about one that is there.
    pub block_public_policy: bool,
    /// A bucket with a public policy is for its own account and for services.
    pub restrict_public_buckets: bool,
}

impl Block {
    /// The most restrictive of both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            block_public_acls: self.block_public_acls || other.block_public_acls,
            ignore_public_acls: self.ignore_public_acls || other.ignore_public_acls,
            block_public_policy: self.block_public_policy || other.block_public_policy,
            restrict_public_buckets: self.restrict_public_buckets || other.restrict_public_buckets,
        }
    }
}

/// Object Ownership (Controlling ownership of objects and disabling ACLs for your bucket).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ownership {
    /// ACLs are disabled; the bucket's owner owns every object.
    Enforced,
    /// ACLs count; objects written with `bucket-owner-full-control` are the bucket owner's.
    Preferred,
    /// ACLs count; who writes an object owns it.
    Writer,
}

impl Ownership {
    /// As the API names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Enforced => "BucketOwnerEnforced",
            Self::Preferred => "BucketOwnerPreferred",
            Self::Writer => "ObjectWriter",
        }
    }
}

/// Whom an ACL grants something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grantee {
    /// Everyone, also without a signature.
    AllUsers,
    /// Everyone who signs with an account of AWS, any.
    AuthenticatedUsers,
    /// An account.
    Account(String),
}

/// A grant to read an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AclGrant(pub Grantee);

/// How an object is encrypted.
#[derive(Clone, Debug, PartialEq)]
pub enum Sealed {
    /// SSE-S3.
    S3,
    /// SSE-KMS with the account's `aws/s3` key.
    Managed,
    /// SSE-KMS with a customer managed key.
    Key {
        /// Its ARN.
        arn: String,
        /// The account it is in.
        account: String,
        /// Its key policy.
        policy: Policy,
    },
}

/// An object and its ACL.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    /// Its key.
    pub key: String,
    /// The account that wrote it.
    pub writer: String,
    /// Grants to read it, besides its owner's.
    pub acl: Vec<AclGrant>,
    /// How it is encrypted.
    pub sealed: Sealed,
}

/// A bucket.
#[derive(Clone, Debug, PartialEq)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// Its owner.
    pub account: String,
    /// For example `ap-northeast-1`.
    pub region: String,
    /// Its policy.
    pub policy: Option<Policy>,
    /// Its own settings and its account's, taken together.
    pub block: Block,
    /// Who owns objects.
    pub ownership: Ownership,
}

/// A presigned URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Presigned {
    /// When it was signed.
    pub signed: DateTime<Utc>,
    /// `X-Amz-Expires`.
    pub seconds: i64,
    /// When the credentials it was signed with expire, for temporary ones.
    pub credentials_end: Option<DateTime<Utc>>,
}

impl Presigned {
    /// When it stops working: its own time or that of its credentials, whichever is first (Download and upload objects
    /// with presigned URLs).
    pub fn ends(&self) -> DateTime<Utc> {
        let own = self.signed + TimeDelta::seconds(self.seconds);
        self.credentials_end.map_or(own, |end| end.min(own))
    }
}

/// A request to read an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Visit {
    /// Who signs; for a presigned URL, who signed it.
    pub caller: Principal,
    /// The signer's identity-based policies, boundary, session policies, and SCPs over it.
    pub policies: Vec<Attached>,
    /// The policy of the VPC endpoint it passes through, and that endpoint's id and VPC.
    pub endpoint: Option<(String, String, Policy)>,
    /// Where it does not pass through an endpoint: the address it comes from.
    pub address: Option<String>,
    /// Further condition keys.
    pub context: Context,
    /// The presigned URL it is made with.
    pub presigned: Option<Presigned>,
    /// When.
    pub at: DateTime<Utc>,
}

/// What stands in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Barrier {
    /// The presigned URL, or what it was signed with, has expired.
    Expired,
    /// The bucket's policy is public and RestrictPublicBuckets keeps everyone else out.
    Restricted,
    /// A policy denies it or lacks an allow.
    Policy(Kind, Verdict),
    /// The object is another account's: policies of the bucket's owner do not give it away.
    NotTheOwners,
    /// The request is not signed, but the object is encrypted with a KMS key.
    Unsigned,
    /// The key `aws/s3` is for principals of its own account.
    ManagedKey,
    /// No use of the customer managed key.
    Key(Kind, Verdict),
}

/// Keys of conditions that narrow a bucket policy to something fixed.
const NARROWING: [&str; 12] = [
    "aws:sourcearn",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:sourceowner",
    "aws:sourceaccount",
    "aws:principalorgid",
    "aws:principalarn",
    "aws:principalaccount",
    "aws:userid",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
];

/// Whether a bucket policy is public (Blocking public access to your Amazon S3 storage, The meaning of "public").
pub fn is_public(policy: &Policy) -> bool {
    let fixed = |value: &String| !value.contains(['*', '?']) && !value.contains("${");
    let narrow_net = |value: &String| {
        value.split_once('/').is_none_or(|(address, prefix)| {
            let private = ["10.", "192.168.", "172."].iter().any(|start| address.starts_with(start));
            private || prefix.parse::<u8>().is_ok_and(|prefix| prefix >= 8)
        })
    };
    let narrows = |statement: &Statement| {
        statement.conditions.iter().any(|condition| {
            let key = condition.key.to_lowercase();
            match condition.operator.as_str() {
                "StringEquals" | "StringLike" | "ArnEquals" | "ArnLike" => {
                    NARROWING.contains(&key.as_str()) && condition.values.iter().all(fixed)
                }
                "IpAddress" => key == "aws:sourceip" && condition.values.iter().all(narrow_net),
                _ => false,
            }
        })
    };
    policy.statements.iter().any(|statement| {
        let everyone = statement.principals.as_ref().is_some_and(|principals| {
            principals.not
                || principals.listed.iter().any(|(kind, value)| value == "*" || kind == "Federated")
        });
        statement.effect == Effect::Allow && everyone && !narrows(statement)
    })
}

/// Whether a visit may read an object (`s3:GetObject`).
///
/// # Errors
/// What stands in the way, the first thing of it.
pub fn object_access(bucket: &Bucket, object: &Object, visit: &Visit) -> Result<(), Barrier> {
    if visit.presigned.is_some_and(|presigned| visit.at >= presigned.ends()) {
        return Err(Barrier::Expired);
    }
    let caller = &visit.caller;
    let own = caller.account() == Some(bucket.account.as_str());
    let enforced = bucket.ownership == Ownership::Enforced;
    let owner = if enforced { &bucket.account } else { &object.writer };

    let resource = format!("arn:aws:s3:::{}/{}", bucket.name, object.key);
    let mut request = Request::new(caller.clone(), "s3:GetObject", &resource, &bucket.account);
    for (key, values) in visit.context.iter() {
        request.context.set_all(key, &values.iter().map(String::as_str).collect::<Vec<_>>());
    }
    let mut world = World { policies: visit.policies.clone(), ..World::default() };
    if let Some((id, vpc, policy)) = &visit.endpoint {
        request.context.set("aws:SourceVpce", id);
        request.context.set("aws:SourceVpc", vpc);
        world.policies.push(Attached::new(Kind::Endpoint, "endpoint", "", policy.clone()));
    } else if let Some(address) = &visit.address {
        request.context.set("aws:SourceIp", address);
    }
    let bucket_policy =
        |policy: &Policy| Attached::new(Kind::Resource, "bucket", &bucket.account, policy.clone());
    let public = bucket.policy.as_ref().is_some_and(is_public);

    // ACLs as the grants they are: to everyone, or to an account.
    let mut acl = Vec::new();
    if !enforced {
        for AclGrant(grantee) in &object.acl {
            let signed = caller.account().is_some();
            let counts = match grantee {
                Grantee::AllUsers => !bucket.block.ignore_public_acls,
                Grantee::AuthenticatedUsers => !bucket.block.ignore_public_acls && signed,
                Grantee::Account(_) => true,
            };
            let to = match grantee {
                Grantee::Account(account) => account.as_str(),
                _ => "*",
            };
            if counts {
                acl.push(Statement::allow("", &["s3:GetObject"], &[&resource]).to(&[to]));
            }
        }
    }

    // How Amazon S3 authorizes a request for an object operation: the bucket's owner gives away its own objects, to others'
    // it can only deny access; those are given away by their ACL.
    let others = owner != &bucket.account;
    let mut policy = bucket.policy.clone().unwrap_or(Policy::new(Vec::new()));
    let mut as_own = world.clone();
    as_own.policies.push(bucket_policy(&policy));
    let in_bucket = decide(&as_own, &request);
    let by_acl =
        acl.iter().filter_map(|grant| grant.principals.as_ref()).any(|to| caller.granted(to).is_some());
    if others && !own {
        policy.statements.retain(|statement| statement.effect == Effect::Deny);
        request.owner.clone_from(owner);
    }
    policy.statements.extend(acl);
    world.policies.push(bucket_policy(&policy));
    // The bucket owner's own people ask their own account first, and the object's owner after it.
    let decision = if others && own { in_bucket.clone() } else { decide(&world, &request) };
    if decision.verdict == Verdict::ExplicitDeny {
        return Err(barrier(&decision));
    }
    if public && bucket.block.restrict_public_buckets && !own && !matches!(caller, Principal::Service { .. })
    {
        return Err(Barrier::Restricted);
    }
    if decision.verdict != Verdict::Allowed {
        let lost = others && decision.kind != Some(Kind::Endpoint) && in_bucket.verdict == Verdict::Allowed;
        return Err(if lost { Barrier::NotTheOwners } else { barrier(&decision) });
    }
    if others && own && !by_acl {
        return Err(Barrier::NotTheOwners);
    }
    unseal(bucket, object, visit, &request)
}

fn barrier(decision: &Decision) -> Barrier {
    Barrier::Policy(decision.kind.unwrap_or(Kind::Resource), decision.verdict)
}

/// Whether the caller may use the object's key: `kms:Decrypt` through Amazon S3.
fn unseal(bucket: &Bucket, object: &Object, visit: &Visit, request: &Request) -> Result<(), Barrier> {
    let caller = &visit.caller;
    match &object.sealed {
        Sealed::S3 => Ok(()),
        // Requests for KMS-encrypted objects have to be signed (Protecting data with SSE-KMS).
        Sealed::Managed | Sealed::Key { .. } if *caller == Principal::Anonymous => Err(Barrier::Unsigned),
        Sealed::Managed if caller.account() == Some(bucket.account.as_str()) => Ok(()),
        Sealed::Managed => Err(Barrier::ManagedKey),
        Sealed::Key { arn, account, policy } => {
            let mut use_of_key = Request::new(caller.clone(), "kms:Decrypt", arn, account);
            for (key, values) in request.context.iter().filter(|(key, _)| *key != "aws:ResourceAccount") {
                use_of_key.context.set_all(key, &values.iter().map(String::as_str).collect::<Vec<_>>());
            }
            // Amazon S3 calls AWS KMS on the caller's behalf, not through the caller's endpoint.
            use_of_key.context.remove("aws:SourceVpce");
            use_of_key.context.set("kms:ViaService", &format!("s3.{}.amazonaws.com", bucket.region));
            use_of_key.context.set("kms:CallerAccount", caller.account().unwrap_or_default());
            let mut policies = visit.policies.clone();
            policies.push(Attached::new(Kind::Key, "key", account, policy.clone()));
            let decision = decide(&World { policies, ..World::default() }, &use_of_key);
            match decision.verdict {
                Verdict::Allowed => Ok(()),
                verdict => Err(Barrier::Key(decision.kind.unwrap_or(Kind::Key), verdict)),
            }
        }
    }
}
