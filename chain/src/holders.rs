//! Who holds the posts that approve a text, as the agency names them in it: a part of its own, which every step approves and which
//! can be redacted alone.

use crate::{
    catalogue::Subject,
    json::{self, JsonError},
    shape::members,
};
use serde::Serialize;

/// The role of the part.
pub const ROLE: &str = "holders";

/// What the part says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Holders {
    /// The id of a post, and the name of somebody who holds it; of one that several hold, each.
    pub holders: Vec<Subject>,
}

members! {
    Holders { holders }
}

impl Holders {
    /// Reads the part; the JSON rules of statements hold for it too.
    pub fn read(bytes: &[u8]) -> Result<Holders, JsonError> {
        json::read(std::str::from_utf8(bytes).unwrap_or_default())
    }

    /// Whether a post is held by somebody of this name.
    #[must_use]
    pub fn names(&self, post: &str, name: &str) -> bool {
        self.holders.iter().any(|holder| holder.id == post && holder.name == name)
    }
}
