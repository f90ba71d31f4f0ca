//! Coming in: by name and password, or by a one-time link.

use super::{Faults, Held};
use crate::dates::Moment;

#[derive(Clone, Debug, Default)]
pub struct SignInView {
    /// As it was typed.
    pub login: String,
    /// Where to go afterwards: a path of the desk.
    pub to: String,
    /// Whether somebody has just signed out.
    pub out: bool,
    pub faults: Faults,
}

/// The page of a one-time link that makes an account.
#[derive(Clone, Debug)]
pub struct LinkView {
    /// What stands in the address.
    pub secret: String,
    /// Whether it makes the portal's first administrator.
    pub first: bool,
    /// What the account will be able to do.
    pub held: Vec<Held>,
    pub expires: Moment,
    pub login: String,
    pub name: String,
    pub faults: Faults,
}
