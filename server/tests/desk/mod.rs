//! A desk with people, asked without a socket as browsers ask.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::{
    portal::{ask, portal_of, portal_with},
    trial::{Engine, Trial},
};
use axum::{
    body::Body,
    http::{HeaderMap, Request, StatusCode, header},
};
use server::{
    http::Portal,
    journal::Journal,
    node::Node,
    sequencer::Clock,
    staff::{Account, From, NewAccount, Role, Staff, Strength, Token},
};
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

pub const PASSWORD: &str = "seven lanterns over the river";
pub const MINUTE: i64 = 60_000;
/// Where this portal is reached.
pub const ORIGIN: &str = "http://127.0.0.1:3000";

pub struct Desk {
    pub trial: Trial,
    pub node: Node,
    pub staff: Staff,
    pub portal: Portal,
    now: Arc<AtomicI64>,
}

/// Somebody signed in.
pub struct Person {
    pub account: Account,
    pub token: Token,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: header::HeaderName) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Where it sends a browser, after a form was taken.
    pub fn to(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.body);
        self.header(header::LOCATION)
    }

    /// The session it gives a browser, if any.
    pub fn session(&self) -> Option<Token> {
        Token::read(self.header(header::SET_COOKIE).strip_prefix("__Host-gazette=")?.split(';').next()?)
    }
}

impl Desk {
    pub async fn on(engine: Engine) -> Desk {
        let trial = Trial::on(engine);
        let node = trial.open().await;
        let now = Arc::new(AtomicI64::new(1_780_000_000_000));
        let clock = now.clone();
        let staff = Staff::open_with(&trial.place, move || clock.load(Ordering::Relaxed)).await.unwrap();
        let portal = portal_of(&trial, &node, staff.clone()).await;
        Desk { trial, node, staff, portal, now }
    }

    /// The same desk with its journal's log, which keeps who did what for `days` and is fed by the test.
    pub async fn with_journal(mut self, days: u32) -> (Desk, Journal) {
        let journal = Journal::open(&self.trial.place, &self.node.origin, self.staff.clone(), days, Clock::system()).await.unwrap();
        self.portal = portal_with(&self.trial, &self.node, self.staff.clone(), Some(journal.clone())).await;
        (self, journal)
    }

    /// Lets time pass.
    pub fn pass(&self, milliseconds: i64) {
        self.now.fetch_add(milliseconds, Ordering::Relaxed);
    }

    /// Somebody with these roles, signed in as strongly as they ask for. `""`: the portal.
    pub async fn person(&self, login: &str, roles: &[(Role, &str)]) -> Person {
        let roles = roles.iter().map(|(role, agency)| (*role, (*agency).to_owned())).collect();
        let new = NewAccount { login: login.into(), name: format!("Officer {login}"), password: PASSWORD.into() };
        let account = self.staff.make_account(&new, &roles, "").await.unwrap().unwrap();
        self.signed_in(account).await
    }

    pub async fn signed_in(&self, account: Account) -> Person {
        let token = self.staff.begin_session(&account.id, Strength::SecondFactor, &From::default()).await.unwrap();
        Person { account, token }
    }

    pub async fn ask(&self, request: Request<Body>) -> Answer {
        self.ask_from("203.0.113.7:9", request).await
    }

    pub async fn ask_from(&self, address: &str, request: Request<Body>) -> Answer {
        let (status, headers, body) = ask(&self.portal, address, request).await;
        Answer { status, headers, body: String::from_utf8(body).unwrap() }
    }

    pub async fn get(&self, who: Option<&Token>, path: &str) -> Answer {
        self.ask(with(who, Request::get(path)).body(Body::empty()).unwrap()).await
    }

    /// A form sent from a page of this site, with the token of the session if there is one.
    pub async fn post(&self, who: Option<&Token>, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = who.map(Token::form);
        let token = token.iter().map(|token| ("token", token.as_str()));
        self.ask(form(who, path, &fields.iter().copied().chain(token).collect::<Vec<_>>())).await
    }
}

fn with(who: Option<&Token>, request: axum::http::request::Builder) -> axum::http::request::Builder {
    match who {
        Some(token) => request.header(header::COOKIE, format!("theme=dark; __Host-gazette={}", token.reveal())),
        None => request,
    }
}

/// A form as a browser sends it from this site, with these fields and no more.
pub fn form(who: Option<&Token>, path: &str, fields: &[(&str, &str)]) -> Request<Body> {
    let fields: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    let request = with(who, Request::post(path)).header(header::ORIGIN, ORIGIN).header("sec-fetch-site", "same-origin");
    request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(Body::from(fields.join("&"))).unwrap()
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect()
}
