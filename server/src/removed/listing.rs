//! Listing while the chain grows. A redaction that is logged is acknowledged whatever becomes of its lines; those that could not be written
//! wait here, and are tried again with whatever comes next.

use super::{Removals, RemovalsError};
use crate::mark::Mark;
use chain::part::Commitment;
use std::sync::{Mutex, PoisonError};

/// The list, for the one task that writes the chain.
#[derive(Debug)]
pub(crate) struct Listing {
    removals: Removals,
    /// What is to be on the list, and may not be.
    waiting: Mutex<Vec<(Commitment, u64)>>,
}

impl Listing {
    pub(crate) fn beside(mark: &Mark) -> Listing {
        Listing { removals: Removals::beside(mark), waiting: Mutex::default() }
    }

    pub(crate) fn removals(&self) -> &Removals {
        &self.removals
    }

    /// Adds these parts, and whatever could not be added before.
    pub(crate) fn add(&self, removed: &[(Commitment, u64)]) -> Result<(), RemovalsError> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.extend_from_slice(removed);
        self.removals.add(&waiting)?;
        waiting.clear();
        Ok(())
    }

    /// The same of what another process redacted, which may have listed it here itself.
    pub(crate) fn complete(&self, removed: Vec<(Commitment, u64)>) -> Result<(), RemovalsError> {
        if removed.is_empty() {
            return Ok(());
        }
        // A list that cannot be read now may be the next time; twice on it does no harm.
        let listed = self.removals.lines(|_| {}).unwrap_or_default();
        let missing: Vec<_> = removed.into_iter().filter(|(part, _)| !listed.contains_key(part)).collect();
        self.add(&missing)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use chain::{
        Hash,
        note::{KeyType, Signer},
    };

    fn listing() -> (tempfile::TempDir, Listing) {
        let dir = tempfile::tempdir().unwrap();
        let log = Signer::new("example.gov/log", KeyType::Ed25519, &[1; 32]).unwrap();
        let mark = Mark::new(&dir.path().join("data"), &dir.path().join("state"), log.vkey());
        (dir, Listing::beside(&mark))
    }

    fn part(n: u8) -> Commitment {
        Commitment(Hash::of(&[&[n]]))
    }

    #[test]
    fn what_could_not_be_listed_is_with_whatever_comes_next_and_once() {
        let (_dir, listing) = listing();
        let place = &listing.removals.place;
        std::fs::create_dir_all(place).unwrap();
        assert!(listing.add(&[(part(1), 7)]).is_err() && listing.add(&[]).is_err());
        assert!(listing.complete(vec![(part(2), 8)]).is_err());
        std::fs::remove_dir(place).unwrap();
        listing.add(&[]).unwrap();
        listing.add(&[]).unwrap();
        assert_eq!(std::fs::read_to_string(place).unwrap(), format!("{} 7\n{} 8\n", part(1), part(2)));
    }

    #[test]
    fn what_another_process_listed_is_not_listed_again() {
        let (_dir, listing) = listing();
        listing.removals.add(&[(part(1), 7)]).unwrap();
        listing.complete(vec![(part(1), 7), (part(2), 8)]).unwrap();
        assert_eq!(std::fs::read_to_string(&listing.removals.place).unwrap().lines().count(), 2);
    }
}
