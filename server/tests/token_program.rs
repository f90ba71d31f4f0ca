//! Seals in a PKCS#11 token, by the real program and with SoftHSM for the token: `gazette key token` makes one and prints what is
//! registered of it, `gazette serve` seals with it, and what is wrong with a PIN is told and loses nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod held;
mod program;
mod trial;

use chain::{
    entry::Entry,
    note::{self, Note, Vkey},
    statement::{self, Agency, Ended, Ending, Key},
};
use held::{open, until};
use program::{GAZETTE, Program, Server, refused, text};
use serde_json::json;
use server::{
    compose, keys,
    staff::{NewAccount, NewMachine, Role, Scope, Staff},
};
use sqlx::{Connection, Row};
use std::{
    io::Read,
    os::unix::fs::PermissionsExt,
    process::{Command, Output},
};
use trial::Trial;

const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";
const LABEL: &str = "seals";
const PIN: &str = "271828";
/// SoftHSM reads where its tokens lie from the file that this names.
const CONFIGURATION: &str = "SOFTHSM2_CONF";

const CHAIN: &str = "data/gazette.sqlite";
const STAFF: &str = "data/staff.sqlite";
const PUBLISHED: &str = "select count(*) from frozen where state = 'published'";
const REFUSED: &str = "select count(*) from frozen where state = 'sealing' and told like '%the token refused its PIN%'";

/// A portal whose one agency has no rule, a program's token by which it has documents published, and a token of the other kind beside it.
struct Portal {
    program: Program,
    configuration: String,
    agency: Agency,
    origin: String,
    /// Entries of the chain.
    size: u64,
    bearer: String,
}

impl Portal {
    async fn new() -> Portal {
        let trial = Trial::new();
        let mut node = trial.open().await;
        let id = trial::agency(&mut node, "finance").await;
        let agency = node.submitter.state().agency(&id).unwrap().1.clone();
        let (origin, size) = (node.origin.clone(), node.heads.borrow().size);
        trial::close(node).await;
        let staff = Staff::open(&trial.place).await.unwrap();
        let new = NewAccount { login: "chief".into(), name: "Chief".into(), password: "seven lanterns over the river".into() };
        let roles = [(Role::Administrator, String::new())].into_iter().collect();
        let chief = staff.make_account(&new, &roles, "").await.unwrap().unwrap();
        let scopes = vec![Scope::Read, Scope::Draft, Scope::Submit, Scope::Publish];
        let new = NewMachine { name: "Records system".into(), scopes, days: 1, addresses: String::new() };
        let (_, bearer) = staff.make_machine(&chief, &id, &new).await.unwrap().unwrap();
        staff.close().await;
        let program = Program { dir: trial.dir };
        std::fs::create_dir(program.path("tokens")).unwrap();
        let configuration = format!("directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n", program.path("tokens"));
        let configuration = program.file("softhsm2.conf", &configuration).display().to_string();
        let made = Command::new("softhsm2-util")
            .args(["--init-token", "--free", "--label", LABEL, "--pin", PIN, "--so-pin", "31415926"])
            .env(CONFIGURATION, &configuration)
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", text(&made.stderr));
        Portal { program, configuration, agency, origin, size, bearer }
    }

    /// A file with a PIN, for its owner alone.
    fn pin(&self, name: &str, pin: &str) -> String {
        let path = self.program.file(name, &format!("{pin}\n"));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        path.display().to_string()
    }

    /// `gazette key token` with these options more, and this in its environment.
    fn key(&self, more: &[&str], variables: &[(&str, &str)]) -> Output {
        let mut command = self.program.command(GAZETTE);
        command.env(CONFIGURATION, &self.configuration).envs(variables.iter().copied());
        command.args(["key", "token", self.agency.agency.as_str(), "--token-module", MODULE]).args(more).output().unwrap()
    }

    /// Registers a seal in the token in the place of the one that the portal keeps, as registrars do it: offline, and handed in.
    fn register(&self, key: &Vkey) {
        let mut agency = self.agency.clone();
        agency.seals[0].ended = Some(Ended { how: Ending::Retired, at: self.size });
        agency.seals.push(Key { key: key.clone(), custody: Some("token".into()), ended: None });
        let registrar = keys::open(&self.program.dir.path().join("data/keys/registrar.key")).unwrap();
        let line = statement::core_line("agency", &compose::random_id().unwrap(), &agency).unwrap();
        let note = self.program.file("agency.note", &note::sign(&statement::text(&self.origin, &line, None), &[&registrar]));
        let taken = self.program.run(&["submit", &note.display().to_string()]);
        assert!(taken.status.success(), "{}", text(&taken.stderr));
    }

    fn serve(&self, pin: &str) -> Server {
        let variables = [(CONFIGURATION, self.configuration.as_str())];
        self.program.serve_under(&variables, &["--token-module", MODULE, "--token-label", LABEL, "--token-pin-file", pin])
    }

    /// Has a document written, submitted and published over HTTP.
    fn hand_in(&self, server: &Server, n: u8, title: &str) {
        let fields =
            json!({ "genre": "notice", "language": "en", "title": title, "issued": "2026-03-01", "body": "Each lantern is lit.\n" });
        let body = json!({ "id": format!("{n:032x}"), "fields": fields, "submit": true, "publish": true }).to_string();
        let mut stream = server.say(&format!(
            "POST /api/v1/items HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            server.address,
            self.bearer,
            body.len()
        ));
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = text(&answer);
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"status\":200"), "{answer}");
    }

    /// The chain's newest entry, and that this key sealed it.
    async fn is_sealed_by(&self, key: &Vkey) -> i64 {
        let mut connection = open(&self.program, CHAIN).await;
        let row = sqlx::query("select idx, bytes from entries order by idx desc limit 1").fetch_one(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        let bytes: Vec<u8> = row.get(1);
        let note = Entry::parse(&bytes).unwrap().note.to_owned();
        Note::parse(note.as_bytes()).unwrap().verify(key).unwrap();
        row.get(0)
    }
}

#[tokio::test]
async fn a_key_made_in_the_token_is_printed_registered_and_seals_what_comes_over_http() {
    let portal = Portal::new().await;
    let pin = portal.pin("pin", PIN);
    // The PIN stands in the environment, or in a file.
    let made = portal.key(&["--token-label", LABEL, "--label", "first"], &[("GAZETTE_TOKEN_PIN", PIN)]);
    assert!(made.status.success(), "{}", text(&made.stderr));
    let key = Vkey::parse(text(&made.stdout).trim()).unwrap();
    assert_eq!(key.name(), portal.agency.agency);
    let made = portal.key(&["--token-label", LABEL, "--token-pin-file", &pin, "--label", "second"], &[]);
    assert!(made.status.success(), "{}", text(&made.stderr));
    assert_ne!(Vkey::parse(text(&made.stdout).trim()).unwrap(), key, "another one is another");
    let again = portal.key(&["--token-label", LABEL, "--token-pin-file", &pin, "--label", "first"], &[]);
    refused(&again, &["has a key labelled \"first\" already"]);
    // Of neither is anything in the folder of keys but what the portal had there.
    assert!(keys::seals(&portal.program.dir.path().join("data/keys")).unwrap().values().flatten().all(|seal| *seal.vkey() != key));
    portal.register(&key);
    let server = portal.serve(&pin);
    portal.hand_in(&server, 1, "Lanterns of the token");
    until(&portal.program, STAFF, PUBLISHED, |published| published == 1).await;
    let index = portal.is_sealed_by(&key).await;
    assert!(server.get(&format!("/en/disclosures/{index}")).contains("Lanterns of the token"));
    server.end();
    let checked = portal.program.run(&["fsck"]);
    assert!(checked.status.success(), "{}{}", text(&checked.stdout), text(&checked.stderr));
}

#[tokio::test]
async fn what_is_wrong_with_a_pin_or_a_token_is_told_in_one_sentence_and_no_key_is_made() {
    let portal = Portal::new().await;
    let (wrong, right) = (portal.pin("wrong", "000000"), portal.pin("right", PIN));
    let open = portal.pin("open", PIN);
    std::fs::set_permissions(&open, std::fs::Permissions::from_mode(0o644)).unwrap();
    let nowhere = portal.program.path("nowhere");
    for (more, variable, said) in [
        (&["--token-pin-file", wrong.as_str()][..], None, "the token refused its PIN"),
        (&[], Some("000000"), "the token refused its PIN"),
        (&[], None, "the token needs a PIN"),
        (&["--token-pin-file", open.as_str()], None, "can be read by others"),
        (&["--token-pin-file", nowhere.as_str()], None, "cannot be read"),
    ] {
        let variables: Vec<_> = variable.map(|pin| ("GAZETTE_TOKEN_PIN", pin)).into_iter().collect();
        let told = refused(&portal.key(&[&["--token-label", LABEL][..], more].concat(), &variables), &[said]);
        assert!(!told.contains(PIN) && !told.contains("000000"), "no PIN is ever printed: {told}");
    }
    let elsewhere = portal.key(&["--token-label", "elsewhere", "--token-pin-file", &right], &[]);
    refused(&elsewhere, &["no token is labelled \"elsewhere\""]);
    let listed = Command::new("softhsm2-util").arg("--show-slots").env(CONFIGURATION, &portal.configuration).output().unwrap();
    assert!(text(&listed.stdout).contains(LABEL), "{}", text(&listed.stdout));
    // With the right one the first key is made: none was there.
    let made = portal.key(&["--token-label", LABEL, "--token-pin-file", &right], &[]);
    assert!(made.status.success(), "{}", text(&made.stderr));
}

#[tokio::test]
async fn a_server_with_a_wrong_pin_says_so_and_what_waited_comes_out_once_it_has_the_right_one() {
    let portal = Portal::new().await;
    let (wrong, right) = (portal.pin("wrong", "000000"), portal.pin("right", PIN));
    let made = portal.key(&["--token-label", LABEL, "--token-pin-file", &right], &[]);
    assert!(made.status.success(), "{}", text(&made.stderr));
    let key = Vkey::parse(text(&made.stdout).trim()).unwrap();
    portal.register(&key);
    let server = portal.serve(&wrong);
    portal.hand_in(&server, 1, "Lanterns of the token");
    until(&portal.program, STAFF, REFUSED, |refused| refused == 1).await;
    // It serves all the same.
    assert!(server.get("/en/").contains("200 OK"));
    server.end();
    let server = portal.serve(&right);
    until(&portal.program, STAFF, PUBLISHED, |published| published == 1).await;
    portal.is_sealed_by(&key).await;
    server.end();
}
