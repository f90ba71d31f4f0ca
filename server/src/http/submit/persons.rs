//! What in a line belongs to persons: of one that waits to be offered, before; of one that was taken, afterwards.
//!
//! Before, that is asked of the very bytes that would be logged. A line is read by another process for seconds, so nobody has one looked
//! through but who holds a registered key: its signature was verified by then, and what is logged already is not looked at, since
//! anybody can bring it.

use super::{Given, Line, said::Said};
use crate::{
    drafts::{DraftsError, Handed, HandedPart, Looked},
    http::{App, api::personal_of},
    sequencer::{Checked, SubmitError},
};
use axum::body::Bytes;
use base64::{Engine, engine::general_purpose::STANDARD};
use chain::{
    catalogue::Catalogue,
    part::{Commitment, parse_salt},
    statement::{Core, Statement},
};
use serde_json::Value;
use std::time::Duration;
use tokio::time::Instant;

/// How long a request waits for its lines to be looked through before they are offered. One file is read no longer than 20 s.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// What was found, and what was not looked through, as programs are told.
pub(in crate::http) type Told = (Value, Value);

/// What is to be answered to a line that is offered unless it is refused for what stands in it. None: it is logged already.
pub(super) async fn refuse(app: &App, checked: &Checked, until: Instant) -> Result<Option<Told>, Said> {
    if app.node.submitter.has_logged(checked).await? {
        return Ok(None);
    }
    let looked = before(app, checked, until).await?;
    if looked.is_clean() { Ok(Some(personal_of(&looked))) } else { Err(Said::personal(&looked)) }
}

/// The answer to a line that would be taken, and is only checked.
pub(super) async fn told(app: &App, checked: &Checked, strict: bool, until: Instant) -> Said {
    match before(app, checked, until).await {
        Ok(looked) if strict && !looked.is_clean() => Said::personal(&looked),
        Ok(looked) => Said::would_be_taken(personal_of(&looked)),
        Err(refused) => refused,
    }
}

async fn before(app: &App, checked: &Checked, until: Instant) -> Result<Looked, Said> {
    let given = checked.brought().map(|(commitment, bytes)| (commitment, bytes.to_vec())).collect();
    let statement = checked.statement().map_err(SubmitError::from)?;
    app.drafts.personal_in_statement(handed(&statement, given), until).await.map_err(|error| {
        tracing::warn!(%error, "a statement could not be looked through before it is logged");
        SubmitError::Busy.into()
    })
}

/// Nothing of a line without parts, where nothing is found in the statement either.
pub(in crate::http) async fn afterwards(app: &App, line: Bytes, until: Instant) -> Option<Told> {
    let handed = tokio::task::spawn_blocking(move || in_line(&line)).await.ok().flatten()?;
    match look(app, handed, until).await {
        Ok(looked) => looked.map(|looked| personal_of(&looked)),
        Err(error) => {
            tracing::warn!(%error, "a statement that was handed in could not be looked through");
            None
        }
    }
}

async fn look(app: &App, handed: Handed, until: Instant) -> Result<Option<Looked>, DraftsError> {
    let came = !handed.parts.is_empty();
    let looked = app.drafts.personal_in_statement(handed, until).await?;
    Ok(Some(looked).filter(|looked| came || !looked.is_clean()))
}

fn in_line(line: &[u8]) -> Option<Handed> {
    let line: Line<'_> = serde_json::from_slice(line).ok()?;
    let statement = Statement::parse(line.note.as_bytes()).ok()?;
    let open = |given: &Given<'_>| {
        let (salt, bytes) = (parse_salt(&given.salt)?, STANDARD.decode(given.bytes.as_bytes()).ok()?);
        Some((Commitment::to(&salt, &bytes), bytes))
    };
    Some(handed(&statement, line.parts.iter().filter_map(open).collect()))
}

/// A statement, and what came with it, as it and its catalogue call it.
fn handed(statement: &Statement<'_>, mut given: Vec<(Commitment, Vec<u8>)>) -> Handed {
    let (mut parts, mut names) = (Vec::new(), Vec::new());
    if let Core::Disclosure(core) = &statement.core {
        let mut take = |commitment: &Commitment| {
            let at = given.iter().position(|(of, _)| of == commitment)?;
            Some(given.swap_remove(at).1)
        };
        let mut called: Vec<String> = Vec::new();
        for (place, part) in core.parts.iter().enumerate() {
            let came = take(&part.commitment);
            if let Some(bytes) = came.as_deref().filter(|_| place == 0) {
                called = Catalogue::read(bytes).map(|catalogue| catalogue.parts).unwrap_or_default();
            }
            let name = place.checked_sub(1).and_then(|place| called.get(place).cloned()).unwrap_or_default();
            match came {
                Some(bytes) => parts.push(HandedPart { role: part.role.clone(), media: part.media.clone(), name, bytes }),
                None => names.push(name),
            }
        }
        // A catalogue may name more than there is.
        names.extend(called.into_iter().skip(core.parts.len().saturating_sub(1)));
    }
    Handed { agency: statement.signer().to_owned(), said: said(statement), parts, names }
}

/// All that a statement says, of which much may be nothing that this program knows, and is published with the rest: its core line as it is
/// written, and as `act` its act line, with what that opens.
fn said(statement: &Statement<'_>) -> Value {
    // What does not read as JSON is looked through as it stands.
    let read = |line: &str| serde_json::from_str(line).unwrap_or_else(|_| Value::from(line));
    let mut said: Value = read(statement.core_line);
    let act_line = statement.note.text.split('\n').nth(2).filter(|line| !line.is_empty());
    if let (Value::Object(said), Some(act_line)) = (&mut said, act_line) {
        let openings = statement.act.iter().flat_map(|act| &act.opening).map(|opening| read(&opening.text));
        // A core line may have an `act` of its own.
        let act: Vec<Value> = said.remove("act").into_iter().chain([read(act_line)]).chain(openings).collect();
        said.insert("act".to_owned(), act.into());
    }
    said
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::compose::{self, Composed, Document};
    use chain::{
        Hash,
        note::{self, KeyType, Signer},
    };
    use serde_json::json;

    /// The text of a statement of a document with two files, and its parts as they came.
    fn composed(names: [&str; 2]) -> (String, Vec<(Commitment, Vec<u8>)>) {
        let document = |name: &str| Document {
            role: "attachment",
            media: "text/plain".into(),
            language: None,
            name: name.into(),
            bytes: name.as_bytes().to_vec(),
        };
        let draft = compose::Draft {
            agency: "gazette.example/finance".into(),
            genre: "notice".into(),
            theme: None,
            language: "en".into(),
            catalogue: Catalogue { title: "Lanterns".into(), ..Catalogue::default() },
            documents: names.map(document).into(),
            revises: None,
            ground: None,
            stated_agency: Some("Office".into()),
            source: None,
        };
        let Composed { text, contents } = draft.compose("gazette.example/log", &"0".repeat(32)).unwrap();
        (text, contents.into_iter().map(|content| (content.commitment, content.bytes.unwrap())).collect())
    }

    fn handed(text: &str, given: Vec<(Commitment, Vec<u8>)>) -> Handed {
        let signer = Signer::new("gazette.example/finance", KeyType::Ed25519, &[7; 32]).unwrap();
        super::handed(&Statement::parse(note::sign(text, &[&signer]).as_bytes()).unwrap(), given)
    }

    #[test]
    fn what_came_is_called_as_its_catalogue_calls_it_and_what_did_not_come_is_named_all_the_same() {
        let (text, mut given) = composed(["a.txt", "b.txt"]);
        // The first file is in the log already.
        given.remove(1);
        let handed = handed(&text, given);
        let parts: Vec<_> = handed.parts.iter().map(|part| (part.role.as_str(), part.name.as_str())).collect();
        assert_eq!(parts, [("catalogue", ""), ("attachment", "b.txt")]);
        assert_eq!((handed.agency.as_str(), handed.names), ("gazette.example/finance", vec!["a.txt".to_owned()]));
        assert_eq!(handed.said["stated_agency"], "Office", "what stands in the entry is looked at too");
    }

    #[test]
    fn bytes_that_the_statement_does_not_name_are_none_of_its_parts() {
        let (text, mut given) = composed(["a.txt", "b.txt"]);
        given.push((Commitment::to(&[7; 16], b"13800138000"), b"13800138000".to_vec()));
        let handed = handed(&text, given);
        assert_eq!((handed.parts.len(), handed.names.len()), (3, 0));
        assert!(handed.parts.iter().all(|part| part.bytes != b"13800138000"));
    }

    #[test]
    fn all_that_is_published_of_a_statement_is_looked_at_and_not_only_what_is_known_of_it() {
        let (text, _) = composed(["a.txt", "b.txt"]);
        let text = text.replacen('{', r#"{"act":"core","call":{"by":"a\n1"},"#, 1);
        let opening = |text: &str| json!({ "salt": "0".repeat(32), "text": text });
        let steps = json!([opening(r#"{"code":"draft","note":"b\n2"}"#), opening("no JSON")]);
        let act = json!({ "case": "0".repeat(32), "rule": Hash::ZERO, "steps": [3, 4], "opening": steps, "more": 5 });
        let said = handed(&format!("{text}{act}\n"), vec![]).said;
        assert_eq!(said["call"], json!({ "by": "a\n1" }));
        assert_eq!(said["act"], json!(["core", act, { "code": "draft", "note": "b\n2" }, "no JSON"]));
        assert_eq!(handed(&text, vec![]).said["act"], "core", "without an act line there is no more");
    }
}
