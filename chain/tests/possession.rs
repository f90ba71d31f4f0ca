//! What a proof of possession proves, and what it never passes for.
#![allow(clippy::unwrap_used)]

use chain::{
    note::{self, KeyType, NoteError, Signer},
    possession::{Office, PossessionError, text, verify},
    statement::Statement,
};

const ORIGIN: &str = "example.gov/log";
const POST: &str = "example.gov/finance/approver";
const ACCOUNT: &str = "0123456789abcdef0123456789abcdef";

fn key(name: &str, secret: u8) -> Signer {
    Signer::new(name, KeyType::Ed25519, &[secret; 32]).unwrap()
}

fn proof(key: &Signer) -> String {
    note::sign(&text(ORIGIN, Office::Post, POST, ACCOUNT, key.vkey()).unwrap(), &[key])
}

#[test]
fn whoever_has_the_key_proves_it_for_one_chain_post_and_account_alone() {
    let key = key(POST, 1);
    let proof = proof(&key);
    assert_eq!(verify(&proof, ORIGIN, Office::Post, POST, ACCOUNT).as_ref(), Ok(key.vkey()));
    for (origin, post, account) in [
        ("example.gov/other", POST, ACCOUNT),
        (ORIGIN, "example.gov/finance/other", ACCOUNT),
        (ORIGIN, POST, "1123456789abcdef0123456789abcdef"),
    ] {
        assert_eq!(verify(&proof, origin, Office::Post, post, account), Err(PossessionError::Other));
    }
    // Nor for another office of the same name.
    assert_eq!(verify(&proof, ORIGIN, Office::Registrar, POST, ACCOUNT), Err(PossessionError::Other));
}

#[test]
fn nobody_enrols_a_key_of_which_they_have_the_public_half_only() {
    let (theirs, mine) = (key(POST, 1), key(POST, 2));
    // Signed with another key, or by both, or under another name.
    let text = text(ORIGIN, Office::Post, POST, ACCOUNT, theirs.vkey()).unwrap();
    let refused = verify(&note::sign(&text, &[&mine]), ORIGIN, Office::Post, POST, ACCOUNT);
    assert_eq!(refused, Err(PossessionError::Note(NoteError::NotSignedBy(POST.into()))));
    assert_eq!(verify(&note::sign(&text, &[&theirs, &mine]), ORIGIN, Office::Post, POST, ACCOUNT), Err(PossessionError::Other));
    let proof = proof(&theirs);
    let altered = proof.replace(&theirs.vkey().to_string(), &mine.vkey().to_string());
    assert!(verify(&altered, ORIGIN, Office::Post, POST, ACCOUNT).is_err());
    assert!(verify("", ORIGIN, Office::Post, POST, ACCOUNT).is_err() && verify(&text, ORIGIN, Office::Post, POST, ACCOUNT).is_err());
}

#[test]
fn a_proof_is_no_statement_and_no_statement_a_proof() {
    let key = key(POST, 1);
    assert!(Statement::parse(proof(&key).as_bytes()).is_err());
    let line = format!("gazette/v1/statement {ORIGIN}\n{{}}\naccount {ACCOUNT}\nkey {}\n", key.vkey());
    assert_eq!(verify(&note::sign(&line, &[&key]), ORIGIN, Office::Post, POST, ACCOUNT), Err(PossessionError::Other));
}

#[test]
fn no_name_brings_a_line_of_its_own_into_what_is_signed() {
    let key = key(POST, 1);
    for account in ["", "a b", "a\naccount b", "A"] {
        assert_eq!(text(ORIGIN, Office::Post, POST, account, key.vkey()), Err(PossessionError::Name), "{account:?}");
    }
}
