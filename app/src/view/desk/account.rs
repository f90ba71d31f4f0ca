//! One's own account: password, second factor, and where one is signed in.

use super::{DepartmentRow, Faults, IdentityRow};
use crate::Lang;
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
    /// Whether they have a password; who comes in by a department may do without.
    pub password: bool,
    /// None: this portal sends no mail.
    pub mail: Option<MailView>,
    /// Sign-ins of departments that open it, and those that may be added.
    pub identities: Vec<IdentityRow>,
    pub departments: Vec<DepartmentRow>,
    pub done: Option<AccountDone>,
    pub faults: Faults,
}

/// What was just done, said at the top.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountDone {
    Password,
    Ended,
    Address,
    Saved,
}

/// Where mail goes, and which.
#[derive(Clone, Debug)]
pub struct MailView {
    /// Once it is confirmed.
    pub address: Option<String>,
    /// One that a link was sent to.
    pub asked: Option<String>,
    /// `each`, `daily` or `none`.
    pub wanted: &'static str,
    pub lang: Lang,
    /// As it was typed.
    pub typed: String,
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
