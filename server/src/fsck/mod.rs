//! Checking everything: the whole chain rebuilt from its entries alone, and all that is kept beside them compared with it.
//!
//! In order: entries (link, place in the tree, seal, approval), tiles, checkpoints, head, derived rows, contents, the
//! log's key, the high-water mark, the search index. The first thing that differs is named, and the check ends there. Nothing is
//! repaired. Everything is read from one view of the database, so a running server does not disturb it.

mod contents;
mod derived;
mod entries;
mod figures;
mod index;
mod reasons;
mod tree;

use crate::{
    keys::KeyError,
    mark::{Mark, MarkError},
    node::Place,
    removed::Removals,
    search,
    store::{FILE, Store, StoreError},
};
use std::{
    collections::BTreeSet,
    fmt,
    path::PathBuf,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// Why nothing can be said.
#[derive(Debug, thiserror::Error)]
pub enum FsckError {
    #[error("there is no chain in {0}")]
    NoChain(PathBuf),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the search index: {0}")]
    Index(#[from] search::Error),
}

impl From<sqlx::Error> for FsckError {
    fn from(error: sqlx::Error) -> FsckError {
        FsckError::Store(error.into())
    }
}

/// The check that failed: one of the protocol's, by its code, or one of what is derived from the entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    Link,
    Inclusion,
    Checkpoint,
    Seal,
    Approval,
    Content,
    Repeat,
    Head,
    Registrations,
    Items,
    Cases,
    Events,
    Submissions,
    Figures,
    Key,
    Mark,
    SearchIndex,
}

impl Check {
    /// `C2 inclusion`, or the name of the derived thing.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Check::Link => "C1 link",
            Check::Inclusion => "C2 inclusion",
            Check::Checkpoint => "C3 checkpoint",
            Check::Seal => "C5 seal",
            Check::Approval => "C6 approval",
            Check::Content => "C7 content",
            Check::Repeat => "repeated statement",
            Check::Head => "head",
            Check::Registrations => "registrations",
            Check::Items => "items",
            Check::Cases => "cases",
            Check::Events => "events",
            Check::Submissions => "submissions",
            Check::Figures => "figures",
            Check::Key => "log key",
            Check::Mark => "high-water mark",
            Check::SearchIndex => "search index",
        }
    }
}

/// The first thing that is not what the entries say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub check: Check,
    /// `entry 12`, `tile/0/003`, `checkpoint 4096`.
    pub at: String,
    pub why: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.check.name(), self.at, self.why)
    }
}

/// What was checked, and the first difference, if there is one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    pub origin: String,
    /// Leaf hash of entry 0: what tells it from another chain of the same name.
    pub identity: chain::Hash,
    pub entries: u64,
    /// Versions of documents.
    pub versions: u64,
    pub checkpoints: u64,
    /// Trees that the log must have signed, since time went on behind them, and of which no checkpoint is kept: after `recover`
    /// most are missing; else somebody removed them.
    pub unkept: u64,
    pub parts: u64,
    /// Parts that a logged redaction removed.
    pub redacted: u64,
    /// Parts that are gone ahead of their redactions, which this old copy lacks and this machine's list names.
    pub ahead: u64,
    /// Objects that no statement names: what an interrupted publication leaves. They harm nothing.
    pub leftovers: u64,
    /// Documents in the search index; `None` where none was built yet, or where the chain grew during the check.
    pub indexed: Option<u64>,
    /// Entries that the search index has yet to cover. It catches up when the chain is served.
    pub index_behind: u64,
    /// Entries that are yet to be counted in the figures of agencies. That, too, is done when the chain is served.
    pub uncounted: u64,
    /// Why the search index could not be looked at, where nothing can be written.
    pub index_unread: Option<String>,
    pub differs: Option<Difference>,
}

/// What a check ends with early: something differs, or nothing can be said.
#[derive(Debug)]
enum End {
    Differs(Difference),
    Failed(FsckError),
}

impl<E: Into<FsckError>> From<E> for End {
    fn from(error: E) -> End {
        End::Failed(error.into())
    }
}

fn differs<T>(check: Check, at: impl Into<String>, why: impl Into<String>) -> Result<T, End> {
    Err(End::Differs(Difference { check, at: at.into(), why: why.into() }))
}

/// What is being checked, and how far it is: (step, done, of).
pub type Progress<'p> = &'p (dyn Fn(&'static str, u64, u64) + Send + Sync);

/// Checks the chain of a data folder. A difference is in the report; an error means that not even that can be said.
pub async fn fsck(place: &Place, progress: Progress<'_>) -> Result<Report, FsckError> {
    let store = open(place).await?;
    let mut report = Report::default();
    let outcome = check(&store, place, progress, &mut report).await;
    store.close().await;
    match outcome {
        Ok(()) => Ok(report),
        Err(End::Differs(difference)) => Ok(Report { differs: Some(difference), ..report }),
        Err(End::Failed(error)) => Err(error),
    }
}

/// The store, also for one who may only read it.
pub(crate) async fn open(place: &Place) -> Result<Store, FsckError> {
    match &place.database {
        Some(url) => Ok(Store::connect(url, &place.data).await?),
        None if place.data.join(FILE).is_file() => match Store::open(&place.data).await {
            Ok(store) => Ok(store),
            // If that fails, too, something is wrong with it for everybody.
            Err(error) => Ok(Store::look(&place.data).await.map_err(|_| error)?),
        },
        None => Err(FsckError::NoChain(place.data.clone())),
    }
}

/// How old an object is that no publication under way can be about to name.
const UNDER_WAY: Duration = Duration::from_secs(3600);

/// Removes objects that no statement names, put long enough ago: what interrupted publications left. A server may be running: none
/// of its entries can name one of them while it is removed, and one that is published anew is put anew. Says how many.
pub async fn remove_leftovers(place: &Place) -> Result<u64, FsckError> {
    let store = open(place).await?;
    let removed = remove(&store).await;
    store.close().await;
    Ok(removed?)
}

async fn remove(store: &Store) -> Result<u64, StoreError> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let moment = i64::try_from(now.saturating_sub(UNDER_WAY).as_secs()).unwrap_or_default();
    let mut removed = 0;
    for folder in store.object_folders().await? {
        let old = store.objects_before(&folder, moment).await?;
        // A few at a time: nobody can publish meanwhile.
        for some in old.chunks(64) {
            removed += store.take_back(some).await?;
        }
    }
    Ok(removed)
}

async fn check(store: &Store, place: &Place, progress: Progress<'_>, report: &mut Report) -> Result<(), End> {
    let mut view = store.snapshot().await?;
    let rebuilt = readable(Check::Link, "entries", entries::rebuild(&mut view, progress, report).await)?;
    if rebuilt.size() == 0 {
        return Err(FsckError::NoChain(place.data.clone()).into());
    }
    readable(Check::Inclusion, "tiles", tree::tiles(&mut view, &rebuilt).await)?;
    readable(Check::Checkpoint, "checkpoints", tree::checkpoints(&mut view, &rebuilt, progress, report).await)?;
    readable(Check::Head, "the newest state", tree::head(&mut view, &rebuilt).await)?;
    readable(Check::Registrations, "rows", derived::registrations(&mut view, &rebuilt).await)?;
    readable(Check::Items, "rows", derived::items(&mut view, &rebuilt).await)?;
    readable(Check::Cases, "rows", derived::cases(&mut view, &rebuilt).await)?;
    readable(Check::Events, "rows", derived::events(&mut view, &rebuilt).await)?;
    readable(Check::Submissions, "rows", derived::submissions(&mut view, &rebuilt).await)?;
    readable(Check::Figures, "rows", figures::figures(&mut view, &rebuilt, report).await)?;
    let mut listed = listed(place, &rebuilt)?;
    readable(Check::Content, "contents", contents::parts(store, &mut view, &rebuilt, &mut listed, progress, report).await)?;
    contents::objects(store, &rebuilt, &listed, report).await?;
    readable(Check::Content, "reasons", reasons::reasons(&mut view).await)?;
    key(place, &rebuilt)?;
    // What lies outside the database may have moved on with it since.
    let now = store.head().await?.map_or(0, |head| head.size);
    mark(place, &rebuilt, now)?;
    if now != rebuilt.size() {
        return Ok(());
    }
    index::check(store, &mut view, place, &rebuilt, &listed, report).await
}

/// A value of another type than its column's was put there by somebody else: that is a difference, not trouble with reading.
fn readable<T>(check: Check, at: &str, outcome: Result<T, End>) -> Result<T, End> {
    match outcome {
        Err(End::Failed(FsckError::Store(StoreError::Database(
            error @ (sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. } | sqlx::Error::TypeNotFound { .. }),
        )))) => differs(check, at, format!("a row cannot be read: {error}")),
        Err(End::Failed(FsckError::Store(error @ StoreError::Absent(_)))) => differs(check, at, error.to_string()),
        outcome => outcome,
    }
}

/// The log's key, where it is here: another one's would sign what nobody can verify.
fn key(place: &Place, rebuilt: &entries::Rebuilt) -> Result<(), End> {
    let at = "keys/log.key";
    let found = match place.log_key() {
        Ok(Some(found)) => found,
        // A copy without its keys is whole all the same.
        Ok(None) => return Ok(()),
        // Keys are not for whoever may read the rest.
        Err(KeyError::File(_, error)) if error.kind() == std::io::ErrorKind::PermissionDenied => return Ok(()),
        Err(error) => return differs(Check::Key, at, error.to_string()),
    };
    // The key that the chain began with stays, whichever signs now: it names the chain, and this machine's mark of it.
    match rebuilt.state.charter().and_then(|charter| charter.log_key(0)) {
        Some(wanted) if wanted != found.vkey() => {
            differs(Check::Key, at, format!("it holds {}, and the charter names {wanted}: this is another chain", found.vkey()))
        }
        _ => Ok(()),
    }
}

/// What this machine lists as removed.
fn listed(place: &Place, rebuilt: &entries::Rebuilt) -> Result<contents::Listed, End> {
    let mark = rebuilt.state.charter().and_then(|charter| charter.log_key(0)).map(|key| Mark::new(&place.data, &place.state, key));
    match mark.map(|mark| Removals::beside(&mark).read()).transpose() {
        Ok(removed) => Ok(contents::Listed { removed: removed.unwrap_or_default(), ahead: BTreeSet::new() }),
        Err(error) => differs(Check::Content, "contents", error.to_string()),
    }
}

/// The mark may lag behind the chain, never be ahead of it or beside it.
fn mark(place: &Place, rebuilt: &entries::Rebuilt, now: u64) -> Result<(), End> {
    let at = "the newest tree this machine signed";
    let Some(key) = rebuilt.state.charter().and_then(|charter| charter.log_key(0)) else { return Ok(()) };
    let mark = Mark::new(&place.data, &place.state, key);
    if let Some(damaged) = mark.damaged() {
        return differs(Check::Mark, at, damaged.to_string());
    }
    let marks = match mark.read() {
        Ok(marks) => marks,
        Err(error @ (MarkError::File(..) | MarkError::Malformed(_))) => return differs(Check::Mark, at, error.to_string()),
    };
    for signed in marks {
        if signed.size > rebuilt.size() && signed.size <= now {
            continue;
        }
        if signed.size > rebuilt.size() {
            return differs(Check::Mark, at, format!("had {} entries; here are {}: this is an old copy", signed.size, rebuilt.size()));
        }
        let root = rebuilt.root_at(signed.size);
        if root != signed.root {
            let why = format!("had, at {} entries, the root {}, not {root}: this is another history", signed.size, signed.root);
            return differs(Check::Mark, at, why);
        }
        if signed.size > 0 && rebuilt.roots.binary_search_by_key(&signed.size, |(size, ..)| *size).is_err() {
            return differs(Check::Checkpoint, format!("checkpoint {}", signed.size), "this machine signed it, and it is missing");
        }
    }
    Ok(())
}
