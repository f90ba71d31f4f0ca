//! Departments that sign their own people in.

use crate::dates::Moment;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DepartmentRow {
    pub id: String,
    pub name: String,
}

/// A sign-in elsewhere that opens one's account.
#[derive(Clone, Debug)]
pub struct IdentityRow {
    pub department: String,
    pub issuer: String,
    pub subject: String,
    /// As the department calls them.
    pub shown: String,
    pub used: Option<Moment>,
}
