use std::process::{Command, Stdio};

use rand::SeedableRng;
use rand::rngs::StdRng;

use super::*;

fn identity(seed: u64) -> Identity {
    Identity::generate(&mut StdRng::seed_from_u64(seed))
}

fn sealed(from: &Identity, to: &Identity, payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let part = Part { name: "recordings/7.wav".to_owned(), bytes: vec![7; 3000] };
    let order = (1, None);
    seal(&mut bytes, from, &to.address(), PacketKind::Review, order, 1_795_222_800_000, payload, &[part])
        .expect("memory");
    bytes
}

#[test]
fn what_was_sealed_opens_for_its_reader_alone() {
    let (learner, mentor, other) = (identity(1), identity(2), identity(3));
    let bytes = sealed(&learner, &mentor, b"{\"stories\":[]}");
    let opened = open(&mentor, &bytes).expect("it opens");
    assert_eq!(opened.payload, b"{\"stories\":[]}");
    assert_eq!(opened.parts["recordings/7.wav"], vec![7; 3000]);
    assert_eq!(opened.header.sender, learner.address());
    assert_eq!((opened.header.sequence, opened.header.kind), (1, PacketKind::Review));
    assert_eq!(open(&other, &bytes), Err(Refusal::NotForYou));
    assert_eq!(open(&learner, &bytes), Err(Refusal::NotForYou), "not even the sender reads it again");
    assert!(!bytes.windows(7).any(|window| window == b"stories"), "nothing is readable on the way");
}

#[test]
fn whatever_is_cut_off_or_changed_is_refused() {
    let (learner, mentor) = (identity(1), identity(2));
    let bytes = sealed(&learner, &mentor, b"{}");
    for length in (0..bytes.len()).step_by(97).chain([bytes.len() - 1]) {
        assert!(open(&mentor, &bytes[..length]).is_err(), "cut at {length}");
    }
    for place in (0..bytes.len()).step_by(61) {
        let mut changed = bytes.clone();
        changed[place] ^= 0x20;
        assert!(open(&mentor, &changed).is_err(), "changed at {place}");
    }
    let longer = [bytes.as_slice(), b"more"].concat();
    assert!(open(&mentor, &longer).is_err());
    assert_eq!(open(&mentor, b"not a packet at all"), Err(Refusal::Damaged));
    assert_eq!(open(&mentor, b""), Err(Refusal::Damaged));
}

/// A packet around any header, signature and parts: what a forger with the recipient's address can make.
fn forged(to: &Identity, entries: &[(&str, &[u8])]) -> Vec<u8> {
    let recipient = to.address().recipient().expect("an address");
    let encryptor =
        age::Encryptor::with_recipients(std::iter::once(&recipient as &dyn age::Recipient)).expect("a key");
    let mut archive = tar::Builder::new(encryptor.wrap_output(Vec::new()).expect("memory"));
    for (name, bytes) in entries {
        let mut entry = tar::Header::new_gnu();
        entry.set_size(bytes.len() as u64);
        entry.set_cksum();
        archive.append_data(&mut entry, name, *bytes).expect("memory");
    }
    archive.into_inner().expect("memory").finish().expect("memory")
}

/// The entries of a good packet, to be tampered with.
fn entries(from: &Identity, to: &Identity, change: impl Fn(&mut Header)) -> (Vec<u8>, String) {
    let packed = packed(b"{}");
    let mut header = Header {
        format: FORMAT,
        kind: PacketKind::Review,
        sender: from.address(),
        recipient: to.address(),
        sequence: 1,
        previous: None,
        created_at_ms: 0,
        parts: [("payload.json.gz".to_owned(), keys::hex(&<sha2::Sha256 as sha2::Digest>::digest(&packed)))]
            .into(),
    };
    change(&mut header);
    let written = serde_json::to_vec(&header).expect("JSON");
    let signature = from.sign(&written);
    (written, signature)
}

fn packed(payload: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, payload).expect("memory");
    packed.finish().expect("memory")
}

#[test]
fn a_forger_gets_nowhere() {
    let (learner, mentor, forger) = (identity(1), identity(2), identity(3));
    let payload = packed(b"{}");
    let made = |header: &[u8], signature: &str, parts: &[(&str, &[u8])]| {
        let head: [(&str, &[u8]); 2] = [("header.json", header), ("signature", signature.as_bytes())];
        open(&mentor, &forged(&mentor, &[&head, parts].concat()))
    };
    let good: &[(&str, &[u8])] = &[("payload.json.gz", &payload)];

    let (header, signature) = entries(&learner, &mentor, |_| ());
    assert!(made(&header, &signature, good).is_ok());
    let (claimed, signed) = entries(&forger, &mentor, |header| header.sender = learner.address());
    assert_eq!(made(&claimed, &signed, good), Err(Refusal::Forged), "signed by somebody else");
    assert_eq!(made(&header, "", good), Err(Refusal::Forged));
    // The learner's packet to the forger, passed on to the mentor.
    let (passed_on, signature_) = entries(&learner, &forger, |_| ());
    assert_eq!(made(&passed_on, &signature_, good), Err(Refusal::NotForYou));
    let (newer, signature_) = entries(&learner, &mentor, |header| header.format = FORMAT + 1);
    assert_eq!(made(&newer, &signature_, good), Err(Refusal::TooNew));
    let other = packed(b"{\"x\":1}");
    assert_eq!(made(&header, &signature, &[("payload.json.gz", &other)]), Err(Refusal::Damaged), "swapped");
    assert_eq!(made(&header, &signature, &[]), Err(Refusal::Damaged), "left out");
    let more: &[(&str, &[u8])] = &[("payload.json.gz", &payload), ("recordings/1.wav", b"x")];
    assert_eq!(made(&header, &signature, more), Err(Refusal::Damaged), "put in");
    let outside = keys::hex(&<sha2::Sha256 as sha2::Digest>::digest(b"x"));
    let (climbing, signature_) = entries(&learner, &mentor, |header| {
        header.parts.insert("recordings/x.wav".to_owned(), outside.clone());
    });
    let parts: &[(&str, &[u8])] = &[("payload.json.gz", &payload), ("recordings/x.wav", b"x")];
    assert_eq!(made(&climbing, &signature_, parts), Err(Refusal::Damaged), "no name but a recording's");
}

#[test]
fn a_payload_that_swells_is_refused() {
    let (learner, mentor) = (identity(1), identity(2));
    let huge = packed(&vec![0; largest_payload(PacketKind::Review) as usize + 1]);
    let sum = keys::hex(&<sha2::Sha256 as sha2::Digest>::digest(&huge));
    let (header, signature) = entries(&learner, &mentor, |header| {
        header.parts.insert("payload.json.gz".to_owned(), sum.clone());
    });
    let bytes = forged(
        &mentor,
        &[("header.json", &header), ("signature", signature.as_bytes()), ("payload.json.gz", &huge)],
    );
    assert!(bytes.len() < 1_000_000);
    assert_eq!(open(&mentor, &bytes), Err(Refusal::TooLarge));
}

#[test]
fn keys_and_addresses_are_read_as_they_were_written() {
    let identity = identity(5);
    let again = Identity::parse(&identity.text()).expect("a key file");
    assert_eq!(again.address(), identity.address());
    let address = identity.address();
    let mailed = format!("  {}\r\n", address.to_string().replace(":age", ":\r\n age"));
    assert_eq!(mailed.parse::<Address>(), Ok(address.clone()));
    assert_eq!(address.words().len(), 8);
    assert_ne!(address.words(), self::identity(6).address().words());
    for wrong in ["", "divedeep-1", "divedeep-1:00:age1x", "divedeep-2:00:age", &"é".repeat(80)] {
        assert!(wrong.parse::<Address>().is_err(), "{wrong}");
    }
    for wrong in ["", "AGE-SECRET-KEY-1", "# signing-key: 00\nAGE-SECRET-KEY-1X"] {
        assert!(Identity::parse(wrong).is_none(), "{wrong}");
    }
}

/// The documented way to look inside without this program. Needs `age` (Debian: age) and `tar`.
#[test]
fn stock_age_and_tar_open_a_packet_with_the_key_file() {
    let (learner, mentor) = (identity(1), identity(2));
    let folder = tempfile::tempdir().expect("a folder");
    let (keys, packet) = (folder.path().join("keys.txt"), folder.path().join("packet"));
    std::fs::write(&keys, mentor.text()).expect("written");
    std::fs::write(&packet, sealed(&learner, &mentor, b"{\"hello\":\"mentor\"}")).expect("written");
    let mut age = Command::new("age")
        .arg("-d")
        .arg("-i")
        .arg(&keys)
        .arg(&packet)
        .stdout(Stdio::piped())
        .spawn()
        .expect("age is installed");
    let out = age.stdout.take().expect("its output");
    let tar = Command::new("tar").args(["-xO", "payload.json.gz"]).stdin(out).output().expect("tar");
    assert!(age.wait().expect("age").success() && tar.status.success());
    let mut text = String::new();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(tar.stdout.as_slice()), &mut text)
        .expect("gzip");
    assert_eq!(text, "{\"hello\":\"mentor\"}");
}
