//! Vouching: an operator's word that the copy here is the newest, on a machine that keeps no mark of what was signed.

use crate::{
    keys::KeyError,
    mark::{Mark, MarkError, Signed},
    node::Place,
    removed::{Removals, RemovalsError},
    sequencer::{self, Behind, OpenError},
    store::{FILE, StoreError},
};
use std::path::PathBuf;

/// Why the word is not taken.
#[derive(Debug, thiserror::Error)]
pub enum VouchError {
    #[error("there is no chain in {0}")]
    NoChain(PathBuf),
    #[error("the log's key file {0} is missing: put it back first, it says which chain this is")]
    NoKey(PathBuf),
    #[error("here are {found} entries, not {said}: look at what you have before you vouch for it")]
    OtherSize { found: u64, said: u64 },
    #[error(transparent)]
    Behind(#[from] Behind),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Mark(#[from] MarkError),
    #[error(transparent)]
    Removals(#[from] RemovalsError),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Takes it from the operator that `entries` are all that the log has signed, and makes this machine's mark of them. Where
/// a mark says otherwise, the mark is believed.
pub async fn vouch(place: &Place, entries: u64) -> Result<Signed, VouchError> {
    if place.database.is_none() && !place.data.join(FILE).is_file() {
        return Err(VouchError::NoChain(place.data.clone()));
    }
    let key = place.log_key()?.ok_or_else(|| VouchError::NoKey(place.data.join("keys/log.key")))?.vkey().clone();
    let store = place.store().await?;
    let mark = Mark::new(&place.data, &place.state, &key);
    let marks = mark.read()?;
    let (tip, head) = match sequencer::load(&store, key.name()).await {
        Err(StoreError::Absent("chain")) => return Err(VouchError::NoChain(place.data.clone())),
        loaded => loaded?,
    };
    if head.size == 0 {
        return Err(VouchError::NoChain(place.data.clone()));
    }
    if let Some(behind) = sequencer::standing(&store, &marks, &tip, &head).await? {
        return Err(behind.into());
    }
    // A redaction that is listed was logged, whatever became of the mark.
    if let Some(by) = Removals::beside(&mark).newest()?.filter(|by| *by >= head.size) {
        return Err(Behind::Missing { found: head.size, signed: by + 1 }.into());
    }
    if head.size != entries {
        return Err(VouchError::OtherSize { found: head.size, said: entries });
    }
    let signed = Signed { size: head.size, root: tip.state.frontier.root() };
    mark.raise(signed)?;
    store.close().await;
    Ok(signed)
}
