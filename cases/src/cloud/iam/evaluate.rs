//! How a request is decided (IAM User Guide, Policy evaluation logic).

use super::condition::Context;
use super::policy::{Effect, Policy};
use super::principal::{Grant, Principal};

/// What a policy is attached to, and so what it can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Resource control policy of an organization: bounds what is done to the resources of an account.
    Rcp,
    /// Service control policy of an organization: bounds what the principals of an account do.
    Scp,
    /// Policy of the VPC endpoint a request passes through.
    Endpoint,
    /// Policy of the resource: bucket, queue, topic, secret, function ...
    Resource,
    /// Trust policy: the resource is a role, asked for with `sts:AssumeRole*`.
    Trust,
    /// Policy of a KMS key.
    Key,
    /// Policy of the user, its groups, or the role.
    Identity,
    /// Permissions boundary of the user or the role.
    Boundary,
    /// Policy passed when the session was made.
    Session,
}

impl Kind {
    /// Whether it is the policy of the thing asked for.
    pub fn is_of_resource(self) -> bool {
        matches!(self, Self::Resource | Self::Trust | Self::Key)
    }
}

/// A policy and what it is attached to.
#[derive(Clone, Debug, PartialEq)]
pub struct Attached {
    /// What kind of policy it is.
    pub kind: Kind,
    /// What people call it.
    pub name: String,
    /// The account whose principals (SCP) or resources (RCP) it bounds; for others the account it is in.
    pub account: String,
    /// For SCPs and RCPs: where above that account it is attached, for example `root`; each place has to allow.
    pub place: String,
    /// The document.
    pub policy: Policy,
}

impl Attached {
    /// A policy of a kind.
    pub fn new(kind: Kind, name: &str, account: &str, policy: Policy) -> Self {
        Self { kind, name: name.to_owned(), account: account.to_owned(), place: String::new(), policy }
    }

    /// Attached at a place of the organization.
    #[must_use]
    pub fn at(mut self, place: &str) -> Self {
        self.place = place.to_owned();
        self
    }
}

/// Everything that bears on a request. Identity-based policies, boundary and session policies are the caller's;
/// resource-based ones are of the resource it asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct World {
    /// The management account of the organization.
    pub management: Option<String>,
    /// Services whose resources RCPs bound, by the prefix of their actions.
    pub rcp_services: Vec<String>,
    /// The policies.
    pub policies: Vec<Attached>,
}

impl Default for World {
    /// Without an organization. RCPs began with these five services (Organizations User Guide, Resource control
    /// policies); more have been added since, so a case says which it means.
    fn default() -> Self {
        let rcp_services = ["s3", "sts", "kms", "sqs", "secretsmanager"].map(str::to_owned).to_vec();
        Self { management: None, rcp_services, policies: Vec::new() }
    }
}

/// A request.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Who asks.
    pub caller: Principal,
    /// For example `s3:GetObject`.
    pub action: String,
    /// The ARN asked for.
    pub resource: String,
    /// The account that owns it.
    pub owner: String,
    /// Condition keys.
    pub context: Context,
}

impl Request {
    /// A request whose context says what follows from the caller (IAM User Guide, AWS global condition context keys).
    pub fn new(caller: Principal, action: &str, resource: &str, owner: &str) -> Self {
        let mut context = Context::default();
        if let Some(account) = caller.account() {
            context.set("aws:PrincipalAccount", account);
            // For a session of a role the key has the ARN of the role; for a federated user, of the federated session.
            let arn = match &caller {
                Principal::Session { .. } => caller.behind().unwrap_or_else(|| caller.arn()),
                _ => caller.arn(),
            };
            context.set("aws:PrincipalArn", &arn);
        }
        if let Principal::User { name, .. } = &caller {
            context.set("aws:username", name.rsplit('/').next().unwrap_or(name));
        }
        context.set("aws:ResourceAccount", owner);
        let (action, resource, owner) = (action.to_owned(), resource.to_owned(), owner.to_owned());
        Self { caller, action, resource, owner, context }
    }

    /// With one more condition key.
    #[must_use]
    pub fn with(mut self, key: &str, value: &str) -> Self {
        self.context.set(key, value);
        self
    }

    /// Whether caller and resource are of one account.
    pub fn within_account(&self) -> bool {
        self.caller.account() == Some(self.owner.as_str())
    }

    fn service(&self) -> &str {
        self.action.split_once(':').map_or("", |(service, _)| service)
    }
}

/// How it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Allowed.
    Allowed,
    /// A Deny applies.
    ExplicitDeny,
    /// No Deny applies, but an Allow is missing.
    ImplicitDeny,
}

/// The rule that ends the evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// A Deny that applies ends it.
    Deny,
    /// An SCP allows, at each place, or nobody may.
    Scp,
    /// The endpoint a request passes through has to allow it.
    Endpoint,
    /// A role is only given to those its trust policy allows.
    Trust,
    /// Root users cannot assume roles.
    RootAssumes,
    /// A key is only used by those its key policy allows, or lets IAM policies allow.
    Key,
    /// Across accounts the resource's policy has to allow.
    Resource,
    /// An identity-based policy has to allow where no resource-based policy does.
    Identity,
    /// A permissions boundary allows or nobody may.
    Boundary,
    /// A session policy allows or nobody may.
    Session,
    /// A federated user without a session policy has nothing but what resources grant it.
    FederatedWithout,
    /// Within the account, a grant to the very principal that asks is enough.
    DirectGrant,
    /// Within the account, a grant to the role, or the user behind a federated session, within boundary and session.
    GrantBehind,
    /// An identity-based policy allows and nothing limits it.
    IdentityAllows,
    /// Both accounts allow.
    BothAllow,
    /// The root user of the account may.
    Root,
    /// Services and strangers need nothing but the resource's policy.
    ResourceAllows,
}

impl Rule {
    /// Where it is written.
    pub fn page(self) -> &'static str {
        match self {
            Self::Deny
            | Self::Identity
            | Self::Boundary
            | Self::Session
            | Self::IdentityAllows
            | Self::Root => {
                "IAM User Guide: How AWS enforcement code logic evaluates requests to allow or deny access"
            }
            Self::Scp => "AWS Organizations User Guide: SCP evaluation",
            Self::Endpoint => {
                "AWS PrivateLink Guide: Control access to VPC endpoints using endpoint policies"
            }
            Self::Trust => {
                "IAM User Guide: How AWS enforcement code logic evaluates requests (role trust policies)"
            }
            Self::RootAssumes => "AWS STS API Reference: AssumeRole",
            Self::Key => "AWS KMS Developer Guide: Key policies in AWS KMS",
            Self::Resource | Self::BothAllow => "IAM User Guide: Cross-account policy evaluation logic",
            Self::DirectGrant | Self::GrantBehind | Self::FederatedWithout | Self::ResourceAllows => {
                "IAM User Guide: How AWS enforcement code logic evaluates requests (resource-based policies)"
            }
        }
    }
}

/// What became of a request, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// How it ends.
    pub verdict: Verdict,
    /// The rule that ended it.
    pub rule: Rule,
    /// The kind of policy that decides: the one with the Deny, the one that lacks an Allow, the one that grants.
    pub kind: Option<Kind>,
    /// The policy among the world's, where there is one.
    pub policy: Option<usize>,
    /// The statement in it, where one decides.
    pub statement: Option<usize>,
}

/// What one policy says of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// Whether it bears on the request at all: SCPs not on the management account, RCPs not on other services ...
    pub binds: bool,
    /// Statements that allow it, and how far.
    pub allows: Vec<(usize, Grant)>,
    /// Statements that deny it.
    pub denies: Vec<usize>,
}

/// What a policy says of a request.
pub fn look(world: &World, request: &Request, attached: &Attached) -> Look {
    let caller = &request.caller;
    let linked = matches!(caller, Principal::Session { linked: true, .. });
    let manages = |account: &str| world.management.as_deref() == Some(account);
    let binds = match attached.kind {
        // Organizations User Guide, Service control policies: not on users and roles of the management account, nor on
        // service-linked roles.
        Kind::Scp => {
            caller.account() == Some(attached.account.as_str()) && !manages(&attached.account) && !linked
        }
        // Resource control policies: resources of member accounts, of some services; not for service-linked roles;
        // kms:RetireGrant is left out.
        Kind::Rcp => {
            request.owner == attached.account
                && !manages(&attached.account)
                && !linked
                && world.rcp_services.iter().any(|service| service == request.service())
                && request.action != "kms:RetireGrant"
        }
        Kind::Endpoint => request.context.get("aws:SourceVpce").is_some(),
        Kind::Identity | Kind::Boundary => {
            matches!(
                caller,
                Principal::User { .. } | Principal::Session { .. } | Principal::FederatedUser { .. }
            )
        }
        Kind::Session => matches!(caller, Principal::Session { .. } | Principal::FederatedUser { .. }),
        Kind::Resource | Kind::Trust | Kind::Key => true,
    };
    let mut seen = Look { binds, allows: Vec::new(), denies: Vec::new() };
    if !binds {
        return seen;
    }
    let variables = attached.policy.has_variables();
    for (index, statement) in attached.policy.statements.iter().enumerate() {
        if !statement.matches(&request.action, &request.resource, &request.context, variables) {
            continue;
        }
        let grant = match &statement.principals {
            None => Some(Grant::Direct),
            Some(principals) => caller.granted(principals),
        };
        let reached = statement.principals.as_ref().is_none_or(|principals| caller.reached(principals));
        match (statement.effect, grant) {
            (Effect::Allow, Some(grant)) => seen.allows.push((index, grant)),
            (Effect::Deny, _) if reached => seen.denies.push(index),
            _ => {}
        }
    }
    seen
}

/// Decides a request.
pub fn decide(world: &World, request: &Request) -> Decision {
    let looks: Vec<Look> = world.policies.iter().map(|attached| look(world, request, attached)).collect();
    Evaluation { world, request, looks }.decide()
}

struct Evaluation<'a> {
    world: &'a World,
    request: &'a Request,
    looks: Vec<Look>,
}

impl Evaluation<'_> {
    fn of(&self, wanted: impl Fn(Kind) -> bool) -> impl Iterator<Item = (usize, &Attached, &Look)> {
        let all = self.world.policies.iter().zip(&self.looks).enumerate();
        all.map(|(index, (attached, look))| (index, attached, look))
            .filter(move |(_, attached, look)| wanted(attached.kind) && look.binds)
    }

    /// Denied because this kind of policy does not allow it; names the policy where there is just one.
    fn missing(&self, rule: Rule, kind: Kind) -> Decision {
        let mut of = self.of(|other| other == kind).map(|(index, ..)| index);
        let policy = match (of.next(), of.next()) {
            (Some(one), None) => Some(one),
            _ => None,
        };
        Decision { verdict: Verdict::ImplicitDeny, rule, kind: Some(kind), policy, statement: None }
    }

    fn allowed(&self, rule: Rule, by: Option<(usize, usize)>) -> Decision {
        let kind = by.and_then(|(policy, _)| self.world.policies.get(policy)).map(|attached| attached.kind);
        Decision {
            verdict: Verdict::Allowed,
            rule,
            kind,
            policy: by.map(|(policy, _)| policy),
            statement: by.map(|(_, statement)| statement),
        }
    }

    /// The first statement of such policies that allows.
    fn allow(&self, kind: Kind) -> Option<(usize, usize)> {
        self.of(|other| other == kind)
            .find_map(|(index, _, look)| look.allows.first().map(|(statement, _)| (index, *statement)))
    }

    /// The grant of the resource's policy that carries furthest.
    fn grant(&self) -> Option<(Grant, (usize, usize))> {
        let grants = self.of(Kind::is_of_resource).flat_map(|(index, _, look)| {
            look.allows.iter().map(move |(statement, grant)| (*grant, (index, *statement)))
        });
        grants.reduce(|best, next| if next.0 > best.0 { next } else { best })
    }

    fn decide(&self) -> Decision {
        let mut denies: Vec<_> = self.of(|_| true).filter(|(.., look)| !look.denies.is_empty()).collect();
        denies.sort_by_key(|(_, attached, _)| attached.kind);
        if let Some((index, attached, look)) = denies.first() {
            return Decision {
                verdict: Verdict::ExplicitDeny,
                rule: Rule::Deny,
                kind: Some(attached.kind),
                policy: Some(*index),
                statement: look.denies.first().copied(),
            };
        }
        // RCPs allow of themselves: RCPFullAWSAccess cannot be detached, and those one writes can only deny.
        let places = |place: &str| {
            self.of(|kind| kind == Kind::Scp)
                .any(|(_, attached, look)| attached.place == place && !look.allows.is_empty())
        };
        if let Some((index, ..)) =
            self.of(|kind| kind == Kind::Scp).find(|(_, attached, _)| !places(&attached.place))
        {
            return Decision { policy: Some(index), ..self.missing(Rule::Scp, Kind::Scp) };
        }
        let mut endpoints = self.of(|kind| kind == Kind::Endpoint).peekable();
        if endpoints.peek().is_some() && self.allow(Kind::Endpoint).is_none() {
            return self.missing(Rule::Endpoint, Kind::Endpoint);
        }
        self.grants()
    }

    /// After denies and the bounds of organization and network: who grants it.
    fn grants(&self) -> Decision {
        let request = self.request;
        let of_resource = self.of(Kind::is_of_resource).map(|(_, attached, _)| attached.kind).next();
        let kind = of_resource.unwrap_or(match request.service() {
            "kms" => Kind::Key,
            "sts" if request.action.starts_with("sts:AssumeRole") => Kind::Trust,
            _ => Kind::Resource,
        });
        let grant = self.grant();
        let lacks = || match kind {
            Kind::Trust => self.missing(Rule::Trust, kind),
            Kind::Key => self.missing(Rule::Key, kind),
            _ => self.missing(Rule::Resource, Kind::Resource),
        };
        let own = match &request.caller {
            Principal::Anonymous | Principal::Service { .. } | Principal::Federated { .. } => {
                return match grant {
                    Some((_, by)) => self.allowed(Rule::ResourceAllows, Some(by)),
                    None => lacks(),
                };
            }
            Principal::Root { .. } if kind == Kind::Trust => {
                return Decision { rule: Rule::RootAssumes, ..self.missing(Rule::Trust, kind) };
            }
            Principal::Root { .. } => {
                // The root user may do what its account may; a key, and another account's resource, have to name it.
                return match grant {
                    Some((_, by)) if kind == Kind::Key || !request.within_account() => {
                        self.allowed(Rule::Root, Some(by))
                    }
                    None if kind == Kind::Key || !request.within_account() => lacks(),
                    _ => self.allowed(Rule::Root, None),
                };
            }
            Principal::User { .. } | Principal::Session { .. } | Principal::FederatedUser { .. } => {
                request.within_account()
            }
        };
        match grant {
            Some((Grant::Direct, by)) if own => self.allowed(Rule::DirectGrant, Some(by)),
            Some((Grant::Behind, by)) if own => self.limited(Rule::GrantBehind, by),
            None if !own || kind != Kind::Resource => lacks(),
            _ => match self.allow(Kind::Identity) {
                None => self.missing(Rule::Identity, Kind::Identity),
                Some(by) => self.limited(if own { Rule::IdentityAllows } else { Rule::BothAllow }, by),
            },
        }
    }

    /// Granted by a statement, if boundary and session policy allow it as well.
    fn limited(&self, rule: Rule, by: (usize, usize)) -> Decision {
        for (kind, rule) in [(Kind::Boundary, Rule::Boundary), (Kind::Session, Rule::Session)] {
            if self.of(|other| other == kind).next().is_some() && self.allow(kind).is_none() {
                return self.missing(rule, kind);
            }
        }
        let federated = matches!(self.request.caller, Principal::FederatedUser { .. });
        if federated && self.of(|kind| kind == Kind::Session).next().is_none() {
            return self.missing(Rule::FederatedWithout, Kind::Session);
        }
        self.allowed(rule, Some(by))
    }
}
