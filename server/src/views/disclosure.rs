//! The view of one disclosure.

use super::{
    items::{Context, core_of},
    *,
};
use crate::{
    markdown,
    store::{StoreError, StoredContent},
};
use app::view::{self, Body, Change, DisclosureView, Notice, PartRole, Translated, Version};
use chain::{
    catalogue::Catalogue,
    entry::Entry,
    part::Commitment,
    statement::{Core, Disclosure, Statement},
    tree::leaf_hash,
};
use std::collections::HashMap;

/// The page of the disclosure at `index`; `None` when there is no such entry, or it is no disclosure.
pub async fn disclosure(context: &Context<'_>, index: u64, size: u64) -> Result<Option<DisclosureView>, StoreError> {
    let store = &context.node.store;
    let (older, newer) = (index.checked_sub(1), Some(index + 1).filter(|newer| *newer < size));
    let around = || older.into_iter().chain([index]).chain(newer);
    context.fetch_entries(around()).await?;
    let Some(bytes) = context.entry(index) else { return Ok(None) };
    let Ok(entry) = Entry::parse(&bytes) else { return Ok(None) };
    let Ok(statement) = Statement::parse(entry.note.as_bytes()) else { return Ok(None) };
    let Core::Disclosure(core) = &statement.core else { return Ok(None) };
    let body_part = core.parts.iter().find(|part| part.role == "body");
    let catalogues = around().filter_map(|index| match &*context.core(index)? {
        Core::Disclosure(core) => core.parts.first().map(|part| part.commitment),
        _ => None,
    });
    context.fetch_contents(catalogues.chain(body_part.map(|part| part.commitment))).await?;
    let Some(item) = items(context, &[index]).await?.pop() else { return Ok(None) };
    let catalogue = context.catalogue(core).ok();
    let body = match body_part {
        None => Body::None,
        Some(part) => match context.content(&part.commitment).as_deref() {
            Some(StoredContent::Removed { by }) => Body::Removed(*by),
            Some(StoredContent::Lost) | None => Body::Missing,
            Some(StoredContent::Present { media, bytes, .. }) => match (media.as_str(), std::str::from_utf8(bytes)) {
                ("text/markdown", Ok(text)) => Body::Html(markdown::render(text)),
                ("text/plain", Ok(text)) => Body::Html(markdown::plain(text)),
                _ => Body::File,
            },
        },
    };
    let translation = translation(context, core).await?;
    let versions = store.versions_of(&[item.document]).await?;
    let of_versions: Vec<u64> = versions.iter().map(|version| version.index).collect();
    context.fetch_entries(of_versions.iter().copied()).await?;
    let lines = versions.iter().zip(1..).map(|(version, number)| Version {
        index: version.index,
        number,
        stated: version.stated.clone(),
        logged: context.time(version.index).map(|time| moment(&context.zone, time)),
    });
    let lines = lines.collect();
    let previous = entry.header.previous.to_string();
    Ok(Some(DisclosureView {
        parts: parts(context, core, catalogue.as_ref()).await?,
        catalogue_commitment: core.parts.first().map(|part| part.commitment.to_string()),
        body_commitment: body_part.map(|part| part.commitment.to_string()),
        catalogue: catalogue.map(|catalogue| shown(catalogue, core)),
        body,
        translation,
        versions: lines,
        notices: notices(context, &of_versions, &core.agency).await?,
        seen: None,
        older: match older {
            Some(older) => entry_ref(context, older).await?,
            None => None,
        },
        newer: match newer {
            Some(newer) => entry_ref(context, newer).await?,
            None => None,
        },
        leaf: leaf_hash(&bytes).to_string(),
        previous,
        approval: None,
        item,
    }))
}

/// The text in the reader's language, when the document is in another and brings one.
async fn translation(context: &Context<'_>, core: &Disclosure) -> Result<Option<Translated>, StoreError> {
    let lang = context.lang.code();
    let of = |language: &str| language.split('-').next() == Some(lang);
    let readable = |part: &&chain::statement::Part| part.role == "translation" && part.media == "text/markdown";
    let part = core.parts.iter().filter(readable).find(|part| part.language.as_deref().is_some_and(of));
    let Some(part) = part.filter(|_| !of(&core.language)) else { return Ok(None) };
    context.fetch_contents([part.commitment]).await?;
    let content = context.content(&part.commitment);
    let Some(StoredContent::Present { bytes, .. }) = content.as_deref() else { return Ok(None) };
    Ok(std::str::from_utf8(bytes).ok().map(|text| Translated {
        commitment: part.commitment.to_string(),
        language: part.language.clone().unwrap_or_default(),
        html: markdown::render(text),
    }))
}

/// Parts for download, with their names from the catalogue, whose list follows the statement's order after itself.
async fn parts(context: &Context<'_>, core: &Disclosure, catalogue: Option<&Catalogue>) -> Result<Vec<view::Part>, StoreError> {
    let role = |role: &str| match role {
        "body" => None,
        "attachment" => Some(PartRole::Attachment),
        "translation" => Some(PartRole::Translation),
        _ => Some(PartRole::Other),
    };
    let others = || core.parts.iter().enumerate().skip(1).filter_map(|(place, part)| Some((place, part, role(&part.role)?)));
    let removed = context.node.store.removed(&others().map(|(_, part, _)| part.commitment).collect::<Vec<_>>()).await?;
    let parts = others().map(|(place, part, role)| view::Part {
        role,
        name: catalogue.and_then(|catalogue| catalogue.parts.get(place - 1).cloned()),
        media: part.media.clone(),
        size: part.size,
        commitment: part.commitment.to_string(),
        language: part.language.clone(),
        removed: removed.get(&part.commitment).copied(),
    });
    Ok(parts.collect())
}

async fn notices(context: &Context<'_>, versions: &[u64], owner: &str) -> Result<Vec<Notice>, StoreError> {
    let mut notices = Vec::new();
    let events = context.node.store.events(versions).await?;
    let named: Vec<u64> = events.iter().flat_map(|(_, index, _, instrument)| [Some(*index), *instrument]).flatten().collect();
    context.fetch_entries(named).await?;
    for (_, index, kind, instrument) in events.into_iter().rev() {
        let change = match (kind.as_str(), standing_of(&kind)) {
            ("redaction", _) => Change::Redacted,
            (_, Some(standing)) => Change::Became(standing),
            _ => Change::Reinstated,
        };
        let (effective, ground, by_agency) = match context.core(index).as_deref() {
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

/// The texts of disclosures that a search looked through, for its snippets.
pub async fn searched_texts(store: &crate::store::Store, indexes: &[u64]) -> Result<HashMap<u64, String>, StoreError> {
    let body = |bytes: &[u8]| match core_of(bytes)? {
        Core::Disclosure(core) => core.parts.iter().find(|part| part.role == "body").map(|part| part.commitment),
        _ => None,
    };
    let entries = store.entries_at(indexes).await?;
    let bodies: Vec<_> = entries.iter().filter_map(|(index, bytes)| Some((*index, body(bytes)?))).collect();
    let contents = store.contents_of(&bodies.iter().map(|(_, body)| *body).collect::<Vec<_>>()).await?;
    let text = |(index, body): (u64, Commitment)| match contents.get(&body)? {
        StoredContent::Present { bytes, .. } => Some((index, markdown::words(std::str::from_utf8(bytes).ok()?))),
        _ => None,
    };
    Ok(bodies.into_iter().filter_map(text).collect())
}
