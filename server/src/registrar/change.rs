//! What is asked for, and the whole registration that it gives over what is registered now.

use super::{RegistrarError, charter::Amendment};
use crate::keys;
use chain::{
    approval::Rule,
    json,
    note::{self, KeyType, Signer, Vkey},
    possession::{self, Office},
    state::{Refusal, State},
    statement::{self, Agency, Core, Ended, Ending, Key, Names, Post, Reference, Statement, is_id},
};
use serde::{Deserialize, Serialize};

/// One change of one registration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "lowercase")]
pub enum Change {
    /// A key more, made by whoever will sign with it, and what proves that an account has it. The first of a post registers the post,
    /// under these names.
    Key {
        key: String,
        names: Names,
        #[serde(default)]
        account: String,
        #[serde(default)]
        proof: String,
    },
    /// From entry `at` on a key signs nothing.
    End { key: String, how: String, at: u64 },
    /// An agency's rule of approval, as JSON; none: none any more.
    Rule { rule: Option<String> },
    /// The body that speaks for an agency which was abolished, and those that may state the status of its documents; none: none any more.
    Bodies { successor: Option<String>, overseers: Vec<String> },
    /// A new agency, or a seal more.
    Agency { names: Names, seal: Option<String>, custody: String },
    /// Other names, of an agency or a post that is registered.
    Names { names: Names },
    /// The charter itself.
    Charter(Box<Amendment>),
}

/// Whose registration a change is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// `post`, `agency` or `charter`.
    pub kind: &'static str,
    pub id: String,
    /// The agency it belongs to; of a charter the chain, which is none.
    pub agency: String,
}

impl Subject {
    #[must_use]
    pub fn agency(id: &str) -> Subject {
        Subject { kind: "agency", id: id.to_owned(), agency: id.to_owned() }
    }

    #[must_use]
    pub fn post(id: &str, agency: &str) -> Subject {
        Subject { kind: "post", id: id.to_owned(), agency: agency.to_owned() }
    }

    /// The chain's own charter.
    #[must_use]
    pub fn charter(origin: &str) -> Subject {
        Subject { kind: "charter", id: origin.to_owned(), agency: origin.to_owned() }
    }

    #[must_use]
    pub fn is_charter(&self) -> bool {
        self.kind == "charter"
    }

    pub(super) fn read(kind: &str, id: String, agency: String) -> Option<Subject> {
        let kind = ["post", "agency", "charter"].into_iter().find(|known| *known == kind)?;
        Some(Subject { kind, id, agency })
    }
}

/// A registered post, by its id.
#[must_use]
pub fn post<'s>(state: &'s State, id: &str) -> Option<&'s (Reference, Post)> {
    state.posts().find(|(_, post)| post.post == id)
}

impl Change {
    /// The text of the whole registration, to be signed; refused if the log, which has `size` entries, would refuse it for what it says.
    /// (A state that is passed around need not have grown since the last registration.)
    pub fn text(&self, subject: &Subject, id: &str, state: &State, size: u64) -> Result<String, RegistrarError> {
        match (subject.kind, self) {
            ("charter", Change::Charter(amendment)) if subject.id == state.origin() => {
                judged(state, "charter", id, &amendment.over(state, size)?)
            }
            ("charter", _) => Err(RegistrarError::Subject),
            ("post", _) => judged(state, "post", id, &self.post(subject, state)?),
            _ => judged(state, "agency", id, &self.agency(subject, state)?),
        }
    }

    fn post(&self, subject: &Subject, state: &State) -> Result<Post, RegistrarError> {
        let before = post(state, &subject.id).map(|(at, post)| Post { replaces: Some(*at), ..post.clone() });
        let mut post = match (before, self) {
            (Some(before), _) if before.agency == subject.agency => before,
            (None, Change::Key { names, .. }) if is_id(&subject.id) => {
                Post { post: subject.id.clone(), agency: subject.agency.clone(), name: names.clone(), keys: vec![], replaces: None }
            }
            _ => return Err(RegistrarError::Subject),
        };
        match self {
            Change::Key { key, names, account, proof } => {
                let proved = possession::verify(proof, state.origin(), Office::Post, &subject.id, account)?;
                if proved.to_string() != *key {
                    return Err(RegistrarError::Key);
                }
                add(&mut post.keys, key, &subject.id, None)?;
                post.name.extend(names.clone());
            }
            Change::End { key, how, at } => end(&mut post.keys, key, how, *at)?,
            Change::Names { names } => rename(&mut post.name, names)?,
            Change::Rule { .. } | Change::Bodies { .. } | Change::Agency { .. } | Change::Charter(_) => {
                return Err(RegistrarError::Subject);
            }
        }
        Ok(post)
    }

    fn agency(&self, subject: &Subject, state: &State) -> Result<Agency, RegistrarError> {
        let before = state.agency(&subject.id).map(|(at, agency)| Agency { replaces: Some(*at), ..agency.clone() });
        let mut agency = match (before, self) {
            (Some(before), _) => before,
            (None, Change::Agency { names, seal: Some(_), .. }) if is_id(&subject.id) => Agency {
                agency: subject.id.clone(),
                name: names.clone(),
                seals: vec![],
                rule: None,
                successor: None,
                overseers: vec![],
                archive: false,
                replaces: None,
            },
            _ => return Err(RegistrarError::Subject),
        };
        match self {
            Change::End { key, how, at } => end(&mut agency.seals, key, how, *at)?,
            Change::Names { names } => rename(&mut agency.name, names)?,
            Change::Rule { rule } => agency.rule = rule.as_deref().map(read_rule).transpose()?,
            Change::Agency { names, seal, custody } => {
                agency.name.extend(names.clone());
                if let Some(seal) = seal {
                    add(&mut agency.seals, seal, &subject.id, Some(custody))?;
                }
            }
            Change::Bodies { successor, overseers } => {
                // A body that nobody registered could speak for nobody.
                if successor.iter().chain(overseers).any(|body| *body == subject.id || state.agency(body).is_none()) {
                    return Err(RegistrarError::Body);
                }
                (agency.successor, agency.overseers) = (successor.clone(), overseers.clone());
            }
            Change::Key { .. } | Change::Charter(_) => return Err(RegistrarError::Subject),
        }
        Ok(agency)
    }
}

fn read_rule(text: &str) -> Result<Rule, RegistrarError> {
    let rule: Rule = json::read(text).map_err(|_| RegistrarError::Rule)?;
    if rule.is_sound() { Ok(rule) } else { Err(RegistrarError::Rule) }
}

fn add(keys: &mut Vec<Key>, key: &str, id: &str, custody: Option<&str>) -> Result<(), RegistrarError> {
    let key = Vkey::parse(key).ok().filter(|key| key.name() == id && key.is_torsion_free()).ok_or(RegistrarError::Key)?;
    if keys.iter().any(|known| known.key == key) {
        return Err(RegistrarError::Known);
    }
    keys.push(Key { key, custody: custody.map(str::to_owned), ended: None });
    Ok(())
}

fn end(keys: &mut [Key], key: &str, how: &str, at: u64) -> Result<(), RegistrarError> {
    let known = keys.iter_mut().find(|known| known.key.to_string() == key).ok_or(RegistrarError::Key)?;
    known.ended = Some(Ended { how: Ending::named(how).ok_or(RegistrarError::Key)?, at });
    Ok(())
}

/// A registration that changes nothing would still void what was approved before it.
fn rename(called: &mut Names, names: &Names) -> Result<(), RegistrarError> {
    if names.iter().all(|(language, name)| called.get(language) == Some(name)) {
        return Err(RegistrarError::SameNames);
    }
    called.extend(names.clone());
    Ok(())
}

/// The text of a statement that registers something, to be signed; refused if the log would refuse it for what it says.
fn judged<T: Serialize>(state: &State, kind: &str, id: &str, core: &T) -> Result<String, RegistrarError> {
    let (text, core) = written(state.origin(), kind, id, core)?;
    state.may_say(&core)?;
    Ok(text)
}

/// The same, whatever is registered so far, with what the log would read in it.
pub fn written<T: Serialize>(origin: &str, kind: &str, id: &str, core: &T) -> Result<(String, Core), RegistrarError> {
    let line = statement::core_line(kind, id, core)?;
    let text = statement::text(origin, &line, None);
    // Read back as the log would: a text that nobody has signed is no statement yet.
    let anybody = Signer::new("anybody", KeyType::Ed25519, &keys::random()?).map_err(Refusal::Signature)?;
    let core = Statement::parse(note::sign(&text, &[&anybody]).as_bytes())?.core;
    Ok((text, core))
}

/// What a registration's text says.
#[must_use]
pub fn said(text: &str) -> Option<Core> {
    Core::read(text.split('\n').nth(1)?).ok().map(|(_, core)| core)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_waited_under_an_earlier_version_is_still_read() {
        let names = Names::from([("en".to_owned(), "Roads".to_owned())]);
        for (kept, change) in [
            (
                r#"{"do":"agency","names":{"en":"Roads"},"seal":null,"custody":""}"#,
                Change::Agency { names: names.clone(), seal: None, custody: String::new() },
            ),
            (
                r#"{"do":"key","key":"k","names":{"en":"Roads"}}"#,
                Change::Key { key: "k".into(), names: names.clone(), account: String::new(), proof: String::new() },
            ),
            (r#"{"do":"end","key":"k","how":"lost","at":7}"#, Change::End { key: "k".into(), how: "lost".into(), at: 7 }),
            (r#"{"do":"names","names":{"en":"Roads"}}"#, Change::Names { names: names.clone() }),
        ] {
            assert_eq!(serde_json::from_str::<Change>(kept).unwrap(), change);
        }
    }
}
