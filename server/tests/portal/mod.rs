//! The portal's router over a trial chain, asked without a socket.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::trial::Trial;
use axum::{
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{HeaderMap, Request, StatusCode, header},
};
use server::{
    evidence::Registries,
    follow,
    http::{self, App, Assets, Limits, Portal},
    node::Node,
    staff::Staff,
};
use std::{net::SocketAddr, sync::Arc};
use tower::ServiceExt;

/// Requests a second that an address may go on asking for here.
pub const RATE: u32 = 100;

pub async fn portal(trial: &Trial, node: &Node) -> Portal {
    portal_of(trial, node, Staff::open(&trial.place).await.unwrap()).await
}

/// The same with these people at its desk.
pub async fn portal_of(trial: &Trial, node: &Node, staff: Staff) -> Portal {
    portal_with(trial, node, staff, None).await
}

/// The same with the journal's log.
pub async fn portal_with(trial: &Trial, node: &Node, staff: Staff, journal: Option<server::journal::Journal>) -> Portal {
    let index = Arc::new(follow::open(&trial.place.data, node.heads.borrow().size).unwrap().0);
    let identity = chain::tree::leaf_hash(&node.store.entry(0).await.unwrap().unwrap());
    http::portal(App {
        departments: Arc::default(),
        node: node.clone(),
        registries: Registries::default(),
        index,
        assets: Arc::new(Assets::default()),
        limits: Limits::new(RATE, &[]),
        drafts: server::drafts::Drafts::open(staff.clone(), node.clone()).unwrap().with_reader(env!("CARGO_BIN_EXE_gazette")),
        staff,
        journal,
        base: "http://127.0.0.1:3000".into(),
        identity,
    })
}

pub async fn ask(portal: &Portal, from: &str, mut request: Request<Body>) -> (StatusCode, HeaderMap, Vec<u8>) {
    let from: SocketAddr = from.parse().unwrap();
    request.extensions_mut().insert(ConnectInfo(from));
    let response = portal.clone().oneshot(request).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    (status, headers, to_bytes(response.into_body(), 1 << 24).await.unwrap().to_vec())
}

/// What somebody at the desk gets.
pub struct Answer {
    pub status: StatusCode,
    /// Where it leads on; nothing where it does not.
    pub to: String,
    pub headers: HeaderMap,
    pub body: String,
}

/// The same from the desk, whose answers are texts.
pub async fn at_desk(portal: &Portal, request: Request<Body>) -> Answer {
    let (status, headers, body) = ask(portal, "203.0.113.7:9", request).await;
    let to = headers.get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned()).unwrap_or_default();
    Answer { status, to, headers, body: String::from_utf8_lossy(&body).into_owned() }
}

pub async fn get(portal: &Portal, path: &str) -> (StatusCode, String, Vec<u8>) {
    let (status, headers, body) = ask(portal, "127.0.0.1:1", Request::get(path).body(Body::empty()).unwrap()).await;
    let media = headers.get(header::CONTENT_TYPE).map_or(String::new(), |value| value.to_str().unwrap().to_owned());
    (status, media, body)
}

pub async fn bytes(portal: &Portal, path: &str) -> Vec<u8> {
    let (status, _, bytes) = get(portal, path).await;
    assert_eq!(status, StatusCode::OK, "{path}");
    bytes
}
