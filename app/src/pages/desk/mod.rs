//! The desk's pages: plain forms, drawn on the server, that work without scripts.

mod account;
mod factors;
mod form;
mod frame;
mod home;
mod journal;
mod people;
mod problem;
mod sign_in;

pub use account::account;
pub use factors::{authenticator, code, codes, passkeys};
pub use home::home;
pub use journal::journal;
pub use people::{once, people, person, places};
pub use problem::problem;
pub use sign_in::{link, sign_in};
