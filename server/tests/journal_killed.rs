//! The program killed between what somebody does, its row's way into the journal's log, and writing down that it is there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod held;
mod program;

use held::{freed, locked, number, until};
use program::{Program, Server, text};
use std::io::Read;

const STAFF: &str = "data/staff.sqlite";
const LOG: &str = "data/journal/gazette.sqlite";

const WAITING: &str = "select count(*) from journal";
const LOGGED: &str = "select size from head";
/// Rows about somebody who did not come in.
const FAILED: &str = "select count(*) from contents where cast(bytes as text) like '%\"what\":\"sign-in-failed\"%'";

/// Somebody tries to come in with a wrong password, and reads that they may not.
fn act(server: &Server) {
    let form = "login=li.wei&password=wrong+lanterns";
    let at = &server.address;
    let mut stream = server.say(&format!(
        "POST /en/desk/sign-in HTTP/1.1\r\nHost: {at}\r\nOrigin: http://{at}\r\nSec-Fetch-Site: same-origin\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    ));
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = text(&answer);
    assert!(answer.starts_with("HTTP/1.1 422"), "{answer}");
}

/// Served again: all that waited is in the log, each row once, with `acts` of them.
async fn whole(program: &Program, acts: i64) {
    let server = program.serve();
    until(program, STAFF, WAITING, |waiting| waiting == 0).await;
    server.end();
    assert_eq!(number(program, LOG, FAILED).await, acts);
    let rows = number(program, STAFF, "select max(number) from journal_places").await;
    assert_eq!(number(program, STAFF, "select count(*) from journal_places").await, rows, "no number is missing or twice");
    let checked = program.run(&["fsck"]);
    let said = text(&checked.stdout);
    assert!(checked.status.success() && said.contains(&format!("{rows} rows: everything is as the entries say")), "{said}");
}

#[tokio::test]
async fn a_process_killed_after_an_act_and_before_its_row_is_logged_loses_nothing() {
    let program = Program::new();
    let server = program.serve();
    until(&program, STAFF, WAITING, |waiting| waiting == 0).await;
    let lock = locked(&program, LOG).await;
    let size = number(&program, LOG, LOGGED).await;
    act(&server);
    drop(server);
    assert_eq!(number(&program, STAFF, WAITING).await, 1, "what was answered is written down");
    assert_eq!(number(&program, LOG, LOGGED).await, size);
    freed(lock).await;
    whole(&program, 1).await;
}

#[tokio::test]
async fn a_process_killed_after_a_row_is_logged_and_before_that_is_written_down_logs_nothing_twice() {
    let program = Program::new();
    for acts in 1..=2 {
        let server = program.serve();
        until(&program, STAFF, WAITING, |waiting| waiting == 0).await;
        let log = locked(&program, LOG).await;
        let size = number(&program, LOG, LOGGED).await;
        act(&server);
        let staff = locked(&program, STAFF).await;
        freed(log).await;
        until(&program, LOG, LOGGED, |now| now > size).await;
        drop(server);
        assert_eq!(number(&program, LOG, FAILED).await, acts, "the log has it");
        assert_eq!(number(&program, STAFF, WAITING).await, 1, "and the desk does not know that yet");
        freed(staff).await;
        whole(&program, acts).await;
    }
}
