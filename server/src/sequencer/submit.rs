//! The door of the sequencer: checks that need no place in the chain, a bounded queue, and the answer.

use super::{
    Behind, ClockAlarm, OpenError,
    brought::{Brought, UnderWay},
};
use crate::{
    compose::TooLarge,
    keys::LogKeys,
    store::{NewContent, Store, StoreError, submission_key},
};
use chain::{
    Hash,
    approval::Act,
    json::JsonError,
    note::{Note, Signer},
    part::Commitment,
    state::{Refusal, State, Verified},
    statement::{Core, Disclosure, Part, Statement, StatementError},
};
use std::{
    borrow::Cow,
    sync::{Arc, RwLock},
    time::Duration,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot, watch};

/// Parts of at most this many bytes are kept in the database and committed with their entry.
pub const SMALL: usize = 100 * 1024;
/// Bytes of notes and small parts that may wait; beyond, a submitter is told to come back, however few wait.
const WAITING: usize = 128 << 20;

/// Where a statement came to stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    pub index: u64,
    /// Leaf hash; of a repeated submission it is not looked up again.
    pub leaf: Option<Hash>,
    /// It had been logged before; nothing was added.
    pub repeated: bool,
}

/// Why a statement was not taken. Nothing was logged, and the same submission may be tried again.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SubmitError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("the part {0} that the statement commits to was not handed in")]
    PartMissing(Commitment),
    #[error("a part does not match its commitment {0}")]
    PartDiffers(Commitment),
    #[error("the catalogue {0} does not read: {1}")]
    Catalogue(Commitment, JsonError),
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
    #[error("busy: too many submissions wait; try again in a second")]
    Busy,
    #[error("sequencing has stopped: {0}")]
    Clock(#[from] ClockAlarm),
    #[error(transparent)]
    Behind(#[from] Behind),
    #[error("the store could not be written: {0}")]
    Store(String),
    #[error("the log's key for the next checkpoint is not among the keys of this server: {0}")]
    LogKey(String),
    #[error("the charter names a log key that this server does not hold: {0}; make it with `gazette key log --next`")]
    StrangeLogKey(String),
    #[error("the sequencer has stopped")]
    Stopped,
}

impl SubmitError {
    /// Whether the same statement may well be taken later.
    #[must_use]
    pub fn passes(&self) -> bool {
        use SubmitError::{Behind, Busy, Clock, LogKey, Stopped, Store};
        matches!(self, Busy | Behind(_) | Clock(_) | Store(_) | LogKey(_) | Stopped)
    }

    /// A stable name for it; of what the chain refuses, the chain's own.
    #[must_use]
    pub fn code(&self) -> Cow<'static, str> {
        use SubmitError as E;
        Cow::Borrowed(match self {
            E::Refused(refusal) => return Cow::Owned(refusal.code()),
            E::PartMissing(_) => "part-missing",
            E::PartDiffers(_) => "part-differs",
            E::Catalogue(..) => "catalogue",
            E::TooLarge(_) => "too-large",
            E::Busy => "busy",
            E::Clock(_) => "clock",
            E::Behind(_) => "behind",
            E::Store(_) => "store",
            E::LogKey(_) | E::StrangeLogKey(_) => "log-key",
            E::Stopped => "stopped",
        })
    }
}

impl From<StatementError> for SubmitError {
    fn from(error: StatementError) -> SubmitError {
        SubmitError::Refused(error.into())
    }
}

impl From<StoreError> for SubmitError {
    fn from(error: StoreError) -> SubmitError {
        SubmitError::Store(error.to_string())
    }
}

impl From<OpenError> for SubmitError {
    fn from(error: OpenError) -> SubmitError {
        SubmitError::Store(error.to_string())
    }
}

/// What a note says, kept beside it while it waits: reading its JSON costs more than finding its place.
pub(super) struct Said {
    /// What [`submission_key`] gives for it.
    pub(super) key: Hash,
    id: String,
    core: Core,
    act: Option<Act>,
}

impl Said {
    fn of(statement: Statement<'_>) -> Said {
        let key = submission_key(statement.signer(), &statement.id);
        let Statement { id, core, act, .. } = statement;
        Said { key, id, core, act }
    }

    pub(super) fn read(note: &str) -> Result<Said, StatementError> {
        Statement::parse(note.as_bytes()).map(Said::of)
    }

    /// The statement again. `note` is the one this was read from.
    pub(super) fn over(self, note: &str) -> Result<Statement<'_>, StatementError> {
        let note = Note::parse(note.as_bytes())?;
        let mut lines = note.text.split('\n');
        let (Some((_, origin)), Some(core_line)) = (lines.next().and_then(|header| header.rsplit_once(' ')), lines.next()) else {
            return Err(StatementError::Lines);
        };
        Ok(Statement { note, origin, id: self.id, core: self.core, core_line, act: self.act })
    }
}

/// A statement that verified and waits for nothing but its place.
pub struct Checked {
    pub(super) note: String,
    pub(super) said: Said,
    pub(super) verified: Verified,
    pub(super) contents: Vec<NewContent>,
}

impl Checked {
    /// Whether this name's key signed it.
    #[must_use]
    pub fn is_by(&self, signer: &str) -> bool {
        self.said.key == submission_key(signer, &self.said.id)
    }

    /// What was signed, read again.
    pub fn statement(&self) -> Result<Statement<'_>, StatementError> {
        Statement::parse(self.note.as_bytes())
    }

    /// The bytes that came with it.
    pub fn brought(&self) -> impl Iterator<Item = (Commitment, &[u8])> {
        self.contents.iter().filter_map(|content| Some((content.commitment, content.bytes.as_deref()?)))
    }
}

/// A statement waiting for its place.
pub struct Submission {
    pub(super) note: String,
    pub(super) said: Said,
    pub(super) verified: Verified,
    pub(super) contents: Vec<NewContent>,
    pub(super) answer: oneshot::Sender<Result<Receipt, SubmitError>>,
    /// Its bytes' share of [`WAITING`], given back when it is answered or dropped.
    pub(super) room: OwnedSemaphorePermit,
}

/// Hands statements to the sequencer. Cloning shares the queue.
#[derive(Clone)]
pub struct Submitter {
    queue: mpsc::Sender<Submission>,
    log: Arc<LogKeys>,
    view: Arc<RwLock<Arc<State>>>,
    behind: watch::Receiver<Option<Behind>>,
    pub(super) store: Store,
    room: Arc<Semaphore>,
    under_way: UnderWay,
}

/// What will answer a submission.
pub type Waiting = oneshot::Receiver<Result<Receipt, SubmitError>>;

impl Submitter {
    pub(super) fn new(
        queue: mpsc::Sender<Submission>,
        log: Arc<LogKeys>,
        view: Arc<RwLock<Arc<State>>>,
        behind: watch::Receiver<Option<Behind>>,
        store: Store,
    ) -> Submitter {
        Submitter { queue, log, view, behind, store, room: Arc::new(Semaphore::new(WAITING)), under_way: UnderWay::default() }
    }

    /// Why nothing is taken now, if the store is an old copy.
    #[must_use]
    pub fn behind(&self) -> Option<Behind> {
        *self.behind.borrow()
    }

    /// The chain's registry as of the last change, to verify and seal against.
    #[must_use]
    pub fn state(&self) -> Arc<State> {
        match self.view.read() {
            Ok(view) => view.clone(),
            Err(poisoned) => poisoned.into_inner().clone(),
        }
    }

    /// Verifies a stranger's statement and its parts and waits for its place. Answers [`SubmitError::Busy`] when the
    /// queue is full.
    pub async fn submit(&self, note: String, contents: Vec<NewContent>) -> Result<Receipt, SubmitError> {
        let waiting = self.enqueue(self.check(note, contents)?, false).await?;
        waiting.await.map_err(|_| SubmitError::Stopped)?
    }

    /// Verifies a stranger's statement and its parts against the registry: all that costs time and needs no place.
    pub fn check(&self, note: String, contents: Vec<NewContent>) -> Result<Checked, SubmitError> {
        let statement = Statement::parse(note.as_bytes())?;
        let verified = self.state().verify(&statement)?;
        let said = Said::of(statement);
        if let Core::Disclosure(core) = &said.core {
            TooLarge::judge(core)?;
        }
        self.can_sign_for(&said.core)?;
        for content in &contents {
            let bytes = content.bytes.as_deref().unwrap_or_default();
            if Commitment::to(&content.salt, bytes) != content.commitment || bytes.len() as u64 != content.size {
                return Err(SubmitError::PartDiffers(content.commitment));
            }
            if let Core::Disclosure(core) = &said.core {
                core.takes(&content.commitment, bytes).map_err(|error| SubmitError::Catalogue(content.commitment, error))?;
            }
        }
        Ok(Checked { note, said, verified, contents })
    }

    /// A charter whose newest log key is not here would end the log where that key begins. A first charter is held to the key by
    /// whoever founds with it.
    fn can_sign_for(&self, core: &Core) -> Result<(), SubmitError> {
        let Core::Charter(charter) = core else { return Ok(()) };
        for named in &charter.logs {
            let old = self.state().charter().is_none_or(|before| before.logs.iter().any(|log| log.key == named.key));
            if !old && self.log.signer(&named.key).map_err(|error| SubmitError::LogKey(error.to_string()))?.is_none() {
                return Err(SubmitError::StrangeLogKey(named.key.to_string()));
            }
        }
        Ok(())
    }

    /// Waits for room in the queue as long as `patience`, then answers [`SubmitError::Busy`]; the receipt comes later.
    pub async fn offer(&self, checked: Checked, patience: Duration) -> Result<Waiting, SubmitError> {
        // A statement that was not sent when time ran out is dropped whole: nothing of it is queued.
        tokio::time::timeout(patience, self.enqueue(checked, true)).await.unwrap_or(Err(SubmitError::Busy))
    }

    /// Seals `text` with a key this process holds, and waits for room in the queue; the answer comes later. The caller
    /// computed the commitments from `contents` itself.
    pub async fn seal(&self, text: &str, signer: &Signer, contents: Vec<NewContent>) -> Result<Waiting, SubmitError> {
        let (note, verified) = self.state().seal(text, signer)?;
        self.sealed(note, verified, contents).await
    }

    /// Waits for room for a note that [`State::seal`] signed; the answer comes later.
    pub async fn sealed(&self, note: String, verified: Verified, contents: Vec<NewContent>) -> Result<Waiting, SubmitError> {
        let said = Said::read(&note)?;
        self.enqueue(Checked { note, said, verified, contents }, true).await
    }

    async fn enqueue(&self, checked: Checked, wait: bool) -> Result<Waiting, SubmitError> {
        // Before a large part is put anywhere.
        if let Some(behind) = self.behind() {
            return Err(behind.into());
        }
        let Checked { note, said, verified, mut contents } = checked;
        if let Core::Disclosure(core) = &said.core {
            self.has_the_rest(&said.key, core, &contents).await?;
            contents.retain_mut(|content| {
                let part = core.parts.iter().find(|part| part.commitment == content.commitment);
                // As the statement says: the portal serves it under this name.
                part.map(|part| content.media.clone_from(&part.media)).is_some()
            });
        } else {
            // Only a disclosure has parts; whatever else was handed in is kept nowhere.
            contents.clear();
        }
        let brought = self.bring(&said.key, &mut contents).await?;
        let share = u32::try_from(bytes_of(&note, &contents).min(WAITING)).unwrap_or(u32::MAX);
        let room = if wait {
            self.room.clone().acquire_many_owned(share).await.map_err(|_| SubmitError::Stopped)?
        } else {
            self.room.clone().try_acquire_many_owned(share).map_err(|_| SubmitError::Busy)?
        };
        let (answer, waiting) = oneshot::channel();
        let submission = Submission { note, said, verified, contents, answer, room };
        if wait {
            self.queue.send(submission).await.map_err(|_| SubmitError::Stopped)?;
        } else {
            self.queue.try_send(submission).map_err(|error| match error {
                mpsc::error::TrySendError::Full(_) => SubmitError::Busy,
                mpsc::error::TrySendError::Closed(_) => SubmitError::Stopped,
            })?;
        }
        Ok(match brought {
            Some(brought) => brought.settled(waiting),
            None => waiting,
        })
    }

    /// That the parts of a disclosure which did not come with it are here: an unchanged part of an earlier version need not be handed in
    /// again, and nothing of a statement that is logged, of which a part may be redacted by now.
    pub(super) async fn has_the_rest(&self, key: &Hash, core: &Disclosure, contents: &[NewContent]) -> Result<(), SubmitError> {
        let given = |part: &&Part| contents.iter().any(|content| content.commitment == part.commitment);
        for part in core.parts.iter().filter(|part| !given(part)) {
            if !self.store.has_content(&part.commitment).await? {
                let logged = self.store.has_logged(key).await?;
                return if logged { Ok(()) } else { Err(SubmitError::PartMissing(part.commitment)) };
            }
        }
        Ok(())
    }

    /// Whether a statement under its id is logged already, be it the same one or not: then nothing is logged under it any more.
    pub async fn has_logged(&self, checked: &Checked) -> Result<bool, SubmitError> {
        Ok(self.store.has_logged(&checked.said.key).await?)
    }

    /// Puts the large parts of a statement where they will be served from, all but those that are not to be there.
    async fn bring(&self, key: &Hash, contents: &mut [NewContent]) -> Result<Option<Brought>, SubmitError> {
        let mut large = Vec::new();
        for content in contents.iter_mut().filter(|content| content.bytes.as_ref().is_some_and(|bytes| bytes.len() > SMALL)) {
            large.extend(content.bytes.take().map(|bytes| (content.commitment, bytes)));
        }
        if large.is_empty() {
            return Ok(None);
        }
        let parts: Vec<_> = large.iter().map(|(part, _)| *part).collect();
        // What is looked up from here on may change before all is put; then it is taken back.
        let brought = self.under_way.bring(&self.store, parts.clone()).await;
        // A statement sent again brings nothing new, least of all what was redacted since.
        if !self.store.has_logged(key).await? {
            let removed = self.store.removed(&parts).await?;
            for (part, bytes) in large.into_iter().filter(|(part, _)| !removed.contains_key(part)) {
                self.store.put_object(&part, bytes).await?;
            }
        }
        Ok(Some(brought))
    }
}

/// Bytes that a submission keeps in memory.
fn bytes_of(note: &str, contents: &[NewContent]) -> usize {
    note.len() + contents.iter().filter_map(|content| content.bytes.as_ref()).map(Vec::len).sum::<usize>()
}

/// Waits for a submission, then takes those that wait behind it, up to `most` of them and about `most_bytes` of parts.
/// `false` when every submitter is gone. Loses nothing when cancelled: it awaits only while it has taken nothing.
pub(super) async fn receive(queue: &mut mpsc::Receiver<Submission>, batch: &mut Vec<Submission>, most: usize, most_bytes: usize) -> bool {
    let Some(first) = queue.recv().await else { return false };
    let size = |submission: &Submission| bytes_of(&submission.note, &submission.contents);
    let mut bytes = size(&first);
    batch.push(first);
    while batch.len() < most && bytes < most_bytes {
        let Ok(next) = queue.try_recv() else { break };
        bytes += size(&next);
        batch.push(next);
    }
    true
}
