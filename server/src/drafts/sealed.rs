//! Sealing elsewhere: an agency that keeps its own seal is given the text that is to be published, exactly, and brings it back sealed.
//! Nothing of that is believed: what was brought must be that very text, under a seal of the agency that is good now, and is held to both
//! once more when it is published.

use super::{Case, Drafts, DraftsError, Frozen, FrozenState, Refusal, Step, frozen, steps};
use crate::staff::{Account, Role};
use chain::{
    Hash,
    approval::{self, ApprovalError},
    state::State,
    statement::{self, Statement},
};
use serde_json::json;
use sqlx::Row;
use std::collections::HashMap;
use tokio::sync::OwnedSemaphorePermit;

/// What is told of a text that was approved, and whose agency has no seal here.
pub(super) const NO_SEAL: &str = "no-seal";
/// Texts that wait for that.
const UNSEALED: &str = "ready = 0 and state = 'open' and told like 'no-seal%'";

/// At which entry of an agency it was looked last whether what waits for its seal is approved still.
pub(super) type Sought = HashMap<String, Hash>;

/// Where a statement stands whose agency keeps its own seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sealing {
    /// This server seals it, or it is sealed no more.
    Here,
    /// It is not approved yet, or was not taken as it is: no seal changes that before it is decided about, released or submitted anew.
    Later,
    /// It is approved, and its steps come to the log at its time: where they stand there is part of what is sealed.
    AtItsTime,
    /// This text is to be sealed.
    Open(String),
    /// This text was sealed and brought; it waits for its time, or its turn.
    Sealed(String),
}

impl Sealing {
    /// A stable name for it. None: it is no matter of the agency's own.
    #[must_use]
    pub const fn code(&self) -> Option<&'static str> {
        match self {
            Sealing::Here => None,
            Sealing::Later => Some("later"),
            Sealing::AtItsTime => Some("at-its-time"),
            Sealing::Open(_) => Some("open"),
            Sealing::Sealed(_) => Some("sealed"),
        }
    }
}

/// Why there is no text to be sealed: a stable name, and the same in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unsealable {
    pub(super) code: &'static str,
    pub(super) said: String,
}

impl Drafts {
    /// Whether this server holds a seal of an agency that is good now. One that was good once is none.
    #[must_use]
    pub fn seals(&self, agency: &str) -> bool {
        self.seals_in(agency, &self.node.submitter.state())
    }

    fn seals_in(&self, agency: &str, state: &State) -> bool {
        self.node.sealer(agency, state).is_some_and(|sealer| state.may_seal(sealer.vkey()).is_ok())
    }

    /// Whether somebody may have the text of an agency's statement to be sealed, and bring it back.
    #[must_use]
    pub fn may_bring_sealed(who: &Account, agency: &str) -> bool {
        who.roles.may(Role::Publisher, agency)
    }

    /// The text that is sealed now, exactly: what was frozen, and how it was approved.
    pub(super) fn text_to_seal(&self, state: &State, frozen: &Frozen, steps: &[Step]) -> Result<Result<String, Unsealable>, DraftsError> {
        let none = |code, said: String| Ok(Err(Unsealable { code, said }));
        let Some((at, agency)) = state.agency(&frozen.agency) else { return none("no-agency", String::new()) };
        let rule = agency.rule.as_ref().map(|rule| (rule, at.leaf));
        let act = match (rule, &frozen.released_by) {
            (Some(_), _) => Some(steps::act(&frozen.case, at.leaf, steps)),
            (None, Some(_)) => None,
            // Nobody has had it published, and there is no rule any more that would.
            (None, None) => return none(ApprovalError::NoRule.code(), String::new()),
        };
        let judged = approval::check(rule, &frozen.genre, &frozen.core_line, &frozen.agency, act.as_ref(), &steps::taken(steps)?);
        if let Err(error) = judged {
            return none(error.code(), error.to_string());
        }
        match act.map(|act| serde_json::to_string(&act)).transpose() {
            Ok(act_line) => Ok(Ok(statement::text(&self.node.origin, &frozen.core_line, act_line.as_deref()))),
            Err(error) => none("act", error.to_string()),
        }
    }

    /// What was brought for a frozen version, if it is this text and its seal is good now.
    pub(super) fn brought_sealed(state: &State, frozen: &Frozen, text: &str) -> Option<String> {
        let note = frozen.sealed.as_deref()?;
        is_sealed(state, text, note).is_ok().then(|| note.to_owned())
    }

    /// Where a frozen version stands with its agency's own seal.
    pub(super) fn sealing_of(&self, state: &State, frozen: &Frozen, steps: &[Step]) -> Result<Sealing, DraftsError> {
        if frozen.state != FrozenState::Open || self.seals_in(&frozen.agency, state) {
            return Ok(Sealing::Here);
        }
        // What is on its way to the log will be named too, once it is there.
        if steps.iter().any(|step| !step.stands()) || is_refused(frozen) {
            return Ok(Sealing::Later);
        }
        let Ok(text) = self.text_to_seal(state, frozen, steps)? else { return Ok(Sealing::Later) };
        if steps.iter().any(|step| step.deferred) {
            return Ok(Sealing::AtItsTime);
        }
        Ok(if Drafts::brought_sealed(state, frozen, &text).is_some() { Sealing::Sealed(text) } else { Sealing::Open(text) })
    }

    /// The same of a case.
    pub fn sealing(&self, case: &Case) -> Result<Sealing, DraftsError> {
        self.sealing_of(&self.node.submitter.state(), &case.frozen, &case.steps)
    }

    /// The text of a case that is to be sealed, for whoever publishes there.
    pub fn to_seal(&self, who: &Account, case: &Case) -> Result<String, DraftsError> {
        if !Drafts::may_bring_sealed(who, &case.frozen.agency) {
            return Err(Refusal::Nothing.into());
        }
        is_open(&case.frozen)?;
        match self.sealing(case)? {
            Sealing::Open(text) | Sealing::Sealed(text) => Ok(text),
            Sealing::Here | Sealing::Later | Sealing::AtItsTime => Err(Refusal::NotToSeal.into()),
        }
    }

    /// Takes what an agency sealed itself. It is kept with what was frozen, and published when its time has come.
    pub async fn take_sealed(&self, who: &Account, case: &str, note: &str) -> Result<(), DraftsError> {
        // All of it within the turn: no step is taken and nothing is taken back between looking and keeping.
        let mut turn = self.staff.store().turn().await?;
        let frozen = Frozen::of_case(&mut turn, case).await?.into_iter().next();
        let frozen = frozen.filter(|frozen| Drafts::may_bring_sealed(who, &frozen.agency)).ok_or(Refusal::Nothing)?;
        is_open(&frozen)?;
        let steps = Step::of_case(&mut turn, &frozen.case).await?;
        let state = self.node.submitter.state();
        let text = match self.sealing_of(&state, &frozen, &steps)? {
            // Brought again, since the answer was lost on its way.
            Sealing::Sealed(_) if frozen.sealed.as_deref() == Some(note) => return Ok(()),
            Sealing::Open(text) | Sealing::Sealed(text) => text,
            Sealing::Here | Sealing::Later | Sealing::AtItsTime => return Err(Refusal::NotToSeal.into()),
        };
        is_sealed(&state, &text, note)?;
        let sql = "update frozen set sealed = $1, ready = 1, tried = 0, told = '' where id = $2 and state = 'open'";
        if sqlx::query(sql).bind(note).bind(&frozen.id).execute(&mut *turn).await?.rows_affected() != 1 {
            return Err(Refusal::NotOpen.into());
        }
        self.staff.journal().note_in(&mut turn, &who.id, "sealed-elsewhere", &frozen.draft, &json!({ "statement": frozen.id })).await?;
        turn.commit().await?;
        self.wake.notify_one();
        Ok(())
    }

    /// Room in memory for so many bytes of what is handed out, until it is dropped. It is waited for.
    pub(crate) async fn room_for(&self, bytes: u64) -> Result<OwnedSemaphorePermit, DraftsError> {
        self.room.hold(bytes).await
    }
}

impl Drafts {
    /// Has texts that wait for a seal tried again, once their agency has a good one here: a token or a key's file that was away may be back
    /// without anything being registered. And those that are approved no more, so that they are told that. What one agency meets with keeps
    /// no other waiting; the last trouble is told.
    pub(super) async fn look_for_seals(&self, sought: &mut Sought) -> Result<(), DraftsError> {
        let sql = sqlx::AssertSqlSafe(format!("select distinct agency from frozen where {UNSEALED}"));
        let state = self.node.submitter.state();
        let mut trouble = Ok(());
        for row in sqlx::query(sql).fetch_all(self.staff.store().pool()).await? {
            if let Err(error) = self.look_for_seal(row.try_get(0)?, &state, sought).await {
                trouble = Err(error);
            }
        }
        trouble
    }

    async fn look_for_seal(&self, agency: String, state: &State, sought: &mut Sought) -> Result<(), DraftsError> {
        let Some((at, _)) = state.agency(&agency) else { return Ok(()) };
        let here = self.seals_in(&agency, state);
        // Whether it is approved still depends on that entry; and with no seal anywhere another one is to come.
        if !here && (!has_seal(&agency, state) || sought.get(&agency) == Some(&at.leaf)) {
            return Ok(());
        }
        let pool = self.staff.store().pool();
        let sql = sqlx::AssertSqlSafe(format!("select {} from frozen where {UNSEALED} and agency = $1", frozen::COLUMNS));
        for row in sqlx::query(sql).bind(&agency).fetch_all(pool).await? {
            let frozen = Frozen::row(&row)?;
            let steps = Step::of_case(&mut *pool.acquire().await?, &frozen.case).await?;
            let approved = self.text_to_seal(state, &frozen, &steps)?.is_ok();
            if !approved && frozen.due > self.staff.now() {
                // Its time was changed since: it is told when that has come, like any other.
                self.judge(&frozen.id).await?;
            } else if here || !approved {
                let sql = sqlx::AssertSqlSafe(format!("update frozen set ready = 1, tried = 0, told = '' where {UNSEALED} and id = $1"));
                sqlx::query(sql).bind(&frozen.id).execute(pool).await?;
            }
        }
        sought.insert(agency, at.leaf);
        self.wake.notify_one();
        Ok(())
    }
}

/// Whether any seal of an agency is good now, wherever it is kept.
pub(super) fn has_seal(agency: &str, state: &State) -> bool {
    state.agency(agency).is_some_and(|(_, agency)| agency.seals.iter().any(|seal| state.may_seal(&seal.key).is_ok()))
}

/// Whether the last try told of something else than a seal that was wanting, or what passes by itself.
fn is_refused(frozen: &Frozen) -> bool {
    let code = frozen.told.as_deref().and_then(|told| told.split('\n').next());
    code.is_some_and(|code| code != NO_SEAL && code != "later")
}

/// Whether nobody is publishing it just now, and it is neither published nor taken back.
fn is_open(frozen: &Frozen) -> Result<(), Refusal> {
    match frozen.state {
        FrozenState::Open => Ok(()),
        FrozenState::Sealing => Err(Refusal::Busy),
        FrozenState::Published | FrozenState::Withdrawn => Err(Refusal::NotOpen),
    }
}

/// Whether a note is just this text, sealed by a key of its agency's that is good now, and by nobody else.
fn is_sealed(state: &State, text: &str, note: &str) -> Result<(), Refusal> {
    let sealed = Statement::parse(note.as_bytes()).map_err(|error| Refusal::NotSealed(error.to_string()))?;
    if sealed.note.text != text {
        return Err(Refusal::OtherText);
    }
    state.verify(&sealed).map(drop).map_err(|refused| Refusal::NotSealed(refused.to_string()))
}
