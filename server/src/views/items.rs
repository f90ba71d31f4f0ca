//! Lines of lists: entries of the chain with their titles, agencies and standing.

use super::{agency_ref, moment, standing_of};
use crate::{
    node::Node,
    store::{Item as Row, StoreError, StoredContent},
};
use app::{
    Lang,
    view::{About, AgencyRef, EntryRef, Item, Kind, Source, Standing, Title},
};
use chain::{
    catalogue::Catalogue,
    entry::Entry,
    part::Commitment,
    state::State,
    statement::{Core, Disclosure, Statement, StatusKind},
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
    entries: HashMap<u64, Option<Arc<[u8]>>>,
    /// What the statements of entries say, each read once however many lines speak of it.
    cores: HashMap<u64, Option<Arc<Core>>>,
    contents: HashMap<Commitment, Option<Arc<StoredContent>>>,
}

impl<'n> Context<'n> {
    #[must_use]
    pub fn new(node: &'n Node, lang: Lang) -> Context<'n> {
        let state = node.submitter.state();
        let zone = state.charter().and_then(|charter| TimeZone::get(&charter.zone).ok()).unwrap_or(TimeZone::UTC);
        Context { node, state, zone, lang, read: Mutex::default() }
    }

    fn read(&self) -> MutexGuard<'_, Read> {
        // Only ever added to, an answer at a time.
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads those of these entries that were not read yet, in one go.
    pub(super) async fn fetch_entries(&self, indexes: impl IntoIterator<Item = u64>) -> Result<(), StoreError> {
        // Gathered before anything is locked: finding out what is wanted may look at what was read.
        let mut wanted: HashSet<u64> = indexes.into_iter().collect();
        wanted.retain(|index| !self.read().entries.contains_key(index));
        let mut found = self.node.store.entries_at(&Vec::from_iter(wanted.iter().copied())).await?;
        self.read().entries.extend(wanted.into_iter().map(|index| (index, found.remove(&index).map(Arc::from))));
        Ok(())
    }

    /// Reads those of these parts that were not read yet, in one go.
    pub(super) async fn fetch_contents(&self, commitments: impl IntoIterator<Item = Commitment>) -> Result<(), StoreError> {
        let mut wanted: HashSet<Commitment> = commitments.into_iter().collect();
        wanted.retain(|commitment| !self.read().contents.contains_key(commitment));
        let mut found = self.node.store.contents_of(&Vec::from_iter(wanted.iter().copied())).await?;
        self.read().contents.extend(wanted.into_iter().map(|commitment| (commitment, found.remove(&commitment).map(Arc::new))));
        Ok(())
    }

    /// An entry that was fetched, if the store has it.
    pub(super) fn entry(&self, index: u64) -> Option<Arc<[u8]>> {
        self.read().entries.get(&index).cloned().flatten()
    }

    /// What the statement of an entry that was fetched says.
    pub(super) fn core(&self, index: u64) -> Option<Arc<Core>> {
        if let Some(known) = self.read().cores.get(&index) {
            return known.clone();
        }
        // Nothing is noted down of an entry that was not fetched: it may be yet.
        let core = core_of(&self.entry(index)?).map(Arc::new);
        self.read().cores.insert(index, core.clone());
        core
    }

    /// A part that was fetched, if the store has it.
    pub(super) fn content(&self, commitment: &Commitment) -> Option<Arc<StoredContent>> {
        self.read().contents.get(commitment).cloned().flatten()
    }

    /// The logged time of an entry that was fetched.
    pub(super) fn time(&self, index: u64) -> Option<Millis> {
        self.entry(index).and_then(|bytes| Entry::parse(&bytes).ok().map(|entry| entry.header.time))
    }

    pub(super) fn agency(&self, id: &str) -> AgencyRef {
        match self.state.agency(id) {
            Some((_, agency)) => agency_ref(agency, self.lang),
            None => AgencyRef { id: id.into(), name: id.into(), seal: id.into() },
        }
    }

    /// The catalogue of a disclosure, fetched before, or why there is none to show.
    pub(super) fn catalogue(&self, core: &Disclosure) -> Result<Catalogue, Title> {
        let part = core.parts.first().ok_or(Title::Missing)?;
        match self.content(&part.commitment).as_deref() {
            // Bytes that are no catalogue any more are shown as missing; the browser's C7 says what is wrong with them.
            Some(StoredContent::Present { bytes, .. }) => Catalogue::read(bytes).map_err(|_| Title::Missing),
            Some(StoredContent::Removed { .. }) => Err(Title::Removed),
            Some(StoredContent::Lost) | None => Err(Title::Missing),
        }
    }

    /// Reads the catalogues of those of these entries that are disclosures, in one go. The entries were fetched before.
    pub(super) async fn fetch_catalogues(&self, indexes: impl IntoIterator<Item = u64>) -> Result<(), StoreError> {
        let catalogue = |index| match &*self.core(index)? {
            Core::Disclosure(core) => core.parts.first().map(|part| part.commitment),
            _ => None,
        };
        let wanted: Vec<_> = indexes.into_iter().filter_map(catalogue).collect();
        self.fetch_contents(wanted).await
    }
}

/// What the statement of an entry says.
pub(super) fn core_of(bytes: &[u8]) -> Option<Core> {
    Statement::parse(Entry::parse(bytes).ok()?.note.as_bytes()).ok().map(|statement| statement.core)
}

/// Another entry, to link to, with its title if it is a disclosure.
pub async fn entry_ref(context: &Context<'_>, index: u64) -> Result<Option<EntryRef>, StoreError> {
    context.fetch_entries([index]).await?;
    context.fetch_catalogues([index]).await?;
    // One that is not here has its place in the chain all the same.
    let core = context.core(index);
    let Some(Core::Disclosure(core)) = core.as_deref() else {
        return Ok(Some(EntryRef { index, title: None, disclosure: false }));
    };
    let title = context.catalogue(core).ok().map(|catalogue| catalogue.title);
    Ok(Some(EntryRef { index, title, disclosure: true }))
}

/// The standing of a version today, and the entry that brought it about.
pub(super) fn standing(
    row: Option<&Row>,
    events: &[(u64, u64, String, Option<u64>)],
    core: &Disclosure,
    today: &str,
) -> (Standing, Option<u64>) {
    let index = row.map(|row| row.index);
    let mut found = (Standing::InForce, None);
    for (_, by, kind, _) in events.iter().filter(|(target, ..)| Some(*target) == index) {
        match standing_of(kind) {
            Some(standing) => found = (standing, Some(*by)),
            None if kind == "reinstated" => found = (Standing::InForce, Some(*by)),
            None => {}
        }
    }
    if row.is_some_and(|row| !row.newest) && !matches!(found.0, Standing::Withdrawn | Standing::Annulled) {
        return (Standing::Superseded, found.1);
    }
    if found.0 == Standing::InForce {
        if core.stated.expires.as_deref().is_some_and(|day| day < today) {
            return (Standing::Lapsed, None);
        }
        if core.stated.effective.as_deref().is_some_and(|day| day > today) {
            return (Standing::NotYetInForce, None);
        }
    }
    found
}

/// Rows of the store that lines are made of.
struct Rows {
    items: HashMap<u64, Row>,
    events: Vec<(u64, u64, String, Option<u64>)>,
    /// Of documents with more than one version: (document, version), oldest first.
    versions: Vec<(u64, u64)>,
    today: String,
}

/// Lines for these entries, in this order. Entries that cannot be read are shown as such, never left out.
pub async fn items(context: &Context<'_>, indexes: &[u64]) -> Result<Vec<Item>, StoreError> {
    let store = &context.node.store;
    context.fetch_entries(indexes.iter().copied()).await?;
    let target = |index: &u64| match &*context.core(*index)? {
        Core::Status(core) => Some(core.target.index),
        Core::Redaction(core) => Some(core.target.index),
        _ => None,
    };
    let targets: Vec<u64> = indexes.iter().filter_map(target).collect();
    context.fetch_entries(targets.iter().copied()).await?;
    context.fetch_catalogues(indexes.iter().copied().chain(targets)).await?;
    let items = store.items(indexes).await?;
    let revised: Vec<u64> = items.values().filter(|row| row.document != row.index).map(|row| row.document).collect();
    let rows = Rows {
        items,
        events: store.events(indexes).await?,
        versions: store.versions_of(&revised).await?.into_iter().map(|row| (row.document, row.index)).collect(),
        today: jiff::Timestamp::now().to_zoned(context.zone.clone()).date().to_string(),
    };
    let mut lines = Vec::with_capacity(indexes.len());
    for index in indexes {
        lines.push(item(context, *index, &rows).await?);
    }
    Ok(lines)
}

async fn item(context: &Context<'_>, index: u64, rows: &Rows) -> Result<Item, StoreError> {
    let bytes = context.entry(index).unwrap_or_default();
    let entry = Entry::parse(&bytes).ok();
    let statement = entry.and_then(|entry| Statement::parse(entry.note.as_bytes()).ok());
    let mut item = Item {
        index,
        kind: if bytes.is_empty() { Kind::Missing } else { Kind::Other },
        document: index,
        version: 1,
        title: Title::None,
        language: "en".into(),
        stated: None,
        logged: entry.map(|entry| moment(&context.zone, entry.header.time)),
        agency: None,
        stated_agency: None,
        source: None,
        document_number: None,
        genre: None,
        standing: None,
        standing_by: None,
        about: None,
    };
    let Some(statement) = statement else { return Ok(item) };
    if !statement.core.registers() && !matches!(statement.core, Core::Step(_)) {
        item.agency = Some(context.agency(statement.signer()));
    }
    match &statement.core {
        Core::Charter(_) => item.kind = Kind::Charter,
        Core::Agency(core) => {
            item.kind = Kind::Agency;
            item.about = Some(About::Agency(agency_ref(core, context.lang)));
        }
        Core::Post(core) => {
            item.kind = Kind::Post;
            item.about = Some(About::Post(core.post.clone()));
        }
        Core::Step(core) => {
            item.kind = Kind::Step;
            item.agency = Some(context.agency(&core.agency));
        }
        Core::Disclosure(core) => disclosure(context, &mut item, core, rows),
        Core::Status(core) => {
            item.kind = Kind::Status;
            let target = entry_ref(context, core.target.index).await?.unwrap_or_default();
            let kind = serde_json::to_value(core.kind).ok();
            let standing = kind.as_ref().and_then(|kind| kind.as_str()).and_then(standing_of);
            item.about = match standing {
                Some(standing) if core.kind != StatusKind::Reinstated => Some(About::Standing(standing, target)),
                _ => Some(About::Reinstated(target)),
            };
        }
        Core::Redaction(core) => {
            item.kind = Kind::Redaction;
            item.about = Some(About::Redaction(entry_ref(context, core.target.index).await?.unwrap_or_default()));
        }
    }
    Ok(item)
}

fn disclosure(context: &Context<'_>, item: &mut Item, core: &Disclosure, rows: &Rows) {
    let row = rows.items.get(&item.index);
    item.kind = Kind::Disclosure;
    item.document = row.map_or(item.index, |row| row.document);
    if item.document != item.index {
        let mut versions = rows.versions.iter().filter(|(document, _)| *document == item.document);
        let place = versions.position(|(_, version)| *version == item.index).map_or(1, |place| place + 1);
        item.version = u32::try_from(place).unwrap_or(u32::MAX);
    }
    item.language = core.language.clone();
    item.stated = core.stated.day().map(str::to_owned);
    item.stated_agency = core.stated_agency.clone();
    item.source = core.source.clone().map(|name| Source { name, url: None, record: None });
    item.genre = Some(core.genre.clone());
    let (now, by) = standing(row, &rows.events, core, &rows.today);
    item.standing = Some(now);
    item.standing_by = by;
    match context.catalogue(core) {
        Ok(catalogue) => {
            item.title = Title::Text(catalogue.title);
            item.document_number = catalogue.document_number;
            item.genre = catalogue.genre.or(item.genre.take());
        }
        Err(title) => item.title = title,
    }
}
