//! Signed notes: the published examples verify, and every malformed note, key and signature is refused for what it is.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use base64::{Engine, engine::general_purpose::STANDARD};
use chain::note::{KeyType, MOST_SIGNATURES, Note, NoteError, Vkey, sign};
use common::{key_of, signer};

const FOO_KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const FOO: &str = "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
const NEUMANN_KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const NEUMANN: &str = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

#[test]
fn published_examples_verify() {
    for (key, note) in [(FOO_KEY, FOO), (NEUMANN_KEY, NEUMANN)] {
        let vkey = Vkey::parse(key).unwrap();
        assert_eq!(vkey.to_string(), key, "one spelling of a key");
        let parsed = Note::parse(note.as_bytes()).unwrap();
        assert_eq!(parsed.verify(&vkey), Ok(()));
        let altered = note.replacen('i', "j", 1);
        let parsed = Note::parse(altered.as_bytes()).unwrap();
        assert_eq!(parsed.verify(&vkey), Err(NoteError::Signature(vkey.name().into())));
    }
    let (foo, neumann) = (Vkey::parse(FOO_KEY).unwrap(), Note::parse(NEUMANN.as_bytes()).unwrap());
    assert_eq!(neumann.verify(&foo), Err(NoteError::NotSignedBy("example.com/foo".into())));
    let salvatore = "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n";
    let note = Note::parse(salvatore.as_bytes()).unwrap();
    assert!(note.text.ends_with("ed è subito sera.\n") && note.text.contains(":\n\ned"), "the text may hold blank lines");
}

#[test]
fn a_malformed_note_is_refused_for_what_is_wrong_with_it() {
    let good = sign("text\n", &[&signer("a.example")]);
    assert!(Note::parse(good.as_bytes()).is_ok());
    let line = good.strip_prefix("text\n\n").unwrap();
    let encoded = line.trim_end().rsplit(' ').next().unwrap();
    let wrong_line = |line: &str| Note::parse(format!("text\n\n{line}\n").as_bytes()).map(|_| ());
    assert_eq!(Note::parse(b"text\n"), Err(NoteError::NoSignatures));
    assert_eq!(Note::parse(b""), Err(NoteError::NoSignatures));
    assert_eq!(Note::parse(good.trim_end().as_bytes()), Err(NoteError::NoSignatures), "no newline at the end");
    assert_eq!(Note::parse(&[b"text\n\n", line.as_bytes(), &[0xff]].concat()), Err(NoteError::NotUtf8));
    for control in ["\t", "\r", "\0", "\u{1b}"] {
        assert_eq!(Note::parse(format!("te{control}xt\n\n{line}").as_bytes()), Err(NoteError::ControlCharacter));
    }
    assert_eq!(Note::parse(good.replace("text\n\n", "text\n").as_bytes()), Err(NoteError::NoSignatures), "no blank line");
    assert_eq!(Note::parse(format!("{good}\n").as_bytes()), Err(NoteError::NoSignatures), "the last blank line has no signature after it");
    assert_eq!(Note::parse(format!("{good}{line}extra\n").as_bytes()), Err(NoteError::SignatureLine(3)));
    for bad in [
        "".to_owned(),
        "—".into(),
        format!("- a.example {encoded}"),
        format!("—  a.example {encoded}"),
        format!("— a.example  {encoded}"),
        format!("— a.example {encoded} "),
        format!("— a.example {encoded} x"),
        format!("— a+b {encoded}"),
        format!("— a\u{a0}b {encoded}"),
        format!("— a\u{3000}b {encoded}"),
        format!("—  {encoded}"),
        format!("— a.example {}", encoded.trim_end_matches('=')),
        "— a.example AAAA".into(),
        "— a.example AAAAAA==".into(),
        "— a.example AAAAAAB=".into(),
        "— a.example AAAAA-_=".into(),
        format!("— {} {encoded}", "a".repeat(256)),
    ] {
        assert!(wrong_line(&bad).is_err(), "{bad:?}");
    }
    assert_eq!(Note::parse(&vec![b'a'; 1_000_001]), Err(NoteError::TooLarge));
    let most = format!("text\n\n{}", line.repeat(MOST_SIGNATURES));
    assert_eq!(Note::parse(most.as_bytes()).unwrap().signatures.len(), MOST_SIGNATURES);
    assert_eq!(Note::parse(format!("{most}{line}").as_bytes()), Err(NoteError::TooManySignatures));
}

#[test]
fn two_lines_by_one_key_are_not_one_signature() {
    let key = signer("a.example");
    let note = sign("text\n", &[&key, &key]);
    assert!(Note::parse(note.as_bytes()).unwrap().verify(key.vkey()).is_err());
    let other = key_of("a.example", KeyType::Ed25519, 1);
    let note = sign("text\n", &[&key, &other]);
    assert_eq!(Note::parse(note.as_bytes()).unwrap().verify(key.vkey()), Ok(()), "another key of the same name is not looked at");
}

fn vkey_of(point: &[u8]) -> Result<Vkey, NoteError> {
    let name = "a.example";
    let mut key = vec![1];
    key.extend(point);
    let id = chain::Hash::of(&[name.as_bytes(), b"\n", &key]);
    Vkey::parse(&format!("{name}+{}+{}", chain::hash::hex(&id.0[..4]), STANDARD.encode(key)))
}

fn point(hex: &str) -> [u8; 32] {
    chain::hash::unhex(hex).unwrap()
}

#[test]
fn weak_and_non_canonical_keys_are_refused() {
    // The eight points of small order, in canonical encoding.
    for weak in [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    ] {
        assert_eq!(vkey_of(&point(weak)), Err(NoteError::WeakKey("a.example".into())), "{weak}");
    }
    // y = p, p + 1, and the identity with its sign bit set: other encodings of points that have a canonical one.
    for other in [
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    ] {
        assert!(matches!(vkey_of(&point(other)), Err(NoteError::Key(_))), "{other}");
    }
    // y = 2 is on no point of the curve.
    assert!(matches!(vkey_of(&point(&format!("02{}", "0".repeat(62)))), Err(NoteError::Key(_))));
    assert!(matches!(vkey_of(&[7; 31]), Err(NoteError::Key(_))));
    assert!(matches!(vkey_of(&[7; 33]), Err(NoteError::Key(_))));
}

#[test]
fn a_key_has_one_spelling_and_its_own_id() {
    let good = signer("a.example").vkey().to_string();
    let (name, rest) = good.split_once('+').unwrap();
    let (id, key) = rest.split_once('+').unwrap();
    for bad in [
        String::new(),
        name.into(),
        format!("{name}+{id}"),
        format!("{name}+{}+{key}", id.to_uppercase().replace(|c: char| c.is_ascii_digit(), "A")),
        format!("{name}+00000000+{key}"),
        format!("{name}+{}+{key}", &id[1..]),
        format!("other.example+{id}+{key}"),
        format!("a b+{id}+{key}"),
        format!("+{id}+{key}"),
        format!("{good} "),
        format!(" {good}"),
        format!("{good}="),
        format!("{}+{id}+{key}", "a".repeat(256)),
    ] {
        assert!(Vkey::parse(&bad).is_err(), "{bad:?}");
    }
    let mut bytes = STANDARD.decode(key).unwrap();
    for kind in [0u8, 2, 3, 5, 6, 255] {
        bytes[0] = kind;
        assert!(matches!(Vkey::parse(&format!("{name}+{id}+{}", STANDARD.encode(&bytes))), Err(NoteError::KeyType(_))));
    }
}

#[test]
fn a_signature_with_a_larger_s_or_another_length_does_not_verify() {
    let key = signer("a.example");
    let note = sign("text\n", &[&key]);
    let encoded = note.trim_end().rsplit(' ').next().unwrap().to_owned();
    let bytes = STANDARD.decode(&encoded).unwrap();
    // S + L, where L is the order of the group: the same scalar, spelled differently.
    let order: [u8; 32] = point("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    let mut larger = bytes.clone();
    let mut carry = 0u16;
    for (s, l) in larger[36..].iter_mut().zip(order) {
        let sum = u16::from(*s) + u16::from(l) + carry;
        *s = sum as u8;
        carry = sum >> 8;
    }
    assert_ne!(larger, bytes);
    for other in [larger, bytes[..67].to_vec(), [&bytes[..], &[0]].concat()] {
        let other = note.replace(&encoded, &STANDARD.encode(other));
        let parsed = Note::parse(other.as_bytes()).unwrap();
        assert_eq!(parsed.verify(key.vkey()), Err(NoteError::Signature("a.example".into())));
    }
}

#[test]
fn a_key_of_one_role_signs_nothing_of_another() {
    let (note_key, cosigner) = (key_of("a.example", KeyType::Ed25519, 0), key_of("a.example", KeyType::Cosignature, 0));
    assert_ne!(note_key.vkey().id(), cosigner.vkey().id());
    let note = sign("text\n", &[&cosigner]);
    let parsed = Note::parse(note.as_bytes()).unwrap();
    assert_eq!(parsed.verify(note_key.vkey()), Err(NoteError::NotSignedBy("a.example".into())));
    assert!(parsed.verify(cosigner.vkey()).is_err(), "a cosigner's key never signs a bare note");
}
