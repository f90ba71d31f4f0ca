//! Large bodies of requests: read whole before anything is done with them, within a bound for all at once, and no slower than a bad line.

use axum::{body::Bytes, extract::Request};
use http_body_util::BodyExt;
use hyper::body::Body as _;
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout},
};

/// A body may take this long whatever its size, and then as long as it takes at this many bytes a second.
const GRACE: Duration = Duration::from_secs(10);
const SLOWEST: u64 = 16 << 10;
/// What room is counted in.
const PIECE: usize = 1 << 10;

/// Room for the bodies of all who send one at the same time. Cloning shares it.
#[derive(Clone)]
pub(super) struct Room(Arc<Semaphore>);

/// A body, which keeps its room until it is dropped.
pub(super) struct Whole {
    pub bytes: Bytes,
    _room: Option<OwnedSemaphorePermit>,
}

impl From<Unread> for super::Refused {
    fn from(unread: Unread) -> super::Refused {
        match unread {
            Unread::TooLarge => super::Refused::TooLarge,
            Unread::Slow => super::Refused::Slow,
            Unread::Full => super::Refused::Busy,
        }
    }
}

/// Why there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unread {
    TooLarge,
    /// It came too slowly, or not to its end.
    Slow,
    /// Too much came at once.
    Full,
}

impl Room {
    /// For so many bytes.
    pub(super) fn of(bytes: usize) -> Room {
        Room(Arc::new(Semaphore::new(bytes / PIECE)))
    }

    /// Reads a body of at most `largest` bytes. Room is taken as it comes, so that whoever sends slowly holds only what they sent.
    pub(super) async fn whole(&self, request: Request, largest: usize) -> Result<Whole, Unread> {
        let (begun, mut body) = (Instant::now(), request.into_body());
        // What says that it will be too large is not read at all.
        if body.size_hint().lower() > largest as u64 {
            return Err(Unread::TooLarge);
        }
        let (mut read, mut room): (Vec<u8>, Option<OwnedSemaphorePermit>) = (Vec::new(), None);
        loop {
            let until = GRACE + Duration::from_secs(read.len() as u64 / SLOWEST);
            let left = until.checked_sub(begun.elapsed()).ok_or(Unread::Slow)?;
            let Some(frame) = timeout(left, body.frame()).await.map_err(|_| Unread::Slow)? else { break };
            let Ok(data) = frame.map_err(|_| Unread::Slow)?.into_data() else { continue };
            if read.len() + data.len() > largest {
                return Err(Unread::TooLarge);
            }
            read.extend_from_slice(&data);
            let (needed, held) = (read.len().div_ceil(PIECE), room.as_ref().map_or(0, OwnedSemaphorePermit::num_permits));
            if needed > held {
                let more = u32::try_from(needed - held).map_err(|_| Unread::TooLarge)?;
                let more = self.0.clone().try_acquire_many_owned(more).map_err(|_| Unread::Full)?;
                match &mut room {
                    Some(room) => room.merge(more),
                    None => room = Some(more),
                }
            }
        }
        Ok(Whole { bytes: read.into(), _room: room })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use futures_util::stream;

    fn request(pieces: Vec<(u64, usize)>) -> Request {
        let pieces = stream::unfold(pieces.into_iter(), |mut pieces| async {
            let (seconds, bytes) = pieces.next()?;
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            Some((Ok::<_, std::io::Error>(vec![b'x'; bytes]), pieces))
        });
        Request::new(Body::from_stream(pieces))
    }

    #[tokio::test]
    async fn a_body_is_read_whole_within_its_size_and_the_room_of_all() {
        let room = Room::of(4 * PIECE);
        let whole = room.whole(request(vec![(0, 1_000), (0, 1_000)]), 2_000).await.map(|whole| whole.bytes.len());
        assert_eq!(whole, Ok(2_000));
        assert_eq!(room.whole(request(vec![(0, 1_500), (0, 501)]), 2_000).await.err(), Some(Unread::TooLarge));
        let held = room.whole(request(vec![(0, 3 * PIECE)]), 4 * PIECE).await;
        assert_eq!(room.whole(request(vec![(0, 2 * PIECE)]), 4 * PIECE).await.err(), Some(Unread::Full));
        drop(held);
        assert!(room.whole(request(vec![(0, 4 * PIECE)]), 4 * PIECE).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_sends_a_byte_now_and_then_is_cut_off_and_holds_nothing() {
        let room = Room::of(PIECE);
        assert_eq!(room.whole(request(vec![(9, 1); 40]), PIECE).await.err(), Some(Unread::Slow));
        assert_eq!(room.0.available_permits(), 1);
    }
}
