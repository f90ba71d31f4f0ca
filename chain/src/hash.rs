//! Hashes and their one spelling, for every other room.

use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};
use std::fmt;

/// A SHA-256 digest. Written as canonical standard base64 (44 characters) wherever the protocol writes one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Hash(pub [u8; 32]);

/// A text that is not the canonical base64 of 32 bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not the canonical base64 of a 32-byte hash")]
pub struct NotAHash;

impl Hash {
    /// 32 zero bytes: what entry 0 calls its previous entry, and the root of an empty registry.
    pub const ZERO: Hash = Hash([0; 32]);

    /// SHA-256 of the concatenated pieces.
    #[must_use]
    pub fn of(pieces: &[&[u8]]) -> Hash {
        let mut hasher = Sha256::new();
        for piece in pieces {
            hasher.update(piece);
        }
        Hash(hasher.finalize().into())
    }

    /// Reads the canonical base64 spelling; any other spelling of the same bytes is refused.
    pub fn parse(text: &str) -> Result<Hash, NotAHash> {
        let mut bytes = [0; 33];
        match STANDARD.decode_slice(text, &mut bytes) {
            Ok(32) => {
                let mut hash = [0; 32];
                hash.copy_from_slice(&bytes[..32]);
                Ok(Hash(hash))
            }
            _ => Err(NotAHash),
        }
    }

    /// Lowercase hexadecimal, for addresses, where base64's `/` and `+` would be in the way.
    #[must_use]
    pub fn to_hex(&self) -> String {
        hex(&self.0)
    }

    /// Reads exactly 64 lowercase hexadecimal characters.
    pub fn from_hex(text: &str) -> Result<Hash, NotAHash> {
        unhex(text).map(Hash).ok_or(NotAHash)
    }
}

/// Lowercase hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]).map(char::from).collect()
}

/// Reads exactly `2 * N` lowercase hexadecimal characters; uppercase is another spelling and refused.
#[must_use]
pub fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let text = text.as_bytes();
    if text.len() != 2 * N {
        return None;
    }
    let digit = |c: u8| match c {
        b'0'..=b'9' => Some(c - b'0'),
        b'a'..=b'f' => Some(c - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl serde::Serialize for Hash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

crate::shape::spelled! { Hash, "a hash", |text| Hash::parse(text).ok(); }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_has_one_spelling() {
        let zero = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        assert_eq!(Hash::parse(zero), Ok(Hash::ZERO));
        // Trailing bits set, missing padding, URL alphabet, white space, too short.
        for other in [
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "____AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            " AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            "AAAA",
            "",
        ] {
            assert_eq!(Hash::parse(other), Err(NotAHash), "{other:?}");
        }
        let hash = Hash::of(&[b"a", b"b"]);
        assert_eq!(Hash::from_hex(&hash.to_hex()), Ok(hash));
        assert!(Hash::from_hex(&hash.to_hex().to_uppercase()).is_err());
    }
}
