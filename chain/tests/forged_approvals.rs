//! A log that lies about what was removed and what was approved.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use chain::{
    approval::Opening,
    check::{Answer, Code, Reader, Scope, Shown},
    evidence::Content,
    note::{KeyType, Signer},
    state::Refusal,
};
use common::{
    evidence::{HOLDS, cannot_tell, fails, finding, logged, says},
    papers::*,
    story::*,
    *,
};

#[test]
fn a_forged_redaction_does_not_excuse_missing_content() {
    let story = story();
    let part = story.chain.facts.versions[&story.health].parts[1];
    let ask = |core: serde_json::Value, note: &dyn Fn(&str) -> String| {
        let mut chain = story.chain.clone();
        let line = chain.line("redaction", &core);
        let by = chain.force(&note(&line));
        chain.contents.insert(part.to_string(), Content::Redacted { by });
        let bundle = chain.bundle(&[story.health, by]);
        let found = Reader::open(&bundle).unwrap().content(story.health, &chain.contents, Scope::Everything, &Shown::default());
        (found.answer, found.reason)
    };
    let core = |by: &str, target: u64, part: String| serde_json::json!({"agency": by, "target": story.chain.at(target), "parts": [part], "ground": "g"});
    let second = key_of(HEALTH, KeyType::Ed25519, 1);
    let good = core(HEALTH, story.health, part.to_string());
    assert_eq!(ask(good.clone(), &|line| sealed(line, None, &second)), (Answer::Holds, "redacted"));
    assert_eq!(ask(good.clone(), &|line| sealed(line, None, &key_of(HEALTH, KeyType::Ed25519, 9))), fails("no-redaction"));
    assert_eq!(ask(good.clone(), &|line| sealed(line, None, &signer(HEALTH))), fails("no-redaction"), "a key whose time is over");
    assert_eq!(ask(core(ARCHIVE, story.health, part.to_string()), &|line| sealed(line, None, &signer(ARCHIVE))), fails("no-redaction"));
    assert_eq!(ask(core(HEALTH, story.health_second, part.to_string()), &|line| sealed(line, None, &second)), fails("no-redaction"));
    let other = format!("sha256:{}", "00".repeat(32));
    assert_eq!(ask(core(HEALTH, story.health, other), &|line| sealed(line, None, &second)), fails("no-redaction"));
    // A redaction in the bundle that is not in the tree.
    let mut bundle = story.chain.bundle(&[story.redacted, story.redaction]);
    logged(&mut bundle, story.redaction).proof.clear();
    let found = Reader::open(&bundle).unwrap().content(story.redacted, &story.chain.contents, Scope::Everything, &Shown::default());
    assert_eq!((found.answer, found.reason), fails("no-redaction"));
    // One whose seal was reported stolen since neither excuses nor accuses.
    let mut robbed = story.chain.state.agency(COUNCIL).unwrap().1.clone();
    robbed.seals[0].ended = Some(chain::statement::Ended { how: chain::statement::Ending::Compromised, at: 1 });
    let mut chain = story.chain.clone();
    let line = chain.line("agency", &robbed);
    chain.publish(&registered_by(&line, &[&registrar(2), &registrar(3)])).unwrap();
    let bundle = chain.bundle(&[story.before_theft, story.successor_redaction]);
    let found = Reader::open(&bundle).unwrap().content(story.before_theft, &chain.contents, Scope::Everything, &Shown::default());
    assert_eq!((found.answer, found.reason), cannot_tell("redaction-seal"));
}

#[test]
fn a_redaction_that_its_own_rule_would_not_have_let_pass_excuses_nothing() {
    let story = story();
    let part = story.chain.facts.versions[&story.finance].parts[1];
    let mut chain = story.chain.clone();
    let redaction = chain.redaction(FINANCE, story.finance, vec![part]);
    let line = chain.line("redaction", &redaction);
    let ask = |chain: &Chain, by: u64, gone: Option<u64>| {
        let mut contents = chain.contents.clone();
        contents.insert(part.to_string(), Content::Redacted { by });
        let mut bundle = chain.bundle(&[story.finance, by]);
        bundle.entries.retain(|logged| Some(logged.index) != gone);
        let found = Reader::open(&bundle).unwrap().content(story.finance, &contents, Scope::Everything, &Shown::default());
        (found.answer, found.reason)
    };
    let mut unapproved = chain.clone();
    let by = unapproved.force(&sealed(&line, None, &signer(FINANCE)));
    assert_eq!(ask(&unapproved, by, None), fails("no-redaction"));
    let mut case = Case::open(&mut chain, FINANCE);
    case.take(&mut chain, DIRECTOR, "sign", "approve", &line);
    let by = chain.publish(&case.seal(&line)).unwrap();
    assert_eq!(ask(&chain, by, None), (Answer::Holds, "redacted"));
    assert_eq!(ask(&chain, by, Some(case.steps[0])), cannot_tell("redaction-approval"));
}

/// A finance paper that the log takes with whatever the case names.
fn published(chain: &mut Chain, case: &Case, line: &str) -> (Answer, &'static str) {
    let index = chain.force(&case.seal(line));
    says(&chain.bundle(&[index]), index, Code::C6)
}

#[test]
fn a_publication_without_its_approval_fails_c6() {
    let mut chain = founded();
    let paper = chain.paper(FINANCE, "Taken");
    let line = chain.line("disclosure", &paper);
    let bare = chain.force(&sealed(&line, None, &signer(FINANCE)));
    assert_eq!(says(&chain.bundle(&[bare]), bare, Code::C6), fails("approval"));
    let paper = chain.paper(FINANCE, "The budget");
    let line = chain.line("disclosure", &paper);
    let mut case = Case::open(&mut chain, FINANCE);
    case.approve(&mut chain, &line);
    assert_eq!(published(&mut chain.clone(), &case, &line), HOLDS);
    let found = {
        let mut chain = chain.clone();
        let index = chain.force(&case.seal(&line.replace("\"en\"", "\"zh\"")));
        finding(&chain.bundle(&[index]), index, Code::C6)
    };
    assert_eq!((found.answer, found.reason), fails("approval"));
    assert!(found.values.contains(&("why", "missing".into())), "{:?}", found.values);
    let mut short = case.clone();
    short.steps.remove(0);
    short.opening.remove(0);
    assert_eq!(published(&mut chain.clone(), &short, &line), fails("approval"), "the first step left out");
    // An agency without a rule names approvals all the same.
    let foreign = line.replace(FINANCE, COUNCIL);
    let mut council_case = case.clone();
    council_case.agency = COUNCIL.into();
    assert_eq!(published(&mut chain, &council_case, &foreign), fails("approval"));
}

#[test]
fn steps_that_are_no_steps_forged_or_taken_afterwards_fail_c6() {
    let mut chain = founded();
    let paper = chain.paper(FINANCE, "The budget");
    let line = chain.line("disclosure", &paper);
    let mut case = Case::open(&mut chain, FINANCE);
    case.approve(&mut chain, &line);
    let mut not_a_step = case.clone();
    not_a_step.steps[4] = 0;
    assert_eq!(published(&mut chain.clone(), &not_a_step, &line), fails("not-a-step"));
    // The director's signature, made by somebody else.
    let mut forged = case.clone();
    forged.steps.pop();
    forged.opening.pop();
    let mut lying = chain.clone();
    let (note, opening) = forged.step(&mut lying, DIRECTOR, "sign", "approve", &line);
    let core = note.lines().nth(1).unwrap().to_owned();
    let before = forged.clone();
    let by = |chain: &mut Chain, key: &Signer| {
        let mut case = before.clone();
        case.steps.push(chain.force(&sealed(&core, None, key)));
        case.opening.push(Opening { ..opening.clone() });
        published(chain, &case, &line)
    };
    assert_eq!(by(&mut lying.clone(), &signer(DIRECTOR)), HOLDS);
    assert_eq!(by(&mut lying.clone(), &key_of(DIRECTOR, KeyType::Ed25519, 9)), fails("forged-step"));
    assert_eq!(by(&mut lying.clone(), &signer(HEALTH)), fails("forged-step"), "an agency's seal is no post");
    assert_eq!(by(&mut lying.clone(), &signer("example.gov/nobody")), fails("forged-step"));
    // A real post, of another agency.
    let mut foreign = lying.clone();
    foreign.register("post", &post("example.gov/health/director", HEALTH));
    assert_eq!(by(&mut foreign, &signer("example.gov/health/director")), fails("forged-step"));
    // Published first, approved afterwards.
    let mut late = chain.clone();
    let mut afterwards = before.clone();
    afterwards.steps.push(late.size() + 1);
    afterwards.opening.push(opening.clone());
    let index = late.force(&afterwards.seal(&line));
    late.force(&note);
    assert_eq!(says(&late.bundle(&[index]), index, Code::C6), fails("forged-step"));
    // A step in the bundle that is not in the tree.
    let index = chain.force(&case.seal(&line));
    let mut bundle = chain.bundle(&[index]);
    logged(&mut bundle, case.steps[2]).proof.clear();
    assert_eq!(says(&bundle, index, Code::C6), fails("forged-step"));
    bundle.entries.retain(|logged| logged.index != case.steps[0]);
    assert_eq!(says(&bundle, index, Code::C6), fails("forged-step"), "a step withheld does not hide one that is forged");
}

#[test]
fn an_approval_by_a_post_whose_key_was_reported_stolen_cannot_be_told() {
    let story = story();
    let mut chain = story.chain.clone();
    let mut director = post(DIRECTOR, FINANCE);
    director.keys[0].ended = Some(chain::statement::Ended { how: chain::statement::Ending::Compromised, at: story.case.steps[4] });
    let line = chain.line("post", &director);
    chain.publish(&registered_by(&line, &[&registrar(2), &registrar(3)])).unwrap();
    assert_eq!(says(&chain.bundle(&[story.finance]), story.finance, Code::C6), cannot_tell("key-stolen"));
}

#[test]
fn nothing_new_is_published_on_a_step_whose_key_was_reported_stolen_from_there_or_before() {
    let robbed = |from: fn(&Case) -> u64| {
        let mut chain = founded();
        let paper = chain.paper(FINANCE, "The budget");
        let line = chain.line("disclosure", &paper);
        let mut case = Case::open(&mut chain, FINANCE);
        case.approve(&mut chain, &line);
        let mut director = post(DIRECTOR, FINANCE);
        director.keys[0].ended = Some(chain::statement::Ended { how: chain::statement::Ending::Compromised, at: from(&case) });
        let registered = chain.line("post", &director);
        chain.publish(&registered_by(&registered, &[&registrar(2), &registrar(3)])).unwrap();
        (chain.judge(&case.seal(&line)), case.steps[4])
    };
    let (answer, step) = robbed(|case| case.steps[4]);
    assert_eq!(answer, Err(Refusal::StolenStep(step)));
    let (answer, step) = robbed(|case| case.steps[0]);
    assert_eq!(answer, Err(Refusal::StolenStep(step)), "and not the step of another post");
    // Stolen after it had signed: what it signed before stands.
    assert_eq!(robbed(|case| case.steps[4] + 1).0, Ok(None));
}
