//! The view of one disclosure's page.

use super::*;

#[derive(Clone, Debug)]
pub struct DisclosureView {
    pub item: Item,
    pub catalogue: Option<Catalogue>,
    pub body: Body,
    /// The text in the page's language, where the document is in another.
    pub translation: Option<Translated>,
    /// The translations, then the attachments. Catalogue and body are not repeated here.
    pub parts: Vec<Part>,
    /// Commitments of the two parts the page itself shows, `sha256:…`.
    pub catalogue_commitment: Option<String>,
    pub body_commitment: Option<String>,
    /// Oldest first; only one if it was never revised.
    pub versions: Vec<Version>,
    /// Later statements about this document, newest first.
    pub notices: Vec<Notice>,
    /// The third date, if a quorum of witnesses has covered the entry.
    pub seen: Option<Seen>,
    /// The entry before and the one after.
    pub older: Option<EntryRef>,
    pub newer: Option<EntryRef>,
    /// Leaf hashes, base64.
    pub leaf: String,
    pub previous: String,
    pub approval: Option<Approval>,
}

impl DisclosureView {
    /// Of what is published nowhere: catalogue and line, and nothing that only the log could say.
    #[must_use]
    pub fn unpublished(item: Item, catalogue: Catalogue) -> DisclosureView {
        DisclosureView {
            item,
            catalogue: Some(catalogue),
            body: Body::None,
            translation: None,
            parts: vec![],
            catalogue_commitment: None,
            body_commitment: None,
            versions: vec![],
            notices: vec![],
            seen: None,
            older: None,
            newer: None,
            leaf: String::new(),
            previous: String::new(),
            approval: None,
        }
    }
}

/// The catalogue's fields, with exactly the text of the committed bytes.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    pub index_number: Option<String>,
    pub document_number: Option<String>,
    pub issuers: Vec<String>,
    pub joint: Vec<String>,
    pub issued: Option<String>,
    pub published: Option<String>,
    pub effective: Option<String>,
    pub expires: Option<String>,
    pub theme: Option<String>,
    pub genre: Option<String>,
    pub basis: Option<String>,
    pub summary: Option<String>,
    pub keywords: Vec<String>,
    pub region: Option<String>,
    pub subjects: Vec<Subject>,
    pub source: Option<Source>,
    /// Original or copy, by its code.
    pub authentic: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// Where the id comes from: a unified social credit code, a company number, an LEI.
    pub scheme: Option<String>,
    pub id: Option<String>,
    pub name: String,
}

#[derive(Clone, Debug)]
pub enum Body {
    /// Ready-made, safe HTML.
    Html(String),
    /// The same of a text that is shown as it is written, without its formatting.
    Written(String),
    /// The body is a file that is not shown as text.
    File,
    /// Removed by the redaction at this index.
    Removed(u64),
    /// Removed by a redaction that an old copy of the chain does not have.
    RemovedAhead,
    /// Not here, and nothing says why.
    Missing,
    /// The statement names none.
    None,
}

/// A translation to be read on the page.
#[derive(Clone, Debug)]
pub struct Translated {
    pub commitment: String,
    pub language: String,
    /// Ready-made, safe HTML.
    pub html: String,
    /// Whether it is shown with its formatting.
    pub formatted: bool,
}

/// A part offered for download.
#[derive(Clone, Debug)]
pub struct Part {
    pub role: PartRole,
    /// The name in the catalogue.
    pub name: Option<String>,
    pub media: String,
    pub size: u64,
    pub commitment: String,
    /// For a translation.
    pub language: Option<String>,
    /// The redaction that removed it.
    pub removed: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartRole {
    Body,
    Attachment,
    Translation,
    /// Who holds the posts that approved it.
    Holders,
    Other,
}

#[derive(Clone, Debug)]
pub struct Version {
    pub index: u64,
    pub number: u32,
    /// Why it took the place of the one before, as the statement's code.
    pub ground: Option<String>,
    pub stated: Option<String>,
    pub logged: Option<Moment>,
}

/// A later statement about the document.
#[derive(Clone, Debug)]
pub struct Notice {
    pub change: Change,
    pub index: u64,
    pub effective: Option<String>,
    /// The reason, as the statement's code.
    pub ground: Option<String>,
    /// The earlier version it is about, where this version brought it about.
    pub of: Option<EntryRef>,
    /// The document that brought it about.
    pub by: Option<EntryRef>,
    /// Who stated it, where that is not the document's own agency, or something was taken away.
    pub stated_by: Option<AgencyRef>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    Became(Standing),
    Reinstated,
    /// Some parts are no longer served.
    Redacted,
}

impl Change {
    /// The kind of the status that says so, or the type of the statement.
    pub const fn code(self) -> &'static str {
        match self {
            Change::Became(standing) => standing.code(),
            Change::Reinstated => "reinstated",
            Change::Redacted => "redaction",
        }
    }
}

/// The earliest quorum of outside witnesses that covers an entry.
#[derive(Clone, Debug)]
pub struct Seen {
    pub when: Moment,
    pub witnesses: u32,
    pub of: u32,
}

/// How a disclosure was approved.
#[derive(Clone, Debug)]
pub struct Approval {
    /// Each behind those it waited for; the steps of one ran side by side.
    pub stages: Vec<Stage>,
    /// By the rule, steps were logged with the publication: nothing says when they were taken.
    pub deferred: bool,
    /// Steps of the same case that count no more: about an earlier text, under an earlier rule, or decided otherwise since.
    pub earlier: Vec<Step>,
}

impl Approval {
    /// Whether a reason is shown, which may be closed again without an entry.
    #[must_use]
    pub fn says_why(&self) -> bool {
        self.stages.iter().flat_map(|stage| &stage.steps).chain(&self.earlier).any(|step| step.reason.is_some())
    }
}

#[derive(Clone, Debug, Default)]
pub struct Stage {
    pub steps: Vec<Step>,
}

#[derive(Clone, Debug)]
pub struct Step {
    pub index: u64,
    /// Id of the post that signed it, and the name it had then.
    pub post: String,
    pub name: Option<String>,
    pub code: String,
    /// `approve`, `reject` or `override`.
    pub decision: String,
    pub logged: Moment,
    /// Who holds the post, as the document says.
    pub holders: Vec<String>,
    /// Milliseconds since all that it waited for was there.
    pub took: Option<u64>,
    /// Why, where the public may read it: with the salt of the step's commitment to it.
    pub reason: Option<(String, String)>,
}
