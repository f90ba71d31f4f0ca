//! The desk's pages: plain forms, drawn on the server, that work without scripts.

mod drafts;
mod form;
mod frame;
mod home;
mod problem;
mod sign_in;

pub use drafts::{case, drafts, editor, submit};
pub use home::home;
pub use problem::problem;
pub use sign_in::{link, sign_in};
