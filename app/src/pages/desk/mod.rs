//! The desk's pages: plain forms, drawn on the server, that work without scripts.

mod account;
mod drafts;
mod form;
mod frame;
mod home;
mod people;
mod problem;
mod sign_in;

pub use account::account;
pub use drafts::{case, drafts, editor, submit};
pub use home::home;
pub use people::{once, people, person, places};
pub use problem::problem;
pub use sign_in::{link, sign_in};
