//! What the server fills before a page is drawn: plain structs, no store and no I/O behind them.

pub mod desk;
mod disclosure;
mod lists;
mod records;
mod rules;

pub use crate::Lang;
pub use crate::dates::Moment;
pub use disclosure::*;
pub use lists::*;
pub use records::*;
pub use rules::*;

/// What is the same on every page of one portal; built once when the server starts.
#[derive(Clone, Debug, Default)]
pub struct Site {
    /// The portal's name in each language: “云泽市政府公报”, “Gazette of Yunze City”.
    pub name_zh: String,
    pub name_en: String,
    /// The chain's origin, as in its checkpoints.
    pub origin: String,
    /// Where readers reach the portal, `https://host[:port]`, for permanent addresses.
    pub base: String,
    /// Leaf hash of entry 0, base64: the chain's identity.
    pub chain: String,
    /// Whether the charter says that this chain is a trial.
    pub trial: bool,
    /// Set while nothing can be published.
    pub read_only: Option<ReadOnly>,
    /// The portal's time zone as the charter names it.
    pub zone: String,
    pub assets: Assets,
}

/// Why nothing can be published: this is an old copy of the chain, or may be one.
#[derive(Clone, Copy, Debug)]
pub enum ReadOnly {
    /// Entries after this one are missing until they were fetched.
    Missing { newest: u64 },
    /// Whether any are missing is not known yet.
    Unconfirmed,
}

impl Site {
    pub fn name(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.name_zh,
            Lang::En => &self.name_en,
        }
    }
}

/// Addresses of the files that pages ask for, with their hashes in the name.
#[derive(Clone, Debug, Default)]
pub struct Assets {
    pub css: String,
    /// What only the desk needs: its style, its script, and what that signs with.
    pub desk_css: String,
    pub desk_js: String,
    pub signing_js: String,
    pub signing_wasm: String,
    pub boot_js: String,
    /// Where a page of the desk asks for a passkey.
    pub passkey_js: String,
    /// Where an auditor reads the journal.
    pub journal_js: String,
    /// Where a draft is written.
    pub editor_js: String,
    pub glue_js: String,
    pub wasm: String,
}

/// One request: the site, the language, and which page this is.
#[derive(Clone, Copy, Debug)]
pub struct Shell<'a> {
    pub site: &'a Site,
    pub lang: Lang,
    /// Path and query without the language, from `/`: `/disclosures/12`, `/search?q=water`.
    /// The other language's page is the same path behind its own prefix.
    pub path: &'a str,
}

impl Shell<'_> {
    /// The address of a page in this language.
    pub fn at(&self, path: &str) -> String {
        format!("/{}{path}", self.lang.code())
    }
}

/// An agency, by its id in the registry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgencyRef {
    /// `example.gov/finance`
    pub id: String,
    /// The name in the page's language.
    pub name: String,
    /// The name its seal is drawn from: the registered one, the same on every page.
    pub seal: String,
}

/// Another entry of the chain, to link to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryRef {
    pub index: u64,
    /// The title if it is a disclosure with one.
    pub title: Option<String>,
    /// Whether the entry has a page under `/disclosures/`; else under `/entries/`.
    pub disclosure: bool,
}

/// Where a copied document comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    pub name: String,
    pub url: Option<String>,
    /// The record's id there.
    pub record: Option<String>,
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Charter,
    Agency,
    Post,
    Step,
    Disclosure,
    Status,
    Redaction,
    /// A statement of a type this version does not know.
    Other,
    /// The log has signed for an entry here, and this portal does not have it.
    Missing,
}

impl Kind {
    pub const fn code(self) -> &'static str {
        match self {
            Kind::Charter => "charter",
            Kind::Agency => "agency",
            Kind::Post => "post",
            Kind::Step => "step",
            Kind::Disclosure => "disclosure",
            Kind::Status => "status",
            Kind::Redaction => "redaction",
            Kind::Other => "other",
            Kind::Missing => "missing",
        }
    }
}

/// Whether a document is good today (有效性), derived from later entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Standing {
    #[default]
    InForce,
    NotYetInForce,
    Amended,
    Corrected,
    Superseded,
    Repealed,
    Lapsed,
    Annulled,
    Withdrawn,
}

impl Standing {
    pub const ALL: [Standing; 9] = [
        Standing::InForce,
        Standing::NotYetInForce,
        Standing::Amended,
        Standing::Corrected,
        Standing::Superseded,
        Standing::Repealed,
        Standing::Lapsed,
        Standing::Annulled,
        Standing::Withdrawn,
    ];

    pub const fn code(self) -> &'static str {
        match self {
            Standing::InForce => "in-force",
            Standing::NotYetInForce => "not-yet",
            Standing::Amended => "amended",
            Standing::Corrected => "corrected",
            Standing::Superseded => "superseded",
            Standing::Repealed => "repealed",
            Standing::Lapsed => "lapsed",
            Standing::Annulled => "annulled",
            Standing::Withdrawn => "withdrawn",
        }
    }

    /// Whether a reader must be warned before relying on the text.
    pub const fn ended(self) -> bool {
        !matches!(self, Standing::InForce | Standing::NotYetInForce | Standing::Amended | Standing::Corrected)
    }
}

/// A title as the catalogue has it, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Title {
    Text(String),
    /// The catalogue was removed by a logged redaction.
    Removed,
    /// The catalogue is not here and no redaction says so.
    Missing,
    /// The entry has no catalogue by its nature; the page names it by its kind.
    None,
}

/// One line of a list: an entry of the chain.
#[derive(Clone, Debug)]
pub struct Item {
    pub index: u64,
    pub kind: Kind,
    /// Index of the document's first version; for other kinds, the entry's own.
    pub document: u64,
    /// 1 for the first version.
    pub version: u32,
    pub title: Title,
    /// BCP 47 tag of the title's language.
    pub language: String,
    /// The date the agency states, `YYYY-MM-DD`.
    pub stated: Option<String>,
    /// None for an entry that is not here or cannot be read.
    pub logged: Option<Moment>,
    /// Whose seal is on it; none for statements of registrars.
    pub agency: Option<AgencyRef>,
    pub stated_agency: Option<String>,
    pub source: Option<Source>,
    pub document_number: Option<String>,
    pub genre: Option<String>,
    /// For disclosures.
    pub standing: Option<Standing>,
    /// The entry that brought the standing about.
    pub standing_by: Option<u64>,
    /// For registrations, statuses, redactions: whom or what it is about, in words.
    pub about: Option<About>,
}

/// What a statement that is not a disclosure speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// An agency registered or changed.
    Agency(AgencyRef),
    /// A post, by its id.
    Post(String),
    /// A later standing of a document.
    Standing(Standing, EntryRef),
    /// A status `reinstated`.
    Reinstated(EntryRef),
    Redaction(EntryRef),
}

impl Item {
    /// The path of this entry's own page, without the language.
    pub fn path(&self) -> String {
        match self.kind {
            Kind::Disclosure => format!("/disclosures/{}", self.index),
            _ => format!("/entries/{}", self.index),
        }
    }
}

impl EntryRef {
    pub fn path(&self) -> String {
        match self.disclosure {
            true => format!("/disclosures/{}", self.index),
            false => format!("/entries/{}", self.index),
        }
    }
}
