//! One's own account: password, second factor, and where one is signed in.

use super::Faults;
use crate::dates::Moment;

#[derive(Clone, Debug)]
pub struct AccountView {
    pub login: String,
    pub name: String,
    pub sessions: Vec<SessionRow>,
    /// Whether an app makes codes for this account, and how many recovery codes are left.
    pub authenticator: bool,
    pub codes: u32,
    /// How many passkeys there are, where this portal can have any.
    pub passkeys: Option<usize>,
    pub done: Option<AccountDone>,
    pub faults: Faults,
}

/// What was just done, said at the top.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountDone {
    Password,
    Ended,
}

#[derive(Clone, Debug)]
pub struct SessionRow {
    pub handle: String,
    /// The one this page is asked from.
    pub own: bool,
    pub begun: Moment,
    pub seen: Moment,
    pub address: String,
    /// What its browser calls itself, in short.
    pub agent: String,
}
