//! Where missing entries come from: a newer copy of the data folder, or an address that serves the log.

use super::address::Address;
use crate::store::{Store, StoreError, StoredContent};
use chain::{
    part::{Commitment, Salt, parse_salt},
    tile::{self, Tile},
};
use std::path::Path;

/// Why a source could not be read.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    #[error("it is neither a data folder with a gazette.sqlite in it nor an http:// address")]
    Neither,
    #[error("it is the data folder itself")]
    Itself,
    #[error("https addresses are not read; everything is verified by the log's signature, so plain http or a copy of the folder will do")]
    Https,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{0}")]
    Connection(String),
    #[error("{path} was answered with {status}")]
    Status { path: String, status: u16 },
    #[error("{0} is not there")]
    Absent(String),
    #[error("{0} is not what its name says")]
    Malformed(String),
}

/// A part as the source has it.
pub enum Part {
    Present {
        salt: Salt,
        bytes: Vec<u8>,
    },
    /// Said to be redacted.
    Removed,
    Missing,
}

/// An open source. Nothing it says is believed.
pub enum Source {
    Folder(Store),
    Address(Address),
}

impl Source {
    /// `data` is the folder that lacks entries.
    pub async fn open(from: &str, data: &Path) -> Result<Source, SourceError> {
        if from.starts_with("https://") {
            return Err(SourceError::Https);
        }
        if let Some(address) = from.strip_prefix("http://") {
            return Address::parse(address).map(Source::Address).ok_or(SourceError::Neither);
        }
        let folder = Path::new(from);
        if !folder.join("gazette.sqlite").is_file() {
            return Err(SourceError::Neither);
        }
        if folder.canonicalize().ok().is_some_and(|folder| data.canonicalize().ok() == Some(folder)) {
            return Err(SourceError::Itself);
        }
        Ok(Source::Folder(Store::aside(folder).await?))
    }

    /// The newest checkpoint, as a note.
    pub async fn checkpoint(&self) -> Result<String, SourceError> {
        match self {
            Source::Folder(store) => {
                let head = store.head().await?.filter(|head| head.size > 0);
                head.map(|head| head.checkpoint).ok_or(SourceError::Store(StoreError::Absent("chain")))
            }
            Source::Address(address) => {
                let path = "/log/checkpoint";
                let bytes = address.required(path, 64 * 1024).await?;
                String::from_utf8(bytes).map_err(|_| SourceError::Malformed(path.into()))
            }
        }
    }

    /// A tile, at least as wide as asked for.
    pub async fn tile(&self, tile: Tile) -> Result<Vec<u8>, SourceError> {
        match self {
            Source::Folder(store) => store.tile(tile.level, tile.number).await?.ok_or_else(|| SourceError::Absent(tile.path())),
            Source::Address(address) => address.required(&format!("/log/{}", tile.path()), tile::WIDTH as usize * 32).await,
        }
    }

    /// The first `width` entries from `number * 256` on.
    pub async fn entries(&self, number: u64, width: u16) -> Result<Vec<Vec<u8>>, SourceError> {
        let path = tile::bundle_path(number, width);
        match self {
            Source::Folder(store) => {
                let from = number * tile::WIDTH;
                let entries = store.entries(from, from + u64::from(width)).await?;
                if entries.len() != usize::from(width) {
                    return Err(SourceError::Absent(path));
                }
                Ok(entries.into_iter().map(|(_, entry)| entry).collect())
            }
            Source::Address(address) => {
                let most = tile::WIDTH as usize * (2 + chain::entry::LARGEST_ENTRY);
                let bundle = address.required(&format!("/log/{path}"), most).await?;
                let entries = tile::split_bundle(&bundle, width).ok_or(SourceError::Malformed(path))?;
                Ok(entries.into_iter().map(<[u8]>::to_vec).collect())
            }
        }
    }

    /// A part of at most `size` bytes.
    pub async fn part(&self, commitment: &Commitment, size: u64) -> Result<Part, SourceError> {
        match self {
            Source::Folder(store) => Ok(match store.content(commitment).await? {
                Some(StoredContent::Present { salt, bytes, .. }) => Part::Present { salt, bytes },
                Some(StoredContent::Removed { .. }) => Part::Removed,
                Some(StoredContent::Lost) | None => Part::Missing,
            }),
            Source::Address(address) => {
                let path = format!("/content/{commitment}");
                let most = usize::try_from(size).unwrap_or(usize::MAX);
                let bytes = match address.get(&path, most).await? {
                    (200, bytes) => bytes,
                    (410, _) => return Ok(Part::Removed),
                    (404, _) => return Ok(Part::Missing),
                    (status, _) => return Err(SourceError::Status { path, status }),
                };
                let salt = address.required(&format!("{path}.salt"), 64).await?;
                let salt = std::str::from_utf8(&salt).ok().and_then(|salt| parse_salt(salt.trim_end()));
                let salt = salt.ok_or_else(|| SourceError::Malformed(format!("{path}.salt")))?;
                Ok(Part::Present { salt, bytes })
            }
        }
    }
}
