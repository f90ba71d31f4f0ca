//! Typed reading of checked JSON with one reading only: an object is read only from an object, a word only from a string.
//!
//! Left alone, serde also reads an object from an array of its members' values in order, and a word from
//! `{"word":null}`. A second implementation would not, and the two would disagree about what is a statement.

use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IntoDeserializer, MapAccess, SeqAccess, Unexpected, Visitor, value::StringDeserializer,
};
use serde_json::Value;

/// What does not have the shape asked for.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Error(String);

impl serde::de::Error for Error {
    fn custom<T: std::fmt::Display>(what: T) -> Error {
        Error(what.to_string())
    }
    // Serde's own sentence names the value found, for which a reader's download would carry the printing of fractions.
    fn invalid_type(_: Unexpected<'_>, expected: &dyn serde::de::Expected) -> Error {
        Error(format!("not {expected} where one is expected"))
    }
    fn invalid_value(found: Unexpected<'_>, expected: &dyn serde::de::Expected) -> Error {
        Error::invalid_type(found, expected)
    }
}

/// A value that gives itself to a type's own reading. Each kind of reading is answered on its own, and the walk over
/// members and items is not generic: every type that is read costs a reader's download something.
pub(crate) struct Exact(pub Value);

struct Members {
    rest: std::vec::IntoIter<(String, Value)>,
    value: Option<Value>,
}

struct Items(std::vec::IntoIter<Value>);

#[cold]
fn not(what: &'static str) -> Error {
    Error::custom(format_args!("not {what} where one is expected"))
}

impl Exact {
    fn members(self) -> Result<Members, Error> {
        match self.0 {
            Value::Object(members) => Ok(Members { rest: members.into_iter().collect::<Vec<_>>().into_iter(), value: None }),
            _ => Err(not("an object")),
        }
    }
    fn items(self) -> Result<Items, Error> {
        match self.0 {
            Value::Array(items) => Ok(Items(items.into_iter())),
            _ => Err(not("an array")),
        }
    }
    fn text(self) -> Result<String, Error> {
        match self.0 {
            Value::String(text) => Ok(text),
            _ => Err(not("a string")),
        }
    }
    fn number(self) -> Result<u64, Error> {
        self.0.as_u64().ok_or_else(|| not("a natural number"))
    }
}

impl<'de> MapAccess<'de> for Members {
    type Error = Error;
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let Some((name, value)) = self.rest.next() else { return Ok(None) };
        self.value = Some(value);
        seed.deserialize(Exact(Value::String(name))).map(Some)
    }
    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(Exact(self.value.take().unwrap_or_default()))
    }
}

impl<'de> SeqAccess<'de> for Items {
    type Error = Error;
    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        self.0.next().map(|item| seed.deserialize(Exact(item))).transpose()
    }
}

macro_rules! by {
    ($($method:ident => $read:ident $visit:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            visitor.$visit(self.$read()?)
        })*
    };
}

impl<'de> Deserializer<'de> for Exact {
    type Error = Error;

    by! {
        deserialize_str => text visit_string
        deserialize_string => text visit_string
        deserialize_identifier => text visit_string
        deserialize_u8 => number visit_u64
        deserialize_u16 => number visit_u64
        deserialize_u32 => number visit_u64
        deserialize_u64 => number visit_u64
        deserialize_map => members visit_map
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_i64(self.0.as_i64().ok_or_else(|| not("an integer"))?)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_bool(self.0.as_bool().ok_or_else(|| not("true or false"))?)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let mut items = self.items()?;
        let value = visitor.visit_seq(&mut items)?;
        // A tuple that is longer than its type would be read differently by a second implementation.
        if items.0.len() == 0 { Ok(value) } else { Err(not("an array of that length")) }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(self.members()?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_enum<V: Visitor<'de>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::String(word) => visitor.visit_enum::<StringDeserializer<Error>>(word.into_deserializer()),
            // `{"text":{…}}`, as evidence writes contents; statements have words only, whose types refuse a value.
            Value::Object(_) => visitor.visit_enum(serde::de::value::MapAccessDeserializer::new(self.members()?)),
            _ => Err(not("a word")),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(not("a value of a known type"))
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i32 f32 f64 char bytes byte_buf unit unit_struct tuple_struct
    }
}
