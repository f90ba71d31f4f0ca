//! Parts: the documents a statement commits to without containing them.

use crate::hash::{Hash, hex, unhex};
use std::fmt;

/// Random bytes that keep a commitment from being guessed; one salt for each part.
pub type Salt = [u8; 16];

/// `commitment = SHA-256("gazette/v1 content\n" ‖ salt ‖ bytes)`, written `sha256:` and 64 lowercase hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Commitment(pub Hash);

impl Commitment {
    #[must_use]
    pub fn to(salt: &Salt, bytes: &[u8]) -> Commitment {
        Commitment(Hash::of(&[b"gazette/v1 content\n", salt, bytes]))
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Commitment> {
        Hash::from_hex(text.strip_prefix("sha256:")?).ok().map(Commitment)
    }
}

/// A salt as `….salt` serves it: 32 lowercase hexadecimal digits.
#[must_use]
pub fn format_salt(salt: &Salt) -> String {
    hex(salt)
}

#[must_use]
pub fn parse_salt(text: &str) -> Option<Salt> {
    unhex(text)
}

impl fmt::Display for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", self.0.to_hex())
    }
}

impl fmt::Debug for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl serde::Serialize for Commitment {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

crate::shape::spelled! { Commitment, "a commitment", Commitment::parse; }
