//! Keys: what one signs and reads with, and what others know of it.

use std::fmt::{Display, Formatter, Result as FmtResult};
use std::str::FromStr;

use age::secrecy::ExposeSecret;
use bip39::Language as WordList;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use rand::{Rng, RngExt};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

use super::Refusal;

/// What is signed stands below this line.
const DOMAIN: &[u8] = b"divedeep packet v1\n";
/// What fingerprints are taken of stands below this line.
const FINGERPRINT: &[u8] = b"divedeep fingerprint v1\n";
/// Words of a fingerprint, 11 bits each: 88 bits that somebody else's key would have to hit.
const WORDS: usize = 8;
/// What an address begins with.
const PREFIX: &str = "divedeep-1";
/// What stands before the signing key in a key file.
const SIGNING: &str = "# signing-key: ";

/// What one signs and reads with.
#[derive(Clone)]
pub struct Identity {
    signing: SigningKey,
    reading: age::x25519::Identity,
}

impl Identity {
    /// New keys.
    pub fn generate(chance: &mut impl Rng) -> Self {
        let seed: [u8; 32] = chance.random();
        Self { signing: SigningKey::from_bytes(&seed), reading: age::x25519::Identity::generate() }
    }

    /// Reads a key file; none where it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        let seed = text.lines().find_map(|line| line.strip_prefix(SIGNING))?;
        let reading = text.lines().find(|line| line.starts_with("AGE-SECRET-KEY-1"))?;
        let seed: [u8; 32] = from_hex(seed.trim())?.try_into().ok()?;
        Some(Self { signing: SigningKey::from_bytes(&seed), reading: reading.trim().parse().ok()? })
    }

    /// The key file: one that age itself takes as `-i`.
    pub fn text(&self) -> String {
        format!(
            "# Divedeep keys: whoever has this file can read what is sent to you and sign as you.\n# address: {}\n{SIGNING}{}\n{}\n",
            self.address(),
            hex(&self.signing.to_bytes()),
            self.reading.to_string().expose_secret(),
        )
    }

    /// What others know of it.
    pub fn address(&self) -> Address {
        Address {
            signer: self.signing.verifying_key().to_bytes(),
            reader: self.reading.to_public().to_string(),
        }
    }

    /// Signs the bytes of a header.
    pub(super) fn sign(&self, header: &[u8]) -> String {
        hex(&self.signing.sign(&[DOMAIN, header].concat()).to_bytes())
    }

    pub(super) fn reading(&self) -> &age::x25519::Identity {
        &self.reading
    }
}

/// Where packets for somebody go, and how theirs are known: public.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    signer: [u8; 32],
    reader: String,
}

impl Address {
    /// The fingerprint in words, to be read out and compared: equal words, equal keys.
    pub fn words(&self) -> Vec<&'static str> {
        let digest = Sha256::new().chain_update(FINGERPRINT).chain_update(self.to_string()).finalize();
        let list = WordList::English.word_list();
        let bit = |at: usize| digest.get(at / 8).is_some_and(|byte| byte & (0x80 >> (at % 8)) != 0);
        let word = |place: usize| {
            let index = (0..11).fold(0, |index, at| index * 2 + usize::from(bit(place * 11 + at)));
            list.get(index).copied().unwrap_or_default()
        };
        (0..WORDS).map(word).collect()
    }

    /// Checks a signature over the bytes of a header.
    pub(super) fn verify(&self, header: &[u8], signature: &str) -> Result<(), Refusal> {
        let key = VerifyingKey::from_bytes(&self.signer).map_err(|_| Refusal::Forged)?;
        let bytes: [u8; 64] =
            from_hex(signature.trim()).and_then(|bytes| bytes.try_into().ok()).ok_or(Refusal::Forged)?;
        key.verify_strict(&[DOMAIN, header].concat(), &Signature::from_bytes(&bytes))
            .map_err(|_| Refusal::Forged)
    }

    pub(super) fn recipient(&self) -> Result<age::x25519::Recipient, Refusal> {
        self.reader.parse().map_err(|_| Refusal::Damaged)
    }
}

impl Display for Address {
    fn fmt(&self, out: &mut Formatter<'_>) -> FmtResult {
        write!(out, "{PREFIX}:{}:{}", hex(&self.signer), self.reader)
    }
}

impl FromStr for Address {
    type Err = Refusal;

    /// Reads an address as [`Display`] writes it; around it there may be white space, as mail programs leave it.
    fn from_str(text: &str) -> Result<Self, Refusal> {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let mut parts = text.split(':');
        let (Some(PREFIX), Some(signer), Some(reader), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Refusal::Damaged);
        };
        let signer: [u8; 32] =
            from_hex(signer).and_then(|bytes| bytes.try_into().ok()).ok_or(Refusal::Damaged)?;
        VerifyingKey::from_bytes(&signer).map_err(|_| Refusal::Damaged)?;
        let address = Self { signer, reader: reader.to_owned() };
        address.recipient()?;
        Ok(address)
    }
}

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Bytes in hexadecimal, lower case.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    let pair = |at: usize| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
    (0..text.len()).step_by(2).map(pair).collect()
}
