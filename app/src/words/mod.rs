//! Every word of the pages, once per language. A missing translation does not compile.

mod checks;
pub mod desk;
mod en;
mod en_browser;
mod en_pages;
mod figures;
mod rules;
pub mod values;
mod zh;
mod zh_browser;
mod zh_pages;

use crate::Lang;
use crate::codes::{self, grouped as number};
use crate::phrases::{IslandWords, Phrase};
use crate::view::{Change, Custody, KeyRole, Kind, Sort, Standing};
pub use checks::CheckWords;
pub use figures::FigureWords;
pub use rules::RuleWords;
use std::borrow::Cow;

type Text = &'static str;

/// The words of one language.
pub fn of(lang: Lang) -> &'static Words {
    match lang {
        Lang::Zh => &zh::WORDS,
        Lang::En => &en::WORDS,
    }
}

/// What the island needs, in one language.
pub fn island(lang: Lang) -> IslandWords {
    let say = match lang {
        Lang::Zh => zh_browser::say,
        Lang::En => en_browser::say,
    };
    IslandWords {
        checks: of(lang).checks.iter().flat_map(CheckWords::sentences).map(Cow::Borrowed).collect(),
        phrases: Phrase::ALL.iter().map(|phrase| Cow::Borrowed(say(*phrase))).collect(),
    }
}

pub struct Words {
    pub lang: Lang,
    pub site: SiteWords,
    pub item: ItemWords,
    pub lists: ListWords,
    pub figures: FigureWords,
    pub rules: RuleWords,
    pub search: SearchWords,
    pub document: DocumentWords,
    pub catalogue: CatalogueWords,
    pub record: RecordWords,
    pub chain: ChainWords,
    pub about: AboutWords,
    pub problem: ProblemWords,
    pub checks: &'static [CheckWords; 8],
}

pub struct SiteWords {
    /// What this language calls itself.
    pub own_name: Text,
    pub skip: Text,
    pub navigation: Text,
    pub timeline: Text,
    pub search: Text,
    pub agencies: Text,
    pub chain: Text,
    pub about: Text,
    pub trial_tag: Text,
    pub trial: Text,
    pub read_only_tag: Text,
    /// Where an old copy of the chain is shown: up to which entry.
    pub read_only: fn(u64) -> String,
    /// Where nobody has said yet whether the copy shown is the newest.
    pub unconfirmed: Text,
    pub without_script: Text,
    pub how_to_check: Text,
    /// What stands before the thing it names.
    pub label: fn(&str) -> String,
    pub alarm: Text,
    /// Leads to the first entry of a page that does not hold.
    pub alarm_first: Text,
    pub origin: Text,
    pub identity: Text,
    pub foot: Text,
    pub keys: Text,
    pub keys_title: Text,
    pub keys_close: Text,
    /// Key and what it does.
    pub keys_rows: [(Text, Text); 5],
    pub number: fn(u64) -> String,
    pub description: Text,
    pub zone: fn(&str) -> String,
}

pub struct ItemWords {
    pub entry: fn(u64) -> String,
    pub version: fn(u32) -> String,
    pub stated: Text,
    pub logged: Text,
    pub seen: Text,
    pub no_date: Text,
    /// A ground's code in words, if it is one that is known.
    pub ground: fn(&str) -> Option<Text>,
    pub kind: fn(Kind) -> Text,
    pub standing: fn(Standing) -> Text,
    pub removed: Text,
    pub missing: Text,
    pub agency_registered: fn(&str) -> String,
    pub post_registered: fn(&str) -> String,
    /// The change and the title or entry it is about.
    pub became: fn(Standing, &str) -> String,
    pub reinstated: fn(&str) -> String,
    pub redacted: fn(&str) -> String,
    pub copied: fn(&str, &str) -> String,
    pub stated_agency: Text,
    pub unchecked: Text,
    pub unseen: fn(&str) -> String,
    pub seal_of: fn(&str) -> String,
}

pub struct ListWords {
    pub timeline_title: Text,
    pub timeline_lead: Text,
    pub stated_lead: Text,
    pub order: Text,
    pub order_chain: Text,
    pub order_stated: Text,
    pub empty: Text,
    pub pages: Text,
    pub newest: Text,
    pub newer: Text,
    pub older: Text,
    pub oldest: Text,
    pub span: fn(u64, u64) -> String,
    pub agencies_title: Text,
    pub agencies_lead: Text,
    pub agencies_empty: Text,
    pub documents: fn(u64) -> String,
    pub newest_document: Text,
    pub none_yet: Text,
    pub archive: Text,
    pub ended: fn(Option<&str>) -> String,
    pub successor: Text,
    pub stated_title: Text,
    pub stated_note: Text,
    pub agency_id: Text,
    pub registered: Text,
    pub posts: Text,
    pub posts_none: Text,
    pub seal_keys: Text,
    pub agency_documents: Text,
}

pub struct SearchWords {
    pub title: Text,
    pub label: Text,
    pub hint: Text,
    pub button: Text,
    pub filters: Text,
    pub agency: Text,
    pub genre: Text,
    pub language: Text,
    pub standing: Text,
    pub all: Text,
    pub from: Text,
    pub to: Text,
    pub sort: Text,
    pub sort_by: fn(Sort) -> Text,
    pub clear: Text,
    pub found: fn(u64, &str) -> String,
    pub found_filters: fn(u64) -> String,
    /// Said once over what was found: a line's check does not reach the extract under it.
    pub extracts: Text,
    pub page_of: fn(u64, u64) -> String,
    pub page: fn(u64) -> String,
    pub previous: Text,
    pub next: Text,
    pub empty: fn(&str) -> String,
    pub empty_filters: Text,
    pub empty_help: [Text; 4],
    pub problem: Text,
    pub bad_date: Text,
    pub no_words: Text,
    /// How many characters and words of a question are read.
    pub shortened: fn(usize, usize) -> String,
    pub past_the_end: fn(u64) -> String,
    /// Entries that the index covers, and that there are.
    pub behind: fn(u64, u64) -> String,
    pub apart: Text,
    pub not_ready: fn(u64, u64) -> String,
}

pub struct DocumentWords {
    pub catalogue: Text,
    pub text: Text,
    /// Of a text shown without its formatting.
    pub written: Text,
    pub removed: Text,
    pub removed_see: Text,
    /// Where the statement that removed it is missing, as pages of an old copy say of later entries.
    pub removed_ahead: Text,
    pub missing: Text,
    pub file: Text,
    pub none: Text,
    pub catalogue_removed: Text,
    pub catalogue_missing: Text,
    pub attachments: Text,
    pub translations: Text,
    pub translation: Text,
    pub translation_see: Text,
    pub attachment: Text,
    pub body_file: Text,
    pub part_removed: Text,
    pub versions: Text,
    pub this_version: Text,
    pub newest_version: Text,
    pub dates: Text,
    pub dates_note: Text,
    pub seen_none: Text,
    pub seen: fn(&str, u32, u32) -> String,
    pub neighbours: Text,
    pub older: Text,
    pub newer: Text,
    pub newer_none: Text,
    pub older_none: Text,
    pub checks: Text,
    pub checks_lead: Text,
    pub not_checked: Text,
    pub raw: Text,
    pub raw_entry: Text,
    pub raw_proof: Text,
    pub raw_catalogue: Text,
    pub raw_body: Text,
    pub raw_translation: Text,
    pub raw_holders: Text,
    pub raw_salt: Text,
    pub approval: Text,
    pub approval_earlier: Text,
    pub approval_deferred: Text,
    pub approval_keys: Text,
    /// Of a rejection or an override: each has one.
    pub reason_closed: Text,
    pub reason_open: Text,
    pub between_holders: Text,
    pub approval_names: Text,
    /// Before the names of a post that more than one holds.
    pub one_of_holders: Text,
    pub leaf: Text,
    pub previous: Text,
    pub address: Text,
    pub version_address: Text,
    pub notice: fn(Change) -> Text,
    pub since: fn(&str) -> String,
    pub by_this: Text,
    /// Before the version that this one took the place of.
    pub replaces: Text,
    pub by: Text,
    pub ground: Text,
    pub stated_by: fn(&str) -> String,
    pub see_statement: Text,
    pub superseded: Text,
    pub size: fn(u64) -> String,
    pub sealed: Text,
}

pub struct CatalogueWords {
    pub index_number: Text,
    pub document_number: Text,
    pub issuers: Text,
    pub joint: Text,
    pub issued: Text,
    pub published: Text,
    pub effective: Text,
    pub expires: Text,
    pub theme: Text,
    pub genre: Text,
    pub basis: Text,
    pub summary: Text,
    pub keywords: Text,
    pub language: Text,
    pub region: Text,
    pub subjects: Text,
    /// Schemes of subjects' ids: code and name.
    /// What ids of a scheme are called, if it is one that is known.
    pub scheme: fn(&str) -> Option<Text>,
    pub source: Text,
    pub authentic: Text,
    pub standing: Text,
    pub title: Text,
}

pub struct RecordWords {
    pub title: fn(&str, u64) -> String,
    pub says: Text,
    pub text: Text,
    pub text_note: Text,
    /// Instead of an entry's text that is not here.
    pub missing: Text,
    pub origin: Text,
    pub agency: Text,
    pub post: Text,
    pub registrars: Text,
    pub threshold: fn(u32, u32) -> String,
    pub zone: Text,
    pub trial: Text,
    pub yes: Text,
    pub no: Text,
    pub key: fn(KeyRole) -> Text,
    pub key_from: fn(u64) -> String,
    pub key_retired: fn(u64) -> String,
    pub key_lost: fn(u64) -> String,
    pub key_stolen: fn(u64) -> String,
    pub custody: fn(Custody) -> Text,
    pub target: Text,
    pub becomes: Text,
    pub reinstated: Text,
    pub effective: Text,
    pub stated_by: Text,
    pub case: Text,
    pub parts: Text,
    pub signed_by: Text,
}

pub struct ChainWords {
    pub title: Text,
    pub lead: Text,
    pub identity: Text,
    pub identity_note: Text,
    pub began: Text,
    pub charter: Text,
    pub size: Text,
    pub entries: fn(u64) -> String,
    pub checkpoint: Text,
    pub checkpoint_note: Text,
    pub checkpoint_link: Text,
    pub keys: Text,
    pub keys_note: Text,
    pub policy: Text,
    pub witnesses: Text,
    pub witnesses_none: Text,
    pub check: Text,
    pub check_lead: Text,
    pub by_browser: Text,
    pub by_browser_note: Text,
    pub by_hand: Text,
    pub by_hand_leaf: Text,
    pub by_hand_part: Text,
    pub by_client: Text,
    pub by_client_note: Text,
    pub by_owner: Text,
    pub by_owner_note: Text,
    pub addresses: Text,
    pub address_rows: [(Text, Text); 11],
}

/// Sections of a heading and its paragraphs.
pub struct AboutWords {
    pub title: Text,
    pub lead: Text,
    pub sections: &'static [(Text, &'static [Text])],
    pub reading: Text,
    pub legend: [(Text, Text, Text); 4],
    pub seals: [(Text, Text, Text); 4],
}

pub struct ProblemWords {
    pub bad_address: (Text, Text),
    pub not_found: (Text, Text),
    pub not_yet: (Text, fn(u64) -> String),
    pub removed: (Text, Text),
    pub removed_see: Text,
    pub too_many: (Text, fn(u32) -> String),
    pub broken: (Text, Text),
    pub busy: (Text, fn(u32) -> String),
    pub home: Text,
    pub search: Text,
}
