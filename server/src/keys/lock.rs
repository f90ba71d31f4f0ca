//! Key files locked by a passphrase: argon2id makes a key of it, XChaCha20-Poly1305 locks the secret with that.

use super::random;
use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use chain::hash::{hex, unhex};
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Mutex, OnceLock, PoisonError},
};

/// First line of a locked key file.
pub(super) const HEADER: &str = "gazette locked key";
/// KiB of memory, passes and lanes. Once for each salt when a process begins, so it may take its time.
const MEMORY: u32 = 64 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 1;
/// What is not tried: a file that asks for more was not written here.
const MOST_MEMORY: u32 = 1 << 20;
const MOST_PASSES: u32 = 64;
/// Most bytes of a passphrase's file.
const LONGEST: usize = 4_096;
/// Name of the systemd credential that a passphrase is looked for in, where no file is named.
pub const CREDENTIAL: &str = "gazette-passphrase";

/// Why a locked key cannot be opened, or a key not be locked.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    #[error("it is locked, and no passphrase was given: name its file with --passphrase-file")]
    NoPassphrase,
    #[error("the passphrase does not open it, or it was altered")]
    Wrong,
    #[error("it is not a locked key as this program writes them")]
    Malformed,
    #[error("it is not a key's backup as a browser writes it at the desk")]
    NoBackup,
    #[error("the passphrase's file {0} cannot be read: {1}")]
    File(PathBuf, std::io::Error),
    #[error("the passphrase's file {0} can be read by others; its mode must be 0600")]
    Open(PathBuf),
    #[error("the passphrase in {0} has fewer than 12 characters, or is too long")]
    Short(PathBuf),
    #[error("the key could not be locked: {0}")]
    Argon2(argon2::Error),
    #[error("the system gave no random bytes: {0}")]
    Random(#[from] getrandom::Error),
}

/// How a passphrase becomes a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Derivation {
    memory: u32,
    passes: u32,
    lanes: u32,
    salt: [u8; 16],
}

/// A passphrase, with the keys that were made of it.
pub struct Passphrase {
    text: String,
    /// All files of a folder have one salt, so it is made once.
    made: Mutex<HashMap<Derivation, [u8; 32]>>,
    /// Of what is locked from now on.
    salt: Mutex<Option<[u8; 16]>>,
}

static GIVEN: OnceLock<Passphrase> = OnceLock::new();

/// Takes the passphrase of this process from a file, or from the credential that its service manager gives. None is fine where no
/// key is locked. Said once, before any key is opened; answers where it came from.
pub fn unlock_with(file: Option<&Path>) -> Result<Option<PathBuf>, LockError> {
    let given = match file {
        Some(file) => Some(file.to_path_buf()),
        None => std::env::var_os("CREDENTIALS_DIRECTORY").map(|folder| Path::new(&folder).join(CREDENTIAL)).filter(|file| file.exists()),
    };
    if let Some(file) = &given {
        drop(GIVEN.set(Passphrase::read(file)?));
    }
    Ok(given)
}

/// The passphrase of this process.
pub(super) fn given() -> Option<&'static Passphrase> {
    GIVEN.get()
}

impl Passphrase {
    /// Reads the first line of a file that nobody else can read.
    pub fn read(file: &Path) -> Result<Passphrase, LockError> {
        use std::os::unix::fs::PermissionsExt;
        let failed = |error| LockError::File(file.to_path_buf(), error);
        let mode = std::fs::metadata(file).map_err(failed)?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(LockError::Open(file.to_path_buf()));
        }
        let text = std::fs::read_to_string(file).map_err(failed)?;
        Passphrase::new(text.lines().next().unwrap_or_default()).ok_or_else(|| LockError::Short(file.to_path_buf()))
    }

    pub(super) fn new(text: &str) -> Option<Passphrase> {
        let right = text.chars().count() >= 12 && text.len() <= LONGEST;
        right.then(|| Passphrase { text: text.to_owned(), made: Mutex::default(), salt: Mutex::default() })
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    fn key(&self, by: Derivation) -> Result<[u8; 32], LockError> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = made.get(&by) {
            return Ok(*key);
        }
        let params = Params::new(by.memory, by.passes, by.lanes, Some(32)).map_err(LockError::Argon2)?;
        let mut key = [0; 32];
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        argon2.hash_password_into(self.text.as_bytes(), &by.salt, &mut key).map_err(LockError::Argon2)?;
        made.insert(by, key);
        Ok(key)
    }

    /// A secret as its file holds it. Name and public half stand in the open and are bound to the rest.
    pub(super) fn lock(&self, name: &str, vkey: &str, secret: &[u8; 32]) -> Result<String, LockError> {
        let salt = {
            let mut salt = self.salt.lock().unwrap_or_else(PoisonError::into_inner);
            match *salt {
                Some(salt) => salt,
                None => *salt.insert(random()?),
            }
        };
        let by = Derivation { memory: MEMORY, passes: PASSES, lanes: LANES, salt };
        let nonce: [u8; 24] = random()?;
        let head =
            format!("{HEADER}\n{name}\n{vkey}\nargon2id {MEMORY} {PASSES} {LANES} {}\nxchacha20poly1305 {}\n", hex(&salt), hex(&nonce));
        let payload = Payload { msg: secret, aad: head.as_bytes() };
        let locked = XChaCha20Poly1305::new(&self.key(by)?.into()).encrypt(&XNonce::from(nonce), payload).map_err(|_| LockError::Wrong)?;
        Ok(format!("{head}{}\n", hex(&locked)))
    }

    /// Name and secret of a locked key.
    pub(super) fn open(&self, text: &str) -> Result<(String, [u8; 32]), LockError> {
        let lines: Vec<&str> = text.lines().collect();
        let &[HEADER, name, vkey, by, with, locked] = lines.as_slice() else { return Err(LockError::Malformed) };
        let (by, nonce) = derivation(by).zip(with.strip_prefix("xchacha20poly1305 ").and_then(unhex::<24>)).ok_or(LockError::Malformed)?;
        let locked = unhex::<48>(locked).ok_or(LockError::Malformed)?;
        let head = format!("{HEADER}\n{name}\n{vkey}\n{}\n{with}\n", lines[3]);
        let payload = Payload { msg: &locked, aad: head.as_bytes() };
        let secret = XChaCha20Poly1305::new(&self.key(by)?.into()).decrypt(&XNonce::from(nonce), payload).map_err(|_| LockError::Wrong)?;
        // What is locked next goes with the key that was made already.
        if (by.memory, by.passes, by.lanes) == (MEMORY, PASSES, LANES) {
            self.salt.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(by.salt);
        }
        Ok((name.to_owned(), secret.try_into().map_err(|_| LockError::Malformed)?))
    }
}

fn derivation(line: &str) -> Option<Derivation> {
    let words: Vec<&str> = line.split(' ').collect();
    let &["argon2id", memory, passes, lanes, salt] = words.as_slice() else { return None };
    let [memory, passes, lanes] = [memory, passes, lanes].map(|number| number.parse::<u32>().ok());
    let by = Derivation { memory: memory?, passes: passes?, lanes: lanes?, salt: unhex(salt)? };
    let sane = (8 * 1024..=MOST_MEMORY).contains(&by.memory) && (1..=MOST_PASSES).contains(&by.passes) && (1..=16).contains(&by.lanes);
    sane.then_some(by)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_locked_key_opens_by_its_passphrase_alone_and_only_whole() {
        let passphrase = |text| Passphrase::new(text).unwrap();
        let right = passphrase("lanterns over a quiet river");
        let locked = right.lock("example.gov/finance", "example.gov/finance+00000000+key", &[7; 32]).unwrap();
        assert!(!locked.contains(&hex(&[7; 32])));
        assert_eq!(right.open(&locked).unwrap(), ("example.gov/finance".to_owned(), [7; 32]));
        assert!(matches!(passphrase("lanterns over a loud river").open(&locked), Err(LockError::Wrong)));
        for (from, to) in [("finance\n", "health\n"), ("+key", "+kez"), ("poly1305 ", "poly1305 0")] {
            assert!(right.open(&locked.replacen(from, to, 1)).is_err(), "{from:?}");
        }
        let last = locked.trim_end().chars().last().unwrap();
        let altered = format!("{}{}\n", locked.trim_end().strip_suffix(last).unwrap(), if last == '0' { '1' } else { '0' });
        assert!(matches!(right.open(&altered), Err(LockError::Wrong)));
        // A file that would have the machine work for ever.
        let greedy = locked.replace("argon2id 65536 3", "argon2id 4000000000 3");
        assert!(matches!(right.open(&greedy), Err(LockError::Malformed)));
        assert!(Passphrase::new("too short").is_none());
    }

    #[test]
    fn no_two_files_are_locked_alike() {
        let passphrase = Passphrase::new("lanterns over a quiet river").unwrap();
        let lock = || passphrase.lock("a", "a+k", &[7; 32]).unwrap();
        assert_ne!(lock().lines().last(), lock().lines().last());
    }
}
