//! The sample: a fictional city's disclosures, published once into an empty trial chain through the ordinary door.
//!
//! Ids of its statements are derived from the sample and their place in it, so that a start that was interrupted goes on
//! where it stopped.

use crate::{
    compose::{ComposeError, Document, Draft},
    node::{Node, NodeError},
    sequencer::SubmitError,
    store::StoreError,
};
use chain::{
    Hash,
    catalogue::Catalogue,
    hash::hex,
    json::Shape,
    part::Commitment,
    statement::{self, Core, Names, Redaction, Reference, Statement, Status, StatusKind},
};
use rust_embed::Embed;
use serde::{Deserialize, Deserializer, de::Error};
use std::collections::HashMap;

#[derive(Embed)]
#[folder = "$CARGO_MANIFEST_DIR/sample"]
struct Files;

/// Why the sample could not be published.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    #[error("sample.json: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the sample names {0:?}, which it does not have")]
    Missing(String),
    #[error("{0}: {1}")]
    File(std::path::PathBuf, std::io::Error),
    #[error(transparent)]
    Node(#[from] NodeError),
    #[error(transparent)]
    Compose(#[from] ComposeError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Submit(#[from] SubmitError),
}

#[derive(Deserialize)]
struct Sample {
    agencies: Vec<SampleAgency>,
    events: Vec<Event>,
}

#[derive(Deserialize)]
struct SampleAgency {
    id: String,
    name: Names,
}

#[derive(Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
enum Event {
    Disclosure(Box<SampleDisclosure>),
    Status {
        agency: String,
        target: String,
        #[serde(deserialize_with = "shaped")]
        kind: StatusKind,
        effective: Option<String>,
        ground: String,
        by: Option<String>,
    },
    Redaction {
        agency: String,
        target: String,
        part: String,
        ground: String,
    },
}

#[derive(Deserialize)]
struct SampleDisclosure {
    key: String,
    agency: String,
    language: String,
    genre: String,
    theme: Option<String>,
    #[serde(deserialize_with = "shaped")]
    catalogue: Catalogue,
    body: String,
    #[serde(default)]
    translations: Vec<Translation>,
    #[serde(default)]
    attachments: Vec<Attachment>,
    revises: Option<String>,
    ground: Option<String>,
}

#[derive(Deserialize)]
struct Translation {
    language: String,
    title: String,
    body: String,
}

#[derive(Deserialize)]
struct Attachment {
    name: String,
    media: String,
    file: String,
}

/// What is the chain's own is read as the chain reads it.
fn shaped<'de, D: Deserializer<'de>, T: Shape>(deserializer: D) -> Result<T, D::Error> {
    T::read(serde_json::Value::deserialize(deserializer)?).map_err(D::Error::custom)
}

/// What was published under a key of the sample: where, and its parts by name.
struct Published {
    at: Reference,
    parts: HashMap<String, Commitment>,
}

fn file(path: &str) -> Result<Vec<u8>, SampleError> {
    Files::get(path).map(|file| file.data.into_owned()).ok_or_else(|| SampleError::Missing(path.into()))
}

/// The sample, and the id of each of its events' statements. Another edition has other ids: it does not add to this one.
fn read() -> Result<(Sample, Vec<String>), SampleError> {
    let bytes = file("sample.json")?;
    let sample: Sample = serde_json::from_slice(&bytes)?;
    let id = |place: u64| hex(&Hash::of(&[b"gazette/v1 sample\n", &Hash::of(&[&bytes]).0, &place.to_be_bytes()]).0[..16]);
    let ids = (0..sample.events.len() as u64).map(id).collect();
    Ok((sample, ids))
}

impl Event {
    fn agency(&self) -> &str {
        match self {
            Event::Disclosure(event) => &event.agency,
            Event::Status { agency, .. } | Event::Redaction { agency, .. } => agency,
        }
    }
}

/// Which of the sample's statements are logged, and where.
async fn logged(node: &Node, events: &[Event], ids: &[String]) -> Result<HashMap<String, u64>, StoreError> {
    let mut of: HashMap<&str, Vec<String>> = HashMap::new();
    for (event, id) in events.iter().zip(ids) {
        of.entry(event.agency()).or_default().push(id.clone());
    }
    let mut logged = HashMap::new();
    for (agency, ids) in of {
        logged.extend(node.store.logged(&node.sibling(agency), &ids).await?);
    }
    Ok(logged)
}

/// In the data folder while the sample is being published. Only then is the rest of it wanted: a store that was put back to an
/// earlier time lacks some of it too, and whatever is added there belongs to another history.
const UNFINISHED: &str = "sample.unfinished";

/// Publishes what is not there yet of the sample. Returns how many entries it added, registrations left out.
pub async fn publish(node: &mut Node) -> Result<u64, SampleError> {
    let (sample, ids) = read()?;
    let logged = logged(node, &sample.events, &ids).await?;
    let unfinished = node.data.join(UNFINISHED);
    std::fs::write(&unfinished, "").map_err(|error| SampleError::File(unfinished.clone(), error))?;
    for agency in &sample.agencies {
        node.register_agency(&agency.id, &agency.name, false).await?;
    }
    let mut published: HashMap<String, Published> = HashMap::new();
    let mut added = 0;
    for (event, id) in sample.events.into_iter().zip(&ids) {
        let at = logged.get(id).copied();
        match event {
            Event::Disclosure(event) => {
                let key = event.key.clone();
                let done = disclosure(node, *event, &published, (id, at)).await?;
                published.insert(key, done);
            }
            _ if at.is_some() => {}
            Event::Status { agency, target, kind, effective, ground, by } => {
                let by = by.map(|key| find(&published, &key).map(|found| found.at)).transpose()?;
                let core = Status { agency: node.sibling(&agency), target: find(&published, &target)?.at, kind, effective, ground, by };
                statement(node, &agency, "status", id, &core).await?;
            }
            Event::Redaction { agency, target, part, ground } => {
                let target = find(&published, &target)?;
                let part = *target.parts.get(&part).ok_or(SampleError::Missing(part))?;
                let core = Redaction { agency: node.sibling(&agency), target: target.at, parts: vec![part], ground };
                statement(node, &agency, "redaction", id, &core).await?;
            }
        }
        added += u64::from(at.is_none());
    }
    std::fs::remove_file(&unfinished).map_err(|error| SampleError::File(unfinished, error))?;
    Ok(added)
}

fn find<'p>(published: &'p HashMap<String, Published>, key: &str) -> Result<&'p Published, SampleError> {
    published.get(key).ok_or_else(|| SampleError::Missing(key.into()))
}

async fn statement<T: serde::Serialize>(node: &Node, agency: &str, kind: &str, id: &str, core: &T) -> Result<(), SampleError> {
    let agency = node.sibling(agency);
    let seal = node.seal(&agency).ok_or_else(|| SampleError::Missing(agency.clone()))?;
    let text = statement::text(&node.origin, &statement::core_line(kind, id, core)?, None);
    node.submitter.seal(&text, seal, vec![]).await?.await.map_err(|_| SubmitError::Stopped)??;
    Ok(())
}

/// `id`: its statement's; `at`: where it stands already.
async fn disclosure(
    node: &Node,
    event: SampleDisclosure,
    published: &HashMap<String, Published>,
    (id, at): (&str, Option<u64>),
) -> Result<Published, SampleError> {
    let agency = node.sibling(&event.agency);
    let seal = node.seal(&agency).ok_or_else(|| SampleError::Missing(agency.clone()))?;
    let markdown = |role, language: &str, name: String, path: &str| {
        file(path).map(|bytes| Document { role, media: "text/markdown".into(), language: Some(language.into()), name, bytes })
    };
    let mut documents = vec![markdown("body", &event.language, event.catalogue.title.clone(), &event.body)?];
    for translation in event.translations {
        documents.push(markdown("translation", &translation.language, translation.title, &translation.body)?);
    }
    for attachment in event.attachments {
        let bytes = file(&attachment.file)?;
        documents.push(Document { role: "attachment", media: attachment.media, language: None, name: attachment.name, bytes });
    }
    let names: Vec<String> = documents.iter().map(|document| document.name.clone()).collect();
    let named = |parts: Vec<Commitment>| names.into_iter().zip(parts.into_iter().skip(1)).collect();
    if let Some(index) = at {
        let bytes = node.store.entry(index).await?.ok_or_else(|| SampleError::Missing(event.key.clone()))?;
        let core = chain::entry::Entry::parse(&bytes)
            .ok()
            .and_then(|entry| Statement::parse(entry.note.as_bytes()).ok().map(|statement| statement.core));
        let Some(Core::Disclosure(core)) = core else { return Err(SampleError::Missing(event.key)) };
        let at = Reference { index, leaf: chain::tree::leaf_hash(&bytes) };
        return Ok(Published { at, parts: named(core.parts.iter().map(|part| part.commitment).collect()) });
    }
    let revises = event.revises.map(|key| find(published, &key).map(|found| found.at)).transpose()?;
    let mut catalogue = event.catalogue;
    catalogue.language = Some(event.language.clone());
    let draft = Draft {
        agency,
        genre: event.genre,
        theme: event.theme,
        language: event.language,
        catalogue,
        documents,
        revises,
        ground: event.ground,
        stated_agency: None,
        source: None,
    };
    let composed = draft.compose(&node.origin, id)?;
    let parts = named(composed.contents.iter().map(|content| content.commitment).collect());
    let receipt = node.submitter.seal(&composed.text, seal, composed.contents).await?.await.map_err(|_| SubmitError::Stopped)??;
    let leaf = receipt.leaf.ok_or_else(|| SampleError::Missing(event.key))?;
    Ok(Published { at: Reference { index: receipt.index, leaf }, parts })
}

/// Whether a trial chain has nothing yet but charter and registrations, or only some of the sample because publishing it was interrupted.
pub async fn wanted(node: &Node) -> Result<bool, SampleError> {
    if !node.submitter.state().charter().is_some_and(|charter| charter.trial) {
        return Ok(false);
    }
    let (sample, ids) = read()?;
    match logged(node, &sample.events, &ids).await?.len() {
        0 => nothing_published(node).await,
        some => Ok(some < ids.len() && node.data.join(UNFINISHED).exists()),
    }
}

async fn nothing_published(node: &Node) -> Result<bool, SampleError> {
    let size = node.heads.borrow().size;
    let mut only_registrations = true;
    for (_, entry) in node.store.entries(0, size.min(64)).await? {
        let statement = chain::entry::Entry::parse(&entry)
            .ok()
            .and_then(|entry| Statement::parse(entry.note.as_bytes()).ok().map(|s| s.core.registers()));
        only_registrations &= statement == Some(true);
    }
    Ok(size < 64 && only_registrations)
}
