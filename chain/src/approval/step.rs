//! Taking a step: the text that the post's key signs, and what opens it at publication.

use super::{Decision, Opening, core_commitment};
use crate::{
    hash::{Hash, hex, unhex},
    part::{Commitment, Salt, format_salt},
    statement::{self, Core, Reference, StatementError, Step, is_code, is_id, member},
};

/// A step about to be taken, by whoever holds the post's key: a browser, a command line.
#[derive(Debug, Clone, Copy)]
pub struct NewStep<'a> {
    pub origin: &'a str,
    pub agency: &'a str,
    pub case: &'a str,
    /// The case's step before, if it is in the log.
    pub previous: Option<Reference>,
    /// Its [`super::link`], if it is not.
    pub after: Option<Hash>,
    pub code: &'a str,
    /// `approve`, `reject` or `override`.
    pub decision: &'a str,
    /// Leaf hash of the agency's entry whose rule the post sees.
    pub rule: Hash,
    /// What is decided on.
    pub core_line: &'a str,
    pub reason: Option<Commitment>,
}

/// Random bytes, drawn for this one step and never again.
#[derive(Debug, Clone, Copy)]
pub struct Drawn {
    /// Of the statement.
    pub id: [u8; 16],
    /// Of the commitment to the core line.
    pub core: Salt,
    /// Of the commitment to the decision.
    pub step: Salt,
}

/// What is signed, and what opens it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    pub text: String,
    pub opening: Opening,
}

impl NewStep<'_> {
    /// Writes the step. Refused is what no log would take, or what no rule could count.
    pub fn write(&self, drawn: &Drawn) -> Result<Taken, StatementError> {
        member(is_id(self.origin), "origin")?;
        member(is_id(self.agency), "agency")?;
        member(unhex::<16>(self.case).is_some(), "case")?;
        member(self.previous.is_none() || self.after.is_none(), "after")?;
        member(is_code(self.code), "code")?;
        member(matches!(self.decision, "approve" | "reject" | "override"), "decision")?;
        member(self.decision == "approve" || self.reason.is_some(), "reason")?;
        // A line that is no statement of this agency's could never be published.
        let owner = match Core::read(self.core_line)?.1 {
            Core::Disclosure(core) => core.agency,
            Core::Status(core) => core.agency,
            Core::Redaction(core) => core.agency,
            other => return Err(StatementError::Act(other.kind())),
        };
        member(owner == self.agency, "agency")?;
        let decision = Decision {
            code: self.code.to_owned(),
            decision: self.decision.to_owned(),
            rule: self.rule,
            core: core_commitment(&drawn.core, self.core_line),
            salt: format_salt(&drawn.core),
            reason: self.reason,
        };
        let unwritable = |error: serde_json::Error| StatementError::Json("core", error.into());
        let text = serde_json::to_string(&decision).map_err(unwritable)?;
        let step = Step {
            agency: self.agency.to_owned(),
            case: self.case.to_owned(),
            previous: self.previous,
            after: self.after,
            commitment: Commitment::to(&drawn.step, text.as_bytes()),
        };
        let line = statement::core_line("step", &hex(&drawn.id), &step).map_err(unwritable)?;
        Ok(Taken { text: statement::text(self.origin, &line, None), opening: Opening { salt: format_salt(&drawn.step), text } })
    }
}
