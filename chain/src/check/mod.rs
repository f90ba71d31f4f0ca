//! The checks C1 to C8: what a reader is told of an entry, and why.
//!
//! In scope: deciding, from evidence and contents alone. Out of scope: fetching them, and the words for people, which
//! `app` has for every [`Code`], [`Answer`] and reason.

mod content;
mod deeds;
mod facts;
mod frozen;
mod itself;
mod memory;
mod reader;
mod registered;
mod registration;
mod shown;
mod witnesses;

pub use content::Scope;
pub use deeds::{ShownRow, unspaced};
pub use facts::{Shown, ShownPart, ShownStep};
pub use frozen::{Said, frozen, said};
pub use memory::{Consistency, Memory, memory};
pub use reader::Reader;
pub use registration::{Amended, Facts, amended, amendment, registration};
pub use shown::{resolved, shows};

use serde::{Deserialize, Serialize};

/// A check, in the order shown to people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Code {
    /// Link: position, canonical header, previous, time.
    C1,
    /// Inclusion: the leaf is in the signed tree.
    C2,
    /// Checkpoint: signed with the charter's key for that size.
    C3,
    /// Witnesses: a quorum of a policy.
    C4,
    /// Seal: signed with a key good at that index.
    C5,
    /// Approval: the rule, every step, order, posts, this core.
    C6,
    /// Content: parts match their commitments, and the page shows them.
    C7,
    /// Memory: the same chain as this reader saw before.
    C8,
}

impl Code {
    pub const ALL: [Code; 8] = [Code::C1, Code::C2, Code::C3, Code::C4, Code::C5, Code::C6, Code::C7, Code::C8];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        ["C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8"][self as usize]
    }
}

/// What a check answers. There is no "true".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    Holds,
    Fails,
    Pending,
    NotApplicable,
    CannotTell,
}

impl Answer {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Answer::Holds => "holds",
            Answer::Fails => "fails",
            Answer::Pending => "pending",
            Answer::NotApplicable => "not-applicable",
            Answer::CannotTell => "cannot-tell",
        }
    }
}

/// Every name that a value of a finding can have. Whoever shows findings to people has words for each.
pub const VALUES: [&str; 43] = [
    // What is looked at: an entry, the tree, the checkpoint.
    "index",
    "time",
    "previous",
    "neighbour",
    "leaf",
    "size",
    "root",
    "root-computed",
    "hashes",
    "origin",
    "identity",
    // Who signed, with what, and by whose leave.
    "key",
    "signature",
    "signer",
    "registry",
    "registered",
    "custody",
    "since",
    "target",
    "of",
    "policy",
    "seen-by",
    "seen",
    "witnesses",
    "rule",
    "genre",
    "step",
    "post",
    "overridden",
    "why",
    // What was sealed, and what a page displays of it.
    "parts",
    "part",
    "commitment",
    "computed",
    "bytes",
    "by",
    "member",
    "shown",
    "compared",
    // What a reader saw before.
    "kept-size",
    "kept-root",
    "kept",
    "found",
];

/// One check's answer, its reason as a stable code, and the values it was decided on, each with a stable name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub code: Code,
    pub answer: Answer,
    pub reason: &'static str,
    pub values: Vec<(&'static str, String)>,
}

impl Finding {
    pub(crate) fn new(code: Code, answer: Answer, reason: &'static str) -> Finding {
        Finding { code, answer, reason, values: Vec::new() }
    }
    pub(crate) fn holds(code: Code) -> Finding {
        Finding::new(code, Answer::Holds, "holds")
    }
    pub(crate) fn fails(code: Code, reason: &'static str) -> Finding {
        Finding::new(code, Answer::Fails, reason)
    }
    pub(crate) fn cannot_tell(code: Code, reason: &'static str) -> Finding {
        Finding::new(code, Answer::CannotTell, reason)
    }
    pub(crate) fn with(mut self, name: &'static str, value: impl ToString) -> Finding {
        debug_assert!(VALUES.contains(&name), "nobody has words for {name}");
        self.values.push((name, value.to_string()));
        self
    }
}

/// What a list says of an item in one word: the first failure, else what cannot be told, else what is pending, else that all holds.
#[must_use]
pub fn outcome(findings: &[Finding]) -> (Answer, Option<Code>) {
    for answer in [Answer::Fails, Answer::CannotTell, Answer::Pending] {
        if let Some(finding) = findings.iter().find(|finding| finding.answer == answer) {
            return (answer, Some(finding.code));
        }
    }
    (Answer::Holds, None)
}
