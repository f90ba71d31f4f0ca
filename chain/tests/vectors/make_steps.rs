//! Writes the vectors of steps: what is decided, the random bytes drawn for it, and the text, opening and note they give.

use super::common::{papers::*, *};
use chain::{
    Hash,
    approval::{Drawn, NewStep, link},
    hash::hex,
    note::with_signature,
    part::{Commitment, Salt, format_salt},
    statement::{Core, Reference, Statement, core_line},
};
use serde_json::{Value, json};

pub fn steps() -> Value {
    let status = json!({
        "agency": FINANCE, "target": {"index": 7, "leaf": Hash::of(&[b"seven"])}, "kind": "repealed", "ground": "outdated",
    });
    let line = core_line("status", &"9f".repeat(16), &status).unwrap();
    let case = "51".repeat(16);
    let rule = Hash::of(&[b"a rule"]);
    let salt = |n: u8| -> Salt { [n; 16] };
    let reason = Commitment::to(&salt(9), "理由".as_bytes());
    let of = |n: u8, (code, decision), (previous, after), reason: Option<Commitment>| {
        let step =
            NewStep { origin: ORIGIN, agency: FINANCE, case: &case, previous, after, code, decision, rule, core_line: &line, reason };
        let drawn = Drawn { id: salt(n), core: salt(n + 1), step: salt(n + 2) };
        let taken = step.write(&drawn).unwrap();
        let key = signer(DIRECTOR);
        let signed = key.sign(&taken.text);
        let note = key.add_to(&taken.text).unwrap();
        let parsed = chain::note::Note::parse(note.as_bytes()).unwrap();
        let signature: [u8; 64] = parsed.signatures[0].bytes.as_slice().try_into().unwrap();
        assert!(note.ends_with(&signed) && with_signature(&taken.text, key.vkey(), &signature).as_ref() == Ok(&note));
        json!({
            "origin": ORIGIN, "agency": FINANCE, "case": case, "previous": previous, "after": after, "code": code, "decision": decision, "rule": rule,
            "core": line, "reason": reason, "id": hex(&drawn.id), "core_salt": format_salt(&drawn.core), "salt": format_salt(&drawn.step),
            "text": taken.text, "opening": taken.opening, "vkey": key.vkey(), "signature": hex(&signature), "note": note,
        })
    };
    let before = Reference { index: 12, leaf: Hash::of(&[b"twelve"]) };
    let first = of(1, ("sign", "approve"), (None, None), None);
    let of_note = |step: &Value| match Statement::parse(step["note"].as_str().unwrap().as_bytes()).unwrap().core {
        Core::Step(step) => link(DIRECTOR, &step),
        other => panic!("{other:?}"),
    };
    let second = of(7, ("sign", "reject"), (None, Some(of_note(&first))), Some(reason));
    let third = of(10, ("sign", "approve"), (None, Some(of_note(&second))), None);
    let logged = of(4, ("sign", "reject"), (Some(before), None), Some(reason));
    let behind = of(13, ("sign", "approve"), (None, Some(of_note(&logged))), None);
    let links: Vec<_> = [&first, &second, &third, &logged, &behind].map(|step| json!({"note": step["note"], "link": of_note(step)})).into();
    json!({"steps": [first, logged, second, third, behind], "links": links})
}
