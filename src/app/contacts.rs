//! Oneself and others: keys, addresses, fingerprints.

use std::io::ErrorKind;

use rand::Rng;

use super::{App, Contact, Me, file};
use crate::error::{Error, Result};
use crate::model::Role;
use crate::packet::{Address, Identity};
use crate::store::KeptContact;
use crate::time::Moment;

/// The key file's name in the data folder. Whoever has it can read what is sent to the learner and sign in their name, so it
/// stands beside the database, readable by its owner alone, and in no export.
const KEYS: &str = "keys.txt";
/// The setting with what one calls oneself.
pub(super) const NAME: &str = "name";
/// Longest name, in bytes.
const LONGEST_NAME: usize = 80;

impl App {
    /// Oneself, as others know one. Draws keys the first time.
    ///
    /// # Errors
    /// [`Error::ReadFile`], [`Error::WriteFile`], and those of the database.
    pub fn me(&self, chance: &mut impl Rng) -> Result<Me> {
        let address = self.identity(chance)?.address();
        Ok(Me { name: self.setting(NAME)?, words: fingerprint(&address), address: address.to_string() })
    }

    /// Keeps what one calls oneself.
    ///
    /// # Errors
    /// [`Error::BadValue`] for a name of more than 80 bytes, and those of the database.
    pub fn set_name(&mut self, name: &str) -> Result<()> {
        let name = checked_name(name)?;
        self.store.transact(|transaction| transaction.set_setting(NAME, &name.into()))
    }

    /// One's own keys; drawn when there are none yet.
    pub(super) fn identity(&self, chance: &mut impl Rng) -> Result<Identity> {
        let path = self.store.path().with_file_name(KEYS);
        let unreadable = |reason: String| Error::ReadFile { path: path.clone(), reason };
        match std::fs::read_to_string(&path) {
            Ok(text) => Identity::parse(&text).ok_or_else(|| unreadable("it holds no keys".to_owned())),
            // Two programs must not draw keys at the same time.
            Err(error) if error.kind() == ErrorKind::NotFound && self.store.writes() => {
                let identity = Identity::generate(chance);
                file::write_all(&path, false, identity.text().as_bytes())?;
                Ok(identity)
            }
            Err(error) => Err(unreadable(error.to_string())),
        }
    }

    /// Everybody packets are exchanged with.
    ///
    /// # Errors
    /// Those of the database.
    pub fn contacts(&self) -> Result<Vec<Contact>> {
        let kept = self.store.read().contacts(None)?;
        Ok(kept.iter().map(|one| contact_view(one, &kept)).collect())
    }

    /// Makes a contact of an address; one that is known already keeps its name.
    ///
    /// # Errors
    /// [`Error::NotAnAddress`], [`Error::BadValue`] for a name that is empty or of more than 80 bytes, or for one's own
    /// address, and those of the database.
    pub fn contact_add(
        &mut self,
        role: Role,
        name: &str,
        address: &str,
        now: Moment,
        chance: &mut impl Rng,
    ) -> Result<u32> {
        let text: String = address.chars().take(60).collect();
        let address: Address = address.parse().map_err(|_| Error::NotAnAddress { text: text.clone() })?;
        if address == self.identity(chance)?.address() {
            return Err(Error::BadValue { field: "address", value: text });
        }
        let name = checked_name(name)?;
        if name.is_empty() {
            return Err(Error::BadValue { field: "name", value: String::new() });
        }
        let address = address.to_string();
        if let Some(known) = self.contact_at(role, &address)? {
            return Ok(known.number);
        }
        self.store.transact(|transaction| transaction.add_contact(role, &name, &address, now))
    }

    /// Keeps whether the fingerprints of a contact were compared.
    ///
    /// # Errors
    /// [`Error::NoSuchItem`], and those of the database.
    pub fn contact_compared(&mut self, number: u32, compared: bool, now: Moment) -> Result<()> {
        self.kept_contact(number)?;
        self.store.transact(|transaction| transaction.set_compared(number, compared.then_some(now)))
    }

    /// Removes a contact with everything that came from there. Only the address stays, and which packets there were: so that
    /// old ones are known if the contact is added again.
    ///
    /// # Errors
    /// [`Error::NoSuchItem`], and those of the database.
    pub fn contact_remove(&mut self, number: u32, now: Moment) -> Result<()> {
        self.kept_contact(number)?;
        self.store.transact(|transaction| transaction.remove_contact(number, now))?;
        self.queue.take();
        // A recording that cannot be deleted now is deleted with the next packet or contact.
        let _ = self.delete_let_go();
        Ok(())
    }

    pub(super) fn kept_contact(&self, number: u32) -> Result<KeptContact> {
        let found = self.store.read().contacts(None)?.into_iter().find(|one| one.number == number);
        found.ok_or_else(|| Error::NoSuchItem { item: format!("contact {number}") })
    }

    pub(super) fn contact_at(&self, role: Role, address: &str) -> Result<Option<KeptContact>> {
        let known = self.store.read().contacts(Some(role))?;
        Ok(known.into_iter().find(|one| one.address == address))
    }
}

/// The words by which two people compare a key.
pub(super) fn fingerprint(address: &Address) -> Vec<String> {
    address.words().into_iter().map(str::to_owned).collect()
}

pub(super) fn checked_name(name: &str) -> Result<String> {
    let name = name.trim();
    if name.len() > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(Error::BadValue { field: "name", value: name.chars().take(LONGEST_NAME).collect() });
    }
    Ok(name.to_owned())
}

/// A name that came with a packet, as it may be shown and kept: one line, without characters that change the direction of
/// what stands beside them.
pub(super) fn called(name: &str) -> String {
    let hidden = |letter: char| {
        letter.is_control()
            || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let mut shown: String =
        name.trim().chars().filter(|letter| !hidden(*letter)).take(LONGEST_NAME).collect();
    while shown.len() > LONGEST_NAME {
        shown.pop();
    }
    if shown.is_empty() { "?".to_owned() } else { shown }
}

/// A contact among all.
pub(super) fn contact_view(one: &KeptContact, all: &[KeptContact]) -> Contact {
    let address: Option<Address> = one.address.parse().ok();
    Contact {
        number: one.number,
        role: one.role,
        name: one.name.clone(),
        words: address.as_ref().map(fingerprint).unwrap_or_default(),
        compared: one.compared,
        changed_key: all.iter().any(|other| {
            other.number < one.number && other.role == one.role && same_name(&other.name, &one.name)
        }),
    }
}

/// Whether two names are told as one.
pub(super) fn same_name(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.trim().to_lowercase()
}
