//! Cosignatures (<https://c2sp.org/tlog-cosignature>): what a witness says about a checkpoint it found consistent.
//!
//! In scope: Ed25519 cosignatures, type 0x04. Out of scope: ML-DSA-44 (0x06), whose lines are kept and not counted.

use crate::note::{KeyType, Note, NoteError, Signer, Vkey};

/// The bytes a witness signs: two lines, then the checkpoint's text.
fn message(seconds: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {seconds}\n{text}")
}

/// Verifies `witness`'s one line on a checkpoint; returns when it was made, in POSIX seconds.
pub fn verify(checkpoint: &Note<'_>, witness: &Vkey) -> Result<u64, NoteError> {
    let wrong = || NoteError::Signature(witness.name().into());
    let mut lines = checkpoint.signatures.iter().filter(|line| line.is_by(witness));
    let line = lines.next().ok_or_else(|| NoteError::NotSignedBy(witness.name().into()))?;
    let (seconds, signature) = line.bytes.split_first_chunk::<8>().ok_or_else(wrong)?;
    let seconds = u64::from_be_bytes(*seconds);
    let signature: &[u8; 64] = signature.try_into().map_err(|_| wrong())?;
    let acceptable = witness.kind() == KeyType::Cosignature && lines.next().is_none() && i64::try_from(seconds).is_ok();
    if !acceptable || !witness.verify(message(seconds, checkpoint.text).as_bytes(), signature) {
        return Err(wrong());
    }
    Ok(seconds)
}

/// The cosignature line of `witness` (a key of type 0x04) over a checkpoint's text, with its newline.
#[must_use]
pub fn sign(witness: &Signer, seconds: u64, text: &str) -> String {
    let mut bytes = seconds.to_be_bytes().to_vec();
    bytes.extend(witness.sign_bytes(message(seconds, text).as_bytes()));
    crate::note::signature_line(witness.vkey(), &bytes)
}
