//! The view of one disclosure, and the texts that a search shows pieces of.

use super::{
    context::{Context, Logged, entry_ref},
    *,
};
use crate::{
    markdown::{self, Shown},
    search::{Fragment, Marks},
    store::{StoreError, StoredContent},
};
use app::view::{self, Body, Change, DisclosureView, Notice, PartRole, Translated, Version};
use chain::{
    catalogue::Catalogue,
    holders,
    part::Commitment,
    statement::{Core, Disclosure},
    tree::leaf_hash,
};
use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
};
use tokio::{sync::Semaphore, task::spawn_blocking};

/// The page of the disclosure at `index`; `None` when there is no such entry, or it is no disclosure.
pub async fn disclosure(context: &Context<'_>, index: u64, size: u64) -> Result<Option<DisclosureView>, StoreError> {
    context.fetch_record(index).await?;
    let Some(logged) = context.entry(index) else { return Ok(None) };
    let Some(core) = logged.disclosure() else { return Ok(None) };
    let body_part = core.parts.iter().find(|part| part.role == "body");
    // Most often both are here already.
    context.fetch_contents(core.parts.first().into_iter().chain(body_part).map(|part| part.commitment)).await?;
    let Some(item) = items(context, &[index]).await?.pop() else { return Ok(None) };
    let catalogue = context.catalogue(&logged).ok();
    let shown_body = match body_part {
        None => Body::None,
        Some(part) => match context.part(&logged, &part.commitment) {
            Some(content) => body(content).await,
            None => Body::Missing,
        },
    };
    // From an old copy it may be gone ahead of the redaction, which has no page yet.
    let shown_body = match shown_body {
        Body::Removed(by) if by >= size && context.node.behind().is_some() => Body::RemovedAhead,
        shown_body => shown_body,
    };
    let translation = translation(context, &logged, core).await?;
    let versions = match &logged.row {
        Some(row) if logged.only_version() => vec![row.clone()],
        _ => context.node.store.versions_of(&[item.document]).await?,
    };
    let of_versions: Vec<u64> = versions.iter().map(|version| version.index).collect();
    context.fetch(of_versions.iter().copied()).await?;
    let ground = |index: u64| context.entry(index)?.disclosure()?.ground.clone();
    let lines = versions.into_iter().zip(1..).map(|(version, number)| Version {
        index: version.index,
        number,
        ground: ground(version.index),
        stated: version.stated,
        logged: context.time(version.index).map(|time| moment(&context.zone, time)),
    });
    let beside = |index: Option<u64>| async move {
        Ok::<_, StoreError>(match index {
            Some(index) => Some(entry_ref(context, index).await?),
            None => None,
        })
    };
    Ok(Some(DisclosureView {
        parts: parts(context, &logged, core, catalogue.as_deref()).await?,
        catalogue_commitment: core.parts.first().map(|part| part.commitment.to_string()),
        body_commitment: body_part.map(|part| part.commitment.to_string()),
        catalogue: catalogue.as_deref().cloned().map(|catalogue| shown(catalogue, core)),
        body: shown_body,
        translation,
        versions: lines.collect(),
        notices: notices(context, &of_versions, index, &core.agency).await?,
        seen: None,
        older: beside(index.checked_sub(1)).await?,
        newer: beside(Some(index + 1).filter(|newer| *newer < size)).await?,
        leaf: leaf_hash(&logged.bytes).to_string(),
        previous: logged.header.map(|header| header.previous.to_string()).unwrap_or_default(),
        approval: super::approval::approval(context, &logged).await?,
        item,
    }))
}

/// The text in the reader's language, when the document is in another and brings one.
async fn translation(context: &Context<'_>, logged: &Logged, core: &Disclosure) -> Result<Option<Translated>, StoreError> {
    let lang = context.lang.code();
    let of = |language: &str| language.split('-').next() == Some(lang);
    let readable = |part: &&chain::statement::Part| part.role == "translation" && part.media == "text/markdown";
    let part = core.parts.iter().filter(readable).find(|part| part.language.as_deref().is_some_and(of));
    let Some(part) = part.filter(|_| !of(&core.language)) else { return Ok(None) };
    context.fetch_contents([part.commitment]).await?;
    let content = context.part(logged, &part.commitment);
    let drawn = match content {
        Some(content) => body(content).await,
        None => return Ok(None),
    };
    let (html, formatted) = match drawn {
        Body::Html(html) => (html, true),
        Body::Written(html) => (html, false),
        Body::File | Body::Removed(_) | Body::RemovedAhead | Body::Missing | Body::None => return Ok(None),
    };
    let language = part.language.clone().unwrap_or_default();
    Ok(Some(Translated { commitment: part.commitment.to_string(), language, html, formatted }))
}

/// A text this short is drawn sooner than it is handed to another thread.
const SHORT: usize = 16 << 10;

/// Texts drawn at once, so that however many are asked for, threads and memory are left for everything else.
static DRAWING: LazyLock<Arc<Semaphore>> =
    LazyLock::new(|| Arc::new(Semaphore::new(std::thread::available_parallelism().map_or(2, usize::from))));

/// A text as a page shows it. A long one is drawn where it keeps nobody else waiting.
async fn body(content: Arc<StoredContent>) -> Body {
    let draw = |content: &StoredContent| match content {
        StoredContent::Removed { by } => Body::Removed(*by),
        StoredContent::Lost => Body::Missing,
        StoredContent::Present { media, bytes, .. } => match (media.as_str(), std::str::from_utf8(bytes)) {
            ("text/markdown", Ok(text)) => match markdown::render(text) {
                Shown { html, formatted: true } => Body::Html(html),
                Shown { html, formatted: false } => Body::Written(html),
            },
            ("text/plain", Ok(text)) => Body::Html(markdown::plain(text)),
            _ => Body::File,
        },
    };
    if !matches!(&*content, StoredContent::Present { bytes, .. } if bytes.len() > SHORT) {
        return draw(&content);
    }
    apart(move || draw(&content)).await.unwrap_or(Body::Missing)
}

/// Does what keeps a core busy on a thread that nobody else waits for, a few at once. None when the server ends before.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let room = DRAWING.clone().acquire_owned().await.ok()?;
    let done = spawn_blocking(move || {
        // Held until it is done, also when nobody waits for it any more.
        let _room = room;
        work()
    });
    match done.await.map_err(|error| error.try_into_panic()) {
        Ok(done) => Some(done),
        Err(Ok(panic)) => std::panic::resume_unwind(panic),
        Err(Err(_)) => None,
    }
}

/// Parts for download, with their names from the catalogue, whose list follows the statement's order after itself.
async fn parts(
    context: &Context<'_>,
    logged: &Logged,
    core: &Disclosure,
    catalogue: Option<&Catalogue>,
) -> Result<Vec<view::Part>, StoreError> {
    let role = |role: &str| match role {
        "body" => None,
        "attachment" => Some(PartRole::Attachment),
        "translation" => Some(PartRole::Translation),
        holders::ROLE => Some(PartRole::Holders),
        _ => Some(PartRole::Other),
    };
    let others = || core.parts.iter().enumerate().skip(1).filter_map(|(place, part)| Some((place, part, role(&part.role)?)));
    // Another version may share a part, and a redaction of that one take it away; or one that an old copy does not have.
    let alone = logged.only_version() && logged.later.is_empty() && context.node.behind().is_none();
    let shared: Vec<_> = others().filter(|_| !alone).map(|(_, part, _)| part.commitment).collect();
    let removed = context.node.store.removed(&shared).await?;
    let parts = others().map(|(place, part, role)| view::Part {
        role,
        name: catalogue.and_then(|catalogue| catalogue.parts.get(place - 1).cloned()),
        media: part.media.clone(),
        size: part.size,
        commitment: part.commitment.to_string(),
        language: part.language.clone(),
        removed: logged.redacted_by(&part.commitment).or_else(|| removed.get(&part.commitment).copied()),
    });
    Ok(parts.collect())
}

/// What later entries say of one of these versions, which were fetched; and of the others, what was taken from them, and what
/// this one brought about.
async fn notices(context: &Context<'_>, versions: &[u64], this: u64, owner: &str) -> Result<Vec<Notice>, StoreError> {
    let mut notices = Vec::new();
    let versions: Vec<(u64, Arc<Logged>)> = versions.iter().filter_map(|version| Some((*version, context.entry(*version)?))).collect();
    let mut events: Vec<_> = versions.iter().flat_map(|(of, version)| version.later.iter().map(|event| (*of, event))).collect();
    events.retain(|(of, event)| *of == this || event.kind == "redaction" || event.instrument == Some(this));
    events.sort_by_key(|(_, event)| event.index);
    let named: Vec<u64> = events.iter().flat_map(|(_, event)| [Some(event.index), event.instrument]).flatten().collect();
    context.fetch(named).await?;
    for (version, event) in events.into_iter().rev() {
        let change = match (event.kind.as_str(), standing_of(&event.kind)) {
            ("redaction", _) => Change::Redacted,
            (_, Some(standing)) => Change::Became(standing),
            _ => Change::Reinstated,
        };
        let (effective, ground, by_agency) = match context.entry(event.index).as_deref().and_then(Logged::core) {
            Some(Core::Status(core)) => (core.effective.clone(), Some(core.ground.clone()), Some(core.agency.clone())),
            Some(Core::Redaction(core)) => (None, Some(core.ground.clone()), Some(core.agency.clone())),
            _ => (None, None, None),
        };
        let of = match event.instrument == Some(this) && version != this {
            true => Some(entry_ref(context, version).await?),
            false => None,
        };
        let by = match event.instrument.filter(|_| of.is_none()) {
            Some(instrument) => Some(entry_ref(context, instrument).await?),
            None => None,
        };
        // Whoever takes something away is named, be it the same agency.
        let told = |agency: &String| change == Change::Redacted || agency != owner;
        let stated_by = by_agency.filter(told).map(|agency| context.agency(&agency));
        notices.push(Notice { change, index: event.index, effective, ground, of, by, stated_by });
    }
    Ok(notices)
}

/// The fields of a catalogue, as pages show them.
pub(crate) fn shown(catalogue: Catalogue, core: &Disclosure) -> view::Catalogue {
    shown_from(catalogue, core.source.clone())
}

/// The same of what no statement says yet, or with the source that one names.
pub(crate) fn shown_from(catalogue: Catalogue, source: Option<String>) -> view::Catalogue {
    let subjects = catalogue.subjects.into_iter();
    // What an agency states of its own has no name in the statement, only what it typed.
    let source = source.or_else(|| catalogue.source.clone()).map(|name| view::Source { name, url: catalogue.source.clone(), record: None });
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
        authentic: catalogue.authentic,
    }
}

/// Bytes of a text that are looked through for a snippet before more of it is, and at most.
const BEGINNING: usize = 8 << 10;
const MOST: usize = 128 << 10;

/// Pieces of the texts of disclosures, which were fetched, that show why a search found them; from what may be shown today.
pub async fn snippets(context: &Context<'_>, indexes: &[u64], marks: &Marks) -> Result<HashMap<u64, Vec<Fragment>>, StoreError> {
    let body = |index: &u64| {
        let logged = context.entry(*index)?;
        let body = logged.disclosure()?.parts.iter().find(|part| part.role == "body")?.commitment;
        logged.redacted_by(&body).is_none().then_some((*index, body))
    };
    let mut bodies: HashMap<u64, Commitment> = indexes.iter().filter_map(body).collect();
    let mut snippets = HashMap::new();
    let asked: Vec<u64> = bodies.keys().copied().collect();
    let beginnings: Vec<_> = context.node.store.beginnings(&asked, BEGINNING).await?;
    let beginnings =
        beginnings.into_iter().filter(|(index, beginning)| bodies.get(index) == Some(&beginning.commitment)).collect::<Vec<_>>();
    let of_words = Arc::new(marks.clone());
    let marks = of_words.clone();
    let cut = move || {
        let cut = beginnings.into_iter().map(|(index, beginning)| {
            let snippet = marks.cut(&markdown::words(text(&beginning.bytes)));
            (index, beginning.whole || snippet.settled, snippet.pieces)
        });
        cut.collect::<Vec<_>>()
    };
    for (index, enough, pieces) in apart(cut).await.unwrap_or_default() {
        if enough {
            bodies.remove(&index);
            snippets.insert(index, pieces);
        }
    }
    if bodies.is_empty() {
        return Ok(snippets);
    }
    let contents = context.node.store.contents_of(&bodies.values().copied().collect::<Vec<_>>()).await?;
    let cut = move || {
        let cut = bodies.into_iter().filter_map(|(index, body)| match contents.get(&body) {
            Some(StoredContent::Present { bytes, .. }) => {
                Some((index, of_words.cut(&markdown::words(text(&bytes[..bytes.len().min(MOST)]))).pieces))
            }
            _ => None,
        });
        cut.collect::<Vec<_>>()
    };
    snippets.extend(apart(cut).await.unwrap_or_default());
    Ok(snippets)
}

/// The text at the beginning of some bytes, which may end within a character.
fn text(bytes: &[u8]) -> &str {
    let good = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
    std::str::from_utf8(&bytes[..good]).unwrap_or_default()
}
