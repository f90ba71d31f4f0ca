//! The desk's pages with a journal; whatever is sent to them is held to the row that it must leave there, and what was sent is remembered.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::{
    desk_house::{House, by, form_of, own},
    pages_at_desk::Pages,
    portal::{self, Answer},
};
use axum::{
    body::Body,
    http::{Request, header},
};
use server::{
    journal::Journal,
    sequencer::Clock,
    staff::{From, Noted, Strength, Token},
};
use std::collections::BTreeSet;

pub const FORM: &str = "application/x-www-form-urlencoded";

pub struct Watched {
    pub pages: Pages,
    /// Method and address of all that was sent and noted.
    pub noted: BTreeSet<(String, String)>,
}

/// An address with these ids in the places of its names, in English.
pub fn filled(address: &str, ids: &[&str]) -> String {
    let mut path = address.replace("{lang}", "en");
    for id in ids {
        let (before, rest) = path.split_once('{').unwrap_or_else(|| panic!("{address} takes no {id}"));
        path = format!("{before}{id}{}", rest.split_once('}').unwrap().1);
    }
    assert!(!path.contains('{'), "{path} wants more");
    path
}

/// What an answer gives a browser under a name: nothing where it gives none.
pub fn given(answer: &Answer, cookie: &str) -> String {
    let mut all = answer.headers.get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap());
    let found = all.find_map(|given| given.strip_prefix(cookie)?.strip_prefix('='));
    found.map(|value| value.split(';').next().unwrap().to_owned()).unwrap_or_default()
}

/// The session that it gives.
pub fn session(answer: &Answer) -> Token {
    Token::read(&given(answer, "__Host-gazette")).unwrap_or_else(|| panic!("no session: {} {}", answer.status, answer.body))
}

/// A form with a file, and before it its token and another field.
pub fn parts(token: &str, before: &[(&str, &str)], file: (&str, &str)) -> String {
    let field = |name: &str, value: &str| format!("--x\r\ncontent-disposition: form-data; name={name}\r\n\r\n{value}\r\n");
    let before: String = before.iter().copied().map(|(name, value)| field(&format!("\"{name}\""), value)).collect();
    let (name, content) = file;
    format!("{}{before}{}--x--\r\n", field("\"token\"", token), field(&format!("\"file\"; filename=\"{name}\""), content))
}

impl Watched {
    pub async fn of(house: House) -> Watched {
        let journal = Journal::open(&house.trial.place, &house.node.origin, house.staff.clone(), 30, Clock::system()).await.unwrap();
        let portal = portal::portal_with(&house.trial, &house.node, house.staff.clone(), Some(journal)).await;
        Watched { pages: Pages { house, portal }, noted: BTreeSet::new() }
    }

    pub fn house(&self) -> &House {
        &self.pages.house
    }

    /// Somebody of the house once more at the door, with as much as they have shown there.
    pub async fn again(&self, who: &str, strength: Strength) -> Token {
        self.house().staff.begin_session(&self.house().who(who).id, strength, &From::default()).await.unwrap()
    }

    /// Rows that wait for their place in the log, the newest first. Nothing feeds it here.
    async fn rows(&self) -> Vec<Noted> {
        self.house().staff.journal().before(i64::MAX, 500).await.unwrap()
    }

    /// Sends what must be taken, and holds it to what it must leave: a row of this kind, in the name of this account if one is named.
    pub async fn send(&mut self, (method, address): (&str, &str), request: Request<Body>, (who, what): (&str, &str)) -> Answer {
        let before = self.rows().await.first().map_or(0, |row| row.number);
        let answer = self.pages.ask(request).await;
        let taken = answer.status.is_success() || answer.status.is_redirection();
        assert!(taken, "{method} {address}, for {what:?}: {} {}", answer.status, answer.body);
        let new: Vec<Noted> = self.rows().await.into_iter().filter(|row| row.number > before).collect();
        let noted = new.iter().any(|row| row.what == what && (who.is_empty() || row.who == who));
        assert!(noted, "{method} {address}, sent on to {:?}, left no {what:?} of {who:?}: {new:?}", answer.to);
        self.noted.insert((method.to_owned(), address.split('?').next().unwrap().to_owned()));
        answer
    }

    async fn account(&self, who: &Token) -> String {
        self.house().staff.session(who).await.unwrap().unwrap().1.id
    }

    /// A form of somebody's session. A page may have several, told apart by what stands behind `?` in their address.
    pub async fn form(&mut self, who: &Token, address: &str, ids: &[&str], fields: &[(&str, &str)], what: &str) -> Answer {
        let request = own(by(who, Request::post(filled(address, ids)))).header(header::CONTENT_TYPE, FORM);
        let (request, account) = (request.body(Body::from(form_of(who, fields))).unwrap(), self.account(who).await);
        self.send(("POST", address), request, (&account, what)).await
    }

    /// The same with a file.
    pub async fn file(&mut self, who: &Token, address: &str, ids: &[&str], body: String, what: &str) -> Answer {
        let request = own(by(who, Request::post(filled(address, ids))));
        let request = request.header(header::CONTENT_TYPE, "multipart/form-data; boundary=x").body(Body::from(body)).unwrap();
        let account = self.account(who).await;
        self.send(("POST", address), request, (&account, what)).await
    }

    /// What a script of the desk sends.
    pub async fn script(
        &mut self,
        who: &Token,
        (method, address): (&str, &str),
        ids: &[&str],
        (media, body): (&str, String),
        what: &str,
    ) -> Answer {
        let request = own(by(who, Request::builder().method(method).uri(filled(address, ids))));
        let request = request.header("x-gazette-token", who.form()).header("upload-offset", "0").header(header::CONTENT_TYPE, media);
        let account = self.account(who).await;
        self.send((method, address), request.body(Body::from(body)).unwrap(), (&account, what)).await
    }

    /// What somebody sends who has not come in: a form with nobody's token. `who`: the account it is about, where there is one.
    pub async fn at_the_door(&mut self, address: &str, ids: &[&str], fields: &str, (who, what): (&str, &str)) -> Answer {
        let request = own(Request::post(filled(address, ids))).header(header::CONTENT_TYPE, FORM);
        self.send(("POST", address), request.body(Body::from(fields.to_owned())).unwrap(), (who, what)).await
    }

    pub async fn page(&self, who: &Token, path: &str) -> String {
        self.pages.get(who, path).await.body
    }

    /// The first column of the first row that a question to the desk's database finds.
    pub async fn text(&self, sql: &'static str, bound: &str) -> String {
        let row = sqlx::query(sql).bind(bound).fetch_one(self.house().staff.store().pool()).await.unwrap();
        sqlx::Row::get(&row, 0)
    }
}

/// What stands in a page between two texts.
pub fn between<'t>(page: &'t str, before: &str, after: &str) -> &'t str {
    page.split_once(before).unwrap_or_else(|| panic!("{before} is not in {page}")).1.split_once(after).unwrap().0
}
