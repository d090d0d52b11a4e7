//! Making and opening packets.

use std::collections::BTreeMap;
use std::io::{Cursor, Error as IoError, Read, Write};
use std::iter;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use super::keys::hex;
use super::{Address, FORMAT, Header, Identity, LARGEST, PacketKind, Refusal, largest_payload};

const HEADER: &str = "header.json";
const SIGNATURE: &str = "signature";
const PAYLOAD: &str = "payload.json.gz";
/// Largest header, in bytes.
const LARGEST_HEADER: u64 = 1024 * 1024;

/// Something beside the payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// `recordings/7.wav`.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A packet that was opened: it is whole, for this reader, and signed by who it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// What stands above it.
    pub header: Header,
    /// The payload, unpacked.
    pub payload: Vec<u8>,
    /// Recordings, by name.
    pub parts: BTreeMap<String, Vec<u8>>,
}

impl Header {
    /// What the next packet calls this one.
    pub fn digest(&self) -> String {
        digest(&serde_json::to_vec(self).unwrap_or_default())
    }
}

fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// A recording's name in a packet; nothing else may stand beside the payload.
fn is_recording(name: &str) -> bool {
    let number = name.strip_prefix("recordings/").and_then(|rest| rest.strip_suffix(".wav"));
    number.is_some_and(|number| {
        !number.is_empty() && number.len() < 11 && number.bytes().all(|b| b.is_ascii_digit())
    })
}

/// Makes a packet and gives its header. `sequence` counts from 1; `previous` is the digest of the packet before it.
///
/// # Errors
/// Those of `out`.
#[expect(clippy::too_many_arguments, reason = "each is a line of the header or a part of the packet")]
pub fn seal(
    out: impl Write,
    sender: &Identity,
    recipient: &Address,
    kind: PacketKind,
    (sequence, previous): (u32, Option<String>),
    created_at_ms: i64,
    payload: &[u8],
    parts: &[Part],
) -> Result<Header, IoError> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(payload)?;
    let packed = packed.finish()?;
    let all = || {
        iter::once((PAYLOAD, packed.as_slice())).chain(parts.iter().map(|p| (p.name.as_str(), &p.bytes[..])))
    };
    let header = Header {
        format: FORMAT,
        kind,
        sender: sender.address(),
        recipient: recipient.clone(),
        sequence,
        previous,
        created_at_ms,
        parts: all().map(|(name, bytes)| (name.to_owned(), digest(bytes))).collect(),
    };
    let written = serde_json::to_vec(&header)?;
    let to = recipient.recipient().map_err(IoError::other)?;
    let encryptor =
        age::Encryptor::with_recipients(iter::once(&to as &dyn age::Recipient)).map_err(IoError::other)?;
    let mut archive = tar::Builder::new(encryptor.wrap_output(out)?);
    let signature = sender.sign(&written);
    for (name, bytes) in
        [(HEADER, written.as_slice()), (SIGNATURE, signature.as_bytes())].into_iter().chain(all())
    {
        let mut entry = tar::Header::new_gnu();
        entry.set_size(bytes.len() as u64);
        entry.set_mode(0o600);
        entry.set_cksum();
        archive.append_data(&mut entry, name, bytes)?;
    }
    archive.into_inner()?.finish()?.flush()?;
    Ok(header)
}

/// Opens a packet of at most [`LARGEST`] bytes. Nothing is believed before the signature was checked, and nothing is written
/// anywhere.
///
/// # Errors
/// Why it cannot be taken.
pub fn open(reader: &Identity, bytes: &[u8]) -> Result<Opened, Refusal> {
    if bytes.len() as u64 > LARGEST {
        return Err(Refusal::TooLarge);
    }
    let decryptor = age::Decryptor::new(Cursor::new(bytes)).map_err(|error| match error {
        age::DecryptError::UnknownFormat => Refusal::TooNew,
        _ => Refusal::Damaged,
    })?;
    let plain =
        decryptor.decrypt(iter::once(reader.reading() as &dyn age::Identity)).map_err(
            |error| match error {
                age::DecryptError::NoMatchingKeys => Refusal::NotForYou,
                _ => Refusal::Damaged,
            },
        )?;
    let mut archive = tar::Archive::new(plain);
    let mut entries = archive.entries().map_err(|_| Refusal::Damaged)?;
    let mut next = |limit: u64| -> Result<Option<(String, Vec<u8>)>, Refusal> {
        let Some(entry) = entries.next() else { return Ok(None) };
        let entry = entry.map_err(|_| Refusal::Damaged)?;
        if entry.header().entry_type() != tar::EntryType::Regular {
            return Err(Refusal::Damaged);
        }
        let name = String::from_utf8(entry.path_bytes().into_owned()).map_err(|_| Refusal::Damaged)?;
        let mut found = Vec::new();
        entry.take(limit + 1).read_to_end(&mut found).map_err(|_| Refusal::Damaged)?;
        if found.len() as u64 > limit { Err(Refusal::TooLarge) } else { Ok(Some((name, found))) }
    };

    let Some((HEADER, written)) =
        next(LARGEST_HEADER)?.as_ref().map(|(name, bytes)| (name.as_str(), bytes.clone()))
    else {
        return Err(Refusal::Damaged);
    };
    let format = serde_json::from_slice::<Format>(&written).map_err(|_| Refusal::Damaged)?.format;
    if format > FORMAT {
        return Err(Refusal::TooNew);
    }
    let header: Header = serde_json::from_slice(&written).map_err(|_| Refusal::Damaged)?;
    let signature = match next(1024)? {
        Some((name, signature)) if name == SIGNATURE => {
            String::from_utf8(signature).map_err(|_| Refusal::Forged)?
        }
        _ => return Err(Refusal::Forged),
    };
    header.sender.verify(&written, &signature)?;
    if header.recipient != reader.address() {
        return Err(Refusal::NotForYou);
    }
    let mut found: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    while let Some((name, bytes)) = next(LARGEST)? {
        let expected = header.parts.get(&name).ok_or(Refusal::Damaged)?;
        if digest(&bytes) != *expected || !(name == PAYLOAD || is_recording(&name)) {
            return Err(Refusal::Damaged);
        }
        found.insert(name, bytes);
    }
    if found.len() != header.parts.len() {
        return Err(Refusal::Damaged);
    }
    let packed = found.remove(PAYLOAD).ok_or(Refusal::Damaged)?;
    let most = largest_payload(header.kind);
    let mut payload = Vec::new();
    GzDecoder::new(packed.as_slice())
        .take(most + 1)
        .read_to_end(&mut payload)
        .map_err(|_| Refusal::Damaged)?;
    if payload.len() as u64 > most {
        return Err(Refusal::TooLarge);
    }
    Ok(Opened { header, payload, parts: found })
}

/// The one line of a header that every version writes.
#[derive(serde::Deserialize)]
struct Format {
    format: u32,
}
