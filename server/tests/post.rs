//! What the command line promises an officer who signs outside the browser: only what was read and handed over is signed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod program;

use chain::{
    approval::{Decision, core_commitment},
    hash::unhex,
    json,
    note::Vkey,
    part::{Commitment, parse_salt},
    statement::{self, Core, Statement},
};
use program::{Program, text};
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;

const POST: &str = "example.gov/finance/approver";
const CATALOGUE: &str = r#"{"title":"The budget","parts":["Budget.md"]}"#;
const BODY: &str = "# The budget\n\nThe text of it.\n";

fn printed(output: &std::process::Output) -> String {
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

fn refused(output: &std::process::Output) -> String {
    assert!(!output.status.success(), "{}", text(&output.stdout));
    text(&output.stderr)
}

/// What the address of a case gives to be signed.
fn ask() -> Value {
    let salts = [[1; 16], [2; 16]];
    let part = |role: &str, media: &str, salt: &[u8; 16], text: &str| json!({"role": role, "media": media, "size": text.len(), "commitment": Commitment::to(salt, text.as_bytes())});
    let core = json!({
        "type": "disclosure", "id": "9f".repeat(16), "agency": "example.gov/finance", "genre": "notice", "language": "en", "stated": {},
        "parts": [part("catalogue", "application/json", &salts[0], CATALOGUE), part("body", "text/markdown", &salts[1], BODY)],
    });
    // As the desk writes it: a line that says more than its reader knows is not signed.
    let (id, core) = Core::read(&core.to_string()).unwrap();
    let Core::Disclosure(core) = core else { panic!("{core:?}") };
    let core_line = statement::core_line("disclosure", &id, &core).unwrap();
    let parts: Vec<_> = salts.iter().zip([CATALOGUE, BODY]).map(|(salt, text)| {
        json!({"commitment": Commitment::to(salt, text.as_bytes()), "salt": chain::hash::hex(salt), "address": "/desk/cases/x/parts/y"})
    }).collect();
    json!({
        "origin": "example.gov/log", "agency": "example.gov/finance", "case": "51".repeat(16), "code": "sign", "core_line": core_line,
        "rule": chain::Hash::of(&[b"rule"]), "previous": {"index": 12, "leaf": chain::Hash::of(&[b"twelve"])}, "parts": parts,
    })
}

fn officer() -> (Program, String) {
    let program = Program::new();
    let vkey = printed(&program.run(&["post", "key", "--out", "approver.key", "--name", POST])).trim().to_owned();
    program.file("ask.json", &ask().to_string());
    program.file("catalogue.json", CATALOGUE);
    program.file("body.md", BODY);
    (program, vkey)
}

#[test]
fn a_post_key_proves_that_it_is_in_an_officers_hands() {
    let (program, vkey) = officer();
    let account = "0123456789abcdef0123456789abcdef";
    let prove = ["post", "prove", "--key", "approver.key", "--origin", "example.gov/log", "--account"];
    let proof = printed(&program.run(&[&prove[..], &[account]].concat()));
    let proved = chain::possession::verify(&proof, "example.gov/log", chain::possession::Office::Post, POST, account).unwrap();
    assert_eq!(proved.to_string(), vkey);
    refused(&program.run(&[&prove[..], &["somebody else"]].concat()));
}

const SIGN: [&str; 5] = ["post", "sign", "--key", "approver.key", "ask.json"];
const PARTS: [&str; 4] = ["--part", "body.md", "--part", "catalogue.json"];

#[test]
fn a_posts_key_is_for_its_owner_alone() {
    let (program, vkey) = officer();
    assert_eq!(Vkey::parse(&vkey).unwrap().name(), POST);
    assert_eq!(std::fs::metadata(program.path("approver.key")).unwrap().permissions().mode() & 0o777, 0o600);
    refused(&program.run(&["post", "key", "--out", "approver.key", "--name", POST]));
    refused(&program.run(&["post", "key", "--out", "other.key", "--name", "Not An Id"]));
}

#[test]
fn a_step_is_signed_about_what_was_handed_over() {
    let (program, vkey) = officer();
    let signed = program.run(&[&SIGN[..], &PARTS, &["--decision", "approve"]].concat());
    let told = text(&signed.stderr);
    assert!(told.contains("\"The budget\"") && told.contains("body: \"Budget.md\""), "{told}");
    let sent: Value = serde_json::from_str(&printed(&signed)).unwrap();
    assert!(sent.get("reason").is_none());
    let note = sent["note"].as_str().unwrap();
    let statement = Statement::parse(note.as_bytes()).unwrap();
    statement.note.verify(&Vkey::parse(&vkey).unwrap()).unwrap();
    let Core::Step(step) = statement.core else { panic!("{note}") };
    let ask = ask();
    assert_eq!((statement.origin, &*step.agency, step.case), ("example.gov/log", "example.gov/finance", "51".repeat(16)));
    assert_eq!(step.previous.unwrap().index, 12);
    let opening = sent["opening"]["text"].as_str().unwrap();
    let salt = parse_salt(sent["opening"]["salt"].as_str().unwrap()).unwrap();
    assert_eq!(step.commitment, Commitment::to(&salt, opening.as_bytes()));
    let decision: Decision = json::read(opening).unwrap();
    assert_eq!(
        (&*decision.code, &*decision.decision, decision.rule.to_string()),
        ("sign", "approve", ask["rule"].as_str().unwrap().into())
    );
    let line = ask["core_line"].as_str().unwrap();
    assert_eq!(decision.core, core_commitment(&unhex(&decision.salt).unwrap(), line));
}

#[test]
fn nothing_is_signed_that_was_not_read_whole_and_unchanged() {
    let (program, _) = officer();
    let sign = |more: &[&str]| program.run(&[&SIGN[..], &["--decision", "approve"], more].concat());
    let told = refused(&sign(&PARTS[..2]));
    assert!(told.contains("a part of it is not among the files"), "{told}");
    program.file("body.md", &BODY.replace("text", "test"));
    let told = refused(&sign(&PARTS));
    assert!(told.contains("body.md: it is no part of what is to be signed, or was changed"), "{told}");
    program.file("body.md", BODY);
    // Another document than the files, under the same salts.
    let mut other = ask();
    other["core_line"] = json!(
        other["core_line"]
            .as_str()
            .unwrap()
            .replace(&Commitment::to(&[2; 16], BODY.as_bytes()).to_string(), &Commitment::to(&[2; 16], b"else").to_string())
    );
    program.file("ask.json", &other.to_string());
    assert!(refused(&sign(&PARTS)).contains("not signed"));
    // Another agency's case.
    let mut other = ask();
    other["agency"] = json!("example.gov/health");
    program.file("ask.json", &other.to_string());
    refused(&sign(&PARTS));
}

#[test]
fn a_rejection_carries_its_reason_closed() {
    let (program, _) = officer();
    let reject = [&SIGN[..], &PARTS, &["--decision", "reject"]].concat();
    assert!(refused(&program.run(&reject)).contains("needs a reason"));
    program.file("why.txt", "The sums are wrong.\n");
    let sent: Value = serde_json::from_str(&printed(&program.run(&[&reject[..], &["--reason", "why.txt"]].concat()))).unwrap();
    assert_eq!(sent["reason"]["text"], "The sums are wrong.");
    let decision: Decision = json::read(sent["opening"]["text"].as_str().unwrap()).unwrap();
    let salt = parse_salt(sent["reason"]["salt"].as_str().unwrap()).unwrap();
    assert_eq!(decision.reason, Some(Commitment::to(&salt, "The sums are wrong.".as_bytes())));
    assert!(!sent["note"].as_str().unwrap().contains("sums") && !sent["opening"]["text"].as_str().unwrap().contains("sums"));
}

/// A key's backup as a browser saved it, for this post.
const BACKUP: &str = "gazette key backup\n\
    {\"name\":\"example.gov/finance/approver\",\"chain\":\"CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=\",\
    \"vkey\":\"example.gov/finance/approver+8f02dce2+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs\",\"kdf\":\"PBKDF2-SHA-256\",\
    \"rounds\":600000,\"salt\":\"crxZHj17dSPGUOLZ+qipdw==\",\"cipher\":\"AES-256-GCM\",\"iv\":\"+q5iWjvTiunvMPAP\"}\n\
    IAJ5f7AGaUwCwMoVppPDzEfvVcCx+njt24MGvoOH2UzUuX79BMvwgR+hvOqNuRDF/U06PF36vOyiPV40VU+yOg==\n";

#[test]
fn a_key_that_a_browser_made_signs_by_its_backup_and_passphrase() {
    let (program, _) = officer();
    let own = |name: &str, text: &str| {
        let path = program.file(name, text);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        path.display().to_string()
    };
    let backup = own("key-backup.txt", BACKUP);
    let (right, wrong) = (own("right", "Laternen über dem ruhigen Fluss\n"), own("wrong", "Laternen über dem lauten Fluss\n"));
    let sign = |more: &[&str]| {
        let arguments = ["post", "sign", "--key", &backup, "--decision", "approve", "ask.json"];
        program.run(&[&arguments[..], &PARTS, more].concat())
    };
    assert!(refused(&sign(&[])).contains("no passphrase was given"));
    assert!(refused(&sign(&["--passphrase-file", &wrong])).contains("the passphrase does not open it"));
    let sent: Value = serde_json::from_str(&printed(&sign(&["--passphrase-file", &right]))).unwrap();
    let note = sent["note"].as_str().unwrap();
    let vkey = Vkey::parse("example.gov/finance/approver+8f02dce2+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs").unwrap();
    Statement::parse(note.as_bytes()).unwrap().note.verify(&vkey).unwrap();
    // It is for its owner alone, like every key file; and what is no backup, though it says so, opens by no passphrase.
    std::fs::set_permissions(&backup, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(refused(&sign(&["--passphrase-file", &right])).contains("can be read by others"));
    own("key-backup.txt", &BACKUP.replace("600000", "1"));
    assert!(refused(&sign(&["--passphrase-file", &right])).contains("not a key's backup"));
}
