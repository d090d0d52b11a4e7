//! The situations of levels 2 and 3: who asks, and what each policy says.

use crate::cloud::iam::Kind::{self, Boundary, Identity, Key, Rcp, Resource, Scp, Session, Trust};

use Says::{Allow, Deny, Nothing};
use To::{Account, Behind, Caller, EveryoneOfRole};

/// What a layer says of the request.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Says {
    Allow,
    Nothing,
    Deny,
}

/// Whom a policy of the resource names.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum To {
    Caller,
    Behind,
    Account,
    EveryoneOfRole,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Who {
    User,
    Session,
    Root,
    Federated,
    Linked,
}

/// A situation: who asks, whether the resource is another account's, what each layer says.
pub(super) struct Shape {
    pub(super) who: Who,
    pub(super) across: bool,
    pub(super) themes: &'static [&'static str],
    /// 0: no organization named; 1: a third account manages it; 2: the caller's; 3: the owner's.
    pub(super) manager: u8,
    pub(super) layers: &'static [(Kind, Says, To)],
    /// SCPs and RCPs hang on the account they do not bear on.
    pub(super) elsewhere: bool,
}

pub(super) const PLAIN: &[&str] = &["s3", "sqs", "secrets", "sns"];
pub(super) const BOUND: &[&str] = &["s3", "sqs", "secrets"];

const fn shape(who: Who, layers: &'static [(Kind, Says, To)]) -> Shape {
    Shape { who, across: false, themes: PLAIN, manager: 1, layers, elsewhere: false }
}

const fn across(who: Who, layers: &'static [(Kind, Says, To)]) -> Shape {
    Shape { across: true, themes: BOUND, ..shape(who, layers) }
}

pub(super) const WITHIN: &[Shape] = &[
    shape(Who::Session, &[(Identity, Allow, Caller), (Boundary, Nothing, Caller)]),
    shape(Who::User, &[(Identity, Nothing, Caller), (Boundary, Nothing, Caller), (Resource, Allow, Caller)]),
    shape(Who::Session, &[(Identity, Allow, Caller), (Boundary, Nothing, Caller), (Resource, Allow, Behind)]),
    shape(Who::Session, &[(Identity, Allow, Caller), (Boundary, Nothing, Caller), (Resource, Allow, Caller)]),
    shape(Who::Session, &[(Identity, Allow, Caller), (Session, Nothing, Caller), (Resource, Allow, Behind)]),
    shape(
        Who::Session,
        &[(Identity, Nothing, Caller), (Session, Nothing, Caller), (Resource, Allow, Caller)],
    ),
    shape(Who::Session, &[(Identity, Allow, Caller), (Boundary, Allow, Caller), (Session, Allow, Caller)]),
    shape(Who::User, &[(Identity, Allow, Caller), (Boundary, Allow, Caller), (Scp, Deny, Caller)]),
    shape(Who::User, &[(Identity, Allow, Caller), (Boundary, Allow, Caller), (Scp, Nothing, Caller)]),
    shape(Who::User, &[(Identity, Nothing, Caller), (Boundary, Allow, Caller), (Resource, Allow, Account)]),
    shape(Who::User, &[(Identity, Allow, Caller), (Resource, Allow, Caller), (Scp, Deny, Caller)]),
    shape(Who::Session, &[(Identity, Allow, Caller), (Boundary, Deny, Caller), (Resource, Allow, Caller)]),
    shape(Who::Session, &[(Identity, Allow, Caller), (Boundary, Allow, Caller), (Session, Deny, Caller)]),
    shape(Who::Root, &[(Resource, Nothing, Account), (Scp, Deny, Caller), (Identity, Allow, Caller)]),
    shape(
        Who::Federated,
        &[(Identity, Allow, Caller), (Session, Nothing, Caller), (Resource, Allow, Caller)],
    ),
    shape(
        Who::Federated,
        &[(Identity, Allow, Caller), (Session, Nothing, Caller), (Resource, Allow, Behind)],
    ),
    shape(
        Who::Session,
        &[(Identity, Nothing, Caller), (Boundary, Nothing, Caller), (Resource, Allow, EveryoneOfRole)],
    ),
    shape(Who::User, &[(Identity, Allow, Caller), (Boundary, Allow, Caller), (Resource, Deny, Caller)]),
    shape(Who::Session, &[(Identity, Allow, Caller), (Boundary, Allow, Caller), (Session, Nothing, Caller)]),
    shape(Who::User, &[(Identity, Deny, Caller), (Boundary, Allow, Caller), (Resource, Allow, Caller)]),
    shape(Who::User, &[(Identity, Allow, Caller), (Boundary, Allow, Caller), (Scp, Allow, Caller)]),
    shape(Who::Session, &[(Identity, Nothing, Caller), (Boundary, Allow, Caller), (Resource, Allow, Behind)]),
];

pub(super) const ACROSS: &[Shape] = &[
    across(Who::User, &[(Identity, Allow, Caller), (Boundary, Allow, Caller), (Resource, Allow, Caller)]),
    across(
        Who::Session,
        &[(Identity, Allow, Caller), (Boundary, Allow, Caller), (Resource, Nothing, Caller)],
    ),
    across(Who::User, &[(Identity, Nothing, Caller), (Boundary, Allow, Caller), (Resource, Allow, Caller)]),
    across(Who::Session, &[(Identity, Allow, Caller), (Session, Nothing, Caller), (Resource, Allow, Caller)]),
    across(
        Who::Session,
        &[(Identity, Allow, Caller), (Boundary, Nothing, Caller), (Resource, Allow, Behind)],
    ),
    across(Who::Session, &[(Identity, Allow, Caller), (Resource, Allow, Account), (Scp, Deny, Caller)]),
    Shape {
        elsewhere: true,
        ..across(Who::Session, &[(Identity, Allow, Caller), (Resource, Allow, Account), (Scp, Deny, Caller)])
    },
    across(Who::Session, &[(Identity, Allow, Caller), (Resource, Allow, Behind), (Rcp, Deny, Caller)]),
    across(Who::User, &[(Identity, Allow, Caller), (Resource, Allow, Caller), (Scp, Nothing, Caller)]),
    Shape {
        themes: &["sns"],
        ..across(Who::User, &[(Identity, Allow, Caller), (Resource, Allow, Caller), (Rcp, Deny, Caller)])
    },
    Shape {
        elsewhere: true,
        ..across(Who::User, &[(Identity, Allow, Caller), (Resource, Allow, Account), (Rcp, Deny, Caller)])
    },
    Shape {
        manager: 2,
        ..across(Who::Session, &[(Identity, Allow, Caller), (Resource, Allow, Account), (Scp, Deny, Caller)])
    },
    Shape {
        manager: 3,
        ..across(Who::Session, &[(Identity, Allow, Caller), (Resource, Allow, Account), (Rcp, Deny, Caller)])
    },
    shape(Who::Linked, &[(Identity, Allow, Caller), (Resource, Nothing, Account), (Scp, Deny, Caller)]),
    Shape {
        themes: &["sts"],
        ..across(
            Who::Session,
            &[(Identity, Allow, Caller), (Boundary, Allow, Caller), (Trust, Nothing, Account)],
        )
    },
    Shape {
        themes: &["sts"],
        ..across(
            Who::User,
            &[(Identity, Nothing, Caller), (Boundary, Allow, Caller), (Trust, Allow, Account)],
        )
    },
    Shape {
        themes: &["sts"],
        ..shape(Who::User, &[(Identity, Allow, Caller), (Scp, Allow, Caller), (Trust, Nothing, Caller)])
    },
    Shape {
        themes: &["sts"],
        ..shape(Who::User, &[(Identity, Nothing, Caller), (Scp, Allow, Caller), (Trust, Allow, Caller)])
    },
    Shape {
        themes: &["kms"],
        ..shape(Who::Session, &[(Identity, Allow, Caller), (Boundary, Allow, Caller), (Key, Nothing, Behind)])
    },
    Shape {
        themes: &["kms"],
        ..shape(Who::Session, &[(Identity, Allow, Caller), (Boundary, Allow, Caller), (Key, Allow, Account)])
    },
    Shape {
        themes: &["kms"],
        ..shape(
            Who::Session,
            &[(Identity, Nothing, Caller), (Boundary, Allow, Caller), (Key, Allow, Account)],
        )
    },
    Shape {
        themes: &["kms"],
        ..shape(Who::Session, &[(Identity, Nothing, Caller), (Boundary, Allow, Caller), (Key, Allow, Behind)])
    },
    Shape {
        themes: &["kms"],
        ..across(Who::User, &[(Identity, Allow, Caller), (Key, Allow, Account), (Scp, Deny, Caller)])
    },
    Shape {
        themes: &["kms"],
        ..across(Who::Session, &[(Identity, Allow, Caller), (Key, Allow, Account), (Rcp, Deny, Caller)])
    },
    Shape {
        themes: &["kms"],
        ..across(Who::User, &[(Identity, Nothing, Caller), (Key, Allow, Caller), (Boundary, Allow, Caller)])
    },
];
