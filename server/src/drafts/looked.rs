//! Looked through for personal data: what was found, and what of the files was not read, so that nobody takes silence for "there is none".
//!
//! A file's bytes never change, so it is read once: what was told of it is kept for a while, for drafts, for what waits for approval, and
//! for what was brought alike.

use super::{
    Case, Draft, Drafts, DraftsError, FrozenState, Refusal,
    files::Files,
    personal::{self, Found, MOST, Place, look},
};
use crate::{
    extract::{Extracted, Gap, Reader, Spot},
    staff::Account,
};
use lru::LruCache;
use serde_json::Value;
use std::{
    num::NonZeroUsize,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    sync::Semaphore,
    task::JoinError,
    time::{Instant, timeout_at},
};

/// Files that are read at once: no more than that of them is in memory.
const AT_ONCE: usize = 2;
/// Files of which it is kept what was told, and how long: it names what belongs to persons.
const KEPT: usize = 1_000;
const KEPT_FOR: Duration = Duration::from_secs(3_600);
/// How long a page waits for the files it shows. What is read then is kept, and the next page goes on behind it.
const PATIENCE: Duration = Duration::from_secs(25);

/// What was found where, and what was not looked through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Looked {
    pub found: Vec<(Place, Found)>,
    /// By the file's name.
    pub unread: Vec<(String, Gap)>,
}

impl Looked {
    pub(super) fn add(&mut self, name: &str, seen: &Seen) {
        self.found.extend(seen.found.iter().map(|found| (Some(name.to_owned()), found.clone())));
        self.unread.extend(seen.gaps.iter().map(|gap| (name.to_owned(), gap.clone())));
    }
}

/// What there is to tell of one file.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub found: Vec<Found>,
    pub gaps: Vec<Gap>,
}

impl Seen {
    fn only(gap: Gap) -> Seen {
        Seen { found: vec![], gaps: vec![gap] }
    }

    /// What is found in a text, with where it stands in it.
    fn of_text(text: &str) -> Seen {
        Seen { found: look(text), gaps: vec![] }
    }

    fn of(extracted: Extracted) -> Seen {
        let mut found: Vec<Found> = Vec::new();
        for piece in &extracted.pieces {
            for one in look(&piece.text) {
                let one = Found { spot: piece.spot.clone(), ..one };
                // What is found again without saying where is the same: a cell, and the part that it is kept in.
                let again = |known: &Found| known.number == one.number && (known.spot == one.spot || one.spot == Spot::Somewhere);
                if !found.iter().any(again) {
                    found.push(one);
                }
                if found.len() >= MOST {
                    return Seen { found, gaps: extracted.gaps };
                }
            }
        }
        Seen { found, gaps: extracted.gaps }
    }
}

type Known = LruCache<String, (Instant, Arc<Seen>)>;

/// Reads files and keeps what was told of them. Cloning shares it.
#[derive(Clone)]
pub(super) struct Looking {
    /// None: nothing but texts is read.
    reader: Option<Reader>,
    turns: Arc<Semaphore>,
    known: Arc<Mutex<Known>>,
}

impl Looking {
    pub(super) fn with(reader: Option<Reader>) -> Looking {
        let known = LruCache::new(NonZeroUsize::new(KEPT).unwrap_or(NonZeroUsize::MIN));
        Looking { reader, turns: Arc::new(Semaphore::new(AT_ONCE)), known: Arc::new(Mutex::new(known)) }
    }

    fn known(&self, path: &str) -> Option<Arc<Seen>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, told) = known.get(path)?;
        if since.elapsed() < KEPT_FOR {
            return Some(told.clone());
        }
        known.pop(path);
        None
    }

    fn keep(&self, path: &str, told: &Arc<Seen>) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).put(path.to_owned(), (Instant::now(), told.clone()));
    }

    /// What is told of the file at `path`, whose bytes are `media`. `until`: after that nobody waits for it, and it is said to wait.
    pub(super) async fn file(&self, files: &Files, path: &str, media: &str, until: Instant) -> Result<Arc<Seen>, DraftsError> {
        if let Some(told) = self.known(path) {
            return Ok(told);
        }
        let waits = || Ok(Arc::new(Seen::only(Gap::Waiting)));
        if Instant::now() >= until {
            return waits();
        }
        timeout_at(until, self.read(files, path, media)).await.unwrap_or_else(|_| waits())
    }

    async fn read(&self, files: &Files, path: &str, media: &str) -> Result<Arc<Seen>, DraftsError> {
        let turn = self.turns.clone().acquire_owned().await.map_err(|_| Refusal::Busy)?;
        // Whoever was before may have read the same.
        if let Some(told) = self.known(path) {
            return Ok(told);
        }
        let told = if personal::may_be_text(media) {
            let (bytes, media) = (files.get(path).await?, media.to_owned());
            aside(move || {
                // Held until it is done, also when nobody waits for it any more.
                let _turn = turn;
                personal::text_of(&media, &bytes).map_or_else(|| Seen::only(Gap::OtherKind), |text| Seen::of_text(&text))
            })
            .await?
        } else if media.starts_with("image/") {
            Seen::only(Gap::NoText)
        } else if let Some(reader) = &self.reader {
            match reader.read(files.handle(path).await?).await {
                Ok(extracted) => {
                    aside(move || {
                        let _turn = turn;
                        Seen::of(extracted)
                    })
                    .await?
                }
                Err(gap) => Seen::only(gap),
            }
        } else {
            Seen::only(Gap::Failed)
        };
        let told = Arc::new(told);
        // What could not be begun may be read the next time.
        if !told.gaps.contains(&Gap::Failed) {
            self.keep(path, &told);
        }
        Ok(told)
    }
}

/// Looks where nobody else waits for it: a text may be long.
async fn aside<T: Send + 'static>(look: impl FnOnce() -> T + Send + 'static) -> Result<T, DraftsError> {
    match tokio::task::spawn_blocking(look).await.map_err(JoinError::try_into_panic) {
        Ok(told) => Ok(told),
        Err(Ok(panic)) => std::panic::resume_unwind(panic),
        Err(Err(_)) => Err(Refusal::Busy.into()),
    }
}

impl Drafts {
    /// With a program that reads files which are no plain texts: this one, called anew for each of them. Without it they are said not to be
    /// looked through.
    #[must_use]
    pub fn with_reader(self, program: impl Into<PathBuf>) -> Drafts {
        Drafts { looking: Looking::with(Some(Reader::new(program))), ..self }
    }

    /// What in a draft belongs to a person: in its catalogue, its texts, its files and their names.
    pub async fn personal_in_draft(&self, who: &Account, draft: &Draft) -> Result<Looked, DraftsError> {
        let mut looked = Looked { found: personal::in_written(&draft.written), unread: vec![] };
        let until = Instant::now() + PATIENCE;
        for file in self.files(who, &draft.id).await? {
            personal::look_at_name(&mut looked.found, &file.name);
            let told = self.looking.file(&self.files, &file.path(), &file.media, until).await?;
            looked.add(&file.name, &told);
        }
        Ok(looked)
    }

    /// The same of what waits for approval.
    pub async fn personal_in_case(&self, who: &Account, case: &Case) -> Result<Looked, DraftsError> {
        let mut looked = Looked::default();
        if !matches!(case.frozen.state, FrozenState::Open | FrozenState::Sealing) {
            return Ok(looked);
        }
        let until = Instant::now() + PATIENCE;
        for part in &case.parts {
            if part.role == "catalogue" {
                let (_, bytes) = self.part(who, &case.frozen.id, &part.commitment).await?;
                let told = aside(move || Seen::of_text(&said_in(&bytes))).await?;
                looked.found.extend(told.found.into_iter().map(|found| (None, found)));
                continue;
            }
            personal::look_at_name(&mut looked.found, &part.name);
            let told = self.looking.file(&self.files, &part.path, &part.media, until).await?;
            looked.add(&part.name, &told);
        }
        Ok(looked)
    }
}

/// What a catalogue says, each on a line of its own; but for the names of other parts, each of which is looked at with what it names.
fn said_in(catalogue: &[u8]) -> String {
    let mut catalogue: Value = serde_json::from_slice(catalogue).unwrap_or_default();
    if let Some(members) = catalogue.as_object_mut() {
        members.remove("parts");
        if let Some(Value::String(title)) = members.get_mut("title") {
            *title = personal::parted(title);
        }
    }
    let mut texts = String::new();
    personal::values(&catalogue, &mut texts);
    texts
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::extract::Piece;

    fn piece(spot: Spot, text: &str) -> Piece {
        Piece { spot, text: text.to_owned() }
    }

    fn spots(pieces: Vec<Piece>) -> Vec<Spot> {
        Seen::of(Extracted { pieces, gaps: vec![] }).found.into_iter().map(|found| found.spot).collect()
    }

    #[test]
    fn a_number_is_told_with_where_it_stands_and_once_where_nothing_more_is_said() {
        let row = |row| Spot::Row { sheet: "名单".into(), row };
        let pieces =
            vec![piece(row(2), "王芳\t13800138000"), piece(row(9), "13800138000"), piece(Spot::Somewhere, "13800138000\n13900139000")];
        assert_eq!(spots(pieces), [row(2), row(9), Spot::Somewhere]);
        assert_eq!(spots(vec![piece(Spot::Page(3), "a\n13800138000\n13800138000")]), [Spot::Page(3)]);
    }

    #[test]
    fn no_more_is_told_of_a_file_than_that_it_must_be_looked_through() {
        let many = (0..500).map(|page| piece(Spot::Page(page), "13800138000")).collect();
        assert_eq!(spots(many).len(), MOST);
    }

    /// A folder of drafts with one file in it.
    async fn files(name: &str, bytes: &[u8]) -> (tempfile::TempDir, Files) {
        let dir = tempfile::tempdir().unwrap();
        let files = Files::open(dir.path()).unwrap();
        files.put(name, bytes.to_vec()).await.unwrap();
        (dir, files)
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(60)
    }

    #[tokio::test]
    async fn what_is_not_read_is_said_and_why() {
        let (_dir, files) = files("a/1", b"\xff\xff").await;
        let looking = Looking::with(None);
        for (media, gap) in [("image/png", Gap::NoText), ("application/octet-stream", Gap::OtherKind), ("application/pdf", Gap::Failed)] {
            let looking = Looking::with(None);
            assert_eq!(looking.file(&files, "a/1", media, soon()).await.unwrap().gaps, [gap], "{media}");
        }
        let late = looking.file(&files, "a/1", "text/plain", Instant::now()).await.unwrap();
        assert_eq!(late.gaps, [Gap::Waiting]);
        assert!(looking.file(&files, "a/2", "text/plain", soon()).await.is_err(), "it is gone");
    }

    #[tokio::test]
    async fn a_file_is_read_once() {
        let (_dir, files) = files("a/1", b"13800138000").await;
        let looking = Looking::with(None);
        let told = looking.file(&files, "a/1", "text/plain", soon()).await.unwrap();
        assert_eq!(told.found.len(), 1);
        files.remove("a/1").await.unwrap();
        let again = looking.file(&files, "a/1", "text/plain", Instant::now()).await.unwrap();
        assert!(Arc::ptr_eq(&told, &again));
    }
}
