//! Figures of an agency, as its page shows them: what the store counted of it over the whole chain.

use super::{context::Context, moment, standing_of};
use crate::store::{StepFigures, StoreError, Times};
use app::view::{AgencyFigures, Change, Standing, StepFigure, StepTimes};
use chain::{
    entry::Entry,
    statement::{Agency, StatusKind},
};

/// In the order they are shown: what statuses say, and what is no status.
const CHANGES: [&str; 9] = ["corrected", "version", "amended", "repealed", "lapsed", "annulled", "withdrawn", "reinstated", "redaction"];

/// `None` where there is nothing to say.
pub(super) async fn figures(context: &Context<'_>, agency: &Agency) -> Result<Option<AgencyFigures>, StoreError> {
    let size = context.node.heads.borrow().size;
    let counted = context.node.store.figures(&agency.agency).await?;
    let behind = (counted.covered < size).then_some((counted.covered, size));
    // Only with all acts at hand is it known which steps none has opened.
    let unopened = if behind.is_none() { counted.unopened } else { 0 };
    if behind.is_none() && unopened == 0 && counted.acts.is_empty() {
        return Ok(None);
    }
    let began = context.node.store.entry(0).await?.and_then(|bytes| Entry::parse(&bytes).ok().map(|entry| entry.header.time));
    let mut steps = counted.steps.clone();
    steps.sort_by_key(|step| (place(agency, &step.code), step.code.clone()));
    let of = |kind: &str| counted.acts.iter().find(|(known, _)| known == kind).map_or(0, |(_, count)| *count);
    // That nothing was corrected is worth saying, too.
    let changes = CHANGES.into_iter().map(|kind| (kind, of(kind))).filter(|(kind, count)| *count > 0 || *kind == "corrected");
    Ok(Some(AgencyFigures {
        began: began.map(|time| moment(&context.zone, time)),
        behind,
        approved: counted.approved,
        steps: steps.into_iter().map(step).collect(),
        changes: changes.filter_map(|(kind, count)| Some((change(kind)?, count))).collect(),
        unopened,
    }))
}

/// Where the agency's rule lists a kind of step first; behind all others where it does not.
fn place(agency: &Agency, code: &str) -> usize {
    let mut listed = agency.rule.iter().flat_map(|rule| &rule.genres).flat_map(|genre| &genre.steps);
    listed.position(|step| step.code == code).unwrap_or(usize::MAX)
}

fn step(of: StepFigures) -> StepFigure {
    let times = |Times { median, mean, longest }| StepTimes { median, mean, longest };
    StepFigure { code: of.code, taken: of.taken, overridden: of.overridden, rejected: of.rejected, times: of.times.map(times) }
}

fn change(kind: &str) -> Option<Change> {
    Some(match kind {
        "version" => Change::Became(Standing::Superseded),
        "redaction" => Change::Redacted,
        kind if kind == StatusKind::Reinstated.as_str() => Change::Reinstated,
        kind => Change::Became(standing_of(kind)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_act_that_is_counted_has_its_place_on_the_page() {
        for kind in CHANGES {
            assert!(change(kind).is_some(), "{kind}");
        }
        let kinds = [
            StatusKind::Repealed,
            StatusKind::Lapsed,
            StatusKind::Amended,
            StatusKind::Annulled,
            StatusKind::Corrected,
            StatusKind::Withdrawn,
            StatusKind::Reinstated,
        ];
        assert!(kinds.iter().all(|kind| CHANGES.contains(&kind.as_str())));
    }
}
