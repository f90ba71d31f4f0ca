//! Reads the vectors of the fictional chain, from their bytes alone.

use super::{
    kinds, load,
    read::{cases, of, text},
};
use chain::{
    Hash,
    approval::{Act, Decision, Opening, Rule, TakenStep, check, core_commitment, link},
    check::{Consistency, Memory, Reader, Scope, Shown, ShownPart, ShownStep, memory},
    checkpoint::Checkpoint,
    evidence::{Bundle, Content, Contents},
    json,
    note::{Note, Vkey},
    part::{Commitment, parse_salt},
    proof::TlogProof,
    state::{Facts, State},
    statement::{Core, Statement},
    tree::leaf_hash,
};
use serde_json::Value;

#[test]
fn statements() {
    let file = load("statements.json");
    for case in cases(&file["good"]) {
        let statement = Statement::parse(text(&case["note"]).as_bytes()).unwrap();
        assert_eq!((statement.core.kind(), statement.id.as_str()), (text(&case["type"]), text(&case["id"])));
        assert_eq!((statement.origin, statement.signer()), (text(&case["origin"]), text(&case["signer"])));
        assert_eq!(statement.act.is_some(), of::<bool>(&case["act"]));
    }
    for case in cases(&file["bad"]) {
        let error = Statement::parse(text(&case["note"]).as_bytes()).unwrap_err();
        assert_eq!(error.code(), text(&case["why"]), "{case}");
    }
}

/// The chain in the file, replayed up to `size` entries.
fn replayed(file: &Value, size: usize) -> (State, Facts) {
    let (mut state, mut facts) = (State::new(text(&file["origin"])), Facts::default());
    for case in &cases(&file["entries"])[..size] {
        assert_eq!(state.registry().root(), of(&case["registry"]));
        state.replay(text(&case["entry"]).as_bytes(), &mut facts, |_, _, _| {}).unwrap();
        assert_eq!(state.last().unwrap().0, of::<Hash>(&case["leaf"]));
        assert_eq!(leaf_hash(text(&case["entry"]).as_bytes()), of(&case["leaf"]));
    }
    (state, facts)
}

#[test]
fn a_whole_chain() {
    let file = load("chain.json");
    let size = cases(&file["entries"]).len();
    let (state, _) = replayed(&file, size);
    assert_eq!(state.registry().root(), of(&file["registry_after"]));
    let log: Vkey = of(&file["log"]);
    let checkpoint = Checkpoint::open(text(&file["checkpoint"]).as_bytes(), &log).unwrap();
    assert_eq!((checkpoint.size, checkpoint.root), (size as u64, state.frontier.root()));
    let contents: Contents = of(&file["contents"]);
    for case in cases(&file["entries"]) {
        let note = text(&case["entry"]).split_once("\n\n").unwrap().1;
        let statement = Statement::parse(note.as_bytes()).unwrap();
        if let Core::Disclosure(core) = &statement.core {
            for part in &core.parts {
                if let Content::Text { salt, text } = &contents[&part.commitment.to_string()] {
                    let salt = chain::part::parse_salt(salt).unwrap();
                    assert_eq!(chain::part::Commitment::to(&salt, text.as_bytes()), part.commitment);
                }
            }
        }
    }
    let proof = &file["proof_file"];
    assert!(TlogProof::parse(text(&proof["file"])).unwrap().check(of(&proof["leaf"]), &log).is_ok());
    for case in cases(&file["proof_files"]) {
        let proof = TlogProof::parse(text(&case["file"]));
        assert_eq!(proof.is_ok_and(|proof| proof.check(of(&case["leaf"]), &log).is_ok()), of::<bool>(&case["holds"]), "{case}");
    }
    let before = replayed(&file, size - 1);
    for case in cases(&file["broken"]) {
        let (mut state, mut facts) = before.clone();
        let answer = state.replay(text(&case["entry"]).as_bytes(), &mut facts, |_, _, _| {});
        assert_eq!(answer.map_or_else(|fault| kinds::fault(&fault), |_| "taken".into()), text(&case["answer"]));
    }
}

#[test]
fn admission() {
    let chain = load("chain.json");
    let (mut state, mut facts) = replayed(&chain, cases(&chain["entries"]).len());
    let file = load("admission.json");
    for case in cases(&file["after_the_whole_chain"]).iter().chain(cases(&file["in_order"])) {
        let statement = Statement::parse(text(&case["note"]).as_bytes()).unwrap();
        let answer = match state.admit(&statement, None, &facts) {
            Ok(None) => "admitted".into(),
            Ok(Some(index)) => format!("repeat {index}"),
            Err(refusal) => refusal.code(),
        };
        assert_eq!(answer, text(&case["answer"]), "{}", case["case"]);
        if let Some(entry) = case.get("entry") {
            state.replay(text(entry).as_bytes(), &mut facts, |_, _, _| {}).unwrap();
        }
    }
}

#[test]
fn bundles_and_contents() {
    let file = load("bundles.json");
    for case in cases(&file["bundles"]) {
        let bundle: Bundle = of(&case["bundle"]);
        let asked: Vec<u64> = case.get("asked").map(of).unwrap_or_default();
        let found = Reader::open(&bundle).unwrap().asked(&asked).check(of(&case["index"]));
        assert_eq!(found.len(), cases(&case["findings"]).len());
        for (found, expected) in found.iter().zip(cases(&case["findings"])) {
            let answer = (found.code.as_str(), found.answer.as_str(), found.reason);
            assert_eq!(answer, (text(&expected["code"]), text(&expected["answer"]), text(&expected["reason"])), "{}", case["case"]);
        }
    }
    for case in cases(&file["contents"]) {
        let bundle: Bundle = of(&case["bundle"]);
        let contents: Contents = of(&case["contents"]);
        let shown = displayed(&case["shown"]);
        let found = Reader::open(&bundle).unwrap().content(of(&case["index"]), &contents, Scope::Everything, &shown);
        assert_eq!((found.answer.as_str(), found.reason), (text(&case["answer"]), text(&case["reason"])), "{}", case["case"]);
    }
}

/// A list of facts alone, or an object of all that is displayed.
fn displayed(shown: &Value) -> Shown {
    if shown.is_array() {
        return Shown { facts: of(shown), ..Shown::default() };
    }
    let parts: Option<Vec<(String, Option<String>)>> = of(&shown["parts"]);
    let part = |(commitment, name)| ShownPart { commitment, name };
    type Drawn = (u64, (Option<usize>, Option<String>));
    let steps: Option<Vec<Drawn>> = of(&shown["steps"]);
    Shown {
        facts: of(&shown["facts"]),
        named: of(&shown["named"]),
        texts: of(&shown["texts"]),
        entry: of(&shown["entry"]),
        parts: parts.map(|parts| parts.into_iter().map(part).collect()),
        subjects: of(&shown["subjects"]),
        steps: steps.map(|steps| steps.into_iter().map(|(index, (stage, took))| ShownStep { index, stage, took }).collect()),
        ..Shown::default()
    }
}

#[test]
fn approvals() {
    for case in cases(&load("approvals.json")["approvals"]) {
        let (rule, act): (Option<Rule>, Option<Act>) = (of(&case["rule"]), of(&case["act"]));
        let taken = cases(&case["taken"]).iter().map(|step| TakenStep {
            index: of(&step["index"]),
            leaf: of(&step["leaf"]),
            post: of(&step["post"]),
            step: of(&step["step"]),
        });
        let rule = rule.as_ref().map(|rule| (rule, of(&case["rule_leaf"])));
        let taken: Vec<_> = taken.collect();
        let answer = match check(rule, text(&case["genre"]), text(&case["core"]), text(&case["agency"]), act.as_ref(), &taken) {
            Ok(None) => "no rule".to_owned(),
            Ok(Some(approved)) if approved.overridden.is_empty() => "approved".into(),
            Ok(Some(approved)) => format!("overridden {}", approved.overridden.join(" ")),
            Err(error) => error.code().into(),
        };
        assert_eq!(answer, text(&case["answer"]), "{}", case["case"]);
    }
}

#[test]
fn steps() {
    for case in cases(&load("steps.json")["steps"]) {
        let note = Note::parse(text(&case["note"]).as_bytes()).unwrap();
        assert_eq!((note.text, note.verify(&of(&case["vkey"]))), (text(&case["text"]), Ok(())));
        let statement = Statement::parse(text(&case["note"]).as_bytes()).unwrap();
        let Core::Step(step) = statement.core else { panic!("{case}") };
        assert_eq!((statement.origin, &*statement.id), (text(&case["origin"]), text(&case["id"])));
        assert_eq!((&*step.agency, &*step.case, step.previous), (text(&case["agency"]), text(&case["case"]), of(&case["previous"])));
        assert_eq!(step.after, of(&case["after"]));
        let opening: Opening = of(&case["opening"]);
        assert_eq!(opening.salt, text(&case["salt"]));
        assert_eq!(step.commitment, Commitment::to(&parse_salt(&opening.salt).unwrap(), opening.text.as_bytes()));
        let decision: Decision = json::read(&opening.text).unwrap();
        assert_eq!(
            (&*decision.code, &*decision.decision, decision.rule),
            (text(&case["code"]), text(&case["decision"]), of(&case["rule"]))
        );
        assert_eq!((&*decision.salt, decision.reason), (text(&case["core_salt"]), of(&case["reason"])));
        assert_eq!(decision.core, core_commitment(&parse_salt(&decision.salt).unwrap(), text(&case["core"])));
    }
    for case in cases(&load("steps.json")["links"]) {
        let statement = Statement::parse(text(&case["note"]).as_bytes()).unwrap();
        let post = statement.signer().to_owned();
        let Core::Step(step) = statement.core else { panic!("{case}") };
        let before = step.after.or(step.previous.map(|at| at.leaf)).map_or([0; 32], |hash| hash.0);
        let bytes = [b"gazette/v1 step\n", post.as_bytes(), b"\n", &step.commitment.0.0, &before].concat();
        assert_eq!((link(&post, &step), chain::Hash::of(&[&bytes])), (of(&case["link"]), of(&case["link"])));
    }
}

#[test]
fn memories() {
    for case in cases(&load("memory.json")["memories"]) {
        let (kept, identity): (Option<Memory>, Option<Hash>) = (of(&case["kept"]), of(&case["identity"]));
        let withheld = case["proof"] == "withheld";
        let proof: Option<Vec<Hash>> = if withheld { None } else { of(&case["proof"]) };
        let answer = match &proof {
            Some(proof) => Consistency::Proof(proof),
            None if withheld => Consistency::Withheld,
            None => Consistency::Unknown,
        };
        let now = Checkpoint::parse(text(&case["checkpoint"])).unwrap();
        let found = memory(kept.as_ref(), identity, &now, answer);
        assert_eq!((found.answer.as_str(), found.reason), (text(&case["answer"]), text(&case["reason"])), "{}", case["case"]);
    }
}
