//! Private keys on disk: one file each, readable by nobody else, never logged; locked by a passphrase where there is one. And
//! those in a token, which this process never holds.

mod backup;
mod lock;
mod log;
mod plain;
mod sealer;
mod seals;
mod token;

pub use lock::{CREDENTIAL, LockError, Passphrase, unlock_with};
pub use log::{LogKeys, next_log_key, unnamed_log_key};
pub use plain::{may_make, plain, refuse_plain, refuses_plain};
pub use sealer::{SealError, Sealer};
pub use seals::{next_seal, seal, seal_file, seals, seals_of};
pub use token::{PIN_VARIABLE, Token, TokenError, TokenPlace, token, use_token};

use chain::note::{KeyType, NoteError, Signer};
use std::{
    io::Write,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

/// The first line of a key file whose secret lies in plain.
const PLAIN: &str = "gazette private key";
/// A trial's registrar key, among the keys.
pub const REGISTRAR: &str = "registrar.key";

/// Why a key file could not be read or made.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("the key file {0} cannot be used: {1}")]
    File(PathBuf, std::io::Error),
    #[error("the key file {0} can be read by others; its mode must be 0600")]
    Open(PathBuf),
    #[error("the key file {0} does not hold 64 hexadecimal digits after a key name")]
    Malformed(PathBuf),
    #[error("the key file {path} holds a key named {found:?}, and not {wanted:?} as its place says")]
    OtherName { path: PathBuf, found: String, wanted: String },
    #[error("the key file {0}: {1}")]
    Lock(PathBuf, LockError),
    #[error(
        "this chain is no trial, and its keys lie in plain in {files}: whoever reads the disk or a backup of it could sign with them. Run `gazette key lock --data {data} --passphrase-file FILE`, and give --passphrase-file FILE from then on (--plain-keys goes on without, for trials only)"
    )]
    Plain { files: String, data: PathBuf },
    #[error(
        "a key made in {0} would lie in plain: give --passphrase-file FILE, and it is locked from the beginning (--plain-keys makes it without, for trials only)"
    )]
    WouldBePlain(PathBuf),
    #[error(transparent)]
    Key(#[from] NoteError),
    #[error("the system gave no random bytes: {0}")]
    Random(#[from] getrandom::Error),
}

/// Random bytes from the operating system.
pub fn random<const N: usize>() -> Result<[u8; N], getrandom::Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// Reads the key of that name, or makes it when the file does not exist.
pub fn open_or_create(path: &Path, name: &str) -> Result<Signer, KeyError> {
    if !path.exists() {
        return create(path, name);
    }
    let signer = open(path)?;
    match signer.vkey().name() {
        found if found == name => Ok(signer),
        found => Err(KeyError::OtherName { path: path.to_path_buf(), found: found.to_owned(), wanted: name.to_owned() }),
    }
}

/// Makes a new Ed25519 key; fails if the file exists, so that no key is ever overwritten.
pub fn create(path: &Path, name: &str) -> Result<Signer, KeyError> {
    let file_error = |error| KeyError::File(path.to_path_buf(), error);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    // A folder made here is for keys alone; one that is there already is somebody's own, and stays as it is.
    if let Some(folder) = folder.filter(|folder| !folder.exists()) {
        std::fs::create_dir_all(folder).map_err(file_error)?;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700)).map_err(file_error)?;
    }
    let secret: [u8; 32] = random()?;
    let signer = Signer::new(name, KeyType::Ed25519, &secret)?;
    // Given its name once it is whole, which fails if that is taken: another process that looks for keys meanwhile finds this one
    // whole or not at all.
    write(path, &text(path, &signer, &secret, lock::given())?, |beside| std::fs::hard_link(beside, path)).map_err(file_error)?;
    // Its name as well as its bytes: once it is registered, a power cut must not have taken it.
    sync(folder.unwrap_or(Path::new("."))).map_err(file_error)?;
    Ok(signer)
}

/// Has the names in a folder written to the disk.
fn sync(folder: &Path) -> std::io::Result<()> {
    std::fs::File::open(folder)?.sync_all()
}

/// What a key's file says: locked, if there is a passphrase.
fn text(path: &Path, signer: &Signer, secret: &[u8; 32], passphrase: Option<&Passphrase>) -> Result<String, KeyError> {
    let name = signer.vkey().name();
    match passphrase {
        Some(passphrase) => {
            passphrase.lock(name, &signer.vkey().to_string(), secret).map_err(|error| KeyError::Lock(path.to_path_buf(), error))
        }
        None => Ok(format!("{PLAIN}\n{name}\n{}\n", chain::hash::hex(secret))),
    }
}

/// Writes a file beside its place, and puts it there.
fn write(path: &Path, text: &str, place: impl FnOnce(&Path) -> std::io::Result<()>) -> std::io::Result<()> {
    let number = u64::from_be_bytes(random()?);
    let beside = path.with_file_name(format!("new-{number:016x}"));
    let write = || {
        let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        place(&beside)
    };
    let written = write();
    // It may not have been made, or have another name by now.
    drop(std::fs::remove_file(&beside));
    written
}

/// Locks every key file of a folder by a passphrase: those that are plain, and those that the process's own passphrase opens. Answers
/// which were.
pub fn lock_all(folder: &Path, passphrase: &Passphrase) -> Result<Vec<PathBuf>, KeyError> {
    let file_error = |error| KeyError::File(folder.to_path_buf(), error);
    let mut locked = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(file_error)? {
        let path = entry.map_err(file_error)?.path();
        if path.extension().is_some_and(|extension| extension == "key") {
            let (signer, secret) = read(&path)?;
            let text = text(&path, &signer, &secret, Some(passphrase))?;
            // In one step: a machine that stops here has the old file or the new one.
            write(&path, &text, |beside| std::fs::rename(beside, &path)).map_err(file_error)?;
            locked.push(path);
        }
    }
    sync(folder).map_err(file_error)?;
    locked.sort();
    Ok(locked)
}

/// Reads a key file made by [`create`], or the backup of a key that a browser made; refuses one that others can read.
pub fn open(path: &Path) -> Result<Signer, KeyError> {
    read(path).map(|(signer, _)| signer)
}

fn read(path: &Path) -> Result<(Signer, [u8; 32]), KeyError> {
    let file_error = |error| KeyError::File(path.to_path_buf(), error);
    let mode = std::fs::metadata(path).map_err(file_error)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(KeyError::Open(path.to_path_buf()));
    }
    let text = std::fs::read_to_string(path).map_err(file_error)?;
    let malformed = || KeyError::Malformed(path.to_path_buf());
    let mut lines = text.lines();
    let (name, secret) = match lines.next() {
        Some(PLAIN) => {
            let name = lines.next().ok_or_else(malformed)?;
            (name.to_owned(), lines.next().and_then(chain::hash::unhex::<32>).ok_or_else(malformed)?)
        }
        Some(kind @ (lock::HEADER | backup::HEADER)) => {
            let locked = |error| KeyError::Lock(path.to_path_buf(), error);
            let passphrase = lock::given().ok_or_else(|| locked(LockError::NoPassphrase))?;
            let opened = if kind == lock::HEADER { passphrase.open(&text) } else { backup::open(&text, passphrase) };
            opened.map_err(locked)?
        }
        _ => return Err(malformed()),
    };
    Ok((Signer::new(&name, KeyType::Ed25519, &secret)?, secret))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;

    #[test]
    fn a_key_is_for_its_owner_alone_and_never_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("keys/log.key");
        let made = create(&path, "example.gov/log").unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(open(&path).unwrap().vkey(), made.vkey());
        assert!(matches!(create(&path, "example.gov/log"), Err(KeyError::File(..))));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(open(&path), Err(KeyError::Open(_))));
    }

    #[test]
    fn whoever_looks_while_a_key_is_made_finds_it_whole_or_not_at_all() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().to_path_buf();
        let making = std::thread::spawn(move || {
            (0..200).for_each(|n| drop(create(&folder.join(format!("seal-{n}.key")), "example.gov/log").unwrap()))
        });
        while !making.is_finished() {
            for entry in std::fs::read_dir(dir.path()).unwrap() {
                let path = entry.unwrap().path();
                if path.extension().is_some_and(|extension| extension == "key") {
                    open(&path).unwrap();
                }
            }
        }
        making.join().unwrap();
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 200, "nothing else is left");
    }

    #[test]
    fn a_key_under_anothers_name_is_not_used() {
        let dir = tempfile::tempdir().unwrap();
        let log = dir.path().join("log.key");
        create(&log, "south.gov/log").unwrap();
        assert!(matches!(open_or_create(&log, "north.gov/log"), Err(KeyError::OtherName { .. })));
    }

    #[test]
    fn a_folder_that_was_there_keeps_its_mode() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        create(&dir.path().join("r.key"), "example.gov/registrar-1").unwrap();
        assert_eq!(std::fs::metadata(dir.path()).unwrap().permissions().mode() & 0o777, 0o755);
    }
}
