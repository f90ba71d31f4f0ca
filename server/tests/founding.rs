//! What founding a chain that is not a trial promises: its registrars' keys never lie on the server.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod program;

use program::{Program, text};
use std::process::Output;

const ORIGIN: &str = "example.gov/log";
const NAMES: [&str; 4] = ["--name-zh", "某市政府公报", "--name-en", "Gazette of Example"];

/// What a command that went well printed.
fn printed(output: &Output) -> String {
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout).to_owned()
}

/// What a command that was refused said.
fn refused(output: &Output) -> String {
    assert!(!output.status.success(), "{}", text(&output.stdout));
    text(&output.stderr).to_owned()
}

/// Signs `statement` with a registrar's key; the name of the file with the signed note.
fn sign(registrars: &Program, key: &str, statement: &str, signed: &str) -> String {
    let note = printed(&registrars.run(&["registrar", "sign", "--key", key, statement]));
    registrars.file(signed, &note).display().to_string()
}

/// The public halves of two registrars' keys, made in a folder that is not the server's.
fn two_registrars(registrars: &Program) -> [String; 2] {
    ["1", "2"].map(|n| {
        let (file, name) = (format!("{n}.key"), format!("example.gov/registrar-{n}"));
        printed(&registrars.run(&["registrar", "key", "--out", &file, "--name", &name])).trim().to_owned()
    })
}

#[test]
fn two_registrars_found_a_chain_offline_and_let_it_have_an_archive() {
    let (server, registrars) = (Program::new(), Program::new());
    let log = printed(&server.run(&["key", "log", "--origin", ORIGIN]));
    let [first, second] = two_registrars(&registrars);
    let mut arguments = vec!["registrar", "charter", "--origin", ORIGIN, "--log", log.trim(), "--threshold", "2"];
    arguments.extend(["--registrar", &first, "--registrar", &second]);
    arguments.extend(NAMES);
    registrars.file("charter", &printed(&registrars.run(&arguments)));
    let once = sign(&registrars, "1.key", "charter", "charter.1");
    let twice = sign(&registrars, "2.key", "charter.1", "charter.2");

    let told = refused(&server.run(&["serve", "--listen", "127.0.0.1:0", "--origin", ORIGIN, "--charter", &once]));
    assert!(told.contains("needs 2 registrars' signatures and has 1"), "{told}");
    let served = server.serve_with(&["--origin", ORIGIN, "--charter", &twice]);
    assert!(served.get("/log/checkpoint").contains("example.gov/log\n1\n"));
    let page = served.get("/en/");
    assert!(page.contains("Gazette of Example") && !page.contains("trial"), "{page}");
    let keys: Vec<_> = std::fs::read_dir(server.path("data/keys")).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert!(!keys.iter().any(|name| name.to_string_lossy().contains("registrar")), "{keys:?}");

    let seal = printed(&server.run(&["key", "seal", "example.gov/archive"]));
    let paper = r#"{"id":"one","title":"Budget","published":"2026-03-01","agency":"Finance","category":"notice","language":"en","source_url":"https://example.gov/1","body":"Text."}"#;
    let papers = server.file("papers.jsonl", &format!("{paper}\n")).display().to_string();
    let told = refused(&server.run(&["import", &papers]));
    assert!(told.contains("has no registration in this chain"), "{told}");
    assert!(!told.contains("papers.jsonl:1"), "one sentence is enough: {told}");

    let mut arguments = vec!["registrar", "agency", "--origin", ORIGIN, "--id", "example.gov/archive", "--archive", "--seal", seal.trim()];
    arguments.extend(NAMES);
    registrars.file("archive", &printed(&registrars.run(&arguments)));
    let once = sign(&registrars, "1.key", "archive", "archive.1");
    let twice = sign(&registrars, "2.key", "archive.1", "archive.2");
    let told = refused(&server.run(&["submit", &once]));
    assert!(told.contains("needs 2 registrars' signatures and has 1"), "{told}");
    assert_eq!(printed(&server.run(&["submit", &twice])).trim(), format!("{twice} is entry 1"));
    printed(&server.run(&["import", &papers]));
    served.wait_for("/en/", "Budget");
    served.end();
    printed(&server.run(&["fsck"]));
}

#[test]
fn a_name_or_a_key_for_a_charter_alone_founds_nothing() {
    let server = Program::new();
    let serve = |more: &[&str]| server.run(&[&["serve", "--listen", "127.0.0.1:0"], more].concat());
    let told = refused(&serve(&["--origin", ORIGIN]));
    assert!(told.contains("--charter") && told.contains("--trial") && told.contains(&server.path("data")), "{told}");
    assert!(!server.dir.path().join("data").exists());
    // What stands in a folder that waits for its charter.
    printed(&server.run(&["key", "log", "--origin", ORIGIN]));
    for more in [&[][..], &["--origin", ORIGIN], &["--origin", ORIGIN, "--trial"]] {
        let told = refused(&serve(more));
        assert!(told.contains("--charter"), "{told}");
    }
    let papers = server.file("papers.jsonl", "").display().to_string();
    assert!(refused(&server.run(&["import", &papers])).contains("--charter"));
    let keys: Vec<_> = std::fs::read_dir(server.path("data/keys")).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(keys, ["log.key"], "no registrar's key, and no word that the log's key has founded a chain");
    assert_eq!(server.size(), 0);
}

#[test]
fn a_trial_of_a_chosen_name_is_asked_for_and_opens_again_by_itself() {
    let server = Program::new();
    let origin = "elsewhere.example/log";
    let served = server.serve_with(&["--origin", origin, "--trial"]);
    assert!(served.get("/log/checkpoint").contains("elsewhere.example/log\n"));
    served.end();
    for more in [&[][..], &["--origin", origin]] {
        server.serve_with(more).end();
    }
}

#[test]
fn mistyped_commands_leave_no_chain_behind() {
    let server = Program::new();
    let note = server.file("charter.signed", "whatever").display().to_string();
    for submitted in [&note, "nothing-of-this-name"] {
        refused(&server.run(&["submit", submitted]));
    }
    assert!(refused(&server.run(&["submit", &note])).contains("no chain"));
    server.file("one.jsonl", "");
    std::fs::create_dir(server.path("folder.jsonl")).unwrap();
    for files in [&["missing.jsonl"][..], &["-"], &["/dev/null"], &["one.jsonl", "missing.jsonl"], &["folder.jsonl"]] {
        refused(&server.run(&[&["import"], files].concat()));
    }
    assert!(!server.dir.path().join("data").exists() && !server.dir.path().join("state").exists());
    let imported = server.run(&["import", "one.jsonl"]);
    assert!(text(&imported.stderr).contains("founding a trial chain"), "{}", text(&imported.stderr));
    assert!(text(&imported.stderr).contains(&server.path("data")));
    printed(&imported);
}
