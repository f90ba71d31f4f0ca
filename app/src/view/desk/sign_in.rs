//! Coming in: by name and password, or by a one-time link.

use super::{DepartmentRow, Faults, Held};
use crate::dates::Moment;

#[derive(Clone, Debug, Default)]
pub struct SignInView {
    /// As it was typed.
    pub login: String,
    /// Where to go afterwards: a path of the desk.
    pub to: String,
    /// Whether somebody has just signed out.
    pub out: bool,
    /// Departments whose sign-in opens this door, too.
    pub departments: Vec<DepartmentRow>,
    /// Whether a passkey alone opens it.
    pub passkeys: bool,
    pub faults: Faults,
}

/// What a one-time link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkKind {
    /// Makes the portal's first administrator.
    First,
    Invitation,
    /// Gives somebody a new password; the login is theirs.
    Recovery,
}

/// The page of a one-time link.
#[derive(Clone, Debug)]
pub struct LinkView {
    /// What stands in the address.
    pub secret: String,
    pub kind: LinkKind,
    /// What the account will be able to do.
    pub held: Vec<Held>,
    pub expires: Moment,
    /// Departments whose sign-in does instead of a password.
    pub departments: Vec<DepartmentRow>,
    /// Whether a passkey does.
    pub passkeys: bool,
    pub login: String,
    pub name: String,
    pub faults: Faults,
}

/// The page on which an invitation is taken up with a passkey.
#[derive(Clone, Debug)]
pub struct JoinView {
    pub secret: String,
    pub login: String,
    pub name: String,
    /// What the browser is asked, as JSON.
    pub asked: String,
    pub faults: Faults,
}
