//! Examining: the whole log rebuilt from its entries, as `fsck` does, and its rows counted.

use super::{Journal, JournalError, open_of};
use crate::{
    fsck::{self, Report},
    store::StoreError,
};
use chain::time::Millis;
use std::{fmt, sync::PoisonError};

/// What was found when the whole journal was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examined {
    /// When, milliseconds since 1970.
    pub at: Millis,
    /// How many entries the log had, and how many rows.
    pub entries: u64,
    pub rows: i64,
    pub fault: Option<Fault>,
}

/// The first thing that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Of the log: what `fsck` says.
    Log(fsck::Difference),
    /// A row that is missing.
    Gap(i64),
    /// A row that stands twice.
    Twice(i64),
    /// A row that waits, and was altered or does not follow.
    Waiting(i64),
    /// A row that the desk knows at another place than the log has it.
    Place(i64),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Log(difference) => difference.fmt(f),
            Fault::Gap(number) => write!(f, "row {number} is missing"),
            Fault::Twice(number) => write!(f, "row {number} is there twice"),
            Fault::Waiting(number) => write!(f, "row {number}, which waits for its place in the log, is not as it was written"),
            Fault::Place(number) => write!(f, "row {number} is not where the staff database says"),
        }
    }
}

impl Journal {
    /// Looks at all of it, and remembers what was found.
    pub async fn examine(&self) -> Result<Examined, JournalError> {
        let at = self.staff.now();
        // The reading half of the same pool stays open: this opens the store a second time.
        let report: Report = fsck::fsck(&self.place, &|_, _, _| {}).await?;
        let mut examined = Examined { at, entries: report.entries, rows: 0, fault: report.differs.map(Fault::Log) };
        if examined.fault.is_none() {
            let (rows, fault) = self.count(report.entries).await?;
            (examined.rows, examined.fault) = (rows, fault);
        }
        if examined.fault.is_none() {
            examined.fault = self.staff.journal().verify().await?.1.map(Fault::Waiting);
        }
        *self.examined.lock().unwrap_or_else(PoisonError::into_inner) = Some(examined.clone());
        Ok(examined)
    }

    /// Whether every number from 1 stands once in the first `size` entries, and where the desk says.
    async fn count(&self, size: u64) -> Result<(i64, Option<Fault>), JournalError> {
        let found = numbers(&self.node.store, size).await?;
        if let Some(fault) = gap(&found) {
            return Ok((i64::try_from(found.len()).unwrap_or(i64::MAX), Some(fault)));
        }
        let rows = i64::try_from(found.len()).unwrap_or(i64::MAX);
        let mut known = Vec::with_capacity(found.len());
        let mut before = rows + 1;
        loop {
            let some = self.staff.journal().places_before(before, 1_000).await?;
            let Some((last, _)) = some.last() else { break };
            before = *last;
            known.extend(some);
        }
        known.reverse();
        // The newest may have been logged and not yet written down here.
        let differs = found.iter().zip(&known).find(|(found, known)| found != known).map(|(found, _)| Fault::Place(found.0));
        Ok((rows, differs))
    }
}

/// Number and index of every row in the first `size` entries, by number.
async fn numbers(store: &crate::store::Store, size: u64) -> Result<Vec<(i64, u64)>, StoreError> {
    const AT_ONCE: u64 = 1_024;
    let mut found = Vec::new();
    let mut from = 0;
    while from < size {
        let to = size.min(from + AT_ONCE);
        for (index, bytes) in store.entries(from, to).await? {
            found.extend(open_of(&bytes).map(|open| (open.number, index)));
        }
        from = to;
    }
    found.sort_unstable();
    Ok(found)
}

/// The first number that is missing or there twice.
fn gap(found: &[(i64, u64)]) -> Option<Fault> {
    let mut apart = (1..).zip(found).filter(|(wanted, (number, _))| number != wanted);
    apart.next().map(|(wanted, (number, _))| if *number < wanted { Fault::Twice(*number) } else { Fault::Gap(wanted) })
}

/// Checks the journal of a place with nobody serving it: what `fsck` says, then its numbers. `None` where there is no journal.
pub async fn check(place: &crate::node::Place, progress: fsck::Progress<'_>) -> Result<Option<Examined>, JournalError> {
    let place = super::place_of(place, None);
    if !place.data.join("keys").exists() {
        return Ok(None);
    }
    let report = fsck::fsck(&place, progress).await?;
    let mut examined = Examined { at: 0, entries: report.entries, rows: 0, fault: report.differs.map(Fault::Log) };
    if examined.fault.is_none() {
        let store = fsck::open(&place).await?;
        let found = numbers(&store, report.entries).await;
        store.close().await;
        let found = found?;
        examined.rows = i64::try_from(found.len()).unwrap_or(i64::MAX);
        examined.fault = gap(&found);
    }
    Ok(Some(examined))
}
