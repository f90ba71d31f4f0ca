//! The course of an approval: of the steps that a publication opens, which stand, in what order the rule puts them, and how long each took.
//!
//! The page of a publication and the figures of its agency both ask it.

use chain::{approval::Progress, statement::Core, time::Millis};

/// What is approved: by which agency, and as which genre of its rule. `None` for what nobody approves.
pub(crate) fn approved(core: &Core) -> Option<(&str, &str)> {
    Some(match core {
        Core::Disclosure(core) => (core.agency.as_str(), core.genre.as_str()),
        Core::Status(core) => (core.agency.as_str(), "status"),
        Core::Redaction(core) => (core.agency.as_str(), "redaction"),
        Core::Charter(_) | Core::Agency(_) | Core::Post(_) | Core::Step(_) => return None,
    })
}

/// A step as a publication opens it, and when the log took it.
#[derive(Debug, Clone)]
pub(crate) struct Made {
    pub code: String,
    pub decision: String,
    pub at: Millis,
}

/// The place of a step that stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// Of its kind, as the rule lists them.
    pub kind: usize,
    /// How many kinds stand one behind the other before it.
    pub stage: usize,
    /// Since all that its kind waits for was there. `None`: it waits for nothing, or nothing says how long.
    pub took: Option<Millis>,
}

/// The place of each of these steps, all of a case and in their order; `None` for one that counts no more, or never did. `deferred`: by
/// the rule, they were logged with the publication.
pub(crate) fn course(progress: &Progress<'_>, deferred: bool, made: &[Made]) -> Vec<Option<Place>> {
    let mut standing = vec![false; made.len()];
    for number in progress.standing() {
        if let Some(stands) = standing.get_mut(number) {
            *stands = true;
        }
    }
    let complete = |code: &str| {
        let of = made.iter().zip(&standing).filter(|(step, stands)| **stands && step.code == code);
        of.map(|(step, _)| step.at).max()
    };
    let mut kinds: Vec<(&str, usize, Option<Millis>)> = Vec::new();
    for kind in progress.wanted() {
        let behind = |code: &String| kinds.iter().find(|(known, ..)| known == code).map(|(_, stage, _)| stage + 1);
        let stage = kind.after.iter().filter_map(behind).max().unwrap_or_default();
        // What was logged all at once says nothing of how long it took.
        let since = kind.after.iter().filter(|_| !deferred).filter_map(|code| complete(code)).max();
        kinds.push((&kind.code, stage, since));
    }
    let place = |(step, stands): (&Made, &bool)| {
        let kind = kinds.iter().position(|(code, ..)| *stands && *code == step.code)?;
        let (_, stage, since) = kinds[kind];
        // Nor does one that was there before something it waits for was decided once more.
        let took = since.map(|since| step.at - since).filter(|took| *took >= 0);
        Some(Place { kind, stage, took })
    };
    made.iter().zip(&standing).map(place).collect()
}
