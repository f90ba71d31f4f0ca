//! What seals for an agency: a key that this process holds, or one in its token.

use super::token::{Token, TokenError};
use chain::{
    note::{Signer, Vkey, with_signature},
    state::{Refusal, State, Verified},
    statement::{Statement, StatementError},
};
use std::sync::Arc;

/// Why something was not sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Statement(#[from] StatementError),
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error("the thread that asked the token broke off")]
    Broke,
}

/// Whose hand seals.
pub enum Sealer<'n> {
    /// The process's own.
    Here(&'n Signer),
    /// A token's, and which of its keys.
    Token(&'static Token, Box<Vkey>),
}

impl Sealer<'_> {
    #[must_use]
    pub fn vkey(&self) -> &Vkey {
        match self {
            Sealer::Here(signer) => signer.vkey(),
            Sealer::Token(_, key) => key,
        }
    }

    /// Seals `text`. A token is waited for.
    pub fn seal(&self, state: &State, text: &str) -> Result<(String, Verified), SealError> {
        match self {
            // What this process just signed needs no verifying.
            Sealer::Here(signer) => Ok(state.seal(text, signer)?),
            Sealer::Token(token, key) => by_token(token, key, state, text),
        }
    }

    /// The same, where a task must not wait.
    pub async fn seal_apart(self, state: Arc<State>, text: String) -> Result<(String, Verified), SealError> {
        match self {
            Sealer::Here(signer) => Ok(state.seal(&text, signer)?),
            Sealer::Token(token, key) => {
                tokio::task::spawn_blocking(move || by_token(token, &key, &state, &text)).await.map_err(|_| SealError::Broke)?
            }
        }
    }
}

/// Asked only for what the log would take, and verified as anybody's.
fn by_token(token: &Token, key: &Vkey, state: &State, text: &str) -> Result<(String, Verified), SealError> {
    state.may_seal(key)?;
    let note = with_signature(text, key, &token.sign(key, text)?).map_err(TokenError::from)?;
    let statement = Statement::parse(note.as_bytes())?;
    let verified = state.verify(&statement)?;
    Ok((note, verified))
}
