//! I-JSON as the protocol allows it (RFC 7493, and stricter): checked before anything is read from it.

pub use crate::shape::{Misshapen, Shape};
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

impl From<serde_json::Error> for JsonError {
    fn from(error: serde_json::Error) -> JsonError {
        JsonError(error.to_string())
    }
}

/// Reads `text` as `T` after checking every rule: one object, no duplicate member at any depth, no lone
/// surrogate or noncharacter, integers within ±(2^53 − 1), no other numbers, depth at most [`DEPTH`], and no
/// member whose name begins with `!` (v1 understands none, and such a member means "refuse if not understood").
/// An object is never read from an array, nor a word from an object.
pub fn read<T: Shape>(text: &str) -> Result<T, JsonError> {
    of(parse(text)?)
}

/// A line that keeps the rules, to read more than one thing from.
pub struct Checked(Value);

/// Checks every rule that [`read`] does, once.
pub fn checked(text: &str) -> Result<Checked, JsonError> {
    parse(text).map(Checked)
}

impl Checked {
    /// Reads a member that is a text.
    pub fn text(&self, name: &str) -> Result<&str, JsonError> {
        self.0.get(name).and_then(Value::as_str).ok_or_else(|| JsonError(format!("no text {name:?}")))
    }

    /// Reads it whole.
    pub fn whole<T: Shape>(self) -> Result<T, JsonError> {
        of(self.0)
    }
}

fn of<T: Shape>(value: Value) -> Result<T, JsonError> {
    T::read(value).map_err(misshapen)
}

fn misshapen(error: Misshapen) -> JsonError {
    JsonError(error.to_string())
}

/// Reads JSON of any kind that says one thing: what is no part of a statement, such as a server's answer, need not keep the
/// rules for characters, names, and depth.
pub fn read_any<T: Shape>(text: &str) -> Result<T, JsonError> {
    of(parse_by(text, Rules { any: true, depth: 0 })?)
}

/// The same for an object whose members are read one by one: what one of them has wrong is its own affair (`None`).
pub fn read_each<T: Shape>(text: &str) -> Result<Vec<(String, Option<T>)>, JsonError> {
    match parse_by(text, Rules { any: true, depth: 0 })? {
        Value::Object(members) => Ok(members.into_iter().map(|(name, value)| (name, T::read(value).ok())).collect()),
        _ => Err(JsonError("not an object".into())),
    }
}

/// The rules alone, without reading anything out.
pub fn check(text: &str) -> Result<(), JsonError> {
    parse(text).map(drop)
}

fn parse(text: &str) -> Result<Value, JsonError> {
    parse_by(text, Rules { any: false, depth: 0 })
}

fn parse_by(text: &str, rules: Rules) -> Result<Value, JsonError> {
    if !text.starts_with('{') {
        return Err(JsonError("not a JSON object, or white space before it".into()));
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = rules.deserialize(&mut deserializer).and_then(|value| deserializer.end().map(|()| value));
    value.map_err(JsonError::from)
}

#[derive(Clone, Copy)]
struct Rules {
    /// Of a statement's rules, those for characters, for names that must be understood, and for depth are left out.
    any: bool,
    depth: usize,
}

impl Rules {
    fn deeper<E: serde::de::Error>(self) -> Result<Rules, E> {
        let depth = self.depth + 1;
        // The parser has a limit of its own, a greater one.
        if depth > DEPTH && !self.any {
            return Err(E::custom(format_args!("nested deeper than {DEPTH}")));
        }
        Ok(Rules { depth, ..self })
    }

    fn characters<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        if self.any { Ok(()) } else { characters(text) }
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
        self.characters(text).map(|()| Value::String(text.to_owned()))
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
            rules.characters(&name)?;
            if name.starts_with('!') && !rules.any {
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
#[allow(clippy::unwrap_used)]
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
    fn an_answer_that_is_no_statement_needs_one_meaning_and_no_more() {
        for good in [r#"{"a":"\uffff"}"#, r#"{"!a":"b"}"#, r#"{"a":"b","c":"","d":"\ufdd0"}"#] {
            assert!(read_any::<std::collections::BTreeMap<String, String>>(good).is_ok(), "{good}");
            assert!(check(good).is_err() || !good.contains("\\u"), "{good}");
        }
        for bad in ["", "[]", r#"{"a":"b","a":"c"}"#, r#"{"a":"\ud83d"}"#, r#"{"a":1}"#] {
            assert!(read_any::<std::collections::BTreeMap<String, String>>(bad).is_err(), "{bad}");
        }
        let nested = |depth| format!(r#"{{"a":{}{}}}"#, "[".repeat(depth), "]".repeat(depth));
        assert_eq!(read_each::<bool>(&nested(20)).unwrap(), [("a".to_owned(), None)]);
        assert!(read_each::<bool>(&nested(100_000)).is_err(), "and no stack is overrun");
    }

    #[test]
    fn what_one_member_has_wrong_is_its_own_affair() {
        let each = read_each::<bool>(r#"{"a":true,"b":1,"c":{"d":"\uffff"},"e":false}"#).unwrap();
        let expected = [("a", Some(true)), ("b", None), ("c", None), ("e", Some(false))];
        assert_eq!(each, expected.map(|(name, read)| (name.to_owned(), read)));
        assert!(read_each::<bool>("[true]").is_err());
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
