//! Machines: tokens of an agency, and making one.

use super::Faults;
use crate::dates::Moment;
use crate::view::AgencyRef;

/// Agencies whose machines somebody looks after, or reads.
#[derive(Clone, Debug)]
pub struct MachinePlacesView {
    pub agencies: Vec<AgencyRef>,
}

#[derive(Clone, Debug)]
pub struct MachinesView {
    pub agency: AgencyRef,
    /// Whether whoever asks makes and ends them; others only read.
    pub keeps: bool,
    /// A token that was made just now, shown this once.
    pub once: Option<String>,
    pub machines: Vec<MachineRow>,
    /// Codes of what a token may be for.
    pub scopes: Vec<&'static str>,
    pub name: String,
    pub days: String,
    pub addresses: String,
    pub chosen: Vec<&'static str>,
    pub faults: Faults,
}

#[derive(Clone, Debug)]
pub struct MachineRow {
    pub id: String,
    pub name: String,
    pub scopes: Vec<&'static str>,
    pub addresses: String,
    pub made: Moment,
    pub made_by: String,
    pub expires: Moment,
    /// Whether it opens anything still.
    pub works: bool,
    pub used: Option<(Moment, String)>,
}
