//! Retention: who did what is kept for so many days, then removed by a logged redaction. That something was done, what and when stays.

use super::{Journal, JournalError, Trouble, open_of};
use crate::{sequencer::SubmitError, store::StoreError};
use chain::{
    entry::Entry,
    statement::{self, Redaction, Reference},
    time::Millis,
    tree::leaf_hash,
};
use std::sync::PoisonError;

/// The ground of such a redaction.
pub const GROUND: &str = "retention";

const DAY: i64 = 86_400_000;
/// Entries looked at at once.
const AT_ONCE: u64 = 256;

impl Journal {
    /// Removes the personal part of every row whose time is over. Says how many.
    pub async fn retain(&self) -> Result<u64, JournalError> {
        let removed = self.remove().await;
        self.troubles.lock().unwrap_or_else(PoisonError::into_inner).retaining = removed.as_ref().err().map(Trouble::of);
        removed
    }

    async fn remove(&self) -> Result<u64, JournalError> {
        let Some(before) = self.served().filter(|_| self.node.behind().is_none()) else { return Ok(0) };
        let agency = self.agency();
        let seal = self.node.seal(&agency).ok_or(JournalError::NoSeal)?;
        let (mut removed, mut from) = (0, 0);
        let size = self.node.heads.borrow().size;
        while from < size {
            let to = size.min(from + AT_ONCE);
            let due = self.due(from, to, before).await?;
            let mut waiting = Vec::new();
            for (target, part) in due.redact {
                let core = Redaction { agency: agency.clone(), target, parts: vec![part], ground: GROUND.into() };
                let line = statement::core_line("redaction", &crate::compose::random_id()?, &core)?;
                let text = statement::text(&self.node.origin, &line, None);
                waiting.push(self.node.submitter.seal(&text, seal, vec![]).await.map_err(JournalError::Redaction)?);
            }
            for waiting in waiting {
                waiting.await.unwrap_or(Err(SubmitError::Stopped)).map_err(JournalError::Redaction)?;
                removed += 1;
            }
            // Times never go backwards in the log, and nothing is logged before it is done.
            if due.over {
                break;
            }
            from = to;
        }
        Ok(removed)
    }

    /// Of what was done before this, it is not kept who did it. None: it is kept for ever.
    pub(super) fn served(&self) -> Option<Millis> {
        (self.days > 0).then(|| self.staff.now() - i64::from(self.days) * DAY)
    }

    async fn due(&self, from: u64, to: u64, before: i64) -> Result<Due, StoreError> {
        let mut due = Due::default();
        let parts = self.node.store.contents(from, to).await?;
        for (index, bytes) in self.node.store.entries(from, to).await? {
            let Some(open) = open_of(&bytes) else { continue };
            let logged = Entry::parse(&bytes).map(|entry| entry.header.time).unwrap_or(i64::MAX);
            due.over |= logged >= before && open.done >= before;
            if open.done < before {
                let target = Reference { index, leaf: leaf_hash(&bytes) };
                let kept = parts.iter().filter(|part| part.entry == index && part.removed_by.is_none());
                due.redact.extend(kept.map(|part| (target, part.commitment)));
            }
        }
        Ok(due)
    }
}

#[derive(Default)]
struct Due {
    redact: Vec<(Reference, chain::part::Commitment)>,
    /// Whether a row was met whose time is not over.
    over: bool,
}
