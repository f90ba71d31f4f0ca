//! The state of a chain after some entries, and the one function that says whether a statement may be the next.
//!
//! The sequencer asks it inside its transaction; a full audit and `fsck` ask it again for every entry. Only the
//! registry is held whole (it is small); facts about single documents and cases come in as [`Facts`].

use crate::{
    approval::{self, ApprovalError, TakenStep},
    entry::{Entry, EntryError, Header},
    hash::Hash,
    note::{NoteError, SignatureLine, Signer, Vkey},
    part::Commitment,
    policy::Policy,
    registry::Registry,
    statement::{Agency, Charter, Core, Ended, Ending, Key, Post, Reference, Registrars, Statement, StatementError, Step, good_key},
    time::Millis,
    tree::Frontier,
};
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
    #[error("entry {0} is not what the statement takes it for")]
    Reference(u64),
    #[error("entry {0} is not the newest version of its document")]
    NotHead(u64),
    #[error("{by:?} may not speak for the documents of {of:?}")]
    NotEntitled { by: String, of: String },
    #[error("the case's newest step is another one")]
    StaleCase,
    #[error(transparent)]
    Approval(#[from] ApprovalError),
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

/// One version of a document, as later statements need to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    pub leaf: Hash,
    pub agency: String,
    /// Index of the document's first version: its identity.
    pub document: u64,
    pub newest: bool,
    pub parts: Vec<Commitment>,
}

/// Facts about entries that a statement may refer to. A sequencer fills in what a batch refers to; an audit, everything.
/// What is not here does not exist.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// First index by (signer, id).
    pub logged: HashMap<(String, String), u64>,
    pub versions: HashMap<u64, Version>,
    /// Newest step by (agency, case).
    pub cases: HashMap<(String, String), Reference>,
    /// Steps by index: leaf, post and core.
    pub steps: HashMap<u64, (Hash, String, Step)>,
}

/// That a statement's signatures were found good while the registry had this root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    pub(crate) registry: Hash,
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
    #[must_use]
    pub fn agency(&self, id: &str) -> Option<&(Reference, Agency)> {
        self.agencies.get(id)
    }
    pub fn agencies(&self) -> impl Iterator<Item = &(Reference, Agency)> {
        self.agencies.values()
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

    /// Whether every signature line is by one who should sign, enough of them, each verified strictly, one by one.
    pub fn verify(&self, statement: &Statement<'_>) -> Result<Verified, Refusal> {
        if statement.origin != self.origin {
            return Err(Refusal::Origin(statement.origin.into()));
        }
        match &statement.core {
            Core::Charter(new) => verify_registrars(statement, self.charter().map_or(&new.registrars, |old| &old.registrars))?,
            Core::Agency(_) | Core::Post(_) => verify_registrars(statement, &self.charter().ok_or(Refusal::Charter)?.registrars)?,
            _ => {
                verify_one(statement, self.keys(statement)?, self.size())?;
            }
        }
        Ok(Verified { registry: self.root })
    }

    /// Signs `text` as a statement of `signer`, whose key must be good here. What was just signed needs no verifying.
    pub fn seal(&self, text: &str, signer: &Signer) -> Result<(String, Verified), Refusal> {
        let vkey = signer.vkey();
        let unknown = || Refusal::UnknownKey(vkey.name().into());
        let (_, agency) = self.agencies.get(vkey.name()).ok_or_else(unknown)?;
        let key = good_key(&agency.seals, vkey.id(), self.size()).ok_or_else(unknown)?;
        if key.key != *vkey {
            return Err(unknown());
        }
        Ok((crate::note::sign(text, &[signer]), Verified { registry: self.root }))
    }

    pub(crate) fn keys(&self, statement: &Statement<'_>) -> Result<&[Key], Refusal> {
        let name = statement.signer();
        let unknown = || Refusal::NotRegistered(name.chars().take(255).collect());
        Ok(match &statement.core {
            Core::Step(_) => &self.posts.get(name).ok_or_else(unknown)?.1.keys,
            _ => &self.agencies.get(name).ok_or_else(unknown)?.1.seals,
        })
    }

    /// Whether `statement` may be the next entry. `verified` saves verifying again while the registry has not changed;
    /// keys that ended meanwhile are looked at either way. `Ok(Some(index))`: it is already there, at `index`.
    pub fn admit(&self, statement: &Statement<'_>, verified: Option<Verified>, facts: &Facts) -> Result<Option<u64>, Refusal> {
        // Registrations are rare and decide everything else: nobody's word is taken that one was verified.
        if statement.core.registers() || verified != Some(Verified { registry: self.root }) {
            self.verify(statement)?;
        } else if statement.origin != self.origin {
            return Err(Refusal::Origin(statement.origin.into()));
        } else {
            let line = statement.note.signatures.first().ok_or(Refusal::UnknownSignature)?;
            let keys = self.keys(statement)?;
            good_key(keys, line.id, self.size()).ok_or_else(|| Refusal::UnknownKey(line.name.into()))?;
        }
        let known = facts.logged.get(&(statement.signer().to_owned(), statement.id.clone()));
        if let Some(index) = known {
            return Ok(Some(*index));
        }
        match &statement.core {
            Core::Charter(core) => self.admit_charter(core)?,
            Core::Agency(core) => self.admit_agency(core)?,
            Core::Post(core) => self.admit_post(core)?,
            Core::Step(core) => {
                let post = self.posts.get(statement.signer()).filter(|(_, post)| post.agency == core.agency);
                post.ok_or_else(|| Refusal::NotEntitled { by: statement.signer().into(), of: core.agency.clone() })?;
                if facts.cases.get(&(core.agency.clone(), core.case.clone())) != core.previous.as_ref() {
                    return Err(Refusal::StaleCase);
                }
            }
            Core::Disclosure(core) => {
                if let Some(revised) = core.revises {
                    let version = version(facts, revised)?;
                    if !version.newest {
                        return Err(Refusal::NotHead(revised.index));
                    }
                    self.entitled(&core.agency, &version.agency, false)?;
                }
                self.approved(statement, &core.agency, &core.genre, facts)?;
            }
            Core::Status(core) => {
                self.entitled(&core.agency, &version(facts, core.target)?.agency, true)?;
                core.by.map_or(Ok(()), |by| version(facts, by).map(|_| ()))?;
                self.approved(statement, &core.agency, "status", facts)?;
            }
            Core::Redaction(core) => {
                let version = version(facts, core.target)?;
                self.entitled(&core.agency, &version.agency, false)?;
                if !core.parts.iter().all(|part| version.parts.contains(part)) {
                    return Err(Refusal::Reference(core.target.index));
                }
                self.approved(statement, &core.agency, "redaction", facts)?;
            }
        }
        Ok(None)
    }

    /// An agency speaks for its own documents, an abolished one's successor for those; for a status, also overseers.
    fn entitled(&self, by: &str, of: &str, overseeing: bool) -> Result<(), Refusal> {
        let entitled = by == of || self.agencies.get(of).is_some_and(|(_, owner)| speaks_for(owner, by, overseeing));
        if entitled { Ok(()) } else { Err(Refusal::NotEntitled { by: by.into(), of: of.into() }) }
    }

    fn approved(&self, statement: &Statement<'_>, agency: &str, genre: &str, facts: &Facts) -> Result<(), Refusal> {
        let (at, registered) = self.agencies.get(agency).ok_or_else(|| Refusal::NotRegistered(agency.into()))?;
        let mut taken = Vec::new();
        for index in statement.act.iter().flat_map(|act| &act.steps) {
            let (leaf, post, step) = facts.steps.get(index).ok_or(Refusal::Reference(*index))?;
            taken.push(TakenStep { index: *index, leaf: *leaf, post: post.clone(), step: step.clone() });
        }
        let rule = registered.rule.as_ref().map(|rule| (rule, at.leaf));
        approval::check(rule, genre, statement.core_line, agency, statement.act.as_ref(), &taken)?;
        // The case may have gone on since: a rejection after the last step named here must not be left out.
        if let Some(act) = &statement.act {
            let newest = facts.cases.get(&(agency.to_owned(), act.case.clone())).map(|step| step.index);
            if newest != act.steps.last().copied() {
                return Err(Refusal::StaleCase);
            }
        }
        Ok(())
    }

    fn admit_charter(&self, new: &Charter) -> Result<(), Refusal> {
        if new.origin != self.origin {
            return Err(Refusal::Origin(new.origin.clone()));
        }
        // Among themselves too: the roles known so far are empty when entry 0 is judged.
        let mut own: HashMap<[u8; 32], String> = HashMap::new();
        for (key, role) in charter_roles(new) {
            self.only_role(&key, &role)?;
            if own.insert(key.public(), role.clone()).is_some_and(|other| other != role) {
                return Err(Refusal::KeyReused(key.name().into()));
            }
        }
        match (&self.charter, new.amends) {
            (None, None) => Ok(()),
            (Some((at, old)), Some(amends)) => {
                let kept = new.logs.get(..old.logs.len()) == Some(old.logs.as_slice());
                let later = new.logs[old.logs.len().min(new.logs.len())..].iter().all(|log| log.from > self.size());
                if *at != amends {
                    Err(Refusal::StaleCharter)
                } else if kept && later {
                    Ok(())
                } else {
                    Err(Refusal::KeyDropped(self.origin.clone()))
                }
            }
            _ => Err(Refusal::Charter),
        }
    }

    fn admit_agency(&self, new: &Agency) -> Result<(), Refusal> {
        if new.agency == self.origin || self.posts.contains_key(&new.agency) {
            return Err(Refusal::OtherKind(new.agency.clone()));
        }
        let old = self.agencies.get(&new.agency).map_or(&[][..], |(_, old)| &old.seals);
        self.admit_keys(&new.agency, old, &new.seals)
    }

    fn admit_post(&self, new: &Post) -> Result<(), Refusal> {
        if new.post == self.origin || self.agencies.contains_key(&new.post) {
            return Err(Refusal::OtherKind(new.post.clone()));
        }
        if !self.agencies.contains_key(&new.agency) {
            return Err(Refusal::NotRegistered(new.agency.clone()));
        }
        let old = match self.posts.get(&new.post) {
            Some((_, old)) if old.agency != new.agency => {
                return Err(Refusal::OtherKind(new.post.clone()));
            }
            Some((_, old)) => old.keys.as_slice(),
            None => &[],
        };
        self.admit_keys(&new.post, old, &new.keys)
    }

    /// Keys are added and ended, never dropped or brought back, not even for a while.
    fn admit_keys(&self, id: &str, old: &[Key], new: &[Key]) -> Result<(), Refusal> {
        for key in old {
            let kept = new.iter().find(|other| other.key == key.key);
            if kept.is_none_or(|kept| !may_become(key.ended, kept.ended)) {
                return Err(Refusal::KeyDropped(id.into()));
            }
        }
        new.iter().try_for_each(|key| self.only_role(&key.key, id))
    }

    fn only_role(&self, key: &Vkey, role: &str) -> Result<(), Refusal> {
        match self.roles.get(&key.public()) {
            Some(other) if other != role => Err(Refusal::KeyReused(key.name().into())),
            _ => Ok(()),
        }
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

/// A key's end may come, and may turn out to have come earlier or to have been worse; it never moves later.
fn may_become(old: Option<Ended>, new: Option<Ended>) -> bool {
    match (old, new) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(old), Some(new)) => new.at <= old.at && (old.how != Ending::Compromised || new.how == Ending::Compromised),
    }
}

/// The keys a charter names, each with its one role. Roles have a space in them where an agency or post could have that id.
fn charter_roles(charter: &Charter) -> impl Iterator<Item = (Vkey, String)> {
    let logs = charter.logs.iter().map(|log| (log.key.clone(), charter.origin.clone()));
    let registrars = charter.registrars.keys.iter().map(|key| (key.clone(), format!("registrar {}", key.name())));
    let witnesses = Policy::parse(&charter.policy).map(|policy| policy.witnesses).unwrap_or_default();
    let witnesses = witnesses.into_iter().map(|(_, key, _)| (key, "a witness".to_owned()));
    logs.chain(registrars).chain(witnesses)
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

fn version(facts: &Facts, at: Reference) -> Result<&Version, Refusal> {
    facts.versions.get(&at.index).filter(|version| version.leaf == at.leaf).ok_or(Refusal::Reference(at.index))
}

/// Whether `by` may speak for documents of `owner`, another agency.
#[must_use]
pub fn speaks_for(owner: &Agency, by: &str, overseeing: bool) -> bool {
    owner.successor.as_deref() == Some(by) || overseeing && owner.overseers.iter().any(|id| id == by)
}

/// Exactly one signature, by a key of `keys` that is good at `index`. Returns that key.
pub fn verify_one<'k>(statement: &Statement<'_>, keys: &'k [Key], index: u64) -> Result<&'k Key, Refusal> {
    let (line, key) = signing_key(statement, keys, index)?;
    line.verify(&key.key, statement.note.text).map_err(Refusal::Signature)?;
    Ok(key)
}

/// The one signature line, and the key of `keys`, good at `index`, by which it says it is.
pub(crate) fn signing_key<'s, 'n, 'k>(
    statement: &'s Statement<'n>,
    keys: &'k [Key],
    index: u64,
) -> Result<(&'s SignatureLine<'n>, &'k Key), Refusal> {
    let [line] = statement.note.signatures.as_slice() else {
        return Err(Refusal::UnknownSignature);
    };
    let name = statement.signer();
    let key = good_key(keys, line.id, index).filter(|key| line.is_by(&key.key) && line.name == name);
    let key = key.ok_or_else(|| Refusal::UnknownKey(name.into()))?;
    Ok((line, key))
}

/// At least `threshold` signatures, each by another registrar, and no other line.
pub fn verify_registrars(statement: &Statement<'_>, registrars: &Registrars) -> Result<(), Refusal> {
    let mut signed = Vec::new();
    for line in &statement.note.signatures {
        let key = registrars.keys.iter().find(|key| line.is_by(key)).ok_or(Refusal::UnknownSignature)?;
        if signed.contains(&key.public()) {
            return Err(Refusal::UnknownSignature);
        }
        line.verify(key, statement.note.text).map_err(Refusal::Signature)?;
        signed.push(key.public());
    }
    if signed.len() < registrars.threshold {
        return Err(Refusal::TooFewRegistrars { needed: registrars.threshold, found: signed.len() });
    }
    Ok(())
}

impl Facts {
    /// Notes what a logged statement changes for later ones.
    pub fn record(&mut self, at: Reference, statement: &Statement<'_>) {
        self.logged.insert((statement.signer().to_owned(), statement.id.clone()), at.index);
        match &statement.core {
            Core::Disclosure(core) => {
                let mut document = at.index;
                if let Some(old) = core.revises.and_then(|old| self.versions.get_mut(&old.index)) {
                    old.newest = false;
                    document = old.document;
                }
                let parts = core.parts.iter().map(|part| part.commitment).collect();
                self.versions.insert(at.index, Version { leaf: at.leaf, agency: core.agency.clone(), document, newest: true, parts });
            }
            Core::Step(core) => {
                self.cases.insert((core.agency.clone(), core.case.clone()), at);
                self.steps.insert(at.index, (at.leaf, statement.signer().to_owned(), (**core).clone()));
            }
            _ => {}
        }
    }
}
