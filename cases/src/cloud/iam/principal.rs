//! Who asks (IAM User Guide, AWS JSON policy elements: Principal).

use super::policy::Principals;

/// Who makes a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    /// The root user of an account.
    Root {
        /// Twelve digits.
        account: String,
    },
    /// An IAM user with its long-term keys.
    User {
        /// Twelve digits.
        account: String,
        /// With its path, without a leading slash.
        name: String,
    },
    /// A session of a role.
    Session {
        /// Twelve digits.
        account: String,
        /// With its path, without a leading slash.
        role: String,
        /// The session's name.
        session: String,
        /// Whether the role is linked to a service.
        linked: bool,
    },
    /// A session from `GetFederationToken`.
    FederatedUser {
        /// Twelve digits.
        account: String,
        /// The session's name.
        name: String,
        /// The IAM user who federated.
        user: String,
    },
    /// Someone an identity provider vouches for, who asks for a role.
    Federated {
        /// As in a trust policy: a host name or the ARN of a provider.
        provider: String,
    },
    /// A service.
    Service {
        /// For example `cloudtrail.amazonaws.com`.
        name: String,
    },
    /// Nobody: the request is not signed.
    Anonymous,
}

/// How far a resource-based policy's Allow carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grant {
    /// To the account: its administrators may pass it on.
    Account,
    /// To the role behind a session, or to the user behind a federated one.
    Behind,
    /// To the very principal that asks.
    Direct,
}

impl Principal {
    /// An IAM user.
    pub fn user(account: &str, name: &str) -> Self {
        Self::User { account: account.to_owned(), name: name.to_owned() }
    }

    /// A session of a role.
    pub fn session(account: &str, role: &str, session: &str) -> Self {
        let (account, role, session) = (account.to_owned(), role.to_owned(), session.to_owned());
        Self::Session { account, role, session, linked: false }
    }

    /// The account it belongs to.
    pub fn account(&self) -> Option<&str> {
        match self {
            Self::Root { account }
            | Self::User { account, .. }
            | Self::Session { account, .. }
            | Self::FederatedUser { account, .. } => Some(account),
            Self::Federated { .. } | Self::Service { .. } | Self::Anonymous => None,
        }
    }

    /// Its ARN, or what stands for it.
    pub fn arn(&self) -> String {
        match self {
            Self::Root { account } => format!("arn:aws:iam::{account}:root"),
            Self::User { account, name } => format!("arn:aws:iam::{account}:user/{name}"),
            Self::Session { account, role, session, .. } => {
                let role = role.rsplit('/').next().unwrap_or(role);
                format!("arn:aws:sts::{account}:assumed-role/{role}/{session}")
            }
            Self::FederatedUser { account, name, .. } => {
                format!("arn:aws:sts::{account}:federated-user/{name}")
            }
            Self::Federated { provider } => provider.clone(),
            Self::Service { name } => name.clone(),
            Self::Anonymous => "anonymous".to_owned(),
        }
    }

    /// The role of a session, or the user of a federated one.
    pub fn behind(&self) -> Option<String> {
        match self {
            Self::Session { account, role, .. } => Some(format!("arn:aws:iam::{account}:role/{role}")),
            Self::FederatedUser { account, user, .. } => Some(format!("arn:aws:iam::{account}:user/{user}")),
            _ => None,
        }
    }

    /// How far an Allow to these principals carries for this one; none where it is about others.
    pub fn granted(&self, principals: &Principals) -> Option<Grant> {
        let (arn, behind) = (self.arn(), self.behind());
        let root = self.account().map(|account| format!("arn:aws:iam::{account}:root"));
        let one = |(kind, value): &(String, String)| match (kind.as_str(), self) {
            ("AWS", _) if value == "*" => Some(Grant::Direct),
            ("Service", Self::Service { name }) => (name == value).then_some(Grant::Direct),
            ("Federated", Self::Federated { provider }) => (provider == value).then_some(Grant::Direct),
            ("AWS", Self::Service { .. } | Self::Federated { .. } | Self::Anonymous) => None,
            ("AWS", Self::Root { account }) => (*value == arn || value == account).then_some(Grant::Account),
            ("AWS", _) if *value == arn => Some(Grant::Direct),
            ("AWS", _) if Some(value) == behind.as_ref() => Some(Grant::Behind),
            ("AWS", _) if Some(value) == root.as_ref() || Some(value.as_str()) == self.account() => {
                Some(Grant::Account)
            }
            _ => None,
        };
        let granted = principals.listed.iter().filter_map(one).max();
        match (principals.not, granted) {
            (false, granted) => granted,
            (true, None) => Some(Grant::Direct),
            (true, Some(_)) => None,
        }
    }

    /// Whether a Deny to these principals reaches this one.
    pub fn reached(&self, principals: &Principals) -> bool {
        if !principals.not {
            return self.granted(principals).is_some();
        }
        // IAM JSON policy elements: NotPrincipal: to be left out, a user is listed with its account, a session with its
        // role and its account.
        let listed = |wanted: &str| principals.listed.iter().any(|(_, value)| value == wanted);
        let account = self
            .account()
            .is_none_or(|account| listed(account) || listed(&format!("arn:aws:iam::{account}:root")));
        !(listed(&self.arn()) && self.behind().is_none_or(|behind| listed(&behind)) && account)
    }
}
