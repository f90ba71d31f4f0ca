//! Witness policies (<https://c2sp.org/tlog-policy>): whose cosignatures count, and how many make a quorum.

use crate::{
    cosignature,
    note::{KeyType, Note, Vkey},
};

/// A parsed policy file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    pub logs: Vec<Vkey>,
    /// (name in this file, key, address if given)
    pub witnesses: Vec<(String, Vkey, Option<String>)>,
    groups: Vec<(String, usize, Vec<String>)>,
    /// `None` is `quorum none`: no witness is asked for.
    quorum: Option<String>,
}

/// Which line of a policy is wrong, and how.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("policy line {line}: {what}")]
pub struct PolicyError {
    pub line: usize,
    pub what: &'static str,
}

/// What a policy says of one checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Witnesses whose cosignature verified: name in the policy, and POSIX seconds.
    pub by: Vec<(String, u64)>,
    /// Witnesses with a line on the note that does not verify.
    pub wrong: Vec<String>,
    pub quorum: bool,
    /// POSIX seconds by which the witnesses of a quorum had all signed.
    pub met_at: Option<u64>,
}

impl Policy {
    pub fn parse(text: &str) -> Result<Policy, PolicyError> {
        let mut policy = Policy { logs: vec![], witnesses: vec![], groups: vec![], quorum: None };
        let mut quorum_seen = false;
        let mut used = Vec::new();
        for (number, line) in text.split('\n').enumerate() {
            let fail = |what| PolicyError { line: number + 1, what };
            if line.bytes().any(|c| c < b' ' && c != b'\t' || c == 0x7f) {
                return Err(fail("control character"));
            }
            let words: Vec<&str> = line.split([' ', '\t']).filter(|word| !word.is_empty()).collect();
            match words.as_slice() {
                [] => {}
                [first, ..] if first.starts_with('#') => {}
                ["log", key, rest @ ..] if rest.len() <= 1 => {
                    let key = Vkey::parse(key).ok().filter(|key| key.kind() == KeyType::Ed25519).ok_or(fail("not a log key"))?;
                    if policy.logs.iter().any(|log| log.public() == key.public()) {
                        return Err(fail("the same log key twice"));
                    }
                    policy.logs.push(key);
                }
                ["witness", name, key, rest @ ..] if rest.len() <= 1 => {
                    let key = Vkey::parse(key).ok().filter(|key| key.kind() == KeyType::Cosignature).ok_or(fail("not a witness key"))?;
                    if policy.witnesses.iter().any(|(_, other, _)| other.public() == key.public()) {
                        return Err(fail("the same witness key twice"));
                    }
                    policy.free(name).then_some(()).ok_or(fail("a name defined twice"))?;
                    policy.witnesses.push(((*name).into(), key, rest.first().map(|url| (*url).into())));
                }
                ["group", name, count, members @ ..] if !members.is_empty() => {
                    policy.free(name).then_some(()).ok_or(fail("a name defined twice"))?;
                    let count = match *count {
                        "all" => members.len(),
                        "any" => 1,
                        count => {
                            crate::checkpoint::parse_size(count).and_then(|n| usize::try_from(n).ok()).ok_or(fail("not a threshold"))?
                        }
                    };
                    if count == 0 || count > members.len() {
                        return Err(fail("a threshold that no set of members meets exactly"));
                    }
                    for member in members {
                        if policy.free(member) || *member == "none" {
                            return Err(fail("a member that is not defined above"));
                        }
                        if used.contains(&(*member).to_string()) {
                            return Err(fail("a member that counts twice"));
                        }
                        used.push((*member).to_string());
                    }
                    policy.groups.push(((*name).into(), count, members.iter().map(|m| (*m).into()).collect()));
                }
                ["quorum", name] => {
                    if std::mem::replace(&mut quorum_seen, true) {
                        return Err(fail("a second quorum"));
                    }
                    if *name != "none" {
                        if policy.free(name) {
                            return Err(fail("a quorum that is not defined above"));
                        }
                        policy.quorum = Some((*name).into());
                    }
                }
                _ => return Err(fail("not a line of a policy")),
            }
        }
        if !quorum_seen {
            return Err(PolicyError { line: 0, what: "no quorum line" });
        }
        Ok(policy)
    }

    fn free(&self, name: &str) -> bool {
        name != "none" && !self.groups.iter().any(|(other, ..)| other == name) && !self.witnesses.iter().any(|(other, ..)| other == name)
    }

    /// Whether the policy asks for witnesses at all.
    #[must_use]
    pub fn asks_for_witnesses(&self) -> bool {
        self.quorum.is_some()
    }

    /// Verifies every known witness's line on a checkpoint and counts the quorum.
    #[must_use]
    pub fn seen(&self, checkpoint: &Note<'_>) -> Seen {
        let mut seen = Seen { by: vec![], wrong: vec![], quorum: false, met_at: None };
        for (name, key, _) in &self.witnesses {
            if checkpoint.signatures.iter().any(|line| line.is_by(key)) {
                match cosignature::verify(checkpoint, key) {
                    Ok(seconds) => seen.by.push((name.clone(), seconds)),
                    Err(_) => seen.wrong.push(name.clone()),
                }
            }
        }
        seen.quorum = self.quorum.as_ref().is_none_or(|name| self.met(name, &seen.by));
        seen.met_at = self.quorum.as_ref().and_then(|name| {
            let until = |last: u64| seen.by.iter().filter(|(_, seconds)| *seconds <= last).cloned().collect::<Vec<_>>();
            seen.by.iter().map(|(_, seconds)| *seconds).filter(|seconds| self.met(name, &until(*seconds))).min()
        });
        seen
    }

    fn met(&self, name: &str, by: &[(String, u64)]) -> bool {
        match self.groups.iter().find(|(group, ..)| group == name) {
            Some((_, count, members)) => members.iter().filter(|member| self.met(member, by)).count() >= *count,
            None => by.iter().any(|(witness, _)| witness == name),
        }
    }
}
