//! What programs send, read strictly: no name twice, none that is unknown, nothing nested without end.

use super::answers::Fault;
use crate::drafts::{Item, Kind, Refusal, Written};
use base64::{Engine, engine::general_purpose::STANDARD};
use chain::time::Millis;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

/// One document of a request with many.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wire {
    pub id: String,
    #[serde(default)]
    kind: Option<String>,
    pub fields: Written,
    #[serde(default)]
    files: Vec<Attached>,
    #[serde(default)]
    submit: bool,
    #[serde(default)]
    due: Option<String>,
    #[serde(default)]
    publish: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Attached {
    name: String,
    /// Base64.
    bytes: String,
}

/// Another time for what was submitted; it must be said, also that there is none.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Due {
    #[serde(deserialize_with = "Option::deserialize")]
    pub due: Option<String>,
}

impl Wire {
    pub(super) fn item(self, now: Millis) -> Result<Item, Fault> {
        let files = self.files.into_iter().map(|file| {
            let bytes = STANDARD.decode(file.bytes.as_bytes()).map_err(|_| Fault::Field("bytes"))?;
            Ok((file.name, bytes))
        });
        let due = due(self.due.as_deref(), now)?;
        if !self.submit && (self.publish || self.due.is_some()) {
            return Err(Fault::Field("submit"));
        }
        Ok(Item {
            id: id(self.id)?,
            kind: Kind::named(self.kind.as_deref().unwrap_or("disclosure")).ok_or(Fault::Field("kind"))?,
            written: self.fields,
            files: files.collect::<Result<_, Fault>>()?,
            submit: self.submit.then_some(due),
            publish: self.publish,
        })
    }
}

/// 128 bits in lowercase hexadecimal.
pub(super) fn id(given: String) -> Result<String, Fault> {
    let plain = given.len() == 32 && given.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    if plain { Ok(given) } else { Err(Fault::Field("id")) }
}

/// A moment as RFC 3339 has it. One that has passed is at once.
pub(super) fn due(given: Option<&str>, now: Millis) -> Result<Millis, Fault> {
    let Some(given) = given else { return Ok(0) };
    let due: jiff::Timestamp = given.parse().map_err(|_| Fault::Field("due"))?;
    // Ten years ahead is a slip of the pen.
    let due = due.as_millisecond();
    if due <= 0 || due > now.saturating_add(3_660 * 86_400_000) { Err(Fault::Field("due")) } else { Ok(due) }
}

/// Reads a whole JSON text; of the fields of a draft, too, each name must be known.
pub(super) fn whole<T: DeserializeOwned>(body: &[u8], fields: impl FnOnce(&T) -> Option<&Written>) -> Result<T, Fault> {
    let json = |error: serde_json::Error| Fault::Json(error.to_string());
    let read: T = serde_json::from_slice(body).map_err(json)?;
    if let Some(written) = fields(&read) {
        let given: Value = serde_json::from_slice(body).map_err(json)?;
        let known = serde_json::to_value(written).map_err(json)?;
        if !all_known(&given["fields"], &known) {
            return Err(Fault::Refused(Refusal::Lacks(vec![])));
        }
    }
    Ok(read)
}

/// Whether every name in `given` is one in `known`.
fn all_known(given: &Value, known: &Value) -> bool {
    match (given, known) {
        (Value::Object(given), Value::Object(known)) => {
            given.iter().all(|(name, value)| known.get(name).is_some_and(|known| all_known(value, known)))
        }
        (Value::Array(given), Value::Array(known)) => given.iter().zip(known).all(|(given, known)| all_known(given, known)),
        _ => true,
    }
}

/// The items of a request: lines that hold something, or the elements of one array. None: the array does not end.
/// What stands between is read later, each by itself.
pub(super) fn elements(body: &[u8]) -> Option<Vec<&[u8]>> {
    let body = body.trim_ascii();
    let Some(inner) = body.strip_prefix(b"[") else {
        return Some(body.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty()).collect());
    };
    let inner = inner.strip_suffix(b"]")?;
    let (mut elements, mut depth, mut from, mut quoted, mut escaped) = (Vec::new(), 0_i64, 0, false, false);
    for (at, byte) in inner.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            b',' if depth == 0 => {
                elements.push(inner[from..at].trim_ascii());
                from = at + 1;
            }
            _ => {}
        }
    }
    let last = inner[from..].trim_ascii();
    if !last.is_empty() || !elements.is_empty() {
        elements.push(last);
    }
    (depth == 0 && !quoted).then_some(elements)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_array_and_lines_give_the_same_items() {
        let (one, two) = (r#"{"a":"],\"[{","b":[1,{}]}"#, "{}");
        let expected: Vec<&[u8]> = vec![one.as_bytes(), two.as_bytes()];
        assert_eq!(elements(format!(" [{one} , {two}]\n").as_bytes()), Some(expected.clone()));
        assert_eq!(elements(format!("{one}\r\n\n{two}").as_bytes()), Some(expected));
        assert_eq!(elements(b"[]"), Some(vec![]));
        for open in ["[", "[{]", "[\"]", "[{},{]"] {
            assert_eq!(elements(open.as_bytes()), None, "{open}");
        }
    }
}
