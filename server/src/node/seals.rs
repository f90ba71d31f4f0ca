//! The seals that this process keeps: of an agency several, where one took another's place, and which of them seals.

use crate::keys::{self, KeyError};
use chain::{note::Signer, state::State, statement::Key};
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError, RwLock},
    time::{Duration, Instant},
};
use tokio::runtime::{Handle, RuntimeFlavor};

/// How long a folder in which a seal was not found is not read for it again; and one that could not be read.
const NOT_THERE: Duration = Duration::from_secs(60);
const UNREADABLE: Duration = Duration::from_secs(5);

/// A look into the folder for a seal that is said to be kept here.
struct Look {
    /// The agency's entry that says so.
    entry: u64,
    at: Instant,
    /// Whether all of it was read.
    read: bool,
}

/// The seals in a folder, as far as they were read.
pub(super) struct Seals {
    folder: PathBuf,
    /// By agency. Each is kept for as long as this process lives, since who seals with one must not wait for those who read another.
    known: RwLock<HashMap<String, Vec<&'static Signer>>>,
    /// When a seal of an agency was looked for last that its registration says is kept here, and that was not known.
    sought: Mutex<HashMap<String, Look>>,
}

impl Seals {
    /// Those of a folder, of which none is read yet.
    pub fn new(folder: &Path) -> Seals {
        Seals { folder: folder.to_path_buf(), known: RwLock::default(), sought: Mutex::default() }
    }

    /// Reads all that the folder has.
    pub fn load(&self) -> Result<(), KeyError> {
        for (agency, seals) in keys::seals(&self.folder)? {
            self.keep(&agency, seals);
        }
        Ok(())
    }

    /// Reads those of one agency that were made since. Whether it could.
    pub fn take(&self, agency: &str) -> bool {
        match apart(|| keys::seals_of(&self.folder, agency)) {
            Ok(seals) => {
                self.keep(agency, seals);
                true
            }
            Err(error) => {
                tracing::error!(%error, agency, "its seals cannot be read");
                false
            }
        }
    }

    fn keep(&self, agency: &str, read: Vec<Signer>) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        for seal in read {
            let here = known.entry(agency.to_owned()).or_default();
            if here.iter().all(|other| other.vkey() != seal.vkey()) {
                here.push(Box::leak(Box::new(seal)));
            }
        }
    }

    /// The seal of an agency as it is registered in `state`: of those that are good now the one that was registered last; else one that
    /// was registered once; else any that is here.
    pub fn of(&self, agency: &str, state: &State) -> Option<&'static Signer> {
        let registered = state.agency(agency);
        // Its registration may have come by another process, or past the desk, and the key's file before that.
        if let Some((at, body)) = registered
            && self.lacks(agency, &body.seals, state)
            && self.seeks_at(agency, at.index, Instant::now())
            && self.take(agency)
        {
            self.has_read(agency, at.index);
        }
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let here = known.get(agency)?;
        let seals = registered.map_or(&[][..], |(_, body)| body.seals.as_slice());
        let held = |key: &Key| here.iter().copied().find(|seal| *seal.vkey() == key.key);
        let good = seals.iter().rev().filter(|key| state.may_seal(&key.key).is_ok()).find_map(held);
        good.or_else(|| seals.iter().rev().find_map(held)).or_else(|| here.first().copied())
    }

    /// Whether the portal is said to keep a good seal of the agency that is not known here.
    fn lacks(&self, agency: &str, seals: &[Key], state: &State) -> bool {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let here = known.get(agency).map_or(&[][..], Vec::as_slice);
        let unknown = |key: &&Key| here.iter().all(|seal| *seal.vkey() != key.key);
        let ours = |key: &&Key| key.custody.as_deref() == Some("portal");
        seals.iter().filter(ours).filter(unknown).any(|key| state.may_seal(&key.key).is_ok())
    }

    /// Whether it is looked for now: at once at a new entry, and then now and then, for a file may be put back. Where it is nowhere, each
    /// statement that is sealed would read the folder. Whoever is told so looks; others meanwhile do not.
    fn seeks_at(&self, agency: &str, entry: u64, now: Instant) -> bool {
        let mut sought = self.sought.lock().unwrap_or_else(PoisonError::into_inner);
        let pause = |last: &Look| if last.read { NOT_THERE } else { UNREADABLE };
        let seeks = sought.get(agency).is_none_or(|last| last.entry != entry || now.duration_since(last.at) >= pause(last));
        if seeks {
            sought.insert(agency.to_owned(), Look { entry, at: now, read: false });
        }
        seeks
    }

    /// What was looked for at this entry was looked for in all that there is.
    fn has_read(&self, agency: &str, entry: u64) {
        let mut sought = self.sought.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(last) = sought.get_mut(agency).filter(|last| last.entry == entry) {
            last.read = true;
        }
    }
}

/// Reads files without holding up the other tasks of this thread.
fn apart<T>(read: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(read),
        _ => read(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::{fs::Permissions, os::unix::fs::PermissionsExt};

    const AGENCY: &str = "north.gov/finance";

    #[test]
    fn a_folder_that_could_not_be_read_is_read_again_in_a_moment_and_one_that_was_only_much_later() {
        let dir = tempfile::tempdir().unwrap();
        let made = keys::seal(dir.path(), AGENCY).unwrap();
        let file = keys::seal_file(dir.path(), AGENCY);
        std::fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
        let (seals, begun) = (Seals::new(dir.path()), Instant::now());
        assert!(seals.seeks_at(AGENCY, 7, begun));
        assert!(!seals.take(AGENCY), "others can read it");
        assert!(!seals.seeks_at(AGENCY, 7, begun + UNREADABLE / 2));
        let again = begun + UNREADABLE;
        assert!(seals.seeks_at(AGENCY, 7, again), "that it was looked for is no reason not to look again");
        std::fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
        assert!(seals.take(AGENCY));
        seals.has_read(AGENCY, 7);
        assert!(seals.known.read().unwrap()[AGENCY].iter().any(|seal| seal.vkey() == made.vkey()));
        assert!(!seals.seeks_at(AGENCY, 7, again + UNREADABLE), "a file that is nowhere is not looked for with every statement");
        assert!(seals.seeks_at(AGENCY, 7, again + NOT_THERE), "but it may be put back");
        assert!(seals.seeks_at(AGENCY, 8, again + NOT_THERE), "and another entry may name another");
    }

    #[test]
    fn while_one_looks_no_other_does() {
        let (seals, now) = (Seals::new(Path::new("nowhere")), Instant::now());
        assert!(seals.seeks_at(AGENCY, 7, now));
        assert!(!seals.seeks_at(AGENCY, 7, now));
        assert!(seals.seeks_at("south.gov/finance", 7, now), "of another agency");
    }
}
