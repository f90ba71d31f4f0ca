//! People: where there are any, who they are, and what each may do.

use super::{Fault, Faults, Role};
use crate::dates::Moment;
use crate::view::AgencyRef;

/// Where somebody may look after people.
#[derive(Clone, Debug)]
pub struct PlacesView {
    pub places: Vec<PlaceRow>,
}

#[derive(Clone, Debug)]
pub struct PlaceRow {
    /// None: the whole portal.
    pub agency: Option<AgencyRef>,
    pub people: usize,
    pub invited: usize,
}

/// People of one agency, or of the portal.
#[derive(Clone, Debug)]
pub struct PeopleView {
    pub agency: Option<AgencyRef>,
    pub people: Vec<PersonRow>,
    pub invitations: Vec<InvitationRow>,
    /// Whether the reader may change anything.
    pub may_change: bool,
    /// Roles there are here.
    pub roles: Vec<Role>,
    /// What was typed into the invitation.
    pub whom: String,
    pub address: String,
    /// Whether links can go by mail.
    pub mails: bool,
    pub chosen: Vec<Role>,
    pub faults: Faults,
}

#[derive(Clone, Debug)]
pub struct PersonRow {
    pub id: String,
    pub name: String,
    pub login: String,
    /// In this place.
    pub roles: Vec<Role>,
    pub you: bool,
    /// Whether a second factor stands behind the password.
    pub second_factor: bool,
    pub ended: Option<Moment>,
}

#[derive(Clone, Debug)]
pub struct InvitationRow {
    pub id: String,
    pub whom: String,
    pub roles: Vec<Role>,
    pub expires: Moment,
}

/// One account, as far as the reader looks after it.
#[derive(Clone, Debug)]
pub struct PersonView {
    pub id: String,
    pub name: String,
    pub login: String,
    pub created: Moment,
    pub ended: Option<Moment>,
    pub you: bool,
    pub second_factor: bool,
    /// What they may do in the places that the reader sees.
    pub places: Vec<PersonPlace>,
    /// Places the reader may bring them into.
    pub others: Vec<AgencyRef>,
    /// Roles that were asked for and not given, to be shown again where they were chosen.
    pub refused: Option<RefusedRoles>,
    /// Whether links can go by mail, and whether there is where to.
    pub mail: Option<bool>,
    /// How many sessions they have open.
    pub sessions: usize,
    /// Whether the reader may let them back in and show them out.
    pub looked_after: bool,
    pub faults: Faults,
}

/// Roles in a place that were not given, and why.
#[derive(Clone, Debug)]
pub struct RefusedRoles {
    /// The place's id; nothing for the portal.
    pub agency: String,
    pub chosen: Vec<Role>,
    pub fault: Fault,
}

#[derive(Clone, Debug)]
pub struct PersonPlace {
    pub agency: Option<AgencyRef>,
    pub held: Vec<Role>,
    /// Roles there are; none where the reader only looks.
    pub roles: Vec<Role>,
}

/// A link that is shown once.
#[derive(Clone, Debug)]
pub struct OnceView {
    pub link: String,
    pub whom: String,
    /// Whether it lets somebody back in who has an account.
    pub recovery: bool,
    pub expires: Moment,
}
