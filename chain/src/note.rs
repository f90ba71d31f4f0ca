//! Signed notes and their keys (<https://c2sp.org/signed-note>): the one envelope of everything signed here.
//!
//! In scope: parsing, key ids, single strict Ed25519 verification, writing signature lines.
//! Out of scope: whom to trust. Parsing returns the note with its signatures still attached; the caller decides.
//!
//! Written here rather than taken from `signed_note` 0.2: that crate knows type 0x01 only and pulls a second,
//! older `ed25519-dalek`, `sha2` and `base64` into the reader's download.

use crate::hash::Hash;
use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature as Ed25519Signature, Signer as _, SigningKey, VerifyingKey};
use std::fmt;

/// Most bytes a note may have.
pub const LARGEST_NOTE: usize = 1_000_000;
/// Most signature lines a note may have.
pub const MOST_SIGNATURES: usize = 100;
/// Longest key name: what other people's verifiers accept.
pub const LONGEST_NAME: usize = 255;

/// What was wrong with a note, a key or a signature.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    #[error("the note is larger than {LARGEST_NOTE} bytes")]
    TooLarge,
    #[error("the note is not UTF-8")]
    NotUtf8,
    #[error("the note holds a control character")]
    ControlCharacter,
    #[error("the note has no blank line followed by signature lines")]
    NoSignatures,
    #[error("signature line {0} is malformed")]
    SignatureLine(usize),
    #[error("the note has more than {MOST_SIGNATURES} signatures")]
    TooManySignatures,
    #[error("the key {0:?} is malformed")]
    Key(String),
    #[error("the key {0:?} is of a type this reader does not know")]
    KeyType(String),
    #[error("the key {0:?} is weak: signatures under it prove nothing")]
    WeakKey(String),
    #[error("the signature by {0} does not verify")]
    Signature(String),
    #[error("no signature by {0}")]
    NotSignedBy(String),
}

impl NoteError {
    /// A stable name for it, which vectors and programs know it by.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            NoteError::TooLarge => "too-large",
            NoteError::NotUtf8 => "not-utf8",
            NoteError::ControlCharacter => "control-character",
            NoteError::NoSignatures => "no-signatures",
            NoteError::SignatureLine(_) => "signature-line",
            NoteError::TooManySignatures => "too-many-signatures",
            NoteError::Key(_) => "key",
            NoteError::KeyType(_) => "key-type",
            NoteError::WeakKey(_) => "weak-key",
            NoteError::Signature(_) => "signature",
            NoteError::NotSignedBy(_) => "not-signed-by",
        }
    }
}

/// What a key is for, as its type byte says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyType {
    /// 0x01: Ed25519 over the note's text.
    Ed25519,
    /// 0x04: Ed25519 over a timestamped cosignature message.
    Cosignature,
}

impl KeyType {
    fn byte(self) -> u8 {
        match self {
            KeyType::Ed25519 => 1,
            KeyType::Cosignature => 4,
        }
    }
}

/// A verifier key: name, key id and public key, as a vkey `<name>+<8 hex>+<base64 of type byte and key>` carries it.
#[derive(Clone, PartialEq, Eq)]
pub struct Vkey {
    name: String,
    id: [u8; 4],
    kind: KeyType,
    key: VerifyingKey,
}

/// Whether a name may stand in a key: not empty, no white space, no plus sign, at most [`LONGEST_NAME`] bytes.
#[must_use]
pub fn is_key_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= LONGEST_NAME && !name.contains('+') && !name.contains(char::is_whitespace)
}

/// The first four bytes of SHA-256(name ‖ "\n" ‖ type byte ‖ public key).
fn key_id(name: &str, kind: KeyType, key: &[u8; 32]) -> [u8; 4] {
    let hash = Hash::of(&[name.as_bytes(), b"\n", &[kind.byte()], key]);
    [hash.0[0], hash.0[1], hash.0[2], hash.0[3]]
}

impl Vkey {
    /// A key from its parts. Refuses a bad name, bytes that are no point, and points of small order.
    pub fn new(name: &str, kind: KeyType, key: &[u8; 32]) -> Result<Vkey, NoteError> {
        if !is_key_name(name) {
            return Err(NoteError::Key(name.into()));
        }
        let point = VerifyingKey::from_bytes(key).map_err(|_| NoteError::Key(name.into()))?;
        // from_bytes takes non-canonical encodings; what does not re-encode to itself is one.
        if point.to_edwards().compress().to_bytes() != *key {
            return Err(NoteError::Key(name.into()));
        }
        if point.is_weak() {
            return Err(NoteError::WeakKey(name.into()));
        }
        Ok(Vkey { name: name.into(), id: key_id(name, kind, key), kind, key: point })
    }

    /// Reads a vkey; the key id must be the one its other parts give.
    pub fn parse(text: &str) -> Result<Vkey, NoteError> {
        let malformed = || NoteError::Key(text.chars().take(80).collect());
        let (name, rest) = text.split_once('+').ok_or_else(malformed)?;
        let (id, key) = rest.split_once('+').ok_or_else(malformed)?;
        let id: [u8; 4] = crate::hash::unhex(id).ok_or_else(malformed)?;
        let key = STANDARD.decode(key).map_err(|_| malformed())?;
        let (kind, key) = key.split_first().ok_or_else(malformed)?;
        let kind = match kind {
            1 => KeyType::Ed25519,
            4 => KeyType::Cosignature,
            _ => return Err(NoteError::KeyType(name.into())),
        };
        let key: &[u8; 32] = key.try_into().map_err(|_| malformed())?;
        let vkey = Vkey::new(name, kind, key)?;
        if vkey.id != id {
            return Err(malformed());
        }
        Ok(vkey)
    }

    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
    #[must_use]
    pub fn id(&self) -> [u8; 4] {
        self.id
    }
    #[must_use]
    pub fn kind(&self) -> KeyType {
        self.kind
    }
    /// The 32 bytes that must have one role only, ever.
    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        self.key.to_bytes()
    }

    #[cfg(feature = "batch")]
    pub(crate) fn point(&self) -> curve25519_dalek::EdwardsPoint {
        self.key.to_edwards()
    }

    /// Whether the key lies in the prime-order group. Only such keys may be registered, so that verifying one
    /// by one and verifying in batches can never disagree about an honest signature.
    #[must_use]
    pub fn is_torsion_free(&self) -> bool {
        self.key.to_edwards().is_torsion_free()
    }

    /// Strict single Ed25519 verification (RFC 8032 §5.1.7; no small-order point, canonical S).
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.key.verify_strict(message, &Ed25519Signature::from_bytes(signature)).is_ok()
    }
}

impl fmt::Display for Vkey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = vec![self.kind.byte()];
        bytes.extend(self.key.as_bytes());
        write!(f, "{}+{}+{}", self.name, crate::hash::hex(&self.id), STANDARD.encode(bytes))
    }
}

impl fmt::Debug for Vkey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl serde::Serialize for Vkey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

crate::shape::spelled! { Vkey, "a key", |text| Vkey::parse(text).ok(); }

/// One signature line: `— <name> <base64 of key id and signature>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureLine<'a> {
    pub name: &'a str,
    pub id: [u8; 4],
    /// What follows the key id: 64 bytes for type 0x01, 72 for 0x04.
    pub bytes: Vec<u8>,
}

/// A parsed note. `text` includes its last newline and is what signatures cover.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note<'a> {
    pub text: &'a str,
    pub signatures: Vec<SignatureLine<'a>>,
}

impl<'a> Note<'a> {
    /// Splits a note at its last blank line and reads its signature lines. No signature is verified.
    pub fn parse(bytes: &'a [u8]) -> Result<Note<'a>, NoteError> {
        if bytes.len() > LARGEST_NOTE {
            return Err(NoteError::TooLarge);
        }
        let note = std::str::from_utf8(bytes).map_err(|_| NoteError::NotUtf8)?;
        if note.bytes().any(|c| c < b' ' && c != b'\n') {
            return Err(NoteError::ControlCharacter);
        }
        let split = note.rfind("\n\n").ok_or(NoteError::NoSignatures)?;
        let (text, lines) = (&note[..=split], &note[split + 2..]);
        let lines = lines.strip_suffix('\n').ok_or(NoteError::NoSignatures)?;
        let mut signatures = Vec::new();
        for (number, line) in lines.split('\n').enumerate() {
            if number == MOST_SIGNATURES {
                return Err(NoteError::TooManySignatures);
            }
            signatures.push(SignatureLine::parse(line).ok_or(NoteError::SignatureLine(number + 1))?);
        }
        Ok(Note { text, signatures })
    }

    /// Succeeds when exactly one line is by `key` and it verifies. Lines by other keys are not looked at.
    pub fn verify(&self, key: &Vkey) -> Result<(), NoteError> {
        let mut lines = self.signatures.iter().filter(|line| line.is_by(key));
        let line = lines.next().ok_or_else(|| NoteError::NotSignedBy(key.name.clone()))?;
        // Two lines from one key make other people's clients reject the note.
        if lines.next().is_some() {
            return Err(NoteError::Signature(key.name.clone()));
        }
        line.verify(key, self.text)
    }
}

impl<'a> SignatureLine<'a> {
    fn parse(line: &'a str) -> Option<SignatureLine<'a>> {
        let (name, encoded) = line.strip_prefix("— ")?.split_once(' ')?;
        if !is_key_name(name) {
            return None;
        }
        let decoded = STANDARD.decode(encoded).ok()?;
        let (id, bytes) = decoded.split_first_chunk::<4>()?;
        (!bytes.is_empty()).then(|| SignatureLine { name, id: *id, bytes: bytes.to_vec() })
    }

    /// Key id and signature, as the line has them.
    #[must_use]
    pub fn encoded(&self) -> String {
        STANDARD.encode([&self.id[..], &self.bytes].concat())
    }

    #[must_use]
    pub fn is_by(&self, key: &Vkey) -> bool {
        self.name == key.name && self.id == key.id
    }

    /// Verifies this one line, by a key of type 0x01, over `text`.
    pub fn verify(&self, key: &Vkey, text: &str) -> Result<(), NoteError> {
        let wrong = || NoteError::Signature(key.name.clone());
        let signature: &[u8; 64] = self.bytes.as_slice().try_into().map_err(|_| wrong())?;
        if key.kind != KeyType::Ed25519 || !self.is_by(key) || !key.verify(text.as_bytes(), signature) {
            return Err(wrong());
        }
        Ok(())
    }
}

/// A private key with its name; signs notes. Its bytes are wiped when it is dropped.
pub struct Signer {
    vkey: Vkey,
    key: SigningKey,
}

impl Signer {
    /// From 32 secret bytes that the caller drew at random.
    pub fn new(name: &str, kind: KeyType, secret: &[u8; 32]) -> Result<Signer, NoteError> {
        let key = SigningKey::from_bytes(secret);
        let vkey = Vkey::new(name, kind, key.verifying_key().as_bytes())?;
        Ok(Signer { vkey, key })
    }

    #[must_use]
    pub fn vkey(&self) -> &Vkey {
        &self.vkey
    }

    pub(crate) fn sign_bytes(&self, message: &[u8]) -> [u8; 64] {
        self.key.sign(message).to_bytes()
    }

    /// `note` with this key's signature behind those that others have made; see [`with_signature`].
    pub fn add_to(&self, note: &str) -> Result<String, NoteError> {
        with_signature(note, &self.vkey, &self.sign_bytes(text_of(note).as_bytes()))
    }

    /// The signature line over `text`, with its newline.
    #[must_use]
    pub fn sign(&self, text: &str) -> String {
        signature_line(&self.vkey, &self.sign_bytes(text.as_bytes()))
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.vkey)
    }
}

pub(crate) fn signature_line(key: &Vkey, signature: &[u8]) -> String {
    let mut bytes = key.id.to_vec();
    bytes.extend(signature);
    format!("— {} {}\n", key.name, STANDARD.encode(bytes))
}

/// `text` (which ends in a newline) signed by each signer in turn: a whole note.
#[must_use]
pub fn sign(text: &str, signers: &[&Signer]) -> String {
    let mut note = format!("{text}\n");
    for signer in signers {
        note.push_str(&signer.sign(text));
    }
    note
}

/// What a further signature on `note` covers: the text before the signatures that it has, or all of it where nobody has signed yet.
#[must_use]
pub fn text_of(note: &str) -> &str {
    Note::parse(note.as_bytes()).map_or(note, |note| note.text)
}

/// `note`, a text or what others have signed of it, with one more signature, made wherever the private key is. Refused unless it
/// is `key`'s first and verifies.
pub fn with_signature(note: &str, key: &Vkey, signature: &[u8; 64]) -> Result<String, NoteError> {
    let text = text_of(note);
    let before = note[text.len()..].strip_prefix('\n').unwrap_or_default();
    let signed = format!("{text}\n{before}{}", signature_line(key, signature));
    Note::parse(signed.as_bytes())?.verify(key)?;
    Ok(signed)
}
