//! Beginning from what is published: a new version starts with the text, the fields and the files of the one it will replace.

use super::{Draft, Drafts, DraftsError, Kind, Refusal, Translation, Whom, Written};
use crate::{staff::Account, store::StoredContent};
use chain::{
    catalogue::Catalogue,
    entry::Entry,
    statement::{Core, Disclosure, Statement},
};

impl Drafts {
    /// Begins a draft about the published version in an entry, for the agency that sealed it or one that the chain lets speak for it:
    /// a new version, a status, or a redaction.
    pub async fn begin_about(&self, who: &Account, agency: &str, kind: Kind, index: u64) -> Result<Draft, DraftsError> {
        let Some(core) = self.disclosed(index).await? else { return Err(Refusal::Nothing.into()) };
        let bare = Written { target: Some(index), ..Written::default() };
        if kind != Kind::Disclosure {
            return self.begin(who, agency, kind, &bare).await;
        }
        let mut written = bare;
        let mut files = Vec::new();
        let mut names = Vec::new();
        for (place, part) in core.parts.iter().enumerate() {
            // What a redaction took away does not come back by itself.
            let Some(StoredContent::Present { bytes, .. }) = self.node.store.content(&part.commitment).await? else { continue };
            let text = || String::from_utf8(bytes.clone()).unwrap_or_default();
            let name = |names: &[String]| place.checked_sub(1).and_then(|place| names.get(place).cloned()).unwrap_or_default();
            match (part.role.as_str(), part.media.as_str()) {
                ("catalogue", _) => {
                    let catalogue = Catalogue::read(&bytes).unwrap_or_default();
                    names.clone_from(&catalogue.parts);
                    fill(&mut written, catalogue);
                }
                ("body", "text/markdown" | "text/plain") => written.body = text(),
                ("translation", "text/markdown") => written.translations.push(Translation {
                    language: part.language.clone().unwrap_or_default(),
                    title: name(&names),
                    body: text(),
                }),
                ("body" | "attachment", _) => files.push((name(&names), bytes)),
                _ => {}
            }
        }
        written.genre.clone_from(&core.genre);
        written.language.clone_from(&core.language);
        written.theme = core.theme.clone().unwrap_or_default();
        let draft = self.begin(who, agency, kind, &written).await?;
        for (name, bytes) in files {
            self.attach(who, &draft.id, &name, bytes).await?;
        }
        Ok(draft)
    }

    async fn disclosed(&self, index: u64) -> Result<Option<Disclosure>, DraftsError> {
        let Some(bytes) = self.node.store.entry(index).await? else { return Ok(None) };
        let Ok(entry) = Entry::parse(&bytes) else { return Ok(None) };
        Ok(match Statement::parse(entry.note.as_bytes()) {
            Ok(Statement { core: Core::Disclosure(core), .. }) => Some(*core),
            _ => None,
        })
    }
}

fn fill(written: &mut Written, catalogue: Catalogue) {
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
