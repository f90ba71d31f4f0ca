//! The list of what redactions removed, kept outside the data folder beside the high-water mark: by it a copy that is put back, and
//! is older than a redaction, is kept from serving what that took away.
//!
//! A line for each part, `<commitment> <index of the redaction's entry>`: nothing can be read from a commitment. Lines are only ever
//! appended. There is one place, outside: a list in the data folder would be as old as the copy that it should mend.

mod listing;
mod replay;

pub(crate) use listing::Listing;
pub use replay::ReplayError;
pub(crate) use replay::{complete, replay};

use crate::mark::Mark;
use chain::{checkpoint::parse_size, part::Commitment};
use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::{ErrorKind, Write},
    os::unix::fs::FileExt,
    path::PathBuf,
};

/// Why the list could not be read or kept.
#[derive(Debug, thiserror::Error)]
#[error("the list of what was removed, {0}, cannot be used: {1}")]
pub struct RemovalsError(PathBuf, std::io::Error);

impl RemovalsError {
    /// As with the mark, making room is all that it takes.
    pub(crate) fn disk_full(&self) -> bool {
        self.1.kind() == ErrorKind::StorageFull
    }
}

/// Ends what a power cut left of a line, which from then on counts for nothing: its number may have lost digits.
const TORN: &str = "~\n";

/// Where it is kept what redactions removed.
#[derive(Debug, Clone)]
pub struct Removals {
    place: PathBuf,
}

impl Removals {
    /// The list of a chain lies beside its mark outside the data folder, and is called after it.
    #[must_use]
    pub fn beside(mark: &Mark) -> Removals {
        Removals { place: mark.outside().with_extension("removed") }
    }

    /// Every part that is listed, with the first redaction that removed it; nothing where nothing was removed yet. A line that cannot
    /// be read says nothing, and keeps no other from being believed.
    pub fn read(&self) -> Result<BTreeMap<Commitment, u64>, RemovalsError> {
        self.lines(|number| {
            let list = self.place.display();
            tracing::error!(%list, number, "a line of the list of what was removed cannot be read, and was passed over");
        })
    }

    /// The same; `passed_over` is told the numbers of lines that cannot be read.
    fn lines(&self, passed_over: impl Fn(u64)) -> Result<BTreeMap<Commitment, u64>, RemovalsError> {
        let bytes = match std::fs::read(&self.place) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(BTreeMap::new()),
            Err(error) => return Err(self.failed(error)),
        };
        // What stands behind the last end of a line is the beginning of one that a power cut tore.
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').unwrap_or_default();
        let mut listed = BTreeMap::new();
        for (number, line) in (1_u64..).zip(bytes[..whole].split(|byte| *byte == b'\n')) {
            if line.is_empty() || line.ends_with(b"~") {
                continue;
            }
            let Some((part, by)) = parse(line) else {
                passed_over(number);
                continue;
            };
            listed.entry(part).and_modify(|known: &mut u64| *known = by.min(*known)).or_insert(by);
        }
        Ok(listed)
    }

    /// The newest redaction that is listed: the chain had at least one entry more than its index. Asked whenever the chain is loaded; of
    /// lines that cannot be read each start tells.
    pub fn newest(&self) -> Result<Option<u64>, RemovalsError> {
        Ok(self.lines(|_| {})?.into_values().max())
    }

    /// Adds these parts, each with the redaction that removed it. Called after the commit and before anything is acknowledged, like
    /// [`Mark::raise`]: what is listed was logged.
    pub fn add(&self, removed: &[(Commitment, u64)]) -> Result<(), RemovalsError> {
        if removed.is_empty() {
            return Ok(());
        }
        self.append(removed).map_err(|error| self.failed(error))
    }

    fn append(&self, removed: &[(Commitment, u64)]) -> std::io::Result<()> {
        let folder = self.place.parent();
        if let Some(folder) = folder {
            std::fs::create_dir_all(folder)?;
        }
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(&self.place)?;
        let length = file.metadata()?.len();
        let mut lines = String::new();
        if length > 0 {
            let mut last = [0_u8];
            file.read_exact_at(&mut last, length - 1)?;
            if last != *b"\n" {
                lines.push_str(TORN);
            }
        }
        for (part, by) in removed {
            lines.push_str(&format!("{part} {by}\n"));
        }
        // In one piece and at the end, wherever that is by now: other processes on the same chain append as well.
        file.write_all(lines.as_bytes())?;
        file.sync_data()?;
        match folder {
            // So that a new file, too, is there after a power cut.
            Some(folder) if length == 0 => File::open(folder)?.sync_all(),
            _ => Ok(()),
        }
    }

    fn failed(&self, error: std::io::Error) -> RemovalsError {
        RemovalsError(self.place.clone(), error)
    }
}

fn parse(line: &[u8]) -> Option<(Commitment, u64)> {
    let (part, by) = std::str::from_utf8(line).ok()?.split_once(' ')?;
    Some((Commitment::parse(part)?, parse_size(by)?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use chain::{
        Hash,
        note::{KeyType, Signer},
    };

    fn list() -> (tempfile::TempDir, Removals) {
        let dir = tempfile::tempdir().unwrap();
        let log = Signer::new("example.gov/log", KeyType::Ed25519, &[1; 32]).unwrap();
        let mark = Mark::new(&dir.path().join("data"), &dir.path().join("state"), log.vkey());
        (dir, Removals::beside(&mark))
    }

    fn part(n: u64) -> Commitment {
        Commitment(Hash::of(&[&n.to_be_bytes()]))
    }

    fn written(list: &Removals) -> String {
        std::fs::read_to_string(&list.place).unwrap()
    }

    #[test]
    fn a_part_is_listed_with_the_first_redaction_that_removed_it() {
        let (dir, list) = list();
        assert_eq!((list.read().unwrap(), list.newest().unwrap()), (BTreeMap::new(), None));
        list.add(&[]).unwrap();
        assert!(!dir.path().join("state").exists(), "without a redaction there is no list");
        list.add(&[(part(1), 7), (part(2), 7)]).unwrap();
        list.add(&[(part(1), 9), (part(3), 9)]).unwrap();
        list.add(&[(part(3), 8)]).unwrap();
        assert_eq!(list.read().unwrap(), BTreeMap::from([(part(1), 7), (part(2), 7), (part(3), 8)]));
        assert_eq!(list.newest().unwrap(), Some(8));
        assert!(list.place.starts_with(dir.path().join("state")), "it is no part of what is backed up");
        assert_eq!(written(&list).lines().next(), Some(format!("{} 7", part(1)).as_str()));
    }

    #[test]
    fn what_a_power_cut_left_of_a_line_counts_for_nothing_and_is_never_made_whole_by_the_next() {
        let whole = {
            let (_dir, list) = list();
            list.add(&[(part(1), 7), (part(2), 1234)]).unwrap();
            written(&list)
        };
        let second = whole.find('\n').unwrap() + 1;
        for end in second..whole.len() {
            let (_dir, list) = list();
            list.add(&[(part(9), 1)]).unwrap();
            std::fs::write(&list.place, &whole[..end]).unwrap();
            assert_eq!(list.read().unwrap(), BTreeMap::from([(part(1), 7)]), "{}", &whole[..end]);
            list.add(&[(part(3), 8)]).unwrap();
            assert_eq!(list.read().unwrap(), BTreeMap::from([(part(1), 7), (part(3), 8)]), "{}", written(&list));
            // The store still knows; so it comes back whole.
            list.add(&[(part(2), 1234)]).unwrap();
            assert_eq!(list.read().unwrap(), BTreeMap::from([(part(1), 7), (part(2), 1234), (part(3), 8)]));
        }
    }

    #[test]
    fn a_line_that_does_not_read_keeps_no_other_from_being_believed() {
        let (_dir, list) = list();
        list.add(&[(part(1), 7)]).unwrap();
        let mut bytes = std::fs::read(&list.place).unwrap();
        let two = part(2);
        for line in ["lantern".to_owned(), "sha256:00 7".to_owned(), format!("{two} -7"), format!("{two} 07"), two.to_string()] {
            bytes.extend(format!("{line}\n\n").bytes());
        }
        bytes.extend(b"\0\0\xff\n");
        std::fs::write(&list.place, bytes).unwrap();
        list.add(&[(part(3), 8)]).unwrap();
        assert_eq!(list.read().unwrap(), BTreeMap::from([(part(1), 7), (part(3), 8)]));
    }

    #[test]
    fn whatever_several_append_at_once_is_all_there_afterwards() {
        let (_dir, list) = list();
        std::thread::scope(|scope| {
            for who in 0..8 {
                let list = &list;
                scope.spawn(move || (0..50).for_each(|n| list.add(&[(part(100 * who + n), n), (part(100 * who + n + 50), n)]).unwrap()));
            }
        });
        let listed = list.read().unwrap();
        assert_eq!(listed.len(), 800);
        assert!((0..8).all(|who| (0..50).all(|n| listed.get(&part(100 * who + n)) == Some(&n))));
    }

    #[test]
    fn a_list_that_cannot_be_read_is_not_taken_for_an_empty_one() {
        let (_dir, list) = list();
        std::fs::create_dir_all(&list.place).unwrap();
        assert!(list.read().is_err() && list.add(&[(part(1), 7)]).is_err());
    }
}
