//! The view of one disclosure.

use super::{items::Context, *};
use crate::{
    markdown,
    store::{StoreError, StoredContent},
};
use app::view::{self, Body, Change, DisclosureView, Notice, PartRole, Version};
use chain::{
    catalogue::Catalogue,
    entry::Entry,
    statement::{Core, Disclosure, Statement},
    tree::leaf_hash,
};

/// The page of the disclosure at `index`; `None` when there is no such entry, or it is no disclosure.
pub async fn disclosure(context: &Context<'_>, index: u64, size: u64) -> Result<Option<DisclosureView>, StoreError> {
    let store = &context.node.store;
    let Some(bytes) = store.entry(index).await? else { return Ok(None) };
    let Ok(entry) = Entry::parse(&bytes) else { return Ok(None) };
    let Ok(statement) = Statement::parse(entry.note.as_bytes()) else { return Ok(None) };
    let Core::Disclosure(core) = &statement.core else { return Ok(None) };
    let Some(item) = items(context, &[index]).await?.pop() else { return Ok(None) };
    let catalogue = context.catalogue(core).await?.ok();
    let body_part = core.parts.iter().find(|part| part.role == "body");
    let body = match body_part {
        None => Body::None,
        Some(part) => match store.content(&part.commitment).await? {
            Some(StoredContent::Removed { by }) => Body::Removed(by),
            Some(StoredContent::Lost) | None => Body::Missing,
            Some(StoredContent::Present { media, bytes, .. }) => match (media.as_str(), String::from_utf8(bytes)) {
                ("text/markdown", Ok(text)) => Body::Html(markdown::render(&text)),
                ("text/plain", Ok(text)) => Body::Html(markdown::plain(&text)),
                _ => Body::File,
            },
        },
    };
    let versions = store.versions(item.document).await?;
    let of_versions: Vec<u64> = versions.iter().map(|version| version.index).collect();
    let mut lines = Vec::new();
    for (number, version) in versions.iter().enumerate() {
        let time = store.entry(version.index).await?.and_then(|bytes| Entry::parse(&bytes).ok().map(|entry| entry.header.time));
        lines.push(Version {
            index: version.index,
            number: u32::try_from(number + 1).unwrap_or(u32::MAX),
            stated: version.stated.clone(),
            logged: time.map(|time| moment(&context.zone, time)),
        });
    }
    let previous = entry.header.previous.to_string();
    Ok(Some(DisclosureView {
        parts: parts(context, core, catalogue.as_ref()).await?,
        catalogue_commitment: core.parts.first().map(|part| part.commitment.to_string()),
        body_commitment: body_part.map(|part| part.commitment.to_string()),
        catalogue: catalogue.map(|catalogue| shown(catalogue, core)),
        body,
        versions: lines,
        notices: notices(context, &of_versions, &core.agency).await?,
        seen: None,
        older: match index.checked_sub(1) {
            Some(older) => entry_ref(context, older).await?,
            None => None,
        },
        newer: if index + 1 < size { entry_ref(context, index + 1).await? } else { None },
        leaf: leaf_hash(&bytes).to_string(),
        previous,
        approval: None,
        item,
    }))
}

/// Parts for download, with their names from the catalogue, whose list follows the statement's order after itself.
async fn parts(context: &Context<'_>, core: &Disclosure, catalogue: Option<&Catalogue>) -> Result<Vec<view::Part>, StoreError> {
    let mut parts = Vec::new();
    for (place, part) in core.parts.iter().enumerate().skip(1) {
        let role = match part.role.as_str() {
            "body" => continue,
            "attachment" => PartRole::Attachment,
            "translation" => PartRole::Translation,
            _ => PartRole::Other,
        };
        let removed = match context.node.store.content(&part.commitment).await? {
            Some(StoredContent::Removed { by }) => Some(by),
            _ => None,
        };
        parts.push(view::Part {
            role,
            name: catalogue.and_then(|catalogue| catalogue.parts.get(place - 1).cloned()),
            media: part.media.clone(),
            size: part.size,
            commitment: part.commitment.to_string(),
            language: part.language.clone(),
            removed,
        });
    }
    Ok(parts)
}

async fn notices(context: &Context<'_>, versions: &[u64], owner: &str) -> Result<Vec<Notice>, StoreError> {
    let mut notices = Vec::new();
    for (_, index, kind, instrument) in context.node.store.events(versions).await?.into_iter().rev() {
        let change = match (kind.as_str(), standing_of(&kind)) {
            ("redaction", _) => Change::Redacted,
            (_, Some(standing)) => Change::Became(standing),
            _ => Change::Reinstated,
        };
        let bytes = context.node.store.entry(index).await?.unwrap_or_default();
        let statement = Entry::parse(&bytes).ok().and_then(|entry| Statement::parse(entry.note.as_bytes()).ok());
        let (effective, ground, by_agency) = match statement.as_ref().map(|statement| &statement.core) {
            Some(Core::Status(core)) => (core.effective.clone(), Some(core.ground.clone()), Some(core.agency.clone())),
            Some(Core::Redaction(core)) => (None, Some(core.ground.clone()), Some(core.agency.clone())),
            _ => (None, None, None),
        };
        let by = match instrument {
            Some(instrument) => entry_ref(context, instrument).await?,
            None => None,
        };
        let stated_by = by_agency.filter(|agency| agency != owner).map(|agency| context.agency(&agency));
        notices.push(Notice { change, index, effective, ground, by, stated_by });
    }
    Ok(notices)
}

fn shown(catalogue: Catalogue, core: &Disclosure) -> view::Catalogue {
    let subjects = catalogue.subjects.into_iter();
    let source = core.source.clone().map(|name| view::Source { name, url: catalogue.source.clone(), record: None });
    view::Catalogue {
        index_number: catalogue.index_number,
        document_number: catalogue.document_number,
        issuers: catalogue.issuing_agencies,
        joint: catalogue.joint_agencies,
        issued: catalogue.issued,
        published: catalogue.published,
        effective: catalogue.effective,
        expires: catalogue.expires,
        theme: catalogue.theme,
        genre: catalogue.genre,
        basis: catalogue.basis,
        summary: catalogue.summary,
        keywords: catalogue.keywords,
        region: catalogue.region,
        subjects: subjects
            .map(|subject| view::Subject { scheme: subject.scheme, id: Some(subject.id).filter(|id| !id.is_empty()), name: subject.name })
            .collect(),
        source,
        authentic: catalogue.authentic.map(|authentic| authentic == "original"),
    }
}

/// The text of a disclosure that a search looked through, for its snippets.
pub async fn searched_text(store: &crate::store::Store, index: u64) -> Result<Option<String>, StoreError> {
    let Some(bytes) = store.entry(index).await? else { return Ok(None) };
    let statement = Entry::parse(&bytes).ok().and_then(|entry| Statement::parse(entry.note.as_bytes()).ok());
    let Some(Core::Disclosure(core)) = statement.as_ref().map(|statement| &statement.core) else { return Ok(None) };
    let Some(part) = core.parts.iter().find(|part| part.role == "body") else { return Ok(None) };
    Ok(match store.content(&part.commitment).await? {
        Some(StoredContent::Present { bytes, .. }) => String::from_utf8(bytes).ok().map(|text| markdown::words(&text)),
        _ => None,
    })
}
