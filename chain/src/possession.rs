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
    #[error("it is no proof for this chain, post, account and key")]
    Other,
    #[error("a chain, a post and an account are named by one word each")]
    Name,
}

/// What `key` signs to be enrolled on the chain `origin` for `post`, by `account`.
pub fn text(origin: &str, post: &str, account: &str, key: &Vkey) -> Result<String, PossessionError> {
    // One line each, whoever named them.
    if !is_id(origin) || !is_id(post) || !is_id(account) {
        return Err(PossessionError::Name);
    }
    Ok(format!("{HEADER} {origin}\npost {post}\naccount {account}\nkey {key}\n"))
}

/// The key that `proof` proves to be in the hands of whoever signed it, for exactly this.
pub fn verify(proof: &str, origin: &str, post: &str, account: &str) -> Result<Vkey, PossessionError> {
    let note = Note::parse(proof.as_bytes())?;
    let said = note.text.lines().nth(3).and_then(|line| line.strip_prefix("key ")).ok_or(PossessionError::Other)?;
    let key = Vkey::parse(said)?;
    if note.text != text(origin, post, account, &key)? || note.signatures.len() != 1 || key.name() != post {
        return Err(PossessionError::Other);
    }
    note.verify(&key)?;
    Ok(key)
}
