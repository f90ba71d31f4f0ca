//! Whether a statement may be the next entry: what each type may say, and when.

use super::{Facts, Refusal, State, Verified, facts::version};
use crate::{
    approval::{self, TakenStep},
    note::Vkey,
    policy::Policy,
    statement::{Agency, Charter, Core, Ended, Ending, Key, Part, Post, Reference, Statement, good_key},
};
use std::collections::HashMap;

impl State {
    /// Whether `statement` may be the next entry. `verified` saves verifying again while the registry has not changed;
    /// keys that ended meanwhile are looked at either way. `Ok(Some(index))`: it is already there, at `index`.
    pub fn admit(&self, statement: &Statement<'_>, verified: Option<Verified>, facts: &Facts) -> Result<Option<u64>, Refusal> {
        // Registrations are rare and decide everything else: nobody's word is taken that one was verified.
        if statement.core.registers() || verified != Some(Verified { registry: self.root }) {
            self.verify(statement)?;
        } else if statement.origin != self.origin {
            return Err(Refusal::Origin(statement.origin.into()));
        } else {
            let line = statement.note.signatures.first().ok_or(Refusal::UnknownSignature)?;
            let keys = self.keys(statement)?;
            good_key(keys, line.id, self.size()).ok_or_else(|| Refusal::UnknownKey(line.name.into()))?;
        }
        let known = facts.logged.get(&(statement.signer().to_owned(), statement.id.clone()));
        if let Some(index) = known {
            return Ok(Some(*index));
        }
        match &statement.core {
            Core::Charter(_) | Core::Agency(_) | Core::Post(_) => self.may_say(&statement.core)?,
            Core::Step(core) => {
                let post = self.posts.get(statement.signer()).filter(|(_, post)| post.agency == core.agency);
                post.ok_or_else(|| Refusal::NotEntitled { by: statement.signer().into(), of: core.agency.clone() })?;
                let newest = facts.cases.get(&(core.agency.clone(), core.case.clone()));
                let known = newest.and_then(|at| facts.steps.get(&at.index).map(|known| (*at, known.post.as_str(), &known.step)));
                let follows = match newest {
                    // Only a step that names the one before by what it says needs to know what that says.
                    Some(at) if core.after.is_none() => core.previous == Some(*at),
                    newest => newest.is_some() == known.is_some() && approval::follows(core, known),
                };
                if !follows {
                    return Err(Refusal::StaleCase);
                }
            }
            Core::Disclosure(core) => {
                self.may_state(&statement.core, facts)?;
                self.approved(statement, &core.agency, &core.genre, facts)?;
            }
            Core::Status(core) => {
                self.may_state(&statement.core, facts)?;
                self.approved(statement, &core.agency, "status", facts)?;
            }
            Core::Redaction(core) => {
                self.may_state(&statement.core, facts)?;
                self.approved(statement, &core.agency, "redaction", facts)?;
            }
        }
        Ok(None)
    }

    /// Whether a registration may be the next by what it says, whoever signs it: what those ask who prepare one. Of what is no
    /// registration nothing is said.
    pub fn may_say(&self, core: &Core) -> Result<(), Refusal> {
        match core {
            Core::Charter(core) => self.admit_charter(core),
            Core::Agency(core) => self.admit_agency(core),
            Core::Post(core) => self.admit_post(core),
            _ => Ok(()),
        }
    }

    /// Whether a disclosure, status or redaction may be the next by what it says, whoever approved and seals it: what those ask who
    /// prepare one. Of what is neither nothing is said.
    pub fn may_state(&self, core: &Core, facts: &Facts) -> Result<(), Refusal> {
        match core {
            Core::Disclosure(core) => {
                let mut document = self.size();
                if let Some(revised) = core.revises {
                    let version = version(facts, revised)?;
                    if !version.newest {
                        return Err(Refusal::NotHead(revised.index));
                    }
                    self.entitled(&core.agency, &version.agency, false)?;
                    document = version.document;
                }
                let taken = |part: &&Part| facts.owners.get(&part.commitment).is_some_and(|owner| *owner != document);
                if let Some(part) = core.parts.iter().find(taken) {
                    return Err(Refusal::PartTaken(part.commitment));
                }
                if core.stated_agency.is_none() && self.agencies.get(&core.agency).is_some_and(|(_, agency)| agency.archive) {
                    return Err(Refusal::NotACopy(core.agency.clone()));
                }
                Ok(())
            }
            Core::Status(core) => {
                self.entitled(&core.agency, &version(facts, core.target)?.agency, true)?;
                core.by.map_or(Ok(()), |by| version(facts, by).map(|_| ()))
            }
            Core::Redaction(core) => {
                let version = version(facts, core.target)?;
                self.entitled(&core.agency, &version.agency, false)?;
                if core.parts.iter().all(|part| version.parts.contains(part)) { Ok(()) } else { Err(Refusal::Reference(core.target.index)) }
            }
            _ => Ok(()),
        }
    }

    /// An agency speaks for its own documents, an abolished one's successor for those; for a status, also overseers.
    fn entitled(&self, by: &str, of: &str, overseeing: bool) -> Result<(), Refusal> {
        let entitled = by == of || self.agencies.get(of).is_some_and(|(_, owner)| speaks_for(owner, by, overseeing));
        if entitled { Ok(()) } else { Err(Refusal::NotEntitled { by: by.into(), of: of.into() }) }
    }

    fn approved(&self, statement: &Statement<'_>, agency: &str, genre: &str, facts: &Facts) -> Result<(), Refusal> {
        let (at, registered) = self.agencies.get(agency).ok_or_else(|| Refusal::NotRegistered(agency.into()))?;
        let mut taken = Vec::new();
        for index in statement.act.iter().flat_map(|act| &act.steps) {
            taken.push(facts.steps.get(index).ok_or(Refusal::Reference(*index))?.taken(*index));
        }
        let rule = registered.rule.as_ref().map(|rule| (rule, at.leaf));
        approval::check(rule, genre, statement.core_line, agency, statement.act.as_ref(), &taken)?;
        // Readers could not tell whose decision it was: nothing new is published on it.
        if let Some(step) = taken.iter().find(|step| self.is_stolen(step, facts)) {
            return Err(Refusal::StolenStep(step.index));
        }
        // The case may have gone on since: a rejection after the last step named here must not be left out.
        if let Some(act) = &statement.act {
            let newest = facts.cases.get(&(agency.to_owned(), act.case.clone())).map(|step| step.index);
            if newest != act.steps.last().copied() {
                return Err(Refusal::StaleCase);
            }
        }
        Ok(())
    }

    /// Whether the post that took a step has reported since that the key which signed it was stolen by then.
    fn is_stolen(&self, step: &TakenStep, facts: &Facts) -> bool {
        let (Some((_, post)), Some(logged)) = (self.posts.get(&step.post), facts.steps.get(&step.index)) else { return false };
        let stolen = |ended: Ended| ended.how == Ending::Compromised && ended.at <= step.index;
        post.keys.iter().any(|key| key.key.id() == logged.key && key.ended.is_some_and(stolen))
    }

    fn admit_charter(&self, new: &Charter) -> Result<(), Refusal> {
        if new.origin != self.origin {
            return Err(Refusal::Origin(new.origin.clone()));
        }
        // Among themselves too: the roles known so far are empty when entry 0 is judged.
        let mut own: HashMap<[u8; 32], String> = HashMap::new();
        for (key, role) in charter_roles(new) {
            self.only_role(&key, &role)?;
            if own.insert(key.public(), role.clone()).is_some_and(|other| other != role) {
                return Err(Refusal::KeyReused(key.name().into()));
            }
        }
        match (&self.charter, new.amends) {
            (None, None) => Ok(()),
            (Some((at, old)), Some(amends)) => {
                let kept = new.logs.get(..old.logs.len()) == Some(old.logs.as_slice());
                let later = new.logs[old.logs.len().min(new.logs.len())..].iter().all(|log| log.from > self.size());
                if *at != amends {
                    Err(Refusal::StaleCharter)
                } else if kept && later {
                    Ok(())
                } else {
                    Err(Refusal::KeyDropped(self.origin.clone()))
                }
            }
            _ => Err(Refusal::Charter),
        }
    }

    fn admit_agency(&self, new: &Agency) -> Result<(), Refusal> {
        if new.agency == self.origin || self.posts.contains_key(&new.agency) {
            return Err(Refusal::OtherKind(new.agency.clone()));
        }
        let old = self.agencies.get(&new.agency);
        replaces(&new.agency, old.map(|(at, old)| (*at, old.replaces)), new.replaces)?;
        self.admit_keys(&new.agency, old.map_or(&[][..], |(_, old)| &old.seals), &new.seals)
    }

    fn admit_post(&self, new: &Post) -> Result<(), Refusal> {
        if new.post == self.origin || self.agencies.contains_key(&new.post) {
            return Err(Refusal::OtherKind(new.post.clone()));
        }
        if !self.agencies.contains_key(&new.agency) {
            return Err(Refusal::NotRegistered(new.agency.clone()));
        }
        let old = self.posts.get(&new.post);
        if old.is_some_and(|(_, old)| old.agency != new.agency) {
            return Err(Refusal::OtherKind(new.post.clone()));
        }
        replaces(&new.post, old.map(|(at, old)| (*at, old.replaces)), new.replaces)?;
        self.admit_keys(&new.post, old.map_or(&[][..], |(_, old)| &old.keys), &new.keys)
    }

    /// Keys are added and ended, never dropped or brought back, not even for a while.
    fn admit_keys(&self, id: &str, old: &[Key], new: &[Key]) -> Result<(), Refusal> {
        for key in old {
            let kept = new.iter().find(|other| other.key == key.key);
            if kept.is_none_or(|kept| !may_become(key.ended, kept.ended)) {
                return Err(Refusal::KeyDropped(id.into()));
            }
        }
        new.iter().try_for_each(|key| self.only_role(&key.key, id))
    }

    fn only_role(&self, key: &Vkey, role: &str) -> Result<(), Refusal> {
        match self.roles.get(&key.public()) {
            Some(other) if other != role => Err(Refusal::KeyReused(key.name().into())),
            _ => Ok(()),
        }
    }
}

/// A registration that names what it replaces names the entry in force, and once one did, each after it does: one that was signed and
/// left goes stale as soon as another is logged.
fn replaces(id: &str, in_force: Option<(Reference, Option<Reference>)>, named: Option<Reference>) -> Result<(), Refusal> {
    let fits = match (in_force, named) {
        (Some((at, _)), Some(named)) => named == at,
        (Some((_, before)), None) => before.is_none(),
        (None, named) => named.is_none(),
    };
    if fits { Ok(()) } else { Err(Refusal::StaleRegistration(id.into())) }
}

/// A key's end may come, and may turn out to have come earlier or to have been worse; it never moves later.
fn may_become(old: Option<Ended>, new: Option<Ended>) -> bool {
    match (old, new) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(old), Some(new)) => new.at <= old.at && (old.how != Ending::Compromised || new.how == Ending::Compromised),
    }
}

/// The keys a charter names, each with its one role. Roles have a space in them where an agency or post could have that id.
pub(super) fn charter_roles(charter: &Charter) -> impl Iterator<Item = (Vkey, String)> {
    let logs = charter.logs.iter().map(|log| (log.key.clone(), charter.origin.clone()));
    let registrars = charter.registrars.keys.iter().map(|key| (key.clone(), format!("registrar {}", key.name())));
    let witnesses = Policy::parse(&charter.policy).map(|policy| policy.witnesses).unwrap_or_default();
    let witnesses = witnesses.into_iter().map(|(_, key, _)| (key, "a witness".to_owned()));
    logs.chain(registrars).chain(witnesses)
}

/// Whether `by` may speak for documents of `owner`, another agency.
#[must_use]
pub fn speaks_for(owner: &Agency, by: &str, overseeing: bool) -> bool {
    owner.successor.as_deref() == Some(by) || overseeing && owner.overseers.iter().any(|id| id == by)
}
