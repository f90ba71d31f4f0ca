//! Replaying: what is listed and still held by a store that was put back is removed, and what was removed here is listed.

use super::{Removals, RemovalsError};
use crate::store::{Gone, Store, StoreError};
use chain::part::Commitment;
use std::collections::{BTreeMap, HashSet};

/// Why list and store could not be brought together.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Removals(#[from] RemovalsError),
}

/// Before anything of a store is served: removes from it what is listed, as a redaction would, and lists what it says was removed.
/// Answers which parts are gone from here ahead of their redactions, which this copy of the chain does not have yet.
///
/// A list that is there and cannot be read refuses the start, like a mark: what it would have kept from being served cannot be told.
/// So does trouble with removing. One that is missing is what a machine has that redacted nothing yet, and is begun.
pub(crate) async fn replay(store: &Store, removals: &Removals) -> Result<Vec<Commitment>, ReplayError> {
    // Before the store is: what another process redacts in between is then removed there, and not yet listed in this.
    let listed = removals.read()?;
    let mut gone = store.gone().await?;
    let known: HashSet<Commitment> = gone.iter().map(|gone| gone.part).collect();
    let missed: Vec<(Commitment, u64)> = listed.iter().filter(|(part, _)| !known.contains(*part)).map(|(part, by)| (*part, *by)).collect();
    if !missed.is_empty() {
        let removed = store.remove_listed(&missed).await?;
        if removed > 0 {
            tracing::warn!(removed, "parts were removed that this copy held and that this machine lists as redacted by entries it lacks");
            gone = store.gone().await?;
        }
    }
    match store.remove_redacted(&gone).await {
        Ok(0) => {}
        Ok(removed) => tracing::warn!(removed, "redacted parts that an interruption had left were removed"),
        Err(error) => tracing::error!(%error, "whether redacted parts are still kept could not be looked up"),
    }
    match list(store, removals, &listed, &gone).await {
        Err(ReplayError::Removals(error)) if error.disk_full() => tracing::error!(%error, "the disk is full"),
        listed => listed?,
    }
    let size = store.head().await?.map_or(0, |head| head.size);
    Ok(gone.iter().filter(|gone| gone.by >= size).map(|gone| gone.part).collect())
}

/// Lists what the store says was removed: all of a chain that is older than its list, and what an interruption kept from it.
pub(crate) async fn complete(store: &Store, removals: &Removals) -> Result<(), ReplayError> {
    let listed = removals.read()?;
    let gone = store.gone().await?;
    list(store, removals, &listed, &gone).await
}

async fn list(store: &Store, removals: &Removals, listed: &BTreeMap<Commitment, u64>, gone: &[Gone]) -> Result<(), ReplayError> {
    let missing = gone.iter().filter(|gone| !listed.contains_key(&gone.part)).map(|gone| (gone.part, gone.by));
    // Only what an entry bears out: a row is altered more easily than a chain, and whatever is listed is taken out of every copy that is
    // put back.
    let missing = store.borne_out(missing.collect()).await?;
    Ok(removals.add(&missing)?)
}
