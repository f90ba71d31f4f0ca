//! The desk's first page: what waits for one, who one is and what one may do.

use super::{CaseRow, Held, WaitingRow};

#[derive(Clone, Debug)]
pub struct HomeView {
    pub login: String,
    /// The portal's first, then by agency.
    pub held: Vec<Held>,
    /// What waits for them, oldest first, and what came back to them; the whole of it stands on the page of drafts.
    pub waiting: Vec<CaseRow>,
    /// Registrations that want their signature, oldest first.
    pub registrations: Vec<WaitingRow>,
    /// Whether anything can ever wait for them, at an agency, or as a registrar.
    pub works: bool,
    pub registers: bool,
}
