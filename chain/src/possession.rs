//! Proof that whoever enrols a key has its private half: the key signs what it is enrolled for.
//!
//! The text begins otherwise than a statement, a checkpoint or anything else that is signed here, so that a signature on the one never
//! passes for a signature on the other.

use crate::{
    note::{Note, NoteError, Vkey},
    statement::is_id,
};

/// What the text begins with, before the chain's origin.
pub const HEADER: &str = "gazette/v1/possession";

/// Why a proof is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PossessionError {
    #[error(transparent)]
    Note(#[from] NoteError),
    #[error("it is no proof for this chain, office, account and key")]
    Other,
    #[error("a chain, an office and an account are named by one word each")]
    Name,
}

/// What a key is enrolled as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Office {
    /// A post's, which takes steps of approval.
    Post,
    /// A registrar's, which a charter names.
    Registrar,
}

impl Office {
    /// As it is written in a proof.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        ["post", "registrar"][self as usize]
    }

    #[must_use]
    pub fn named(code: &str) -> Option<Office> {
        [Office::Post, Office::Registrar].into_iter().find(|office| office.as_str() == code)
    }
}

/// What `key` signs to be enrolled on the chain `origin` as the office `name`, by `account`.
pub fn text(origin: &str, office: Office, name: &str, account: &str, key: &Vkey) -> Result<String, PossessionError> {
    // One line each, whoever named them.
    if !is_id(origin) || !is_id(name) || !is_id(account) {
        return Err(PossessionError::Name);
    }
    Ok(format!("{HEADER} {origin}\n{} {name}\naccount {account}\nkey {key}\n", office.as_str()))
}

/// The key that `proof` proves to be in the hands of whoever signed it, for exactly this.
pub fn verify(proof: &str, origin: &str, office: Office, name: &str, account: &str) -> Result<Vkey, PossessionError> {
    let note = Note::parse(proof.as_bytes())?;
    let said = note.text.lines().nth(3).and_then(|line| line.strip_prefix("key ")).ok_or(PossessionError::Other)?;
    let key = Vkey::parse(said)?;
    if note.text != text(origin, office, name, account, &key)? || note.signatures.len() != 1 || key.name() != name {
        return Err(PossessionError::Other);
    }
    note.verify(&key)?;
    Ok(key)
}
