//! Reading: what is told of a file is read in its agency's turn and kept for an hour. It goes on when nobody waits any more, so that a
//! page need not: the next one has it.

use super::Seen;
use crate::{
    drafts::{DraftsError, Refusal, files::Files, personal},
    extract::{Extracted, Gap, Reader},
};
use lru::LruCache;
use std::{
    collections::HashMap,
    num::NonZeroUsize,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::JoinError,
    time::{Instant, sleep, timeout_at},
};

/// Files that are read at once: no more than that of them is in memory. And how many of them for one agency, so that a draft with many
/// slow ones keeps no other agency waiting. What is brought, and what its programs hand in, waits in the same turn as its drafts.
const AT_ONCE: usize = 2;
const OF_ONE: usize = 1;
/// Files of which it is kept what was told, and how long: it names what belongs to persons.
const KEPT: usize = 1_000;
const KEPT_FOR: Duration = Duration::from_secs(3_600);
/// How often what was kept for so long is looked for, while there is anything.
const SWEPT: Duration = Duration::from_secs(60);

type Known = LruCache<String, (Instant, Arc<Seen>)>;
/// What comes of a file that is being read.
type Coming = watch::Receiver<Option<Result<Arc<Seen>, Arc<DraftsError>>>>;

fn locked<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reads files and keeps what was told of them. Cloning shares it.
#[derive(Clone)]
pub(in crate::drafts) struct Looking {
    /// None: nothing but texts is read.
    reader: Option<Reader>,
    turns: Arc<Turns>,
    known: Arc<Mutex<Known>>,
    /// Those that are being read, or wait for their turn, by their paths.
    in_hand: Arc<Mutex<HashMap<String, Coming>>>,
}

/// A file that was asked about.
pub(super) enum Asked {
    Known(Arc<Seen>),
    Coming(Coming),
}

impl Asked {
    /// What is told of it. `until`: after that nobody waits for it, and it is said to wait.
    pub(super) async fn told(self, until: Instant) -> Result<Arc<Seen>, DraftsError> {
        let mut coming = match self {
            Asked::Known(told) => return Ok(told),
            Asked::Coming(coming) => coming,
        };
        let told = match timeout_at(until, coming.wait_for(Option::is_some)).await {
            Ok(Ok(told)) => told.clone(),
            // Whoever read it is gone.
            Ok(Err(_)) => return Err(Refusal::Busy.into()),
            Err(_) => return Ok(Arc::new(Seen::only(Gap::Waiting))),
        };
        match told {
            Some(Ok(told)) => Ok(told),
            Some(Err(error)) => Err(object_store::Error::Generic { store: "drafts", source: Box::new(error) }.into()),
            None => Err(Refusal::Busy.into()),
        }
    }
}

impl Looking {
    pub(in crate::drafts) fn with(reader: Option<Reader>) -> Looking {
        let known = LruCache::new(NonZeroUsize::new(KEPT).unwrap_or(NonZeroUsize::MIN));
        Looking { reader, turns: Arc::default(), known: Arc::new(Mutex::new(known)), in_hand: Arc::default() }
    }

    fn known(&self, path: &str) -> Option<Arc<Seen>> {
        locked(&self.known).get(path).filter(|(since, _)| since.elapsed() < KEPT_FOR).map(|(_, told)| told.clone())
    }

    fn keep(&self, path: &str, told: &Arc<Seen>) {
        let mut known = locked(&self.known);
        let first = known.is_empty();
        known.put(path.to_owned(), (Instant::now(), told.clone()));
        if first {
            tokio::spawn(sweep(Arc::downgrade(&self.known)));
        }
    }

    /// Forgets what was told of files in a folder but for these: they are gone.
    pub(super) fn forget_others(&self, folder: &str, paths: &[String]) {
        let there = |path: &str| path.strip_prefix(folder).is_none_or(|rest| !rest.starts_with('/')) || paths.iter().any(|own| own == path);
        locked(&self.known).retain(|path, _| there(path));
    }

    /// Asks what is told of the file at `path`, whose bytes are `media`, in the turn of the agency `whose`. It is read whether or not
    /// somebody waits for it.
    pub(super) fn ask(&self, files: &Files, whose: &str, path: &str, media: &str) -> Asked {
        // No turn is needed to say that a picture is none of what is read.
        if let Way::Not(gap) = self.way(media) {
            return Asked::Known(Arc::new(Seen::only(gap)));
        }
        let (tell, coming) = watch::channel(None);
        {
            let mut in_hand = locked(&self.in_hand);
            if let Some(told) = self.known(path) {
                return Asked::Known(told);
            }
            if let Some(coming) = in_hand.get(path) {
                return Asked::Coming(coming.clone());
            }
            in_hand.insert(path.to_owned(), coming.clone());
        }
        let in_hand = InHand { path: path.to_owned(), of: self.in_hand.clone() };
        let (looking, files, whose, media) = (self.clone(), files.clone(), whose.to_owned(), media.to_owned());
        tokio::spawn(async move {
            let told = looking.read(&files, &whose, &in_hand.path, &media).await.map(Arc::new).map_err(Arc::new);
            // What could not be begun may be read the next time.
            if let Ok(told) = &told
                && !told.gaps.contains(&Gap::Failed)
            {
                looking.keep(&in_hand.path, told);
            }
            drop(in_hand);
            tell.send_replace(Some(told));
        });
        Asked::Coming(coming)
    }

    /// The same of a file that is no draft's yet. Nobody asks for it again: where nobody waits for it, it is not begun.
    pub(in crate::drafts) async fn file(
        &self,
        files: &Files,
        whose: &str,
        path: &str,
        media: &str,
        until: Instant,
    ) -> Result<Arc<Seen>, DraftsError> {
        let reads = !matches!(self.way(media), Way::Not(_)) && self.known(path).is_none();
        if reads && Instant::now() >= until {
            return Ok(Arc::new(Seen::only(Gap::Waiting)));
        }
        self.ask(files, whose, path, media).told(until).await
    }

    async fn read(&self, files: &Files, whose: &str, path: &str, media: &str) -> Result<Seen, DraftsError> {
        let turn = self.turns.take(whose).await?;
        match self.way(media) {
            Way::Text => text(turn, media, files.get(path).await?).await,
            Way::Apart(reader) => extracted(turn, reader.read(files.handle(path).await?).await).await,
            Way::Not(gap) => Ok(Seen::only(gap)),
        }
    }

    /// The same of bytes that lie in no draft, and of which nothing is kept.
    pub(super) async fn bytes(&self, whose: &str, media: &str, bytes: Vec<u8>, until: Instant) -> Result<Seen, DraftsError> {
        if let Way::Not(gap) = self.way(media) {
            return Ok(Seen::only(gap));
        }
        if Instant::now() >= until {
            return Ok(Seen::only(Gap::Waiting));
        }
        let read = async {
            let turn = self.turns.take(whose).await?;
            match self.way(media) {
                Way::Text => text(turn, media, bytes).await,
                Way::Apart(reader) => extracted(turn, reader.read_bytes(bytes).await).await,
                Way::Not(gap) => Ok(Seen::only(gap)),
            }
        };
        timeout_at(until, read).await.unwrap_or_else(|_| Ok(Seen::only(Gap::Waiting)))
    }

    fn way(&self, media: &str) -> Way<'_> {
        match &self.reader {
            _ if personal::may_be_text(media) => Way::Text,
            _ if media.starts_with("image/") => Way::Not(Gap::NoText),
            Some(reader) => Way::Apart(reader),
            None => Way::Not(Gap::Failed),
        }
    }
}

/// Drops what was kept long enough, until nothing is left.
async fn sweep(known: Weak<Mutex<Known>>) {
    loop {
        sleep(SWEPT).await;
        let Some(known) = known.upgrade() else { return };
        let mut known = locked(&known);
        known.retain(|_, (since, _)| since.elapsed() < KEPT_FOR);
        if known.is_empty() {
            return;
        }
    }
}

/// A file that is being read; once it is dropped, it is not any more.
struct InHand {
    path: String,
    of: Arc<Mutex<HashMap<String, Coming>>>,
}

impl Drop for InHand {
    fn drop(&mut self) {
        locked(&self.of).remove(&self.path);
    }
}

/// How a file of some kind is read.
enum Way<'a> {
    /// As it stands.
    Text,
    /// By a program of its own.
    Apart(&'a Reader),
    /// It is not, and why.
    Not(Gap),
}

/// Who reads next. Turns are given in the order they are asked for, and each agency asks for one at a time.
struct Turns {
    all: Arc<Semaphore>,
    of: Mutex<HashMap<String, Arc<Semaphore>>>,
}

impl Default for Turns {
    fn default() -> Turns {
        Turns { all: Arc::new(Semaphore::new(AT_ONCE)), of: Mutex::default() }
    }
}

/// Given back when it is dropped.
struct Turn {
    _all: OwnedSemaphorePermit,
    _of: OwnedSemaphorePermit,
}

impl Turns {
    async fn take(&self, whose: &str) -> Result<Turn, DraftsError> {
        let of = locked(&self.of).entry(whose.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(OF_ONE))).clone();
        let of = of.acquire_owned().await.map_err(|_| Refusal::Busy)?;
        let all = self.all.clone().acquire_owned().await.map_err(|_| Refusal::Busy)?;
        Ok(Turn { _all: all, _of: of })
    }
}

/// What is found in a text file. Its turn is held until it is done, also when nobody waits for it any more.
async fn text(turn: Turn, media: &str, bytes: Vec<u8>) -> Result<Seen, DraftsError> {
    let media = media.to_owned();
    aside(move || {
        let _turn = turn;
        Seen::of_text(&media, &bytes)
    })
    .await
}

/// The same of what was read of another file.
async fn extracted(turn: Turn, read: Result<Extracted, Gap>) -> Result<Seen, DraftsError> {
    match read {
        Ok(extracted) => {
            aside(move || {
                let _turn = turn;
                Seen::of(extracted)
            })
            .await
        }
        Err(gap) => Ok(Seen::only(gap)),
    }
}

/// Looks where nobody else waits for it: a text may be long.
pub(super) async fn aside<T: Send + 'static>(look: impl FnOnce() -> T + Send + 'static) -> Result<T, DraftsError> {
    match tokio::task::spawn_blocking(look).await.map_err(JoinError::try_into_panic) {
        Ok(told) => Ok(told),
        Err(Ok(panic)) => std::panic::resume_unwind(panic),
        Err(Err(_)) => Err(Refusal::Busy.into()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// A folder of drafts with one file in it.
    async fn files(name: &str, bytes: &[u8]) -> (tempfile::TempDir, Files) {
        let dir = tempfile::tempdir().unwrap();
        let files = Files::open(dir.path()).unwrap();
        files.put(name, bytes.to_vec()).await.unwrap();
        (dir, files)
    }

    fn after(time: Duration) -> Instant {
        Instant::now() + time
    }

    fn soon() -> Instant {
        after(Duration::from_secs(60))
    }

    #[tokio::test]
    async fn what_is_not_read_is_said_and_why() {
        let (_dir, files) = files("a/1", b"\xff\xff").await;
        let looking = Looking::with(None);
        for (media, gap) in [("image/png", Gap::NoText), ("application/octet-stream", Gap::OtherKind), ("application/pdf", Gap::Failed)] {
            let looking = Looking::with(None);
            assert_eq!(looking.file(&files, "finance", "a/1", media, soon()).await.unwrap().gaps, [gap], "{media}");
        }
        let late = looking.file(&files, "finance", "a/1", "text/plain", Instant::now()).await.unwrap();
        assert_eq!(late.gaps, [Gap::Waiting]);
        let gone = looking.file(&files, "finance", "a/2", "text/plain", soon()).await;
        assert!(matches!(gone, Err(DraftsError::Files(_))), "{gone:?}");
        assert!(locked(&looking.in_hand).is_empty());
    }

    #[tokio::test]
    async fn bytes_that_lie_in_no_draft_are_looked_through_alike() {
        let looking = Looking::with(None);
        let told = looking.bytes("finance", "text/plain", b"13800138000".to_vec(), soon()).await.unwrap();
        assert_eq!((told.found.len(), told.gaps.len()), (1, 0));
        for (media, until, gap) in
            [("image/png", soon(), Gap::NoText), ("application/pdf", soon(), Gap::Failed), ("text/plain", Instant::now(), Gap::Waiting)]
        {
            assert_eq!(looking.bytes("finance", media, b"\xff\xff".to_vec(), until).await.unwrap().gaps, [gap], "{media}");
        }
    }

    #[tokio::test]
    async fn a_file_is_read_once() {
        let (_dir, files) = files("a/1", b"13800138000").await;
        let looking = Looking::with(None);
        let told = looking.file(&files, "finance", "a/1", "text/plain", soon()).await.unwrap();
        assert_eq!(told.found.len(), 1);
        files.remove("a/1").await.unwrap();
        let again = looking.file(&files, "finance", "a/1", "text/plain", Instant::now()).await.unwrap();
        assert!(Arc::ptr_eq(&told, &again));
    }

    #[tokio::test]
    async fn what_nobody_waits_for_is_read_all_the_same_and_is_there_the_next_time() {
        let (_dir, files) = files("a/1", b"13800138000").await;
        let looking = Looking::with(None);
        let busy = looking.turns.all.clone().acquire_many_owned(2).await.unwrap();
        let told = looking.ask(&files, "finance", "a/1", "text/plain").told(after(Duration::from_millis(20))).await.unwrap();
        assert_eq!(told.gaps, [Gap::Waiting]);
        // A picture needs no turn, and those who ask meanwhile wait for the same reading.
        assert!(matches!(looking.ask(&files, "finance", "a/2", "image/png"), Asked::Known(_)));
        let (one, other) = (looking.ask(&files, "finance", "a/1", "text/plain"), looking.ask(&files, "health", "a/1", "text/plain"));
        assert_eq!(locked(&looking.in_hand).len(), 1);
        drop(busy);
        let (one, other) = (one.told(soon()).await.unwrap(), other.told(soon()).await.unwrap());
        assert!(one.found.len() == 1 && Arc::ptr_eq(&one, &other));
        assert!(Arc::ptr_eq(&one, &looking.known("a/1").unwrap()) && locked(&looking.in_hand).is_empty());
    }

    #[tokio::test]
    async fn one_agencys_many_files_keep_no_other_agency_waiting() {
        let (_dir, files) = files("b/1", b"13800138000").await;
        let looking = Looking::with(None);
        let slow = looking.turns.take("finance").await.unwrap();
        let next = looking.ask(&files, "finance", "a/1", "text/plain");
        assert_eq!(looking.ask(&files, "health", "b/1", "text/plain").told(soon()).await.unwrap().found.len(), 1);
        assert_eq!(next.told(after(Duration::from_millis(20))).await.unwrap().gaps, [Gap::Waiting], "it waits for its own agency");
        drop(slow);
    }

    #[tokio::test]
    async fn what_is_brought_and_what_is_handed_in_waits_for_its_own_agency_and_for_no_other() {
        let (_dir, files) = files("b/1", b"13800138000").await;
        let looking = Looking::with(None);
        let slow = looking.turns.take("finance").await.unwrap();
        let (bytes, shortly) = (|| b"13800138000".to_vec(), || after(Duration::from_millis(20)));
        assert_eq!(looking.file(&files, "finance", "a/1", "text/plain", shortly()).await.unwrap().gaps, [Gap::Waiting]);
        assert_eq!(looking.bytes("finance", "text/plain", bytes(), shortly()).await.unwrap().gaps, [Gap::Waiting]);
        assert_eq!(looking.file(&files, "health", "b/1", "text/plain", soon()).await.unwrap().found.len(), 1);
        assert_eq!(looking.bytes("health", "text/plain", bytes(), soon()).await.unwrap().found.len(), 1);
        drop(slow);
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_told_is_kept_for_an_hour_and_no_longer_though_nobody_asks() {
        let looking = Looking::with(None);
        looking.keep("a/1", &Arc::default());
        sleep(KEPT_FOR / 2).await;
        looking.keep("b/1", &Arc::default());
        sleep(KEPT_FOR / 2 + SWEPT).await;
        assert_eq!(locked(&looking.known).iter().map(|(path, _)| path.as_str()).collect::<Vec<_>>(), ["b/1"]);
        sleep(KEPT_FOR / 2 + SWEPT).await;
        assert!(locked(&looking.known).is_empty());
    }

    #[tokio::test]
    async fn what_was_told_of_a_file_goes_with_the_file() {
        let looking = Looking::with(None);
        for path in ["a/1", "a/2", "ab/1"] {
            looking.keep(path, &Arc::default());
        }
        looking.forget_others("a", &["a/2".to_owned()]);
        assert!(looking.known("a/1").is_none() && looking.known("a/2").is_some() && looking.known("ab/1").is_some());
    }
}
