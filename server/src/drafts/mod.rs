//! Drafts: what is being written, what was frozen for approval, the steps taken about it, and its publication.
//!
//! Why nothing is lost and nothing comes out twice: what is frozen has its statement's id, its salts and its bytes kept before
//! anybody approves it, and the chain takes a statement of one id once. A step is kept before it is handed to the log, and found
//! there again by its id. So whatever is interrupted is simply done again.
//!
//! What holds and what does not is decided in `chain` alone: which step may be taken next, what is missing, and whether a case
//! is approved come from the one function that readers' browsers judge it with.

mod again;
mod asides;
mod bringing;
mod brought;
mod cases;
mod changes;
mod discarding;
mod draft;
mod due;
mod erasing;
mod fields;
mod files;
mod folder;
mod freeze;
mod frozen;
mod holders;
mod items;
mod letters;
mod listed;
mod logging;
mod looked;
mod personal;
mod publish;
mod reasons;
mod room;
mod sealed;
mod steps;
mod table;
mod templates;
mod tidy;
mod told;
mod uploads;
mod waiting;

pub use asides::Aside;
pub use bringing::{Bringing, LARGEST_ARCHIVE};
pub use brought::{Brought, BroughtFile, BroughtRow, Same, Unbrought};
pub use cases::{Able, Case, Kind as StepKind, Standing};
pub use changes::{Against, Changes, FileChange, Version, VersionFile};
pub use discarding::DISCARDED_DAYS;
pub use draft::{Draft, Kind, LONGEST, Saved, Stage, Translation, Whom, Written};
pub use due::keep_publishing;
pub use fields::{GENRES, LANGUAGES, Lack, asked, changes, faults};
pub use files::{File, LARGEST_FILE, MOST_FILES};
pub use folder::{Aside as LeftOut, MOST_BROUGHT, MOST_BYTES, Shut, Skip};
pub(crate) use freeze::catalogue;
pub use frozen::{Frozen, FrozenPart, State as FrozenState};
pub use items::Item;
pub use listed::{Listed, Page, Place};
pub(crate) use looked::in_composed;
pub use looked::{Handed, HandedPart, Looked};
pub use personal::{Found, Sort, in_name, look};
pub use publish::Outcome;
pub use room::MOST_OF_AGENCY;
pub use sealed::Sealing;
pub use steps::{DRAFTING, Given, Opened, Reason, Step, Taken};
pub use table::{Called, Column, FIELDS, LARGEST_TABLE, MOST_ROWS, Table, TableRow, Unread, read as read_table};
pub use templates::{HOUSE, HouseTemplate, Template, begun};
pub use told::{Told, What};
pub use uploads::{Came, LARGEST_PIECE, SMALLEST_PIECE, Upload};
pub use waiting::{Back, Returned};

use crate::{
    node::Node,
    sequencer::SubmitError,
    staff::{Staff, StaffError},
    store::StoreError,
};
use chain::approval::ApprovalError;
use std::sync::Arc;
use tokio::sync::Notify;

/// The desk's drafts and cases. Cloning shares them.
#[derive(Clone)]
pub struct Drafts {
    pub(crate) staff: Staff,
    pub(crate) node: Node,
    files: files::Files,
    in_hand: logging::InHand,
    room: room::Room,
    looking: looked::Looking,
    most_of_agency: i64,
    /// Something may be due.
    wake: Arc<Notify>,
}

/// Why something was not done as it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("there is no such thing, or not for this person")]
    Nothing,
    #[error("it is too long")]
    TooLong,
    #[error("this draft is not being written now")]
    NotWriting,
    #[error("this does not wait for approval any more")]
    NotOpen,
    #[error("this time has passed")]
    Past,
    #[error("something is missing in the draft")]
    Lacks(Vec<(&'static str, Lack)>),
    #[error("the draft was saved again meanwhile: look at it before it is submitted")]
    Changed,
    #[error("the file is empty, or larger than is taken")]
    FileSize,
    #[error("a draft takes no more files")]
    TooManyFiles,
    #[error("the agency's drafts take no more bytes until some are published or dropped")]
    NoRoom,
    #[error("a piece of it is too small, or larger than is taken")]
    PieceSize,
    #[error("{0} bytes of it are here: go on from there")]
    Offset(i64),
    #[error("what came is not what was announced: send it again")]
    Digest,
    /// The chain's own name for why, and what it said.
    #[error("the chain would not take it: {said}")]
    Chain { code: String, said: String },
    #[error("this is no step of this case")]
    NotAStep,
    #[error("the key that signed the step is not registered for its post, or has ended")]
    UnknownKey,
    #[error("the step's signature does not hold: {0}")]
    Signature(String),
    #[error("what was handed in does not open the step")]
    Opening,
    #[error("the step is about another text than the one that waits for approval")]
    OtherCore,
    #[error("the step was signed under a rule that is not in force")]
    StaleRule,
    #[error("another step was taken meanwhile: sign again")]
    StaleCase,
    #[error("a rejection, and an override, needs its reason")]
    NoReason,
    #[error("a reason that is to be published has a personal number in it")]
    PersonalReason,
    #[error("this account does not hold the post")]
    NotHolder,
    #[error("there is nothing to be sealed here now")]
    NotToSeal,
    #[error("what was brought is not the text that is to be sealed now")]
    OtherText,
    #[error("what was brought is not sealed by a key of the agency that is good now: {0}")]
    NotSealed(String),
    #[error("no role of this account takes such a step")]
    Role,
    #[error("no statement could open one more step of this case: it is to be submitted once more")]
    Full,
    #[error("the text names somebody else as holder of this post")]
    NotNamed,
    #[error("nobody approves what they wrote")]
    OwnDraft,
    #[error("one person takes one kind of step in a case, with one post")]
    TwoSteps,
    #[error("{0}")]
    Approval(#[from] ApprovalError),
    #[error("under this id something else was asked for")]
    Differs,
    #[error("the token is not for this")]
    Scope,
    #[error("busy: try again")]
    Busy,
    #[error("nothing of what was brought is taken: {0}")]
    Brought(#[from] Unbrought),
}

impl From<SubmitError> for Refusal {
    fn from(error: SubmitError) -> Refusal {
        Refusal::Chain { code: error.code().into_owned(), said: error.to_string() }
    }
}

impl Refusal {
    /// A stable name for it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::Nothing => "nothing",
            Refusal::TooLong => "too-long",
            Refusal::NotWriting => "not-writing",
            Refusal::NotOpen => "not-open",
            Refusal::Past => "past",
            Refusal::Lacks(_) => "lacks",
            Refusal::Changed => "changed",
            Refusal::FileSize => "file-size",
            Refusal::TooManyFiles => "too-many-files",
            Refusal::NoRoom => "no-room",
            Refusal::PieceSize => "piece-size",
            Refusal::Offset(_) => "offset",
            Refusal::Digest => "digest",
            Refusal::Chain { .. } => "chain",
            Refusal::NotAStep => "not-a-step",
            Refusal::UnknownKey => "unknown-key",
            Refusal::Signature(_) => "false-signature",
            Refusal::Opening => "opening",
            Refusal::OtherCore => "other-text",
            Refusal::StaleRule => "stale-rule",
            Refusal::StaleCase => "stale-case",
            Refusal::NoReason => "no-reason",
            Refusal::PersonalReason => "personal-reason",
            Refusal::NotHolder => "not-holder",
            Refusal::NotToSeal => "not-to-seal",
            Refusal::OtherText => "not-this-text",
            Refusal::NotSealed(_) => "not-sealed",
            Refusal::Role => "role",
            Refusal::Full => "full",
            Refusal::NotNamed => "not-named",
            Refusal::OwnDraft => "own-draft",
            Refusal::TwoSteps => "two-steps",
            Refusal::Approval(error) => error.code(),
            Refusal::Differs => "differs",
            Refusal::Scope => "scope",
            Refusal::Busy => "busy",
            Refusal::Brought(_) => "brought",
        }
    }

    /// Whether signing once more, over what stands now, may well be taken.
    #[must_use]
    pub fn passes(&self) -> bool {
        matches!(self, Refusal::StaleCase | Refusal::Busy)
    }
}

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum DraftsError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Staff(#[from] StaffError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the drafts' folder: {0}")]
    Files(#[from] object_store::Error),
    #[error(transparent)]
    Compose(#[from] crate::compose::ComposeError),
    #[error("the staff database holds {0} that cannot be read")]
    Unreadable(&'static str),
}

impl From<sqlx::Error> for DraftsError {
    fn from(error: sqlx::Error) -> DraftsError {
        DraftsError::Staff(error.into())
    }
}

impl From<getrandom::Error> for DraftsError {
    fn from(error: getrandom::Error) -> DraftsError {
        DraftsError::Staff(error.into())
    }
}

impl DraftsError {
    /// The refusal, if it is one and no trouble.
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            DraftsError::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }
}

impl Drafts {
    /// Opens the drafts of a node and its staff. [`keep_publishing`] does what is due.
    pub fn open(staff: Staff, node: Node) -> Result<Drafts, DraftsError> {
        let files = files::Files::open(&node.data)?;
        let (in_hand, room, wake) = (logging::InHand::default(), room::Room::default(), Arc::new(Notify::new()));
        let looking = looked::Looking::with(None);
        Ok(Drafts { staff, node, files, in_hand, room, looking, most_of_agency: MOST_OF_AGENCY, wake })
    }

    /// With another bound for the bytes of files that one agency may have waiting.
    #[must_use]
    pub fn with_most_of_agency(self, bytes: i64) -> Drafts {
        Drafts { most_of_agency: bytes, ..self }
    }

    #[must_use]
    pub fn staff(&self) -> &Staff {
        &self.staff
    }
}

/// 128 random bits, in hexadecimal.
fn new_id() -> Result<String, DraftsError> {
    Ok(crate::compose::random_id()?)
}

/// What an empty text stands for.
fn stated(text: &str) -> Option<String> {
    given(plain(text))
}

/// A text as a catalogue can say it: trimmed, and for characters that no JSON of the log may hold, one that says so.
fn plain(text: &str) -> String {
    let stray = |c: char| matches!(u32::from(c), 0xfdd0..=0xfdef) || u32::from(c) & 0xfffe == 0xfffe;
    text.trim().chars().map(|c| if stray(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

fn given(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}
