//! Personal data: numbers in a text that belong to a person and are told by their check digits or their form.
//!
//! Here they are told in a text; `numbers` knows them. Which texts of a draft are looked at, and what of it is not, is in `looked`.

mod numbers;

pub use numbers::Sort;

use super::{Written, freeze, table};
use crate::extract::Spot;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A number that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    pub sort: Sort,
    /// As it stands there.
    pub number: String,
    #[serde(default)]
    pub spot: Spot,
}

/// Most that is told of one text: beyond, it is said that there is more.
pub(super) const MOST: usize = 50;

/// What has been found so far.
#[derive(Debug, Default)]
pub(super) struct Finds {
    pub found: Vec<Found>,
    /// Whether there is more than is told.
    pub more: bool,
}

impl Finds {
    /// Tells of a number, once for each place. False: nothing that may come is told any more.
    fn tell(&mut self, one: Found) -> bool {
        // What is found again without saying where is the same: a cell, and the part that it is kept in.
        let told = |known: &Found| known.number == one.number && (known.spot == one.spot || one.spot == Spot::Somewhere);
        if self.found.iter().any(told) {
            return true;
        }
        if self.found.len() == MOST {
            self.more = true;
            if self.found.iter().any(|known| known.number == one.number) {
                return true;
            }
            // A number that stands in many places hides no other one.
            let again = |at: &usize| self.found[..*at].iter().any(|known| known.number == self.found[*at].number);
            let Some(at) = (0..MOST).rev().find(again) else { return false };
            self.found.remove(at);
        }
        self.found.push(one);
        true
    }

    /// Looks for numbers in a line that stands at `spot`. False: nothing that may come is told any more.
    pub(super) fn look_in(&mut self, line: &str, spot: &Spot) -> bool {
        numbers::each(line, |sort, number| self.tell(Found { sort, number, spot: spot.clone() }))
    }
}

/// Numbers in `text` that belong to a person, each once for each line.
#[must_use]
pub fn look(text: &str) -> Vec<Found> {
    look_through(text).found
}

/// The same, with whether there is more.
pub(super) fn look_through(text: &str) -> Finds {
    let mut finds = Finds::default();
    for (line, text) in (1..).zip(text.lines()) {
        if !finds.look_in(text, &Spot::Line(line)) {
            break;
        }
    }
    finds
}

/// Where a number was found: the part's name, or none for the catalogue.
pub(super) type Place = Option<String>;

/// The texts of a field, its numbers, and what it calls them, each on a line of its own.
fn values(value: &Value, texts: &mut String) {
    let mut take = |text: &str| {
        texts.push_str(text);
        texts.push('\n');
    };
    match value {
        Value::String(text) => take(text),
        Value::Number(number) => take(&number.to_string()),
        Value::Array(values) => values.iter().for_each(|value| self::values(value, texts)),
        Value::Object(members) => members.iter().for_each(|(name, value)| {
            self::values(&Value::from(name.as_str()), texts);
            self::values(value, texts);
        }),
        Value::Null | Value::Bool(_) => {}
    }
}

/// What a catalogue says, field by field; but for the names of other parts, each of which is looked at with what it names. Whether there
/// is more than is told.
pub(super) fn look_at_catalogue(found: &mut Vec<(Place, Found)>, catalogue: &Value) -> bool {
    look_at_members(found, catalogue, |field| field != "parts")
}

/// What names somebody or something: in these as in files' names words are often parted by `_`. A title is often what a file was called.
const NAMES: [&str; 4] = ["title", "name", "post", "agency"];

/// The same of whatever says something member by member, those that are wanted.
pub(super) fn look_at_members(found: &mut Vec<(Place, Found)>, said: &Value, wanted: impl Fn(&str) -> bool) -> bool {
    let mut more = false;
    for (field, value) in said.as_object().into_iter().flatten().filter(|(field, _)| wanted(field)) {
        let mut texts = String::new();
        values(value, &mut texts);
        let mut texts = if NAMES.contains(&field.as_str()) { parted(&texts) } else { texts };
        let mut spot = Spot::Field(field.clone());
        if in_name(field).is_some() {
            // Where it stands is told, and that would be the number itself.
            spot = Spot::Somewhere;
            texts = format!("{}\n{texts}", parted(field));
        }
        let mut finds = Finds::default();
        more |= texts.lines().any(|line| !finds.look_in(line, &spot)) || finds.more;
        found.extend(finds.found.into_iter().map(|one| (None, one)));
    }
    more
}

/// A name as a text: in files' names words are often parted by `_`, which elsewhere makes one word of them.
pub(super) fn parted(name: &str) -> String {
    name.replace('_', ";")
}

/// Of a name that is no person's, a post's or an agency's: what stands in it that belongs to a person, if anything does.
#[must_use]
pub fn in_name(name: &str) -> Option<Sort> {
    look(&parted(name)).first().map(|found| found.sort)
}

/// A name, or a title that becomes one.
pub(super) fn look_at_name(found: &mut Vec<(Place, Found)>, name: &str) {
    let within = |one: Found| (Some(name.to_owned()), Found { spot: Spot::Somewhere, ..one });
    found.extend(look(&parted(name)).into_iter().map(within));
}

/// Whether a file's bytes may be a text. One that is not UTF-8 is told to be nothing in particular.
pub(super) fn may_be_text(media: &str) -> bool {
    is_text(media) || media == "application/octet-stream"
}

fn is_text(media: &str) -> bool {
    media.starts_with("text/") || media == "application/json"
}

/// A file as text, in whichever encoding it was saved. None: it is no text.
pub(super) fn text_of(media: &str, bytes: &[u8]) -> Option<String> {
    // Without a mark, UTF-16 looks like UTF-8 with zeros in between.
    table::decoded(bytes).or_else(|| is_text(media).then(|| String::from_utf8_lossy(bytes).replace('\0', "")))
}

/// What belongs to a person in all that was typed.
pub(super) fn in_written(written: &Written) -> Vec<(Place, Found)> {
    through_written(written).0
}

/// The same, with the places in which there is more than is told.
pub(super) fn through_written(written: &Written) -> (Vec<(Place, Found)>, Vec<Place>) {
    let (mut found, mut more) = (Vec::new(), Vec::new());
    let catalogue = serde_json::to_value(freeze::catalogue(written)).unwrap_or_default();
    more.extend(look_at_catalogue(&mut found, &catalogue).then_some(None));
    let mut look_at = |found: &mut Vec<_>, place: String, text: &str| {
        let finds = look_through(text);
        found.extend(finds.found.into_iter().map(|one| (Some(place.clone()), one)));
        more.extend(finds.more.then_some(Some(place)));
    };
    look_at(&mut found, freeze::BODY.to_owned(), &written.body);
    for translation in &written.translations {
        look_at_name(&mut found, &translation.title);
        look_at(&mut found, translation.title.clone(), &translation.body);
    }
    (found, more)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::drafts::{Translation, files};

    fn sorts(text: &str) -> Vec<(&'static str, String)> {
        look(text).into_iter().map(|found| (found.sort.code(), found.number)).collect()
    }

    /// People with good numbers, and the same with one digit that is wrong.
    const PEOPLE: &str = "姓名,证件,电话,卡号\r\n王芳,11010519491231002X,13800138000,4111 1111 1111 1111\r\n\
                          李伟,110105194912310021,12800138000,4111 1111 1111 1112\r\n";

    #[test]
    fn a_table_is_looked_through_in_every_encoding_that_spreadsheets_save() {
        let own = |sort: &'static str, number: &str| (sort, number.to_owned());
        let expected = [own("identity-card", "11010519491231002X"), own("mobile", "13800138000"), own("bank-card", "4111 1111 1111 1111")];
        let chinese = encoding_rs::GB18030.encode(PEOPLE).0.into_owned();
        assert!(std::str::from_utf8(&chinese).is_err());
        let wide: Vec<u8> = std::iter::once(0xfeff_u16).chain(PEOPLE.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let marked = [&b"\xef\xbb\xbf"[..], PEOPLE.as_bytes()].concat();
        for bytes in [PEOPLE.as_bytes().to_vec(), marked, chinese, wide] {
            let media = files::media_of(&bytes);
            assert!(may_be_text(media), "{media}");
            let text = text_of(media, &bytes).unwrap();
            assert_eq!(sorts(&text), expected, "{media}");
            assert!(look(&text).iter().all(|found| found.spot == Spot::Line(2)));
        }
    }

    #[test]
    fn what_is_no_text_is_not_guessed_at_and_wide_digits_without_a_mark_are_read() {
        assert_eq!(text_of("application/octet-stream", b"\xff\xff13800138000"), None);
        let wide: Vec<u8> = "tel 13800138000".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(sorts(&text_of("text/plain", &wide).unwrap()), [("mobile", "13800138000".into())]);
    }

    #[test]
    fn a_number_is_found_in_the_name_of_a_file_and_in_a_title() {
        let mut found = Vec::new();
        look_at_name(&mut found, "名单_13800138000_2026.csv");
        let told: Vec<_> = found.iter().map(|(place, found)| (place.as_deref(), found.sort)).collect();
        assert_eq!(told, [(Some("名单_13800138000_2026.csv"), Sort::Mobile)]);
        let translation = Translation { language: "en".into(), title: "Call 138 0013 8000".into(), body: "None.".into() };
        let written = Written { title: "通知".into(), translations: vec![translation], ..Written::default() };
        let found = in_written(&written);
        assert_eq!(found.iter().map(|(_, found)| found.number.as_str()).collect::<Vec<_>>(), ["138 0013 8000"]);
        let found = in_written(&Written { title: "名单_13800138000_2026".into(), ..Written::default() });
        assert_eq!(found.iter().map(|(place, found)| (place.clone(), found.sort)).collect::<Vec<_>>(), [(None, Sort::Mobile)]);
    }

    #[test]
    fn what_a_catalogue_says_is_told_with_its_field_and_the_names_of_parts_are_not_of_it() {
        let catalogue = serde_json::json!({
            "title": "名单_13800138000", "summary": "13800138000 138 0013 8000 13800138000",
            "subjects": [{ "name": "王芳", "id": "11010519491231002X" }], "parts": ["13900139000.csv"],
            "calls": { "13700137000": [true, 13_600_136_000_u64] },
        });
        let mut found = Vec::new();
        look_at_catalogue(&mut found, &catalogue);
        let field = |name: &str| Spot::Field(name.to_owned());
        let mut told: Vec<_> = found.iter().map(|(_, one)| (one.spot.clone(), one.number.as_str())).collect();
        told.sort_by_key(|(spot, number)| (format!("{spot:?}"), number.len()));
        let expected = [
            (field("calls"), "13700137000"),
            (field("calls"), "13600136000"),
            (field("subjects"), "11010519491231002X"),
            (field("summary"), "13800138000"),
            (field("summary"), "138 0013 8000"),
            (field("title"), "13800138000"),
        ];
        assert_eq!(told, expected);
        assert!(found.iter().all(|(place, _)| place.is_none()));
    }

    #[test]
    fn a_number_that_is_what_a_member_is_called_is_found_and_not_told_as_its_place() {
        let said = serde_json::json!({ "list_13800138000": "13900139000", "parts": [{ "call": "13700137000" }] });
        let mut found = Vec::new();
        assert!(!look_at_members(&mut found, &said, |_| true));
        let told: Vec<_> = found.iter().map(|(_, one)| (&one.spot, one.number.as_str())).collect();
        let parts = Spot::Field("parts".to_owned());
        assert_eq!(told, [(&Spot::Somewhere, "13800138000"), (&Spot::Somewhere, "13900139000"), (&parts, "13700137000")]);
    }

    #[test]
    fn a_number_within_the_name_of_a_post_is_seen_and_a_post_is_nobody() {
        assert_eq!(in_name("值班员_13800138000"), Some(Sort::Mobile));
        assert_eq!(in_name("gazette.example/finance/11010519491231002X"), Some(Sort::IdentityCard));
        for name in ["审批人", "gazette.example/finance/approver-2", "Legal review 2026"] {
            assert_eq!(in_name(name), None, "{name}");
        }
    }

    #[test]
    fn it_is_told_in_which_line_and_not_without_end() {
        assert_eq!(look("a\nb 13800138000\n").first().map(|found| &found.spot), Some(&Spot::Line(2)));
        assert_eq!(look(&"13800138000\n".repeat(500)).len(), MOST);
    }

    /// Good mobile numbers, each another one.
    fn numbers(count: u64) -> Vec<String> {
        (0..count).map(|n| (13_000_000_000 + n).to_string()).collect()
    }

    #[test]
    fn a_number_on_every_line_hides_no_other_number_and_what_is_not_told_is_said() {
        let roster: String = numbers(60).iter().map(|own| format!("办公室 13800138000 本人 {own}\n")).collect();
        let finds = look_through(&format!("{}{roster}", "13800138000\n".repeat(100)));
        let told: std::collections::BTreeSet<&str> = finds.found.iter().map(|found| found.number.as_str()).collect();
        assert!(finds.more && told.len() == MOST, "{told:?}");
        let just = look_through(&numbers(50).join("\n"));
        assert!(!just.more && just.found.len() == MOST, "as many as are told");
        assert!(look_through(&numbers(51).join("\n")).more);
        let (_, more) = through_written(&Written { body: numbers(51).join("\n"), ..Written::default() });
        assert_eq!(more, [Some(freeze::BODY.to_owned())]);
    }

    #[test]
    fn a_line_of_numbers_alone_is_looked_through_no_further_than_it_says_anything_more() {
        let text: String = (0..200_000).map(|n| format!("{};", 13_000_000_000_u64 + n)).collect();
        assert_eq!(look(&text).len(), MOST);
    }
}
