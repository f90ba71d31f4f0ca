//! What is saved as a file, to be signed on another machine: the parts of a case with what opens them, and as many of their bytes as one
//! file may have. Whoever signs looks at it there; nothing of it is believed.

use super::App;
use crate::{
    drafts::{Case, DraftsError, FrozenPart},
    staff::Account,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use chain::part::format_salt;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use std::fmt;
use tokio::sync::OwnedSemaphorePermit;

/// Most bytes of parts within one file. The others are fetched one by one, and given to the command line beside it.
const MOST_WITHIN: u64 = 32 << 20;
/// How often a part's bytes are in memory until the file is written: in Base64 as its member, and as the text that grows by them.
const COPIES: u64 = 4;

/// A file as it is put together, with the room that its bytes take up until it is written.
pub(super) struct File {
    value: Value,
    _room: OwnedSemaphorePermit,
}

impl fmt::Display for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.value, f)
    }
}

impl Serialize for File {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

/// The parts of a case, in the statement's order, each with what opens it.
pub(super) fn parts(case: &Case) -> Vec<Value> {
    let part = |part: &FrozenPart| {
        json!({
            "role": part.role,
            "media": part.media,
            "language": part.language,
            "name": part.name,
            "size": part.size,
            "commitment": part.commitment.to_string(),
            "salt": part.salt.as_ref().map(format_salt),
        })
    };
    case.parts.iter().map(part).collect()
}

/// Which of the parts, by their sizes, have room within one file, in their order, and the bytes of those together.
fn within(sizes: impl Iterator<Item = u64>) -> (Vec<usize>, u64) {
    let (mut parts, mut bytes) = (Vec::new(), 0);
    for (at, size) in sizes.enumerate() {
        if bytes + size <= MOST_WITHIN {
            bytes += size;
            parts.push(at);
        }
    }
    (parts, bytes)
}

/// Puts the parts' bytes into what has a list of them, as far as there is room.
pub(super) async fn with_bytes(app: &App, who: &Account, case: &Case, mut value: Value) -> Result<File, DraftsError> {
    let (parts, bytes) = within(case.parts.iter().map(|part| part.size));
    // Of all who save at once, and of what is being published: who comes later waits, and takes up nothing meanwhile.
    let room = app.drafts.room_for(COPIES * bytes).await?;
    for at in parts {
        let (_, bytes) = app.drafts.part(who, &case.frozen.id, &case.parts[at].commitment).await?;
        value["parts"][at]["bytes"] = json!(STANDARD.encode(bytes));
    }
    Ok(File { value, _room: room })
}

/// What `gazette seal` reads: the text that is to be sealed, exactly, with the parts that it commits to.
pub(super) async fn to_seal(app: &App, who: &Account, case: &Case) -> Result<File, DraftsError> {
    let text = app.drafts.to_seal(who, case)?;
    let asked = json!({
        "origin": app.node.origin,
        "agency": case.frozen.agency,
        "statement": case.frozen.id,
        "title": case.frozen.title,
        "genre": case.frozen.genre,
        "text": text,
        "parts": parts(case),
    });
    with_bytes(app, who, case, asked).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_parts_as_have_room_are_within_a_file_and_room_is_asked_for_those_alone() {
        let megabytes = |sizes: &[u64]| within(sizes.iter().map(|size| size << 20));
        assert_eq!(megabytes(&[]), (vec![], 0));
        assert_eq!(megabytes(&[20, 12]), (vec![0, 1], MOST_WITHIN));
        assert_eq!(megabytes(&[20, 13, 20, 12, 1]), (vec![0, 3], MOST_WITHIN), "what is too much is left out, and not what follows it");
        assert_eq!(megabytes(&[33]), (vec![], 0));
    }
}
