//! C4: whether a quorum of witnesses saw the checkpoint, by the charter's policy or one that the reader brings.

use super::{Answer, Code, Finding, Reader, registered::Registered};
use crate::{policy::Policy, time::format_time};

impl Reader<'_> {
    /// C4, by the charter's own policy ("this portal's list").
    #[must_use]
    pub fn witnesses(&self) -> Finding {
        // Every charter that reads has a policy that does.
        let policy = match self.newest(&self.checkpoint.origin, |known| self.charter_of(known)) {
            Registered::As(charter) => Policy::parse(&charter.policy).ok(),
            _ => None,
        };
        let found = policy.map_or(Finding::cannot_tell(Code::C4, "no-charter"), |policy| self.witnesses_of(&policy));
        found.with("policy", "portal")
    }

    /// C4, by any policy.
    #[must_use]
    pub fn witnesses_of(&self, policy: &Policy) -> Finding {
        if !policy.asks_for_witnesses() {
            return Finding::new(Code::C4, Answer::NotApplicable, "no-outside-witness");
        }
        let seen = policy.seen(&self.note);
        let mut finding = match (seen.quorum, seen.wrong.is_empty()) {
            (true, _) => Finding::holds(Code::C4),
            (false, true) => Finding::new(Code::C4, Answer::Pending, "no-quorum-yet"),
            (false, false) => Finding::fails(Code::C4, "cosignature"),
        };
        let time = |seconds: u64| i64::try_from(seconds).ok().and_then(|at| format_time(at.checked_mul(1000)?)).unwrap_or_default();
        for (name, seconds) in seen.by {
            finding = finding.with("seen-by", name + " " + &time(seconds));
        }
        if let Some(seconds) = seen.met_at {
            finding = finding.with("seen", time(seconds));
        }
        finding.with("witnesses", policy.witnesses.len())
    }
}
