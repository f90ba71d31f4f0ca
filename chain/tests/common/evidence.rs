//! Collects evidence from the fictional chain as a server would, and shorthands for asking what the checks say.

use super::*;
use chain::{
    check::{Answer, Code, Finding, Reader},
    evidence::{Bundle, Logged, Lookup, Wanted, wanted_by, wanted_newest, wanted_owner, wanted_signer},
    statement::Core,
};
use std::collections::BTreeSet;

impl Chain {
    fn bytes(&self, index: u64) -> &[u8] {
        self.entries[index as usize].as_bytes()
    }

    /// Evidence about the entries `indexes`, which include the redactions a page relies on.
    pub fn bundle(&self, indexes: &[u64]) -> Bundle {
        let last = self.size() - 1;
        let mut wanted = Wanted::default();
        wanted.entries.extend([0, last]);
        let mut judged: BTreeSet<u64> = BTreeSet::new();
        for index in indexes.iter().filter(|index| **index <= last) {
            wanted.entries.insert(*index);
            wanted_by(self.bytes(*index), &mut wanted);
            judged.insert(*index);
            let entry = Entry::parse(self.bytes(*index)).ok();
            if let Some(statement) = entry.and_then(|entry| Statement::parse(entry.note.as_bytes()).ok()) {
                judged.extend(statement.act.iter().flat_map(|act| act.steps.iter().filter(|step| **step <= last)));
                let target = match &statement.core {
                    Core::Disclosure(core) => core.revises,
                    Core::Status(core) => Some(core.target),
                    Core::Redaction(core) => Some(core.target),
                    _ => None,
                };
                if let Some(target) = target.filter(|target| target.index <= last) {
                    wanted_owner(self.bytes(target.index), self.bytes(*index), &mut wanted);
                }
            }
        }
        let mut signers = BTreeSet::from([ORIGIN.to_owned()]);
        for index in judged {
            wanted_signer(self.bytes(index), &mut wanted);
            let entry = Entry::parse(self.bytes(index)).ok();
            if let Some(statement) = entry.and_then(|entry| Statement::parse(entry.note.as_bytes()).ok()) {
                signers.insert(statement.signer().to_owned());
            }
        }
        wanted_newest(self.bytes(last), &signers, &mut wanted);
        // The newest entry may itself be what registered one of them.
        wanted_signer(self.bytes(last), &mut wanted);
        self.answer(wanted)
    }

    /// Answers what is wanted, and what those answers want in turn.
    pub fn answer(&self, mut wanted: Wanted) -> Bundle {
        let mut lookups = Vec::new();
        let mut done = BTreeSet::new();
        loop {
            let open: Vec<(Hash, String)> = wanted.lookups.difference(&done).cloned().collect();
            if open.is_empty() {
                break;
            }
            for (root, id) in open {
                done.insert((root, id.clone()));
                let Some(registry) = self.registries.get(&root) else { continue };
                let proof = registry.prove(&id);
                if let Some(index) = registry.get(&id).and_then(|leaf| (0..self.size()).find(|index| self.leaf(*index) == leaf)) {
                    wanted.entries.insert(index);
                    wanted_signer(self.bytes(index), &mut wanted);
                }
                lookups.push(Lookup { root, id, proof });
            }
            // Amendments lead back to the first charter one by one.
            for index in wanted.entries.clone().into_iter().filter(|index| *index < self.size()) {
                let entry = Entry::parse(self.bytes(index)).ok();
                let statement = entry.and_then(|entry| Statement::parse(entry.note.as_bytes()).ok());
                if matches!(statement.map(|statement| statement.core), Some(Core::Charter(_))) {
                    wanted_signer(self.bytes(index), &mut wanted);
                }
            }
        }
        let size = self.size();
        wanted.entries.retain(|index| *index < size);
        let entries = wanted.entries.iter().map(|index| Logged {
            index: *index,
            entry: self.entries[*index as usize].clone(),
            proof: chain::tree::prove_inclusion(&self.nodes, *index, size).unwrap(),
        });
        Bundle { checkpoint: self.checkpoint(), entries: entries.collect(), lookups }
    }
}

/// (answer, reason) of one check of one entry.
pub fn says(bundle: &Bundle, index: u64, code: Code) -> (Answer, &'static str) {
    let finding = finding(bundle, index, code);
    (finding.answer, finding.reason)
}

pub fn finding(bundle: &Bundle, index: u64, code: Code) -> Finding {
    let reader = Reader::open(bundle).unwrap();
    let findings = reader.check(index);
    findings.into_iter().find(|finding| finding.code == code).unwrap()
}

pub const HOLDS: (Answer, &str) = (Answer::Holds, "holds");

pub fn fails(reason: &'static str) -> (Answer, &'static str) {
    (Answer::Fails, reason)
}

pub fn cannot_tell(reason: &'static str) -> (Answer, &'static str) {
    (Answer::CannotTell, reason)
}

/// The entry `index` of a bundle, to be altered.
pub fn logged(bundle: &mut Bundle, index: u64) -> &mut Logged {
    bundle.entries.iter_mut().find(|logged| logged.index == index).unwrap()
}
