//! What verifying a whole chain's signatures together promises: the same answer as one by one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use chain::{
    batch::Batch,
    hash::Hash,
    state::{Facts, Fault, Refusal, State},
};
use common::{ORIGIN, story::story};

fn replay(entries: &[String]) -> Result<(State, Batch), Fault> {
    let (mut state, mut facts, mut batch) = (State::new(ORIGIN), Facts::default(), Batch::default());
    for entry in entries {
        state.replay_in_batch(entry.as_bytes(), &mut facts, &mut batch, |_, _, _| {})?;
    }
    Ok((state, batch))
}

#[test]
fn a_chain_replayed_in_a_batch_arrives_at_the_same_state_and_holds() {
    let story = story();
    let (state, batch) = replay(&story.chain.entries).unwrap();
    assert_eq!(state.frontier, story.chain.state.frontier);
    assert_eq!(state.registry().root(), story.chain.state.registry().root());
    assert!(batch.len() > 5, "{} signatures that register nothing", batch.len());
    assert!(batch.holds());
}

/// The last entry with one character of its signature changed, so that no link after it breaks.
fn last_with_another_signature(story: &[String]) -> Vec<String> {
    let mut entries = story.to_vec();
    let last = entries.last_mut().unwrap();
    // Well inside S, and still canonical.
    let at = last.len() - 30;
    let other = if last.as_bytes()[at] == b'A' { "B" } else { "A" };
    last.replace_range(at..=at, other);
    entries
}

#[test]
fn one_wrong_seal_among_all_fails_the_batch_and_one_by_one_alike() {
    let story = story();
    let entries = last_with_another_signature(&story.chain.entries);
    let (_, batch) = replay(&entries).unwrap();
    assert!(!batch.holds());
    let (mut state, mut facts) = (State::new(ORIGIN), Facts::default());
    let results: Vec<_> = entries.iter().map(|entry| state.replay(entry.as_bytes(), &mut facts, |_, _, _| {}).map(|_| ())).collect();
    assert!(matches!(results.last().unwrap(), Err(Fault::Refused(Refusal::Signature(_)))), "{results:?}");
}

#[test]
fn a_batch_does_not_take_a_key_for_good_that_one_by_one_would_not() {
    let story = story();
    // Everything but the registrations: no seal is registered.
    let charter = &story.chain.entries[0];
    let (mut state, mut facts, mut batch) = (State::new(ORIGIN), Facts::default(), Batch::default());
    state.replay_in_batch(charter.as_bytes(), &mut facts, &mut batch, |_, _, _| {}).unwrap();
    let sealed = story.chain.entries.iter().rev().map(|entry| chain::entry::Entry::parse(entry.as_bytes()).unwrap().note);
    let sealed = sealed.into_iter().find(|note| note.contains("\"disclosure\"")).unwrap();
    let header = state.next_header(chain::entry::Entry::parse(charter.as_bytes()).unwrap().header.time);
    let (bytes, _): (Vec<u8>, Hash) = chain::entry::Entry::write(&header, sealed).unwrap();
    let fault = state.replay_in_batch(&bytes, &mut facts, &mut batch, |_, _, _| {}).map(|_| ()).unwrap_err();
    assert!(matches!(fault, Fault::Refused(Refusal::NotRegistered(_))), "{fault:?}");
    assert!(batch.is_empty());
}
