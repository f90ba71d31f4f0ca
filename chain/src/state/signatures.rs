//! Who may sign a statement, and whether they did.

use super::{Refusal, State};
use crate::{
    hash::Hash,
    note::{SignatureLine, Signer, Vkey},
    statement::{Core, Key, Registrars, Statement, good_key},
};

/// That a statement's signatures were found good while the registry had this root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    pub(crate) registry: Hash,
}

impl State {
    /// Whether every signature line is by one who should sign, enough of them, each verified strictly, one by one.
    pub fn verify(&self, statement: &Statement<'_>) -> Result<Verified, Refusal> {
        if statement.origin != self.origin {
            return Err(Refusal::Origin(statement.origin.into()));
        }
        match &statement.core {
            Core::Charter(new) => verify_registrars(statement, self.charter().map_or(&new.registrars, |old| &old.registrars))?,
            Core::Agency(_) | Core::Post(_) => verify_registrars(statement, &self.charter().ok_or(Refusal::Charter)?.registrars)?,
            _ => {
                verify_one(statement, self.keys(statement)?, self.size())?;
            }
        }
        Ok(Verified { registry: self.root })
    }

    /// Whether an agency's seal with this key is good for the next entry.
    pub fn may_seal(&self, vkey: &Vkey) -> Result<(), Refusal> {
        let unknown = || Refusal::UnknownKey(vkey.name().into());
        let (_, agency) = self.agencies.get(vkey.name()).ok_or_else(unknown)?;
        let key = good_key(&agency.seals, vkey.id(), self.size()).ok_or_else(unknown)?;
        if key.key == *vkey { Ok(()) } else { Err(unknown()) }
    }

    /// Signs `text` as a statement of `signer`, whose key must be good here. What was just signed needs no verifying.
    pub fn seal(&self, text: &str, signer: &Signer) -> Result<(String, Verified), Refusal> {
        self.may_seal(signer.vkey())?;
        Ok((crate::note::sign(text, &[signer]), Verified { registry: self.root }))
    }

    pub(crate) fn keys(&self, statement: &Statement<'_>) -> Result<&[Key], Refusal> {
        let name = statement.signer();
        let unknown = || Refusal::NotRegistered(name.chars().take(255).collect());
        Ok(match &statement.core {
            Core::Step(_) => &self.posts.get(name).ok_or_else(unknown)?.1.keys,
            _ => &self.agencies.get(name).ok_or_else(unknown)?.1.seals,
        })
    }
}

/// Exactly one signature, by a key of `keys` that is good at `index`. Returns that key.
pub fn verify_one<'k>(statement: &Statement<'_>, keys: &'k [Key], index: u64) -> Result<&'k Key, Refusal> {
    let (line, key) = signing_key(statement, keys, index)?;
    line.verify(&key.key, statement.note.text).map_err(Refusal::Signature)?;
    Ok(key)
}

/// The one signature line, and the key of `keys`, good at `index`, by which it says it is.
pub(crate) fn signing_key<'s, 'n, 'k>(
    statement: &'s Statement<'n>,
    keys: &'k [Key],
    index: u64,
) -> Result<(&'s SignatureLine<'n>, &'k Key), Refusal> {
    let [line] = statement.note.signatures.as_slice() else {
        return Err(Refusal::UnknownSignature);
    };
    let name = statement.signer();
    let key = good_key(keys, line.id, index).filter(|key| line.is_by(&key.key) && line.name == name);
    let key = key.ok_or_else(|| Refusal::UnknownKey(name.into()))?;
    Ok((line, key))
}

/// At least `threshold` signatures, each by another registrar, and no other line.
pub fn verify_registrars(statement: &Statement<'_>, registrars: &Registrars) -> Result<(), Refusal> {
    let mut signed = Vec::new();
    for line in &statement.note.signatures {
        let key = registrars.keys.iter().find(|key| line.is_by(key)).ok_or(Refusal::UnknownSignature)?;
        if signed.contains(&key.public()) {
            return Err(Refusal::UnknownSignature);
        }
        line.verify(key, statement.note.text).map_err(Refusal::Signature)?;
        signed.push(key.public());
    }
    if signed.len() < registrars.threshold {
        return Err(Refusal::TooFewRegistrars { needed: registrars.threshold, found: signed.len() });
    }
    Ok(())
}
