//! A house and programs with tokens that ask its portal; every answer is held to `docs/openapi.json`.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::{
    described,
    desk_house::House,
    portal,
    trial::{self, Engine},
};
use axum::{
    body::Body,
    http::{HeaderMap, Request, StatusCode, header},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chain::{
    note::{self, Signer},
    part::format_salt,
};
use serde_json::{Value, json};
use server::{
    compose,
    http::Portal,
    staff::{Account, NewAccount, NewMachine, Noted, Role, Scope},
    store::NewContent,
};

pub struct Machines {
    pub house: House,
    pub portal: Portal,
    /// Looks after every agency.
    pub chief: Account,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{} {}", self.status, self.body))
    }

    pub fn lines(&self) -> Vec<Value> {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
        self.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    pub fn code(&self) -> (u16, String) {
        (self.status.as_u16(), self.json()["code"].as_str().unwrap_or_default().to_owned())
    }
}

pub fn refused(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

impl Machines {
    pub async fn on(engine: Engine) -> Machines {
        let house = House::on(engine).await;
        let portal = portal::portal_of(&house.trial, &house.node, house.staff.clone()).await;
        let chief = account(&house, "chief", &[(Role::Administrator, "")]).await;
        Machines { house, portal, chief }
    }

    pub async fn token(&self, agency: &str, scopes: &[Scope]) -> String {
        self.token_for(agency, scopes, "").await
    }

    pub async fn token_for(&self, agency: &str, scopes: &[Scope], addresses: &str) -> String {
        let new = NewMachine { name: "Records system".into(), scopes: scopes.to_vec(), days: 30, addresses: addresses.into() };
        self.house.staff.make_machine(&self.chief, agency, &new).await.unwrap().unwrap().1
    }

    pub async fn ask(&self, token: &str, method: &str, path: &str, body: impl Into<Body>) -> Answer {
        let request = Request::builder().method(method).uri(path).header(header::AUTHORIZATION, format!("Bearer {token}"));
        let (status, headers, body) = portal::ask(&self.portal, "203.0.113.7:9", request.body(body.into()).unwrap()).await;
        let body = String::from_utf8(body).unwrap();
        described::hold(method, path, status, &body);
        Answer { status, headers, body }
    }

    pub async fn get(&self, token: &str, path: &str) -> Answer {
        self.ask(token, "GET", path, Body::empty()).await
    }

    pub async fn put(&self, token: &str, id: &str, body: &Value) -> Answer {
        self.ask(token, "PUT", &format!("/api/v1/drafts/{id}"), body.to_string()).await
    }
}

pub async fn account(house: &House, login: &str, roles: &[(Role, &str)]) -> Account {
    let new = NewAccount { login: login.into(), name: format!("Officer {login}"), password: "seven lanterns over the river".into() };
    let roles = roles.iter().map(|(role, agency)| (*role, (*agency).to_owned())).collect();
    house.staff.make_account(&new, &roles, "").await.unwrap().unwrap()
}

pub fn id(n: u8) -> String {
    format!("{n:032x}")
}

pub fn fields(title: &str) -> Value {
    json!({ "genre": "notice", "language": "en", "title": title, "issued": "2026-03-01", "body": "Each lantern is lit.\n" })
}

pub fn item(n: u8, title: &str) -> Value {
    json!({ "id": id(n), "fields": fields(title), "files": [{ "name": "figures.csv", "bytes": "eWVhciwxCg==" }], "submit": true })
}

pub const WRITES: [Scope; 3] = [Scope::Read, Scope::Draft, Scope::Submit];

/// A statement as the agency's own program hands it in.
pub fn line_of(house: &House, agency: &str, n: u8, title: &str, signer: &Signer) -> String {
    line_with(house, n, trial::draft(agency, title, "Rain.\n"), signer)
}

pub fn line_with(house: &House, n: u8, draft: compose::Draft, signer: &Signer) -> String {
    let composed = draft.compose(&house.node.origin, &id(n)).unwrap();
    let part = |part: &NewContent| json!({ "salt": format_salt(&part.salt), "bytes": STANDARD.encode(part.bytes.as_ref().unwrap()) });
    let parts: Vec<_> = composed.contents.iter().map(part).collect();
    json!({ "note": note::sign(&composed.text, &[signer]), "parts": parts }).to_string()
}

/// Rows of the journal that say that something was done, with their details; the newest first.
pub async fn noted(house: &House, what: &str) -> Vec<(Noted, Value)> {
    let rows = house.staff.journal().before(i64::MAX, 1_000).await.unwrap();
    let details = |row: Noted| (row.clone(), serde_json::from_str::<Value>(&row.details).unwrap());
    rows.into_iter().filter(|row| row.what == what).map(details).collect()
}
