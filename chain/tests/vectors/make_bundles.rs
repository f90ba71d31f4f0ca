//! Writes the vectors of the checks C1 to C6: evidence, good and bad.

use super::{
    common::{evidence::logged, papers::*, story::*, *},
    make_contents,
};
use chain::{
    check::Reader,
    entry::Header,
    evidence::{Bundle, Logged},
    note::{KeyType, sign},
    statement::{StatusKind, core_line, text},
};
use serde_json::{Value, json};

fn findings(bundle: &Bundle, index: u64, asked: &[u64]) -> Vec<Value> {
    let reader = Reader::open(bundle).unwrap().asked(asked);
    reader.check(index).iter().map(|found| json!({"code": found.code, "answer": found.answer, "reason": found.reason})).collect()
}

/// A case's name, the entry it is about, and the bundle.
type Case = (&'static str, u64, Bundle);

pub fn bundles(story: &Story) -> Value {
    let honest = |index: u64| story.chain.bundle(&[index]);
    let mut cases: Vec<Case> = vec![
        ("entry 0", 0, honest(0)),
        ("a copy sealed by the archive", story.copy, honest(story.copy)),
        ("a disclosure approved by five steps", story.finance, honest(story.finance)),
        ("a status by an overseer", story.council_status, honest(story.council_status)),
        ("sealed with a key later reported stolen", story.stolen, honest(story.stolen)),
        ("a charter's amendment", story.amendment, honest(story.amendment)),
    ];
    let mut change = |case, index, edit: &dyn Fn(&mut Bundle)| {
        let mut bundle = honest(index);
        edit(&mut bundle);
        cases.push((case, index, bundle));
    };
    let index = story.health;
    change("a byte of the entry flipped", index, &|b| {
        let entry = logged(b, index).entry.replace("\"en\"", "\"eo\"");
        logged(b, index).entry = entry;
    });
    change("a hash of the proof dropped", index, &|b| {
        logged(b, index).proof.pop();
    });
    change("the neighbour withheld", index, &|b| b.entries.retain(|logged| logged.index != index - 1));
    change("a checkpoint by another key", index, &|b| b.checkpoint = story.chain.checkpoint_by(&key_of(ORIGIN, KeyType::Ed25519, 1)));
    change("no cosignatures", index, &|b| b.checkpoint = story.chain.checkpoint_at(story.chain.size()).sign(&signer(ORIGIN)));
    change("all registry answers withheld", index, &|b| b.lookups.clear());
    change("a registry answer denied", index, &|b| b.lookups.iter_mut().filter(|l| l.id == HEALTH).for_each(|l| l.proof.end = None));
    let mut force = |case, note: String| {
        let mut lying = story.chain.clone();
        let index = lying.force(&note);
        cases.push((case, index, lying.bundle(&[index])));
    };
    let mut chain = story.chain.clone();
    let paper = chain.paper(COUNCIL, "Taken by a log that lies");
    let line = chain.line("disclosure", &paper);
    force("sealed by a key never registered", sealed(&line, None, &key_of(COUNCIL, KeyType::Ed25519, 9)));
    force("sealed by another agency", sealed(&line, None, &signer(ARCHIVE)));
    force("replayed from another chain", sign(&text("other.example/log", &line, None), &[&signer(COUNCIL)]));
    let status = chain.status(COUNCIL, story.copy, StatusKind::Annulled);
    let line = chain.line("status", &status);
    force("a status by a body without say", sealed(&line, None, &signer(COUNCIL)));
    let line = chain.line("agency", &agency("example.gov/parks"));
    force("registered by strangers", registered_by(&line, &[&registrar(8), &registrar(9)]));
    let paper = chain.paper(FINANCE, "Without approval");
    let line = chain.line("disclosure", &paper);
    force("published without its approval", sealed(&line, None, &signer(FINANCE)));
    force("published on another paper's approval", story.case.seal(&line));
    let mut own = charter();
    own.registrars.keys = vec![registrar(8).vkey().clone(), registrar(9).vkey().clone()];
    let line = chain.line("charter", &own);
    let mut lying = story.chain.clone();
    let header = Header { index: 0, ..lying.state.next_header(lying.clock) };
    let index = lying.force_under(&header, &registered_by(&line, &[&registrar(8), &registrar(9)]));
    cases.push(("a second first charter that claims place 0", index, lying.bundle(&[index])));
    cases.extend(altered(story));
    cases.extend(lied(story));
    let case = |(case, index, bundle): &Case, asked: &[u64]| {
        let mut value = json!({"case": case, "index": index, "findings": findings(bundle, *index, asked), "bundle": bundle});
        if !asked.is_empty() {
            value["asked"] = json!(asked);
        }
        value
    };
    let mut written: Vec<Value> = cases.iter().map(|one| case(one, &[])).collect();
    written.extend(withheld(story).iter().map(|one| case(one, &[one.1])));
    json!({"bundles": written, "contents": make_contents::content_cases(story)})
}

/// What a server alters or leaves out on its own.
fn altered(story: &Story) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut change = |case, index, edit: &dyn Fn(&mut Bundle)| {
        let mut bundle = story.chain.bundle(&[index]);
        edit(&mut bundle);
        cases.push((case, index, bundle));
    };
    let index = story.health;
    let (last, log) = (story.chain.size() - 1, signer(ORIGIN));
    let checkpoint = story.chain.checkpoint_at(last + 1);
    change("a header that is not canonical", index, &|b| logged(b, index).entry.replace_range(..1, "G"));
    change("the entry itself left out", index, &|b| b.entries.retain(|logged| logged.index != index));
    change("a neighbour that is not in the tree", index, &|b| logged(b, index - 1).proof = vec![chain::Hash::ZERO]);
    change("the same entry again, with a proof that is none", index, &|b| {
        let again = Logged { proof: vec![], ..logged(b, index).clone() };
        b.entries.insert(0, again);
    });
    change("a second entry for the same place", index, &|b| {
        let other = Logged { index, entry: story.chain.entries[index as usize].replace("\"en\"", "\"eo\""), proof: vec![] };
        b.entries.push(other);
    });
    change("a checkpoint with the signature of another text", index, &|b| {
        let other = sign("another text\n", &[&log]);
        b.checkpoint = format!("{}\n{}", checkpoint.text(), other.rsplit_once("\n\n").unwrap().1);
    });
    change("another charter in place of entry 0", index, &|b| logged(b, 0).entry = "nothing that could be read".into());
    change("a cosignature of another text", index, &|b| {
        b.checkpoint = checkpoint.sign(&log) + &chain::cosignature::sign(&witness(2), 9, "another text\n");
    });
    change("the newest registry left out", index, &|b| {
        let root = story.chain.header(last).registry;
        b.lookups.retain(|lookup| lookup.root != root || lookup.id != HEALTH);
    });
    change("the target left out", story.council_status, &|b| b.entries.retain(|logged| logged.index != story.finance));
    change("a step left out", story.finance, &|b| b.entries.retain(|logged| logged.index != story.case.steps[1]));
    change("a step that is not in the tree", story.finance, &|b| logged(b, story.case.steps[1]).proof.clear());
    cases
}

/// What a source leaves out of its answer to a question about the entry.
fn withheld(story: &Story) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut change = |case, index, edit: &dyn Fn(&mut Bundle)| {
        let mut bundle = story.chain.bundle(&[index]);
        edit(&mut bundle);
        cases.push((case, index, bundle));
    };
    let index = story.health;
    let last = story.chain.header(story.chain.size() - 1).registry;
    change("asked: all there", index, &|_| ());
    change("asked: the entry left out", index, &|b| b.entries.retain(|logged| logged.index != index));
    change("asked: the neighbour left out", index, &|b| b.entries.retain(|logged| logged.index != index - 1));
    change("asked: entry 0 left out", index, &|b| b.entries.retain(|logged| logged.index != 0));
    change("asked: the newest registry left out", story.stolen, &|b| b.lookups.retain(|l| l.root != last || l.id != HEALTH));
    change("asked: all registry answers left out", index, &|b| b.lookups.clear());
    change("asked: the target left out", story.council_status, &|b| b.entries.retain(|logged| logged.index != story.finance));
    change("asked: a step left out", story.finance, &|b| b.entries.retain(|logged| logged.index != story.case.steps[1]));
    change("asked: a post's registration left out", story.finance, &|b| b.lookups.retain(|lookup| lookup.id != LAWYER_A));
    cases
}

/// What a log takes that it should not, or writes down wrongly.
fn lied(story: &Story) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut chain = founded();
    let paper = chain.paper(HEALTH, "Taken by a log that lies");
    let line = chain.line("disclosure", &paper);
    let note = sealed(&line, None, &signer(HEALTH));
    let right = chain.state.next_header(chain.clock + 1000);
    for (case, header) in [
        ("linked to another entry", Header { previous: chain.leaf(3), ..right }),
        ("earlier than the entry before it", Header { time: chain.clock - 1, ..right }),
        ("under an older registry", Header { registry: chain.header(3).registry, ..right }),
        ("at a place that is not its own", Header { index: right.index + 1, ..right }),
    ] {
        let mut lying = chain.clone();
        let index = lying.force_under(&header, &note);
        cases.push((case, index, lying.bundle(&[index])));
    }
    let (mut lying, mut two) = (chain.clone(), paper.clone());
    lying.force(&note);
    two.parts[1].commitment = lying.keep("Another text.");
    let line_after = lying.line("disclosure", &two);
    let after = Header { registry: chain.header(3).registry, ..lying.state.next_header(lying.clock + 1000) };
    let index = lying.force_under(&after, &sealed(&line_after, None, &signer(HEALTH)));
    cases.push(("under another registry than nothing changed", index, lying.bundle(&[index])));
    let nobody = line.replace(HEALTH, "example.gov/nobody");
    let mut dropped = agency(HEALTH);
    dropped.seals = vec![seal_key(&key_of(HEALTH, KeyType::Ed25519, 1), None)];
    let mut force = |case, notes: &[String]| {
        let mut lying = chain.clone();
        let indexes: Vec<u64> = notes.iter().map(|note| lying.force(note)).collect();
        cases.push((case, indexes[0], lying.bundle(&indexes[..1])));
    };
    let registration = sealed(&line, None, &signer(HEALTH));
    force("no statement at all", &["no statement at all".into()]);
    force("sealed by nobody registered", &[sealed(&nobody, None, &signer("example.gov/nobody"))]);
    force("with two signatures", &[sign(&text(ORIGIN, &line, None), &[&signer(HEALTH), &signer(COUNCIL)])]);
    let status = json!({"type": "status", "id": "0".repeat(32), "agency": HEALTH, "target": chain.at(0), "kind": "lapsed", "ground": "g"});
    force("a status of what is no disclosure", &[sealed(&status.to_string(), None, &signer(HEALTH))]);
    let ahead = json!({"index": right.index + 5, "leaf": chain.leaf(0)});
    let status = json!({"type": "status", "id": "0".repeat(32), "agency": HEALTH, "target": ahead, "kind": "lapsed", "ground": "g"});
    force("a status of what is still to come", &[sealed(&status.to_string(), None, &signer(HEALTH))]);
    let drop_line = core_line("agency", &"1".repeat(32), &dropped).unwrap();
    force("sealed with a key that its agency's next registration drops", &[registration, registered(&drop_line)]);
    // Approval.
    let paper = chain.paper(FINANCE, "The budget");
    let line = chain.line("disclosure", &paper);
    let mut whole = super::common::papers::Case::open(&mut chain, FINANCE);
    let mut overridden = whole.clone();
    let mut other = chain.clone();
    whole.approve(&mut chain, &line);
    let index = chain.force(&whole.seal(&line));
    cases.push(("approved in every step", index, chain.bundle(&[index])));
    for (case, place, step) in [("approved by what is no step", 4, 0), ("approved by what comes afterwards", 4, index + 1)] {
        let (mut lying, mut named) = (chain.clone(), whole.clone());
        named.steps[place] = step;
        let index = lying.force(&named.seal(&line));
        cases.push((case, index, lying.bundle(&[index])));
    }
    overridden.take(&mut other, CLERK, "draft", "approve", &line).take(&mut other, CONTROLLER, "budget", "approve", &line);
    overridden.take(&mut other, MINISTER, "legal", "override", &line).take(&mut other, DIRECTOR, "sign", "approve", &line);
    let index = other.publish(&overridden.seal(&line)).unwrap();
    cases.push(("approved by override", index, other.bundle(&[index])));
    let mut stranger = other.clone();
    let (note, opening) = overridden.step(&mut stranger, DIRECTOR, "sign", "approve", &line);
    overridden.steps.push(stranger.force(&sealed(note.lines().nth(1).unwrap(), None, &key_of(DIRECTOR, KeyType::Ed25519, 9))));
    overridden.opening.push(opening);
    let index = stranger.force(&overridden.seal(&line));
    cases.push(("approved by a step that the post did not sign", index, stranger.bundle(&[index])));
    // Charters.
    let mut alone = Chain::new();
    alone.register("charter", &chain::statement::Charter { policy: "quorum none\n".into(), ..charter() });
    cases.push(("a charter that asks for no witness", 0, alone.bundle(&[0])));
    let mut usurped = story.chain.clone();
    let mut own = charter();
    own.amends = Some(usurped.at(story.amendment));
    own.registrars.keys = vec![registrar(8).vkey().clone(), registrar(9).vkey().clone()];
    let line = usurped.line("charter", &own);
    let index = usurped.force(&registered_by(&line, &[&registrar(8), &registrar(9)]));
    cases.push(("a charter amended by those it appoints", index, usurped.bundle(&[index])));
    cases
}
