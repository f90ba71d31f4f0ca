//! Looked through for personal data: what was found, and what of the files was not read, so that nobody takes silence for "there is none".
//!
//! A file's bytes never change, so it is read once, by `reading`: for drafts, for what waits for approval, and for what was brought alike.

mod escapes;
mod reading;

pub(super) use reading::Looking;

use super::{
    Case, Draft, Drafts, DraftsError, File, FrozenPart, FrozenState, files,
    personal::{self, Finds, Found, Place},
};
use crate::{
    compose,
    extract::{self, Extracted, Gap, Reader},
    staff::Account,
};
use reading::{Asked, aside};
use serde_json::{Value, json};
use std::{path::PathBuf, time::Duration};
use tokio::time::Instant;

/// How long a page waits for the files it shows. They go on being read behind it, and it says of those that are not done to come again.
const PATIENCE: Duration = Duration::from_secs(3);
/// The part that says what the others are.
const CATALOGUE: &str = "catalogue";

/// What was found where, and what was not looked through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Looked {
    pub found: Vec<(Place, Found)>,
    /// By the file's name.
    pub unread: Vec<(String, Gap)>,
}

impl Looked {
    /// Whether nothing was found, and everything was looked through.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.found.is_empty() && self.unread.is_empty()
    }

    pub(super) fn add(&mut self, name: &str, seen: &Seen) {
        self.found.extend(seen.found.iter().map(|found| (Some(name.to_owned()), found.clone())));
        self.unread.extend(seen.gaps.iter().map(|gap| (name.to_owned(), gap.clone())));
    }

    fn add_catalogue(&mut self, (found, more): (Vec<(Place, Found)>, bool)) {
        self.found.extend(found);
        self.unread.extend(more.then(|| (CATALOGUE.to_owned(), Gap::Rest)));
    }
}

/// A part of a statement that was handed in with it.
#[derive(Debug, Clone)]
pub struct HandedPart {
    pub role: String,
    pub media: String,
    /// As the catalogue calls it.
    pub name: String,
    pub bytes: Vec<u8>,
}

/// What there is to look at in a statement that its agency signed itself.
#[derive(Debug, Clone)]
pub struct Handed {
    pub agency: String,
    /// All that it says of itself, as JSON: it stands in its entry for ever.
    pub said: Value,
    /// What came with it.
    pub parts: Vec<HandedPart>,
    /// How its catalogue calls what did not come.
    pub names: Vec<String>,
}

/// What there is to tell of one file.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub found: Vec<Found>,
    pub gaps: Vec<Gap>,
}

impl Seen {
    fn only(gap: Gap) -> Seen {
        Seen { found: vec![], gaps: vec![gap] }
    }

    fn found(Finds { found, more }: Finds, mut gaps: Vec<Gap>) -> Seen {
        if more && !gaps.contains(&Gap::Rest) {
            gaps.push(Gap::Rest);
        }
        Seen { found, gaps }
    }

    /// What is found in bytes that may be a text, with where it stands in it.
    fn of_text(media: &str, bytes: &[u8]) -> Seen {
        let Some(text) = personal::text_of(media, bytes) else { return Seen::only(Gap::OtherKind) };
        let mut finds = personal::look_through(&text);
        let whole = media != "application/json" || escapes::look_in_strings(&mut finds, &text);
        Seen::found(finds, if whole { vec![] } else { vec![Gap::Rest] })
    }

    fn of(Extracted { pieces, gaps }: Extracted) -> Seen {
        let mut finds = Finds::default();
        let lines = pieces.iter().flat_map(|piece| piece.text.lines().map(|line| (line, &piece.spot)));
        for (line, spot) in lines {
            if !finds.look_in(line, spot) {
                break;
            }
        }
        Seen::found(finds, gaps)
    }
}

impl Drafts {
    /// With a program that reads files which are no plain texts: this one, called anew for each of them. Without it they are said not to be
    /// looked through.
    #[must_use]
    pub fn with_reader(self, program: impl Into<PathBuf>) -> Drafts {
        Drafts { looking: Looking::with(Some(Reader::new(program))), ..self }
    }

    /// What in a draft belongs to a person: in its catalogue, its texts, its files and their names.
    pub async fn personal_in_draft(&self, who: &Account, draft: &Draft) -> Result<Looked, DraftsError> {
        self.personal_in_draft_until(who, draft, Instant::now() + PATIENCE).await
    }

    /// The same, for whoever waits for it no longer than that.
    pub async fn personal_in_draft_until(&self, who: &Account, draft: &Draft, until: Instant) -> Result<Looked, DraftsError> {
        let files = self.files(who, &draft.id).await?;
        let paths: Vec<String> = files.iter().map(File::path).collect();
        self.looking.forget_others(&draft.id, &paths);
        let ask = |(file, path): (&File, &String)| self.looking.ask(&self.files, &draft.agency, path, &file.media);
        let asked: Vec<Asked> = files.iter().zip(&paths).map(ask).collect();
        let written = draft.written.clone();
        let (found, more) = aside(move || personal::through_written(&written)).await?;
        let rest = |place: Place| (place.unwrap_or_else(|| CATALOGUE.to_owned()), Gap::Rest);
        let mut looked = Looked { found, unread: more.into_iter().map(rest).collect() };
        for (file, asked) in files.iter().zip(asked) {
            personal::look_at_name(&mut looked.found, &file.name);
            let seen = asked.told(until).await?;
            looked.add(&file.name, &seen);
        }
        Ok(looked)
    }

    /// The same of what waits for approval.
    pub async fn personal_in_case(&self, who: &Account, case: &Case) -> Result<Looked, DraftsError> {
        self.personal_in_case_until(who, case, Instant::now() + PATIENCE).await
    }

    /// The same, for whoever waits for it no longer than that.
    pub async fn personal_in_case_until(&self, who: &Account, case: &Case, until: Instant) -> Result<Looked, DraftsError> {
        let mut looked = Looked::default();
        if !matches!(case.frozen.state, FrozenState::Open | FrozenState::Sealing) {
            return Ok(looked);
        }
        let ask = |part: &FrozenPart| self.looking.ask(&self.files, &case.frozen.agency, &part.path, &part.media);
        let asked: Vec<Option<Asked>> = case.parts.iter().map(|part| (part.role != CATALOGUE).then(|| ask(part))).collect();
        for (part, asked) in case.parts.iter().zip(asked) {
            let Some(asked) = asked else {
                let (_, bytes) = self.part(who, &case.frozen.id, &part.commitment).await?;
                looked.add_catalogue(aside(move || in_catalogue(&bytes)).await?);
                continue;
            };
            personal::look_at_name(&mut looked.found, &part.name);
            let seen = asked.told(until).await?;
            looked.add(&part.name, &seen);
        }
        Ok(looked)
    }

    /// The same of the parts of a statement that its agency signed itself, and handed in.
    pub async fn personal_in_parts(&self, agency: &str, parts: Vec<HandedPart>, until: Instant) -> Result<Looked, DraftsError> {
        let mut looked = Looked::default();
        for HandedPart { role, media, name, bytes } in parts {
            if role == CATALOGUE {
                looked.add_catalogue(aside(move || in_catalogue(&bytes)).await?);
                continue;
            }
            personal::look_at_name(&mut looked.found, &name);
            let media = read_as(&media, &bytes).to_owned();
            let told = self.looking.bytes(agency, &media, bytes, until).await?;
            looked.add(&name, &told);
        }
        Ok(looked)
    }

    /// The same of all of such a statement.
    pub async fn personal_in_statement(&self, handed: Handed, until: Instant) -> Result<Looked, DraftsError> {
        let Handed { agency, said, parts, names } = handed;
        let mut looked = self.personal_in_parts(&agency, parts, until).await?;
        let mut found = Vec::new();
        let more = personal::look_at_members(&mut found, &said, |_| true);
        looked.add_catalogue((found, more));
        for name in &names {
            personal::look_at_name(&mut looked.found, name);
        }
        Ok(looked)
    }
}

/// As what the bytes of a part are read. What is no text and is called one would be passed over as so many letters.
fn read_as<'a>(media: &'a str, bytes: &[u8]) -> &'a str {
    let told = files::media_of(bytes);
    let mistaken = personal::may_be_text(media) && !personal::may_be_text(told);
    // A text may by chance begin as a picture does.
    if mistaken && (extract::reads(bytes) || std::str::from_utf8(bytes).is_err()) { told } else { media }
}

/// What of a disclosure that is composed here belongs to a person: in what it says of itself, in its catalogue, and in its documents, of
/// which those are looked through that are texts.
pub(crate) fn in_composed(draft: &compose::Draft) -> Looked {
    let mut looked = Looked::default();
    looked.add_catalogue(in_fields(&serde_json::to_value(&draft.catalogue).unwrap_or_default()));
    // Where there is no address to name it by, a copy's source is what its file is called.
    let source = draft.source.as_deref().map(personal::parted);
    looked.add_catalogue(in_fields(&json!({ "source": source, "stated_agency": draft.stated_agency })));
    for document in &draft.documents {
        personal::look_at_name(&mut looked.found, &document.name);
        let seen = match read_as(&document.media, &document.bytes) {
            media if personal::may_be_text(media) => Seen::of_text(media, &document.bytes),
            _ => Seen::only(Gap::OtherKind),
        };
        looked.add(&document.name, &seen);
    }
    looked
}

/// What a catalogue says of persons, and whether there is more.
fn in_catalogue(bytes: &[u8]) -> (Vec<(Place, Found)>, bool) {
    in_fields(&serde_json::from_slice(bytes).unwrap_or_default())
}

fn in_fields(said: &Value) -> (Vec<(Place, Found)>, bool) {
    let mut found = Vec::new();
    let more = personal::look_at_catalogue(&mut found, said);
    (found, more)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        drafts::personal::MOST,
        extract::{Piece, Spot},
    };

    fn piece(spot: Spot, text: &str) -> Piece {
        Piece { spot, text: text.to_owned() }
    }

    fn seen(pieces: Vec<Piece>) -> Seen {
        Seen::of(Extracted { pieces, gaps: vec![] })
    }

    fn spots(pieces: Vec<Piece>) -> Vec<Spot> {
        seen(pieces).found.into_iter().map(|found| found.spot).collect()
    }

    fn row(row: usize) -> Spot {
        Spot::Row { sheet: "名单".into(), row }
    }

    #[test]
    fn a_number_is_told_with_where_it_stands_and_once_where_nothing_more_is_said() {
        let pieces =
            vec![piece(row(2), "王芳\t13800138000"), piece(row(9), "13800138000"), piece(Spot::Somewhere, "13800138000\n13900139000")];
        assert_eq!(spots(pieces), [row(2), row(9), Spot::Somewhere]);
        assert_eq!(spots(vec![piece(Spot::Page(3), "a\n13800138000\n13800138000")]), [Spot::Page(3)]);
    }

    #[test]
    fn no_more_is_told_of_a_file_than_that_it_must_be_looked_through_and_that_there_is_more_is_said() {
        let many = (0..500).map(|page| piece(Spot::Page(page), "13800138000")).collect();
        let seen = seen(many);
        assert_eq!((seen.found.len(), &seen.gaps[..]), (MOST, &[Gap::Rest][..]));
    }

    #[test]
    fn what_the_strings_of_a_json_text_say_is_found_behind_their_escapes() {
        let text = br#"{ "call": "a\n13800138000",
                         "phone": 13900139000 }"#;
        let told = |media: &str| Seen::of_text(media, text).found.into_iter().map(|one| (one.number, one.spot)).collect::<Vec<_>>();
        let plain = [("13900139000".to_owned(), Spot::Line(2))];
        assert_eq!(told("text/plain"), plain);
        assert_eq!(told("application/json"), [plain[0].clone(), ("13800138000".to_owned(), Spot::Somewhere)]);
    }

    #[test]
    fn of_a_json_text_that_does_not_read_it_is_said_that_not_all_was_looked_through() {
        let torn = Seen::of_text("application/json", br#"{"call":"a\n13800138000","#);
        assert_eq!((torn.found.len(), &torn.gaps[..]), (1, &[Gap::Rest][..]), "what came before is told all the same");
        assert_eq!(Seen::of_text("text/plain", br#"{"call":"a\n138","#).gaps, []);
    }

    #[test]
    fn what_is_called_a_text_and_is_none_is_not_read_as_one() {
        let pdf = b"%PDF-1.7\n";
        let picture = b"\x89PNG\r\n\x1a\n\xff\xff";
        for media in ["text/plain", "text/markdown", "application/json"] {
            assert_eq!(read_as(media, pdf), "application/pdf");
            assert_eq!(read_as(media, picture), "image/png");
            assert_eq!(read_as(media, "BM: 13800138000".as_bytes()), media, "it only begins as a picture does");
        }
        assert_eq!(read_as("application/pdf", b"13800138000"), "application/pdf", "no other kind is taken for a text");
    }

    #[test]
    fn in_a_copy_all_that_is_published_of_it_is_looked_through() {
        let document = |name: &str, media: &str, text: &str| compose::Document {
            role: "attachment",
            media: media.into(),
            language: None,
            name: name.into(),
            bytes: text.into(),
        };
        let draft = compose::Draft {
            agency: "gazette.example/archive".into(),
            genre: "notice".into(),
            theme: None,
            language: "en".into(),
            catalogue: chain::catalogue::Catalogue { title: "Call 13100131000".into(), ..Default::default() },
            documents: vec![document("body.md", "text/markdown", "a\n13200132000"), document("map.pdf", "text/plain", "%PDF-1.7\n")],
            revises: None,
            ground: None,
            stated_agency: Some("Office, 13300133000".into()),
            source: Some("list_13400134000".into()),
        };
        let looked = in_composed(&draft);
        let found: Vec<_> = looked.found.iter().map(|(place, one)| (place.as_deref(), one.spot.clone(), one.number.as_str())).collect();
        let field = |name: &str| Spot::Field(name.to_owned());
        let expected = [
            (None, field("title"), "13100131000"),
            (None, field("source"), "13400134000"),
            (None, field("stated_agency"), "13300133000"),
            (Some("body.md"), Spot::Line(2), "13200132000"),
        ];
        assert_eq!(found, expected);
        assert_eq!(looked.unread, [("map.pdf".to_owned(), Gap::OtherKind)]);
    }

    #[test]
    fn a_number_that_is_repeated_hides_none_that_comes_behind_it() {
        let document = format!("{}13900139000", "13800138000\n".repeat(MOST));
        let told = seen(vec![piece(Spot::Somewhere, &document)]);
        assert_eq!((told.found.len(), told.gaps.len()), (2, 0), "a document of one piece");
        let roster = (1..=MOST).map(|at| piece(row(at), "办公室 13800138000")).chain([piece(row(99), "13900139000")]).collect();
        let told = seen(roster);
        assert!(told.found.iter().any(|found| found.number == "13900139000" && found.spot == row(99)), "a roster of many rows");
        assert_eq!(told.gaps, [Gap::Rest]);
    }
}
