//! Templates: what drafts of a kind may begin with, and the form in which an agency's own are kept.

use super::{Faults, TranslationRow, Typed};
use crate::dates::Moment;
use crate::view::AgencyRef;

/// All that somebody may begin drafts with, agency by agency.
#[derive(Clone, Debug, Default)]
pub struct TemplatesView {
    pub places: Vec<TemplatePlace>,
    /// Those of the house.
    pub house: Vec<TemplateRow>,
    /// Whether whoever asks reads those of every agency, and does no more where nothing else is said.
    pub reads: bool,
}

#[derive(Clone, Debug)]
pub struct TemplatePlace {
    pub agency: AgencyRef,
    pub own: Vec<TemplateRow>,
    /// Whether drafts may be begun there, and whether templates may be kept.
    pub drafts: bool,
    pub keeps: bool,
}

#[derive(Clone, Debug)]
pub struct TemplateRow {
    /// Its id, or the house's code.
    pub id: String,
    pub name: String,
    pub genre: String,
    /// Tags of the languages it has.
    pub languages: Vec<String>,
    /// Of an agency's own: when and by whom it was changed last.
    pub changed: Option<(Moment, String)>,
    /// What a draft would begin with.
    pub text: String,
}

/// The form.
#[derive(Clone, Debug)]
pub struct TemplateView {
    /// None: a new one.
    pub id: Option<String>,
    pub agency: AgencyRef,
    pub name: String,
    pub revision: i64,
    pub typed: Typed,
    pub translations: Vec<TranslationRow>,
    pub faults: Faults,
    pub genres: Vec<&'static str>,
    pub languages: Vec<&'static str>,
    pub just_saved: bool,
    /// Somebody else changed it meanwhile.
    pub conflict: bool,
}
