//! Bytes from anywhere: nothing that is read can make a reader panic, and no JSON gets in that others would refuse.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use chain::{
    approval::Act,
    catalogue::Catalogue,
    check::Reader,
    checkpoint::Checkpoint,
    entry::Entry,
    evidence::{Bundle, Wanted, format_indexes, parse_indexes, wanted_by, wanted_newest, wanted_owner, wanted_signer},
    json,
    note::{Note, Vkey},
    policy::Policy,
    proof::TlogProof,
    statement::{Disclosure, Statement, Status},
    tile::{parse_number_path, split_bundle},
    time::{parse_date, parse_time},
};
use common::story::story;
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Hands bytes to everything that reads.
fn read_all(bytes: &[u8]) {
    let _ = Note::parse(bytes);
    let _ = Entry::parse(bytes);
    let _ = Statement::parse(bytes);
    let _ = Catalogue::read(bytes);
    let _ = split_bundle(bytes, 3);
    let mut wanted = Wanted::default();
    wanted_by(bytes, &mut wanted);
    wanted_signer(bytes, &mut wanted);
    wanted_owner(bytes, bytes, &mut wanted);
    wanted_newest(bytes, &BTreeSet::from(["a".to_owned()]), &mut wanted);
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = TlogProof::parse(text);
        let _ = Policy::parse(text);
        let _ = Checkpoint::parse(text);
        let _ = Vkey::parse(text);
        let _ = parse_number_path(text);
        let _ = parse_time(text);
        let _ = parse_date(text);
        let _ = parse_indexes(text);
        let _ = json::read::<Act>(text);
        let _ = json::read::<Disclosure>(text);
        if let Ok(bundle) = chain::evidence::read_bundle(text) {
            read_bundle(&bundle);
        }
    }
}

fn read_bundle(bundle: &Bundle) {
    if let Ok(reader) = Reader::open(bundle) {
        for logged in bundle.entries.iter().take(50) {
            let _ = reader.check(logged.index);
        }
        let _ = reader.check(u64::MAX);
        let _ = reader.identity();
    }
}

/// JSON of our kind and of others', nested up to ten deep.
fn json_text() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        any::<i64>().prop_map(|n| n.to_string()),
        any::<f64>().prop_map(|n| format!("{n:?}")),
        "[a-z!]{0,4}".prop_map(|s| format!("\"{s}\"")),
        "\\\\u[0-9a-fA-F]{3,4}".prop_map(|s| format!("\"{s}\"")),
        "[0-9eE.+-]{1,6}",
        "\\PC{0,6}",
    ];
    leaf.prop_recursive(10, 64, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            proptest::collection::vec(("[ab!]{1,2}", inner), 0..4).prop_map(|members| {
                format!("{{{}}}", members.iter().map(|(k, v)| format!("\"{k}\":{v}")).collect::<Vec<_>>().join(","))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn no_bytes_make_a_reader_panic(bytes: Vec<u8>) {
        read_all(&bytes);
    }

    #[test]
    fn no_text_makes_a_reader_panic(text in "(gazette/v1|c2sp.org/tlog-proof@v1|[\\n— 0-9a-zA-Z/+=x.,-]|index |time |previous |registry |\\PC){0,80}") {
        read_all(text.as_bytes());
    }

    #[test]
    fn what_json_readers_refuse_is_refused(text in json_text()) {
        read_all(text.as_bytes());
        if serde_json::from_str::<serde_json::Value>(&text).is_err() {
            prop_assert!(json::check(&text).is_err(), "{}", text);
        }
        if json::check(&text).is_ok() {
            // What is let in reads the same however often it is written.
            let value: serde_json::Value = serde_json::from_str(&text).unwrap();
            let again = serde_json::to_string(&value).unwrap();
            prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&again).unwrap(), value);
            prop_assert!(json::check(&again).is_ok());
        }
    }

    #[test]
    fn an_index_list_reads_back(picked in proptest::collection::btree_set(0..200u64, 1..=64)) {
        let indexes: Vec<u64> = picked.into_iter().collect();
        prop_assert_eq!(parse_indexes(&format_indexes(&indexes)), Some(indexes));
    }
}

#[test]
fn a_list_of_indexes_rises_and_is_short() {
    assert_eq!(parse_indexes("4,7-9"), Some(vec![4, 7, 8, 9]));
    assert_eq!(parse_indexes("0-63").map(|list| list.len()), Some(64));
    for bad in [
        "",
        ",",
        "1,",
        "1,1",
        "2,1",
        "3-2",
        "1-",
        "-1",
        "01",
        "1, 2",
        "0-64",
        "0-63,64",
        "1-5,5",
        "9223372036854775808",
        "1-18446744073709551615",
    ] {
        assert_eq!(parse_indexes(bad), None, "{bad}");
    }
}

#[test]
fn a_flipped_byte_anywhere_in_an_entry_makes_no_reader_panic() {
    let chain = story().chain;
    for entry in chain.entries.iter().step_by(5) {
        let mut bytes = entry.clone().into_bytes();
        for place in (0..bytes.len()).step_by(7) {
            bytes[place] ^= 0x10;
            read_all(&bytes);
            bytes[place] ^= 0x10;
        }
    }
}

#[test]
fn an_object_is_never_read_from_a_list_nor_a_word_from_an_object() {
    let leaf = chain::Hash::ZERO.to_string();
    let status = |target: &str, kind: &str| format!(r#"{{"agency":"a","target":{target},"kind":{kind},"ground":"g"}}"#);
    let good = format!(r#"{{"index":1,"leaf":"{leaf}"}}"#);
    assert!(json::read::<Status>(&status(&good, r#""repealed""#)).is_ok());
    assert!(json::read::<Status>(&status(&good, r#""repe\u0061led""#)).is_ok(), "an escape is the same word");
    assert!(json::read::<Status>(&status(&format!(r#"[1,"{leaf}"]"#), r#""repealed""#)).is_err());
    assert!(json::read::<Status>(&status(&good, r#"{"repealed":null}"#)).is_err());
    assert!(json::read::<Status>(&status(&good, r#"["repealed"]"#)).is_err());
    assert!(json::read::<Status>(&status(&good, "0")).is_err());
    let act = |opening: &str| format!(r#"{{"case":"c","rule":"{leaf}","steps":[1],"opening":[{opening}]}}"#);
    assert!(json::read::<Act>(&act(r#"{"salt":"s","text":"t"}"#)).is_ok());
    assert!(json::read::<Act>(&act(r#"["s","t"]"#)).is_err());
}
