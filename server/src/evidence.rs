//! Collecting evidence: the entries, proofs and registry lookups a light reader needs to decide for itself.

use crate::store::{Store, StoreError, Tree};
use chain::{
    Hash,
    evidence::{Bundle, Logged, Lookup, Wanted, wanted_by, wanted_newest, wanted_owner},
    registry::{MapProof, Registry},
    statement::{Core, Statement},
    tree,
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Mutex},
};

/// Statuses looked at unasked in one bundle: the newest. A page asks for those it shows.
const STATUSES: i64 = 64;

/// Registries of earlier roots kept in memory.
const KEPT: usize = 32;

/// The registry at every root it ever had, rebuilt from the registrations when one is asked for.
#[derive(Clone, Default)]
pub struct Registries {
    kept: Arc<Mutex<HashMap<Hash, Arc<Past>>>>,
}

/// The registry as it was, with the entry that each id's leaf hash stands for.
struct Past {
    registry: Registry,
    entries: HashMap<Hash, u64>,
}

impl Registries {
    /// Proof of what `id` mapped to under `root`, and the index of that entry. `None` when the chain never had that root.
    pub async fn prove(&self, store: &Store, root: Hash, id: &str) -> Result<Option<(MapProof, Option<u64>)>, StoreError> {
        let kept = match self.kept.lock() {
            Ok(kept) => kept.get(&root).cloned(),
            Err(poisoned) => poisoned.into_inner().get(&root).cloned(),
        };
        let past = match kept {
            Some(past) => past,
            None => match rebuild(store, root).await? {
                Some(past) => self.keep(root, past),
                None => return Ok(None),
            },
        };
        let proof = past.registry.prove(id);
        let at = past.registry.get(id).and_then(|leaf| past.entries.get(&leaf).copied());
        Ok(Some((proof, at)))
    }

    fn keep(&self, root: Hash, past: Past) -> Arc<Past> {
        let past = Arc::new(past);
        let mut kept = match self.kept.lock() {
            Ok(kept) => kept,
            Err(poisoned) => poisoned.into_inner(),
        };
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(root, past.clone());
        past
    }
}

async fn rebuild(store: &Store, root: Hash) -> Result<Option<Past>, StoreError> {
    let mut past = Past { registry: Registry::default(), entries: HashMap::new() };
    if root == Hash::ZERO {
        return Ok(Some(past));
    }
    for (index, id, leaf) in store.registrations().await? {
        past.registry.set(&id, leaf);
        past.entries.insert(leaf, index);
        if past.registry.root() == root {
            return Ok(Some(past));
        }
    }
    Ok(None)
}

/// The bundle for some entries of the tree at `size`. `None` when no checkpoint of that size was ever served, or an
/// entry lies beyond it.
pub async fn bundle(store: &Store, registries: &Registries, size: u64, indexes: &[u64]) -> Result<Option<Bundle>, StoreError> {
    let Some(checkpoint) = store.checkpoint(size).await? else { return Ok(None) };
    if size == 0 || indexes.iter().any(|index| *index >= size) {
        return Ok(None);
    }
    let mut entries: BTreeMap<u64, String> = BTreeMap::new();
    let mut lookups: BTreeMap<(Hash, String), MapProof> = BTreeMap::new();
    // What is explained further: asked for, or needed to decide about something asked for. Neighbours are not.
    let mut explain: BTreeSet<u64> = indexes.iter().copied().collect();
    explain.extend([0, size - 1]);
    // Statuses and redactions that speak of what was asked for, as far as this tree knows them.
    explain.extend(store.events_of_documents(indexes, size, STATUSES).await?);
    let mut explained = BTreeSet::new();
    let mut signers = BTreeSet::new();
    loop {
        while let Some(index) = explain.pop_first() {
            if !explained.insert(index) {
                continue;
            }
            let Some(text) = fetch(store, &mut entries, index).await? else { continue };
            let mut wanted = Wanted::default();
            wanted_by(text.as_bytes(), &mut wanted);
            if let Some(statement) = statement_of(&text) {
                signers.insert(statement.signer().to_owned());
                signers.insert(statement.origin.to_owned());
                explain.extend(statement.act.iter().flat_map(|act| act.steps.iter().copied()).take(256).filter(|step| *step < size));
                let target = match &statement.core {
                    Core::Charter(core) => {
                        explain.extend(core.amends.map(|at| at.index).filter(|at| *at < size));
                        None
                    }
                    Core::Disclosure(core) => core.revises,
                    Core::Status(core) => Some(core.target),
                    Core::Redaction(core) => Some(core.target),
                    _ => None,
                };
                if let Some(target) = target.filter(|target| target.index < size)
                    && let Some(target) = fetch(store, &mut entries, target.index).await?
                {
                    wanted_owner(target.as_bytes(), text.as_bytes(), &mut wanted);
                }
            }
            explain.extend(look_up(store, registries, wanted.lookups, &mut lookups).await?);
            for entry in wanted.entries.into_iter().filter(|entry| *entry < size) {
                fetch(store, &mut entries, entry).await?;
            }
        }
        // Once every signer is known: the newest registry, looked at through the newest entry. What it leads to may
        // bring other signers in.
        let mut wanted = Wanted::default();
        if let Some(last) = fetch(store, &mut entries, size - 1).await? {
            wanted_newest(last.as_bytes(), &signers, &mut wanted);
        }
        let found = look_up(store, registries, wanted.lookups, &mut lookups).await?;
        explain.extend(found.difference(&explained));
        if explain.is_empty() {
            break;
        }
    }
    let entries = prove(store, size, entries).await?;
    let lookups = lookups.into_iter().map(|((root, id), proof)| Lookup { root, id, proof }).collect();
    Ok(Some(Bundle { checkpoint, entries, lookups }))
}

/// Each entry with its proof, one after the other over one growing set of tiles.
async fn prove(store: &Store, size: u64, entries: BTreeMap<u64, String>) -> Result<Vec<Logged>, StoreError> {
    let mut tree = Tree::of(store, size);
    let mut proved = Vec::with_capacity(entries.len());
    for (index, entry) in entries {
        let proof = tree.compute(|tiles| tree::prove_inclusion(tiles, index, size)).await?;
        proved.push(Logged { index, entry, proof });
    }
    Ok(proved)
}

async fn fetch(store: &Store, entries: &mut BTreeMap<u64, String>, index: u64) -> Result<Option<String>, StoreError> {
    if let Some(text) = entries.get(&index) {
        return Ok(Some(text.clone()));
    }
    let Some(bytes) = store.entry(index).await? else { return Ok(None) };
    // An entry that is not UTF-8 was altered in the store; the reader sees bytes that do not hash to its leaf.
    let text = String::from_utf8_lossy(&bytes).into_owned();
    entries.insert(index, text.clone());
    Ok(Some(text))
}

fn statement_of(text: &str) -> Option<Statement<'_>> {
    let entry = chain::entry::Entry::parse(text.as_bytes()).ok()?;
    Statement::parse(entry.note.as_bytes()).ok()
}

async fn look_up(
    store: &Store,
    registries: &Registries,
    wanted: BTreeSet<(Hash, String)>,
    lookups: &mut BTreeMap<(Hash, String), MapProof>,
) -> Result<BTreeSet<u64>, StoreError> {
    let mut registered = BTreeSet::new();
    for (root, id) in wanted {
        if let Some((proof, at)) = registries.prove(store, root, &id).await? {
            registered.extend(at);
            lookups.insert((root, id), proof);
        }
    }
    Ok(registered)
}
