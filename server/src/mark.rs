//! The high-water mark: the newest tree this machine signed, kept outside the database and outside the data folder,
//! so that a restored old copy of either is recognised before it signs a second history.

use chain::Hash;
use std::path::{Path, PathBuf};

/// Why a mark could not be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum MarkError {
    #[error("the high-water mark {0} cannot be used: {1}")]
    File(PathBuf, std::io::Error),
    #[error("the high-water mark {0} is damaged")]
    Malformed(PathBuf),
}

/// Where the newest signed size and root are kept, in two places.
#[derive(Debug, Clone)]
pub struct Mark {
    places: Vec<PathBuf>,
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
        Mark { places: vec![state.join(format!("{}.mark", &name[..32])), data.join("high-water.mark")] }
    }

    /// The highest of the marks kept; `None` when there is none yet.
    pub fn read(&self) -> Result<Option<Signed>, MarkError> {
        let mut highest: Option<Signed> = None;
        for place in &self.places {
            let text = match std::fs::read_to_string(place) {
                Ok(text) => text,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(error) => return Err(MarkError::File(place.clone(), error)),
            };
            let parsed = text
                .trim_end()
                .split_once(' ')
                .and_then(|(size, root)| Some(Signed { size: chain::checkpoint::parse_size(size)?, root: Hash::parse(root).ok()? }));
            let signed = parsed.ok_or_else(|| MarkError::Malformed(place.clone()))?;
            if highest.is_none_or(|highest| highest.size < signed.size) {
                highest = Some(signed);
            }
        }
        Ok(highest)
    }

    /// Keeps a newer mark. Called after the commit and before anything is acknowledged: a mark never runs ahead of
    /// the database, and an acknowledged entry is never above the mark.
    pub fn raise(&self, signed: Signed) -> Result<(), MarkError> {
        let text = format!("{} {}\n", signed.size, signed.root);
        for place in &self.places {
            let file_error = |error| MarkError::File(place.clone(), error);
            if let Some(folder) = place.parent() {
                std::fs::create_dir_all(folder).map_err(file_error)?;
            }
            // Written beside and renamed over: a reader sees the old mark or the new one, never half of one. Two
            // processes may do so at once, hence the process number in the name.
            let beside = place.with_extension(format!("new-{}", std::process::id()));
            std::fs::write(&beside, &text).and_then(|()| std::fs::rename(&beside, place)).map_err(file_error)?;
        }
        Ok(())
    }
}
