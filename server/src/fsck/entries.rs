//! The first pass: every entry judged as the next one of the chain so far, and what the tables must say noted down.
//!
//! What is kept for each entry is small (hashes and digests), so that a chain of a million entries is checked in a few
//! hundred megabytes; facts that one statement needs of an earlier entry are read again from that entry.

use super::{Check, End, Progress, Report, differs, figures::Expected, readable};
use crate::store::{from_sql, stated_agency, stated_date, submission_key, to_sql};
use chain::{
    Hash,
    entry::Entry,
    part::Commitment,
    state::{Facts, Fault, LoggedStep, Refusal, State, Version},
    statement::{Core, Disclosure, Reference, Statement},
    time::Millis,
    tree::{Frontier, leaf_hash},
};
use sqlx::{Any, Row, Transaction};
use std::collections::{BTreeSet, HashMap};

/// The database as of one moment.
pub(super) type View = Transaction<'static, Any>;

/// Stands for a row: the first half of a SHA-256 over its fields.
pub(super) type Digest = [u8; 16];

const STRIDE: u64 = 512;

/// What is remembered of a version of a document.
pub(super) struct Kept {
    pub index: u64,
    pub document: u64,
    pub newest: bool,
    /// In [`Rebuilt::agencies`].
    agency: u32,
    /// Of its row among the items, without `newest`.
    pub row: Digest,
}

/// What the entries alone say.
pub(super) struct Rebuilt {
    pub state: State,
    pub leaves: Vec<Hash>,
    /// Hashes of the tiles' levels from 1 on.
    pub upper: Vec<Vec<Hash>>,
    /// Size, root and newest time wherever the store has a checkpoint.
    pub roots: Vec<(u64, Hash, Millis)>,
    pub registrations: Vec<(u64, String, Hash)>,
    pub submissions: HashMap<Hash, u64>,
    /// By rising index.
    pub versions: Vec<Kept>,
    agencies: Vec<String>,
    pub events: Vec<(u64, Digest)>,
    pub cases: HashMap<(String, String), Reference>,
    /// Entry and row of each part, in the order the statements list them; a part named again belongs to its first entry.
    pub parts: Vec<(u64, Digest)>,
    /// The document that each part belongs to, by the first half of its commitment.
    pub known: HashMap<Digest, u64>,
    /// Redactions of a part.
    pub redacted: HashMap<Commitment, Vec<u64>>,
    /// Documents with a redacted catalogue, and its commitment.
    pub hidden: BTreeSet<(u64, Commitment)>,
    pub figures: Expected,
}

/// A digest of a row's fields, each with its length.
pub(super) fn digest(fields: &[Option<&[u8]>]) -> Digest {
    let lengths: Vec<_> = fields.iter().map(|field| field.map_or([0xff; 8], |field| (field.len() as u64).to_be_bytes())).collect();
    let mut pieces: Vec<&[u8]> = Vec::with_capacity(fields.len() * 2);
    for (field, length) in fields.iter().zip(&lengths) {
        pieces.push(length);
        pieces.push(field.unwrap_or_default());
    }
    half(&Hash::of(&pieces))
}

pub(super) fn half(hash: &Hash) -> Digest {
    let mut half = [0; 16];
    half.copy_from_slice(&hash.0[..16]);
    half
}

pub(super) fn part_row(entry: u64, part: u64, commitment: &Commitment, media: &str, size: u64) -> Digest {
    let numbers = [entry, part, size].map(u64::to_be_bytes);
    digest(&[Some(&numbers[0]), Some(&numbers[1]), Some(&commitment.0.0), Some(media.as_bytes()), Some(&numbers[2])])
}

/// Fields of an item's row after `idx`, `leaf` and `document`.
pub(super) type ItemFields<'f> = (&'f str, &'f str, Option<&'f str>, &'f str, Option<&'f str>, Option<&'f str>);

pub(super) fn item_row(index: u64, leaf: &[u8], document: u64, fields: ItemFields<'_>) -> Digest {
    let (agency, genre, theme, language, stated, stated_agency) = fields;
    let text = |field: Option<&'_ str>| field.map(str::as_bytes).map(<[u8]>::to_vec);
    let fields = [Some(agency), Some(genre), theme, Some(language), stated, stated_agency].map(text);
    let (index, document) = (index.to_be_bytes(), document.to_be_bytes());
    let mut all: Vec<Option<&[u8]>> = vec![Some(&index), Some(leaf), Some(&document)];
    all.extend(fields.iter().map(Option::as_deref));
    digest(&all)
}

pub(super) fn event_row(index: u64, target: u64, kind: &str, instrument: Option<u64>) -> Digest {
    let numbers = [index, target].map(u64::to_be_bytes);
    let instrument = instrument.map(u64::to_be_bytes);
    digest(&[Some(&numbers[0]), Some(&numbers[1]), Some(kind.as_bytes()), instrument.as_ref().map(|bytes| &bytes[..])])
}

/// The bytes of one entry.
pub(super) async fn entry(view: &mut View, index: u64) -> Result<Option<Vec<u8>>, End> {
    let row = sqlx::query("select bytes from entries where idx = $1").bind(to_sql(index)).fetch_optional(&mut **view).await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}

/// A disclosure among the entries judged already.
pub(super) async fn disclosure(view: &mut View, index: u64) -> Result<Option<Disclosure>, End> {
    said(view, index, |statement| match statement.core {
        Core::Disclosure(core) => Some(*core),
        _ => None,
    })
    .await
}

/// What is wanted of an entry's statement.
async fn said<T>(view: &mut View, index: u64, wanted: impl FnOnce(Statement<'_>) -> Option<T>) -> Result<Option<T>, End> {
    let Some(bytes) = entry(view, index).await? else { return Ok(None) };
    let statement = Entry::parse(&bytes).ok().and_then(|entry| Statement::parse(entry.note.as_bytes()).ok());
    Ok(statement.and_then(wanted))
}

pub(super) async fn count(view: &mut View, table: &'static str) -> Result<u64, End> {
    let row = sqlx::query(table).fetch_one(&mut **view).await?;
    Ok(from_sql(row.try_get(0)?))
}

/// Judges every entry and remembers what the rest must agree with.
pub(super) async fn rebuild(view: &mut View, progress: Progress<'_>, report: &mut Report) -> Result<Rebuilt, End> {
    let total = count(view, "select count(*) from entries").await?;
    let mut sizes = readable(Check::Checkpoint, "checkpoints", sizes(view).await)?.into_iter().peekable();
    let mut rebuilt = Rebuilt::new(&origin(view).await?);
    report.origin = rebuilt.state.origin().to_owned();
    let mut rows = stored(view, 0).await?;
    while !rows.is_empty() {
        let tiles = readable(Check::Inclusion, "tiles", leaf_tiles(view, rebuilt.size()).await)?;
        let next = rebuilt.size() + rows.len() as u64;
        let after = stored(view, next).await?;
        for (n, (index, bytes)) in rows.iter().enumerate() {
            let size = rebuilt.size();
            if *index != size {
                return differs(Check::Link, format!("entry {size}"), "it is missing");
            }
            let leaf = leaf_hash(bytes);
            let in_tile = tiles.get(&(size / 256)).and_then(|tile| hash_at(tile, size % 256));
            let following = rows.get(n + 1).or(after.first());
            let before = rebuilt.state.last().map(|(_, time)| time);
            rebuilt.judge(view, bytes, leaf, in_tile, following.map(|(_, bytes)| bytes.as_slice())).await?;
            let time = rebuilt.state.last().map_or(0, |(_, time)| time);
            // Entries of one batch have one time, and each batch its checkpoint.
            if before.is_some_and(|before| before < time) && rebuilt.roots.last().is_none_or(|(kept, ..)| *kept != size) {
                report.unkept += 1;
            }
            if sizes.next_if_eq(&(size + 1)).is_some() {
                rebuilt.roots.push((size + 1, rebuilt.state.frontier.root(), time));
            }
        }
        report.identity = rebuilt.leaves.first().copied().unwrap_or_default();
        report.entries = rebuilt.size();
        report.versions = rebuilt.versions.len() as u64;
        progress("entries", rebuilt.size(), total);
        rows = after;
    }
    if total != rebuilt.size() {
        return differs(Check::Link, "entries", "the table has rows at positions below 0");
    }
    // The newest ones dropped leave no gap; the head still counts them.
    let head = sqlx::query("select size from head where one = 1").fetch_optional(&mut **view).await?;
    let head = head.map(|row| row.try_get(0).map(from_sql)).transpose()?.unwrap_or_default();
    if head > rebuilt.size() {
        return differs(Check::Link, format!("entry {}", rebuilt.size()), "it is missing");
    }
    if let Some(size) = sizes.next() {
        return differs(Check::Checkpoint, format!("checkpoint {size}"), format!("the chain has {} entries", rebuilt.size()));
    }
    Ok(rebuilt)
}

/// Sizes that there are checkpoints of, rising.
async fn sizes(view: &mut View) -> Result<Vec<u64>, End> {
    let rows = sqlx::query("select size from checkpoints order by size").fetch_all(&mut **view).await?;
    Ok(rows.iter().map(|row| row.try_get(0).map(from_sql)).collect::<Result<_, _>>()?)
}

/// The chain's name, as its first entry has it.
async fn origin(view: &mut View) -> Result<String, End> {
    if let Some(bytes) = entry(view, 0).await?
        && let Some(statement) = Entry::parse(&bytes).ok().and_then(|entry| Statement::parse(entry.note.as_bytes()).ok())
    {
        return Ok(statement.origin.to_owned());
    }
    let head = sqlx::query("select origin from head where one = 1").fetch_optional(&mut **view).await?;
    Ok(head.map(|row| row.try_get(0)).transpose()?.unwrap_or_default())
}

async fn stored(view: &mut View, from: u64) -> Result<Vec<(u64, Vec<u8>)>, End> {
    let sql = "select idx, bytes from entries where idx >= $1 order by idx limit $2";
    let rows = sqlx::query(sql).bind(to_sql(from)).bind(to_sql(STRIDE)).fetch_all(&mut **view).await?;
    rows.iter().map(|row| Ok((from_sql(row.try_get(0)?), row.try_get(1)?))).collect()
}

/// Tiles of leaf hashes for the next stride, by number.
async fn leaf_tiles(view: &mut View, from: u64) -> Result<HashMap<u64, Vec<u8>>, End> {
    let sql = "select number, bytes from tiles where level = 0 and number >= $1 and number <= $2";
    let rows = sqlx::query(sql).bind(to_sql(from / 256)).bind(to_sql((from + STRIDE) / 256)).fetch_all(&mut **view).await?;
    rows.iter().map(|row| Ok((from_sql(row.try_get(0)?), row.try_get(1)?))).collect()
}

fn hash_at(tile: &[u8], position: u64) -> Option<Hash> {
    let from = position as usize * 32;
    tile.get(from..from + 32).and_then(|bytes| bytes.try_into().ok()).map(Hash)
}

/// Which check a fault fails.
fn check_of(fault: &Fault) -> Check {
    match fault {
        Fault::Entry(_) | Fault::Index(_) | Fault::Link | Fault::Time | Fault::Registry => Check::Link,
        Fault::Repeat(_) => Check::Repeat,
        Fault::Refused(Refusal::Approval(_) | Refusal::StaleCase | Refusal::StolenStep(_)) => Check::Approval,
        Fault::Refused(Refusal::PartTaken(_)) => Check::Content,
        Fault::Refused(_) => Check::Seal,
    }
}

impl Rebuilt {
    fn new(origin: &str) -> Rebuilt {
        Rebuilt {
            state: State::new(origin),
            leaves: Vec::new(),
            upper: vec![Vec::new(); 7],
            roots: Vec::new(),
            registrations: Vec::new(),
            submissions: HashMap::new(),
            versions: Vec::new(),
            agencies: Vec::new(),
            events: Vec::new(),
            cases: HashMap::new(),
            parts: Vec::new(),
            known: HashMap::new(),
            redacted: HashMap::new(),
            hidden: BTreeSet::new(),
            figures: Expected::default(),
        }
    }

    pub fn size(&self) -> u64 {
        self.state.size()
    }

    /// Root of the tree at an earlier size.
    pub fn root_at(&self, size: u64) -> Hash {
        let mut frontier = Frontier::default();
        for leaf in self.leaves.iter().take(usize::try_from(size).unwrap_or(usize::MAX)) {
            frontier.push(*leaf, |_, _, _| {});
        }
        frontier.root()
    }

    /// Judges one entry in the order of the checks: its header, its place in the tree, its seal and its approval.
    async fn judge(
        &mut self,
        view: &mut View,
        bytes: &[u8],
        leaf: Hash,
        in_tile: Option<Hash>,
        following: Option<&[u8]>,
    ) -> Result<(), End> {
        let size = self.size();
        let at = format!("entry {size}");
        let mut facts = Facts::default();
        let read = Entry::parse(bytes).ok().and_then(|entry| Statement::parse(entry.note.as_bytes()).ok());
        if let Some(statement) = &read {
            self.facts(view, statement, &mut facts).await?;
        }
        let upper = &mut self.upper;
        let replayed = self.state.replay(bytes, &mut facts, |level, _, hash| {
            if level % 8 == 0
                && let Some(hashes) = (level / 8).checked_sub(1).and_then(|level| upper.get_mut(usize::from(level)))
            {
                hashes.push(hash);
            }
        });
        let in_tree = in_tile == Some(leaf);
        match replayed {
            Err(fault) if check_of(&fault) == Check::Link => differs(Check::Link, at, fault.to_string()),
            _ if !in_tree => {
                // The next entry says what this one was when it came.
                let named = following.and_then(|bytes| Entry::parse(bytes).ok()).map(|entry| entry.header.previous);
                if named == Some(leaf) || in_tile.is_none() {
                    differs(
                        Check::Inclusion,
                        format!("tile/0/{}", chain::tile::number_path(size / 256)),
                        format!("it does not hold the hash of entry {size}"),
                    )
                } else {
                    differs(Check::Inclusion, at, "its bytes are not those whose hash is in the tree")
                }
            }
            Err(fault) => differs(check_of(&fault), at, fault.to_string()),
            Ok(statement) => self.note(view, size, leaf, &statement, &facts).await,
        }
    }

    fn kept(&self, index: u64) -> Option<&Kept> {
        self.versions.binary_search_by_key(&index, |kept| kept.index).ok().map(|at| &self.versions[at])
    }

    /// What the statement refers to, as far as it is there.
    async fn facts(&self, view: &mut View, statement: &Statement<'_>, facts: &mut Facts) -> Result<(), End> {
        let key = submission_key(statement.signer(), &statement.id);
        if let Some(index) = self.submissions.get(&key) {
            facts.logged.insert((statement.signer().to_owned(), statement.id.clone()), *index);
        }
        if let Core::Disclosure(core) = &statement.core {
            let parts = core.parts.iter().map(|part| part.commitment);
            facts.owners.extend(parts.filter_map(|part| Some((part, *self.known.get(&half(&part.0))?))));
        }
        let (targets, case, parts) = match &statement.core {
            Core::Disclosure(core) => ([core.revises, None], None, false),
            Core::Status(core) => ([Some(core.target), core.by], None, false),
            Core::Redaction(core) => ([Some(core.target), None], None, true),
            Core::Step(core) => ([None, None], Some((core.agency.clone(), core.case.clone())), false),
            _ => return Ok(()),
        };
        for at in targets.into_iter().flatten() {
            let Some(kept) = self.kept(at.index) else { continue };
            let parts = if parts { disclosure(view, at.index).await?.map(|core| core.parts) } else { None };
            let version = Version {
                leaf: self.leaves[kept.index as usize],
                agency: self.agencies[kept.agency as usize].clone(),
                document: kept.document,
                newest: kept.newest,
                parts: parts.unwrap_or_default().iter().map(|part| part.commitment).collect(),
            };
            facts.versions.insert(at.index, version);
        }
        let acted = statement.act.as_ref().map(|act| (statement.signer().to_owned(), act.case.clone()));
        for case in case.into_iter().chain(acted) {
            if let Some(newest) = self.cases.get(&case) {
                facts.cases.insert(case, *newest);
            }
        }
        // A step that names the one before by what that one says, and an act every one of its case.
        let before = match &statement.core {
            Core::Step(core) if core.after.is_some() => self.cases.get(&(core.agency.clone(), core.case.clone())).map(|at| at.index),
            _ => None,
        };
        let named = statement.act.iter().flat_map(|act| act.steps.iter().copied()).chain(before);
        for index in named.filter(|index| *index < self.size()) {
            let leaf = self.leaves[index as usize];
            let step = said(view, index, |statement| LoggedStep::of(leaf, &statement)).await?;
            facts.steps.extend(step.map(|step| (index, step)));
        }
        Ok(())
    }

    /// Notes what the tables must say of an entry that holds.
    async fn note(&mut self, view: &mut View, index: u64, leaf: Hash, statement: &Statement<'_>, facts: &Facts) -> Result<(), End> {
        self.leaves.push(leaf);
        self.figures.note(index, statement, facts, &self.state);
        self.submissions.insert(submission_key(statement.signer(), &statement.id), index);
        match &statement.core {
            Core::Disclosure(core) => {
                if let Some(revised) = core.revises
                    && let Ok(at) = self.versions.binary_search_by_key(&revised.index, |kept| kept.index)
                {
                    self.versions[at].newest = false;
                }
                let document = facts.versions.get(&index).map_or(index, |version| version.document);
                let (stated, by) = (stated_date(core), stated_agency(core));
                let fields = (&*core.agency, &*core.genre, core.theme.as_deref(), &*core.language, stated.as_deref(), by.as_deref());
                let row = item_row(index, &leaf.0, document, fields);
                let agency = self.agency(&core.agency);
                self.versions.push(Kept { index, document, newest: true, agency, row });
                for (n, part) in core.parts.iter().enumerate() {
                    if self.known.insert(half(&part.commitment.0), document).is_none() {
                        self.parts.push((index, part_row(index, n as u64, &part.commitment, &part.media, part.size)));
                    }
                }
            }
            Core::Status(core) => {
                let kind = serde_json::to_value(core.kind).ok().and_then(|kind| kind.as_str().map(str::to_owned)).unwrap_or_default();
                self.events.push((index, event_row(index, core.target.index, &kind, core.by.map(|by| by.index))));
            }
            Core::Redaction(core) => {
                self.events.push((index, event_row(index, core.target.index, "redaction", None)));
                let target = disclosure(view, core.target.index).await?;
                let catalogue = target.and_then(|target| target.parts.first().map(|part| part.commitment));
                for part in &core.parts {
                    self.redacted.entry(*part).or_default().push(index);
                    if catalogue == Some(*part)
                        && let Some(document) = self.kept(core.target.index).map(|kept| kept.document)
                    {
                        self.hidden.insert((document, *part));
                    }
                }
            }
            Core::Step(core) => drop(self.cases.insert((core.agency.clone(), core.case.clone()), Reference { index, leaf })),
            core => self.registrations.push((index, core.registry_id().unwrap_or_default().to_owned(), leaf)),
        }
        Ok(())
    }

    fn agency(&mut self, id: &str) -> u32 {
        let at = self.agencies.iter().position(|agency| agency == id).unwrap_or_else(|| {
            self.agencies.push(id.to_owned());
            self.agencies.len() - 1
        });
        at as u32
    }
}
