//! The desk's pages over a house of staff, asked without a socket as browsers ask.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::{
    desk_house::{House, by, form_of, own},
    portal::{self, Answer},
    trial::Engine,
};
use axum::{
    body::Body,
    http::{Request, header},
};
use server::{http::Portal, staff::Token};

/// The house with its portal. What only one file asks for, that file adds.
pub struct Pages {
    pub house: House,
    pub portal: Portal,
}

impl Pages {
    pub async fn on(engine: Engine) -> Pages {
        Pages::of(House::on(engine).await).await
    }

    /// Those of a house in which more people work.
    pub async fn of(house: House) -> Pages {
        let portal = portal::portal_of(&house.trial, &house.node, house.staff.clone()).await;
        Pages { house, portal }
    }

    pub async fn ask(&self, request: Request<Body>) -> Answer {
        portal::at_desk(&self.portal, request).await
    }

    pub async fn get(&self, who: &Token, path: &str) -> Answer {
        self.ask(by(who, Request::get(path)).body(Body::empty()).unwrap()).await
    }

    /// A form sent from a page of their session.
    pub async fn post(&self, who: &Token, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = own(by(who, Request::post(path))).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.ask(request.body(Body::from(form_of(who, fields))).unwrap()).await
    }
}
