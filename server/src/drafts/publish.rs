//! Publishing: sealing what was approved, and handing it to the log, once.

use super::{Draft, Drafts, DraftsError, Frozen, FrozenState, Refusal, Stage, Step, steps};
use crate::{keys::SealError, sequencer::SubmitError, staff::LetterKind, store::submission_key};
use chain::{
    approval::{self, ApprovalError},
    state::Refusal as Refused,
    statement,
};
use serde_json::json;
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

impl Drafts {
    /// Publishes a frozen version whose time has come. However often it is tried, it comes out once: the log knows its id.
    pub(super) async fn publish(&self, id: &str) -> Result<Outcome, DraftsError> {
        let mut turn = self.staff.store().turn().await?;
        let now = self.staff.now();
        let sql =
            "update frozen set state = 'sealing', tried = $1 where id = $2 and ready = 1 and due <= $1 and state in ('open', 'sealing')";
        // From here on nobody withdraws it.
        if sqlx::query(sql).bind(now).bind(id).execute(&mut *turn).await?.rows_affected() != 1 {
            return Ok(Outcome::Nothing);
        }
        let Some(frozen) = Frozen::read(&mut turn, id).await? else { return Ok(Outcome::Nothing) };
        let steps = Step::of_case(&mut turn, &frozen.case).await?;
        turn.commit().await?;
        let logged = self.node.store.logged_at(&submission_key(&frozen.agency, &frozen.id)).await?;
        let outcome = match logged {
            // A crash came between the log and here.
            Some(index) => Outcome::Published(index),
            None => match self.log_deferred(&frozen.case, &steps).await {
                Ok(()) => {
                    let steps = Step::of_case(&mut *self.staff.store().pool().acquire().await?, &frozen.case).await?;
                    self.seal(&frozen, &steps).await?
                }
                Err(DraftsError::Refused(refusal)) if refusal == Refusal::Busy => Outcome::Later { said: refusal.to_string() },
                Err(DraftsError::Refused(refusal)) => Outcome::Refused { code: "step-refused", said: refusal.to_string() },
                Err(error) => return Err(error),
            },
        };
        match &outcome {
            Outcome::Published(index) => self.published(&frozen, *index).await?,
            Outcome::Refused { code, said } => self.tell(&frozen, FrozenState::Open, false, code, said).await?,
            // It stays as it is: perhaps it did come to the log, and then it must not be withdrawn.
            Outcome::Later { said } => self.tell(&frozen, FrozenState::Sealing, true, "later", said).await?,
            Outcome::Nothing => {}
        }
        Ok(outcome)
    }

    async fn seal(&self, frozen: &Frozen, steps: &[Step]) -> Result<Outcome, DraftsError> {
        let state = self.node.submitter.state();
        let refused = |code, said: String| Ok(Outcome::Refused { code, said });
        let Some((at, agency)) = state.agency(&frozen.agency) else { return refused("no-agency", String::new()) };
        let rule = agency.rule.as_ref().map(|rule| (rule, at.leaf));
        let act = match (rule, &frozen.released_by) {
            (Some(_), _) => Some(steps::act(&frozen.case, at.leaf, steps)),
            (None, Some(_)) => None,
            // Nobody has had it published, and there is no rule any more that would.
            (None, None) => return refused(ApprovalError::NoRule.code(), String::new()),
        };
        let judged = approval::check(rule, &frozen.genre, &frozen.core_line, &frozen.agency, act.as_ref(), &steps::taken(steps)?);
        if let Err(error) = judged {
            return refused(error.code(), error.to_string());
        }
        let act_line = match act.map(|act| serde_json::to_string(&act)).transpose() {
            Ok(line) => line,
            Err(error) => return refused("act", error.to_string()),
        };
        let Some(sealer) = self.node.sealer(&frozen.agency, &state) else { return refused("no-seal", String::new()) };
        let text = statement::text(&self.node.origin, &frozen.core_line, act_line.as_deref());
        let note = match sealer.seal_apart(state.clone(), text).await {
            Ok((note, _)) => note,
            // It may be put back any moment; nothing is lost meanwhile.
            Err(error @ (SealError::Token(_) | SealError::Broke)) => return Ok(Outcome::Later { said: error.to_string() }),
            Err(error) => return refused("seal", error.to_string()),
        };
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
                    SubmitError::Refused(Refused::NotHead(_)) => "not-head",
                    SubmitError::Refused(Refused::NotEntitled { .. }) => "not-entitled",
                    SubmitError::PartMissing(_) | SubmitError::PartDiffers(_) => "part",
                    _ => "refused",
                };
                Outcome::Refused { code, said: error.to_string() }
            }
        })
    }

    async fn published(&self, frozen: &Frozen, index: u64) -> Result<(), DraftsError> {
        let mut turn = self.staff.store().turn().await?;
        let sql =
            "update frozen set state = 'published', ready = 0, told = '', idx = $1, published = $2 where id = $3 and state = 'sealing'";
        let query = sqlx::query(sql).bind(i64::try_from(index).unwrap_or(i64::MAX)).bind(self.staff.now()).bind(&frozen.id);
        if query.execute(&mut *turn).await?.rows_affected() == 1 {
            Draft::move_on(&mut turn, &frozen.draft, Stage::Frozen, Stage::Published, &frozen.id).await?;
            self.let_go_of_published(&mut turn, frozen).await?;
            let by = frozen.released_by.as_deref().unwrap_or_default();
            self.staff
                .journal()
                .note_in(&mut turn, by, "published", &frozen.draft, &json!({ "statement": frozen.id, "index": index }))
                .await?;
            self.tell_authors(&mut turn, &frozen.id, LetterKind::Published, by).await?;
        }
        turn.commit().await?;
        self.staff.store().blanked();
        self.staff.letters_may_wait();
        self.forget(frozen).await
    }

    async fn tell(&self, frozen: &Frozen, state: FrozenState, ready: bool, code: &str, said: &str) -> Result<(), DraftsError> {
        let mut turn = self.staff.store().turn().await?;
        let told = format!("{code}\n{said}");
        let sql = "update frozen set state = $1, ready = $2, told = $3 where id = $4 and state = 'sealing'";
        sqlx::query(sql).bind(state.code()).bind(i64::from(ready)).bind(&told).bind(&frozen.id).execute(&mut *turn).await?;
        // Once, however often it is tried again.
        if frozen.told.as_deref() != Some(&told) {
            let details = json!({ "statement": frozen.id, "code": code, "said": said });
            self.staff.journal().note_in(&mut turn, "", "not-published", &frozen.draft, &details).await?;
            if code != "later" {
                self.tell_authors(&mut turn, &frozen.id, LetterKind::Again, "").await?;
                // Whoever must approve it again is told again.
                sqlx::query("delete from told where frozen = $1").bind(&frozen.id).execute(&mut *turn).await?;
            }
        }
        turn.commit().await?;
        Ok(())
    }
}
