//! What statements before it say that the next one may refer to.

use super::Refusal;
use crate::{
    approval::TakenStep,
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

/// A step, as an act that names it needs to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedStep {
    pub leaf: Hash,
    pub post: String,
    /// Id of the key that signed it.
    pub key: [u8; 4],
    pub step: Step,
}

impl LoggedStep {
    /// A step's statement as it stands in the log. None: it is no step, or nobody signed it.
    #[must_use]
    pub fn of(leaf: Hash, statement: &Statement<'_>) -> Option<LoggedStep> {
        let (Core::Step(step), line) = (&statement.core, statement.note.signatures.first()?) else { return None };
        Some(LoggedStep { leaf, post: line.name.to_owned(), key: line.id, step: (**step).clone() })
    }

    /// The same for the rule, which goes by places.
    #[must_use]
    pub fn taken(&self, index: u64) -> TakenStep {
        TakenStep { index, leaf: self.leaf, post: self.post.clone(), step: self.step.clone() }
    }
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
    /// Steps by index.
    pub steps: HashMap<u64, LoggedStep>,
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
                self.steps.extend(LoggedStep::of(at.leaf, statement).map(|step| (at.index, step)));
            }
            _ => {}
        }
    }
}

/// The version that a statement points at, if it is the one.
pub(super) fn version(facts: &Facts, at: Reference) -> Result<&Version, Refusal> {
    facts.versions.get(&at.index).filter(|version| version.leaf == at.leaf).ok_or(Refusal::Reference(at.index))
}
