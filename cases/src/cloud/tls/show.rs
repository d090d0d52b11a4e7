//! Certificates in the formats of the `openssl` program (3.0) and curl.

use std::fmt::Write as _;

use chrono::NaiveDateTime;

use super::{Algorithm, Certificate, Error, Name, Verification};

impl Name {
    /// `C = TW, O = Formosa Trust, CN = Formosa Root CA`.
    pub fn openssl(&self) -> String {
        self.0
            .iter()
            .map(|(attribute, value)| format!("{attribute} = {value}"))
            .collect::<Vec<_>>()
            .join(", ")
    }
}

/// `Mar  3 02:14:09 2026 GMT`, as certificates' times are printed.
pub fn stamp(at: NaiveDateTime) -> String {
    at.format("%b %e %H:%M:%S %Y GMT").to_string()
}

/// What `date -u` prints: `Tue Mar  3 02:14:09 UTC 2026`.
pub fn date_line(at: NaiveDateTime) -> String {
    at.format("%a %b %e %H:%M:%S UTC %Y").to_string()
}

/// HTTP's `Date` (RFC 9110, section 5.6.7): `Tue, 03 Mar 2026 02:14:09 GMT`.
pub fn http_date(at: NaiveDateTime) -> String {
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// `Certificate chain` of `openssl s_client`: what was sent, in the order sent, without the line of dashes below it.
pub fn s_client_chain(sent: &[Certificate]) -> String {
    let mut text = String::from("Certificate chain\n");
    for (place, certificate) in sent.iter().enumerate() {
        let key = match certificate.algorithm {
            Algorithm::Ec256 => "id-ecPublicKey, 256 (bit)",
            Algorithm::Rsa2048 => "rsaEncryption, 2048 (bit)",
        };
        let signature = match certificate.signed_with {
            Algorithm::Ec256 => "ecdsa-with-SHA256",
            Algorithm::Rsa2048 => "RSA-SHA256",
        };
        let _ = write!(
            text,
            "{place:2} s:{}\n   i:{}\n   a:PKEY: {key}; sigalg: {signature}\n   v:NotBefore: {}; NotAfter: {}\n",
            certificate.subject.openssl(),
            certificate.issuer.openssl(),
            stamp(certificate.not_before),
            stamp(certificate.not_after)
        );
    }
    text
}

/// What `openssl s_client` tells while it verifies (standard error), line by line.
pub fn s_client_verify(verification: &Verification) -> String {
    let mut text = String::new();
    // The last error stays set, and with it what is printed about each certificate after it.
    let mut error = None;
    for step in &verification.steps {
        let Some(certificate) = verification.chain.get(step.depth) else { continue };
        let _ = writeln!(text, "depth={} {}", step.depth, certificate.subject.openssl());
        if let Some(found) = step.error {
            error = Some(found);
            let _ = writeln!(text, "verify error:num={}:{}", found.number(), found.text());
        }
        let _ = match error {
            Some(Error::NoIssuer) => writeln!(text, "issuer= {}", certificate.issuer.openssl()),
            Some(Error::NotYetValid) => writeln!(text, "notBefore={}", stamp(certificate.not_before)),
            Some(Error::Expired) => writeln!(text, "notAfter={}", stamp(certificate.not_after)),
            _ => Ok(()),
        };
        text.push_str("verify return:1\n");
    }
    text
}

impl Verification {
    /// `Verify return code: 10 (certificate has expired)`.
    pub fn return_code(&self) -> String {
        let (number, text) = self.last().map_or((0, "ok"), |error| (error.number(), error.text()));
        format!("Verify return code: {number} ({text})")
    }
}

/// `openssl crl2pkcs7 -nocrl -certfile FILE | openssl pkcs7 -print_certs -noout`: who is in a file, in order.
pub fn subjects(certificates: &[Certificate]) -> String {
    certificates.iter().fold(String::new(), |mut text, certificate| {
        let (subject, issuer) = (certificate.subject.openssl(), certificate.issuer.openssl());
        let _ = write!(text, "subject={subject}\nissuer={issuer}\n\n");
        text
    })
}

/// What `openssl x509 -noout` can be asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fields {
    /// `-subject -issuer`
    pub names: bool,
    /// `-serial`
    pub serial: bool,
    /// `-dates`
    pub dates: bool,
    /// `-ext subjectAltName,basicConstraints,nameConstraints`
    pub extensions: bool,
}

/// `openssl x509 -noout` with some of `-subject -issuer -serial -dates -ext …`, in that order.
pub fn x509(certificate: &Certificate, fields: Fields) -> String {
    let mut text = String::new();
    if fields.names {
        let (subject, issuer) = (certificate.subject.openssl(), certificate.issuer.openssl());
        let _ = write!(text, "subject={subject}\nissuer={issuer}\n");
    }
    if fields.serial {
        let _ = writeln!(text, "serial={}", certificate.serial);
    }
    if fields.dates {
        let (from, to) = (stamp(certificate.not_before), stamp(certificate.not_after));
        let _ = write!(text, "notBefore={from}\nnotAfter={to}\n");
    }
    if fields.extensions {
        if certificate.authority {
            let length = certificate.path_length.map(|most| format!(", pathlen:{most}")).unwrap_or_default();
            let _ = write!(text, "X509v3 Basic Constraints: critical\n    CA:TRUE{length}\n");
        }
        let trees =
            |list: &[String]| -> String { list.iter().map(|tree| format!("      DNS:{tree}\n")).collect() };
        if !certificate.permitted.is_empty() || !certificate.excluded.is_empty() {
            text.push_str("X509v3 Name Constraints: critical\n");
            if !certificate.permitted.is_empty() {
                let _ = write!(text, "    Permitted:\n{}", trees(&certificate.permitted));
            }
            if !certificate.excluded.is_empty() {
                let _ = write!(text, "    Excluded:\n{}", trees(&certificate.excluded));
            }
        }
        if !certificate.sans.is_empty() {
            let names: Vec<_> = certificate.sans.iter().map(|san| format!("DNS:{san}")).collect();
            // The space at the end is OpenSSL's.
            let _ = write!(text, "X509v3 Subject Alternative Name: \n    {}\n", names.join(", "));
        }
    }
    text
}

/// The line curl (7.88 with OpenSSL 3.0) gives up with. It looks at the host name itself, after the chain.
pub fn curl_failure(error: Error, host: &str) -> String {
    match error {
        Error::Hostname => format!(
            "curl: (60) SSL: no alternative certificate subject name matches target host name '{host}'"
        ),
        _ => format!("curl: (60) SSL certificate problem: {}", error.text()),
    }
}
