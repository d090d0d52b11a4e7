//! Certificates as data: who presents which chain, and what a client makes of it at a given time.
//!
//! Rules: RFC 5280 (path validation, name constraints), RFC 6125 and RFC 9525 (names), and for the order of checks and the
//! numbers OpenSSL 3.0 (`openssl-verification-options(1)`, `X509_STORE_CTX_get_error(3)`, `X509_cmp_time(3)`). Revocation,
//! key usage, signature strength and policies are not modelled: every certificate here is fit for its use.
//!
//! Times are UTC and always an argument.

mod show;
mod verify;

use chrono::NaiveDateTime;

pub use show::{
    Fields, curl_failure, date_line, http_date, s_client_chain, s_client_verify, stamp, subjects, x509,
};
pub use verify::{Error, Step, Verification, in_order, name_matches, verify};

/// A distinguished name: attributes in order, for example `C`, `O`, `CN`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Name(pub Vec<(&'static str, String)>);

impl Name {
    /// A CA's name.
    pub fn authority(country: &str, organization: &str, common: &str) -> Self {
        Self(vec![("C", country.to_owned()), ("O", organization.to_owned()), ("CN", common.to_owned())])
    }

    /// A name of only a CN.
    pub fn common_only(common: &str) -> Self {
        Self(vec![("CN", common.to_owned())])
    }

    /// The CN; empty without one.
    pub fn common(&self) -> &str {
        self.0.iter().find(|(attribute, _)| *attribute == "CN").map_or("", |(_, value)| value)
    }
}

/// Whose key pair it is: equal numbers are the same key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(pub u32);

/// Kind of key pair.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Algorithm {
    /// NIST P-256.
    #[default]
    Ec256,
    /// RSA of 2048 bits.
    Rsa2048,
}

/// A certificate (X.509 version 3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Whom it names.
    pub subject: Name,
    /// Who says so.
    pub issuer: Name,
    /// Serial number, upper-case hexadecimal digits.
    pub serial: String,
    /// DNS names it is for, `*.` as the first label included.
    pub sans: Vec<String>,
    /// First moment it is valid.
    pub not_before: NaiveDateTime,
    /// Last moment it is valid.
    pub not_after: NaiveDateTime,
    /// Basic constraints: it may issue certificates.
    pub authority: bool,
    /// Basic constraints: how many CAs may follow below it.
    pub path_length: Option<usize>,
    /// Name constraints: DNS names below it must lie in one of these, if there are any.
    pub permitted: Vec<String>,
    /// Name constraints: DNS names below it must lie in none of these.
    pub excluded: Vec<String>,
    /// Its own key.
    pub key: Key,
    /// The key that signed it (authority key identifier).
    pub signer: Key,
    /// Its own key's kind.
    pub algorithm: Algorithm,
    /// The signing key's kind.
    pub signed_with: Algorithm,
}

impl Certificate {
    /// An empty one, of no use but to be filled in.
    pub fn default_at(at: NaiveDateTime) -> Self {
        Self {
            subject: Name::default(),
            issuer: Name::default(),
            serial: String::new(),
            sans: Vec::new(),
            not_before: at,
            not_after: at,
            authority: false,
            path_length: None,
            permitted: Vec::new(),
            excluded: Vec::new(),
            key: Key::default(),
            signer: Key::default(),
            algorithm: Algorithm::default(),
            signed_with: Algorithm::default(),
        }
    }

    /// Its key signed it: a root.
    pub fn self_signed(&self) -> bool {
        self.subject == self.issuer && self.key == self.signer
    }

    /// This certificate's key signed `other`, and the names agree.
    pub fn issued(&self, other: &Self) -> bool {
        self.subject == other.issuer && self.key == other.signer
    }

    /// Within its validity, as OpenSSL compares: the moment of `notAfter` itself counts as expired.
    pub fn valid_at(&self, at: NaiveDateTime) -> bool {
        self.not_before <= at && at < self.not_after
    }
}

/// What a server presents: a chain by the name the client asks for (SNI), leaf first.
#[derive(Clone, Debug, Default)]
pub struct Server {
    /// For clients that send no name, or one no other entry is for.
    pub default: Vec<Certificate>,
    /// By server name: exact, or `*.` in front of a domain.
    pub by_name: Vec<(String, Vec<Certificate>)>,
}

impl Server {
    /// The chain a client gets: the exact name first, then the longest wildcard, then the default (the order nginx documents
    /// in "Server names").
    pub fn presents(&self, sni: Option<&str>) -> &[Certificate] {
        let Some(name) = sni.map(str::to_lowercase) else { return &self.default };
        let exact = self.by_name.iter().find(|(server, _)| *server == name);
        let wildcard = || {
            let fits = |server: &str| server.strip_prefix('*').is_some_and(|suffix| name.ends_with(suffix));
            self.by_name.iter().filter(|(server, _)| fits(server)).max_by_key(|(server, _)| server.len())
        };
        exact.or_else(wildcard).map_or(&self.default, |(_, chain)| chain)
    }
}
