//! A version as the search index reads it: its catalogue, its text, and how it stands, from parts that may be shown.

use super::{FollowError, Version};
use crate::{
    search::{self, Change, Document, Kept},
    store::{ContentRow, Item, Store, StoredContent},
    visible::Visible,
};
use chain::{catalogue::Catalogue, part::Commitment, statement::Names};
use std::{borrow::Cow, collections::HashMap};

/// Puts what may be shown of a version into the index; a version without a catalogue any more is in no index.
pub(super) async fn put(
    store: &Store,
    names: &HashMap<String, Names>,
    item: &Item,
    visible: &Visible,
    version: &Version,
    contents: &HashMap<Commitment, ContentRow>,
) -> Result<Option<Change>, FollowError> {
    let core = &version.core;
    let mut catalogue = None;
    let mut body = String::new();
    for part in core.parts.iter().filter(|part| visible.shows(&part.commitment)) {
        let text = part.media.starts_with("text/") && matches!(part.role.as_str(), "body" | "translation");
        if !text && !matches!(part.role.as_str(), "catalogue" | "translated-catalogue") {
            continue;
        }
        let Some(bytes) = bytes(store, &part.commitment, contents).await? else { continue };
        match part.role.as_str() {
            "catalogue" => catalogue = Some(Catalogue::read(&bytes).unwrap_or_default()),
            "translated-catalogue" => {
                let translated = Catalogue::read(&bytes).unwrap_or_default();
                add(&mut body, &translated.title);
                add(&mut body, translated.summary.as_deref().unwrap_or_default());
            }
            _ => add(&mut body, &String::from_utf8_lossy(&bytes)),
        }
    }
    let Some(catalogue) = catalogue else { return Ok(None) };
    let mut keywords = catalogue.keywords;
    // Filters use the code; the word as printed is found all the same.
    keywords.extend(catalogue.genre);
    keywords.extend(catalogue.joint_agencies);
    keywords.extend(catalogue.issuing_agencies.into_iter().filter(|name| core.stated_agency.as_ref() != Some(name)));
    let document = Document {
        index: item.index,
        document: item.document,
        language: core.language.clone(),
        title: catalogue.title,
        body,
        agency: core.agency.clone(),
        agency_name: names.get(&core.agency).map(all).unwrap_or_default(),
        stated_agency: core.stated_agency.clone(),
        genre: Some(core.genre.clone()),
        theme: catalogue.theme.or_else(|| core.theme.clone()),
        document_number: catalogue.document_number,
        index_number: catalogue.index_number,
        subjects: catalogue.subjects.into_iter().map(|subject| (subject.id, subject.name)).collect(),
        keywords,
        summary: catalogue.summary,
        stated: day(item.stated.as_ref()),
        logged: version.time,
        state: visible.state,
        standing: visible.told(core.stated_agency.is_some()),
        effective: day(core.stated.effective.as_ref()),
        expires: day(core.stated.expires.as_ref()),
    };
    Ok(Some(Change::Put(Box::new(document))))
}

/// Under what the index files a version: what can be said of it without its parts.
pub fn filed(item: &Item, visible: &Visible, logged: i64) -> Kept {
    Kept {
        index: item.index,
        document: item.document,
        date: search::date(day(item.stated.as_ref()), logged),
        language: item.language.as_str().into(),
        state: visible.state.code().into(),
    }
}

/// A day `YYYY-MM-DD` as the number yyyymmdd.
fn day(date: Option<&String>) -> Option<u32> {
    date?.replace('-', "").parse().ok()
}

/// Its names in all languages, each by itself: readers know one of them, whatever the language of the text is.
fn all(names: &Names) -> String {
    names.values().map(String::as_str).collect::<Vec<_>>().join(". ")
}

fn add(body: &mut String, text: &str) {
    if !body.is_empty() && !text.is_empty() {
        body.push_str("\n\n");
    }
    body.push_str(text);
}

/// A part's bytes, from the rows at hand or, for an unchanged part of an earlier version or a large one, from the store.
async fn bytes<'c>(
    store: &Store,
    commitment: &Commitment,
    contents: &'c HashMap<Commitment, ContentRow>,
) -> Result<Option<Cow<'c, [u8]>>, FollowError> {
    match contents.get(commitment) {
        Some(ContentRow { removed_by: Some(_), .. }) => return Ok(None),
        Some(ContentRow { bytes: Some(bytes), .. }) => return Ok(Some(Cow::Borrowed(bytes))),
        _ => {}
    }
    Ok(match store.content(commitment).await? {
        Some(StoredContent::Present { bytes, .. }) => Some(Cow::Owned(bytes)),
        // Lost parts are named by `fsck`; the rest of the document is found all the same.
        _ => None,
    })
}
