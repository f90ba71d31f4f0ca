//! State: what may be the next entry, and each reason for which something may not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use chain::{
    Hash,
    approval::ApprovalError,
    entry::{Entry, EntryError, Header},
    note::{KeyType, NoteError, Signer, sign},
    state::{Facts, Fault, Refusal, State},
    statement::{Agency, Ended, Ending, LogKey, Post, Reference, Statement, StatementError, StatusKind, text},
};
use common::{papers::*, story::*, *};

fn ended(how: Ending, at: u64) -> Option<Ended> {
    Some(Ended { how, at })
}

impl Chain {
    fn refuses(&mut self, note: &str) -> Refusal {
        self.judge(note).expect_err("this should have been refused")
    }
    fn refuses_line<T: serde::Serialize>(&mut self, kind: &str, core: &T) -> Refusal {
        let line = self.line(kind, core);
        self.refuses(&registered(&line))
    }
}

#[test]
fn replaying_the_whole_chain_arrives_at_the_same_state() {
    let story = story();
    let chain = &story.chain;
    let (mut state, mut facts) = (State::new(ORIGIN), Facts::default());
    let mut nodes = Stored::default();
    for (index, entry) in chain.entries.iter().enumerate() {
        let statement = state.replay(entry.as_bytes(), &mut facts, |level, at, hash| {
            nodes.0.insert((level, at), hash);
        });
        assert!(statement.is_ok(), "entry {index}: {statement:?}");
    }
    assert_eq!(state.frontier, chain.state.frontier);
    assert_eq!(state.last(), chain.state.last());
    assert_eq!(state.registry().root(), chain.state.registry().root());
    assert_eq!(state.charter(), chain.state.charter());
    assert_eq!(nodes.0, chain.nodes.0);
    assert_eq!(facts.logged, chain.facts.logged);
    assert_eq!(facts.versions, chain.facts.versions);
    assert_eq!((&facts.cases, &facts.steps), (&chain.facts.cases, &chain.facts.steps));
    assert_eq!(facts.versions[&story.health_second].document, story.health, "a document is its first version");
    // A state resumed from what is stored judges as the one that saw everything.
    let mut resumed = State::new(ORIGIN);
    for (index, entry) in chain.entries.iter().enumerate() {
        let entry = Entry::parse(entry.as_bytes()).unwrap();
        let statement = Statement::parse(entry.note.as_bytes()).unwrap();
        resumed.restore(chain.at(index as u64), &statement);
    }
    resumed.resume(chain.state.frontier.clone(), chain.state.last().unwrap());
    assert_eq!(resumed.next_header(chain.clock), chain.state.next_header(chain.clock));
    assert_eq!(resumed.agencies().count(), 4);
}

#[test]
fn a_second_equal_submission_is_answered_with_the_first_index() {
    let mut chain = founded();
    let paper = chain.paper(HEALTH, "Once");
    let line = chain.line("disclosure", &paper);
    let note = sealed(&line, None, &signer(HEALTH));
    let first = chain.publish(&note).unwrap();
    let size = chain.size();
    assert_eq!(chain.publish(&note), Ok(first));
    assert_eq!(chain.size(), size);
    // The same id by another signer is another statement.
    let id = Statement::parse(note.as_bytes()).unwrap().id;
    let line = chain::statement::core_line("disclosure", &id, &chain.paper(COUNCIL, "Another")).unwrap();
    assert_eq!(chain.publish(&sealed(&line, None, &signer(COUNCIL))), Ok(size));
    // A repeat that a log took all the same is a fault of the log.
    let mut state = chain.state.clone();
    let header = state.next_header(chain.clock);
    let (bytes, _) = Entry::write(&header, &note).unwrap();
    assert_eq!(state.replay(&bytes, &mut chain.facts.clone(), |_, _, _| {}).unwrap_err(), Fault::Repeat(first));
}

#[test]
fn time_never_goes_backwards() {
    let chain = founded();
    let last = chain.state.last().unwrap();
    assert_eq!(chain.state.next_header(last.1 - 5000).time, last.1, "a clock that fell behind");
    assert_eq!(chain.state.next_header(last.1 + 5000).time, last.1 + 5000);
    assert_eq!(chain.state.next_header(0).previous, last.0);
}

#[test]
fn each_fault_of_a_stored_entry_is_told() {
    let mut chain = founded();
    let paper = chain.paper(HEALTH, "Next");
    let line = chain.line("disclosure", &paper);
    let note = sealed(&line, None, &signer(HEALTH));
    let right = chain.state.next_header(chain.clock + 1000);
    let fault = |header: Header, note: &str| {
        let (bytes, _) = Entry::write(&header, note).unwrap();
        chain.state.clone().replay(&bytes, &mut chain.facts.clone(), |_, _, _| {}).map(|_| ())
    };
    assert_eq!(fault(right, &note), Ok(()));
    assert_eq!(fault(Header { index: right.index + 1, ..right }, &note), Err(Fault::Index(right.index + 1)));
    assert_eq!(fault(Header { previous: Hash::ZERO, ..right }, &note), Err(Fault::Link));
    assert_eq!(fault(Header { time: chain.clock - 1, ..right }, &note), Err(Fault::Time));
    assert_eq!(fault(Header { registry: Hash::ZERO, ..right }, &note), Err(Fault::Registry));
    assert_eq!(fault(right, "no note"), Err(Fault::Refused(Refusal::Statement(StatementError::Note(NoteError::NoSignatures)))));
    let broken = chain.state.clone().replay(b"gazette/v1\n", &mut Facts::default(), |_, _, _| {}).map(|_| ());
    assert_eq!(broken, Err(Fault::Entry(EntryError::Header)));
}

#[test]
fn entry_0_is_a_charter_and_no_other_is_one_that_amends_nothing() {
    let mut empty = Chain::new();
    assert_eq!(empty.refuses_line("agency", &agency(HEALTH)), Refusal::Charter);
    let mut amending = charter();
    amending.amends = Some(Reference { index: 0, leaf: Hash::ZERO });
    assert_eq!(empty.refuses_line("charter", &amending), Refusal::Charter);
    let paper = empty.paper(HEALTH, "Too early");
    let line = empty.line("disclosure", &paper);
    assert_eq!(empty.refuses(&sealed(&line, None, &signer(HEALTH))), Refusal::NotRegistered(HEALTH.into()));
    let mut chain = founded();
    assert_eq!(chain.refuses_line("charter", &charter()), Refusal::Charter);
    let mut other = charter();
    other.origin = "other.example/log".into();
    other.logs[0].key = signer("other.example/log").vkey().clone();
    assert_eq!(Chain::new().refuses_line("charter", &other), Refusal::Origin("other.example/log".into()));
}

#[test]
fn an_amendment_follows_the_charter_in_force_and_is_signed_by_its_registrars() {
    let story = story();
    let mut chain = story.chain;
    let mut next = chain.state.charter().unwrap().clone();
    next.amends = Some(chain.at(0));
    let line = chain.line("charter", &next);
    let now = [&registrar(2), &registrar(3)];
    assert_eq!(chain.refuses(&registered_by(&line, &now)), Refusal::StaleCharter);
    next.amends = Some(chain.at(story.amendment));
    let line = chain.line("charter", &next);
    assert_eq!(chain.refuses(&registered(&line)), Refusal::UnknownSignature, "registrar 1 was replaced");
    assert_eq!(chain.judge(&registered_by(&line, &now)), Ok(None));
    // Nobody grants himself the office he asks for.
    let thief = signer("thief.example");
    next.registrars.keys = vec![thief.vkey().clone()];
    next.registrars.threshold = 1;
    let line = chain.line("charter", &next);
    assert_eq!(chain.refuses(&registered_by(&line, &[&thief])), Refusal::UnknownSignature);
    // Log keys are added for sizes to come; none is dropped or moved.
    let mut next = chain.state.charter().unwrap().clone();
    next.amends = Some(chain.at(story.amendment));
    let newer = key_of(ORIGIN, KeyType::Ed25519, 1);
    for (from, answer) in [(chain.size() + 1, Ok(None)), (chain.size(), Err(Refusal::KeyDropped(ORIGIN.into())))] {
        next.logs.truncate(1);
        next.logs.push(LogKey { key: newer.vkey().clone(), from });
        let line = chain.line("charter", &next);
        assert_eq!(chain.judge(&registered_by(&line, &now)), answer, "from {from}");
    }
    next.logs = vec![LogKey { key: newer.vkey().clone(), from: 0 }];
    let line = chain.line("charter", &next);
    assert_eq!(chain.refuses(&registered_by(&line, &now)), Refusal::KeyDropped(ORIGIN.into()));
}

#[test]
fn a_registration_needs_enough_registrars_and_nobody_else() {
    let mut chain = founded();
    let line = chain.line("agency", &agency("example.gov/parks"));
    let (one, two, stranger) = (registrar(1), registrar(2), signer("stranger.example"));
    assert_eq!(chain.judge(&registered_by(&line, &[&one, &two, &registrar(3)])), Ok(None));
    assert_eq!(chain.refuses(&registered_by(&line, &[&one])), Refusal::TooFewRegistrars { needed: 2, found: 1 });
    assert_eq!(chain.refuses(&registered_by(&line, &[&one, &one])), Refusal::UnknownSignature, "one registrar is not two");
    assert_eq!(chain.refuses(&registered_by(&line, &[&one, &two, &stranger])), Refusal::UnknownSignature);
    let forged = sign("another text\n", &[&two]);
    let forged = format!("{}{}", registered_by(&line, &[&one]), forged.rsplit_once("\n\n").unwrap().1);
    assert_eq!(chain.refuses(&forged), Refusal::Signature(NoteError::Signature(two.vkey().name().into())));
    let elsewhere = sign(&text("other.example/log", &line, None), &[&one, &two]);
    assert_eq!(chain.refuses(&elsewhere), Refusal::Origin("other.example/log".into()));
}

#[test]
fn a_statement_needs_exactly_its_own_signers_good_key() {
    let story = story();
    let mut chain = story.chain;
    let paper = chain.paper(COUNCIL, "Whose seal?");
    let line = chain.line("disclosure", &paper);
    let seal = signer(COUNCIL);
    let statement = text(ORIGIN, &line, None);
    assert_eq!(chain.judge(&sign(&statement, &[&seal])), Ok(None));
    for other in [signer(HEALTH), key_of(COUNCIL, KeyType::Ed25519, 7), signer(CLERK), registrar(2), signer(ORIGIN)] {
        assert_eq!(chain.refuses(&sign(&statement, &[&other])), Refusal::UnknownKey(COUNCIL.into()), "{other:?}");
    }
    assert_eq!(chain.refuses(&sign(&statement, &[&seal, &seal])), Refusal::UnknownSignature);
    assert_eq!(chain.refuses(&sign(&statement, &[&seal, &signer(HEALTH)])), Refusal::UnknownSignature);
    let altered = sign(&statement, &[&seal]).replace("\"en\"", "\"zh\"");
    assert_eq!(chain.refuses(&altered), Refusal::Signature(NoteError::Signature(COUNCIL.into())));
    let unknown = line.replace(COUNCIL, "example.gov/nobody");
    let refusal = chain.refuses(&sealed(&unknown, None, &signer("example.gov/nobody")));
    assert_eq!(refusal, Refusal::NotRegistered("example.gov/nobody".into()));
    // A key that was ended signs nothing more.
    let line = line.replace(COUNCIL, HEALTH);
    assert_eq!(chain.refuses(&sealed(&line, None, &signer(HEALTH))), Refusal::UnknownKey(HEALTH.into()));
    // A post is no agency, and an agency no post.
    let line = line.replace(HEALTH, CLERK);
    assert_eq!(chain.refuses(&sealed(&line, None, &signer(CLERK))), Refusal::NotRegistered(CLERK.into()));
}

#[test]
fn a_public_key_has_one_role_ever() {
    // The same secret under other names: what an operator who economises on keys would do.
    fn same(name: &str, as_of: &str) -> Signer {
        let secret = Hash::of(&[b"fictional key\n", as_of.as_bytes(), b"\n0"]);
        Signer::new(name, KeyType::Ed25519, &secret.0).unwrap()
    }
    let mut chain = founded();
    for role in [ORIGIN, "registrar.example/1", HEALTH, CLERK, "witness.example/3"] {
        let mut parks = agency("example.gov/parks");
        parks.seals = vec![seal_key(&same("example.gov/parks", role), None)];
        assert_eq!(
            chain.refuses_line("agency", &parks),
            Refusal::KeyReused("example.gov/parks".into()),
            "an agency with the key of {role}"
        );
        let mut porter = post("example.gov/porter", HEALTH);
        porter.keys[0].key = same("example.gov/porter", role).vkey().clone();
        assert_eq!(chain.refuses_line("post", &porter), Refusal::KeyReused("example.gov/porter".into()), "a post with the key of {role}");
        let mut next = charter();
        next.amends = Some(chain.at(0));
        next.logs.push(LogKey { key: same(ORIGIN, role).vkey().clone(), from: 1000 });
        let answer = chain.line("charter", &next);
        let answer = chain.judge(&registered(&answer));
        assert_eq!(answer, if role == ORIGIN { Ok(None) } else { Err(Refusal::KeyReused(ORIGIN.into())) }, "a log with the key of {role}");
    }
    // Within one charter too, where no role is known yet.
    let mut first = charter();
    first.registrars.keys.push(same("registrar.example/9", ORIGIN).vkey().clone());
    assert_eq!(Chain::new().refuses_line("charter", &first), Refusal::KeyReused("registrar.example/9".into()));
    let mut first = charter();
    first.registrars.keys.push(same(ORIGIN, ORIGIN).vkey().clone());
    assert_eq!(Chain::new().refuses_line("charter", &first), Refusal::KeyReused(ORIGIN.into()));
    let mut first = charter();
    first.registrars.keys.push(same("registrar.example/9", "witness.example/2").vkey().clone());
    assert_eq!(Chain::new().refuses_line("charter", &first), Refusal::KeyReused("witness.example/2".into()));
    // A registrar's key may share the origin's name; it stays that registrar's through amendments.
    let mut chain = Chain::new();
    let mut first = charter();
    first.registrars.keys.push(key_of(ORIGIN, KeyType::Ed25519, 5).vkey().clone());
    chain.register("charter", &first);
    first.amends = Some(chain.at(0));
    chain.register("charter", &first);
}

#[test]
fn a_registration_that_was_signed_and_left_goes_stale_when_another_is_logged() {
    let mut chain = founded();
    let at = chain.at(4);
    let with = |at: Option<Reference>, name: &str| Agency { replaces: at, name: named(name), ..agency(HEALTH) };
    let (left, taken) = (chain.line("agency", &with(Some(at), "left")), chain.line("agency", &with(Some(at), "taken")));
    let none = chain.line("agency", &with(None, "names nothing"));
    for line in [&left, &taken, &none] {
        assert_eq!(chain.judge(&registered(line)), Ok(None));
    }
    let newest = chain.publish(&registered(&taken)).unwrap();
    let stale = Refusal::StaleRegistration(HEALTH.into());
    assert_eq!(chain.refuses(&registered(&left)), stale);
    assert_eq!(chain.refuses(&registered(&none)), stale, "once one names what it replaces, each after it does");
    let line = chain.line("agency", &with(Some(chain.at(newest)), "next"));
    assert_eq!(chain.judge(&registered(&line)), Ok(None));
    let line = chain.line("agency", &Agency { replaces: Some(at), ..agency("example.gov/parks") });
    assert_eq!(chain.refuses(&registered(&line)), Refusal::StaleRegistration("example.gov/parks".into()), "a first replaces nothing");
    // A post is held to the same.
    let clerk = chain.state.posts().find(|(_, post)| post.post == CLERK).unwrap().0;
    let [left, taken] = [1, 2].map(|_| chain.line("post", &Post { replaces: Some(clerk), ..post(CLERK, FINANCE) }));
    chain.publish(&registered(&taken)).unwrap();
    assert_eq!(chain.refuses(&registered(&left)), Refusal::StaleRegistration(CLERK.into()));
}

#[test]
fn a_key_is_never_dropped_brought_back_or_given_more_time() {
    let mut chain = founded();
    let (first, second) = (signer(HEALTH), key_of(HEALTH, KeyType::Ed25519, 1));
    let mut with = |keys: Vec<chain::statement::Key>, keep: bool| {
        let mut health = agency(HEALTH);
        health.seals = keys;
        let line = chain.line("agency", &health);
        if keep { chain.publish(&registered(&line)).map(|_| None) } else { chain.judge(&registered(&line)) }
    };
    let dropped = Err(Refusal::KeyDropped(HEALTH.into()));
    assert_eq!(with(vec![seal_key(&second, None)], false), dropped);
    assert_eq!(with(vec![seal_key(&first, ended(Ending::Retired, 30)), seal_key(&second, None)], true), Ok(None));
    for (end, answer) in [
        (None, dropped.clone()),
        (ended(Ending::Retired, 31), dropped.clone()),
        (ended(Ending::Compromised, 31), dropped.clone()),
        (ended(Ending::Retired, 30), Ok(None)),
        (ended(Ending::Retired, 20), Ok(None)),
        (ended(Ending::Lost, 30), Ok(None)),
        (ended(Ending::Compromised, 5), Ok(None)),
    ] {
        assert_eq!(with(vec![seal_key(&first, end), seal_key(&second, None)], false), answer, "{end:?}");
    }
    assert_eq!(with(vec![seal_key(&first, ended(Ending::Compromised, 5)), seal_key(&second, None)], true), Ok(None));
    assert_eq!(
        with(vec![seal_key(&first, ended(Ending::Retired, 5)), seal_key(&second, None)], false),
        dropped,
        "a theft is not taken back"
    );
}

#[test]
fn an_id_is_one_kind_of_thing_for_ever() {
    let mut chain = founded();
    let mut as_post = post(COUNCIL, FINANCE);
    as_post.keys = vec![];
    assert_eq!(chain.refuses_line("post", &as_post), Refusal::OtherKind(COUNCIL.into()));
    let mut as_agency = agency(CLERK);
    as_agency.seals = vec![];
    assert_eq!(chain.refuses_line("agency", &as_agency), Refusal::OtherKind(CLERK.into()));
    let mut as_log = agency(ORIGIN);
    as_log.seals = vec![];
    assert_eq!(chain.refuses_line("agency", &as_log), Refusal::OtherKind(ORIGIN.into()));
    let mut as_log = post(ORIGIN, FINANCE);
    as_log.keys = vec![];
    assert_eq!(chain.refuses_line("post", &as_log), Refusal::OtherKind(ORIGIN.into()));
    assert_eq!(chain.refuses_line("post", &post(CLERK, HEALTH)), Refusal::OtherKind(CLERK.into()), "a post stays with its agency");
    let refusal = chain.refuses_line("post", &post("example.gov/porter", "example.gov/nowhere"));
    assert_eq!(refusal, Refusal::NotRegistered("example.gov/nowhere".into()));
}

#[test]
fn versions_never_fork_and_only_the_owner_makes_them() {
    let story = story();
    let mut chain = story.chain;
    let revise = |chain: &mut Chain, by: &str, seal: &Signer, target: Reference| {
        let mut paper = chain.paper(by, "Another version");
        paper.revises = Some(target);
        let line = chain.line("disclosure", &paper);
        chain.judge(&sealed(&line, None, seal))
    };
    let (council, health) = (signer(COUNCIL), key_of(HEALTH, KeyType::Ed25519, 1));
    let at = |chain: &Chain, index| chain.at(index);
    let (old, head, copy) = (at(&chain, story.health), at(&chain, story.health_second), at(&chain, story.copy));
    assert_eq!(revise(&mut chain, HEALTH, &health, head), Ok(None));
    assert_eq!(revise(&mut chain, COUNCIL, &council, head), Ok(None), "the successor speaks for it");
    assert_eq!(revise(&mut chain, HEALTH, &health, old), Err(Refusal::NotHead(story.health)));
    let other_leaf = Reference { leaf: old.leaf, ..head };
    assert_eq!(revise(&mut chain, HEALTH, &health, other_leaf), Err(Refusal::Reference(head.index)));
    let no_document = at(&chain, 0);
    assert_eq!(revise(&mut chain, HEALTH, &health, no_document), Err(Refusal::Reference(0)));
    let to_come = Reference { index: 999, leaf: Hash::ZERO };
    assert_eq!(revise(&mut chain, HEALTH, &health, to_come), Err(Refusal::Reference(999)));
    let foreign = Refusal::NotEntitled { by: COUNCIL.into(), of: ARCHIVE.into() };
    assert_eq!(revise(&mut chain, COUNCIL, &council, copy), Err(foreign));
}

#[test]
fn a_status_or_redaction_comes_from_one_who_may_speak_for_the_document() {
    let story = story();
    let mut chain = story.chain.clone();
    let council = signer(COUNCIL);
    let mut ask = |kind: &str, core: serde_json::Value| {
        let line = chain.line(kind, &core);
        chain.judge(&sealed(&line, None, &council))
    };
    let copy = story.chain.at(story.copy);
    let finance = story.chain.at(story.finance);
    let status = |target: Reference| serde_json::json!({"agency": COUNCIL, "target": target, "kind": "annulled", "ground": "g"});
    assert_eq!(ask("status", status(finance)), Ok(None), "an overseer may state what became of it");
    assert_eq!(ask("status", status(copy)), Err(Refusal::NotEntitled { by: COUNCIL.into(), of: ARCHIVE.into() }));
    let mut by = status(finance);
    by["by"] = serde_json::json!({"index": 0, "leaf": Hash::ZERO});
    assert_eq!(ask("status", by), Err(Refusal::Reference(0)));
    let part = story.chain.facts.versions[&story.finance].parts[1];
    let redaction = |target: Reference| serde_json::json!({"agency": COUNCIL, "target": target, "parts": [part], "ground": "g"});
    let overseer = Refusal::NotEntitled { by: COUNCIL.into(), of: FINANCE.into() };
    assert_eq!(ask("redaction", redaction(finance)), Err(overseer), "but may not remove it");
    let before = story.chain.at(story.before_theft);
    assert_eq!(ask("redaction", redaction(before)), Err(Refusal::Reference(before.index)), "a part of another document");
}

#[test]
fn a_step_continues_its_case_and_comes_from_a_post_of_the_agency() {
    let mut chain = founded();
    let mut case = Case::open(&mut chain, FINANCE);
    let (note, _) = case.step(&mut chain, CLERK, "draft", "approve", "{}");
    case.take(&mut chain, CLERK, "draft", "approve", "{}");
    assert_eq!(chain.refuses(&note), Refusal::StaleCase, "the case has a first step already");
    let mut council_case = Case::open(&mut chain, FINANCE);
    council_case.agency = COUNCIL.into();
    let (note, _) = council_case.step(&mut chain, CLERK, "draft", "approve", "{}");
    assert_eq!(chain.refuses(&note), Refusal::NotEntitled { by: CLERK.into(), of: COUNCIL.into() });
    let (note, _) = case.step(&mut chain, "example.gov/nobody", "draft", "approve", "{}");
    assert_eq!(chain.refuses(&note), Refusal::NotRegistered("example.gov/nobody".into()));
    let (note, _) = case.step(&mut chain, HEALTH, "draft", "approve", "{}");
    assert_eq!(chain.refuses(&note), Refusal::NotRegistered(HEALTH.into()), "an agency's seal takes no steps");
    let mut elsewhere = Case::open(&mut chain, FINANCE);
    elsewhere.steps = case.steps.clone();
    let (note, _) = elsewhere.step(&mut chain, LAWYER_A, "legal", "approve", "{}");
    assert_eq!(chain.refuses(&note), Refusal::StaleCase, "a step of another case");
}

#[test]
fn a_publication_must_name_every_step_its_case_has_had() {
    let mut chain = founded();
    let paper = chain.paper(FINANCE, "The budget");
    let line = chain.line("disclosure", &paper);
    let mut case = Case::open(&mut chain, FINANCE);
    case.approve(&mut chain, &line);
    let note = case.seal(&line);
    assert_eq!(chain.judge(&note), Ok(None));
    // A rejection after the last step named cannot be left out.
    case.clone().take(&mut chain, DIRECTOR, "sign", "reject", &line);
    assert_eq!(chain.refuses(&note), Refusal::StaleCase);
    let mut unknown = case.clone();
    unknown.steps[0] = 999;
    assert_eq!(chain.refuses(&unknown.seal(&line)), Refusal::Reference(999));
    assert_eq!(chain.refuses(&sealed(&line, None, &signer(FINANCE))), Refusal::Approval(ApprovalError::NoAct));
    let foreign = line.replace(FINANCE, COUNCIL);
    let note = sealed(&foreign, Some(&case.act_line()), &signer(COUNCIL));
    assert_eq!(chain.refuses(&note), Refusal::Approval(ApprovalError::NoRule));
    let status = chain.status(FINANCE, 0, StatusKind::Lapsed);
    let line = chain.line("status", &status);
    assert_eq!(chain.refuses(&sealed(&line, None, &signer(FINANCE))), Refusal::Reference(0));
}

#[test]
fn what_was_just_sealed_is_taken_without_verifying_again_but_never_a_registration() {
    let mut chain = founded();
    let paper = chain.paper(HEALTH, "Sealed here");
    let line = chain.line("disclosure", &paper);
    let (note, verified) = chain.state.seal(&text(ORIGIN, &line, None), &signer(HEALTH)).unwrap();
    let admit = |state: &State, note: &str, verified| {
        let statement = Statement::parse(note.as_bytes()).unwrap();
        state.admit(&statement, Some(verified), &chain.facts)
    };
    assert_eq!(admit(&chain.state, &note, verified), Ok(None));
    let stranger = key_of(HEALTH, KeyType::Ed25519, 9);
    assert_eq!(chain.state.seal("text\n", &stranger).map(|_| ()), Err(Refusal::UnknownKey(HEALTH.into())));
    // Another agency's text under this agency's seal is still nobody's.
    let foreign = line.replace(HEALTH, COUNCIL);
    let (note, verified) = chain.state.seal(&text(ORIGIN, &foreign, None), &signer(HEALTH)).unwrap();
    assert_eq!(admit(&chain.state, &note, verified), Err(Refusal::UnknownKey(HEALTH.into())));
    let (note, verified) = chain.state.seal(&text("other.example", &line, None), &signer(HEALTH)).unwrap();
    assert_eq!(admit(&chain.state, &note, verified), Err(Refusal::Origin("other.example".into())));
    // An agency's seal under a registration registers nothing.
    let grab = chain::statement::core_line("agency", &"0".repeat(32), &agency("example.gov/parks")).unwrap();
    let (note, verified) = chain.state.seal(&text(ORIGIN, &grab, None), &signer(HEALTH)).unwrap();
    assert_eq!(admit(&chain.state, &note, verified), Err(Refusal::UnknownSignature));
    // Once the registry moved, the signature is looked at again, and an ended key is found out.
    let paper = chain.paper(HEALTH, "Too late");
    let line = chain.line("disclosure", &paper);
    let (note, verified) = chain.state.seal(&text(ORIGIN, &line, None), &signer(HEALTH)).unwrap();
    let mut health = agency(HEALTH);
    health.seals[0].ended = ended(Ending::Retired, chain.size());
    chain.register("agency", &health);
    let statement = Statement::parse(note.as_bytes()).unwrap();
    assert_eq!(chain.state.admit(&statement, Some(verified), &chain.facts), Err(Refusal::UnknownKey(HEALTH.into())));
}

#[test]
fn a_part_of_one_document_is_never_taken_into_another() {
    let mut chain = founded();
    let theirs = chain.paper(HEALTH, "Theirs");
    let first = chain.disclose(&theirs);
    let taken = &theirs.parts[1];
    // Salt and bytes are public once logged: another agency could list the part, and then redact it.
    for agency in [COUNCIL, HEALTH] {
        let mut mine = chain.paper(agency, "Mine");
        mine.parts[1] = taken.clone();
        let line = chain.line("disclosure", &mine);
        assert_eq!(chain.refuses(&sealed(&line, None, &signer(agency))), Refusal::PartTaken(taken.commitment), "{agency}");
    }
    // A later version of the same document keeps what did not change, from whichever version.
    let mut second = chain.paper(HEALTH, "Theirs, again");
    second.revises = Some(chain.at(first));
    second.parts[1] = taken.clone();
    let second = chain.disclose(&second);
    let mut third = chain.paper(HEALTH, "Theirs, for the third time");
    third.revises = Some(chain.at(second));
    third.parts[0] = theirs.parts[0].clone();
    chain.disclose(&third);
    // What an audit finds in a chain whose log took it all the same.
    let mut mine = chain.paper(COUNCIL, "Mine");
    mine.parts[1] = taken.clone();
    let line = chain.line("disclosure", &mine);
    chain.force(&sealed(&line, None, &signer(COUNCIL)));
    let (mut state, mut facts) = (State::new(ORIGIN), Facts::default());
    let last = chain.entries.len() - 1;
    for entry in &chain.entries[..last] {
        state.replay(entry.as_bytes(), &mut facts, |_, _, _| {}).unwrap();
    }
    let fault = state.replay(chain.entries[last].as_bytes(), &mut facts, |_, _, _| {}).map(|_| ()).unwrap_err();
    assert_eq!(fault, Fault::Refused(Refusal::PartTaken(taken.commitment)));
}

#[test]
fn an_archive_publishes_nothing_of_its_own() {
    let mut chain = founded();
    let mut paper = chain.paper(ARCHIVE, "Its own");
    let line = chain.line("disclosure", &paper);
    assert_eq!(chain.refuses(&sealed(&line, None, &signer(ARCHIVE))), Refusal::NotACopy(ARCHIVE.into()));
    paper.stated_agency = Some("Ministry of Roads".into());
    chain.disclose(&paper);
}
