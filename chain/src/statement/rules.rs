//! The rules of each member that need nothing but the statement itself.

use super::{Charter, Core, Disclosure, Key, MOST_PARTS, Names, Registrars, Stated, StatementError};
use crate::{
    hash::unhex,
    json,
    note::{KeyType, Vkey, is_key_name},
    policy::Policy,
    time::parse_date,
};

/// An id of an agency or post: lowercase ASCII, a key name, also fit for an address.
#[must_use]
pub fn is_id(id: &str) -> bool {
    is_key_name(id)
        && id.split('/').all(|part| !part.is_empty() && !part.starts_with('.'))
        && id.bytes().all(|c| matches!(c, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'/'))
}

/// A code (genre, theme, ground, step, role): 1 to 64 of `a–z 0–9 -`.
#[must_use]
pub fn is_code(code: &str) -> bool {
    (1..=64).contains(&code.len()) && code.bytes().all(|c| matches!(c, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

fn is_media(media: &str) -> bool {
    media.len() <= 128
        && media.split_once('/').is_some_and(|(kind, sub)| {
            [kind, sub]
                .iter()
                .all(|part| !part.is_empty() && part.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || b"-.+".contains(&c)))
        })
}

pub(crate) fn member(holds: bool, name: &'static str) -> Result<(), StatementError> {
    if holds { Ok(()) } else { Err(StatementError::Member(name)) }
}

fn is_day(date: &Option<String>) -> bool {
    date.as_deref().is_none_or(|date| parse_date(date).is_some())
}

impl Core {
    pub(super) fn check(&self) -> Result<(), StatementError> {
        match self {
            Core::Charter(core) => core.check(),
            Core::Agency(core) => {
                member(is_id(&core.agency), "agency")?;
                check_names(&core.name)?;
                check_keys(&core.seals, &core.agency, "seals", |custody| matches!(custody, Some("portal" | "token" | "agency")))?;
                member(core.successor.as_deref().is_none_or(is_id), "successor")?;
                member(core.overseers.iter().all(|id| is_id(id)), "overseers")?;
                core.rule.as_ref().map_or(Ok(()), |rule| member(rule.is_sound(), "rule"))
            }
            Core::Post(core) => {
                member(is_id(&core.post) && core.post != core.agency, "post")?;
                member(is_id(&core.agency), "agency")?;
                check_names(&core.name)?;
                check_keys(&core.keys, &core.post, "keys", |custody| custody.is_none())
            }
            Core::Step(core) => {
                member(is_id(&core.agency), "agency")?;
                member(unhex::<16>(&core.case).is_some(), "case")
            }
            Core::Disclosure(core) => core.check(),
            Core::Status(core) => {
                member(is_id(&core.agency), "agency")?;
                member(is_day(&core.effective), "effective")?;
                member(is_code(&core.ground), "ground")
            }
            Core::Redaction(core) => {
                member(is_id(&core.agency), "agency")?;
                member(is_code(&core.ground), "ground")?;
                member((1..=MOST_PARTS).contains(&core.parts.len()), "parts")
            }
        }
    }
}

impl Charter {
    fn check(&self) -> Result<(), StatementError> {
        member(is_id(&self.origin), "origin")?;
        check_names(&self.name)?;
        let zone = |c: u8| c.is_ascii_alphanumeric() || b"/_-+".contains(&c);
        member((1..=64).contains(&self.zone.len()) && self.zone.bytes().all(zone), "zone")?;
        let rising = self.logs.windows(2).all(|pair| pair[0].from < pair[1].from);
        let ours = self.logs.iter().all(|log| log.key.name() == self.origin && sound(&log.key));
        member(rising && ours && self.logs.first().is_some_and(|log| log.from == 0), "logs")?;
        let Registrars { threshold, keys } = &self.registrars;
        let distinct = keys.iter().enumerate().all(|(n, key)| keys[..n].iter().all(|other| apart(other, key)));
        let named = keys.iter().all(|key| is_id(key.name()) && sound(key));
        member((1..=keys.len()).contains(threshold) && distinct && named, "registrars")?;
        member(Policy::parse(&self.policy).is_ok(), "policy")
    }
}

impl Disclosure {
    fn check(&self) -> Result<(), StatementError> {
        member(is_id(&self.agency), "agency")?;
        member(is_code(&self.genre), "genre")?;
        member(self.theme.as_deref().is_none_or(is_code), "theme")?;
        member(is_code(&self.language), "language")?;
        let Stated { issued, published, effective, expires } = &self.stated;
        member([issued, published, effective, expires].into_iter().all(is_day), "stated")?;
        member((1..=MOST_PARTS).contains(&self.parts.len()), "parts")?;
        let catalogues = self.parts.iter().filter(|part| part.role == "catalogue").count();
        member(catalogues == 1 && self.parts[0].role == "catalogue", "parts")?;
        for (n, part) in self.parts.iter().enumerate() {
            let distinct = self.parts[..n].iter().all(|other| other.commitment != part.commitment);
            let sized = part.size <= json::LARGEST;
            let known = part.language.as_deref().is_none_or(is_code);
            member(is_code(&part.role) && is_media(&part.media) && distinct && sized && known, "parts")?;
        }
        // A reason to replace something has no place where nothing is replaced.
        member(self.ground.as_deref().is_none_or(|ground| self.revises.is_some() && is_code(ground)), "ground")?;
        let short = |text: &Option<String>, most: usize| text.as_deref().is_none_or(|t| !t.is_empty() && t.len() <= most);
        member(short(&self.stated_agency, 400), "stated_agency")?;
        member(short(&self.source, 400), "source")
    }
}

/// Fit to be registered: an Ed25519 note key without torsion.
fn sound(key: &Vkey) -> bool {
    key.kind() == KeyType::Ed25519 && key.is_torsion_free()
}

/// Neither the same key nor a key whose signature lines could be taken for the other's.
fn apart(one: &Vkey, other: &Vkey) -> bool {
    one.public() != other.public() && one.id() != other.id()
}

fn check_names(names: &Names) -> Result<(), StatementError> {
    member(names.len() <= 16 && names.iter().all(|(language, name)| is_code(language) && !name.is_empty() && name.len() <= 400), "name")
}

fn check_keys(keys: &[Key], name: &str, what: &'static str, custody: impl Fn(Option<&str>) -> bool) -> Result<(), StatementError> {
    for (n, key) in keys.iter().enumerate() {
        let distinct = keys[..n].iter().all(|other| apart(&other.key, &key.key));
        member(distinct && key.key.name() == name && sound(&key.key) && custody(key.custody.as_deref()), what)?;
    }
    Ok(())
}
