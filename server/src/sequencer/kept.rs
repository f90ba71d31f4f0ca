//! What this machine keeps beside the chain: its marks, and the list of what was removed. Neither is believed to be older than the other.

use super::{Behind, OpenError, Sequencer, Tip, standing, unmarked};
use crate::{
    mark::{Mark, Signed},
    removed::{Listing, ReplayError},
    store::{Head, Store, StoreError, redacted},
};

/// Entries read at a time.
const STRIDE: u64 = 512;

/// As it was read before the store is: what another process signs in between is then in the store and not yet in these.
pub(super) struct Kept {
    marks: Vec<Signed>,
    /// The newest redaction that is listed.
    listed: Option<u64>,
}

impl Kept {
    pub(super) fn read(mark: &Mark, listing: &Listing) -> Result<Kept, OpenError> {
        let marks = mark.read()?;
        let listed = listing.removals().newest().map_err(ReplayError::from)?;
        Ok(Kept { marks, listed })
    }

    /// How the store stands to all of it: whole, behind, or not to be touched.
    pub(super) async fn judge(&self, store: &Store, mark: &Mark, tip: &Tip, head: &Head) -> Result<Option<Behind>, OpenError> {
        if let Some(behind) = standing(store, &self.marks, tip, head).await? {
            return Ok(Some(behind));
        }
        // A redaction that is listed was logged, whatever became of the marks: their file may be the older one after a power cut.
        if let Some(by) = self.listed.filter(|by| *by >= head.size) {
            return Ok(Some(Behind::Missing { found: head.size, signed: by + 1 }));
        }
        Ok(unmarked(mark, head)?)
    }
}

impl Sequencer {
    /// Lists what is redacted by the entries `[from, to)`, which another process logged: it may keep another list, or none here any more.
    pub(super) async fn list_others(&self, from: u64, to: u64) -> Result<(), StoreError> {
        let (mut removed, mut at) = (Vec::new(), from);
        while at < to {
            let until = to.min(at + STRIDE);
            for (index, bytes) in self.store.entries(at, until).await? {
                removed.extend(redacted(&bytes).into_iter().map(|part| (part, index)));
            }
            at = until;
        }
        if let Err(error) = self.listing.complete(removed) {
            tracing::error!(%error, "what another process redacted could not be listed outside the data folder; it is tried again");
        }
        Ok(())
    }
}
