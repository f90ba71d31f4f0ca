//! Statements: what charters, agencies, posts, steps, disclosures, statuses and redactions say, and their syntax.
//!
//! In scope: reading a signed note as a statement and every rule that needs nothing but the statement itself.
//! Out of scope: whether its signers may say it, and when; see `state`.

use crate::{
    approval::{Act, Rule},
    checkpoint::parse_size,
    entry::{LARGEST_REGISTRY_STATEMENT, LARGEST_STATEMENT},
    hash::{Hash, unhex},
    json::{self, JsonError},
    note::{KeyType, Note, NoteError, Vkey, is_key_name},
    part::Commitment,
    policy::Policy,
    time::parse_date,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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

/// An entry pointed at: its index, so that it is found, and its leaf hash, so that it is the one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    pub index: u64,
    pub leaf: Hash,
}

/// Names of institutions by language (`zh`, `en`).
pub type Names = BTreeMap<String, String>;

/// How a key came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ending {
    Retired,
    Lost,
    Compromised,
}

/// From entry `at` on the key signs nothing; a compromised key is also doubted from there on, looking back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    pub how: Ending,
    pub at: u64,
}

/// A key that an agency or a post signs with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    pub key: Vkey,
    /// Who keeps a seal: `portal`, `token` or `agency`. Absent for posts, whose keys the officer's browser keeps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custody: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
}

/// A log key and the tree size its checkpoints start at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogKey {
    pub key: Vkey,
    pub from: u64,
}

/// Who may register: `threshold` of `keys`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registrars {
    pub threshold: usize,
    pub keys: Vec<Vkey>,
}

/// Entry 0 and its amendments. Always the whole charter, never a difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charter {
    pub origin: String,
    /// A trial chain: its contents are not a public record.
    pub trial: bool,
    /// Names of the portal.
    #[serde(default)]
    pub name: Names,
    /// IANA time zone dates are shown in.
    pub zone: String,
    pub logs: Vec<LogKey>,
    pub registrars: Registrars,
    /// A tlog-policy file: the witnesses this portal asks.
    pub policy: String,
    /// The charter this one amends; absent in entry 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amends: Option<Reference>,
}

/// A registered agency, whole, with every key it ever had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agency {
    pub agency: String,
    pub name: Names,
    pub seals: Vec<Key>,
    /// What approval a publication needs; absent: none is recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<Rule>,
    /// The body that speaks for an abolished one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub successor: Option<String>,
    /// Other bodies that may state the status of this agency's documents.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overseers: Vec<String>,
    /// It seals copies of what others published, never documents of its own.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub archive: bool,
}

/// A registered post, whole, with every key it ever had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    pub post: String,
    pub agency: String,
    pub name: Names,
    pub keys: Vec<Key>,
}

/// One approval step, as logged: a commitment that publication opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub agency: String,
    /// 32 random hexadecimal digits.
    pub case: String,
    /// The case's step before; absent for its first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Reference>,
    pub commitment: Commitment,
}

/// A committed document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// `catalogue`, `body`, `attachment`, `translation`, `translated-catalogue` or `manifest`.
    pub role: String,
    pub media: String,
    /// Bytes.
    pub size: u64,
    pub commitment: Commitment,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// Dates as the agency states them, each `YYYY-MM-DD`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stated {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
}

/// The core of a disclosure: all that approval covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disclosure {
    pub agency: String,
    pub genre: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theme: Option<String>,
    pub language: String,
    #[serde(default)]
    pub stated: Stated,
    pub parts: Vec<Part>,
    /// The head it replaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revises: Option<Reference>,
    /// For copies: the body that is said to have published the original, which did not seal this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stated_agency: Option<String>,
    /// For copies: where it was copied from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// What became of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StatusKind {
    Repealed,
    Lapsed,
    Amended,
    Annulled,
    Corrected,
    /// Withdrawn from publication.
    Withdrawn,
    Reinstated,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    pub agency: String,
    pub target: Reference,
    pub kind: StatusKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<String>,
    pub ground: String,
    /// The instrument that does it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Reference>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redaction {
    pub agency: String,
    pub target: Reference,
    pub parts: Vec<Commitment>,
    pub ground: String,
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

#[derive(Deserialize)]
struct Kind {
    r#type: String,
    id: String,
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

/// An id of an agency or post: lowercase ASCII, a key name, also fit for an address.
#[must_use]
pub fn is_id(id: &str) -> bool {
    is_key_name(id)
        && id.split('/').all(|part| !part.is_empty() && !part.starts_with('.'))
        && id.bytes().all(|c| matches!(c, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'/'))
}

/// A code (genre, theme, ground, step, role): 1 to 64 of `a–z 0–9 -`.
#[must_use]
pub fn is_code(code: &str) -> bool {
    (1..=64).contains(&code.len()) && code.bytes().all(|c| matches!(c, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

fn is_media(media: &str) -> bool {
    media.len() <= 128
        && media.split_once('/').is_some_and(|(kind, sub)| {
            [kind, sub]
                .iter()
                .all(|part| !part.is_empty() && part.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || b"-.+".contains(&c)))
        })
}

fn member(holds: bool, name: &'static str) -> Result<(), StatementError> {
    if holds { Ok(()) } else { Err(StatementError::Member(name)) }
}

fn is_day(date: &Option<String>) -> bool {
    date.as_deref().is_none_or(|date| parse_date(date).is_some())
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
        let in_core = |error| StatementError::Json("core", error);
        let Kind { r#type: kind, id } = json::read(core_line).map_err(in_core)?;
        member(unhex::<16>(&id).is_some(), "id")?;
        let core = match kind.as_str() {
            "charter" => Core::Charter(json::read(core_line).map_err(in_core)?),
            "agency" => Core::Agency(json::read(core_line).map_err(in_core)?),
            "post" => Core::Post(json::read(core_line).map_err(in_core)?),
            "step" => Core::Step(json::read(core_line).map_err(in_core)?),
            "disclosure" => Core::Disclosure(json::read(core_line).map_err(in_core)?),
            "status" => Core::Status(json::read(core_line).map_err(in_core)?),
            "redaction" => Core::Redaction(json::read(core_line).map_err(in_core)?),
            _ => return Err(StatementError::Type(kind.chars().take(64).collect())),
        };
        core.check()?;
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

    fn check(&self) -> Result<(), StatementError> {
        match self {
            Core::Charter(core) => core.check(),
            Core::Agency(core) => {
                member(is_id(&core.agency), "agency")?;
                check_names(&core.name)?;
                check_keys(&core.seals, &core.agency, "seals", |custody| matches!(custody, Some("portal" | "token" | "agency")))?;
                member(core.successor.as_deref().is_none_or(is_id), "successor")?;
                member(core.overseers.iter().all(|id| is_id(id)), "overseers")?;
                core.rule.as_ref().map_or(Ok(()), |rule| member(rule.is_sound(), "rule"))
            }
            Core::Post(core) => {
                member(is_id(&core.post) && core.post != core.agency, "post")?;
                member(is_id(&core.agency), "agency")?;
                check_names(&core.name)?;
                check_keys(&core.keys, &core.post, "keys", |custody| custody.is_none())
            }
            Core::Step(core) => {
                member(is_id(&core.agency), "agency")?;
                member(unhex::<16>(&core.case).is_some(), "case")
            }
            Core::Disclosure(core) => core.check(),
            Core::Status(core) => {
                member(is_id(&core.agency), "agency")?;
                member(is_day(&core.effective), "effective")?;
                member(is_code(&core.ground), "ground")
            }
            Core::Redaction(core) => {
                member(is_id(&core.agency), "agency")?;
                member(is_code(&core.ground), "ground")?;
                member((1..=MOST_PARTS).contains(&core.parts.len()), "parts")
            }
        }
    }
}

impl Charter {
    /// The log key whose checkpoints have this size.
    #[must_use]
    pub fn log_key(&self, size: u64) -> Option<&Vkey> {
        self.logs.iter().rev().find(|log| log.from <= size).map(|log| &log.key)
    }

    fn check(&self) -> Result<(), StatementError> {
        member(is_id(&self.origin), "origin")?;
        check_names(&self.name)?;
        let zone = |c: u8| c.is_ascii_alphanumeric() || b"/_-+".contains(&c);
        member((1..=64).contains(&self.zone.len()) && self.zone.bytes().all(zone), "zone")?;
        let rising = self.logs.windows(2).all(|pair| pair[0].from < pair[1].from);
        let ours = self.logs.iter().all(|log| log.key.name() == self.origin && sound(&log.key));
        member(rising && ours && self.logs.first().is_some_and(|log| log.from == 0), "logs")?;
        let Registrars { threshold, keys } = &self.registrars;
        let distinct = keys.iter().enumerate().all(|(n, key)| keys[..n].iter().all(|other| apart(other, key)));
        let named = keys.iter().all(|key| is_id(key.name()) && sound(key));
        member((1..=keys.len()).contains(threshold) && distinct && named, "registrars")?;
        member(Policy::parse(&self.policy).is_ok(), "policy")
    }
}

impl Disclosure {
    fn check(&self) -> Result<(), StatementError> {
        member(is_id(&self.agency), "agency")?;
        member(is_code(&self.genre), "genre")?;
        member(self.theme.as_deref().is_none_or(is_code), "theme")?;
        member(is_code(&self.language), "language")?;
        let Stated { issued, published, effective, expires } = &self.stated;
        member([issued, published, effective, expires].into_iter().all(is_day), "stated")?;
        member((1..=MOST_PARTS).contains(&self.parts.len()), "parts")?;
        let catalogues = self.parts.iter().filter(|part| part.role == "catalogue").count();
        member(catalogues == 1 && self.parts[0].role == "catalogue", "parts")?;
        for (n, part) in self.parts.iter().enumerate() {
            let distinct = self.parts[..n].iter().all(|other| other.commitment != part.commitment);
            let sized = part.size <= json::LARGEST;
            let known = part.language.as_deref().is_none_or(is_code);
            member(is_code(&part.role) && is_media(&part.media) && distinct && sized && known, "parts")?;
        }
        let short = |text: &Option<String>, most: usize| text.as_deref().is_none_or(|t| !t.is_empty() && t.len() <= most);
        member(short(&self.stated_agency, 400), "stated_agency")?;
        member(short(&self.source, 400), "source")
    }
}

/// Fit to be registered: an Ed25519 note key without torsion.
fn sound(key: &Vkey) -> bool {
    key.kind() == KeyType::Ed25519 && key.is_torsion_free()
}

/// Neither the same key nor a key whose signature lines could be taken for the other's.
fn apart(one: &Vkey, other: &Vkey) -> bool {
    one.public() != other.public() && one.id() != other.id()
}

fn check_names(names: &Names) -> Result<(), StatementError> {
    member(names.len() <= 16 && names.iter().all(|(language, name)| is_code(language) && !name.is_empty() && name.len() <= 400), "name")
}

fn check_keys(keys: &[Key], name: &str, what: &'static str, custody: impl Fn(Option<&str>) -> bool) -> Result<(), StatementError> {
    for (n, key) in keys.iter().enumerate() {
        let distinct = keys[..n].iter().all(|other| apart(&other.key, &key.key));
        member(distinct && key.key.name() == name && sound(&key.key) && custody(key.custody.as_deref()), what)?;
    }
    Ok(())
}

/// The key by which `line` could be, among `keys`, if it was good at entry `index`.
#[must_use]
pub fn good_key(keys: &[Key], id: [u8; 4], index: u64) -> Option<&Key> {
    keys.iter().find(|key| key.key.id() == id && key.ended.is_none_or(|ended| index < ended.at))
}

/// Reads an index out of a path or address, in its one spelling.
#[must_use]
pub fn parse_index(text: &str) -> Option<u64> {
    parse_size(text)
}
