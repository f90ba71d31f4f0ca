//! Writes the vectors that are cut from the fictional chain: statements, the chain itself, admission.

use super::{
    common::{papers::*, story::*, *},
    kinds, make_approvals, make_bundles, make_contents,
};
use chain::{
    entry::Header,
    evidence::Contents,
    note::{KeyType, sign},
    proof::TlogProof,
    statement::{Reference, Statement, StatusKind, text},
};
use serde_json::{Value, json};

pub fn all() -> Vec<(&'static str, Value)> {
    let story = story();
    vec![
        ("statements.json", statements(&story)),
        ("chain.json", whole(&story)),
        ("admission.json", admission(&story)),
        ("approvals.json", make_approvals::approvals()),
        ("bundles.json", make_bundles::bundles(&story)),
        ("memory.json", make_contents::remembered(&story)),
    ]
}

fn note_at(chain: &Chain, index: u64) -> String {
    chain.entries[index as usize].split_once("\n\n").unwrap().1.to_owned()
}

fn statements(story: &Story) -> Value {
    let indexes = [0, 2, 5, story.case.steps[0], story.finance, story.health_status, story.redaction];
    let good = indexes.map(|index| note_at(&story.chain, index));
    let read = |note: &str| {
        let statement = Statement::parse(note.as_bytes()).unwrap();
        let act = statement.act.is_some();
        json!({"type": statement.core.kind(), "id": statement.id, "origin": ORIGIN, "signer": statement.signer(), "act": act, "note": note})
    };
    let disclosure = note_at(&story.chain, story.health);
    let status = note_at(&story.chain, story.health_status);
    let (agency, charter) = (note_at(&story.chain, 2), note_at(&story.chain, 0));
    let (post, step, redaction) =
        (note_at(&story.chain, 5), note_at(&story.chain, story.case.steps[1]), note_at(&story.chain, story.redaction));
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
    let lines = [charter.as_str(), &agency, &post, &step, &disclosure, &status, &redaction];
    let bad = bad.into_iter().chain(ruled(&lines)).chain(limits(&disclosure, &agency, 1));
    let bad = bad.map(|note| {
        let error = Statement::parse(note.as_bytes()).map(|_| ()).expect_err(&note);
        json!({"why": error.code(), "note": note})
    });
    let version = with(&with(&disclosure, "revises", json!(story.chain.at(story.health))), "ground", json!("error-in-text"));
    let good: Vec<Value> = good.into_iter().chain(limits(&disclosure, &agency, 0)).chain([version]).map(|note| read(&note)).collect();
    let bad: Vec<Value> = bad.collect();
    json!({"good": good, "bad": bad})
}

/// A note whose core line has another value for one member.
fn with(note: &str, name: &str, value: Value) -> String {
    let line = note.lines().nth(1).unwrap();
    let mut core: Value = serde_json::from_str(line).unwrap();
    core[name] = value;
    note.replacen(line, &core.to_string(), 1)
}

/// A note of each type for each rule that a member breaks on its own.
fn ruled(notes: &[&str; 7]) -> Vec<String> {
    let [charter, agency, post, step, disclosure, status, redaction] = *notes;
    let key = |name: &str, number: u8| key_of(name, KeyType::Ed25519, number).vkey().to_string();
    let seal = |key: String| json!({"key": key, "custody": "portal"});
    let part = |role: &str, n: usize| json!({"role": role, "media": "text/plain", "size": 1, "commitment": format!("sha256:{n:064x}")});
    let rule = |steps: Value| json!({"genres": [{"genre": "*", "steps": steps}]});
    let step_of = |posts: &[&str], count: usize| json!([{"code": "a", "posts": posts, "count": count}]);
    let long = "x".repeat(401);
    let names: serde_json::Map<String, Value> = (0..17).map(|n| (format!("l{n}"), json!("x"))).collect();
    // A point of the curve whose order is eight times a prime: its key verifies, and is not fit to be registered.
    let twisted = curve25519_dalek::edwards::CompressedEdwardsY(signer(FINANCE).vkey().public()).decompress().unwrap();
    let twisted = (twisted + curve25519_dalek::constants::EIGHT_TORSION[1]).compress().to_bytes();
    let twisted = super::make::vkey_text(FINANCE, 1, &twisted);
    vec![
        with(disclosure, "id", json!("00112233")),
        with(disclosure, "agency", json!("Example.gov")),
        with(disclosure, "agency", json!("a//b")),
        with(disclosure, "agency", json!("../etc")),
        with(disclosure, "agency", json!("a".repeat(256))),
        with(disclosure, "genre", json!("g".repeat(65))),
        with(disclosure, "theme", json!("a_b")),
        with(disclosure, "theme", json!("")),
        with(disclosure, "language", json!("zh_CN")),
        with(disclosure, "stated", json!({"issued": "2026-2-09"})),
        with(disclosure, "stated", json!(null)),
        with(disclosure, "stated_agency", json!("")),
        with(disclosure, "stated_agency", json!(long)),
        with(disclosure, "source", json!(long)),
        with(disclosure, "parts", json!([])),
        with(disclosure, "parts", json!([part("body", 1), part("catalogue", 2)])),
        with(disclosure, "parts", json!([part("catalogue", 1), part("body", 1)])),
        with(disclosure, "parts", json!((0..65).map(|n| part(if n == 0 { "catalogue" } else { "attachment" }, n)).collect::<Vec<_>>())),
        with(disclosure, "revises", json!({"index": -1, "leaf": chain::Hash::ZERO})),
        with(disclosure, "ground", json!("error-in-text")),
        with(&with(disclosure, "revises", json!({"index": 7, "leaf": chain::Hash::ZERO})), "ground", json!("In error")),
        with(status, "effective", json!("soon")),
        with(status, "ground", json!("No longer needed")),
        with(status, "target", json!(null)),
        with(redaction, "parts", json!([])),
        with(redaction, "parts", json!((0..65).map(|n| format!("sha256:{n:064x}")).collect::<Vec<_>>())),
        with(redaction, "ground", json!("?")),
        with(step, "case", json!("1")),
        with(step, "agency", json!("a+b")),
        with(step, "commitment", json!("md5:00")),
        with(post, "post", json!(FINANCE)),
        with(post, "agency", json!("Finance")),
        with(post, "keys", json!([{"key": key("other.example", 0)}])),
        with(post, "keys", json!([seal(key(CLERK, 0))])),
        with(agency, "seals", json!([{"key": key(FINANCE, 0)}])),
        with(agency, "seals", json!([seal(key(HEALTH, 0))])),
        with(agency, "seals", json!([seal(key(FINANCE, 0)), seal(key(FINANCE, 0))])),
        with(agency, "seals", json!([seal(twisted)])),
        with(agency, "name", json!({"EN": "x"})),
        with(agency, "name", json!({"en": ""})),
        with(agency, "name", json!({"en": long})),
        with(agency, "name", Value::Object(names)),
        with(agency, "successor", json!("A")),
        with(agency, "overseers", json!(["a", "B"])),
        with(agency, "rule", rule(json!([]))),
        with(agency, "rule", rule(step_of(&["p"], 0))),
        with(agency, "rule", rule(step_of(&["p"], 2))),
        with(agency, "rule", rule(step_of(&["p", "q", "p"], 1))),
        with(agency, "rule", rule(step_of(&["P"], 1))),
        with(agency, "rule", rule(json!([step_of(&["p"], 1)[0], step_of(&["p"], 1)[0]]))),
        with(agency, "rule", json!({"genres": [], "overriders": ["Minister"]})),
        with(charter, "origin", json!("Example.gov/log")),
        with(charter, "zone", json!("")),
        with(charter, "zone", json!("z".repeat(65))),
        with(charter, "logs", json!([])),
        with(charter, "logs", json!([{"key": key("other.example", 0), "from": 0}])),
        with(charter, "logs", json!([{"key": key(ORIGIN, 0), "from": 0}, {"key": key(ORIGIN, 1), "from": 0}])),
        with(charter, "registrars", json!({"threshold": 0, "keys": [key("r", 0)]})),
        with(charter, "registrars", json!({"threshold": 1, "keys": []})),
        with(charter, "registrars", json!({"threshold": 2, "keys": [key("r", 0), key("r", 0)]})),
        with(charter, "registrars", json!({"threshold": 1, "keys": [witness(1).vkey()]})),
    ]
}

/// Notes as large as they may be, and by `over` more.
fn limits(disclosure: &str, agency: &str, over: usize) -> Vec<String> {
    let padded = |note: &str, size: usize| {
        let padding = size - with(note, "padding", json!("")).len();
        with(note, "padding", json!("x".repeat(padding)))
    };
    let part = |n: usize| json!({"role": if n == 0 { "catalogue" } else { "a" }, "media": "a/b", "size": 1, "commitment": format!("sha256:{n:064x}")});
    let names: serde_json::Map<String, Value> = (0..16 + over).map(|n| (format!("l{n}"), json!("x"))).collect();
    vec![
        padded(disclosure, chain::entry::LARGEST_STATEMENT + over),
        padded(agency, chain::entry::LARGEST_REGISTRY_STATEMENT + over),
        with(disclosure, "parts", json!((0..64 + over).map(part).collect::<Vec<_>>())),
        with(disclosure, "genre", json!("g".repeat(64 + over))),
        with(disclosure, "source", json!("s".repeat(400 + over))),
        with(agency, "name", json!({"en": "n".repeat(400 + over)})),
        with(agency, "name", Value::Object(names)),
        with(agency, "successor", json!("a".repeat(255 + over))),
    ]
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
        "proof_files": proof_files(story),
        "broken": broken(story, last),
    })
}

/// Proof files for one leaf, with whether each proves it.
fn proof_files(story: &Story) -> Vec<Value> {
    let chain = &story.chain;
    let proof = chain::tree::prove_inclusion(&chain.nodes, story.finance, chain.size()).unwrap();
    let (leaf, log) = (chain.leaf(story.finance), signer(ORIGIN));
    let good = chain::proof::format(story.finance, &proof, &chain.checkpoint());
    let index = format!("index {}\n", story.finance);
    let long = vec![chain.leaf(0); 64];
    let files = [
        good.clone(),
        good.replace(&index, &format!("extra AAAA\n{index}")),
        good.replace(&index, &format!("extra not base64\n{index}")),
        good.replace(&index, &format!("{index}extra AAAA\n")),
        good.replace("@v1", "@v2"),
        good.replace(&index, &format!("index 0{}\n", story.finance)),
        good.replace(&index, &format!("index {}\n", story.finance + 1)),
        good.replace(&index, ""),
        good.replacen("\n\n", "\n", 1),
        good.replace(&proof[0].to_string(), proof[0].to_string().trim_end_matches('=')),
        chain::proof::format(story.finance, &proof[1..], &chain.checkpoint()),
        chain::proof::format(story.finance, &[&proof[..], &long[..1]].concat(), &chain.checkpoint()),
        chain::proof::format(story.finance, &long, &chain.checkpoint()),
        chain::proof::format(story.finance, &proof, &chain.checkpoint_by(&key_of(ORIGIN, KeyType::Ed25519, 1))),
        chain::proof::format(story.finance, &proof, &chain.checkpoint_at(story.finance).sign(&log)),
        chain::proof::format(story.finance, &proof, "no checkpoint"),
    ];
    let holds = |file: &str| TlogProof::parse(file).is_ok_and(|proof| proof.check(leaf, log.vkey()).is_ok());
    files.iter().map(|file| json!({"leaf": leaf, "file": file, "holds": holds(file)})).collect()
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
    let line = chain.line("post", &post(COUNCIL, FINANCE));
    cases.push(("a post under an agency's id", registered_by(&line, &[&r2, &r3])));
    let line = chain.line("agency", &agency(CLERK));
    cases.push(("an agency under a post's id", registered_by(&line, &[&r2, &r3])));
    let line = chain.line("post", &post(CLERK, COUNCIL));
    cases.push(("a post moved to another agency", registered_by(&line, &[&r2, &r3])));
    let mut taking = chain.paper(COUNCIL, "With a part of another document");
    taking.parts[1].commitment = chain.facts.versions[&story.succeeded].parts[1];
    let line = chain.line("disclosure", &taking);
    cases.push(("a part that belongs to another document", sealed(&line, None, &seal)));
    taking.revises = Some(chain.at(story.succeeded));
    let line = chain.line("disclosure", &taking);
    cases.push(("a part that an earlier version has", sealed(&line, None, &seal)));
    let mut own = chain.paper(ARCHIVE, "Its own");
    let line = chain.line("disclosure", &own);
    cases.push(("an archive's own document", sealed(&line, None, &signer(ARCHIVE))));
    own.stated_agency = Some("Ministry of Roads".into());
    let line = chain.line("disclosure", &own);
    cases.push(("an archive's copy", sealed(&line, None, &signer(ARCHIVE))));
    let whole = cases.iter().map(|(case, note)| json!({"case": case, "answer": answer(&chain, note), "note": note})).collect::<Vec<_>>();
    json!({"after_the_whole_chain": whole, "in_order": in_order(story)})
}

fn answer(chain: &Chain, note: &str) -> String {
    match chain.judge(note) {
        Ok(None) => "admitted".into(),
        Ok(Some(index)) => format!("repeat {index}"),
        Err(refusal) => refusal.code(),
    }
}

/// Registrations that name what they replace, each judged after those before it that became entries.
fn in_order(story: &Story) -> Vec<Value> {
    let mut chain = story.chain.clone();
    let registrars = [registrar(2), registrar(3)];
    let mut cases = Vec::new();
    let mut offer = |chain: &mut Chain, case: &str, kind: &str, core: Value, taken: bool| {
        let line = chain.line(kind, &core);
        let note = registered_by(&line, &registrars.iter().collect::<Vec<_>>());
        let mut said = json!({"case": case, "answer": answer(chain, &note), "note": note});
        if taken {
            let at = chain.publish(&note).unwrap();
            said["entry"] = json!(chain.entries[at as usize]);
        }
        cases.push(said);
    };
    let ids = [("agency", "example.gov/parks"), ("post", "example.gov/council/clerk")];
    for (kind, id) in ids {
        let first = match kind {
            "agency" => serde_json::to_value(agency(id)).unwrap(),
            _ => serde_json::to_value(post(id, COUNCIL)).unwrap(),
        };
        let replacing = |at: Reference| {
            let mut core = first.clone();
            core["replaces"] = json!(at);
            core
        };
        let somewhere = chain.at(0);
        offer(&mut chain, "a first that replaces something", kind, replacing(somewhere), false);
        offer(&mut chain, "a first", kind, first.clone(), true);
        let (at, before) = (chain.at(chain.size() - 1), chain.at(chain.size() - 2));
        offer(&mut chain, "one that replaces an entry of another", kind, replacing(before), false);
        offer(&mut chain, "one that replaces other bytes", kind, replacing(Reference { leaf: before.leaf, ..at }), false);
        offer(&mut chain, "one that names none, after one that names none", kind, first.clone(), false);
        offer(&mut chain, "one that replaces the entry in force", kind, replacing(at), true);
        let newest = chain.at(chain.size() - 1);
        offer(&mut chain, "one that replaces an entry that was replaced", kind, replacing(at), false);
        offer(&mut chain, "one that names none, after one that does", kind, first.clone(), false);
        offer(&mut chain, "one that replaces the newest", kind, replacing(newest), false);
    }
    cases
}

/// Contents as the evidence carries them; what came on its own is left out.
pub fn contents(contents: &Contents) -> Value {
    serde_json::to_value(contents).unwrap()
}
