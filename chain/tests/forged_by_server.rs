//! A server that lies: it alters, withholds or invents evidence, and has none of the keys.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use chain::{
    Hash,
    check::{Answer, Code, Reader},
    evidence::{Bundle, Logged},
    note::KeyType,
    registry::{MapProof, Registry},
};
use common::{
    evidence::{HOLDS, cannot_tell, fails, logged, says},
    papers::*,
    story::*,
    *,
};

#[test]
fn a_flipped_byte_in_an_entry_fails_c2_inclusion_and_the_next_ones_link() {
    let story = story();
    let index = story.finance;
    let honest = story.chain.bundle(&[index, index + 1]);
    let length = story.chain.entries[index as usize].len();
    for place in (0..length).step_by(11) {
        let mut bundle = honest.clone();
        let mut bytes = logged(&mut bundle, index).entry.clone().into_bytes();
        bytes[place] ^= 1;
        let Ok(text) = String::from_utf8(bytes) else { continue };
        logged(&mut bundle, index).entry = text;
        assert_eq!(says(&bundle, index, Code::C2), fails("not-in-tree"), "byte {place}");
        assert_eq!(says(&bundle, index + 1, Code::C1), fails("link"), "byte {place}");
    }
}

#[test]
fn a_proof_of_another_place_fails_c2_inclusion() {
    let story = story();
    let index = story.finance;
    let honest = story.chain.bundle(&[index, index + 1]);
    let other_proof = honest.entries.iter().find(|logged| logged.index == index + 1).unwrap().proof.clone();
    let mut bundle = honest.clone();
    logged(&mut bundle, index).proof = other_proof;
    assert_eq!(says(&bundle, index, Code::C2), fails("not-in-tree"));
    for drop in 0..honest.entries[0].proof.len() {
        let mut bundle = honest.clone();
        logged(&mut bundle, index).proof.remove(drop);
        assert_eq!(says(&bundle, index, Code::C2), fails("not-in-tree"));
    }
}

#[test]
fn an_entry_shown_at_anothers_place_fails_c1_and_c2() {
    let story = story();
    let (here, there) = (story.health, story.finance);
    let mut bundle = story.chain.bundle(&[here, there]);
    let (one, other) = (story.chain.entries[here as usize].clone(), story.chain.entries[there as usize].clone());
    logged(&mut bundle, here).entry = other;
    logged(&mut bundle, there).entry = one;
    for index in [here, there] {
        assert_eq!(says(&bundle, index, Code::C1), fails("position"));
        assert_eq!(says(&bundle, index, Code::C2), fails("not-in-tree"));
    }
}

#[test]
fn two_entries_for_one_place_pass_for_neither() {
    let story = story();
    let index = story.finance;
    let honest = story.chain.bundle(&[index]);
    let forged = Logged { index, entry: story.chain.entries[index as usize].replace("\"en\"", "\"zh\""), proof: vec![] };
    for at in [0, honest.entries.len()] {
        let mut bundle = honest.clone();
        bundle.entries.insert(at, forged.clone());
        assert_eq!(says(&bundle, index, Code::C2), fails("not-in-tree"));
    }
    // A third time it is said does not mend it.
    let mut thrice = honest.clone();
    thrice.entries.insert(0, forged);
    thrice.entries.extend(honest.entries.clone());
    assert_eq!(says(&thrice, index, Code::C2), fails("not-in-tree"));
    // The same entry with a proof that is none says nothing against it.
    let unproved = Logged { index, entry: story.chain.entries[index as usize].clone(), proof: vec![] };
    for at in [0, honest.entries.len()] {
        let mut bundle = honest.clone();
        bundle.entries.insert(at, unproved.clone());
        assert_eq!(says(&bundle, index, Code::C2), HOLDS);
    }
    let mut twice = honest.clone();
    twice.entries.extend(honest.entries.clone());
    twice.lookups.extend(honest.lookups.clone());
    twice.entries.reverse();
    twice.lookups.reverse();
    assert!(
        Reader::open(&twice).unwrap().check(index).iter().all(|found| found.answer == Answer::Holds),
        "order and repetition say nothing"
    );
}

#[test]
fn a_checkpoint_by_another_key_or_altered_fails_c3() {
    let story = story();
    let honest = story.chain.bundle(&[story.health]);
    let by = |note: String| says(&Bundle { checkpoint: note, ..honest.clone() }, story.health, Code::C3);
    let checkpoint = story.chain.checkpoint_at(story.chain.size());
    assert_eq!(by(checkpoint.sign(&signer(ORIGIN))), HOLDS);
    assert_eq!(by(checkpoint.sign(&key_of(ORIGIN, KeyType::Ed25519, 1))), fails("other-key"));
    assert_eq!(by(checkpoint.sign(&registrar(1))), fails("other-key"));
    let forged = sealed_text(&checkpoint.text(), "another text\n");
    assert_eq!(by(forged), fails("signature"));
    let doubled = chain::note::sign(&checkpoint.text(), &[&signer(ORIGIN), &signer(ORIGIN)]);
    assert_eq!(by(doubled), fails("signature"));
    assert!(Reader::open(&Bundle { checkpoint: "nothing".into(), ..honest.clone() }).is_err());
    assert!(Reader::open(&Bundle { checkpoint: chain::note::sign("a\nb\n", &[&signer(ORIGIN)]), ..honest.clone() }).is_err());
    // An empty tree holds nothing, whoever signed it.
    let empty = chain::checkpoint::Checkpoint { origin: ORIGIN.into(), size: 0, root: chain::tree::EMPTY };
    assert_eq!(by(empty.sign(&signer(ORIGIN))), cannot_tell("no-charter"));
}

/// `text` with the log's signature over another text.
fn sealed_text(text: &str, signed: &str) -> String {
    let other = chain::note::sign(signed, &[&signer(ORIGIN)]);
    format!("{text}\n{}", other.rsplit_once("\n\n").unwrap().1)
}

#[test]
fn an_older_checkpoint_no_longer_covers_newer_entries() {
    let story = story();
    let mut bundle = story.chain.bundle(&[story.succeeded]);
    bundle.checkpoint = story.chain.checkpoint_at(story.succeeded).sign(&signer(ORIGIN));
    assert_eq!(says(&bundle, story.succeeded, Code::C2), fails("not-in-tree"));
}

#[test]
fn a_forged_registry_answer_fails_c5_or_leaves_it_unable_to_tell() {
    let story = story();
    let index = story.health;
    let honest = story.chain.bundle(&[index]);
    let root = story.chain.header(index).registry;
    let registry = &story.chain.registries[&root];
    let with = |proof: MapProof| {
        let mut bundle = honest.clone();
        bundle.lookups.iter_mut().find(|lookup| lookup.root == root && lookup.id == HEALTH).unwrap().proof = proof;
        says(&bundle, index, Code::C5)
    };
    assert_eq!(with(registry.prove(HEALTH)), HOLDS);
    assert_eq!(with(registry.prove(COUNCIL)), fails("registry-proof"), "another id's answer");
    let honest_proof = registry.prove(HEALTH);
    assert_eq!(with(MapProof { end: None, ..honest_proof.clone() }), fails("registry-proof"), "denied");
    let thief = honest_proof.end.map(|(key, _)| (key, story.chain.leaf(story.theft)));
    assert_eq!(with(MapProof { end: thief, ..honest_proof }), fails("registry-proof"), "another registration");
    let mut invented = Registry::default();
    invented.set(HEALTH, story.chain.leaf(4));
    assert_eq!(with(invented.prove(HEALTH)), fails("registry-proof"));
    // An answer about another id, or under another root, answers nothing.
    let mut bundle = honest.clone();
    bundle.lookups.retain(|lookup| lookup.root != root);
    assert_eq!(says(&bundle, index, Code::C5), cannot_tell("no-registry-proof"));
    bundle.lookups.push(chain::evidence::Lookup { root: invented.root(), id: HEALTH.into(), proof: invented.prove(HEALTH) });
    assert_eq!(says(&bundle, index, Code::C5), cannot_tell("no-registry-proof"));
}

#[test]
fn a_registration_altered_in_the_bundle_registers_nobody() {
    let story = story();
    let index = story.health;
    let honest = story.chain.bundle(&[index]);
    let thief = key_of(HEALTH, KeyType::Ed25519, 9);
    // Health's own registration, entry 4, with a thief's key in place of its own.
    let mut bundle = honest.clone();
    let forged = story.chain.entries[4].replace(&signer(HEALTH).vkey().to_string(), &thief.vkey().to_string());
    logged(&mut bundle, 4).entry = forged;
    assert_eq!(says(&bundle, index, Code::C5), cannot_tell("no-registry-proof"), "the registry leads to bytes that are not there");
    // Bytes that the registry leads to, without a place in the tree.
    let mut bundle = honest.clone();
    logged(&mut bundle, 4).proof.clear();
    assert_eq!(says(&bundle, index, Code::C5), fails("registry-proof"));
}

#[test]
fn a_charter_forged_in_the_bundle_decides_nothing() {
    let mut chain = founded();
    let paper = chain.paper(HEALTH, "On water");
    let index = chain.disclose(&paper);
    let honest = chain.bundle(&[index]);
    let mut bundle = honest.clone();
    let thief = key_of(ORIGIN, KeyType::Ed25519, 9);
    logged(&mut bundle, 0).entry = chain.entries[0].replace(&signer(ORIGIN).vkey().to_string(), &thief.vkey().to_string());
    bundle.checkpoint = chain.checkpoint_by(&thief);
    assert_eq!(says(&bundle, index, Code::C3), fails("charter-altered"));
    assert_eq!(says(&bundle, 0, Code::C2), fails("not-in-tree"));
    assert_eq!(Reader::open(&bundle).unwrap().identity(), None, "an entry 0 outside the tree is nobody's identity");
    // A whole invented chain holds in itself; its identity is another, and that is what memory is for.
    let mut invented = Chain::new();
    // The same origin and keys under another name: another chain all the same.
    invented.register("charter", &chain::statement::Charter { name: named("Another Gazette"), ..charter() });
    let bundle = invented.bundle(&[0]);
    let reader = Reader::open(&bundle).unwrap();
    assert_eq!(reader.signed().answer, Answer::Holds);
    let kept = chain::check::Memory { identity: chain.leaf(0), checkpoint: honest.checkpoint, seen: START };
    let found = chain::check::memory(Some(&kept), reader.identity(), reader.checkpoint(), chain::check::Consistency::Proof(&[]));
    assert_eq!((found.answer, found.reason), fails("other-chain"));
}

#[test]
fn a_neighbour_that_hashes_right_but_is_not_in_the_tree_fails_c1() {
    let story = story();
    let index = story.health;
    let mut bundle = story.chain.bundle(&[index]);
    logged(&mut bundle, index - 1).proof = vec![Hash::ZERO];
    assert_eq!(says(&bundle, index, Code::C1), fails("neighbour"));
}

#[test]
fn an_entry_that_a_source_was_asked_for_and_left_out_is_withheld() {
    let story = story();
    let index = story.finance;
    let whole = story.chain.bundle(&[index]);
    let without = |gone: u64| Bundle { entries: whole.entries.iter().filter(|e| e.index != gone).cloned().collect(), ..whole.clone() };
    let ask = |bundle: &Bundle, asked: &[u64]| {
        let reader = Reader::open(bundle).unwrap().asked(asked);
        [reader.link(index), reader.inclusion(index)].map(|found| (found.answer, found.reason))
    };
    assert_eq!(ask(&whole, &[index]), [HOLDS; 2]);
    assert_eq!(ask(&without(index), &[index]), [fails("withheld"); 2]);
    assert_eq!(ask(&without(index - 1), &[index]), [fails("neighbour-withheld"), HOLDS], "the one before it belongs to the answer");
    // Asked about something else, a source need not have it at hand.
    assert_eq!(ask(&without(index), &[index + 1]), [cannot_tell("no-entry"); 2]);
    assert_eq!(ask(&without(index - 1), &[index - 1]), [cannot_tell("no-neighbour"), HOLDS]);
    // What the signed tree does not have cannot be kept back, but nobody may show it as one of its entries.
    let size = story.chain.size();
    let reader = Reader::open(&whole).unwrap();
    let reader = reader.asked(std::slice::from_ref(&size));
    assert_eq!((reader.link(size).answer, reader.link(size).reason), cannot_tell("no-entry"));
    assert_eq!((reader.inclusion(size).answer, reader.inclusion(size).reason), fails("not-in-tree"));
}

#[test]
fn a_redaction_that_a_source_was_asked_for_and_left_out_excuses_nothing() {
    let story = story();
    let (index, by) = (story.redacted, story.redaction);
    let mut bundle = story.chain.bundle(&[index, by]);
    bundle.entries.retain(|entry| entry.index != by);
    let content = |asked: &[u64]| {
        let reader = Reader::open(&bundle).unwrap();
        let found = reader.asked(asked).content(index, &story.chain.contents, chain::check::Scope::Everything, &Default::default());
        (found.answer, found.reason)
    };
    assert_eq!(content(&[index]), cannot_tell("no-redaction-entry"));
    assert_eq!(content(&[index, by]), fails("no-redaction"));
}

#[test]
fn a_charter_altered_or_kept_back_fails_c3_and_one_that_was_not_asked_for_cannot_be_told() {
    let story = story();
    let index = story.health;
    let honest = story.chain.bundle(&[index]);
    let ask = |bundle: &Bundle, asked: &[u64]| {
        let found = Reader::open(bundle).unwrap().asked(asked).signed();
        (found.answer, found.reason)
    };
    assert_eq!(ask(&honest, &[index]), HOLDS);
    let mut altered = honest.clone();
    logged(&mut altered, 0).entry = "nothing that could be read".into();
    assert_eq!(ask(&altered, &[index]), fails("charter-altered"));
    assert_eq!(ask(&altered, &[]), fails("charter-altered"), "other bytes are other bytes, whoever sent them");
    // The first charter, and the amendment that is in force.
    for gone in [0, story.amendment] {
        let without = Bundle { entries: honest.entries.iter().filter(|entry| entry.index != gone).cloned().collect(), ..honest.clone() };
        assert_eq!(ask(&without, &[index]), fails("charter-withheld"), "entry {gone}");
        assert_eq!(ask(&without, &[]), cannot_tell("no-charter"), "entry {gone}");
    }
    let mut amended = honest.clone();
    logged(&mut amended, story.amendment).entry.push(' ');
    assert_eq!(ask(&amended, &[index]), fails("charter-withheld"), "what the registry leads to is not there");
    // A tree whose own hashes are wrong says nothing of the charter.
    let mut broken = altered;
    let last = story.chain.size() - 1;
    logged(&mut broken, last).proof.clear();
    assert_eq!(ask(&broken, &[]), fails("charter"));
}

#[test]
fn lookups_and_steps_that_a_source_leaves_out_of_its_answer_are_withheld() {
    let story = story();
    let ask = |bundle: &Bundle, asked: &[u64], index: u64| {
        let reader = Reader::open(bundle).unwrap().asked(asked);
        [reader.seal(index), reader.approval(index)].map(|found| (found.answer, found.reason))
    };
    let no_rule = (Answer::NotApplicable, "no-rule");
    let last = story.chain.header(story.chain.size() - 1).registry;
    let without = |whole: &Bundle, gone: &dyn Fn(&chain::evidence::Lookup) -> bool| Bundle {
        lookups: whole.lookups.iter().filter(|lookup| !gone(lookup)).cloned().collect(),
        ..whole.clone()
    };
    // The newest lookup, which tells that the key was stolen.
    let stolen = story.stolen;
    let whole = story.chain.bundle(&[stolen]);
    let hushed = without(&whole, &|lookup| lookup.root == last && lookup.id == HEALTH);
    assert_eq!(ask(&whole, &[stolen], stolen), [cannot_tell("key-stolen"), no_rule]);
    assert_eq!(ask(&hushed, &[stolen], stolen), [fails("withheld"), no_rule]);
    assert_eq!(ask(&hushed, &[], stolen), [cannot_tell("no-newest-registry"), no_rule], "a capsule need not have it");
    // All of them, or the signer's, or the entry that one leads to.
    let finance = story.finance;
    let whole = story.chain.bundle(&[finance]);
    for gone in [without(&whole, &|_| true), without(&whole, &|lookup| lookup.id == FINANCE)] {
        assert_eq!(ask(&gone, &[finance], finance), [fails("withheld"); 2]);
        assert_eq!(ask(&gone, &[finance + 1], finance), [cannot_tell("no-registry-proof"); 2]);
    }
    let unregistered = Bundle { entries: whole.entries.iter().filter(|logged| logged.index != 2).cloned().collect(), ..whole.clone() };
    assert_eq!(ask(&unregistered, &[finance], finance), [fails("withheld"); 2]);
    // A step, and what registered the post that took one.
    let step = story.case.steps[1];
    let stepless = Bundle { entries: whole.entries.iter().filter(|logged| logged.index != step).cloned().collect(), ..whole.clone() };
    assert_eq!(ask(&stepless, &[finance], finance), [HOLDS, fails("withheld")]);
    assert_eq!(ask(&stepless, &[], finance), [HOLDS, cannot_tell("no-step")]);
    let postless = without(&whole, &|lookup| lookup.id == LAWYER_A);
    assert_eq!(ask(&postless, &[finance], finance), [HOLDS, fails("withheld")]);
    assert_eq!(ask(&postless, &[], finance), [HOLDS, cannot_tell("no-registry-proof")]);
    // The charter of a registration, the target of a status, and its owner.
    let charterless = without(&story.chain.bundle(&[story.theft]), &|lookup| lookup.id == ORIGIN);
    assert_eq!(ask(&charterless, &[story.theft], story.theft)[0], fails("withheld"));
    let status = story.council_status;
    let whole = story.chain.bundle(&[status]);
    let targetless = Bundle { entries: whole.entries.iter().filter(|logged| logged.index != finance).cloned().collect(), ..whole.clone() };
    assert_eq!(ask(&targetless, &[status], status)[0], fails("withheld"));
    let root = story.chain.header(status).registry;
    let ownerless = without(&whole, &|lookup| lookup.root == root && lookup.id == FINANCE);
    assert_eq!(ask(&ownerless, &[status], status)[0], fails("withheld"));
}

#[test]
fn an_answer_is_read_although_one_part_of_it_is_odd() {
    let mut chain = founded();
    let mut paper = chain.paper(HEALTH, "Odd");
    let odd = "{\"title\":\"a\u{ffff}\"}";
    paper.parts[0].commitment = chain.keep(odd);
    paper.parts[0].size = odd.len() as u64;
    let odd = chain.disclose(&paper);
    let paper = chain.paper(HEALTH, "Even");
    let even = chain.disclose(&paper);
    let mut travelled = serde_json::to_value(&chain.contents).unwrap();
    let body = chain.facts.versions[&odd].parts[1].to_string();
    travelled[&body] = serde_json::json!({"text": {"salt": 7}});
    let contents = chain::evidence::read_contents(&travelled.to_string()).unwrap();
    let bundle = chain.bundle(&[odd, even]);
    let bundle = chain::evidence::read_bundle(&serde_json::to_string(&bundle).unwrap()).unwrap();
    let reader = Reader::open(&bundle).unwrap();
    let ask = |index, scope| {
        let found = reader.content(index, &contents, scope, &Default::default());
        (found.answer, found.reason)
    };
    assert_eq!(ask(odd, chain::check::Scope::Catalogue), fails("catalogue-unreadable"));
    assert_eq!(ask(even, chain::check::Scope::Everything), HOLDS);
    assert_eq!(contents[&body], chain::evidence::Content::Missing, "what is given in no known way is not given");
    assert!(chain::evidence::read_contents("[]").is_err());
    assert!(chain::evidence::read_bundle("{}").is_err());
}
