//! The people of the desk: each refusal, on each engine.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../portal/mod.rs"]
mod portal;
#[macro_use]
#[path = "../trial/mod.rs"]
mod trial;
#[path = "../desk/mod.rs"]
mod desk;

mod entering;
mod factors;
mod identities;
mod journal;
mod migrations;
mod people;
