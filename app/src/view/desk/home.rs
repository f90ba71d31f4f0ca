//! The desk's first page: what waits for one, who one is and what one may do.

use super::{CaseRow, Held};

#[derive(Clone, Debug)]
pub struct HomeView {
    pub login: String,
    /// The portal's first, then by agency.
    pub held: Vec<Held>,
    /// What waits for them, oldest first; the whole of it stands on the page of drafts.
    pub waiting: Vec<CaseRow>,
    /// Whether anything can ever wait for them.
    pub works: bool,
}
