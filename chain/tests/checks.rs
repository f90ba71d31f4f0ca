//! Every entry of an honest chain, seen through evidence alone: each check answers as it should.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use chain::{
    check::{Answer, Code, Consistency, Finding, Memory, Reader, Scope, Shown, memory, outcome},
    checkpoint::Checkpoint,
    evidence::{Bundle, Content},
    policy::Policy,
    tree::prove_consistency,
};
use common::{
    evidence::{HOLDS, cannot_tell, fails, finding, logged, says},
    papers::*,
    story::*,
    *,
};

#[test]
fn every_entry_of_an_honest_chain_holds() {
    let story = story();
    for index in 0..story.chain.size() {
        let bundle = story.chain.bundle(&[index]);
        for code in [Code::C1, Code::C2, Code::C3, Code::C4] {
            assert_eq!(says(&bundle, index, code), HOLDS, "{} of entry {index}", code.as_str());
        }
        let seal = if index == story.stolen { cannot_tell("key-stolen") } else { HOLDS };
        assert_eq!(says(&bundle, index, Code::C5), seal, "entry {index}");
        let approval = match index {
            _ if [story.finance, story.finance_status].contains(&index) => HOLDS,
            _ if index == story.copy || index >= story.health && !story.case.steps.contains(&index) && !registers(&story, index) => {
                if step(&story, index) { (Answer::NotApplicable, "not-approved-kind") } else { (Answer::NotApplicable, "no-rule") }
            }
            _ => (Answer::NotApplicable, "not-approved-kind"),
        };
        assert_eq!(says(&bundle, index, Code::C6), approval, "entry {index}");
    }
    let everything: Vec<u64> = (0..story.chain.size()).collect();
    let bundle = story.chain.bundle(&everything);
    let travelled: Bundle = chain::evidence::read_bundle(&serde_json::to_string(&bundle).unwrap()).unwrap();
    assert_eq!(travelled, bundle);
    let reader = Reader::open(&travelled).unwrap();
    for index in everything {
        let (answer, code) = outcome(&reader.check(index));
        let expected = if index == story.stolen { (Answer::CannotTell, Some(Code::C5)) } else { (Answer::Holds, None) };
        assert_eq!((answer, code), expected, "entry {index}");
    }
}

fn registers(story: &Story, index: u64) -> bool {
    [story.theft, story.amendment].contains(&index)
}

fn step(story: &Story, index: u64) -> bool {
    story.chain.facts.steps.contains_key(&index)
}

#[test]
fn a_reader_tells_identity_time_and_who_sealed() {
    let story = story();
    let bundle = story.chain.bundle(&[story.copy]);
    let reader = Reader::open(&bundle).unwrap();
    assert_eq!(reader.identity(), Some(story.chain.leaf(0)));
    assert_eq!(reader.time(story.copy), Some(story.chain.header(story.copy).time));
    assert!(reader.sealing_agency(story.copy).unwrap().archive, "the page must say that it is a copy");
    assert_eq!(reader.text(story.copy), Some(story.chain.entries[story.copy as usize].as_str()));
    assert_eq!(reader.checkpoint().size, story.chain.size());
}

#[test]
fn evidence_that_is_not_there_leaves_a_check_unable_to_tell() {
    let story = story();
    let index = story.finance;
    let whole = story.chain.bundle(&[index]);
    let without = |gone: u64| Bundle { entries: whole.entries.iter().filter(|e| e.index != gone).cloned().collect(), ..whole.clone() };
    let nothing = Bundle { entries: vec![], ..whole.clone() };
    for code in [Code::C1, Code::C2, Code::C5, Code::C6] {
        assert_eq!(says(&nothing, index, code), cannot_tell("no-entry"));
    }
    for code in [Code::C3, Code::C4] {
        assert_eq!(says(&nothing, index, code), cannot_tell("no-charter"));
        assert_eq!(says(&without(0), index, code), cannot_tell("no-charter"), "entry 0 is where every charter is followed back to");
    }
    assert_eq!(says(&without(index - 1), index, Code::C1), cannot_tell("no-neighbour"));
    assert_eq!(says(&without(story.chain.size() - 1), index, Code::C5), cannot_tell("no-newest-registry"));
    assert_eq!(says(&without(story.case.steps[1]), index, Code::C6), cannot_tell("no-step"));
    let no_lookups = Bundle { lookups: vec![], ..whole.clone() };
    assert_eq!(says(&no_lookups, index, Code::C5), cannot_tell("no-registry-proof"));
    assert_eq!(says(&no_lookups, index, Code::C6), cannot_tell("no-registry-proof"));
    assert_eq!(says(&story.chain.bundle(&[0]), 1, Code::C5), cannot_tell("no-entry"));
    let status = story.chain.bundle(&[story.council_status]);
    let no_target = Bundle { entries: status.entries.iter().filter(|e| e.index != story.finance).cloned().collect(), ..status.clone() };
    assert_eq!(says(&no_target, story.council_status, Code::C5), cannot_tell("no-target"));
    let root = story.chain.header(story.council_status).registry;
    let no_owner = Bundle { lookups: status.lookups.iter().filter(|l| l.root != root || l.id != FINANCE).cloned().collect(), ..status };
    assert_eq!(says(&no_owner, story.council_status, Code::C5), cannot_tell("no-registry-proof"));
    let charterless = Bundle { lookups: whole.lookups.iter().filter(|l| l.id != ORIGIN).cloned().collect(), ..whole };
    assert_eq!(says(&charterless, 0, Code::C5), HOLDS, "entry 0 is signed by its own registrars");
    assert_eq!(says(&charterless, index, Code::C5), cannot_tell("no-registry-proof"));
}

#[test]
fn a_registration_whose_charter_is_not_at_hand_cannot_be_told() {
    let story = story();
    let mut bundle = story.chain.bundle(&[story.theft]);
    bundle.lookups.retain(|lookup| lookup.root != story.chain.header(story.theft).registry);
    assert_eq!(says(&bundle, story.theft, Code::C5), cannot_tell("no-charter"));
}

#[test]
fn c4_waits_for_a_quorum_and_names_who_saw() {
    let story = story();
    let mut bundle = story.chain.bundle(&[0]);
    let found = finding(&bundle, 0, Code::C4);
    assert_eq!(found.values.iter().filter(|(name, _)| *name == "seen-by").count(), 2);
    assert!(found.values.contains(&("seen-by", format!("w1 {}", chain::time::format_time((START / 1000 + 60) * 1000).unwrap()))));
    let (signed, _) = bundle.checkpoint.split_once("— witness").unwrap();
    let checkpoint = story.chain.checkpoint_at(story.chain.size());
    let one = chain::cosignature::sign(&witness(3), 9, &checkpoint.text());
    let forged = chain::cosignature::sign(&witness(2), 9, "another text\n");
    let (bare, one, forged) = (signed.to_owned(), format!("{signed}{one}"), format!("{signed}{one}{forged}"));
    for (note, answer) in
        [(bare, (Answer::Pending, "no-quorum-yet")), (one, (Answer::Pending, "no-quorum-yet")), (forged, fails("cosignature"))]
    {
        bundle.checkpoint = note;
        assert_eq!(says(&bundle, 0, Code::C4), answer);
    }
    let reader = Reader::open(&bundle).unwrap();
    let none = reader.witnesses_of(&Policy::parse("quorum none\n").unwrap());
    assert_eq!((none.answer, none.reason), (Answer::NotApplicable, "no-outside-witness"));
    let mine = Policy::parse(&format!("witness mine {}\nquorum mine\n", witness(3).vkey())).unwrap();
    assert_eq!(reader.witnesses_of(&mine).answer, Answer::Holds, "by a list of my own");
}

fn content(story: &Story, index: u64, contents: &chain::evidence::Contents, scope: Scope, shown: &[(&str, &str)]) -> Finding {
    let mut indexes = vec![index];
    indexes.extend(contents.values().filter_map(|content| if let Content::Redacted { by } = content { Some(*by) } else { None }));
    let bundle = story.chain.bundle(&indexes);
    let facts = shown.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    Reader::open(&bundle).unwrap().content(index, contents, scope, &Shown { facts, ..Shown::default() })
}

#[test]
fn c7_holds_when_parts_match_and_what_is_shown_is_what_they_say() {
    let story = story();
    let contents = story.chain.contents.clone();
    let shown = [("title", "The budget"), ("document_number", "No. 7"), ("keywords", "roads")];
    let found = content(&story, story.finance, &contents, Scope::Everything, &shown);
    assert_eq!((found.answer, found.reason), HOLDS);
    assert!(found.values.contains(&("parts", "2".into())));
    let list = content(&story, story.finance, &contents, Scope::Catalogue, &shown[..1]);
    assert_eq!(list.values[0], ("parts", "1".into()));
    for index in [0, story.finance_status, story.case.steps[0], story.redaction] {
        let found = content(&story, index, &contents, Scope::Everything, &[]);
        assert_eq!((found.answer, found.reason), (Answer::NotApplicable, "no-parts"));
    }
}

#[test]
fn c7_compares_a_stated_agency_and_a_genre_with_the_statement_itself() {
    let story = story();
    let ask = |shown: (&str, &str)| {
        let found = content(&story, story.copy, &story.chain.contents, Scope::Catalogue, &[shown]);
        (found.answer, found.reason)
    };
    assert_eq!(ask(("stated_agency", "Ministry of Roads")), HOLDS);
    assert_eq!(ask(("genre", "notice")), HOLDS);
    assert_eq!(ask(("stated_agency", "Ministry of Finance")), fails("shown-differs"));
    assert_eq!(ask(("genre", "order")), fails("shown-differs"));
}

#[test]
fn c7_fails_on_a_title_that_is_not_the_catalogues() {
    let story = story();
    let contents = story.chain.contents.clone();
    for shown in [
        [("title", "The budget ")],
        [("title", "The b\u{202e}udget")],
        [("title", "The b\u{200b}udget")],
        [("title", "")],
        [("issued", "2026-11-20")],
        [("keywords", "secret")],
        [("colour", "The budget")],
        [("subjects", "")],
    ] {
        let found = content(&story, story.finance, &contents, Scope::Catalogue, &shown);
        assert_eq!((found.answer, found.reason), fails("shown-differs"), "{shown:?}");
    }
}

#[test]
fn c7_fails_on_content_that_is_altered_or_missing_without_a_redaction() {
    let story = story();
    let parts = story.chain.facts.versions[&story.finance].parts.clone();
    let ask = |change: &dyn Fn(&mut chain::evidence::Contents)| {
        let mut contents = story.chain.contents.clone();
        change(&mut contents);
        let found = content(&story, story.finance, &contents, Scope::Everything, &[]);
        (found.answer, found.reason)
    };
    let body = parts[1].to_string();
    let (salt, text) = match &story.chain.contents[&body] {
        Content::Text { salt, text } => (salt.clone(), text.clone()),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        ask(&|c| drop(c.insert(body.clone(), Content::Text { salt: salt.clone(), text: text.replace('t', "T") }))),
        fails("bytes-differ")
    );
    assert_eq!(ask(&|c| drop(c.insert(body.clone(), Content::Text { salt: "00".repeat(16), text: text.clone() }))), fails("bytes-differ"));
    assert_eq!(
        ask(&|c| drop(c.insert(body.clone(), Content::Text { salt: salt.to_uppercase(), text: text.clone() }))),
        fails("bytes-differ")
    );
    let bytes = text.clone().into_bytes();
    assert_eq!(
        ask(&|c| drop(c.insert(body.clone(), Content::Bytes { salt: chain::part::parse_salt(&salt).unwrap(), bytes: bytes.clone() }))),
        HOLDS
    );
    assert_eq!(ask(&|c| drop(c.insert(body.clone(), Content::Missing))), fails("missing"));
    assert_eq!(ask(&|c| drop(c.remove(&body))), cannot_tell("not-fetched"));
    let mut half = story.chain.contents.clone();
    half.remove(&body);
    let found = content(&story, story.finance, &half, Scope::Everything, &[("title", "Another")]);
    assert_eq!((found.answer, found.reason), fails("shown-differs"), "nor what is shown wrongly");
    let hidden = |c: &mut chain::evidence::Contents| {
        c.remove(&parts[0].to_string());
        c.insert(body.clone(), Content::Missing);
    };
    assert_eq!(ask(&hidden), fails("missing"), "what is withheld does not hide what is missing");
    assert_eq!(ask(&|c| drop(c.insert(body.clone(), Content::Redacted { by: 999 }))), fails("no-redaction"), "beyond the signed tree");
    for by in [0, story.redaction, story.finance_status, story.finance] {
        assert_eq!(ask(&|c| drop(c.insert(body.clone(), Content::Redacted { by }))), fails("no-redaction"), "by {by}");
    }
    // Another part's bytes, correctly salted, are not this part's.
    let other = story.chain.contents[&parts[0].to_string()].clone();
    assert_eq!(ask(&|c| drop(c.insert(body.clone(), other.clone()))), fails("bytes-differ"));
    let nobody =
        Reader::open(&story.chain.bundle(&[0])).unwrap().content(story.finance, &Default::default(), Scope::Everything, &Shown::default());
    assert_eq!((nobody.answer, nobody.reason), cannot_tell("no-entry"));
}

#[test]
fn c7_fails_on_a_title_shown_for_a_redacted_catalogue_also_while_the_body_is_not_at_hand() {
    let mut chain = founded();
    let paper = chain.paper(HEALTH, "On a patient");
    let index = chain.disclose(&paper);
    let redaction = chain.redaction(HEALTH, index, vec![paper.parts[0].commitment]);
    let line = chain.line("redaction", &redaction);
    let by = chain.publish(&sealed(&line, None, &signer(HEALTH))).unwrap();
    chain.contents.insert(paper.parts[0].commitment.to_string(), Content::Redacted { by });
    let bundle = chain.bundle(&[index, by]);
    let reader = Reader::open(&bundle).unwrap();
    let shown = Shown { facts: vec![("title".into(), "A forged title".into())], ..Shown::default() };
    let ask = |contents: &chain::evidence::Contents| {
        let found = reader.content(index, contents, Scope::Everything, &shown);
        (found.answer, found.reason)
    };
    assert_eq!(ask(&chain.contents), fails("shown-differs"));
    let mut bodyless = chain.contents.clone();
    bodyless.remove(&paper.parts[1].commitment.to_string());
    assert_eq!(ask(&bodyless), fails("shown-differs"));
    bodyless.remove(&paper.parts[0].commitment.to_string());
    assert_eq!(ask(&bodyless), cannot_tell("not-fetched"), "nobody knows that it is redacted");
}

#[test]
fn c7_accepts_a_logged_redaction_by_the_owner_or_its_later_successor() {
    let story = story();
    for (index, by) in [(story.redacted, story.redaction), (story.before_theft, story.successor_redaction)] {
        let found = content(&story, index, &story.chain.contents, Scope::Everything, &[]);
        assert_eq!((found.answer, found.reason), (Answer::Holds, "redacted"));
        assert!(found.values.contains(&("by", by.to_string())));
    }
}

#[test]
fn c7_fails_on_a_catalogue_that_does_not_read_or_has_another_size_than_stated() {
    let mut chain = founded();
    let mut paper = chain.paper(HEALTH, "Odd");
    let odd = r#"{"title":"a","title":"b"}"#;
    paper.parts[0].commitment = chain.keep(odd);
    paper.parts[0].size = odd.len() as u64;
    let unreadable = chain.disclose(&paper);
    let mut paper = chain.paper(HEALTH, "Wrong size");
    paper.parts[1].size += 1;
    let sized = chain.disclose(&paper);
    let bundle = chain.bundle(&[unreadable, sized]);
    let reader = Reader::open(&bundle).unwrap();
    let ask = |index| {
        let found = reader.content(index, &chain.contents, Scope::Everything, &Shown::default());
        (found.answer, found.reason)
    };
    assert_eq!(ask(unreadable), fails("catalogue-unreadable"));
    assert_eq!(ask(sized), fails("bytes-differ"));
}

#[test]
fn c8_compares_with_what_this_reader_saw_before() {
    let story = story();
    let chain = &story.chain;
    let size = chain.size();
    let (old, now) = (chain.checkpoint_at(7), chain.checkpoint_at(size));
    let identity = Some(chain.leaf(0));
    let kept = Memory { identity: chain.leaf(0), checkpoint: old.sign(&signer(ORIGIN)), seen: START };
    let proof = prove_consistency(&chain.nodes, 7, size).unwrap();
    let ask = |kept: &Memory, identity, now: &Checkpoint, proof: Option<&[chain::Hash]>| {
        let found = memory(Some(kept), identity, now, proof.map_or(Consistency::Unknown, Consistency::Proof));
        assert_eq!(found.code, Code::C8);
        (found.answer, found.reason)
    };
    let first = memory(None, identity, &now, Consistency::Withheld);
    assert_eq!((first.answer, first.reason), (Answer::NotApplicable, "first-visit"));
    assert_eq!(ask(&kept, identity, &now, Some(&proof)), HOLDS);
    assert_eq!(ask(&kept, identity, &old, None), HOLDS, "nothing new since");
    assert_eq!(ask(&kept, identity, &now, None), cannot_tell("no-consistency-proof"));
    let hidden = memory(Some(&kept), identity, &now, Consistency::Withheld);
    assert_eq!((hidden.answer, hidden.reason), fails("withheld"), "a source that signed for more must show how it grew");
    let unchanged = memory(Some(&kept), identity, &old, Consistency::Withheld);
    assert_eq!((unchanged.answer, unchanged.reason), HOLDS, "where nothing grew there is nothing to show");
    assert_eq!(ask(&kept, None, &now, Some(&proof)), cannot_tell("no-charter"));
    let (rolled, newer) = (chain.checkpoint_at(6), Memory { checkpoint: old.sign(&signer(ORIGIN)), ..kept.clone() });
    assert_eq!(ask(&newer, identity, &rolled, None), fails("rolled-back"));
    let forked = Checkpoint { root: chain.leaf(1), ..now.clone() };
    assert_eq!(ask(&kept, identity, &forked, Some(&proof)), fails("forked"));
    let same_size = Checkpoint { root: chain.leaf(1), ..old.clone() };
    assert_eq!(ask(&kept, identity, &same_size, None), fails("forked"), "two trees of one size");
    assert_eq!(ask(&kept, identity, &now, Some(&proof[1..])), fails("forked"));
    assert_eq!(ask(&kept, Some(chain.leaf(1)), &now, Some(&proof)), fails("other-chain"));
    let renamed = Checkpoint { origin: "other.example/log".into(), ..now.clone() };
    assert_eq!(ask(&kept, identity, &renamed, Some(&proof)), fails("other-chain"));
    let torn = Memory { checkpoint: "torn".into(), ..kept };
    assert_eq!(ask(&torn, identity, &now, Some(&proof)), cannot_tell("memory-unreadable"));
}

#[test]
fn outcome_is_the_worst_that_was_found_and_where() {
    let story = story();
    let mut bundle = story.chain.bundle(&[story.stolen]);
    let (signed, _) = bundle.checkpoint.split_once("— witness").unwrap();
    bundle.checkpoint = signed.to_owned();
    assert_eq!(outcome(&Reader::open(&bundle).unwrap().check(story.stolen)), (Answer::CannotTell, Some(Code::C5)));
    assert_eq!(outcome(&Reader::open(&bundle).unwrap().check(0)), (Answer::Pending, Some(Code::C4)));
    logged(&mut bundle, story.stolen).proof.clear();
    assert_eq!(outcome(&Reader::open(&bundle).unwrap().check(story.stolen)), (Answer::Fails, Some(Code::C2)));
    assert_eq!(outcome(&[]), (Answer::Holds, None));
}
