//! The log's keys: `log.key`, which the chain began with, and `log-2.key`, `log-3.key` and so on, which amendments of the charter name.

use super::{KeyError, create, open};
use chain::{
    note::{Signer, Vkey},
    statement::LogKey,
};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

/// The keys of one log. Which of them signs is said by the charter, for each size.
pub struct LogKeys {
    origin: String,
    folder: PathBuf,
    known: RwLock<Vec<Arc<Signer>>>,
}

impl LogKeys {
    /// `first`: the key that the chain began with.
    #[must_use]
    pub fn new(folder: &Path, first: Signer) -> LogKeys {
        let origin = first.vkey().name().to_owned();
        LogKeys { origin, folder: folder.to_path_buf(), known: RwLock::new(vec![Arc::new(first)]) }
    }

    /// The chain's name.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The key with that public half. Looked for in the folder, if it was not there before; none if it is not there now.
    pub fn signer(&self, key: &Vkey) -> Result<Option<Arc<Signer>>, KeyError> {
        let find = |known: &[Arc<Signer>]| known.iter().find(|signer| signer.vkey() == key).cloned();
        if let Some(found) = find(&self.known.read().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(Some(found));
        }
        let mut read = Vec::new();
        for path in files(&self.folder)? {
            read.push(Arc::new(open(&path)?));
        }
        let found = find(&read);
        // Those that were there stay known: the first may be given in another place.
        self.known.write().unwrap_or_else(PoisonError::into_inner).extend(found.clone());
        Ok(found)
    }
}

/// Key files of a log, in no order.
fn files(folder: &Path) -> Result<Vec<PathBuf>, KeyError> {
    let file_error = |error| KeyError::File(folder.to_path_buf(), error);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(file_error)? {
        let path = entry.map_err(file_error)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let number = name.strip_prefix("log-").and_then(|rest| rest.strip_suffix(".key"));
        if *name == *"log.key" || number.is_some_and(|number| number.bytes().all(|c| c.is_ascii_digit())) {
            files.push(path);
        }
    }
    Ok(files)
}

/// The key that the log takes next, made beside those that there are, unless one is there that no charter has named: of an amendment
/// that came to nothing.
pub fn unnamed_log_key(folder: &Path, named: &[LogKey]) -> Result<Vkey, KeyError> {
    let mut files = files(folder)?;
    files.sort();
    for path in files {
        let key = open(&path)?.vkey().clone();
        if named.iter().all(|log| log.key != key) {
            return Ok(key);
        }
    }
    next_log_key(folder).map(|signer| signer.vkey().clone())
}

/// Makes the log's next key, beside those that there are.
pub fn next_log_key(folder: &Path) -> Result<Signer, KeyError> {
    let first = folder.join("log.key");
    let origin = open(&first)?.vkey().name().to_owned();
    let mut number = files(folder)?.len() + 1;
    while folder.join(format!("log-{number}.key")).exists() {
        number += 1;
    }
    create(&folder.join(format!("log-{number}.key")), &origin)
}
