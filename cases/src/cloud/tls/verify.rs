//! What a client makes of a chain, in the order in which OpenSSL 3.0 looks at it.

use chrono::NaiveDateTime;

use super::Certificate;

/// Why a chain is refused; OpenSSL's numbers and words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the texts say it")]
pub enum Error {
    NoIssuer,
    NotYetValid,
    Expired,
    SelfSignedLeaf,
    SelfSignedInChain,
    NoLocalIssuer,
    LeafSignature,
    PathLength,
    NotPermitted,
    Excluded,
    Hostname,
}

impl Error {
    /// Every one, by number.
    pub const ALL: [Self; 11] = [
        Self::NoIssuer,
        Self::NotYetValid,
        Self::Expired,
        Self::SelfSignedLeaf,
        Self::SelfSignedInChain,
        Self::NoLocalIssuer,
        Self::LeafSignature,
        Self::PathLength,
        Self::NotPermitted,
        Self::Excluded,
        Self::Hostname,
    ];

    /// `X509_V_ERR_…`'s number.
    pub fn number(self) -> u8 {
        match self {
            Self::NoIssuer => 2,
            Self::NotYetValid => 9,
            Self::Expired => 10,
            Self::SelfSignedLeaf => 18,
            Self::SelfSignedInChain => 19,
            Self::NoLocalIssuer => 20,
            Self::LeafSignature => 21,
            Self::PathLength => 25,
            Self::NotPermitted => 47,
            Self::Excluded => 48,
            Self::Hostname => 62,
        }
    }

    /// `X509_verify_cert_error_string`'s text.
    pub fn text(self) -> &'static str {
        match self {
            Self::NoIssuer => "unable to get issuer certificate",
            Self::NotYetValid => "certificate is not yet valid",
            Self::Expired => "certificate has expired",
            Self::SelfSignedLeaf => "self-signed certificate",
            Self::SelfSignedInChain => "self-signed certificate in certificate chain",
            Self::NoLocalIssuer => "unable to get local issuer certificate",
            Self::LeafSignature => "unable to verify the first certificate",
            Self::PathLength => "path length constraint exceeded",
            Self::NotPermitted => "permitted subtree violation",
            Self::Excluded => "excluded subtree violation",
            Self::Hostname => "hostname mismatch",
        }
    }
}

/// One look at a certificate: an error, or that it passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its place in the chain that was built, 0 for the leaf.
    pub depth: usize,
    /// What is wrong with it.
    pub error: Option<Error>,
}

/// What came of verifying.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// The chain that was built, leaf first; not always what was sent.
    pub chain: Vec<Certificate>,
    /// Every look, in order, of a client that goes on after errors (`s_client`).
    pub steps: Vec<Step>,
}

impl Verification {
    /// Where a client that stops at the first error stops (curl, `s_client -verify_return_error`, most libraries).
    pub fn first(&self) -> Option<(usize, Error)> {
        self.steps.iter().find_map(|step| Some((step.depth, step.error?)))
    }

    /// The last error: what `s_client` ends with as its verify return code.
    pub fn last(&self) -> Option<Error> {
        self.steps.iter().rev().find_map(|step| step.error)
    }

    /// Nothing was wrong.
    pub fn ok(&self) -> bool {
        self.first().is_none()
    }
}

/// Verifies what a server sent (leaf first, the rest in any order) against a trust store at a time, and the leaf's names
/// against `host` where one is given. A chain must end in a self-signed certificate of the store (no `-partial_chain`); the
/// store is asked before what was sent (`X509_V_FLAG_TRUSTED_FIRST`, the default since OpenSSL 1.1.0).
pub fn verify(
    sent: &[Certificate],
    store: &[Certificate],
    at: NaiveDateTime,
    host: Option<&str>,
) -> Verification {
    let mut steps = Vec::new();
    let Some((leaf, others)) = sent.split_first() else {
        return Verification {
            chain: Vec::new(),
            steps: vec![Step { depth: 0, error: Some(Error::NoIssuer) }],
        };
    };
    let (chain, anchored, from_store) = build(leaf, others, store, at);
    let top = chain.len() - 1;
    let mut note = |depth, error| steps.push(Step { depth, error });

    if !anchored {
        let root = chain.last().is_some_and(Certificate::self_signed);
        note(
            top,
            Some(match (root, top) {
                (true, 0) => Error::SelfSignedLeaf,
                (true, _) => Error::SelfSignedInChain,
                (false, _) if from_store => Error::NoIssuer,
                (false, _) => Error::NoLocalIssuer,
            }),
        );
    }
    // How many CAs lie below each CA, those that name themselves aside.
    let mut below = 0;
    for (depth, certificate) in chain.iter().enumerate() {
        if depth > 0 && certificate.path_length.is_some_and(|most| below > most) {
            note(depth, Some(Error::PathLength));
        }
        if depth > 0 && certificate.subject != certificate.issuer {
            below += 1;
        }
    }
    if host.is_some_and(|host| !leaf.sans.iter().any(|san| name_matches(san, host))) {
        note(0, Some(Error::Hostname));
    }
    // From the top down. A top that is no root is not looked at: there is nothing to check its signature with.
    let root = chain.last().is_some_and(Certificate::self_signed);
    if !root && top == 0 {
        note(0, Some(Error::LeafSignature));
    }
    let looked_at = if root || top == 0 { chain.len() } else { top };
    for (depth, certificate) in chain.iter().enumerate().take(looked_at).rev() {
        if certificate.not_before > at {
            note(depth, Some(Error::NotYetValid));
        }
        if certificate.not_after <= at {
            note(depth, Some(Error::Expired));
        }
        note(depth, None);
    }
    for (depth, certificate) in chain.iter().enumerate().rev() {
        // A CA that names itself is exempt, unless it is the leaf (RFC 5280, section 6.1.4 (b)).
        if depth > 0 && certificate.subject == certificate.issuer {
            continue;
        }
        for above in chain.iter().skip(depth + 1) {
            if let Some(error) = constrained(above, certificate) {
                note(depth, Some(error));
            }
        }
    }
    Verification { chain, steps }
}

/// The chain from a leaf upwards, whether it ends at a root of the store, and whether its top is from the store.
fn build(
    leaf: &Certificate,
    others: &[Certificate],
    store: &[Certificate],
    at: NaiveDateTime,
) -> (Vec<Certificate>, bool, bool) {
    let mut chain = vec![leaf.clone()];
    let mut unused: Vec<&Certificate> = others.iter().collect();
    let mut current = leaf.clone();
    let mut from_store = false;
    loop {
        if current.self_signed() {
            let anchored = store.contains(&current);
            return (chain, anchored, anchored);
        }
        if let Some(issuer) = issuer_among(&current, store.iter(), at) {
            from_store = true;
            current = issuer.clone();
        } else if !from_store && let Some(issuer) = issuer_among(&current, unused.iter().copied(), at) {
            unused.retain(|other| *other != issuer);
            current = issuer.clone();
        } else {
            return (chain, false, from_store);
        }
        if chain.contains(&current) {
            return (chain, false, from_store);
        }
        chain.push(current.clone());
    }
}

/// The issuer: the first that is valid now, else the one that expired last.
fn issuer_among<'a>(
    of: &Certificate,
    list: impl Iterator<Item = &'a Certificate>,
    at: NaiveDateTime,
) -> Option<&'a Certificate> {
    let mut best: Option<&Certificate> = None;
    for candidate in list.filter(|candidate| candidate.issued(of)) {
        if candidate.valid_at(at) {
            return Some(candidate);
        }
        if best.is_none_or(|best| candidate.not_after > best.not_after) {
            best = Some(candidate);
        }
    }
    best
}

/// A CA's name constraints against a certificate below it.
fn constrained(authority: &Certificate, below: &Certificate) -> Option<Error> {
    let lies_in = |name: &str, tree: &str| {
        let (name, tree) = (name.to_lowercase(), tree.to_lowercase());
        name == tree || name.ends_with(&format!(".{tree}"))
    };
    below.sans.iter().find_map(|san| {
        if !authority.permitted.is_empty() && !authority.permitted.iter().any(|tree| lies_in(san, tree)) {
            return Some(Error::NotPermitted);
        }
        authority.excluded.iter().any(|tree| lies_in(san, tree)).then_some(Error::Excluded)
    })
}

/// A name of a certificate is for a host. `*` stands for exactly one label, the first (RFC 6125, section 6.4.3).
pub fn name_matches(san: &str, host: &str) -> bool {
    let (san, host) = (san.to_lowercase(), host.to_lowercase());
    match (san.strip_prefix("*."), host.split_once('.')) {
        // OpenSSL wants two labels after the star.
        (Some(domain), Some((label, rest))) => !label.is_empty() && rest == domain && domain.contains('.'),
        _ => san == host,
    }
}

/// Each certificate certifies the one before it: what TLS 1.2 demands of a server (RFC 5246, section 7.4.2) and TLS 1.3
/// recommends (RFC 8446, section 4.4.2).
pub fn in_order(sent: &[Certificate]) -> bool {
    sent.windows(2).all(|pair| matches!(pair, [lower, upper] if upper.issued(lower)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_one_label() {
        for (san, host, matches) in [
            ("shop.example.tw", "SHOP.example.tw", true),
            ("*.example.tw", "shop.example.tw", true),
            ("*.example.tw", "a.shop.example.tw", false),
            ("*.example.tw", "example.tw", false),
            ("*.tw", "example.tw", false),
        ] {
            assert_eq!(name_matches(san, host), matches, "{san} {host}");
        }
    }
}
