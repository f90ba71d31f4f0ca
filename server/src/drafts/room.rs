//! Room: how many bytes of drafts are in memory at once, how many bring drafts at once, and how much of one agency's lies on the disk.

use super::{Drafts, DraftsError, LARGEST_FILE, MOST_FILES, Refusal};
use sqlx::{AnyConnection, Row};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What memory is counted in.
const UNIT: u64 = 1 << 20;
/// Units of all drafts whose parts are in memory at once: the largest of them, with its texts, fits in.
const UNITS: usize = MOST_FILES * LARGEST_FILE / UNIT as usize + 160;
/// How many bring drafts at once: each has its archive unpacked, and its texts in memory.
const BRINGING: usize = 4;
/// Most bytes of all files of one agency's drafts that are not published, with those on their way.
pub const MOST_OF_AGENCY: i64 = 20 << 30;

/// Cloning shares it.
#[derive(Clone)]
pub(super) struct Room {
    memory: Arc<Semaphore>,
    bringing: Arc<Semaphore>,
}

/// Room that is held until it is dropped.
pub(super) type Held = OwnedSemaphorePermit;

impl Default for Room {
    fn default() -> Room {
        Room { memory: Arc::new(Semaphore::new(UNITS)), bringing: Arc::new(Semaphore::new(BRINGING)) }
    }
}

impl Room {
    /// Waits until so many bytes may be in memory. Hold nothing else meanwhile that another might wait for.
    pub(super) async fn hold(&self, bytes: u64) -> Result<Held, DraftsError> {
        let units = usize::try_from(bytes.div_ceil(UNIT)).unwrap_or(UNITS).clamp(1, UNITS);
        let units = u32::try_from(units).unwrap_or(u32::MAX);
        self.memory.clone().acquire_many_owned(units).await.map_err(|_| Refusal::Busy.into())
    }

    /// A place among those who bring drafts, if one is free.
    pub(super) fn bring(&self) -> Result<Held, DraftsError> {
        self.bringing.clone().try_acquire_owned().map_err(|_| Refusal::Busy.into())
    }
}

impl Drafts {
    /// Refused where so many bytes more would be more than an agency may have here.
    pub(super) async fn has_room(&self, turn: &mut AnyConnection, agency: &str, more: i64) -> Result<(), DraftsError> {
        let of = "in (select id from drafts where agency = $1 and state <> 'published')";
        let sql = format!(
            "select cast((select coalesce(sum(size), 0) from draft_files where draft {of}) + \
             (select coalesce(sum(size), 0) from draft_uploads where draft {of}) as bigint)"
        );
        let there: i64 = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(agency).fetch_one(turn).await?.try_get(0)?;
        if there.saturating_add(more) > self.most_of_agency { Err(Refusal::NoRoom.into()) } else { Ok(()) }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[tokio::test]
    async fn what_is_in_memory_at_once_is_bounded_and_the_largest_draft_is_never_kept_waiting_for_ever() {
        let room = Room::default();
        let one = room.hold(u64::MAX).now_or_never().unwrap().unwrap();
        assert!(room.hold(1).now_or_never().is_none(), "another waits");
        drop(one);
        let largest = (MOST_FILES * LARGEST_FILE) as u64;
        let one = room.hold(largest).now_or_never().unwrap().unwrap();
        assert!(room.hold(largest).now_or_never().is_none());
        assert!(room.hold(1).now_or_never().is_some(), "a small one goes beside it");
        drop(one);
        assert!(room.hold(largest).now_or_never().is_some());
    }

    #[test]
    fn few_bring_drafts_at_once_and_the_next_is_told_so() {
        let room = Room::default();
        let held: Vec<_> = (0..BRINGING).map(|_| room.bring().unwrap()).collect();
        assert!(matches!(room.bring(), Err(DraftsError::Refused(Refusal::Busy))));
        drop(held);
        assert!(room.bring().is_ok());
    }
}
