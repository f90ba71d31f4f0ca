//! The state of a chain after some entries, and the one function that says whether a statement may be the next.
//!
//! The sequencer asks it inside its transaction; a full audit and `fsck` ask it again for every entry. Only the
//! registry is held whole (it is small); facts about single documents and cases come in as [`Facts`].

mod admission;
mod facts;
mod signatures;

pub use admission::speaks_for;
pub use facts::{Facts, LoggedStep, Version};
#[cfg(feature = "batch")]
pub(crate) use signatures::signing_key;
pub use signatures::{Verified, verify_one, verify_registrars};

use crate::{
    approval::ApprovalError,
    entry::{Entry, EntryError, Header},
    hash::Hash,
    note::NoteError,
    part::Commitment,
    registry::Registry,
    statement::{Agency, Charter, Core, Post, Reference, Statement, StatementError},
    time::Millis,
    tree::Frontier,
};
use admission::charter_roles;
use std::collections::HashMap;

/// Why a statement may not be the next entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error(transparent)]
    Statement(#[from] StatementError),
    #[error("the statement was made for the chain {0:?}")]
    Origin(String),
    #[error("entry 0 must be a charter, and no other entry is one that amends nothing")]
    Charter,
    #[error("the charter amended is not the one in force")]
    StaleCharter,
    #[error("{0:?} is not registered")]
    NotRegistered(String),
    #[error("{0:?} is registered as something else")]
    OtherKind(String),
    #[error("the signature is by no key of {0:?} that is good here")]
    UnknownKey(String),
    #[error("the statement needs {needed} registrars' signatures and has {found}")]
    TooFewRegistrars { needed: usize, found: usize },
    #[error("a signature line is by nobody who should sign")]
    UnknownSignature,
    #[error(transparent)]
    Signature(NoteError),
    #[error("the public key of {0:?} already has another role")]
    KeyReused(String),
    #[error("a key of {0:?}, or its end, is missing from its new registration")]
    KeyDropped(String),
    /// Else a registration that was signed and left could be brought back after others had followed.
    #[error("what the registration of {0:?} replaces is not its entry in force")]
    StaleRegistration(String),
    #[error("entry {0} is not what the statement takes it for")]
    Reference(u64),
    #[error("entry {0} is not the newest version of its document")]
    NotHead(u64),
    #[error("{by:?} may not speak for the documents of {of:?}")]
    NotEntitled { by: String, of: String },
    /// Else a redaction of one document would take a part from another.
    #[error("the part {0} belongs to another document")]
    PartTaken(Commitment),
    #[error("{0:?} is an archive, which publishes nothing of its own, and no stated agency is named")]
    NotACopy(String),
    #[error("the case's newest step is another one")]
    StaleCase,
    #[error("the key that signed the step {0} was reported stolen from there or before")]
    StolenStep(u64),
    #[error(transparent)]
    Approval(#[from] ApprovalError),
}

impl Refusal {
    /// A stable name for it, and after a colon for what is inside it.
    #[must_use]
    pub fn code(&self) -> String {
        match self {
            Refusal::Statement(error) => format!("statement:{}", error.code()),
            Refusal::Approval(error) => format!("approval:{}", error.code()),
            Refusal::Origin(_) => "origin".into(),
            Refusal::Charter => "charter".into(),
            Refusal::StaleCharter => "stale-charter".into(),
            Refusal::NotRegistered(_) => "not-registered".into(),
            Refusal::OtherKind(_) => "other-kind".into(),
            Refusal::UnknownKey(_) => "unknown-key".into(),
            Refusal::TooFewRegistrars { .. } => "too-few-registrars".into(),
            Refusal::UnknownSignature => "unknown-signature".into(),
            Refusal::Signature(_) => "signature".into(),
            Refusal::KeyReused(_) => "key-reused".into(),
            Refusal::KeyDropped(_) => "key-dropped".into(),
            Refusal::StaleRegistration(_) => "stale-registration".into(),
            Refusal::Reference(_) => "reference".into(),
            Refusal::NotHead(_) => "not-head".into(),
            Refusal::NotEntitled { .. } => "not-entitled".into(),
            Refusal::PartTaken(_) => "part-taken".into(),
            Refusal::NotACopy(_) => "not-a-copy".into(),
            Refusal::StaleCase => "stale-case".into(),
            Refusal::StolenStep(_) => "stolen-step".into(),
        }
    }
}

/// Why stored bytes are not this chain's next entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error(transparent)]
    Entry(#[from] EntryError),
    #[error("it names position {0}")]
    Index(u64),
    #[error("it is not linked to the entry before it")]
    Link,
    #[error("its time is before that of the entry before it")]
    Time,
    #[error("it names another registry root")]
    Registry,
    #[error("it repeats entry {0}")]
    Repeat(u64),
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// The chain after its first [`State::size`] entries.
#[derive(Debug, Clone)]
pub struct State {
    origin: String,
    last: Option<(Hash, Millis)>,
    pub frontier: Frontier,
    registry: Registry,
    pub(crate) root: Hash,
    charter: Option<(Reference, Charter)>,
    agencies: HashMap<String, (Reference, Agency)>,
    posts: HashMap<String, (Reference, Post)>,
    /// Whose each public key is; it never becomes anybody else's.
    roles: HashMap<[u8; 32], String>,
}

impl State {
    /// The chain of `origin` before entry 0.
    #[must_use]
    pub fn new(origin: &str) -> State {
        State {
            origin: origin.into(),
            last: None,
            frontier: Frontier::default(),
            registry: Registry::default(),
            root: Hash::ZERO,
            charter: None,
            agencies: HashMap::new(),
            posts: HashMap::new(),
            roles: HashMap::new(),
        }
    }

    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }
    /// Number of entries.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.frontier.size()
    }
    /// Leaf hash and time of the newest entry.
    #[must_use]
    pub fn last(&self) -> Option<(Hash, Millis)> {
        self.last
    }
    #[must_use]
    pub fn registry(&self) -> &Registry {
        &self.registry
    }
    #[must_use]
    pub fn charter(&self) -> Option<&Charter> {
        self.charter.as_ref().map(|(_, charter)| charter)
    }
    /// Where the newest charter stands.
    #[must_use]
    pub fn charter_at(&self) -> Option<Reference> {
        self.charter.as_ref().map(|(at, _)| *at)
    }
    #[must_use]
    pub fn agency(&self, id: &str) -> Option<&(Reference, Agency)> {
        self.agencies.get(id)
    }
    pub fn agencies(&self) -> impl Iterator<Item = &(Reference, Agency)> {
        self.agencies.values()
    }
    pub fn posts(&self) -> impl Iterator<Item = &(Reference, Post)> {
        self.posts.values()
    }

    /// Restores the head of a stored chain whose registry entries were given to [`State::restore`] in order.
    pub fn resume(&mut self, frontier: Frontier, last: (Hash, Millis)) {
        self.frontier = frontier;
        self.last = Some(last);
    }

    /// Takes a stored registry entry as it stands, without judging it again.
    pub fn restore(&mut self, at: Reference, statement: &Statement<'_>) {
        self.register(at, &statement.core);
    }

    /// The header the next entry gets if the clock says `now`: time never goes backwards.
    #[must_use]
    pub fn next_header(&self, now: Millis) -> Header {
        let (previous, time) = self.last.map_or((Hash::ZERO, now), |(leaf, time)| (leaf, now.max(time)));
        Header { index: self.size(), time, previous, registry: self.root }
    }

    /// Makes an admitted statement the newest entry. `completed` receives the tree's new nodes (level, index, hash).
    pub fn append(
        &mut self,
        header: &Header,
        leaf: Hash,
        statement: &Statement<'_>,
        facts: &mut Facts,
        completed: impl FnMut(u8, u64, Hash),
    ) {
        let at = Reference { index: header.index, leaf };
        self.frontier.push(leaf, completed);
        self.last = Some((leaf, header.time));
        self.register(at, &statement.core);
        facts.record(at, statement);
    }

    fn register(&mut self, at: Reference, core: &Core) {
        let Some(id) = core.registry_id() else { return };
        self.registry.set(id, at.leaf);
        self.root = self.registry.root();
        match core {
            Core::Charter(core) => {
                for (key, role) in charter_roles(core) {
                    self.roles.insert(key.public(), role);
                }
                self.charter = Some((at, (**core).clone()));
            }
            Core::Agency(core) => {
                self.roles.extend(core.seals.iter().map(|key| (key.key.public(), id.to_owned())));
                self.agencies.insert(id.to_owned(), (at, (**core).clone()));
            }
            Core::Post(core) => {
                self.roles.extend(core.keys.iter().map(|key| (key.key.public(), id.to_owned())));
                self.posts.insert(id.to_owned(), (at, (**core).clone()));
            }
            _ => {}
        }
    }

    /// Judges stored bytes as the next entry, from header to approval, and takes them. What an audit does, entry by entry.
    pub fn replay<'a>(&mut self, bytes: &'a [u8], facts: &mut Facts, completed: impl FnMut(u8, u64, Hash)) -> Result<Statement<'a>, Fault> {
        self.replay_with(bytes, facts, completed, |_, _| Ok(None))
    }

    /// The same where `verified` may have looked at the signatures already.
    pub(crate) fn replay_with<'a>(
        &mut self,
        bytes: &'a [u8],
        facts: &mut Facts,
        completed: impl FnMut(u8, u64, Hash),
        verified: impl FnOnce(&State, &Statement<'a>) -> Result<Option<Verified>, Refusal>,
    ) -> Result<Statement<'a>, Fault> {
        let entry = Entry::parse(bytes)?;
        let expected = self.next_header(entry.header.time);
        check_header(&entry.header, &expected)?;
        let statement = Statement::parse(entry.note.as_bytes()).map_err(Refusal::from)?;
        let verified = verified(self, &statement)?;
        if let Some(first) = self.admit(&statement, verified, facts)? {
            return Err(Fault::Repeat(first));
        }
        self.append(&entry.header, crate::tree::leaf_hash(bytes), &statement, facts, completed);
        Ok(statement)
    }
}

fn check_header(found: &Header, expected: &Header) -> Result<(), Fault> {
    if found.index != expected.index {
        return Err(Fault::Index(found.index));
    }
    if found.previous != expected.previous {
        return Err(Fault::Link);
    }
    // The expected time is the later of the entry's own and that of the entry before.
    if found.time < expected.time {
        return Err(Fault::Time);
    }
    if found.registry != expected.registry {
        return Err(Fault::Registry);
    }
    Ok(())
}
