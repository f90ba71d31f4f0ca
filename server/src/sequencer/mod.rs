//! The sequencer: the one task that gives statements their place in the chain.
//!
//! Why a crash is harmless: a batch's entries, tiles, contents, checkpoint and the new head are one transaction. Before
//! its commit nothing of the batch is visible and nobody in it is answered; after it everything is there. The high-water
//! mark is raised, and what was redacted is listed beside it, between commit and answers.
//!
//! Why two processes never extend the same tree: the transaction begins by claiming the head row at the very entry that
//! the batch was judged on top of, and nothing is signed before. The claim fails when the head stands elsewhere. Then
//! everything in memory is thrown away and loaded again, and the batch is judged again with the head held.
//!
//! Why the next batch may be judged while one is written: it is judged by the state after that one, by what that one
//! knew and changed, and by the store for everything else. The chain only grows, so that what the store says of the rest
//! is the same at every moment from before that commit until the claim, if the claim succeeds. If that one is not
//! written, the next is judged again, and nobody in it was answered.
//!
//! A store behind the mark is served and not added to, until what is missing was fetched; and so is one of which no mark
//! outside the data folder tells how far it had come, until it was compared or vouched for. What was signed, and what is
//! listed as redacted, is looked for in the store whenever it is loaded, not only when it is opened: a database may be brought up again
//! from an older copy. What that brings back of what was redacted is removed before the shorter chain is told to anybody.

mod batch;
mod brought;
mod clock;
mod foretell;
mod kept;
mod submit;
mod write;

pub use clock::{Clock, ClockAlarm};
pub use foretell::Foretold;
pub use submit::{Checked, Receipt, SMALL, Submission, SubmitError, Submitter, Waiting};

use crate::{
    keys::LogKeys,
    mark::{Mark, MarkError, Signed},
    removed::{self, Listing, ReplayError},
    store::{self, Head, Store, StoreError},
};
use chain::{
    checkpoint::Checkpoint,
    state::{Facts, State},
    tile::{self, Tiles},
    tree,
};
use kept::Kept;
use sqlx::AnyConnection;
use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};
use tokio::{
    runtime,
    sync::{mpsc, watch},
    time::Instant,
};
use write::Writing;

/// Submissions that may wait; beyond, a submitter is told to come back.
const QUEUE: usize = 16_384;
/// Most statements in one transaction.
const BATCH: usize = 8192;
/// Most bytes of parts in one transaction.
const BATCH_BYTES: usize = 48 << 20;
/// At most ten checkpoints a second.
const BETWEEN_COMMITS: Duration = Duration::from_millis(100);

/// Why a chain could not be opened for writing.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Mark(#[from] MarkError),
    #[error(transparent)]
    Removed(#[from] ReplayError),
    #[error("entry {size} and before are not the history this machine signed: root {found} instead of {signed}")]
    OtherHistory { size: u64, found: chain::Hash, signed: chain::Hash },
    #[error("the store's tree at size {size} has root {computed}, and its checkpoint says {signed}")]
    Checkpoint { size: u64, computed: chain::Hash, signed: chain::Hash },
    #[error("the checkpoint in the store is not one: {0}")]
    Malformed(#[from] chain::checkpoint::CheckpointError),
    #[error("the sequencer cannot have its threads: {0}")]
    Threads(std::io::Error),
    #[error("the log's key files do not hold {0}, which the charter names: put the chain's own key file back")]
    OtherKey(String),
    #[error(transparent)]
    Key(#[from] crate::keys::KeyError),
}

/// The store is an old copy, or may be one: signing on top of it would make a second history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Behind {
    #[error(
        "read-only: here are {found} entries, and this machine has signed {signed}; put the newest copy back, or fetch what is missing with `gazette recover`"
    )]
    Missing { found: u64, signed: u64 },
    #[error(
        "read-only: here are {found} entries, and this machine keeps no mark (--state) of how many the log has signed; fetch what may be missing with `gazette recover`, or, if there is no newer copy, say so with `gazette vouch --entries {found}`"
    )]
    Unmarked { found: u64 },
}

/// The chain as this task last loaded it, with what it placed since. Owned by the sequencer's task alone.
pub(crate) struct Tip {
    pub(crate) state: State,
    /// The growing tile of each level. Owned with `state`: both are replaced together.
    pub(crate) edge: BTreeMap<u8, (u64, Vec<u8>)>,
}

/// Everything the task needs; moved into it whole.
pub struct Sequencer {
    store: Store,
    log: Arc<LogKeys>,
    mark: Arc<Mark>,
    listing: Arc<Listing>,
    clock: Clock,
    tip: Tip,
    writing: Writing,
    /// What the batch that is being written knew and changed.
    earlier: Arc<Facts>,
    /// What is in memory may be ahead of the store. Never so when something is being written.
    stale: bool,
    /// When the next checkpoint may be signed.
    next: Instant,
    /// Set while nothing may be signed.
    behind: watch::Sender<Option<Behind>>,
    /// What submitters verify against: a copy of the state, replaced when the registry changes.
    view: Arc<RwLock<Arc<State>>>,
    head: watch::Sender<Head>,
}

impl Sequencer {
    /// Opens a founded chain, refusing to sign on top of anything but what this machine signed before. An older copy of
    /// that is opened for reading.
    pub async fn open(store: Store, log: LogKeys, mark: Mark, clock: Clock) -> Result<Sequencer, OpenError> {
        let store = store.for_sequencing();
        let origin = log.origin().to_owned();
        let listing = Listing::beside(&mark);
        let kept = Kept::read(&mark, &listing)?;
        let (tip, head) = load(&store, &origin).await?;
        let behind = kept.judge(&store, &mark, &tip, &head).await?;
        let wanted = tip.state.charter().and_then(|charter| charter.log_key(head.size + 1));
        if let Some(wanted) = wanted
            && log.signer(wanted)?.is_none()
        {
            return Err(OpenError::OtherKey(wanted.to_string()));
        }
        match &behind {
            Some(behind) => tracing::error!(mark = %mark.outside().display(), "{behind}"),
            // Also before the first entry, and before anything is signed that could not be remembered.
            None => match mark.raise(Signed { size: head.size, root: tip.state.frontier.root() }) {
                Err(error) if error.disk_full() => tracing::error!(%error, "the disk is full"),
                raised => raised?,
            },
        }
        let view = Arc::new(RwLock::new(Arc::new(tip.state.clone())));
        let (head, behind) = (watch::Sender::new(head), watch::Sender::new(behind));
        let (log, mark, listing) = (Arc::new(log), Arc::new(mark), Arc::new(listing));
        let (writing, earlier, stale, next) = (None, Arc::default(), false, Instant::now());
        Ok(Sequencer { store, log, mark, listing, clock, tip, writing, earlier, stale, next, behind, view, head })
    }

    /// Whether the chain is founded and no trial.
    pub(crate) fn in_earnest(&self) -> bool {
        self.tip.state.charter().is_some_and(|charter| !charter.trial)
    }

    /// The door for submissions, and the newest head this process knows of. Ends when every door is closed.
    ///
    /// On threads of its own: as a task among the program's others it would wait for its turn after each of many questions
    /// to the database, behind thousands of signatures that are being verified.
    pub fn start(self) -> Result<(Submitter, watch::Receiver<Head>), OpenError> {
        let (sender, receiver) = mpsc::channel(QUEUE);
        let heads = self.head.subscribe();
        let submitter = Submitter::new(sender, self.log.clone(), self.view.clone(), self.behind.subscribe(), self.store.for_reading());
        // One thread judges; the runtime's other one writes.
        let runtime = runtime::Builder::new_multi_thread().worker_threads(1).thread_name("writer").enable_all().build();
        let runtime = runtime.map_err(OpenError::Threads)?;
        let judging = std::thread::Builder::new().name("sequencer".into()).spawn(move || runtime.block_on(self.run(receiver)));
        judging.map_err(OpenError::Threads)?;
        Ok((submitter, heads))
    }

    async fn run(mut self, mut queue: mpsc::Receiver<Submission>) {
        // Another process on the same data folder may commit too; its entries show up here within this time.
        let mut look = tokio::time::interval(Duration::from_millis(250));
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut turn = Instant::now();
        loop {
            let mut batch = Vec::new();
            // Let more gather until the next turn, unless a whole batch waits.
            let from = if queue.len() < BATCH { turn } else { Instant::now() };
            let received = async {
                tokio::time::sleep_until(from).await;
                submit::receive(&mut queue, &mut batch, BATCH, BATCH_BYTES).await
            };
            tokio::select! {
                received = received => match received {
                    true => {
                        turn = Instant::now() + BETWEEN_COMMITS;
                        self.sequence(batch, false).await;
                    }
                    false => return self.stop().await,
                },
                written = write::finished(&mut self.writing) => if let Some(again) = self.settle(written) {
                    self.sequence(again, true).await;
                },
                _ = look.tick(), if self.writing.is_none() => if let Err(error) = self.catch_up().await {
                    tracing::error!(%error, "cannot read the head of the chain");
                },
            }
        }
    }

    /// Every submitter is gone; what was taken is written all the same.
    async fn stop(mut self) {
        while self.writing.is_some() {
            let written = write::finished(&mut self.writing).await;
            if let Some(again) = self.settle(written) {
                self.sequence(again, true).await;
            }
        }
    }

    /// Loads what another process committed, if anything.
    async fn catch_up(&mut self) -> Result<(), OpenError> {
        // What could not be listed when it was redacted: that was said then.
        drop(self.listing.add(&[]));
        let Some(head) = self.store.head().await? else { return Ok(()) };
        let vouched = matches!(*self.behind.borrow(), Some(Behind::Unmarked { .. })) && self.mark.stands_outside()?;
        if self.stale || vouched || head.size != self.tip.state.size() {
            self.reload().await?;
        }
        Ok(())
    }

    async fn reload(&mut self) -> Result<(), OpenError> {
        let kept = Kept::read(&self.mark, &self.listing)?;
        let (tip, head) = load(&self.store, self.log.origin()).await?;
        if self.is_older(&head) {
            // With nothing held here: removing holds the head itself.
            removed::replay(&self.store, self.listing.removals()).await?;
        }
        self.take_up(&kept, (tip, head)).await
    }

    /// Whether the store has less than was told here: then an older copy was put back under this process.
    fn is_older(&self, head: &Head) -> bool {
        head.size < self.head.borrow().size
    }

    async fn take_up(&mut self, kept: &Kept, (tip, head): (Tip, Head)) -> Result<(), OpenError> {
        let before = *self.behind.borrow();
        let now = kept.judge(&self.store, &self.mark, &tip, &head).await;
        let known = self.head.borrow().size;
        self.list_others(known, head.size).await?;
        match (&now, before) {
            (Ok(None), Some(_)) => tracing::info!(size = head.size, "nothing is missing: statements are taken again"),
            (Ok(Some(behind)), _) => tracing::error!("{behind}"),
            (Err(error), Some(_)) => tracing::error!(%error, "still read-only"),
            _ => {}
        }
        let behind = match before {
            Some(_) => now.unwrap_or(before),
            None => now?,
        };
        self.tip = tip;
        self.stale = false;
        publish(&self.view, Arc::new(self.tip.state.clone()));
        // Before the new head is told: whoever hears of it shows it without the alarm.
        self.behind.send_replace(behind);
        self.head.send_replace(head);
        Ok(())
    }
}

fn publish(view: &RwLock<Arc<State>>, state: Arc<State>) {
    *view.write().unwrap_or_else(PoisonError::into_inner) = state;
}

pub(crate) async fn load(store: &Store, origin: &str) -> Result<(Tip, Head), StoreError> {
    tip(store.load(origin).await?)
}

async fn load_in(connection: &mut AnyConnection, origin: &str) -> Result<(Tip, Head), StoreError> {
    tip(store::load_in(connection, origin).await?)
}

fn tip((state, tiles, head): (State, Tiles, Head)) -> Result<(Tip, Head), StoreError> {
    let mut edge = BTreeMap::new();
    for level in 0..8u8 {
        let complete = head.size.checked_shr(u32::from(level) * 8).unwrap_or(0);
        let (number, width) = (complete / tile::WIDTH, (complete % tile::WIDTH) as usize);
        let mut bytes = Vec::with_capacity(8192);
        for n in 0..width as u64 {
            let hash = tree::Nodes::node(&tiles, level * 8, number * tile::WIDTH + n);
            bytes.extend(hash.map_err(|_| StoreError::Absent("tile at the tree's edge"))?.0);
        }
        edge.insert(level, (number, bytes));
    }
    Ok((Tip { state, edge }, head))
}

/// How the store stands to its own checkpoint and to what this machine signed: whole, behind, or not to be touched.
pub(crate) async fn standing(store: &Store, marks: &[Signed], tip: &Tip, head: &Head) -> Result<Option<Behind>, OpenError> {
    if head.size > 0 {
        let text = head.checkpoint.split_once("\n\n").map_or("", |(text, _)| text);
        let signed = Checkpoint::parse(&format!("{text}\n"))?;
        let computed = tip.state.frontier.root();
        if signed.root != computed || signed.size != head.size {
            return Err(OpenError::Checkpoint { size: head.size, computed, signed: signed.root });
        }
    }
    let mut behind = None;
    for signed in marks {
        if signed.size > head.size {
            behind = behind.or(Some(Behind::Missing { found: head.size, signed: signed.size }));
            continue;
        }
        let found = root_at(store, signed.size).await?;
        if found != signed.root {
            return Err(OpenError::OtherHistory { size: signed.size, found, signed: signed.root });
        }
    }
    Ok(behind)
}

/// Whether nothing outside the data folder tells if its copy is the newest: then it may be an old one, on another machine.
pub(crate) fn unmarked(mark: &Mark, head: &Head) -> Result<Option<Behind>, MarkError> {
    Ok((head.size > 0 && !mark.stands_outside()?).then_some(Behind::Unmarked { found: head.size }))
}

/// Root of the stored tree at an earlier size.
pub async fn root_at(store: &Store, size: u64) -> Result<chain::Hash, StoreError> {
    with_tiles(store, size, |tiles| tree::root(tiles, size)).await
}

/// Computes one thing from stored tiles of the tree of `size` entries.
pub async fn with_tiles<T>(store: &Store, size: u64, compute: impl Fn(&tile::Tiles) -> Result<T, tile::Missing>) -> Result<T, StoreError> {
    store::Tree::of(store, size).compute(compute).await
}
