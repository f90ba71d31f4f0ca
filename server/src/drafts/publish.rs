//! Publishing: sealing what was approved, and handing it to the log, once.

use super::{
    Draft, Drafts, DraftsError, Frozen, FrozenState, Refusal, Stage, Step,
    sealed::{NO_SEAL, Unsealable, has_seal},
};
use crate::{keys::SealError, sequencer::SubmitError, staff::LetterKind, store::submission_key};
use chain::state::Refusal as Refused;
use serde_json::json;
use sqlx::AnyConnection;
use std::time::Duration;

/// What became of a try to publish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is entry so-and-so.
    Published(u64),
    /// It needs approving again, or cannot be published as it is: a stable name, and what the sequencer said.
    Refused { code: &'static str, said: String },
    /// It may well be taken later.
    Later { said: String },
    /// It was withdrawn, or somebody else publishes it.
    Nothing,
}

/// How long a statement waits for room in the sequencer's queue.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// What nobody withdraws any more, with the steps of its case.
#[derive(Debug)]
pub(super) struct Claimed {
    frozen: Frozen,
    steps: Vec<Step>,
}

impl Drafts {
    /// Claims what is to be published now, all of it in one turn: from here on nobody withdraws it. Whatever was withdrawn meanwhile, or is
    /// somebody else's to publish, is `None`, in the order asked.
    pub(super) async fn claim_due(&self, ids: &[&str]) -> Result<Vec<Result<Option<Claimed>, DraftsError>>, DraftsError> {
        let mut turn = self.staff.store().turn().await?;
        let now = self.staff.now();
        let mut claimed = Vec::with_capacity(ids.len());
        for id in ids {
            let sql = "update frozen set state = 'sealing', tried = $1 \
                       where id = $2 and ready = 1 and due <= $1 and state in ('open', 'sealing')";
            if sqlx::query(sql).bind(now).bind(id).execute(&mut *turn).await?.rows_affected() != 1 {
                claimed.push(Ok(None));
                continue;
            }
            claimed.push(match Frozen::read(&mut turn, id).await {
                Ok(Some(frozen)) => Step::of_case(&mut turn, &frozen.case).await.map(|steps| Some(Claimed { frozen, steps })),
                Ok(None) => Ok(None),
                Err(error) => Err(error),
            });
        }
        turn.commit().await?;
        Ok(claimed)
    }

    /// Brings what was claimed to the log. However often it is tried, it comes out once: the log knows its id.
    pub(super) async fn bring(&self, claimed: &Claimed) -> Result<Outcome, DraftsError> {
        let Claimed { frozen, steps } = claimed;
        if let Some(index) = self.node.store.logged_at(&submission_key(&frozen.agency, &frozen.id)).await? {
            // A crash came between the log and the desk.
            return Ok(Outcome::Published(index));
        }
        if steps.iter().all(|step| !step.deferred) {
            return self.seal(frozen, steps).await;
        }
        match self.log_deferred(&frozen.case, steps).await {
            Ok(()) => {
                let steps = Step::of_case(&mut *self.staff.store().pool().acquire().await?, &frozen.case).await?;
                self.seal(frozen, &steps).await
            }
            Err(DraftsError::Refused(refusal)) if refusal == Refusal::Busy => Ok(Outcome::Later { said: refusal.to_string() }),
            Err(DraftsError::Refused(refusal)) => Ok(Outcome::Refused { code: "step-refused", said: refusal.to_string() }),
            Err(error) => Err(error),
        }
    }

    /// Writes down what became of what was claimed, all of it in one turn, or in as many as it takes for one that cannot be written down to
    /// keep no other from it.
    pub(super) async fn settle_claimed(&self, ended: &[(Claimed, Outcome)]) -> Result<(), DraftsError> {
        let mut told = self.write_down(ended).await;
        if told.is_err() && ended.len() > 1 {
            told = Ok(());
            for one in ended {
                if let Err(error) = self.write_down(std::slice::from_ref(one)).await {
                    tracing::error!(%error, statement = %one.0.frozen.id, "what became of it could not be written down; it is tried again");
                    told = Err(error);
                }
            }
        }
        if ended.iter().any(|(_, outcome)| matches!(outcome, Outcome::Published(_))) {
            self.staff.store().blanked();
        }
        self.staff.letters_may_wait();
        for (Claimed { frozen, .. }, _) in ended.iter().filter(|(_, outcome)| matches!(outcome, Outcome::Published(_))) {
            // What stays is found by tidying.
            if let Err(error) = self.forget(frozen).await {
                tracing::warn!(%error, statement = %frozen.id, "files of what is published could not be removed");
            }
        }
        told
    }

    async fn write_down(&self, ended: &[(Claimed, Outcome)]) -> Result<(), DraftsError> {
        let mut turn = self.staff.store().turn().await?;
        for (Claimed { frozen, steps }, outcome) in ended {
            match outcome {
                Outcome::Published(index) => {
                    self.published(&mut turn, frozen, *index).await?;
                    if steps.iter().any(|step| step.opened) {
                        self.open_reasons(&mut turn).await?;
                    }
                }
                Outcome::Refused { code, said } => self.tell(&mut turn, frozen, FrozenState::Open, code, said).await?,
                // It stays as it is: perhaps it did come to the log, and then it must not be withdrawn.
                Outcome::Later { said } => self.tell(&mut turn, frozen, FrozenState::Sealing, "later", said).await?,
                Outcome::Nothing => {}
            }
        }
        turn.commit().await?;
        Ok(())
    }

    async fn seal(&self, frozen: &Frozen, steps: &[Step]) -> Result<Outcome, DraftsError> {
        let state = self.node.submitter.state();
        let refused = |code, said: String| Ok(Outcome::Refused { code, said });
        let text = match self.text_to_seal(&state, frozen, steps)? {
            Ok(text) => text,
            // No seal is good anywhere: the entry that has the next one takes away what would be approved meanwhile.
            Err(_) if !has_seal(&frozen.agency, &state) => return refused(NO_SEAL, String::new()),
            Err(Unsealable { code, said }) => return refused(code, said),
        };
        let sealed = match self.node.sealer(&frozen.agency, &state) {
            Some(sealer) => match sealer.seal_apart(state.clone(), text.clone()).await {
                Ok((note, _)) => Some(note),
                // It may be put back any moment; nothing is lost meanwhile.
                Err(error @ (SealError::Token(_) | SealError::Broke)) => return Ok(Outcome::Later { said: error.to_string() }),
                // What is held here is a seal of old.
                Err(SealError::Refused(Refused::UnknownKey(_))) => None,
                Err(error) => return refused("seal", error.to_string()),
            },
            None => None,
        };
        // An agency that keeps its seal itself has sealed this very text, or is told that it waits for that.
        let Some(note) = sealed.or_else(|| Drafts::brought_sealed(&state, frozen, &text)) else { return refused(NO_SEAL, String::new()) };
        let (contents, _room) = self.contents(&frozen.id).await?;
        let submitter = &self.node.submitter;
        // Held to their commitments once more: they have lain on a disk since they were approved.
        let answer = match submitter.check(note, contents) {
            Ok(checked) => match submitter.offer(checked, PATIENCE).await {
                Ok(waiting) => waiting.await.unwrap_or(Err(SubmitError::Stopped)),
                Err(error) => Err(error),
            },
            Err(error) => Err(error),
        };
        Ok(match answer {
            Ok(receipt) => Outcome::Published(receipt.index),
            Err(error) if error.passes() => Outcome::Later { said: error.to_string() },
            Err(error) => {
                let code = match &error {
                    SubmitError::Refused(Refused::Approval(error)) => error.code(),
                    SubmitError::Refused(Refused::StaleCase) => "stale-case",
                    SubmitError::Refused(Refused::StolenStep(_)) => "stolen-step",
                    SubmitError::Refused(Refused::NotHead(_)) => "not-head",
                    SubmitError::Refused(Refused::NotEntitled { .. }) => "not-entitled",
                    SubmitError::PartMissing(_) | SubmitError::PartDiffers(_) => "part",
                    _ => "refused",
                };
                Outcome::Refused { code, said: error.to_string() }
            }
        })
    }

    async fn published(&self, turn: &mut AnyConnection, frozen: &Frozen, index: u64) -> Result<(), DraftsError> {
        let sql = "update frozen set state = 'published', ready = 0, told = '', sealed = '', idx = $1, published = $2 \
                   where id = $3 and state = 'sealing'";
        let query = sqlx::query(sql).bind(i64::try_from(index).unwrap_or(i64::MAX)).bind(self.staff.now()).bind(&frozen.id);
        if query.execute(&mut *turn).await?.rows_affected() == 1 {
            Draft::move_on(turn, &frozen.draft, Stage::Frozen, Stage::Published, &frozen.id).await?;
            self.let_go_of_published(turn, frozen).await?;
            let by = frozen.released_by.as_deref().unwrap_or_default();
            let details = json!({ "statement": frozen.id, "index": index });
            self.staff.journal().note_in(turn, by, "published", &frozen.draft, &details).await?;
            self.tell_authors(turn, &frozen.id, LetterKind::Published, by).await?;
        }
        Ok(())
    }

    /// It is ready still only where it is being sealed still.
    async fn tell(&self, turn: &mut AnyConnection, frozen: &Frozen, state: FrozenState, code: &str, said: &str) -> Result<(), DraftsError> {
        let told = format!("{code}\n{said}");
        let goes_on = state == FrozenState::Sealing;
        // What was brought sealed goes where it was refused: another text is to be sealed, or by another seal.
        let sealed = frozen.sealed.clone().filter(|_| goes_on).unwrap_or_default();
        let sql = "update frozen set state = $1, ready = $2, told = $3, sealed = $4 where id = $5 and state = 'sealing'";
        let query = sqlx::query(sql).bind(state.code()).bind(i64::from(goes_on)).bind(&told).bind(&sealed).bind(&frozen.id);
        query.execute(&mut *turn).await?;
        // Once, however often it is tried again.
        if frozen.told.as_deref() != Some(&told) {
            let details = json!({ "statement": frozen.id, "code": code, "said": said });
            // Where an agency keeps its seal itself, every text waits for it once: that is no failure.
            let what = if code == NO_SEAL { "waits-for-seal" } else { "not-published" };
            self.staff.journal().note_in(turn, "", what, &frozen.draft, &details).await?;
            if code != "later" {
                // Of what waits for its seal nothing is to be approved again.
                let kind = if code == NO_SEAL { LetterKind::Unsealed } else { LetterKind::Again };
                self.tell_authors(turn, &frozen.id, kind, "").await?;
                // Whoever must approve it again is told again.
                sqlx::query("delete from told where frozen = $1").bind(&frozen.id).execute(&mut *turn).await?;
            }
        }
        Ok(())
    }
}
