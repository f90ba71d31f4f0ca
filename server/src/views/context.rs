//! What filling the views of one request has read so far: each entry once, with what later ones made of it.

use super::agency_ref;
use crate::{
    node::Node,
    store::{Beside, Item as Row, Line, StoreError, StoredContent},
    visible::{self, Visible},
};
use app::{
    Lang,
    view::{AgencyRef, EntryRef, Title},
};
use chain::{
    catalogue::Catalogue,
    entry::{Entry, Header},
    part::Commitment,
    state::State,
    statement::{Core, Disclosure, Statement},
    time::Millis,
};
use jiff::tz::TimeZone;
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// What filling the views of one request needs, and what it has read so far.
pub struct Context<'n> {
    pub node: &'n Node,
    pub state: Arc<State>,
    pub zone: TimeZone,
    pub lang: Lang,
    read: Mutex<Read>,
}

/// Answers of the store, `None` where it has nothing.
#[derive(Default)]
struct Read {
    entries: HashMap<u64, Option<Arc<Logged>>>,
    contents: HashMap<Commitment, Option<Arc<StoredContent>>>,
    /// Entries that are only linked to.
    beside: HashMap<u64, EntryRef>,
    /// Catalogues by the entry that shows them.
    catalogues: HashMap<u64, Result<Arc<Catalogue>, Title>>,
}

/// An entry as it was read, once however many lines speak of it.
pub(super) struct Logged {
    pub index: u64,
    pub bytes: Vec<u8>,
    /// None when the bytes are no entry.
    pub header: Option<Header>,
    /// None when its note is no statement.
    pub said: Option<Said>,
    /// The item derived from a disclosure.
    pub row: Option<Row>,
    /// Statuses and redactions that speak of it, in order.
    pub later: Vec<Later>,
    pub visible: Visible,
}

/// What a statement says, and who signed it.
pub(super) struct Said {
    pub signer: String,
    pub core: Core,
}

/// A later status, or a redaction, of a version.
pub(super) struct Later {
    pub index: u64,
    pub kind: String,
    pub instrument: Option<u64>,
}

impl Logged {
    fn new(line: Line, later: Vec<Later>, visible: Option<Visible>) -> (Logged, Option<(Commitment, StoredContent)>) {
        let Line { index, bytes, item: row, catalogue, .. } = line;
        let (header, said) = match Entry::parse(&bytes) {
            Err(_) => (None, None),
            Ok(entry) => {
                let statement = Statement::parse(entry.note.as_bytes()).ok();
                (Some(entry.header), statement.map(|statement| Said { signer: statement.signer().to_owned(), core: statement.core }))
            }
        };
        let visible = visible.unwrap_or_else(|| visible::visible(row.as_ref().is_none_or(|row| row.newest), &[]));
        (Logged { index, bytes, header, said, row, later, visible }, catalogue)
    }

    /// Whether it is the first version of its document and the newest one.
    pub fn only_version(&self) -> bool {
        self.row.as_ref().is_some_and(|row| row.newest && row.document == self.index)
    }

    /// The redaction that took this part away.
    pub fn redacted_by(&self, part: &Commitment) -> Option<u64> {
        self.visible.redacted_by(part)
    }

    pub fn core(&self) -> Option<&Core> {
        self.said.as_ref().map(|said| &said.core)
    }

    pub fn disclosure(&self) -> Option<&Disclosure> {
        match self.core()? {
            Core::Disclosure(core) => Some(core),
            _ => None,
        }
    }
}

impl<'n> Context<'n> {
    #[must_use]
    pub fn new(node: &'n Node, lang: Lang) -> Context<'n> {
        let state = node.submitter.state();
        let zone = state.charter().and_then(|charter| TimeZone::get(&charter.zone).ok()).unwrap_or(TimeZone::UTC);
        Context { node, state, zone, lang, read: Mutex::default() }
    }

    /// The day in the portal's zone, `YYYY-MM-DD`.
    #[must_use]
    pub fn today(&self) -> String {
        jiff::Timestamp::now().to_zoned(self.zone.clone()).date().to_string()
    }

    fn read(&self) -> MutexGuard<'_, Read> {
        // Only ever added to, an answer at a time.
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads those of these entries that were not read yet, in one go.
    pub(super) async fn fetch(&self, indexes: impl IntoIterator<Item = u64>) -> Result<(), StoreError> {
        // Gathered before anything is locked: finding out what is wanted may look at what was read.
        let mut wanted: HashSet<u64> = indexes.into_iter().collect();
        wanted.retain(|index| !self.read().entries.contains_key(index));
        if wanted.is_empty() {
            return Ok(());
        }
        let lines = self.node.store.lines(&Vec::from_iter(wanted.iter().copied())).await?;
        self.take(lines).await?;
        let mut read = self.read();
        for missing in wanted {
            read.entries.entry(missing).or_default();
        }
        Ok(())
    }

    /// Reads what a record's page shows, in one go.
    pub(super) async fn fetch_record(&self, index: u64) -> Result<(), StoreError> {
        let Some(record) = self.node.store.record(index).await? else {
            self.read().entries.insert(index, None);
            return Ok(());
        };
        self.take(vec![record.line]).await?;
        let mut read = self.read();
        read.contents.extend(record.second.map(|(commitment, content)| (commitment, Some(Arc::new(content)))));
        let beside = record.older.into_iter().chain(record.newer).filter_map(|beside| linked(&beside));
        read.beside.extend(beside.map(|entry| (entry.index, entry)));
        Ok(())
    }

    /// Takes down what was read, and what later entries made of it, by the one rule.
    async fn take(&self, lines: Vec<Line>) -> Result<(), StoreError> {
        let spoken: Vec<&Line> = lines.iter().filter(|line| line.events > 0).collect();
        let (mut later, mut seen) = (HashMap::<u64, Vec<Later>>::new(), HashMap::new());
        if !spoken.is_empty() {
            let events = self.node.store.events(&spoken.iter().map(|line| line.index).collect::<Vec<_>>()).await?;
            seen = visible::judged(&self.node.store, spoken.iter().filter_map(|line| line.item.as_ref()), &events).await?;
            for (target, index, kind, instrument) in events {
                later.entry(target).or_default().push(Later { index, kind, instrument });
            }
        }
        for line in lines {
            let index = line.index;
            let (logged, catalogue) = Logged::new(line, later.remove(&index).unwrap_or_default(), seen.remove(&index));
            let mut read = self.read();
            read.entries.insert(index, Some(Arc::new(logged)));
            read.contents.extend(catalogue.map(|(commitment, content)| (commitment, Some(Arc::new(content)))));
        }
        Ok(())
    }

    /// Reads those of these parts that were not read yet, in one go.
    pub(super) async fn fetch_contents(&self, commitments: impl IntoIterator<Item = Commitment>) -> Result<(), StoreError> {
        let mut wanted: HashSet<Commitment> = commitments.into_iter().collect();
        wanted.retain(|commitment| !self.read().contents.contains_key(commitment));
        if wanted.is_empty() {
            return Ok(());
        }
        let mut found = self.node.store.contents_of(&Vec::from_iter(wanted.iter().copied())).await?;
        self.read().contents.extend(wanted.into_iter().map(|commitment| (commitment, found.remove(&commitment).map(Arc::new))));
        Ok(())
    }

    /// Reads the catalogues of those of these entries that are disclosures, in one go. The entries were fetched before,
    /// and most of their catalogues with them: not those that came with an earlier version.
    pub(super) async fn fetch_catalogues(&self, indexes: impl IntoIterator<Item = u64>) -> Result<(), StoreError> {
        let catalogue = |index| self.entry(index)?.disclosure()?.parts.first().map(|part| part.commitment);
        let wanted: Vec<_> = indexes.into_iter().filter_map(catalogue).collect();
        self.fetch_contents(wanted).await
    }

    /// An entry that was fetched, if the store has it.
    pub(super) fn entry(&self, index: u64) -> Option<Arc<Logged>> {
        self.read().entries.get(&index).cloned().flatten()
    }

    /// A part of an entry, both fetched, as it may be shown today: whatever a store still holds, a redacted one is not.
    pub(super) fn part(&self, of: &Logged, commitment: &Commitment) -> Option<Arc<StoredContent>> {
        if let Some(by) = of.redacted_by(commitment) {
            return Some(Arc::new(StoredContent::Removed { by }));
        }
        self.read().contents.get(commitment).cloned().flatten()
    }

    /// The logged time of an entry that was fetched.
    pub(super) fn time(&self, index: u64) -> Option<Millis> {
        self.entry(index)?.header.map(|header| header.time)
    }

    pub(super) fn agency(&self, id: &str) -> AgencyRef {
        match self.state.agency(id) {
            Some((_, agency)) => agency_ref(agency, self.lang),
            None => AgencyRef { id: id.into(), name: id.into(), seal: id.into() },
        }
    }

    /// The catalogue of a disclosure, fetched before, or why there is none to show.
    pub(super) fn catalogue(&self, of: &Logged) -> Result<Arc<Catalogue>, Title> {
        if let Some(known) = self.read().catalogues.get(&of.index) {
            return known.clone();
        }
        let part = of.disclosure().and_then(|core| core.parts.first()).ok_or(Title::Missing)?;
        let catalogue = match self.part(of, &part.commitment).as_deref() {
            // Bytes that are no catalogue any more are shown as missing; the browser's C7 says what is wrong with them.
            Some(StoredContent::Present { bytes, .. }) => Catalogue::read(bytes).map(Arc::new).map_err(|_| Title::Missing),
            Some(StoredContent::Removed { .. }) => Err(Title::Removed),
            // Nothing is noted down of a part that was not fetched: it may be yet.
            Some(StoredContent::Lost) | None => return Err(Title::Missing),
        };
        self.read().catalogues.insert(of.index, catalogue.clone());
        catalogue
    }
}

/// An entry that is only linked to, if what was read of it is enough: one that nothing later speaks of.
fn linked(beside: &Beside) -> Option<EntryRef> {
    let index = beside.index;
    if !beside.item {
        return Some(EntryRef { index, title: None, disclosure: false });
    }
    let (_, catalogue) = beside.catalogue.as_ref().filter(|_| beside.events == 0)?;
    let title = match catalogue {
        StoredContent::Present { bytes, .. } => Catalogue::read(bytes).ok().map(|catalogue| catalogue.title),
        StoredContent::Removed { .. } | StoredContent::Lost => None,
    };
    Some(EntryRef { index, title, disclosure: true })
}

/// Another entry, to link to, with its title if it is a disclosure.
pub async fn entry_ref(context: &Context<'_>, index: u64) -> Result<EntryRef, StoreError> {
    if let Some(known) = context.read().beside.get(&index) {
        return Ok(known.clone());
    }
    context.fetch([index]).await?;
    context.fetch_catalogues([index]).await?;
    // One that is not here has its place in the chain all the same.
    let Some(logged) = context.entry(index).filter(|logged| logged.disclosure().is_some()) else {
        return Ok(EntryRef { index, title: None, disclosure: false });
    };
    let title = context.catalogue(&logged).ok().map(|catalogue| catalogue.title.clone());
    Ok(EntryRef { index, title, disclosure: true })
}
