//! A reader of one evidence bundle: C1 to C6 for the entries in it.

use super::{Answer, Code, Finding};
use crate::{
    approval::{self, TakenStep},
    checkpoint::{Checkpoint, CheckpointError},
    entry::Entry,
    evidence::Bundle,
    hash::Hash,
    note::Note,
    policy::Policy,
    state::{Refusal, verify_one, verify_registrars},
    statement::{Agency, Charter, Core, Ending, Key, Post, Statement},
    tree::{check_inclusion, leaf_hash},
};
use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap},
};

pub(super) struct Known<'b> {
    text: &'b str,
    pub(super) leaf: Hash,
    proof: &'b [Hash],
    included: bool,
    pub(super) entry: Option<Entry<'b>>,
    pub(super) statement: Option<Statement<'b>>,
}

/// A bundle taken apart, with what was already decided about its registry entries.
pub struct Reader<'b> {
    checkpoint: Checkpoint,
    note: Note<'b>,
    entries: BTreeMap<u64, Known<'b>>,
    /// Lookups whose proof leads to their root: what the id maps to, if anything.
    lookups: HashMap<(Hash, &'b str), Option<Hash>>,
    /// Lookups whose proof does not.
    wrong: Vec<(Hash, &'b str)>,
    genuine: RefCell<HashMap<u64, bool>>,
}

/// What the registry has under an id, as far as the evidence shows.
enum Registered<T> {
    As(T),
    Absent,
    /// The proof given does not lead to the root, or the entry it leads to is not what registrars signed.
    Wrong,
    Unknown,
}

impl<'b> Reader<'b> {
    /// Takes a bundle apart. Fails only when its checkpoint is none; everything else is left to the checks.
    pub fn open(bundle: &'b Bundle) -> Result<Reader<'b>, CheckpointError> {
        let note = Note::parse(bundle.checkpoint.as_bytes())?;
        let checkpoint = Checkpoint::parse(note.text)?;
        let mut entries = BTreeMap::new();
        for logged in &bundle.entries {
            let leaf = leaf_hash(logged.entry.as_bytes());
            let included = check_inclusion(&logged.proof, logged.index, leaf, checkpoint.size, checkpoint.root).is_ok();
            let entry = Entry::parse(logged.entry.as_bytes()).ok();
            let statement = entry.and_then(|entry| Statement::parse(entry.note.as_bytes()).ok());
            entries.insert(logged.index, Known { text: &logged.entry, leaf, proof: &logged.proof, included, entry, statement });
        }
        let mut lookups = HashMap::new();
        let mut wrong = Vec::new();
        for lookup in &bundle.lookups {
            match lookup.proof.check(&lookup.id, lookup.root) {
                Ok(value) => drop(lookups.insert((lookup.root, lookup.id.as_str()), value)),
                Err(_) => wrong.push((lookup.root, lookup.id.as_str())),
            }
        }
        Ok(Reader { checkpoint, note, entries, lookups, wrong, genuine: RefCell::default() })
    }

    #[must_use]
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    pub(super) fn known(&self, index: u64) -> Option<&Known<'b>> {
        self.entries.get(&index)
    }

    /// The statement of an entry in the bundle, whatever the checks say of it.
    #[must_use]
    pub fn statement(&self, index: u64) -> Option<&Statement<'b>> {
        self.known(index)?.statement.as_ref()
    }

    /// The bytes of an entry in the bundle, as they were hashed.
    #[must_use]
    pub fn text(&self, index: u64) -> Option<&'b str> {
        self.known(index).map(|known| known.text)
    }

    /// The log's own time of an entry in the bundle.
    #[must_use]
    pub fn time(&self, index: u64) -> Option<crate::time::Millis> {
        self.known(index)?.entry.map(|entry| entry.header.time)
    }

    /// Leaf hash of entry 0: the chain's identity. `None` when it is not in the bundle, or not in the tree.
    #[must_use]
    pub fn identity(&self) -> Option<Hash> {
        self.known(0).filter(|known| known.included).map(|known| known.leaf)
    }

    /// C1 to C6 for one entry.
    #[must_use]
    pub fn check(&self, index: u64) -> Vec<Finding> {
        vec![self.link(index), self.inclusion(index), self.signed(), self.witnesses(), self.seal(index), self.approval(index)]
    }

    /// C1.
    #[must_use]
    pub fn link(&self, index: u64) -> Finding {
        let code = Code::C1;
        let Some(known) = self.known(index) else {
            return Finding::cannot_tell(code, "no-entry");
        };
        let Some(Entry { header, .. }) = known.entry else {
            return Finding::fails(code, "header");
        };
        let finding = |finding: Finding| {
            let time = crate::time::format_time(header.time).unwrap_or_default();
            finding.with("index", header.index).with("time", time).with("previous", header.previous).with("leaf", known.leaf)
        };
        if header.index != index {
            return finding(Finding::fails(code, "position"));
        }
        let Some(before) = index.checked_sub(1) else {
            let first = header.previous == Hash::ZERO && header.registry == Hash::ZERO;
            return finding(if first { Finding::holds(code) } else { Finding::fails(code, "link") });
        };
        let Some(before) = self.known(before) else {
            return finding(Finding::cannot_tell(code, "no-neighbour"));
        };
        if header.previous != before.leaf {
            return finding(Finding::fails(code, "link")).with("neighbour", before.leaf);
        }
        if before.entry.is_some_and(|before| before.header.time > header.time) {
            return finding(Finding::fails(code, "time"));
        }
        // Between two entries the registry changes exactly when the first of them registers something.
        if let (Some(entry), Some(statement)) = (before.entry, &before.statement)
            && (entry.header.registry == header.registry) == statement.core.registers()
        {
            return finding(Finding::fails(code, "registry")).with("registry", header.registry);
        }
        finding(Finding::holds(code))
    }

    /// C2.
    #[must_use]
    pub fn inclusion(&self, index: u64) -> Finding {
        let code = Code::C2;
        let Some(known) = self.known(index) else {
            return Finding::cannot_tell(code, "no-entry");
        };
        let finding = if known.included { Finding::holds(code) } else { Finding::fails(code, "not-in-tree") };
        finding
            .with("leaf", known.leaf)
            .with("size", self.checkpoint.size)
            .with("root", self.checkpoint.root)
            .with("hashes", known.proof.len())
    }

    /// C3. The key is the one that the newest charter, followed back to entry 0, has for this size.
    #[must_use]
    pub fn signed(&self) -> Finding {
        let code = Code::C3;
        let charter = match self.newest(&self.checkpoint.origin, |known| self.charter_of(known)) {
            Registered::As(charter) => charter,
            Registered::Wrong | Registered::Absent => return Finding::fails(code, "charter"),
            Registered::Unknown => return Finding::cannot_tell(code, "no-charter"),
        };
        let Some(key) = charter.log_key(self.checkpoint.size) else {
            return Finding::fails(code, "no-key");
        };
        let finding = match self.note.verify(key) {
            Ok(()) => Finding::holds(code),
            Err(crate::note::NoteError::NotSignedBy(_)) => Finding::fails(code, "other-key"),
            Err(_) => Finding::fails(code, "signature"),
        };
        finding.with("size", self.checkpoint.size).with("root", self.checkpoint.root).with("key", key)
    }

    /// C4, by the charter's own policy ("this portal's list").
    #[must_use]
    pub fn witnesses(&self) -> Finding {
        let code = Code::C4;
        let Registered::As(charter) = self.newest(&self.checkpoint.origin, |known| self.charter_of(known)) else {
            return Finding::cannot_tell(code, "no-charter");
        };
        let Ok(policy) = Policy::parse(&charter.policy) else {
            return Finding::fails(code, "policy");
        };
        self.witnesses_of(&policy)
    }

    /// C4, by any policy.
    #[must_use]
    pub fn witnesses_of(&self, policy: &Policy) -> Finding {
        if !policy.asks_for_witnesses() {
            return Finding::new(Code::C4, Answer::NotApplicable, "no-outside-witness");
        }
        let seen = policy.seen(&self.note);
        let mut finding = match (seen.quorum, seen.wrong.is_empty()) {
            (true, _) => Finding::holds(Code::C4),
            (false, true) => Finding::new(Code::C4, Answer::Pending, "no-quorum-yet"),
            (false, false) => Finding::fails(Code::C4, "cosignature"),
        };
        for (name, seconds) in seen.by {
            finding = finding.with("seen-by", format!("{name} {seconds}"));
        }
        finding.with("witnesses", policy.witnesses.len())
    }

    /// C5.
    #[must_use]
    pub fn seal(&self, index: u64) -> Finding {
        let code = Code::C5;
        let Some(known) = self.known(index) else {
            return Finding::cannot_tell(code, "no-entry");
        };
        let Some((entry, statement)) = known.entry.zip(known.statement.as_ref()) else {
            return Finding::fails(code, "statement");
        };
        if statement.origin != self.checkpoint.origin {
            return Finding::fails(code, "other-chain").with("origin", statement.origin);
        }
        let root = entry.header.registry;
        let signer = statement.signer().to_owned();
        let finding = |finding: Finding| finding.with("signer", &signer).with("registry", root);
        if statement.core.registers() {
            return finding(match self.registrars_signed(known) {
                Some(true) => Finding::holds(code),
                Some(false) => Finding::fails(code, "registrars"),
                None => Finding::cannot_tell(code, "no-charter"),
            });
        }
        let keys = match self.lookup(root, &signer, |known| self.keys_of(known, statement)) {
            Registered::As(keys) => keys,
            Registered::Absent => return finding(Finding::fails(code, "not-registered")),
            Registered::Wrong => return finding(Finding::fails(code, "registry-proof")),
            Registered::Unknown => return finding(Finding::cannot_tell(code, "no-registry-proof")),
        };
        let key = match verify_one(statement, keys, index) {
            Ok(key) => &key.key,
            Err(Refusal::UnknownKey(_)) => return finding(Finding::fails(code, "unknown-key")),
            Err(Refusal::Signature(_)) => return finding(Finding::fails(code, "signature")),
            Err(_) => return finding(Finding::fails(code, "signature-lines")),
        };
        // Looked up again in the newest registry: the key may have been reported stolen since.
        let finding = |f: Finding| finding(f).with("key", key);
        match self.newest(&signer, |known| self.keys_of(known, statement)) {
            Registered::As(now) => match now.iter().find(|later| later.key == *key) {
                Some(Key { ended: Some(ended), .. }) if ended.how == Ending::Compromised && ended.at <= index => {
                    finding(Finding::cannot_tell(code, "key-stolen")).with("since", ended.at)
                }
                Some(_) => finding(Finding::holds(code)),
                None => finding(Finding::fails(code, "key-dropped")),
            },
            Registered::Unknown => finding(Finding::cannot_tell(code, "no-newest-registry")),
            Registered::Absent | Registered::Wrong => finding(Finding::fails(code, "registry-proof")),
        }
    }

    /// C6.
    #[must_use]
    pub fn approval(&self, index: u64) -> Finding {
        let code = Code::C6;
        let Some((entry, statement)) = self.known(index).and_then(|known| known.entry.zip(known.statement.as_ref())) else {
            return Finding::cannot_tell(code, "no-entry");
        };
        let genre = match &statement.core {
            Core::Disclosure(core) => core.genre.as_str(),
            Core::Status(_) => "status",
            Core::Redaction(_) => "redaction",
            _ => return Finding::new(code, Answer::NotApplicable, "not-approved-kind"),
        };
        let agency = statement.signer();
        let (leaf, registered) = match self.lookup(entry.header.registry, agency, |known| Some((known.leaf, self.agency_of(known)?))) {
            Registered::As(found) => found,
            Registered::Unknown => return Finding::cannot_tell(code, "no-registry-proof"),
            Registered::Absent | Registered::Wrong => {
                return Finding::fails(code, "not-registered");
            }
        };
        let mut taken = Vec::new();
        for step in statement.act.iter().flat_map(|act| &act.steps) {
            match self.taken(*step, index) {
                Ok(step) => taken.push(step),
                Err(finding) => return finding.with("step", step),
            }
        }
        let rule = registered.rule.as_ref().map(|rule| (rule, leaf));
        match approval::check(rule, genre, statement.core_line, agency, statement.act.as_ref(), &taken) {
            Ok(None) => Finding::new(code, Answer::NotApplicable, "no-rule"),
            Ok(Some(approved)) => {
                let reason = if approved.overridden.is_empty() { "holds" } else { "overridden" };
                let finding = Finding::new(code, Answer::Holds, reason).with("steps", taken.len());
                approved.overridden.into_iter().fold(finding, |finding, step| finding.with("overridden", step))
            }
            Err(error) => Finding::fails(code, "approval").with("why", error),
        }
    }

    /// A step entry whose place and signature hold, taken before the entry it approves.
    fn taken(&self, index: u64, before: u64) -> Result<TakenStep, Finding> {
        let Some(known) = self.known(index) else {
            return Err(Finding::cannot_tell(Code::C6, "no-step"));
        };
        let Some(Statement { core: Core::Step(step), .. }) = &known.statement else {
            return Err(Finding::fails(Code::C6, "not-a-step"));
        };
        let seal = self.seal(index);
        if !known.included || index >= before || seal.answer == Answer::Fails {
            return Err(Finding::fails(Code::C6, "forged-step"));
        }
        if seal.answer != Answer::Holds {
            return Err(Finding::cannot_tell(Code::C6, seal.reason));
        }
        let post = seal.values.iter().find(|(name, _)| *name == "signer").map(|(_, post)| post.clone()).unwrap_or_default();
        Ok(TakenStep { index, leaf: known.leaf, post, step: (**step).clone() })
    }

    /// What `id` is registered as under `root`, read by `read` out of an entry that registrars signed.
    fn lookup<'s, T>(&'s self, root: Hash, id: &str, read: impl Fn(&'s Known<'b>) -> Option<T>) -> Registered<T> {
        if self.wrong.iter().any(|(at, of)| *at == root && *of == id) {
            return Registered::Wrong;
        }
        let leaf = match self.lookups.get(&(root, id)) {
            None if root == Hash::ZERO => return Registered::Absent,
            None => return Registered::Unknown,
            Some(None) => return Registered::Absent,
            Some(Some(leaf)) => *leaf,
        };
        let Some(known) = self.entries.values().find(|known| known.leaf == leaf) else {
            return Registered::Unknown;
        };
        self.read(known, id, read)
    }

    fn read<'s, T>(&'s self, known: &'s Known<'b>, id: &str, read: impl Fn(&'s Known<'b>) -> Option<T>) -> Registered<T> {
        let named = known.statement.as_ref().and_then(|statement| statement.core.registry_id()) == Some(id);
        if !named || !known.included {
            return Registered::Wrong;
        }
        match self.registrars_signed(known) {
            None => Registered::Unknown,
            Some(false) => Registered::Wrong,
            Some(true) => read(known).map_or(Registered::Wrong, Registered::As),
        }
    }

    /// What `id` is registered as in the registry that the newest entry leaves.
    fn newest<'s, T>(&'s self, id: &str, read: impl Fn(&'s Known<'b>) -> Option<T>) -> Registered<T> {
        let Some(last) = self.checkpoint.size.checked_sub(1).and_then(|last| self.known(last)) else {
            return Registered::Unknown;
        };
        if !last.included {
            return Registered::Wrong;
        }
        if last.statement.as_ref().and_then(|statement| statement.core.registry_id()) == Some(id) {
            return self.read(last, id, read);
        }
        match last.entry {
            Some(entry) => self.lookup(entry.header.registry, id, read),
            None => Registered::Wrong,
        }
    }

    /// Whether a registry entry carries the signatures its charter asks for. `None`: that charter is not in the bundle.
    fn registrars_signed(&self, known: &Known<'b>) -> Option<bool> {
        let (entry, statement) = known.entry.zip(known.statement.as_ref())?;
        if let Some(decided) = self.genuine.borrow().get(&entry.header.index) {
            return Some(*decided);
        }
        let registrars = match &statement.core {
            Core::Charter(charter) => match charter.amends {
                None if entry.header.index == 0 => &charter.registrars,
                None => return Some(false),
                // Followed back one amendment at a time; each names an earlier entry, so this ends at entry 0.
                Some(amends) if amends.index < entry.header.index => {
                    let before = self.known(amends.index)?;
                    let right = before.leaf == amends.leaf && before.included && self.registrars_signed(before)?;
                    match before.statement.as_ref().map(|statement| &statement.core) {
                        Some(Core::Charter(before)) if right => &before.registrars,
                        _ => return Some(false),
                    }
                }
                Some(_) => return Some(false),
            },
            _ => match self.lookup(entry.header.registry, statement.origin, |known| self.charter_of(known)) {
                Registered::As(charter) => &charter.registrars,
                Registered::Unknown => return None,
                Registered::Absent | Registered::Wrong => return Some(false),
            },
        };
        let decided = statement.origin == self.checkpoint.origin && verify_registrars(statement, registrars).is_ok();
        self.genuine.borrow_mut().insert(entry.header.index, decided);
        Some(decided)
    }

    fn charter_of<'s>(&'s self, known: &'s Known<'b>) -> Option<&'s Charter> {
        match &known.statement.as_ref()?.core {
            Core::Charter(charter) => Some(charter),
            _ => None,
        }
    }

    fn agency_of<'s>(&'s self, known: &'s Known<'b>) -> Option<&'s Agency> {
        match &known.statement.as_ref()?.core {
            Core::Agency(agency) => Some(agency),
            _ => None,
        }
    }

    /// The keys that may sign `statement`: a post's for a step of its own agency, an agency's for the rest.
    fn keys_of<'s>(&'s self, known: &'s Known<'b>, statement: &Statement<'_>) -> Option<&'s [Key]> {
        match (&known.statement.as_ref()?.core, &statement.core) {
            (Core::Post(post), Core::Step(step)) => {
                let Post { agency, keys, .. } = &**post;
                (*agency == step.agency).then_some(keys)
            }
            (Core::Agency(agency), core) if !matches!(core, Core::Step(_)) => Some(&agency.seals),
            _ => None,
        }
    }

    /// The registered agency that sealed an entry, for its name.
    #[must_use]
    pub fn sealing_agency(&self, index: u64) -> Option<&Agency> {
        let known = self.known(index)?;
        let (entry, statement) = known.entry.zip(known.statement.as_ref())?;
        match self.lookup(entry.header.registry, statement.signer(), |known| self.agency_of(known)) {
            Registered::As(agency) => Some(agency),
            _ => None,
        }
    }
}
