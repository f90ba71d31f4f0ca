//! What a slow line is promised: the files of a form may take seven minutes to come, as its page says, and no longer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod desk_house;
mod portal;
mod trial;

use desk_house::*;
use futures_util::FutureExt;
use server::{
    drafts::Kind,
    http::{self, Portal},
    staff::Token,
};
use std::{net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};
use trial::Engine;

/// Lets so much time pass at once, and gives whoever waited for that moment a little of their own. Nothing is asked of a database
/// while time stands still: waiting for it would look like idleness, and let time fly.
async fn pass(time: Duration) {
    tokio::time::pause();
    let _ = tokio::time::advance(time).now_or_never();
    tokio::time::resume();
    tokio::time::sleep(Duration::from_millis(50)).await;
}

fn form(fields: &[(&str, &str)], name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut form = Vec::new();
    for (name, value) in fields {
        form.extend(format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
    }
    let head = format!("--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: x/y\r\n\r\n");
    form.extend(head.bytes().chain(bytes.iter().copied()).chain(*b"\r\n--edge--\r\n"));
    form
}

/// A connection on which a form of somebody has begun to come: its body is waited for.
async fn begun(to: SocketAddr, who: &Token, path: &str, length: usize) -> TcpStream {
    let mut line = TcpStream::connect(to).await.unwrap();
    let own = "Origin: http://127.0.0.1:3000\r\nSec-Fetch-Site: same-origin";
    let kind = "Content-Type: multipart/form-data; boundary=edge";
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {to}\r\nCookie: __Host-gazette={}\r\n{own}\r\n{kind}\r\nContent-Length: {length}\r\n\
         Expect: 100-continue\r\n\r\n",
        who.reveal()
    );
    line.write_all(head.as_bytes()).await.unwrap();
    let go_on = b"HTTP/1.1 100 Continue\r\n\r\n";
    let mut said = vec![0; go_on.len()];
    line.read_exact(&mut said).await.unwrap();
    assert_eq!(said, go_on);
    line
}

/// Does this while the portal is served.
async fn served(portal: Portal, asking: impl AsyncFnOnce(SocketAddr)) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::select! {
        () = http::serve(listener, portal, 8, std::future::pending()) => panic!("it goes on serving"),
        () = asking(address) => {}
    }
}

#[tokio::test]
async fn a_forms_files_may_take_nearly_seven_minutes_to_come_and_are_taken() {
    let house = House::on(Engine::Sqlite).await;
    let author = house.enter("author").await;
    let draft = house.drafts.begin(&house.who("author"), &house.agency, Kind::Disclosure, &written("Lanterns")).await.unwrap().id;
    let token = author.form();
    let portal = portal::portal_of(&house.trial, &house.node, house.staff.clone()).await;
    let brought = [("token", token.as_str()), ("agency", house.agency.as_str())];
    served(portal, async |to| {
        for (path, form, leads) in [
            (format!("/en/desk/drafts/{draft}/files"), form(&brought[..1], "figures.csv", b"year,lanterns\n"), format!("{draft}?saved=1")),
            ("/en/desk/bring".to_owned(), form(&brought, "roads.md", b"# Roads\n\nAll of them are paved.\n"), "/en/desk/bring/".to_owned()),
        ] {
            let mut line = begun(to, &author, &path, form.len()).await;
            for piece in form.chunks(form.len().div_ceil(8)) {
                pass(Duration::from_secs(50)).await;
                line.write_all(piece).await.unwrap();
            }
            let mut answer = String::new();
            line.read_to_string(&mut answer).await.unwrap();
            assert!(answer.starts_with("HTTP/1.1 303") && answer.contains(&leads), "{path}: {answer}");
        }
    })
    .await;
    let files = house.drafts.files(&house.who("author"), &draft).await.unwrap();
    assert_eq!(files.len(), 1);
}

#[tokio::test]
async fn what_has_not_come_after_seven_minutes_is_cut_off() {
    let house = House::on(Engine::Sqlite).await;
    let author = house.enter("author").await;
    let portal = portal::portal_of(&house.trial, &house.node, house.staff.clone()).await;
    let form = form(&[("token", &author.form()), ("agency", &house.agency)], "roads.md", b"# Roads\n");
    served(portal, async |to| {
        let mut line = begun(to, &author, "/en/desk/bring", form.len()).await;
        line.write_all(&form[..form.len() / 2]).await.unwrap();
        for _ in 0..12 {
            pass(Duration::from_secs(60)).await;
        }
        let mut answer = Vec::new();
        // Closed, or broken off: either is an end.
        drop(timeout(Duration::from_secs(30), line.read_to_end(&mut answer)).await.expect("the connection stays open"));
        assert_eq!(answer, b"");
    })
    .await;
}
