//! What the strings of a JSON text say: whoever reads its lines sees their escapes, and `\n138…` is no number. They are looked at as they
//! come by, and nothing is built of them: others write these texts, and may write long ones.

use crate::{drafts::personal::Finds, extract::Spot};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// Looks in the strings of a JSON text, or of several behind each other, as lines of them are. False: what stands behind the escapes of
/// some of it was not looked at, since it does not read, is nested too deep, or no more is told.
pub(super) fn look_in_strings(finds: &mut Finds, text: &str) -> bool {
    // Whoever read its lines has seen all of it.
    if !text.contains('\\') {
        return true;
    }
    let mut values = serde_json::Deserializer::from_str(text);
    while values.end().is_err() {
        if Strings(finds).deserialize(&mut values).is_err() {
            return false;
        }
    }
    true
}

/// Looks in the strings of one value, and in the names of its members.
struct Strings<'f>(&'f mut Finds);

impl<'de> DeserializeSeed<'de> for Strings<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strings<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }
    // Numbers have no escapes.
    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }
    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }
    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        let more = text.lines().all(|line| self.0.look_in(line, &Spot::Somewhere));
        if more { Ok(()) } else { Err(E::custom("no more is told")) }
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(Strings(self.0))?.is_some() {}
        Ok(())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while members.next_key_seed(Strings(self.0))?.is_some() {
            members.next_value_seed(Strings(self.0))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drafts::personal::MOST;

    fn looked(text: &str) -> (Vec<String>, bool) {
        let mut finds = Finds::default();
        let whole = look_in_strings(&mut finds, text);
        (finds.found.into_iter().map(|found| found.number).collect(), whole)
    }

    #[test]
    fn strings_and_the_names_of_members_are_looked_at_however_they_are_nested() {
        let text = r#" {"a":[1,-2,0.5,null,true,{"b":"c\n13800138000"}],"\n13900139000":"d"} "#;
        assert_eq!(looked(text), (vec!["13800138000".to_owned(), "13900139000".to_owned()], true));
    }

    #[test]
    fn so_are_lines_of_them() {
        let text = "{\"a\":\"\\n13800138000\"}\n\n[\"\\u00313900139000\"]\n";
        assert_eq!(looked(text), (vec!["13800138000".to_owned(), "13900139000".to_owned()], true));
    }

    #[test]
    fn what_does_not_read_to_its_end_is_said() {
        let deep = format!("{}\"\\n13800138000\"{}", "[".repeat(1_000), "]".repeat(1_000));
        for text in [deep.as_str(), r#"{"a":"\n","#, r#"{"a":"\q"}"#, r#"["\ud800"]"#, r#"["\n", lantern]"#] {
            assert_eq!(looked(text), (vec![], false), "{text}");
        }
        // All that it says stands in its lines.
        assert!(looked(&deep.replace("\\n", "")).1 && looked("{").1);
    }

    #[test]
    fn no_more_is_looked_at_than_is_told() {
        let numbers: Vec<_> = (0..2 * MOST as u64).map(|n| format!("\"\\n{}\"", 13_000_000_000 + n)).collect();
        let (found, whole) = looked(&format!("[{}]", numbers.join(",")));
        assert_eq!((found.len(), whole), (MOST, false));
    }
}
