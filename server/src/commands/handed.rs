//! What was handed over to be signed on this machine: the file that the page of a case gave, with the parts of its document, which are
//! compared with what they commit to and told before anybody signs.

use base64::{Engine, engine::general_purpose::STANDARD};
use chain::{
    check::{Finding, Said},
    json::Shape,
    part::{Commitment, Salt, parse_salt},
    statement::Core,
};
use serde_json::Value;
use std::path::{Path, PathBuf};

pub type Failed = Box<dyn std::error::Error>;

pub fn read(path: &Path) -> Result<Vec<u8>, Failed> {
    std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()).into())
}

/// The file that the page gave. Nothing of it is believed that is not looked at here.
pub struct Handed(Value);

impl Handed {
    pub fn read(path: &Path) -> Result<Handed, Failed> {
        Ok(Handed(serde_json::from_slice(&read(path)?)?))
    }

    /// A member of it.
    pub fn member<T: Shape>(&self, name: &str) -> Result<T, Failed> {
        member(&self.0, name)
    }

    /// Each part with its salt: bytes that the file brings itself, or the file on disk that this salt makes match.
    pub fn parts(&self, paths: &[PathBuf]) -> Result<Vec<(Salt, Vec<u8>)>, Failed> {
        let mut files = Vec::new();
        for path in paths {
            files.push((path, read(path)?));
        }
        let mut found = Vec::new();
        for part in self.0["parts"].as_array().into_iter().flatten() {
            let commitment: Commitment = member(part, "commitment")?;
            let salt = parse_salt(&member::<String>(part, "salt")?).ok_or("what is to be signed: a salt is none")?;
            if let Some(bytes) = part["bytes"].as_str() {
                found.push((salt, STANDARD.decode(bytes)?));
            } else if let Some(at) = files.iter().position(|(_, bytes)| Commitment::to(&salt, bytes) == commitment) {
                found.push((salt, files.swap_remove(at).1));
            }
        }
        match files.first() {
            Some((path, _)) => Err(format!("{}: it is no part of what is to be signed, or was changed", path.display()).into()),
            None => Ok(found),
        }
    }
}

fn member<T: Shape>(ask: &Value, name: &str) -> Result<T, Failed> {
    T::read(ask[name].clone()).map_err(|error| format!("what is to be signed: {name:?}: {error}").into())
}

/// Why it is not `done` (signed, sealed): its parts are not what it commits to, or it says what nobody would be told.
pub fn refused(done: &str, found: &Finding) -> Failed {
    let about: Vec<_> = found.values.iter().map(|(name, value)| format!("{name} {value}")).collect();
    let what = match found.reason {
        "missing" => "a part of it is not among the files: give every one with --part, as it was downloaded",
        "stray-part" => "a file is no part of it",
        other => other,
    };
    format!("not {done}: {what} ({})", about.join(", ")).into()
}

/// All that it says, for whoever signs it.
pub fn tell(said: &Said) {
    for (name, text) in &said.facts {
        eprintln!("  {name}: {text:?}");
    }
    let Core::Disclosure(core) = &said.core else { return };
    for subject in &said.catalogue.subjects {
        eprintln!("  about: {:?}, {} {:?}", subject.name, subject.scheme.as_deref().unwrap_or_default(), subject.id);
    }
    let names = said.catalogue.parts.iter().map(String::as_str).chain(std::iter::repeat(""));
    for (part, name) in core.parts.iter().skip(1).zip(names) {
        eprintln!("  {}: {name:?}, {}, {} bytes", part.role, part.media, part.size);
    }
}
