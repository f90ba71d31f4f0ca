//! The high-water mark: the newest tree this machine signed, kept outside the database and outside the data folder,
//! so that a restored old copy of either is recognised before it signs a second history.

use chain::Hash;
use std::{
    io::Write,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

/// Why a mark could not be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum MarkError {
    #[error("the high-water mark {0} cannot be used: {1}")]
    File(PathBuf, std::io::Error),
    #[error("the high-water mark {0} is damaged: it should say how many entries this machine has signed, and their root")]
    Malformed(PathBuf),
}

impl MarkError {
    /// A full disk refuses what there is to remember as well, and making room is all that it takes.
    pub(crate) fn disk_full(&self) -> bool {
        matches!(self, MarkError::File(_, error) if error.kind() == std::io::ErrorKind::StorageFull)
    }
}

static RAISED: AtomicU64 = AtomicU64::new(0);

const IN_DATA: &str = "high-water.mark";

/// Where the newest signed size and root are kept, in two places.
#[derive(Debug, Clone)]
pub struct Mark {
    /// Outside the data folder, and in it.
    places: [PathBuf; 2],
}

/// A tree that was signed and acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signed {
    pub size: u64,
    pub root: Hash,
}

impl Mark {
    /// One file in the data folder, one in `state` (a folder outside it), both named by the log's key so that many
    /// chains may share a machine.
    #[must_use]
    pub fn new(data: &Path, state: &Path, log_key: &chain::note::Vkey) -> Mark {
        let name = Hash::of(&[log_key.to_string().as_bytes()]).to_hex();
        Mark { places: [state.join(format!("{}.mark", &name[..32])), data.join(IN_DATA)] }
    }

    /// Whether a mark lies in this data folder, whosever.
    #[must_use]
    pub fn stands_in(data: &Path) -> bool {
        data.join(IN_DATA).exists()
    }

    /// The place outside the data folder.
    #[must_use]
    pub fn outside(&self) -> &Path {
        &self.places[0]
    }

    /// Whether a whole mark stands outside the data folder. The one inside travels with the copy it should judge, so it cannot
    /// make up for that one.
    pub fn stands_outside(&self) -> Result<bool, MarkError> {
        match read(self.outside()) {
            Ok(mark) => Ok(mark.is_some()),
            Err(MarkError::Malformed(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Every mark kept, highest first; none when nothing was signed yet. Each of them must hold: the one in the data
    /// folder is replaced together with it. One that is damaged says nothing, as long as the other one is whole; whether that
    /// is enough to sign, [`Mark::stands_outside`] says.
    pub fn read(&self) -> Result<Vec<Signed>, MarkError> {
        let mut marks = Vec::new();
        let mut damaged = None;
        for place in &self.places {
            match read(place) {
                Ok(signed) => marks.extend(signed),
                Err(error @ MarkError::Malformed(_)) => drop(damaged.get_or_insert(error)),
                Err(error) => return Err(error),
            }
        }
        match damaged {
            Some(error) if marks.is_empty() => return Err(error),
            Some(error) => tracing::warn!("{error}; going by the other one"),
            None => {}
        }
        marks.sort_by_key(|signed| std::cmp::Reverse(signed.size));
        Ok(marks)
    }

    /// The first mark that is damaged, if one is.
    #[must_use]
    pub fn damaged(&self) -> Option<MarkError> {
        self.places.iter().find_map(|place| read(place).err().filter(|error| matches!(error, MarkError::Malformed(_))))
    }

    /// Keeps a newer mark. Called after the commit and before anything is acknowledged: a mark never runs ahead of
    /// the database, and an acknowledged entry is never above the mark. Trouble in one place keeps nothing from the other.
    pub fn raise(&self, signed: Signed) -> Result<(), MarkError> {
        self.places.iter().map(|place| raise(place, signed)).fold(Ok(()), Result::and)
    }
}

fn raise(place: &Path, signed: Signed) -> Result<(), MarkError> {
    let file_error = |error| MarkError::File(place.to_path_buf(), error);
    match read(place) {
        // Another process on the same chain may have signed more meanwhile.
        Ok(Some(newest)) if newest.size > signed.size => return Ok(()),
        Ok(_) | Err(MarkError::Malformed(_)) => {}
        Err(error) => return Err(error),
    }
    if let Some(folder) = place.parent() {
        std::fs::create_dir_all(folder).map_err(file_error)?;
    }
    // Written beside, synced, and renamed over: a reader, also one after a power cut, sees the old mark or the new one,
    // never half of one. The folder is not synced: an older mark only makes the guard weaker. Others may do so at once,
    // in this process and beside it, hence a name of its own.
    let number = RAISED.fetch_add(1, Ordering::Relaxed);
    let beside = place.with_extension(format!("new-{}-{number}", std::process::id()));
    let write = || -> std::io::Result<()> {
        let mut file = std::fs::File::create(&beside)?;
        file.write_all(format!("{} {}\n", signed.size, signed.root).as_bytes())?;
        file.sync_data()?;
        std::fs::rename(&beside, place)
    };
    write().map_err(|error| {
        // On a full disk the half that was written would only be in the way.
        drop(std::fs::remove_file(&beside));
        file_error(error)
    })
}

fn read(place: &Path) -> Result<Option<Signed>, MarkError> {
    let text = match std::fs::read_to_string(place) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(MarkError::File(place.to_path_buf(), error)),
    };
    let parsed = text
        .trim_end()
        .split_once(' ')
        .and_then(|(size, root)| Some(Signed { size: chain::checkpoint::parse_size(size)?, root: Hash::parse(root).ok()? }));
    parsed.map(Some).ok_or_else(|| MarkError::Malformed(place.to_path_buf()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use chain::note::{KeyType, Signer};

    fn mark() -> (tempfile::TempDir, Mark) {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("data")).unwrap();
        let log = Signer::new("example.gov/log", KeyType::Ed25519, &[1; 32]).unwrap();
        let mark = Mark::new(&dir.path().join("data"), &dir.path().join("state"), log.vkey());
        (dir, mark)
    }

    fn signed(size: u64) -> Signed {
        Signed { size, root: Hash::of(&[&size.to_be_bytes()]) }
    }

    #[test]
    fn a_mark_only_rises() {
        let (_dir, mark) = mark();
        assert_eq!(mark.read().unwrap(), []);
        mark.raise(signed(7)).unwrap();
        mark.raise(signed(5)).unwrap();
        assert_eq!(mark.read().unwrap(), [signed(7), signed(7)]);
    }

    #[test]
    fn one_damaged_mark_is_made_up_for_by_the_other_and_written_anew_with_the_next() {
        for damaged in 0..2 {
            let (_dir, mark) = mark();
            mark.raise(signed(7)).unwrap();
            // What a power cut leaves of a file that was renamed before it was written.
            std::fs::write(&mark.places[damaged], "").unwrap();
            assert_eq!(mark.read().unwrap(), [signed(7)]);
            assert!(mark.damaged().is_some());
            // The one inside came with the copy that it would judge.
            assert_eq!(mark.stands_outside().unwrap(), damaged == 1);
            mark.raise(signed(8)).unwrap();
            assert_eq!(mark.read().unwrap(), [signed(8), signed(8)]);
            assert!(mark.damaged().is_none());
        }
    }

    #[test]
    fn two_damaged_marks_or_the_only_one_damaged_say_nothing_that_could_be_trusted() {
        let (_dir, mark) = mark();
        mark.raise(signed(7)).unwrap();
        std::fs::write(&mark.places[0], "7 nothing\n").unwrap();
        std::fs::remove_file(&mark.places[1]).unwrap();
        assert!(matches!(mark.read(), Err(MarkError::Malformed(_))));
        std::fs::write(&mark.places[1], "").unwrap();
        assert!(matches!(mark.read(), Err(MarkError::Malformed(_))));
    }

    #[test]
    fn one_place_that_cannot_be_written_keeps_nothing_from_the_other() {
        let (dir, mark) = mark();
        std::fs::write(dir.path().join("state"), "a file where a folder belongs").unwrap();
        assert!(matches!(mark.raise(signed(7)), Err(MarkError::File(..))));
        assert_eq!(read(&mark.places[1]).unwrap(), Some(signed(7)));
        // Nor does a place that cannot be read count as empty.
        assert!(matches!(mark.read(), Err(MarkError::File(..))));
    }

    #[test]
    #[ignore = "prints what a raise costs on this disk; asserts nothing about time"]
    fn what_a_raise_costs() {
        let (_dir, mark) = mark();
        let begun = std::time::Instant::now();
        (1..=200).for_each(|size| mark.raise(signed(size)).unwrap());
        println!("{:?} for one raise", begun.elapsed() / 200);
    }
}
