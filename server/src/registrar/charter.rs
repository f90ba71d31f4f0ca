//! Amendments of the charter: what is asked for, and the whole charter that it gives over the one in force.

use super::{Change, RegistrarError};
use chain::{
    note::Vkey,
    policy::Policy,
    possession::{self, Office},
    state::State,
    statement::{Charter, LogKey, Names, is_id},
};
use serde::{Deserialize, Serialize};

/// What an amendment changes; what it does not speak of stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Amendment {
    /// Registrars more.
    pub added: Vec<Candidate>,
    /// Keys of those who are registrars no more.
    pub removed: Vec<String>,
    /// How many of them must sign from now on.
    pub threshold: Option<usize>,
    /// What the portal is called, where it is called otherwise.
    pub names: Names,
    pub zone: Option<String>,
    /// A tlog-policy file.
    pub policy: Option<String>,
    pub log: Option<NextLog>,
}

/// A key that somebody made to be a registrar, and what proves that their account has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    pub key: String,
    pub account: String,
    pub proof: String,
}

/// The log's next key, and the size its checkpoints start at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextLog {
    pub key: String,
    pub from: u64,
}

/// Whether `name` may be that of a new registrar's key: one that nobody else on the chain is known by.
#[must_use]
pub fn free_name(state: &State, name: &str) -> bool {
    let registrars = state.charter().map(|charter| charter.registrars.keys.as_slice()).unwrap_or_default();
    is_id(name)
        && name != state.origin()
        && state.agency(name).is_none()
        && super::post(state, name).is_none()
        && registrars.iter().all(|key| key.name() != name)
}

impl Candidate {
    /// Who the proof in a note says has which key. `None`: it is no proof of a registrar's key on this chain.
    #[must_use]
    pub fn read(proof: &str, origin: &str) -> Option<Candidate> {
        let said = |n: usize, what: &str| proof.lines().nth(n)?.strip_prefix(what);
        let (name, account) = (said(1, "registrar ")?, said(2, "account ")?);
        let key = possession::verify(proof, origin, Office::Registrar, name, account).ok()?;
        Some(Candidate { key: key.to_string(), account: account.to_owned(), proof: proof.to_owned() })
    }

    fn verified(&self, state: &State) -> Result<Vkey, RegistrarError> {
        let key = Vkey::parse(&self.key).map_err(|_| RegistrarError::Key)?;
        let proved = possession::verify(&self.proof, state.origin(), Office::Registrar, key.name(), &self.account)?;
        if proved == key && key.is_torsion_free() { Ok(key) } else { Err(RegistrarError::Key) }
    }
}

impl Amendment {
    /// Asks for nothing but that one more becomes a registrar.
    #[must_use]
    pub fn of(candidate: Candidate) -> Amendment {
        Amendment { added: vec![candidate], ..Amendment::default() }
    }

    /// The whole charter as it would be; refused where nobody could sign anything any more.
    pub(super) fn over(&self, state: &State, size: u64) -> Result<Charter, RegistrarError> {
        let (Some(before), Some(at)) = (state.charter(), state.charter_at()) else { return Err(RegistrarError::Subject) };
        let mut now = before.clone();
        now.amends = Some(at);
        let held = |text: &String| before.registrars.keys.iter().any(|key| key.to_string() == *text);
        if !self.removed.iter().all(held) {
            return Err(RegistrarError::Key);
        }
        now.registrars.keys.retain(|key| !self.removed.contains(&key.to_string()));
        for candidate in &self.added {
            let key = candidate.verified(state)?;
            // Under one name nobody could tell whose signature is missing.
            if now.registrars.keys.iter().any(|other| other.name() == key.name()) || !free_name(state, key.name()) {
                return Err(RegistrarError::Known);
            }
            now.registrars.keys.push(key);
        }
        now.registrars.threshold = self.threshold.unwrap_or(now.registrars.threshold);
        let (needed, of) = (now.registrars.threshold, now.registrars.keys.len());
        if of == 0 {
            return Err(RegistrarError::Nobody);
        }
        if !(1..=of).contains(&needed) {
            return Err(RegistrarError::Threshold { needed, of });
        }
        now.name.extend(self.names.clone());
        if let Some(zone) = &self.zone {
            jiff::tz::TimeZone::get(zone).map_err(|_| RegistrarError::Zone)?;
            now.zone.clone_from(zone);
        }
        if let Some(policy) = &self.policy {
            Policy::parse(policy).map_err(|_| RegistrarError::Policy)?;
            now.policy.clone_from(policy);
        }
        if let Some(log) = &self.log {
            let key = Vkey::parse(&log.key).map_err(|_| RegistrarError::Key)?;
            let than = now.logs.last().map_or(0, |last| last.from).max(size);
            if log.from <= than {
                return Err(RegistrarError::Passed { than });
            }
            now.logs.push(LogKey { key, from: log.from });
        }
        let same = Charter { amends: before.amends, ..now.clone() } == *before;
        if same { Err(RegistrarError::NoChange) } else { Ok(now) }
    }
}

impl Change {
    /// The key of which somebody asks that it become a registrar's, where that is all they ask for.
    #[must_use]
    pub fn candidate(&self) -> Option<&Candidate> {
        match self {
            Change::Charter(amendment) => match amendment.added.as_slice() {
                [one] if **amendment == Amendment::of(one.clone()) => Some(one),
                _ => None,
            },
            _ => None,
        }
    }
}
