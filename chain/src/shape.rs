//! Typed reading of checked JSON with one reading only: an object is read only from an object, a word only from a string.
//!
//! Serde would also read an object from an array of its members' values in order, and a word from `{"word":null}`. A second
//! implementation would not, and the two would disagree about what is a statement. A reader's download would be the larger for
//! it, too: what serde derives for one type is a long text.

use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What does not have the shape asked for: the member, where it is one, and what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{} is not {what}", member.unwrap_or("it"))]
pub struct Misshapen {
    member: Option<&'static str>,
    what: &'static str,
}

/// A type that is read from one kind of value.
pub trait Shape: Sized {
    fn read(value: Value) -> Result<Self, Misshapen>;
    /// What a member of this type is that does not stand there; none where it must stand there.
    fn absent() -> Option<Self> {
        None
    }
}

/// The members of an object, taken one by one. What nobody takes is unknown, and allowed.
pub(crate) struct Members(Map<String, Value>);

pub(crate) fn not(what: &'static str) -> Misshapen {
    Misshapen { member: None, what }
}

impl Members {
    pub(crate) fn of(value: Value) -> Result<Members, Misshapen> {
        match value {
            Value::Object(members) => Ok(Members(members)),
            _ => Err(not("an object")),
        }
    }

    /// A member that must stand there, unless its type says what it is otherwise.
    pub(crate) fn take<T: Shape>(&mut self, name: &'static str) -> Result<T, Misshapen> {
        self.optional(name)?.or_else(T::absent).ok_or(Misshapen { member: Some(name), what: "there" })
    }

    /// A member that may be left out.
    pub(crate) fn optional<T: Shape>(&mut self, name: &'static str) -> Result<Option<T>, Misshapen> {
        let Some(value) = self.0.remove(name) else { return Ok(None) };
        // The innermost name says most.
        T::read(value).map(Some).map_err(|error| Misshapen { member: error.member.or(Some(name)), ..error })
    }
}

/// How a type with named members is read: those before the semicolon by their types, those behind it being their type's default
/// when they are left out.
macro_rules! members {
    ($($type:ident { $($member:ident),* $(; $($optional:ident),*)? })*) => { $(
        impl $crate::shape::Shape for $type {
            fn read(value: serde_json::Value) -> Result<Self, $crate::shape::Misshapen> {
                let mut members = $crate::shape::Members::of(value)?;
                Ok($type {
                    $($member: members.take(stringify!($member))?,)*
                    $($($optional: members.optional(stringify!($optional))?.unwrap_or_default(),)*)?
                })
            }
        }
    )* };
}

/// How a type of words is read.
macro_rules! words {
    ($($type:ident { $($word:literal => $value:ident),* })*) => { $(
        impl $type {
            /// Which of them a word stands for, if any.
            #[must_use]
            pub fn named(word: &str) -> Option<Self> {
                match word {
                    $($word => Some($type::$value),)*
                    _ => None,
                }
            }
        }
        impl $crate::shape::Shape for $type {
            fn read(value: serde_json::Value) -> Result<Self, $crate::shape::Misshapen> {
                value.as_str().and_then($type::named).ok_or($crate::shape::not("a known word"))
            }
        }
    )* };
}

/// How a type with one spelling is read.
macro_rules! spelled {
    ($($type:ty, $what:literal, $parse:expr;)*) => { $(
        impl $crate::shape::Shape for $type {
            fn read(value: serde_json::Value) -> Result<Self, $crate::shape::Misshapen> {
                value.as_str().and_then($parse).ok_or($crate::shape::not($what))
            }
        }
    )* };
}

pub(crate) use {members, spelled, words};

impl Shape for String {
    fn read(value: Value) -> Result<String, Misshapen> {
        match value {
            Value::String(text) => Ok(text),
            _ => Err(not("a string")),
        }
    }
}

impl Shape for bool {
    fn read(value: Value) -> Result<bool, Misshapen> {
        value.as_bool().ok_or(not("true or false"))
    }
}

impl Shape for u64 {
    fn read(value: Value) -> Result<u64, Misshapen> {
        value.as_u64().ok_or(not("a natural number"))
    }
}

impl Shape for i64 {
    fn read(value: Value) -> Result<i64, Misshapen> {
        value.as_i64().ok_or(not("an integer"))
    }
}

impl Shape for usize {
    fn read(value: Value) -> Result<usize, Misshapen> {
        value.as_u64().and_then(|number| usize::try_from(number).ok()).ok_or(not("a natural number"))
    }
}

impl<T: Shape> Shape for Option<T> {
    fn read(value: Value) -> Result<Option<T>, Misshapen> {
        if value.is_null() { Ok(None) } else { T::read(value).map(Some) }
    }
    fn absent() -> Option<Option<T>> {
        Some(None)
    }
}

impl<T: Shape> Shape for Box<T> {
    fn read(value: Value) -> Result<Box<T>, Misshapen> {
        T::read(value).map(Box::new)
    }
}

impl<T: Shape> Shape for Vec<T> {
    fn read(value: Value) -> Result<Vec<T>, Misshapen> {
        let Value::Array(items) = value else { return Err(not("an array")) };
        items.into_iter().map(T::read).collect()
    }
}

/// A pair; an array of any other length is none.
impl<T: Shape, U: Shape> Shape for (T, U) {
    fn read(value: Value) -> Result<(T, U), Misshapen> {
        match value {
            Value::Array(items) => match <[Value; 2]>::try_from(items) {
                Ok([one, other]) => Ok((T::read(one)?, U::read(other)?)),
                Err(_) => Err(not("a pair")),
            },
            _ => Err(not("a pair")),
        }
    }
}

impl<T: Shape> Shape for BTreeMap<String, T> {
    fn read(value: Value) -> Result<BTreeMap<String, T>, Misshapen> {
        let mut read = BTreeMap::new();
        for (name, value) in Members::of(value)?.0 {
            read.insert(name, T::read(value)?);
        }
        Ok(read)
    }
}
