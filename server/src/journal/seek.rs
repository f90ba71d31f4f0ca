//! Finding rows by the day, by what was done, and by who did it. What costs as much as the journal is long is asked of no page: a moment
//! is found by halving, since rows stand in the order of their time, and for an act or a person only so many rows are gone through at once.

use super::{Journal, JournalError, open_of};
use crate::store::StoreError;
use chain::{
    deed::{Deed, code},
    time::Millis,
};
use std::collections::HashMap;

/// Rows that are gone through for one page of an act.
const AT_ONCE: i64 = 20_000;
/// The same for one page of a person, of which every part is read, and how many of them together.
const PARTS_AT_ONCE: i64 = 10_000;
const PARTS: i64 = 500;

/// Rows of one act, or of one person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FoundRows {
    /// Number and index, newest first.
    pub rows: Vec<(i64, u64)>,
    /// The number below which nothing was looked at yet.
    pub below: Option<i64>,
    /// Rows that were looked at and do not say any more who did them.
    pub unknown: i64,
}

impl Journal {
    /// Number of the first logged row that was done at this time or later; one more than the newest's where none was. Where a clock was
    /// set back, a row may count as its neighbour's day.
    pub async fn since(&self, time: Millis) -> Result<i64, JournalError> {
        let (mut low, mut high) = (1, self.staff.journal().newest_logged().await? + 1);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.done(middle).await?.is_none_or(|done| done < time) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(low)
    }

    /// When the row of this number was done, or the nearest before it that is there.
    async fn done(&self, number: i64) -> Result<Option<Millis>, JournalError> {
        let Some((_, index)) = self.staff.journal().places_before(number + 1, 1).await?.pop() else { return Ok(None) };
        let entry = self.node.store.entry(index).await?;
        Ok(entry.as_deref().and_then(open_of).map(|open| open.done))
    }

    /// Up to `count` logged rows of an act, with numbers from `from` to below `before`.
    pub async fn of_act(&self, act: &str, from: i64, before: i64, count: u64) -> Result<FoundRows, JournalError> {
        let noted = self.staff.journal();
        let before = before.min(noted.newest_logged().await? + 1);
        let lowest = from.max(before - AT_ONCE);
        let Some((_, last)) = noted.places_before(before, 1).await?.pop() else { return Ok(FoundRows::default()) };
        let first = noted.places_before(lowest, 1).await?.pop().map_or(0, |(_, index)| index + 1);
        let mut rows = Vec::new();
        for index in self.node.store.by_genre(act, first, last + 1, count).await? {
            // One that cannot be read any more has no number: it stands where all rows are shown.
            let entry = self.node.store.entry(index).await?;
            rows.extend(entry.as_deref().and_then(open_of).map(|open| (open.number, index)));
        }
        Ok(FoundRows { rows, below: (lowest > from).then_some(lowest), unknown: 0 })
    }

    /// Up to `count` logged rows of what an account or a token did, or of one act of theirs, with numbers from `from` to below `before`.
    ///
    /// Who it was lies in the committed parts alone: an index of it beside them would outlast what is removed after its time. So the
    /// parts are read, and of rows whose time is over none is, even where it was not removed yet.
    pub async fn of_person(&self, who: &str, act: Option<&str>, from: i64, before: i64, count: u64) -> Result<FoundRows, JournalError> {
        let noted = self.staff.journal();
        let from = match self.served() {
            Some(served) => from.max(self.since(served).await?),
            None => from,
        };
        let before = before.min(noted.newest_logged().await? + 1);
        let lowest = from.max(before - PARTS_AT_ONCE);
        let (mut found, mut below) = (FoundRows::default(), before);
        while below > lowest {
            let mut places = noted.places_before(below, PARTS).await?;
            places.retain(|(number, _)| *number >= lowest);
            let Some((last, _)) = places.last() else { break };
            below = *last;
            let deeds = self.deeds(&places).await?;
            for (number, index) in places {
                match deeds.get(&index) {
                    None => found.unknown += 1,
                    Some(deed) if deed.who.id == who && act.is_none_or(|act| code(&deed.what) == act) => {
                        found.rows.push((number, index));
                        if found.rows.len() as u64 >= count {
                            return Ok(found);
                        }
                    }
                    Some(_) => {}
                }
            }
        }
        found.below = (lowest > from).then_some(lowest);
        Ok(found)
    }

    /// What the parts of these rows say, by index; nothing of those that were removed or cannot be read.
    async fn deeds(&self, places: &[(i64, u64)]) -> Result<HashMap<u64, Deed>, StoreError> {
        let mut indexes: Vec<u64> = places.iter().map(|(_, index)| *index).collect();
        indexes.sort_unstable();
        let (Some(first), Some(last)) = (indexes.first(), indexes.last()) else { return Ok(HashMap::new()) };
        // What stands between rows in the log has no parts.
        let parts = self.node.store.contents(*first, last + 1).await?;
        Ok(parts.into_iter().filter_map(|part| Some((part.entry, Deed::read(&part.bytes?).ok()?))).collect())
    }
}
