//! The desk's pages: plain forms, drawn on the server, that work without scripts.

mod account;
mod charter;
mod departments;
mod drafts;
mod factors;
mod form;
mod frame;
mod home;
mod journal;
mod letters;
mod machines;
mod people;
mod post_key;
mod posts;
mod problem;
mod registrations;
mod sign_in;

pub use account::account;
pub use charter::{charter, registrar_key};
pub use departments::going_on;
pub use drafts::{aside, bring, brought, case, drafts, editor, late, preview, submit, template, templates};
pub use factors::{authenticator, code, codes, passkeys};
pub use home::home;
pub use journal::journal;
pub use letters::{address, sent};
pub use machines::{machine_places, machines};
pub use people::{once, people, person, places};
pub use post_key::post_key;
pub use posts::{agency_posts, posts};
pub use problem::problem;
pub use registrations::{registration, registrations};
pub use sign_in::{link, sign_in};
