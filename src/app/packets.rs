//! Packets that arrive: looked at, refused or taken.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use rand::Rng;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::belief;
use super::contacts::{called, fingerprint, same_name};
use super::{App, Feedback, PacketTaken, PacketView, Shared, Summary, Taking, Trust, file};
use crate::error::{Error, Refusal, Result};
use crate::model::{PacketKind, Role};
use crate::packet::{self, Header, LARGEST, Opened};
use crate::store::{KeptContact, KeptPacket, NewPacket, Transaction};
use crate::time::Moment;

/// A packet that is whole, for this reader, and signed by who it says; nothing of it was kept yet.
struct Arrived {
    opened: Opened,
    said: Said,
    /// What its sender is to this one.
    role: Role,
    /// The sender, if known by this key.
    contact: Option<KeptContact>,
}

/// What a packet says.
enum Said {
    Review(Box<Shared>),
    Feedback(Feedback),
}

impl Said {
    /// What the sender calls themselves, as it may be shown.
    fn name(&self) -> String {
        called(match self {
            Self::Review(shared) => &shared.parts.name,
            Self::Feedback(feedback) => &feedback.name,
        })
    }
}

impl App {
    /// Looks at a packet without taking anything from it.
    ///
    /// # Errors
    /// [`Error::Packet`] for one that cannot be taken whoever sent it, [`Error::ReadFile`], and those of the database.
    pub fn packet_view(&self, path: &Path, chance: &mut impl Rng) -> Result<PacketView> {
        let arrived = self.arrive(path, chance)?;
        let header = &arrived.opened.header;
        let recordings = arrived.opened.parts.iter();
        Ok(PacketView {
            name: arrived.said.name(),
            words: fingerprint(&header.sender),
            contact: arrived.contact.map(|contact| contact.number),
            role: arrived.role,
            sequence: header.sequence,
            created_at_ms: header.created_at_ms,
            recordings: recordings.map(|(name, bytes)| (name.clone(), bytes.len() as u64)).collect(),
        })
    }

    /// Takes a packet, a learner's review or a mentor's feedback, all of it or nothing. One whose sender is not known is
    /// taken only with [`Trust::New`]; one before which another is missing only where `taking` says so.
    ///
    /// # Errors
    /// Those of [`App::packet_view`], [`Error::UnknownSender`], [`Error::ChangedKey`], [`Error::WriteFile`] and
    /// [`Error::DiskFull`] for its recordings.
    pub fn packet_take(
        &mut self,
        path: &Path,
        taking: Taking,
        now: Moment,
        chance: &mut impl Rng,
    ) -> Result<PacketTaken> {
        let Arrived { opened, said, role, contact } = self.arrive(path, chance)?;
        if taking.role.is_some_and(|expected| expected != role) {
            return Err(Error::Packet(Refusal::WrongKind));
        }
        let header = &opened.header;
        let words = header.sender.words().join(" ");
        // Another packet may lie there by now than the one whose words were compared.
        let agreed =
            taking.trust == Trust::New && taking.words.as_ref().is_none_or(|compared| *compared == words);
        if contact.is_none() && !agreed {
            let name = said.name();
            let known = self.store.read().contacts(Some(role))?;
            return Err(match known.iter().any(|one| same_name(&one.name, &name)) {
                true => Error::ChangedKey { name, words },
                false => Error::UnknownSender { name, words },
            });
        }
        // Also of somebody who was removed and comes back.
        let taken = match self.store.read().contact_number(role, &header.sender.to_string())? {
            Some(number) => self.store.read().packets(number, false, header.kind)?,
            None => Vec::new(),
        };
        follows(header, &taken, taking.without)?;
        let sequence = taken
            .first()
            .map_or(header.sequence, |last| header.sequence.max(last.sequence.saturating_add(1)));
        let folder = self.received();
        let taken = self.store.transact(|transaction| {
            let contact = match contact {
                Some(contact) => contact.number,
                None => transaction.add_contact(role, &said.name(), &header.sender.to_string(), now)?,
            };
            match &said {
                Said::Review(shared) => {
                    let packet = keep_review(transaction, contact, header, sequence, shared, now)?;
                    keep_recordings(&folder.join(packet.to_string()), &opened)?;
                }
                Said::Feedback(feedback) => {
                    keep_feedback(transaction, contact, header, sequence, feedback, now)?;
                }
            }
            Ok(PacketTaken { role, contact })
        });
        // Taken or not, the packet is settled; a recording that cannot be deleted now is deleted with the next packet.
        let _ = self.delete_let_go();
        self.queue.take();
        taken
    }

    /// Opens and checks a file; nothing of it is believed before that.
    fn arrive(&self, path: &Path, chance: &mut impl Rng) -> Result<Arrived> {
        let unread =
            |error: std::io::Error| Error::ReadFile { path: path.to_owned(), reason: error.to_string() };
        let identity = self.identity(chance)?;
        let mut bytes = Vec::new();
        let file = std::fs::File::open(path).map_err(unread)?;
        file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(unread)?;
        let opened = packet::open(&identity, &bytes).map_err(Error::Packet)?;
        let damaged = |_| Error::Packet(Refusal::Damaged);
        if !belief::is_believable(&opened.header) {
            return Err(Error::Packet(Refusal::Damaged));
        }
        let (role, said) = match opened.header.kind {
            PacketKind::Review => {
                let shared: Shared = serde_json::from_slice(&opened.payload).map_err(damaged)?;
                if !shared.is_believable() {
                    return Err(Error::Packet(Refusal::Damaged));
                }
                (Role::Learner, Said::Review(Box::new(shared)))
            }
            PacketKind::Feedback => {
                let feedback: Feedback = serde_json::from_slice(&opened.payload).map_err(damaged)?;
                if !feedback.fits() {
                    return Err(Error::Packet(Refusal::TooLarge));
                }
                if !feedback.is_believable() {
                    return Err(Error::Packet(Refusal::Damaged));
                }
                (Role::Mentor, Said::Feedback(feedback))
            }
        };
        let contact = self.contact_at(role, &opened.header.sender.to_string())?;
        Ok(Arrived { opened, said, role, contact })
    }

    /// The bytes of a recording that came with a packet.
    ///
    /// # Errors
    /// [`Error::ReadFile`].
    pub fn received_recording(&self, packet: u32, number: u32) -> Result<Vec<u8>> {
        let folder = self.received().join(packet.to_string());
        let path = folder.join(format!("{number}.wav"));
        std::fs::read(&path).map_err(|error| Error::ReadFile { path, reason: error.to_string() })
    }

    /// Deletes the recordings of packets whose words are no longer kept.
    ///
    /// # Errors
    /// [`Error::WriteFile`] for one that cannot be deleted, and those of the database.
    pub(super) fn delete_let_go(&self) -> Result<()> {
        let kept = self.store.read().packets_with_body()?;
        let Ok(folders) = std::fs::read_dir(self.received()) else { return Ok(()) };
        for folder in folders.flatten() {
            let packet = folder.file_name().to_str().and_then(|name| name.parse().ok());
            if packet.is_some_and(|packet| !kept.contains(&packet)) {
                let path = folder.path();
                std::fs::remove_dir_all(&path).map_err(|error| file::failed(&path, &error))?;
            }
        }
        Ok(())
    }

    /// The folder of recordings that came with packets: one for each packet, by its number.
    fn received(&self) -> PathBuf {
        self.store.path().with_file_name("received")
    }

    /// What a packet that was taken or made says; none where it was let go.
    pub(super) fn said<T: DeserializeOwned>(&self, packet: u32) -> Result<Option<T>> {
        let Some(body) = self.store.read().packet_body(packet)? else { return Ok(None) };
        unpack(&body).map(Some)
    }
}

/// Whether a packet comes right after the last one that was taken; `taken` are all, newest first. The digests chain them:
/// somebody who restored an older backup counts from an earlier number again.
fn follows(header: &Header, taken: &[KeptPacket], without: bool) -> Result<()> {
    let digest = header.digest();
    let last = taken.first();
    if taken.iter().any(|packet| packet.digest == digest) {
        return Err(Error::Packet(Refusal::Known));
    }
    if header.previous.as_deref() == last.map(|last| last.digest.as_str()) {
        return Ok(());
    }
    if last.is_some_and(|last| header.created_at_ms <= last.created_at_ms) {
        return Err(Error::Packet(Refusal::Known));
    }
    if without { Ok(()) } else { Err(Error::Packet(Refusal::OutOfOrder)) }
}

fn keep_review(
    transaction: &Transaction<'_>,
    contact: u32,
    header: &Header,
    sequence: u32,
    shared: &Shared,
    now: Moment,
) -> Result<u32> {
    let before = transaction.read().packets(contact, false, PacketKind::Review)?;
    let body = pack(shared)?;
    let summary = serde_json::to_string(&Summary::of(shared))
        .map_err(|error| Error::BadRecord { what: "summary".to_owned(), reason: error.to_string() })?;
    let packet = transaction.add_packet(
        &NewPacket {
            contact,
            sent: false,
            kind: PacketKind::Review,
            sequence,
            digest: &header.digest(),
            created_at_ms: header.created_at_ms,
            summary: Some(&summary),
            body: Some(&body),
        },
        now,
    )?;
    // What the next comparison needs: this one, and the one that was answered last.
    let answered = before.iter().find(|one| one.answered_at_ms.is_some()).or(before.first());
    let keep: Vec<u32> = answered.map(|one| one.number).into_iter().chain([packet]).collect();
    transaction.drop_bodies(contact, &keep)?;
    Ok(packet)
}

fn keep_recordings(folder: &Path, opened: &Opened) -> Result<()> {
    // What a taking that was cut short left under this number is not this packet's.
    if folder.exists() {
        std::fs::remove_dir_all(folder).map_err(|error| file::failed(folder, &error))?;
    }
    for (name, bytes) in &opened.parts {
        // `packet::open` lets no other name pass than recordings/<number>.wav.
        let Some(name) = Path::new(name).file_name() else { continue };
        std::fs::create_dir_all(folder).map_err(|error| file::failed(folder, &error))?;
        file::write_all(&folder.join(name), true, bytes)?;
    }
    Ok(())
}

fn keep_feedback(
    transaction: &Transaction<'_>,
    contact: u32,
    header: &Header,
    sequence: u32,
    feedback: &Feedback,
    now: Moment,
) -> Result<()> {
    // Comments and assignments have rows of their own.
    let letter = Feedback { comments: Vec::new(), assignments: Vec::new(), ..feedback.clone() };
    let body = pack(&letter)?;
    let packet = transaction.add_packet(
        &NewPacket {
            contact,
            sent: false,
            kind: PacketKind::Feedback,
            sequence,
            digest: &header.digest(),
            created_at_ms: header.created_at_ms,
            summary: None,
            body: Some(&body),
        },
        now,
    )?;
    for (id, comment) in (0..).zip(&feedback.comments) {
        transaction.add_comment(packet, id, &comment.item, comment)?;
    }
    for (id, assignment) in (0..).zip(&feedback.assignments) {
        transaction.add_assignment(packet, id, assignment.item.as_ref(), assignment.due, assignment, now)?;
    }
    // A mentor's address may have changed since the review was asked for: it is known by its digest.
    for mentor in transaction.read().contacts(Some(Role::Mentor))? {
        for request in transaction.read().packets(mentor.number, true, PacketKind::Review)? {
            if request.digest == feedback.review {
                transaction.set_answered(request.number, feedback.seen_at_ms, header.created_at_ms)?;
            }
        }
    }
    Ok(())
}

/// A value as packed JSON.
fn pack(value: &impl Serialize) -> Result<Vec<u8>> {
    zipped(&serde_json::to_vec(value).map_err(|error| unpackable(&error))?)
}

/// Bytes packed with gzip.
pub(super) fn zipped(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut out = GzEncoder::new(Vec::new(), Compression::default());
    out.write_all(bytes).and_then(|()| out.finish()).map_err(|error| unpackable(&error))
}

fn unpack<T: DeserializeOwned>(body: &[u8]) -> Result<T> {
    let mut text = Vec::new();
    GzDecoder::new(body).read_to_end(&mut text).map_err(|error| unpackable(&error))?;
    serde_json::from_slice(&text).map_err(|error| unpackable(&error))
}

fn unpackable(error: &dyn std::fmt::Display) -> Error {
    Error::BadRecord { what: "packet".to_owned(), reason: error.to_string() }
}
