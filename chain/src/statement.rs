//! Statements: what charters, agencies, posts, steps, disclosures, statuses and redactions say, and their syntax.
//!
//! In scope: reading a signed note as a statement and every rule that needs nothing but the statement itself.
//! Out of scope: whether its signers may say it, and when; see `state`.

mod cores;
mod rules;

pub use cores::{
    Agency, Charter, Disclosure, Ended, Ending, Key, LogKey, Names, Part, Post, Redaction, Reference, Registrars, Stated, Status,
    StatusKind, Step, good_key,
};
pub use rules::{is_code, is_id};

use crate::{
    approval::Act,
    checkpoint::parse_size,
    entry::{LARGEST_REGISTRY_STATEMENT, LARGEST_STATEMENT},
    hash::unhex,
    json::{self, JsonError},
    note::{Note, NoteError},
};
pub(crate) use rules::member;
use serde::Serialize;

/// First word of every statement's first line; the chain's origin follows after a space.
pub const HEADER: &str = "gazette/v1/statement";
/// Most parts a disclosure may list; beyond, a part of role `manifest` lists the rest.
pub const MOST_PARTS: usize = 64;

/// Why bytes are not a statement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    #[error(transparent)]
    Note(#[from] NoteError),
    #[error("the statement has {size} bytes; at most {limit} are taken")]
    TooLarge { size: usize, limit: usize },
    #[error("the statement is not a header line, a core line and at most one act line")]
    Lines,
    #[error("the {0} line: {1}")]
    Json(&'static str, JsonError),
    #[error("the member {0:?} has a value that is not allowed")]
    Member(&'static str),
    #[error("a {0} has no act line")]
    Act(&'static str),
    #[error("{0:?} is not a type of statement that v1 knows")]
    Type(String),
}

impl StatementError {
    /// A stable name for it, and after a colon for what is inside it.
    #[must_use]
    pub fn code(&self) -> String {
        match self {
            StatementError::Note(error) => format!("note:{}", error.code()),
            StatementError::TooLarge { .. } => "too-large".into(),
            StatementError::Lines => "lines".into(),
            StatementError::Json(line, _) => format!("json:{line}"),
            StatementError::Member(name) => format!("member:{name}"),
            StatementError::Act(_) => "act".into(),
            StatementError::Type(_) => "type".into(),
        }
    }
}

/// What a statement says, by its type.
#[derive(Debug, Clone, PartialEq)]
pub enum Core {
    Charter(Box<Charter>),
    Agency(Box<Agency>),
    Post(Box<Post>),
    Step(Box<Step>),
    Disclosure(Box<Disclosure>),
    Status(Box<Status>),
    Redaction(Box<Redaction>),
}

/// A note read as a statement. Its signatures are still only attached.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement<'a> {
    pub note: Note<'a>,
    pub origin: &'a str,
    /// 32 hexadecimal digits; with the signer's name, what makes a second submission the same one.
    pub id: String,
    pub core: Core,
    /// The core line as it was signed, without its newline: what approvals commit to.
    pub core_line: &'a str,
    pub act: Option<Act>,
}

/// `{"type":…,"id":…, the rest of `core`}`: the line a publisher signs. Fails only if `core` is not an object.
pub fn core_line<T: Serialize>(kind: &str, id: &str, core: &T) -> serde_json::Result<String> {
    #[derive(Serialize)]
    struct Line<'a, T> {
        r#type: &'a str,
        id: &'a str,
        #[serde(flatten)]
        core: &'a T,
    }
    serde_json::to_string(&Line { r#type: kind, id, core })
}

/// The note text of a statement of the chain `origin`.
#[must_use]
pub fn text(origin: &str, core_line: &str, act_line: Option<&str>) -> String {
    let mut text = format!("{HEADER} {origin}\n{core_line}\n");
    if let Some(line) = act_line {
        text.push_str(line);
        text.push('\n');
    }
    text
}

impl<'a> Statement<'a> {
    /// Reads the bytes of a signed note as a statement: syntax, limits, and the rules of each member.
    pub fn parse(bytes: &'a [u8]) -> Result<Statement<'a>, StatementError> {
        let size = bytes.len();
        if size > LARGEST_REGISTRY_STATEMENT {
            return Err(StatementError::TooLarge { size, limit: LARGEST_REGISTRY_STATEMENT });
        }
        let note = Note::parse(bytes)?;
        let mut lines = note.text.strip_suffix('\n').unwrap_or_default().split('\n');
        let (Some(header), Some(core_line), act_line, None) = (lines.next(), lines.next(), lines.next(), lines.next()) else {
            return Err(StatementError::Lines);
        };
        let origin = header.strip_prefix(HEADER).and_then(|rest| rest.strip_prefix(' ')).ok_or(StatementError::Lines)?;
        member(is_id(origin), "origin")?;
        let (id, core) = Core::read(core_line)?;
        let registers = core.registers();
        if !registers && size > LARGEST_STATEMENT {
            return Err(StatementError::TooLarge { size, limit: LARGEST_STATEMENT });
        }
        let act = match act_line {
            None => None,
            Some(_) if registers || matches!(core, Core::Step(_)) => {
                return Err(StatementError::Act(core.kind()));
            }
            Some(line) => Some(json::read(line).map_err(|error| StatementError::Json("act", error))?),
        };
        Ok(Statement { note, origin, id, core, core_line, act })
    }

    /// Name under which it is signed and told apart: the agency's, the post's, or for registration the chain's.
    #[must_use]
    pub fn signer(&self) -> &str {
        match &self.core {
            Core::Charter(_) | Core::Agency(_) | Core::Post(_) => self.origin,
            Core::Step(_) => self.note.signatures.first().map_or("", |line| line.name),
            Core::Disclosure(core) => &core.agency,
            Core::Status(core) => &core.agency,
            Core::Redaction(core) => &core.agency,
        }
    }
}

impl Core {
    /// Reads a core line by itself, as what is up for approval is, with the statement's id: syntax, and the rules of each member.
    // Readers' browsers call it once, from where it would stand otherwise: apart it costs them half a kilobyte.
    #[inline(always)]
    pub fn read(line: &str) -> Result<(String, Core), StatementError> {
        let in_core = |error| StatementError::Json("core", error);
        let said = json::checked(line).map_err(in_core)?;
        let (kind, id) = (said.text("type").map_err(in_core)?.to_owned(), said.text("id").map_err(in_core)?.to_owned());
        member(unhex::<16>(&id).is_some(), "id")?;
        let core = match kind.as_str() {
            "charter" => Core::Charter(said.whole().map_err(in_core)?),
            "agency" => Core::Agency(said.whole().map_err(in_core)?),
            "post" => Core::Post(said.whole().map_err(in_core)?),
            "step" => Core::Step(said.whole().map_err(in_core)?),
            "disclosure" => Core::Disclosure(said.whole().map_err(in_core)?),
            "status" => Core::Status(said.whole().map_err(in_core)?),
            "redaction" => Core::Redaction(said.whole().map_err(in_core)?),
            _ => return Err(StatementError::Type(kind.chars().take(64).collect())),
        };
        core.check()?;
        Ok((id, core))
    }

    /// The member `type`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Core::Charter(_) => "charter",
            Core::Agency(_) => "agency",
            Core::Post(_) => "post",
            Core::Step(_) => "step",
            Core::Disclosure(_) => "disclosure",
            Core::Status(_) => "status",
            Core::Redaction(_) => "redaction",
        }
    }

    /// Whether it changes the registry, and is signed by registrars.
    #[must_use]
    pub fn registers(&self) -> bool {
        matches!(self, Core::Charter(_) | Core::Agency(_) | Core::Post(_))
    }

    /// The id whose newest entry this becomes in the registry.
    #[must_use]
    pub fn registry_id(&self) -> Option<&str> {
        match self {
            Core::Charter(core) => Some(&core.origin),
            Core::Agency(core) => Some(&core.agency),
            Core::Post(core) => Some(&core.post),
            _ => None,
        }
    }
}

/// Reads an index out of a path or address, in its one spelling.
#[must_use]
pub fn parse_index(text: &str) -> Option<u64> {
    parse_size(text)
}
