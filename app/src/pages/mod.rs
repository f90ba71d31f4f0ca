//! The pages: each function takes what the server has filled and answers a whole HTML document.
//!
//! Nothing here is reactive and nothing asks for data: a page is drawn once, from one struct.
//! Views are plain functions, not components, so that they may borrow what they show.

mod about;
mod agencies;
mod approval;
mod catalogue;
mod chain;
mod cord;
pub mod desk;
mod disclosure;
mod entry;
mod figures;
mod margin;
mod pieces;
mod problem;
mod rules;
mod search;
mod shell;
mod slot;
pub mod text;
mod timeline;

pub use about::about;
pub use agencies::{agencies, agency};
pub use chain::chain;
pub use disclosure::disclosure;
pub use entry::entry;
pub use problem::problem;
pub use search::search;
pub use timeline::timeline;
