//! Following: keeps the search index caught up with the log, from the size it covers on.
//!
//! The index commits together with the size it covers, so whatever stops this task, it goes on from there. What it puts
//! in is how each version stands when it is read, which may be later than the entry that made it look: the entries in
//! between come by again and put the same.

mod document;

pub(crate) use document::filed;

use crate::{
    search::{self, Budget, Change, Index, Opening, Writer},
    store::{ContentRow, Head, Store, StoreError},
    visible,
};
use chain::{
    entry::Entry,
    part::Commitment,
    statement::{Core, Disclosure, Names, Statement},
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::Path,
    sync::Arc,
    time::Duration,
};
use tokio::{runtime::RuntimeFlavor, sync::watch, task::JoinHandle};

/// The index's folder within the data folder.
pub const FOLDER: &str = "search";

/// Further behind than this, the index is written with the memory of an import.
const FAR: u64 = 2_000;
/// Entries read at a time.
const STRIDE: u64 = 512;
/// Most entries, and about how many bytes of text, in one commit of the index.
const MOST: u64 = 16_384;
const MOST_BYTES: usize = 48 << 20;
/// Commits of the index follow each other no faster.
const BETWEEN: Duration = Duration::from_millis(150);
/// How long to leave it after trouble, or while another process writes the index.
const PAUSE: Duration = Duration::from_secs(1);

/// Why the index could not be brought forward.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    #[error(transparent)]
    Search(#[from] search::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("entry {0} cannot be read from the store")]
    Entry(u64),
    #[error("the search index in {0} covers more than the chain has, and cannot be removed: {1}")]
    Ahead(std::path::PathBuf, std::io::Error),
}

/// Opens the data folder's index. One that covers more than `size` entries belongs to another history and is begun anew.
pub fn open(data: &Path, size: u64) -> Result<(Index, Opening), FollowError> {
    let folder = data.join(FOLDER);
    let (index, opening) = Index::open(&folder)?;
    let covered = index.covered();
    if covered <= size {
        return Ok((index, opening));
    }
    match index.writer(Budget::Live) {
        // Another process follows the same log, and has come further than the size this one knew.
        Err(search::Error::Busy) => return Ok((index, opening)),
        writer => drop(writer?),
    }
    drop(index);
    std::fs::remove_dir_all(&folder).map_err(|error| FollowError::Ahead(folder.clone(), error))?;
    let (index, _) = Index::open(&folder)?;
    Ok((index, Opening::Rebuilt(format!("it covered {covered} entries and the chain has {size}"))))
}

/// Follows the log until the chain is closed. Trouble is logged and tried again.
pub fn start(store: Store, mut heads: watch::Receiver<Head>, index: Arc<Index>) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut follower = Follower::new(&store, &index);
        loop {
            let size = heads.borrow_and_update().size;
            match follower.to(size).await {
                Ok(()) => {}
                Err(FollowError::Search(search::Error::Busy)) => {
                    // Another process follows the same log into the same index; what it commits is seen here too.
                    follower.writer = None;
                    if let Err(error) = index.refresh() {
                        tracing::warn!(%error, "the search index cannot be read");
                    }
                    tokio::time::sleep(PAUSE).await;
                    if heads.has_changed().is_err() {
                        return;
                    }
                    continue;
                }
                Err(error) => {
                    tracing::error!(%error, "the search index does not follow the log");
                    // The store or the folder may come back; the writer starts afresh from the last commit.
                    follower.writer = None;
                    tokio::time::sleep(PAUSE).await;
                    if heads.has_changed().is_err() {
                        return;
                    }
                    continue;
                }
            }
            if heads.changed().await.is_err() {
                return;
            }
            tokio::time::sleep(BETWEEN).await;
        }
    })
}

/// Brings the index up to `size` and waits until it is, with everything erased that must be.
pub async fn catch_up(store: &Store, index: &Index, size: u64) -> Result<(), FollowError> {
    let mut follower = Follower::new(store, index);
    follower.to(size).await?;
    if let Some((_, writer)) = follower.writer.take() {
        blocking(|| writer.finish())?;
    }
    Ok(())
}

/// Erases what the index has of these parts, which were removed ahead of their redactions ([`crate::removed`]): one that was put back
/// together with an old copy has their words, and no entry comes by that would take them out. Waits until they are gone.
pub async fn erase_ahead(store: &Store, index: &Index, ahead: &[Commitment]) -> Result<(), FollowError> {
    let mut follower = Follower::new(store, index);
    let mut versions = BTreeSet::new();
    for (part, entry) in store.came_with(ahead).await? {
        versions.extend(follower.sharing(entry, &[part]).await?);
    }
    // Nothing of later ones is in it yet, and when they come by the parts are gone.
    versions.retain(|version| *version < index.covered());
    if versions.is_empty() {
        return Ok(());
    }
    follower.learn_names(index.covered()).await?;
    let mut changes: Vec<Change> = versions.iter().map(|version| Change::Erase { index: *version }).collect();
    // What is left of them is put after they were erased.
    changes.extend(follower.put_again(versions).await?);
    let erased = blocking(|| {
        let mut writer = index.writer(Budget::Live)?;
        let covered = writer.covered();
        writer.apply(changes, covered)?;
        writer.finish()
    });
    match erased {
        // Another process on this folder writes it, and did this when it began.
        Err(search::Error::Busy) => Ok(()),
        erased => Ok(erased?),
    }
}

/// Runs what keeps a core busy without holding up other tasks of this thread.
fn blocking<T>(work: impl FnOnce() -> T) -> T {
    match tokio::runtime::Handle::current().runtime_flavor() {
        RuntimeFlavor::MultiThread => tokio::task::block_in_place(work),
        _ => work(),
    }
}

struct Follower<'i> {
    store: &'i Store,
    index: &'i Index,
    writer: Option<(Budget, Writer<'i>)>,
    /// Names of the agencies registered in the entries before `named`.
    names: HashMap<String, Names>,
    named: u64,
}

/// A disclosure as far as the index is concerned.
struct Version {
    time: i64,
    core: Disclosure,
}

impl<'i> Follower<'i> {
    fn new(store: &'i Store, index: &'i Index) -> Follower<'i> {
        Follower { store, index, writer: None, names: HashMap::new(), named: 0 }
    }

    async fn to(&mut self, size: u64) -> Result<(), FollowError> {
        loop {
            let covered = self.index.covered();
            if covered >= size {
                return Ok(());
            }
            let budget = if size - covered > FAR { Budget::Bulk } else { Budget::Live };
            if self.writer.as_ref().is_none_or(|(open, _)| *open != budget) {
                // The one before holds the lock.
                self.writer = None;
                self.writer = Some((budget, blocking(|| self.index.writer(budget))?));
                // Opening it saw what another process may have committed meanwhile.
                continue;
            }
            let (changes, to) = self.changes(covered, size).await?;
            if let Some((_, writer)) = &mut self.writer {
                blocking(|| writer.apply(changes, to))?;
            }
        }
    }

    /// What the entries from `from` on change in the index, and up to where.
    async fn changes(&mut self, from: u64, size: u64) -> Result<(Vec<Change>, u64), FollowError> {
        self.learn_names(from).await?;
        let end = size.min(from + MOST);
        let (mut to, mut bytes) = (from, 0);
        let mut touched = BTreeSet::new();
        let mut erased = BTreeSet::new();
        let mut changes = Vec::new();
        while to < end && bytes < MOST_BYTES {
            let until = end.min(to + STRIDE);
            let mut versions = BTreeMap::new();
            let entries = self.store.entries(to, until).await?;
            for (expected, (index, entry)) in (to..until).zip(&entries) {
                let unreadable = || FollowError::Entry(expected);
                let entry = Entry::parse(entry).ok().filter(|_| *index == expected).ok_or_else(unreadable)?;
                let statement = Statement::parse(entry.note.as_bytes()).map_err(|_| unreadable())?;
                match statement.core {
                    Core::Agency(core) => drop(self.names.insert(core.agency, core.name)),
                    Core::Disclosure(core) => {
                        touched.extend(core.revises.map(|revised| revised.index));
                        versions.insert(expected, Version { time: entry.header.time, core: *core });
                    }
                    Core::Status(core) => drop(touched.insert(core.target.index)),
                    Core::Redaction(core) => erased.extend(self.sharing(core.target.index, &core.parts).await?),
                    Core::Charter(_) | Core::Post(_) | Core::Step(_) => {}
                }
            }
            if (entries.len() as u64) < until - to {
                return Err(FollowError::Entry(to + entries.len() as u64));
            }
            let contents = self.store.contents(to, until).await?;
            bytes += contents.iter().map(|row| row.size as usize).sum::<usize>();
            let contents = contents.into_iter().map(|row| (row.commitment, row)).collect();
            changes.extend(self.put(versions, contents).await?);
            to = until;
        }
        self.named = to;
        touched.extend(&erased);
        changes.extend(erased.into_iter().map(|index| Change::Erase { index }));
        // Those touched by a later entry come last, so that what is left of them is put after they were erased.
        changes.extend(self.put_again(touched).await?);
        Ok((changes, to))
    }

    /// Versions of the redacted one's document that have a redacted part in common with it.
    async fn sharing(&self, target: u64, parts: &[Commitment]) -> Result<BTreeSet<u64>, FollowError> {
        let mut sharing = BTreeSet::from([target]);
        if let Some(item) = self.store.item(target).await? {
            for version in self.store.versions(item.document).await? {
                if let Some(Version { core, .. }) = self.version(version.index).await?
                    && core.parts.iter().any(|part| parts.contains(&part.commitment))
                {
                    sharing.insert(version.index);
                }
            }
        }
        Ok(sharing)
    }

    async fn version(&self, index: u64) -> Result<Option<Version>, FollowError> {
        let bytes = self.store.entry(index).await?.ok_or(FollowError::Entry(index))?;
        let entry = Entry::parse(&bytes).map_err(|_| FollowError::Entry(index))?;
        let statement = Statement::parse(entry.note.as_bytes()).map_err(|_| FollowError::Entry(index))?;
        Ok(match statement.core {
            Core::Disclosure(core) => Some(Version { time: entry.header.time, core: *core }),
            _ => None,
        })
    }

    async fn put_again(&self, indexes: BTreeSet<u64>) -> Result<Vec<Change>, FollowError> {
        let mut changes = Vec::new();
        for index in indexes {
            let contents = self.store.contents(index, index + 1).await?.into_iter().map(|row| (row.commitment, row)).collect();
            let version = self.version(index).await?.map(|version| (index, version));
            changes.extend(self.put(version.into_iter().collect(), contents).await?);
        }
        Ok(changes)
    }

    async fn put(&self, versions: BTreeMap<u64, Version>, contents: HashMap<Commitment, ContentRow>) -> Result<Vec<Change>, FollowError> {
        let indexes: Vec<_> = versions.keys().copied().collect();
        let seen = visible::look(self.store, &indexes).await?;
        let mut changes = Vec::with_capacity(versions.len());
        for (index, version) in versions {
            let Some((item, visible)) = seen.get(&index) else { return Err(FollowError::Entry(index)) };
            changes.extend(document::put(self.store, &self.names, item, visible, &version, &contents).await?);
        }
        Ok(changes)
    }

    /// Reads the agencies registered before `from`, once.
    async fn learn_names(&mut self, from: u64) -> Result<(), FollowError> {
        if self.named == from && from > 0 {
            return Ok(());
        }
        for (index, _, _) in self.store.registrations().await? {
            let bytes = self.store.entry(index).await?.ok_or(FollowError::Entry(index))?;
            let entry = Entry::parse(&bytes).map_err(|_| FollowError::Entry(index))?;
            if let Ok(Statement { core: Core::Agency(core), .. }) = Statement::parse(entry.note.as_bytes()) {
                self.names.insert(core.agency, core.name);
            }
        }
        self.named = from;
        Ok(())
    }
}
