//! Key files that lie in plain: whoever reads the disk, or a copy of it, signs with them. A chain that is not a trial has none, unless
//! its operator takes that upon them.

use super::{KeyError, PLAIN, REGISTRAR, lock};
use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

static REFUSED: AtomicBool = AtomicBool::new(false);

/// From now on this process signs for no chain but a trial while key files lie in plain, and makes none for one. Said once, before any
/// key is opened.
pub fn refuse_plain() {
    REFUSED.store(true, Ordering::Relaxed);
}

/// Whether it does.
#[must_use]
pub fn refuses_plain() -> bool {
    REFUSED.load(Ordering::Relaxed)
}

/// Refuses to make a key that a chain would be refused with afterwards. A trial is told by its registrar's key, which lies there before
/// any other.
pub fn may_make(folder: &Path) -> Result<(), KeyError> {
    if refuses_plain() && lock::given().is_none() && !folder.join(REGISTRAR).exists() {
        return Err(KeyError::WouldBePlain(folder.to_path_buf()));
    }
    Ok(())
}

/// The key files of a folder that lie in plain. None where there is no folder.
pub fn plain(folder: &Path) -> Result<Vec<PathBuf>, KeyError> {
    let file_error = |path: &Path, error| KeyError::File(path.to_path_buf(), error);
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(vec![]),
        entries => entries.map_err(|error| file_error(folder, error))?,
    };
    let mut plain = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| file_error(folder, error))?.path();
        if path.extension().is_some_and(|extension| extension == "key") {
            let text = std::fs::read_to_string(&path).map_err(|error| file_error(&path, error))?;
            if text.lines().next() == Some(PLAIN) {
                plain.push(path);
            }
        }
    }
    plain.sort();
    Ok(plain)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::{Passphrase, create, lock_all, seal};
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn key_files_that_lie_in_plain_are_found_and_locked_ones_are_not() {
        let dir = tempfile::tempdir().unwrap();
        assert!(plain(&dir.path().join("nowhere")).unwrap().is_empty());
        seal(dir.path(), "north.gov/finance").unwrap();
        create(&dir.path().join("log.key"), "north.gov/log").unwrap();
        std::fs::write(dir.path().join("log.founded"), "gazette private key\n").unwrap();
        let names = ["log.key", "seal-north.gov+finance.key"].map(|name| dir.path().join(name));
        assert_eq!(plain(dir.path()).unwrap(), names);
        let given = dir.path().join("passphrase");
        std::fs::write(&given, "seven lanterns over the river\n").unwrap();
        std::fs::set_permissions(&given, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(lock_all(dir.path(), &Passphrase::read(&given).unwrap()).unwrap().len(), 2);
        assert!(plain(dir.path()).unwrap().is_empty());
    }
}
