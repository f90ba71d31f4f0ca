//! The desk's pages: plain forms, drawn on the server, that work without scripts.

mod form;
mod frame;
mod home;
mod problem;
mod sign_in;

pub use home::home;
pub use problem::problem;
pub use sign_in::{link, sign_in};
