//! Writes the vectors that need no chain: hashes, proofs, the map, keys, notes, spellings.

use super::{
    common::{shown::*, *},
    make_chain, make_steps,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use chain::{
    Hash,
    approval::core_commitment,
    checkpoint::Checkpoint,
    cosignature, deed,
    hash::hex,
    note::{KeyType, Note, Vkey, sign},
    part::{Commitment, parse_salt},
    policy::Policy,
    registry::{MapProof, Registry},
    tree::{Frontier, leaf_hash, node_hash, prove_consistency, prove_inclusion, root},
};
use serde_json::{Value, json};

pub fn all() -> Vec<(&'static str, Value)> {
    let mut all = vec![
        ("hashes.json", hashes()),
        ("proofs.json", proofs()),
        ("registry.json", registry()),
        ("notes.json", notes()),
        ("checkpoints.json", checkpoints()),
        ("spellings.json", spellings()),
        ("shown.json", shown()),
        ("steps.json", make_steps::steps()),
    ];
    all.extend(make_chain::all());
    all
}

const CLASSIC: [&str; 8] = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn grow(leaves: &[Hash]) -> Stored {
    let (mut stored, mut frontier) = (Stored::default(), Frontier::default());
    for leaf in leaves {
        frontier.push(*leaf, |level, index, hash| {
            stored.0.insert((level, index), hash);
        });
    }
    stored
}

fn hashes() -> Value {
    let leaves: Vec<Hash> = CLASSIC.iter().map(|text| leaf_hash(&unhex(text))).collect();
    let stored = grow(&leaves);
    let salt = "000102030405060708090a0b0c0d0e0f";
    let bytes = parse_salt(salt).unwrap();
    let texts = ["", "The text of it.\n", "国发〔2019〕5号"];
    json!({
        "leaf": CLASSIC.iter().zip(&leaves).map(|(bytes, hash)| json!({"bytes": bytes, "hash": hash})).collect::<Vec<_>>(),
        "node": [{"left": leaves[0], "right": leaves[1], "hash": node_hash(&leaves[0], &leaves[1])}],
        "tree": (0..=8).map(|size| json!({"leaves": CLASSIC[..size], "root": root(&stored, size as u64).unwrap()})).collect::<Vec<_>>(),
        "commitment": texts.iter().map(|text| json!({"salt": salt, "text": text, "commitment": Commitment::to(&bytes, text.as_bytes())})).collect::<Vec<_>>(),
        "core_commitment": texts.iter().map(|line| json!({"salt": salt, "line": line, "commitment": core_commitment(&bytes, line)})).collect::<Vec<_>>(),
        "row": rows(),
    })
}

/// Rows of a desk's journal, each naming the one before.
fn rows() -> Vec<Value> {
    let said = [
        ("", "started", "", r#"{"days":30}"#),
        ("7f", "role-given", "b1", r#"{"role":"审核","why":"\"<&>\\ \u0007"}"#),
        ("7f", "Not a code\n\u{7f}\u{2028}", "", "{}"),
    ];
    let mut previous = deed::BEGINNING.to_owned();
    (1..)
        .zip(said)
        .map(|(number, (who, what, about, details))| {
            let done = START + number;
            let hash = deed::hash(number, done, [who, what, about, details, &previous]);
            let row = json!({"number": number, "done": done, "who": who, "what": what, "about": about, "details": details, "previous": previous, "hash": hash});
            previous = hash;
            row
        })
        .collect()
}

fn proofs() -> Value {
    let leaves: Vec<Hash> = (0..21u64).map(|n| leaf_hash(n.to_string().as_bytes())).collect();
    let stored = grow(&leaves);
    let root = |size| root(&stored, size).unwrap();
    let mut inclusion = Vec::new();
    for (index, size) in [(0, 1), (0, 2), (1, 2), (2, 3), (6, 7), (0, 8), (7, 8), (8, 9), (5, 13), (15, 16), (16, 17), (3, 21), (20, 21)] {
        let proof = prove_inclusion(&stored, index, size).unwrap();
        let case = |index: u64, proof: &[Hash], holds| json!({"index": index, "size": size, "leaf": leaves[index as usize % 21], "root": root(size), "proof": proof, "holds": holds});
        inclusion.push(case(index, &proof, true));
        if size > 2 {
            inclusion.push(case(index, &proof[1..], false));
            inclusion.push(case(index, &[&proof[..], &[root(size)]].concat(), false));
            inclusion.push(json!({"index": index, "size": size, "leaf": root(size), "root": root(size), "proof": proof, "holds": false}));
            inclusion.push(
                json!({"index": size, "size": size, "leaf": leaves[index as usize], "root": root(size), "proof": proof, "holds": false}),
            );
        }
    }
    let mut consistency = Vec::new();
    for (old, new) in [(0, 0), (0, 5), (1, 1), (1, 2), (2, 3), (3, 7), (4, 7), (4, 8), (6, 8), (8, 21), (13, 21), (20, 21), (21, 21)] {
        let proof = prove_consistency(&stored, old, new).unwrap();
        let case = |proof: &[Hash], old_root: Hash, holds| json!({"old": old, "new": new, "old_root": old_root, "new_root": root(new), "proof": proof, "holds": holds});
        consistency.push(case(&proof, root(old), true));
        consistency.push(case(&proof, leaves[0].max(root(1 + old % 5)).max(Hash([0xff; 32])), false));
        consistency.push(case(&[&proof[..], &[root(new)]].concat(), root(old), false));
        if !proof.is_empty() {
            consistency.push(case(&proof[..proof.len() - 1], root(old), false));
        }
    }
    consistency.push(json!({"old": 3, "new": 2, "old_root": root(3), "new_root": root(2), "proof": [], "holds": false}));
    json!({"inclusion": inclusion, "consistency": consistency})
}

fn registry() -> Value {
    let ids = ["example.gov/log", "example.gov/finance", "example.gov/health", "example.gov/finance/clerk", "a", "b", "c", "d", "e", "f"];
    let mut cases = Vec::new();
    for count in [0, 1, 2, 3, 10] {
        let mut registry = Registry::default();
        let mut contents = serde_json::Map::new();
        for id in &ids[..count] {
            registry.set(id, Hash::of(&[b"value of ", id.as_bytes()]));
            contents.insert((*id).into(), json!(Hash::of(&[b"value of ", id.as_bytes()])));
        }
        let asked: Vec<&str> = ids[..count].iter().copied().chain(["example.gov/nobody", "z"]).collect();
        let mut proofs: Vec<Value> =
            asked.iter().map(|id| json!({"id": id, "proof": registry.prove(id), "holds": true, "value": registry.get(id)})).collect();
        for id in &ids[..count] {
            let honest = registry.prove(id);
            for forged in
                [MapProof { end: None, ..honest.clone() }, MapProof { end: Some((chain::registry::key(id), Hash::ZERO)), ..honest.clone() }]
            {
                proofs.push(json!({"id": id, "proof": forged, "holds": false}));
            }
        }
        cases.push(json!({"contents": contents, "root": registry.root(), "proofs": proofs}));
    }
    json!({"registries": cases})
}

pub fn vkey_text(name: &str, kind: u8, key: &[u8]) -> String {
    let bytes = [&[kind], key].concat();
    let id = Hash::of(&[name.as_bytes(), b"\n", &bytes]);
    format!("{name}+{}+{}", hex(&id.0[..4]), STANDARD.encode(bytes))
}

fn notes() -> Value {
    let name = "example.gov/finance";
    let secret = Hash::of(&[b"fictional key\n", name.as_bytes(), b"\n0"]);
    let good = signer(name);
    let public = good.vkey().public();
    let vkey = good.vkey().to_string();
    let bad_keys = [
        vkey_text("", 1, &public),
        vkey_text("a b", 1, &public),
        vkey_text(name, 2, &public),
        vkey_text(name, 1, &public[..31]),
        vkey_text(name, 1, &Hash([0; 32]).0),
        vkey_text(name, 1, &unhex("0100000000000000000000000000000000000000000000000000000000000000")),
        vkey_text(name, 1, &unhex("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")),
        vkey_text(name, 1, &unhex("0200000000000000000000000000000000000000000000000000000000000000")),
        vkey.replacen(name, "example.gov/health", 1),
        vkey.to_uppercase(),
        format!("{vkey}="),
    ];
    let note = sign("text\n\nmore text\n", &[&good]);
    let line = note.rsplit_once("\n\n").unwrap().1;
    let outside = [
        (
            "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
            "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n",
        ),
        (
            "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n",
        ),
    ];
    let verify = |vkey: &str, note: &str| match Note::parse(note.as_bytes()) {
        Err(error) => error.code(),
        Ok(parsed) => parsed.verify(&Vkey::parse(vkey).unwrap()).map_or_else(|error| error.code(), |()| "verifies"),
    };
    let other = vkey_text("other.example", 1, &public);
    let mut cases: Vec<(String, String)> = outside.iter().map(|(vkey, note)| ((*vkey).into(), (*note).into())).collect();
    for text in edges(&good).into_iter().chain([
        note.clone(),
        note.replace("more", "less"),
        format!("{note}{line}"),
        format!("{note}{}", line.replace(name, "example.gov/health")),
        note.trim_end().into(),
        note.replace("\n\n", "\n"),
        format!("{note}\n"),
        note.replace("more", "mo\tre"),
        note.replace("more", "mo\rre"),
        note.replace("— ", "- "),
        note.replace("=\n", "\n"),
        format!("{note}— x AAAA\n"),
        format!("text\n\n{}", line.repeat(101)),
    ]) {
        cases.push((vkey.clone(), text));
    }
    cases.push((other, note.clone()));
    json!({
        "keys": [
            {"secret": hex(&secret.0), "name": name, "type": 1, "public": hex(&public), "id": hex(&good.vkey().id()), "vkey": vkey},
            {"name": "witness.example/1", "type": 4, "public": hex(&witness(1).vkey().public()), "id": hex(&witness(1).vkey().id()), "vkey": witness(1).vkey()},
        ],
        "bad_keys": bad_keys.iter().map(|vkey| json!({"vkey": vkey, "why": Vkey::parse(vkey).unwrap_err().code()})).collect::<Vec<_>>(),
        "notes": cases.iter().map(|(vkey, note)| json!({"vkey": vkey, "note": note, "answer": verify(vkey, note)})).collect::<Vec<_>>(),
    })
}

/// Signatures that some implementations take and others do not: all are refused.
fn edges(by: &chain::note::Signer) -> Vec<String> {
    use curve25519_dalek::{
        EdwardsPoint, Scalar,
        constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION},
    };
    use sha2::{Digest, Sha512};
    let text = "text\n\nmore text\n";
    let secret = Hash::of(&[b"fictional key\n", by.vkey().name().as_bytes(), b"\n0"]);
    let mut half: [u8; 64] = Sha512::new().chain_update(secret.0).finalize().into();
    half[0] &= 248;
    half[31] = half[31] & 127 | 64;
    let a = Scalar::from_bytes_mod_order(half[..32].try_into().unwrap());
    let with = |point: EdwardsPoint, r: Scalar| {
        let point = point.compress().to_bytes();
        let k = Sha512::new().chain_update(point).chain_update(by.vkey().public()).chain_update(text);
        (point, (r + Scalar::from_bytes_mod_order_wide(&k.finalize().into()) * a).to_bytes())
    };
    let line = |(point, s): ([u8; 32], [u8; 32])| {
        let bytes = [&by.vkey().id()[..], &point, &s].concat();
        format!("{text}\n— {} {}\n", by.vkey().name(), STANDARD.encode(bytes))
    };
    let r = Scalar::from(7u8);
    let (point, s) = with(ED25519_BASEPOINT_POINT * r, r);
    // The order of the group, little-endian: S + L is S under another name.
    let order = unhex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    let mut carry = 0;
    let larger: Vec<u8> = s
        .iter()
        .zip(&order)
        .map(|(one, other)| {
            carry += u16::from(*one) + u16::from(*other);
            let low = carry as u8;
            carry >>= 8;
            low
        })
        .collect();
    vec![
        line((point, s)),
        line((point, larger.try_into().unwrap())),
        line(with(EIGHT_TORSION[0], Scalar::ZERO)),
        line(with(EIGHT_TORSION[1], Scalar::ZERO)),
        line(with(ED25519_BASEPOINT_POINT * r + EIGHT_TORSION[1], r)),
        line(with(ED25519_BASEPOINT_POINT * r + EIGHT_TORSION[4], r)),
    ]
}

fn checkpoints() -> Value {
    let checkpoint = Checkpoint { origin: ORIGIN.into(), size: 68_120, root: Hash([5; 32]) };
    let (text, signed) = (checkpoint.text(), checkpoint.sign(&signer(ORIGIN)));
    let root = checkpoint.root.to_string();
    let bad = [
        text.trim_end().to_owned(),
        text.replace("68120", "068120"),
        text.replace("68120", "+68120"),
        text.replace("68120", "9223372036854775808"),
        text.replace(&root, &root.replace('=', "")),
        text.replace(&root, &root.replace("U=", "V=")),
        format!("{text}an extension line\n"),
        text.replacen(ORIGIN, "", 1),
    ];
    let by = |n: u8, seconds| cosignature::sign(&witness(n), seconds, &text);
    let plain = cosignature::sign(&key_of("witness.example/1", KeyType::Ed25519, 0), 7, &text);
    let cosigned = [
        format!("{signed}{}", by(1, 1_795_355_160)),
        signed.clone(),
        format!("{signed}{}{}", by(1, 7), by(1, 7)),
        format!("{signed}{}", by(1, 1 << 63)),
        format!("{signed}{}", by(2, 7)),
        format!("{signed}{}", by(1, 7)).replace("68120", "68121"),
        format!("{signed}{plain}"),
    ];
    let seen = |note: &String| cosignature::verify(&Note::parse(note.as_bytes()).unwrap(), witness(1).vkey()).ok();
    let policy = papers::policy();
    let key = witness(1).vkey().to_string();
    let policies = [
        policy.clone(),
        "quorum none\n".into(),
        format!("# one\n\twitness a {key} https://w.example/\n\nquorum a"),
        String::new(),
        "quorum a\n".into(),
        format!("{policy}quorum none\n"),
        format!("witness a {key}\nwitness b {key}\nquorum a\n"),
        format!("witness a {key}\ngroup g 2 a\nquorum g\n"),
        format!("witness a {key}\ngroup g any a a\nquorum g\n"),
        format!("log {key}\nquorum none\n"),
        "quorum none\r\n".into(),
    ];
    json!({
        "log": signer(ORIGIN).vkey(),
        "checkpoints": [{"note": signed, "origin": ORIGIN, "size": checkpoint.size, "root": checkpoint.root}],
        "bad_texts": bad,
        "witness": witness(1).vkey(),
        "cosignatures": cosigned.iter().map(|note| json!({"note": note, "seconds": seen(note)})).collect::<Vec<_>>(),
        "policies": policies.iter().map(|text| json!({"text": text, "good": Policy::parse(text).is_ok()})).collect::<Vec<_>>(),
    })
}

fn spellings() -> Value {
    let good_json = [
        "{}",
        r#"{"a":9007199254740991,"b":-9007199254740991}"#,
        r#"{"a":[[[[[[[1]]]]]]]}"#,
        r#"{"a":{"b":1},"c":{"b":2}}"#,
        r#"{"a":"\ud83d\ude00 国发〔2019〕5号 e\u0301"}"#,
        r#"{ "x!" : null , "y" : true } "#,
    ];
    let bad_json = [
        "",
        "[]",
        "1",
        " {}",
        "{} x",
        r#"{"a":1,"a":2}"#,
        r#"{"a":1,"\u0061":2}"#,
        r#"{"a":{"b":[{"c":1,"c":1}]}}"#,
        r#"{"a":1.5}"#,
        r#"{"a":1.0}"#,
        r#"{"a":1e2}"#,
        r#"{"a":-0}"#,
        r#"{"a":01}"#,
        r#"{"a":9007199254740992}"#,
        r#"{"a":-9007199254740992}"#,
        r#"{"a":[[[[[[[[1]]]]]]]]}"#,
        r#"{"a":"\ud83d"}"#,
        r#"{"a":"\ude00\ud83d"}"#,
        r#"{"a":"\uffff"}"#,
        r#"{"a":"\ufdd0"}"#,
        "{\"a\":\"\u{1}\"}",
        r#"{"!a":1}"#,
        r#"{"a":{"!b":1}}"#,
        r#"{"\u0021a":1}"#,
        r#"{"a":NaN}"#,
        r#"{'a':1}"#,
        r#"{"a":1,}"#,
    ];
    let header = |index: &str, time: &str, previous: &str, registry: &str| {
        format!("gazette/v1\nindex {index}\ntime {time}\nprevious {previous}\nregistry {registry}\n\n")
    };
    let zero = Hash::ZERO.to_string();
    let time = "2026-11-22T13:45:00.123Z";
    let whole = header("1234", time, "jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=", "CD82D2LDm0phY0+xKbHyZfq3Hw21lVkuV7Zis5EFg0k=");
    let bad_headers = [
        header("01", time, &zero, &zero),
        header("-1", time, &zero, &zero),
        header("9223372036854775808", time, &zero, &zero),
        header("1", "2026-11-22T13:45:00Z", &zero, &zero),
        header("1", "2026-11-22T13:45:00.123+00:00", &zero, &zero),
        header("1", "2026-02-29T13:45:00.123Z", &zero, &zero),
        header("1", "2026-11-22T13:45:60.000Z", &zero, &zero),
        header("1", "1969-12-31T23:59:59.999Z", &zero, &zero),
        header("1", time, &zero.replace('=', ""), &zero),
        header("1", time, &zero.replace("A=", "B="), &zero),
        header("1", time, &zero, &zero.replace("AA", "__")),
        whole.replace("gazette/v1", "gazette/v2"),
        whole.replace("index ", "index  "),
        whole.replace("index ", "Index "),
        whole.replace("\ntime", "\r\ntime"),
        whole.replace("\n\n", "\n"),
        whole.replace("registry ", "extra x\nregistry "),
    ];
    json!({
        "json_good": good_json,
        "json_bad": bad_json,
        "catalogues_good": ["{}", r#"{"title":"","summary":null}"#, r#"{"title":"T","subjects":[{"scheme":null,"id":"1","name":"Acme"}]}"#, r#"{"colour":"deep"}"#],
        "catalogues_bad": [
            "[]", r#"{"title":null}"#, r#"{"title":1}"#, r#"{"keywords":null}"#, r#"{"keywords":"a"}"#, r#"{"subjects":[{"id":null,"name":"Acme"}]}"#,
            r#"{"subjects":["Acme"]}"#, r#"{"parts":["a",1]}"#, r#"{"title":"\uffff"}"#, r#"{"title":"a","title":"b"}"#, r#"{"!title":"a"}"#,
        ],
        "headers_good": [
            {"text": whole, "index": 1234, "time": START, "previous": "jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=", "registry": "CD82D2LDm0phY0+xKbHyZfq3Hw21lVkuV7Zis5EFg0k="},
            {"text": header("0", "1970-01-01T00:00:00.000Z", &zero, &zero), "index": 0, "time": 0, "previous": zero, "registry": zero},
        ],
        "headers_bad": bad_headers,
        "tile_paths_good": [
            {"path": "000", "number": 0, "width": 256}, {"path": "x001/x234/067", "number": 1_234_067, "width": 256},
            {"path": "005.p/12", "number": 5, "width": 12},
        ],
        "tile_paths_bad": ["", "0", "0000", "x000/001", "001/000", "x001/", "001.p/0", "001.p/256", "001.p/01"],
        "indexes_good": [{"text": "4,7-9", "indexes": [4, 7, 8, 9]}, {"text": "0", "indexes": [0]}],
        "indexes_bad": ["", "1,1", "2,1", "3-2", "01", "1, 2", "0-64", "1-5,5", "-1", "1-"],
        "dates_good": ["1952-08-11", "2000-02-29"],
        "dates_bad": ["1900-02-29", "2026-2-09", "0000-01-01", "2026-13-01", "2026-11-22 "],
    })
}

fn shown() -> Value {
    let case = |what: &str, source: &str, html: &str, markdown: bool, shows: bool| {
        assert_eq!(passes(source, html, markdown), shows, "{source:?} as {html}");
        json!({"case": what, "markdown": markdown, "source": source, "html": html, "shows": shows})
    };
    let mut good = vec![case("a notice", NOTICE, PAGE, true, true)];
    good.extend(SHOWN.iter().map(|(source, html)| case("Markdown", source, html, true, true)));
    good.push(case("Markdown as it is written", "# a *b*", "<pre># a *b*</pre>", true, true));
    good.push(case("a plain text", "one  *two*", "<pre>one  *two*\n</pre>", false, true));
    let mut bad: Vec<Value> = ALTERED.iter().map(|(what, from, to)| case(what, NOTICE, &PAGE.replacen(from, to, 1), true, false)).collect();
    for (what, cases) in DEPARTURES {
        bad.extend(cases.iter().map(|(source, html)| case(what, source, html, true, false)));
    }
    bad.extend(PLAIN.iter().map(|(source, html)| case("a plain text that is not shown as it is", source, html, false, false)));
    json!({"shown": good, "not_shown": bad})
}
