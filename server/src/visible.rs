//! The one rule that says what may be shown of an entry today; page, index, feed, interface and export all ask it.
//!
//! A withdrawn or repealed version stays readable and is marked. A redacted part is not shown, whatever a store still holds.

use crate::{
    search::State,
    store::{Item, Store, StoreError},
};
use app::view::Standing;
use chain::{
    entry::Entry,
    json::Shape,
    part::Commitment,
    statement::{Core, Stated, Statement, StatusKind},
};
use std::collections::{BTreeMap, HashMap};

/// A later entry that speaks of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    Status { index: u64, kind: StatusKind },
    Redaction { index: u64, parts: Vec<Commitment> },
}

/// How a version stands, and which of its parts may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visible {
    pub state: State,
    /// The status that withdrew, repealed, annulled or ended it, unless it was reinstated since.
    pub ended: Option<(u64, StatusKind)>,
    /// What readers are told of it by what later entries say, and the entry that brought that about. [`Visible::on`] says it of a day.
    pub standing: (Standing, Option<u64>),
    redacted: BTreeMap<Commitment, u64>,
}

impl Visible {
    /// Whether the bytes of this part may be shown, indexed or handed out.
    #[must_use]
    pub fn shows(&self, part: &Commitment) -> bool {
        !self.redacted.contains_key(part)
    }

    /// The redaction that took this part away.
    #[must_use]
    pub fn redacted_by(&self, part: &Commitment) -> Option<u64> {
        self.redacted.get(part).copied()
    }

    /// What readers are told of a version but for the day. Of a copy, as long as no entry speaks of it, nothing: whoever made it
    /// does not know what became of the original.
    #[must_use]
    pub fn told(&self, copy: bool) -> Option<Standing> {
        match self.standing {
            (Standing::InForce, None) if copy => None,
            (standing, _) => Some(standing),
        }
    }

    /// How it stands on a day, `YYYY-MM-DD`: what is in force by what was said of it may not be yet, or no more.
    #[must_use]
    pub fn on(&self, today: &str, stated: &Stated, copy: bool) -> (Option<Standing>, Option<u64>) {
        let told = self.told(copy);
        if told != Some(Standing::InForce) {
            return (told, self.standing.1);
        }
        if stated.expires.as_deref().is_some_and(|day| day < today) {
            return (Some(Standing::Lapsed), None);
        }
        if stated.effective.as_deref().is_some_and(|day| day > today) {
            return (Some(Standing::NotYetInForce), None);
        }
        (told, self.standing.1)
    }
}

/// The standing that a status brings about; `None` for a reinstatement.
#[must_use]
pub fn brought_about(kind: StatusKind) -> Option<Standing> {
    Some(match kind {
        StatusKind::Repealed => Standing::Repealed,
        StatusKind::Lapsed => Standing::Lapsed,
        StatusKind::Amended => Standing::Amended,
        StatusKind::Annulled => Standing::Annulled,
        StatusKind::Corrected => Standing::Corrected,
        StatusKind::Withdrawn => Standing::Withdrawn,
        StatusKind::Reinstated => return None,
    })
}

/// The rule. `events` are all that speak of the version, in the order they were logged.
#[must_use]
pub fn visible(newest: bool, events: &[Event]) -> Visible {
    let mut ended = None;
    let (mut changed, mut reinstated) = (None, None);
    let mut redacted = BTreeMap::new();
    for event in events {
        match event {
            Event::Redaction { index, parts } => parts.iter().for_each(|part| _ = redacted.entry(*part).or_insert(*index)),
            Event::Status { index, kind: StatusKind::Reinstated } => (ended, reinstated) = (None, Some(*index)),
            // The text goes on applying, with changes that others publish; or, where it was ended, stays so.
            Event::Status { index, kind: kind @ (StatusKind::Amended | StatusKind::Corrected) } => changed = Some((*index, *kind)),
            Event::Status { index, kind } => ended = Some((*index, *kind)),
        }
    }
    let state = match (newest, ended) {
        (false, _) => State::Superseded,
        (true, Some((_, StatusKind::Withdrawn))) => State::Withdrawn,
        (true, Some(_)) => State::Repealed,
        (true, None) if redacted.is_empty() => State::Current,
        (true, None) => State::Redacted,
    };
    let said = ended.or(changed).and_then(|(index, kind)| Some((brought_about(kind)?, Some(index))));
    let standing = match said.unwrap_or((Standing::InForce, reinstated)) {
        (said @ (Standing::Withdrawn | Standing::Annulled), by) => (said, by),
        (_, by) if !newest => (Standing::Superseded, by),
        said => said,
    };
    Visible { state, ended, standing, redacted }
}

/// Looks up how these versions stand now; indexes that are no disclosures are left out.
pub async fn look(store: &Store, indexes: &[u64]) -> Result<BTreeMap<u64, (Item, Visible)>, StoreError> {
    let events = store.events(indexes).await?;
    let items = store.items(indexes).await?;
    let mut seen = judged(store, items.values(), &events).await?;
    Ok(items.into_iter().filter_map(|(index, item)| Some((index, (item, seen.remove(&index)?)))).collect())
}

/// How these versions stand, of which `events` are all that speak.
pub(crate) async fn judged<'i>(
    store: &Store,
    items: impl Iterator<Item = &'i Item>,
    events: &[(u64, u64, String, Option<u64>)],
) -> Result<HashMap<u64, Visible>, StoreError> {
    let mut of: HashMap<u64, Vec<Event>> = HashMap::new();
    for (target, index, kind, _) in events {
        if let Some(event) = event(store, *index, kind).await? {
            of.entry(*target).or_default().push(event);
        }
    }
    Ok(items.map(|item| (item.index, visible(item.newest, of.get(&item.index).map_or(&[][..], Vec::as_slice)))).collect())
}

async fn event(store: &Store, index: u64, kind: &str) -> Result<Option<Event>, StoreError> {
    if kind != "redaction" {
        let kind = Shape::read(kind.into());
        return Ok(kind.ok().map(|kind| Event::Status { index, kind }));
    }
    // Which parts, only the entry says.
    let bytes = store.entry(index).await?.ok_or(StoreError::Absent("entry of a redaction"))?;
    let statement = Entry::parse(&bytes).ok().and_then(|entry| Statement::parse(entry.note.as_bytes()).ok());
    Ok(match statement.map(|statement| statement.core) {
        Some(Core::Redaction(core)) => Some(Event::Redaction { index, parts: core.parts }),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use chain::Hash;

    fn status(index: u64, kind: StatusKind) -> Event {
        Event::Status { index, kind }
    }

    #[test]
    fn what_is_withdrawn_is_marked_until_it_is_reinstated_and_an_older_version_is_only_ever_old() {
        assert_eq!(visible(true, &[]).state, State::Current);
        assert_eq!(visible(true, &[status(4, StatusKind::Withdrawn)]).state, State::Withdrawn);
        assert_eq!(visible(true, &[status(4, StatusKind::Lapsed)]).ended, Some((4, StatusKind::Lapsed)));
        assert_eq!(visible(true, &[status(4, StatusKind::Repealed), status(5, StatusKind::Reinstated)]).state, State::Current);
        assert_eq!(visible(true, &[status(4, StatusKind::Amended), status(5, StatusKind::Corrected)]).state, State::Current);
        assert_eq!(visible(false, &[status(4, StatusKind::Withdrawn)]).state, State::Superseded);
    }

    #[test]
    fn what_readers_are_told_is_the_last_that_was_said_but_no_change_brings_back_what_was_ended() {
        use StatusKind::{Amended, Annulled, Corrected, Reinstated, Repealed, Withdrawn};
        for (newest, kinds, told) in [
            (true, &[][..], (Standing::InForce, None)),
            (true, &[Amended, Corrected], (Standing::Corrected, Some(1))),
            (true, &[Repealed, Corrected], (Standing::Repealed, Some(0))),
            (true, &[Repealed, Reinstated], (Standing::InForce, Some(1))),
            (true, &[Amended, Repealed, Reinstated], (Standing::Amended, Some(0))),
            (false, &[], (Standing::Superseded, None)),
            (false, &[Repealed], (Standing::Superseded, Some(0))),
            (false, &[Withdrawn], (Standing::Withdrawn, Some(0))),
            (false, &[Annulled, Corrected], (Standing::Annulled, Some(0))),
        ] {
            let events: Vec<_> = (0..).zip(kinds).map(|(index, kind)| status(index, *kind)).collect();
            assert_eq!(visible(newest, &events).standing, told, "{kinds:?}");
        }
    }

    #[test]
    fn the_first_and_the_last_day_of_a_text_count_as_its_own() {
        let stated = Stated { effective: Some("2026-03-01".into()), expires: Some("2026-03-31".into()), ..Stated::default() };
        let on = |day: &str| visible(true, &[]).on(day, &stated, false).0.unwrap_or(Standing::Superseded);
        assert_eq!([on("2026-02-28"), on("2026-03-01")], [Standing::NotYetInForce, Standing::InForce]);
        assert_eq!([on("2026-03-31"), on("2026-04-01")], [Standing::InForce, Standing::Lapsed]);
        let repealed = visible(true, &[status(4, StatusKind::Repealed)]);
        assert_eq!(repealed.on("2026-02-28", &stated, false), (Some(Standing::Repealed), Some(4)));
    }

    #[test]
    fn a_copy_is_not_said_to_be_in_force_because_nobody_says_otherwise() {
        let stated = Stated { effective: Some("2026-03-01".into()), expires: Some("2026-03-31".into()), ..Stated::default() };
        for day in ["2026-02-28", "2026-03-15", "2026-04-01"] {
            assert_eq!(visible(true, &[]).on(day, &stated, true), (None, None));
        }
        let said = |kinds: &[StatusKind]| {
            let events: Vec<_> = (4..).zip(kinds).map(|(index, kind)| status(index, *kind)).collect();
            visible(true, &events).on("2026-03-15", &stated, true)
        };
        assert_eq!(said(&[StatusKind::Withdrawn]), (Some(Standing::Withdrawn), Some(4)));
        assert_eq!(said(&[StatusKind::Lapsed, StatusKind::Reinstated]), (Some(Standing::InForce), Some(5)));
        assert_eq!(visible(false, &[]).told(true), Some(Standing::Superseded));
    }

    #[test]
    fn a_redacted_part_is_not_shown_and_nothing_brings_it_back() {
        let (gone, kept) = (Commitment(Hash::of(&[b"gone"])), Commitment(Hash::of(&[b"kept"])));
        let events = [Event::Redaction { index: 7, parts: vec![gone] }, status(8, StatusKind::Reinstated)];
        for newest in [true, false] {
            let seen = visible(newest, &events);
            assert!(!seen.shows(&gone) && seen.shows(&kept));
            assert_eq!(seen.redacted_by(&gone), Some(7));
        }
        assert_eq!(visible(true, &events).state, State::Redacted);
    }
}
