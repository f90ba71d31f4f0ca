//! Beginning from what is published: a new version starts with the text, the fields and the files of the one it will replace.

use super::{Draft, Drafts, DraftsError, Kind, Refusal, Whom, Written};
use crate::{
    node::Node,
    staff::{Account, Role},
};
use chain::{
    catalogue::Catalogue,
    entry::Entry,
    statement::{Core, Disclosure, Statement},
};

impl Drafts {
    /// Begins a draft about the published version in an entry, for the agency that sealed it or one that the chain lets speak for it:
    /// a new version, a status, or a redaction.
    pub async fn begin_about(&self, who: &Account, agency: &str, kind: Kind, index: u64) -> Result<Draft, DraftsError> {
        // Before anything is read: what is published may be large.
        if !who.roles.may(Role::Drafter, agency) {
            return Err(Refusal::Nothing.into());
        }
        if kind != Kind::Disclosure {
            disclosed(&self.node, index).await?.ok_or(Refusal::Nothing)?;
            return self.begin(who, agency, kind, &Written { target: Some(index), ..Written::default() }).await;
        }
        let Some(version) = self.version_published(index).await? else { return Err(Refusal::Nothing.into()) };
        // Why that one came to be is no reason for the next.
        let written = Written { target: Some(index), ground: String::new(), ..version.written.clone() };
        let draft = self.begin(who, agency, kind, &written).await?;
        for file in &version.files {
            if let Some(bytes) = self.version_file(file).await? {
                self.attach(who, &draft.id, &file.name, bytes).await?;
            }
        }
        Ok(draft)
    }
}

/// The disclosure in an entry, if that is what it is.
pub(super) async fn disclosed(node: &Node, index: u64) -> Result<Option<Disclosure>, DraftsError> {
    let Some(bytes) = node.store.entry(index).await? else { return Ok(None) };
    let Ok(entry) = Entry::parse(&bytes) else { return Ok(None) };
    Ok(match Statement::parse(entry.note.as_bytes()) {
        Ok(Statement { core: Core::Disclosure(core), .. }) => Some(*core),
        _ => None,
    })
}

pub(super) fn fill(written: &mut Written, catalogue: Catalogue) {
    let one = Option::unwrap_or_default;
    written.title = catalogue.title;
    written.index_number = one(catalogue.index_number);
    written.document_number = one(catalogue.document_number);
    written.issuing_agencies = catalogue.issuing_agencies;
    written.joint_agencies = catalogue.joint_agencies;
    written.issued = one(catalogue.issued);
    written.published = one(catalogue.published);
    written.effective = one(catalogue.effective);
    written.expires = one(catalogue.expires);
    written.basis = one(catalogue.basis);
    written.summary = one(catalogue.summary);
    written.keywords = catalogue.keywords;
    written.region = one(catalogue.region);
    written.source = one(catalogue.source);
    written.authentic = one(catalogue.authentic);
    written.subjects = catalogue
        .subjects
        .into_iter()
        .map(|subject| Whom { scheme: subject.scheme.unwrap_or_default(), id: subject.id, name: subject.name })
        .collect();
}
