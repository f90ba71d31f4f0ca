//! Steps: what a post signed about a case, looked at before it is handed to the log, and kept with what opens it.

use super::{Case, Drafts, DraftsError, Frozen, FrozenState, Refusal, cases, draft, given, holders, personal};
use crate::staff::{Account, LetterKind};
use chain::{
    Hash,
    approval::{self, Act, Decision, Opening, TakenStep, core_commitment},
    json,
    part::{Commitment, parse_salt},
    statement::{Core, Reference, Statement},
    time::Millis,
};
use serde::Deserialize;
use serde_json::json;
use sqlx::{AnyConnection, Row, any::AnyRow};

/// The kind of step by which whoever wrote a text says that it is ready: the only one its authors may take.
pub const DRAFTING: &str = "draft";
/// What a post may decide.
pub(super) const DECISIONS: [&str; 3] = ["approve", "reject", "override"];
/// Most bytes of a reason.
const LONGEST_REASON: usize = 4_000;

/// What a browser hands in.
#[derive(Debug, Clone, Deserialize)]
pub struct Given {
    /// A `step` statement, signed by the post.
    pub note: String,
    pub opening: Opened,
    pub reason: Option<Reason>,
}

/// Salt and text that the step commits to.
#[derive(Debug, Clone, Deserialize)]
pub struct Opened {
    pub salt: String,
    pub text: String,
}

/// Why. It stays at the desk, unless whoever decides lets the public read it once the text is published.
#[derive(Debug, Clone, Deserialize)]
pub struct Reason {
    pub salt: String,
    pub text: String,
    #[serde(default)]
    pub public: bool,
}

/// A step of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its place in the case, from 1.
    pub number: i64,
    /// The frozen version it was taken about.
    pub frozen: String,
    pub note: String,
    pub opening: Opening,
    pub reason: Option<String>,
    /// The public may read its reason, once the text is published.
    pub opened: bool,
    pub account: String,
    pub post: String,
    pub code: String,
    pub decision: String,
    pub taken: Millis,
    /// None while it is not in the log.
    pub index: Option<u64>,
    pub leaf: Option<Hash>,
    /// It is kept here until the publication it leads to, as the agency's rule says.
    pub deferred: bool,
}

/// A step that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// Its place in the log; none for one that is kept until publication.
    pub index: Option<u64>,
}

/// `idx` of a step on its way to the log, and of one that is kept until publication.
const ON_ITS_WAY: i64 = -1;
const DEFERRED: i64 = -2;
/// Where a step that is kept stands for the rule, behind all that are logged: the largest index that any entry may have, and more.
const KEPT: u64 = 1 << 53;

pub(super) const COLUMNS: &str = "number, frozen, note, salt, opening, reason, account, post, code, decision, taken, idx, leaf, opened";

impl Step {
    pub(super) fn row(row: &AnyRow) -> Result<Step, DraftsError> {
        let (index, leaf): (i64, String) = (row.try_get(11)?, row.try_get(12)?);
        Ok(Step {
            number: row.try_get(0)?,
            frozen: row.try_get(1)?,
            note: row.try_get(2)?,
            opening: Opening { salt: row.try_get(3)?, text: row.try_get(4)? },
            reason: given(row.try_get(5)?),
            account: row.try_get(6)?,
            post: row.try_get(7)?,
            code: row.try_get(8)?,
            decision: row.try_get(9)?,
            taken: row.try_get(10)?,
            index: u64::try_from(index).ok(),
            leaf: Hash::from_hex(&leaf).ok(),
            deferred: index == DEFERRED,
            opened: row.try_get::<i64, _>(13)? > 0,
        })
    }

    pub(super) async fn of_case(connection: &mut AnyConnection, case: &str) -> Result<Vec<Step>, DraftsError> {
        let sql = sqlx::AssertSqlSafe(format!("select {COLUMNS} from steps where \"case\" = $1 order by number"));
        sqlx::query(sql).bind(case).fetch_all(connection).await?.iter().map(Step::row).collect()
    }
}

impl Step {
    /// Whether it was taken, be it in the log or kept until publication, and is not just on its way.
    #[must_use]
    pub fn stands(&self) -> bool {
        self.index.is_some() || self.deferred
    }

    /// Its statement's id.
    pub(super) fn statement(&self) -> Result<String, DraftsError> {
        Ok(Statement::parse(self.note.as_bytes()).map_err(|_| DraftsError::Unreadable("a step"))?.id)
    }

    /// What it says.
    fn core(&self) -> Result<chain::statement::Step, DraftsError> {
        let unreadable = || DraftsError::Unreadable("a step");
        match Statement::parse(self.note.as_bytes()).map_err(|_| unreadable())?.core {
            Core::Step(core) => Ok(*core),
            _ => Err(unreadable()),
        }
    }

    /// Its place for the rule.
    pub(super) fn place(&self) -> Option<Reference> {
        let kept = || self.deferred.then(|| Reference { index: KEPT + self.number.unsigned_abs(), leaf: Hash::ZERO });
        self.reference().or_else(kept)
    }

    /// What the next step names, if this is not in the log.
    pub fn link(&self) -> Result<Option<Hash>, DraftsError> {
        Ok(if self.deferred { Some(approval::link(&self.post, &self.core()?)) } else { None })
    }
}

/// The steps that stand, as the rule judges them. Each was verified when it was taken.
pub(super) fn taken(steps: &[Step]) -> Result<Vec<TakenStep>, DraftsError> {
    let standing = steps.iter().filter_map(|step| Some((step, step.place()?)));
    let taken = standing.map(|(step, at)| Ok(TakenStep { index: at.index, leaf: at.leaf, post: step.post.clone(), step: step.core()? }));
    taken.collect()
}

/// What a publication says of them, once all are in the log.
pub(super) fn act(case: &str, rule: Hash, steps: &[Step]) -> Act {
    let standing = || steps.iter().filter_map(|step| Some((step, step.place()?)));
    Act {
        case: case.to_owned(),
        rule,
        steps: standing().map(|(_, at)| at.index).collect(),
        opening: standing().map(|(step, _)| step.opening.clone()).collect(),
    }
}

impl Drafts {
    /// Takes a step that a post signed: looks at it, keeps it, and hands it to the log.
    pub async fn take(&self, who: &Account, case: &str, given: &Given) -> Result<Taken, DraftsError> {
        let mut case = self.case(who, case).await?;
        if case.frozen.state != FrozenState::Open {
            return Err(Refusal::NotOpen.into());
        }
        if case.steps.iter().any(|step| !step.stands()) {
            return Err(Refusal::StaleCase.into());
        }
        let deferred = self.defers(&case.frozen.agency);
        if !deferred && case.steps.iter().any(|step| step.deferred) {
            // The rule has changed: what was kept goes before what is logged at once.
            self.log_deferred(&case.id, &case.steps).await?;
            case = self.case(who, &case.id).await?;
        }
        let posts = holders::posts_of(&mut *self.staff.store().pool().acquire().await?, &who.id).await?;
        let step = Step { deferred, ..self.look(who, &case, &posts, given)? };
        self.has_place_for(&case, &step)?;
        // Where the text names who holds the posts, it names whoever signs, or it would say of somebody else that this post was theirs.
        if self.named_in(&case.parts).await?.is_some_and(|holders| !holders.names(&step.post, &who.name)) {
            return Err(Refusal::NotNamed.into());
        }
        let _held = self.in_hand.hold(&case.id, step.number);
        self.keep(who, &case, &step, given.reason.as_ref()).await?;
        if deferred {
            self.judge(&step.frozen).await?;
            return Ok(Taken { index: None });
        }
        let index = self.log(&case.id, &step).await?;
        Ok(Taken { index: Some(index) })
    }

    /// Whether an agency's rule has its steps logged with the publication they lead to.
    pub(super) fn defers(&self, agency: &str) -> bool {
        let state = self.node.submitter.state();
        state.agency(agency).and_then(|(_, agency)| agency.rule.as_ref()).is_some_and(|rule| rule.deferred)
    }

    /// Whether a step may be taken: by `chain` what it says and when, and by the desk who brings it.
    fn look(&self, who: &Account, case: &Case, posts: &[String], given: &Given) -> Result<Step, DraftsError> {
        let state = self.node.submitter.state();
        let frozen = &case.frozen;
        let statement = Statement::parse(given.note.as_bytes()).map_err(|_| Refusal::NotAStep)?;
        let Core::Step(core) = &statement.core else { return Err(Refusal::NotAStep.into()) };
        if core.agency != frozen.agency || core.case != case.id {
            return Err(Refusal::NotAStep.into());
        }
        state.verify(&statement).map_err(|refusal| match refusal {
            chain::state::Refusal::UnknownKey(_) | chain::state::Refusal::NotRegistered(_) => Refusal::UnknownKey,
            refusal => Refusal::Signature(refusal.to_string()),
        })?;
        let post = statement.signer().to_owned();
        let salt = parse_salt(&given.opening.salt).ok_or(Refusal::Opening)?;
        if Commitment::to(&salt, given.opening.text.as_bytes()) != core.commitment {
            return Err(Refusal::Opening.into());
        }
        let decision: Decision = json::read(&given.opening.text).map_err(|_| Refusal::Opening)?;
        let of_core = parse_salt(&decision.salt).ok_or(Refusal::Opening)?;
        if decision.core != core_commitment(&of_core, &frozen.core_line) {
            return Err(Refusal::OtherCore.into());
        }
        if state.agency(&frozen.agency).is_none_or(|(at, _)| at.leaf != decision.rule) {
            return Err(Refusal::StaleRule.into());
        }
        if !DECISIONS.contains(&&*decision.decision) {
            return Err(Refusal::Opening.into());
        }
        let reason = reason(&decision, given.reason.as_ref())?;
        if !follows(core, case.steps.last())? {
            return Err(Refusal::StaleCase.into());
        }
        if !posts.contains(&post) {
            return Err(Refusal::NotHolder.into());
        }
        let decided = (&*decision.code, &*post, &*decision.decision);
        let judged = cases::with_progress(&state, frozen, &case.steps, |progress| {
            let progress = progress?;
            // Whoever has left the agency, or has no role there that takes such a step, does not sign it, whatever lies in their hands.
            cases::role_may(progress, who, &frozen.agency, decided.0, decided.2)?;
            progress.may_take(decided.0, decided.1, decided.2)?;
            cases::person_may(progress, &case.steps, &case.authors, &who.id, decided)
        });
        judged?.unwrap_or(Err(Refusal::Approval(chain::approval::ApprovalError::NoRule)))?;
        Ok(Step {
            number: case.steps.last().map_or(0, |step| step.number) + 1,
            frozen: frozen.id.clone(),
            note: given.note.clone(),
            opening: Opening { salt: given.opening.salt.clone(), text: given.opening.text.clone() },
            opened: reason.is_some() && given.reason.as_ref().is_some_and(|reason| reason.public),
            reason,
            account: who.id.clone(),
            post,
            code: decision.code,
            decision: decision.decision,
            taken: self.staff.now(),
            index: None,
            leaf: None,
            deferred: false,
        })
    }

    /// Keeps a step before the log has it: what is interrupted from here on is found again.
    async fn keep(&self, who: &Account, case: &Case, step: &Step, reason: Option<&Reason>) -> Result<(), DraftsError> {
        let mut turn = self.staff.store().turn().await?;
        // What it was judged by, once more: nobody took a step, withdrew or wrote meanwhile.
        let now = Frozen::read(&mut turn, &case.frozen.id).await?.filter(|frozen| frozen.state == FrozenState::Open);
        now.ok_or(Refusal::NotOpen)?;
        if Step::of_case(&mut turn, &case.id).await?.last().map_or(0, |last| last.number) + 1 != step.number {
            return Err(Refusal::StaleCase.into());
        }
        if draft::authors(&mut turn, &case.frozen.draft).await? != case.authors {
            return Err(Refusal::StaleCase.into());
        }
        let sql = "insert into steps (\"case\", number, frozen, note, salt, opening, reason_salt, reason, account, post, code, decision, taken, idx, leaf, opened) \
                   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, '', $15)";
        sqlx::query(sql)
            .bind(&case.id)
            .bind(step.number)
            .bind(&step.frozen)
            .bind(&step.note)
            .bind(&step.opening.salt)
            .bind(&step.opening.text)
            .bind(reason.map(|reason| reason.salt.clone()).unwrap_or_default())
            .bind(step.reason.clone().unwrap_or_default())
            .bind(&who.id)
            .bind(&step.post)
            .bind(&step.code)
            .bind(&step.decision)
            .bind(step.taken)
            .bind(if step.deferred { DEFERRED } else { ON_ITS_WAY })
            .bind(i64::from(step.opened))
            .execute(&mut *turn)
            .await?;
        let details = json!({ "post": step.post, "code": step.code, "decision": step.decision });
        self.staff.journal().note_in(&mut turn, &who.id, "step-taken", &case.id, &details).await?;
        if step.deferred && step.decision == "reject" {
            self.tell_authors(&mut turn, &step.frozen, LetterKind::Rejected, &step.account).await?;
        }
        turn.commit().await?;
        Ok(())
    }

    /// Looks again whether what the rule asks for is there, and wakes whoever publishes.
    pub(super) async fn judge(&self, frozen: &str) -> Result<(), DraftsError> {
        let mut connection = self.staff.store().pool().acquire().await?;
        let Some(frozen) = Frozen::read(&mut connection, frozen).await? else { return Ok(()) };
        let steps = Step::of_case(&mut connection, &frozen.case).await?;
        drop(connection);
        let standing = cases::standing(&self.node.submitter.state(), &frozen, &steps)?;
        let ready = matches!(standing, cases::Standing::Under { verdict: Ok(_), .. });
        // A further step is part of what is sealed: what was sealed before is another text.
        let sql = "update frozen set ready = $1, tried = 0, told = '', sealed = '' where id = $2 and state = 'open'";
        sqlx::query(sql).bind(i64::from(ready)).bind(&frozen.id).execute(self.staff.store().pool()).await?;
        if ready {
            self.wake.notify_one();
        }
        Ok(())
    }
}

/// Whether a step follows just this one, wherever that is.
fn follows(step: &chain::statement::Step, newest: Option<&Step>) -> Result<bool, DraftsError> {
    let Some(newest) = newest else { return Ok(approval::follows(step, None)) };
    let (Some(at), core) = (newest.place(), newest.core()?) else { return Ok(false) };
    // A place in no log is nothing to name.
    let named = step.previous.is_none() || newest.index.is_some();
    Ok(named && approval::follows(step, Some((at, &newest.post, &core))))
}

/// The reason handed in, if it is the one committed to. A rejection and an override have one.
fn reason(decision: &Decision, given: Option<&Reason>) -> Result<Option<String>, Refusal> {
    let wanted = decision.decision != "approve";
    match (decision.reason, given) {
        (None, None) if !wanted => Ok(None),
        (Some(commitment), Some(reason)) => {
            let salt = parse_salt(&reason.salt).ok_or(Refusal::Opening)?;
            if Commitment::to(&salt, reason.text.as_bytes()) != commitment {
                return Err(Refusal::Opening);
            }
            if reason.text.len() > LONGEST_REASON {
                return Err(Refusal::TooLong);
            }
            if wanted && reason.text.trim().is_empty() {
                return Err(Refusal::NoReason);
            }
            // It would be published with no draft that is looked through.
            if reason.public && !personal::look(&reason.text).is_empty() {
                return Err(Refusal::PersonalReason);
            }
            Ok(Some(reason.text.clone()))
        }
        (None, _) => Err(Refusal::NoReason),
        (Some(_), None) => Err(Refusal::Opening),
    }
}
