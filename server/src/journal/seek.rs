//! Finding rows by the day and by what was done. What costs as much as the journal is long is asked of no page: a moment is found by
//! halving, since rows stand in the order of their time, and for an act only so many rows are gone through at once.

use super::{Journal, JournalError, open_of};
use chain::time::Millis;

/// Rows that are gone through for one page of an act.
const AT_ONCE: i64 = 20_000;

/// Rows of one act.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RowsOfAct {
    /// Number and index, newest first.
    pub rows: Vec<(i64, u64)>,
    /// The number below which nothing was looked at yet.
    pub below: Option<i64>,
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
    pub async fn of_act(&self, act: &str, from: i64, before: i64, count: u64) -> Result<RowsOfAct, JournalError> {
        let noted = self.staff.journal();
        let before = before.min(noted.newest_logged().await? + 1);
        let lowest = from.max(before - AT_ONCE);
        let Some((_, last)) = noted.places_before(before, 1).await?.pop() else { return Ok(RowsOfAct::default()) };
        let first = noted.places_before(lowest, 1).await?.pop().map_or(0, |(_, index)| index + 1);
        let mut rows = Vec::new();
        for index in self.node.store.by_genre(act, first, last + 1, count).await? {
            // One that cannot be read any more has no number: it stands where all rows are shown.
            let entry = self.node.store.entry(index).await?;
            rows.extend(entry.as_deref().and_then(open_of).map(|open| (open.number, index)));
        }
        Ok(RowsOfAct { rows, below: (lowest > from).then_some(lowest) })
    }
}
