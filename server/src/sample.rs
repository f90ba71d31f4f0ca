//! The sample: a fictional city's disclosures, published once into an empty trial chain through the ordinary door.

use crate::{
    compose::{self, ComposeError, Document, Draft},
    node::{Node, NodeError},
    sequencer::SubmitError,
};
use chain::{
    catalogue::Catalogue,
    json::Shape,
    statement::{self, Names, Redaction, Reference, Statement, Status, StatusKind},
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
    #[error(transparent)]
    Node(#[from] NodeError),
    #[error(transparent)]
    Compose(#[from] ComposeError),
    #[error(transparent)]
    Random(#[from] getrandom::Error),
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
    parts: HashMap<String, chain::part::Commitment>,
}

fn file(path: &str) -> Result<Vec<u8>, SampleError> {
    Files::get(path).map(|file| file.data.into_owned()).ok_or_else(|| SampleError::Missing(path.into()))
}

/// Publishes the whole sample. Returns how many entries it added.
pub async fn publish(node: &mut Node) -> Result<u64, SampleError> {
    let sample: Sample = serde_json::from_slice(&file("sample.json")?)?;
    for agency in &sample.agencies {
        node.register_agency(&agency.id, &agency.name, false).await?;
    }
    let mut published: HashMap<String, Published> = HashMap::new();
    let mut added = 0;
    for event in sample.events {
        match event {
            Event::Disclosure(event) => {
                let key = event.key.clone();
                let done = disclosure(node, *event, &published).await?;
                published.insert(key, done);
            }
            Event::Status { agency, target, kind, effective, ground, by } => {
                let by = by.map(|key| find(&published, &key).map(|found| found.at)).transpose()?;
                let core = Status { agency: node.sibling(&agency), target: find(&published, &target)?.at, kind, effective, ground, by };
                statement(node, &agency, "status", &core).await?;
            }
            Event::Redaction { agency, target, part, ground } => {
                let target = find(&published, &target)?;
                let part = *target.parts.get(&part).ok_or(SampleError::Missing(part))?;
                let core = Redaction { agency: node.sibling(&agency), target: target.at, parts: vec![part], ground };
                statement(node, &agency, "redaction", &core).await?;
            }
        }
        added += 1;
    }
    Ok(added)
}

fn find<'p>(published: &'p HashMap<String, Published>, key: &str) -> Result<&'p Published, SampleError> {
    published.get(key).ok_or_else(|| SampleError::Missing(key.into()))
}

async fn statement<T: serde::Serialize>(node: &Node, agency: &str, kind: &str, core: &T) -> Result<(), SampleError> {
    let agency = node.sibling(agency);
    let seal = node.seal(&agency).ok_or_else(|| SampleError::Missing(agency.clone()))?;
    let text = statement::text(&node.origin, &statement::core_line(kind, &compose::random_id()?, core)?, None);
    node.submitter.seal(&text, seal, vec![]).await?.await.map_err(|_| SubmitError::Stopped)??;
    Ok(())
}

async fn disclosure(node: &Node, event: SampleDisclosure, published: &HashMap<String, Published>) -> Result<Published, SampleError> {
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
        stated_agency: None,
        source: None,
    };
    let composed = draft.compose(&node.origin, &compose::random_id()?)?;
    let parts = names.into_iter().zip(composed.contents.iter().skip(1).map(|content| content.commitment)).collect();
    let receipt = node.submitter.seal(&composed.text, seal, composed.contents).await?.await.map_err(|_| SubmitError::Stopped)??;
    let leaf = receipt.leaf.ok_or_else(|| SampleError::Missing(event.key))?;
    Ok(Published { at: Reference { index: receipt.index, leaf }, parts })
}

/// Whether nothing but charter and registrations is in the chain yet.
pub async fn wanted(node: &Node) -> Result<bool, NodeError> {
    let trial = node.submitter.state().charter().is_some_and(|charter| charter.trial);
    let size = node.heads.borrow().size;
    let mut only_registrations = true;
    for (_, entry) in node.store.entries(0, size.min(64)).await? {
        let statement = chain::entry::Entry::parse(&entry)
            .ok()
            .and_then(|entry| Statement::parse(entry.note.as_bytes()).ok().map(|s| s.core.registers()));
        only_registrations &= statement == Some(true);
    }
    Ok(trial && size < 64 && only_registrations)
}
