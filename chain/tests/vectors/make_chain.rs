//! Writes the vectors that are cut from the fictional chain: statements, the chain itself, admission, bundles.

use super::{
    common::{evidence::logged, papers::*, story::*, *},
    kinds,
};
use chain::{
    check::{Memory, Reader, Scope, Shown, memory},
    entry::Header,
    evidence::{Bundle, Content, Contents},
    note::{KeyType, sign},
    statement::{Reference, Statement, StatusKind, text},
    tree::prove_consistency,
};
use serde_json::{Value, json};

pub fn all() -> Vec<(&'static str, Value)> {
    let story = story();
    vec![
        ("statements.json", statements(&story)),
        ("chain.json", whole(&story)),
        ("admission.json", admission(&story)),
        ("bundles.json", bundles(&story)),
        ("memory.json", remembered(&story)),
    ]
}

fn note_at(chain: &Chain, index: u64) -> String {
    chain.entries[index as usize].split_once("\n\n").unwrap().1.to_owned()
}

fn statements(story: &Story) -> Value {
    let indexes = [0, 2, 5, story.case.steps[0], story.finance, story.health_status, story.redaction];
    let good: Vec<Value> = indexes
        .iter()
        .map(|index| {
            let note = note_at(&story.chain, *index);
            let statement = Statement::parse(note.as_bytes()).unwrap();
            let act = statement.act.is_some();
            json!({"type": statement.core.kind(), "id": statement.id, "origin": ORIGIN, "signer": statement.signer(), "act": act, "note": note})
        })
        .collect();
    let disclosure = note_at(&story.chain, story.health);
    let status = note_at(&story.chain, story.health_status);
    let (agency, charter) = (note_at(&story.chain, 2), note_at(&story.chain, 0));
    let swap = |note: &str, from: &str, to: &str| {
        assert!(note.contains(from), "{from}");
        note.replacen(from, to, 1)
    };
    let leaf = story.chain.leaf(story.health_second);
    // Signatures are not looked at when a statement is read, so these need none of their own.
    let bad = [
        "no note".to_owned(),
        swap(&disclosure, "gazette/v1/statement ", "gazette/v2/statement "),
        swap(&disclosure, ORIGIN, "Example.gov/log"),
        swap(&disclosure, "{\"type\"", " {\"type\""),
        swap(&disclosure, "\"disclosure\"", "\"heartbeat\""),
        swap(&disclosure, "\"type\":\"disclosure\",", ""),
        swap(&disclosure, "\"genre\":\"notice\",", ""),
        swap(&disclosure, "\"genre\":\"notice\"", "\"genre\":\"A Notice\""),
        swap(&disclosure, "\"genre\":\"notice\"", "\"genre\":\"notice\",\"genre\":\"notice\""),
        swap(&disclosure, "\"genre\":\"notice\"", "\"genre\":\"notice\",\"!new\":1"),
        swap(&disclosure, "2026-11-20", "2026-11-31"),
        swap(&disclosure, "\"role\":\"catalogue\"", "\"role\":\"body\""),
        swap(&disclosure, "\"role\":\"body\"", "\"role\":\"catalogue\""),
        swap(&disclosure, "text/markdown", "Text/Markdown"),
        swap(&disclosure, "sha256:", "SHA256:"),
        swap(&disclosure, "}\n\n", "}\n{}\n\n"),
        swap(&disclosure, "}\n\n", "}\n{}\n{}\n\n"),
        swap(&disclosure, "\"en\"", &format!("\"en\",\"padding\":\"{}\"", "x".repeat(16_384))),
        swap(&status, "\"repealed\"", "\"forgotten\""),
        swap(&status, "\"repealed\"", "{\"repealed\":null}"),
        swap(
            &status,
            &format!("{{\"index\":{},\"leaf\":\"{leaf}\"}}", story.health_second),
            &format!("[{},\"{leaf}\"]", story.health_second),
        ),
        swap(&agency, "\"portal\"", "\"cloud\""),
        swap(&agency, "\"count\":2", "\"count\":3"),
        swap(&agency, "\"after\":[\"draft\"]", "\"after\":[\"sign\"]"),
        swap(&agency, "}\n\n", "}\n{}\n\n"),
        swap(&charter, "\"threshold\":2", "\"threshold\":4"),
        swap(&charter, "quorum all-of-us", "quorum nobody"),
        swap(&charter, "\"from\":0", "\"from\":1"),
    ];
    let bad: Vec<Value> =
        bad.iter().map(|note| json!({"why": kinds::statement(&Statement::parse(note.as_bytes()).unwrap_err()), "note": note})).collect();
    json!({"good": good, "bad": bad})
}

fn whole(story: &Story) -> Value {
    let chain = &story.chain;
    let entries: Vec<Value> = (0..chain.size())
        .map(|index| json!({"leaf": chain.leaf(index), "registry": chain.header(index).registry, "entry": chain.entries[index as usize]}))
        .collect();
    let last = chain.size() - 1;
    let proof = chain::tree::prove_inclusion(&chain.nodes, story.finance, chain.size()).unwrap();
    json!({
        "origin": ORIGIN,
        "log": signer(ORIGIN).vkey(),
        "entries": entries,
        "registry_after": chain.state.registry().root(),
        "checkpoint": chain.checkpoint(),
        "contents": contents(&chain.contents),
        "proof_file": {"leaf": chain.leaf(story.finance), "file": chain::proof::format(story.finance, &proof, &chain.checkpoint())},
        "broken": broken(story, last),
    })
}

/// The last entry written otherwise: what replaying the chain up to it answers.
fn broken(story: &Story, last: u64) -> Vec<Value> {
    let chain = &story.chain;
    let (header, note) = (chain.header(last), note_at(chain, last));
    let headers = [
        Header { index: last + 1, ..header },
        Header { previous: chain.leaf(0), ..header },
        Header { time: chain.header(last - 1).time - 1, ..header },
        Header { registry: chain.header(3).registry, ..header },
        header,
    ];
    let mut cases: Vec<String> = headers.iter().map(|header| format!("{}{note}", header.text().unwrap())).collect();
    cases.push(format!("{}{}", header.text().unwrap(), note_at(chain, story.finance)));
    cases.push(format!("{}{}", header.text().unwrap(), note.replace("\"personal-data\"", "\"other\"")));
    cases.push(chain.entries[last as usize].replacen("gazette/v1", "gazette/v2", 1));
    let before = replayed(chain, last);
    let answers = cases.iter().map(|entry| {
        let (mut state, mut facts) = before.clone();
        state.replay(entry.as_bytes(), &mut facts, |_, _, _| {}).map_or_else(|fault| kinds::fault(&fault), |_| "taken".into())
    });
    answers.zip(&cases).map(|(answer, entry)| json!({"answer": answer, "entry": entry})).collect()
}

pub fn replayed(chain: &Chain, size: u64) -> (chain::state::State, chain::state::Facts) {
    let (mut state, mut facts) = (chain::state::State::new(ORIGIN), chain::state::Facts::default());
    for entry in &chain.entries[..size as usize] {
        state.replay(entry.as_bytes(), &mut facts, |_, _, _| {}).unwrap();
    }
    (state, facts)
}

fn admission(story: &Story) -> Value {
    let mut chain = story.chain.clone();
    let mut cases: Vec<(&str, String)> = Vec::new();
    let mut paper = chain.paper(COUNCIL, "Admitted?");
    let line = chain.line("disclosure", &paper);
    let seal = signer(COUNCIL);
    let whole = text(ORIGIN, &line, None);
    cases.push(("a good disclosure", sign(&whole, &[&seal])));
    cases.push(("one that is logged already", note_at(&chain, story.finance)));
    cases.push(("for another chain", sign(&text("other.example/log", &line, None), &[&seal])));
    cases.push(("by another agency's key", sign(&whole, &[&signer(ARCHIVE)])));
    cases.push(("by a key never registered", sign(&whole, &[&key_of(COUNCIL, KeyType::Ed25519, 9)])));
    cases.push(("with a second signature", sign(&whole, &[&seal, &seal])));
    cases.push(("altered after it was signed", sign(&whole, &[&seal]).replace("\"en\"", "\"zh\"")));
    cases.push(("by nobody registered", sealed(&line.replace(COUNCIL, "example.gov/nobody"), None, &signer("example.gov/nobody"))));
    cases.push(("by a key that was ended", sealed(&line.replace(COUNCIL, HEALTH), None, &signer(HEALTH))));
    for (why, target) in [
        ("revising what is not the newest version", chain.at(story.health)),
        ("revising another's document", chain.at(story.copy)),
        ("revising what is no document", chain.at(0)),
        ("revising other bytes", Reference { index: story.succeeded, leaf: chain.leaf(0) }),
        ("revising its own newest version", chain.at(story.succeeded)),
    ] {
        paper.revises = Some(target);
        let line = chain.line("disclosure", &paper);
        cases.push((why, sealed(&line, None, &seal)));
    }
    let status = chain.status(COUNCIL, story.copy, StatusKind::Annulled);
    let line = chain.line("status", &status);
    cases.push(("a status by a body without say", sealed(&line, None, &seal)));
    let unapproved = chain.paper(FINANCE, "Without approval");
    let line = chain.line("disclosure", &unapproved);
    cases.push(("without the approval its rule asks for", sealed(&line, None, &signer(FINANCE))));
    cases.push(("approved by the steps of another paper", story.case.seal(&line)));
    let (step, _) = story.case.step(&mut chain, CLERK, "draft", "approve", &line);
    cases.push(("a step that goes on with its case", step));
    let mut old = story.case.clone();
    old.steps.truncate(2);
    let (step, _) = old.step(&mut chain, CLERK, "draft", "approve", &line);
    cases.push(("a step beside its case's newest", step));
    let line = chain.line("agency", &agency("example.gov/parks"));
    let (r1, r2, r3) = (registrar(1), registrar(2), registrar(3));
    cases.push(("an agency, by two registrars", registered_by(&line, &[&r2, &r3])));
    cases.push(("an agency, by one registrar", registered_by(&line, &[&r2])));
    cases.push(("an agency, by one who is no longer registrar", registered_by(&line, &[&r1, &r2])));
    let line = chain.line("agency", &agency(HEALTH));
    cases.push(("an agency whose ended key has come back", registered_by(&line, &[&r2, &r3])));
    let mut reused = agency("example.gov/parks");
    let secret = chain::Hash::of(&[b"fictional key\n", COUNCIL.as_bytes(), b"\n0"]);
    reused.seals[0].key = chain::note::Signer::new("example.gov/parks", KeyType::Ed25519, &secret.0).unwrap().vkey().clone();
    let line = chain.line("agency", &reused);
    cases.push(("an agency with another's public key", registered_by(&line, &[&r2, &r3])));
    let line = chain.line("charter", &charter());
    cases.push(("a second first charter", registered_by(&line, &[&r2, &r3])));
    let mut stale = charter();
    stale.amends = Some(chain.at(0));
    let line = chain.line("charter", &stale);
    cases.push(("an amendment of a charter amended since", registered_by(&line, &[&r2, &r3])));
    let line = chain.line("post", &post("example.gov/porter", "example.gov/nowhere"));
    cases.push(("a post of no agency", registered_by(&line, &[&r2, &r3])));
    let answer = |note: &str| match chain.judge(note) {
        Ok(None) => "admitted".into(),
        Ok(Some(index)) => format!("repeat {index}"),
        Err(refusal) => kinds::refusal(&refusal),
    };
    json!({"after_the_whole_chain": cases.iter().map(|(case, note)| json!({"case": case, "answer": answer(note), "note": note})).collect::<Vec<_>>()})
}

/// Contents as the evidence carries them; what came on its own is left out.
fn contents(contents: &Contents) -> Value {
    serde_json::to_value(contents).unwrap()
}

fn findings(bundle: &Bundle, index: u64) -> Vec<Value> {
    let reader = Reader::open(bundle).unwrap();
    reader.check(index).iter().map(|found| json!({"code": found.code, "answer": found.answer, "reason": found.reason})).collect()
}

fn bundles(story: &Story) -> Value {
    let honest = |index: u64| story.chain.bundle(&[index]);
    let mut cases: Vec<(&str, u64, Bundle)> = vec![
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
    let cases: Vec<Value> = cases
        .iter()
        .map(|(case, index, bundle)| json!({"case": case, "index": index, "findings": findings(bundle, *index), "bundle": bundle}))
        .collect();
    json!({"bundles": cases, "contents": content_cases(story)})
}

fn content_cases(story: &Story) -> Vec<Value> {
    let parts = &story.chain.facts.versions[&story.finance].parts;
    let of = |only: &[chain::part::Commitment]| -> Contents {
        only.iter().map(|part| (part.to_string(), story.chain.contents[&part.to_string()].clone())).collect()
    };
    let title = [("title".to_owned(), "The budget".to_owned())].to_vec();
    let other = [("title".to_owned(), "The Budget".to_owned())].to_vec();
    let (whole, redacted) = (of(parts), of(&story.chain.facts.versions[&story.redacted].parts));
    let with = |content: Content| {
        let mut contents = whole.clone();
        contents.insert(parts[1].to_string(), content);
        contents
    };
    let cases = [
        ("all parts, the title shown", story.finance, None, whole.clone(), title.clone()),
        ("another title shown", story.finance, None, whole.clone(), other),
        ("the body altered", story.finance, None, with(Content::Text { salt: "00".repeat(16), text: "x".into() }), title.clone()),
        ("the body missing", story.finance, None, with(Content::Missing), title.clone()),
        ("the body not fetched", story.finance, None, of(&parts[..1]), title.clone()),
        (
            "the body said to be redacted by another's redaction",
            story.finance,
            Some(story.redaction),
            with(Content::Redacted { by: story.redaction }),
            title,
        ),
        ("a body redacted by its owner", story.redacted, Some(story.redaction), redacted, vec![]),
        ("no parts to check", 0, None, Contents::new(), vec![]),
    ];
    cases
        .into_iter()
        .map(|(case, index, by, given, shown)| {
            let bundle = story.chain.bundle(&[Some(index), by].into_iter().flatten().collect::<Vec<_>>());
            let found = Reader::open(&bundle).unwrap().content(index, &given, Scope::Everything, &Shown { facts: shown.clone(), ..Shown::default() });
            json!({"case": case, "index": index, "contents": contents(&given), "shown": shown, "answer": found.answer, "reason": found.reason, "bundle": bundle})
        })
        .collect()
}

fn remembered(story: &Story) -> Value {
    let chain = &story.chain;
    let (size, log) = (chain.size(), signer(ORIGIN));
    let kept = |at: u64| Memory { identity: chain.leaf(0), checkpoint: chain.checkpoint_at(at).sign(&log), seen: START };
    let proof = prove_consistency(&chain.nodes, 7, size).unwrap();
    let mut forked = chain.checkpoint_at(size);
    forked.root = chain.leaf(3);
    let cases = [
        ("first visit", None, Some(chain.leaf(0)), chain.checkpoint_at(size), None),
        ("grown since", Some(kept(7)), Some(chain.leaf(0)), chain.checkpoint_at(size), Some(proof.clone())),
        ("unchanged", Some(kept(size)), Some(chain.leaf(0)), chain.checkpoint_at(size), None),
        ("no proof", Some(kept(7)), Some(chain.leaf(0)), chain.checkpoint_at(size), None),
        ("another root", Some(kept(7)), Some(chain.leaf(0)), forked, Some(proof.clone())),
        ("smaller than before", Some(kept(size)), Some(chain.leaf(0)), chain.checkpoint_at(7), Some(proof.clone())),
        ("another entry 0", Some(kept(7)), Some(chain.leaf(1)), chain.checkpoint_at(size), Some(proof)),
        ("no entry 0 at hand", Some(kept(7)), None, chain.checkpoint_at(size), None),
    ];
    let cases = cases.map(|(case, kept, identity, now, proof)| {
        let found = memory(kept.as_ref(), identity, &now, proof.as_deref());
        json!({"case": case, "kept": kept, "identity": identity, "checkpoint": now.text(), "proof": proof, "answer": found.answer, "reason": found.reason})
    });
    json!({"memories": cases})
}
