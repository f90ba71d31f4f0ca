//! What founding a chain that is not a trial promises: its registrars' keys never lie on the server.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod program;

use chain::{checkpoint::Checkpoint, note::Vkey};
use program::{Program, Server, text};
use sqlx::{Connection, Row, SqliteConnection};
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

/// A charter for the log's key, signed by one registrar and then by both.
fn chartered(registrars: &Program, log: &str) -> [String; 2] {
    let [first, second] = two_registrars(registrars);
    let mut arguments = vec!["registrar", "charter", "--origin", ORIGIN, "--log", log.trim(), "--threshold", "2"];
    arguments.extend(["--registrar", &first, "--registrar", &second]);
    arguments.extend(NAMES);
    registrars.file("charter", &printed(&registrars.run(&arguments)));
    [sign(registrars, "1.key", "charter", "charter.1"), sign(registrars, "2.key", "charter.1", "charter.2")]
}

#[test]
fn two_registrars_found_a_chain_offline_and_let_it_have_an_archive() {
    let (server, registrars) = (Program::locked(), Program::new());
    let log = printed(&server.run(&["key", "log", "--origin", ORIGIN]));
    let [once, twice] = chartered(&registrars, &log);

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
fn a_chain_that_is_no_trial_is_neither_served_nor_given_keys_while_keys_lie_in_plain() {
    let (server, registrars) = (Program::new(), Program::new());
    let told = refused(&server.run(&["key", "log", "--origin", ORIGIN]));
    assert!(told.contains("would lie in plain") && told.contains("--passphrase-file") && told.contains("--plain-keys"), "{told}");
    assert!(!server.dir.path().join("data").exists());
    let log = printed(&server.run(&["key", "log", "--origin", ORIGIN, "--plain-keys"]));
    let [_, charter] = chartered(&registrars, &log);
    let founding = ["serve", "--listen", "127.0.0.1:0", "--origin", ORIGIN, "--charter", &charter];
    let empty = Program::new();
    assert!(refused(&empty.run(&founding)).contains("would lie in plain"));
    assert!(!empty.dir.path().join("data/keys").exists());
    let lies_in_plain = |output: &Output| {
        let told = refused(output);
        let lock = format!("gazette key lock --data {} --passphrase-file FILE", server.path("data"));
        assert!(told.contains("lie in plain") && told.contains(&lock), "{told}");
    };
    lies_in_plain(&server.run(&founding));
    assert_eq!(server.size(), 0, "nothing was founded");

    // Said to be for trying things out, it goes on, and is told of at each start.
    let served = server.serve_with(&["--origin", ORIGIN, "--charter", &charter, "--plain-keys"]);
    assert!(served.get("/log/checkpoint").contains("example.gov/log\n1\n"));
    served.end();
    let said = std::fs::read_to_string(server.path("serve.err")).unwrap();
    assert!(said.contains("WARN") && said.contains("lie in plain") && said.contains("for trials only"), "{said}");
    let asked = ["key", "seal", "example.gov/archive"];
    assert!(refused(&server.run(&asked)).contains("would lie in plain"));
    // As for any switch in the environment.
    let with = |said: &str| server.command(program::GAZETTE).env("GAZETTE_PLAIN_KEYS", said).args(asked).output().unwrap();
    for no in ["0", "false", "no", ""] {
        assert!(refused(&with(no)).contains("would lie in plain"), "{no:?}");
    }
    let seal = printed(&with("1"));
    assert_eq!(printed(&with("true")), seal);
    assert_eq!(printed(&server.run(&asked)), seal, "one that is there already is told");
    assert!(refused(&server.run(&["key", "log", "--next"])).contains("would lie in plain"));
    let note = server.file("note", "whatever").display().to_string();
    let papers = server.file("papers.jsonl", "").display().to_string();
    let as_before = [
        "drop table counted",
        "drop table acts",
        "drop table decisions",
        "drop table reasons",
        "delete from _sqlx_migrations where version > 1",
    ];
    assert_eq!(later_migrations(&server, &as_before), 0);
    for command in [&["serve", "--listen", "127.0.0.1:0"][..], &["submit", &note], &["import", &papers]] {
        lies_in_plain(&server.run(command));
    }
    assert_eq!(later_migrations(&server, &[]), 0, "whoever is refused can go back to the program they had");

    // Locked, they need no leave; and one that is put back as it was is found, be it the journal's.
    let registrar = std::fs::read_to_string(server.path("data/journal/keys/registrar.key")).unwrap();
    let locked = Program::locked();
    let words = locked.path("passphrase");
    printed(&server.run(&["key", "lock", "--passphrase-file", &words]));
    server.serve_with(&["--passphrase-file", &words]).end();
    assert!(!std::fs::read_to_string(server.path("serve.err")).unwrap().contains("lie in plain"));
    printed(&server.run(&["key", "seal", "example.gov/finance", "--passphrase-file", &words]));
    std::fs::write(server.path("data/journal/keys/registrar.key"), registrar).unwrap();
    lies_in_plain(&server.run(&["serve", "--listen", "127.0.0.1:0", "--passphrase-file", &words]));
}

/// Does this to the chain's database behind the program's back; answers how many migrations it has beyond the first.
fn later_migrations(server: &Program, statements: &[&'static str]) -> i64 {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let mut raw = SqliteConnection::connect(&format!("sqlite://{}", server.path("data/gazette.sqlite"))).await.unwrap();
        for sql in statements {
            sqlx::query(*sql).execute(&mut raw).await.unwrap();
        }
        let row = sqlx::query("select count(*) from _sqlx_migrations where version > 1").fetch_one(&mut raw).await.unwrap();
        raw.close().await.unwrap();
        row.get(0)
    })
}

/// An entry in a file, as the log serves it.
fn entry(registrars: &Program, served: &Server, index: u64) -> String {
    let answer = served.get(&format!("/log/entry/{index}"));
    let bytes = answer.split_once("\r\n\r\n").unwrap().1;
    registrars.file(&format!("entry-{index}"), bytes).display().to_string()
}

/// Whether a checkpoint, as it was served, bears a signature by a key.
fn signs(key: &str, answer: &str) -> bool {
    let note = answer.split_once("\r\n\r\n").unwrap().1;
    Checkpoint::open(note.as_bytes(), &Vkey::parse(key).unwrap()).is_ok()
}

/// Writes a statement, has two registrars sign it, and hands it in: what it became.
fn registered(server: &Program, registrars: &Program, by: [&str; 2], arguments: &[&str]) -> Result<u64, String> {
    registrars.file("text", &printed(&registrars.run(&[&["registrar"], arguments].concat())));
    sign(registrars, by[0], "text", "text.1");
    let twice = sign(registrars, by[1], "text.1", "text.2");
    let outcome = server.run(&["submit", &twice]);
    if !outcome.status.success() {
        return Err(text(&outcome.stderr));
    }
    Ok(printed(&outcome).trim().rsplit(' ').next().unwrap().parse().unwrap())
}

#[test]
fn a_stolen_seal_is_replaced_and_the_charter_amended_offline() {
    let (server, registrars) = (Program::locked(), Program::new());
    let key = |name: &str, file: &str| printed(&registrars.run(&["registrar", "key", "--out", file, "--name", name])).trim().to_owned();
    let log = printed(&server.run(&["key", "log", "--origin", ORIGIN]));
    let [first, second] = two_registrars(&registrars);
    let mut arguments = vec!["registrar", "charter", "--origin", ORIGIN, "--log", log.trim(), "--threshold", "2"];
    arguments.extend(["--registrar", &first, "--registrar", &second]);
    arguments.extend(NAMES);
    registrars.file("charter", &printed(&registrars.run(&arguments)));
    sign(&registrars, "1.key", "charter", "charter.1");
    let twice = sign(&registrars, "2.key", "charter.1", "charter.2");
    let served = server.serve_with(&["--origin", ORIGIN, "--charter", &twice]);
    let charter = entry(&registrars, &served, 0);

    // A seal, and a post with a rule that asks for it.
    let id = "example.gov/finance";
    let (seal, other) = (key(id, "seal.key"), key(id, "other.key"));
    let rule = r#"{"genres":[{"genre":"*","steps":[{"code":"approve","posts":["example.gov/finance/approver"],"count":1}]}]}"#;
    registrars.file("rule.json", rule);
    let both = ["1.key", "2.key"];
    let agency = ["agency", "--origin", ORIGIN, "--id", id, "--custody", "agency", "--rule", "rule.json"];
    let more = ["--seal", &seal, "--overseer", "example.gov/council"];
    assert_eq!(registered(&server, &registrars, both, &[&agency[..], &more, &NAMES].concat()), Ok(1));
    let finance = entry(&registrars, &served, 1);
    assert!(std::fs::read_to_string(&finance).unwrap().contains(r#""genre":"*""#));
    let approver = key("example.gov/finance/approver", "approver.key");
    let post = ["post", "--entry", &charter, "--entry", &finance, "--id", "example.gov/finance/approver", "--agency", id];
    assert_eq!(registered(&server, &registrars, both, &[&post[..], &["--key", &approver], &NAMES].concat()), Ok(2));

    // The seal was stolen. Its end alone is named: all else stays.
    let known = ["agency", "--entry", &charter, "--entry", &finance, "--id", id];
    let stolen = ["--seal", &other, "--custody", "token", "--end", &seal, "compromised", "1"];
    assert_eq!(registered(&server, &registrars, both, &[&known[..], &stolen].concat()), Ok(3));
    let finance = entry(&registrars, &served, 3);
    let said = std::fs::read_to_string(&finance).unwrap();
    for kept in [&seal, &other, r#""ended":{"how":"compromised","at":1}"#, r#""custody":"token""#, "example.gov/council", "approve"] {
        assert!(said.contains(kept), "{kept}: {said}");
    }
    // What would be refused is told before anybody signs it: here, that the key was only lost.
    let known = ["registrar", "agency", "--entry", &charter, "--entry", &finance, "--id", id];
    let told = refused(&registrars.run(&[&known[..], &["--end", &seal, "lost", "1"]].concat()));
    assert!(told.contains("or its end, is missing from its new registration"), "{told}");

    // One registrar gives way to another: signed by those of before, and from then on only by those of now.
    let third = key("example.gov/registrar-3", "3.key");
    let amended = ["charter", "--entry", &charter, "--registrar", &third, "--registrar", &second, "--zone", "Asia/Urumqi"];
    assert_eq!(registered(&server, &registrars, both, &amended), Ok(4));
    let amended = entry(&registrars, &served, 4);
    let known = ["agency", "--entry", &charter, "--entry", &amended, "--entry", &finance, "--id", id];
    let changed = ["--successor", "example.gov/treasury", "--without", "rule"];
    let told = registered(&server, &registrars, both, &[&known[..], &changed].concat()).unwrap_err();
    assert!(told.contains("by nobody who should sign"), "{told}");
    assert_eq!(registered(&server, &registrars, ["3.key", "2.key"], &[&known[..], &changed].concat()), Ok(5));

    // The log gets another key, from size 8 on: of which the amendment makes 7, so that one entry more is still under the old one's.
    let next = printed(&server.run(&["key", "log", "--next"])).trim().to_owned();
    let rotated = ["charter", "--entry", &charter, "--entry", &amended, "--log", &next];
    let told = refused(&registrars.run(&[&["registrar"], &rotated[..]].concat()));
    assert!(told.contains("--from"), "{told}");
    assert_eq!(registered(&server, &registrars, ["3.key", "2.key"], &[&rotated[..], &["--from", "8"]].concat()), Ok(6));
    let signed = |size: u64| [log.trim(), &next].map(|key| signs(key, &served.wait_for("/log/checkpoint", &format!("{ORIGIN}\n{size}\n"))));
    assert_eq!(signed(7), [true, false]);
    let rotated = entry(&registrars, &served, 6);
    let finance = entry(&registrars, &served, 5);
    let known = [
        "agency",
        "--entry",
        &charter,
        "--entry",
        &amended,
        "--entry",
        &rotated,
        "--entry",
        &finance,
        "--id",
        id,
        "--overseer",
        "example.gov/court",
    ];
    assert_eq!(registered(&server, &registrars, ["3.key", "2.key"], &known), Ok(7));
    assert_eq!(signed(8), [false, true], "no restart lies in between");
    served.end();
    printed(&server.run(&["fsck"]));
}

#[test]
fn a_registration_that_the_log_would_refuse_is_told_before_anybody_signs_it() {
    let registrars = Program::new();
    let [first, second] = two_registrars(&registrars);
    let key = |name: &str, file: &str| printed(&registrars.run(&["registrar", "key", "--out", file, "--name", name])).trim().to_owned();
    let (log, seal) = (key(ORIGIN, "log.key"), key("example.gov/finance", "seal.key"));
    let run = |act: &str, more: &[&str]| registrars.run(&[&["registrar", act, "--origin", ORIGIN], more, &NAMES].concat());
    let charter = |more: &[&str]| run("charter", more);
    printed(&charter(&["--log", &log, "--registrar", &first, "--registrar", &second, "--threshold", "2"]));
    assert!(refused(&charter(&["--log", &log, "--registrar", &first, "--threshold", "5"])).contains("5 registrars"));
    assert!(refused(&charter(&["--log", &first, "--registrar", &first])).contains("logs"));
    assert!(refused(&charter(&["--log", &log, "--registrar", &log])).contains("already has another role"));
    assert!(refused(&charter(&["--registrar", &first])).contains("--log"));
    let agency = |more: &[&str]| run("agency", more);
    printed(&agency(&["--id", "example.gov/finance", "--seal", &seal]));
    assert!(refused(&agency(&["--id", "Bad Id", "--seal", &seal])).contains("lowercase"));
    assert!(refused(&agency(&["--id", "example.gov/works", "--seal", &seal])).contains("is named after"));
    assert!(refused(&agency(&["--id", "example.gov/finance", "--seal", &seal, "--custody", "bogus"])).contains("bogus"));
    assert!(refused(&agency(&["--id", "example.gov/finance"])).contains("needs a key"));
    let ended = ["--id", "example.gov/finance", "--seal", &seal, "--end", &first, "lost", "3"];
    assert!(refused(&agency(&ended)).contains("is no key of"));
    let rule = registrars.file("rule.json", r#"{"genres":[{"genre":"*","steps":[]}],"overriders":5}"#).display().to_string();
    assert!(refused(&agency(&["--id", "example.gov/finance", "--seal", &seal, "--rule", &rule])).contains("rule.json"));
    // An entry that the registrars of the charter did not sign.
    registrars.file("entry", "gazette/v1\nindex 7\n");
    let known = ["--entry", "entry", "--id", "example.gov/finance", "--seal", &seal];
    assert!(refused(&agency(&known)).contains("entry: "));
}

#[test]
fn a_name_or_a_key_for_a_charter_alone_founds_nothing() {
    let server = Program::locked();
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
