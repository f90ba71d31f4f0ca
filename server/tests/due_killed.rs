//! The program killed before what is approved comes due, and while that comes out: nothing comes out early, is lost, or comes out twice.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod held;
mod program;
mod trial;

use chain::{
    entry::Entry,
    time::{Millis, format_time},
};
use held::{freed, locked, number, open, until};
use program::{Program, Server, text};
use serde_json::{Value, json};
use server::staff::{NewAccount, NewMachine, Role, Scope, Staff};
use sqlx::{Connection, Row};
use std::{
    io::Read,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use trial::Trial;

const CHAIN: &str = "data/gazette.sqlite";
const STAFF: &str = "data/staff.sqlite";
/// In time for all that is handed in to be taken before.
const AHEAD: Millis = 8_000;

/// A desk whose one agency has no rule, and the token of a program by which it has documents published.
async fn desk() -> (Program, String) {
    let trial = Trial::new();
    let mut node = trial.open().await;
    let agency = trial::agency(&mut node, "finance").await;
    trial::close(node).await;
    let staff = Staff::open(&trial.place).await.unwrap();
    let new = NewAccount { login: "chief".into(), name: "Chief".into(), password: "seven lanterns over the river".into() };
    let roles = [(Role::Administrator, String::new())].into_iter().collect();
    let chief = staff.make_account(&new, &roles, "").await.unwrap().unwrap();
    let scopes = vec![Scope::Read, Scope::Draft, Scope::Submit, Scope::Publish];
    let new = NewMachine { name: "Records system".into(), scopes, days: 1, addresses: String::new() };
    let (_, token) = staff.make_machine(&chief, &agency, &new).await.unwrap().unwrap();
    staff.close().await;
    (Program { dir: trial.dir }, token)
}

/// Entries of the chain.
const SIZE: &str = "select size from head";
/// What the desk knows to be on its way to the chain, and to be there.
const CLAIMED: &str = "select count(*) from frozen where state = 'sealing'";
const PUBLISHED: &str = "select count(*) from frozen where state = 'published'";

fn now() -> Millis {
    Millis::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

fn id(n: i64) -> String {
    format!("{n:032x}")
}

/// Hands in so many documents that nobody has to do anything for any more, and says when they may come out.
fn hand_in(server: &Server, token: &str, count: i64) -> Millis {
    let due = now() + AHEAD;
    let item = |n: i64| {
        let fields = json!({ "genre": "notice", "language": "en", "title": format!("Notice {n} of the lanterns"),
                             "issued": "2026-03-01", "body": "Each lantern is lit.\n" });
        json!({ "id": id(n), "fields": fields, "submit": true, "publish": true, "due": format_time(due) }).to_string()
    };
    let body = (1..=count).map(item).collect::<Vec<_>>().join("\n");
    let mut stream = server.say(&format!(
        "POST /api/v1/items HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        server.address,
        body.len()
    ));
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = text(&answer);
    let ready = i64::try_from(answer.matches("\"ready\":true").count()).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && ready == count, "{answer}");
    due
}

/// Served again: so many come to stand in the chain behind what stood `before`, each once, and none from before it was due.
async fn whole(program: &Program, before: i64, count: i64, due: Millis) {
    let server = program.serve();
    until(program, STAFF, PUBLISHED, |published| published == count).await;
    server.end();
    let mut connection = open(program, CHAIN).await;
    let entries = sqlx::query("select bytes from entries where idx >= $1").bind(before).fetch_all(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let mut ids = Vec::new();
    for row in &entries {
        let bytes: Vec<u8> = row.get(0);
        let entry = Entry::parse(&bytes).unwrap();
        assert!(entry.header.time >= due, "published before its time: {}", entry.note);
        let core: Value = serde_json::from_str(entry.note.lines().nth(1).unwrap()).unwrap();
        ids.push(core["id"].as_str().unwrap().to_owned());
    }
    ids.sort();
    assert_eq!(ids, (1..=count).map(id).collect::<Vec<_>>(), "one is missing, or there twice");
    let checked = program.run(&["fsck"]);
    assert!(checked.status.success(), "{}{}", text(&checked.stdout), text(&checked.stderr));
}

#[tokio::test]
async fn what_came_due_while_nothing_ran_is_published_once_when_the_program_starts_again() {
    let (program, token) = desk().await;
    let before = number(&program, CHAIN, SIZE).await;
    let server = program.serve();
    let due = hand_in(&server, &token, 3);
    drop(server);
    assert!(now() < due, "they took longer to hand in than there was time");
    assert_eq!(number(&program, CHAIN, SIZE).await, before, "nothing comes out before its time");
    while now() <= due {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    whole(&program, before, 3, due).await;
}

#[tokio::test]
async fn a_kill_in_the_middle_of_publishing_leaves_nothing_lost_nor_twice() {
    let (program, token) = desk().await;
    let before = number(&program, CHAIN, SIZE).await;
    let server = program.serve();
    let due = hand_in(&server, &token, 20);
    until(&program, CHAIN, SIZE, |size| size > before).await;
    drop(server);
    whole(&program, before, 20, due).await;
}

#[tokio::test]
async fn a_kill_after_they_are_claimed_and_before_they_are_logged_loses_none() {
    let (program, token) = desk().await;
    let before = number(&program, CHAIN, SIZE).await;
    let server = program.serve();
    let due = hand_in(&server, &token, 3);
    let chain = locked(&program, CHAIN).await;
    until(&program, STAFF, CLAIMED, |claimed| claimed == 3).await;
    drop(server);
    assert_eq!(number(&program, CHAIN, SIZE).await, before);
    freed(chain).await;
    whole(&program, before, 3, due).await;
}

#[tokio::test]
async fn a_kill_after_they_are_logged_and_before_the_desk_knows_it_publishes_none_twice() {
    let (program, token) = desk().await;
    let before = number(&program, CHAIN, SIZE).await;
    let server = program.serve();
    let due = hand_in(&server, &token, 3);
    let chain = locked(&program, CHAIN).await;
    until(&program, STAFF, CLAIMED, |claimed| claimed == 3).await;
    let staff = locked(&program, STAFF).await;
    freed(chain).await;
    until(&program, CHAIN, SIZE, |size| size == before + 3).await;
    drop(server);
    assert_eq!(number(&program, STAFF, PUBLISHED).await, 0, "the desk does not know it yet");
    freed(staff).await;
    whole(&program, before, 3, due).await;
}
