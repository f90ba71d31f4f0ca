//! Drafts at the desk: lists, the editor, and the page of a case.

use super::{ChangedView, Faults, PersonalView, SealingView, TextChangeView};
use crate::dates::Moment;
use crate::view::{AgencyRef, Catalogue, EntryRef, Item};
use std::collections::HashMap;

/// What a draft will be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DraftKind {
    Disclosure,
    Status,
    Redaction,
}

impl DraftKind {
    pub const ALL: [DraftKind; 3] = [DraftKind::Disclosure, DraftKind::Status, DraftKind::Redaction];

    pub const fn code(self) -> &'static str {
        match self {
            DraftKind::Disclosure => "disclosure",
            DraftKind::Status => "status",
            DraftKind::Redaction => "redaction",
        }
    }
}

/// What is wrong with one field of a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    Missing,
    Date,
    Order,
    Choice,
    TooLong,
    Twice,
    /// The day is over, or there is no such hour.
    Time,
    FileSize,
    TooManyFiles,
    /// The agency's drafts take up all the room that they may.
    NoRoom,
    /// It was saved again, or is not being written any more.
    Changed,
    /// Too much at once.
    Busy,
    /// For a reason that no field tells of.
    Refused,
    /// Of a post: whoever is to hold it has no role that takes steps.
    NoSteps,
}

/// The first page of drafts.
#[derive(Clone, Debug, Default)]
pub struct DraftsView {
    /// What waits for whoever asks.
    pub waiting: Vec<CaseRow>,
    pub writing: Paged<DraftRow>,
    /// What waits for others, or for its time.
    pub submitted: Paged<CaseRow>,
    pub published: Paged<DraftRow>,
    /// What was given up and may be taken back, and for how many days.
    pub discarded: Paged<DraftRow>,
    pub discarded_days: i64,
    /// Agencies in which they may begin a draft.
    pub begin: Vec<AgencyRef>,
    /// The form that names a published document: what was typed into it, and what was wrong with that.
    pub typed: Typed,
    pub faults: Faults,
}

/// A page of a list, and the queries of those beside it.
#[derive(Clone, Debug)]
pub struct Paged<T> {
    pub rows: Vec<T>,
    pub newer: Option<String>,
    pub older: Option<String>,
}

impl<T> Default for Paged<T> {
    fn default() -> Paged<T> {
        Paged { rows: vec![], newer: None, older: None }
    }
}

#[derive(Clone, Debug)]
pub struct DraftRow {
    pub id: String,
    pub kind: DraftKind,
    /// Empty where nothing was typed yet, and for what has no title.
    pub title: String,
    pub agency: AgencyRef,
    pub saved: Moment,
    pub by: String,
    /// Where it is published.
    pub index: Option<u64>,
    /// Of one that was given up: when it is erased.
    pub until: Option<Moment>,
}

#[derive(Clone, Debug)]
pub struct CaseRow {
    pub case: String,
    pub kind: DraftKind,
    pub title: String,
    pub agency: AgencyRef,
    pub submitted: Moment,
    pub due: Option<Moment>,
    /// Whether all that is asked for is there.
    pub ready: bool,
    /// Whether a rejection stands.
    pub rejected: bool,
    /// Whether the last try to publish it failed.
    pub refused: bool,
    /// Whether it is approved and waits for its agency's own seal.
    pub unsealed: bool,
}

/// What was typed, by the field's name; lists have a line for each.
#[derive(Clone, Debug, Default)]
pub struct Typed(pub HashMap<&'static str, String>);

impl Typed {
    pub fn of(&self, field: &str) -> &str {
        self.0.get(field).map_or("", String::as_str)
    }
}

/// The editor.
#[derive(Clone, Debug)]
pub struct EditorView {
    pub id: String,
    pub kind: DraftKind,
    pub agency: AgencyRef,
    pub revision: i64,
    pub saved: Moment,
    pub saved_by: String,
    /// Whether this request has just saved it.
    pub just_saved: bool,
    pub typed: Typed,
    pub faults: Faults,
    pub files: Vec<FileRow>,
    /// Of what readers will read: what they will see of it.
    pub preview: Option<PreviewView>,
    /// The published version it is about.
    pub target: Option<EntryRef>,
    /// Parts of the target that a redaction may name: commitment, name, and whether it is chosen.
    pub parts: Vec<(String, String, bool)>,
    /// Somebody saved meanwhile: who, and what stands now.
    pub conflict: Option<Conflict>,
    /// Whether what stands is kept aside once this is saved: whoever saves it was shown that.
    pub over: bool,
    /// Texts that were kept aside.
    pub asides: Vec<AsideRow>,
    /// For how many days it is kept once it is given up.
    pub discarded_days: i64,
    /// Codes of genres that the choice offers: those that are known, then those that the agency's rule names.
    pub genres: Vec<String>,
    pub grounds: Vec<&'static str>,
    pub changes: Vec<&'static str>,
    pub may_write: bool,
    /// Texts in other languages, and whether room for one more is wanted.
    pub translations: Vec<TranslationRow>,
    pub another_translation: bool,
    /// Tags of the languages that are offered.
    pub languages: Vec<&'static str>,
    /// Names of registered agencies, to be suggested.
    pub agencies: Vec<String>,
    /// Fields that each kind of document must state.
    pub asked: Vec<(&'static str, &'static [&'static str])>,
    /// Who reads this, by the account's id: what a browser keeps is theirs alone.
    pub account: String,
    /// Most bytes of a file, and most files.
    pub largest_file: usize,
    pub most_files: usize,
}

/// The text in another language, as it was typed.
#[derive(Clone, Debug, Default)]
pub struct TranslationRow {
    pub language: String,
    pub title: String,
    pub body: String,
}

/// What stands, where somebody else was quicker: all in which it differs from what was typed.
#[derive(Clone, Debug)]
pub struct Conflict {
    pub by: String,
    pub saved: Moment,
    /// Whether it was submitted, and so is not written on.
    pub submitted: bool,
    /// Fields by their names: what was typed, and what stands now.
    pub fields: Vec<(&'static str, String, String)>,
    pub texts: Vec<OtherText>,
}

/// The text, or one in another language: in what it differs from what was typed, and its title and all of it as it stands now.
#[derive(Clone, Debug)]
pub struct OtherText {
    pub change: TextChangeView,
    pub title: String,
    pub body: String,
}

/// A text that was kept aside, as the editor lists it.
#[derive(Clone, Debug)]
pub struct AsideRow {
    pub id: String,
    pub by: String,
    pub kept: Moment,
}

/// The same with all that stands in it.
#[derive(Clone, Debug)]
pub struct AsideView {
    pub draft: String,
    pub by: String,
    pub kept: Moment,
    /// Field and text, in the order of the form; what is empty is left out.
    pub typed: Vec<(&'static str, String)>,
}

/// What readers will see of a draft.
#[derive(Clone, Debug)]
pub struct PreviewView {
    /// Drawn by what draws the page of what is published.
    pub item: Item,
    pub catalogue: Catalogue,
    pub body: Option<PreviewText>,
    pub translations: Vec<PreviewText>,
}

/// A text as it will be read.
#[derive(Clone, Debug)]
pub struct PreviewText {
    pub language: String,
    /// Of a translation.
    pub title: String,
    /// Ready-made, safe HTML.
    pub html: String,
    /// Whether it is shown with its formatting.
    pub formatted: bool,
}

#[derive(Clone, Debug)]
pub struct FileRow {
    pub id: String,
    pub name: String,
    pub media: String,
    pub size: u64,
}

/// Before a draft is submitted: what is wrong with it still, and when it is to come out.
#[derive(Clone, Debug)]
pub struct SubmitView {
    pub id: String,
    pub kind: DraftKind,
    pub title: String,
    pub revision: i64,
    /// Of the draft itself; it cannot be submitted with any.
    pub lacks: Faults,
    pub personal: PersonalView,
    pub typed: Typed,
    pub faults: Faults,
    /// What the chain would say to it.
    pub refused: Option<String>,
    /// Whether the agency has a rule.
    pub rule: bool,
    /// Whether this server holds a seal of the agency that is good now.
    pub seals: bool,
}

/// The page of a case.
#[derive(Clone, Debug)]
pub struct CaseView {
    pub id: String,
    pub draft: String,
    pub kind: DraftKind,
    pub agency: AgencyRef,
    pub title: String,
    pub genre: String,
    pub submitted: Moment,
    pub by: String,
    pub due: Option<Moment>,
    pub state: CaseState,
    /// What became of the last try to publish it: a code, and what the log said.
    pub told: Option<(String, String)>,
    pub rule: RuleView,
    /// What whoever asks may decide.
    pub able: Vec<AbleView>,
    /// All that was ever decided in this case, in order.
    pub history: Vec<Decided>,
    pub text: FrozenText,
    /// Beside another version of it, where there is one.
    pub changed: Option<ChangedView>,
    pub personal: PersonalView,
    /// Leaf hash of the agency's entry that holds the rule, base64, and SHA-256 of the core line, in hexadecimal: what a browser that
    /// signs holds the server's answer to.
    pub rule_leaf: String,
    pub core: String,
    pub may_withdraw: bool,
    /// Whether whoever asks writes there, and so writes on in what they take back.
    pub writes: bool,
    pub may_release: bool,
    /// Whether whoever may publish it wrote some of it, where no rule asks anybody else.
    pub releases_own: bool,
    /// Day and hour as the form says them, for whoever may set others.
    pub timing: Option<Typed>,
    /// Of that form.
    pub faults: Faults,
    /// Why the step that was just handed in was not taken: a code, and the same in English.
    pub refused: Option<(&'static str, String)>,
    /// Where its agency keeps the seal itself: where it stands with that, and why what was just brought sealed was not taken, by a code.
    pub sealing: Option<SealingView>,
    pub unsealed: Option<&'static str>,
    pub own: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaseState {
    Open,
    Sealing,
    Published { index: u64 },
    Withdrawn,
}

#[derive(Clone, Debug)]
pub enum RuleView {
    /// The agency has none. Who had it published, if anybody.
    None {
        released: Option<String>,
    },
    /// No publication can come of it, by a code.
    Broken(&'static str),
    Under {
        kinds: Vec<KindView>,
        verdict: Option<&'static str>,
    },
}

/// One kind of step that the rule asks for.
#[derive(Clone, Debug)]
pub struct KindView {
    pub code: String,
    /// Names of the posts that may take it.
    pub posts: Vec<String>,
    pub count: usize,
    /// Codes of the kinds it waits for that are not complete.
    pub waits: Vec<String>,
    pub complete: bool,
    /// Behind how many others it stands: those of one stage run side by side.
    pub stage: usize,
    pub decided: Vec<Decided>,
}

#[derive(Clone, Debug)]
pub struct Decided {
    pub code: String,
    pub post: String,
    /// Who holds it, as colleagues call them.
    pub by: String,
    /// `approve`, `reject`, `override`.
    pub decision: String,
    pub when: Moment,
    /// None while it is not in the log: on its way, or kept until publication.
    pub index: Option<u64>,
    pub deferred: bool,
    pub reason: Option<String>,
    /// Its reason is for the public, once the text is published; and where it is closed again, if whoever looks may do that.
    pub opened: bool,
    pub closing: Option<String>,
    pub counts: bool,
}

#[derive(Clone, Debug)]
pub struct AbleView {
    pub code: String,
    /// Id of the post, and its name.
    pub post: String,
    pub post_name: String,
    pub decisions: Vec<&'static str>,
}

/// What was frozen, as it will stand.
#[derive(Clone, Debug)]
pub enum FrozenText {
    Disclosure(Box<FrozenDisclosure>),
    Status {
        change: String,
        target: EntryRef,
        effective: Option<String>,
        ground: String,
        by: Option<EntryRef>,
    },
    /// Each part by its commitment, and what the target calls it.
    Redaction {
        target: EntryRef,
        parts: Vec<(String, String)>,
        ground: String,
    },
    /// Its bytes are published, and are with the drafts no more.
    Gone,
}

#[derive(Clone, Debug)]
pub struct FrozenDisclosure {
    /// The published version that it replaces, and why.
    pub revises: Option<EntryRef>,
    pub ground: Option<String>,
    pub item: Item,
    pub catalogue: Catalogue,
    pub body: Option<FrozenProse>,
    /// By language.
    pub translations: Vec<(String, FrozenProse)>,
    /// All parts but the catalogue.
    pub parts: Vec<FrozenFile>,
    /// Id of a post, and who holds it, as the text says.
    pub holders: Vec<(String, String)>,
}

/// A text as it will be read.
#[derive(Clone, Debug)]
pub struct FrozenProse {
    pub commitment: String,
    /// Ready-made, safe HTML.
    pub html: String,
    /// Whether it is shown with its formatting.
    pub formatted: bool,
}

#[derive(Clone, Debug)]
pub struct FrozenFile {
    pub name: String,
    pub media: String,
    pub size: u64,
    pub commitment: String,
}

/// What was typed into a form that could not be taken, since whoever typed it is signed out, or has signed in anew.
#[derive(Clone, Debug)]
pub struct LateView {
    /// The page that the form was on, without the language.
    pub page: String,
    pub signed_out: bool,
    /// Field and text, in the order of the form; what is empty is left out.
    pub typed: Vec<(&'static str, String)>,
}
