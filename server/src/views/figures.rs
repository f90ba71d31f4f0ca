//! Figures of an agency: how long its approvals took, how often a step was skipped or rejected, and what it corrected since.

use super::{approval::approval, context::Context};
use crate::store::StoreError;
use app::view::{AgencyFigures, Approval, StepFigure};
use chain::{
    entry::Entry,
    statement::{Statement, StatusKind},
};

/// How many of an agency's newest versions are looked at: a page that is drawn again after each must not grow with the chain.
const NEWEST: u64 = 100;

/// Figures over the newest versions that were approved; `None` where none was.
pub(super) async fn figures(context: &Context<'_>, id: &str) -> Result<Option<AgencyFigures>, StoreError> {
    let indexes: Vec<u64> = context.node.store.by_agency(id, 0, NEWEST).await?.iter().map(|item| item.index).collect();
    context.fetch(indexes.iter().copied()).await?;
    let looked: Vec<_> = indexes.into_iter().filter_map(|index| context.entry(index)).collect();
    let steps = looked.iter().filter_map(|logged| {
        let entry = Entry::parse(&logged.bytes).ok()?;
        Statement::parse(entry.note.as_bytes()).ok()?.act.map(|act| act.steps)
    });
    // All steps in one question, before each approval looks at its own.
    context.fetch(steps.flatten().collect::<Vec<_>>()).await?;
    let registered = context.node.store.registrations().await?;
    let mut figures = AgencyFigures::default();
    let mut took: Vec<(String, Vec<i64>)> = Vec::new();
    for logged in looked {
        let Some(Approval { stages, earlier, .. }) = approval(context, &logged, Some(&registered)).await? else { continue };
        figures.approved += 1;
        figures.corrected += usize::from(logged.later.iter().any(|later| later.kind == StatusKind::Corrected.as_str()));
        figures.rejected += usize::from(earlier.iter().any(|step| step.decision == "reject"));
        figures.overridden += usize::from(stages.iter().flat_map(|stage| &stage.steps).any(|step| step.decision == "override"));
        for step in stages.iter().flat_map(|stage| &stage.steps) {
            let Some(ms) = step.took else { continue };
            match took.iter_mut().find(|(code, _)| *code == step.code) {
                Some((_, times)) => times.push(ms),
                None => took.push((step.code.clone(), vec![ms])),
            }
        }
    }
    figures.steps = took.into_iter().map(|(code, times)| figure(code, times)).collect();
    Ok((figures.approved > 0).then_some(figures))
}

fn figure(code: String, mut times: Vec<i64>) -> StepFigure {
    times.sort_unstable();
    let at = |n: usize| times.get(n).copied().unwrap_or_default();
    StepFigure { code, taken: times.len(), median: at((times.len() - 1) / 2), longest: at(times.len() - 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_number_is_the_lower_of_the_two_in_the_middle() {
        for (times, median, longest) in [(vec![5], 5, 5), (vec![9, 1], 1, 9), (vec![3, 1, 2], 2, 3), (vec![4, 1, 3, 2], 2, 4)] {
            let said = figure("legal".into(), times);
            assert_eq!((said.median, said.longest), (median, longest));
        }
    }
}
