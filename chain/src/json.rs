//! I-JSON as the protocol allows it (RFC 7493, and stricter): checked before anything is read from it.

use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use std::{collections::HashSet, fmt};

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
pub fn read<'a, T: serde::Deserialize<'a>>(text: &'a str) -> Result<T, JsonError> {
    check(text)?;
    serde_json::from_str(text).map_err(|error| JsonError(error.to_string()))
}

/// The rules alone, without reading anything out.
pub fn check(text: &str) -> Result<(), JsonError> {
    if !text.starts_with('{') {
        return Err(JsonError("not a JSON object, or white space before it".into()));
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    Rules { depth: 0 }.deserialize(&mut deserializer).and_then(|()| deserializer.end()).map_err(|error| JsonError(error.to_string()))
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
    type Value = ();
    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Rules {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("I-JSON without fractions")
    }
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }
    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<(), E> {
        self.visit_u64(number.unsigned_abs())
    }
    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<(), E> {
        if number > LARGEST {
            return Err(E::custom("an integer beyond 2^53 − 1"));
        }
        Ok(())
    }
    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<(), E> {
        Err(E::custom("a number that is not a plain integer"))
    }
    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        characters(text)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let rules = self.deeper()?;
        while items.next_element_seed(rules)?.is_some() {}
        Ok(())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let rules = self.deeper()?;
        let mut names = HashSet::new();
        while let Some(name) = members.next_key::<String>()? {
            characters(&name)?;
            if name.starts_with('!') {
                return Err(A::Error::custom(format_args!("member {name:?} must be understood, and is not")));
            }
            members.next_value_seed(rules)?;
            if let Some(name) = names.replace(name) {
                return Err(A::Error::custom(format_args!("member {name:?} stands twice")));
            }
        }
        Ok(())
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
