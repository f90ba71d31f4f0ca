//! A log that lies: it takes and signs what nobody who may said, and builds the tree and the registry as it likes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use chain::{
    Hash,
    check::{Answer, Code},
    entry::{Entry, Header},
    evidence::Bundle,
    note::{KeyType, Signer, sign},
    registry::Registry,
    statement::{LogKey, Reference, StatusKind, text},
};
use common::{
    evidence::{HOLDS, cannot_tell, fails, finding, logged, says},
    papers::*,
    story::*,
    *,
};

/// What the check `code` says of a disclosure by `agency` that the log took with the seal of `by`.
fn taken(chain: &mut Chain, agency: &str, by: &Signer, code: Code) -> (Answer, &'static str) {
    let paper = chain.paper(agency, "Taken");
    let line = chain.line("disclosure", &paper);
    let index = chain.force(&sealed(&line, None, by));
    says(&chain.bundle(&[index]), index, code)
}

#[test]
fn a_seal_by_a_key_never_registered_fails_c5() {
    let mut chain = founded();
    assert_eq!(taken(&mut chain, HEALTH, &signer(HEALTH), Code::C5), HOLDS);
    assert_eq!(taken(&mut chain, HEALTH, &key_of(HEALTH, KeyType::Ed25519, 9), Code::C5), fails("unknown-key"));
    assert_eq!(taken(&mut chain, "example.gov/nobody", &signer("example.gov/nobody"), Code::C5), fails("not-registered"));
    assert_eq!(taken(&mut chain, "example.gov/nobody", &signer("example.gov/nobody"), Code::C6), fails("not-registered"));
}

#[test]
fn a_seal_by_another_agencys_key_fails_c5() {
    let mut chain = founded();
    for other in [signer(COUNCIL), signer(CLERK), registrar(1), signer(ORIGIN)] {
        assert_eq!(taken(&mut chain, HEALTH, &other, Code::C5), fails("unknown-key"), "{other:?}");
    }
    // A post seals no disclosures, though it is registered.
    assert_eq!(taken(&mut chain, CLERK, &signer(CLERK), Code::C5), fails("registry-proof"));
}

#[test]
fn a_seal_by_a_key_registered_only_later_fails_c5() {
    let mut chain = founded();
    let second = key_of(HEALTH, KeyType::Ed25519, 1);
    let paper = chain.paper(HEALTH, "Too early");
    let line = chain.line("disclosure", &paper);
    let index = chain.force(&sealed(&line, None, &second));
    let mut health = agency(HEALTH);
    health.seals.push(seal_key(&second, None));
    chain.register("agency", &health);
    assert_eq!(says(&chain.bundle(&[index]), index, Code::C5), fails("unknown-key"));
    assert_eq!(taken(&mut chain, HEALTH, &second, Code::C5), HOLDS);
}

#[test]
fn a_registration_that_stands_later_than_what_it_should_allow_fails_c5() {
    let mut chain = founded();
    let second = key_of(HEALTH, KeyType::Ed25519, 1);
    let mut health = agency(HEALTH);
    health.seals.push(seal_key(&second, None));
    let line = chain.line("agency", &health);
    // The registrars really signed it; the log writes down beforehand what its leaf will be.
    let now = chain.state.next_header(chain.clock + 5000);
    let later = Header { index: now.index + 1, previous: Hash::ZERO, ..now };
    let (_, leaf) = Entry::write(&later, &registered(&line)).unwrap();
    let mut registry = chain.state.registry().clone();
    registry.set(HEALTH, leaf);
    chain.registries.insert(registry.root(), registry.clone());
    let paper = chain.paper(HEALTH, "Too early");
    let disclosure = chain.line("disclosure", &paper);
    let index = chain.force_under(&Header { registry: registry.root(), ..now }, &sealed(&disclosure, None, &second));
    assert_eq!(chain.force_under(&later, &registered(&line)), index + 1);
    assert_eq!(says(&chain.bundle(&[index]), index, Code::C5), fails("registry-proof"));
}

#[test]
fn a_registration_that_claims_another_place_registers_nobody() {
    let mut chain = founded();
    let line = chain.line("agency", &agency("example.gov/parks"));
    let right = chain.state.next_header(chain.clock);
    chain.force_under(&Header { index: right.index + 7, ..right }, &registered(&line));
    assert_eq!(taken(&mut chain, "example.gov/parks", &signer("example.gov/parks"), Code::C5), fails("registry-proof"));
}

#[test]
fn a_status_of_a_document_that_comes_only_later_fails_c5() {
    let mut chain = founded();
    let paper = chain.paper(HEALTH, "To come");
    let line = chain.line("disclosure", &paper);
    let note = sealed(&line, None, &signer(HEALTH));
    let now = chain.state.next_header(chain.clock + 5000);
    let later = Header { index: now.index + 1, previous: Hash::ZERO, ..now };
    let (_, leaf) = Entry::write(&later, &note).unwrap();
    let target = Reference { index: later.index, leaf };
    let line = chain.line("status", &serde_json::json!({"agency": HEALTH, "target": target, "kind": "lapsed", "ground": "g"}));
    let index = chain.force_under(&now, &sealed(&line, None, &signer(HEALTH)));
    chain.force_under(&later, &note);
    assert_eq!(says(&chain.bundle(&[index]), index, Code::C5), fails("target"));
}

#[test]
fn a_seal_by_an_ended_key_fails_c5_and_one_reported_stolen_cannot_be_told() {
    let story = story();
    let mut chain = story.chain.clone();
    assert_eq!(taken(&mut chain, HEALTH, &signer(HEALTH), Code::C5), fails("unknown-key"), "after its end");
    let bundle = chain.bundle(&[story.stolen, story.before_theft]);
    assert_eq!(says(&bundle, story.before_theft, Code::C5), HOLDS);
    let found = finding(&bundle, story.stolen, Code::C5);
    assert_eq!((found.answer, found.reason), cannot_tell("key-stolen"));
    assert!(found.values.contains(&("since", story.stolen.to_string())));
    // Told also when the report is itself the newest entry.
    let mut council = agency(COUNCIL);
    council.seals[0].ended = Some(chain::statement::Ended { how: chain::statement::Ending::Compromised, at: story.succeeded });
    chain.register("agency", &council);
    assert_eq!(says(&chain.bundle(&[story.succeeded]), story.succeeded, Code::C5), cannot_tell("key-stolen"));
    assert_eq!(says(&chain.bundle(&[story.council_status]), story.council_status, Code::C5), HOLDS);
}

#[test]
fn a_key_that_vanished_from_the_newest_registration_fails_c5() {
    let mut chain = founded();
    let paper = chain.paper(HEALTH, "On water");
    let index = chain.disclose(&paper);
    let mut health = agency(HEALTH);
    health.seals = vec![seal_key(&key_of(HEALTH, KeyType::Ed25519, 1), None)];
    let line = chain.line("agency", &health);
    chain.force(&registered(&line));
    assert_eq!(says(&chain.bundle(&[index]), index, Code::C5), fails("key-dropped"));
}

#[test]
fn a_statement_replayed_from_another_chain_fails_c5() {
    let mut chain = founded();
    let paper = chain.paper(HEALTH, "Elsewhere");
    let line = chain.line("disclosure", &paper);
    let index = chain.force(&sign(&text("other.example/log", &line, None), &[&signer(HEALTH)]));
    assert_eq!(says(&chain.bundle(&[index]), index, Code::C5), fails("other-chain"));
    // A registration made for another chain registers nobody here.
    let mut health = agency(HEALTH);
    health.seals.push(seal_key(&key_of(HEALTH, KeyType::Ed25519, 1), None));
    let line = chain.line("agency", &health);
    let replayed = chain.force(&sign(&text("other.example/log", &line, None), &[&registrar(1), &registrar(2)]));
    assert_eq!(says(&chain.bundle(&[replayed]), replayed, Code::C5), fails("other-chain"));
    assert_eq!(taken(&mut chain, HEALTH, &key_of(HEALTH, KeyType::Ed25519, 1), Code::C5), fails("registry-proof"));
}

#[test]
fn an_altered_signature_or_another_number_of_lines_fails_c5() {
    let mut chain = founded();
    let paper = chain.paper(HEALTH, "On water");
    let line = chain.line("disclosure", &paper);
    let good = sealed(&line, None, &signer(HEALTH));
    let ask = |chain: &mut Chain, note: &str| {
        let index = chain.force(note);
        says(&chain.bundle(&[index]), index, Code::C5)
    };
    assert_eq!(ask(&mut chain, &good.replace("\"en\"", "\"zh\"")), fails("signature"));
    assert_eq!(ask(&mut chain, &sign(&text(ORIGIN, &line, None), &[&signer(HEALTH), &signer(COUNCIL)])), fails("signature-lines"));
    assert_eq!(ask(&mut chain, "no statement at all"), fails("statement"));
    assert_eq!(ask(&mut chain, &good.replace("\"notice\"", "\"A Notice\"")), fails("statement"));
}

#[test]
fn a_registration_or_amendment_by_the_wrong_registrars_fails_c5_and_what_stands_on_it() {
    let mut chain = founded();
    let thief = key_of(HEALTH, KeyType::Ed25519, 9);
    let mut health = agency(HEALTH);
    health.seals.push(seal_key(&thief, None));
    let line = chain.line("agency", &health);
    let index = chain.force(&registered_by(&line, &[&registrar(1), &signer("stranger.example")]));
    assert_eq!(says(&chain.bundle(&[index]), index, Code::C5), fails("registrars"));
    assert_eq!(taken(&mut chain, HEALTH, &thief, Code::C5), fails("registry-proof"));
    let one = chain.line("agency", &agency(COUNCIL));
    let index = chain.force(&registered_by(&one, &[&registrar(1)]));
    assert_eq!(says(&chain.bundle(&[index]), index, Code::C5), fails("registrars"), "one registrar of two");

    let mut chain = founded();
    let mut taken_over = charter();
    taken_over.amends = Some(chain.at(0));
    taken_over.registrars.keys = vec![registrar(8).vkey().clone(), registrar(9).vkey().clone()];
    let line = chain.line("charter", &taken_over);
    let index = chain.force(&registered_by(&line, &[&registrar(8), &registrar(9)]));
    let bundle = chain.bundle(&[index]);
    assert_eq!(says(&bundle, index, Code::C5), fails("registrars"));
    assert_eq!(says(&bundle, index, Code::C3), fails("charter"));
    assert_eq!(says(&bundle, index, Code::C4), cannot_tell("no-charter"));
    // What the usurpers register is registered by nobody.
    let line = chain.line("agency", &health);
    let usurped = chain.force(&registered_by(&line, &[&registrar(8), &registrar(9)]));
    assert_eq!(says(&chain.bundle(&[usurped]), usurped, Code::C5), fails("registrars"));
}

#[test]
fn a_second_first_charter_elsewhere_in_the_tree_is_no_charter() {
    // The log signs a charter of its own, whose header claims place 0, and points the registry at it.
    for claimed in [0, 12] {
        let mut chain = founded();
        let paper = chain.paper(HEALTH, "On water");
        chain.disclose(&paper);
        let mut own = charter();
        own.registrars.keys = vec![registrar(8).vkey().clone(), registrar(9).vkey().clone()];
        let line = chain.line("charter", &own);
        let header = Header { index: claimed, ..chain.state.next_header(chain.clock) };
        let index = chain.force_under(&header, &registered_by(&line, &[&registrar(8), &registrar(9)]));
        assert_eq!(index, 12);
        let bundle = chain.bundle(&[index]);
        assert_eq!(says(&bundle, index, Code::C5), fails("registrars"), "claiming place {claimed}");
        assert_eq!(says(&bundle, index, Code::C3), fails("charter"));
        let mut parks = agency("example.gov/parks");
        parks.seals = vec![seal_key(&signer("example.gov/parks"), None)];
        let line = chain.line("agency", &parks);
        let index = chain.force(&registered_by(&line, &[&registrar(8), &registrar(9)]));
        assert_eq!(says(&chain.bundle(&[index]), index, Code::C5), fails("registrars"));
        assert_eq!(taken(&mut chain, "example.gov/parks", &signer("example.gov/parks"), Code::C5), fails("registry-proof"));
    }
}

#[test]
fn a_wrong_registry_root_fails_c1_and_never_lets_a_seal_hold() {
    let mut chain = founded();
    let paper = chain.paper(HEALTH, "On air");
    chain.disclose(&paper);
    let paper = chain.paper(HEALTH, "On water");
    let line = chain.line("disclosure", &paper);
    let thief = key_of(HEALTH, KeyType::Ed25519, 9);
    let header = chain.state.next_header(chain.clock);
    for (registry, seal) in [(Hash([7; 32]), cannot_tell("no-registry-proof")), (Hash::ZERO, fails("not-registered"))] {
        let mut chain = chain.clone();
        let index = chain.force_under(&Header { registry, ..header }, &sealed(&line, None, &thief));
        let paper = chain.paper(HEALTH, "After it");
        let after = chain.disclose(&paper);
        let bundle = chain.bundle(&[index, after]);
        assert_eq!(says(&bundle, index, Code::C1), fails("registry"));
        assert_eq!(says(&bundle, after, Code::C1), fails("registry"), "and the one after it, whose root is right again");
        assert_eq!(says(&bundle, index, Code::C5), seal);
    }
    // A registry of the log's own, in which the thief's self-made registration stands.
    let mut forged = Registry::default();
    let mut health = agency(HEALTH);
    health.seals = vec![seal_key(&thief, None)];
    let registration = chain.line("agency", &health);
    let at = chain.force(&registered_by(&registration, &[&registrar(8), &registrar(9)]));
    forged.set(HEALTH, chain.leaf(at));
    forged.set(ORIGIN, chain.leaf(0));
    chain.registries.insert(forged.root(), forged.clone());
    let header = chain.state.next_header(chain.clock);
    let index = chain.force_under(&Header { registry: forged.root(), ..header }, &sealed(&line, None, &thief));
    assert_eq!(says(&chain.bundle(&[index]), index, Code::C5), fails("registry-proof"));
}

#[test]
fn a_registration_that_the_registry_leaves_out_or_enters_as_another_fails_c1() {
    let chain = founded();
    let before = chain.state.next_header(chain.clock).registry;
    let mut quiet = chain.clone();
    let line = quiet.line("agency", &agency(HEALTH));
    let at = quiet.force(&registered(&line));
    let paper = quiet.paper(HEALTH, "On water");
    let line = quiet.line("disclosure", &paper);
    let header = quiet.state.next_header(quiet.clock);
    let mut left_out = quiet.clone();
    let index = left_out.force_under(&Header { registry: before, ..header }, &sealed(&line, None, &signer(HEALTH)));
    assert_eq!(says(&left_out.bundle(&[index]), index, Code::C1), fails("registry"));
    let mut other = quiet.state.registry().clone();
    other.set(HEALTH, quiet.leaf(3));
    quiet.registries.insert(other.root(), other.clone());
    let index = quiet.force_under(&Header { registry: other.root(), ..header }, &sealed(&line, None, &signer(HEALTH)));
    assert_eq!(index, at + 1);
    assert_eq!(says(&quiet.bundle(&[index]), index, Code::C1), fails("registry"));
}

#[test]
fn a_broken_link_position_time_or_header_fails_c1() {
    let mut chain = founded();
    let paper = chain.paper(HEALTH, "On water");
    let line = chain.line("disclosure", &paper);
    let note = sealed(&line, None, &signer(HEALTH));
    let right = chain.state.next_header(chain.clock + 1000);
    let ask = |header: Header| {
        let mut chain = chain.clone();
        let index = chain.force_under(&header, &note);
        says(&chain.bundle(&[index]), index, Code::C1)
    };
    assert_eq!(ask(right), HOLDS);
    assert_eq!(ask(Header { previous: chain.leaf(3), ..right }), fails("link"));
    assert_eq!(ask(Header { index: right.index + 1, ..right }), fails("position"));
    assert_eq!(ask(Header { time: chain.clock - 1, ..right }), fails("time"));
    let first = Chain::new();
    for header in [
        Header { previous: Hash([1; 32]), ..first.state.next_header(START) },
        Header { registry: Hash([1; 32]), ..first.state.next_header(START) },
    ] {
        let mut first = first.clone();
        first.force_under(&header, &note);
        assert_eq!(says(&first.bundle(&[0]), 0, Code::C1), fails("link"), "the first entry has nothing before it");
    }
    let mut bundle = chain.bundle(&[5]);
    logged(&mut bundle, 5).entry.replace_range(..1, "G");
    assert_eq!(says(&bundle, 5, Code::C1), fails("header"));
    // Entries of a second chain slipped into the one tree.
    let mut two = chain.clone();
    let odd = two.force_under(&Header { index: 99, ..right }, &note);
    let after = two.force_under(&Header { index: odd + 1, previous: two.leaf(odd), ..right }, &note);
    assert_eq!(says(&two.bundle(&[after]), after, Code::C1), fails("neighbour"), "the entry before it claims another place");
}

#[test]
fn a_checkpoint_by_a_log_key_whose_time_is_over_fails_c3() {
    let mut chain = founded();
    let second = key_of(ORIGIN, KeyType::Ed25519, 1);
    let mut next = charter();
    next.amends = Some(chain.at(0));
    next.logs.push(LogKey { key: second.vkey().clone(), from: chain.size() + 2 });
    let index = chain.register("charter", &next);
    let ask =
        |chain: &Chain, log: &Signer| says(&Bundle { checkpoint: chain.checkpoint_by(log), ..chain.bundle(&[index]) }, index, Code::C3);
    assert_eq!((ask(&chain, &signer(ORIGIN)), ask(&chain, &second)), (HOLDS, fails("other-key")), "not yet");
    let paper = chain.paper(HEALTH, "On water");
    chain.disclose(&paper);
    assert_eq!((ask(&chain, &signer(ORIGIN)), ask(&chain, &second)), (fails("other-key"), HOLDS), "no longer");
}

#[test]
fn a_statement_about_a_document_by_one_who_may_not_speak_for_it_fails_c5() {
    let story = story();
    let ask = |kind: &str, core: serde_json::Value, by: &str| {
        let mut chain = story.chain.clone();
        let line = chain.line(kind, &core);
        let index = chain.force(&sealed(&line, None, &signer(by)));
        says(&chain.bundle(&[index]), index, Code::C5)
    };
    let at = |index| serde_json::to_value(story.chain.at(index)).unwrap();
    let status =
        |by: &str, target: serde_json::Value| serde_json::json!({"agency": by, "target": target, "kind": "annulled", "ground": "g"});
    assert_eq!(ask("status", status(COUNCIL, at(story.finance)), COUNCIL), HOLDS, "overseer");
    assert_eq!(ask("status", status(COUNCIL, at(story.health)), COUNCIL), HOLDS, "successor");
    assert_eq!(ask("status", status(COUNCIL, at(story.copy)), COUNCIL), fails("not-entitled"));
    assert_eq!(ask("status", status(ARCHIVE, at(story.finance)), ARCHIVE), fails("not-entitled"));
    let redaction = serde_json::json!({"agency": COUNCIL, "target": at(story.finance), "parts": [format!("sha256:{}", "00".repeat(32))], "ground": "g"});
    assert_eq!(ask("redaction", redaction, COUNCIL), fails("not-entitled"), "an overseer redacts nothing");
    let mut revision = serde_json::to_value(founded().paper(ARCHIVE, "Mine now")).unwrap();
    revision["revises"] = at(story.finance);
    assert_eq!(ask("disclosure", revision, ARCHIVE), fails("not-entitled"));
    // Something else than a document's version, or other bytes than those at that place.
    assert_eq!(ask("status", status(COUNCIL, at(0)), COUNCIL), fails("target"));
    let other = serde_json::to_value(Reference { index: story.finance, leaf: story.chain.leaf(0) }).unwrap();
    assert_eq!(ask("status", status(COUNCIL, other), COUNCIL), fails("target"));
}

#[test]
fn a_status_lapsed_or_reinstated_reads_as_any_other() {
    let story = story();
    let mut chain = story.chain.clone();
    for kind in [StatusKind::Lapsed, StatusKind::Corrected, StatusKind::Withdrawn, StatusKind::Reinstated] {
        let status = chain.status(COUNCIL, story.finance, kind);
        let line = chain.line("status", &status);
        let index = chain.publish(&sealed(&line, None, &signer(COUNCIL))).unwrap();
        assert_eq!(says(&chain.bundle(&[index]), index, Code::C5), HOLDS);
    }
}
