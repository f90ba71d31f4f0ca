//! What changed: a text that waits for approval beside the one that it replaces, and beside those that were submitted before it.
//!
//! It is an aid to those who decide: what they sign is the whole text, which stands beside it and is drawn from the very bytes.

use super::{
    Case, Drafts, DraftsError, Frozen, FrozenPart, FrozenState, Kind, Refusal, Step, Translation, Written,
    again::{disclosed, fill},
};
use crate::{staff::Account, store::StoredContent};
use chain::{
    catalogue::Catalogue,
    json,
    part::Commitment,
    statement::{Disclosure, Redaction, Status},
    time::Millis,
};

/// Most bytes of files that are read to find whether they are the same.
const READ: u64 = 64 << 20;

/// What a text may be compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Against {
    /// The published version that it replaces, by its index.
    Published(u64),
    /// One that was submitted before it and taken back.
    Earlier {
        frozen: String,
        submitted: Millis,
        /// What this person decided about it last.
        decided: Option<String>,
    },
}

/// A text as it was typed, whether it waits, was taken back, or is published; with its files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Version {
    pub written: Written,
    pub files: Vec<VersionFile>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionFile {
    pub name: String,
    pub media: String,
    pub size: u64,
    pub(super) at: At,
}

/// Where its bytes are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum At {
    Draft(String),
    Chain(Commitment),
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileChange {
    Added(VersionFile),
    Removed(VersionFile),
    Replaced(VersionFile, VersionFile),
    /// Called and as long as before; too long together to be read each time somebody looks.
    Unread(VersionFile),
}

/// Two versions of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    pub before: Version,
    pub after: Version,
    pub files: Vec<FileChange>,
}

impl Drafts {
    /// What a case's text may be compared with, what whoever asks needs most first: the one they decided on, the published one, and
    /// whatever was submitted before.
    pub async fn comparable(&self, who: &Account, case: &Case) -> Result<Vec<Against>, DraftsError> {
        let mut earlier = Vec::new();
        let theirs = |frozen: &str| {
            let step = case.steps.iter().rev().find(|step: &&Step| step.frozen == frozen && step.account == who.id);
            step.map(|step| step.decision.clone())
        };
        for frozen in case.earlier.iter().filter(|frozen| frozen.state == FrozenState::Withdrawn) {
            let decided = theirs(&frozen.id);
            earlier.push(Against::Earlier { frozen: frozen.id.clone(), submitted: frozen.made, decided });
        }
        let published = replaced(&case.frozen)?.map(Against::Published);
        let is_decided = |against: &&Against| matches!(against, Against::Earlier { decided: Some(_), .. });
        let first = earlier.iter().position(|against| is_decided(&against)).map(|at| earlier.remove(at));
        Ok(first.into_iter().chain(published).chain(earlier).collect())
    }

    /// A case's text and another one. None: what it was compared with is there no more.
    pub async fn changes(&self, who: &Account, case: &Case, against: &Against) -> Result<Option<Changes>, DraftsError> {
        if !who.roles.sees(&case.frozen.agency) {
            return Err(Refusal::Nothing.into());
        }
        let before = match against {
            Against::Published(index) => self.version_published(*index).await?,
            Against::Earlier { frozen, .. } => {
                let earlier = case.earlier.iter().find(|earlier| earlier.id == *frozen).ok_or(Refusal::Nothing)?;
                let parts = Frozen::parts(&mut *self.staff.store().pool().acquire().await?, frozen).await?;
                self.version_frozen(earlier, &parts).await?
            }
        };
        let (Some(before), Some(after)) = (before, self.version_frozen(&case.frozen, &case.parts).await?) else { return Ok(None) };
        let files = self.files_changed(&before.files, &after.files).await?;
        Ok(Some(Changes { before, after, files }))
    }

    /// What was frozen, read from its bytes.
    async fn version_frozen(&self, frozen: &Frozen, parts: &[FrozenPart]) -> Result<Option<Version>, DraftsError> {
        let unreadable = |_| DraftsError::Unreadable("a core line");
        let written = match frozen.kind {
            Kind::Disclosure => {
                let core: Disclosure = json::read(&frozen.core_line).map_err(unreadable)?;
                let mut found = Vec::with_capacity(parts.len());
                for part in parts {
                    let bytes = match is_read(&part.role, &part.media) {
                        true => match self.files.get(&part.path).await {
                            Ok(bytes) => Some(bytes),
                            Err(DraftsError::Files(object_store::Error::NotFound { .. })) => return Ok(None),
                            Err(error) => return Err(error),
                        },
                        false => None,
                    };
                    let FrozenPart { role, media, language, name, size, path, .. } = part.clone();
                    found.push(Found { role, media, language, name, size, bytes, at: At::Draft(path) });
                }
                return Ok(Some(version(&core, found)));
            }
            Kind::Status => {
                let core: Status = json::read(&frozen.core_line).map_err(unreadable)?;
                Written {
                    target: Some(core.target.index),
                    change: core.kind.as_str().to_owned(),
                    effective: core.effective.unwrap_or_default(),
                    ground: core.ground,
                    by: core.by.map(|by| by.index),
                    ..Written::default()
                }
            }
            Kind::Redaction => {
                let core: Redaction = json::read(&frozen.core_line).map_err(unreadable)?;
                let parts = core.parts.iter().map(ToString::to_string).collect();
                Written { target: Some(core.target.index), ground: core.ground, parts, ..Written::default() }
            }
        };
        Ok(Some(Version { written, files: vec![] }))
    }

    /// What is published, as far as it is there still.
    pub(super) async fn version_published(&self, index: u64) -> Result<Option<Version>, DraftsError> {
        let Some(core) = disclosed(&self.node, index).await? else { return Ok(None) };
        let mut found = Vec::with_capacity(core.parts.len());
        let mut names = Vec::new();
        let files = core.parts.iter().filter(|part| !is_read(&part.role, &part.media)).map(|part| part.commitment);
        let removed = self.node.store.removed(&files.collect::<Vec<_>>()).await?;
        for (place, part) in core.parts.iter().enumerate() {
            // Of a file nothing is read here: it may be large, and everybody who looks at a case comes by.
            let bytes = match is_read(&part.role, &part.media) {
                // What a redaction took away does not come back by itself.
                true => match self.node.store.content(&part.commitment).await? {
                    Some(StoredContent::Present { bytes, .. }) => Some(bytes),
                    _ => continue,
                },
                false if removed.contains_key(&part.commitment) => continue,
                false => None,
            };
            if let ("catalogue", Some(bytes)) = (part.role.as_str(), &bytes) {
                names = Catalogue::read(bytes).unwrap_or_default().parts;
            }
            found.push(Found {
                role: part.role.clone(),
                media: part.media.clone(),
                language: part.language.clone(),
                name: place.checked_sub(1).and_then(|place| names.get(place).cloned()).unwrap_or_default(),
                size: part.size,
                bytes,
                at: At::Chain(part.commitment),
            });
        }
        Ok(Some(version(&core, found)))
    }

    /// The bytes of one of its files.
    pub(super) async fn version_file(&self, file: &VersionFile) -> Result<Option<Vec<u8>>, DraftsError> {
        Ok(match &file.at {
            At::Draft(path) => Some(self.files.get(path).await?),
            At::Chain(commitment) => match self.node.store.content(commitment).await? {
                Some(StoredContent::Present { bytes, .. }) => Some(bytes),
                _ => None,
            },
        })
    }

    async fn files_changed(&self, before: &[VersionFile], after: &[VersionFile]) -> Result<Vec<FileChange>, DraftsError> {
        let mut room = READ;
        let mut changes = Vec::new();
        let mut left: Vec<&VersionFile> = before.iter().collect();
        for file in after {
            let Some(at) = left.iter().position(|old| old.at == file.at).or_else(|| left.iter().position(|old| old.name == file.name))
            else {
                changes.push(FileChange::Added(file.clone()));
                continue;
            };
            let old = left.remove(at);
            if old.at == file.at && old.name == file.name {
                continue;
            }
            match self.same(old, file, &mut room).await? {
                Some(true) => {}
                Some(false) => changes.push(FileChange::Replaced(old.clone(), file.clone())),
                None => changes.push(FileChange::Unread(file.clone())),
            }
        }
        changes.extend(left.into_iter().cloned().map(FileChange::Removed));
        Ok(changes)
    }

    /// Whether two files hold the same. None: it was not looked at.
    async fn same(&self, old: &VersionFile, new: &VersionFile, room: &mut u64) -> Result<Option<bool>, DraftsError> {
        if old.size != new.size {
            return Ok(Some(false));
        }
        let Some(left) = room.checked_sub(new.size) else { return Ok(None) };
        *room = left;
        let Some(bytes) = self.version_file(new).await? else { return Ok(None) };
        match self.version_file(old).await {
            Ok(before) => Ok(Some(before.is_some_and(|before| before == bytes))),
            // Of a file that was taken away since, nothing is left to compare.
            Err(DraftsError::Files(object_store::Error::NotFound { .. })) => Ok(Some(false)),
            Err(error) => Err(error),
        }
    }
}

/// The published version that this one would replace.
fn replaced(frozen: &Frozen) -> Result<Option<u64>, DraftsError> {
    if frozen.kind != Kind::Disclosure {
        return Ok(None);
    }
    let core: Disclosure = json::read(&frozen.core_line).map_err(|_| DraftsError::Unreadable("a core line"))?;
    Ok(core.revises.map(|revises| revises.index))
}

/// Whether a part's bytes are text that is compared.
fn is_read(role: &str, media: &str) -> bool {
    match role {
        "catalogue" => true,
        "body" => matches!(media, "text/markdown" | "text/plain"),
        "translation" => media == "text/markdown",
        _ => false,
    }
}

/// A part as it was found.
struct Found {
    role: String,
    media: String,
    language: Option<String>,
    name: String,
    size: u64,
    /// Of what is read.
    bytes: Option<Vec<u8>>,
    at: At,
}

fn version(core: &Disclosure, found: Vec<Found>) -> Version {
    let mut version =
        Version { written: Written { target: core.revises.map(|revises| revises.index), ..Written::default() }, files: vec![] };
    let written = &mut version.written;
    for Found { role, media, language, name, size, bytes, at } in found {
        match (role.as_str(), bytes) {
            ("catalogue", Some(bytes)) => fill(written, Catalogue::read(&bytes).unwrap_or_default()),
            ("body", Some(bytes)) => written.body = String::from_utf8(bytes).unwrap_or_default(),
            ("translation", Some(bytes)) => written.translations.push(Translation {
                language: language.unwrap_or_default(),
                title: name,
                body: String::from_utf8(bytes).unwrap_or_default(),
            }),
            ("body" | "attachment", None) => version.files.push(VersionFile { name, media, size, at }),
            _ => {}
        }
    }
    written.genre.clone_from(&core.genre);
    written.language.clone_from(&core.language);
    written.theme = core.theme.clone().unwrap_or_default();
    written.ground = core.ground.clone().unwrap_or_default();
    version
}
