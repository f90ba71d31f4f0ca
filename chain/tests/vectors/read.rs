//! Reads the vectors that need no chain.

use super::load;
use chain::{
    Hash,
    approval::core_commitment,
    catalogue::Catalogue,
    check::shows,
    checkpoint::Checkpoint,
    cosignature,
    entry::Entry,
    evidence::parse_indexes,
    json,
    note::{KeyType, Note, Signer, Vkey},
    part::{Commitment, parse_salt},
    policy::Policy,
    registry::{MapProof, Registry},
    tile::parse_number_path,
    time::parse_date,
    tree::{EMPTY, check_consistency, check_inclusion, leaf_hash, node_hash},
};
use serde_json::Value;

pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

pub fn cases(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

pub fn of<T: json::Shape>(value: &Value) -> T {
    T::read(value.clone()).unwrap()
}

fn bytes(value: &Value) -> Vec<u8> {
    let hex = text(value);
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

/// RFC 6962's definition; the tests of the tree compare the stored tree with it.
fn root_of(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => EMPTY,
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            node_hash(&root_of(left), &root_of(right))
        }
    }
}

#[test]
fn hashes() {
    let file = load("hashes.json");
    for case in cases(&file["leaf"]) {
        assert_eq!(leaf_hash(&bytes(&case["bytes"])), of(&case["hash"]));
    }
    for case in cases(&file["node"]) {
        assert_eq!(node_hash(&of(&case["left"]), &of(&case["right"])), of(&case["hash"]));
    }
    for case in cases(&file["tree"]) {
        let leaves: Vec<Hash> = cases(&case["leaves"]).iter().map(|leaf| leaf_hash(&bytes(leaf))).collect();
        assert_eq!(root_of(&leaves), of(&case["root"]));
    }
    for case in cases(&file["commitment"]) {
        let salt = parse_salt(text(&case["salt"])).unwrap();
        assert_eq!(Commitment::to(&salt, text(&case["text"]).as_bytes()), of(&case["commitment"]));
    }
    for case in cases(&file["core_commitment"]) {
        let salt = parse_salt(text(&case["salt"])).unwrap();
        assert_eq!(core_commitment(&salt, text(&case["line"])), of(&case["commitment"]));
    }
    let mut previous = "0".repeat(64);
    for row in cases(&file["row"]) {
        assert_eq!(text(&row["previous"]), previous);
        let members = ["number", "done", "who", "what", "about", "details", "previous"].map(|name| row[name].clone());
        let written = Value::from(members.to_vec()).to_string();
        previous = Hash::of(&[b"gazette/v1 journal\n", written.as_bytes()]).to_hex();
        assert_eq!(text(&row["hash"]), previous);
    }
}

#[test]
fn proofs() {
    let file = load("proofs.json");
    for case in cases(&file["inclusion"]) {
        let proof: Vec<Hash> = of(&case["proof"]);
        let checked = check_inclusion(&proof, of(&case["index"]), of(&case["leaf"]), of(&case["size"]), of(&case["root"]));
        assert_eq!(checked.is_ok(), of::<bool>(&case["holds"]), "{case}");
    }
    for case in cases(&file["consistency"]) {
        let proof: Vec<Hash> = of(&case["proof"]);
        let checked = check_consistency(&proof, of(&case["old"]), of(&case["old_root"]), of(&case["new"]), of(&case["new_root"]));
        assert_eq!(checked.is_ok(), of::<bool>(&case["holds"]), "{case}");
    }
}

#[test]
fn registries() {
    for case in cases(&load("registry.json")["registries"]) {
        let mut registry = Registry::default();
        for (id, value) in case["contents"].as_object().unwrap() {
            registry.set(id, of(value));
        }
        let root: Hash = of(&case["root"]);
        assert_eq!(registry.root(), root);
        for proof in cases(&case["proofs"]) {
            let checked = of::<MapProof>(&proof["proof"]).check(text(&proof["id"]), root);
            if of::<bool>(&proof["holds"]) {
                assert_eq!(checked, Ok(of(&proof["value"])));
            } else {
                assert!(checked.is_err(), "{proof}");
            }
        }
    }
}

#[test]
fn keys_and_notes() {
    let file = load("notes.json");
    for case in cases(&file["keys"]) {
        let vkey = Vkey::parse(text(&case["vkey"])).unwrap();
        assert_eq!((vkey.name(), chain::hash::hex(&vkey.id()).as_str()), (text(&case["name"]), text(&case["id"])));
        assert_eq!(chain::hash::hex(&vkey.public()), text(&case["public"]));
        let kind = if case["type"] == 1 { KeyType::Ed25519 } else { KeyType::Cosignature };
        assert_eq!(vkey.kind(), kind);
        if let Some(secret) = case["secret"].as_str() {
            let secret = Hash::from_hex(secret).unwrap();
            assert_eq!(Signer::new(vkey.name(), kind, &secret.0).unwrap().vkey(), &vkey);
        }
    }
    for case in cases(&file["bad_keys"]) {
        assert_eq!(Vkey::parse(text(&case["vkey"])).unwrap_err().code(), text(&case["why"]));
    }
    for case in cases(&file["notes"]) {
        let vkey = Vkey::parse(text(&case["vkey"])).unwrap();
        let answer = Note::parse(text(&case["note"]).as_bytes()).and_then(|note| note.verify(&vkey));
        assert_eq!(answer.map_or_else(|error| error.code(), |()| "verifies"), text(&case["answer"]));
    }
}

#[test]
fn checkpoints_cosignatures_and_policies() {
    let file = load("checkpoints.json");
    let (log, witness): (Vkey, Vkey) = (of(&file["log"]), of(&file["witness"]));
    for case in cases(&file["checkpoints"]) {
        let checkpoint = Checkpoint::open(text(&case["note"]).as_bytes(), &log).unwrap();
        assert_eq!(checkpoint, Checkpoint { origin: of(&case["origin"]), size: of(&case["size"]), root: of(&case["root"]) });
    }
    for case in cases(&file["bad_texts"]) {
        assert!(Checkpoint::parse(text(case)).is_err(), "{case}");
    }
    for case in cases(&file["cosignatures"]) {
        let note = Note::parse(text(&case["note"]).as_bytes()).unwrap();
        assert_eq!(cosignature::verify(&note, &witness).ok(), of(&case["seconds"]), "{case}");
    }
    for case in cases(&file["policies"]) {
        assert_eq!(Policy::parse(text(&case["text"])).is_ok(), of::<bool>(&case["good"]), "{case}");
    }
}

#[test]
fn spellings() {
    let file = load("spellings.json");
    for line in cases(&file["json_good"]) {
        assert!(json::check(text(line)).is_ok(), "{line}");
    }
    for line in cases(&file["json_bad"]) {
        assert!(json::check(text(line)).is_err(), "{line}");
    }
    for catalogue in cases(&file["catalogues_good"]) {
        assert!(Catalogue::read(text(catalogue).as_bytes()).is_ok(), "{catalogue}");
    }
    for catalogue in cases(&file["catalogues_bad"]) {
        assert!(Catalogue::read(text(catalogue).as_bytes()).is_err(), "{catalogue}");
    }
    for case in cases(&file["headers_good"]) {
        let entry = Entry::parse(text(&case["text"]).as_bytes()).unwrap();
        assert_eq!((entry.header.index, entry.header.time), (of(&case["index"]), of(&case["time"])));
        assert_eq!((entry.header.previous, entry.header.registry), (of(&case["previous"]), of(&case["registry"])));
        assert_eq!(entry.header.text().unwrap(), text(&case["text"]));
    }
    for header in cases(&file["headers_bad"]) {
        assert!(Entry::parse(text(header).as_bytes()).is_err(), "{header}");
    }
    for case in cases(&file["tile_paths_good"]) {
        assert_eq!(parse_number_path(text(&case["path"])), Some((of(&case["number"]), of::<u64>(&case["width"]).try_into().unwrap())));
    }
    for path in cases(&file["tile_paths_bad"]) {
        assert_eq!(parse_number_path(text(path)), None, "{path}");
    }
    for case in cases(&file["indexes_good"]) {
        assert_eq!(parse_indexes(text(&case["text"])), Some(of(&case["indexes"])));
    }
    for list in cases(&file["indexes_bad"]) {
        assert_eq!(parse_indexes(text(list)), None, "{list}");
    }
    assert!(cases(&file["dates_good"]).iter().all(|date| parse_date(text(date)).is_some()));
    assert!(cases(&file["dates_bad"]).iter().all(|date| parse_date(text(date)).is_none()));
}

#[test]
fn shown_texts() {
    let file = load("shown.json");
    for case in cases(&file["shown"]).iter().chain(cases(&file["not_shown"])) {
        let found = shows(text(&case["html"]), text(&case["source"]), of(&case["markdown"]));
        assert_eq!(found.is_ok(), of::<bool>(&case["shows"]), "{case}");
    }
}
