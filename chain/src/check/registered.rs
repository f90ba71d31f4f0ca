//! What the registry says to a reader: which entry registered an id, and whether registrars signed that.

use super::{
    Code, Finding,
    reader::{Known, Reader},
};
use crate::{
    hash::Hash,
    state::{speaks_for, verify_registrars},
    statement::{Agency, Charter, Core, Key, Post, Statement},
};

/// What the registry has under an id, as far as the evidence shows.
pub(super) enum Registered<T> {
    As(T),
    Absent,
    /// The proof given does not lead to the root, or the entry it leads to is not what registrars signed.
    Wrong,
    Unknown,
}

impl<'b> Reader<'b> {
    /// What a lookup whose proof leads to its root says; `None` when there is no such lookup.
    pub(super) fn looked_up(&self, root: Hash, id: &str) -> Option<Option<Hash>> {
        self.lookups.iter().find(|(at, of, _)| *at == root && *of == id).map(|(.., value)| *value)
    }

    /// What `id` is registered as under `root`, which entry `before` names: read by `read` out of an earlier entry that
    /// registrars signed.
    pub(super) fn lookup<'s, T>(&'s self, root: Hash, id: &str, before: u64, read: impl Fn(&'s Known<'b>) -> Option<T>) -> Registered<T> {
        if self.wrong.iter().any(|(at, of)| *at == root && *of == id) {
            return Registered::Wrong;
        }
        let leaf = match self.looked_up(root, id) {
            None if root == Hash::ZERO => return Registered::Absent,
            None => return Registered::Unknown,
            Some(None) => return Registered::Absent,
            Some(Some(leaf)) => leaf,
        };
        let alike = || self.entries.iter().filter(|known| known.leaf == leaf);
        match alike().find(|known| known.included).or_else(|| alike().next()) {
            Some(known) => self.read(known, id, before, read),
            None => Registered::Unknown,
        }
    }

    fn read<'s, T>(&'s self, known: &'s Known<'b>, id: &str, before: u64, read: impl Fn(&'s Known<'b>) -> Option<T>) -> Registered<T> {
        // A header that names another place could pass for entry 0, and its charter for the first.
        if known.registry_id() != Some(id) || !known.placed() || known.place >= before {
            return Registered::Wrong;
        }
        match self.registrars_signed(known) {
            None => Registered::Unknown,
            Some(false) => Registered::Wrong,
            Some(true) => read(known).map_or(Registered::Wrong, Registered::As),
        }
    }

    /// What `id` is registered as in the registry that the newest entry leaves.
    pub(super) fn newest<'s, T>(&'s self, id: &str, read: impl Fn(&'s Known<'b>) -> Option<T>) -> Registered<T> {
        let size = self.checkpoint.size;
        let Some(last) = size.checked_sub(1).and_then(|last| self.known(last)) else {
            return Registered::Unknown;
        };
        let Some(entry) = last.entry.filter(|_| last.placed()) else {
            return Registered::Wrong;
        };
        if last.registry_id() == Some(id) {
            self.read(last, id, size, read)
        } else {
            self.lookup(entry.header.registry, id, last.place, read)
        }
    }

    /// Whether a registry entry carries the signatures its charter asks for. `None`: that charter is not in the bundle.
    pub(super) fn registrars_signed(&self, known: &Known<'b>) -> Option<bool> {
        let (entry, statement) = known.entry.zip(known.statement.as_ref())?;
        if let Some(decided) = known.genuine.get() {
            return Some(decided);
        }
        let registrars = match &statement.core {
            Core::Charter(charter) => match charter.amends {
                None if known.place == 0 && known.placed() => &charter.registrars,
                None => return Some(false),
                // Followed back one amendment at a time; each names an earlier entry, so this ends at entry 0.
                Some(amends) if amends.index < known.place => {
                    let before = self.known(amends.index)?;
                    let right = before.leaf == amends.leaf && before.placed() && self.registrars_signed(before)?;
                    match before.statement.as_ref().map(|statement| &statement.core) {
                        Some(Core::Charter(before)) if right => &before.registrars,
                        _ => return Some(false),
                    }
                }
                Some(_) => return Some(false),
            },
            _ => match self.lookup(entry.header.registry, statement.origin, known.place, |known| self.charter_of(known)) {
                Registered::As(charter) => &charter.registrars,
                Registered::Unknown => return None,
                Registered::Absent | Registered::Wrong => return Some(false),
            },
        };
        let decided = statement.origin == self.checkpoint.origin && verify_registrars(statement, registrars).is_ok();
        known.genuine.set(Some(decided));
        Some(decided)
    }

    /// Whether the signer of a statement about an earlier version may speak for it: its own, or by what its owner's entry says.
    /// `asked` is the entry that this is part of deciding about.
    pub(super) fn entitled(&self, known: &Known<'b>, root: Hash, statement: &Statement<'_>, asked: u64) -> Result<(), Finding> {
        let (target, overseeing) = match &statement.core {
            Core::Disclosure(core) => (core.revises, false),
            Core::Status(core) => (Some(core.target), true),
            Core::Redaction(core) => (Some(core.target), false),
            _ => (None, false),
        };
        let Some(target) = target else { return Ok(()) };
        if target.index >= known.place {
            return Err(Finding::fails(Code::C5, "target").with("target", target.index));
        }
        let Some(version) = self.known(target.index) else {
            return Err(self.not_at_hand(Code::C5, asked, "withheld", "no-target").with("target", target.index));
        };
        let right = version.leaf == target.leaf && version.placed();
        let of = match version.statement.as_ref().map(|statement| &statement.core) {
            Some(Core::Disclosure(core)) if right => &core.agency,
            _ => return Err(Finding::fails(Code::C5, "target").with("target", target.index)),
        };
        let by = statement.signer();
        if by == of {
            return Ok(());
        }
        match self.lookup(root, of, known.place, |known| self.agency_of(known)) {
            Registered::As(owner) if speaks_for(owner, by, overseeing) => Ok(()),
            Registered::As(_) | Registered::Absent => Err(Finding::fails(Code::C5, "not-entitled").with("of", of)),
            Registered::Wrong => Err(Finding::fails(Code::C5, "registry-proof")),
            Registered::Unknown => Err(self.not_at_hand(Code::C5, asked, "withheld", "no-registry-proof")),
        }
    }

    pub(super) fn charter_of<'s>(&'s self, known: &'s Known<'b>) -> Option<&'s Charter> {
        match &known.statement.as_ref()?.core {
            Core::Charter(charter) => Some(charter),
            _ => None,
        }
    }

    pub(super) fn agency_of<'s>(&'s self, known: &'s Known<'b>) -> Option<&'s Agency> {
        match &known.statement.as_ref()?.core {
            Core::Agency(agency) => Some(agency),
            _ => None,
        }
    }

    /// The keys that may sign `statement`: a post's for a step of its own agency, an agency's for the rest.
    pub(super) fn keys_of<'s>(&'s self, known: &'s Known<'b>, statement: &Statement<'_>) -> Option<&'s [Key]> {
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
        let [then, _] = self.registered_agencies(index, self.statement(index)?.signer());
        then
    }

    /// An agency as the registry had it before an entry, and as the newest has it: it may have another name by now.
    pub(super) fn registered_agencies(&self, index: u64, id: &str) -> [Option<&Agency>; 2] {
        let Some(entry) = self.known(index).and_then(|known| known.entry) else { return [None; 2] };
        let read = |known| self.agency_of(known);
        let found = [self.lookup(entry.header.registry, id, index, read), self.newest(id, read)];
        found.map(|found| match found {
            Registered::As(agency) => Some(agency),
            _ => None,
        })
    }
}
