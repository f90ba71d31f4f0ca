//! Cases: where one stands under its agency's rule, what is missing, and what somebody may decide in it.

use super::{Draft, Drafts, DraftsError, Frozen, FrozenPart, FrozenState, Refusal, Stage, Step, draft, holders, steps, steps::DECISIONS};
use crate::staff::{Account, Role};
use chain::{
    Hash,
    approval::{ApprovalError, Progress},
    entry::LARGEST_STATEMENT,
    state::State,
    statement::Reference,
};

/// Bytes of an act line that one more step takes up, with all that may be in what opens it.
const A_STEP: usize = 600;
/// Bytes of a signature below a statement, with its signer's name, at most.
const A_SIGNATURE: usize = 400;

/// Everything about one case.
#[derive(Debug, Clone)]
pub struct Case {
    pub id: String,
    /// What was submitted last.
    pub frozen: Frozen,
    pub parts: Vec<FrozenPart>,
    /// What was submitted before and taken back, newest first.
    pub earlier: Vec<Frozen>,
    /// All that was decided, from the first, also about earlier versions and under earlier rules.
    pub steps: Vec<Step>,
    /// Steps that count now, by their numbers.
    pub standing: Standing,
    pub authors: Vec<String>,
}

/// Where a case stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// The agency has no rule: a publisher publishes.
    NoRule,
    /// No publication can come of it as it is.
    Broken(ApprovalError),
    Under {
        /// Leaf hash of the agency's entry that holds the rule.
        rule: Hash,
        kinds: Vec<Kind>,
        /// Kinds that were skipped, once all is there; else what is wrong.
        verdict: Result<Vec<String>, ApprovalError>,
    },
}

/// One kind of step that the rule asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    pub code: String,
    /// Posts that may take it.
    pub posts: Vec<String>,
    /// How many must.
    pub count: usize,
    pub after: Vec<String>,
    pub complete: bool,
    /// Whether what it waits for is complete.
    pub open: bool,
    /// Numbers of the steps that count.
    pub decided: Vec<i64>,
}

/// What somebody may decide now, and as which post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Able {
    pub code: String,
    pub post: String,
    pub decisions: Vec<&'static str>,
}

/// Goes through what counts in a case now. None: the agency has no rule.
pub(super) fn with_progress<T>(
    state: &State,
    frozen: &Frozen,
    steps: &[Step],
    say: impl FnOnce(Result<&Progress<'_>, ApprovalError>) -> T,
) -> Result<Option<T>, DraftsError> {
    let Some((at, agency)) = state.agency(&frozen.agency) else { return Ok(Some(say(Err(ApprovalError::StaleRule)))) };
    let Some(rule) = &agency.rule else { return Ok(None) };
    let taken = steps::taken(steps)?;
    let act = steps::act(&frozen.case, at.leaf, steps);
    let progress = Progress::of((rule, at.leaf), &frozen.genre, &frozen.core_line, &frozen.agency, &act, &taken);
    Ok(Some(say(progress.as_ref().map_err(|error| *error))))
}

/// The steps that made the decisions which stand. `steps`: those by which progress was gone through.
fn deciding<'s>(progress: &Progress<'_>, steps: &'s [Step]) -> Vec<&'s Step> {
    let counted: Vec<&Step> = steps.iter().filter(|step| step.place().is_some()).collect();
    progress.standing().filter_map(|number| counted.get(number).copied()).collect()
}

/// The last step that a post took on a kind.
pub(super) fn step_of<'s>(steps: &'s [Step], code: &str, post: &str) -> Option<&'s Step> {
    steps.iter().rev().find(|step| step.stands() && step.code == code && step.post == post)
}

pub(super) fn standing(state: &State, frozen: &Frozen, steps: &[Step]) -> Result<Standing, DraftsError> {
    let rule = state.agency(&frozen.agency).map_or(Hash::ZERO, |(at, _)| at.leaf);
    let standing = with_progress(state, frozen, steps, |progress| {
        let progress = match progress {
            Ok(progress) => progress,
            Err(error) => return Standing::Broken(error),
        };
        let deciding = deciding(progress, steps);
        let kinds = progress.wanted().iter().map(|kind| Kind {
            code: kind.code.clone(),
            posts: kind.posts.clone(),
            count: kind.count,
            after: kind.after.clone(),
            complete: progress.complete(&kind.code),
            open: kind.after.iter().all(|code| progress.complete(code)),
            decided: deciding.iter().filter(|step| step.code == kind.code).map(|step| step.number).collect(),
        });
        Standing::Under { rule, kinds: kinds.collect(), verdict: progress.judge().map(|approved| approved.overridden) }
    });
    Ok(standing?.unwrap_or(Standing::NoRule))
}

/// Whether somebody's roles in an agency go as far as a step there. A post says in whose name it is taken, and may be in anybody's hands:
/// whoever drafts may say that a text is ready; a reviewer takes the kinds that another kind waits for; the last ones, behind which it is
/// published, and every override are an approver's, who may review as well.
pub(super) fn role_may(progress: &Progress<'_>, who: &Account, agency: &str, code: &str, decision: &str) -> Result<(), Refusal> {
    let has = |role| who.roles.may(role, agency);
    let waited_for = progress.wanted().iter().any(|kind| kind.after.iter().any(|before| before == code));
    let below = (waited_for && has(Role::Reviewer)) || (says_ready(progress, code) && has(Role::Drafter));
    if has(Role::Approver) || (below && decision != "override") { Ok(()) } else { Err(Refusal::Role) }
}

/// Whether a kind of step only says that a text is ready: under a rule that asks for nothing else it is what publishes it.
fn says_ready(progress: &Progress<'_>, code: &str) -> bool {
    code == super::DRAFTING && progress.wanted().iter().any(|kind| kind.code != code)
}

/// Whether a person, whatever their posts, may decide so: nobody approves what they wrote, and one person takes one kind of step.
pub(super) fn person_may(
    progress: &Progress<'_>,
    steps: &[Step],
    authors: &[String],
    account: &str,
    (code, post, decision): (&str, &str, &str),
) -> Result<(), Refusal> {
    if authors.iter().any(|author| author == account) && (!says_ready(progress, code) || decision == "override") {
        return Err(Refusal::OwnDraft);
    }
    let other = |step: &&Step| step.account == account && (step.code != code || step.post != post);
    if deciding(progress, steps).iter().any(other) { Err(Refusal::TwoSteps) } else { Ok(()) }
}

/// What somebody may decide about a frozen version with their posts.
pub(super) fn able(
    state: &State,
    frozen: &Frozen,
    steps: &[Step],
    (authors, posts): (&[String], &[String]),
    who: &Account,
) -> Result<Vec<Able>, DraftsError> {
    if frozen.state != FrozenState::Open || posts.is_empty() {
        return Ok(vec![]);
    }
    let able = with_progress(state, frozen, steps, |progress| {
        let Ok(progress) = progress else { return vec![] };
        let mut able = Vec::new();
        for (kind, post) in progress.wanted().iter().flat_map(|kind| posts.iter().map(move |post| (kind, post))) {
            let now = progress.decisions().find(|(code, by, _)| *code == kind.code && *by == post.as_str()).map(|(.., decision)| decision);
            // What is complete needs nobody more; who decided already may decide otherwise.
            if progress.complete(&kind.code) && now.is_none() {
                continue;
            }
            let may = |decision: &&'static str| {
                now != Some(*decision)
                    && role_may(progress, who, &frozen.agency, &kind.code, decision).is_ok()
                    && progress.may_take(&kind.code, post, decision).is_ok()
                    && person_may(progress, steps, authors, &who.id, (&kind.code, post, decision)).is_ok()
            };
            let decisions: Vec<_> = DECISIONS.into_iter().filter(may).collect();
            if !decisions.is_empty() {
                able.push(Able { code: kind.code.clone(), post: post.clone(), decisions });
            }
        }
        able
    });
    Ok(able?.unwrap_or_default())
}

impl Drafts {
    /// A case that this person may see.
    pub async fn case(&self, who: &Account, id: &str) -> Result<Case, DraftsError> {
        let mut connection = self.staff.store().pool().acquire().await?;
        let mut versions = Frozen::of_case(&mut connection, id).await?.into_iter();
        let frozen = versions.next().filter(|frozen| who.roles.sees(&frozen.agency)).ok_or(Refusal::Nothing)?;
        let steps = Step::of_case(&mut connection, id).await?;
        let authors = draft::authors(&mut connection, &frozen.draft).await?;
        let parts = Frozen::parts(&mut connection, &frozen.id).await?;
        drop(connection);
        let standing = standing(&self.node.submitter.state(), &frozen, &steps)?;
        Ok(Case { id: id.to_owned(), frozen, parts, earlier: versions.collect(), steps, standing, authors })
    }

    /// What this person may decide in a case now.
    pub async fn able(&self, who: &Account, case: &Case) -> Result<Vec<Able>, DraftsError> {
        let posts = holders::posts_of(&mut *self.staff.store().pool().acquire().await?, &who.id).await?;
        able(&self.node.submitter.state(), &case.frozen, &case.steps, (&case.authors, &posts), who)
    }

    /// The case in which a draft that is submitted once more goes on, so that its publication opens every step from the first.
    /// A statement is bounded: where this one, `bytes` long without its act, could not hold the steps so far and a round more, the
    /// draft gets a case of its own; what was decided and kept until then comes to the log all the same.
    pub(super) async fn case_that_goes_on(&self, draft: &Draft, genre: &str, bytes: usize) -> Result<Option<String>, DraftsError> {
        debug_assert!(draft.stage == Stage::Writing);
        let mut connection = self.staff.store().pool().acquire().await?;
        let sql = "select \"case\" from frozen where draft = $1 order by number desc limit 1";
        let Some(row) = sqlx::query(sql).bind(&draft.id).fetch_optional(&mut *connection).await? else { return Ok(None) };
        let case: String = sqlx::Row::try_get(&row, 0)?;
        let steps = Step::of_case(&mut connection, &case).await?;
        drop(connection);
        // One that is on its way will be there or forgotten in a moment, and until then nobody knows what follows it.
        if steps.iter().any(|step| !step.stands()) {
            return Err(Refusal::Busy.into());
        }
        // A step that came to the log past this desk cannot be opened by it: no publication could name the whole case.
        let newest = self.node.store.newest_step(&draft.agency, &case).await?;
        let ours = steps.iter().rev().find_map(Step::reference);
        if ours == newest && bytes + act_bytes(&case, &steps)? + self.reserved(&draft.agency, genre) <= LARGEST_STATEMENT {
            return Ok(Some(case));
        }
        match self.log_deferred(&case, &steps).await {
            // What the log would not take behind a step of somebody else's can be brought there by nobody.
            Err(DraftsError::Refused(refusal)) if refusal != Refusal::Busy => Ok(None),
            logged => logged.map(|()| None),
        }
    }

    /// Bytes that a statement keeps free for its act when it is submitted: for each step that its agency's rule asks for, and for as many
    /// that are taken back.
    pub(super) fn reserved(&self, agency: &str, genre: &str) -> usize {
        let state = self.node.submitter.state();
        let rule = state.agency(agency).and_then(|(_, agency)| agency.rule.as_ref());
        let round: usize = rule.and_then(|rule| rule.steps(genre)).map_or(0, |kinds| kinds.iter().map(|kind| kind.count).sum());
        2 * round * A_STEP
    }

    /// Whether a statement can open this step as well: told before it is taken, and not when everybody has signed.
    pub(super) fn has_place_for(&self, case: &Case, step: &Step) -> Result<(), DraftsError> {
        let stated = chain::statement::text(&self.node.origin, &case.frozen.core_line, None).len() + A_SIGNATURE;
        let bytes = stated + act_bytes(&case.id, &case.steps)? + step.opening.text.len() + A_STEP / 2;
        if bytes <= LARGEST_STATEMENT { Ok(()) } else { Err(Refusal::Full.into()) }
    }
}

/// Bytes of the act line that opens these steps.
fn act_bytes(case: &str, steps: &[Step]) -> Result<usize, DraftsError> {
    let act = serde_json::to_string(&steps::act(case, Hash::ZERO, steps)).map_err(|error| DraftsError::Compose(error.into()))?;
    Ok(act.len())
}

impl Step {
    /// Where it stands in the log, if it came there.
    pub(super) fn reference(&self) -> Option<Reference> {
        Some(Reference { index: self.index?, leaf: self.leaf? })
    }
}
