//! What statements before it say that the next one may refer to.

use super::Refusal;
use crate::{
    hash::Hash,
    part::Commitment,
    statement::{Core, Reference, Statement, Step},
};
use std::collections::HashMap;

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
    /// The document that each part belongs to. (Of a part that is not in here, an admitted disclosure makes itself the owner.)
    pub owners: HashMap<Commitment, u64>,
    /// Steps by index: leaf, post and core.
    pub steps: HashMap<u64, (Hash, String, Step)>,
    /// The id of the key that signed each of them.
    pub step_keys: HashMap<u64, [u8; 4]>,
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
                let parts: Vec<_> = core.parts.iter().map(|part| part.commitment).collect();
                self.owners.extend(parts.iter().map(|part| (*part, document)));
                self.versions.insert(at.index, Version { leaf: at.leaf, agency: core.agency.clone(), document, newest: true, parts });
            }
            Core::Step(core) => {
                self.cases.insert((core.agency.clone(), core.case.clone()), at);
                self.steps.insert(at.index, (at.leaf, statement.signer().to_owned(), (**core).clone()));
                self.step_keys.extend(statement.note.signatures.first().map(|line| (at.index, line.id)));
            }
            _ => {}
        }
    }
}

/// The version that a statement points at, if it is the one.
pub(super) fn version(facts: &Facts, at: Reference) -> Result<&Version, Refusal> {
    facts.versions.get(&at.index).filter(|version| version.leaf == at.leaf).ok_or(Refusal::Reference(at.index))
}
