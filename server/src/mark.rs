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

    /// Every mark kept, highest first; none when nothing was signed yet. Each of them must hold: the one in the data
    /// folder is replaced together with it.
    pub fn read(&self) -> Result<Vec<Signed>, MarkError> {
        let mut marks = Vec::new();
        for place in &self.places {
            marks.extend(read(place)?);
        }
        marks.sort_by_key(|signed| std::cmp::Reverse(signed.size));
        Ok(marks)
    }

    /// Keeps a newer mark. Called after the commit and before anything is acknowledged: a mark never runs ahead of
    /// the database, and an acknowledged entry is never above the mark.
    pub fn raise(&self, signed: Signed) -> Result<(), MarkError> {
        let text = format!("{} {}\n", signed.size, signed.root);
        for place in &self.places {
            let file_error = |error| MarkError::File(place.clone(), error);
            // Another process on the same chain may have signed more meanwhile.
            if read(place)?.is_some_and(|newest| newest.size > signed.size) {
                continue;
            }
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
