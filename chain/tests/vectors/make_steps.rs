//! Writes the vectors of steps: what is decided, the random bytes drawn for it, and the text, opening and note they give.

use super::common::{papers::*, *};
use chain::{
    Hash,
    approval::{Drawn, NewStep},
    hash::hex,
    note::with_signature,
    part::{Commitment, Salt, format_salt},
    statement::{Reference, core_line},
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
    let of = |n: u8, code, decision, previous, reason: Option<Commitment>| {
        let step = NewStep { origin: ORIGIN, agency: FINANCE, case: &case, previous, code, decision, rule, core_line: &line, reason };
        let drawn = Drawn { id: salt(n), core: salt(n + 1), step: salt(n + 2) };
        let taken = step.write(&drawn).unwrap();
        let key = signer(DIRECTOR);
        let signed = key.sign(&taken.text);
        let note = key.add_to(&taken.text).unwrap();
        let parsed = chain::note::Note::parse(note.as_bytes()).unwrap();
        let signature: [u8; 64] = parsed.signatures[0].bytes.as_slice().try_into().unwrap();
        assert!(note.ends_with(&signed) && with_signature(&taken.text, key.vkey(), &signature).as_ref() == Ok(&note));
        json!({
            "origin": ORIGIN, "agency": FINANCE, "case": case, "previous": previous, "code": code, "decision": decision, "rule": rule,
            "core": line, "reason": reason, "id": hex(&drawn.id), "core_salt": format_salt(&drawn.core), "salt": format_salt(&drawn.step),
            "text": taken.text, "opening": taken.opening, "vkey": key.vkey(), "signature": hex(&signature), "note": note,
        })
    };
    let before = Reference { index: 12, leaf: Hash::of(&[b"twelve"]) };
    json!({"steps": [of(1, "sign", "approve", None, None), of(4, "sign", "reject", Some(before), Some(reason))]})
}
