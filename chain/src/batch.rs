//! Many Ed25519 signatures verified in one equation, for those who audit a whole chain.
//!
//! In scope: type 0x01 lines over note texts, by keys that have no torsion (only such keys are ever registered).
//! Out of scope: a verdict. A batch that fails has a bad signature in it. A batch that holds says that nobody but the owners
//! of the keys made these signatures, and not that each would verify: an owner can add a point of small order to R on purpose
//! and try until the batch does not notice. [`Vkey::verify`](crate::note::SignatureLine::verify), strict and one by one,
//! refuses that every time. So a log's door, a reader's page (C5) and `fsck`, which report verdicts, never verify in a batch; one
//! that audited in batches and reports what it found verifies again by [`State::replay`]. To look at each R for small orders
//! here would cost as much as verifying it alone.
//!
//! Written here rather than taken from `ed25519-dalek`: its batches look at every key anew, and a chain of a million
//! entries has a few hundred keys.

use crate::{
    hash::Hash,
    note::{KeyType, NoteError, SignatureLine, Vkey},
    state::{Facts, Fault, Refusal, State, Verified, signing_key},
    statement::Statement,
};
use curve25519_dalek::{
    EdwardsPoint, Scalar,
    constants::ED25519_BASEPOINT_POINT,
    edwards::CompressedEdwardsY,
    traits::{IsIdentity, VartimeMultiscalarMul},
};
use sha2::{Digest, Sha512};
use std::collections::HashMap;

/// Signatures gathered, none of them verified until [`Batch::holds`].
#[derive(Default)]
pub struct Batch {
    signatures: Vec<Signature>,
    /// Everything that was gathered, hashed: what the coefficients are drawn from, so that nobody can choose signatures
    /// to fit them.
    transcript: Sha512,
    keys: HashMap<[u8; 32], (EdwardsPoint, usize)>,
}

struct Signature {
    r: EdwardsPoint,
    s: Scalar,
    /// SHA-512(R ‖ A ‖ M) (RFC 8032 §5.1.7).
    k: Scalar,
    key: usize,
}

impl Batch {
    #[must_use]
    pub fn len(&self) -> usize {
        self.signatures.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.signatures.is_empty()
    }

    /// Takes a line over `text` in. Fails at once with what no verification could mend: another key's line, a
    /// non-canonical S or R, an R of small order.
    pub fn add(&mut self, line: &SignatureLine<'_>, key: &Vkey, text: &str) -> Result<(), NoteError> {
        let signature = self.read(line, key, text);
        self.signatures.push(signature.ok_or_else(|| NoteError::Signature(key.name().into()))?);
        Ok(())
    }

    fn read(&mut self, line: &SignatureLine<'_>, key: &Vkey, text: &str) -> Option<Signature> {
        let bytes: &[u8; 64] = line.bytes.as_slice().try_into().ok()?;
        if key.kind() != KeyType::Ed25519 || !line.is_by(key) {
            return None;
        }
        let (r, s) = bytes.split_first_chunk::<32>()?;
        let s = Option::from(Scalar::from_canonical_bytes(s.try_into().ok()?))?;
        let public = key.public();
        let k: [u8; 64] = Sha512::new().chain_update(r).chain_update(public).chain_update(text).finalize().into();
        let point = point(r)?;
        let next = self.keys.len();
        let (_, number) = match self.keys.entry(public) {
            std::collections::hash_map::Entry::Occupied(known) => *known.get(),
            std::collections::hash_map::Entry::Vacant(place) => *place.insert((key.point(), next)),
        };
        self.transcript.update(k);
        self.transcript.update(&bytes[32..]);
        Some(Signature { r: point, s, k: Scalar::from_bytes_mod_order_wide(&k), key: number })
    }

    /// Whether all of them hold, but for what an owner of a key may have added to their own on purpose: (−Σ zᵢsᵢ)B + Σ zᵢRᵢ + Σ over keys (Σ zᵢkᵢ)A = 0, with zᵢ of 128 bits from the transcript.
    #[must_use]
    pub fn holds(self) -> bool {
        let seed: [u8; 64] = self.transcript.finalize().into();
        let mut z = Vec::with_capacity(self.signatures.len() + 4);
        for number in 0..self.signatures.len().div_ceil(4) as u64 {
            let block: [u8; 64] = Sha512::new().chain_update(seed).chain_update(number.to_be_bytes()).finalize().into();
            z.extend(block.as_chunks::<16>().0.iter().map(|bytes| Scalar::from(u128::from_le_bytes(*bytes))));
        }
        let mut of_base = Scalar::ZERO;
        let mut of_keys = vec![Scalar::ZERO; self.keys.len()];
        for (signature, z) in self.signatures.iter().zip(&z) {
            of_base -= z * signature.s;
            of_keys[signature.key] += z * signature.k;
        }
        let mut keys = vec![ED25519_BASEPOINT_POINT; self.keys.len()];
        for (point, number) in self.keys.into_values() {
            keys[number] = point;
        }
        let count = self.signatures.len();
        let scalars = std::iter::once(&of_base).chain(&of_keys).chain(&z[..count]);
        let points = std::iter::once(&ED25519_BASEPOINT_POINT).chain(&keys).chain(self.signatures.iter().map(|signature| &signature.r));
        EdwardsPoint::vartime_multiscalar_mul(scalars, points).is_identity()
    }
}

impl State {
    /// [`State::replay`] that leaves the seals and posts' signatures to `batch`; registrations, which decide everything
    /// else, are verified at once. The chain so far holds only when the batch does, and as far as a batch can tell.
    pub fn replay_in_batch<'a>(
        &mut self,
        bytes: &'a [u8],
        facts: &mut Facts,
        batch: &mut Batch,
        completed: impl FnMut(u8, u64, Hash),
    ) -> Result<Statement<'a>, Fault> {
        self.replay_with(bytes, facts, completed, |state, statement| {
            if statement.core.registers() {
                return Ok(None);
            }
            if statement.origin != state.origin() {
                return Err(Refusal::Origin(statement.origin.into()));
            }
            let (line, key) = signing_key(statement, state.keys(statement)?, state.size())?;
            batch.add(line, &key.key, statement.note.text).map_err(Refusal::Signature)?;
            Ok(Some(Verified { registry: state.root }))
        })
    }
}

/// R as strict verification would take it: the one encoding of a point that is not of small order.
fn point(bytes: &[u8; 32]) -> Option<EdwardsPoint> {
    // 2²⁵⁵ − 19 ≤ y: the same point under a second name.
    let (low, high) = (bytes[0], bytes[31] & 0x7f);
    if high == 0x7f && low >= 0xed && bytes[1..31].iter().all(|byte| *byte == 0xff) {
        return None;
    }
    // The other second name, −0 for x, belongs to points of small order only.
    CompressedEdwardsY(*bytes).decompress().filter(|point| !point.is_small_order())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::note::{Note, Signer, sign};

    fn signer(n: u8) -> Signer {
        Signer::new(&format!("example.gov/{n}"), KeyType::Ed25519, &[n + 1; 32]).unwrap()
    }

    fn notes(count: usize) -> Vec<(u8, String)> {
        (0..count).map(|n| ((n % 3) as u8, sign(&format!("notice {n}\n"), &[&signer((n % 3) as u8)]))).collect()
    }

    fn gathered(notes: &[(u8, String)]) -> Result<Batch, NoteError> {
        let mut batch = Batch::default();
        for (n, note) in notes {
            let note = Note::parse(note.as_bytes()).unwrap();
            batch.add(&note.signatures[0], signer(*n).vkey(), note.text)?;
        }
        Ok(batch)
    }

    #[test]
    fn good_signatures_hold_in_batches_of_any_size() {
        for count in [0, 1, 2, 3, 5, 64, 300] {
            let batch = gathered(&notes(count)).unwrap();
            assert_eq!((batch.len(), batch.holds()), (count, true));
        }
    }

    #[test]
    fn one_altered_text_fails_the_whole_batch() {
        for at in [0, 17, 99] {
            let mut notes = notes(100);
            notes[at].1 = notes[at].1.replacen("notice", "notion", 1);
            assert!(!gathered(&notes).unwrap().holds(), "{at}");
        }
    }

    #[test]
    fn a_flipped_bit_anywhere_in_a_signature_fails() {
        let signer = signer(0);
        let note = sign("notice\n", &[&signer]);
        let note = Note::parse(note.as_bytes()).unwrap();
        for bit in 0..512 {
            let mut line = note.signatures[0].clone();
            line.bytes[bit / 8] ^= 1 << (bit % 8);
            let mut batch = Batch::default();
            let taken = batch.add(&line, signer.vkey(), note.text);
            assert!(taken.is_err() || !batch.holds(), "bit {bit}");
        }
    }

    #[test]
    fn two_wrong_signatures_do_not_make_each_other_right() {
        // S of one is raised and S of another lowered by the same number: their sum stays.
        let mut notes = notes(2);
        let mut shifted = Vec::new();
        for ((_, note), by) in notes.iter_mut().zip([Scalar::ONE, -Scalar::ONE]) {
            let parsed = Note::parse(note.as_bytes()).unwrap();
            let mut line = parsed.signatures[0].clone();
            let s = Scalar::from_canonical_bytes(line.bytes[32..].try_into().unwrap()).unwrap() + by;
            line.bytes[32..].copy_from_slice(s.as_bytes());
            shifted.push((line.bytes.clone(), parsed.text.to_owned(), line.name.to_owned(), line.id));
        }
        let mut batch = Batch::default();
        for (n, (bytes, text, name, id)) in shifted.into_iter().enumerate() {
            batch.add(&SignatureLine { name: &name, id, bytes }, signer(n as u8).vkey(), &text).unwrap();
        }
        assert!(!batch.holds());
    }

    #[test]
    fn what_an_owner_adds_to_a_signature_a_batch_may_miss_and_strict_verification_never_does() {
        let signer = signer(0);
        let mut secret: [u8; 64] = Sha512::new().chain_update([1; 32]).finalize().into();
        secret[0] &= 248;
        secret[31] = secret[31] & 127 | 64;
        let a = Scalar::from_bytes_mod_order(secret[..32].try_into().unwrap());
        let small = curve25519_dalek::constants::EIGHT_TORSION[1];
        let mut missed = 0;
        for n in 1..=32u64 {
            let r = Scalar::from(n);
            let mut bytes = (ED25519_BASEPOINT_POINT * r + small).compress().to_bytes().to_vec();
            let k = Sha512::new().chain_update(&bytes).chain_update(signer.vkey().public()).chain_update("notice\n");
            bytes.extend((r + Scalar::from_bytes_mod_order_wide(&k.finalize().into()) * a).to_bytes());
            let line = SignatureLine { name: "example.gov/0", id: signer.vkey().id(), bytes };
            let mut batch = Batch::default();
            batch.add(&line, signer.vkey(), "notice\n").unwrap();
            missed += usize::from(batch.holds());
            assert!(line.verify(signer.vkey(), "notice\n").is_err(), "try {n}");
        }
        // One in eight, as the documentation of this room says: were it none, a batch could give verdicts.
        assert!((1..16).contains(&missed), "{missed} of 32");
    }

    #[test]
    fn what_strict_verification_refuses_by_its_looks_is_refused_here() {
        let signer = signer(0);
        let note = sign("notice\n", &[&signer]);
        let note = Note::parse(note.as_bytes()).unwrap();
        let with = |range: std::ops::Range<usize>, bytes: &[u8]| {
            let mut line = note.signatures[0].clone();
            line.bytes[range].copy_from_slice(bytes);
            Batch::default().add(&line, signer.vkey(), note.text)
        };
        let mut identity = [0; 32];
        identity[0] = 1;
        let mut again = [0xff; 32];
        (again[0], again[31]) = (0xee, 0x7f);
        // The order of the group, which is zero under another name.
        let order = crate::hash::unhex::<32>("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010").unwrap();
        for (range, bytes) in [(0..32, identity), (0..32, again), (32..64, order), (32..64, [0xff; 32])] {
            assert!(with(range, &bytes).is_err(), "{bytes:?}");
        }
        assert!(Batch::default().add(&note.signatures[0], self::signer(1).vkey(), note.text).is_err(), "another's line");
    }
}
