//! The course of an approval: behind which others the rule puts each step that stands, and how long it took.

use super::Progress;
use crate::time::Millis;

/// The place of a step that stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Which step of the case it is, from 0.
    pub number: usize,
    /// Of its kind, as the rule lists them, from 0.
    pub kind: usize,
    /// How many kinds stand one behind the other before it: those of one stage run side by side.
    pub stage: usize,
    /// Milliseconds since all that its kind waits for was there. `None`: it waits for nothing, or nothing says how long.
    pub took: Option<u64>,
}

impl Progress<'_> {
    /// The places of the steps that stand, in the order taken; `times` are those of the log, of every step of the case from its first.
    /// A step without one has no place, and neither has one that counts no more.
    #[must_use]
    pub fn course(&self, times: &[Millis]) -> Vec<Place> {
        // When the last step of a kind came that stands.
        let last = |code: &str| {
            let of = self.decisions.iter().filter(|(kind, ..)| kind == code);
            of.filter_map(|(.., number)| times.get(*number).copied()).max()
        };
        let mut kinds: Vec<(usize, Option<Millis>)> = Vec::new();
        for kind in self.wanted {
            let (mut stage, mut since) = (0, None);
            for (before, (of, _)) in self.wanted.iter().zip(&kinds).filter(|(before, _)| kind.after.contains(&before.code)) {
                stage = stage.max(of + 1);
                since = since.max(last(&before.code));
            }
            // What was logged all at once says nothing of how long it took.
            kinds.push((stage, since.filter(|_| !self.rule.deferred)));
        }
        let place = |(code, _, _, number): &(String, &str, String, usize)| {
            let kind = self.wanted.iter().position(|kind| kind.code == *code)?;
            let (stage, since) = *kinds.get(kind)?;
            let time = *times.get(*number)?;
            // Nor does one that was there before something it waits for was decided once more.
            let took = since.and_then(|since| u64::try_from(time - since).ok());
            Some(Place { number: *number, kind, stage, took })
        };
        self.decisions.iter().filter_map(place).collect()
    }
}
