//! The charter, who may amend it, and what an amendment changes.

use super::{Faults, PostKey, WaitingRow};

/// The charter as it is, and the form that asks for another.
#[derive(Clone, Debug, Default)]
pub struct CharterView {
    /// What it says, each with what it is.
    pub says: Vec<(String, String)>,
    /// Where it stands.
    pub entry: u64,
    /// Amendments that wait.
    pub waiting: Vec<WaitingRow>,
    pub needed: usize,
    /// Whether whoever asks registers; others only read.
    pub registers: bool,
    pub registrars: Vec<RegistrarRow>,
    /// Those who ask to become registrars.
    pub candidates: Vec<CandidateRow>,
    pub typed: CharterForm,
    pub faults: Faults,
}

#[derive(Clone, Debug)]
pub struct RegistrarRow {
    pub name: String,
    pub vkey: String,
    /// Whether it stays one, as the form has it.
    pub stays: bool,
}

#[derive(Clone, Debug)]
pub struct CandidateRow {
    /// What waits.
    pub registration: String,
    pub name: String,
    pub vkey: String,
    pub by: String,
    /// Whether it becomes one, as the form has it.
    pub chosen: bool,
}

/// An amendment as it was typed.
#[derive(Clone, Debug, Default)]
pub struct CharterForm {
    pub threshold: String,
    pub name_zh: String,
    pub name_en: String,
    pub zone: String,
    pub policy: String,
    /// Whether the log is to take another key, and from which size on.
    pub rotates: bool,
    pub from: String,
    /// The last part of the name of a registrar's key to be made.
    pub key: String,
    /// What was warned of already, as its form sends it again.
    pub seen: String,
}

/// One registrar's key, or one that is to become a registrar's.
#[derive(Clone, Debug, Default)]
pub struct RegistrarView {
    pub name: String,
    /// What the charter has under this name.
    pub keys: Vec<PostKey>,
    /// Public halves of which somebody asks that they become registrars'.
    pub waiting: Vec<String>,
    /// Whether a new key of this name may be asked for.
    pub may: bool,
    pub faults: Faults,
}

/// What an amendment says, as it is shown to whoever signs it.
#[derive(Clone, Debug)]
pub struct AmendedView {
    /// Each with what it is, taken out (`was-…`) or put in (`new-…`).
    pub changes: Vec<(String, String)>,
    pub stays: Vec<(String, String)>,
    /// Where the charter stands that it amends.
    pub before: u64,
}
