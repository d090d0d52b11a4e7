//! The smallest change that turns a decision around.

use super::evaluate::{Attached, Decision, Kind, Request, Verdict, World, decide};
use super::policy::{Policy, Statement};
use super::principal::Principal;

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Takes a statement out.
    Remove {
        /// Which of the world's policies.
        policy: usize,
        /// Which of its statements.
        statement: usize,
    },
    /// Adds a statement that allows just this, to the caller.
    Allow {
        /// Which of the world's policies.
        policy: usize,
    },
    /// Attaches a policy of a kind there is none of, which allows just this, to the caller.
    Attach {
        /// What kind.
        kind: Kind,
    },
    /// Takes a whole policy off.
    Detach {
        /// Which of the world's policies.
        policy: usize,
    },
}

impl Edit {
    /// The world after it.
    pub fn apply(&self, world: &World, request: &Request) -> World {
        let mut world = world.clone();
        match *self {
            Self::Remove { policy, statement } => {
                if let Some(attached) = world.policies.get_mut(policy)
                    && statement < attached.policy.statements.len()
                {
                    attached.policy.statements.remove(statement);
                }
            }
            Self::Allow { policy } => {
                if let Some(attached) = world.policies.get_mut(policy) {
                    attached.policy.statements.push(grant(attached.kind, request));
                }
            }
            Self::Attach { kind } => {
                let account = if kind.is_of_resource() || kind == Kind::Rcp {
                    request.owner.as_str()
                } else {
                    request.caller.account().unwrap_or_default()
                };
                let policy = Policy::new(vec![grant(kind, request)]);
                world.policies.push(Attached::new(kind, "new", account, policy));
            }
            Self::Detach { policy } => {
                if policy < world.policies.len() {
                    world.policies.remove(policy);
                }
            }
        }
        world
    }

    /// What is decided after it.
    pub fn outcome(&self, world: &World, request: &Request) -> Decision {
        decide(&self.apply(world, request), request)
    }
}

/// A statement that allows a request and nothing else.
fn grant(kind: Kind, request: &Request) -> Statement {
    let resources: &[&str] = if kind == Kind::Trust { &[] } else { &[&request.resource] };
    let statement = Statement::allow("", &[&request.action], resources);
    match kind {
        Kind::Resource | Kind::Key | Kind::Trust => match &request.caller {
            Principal::Service { name } => statement.to_kind("Service", name),
            Principal::Federated { provider } => statement.to_kind("Federated", provider),
            Principal::Anonymous => statement.to(&["*"]),
            caller => statement.to(&[&caller.arn()]),
        },
        Kind::Endpoint => statement.to(&["*"]),
        _ => statement,
    }
}

/// Every single change that turns the decision from a deny into an allow, or the other way round: smaller ones first.
pub fn flips(world: &World, request: &Request) -> Vec<Edit> {
    let denied = decide(world, request).verdict != Verdict::Allowed;
    let mut edits = Vec::new();
    for (policy, attached) in world.policies.iter().enumerate() {
        edits.extend(
            (0..attached.policy.statements.len()).map(|statement| Edit::Remove { policy, statement }),
        );
        if denied {
            edits.push(Edit::Allow { policy });
        }
    }
    if denied {
        let kinds = [Kind::Identity, Kind::Resource, Kind::Key, Kind::Trust, Kind::Session];
        let new = |kind: &Kind| !world.policies.iter().any(|attached| attached.kind == *kind);
        edits.extend(kinds.into_iter().filter(new).map(|kind| Edit::Attach { kind }));
    }
    edits.extend((0..world.policies.len()).map(|policy| Edit::Detach { policy }));
    edits.retain(|edit| (edit.outcome(world, request).verdict == Verdict::Allowed) == denied);
    edits
}

/// The smallest change: in the policy that decides where one there is enough.
pub fn flip(world: &World, request: &Request) -> Option<Edit> {
    let decision = decide(world, request);
    let all = flips(world, request);
    let decides = |edit: &&Edit| match edit {
        Edit::Remove { policy, .. } | Edit::Allow { policy } | Edit::Detach { policy } => {
            Some(*policy) == decision.policy
        }
        Edit::Attach { kind } => Some(*kind) == decision.kind,
    };
    all.iter().find(decides).or(all.first()).cloned()
}
