//! Lines of lists: entries of the chain with their titles, agencies and standing.

use super::{
    agency_ref,
    context::{Context, Logged, entry_ref},
    moment, standing_of,
};
use crate::store::StoreError;
use app::view::{About, Item, Kind, Source, Title};
use chain::statement::{Core, Disclosure, StatusKind};
use std::sync::Arc;

/// What lines need beside their entries.
struct Rows {
    /// Of documents with more than one version: (document, version), oldest first.
    versions: Vec<(u64, u64)>,
    today: String,
}

/// Lines for these entries, in this order. Entries that cannot be read are shown as such, never left out.
pub async fn items(context: &Context<'_>, indexes: &[u64]) -> Result<Vec<Item>, StoreError> {
    context.fetch(indexes.iter().copied()).await?;
    let entries: Vec<Option<Arc<Logged>>> = indexes.iter().map(|index| context.entry(*index)).collect();
    let target = |logged: &Arc<Logged>| match logged.core()? {
        Core::Status(core) => Some(core.target.index),
        Core::Redaction(core) => Some(core.target.index),
        _ => None,
    };
    let targets: Vec<u64> = entries.iter().flatten().filter_map(target).collect();
    context.fetch(targets.iter().copied()).await?;
    context.fetch_catalogues(indexes.iter().copied().chain(targets)).await?;
    let rows = entries.iter().flatten().filter_map(|logged| logged.row.as_ref());
    let revised: Vec<u64> = rows.filter(|row| row.document != row.index).map(|row| row.document).collect();
    let rows = Rows {
        versions: context.node.store.versions_of(&revised).await?.into_iter().map(|row| (row.document, row.index)).collect(),
        today: context.today(),
    };
    let mut lines = Vec::with_capacity(indexes.len());
    for (index, logged) in indexes.iter().zip(&entries) {
        lines.push(item(context, *index, logged.as_deref(), &rows).await?);
    }
    Ok(lines)
}

async fn item(context: &Context<'_>, index: u64, logged: Option<&Logged>, rows: &Rows) -> Result<Item, StoreError> {
    let here = logged.filter(|logged| !logged.bytes.is_empty());
    let mut item = Item {
        index,
        kind: if here.is_none() { Kind::Missing } else { Kind::Other },
        document: index,
        version: 1,
        title: Title::None,
        language: "en".into(),
        stated: None,
        logged: here.and_then(|logged| logged.header).map(|header| moment(&context.zone, header.time)),
        agency: None,
        stated_agency: None,
        source: None,
        document_number: None,
        genre: None,
        standing: None,
        standing_by: None,
        about: None,
    };
    let Some((logged, said)) = here.and_then(|logged| Some((logged, logged.said.as_ref()?))) else { return Ok(item) };
    if !said.core.registers() && !matches!(said.core, Core::Step(_)) {
        item.agency = Some(context.agency(&said.signer));
    }
    match &said.core {
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
        Core::Disclosure(core) => disclosure(context, &mut item, logged, core, rows),
        Core::Status(core) => {
            item.kind = Kind::Status;
            let target = entry_ref(context, core.target.index).await?;
            let kind = serde_json::to_value(core.kind).ok();
            let standing = kind.as_ref().and_then(|kind| kind.as_str()).and_then(standing_of);
            item.about = match standing {
                Some(standing) if core.kind != StatusKind::Reinstated => Some(About::Standing(standing, target)),
                _ => Some(About::Reinstated(target)),
            };
        }
        Core::Redaction(core) => {
            item.kind = Kind::Redaction;
            item.about = Some(About::Redaction(entry_ref(context, core.target.index).await?));
        }
    }
    Ok(item)
}

fn disclosure(context: &Context<'_>, item: &mut Item, logged: &Logged, core: &Disclosure, rows: &Rows) {
    let row = logged.row.as_ref();
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
    (item.standing, item.standing_by) = logged.visible.on(&rows.today, &core.stated, core.stated_agency.is_some());
    match context.catalogue(logged) {
        Ok(catalogue) => {
            item.title = Title::Text(catalogue.title.clone());
            item.document_number.clone_from(&catalogue.document_number);
            item.genre = catalogue.genre.clone().or(item.genre.take());
        }
        Err(title) => item.title = title,
    }
}
