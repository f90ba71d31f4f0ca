//! A key's backup, as a browser at the desk writes it: PBKDF2 makes a key of the passphrase, AES-256-GCM locks the private half with that.
//! Here it is only read, so that whoever made their key in a browser may sign on a machine of their own without a new one.

use super::{LockError, Passphrase};
use base64::{Engine, engine::general_purpose::STANDARD};
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    pbkdf2,
};
use serde::Deserialize;
use std::num::NonZeroU32;
use unicode_normalization::UnicodeNormalization;

/// First line of such a file.
pub(super) const HEADER: &str = "gazette key backup";
/// Rounds of PBKDF2: with fewer no browser wrote one, and more would have the machine work for ever.
const FEWEST_ROUNDS: u32 = 600_000;
const MOST_ROUNDS: u32 = 20_000_000;
/// PKCS #8 before the 32 bytes of an Ed25519 key.
const BEFORE: [u8; 16] = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];

/// The second line: what stands in the open, and is bound to what is locked.
#[derive(Deserialize)]
struct About {
    name: String,
    kdf: String,
    rounds: u32,
    /// Base64, as is `iv`.
    salt: String,
    cipher: String,
    iv: String,
}

/// Name and secret of the key in a backup.
pub(super) fn open(text: &str, passphrase: &Passphrase) -> Result<(String, [u8; 32]), LockError> {
    let mut lines = text.lines();
    let (Some(HEADER), Some(line), Some(locked)) = (lines.next(), lines.next(), lines.next()) else { return Err(LockError::NoBackup) };
    let about: About = serde_json::from_str(line).map_err(|_| LockError::NoBackup)?;
    let known = about.kdf == "PBKDF2-SHA-256" && about.cipher == "AES-256-GCM" && (FEWEST_ROUNDS..=MOST_ROUNDS).contains(&about.rounds);
    let rounds = NonZeroU32::new(about.rounds).filter(|_| known).ok_or(LockError::NoBackup)?;
    let bytes = |text: &str| STANDARD.decode(text).map_err(|_| LockError::NoBackup);
    let (salt, mut locked) = (bytes(&about.salt)?, bytes(locked)?);
    let iv: [u8; 12] = bytes(&about.iv)?.try_into().map_err(|_| LockError::NoBackup)?;
    // Keyboards compose what is typed in more than one way.
    let typed: String = passphrase.text().nfc().collect();
    let mut key = [0; 32];
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, rounds, &salt, typed.as_bytes(), &mut key);
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).map_err(|_| LockError::Wrong)?);
    let opened = key.open_in_place(Nonce::assume_unique_for_key(iv), Aad::from(line.as_bytes()), &mut locked);
    let opened: &[u8] = opened.map_err(|_| LockError::Wrong)?;
    let secret = opened.strip_prefix(&BEFORE).and_then(|secret| <[u8; 32]>::try_from(secret).ok()).ok_or(LockError::NoBackup)?;
    Ok((about.name, secret))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// As the desk's script made it in a browser, for the post `example.gov/finance/approver`: with as few rounds as there may be.
    const ABOUT: &str = r#"{"name":"example.gov/finance/approver","chain":"CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=","vkey":"example.gov/finance/approver+8f02dce2+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs","kdf":"PBKDF2-SHA-256","rounds":600000,"salt":"crxZHj17dSPGUOLZ+qipdw==","cipher":"AES-256-GCM","iv":"+q5iWjvTiunvMPAP"}"#;
    const LOCKED: &str = "IAJ5f7AGaUwCwMoVppPDzEfvVcCx+njt24MGvoOH2UzUuX79BMvwgR+hvOqNuRDF/U06PF36vOyiPV40VU+yOg==";

    fn file(about: &str, locked: &str) -> String {
        format!("{HEADER}\n{about}\n{locked}\n")
    }

    fn passphrase(text: &str) -> Passphrase {
        Passphrase::new(text).unwrap()
    }

    const RIGHT: &str = "Laternen über dem ruhigen Fluss";

    #[test]
    fn what_a_browser_saved_opens_by_its_passphrase_however_it_was_typed() {
        let text = file(ABOUT, LOCKED);
        let expected = ("example.gov/finance/approver".to_owned(), [7; 32]);
        assert_eq!(open(&text, &passphrase(RIGHT)).unwrap(), expected);
        let composed = RIGHT.replace('ü', "u\u{308}");
        assert_ne!(composed, RIGHT);
        assert_eq!(open(&text.replace('\n', "\r\n"), &passphrase(&composed)).unwrap(), expected);
        assert!(matches!(open(&text, &passphrase("Laternen über dem lauten Fluss")), Err(LockError::Wrong)));
    }

    #[test]
    fn nothing_of_it_may_be_altered() {
        let right = passphrase(RIGHT);
        let name = ABOUT.replace("\"name\":\"example.gov/finance/approver\"", "\"name\":\"example.gov/finance/director\"");
        assert_ne!(name, ABOUT);
        for altered in [file(&name, LOCKED), file(ABOUT, &LOCKED.replacen("IA", "IB", 1)), file(ABOUT, &LOCKED[..LOCKED.len() - 4])] {
            assert!(matches!(open(&altered, &right), Err(LockError::Wrong)), "{altered}");
        }
    }

    #[test]
    fn what_no_browser_wrote_is_none_and_nothing_is_computed_for_it() {
        let right = passphrase(RIGHT);
        let rounds = |rounds: &str| file(&ABOUT.replace("600000", rounds), LOCKED);
        let others = [
            rounds("1"),
            rounds("599999"),
            rounds("20000001"),
            rounds("4294967296"),
            file(&ABOUT.replace("SHA-256", "SHA-1"), LOCKED),
            file(&ABOUT.replace("AES-256", "AES-128"), LOCKED),
            file(&ABOUT.replace("+q5iWjvT", "+q5i"), LOCKED),
            file("{}", LOCKED),
            file(ABOUT, "!"),
            format!("{HEADER}\n{ABOUT}\n"),
            format!("gazette private key\n{ABOUT}\n{LOCKED}\n"),
        ];
        for other in others {
            assert!(matches!(open(&other, &right), Err(LockError::NoBackup)), "{other}");
        }
    }
}
