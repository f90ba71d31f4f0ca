//! What a seal that the portal keeps promises where another takes its place: of those that are good the newest seals, without a restart;
//! one that was stolen seals nothing more; and no key file is ever written over.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[macro_use]
mod trial;
mod desk_house;
mod pages_at_desk;
mod portal;
mod program;

use axum::http::StatusCode;
use chain::{
    entry::Entry,
    note::{KeyType, Note, Signer, Vkey},
    statement::{Agency, Ended, Ending, Key},
};
use desk_house::House;
use pages_at_desk::Pages;
use portal::Answer;
use program::{Program, text};
use server::{
    import::{ImportError, Silent, Stop, import},
    keys,
    node::Node,
    staff::{Role, Token},
};
use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Output,
};
use trial::Engine;

on_each_engine! {
    a_new_seal_seals_without_a_restart_and_the_old_one_that_was_stolen_seals_no_more,
    a_seal_that_is_asked_for_twice_is_made_once,
    what_is_registered_past_the_desk_seals_without_a_restart,
    copies_are_sealed_by_the_archives_newest_seal_and_by_none_that_has_ended,
}

fn folder(house: &House) -> PathBuf {
    house.trial.place.data.join("keys")
}

/// The files of an agency's seals, by name.
fn files(folder: impl AsRef<Path>, of: &str) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().to_string_lossy().into_owned());
    let mut names: Vec<_> = names.filter(|name| name.starts_with(of)).collect();
    names.sort();
    names
}

/// Whether the seal under an entry is by this key.
fn is_by(entry: &[u8], key: &Vkey) -> bool {
    let note = Entry::parse(entry).unwrap().note;
    Note::parse(note.as_bytes()).unwrap().verify(key).is_ok()
}

async fn is_sealed_by(node: &Node, index: u64, key: &Vkey) -> bool {
    is_by(&node.store.entry(index).await.unwrap().unwrap(), key)
}

/// Submitted, approved and published: its entry.
async fn published(house: &House, title: &str) -> u64 {
    let frozen = house.submitted(title, 0).await;
    house.approve_all(&frozen).await;
    house.published(&frozen).await
}

fn seals(house: &House, agency: &str) -> Vec<Key> {
    house.node.submitter.state().agency(agency).unwrap().1.seals.clone()
}

/// Registers an agency otherwise, past the desk.
async fn registered(house: &House, agency: &str, change: impl FnOnce(&mut Agency)) {
    let mut core = house.node.submitter.state().agency(agency).unwrap().1.clone();
    change(&mut core);
    house.register("agency", &core).await;
}

fn kept_here(key: &Vkey) -> Key {
    Key { key: key.clone(), custody: Some("portal".into()), ended: None }
}

async fn registrar(house: &House) -> Token {
    house.hire_for("head", &[(Role::Registrar, "")]).await;
    house.enter("head").await
}

/// Asks at the desk for a seal more, to be made on this server.
async fn ask(pages: &Pages, head: &Token) -> Answer {
    let path = format!("/en/desk/posts/of/{}?seal", pages.house.agency);
    let asked = pages.post(head, &path, &[("custody", "portal"), ("seal", "")]).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.body);
    asked
}

/// Has what was asked for registered with the key on this server; the page on which it waited.
async fn register(pages: &Pages, head: &Token, asked: &Answer) -> String {
    let page = pages.get(head, &asked.to).await.body;
    let done = pages.post(head, &format!("{}?here", asked.to), &[]).await;
    assert!(done.status == StatusCode::SEE_OTHER && done.to.contains("/desk/posts/of/"), "{} {}", done.to, done.body);
    page
}

async fn a_new_seal_seals_without_a_restart_and_the_old_one_that_was_stolen_seals_no_more(engine: Engine) {
    let pages = Pages::on(engine).await;
    let (house, head) = (&pages.house, registrar(&pages.house).await);
    let first = keys::seal_file(&folder(house), &house.agency);
    let (old, written) = (house.node.seal(&house.agency).unwrap().vkey().clone(), std::fs::read(&first).unwrap());
    let before = published(house, "Lanterns").await;
    let asked = ask(&pages, &head).await;
    let waiting = published(house, "Bridges").await;
    for index in [before, waiting] {
        assert!(is_sealed_by(&house.node, index, &old).await, "one that is made and not registered seals nothing: {index}");
    }

    let page = register(&pages, &head, &asked).await;
    let new = seals(house, &house.agency).last().unwrap().clone();
    assert!(page.contains(&new.key.to_string()) && page.contains(&old.to_string()), "both are signed: {page}");
    assert_eq!((new.custody.as_deref(), new.key == old), (Some("portal"), false));
    assert_eq!(std::fs::read(&first).unwrap(), written, "the first stays as it was");
    assert_eq!(*keys::open(&folder(house).join("seal-gazette.example+finance@2.key")).unwrap().vkey(), new.key);
    let new = new.key;
    assert_eq!(house.node.submitter.state().may_seal(&old), Ok(()), "both are good");
    let after = published(house, "Rivers").await;
    assert!(is_sealed_by(&house.node, after, &new).await && !is_sealed_by(&house.node, after, &old).await, "and the newer one seals");

    let (vkey, at) = (old.to_string(), waiting.to_string());
    let end = [("subject", house.agency.as_str()), ("key", vkey.as_str()), ("how", "compromised"), ("at", at.as_str())];
    let asked = pages.post(&head, &format!("/en/desk/posts/of/{}?end", house.agency), &end).await;
    register(&pages, &head, &asked).await;
    assert!(house.node.submitter.state().may_seal(&old).is_err());
    let later = published(house, "Parks").await;
    assert!(is_sealed_by(&house.node, later, &new).await);

    let Pages { house, portal } = pages;
    drop(portal);
    let house = house.reopened().await;
    assert_eq!(*house.node.seal(&house.agency).unwrap().vkey(), new);
    let last = published(&house, "Wells").await;
    assert!(is_sealed_by(&house.node, last, &new).await, "a restart changes nothing of that");
}

async fn a_seal_that_is_asked_for_twice_is_made_once(engine: Engine) {
    let pages = Pages::on(engine).await;
    let (house, head) = (&pages.house, registrar(&pages.house).await);
    let of = "seal-gazette.example+finance";
    let (one, two) = (ask(&pages, &head).await, ask(&pages, &head).await);
    assert_ne!(one.to, two.to);
    assert_eq!(files(folder(house), of), [format!("{of}.key"), format!("{of}@2.key")]);
    let made = keys::open(&folder(house).join(format!("{of}@2.key"))).unwrap().vkey().to_string();
    for asked in [&one, &two] {
        assert!(pages.get(&head, &asked.to).await.body.contains(&made));
    }
    register(&pages, &head, &one).await;
    let stuck = pages.get(&head, &two.to).await.body;
    assert!(stuck.contains("As things are now the log would refuse it"), "no key is registered twice: {stuck}");
    ask(&pages, &head).await;
    assert_eq!(files(folder(house), of).len(), 3, "now that it is registered, another is made");
}

async fn what_is_registered_past_the_desk_seals_without_a_restart(engine: Engine) {
    let house = House::on(engine).await;
    let agency = house.agency.clone();
    // As a command makes it beside the server, and as a registrar has it logged from elsewhere.
    let next = keys::next_seal(&folder(&house), &agency, &seals(&house, &agency)).unwrap().vkey().clone();
    registered(&house, &agency, |core| core.seals.push(kept_here(&next))).await;
    let index = published(&house, "Lanterns").await;
    assert!(is_sealed_by(&house.node, index, &next).await);
    // One whose file is nowhere here: the newest that is here goes on.
    let away = Signer::new(&agency, KeyType::Ed25519, &keys::random().unwrap()).unwrap();
    registered(&house, &agency, |core| core.seals.push(kept_here(away.vkey()))).await;
    for title in ["Bridges", "Rivers"] {
        let index = published(&house, title).await;
        assert!(is_sealed_by(&house.node, index, &next).await, "{title}");
    }
}

async fn copies_are_sealed_by_the_archives_newest_seal_and_by_none_that_has_ended(engine: Engine) {
    let house = House::on(engine).await;
    let archive = house.node.sibling("archive");
    let old = house.node.seal(&archive).unwrap().vkey().clone();
    let copied = async |n: usize, by: &Vkey| {
        let file = house.trial.file(&format!("{n}.jsonl"), &trial::line(n, ""));
        assert_eq!(trial::import_all(&house.node, &[file]).await.added, 1);
        let newest = house.node.heads.borrow().size - 1;
        assert!(is_sealed_by(&house.node, newest, by).await, "{n}");
    };
    copied(1, &old).await;
    let new = keys::next_seal(&folder(&house), &archive, &seals(&house, &archive)).unwrap().vkey().clone();
    copied(2, &old).await;
    registered(&house, &archive, |core| core.seals.push(kept_here(&new))).await;
    copied(3, &new).await;
    let ends = |seal: &mut Key, at: u64| seal.ended = Some(Ended { how: Ending::Compromised, at });
    let at = house.node.heads.borrow().size;
    registered(&house, &archive, |core| ends(&mut core.seals[0], at)).await;
    copied(4, &new).await;
    // The last good one ends: it is told from a seal that was never here.
    let at = house.node.heads.borrow().size;
    registered(&house, &archive, |core| ends(&mut core.seals[1], at)).await;
    let file = house.trial.file("5.jsonl", &trial::line(5, ""));
    let refused = import(&house.node, &[file], &Stop::default(), &Silent).await;
    assert!(matches!(refused, Err(ImportError::NoArchive(id)) if id == archive));
}

const ARCHIVE: &str = "gazette.example/archive";
const OF_ARCHIVE: &str = "seal-gazette.example+archive";

fn printed(output: &Output) -> String {
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout).trim_end().to_owned()
}

fn refused(output: &Output) -> String {
    assert!(!output.status.success(), "{}", text(&output.stdout));
    text(&output.stderr)
}

#[test]
fn the_command_makes_a_next_seal_once_until_the_chain_names_it_beside_a_server_that_runs() {
    let program = Program::new();
    let told = refused(&program.run(&["key", "seal", "--next", ARCHIVE]));
    assert!(told.contains("there is no chain in"), "{told}");
    assert!(!Path::new(&program.path("data/keys")).exists());

    let served = program.serve();
    let seal = |more: &[&str]| printed(&program.run(&[&["key", "seal", ARCHIVE], more].concat()));
    let (first, next) = (seal(&[]), seal(&["--next"]));
    assert_ne!(first, next);
    assert_eq!((seal(&["--next"]), seal(&[])), (next.clone(), first));
    let two = [format!("{OF_ARCHIVE}.key"), format!("{OF_ARCHIVE}@2.key")];
    assert_eq!(files(program.path("data/keys"), OF_ARCHIVE), two);

    let entry = |index: u64| {
        let answer = served.get(&format!("/log/entry/{index}"));
        program.file(&format!("entry-{index}"), answer.split_once("\r\n\r\n").unwrap().1).display().to_string()
    };
    let (charter, archive) = (entry(0), entry(1));
    let known = ["registrar", "agency", "--entry", &charter, "--entry", &archive, "--id", ARCHIVE, "--seal", &next];
    program.file("archive", &text(&program.run(&known).stdout));
    let key = program.path("data/keys/registrar.key");
    let signed = program.run(&["registrar", "sign", "--key", &key, "archive"]);
    program.file("archive.signed", &text(&signed.stdout));
    printed(&program.run(&["submit", "archive.signed"]));
    program.file("papers.jsonl", PAPER);
    printed(&program.run(&["import", "papers.jsonl"]));
    // The charter, the archive, the archive with its second seal, and the copy.
    let copy = served.wait_for("/log/entry/3", "\"type\":\"disclosure\"");
    assert!(is_by(copy.split_once("\r\n\r\n").unwrap().1.as_bytes(), &Vkey::parse(&next).unwrap()));
    assert_ne!(seal(&["--next"]), next);
    assert_eq!(files(program.path("data/keys"), OF_ARCHIVE).len(), 3);
    served.end();
}

const PAPER: &str = concat!(
    r#"{"id":"one","title":"Budget","published":"2026-03-01","agency":"Finance","category":"notice","language":"en","#,
    r#""source_url":"https://example.gov/1","body":"Text."}"#,
    "\n"
);

#[test]
fn a_next_seal_is_locked_like_the_first_and_lies_in_plain_beside_no_chain_in_earnest() {
    let program = Program::locked();
    program.serve().end();
    let next = printed(&program.run(&["key", "seal", "--next", ARCHIVE]));
    let file = format!("{OF_ARCHIVE}@2.key");
    let path = program.path(&format!("data/keys/{file}"));
    assert!(std::fs::read_to_string(path).unwrap().starts_with("gazette locked key\n"));
    // It is among those that another passphrase locks.
    let words = program.file("words", "herons under an old bridge\n");
    std::fs::set_permissions(&words, std::fs::Permissions::from_mode(0o600)).unwrap();
    let words = words.display().to_string();
    let told = printed(&program.run(&["key", "lock", "--new", &words]));
    assert!(told.contains(&file), "{told}");
    refused(&program.run(&["key", "seal", "--next", ARCHIVE]));
    assert_eq!(printed(&program.run(&["key", "seal", "--next", ARCHIVE, "--passphrase-file", &words])), next);

    // A trial is told by its registrar's key, which lies among the others.
    let plain = Program::new();
    plain.serve().end();
    std::fs::remove_file(plain.path("data/keys/registrar.key")).unwrap();
    let told = refused(&plain.run(&["key", "seal", "--next", ARCHIVE]));
    assert!(told.contains("would lie in plain"), "{told}");
    assert_eq!(files(plain.path("data/keys"), OF_ARCHIVE).len(), 1);
}
