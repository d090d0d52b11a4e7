//! Chance that can be repeated: everything drawn follows from a seed.

use std::fmt;
use std::str::FromStr;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// What a case is drawn from: a number a learner can tell another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Seed(pub u32);

impl fmt::Display for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Seed {
    type Err = String;

    /// A number is itself; a word stands for the number of its letters (FNV-1a over lower case), on every machine.
    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() || text.len() > 64 {
            return Err("a seed is a number or a word of at most 64 letters".to_owned());
        }
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            return text.parse().map(Self).map_err(|_| format!("a seed is at most {}", u32::MAX));
        }
        Ok(Self(fnv(text.to_lowercase().as_bytes())))
    }
}

/// Fowler, Noll and Vo's hash, 32 bits, variant 1a.
fn fnv(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

/// What Kubernetes makes the random parts of names of.
const POD_LETTERS: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";

/// A source of chance. Its draws are spelled out here on top of ChaCha8's stream, so that a newer version of a library
/// changes no case.
pub struct Draw(ChaCha8Rng);

impl Draw {
    /// The draws of `what` (a name with its version, for example `D01 v1 level 2`) for a seed.
    pub fn new(what: &str, seed: Seed) -> Self {
        Self(ChaCha8Rng::seed_from_u64(u64::from(fnv(what.as_bytes())) << 32 | u64::from(seed.0)))
    }

    /// A number from `low` to `high`, both included; `low` where the range is empty.
    pub fn number(&mut self, low: u64, high: u64) -> u64 {
        let Some(span) = high.checked_sub(low).filter(|span| *span > 0) else { return low };
        let Some(sides) = span.checked_add(1) else { return self.0.next_u64() };
        // What is left over at the top would make the small numbers likelier.
        let fair = u64::MAX - u64::MAX % sides;
        loop {
            let drawn = self.0.next_u64();
            if drawn < fair {
                return low + drawn % sides;
            }
        }
    }

    /// [`Draw::number`] for smaller types.
    pub fn int<T: TryInto<u64> + TryFrom<u64> + Copy>(&mut self, low: T, high: T) -> T {
        match (low.try_into(), high.try_into()) {
            (Ok(from), Ok(to)) => T::try_from(self.number(from, to)).unwrap_or(low),
            _ => low,
        }
    }

    /// True in `percent` of 100 draws.
    pub fn percent(&mut self, percent: u64) -> bool {
        self.number(0, 99) < percent
    }

    /// One of some things; the list must not be empty.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.int(0, list.len() - 1)]
    }

    /// Puts a list into a drawn order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            list.swap(self.int(0, last), last);
        }
    }

    /// Some different things of a list, in a drawn order.
    pub fn some<T: Clone>(&mut self, list: &[T], count: usize) -> Vec<T> {
        let mut list = list.to_vec();
        self.shuffle(&mut list);
        list.truncate(count);
        list
    }

    /// The end of a pod's name, as Kubernetes draws it (k8s.io/apimachinery, pkg/util/rand): five letters without vowels,
    /// and digits without those that look like one.
    pub fn pod_suffix(&mut self) -> String {
        (0..5).map(|_| char::from(*self.pick(POD_LETTERS))).collect()
    }

    /// A replica set's `pod-template-hash`: a decimal number, each digit written as a letter of the same alphabet
    /// (`SafeEncodeString`).
    pub fn pod_template_hash(&mut self) -> String {
        // Most have all the digits a hash of 32 bits may have; a few have one less.
        let hash = self.number(100_000_000, u64::from(u32::MAX)).to_string();
        let letter = |digit: u8| POD_LETTERS.get(usize::from(digit) % POD_LETTERS.len()).copied();
        hash.bytes().filter_map(letter).map(char::from).collect()
    }

    /// Lower-case hexadecimal digits, as in ids.
    pub fn hex(&mut self, digits: usize) -> String {
        (0..digits).map(|_| char::from_digit(self.int(0u32, 15), 16).unwrap_or('0')).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_a_number_or_a_word_and_means_the_same_everywhere() {
        assert_eq!("48213".parse(), Ok(Seed(48213)));
        assert_eq!("Taipei".parse::<Seed>(), "taipei ".parse());
        // FNV's published test vector for "foobar".
        assert_eq!("foobar".parse(), Ok(Seed(0xbf9c_f968)));
        for bad in ["", "  ", "4294967296", &"x".repeat(65)] {
            assert!(bad.parse::<Seed>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn draws_stay_what_they_were() {
        let mut draw = Draw::new("test v1", Seed(7));
        let drawn: Vec<u64> = (0..8).map(|_| draw.number(1, 6)).collect();
        assert_eq!(drawn, PINNED, "old cases would change: this must never be edited to pass");
    }

    const PINNED: [u64; 8] = [1, 3, 4, 6, 6, 6, 6, 6];

    #[test]
    fn parts_of_pod_names_are_such_as_kubernetes_draws() {
        let mut draw = Draw::new("test", Seed(3));
        for _ in 0..200 {
            let (hash, suffix) = (draw.pod_template_hash(), draw.pod_suffix());
            assert!(
                (9..=10).contains(&hash.len()) && hash.chars().all(|one| "456789bcdf".contains(one)),
                "{hash}"
            );
            assert!(suffix.len() == 5 && suffix.bytes().all(|one| POD_LETTERS.contains(&one)), "{suffix}");
        }
    }

    #[test]
    fn every_number_of_a_range_comes_up_and_none_beside_it() {
        let mut draw = Draw::new("test", Seed(1));
        let mut seen = [0u32; 6];
        for _ in 0..6000 {
            seen[usize::try_from(draw.number(0, 5)).expect("small")] += 1;
        }
        assert!(seen.iter().all(|count| (850..1150).contains(count)), "{seen:?}");
        assert_eq!(draw.number(5, 5), 5);
        assert_eq!(draw.number(9, 2), 9, "an empty range is its start");
        let mut list: Vec<u8> = (0..20).collect();
        draw.shuffle(&mut list);
        assert_ne!(list, (0..20).collect::<Vec<u8>>());
        list.sort();
        assert_eq!(list, (0..20).collect::<Vec<u8>>());
    }
}
