//! Statements: one good line of each type reads, and each rule of each member is enforced.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use chain::{
    entry::{Entry, EntryError, Header, LARGEST_REGISTRY_STATEMENT, LARGEST_STATEMENT},
    note::{KeyType, NoteError, sign},
    statement::{Core, Statement, StatementError, core_line, is_id, text},
    time::Millis,
};
use common::{papers::*, story::story, *};
use serde_json::{Value, json};

const ID: &str = "00112233445566778899aabbccddeeff";

fn commitment(n: u8) -> String {
    format!("sha256:{}", format!("{n:02x}").repeat(32))
}

fn reference() -> Value {
    json!({"index": 7, "leaf": chain::Hash::ZERO})
}

/// A good core of each type, as plain JSON.
fn good(kind: &str) -> Value {
    let mut core = match kind {
        "charter" => serde_json::to_value(charter()).unwrap(),
        "agency" => {
            let mut agency = agency(FINANCE);
            agency.rule = Some(rule());
            agency.overseers = vec![COUNCIL.into()];
            serde_json::to_value(agency).unwrap()
        }
        "post" => serde_json::to_value(post(CLERK, FINANCE)).unwrap(),
        "step" => json!({"agency": FINANCE, "case": ID, "commitment": commitment(1)}),
        "disclosure" => json!({"agency": FINANCE, "genre": "notice", "language": "zh", "parts": [
            {"role": "catalogue", "media": "application/json", "size": 2, "commitment": commitment(1)},
            {"role": "body", "media": "text/markdown", "size": 0, "commitment": commitment(2), "language": "zh"},
        ]}),
        "status" => json!({"agency": FINANCE, "target": reference(), "kind": "repealed", "effective": "2026-12-01", "ground": "outdated"}),
        "redaction" => json!({"agency": FINANCE, "target": reference(), "parts": [commitment(1)], "ground": "personal-data"}),
        _ => json!({}),
    };
    core["type"] = json!(kind);
    core["id"] = json!(ID);
    core
}

fn note_of(core: &Value) -> String {
    sealed(&core.to_string(), None, &signer(FINANCE))
}

fn refused(core: &Value) -> StatementError {
    let note = note_of(core);
    let error = Statement::parse(note.as_bytes()).map(|_| ());
    error.expect_err(&core.to_string())
}

#[test]
fn a_good_statement_of_each_type_reads() {
    for kind in ["charter", "agency", "post", "step", "disclosure", "status", "redaction"] {
        let core = good(kind);
        let note = note_of(&core);
        let statement = Statement::parse(note.as_bytes()).unwrap();
        assert_eq!(statement.core.kind(), kind);
        assert_eq!(statement.core.registers(), ["charter", "agency", "post"].contains(&kind));
        assert_eq!((statement.origin, statement.id.as_str()), (ORIGIN, ID));
        assert_eq!(statement.core_line, core.to_string(), "the line is kept as it was signed");
        // Members nobody knows survive, unless their name says that they must be understood.
        let mut more = core.clone();
        more["colour"] = json!({"deep": [1, 2, {"er": null}]});
        assert!(Statement::parse(note_of(&more).as_bytes()).is_ok());
        more["!colour"] = json!(1);
        assert!(matches!(refused(&more), StatementError::Json("core", _)));
    }
}

#[test]
fn each_member_is_held_to_its_rule() {
    let part = |role: &str, n: u8| json!({"role": role, "media": "text/plain", "size": 1, "commitment": commitment(n)});
    let keys = |name: &str, number: u8| key_of(name, KeyType::Ed25519, number).vkey().to_string();
    let cosigner = witness(1).vkey().to_string();
    let long = "x".repeat(401);
    let cases: Vec<(&str, &str, Value, &str)> = vec![
        ("disclosure", "id", json!("00112233"), "id"),
        ("disclosure", "id", json!(ID.to_uppercase()), "id"),
        ("disclosure", "agency", json!("Example.gov"), "agency"),
        ("disclosure", "agency", json!("a//b"), "agency"),
        ("disclosure", "agency", json!("财政局"), "agency"),
        ("disclosure", "agency", json!("../etc"), "agency"),
        ("disclosure", "genre", json!("A Notice"), "genre"),
        ("disclosure", "genre", json!(""), "genre"),
        ("disclosure", "genre", json!("g".repeat(65)), "genre"),
        ("disclosure", "theme", json!("a_b"), "theme"),
        ("disclosure", "language", json!("zh_CN"), "language"),
        ("disclosure", "stated", json!({"issued": "2026-02-29"}), "stated"),
        ("disclosure", "stated", json!({"expires": "2026-2-9"}), "stated"),
        ("disclosure", "stated", json!({"effective": ""}), "stated"),
        ("disclosure", "stated_agency", json!(""), "stated_agency"),
        ("disclosure", "stated_agency", json!(long), "stated_agency"),
        ("disclosure", "source", json!(long), "source"),
        ("disclosure", "parts", json!([]), "parts"),
        ("disclosure", "parts", json!([part("body", 1)]), "parts"),
        ("disclosure", "parts", json!([part("body", 1), part("catalogue", 2)]), "parts"),
        ("disclosure", "parts", json!([part("catalogue", 1), part("catalogue", 2)]), "parts"),
        ("disclosure", "parts", json!([part("catalogue", 1), part("body", 1)]), "parts"),
        ("disclosure", "parts", json!([part("catalogue", 1), part("The Body", 2)]), "parts"),
        (
            "disclosure",
            "parts",
            json!((0..65).map(|n| part(if n == 0 { "catalogue" } else { "attachment" }, n)).collect::<Vec<_>>()),
            "parts",
        ),
        ("disclosure", "parts", json!([{"role": "catalogue", "media": "Text/Plain", "size": 1, "commitment": commitment(1)}]), "parts"),
        ("disclosure", "parts", json!([{"role": "catalogue", "media": "text", "size": 1, "commitment": commitment(1)}]), "parts"),
        ("disclosure", "parts", json!([{"role": "catalogue", "media": "a/b;c=d", "size": 1, "commitment": commitment(1)}]), "parts"),
        (
            "disclosure",
            "parts",
            json!([{"role": "catalogue", "media": "a/b", "size": 1, "commitment": commitment(1), "language": "ZH"}]),
            "parts",
        ),
        ("disclosure", "ground", json!("error-in-text"), "ground"),
        ("status", "effective", json!("soon"), "effective"),
        ("status", "ground", json!("No longer needed"), "ground"),
        ("status", "agency", json!(""), "agency"),
        ("redaction", "parts", json!([]), "parts"),
        ("redaction", "ground", json!("?"), "ground"),
        ("step", "case", json!("1"), "case"),
        ("step", "agency", json!("a+b"), "agency"),
        ("post", "post", json!(FINANCE), "post"),
        ("post", "agency", json!("Finance"), "agency"),
        ("post", "keys", json!([{"key": keys("other.example", 0)}]), "keys"),
        ("post", "keys", json!([{"key": keys(CLERK, 0), "custody": "portal"}]), "keys"),
        ("post", "keys", json!([{"key": keys(CLERK, 0)}, {"key": keys(CLERK, 0)}]), "keys"),
        ("agency", "seals", json!([{"key": keys(FINANCE, 0)}]), "seals"),
        ("agency", "seals", json!([{"key": keys(FINANCE, 0), "custody": "cloud"}]), "seals"),
        ("agency", "seals", json!([{"key": keys(HEALTH, 0), "custody": "portal"}]), "seals"),
        ("agency", "name", json!({"EN": "x"}), "name"),
        ("agency", "name", json!({"en": ""}), "name"),
        ("agency", "name", json!({"en": long}), "name"),
        ("agency", "name", json!((0..17).map(|n| (format!("l{n}"), "x")).collect::<std::collections::BTreeMap<_, _>>()), "name"),
        ("agency", "successor", json!("A"), "successor"),
        ("agency", "overseers", json!(["a", "B"]), "overseers"),
        ("agency", "rule", json!({"genres": [{"genre": "*", "steps": []}]}), "rule"),
        ("agency", "rule", json!({"genres": [{"genre": "*", "steps": [{"code": "a", "posts": ["p"], "count": 2}]}]}), "rule"),
        ("agency", "rule", json!({"genres": [{"genre": "*", "steps": [{"code": "a", "posts": ["p"], "count": 0}]}]}), "rule"),
        ("agency", "rule", json!({"genres": [{"genre": "*", "steps": [{"code": "a", "posts": ["p", "p"], "count": 1}]}]}), "rule"),
        (
            "agency",
            "rule",
            json!({"genres": [{"genre": "*", "steps": [{"code": "a", "posts": ["p"], "count": 1, "after": ["a"]}]}]}),
            "rule",
        ),
        ("agency", "rule", json!({"genres": [{"genre": "A", "steps": [{"code": "a", "posts": ["p"], "count": 1}]}]}), "rule"),
        ("agency", "rule", json!({"genres": [], "overriders": ["Minister"]}), "rule"),
        ("charter", "origin", json!("Example.gov/log"), "origin"),
        ("charter", "zone", json!(""), "zone"),
        ("charter", "zone", json!("Asia/Shang hai"), "zone"),
        ("charter", "logs", json!([]), "logs"),
        ("charter", "logs", json!([{"key": keys(ORIGIN, 0), "from": 1}]), "logs"),
        ("charter", "logs", json!([{"key": keys("other.example", 0), "from": 0}]), "logs"),
        ("charter", "logs", json!([{"key": keys(ORIGIN, 0), "from": 0}, {"key": keys(ORIGIN, 1), "from": 0}]), "logs"),
        ("charter", "registrars", json!({"threshold": 0, "keys": [keys("r", 0)]}), "registrars"),
        ("charter", "registrars", json!({"threshold": 2, "keys": [keys("r", 0)]}), "registrars"),
        ("charter", "registrars", json!({"threshold": 1, "keys": []}), "registrars"),
        ("charter", "registrars", json!({"threshold": 2, "keys": [keys("r", 0), keys("r", 0)]}), "registrars"),
        ("charter", "registrars", json!({"threshold": 1, "keys": [cosigner]}), "registrars"),
        ("charter", "policy", json!("quorum someone\n"), "policy"),
    ];
    for (kind, name, value, member) in cases {
        let mut core = good(kind);
        core[name] = value;
        assert_eq!(refused(&core), StatementError::Member(member), "{core}");
    }
}

#[test]
fn a_new_version_may_say_why_and_nothing_that_replaces_nothing_does() {
    let with = |ground: Value| {
        let mut core = good("disclosure");
        (core["revises"], core["ground"]) = (reference(), ground);
        core
    };
    let read = |ground: Value| {
        let note = note_of(&with(ground));
        let Core::Disclosure(core) = Statement::parse(note.as_bytes()).unwrap().core else { panic!("{note}") };
        core
    };
    let said = read(json!("error-in-text"));
    assert_eq!(said.ground.as_deref(), Some("error-in-text"));
    let line = core_line("disclosure", ID, &said).unwrap();
    assert!(line.contains("},\"ground\":\"error-in-text\"}"), "behind what it replaces: {line}");
    // As those are that were written before anybody could say it.
    assert_eq!(read(json!(null)).ground, None);
    assert!(!core_line("disclosure", ID, &read(json!(null))).unwrap().contains("ground"));
    let long = "g".repeat(65);
    for bad in ["", "Figures were wrong", long.as_str()] {
        assert_eq!(refused(&with(json!(bad))), StatementError::Member("ground"), "{bad}");
    }
    assert!(matches!(refused(&with(json!(7))), StatementError::Json("core", _)));
}

#[test]
fn a_value_of_another_shape_or_none_is_refused() {
    for (kind, needed) in [
        ("charter", vec!["origin", "trial", "zone", "logs", "registrars", "policy"]),
        ("agency", vec!["agency", "name", "seals"]),
        ("post", vec!["post", "agency", "name", "keys"]),
        ("step", vec!["agency", "case", "commitment"]),
        ("disclosure", vec!["agency", "genre", "language", "parts"]),
        ("status", vec!["agency", "target", "kind", "ground"]),
        ("redaction", vec!["agency", "target", "parts", "ground"]),
    ] {
        for name in needed.into_iter().chain(["id", "type"]) {
            let mut core = good(kind);
            core.as_object_mut().unwrap().remove(name);
            assert!(matches!(refused(&core), StatementError::Json("core", _)), "{kind} without {name}");
            core[name] = json!(12);
            assert!(matches!(refused(&core), StatementError::Json("core", _)), "{kind} with a number for {name}");
        }
    }
    for (kind, name, value) in [
        ("status", "kind", json!("forgotten")),
        ("status", "target", json!({"index": 7})),
        ("status", "target", json!({"index": -7, "leaf": chain::Hash::ZERO})),
        ("status", "target", json!({"index": 7, "leaf": "AAAA"})),
        ("step", "commitment", json!(commitment(0xab).to_uppercase())),
        ("step", "commitment", json!("md5:00")),
        ("redaction", "parts", json!(["sha256:00"])),
        ("agency", "seals", json!([{"key": "no key", "custody": "portal"}])),
        ("agency", "seals", json!([{"key": signer(FINANCE).vkey(), "custody": "portal", "ended": {"how": "sold", "at": 1}}])),
    ] {
        let mut core = good(kind);
        core[name] = value;
        assert!(matches!(refused(&core), StatementError::Json("core", _)), "{core}");
    }
    let mut core = good("step");
    core["type"] = json!("heartbeat");
    assert_eq!(refused(&core), StatementError::Type("heartbeat".into()));
}

#[test]
fn a_statement_is_a_header_a_core_and_at_most_one_act() {
    let line = good("disclosure").to_string();
    let parse = |text: &str| {
        let note = sign(text, &[&signer(FINANCE)]);
        Statement::parse(note.as_bytes()).map(|_| ())
    };
    assert_eq!(parse(&text(ORIGIN, &line, None)), Ok(()));
    assert_eq!(parse(&format!("gazette/v1/statement {ORIGIN}\n")), Err(StatementError::Lines));
    assert_eq!(parse(&format!("gazette/v2/statement {ORIGIN}\n{line}\n")), Err(StatementError::Lines));
    assert_eq!(parse(&format!("gazette/v1/statement{ORIGIN}\n{line}\n")), Err(StatementError::Lines));
    assert_eq!(parse(&format!("gazette/v1/statement {ORIGIN}\n{line}\n{{}}\n{{}}\n")), Err(StatementError::Lines));
    for origin in ["", " a", "A", "a b", "a\u{3000}"] {
        assert_eq!(parse(&format!("gazette/v1/statement {origin}\n{line}\n")), Err(StatementError::Member("origin")), "{origin:?}");
    }
    assert!(matches!(parse(&format!("gazette/v1/statement {ORIGIN}\n{line}\n\n")), Err(StatementError::Json("act", _))));
    assert!(matches!(parse(&text(ORIGIN, &line, Some("{}"))), Err(StatementError::Json("act", _))));
    assert!(matches!(parse(&text(ORIGIN, &format!(" {line}"), None)), Err(StatementError::Json("core", _))));
    let act = format!(r#"{{"case":"{ID}","rule":"{}","steps":[],"opening":[]}}"#, chain::Hash::ZERO);
    assert_eq!(parse(&text(ORIGIN, &line, Some(&act))), Ok(()));
    for kind in ["charter", "agency", "post", "step"] {
        assert_eq!(parse(&text(ORIGIN, &good(kind).to_string(), Some(&act))), Err(StatementError::Act(kind)));
    }
    assert_eq!(Statement::parse(b"no note").map(|_| ()), Err(StatementError::Note(NoteError::NoSignatures)));
}

/// A note of exactly `size` bytes, by padding a member nobody knows.
fn padded(kind: &str, size: usize) -> String {
    let mut core = good(kind);
    core["padding"] = json!("");
    let bare = note_of(&core).len();
    core["padding"] = json!("x".repeat(size - bare));
    let note = note_of(&core);
    assert_eq!(note.len(), size);
    note
}

#[test]
fn a_statement_may_have_16384_bytes_and_a_registration_60000() {
    for kind in ["step", "disclosure", "status", "redaction"] {
        assert!(Statement::parse(padded(kind, LARGEST_STATEMENT).as_bytes()).is_ok());
        let error = Statement::parse(padded(kind, LARGEST_STATEMENT + 1).as_bytes()).map(|_| ());
        assert_eq!(error, Err(StatementError::TooLarge { size: 16_385, limit: 16_384 }));
    }
    for kind in ["charter", "agency", "post"] {
        assert!(Statement::parse(padded(kind, LARGEST_REGISTRY_STATEMENT).as_bytes()).is_ok());
        let error = Statement::parse(padded(kind, LARGEST_REGISTRY_STATEMENT + 1).as_bytes()).map(|_| ());
        assert_eq!(error, Err(StatementError::TooLarge { size: 60_001, limit: 60_000 }));
    }
}

#[test]
fn an_entry_header_has_one_spelling() {
    let chain = story().chain;
    let entry = &chain.entries[1];
    let header = chain.header(1);
    assert_eq!(header.index, 1);
    assert!(entry.starts_with(&header.text().unwrap()));
    let line = |from: &str, to: &str| entry.replacen(from, to, 1);
    for bad in [
        line("gazette/v1\n", "gazette/v2\n"),
        line("index 1\n", "index 01\n"),
        line("index 1\n", "index +1\n"),
        line("index 1\n", "index  1\n"),
        line("index 1\n", "index 1 \n"),
        line("index 1\n", "Index 1\n"),
        line("index 1\n", "index 9223372036854775808\n"),
        line("index 1\n", ""),
        line("index 1\n", "index 1\nindex 1\n"),
        line("\nprevious", "\n\nprevious"),
        line("Z\n", "+00:00\n"),
        line("Z\n", "1Z\n"),
        line("previous ", "previous\t"),
        line("=\nregistry", "\nregistry"),
        line("gazette", " gazette"),
        line("\n", "\r\n"),
        header.text().unwrap().trim_end().to_owned(),
        String::new(),
    ] {
        assert_eq!(Entry::parse(bad.as_bytes()), Err(EntryError::Header), "{bad:?}");
    }
    assert_eq!(Entry::parse(&[0xff]), Err(EntryError::NotUtf8));
    assert_eq!(Entry::parse(&vec![b'a'; 65_536]), Err(EntryError::TooLong));
    assert_eq!(Entry::write(&header, &"x".repeat(65_536)).map(|_| ()), Err(EntryError::TooLong));
    let late = Header { time: Millis::MAX, ..header };
    assert_eq!(Entry::write(&late, "x").map(|_| ()), Err(EntryError::Header));
}

#[test]
fn ids_are_lowercase_and_fit_for_an_address() {
    for good in ["a", "example.gov/finance", "x-y_z.9/0"] {
        assert!(is_id(good), "{good}");
    }
    let long = "a".repeat(256);
    for bad in ["", "/a", "a/", "a//b", ".a", "a/.b", "A", "a b", "a+b", "a?b", "a%b", "é", long.as_str()] {
        assert!(!is_id(bad), "{bad}");
    }
}

#[test]
fn written_lines_begin_with_type_and_id() {
    let line = core_line("agency", ID, &agency(HEALTH)).unwrap();
    assert!(line.starts_with(&format!(r#"{{"type":"agency","id":"{ID}","agency":"{HEALTH}""#)), "{line}");
    let note = registered(&line);
    let statement = Statement::parse(note.as_bytes()).unwrap();
    assert!(matches!(statement.core, Core::Agency(_)));
    assert_eq!(statement.signer(), ORIGIN, "registrations are told apart in the chain's own name");
}
