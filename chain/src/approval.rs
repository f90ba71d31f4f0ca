//! Approval: an agency's rule, what a publication says was done, and whether the one meets the other (C6).

mod course;
mod step;

pub use course::Place;
pub use step::{Drawn, NewStep, Taken};

use crate::{
    hash::{Hash, unhex},
    json,
    part::{Commitment, Salt, parse_salt},
    shape::members,
    statement::{Core, Names, Reference, Step, is_code, is_id},
};
use serde::Serialize;

/// What each genre of an agency's publications needs before it is sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rule {
    pub genres: Vec<GenreRule>,
    /// Posts that may skip a step, with a reason, in public.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub overriders: Vec<String>,
    /// The agency's desk logs steps with the publication they lead to, not when they are taken.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub deferred: bool,
}

/// The steps of one genre, or of every other (`*`). A status is judged as genre `status`, a redaction as `redaction`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GenreRule {
    pub genre: String,
    pub steps: Vec<StepRule>,
}

/// One kind of step: which posts may take it, how many must, and which kinds must be complete before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StepRule {
    pub code: String,
    pub posts: Vec<String>,
    pub count: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<String>,
}

/// The second line of a statement that was approved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Act {
    pub case: String,
    /// Leaf hash of the agency's entry that holds the rule.
    pub rule: Hash,
    /// Indexes of the case's steps, from its first.
    pub steps: Vec<u64>,
    /// What opens each step's commitment, in the same order.
    pub opening: Vec<Opening>,
}

/// Salt and bytes that a step committed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Opening {
    /// 32 hexadecimal digits.
    pub salt: String,
    /// A [`Decision`] as JSON, byte for byte.
    pub text: String,
}

/// What a post decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decision {
    pub code: String,
    /// `approve`, `reject` or `override`.
    pub decision: String,
    /// Leaf hash of the agency's entry whose rule the post saw.
    pub rule: Hash,
    /// SHA-256("gazette/v1 core\n" ‖ salt ‖ core line), written like a commitment.
    pub core: Commitment,
    /// 32 hexadecimal digits: the salt of `core`.
    pub salt: String,
    /// Commitment to the reason, which may stay closed. Whoever rejects or overrides has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Commitment>,
}

members! {
    Rule { genres; overriders, deferred }
    GenreRule { genre, steps }
    StepRule { code, posts, count; after }
    Act { case, rule, steps, opening }
    Opening { salt, text }
    Decision { code, decision, rule, core, salt, reason }
}

impl Act {
    /// What opens a step, if this names it.
    #[must_use]
    pub fn opening(&self, step: u64) -> Option<&Opening> {
        self.opening.get(self.steps.iter().position(|named| *named == step)?)
    }

    /// What a step decided, as this opens it.
    #[must_use]
    pub fn decision(&self, step: u64) -> Option<Decision> {
        json::read(&self.opening(step)?.text).ok()
    }

    /// Whether a text is the reason that a step committed to under this salt.
    #[must_use]
    pub fn gives_reason(&self, step: u64, salt: &Salt, text: &str) -> bool {
        self.decision(step).and_then(|said| said.reason) == Some(Commitment::to(salt, text.as_bytes()))
    }
}

/// A step entry of the case with who signed it, verified by the caller: signature, place, and post's agency.
#[derive(Debug, Clone, PartialEq)]
pub struct TakenStep {
    pub index: u64,
    pub leaf: Hash,
    pub post: String,
    pub step: Step,
}

/// Why an approval does not meet its rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ApprovalError {
    #[error("the agency's rule asks for approval and the statement names none")]
    NoAct,
    #[error("the statement names approvals and the agency has no rule")]
    NoRule,
    #[error("the rule is not the one in force")]
    StaleRule,
    #[error("the rule says nothing of this genre")]
    Genre,
    #[error("not every step of the case is opened, from the first, in order")]
    Incomplete,
    #[error("a step's opening does not match what was committed")]
    Opening,
    #[error("a step was rejected or skipped and commits to no reason")]
    Reason,
    #[error("a step was taken by a post that may not take it")]
    Post,
    #[error("a step was taken before one it must wait for")]
    Order,
    #[error("one post took two kinds of step in one case")]
    SelfApproval,
    #[error("a step was rejected and not taken again")]
    Rejected,
    #[error("an approval is missing")]
    Missing,
}

impl ApprovalError {
    pub const ALL: [ApprovalError; 12] = [
        ApprovalError::NoAct,
        ApprovalError::NoRule,
        ApprovalError::StaleRule,
        ApprovalError::Genre,
        ApprovalError::Incomplete,
        ApprovalError::Opening,
        ApprovalError::Reason,
        ApprovalError::Post,
        ApprovalError::Order,
        ApprovalError::SelfApproval,
        ApprovalError::Rejected,
        ApprovalError::Missing,
    ];

    /// A stable name for it, for which readers are told words in their language.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            ApprovalError::NoAct => "no-act",
            ApprovalError::NoRule => "no-rule",
            ApprovalError::StaleRule => "stale-rule",
            ApprovalError::Genre => "genre",
            ApprovalError::Incomplete => "incomplete",
            ApprovalError::Opening => "opening",
            ApprovalError::Reason => "reason",
            ApprovalError::Post => "post",
            ApprovalError::Order => "order",
            ApprovalError::SelfApproval => "self-approval",
            ApprovalError::Rejected => "rejected",
            ApprovalError::Missing => "missing",
        }
    }
}

/// Kinds of step that were skipped by override, for the page to mark.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Approved {
    pub overridden: Vec<String>,
}

/// What a step names that follows one which is not in the log yet: who took that one, what it committed to, and what it
/// followed itself.
/// SHA-256("gazette/v1 step\n" ‖ post ‖ "\n" ‖ commitment ‖ before), where `before` is its own `after`, or the leaf hash of its
/// `previous`, or 32 zero bytes.
#[must_use]
pub fn link(post: &str, step: &Step) -> Hash {
    let before = step.after.or(step.previous.map(|previous| previous.leaf)).unwrap_or(Hash::ZERO);
    Hash::of(&[b"gazette/v1 step\n", post.as_bytes(), b"\n", &step.commitment.0.0, &before.0])
}

/// Whether `step` follows just this one: the case's newest, or none for the first.
#[must_use]
pub fn follows(step: &Step, newest: Option<(Reference, &str, &Step)>) -> bool {
    match (step.previous, step.after, newest) {
        (None, None, None) => true,
        (Some(previous), None, Some((at, ..))) => previous == at,
        (None, Some(after), Some((_, post, before))) => after == link(post, before),
        _ => false,
    }
}

/// What a step binds to instead of the bare core line.
#[must_use]
pub fn core_commitment(salt: &Salt, core_line: &str) -> Commitment {
    Commitment(Hash::of(&[b"gazette/v1 core\n", salt, core_line.as_bytes()]))
}

impl Rule {
    /// Codes known, counts that can be met, waiting only for kinds listed above (so never in a circle).
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let genres = self.genres.iter().enumerate().all(|(n, genre)| {
            let apart = self.genres[..n].iter().all(|other| other.genre != genre.genre);
            let steps = genre.steps.iter().enumerate().all(|(n, step)| {
                let above = &genre.steps[..n];
                is_code(&step.code)
                    && above.iter().all(|other| other.code != step.code)
                    && step.posts.iter().all(|post| is_id(post))
                    && distinct(&step.posts)
                    && (1..=step.posts.len()).contains(&step.count)
                    && step.after.iter().all(|code| above.iter().any(|other| other.code == *code))
            });
            apart && (genre.genre == "*" || is_code(&genre.genre)) && !genre.steps.is_empty() && steps
        });
        genres && self.overriders.iter().all(|post| is_id(post))
    }

    /// The kinds of step that texts of this genre need: those listed for it, else those of `*`. None: the rule knows no such genre.
    #[must_use]
    pub fn steps(&self, genre: &str) -> Option<&[StepRule]> {
        let by = |name: &str| self.genres.iter().find(|rule| rule.genre == name);
        by(genre).or_else(|| by("*")).map(|rule| rule.steps.as_slice())
    }
}

/// What is approved: by which agency, and as which genre of its rule. `None` for what nobody approves.
#[must_use]
pub fn approved(core: &Core) -> Option<(&str, &str)> {
    Some(match core {
        Core::Disclosure(core) => (core.agency.as_str(), core.genre.as_str()),
        Core::Status(core) => (core.agency.as_str(), "status"),
        Core::Redaction(core) => (core.agency.as_str(), "redaction"),
        Core::Charter(_) | Core::Agency(_) | Core::Post(_) | Core::Step(_) => return None,
    })
}

/// Whether no text stands twice, decided in a time that a list of thousands of posts does not stretch: nobody has signed it yet.
fn distinct(texts: &[String]) -> bool {
    // A map of texts, since a reader's download has one already, for names.
    let mut seen = Names::new();
    texts.iter().all(|text| seen.insert(text.clone(), String::new()).is_none())
}

fn open(opening: &Opening, step: &Step) -> Option<Decision> {
    let salt = parse_salt(&opening.salt)?;
    (Commitment::to(&salt, opening.text.as_bytes()) == step.commitment).then_some(())?;
    json::read(&opening.text).ok()
}

/// How far a case has come: which decisions stand about one core line under one rule. [`check`] is this and a verdict; before there
/// is one, it says what may be done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress<'a> {
    rule: &'a Rule,
    wanted: &'a [StepRule],
    /// (kind, post, decision, which step of the case it is) in the order taken.
    decisions: Vec<(String, &'a str, String, usize)>,
}

impl<'a> Progress<'a> {
    /// Goes through a case step by step; `act` may name none yet. `taken` holds the steps it names, each verified by the caller.
    pub fn of(
        (rule, rule_leaf): (&'a Rule, Hash),
        genre: &str,
        core_line: &str,
        agency: &str,
        act: &Act,
        taken: &'a [TakenStep],
    ) -> Result<Progress<'a>, ApprovalError> {
        if act.rule != rule_leaf {
            return Err(ApprovalError::StaleRule);
        }
        let wanted = rule.steps(genre).ok_or(ApprovalError::Genre)?;
        if act.steps.len() != act.opening.len() || act.steps.len() != taken.len() {
            return Err(ApprovalError::Incomplete);
        }
        let mut progress = Progress { rule, wanted, decisions: Vec::new() };
        let mut before = None;
        for (number, ((index, opening), step)) in act.steps.iter().zip(&act.opening).zip(taken).enumerate() {
            if step.index != *index || step.step.case != act.case || step.step.agency != agency || !follows(&step.step, before) {
                return Err(ApprovalError::Incomplete);
            }
            before = Some((Reference { index: step.index, leaf: step.leaf }, step.post.as_str(), &step.step));
            let decision = open(opening, &step.step).ok_or(ApprovalError::Opening)?;
            let salt: Salt = unhex(&decision.salt).ok_or(ApprovalError::Opening)?;
            // Only those about this very core under this very rule count.
            if decision.rule != rule_leaf || decision.core != core_commitment(&salt, core_line) {
                continue;
            }
            if decision.reason.is_none() && matches!(decision.decision.as_str(), "reject" | "override") {
                return Err(ApprovalError::Reason);
            }
            progress.may_come(&decision.code, &step.post, &decision.decision)?;
            progress.decisions.retain(|(code, post, ..)| !(*code == decision.code && *post == step.post));
            progress.decisions.push((decision.code, &step.post, decision.decision, number));
        }
        Ok(progress)
    }

    /// Whether the rule lets this post decide so on this kind of step, and now.
    fn may_come(&self, code: &str, post: &str, decision: &str) -> Result<(), ApprovalError> {
        let kind = self.wanted.iter().find(|kind| kind.code == code).ok_or(ApprovalError::Post)?;
        let may = if decision == "override" { &self.rule.overriders } else { &kind.posts };
        if !may.iter().any(|able| able == post) {
            return Err(ApprovalError::Post);
        }
        if kind.after.iter().any(|code| !self.complete(code)) {
            return Err(ApprovalError::Order);
        }
        Ok(())
    }

    /// Whether this may be the case's next step: taken all the same, no publication could name it, or none until it is taken back.
    pub fn may_take(&self, code: &str, post: &str, decision: &str) -> Result<(), ApprovalError> {
        self.may_come(code, post, decision)?;
        let both = self.decisions.iter().any(|(other, by, ..)| *by == post && other != code);
        if both { Err(ApprovalError::SelfApproval) } else { Ok(()) }
    }

    /// What stands so far: kind of step, post, decision, in the order taken.
    pub fn decisions(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.decisions.iter().map(|(code, post, decision, _)| (code.as_str(), *post, decision.as_str()))
    }

    /// The steps of the case that made what stands, by their places in it, from 0: one about another core or rule made none of it, also
    /// where it is a post's last.
    pub fn standing(&self) -> impl Iterator<Item = usize> + '_ {
        self.decisions.iter().map(|(.., number)| *number)
    }

    /// The kinds of step that are asked for, as the rule lists them.
    #[must_use]
    pub fn wanted(&self) -> &'a [StepRule] {
        self.wanted
    }

    /// Whether a kind of step needs nothing more.
    #[must_use]
    pub fn complete(&self, code: &str) -> bool {
        let of = |what: &str| self.decisions.iter().filter(|(kind, _, decision, _)| kind == code && decision == what).count();
        self.wanted.iter().any(|kind| kind.code == code && (of("override") > 0 || of("approve") >= kind.count))
    }

    /// The verdict on what stands.
    pub fn judge(&self) -> Result<Approved, ApprovalError> {
        for (n, (code, post, decision, _)) in self.decisions.iter().enumerate() {
            if decision == "reject" {
                return Err(ApprovalError::Rejected);
            }
            if self.decisions[..n].iter().any(|(other, by, ..)| by == post && other != code) {
                return Err(ApprovalError::SelfApproval);
            }
        }
        if !self.wanted.iter().all(|kind| self.complete(&kind.code)) {
            return Err(ApprovalError::Missing);
        }
        let overridden =
            self.decisions.iter().filter(|(_, _, decision, _)| decision == "override").map(|(code, ..)| code.clone()).collect();
        Ok(Approved { overridden })
    }
}

/// C6: whether `act` shows every step of its case, and they meet `rule`, the agency's newest (entry `rule_leaf`), for this `genre` and core line.
/// `taken` holds the step entries named by the act, each with its signature already verified.
pub fn check(
    rule: Option<(&Rule, Hash)>,
    genre: &str,
    core_line: &str,
    agency: &str,
    act: Option<&Act>,
    taken: &[TakenStep],
) -> Result<Option<Approved>, ApprovalError> {
    let (rule, act) = match (rule, act) {
        (None, None) => return Ok(None),
        (None, Some(_)) => return Err(ApprovalError::NoRule),
        (Some(_), None) => return Err(ApprovalError::NoAct),
        (Some(rule), Some(act)) => (rule, act),
    };
    let progress = Progress::of(rule, genre, core_line, agency, act, taken)?;
    if act.steps.is_empty() {
        return Err(ApprovalError::Incomplete);
    }
    progress.judge().map(Some)
}
