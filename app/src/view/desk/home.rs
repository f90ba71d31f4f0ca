//! The desk's first page: who one is and what one may do.

use super::Held;

#[derive(Clone, Debug)]
pub struct HomeView {
    pub login: String,
    /// The portal's first, then by agency.
    pub held: Vec<Held>,
}
