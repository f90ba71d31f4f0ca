//! I-JSON as the protocol allows it (RFC 7493, and stricter): checked before anything is read from it.

use crate::shape::Exact;
use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use std::fmt;

/// How deep arrays and objects may nest; the outermost is depth 1.
pub const DEPTH: usize = 8;
/// The largest integer, either side of zero, that every JSON reader keeps exactly: 2^53 − 1.
pub const LARGEST: u64 = (1 << 53) - 1;

/// Why a line is not I-JSON of our kind, or does not have the shape asked for. Says where, in words for a log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct JsonError(String);

/// Reads `text` as `T` after checking every rule: one object, no duplicate member at any depth, no lone
/// surrogate or noncharacter, integers within ±(2^53 − 1), no other numbers, depth at most [`DEPTH`], and no
/// member whose name begins with `!` (v1 understands none, and such a member means "refuse if not understood").
/// An object is never read from an array, nor a word from an object.
pub fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, JsonError> {
    of(parse(text)?)
}

/// A line that keeps the rules, to read more than one thing from.
pub struct Checked(Value);

/// Checks every rule that [`read`] does, once.
pub fn checked(text: &str) -> Result<Checked, JsonError> {
    parse(text).map(Checked)
}

impl Checked {
    /// Reads a few members, as [`read`] would with no others there.
    pub fn members<T: serde::de::DeserializeOwned>(&self, names: &[&str]) -> Result<T, JsonError> {
        let member = |name: &&str| Some(((*name).to_owned(), self.0.get(*name)?.clone()));
        of(names.iter().filter_map(member).collect::<serde_json::Map<_, _>>().into())
    }

    /// Reads it whole.
    pub fn whole<T: serde::de::DeserializeOwned>(self) -> Result<T, JsonError> {
        of(self.0)
    }
}

fn of<T: serde::de::DeserializeOwned>(value: Value) -> Result<T, JsonError> {
    T::deserialize(Exact(value)).map_err(|error| JsonError(error.to_string()))
}

/// The rules alone, without reading anything out.
pub fn check(text: &str) -> Result<(), JsonError> {
    parse(text).map(drop)
}

fn parse(text: &str) -> Result<Value, JsonError> {
    if !text.starts_with('{') {
        return Err(JsonError("not a JSON object, or white space before it".into()));
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Rules { depth: 0 }.deserialize(&mut deserializer).and_then(|value| deserializer.end().map(|()| value));
    value.map_err(|error| JsonError(error.to_string()))
}

#[derive(Clone, Copy)]
struct Rules {
    depth: usize,
}

impl Rules {
    fn deeper<E: serde::de::Error>(self) -> Result<Rules, E> {
        let depth = self.depth + 1;
        if depth > DEPTH {
            return Err(E::custom(format_args!("nested deeper than {DEPTH}")));
        }
        Ok(Rules { depth })
    }
}

fn characters<E: serde::de::Error>(text: &str) -> Result<(), E> {
    let noncharacter = |c: char| matches!(u32::from(c), 0xFDD0..=0xFDEF) || u32::from(c) & 0xFFFE == 0xFFFE;
    match text.chars().find(|c| noncharacter(*c)) {
        Some(c) => Err(E::custom(format_args!("noncharacter U+{:04X}", u32::from(c)))),
        None => Ok(()),
    }
}

impl<'de> DeserializeSeed<'de> for Rules {
    type Value = Value;
    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Rules {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("I-JSON without fractions")
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }
    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Value, E> {
        self.visit_u64(number.unsigned_abs()).map(|_| Value::from(number))
    }
    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Value, E> {
        if number > LARGEST {
            return Err(E::custom("an integer beyond 2^53 − 1"));
        }
        Ok(Value::from(number))
    }
    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<Value, E> {
        Err(E::custom("a number that is not a plain integer"))
    }
    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Value, E> {
        characters(text).map(|()| Value::String(text.to_owned()))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let rules = self.deeper()?;
        let mut values = Vec::new();
        while let Some(value) = items.next_element_seed(rules)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let rules = self.deeper()?;
        let mut values = serde_json::Map::new();
        while let Some(name) = members.next_key::<String>()? {
            characters(&name)?;
            if name.starts_with('!') {
                return Err(A::Error::custom(format_args!("member {name:?} must be understood, and is not")));
            }
            let value = members.next_value_seed(rules)?;
            if values.contains_key(&name) {
                return Err(A::Error::custom(format_args!("member {name:?} stands twice")));
            }
            values.insert(name, value);
        }
        Ok(Value::Object(values))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_rules_allow_is_read() {
        for good in [
            r#"{}"#,
            r#"{"a":9007199254740991,"b":-9007199254740991}"#,
            r#"{"a":[[[[[[[1]]]]]]]}"#,
            r#"{"a":{"b":1},"c":{"b":2}}"#,
            r#"{"a":"\ud83d\ude00 国发〔2019〕5号 e\u0301"}"#,
            r#"{"x!":null,"y":true}"#,
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn what_the_rules_forbid_is_refused() {
        for bad in [
            "",
            "[]",
            "1",
            r#" {}"#,
            r#"{} x"#,
            r#"{"a":1,"a":2}"#,
            r#"{"a":1,"\u0061":2}"#,
            r#"{"a":{"b":[{"c":1,"c":1}]}}"#,
            r#"{"a":1.5}"#,
            r#"{"a":1.0}"#,
            r#"{"a":1e2}"#,
            r#"{"a":-0}"#,
            r#"{"a":01}"#,
            r#"{"a":9007199254740992}"#,
            r#"{"a":-9007199254740992}"#,
            r#"{"a":99999999999999999999}"#,
            r#"{"a":[[[[[[[[1]]]]]]]]}"#,
            r#"{"a":"\ud83d"}"#,
            r#"{"a":"\ude00\ud83d"}"#,
            r#"{"a":"\uffff"}"#,
            "{\"a\":\"\u{1}\"}",
            r#"{"!a":1}"#,
            r#"{"a":{"!b":1}}"#,
            r#"{"a":NaN}"#,
            r#"{'a':1}"#,
            r#"{"a":1,}"#,
        ] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }
}
