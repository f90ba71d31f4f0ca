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
    state::State,
    statement::{Core, Disclosure, Statement, StatusKind},
};
use jiff::tz::TimeZone;
use std::{collections::HashMap, sync::Arc};

/// What filling the views of one request needs.
pub struct Context<'n> {
    pub node: &'n Node,
    pub state: Arc<State>,
    pub zone: TimeZone,
    pub lang: Lang,
}

impl<'n> Context<'n> {
    #[must_use]
    pub fn new(node: &'n Node, lang: Lang) -> Context<'n> {
        let state = node.submitter.state();
        let zone = state.charter().and_then(|charter| TimeZone::get(&charter.zone).ok()).unwrap_or(TimeZone::UTC);
        Context { node, state, zone, lang }
    }

    pub(super) fn agency(&self, id: &str) -> AgencyRef {
        match self.state.agency(id) {
            Some((_, agency)) => agency_ref(agency, self.lang),
            None => AgencyRef { id: id.into(), name: id.into(), seal: id.into() },
        }
    }

    /// The catalogue of a disclosure, or why there is none to show.
    pub(super) async fn catalogue(&self, core: &Disclosure) -> Result<Result<Catalogue, Title>, StoreError> {
        let Some(part) = core.parts.first() else { return Ok(Err(Title::Missing)) };
        Ok(match self.node.store.content(&part.commitment).await? {
            // Bytes that are no catalogue any more are shown as missing; the browser's C7 says what is wrong with them.
            Some(StoredContent::Present { bytes, .. }) => Catalogue::read(&bytes).map_err(|_| Title::Missing),
            Some(StoredContent::Removed { .. }) => Err(Title::Removed),
            Some(StoredContent::Lost) | None => Err(Title::Missing),
        })
    }
}

/// Another entry, to link to, with its title if it is a disclosure.
pub async fn entry_ref(context: &Context<'_>, index: u64) -> Result<Option<EntryRef>, StoreError> {
    // One that is not here has its place in the chain all the same.
    let bytes = context.node.store.entry(index).await?.unwrap_or_default();
    let statement = Entry::parse(&bytes).ok().and_then(|entry| Statement::parse(entry.note.as_bytes()).ok());
    let Some(Core::Disclosure(core)) = statement.as_ref().map(|statement| &statement.core) else {
        return Ok(Some(EntryRef { index, title: None, disclosure: false }));
    };
    let title = context.catalogue(core).await?.ok().map(|catalogue| catalogue.title);
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

/// Lines for these entries, in this order. Entries that cannot be read are shown as such, never left out.
pub async fn items(context: &Context<'_>, indexes: &[u64]) -> Result<Vec<Item>, StoreError> {
    let store = &context.node.store;
    let events = store.events(indexes).await?;
    let today = jiff::Timestamp::now().to_zoned(context.zone.clone()).date().to_string();
    let mut entries: HashMap<u64, Vec<u8>> = HashMap::new();
    if let (Some(low), Some(high)) = (indexes.iter().min(), indexes.iter().max()) {
        if high - low < 256 {
            entries.extend(store.entries(*low, high + 1).await?);
        } else {
            for index in indexes {
                entries.extend(store.entry(*index).await?.map(|bytes| (*index, bytes)));
            }
        }
    }
    let mut items = Vec::with_capacity(indexes.len());
    for index in indexes {
        let bytes = entries.get(index).map(Vec::as_slice).unwrap_or_default();
        items.push(item(context, *index, bytes, &events, &today).await?);
    }
    Ok(items)
}

async fn item(
    context: &Context<'_>,
    index: u64,
    bytes: &[u8],
    events: &[(u64, u64, String, Option<u64>)],
    today: &str,
) -> Result<Item, StoreError> {
    let entry = Entry::parse(bytes).ok();
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
        Core::Disclosure(core) => disclosure(context, &mut item, core, events, today).await?,
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

async fn disclosure(
    context: &Context<'_>,
    item: &mut Item,
    core: &Disclosure,
    events: &[(u64, u64, String, Option<u64>)],
    today: &str,
) -> Result<(), StoreError> {
    let row = context.node.store.item(item.index).await?;
    item.kind = Kind::Disclosure;
    item.document = row.as_ref().map_or(item.index, |row| row.document);
    if item.document != item.index {
        let versions = context.node.store.versions(item.document).await?;
        let place = versions.iter().position(|version| version.index == item.index).map_or(1, |place| place + 1);
        item.version = u32::try_from(place).unwrap_or(u32::MAX);
    }
    item.language = core.language.clone();
    let stated = &core.stated;
    item.stated = stated.published.clone().or_else(|| stated.issued.clone()).or_else(|| stated.effective.clone());
    item.stated_agency = core.stated_agency.clone();
    item.source = core.source.clone().map(|name| Source { name, url: None, record: None });
    item.genre = Some(core.genre.clone());
    let (now, by) = standing(row.as_ref(), events, core, today);
    item.standing = Some(now);
    item.standing_by = by;
    match context.catalogue(core).await? {
        Ok(catalogue) => {
            item.title = Title::Text(catalogue.title);
            item.document_number = catalogue.document_number;
            item.genre = catalogue.genre.or(item.genre.take());
        }
        Err(title) => item.title = title,
    }
    Ok(())
}
