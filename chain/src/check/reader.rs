//! A reader of one evidence bundle: C1 to C6 for the entries in it.

use super::{Answer, Code, Finding, registered::Registered};
use crate::{
    approval::{self, Place, Progress, Rule, TakenStep},
    checkpoint::{Checkpoint, CheckpointError},
    entry::Entry,
    evidence::Bundle,
    hash::Hash,
    note::{Note, SignatureLine},
    state::{Refusal, verify_one},
    statement::{Core, Ending, Key, Statement},
    tree::{check_inclusion, leaf_hash, root_of_inclusion},
};
use std::cell::Cell;

pub(super) struct Known<'b> {
    /// Where the bundle says it is; true only as far as `included` goes.
    pub(super) place: u64,
    text: &'b str,
    pub(super) leaf: Hash,
    proof: &'b [Hash],
    pub(super) included: bool,
    pub(super) entry: Option<Entry<'b>>,
    pub(super) statement: Option<Statement<'b>>,
    /// Of a registry entry: whether its registrars signed it, once that was decided.
    pub(super) genuine: Cell<Option<bool>>,
}

/// A bundle taken apart, with what was already decided about its registry entries.
pub struct Reader<'b> {
    pub(super) checkpoint: Checkpoint,
    pub(super) note: Note<'b>,
    /// Seldom more than a hundred: walking them costs less than a map would weigh.
    pub(super) entries: Vec<Known<'b>>,
    /// Lookups whose proof leads to their root: what the id maps to, if anything.
    pub(super) lookups: Vec<(Hash, &'b str, Option<Hash>)>,
    /// Lookups whose proof does not.
    pub(super) wrong: Vec<(Hash, &'b str)>,
    /// What the source was asked for, of this very tree. All that deciding about it takes belongs to the answer.
    asked: &'b [u64],
}

impl Known<'_> {
    /// Whether it stands in the signed tree where its own header says it stands.
    pub(super) fn placed(&self) -> bool {
        self.included && self.entry.is_some_and(|entry| entry.header.index == self.place)
    }

    pub(super) fn registry_id(&self) -> Option<&str> {
        self.statement.as_ref()?.core.registry_id()
    }
}

impl<'b> Reader<'b> {
    /// Takes a bundle apart. Fails only when its checkpoint is none; everything else is left to the checks.
    pub fn open(bundle: &'b Bundle) -> Result<Reader<'b>, CheckpointError> {
        let note = Note::parse(bundle.checkpoint.as_bytes())?;
        let checkpoint = Checkpoint::parse(note.text)?;
        let mut entries: Vec<Known<'b>> = Vec::new();
        let mut torn = Vec::new();
        for logged in &bundle.entries {
            let leaf = leaf_hash(logged.entry.as_bytes());
            let included = check_inclusion(&logged.proof, logged.index, leaf, checkpoint.size, checkpoint.root).is_ok();
            let entry = Entry::parse(logged.entry.as_bytes()).ok();
            let statement = entry.and_then(|entry| Statement::parse(entry.note.as_bytes()).ok());
            let place = logged.index;
            if let Some(other) = entries.iter_mut().find(|other| other.place == place) {
                if other.text != logged.entry {
                    torn.push(place);
                } else if included {
                    (other.included, other.proof) = (true, &logged.proof);
                }
                continue;
            }
            entries.push(Known {
                place,
                text: &logged.entry,
                leaf,
                proof: &logged.proof,
                included,
                entry,
                statement,
                genuine: Cell::default(),
            });
        }
        // Two different entries for one place: whichever a page took, neither may pass for the one in the tree.
        for known in &mut entries {
            known.included &= !torn.contains(&known.place);
        }
        let mut lookups = Vec::new();
        let mut wrong = Vec::new();
        for lookup in &bundle.lookups {
            match lookup.proof.check(&lookup.id, lookup.root) {
                Ok(value) => lookups.push((lookup.root, lookup.id.as_str(), value)),
                Err(_) => wrong.push((lookup.root, lookup.id.as_str())),
            }
        }
        Ok(Reader { checkpoint, note, entries, lookups, wrong, asked: &[] })
    }

    /// The same bundle, known to be a source's answer to a question about these entries of the tree that its checkpoint signs.
    /// What the log has signed for and the source leaves out is then not late, but withheld.
    #[must_use]
    pub fn asked(self, indexes: &'b [u64]) -> Reader<'b> {
        Reader { asked: indexes, ..self }
    }

    /// Whether the source was asked about the entry `index`, and so for the one before it too.
    pub(super) fn was_asked(&self, index: u64) -> bool {
        index < self.checkpoint.size && self.asked.contains(&index)
    }

    /// What to say of evidence that is not at hand and that the question about `index` was also a question for.
    pub(super) fn not_at_hand(&self, code: Code, index: u64, withheld: &'static str, unknown: &'static str) -> Finding {
        if self.was_asked(index) { Finding::fails(code, withheld) } else { Finding::cannot_tell(code, unknown) }
    }

    #[must_use]
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    pub(super) fn known(&self, index: u64) -> Option<&Known<'b>> {
        self.entries.iter().find(|known| known.place == index)
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

    /// The time zone in which the newest charter wants times told, when registrars signed it.
    #[must_use]
    pub fn zone(&self) -> Option<&str> {
        match self.newest(&self.checkpoint.origin, |known| self.charter_of(known)) {
            Registered::As(charter) => Some(&charter.zone),
            _ => None,
        }
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
            return self.not_at_hand(code, index, "withheld", "no-entry");
        };
        let Some(Entry { header, .. }) = known.entry else {
            return Finding::fails(code, "header");
        };
        let finding = |finding: Finding| {
            let time = crate::time::format_time(header.time).unwrap_or_default();
            let finding = finding.with("index", header.index).with("time", time).with("previous", header.previous);
            let neighbour = index.checked_sub(1).and_then(|before| self.known(before));
            neighbour.map_or(finding.clone(), |neighbour| finding.with("neighbour", neighbour.leaf))
        };
        if header.index != index {
            return finding(Finding::fails(code, "position"));
        }
        let Some(before) = index.checked_sub(1) else {
            let first = header.previous == Hash::ZERO && header.registry == Hash::ZERO;
            return finding(if first { Finding::holds(code) } else { Finding::fails(code, "link") });
        };
        let Some(before) = self.known(before) else {
            return finding(self.not_at_hand(code, index, "neighbour-withheld", "no-neighbour"));
        };
        if header.previous != before.leaf {
            return finding(Finding::fails(code, "link"));
        }
        // The neighbour must be the tree's own, else two chains could share one tree.
        let Some(neighbour) = before.entry.filter(|_| before.placed()) else {
            return finding(Finding::fails(code, "neighbour"));
        };
        if neighbour.header.time > header.time {
            return finding(Finding::fails(code, "time"));
        }
        // Between two entries the registry changes exactly when the first of them registers something, and then to that.
        let registers = before.registry_id();
        let moved = neighbour.header.registry != header.registry;
        let elsewhere = registers.and_then(|id| self.looked_up(header.registry, id)).is_some_and(|leaf| leaf != Some(before.leaf));
        if moved != registers.is_some() || elsewhere {
            return finding(Finding::fails(code, "registry")).with("registry", header.registry);
        }
        finding(Finding::holds(code))
    }

    /// C2.
    #[must_use]
    pub fn inclusion(&self, index: u64) -> Finding {
        let code = Code::C2;
        let Some(known) = self.known(index) else {
            // What lies beyond the tree is not in it, whatever else there is to say of it.
            if index >= self.checkpoint.size {
                return Finding::fails(code, "not-in-tree").with("size", self.checkpoint.size).with("root", self.checkpoint.root);
            }
            return self.not_at_hand(code, index, "withheld", "no-entry");
        };
        let finding = if known.included { Finding::holds(code) } else { Finding::fails(code, "not-in-tree") };
        let (size, root) = (self.checkpoint.size, self.checkpoint.root);
        let finding = finding.with("leaf", known.leaf).with("index", index).with("size", size).with("hashes", known.proof.len());
        let computed = root_of_inclusion(known.proof, index, known.leaf, size);
        let finding = finding.with("root", root);
        computed.map_or(finding.clone(), |computed| finding.with("root-computed", computed))
    }

    /// C3. The key is the one that the newest charter, followed back to entry 0, has for this size.
    #[must_use]
    pub fn signed(&self) -> Finding {
        let code = Code::C3;
        if self.charter_altered() {
            return Finding::fails(code, "charter-altered");
        }
        let charter = match self.newest(&self.checkpoint.origin, |known| self.charter_of(known)) {
            Registered::As(charter) => charter,
            Registered::Wrong | Registered::Absent => return Finding::fails(code, "charter"),
            // Every answer has the charter in it, so a source that answered without it keeps it back.
            Registered::Unknown if !self.asked.is_empty() => return Finding::fails(code, "charter-withheld"),
            Registered::Unknown => return Finding::cannot_tell(code, "no-charter"),
        };
        // Every charter that reads has a key for every size.
        let Some(key) = charter.log_key(self.checkpoint.size) else {
            return Finding::fails(code, "charter");
        };
        let finding = match self.note.verify(key) {
            Ok(()) => Finding::holds(code),
            Err(crate::note::NoteError::NotSignedBy(_)) => Finding::fails(code, "other-key"),
            Err(_) => Finding::fails(code, "signature"),
        };
        let Checkpoint { origin, size, root } = &self.checkpoint;
        let finding = finding.with("origin", origin).with("size", size).with("root", root).with("key", key);
        let line = self.note.signatures.iter().find(|line| line.is_by(key));
        line.map_or(finding.clone(), |line| finding.with("signature", line.encoded()))
    }

    /// Whether other bytes stand in the charter's place while the newest entry stands in the tree, so that the fault is not
    /// in the tree's own hashes.
    fn charter_altered(&self) -> bool {
        let newest = self.checkpoint.size.checked_sub(1).and_then(|last| self.known(last));
        newest.is_some_and(|newest| newest.included) && self.known(0).is_some_and(|charter| !charter.included)
    }

    /// C5.
    #[must_use]
    pub fn seal(&self, index: u64) -> Finding {
        self.sealed(index, index)
    }

    /// C5 of `index`, as far as it is part of deciding about `of`: its own, or that of a step.
    fn sealed(&self, index: u64, of: u64) -> Finding {
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
        if statement.core.registers() {
            let found = match self.registrars_signed(known) {
                Some(true) => Finding::holds(code),
                Some(false) => Finding::fails(code, "registrars"),
                None => self.not_at_hand(code, of, "withheld", "no-charter"),
            };
            let lines = statement.note.signatures.iter();
            return lines.fold(found, |found, line| found.with("signer", line.name).with("signature", line.encoded()));
        }
        let finding = |finding: Finding| finding.with("signer", &signer).with("registry", root);
        let (registered, keys) = match self.lookup(root, &signer, index, |known| Some((known.place, self.keys_of(known, statement)?))) {
            Registered::As(keys) => keys,
            Registered::Absent => return finding(Finding::fails(code, "not-registered")),
            Registered::Wrong => return finding(Finding::fails(code, "registry-proof")),
            Registered::Unknown => return finding(self.not_at_hand(code, of, "withheld", "no-registry-proof")),
        };
        let finding = |f: Finding| finding(f).with("registered", registered);
        let Key { key, custody, .. } = match verify_one(statement, keys, index) {
            Ok(key) => key,
            Err(Refusal::UnknownKey(_)) => return finding(Finding::fails(code, "unknown-key")),
            Err(Refusal::Signature(_)) => return finding(Finding::fails(code, "signature")),
            Err(_) => return finding(Finding::fails(code, "signature-lines")),
        };
        // One line, by this key: no other statement verifies.
        let signature = statement.note.signatures.first().map(SignatureLine::encoded).unwrap_or_default();
        let finding = |f: Finding| {
            let found = finding(f).with("key", key).with("signature", &signature);
            // Who keeps it, as it was registered then: of a seal.
            custody.iter().fold(found, |found, custody| found.with("custody", custody))
        };
        if let Err(found) = self.entitled(known, entry.header.registry, statement, of) {
            return finding(found);
        }
        // Looked up again in the newest registry: the key may have been reported stolen since.
        match self.newest(&signer, |known| self.keys_of(known, statement)) {
            Registered::As(now) => match now.iter().find(|later| later.key == *key) {
                Some(Key { ended: Some(ended), .. }) if ended.how == Ending::Compromised && ended.at <= index => {
                    finding(Finding::cannot_tell(code, "key-stolen")).with("since", ended.at)
                }
                Some(_) => finding(Finding::holds(code)),
                None => finding(Finding::fails(code, "key-dropped")),
            },
            Registered::Unknown => finding(self.not_at_hand(code, of, "withheld", "no-newest-registry")),
            Registered::Absent | Registered::Wrong => finding(Finding::fails(code, "registry-proof")),
        }
    }

    /// C6.
    #[must_use]
    pub fn approval(&self, index: u64) -> Finding {
        let code = Code::C6;
        let Case { statement, genre, leaf, rule, taken } = match self.case(index, true) {
            Ok(case) => case,
            Err(finding) => return finding,
        };
        let rule = rule.map(|rule| (rule, leaf));
        match approval::check(rule, genre, statement.core_line, statement.signer(), statement.act.as_ref(), &taken) {
            Ok(None) => Finding::new(code, Answer::NotApplicable, "no-rule"),
            Ok(Some(approved)) => {
                let reason = if approved.overridden.is_empty() { "holds" } else { "overridden" };
                let finding = Finding::new(code, Answer::Holds, reason).with("genre", genre).with("rule", leaf);
                let finding = taken.iter().fold(finding, |finding, step| finding.with("step", step.index).with("post", &step.post));
                approved.overridden.into_iter().fold(finding, |finding, step| finding.with("overridden", step))
            }
            Err(error) => Finding::fails(code, "approval").with("why", error.code()).with("genre", genre).with("rule", leaf),
        }
    }

    /// The places of the steps by which an entry was approved, where all of them are at hand, each with its own entry. Whose they are, and
    /// whether they suffice, C6 says.
    pub(super) fn course(&self, index: u64) -> Option<Vec<(u64, Place)>> {
        let Case { statement, genre, leaf, rule, taken } = self.case(index, false).ok()?;
        let act = statement.act.as_ref()?;
        let progress = Progress::of((rule?, leaf), genre, statement.core_line, statement.signer(), act, &taken).ok()?;
        let times = taken.iter().map(|step| self.time(step.index)).collect::<Option<Vec<_>>>()?;
        Some(progress.course(&times).into_iter().filter_map(|place| Some((taken.get(place.number)?.index, place))).collect())
    }

    /// What an entry's approval is judged by; the finding that says why there is nothing to judge. Whether each step is where and by whom
    /// it says to be is looked at where that is wanted.
    fn case(&self, index: u64, verified: bool) -> Result<Case<'_>, Finding> {
        let code = Code::C6;
        let Some((entry, statement)) = self.known(index).and_then(|known| known.entry.zip(known.statement.as_ref())) else {
            return Err(Finding::cannot_tell(code, "no-entry"));
        };
        let Some((_, genre)) = approval::approved(&statement.core) else {
            return Err(Finding::new(code, Answer::NotApplicable, "not-approved-kind"));
        };
        let agency = statement.signer();
        let (leaf, registered) = match self.lookup(entry.header.registry, agency, index, |known| Some((known.leaf, self.agency_of(known)?)))
        {
            Registered::As(found) => found,
            Registered::Unknown => return Err(self.not_at_hand(code, index, "withheld", "no-registry-proof")),
            Registered::Absent => return Err(Finding::fails(code, "not-registered")),
            Registered::Wrong => return Err(Finding::fails(code, "registry-proof")),
        };
        let mut unknown = None;
        let mut taken = Vec::new();
        for step in statement.act.iter().flat_map(|act| &act.steps) {
            match self.taken(*step, index, verified) {
                Ok(step) => taken.push(step),
                Err(finding) if finding.answer == Answer::Fails => return Err(finding.with("step", step)),
                Err(finding) => {
                    unknown.get_or_insert_with(|| finding.with("step", step));
                }
            }
        }
        match unknown {
            Some(finding) => Err(finding),
            None => Ok(Case { statement, genre, leaf, rule: registered.rule.as_ref(), taken }),
        }
    }

    /// A step entry taken before the entry it approves, whose place and signature hold if they are to be `verified`.
    fn taken(&self, index: u64, before: u64, verified: bool) -> Result<TakenStep, Finding> {
        if index >= before {
            return Err(Finding::fails(Code::C6, "forged-step"));
        }
        let Some(known) = self.known(index) else {
            return Err(self.not_at_hand(Code::C6, before, "withheld", "no-step"));
        };
        let Some((statement, Core::Step(step))) = known.statement.as_ref().map(|statement| (statement, &statement.core)) else {
            return Err(Finding::fails(Code::C6, "not-a-step"));
        };
        if verified {
            let seal = self.sealed(index, before);
            if !known.placed() || (seal.answer == Answer::Fails && seal.reason != "withheld") {
                return Err(Finding::fails(Code::C6, "forged-step"));
            }
            if seal.answer != Answer::Holds {
                return Err(Finding::new(Code::C6, seal.answer, seal.reason));
            }
        }
        Ok(TakenStep { index, leaf: known.leaf, post: statement.signer().to_owned(), step: (**step).clone() })
    }
}

/// What was approved, as which genre, by which rule of which entry, in which steps.
struct Case<'a> {
    statement: &'a Statement<'a>,
    genre: &'a str,
    /// Leaf hash of the agency's entry.
    leaf: Hash,
    rule: Option<&'a Rule>,
    taken: Vec<TakenStep>,
}
