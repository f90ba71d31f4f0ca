//! Words of the page about machines.

use super::Text;

pub struct MachineWords {
    pub title: Text,
    pub lead: Text,
    pub none: Text,
    pub back: Text,
    pub lead_place: Text,
    pub once: Text,
    pub once_note: Text,
    pub tokens: Text,
    pub nothing: Text,
    pub made: fn(&str, &str) -> String,
    pub until: fn(&str) -> String,
    pub ended: Text,
    pub used: fn(&str, &str) -> String,
    pub unused: Text,
    pub from: fn(&str) -> String,
    pub end: Text,
    pub end_of: fn(&str) -> String,
    pub new: Text,
    pub new_lead: Text,
    pub name: Text,
    pub name_help: Text,
    pub scopes: Text,
    /// What a token may be for, and what that means, by its code.
    pub scope: fn(&str) -> (Text, Text),
    pub days: Text,
    pub days_help: Text,
    pub addresses: Text,
    pub addresses_help: Text,
    pub button: Text,
}
